"""How pages and programs of the office read which regions may open, and after which pilot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.evaluation.public import rulings_of
from lanzarote.evaluation.words import OUTCOMES
from lanzarote.office import desk, service
from lanzarote.office.model import Opening
from lanzarote.office.opening import NotOpened, has_changed, openings, regions_known, ruling_behind
from lanzarote.translation import date_told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from lanzarote.web.site import View

# --- What regions rest on, in the reader's words: for the public list of regions, and for the office's page ---


class Rests(Struct, frozen=True, kw_only=True):
    """What a region rests on."""

    basis: str
    after: str = ""
    name: Markup = Markup("")
    """Of the region after whose pilot it was opened; empty: that is not shown here any more."""
    href: str = ""
    """Where that was evaluated."""
    day: str = ""
    changed: bool = False
    """The decision was withdrawn since, or is no longer to extend."""


def rests_on(view: View, row: Opening) -> Rests:
    instance = view.instance
    if row.basis == "pilot":
        return Rests(basis="pilot")
    day = date_told(row.decided_on, view.lang) if row.decided_on else ""
    header = instance.headers().get(row.after_region)
    if header is None:
        return Rests(basis=row.basis, day=day, changed=True)
    ruling = ruling_behind(instance, row)
    return Rests(
        basis=row.basis,
        after=row.after_region,
        name=desk.name_of(view, header),
        href=view.region_href(header, "evaluation", *([ruling.slug] if ruling else [])),
        day=day,
        changed=has_changed(instance, row),
    )


class Judged(Struct, frozen=True, kw_only=True):
    """A region whose pilot was judged, with what is in force."""

    id: str
    name: Markup
    href: str
    outcome: str
    words: str
    who: Markup
    day: date


def judged(view: View) -> tuple[Judged, ...]:
    """Regions whose pilot was judged, as the public reads it, in the order of their names."""
    every = desk.named(view)
    counts = service.counted(view.instance.database, [one.id for one in every], "pilot") if every else {}
    found = []
    for one in every:
        rulings = rulings_of(view.instance, one.id) if counts.get(one.id) else ()
        ruling = next((each for each in rulings if each.in_force), None)
        if ruling:
            decision = ruling.decision
            found.append(
                Judged(
                    id=one.id,
                    name=one.name,
                    href=view.region_href(one.region.header, "evaluation", ruling.slug),
                    outcome=decision.outcome,
                    words=view._(OUTCOMES[decision.outcome]),
                    who=escape(view.say(decision.decided_by)),
                    day=decision.on,
                )
            )
    return tuple(found)


class Line(Struct, frozen=True, kw_only=True):
    """A region that is known here, and what may be said of it."""

    id: str
    name: Markup
    href: str
    """Its pages; empty: none are shown here."""
    rests: Rests | None
    basis: str
    """What is chosen in its form."""
    choices: tuple[dict[str, Any], ...]
    """After which pilots it may be opened; of none, there is no such choice."""
    error: str


class Part(Struct, frozen=True, kw_only=True):
    """The regions that stand on one page."""

    lines: tuple[Line, ...]
    number: int
    pages: int


def part(
    view: View,
    pilots: Sequence[Judged],
    number: int,
    *,
    asked: str = "",
    given: Mapping[str, str] | None = None,
    fault: str = "",
) -> Part:
    """Page *number* of all regions that are known here; *asked*: the one with that region, whose form was *given*."""
    known = regions_known(view.instance.database)
    names = desk.names_apart(view, {one.id: one.name for one in known})
    every = sorted(known, key=lambda one: view.sort_key(names[one.id]))
    found = next((place for place, one in enumerate(every) if one.id == asked), None)
    pages = max(1, -(-len(every) // desk.MOST))
    number = found // desk.MOST + 1 if found is not None else min(max(number, 1), pages)
    said = openings(view.instance.database)
    extended = [one for one in pilots if one.outcome == "extend"]
    lines = []
    for one in every[(number - 1) * desk.MOST : number * desk.MOST]:
        row, header = said.get(one.id), view.instance.headers().get(one.id)
        own = dict(given or {}) if one.id == asked else {}
        after = own.get("after", row.after_region if row else "")
        lines.append(
            Line(
                id=one.id,
                name=names[one.id],
                href=view.region_href(header) if header else "",
                rests=rests_on(view, row) if row else None,
                basis=own.get("basis", row.basis if row else ""),
                choices=tuple(
                    {"value": each.id, "label": each.name, "chosen": each.id == after}
                    for each in extended
                    if each.id != one.id
                ),
                error=fault if one.id == asked else "",
            )
        )
    return Part(lines=tuple(lines), number=number, pages=pages)


def why_not(view: View, error: NotOpened) -> str:
    """Why the method does not open in a region after that pilot, and what to do."""
    values = {"region": view.say(error.name)} if error.name else {}
    if error.ruling:
        decided = error.ruling.decision
        values |= {
            "day": date_told(decided.on, view.lang),
            "outcome": view._(OUTCOMES[decided.outcome]),
            "who": view.say(decided.decided_by),
        }
    return view._(error.words) % values

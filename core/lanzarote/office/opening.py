"""What regions rest on: a pilot of their own, or that of another region, judged, with the decision to extend it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import msgspec
from markupsafe import Markup, escape
from msgspec import Struct
from sqlalchemy import delete, select

from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.evaluation.public import rulings, rulings_of, verdict_of
from lanzarote.evaluation.words import OUTCOMES
from lanzarote.office import desk, service
from lanzarote.office.model import Opening
from lanzarote.records import changelog
from lanzarote.records.changelog import INSTANCE, Saved, Served
from lanzarote.records.records import encode
from lanzarote.results.model import Source
from lanzarote.store.database import ALL
from lanzarote.translation import N_, date_told, pick
from lanzarote.types import RegionHeader, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.public import Ruling
    from lanzarote.instance import Instance
    from lanzarote.office.model import Basis
    from lanzarote.store.database import Database
    from lanzarote.web.site import View


KIND: Final = "opening"
ITSELF: Final = N_(
    "No region opens after its own pilot. Choose another region, or say that this one is a pilot itself."
)
NOT_HERE: Final = N_(
    "This site shows no such region. Choose one whose pilot is to be extended, or say that this one is a pilot itself."
)
NO_PILOT: Final = N_("Choose the region after whose pilot this one is opened.")
NOT_JUDGED: Final = N_(
    "The pilot of %(region)s is not judged yet, as far as the public reads. The method opens in another region when "
    "the evaluation is published and the decision is to extend. Until then, choose another region, or say that this "
    "one is a pilot itself."
)
OTHERWISE: Final = N_(
    "About the pilot of %(region)s it was decided on %(day)s: “%(outcome)s” (%(who)s). The method opens in another "
    "region when the decision is to extend. Until then, choose another region, or say that this one is a pilot itself."
)


class NotOpened(LanzaroteError):
    """The method does not open in a region after that pilot; ``words`` say why, with *name* and *ruling* put in."""

    def __init__(self, words: str, name: Text | None = None, ruling: Ruling | None = None) -> None:
        self.words, self.name, self.ruling = words, name or {}, ruling
        super().__init__(words % self._values())

    def _values(self) -> dict[str, str]:
        values = {"region": pick(self.name, "en")[0]} if self.name else {}
        if self.ruling:
            decided = self.ruling.decision
            values |= {"day": decided.on.isoformat(), "outcome": OUTCOMES[decided.outcome]}
            values["who"] = pick(decided.decided_by, "en")[0]
        return values


class Known(Struct, frozen=True, kw_only=True):
    """A region that is written here, or enrolled here."""

    id: str
    name: Text


def regions_known(database: Database) -> tuple[Known, ...]:
    """Every region that something can be said of, by id; of what is enrolled, before anything is received too."""
    with database.read(ALL) as session:
        names: dict[str, Text] = {
            region_id: msgspec.json.decode(name, type=dict[str, str])
            for region_id, name in session.execute(select(Source.region_id, Source.name))  # of all regions
        }
        for region_id, facts in session.execute(select(Served.id, Served.facts)):
            names[region_id] = msgspec.json.decode(facts, type=RegionHeader).name
    return tuple(Known(id=region_id, name=names[region_id]) for region_id in sorted(names))


def openings(database: Database) -> Mapping[str, Opening]:
    """What was said of each region; those of which nothing was said are left out."""
    with database.read(()) as session:
        found = {row.region: row for row in session.scalars(select(Opening))}
        session.expunge_all()
    return found


def opening_of(database: Database, region_id: str) -> Opening | None:
    with database.read(()) as session:
        found = session.get(Opening, region_id)
        session.expunge_all()
    return found


def say(instance: Instance, region_id: str, basis: Basis, *, after: str = "", by: str, at: datetime) -> Opening:
    """Write down what a region rests on. Raises NotFound, NotOpened."""
    headers = instance.headers()
    with instance.database.write(ALL) as session:
        said = write_down(session, headers, region_id, basis, after=after, by=by, at=at)
        session.expunge_all()
    return said


def write_down(
    session: Session,
    headers: Mapping[str, RegionHeader],
    region_id: str,
    basis: Basis,
    *,
    after: str = "",
    by: str,
    at: datetime,
) -> Opening:
    """As ``say``, in a transaction in which more is written; *headers*: of the regions that the public may read."""
    changelog.lock(session, INSTANCE)
    if session.get(Served, region_id) is None and session.get(Source, region_id) is None:
        raise NotFound(f"No region {region_id!r} is here, nor enrolled.")
    said = Opening(
        region=region_id, basis=basis, after_region="", decided_on=None, evaluation="", version=0, at=at, actor=by
    )
    if basis == "opened":
        if after == region_id:
            raise NotOpened(ITSELF)
        if after not in headers:
            raise NotOpened(NOT_HERE)
        ruling = _extended(session, after, headers[after].name)
        said.after_region, said.decided_on = after, ruling.decision.on
        said.evaluation, said.version = ruling.record, ruling.version
    before = session.get(Opening, region_id)
    if before is None or _facts(before) != _facts(said):
        before = session.merge(said)
        session.flush()
        _tell(session, before)
    return before


def _extended(session: Session, region_id: str, name: Text) -> Ruling:
    """The decision to extend the pilot of a region, as the public reads it now. Raises NotOpened."""
    ruling = next((one for one in rulings(session, region_id) if one.in_force), None)
    if ruling is None:
        raise NotOpened(NOT_JUDGED, name)
    if ruling.decision.outcome != "extend":
        raise NotOpened(OTHERWISE, name, ruling)
    return ruling


def _facts(row: Opening) -> tuple[object, ...]:
    return row.basis, row.after_region, row.decided_on, row.evaluation, row.version


def _tell(session: Session, row: Opening) -> None:
    saved = Saved(
        region_id=INSTANCE,
        kind=KIND,
        record_id=row.region,
        verb=row.basis,
        version=0,
        at=row.at,
        digest=sha256(encode(_facts(row))).hexdigest(),
    )
    changelog.record(session, [saved], by=row.actor)
    if changelog.facts_of(session, row.region) is not None:
        changelog.bump_revision(session, row.region)  # its entry in the public list of regions


def ruling_behind(instance: Instance, row: Opening) -> Ruling | None:
    """The decision a region rests on, while the public reads it; None: it does not any more."""
    if row.after_region not in instance.headers():
        return None
    return next((one for one in rulings_of(instance, row.after_region) if one.record == row.evaluation), None)


def has_changed(instance: Instance, row: Opening) -> bool:
    """Whether the decision a region rests on was withdrawn since, or the pilot is no longer to be extended."""
    return row.basis == "opened" and (
        ruling_behind(instance, row) is None or verdict_of(instance, row.after_region) != "extend"
    )


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Forget with a region what it rests on. Listens to ``changes.record``."""
    gone = [one.record_id for one in saved if (one.kind, one.verb) == ("source", "forget")]
    if gone:
        session.execute(delete(Opening).where(Opening.region.in_(gone)))


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

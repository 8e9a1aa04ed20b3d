"""Lists of the office: the records behind a figure, the regions that are here with what is known of their States."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.facts.states import sources, states
from lanzarote.office import desk, opening, service, totals
from lanzarote.office.desk import Cell, Head, Line, sheet
from lanzarote.office.model import INNER
from lanzarote.office.opening_reading import Rests, rests_on
from lanzarote.translation import N_
from lanzarote.web import labels
from lanzarote.web.forms import whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanzarote.facts.states import State
    from lanzarote.office.desk import Named, Sheet
    from lanzarote.office.model import Opening
    from lanzarote.office.service import Figures, Region
    from lanzarote.records.kinds import Kinds
    from lanzarote.web.site import View

MOST: Final = 50
"""So many records stand on one page."""
MOST_IN_FILE: Final = 5_000
"""So many records stand in one file."""
MANY: Final = frozenset({"action", "party", "endorsed", "applied"})
"""Measures in which a record counts more than once."""


class Found(Struct, frozen=True, kw_only=True):
    """A record behind a figure."""

    kind: str
    title: Markup
    region: Markup
    region_id: str
    region_href: str
    href: str


class Asked(Struct, frozen=True, kw_only=True):
    """Which figure somebody wants to see behind."""

    measure: str
    a: str | None
    b: str | None
    region: str
    state: str
    """Code of a State, whose regions alone are meant; empty: of any."""
    start: int

    def query(self, start: int) -> dict[str, str]:
        where = {"region": self.region, "state": self.state}
        chosen = {name: value for name, value in where.items() if value}
        return desk.records_query(self.measure, self.a, self.b) | chosen | {"from": str(start)}

    def means(self, one: Named) -> bool:
        return (not self.region or one.id == self.region) and (not self.state or one.region.state == self.state)


def read_asked(view: View) -> Asked:
    given = view.request.query_params
    a = given.get("a", "" if "b" in given else None)
    return Asked(
        measure=given.get("of", "")[:40],
        a=None if a == desk.ANY else a,
        b=given.get("b"),
        region=given.get("region", "")[:64],
        state=given.get("state", "")[:2],
        start=whole_number(given.get("from", "")),
    )


class Behind(Struct, frozen=True, kw_only=True):
    """The results that a figure counts."""

    found: tuple[Found, ...] = ()
    """A page of the records, region after region."""
    total: int = 0
    """How many records there are."""
    figure: int = 0
    """How much they count: of some measures a record counts more than once."""


def behind(view: View, asked: Asked, every: Sequence[Named], most: int | None = None) -> Behind:
    """As many of the records that a figure counts as stand on a page, or *most*."""
    most = most or MOST
    regions = [one for one in every if asked.means(one)]
    if asked.measure in INNER or any(char in f"{asked.measure}{asked.a}{asked.b}" for char in ":%_"):
        return Behind()
    database = view.instance.database
    counts = service.counted(database, [one.id for one in regions], asked.measure, asked.a, asked.b)
    found: list[Found] = []
    total = 0
    for one in regions:
        count = counts.get(one.id, 0)
        ids: list[str] = []
        if count and (asked.measure in MANY or (total + count > asked.start and len(found) < most)):
            ids = service.records_behind(database, one.id, asked.measure, asked.a, asked.b)
            count = len(ids)
        some = ids[max(0, asked.start - total) :][: most - len(found)]
        total += count
        if some:
            found += [_found(view, one, record) for record in service.told_of(database, one.id, some)]
    return Behind(found=tuple(found), total=total, figure=sum(counts.values()))


def records_sheet(view: View, found: Sequence[Found], **more: Any) -> Sheet:
    """The records, for a file."""
    _ = view._
    columns = (_("Kind"), _("Region"), _("Id of the region"), _("Address"))
    return sheet(
        view,
        key="records",
        title=_("The records behind a figure"),
        about=_("Title"),
        columns=tuple(Head(label=label) for label in columns),
        lines=tuple(
            Line(
                head=Head(label=one.title),
                cells=_told(one.kind, one.region, one.region_id, view.absolute(one.href) if one.href else ""),
            )
            for one in found
        ),
        **more,
    )


def _told(*words: Any) -> tuple[Cell, ...]:
    return tuple(Cell(word=word) for word in words)


def state_named(view: View, code: str, every: Sequence[Named]) -> Markup | None:
    """The State of which the records are asked, if a region that is here works in it."""
    if not any(one.region.state == code for one in every):
        return None
    return state_called(view, code)


def state_called(view: View, code: str) -> Markup:
    """What *code*, which regions name as their State, is called."""
    if state := states().get(code):
        return totals.state_name(view, state.name)
    return escape(view._(INVENTED_STATE) if code == service.INVENTED else code)


def _found(view: View, one: Named, record: service.Behind) -> Found:
    title = labels.written(*view.text(record.title, record.original or None), view.lang) if record.title else Markup("")
    return Found(
        kind=view._(view.instance.kinds[record.kind].label),
        title=title or escape(record.slug),
        region=one.name,
        region_id=one.id,
        region_href=view.region_href(one.region.header),
        href=address_of(view, one, record),
    )


def address_of(view: View, one: Named, record: service.Behind) -> str:
    """Where the public reads the record, wherever its region is written; empty: it has no page there."""
    public = view.instance.kinds[record.kind].public
    return view.region_href(one.region.header, public, record.slug) if public else ""


# The regions that are here


class RegionCard(Struct, frozen=True, kw_only=True):
    name: Markup
    region: Region
    rests: Rests | None
    """On which pilot; None: nobody has said so."""
    counts: tuple[tuple[str, int, str], ...]
    """What of it is here: label, how many, where they are listed."""


class StateCard(Struct, frozen=True, kw_only=True):
    code: str
    name: Markup
    facts: State | None
    """What is known of it; None: it is none, or invented."""
    sources: tuple[str, ...]
    regions: tuple[RegionCard, ...]

    @property
    def invented(self) -> bool:
        return self.code == service.INVENTED


INVENTED_STATE: Final = N_("Invented, of no State")


def counted(kinds: Kinds) -> dict[str, str]:
    """Measure that counts each released record of a kind once → what they are called."""
    released = ((kind, kind.released) for kind in kinds.values() if kind.released and kind.released.measure)
    return {one.measure: one.plural or kind.plural for kind, one in released}


def by_state(view: View, shown: Sequence[Named], figures: Figures) -> tuple[StateCard, ...]:
    """States in the order of their names, each with its regions."""
    said = opening.openings(view.instance.database)
    regions: dict[str, list[RegionCard]] = {}
    for one in shown:
        regions.setdefault(one.region.state, []).append(_region(view, one, figures, said.get(one.id)))
    cards = [_state(view, code, tuple(some)) for code, some in regions.items()]
    return tuple(sorted(cards, key=lambda card: view.sort_key(card.name)))


def regions_sheet(view: View, shown: Sequence[Named], figures: Figures, **more: Any) -> Sheet:
    """The regions, for a file."""
    _ = view._
    facts = (
        _("Id of the region"),
        _("Name of the State"),
        _("ISO code"),
        _("Written here or received"),
        _("Results are here since"),
        _("Last received"),
    )
    counts = [label for label, _n, _href in _counts(view, shown[0], figures)] if shown else []
    return sheet(
        view,
        key="regions",
        title=_("Regions that are here"),
        about=_("Region"),
        columns=tuple(Head(label=label) for label in (*facts, *counts)),
        lines=tuple(Line(head=Head(label=one.name), cells=_region_cells(view, one, figures)) for one in shown),
        **more,
    )


def _region_cells(view: View, one: Named, figures: Figures) -> tuple[Cell, ...]:
    region = one.region
    return (
        *_told(
            one.id,
            state_called(view, region.state),
            "" if region.invented else region.header.territory,
            view._("written here") if region.home else view._("received from elsewhere"),
            region.since.date().isoformat(),
            region.received_at.date().isoformat() if region.received_at else "",
        ),
        *(Cell(n) for _label, n, _href in _counts(view, one, figures)),
    )


def _state(view: View, code: str, regions: tuple[RegionCard, ...]) -> StateCard:
    facts = states().get(code)
    read_in = [sources()[key] for key in (facts.source if facts else ()) if key in sources()]
    return StateCard(
        code=code,
        name=state_called(view, code),
        facts=facts,
        sources=tuple(f"{one.title} ({one.publisher})" for one in read_in),
        regions=regions,
    )


def _region(view: View, one: Named, figures: Figures, said: Opening | None) -> RegionCard:
    return RegionCard(
        name=one.name,
        region=one.region,
        rests=rests_on(view, said) if said else None,
        counts=_counts(view, one, figures),
    )


def _counts(view: View, one: Named, figures: Figures) -> tuple[tuple[str, int, str], ...]:
    return tuple(_count_of(view, one, *measure, figures) for measure in counted(view.instance.kinds).items())


def _count_of(view: View, one: Named, measure: str, label: str, figures: Figures) -> tuple[str, int, str]:
    n = figures.all_of(measure, one.id)
    if measure == "practice":
        href = view.region_href(one.region.header, "practices")
    else:
        href = desk.records_href(view, measure, None, None, one.id)
    return view._(label), n, href if n else ""

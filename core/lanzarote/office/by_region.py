"""Tables with a line or a column for each region: coverage, sectors, co-operation, what groups decided and tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from lanzarote.facts.convention import common_sectors, convention
from lanzarote.office import desk, totals
from lanzarote.office.desk import Cell, Head, Line, sheet
from lanzarote.translation import N_, as_text, format_date
from lanzarote.web.labels import written
from lanzarote.web.region_reading import ToldSource, tell_sources, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from markupsafe import Markup

    from lanzarote.office.desk import Named, Sheet
    from lanzarote.office.service import Figures, Numbers
    from lanzarote.web.site import View


# --- The three matrices, computed from figures alone: coverage, sectors by regions, co-operation between sectors ---

COVERAGE: Final = ("article", "provision", "stated")
SECTORS: Final = ("practice", "common")
CO_OPERATION: Final = ("pair", "partner")
"""Measures that each is made of."""

Kind = Literal["some", "none", "unknown", "not-applicable"]


class Covered(Struct, frozen=True):
    """What is documented for an article in a region. It is no assessment of compliance."""

    kind: Kind
    practices: int = 0
    provisions: int = 0


UNKNOWN: Final = Covered("unknown")
NOT_APPLICABLE: Final = Covered("not-applicable")


class CoverageRow(Struct, frozen=True, kw_only=True):
    """One article."""

    article: int
    cells: Mapping[str, Covered]
    """Region → cell, of those that document or state something."""
    otherwise: Covered
    """The cell of each other region: unknown, or not applicable where no region can practise the article."""

    def cell(self, region_id: str) -> Covered:
        return self.cells.get(region_id, self.otherwise)


def coverage(figures: Figures, today: date) -> tuple[CoverageRow, ...]:
    """Every article of the Convention, in its order."""
    provisions = provisions_in_force(figures, today)
    stated: dict[str, dict[str, Kind]] = {}
    for (reference, state), numbers in figures.measure("stated").items():
        # What is stated of a paragraph says nothing about the rest of the article.
        if "." not in reference:
            stated.setdefault(reference, {}).update(dict.fromkeys(numbers, state))  # type: ignore[arg-type]
    return tuple(
        CoverageRow(
            article=article.number,
            cells=_cells(
                figures.numbers("article", str(article.number)),
                provisions.get(str(article.number), {}),
                stated.get(str(article.number), {}),
            ),
            otherwise=UNKNOWN if article.practised else NOT_APPLICABLE,
        )
        for article in convention().articles
    )


def _cells(practices: Numbers, provisions: Numbers, stated: Mapping[str, Kind]) -> Mapping[str, Covered]:
    # Evidence outweighs a statement that there is none: the statement stays visible with its date.
    cells = {region_id: Covered(state) for region_id, state in stated.items()}
    for region_id in {*practices, *provisions}:
        cells[region_id] = Covered("some", practices.get(region_id, 0), provisions.get(region_id, 0))
    return cells


def provisions_in_force(figures: Figures, today: date) -> dict[str, dict[str, int]]:
    """Article → region → how many provisions are evidence for it on that day."""
    day = today.isoformat()
    found: dict[str, dict[str, int]] = {}
    for (article, days), numbers in figures.measure("provision").items():
        since, _, until = days.partition("/")
        if since <= day and (not until or day <= until):
            here = found.setdefault(article, {})
            for region_id, n in numbers.items():
                here[region_id] = here.get(region_id, 0) + n
    return found


class SectorRow(Struct, frozen=True, kw_only=True):
    """One region: its practices, each once in the total and once for each common sector that it concerns."""

    region: str
    practices: int
    counts: tuple[int, ...]
    """In the order of the common sectors."""


def sectors(figures: Figures, regions: Sequence[str]) -> tuple[SectorRow, ...]:
    """Regions, as they are given, by common sectors."""
    practices = figures.numbers("practice")
    columns = [figures.numbers("common", one.key) for one in common_sectors()]
    return tuple(
        SectorRow(
            region=region_id,
            practices=practices.get(region_id, 0),
            counts=tuple([column.get(region_id, 0) for column in columns]),
        )
        for region_id in regions
    )


class PartnerRow(Struct, frozen=True, kw_only=True):
    """A common sector: in how many practices it has a partner, and in how many together with each other one."""

    sector: str
    practices: int
    counts: tuple[int, ...]
    """In the order of the common sectors; its own place holds the total."""


def co_operation(figures: Figures) -> tuple[PartnerRow, ...]:
    """Common sectors by common sectors, of all regions in *figures* together."""
    keys = [one.key for one in common_sectors()]
    pairs = {pair: sum(numbers.values()) for pair, numbers in figures.measure("pair").items()}
    rows = []
    for a in keys:
        own = figures.total("partner", a)
        counts = tuple(own if a == b else pairs.get((a, b) if a < b else (b, a), 0) for b in keys)
        rows.append(PartnerRow(sector=a, practices=own, counts=counts))
    return tuple(rows)


# --- The tables ---


def coverage_sheet(view: View, figures: Figures, shown: Sequence[Named], today: date, **more: Any) -> Sheet:
    """Article by region."""
    _ = view._
    headings = {article.number: told(view, article.heading, "en") for article in convention().articles}
    return sheet(
        view,
        key="coverage",
        title=_("Documented coverage, article by region"),
        about=_("Article"),
        columns=tuple(desk.region_head(view, one) for one in shown),
        lines=tuple(
            Line(
                head=Head(
                    label=headings[row.article],
                    short=str(row.article),
                    in_file=f"{row.article} {as_text(headings[row.article])}",
                    href=view.instance_href("convention", row.article),
                ),
                cells=tuple(_covered(view, row.article, one, row.cell(one.id)) for one in shown),
            )
            for row in coverage(figures, today)
        ),
        look="matrix",
        **more,
    )


def _covered(view: View, article: int, one: Named, cell: Covered) -> Cell:
    if cell.kind != "some":
        return Cell(word=_WORDS[cell.kind](view), kind=cell.kind)
    header, asked = one.region.header, {"article": article}
    return Cell(
        cell.practices,
        view.region_href(header, "practices", query=asked) if cell.practices else "",
        more=cell.provisions,
        more_href=view.region_href(header, "law", query=asked) if cell.provisions else "",
    )


_WORDS = {
    "unknown": lambda view: view._("unknown"),
    "none": lambda view: view._("none"),
    "not-applicable": lambda view: view._("n/a"),
}


class Stated(Struct, frozen=True, kw_only=True):
    """What a body stated about an article, or a part of it, in a region."""

    region: Markup
    ref: str
    state: str
    reviewer: Markup
    date: str
    reason: Markup
    sources: tuple[ToldSource, ...]


def statements(view: View, figures: Figures, shown: Sequence[Named]) -> Iterator[Stated]:
    """Who looked, when, and where it can be read: without that, nothing is stated."""
    names = {one.id: one for one in shown}
    for (ref, state), numbers in sorted(figures.measure("stated").items(), key=lambda one: _in_order(one[0][0])):
        for region_id in (one.id for one in shown if one.id in numbers):
            header = names[region_id].region.header
            there = view.site.view(view.request, _language(view, header.languages), region_id)
            statement = there.vocabulary.coverage.get(ref)
            if statement is not None:
                yield Stated(
                    region=names[region_id].name,
                    ref=ref,
                    state=state,
                    reviewer=written(statement.reviewer, header.languages[0], view.lang),
                    date=format_date(statement.date, view.lang),
                    reason=told(view, statement.reason),
                    sources=tell_sources(there, statement.sources),
                )


def _in_order(ref: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in ref.split(".")]


def _language(view: View, offered: Sequence[str]) -> str:
    return view.lang if view.lang in offered else offered[0]


def sectors_sheet(view: View, figures: Figures, shown: Sequence[Named], **more: Any) -> Sheet:
    """Regions by common sectors; a practice counts once for each sector, and once in all."""
    _ = view._
    names = totals.sector_names(view)
    by_id = {one.id: one for one in shown}
    rows = sectors(figures, tuple(by_id))
    return sheet(
        view,
        key="sectors",
        title=_("Practices by region and common sector"),
        about=_("Region"),
        columns=(*(Head(label=name) for name in names.values()), Head(label=_("Practices in all"))),
        lines=tuple(
            Line(
                head=desk.region_head(view, by_id[row.region]),
                cells=(
                    *(
                        desk.search_cell(view, n, region=row.region, common=key)
                        for key, n in zip(names, row.counts, strict=True)
                    ),
                    desk.list_cell(view, by_id[row.region], row.practices),
                ),
            )
            for row in rows
        ),
        look="matrix",
        note=_("A practice counts once for each common sector that it concerns, and once in all."),
        **more,
    )


def co_operation_sheet(view: View, figures: Figures, *, region: str = "", linked: bool = True, **more: Any) -> Sheet:
    """Common sectors by common sectors: in how many practices both have a partner."""
    _ = view._
    names = totals.sector_names(view)
    keys = tuple(names)
    rows = co_operation(figures)

    def cell(a: str, b: str, n: int) -> Cell:
        if not linked or not n:
            return Cell(n, kind="own" if a == b else "")
        if a == b:
            return Cell(n, desk.records_href(view, "partner", a, "", region), kind="own")
        return Cell(n, desk.records_href(view, "pair", min(a, b), max(a, b), region))

    return sheet(
        view,
        key="co-operation",
        title=_("In how many practices both common sectors have a partner"),
        about=_("Common sector"),
        columns=tuple(Head(label=name, short=str(number)) for number, name in enumerate(names.values(), 1)),
        lines=tuple(
            Line(
                head=Head(label=names[row.sector], short=str(number)),
                cells=tuple(cell(row.sector, other, n) for other, n in zip(keys, row.counts, strict=True)),
            )
            for number, row in enumerate(rows, 1)
        ),
        look="matrix",
        **more,
    )


# What groups decided and tried

DECIDED = ("improvement", "action", "procedure", "party", "endorsed", "applied", "pilot")
"""Measures."""


def decided_sheets(view: View, figures: Figures, together: Figures, shown: Sequence[Named], **more: Any) -> list[Sheet]:
    """Improvements, actions, procedures and pilots of each region that is shown, and of all *together*."""
    _ = view._
    of = _Decided(view=view, figures=figures, together=together, shown=shown, more=more)
    return [
        of.sheet("improvements", _("Improvements by state"), _by_word("improvement", totals.IMPROVEMENTS)),
        of.sheet("actions", _("Actions that follow from them"), _by_word("action", totals.ACTIONS)),
        of.sheet("procedures", _("Procedures and their endorsement"), PROCEDURES),
        of.sheet("pilots", _("Pilots and what was decided"), _by_word("pilot", totals.OUTCOMES)),
    ]


class Column(Struct, frozen=True):
    """What a column counts."""

    label: str
    measure: str
    a: str | None = None
    """None: whatever it is."""

    def count(self, figures: Figures, region_id: str | None = None) -> int:
        """In a region, or in all that *figures* are of."""
        return sum(
            sum(numbers.values()) if region_id is None else numbers.get(region_id, 0)
            for (a, _b), numbers in figures.measure(self.measure).items()
            if self.a is None or a == self.a
        )


def _by_word(measure: str, of: Mapping[str, str]) -> tuple[Column, ...]:
    return tuple(Column(label, measure, word) for word, label in of.items())


PROCEDURES = (
    *_by_word("procedure", totals.PROCEDURES),
    Column(N_("Parties named in them"), "party"),
    Column(N_("of which endorsed"), "endorsed"),
    Column(N_("of which apply it"), "applied"),
)
"""By state, and how many of the parties named in them endorsed and apply them."""


class _Decided(Struct, frozen=True, kw_only=True):
    """A page of what groups decided."""

    view: View
    figures: Figures
    together: Figures
    shown: Sequence[Named]
    more: Mapping[str, Any]

    def sheet(self, key: str, title: str, columns: Sequence[Column]) -> Sheet:
        _ = self.view._
        lines = [
            Line(head=desk.region_head(self.view, one), cells=self._cells(columns, self.figures, one.id))
            for one in self.shown
            if self.figures.all_of(columns[0].measure, one.id)
        ]
        return sheet(
            self.view,
            key=key,
            title=title,
            about=_("Region"),
            columns=tuple(Head(label=_(column.label)) for column in columns),
            lines=(*lines, *self._whole(columns, lines)),
            nothing=_("none released"),
            empty=_("No region has released any yet. A region’s results are released by its group’s decision."),
            **self.more,
        )

    def _cells(self, columns: Sequence[Column], figures: Figures, region_id: str | None = None) -> tuple[Cell, ...]:
        return tuple(
            desk.records_cell(
                self.view, column.count(figures, region_id), column.measure, column.a, None, region_id or ""
            )
            for column in columns
        )

    def _whole(self, columns: Sequence[Column], lines: Sequence[Line]) -> tuple[Line, ...]:
        """Of all regions, whichever of them are shown; nothing if one line says it already."""
        _ = self.view._
        cells = self._cells(columns, self.together)
        here = [sum(cell.n or 0 for cell in column) for column in zip(*(line.cells for line in lines), strict=True)]
        more = sum(cell.n or 0 for cell in cells) != sum(here)
        if len(lines) < 2 and not more:
            return ()
        return (Line(head=Head(label=_("All regions together") if more else _("Together")), cells=cells, whole=True),)

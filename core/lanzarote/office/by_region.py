"""Tables with a line or a column for each region: coverage, sectors, co-operation, what groups decided and tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.convention import convention
from lanzarote.office import desk, matrices, words
from lanzarote.office.sheets import Cell, Head, Line, sheet
from lanzarote.regions.reading import ToldSource, tell_sources, told
from lanzarote.translation import format_date
from lanzarote.web.labels import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from markupsafe import Markup

    from lanzarote.office.desk import Named
    from lanzarote.office.matrices import Covered
    from lanzarote.office.service import Figures
    from lanzarote.office.sheets import Sheet
    from lanzarote.web.site import View


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
                    href=view.instance_href("convention", row.article),
                ),
                cells=tuple(_covered(view, row.article, one, row.cells.get(one.id, matrices.UNKNOWN)) for one in shown),
            )
            for row in matrices.coverage(figures, today)
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
        for region_id in sorted(numbers.keys() & names.keys()):
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
    names = words.sector_names(view)
    by_id = {one.id: one for one in shown}
    rows = matrices.sectors(figures, tuple(by_id))
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
    names = words.sector_names(view)
    keys = tuple(names)
    rows = matrices.co_operation(figures)

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


def decided_sheets(view: View, figures: Figures, shown: Sequence[Named], **more: Any) -> list[Sheet]:
    """Improvements, actions, procedures and pilots of each region."""
    _ = view._
    return [
        _states(
            view, figures, shown, "improvements", "improvement", _("Improvements by state"), words.IMPROVEMENTS, **more
        ),
        _states(view, figures, shown, "actions", "action", _("Actions that follow from them"), words.ACTIONS, **more),
        _procedures(view, figures, shown, **more),
        _states(view, figures, shown, "pilots", "pilot", _("Pilots and what was decided"), words.OUTCOMES, **more),
    ]


def _states(
    view: View,
    figures: Figures,
    shown: Sequence[Named],
    key: str,
    measure: str,
    title: str,
    states: Mapping[str, str],
    **more: Any,
) -> Sheet:
    def cells(n_of: Any, region: str) -> tuple[Cell, ...]:
        return tuple(desk.records_cell(view, n_of(state), measure, state, "", region) for state in states)

    lines = [
        Line(
            head=desk.region_head(view, one),
            cells=cells(lambda state, one=one: figures.numbers(measure, state).get(one.id, 0), one.id),
        )
        for one in shown
        if figures.all_of(measure, one.id)
    ]
    return _decided(view, key, title, [view._(word) for word in states.values()], lines, **more)


def _procedures(view: View, figures: Figures, shown: Sequence[Named], **more: Any) -> Sheet:
    """By state, and how many of the parties named in them endorsed and apply them."""
    _ = view._
    lines = []
    for one in shown:
        counts = [_with_any(figures, "procedure", state).get(one.id, 0) for state in words.PROCEDURES]
        if sum(counts):
            told_of = [figures.numbers(measure).get(one.id, 0) for measure in ("party", "endorsed", "applied")]
            cells = [
                desk.records_cell(view, n, "procedure", state, None, one.id)
                for state, n in zip(words.PROCEDURES, counts, strict=True)
            ]
            lines.append(Line(head=desk.region_head(view, one), cells=(*cells, *(Cell(n) for n in told_of))))
    columns = [
        *(_(word) for word in words.PROCEDURES.values()),
        _("Parties named in them"),
        _("of which endorsed"),
        _("of which apply it"),
    ]
    return _decided(view, "procedures", _("Procedures and their endorsement"), columns, lines, **more)


def _with_any(figures: Figures, measure: str, a: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for (of, _), numbers in figures.measure(measure).items():
        if of == a:
            for region_id, n in numbers.items():
                found[region_id] = found.get(region_id, 0) + n
    return found


def _decided(view: View, key: str, title: str, columns: Sequence[str], lines: Sequence[Line], **more: Any) -> Sheet:
    _ = view._
    total = Line(
        head=Head(label=_("Together")),
        cells=tuple(Cell(sum(line.cells[place].n or 0 for line in lines)) for place in range(len(columns))),
        whole=True,
    )
    return sheet(
        view,
        key=key,
        title=title,
        about=_("Region"),
        columns=tuple(Head(label=column) for column in columns),
        lines=(*lines, total) if len(lines) > 1 else tuple(lines),
        nothing=_("none released"),
        empty=_("No region has released any yet. A region’s results are released by its group’s decision."),
        **more,
    )

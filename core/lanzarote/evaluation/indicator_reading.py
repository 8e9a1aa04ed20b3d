"""Indicators in the reader's words: name, definition, figures over time with their chart, what is due."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts.service import names
from lanzarote.evaluation import charts, counting, periods
from lanzarote.evaluation.disclosure import Shown, total
from lanzarote.evaluation.measures import MEASURES
from lanzarote.evaluation.model import INDICATOR, IndicatorValue
from lanzarote.evaluation.words import COUNTS, DIRECTIONS, RHYTHMS
from lanzarote.kinds.kind import RECORD_STATES
from lanzarote.kinds.versions import person
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record, Version, decode
from lanzarote.records.tables import NEWEST_VERSION
from lanzarote.translation import N_, Formatted, format_date, format_number, format_partial_date, texts_named
from lanzarote.types import Table
from lanzarote.types.evaluation import Indicator
from lanzarote.web.labels import written
from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.service import PublicIndicator
    from lanzarote.web.site import View

HIDDEN: Final = N_("1 to 7")


class Line(Struct, frozen=True, kw_only=True):
    """A value in the table below its chart."""

    period: str
    words: str
    hidden: bool
    source: Markup
    corrected: bool
    computed: bool


class ToldIndicator(Struct, frozen=True, kw_only=True):
    """An indicator as the public reads it."""

    id: str
    slug: str
    title: Markup
    plain: str
    """The title without its language, for attributes and files."""
    counted: Markup
    method: Markup
    unit: Markup
    limits: Markup
    stale: bool
    people: bool
    counts: str
    direction: str
    rhythm: str
    how: str
    """How the platform counts it, if it does."""
    baseline: str
    baseline_source: Markup
    target: str
    chart: charts.LineChart
    ticks: tuple[tuple[float, str], ...]
    first: str
    """The first period and the last, below the chart."""
    last: str
    lines: tuple[Line, ...]
    totals: tuple[tuple[str, str], ...]
    """Year and sum; a sum of which a part is hidden says so."""
    released_on: str
    ended_on: str
    latest: str


class Entry(Struct, frozen=True, kw_only=True):
    """A value as the group reads it: exact, with its whole history."""

    period: str
    label: str
    value: str
    source: Markup
    note: Markup
    by: str
    at: datetime
    in_force: bool
    computed: bool
    public: bool
    seq: int


class Row(Struct, frozen=True, kw_only=True):
    """An indicator in the team's lists."""

    id: str
    title: str
    unit: Markup
    state: str
    badges: tuple[tuple[str, str], ...]
    """Class and words of what there is to do."""
    cells: tuple[str, ...] = ()
    new: bool
    """There is something that the public does not read yet."""
    last: str
    """The last value, with its period."""
    due: str
    """Name of the period that is over and has no value."""
    indicator: Indicator
    rows: tuple[IndicatorValue, ...]


def tell(view: View, one: PublicIndicator) -> ToldIndicator:
    """*one* in the reader's words."""
    indicator = one.indicator
    said = {name: words(view, indicator, name) for name in ("title", "counted", "method", "unit", "limits")}
    start = one.start
    base = start.shown if start else None
    aim = indicator.target
    placed = [
        ((periods.begins(point.period).toordinal() + periods.ends(point.period).toordinal()) // 2, point.shown)
        for point in one.points
    ]
    chart = charts.draw_line(placed, baseline=base, target=aim.value if aim else None)
    lines = tuple(
        Line(
            period=periods.label(point.period, view.lang, view._),
            words=number(view, point.shown),
            hidden=point.shown.hidden,
            source=written(point.source, point.lang, view.lang),
            corrected=point.corrected,
            computed=point.computed,
        )
        for point in one.points
    )
    measure = MEASURES.get(indicator.measure or "")
    return ToldIndicator(
        id=one.id,
        slug=one.slug,
        **said,
        plain=view.text(texts_named(indicator.text, "title"), indicator.original)[0],
        stale=view.lang in indicator.stale,
        people=indicator.counts == "people",
        counts=view._(COUNTS[indicator.counts]),
        direction=view._(DIRECTIONS[indicator.direction]),
        rhythm=view._(RHYTHMS[indicator.rhythm]),
        how=view._(measure.how) if measure else "",
        baseline=_dated(number(view, base), start.on, view.lang) if start else "",
        baseline_source=written(start.source, indicator.original, view.lang) if start else Markup(""),
        target=_dated(format_number(aim.value, view.lang), aim.by, view.lang) if aim else "",
        chart=chart,
        ticks=tuple((height, format_number(value, view.lang)) for height, value in chart.ticks),
        first=lines[0].period if lines else "",
        last=lines[-1].period if len(lines) > 1 else "",
        lines=lines,
        totals=tuple(sums(view, one)),
        released_on=format_date(one.released_on, view.lang) if one.released_on else "",
        ended_on=format_date(indicator.ended_on, view.lang) if indicator.ended_on else "",
        latest=f"{lines[-1].words} ({lines[-1].period})" if lines else "",
    )


def words(view: View, indicator: Indicator, name: str) -> Markup:
    """A text of *indicator* for this reader, with its language where that is not the page's."""
    return told(view, texts_named(indicator.text, name), indicator.original)


def _dated(words: str, day: str | date, lang: str) -> Formatted:
    """*words* with the day they are of, alone or for a sentence, which may be in another language."""
    return Formatted(f"{words} ({format_partial_date(day, lang)})", lambda other: _dated(words, day, other))


def number(view: View, one: Shown | None) -> str:
    """A number as the reader reads it."""
    if one is None or (one.value is None and not one.hidden):
        return ""
    return view._(HIDDEN) if one.hidden or one.value is None else format_number(one.value, view.lang)


def sums(view: View, one: PublicIndicator) -> Iterator[tuple[str, str]]:
    """What each year adds up to, where there is something to add up."""
    if not one.indicator.adds_up or one.indicator.rhythm in ("year", "day"):
        return
    by_year: dict[str, list[tuple[Shown, float | None]]] = {}
    for point, value in zip(one.points, one.exact, strict=True):
        by_year.setdefault(point.period[:4], []).append((point.shown, value))
    for year, parts in by_year.items():
        known = [value for _, value in parts if value is not None]
        if len(parts) > 1 and any(part.hidden for part, _ in parts):
            yield year, view._("not published: a part of it is hidden")
        elif len(parts) > 1 and len(known) == len(parts):
            yield year, number(view, total(known, one.indicator.counts))


def table(view: View, found: Iterable[ToldIndicator], title: str, note: str = "") -> Table:
    """The figures as a file."""
    _ = view._
    columns = (_("Indicator"), _("Period"), _("Value"), _("Unit"), _("Where that is written"), _("Published on"))
    rows = (
        (one.plain, line.period, line.words, one.unit, line.source, one.released_on)
        for one in found
        for line in one.lines
    )
    licence = view.vocabulary.header.licence
    return Table(title=title, columns=columns, rows=rows, language=view.lang, licence=licence, note=note)


# For the group


def listed(view: View, session: Session) -> list[Row]:
    """Every indicator that is kept here, by name."""
    query = (
        select(Record, Version.body)
        .join(Version, NEWEST_VERSION)
        .where(Record.kind == INDICATOR, Record.state != "erased", allowed(view.actor, "group.read"))
    )
    found = [(record, decode(body, Indicator)) for record, body in session.execute(query)]
    return rows_of(view, session, found)


def rows_of(view: View, session: Session, found: Sequence[tuple[Record, Indicator]]) -> list[Row]:
    """By name; as many queries for many as for one."""
    values = counting.values_of(session, [record.id for record, _ in found])
    rows = [row_of(view, record, said, values.get(record.id, [])) for record, said in found]
    return sorted(rows, key=lambda row: view.sort_key(row.title))


def row_of(view: View, record: Record, indicator: Indicator, rows: Sequence[IndicatorValue]) -> Row:
    valid = counting.in_force(rows)
    status = counting.status_of(record)
    due = counting.due(indicator, rows, view.today) if record.state in ("draft", "published") else ""
    last = valid[-1] if valid else None
    new = record.published_version != record.version or any(row.seq > status.released for row in rows)
    waits = periods.label(due, view.lang, view._) if due else ""
    badges = (
        ("good", view._("to be published") if new and record.state in ("draft", "published") else ""),
        ("", view._("value due: %(period)s") % {"period": waits} if waits else ""),
    )
    return Row(
        id=record.id,
        title=view.text(texts_named(indicator.text, "title"), indicator.original)[0],
        unit=words(view, indicator, "unit"),
        state=view._(RECORD_STATES[record.state]),
        badges=tuple((shade, words) for shade, words in badges if words),
        new=new,
        last=f"{format_number(last.value, view.lang)} ({periods.label(last.period, view.lang, view._)})"
        if last and last.value is not None
        else view._("none yet"),
        due=waits,
        indicator=indicator,
        rows=tuple(rows),
    )


def history(view: View, session: Session, record: Record, rows: Sequence[IndicatorValue]) -> list[Entry]:
    """Everything that was ever entered, the last period first, corrections before what they correct."""
    people = names(session, [row.by for row in rows])
    released, valid = counting.status_of(record).released, {row.seq for row in counting.in_force(rows)}
    ordered = sorted(rows, key=lambda row: (periods.ends(row.period), row.seq), reverse=True)
    return [
        Entry(
            period=row.period,
            label=periods.label(row.period, view.lang, view._),
            value="" if row.value is None else format_number(row.value, view.lang),
            source=written(row.source, row.lang, view.lang),
            note=written(row.note, row.lang, view.lang),
            by=person(view, people, row.by),
            at=row.at,
            in_force=row.seq in valid,
            computed=row.computed,
            public=row.seq <= released and record.state == "published",
            seq=row.seq,
        )
        for row in ordered
    ]


def exact_table(view: View, rows: Sequence[Row]) -> Table:
    """For the group: every value in force as it was entered."""
    _ = view._
    columns = (_("Indicator"), _("Period"), _("Value"), _("Unit"), _("Where that is written"), _("Day"))
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        for one in counting.in_force(row.rows):
            day = view.day_of(one.at)
            label = periods.label(one.period, view.lang, view._)
            cells.append((row.title, label, one.value, row.unit, one.source, day))
    note = _("For the group only: counts of people are neither rounded nor hidden here.")
    return Table(
        title=_("Indicators"), columns=columns, rows=tuple(cells), language=view.lang, note=note,
        licence=view.vocabulary.header.licence,
    )  # fmt: skip

"""What each report says, as blocks that a page and a PDF both show; every claim leads to its records."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from markupsafe import Markup
from msgspec import Struct

from lanzarote.facts.convention import convention
from lanzarote.facts.helplines import dialled
from lanzarote.office import by_region, desk, listing, service, totals
from lanzarote.translation import N_, date_told, format_date, format_number
from lanzarote.web.exports import Contents, Heading, NewPage, Paper, PaperTable, Paragraph, Piece, Points
from lanzarote.web.help_pages import lines_of, lines_of_europe
from lanzarote.web.region_reading import number_said
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lanzarote.office.by_region import CoverageRow
    from lanzarote.office.desk import Named, Sheet
    from lanzarote.types import Helpline
    from lanzarote.web.exports import Block

NEWEST: Final = 12
"""So many practices the page for the European Day shows."""
RECORDS: Final = 200
"""So many records of one kind a report lists for one region."""


class Kind(Struct, frozen=True):
    """One of the reports."""

    key: str
    title: str
    about: str
    write: Callable[[View, tuple[Named, ...]], Iterator[Block]]


def paper(view: View, kind: Kind) -> Paper:
    """The report for this reader, of all regions that the public may read here."""
    every = desk.named(view)
    day = date_told(view.today, view.lang)
    author = view.instance.settings.operator or view._("Central office of the Lanzarote working groups")
    return Paper(
        title=view._(kind.title),
        subtitle=view._("As of %(day)s") % {"day": day},
        author=author,
        lang=view.lang,
        blocks=(*_basis(view, every), *(kind.write(view, every) if every else ())),
    )


def _basis(view: View, every: Sequence[Named]) -> Iterator[Block]:
    """What every report rests on, said before anything else."""
    _ = view._
    if not every:
        yield _said(_("No region has released results here yet."))
        return
    yield _said(
        _(
            "This report rests on what regions have documented and released. Each number and title leads to its "
            "records. It says nothing about what is not documented, and is no assessment of compliance."
        )
    )
    if invented := desk.invented(view, every):
        yield _said(invented)
    head = (_("Region"), _("Code of the State"), _("Practices"), _("Results are here since"), _("Last received"))
    shown = every[: desk.MOST]
    practices = service.figures(view.instance.database, [one.id for one in shown], ["practice"]).numbers("practice")
    rows = tuple(_region_row(view, one, practices) for one in shown)
    yield PaperTable(_("The regions"), head, rows, widths=(3, 1, 1, 2, 2), numbers=(2,))
    yield from _others(view, every, "regions")


def _others(view: View, every: Sequence[Named], page: str) -> Iterator[Block]:
    """Where the regions are for which a table has no room."""
    if len(every) > desk.MOST:
        said = view._(
            "%(shown)s of %(all)s regions are shown here, in the order of their names; the office’s pages show all "
            "of them."
        ) % {
            "shown": format_number(desk.MOST, view.lang),
            "all": format_number(len(every), view.lang),
        }
        yield Paragraph((Piece(said, view.absolute(view.instance_href("office", page))),))


def _region_row(view: View, one: Named, practices: Mapping[str, int]) -> tuple[Piece, ...]:
    region = one.region
    received = format_date(region.received_at, view.lang) if region.received_at else view._("written here")
    return (
        Piece(_plain(one.name), view.absolute(view.region_href(region.header))),
        Piece("–" if region.invented else region.state),
        Piece(
            str(practices.get(one.id, 0)),
            view.absolute(view.region_href(region.header, "practices")) if practices.get(one.id) else "",
        ),
        Piece(format_date(region.since, view.lang)),
        Piece(received),
    )


# The plenary


def _plenary(view: View, every: tuple[Named, ...]) -> Iterator[Block]:
    _ = view._
    together = service.as_figures(service.totals(view.instance))
    yield Contents(_("Contents"))
    yield Heading(_("What is practised"))
    count = together.total("practice")
    said = view.translator.ngettext(
        "%(num)s practice is published in all regions together.",
        "%(num)s practices are published in all regions together.",
        count,
    )
    every_one = view.absolute(view.instance_href("practices")) if count else ""
    yield Paragraph((Piece(said % {"num": format_number(count, view.lang)}, every_one),))
    for sheet in totals.overview(view, together):
        yield from _table(view, sheet)
    yield Heading(_("Who works together"))
    yield from _table(view, by_region.co_operation_sheet(view, together))
    yield Heading(_("What groups decided and tried"))
    shown = every[: desk.MOST]
    figures = service.figures(view.instance.database, [one.id for one in shown], by_region.DECIDED)
    tables = by_region.decided_sheets(view, figures, together, shown)
    if not any(sheet.lines for sheet in tables):
        yield _said(
            _(
                "No region has released an improvement, a procedure or an evaluated pilot yet. A region’s results "
                "are released by its group’s decision."
            )
        )
    for sheet in tables:
        yield from _table(view, sheet)
    yield from _others(view, every, "improvements")
    for kind, title in DECIDED.items():
        found = list(_records(view, every, kind))
        if found:
            yield Heading(_(title), 2)
            yield Points(tuple(found))
    yield Heading(_("Where the Convention is documented, and where not"))
    yield from _coverage(view, every)


DECIDED: Final = {
    "improvement": N_("Improvements that groups have decided on"),
    "procedure": N_("Procedures of co-operation"),
    "pilot": N_("Pilots that were evaluated"),
}


def _records(view: View, every: Sequence[Named], measure: str, a: str | None = None) -> Iterator[tuple[Piece, ...]]:
    """Each record that *measure* counts, with its region; of a region with more than RECORDS, what the rest is."""
    for one in every:
        ids = service.records_behind(view.instance.database, one.id, measure, a)
        for record in service.told_of(view.instance.database, one.id, ids[:RECORDS]):
            yield (_titled(view, one, record), Piece(f" ({_plain(one.name)})"))
        if len(ids) > RECORDS:
            yield (_whole_list(view, one, measure, a, len(ids)),)


def _whole_list(view: View, one: Named, measure: str, a: str | None, count: int) -> Piece:
    """How many records of a region are listed, which leads to all of them."""
    said = view._("%(region)s: %(shown)s of %(all)s records are listed here. See all of them.") % {
        "region": _plain(one.name),
        "shown": format_number(RECORDS, view.lang),
        "all": format_number(count, view.lang),
    }
    return Piece(said, view.absolute(desk.records_href(view, measure, a, None, one.id)))


def _titled(view: View, one: Named, record: service.Behind) -> Piece:
    """The title of a record, which leads to it."""
    title, lang = view.text(record.title, record.original or None) if record.title else (record.slug, view.lang)
    href = listing.address_of(view, one, record)
    return Piece(title, view.absolute(href), "" if lang == view.lang else lang)


def _coverage(view: View, every: tuple[Named, ...]) -> Iterator[Block]:
    """Each article: in how many regions something is documented, and where nothing is known."""
    _, ids = view._, [one.id for one in every]
    figures = service.figures(view.instance.database, ids, by_region.COVERAGE)
    rows = []
    silent = []
    for row in by_region.coverage(figures, view.today):
        if not row.cells and row.otherwise.kind == "not-applicable":
            continue
        kinds = Counter(row.cell(one.id).kind for one in every)
        href = view.absolute(view.instance_href("office", "coverage"))
        label = _article(view, row.article)
        rows.append((Piece(label), *(Piece(str(n), href if n else "") for n in map(kinds.__getitem__, KINDS))))
        if not row.cells:
            silent.append(label)
    head = (_("Article"), _("Documented"), _("None, as stated"), _("Not applicable"), _("Unknown"))
    yield PaperTable(
        _("Articles, and in how many regions"), head, tuple(rows), widths=(5, 1, 1, 1, 1), numbers=(1, 2, 3, 4)
    )
    yield _said(_never_practised(view))
    if silent:
        yield _said(_("In no region is anything documented or stated for these articles:"))
        yield Points(tuple((Piece(one),) for one in silent))


KINDS: Final[tuple[by_region.Kind, ...]] = ("some", "none", "not-applicable", "unknown")


def _never_practised(view: View) -> str:
    """Why some articles are not listed as gaps."""
    said = view._("No region can practise articles %(articles)s: purposes, definitions, and what binds States alone.")
    return said % {"articles": convention().never_practised}


# The Lanzarote Committee


def _committee(view: View, every: tuple[Named, ...]) -> Iterator[Block]:
    """By article: the practices of each region that answer it."""
    _ = view._
    yield _said(
        _(
            "What follows is a contribution of organised civil society and its partners. The links between practices "
            "and articles are editorial: made by the teams, not by a court or authority."
        )
    )
    yield Contents(_("Contents"))
    unanswered = []
    figures = service.figures(view.instance.database, [one.id for one in every], by_region.COVERAGE)
    for row in by_region.coverage(figures, view.today):
        answers = list(_records(view, every, "article", str(row.article)))
        if answers:
            yield Heading(_article(view, row.article))
            yield Points(tuple(answers))
        elif row.cells or row.otherwise.kind == "unknown":
            unanswered.append(row)
    for title, rows in _apart(unanswered).items():
        if rows:
            yield Heading(_(title))
            yield Points(tuple(_without_practice(view, row) for row in rows))
    yield _said(_never_practised(view))


NO_PRACTICE: Final = N_("Articles that no practice answers yet, and for which law is documented")
STATED_ONLY: Final = N_("Articles for which regions only state that there is nothing, or that they do not apply")
UNDOCUMENTED: Final = N_("Articles for which nothing is documented")


def _apart(rows: Sequence[CoverageRow]) -> dict[str, list[CoverageRow]]:
    """Articles without a practice, by what is known of them as the matrix of coverage tells it."""
    found: dict[str, list[CoverageRow]] = {NO_PRACTICE: [], STATED_ONLY: [], UNDOCUMENTED: []}
    for row in rows:
        law = any(cell.kind == "some" for cell in row.cells.values())
        found[NO_PRACTICE if law else STATED_ONLY if row.cells else UNDOCUMENTED].append(row)
    return found


def _without_practice(view: View, row: CoverageRow) -> tuple[Piece, ...]:
    """An article, and in how many regions what is said of it."""
    label = _article(view, row.article)
    if not row.cells:
        return (Piece(label),)
    words = {
        "some": view._("Documented"),
        "none": view._("None, as stated"),
        "not-applicable": view._("Not applicable"),
    }
    counts = Counter(cell.kind for cell in row.cells.values())
    told = "; ".join(f"{word} – {counts[kind]}" for kind, word in words.items() if counts[kind])  # type: ignore[index]
    return (Piece(label, view.absolute(view.instance_href("office", "coverage"))), Piece(f" ({told})"))


# The European Day


def _day(view: View, every: tuple[Named, ...]) -> Iterator[Block]:
    """What can be told on 18 November: the newest practices, where to get help, and what everybody can do."""
    _ = view._
    yield _said(
        _(
            "18 November is the European Day on the Protection of Children against Sexual Exploitation and Sexual "
            "Abuse. These practices show that institutions and associations can act together."
        )
    )
    together = service.as_figures(service.totals(view.instance))
    yield from _table(view, totals.overview(view, together)[0])
    yield Heading(_("Practices, the last published first"))
    newest = tuple(_newest(view, every))
    yield Points(newest) if newest else _said(_("No practice is documented yet."))
    yield NewPage()
    yield Heading(_("Where children and adults find help"))
    yield from _lines(view, _("In many countries of Europe"), [line for line, _told in lines_of_europe(view.lang)])
    for one in every[: desk.MOST]:
        there = View(view.site, view.request, view.lang, one.region.header)
        yield from _lines(there, _plain(one.name), [line for line, _told in lines_of(there)])
    yield from _others(view, every, "regions")


def _lines(view: View, place: str, lines: Sequence[Helpline]) -> Iterator[Block]:
    """Each number of a place, what answers there and whom."""
    _ = view._
    unverified = _("not verified")

    def said(texts: Mapping[str, str], more: str = "") -> Piece:
        words, lang = view.text(texts)
        return Piece(words + more, "", "" if lang == view.lang else lang)

    doubt = f" ({unverified})"
    rows = tuple(
        (
            _reached(view, line),
            said(line.name, "" if line.verified else doubt),
            said(line.for_whom),
        )
        for line in lines
    )
    if rows:
        yield PaperTable(place, (_("Call or text message"), _("Line"), _("For whom")), rows, widths=(3, 5, 9))


def _reached(view: View, line: Helpline) -> Piece:
    if line.number:
        return Piece(number_said(view, line), dialled(line.number, text_messages=line.text_messages))
    return Piece(urlsplit(line.url or "").netloc, line.url or "")


def _newest(view: View, every: Sequence[Named]) -> Iterator[tuple[Piece, ...]]:
    known = {one.id: one for one in every}
    told = 0
    for region_id, record_id in service.newest(view.instance.database, NEWEST * 4):
        one = known.get(region_id)
        if one is None or told >= NEWEST:
            continue
        for record in service.told_of(view.instance.database, region_id, [record_id]):
            told += 1
            yield (_titled(view, one, record), Piece(f" ({_plain(one.name)})"))


REPORTS: Final[Mapping[str, Kind]] = {
    one.key: one
    for one in (
        Kind(
            "plenary",
            N_("Report to the plenary of the Conference of INGOs"),
            N_("What regions practise, what they decided and tried, and where the Convention is documented."),
            _plenary,
        ),
        Kind(
            "committee",
            N_("Contribution to the questionnaires of the Lanzarote Committee"),
            N_("Article by article: the practices that answer it, in every region."),
            _committee,
        ),
        Kind(
            "european-day",
            N_("For the European Day of 18 November"),
            N_("The newest practices of all regions, and where help is found: to be handed out and passed on."),
            _day,
        ),
    )
}


# Pieces


def _table(view: View, sheet: Sheet) -> Iterator[Block]:
    """A table of figures, if anything was counted."""
    if not sheet.lines:
        return
    double = any(cell.more for line in sheet.lines for cell in line.cells)
    head = (_plain(sheet.about), *(_plain(column.short or column.label) for column in sheet.columns))
    # Above the columns of a wide table stand numbers; beside its lines, what they stand for.
    marked = [column.short for column in sheet.columns]
    labels = [
        f"{marked[number]}. {_plain(line.head.label)}"
        if number < len(marked) and marked[number]
        else _plain(line.head.label)
        for number, line in enumerate(sheet.lines)
    ]
    rows = tuple(
        (Piece(label), *(_cell(view, sheet, cell, double) for cell in line.cells))
        for label, line in zip(labels, sheet.lines, strict=True)
    )
    yield PaperTable(_plain(sheet.title), head, rows, numbers=tuple(range(1, len(head))))
    if sheet.note:
        yield _said(_plain(sheet.note))


def _cell(view: View, sheet: Sheet, cell: Any, double: bool) -> Piece:
    if cell.n is None:
        return Piece(_plain(cell.word) or "–")
    said = f"{cell.n} + {cell.more}" if double and cell.more else str(cell.n)
    return Piece(said, view.absolute(cell.href) if cell.href else "")


def _article(view: View, number: int) -> str:
    [article] = [one for one in convention().articles if one.number == number]
    heading, _lang = view.text(article.heading, "en")
    return view._("Article %(number)s: %(heading)s") % {"number": number, "heading": heading}


def _said(words: Any) -> Paragraph:
    return Paragraph((Piece(_plain(words)),))


def _plain(words: Any) -> str:
    """Without the marks of a page: what is said is text there as here."""
    return str(words.striptags()) if isinstance(words, Markup) else str(words)

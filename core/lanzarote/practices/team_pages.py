"""Pages on which a region's team keeps its practices: those of their kind, and the form on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from markupsafe import Markup
from msgspec import Struct

from lanzarote.kinds import keeping
from lanzarote.kinds.entered import belongs
from lanzarote.kinds.form import read_all
from lanzarote.kinds.record_pages import found
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.wording import in_words
from lanzarote.practices import form_choices, sheets, writing
from lanzarote.practices.form_fields import CELLS, CODES, GROUPS, TEXTS
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.team_reading import twins
from lanzarote.translation import N_, language_name
from lanzarote.types import PracticeSheet
from lanzarote.web import labels
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import text_of
from lanzarote.web.region_reading import told
from lanzarote.web.routes import form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.kinds.wording import Said
    from lanzarote.practices.form_fields import FormField
    from lanzarote.types import PracticeField, PracticeSheet
    from lanzarote.web.site import View


# The form on paper: blank, for a meeting without computers, or with what is written


MOST_TICKS: Final = 24
"""Longer lists are written in."""
ON_PAPER: Final = {
    "partners": ("organisation", "sector", "part"),
    "evidence": ("value", "unit", "period", "sources"),
    "own_sources": ("title", "publisher", "url"),
}
"""Columns of what may be said more than once."""
EMPTY: Final = {"partners": 6, "evidence": 3, "own_sources": 3}


class Line(Struct, frozen=True, kw_only=True):
    """One question."""

    label: Markup
    number: int = 0
    help: Markup = Markup()
    answers: tuple[tuple[str, str, str], ...] = ()
    """Words; code and name of their language, where they are a text of the practice."""
    lines: int = 0
    """To be written on."""
    ticks: tuple[Markup, ...] = ()
    columns: tuple[str, ...] = ()
    rows: int = 0


class Part(Struct, frozen=True, kw_only=True):
    title: Markup
    lines: tuple[Line, ...]


def paper(view: View, written: PracticeSheet | None) -> tuple[Part, ...]:
    """The questions with what *written* answers; without one, with room to write."""
    said = in_words(view, PRACTICES.shapes, written, lines=True) if written else {}
    parts = []
    for place, group in enumerate(GROUPS):
        lines = [_line(view, field, number, said) for number, field in _numbered(group.fields, first=place == 0)]
        lines += [
            _answer(view, key, field, said)
            for key, field in _own(view, first=place == 0, last=place == len(GROUPS) - 1)
        ]
        parts.append(Part(title=labels.phrase(group.title, view.translator), lines=tuple(lines)))
    return tuple(parts)


def _numbered(fields: Sequence[FormField], *, first: bool) -> Iterator[tuple[int, FormField]]:
    number = 0
    for field in fields:
        if first and not field.under:
            number += 1
        yield (number if first and not field.under else 0), field


def _own(view: View, *, first: bool, last: bool) -> Iterator[tuple[str, PracticeField]]:
    for key, field in view.vocabulary.fields.items():
        if (first and field.required) or (last and not field.required):
            yield key, field


def _line(view: View, field: FormField, number: int, said: Mapping[str, Said]) -> Line:
    answers = tuple(_answers(view, said, field.name))
    ticks = tuple(_ticks(view, field))
    columns = tuple(view._(CELLS[cell]) for cell in ON_PAPER.get(field.name, ()))
    room = {"line": 1, "date": 1, "tick": 0}.get(field.kind, 5 if field.advised > 1_000 else 3 if number else 2)
    return Line(
        label=labels.phrase(field.label, view.translator),
        number=number,
        help=labels.phrase(field.help, view.translator) if field.help else Markup(),
        answers=answers,
        lines=0 if ticks or columns else room,
        ticks=ticks,
        columns=columns,
        rows=EMPTY.get(field.name, 0),
    )


def _answers(view: View, said: Mapping[str, Said], name: str) -> Iterator[tuple[str, str, str]]:
    for place, one in said.items():
        if belongs(place, name) or (name in TEXTS and place.startswith("text.") and place.endswith(f".{name}")):
            yield one.words, one.language, language_name(one.language, view.lang) if one.language else ""


def _ticks(view: View, field: FormField) -> Iterator[Markup]:
    if field.kind == "tick":
        yield labels.phrase(N_("Yes"), view.translator)
    if field.codes:
        yield from (choice.label for choice in form_choices.codes(view, field.codes, CODES[field.name]))
    if field.name == "sectors":
        sectors = form_choices.sectors(view)
        yield from (choice.label for choice in sectors[:MOST_TICKS])


def _answer(view: View, key: str, field: PracticeField, said: Mapping[str, Said]) -> Line:
    ticks = tuple(choice.label for choice in form_choices.answers(view, field, ()))
    if field.type == "yes-no":
        ticks = tuple(labels.phrase(word, view.translator) for word in (N_("Yes"), N_("No")))
    return Line(
        label=told(view, field.label),
        help=told(view, field.help) if field.help else Markup(),
        answers=tuple(_answers(view, said, f"answers.{key}")),
        lines=0 if ticks else 2,
        ticks=ticks,
    )


# Pages


FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
TEAM: Final = ("team", "practices")


@page("/{lang:str}/{region:str}/team/practices/blank", may="practice.write")
def blank(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The questions on paper, for a meeting without computers."""
    return _sheet(site.view(request, lang, region), None)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/sheet", may="practice.read")
def sheet(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form, filled in, for paper."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = found(PRACTICES, view, session, record_id)
        written = writing.sheet_of(session, record)
    return _sheet(view, written, version=record.version, record_id=record_id)


@page("/{lang:str}/{region:str}/team/practices/suggestions", may="practice.write")
def suggestions(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Everything that fields find while one types."""
    return keeping.json(form_choices.suggestions(site.view(request, lang, region)))


@form("/{lang:str}/{region:str}/team/practices/alike", may="practice.write", carried=False)
def alike(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Practices that may be the one that is being written. Sent as a form: an address would stand in logs."""
    view = site.view(request, lang, region)
    sheet, _ = read_all(view, PRACTICES.shapes, SentForm(data), PracticeSheet)
    return keeping.json({"twins": twins(view, sheet, but=text_of(data, "id")) if sheet else ()})


def _sheet(view: View, written: PracticeSheet | None, *, version: int = 0, record_id: str = "") -> Response[Any]:
    """The questions on paper, with or without answers."""
    return view.render(
        "practices/team/sheet.html",
        parts=paper(view, written),
        blank=written is None,
        version=version,
        title=sheets.title_of(written) if written else "",
        original=written.original if written else view.lang,
        here=view.href(*TEAM, record_id) if record_id else "",
        team_href=view.href(*TEAM),
        **FRAME,
    )


handlers = (blank, suggestions, alike, keeping.key, sheet)

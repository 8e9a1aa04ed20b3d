"""The form on paper: blank, for a meeting without computers, or with what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from msgspec import Struct

from lanzarote.practices import form_choices
from lanzarote.practices.form_fields import CELLS, GROUPS, TEXTS
from lanzarote.practices.form_sheet import CODES
from lanzarote.practices.form_words import all_said
from lanzarote.translation import N_
from lanzarote.web import labels
from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lanzarote.practices.form_fields import FormField
    from lanzarote.practices.form_words import Said
    from lanzarote.types import PracticeField, PracticeSheet
    from lanzarote.web.site import View

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
    answers: tuple[Said, ...] = ()
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
    said = list(all_said(view, written)) if written else []
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


def _line(view: View, field: FormField, number: int, said: Sequence[Said]) -> Line:
    answers = tuple(one for one in said if _is_of(one.unit, field.name))
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


def _is_of(unit: str, name: str) -> bool:
    if name in TEXTS:
        return unit.startswith("text.") and unit.endswith(f".{name}")
    return unit == name or unit.startswith(f"{name}.")


def _ticks(view: View, field: FormField) -> Iterator[Markup]:
    if field.kind == "tick":
        yield labels.phrase(N_("Yes"), view.translator)
    if field.codes:
        yield from (choice.label for choice in form_choices.codes(view, field.codes, CODES[field.name]))
    if field.name == "sectors":
        sectors = form_choices.sectors(view)
        yield from (choice.label for choice in sectors[:MOST_TICKS])


def _answer(view: View, key: str, field: PracticeField, said: Sequence[Said]) -> Line:
    ticks = tuple(choice.label for choice in form_choices.answers(view, field, ()))
    if field.type == "yes-no":
        ticks = tuple(labels.phrase(word, view.translator) for word in (N_("Yes"), N_("No")))
    return Line(
        label=told(view, field.label),
        help=told(view, field.help) if field.help else Markup(),
        answers=tuple(one for one in said if one.unit == f"answers.{key}"),
        lines=0 if ticks else 2,
        ticks=ticks,
    )

"""What stands in the form: every field under its place on the sheet, as it was typed, right or wrong.

A form that is sent, one that is sent back, and text that is not saved yet are all this; a sheet can be read from it,
and it can be read from a sheet. Nothing that was typed is ever lost on the way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lanzarote.kinds.entered import Entered
from lanzarote.practices.form_fields import BY_LANGUAGE, FIELDS, ROWS, SOURCED, TEXTS
from lanzarote.translation.typed_numbers import number_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import PracticeSheet

MOST_ROWS: Final = 60
_ROW: Final = re.compile(r"(partners|evidence|own_sources)\[(\d{1,3})\]\.([a-z_]+)(?:\.([A-Za-z-]+))?")
_TEXT: Final = re.compile(r"(text|note)\.([A-Za-z-]+)(?:\.([a-z_]+))?")
_SOURCES: Final = re.compile(r"field_sources\.([a-z_]+)(\.editorial)?")
_ANSWER: Final = re.compile(r"answers\.([a-z0-9-]{1,64})(?:\.([A-Za-z-]+))?")
_PLAIN: Final = frozenset(one.name for one in FIELDS.values() if one.kind in ("code", "codes", "keys", "date", "tick"))
_REPEATED: Final = frozenset(
    ("languages", "fits", *(one.name for one in FIELDS.values() if one.kind in ("codes", "keys")))
)
_KIND_OF: Final = {
    "sectors": "sector",
    "legal_basis": "provision",
    "sources": "source",
    "partners.sector": "sector",
    "evidence.sources": "source",
}
"""Field, or cell of a row → the kind of the region's entries whose keys stand in it."""
_MORE: Final = frozenset({"convention.more"})
_PRESET: Final = frozenset({"key", "kind", "side"})
"""Cells that the form fills in itself: a row that holds nothing else is empty."""


def received(
    pairs: Iterable[tuple[str, str]], *, languages: Collection[str], original: str, beside: str = ""
) -> Entered:
    """The form as it was sent; *languages*: those it may be written in, *original* unless the form names another.

    Unknown fields are left out, and rows in which nothing stands that the writer saw: in the original, or *beside* it.
    """
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\r", "\n").strip())
    named = next((one for one in given.get("original", ()) if one in languages), original)
    written = tuple(dict.fromkeys((named, *(one for one in given.get("languages", ()) if one in languages))))
    values = {
        place: kept
        for place, texts in given.items()
        if is_place(place, written) and (kept := tuple(dict.fromkeys(filter(None, texts))))
    }
    seen = {named, beside} if beside else set(written)
    return Entered(original=named, languages=written, values=_closed_up(values, seen))


def is_place(place: str, languages: Collection[str]) -> bool:
    """Whether the form has such a field.

    >>> [is_place(one, ["fr"]) for one in ("text.fr.title", "text.de.title", "partners[2].part.fr", "scope", "key")]
    [True, False, True, True, False]
    """
    if place in _PLAIN or place in _MORE:
        return True
    if match := _TEXT.fullmatch(place):
        return match[2] in languages and (match[3] in TEXTS if match[1] == "text" else match[3] is None)
    if match := _ROW.fullmatch(place):
        if match[3] not in ROWS[match[1]] or int(match[2]) >= 2 * MOST_ROWS:
            return False
        per_language = match[1] != "own_sources" and match[3] in BY_LANGUAGE
        return match[4] in languages if per_language else match[4] is None
    if match := _SOURCES.fullmatch(place):
        return match[1] in SOURCED
    match = _ANSWER.fullmatch(place)
    return match is not None and match[2] in (None, *languages)


def may_repeat(place: str) -> bool:
    """Whether several things can be chosen there, each of them sent.

    >>> [may_repeat(one) for one in ("sectors", "evidence[0].sources", "answers.place", "scope", "text.fr.title")]
    [True, True, True, False, False]
    """
    if sources := _SOURCES.fullmatch(place):
        return not sources[2]
    match = _ROW.fullmatch(place)
    return place in _REPEATED or place.startswith("answers.") or (match is not None and match[3] == "sources")


def _closed_up(values: Mapping[str, tuple[str, ...]], seen: Collection[str]) -> dict[str, tuple[str, ...]]:
    """*values* without empty rows, so that row 0 of the form is row 0 of the sheet; *seen*: languages that count."""
    filled: dict[str, set[int]] = {}
    for place in values:
        match = _ROW.fullmatch(place)
        if match and match[3] not in _PRESET and match[4] in (None, *seen):
            filled.setdefault(match[1], set()).add(int(match[2]))
    moved = {(name, old): new for name, numbers in filled.items() for new, old in enumerate(sorted(numbers))}
    closed: dict[str, tuple[str, ...]] = {}
    for place, texts in values.items():
        match = _ROW.fullmatch(place)
        if match is None:
            closed[place] = texts
        elif (new := moved.get((match[1], int(match[2])))) is not None:
            closed[f"{match[1]}[{new}]{place[match.end(2) + 1 :]}"] = texts
    return closed


def asked_rows(pairs: Iterable[tuple[str, str]], name: str) -> int:
    """How many rows of *name* the form had, empty ones too."""
    found = {match[2] for place, _ in pairs if (match := _ROW.fullmatch(place)) and match[1] == name}
    return min(len(found), MOST_ROWS)


def without_row(entered: Entered, row: str) -> Entered:
    """*entered* with the row such as ``partners[1]`` taken out."""
    values = _closed_up(entered.without(row), entered.languages)
    return Entered(original=entered.original, languages=entered.languages, values=values)


def entered_from(sheet: PracticeSheet) -> Entered:
    """*sheet* as it stands in the form."""
    values: dict[str, tuple[str, ...]] = {}

    def put(place: str, *texts: Any) -> None:
        if kept := tuple(str(text) for text in texts if text not in (None, "", False)):
            values[place] = kept

    for lang, texts in sheet.text.items():
        for name in TEXTS:
            put(f"text.{lang}.{name}", getattr(texts, name))
    for name in ("scope", "running", "started", "ended", "cost"):
        put(name, getattr(sheet, name))
    for name in ("sectors", "target_groups", "domains", "convention", "legal_basis", "sources", "related"):
        put(name, *getattr(sheet, name))
    for name in ("verified", "no_published_effect"):
        put(name, "yes" if getattr(sheet, name) else "")
    for name, keys in sheet.field_sources.items():
        put(f"field_sources.{name}", *keys)
    for name in sheet.editorial:
        put(f"field_sources.{name}.editorial", "yes")
    for lang, note in sheet.note.items():
        put(f"note.{lang}", note)
    for name, cells in ROWS.items():
        for number, row in enumerate(getattr(sheet, name)):
            for cell in cells:
                _put_cell(put, f"{name}[{number}].{cell}", getattr(row, cell))
    for key, answer in sheet.answers.items():
        _put_answer(put, f"answers.{key}", answer, sheet.original)
    languages = tuple(dict.fromkeys((sheet.original, *sheet.text)))
    return Entered(original=sheet.original, languages=languages, values=values)


def with_present_keys(entered: Entered, vocabulary: Vocabulary) -> Entered:
    """*entered* as if it had always named the region's entries by their present keys."""
    own = {text for place, text in entered.typed() if place.startswith("own_sources[") and place.endswith(".key")}
    values: dict[str, tuple[str, ...]] = {}
    for place, texts in entered.values.items():
        there = _present_place(place, vocabulary)
        if there != place and there in entered.values:
            continue  # answered under the present key too, which counts
        values[there] = _present_texts(place, texts, vocabulary, own)
    return Entered(original=entered.original, languages=entered.languages, values=values)


def _present_place(place: str, vocabulary: Vocabulary) -> str:
    match = _ANSWER.fullmatch(place)
    if match is None:
        return place
    return f"answers.{vocabulary.present_key('field', match[1])}{place[match.end(1) :]}"


def _present_texts(place: str, texts: tuple[str, ...], vocabulary: Vocabulary, own: Collection[str]) -> tuple[str, ...]:
    row, sources = _ROW.fullmatch(place), _SOURCES.fullmatch(place)
    name = f"{row[1]}.{row[3]}" if row else "sources" if sources and not sources[2] else place
    kind = _KIND_OF.get(name)
    if kind is None:
        return texts
    named = (text if kind == "source" and text in own else vocabulary.present_key(kind, text) for text in texts)
    return tuple(dict.fromkeys(named))


def _put_cell(put: Any, place: str, value: Any) -> None:
    if isinstance(value, dict):
        for lang, text in value.items():
            put(f"{place}.{lang}", text)
    elif isinstance(value, tuple):
        put(place, *value)
    elif isinstance(value, float):
        put(place, number_text(value))
    elif value is not None:
        put(place, str(value))


def _put_answer(put: Any, place: str, answer: Any, original: str) -> None:
    if isinstance(answer, dict):
        for lang, text in answer.items():
            put(f"{place}.{lang}", text)
    elif isinstance(answer, list | tuple):
        put(place, *answer)
    elif isinstance(answer, bool):
        put(place, "yes" if answer else "no")
    elif isinstance(answer, float):
        put(place, number_text(answer))
    else:
        put(place, answer)

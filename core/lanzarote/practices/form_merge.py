"""Two people wrote at once: field by field, what the one saved and what the other typed, and one text out of both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from markupsafe import Markup
from msgspec import Struct

from lanzarote.kinds.entered import Entered, belongs
from lanzarote.practices.differences import Piece, compare
from lanzarote.practices.form_fields import FIELDS, ROWS
from lanzarote.practices.form_sheet import sheet_from
from lanzarote.practices.form_words import Said, all_said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.web.site import View

Choice = Literal["theirs", "yours", "both"]
CHOICE: Final = "choice"
"""Name of the field that says which of two is taken: ``choice[text.fr.title]``."""
MERGED: Final = "merged"
_ROW: Final = re.compile(r"\[(\d+)\]")


class Apart(Struct, frozen=True, kw_only=True):
    """A field in which the two texts differ."""

    unit: str
    label: Markup
    lang: str
    language: str
    theirs: tuple[Piece, ...]
    """Against what both began from."""
    yours: tuple[Piece, ...]
    chosen: Choice | Literal[""]
    """What goes without saying when only one of the two touched it; empty when both did."""
    written: str
    """The typed text, to be made one of both; empty where nothing can be written."""
    joins: bool
    """Both lists can be put together."""


def apart(view: View, *, base: Entered, theirs: Entered, yours: Entered) -> tuple[Apart, ...]:
    """Every field in which *theirs* and *yours*, both begun from *base*, differ."""
    told = [_told(view, one) for one in (base, theirs, yours)]
    found = []
    for unit in dict.fromkeys(unit for one in told for unit in one):
        first, their, your = (piece(one, unit) for one in (base, theirs, yours))
        if their == your:
            continue
        known = next(one[unit] for one in reversed(told) if unit in one)
        was, they, you = (one[unit].words if unit in one else "" for one in told)
        text = unit.startswith(("text.", "note."))
        found.append(
            Apart(
                unit=unit,
                label=known.label,
                lang=known.lang or view.lang,
                language=known.language(view),
                theirs=tuple(compare(was, they)),
                yours=tuple(compare(was, you)),
                chosen="theirs" if your == first else "yours" if their == first else "",
                written=you if text else "",
                joins=_is_list(unit),
            )
        )
    return tuple(found)


def _is_list(unit: str) -> bool:
    return unit in ROWS or (unit in FIELDS and FIELDS[unit].kind in ("codes", "keys"))


def piece(entered: Entered, unit: str) -> dict[str, tuple[str, ...]]:
    """What *entered* holds of one unit."""
    return {place: values for place, values in entered.values.items() if belongs(place, unit)}


def merged(theirs: Entered, yours: Entered, given: Mapping[str, str]) -> Entered:
    """One form out of both, as *given* says: ``choice[unit]`` and, for a text of both, ``merged[unit]``."""
    values = dict(yours.values)
    for name, choice in given.items():
        unit = name.removeprefix(f"{CHOICE}[").removesuffix("]")
        if not name.startswith(f"{CHOICE}[") or choice == "yours":
            continue
        taken = piece(theirs, unit)
        if choice == "both":
            taken = _joined(unit, taken, piece(yours, unit), given.get(f"{MERGED}[{unit}]", ""))
        values = {place: texts for place, texts in values.items() if not belongs(place, unit)} | taken
    languages = tuple(dict.fromkeys((*yours.languages, *theirs.languages)))
    return Entered(original=yours.original, languages=languages, values=values)


def _joined(
    unit: str, theirs: Mapping[str, tuple[str, ...]], yours: Mapping[str, tuple[str, ...]], text: str
) -> dict[str, tuple[str, ...]]:
    if unit.startswith(("text.", "note.")):
        return {unit: (text,)} if text else {}
    if unit not in ROWS:
        return {
            place: tuple(dict.fromkeys((*theirs.get(place, ()), *yours.get(place, ()))))
            for place in {**theirs, **yours}
        }
    rows = [*_rows(theirs)]
    rows += [row for row in _rows(yours) if row not in rows]
    return {f"{unit}[{number}]{rest}": texts for number, row in enumerate(rows) for rest, texts in row.items()}


def _rows(places: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, tuple[str, ...]]]:
    found: dict[int, dict[str, tuple[str, ...]]] = {}
    for place, texts in places.items():
        match = _ROW.search(place)
        if match:
            found.setdefault(int(match[1]), {})[place[match.end() :]] = texts
    return iter([found[number] for number in sorted(found)])


def _told(view: View, entered: Entered) -> dict[str, Said]:
    sheet, _ = sheet_from(entered, view.vocabulary, view.lang)
    return {one.unit: one for one in all_said(view, sheet)}


def given_in(data: Mapping[str, Any]) -> dict[str, str]:
    """Choices and texts of a merging form."""
    return {
        name: value if isinstance(value, str) else next(iter(value), "")
        for name, value in data.items()
        if name.startswith((f"{CHOICE}[", f"{MERGED}["))
    }

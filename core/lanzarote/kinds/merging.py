"""Two people wrote at once: field by field, what the one saved and what the other typed, and one text out of both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from markupsafe import Markup
from msgspec import Struct

from lanzarote.kinds.entered import Entered, belongs
from lanzarote.web.texts import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lanzarote.web.texts import Piece

Choice = Literal["theirs", "yours", "both"]
CHOICE: Final = "choice"
"""Name of the field that says which of two is taken: ``choice[text.fr.title]``."""
MERGED: Final = "merged"
SHORT: Final = 200
"""Two texts that are shorter together are made one line."""
MARKED: Final = "marked"
"""Set by the script, which chooses as one types: what is chosen is then meant."""
OFFERED: Final = "offered"
"""The text of both as the page showed it: what differs from it was written by the reader."""
ASKED: Final = (f"{CHOICE}[", f"{MERGED}[", f"{OFFERED}[")
_ROW: Final = re.compile(r"\[(\d+)\]")


class Apart(Struct, frozen=True, kw_only=True):
    """A field in which the two texts differ."""

    unit: str
    label: Markup | str
    lang: str
    language: str
    theirs: tuple[Piece, ...]
    """Against what both began from."""
    yours: tuple[Piece, ...]
    theirs_empty: bool
    yours_empty: bool
    chosen: Choice | Literal[""]
    """What goes without saying when only one of the two touched it; empty when both did."""
    written: str
    """To be made one text of both; empty where nothing can be written."""
    joins: bool
    """Both lists can be put together."""


class Unit(Struct, frozen=True, kw_only=True):
    """What a field says, in plain words."""

    label: Markup | str
    words: str
    lang: str = ""
    """Of the words, where they are a text; empty for the page's own words."""
    language: str = ""
    """Its name, where the label does not say it."""


class Side(Struct, frozen=True, kw_only=True):
    """One of the texts."""

    entered: Entered
    units: Mapping[str, Unit]
    """Place of a field, or name of rows → what stands there."""


def apart(lang: str, *, base: Side, theirs: Side, yours: Side, joins: Callable[[str], bool]) -> tuple[Apart, ...]:
    """Every field in which *theirs* and *yours*, both begun from *base*, differ; *lang*: of the page."""
    sides = (base, theirs, yours)
    found = []
    for unit in dict.fromkeys(unit for one in sides for unit in one.units):
        first, their, your = (piece(one.entered, unit) for one in sides)
        if their == your:
            continue
        known = next(one.units[unit] for one in reversed(sides) if unit in one.units)
        was, they, you = (one.units[unit].words if unit in one.units else "" for one in sides)
        found.append(
            Apart(
                unit=unit,
                label=known.label,
                lang=known.lang or lang,
                language=known.language,
                theirs=_changed(was, they),
                yours=_changed(was, you),
                theirs_empty=not they,
                yours_empty=not you,
                chosen="theirs" if your == first else "yours" if their == first else "",
                written=_both(was, they, you) if known.lang else "",
                joins=joins(unit),
            )
        )
    return tuple(found)


def _both(was: str, they: str, you: str) -> str:
    """The typed text, and above it what was saved meanwhile, where both changed it."""
    if not they or not you or was in (they, you):
        return you
    return (" / " if len(they) + len(you) < SHORT and "\n" not in they + you else "\n\n").join((they, you))


def _changed(before: str, after: str) -> tuple[Piece, ...]:
    """*after* whole where nothing changed: it is to be chosen."""
    return tuple(compare(before, after)) if before != after else (("same", after),)


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
            taken = _joined(unit, taken, piece(yours, unit), given)
        values = {place: texts for place, texts in values.items() if not belongs(place, unit)} | taken
    languages = tuple(dict.fromkeys((*yours.languages, *theirs.languages)))
    return Entered(original=yours.original, languages=languages, values=values)


def with_own_words(given: Mapping[str, str]) -> dict[str, str]:
    """*given*, where the text of both is chosen wherever its writer changed it, whatever is marked beside it."""
    found = dict(given)
    for name, offered in given.items():
        if name.startswith(f"{OFFERED}["):
            unit = name.removeprefix(OFFERED)
            if _plain(given.get(f"{MERGED}{unit}", offered)) != _plain(offered):
                found[f"{CHOICE}{unit}"] = "both"
    return found


def without_outdated(given: Mapping[str, str], some: Iterable[Apart]) -> dict[str, str]:
    """*given* without each text of both that its writer left as offered, where both say something else now."""
    found = dict(given)
    for one in some:
        text, offered = f"{MERGED}[{one.unit}]", _plain(given.get(f"{OFFERED}[{one.unit}]", one.written))
        if _plain(given.get(text, "")) == offered != _plain(one.written):
            found.pop(text, None)
    return found


def texts_of_both(given: Mapping[str, str]) -> dict[str, str]:
    """Unit → its text, where one text of both was chosen."""
    units = [name.removeprefix(f"{MERGED}[").removesuffix("]") for name in given if name.startswith(f"{MERGED}[")]
    return {unit: given[f"{MERGED}[{unit}]"] for unit in units if given.get(f"{CHOICE}[{unit}]") == "both"}


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _joined(
    unit: str, theirs: Mapping[str, tuple[str, ...]], yours: Mapping[str, tuple[str, ...]], given: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    if f"{MERGED}[{unit}]" in given:
        text = _plain(given[f"{MERGED}[{unit}]"])
        return {unit: (text,)} if text else {}
    if not any(place.startswith(f"{unit}[") for place in (*theirs, *yours)):
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


def given_in(data: Mapping[str, Any]) -> dict[str, str]:
    """Choices and texts of a merging form."""
    return {
        name: value if isinstance(value, str) else next(iter(value), "")
        for name, value in data.items()
        if name.startswith(ASKED)
    }

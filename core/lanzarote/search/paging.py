"""What was found, as a page shows it: a piece of the list, and the words looked for marked where they stand."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from msgspec import Struct

from lanzarote.errors import LanzaroteError
from lanzarote.search.asked import ENDS_OPEN, Alternatives
from lanzarote.search.words import ALGORITHMS, SHORTEST_STEMMED, stem
from lanzarote.translation.folding import JOINER, Span, bare, excerpt, found_in, mark, spelt, without_elisions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from lanzarote.search.ranking import Found
    from lanzarote.search.shelf import Layer


CURSOR: Final = r"^[0-9]{1,4}(\.[0-9]{1,4}){5}\.-?[0-9]{1,18}\.[0-9]{1,18}$"
"""What the last record shown holds, its worth, in how many titles and summaries, its shelf, order and row number."""


class BadCursor(LanzaroteError):
    """The cursor was not made here."""


class Ordered(Protocol):
    """A list whose records have a place that does not change when others come and go."""

    def key(self, position: int) -> tuple[int, int]: ...

    def after(self, ordered: int, pk: int) -> int: ...

    def positions(self, mask: int, start: int = 0) -> Iterator[int]: ...


class Segment(NamedTuple):
    """Records of one list that stand together."""

    layer: Layer | None
    """None: nothing was asked for."""
    shelf: int
    mask: int

    @property
    def code(self) -> tuple[int, ...]:
        if self.layer is None:
            return 0, 0, 0, 0, 0, self.shelf
        return sum(1 << n for n in self.layer.held), *self.layer.place, self.shelf


class Shown(NamedTuple):
    segment: Segment
    position: int
    """In the list of its shelf."""


class Piece(Struct, frozen=True, kw_only=True):
    shown: tuple[Shown, ...]
    total: int
    """How many records hold all words."""
    some: int | None
    """How many hold some; None: it was not looked, since others fill the piece."""
    next: str | None
    previous: str | None
    """Cursor of the piece before this one, empty for the first; None when this is the first."""
    before: int
    """How many records come before this piece."""


def piece(
    found: Found | None,
    lists: Sequence[Ordered],
    chosen: Sequence[int],
    cursor: str | None,
    limit: int,
    *,
    partial: bool = True,
) -> Piece:
    """The *limit* records that follow *cursor*, of those that *chosen* leaves in each of *lists*.

    *found*: what was asked for; None: all. *partial*: also records that hold some of it. Raises BadCursor.
    """
    if found is None:
        segments = [Segment(None, shelf, mask) for shelf, mask in enumerate(chosen) if mask]
        total = sum(mask.bit_count() for mask in chosen)
    else:
        total = sum((mask & here).bit_count() for mask, here in zip(found.whole, chosen, strict=True))
        if partial and total <= limit:
            found.look_at_each()
        segments = list(_segments(found.whole_layers(), chosen))
    number, start = _start(found, lists, segments, cursor)
    some = None
    if found is not None and partial and _left(segments, number, start) <= limit:
        more = list(_segments(found.partial_layers(), chosen))
        some = sum(one.mask.bit_count() for one in more)
        segments += more
        number, start = _start(found, lists, segments, cursor)
    shown = list(islice(_shown(lists, segments, number, start), limit + 1))
    before, previous = _before(lists, segments, number, start, limit) if cursor else (0, None)
    return Piece(
        shown=tuple(shown[:limit]),
        total=total,
        some=some,
        next=_cursor(lists, shown[limit - 1]) if len(shown) > limit else None,
        previous=previous,
        before=before,
    )


def each(found: Found | None, lists: Sequence[Ordered], chosen: Sequence[int]) -> Iterator[Shown]:
    """Every record that holds all words, in the order of the pieces."""
    if found is None:
        segments = [Segment(None, shelf, mask) for shelf, mask in enumerate(chosen) if mask]
    else:
        segments = list(_segments(found.whole_layers(), chosen))
    return _shown(lists, segments, 0, 0)


def _segments(layers: Iterator[Layer], chosen: Sequence[int]) -> Iterator[Segment]:
    for layer in layers:
        for shelf, (mask, here) in enumerate(zip(layer.masks, chosen, strict=True)):
            if mask & here:
                yield Segment(layer, shelf, mask & here)


def _shown(lists: Sequence[Ordered], segments: Sequence[Segment], number: int, start: int) -> Iterator[Shown]:
    for n in range(number, len(segments)):
        segment = segments[n]
        for position in lists[segment.shelf].positions(segment.mask, start if n == number else 0):
            yield Shown(segment, position)


def _left(segments: Sequence[Segment], number: int, start: int) -> int:
    """How many records there are from *start* in segment *number* on."""
    if number >= len(segments):
        return 0
    return (segments[number].mask >> start).bit_count() + sum(one.mask.bit_count() for one in segments[number + 1 :])


def _cursor(lists: Sequence[Ordered], one: Shown) -> str:
    return ".".join(map(str, (*one.segment.code, *lists[one.segment.shelf].key(one.position))))


def _start(
    found: Found | None, lists: Sequence[Ordered], segments: Sequence[Segment], cursor: str | None
) -> tuple[int, int]:
    """Segment and position to go on from; whatever has the form of a cursor leads somewhere, or to the end."""
    if not cursor:
        return 0, 0
    if not re.fullmatch(CURSOR, cursor, re.ASCII):
        raise BadCursor("This is no cursor of ours; follow the link to the next page as it was given.")
    held, *place, shelf, ordered, pk = (int(part) for part in cursor.split("."))
    if shelf >= len(lists):
        return len(segments), 0
    there = (_key(found, held, place), shelf)
    for number, segment in enumerate(segments):
        here = (_key(found, segment.code[0], segment.code[1:-1]), segment.shelf)
        if here == there:
            return number, lists[shelf].after(ordered, pk)
        if here > there:
            return number, 0
    return len(segments), 0


def _key(found: Found | None, held: int, place: Sequence[int]) -> tuple[object, ...]:
    if found is None:
        return ()
    count = len(found.question.groups)
    return found.key_of([n for n in range(count) if held >> n & 1], place)


def _before(
    lists: Sequence[Ordered], segments: Sequence[Segment], number: int, start: int, limit: int
) -> tuple[int, str | None]:
    """How many records come before *start* in segment *number*, and the cursor of the piece that ends there."""
    earlier = [*segments[:number]]
    if number < len(segments):
        earlier.append(segments[number]._replace(mask=segments[number].mask & ((1 << start) - 1)))
    count = sum(one.mask.bit_count() for one in earlier)
    if not count:
        return 0, None
    # The piece before begins after the record that is limit + 1 records back.
    left = limit + 1
    for segment in reversed(earlier):
        mask = segment.mask
        if mask.bit_count() < left:
            left -= mask.bit_count()
            continue
        for _ in range(left):
            position = mask.bit_length() - 1
            mask ^= 1 << position
        return count, _cursor(lists, Shown(segment, position))
    return count, ""


# --- Marks what was looked for where it stands in a text: whole words, in any of their forms ---

Pieces = list[tuple[str, bool]]
_NUMBER: Final = re.compile(r"(?:art)?[lrd]?\d+(?:x[\da-z]+)*")
_BETWEEN: Final = r"[-. ]{1,2}"
SPACED_FROM: Final = 5
"""A number of so many figures may be written in groups."""


class Sought:
    """What was looked for: for each group of the question, what holds it."""

    def __init__(self, groups: Sequence[Alternatives] = ()) -> None:
        self.groups = groups
        self._words: dict[str, set[int]] = {}
        self._open: list[tuple[str, int]] = []
        self._phrases: list[tuple[int, int, int]] = []
        """(first number of its words, one behind the last, group)"""
        self._group_of: list[int] = []
        """For each number that stands for a word looked for, its group."""
        numbers: dict[str, int] = {}
        for group, phrases in enumerate(groups):
            for phrase in phrases:
                first = len(self._group_of)
                for form in phrase:
                    number = len(self._group_of)
                    self._group_of.append(group)
                    for token in form:
                        if token.endswith(ENDS_OPEN):
                            self._open.append((token[:-1], number))
                        else:
                            self._words.setdefault(token, set()).add(number)
                            if token[-1:].isdigit() and _NUMBER.fullmatch(token):
                                numbers.setdefault(_as_written(token), number)
                if len(phrase) > 1:
                    self._phrases.append((first, len(self._group_of), group))
        self._numbers = re.compile("|".join(f"({one})" for one in numbers)) if numbers else None
        self._number_of = list(numbers.values())
        # What any form begins with: most texts of a list hold nothing of it, which is seen at once.
        self._signs: Collection[str] = {_sign(token) for token in self._words} | {token for token, _ in self._open}
        # One that begins with another says nothing more.
        ordered: list[str] = []
        for one in sorted(self._signs):
            if not ordered or not one.startswith(ordered[-1]):
                ordered.append(one)
        self._signs = ordered
        begins = "|".join(map(spelt, ordered)) or "(?!)"
        self._candidates = re.compile(rf"(?=(?:{begins}))([^\W_]+)(?:{JOINER}{{1,2}}[^\W_]+)*")

    def __bool__(self) -> bool:
        return bool(self.groups)

    def mark(self, text: str, lang: str) -> Pieces:
        """Cut *text* of the language *lang* into pieces, those marked that were looked for."""
        return mark(text, lambda folded: self._find(folded, lang))

    def excerpt(self, text: str, lang: str, width: int = 220) -> Pieces:
        """The most telling part of *text*, marked."""
        return excerpt(text, lambda folded: self._find(folded, lang), width)

    def held(self, text: str, lang: str) -> set[int]:
        """Numbers of the groups that *text* holds."""
        return {group for _, _, group in found_in(text, lambda folded: self._find(folded, lang))}

    @cached_property
    def as_written(self) -> Sought:
        """The same in the words of the question alone."""
        return Sought([group[:1] for group in self.groups])

    def _find(self, folded: str, lang: str) -> list[Span]:
        letters = bare(folded)
        if not any(sign in letters for sign in self._signs):
            return []
        found: list[tuple[int, int, Collection[int]]] = []
        parted = without_elisions(folded)
        candidate = self._candidates.search(parted)
        while candidate:
            start, end = candidate.span()
            one = candidate[0]
            numbers = () if one.isalnum() else self._numbers_of(bare(one), lang)
            if not numbers:
                end = candidate.end(1)
                numbers = self._numbers_of(candidate[1], lang)
            if numbers:
                found.append((start, end, numbers))
            candidate = self._candidates.search(parted, end)
        if self._numbers:
            known = [(start, end) for start, end, _ in found]
            found += (
                (*match.span(), {self._number_of[(match.lastindex or 1) - 1]})
                for match in self._numbers.finditer(folded)
                if not any(start < match.end() and match.start() < end for start, end in known)
            )
            found.sort(key=lambda one: one[0])
        if not self._phrases:
            return [(start, end, self._group_of[min(numbers)]) for start, end, numbers in found]
        return [(start, end, group) for start, end, numbers in found for group in self._groups(numbers, found)[:1]]

    def _numbers_of(self, word: str, lang: str) -> set[int]:
        numbers = self._words.get(word, set())
        if len(word) >= SHORTEST_STEMMED and lang in ALGORITHMS and word.isalpha():
            numbers = numbers | self._words.get(stem(word, lang), set())
        if self._open:
            numbers = numbers | {number for begins, number in self._open if word.startswith(begins)}
        return numbers

    def _groups(self, numbers: Collection[int], found: Sequence[tuple[int, int, Collection[int]]]) -> list[int]:
        """Groups that are held by these words looked for; a phrase only where all of it is there."""
        held: set[int] | None = None
        groups = set()
        for number in numbers:
            phrase = next((one for one in self._phrases if one[0] <= number < one[1]), None)
            if phrase is None:
                groups.add(self._group_of[number])
                continue
            if held is None:
                held = {one for _, _, some in found for one in some}
            if held.issuperset(range(*phrase[:2])):
                groups.add(phrase[2])
        return sorted(groups)


def _as_written(number: str) -> str:
    """How a number of the index may be written: 706x52 as 706-52, 116000 as 116 000."""
    figures = number.removeprefix("art").lstrip("lrd")
    if "x" in figures:
        said = _BETWEEN.join(figures.split("x"))
    elif len(figures) >= SPACED_FROM:
        said = "[ .]?".join(figures)
    else:
        said = figures
    return rf"(?<![^\W_])[lrd]?{said}(?![^\W_])"


def _sign(token: str) -> str:
    """Letters that stand in any text that holds a form of *token*."""
    if _NUMBER.fullmatch(token):
        return re.split("x", token.removeprefix("art").lstrip("lrd"))[0][:2]
    return token[: max(3, len(token) - 1)]

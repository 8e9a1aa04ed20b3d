"""A piece of what was found: which records it shows, how many there are, and where the next piece begins."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from msgspec import Struct

from lanzarote.errors import LanzaroteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lanzarote.search.ranking import Found, Layer

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

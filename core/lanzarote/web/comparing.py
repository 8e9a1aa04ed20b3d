"""Two texts beside each other: what stayed, what went, what came."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Piece = tuple[Literal["same", "gone", "new", "skipped"], str]
Step = tuple[str, int, int, int, int]
"""As ``SequenceMatcher`` tells it: what, and from where to where in both."""

AROUND = 12
"""Words of unchanged text that are shown on either side of a change."""
_MOST_PAIRS = 4_000_000
_TOKEN = re.compile(r"\s+|[^\s]+")


def compare(before: str, after: str) -> Iterator[Piece]:
    """Cut two texts into what stayed, what went and what came; long stretches that stayed are left out.

    >>> list(compare("since 1999 in Béziers", "since 1999 in Paris"))
    [('same', 'since 1999 in '), ('gone', 'Béziers'), ('new', 'Paris')]
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > _MOST_PAIRS:
        yield "gone", before
        yield "new", after
        return
    steps = _joined(old, SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    for number, (step, start, end, new_start, new_end) in enumerate(steps):
        if step == "equal":
            yield from _unchanged(old[start:end], first=number == 0, last=number == len(steps) - 1)
            continue
        if end > start:
            yield "gone", "".join(old[start:end])
        if new_end > new_start:
            yield "new", "".join(new[new_start:new_end])


def _joined(old: Sequence[str], steps: Sequence[Step]) -> list[Step]:
    """*steps* in which changes that only a blank keeps apart are one: words are not cut to pieces.

    >>> list(compare("a shared room", "one big house"))
    [('gone', 'a shared room'), ('new', 'one big house')]
    """
    joined: list[Step] = []
    for number, step in enumerate(steps):
        kind, start, end, new_start, new_end = step
        blank = kind == "equal" and 0 < number < len(steps) - 1 and not "".join(old[start:end]).strip()
        if joined and joined[-1][0] != "equal" and (blank or kind != "equal"):
            _, first, _, new_first, _ = joined[-1]
            joined[-1] = ("replace", first, end, new_first, new_end)
        else:
            joined.append(("replace" if kind != "equal" else kind, start, end, new_start, new_end))
    return joined


def _unchanged(tokens: Sequence[str], *, first: bool, last: bool) -> Iterator[Piece]:
    kept = 2 * AROUND  # a word and the blank after it
    head = 0 if first else kept
    tail = 0 if last else kept
    if len(tokens) <= head + tail + kept:
        yield "same", "".join(tokens)
        return
    if head:
        yield "same", "".join(tokens[:head])
    yield "skipped", "…"
    if tail:
        yield "same", "".join(tokens[-tail:])

"""What changed between two texts, word by word."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.web.texts import compare

if TYPE_CHECKING:
    from types import FrameType


def test_only_what_changed_is_marked() -> None:
    assert list(compare("Two doctors meet", "Three doctors meet")) == [
        ("gone", "Two"),
        ("new", "Three"),
        ("same", " doctors meet"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("a room", "a room here", [("same", "a room"), ("new", " here")]),
        ("a room here", "a room", [("same", "a room"), ("gone", " here")]),
        ("a room", "a big room", [("same", "a "), ("new", "big "), ("same", "room")]),
        ("a shared room", "one big house", [("gone", "a shared room"), ("new", "one big house")]),
        ("one.\n\nTwo", "one. Two", [("same", "one."), ("gone", "\n\n"), ("new", " "), ("same", "Two")]),
        ("", "  new", [("new", "  new")]),
        ("  gone ", "", [("gone", "  gone ")]),
        ("", "", []),
    ],
)
def test_a_word_goes_with_the_blank_after_it(before: str, after: str, pieces: list[tuple[str, str]]) -> None:
    assert list(compare(before, after)) == pieces


def test_pieces_give_both_texts_back() -> None:
    chosen = random.Random(1)

    def text() -> str:
        return "".join(chosen.choice(("a", "b", "c", " ", "  ", "\n")) for _ in range(chosen.randrange(24)))

    for before, after in ((text(), text()) for _ in range(2000)):
        pieces = list(compare(before, after))

        assert "".join(text for kind, text in pieces if kind != "new") == before
        assert "".join(text for kind, text in pieces if kind != "gone") == after


def test_long_stretches_that_stayed_are_left_out() -> None:
    words = " ".join(f"w{n}" for n in range(200))
    pieces = list(compare(f"{words} a", f"{words} b"))

    assert pieces[0] == ("skipped", "…")
    assert pieces[-2:] == [("gone", "a"), ("new", "b")]
    assert len("".join(text for _, text in pieces)) < 100


def test_what_takes_too_long_to_compare_is_shown_whole() -> None:
    before, after = "a b " * 5000 + "d", "b a c " * 5000 + "e"

    assert list(compare(f"Since 1999 {before}", f"Since 1999 {after}")) == [
        ("same", "Since 1999 "),
        ("gone", before),
        ("new", after),
    ]


def replaced(words: int) -> tuple[str, str]:
    """Not a word stayed."""
    return " ".join(f"b{n}" for n in range(words)), " ".join(f"z{n}" for n in range(words))


def every_other(words: int) -> tuple[str, str]:
    """Every other word stayed."""
    return " ".join(f"b{n}" for n in range(words)), " ".join(f"b{n}" if n % 2 else f"z{n}" for n in range(words))


def repeated(words: int) -> tuple[str, str]:
    """The same few words over and over, in another order."""
    order = random.Random(2)
    return " ".join(order.choices("abcde", k=words)), " ".join(order.choices("abcde", k=words))


@pytest.mark.parametrize(("texts", "words"), [(replaced, 140), (every_other, 800), (repeated, 800)])
def test_a_text_twice_as_long_takes_about_twice_the_work(texts: Any, words: int) -> None:
    assert lines_run(*texts(2 * words)) < 2.5 * lines_run(*texts(words))


def lines_run(before: str, after: str) -> int:
    """Lines of Python that comparing them runs."""
    count = 0

    def traced(_: FrameType, event: str, __: object) -> Any:
        nonlocal count
        count += event == "line"
        return traced

    earlier = sys.gettrace()
    sys.settrace(traced)
    try:
        list(compare(before, after))
    finally:
        sys.settrace(earlier)
    return count

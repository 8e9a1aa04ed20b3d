"""What changed between two texts, word by word."""

from __future__ import annotations

import time

from lanzarote.practices.differences import compare


def test_only_what_changed_is_marked() -> None:
    assert list(compare("Two doctors meet", "Three doctors meet")) == [
        ("gone", "Two"),
        ("new", "Three"),
        ("same", " doctors meet"),
    ]


def test_pieces_give_both_texts_back() -> None:
    before, after = "one two  three\nfour", "zero two three\nfive four"
    pieces = list(compare(before, after))

    assert "".join(text for kind, text in pieces if kind != "new") == before
    assert "".join(text for kind, text in pieces if kind != "gone") == after


def test_long_stretches_that_stayed_are_left_out() -> None:
    words = " ".join(f"w{n}" for n in range(200))
    pieces = list(compare(f"{words} a", f"{words} b"))

    assert pieces[0] == ("skipped", "…")
    assert pieces[-2:] == [("gone", "a"), ("new", "b")]
    assert len("".join(text for _, text in pieces)) < 100


def test_texts_too_long_to_compare_are_shown_one_after_the_other() -> None:
    before, after = "a b " * 5000, "b a c " * 5000
    started = time.perf_counter()

    assert list(compare(before, after)) == [("gone", before), ("new", after)]
    assert time.perf_counter() - started < 1

"""Settles one thing after another: as given on the command line, as answered at the terminal, or as proposed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

from lanzarote.errors import RegionError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Asking:
    """*at_terminal*: what was not given is asked for; otherwise nothing is asked."""

    def __init__(self, *, at_terminal: bool) -> None:
        self._at_terminal = at_terminal

    def settle(self, question: str, option: str, read: Callable[[str], T], *, given: str = "", proposed: str = "") -> T:
        """What *read* makes of what was *given*, or else answered, or else *proposed*.

        An answer that *read* refuses is explained and asked for again. Raises RegionError for what was given, and when
        there is nothing to go by; *option* says how to give it.
        """
        if given:
            return read(given)
        while self._at_terminal:
            try:
                return read(_answer(question, proposed))
            except RegionError as error:
                print(f"  {error}")
        if not proposed:
            raise RegionError(f"There is nothing to go by for this: {question}. Say it with {option}.")
        return read(proposed)


def person_at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _answer(question: str, proposed: str) -> str:
    try:
        said = input(f"{question}{f' [{proposed}]' if proposed else ''}: ").strip()
    except EOFError:
        raise KeyboardInterrupt from None  # nothing more will be answered
    except UnicodeDecodeError:
        raise RegionError("This is not UTF-8; set the terminal to that encoding, or give the options.") from None
    if not (said or proposed):
        raise RegionError("Nothing is proposed here; please write something. Ctrl+C stops, and nothing is written.")
    return said or proposed

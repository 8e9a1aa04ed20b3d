"""Stands in until the thesaurus is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def alternatives(words: Sequence[str]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    return tuple(((word,),) for word in words)

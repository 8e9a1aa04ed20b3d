"""Words of a search as the reader typed them, where they are looked for folded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lanzarote.search.ranking import Corrected
from lanzarote.translation.folding import fold

if TYPE_CHECKING:
    from lanzarote.search.ranking import Found

_WORD: Final = re.compile(r"[^\W_]+")


def typed(found: Found, q: str) -> list[str]:
    """What each group of the question was in *q*."""
    words = _words(q)
    return [" ".join(words.get(word, word) for word in group.written) for group in found.question.groups]


def corrected(found: Found, q: str) -> list[Corrected]:
    """What was looked for instead of words of *q*."""
    words = _words(q)
    return [Corrected(words.get(one.written, one.written), one.used) for one in found.corrected]


def _words(q: str) -> dict[str, str]:
    return {fold(word): word for word in _WORD.findall(q)}

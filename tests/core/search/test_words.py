"""Words are read alike by all who read them at the same time."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from lanzarote.search.words import stem

ENDINGS = ("s", "al", "als", "ally", "alize", "alized", "ality", "able", "ed", "ing", "ings", "ization", "ements")


def test_words_that_are_stemmed_at_the_same_time_do_not_mix() -> None:
    """A wrong stem would be remembered for as long as the server runs."""
    words = [f"{root}{ending}" for root in ("hospit", "nation", "question", "norm") for ending in ENDINGS]
    alone = [unremembered(word) for word in words]
    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            together = [*threads.map(unremembered, words * 30)]
    finally:
        sys.setswitchinterval(pause)
    assert together == alone * 30


def unremembered(word: str) -> str:
    return stem.__wrapped__(word, "en")

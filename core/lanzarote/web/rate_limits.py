"""How often one sender may send something to a public form, whatever becomes of it.

Counted in memory only, under a hash whose key lives and dies with the process: nothing of it is stored or logged.
"""

from __future__ import annotations

import secrets
import time
from hashlib import blake2b
from math import ceil
from threading import Lock
from typing import Final

MOST: Final = 60
WITHIN: Final = 600.0
"""Seconds. An institution sends from one address: so many people may answer it at once."""
MOST_SENDERS: Final = 10_000
_OTHERS: Final = b""
"""Whoever comes while so many are counted already: they are counted together."""


class RateLimit:
    """At most *most* attempts of a sender *within* so many seconds, counted from the first."""

    def __init__(self, most: int = MOST, within: float = WITHIN) -> None:
        self._most, self._within = most, within
        self._key = secrets.token_bytes(32)
        self._counted: dict[bytes, tuple[float, int]] = {}
        self._lock = Lock()

    def wait(self, address: str, *, at: float | None = None) -> int:
        """Count an attempt from *address*; seconds to wait if it is one too many, otherwise 0."""
        moment = time.monotonic() if at is None else at
        sender = self._hash(address)
        with self._lock:
            if sender not in self._counted and len(self._counted) >= MOST_SENDERS:
                self._counted = {one: kept for one, kept in self._counted.items() if moment - kept[0] < self._within}
                if len(self._counted) >= MOST_SENDERS:
                    sender = _OTHERS
            begun, count = self._counted.get(sender, (moment, 0))
            if moment - begun >= self._within:
                begun, count = moment, 0
            self._counted[sender] = begun, count + 1
            return ceil(begun + self._within - moment) if count >= self._most else 0

    def floods(self, address: str) -> bool:
        """Whether *address* goes on and on although it was told to wait."""
        return self._counted.get(self._hash(address), (0.0, 0))[1] > 2 * self._most

    def _hash(self, address: str) -> bytes:
        return blake2b(address.encode(), key=self._key, digest_size=16).digest()

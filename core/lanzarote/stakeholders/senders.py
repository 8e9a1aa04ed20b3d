"""How often one sender may write, so that a flood from one closes the form for nobody else.

Counted in memory only, under a hash whose key lives and dies with the process: nothing of it is stored or logged.
"""

from __future__ import annotations

import secrets
import time
from enum import Enum
from hashlib import blake2b
from threading import Lock

MOST_AN_HOUR = 5
_HOUR = 3_600.0
MOST_SENDERS = 10_000


class Busy(Enum):
    """Why a message is not taken now."""

    SENDER = "sender"
    """This sender has sent several."""
    ALL = "all"
    """Many have come in from all together."""


class Senders:
    """Who wrote within the hour, without knowing who it was."""

    def __init__(self, most: int = MOST_AN_HOUR) -> None:
        self._most = most
        self._key = secrets.token_bytes(32)
        self._times: dict[bytes, list[float]] = {}
        self._lock = Lock()

    def admit(self, address: str, *, at: float | None = None) -> Busy | None:
        """Count one message from *address*, or say why it has to wait."""
        moment = time.monotonic() if at is None else at
        sender = blake2b(address.encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            self._forget(moment)
            times = self._times.get(sender, [])
            if len(times) >= self._most:
                return Busy.SENDER
            if not times and len(self._times) >= MOST_SENDERS:
                return Busy.ALL
            self._times[sender] = [*times, moment]
            return None

    def _forget(self, moment: float) -> None:
        recent = {sender: [t for t in times if moment - t < _HOUR] for sender, times in self._times.items()}
        self._times = {sender: times for sender, times in recent.items() if times}

"""How often one sender may send something to a public form, whatever becomes of it.

Counted in memory only, under a hash whose key lives and dies with the process: nothing of it is stored or logged.
"""

from __future__ import annotations

import secrets
import time
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST: Final = 60
WITHIN: Final = 600.0
"""Seconds. An institution sends from one address: so many people may answer it at once."""
MOST_SENDERS: Final = 10_000
"""Who has not been here for longest is forgotten beyond that: newcomers never wait for others."""


def sender_of(scope: Mapping[str, Any]) -> str:
    """Whose attempts a request counts as: its address, or the /64 that an IPv6 address is in, which is one sender's.

    >>> sender_of({"client": ("2001:db8:77::1", 443)}), sender_of({"client": ("::ffff:192.0.2.1", 443)})
    ('2001:db8:77::', '192.0.2.1')
    """
    client = scope.get("client")
    given = str(client[0]) if client else ""
    try:
        address = ip_address(given)
    except ValueError:
        return given
    if not isinstance(address, IPv6Address):
        return given
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


class RateLimit:
    """At most *most* attempts of a sender *within* so many seconds, counted from the first."""

    def __init__(self, most: int = MOST, within: float = WITHIN) -> None:
        self._most, self._within = most, within
        self._key = secrets.token_bytes(32)
        self._counted: dict[bytes, tuple[float, int]] = {}
        """Hash of a sender → when counting began, how many attempts; who was here last comes last."""
        self._lock = Lock()

    def wait(self, sender: str, *, at: float | None = None) -> int:
        """Count an attempt of *sender*; seconds to wait if it is one too many, otherwise 0."""
        moment = time.monotonic() if at is None else at
        hashed = self._hash(sender)
        with self._lock:
            begun, count = self._counted.pop(hashed, (moment, 0))
            if moment - begun >= self._within:
                begun, count = moment, 0
            self._counted[hashed] = begun, count + 1
            if len(self._counted) > MOST_SENDERS:
                del self._counted[next(iter(self._counted))]
            return ceil(begun + self._within - moment) if count >= self._most else 0

    def floods(self, sender: str) -> bool:
        """Whether *sender* goes on and on although told to wait."""
        return self._counted.get(self._hash(sender), (0.0, 0))[1] > 2 * self._most

    def _hash(self, sender: str) -> bytes:
        return blake2b(sender.encode(), key=self._key, digest_size=16).digest()

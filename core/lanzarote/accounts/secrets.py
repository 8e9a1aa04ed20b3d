"""Random secrets, and the hashes that are kept instead of them."""

from __future__ import annotations

import base64
import secrets
from hashlib import sha256


def new_secret() -> str:
    """256 random bits that stand in an address or cookie as they are."""
    return secrets.token_urlsafe(32)


def kept(secret: str) -> str:
    """What is kept of a random secret. It cannot be guessed, so that a fast hash is enough."""
    return sha256(secret.encode()).hexdigest()


def new_readable() -> str:
    """80 random bits that a person can copy by hand: as hard to guess as to need no slow hash.

    >>> len(new_readable())
    19
    """
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))

"""Random secrets, and the hashes that are kept instead of them."""

from __future__ import annotations

import secrets
from hashlib import sha256


def new_secret() -> str:
    """256 random bits that stand in an address or cookie as they are."""
    return secrets.token_urlsafe(32)


def kept(secret: str) -> str:
    """What is kept of a random secret. It cannot be guessed, so that a fast hash is enough."""
    return sha256(secret.encode()).hexdigest()

"""Random secrets, and the hashes that are kept instead of them."""

from __future__ import annotations

import base64
import hmac
import secrets
from hashlib import sha256


def new_secret() -> str:
    """256 random bits that stand in an address or cookie as they are."""
    return secrets.token_urlsafe(32)


def kept(secret: str) -> str:
    """What is kept of a random secret. It cannot be guessed, so that a fast hash is enough."""
    return sha256(secret.encode()).hexdigest()


def sealed(data: bytes, *keys: str) -> bytes:
    """*data*, which only somebody with all these random secrets can read; ``kept`` of one of them is no way to it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_key(keys)).encrypt(nonce, data, None)


def opened(data: bytes, *keys: str) -> bytes | None:
    """What was sealed; None with other keys."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(_key(keys)).decrypt(data[:_NONCE], data[_NONCE:], None)
    except InvalidTag:
        return None


_NONCE = 12


def _key(keys: tuple[str, ...]) -> bytes:
    return hmac.digest("\0".join(keys).encode(), b"lanzarote: sealed", "sha256")


def new_readable() -> str:
    """80 random bits that a person can copy by hand: as hard to guess as to need no slow hash.

    >>> len(new_readable())
    19
    """
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))

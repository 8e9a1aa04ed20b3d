"""Keys and signatures: Ed25519 over DSSE's encoding. A key is named by the digest of its public half."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.errors import LanzaroteError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# Its library is imported where something is signed or checked: a start does without.


class UnreadableKey(LanzaroteError):
    """It is no key of 32 bytes."""


class PublicKey(Struct, frozen=True):
    raw: bytes
    """32 bytes."""

    @property
    def id(self) -> str:
        return sha256(self.raw).hexdigest()

    @property
    def fingerprint(self) -> str:
        """What two people compare by telephone: the beginning of the id, in groups.

        >>> PublicKey(bytes(32)).fingerprint
        '6668 7aad f862 bd77 6c8f c18b 8e9f 8e20'
        """
        return grouped(self.id[:32])


class PrivateKey(Struct, frozen=True):
    raw: bytes

    def __repr__(self) -> str:
        return f"PrivateKey({self.id[:16]}…)"

    @property
    def public(self) -> PublicKey:
        return PublicKey(_private(self.raw).public_key().public_bytes_raw())

    @property
    def id(self) -> str:
        return self.public.id


def new_key() -> PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return PrivateKey(Ed25519PrivateKey.generate().private_bytes_raw())


def sign(key: PrivateKey, payload_type: str, payload: bytes) -> bytes:
    return _private(key.raw).sign(_encoded(payload_type, payload))


def signed_by(key: PublicKey, key_id: str, payload_type: str, payload: bytes, signature: bytes) -> bool:
    """Whether *key*, which has to be the one that *key_id* names, made the *signature*."""
    if key_id != key.id:
        return False
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, _encoded(payload_type, payload))
    except (InvalidSignature, ValueError):
        return False
    return True


def is_fingerprint(text: str, key: PublicKey) -> bool:
    """Whether *text*, as somebody typed it, is the fingerprint of *key*."""
    return "".join(text.split()).replace("-", "").replace(":", "").lower() == key.fingerprint.replace(" ", "")


def _encoded(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _private(raw: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        return Ed25519PrivateKey.from_private_bytes(raw)
    except ValueError:
        raise UnreadableKey("a key has 32 bytes") from None


def grouped(text: str) -> str:
    """*text* in groups of four, as people read it to each other."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))

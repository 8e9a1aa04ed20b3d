"""Secrets and what is kept instead of them: passwords, links that are mailed and work once."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from lanzarote.accounts.model import Account, Link, Purpose
from lanzarote.errors import LanzaroteError
from lanzarote.translation import N_
from lanzarote.translation.folding import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from argon2 import PasswordHasher
    from sqlalchemy.orm import Session


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


# --- Passwords: Argon2id as OWASP advises (19 MiB, two passes); long rather than complicated ---

SHORTEST: Final = 12
LONGEST: Final = 200
"""Longer ones would only keep the server busy."""

TOO_SHORT = N_("A password has at least 12 characters. Three or four words that do not belong together are good.")
TOO_LONG = N_("A password has at most 200 characters.")
TOO_PLAIN = N_("This password is among the first that would be tried. Take words that nobody would connect with you.")

_OFTEN = (
    "password", "motdepasse", "passwort", "contrasena", "azerty", "qwerty", "qwertz", "123456", "abcdef", "iloveyou",
    "bonjour", "soleil", "welcome", "admin", "lanzarote", "letmein", "changeme", "changez",
)  # fmt: skip
_FEWEST_CHARACTERS = 5


def fault_of(password: str, *, address: str = "", name: str = "") -> str | None:
    """Why *password* cannot be taken, to be translated; None when it can.

    >>> fault_of("correct horse battery") is None
    True
    """
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    rest = "".join(filter(str.isalnum, fold(password)))
    for word in (*_OFTEN, *_words(address), *_words(name)):
        rest = rest.replace(word, "")
    # What is left when everything that comes to mind first is taken away.
    if len(rest) < _FEWEST_CHARACTERS or len(set(rest)) < _FEWEST_CHARACTERS:
        return TOO_PLAIN
    return None


def hash_of(password: str) -> str:
    return _hasher().hash(password)


def matches(password: str, known: str) -> bool:
    """Whether *known* was made of *password*. Takes as long when there is nothing to compare with."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    if len(password) > LONGEST:
        return False
    try:
        return _hasher().verify(known or _nobodys(), password) and bool(known)
    except (Argon2Error, InvalidHashError):
        return False


def _words(text: str) -> list[str]:
    return [word for word in fold(text.partition("@")[0]).replace(".", " ").replace("-", " ").split() if len(word) > 2]


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # most readers never sign in

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody has this password")


# --- Links that are mailed and work once, and the mark of a browser its person has used ---

LASTS: Final[Mapping[Purpose, timedelta]] = {
    "invitation": timedelta(days=7),
    "reset": timedelta(hours=1),
    "address": timedelta(days=1),
    "sign-in": timedelta(minutes=10),
    "device": timedelta(days=180),
}

MOST_AN_HOUR: Final = 3
"""Anybody can ask for links to be mailed to somebody else: so many are."""

SPENT = N_("This link has been used already, was replaced by a newer one, or is too old. Ask for a new one.")


class SpentLink(LanzaroteError):
    """The link can no longer be used, or never could: the two are told alike."""


def make(
    session: Session, account: Account, purpose: Purpose, *, at: datetime, address: str = "", event_id: str = ""
) -> str:
    """Make a link and return its secret.

    An earlier one that proves another address, or goes on with another sign-in, stops working, unless it was made for
    the same event: a mail that is sent again may have arrived the first time.
    """
    if purpose in ("address", "sign-in"):
        others = (Link.event_id != event_id) | (Link.event_id == "")
        session.execute(delete(Link).where(Link.account_id == account.id, Link.purpose == purpose, others))
    session.execute(delete(Link).where(Link.ends_at < at))
    secret = new_secret()
    session.add(
        Link(
            token_hash=kept(secret),
            account_id=account.id,
            purpose=purpose,
            address=address or account.address,
            event_id=event_id,
            ends_at=at + LASTS[purpose],
        )
    )
    return secret


def enough(session: Session, account: Account, purpose: Purpose, event_id: str, at: datetime) -> bool:
    """Whether other events have made several links within the hour: each works still, so one of them is used."""
    lately = (Link.ends_at > at + LASTS[purpose] - timedelta(hours=1)) & (Link.event_id != event_id)
    query = select(func.count(Link.event_id.distinct())).where(lately)
    others = query.where(Link.account_id == account.id, Link.purpose == purpose)
    return (session.scalar(others) or 0) >= MOST_AN_HOUR


def look(session: Session, secret: str, purpose: Purpose, at: datetime) -> Account:
    """Whose link it is. Raises SpentLink."""
    return _living(session, secret, purpose, at)[1]


def spend(session: Session, secret: str, purpose: Purpose, at: datetime) -> tuple[Account, str]:
    """Use the link: return its account and address; neither it nor its like works again. Raises SpentLink."""
    link, account = _living(session, secret, purpose, at)
    session.refresh(account, with_for_update=True)  # whoever uses it at the same time comes after
    still = select(Link.token_hash).where(Link.token_hash == link.token_hash)
    if account.state == "closed" or session.scalar(still) is None:
        raise SpentLink(SPENT)
    forget(session, account.id, purpose)
    return account, link.address


def forget(session: Session, account_id: str, *purposes: Purpose) -> None:
    """Let links of an account for these *purposes* no longer work."""
    session.execute(delete(Link).where(Link.account_id == account_id, Link.purpose.in_(purposes)))


def is_invited(session: Session, account: Account, at: datetime) -> bool:
    """Whether an invitation that was mailed to the address of *account* can still be accepted."""
    living = (Link.account_id == account.id) & (Link.purpose == "invitation") & (Link.ends_at > at)
    query = select(Link.token_hash).where(living, Link.address == account.address)
    return account.state == "invited" and session.scalar(query.limit(1)) is not None


def without_invitation(session: Session, at: datetime) -> list[str]:
    """Addresses of those who are invited and have no link that works: not mailed yet, ended, or in no backup."""
    living = select(Link.account_id).where(
        Link.purpose == "invitation", Link.ends_at > at, Link.address == Account.address
    )
    waiting = select(Account.address).where(Account.state == "invited", Account.id.not_in(living))
    return [*session.scalars(waiting.order_by(Account.address))]


def knows_device(session: Session, secret: str, account_id: str, at: datetime) -> bool:
    """Whether the browser with the mark *secret* was used by the account before."""
    link = session.get(Link, kept(secret))
    return link is not None and link.account_id == account_id and link.purpose == "device" and link.ends_at > at


def _living(session: Session, secret: str, purpose: Purpose, at: datetime) -> tuple[Link, Account]:
    link = session.get(Link, kept(secret))
    account = session.get(Account, link.account_id) if link else None
    if link is None or account is None or link.purpose != purpose or link.ends_at < at or account.state == "closed":
        raise SpentLink(SPENT)
    return link, account

"""Passwords: Argon2id as OWASP advises (19 MiB, two passes); long rather than complicated."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from lanzarote.translation import N_
from lanzarote.translation.folding import fold

if TYPE_CHECKING:
    from argon2 import PasswordHasher

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

"""What a compendium is asked to hold, and what cannot be asked for."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import LanzaroteError
from lanzarote.translation import N_

MOST: Final = 1_000
"""Records of one document."""
LONGEST_TITLE: Final = 120
NOTHING = N_("Nothing is chosen. Choose at least one practice or procedure.")
TOO_MANY = N_("More is chosen than one document holds: at most 1,000 practices and procedures. Narrow the list first.")
NO_TITLE = N_("Give it a title of at most 120 letters.")
PERSONAL = N_("The title seems to name or describe a person. Write what the document is about instead.")


class Unfit(LanzaroteError):
    """Such a document is not made; the text, a message of the platform's own, says what to change."""

    def __init__(self, text: str, *, title: bool = False) -> None:
        """*title*: it is what the document is called, and not what is chosen."""
        super().__init__(text)
        self.title = title


class Wanted(Struct, frozen=True, kw_only=True):
    """What a compendium is asked to hold."""

    region: str
    language: str
    format: str
    title: str
    practices: tuple[str, ...] = ()
    """Ids, in the order of the document."""
    procedures: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.practices) + len(self.procedures)


def require_fit(wanted: Wanted) -> None:
    """Raise Unfit for what no document can be."""
    if not wanted.count:
        raise Unfit(NOTHING)
    if wanted.count > MOST:
        raise Unfit(TOO_MANY)
    if not 0 < len(wanted.title) <= LONGEST_TITLE:
        raise Unfit(NO_TITLE, title=True)
    if any(concern.hard for concern in guard.check_text(wanted.title, guesses=False)):
        raise Unfit(PERSONAL, title=True)

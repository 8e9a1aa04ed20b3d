"""Where a service is reached: an e-mail address, a telephone, a page."""

from __future__ import annotations

import re

from lanzarote.facts.helplines import dialled

_MAIL = re.compile(r"[^\s@,;<>()\"]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_TELEPHONE = re.compile(r"\+?[0-9](?:[ .()/-]{0,2}[0-9]){2,16}")
_PAGE = re.compile(r"https?://[^\s\"<>\\^`{|}/]+\.[^\s\"<>\\^`{|}]+")


def is_contact(address: str) -> bool:
    """Whether a service can be reached by *address*.

    >>> is_contact("contact@example.org"), is_contact("01 44 00 00 00"), is_contact("119"), is_contact("next door")
    (True, True, True, False)
    """
    return bool(_MAIL.fullmatch(address) or _TELEPHONE.fullmatch(address) or _PAGE.fullmatch(address))


def href_of(address: str) -> str:
    """Where a link to a contact leads; empty for figures that are not one number."""
    if _MAIL.fullmatch(address):
        return f"mailto:{address}"
    return dialled(address) if _TELEPHONE.fullmatch(address) else address

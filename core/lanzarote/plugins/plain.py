"""Texts of packages, as they may stand in a terminal or on a page."""

from __future__ import annotations

from unicodedata import category

CONTROLS = ("Cc", "Cf", "Cs")
"""What has no form of its own, and changes how a terminal or a page shows what stands beside it."""


def plain(text: str) -> str:
    """*text* without such signs.

    >>> plain("b\\x1b[31mad")
    'b\\ufffd[31mad'
    """
    if text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if category(sign) in CONTROLS and sign != "\n" else sign for sign in text
    )

"""How the tests of the guard ask what it finds. Every person, number and address in them is invented."""

from __future__ import annotations

from lanzarote.guard import check_text


def found(text: str, *identifiers: str) -> list[tuple[str, str, bool]]:
    """(code, the words concerned, hard) of what the rules find; the classifier has tests of its own."""
    concerns = check_text(text, identifiers=identifiers, guesses=False)
    return [(c.code, text[c.start : c.end], c.hard) for c in concerns]

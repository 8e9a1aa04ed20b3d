"""What is said behind a name of the part somebody came to have in a case: ``a été mis en examen``, ``victime de``."""

from __future__ import annotations

import re

from lanzarote.guard.lexicon import CHARGED, PARTY, all_of, either, kinds_of
from lanzarote.translation.folding import fold

_PART = re.compile(
    (
        rf"(?: \(\w{{1,12}}\))?,? (?:(?:{either('became')}) (?:(?:{either('became_between')})(?: |(?<=['’]))){{0,2}})?"
        rf"(?:(?P<said>{either('heldphrase')})\b|(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*))"
    )
    .replace("\\ ", " ")
    .replace(" ", "[ \\n]"),
    re.IGNORECASE,
)
"""Only what is suffered: who has accused somebody says so in other words than who was accused."""
_OTHERS = all_of("authors")
"""Who wrote something is called so too."""


def came_to_have_part(text: str, end: int) -> bool:
    """Whether the one whose name ends at *end* is said to be a victim, accused, charged or held."""
    match = _PART.match(text, end)
    if match is None:
        return False
    word = match["word"]
    return word is None or (bool(kinds_of(word) & (PARTY | CHARGED)) and fold(word) not in _OTHERS)

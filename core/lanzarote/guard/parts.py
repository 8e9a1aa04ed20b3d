"""What is said behind a name of the part somebody came to have in a case: ``a été mis en examen``, ``victime de``."""

from __future__ import annotations

import re

from lanzarote.folding import fold
from lanzarote.guard.lexicon import CHARGED, PARTY, kinds_of, words_of

_BECAME = (
    r"(?:a|ait|avait|aurait|ont) été|est|était|serait|fut|sera|vient d[’']être"
    r"|(?:was|is|has been|had been|will be)(?: being)?|being|stands"
    r"|wurde|wird|ist|war|sei"
    r"|fue|(?:ha|había|habría) sido|está(?: siendo)?|es|era"
    r"|è(?: stat[oa])?|fu|viene|venne|risulta"
    r"|foi|é|(?:tinha|terá) sido"
    r"|werd|wordt|został|została|jest|był|była|є|був|була|став|стала|είναι|ήταν"
)
_BETWEEN = (
    r"aussi|donc|ensuite|alors|hier|déjà|finalement|the|an?|also|later|then|now|currently|allegedly|yesterday|une?|la|le"
    r"|l[’']|der|die|das|ein|eine|gestern|später|nun|auch|el|il|lo|uno|una|um|uma|o|η|ο|το"
)
_SAID = (
    "mise? en (?:examen|cause|accusation)|placée? en (?:garde|détention|rétention)|en garde à vue|en détention"
    "|gardée? à vue|renvoyée? devant|under (?:investigation|arrest)|on (?:trial|remand)|in custody"
    "|in (?:Untersuchungshaft|U-Haft|Haft)\\b|unter (?:Verdacht|Anklage)|en prisión|bajo investigación"
    "|rinviat[oa] a giudizio|agli arresti|in carcere"
)
_PART = re.compile(
    (
        rf"(?: \(\w{{1,12}}\))?,? (?:(?:{_BECAME}) (?:(?:{_BETWEEN}) ){{0,2}})?"
        rf"(?:(?P<said>{_SAID})|(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*))"
    ).replace(" ", "[ \\n]")
)
"""Only what is suffered: who has accused somebody says so in other words than who was accused."""
_OTHERS = words_of("auteur autrice auteure autor autora autore examen")
"""Who wrote something is called so too."""


def came_to_have_part(text: str, end: int) -> bool:
    """Whether the one whose name ends at *end* is said to be a victim, accused, charged or held."""
    match = _PART.match(text, end)
    if match is None:
        return False
    word = match["word"]
    return word is None or (bool(kinds_of(word) & (PARTY | CHARGED)) and fold(word) not in _OTHERS)

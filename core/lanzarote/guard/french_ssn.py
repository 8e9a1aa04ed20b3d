"""French social security numbers without the two figures of their key: thirteen figures that nothing checks.

Their groups (sex, year, month, département, commune, order) tell them from other numbers. In one piece only a person
standing near makes it sure; a code of a product passes, and of the rest one is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lanzarote.guard.births import Finding
from lanzarote.guard.lexicon import GIVEN, LITTLE, OTHERNUMBER, PUPIL, kinds_in
from lanzarote.guard.nearby_words import PERSON, sentence_after, sentence_before
from lanzarote.guard.scan import Run

_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[12]([ .\-]?)\d\d\1(?:0[1-9]|1[0-2])\1(?:0[1-9]|[1-8]\d|9[0-57-9]|2[AB])\1"
    r"(?!000)\d{3}\1(?!000)\d{3}(?![0-9A-Za-z]|[ .\-/,]{1,2}\d)"
)
_FIGURES = 13
_SOMEBODY = PERSON | PUPIL | LITTLE | GIVEN
_BEFORE, _AFTER = 70, 40
_NO_PERSON_AROUND = "/=#&_@"


def numbers_without_key(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """Numbers in their groups, or in one piece beside a person, hard; others in one piece are asked about."""
    for run in runs:
        if run.text[0] not in "12" or len(run.text) < _FIGURES or (match := _NUMBER.match(text, run.start)) is None:
            continue
        if match[1]:
            yield "personal-number", *match.span(), True
        elif text[match.start() - 1 : match.start()] not in tuple(_NO_PERSON_AROUND):
            before, after = sentence_before(text, match.start(), _BEFORE), sentence_after(text, match.end(), _AFTER)
            if kinds_in(before) & _SOMEBODY or kinds_in(after) & _SOMEBODY:
                yield "personal-number", *match.span(), True
            elif not kinds_in(before) & OTHERNUMBER and not _is_of_a_product(match[0]):
                yield "personal-number", *match.span(), False


def _is_of_a_product(number: str) -> bool:
    from stdnum import ean

    return ean.is_valid(number)

"""First line against personal data of children, victims and accused persons, at every entrance.

It finds what has a shape: personal numbers, dates of birth, addresses, a name with an age. It does not understand a
text; that nobody in it is recognisable is for a reviewer to say. Findings carry places, never the words found, so that
refused text ends up in no log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from lanzarote.guard.ages import ages
from lanzarote.guard.births import Finding, births
from lanzarote.guard.disclosure import reads_like_disclosure
from lanzarote.guard.identifiers import FEWEST_DIGITS, knows_identifier, personal_numbers
from lanzarote.guard.mail import addresses, may_hold_address
from lanzarote.guard.people import persons
from lanzarote.guard.phones import phones
from lanzarote.guard.places import home_addresses
from lanzarote.guard.plain import plain
from lanzarote.guard.scan import joined, runs_and_capitals, runs_of_digits, telling
from lanzarote.translation.catalogues import N_, Translator

__all__ = ["REASONS", "Concern", "check_text", "check_texts", "explain", "knows_identifier", "reads_like_disclosure"]


class Concern(Struct, frozen=True, kw_only=True):
    """Something in a text that may tell who a person is."""

    code: str
    """A key of `REASONS`."""
    field: str
    start: int
    end: int
    """Where it stands in the text; the text itself is not kept."""
    hard: bool
    """It must not be saved; a soft concern asks for a reason, and a second reviewer to look."""


REASONS = {
    "personal-number": N_(
        "This looks like a personal identity number. Numbers that identify a person are never recorded here; remove it."
    ),
    "birth-date": N_(
        "This looks like somebody’s full date of birth, which can identify them. "
        "Give an age group instead, such as “under 12”."
    ),
    "email": N_(
        "This looks like the e-mail address of a person. Give the address of a service, such as contact@, "
        "or the page where the organisation can be reached."
    ),
    "phone": N_(
        "This looks like the telephone number of a person. Give that of a service, "
        "or the page where the organisation can be reached."
    ),
    "name-with-age": N_(
        "This looks like a person’s name with their age. Nobody may be recognised: "
        "write, for instance, “a child of nine”."
    ),
    "initials-with-school": N_(
        "These look like a person’s initials near the name of a school. "
        "Together they may tell who it is; leave them out."
    ),
    "address-of-minor": N_(
        "This looks like the address of a home where a child lives. Leave it out; the town or district is enough."
    ),
    "person-in-case": N_(
        "This looks like the name of a child, or of somebody who has a part in a case. Nobody may be recognised: "
        "write, for instance, “the child”, “the victim” or “the accused”."
    ),
}
"""Code → what is the matter, why, and what to write instead. Of two that overlap, the first named here is told."""
_RANK = {code: place for place, code in enumerate(REASONS)}


def check_text(
    text: str, *, identifiers: Sequence[str] = (), field: str = "", only_hard: bool = False
) -> tuple[Concern, ...]:
    """Return what in *text* may identify a person; *identifiers* are the region's own kinds of personal number.

    *only_hard* leaves out what would only be asked about, and is quicker.

    >>> [(c.code, c.start, c.end, c.hard) for c in check_text("Léa, 9 ans, est venue.")]
    [('name-with-age', 0, 10, False)]
    """
    read = plain(text)
    seen = read.text
    found: list[Finding] = []
    runs, capitals = (runs_of_digits(seen), []) if only_hard else runs_and_capitals(seen)
    if runs:
        long = list(joined(seen, runs, FEWEST_DIGITS))
        if long:
            found += phones(seen, long)
        if numbers := personal_numbers(seen, long, identifiers):
            found += (("personal-number", start, end, True) for start, end in numbers)
        if runs := telling(seen, runs):
            found += births(seen, runs)
            if not only_hard:
                found += ages(seen, runs)
                found += home_addresses(seen, runs)
    if may_hold_address(seen):
        found += addresses(seen)
    if capitals:
        found += persons(seen, capitals)
    if not found:
        return ()
    concerns = []
    for code, start, end, hard in _apart(found):
        if only_hard and not hard:
            continue
        start, end = read.span(start, end)
        concerns.append(Concern(code=code, field=field, start=start, end=end, hard=hard))
    return tuple(concerns)


def _apart(found: Iterable[Finding]) -> list[Finding]:
    """Of those that overlap only the one that weighs most, in the order of the text."""
    kept: list[Finding] = []
    for one in sorted(found, key=lambda finding: finding[1]):
        if not kept or one[1] >= kept[-1][2]:
            kept.append(one)
        elif _weight(one) < _weight(kept[-1]):
            kept[-1] = one
    return kept


def _weight(finding: Finding) -> tuple[bool, int]:
    return not finding[3], _RANK[finding[0]]


def check_texts(texts: Iterable[tuple[str, str]], *, identifiers: Sequence[str] = ()) -> tuple[Concern, ...]:
    """Check several (field, text) of one record."""
    return tuple(concern for field, text in texts for concern in check_text(text, identifiers=identifiers, field=field))


def explain(code: str, translator: Translator) -> str:
    """Say to the writer what is the matter and what to do."""
    return translator.gettext(REASONS[code])

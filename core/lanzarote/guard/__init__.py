"""First line against personal data of children, victims and accused persons, at every entrance.

It finds what has a shape: personal numbers, dates of birth, addresses, a name with an age. It does not understand a
text; that nobody in it is recognisable is for a reviewer to say. Findings carry places, never the words found, so that
refused text ends up in no log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.guard.identifiers import knows_identifier, personal_numbers
from lanzarote.guard.persons import Finding, addresses, ages, births, initials, mobiles
from lanzarote.guard.scan import is_disguised, runs_of_digits, undisguised
from lanzarote.translation.catalogues import N_, Translator

__all__ = ["REASONS", "Concern", "check_text", "check_texts", "explain", "knows_identifier"]


class Concern(Struct, frozen=True, kw_only=True):
    """Something in a text that may tell who a person is."""

    code: str
    """A key of `REASONS`."""
    field: str
    start: int
    end: int
    """Where it stands in the text; the text itself is not kept."""
    hard: bool
    """It must not be saved; a soft concern asks a reviewer to look."""


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
        "This looks like a mobile telephone number. Make sure that it is the number of a service and not of a person."
    ),
    "name-with-age": N_(
        "This looks like a person’s name with their age. Nobody may be recognised: "
        "write, for instance, “a child of nine”."
    ),
    "initials-with-school": N_(
        "These look like a person’s initials near the name of a school. "
        "Together they may tell who it is; leave them out."
    ),
}


def check_text(text: str, *, identifiers: Sequence[str] = (), field: str = "") -> tuple[Concern, ...]:
    """Return what in *text* may identify a person; *identifiers* are the region's own kinds of personal number.

    >>> [(c.code, c.start, c.end, c.hard) for c in check_text("Léa, 9 ans, est venue.")]
    [('name-with-age', 0, 10, False)]
    """
    if is_disguised(text):
        plain, places = undisguised(text)
        return tuple(
            replace(concern, start=places[concern.start], end=places[concern.end - 1] + 1)
            for concern in check_text(plain, identifiers=identifiers, field=field)
        )
    runs = runs_of_digits(text)
    found: list[Finding] = []
    if runs:
        numbers = personal_numbers(text, runs, identifiers)
        if numbers:
            found += (("personal-number", start, end, True) for start, end in numbers)
            # A date or telephone number inside a personal number is no finding of its own.
            runs = [run for run in runs if not any(run.start < end and start < run.end for start, end in numbers)]
        found += births(text, runs)
        found += mobiles(text, runs)
        found += ages(text, runs)
    if "@" in text:
        found += addresses(text)
    found += initials(text)
    if not found:
        return ()
    return tuple(
        Concern(code=code, field=field, start=start, end=end, hard=hard)
        for code, start, end, hard in sorted(found, key=lambda finding: finding[1])
    )


def check_texts(texts: Iterable[tuple[str, str]], *, identifiers: Sequence[str] = ()) -> tuple[Concern, ...]:
    """Check several (field, text) of one record."""
    return tuple(concern for field, text in texts for concern in check_text(text, identifiers=identifiers, field=field))


def explain(code: str, translator: Translator) -> str:
    """Say to the writer what is the matter and what to do."""
    return translator.gettext(REASONS[code])

"""First line against personal data of children, victims and accused persons, at every entrance.

Rules find what has a shape: personal numbers, dates of birth, a name with an age. A classifier asks about sentences
from which somebody may be recognised all the same; a reviewer decides. Findings carry places, never the words found.
It may import `store`, `translation`, `runtime` and `types`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote.translation.catalogues import N_, Translator

if TYPE_CHECKING:
    from lanzarote.guard.checking import check_text, check_texts, may_tell_of_somebody
    from lanzarote.guard.disclosure import may_be_disclosure, reads_like_disclosure, telling
    from lanzarote.guard.identifiers import identifiers_of, knows_identifier, numbers_of

__all__ = [
    "REASONS",
    "Concern",
    "check_text",
    "check_texts",
    "explain",
    "get_ready",
    "identifiers_of",
    "knows_identifier",
    "may_be_disclosure",
    "may_tell_of_somebody",
    "numbers_of",
    "reads_like_disclosure",
    "telling",
]


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
    "bank-account": N_(
        "This looks like the number of a person’s bank account. Leave it out; to say how to give money to an "
        "organisation, name its page."
    ),
    "birth-date": N_(
        "This looks like somebody’s full date of birth, which can identify them. "
        "Give an age group instead, such as “under 12”."
    ),
    "email": N_(
        "This looks like the e-mail address of a person. Give the address of a service, such as contact@, "
        "or the page where the organisation can be reached."
    ),
    "profile": N_(
        "This looks like the profile of a person on a social network. Leave it out, or give the organisation’s own "
        "website."
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
        "These look like a person’s initials near the name of a school. Together they may reveal who it is; leave "
        "them out."
    ),
    "address-of-minor": N_("This looks like somebody’s home address. Leave it out; the town or district is enough."),
    "person-in-case": N_(
        "This looks like the name of a child, or of somebody who has a part in a case. Nobody may be recognised: "
        "write, for instance, “the child”, “the victim” or “the accused”."
    ),
    "relative": N_(
        "This sentence may show whose relative somebody is. A kinship with a function and a place is enough to "
        "recognise a family. Write, for instance, “a relative of the child”, without the function or the place."
    ),
    "suspect": N_(
        "Somebody who is suspected or accused may be recognised from this sentence. Leave out the name, the function "
        "and the place: write, for instance, “the accused” or “a person who worked with children”."
    ),
    "recognisable": N_(
        "Somebody may be recognised from this sentence: a name, an age, a place, a picture or an event are enough "
        "together. Write more generally, for instance “a child of nine”, “in a village” or “a photograph”."
    ),
}
"""Code → what is the matter, why, and what to write instead. Of two that overlap, the first named here is told."""


def explain(code: str, translator: Translator) -> str:
    """Say to the writer what is the matter and what to do."""
    return translator.gettext(REASONS[code])


_READ_WHEN_ASKED: Final = {
    "check_text": "checking",
    "check_texts": "checking",
    "identifiers_of": "identifiers",
    "knows_identifier": "identifiers",
    "may_be_disclosure": "disclosure",
    "may_tell_of_somebody": "checking",
    "numbers_of": "identifiers",
    "reads_like_disclosure": "disclosure",
    "telling": "disclosure",
}
"""Where each is. Its words and patterns are read for who writes, not whenever a site or a command starts."""


def get_ready() -> None:
    """Read them now, so that nobody waits for it who holds a transaction or sends a first text."""
    for name in _READ_WHEN_ASKED:
        __getattr__(name)


def __getattr__(name: str) -> Any:
    if name not in _READ_WHEN_ASKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_READ_WHEN_ASKED[name]}"), name)
    return found

"""Asks writers to spell abbreviations out: a reader elsewhere does not know what ASE, CRIP or UAPED stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote import Concern, hookimpl

from lanzarote_abbreviations.finding import unexplained
from lanzarote_abbreviations.places import improvement_texts, organisation_texts, practice_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.types import Improvement, Organisation, PracticeSheet

MOST = 50
"""Abbreviations that are told at once; who spells these out finds the rest."""

WORDS = {
    "en": "“%s” is spelt out nowhere in this language. Readers elsewhere may not know it: write it out once, with the "
    "abbreviation in brackets.",
    "fr": "« %s » n’est écrit en toutes lettres nulle part dans cette langue. Ailleurs, on ne connaît pas "
    "forcément ce sigle : écrivez-le une fois en entier, avec le sigle entre parenthèses.",
}


@hookimpl
def check_practice(new: PracticeSheet) -> list[Concern]:
    return list(concerns(practice_texts(new)))


@hookimpl
def check_stakeholder(new: Organisation) -> list[Concern]:
    return list(concerns(organisation_texts(new), spelt_out_in=new.name))


@hookimpl
def check_improvement(new: Improvement) -> list[Concern]:
    return list(concerns(improvement_texts(new)))


def concerns(
    texts: Mapping[str, Mapping[str, str]], spelt_out_in: Mapping[str, str] | None = None
) -> Iterator[Concern]:
    """One warning for each abbreviation that no text of its language spells out; *texts*: language → place → text."""
    found = (
        Concern(code="abbreviation", field=place, text={lang: words % short for lang, words in WORDS.items()})
        for language, by_place in texts.items()
        for place, short in unexplained(by_place, also=(spelt_out_in or {}).get(language, ""))
    )
    for number, concern in enumerate(found):
        if number == MOST:
            return
        yield concern

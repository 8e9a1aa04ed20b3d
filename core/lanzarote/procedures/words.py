"""What fields and codes of procedures are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.translation import N_, language_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.voice import Voice

TEXTS: Final[Mapping[str, str]] = {
    "purpose": N_("What the procedure is for"),
    "scope": N_("For which situations"),
    "governance": N_("Who keeps it going"),
    "disputes": N_("When the parties disagree"),
    "review": N_("How it is looked at again"),
    "limits": N_("What it leaves open"),
}
STATES: Final[Mapping[str, str]] = {
    "draft": N_("being written"),
    "documented": N_("description endorsed by no party"),
    "proposed": N_("proposed to its parties"),
    "endorsed": N_("endorsed by every party body"),
    "applied": N_("applied by every party body"),
    "lapsed": N_("no longer endorsed by every party body"),
    "superseded": N_("superseded"),
    "withdrawn": N_("withdrawn from the public"),
}
NATURES: Final[Mapping[str, str]] = {
    "drafted": N_("The group’s own"),
    "reconstructed": N_("Reconstructed from public sources"),
    "example": N_("Invented example"),
}
NATURE_HELP: Final[Mapping[str, str]] = {
    "drafted": N_("Written to be endorsed by the bodies that it is between."),
    "reconstructed": N_("Our description of a procedure, from public sources. No party endorses the description."),
    "example": N_("Shows how such a procedure may look. It names no real body."),
}
NATURE_NOTES: Final[Mapping[str, str]] = {
    "reconstructed": N_(
        "This is our description, put together from public sources. The organisations named in it have not endorsed "
        "the description: they were not asked. What the sources do not say is left open."
    ),
    "example": N_(
        "It is invented, to show how such a procedure may look. No body has agreed on it, and none applies it."
    ),
}
MEASURES: Final[Mapping[str, str]] = {
    "training": N_("Training"),
    "form": N_("Shared form"),
    "contact": N_("Contact point"),
    "meeting": N_("Meeting"),
    "other": N_("Other measure"),
}
WHAT_WORDS: Final[Mapping[str, str]] = {
    "endorse": N_("endorses it"),
    "decline": N_("does not endorse it"),
    "retract": N_("takes its endorsement back"),
    "apply": N_("applies it"),
    "cease": N_("applies it no longer"),
}
UNITS: Final[Mapping[str, str]] = {
    "H": N_("hours"),
    "D": N_("days"),
    "W": N_("weeks"),
    "M": N_("months"),
    "Y": N_("years"),
}
LABELS: Final[Mapping[str, str]] = {
    "title": N_("Title"),
    "parties": N_("Parties"),
    "steps": N_("Steps"),
    "measures": N_("Measures"),
    "organisation": N_("Body"),
    "sector": N_("Sector"),
    "side": N_("Side"),
    "part": N_("What it brings"),
    "key": N_("Short name"),
    "trigger": N_("What makes it begin"),
    "deadline": N_("By when"),
    "within": N_("As a number"),
    "input": N_("What it takes"),
    "output": N_("What comes of it"),
    "passes": N_("What is passed on"),
    "what": N_("What is passed on"),
    "confidential": N_("Covered by professional secrecy"),
    "basis": N_("Legal basis"),
    "basis_text": N_("The basis in words"),
    "next": N_("What follows"),
    "branches": N_("What follows under a condition"),
    "to": N_("Step"),
    "condition": N_("If"),
    "end": N_("It ends here"),
    "kind": N_("Kind"),
    "text": N_("In words"),
    "nature": N_("What it is"),
    "review_months": N_("Looked at again after so many months"),
    "legal_basis": N_("Legal basis"),
    "convention": N_("Articles of the Convention"),
    "improvements": N_("Improvements that it carries out"),
    "practices": N_("Practices that belong to it"),
    "sources": N_("Sources of the region"),
    "own_sources": N_("Other sources"),
    "publisher": N_("Publisher"),
    "url": N_("Address of the page"),
    "verified": N_("Verified"),
    "note": N_("How it was checked"),
    "original": N_("Language it was written in"),
    "stale": N_("Translations that are out of date"),
    "reason": N_("Why?"),
    "slug": N_("Last part of the new address"),
    "into": N_("The procedure that takes its place"),
    "word": N_("To erase it"),
    "confirmed": N_("What is confirmed"),
    "day": N_("On which day"),
    "source": N_("Where that is written"),
    "stakeholder": N_("Which body"),
    **TEXTS,
}
ROOMS: Final[Mapping[str, str]] = {
    "parties": N_("Party"),
    "steps": N_("Step"),
    "measures": N_("Measure"),
    "passes": N_("Passing on"),
    "branches": N_("Condition"),
    "own_sources": N_("Another source"),
    "next": N_("What follows"),
}
"""One of several, as the form calls it."""


def label_of(view: Voice, place: str) -> str:
    """A field in words: ``steps[1].branches[0].condition.fr`` → "Step 2 – Condition 1 – If (French)"."""
    first, _, rest = place.partition(".")
    if first == "text" and "." in rest:
        language, _, name = rest.partition(".")
        return f"{_word(view, name)} ({language_name(language, view.lang)})"
    if "[" in first:
        room, _, number = first.rstrip("]").partition("[")
        whole = f"{view._(ROOMS[room])} {int(number) + 1}" if room in ROOMS and number.isdecimal() else room
        return f"{whole} – {label_of(view, rest)}" if rest else whole
    return f"{_word(view, first)} ({language_name(rest, view.lang)})" if rest else _word(view, first)


def duration(view: Voice, within: str) -> str:
    """``P8D`` as a reader says it: "8 days"."""
    number, unit = int("".join(filter(str.isdecimal, within))), within[-1]
    ngettext = view.translator.ngettext
    told = {
        "H": ngettext("%(num)s hour", "%(num)s hours", number),
        "D": ngettext("%(num)s day", "%(num)s days", number),
        "W": ngettext("%(num)s week", "%(num)s weeks", number),
        "M": ngettext("%(num)s month", "%(num)s months", number),
        "Y": ngettext("%(num)s year", "%(num)s years", number),
    }[unit]
    return told % {"num": number}


def _word(view: Voice, name: str) -> str:
    return view._(LABELS[name]) if name in LABELS else name

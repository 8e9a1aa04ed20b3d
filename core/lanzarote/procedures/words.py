"""What the codes of procedures are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.labels import Voice

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
    "retract": N_("withdraws its endorsement"),
    "apply": N_("applies it"),
    "cease": N_("no longer applies it"),
}
SAY_LABELS: Final[Mapping[str, str]] = {
    "endorse": N_("Endorse the procedure"),
    "decline": N_("Refuse to endorse"),
    "apply": N_("Declare that it is applied"),
    "cease": N_("Declare that it is no longer applied"),
    "retract": N_("Withdraw an endorsement"),
}
DONE: Final[Mapping[str, str]] = {
    "endorse": N_("Endorsement recorded."),
    "decline": N_("Recorded: this organisation does not endorse it."),
    "retract": N_("Recorded: the endorsement is withdrawn."),
    "apply": N_("Recorded: this organisation applies it."),
    "cease": N_("Recorded: this organisation no longer applies it."),
}
UNITS: Final[Mapping[str, str]] = {
    "H": N_("hours"),
    "D": N_("days"),
    "W": N_("weeks"),
    "M": N_("months"),
    "Y": N_("years"),
}


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

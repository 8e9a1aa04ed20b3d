"""Words for the states of transfers, and what each field is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.translation import N_, language_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.types import OriginKind, Transfer, TransferState
    from lanzarote.web.site import View

STATES: Final[Mapping[TransferState, str]] = {
    "offered": N_("proposed"),
    "taken-up": N_("taken up"),
    "adapting": N_("being adapted"),
    "piloted": N_("tried out"),
    "adopted": N_("adopted"),
    "declined": N_("not taken up"),
}
NEXT: Final[Mapping[TransferState, str]] = {
    "offered": N_("Talk it over in the group. A coordinator says whether it is taken up, or why not."),
    "taken-up": N_("Answer the open points as far as you can, then let the draft of your own practice be made."),
    "adapting": N_("Adapt the draft, and answer what is still open. When no point is open, it can be tried out."),
    "piloted": N_("Say what had to change. When your own practice is published, it is adopted."),
    "adopted": N_("It is a practice of your region now. You are told when it changes where it comes from."),
    "declined": N_("It was not taken up. Everybody can read why."),
}
NEXT_PROCEDURE: Final[Mapping[TransferState, str]] = {
    "taken-up": N_("Answer the open points as far as you can, then let the draft of your own procedure be made."),
    "piloted": N_("Say what had to change. When the parties here have endorsed your own procedure, it is adopted."),
    "adopted": N_("It is a procedure of your region now. You are told when it changes where it comes from."),
}
"""Where a procedure goes another way than a practice."""
UNJUDGED: Final = N_("pilot not yet judged")
UNJUDGED_TOLD: Final = N_(
    "The pilot of the region it comes from is not judged yet, or the decision was not to extend it. You may take this "
    "practice up all the same; everybody is told so."
)
LABELS: Final[Mapping[str, str]] = {
    "here": N_("What answers to it here"),
    "note": N_("How it is settled here"),
    "answer": N_("Your answer"),
    "changed": N_("What had to change"),
    "practice": N_("The adapted practice"),
    "procedure": N_("The adapted procedure"),
    "reason": N_("Why not"),
    "word": N_("To erase it"),
}
ABOUT: Final[Mapping[str, str]] = {
    "transfer": N_("What another place needs"),
    "difficulties": N_("What was difficult there"),
    "governance": N_("Who keeps it there, and who meets when"),
    "limits": N_("What it leaves open there"),
    "measures": N_("What goes with the steps there"),
    "basis": N_("On which basis something is passed on there"),
}
UNSTATED: Final[Mapping[str, str]] = {
    "transfer": N_("The origin does not state it. Ask its team, or think it through: what would it take with you?"),
    "difficulties": N_("The origin does not state it. Ask its team: what did not work at first?"),
    "governance": N_("The origin does not state it. Who would keep it with you, and who would meet when?"),
    "limits": N_("The origin does not state it. Ask its team: what did they leave open, and why?"),
}
"""What is asked where the origin says nothing."""
NAMELESS: Final = N_("It was erased where it comes from")
"""In place of a title."""
ASKED_ONCE: Final = N_("What was asked here was erased with it, where it comes from.")
ROOMS: Final[Mapping[str, str]] = {
    "sectors": N_("Sector"),
    "provisions": N_("Provision"),
    "questions": N_("Question"),
}
REPORT_LABELS: Final[Mapping[str, str]] = {
    "place": N_("Where"),
    "organisation": N_("Who"),
    "what": N_("What is done there, and what had to change"),
    "source": N_("Where that can be read"),
    "contact": N_("Where the team can answer"),
}


def next_words(kind: OriginKind, state: TransferState) -> str:
    """What is to be done next; to be translated."""
    return NEXT_PROCEDURE.get(state, NEXT[state]) if kind == "procedure" else NEXT[state]


def label_of(view: View, place: str, transfer: Transfer | None = None) -> str:
    """A field in words: ``sectors[0].note.fr`` → "Sector “Courts” – How it is settled here (French)"."""
    words: list[str] = []
    for part in place.split("."):
        room, bracket, index = part.rstrip("]").partition("[")
        if bracket and room in ROOMS and index.isdecimal():
            words.append(f"{view._(ROOMS[room])} {_called(view, transfer, room, int(index))}")
        elif part in LABELS:
            words.append(view._(LABELS[part]))
        elif words and len(part) <= 12:
            words[-1] = f"{words[-1]} ({language_name(part, view.lang)})"
    return " – ".join(words) or place


def _called(view: View, transfer: Transfer | None, room: str, index: int) -> str:
    some = getattr(transfer, room, ())
    if index >= len(some):
        return str(index + 1)
    if room != "questions":
        return view._("“%(name)s”") % {"name": view.say(some[index].name)}
    alike = [one.key for one in some if one.about == some[index].about]
    number = f" {alike.index(some[index].key) + 1}" if len(alike) > 1 else ""
    return view._("“%(name)s”") % {"name": f"{view._(ABOUT[some[index].about])}{number}"}

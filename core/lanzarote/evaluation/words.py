"""Words for the codes of indicators and evaluations, and what each field is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.translation import N_, language_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.evaluation.model import Answer, EvaluationState, Outcome
    from lanzarote.types.evaluation import Counts, Direction, Rhythm, Standpoint
    from lanzarote.web.site import View

COUNTS: Final[Mapping[Counts, str]] = {
    "people": N_("People"),
    "organisations": N_("Organisations"),
    "practices": N_("Practices, acts or agreements"),
    "other": N_("Something else"),
}
DIRECTIONS: Final[Mapping[Direction, str]] = {
    "more": N_("More is better"),
    "less": N_("Less is better"),
    "neither": N_("Neither is better"),
}
RHYTHMS: Final[Mapping[Rhythm, str]] = {
    "month": N_("Every month"),
    "quarter": N_("Every quarter"),
    "half-year": N_("Every half-year"),
    "year": N_("Every year"),
    "day": N_("On single days"),
}
STANDPOINTS: Final[Mapping[Standpoint, str]] = {
    "self": N_("View from within"),
    "external": N_("View from outside"),
}
STANDPOINTS_TOLD: Final[Mapping[Standpoint, str]] = {
    "self": N_("Organisations that take part judge their own pilot."),
    "external": N_("Organisations that do not take part judge it."),
}
ANSWERS: Final[Mapping[Answer, str]] = {
    "met": N_("Met"),
    "partly": N_("Partly met"),
    "not": N_("Not met"),
    "cannot-say": N_("Cannot say"),
}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    "extend": N_("Extend"),
    "not-yet": N_("Not yet"),
    "stop": N_("Stop"),
}
OUTCOMES_TOLD: Final[Mapping[Outcome, str]] = {
    "extend": N_("The first results are judged positive: the work may be applied elsewhere."),
    "not-yet": N_("The results do not allow a decision to apply the work elsewhere yet."),
    "stop": N_("The pilot is ended, and its work is not applied elsewhere."),
}
STATES: Final[Mapping[EvaluationState, str]] = {
    "draft": N_("being written"),
    "running": N_("running: criteria are fixed"),
    "judged": N_("judged: to be decided"),
    "decided": N_("decided"),
    "superseded": N_("replaced by a later decision"),
    "dropped": N_("given up"),
}
RECORD_STATES: Final[Mapping[str, str]] = {
    "draft": N_("read by the group"),
    "published": N_("read by the public"),
    "withdrawn": N_("taken from the public"),
    "archived": N_("in the archive"),
}
LABELS: Final[Mapping[str, str]] = {
    "title": N_("Name"),
    "counted": N_("What is counted, and what is not"),
    "method": N_("How, by whom and how often"),
    "unit": N_("Unit"),
    "limits": N_("What it does not say"),
    "counts": N_("What the number counts"),
    "direction": N_("Which way is better"),
    "rhythm": N_("How often"),
    "adds_up": N_("Values may be added up"),
    "baseline": N_("Where it began"),
    "target": N_("Where it is to get"),
    "value": N_("Value"),
    "on": N_("Day"),
    "by": N_("By when"),
    "source": N_("Where that is written"),
    "note": N_("Note for the group"),
    "period": N_("Period"),
    "measure": N_("What the platform counts itself"),
    "ended_on": N_("No longer counted from"),
    "original": N_("Language of the original"),
    "done": N_("What the pilot did"),
    "since": N_("From"),
    "until": N_("To"),
    "mandate": N_("Mandate that it judges"),
    "criteria": N_("Criteria"),
    "judges": N_("Judges"),
    "question": N_("Question"),
    "met": N_("What would count as met"),
    "indicators": N_("Indicators that it rests on"),
    "standpoint": N_("Whose view"),
    "organisation": N_("Organisation"),
    "role": N_("Its role"),
    "reason": N_("Reasons"),
    "conditions": N_("Conditions"),
    "outcome": N_("Decision"),
    "decided_by": N_("Who decided"),
    "votes": N_("Votes"),
    "answer": N_("Answer"),
    "answers": N_("Answers"),
    "change": N_("Why it is changed"),
    "word": N_("To erase it"),
    "figures": N_("Figures"),
    "criterion": N_("Criterion"),
    "judge": N_("Judge"),
    "meeting": N_("Meeting"),
}
ROOMS: Final[Mapping[str, str]] = {"criteria": N_("Criterion"), "judges": N_("Judge"), "answers": N_("Criterion")}
"""One of several, as the form calls it."""


def label_of(view: View, place: str) -> str:
    """A field in words: ``criteria[0].met.fr`` → "Criterion 1 – What would count as met (French)"."""
    parts = [part for part in place.split(".") if part != "text"]
    words = []
    for number, part in enumerate(parts):
        room, bracket, index = part.rstrip("]").partition("[")
        if bracket and room in ROOMS and index.isdecimal():
            words.append(f"{view._(ROOMS[room])} {int(index) + 1}")
        elif part in LABELS:
            words.append(view._(LABELS[part]))
        elif number and part in view.vocabulary.header.languages:
            words[-1:] = [f"{words[-1] if words else ''} ({language_name(part, view.lang)})".strip()]
    # ``text.fr.title`` names the language before the field.
    if place.startswith("text.") and len(parts) == 2 and parts[1] in LABELS:
        return f"{view._(LABELS[parts[1]])} ({language_name(parts[0], view.lang)})"
    return " – ".join(words) or place

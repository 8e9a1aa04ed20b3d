"""Words for the codes of indicators and evaluations, and for what stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.evaluation.model import Answer, EvaluationState, Outcome
    from lanzarote.types.evaluation import Counts, Direction, Rhythm, Standpoint

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
    "self": N_("Organisations that take part evaluate their own pilot."),
    "external": N_("Organisations that do not take part evaluate it."),
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
    "judged": N_("evaluated: to be decided"),
    "decided": N_("decided"),
    "superseded": N_("replaced by a later decision"),
    "dropped": N_("given up"),
}
LABELS: Final[Mapping[str, str]] = {
    "value": N_("Value"),
    "source": N_("Where that is written"),
    "note": N_("Note for the group"),
    "period": N_("Period"),
    "answers": N_("Answers"),
    "word": N_("To erase it"),
    "figures": N_("Figures"),
}
"""What is called how that stands beside the fields of a kind."""

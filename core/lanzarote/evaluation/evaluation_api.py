"""API resources for the group: evaluations are read, written, fixed, judged, decided, published, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct

from lanzarote.evaluation import answering
from lanzarote.evaluation.evaluation_kind import EVALUATIONS
from lanzarote.kinds.api import address_of, records_of
from lanzarote.records.validation import NO_REASON, clean_text, refuse_unclean
from lanzarote.types import Text
from lanzarote.types.evaluation import Standpoint
from lanzarote.web.changing import LARGEST_TEXT
from lanzarote.web.resources import REGION
from lanzarote.web.working_records import id_of, refuse_disclosure, step, steps_of

if TYPE_CHECKING:
    from lanzarote.web.changing import Sent
    from lanzarote.web.resources import Answer

Short = Annotated[str, Meta(max_length=64)]
_step: Final = steps_of(address_of(EVALUATIONS), EVALUATIONS.api.tag, (REGION, id_of(EVALUATIONS.name)))


class GivenAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a judge answers on a criterion; without a judge, why the view is missing."""

    criterion: Short
    standpoint: Standpoint
    judge: Short = ""
    answer: Literal["met", "partly", "not", "cannot-say", "absent"]
    reason: Text
    source: Annotated[str, Meta(max_length=500)] = ""
    """Where the judge said so, if somebody else writes it down."""
    seen: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """``seq`` of the answer in this place that you read; 0: there was none."""


class GivenAnswers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers that are written down together: all of them, or none."""

    answers: Annotated[tuple[GivenAnswer, ...], Meta(min_length=1, max_length=100)]


@_step("judgements", "group.write", GivenAnswers, largest=LARGEST_TEXT)
def judge_pilot(sent: Sent, body: GivenAnswers) -> Answer:
    """Write down what judges answer, or why a view is missing. An answer that is there already changes nothing."""
    given, identifiers = [], sent.vocabulary.header.personal_identifiers
    for number, one in enumerate(body.answers):
        refuse_disclosure(sent.vocabulary, *one.reason.values(), one.source)
        place = f"answers[{number}]"
        reason = clean_text(one.reason, f"{place}.reason", identifiers=identifiers, missing=NO_REASON)
        refuse_unclean([(f"{place}.source", one.source)], answering.LONGEST_SOURCE, identifiers=identifiers)
        given.append(
            answering.Given(
                criterion=one.criterion,
                standpoint=one.standpoint,
                judge=one.judge,
                answer=one.answer,
                reason=reason,
                source=one.source,
                seen=one.seen,
                place=place,
            )
        )
    return step(sent, records_of(EVALUATIONS), "group.write", answering.judge, given=given, **sent.signed)


handlers = (judge_pilot,)

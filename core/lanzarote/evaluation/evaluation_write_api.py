"""API resources for the group: evaluations are written, fixed, judged, decided, published, opened again, erased."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct
from sqlalchemy import select

from lanzarote import working
from lanzarote.checking import NOTHING_EXPLAINED
from lanzarote.evaluation import answering, deciding, entries, judging
from lanzarote.evaluation.deciding import Deciding
from lanzarote.evaluation.evaluation_api import EVALUATION, EVALUATIONS, ONE, TAG
from lanzarote.evaluation.model import INDICATOR, Outcome, Votes
from lanzarote.records import Record
from lanzarote.stakeholders.entries import name_of
from lanzarote.stakeholders.unlisted import nameable
from lanzarote.types import Text
from lanzarote.types.evaluation import Evaluation, Standpoint
from lanzarote.web.changing import NO_CONTENT, Nothing, Sent, change, made
from lanzarote.web.resources import REGION, ROOT, Answer
from lanzarote.web.working_records import (
    AS_READ,
    ID,
    Because,
    State,
    Why,
    etag_of,
    reasons_of,
    refuse_disclosure,
    state_of,
    step,
    steps_of,
    taken,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.checking import Explained

LARGEST: Final = 512 * 1024
Short = Annotated[str, Meta(max_length=64)]


class WrittenEvaluation(Evaluation, frozen=True, kw_only=True):
    """An evaluation as somebody writes it."""

    change: Text = {}
    """Why it is changed although criteria and judges are fixed."""
    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


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


class WrittenDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was decided about the pilot."""

    outcome: Outcome
    reason: Text
    conditions: Text = {}
    on: date
    decided_by: Text
    """Which body, in which meeting; never a person."""
    meeting: Annotated[str, Meta(pattern=f"{ID}|^$")] = ""
    """Id of the meeting, if it is recorded here."""
    votes: Votes | None = None


@change(
    "POST",
    "/regions/{region}/team/evaluations",
    tag=TAG,
    may="group.write",
    names=(REGION,),
    body=WrittenEvaluation,
    status=201,
    answers=State,
    largest=LARGEST,
)
def create_evaluation(sent: Sent, body: WrittenEvaluation) -> Answer:
    """Begin an evaluation, which only the group reads. Location says where it stands."""
    given = _checked(sent, body)

    def do(session: Session) -> Answer:
        record = judging.begin(session, sent["region"], given, by=sent.actor, at=sent.at)
        at = ROOT + ONE.format(region=record.region_id, evaluation=record.id)
        return made(state_of(record), at=at, etag=etag_of(record), about=record.id)

    return sent.once(do)


@change(
    "PUT",
    ONE,
    tag=TAG,
    may="group.write",
    names=(REGION, EVALUATION),
    body=WrittenEvaluation,
    match=True,
    answers=State,
    largest=LARGEST,
)
def save_evaluation(sent: Sent, body: WrittenEvaluation) -> Answer:
    """Save another version; all of it is sent.

    Once criteria and judges are fixed, only who leads the group can, with a reason that the report tells.
    """
    refuse_disclosure(sent.vocabulary, *body.change.values())
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, EVALUATIONS, "group.write", lock=False)
        given = _checked(sent, body, judging.explained_in(session, record), record.id)
    return step(
        sent,
        EVALUATIONS,
        "group.write",
        judging.save,
        given=given,
        vocabulary=sent.vocabulary,
        reason=body.change,
        today=sent.instance.today(sent["region"]),
        expected=AS_READ,
        **sent.signed,
    )


_step = steps_of(ONE, TAG, (REGION, EVALUATION))


@_step("run", "group.lead")
def run_evaluation(sent: Sent, _: Nothing) -> Answer:
    """Fix criteria and judges, before any result."""
    known, today = _known(sent, sent["evaluation"]), sent.instance.today(sent["region"])
    return step(sent, EVALUATIONS, "group.lead", judging.run, known=known, today=today, expected=AS_READ, **sent.signed)


@_step("judgements", "group.write", GivenAnswers, largest=LARGEST)
def judge_pilot(sent: Sent, body: GivenAnswers) -> Answer:
    """Write down what judges answer, or why a view is missing. An answer that is there already changes nothing."""
    given = []
    for number, one in enumerate(body.answers):
        refuse_disclosure(sent.vocabulary, *one.reason.values(), one.source)
        place = f"answers[{number}]"
        reason = judging.checked_text(one.reason, sent.vocabulary, f"{place}.reason")
        answering.checked_source(one.source, sent.vocabulary, f"{place}.source")
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
    return step(sent, EVALUATIONS, "group.write", answering.judge, given=given, **sent.signed)


@_step("close", "group.lead")
def close_evaluation(sent: Sent, _: Nothing) -> Answer:
    """Say that all answers are in, or why not: the group can decide."""
    return step(sent, EVALUATIONS, "group.lead", judging.close, expected=AS_READ, **sent.signed)


@_step("decide", "group.lead", WrittenDecision)
def decide_pilot(sent: Sent, body: WrittenDecision) -> Answer:
    """Write down what was decided: extend, not yet, stop. Somebody else publishes it."""
    given = Deciding(
        outcome=body.outcome,
        reason=body.reason,
        conditions=body.conditions,
        on=body.on,
        decided_by=body.decided_by,
        meeting=body.meeting,
        votes=body.votes,
    )
    return step(
        sent,
        EVALUATIONS,
        "group.lead",
        deciding.decide,
        given=given,
        vocabulary=sent.vocabulary,
        today=sent.instance.today(sent["region"]),
        expected=AS_READ,
        **sent.signed,
    )


@_step("publish", "group.lead")
def publish_evaluation(sent: Sent, _: Nothing) -> Answer:
    """Let the public read report and decision; an earlier decision is in force no more."""
    return step(sent, EVALUATIONS, "group.lead", deciding.publish, expected=AS_READ, **sent.signed)


@_step("resume", "group.lead", Because)
def resume_evaluation(sent: Sent, body: Because) -> Answer:
    """Go back to judging."""
    return _back(sent, body, "resume")


@_step("reopen", "group.lead", Because)
def reopen_evaluation(sent: Sent, body: Because) -> Answer:
    """Take out a decision that the public does not read."""
    return _back(sent, body, "reopen")


@_step("drop", "group.lead", Because)
def drop_evaluation(sent: Sent, body: Because) -> Answer:
    """Give it up."""
    return _back(sent, body, "drop")


@_step("withdraw", "group.lead", Because)
def withdraw_evaluation(sent: Sent, body: Because) -> Answer:
    """Take report and decision from the public, which is told so, and why."""
    return step(
        sent,
        EVALUATIONS,
        "group.lead",
        deciding.withdraw,
        vocabulary=sent.vocabulary,
        reason=body.reason,
        **sent.signed,
    )


@_step("archive", "group.lead")
def archive_evaluation(sent: Sent, _: Nothing) -> Answer:
    """Put away what was never published or was withdrawn."""
    return step(sent, EVALUATIONS, "group.lead", working.archive, **sent.signed)


@_step("restore", "group.lead")
def restore_evaluation(sent: Sent, _: Nothing) -> Answer:
    """Take it out of the archive: a draft again, or withdrawn if the public has read it once."""
    return step(sent, EVALUATIONS, "group.lead", working.restore, **sent.signed)


@_step("erase", "record.erase", answers=None, status=204, tagged=False)
def erase_evaluation(sent: Sent, _: Nothing) -> Answer:
    """Remove every word and answer of it for good. This cannot be undone."""

    def do(session: Session) -> Answer:
        deciding.erase(session, taken(sent, session, EVALUATIONS, "record.erase"), by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


def _back(sent: Sent, body: Because, action: str) -> Answer:
    return step(
        sent,
        EVALUATIONS,
        "group.lead",
        judging.go_back,
        vocabulary=sent.vocabulary,
        way=action,
        reason=body.reason,
        **sent.signed,
    )


def _known(sent: Sent, record_id: str = "") -> entries.Known:
    region_id = sent["region"]
    query = select(Record.id).where(Record.kind == INDICATOR, Record.state != "erased")
    with sent.instance.database.read(region_id) as session:
        indicators = frozenset(session.scalars(query))
    directory, language = sent.instance.directory(region_id), sent.actor.language
    return entries.Known(
        organisations=dict.fromkeys(nameable(sent.instance, region_id, record_id), "")
        | {name: one.status.relation for one in directory for name in one.names},
        names={name: name_of(one.organisation, language) for one in directory for name in one.names},
        indicators=indicators,
        mandates=frozenset(one.mandate.version for one in sent.instance.mandates(region_id)),
    )


def _checked(
    sent: Sent, body: WrittenEvaluation, earlier: Explained = NOTHING_EXPLAINED, record_id: str = ""
) -> judging.Checked:
    """Raises Disclosed, Identifying, Faulty."""
    said = Evaluation(**{name: getattr(body, name) for name in Evaluation.__struct_fields__})
    reasons = reasons_of(body.reasons)
    refuse_disclosure(sent.vocabulary, *(text for _, text in entries.texts_of(said)), *reasons.values())
    by = sent.actor.account_id
    return judging.checked(said, sent.vocabulary, _known(sent, record_id), reasons=reasons, by=by, earlier=earlier)


handlers = (
    create_evaluation,
    save_evaluation,
    run_evaluation,
    judge_pilot,
    close_evaluation,
    decide_pilot,
    publish_evaluation,
    resume_evaluation,
    reopen_evaluation,
    drop_evaluation,
    withdraw_evaluation,
    archive_evaluation,
    restore_evaluation,
    erase_evaluation,
)

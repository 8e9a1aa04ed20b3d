"""The evaluation of a pilot, as a kind: what is written in it, in which words, and what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lanzarote.evaluation import deciding, entries, evaluation_reading, indicator_reading, judging, service
from lanzarote.evaluation.deciding import WrittenDecision
from lanzarote.evaluation.record_kinds import EVALUATION
from lanzarote.evaluation.team_documents import (
    Change,
    evaluation_item,
    evaluation_whole,
)
from lanzarote.evaluation.words import LABELS, OUTCOMES, OUTCOMES_TOLD, STANDPOINTS, STATES
from lanzarote.kinds.actions import ARCHIVE, ERASE, RESTORE
from lanzarote.kinds.fields import Field, Option
from lanzarote.kinds.kind import Action, Api, Form, Kind, Step, Words, in_state, record_can
from lanzarote.kinds.organisations import as_named, organisations
from lanzarote.regions.group import in_force
from lanzarote.translation import N_
from lanzarote.types.evaluation import Evaluation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.web.site import View

TO_PUBLISH: Final = ("draft", "withdrawn")
"""States of a record that the public does not read, and can be shown."""


def _organisations(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    yield Option(value="", label=view._("None of the directory"))
    yield from organisations(view, chosen)


def _mandates(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """The versions that count, and the one that was *chosen* before it was withdrawn."""
    yield Option(value="0", label=view._("No version"), names=("",))
    counting = [str(one.mandate.version) for one in view.instance.mandates(view.region_id)]
    for number in dict.fromkeys((*counting, *(one for one in chosen if one not in ("", "0")))):
        yield Option(value=number, label=view._("Version %(number)s") % {"number": number})


def _indicators(view: View, chosen: Sequence[str]) -> list[Option]:
    with view.instance.database.read(view.region_id) as session:
        return [Option(value=row.id, label=row.title) for row in indicator_reading.listed(view, session)]


FIELDS: Final = (
    Field(name="title", label=N_("Name"), help=N_("Such as “Evaluation of the pilot, 2031”.")),
    Field(
        name="done",
        label=N_("What the pilot did"),
        help=N_("In a few sentences. The figures are shown beside it."),
        rows=4,
    ),
    Field(
        name="method",
        label=N_("How the evaluation is made"),
        help=N_("Who is asked, how, by whom the answers are gathered."),
        rows=3,
    ),
    Field(
        name="limits",
        label=N_("What it cannot say"),
        help=N_("Too little time, too few answers, what nobody counted before."),
        rows=3,
    ),
    Field(
        name="since",
        label=N_("Period: from"),
        help=N_("A year, a month or a day, such as 2014, 2014-06 or 2014-06-02."),
        sometimes=True,
    ),
    Field(
        name="until",
        label=N_("Period: to"),
        help=N_("The period is needed before criteria and assessors are fixed."),
        sometimes=True,
    ),
    Field(name="mandate", label=N_("Mandate evaluated"), options=_mandates),
    Field(
        name="criteria",
        label=N_("Criteria"),
        heading=N_("Criteria"),
        ordered=True,
        one=N_("Criterion"),
        fields=(
            Field(name="question", label=N_("Question"), rows=2),
            Field(name="met", label=N_("What would count as met"), rows=2),
            Field(name="indicators", label=N_("Indicators that it rests on"), options=_indicators),
        ),
    ),
    Field(
        name="judges",
        label=N_("Assessors"),
        heading=N_("Assessors"),
        help=N_(
            "Organisations and their roles, never people. Organisations that take part in the group give the view "
            "from within; others give the view from outside."
        ),
        one=N_("Assessor"),
        fields=(
            Field(name="standpoint", label=N_("Whose view"), words=STANDPOINTS),
            Field(name="organisation", label=N_("Organisation"), options=_organisations),
            Field(name="role", label=N_("Its role"), help=N_("Such as “research office of the university”.")),
        ),
    ),
)
DECISION: Final = (
    Field(name="outcome", label=N_("Decision"), words=OUTCOMES, meanings=OUTCOMES_TOLD),
    Field(
        name="reason",
        label=N_("Reasons"),
        help=N_("What the decision rests on, for a reader who was not there."),
        rows=4,
    ),
    Field(
        name="conditions",
        label=N_("Conditions"),
        help=N_("What has to be done or kept; empty if there is none."),
        rows=3,
    ),
    Field(
        name="decided_by",
        label=N_("Who decided"),
        help=N_("The body and the meeting, never a person: “the working group, meeting of 12 March 2031”."),
    ),
    Field(name="on", label=N_("Day of the decision")),
    Field(
        name="votes",
        label=N_("Votes"),
        fields=(
            Field(name="support", label=N_("For")),
            Field(name="against", label=N_("Against")),
            Field(name="abstained", label=N_("Abstained")),
        ),
    ),
)


def _to_be_published(record: Record, state: str) -> bool:
    return state in ("decided", "superseded") and record.state in TO_PUBLISH


def _to_be_reopened(record: Record, state: str) -> bool:
    return state == "decided" and record.state in TO_PUBLISH


def _own_decision(view: View, _: Session, record: Record) -> str:
    return deciding.OWN_DECISION if deciding.wrote(judging.status_of(record), view.actor) else ""


EDIT: Final = Form(
    name="edit",
    label=N_("Edit"),
    may="group.write",
    when=in_state("draft"),
    main=True,
    done=N_("Saved. Only the group reads it."),
    heading=N_("Edit the evaluation"),
)
AMEND: Final = Form(
    name="amend",
    label=N_("Change what is fixed"),
    may="group.lead",
    when=in_state("running"),
    done=N_("Saved. The report shows the change and your reason."),
    warning=(
        N_("Criteria and assessors are fixed"),
        N_(
            "The report shows your changes and your reason. Answers on what you change no longer count and have to "
            "be given again."
        ),
    ),
    asks=Change,
    beside=(Field(name="change", label=N_("Why it is changed"), rows=3),),
)
STEPS: Final = (
    EDIT,
    Action(
        name="run",
        label=N_("Fix criteria and assessors"),
        may="group.lead",
        when=in_state("draft"),
        main=True,
        do=judging.run,
        text=N_(
            "Criteria and assessors are fixed before anybody answers: that makes the result credible. The report will "
            "show every later change, with its reason."
        ),
        told="Fix criteria and judges, before any result.",
        done=N_("Criteria and assessors fixed. The assessors can answer now."),
    ),
    Step(name="judge", label=N_("Record answers"), may="group.write", when=in_state("running"), main=True),
    Action(
        name="close",
        label=N_("All answers are in"),
        may="group.lead",
        when=in_state("running"),
        main=True,
        do=judging.close,
        text=N_(
            "Close the answers once each view has answered on each criterion, or the reason why not is recorded. Then "
            "the group can decide."
        ),
        told="Say that all answers are in, or why not: the group can decide.",
        done=N_("All answers are in. The group can decide."),
    ),
    Action(
        name="decide",
        label=N_("Record the decision"),
        may="group.lead",
        when=in_state("judged"),
        main=True,
        do=deciding.decide,
        asks=WrittenDecision,
        fields=DECISION,
        text=N_(
            "Record what was decided, as it was decided. It need not follow the answers; then the reasons say why. "
            "Somebody else who leads the group has to publish it."
        ),
        include="evaluation/team/before_decision.html",
        told="Write down what was decided: extend, not yet, stop. Somebody else publishes it.",
        done=N_("Decision recorded. Somebody else publishes it."),
        operation="decide_pilot",
    ),
    Action(
        name="publish",
        label=N_("Publish report and decision"),
        may="group.lead",
        when=_to_be_published,
        main=True,
        do=deciding.publish,
        barred=_own_decision,
        text=N_(
            "The public will read the whole report, with the answers of all assessors and the decision. An earlier "
            "decision will no longer be in force."
        ),
        include="evaluation/team/report_link.html",
        told="Let the public read report and decision; an earlier decision is in force no more.",
        done=N_("Report and decision are published."),
    ),
    AMEND,
    Action(
        name="resume",
        label=N_("Reopen the answers"),
        may="group.lead",
        when=in_state("judged"),
        do=partial(judging.go_back, way="resume"),
        text=N_("Assessors will be able to answer again, and to correct their answers."),
        told="Go back to judging.",
        done=N_("Answers are open again."),
    ),
    Action(
        name="reopen",
        label=N_("Open the decision again"),
        may="group.lead",
        when=_to_be_reopened,
        do=partial(judging.go_back, way="reopen"),
        text=N_("The decision will be removed. It can be recorded anew, as long as the public does not read it."),
        told="Take out a decision that the public does not read.",
        done=N_("The decision is open again."),
    ),
    Action(
        name="drop",
        label=N_("Abandon the evaluation"),
        may="group.lead",
        when=in_state("draft", "running", "judged"),
        do=partial(judging.go_back, way="drop"),
        grave=True,
        text=N_("The evaluation will be abandoned. Its text stays, for the group."),
        told="Give it up.",
        done=N_("Abandoned."),
    ),
    Action(
        name="withdraw",
        label=N_("Withdraw the decision"),
        may="group.lead",
        when=record_can("withdraw"),
        do=deciding.withdraw,
        grave=True,
        text=N_(
            "The public will no longer read it; its address will say that it was withdrawn. You can publish it again "
            "later."
        ),
        why=N_("Everybody reads it. Name nobody who could be recognised."),
        told="Take report and decision from the public, which is told so, and why.",
        done=N_("Withdrawn. Its page says so."),
    ),
    replace(ARCHIVE, label=N_("Archive the evaluation")),
    RESTORE,
    replace(
        ERASE,
        label=N_("Erase the evaluation"),
        do=deciding.erase,
        told="Remove every word and answer of it for good. This cannot be undone.",
    ),
)


def _first(view: View) -> Mapping[str, str]:
    """The mandate in force is judged, unless somebody chooses otherwise."""
    present = in_force(view.instance.mandates(view.region_id), view.today)
    return {"mandate": str(present.mandate.version) if present else ""}


def _page(view: View, session: Session, record: Record, said: Evaluation) -> dict[str, Any]:
    report = service.report(session, record)
    return {"report": evaluation_reading.tell(view, report), "status_": report.status}


EVALUATIONS: Final = Kind(
    record=EVALUATION,
    fields=FIELDS,
    steps=STEPS,
    words=Words(
        begin=N_("Begin an evaluation"),
        lede=N_(
            "Whether the pilot did what it was made for: criteria first, then the answers of both views, then the "
            "decision."
        ),
        form_lede=N_(
            "Criteria first, before anybody knows the results: what would have to be true for this pilot to be called "
            "a success?"
        ),
        caption=N_("Evaluations, the last changed first"),
        columns=(N_("Evaluation"), N_("Status"), N_("Last changed")),
        empty=N_("There is no evaluation yet."),
        empty_hint=N_("Write its criteria early: what would have to be true for this pilot to be called a success?"),
    ),
    api=Api(
        tag="Evaluations, for the group",
        item=evaluation_item,
        tell=evaluation_whole,
        told={
            "get_team_evaluation": (
                "One evaluation as the group keeps it, with every answer. Its ETag is what a change takes in If-Match."
            ),
            "save_evaluation": (
                "Save another version; all of it is sent.\n\nOnce criteria and judges are fixed, only who leads the "
                "group can, with a reason that the report tells."
            ),
        },
    ),
    none=N_("There is no such evaluation here, or you may not read it."),
    erased=N_("This evaluation was erased."),
    states=STATES,
    notices={"judge": N_("Answers recorded."), "still-read": judging.STILL_READ},
    labels={name: LABELS[name] for name in ("figures", "word", "answers", "source")},
    first=_first,
    known=entries.known_in,
    rules=entries.evaluation_faults,
    as_named=as_named,
    changing=judging.amend,
    page=_page,
    public=lambda view, record: view.href("evaluation", record.slug) if record else view.href("evaluation"),
    style="evaluation.css",
    templates={"record": "evaluation/team/evaluation.html"},
)

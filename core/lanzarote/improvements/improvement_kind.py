"""An improvement, as a kind: what is written in it, in which words, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lanzarote.improvements import actions, calling, moving, service, team_reading
from lanzarote.improvements import positions_words as words
from lanzarote.improvements.model import STATES, VERDICT_OF, status_of
from lanzarote.improvements.record_kinds import IMPROVEMENT
from lanzarote.improvements.team_documents import (
    BecauseInPublic,
    Calling,
    Extending,
    Forward,
    Reminding,
    improvement_item,
    improvement_now,
    improvement_whole,
)
from lanzarote.kinds.actions import ARCHIVE, ERASE, RESTORE
from lanzarote.kinds.fields import Field
from lanzarote.kinds.kind import Action, Api, Filter, Form, Kind, Step, Words, in_state, record_can
from lanzarote.kinds.law_and_sources import LAW, SOURCES, sectors
from lanzarote.translation import N_
from lanzarote.types import Improvement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.web.site import View

LAST_DAY: Final = N_("The last day")
FIELDS: Final = (
    Field(name="title", label=N_("Title"), help=N_("In a few words; without names of persons.")),
    Field(
        name="proposal",
        label=N_("What is to be done differently, by whom together"),
        help=N_("Name services and organisations, not persons."),
        rows=5,
    ),
    Field(name="sectors", label=N_("Sectors that would have to act"), help=N_("At least one."), options=sectors),
    Field(name="findings", label=N_("Findings that it answers"), options=team_reading.findings),
    Field(
        name="summary",
        label=N_("Summary"),
        heading=N_("More about it"),
        help=N_("Two sentences. Lists show them."),
        rows=3,
    ),
    Field(name="reasons", label=N_("Why"), rows=5),
    Field(name="expected", label=N_("What it should change, and how one would see it"), rows=5),
    Field(name="means", label=N_("Means it takes"), rows=5),
    Field(
        name="objections",
        label=N_("What speaks against it"),
        help=N_("Your own view; others will add theirs."),
        rows=5,
    ),
    Field(
        name="practices",
        label=N_("Practices it rests on"),
        heading=N_("Practices, law, Convention"),
        options=team_reading.practices,
    ),
    Field(name="procedures", label=N_("Procedures it leads to"), options=team_reading.procedures),
    *LAW,
    *SOURCES,
)


LABELS: Final = {field.name: field.label for field in FIELDS}


def _to_show_again(record: Record, _: str) -> bool:
    return record.state == "withdrawn" and status_of(record).state in VERDICT_OF


def _to_archive(record: Record, state: str) -> bool:
    return state != "called" and record_can("archive")(record, state)


def _still_open(_view: View, session: Session, record: Record) -> str:
    return actions.STILL_OPEN if actions.open_actions(session, record) else ""


STEPS: Final = (
    Form(
        name="edit",
        label=N_("Edit"),
        may="group.write",
        when=in_state("draft", "discussed"),
        main=True,
        heading=N_("Edit the improvement"),
    ),
    Action(
        name="discuss",
        label=N_("Open the discussion"),
        may="group.lead",
        when=in_state("draft"),
        main=True,
        do=moving.discuss,
        text=N_(
            "The group will then discuss and amend it, and in the end positions are asked for. Its text can still "
            "change."
        ),
        told="Open the discussion of it.",
        done=N_("Under discussion: the group reads it and comments on it."),
    ),
    Action(
        name="call",
        label=N_("Ask for positions"),
        may="group.lead",
        when=in_state("discussed"),
        main=True,
        do=calling.call,
        asks=Calling,
        fields=(
            Field(
                name="until",
                label=LAST_DAY,
                help=N_("Organisations need time to ask their hierarchy: a month is usual."),
            ),
            Field(
                name="bodies",
                label=N_("Who is asked?"),
                help=N_("All that take part, unless you take some out."),
                options=team_reading.taking_part,
            ),
        ),
        first=team_reading.to_call,
        barred=team_reading.not_to_call,
        include="improvements/team/before_call.html",
        text=N_(
            "Once you ask, the text can no longer be changed: positions are given on exactly these words. "
            "Representatives will see the request on their start page. An organisation without an account will get a "
            "link by e-mail, if it has a contact with an e-mail address."
        ),
        told="Ask for positions on the newest text, which is frozen until the decision.",
        done=N_("Positions requested. Representatives see the request on their start page and get an e-mail."),
        operation="call_for_positions",
    ),
    Step(name="decide", label=N_("Decide"), may="group.lead", when=in_state("called"), main=True),
    Step(
        name="record-position", label=N_("Record what an organisation said"), may="group.lead", when=in_state("called")
    ),
    Action(
        name="remind",
        label=N_("Remind those who have not answered"),
        may="group.lead",
        when=in_state("called"),
        do=calling.remind,
        asks=Reminding,
        text=N_("Organisations that have not answered will get a new message, if they can be reached."),
        told="Remind those who have not answered, or send a new link to the organisations that are named.",
        done=N_("A new message goes to those who have not answered and can be reached."),
        operation="remind_bodies",
    ),
    Action(
        name="extend",
        label=N_("Leave more time"),
        may="group.lead",
        when=in_state("called"),
        do=calling.extend,
        asks=Extending,
        fields=(Field(name="until", label=LAST_DAY),),
        first=team_reading.to_extend,
        include="improvements/team/last_day.html",
        text=N_("Links sent by e-mail will work until the new day."),
        told="Set a later last day.",
        done=N_("There is more time now."),
        operation="extend_call",
    ),
    Action(
        name="recall",
        label=N_("Stop asking for positions"),
        may="group.lead",
        when=in_state("called"),
        do=calling.recall,
        text=N_(
            "Nobody will be asked from then on, and links that were sent by e-mail will stop working. The text can "
            "then be changed, and positions asked for anew. What was said stays in the history."
        ),
        told="Stop asking for positions; the text can be changed again.",
        done=N_("Positions are no longer asked for: the text can be changed again."),
        operation="recall_positions",
    ),
    Action(
        name="forward",
        label=N_("Note where it was forwarded"),
        may="group.lead",
        when=in_state("adopted", "completed"),
        do=moving.forward,
        asks=Forward,
        fields=(
            Field(name="to", label=N_("To whom"), words=words.PLACES),
            Field(name="day", label=N_("On which day")),
            Field(name="result", label=N_("What became of it there"), words=words.RESULTS),
            Field(name="votes_for", label=N_("Votes for")),
            Field(name="votes_against", label=N_("Votes against")),
            Field(name="abstentions", label=N_("Abstentions")),
            Field(name="code", label=N_("Code of the document"), help=N_("Such as CONF/HR(2012)SYN2.")),
        ),
        text=N_("The public will read this at once, beside the decision. Note each step once it has happened."),
        told="Record where an adopted improvement was forwarded, and its outcome there. The public reads it at once.",
        done=N_("Saved and public."),
    ),
    Action(
        name="complete",
        label=N_("Mark as completed"),
        may="group.lead",
        when=in_state("adopted"),
        main=True,
        do=actions.complete,
        barred=_still_open,
        text=N_("The improvement will count as completed. You can reopen it."),
        told="Mark it as completed; every action is done or given up.",
        done=N_("The improvement is completed: nothing is left to be done for it."),
    ),
    Action(
        name="resume",
        label=N_("Reopen the improvement"),
        may="group.lead",
        when=in_state("completed"),
        do=actions.resume,
        text=N_("It will be adopted again, and you can plan further actions."),
        told="Reopen a completed improvement; further actions can follow from it.",
        done=N_("The improvement is reopened."),
    ),
    Action(
        name="reconsider",
        label=N_("Reopen the discussion"),
        may="group.lead",
        when=in_state("adopted", "not-adopted", "dropped"),
        do=moving.reconsider,
        text=N_(
            "The text will be open to changes again, and the group will decide again. Until then the public page "
            "stays, and will say that the group discusses it again."
        ),
        told="Reopen the discussion. What the public reads stays until there is another decision.",
        done=N_("Discussion reopened."),
    ),
    Action(
        name="drop",
        label=N_("Drop the improvement"),
        may="group.lead",
        when=in_state("draft", "discussed", "called"),
        do=moving.drop,
        grave=True,
        text=N_("The improvement will be dropped. The group can still read it, with your reason, and can reopen it."),
        told="Drop it, with the reason for the group.",
        done=N_("Dropped."),
    ),
    Action(
        name="withdraw",
        label=N_("Unpublish"),
        may="group.lead",
        when=record_can("withdraw"),
        do=moving.withdraw,
        grave=True,
        asks=BecauseInPublic,
        fields=(
            Field(
                name="reason",
                label=N_("Why?"),
                help=N_("Everybody reads it. Name nobody who could be recognised."),
                rows=4,
            ),
        ),
        text=N_(
            "The public will no longer read it; its page will say since when, and your reason. The group goes on "
            "reading it, and what was decided remains."
        ),
        told="Unpublish it; its address shows the reason.",
        done=N_("Withdrawn. Its public page says so, and why."),
    ),
    Action(
        name="show",
        label=N_("Publish again"),
        may="group.lead",
        when=_to_show_again,
        do=moving.show_again,
        text=N_("The public will read again the text that was decided on, with the decision."),
        told="Publish it again, in the text that was decided on.",
        done=N_("The public reads it again."),
    ),
    replace(ARCHIVE, label=N_("Archive the improvement"), when=_to_archive, do=moving.archive),
    RESTORE,
    replace(ERASE, label=N_("Erase the improvement")),
)


def _first(view: View) -> Mapping[str, Any]:
    """From the page of a finding one begins with that finding chosen."""
    finding = view.request.query_params.get("finding", "")
    return {"findings": [finding]} if finding else {}


def _page(view: View, session: Session, record: Record, said: Improvement) -> dict[str, Any]:
    facts = team_reading.facts(IMPROVEMENTS, view, said)
    return {"facts": facts, **team_reading.improvement_page(view, session, record, said)}


IMPROVEMENTS: Final = Kind(
    record=IMPROVEMENT,
    fields=FIELDS,
    steps=STEPS,
    words=Words(
        begin=N_("Propose an improvement"),
        lede=N_(
            "What the group proposes to do differently. The whole group reads it from the first word; the public reads "
            "what is decided."
        ),
        form_lede=N_(
            "What is to be done differently, by whom together. A title and a few sentences are enough to begin; the "
            "group helps with the rest."
        ),
        caption=N_("Improvements, the last changed first"),
        columns=(N_("Title"), N_("Status"), N_("Sectors"), N_("Last changed")),
        empty=N_("No improvement is open."),
        empty_hint=N_(
            "An improvement answers findings: it says what is to be done differently, by whom together. The group "
            "discusses it and decides."
        ),
        untitled=N_("An improvement without a title"),
    ),
    api=Api(
        tag="Improvements, for the group",
        item=improvement_item,
        tell=improvement_whole,
        versions=True,
        now=improvement_now,
        operations={
            "list_team_improvement_versions": "list_improvement_versions",
            "get_team_improvement_version": "get_improvement_version",
        },
        told={
            "list_team_improvements": "Improvements as the group works on them, the last changed first.",
            "get_team_improvement": "One improvement. Its ETag is what a change of it takes in If-Match.",
            "create_improvement": "Begin an improvement, which the group reads. Location gives its address.",
            "save_improvement": (
                "Save another version of an improvement; all of it is sent. It stays as it is while positions are "
                "asked for."
            ),
            "get_team_improvement_version": "One version of an improvement.",
        },
    ),
    none=service.NO_SUCH[IMPROVEMENT.name],
    erased=service.ERASED[IMPROVEMENT.name],
    states=STATES[IMPROVEMENT.name],
    state=lambda _, record: service.shown_state(record),
    notices={
        "to-be-decided": moving.TO_BE_DECIDED,
        "still-asked": moving.STILL_ASKED,
        "open": calling.STILL_OPEN,
        "still-open": actions.STILL_OPEN,
    },
    labels={"dropped": N_("Why it was dropped"), "withdrawn": N_("Why it was withdrawn")},
    first=_first,
    known=service.known_in,
    rules=service.of_improvement,
    as_named=service.as_named,
    filters=(
        Filter(name="open", label=N_("Open"), states=("draft", "discussed", "called")),
        Filter(name="draft", label=N_("Drafts"), states=("draft",)),
        Filter(name="discussed", label=N_("Under discussion"), states=("discussed",)),
        Filter(name="called", label=N_("Positions are asked for"), states=("called",)),
        Filter(name="adopted", label=N_("Adopted by the group"), states=("adopted",)),
        Filter(name="completed", label=N_("Those completed"), states=("completed",)),
        Filter(name="not-adopted", label=N_("Those not adopted"), states=("not-adopted",)),
        Filter(name="dropped", label=N_("Pursued no further"), states=("dropped",)),
        Filter(name="archived", label=N_("Archived"), states=("archived",)),
        Filter(name="all", label=N_("Everything")),
    ),
    rows=team_reading.rows,
    page=_page,
    public=lambda view, record: view.href("improvements", record.slug) if record else view.href("improvements"),
    templates={"list": "improvements/team/improvements.html", "record": "improvements/team/improvement.html"},
)

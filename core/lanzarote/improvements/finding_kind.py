"""A finding, as a kind: what is written in it, in which words, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lanzarote.improvements import service, sharing, team_reading
from lanzarote.improvements.model import STATES
from lanzarote.improvements.record_kinds import FINDING
from lanzarote.improvements.team_documents import (
    Offering,
    Replying,
    Sharing,
    finding_item,
    finding_now,
    finding_whole,
)
from lanzarote.kinds.actions import ERASE
from lanzarote.kinds.fields import Field, Option
from lanzarote.kinds.kind import Action, Api, Filter, Form, Kind, Words, in_state
from lanzarote.kinds.law_and_sources import LAW, SOURCES, cited, sectors
from lanzarote.kinds.organisations import organisations
from lanzarote.translation import N_
from lanzarote.types import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.web.site import View


def _offered(view: View, chosen: Sequence[str], record: Record | None = None) -> Iterator[Option]:
    """Bodies that were offered to reply."""
    offers = {one.stakeholder for one in sharing.status_of(record).offers} if record else set()
    return (one for one in team_reading.by_id(view, [*chosen, *offers]) if offers.intersection(one.names))


FIELDS: Final = (
    Field(name="title", label=N_("Title"), help=N_("In a few words; without names of persons.")),
    Field(
        name="observed",
        label=N_("What was observed"),
        help=N_(
            "What happens, or fails to happen, between the services. As often as you have seen it, not one child’s "
            "story."
        ),
        rows=5,
    ),
    Field(name="sectors", label=N_("Between which sectors"), help=N_("Two at least."), options=sectors),
    Field(name="consequences", label=N_("What it means for children and professionals"), rows=5),
    Field(
        name="limits",
        label=N_("What is not known of it"),
        help=N_("How often it happens, where else, what others would say."),
        rows=5,
    ),
    Field(
        name="organisations",
        label=N_("Organisations that it names"),
        heading=N_("Where, when, and what shows it"),
        help=N_("Only if it cannot be said without. Each is offered to reply before the group reads it."),
        options=organisations,
    ),
    Field(
        name="observed_on",
        label=N_("When it was observed"),
        help=N_("A year, a month or a day, such as 2014, 2014-06 or 2014-06-02."),
    ),
    Field(
        name="evidence",
        label=N_("What shows it"),
        one=N_("What shows it"),
        fields=(
            Field(
                name="text",
                label=N_("In words"),
                help=N_("A figure, a report, several teams that saw the same. Never one case."),
                rows=2,
            ),
            Field(name="value", label=N_("Figure"), carried=True),
            Field(name="unit", label=N_("What is counted"), carried=True),
            Field(name="period", label=N_("Period"), carried=True),
            Field(name="sources", label=N_("Sources of the region"), options=cited, carried=True),
        ),
    ),
    replace(LAW[0], heading=N_("Law and Convention")),
    *LAW[1:],
    *SOURCES,
)
NOT_MEANT: Final = Field(
    name="not_meant",
    label=N_("If none is meant: why?"),
    help=N_("For the group. Name nobody who could be recognised."),
    rows=3,
)
BODY: Final = Field(name="stakeholder", label=N_("Organisation"), options=team_reading.by_id)
STEPS: Final = (
    Form(
        name="edit",
        label=N_("Edit"),
        may="group.write",
        when=in_state("draft", "shared"),
        main=True,
        heading=N_("Edit the finding"),
    ),
    Action(
        name="share",
        label=N_("Share with the group"),
        may="group.lead",
        when=in_state("draft"),
        main=True,
        do=sharing.share,
        asks=Sharing,
        fields=(NOT_MEANT,),
        text=N_(
            "The whole group will read it, representatives of organisations included; the public will not. Share it "
            "when what is written was observed by more than one, and no child and no person can be recognised."
        ),
        told="Share it with the group. Each organisation that it names was offered to reply before.",
        done=N_("Shared with the group."),
    ),
    Action(
        name="offer",
        label=N_("Note an offer to reply"),
        may="group.lead",
        when=in_state("draft", "shared"),
        main=True,
        do=sharing.offer,
        asks=Offering,
        first=team_reading.to_offer,
        fields=(
            BODY,
            Field(name="on", label=N_("Offered on")),
            Field(
                name="how",
                label=N_("How it was offered"),
                help=N_("For instance: letter to its head office, meeting of the group. Name no person."),
            ),
        ),
        text=N_(
            "An organisation that a finding names is offered to reply before the group reads it. Record when and how "
            "it was offered; the platform itself writes to nobody."
        ),
        told="Record that an organisation was offered to reply; the platform itself writes to nobody.",
        done=N_("Offer to reply recorded."),
        operation="offer_reply",
    ),
    Action(
        name="reply",
        label=N_("Note what an organisation replied"),
        may="group.lead",
        when=lambda record, state: state != "closed" and bool(sharing.status_of(record).offers),
        do=sharing.note_reply,
        asks=Replying,
        first=team_reading.to_reply,
        fields=(
            replace(BODY, options=_offered),
            Field(name="reply", label=N_("What it replied"), rows=5),
            Field(name="on", label=N_("Replied on")),
        ),
        text=N_("In its own words, without names of persons. The group will read it beside the finding."),
        told="Record what an organisation replied; the group reads it beside the finding.",
        done=N_("The organisation’s reply is beside the finding."),
        operation="note_reply",
    ),
    Action(
        name="unshare",
        label=N_("Return to draft"),
        may="group.lead",
        when=in_state("shared"),
        do=sharing.unshare,
        text=N_("Only its authors and coordinators will read it. Improvements that answer it keep the link."),
        told="Make it a draft again, which only its authors and coordinators read.",
        done=N_("Draft again: only its authors and coordinators read it."),
    ),
    Action(
        name="close",
        label=N_("Close the finding"),
        may="group.lead",
        when=in_state("draft", "shared"),
        do=sharing.close,
        text=N_("The finding will be closed. People who can read it now can still read it then, with your reason."),
        told="Close it, with the reason for the group.",
        done=N_("Closed."),
    ),
    Action(
        name="reopen",
        label=N_("Reopen the finding"),
        may="group.lead",
        when=in_state("closed"),
        main=True,
        do=sharing.reopen,
        asks=Sharing,
        fields=(NOT_MEANT,),
        text=N_("The group will read it again, and improvements can answer it."),
        told="Share it with the group again; improvements can answer it.",
        done=N_("Reopened. The group reads it."),
    ),
    replace(ERASE, label=N_("Erase the finding")),
)


def _changing(session: Session, record: Record, *, before: Finding, after: Finding, by: Actor) -> None:
    """What the group reads names nobody who was not offered to reply."""
    if sharing.status_of(record).shared:
        sharing.require_offers(session, record, after, language=by.language)


def _page(view: View, session: Session, record: Record, said: Finding) -> dict[str, Any]:
    facts = team_reading.facts(FINDINGS, view, said)
    return {"facts": facts, **team_reading.finding_page(view, session, record, said)}


FINDINGS: Final = Kind(
    record=FINDING,
    fields=FIELDS,
    steps=STEPS,
    words=Words(
        begin=N_("Record a finding"),
        lede=N_(
            "What does not work between the sectors, as the group sees it. A draft is read by its authors and "
            "coordinators; what is shared, by the group alone. Nothing of it is published."
        ),
        form_lede=N_(
            "What happens, or fails to happen, between services; never the story of one child. Nobody may be "
            "recognised, and blame helps nobody: say what was observed, and what is not known."
        ),
        caption=N_("Findings, the last changed first"),
        columns=(N_("Title"), N_("Status"), N_("Sectors"), N_("Last changed")),
        empty=N_("No finding is open."),
        empty_hint=N_(
            "A finding says what was observed between at least two sectors, without telling of any one child. Several "
            "findings lead to an improvement."
        ),
    ),
    api=Api(
        tag="Findings, for the group",
        item=finding_item,
        tell=finding_whole,
        versions=True,
        now=finding_now,
        operations={
            "list_team_findings": "list_findings",
            "get_team_finding": "get_finding",
            "list_team_finding_versions": "list_finding_versions",
            "get_team_finding_version": "get_finding_version",
        },
        told={
            "list_team_findings": (
                "Findings, the last changed first: those that are shared, and drafts for their authors and "
                "coordinators."
            ),
            "get_team_finding": "One finding. Its ETag is what a change of it takes in If-Match.",
            "create_finding": (
                "Begin a finding: a draft that only you and the coordinators read. Location gives its address."
            ),
            "save_finding": (
                "Save another version of a finding; all of it is sent, and what is left out is taken out."
            ),
        },
    ),
    none=service.NO_SUCH[FINDING.name],
    erased=service.ERASED[FINDING.name],
    states=STATES[FINDING.name],
    labels={"closed": N_("Why it was closed")},
    known=service.known_in,
    rules=service.of_finding,
    as_named=service.as_named,
    changing=_changing,
    filters=(
        Filter(name="open", label=N_("Open"), states=("draft", "shared")),
        Filter(name="draft", label=N_("Drafts"), states=("draft",)),
        Filter(name="shared", label=N_("Shared"), states=("shared",)),
        Filter(name="closed", label=N_("Closed"), states=("closed",)),
        Filter(name="all", label=N_("Everything")),
    ),
    rows=team_reading.rows,
    page=_page,
    templates={
        "list": "improvements/team/findings.html",
        "record": "improvements/team/finding.html",
        "share": "improvements/team/share.html",
        "reopen": "improvements/team/share.html",
    },
)

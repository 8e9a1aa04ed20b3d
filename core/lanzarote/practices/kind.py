"""A practice, as a kind: what is written in it, in which words, and what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.kinds.actions import ARCHIVE, ERASE, RESTORE
from lanzarote.kinds.fields import Field
from lanzarote.kinds.kind import Action, Api, Form, Kind, OwnForm, Step, When, Words, leads, record_can
from lanzarote.kinds.organisations import as_named, nameable
from lanzarote.practices import form, form_sent, holders, sheets, team_reading, writing
from lanzarote.practices.form_fields import BESIDE, FIELDS
from lanzarote.practices.holders import AskHolder
from lanzarote.practices.record_kind import PRACTICE
from lanzarote.practices.team_documents import (
    Publication,
    Submission,
    WorkingItem,
    working_practice,
)
from lanzarote.records import drafts
from lanzarote.records.drafts import told_of
from lanzarote.records.lifecycle import WORK
from lanzarote.records.records import Record
from lanzarote.translation import N_
from lanzarote.types import PracticeSheet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.records.validation import Fault
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.web.site import View


def _work_can(action: str) -> When:
    """The working version allows *action*."""
    return lambda record, _: leads(WORK, record.stage, action)


def _to_be_discarded(record: Record, _: str) -> bool:
    return leads(WORK, record.stage, "discard") and record.published_version is not None


def _submit(
    session: Session,
    record: Record,
    *,
    given: Submission,
    vocabulary: Vocabulary,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    bearer = given.bearer_name or given.bearer
    writing.submit(session, record, vocabulary, bearer=bearer, expected=expected, by=by, at=at)


def _ask_holder(
    session: Session, record: Record, *, given: AskHolder, expected: int, today: date, by: Actor, at: datetime
) -> None:
    holders.ask(session, record, given.organisation, expected=expected, by=by, at=at, today=today)


def _bearer(view: View, record: Record) -> Mapping[str, str]:
    """Whom it was said to be run by when it was submitted before."""
    with view.instance.database.read(view.region_id) as session:
        bearer = told_of(session, record).bearer
    return {"bearer" if any(bearer in one.names for one in view.directory) else "bearer_name": bearer}


def _page(view: View, session: Session, record: Record, sheet: PracticeSheet) -> Mapping[str, Any]:
    return team_reading.page(PRACTICES, view, session, record, sheet)


def _form_context(view: View, record_id: str, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    return form.context(PRACTICES, view, record_id, typed)


class Known(Struct, frozen=True, kw_only=True):
    """What a practice may name."""

    vocabulary: Vocabulary
    organisations: Collection[str]


def _known(instance: Instance, region_id: str, record_id: str) -> Known:
    return Known(vocabulary=instance.vocabulary(region_id), organisations=nameable(instance, region_id, record_id))


def _rules(sheet: PracticeSheet, known: Known) -> Iterator[Fault]:
    sheets.refuse_in_names(sheet, known.vocabulary)
    return sheets.faults_in(sheet, known.vocabulary, known.organisations)


def _as_named(instance: Instance, region_id: str, record_id: str, said: PracticeSheet) -> PracticeSheet:
    """What a form said: organisations by the names they had, sources under their keys, cited where something stands."""
    said = as_named(instance, region_id, record_id, said)
    with instance.database.read(region_id) as session:
        record = session.get(Record, (region_id, record_id)) if record_id else None
        before = writing.sheet_of(session, record).own_sources if record else ()
    own = drafts.kept(said.own_sources, before, unshown=("language",))
    known = {*instance.vocabulary(region_id).entries.get("source", {}), *(source.key for source in own)}
    named = {name: tuple(key for key in said.field_sources.get(name, ()) if key in known) for name in said.filled}
    return replace(
        said,
        own_sources=own,
        field_sources={name: keys for name, keys in named.items() if keys},
        editorial=tuple(name for name in said.filled if name in said.editorial),
    )


CONFIRMED: Final[Mapping[str, str]] = {
    "nobody": N_(
        "Nobody is recognisable in it: no child, no victim, no accused person, not even to those who know them."
    ),
    "no_case": N_("No case that it describes is pending."),
}
STEPS: Final = (
    Form(
        name="edit",
        label=N_("Edit"),
        may="practice.write",
        when=lambda record, _: writing.is_writable(record),
        main=True,
        heading=N_("Edit a practice"),
        own=OwnForm(
            template="practices/team/form.html", shown=form_sent.present, sent=form_sent.sent, context=_form_context
        ),
    ),
    Action(
        name="accept",
        label=N_("Publish the package’s text"),
        may="practice.publish",
        when=lambda _, state: state == "shipped",
        main=True,
        do=writing.accept,
        asks=Publication,
        confirms=CONFIRMED,
        text=N_(
            "A new version of the region’s package has another text of this practice. It stays documented from "
            "public sources; nobody here has changed its words."
        ),
        include="practices/team/read_first.html",
        told=(
            "Publish what a new version of the region's package says of a documented practice, as long as nobody here "
            "has\nchanged its words. Both confirmations are needed."
        ),
        done=N_("Published as in the package."),
    ),
    Action(
        name="submit",
        label=N_("Submit the practice"),
        may="practice.write",
        when=_work_can("submit"),
        main=True,
        do=_submit,
        asks=Submission,
        fields=(
            Field(
                name="bearer",
                label=N_("Which organisation runs this practice?"),
                help=N_("A coordinator can ask it to confirm the text. Until it does, the page says “public sources”."),
                options=team_reading.bearers,
            ),
            Field(
                name="bearer_name",
                label=N_("Or another organisation"),
                help=N_("Its name. An organisation, never a person."),
            ),
        ),
        first=_bearer,
        text=N_(
            "Somebody else will read it. They publish it without an assessment, return it with a reason, or have it "
            "assessed by independent reviewers. Nobody publishes alone what they submitted."
        ),
        told="Hand in what is written, to be published or assessed by somebody else.",
        done=N_("Submitted. Somebody else reads it, then publishes it, returns it or requests an assessment."),
    ),
    Action(
        name="take-back",
        label=N_("Return to draft"),
        may="practice.write",
        when=_work_can("take-back"),
        do=partial(drafts.take_back, action="practice.write"),
        text=N_("You can edit it again, and have to submit it again."),
        told="Return what was submitted to draft, as long as nobody has begun to assess it.",
        done=N_("Returned to draft. You can edit it."),
    ),
    Step(name="assess", label=N_("Request an assessment"), may="practice.publish", when=_work_can("return"), main=True),
    Action(
        name="publish",
        label=N_("Publish the practice"),
        may="practice.publish",
        when=lambda record, state: record.stage == "submitted" or state == "read",
        main=True,
        do=writing.publish_unassessed,
        asks=Publication,
        confirms=CONFIRMED,
        text=N_("The public will read it. The page will say who vouches for the practice."),
        include="practices/team/read_first.html",
        told=(
            "Publish what somebody else submitted, without an assessment; or publish again what was withdrawn, as it "
            "was. Both\nconfirmations are needed."
        ),
        done=N_("Published."),
    ),
    Action(
        name="give-back",
        label=N_("Return to the author"),
        may="practice.publish",
        when=lambda record, _: record.stage == "submitted",
        main=True,
        do=writing.hand_back,
        text=N_("The author will go on writing. The team will read your reason."),
        told="Give back what was submitted, with the reason, to be written on.",
        done=N_("Returned to the author, with your reason."),
    ),
    Action(
        name="ask-holder",
        label=N_("Ask an organisation to confirm the text"),
        may="group.lead",
        when=lambda record, _: holders.can_be_asked_about(record),
        do=_ask_holder,
        asks=AskHolder,
        fields=(
            Field(
                name="organisation",
                label=N_("Which organisation runs the practice?"),
                options=team_reading.reachable,
            ),
        ),
        text=N_(
            "It reads the newest text as it would be published, and confirms it, corrects it or refuses. A link in an "
            "e-mail works once, for 60 days."
        ),
        told=(
            "Ask an organisation whether the newest text is right: its representative, or else a service of it by a "
            "mailed\nlink that needs no account."
        ),
        done=N_("The organisation is asked."),
        operation="ask_holder",
    ),
    Action(
        name="discard",
        label=N_("Discard the changes"),
        may="practice.write",
        when=_to_be_discarded,
        do=writing.discard,
        text=N_(
            "What the public reads will stay as it is. What was changed beside it will remain among the versions, for "
            "the team alone."
        ),
        told="Give up what was written beside the published version.",
        done=N_("What was changed is given up; the public reads what it read before."),
    ),
    Action(
        name="withdraw",
        label=N_("Withdraw the practice"),
        may="practice.withdraw",
        when=record_can("withdraw"),
        do=writing.withdraw,
        grave=True,
        text=N_(
            "The public will no longer read it; its page will say that it was withdrawn, and when. You can publish it "
            "again later."
        ),
        told="Take it from the public, which is told that it was withdrawn; the reason is for the team.",
        done=N_("Withdrawn. Its page says so."),
    ),
    replace(
        ARCHIVE,
        label=N_("Archive the practice"),
        may="practice.withdraw",
        do=partial(drafts.archive, action="practice.withdraw"),
        told="Archive what was never published or was withdrawn.",
    ),
    replace(RESTORE, may="practice.withdraw", main=True, do=partial(drafts.restore, action="practice.withdraw")),
    replace(
        ERASE,
        label=N_("Erase the practice"),
        do=writing.erase,
        text=N_(
            "Every word of it will be removed for good: from its page, its versions, the search and the file of the "
            "database. What people from outside wrote about it will go too, with what the team noted on that. Its "
            "address will say that it was erased. Nobody can bring it back."
        ),
        told=(
            "Remove every word of it for good, with all versions and all that was said about it. This cannot be undone."
        ),
    ),
)
PRACTICES: Final[Kind[Any, Any]] = Kind(
    record=PRACTICE,
    fields=(*FIELDS.values(), *BESIDE),
    steps=STEPS,
    words=Words(
        plural=N_("The team’s practices"),
        begin=N_("Write a new practice"),
        lede=N_("Written together, read by somebody else, then published."),
        caption=N_("Practices, the last changed first"),
        columns=(N_("Practice"), N_("Status"), N_("Languages"), N_("Last changed")),
        empty=N_("There is nothing here."),
        empty_hint=N_("Write the first one"),
        untitled=team_reading.UNTITLED,
    ),
    api=Api(
        tag="Practices, for the team",
        item=WorkingItem,
        tell=working_practice,
        versions=True,
        told={
            "save_practice": (
                "Save another version of what is being written; all of it is sent, and what is left out is taken "
                "out.\n\n"
                "Beside a published version it is a working version, which the public does not read until it is "
                "published."
            ),
            "get_team_practice": (
                "One practice as its team works on it. Its ETag is what a change of it takes in If-Match."
            ),
            "create_practice": (
                "Begin a practice: a draft that only its region's team reads. Location says where it stands."
            ),
            "get_team_practice_version": "What one version says, published or not.",
        },
        operations={
            "list_team_practice_versions": "list_team_versions",
            "get_team_practice_version": "get_team_version",
        },
    ),
    write="practice.write",
    none=N_("There is no such practice here, or you may not read it."),
    erased=N_("This practice was erased."),
    states=team_reading.STATES,
    state=team_reading.state_of,
    first=form.first,
    known=_known,
    rules=_rules,
    as_named=_as_named,
    notices={"not-as-shipped": writing.NOT_AS_SHIPPED, "record-holder": N_("Document recorded.")},
    labels={
        "returned": N_("Why it was returned"),
        "withdrawn": N_("Why it was withdrawn"),
        "decided": N_("Why it was decided so"),
        "reason": N_("Your reason"),
    },
    filters=team_reading.FILTERS,
    rows=team_reading.rows,
    page=_page,
    public=lambda view, record: view.href("practices", record.slug) if record else "",
    style="practices.css",
    templates={
        "list": "practices/team/list.html",
        "record": "practices/team/practice.html",
        "submit": "practices/team/submit.html",
    },
)

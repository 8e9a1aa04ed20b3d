"""What can be done with an entry of the directory: when, by whom, and in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from sqlalchemy.orm import object_session

from lanzarote import guard
from lanzarote.directory.model import KIND, RELATION_LIFECYCLE
from lanzarote.kinds.actions import ARCHIVE, ERASE, RESTORE
from lanzarote.kinds.fields import Field, Option
from lanzarote.kinds.kind import Action, Form, Step, leads, record_can
from lanzarote.records.drafts import is_as_read
from lanzarote.records.lifecycle import RECORD, WORK
from lanzarote.records.permissions import may, subject_of
from lanzarote.records.records import Record
from lanzarote.records.validation import Fault, Faulty, Identifying
from lanzarote.stakeholders import deciding, taking_part, team_reading, writing
from lanzarote.stakeholders.team_documents import (
    Confirmation,
    Merging,
    Relating,
    Renaming,
)
from lanzarote.translation import N_
from lanzarote.web.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Relation
    from lanzarote.web.site import View

MEANINGS: Final[Mapping[Relation, str]] = {
    "cited": N_(
        "Public sources name it. It was not asked, said nothing, and is no member. This is how every entry begins."
    ),
    "invited": N_("The group has invited it, and it has not answered yet."),
    "taking-part": N_("It has said itself, in writing, that it takes part: say since when, and where that is written."),
    "declined": N_("It was invited and has said itself that it does not take part."),
    "left": N_("It took part, and has said itself that it no longer does: say since when, and where that is written."),
}
"""What each relation says, and who has to have said it."""
FOR_THE_TEAM: Final = N_("For the team. Name nobody who could be recognised.")


# When something can be done, and how


def _entries(view: View, chosen: Sequence[str], record: Record | None) -> Iterator[Option]:
    for one in view.directory:
        if record is None or one.id != record.id:
            yield Option(value=one.id, label=view.say(one.organisation.name), names=one.names)


def _writable(record: Record, _: str) -> bool:
    return leads(RECORD, record.state, "write") and leads(WORK, record.stage, "write")


def _decidable(record: Record, _: str) -> bool:
    return leads(RECORD, record.state, "write")


def _publishable(record: Record, _: str) -> bool:
    session = object_session(record)
    return leads(WORK, record.stage, "publish") or (session is not None and is_as_read(session, record))


def _discardable(record: Record, _: str) -> bool:
    return bool(record.published_version) and leads(WORK, record.stage, "discard")


def _invitable(record: Record, state: str) -> bool:
    return _decidable(record, state) and leads(RELATION_LIFECYCLE, deciding.status_of(record).relation, "invite")


def _at_work(action: str) -> Any:
    return lambda record, _: leads(WORK, record.stage, action)


def _related(_: View, record: Record) -> Mapping[str, Any]:
    status = deciding.status_of(record)
    mandate = {f"mandate.{code}": text for code, text in status.mandate.items()}
    said = {"relation": status.relation, "since": status.since or "", "source": status.source}
    return said | mandate | {"shared": "yes" if status.shared else "", "mark": deciding.mark_of(record)}


def _rename(
    session: Session, record: Record, vocabulary: Vocabulary, *, given: Renaming, by: Actor, at: datetime
) -> None:
    identifiers = vocabulary.header.personal_identifiers
    if found := guard.check_text(given.slug, identifiers=identifiers, field="slug", guesses=False):
        raise Identifying(found)
    deciding.rename(session, record, given.slug, by=by, at=at)


def _merge(session: Session, record: Record, *, given: Merging, by: Actor, at: datetime) -> None:
    into = session.get(Record, (record.region_id, given.into))
    if into is None or into.kind != KIND or not may(by, "stakeholder.read", subject_of(session, into)):
        raise Faulty([Fault(field="into", text=deciding.NOT_PUBLIC)])
    deciding.merge(session, record, into, by=by, at=at)


EDIT: Final = Form(
    name="edit",
    label=N_("Edit"),
    may="stakeholder.write",
    when=_writable,
    main=True,
    done=N_("Saved. Somebody else publishes it."),
    heading=N_("Edit the entry"),
)
PART: Final = Action(
    name="split",
    label=N_("Undo the merge"),
    may="stakeholder.decide",
    when=record_can("split"),
    main=True,
    do=deciding.split,
    text=N_(
        "It will be read again as it was before it was merged. Practices, addresses, representatives and replies that "
        "led to it will lead to it again."
    ),
    told="Undo a merge: the entry is read again as it was, and what led to it leads there again.",
    done=N_("Merge undone."),
    operation="split_stakeholder",
)
STEPS: Final = (
    EDIT,
    Action(
        name="submit",
        label=N_("Submit the entry"),
        may="stakeholder.write",
        when=_at_work("submit"),
        main=True,
        do=writing.submit,
        include="stakeholders/team/twins.html",
        text=N_(
            "Somebody else will then read it: a reviewer or a coordinator publishes it, or returns it with a reason."
        ),
        told="Hand in what is written, to be published by somebody else.",
        done=N_("Submitted. Somebody else reads it, then publishes it or returns it."),
    ),
    Action(
        name="publish",
        label=N_("Publish the entry"),
        may="stakeholder.publish",
        when=_publishable,
        main=True,
        do=writing.publish,
        asks=Confirmation,
        confirms={
            "in_sources": N_(
                "What is written here can be read in its sources, or is marked as not verified. Nothing suggests that "
                "the organisation joined or endorsed anything."
            ),
            "nobody": N_("No person is named in it, and nobody can be recognised."),
        },
        text=N_("From then on the public will read what is shown below."),
        include="stakeholders/team/publish.html",
        told="Publish what somebody else submitted, or again what was withdrawn, as it was.",
        done=N_("Published."),
    ),
    Action(
        name="give-back",
        label=N_("Return to the author"),
        may="stakeholder.publish",
        when=_at_work("return"),
        main=True,
        do=writing.hand_back,
        why=FOR_THE_TEAM,
        text=N_("The author will go on writing. The team will read your reason."),
        told="Give back what was submitted, with the reason, to be written on.",
        done=N_("Returned to the author, with your reason."),
    ),
    Action(
        name="take-back",
        label=N_("Return to draft"),
        may="stakeholder.write",
        when=_at_work("take-back"),
        do=writing.take_back,
        text=N_("It can be edited again, and has to be submitted again."),
        told="Take back what was submitted.",
        done=N_("Returned to draft. You can edit it."),
    ),
    Step(name="contacts", label=N_("Contacts"), may="stakeholder.write", when=_writable),
    Action(
        name="relation",
        label=N_("Change its relation to the group"),
        may="stakeholder.decide",
        when=_decidable,
        do=deciding.set_relation,
        asks=Relating,
        fields=(
            Field(name="relation", label=N_("Relation to the group"), words=LABELS["relation"], meanings=MEANINGS),
            Field(
                name="since",
                sometimes=True,
                label=N_("Since when"),
                help=N_(
                    "A year, a month or a day, such as 2014, 2014-06 or 2014-06-02. Needed for who takes part, or has "
                    "left."
                ),
            ),
            Field(
                name="source",
                sometimes=True,
                label=N_("Where that is written"),
                help=N_(
                    "Name and date of the letter or decision, or the address of a page. Needed for who takes part, or "
                    "has left. It names no person."
                ),
            ),
            Field(
                name="shared",
                label=N_(
                    "The central office of the Conference may receive our entry in the directory. Without this it "
                    "never leaves the region."
                ),
                help=N_(
                    "Tick this only if the organisation has said so itself. It counts while the organisation takes "
                    "part."
                ),
            ),
            Field(name="mandate", label=N_("Its mandate in the group"), rows=2),
        ),
        first=_related,
        text=N_(
            "The public will read this at once, and the history will say who changed it. Never choose what the "
            "organisation has not said itself."
        ),
        told="Say how the organisation relates to the group. The public reads it at once.",
        done=N_("Its relation to the group is recorded; its page says so."),
        operation="relate_stakeholder",
    ),
    Action(
        name="invite",
        label=N_("Invite the organisation"),
        may="stakeholder.decide",
        when=_invitable,
        do=taking_part.invite,
        asks=taking_part.Inviting,
        fields=(Field(name="way", label=N_("How is it invited?"), options=team_reading.ways_of),),
        include="stakeholders/taking_part/invited.html",
        text=N_(
            "Once you invite it, its public page will say that the group has invited it, and nothing more. It will say "
            "itself whether it takes part."
        ),
        told="Ask a body whether it takes part, or ask once more.",
        done=N_(
            "Invitation recorded; the e-mail goes out if you chose one. The list of participants shows its answer."
        ),
    ),
    Action(
        name="discard",
        label=N_("Discard the changes"),
        may="stakeholder.write",
        when=_discardable,
        do=writing.discard,
        text=N_(
            "What the public reads will stay as it is. What was changed beside it will remain among the versions, for "
            "the team alone."
        ),
        told="Give up what was written beside the published version.",
        done=N_("What was changed is given up; the public reads what it read before."),
    ),
    Action(
        name="rename",
        label=N_("Change the address"),
        may="stakeholder.decide",
        when=_decidable,
        do=_rename,
        asks=Renaming,
        fields=(Field(name="slug", label=N_("Last part of the new address"), help=N_("Letters, digits and hyphens.")),),
        include="stakeholders/team/rename.html",
        first=lambda _, record: {"slug": record.slug},
        text=N_("This changes the last part of its address, not its name. The present address goes on leading there."),
        told="Give it another address, with a number if that is taken; the old one redirects.",
        done=N_("It has a new address. The old one leads there."),
    ),
    Action(
        name="merge",
        label=N_("Merge with another entry"),
        may="stakeholder.decide",
        when=record_can("merge"),
        do=_merge,
        asks=Merging,
        fields=(Field(name="into", label=N_("The entry that stays"), options=_entries),),
        grave=True,
        text=N_(
            "Use this when two entries mean the same organisation. Choose the one that stays: it takes over the "
            "address, practices, representatives and replies of this one."
        ),
        include="stakeholders/team/merge.html",
        told="Let another entry answer in its place: practices, addresses, representatives and replies lead there.",
        done=N_("Merged. All links now lead to the other entry."),
    ),
    Step(name="split-off", label=N_("Split the entry"), may="stakeholder.decide", when=_decidable),
    PART,
    Action(
        name="withdraw",
        label=N_("Withdraw the entry"),
        may="stakeholder.decide",
        when=record_can("withdraw"),
        do=writing.withdraw,
        grave=True,
        why=FOR_THE_TEAM,
        text=N_(
            "The public will no longer read it; its page will say that it was withdrawn, and when. Practices that name "
            "it will no longer show its name. You can publish it again later."
        ),
        told="Take it from the public, which is told that it was withdrawn; the reason is for the team.",
        done=N_("Withdrawn. Its page says so."),
    ),
    replace(ARCHIVE, label=N_("Archive the entry"), may="stakeholder.decide", do=writing.archive),
    replace(RESTORE, may="stakeholder.decide", do=writing.restore, main=True),
    replace(
        ERASE,
        label=N_("Erase the entry"),
        do=writing.erase,
        text=N_(
            "Every word of it will be removed for good: from its page, its versions, its contacts and the file of the "
            "database. What people from outside wrote about it will go too, with what the team noted on that. Its "
            "address will say that it was erased. Nobody can bring it back."
        ),
        told="Remove every word of it for good, with all versions and contacts. This cannot be undone.",
    ),
)

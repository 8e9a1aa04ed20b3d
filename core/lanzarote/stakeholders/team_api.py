"""API resources that keep the directory: what its kind says, and what takes the contacts of an entry along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lanzarote.accounts.service import names
from lanzarote.directory.model import KIND, Contact
from lanzarote.kinds.api import VERSION, address_of, records_of
from lanzarote.kinds.contents import written_in
from lanzarote.kinds.organisations import nameable
from lanzarote.records.records import Record
from lanzarote.records.save_checks import checks_for
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty
from lanzarote.stakeholders import saving, writing
from lanzarote.stakeholders.contacts import contacts_of
from lanzarote.stakeholders.stakeholder_kind import STAKEHOLDERS
from lanzarote.stakeholders.team_documents import EntryText, WrittenEntry
from lanzarote.types import Organisation
from lanzarote.web.changing import LARGEST_TEXT, Sent, change, made
from lanzarote.web.resources import CURSOR, REGION, ROOT, Answer, Asked, resource
from lanzarote.web.working_records import (
    AS_READ,
    State,
    WorkingVersionList,
    etag_of,
    id_of,
    overrides_of,
    reasons_of,
    refuse_disclosure,
    state_of,
    step,
    steps_of,
    taken,
    versions_of,
    working,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.save_checks import Checks
    from lanzarote.stakeholders.saving import Checked

TAG: Final = STAKEHOLDERS.api.tag
RECORDS: Final = records_of(STAKEHOLDERS)
STAKEHOLDER: Final = id_of(KIND)
ONE: Final = address_of(STAKEHOLDERS)


@change(
    "POST",
    "/regions/{region}/team/stakeholders",
    tag=TAG,
    may="stakeholder.write",
    names=(REGION,),
    body=WrittenEntry,
    status=201,
    answers=State,
    largest=LARGEST_TEXT,
)
def create_stakeholder(sent: Sent, body: WrittenEntry) -> Answer:
    """Begin an entry: a draft that only its region's team reads. Location says where it stands."""
    with sent.instance.database.read(sent["region"]) as session:
        checks = checks_of(sent, session, body)
    given = judged(sent, body, checks, former=())
    return sent.once(lambda session: _begun(saving.begin(session, sent["region"], given, by=sent.actor, at=sent.at)))


@change(
    "PUT",
    ONE,
    tag=TAG,
    may="stakeholder.write",
    names=(REGION, STAKEHOLDER),
    body=WrittenEntry,
    match=True,
    answers=State,
    largest=LARGEST_TEXT,
)
def save_stakeholder(sent: Sent, body: WrittenEntry) -> Answer:
    """Save another version of an entry; all of it is sent, and what is left out is taken out, but for the contacts.

    Beside a published version it is a working version, which the public does not read until it is published.
    """
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, RECORDS, "stakeholder.write", lock=False)
        former, checks = writing.entry_of(session, record).former, checks_of(sent, session, body, record)
        known = contacts_of(session, record)
    given = judged(sent, body, checks, former=former, known=known, record_id=record.id)
    return step(sent, RECORDS, "stakeholder.write", saving.save, given=given, expected=AS_READ, **sent.signed)


_step = steps_of(ONE, TAG, (REGION, STAKEHOLDER))


@_step("split-off", "stakeholder.decide", WrittenEntry, status=201, largest=LARGEST_TEXT)
def split_off_stakeholder(sent: Sent, body: WrittenEntry) -> Answer:
    """Begin a second entry out of this one, which stays as it is; Location says where the new one stands."""
    with sent.instance.database.read(sent["region"]) as session:
        taken(sent, session, RECORDS, "stakeholder.decide", lock=False)
        checks = checks_of(sent, session, body)
    given = judged(sent, body, checks, former=())

    def do(session: Session) -> Answer:
        record = taken(sent, session, RECORDS, "stakeholder.decide")
        return _begun(saving.split_off(session, record, given, by=sent.actor, at=sent.at))

    return sent.once(do)


@resource(
    f"{ONE}/versions",
    tag=TAG,
    may="stakeholder.read",
    names=(REGION, STAKEHOLDER),
    query=(CURSOR,),
    answers=WorkingVersionList,
)
def list_team_stakeholder_versions(asked: Asked) -> Answer:
    """All versions of an entry, the newest first, fifty at a time."""
    return versions_of(asked, RECORDS, names)


@resource(
    f"{ONE}/versions/{{version}}",
    tag=TAG,
    may="stakeholder.read",
    names=(REGION, STAKEHOLDER, VERSION),
    answers=EntryText,
)
def get_team_stakeholder_version(asked: Asked) -> Answer:
    """What one version of an entry says, published or not."""
    number = int(asked["version"])
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, RECORDS)
        text = EntryText(
            number=number,
            organisation=writing.entry_of(session, record, number),
            contacts=contacts_of(session, record, number),
        )
    return Answer(msgspec.json.encode(text))


def checks_of(sent: Sent, session: Session, body: WrittenEntry, record: Record | None = None) -> Checks:
    """Which packages are asked about *body*, and what a coordinator lets pass. Raises Faulty."""
    let_pass = overrides_of(body.let_pass)
    return checks_for(sent.instance, session, sent["region"], KIND, record, by=sent.actor, reasons=let_pass)


def judged(
    sent: Sent,
    body: WrittenEntry,
    checks: Checks,
    *,
    former: tuple[str, ...],
    known: tuple[Contact, ...] = (),
    record_id: str = "",
) -> Checked:
    """The entry in *body*, if it may be saved, in *record_id* or as a new one.

    *former*: the keys it had before, which nobody writes; *known*: the contacts it had before. Raises Disclosed,
    Identifying, Faulty, Objected.
    """
    vocabulary = sent.vocabulary
    organisation = Organisation(**{name: getattr(body, name) for name in Organisation.__struct_fields__})
    reasons = reasons_of(body.reasons)
    texts = (text for _, text in written_in(STAKEHOLDERS.shapes, organisation))
    refuse_disclosure(vocabulary, *texts, *reasons.values(), *checks.reasons.values())
    if organisation.former != former:
        # Whoever could write them would take over the practices that name another entry.
        raise Faulty([Fault(field="former", text=NO_CHOICE)])
    organisations = nameable(sent.instance, sent["region"], record_id)
    return saving.checked(
        organisation,
        vocabulary,
        organisations,
        reasons=reasons,
        by=sent.actor.account_id,
        contacts=body.contacts,
        known=known,
        today=sent.instance.today(sent["region"]),
        checks=checks,
    )


def _begun(record: Record) -> Answer:
    at = ROOT + ONE.format(region=record.region_id, stakeholder=record.id)
    return made(state_of(record), at=at, etag=etag_of(record), about=record.id)


handlers = (
    list_team_stakeholder_versions,
    get_team_stakeholder_version,
    create_stakeholder,
    save_stakeholder,
    split_off_stakeholder,
)

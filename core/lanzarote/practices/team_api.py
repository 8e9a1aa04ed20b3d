"""API resources of practices for a region's team: what their kind says, what changed, and what organisations say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta

from lanzarote.kinds.api import VERSION, address_of, records_of
from lanzarote.kinds.listing import read_page
from lanzarote.practices import holders, team_reading
from lanzarote.practices.holders import Document, HolderDocument, OwnWord, Said
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.model import KIND
from lanzarote.practices.team_documents import Changes, WorkingList, changed, working_item
from lanzarote.records.records import Involved, body_of
from lanzarote.web.changing import Sent, change, done
from lanzarote.web.resources import REGION, Answer, Asked, Parameter, cursor, resource
from lanzarote.web.working_records import (
    AS_READ,
    State,
    etag_of,
    id_of,
    refuse_disclosure,
    state_of,
    step,
    steps_of,
    working,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.web.resources import Answer


TAG: Final = PRACTICES.api.tag
RECORDS: Final = records_of(PRACTICES)
PRACTICE: Final = id_of(KIND)
ONE: Final = address_of(PRACTICES)
ONLY: Final = Parameter(
    name="only", told="Which of them; all without it.", choices=tuple(one.name for one in PRACTICES.filters)
)
PLACE: Final = cursor(r"^[0-9]{1,6}$", 6)
SINCE: Final = Parameter(
    name="since", told="The version to compare with; the one before without it.", between=(1, 999_999_999)
)


@resource(
    "/regions/{region}/team/practices",
    tag=TAG,
    may="practice.read",
    names=(REGION,),
    query=(ONLY, PLACE),
    answers=WorkingList,
)
def list_team_practices(asked: Asked) -> Answer:
    """Practices of a region as its team works on them, the last changed first, fifty at a time."""
    region_id, by, number = asked["region"], asked.actor, int(asked.one("cursor") or 0)
    with asked.instance.database.read(region_id) as session:
        only = asked.one("only") or "all"
        found = read_page(PRACTICES, asked.instance, session, region_id, by, only=only, number=number)
        ids = [record.id for record, _ in found.found]
        mine = set(session.scalars(team_reading.authored(by).where(Involved.record_id.in_(ids))))
        again = team_reading.due_of(asked.instance, region_id, (record for record, _ in found.found))
    items = [
        working_item(record, sheet, due=record.id in again, mine=record.id in mine) for record, sheet in found.found
    ]
    counts = {name: count for name, count in found.counts.items() if name}
    more = str(number + 1) if found.more else None
    return asked.listed(map(msgspec.json.encode, items), counts[found.only], more, counts=counts)


@resource(
    "/regions/{region}/team/practices/{practice}/versions/{version}/changes",
    tag=TAG,
    may="practice.read",
    names=(REGION, PRACTICE, VERSION),
    query=(SINCE,),
    answers=Changes,
)
def list_team_changes(asked: Asked) -> Answer:
    """What one version says otherwise than another, field by field."""
    number = int(asked["version"])
    since = int(asked.one("since") or number - 1)
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, RECORDS)
        after = msgspec.json.decode(body_of(session, record, number))
        before = msgspec.json.decode(body_of(session, record, since)) if since else {}
    return Answer(msgspec.json.encode(Changes(since=since, version=number, fields=tuple(changed(before, after)))))


# Organisations that run it


class OwnAnswer(OwnWord, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the organisation says for which you speak."""

    version: Annotated[int, Meta(ge=1, le=1_000_000)]
    """The version that was read."""


_step = steps_of(ONE, TAG, (REGION, PRACTICE))


@_step("record-holder", "group.lead", HolderDocument)
def record_holder(sent: Sent, body: HolderDocument) -> Answer:
    """Record what an organisation says of the newest text in a dated document."""
    refuse_disclosure(sent.vocabulary, body.remark, body.document)
    lang = sent.vocabulary.header.languages[0]
    said = Said(answer=body.answer, remark=body.remark, lang=lang, told=holders.REFUSES)
    given: dict[str, Any] = {
        "vocabulary": sent.vocabulary,
        "stakeholder_id": body.organisation,
        "said": holders.checked(said, sent.vocabulary, confirmed=True),
        "document": Document(title=body.document, on=body.on.isoformat()),
        "today": sent.instance.today(sent["region"]),
    }
    return step(sent, RECORDS, "group.lead", holders.record_document, **given, expected=AS_READ, **sent.signed)


@change(
    "POST",
    f"{ONE}/answer-as-holder",
    tag=TAG,
    may="group.speak",
    names=(REGION, PRACTICE),
    body=OwnAnswer,
    answers=State,
)
def answer_as_holder(sent: Sent, body: OwnAnswer) -> Answer:
    """Answer for the organisation for which you speak, when it is asked about the practice."""
    refuse_disclosure(sent.vocabulary, body.remark)
    today, lang = sent.instance.today(sent["region"]), sent.vocabulary.header.languages[0]
    said = Said(answer=body.answer, remark=body.remark, lang=lang, told=holders.REFUSES)
    said = holders.checked(said, sent.vocabulary, confirmed=body.confirmed)

    def do(session: Session) -> Answer:
        record = holders.answer(
            session,
            sent["region"],
            sent["practice"],
            said,
            version=body.version,
            by=sent.actor,
            at=sent.at,
            today=today,
        )
        session.flush()
        return done(state_of(record), etag=etag_of(record), about=record.id)

    return sent.once(do)


handlers = (
    list_team_practices,
    list_team_changes,
    record_holder,
    answer_as_holder,
)

"""API resources of the office: on what each region rests that is written or enrolled here."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from lanzarote.errors import NotFound
from lanzarote.office import desk, opening
from lanzarote.office.model import Basis, Opening
from lanzarote.office.opening import NO_PILOT, NotOpened
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.validation import Fault, Faulty
from lanzarote.types import Text
from lanzarote.web.changing import Sent, change, done_whole
from lanzarote.web.refusals import Refused
from lanzarote.web.resources import CURSOR, KEY, LIMIT, Answer, Asked, Listed, Parameter, resource

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.office.opening import Known

TAG: Final = "Opening the method"
PLACE: Final = "/office/openings"
ONE: Final = PLACE + "/{opened}"
OPENED: Final = Parameter(name="opened", told="Id of the region that is spoken of.", pattern=KEY)
OURS: Final[Any] = {"tag": TAG, "may": "results.receive", "there": desk.is_office}
NOT_KNOWN: Final = "No such region is here, nor enrolled."


class OpeningItem(Struct, frozen=True, kw_only=True):
    """A region that is written or enrolled here, and what it rests on."""

    region: str
    name: Text
    basis: Basis | None
    """``pilot``: it is a pilot itself; ``opened``: after that of another region; null: nobody has said yet."""
    after: str
    """The region after whose pilot it was opened; empty: after none."""
    decided_on: date | None
    evaluation: str
    """Id of the evaluation in which that was decided."""
    version: int
    """Of that evaluation; 0: there is none."""
    changed: bool
    """The decision was withdrawn since, or is no longer to extend. Nothing is taken from the region because of it."""
    said_at: datetime | None


class OpeningList(Listed[OpeningItem], frozen=True, kw_only=True):
    pass


class Said(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a region rests on."""

    basis: Basis
    after: Annotated[str, Meta(max_length=64)] = ""
    """With ``opened``: the region whose pilot is judged, and is to be extended."""


@resource(PLACE, query=(CURSOR, LIMIT), answers=OpeningList, **OURS)
def list_openings(asked: Asked) -> Answer:
    """Regions that are written or enrolled here, with what each rests on."""
    instance = asked.instance
    desk.require_office(instance)
    said = opening.openings(instance.database)
    return asked.part(
        opening.known(instance.database), lambda some: [_item(instance, one, said.get(one.id)) for one in some]
    )


@resource(ONE, names=(OPENED,), answers=OpeningItem, **OURS)
def get_opening(asked: Asked) -> Answer:
    """What one region rests on. Its ETag is what saying otherwise takes in If-Match."""
    desk.require_office(asked.instance)
    row = opening.opening_of(asked.instance.database, asked["opened"])
    return Answer(msgspec.json.encode(_item(asked.instance, _known(asked), row)))


@change("PUT", ONE, names=(OPENED,), body=Said, match=True, answers=OpeningItem, may_be_gone=False, **OURS)
def say_opening(sent: Sent, body: Said) -> Answer:
    """Say on what a region rests.

    That it is opened after the pilot of another one is taken only while the public reads there that this pilot is to be
    extended; otherwise the answer is 409, and says what was decided.
    """
    instance = sent.instance
    desk.require_office(instance)
    if body.basis == "opened" and not body.after:
        raise Faulty([Fault(field="after", text=NO_PILOT)])
    one, headers = _known(sent), instance.headers()

    def do(session: Session) -> Answer:
        sent.require_whole(_item(instance, one, session.get(Opening, one.id)))
        by = sent.actor.account_id
        row = opening.write_down(session, headers, one.id, body.basis, after=body.after, by=by, at=sent.at)
        return done_whole(_item(instance, one, row))

    try:
        return sent.once(do, scope=[INSTANCE, one.id, *([body.after] if body.after in headers else [])])
    except NotOpened as error:
        raise Refused(409, "not-now", str(error)) from None


def _known(asked: Asked) -> Known:
    """Raises NotFound."""
    found = next((one for one in opening.known(asked.instance.database) if one.id == asked["opened"]), None)
    if found is None:
        raise NotFound(NOT_KNOWN)
    return found


def _item(instance: Instance, one: Known, row: Opening | None) -> OpeningItem:
    return OpeningItem(
        region=one.id,
        name=one.name,
        basis=row.basis if row else None,  # type: ignore[arg-type]
        after=row.after_region if row else "",
        decided_on=row.decided_on if row else None,
        evaluation=row.evaluation if row else "",
        version=row.version if row else 0,
        changed=opening.has_changed(instance, row) if row else False,
        said_at=row.at if row else None,
    )


handlers = (list_openings, get_opening, say_opening)

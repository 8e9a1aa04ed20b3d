"""What an office hands back to a region: where its practices were taken up, over HTTP or in a file.

A region that sends results to an office holds no other region. It learns what everybody can read at the office, and its
pages then say it, with the address where it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import select

from lanzarote.errors import LanzaroteError
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.practices.model import Published
from lanzarote.records import changelog, locking, records
from lanzarote.records.records import Record
from lanzarote.records.validation import is_address
from lanzarote.results import wire
from lanzarote.results.wire import place_at
from lanzarote.runtime.reading import decoded
from lanzarote.store.database import ALL
from lanzarote.transfers import elsewhere, service
from lanzarote.transfers.elsewhere import Report
from lanzarote.transfers.model import STATES, Elsewhere
from lanzarote.translation import N_, pick
from lanzarote.types import Key, Text, TransferState, Value
from lanzarote.types.improvements import Id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance

BY: Final = "results"
"""The actor of what an office hands back."""
WHAT: Final = N_("The office says: %(state)s.")
MOST: Final = 5_000


class UnreadableAnswer(LanzaroteError):
    """What the office handed back cannot be read."""


class TakenUp(Value, frozen=True, kw_only=True):
    """One practice of the region was taken up in another."""

    practice: Id
    """Its id in the region it comes from."""
    region: Key
    """Where it was taken up."""
    region_name: Text
    state: TransferState
    address: Annotated[str, Meta(max_length=1_000)] = ""
    """Of the practice that was adapted there, where everybody can read it."""


class HandedBack(Value, frozen=True, kw_only=True):
    """Everything that an office knows of where a region's practices were taken up."""

    format: Literal[1] = 1
    office: Annotated[str, Meta(max_length=500)] = ""
    """Address of its site."""
    region: Key
    taken_up: Annotated[tuple[TakenUp, ...], Meta(max_length=MOST)] = ()


def handed_back(instance: Instance, region_id: str) -> HandedBack:
    """What this instance knows. Raises NotFound."""
    instance.header(region_id)
    with instance.database.read(ALL) as session:
        ids = session.scalars(select(Published.record_id).where(Published.region_id == region_id)).all()
    found = [
        TakenUp(
            practice=record_id,
            region=one.region,
            region_name=instance.header(one.region).name,
            state=one.state,
            address=_address(instance, one.region, one.practice),
        )
        for record_id in ids
        for one in service.travels(instance, region_id, record_id)
        if one.state not in ("offered", "declined")
    ]
    return HandedBack(office=instance.public_address, region=region_id, taken_up=tuple(found[:MOST]))


def written(said: HandedBack) -> bytes:
    """As it stands in a file and is answered over HTTP."""
    return msgspec.json.encode(said)


def read(data: bytes, region_id: str) -> HandedBack:
    """Raises UnreadableAnswer."""
    try:
        said = decoded(data, HandedBack)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableAnswer(f"This is not what an office hands back: {error}.") from None
    if said.region != region_id:
        raise UnreadableAnswer(f"This is about the region {said.region}, not {region_id}.")
    return said


def fetch(instance: Instance, region_id: str, address: str) -> int:
    """Ask the office at *address*, and let the region's pages say it; return how many places there are.

    Raises NotSent, UnreadableAnswer.
    """
    place = place_at(address, nearby=instance.settings.offices_nearby)
    said = read(wire.ask_taken_up(place, region_id), region_id)
    return learn(instance, msgspec.structs.replace(said, office=address), at=records.now())


def learn(instance: Instance, said: HandedBack, *, at: datetime) -> int:
    """Let the pages of the region say where its practices were taken up; return in how many places.

    What an office told before and tells no longer is taken out.
    """
    region_id, header = said.region, instance.header(said.region)
    lang = header.languages[0]
    words = instance.translations.translator(lang).gettext
    office = said.office.rstrip("/")
    told: dict[tuple[str, str], Report] = {}
    for one in said.taken_up:
        place, _ = pick(one.region_name, lang, order=header.languages)
        report = Report(
            place=place,
            organisation=office,
            what=str(words(WHAT)) % {"state": str(words(STATES[one.state]))},
            source=one.address if is_address(one.address) else f"{office}/{lang}/{one.region}",
        )
        if elsewhere.judge(report, identifiers=header.personal_identifiers).outcome == "kept":
            told[one.practice, place] = report
    with instance.database.write(region_id) as session:
        locking.lock(session, region_id)
        mine = (Elsewhere.region_id == region_id) & (Elsewhere.organisation == office)
        known = {(row.record_id, row.place): row for row in session.scalars(select(Elsewhere).where(mine))}
        changed = 0
        for key, old in known.items():
            if key not in told:
                session.delete(old)
                changed += 1
        for key, report in told.items():
            record = session.get(Record, (region_id, key[0]))
            if record is None or record.kind != PRACTICE or record.published_version is None:
                continue
            row = known.get(key)
            if row is not None and (row.what, row.source) == (report.what, report.source):
                continue
            if row is None:
                row = Elsewhere(region_id=region_id, record_id=key[0], number=_next(session, region_id, key[0]))
                row.place, row.organisation, row.lang = report.place, report.organisation, lang
                row.contact, row.state, row.at = "", "confirmed", at
                session.add(row)
            row.what, row.source, row.settled_at = report.what, report.source, at
            session.flush()
            records.tell(session, record, "confirm-elsewhere", by=BY, at=at)
            changed += 1
        if changed:
            changelog.bump_revision(session, region_id)
    return len(told)


def _address(instance: Instance, region_id: str, record_id: str) -> str:
    """Where everybody reads what was adapted there, at its own region; empty: nobody does yet."""
    with instance.database.read(ALL) as session:
        if not record_id or session.get(Published, (region_id, record_id)) is None:
            return ""
    written = instance.origin(region_id)
    base = written.address.rstrip("/") if written and written.address else instance.public_address
    return f"{base}/{instance.header(region_id).languages[0]}/{region_id}/practices/{record_id}"


def _next(session: Session, region_id: str, record_id: str) -> int:
    mine = (Elsewhere.region_id == region_id) & (Elsewhere.record_id == record_id)
    numbers = session.scalars(select(Elsewhere.number).where(mine)).all()
    return max(numbers, default=0) + 1

"""What a coordinator decides about an entry of the directory: its relation to the group, its address, what it is one
with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

import msgspec
from sqlalchemy import delete, select, update

from lanzarote.accounts.model import Granted
from lanzarote.directory.model import KIND, Merged, MovedLink, StakeholderStatus
from lanzarote.directory.service import names_of, standing_for
from lanzarote.errors import Conflict
from lanzarote.records import records, tasks
from lanzarote.records.days import NO_DATE, is_date, unfit_beginning
from lanzarote.records.drafts import explain, forget, hold, leave, told_of
from lanzarote.records.lifecycle import RECORD, next_state
from lanzarote.records.records import Record, decode, digest, encode
from lanzarote.records.tasks import Task
from lanzarote.records.validation import (
    NO_ADDRESS,
    NO_CHOICE,
    NOTHING_SAID,
    UNKNOWN,
    Explained,
    Fault,
    Faulty,
    is_address,
    unfit_text,
    why_it_stays,
)
from lanzarote.store.ids import slugify
from lanzarote.translation import N_
from lanzarote.types import Relation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.stakeholders.taking_part import Reply
    from lanzarote.stakeholders.team_documents import Relating

RELATIONS: Final[tuple[Relation, ...]] = get_args(Relation)
LONGEST: Final = {"mandate": 4_000, "source": 500, "slug": 80}
REPLY: Final = "reply"
"""Kind of the tasks that go with an entry when it is merged."""
UPGRADES: Final = ("upgrade-conflict", tasks.WITHDRAWAL)
"""Kinds of tasks that ask about a text which nobody reads any more once it is merged."""

NOT_YET: Final = N_("This day has not come yet.")
NO_SINCE: Final = N_("Say since when it takes part.")
NO_DAY_LEFT: Final = N_("Say since when it no longer takes part.")
NO_SOURCE_LEFT: Final = N_("Say where it is written that it left: the name and date of its letter, or a page.")
NEVER_IN: Final = N_("It can only have left what it took part in. Say first that it takes part, and since when.")
NO_SOURCE: Final = N_("Say where its mandate is written: the name and date of the letter or decision, or a page.")
TAKEN_SLUG: Final = N_("Another organisation has this address, or had it; choose another one.")
NO_SLUG: Final = N_("Write a short name of letters, digits and hyphens.")
ITSELF: Final = N_("Choose another entry than this one.")
NOT_PUBLIC: Final = N_("Choose an entry that the public reads.")


def status_of(record: Record) -> StakeholderStatus:
    return decode(record.status, StakeholderStatus)


def mark_of(record: Record) -> str:
    """Tells whether what is decided about *record* changed since it was read."""
    return digest(record.status)[:16]


def set_relation(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    given: Relating,
    mark: str = "",
    why: Mapping[tuple[str, str], str] = NOTHING_SAID,
    by: Actor,
    at: datetime,
) -> None:
    """Say how the organisation relates to the group; *mark*: the ``mark_of`` what was read.

    *why*, by (field, code), says why things stay that the guard asks about. Raises Faulty, Identifying, NotPermitted,
    Conflict, IllegalTransition.
    """
    hold(session, record, "stakeholder.decide", by)
    next_state(RECORD, record.state, "write")
    if mark not in ("", mark_of(record)):
        raise Conflict("What is decided about it was changed by someone else meanwhile; read it again.")
    relate(session, record, vocabulary, given.relation, given, why=why, by=by.account_id, at=at)


def relate(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    relation: str,
    told: Relating | Reply,
    *,
    why: Mapping[tuple[str, str], str] = NOTHING_SAID,
    itself: bool = False,
    by: str,
    at: datetime,
) -> None:
    """As ``set_relation``, by who holds *record* and has asked whether *by* may. Raises Faulty, Identifying.

    That it is shared counts while it takes part. Nothing but the relation is kept of one that is only cited.
    """
    given = StakeholderStatus()
    if relation != "cited":
        mandate = {language: text.strip() for language, text in told.mandate.items() if text.strip()}
        given = StakeholderStatus(since=told.since or None, mandate=mandate, source=told.source.strip())
    before, noted = status_of(record), told_of(session, record)
    identifiers = vocabulary.header.personal_identifiers
    earlier = [one for one in noted.reasons if one.field.startswith("relation.")]
    explained = why_it_stays(
        _texts(given),
        identifiers=identifiers,
        by=by,
        why=why,
        earlier=Explained(
            texts=_texts(before),
            reasons=tuple(msgspec.structs.replace(one, field=one.field[len("relation.") :]) for one in earlier),
        ),
    )
    today = vocabulary.day_of(at).isoformat()
    _check_relation(relation, given, vocabulary, before=before.relation, today=today, itself=itself)
    status = msgspec.structs.replace(
        before,
        relation=relation,
        since=given.since,
        mandate=given.mandate,
        source=given.source,
        shared=told.shared and relation == "taking-part",
    )
    if status != before:
        records.decide(session, record, encode(status), "relation", by=by, at=at)
        explain(session, record, noted, "relation", explained)


def rename(session: Session, record: Record, slug: str, *, by: Actor, at: datetime) -> str:
    """Give it another address and return it; the old one redirects.

    Raises Faulty, NotPermitted, IllegalTransition.
    """
    hold(session, record, "stakeholder.decide", by)
    next_state(RECORD, record.state, "write")
    if not any(c.isalnum() for c in slug) or len(slug) > LONGEST["slug"]:
        raise Faulty([Fault(field="slug", text=NO_SLUG)])
    wanted = slugify(slug)
    if records.rename(session, record, wanted, by=by.account_id, at=at) != wanted:
        raise Faulty([Fault(field="slug", text=TAKEN_SLUG)])  # nothing of the transaction stays
    return wanted


def merge(session: Session, record: Record, into: Record, *, by: Actor, at: datetime) -> None:
    """Let *into* answer in the place of *record*: practices, addresses, representatives and replies lead there.

    What *record* said stays in its versions; ``split`` undoes it. Raises Faulty, NotPermitted, IllegalTransition.
    """
    if record.id == into.id:
        raise Faulty([Fault(field="into", text=ITSELF)])
    for one in sorted((record, into), key=lambda one: one.id):  # so that two at once never wait for each other
        hold(session, one, "stakeholder.decide", by)
    if into.kind != KIND or into.published_version is None:
        raise Faulty([Fault(field="into", text=NOT_PUBLIC)])
    next_state(RECORD, record.state, "merge")
    names = tuple(sorted(names_of(session, record) - {record.id}))
    merged = Merged(into=into.id, version=record.published_version or record.version, names=names)
    record.status = encode(msgspec.structs.replace(status_of(record), merged=merged))
    session.flush()
    for kind in UPGRADES:
        tasks.finish_all(session, record.region_id, kind, record.id, by=by.account_id)
    records.merge(session, record, by=by.account_id, at=at)
    leave(session, record, "submitter")
    forget(session, record)
    _move_links(session, record, into.id)


def split(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Undo ``merge``: the entry is read again as it was, and what led to it leads there again.

    Raises NotPermitted, IllegalTransition.
    """
    hold(session, record, "stakeholder.decide", by)
    next_state(RECORD, record.state, "split")
    status = status_of(record)
    assert status.merged is not None
    # What it was merged into may itself have been merged since.
    into = standing_for(session, session.get_one(Record, (record.region_id, status.merged.into)))
    record.status = encode(msgspec.structs.replace(status, merged=None))
    session.flush()
    records.split(session, record, status.merged.version, by=by.account_id, at=at)
    _move_links_back(session, record, into.id)


def merged_into(session: Session, record: Record) -> list[Record]:
    """Entries in whose place *record* answers, the last merged first."""
    query = select(Record).where(Record.kind == KIND, Record.state == "merged", Record.region_id == record.region_id)
    rows = session.scalars(query.order_by(Record.updated_at.desc(), Record.id))
    return [one for one in rows if (merged := status_of(one).merged) and merged.into == record.id]


def _texts(status: StakeholderStatus) -> dict[str, str]:
    """What is written in a relation, by field."""
    return {f"mandate.{language}": text for language, text in status.mandate.items()} | {"source": status.source}


def _check_relation(
    relation: str, given: StakeholderStatus, vocabulary: Vocabulary, *, before: Relation, today: str, itself: bool
) -> None:
    faults = [
        fault
        for field, text in _texts(given).items()
        if (fault := unfit_text(field, text, LONGEST[field.partition(".")[0]]))
    ]
    if relation not in RELATIONS:
        faults.append(Fault(field="relation", text=NO_CHOICE))
    if given.since and not is_date(given.since):
        faults.append(Fault(field="since", text=NO_DATE))
    elif given.since and given.since > today[: len(given.since)]:
        faults.append(Fault(field="since", text=NOT_YET))
    elif given.since:
        faults += unfit_beginning("since", given.since)
    if relation == "taking-part":
        faults += [] if given.since else [Fault(field="since", text=NO_SINCE)]
        faults += [] if given.source else [Fault(field="source", text=NO_SOURCE)]
    if relation == "left":
        faults += [] if before in ("taking-part", "left") else [Fault(field="relation", text=NEVER_IN)]
        faults += [] if given.since else [Fault(field="since", text=NO_DAY_LEFT)]
        # What a body says itself needs no other source.
        faults += [] if given.source or itself else [Fault(field="source", text=NO_SOURCE_LEFT)]
    if "://" in given.source and not is_address(given.source):
        faults.append(Fault(field="source", text=NO_ADDRESS))
    if unknown := [language for language in given.mandate if language not in vocabulary.header.languages]:
        faults.append(Fault(field=f"mandate.{unknown[0]}", text=UNKNOWN, value=unknown[0]))
    if faults:
        raise Faulty(faults)


def _move_links(session: Session, record: Record, into: str) -> None:
    here = record.region_id
    granted = (Granted.region_id == here) & (Granted.stakeholder_id == record.id)
    roles = [("grant", f"{one.account_id} {one.role}") for one in session.scalars(select(Granted).where(granted))]
    asked = (Task.region_id == here) & (Task.record_id == record.id) & (Task.kind == REPLY)
    replies = [("task", one) for one in session.scalars(select(Task.id).where(asked))]
    session.execute(update(Granted).where(granted).values(stakeholder_id=into))
    session.execute(update(Task).where(asked).values(record_id=into))
    session.add_all(
        MovedLink(region_id=here, record_id=record.id, what=what, link=link) for what, link in [*roles, *replies]
    )
    session.flush()


def _move_links_back(session: Session, record: Record, into: str) -> None:
    here = record.region_id
    moved = (MovedLink.region_id == here) & (MovedLink.record_id == record.id)
    for link in session.scalars(select(MovedLink).where(moved)).all():
        if link.what == "grant":
            account_id, role = link.link.split(" ")
            one = (Granted.account_id == account_id) & (Granted.region_id == here) & (Granted.role == role)
            same = one & (Granted.stakeholder_id == into)
            session.execute(update(Granted).where(same).values(stakeholder_id=record.id))
        else:
            still = (Task.region_id == here) & (Task.id == link.link) & (Task.record_id == into)
            session.execute(update(Task).where(still).values(record_id=record.id))
    session.execute(delete(MovedLink).where(moved))
    session.expire_all()

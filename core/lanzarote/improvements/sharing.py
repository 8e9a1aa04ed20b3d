"""How far a finding is: shared with the group once every body that it names was offered to reply; closed; opened again.

Nothing of a finding is ever published: what the public reads is decided about improvements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from lanzarote import guard
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import directory, ids_by_name
from lanzarote.improvements.model import FINDING_LIFECYCLE, FindingStatus, Offer
from lanzarote.improvements.naming import mentioned_in, named_in
from lanzarote.records import drafts, records
from lanzarote.records.days import unfit_past
from lanzarote.records.drafts import hold
from lanzarote.records.lifecycle import IllegalTransition, next_state
from lanzarote.records.records import Record, Version, decode, encode
from lanzarote.records.tables import newest_version
from lanzarote.records.validation import (
    LONGEST_REASON,
    MISSING,
    NOTHING_SAID,
    UNKNOWN,
    Fault,
    Faulty,
    Identifying,
    reason_of,
    refuse_long,
    refuse_unclean,
    unfit_reason,
    unfit_text,
    why_it_stays,
)
from lanzarote.stakeholders.entries import name_of
from lanzarote.translation import N_
from lanzarote.types import Finding, Organisation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.improvements.team_documents import Offering, Replying, Sharing
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

LONGEST_HOW: Final = 500
LONGEST_REPLY: Final = 20_000
REPLY: Final = "reply."
"""How the places of a reply begin: ``reply.fr``."""
NOT_OFFERED: Final = N_(
    "“%(value)s” is named in it and has not been offered to reply. Offer it, and record when and how; or take its "
    "name out."
)
NOT_NAMED: Final = N_("Choose an organisation of the directory.")
UNTICKED: Final = N_(
    "The text names “%(value)s”. Tick it among the organisations that are named, so that it is offered to reply; or "
    "say why it is not meant."
)
TO_TICK: Final = N_("The text names “%(value)s”. Tick it among the organisations that are named.")
NO_OFFER: Final = N_("First record when and how it was offered to reply.")
TOO_EARLY: Final = N_("It cannot have replied before it was offered to.")
NO_NAME: Final = N_("an organisation that is no longer in the directory")


def status_of(record: Record) -> FindingStatus:
    return decode(record.status, FindingStatus)


def share(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    given: Sharing,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Let the group read it. *given*: why organisations are not meant whose names are only in the text.

    Raises Faulty that names each body without an offer, Identifying, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "group.lead", by, expected)
    _share_as(session, record, vocabulary, "share", given.not_meant, by, at)


def unshare(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Let only its authors and coordinators read it again. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    _set(session, record, "unshare", by, at, state=_next(record, "unshare"), shared=False)


def close(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    why: Mapping[tuple[str, str], str] = NOTHING_SAID,
) -> None:
    """Close it, with the reason; those who read it go on reading it; *why*: as ``checking.reason_of`` has it.

    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    state = _next(record, "close")
    said, explained = reason_of(reason, vocabulary.header.personal_identifiers, by, why)
    _set(session, record, "close", by, at, state=state, closed=said)
    drafts.explain(session, record, drafts.read_told(session, record, drafts.Told), "closed", explained)


def reopen(
    session: Session, record: Record, vocabulary: Vocabulary, *, given: Sharing, by: Actor, at: datetime
) -> None:
    """Share it again, or for the first time. Raises as ``share``."""
    hold(session, record, "group.lead", by)
    _share_as(session, record, vocabulary, "reopen", given.not_meant, by, at, closed="")


def offer(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    given: Offering,
    by: Actor,
    at: datetime,
) -> None:
    """Record that a body was offered to reply; recorded again, the newer day and way count.

    It need not be named yet: to name one in a finding that is shared takes an offer first.
    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    _require_open(record)
    stakeholder, on, how = given.stakeholder, given.on, given.how.strip()
    known = ids_by_name(session, {stakeholder})
    refuse_unclean([("how", how)], LONGEST_HOW, identifiers=vocabulary.header.personal_identifiers)
    faults = [Fault(field="stakeholder", text=NOT_NAMED)] if stakeholder not in known else []
    faults += unfit_past("on", on, vocabulary.day_of(at))
    faults += [Fault(field="how", text=MISSING)] if not how else []
    if faults:
        raise Faulty(faults)
    status = status_of(record)
    before = {one.stakeholder: one for one in status.offers}
    made = Offer(stakeholder=known[stakeholder], on=on, by=by.account_id, how=how)
    if there := before.get(made.stakeholder):
        made = msgspec.structs.replace(there, on=on, by=by.account_id, how=how)
    if made != there:
        before[made.stakeholder] = made
        _set(session, record, "offer", by, at, offers=tuple(before.values()))


def note_reply(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    given: Replying,
    why: Mapping[tuple[str, str], str],
    by: Actor,
    at: datetime,
) -> None:
    """Record what a body replied, in its words, shown beside the finding.

    *why* by (field, code) answers what the guard only asks about. Raises Faulty, Identifying, NotPermitted,
    IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    _require_open(record)
    identifiers = vocabulary.header.personal_identifiers
    stakeholder, on = given.stakeholder, given.on
    said = {language: text.strip() for language, text in given.reply.items() if text.strip()}
    places = [(f"{REPLY}{language}", text) for language, text in said.items()]
    theirs = ids_by_name(session, {stakeholder}).get(stakeholder, stakeholder)
    offers = {one.stakeholder: one for one in status_of(record).offers}
    faults = [fault for place, text in places if (fault := unfit_text(place, text, LONGEST_REPLY))]
    unknown = [language for language in said if language not in vocabulary.header.languages]
    faults += [Fault(field=f"{REPLY}{language}", text=UNKNOWN, value=language) for language in unknown]
    faults += [] if said else [Fault(field="reply", text=MISSING)]
    faults += unfit_past("on", on, vocabulary.day_of(at))
    offered = offers.get(theirs)
    if offered is None:
        raise Faulty([*faults, Fault(field="stakeholder", text=NO_OFFER)])
    faults += [Fault(field="on", text=TOO_EARLY)] if on < offered.on else []
    if faults:
        raise Faulty(faults)
    explained = why_it_stays(dict(places), identifiers=identifiers, by=by.account_id, why=why)
    answered = msgspec.structs.replace(offered, reply=said, replied_on=on)
    if answered != offered:
        offers[theirs] = answered
        _set(session, record, "reply", by, at, offers=tuple(offers.values()))
        _remember(session, record, [msgspec.structs.replace(one, field=f"{one.field}.{theirs}") for one in explained])


def require_offers(session: Session, record: Record, said: Finding | None = None, *, language: str) -> None:
    """Raise Faulty, with a fault for each body that a finding names, ticked or not, and that was offered no reply.

    *said*: what it is about to say, where that is not saved yet.
    """
    if unticked := unticked_in(session, record, said):
        raise Faulty(
            [Fault(field="organisations", text=TO_TICK, value=name_of(one, language)) for one in unticked.values()]
        )
    if missing := lacking_offers(session, record, said):
        names = names_in(session, missing, language)
        raise Faulty([Fault(field="organisations", text=NOT_OFFERED, value=names[one]) for one in missing])


def lacking_offers(session: Session, record: Record, said: Finding | None = None) -> tuple[str, ...]:
    """Ids of the bodies that it names and that were not offered to reply."""
    offered = {one.stakeholder for one in status_of(record).offers}
    standing = set(ids_by_name(session, offered).values()) | offered  # what an entry was merged into answers for it
    return tuple(one for one in _named_by(session, record, said) if one not in standing)


def unticked_in(session: Session, record: Record, said: Finding | None = None) -> dict[str, Organisation]:
    """Id → organisation whose name is in the text, and that is neither ticked, nor offered, nor said not to be
    meant.
    """
    status = status_of(record)
    finding = said or decode(records.body_of(session, record, record.version), Finding)
    known = {*_named_by(session, record, said), *status.not_meant}
    known |= set(ids_by_name(session, {one.stakeholder for one in status.offers}).values())
    found = mentioned_in(finding, directory(session))
    return {one.id: one.organisation for one in found if one.id not in known}


def _named_by(session: Session, record: Record, said: Finding | None) -> tuple[str, ...]:
    """Ids of the bodies that it names."""
    if said is None:
        return named_in(session, record.region_id, record.id)
    return tuple(sorted(set(ids_by_name(session, set(said.organisations)).values())))


def names_in(session: Session, ids: Sequence[str], language: str) -> dict[str, str]:
    """What each of these entries of the directory is called, in *language* if it has a name in it."""
    query = select(Record.id, Version.body).join(Version, newest_version())
    rows = session.execute(query.where(Record.id.in_(ids), Record.kind == STAKEHOLDER))
    told = {found: name_of(decode(body, Organisation), language) for found, body in rows if body}
    return {one: told.get(one) or NO_NAME for one in ids}


def _share_as(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    verb: str,
    not_meant: str,
    by: Actor,
    at: datetime,
    **changed: object,
) -> None:
    state, unticked = _next(record, verb), unticked_in(session, record)
    if unticked and not not_meant.strip():
        faults = [Fault(field="not_meant", text=UNTICKED, value=name_of(one, by.language)) for one in unticked.values()]
        raise Faulty(faults)
    said = dict(status_of(record).not_meant)
    if unticked:
        said |= dict.fromkeys(unticked, _why_not_meant(not_meant, vocabulary))
    _set(session, record, verb, by, at, state=state, shared=True, not_meant=said, **changed)
    require_offers(session, record, language=by.language)


def _why_not_meant(text: str, vocabulary: Vocabulary) -> str:
    text = text.strip()
    refuse_long([("not_meant", text)], LONGEST_REASON)
    if concerns := guard.check_text(
        text, identifiers=vocabulary.header.personal_identifiers, field="not_meant", guesses=False
    ):
        raise Identifying(concerns)
    if fault := unfit_reason("not_meant", text, LONGEST_REASON):
        raise Faulty([fault])
    return text


def _require_open(record: Record) -> None:
    if record.state == "erased" or status_of(record).state == "closed":
        raise IllegalTransition("A finding that is closed cannot be given an offer or a reply; reopen it first.")


def _next(record: Record, action: str) -> str:
    if record.state == "erased":
        raise IllegalTransition("An erased finding cannot be given any action.")
    return next_state(FINDING_LIFECYCLE, status_of(record).state, action)


def _set(session: Session, record: Record, verb: str, by: Actor, at: datetime, **changed: object) -> None:
    status = msgspec.structs.replace(status_of(record), **changed)
    record.updated_at = at
    records.decide(session, record, encode(status), verb, by=by.account_id, at=at)


def _remember(session: Session, record: Record, why: Sequence[drafts.Reason]) -> None:
    told = drafts.read_told(session, record, drafts.Told)
    fields = {one.field for one in why}
    kept = tuple(one for one in told.reasons if one.field not in fields)
    drafts.tell(session, record, msgspec.structs.replace(told, reasons=(*kept, *why)))

"""Lets the entries of a received region count here: practices and directory as records, everything else in its log."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import select

from lanzarote import guard
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.model import StakeholderStatus
from lanzarote.facts.convention import UnknownReference
from lanzarote.practices.documents import PracticeRelease
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.practices.projection import project_later
from lanzarote.records import changelog, records
from lanzarote.records.changelog import Beginning, Change, ChangeBody, Saved, Served
from lanzarote.records.changelog_state import forget_received
from lanzarote.records.kinds import kinds_of
from lanzarote.records.received import received
from lanzarote.records.records import Draft, Record, encode
from lanzarote.records.tables import note_forgotten
from lanzarote.regions import vocabulary
from lanzarote.regions.vocabulary import KINDS as TERMS
from lanzarote.regions.vocabulary import VocabularyRelease
from lanzarote.results import citing
from lanzarote.results.batches import Malformed
from lanzarote.results.fitting import require_fit, require_one_story, require_organisations, require_own
from lanzarote.results.model import Recognisable, drop_bytes_of
from lanzarote.runtime.reading import decoded
from lanzarote.search import index as search
from lanzarote.stakeholders.documents import StakeholderRelease
from lanzarote.store.bulk import add_rows
from lanzarote.store.ids import is_id
from lanzarote.types import RegionHeader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.kinds import Kinds
    from lanzarote.results.batches import Entry
    from lanzarote.results.model import Source

BY: Final = "results"
"""Who the audit says wrote what was received."""
OF_REGION: Final[Mapping[str, Any]] = {
    "epoch": Beginning,
    "region": RegionHeader,
    "vocabulary": VocabularyRelease,
}
"""Kind of entry that is about no record → what it tells."""
VERBS: Final = frozenset({"publish", "replace", "withdraw", "forget", "erase"})
FORGETTING: Final = frozenset({"replace", "forget", "erase"})
"""What was told before of the same record is to be forgotten."""


class Taken(msgspec.Struct, frozen=True):
    """An entry, and what it tells; None: nothing, or nothing any more."""

    entry: Entry
    said: Any


def apply(session: Session, source: Source, entries: Sequence[Entry]) -> None:
    """Take these entries, which follow what is here. Raises Malformed, Recognisable; the caller then keeps nothing."""
    served = session.get(Served, source.region_id)
    header = decoded(served.facts, RegionHeader) if served and served.facts != b"{}" else None
    require_one_story(session, source.region_id, entries)
    taken = [_read(kinds_of(session), entry, source.region_id) for entry in entries]
    require_organisations(session, source.region_id, taken)
    for place, one in enumerate(taken):
        if one.entry.kind == "epoch" and (place or one.entry.epoch == source.epoch):
            raise Malformed(f"entry {one.entry.seq} begins an epoch in the middle of one")
    for one in taken:
        if isinstance(one.said, RegionHeader):
            header = one.said
    identifiers = header.personal_identifiers if header else ()
    for one in taken:
        _look_for_people(one, identifiers)
    with received(session, source.region_id):
        named = _named(session, source, entries)
        _write_log(session, source.region_id, entries)
        for group in _alike(taken):
            _APPLY.get(group[0].entry.kind, _nothing)(session, source, group)
        ended = _end_beginning(session, source, len(entries))
        if ended or (not source.awaited and _is_to_settle(taken, named)):
            citing.settle(session, source.region_id, by=BY)
        session.flush()


def documents(kinds: Kinds) -> dict[str, Any]:
    """Kind of entry → what it tells."""
    return {**OF_REGION, **{one.name: one.released.document for one in kinds.values() if one.released}}


def _read(kinds: Kinds, entry: Entry, region_id: str) -> Taken:
    """Raises Malformed."""
    kind = documents(kinds).get(entry.kind)
    if kind is None or entry.verb not in (("epoch",) if entry.kind == "epoch" else VERBS):
        raise Malformed(
            f"entry {entry.seq} tells of a {entry.kind} ({entry.verb}), which this platform does not know: upgrade it"
        )
    if not entry.said:
        require_fit(kinds, entry, None, region_id)
        return Taken(entry, None)
    try:
        said = decoded(entry.said, kind)
        if isinstance(said, VocabularyRelease):
            for term in said.entries:
                decoded(term.body, TERMS[said.vocabulary])
    except (msgspec.MsgspecError, UnknownReference, KeyError) as error:
        raise Malformed(f"entry {entry.seq} ({entry.kind}): {error}") from None
    if encode(said) != entry.said:
        raise Malformed(f"entry {entry.seq} ({entry.kind}): says more than this platform knows: upgrade it")
    require_own(region_id, entry, said)
    require_fit(kinds, entry, said, region_id)
    return Taken(entry, said)


def _look_for_people(one: Taken, identifiers: Sequence[str]) -> None:
    """Raises Recognisable when the entry may tell of a child, a victim or an accused."""
    if one.said is None or one.entry.kind == "epoch":
        return
    if not guard.may_tell_of_somebody(one.entry.said, identifiers):
        return
    for text in _strings(msgspec.to_builtins(one.said, builtin_types=(datetime, date, msgspec.Raw))):
        for concern in guard.check_text(text, identifiers=identifiers, only_hard=True):
            raise Recognisable(
                f"entry {one.entry.seq} ({one.entry.kind}) looks as if it told of a person ({concern.code})"
            )


def _strings(value: Any) -> Iterator[str]:
    """The texts in it: no moments, no ids of records, and no pieces of addresses, which nobody writes sentences in."""
    if isinstance(value, str):
        if not is_id(value):
            yield value
    elif isinstance(value, msgspec.Raw):
        yield from _strings(msgspec.json.decode(value))
    elif isinstance(value, dict):
        for name, each in value.items():
            if name != "slug":
                yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _write_log(session: Session, region_id: str, entries: Sequence[Entry]) -> None:
    """Keep the entries as they came, for whoever asks later, without what later ones want to be forgotten."""
    forgotten: dict[str, int] = {}
    erased = {entry.record for entry in entries if entry.verb == "erase"}
    for entry in entries:
        if entry.verb in FORGETTING:
            forgotten[entry.record] = entry.seq
    if forgotten:
        forget_received(session, region_id, sorted(forgotten))
        session.info["erased"] = True
    note_forgotten(session, region_id, {record: seq - 1 for record, seq in forgotten.items()}, erased=erased)
    drop_bytes_of(session, region_id, forgotten)
    rows, bodies = [], []
    untold: dict[str, int] = {}
    for entry in entries:
        row = {"region_id": region_id, "seq": entry.seq, "epoch": entry.epoch, "at": entry.at, "verb": entry.verb}
        row |= {"kind": entry.kind, "record_id": entry.record, "version": entry.version}
        rows.append(row | {"body_hash": entry.body_hash, "hash": entry.hash})
        if entry.said and entry.seq >= forgotten.get(entry.record, 0):
            salt = bytes.fromhex(entry.salt or "")
            body = {"region_id": region_id, "seq": entry.seq, "record_id": entry.record, "salt": salt}
            bodies.append(body | {"body": entry.said})
        elif entry.body_hash:  # forgotten since, or by an entry that comes later
            untold[entry.record] = entry.seq
    note_forgotten(session, region_id, untold)
    add_rows(session, Change, rows)
    if bodies:
        add_rows(session, ChangeBody, bodies)


def _alike(taken: Sequence[Taken]) -> Iterator[list[Taken]]:
    """Entries of one kind that follow one another and of which none tells of the same record as another."""
    group: list[Taken] = []
    seen: set[str] = set()
    for one in taken:
        if group and (one.entry.kind != group[0].entry.kind or one.entry.record in seen):
            yield group
            group, seen = [], set()
        group.append(one)
        seen.add(one.entry.record)
    if group:
        yield group


# What each kind does


def _nothing(session: Session, source: Source, group: Sequence[Taken]) -> None:
    """What the log tells of these is read from it."""
    del group
    changelog.bump_revision(session, source.region_id)


def _begin(session: Session, source: Source, group: Sequence[Taken]) -> None:
    [one] = group
    source.epoch, source.begun = one.entry.epoch, one.entry.seq
    source.awaited = one.said.entries + 1


def _take_header(session: Session, source: Source, group: Sequence[Taken]) -> None:
    [one] = group
    header: RegionHeader = one.said
    served = session.get(Served, source.region_id)
    facts = encode(header)
    if served is None:
        session.add(
            Served(
                id=source.region_id,
                enabled=True,
                package="",
                package_version="",
                facts=facts,
                facts_digest="",
                home=False,
                revision=0,
                epoch=one.entry.epoch,
                added_at=records.now(),
            )
        )
        session.flush()
    else:
        served.facts, served.epoch = facts, one.entry.epoch
    source.name = encode(header.name)
    changelog.bump_revision(session, source.region_id)


def _take_terms(session: Session, source: Source, group: Sequence[Taken]) -> None:
    for one in group:
        if one.said is not None:
            vocabulary.replace(session, source.region_id, one.said)
    project_later(session, source.region_id)  # lists and search know practices by words and common sectors of it
    changelog.bump_revision(session, source.region_id)


def _take_stakeholders(session: Session, source: Source, group: Sequence[Taken]) -> None:
    _take_records(session, source, group, _stakeholder_draft)
    joined = {one.entry.record: one.said.names for one in group if one.said is not None}
    citing.give_way(session, joined, by=BY)


def _take_practices(session: Session, source: Source, group: Sequence[Taken]) -> None:
    cited = [one.said.organisations for one in group if one.said is not None]
    citing.know(session, source.region_id, cited, by=BY)
    _take_records(session, source, group, _practice_draft)
    if any(one.entry.verb in FORGETTING for one in group):
        citing.forget(session, source.region_id, by=BY)


def _take_records(session: Session, source: Source, group: Sequence[Taken], draft_of: Callable[[Taken], Draft]) -> None:
    """Make, renew, withdraw or erase the records that these entries tell of, each in its turn."""
    known = _records(session, [one.entry.record for one in group])
    fresh = [draft_of(one) for one in group if one.said is not None and one.entry.record not in known]
    if fresh:
        records.create(session, source.region_id, fresh, by=BY)
    erased: dict[Record, datetime] = {}
    for one in group:
        record = known.get(one.entry.record)
        if record is None:
            continue
        if one.entry.verb == "erase":
            if record.state != "erased":
                erased[record] = one.entry.at
        elif one.entry.verb in ("withdraw", "forget"):
            if record.state == "published":
                records.withdraw(session, record, by=BY, at=one.entry.at)
            if one.entry.verb == "forget":
                record.status = b"{}"
                records.forget_texts(session, [record])
        elif one.said is not None:  # of a body that nobody named for a while, too: the log never said it was erased
            records.take(session, record, draft_of(one), by=BY)
            if one.entry.verb == "replace":
                records.forget_texts(session, [record], but=one.entry.version)
    records.erase_all(session, erased, by=BY)
    if any(one.entry.verb in FORGETTING for one in group):
        search.scrub(session)


def _records(session: Session, ids: Sequence[str]) -> dict[str, Record]:
    return {record.id: record for record in session.scalars(select(Record).where(Record.id.in_(ids)))}


def _practice_draft(one: Taken) -> Draft:
    said: PracticeRelease = one.said
    return Draft(
        kind=PRACTICE,
        id=one.entry.record,
        key=said.key,
        slug=said.slug,
        body=encode(said.practice),
        status=encode(said.status),
        publish=True,
        at=said.published_at,
        version=one.entry.version,
    )


def _stakeholder_draft(one: Taken) -> Draft:
    said: StakeholderRelease = one.said
    status = StakeholderStatus(relation="taking-part", since=said.since, mandate=said.mandate, shared=True)
    organisation = said.organisation
    others = tuple(name for name in said.names if name not in (one.entry.record, said.key, *organisation.former))
    return Draft(
        kind=STAKEHOLDER,
        id=one.entry.record,
        key=said.key,
        slug=said.slug,
        body=encode(msgspec.structs.replace(organisation, former=(*organisation.former, *others))),
        status=encode(status),
        publish=True,
        at=one.entry.at,
        version=one.entry.version,
    )


def _named(session: Session, source: Source, entries: Sequence[Entry]) -> set[str]:
    """What these records named until now; nobody asks for it before a beginning is here whole."""
    if source.awaited:
        return set()
    return citing.named(session, source.region_id, {one.record for one in entries if one.kind == PRACTICE})


def _is_to_settle(taken: Sequence[Taken], named: set[str]) -> bool:
    """Whether an organisation tells of itself in other words, or one that was *named*, if only on the way, is not."""
    last: dict[str, set[str]] = {}
    for one in taken:
        if one.entry.kind == PRACTICE:
            last[one.entry.record] = {*one.said.organisations} if one.said else set()
            named = named | last[one.entry.record]
    told = any(one.entry.kind == STAKEHOLDER for one in taken)
    return told or not named <= set().union(*last.values())


def _end_beginning(session: Session, source: Source, count: int) -> bool:
    """Withdraw what the beginning of an epoch did not tell of, once it is here whole; return whether it is by now."""
    if not source.awaited:
        return False
    source.awaited = max(0, source.awaited - count)
    if source.awaited:
        return False
    told = select(Change.record_id).where(Change.seq >= source.begun)
    query = select(Record).where(Record.kind.in_([PRACTICE, STAKEHOLDER]), Record.state == "published")
    untold = session.scalars(query.where(Record.id.not_in(told))).all()
    gone = [one for one in untold if one.kind == PRACTICE or records.decode(one.status, StakeholderStatus).shared]
    records.withdraw_all(session, gone, by=BY)
    return True


_APPLY: Final[dict[str, Callable[[Session, Source, Sequence[Taken]], None]]] = {
    "epoch": _begin,
    "region": _take_header,
    "vocabulary": _take_terms,
    STAKEHOLDER: _take_stakeholders,
    PRACTICE: _take_practices,
}


def as_saved(region_id: str, entries: Iterable[Entry]) -> list[Saved]:
    """The entries as whoever keeps account of released results is told of them."""
    return [
        Saved(
            region_id=region_id,
            kind=entry.kind,
            record_id=entry.record,
            verb=entry.verb,
            version=entry.version,
            at=entry.at,
            body=entry.said,
            public=entry.verb in changelog.SHOWN,
        )
        for entry in entries
    ]

"""Records of any kind: checked, begun, saved as another version, read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import and_, select

from lanzarote import guard
from lanzarote.errors import Gone, NotFound
from lanzarote.kinds.contents import (
    faults_in,
    leaves,
    named_in,
    refuse_too_long,
    staled,
    unstaled,
    unwritten,
    written_in,
)
from lanzarote.kinds.kind import given_to
from lanzarote.records import drafts, locking, records, validation
from lanzarote.records.drafts import CALL_FOR_HELP, Noted, Override, Reason, Told, hold, remember, take_part
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, allowed, involved, is_hidden, require
from lanzarote.records.records import Draft, Record, Version, decode, encode, now
from lanzarote.records.save_checks import NO_CHECKS, asked, checks_for
from lanzarote.records.slugs import free_slug
from lanzarote.records.validation import NOTHING_EXPLAINED, Faulty, let_pass
from lanzarote.store.ids import new_id
from lanzarote.types.values import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.kinds.fields import Shape
    from lanzarote.kinds.kind import Action, Kind
    from lanzarote.records.permissions import Actor
    from lanzarote.records.save_checks import Checks, Place
    from lanzarote.records.validation import Explained, Fault
    from lanzarote.regions.vocabulary import Vocabulary

C = TypeVar("C", bound=Value)
S = TypeVar("S", bound=Value)


class Checked(Struct, Generic[C], frozen=True, kw_only=True):
    """What may be saved."""

    content: C
    reasons: tuple[Reason, ...] = ()
    noted: tuple[Noted, ...] | None = None
    """What packages say about it; None: they were not asked, and what they said before still holds."""
    overrides: tuple[Override, ...] = ()
    """What of that a coordinator lets pass, for the first time."""
    slug: str


def check(
    kind: Kind[C, S],
    content: C,
    vocabulary: Vocabulary,
    known: Any = None,
    *,
    reasons: Mapping[tuple[str, str], str],
    by: str,
    earlier: Explained = NOTHING_EXPLAINED,
    checks: Checks = NO_CHECKS,
) -> Checked[C]:
    """Let *content* pass the guard, the rules and the packages; what was explained *earlier* is not asked again.

    *known*: what the region has, for ``kind.rules``; *checks*: which packages are asked, outside of the transaction
    that writes. Raises Identifying, Faulty, Objected.
    """
    kept = let_through(kind.shapes, content, vocabulary, reasons=reasons, by=by, earlier=earlier)
    if faults := faults_of(kind, content, known):
        raise Faulty(faults)
    content = kind.kept(content)
    said = asked(checks, vocabulary.header, content, by=by)
    return Checked(
        content=content, reasons=kept, noted=said.noted, overrides=said.overrides, slug=kind.slug_of(content)
    )


def checks_of(
    kind: Kind[C, S],
    instance: Instance,
    session: Session,
    region_id: str,
    record: Record | None,
    *,
    by: Actor,
    reasons: Mapping[Place, str],
) -> Checks:
    """Which packages are asked about what *by* writes in *record*, or in a new one.

    *reasons*: why it is to be saved although one objects.
    """
    if not kind.record.checked:
        return NO_CHECKS
    return checks_for(instance, session, region_id, kind.name, record, by=by, reasons=reasons)


def let_through(
    shapes: Sequence[Shape],
    content: Any,
    vocabulary: Vocabulary,
    *,
    reasons: Mapping[tuple[str, str], str],
    by: str,
    earlier: Explained = NOTHING_EXPLAINED,
    as_read: Mapping[str, str] = {},
) -> tuple[Reason, ...]:
    """Let every text of *content* pass the guard; return why what it asked about may stay.

    *as_read*: place → what readers see, where that is not what is written. Raises Identifying, Faulty.
    """
    identifiers = vocabulary.header.personal_identifiers
    refuse_too_long(shapes, content)
    texts = dict(written_in(shapes, content))
    # Nobody writes sentences in a key or an address, so that nothing in it is asked about.
    named = guard.check_texts(named_in(shapes, content), identifiers=identifiers, guesses=False)
    concerns = (*guard.check_texts(texts.items(), identifiers=identifiers), *(one for one in named if one.hard))
    found = {(one.field, one.code, one.hard) for one in concerns}
    concerns += tuple(
        # In what is written it has no place of its own.
        replace(one, start=0, end=len(texts[one.field]))
        for one in guard.check_texts(as_read.items(), identifiers=identifiers)
        if (one.field, one.code, one.hard) not in found
    )
    return let_pass(concerns, reasons, identifiers=identifiers, by=by, texts=texts, earlier=earlier)


def check_given(action: Action, given: Any, vocabulary: Vocabulary) -> None:
    """Measure what an action was given, and let every text of it pass the guard. Raises Faulty, Identifying.

    A service that takes ``why`` does so itself, as does what an action prepares: only they know what was explained.
    """
    if given is None or "why" in action.takes or action.prepares:
        return
    if faults := [*faults_in(action.shapes, given)]:
        raise Faulty(faults)
    let_through(action.shapes, given, vocabulary, reasons={}, by="")


def faults_of(kind: Kind[C, S], content: C, known: Any) -> list[Fault]:
    """What in *content* cannot be kept."""
    return [*faults_in(kind.shapes, content), *unwritten(kind.shapes, content), *kind.rules(content, known)]


def begun_by(by: Actor, region_id: str) -> Subject:
    """What the rules ask of a record that *by* begins: who writes it is its author."""
    return Subject(region_id=region_id, authors=frozenset({by.account_id}))


def begin(
    kind: Kind[C, S],
    session: Session,
    region_id: str,
    given: Checked[C],
    *,
    by: Actor,
    at: datetime,
    record_id: str = "",
) -> Record:
    """Save a new record for the first time. Raises NotPermitted."""
    require(by, kind.write, begun_by(by, region_id))
    body, status = encode(unstaled(given.content)), encode(kind.status())
    draft = Draft(kind=kind.name, id=record_id or new_id(), slug=given.slug, body=body, status=status)
    [made] = records.create(session, region_id, [draft], by=by.account_id, at=at)
    session.flush()
    record = session.get_one(Record, (region_id, made))
    after_saving(session, record, given, by)
    return record


def save(
    kind: Kind[C, S],
    session: Session,
    record: Record,
    given: Checked[C],
    *,
    expected: int,
    by: Actor,
    at: datetime,
    fresh: Collection[str] = (),
    **said: Any,
) -> int:
    """Save another version; return its number. *said*: what ``kind.changing`` asks for besides.

    *fresh*: languages whose texts fit the original though they did not change, as *by* says.

    Raises Conflict when there is another version by now, Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    hold(session, record, kind.write, by, expected)
    state = kind.state_of(session, record)
    if not any(form.when(record, state) for form in kind.forms):
        raise IllegalTransition(f"A {state} {kind.name} is not written on.")
    known = records.body_of(session, record, record.version)
    before = decode(known, kind.content)
    body = encode(staled(before, given.content, fresh))
    if body == encode(before):
        return record.version
    verb = None
    if kind.changing:
        about = given_to(kind.changing, {"by": by, "at": at, **said})
        verb = kind.changing(session, record, before=before, after=given.content, **about)
    number = records.revise(session, record, body, by=by.account_id, at=at, expected=expected, before=known)
    if verb:
        records.tell(session, record, verb, by=by.account_id, at=at)
    after_saving(session, record, given, by)
    return number


def perform(kind: Kind[C, S], action: Action, session: Session, record: Record, /, **said: Any) -> None:
    """Do *action*, if the record allows it now that nobody else changes it; the transaction ends with what is raised.

    Raises IllegalTransition, and what the service of *action* does.
    """
    locking.hold(session, record)
    state = kind.state_of(session, record)
    possible, where = action.when(record, state), record.state if record.state == "archived" else state
    action.do(session, record, **said)  # first: it may say more plainly why not
    if not possible:
        raise IllegalTransition(f"The action {action.name!r} is not possible while the {kind.name} is {where}.")


def as_read(kind: Kind[C, S], session: Session, record: Record, since: int, newest: int, part: Sequence[Shape]) -> int:
    """The version that the writer of *part* has seen: *newest*, if this part is as it was in version *since*."""
    if not 0 < since < newest:
        return since
    before, now = (list(leaves(part, content_of(kind, session, record, number))) for number in (since, newest))
    return newest if before == now else since


def content_of(kind: Kind[C, S], session: Session, record: Record, number: int | None = None) -> C:
    """What the newest version says, or version *number*. Raises Gone."""
    return decode(records.body_of(session, record, number or record.version), kind.content)


def readable(kind: Kind[C, S], session: Session, actor: Actor) -> ColumnElement[bool]:
    """The records of *kind* that *actor* may read."""
    there = and_(Record.kind == kind.name, Record.state != "erased", allowed(actor, kind.read))
    if kind.record.unshared is None:
        return there
    rows = session.execute(select(Record, involved(actor, "author")).where(there))
    seen = [record.id for record, wrote in rows if not is_hidden(kind.record, actor, record, wrote)]
    return and_(there, Record.id.in_(seen))


def newest_of(kind: Kind[C, S], session: Session, actor: Actor) -> Select[Record, bytes]:
    """Every record that *actor* may read with what its newest version says, the last changed first."""
    newest = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    return (
        select(Record, Version.body)
        .join(Version, newest & (Version.number == Record.version))
        .where(readable(kind, session, actor))
        .order_by(Record.updated_at.desc(), Record.id)
    )


def record_of(kind: Kind[C, S], session: Session, region_id: str, record_id: str, by: Actor) -> Record:
    """The record with this id, if *by* may read it. Raises NotFound, Gone."""
    here = (Record.region_id == region_id) & (Record.id == record_id) & (Record.kind == kind.name)
    # One question for all: what one may not know takes no longer than what there is not.
    found = session.execute(select(Record, involved(by, "author")).where(here, allowed(by, kind.read))).first()
    if found is None or is_hidden(kind.record, by, *found):
        raise NotFound(kind.none)
    record: Record = found[0]
    if record.state == "erased":
        raise Gone(kind.erased)
    return record


def known_to(kind: Kind[C, S], instance: Instance, region_id: str, content: C, **said: Any) -> Any:
    """What *content* may name; *said*: record_id, language, by."""
    return kind.known(instance, region_id, **given_to(kind.known, {"content": content, **said}))


def explained_in(kind: Kind[C, S], session: Session, record: Record) -> Explained:
    """What was explained when it was saved last."""
    return validation.explained_in(session, record, written_in(kind.shapes, content_of(kind, session, record)))


def tell_about_work(session: Session, record: Record, reasons: Iterable[tuple[str, str]], *, by: Actor) -> None:
    """Write into the audit where *by* said now that what reads like a call for help is about the work."""
    places = (place for place, code in reasons if code == CALL_FOR_HELP)
    records.tell_about_work(session, record, places, by=by.account_id, at=now())


def after_saving(session: Session, record: Record, given: Checked[C], by: Actor) -> None:
    if record.published_at is None:
        record.slug = free_slug(session, record, given.slug)
    take_part(session, record, "author", by.account_id)
    told = drafts.begin_told(session, record, Told)
    remember(session, record, told, reasons=given.reasons, noted=given.noted, overrides=given.overrides, by=by)

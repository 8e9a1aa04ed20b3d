"""What API resources of all kinds of records share: found, if the token may know of it, and taken a step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, Final, ParamSpec

from msgspec import Meta, Struct
from sqlalchemy import select

from lanzarote import guard
from lanzarote.errors import Gone, NotFound
from lanzarote.records.locking import hold
from lanzarote.records.permissions import allowed, involved, is_hidden, require, subject_of
from lanzarote.records.records import Record, Version
from lanzarote.records.validation import (
    IN_REASONS,
    NOTHING_EXPLAINED,
    TOO_MANY,
    Fault,
    Faulty,
    calls_for_help,
    unanswered,
)
from lanzarote.store.ids import FORM
from lanzarote.types import Language, Text
from lanzarote.web.changing import Nothing, Sent, change, done
from lanzarote.web.problems import Disclosed, HelpLine
from lanzarote.web.resources import Listed, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.drafts import Confirmation, Override, Reason, Returned, Told
    from lanzarote.records.permissions import Action
    from lanzarote.records.save_checks import Place
    from lanzarote.records.validation import Explained
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.web.resources import Answer, Asked

ID: Final = f"^{FORM}$"
MOST_REASONS: Final = 200
AS_READ: Final = -1
"""Stands for the version of the record that If-Match names."""

P = ParamSpec("P")
"""What a service takes beside the record: ``step`` is given exactly this."""


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of records, as its resources are declared."""

    name: str
    """As the records have it, and the address calls the id."""
    read: Action
    none: str
    """What is said when there is none, or none that one may read."""
    erased: str
    now: Callable[[Record], Struct] = lambda record: state_of(record)
    """What a change is answered with."""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody of the team."""

    id: str
    name: str | None
    """null: they have closed their account, or it was the platform itself."""


class Why(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something stays that the guard asks about; another person looks at it before it is published."""

    field: Annotated[str, Meta(max_length=120)]
    """Where, as the concern says it."""
    code: Annotated[str, Meta(max_length=40)]
    reason: Annotated[str, Meta(max_length=1_000)]


Reasons = Annotated[tuple[Why, ...], Meta(max_length=50)]
"""One for each concern about a few texts that is not hard."""


class LetPass(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a coordinator saves it although a package objects."""

    package: Annotated[str, Meta(max_length=64)]
    code: Annotated[str, Meta(max_length=64)]
    field: Annotated[str, Meta(max_length=200)]
    reason: Annotated[str, Meta(max_length=1_000)]


class Explaining(Struct, frozen=True, kw_only=True):
    """Beside what is saved."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


class LettingPass(Struct, frozen=True, kw_only=True):
    """Beside what packages check."""

    let_pass: tuple[LetPass, ...] = ()
    """For coordinators: one for each objection of a package."""


class Fitting(Struct, frozen=True, kw_only=True):
    """Beside what is translated."""

    fits: tuple[Language, ...] = ()
    """Languages whose texts fit the original, although they did not change."""


class Because(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why."""

    reason: str
    """A few words that others can follow; it names nobody."""
    reasons: tuple[Why, ...] = ()
    """Why things stay in it that the guard asked about; their field is ``reason``."""


class GivenReason(Struct, frozen=True, kw_only=True):
    """Why something stays that the guard asked about."""

    field: str
    code: str
    reason: str
    by: Person


class Remark(Struct, frozen=True, kw_only=True):
    """What a package says about it, without stopping it."""

    package: str
    code: str
    field: str
    text: Text


class Overridden(Struct, frozen=True, kw_only=True):
    """Why it was saved although a package objected."""

    package: str
    code: str
    field: str
    reason: str
    at: datetime
    by: Person


class GivenBack(Struct, frozen=True, kw_only=True):
    """Why it was given back to be written on."""

    at: datetime
    reason: str
    by: Person


class WorkTold(Struct, frozen=True, kw_only=True):
    """What is said about the working version of a record."""

    reasons: tuple[GivenReason, ...]
    remarks: tuple[Remark, ...]
    overrides: tuple[Overridden, ...]
    submitted_by: Person | None
    submitted_at: datetime | None
    given_back: tuple[GivenBack, ...]


class WorkingVersion(Struct, frozen=True, kw_only=True):
    """A version of a record, published or not."""

    number: int
    at: datetime
    by: Person
    published: bool
    """It is the one the public reads now."""


class WorkingVersionList(Listed[WorkingVersion], frozen=True, kw_only=True):
    pass


class State(Struct, frozen=True, kw_only=True):
    """Where a record is now; read it again for what it says."""

    id: str
    slug: str
    state: str
    stage: str
    version: int
    published_version: int | None
    updated_at: datetime


def id_of(name: str) -> Parameter:
    return Parameter(name=name, told=f"Id of the {name}.", pattern=ID, longest=36, shortest=36)


def person_of(people: Mapping[str, str], account_id: str) -> Person:
    return Person(id=account_id, name=people.get(account_id))


def people_in(told: Told) -> list[str]:
    """Accounts that *told* names."""
    others: tuple[Reason | Override | Returned | Confirmation, ...]
    others = (*told.reasons, *told.overrides, *told.returned, *told.confirmed)
    return [told.submitted_by, *(one.by for one in others)]


def work_told(told: Told, people: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a ``WorkTold``."""
    return {
        "reasons": tuple(
            GivenReason(field=one.field, code=one.code, reason=one.text, by=person_of(people, one.by))
            for one in told.reasons
        ),
        "remarks": tuple(
            Remark(package=one.package, code=one.code, field=one.field, text=one.text) for one in told.noted
        ),
        "overrides": tuple(
            Overridden(
                package=one.package,
                code=one.code,
                field=one.field,
                reason=one.text,
                at=one.at,
                by=person_of(people, one.by),
            )
            for one in told.overrides
        ),
        "submitted_by": person_of(people, told.submitted_by) if told.submitted_by else None,
        "submitted_at": told.submitted_at,
        "given_back": tuple(
            GivenBack(at=one.at, reason=one.text, by=person_of(people, one.by)) for one in told.returned
        ),
    }


def working(asked: Asked, session: Session, kind: Kind) -> Record:
    """The record that the address names, if the token may know of it. Raises NotFound, Gone."""
    asked.instance.header(asked["region"])
    here = (Record.region_id == asked["region"]) & (Record.id == asked[kind.name]) & (Record.kind == kind.name)
    # One question for both: what one may not know takes no longer than what there is not.
    query = select(Record, involved(asked.actor, "author")).where(here, allowed(asked.actor, kind.read))
    found = session.execute(query).first()
    if found is None or is_hidden(asked.instance.kinds[kind.name], asked.actor, *found):
        raise NotFound(kind.none)
    record: Record = found[0]
    if record.state == "erased":
        raise Gone(kind.erased)
    return record


def versions_of(asked: Asked, kind: Kind, names: Callable[[Session, Sequence[str]], Mapping[str, str]]) -> Answer:
    """All versions of the record, the newest first; *names* tells what people are called. Raises NotFound, Gone."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, kind)
        query = select(Version.number, Version.at, Version.actor).where(Version.record_id == record.id)
        rows = session.execute(query.order_by(Version.number.desc())).all()
        people = names(session, [actor for _, _, actor in rows])
        shown = record.published_version
    return asked.part(
        [
            WorkingVersion(number=number, at=at, by=person_of(people, actor), published=number == shown)
            for number, at, actor in rows
        ]
    )


def taken(sent: Sent, session: Session, kind: Kind, action: Action, *, lock: bool = True) -> Record:
    """As ``working``, for *sent* alone until the transaction ends, unless it is but looked at.

    Raises NotFound, Gone, NotPermitted, Stale.
    """
    record = working(sent, session, kind)
    if lock:
        hold(session, record)
    # In this order: who may not change it is not told in what state it is.
    require(sent.actor, action, subject_of(session, record))
    sent.require_match(etag_of(record), record.version)
    return record


def steps_of(one: str, tag: str, names: tuple[Parameter, ...]) -> Callable[..., Callable[[Callable[..., Answer]], Any]]:
    """Declares the steps of the records at *one*: each a ``POST`` under its name, with the version that was read."""

    def declare(name: str, may: Action, body: Any = Nothing, **more: Any) -> Callable[[Callable[..., Answer]], Any]:
        shape = {"answers": State, "body": body, "match": True} | more
        return change("POST", f"{one}/{name}", tag=tag, may=may, names=names, **shape)

    return declare


def step(
    sent: Sent,
    kind: Kind,
    action: Action,
    do: Callable[Concatenate[Session, Record, P], object],
    *_: P.args,
    **said: P.kwargs,
) -> Answer:
    """Let a service do something with the record that the address names, and answer where it is then.

    It is given *said*; where ``expected`` is ``AS_READ``, the version of the record.
    """

    def taken_and_done(session: Session) -> Answer:
        record = taken(sent, session, kind, action)
        let(do, session, record, said)
        session.flush()
        return done(kind.now(record), etag=etag_of(record), about=record.id)

    return sent.once(taken_and_done)


def let(do: Callable[..., object], session: Session, record: Record, said: Mapping[str, object]) -> None:
    """Let *do* have *said*, and the version of *record* where it is to be told the one that was read."""
    version = {"expected": record.version} if said.get("expected") == AS_READ else {}
    do(session, record, **{**said, **version})


def etag_of(record: Record) -> str:
    """Names the state a record is in: another one after every change of it."""
    where = (record.state, record.stage, record.published_version, record.slug, record.updated_at.isoformat())
    return f'"{record.version}-{blake2b(repr((where, record.status)).encode(), digest_size=6).hexdigest()}"'


def state_of(record: Record) -> State:
    return State(
        id=record.id,
        slug=record.slug,
        state=record.state,
        stage=record.stage,
        version=record.version,
        published_version=record.published_version,
        updated_at=record.updated_at,
    )


def reasons_of(given: Sequence[Why]) -> dict[tuple[str, str], str]:
    """The reasons by (field, code). Raises Faulty."""
    if len(given) > MOST_REASONS:
        raise Faulty([Fault(field="reasons", text=TOO_MANY, value=str(MOST_REASONS))])
    return {(one.field, one.code): one.reason for one in given}


def overrides_of(given: Sequence[LetPass]) -> dict[Place, str]:
    """The reasons by (package, code, field). Raises Faulty."""
    if len(given) > MOST_REASONS:
        raise Faulty([Fault(field="let_pass", text=TOO_MANY, value=str(MOST_REASONS))])
    return {(one.package, one.code, one.field): one.reason for one in given}


def refuse_disclosure(vocabulary: Vocabulary, *texts: str) -> None:
    """Raise Disclosed when it reads like somebody telling of a child in danger, where no reason can be given."""
    if guard.reads_like_disclosure(*texts):
        raise Disclosed(_help_of(vocabulary))


def refuse_calls(
    vocabulary: Vocabulary,
    texts: Iterable[tuple[str, str]],
    reasons: Mapping[tuple[str, str], str],
    earlier: Explained = NOTHING_EXPLAINED,
) -> None:
    """Raise Disclosed for *texts* that read like a call for help, unless a reason says that they are about the work.

    The *reasons* are read as well.
    """
    written = [*texts, *((IN_REASONS, text) for text in reasons.values())]
    if calls := unanswered(calls_for_help(written), reasons, dict(written), earlier):
        raise Disclosed(_help_of(vocabulary), calls)


def _help_of(vocabulary: Vocabulary) -> list[HelpLine]:
    lines = (line for key, line in vocabulary.helplines.items() if not vocabulary.is_retired("helpline", key))
    return [HelpLine(name=one.name, for_whom=one.for_whom, number=one.number, url=one.url) for one in lines]

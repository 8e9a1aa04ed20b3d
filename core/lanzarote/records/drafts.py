"""What belongs to a record's working version beside its text, and the steps that it takes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

import msgspec
from msgspec import Struct
from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.errors import Conflict
from lanzarote.records import locking, records
from lanzarote.records.kinds import kinds_of
from lanzarote.records.lifecycle import WORK, next_state
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import Involved, Version, encode
from lanzarote.runtime.reading import decoded
from lanzarote.store.bulk import rows_of
from lanzarote.store.database import ALL, Base, Regional
from lanzarote.types import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action, Actor, Part, Subject
    from lanzarote.records.records import Record
    from lanzarote.records.save_checks import Place
    from lanzarote.store.database import Database
    from lanzarote.types import OwnSource, Value


# --- Sources that a record has of its own, as forms and sheets send them: what these do not show is kept ---

Earlier = Callable[[], Collection[str]]
"""Keys that sources of a record have had, asked for when a new one comes."""


def keys_of(database: Database, region_id: str, record_id: str) -> Earlier:
    """Those that sources have had in any version of a record; none where it is not there yet."""
    return partial(_keys_of, database, region_id, record_id)


def _keys_of(database: Database, region_id: str, record_id: str) -> frozenset[str]:
    query = select(Version.body).where(Version.region_id == region_id, Version.record_id == record_id)
    with database.read(region_id) as session:
        bodies = session.scalars(query.where(Version.body != b"")).all()
    return frozenset(source.key for body in bodies for source in decoded(body, _Said).own_sources)


class _Source(Struct, frozen=True, kw_only=True):
    key: str


class _Said(Struct, frozen=True, kw_only=True):
    own_sources: tuple[_Source, ...] = ()


def new_keys(sent: Collection[str], earlier: Earlier) -> Iterator[str]:
    """Keys for new sources: none of those *sent*, and none that another source has had, which something may cite."""
    taken = {*sent, *earlier()}
    yield from (key for number in count(1) if (key := f"own-{number}") not in taken)


def is_written(row: Mapping[str, str]) -> bool:
    """Whether anybody wrote in a row: its key and its kind stand there by themselves."""
    return any(text for name, text in row.items() if name not in ("key", "kind"))


def read(rows: Iterable[Mapping[str, str]], earlier: Earlier = frozenset) -> Iterator[dict[str, Any]]:
    """What stands in the rows of a form, each under the key it has or a new one; a row left empty is none.

    >>> [one["key"] for one in read([{"title": "A"}, {"title": "B", "key": "own-1"}, {"key": "own-3"}])]
    ['own-2', 'own-1']
    """
    written = [row for row in rows if is_written(row)]
    free = new_keys({row.get("key", "") for row in written}, earlier)
    given = set[str]()
    for row in written:
        key, kind, url = (row.get(name, "") for name in ("key", "kind", "url"))
        if not key or key in given:
            key = next(free)
        given.add(key)
        said = {"key": key, "title": row.get("title", ""), "publisher": row.get("publisher", "")}
        said["kind"] = kind if kind in get_args(SourceKind) else "organisation"
        yield said | ({"url": url} if url else {})


def kept(
    sent: Sequence[OwnSource], before: Sequence[OwnSource], *, unshown: Collection[str] = ("language", "read_on")
) -> tuple[OwnSource, ...]:
    """*sent* with what the source of the same key said *before* in the fields that are *unshown*.

    Whoever writes another document over a source, with another title and another address, begins a new one: nothing
    that was true of the old one is kept. A document without an address is known by its title. The day on which a
    document was read is kept only while its address is the same.
    """
    known = {one.key: one for one in before}
    return tuple(_kept(one, known.get(one.key), unshown) for one in sent)


def _kept(now: OwnSource, was: OwnSource | None, unshown: Collection[str]) -> OwnSource:
    there = was is not None and now.url == was.url
    if was is None or (now.title != was.title and not (there and now.url)):
        return now
    same = [name for name in unshown if there or name != "read_on"]
    return msgspec.structs.replace(now, **{name: getattr(was, name) for name in same})


# --- What belongs to a record's working version beside its text, and the steps that it takes ---


class Work(Regional, Base):
    """How the working version of a record came about, and what is said about it. One row a record, none when idle."""

    __tablename__ = "work"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    told: Mapped[bytes] = mapped_column(LargeBinary)
    """A ``Told``, as the record's kind has it."""


class Unsaved(Regional, Base):
    """What one person typed into one form since they last saved; it outlives time-outs and closed windows."""

    __tablename__ = "unsaved"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    """Which of several forms of the record it is."""
    base: Mapped[int]
    """The version they began from; 0: a record that is not saved yet."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """A ``kinds.entered.Typed`` that the guard let pass."""
    saved_at: Mapped[datetime]


CLOSED: Final = "forget-typed"
"""Topic of the job that follows when an account is closed."""


def forget_typed(database: Database, payload: Mapping[str, Any]) -> None:
    """Job: forget what somebody typed, in all regions, and never saved."""
    with database.write(ALL) as session:
        session.execute(delete(Unsaved).where(Unsaved.account_id == payload["by"]))
        session.info["erased"] = True  # so that its bytes go, too


CALL_FOR_HELP: Final = "disclosure"
"""Code of the reason by which a writer says that what reads like a call for help is about the work."""


class Reason(Struct, frozen=True, kw_only=True):
    """Why the writer keeps something that the guard asked about; a second person looks at it before publication."""

    field: str
    code: str
    text: str
    by: str


class Override(Struct, frozen=True, kw_only=True):
    """Why a coordinator went on although a package objected."""

    package: str
    code: str
    field: str
    text: str
    by: str
    at: datetime

    @property
    def place(self) -> Place:
        return self.package, self.code, self.field


class Noted(Struct, frozen=True, kw_only=True):
    """What a package said about what was saved last."""

    package: str
    code: str
    field: str
    text: dict[str, str]
    failed: bool = False
    """The package did not answer as it should."""


class Returned(Struct, frozen=True, kw_only=True):
    """Why it was given back to be written on."""

    by: str
    at: datetime
    text: str


class Confirmation(Struct, frozen=True, kw_only=True):
    """Who confirmed, of which version, that nobody is recognisable and no case is pending."""

    by: str
    at: datetime
    version: int


class Told(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said about any record's working version."""

    submitted_by: str = ""
    submitted_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    overrides: tuple[Override, ...] = ()
    """They hold for later versions too, until it is put away or erased."""
    noted: tuple[Noted, ...] = ()
    returned: tuple[Returned, ...] = ()
    confirmed: tuple[Confirmation, ...] = ()
    bearer: str = ""
    """The organisation that runs a practice: key or id of a stakeholder, or its name."""


T = TypeVar("T", bound=Told)
_NEWEST: Final = """
    SELECT version.body, work.told FROM version
    LEFT JOIN work ON work.region_id = version.region_id AND work.record_id = version.record_id
    WHERE version.region_id = ? AND version.record_id = ? AND version.number = ?
"""


def read_told(session: Session, record: Record, kind: type[T]) -> T:
    row = session.get(Work, (record.region_id, record.id))
    return decoded(row.told, kind) if row else kind()


def begin_told(session: Session, record: Record, kind: type[T]) -> T:
    """What is said beside *record*, of which something is known from now on: it is being worked on."""
    row = session.get(Work, (record.region_id, record.id))
    if row is not None:
        return decoded(row.told, kind)
    tell(session, record, told := kind())
    return told


def told_of(session: Session, record: Record) -> Told:
    return read_told(session, record, Told)


def newest(session: Session, record: Record, kind: type[T]) -> tuple[bytes, T | None]:
    """What *record* says in its newest version, and what is said beside it; None: it is not being worked on yet."""
    [(body, told)] = rows_of(session, _NEWEST, record.region_id, record.id, record.version)
    return body, decoded(told, kind) if told else None


def tell(session: Session, record: Record, told: Told) -> None:
    row = session.get(Work, (record.region_id, record.id))
    if row is None:
        session.add(Work(region_id=record.region_id, record_id=record.id, told=encode(told)))
    else:
        row.told = encode(told)
    session.flush()


def remember(
    session: Session,
    record: Record,
    told: Told,
    *,
    reasons: tuple[Reason, ...],
    noted: tuple[Noted, ...] | None,
    overrides: tuple[Override, ...],
    by: Actor,
) -> None:
    """Remember what was said about what *by* saved; *told*: what was said before, *overrides*: what they let pass.

    Raises NotPermitted.
    """
    known = {one.place: one for one in (*told.overrides, *overrides)}
    kept = _of_steps(session, record, told)
    now = msgspec.structs.replace(told, reasons=(*kept, *reasons), overrides=tuple(known.values()))
    if noted is not None:
        now = msgspec.structs.replace(now, noted=noted)
    if now != told:
        tell(session, record, now)
    fresh = [one.field for one in reasons if one.code == CALL_FOR_HELP and one not in told.reasons]
    records.tell_about_work(session, record, fresh, by=by.account_id, at=record.updated_at)
    if overrides:
        require(by, "practice.override", subject_of(session, record))
        records.tell(session, record, "override", by=by.account_id, at=record.updated_at)


def give_back(
    session: Session, record: Record, told: Told, reason: str, *, parts: tuple[Part, ...], by: Actor, at: datetime
) -> None:
    """Let it be written on, with a *reason*, by nobody who had *parts* in it; *told*: what was said until now.

    Who calls this has asked whether *by* may. Raises IllegalTransition.
    """
    move(session, record, "return", by, at)
    leave(session, record, *parts)
    returned = Returned(by=by.account_id, at=at, text=reason)
    tell(session, record, msgspec.structs.replace(told, returned=(*told.returned, returned), confirmed=()))


def explain(
    session: Session, record: Record, told: Told, step: str, reasons: tuple[Reason, ...], *, besides: bool = False
) -> None:
    """Remember why things stay in what was written in *step*, which is called as no field of the content.

    *besides*: what was explained when it was taken before stays, too.
    """
    kept = told.reasons if besides else tuple(one for one in told.reasons if _step_of(one) != step)
    said = tuple(msgspec.structs.replace(one, field=f"{step}.{one.field}".replace(".reason", "", 1)) for one in reasons)
    if kept + said != told.reasons:
        tell(session, record, msgspec.structs.replace(told, reasons=tuple(dict.fromkeys(kept + said))))


def is_as_read(session: Session, record: Record) -> bool:
    """Whether a withdrawn record can be published again: it says what the public read last, and nobody works on it."""
    if record.state != "withdrawn" or record.stage or record.published_at is None:
        return False
    own = (Version.region_id == record.region_id) & (Version.record_id == record.id)
    versions = select(Version.body).where(own).order_by(Version.number.desc()).limit(1)
    read = session.scalar(versions.where(Version.at <= record.published_at))
    return bool(read) and read == session.scalar(versions)


def saved_alone(session: Session, region_id: str, record_id: str, since: int, account_id: str) -> bool:
    """Whether nobody but the account saved what there is newer than version *since*: in another window, say."""
    newer = (Version.region_id == region_id) & (Version.record_id == record_id) & (Version.number > since)
    return set(session.scalars(select(Version.actor).where(newer))) == {account_id}


def _step_of(reason: Reason) -> str:
    return reason.field.partition(".")[0]


def _of_steps(session: Session, record: Record, told: Told) -> tuple[Reason, ...]:
    """Why things stay in what was written when a step was taken: in no field of what the record says."""
    kind = kinds_of(session)[record.kind]
    fields = {*kind.body.__struct_fields__, *(kind.draft or kind.body).__struct_fields__}
    return tuple(one for one in told.reasons if _step_of(one).partition("[")[0] not in fields)


def rest(session: Session, record: Record, *, still_there: bool = False) -> None:
    """Nothing of *record* is being worked on at present; what a coordinator let pass stays known.

    So does why things stay that the guard asked about, if the text they are in is *still_there*.
    """
    told = read_told(session, record, Told)
    forget(session, record)
    reasons = told.reasons if still_there else _of_steps(session, record, told)
    # Why it was given back is forgotten; so is what was said of that.
    kept = Told(overrides=told.overrides, reasons=tuple(one for one in reasons if _step_of(one) != "returned"))
    if kept != Told():
        tell(session, record, kept)


def forget(session: Session, record: Record) -> None:
    """Nothing of *record* is being worked on any more. What people typed and did not save stays theirs."""
    _delete(session, record, Work)


def forget_all(session: Session, record: Record) -> None:
    """As ``forget``, with what anybody typed and did not save: *record* is erased."""
    _delete(session, record, Work, Unsaved)


def _delete(session: Session, record: Record, *tables: type[Work | Unsaved]) -> None:
    for table in tables:
        mine = (table.region_id == record.region_id) & (table.record_id == record.id)
        session.execute(delete(table).where(mine))


def hold(session: Session, record: Record, action: Action, by: Actor, expected: int | None = None) -> Subject:
    """What the rules ask of *record*, which nobody else changes until the transaction ends.

    *expected* is the version that *by* read. Raises Conflict, NotPermitted.
    """
    locking.hold(session, record)
    if expected not in (None, record.version):
        raise Conflict(f"The record is at version {record.version}; what was read here is version {expected}.")
    subject = subject_of(session, record)
    require(by, action, subject)
    return subject


def take_back(session: Session, record: Record, *, by: Actor, at: datetime, action: Action) -> None:
    """Take back what was submitted and nobody has begun to assess. Raises NotPermitted, IllegalTransition."""
    hold(session, record, action, by)
    move(session, record, "take-back", by, at)
    leave(session, record, "submitter")


def archive(session: Session, record: Record, *, by: Actor, at: datetime, action: Action = "group.lead") -> None:
    """Archive a record; *action*: what that takes. Raises NotPermitted, IllegalTransition."""
    hold(session, record, action, by)
    records.archive(session, record, by=by.account_id, at=at)
    forget(session, record)


def restore(session: Session, record: Record, *, by: Actor, at: datetime, action: Action = "group.lead") -> None:
    """Take a record out of the archive; *action*: what that takes. Raises NotPermitted, IllegalTransition."""
    hold(session, record, action, by)
    records.restore(session, record, by=by.account_id, at=at)


def erase(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Remove every word of a record of the group for good. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "record.erase", by)
    records.erase(session, record, by=by.account_id, at=at)
    leave(session, record, "author")
    forget_all(session, record)


def move(session: Session, record: Record, action: str, by: Actor, at: datetime) -> None:
    """Take the working version a step further. Raises IllegalTransition."""
    record.stage = next_state(WORK, record.stage, action)
    record.updated_at = at
    session.flush()
    records.tell(session, record, action, by=by.account_id, at=at)


def settle(session: Session, record: Record, status: Value, verb: str, *, by: Actor, at: datetime) -> None:
    """Give *record* another status, of which the public reads nothing."""
    record.status, record.updated_at = encode(status), at
    session.flush()
    records.tell(session, record, verb, by=by.account_id, at=at)


def take_part(session: Session, record: Record, part: Part, account_id: str) -> None:
    key = (record.region_id, record.id, account_id, part)
    if session.get(Involved, key) is None:
        session.add(Involved(region_id=record.region_id, record_id=record.id, account_id=account_id, part=part))
        session.flush()


def leave(session: Session, record: Record, *parts: Part) -> None:
    """Nobody has any of *parts* in the record any more."""
    mine = (Involved.region_id == record.region_id) & (Involved.record_id == record.id)
    session.execute(delete(Involved).where(mine, Involved.part.in_(parts)))

"""API resources of amendments: what was proposed for an improvement, proposing and deciding."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import func, select

from lanzarote.accounts.service import names
from lanzarote.improvements import amendments
from lanzarote.improvements.amendments_model import FIELDS, LONGEST_WHY, Amendment, AmendmentState
from lanzarote.improvements.amendments_weighing import weighed
from lanzarote.improvements.talk_api import ONE, THIS, improvement, language_of, look_first, why
from lanzarote.improvements.talk_forms import improvement_of
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty
from lanzarote.types import Language
from lanzarote.types.improvements import ImprovementText
from lanzarote.web.changing import Nothing, Sent, change, done, made
from lanzarote.web.resources import CURSOR, LIMIT, REGION, ROOT, Answer, Asked, Listed, Parameter, resource
from lanzarote.web.working_records import LetPass, P, Person, Reasons, overrides_of, person_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action as Right
    from lanzarote.records.records import Record

TAG: Final = "Amendments"
NUMBER: Final = Parameter(name="amendment", told="Number of the amendment.", between=(1, 999_999))
ALL: Final = f"{ONE}/amendments"
EACH: Final = f"{ALL}/{{amendment}}"
LARGEST: Final = 512 * 1024
Version = Annotated[int, Meta(ge=1, le=999_999_999)]


class AmendmentItem(Struct, frozen=True, kw_only=True):
    """Another text that somebody proposes for an improvement."""

    number: int
    base: int
    """The version that it changes."""
    language: str
    text: ImprovementText
    """All of the text in that language, as it would be."""
    why: str
    author: Person
    at: datetime
    state: AmendmentState
    settled_at: datetime | None
    settled_by: Person | None
    reason: str | None
    """Why it was accepted or refused."""
    version: int | None
    """The version of the improvement that it became."""


class AmendmentList(Listed[AmendmentItem], frozen=True, kw_only=True):
    pass


class Amending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A changed text."""

    base: Version
    """The version that was read and changed."""
    language: Language
    """Of the text; one in which the improvement is written."""
    text: ImprovementText
    """All of it; what is left out is taken out."""
    why: Annotated[str, Meta(max_length=LONGEST_WHY)]
    written_in: Language | None = None
    """What ``why`` is written in; the region's first language without it."""
    reasons: Reasons = ()


class AcceptingAmendment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is accepted."""

    reason: Annotated[str, Meta(max_length=4_000)]
    version: Version
    """The version of the improvement that was read."""
    text: ImprovementText | None = None
    """What it was put together to, where the improvement has a newer text than the amendment changes."""
    reasons: Reasons = ()
    let_pass: tuple[LetPass, ...] = ()
    """Why it is to hold although a package objects."""


class Refusing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the text stays as it is."""

    reason: Annotated[str, Meta(max_length=4_000)]


@resource(ALL, tag=TAG, may="group.read", names=(REGION, THIS), query=(CURSOR, LIMIT), answers=AmendmentList)
def list_amendments(asked: Asked) -> Answer:
    """What was proposed for an improvement, the last first."""
    start = int(asked.one("cursor") or 0)
    with asked.instance.database.read(asked["region"]) as session:
        record = improvement(asked, session)
        mine = (Amendment.region_id == record.region_id) & (Amendment.record_id == record.id)
        query = select(Amendment).where(mine).order_by(Amendment.number.desc()).offset(start).limit(asked.limit)
        found = session.scalars(query).all()
        total = session.scalar(select(func.count()).select_from(Amendment).where(mine)) or 0
        people = _people(session, found)
        items = [msgspec.json.encode(_item(one, people)) for one in found]
    end = start + len(items)
    return asked.listed(items, total, str(end) if end < total else None)


@resource(EACH, tag=TAG, may="group.read", names=(REGION, THIS, NUMBER), answers=AmendmentItem)
def get_amendment(asked: Asked) -> Answer:
    """One amendment. Its ETag is what a decision on it takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        found = amendments.find(session, improvement(asked, session), int(asked["amendment"]))
        return Answer(msgspec.json.encode(_item(found, _people(session, [found]))), {"etag": etag_of(found)})


@change(
    "POST", ALL, tag=TAG, may="group.write", names=(REGION, THIS), body=Amending, status=201, answers=AmendmentItem,
    largest=LARGEST,
)  # fmt: skip
def propose_amendment(sent: Sent, body: Amending) -> Answer:
    """Propose a changed text of an improvement under discussion. Location says where it stands."""
    look_first(sent, body.why, *_texts(body.text))
    with sent.instance.database.read(sent["region"]) as session:
        record = improvement(sent, session)
        if body.base > record.version:
            raise Faulty([Fault(field="base", text=NO_CHOICE)])
        present = improvement_of(session, record, body.base)
    given = amendments.checked(
        body.text,
        present,
        sent.vocabulary,
        base=body.base,
        language=body.language,
        why=body.why,
        reasons=why(body.reasons),
        by=sent.actor,
    )

    def do(session: Session) -> Answer:
        record = improvement(sent, session)
        written_in = language_of(sent, body.written_in or "")
        one = amendments.propose(session, record, given, by=sent.actor, at=sent.at, written_in=written_in)
        at = ROOT + EACH.format(region=record.region_id, improvement=record.id, amendment=one.number)
        return made(_item(one, _people(session, [one])), at=at, etag=etag_of(one), about=record.id)

    return sent.once(do)


def _decision(name: str, may: Right, body: Any) -> Callable[[Callable[..., Answer]], Any]:
    shape: dict[str, Any] = {"body": body, "match": True, "answers": AmendmentItem, "largest": LARGEST}
    return change("POST", f"{EACH}/{name}", tag=TAG, may=may, names=(REGION, THIS, NUMBER), **shape)


@_decision("accept", "group.lead", AcceptingAmendment)
def accept_amendment(sent: Sent, body: AcceptingAmendment) -> Answer:
    """Let its text be the improvement's next version."""
    look_first(sent, *(_texts(body.text) if body.text else ()))
    merged = None
    if body.text is not None:
        with sent.instance.database.read(sent["region"]) as session:
            record = improvement(sent, session)
            present = improvement_of(session, record)
            language = amendments.find(session, record, int(sent["amendment"])).language
        merged = amendments.checked(
            body.text,
            present,
            sent.vocabulary,
            base=body.version,
            language=language,
            why="",
            reasons=why(body.reasons),
            by=sent.actor,
            needs_why=False,
        )
    let_pass = overrides_of(body.let_pass)
    look_first(sent, *let_pass.values())
    said = weighed(
        sent.instance,
        sent["region"],
        sent["improvement"],
        int(sent["amendment"]),
        merged=merged,
        expected=body.version,
        let_pass=let_pass,
        by=sent.actor,
    )
    return _settled(
        sent,
        amendments.accept,
        merged=merged,
        said=said,
        vocabulary=sent.vocabulary,
        reason=body.reason,
        expected=body.version,
        **sent.signed,
    )


@_decision("refuse", "group.lead", Refusing)
def refuse_amendment(sent: Sent, body: Refusing) -> Answer:
    """Leave the text as it is."""
    return _settled(sent, amendments.refuse, vocabulary=sent.vocabulary, reason=body.reason, **sent.signed)


@_decision("withdraw", "group.write", Nothing)
def withdraw_amendment(sent: Sent, _: Nothing) -> Answer:
    """Take back what the owner of the token proposed."""
    return _settled(sent, amendments.withdraw, **sent.signed)


def etag_of(one: Amendment) -> str:
    return f'"{one.number}-{one.state}"'


def _settled(
    sent: Sent, do: Callable[Concatenate[Session, Record, int, P], Amendment], *args: P.args, **said: P.kwargs
) -> Answer:
    def taken_and_done(session: Session) -> Answer:
        record, number = improvement(sent, session), int(sent["amendment"])
        session.refresh(record, with_for_update=True)
        sent.require_match(etag_of(amendments.find(session, record, number)))
        one = do(session, record, number, *args, **said)
        return done(_item(one, _people(session, [one])), etag=etag_of(one), about=record.id)

    return sent.once(taken_and_done)


def _texts(text: ImprovementText) -> list[str]:
    return [getattr(text, name) or "" for name in FIELDS]


def _people(session: Session, some: Sequence[Amendment]) -> Mapping[str, str]:
    return names(session, [account for one in some for account in (one.author, one.settled_by)])


def _item(one: Amendment, people: Mapping[str, str]) -> AmendmentItem:
    return AmendmentItem(
        number=one.number,
        base=one.base,
        language=one.language,
        text=one.says(),
        why=one.why,
        author=person_of(people, one.author),
        at=one.at,
        state=one.state,  # type: ignore[arg-type]
        settled_at=one.settled_at,
        settled_by=person_of(people, one.settled_by) if one.settled_by else None,
        reason=one.settled_reason or None,
        version=one.settled_version or None,
    )


handlers = (
    list_amendments,
    get_amendment,
    propose_amendment,
    accept_amendment,
    refuse_amendment,
    withdraw_amendment,
)

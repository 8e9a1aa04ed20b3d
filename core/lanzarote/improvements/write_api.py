"""API resources that write findings and improvements and move them on; what is decided on them has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Concatenate, Final

from msgspec import Struct

from lanzarote import guard
from lanzarote.improvements import actions, contents, moving, service, writing
from lanzarote.improvements.contents import KINDS as CONTENTS
from lanzarote.improvements.contents import Known
from lanzarote.improvements.model import IMPROVEMENT, ImprovementState
from lanzarote.improvements.team_api import (
    IMPROVEMENT_ID,
    KINDS,
    ONE_IMPROVEMENT,
    TAG_IMPROVEMENTS,
)
from lanzarote.kinds.organisations import nameable
from lanzarote.records import drafts
from lanzarote.records.records import Record
from lanzarote.records.save_checks import NO_CHECKS, checks_for
from lanzarote.records.validation import NOTHING_EXPLAINED, Identifying
from lanzarote.types import Improvement, Language, Text
from lanzarote.web.changing import LARGEST_TEXT, NO_CONTENT, Nothing, Sent, change, done, made
from lanzarote.web.resources import REGION, ROOT
from lanzarote.web.working_records import (
    AS_READ,
    Because,
    LetPass,
    P,
    Why,
    etag_of,
    let,
    overrides_of,
    reasons_of,
    refuse_disclosure,
    taken,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action
    from lanzarote.web.resources import Answer

REPLY_LARGEST: Final = 256 * 1024


class WrittenImprovement(Improvement, frozen=True, kw_only=True):
    """An improvement as somebody writes it."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""
    let_pass: tuple[LetPass, ...] = ()
    """For coordinators: one for each objection of a package."""
    fresh: tuple[Language, ...] = ()
    """Languages whose texts fit the original, though they did not change."""


class BecauseInPublic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something is done, for everybody to read."""

    reason: Text
    reasons: tuple[Why, ...] = ()
    """Why things stay in it that the guard asked about; fields are such as ``reason.fr``."""


class ImprovementNow(Struct, frozen=True, kw_only=True):
    """Where an improvement is now; read it again for what it says."""

    id: str
    slug: str
    state: ImprovementState
    version: int
    published_version: int | None


@change(
    "POST",
    "/regions/{region}/team/improvements",
    tag=TAG_IMPROVEMENTS,
    may="group.write",
    names=(REGION,),
    body=WrittenImprovement,
    status=201,
    answers=ImprovementNow,
    largest=LARGEST_TEXT,
)
def create_improvement(sent: Sent, body: WrittenImprovement) -> Answer:
    """Begin an improvement, which the group reads. Location says where it stands."""
    return _begin(sent, body, IMPROVEMENT)


@change(
    "PUT",
    ONE_IMPROVEMENT,
    tag=TAG_IMPROVEMENTS,
    may="group.write",
    names=(REGION, IMPROVEMENT_ID),
    body=WrittenImprovement,
    match=True,
    answers=ImprovementNow,
    largest=LARGEST_TEXT,
)
def save_improvement(sent: Sent, body: WrittenImprovement) -> Answer:
    """Save another version of an improvement; all of it is sent. It stays as it is while positions are asked for."""
    return _save(sent, body, IMPROVEMENT)


def _of_improvement(name: str, may: Action = "group.lead", body: Any = Nothing, **more: Any) -> Callable[[Any], Any]:
    shape = {"answers": ImprovementNow, "body": body, "match": True} | more
    names = (REGION, IMPROVEMENT_ID)
    return change("POST", f"{ONE_IMPROVEMENT}/{name}", tag=TAG_IMPROVEMENTS, may=may, names=names, **shape)


@_of_improvement("discuss")
def discuss_improvement(sent: Sent, _: Nothing) -> Answer:
    """Put it up for discussion."""
    return _step(sent, IMPROVEMENT, "group.lead", moving.discuss, expected=AS_READ, **sent.signed)


@_of_improvement("drop", body=Because)
def drop_improvement(sent: Sent, body: Because) -> Answer:
    """Pursue it no further, with the reason for the group."""
    return _step(
        sent,
        IMPROVEMENT,
        "group.lead",
        moving.drop,
        vocabulary=sent.vocabulary,
        reason=body.reason,
        why=reasons_of(body.reasons),
        **sent.signed,
    )


@_of_improvement("reconsider")
def reconsider_improvement(sent: Sent, _: Nothing) -> Answer:
    """Discuss again what was decided or dropped; what the public reads stays until there is another decision."""
    return _step(sent, IMPROVEMENT, "group.lead", moving.reconsider, **sent.signed)


@_of_improvement("withdraw", body=BecauseInPublic)
def withdraw_improvement(sent: Sent, body: BecauseInPublic) -> Answer:
    """Take it from the public, which reads the reason at its address."""
    why = reasons_of(body.reasons)
    refuse_disclosure(sent.vocabulary, *body.reason.values(), *why.values())
    return _step(
        sent,
        IMPROVEMENT,
        "group.lead",
        moving.withdraw,
        vocabulary=sent.vocabulary,
        reason=body.reason,
        why=why,
        **sent.signed,
    )


@_of_improvement("show")
def show_improvement(sent: Sent, _: Nothing) -> Answer:
    """Let the public read again what was withdrawn, in the text that was decided on."""
    return _step(sent, IMPROVEMENT, "group.lead", moving.show_again, **sent.signed)


@_of_improvement("archive")
def archive_improvement(sent: Sent, _: Nothing) -> Answer:
    """Put away what was never public or was withdrawn: nothing more becomes of it."""
    return _step(sent, IMPROVEMENT, "group.lead", moving.archive, **sent.signed)


@_of_improvement("restore")
def restore_improvement(sent: Sent, _: Nothing) -> Answer:
    """Take it out of the archive: a draft again, or withdrawn if the public has read it once."""
    return _step(sent, IMPROVEMENT, "group.lead", drafts.restore, **sent.signed)


@_of_improvement("complete")
def complete_improvement(sent: Sent, _: Nothing) -> Answer:
    """Say that nothing is left to be done: every action is done or given up."""
    return _step(sent, IMPROVEMENT, "group.lead", actions.complete, **sent.signed)


@_of_improvement("resume")
def resume_improvement(sent: Sent, _: Nothing) -> Answer:
    """Take up again what was completed."""
    return _step(sent, IMPROVEMENT, "group.lead", actions.resume, **sent.signed)


@_of_improvement("erase", "record.erase", answers=None, status=204, tagged=False)
def erase_improvement(sent: Sent, _: Nothing) -> Answer:
    """Remove every word of it for good, with all versions. This cannot be undone."""
    return _erase(sent, IMPROVEMENT)


def _begin(sent: Sent, body: WrittenImprovement, kind: str) -> Answer:
    given = judged(sent, body, kind)

    def begun(session: Session) -> Answer:
        record = writing.begin(session, sent["region"], given, by=sent.actor, at=sent.at)
        at = ROOT + ONE_IMPROVEMENT.format(region=record.region_id, **{kind: record.id})
        return made(_now(record), at=at, etag=etag_of(record), about=record.id)

    return sent.once(begun)


def _save(sent: Sent, body: WrittenImprovement, kind: str) -> Answer:
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, KINDS[kind], "group.write", lock=False)
        given = judged(sent, body, kind, record)
    return _step(
        sent, kind, "group.write", writing.save, given=given, fresh=body.fresh, expected=AS_READ, **sent.signed
    )


def judged(sent: Sent, body: WrittenImprovement, kind: str, record: Record | None = None) -> writing.Checked:
    """What is in *body*, if it may be saved. Raises Disclosed, Identifying, Faulty, Objected."""
    vocabulary, as_written = sent.vocabulary, CONTENTS[kind]
    content = as_written(**{name: getattr(body, name) for name in as_written.__struct_fields__})
    reasons, checks = reasons_of(body.reasons), NO_CHECKS
    with sent.instance.database.read(sent["region"]) as session:
        before = service.content_of(session, record) if record else None
        earlier = writing.explained_in(session, record) if record else NOTHING_EXPLAINED
        known = service.known_ids(session, content, before, by=sent.actor)
        if isinstance(body, WrittenImprovement):
            let_pass = overrides_of(body.let_pass)
            checks = checks_for(
                sent.instance, session, sent["region"], "improvement", record, by=sent.actor, reasons=let_pass
            )
    texts = [text for _, text in contents.texts_of(content)]
    refuse_disclosure(vocabulary, *texts, *reasons.values(), *checks.reasons.values())
    named = ((f"own_sources[{number}].key", one.key) for number, one in enumerate(content.own_sources))
    identifiers = vocabulary.header.personal_identifiers
    if hard := tuple(one for one in guard.check_texts(named, identifiers=identifiers, guesses=False) if one.hard):
        raise Identifying(hard)
    organisations = nameable(sent.instance, sent["region"], record.id if record else "")
    return writing.checked(
        content,
        vocabulary,
        Known(organisations=organisations, records=known),
        reasons=reasons,
        by=sent.actor.account_id,
        checks=checks,
        today=sent.instance.today(sent["region"]).isoformat(),
        earlier=earlier,
    )


def _step(
    sent: Sent,
    kind: str,
    action: Action,
    do: Callable[Concatenate[Session, Record, P], object],
    *_: P.args,
    **said: P.kwargs,
) -> Answer:
    """Let a service do something with the record that the address names, and answer where it is then."""

    def taken_and_done(session: Session) -> Answer:
        record = taken(sent, session, KINDS[kind], action)
        let(do, session, record, said)
        session.flush()
        return done(_now(record), etag=etag_of(record), about=record.id)

    return sent.once(taken_and_done)


def _erase(sent: Sent, kind: str) -> Answer:
    def do(session: Session) -> Answer:
        writing.erase(session, taken(sent, session, KINDS[kind], "record.erase"), by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


def _now(record: Record) -> ImprovementNow:
    return ImprovementNow(
        id=record.id,
        slug=record.slug,
        state=moving.status_of(record).state,
        version=record.version,
        published_version=record.published_version,
    )


handlers = (
    create_improvement,
    save_improvement,
    discuss_improvement,
    drop_improvement,
    reconsider_improvement,
    withdraw_improvement,
    show_improvement,
    archive_improvement,
    restore_improvement,
    complete_improvement,
    resume_improvement,
    erase_improvement,
)

"""Findings, improvements, positions and decisions full of words that the group of a region reads, and nobody else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from lanzarote.improvements import calling, moving, positions, sharing
from lanzarote.improvements import deciding as group_deciding
from lanzarote.improvements.model import IMPROVEMENT, ImprovementStatus
from lanzarote.improvements.positions import Given
from lanzarote.improvements.team_documents import (
    BecauseInPublic,
    Calling,
    Decide,
    Forward,
    Offering,
    Recording,
    Replying,
    Sharing,
)
from lanzarote.kinds import service as kinds
from lanzarote.records import records
from lanzarote.records.drafts import Reason
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Draft, Record, create, encode
from lanzarote.stakeholders import deciding as relating
from lanzarote.stakeholders.team_documents import Relating
from lanzarote.types import Improvement, ImprovementText

from tests.core.improvements import deliberating
from tests.core.improvements.deliberating import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.core.faults.canaries import Land

THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)


def deliberate(land: Land, region: str) -> None:
    """Findings and improvements at every stage."""
    canary, head = land.canary, land.who("coordinator", region)
    lang, words = land._language(region), land.instance.vocabulary(region)
    group = land.group(region)
    own = {f"{name} {region}" for name in ("contributor", "coordinator")}
    body = land.instance.directory(region)[0]
    draft = _spoken(land, region, "finding", "a draft of a finding", own, organisations=[body.id])
    other = next(iter(land.instance.directory(region)[1].organisation.name.values()))
    shared = _spoken(land, region, "finding", "a shared finding", group, naming=other)
    closed = _spoken(land, region, "finding", "a closed finding", group)
    for one, readers in ((draft, own), (shared, group)):
        with land._held(region, one) as (session, record):
            how = canary("how it was offered to reply", readers)
            offered = Offering(stakeholder=body.id, on=date(2030, 12, 1), how=how)
            sharing.offer(session, record, words, given=offered, by=head, at=THEN)
            reply = {lang: canary("what a body replied", readers)}
            replied = Replying(stakeholder=body.id, on=date(2030, 12, 2), reply=reply)
            sharing.note_reply(session, record, words, given=replied, why={}, by=head, at=THEN)
    for one in (shared, closed):
        why = f"Parce que {canary('why a body is not meant', group)}" if one == shared else ""
        with land._held(region, one) as (session, record):
            given = Sharing(not_meant=why)
            sharing.share(session, record, words, given=given, expected=record.version, by=head, at=THEN)
    with land._held(region, closed) as (session, record):
        sharing.close(
            session, record, words, reason=f"Parce que {canary('why it was closed', group)}", by=head, at=THEN
        )
    land.findings[region] = {"draft": draft, "shared": shared, "closed": closed}
    written = _spoken(land, region, "improvement", "an improvement", group, findings=[draft, shared])
    dropped = _spoken(land, region, "improvement", "a dropped improvement", group)
    with land._held(region, dropped) as (session, record):
        moving.drop(session, record, words, reason=f"Parce que {canary('why it was dropped', group)}", by=head, at=THEN)
    public = _spoken(land, region, "improvement", f"a decided improvement of {region}", None)
    with land._held(region, public) as (session, record):
        records.decide(session, record, b'{"state":"adopted"}', "adopt", by=head.account_id, at=THEN)
        records.publish(session, record, by=head.account_id, at=THEN)
    gone = _spoken(land, region, "improvement", f"a withdrawn improvement of {region}", None)
    with land._held(region, gone) as (session, record):
        records.decide(session, record, b'{"state":"adopted"}', "adopt", by=head.account_id, at=THEN)
        records.publish(session, record, by=head.account_id, at=THEN)
    with land._held(region, gone) as (session, record):
        told = {lang: f"Parce que {canary('why an improvement was withdrawn', group | {'visitor'})}"}
        moving.withdraw(session, record, words, given=BecauseInPublic(reason=told), by=head, at=THEN)
    land.improvements[region] = {"written": written, "dropped": dropped, "public": public, "withdrawn": gone}


def _spoken(
    land: Land, region: str, kind: str, what: str, readers: Iterable[str] | None, naming: str = "", **more: Any
) -> str:
    """Begin a finding or an improvement full of words for *readers*; without them, of words for everybody.

    *naming*: what its text says besides.
    """
    lang, sectors = land._language(region), list(land.instance.vocabulary(region).sectors)[:2]
    names = [shape.name for shape in KINDS[kind].shapes if shape.of_language]
    text = {name: f"{name} of {what}" for name in names}
    body: dict[str, Any] = {"original": lang, "sectors": sectors}
    reasons: tuple[Reason, ...] = ()
    if readers is not None:
        text = {name: land.canary(told, readers) for name, told in text.items()}
        why = land.canary(f"a reason in {what}", readers)
        reasons = (Reason(field=f"text.{lang}.title", code="name", text=why, by="x"),)
        body |= _sourced(land, lang, kind, what, readers)
    if naming:
        text[names[-1]] += f" {naming}"
    content = deliberating.read(kind, body | {"text": {lang: text}} | more)
    given = kinds.Checked(content=content, reasons=reasons, slug=KINDS[kind].slug_of(content))
    with land.instance.database.write(region) as session:
        return kinds.begin(KINDS[kind], session, region, given, by=land.who("contributor", region), at=THEN).id


def _sourced(land: Land, lang: str, kind: str, what: str, readers: Iterable[str]) -> dict[str, Any]:
    """A note, a document of its own, and for a finding a figure from it."""

    def word(told: str) -> str:
        return land.canary(f"{told} of {what}", readers)

    own = {"key": "own-1", "kind": "official", "title": word("a source"), "publisher": word("its publisher")}
    own["url"] = f"https://{word('where a source is')}.example"
    body: dict[str, Any] = {"note": {lang: word("a note")}, "own_sources": [own]}
    if kind == "finding":
        figure = {name: {lang: word(f"{name} of a figure")} for name in ("text", "period", "unit")}
        body["evidence"] = [figure | {"value": 3, "sources": ["own-1"]}]
    return body


def ask_and_decide(land: Land, region: str) -> None:
    """What the group discusses is read by the whole group, representatives included."""
    group, canary, lang = land.team(region) | {f"representative {region}"}, land.canary, land._language(region)
    words, head = land.instance.vocabulary(region), land.who("coordinator", region)
    speaker = land.who("representative", region)
    # Who wrote down what bodies said does not decide on it.
    second = Actor(account_id="second", grants=(Grant(role="coordinator", region_id=region),), strong=True)
    directory = land.instance.directory(region)
    sides = {one.organisation.side: one.id for one in directory[1:]}
    body, others = directory[0].id, [sides[one] for one in ("public", "civil-society") if one in sides]
    today = land.instance.today(region)
    with land.instance.database.write(region) as session:
        for one in (body, *others):
            record = session.get_one(Record, (region, one))
            part = Relating(relation="taking-part", since="2030", source="Lettre")
            relating.relate(session, record, words, part.relation, part, by="x", at=THEN)
    for state in ("called", "decided", "adopted"):
        readers = group | (set() if state == "called" else {"visitor"})
        texts = ImprovementText(
            title=canary(f"title of an improvement ({state})", readers),
            proposal=canary(f"proposal of an improvement ({state})", readers),
        )
        draft = Draft(
            kind=IMPROVEMENT,
            slug=f"piste-{state}",
            body=encode(Improvement(original=lang, text={lang: texts})),
            status=encode(ImprovementStatus(state="discussed")),
        )
        with land.instance.database.write(region) as session:
            [made] = create(session, region, [draft], by="x")
            land.called[region].append(made)
        choices = ("reservations", "support") if state == "adopted" else ("object", "abstain")
        reasons = [canary(f"why a body says {choice} ({state})", group) for choice in choices]
        given = Given(choice=choices[0], reason=reasons[0], lang=lang)
        written: dict[str, Any] = {"choice": choices[1], "reason": reasons[1], "language": lang, "how": "letter"}
        written |= {"source": canary(f"a letter ({state})", group), "on": today}
        day: dict[str, Any] = {"today": today, "at": datetime.now(UTC), "by": head}
        with land._held(region, made) as (session, record):
            calling.call(session, record, given=Calling(until=today), expected=None, **day)
            positions.give(session, record, body, given, by=speaker, at=THEN)
            for other in others:
                positions.record_said(session, record, words, given=Recording(stakeholder=other, **written), **day)
            if state != "called" and words.decisions:
                told = {one: canary("reasons of a group's decision", readers) for one in words.header.languages}
                there = (body, *others)
                seen = group_deciding.preview(session, record, words, there, today=today)
                decided = Decide(present=there, reasons=told, day=today, verdict=seen.outcome.verdict, mark=seen.mark)
                group_deciding.decide(session, record, words, decided, **day | {"by": second})
            if state == "adopted" and len(others) == 2:
                code = f"CONF/1/{canary('the number of a document', group | {'visitor'})}"
                noted = Forward(to="human-rights-committee", day=today, result="sent", code=code)
                moving.forward(session, record, words, given=noted, **day)

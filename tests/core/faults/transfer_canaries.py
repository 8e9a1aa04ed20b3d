"""Transfers full of words that only the group of a region reads, and what somebody outside wrote to it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from lanzarote.kinds import actions
from lanzarote.kinds.service import Checked
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records.records import Record, now
from lanzarote.transfers import mapping, origin, writing
from lanzarote.transfers.answers import AnsweredQuestion, Given, GivenMatch, applied
from lanzarote.transfers.model import Elsewhere
from lanzarote.types import Transfer
from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.faults.canaries import Land

THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)
TODAY = date(2031, 1, 1)


def travel(land: Land, region: str) -> None:
    group, canary = land.group(region), land.canary
    head, words = land.who("coordinator", region), land.instance.vocabulary(region)
    first, second = _origins(land, region)[:2]
    _proposed(land, region, first, lambda what: canary(f"{what} of a transfer", group))
    gone = _proposed(land, region, second, lambda what: f"Ce que chacun lit, {what}")
    everybody = group | {"visitor"}
    reason = {land._language(region): f"Parce que {canary('why a practice is not taken up', everybody)}"}
    with land._held(region, gone) as (session, record):
        writing.decline(
            session,
            record,
            words,
            given=writing.Declining(reason=reason),
            expected=record.version,
            today=TODAY,
            by=head,
            at=THEN,
        )
    with land._held(region, gone) as (session, record):
        why = canary("why a transfer was withdrawn", group)
        actions.withdraw(session, record, words, reason=f"Parce que {why}", by=head, at=THEN)
    _written_from_outside(land, region)


def _origins(land: Land, region: str) -> list[Transfer]:
    """What the platform proposes for practices of the other region that its package ships."""
    other = next(one for one in ("second-region", "paris") if one != region)
    query = select(Record.id).where(Record.kind == PRACTICE, Record.state == "published", Record.key.is_not(None))
    with land.instance.database.read(other) as session:
        ids = session.scalars(query.order_by(Record.slug).limit(2)).all()
    there = [origin.read_origin(land.instance, other, one) for one in ids]
    return [mapping.propose(one, land.instance.vocabulary(region), url="") for one in there]


def _proposed(land: Land, region: str, said: Transfer, word: Callable[[str], str]) -> str:
    lang, writer = land._language(region), land.who("contributor", region)
    with land.instance.database.write(region) as session:
        record, _ = writing.begin(session, region, said, today=TODAY, by=writer, at=THEN)
        given = Given(
            sectors=tuple(GivenMatch(origin=one.origin, note={lang: word("how a sector is matched")})
                          for one in said.sectors[:1]),
            provisions=tuple(GivenMatch(origin=one.origin, note={lang: word("how a provision is matched")})
                             for one in said.provisions[:1]),
            questions=tuple(AnsweredQuestion(key=one.key, answer={lang: word("an answer to the origin")})
                            for one in said.questions[:1]),
            changed={lang: word("what had to change")},
        )  # fmt: skip
        passed = Checked(content=applied(said, given), slug="")
        writing.save(session, record, passed, expected=record.version, by=writer, at=THEN)
        land.transfers[region].append(record.id)
        return record.id


def _written_from_outside(land: Land, region: str) -> None:
    head = {f"coordinator {region}"}
    with land.instance.database.write(region) as session:
        texts = {name: land.canary(f"{name} of a message from elsewhere", head) for name in ("place", "organisation")}
        texts |= {name: land.canary(f"{name} of a message from elsewhere", head) for name in ("what", "source")}
        session.add(
            Elsewhere(
                region_id=region, record_id=land.practices[region]["published"], number=1, **texts,
                lang=land._language(region), contact=land.canary("where an answer goes", ()), state="asked", at=now(),
                settled_at=None,
            )
        )  # fmt: skip

"""Procedures full of words that only the group of a region reads, but for one that is public."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from lanzarote.kinds import service as kinds
from lanzarote.procedures import endorsing
from lanzarote.procedures import writing as agreed
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.records.validation import read_as
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.faults.canaries import Land

THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)


def agree(land: Land, region: str) -> None:
    group, canary = land.team(region) | {f"representative {region}"}, land.canary
    head = land.who("coordinator", region)
    secret = lambda what: canary(f"{what} of a procedure", group)  # noqa: E731
    _procedure(land, region, secret)
    asked = _procedure(land, region, secret)
    public = _procedure(land, region, lambda what: f"Ce que chacun lit, {what}")
    bodies = [one.id for one in land.instance.directory(region)[:2]]
    for record_id, source in ((asked, canary("where an endorsement is written", group)), (public, "Lettre 12")):
        with land._held(region, record_id) as (session, record):
            agreed.propose(session, record, confirmed=True, expected=1, by=head, at=THEN)
        for body in bodies[: 1 if record_id == asked else 2]:
            given = endorsing.Given(stakeholder=body, what="endorse", day="2031-01-01", source=source)
            words = land.instance.vocabulary(region)
            with land._held(region, record_id) as (session, record):
                endorsing.say(session, record, words, given, expected=1, by=head, at=THEN, today=date(2031, 1, 1))
    with land._held(region, public) as (session, record):
        newer = _agreement(land, region, lambda what: canary(f"{what} of a version beside a procedure", group))
        kinds.save(PROCEDURES, session, record, newer, expected=1, by=land.who("contributor", region), at=THEN)
    gone = _procedure(land, region, lambda what: f"Ce que chacun lisait, {what}", nature="reconstructed")
    with land._held(region, gone) as (session, record):
        agreed.document(session, record, confirmed=True, expected=1, by=head, at=THEN)
    with land._held(region, gone) as (session, record):
        why, words = canary("why a procedure was withdrawn", group), land.instance.vocabulary(region)
        agreed.withdraw(session, record, vocabulary=words, reason=f"Parce que {why}", by=head, at=THEN)


def _procedure(land: Land, region: str, word: Callable[[str], str], **more: str) -> str:
    with land.instance.database.write(region) as session:
        given = _agreement(land, region, word, **more)
        record = kinds.begin(PROCEDURES, session, region, given, by=land.who("contributor", region), at=THEN)
        land.procedures[region].append(record.id)
        return record.id


def _agreement(land: Land, region: str, word: Callable[[str], str], **more: str) -> kinds.Checked[Procedure]:
    lang, words = land._language(region), land.instance.vocabulary(region)
    sector = next(iter(words.sectors))
    step = {name: {lang: word(f"{name} of a step")} for name in ("title", "trigger", "deadline", "input", "output")}
    passing = {
        "what": {lang: word("what is passed on")},
        "basis_text": {lang: f"Base légale {word('basis')}"},
        "confidential": True,
    }
    branch = {"to": "two", "condition": {lang: word("condition")}}
    own = {
        "key": "own-1", "kind": "official", "title": word("a source"), "publisher": word("the publisher of a source"),
        "url": f"https://{word('where a source is')}.example",
    }  # fmt: skip
    bodies = [one.id for one in land.instance.directory(region)[:2]]
    texts = ("title", "purpose", "scope", "governance", "disputes", "review", "limits")
    body = {
        "original": lang,
        "text": {lang: {name: word(name) for name in texts}},
        "parties": [{"organisation": one, "part": {lang: word("part of a party")}} for one in bodies],
        "steps": [
            step | {"key": "one", "sector": sector, "passes": [passing], "branches": [branch], "end": True},
            step | {"key": "two", "sector": sector, "end": True},
        ],
        "measures": [
            {"key": "one", "kind": "form", "title": {lang: word("title of a measure")}, "text": {lang: word("measure")}}
        ],
        "own_sources": [own],
        "note": {lang: word("note")},
    }
    return kinds.Checked(content=read_as(body | more, Procedure), slug="protocole")

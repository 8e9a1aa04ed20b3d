"""A group at work in tests: bodies that take part, an improvement that they are asked about, what they say."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from time import sleep
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.directory.model import Contact
from lanzarote.improvements import calling, deciding, positions
from lanzarote.improvements.model import IMPROVEMENT, ImprovementStatus, status_of
from lanzarote.improvements.outcome import Verdict
from lanzarote.improvements.positions import Given
from lanzarote.improvements.team_documents import Calling, Decide, Recording
from lanzarote.records import records
from lanzarote.records.outbox import Job
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Draft, Record, Version, encode, now
from lanzarote.regions.vocabulary import Term
from lanzarote.stakeholders.contacts import keep
from lanzarote.store.database import ALL
from sqlalchemy import select

from tests.core.stakeholders.keeping import get, relate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.improvements.positions_model import ImprovementDecision, Position
    from lanzarote.instance import Instance
    from sqlalchemy.orm import Session

OTHER_HEAD = Actor(account_id="dan", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)
HEAD = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)
WRITER = Actor(account_id="ana", grants=(Grant(role="contributor", region_id="paris"),))
TODAY = date(2031, 3, 1)
THEN = datetime(2031, 3, 1, 9, tzinfo=UTC)
UNTIL = TODAY + timedelta(days=14)
AFTER = UNTIL + timedelta(days=1)
LATER = THEN + timedelta(days=15)
REASONS = {"fr": "Aucun acteur ne s’y oppose.", "en": "No stakeholder objects."}
BODY: dict[str, Any] = {
    "original": "fr",
    "text": {
        "fr": {
            "title": "Un référent unique par signalement",
            "summary": "Une seule personne suit chaque signalement.",
            "proposal": "Chaque signalement a un référent, connu de tous les services.",
            "reasons": "Les familles répètent leur récit à chaque service.",
        }
    },
    "sectors": ["courts", "education"],
}


def speaker(stakeholder_id: str) -> Actor:
    """The representative of a body."""
    grant = Grant(role="representative", region_id="paris", stakeholder_id=stakeholder_id)
    return Actor(account_id=f"rep-{stakeholder_id[-6:]}", grants=(grant,))


def settle(instance: Instance) -> None:
    """Wait until the work that follows from what was written is done, by whichever thread."""
    for _ in range(200):
        instance.worker.run_due()
        with instance.database.read(ALL) as session:
            if session.scalar(select(Job.id).where(Job.due_at <= now()).limit(1)) is None:
                return
        sleep(0.05)
    raise AssertionError("The outbox does not empty itself.")


class Group:
    """The working group of Paris, and one improvement that it discusses."""

    def __init__(self, instance: Instance, size: int = 4) -> None:
        self.instance = instance
        sides: dict[str, list[str]] = {"public": [], "civil-society": []}
        for one in instance.directory("paris"):
            if one.organisation.side in sides and one.key:
                sides[one.organisation.side].append(one.key)
        chosen = [sides[("public", "civil-society")[place % 2]][place // 2] for place in range(size)]
        for key in chosen:
            relate(instance, key, "taking-part", since="2030", source="Lettre du 3 mars 2030")
        with instance.database.read("paris") as session:
            self.bodies = [get(session, key).id for key in chosen]
        self.improvement = self.discussed()

    def discussed(self, title: str = "") -> str:
        body = BODY | ({"text": {"fr": BODY["text"]["fr"] | {"title": title}}} if title else {})
        draft = Draft(
            kind=IMPROVEMENT,
            slug="un-referent-unique",
            body=encode(body),
            status=encode(ImprovementStatus(state="discussed")),
        )
        with self.instance.database.write("paris") as session:
            return records.create(session, "paris", [draft], by="ana")[0]

    @contextmanager
    def held(self, improvement: str = "") -> Iterator[tuple[Session, Record]]:
        with self.instance.database.write("paris") as session:
            yield session, session.get_one(Record, ("paris", improvement or self.improvement))

    @property
    def status(self) -> ImprovementStatus:
        with self.held() as (_, record):
            return status_of(record)

    def call(self, *chosen: str, by: Actor = HEAD, until: date = UNTIL, improvement: str = "") -> None:
        given = Calling(until=until, bodies=chosen or None)
        with self.held(improvement) as (session, record):
            calling.call(session, record, given=given, expected=None, by=by, at=THEN, today=TODAY)

    def say(
        self, body: str, choice: str = "support", reason: str = "", *, by: Actor | None = None, **more: Any
    ) -> Position:
        given = Given(choice=choice, reason=reason or ("" if choice in positions.SAYS_ENOUGH else "Parce que."))
        given = self.checked(given, **{"named": False} | more)
        with self.held() as (session, record):
            row = positions.give(session, record, body, given, by=by or speaker(body), at=THEN)
            session.expunge(row)
            return row

    def checked(self, given: Given, **more: Any) -> Given:
        values = {name: getattr(given, name) for name in Given.__struct_fields__} | {"lang": "fr"} | more
        return positions.checked(Given(**values), self.instance.vocabulary("paris"), confirmed=False)

    def record(
        self,
        body: str,
        choice: str = "support",
        by: Actor = HEAD,
        on: str = "2031-03-01",
        source: str = "Lettre du 1er mars",
    ) -> None:
        written: dict[str, Any] = {"how": "letter", "source": source, "on": date.fromisoformat(on)}
        written |= {"stakeholder": body, "choice": choice, "reason": "Dit en réunion.", "language": "fr"}
        given = Recording(**written)
        vocabulary = self.instance.vocabulary("paris")
        with self.held() as (session, record):
            positions.record_said(session, record, vocabulary, given=given, by=by, at=THEN, today=TODAY)

    def decide(
        self, verdict: Verdict = "adopted", *, by: Actor = HEAD, today: date = AFTER, present: Any = None, **more: Any
    ) -> ImprovementDecision:
        values: dict[str, Any] = {
            "reasons": REASONS,
            "day": today,
            "present": self.answered() if present is None else tuple(present),
        }
        why = more.pop("why", {})
        vocabulary = self.instance.vocabulary("paris")
        with self.held() as (session, record):
            mark = more.pop("mark", None) or deciding.preview(session, record, vocabulary, None, today=today).mark
            given = Decide(verdict=verdict, mark=mark, **values | more)
            row = deciding.decide(session, record, vocabulary, given, why=why, by=by, at=LATER, today=today)
            session.expunge(row)
            return row

    def answered(self) -> tuple[str, ...]:
        """The bodies that have answered the last call, and so count as present without a meeting."""
        with self.held() as (session, record):
            last = calling.last(session, record)
            said = [row for row in positions.history(session, record) if last and row.call == last.number]
            return tuple(sorted({row.stakeholder for row in said if row.choice != "awaiting"}))

    def rename_their_sector(self) -> None:
        """Let all bodies be of one sector, which every other one of them tells by its former key."""
        with self.instance.database.write("paris") as session:
            term = session.get_one(Term, ("paris", "sector", "courts"))
            term.body = encode(msgspec.json.decode(term.body) | {"former": ["tribunals"]})
            for place, body in enumerate(self.bodies):
                key = ("courts", "tribunals")[place % 2]
                for version in session.scalars(select(Version).where(Version.record_id == body)):
                    version.body = encode(msgspec.json.decode(version.body) | {"sectors": [key]})

    def desk(self, body: str, address: str) -> None:
        """Give the body a service with an address."""
        contact = Contact(
            purpose={"fr": "Secrétariat"}, address=address, source="https://a.example", review_on=date(2040, 1, 1)
        )
        with self.instance.database.write("paris") as session:
            keep(session, get(session, body), [contact])

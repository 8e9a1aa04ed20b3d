"""Practices that are assessed, and the people who do it, for tests."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from lanzarote.accounts import service as accounts
from lanzarote.practices import assessing, deciding, saving, sheets, writing
from lanzarote.practices.deciding import Decided
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.model import Witness
from lanzarote.practices.projection import rebuild
from lanzarote.practices.review_model import Answer, Answers
from lanzarote.records.changelog import bump_revision
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record, encode

from tests.core.taking_part import let_take_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance
    from lanzarote.practices.assessing import Progress
    from lanzarote.records.permissions import Role
    from lanzarote.regions.group import Grid
    from sqlalchemy.orm import Session

THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)
MEETING = date(2031, 2, 3)
WITNESS = Witness(name="Ville de Lyon", on=date(2031, 1, 15), where="https://study.example/auditions")
"""What is said of whoever saw it, and of the study; a decision keeps what belongs to it."""
PARIS = "paris"
TEXT = {
    "title": "Une salle d’audition partagée",
    "summary": "Police, hôpital et association entendent l’enfant au même endroit.",
    "problem": "Les enfants étaient entendus plusieurs fois.",
    "activities": "Une audition filmée, préparée ensemble.",
    "transfer": "Une salle, une convention, des personnes formées.",
}
_numbers = itertools.count()


def person(
    instance: Instance,
    role: Role,
    name: str = "",
    *,
    organisation: str = "",
    region: str = PARIS,
    state: str = "active",
) -> Actor:
    """Somebody with an account who has *role* in the region; *organisation* is the id of who they work for."""
    name = name or f"{role} {next(_numbers)}"
    grant = Grant(role=role, region_id=region, stakeholder_id=organisation)
    with instance.database.write([PARIS, region, "-"]) as session:
        account = accounts.invite(
            session,
            address=f"a{next(_numbers)}@example.org",
            name=name,
            language="fr",
            grants=[grant],
            by="test",
            at=THEN,
        )
        account.state, account_id = state, account.id
    if role == "representative":
        let_take_part(instance, region, organisation)
    return Actor(account_id=account_id, name=name, language="fr", grants=(grant,), strong=True)


class Assessed:
    """A practice on its way: written and submitted by *writer*, run by *head*."""

    def __init__(self, instance: Instance, writer: Actor, head: Actor, *, at: datetime = THEN, **body: Any) -> None:
        self.instance, self.writer, self.head = instance, writer, head
        sheet = sheets.read(
            {
                "original": "fr",
                "text": {"fr": TEXT},
                "sectors": ["courts"],
                "partners": [{"sector": "courts", "side": "public"}],
                "target_groups": ["child-victims"],
                "scope": "local",
                "running": "ongoing",
                "sources": ["mission-text"],
                "evidence": [{"text": {"fr": "Une audition au lieu de trois."}, "sources": ["mission-text"]}],
            }
            | body
        )
        with instance.database.write(PARIS) as session:
            given = saving.Checked(slug=PRACTICES.slug_of(sheet), content=sheet)
            self.id = saving.begin(session, PARIS, given, by=writer, at=at).id

    @contextmanager
    def held(self) -> Iterator[tuple[Session, Record]]:
        with self.instance.database.write(PARIS) as session:
            yield session, self.record(session)

    def record(self, session: Session) -> Record:
        return session.get_one(Record, (PARIS, self.id))

    @property
    def grid(self) -> Grid:
        return self.instance.vocabulary(PARIS).grid

    @property
    def state(self) -> tuple[str, str]:
        with self.instance.database.read(PARIS) as session:
            record = self.record(session)
            return record.state, record.stage

    def submit(self, bearer: str = "cdad-paris") -> Assessed:
        with self.held() as (session, record):
            writing.submit(
                session, record, self.instance.vocabulary(PARIS), bearer=bearer,
                expected=record.version, by=self.writer, at=THEN,
            )  # fmt: skip
        return self

    def rewrite(self, title: str) -> None:
        """Save another version."""
        with self.held() as (session, record):
            sheet = writing.sheet_of(session, record)
            text = {"fr": sheets.read({"original": "fr", "text": {"fr": TEXT | {"title": title}}}).text["fr"]}
            given = saving.Checked(slug=record.slug, content=msgspec.structs.replace(sheet, text=text))
            saving.save(session, record, given, expected=record.version, by=self.writer, at=THEN)

    def ask(self, *reviewers: Actor, by: Actor | None = None) -> Assessed:
        with self.held() as (session, record):
            assessing.ask(
                session, record, self.grid, [one.account_id for one in reviewers], expected=record.version,
                by=by or self.head, at=THEN,
            )  # fmt: skip
        return self

    def save(self, by: Actor, answers: Answers) -> None:
        self._answer(assessing.save, by, answers)

    def give(self, by: Actor, answers: Answers | None = None) -> None:
        self._answer(assessing.give, by, answers or full(self.grid))

    def _answer(self, how: Any, by: Actor, answers: Answers) -> None:
        answers = assessing.checked(answers, self.grid, self.instance.vocabulary(PARIS), looked_again=False)
        with self.held() as (session, record):
            how(session, record, answers, by=by, at=THEN)

    def age(self, day: str) -> None:
        """Let the team have decided on another day."""
        with self.held() as (session, record):
            status = msgspec.json.decode(record.status) | {"assessed_on": day}
            record.status = encode(status)
            session.flush()
            rebuild(session, PARIS)
            bump_revision(session, PARIS)

    def progress(self, by: Actor) -> Progress:
        with self.instance.database.read(PARIS) as session:
            found = assessing.progress(session, self.record(session), by=by)
        assert found is not None
        return found

    def decide(
        self,
        outcome: Any,
        by: Actor | None = None,
        *,
        round: int = 1,
        expected: int = 0,
        zone: str = "Europe/Paris",
        **more: Any,
    ) -> None:
        axes: dict[str, Any] = {"vouching": "observed", "strength": "promising"} if outcome == "assessed" else {}
        axes["witness"] = WITNESS
        said: dict[str, Any] = {"reason": {"fr": "Bien décrite, utile ailleurs."}, "day": MEETING, "confirmed": True}
        decided = deciding.checked(
            Decided(outcome=outcome, **axes | said | more),
            self.instance.vocabulary(PARIS),
            today=date(2031, 6, 1),
            by=self.head.account_id,
        )
        with self.held() as (session, record):
            deciding.decide(
                session, record, decided, round=round, expected=expected or record.version, zone=ZoneInfo(zone),
                by=by or self.head, at=THEN,
            )  # fmt: skip


def full(grid: Grid, mark: str = "Convention de 2029.", **criteria: Answer) -> Answers:
    """Every question answered, with *mark* beside each."""
    answers = {one.key: Answer(value=one.answers[0], reason=mark) for one in grid.criteria}
    return Answers(
        criteria=answers | criteria,
        vouching=Answer(value="observed", reason=mark),
        strength=Answer(value="promising", reason=mark),
        nobody=True,
        no_case=True,
    )


def unmet(grid: Grid, mark: str = "Un enfant y est reconnaissable.") -> Answers:
    """A condition is not met; nothing else is answered."""
    return Answers(criteria={grid.gates[0].key: Answer(value="no", reason=mark)})


def told(one: Assessed, by: Actor) -> str:
    """Everything that the service tells *by*."""
    return str(msgspec.json.encode(one.progress(by)))

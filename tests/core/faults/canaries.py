"""Two regions full of words that are not everybody's: every word stands in one place, and says who may read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from lanzarote.accounts import service as accounts
from lanzarote.accounts import sessions, tokens
from lanzarote.kinds import unsaved
from lanzarote.kinds.entered import Entered, Typed
from lanzarote.practices import assessing, deciding, saving, sheets, writing
from lanzarote.practices.deciding import Decided
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.review_model import Answer, Answers
from lanzarote.records import drafts, outbox
from lanzarote.records.drafts import Reason
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record
from lanzarote.records.tasks import finish_task, open_task
from lanzarote.store.database import ALL
from msgspec import Struct

from tests.core.faults import group_canaries, meeting_canaries, pilots, procedure_canaries, transfer_canaries
from tests.core.faults.talk_canaries import Talk, talk_of
from tests.core.taking_part import let_take_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Role
    from sqlalchemy.orm import Session

REGIONS: Final = ("paris", "second-region")
THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)
LETTERS = "bcdfghjklm"
TEXTS = ("title", "summary", "problem", "activities", "transfer", "means", "difficulties", "results")
TEAM: Final = ("contributor", "colleague", "reviewer", "second-reviewer", "bystander", "coordinator")
"""Who may read what the team of a region works on."""
PEOPLE: Final[Mapping[str, Role]] = {
    "representative": "representative",
    "contributor": "contributor",
    "colleague": "contributor",
    "reviewer": "reviewer",
    "second-reviewer": "reviewer",
    "bystander": "reviewer",
    "coordinator": "coordinator",
}
OF_INSTANCE: Final[Mapping[str, Role]] = {"office": "office", "administrator": "administrator"}


class Canary(Struct, frozen=True, kw_only=True):
    word: str
    what: str
    readers: frozenset[str]
    """Names of the people who may read it; ``visitor``: everybody."""


class Person(Struct, frozen=True, kw_only=True):
    name: str
    region: str
    actor: Actor
    session: str
    token: str
    secrets: tuple[str, ...]


class Canaries:
    """Makes the words, and remembers whose each is."""

    def __init__(self) -> None:
        self.all: dict[str, Canary] = {}

    def __call__(self, what: str, readers: Iterable[str]) -> str:
        word = "canari" + "".join(LETTERS[int(digit)] for digit in f"{len(self.all):03d}") + "qua"
        self.all[word] = Canary(word=word, what=what, readers=frozenset(readers))
        return word


class Land:
    """Both regions, with everybody and everything in them."""

    def __init__(self, instance: Instance, canary: Canaries | None = None) -> None:
        self.instance, self.canary = instance, canary or Canaries()
        self.people: dict[str, Person] = {}
        self.practices: dict[str, dict[str, str]] = {region: {} for region in REGIONS}
        """Region → what it is there for → id."""
        self.slugs: dict[str, list[str]] = {region: [] for region in REGIONS}
        self.findings: dict[str, dict[str, str]] = {region: {} for region in REGIONS}
        self.improvements: dict[str, dict[str, str]] = {region: {} for region in REGIONS}
        self.called: dict[str, list[str]] = {region: [] for region in REGIONS}
        """One that positions are asked for on, one that was decided."""
        self.procedures: dict[str, list[str]] = {region: [] for region in REGIONS}
        """A draft, one that is proposed, one that is endorsed with another version beside it."""
        self.transfers: dict[str, list[str]] = {region: [] for region in REGIONS}
        """One that is proposed, one that was declined and withdrawn."""
        self.tasks: dict[str, list[str]] = {region: [] for region in REGIONS}
        self.pilot: dict[str, dict[str, str]] = {region: {} for region in REGIONS}
        """Region → what indicator or evaluation it is → id."""
        self.meetings: dict[str, dict[str, str]] = {region: {} for region in REGIONS}
        """Region → what is special about it → id."""
        self.mandates: dict[str, str] = {}
        self.talks: dict[str, Talk] = {}
        """Region → an improvement that its group talks about."""
        for region in REGIONS:
            for name, role in PEOPLE.items():
                self._person(region, f"{name} {region}", role)
        for name, role in OF_INSTANCE.items():
            self._person("", name, role)
        for region in REGIONS:
            self._fill(region)
            self.talks[region] = talk_of(self, region)
        with instance.database.write(ALL) as session:
            word = self.canary("work that waits", ())
            outbox.enqueue(session, "mail.reset", address=f"{word}@example.org")
            later = datetime.now(UTC) + timedelta(days=1)
            for job in session.query(outbox.Job):
                job.due_at = later

    def rooms(self, region: str) -> dict[str, list[str]]:
        """What the team calls each kind of record → ids of such records."""
        pilot = self.pilot[region]
        return {
            "practices": list(self.practices[region].values()),
            "organisations": [one.id for one in self.instance.directory(region)[:2]],
            "findings": list(self.findings[region].values()),
            "improvements": [
                *self.improvements[region].values(), *self.called[region], self.talks[region].improvement,
            ],
            "procedures": self.procedures[region],
            "meetings": [self.meetings[region][name] for name in ("kept", "shown", "seminar", "cancelled")],
            "mandates": [self.mandates[region]],
            "transfers": self.transfers[region],
            "indicators": [pilot[name] for name in pilot if name.startswith("indicator")],
            "evaluations": [pilot[name] for name in pilot if not name.startswith("indicator")],
        }  # fmt: skip

    def addresses_of(self, region: str, ids: Iterable[str]) -> list[str]:
        with self.instance.database.read(region) as session:
            return [session.get_one(Record, (region, one)).slug for one in ids]

    def team(self, region: str) -> frozenset[str]:
        return frozenset(f"{name} {region}" for name in TEAM)

    def _person(self, region: str, name: str, role: Role) -> None:
        colleagues = {f"{one} {region}" for one in PEOPLE} if region else set()
        everybody = {f"{one} {place}" for one in PEOPLE for place in REGIONS} | set(OF_INSTANCE)
        heads = {f"coordinator {region}"} if region else set()
        # People of one region see each other's names at what they did; those of the instance work with all of them.
        said = self.canary("the name of a person", (colleagues if region else everybody) | set(OF_INSTANCE) | {name})
        address = self.canary("the address of a person", heads | set(OF_INSTANCE) | {name})
        token_name = self.canary("the name of a token", {name})
        stakeholder = self.instance.directory(region)[0].id if role == "representative" else ""
        if stakeholder:
            let_take_part(self.instance, region, stakeholder)
        grant = Grant(role=role, region_id=region, stakeholder_id=stakeholder)
        at = datetime.now(UTC)
        with self.instance.database.write(ALL) as session:
            account = accounts.enrol(
                session, address=f"{address}@example.org", name=said, language="fr", grants=[grant], by="test", at=at
            )
            account.state, account.password = "active", f"$hash${address}$secret"
            begun = sessions.begin(session, account, strong=True, device="Firefox", at=at)
            token = tokens.make(
                session, account.id, name=token_name, actions=["stakeholder.read", "practice.write"], region_id=region,
                strong=True, ends_at=at + timedelta(days=30), at=at,
            )  # fmt: skip
            actor = Actor(account_id=account.id, name=said, language="fr", grants=(grant,), strong=True)
            secrets = (begun.token, token, account.password)
        self.people[name] = Person(
            name=name, region=region, actor=actor, session=begun.token, token=token, secrets=secrets
        )

    def who(self, name: str, region: str) -> Actor:
        return self.people[f"{name} {region}"].actor

    def _fill(self, region: str) -> None:
        team, canary = self.team(region), self.canary
        draft = self._begin(region, "draft", canary_texts(canary, "a draft", team))
        with self._held(region, draft) as (session, _):
            body = self._body(region, canary_texts(canary, "an autosave", {f"contributor {region}"}))
            values: dict[str, tuple[str, ...]] = {}
            values |= {f"text.{body['original']}.{name}": (text,) for name, text in self._texts(body).items()}
            entered = Entered(original=body["original"], languages=(body["original"],), values=values)
            unsaved.keep(
                session, region, draft, Typed(entered=entered), base=1,
                by=self.who("contributor", region), at=THEN,
            )  # fmt: skip
            for record_id, what in ((draft, "a task"), (None, "a task of no record")):
                wrong = canary(what, team)
                opened = open_task(session, region, "reply", by="visitor", record_id=record_id, wrong=wrong)
                self.tasks[region].append(opened)
            done = open_task(session, region, "reply", by="visitor", wrong="x")
            finish_task(session, region, done, by="x", note=canary("the note of a finished task", team))
            self.tasks[region].append(done)
        self._submitted(region)
        self._published(region)
        self._assessed(region)
        self._put_away(region)
        group_canaries.deliberate(self, region)
        group_canaries.ask_and_decide(self, region)
        pilots.fill(self, region)
        procedure_canaries.agree(self, region)
        meeting_canaries.meet(self, region)
        transfer_canaries.travel(self, region)

    def _submitted(self, region: str) -> None:
        team, canary = self.team(region), self.canary
        one = self._begin(region, "given back", canary_texts(canary, "what was given back", team))
        self._submit(region, one, "on whose word")
        with self._held(region, one) as (session, record):
            reason = f"Voir {canary('why it was given back', team)}"
            words = self.instance.vocabulary(region)
            writing.hand_back(session, record, words, reason=reason, by=self.who("coordinator", region), at=THEN)
        one = self._begin(region, "submitted", canary_texts(canary, "what was submitted", team))
        self._submit(region, one, canary("on whose word", team))

    def _published(self, region: str) -> None:
        team, canary = self.team(region), self.canary
        one = self._begin(region, "published", canary_texts(canary, "a version before the published one", team))
        self._save(region, one, dict.fromkeys(TEXTS, f"Ce que chacun lit, {region}"))
        self._submit(region, one, "on whose word")
        self._publish(region, one)
        self._save(region, one, canary_texts(canary, "a version beside the published one", team))

    def _assessed(self, region: str) -> None:
        team, canary = self.team(region), self.canary
        reviewers = [self.who("reviewer", region), self.who("second-reviewer", region)]
        for state in ("decided", "running"):
            one = self._begin(region, state, dict.fromkeys(TEXTS, f"Appréciée, {state}"))
            self._submit(region, one, "on whose word")
            grid = self.instance.vocabulary(region).grid
            with self._held(region, one) as (session, record):
                ids = [by.account_id for by in reviewers]
                head = self.who("coordinator", region)
                assessing.ask(session, record, grid, ids, expected=record.version, by=head, at=THEN)
            for by, name in zip(reviewers, ("reviewer", "second-reviewer"), strict=True):
                own = {f"{name} {region}"}
                # Until all are in, nobody sees what another answered; then those who publish and decide do.
                readers = own if state == "running" else {f"{who} {region}" for who in TEAM[2:]}
                answers = self._answers(region, canary, f"an answer ({state})", readers)
                with self._held(region, one) as (session, record):
                    give = assessing.save if state == "running" and name == "second-reviewer" else assessing.give
                    give(session, record, answers, by=by, at=THEN)
            if state == "decided":
                with self._held(region, one) as (session, record):
                    lang = self._language(region)
                    decided = Decided(
                        outcome="return", reason={lang: canary("the reason of a decision", team)}, day=date(2031, 1, 1)
                    )
                    deciding.decide(
                        session, record, decided, round=1, expected=record.version, zone=ZoneInfo("UTC"),
                        by=self.who("coordinator", region), at=THEN,
                    )  # fmt: skip

    def _put_away(self, region: str) -> None:
        team, canary = self.team(region), self.canary
        words = self.instance.vocabulary(region)
        one = self._begin(region, "withdrawn", canary_texts(canary, "what was withdrawn", team))
        self._submit(region, one, "on whose word")
        self._publish(region, one)
        with self._held(region, one) as (session, record):
            reason = f"Zoé, 8 ans : {canary('why it was withdrawn', team)}"
            why = {("reason", "name-with-age"): f"Personnage de {canary('why a name stays in that', team)}"}
            by = self.who("coordinator", region)
            writing.withdraw(session, record, words, reason=reason, why=why, by=by, at=THEN)
        one = self._begin(region, "archived", canary_texts(canary, "what was put away", team))
        with self._held(region, one) as (session, record):
            drafts.archive(session, record, action="practice.withdraw", by=self.who("coordinator", region), at=THEN)

    def group(self, region: str) -> frozenset[str]:
        return self.team(region) | {f"representative {region}"}

    # Steps

    def _held(self, region: str, record_id: str) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def held() -> Iterator[tuple[Session, Record]]:
            with self.instance.database.write(region) as session:
                yield session, session.get_one(Record, (region, record_id))

        return held()

    def _language(self, region: str) -> str:
        return self.instance.header(region).languages[0]

    def _body(self, region: str, texts: Mapping[str, str]) -> dict[str, Any]:
        lang, words = self._language(region), self.instance.vocabulary(region)
        sector = next(iter(words.sectors))
        return {
            "original": lang,
            "text": {lang: dict(texts)},
            "sectors": [sector],
            "partners": [{"sector": sector, "side": "public"}],
            "target_groups": ["child-victims"],
            "scope": "local",
            "running": "ongoing",
            "sources": ["mission-text"],
        }

    def _texts(self, body: Mapping[str, Any]) -> dict[str, str]:
        texts: dict[str, str] = body["text"][body["original"]]
        return texts

    def _checked(self, region: str, texts: Mapping[str, str]) -> saving.Checked[Any]:
        lang = self._language(region)
        why = self.canary("a reason for the guard", self.team(region))
        reason = Reason(field=f"text.{lang}.title", code="name", text=why, by="x")
        sheet = sheets.read(self._body(region, texts))
        return saving.Checked(slug=PRACTICES.slug_of(sheet), content=sheet, reasons=(reason,))

    def _begin(self, region: str, name: str, texts: Mapping[str, str]) -> str:
        given = self._checked(region, texts)
        with self.instance.database.write(region) as session:
            record = saving.begin(session, region, given, by=self.who("contributor", region), at=THEN)
            self.practices[region][name] = record.id
            self.slugs[region].append(record.slug)
            return record.id

    def _save(self, region: str, record_id: str, texts: Mapping[str, str]) -> None:
        given = self._checked(region, texts)
        with self._held(region, record_id) as (session, record):
            by = self.who("contributor", region)
            saving.save(session, record, given, expected=record.version, by=by, at=THEN)

    def _submit(self, region: str, record_id: str, bearer: str) -> None:
        with self._held(region, record_id) as (session, record):
            writing.submit(
                session, record, self.instance.vocabulary(region), bearer=bearer,
                expected=record.version, by=self.who("contributor", region), at=THEN,
            )  # fmt: skip

    def _publish(self, region: str, record_id: str) -> None:
        with self._held(region, record_id) as (session, record):
            head = self.who("coordinator", region)
            writing.publish_unassessed(session, record, confirmed=True, expected=record.version, by=head, at=THEN)
            self.slugs[region].append(record.slug)

    def _answers(self, region: str, canary: Canaries, what: str, readers: Iterable[str]) -> Answers:
        readers = frozenset(readers)
        grid = self.instance.vocabulary(region).grid

        def answer(value: str) -> Answer:
            return Answer(value=value, reason=canary(what, readers))

        return Answers(
            criteria={one.key: answer(one.answers[0]) for one in grid.criteria},
            vouching=answer("observed"),
            strength=answer("promising"),
            nobody=True,
            no_case=True,
        )


def canary_texts(canary: Canaries, what: str, readers: Iterable[str]) -> dict[str, str]:
    readers = frozenset(readers)
    return {name: canary(f"{name} of {what}", readers) for name in TEXTS}

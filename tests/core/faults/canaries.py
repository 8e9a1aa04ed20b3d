"""Two regions full of words that are not everybody's: every word stands in one place, and says who may read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from lanzarote import jobs, records
from lanzarote.accounts import service as accounts
from lanzarote.accounts import sessions, tokens
from lanzarote.database import ALL
from lanzarote.improvements import calling, contents, moving, positions, sharing
from lanzarote.improvements import deciding as group_deciding
from lanzarote.improvements import writing as speaking
from lanzarote.improvements.deciding import Deciding
from lanzarote.improvements.model import IMPROVEMENT, ImprovementStatus
from lanzarote.improvements.positions import Given, Written
from lanzarote.permissions import Actor, Grant
from lanzarote.practices import assessing, deciding, form_unsaved, sheets, writing
from lanzarote.practices.deciding import Decided
from lanzarote.practices.form_entries import Entered
from lanzarote.practices.form_judging import Passed, Typed
from lanzarote.practices.review_model import Answer, Answers
from lanzarote.practices.work import Reason
from lanzarote.procedures import endorsing
from lanzarote.procedures import sheets as procedures
from lanzarote.procedures import writing as agreed
from lanzarote.records import Draft, Record, create, encode
from lanzarote.stakeholders import deciding as relating
from lanzarote.tasks import finish_task, open_task
from lanzarote.types import Improvement, ImprovementText
from msgspec import Struct

from tests.core.faults import pilots
from tests.core.faults.talk_canaries import Talk, talk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lanzarote.instance import Instance
    from lanzarote.permissions import Role
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

    def __init__(self, instance: Instance) -> None:
        self.instance, self.canary = instance, Canaries()
        self.people: dict[str, Person] = {}
        self.practices: dict[str, dict[str, str]] = {region: {} for region in REGIONS}
        """Region → what it is there for → id."""
        self.slugs: dict[str, list[str]] = {region: [] for region in REGIONS}
        self.findings: dict[str, dict[str, str]] = {region: {} for region in REGIONS}
        self.improvements: dict[str, dict[str, str]] = {region: {} for region in REGIONS}
        self.decided: dict[str, list[str]] = {region: [] for region in REGIONS}
        """Addresses of improvements: one that the public reads, one that it does not."""
        self.called: dict[str, list[str]] = {region: [] for region in REGIONS}
        """One that positions are asked for on, one that was decided."""
        self.procedures: dict[str, list[str]] = {region: [] for region in REGIONS}
        """A draft, one that is proposed, one that is endorsed with another version beside it."""
        self.tasks: dict[str, list[str]] = {region: [] for region in REGIONS}
        self.pilot: dict[str, dict[str, str]] = {region: {} for region in REGIONS}
        """Region → what indicator or evaluation it is → id."""
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
            jobs.enqueue(session, "mail.reset", address=f"{word}@example.org")
            later = datetime.now(UTC) + timedelta(days=1)
            for job in session.query(jobs.Job):
                job.due_at = later

    def told_at(self, region: str) -> list[str]:
        """An address for each of the states that a practice can be in."""
        with self.instance.database.read(region) as session:
            ids = [self.practices[region][name] for name in ("draft", "published", "running", "withdrawn")]
            return [session.get_one(Record, (region, one)).slug for one in ids]

    def addresses_of_pilots(self, region: str) -> list[str]:
        """Addresses of all indicators and evaluations."""
        with self.instance.database.read(region) as session:
            return [session.get_one(Record, (region, one)).slug for one in self.pilot[region].values()]

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
            form_unsaved.keep(
                session, region, draft, Passed(typed=Typed(entered=entered)), base=1,
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
        self._deliberated(region)
        self._asked_and_decided(region)
        self._pilot(region)
        self._agreed(region)

    def _asked_and_decided(self, region: str) -> None:
        """What the group discusses is read by the whole group, representatives included."""
        group, canary, lang = self.team(region) | {f"representative {region}"}, self.canary, self._language(region)
        words, head = self.instance.vocabulary(region), self.who("coordinator", region)
        speaker = self.who("representative", region)
        [body, other] = [one.id for one in self.instance.directory(region)[:2]]
        today = self.instance.today(region)
        with self.instance.database.write(region) as session:
            for one in (body, other):
                record = session.get_one(Record, (region, one))
                said: dict[str, Any] = {"relation": "taking-part", "since": "2030", "mandate": {}, "source": "Lettre"}
                relating.relate(session, record, words, by="x", at=THEN, **said)
        for state in ("called", "decided"):
            readers = group | ({"visitor"} if state == "decided" else set())
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
            with self.instance.database.write(region) as session:
                [made] = create(session, region, [draft], by="x")
                self.called[region].append(made)
            given = Given(choice="object", reason=canary(f"why a body objects ({state})", group), lang=lang)
            written = Given(choice="abstain", reason=canary(f"why a body abstains ({state})", group), lang=lang)
            source = Written(how="letter", source=canary(f"a letter ({state})", group), on=today.isoformat())
            day: dict[str, Any] = {"today": today, "at": datetime.now(UTC), "by": head}
            with self._held(region, made) as (session, record):
                calling.call(session, record, until=today, chosen=None, expected=None, **day)
                positions.give(session, record, body, given, by=speaker, at=THEN)
                positions.record_said(session, record, other, written, source, words, **day)
                if state == "decided" and words.decisions:
                    reasons = {one: canary("reasons of a group's decision", readers) for one in words.header.languages}
                    there = tuple({body, other})
                    seen = group_deciding.preview(session, record, words, there, today=today)
                    decided = Deciding(
                        present=there, reasons=reasons, day=today, verdict=seen.outcome.verdict, mark=seen.mark
                    )
                    group_deciding.decide(session, record, words, decided, **day)

    def _agreed(self, region: str) -> None:
        group, canary = self.team(region) | {f"representative {region}"}, self.canary
        head = self.who("coordinator", region)
        secret = lambda what: canary(f"{what} of a procedure", group)  # noqa: E731
        self._procedure(region, secret)
        asked = self._procedure(region, secret)
        public = self._procedure(region, lambda what: f"Ce que chacun lit, {what}")
        bodies = [one.id for one in self.instance.directory(region)[:2]]
        for record_id, source in ((asked, canary("where an endorsement is written", group)), (public, "Lettre 12")):
            with self._held(region, record_id) as (session, record):
                agreed.propose(session, record, confirmed=True, expected=1, by=head, at=THEN)
            for body in bodies[: 1 if record_id == asked else 2]:
                given = endorsing.Given(stakeholder=body, what="endorse", day="2030-12-31", source=source)
                words = self.instance.vocabulary(region)
                with self._held(region, record_id) as (session, record):
                    endorsing.say(session, record, words, given, expected=1, by=head, at=THEN, today=date(2031, 1, 1))
        with self._held(region, public) as (session, record):
            newer = self._agreement(region, lambda what: canary(f"{what} of a version beside a procedure", group))
            agreed.save(session, record, newer, expected=1, by=self.who("contributor", region), at=THEN)

    def _procedure(self, region: str, word: Callable[[str], str]) -> str:
        with self.instance.database.write(region) as session:
            given = self._agreement(region, word)
            record = agreed.begin(session, region, given, by=self.who("contributor", region), at=THEN)
            self.procedures[region].append(record.id)
            return record.id

    def _agreement(self, region: str, word: Callable[[str], str]) -> agreed.Checked:
        lang, words = self._language(region), self.instance.vocabulary(region)
        sector = next(iter(words.sectors))
        step = {name: {lang: word(f"{name} of a step")} for name in ("title", "trigger", "deadline", "input", "output")}
        passing = {"what": {lang: word("what is passed on")}, "basis_text": {lang: word("basis")}, "confidential": True}
        texts = ("title", "purpose", "scope", "governance", "disputes", "review", "limits")
        body = {
            "original": lang,
            "text": {lang: {name: word(name) for name in texts}},
            "parties": [{"organisation": one.id} for one in self.instance.directory(region)[:2]],
            "steps": [step | {"key": "one", "sector": sector, "passes": [passing], "end": True}],
            "measures": [{"key": "one", "kind": "form", "title": {lang: word("title of a measure")}}],
            "note": {lang: word("note")},
        }
        return agreed.Checked(procedure=procedures.read(body), slug="protocole")

    def _submitted(self, region: str) -> None:
        team, canary = self.team(region), self.canary
        one = self._begin(region, "given back", canary_texts(canary, "what was given back", team))
        self._submit(region, one, "on whose word")
        with self._held(region, one) as (session, record):
            reason = canary("why it was given back", team)
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
            reason = canary("why it was withdrawn", team)
            writing.withdraw(session, record, words, reason=reason, by=self.who("coordinator", region), at=THEN)
        one = self._begin(region, "archived", canary_texts(canary, "what was put away", team))
        with self._held(region, one) as (session, record):
            writing.archive(session, record, by=self.who("coordinator", region), at=THEN)

    def _deliberated(self, region: str) -> None:
        """Findings and improvements at every stage."""
        canary, head = self.canary, self.who("coordinator", region)
        lang, words = self._language(region), self.instance.vocabulary(region)
        group = frozenset(f"{name} {region}" for name in PEOPLE)
        own = {f"{name} {region}" for name in ("contributor", "coordinator")}
        body = self.instance.directory(region)[0]
        draft = self._spoken(region, "finding", "a draft of a finding", own, organisations=[body.id])
        shared = self._spoken(region, "finding", "a shared finding", group)
        closed = self._spoken(region, "finding", "a closed finding", group)
        for one, readers in ((draft, own), (shared, group)):
            with self._held(region, one) as (session, record):
                said: dict[str, Any] = {"stakeholder": body.id, "by": head, "at": THEN}
                how = canary("how it was offered to reply", readers)
                sharing.offer(session, record, words, on=date(2030, 12, 1), how=how, **said)
                reply = {lang: canary("what a body replied", readers)}
                sharing.note_reply(session, record, words, on=date(2030, 12, 2), reply=reply, reasons={}, **said)
        for one in (shared, closed):
            with self._held(region, one) as (session, record):
                sharing.share(session, record, expected=record.version, by=head, at=THEN)
        with self._held(region, closed) as (session, record):
            sharing.close(session, record, words, reason=canary("why it was closed", group), by=head, at=THEN)
        self.findings[region] = {"draft": draft, "shared": shared, "closed": closed}
        written = self._spoken(region, "improvement", "an improvement", group, findings=[draft, shared])
        dropped = self._spoken(region, "improvement", "a dropped improvement", group)
        with self._held(region, dropped) as (session, record):
            moving.drop(session, record, words, reason=canary("why it was dropped", group), by=head, at=THEN)
        public = self._spoken(region, "improvement", f"a decided improvement of {region}", None)
        with self._held(region, public) as (session, record):
            records.decide(session, record, b'{"state":"adopted"}', "adopt", by=head.account_id, at=THEN)
            records.publish(session, record, by=head.account_id, at=THEN)
            self.decided[region] = [record.slug, session.get_one(Record, (region, written)).slug]
        self.improvements[region] = {"written": written, "dropped": dropped, "public": public}

    def _spoken(self, region: str, kind: str, what: str, readers: Iterable[str] | None, **more: Any) -> str:
        """Begin a finding or an improvement full of words for *readers*; without them, of words for everybody."""
        lang, sectors = self._language(region), list(self.instance.vocabulary(region).sectors)[:2]
        names = ("title", "observed", "limits") if kind == "finding" else ("title", "proposal", "means")
        text = {name: f"{name} of {what}" for name in names}
        reasons: tuple[Reason, ...] = ()
        if readers is not None:
            text = {name: self.canary(told, readers) for name, told in text.items()}
            why = self.canary(f"a reason in {what}", readers)
            reasons = (Reason(field=f"text.{lang}.title", code="name", text=why, by="x"),)
        content = contents.read(kind, {"original": lang, "text": {lang: text}, "sectors": sectors} | more)
        given = speaking.Checked(content=content, reasons=reasons)
        with self.instance.database.write(region) as session:
            return speaking.begin(session, region, given, by=self.who("contributor", region), at=THEN).id

    def _pilot(self, region: str) -> None:
        """Indicators and evaluations in every state: the whole group reads what the public does not."""
        pilots.fill(self, region)

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
        }

    def _texts(self, body: Mapping[str, Any]) -> dict[str, str]:
        texts: dict[str, str] = body["text"][body["original"]]
        return texts

    def _checked(self, region: str, texts: Mapping[str, str]) -> writing.Checked:
        lang = self._language(region)
        why = self.canary("a reason for the guard", self.team(region))
        reason = Reason(field=f"text.{lang}.title", code="name", text=why, by="x")
        return writing.Checked(sheet=sheets.read(self._body(region, texts)), reasons=(reason,))

    def _begin(self, region: str, name: str, texts: Mapping[str, str]) -> str:
        given = self._checked(region, texts)
        with self.instance.database.write(region) as session:
            record = writing.begin(session, region, given, by=self.who("contributor", region), at=THEN)
            self.practices[region][name] = record.id
            self.slugs[region].append(record.slug)
            return record.id

    def _save(self, region: str, record_id: str, texts: Mapping[str, str]) -> None:
        given = self._checked(region, texts)
        with self._held(region, record_id) as (session, record):
            by = self.who("contributor", region)
            writing.save(session, record, given, expected=record.version, by=by, at=THEN)

    def _submit(self, region: str, record_id: str, bearer: str) -> None:
        with self._held(region, record_id) as (session, record):
            writing.submit(
                session, record, self.instance.vocabulary(region), bearer=bearer, agreement="given",
                expected=record.version, by=self.who("contributor", region), at=THEN,
            )  # fmt: skip

    def _publish(self, region: str, record_id: str) -> None:
        with self._held(region, record_id) as (session, record):
            head = self.who("coordinator", region)
            writing.publish_declared(session, record, confirmed=True, expected=record.version, by=head, at=THEN)
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

"""Texts that would run, in everything that is not the form of a practice: names, notes, reasons, answers, replies."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from lanzarote.accounts import tokens
from lanzarote.activity import notes
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.evaluation import answering, counting, deciding, entries, judging
from lanzarote.evaluation.evaluation_kind import EVALUATIONS
from lanzarote.evaluation.indicator_kind import INDICATORS
from lanzarote.evaluation.model import PilotDecision
from lanzarote.improvements import calling, positions, sharing
from lanzarote.improvements.deciding import decide, preview
from lanzarote.improvements.model import IMPROVEMENT, ImprovementStatus
from lanzarote.improvements.team_documents import Calling, Decide, Offering, Recording, Replying
from lanzarote.kinds import service as kept
from lanzarote.kinds import service as kinds
from lanzarote.practices import writing
from lanzarote.procedures import writing as agreed
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.records import records
from lanzarote.records.records import Draft, Record, create, encode, now
from lanzarote.records.tasks import finish_task, open_task
from lanzarote.records.validation import read_as
from lanzarote.stakeholders.deciding import relate
from lanzarote.stakeholders.team_documents import Relating
from lanzarote.store.database import ALL
from lanzarote.types import Improvement, ImprovementText, Procedure
from lanzarote.types.evaluation import (
    CriterionText,
    Evaluation,
    EvaluationText,
    Indicator,
    IndicatorText,
    PilotCriterion,
    PilotJudge,
    StartingPoint,
)

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.evaluation.piloting import HEAD, SECOND, TODAY, WRITER
from tests.core.improvements.deliberating import KINDS, read
from tests.core.practices.assessments import PARIS, TEXT, THEN, Assessed, full, person
from tests.core.practices.hostile_texts import PAYLOADS, in_lines
from tests.core.practices.test_form_browser import Site
from tests.core.practices.test_form_hostile import CAUGHT, STRANGE, TRAP

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = (
    "<img src=x onerror=trap()>",
    "<script>trap()</script>",
    "\"onfocus=trap() autofocus='",
    "</title><svg onload=trap()>",
)


class Hostile:
    """A region in which everybody wrote nothing but such texts."""

    def __init__(self, site: Site) -> None:
        self.site, self.instance = site, site.instance
        [whole], self.lines, long = in_lines(20_000), in_lines(1_000), in_lines(4_000)
        self.head = person(self.instance, "coordinator", NAMES[0])
        writer = person(self.instance, "contributor", NAMES[1])
        reviewers = [person(self.instance, "reviewer", name) for name in NAMES[2:]]
        words = self.instance.vocabulary(PARIS)
        title = self.lines[0][:280]
        one = Assessed(self.instance, writer, self.head, text={"fr": TEXT | {"title": title, "summary": long[0]}})
        one.submit(self.lines[1][:200])
        with one.held() as (session, record):
            writing.hand_back(session, record, words, reason=long[0], by=self.head, at=THEN)
        one.submit(NAMES[0])
        one.ask(*reviewers)
        for number, reviewer in enumerate(reviewers):
            one.give(reviewer, full(one.grid, long[number]))
        one.decide("assessed", reason={"fr": whole[:4_000]})
        self.assessed = one.id
        other = Assessed(self.instance, writer, self.head, text={"fr": TEXT | {"title": f"{title} 2"}}).submit(NAMES[1])
        self.returned = other.id
        with other.held() as (session, record):
            writing.hand_back(session, record, words, reason=long[1], by=self.head, at=THEN)
        with self.instance.database.write(ALL) as session:
            self.tasks = [
                open_task(session, PARIS, "reply", by="visitor", wrong=line, right=line, source=line, about=line[:300])
                for line in self.lines
            ]
            done = open_task(session, PARIS, "reply", by="visitor", wrong="x")
            finish_task(session, PARIS, done, by=self.head.account_id, note=self.lines[2])
            self.noted = list(words.sectors)[: len(self.lines)]
            for key, line in zip(self.noted, self.lines, strict=False):
                notes.write(session, PARIS, "sector", key, {"fr": line}, by=self.head, at=THEN)
            tokens.make(
                session, self.head.account_id, name=NAMES[0], actions=["practice.read"], region_id=PARIS, strong=True,
                ends_at=now().replace(year=now().year + 1, day=1), at=now(),
            )  # fmt: skip
        with one.held() as (session, record):
            self.slug = record.slug
        self._deliberated(title, long[0])
        self.decided = self._decided(title, long)
        self.pilot = Pilot(self)
        self.procedure = self._procedure(title, long)

    def _procedure(self, title: str, long: list[str]) -> str:
        """A reconstruction in which every text is such a text, read by the public."""
        whole = {"fr": long[0]}
        step = dict.fromkeys(("title", "trigger", "deadline", "input", "output"), whole)
        passing = {"what": whole, "basis_text": whole, "sector": "courts"}
        branch = {"to": "a", "condition": whole}
        body = {
            "original": "fr",
            "nature": "reconstructed",
            "text": {"fr": dict.fromkeys(("purpose", "scope", "limits"), long[1]) | {"title": title}},
            "parties": [{"sector": "courts", "part": whole}],
            "steps": [step | {"key": "a", "passes": [passing], "branches": [branch], "end": True}],
            "measures": [{"key": "a", "kind": "form", "title": whole, "text": whole}],
            "note": whole,
            "sources": ["aphp-2018"],
        }
        given = kinds.Checked(content=read_as(body, Procedure), slug="hostile")
        writer = person(self.instance, "contributor", NAMES[1])
        with self.instance.database.write(PARIS) as session:
            record = kinds.begin(PROCEDURES, session, PARIS, given, by=writer, at=THEN)
            agreed.document(session, record, confirmed=True, expected=1, by=self.head, at=THEN)
            return record.id

    def _deliberated(self, title: str, text: str) -> None:
        """A finding with a reply, and an improvement that the public reads."""
        words, body = self.instance.vocabulary(PARIS), self.instance.directory(PARIS)[0]
        common = {"original": "fr", "sectors": ["courts", "education"], "note": {"fr": text}}
        texts = {
            "finding": {"title": title, "observed": text, "limits": text},
            "improvement": {"title": title, "proposal": text, "summary": text, "means": text},
        }
        with self.instance.database.write(PARIS) as session:
            finding, improvement = (
                kept.begin(
                    KINDS[kind],
                    session,
                    PARIS,
                    kept.Checked(content=read(kind, common | {"text": {"fr": said}}), slug="dit"),
                    by=self.head,
                    at=THEN,
                )
                for kind, said in texts.items()
            )
            about: Any = {"stakeholder": body.id, "on": date(2030, 12, 1)}
            said: Any = {"by": self.head, "at": THEN}
            sharing.offer(session, finding, words, given=Offering(how=self.lines[0][:500], **about), **said)
            sharing.note_reply(session, finding, words, given=Replying(reply={"fr": text}, **about), why={}, **said)
            records.publish(session, improvement, by=self.head.account_id, at=THEN)
            self.finding_id, self.improvement_id, self.improvement = finding.id, improvement.id, improvement.slug

    def _decided(self, title: str, long: list[str]) -> str:
        """An improvement on which everybody says nothing but such texts."""
        words, today, at = self.instance.vocabulary(PARIS), self.instance.today(PARIS), now()
        bodies = [one.id for one in self.instance.directory(PARIS)[:2]]
        text = ImprovementText(title=title, proposal=long[0], reasons=long[1])
        draft = Draft(
            kind=IMPROVEMENT,
            slug="hostile",
            body=encode(Improvement(original="fr", text={"fr": text})),
            status=encode(ImprovementStatus(state="discussed")),
        )
        with self.instance.database.write(PARIS) as session:
            for body in bodies:
                entry = session.get_one(Record, (PARIS, body))
                said: dict[str, Any] = {"mandate": {"fr": long[0]}, "source": self.lines[3][:300]}
                part = Relating(relation="taking-part", since="2020", **said)
                relate(session, entry, words, part.relation, part, by="x", at=at)
            [made] = create(session, PARIS, [draft], by="x")
            record = session.get_one(Record, (PARIS, made))
            calling.call(session, record, given=Calling(until=today), expected=None, by=self.head, at=at, today=today)
            for body, reason in zip(bodies, long, strict=False):
                written: dict[str, Any] = {"how": "letter", "source": self.lines[0][:300], "on": today}
                given = Recording(stakeholder=body, choice="object", reason=reason, language="fr", **written)
                positions.record_said(session, record, words, given=given, by=self.head, at=at, today=today)
            seen = preview(session, record, words, bodies, today=today)
            reasons = dict.fromkeys(words.header.languages, long[0])
            given_words = Decide(
                present=tuple(bodies), reasons=reasons, day=today, verdict=seen.outcome.verdict, mark=seen.mark
            )
            decide(session, record, words, given_words, by=self.head, at=at, today=today)
        return made


class Pilot:
    """Indicators and an evaluation that say nothing but such texts, as far as anybody can write one."""

    def __init__(self, hostile: Hostile) -> None:
        paris, lines = hostile.instance, hostile.lines
        self.indicators = []
        for number, line in enumerate(lines):
            texts = dict.fromkeys(IndicatorText.__struct_fields__, line[:100])
            said = Indicator(
                original="fr",
                text={"fr": IndicatorText(**texts)},
                baseline=StartingPoint(value=1, on="2030", source=line),
            )
            given = kept.Checked(content=said, slug=f"indicateur-{number}")
            with paris.database.write(PARIS) as session:
                record = kept.begin(INDICATORS, session, PARIS, given, by=WRITER, at=THEN)
                entered = counting.Entered(period="2030-10", value=3, source=line[:500], note=line, lang="fr")
                counting.enter(session, record, entered, today=TODAY, by=WRITER, at=THEN)
                counting.publish(session, record, expected=1, today=TODAY, by=HEAD, at=THEN)
                self.indicators.append(record.id)
        criteria = tuple(
            PilotCriterion(
                key=f"c{number}", text={"fr": CriterionText(question=line, met=line)}, indicators=tuple(self.indicators)
            )
            for number, line in enumerate(lines)
        )
        first, last = lines[0][:200], lines[-1]
        evaluated = Evaluation(
            original="fr", text={"fr": EvaluationText(title=first, done=last, method=last, limits=last)},
            since="2030", until="2030", criteria=criteria,
            judges=(PilotJudge(key="j1", standpoint="external", role={"fr": last[:300]}),),
        )  # fmt: skip
        with paris.database.write(PARIS) as session:
            given_ = kept.Checked(content=evaluated, slug="evaluation")
            record = kept.begin(EVALUATIONS, session, PARIS, given_, by=WRITER, at=THEN)
            there = entries.Known(indicators=self.indicators)
            judging.run(session, record, there, expected=1, today=TODAY, by=HEAD, at=THEN)
            answers = [
                answering.Given(
                    criterion=one.key, standpoint="external", judge="j1", answer="met", reason={"fr": last}, source=last
                )
                for one in criteria
            ]
            answering.judge(session, record, answers, by=HEAD, at=THEN)
            judging.close(session, record, expected=1, by=HEAD, at=THEN)
            texts_: dict[str, Any] = {"reason": {"fr": last}, "conditions": {"fr": last}, "decided_by": {"fr": last}}
            decision = PilotDecision(outcome="stop", on=TODAY, by=HEAD.account_id, at=THEN, **texts_)
            judging.decide(session, record, decision, expected=1, by=HEAD, at=THEN)
            deciding.publish(session, record, expected=1, by=SECOND, at=THEN)
            self.evaluation = record.id


@pytest.fixture(scope="module")
def hostile(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    settings = read_settings({"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path_factory.mktemp("texts"))})
    with new_instance(settings) as instance, serving(instance) as address:
        yield Hostile(Site(instance, address))


def test_nothing_that_was_written_anywhere_runs(page: Page, hostile: Hostile) -> None:
    page.add_init_script(TRAP)
    caught: dict[str, Any] = {}
    page.on("dialog", lambda dialog: dialog.accept())
    shown = ""

    def visit(path: str) -> None:
        nonlocal shown
        answer = page.goto(hostile.site.address + path)
        assert answer is not None
        assert answer.status == 200, path
        shown += page.content()
        if found := page.evaluate(STRANGE) + page.evaluate(CAUGHT):
            caught[path] = found

    hostile.site.sign_in(page, hostile.head)
    team = "/fr/paris/team"
    for record_id in (hostile.assessed, hostile.returned):
        visit(f"{team}/practices/{record_id}")
        visit(f"{team}/practices/{record_id}/assess")
        visit(f"{team}/practices/{record_id}/versions")
    for path in (
        *(f"{team}/tasks/{task}" for task in hostile.tasks),
        *(f"{team}/notes/sector/{key}" for key in hostile.noted[:2]),
        *(f"/fr/paris/sectors/{key}" for key in hostile.noted),
        f"{team}/tasks", f"{team}/notes", f"{team}/activity", f"{team}/practices", "/fr/start", "/fr/account",
        "/fr/account/tokens", "/fr/account/sessions", "/fr/paris/people", "/fr/paris/roles", "/fr/paris/sectors",
        f"/fr/paris/practices/{hostile.slug}", f"/fr/paris/practices/{hostile.slug}/versions", "/fr/paris/practices",
        f"/fr/paris/people/{hostile.head.account_id}",
        f"{team}/findings", f"{team}/findings/{hostile.finding_id}", f"{team}/findings/{hostile.finding_id}/edit",
        f"{team}/findings/{hostile.finding_id}/versions", f"{team}/findings/{hostile.finding_id}/reply",
        f"{team}/improvements", f"{team}/improvements/{hostile.improvement_id}",
        f"{team}/improvements/{hostile.improvement_id}/versions", "/fr/paris/improvements",
        f"/fr/paris/improvements/{hostile.improvement}", f"/fr/paris/correct?about=improvements/{hostile.improvement}",
        f"{team}/taking-part", f"{team}/improvements/{hostile.decided}/positions",
        *(f"{team}/indicators/{one}" for one in hostile.pilot.indicators[:3]),
        *(f"{team}/indicators/{hostile.pilot.indicators[0]}/{one}" for one in ("edit", "value", "versions", "erase")),
        *(f"{team}/evaluations/{hostile.pilot.evaluation}{one}" for one in ("", "/report", "/versions", "/erase")),
        f"{team}/indicators", f"{team}/indicators/values", f"{team}/evaluations", f"{team}/evaluations/new",
        "/fr/paris/indicators", "/fr/paris/indicators/indicateur-0", "/fr/paris/evaluation",
        "/fr/paris/procedures", "/fr/paris/procedures/hostile",
        "/fr/paris/procedures/hostile/print", "/fr/paris/procedures/hostile/versions/1", f"{team}/procedures",
        *(f"{team}/procedures/{hostile.procedure}{more}" for more in ("", "/edit", "/print", "/versions")),
    ):  # fmt: skip
        visit(path)
    assert caught == {}
    # They were there to run: every one of them stands on some page, as text.
    missing = [text for text in PAYLOADS if escaped(text) not in shown and escaped(text.strip()) not in shown]
    assert missing == []


def escaped(text: str) -> str:
    """As the browser writes text out again."""
    return text.replace("\n", " ").replace("\t", " ").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_feeds_data_and_files_hold_them_as_text(page: Page, hostile: Hostile) -> None:
    hostile.site.sign_in(page, hostile.head)

    def get(path: str) -> Any:
        answer = page.request.get(hostile.site.address + path)
        assert answer.status == 200, path
        assert answer.headers["x-content-type-options"] == "nosniff"
        return answer

    title = hostile.lines[0][:280]
    feed = ElementTree.fromstring(get("/fr/paris/practices.atom").text())  # noqa: S314  # our own
    atom = "{http://www.w3.org/2005/Atom}"
    assert title in [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")]
    html = get(f"/fr/paris/practices/{hostile.slug}").text()
    [linked] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert title in texts_in(json.loads(linked))
    assert "<" not in linked
    told = get(f"/api/v1/regions/paris/practices/{hostile.slug}").json()
    assert told["text"]["fr"]["title"] == title
    rows = list(csv.reader(io.StringIO(get("/fr/paris/practices?format=csv").text())))
    assert any(title in cell for row in rows for cell in row)
    rows += list(csv.reader(io.StringIO(get("/fr/paris/indicators?format=csv").text())))
    assert any(hostile.lines[0][:100].strip() in cell for row in rows for cell in row)
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-", "\t"))] == []
    with zipfile.ZipFile(io.BytesIO(get("/fr/paris/practices?format=xlsx").body())) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")]
        assert not any("<f>" in sheet for sheet in sheets)
        ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))  # noqa: S314


def texts_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts_in(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts_in(one)]
    return [str(value)]


def test_who_wrote_them_may_be_called_so_in_no_mail_header(hostile: Hostile) -> None:
    from email import message_from_bytes, policy

    hostile.instance.worker.run_due()
    files = list((hostile.instance.settings.data / "mail").glob("*.eml"))
    for file in files:
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert message.get_content_type() == "text/plain"
        assert "trap" not in str(message["To"]) + str(message["Subject"])

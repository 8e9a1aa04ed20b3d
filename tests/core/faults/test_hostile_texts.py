"""Texts that would run, in everything that is not the form of a practice: names, notes, reasons, answers, replies."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from lanzarote.accounts import tokens
from lanzarote.activity import noting
from lanzarote.database import ALL
from lanzarote.instance import Instance
from lanzarote.practices import writing
from lanzarote.records import now
from lanzarote.settings import read_settings
from lanzarote.tasks import finish_task, open_task

from tests.conftest import copy_of
from tests.core.conftest import serving
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
                noting.write(session, PARIS, "sector", key, {"fr": line}, by=self.head, at=THEN)
            tokens.make(
                session, self.head.account_id, name=NAMES[0], actions=["practice.read"], region_id=PARIS, strong=True,
                ends_at=now().replace(year=now().year + 1, day=1), at=now(),
            )  # fmt: skip
        with one.held() as (session, record):
            self.slug = record.slug


@pytest.fixture(scope="module")
def hostile(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    settings = read_settings({"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path_factory.mktemp("texts"))})
    with Instance(settings) as instance, serving(instance) as address:
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

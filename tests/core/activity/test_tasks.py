"""Tasks of the team: seen by it, settled by a coordinator, by one's own text or by the package's."""

from __future__ import annotations

import re
import threading
from typing import Any

import msgspec
import pytest
from lanzarote import records
from lanzarote.activity import conflicts
from lanzarote.errors import Conflict
from lanzarote.practices import writing
from lanzarote.records import Record, now
from lanzarote.stakeholders import writing as keeping
from lanzarote.stakeholders.model import KIND as STAKEHOLDER
from lanzarote.tasks import Task, open_task
from sqlalchemy import select

from tests.core.activity.conftest import Team, counted
from tests.core.practices.assessments import PARIS
from tests.core.web.reading import PageRead

HERE = "/en/paris/team/tasks"


def conflict(team: Team, record_id: str, field: str = "text.fr.summary", **more: Any) -> str:
    """A task as an upgrade opens it."""
    about = {"field": field, "before": "Avant.", "local": "Ici.", "package": "Là-bas."} | more
    with team.paris.database.write(PARIS) as session:
        return open_task(session, PARIS, "upgrade-conflict", by="lanzarote", record_id=record_id, key="x", **about)


def reply(team: Team) -> str:
    with team.paris.database.write(PARIS) as session:
        return open_task(
            session, PARIS, "reply", by="visitor", about="organisations/cdad-paris", wrong="canary-wrong",
            right="canary-right", contact="contact@example.org", lang="fr",
        )  # fmt: skip


def settled(team: Team, task_id: str) -> dict[str, Any] | None:
    with team.paris.database.read(PARIS) as session:
        task = session.get_one(Task, (PARIS, task_id))
        return task.told() if task.done_at else None


def test_the_team_sees_what_waits_and_only_a_coordinator_settles_it(team: Team) -> None:
    task = reply(team)
    for name in ("ana", "bo", "head"):
        assert "canary-wrong" in getattr(team, name).get(f"{HERE}/{task}")
    for name in ("ana", "bo"):
        assert "A coordinator settles it." in getattr(team, name).get(f"{HERE}/{task}")
        getattr(team, name).post(f"{HERE}/{task}", 403, do="finish")
    assert settled(team, task) is None
    team.client.get(f"{HERE}/{task}", follow_redirects=False)


def test_a_reply_that_is_settled_is_empty_and_the_teams_note_stays(team: Team) -> None:
    task = reply(team)
    assert 'href="mailto:contact@example.org"' in team.head.get(f"{HERE}/{task}")
    team.head.post(f"{HERE}/{task}", do="finish", note="Corrigé et répondu.")
    assert settled(team, task) == {"note": "Corrigé et répondu."}
    read = team.head.get(f"{HERE}/{task}")
    assert "Corrigé et répondu." in read
    assert "canary" not in read
    assert "contact@example.org" not in read
    assert "Corrigé et répondu." in team.head.get(f"{HERE}?show=settled")


def test_a_note_passes_the_guard(team: Team) -> None:
    task = reply(team)
    told = team.head.post(f"{HERE}/{task}", 400, do="finish", note="Vu avec Léa, 9 ans.")
    assert "Vu avec Léa, 9 ans." in told
    assert settled(team, task) is None


def test_a_conflict_shows_all_three_texts(team: Team) -> None:
    one = team.practice()
    read = team.head.get(f"{HERE}/{conflict(team, one.id)}")
    for text in ("Police, hôpital et association", "Avant.", "Là-bas."):
        assert text in read
    assert "Summary (French)" in read
    assert "Your text has changed since" in read  # it is not “Ici.” any more


def test_partners_are_told_by_name_with_what_they_do_one_a_line(team: Team) -> None:
    one = team.practice()
    court = {"organisation": "acpe", "part": {"en": "Presides", "fr": "Préside"}}
    task = conflict(team, one.id, "partners", before=[court], package=[court, {"sector": "courts", "side": "public"}])
    read = team.head.get(f"{HERE}/{task}")
    texts = re.findall(r'class="text" lang="en">([^<]*)<', read)
    assert texts[1] == "Acting against child prostitution (ACPE) (Civil society): Presides"
    nobody = "No organisation of this sector is named in the sources."
    assert texts[2].splitlines() == [texts[1], f"Courts and public prosecution (Public institutions): {nobody}"]


def test_partners_that_differ_where_the_page_shows_nothing_are_told_as_they_are_written(team: Team) -> None:
    one = team.practice()
    court = {"organisation": "acpe", "part": {"en": "Presides", "fr": "Préside"}}
    task = conflict(team, one.id, "partners", before=[court], package=[court | {"part": {"en": "Presides"}}])
    read = team.head.get(f"{HERE}/{task}")
    texts = re.findall(r'class="text" lang="en">([^<]*)<', read)
    assert texts[1:] == ["acpe: Presides (en), Préside (fr)", "acpe: Presides (en)"]


def test_keeping_ones_own_text_changes_nothing_but_the_task(team: Team) -> None:
    one = team.practice()
    task = conflict(team, one.id)
    team.head.post(f"{HERE}/{task}", do="keep", version="1")
    assert settled(team, task) is not None
    with team.paris.database.read(PARIS) as session:
        assert one.record(session).version == 1


def test_taking_the_packages_text_makes_a_working_version(team: Team) -> None:
    one = team.practice().submit()
    with one.held() as (session, record):
        writing.publish_declared(session, record, confirmed=True, expected=1, by=team.people["bo"], at=now())
    task = conflict(team, one.id)
    team.head.post(f"{HERE}/{task}", do="take", version="1")
    with team.paris.database.read(PARIS) as session:
        record = one.record(session)
        assert (record.version, record.published_version, record.stage) == (2, 1, "writing")
        assert writing.sheet_of(session, record).text["fr"].summary == "Là-bas."
    assert settled(team, task) is not None


def test_a_text_that_the_package_took_away_is_taken_away(team: Team) -> None:
    one = team.practice()
    task = conflict(team, one.id, "text.fr.transfer", package=None)
    team.head.post(f"{HERE}/{task}", do="take", version="1")
    with team.paris.database.read(PARIS) as session:
        assert writing.sheet_of(session, one.record(session)).text["fr"].transfer is None


def test_what_the_package_says_of_an_organisation_is_reviewed_too(team: Team) -> None:
    with team.paris.database.read(PARIS) as session:
        record = session.scalars(select(Record).where(Record.kind == STAKEHOLDER).limit(1)).one()
        record_id, slug, version = record.id, record.slug, record.version
    task = conflict(team, record_id, "role.fr", package="Fait autre chose.")
    team.head.post(f"{HERE}/{task}", do="take", version=str(version))
    assert "Fait autre chose." not in team.client.get(f"/fr/paris/organisations/{slug}").text
    with team.paris.database.read(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        assert (record.version, record.published_version, record.stage) == (version + 1, version, "writing")
        assert keeping.entry_of(session, record).role["fr"] == "Fait autre chose."


def test_what_would_not_be_whole_is_refused_and_the_task_stays(team: Team) -> None:
    with team.paris.database.read(PARIS) as session:
        record_id = session.scalars(select(Record.id).where(Record.kind == STAKEHOLDER).limit(1)).one()
    task = conflict(team, record_id, "sectors", package=None)
    team.head.post(f"{HERE}/{task}", 400, do="take", version="1")
    assert settled(team, task) is None


def test_while_it_is_being_reviewed_the_packages_text_waits(team: Team) -> None:
    one = team.practice().submit()
    task = conflict(team, one.id)
    assert "being reviewed" in team.head.post(f"{HERE}/{task}", 409, do="take", version="1")
    assert settled(team, task) is None


def test_who_saw_an_older_text_is_told(team: Team) -> None:
    one = team.practice()
    task = conflict(team, one.id)
    one.rewrite("Entretemps")
    team.head.post(f"{HERE}/{task}", 412, do="take", version="1")
    assert settled(team, task) is None


def test_of_two_who_settle_at_once_one_is_told(team: Team) -> None:
    task = reply(team)
    ended: list[str] = []

    def settle(name: str) -> None:
        try:
            with team.paris.database.write(PARIS) as session:
                conflicts.finish(session, PARIS, task, note="", by=team.people[name])
            ended.append("done")
        except Conflict:
            ended.append("told")

    threads = [threading.Thread(target=settle, args=(name,)) for name in ("head", "di")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["done", "told"]
    assert "Somebody else has settled this" in team.di.post(f"{HERE}/{task}", 412, do="finish")


def test_an_unknown_task_is_nowhere(team: Team) -> None:
    team.head.get(f"{HERE}/nothing", 404)
    team.head.post(f"{HERE}/nothing", 404, do="finish")


def test_every_kind_of_value_is_readable(team: Team) -> None:
    one = team.practice()
    before = [{"organisation": "acpe", "part": {"fr": "écoute"}}]
    task = conflict(team, one.id, "partners", before=before, package=[{"sector": "police"}], local=None)
    read = team.head.get(f"{HERE}/{task}")
    for text in ("Acting against child prostitution (ACPE)", "Police"):
        assert text in read


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_pages_are_whole_in_both_languages(team: Team, lang: str) -> None:
    tasks = [reply(team), conflict(team, team.practice().id)]
    for path in ("", *(f"/{task}" for task in tasks), "?show=settled"):
        page = PageRead(team.head.get(f"/{lang}/paris/team/tasks{path}"))
        assert (page.lang, len(page.headings), page.empty) == (lang, 1, [])
        assert len(page.ids) == len(set(page.ids))


def test_the_list_asks_the_database_as_often_for_a_hundred_as_for_one(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for more in (1, 99):
        for _ in range(more):
            conflict(team, team.practice().id)
        team.head.get(HERE)
        with counted(team.paris, monkeypatch) as statements:
            team.head.get(HERE)
        counts.append(len(statements))
    assert counts == [4, 4]


def test_taking_a_text_goes_through_the_guard(team: Team) -> None:
    one = team.practice()
    task = conflict(team, one.id, package="Léa, 9 ans, y est citée.")
    team.head.post(f"{HERE}/{task}", 400, do="take", version="1")
    with team.paris.database.read(PARIS) as session:
        body = msgspec.json.decode(records.body_of(session, one.record(session), 1))
    assert "Léa" not in str(body)
    assert settled(team, task) is None

"""Tasks of the team: seen by it, settled by a coordinator, by one's own text or by the package's."""

from __future__ import annotations

import re
import threading
from typing import Any, get_args

import msgspec
import pytest
from lanzarote.activity import conflicts
from lanzarote.activity.start_reading import TASKS
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.errors import Conflict
from lanzarote.practices import writing
from lanzarote.records import records
from lanzarote.records.changelog import bump_revision
from lanzarote.records.records import Record, now
from lanzarote.records.tasks import Kind, Task, open_task
from lanzarote.regions.vocabulary import Term
from lanzarote.stakeholders import writing as keeping
from lanzarote.types import Choice, Organisation, Practice, PracticeField, PracticeText, Procedure, ProcedureText
from sqlalchemy import select

from tests.core.activity.conftest import Team, asked
from tests.core.practices.assessments import PARIS
from tests.core.web.reading import PageRead

HERE = "/en/paris/team/tasks"


def conflict(team: Team, record_id: str, field: str = "text.fr.summary", **more: Any) -> str:
    """A task as an upgrade opens it."""
    about = {"field": field, "before": "Avant.", "local": "Ici.", "package": "Là-bas."} | more
    with team.paris.database.write(PARIS) as session:
        return open_task(session, PARIS, "upgrade-conflict", by="lanzarote", record_id=record_id, key="x", **about)


def withdrawal(team: Team, record_id: str, **more: Any) -> str:
    """A task as an upgrade opens it about what the package shows no longer."""
    about = {"record": "practice", "key": "x", "title": "X", "shipped": False, "reason": {}} | more
    with team.paris.database.write(PARIS) as session:
        return open_task(session, PARIS, "upgrade-withdrawal", by="lanzarote", record_id=record_id, **about)


def shipped_record(team: Team, kind: str) -> Record:
    """One that the public reads."""
    with team.paris.database.read(PARIS) as session:
        query = select(Record).where(Record.kind == kind, Record.published_version.is_not(None))
        return session.scalars(query.order_by(Record.slug).limit(1)).one()


def reply(team: Team) -> str:
    with team.paris.database.write(PARIS) as session:
        return open_task(
            session, PARIS, "reply", by="visitor", about="organisations/cdad-paris", wrong="canary-wrong",
            right="canary-right", contact="contact@example.org", lang="fr",
        )  # fmt: skip


def ask(team: Team, key: str, question: PracticeField) -> None:
    """Let Paris ask a question of its own about practices."""
    with team.paris.database.write(PARIS) as session:
        body = records.encode(question)
        session.add(Term(region_id=PARIS, kind="field", key=key, position=0, body=body, retired=False))
        session.flush()
        bump_revision(session, PARIS)


def lede(read: str) -> str:
    """What a task is about, as its page is headed."""
    found = re.search(r'<p class="lede">(.*?)</p>', read)
    return re.sub(r"<[^>]*>", "", found[1]) if found else ""


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


def test_every_kind_of_task_has_words_of_its_own() -> None:
    assert set(TASKS) == set(get_args(Kind))


def test_every_field_that_may_be_in_conflict_has_words(team: Team) -> None:
    for kind, content, texts in (
        ("practice", Practice, PracticeText.__struct_fields__),
        ("stakeholder", Organisation, ()),
        ("procedure", Procedure, ProcedureText.__struct_fields__),
    ):
        fields = [*{*content.__struct_fields__} - {"text", "answers"}, *(f"text.fr.{name}" for name in texts)]
        record = shipped_record(team, kind).id
        ledes = {field: lede(team.head.get(f"{HERE}/{conflict(team, record, field)}")) for field in fields}
        unnamed = [field for field, words in ledes.items() if words.endswith(field) or f" {field[8:]} (" in words]
        assert [one for one in unnamed if not ledes[one].endswith(("Exists since", "Existed until"))] == [], kind


@pytest.mark.parametrize(
    ("kind", "place"), [("practice", "practices"), ("stakeholder", "organisations"), ("procedure", "procedures")]
)
def test_what_the_package_shows_no_longer_is_told_in_words_and_withdrawn_from_its_task(
    team: Team, kind: str, place: str
) -> None:
    record = shipped_record(team, kind)
    task = withdrawal(team, record.id)
    read = team.head.get(f"{HERE}/{task}")
    assert "<h1>The package no longer contains this: does it stay public?</h1>" in read
    assert "The newer package no longer contains it." in read
    assert "the public goes on reading it until the team decides." in read
    assert "If you say below that it is settled, it stays public" in read
    assert f'href="/en/paris/{place}/{record.slug}"' in read
    way = f"/en/paris/team/{place}/{record.id}/withdraw"
    assert f'href="{way}"' in read
    team.head.post(way, reason="Le paquet ne la montre plus.", version=str(record.version))
    assert settled(team, task) is not None
    assert "The public no longer reads it here either." in team.head.get(f"{HERE}/{task}")


def test_why_the_package_hides_it_is_told_in_the_readers_language(team: Team) -> None:
    why = {"fr": "Son site ne répond plus.", "en": "Its site answers no more."}
    task = withdrawal(team, shipped_record(team, "practice").id, shipped=True, reason=why)
    read = team.head.get(f"{HERE}/{task}")
    assert "The newer package still contains it, but no longer publishes it." in read
    assert "Its site answers no more." in read
    assert "Son site" not in read


def test_what_stays_public_is_settled_and_nothing_else_changes(team: Team) -> None:
    record = shipped_record(team, "practice")
    task = withdrawal(team, record.id)
    team.head.post(f"{HERE}/{task}", do="finish")
    assert settled(team, task) is not None
    assert team.client.get(f"/en/paris/practices/{record.slug}").status_code == 200


def test_who_may_not_withdraw_is_offered_no_way_to_it(team: Team) -> None:
    assert "/withdraw" not in team.ana.get(f"{HERE}/{withdrawal(team, shipped_record(team, 'practice').id)}")


def test_a_conflict_about_a_procedure_is_read_and_the_packages_text_taken(team: Team) -> None:
    record = shipped_record(team, "procedure")
    task = conflict(team, record.id, "text.fr.limits")
    assert lede(team.head.get(f"{HERE}/{task}")).endswith(" · What it leaves open (French)")
    assert task in team.head.get(HERE)
    team.head.post(f"{HERE}/{task}", do="take", version=str(record.version))
    with team.paris.database.read(PARIS) as session:
        now_ = session.get_one(Record, (PARIS, record.id))
        assert '"limits":"Là-bas."' in records.body_of(session, now_, now_.version).decode()


def test_a_conflict_in_an_answer_names_the_regions_own_question(team: Team) -> None:
    ask(team, "waiting", PracticeField(type="yes-no", label={"fr": "Y a-t-il une attente ?", "en": "Is there a wait?"}))
    task = conflict(team, team.practice().id, "answers.waiting", before=None, package=True)
    read = team.head.get(f"{HERE}/{task}")
    assert lede(read).endswith(" · Is there a wait?")
    assert re.findall(r'class="text" lang="en">([^<]*)<', read) == ["nothing", "nothing", "Yes"]
    assert "Y a-t-il une attente ?" in team.head.get(f"/fr/paris/team/tasks/{task}")


@pytest.mark.parametrize("before", ["Aucune attente", {"fr": "Aucune attente"}])
@pytest.mark.parametrize("kind", ["yes-no", "choice"])
def test_an_answer_of_an_earlier_type_is_told_as_it_was_written(team: Team, kind: Any, before: Any) -> None:
    choices = (Choice(key="none", name={"fr": "Aucune", "en": "None"}),) if kind == "choice" else ()
    ask(team, "waiting", PracticeField(type=kind, label={"fr": "Attente ?", "en": "Wait?"}, choices=choices))
    now_ = "none" if choices else True
    task = conflict(team, team.practice().id, "answers.waiting", before=before, package=now_)
    read = re.findall(r'class="text" lang="en">([^<]*)<', team.head.get(f"{HERE}/{task}"))
    assert "Aucune attente" in read[1]
    assert read[2] == ("None" if choices else "Yes")


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
    assert texts[1] == "Acting against child prostitution (ACPE) – Presides – Préside"
    assert texts[2].splitlines() == [texts[1], "Courts and public prosecution – Public institutions"]


def test_partners_that_differ_in_another_language_are_told_in_both(team: Team) -> None:
    one = team.practice()
    court = {"organisation": "acpe", "part": {"en": "Presides", "fr": "Préside"}}
    task = conflict(team, one.id, "partners", before=[court], package=[court | {"part": {"en": "Presides"}}])
    read = team.head.get(f"{HERE}/{task}")
    texts = re.findall(r'class="text" lang="en">([^<]*)<', read)
    named = "Acting against child prostitution (ACPE)"
    assert texts[1:] == [f"{named} – Presides – Préside", f"{named} – Presides"]


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
        writing.publish_unassessed(session, record, confirmed=True, expected=1, by=team.people["bo"], at=now())
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
    tasks = [reply(team), conflict(team, team.practice().id), withdrawal(team, shipped_record(team, "practice").id)]
    for path in ("", *(f"/{task}" for task in tasks), "?show=settled"):
        page = PageRead(team.head.get(f"/{lang}/paris/team/tasks{path}"))
        assert (page.lang, len(page.headings), page.empty) == (lang, 1, [])
        assert len(page.ids) == len(set(page.ids))


def test_the_list_asks_the_database_as_often_for_thirty_as_for_one(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    for more in (1, 29):
        for _ in range(more):
            conflict(team, team.practice().id)
        counts.append(asked(team.paris, monkeypatch, lambda: team.head.get(HERE)))
    assert counts == [4, 4]


def test_taking_a_text_goes_through_the_guard(team: Team) -> None:
    one = team.practice()
    task = conflict(team, one.id, package="Léa, 9 ans, y est citée.")
    team.head.post(f"{HERE}/{task}", 400, do="take", version="1")
    with team.paris.database.read(PARIS) as session:
        body = msgspec.json.decode(records.body_of(session, one.record(session), 1))
    assert "Léa" not in str(body)
    assert settled(team, task) is None

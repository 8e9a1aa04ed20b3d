"""The team sees how far each practice is, and takes it from step to step; who may not is told why."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.instance import Instance
from lanzarote.practices.model import KIND, PracticeStatus
from lanzarote.records.records import Record, Version, encode
from sqlalchemy import event, select

from tests.core.activity.conftest import asked
from tests.core.practices.assessments import Assessed, person
from tests.core.practices.forms import TEAM, WHOLE, Writer, writer
from tests.core.practices.signed_in import site_of

CANARY = "zyxwvcanari"


def saved(one: Writer, title: str = "Une salle partagée", **more: Any) -> str:
    one.open(f"{TEAM}/new").fill(WHOLE | {"text.fr.title": title} | more)
    record_id = one.id
    one.press()
    return record_id


def take(one: Writer, record_id: str, step: str, status: int = 303, **fields: Any) -> str:
    """Open the page of a step, then send its form."""
    one.get(f"{TEAM}/{record_id}/{step}")
    [version] = re.findall(r'name="version" value="(\d+)"', one.html)[-1:]
    return str(one.post(f"{TEAM}/{record_id}/{step}", {"version": version} | fields, status=status))


def submitted(one: Writer, title: str = "Une salle partagée", **more: Any) -> str:
    record_id = saved(one, title, **more)
    take(one, record_id, "submit", bearer="aphp")
    return record_id


def published(ana: Writer, rita: Writer, title: str) -> str:
    record_id = submitted(ana, title)
    take(rita, record_id, "publish", nobody="yes", no_case="yes")
    return record_id


def state(paris: Instance, record_id: str) -> tuple[str, str]:
    with paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        return record.state, record.stage


def steps(page: str, record_id: str) -> set[str]:
    """Steps that a page leads to."""
    return set(re.findall(rf'href="{TEAM}/{record_id}/([a-z-]+)"', page)) - {"versions", "sheet"}


@contextmanager
def counted(paris: Instance) -> Iterator[list[str]]:
    """Statements that are run meanwhile, on any connection, but for those of the worker."""
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        if threading.current_thread().name != "lanzarote-jobs":
            found.append(statement)

    event.listen(paris.database.engine, "before_cursor_execute", note)
    plain: Callable[..., Any] = paris.database.each_row

    def each_row(sql: str, *values: object) -> Any:
        if threading.current_thread().name != "lanzarote-jobs":
            found.append(sql)
        return plain(sql, *values)

    paris.database.each_row = each_row  # type: ignore[method-assign]
    try:
        yield found
    finally:
        paris.database.each_row = plain  # type: ignore[method-assign]
        event.remove(paris.database.engine, "before_cursor_execute", note)


# ---------------------------------------------------------------------------------------------------------------------
# The list


def test_titles_are_in_the_language_of_the_reader_where_there_is_a_translation(own_paris: Instance) -> None:
    with site_of(own_paris) as client:
        ana = writer(own_paris, client)
        both = saved(ana, "Une salle à deux", **{"text.en.title": "A room for two", "languages": ["fr", "en"]})
        one = saved(ana, "Une salle à part")
        english = TEAM.replace("/fr/", "/en/")

        for path in (
            f"{english}?only=mine",
            f"{english}/{both}",
            f"{english}/{both}/submit",
            f"{english}/{both}/versions",
        ):
            page = ana.get(path)
            assert "A room for two" in page, path
            assert "Une salle à deux" not in page.partition("<main")[2].partition("<h2")[0], path
        assert '<span lang="fr">Une salle à part</span>' in ana.get(f"{english}?only=mine")
        assert '<h1><span lang="fr">Une salle à part</span></h1>' in ana.get(f"{english}/{one}")
        assert f'<a href="{TEAM}/{both}">Une salle à deux</a>' in ana.get(f"{TEAM}?only=mine")


def test_the_list_costs_as_much_for_a_hundred_as_for_one(own_paris: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    with site_of(own_paris) as client:
        ana = writer(own_paris, client)

        def cost() -> int:
            return asked(own_paris, monkeypatch, lambda: ana.get(f"{TEAM}?only=mine"))

        head = person(own_paris, "coordinator")
        Assessed(own_paris, ana.actor, head)
        for_one = cost()
        assert ana.html.count('<th scope="row">') == 1
        for _ in range(99):
            Assessed(own_paris, ana.actor, head)
        for_hundred = cost()
        assert ana.html.count('<th scope="row">') == 50
        assert "50 de plus" in ana.html
        assert (for_one, for_hundred) == (for_one, for_one)
        assert for_one <= 9


def test_the_list_says_how_far_each_is(paris: Instance, ana: Writer, rita: Writer) -> None:
    titles = {
        "writing": saved(ana, "Encore à écrire"),
        "submitted": submitted(ana, "Déjà soumise"),
        "published": published(ana, rita, "Maintenant publiée"),
    }
    ana.open(f"{TEAM}/{titles['published']}/edit").fill({"text.fr.means": "Une salle"}).press()
    page = ana.get(f"{TEAM}?only=mine")
    rows = dict(re.findall(r'<tr>\s*<th scope="row"><a[^>]*>([^<]+)</a></th>\s*<td>(.*?)</td>', page, re.DOTALL))
    badges = {title: re.findall(r'class="badge[^"]*">([^<]+)<', cell) for title, cell in rows.items()}
    assert badges["Encore à écrire"] == ["en cours d’écriture", "jamais publiée", "la vôtre aussi"]
    assert badges["Déjà soumise"] == ["soumise", "jamais publiée", "la vôtre aussi"]
    assert badges["Maintenant publiée"] == ["en cours d’écriture", "publiée", "la vôtre aussi"]


def test_the_list_can_be_narrowed(ana: Writer, rita: Writer) -> None:
    submitted(ana, "Une soumise")
    page = rita.get(f"{TEAM}?only=submitted")
    assert "Une soumise" in page
    assert "Chiens d’assistance judiciaire" not in page
    assert "Une soumise" not in rita.get(f"{TEAM}?only=published&page=0")
    assert re.search(r'aria-current="page">Hors archives', rita.get(f"{TEAM}?only=nonsense&page=-1"))
    assert "Une soumise" not in rita.get(f"{TEAM}?only=mine")


def test_what_was_assessed_long_ago_is_due(paris: Instance, ana: Writer, rita: Writer) -> None:
    record_id = published(ana, rita, "Assez ancienne")
    with paris.database.write("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        status = msgspec.json.decode(record.status, type=PracticeStatus)
        long_ago = (datetime.now(UTC) - timedelta(days=4_000)).date()
        record.status = encode(msgspec.structs.replace(status, standing="assessed", assessed_on=long_ago))
    page = rita.get(f"{TEAM}?only=due")
    assert "Assez ancienne" in page
    assert page.count('<th scope="row">') == 1


def test_languages_that_are_out_of_date_show_in_the_list(ana: Writer) -> None:
    record_id = saved(ana, "Deux langues")
    ana.open(f"{TEAM}/{record_id}/edit").press("language:en", status=200)
    ana.fill({"text.en.title": "Two languages", "text.en.summary": "In one."}).press()
    assert "l’original a changé depuis" not in ana.get(f"{TEAM}?only=mine").lower()
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.summary": "Autrement."}).press()
    assert re.search(r"anglais\s*<span class=\"badge\">", ana.get(f"{TEAM}?only=mine"))


# ---------------------------------------------------------------------------------------------------------------------
# From step to step


def test_a_practice_goes_from_its_writer_to_the_public(paris: Instance, client: Any, ana: Writer, rita: Writer) -> None:
    record_id = saved(ana, "De la plume au public")
    assert "submit" in steps(ana.get(f"{TEAM}/{record_id}"), record_id)
    take(ana, record_id, "submit", bearer="aphp")
    assert state(paris, record_id) == ("draft", "submitted")
    assert steps(ana.get(f"{TEAM}/{record_id}"), record_id) == {"take-back"}
    page = rita.get(f"{TEAM}/{record_id}")
    assert {"publish", "give-back"} <= steps(page, record_id)
    assert "Ana Plume" in page
    assert "Assistance Publique – Hôpitaux de Paris" in page
    take(rita, record_id, "publish", nobody="yes", no_case="yes")
    assert state(paris, record_id) == ("published", "")
    assert "De la plume au public" in client.get("/fr/paris/practices/de-la-plume-au-public").text


def test_what_is_missing_is_named_with_the_way_to_it(ana: Writer) -> None:
    ana.open(f"{TEAM}/new").fill({"text.fr.title": "Une idée"})
    record_id = ana.id
    ana.press("submit")
    assert ana.at == f"{TEAM}/{record_id}/submit"
    places = re.findall(rf'href="{TEAM}/{record_id}/edit#([^"]+)"', ana.html)
    assert places == [
        "text.fr.summary", "text.fr.problem", "text.fr.activities", "text.fr.transfer", "sectors", "partners",
        "target_groups", "scope", "running",
    ]  # fmt: skip
    page = ana.get(f"{TEAM}/{record_id}/edit")
    assert [place for place in places if f'id="{place}"' not in page] == []


def test_nobody_publishes_what_they_submitted(paris: Instance, cleo: Writer) -> None:
    record_id = submitted(cleo, "Toute seule")
    page = cleo.get(f"{TEAM}/{record_id}")
    assert "publish" not in steps(page, record_id)
    assert "personne ne publie seul" in re.sub(r"\s+", " ", page).lower()
    cleo.get(f"{TEAM}/{record_id}/publish", 403)
    cleo.post(f"{TEAM}/{record_id}/publish", {"version": "1", "nobody": "yes", "no_case": "yes"}, status=403)
    assert state(paris, record_id) == ("draft", "submitted")


@pytest.mark.parametrize("ticked", [{}, {"nobody": "yes"}, {"no_case": "yes"}])
def test_it_is_not_published_before_both_are_confirmed(
    paris: Instance, ana: Writer, rita: Writer, ticked: dict[str, str]
) -> None:
    record_id = submitted(ana, "À confirmer")
    take(rita, record_id, "publish", status=400, **ticked)
    assert 'href="#confirmed"' in rita.html
    assert state(paris, record_id) == ("draft", "submitted")


def test_without_a_source_it_is_not_published_unassessed(paris: Instance, ana: Writer, rita: Writer) -> None:
    record_id = saved(ana, "Sans source", sources=[])
    take(ana, record_id, "submit")
    take(rita, record_id, "publish", status=400, nobody="yes", no_case="yes")
    assert 'href="#sources"' in rita.html
    assert state(paris, record_id) == ("draft", "submitted")


def test_a_bearer_is_no_person(paris: Instance, ana: Writer) -> None:
    record_id = saved(ana, "Un porteur")
    take(ana, record_id, "submit", status=400, bearer_name=f"lea.{CANARY}@laposte.net")
    assert state(paris, record_id) == ("draft", "writing")
    files = [
        file
        for file in Path(paris.database.path).parent.iterdir()
        if file.is_file() and CANARY.encode() in file.read_bytes()
    ]
    assert files == []


def test_who_publishes_reads_why_things_stay_that_were_asked_about(ana: Writer, rita: Writer) -> None:
    ana.open(f"{TEAM}/new").fill(WHOLE | {"text.fr.means": "Léa, 9 ans, est l’héroïne du film."})
    record_id = ana.id
    ana.press(status=400)
    ana.fill({"reason[text.fr.means|name-with-age]": "Un personnage de fiction."}).press()
    take(ana, record_id, "submit", bearer="aphp")
    page = rita.get(f"{TEAM}/{record_id}/publish")
    assert "Un personnage de fiction." in page
    assert "Moyens nécessaires" in page.partition("Ce qui a été signalé")[2]


def test_given_back_it_says_why_and_can_be_written_on(paris: Instance, ana: Writer, rita: Writer) -> None:
    record_id = submitted(ana, "À préciser")
    take(rita, record_id, "give-back", status=400, reason=" ")
    take(rita, record_id, "give-back", reason="Qui préside ?")
    assert state(paris, record_id) == ("draft", "writing")
    page = ana.get(f"{TEAM}/{record_id}")
    assert "Qui préside ?" in page
    assert "Rita Relit" in page
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.review": "La préfète préside."}).press()


def test_a_reason_for_giving_back_may_not_tell_who_it_is(ana: Writer, rita: Writer, paris: Instance) -> None:
    record_id = submitted(ana, "Avec motif")
    take(rita, record_id, "give-back", status=400, reason=f"Léa, 9 ans, y est nommée ({CANARY}).")
    assert CANARY in rita.html
    files = [
        file
        for file in Path(paris.database.path).parent.iterdir()
        if file.is_file() and CANARY.encode() in file.read_bytes()
    ]
    assert files == []


def test_what_was_changed_beside_the_published_text_can_be_given_up(paris: Instance, ana: Writer, rita: Writer) -> None:
    record_id = published(ana, rita, "Stable")
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.title": "Instable"}).press()
    assert "discard" in steps(ana.get(f"{TEAM}/{record_id}"), record_id)
    take(ana, record_id, "discard")
    assert state(paris, record_id) == ("published", "")
    assert "Stable" in ana.get(f"{TEAM}/{record_id}")


def test_withdrawn_put_away_and_erased(paris: Instance, client: Any, ana: Writer, rita: Writer, cleo: Writer) -> None:
    record_id = published(ana, rita, f"Éphémère {CANARY}")
    address = f"/fr/paris/practices/ephemere-{CANARY}"
    assert client.get(address).status_code == 200
    take(cleo, record_id, "withdraw", reason="Elle est terminée.")
    assert client.get(address).status_code == 410
    assert "Elle est terminée." in cleo.get(f"{TEAM}/{record_id}")
    assert f'/{record_id}/publish">Publier la pratique</a>' in cleo.get(f"{TEAM}/{record_id}")
    assert "comme avant son retrait" in cleo.get(f"{TEAM}/{record_id}/publish")
    take(cleo, record_id, "publish", nobody="yes", no_case="yes")
    assert client.get(address).status_code == 200
    take(cleo, record_id, "withdraw", reason="Elle est terminée.")
    late = cleo.post(f"{TEAM}/{record_id}/submit", {"version": "1", "bearer": "aphp"}, status=409).text
    assert "dans l’état actuel" in late  # nobody has changed it in the meantime
    assert "entre-temps" not in late
    take(cleo, record_id, "archive")
    assert state(paris, record_id) == ("archived", "")
    take(cleo, record_id, "erase", status=400, word="oui")
    take(cleo, record_id, "erase", word="Effacer")
    cleo.get(f"{TEAM}/{record_id}", 410)
    cleo.get(f"{TEAM}/{record_id}/versions", 410)
    assert client.get(address).status_code == 410


def test_what_is_erased_is_gone_from_the_bytes(paris: Instance, ana: Writer, rita: Writer, cleo: Writer) -> None:
    mark = "Quetzalcoatlus"

    def files() -> set[str]:
        folder = Path(paris.database.path).parent
        return {file.name for file in folder.iterdir() if file.is_file() and mark.encode() in file.read_bytes()}

    def found() -> int:
        page = cleo.client.get(f"/fr/paris/practices?q={mark}").text
        return page.count('class="card-title"')

    record_id = published(ana, rita, "Un secret")
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.means": f"Le {mark} de la salle", "note.fr": mark}).press()
    take(ana, record_id, "submit", bearer="aphp")
    take(rita, record_id, "publish", nobody="yes", no_case="yes")
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.review": f"Chaque {mark}"})
    ana.post(f"{TEAM}/{record_id}/unsaved", dict(ana.fields), status=200)
    assert files() != set()
    assert found() == 1
    take(cleo, record_id, "erase", word="effacer")
    assert files() == set()
    assert found() == 0
    with paris.database.read("paris") as session:
        assert set(session.scalars(select(Version.body).where(Version.record_id == record_id))) == {b""}


def test_a_step_that_came_too_late_says_so_and_does_nothing(paris: Instance, ana: Writer, rita: Writer) -> None:
    record_id = submitted(ana, "Deux à la fois")
    rita.get(f"{TEAM}/{record_id}/publish")
    take(ana, record_id, "take-back")
    rita.post(f"{TEAM}/{record_id}/publish", {"version": "1", "nobody": "yes", "no_case": "yes"}, status=409)
    assert state(paris, record_id) == ("draft", "writing")
    rita.get(f"{TEAM}/{record_id}/publish", 409)


def test_a_version_that_somebody_else_saved_is_not_published_unseen(paris: Instance, ana: Writer, rita: Writer) -> None:
    record_id = submitted(ana, "Vue avant")
    rita.get(f"{TEAM}/{record_id}/publish")
    take(ana, record_id, "take-back")
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.title": "Autre chose"}).press()
    take(ana, record_id, "submit", bearer="aphp")
    rita.post(f"{TEAM}/{record_id}/publish", {"version": "1", "nobody": "yes", "no_case": "yes"}, status=409)
    assert state(paris, record_id) == ("draft", "submitted")


@pytest.mark.parametrize("step", ["withdraw", "archive", "erase"])
def test_only_a_coordinator_ends_it(ana: Writer, rita: Writer, step: str) -> None:
    record_id = saved(ana)
    for one in (ana, rita):
        one.get(f"{TEAM}/{record_id}/{step}", 403)
        one.post(f"{TEAM}/{record_id}/{step}", {"version": "1", "word": "effacer", "reason": "x"}, status=403)


# ---------------------------------------------------------------------------------------------------------------------
# Versions and paper


def test_any_two_versions_can_be_compared(ana: Writer, cleo: Writer) -> None:
    record_id = saved(ana, "Une salle")
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.title": "Une grande salle"}).press()
    cleo.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.title": "Une grande salle claire"}).press()
    page = cleo.get(f"{TEAM}/{record_id}/versions")
    assert "De la version 2 à la version 3" in page
    assert ("Ana Plume" in page, "Cléo Mène" in page) == (True, True)
    page = cleo.get(f"{TEAM}/{record_id}/versions?from=3&to=1")
    assert "De la version 1 à la version 3" in page
    changes = re.sub(r"<span.*?</span>", "", page.partition('<dl class="changes">')[2].partition("</dl>")[0])
    assert re.sub(r"\s+", " ", changes).count("<ins>") == 2
    assert cleo.get(f"{TEAM}/{record_id}/versions?from=99&to=x")


def test_a_blank_sheet_asks_every_question_of_the_form(ana: Writer) -> None:
    form = ana.get(f"{TEAM}/new")
    paper = ana.get(f"{TEAM}/blank")
    asked = {label.strip() for label in re.findall(r"<h3>(?:\d+\. )?([^<]+)</h3>", paper)}
    for part in re.findall(r'<span class="n">\d+</span>([^<]+)<', form):
        assert part.strip() in asked
    assert len(asked) > 30
    assert paper.count('class="ticks"') >= 6


def test_a_filled_sheet_holds_what_is_written(ana: Writer) -> None:
    record_id = saved(ana, "Sur papier", **{"evidence[0].value": "12", "evidence[0].unit.fr": "enfants reçus"})
    page = ana.get(f"{TEAM}/{record_id}/sheet")
    assert "12 – enfants reçus" in page
    assert "Enfants victimes" in page
    assert "Pas encore de réponse" in page


def test_a_shipped_practice_opens_on_every_page_of_the_team(paris: Instance, cleo: Writer) -> None:
    with paris.database.read("paris") as session:
        ids = session.scalars(select(Record.id).where(Record.kind == KIND, Record.key.is_not(None))).all()
    for record_id in ids:
        for page in ("", "/versions", "/sheet", "/withdraw", "/erase"):
            status = 409 if page == "/withdraw" and state(paris, record_id)[0] == "draft" else 200
            cleo.get(f"{TEAM}/{record_id}{page}", status)

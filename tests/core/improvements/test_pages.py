"""A group works on findings and improvements on pages that need no script; the public reads what is decided."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.improvements.service import references_of
from lanzarote.instance import Instance
from lanzarote.records import records
from lanzarote.records.records import Record
from litestar.testing import TestClient

from tests.core.activity.conftest import asked
from tests.core.improvements.deliberating import (
    LEADER,
    OBSERVED,
    PROPOSED,
    begun,
    decided,
    finding,
    found,
    improvement,
    save,
    step,
)
from tests.core.practices.forms import Writer, writer
from tests.core.practices.signed_in import site_of
from tests.core.team_of_a_file import ana, cleo, client, paris

__all__ = ["ana", "cleo", "client", "paris"]

TEAM = "/fr/paris/team"
PUBLIC = "/fr/paris/improvements"
FOUND: dict[str, Any] = {
    "text.fr.title": "Les signalements se croisent",
    "text.fr.observed": "Deux services signalent sans le savoir.",
    "text.en.title": "Reports cross each other",
    "sectors": ["courts", "education"],
    "convention": ["10"],
    "convention_more": "18.1.a, 12",
    "evidence[0].text.fr": "Trois équipes l’ont vu.",
    "own_sources[0].title": "Rapport 2030",
    "own_sources[0].publisher": "La Maison",
    "own_sources[0].kind": "organisation",
}
PROPOSAL: dict[str, Any] = {
    "text.fr.title": "Un registre commun",
    "text.fr.proposal": "Tenir ensemble une liste sans nom.",
    "sectors": ["courts"],
}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def eve(paris: Instance, client: TestClient[Any]) -> Writer:
    return writer(paris, client, name="Ève Lit")


def saved(one: Writer, room: str, **more: Any) -> str:
    """Fill in the form of a new one; tells its id."""
    fields = (FOUND if room == "findings" else PROPOSAL) | more
    one.open(f"{TEAM}/{room}/new", "/new").fill(fields)
    one.press(action="/new")
    told = re.fullmatch(rf"{TEAM}/{room}/([0-9a-f-]+)\?done=saved", one.at)
    assert told, one.said()
    return told[1]


def take(one: Writer, room: str, record_id: str, name: str, status: int = 303, **fields: Any) -> str:
    one.open(f"{TEAM}/{room}/{record_id}/{name}?unsaved=continue", f"/{name}").fill(
        {field.replace("__", "."): text for field, text in fields.items()}
    )
    return str(one.post(f"{TEAM}/{room}/{record_id}/{name}", one.fields, status=status))


def main(html: str) -> str:
    return html.partition("<main")[2]


# The way of a finding


def test_a_finding_is_written_shared_and_answered(paris: Instance, ana: Writer, eve: Writer, cleo: Writer) -> None:
    one = saved(ana, "findings")
    page = ana.get(f"{TEAM}/findings/{one}")
    assert "Deux services signalent sans le savoir." in page
    assert "Reports cross each other" in page
    assert 'href="/fr/convention/18"' in page
    assert "Trois équipes l’ont vu." in page
    assert one not in eve.get(f"{TEAM}/findings")
    eve.get(f"{TEAM}/findings/{one}", status=404)
    eve.get(f"{TEAM}/findings/{one}/versions", status=404)
    take(cleo, "findings", one, "share")
    assert one in eve.get(f"{TEAM}/findings")
    eve.open(f"{TEAM}/improvements/new?finding={one}", "/new")
    assert eve.fields["findings"] == [one]
    eve.fill(PROPOSAL).press(action="/new")
    answer = eve.at.rpartition("/")[2].partition("?")[0]
    assert f"{TEAM}/findings/{one}" in eve.html
    assert f"{TEAM}/improvements/{answer}" in eve.get(f"{TEAM}/findings/{one}")


def test_a_body_that_is_named_is_offered_to_reply_first(paris: Instance, ana: Writer, cleo: Writer) -> None:
    body = paris.directory("paris")[0]
    one = saved(ana, "findings", organisations=[body.key])
    assert "/share" not in re.findall(r'action="([^"]+)"', cleo.get(f"{TEAM}/findings/{one}/share"))
    cleo.post(f"{TEAM}/findings/{one}/share", {"version": "1"}, status=400)
    assert body.organisation.name["fr"] in main(cleo.html)
    assert "n’a pas été invitée à répondre" in cleo.html
    assert f"/offer?body={body.id}" in cleo.html
    cleo.open(f"{TEAM}/findings/{one}/offer", "/offer")
    assert cleo.value("stakeholder") == body.id, "the one that lacks an offer is chosen"
    take(cleo, "findings", one, "offer", status=400, on="", how="Lettre")
    take(cleo, "findings", one, "offer", on=paris.today("paris").isoformat(), how="Lettre au siège")
    take(cleo, "findings", one, "share")
    take(cleo, "findings", one, "reply", status=400, reply__fr="lea.dupont@gmail.com")
    assert "lea.dupont" in cleo.html, "what was typed is shown again"
    take(cleo, "findings", one, "reply", reply__fr="Nous y travaillons.")
    page = ana.get(f"{TEAM}/findings/{one}")
    assert "Lettre au siège" in page
    assert "Nous y travaillons." in page


def test_steps_are_offered_to_who_may_take_them_and_others_are_told_why_not(ana: Writer, cleo: Writer) -> None:
    one = saved(ana, "findings")
    page = ana.get(f"{TEAM}/findings/{one}")
    assert f"{one}/edit" in page
    assert f"{one}/share" not in page
    assert "Aucun de vos rôles ici ne le permet." in page
    ana.get(f"{TEAM}/findings/{one}/share", status=403)
    ana.post(f"{TEAM}/findings/{one}/share", {"version": "1"}, status=403)
    take(cleo, "findings", one, "close", status=400, reason="")
    take(cleo, "findings", one, "close", reason="Déjà réglé.")
    assert "Déjà réglé." in ana.get(f"{TEAM}/findings/{one}")
    ana.get(f"{TEAM}/findings/{one}/edit", status=409)
    take(cleo, "findings", one, "erase", status=400, word="non")
    take(cleo, "findings", one, "erase", word="effacer")
    cleo.get(f"{TEAM}/findings/{one}", status=410)


# The form


def test_everything_that_has_to_be_put_right_is_told_at_once_and_nothing_is_lost(ana: Writer) -> None:
    ana.open(f"{TEAM}/findings/new", "/new").fill(
        {"text.fr.title": "Un titre", "text.en.means": "", "sectors": [], "convention_more": "999",
         "observed_on": "hier", "text.fr.limits": HOSTILE}
    )  # fmt: skip
    ana.press(action="/new", status=400)
    summary = ana.html.partition('class="error-summary"')[2].partition("</ul>")[0]
    places = re.findall(r'href="#([^"]+)"', summary)
    assert places == ["text.fr.observed", "sectors", "observed_on", "convention_more"]  # as one meets them
    assert all(f'id="{place}"' in ana.html for place in places)
    assert (ana.value("text.fr.title"), ana.value("text.fr.limits")) == ("Un titre", HOSTILE)
    assert HOSTILE not in ana.html


def test_what_the_guard_finds_is_not_kept_and_what_it_asks_about_takes_a_reason(ana: Writer) -> None:
    ana.open(f"{TEAM}/findings/new", "/new").fill(FOUND | {"text.fr.observed": "lea.dupont@gmail.com"})
    ana.press(action="/new", status=400)
    assert "lea.dupont" in ana.html
    ana.fill({"text.fr.observed": "01 44 56 78 90"}).press(action="/new", status=400)
    ana.fill({"reason[text.fr.observed|phone]": "Un standard."}).press(action="/new")
    assert "Un standard." in ana.html


def test_who_seems_to_tell_of_a_child_in_danger_is_shown_where_help_is_and_keeps_the_text(ana: Writer) -> None:
    cry = "Mon beau-père me touche la nuit, j’ai 12 ans et j’ai peur, aidez-moi"
    ana.open(f"{TEAM}/findings/new", "/new").fill(FOUND | {"text.fr.observed": cry})
    ana.press(action="/new", status=200)
    assert "119" in main(ana.html)
    assert ana.value("text.fr.observed") == cry
    ana.fill(again="yes").press("back", action="/new", status=200)
    assert ana.value("text.fr.observed") == cry
    assert "Les signalements se croisent" in ana.value("text.fr.title")


def test_two_who_write_at_once_see_both_texts(paris: Instance, ana: Writer, eve: Writer) -> None:
    one = improvement(paris)
    ana.open(f"{TEAM}/improvements/{one}/edit")
    eve.open(f"{TEAM}/improvements/{one}/edit").fill({"text.fr.proposal": "Ce qu’Ève propose."}).press()
    ana.fill({"text.fr.proposal": "Ce qu’Ana propose."}).press(status=409)
    assert [one for one in ("qu’Ève", "qu’Ana") if one in main(ana.html)] == ["qu’Ève", "qu’Ana"]
    ana.fill({"choice[text.fr.proposal]": "yours"}).press("merge", action="/edit")
    said = found(paris, one)
    assert said.text["fr"].proposal == "Ce qu’Ana propose."


def test_the_form_keeps_what_it_does_not_ask_for(paris: Instance, ana: Writer) -> None:
    """Figures that a program wrote, drafts that this reader cannot see, keys of sources."""
    said = {
        "evidence": [
            {"value": value, "unit": {"fr": "mois"}, "period": {"fr": "2030"}, "text": {"fr": "Un délai."}}
            for value in (12.5, 1.234, 1234567.25)
        ]
    }
    own = {"own_sources": [{"key": "report", "title": "R", "publisher": "P", "kind": "press"}]}
    one = finding(paris, LEADER, **said, **own)
    step(paris, one, "share")
    before = found(paris, one)
    ana.open(f"{TEAM}/findings/{one}/edit").press()
    assert found(paris, one) == before
    hidden = finding(paris, LEADER)
    other = improvement(paris, LEADER, findings=[hidden])
    ana.open(f"{TEAM}/improvements/{other}/edit")
    assert hidden not in ana.html
    ana.fill({"text.fr.means": "Une salle."}).press()
    assert hidden not in ana.html
    assert found(paris, other).findings == (hidden,)


def test_a_translation_that_is_older_than_the_original_says_so_until_somebody_looked(
    paris: Instance, ana: Writer
) -> None:
    one = finding(paris, LEADER)
    step(paris, one, "share")
    stale = "l’original a changé depuis"
    ana.open(f"{TEAM}/findings/{one}/edit").fill({"text.fr.title": "Un autre titre"}).press()
    assert stale in ana.html
    ana.open(f"{TEAM}/findings/{one}/edit").fill({"fresh": ["en"]}).press()
    assert stale not in ana.html


def test_versions_are_compared_word_by_word(paris: Instance, ana: Writer) -> None:
    one = improvement(paris)
    save(paris, one, text={"fr": PROPOSED["text"]["fr"] | {"proposal": "Tenir ensemble une carte sans nom."}})
    page = ana.get(f"{TEAM}/improvements/{one}/versions")
    assert re.search(r"<del>.*liste.*</del>", page, re.DOTALL)
    assert re.search(r"<ins>.*carte.*</ins>", page, re.DOTALL)


# Lists


def test_the_list_shows_what_is_open_and_can_be_narrowed(paris: Instance, ana: Writer) -> None:
    one, other = improvement(paris), improvement(paris)
    step(paris, other, "drop", reason="Pas maintenant.")
    page = ana.get(f"{TEAM}/improvements")
    assert one in page
    assert other not in page
    page = ana.get(f"{TEAM}/improvements?only=dropped")
    assert other in page
    assert one not in page
    ana.get(f"{TEAM}/improvements?only=nonsense&page=x")


def test_a_practice_that_is_public_no_more_stays_with_an_improvement_until_it_is_unticked(own_paris: Instance) -> None:
    with own_paris.database.read("paris") as session:
        practices = session.query(Record.id).where(Record.kind == "practice", Record.state == "published")
        gone, there = (record_id for (record_id,) in practices.order_by(Record.slug).limit(2))
    one = improvement(own_paris, practices=[gone, there])
    with own_paris.database.write("paris") as session:
        records.withdraw(session, session.get_one(Record, ("paris", gone)), by="team")
    with site_of(own_paris) as client:
        head = writer(own_paris, client, "coordinator")
        head.open(f"{TEAM}/improvements/{one}/edit")
        assert "Une pratique qui n’est plus publique" in head.html
        head.fill({"text.fr.title": "Un registre"}).press()
        assert set(references_of(found(own_paris, one))) == {gone, there}
        head.open(f"{TEAM}/improvements/{one}/edit").fill(practices=[there]).press()
    assert references_of(found(own_paris, one)) == (there,)


def test_a_practice_that_was_erased_is_no_choice_in_the_form_of_an_improvement(own_paris: Instance) -> None:
    with own_paris.database.read("paris") as session:
        practices = session.query(Record.id).where(Record.kind == "practice", Record.state == "published")
        gone = practices.order_by(Record.slug).limit(1).scalar()
    one = improvement(own_paris, practices=[gone])
    with own_paris.database.write("paris") as session:
        records.erase(session, session.get_one(Record, ("paris", gone)), by="team")
    with site_of(own_paris) as client:
        head = writer(own_paris, client, "coordinator").open(f"{TEAM}/improvements/{one}/edit")
        assert "practices" not in head.fields
        head.fill({"text.fr.title": "Un registre"}).press()
    assert references_of(found(own_paris, one)) == (gone,)


@pytest.mark.parametrize("room", ["findings", "improvements"])
def test_pages_ask_the_database_as_often_for_thirty_as_for_one(
    own_paris: Instance, monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    kind = FINDING if room == "findings" else IMPROVEMENT
    with site_of(own_paris) as client:
        head = writer(own_paris, client, "coordinator")
        one, other = finding(own_paris, LEADER), improvement(own_paris, LEADER)
        paths = [
            f"{TEAM}/{room}",
            f"{TEAM}/{room}/{one if kind == FINDING else other}",
            f"{TEAM}/improvements/new",
            "/fr/start",
        ]
        step(own_paris, other, "discuss")

        def each() -> list[int]:
            return [asked(own_paris, monkeypatch, partial(head.get, path)) for path in paths]

        before = each()
        for _ in range(30):
            record_id = begun(
                own_paris, kind, (OBSERVED if kind == FINDING else PROPOSED | {"findings": [one]}), LEADER
            )
            if kind == IMPROVEMENT:
                step(own_paris, record_id, "discuss")
        assert each() == before


# The public


def test_before_anything_is_decided_the_page_says_what_it_is_for(own_paris: Instance) -> None:
    improvement(own_paris)
    with site_of(own_paris) as client:
        page = client.get(PUBLIC).text
        assert "Rien n’est encore décidé." in page
        assert "Un registre commun" not in page
        assert "/fr/paris/improvements" not in main(client.get("/fr/paris").text)


def test_the_public_reads_the_version_that_was_decided_and_no_finding(own_paris: Instance) -> None:
    hidden = finding(own_paris)
    with own_paris.database.read("paris") as session:
        query = session.query(Record).where(Record.kind == "practice", Record.published_version.is_not(None))
        practice = query.order_by(Record.slug).first()
        assert practice is not None
        named: dict[str, Any] = {"practices": [practice.id], "convention": ["10.3"], "findings": [hidden]}
        address = f"/fr/paris/practices/{practice.slug}"
    one = improvement(own_paris, **named)
    with site_of(own_paris) as client:
        slug = decided(own_paris, one)
        page = client.get(f"{PUBLIC}/{slug}").text
        assert "Tenir ensemble une liste sans nom." in page
        assert address in page
        assert "/fr/convention/10" in page
        assert hidden not in page
        assert "Les signalements se croisent" not in page
        assert ">adoptée<" in page
        assert slug in client.get(PUBLIC).text
        assert PUBLIC in main(client.get("/fr/paris").text)
        english = client.get(f"/en/paris/improvements/{slug}").text
        assert "This text exists only in:" in english
        step(own_paris, one, "complete")
        assert "adoptée et menée à bien" in client.get(f"{PUBLIC}/{slug}").text
        step(own_paris, one, "resume")
        step(own_paris, one, "reconsider")
        save(own_paris, one, text={"fr": {"title": "Autre chose", "proposal": "Rien de tout cela."}})
        page = client.get(f"{PUBLIC}/{slug}").text
        assert "Tenir ensemble une liste sans nom." in page
        assert "Rien de tout cela." not in page
        assert "en rediscute" in page
        correct = client.get(f"/fr/paris/correct?about=improvements/{slug}").text
        assert "Un registre commun des signalements" in correct


def test_what_is_not_decided_answers_as_what_is_nowhere(own_paris: Instance) -> None:
    one = improvement(own_paris)
    with own_paris.database.read("paris") as session:
        slug = session.get_one(Record, ("paris", one)).slug
    with site_of(own_paris) as client:
        there, nowhere = client.get(f"{PUBLIC}/{slug}"), client.get(f"{PUBLIC}/{'x' * len(slug)}")
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert there.text.replace(slug, "") == nowhere.text.replace("x" * len(slug), "")


def test_what_somebody_wrote_is_shown_as_text(
    paris: Instance, ana: Writer, cleo: Writer, client: TestClient[Any]
) -> None:
    one = saved(
        ana, "improvements", **{"text.fr.title": HOSTILE, "text.fr.proposal": HOSTILE, "text.fr.summary": HOSTILE}
    )
    for path in (
        f"{TEAM}/improvements/{one}",
        f"{TEAM}/improvements/{one}/edit",
        f"{TEAM}/improvements/{one}/versions",
    ):
        assert HOSTILE not in ana.get(path)
    slug = decided(paris, one)
    for path in (PUBLIC, f"{PUBLIC}/{slug}"):
        page = client.get(path).text
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page

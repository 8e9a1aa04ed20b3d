"""The group keeps its meetings on pages that work without scripts, each part without harm to the others."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from lanzarote.instance import Instance
from lanzarote.meetings import writing
from lanzarote.meetings.service import meetings_of
from lanzarote.records import drafts
from lanzarote.records.records import now
from litestar.testing import TestClient

from tests.core.activity.conftest import asked
from tests.core.days import today
from tests.core.improvements.group import AFTER as DECIDED_ON
from tests.core.improvements.group import Group
from tests.core.meetings import keeping
from tests.core.meetings.keeping import announce, draft, finding, improvement, planned, said, status, was_held
from tests.core.practices.forms import Writer, writer
from tests.core.team_of_a_file import ana, cleo, client, paris

__all__ = ["ana", "cleo", "client", "paris"]

TEAM = "/fr/paris/team/meetings"
SOON = (now() + timedelta(days=30)).date().isoformat()
FRAME: dict[str, Any] = {
    "kind": "working",
    "text.fr.title": "École et justice",
    "day": SOON,
    "starts": "14:00",
    "ends": "16:30",
    "place": "Conseil de l’Europe",
    "sectors": ["courts"],
    "organisations": ["aphp"],
}


def key(paris: Instance, name: str) -> str:
    return next(one.id for one in paris.directory("paris") if one.key == name)


def begun(one: Writer, **more: Any) -> str:
    one.open(f"{TEAM}/new", "/new").fill(FRAME | {name.replace("__", "."): text for name, text in more.items()})
    one.press(action="/new")
    found = re.fullmatch(rf"{TEAM}/([0-9a-f-]+)\?done=saved", one.at)
    assert found, one.said()
    return found[1]


def test_drawn_up_minutes_are_printed_first_with_the_titles_and_decisions(paris: Instance, cleo: Writer) -> None:
    group = Group(paris)
    shared = finding(paris, "Les signalements se croisent")
    points = [{"about": "finding", "record": shared}, {"about": "improvement", "record": group.improvement}]
    one = was_held(paris, day=DECIDED_ON.isoformat(), agenda=points)
    draft(paris, one)
    page = cleo.get(f"{TEAM}/{one}")
    buttons = re.findall(r'<a class="button[^"]*" href="[^"]*/([a-z-]+)"', page)
    assert buttons[0] == "minutes"
    assert buttons.index("write-minutes") < buttons.index("approve")
    group.call()
    for body in group.bodies:
        group.say(body, "support")
    keeping.save(paris, one, present=[{"organisation": name} for name in group.bodies])
    group.decide(meeting=one, day=DECIDED_ON)
    printed = cleo.get(f"{TEAM}/{one}/minutes").partition("<main")[2].partition('class="signatures"')[0]
    for words in ("Les signalements se croisent", "Un référent unique par signalement – <strong>adoptée</strong>"):
        assert words in printed


def test_minutes_that_lack_what_was_noted_since_say_so_wherever_they_are_read(paris: Instance, cleo: Writer) -> None:
    one = was_held(paris, present=[{"organisation": "aphp"}, {"organisation": "tj-paris"}])
    draft(paris, one)
    pages, warning = ("", "/minutes", "/write-minutes", "/approve"), "Les notes ont changé depuis"
    assert [warning in cleo.get(f"{TEAM}/{one}{path}") for path in pages] == [False] * 4
    keeping.save(paris, one, present=[{"organisation": "tj-paris"}])
    assert [warning in cleo.get(f"{TEAM}/{one}{path}") for path in pages] == [True] * 4
    press(cleo, one, "draft")
    assert [warning in cleo.get(f"{TEAM}/{one}{path}") for path in pages] == [False] * 4
    assert "Assistance publique" not in (said(paris, one).text["fr"].minutes or "")


def press(one: Writer, record_id: str, name: str, status: int = 303, **fields: Any) -> None:
    one.open(f"{TEAM}/{record_id}/{name}", f"/{name}")
    one.fill({field.replace("__", "."): text for field, text in fields.items()}).press(action=f"/{name}", status=status)


def test_each_form_keeps_what_was_typed_in_it_and_the_meeting_names_those_that_wait(
    paris: Instance, ana: Writer
) -> None:
    one = begun(ana)
    typed = {"edit": {"place": "Salle Broca"}, "agenda": {"agenda[0].title.fr": "Le calendrier des auditions"}}
    for form, fields in typed.items():
        ana.post(f"{TEAM}/{one}/unsaved", {"form": form, "version": "1", **fields}, status=200)
    page = ana.get(f"{TEAM}/{one}").partition("Vous avez du texte non enregistré")[2]
    assert [f'href="{TEAM}/{one}/{form}"' in page.partition("</ul>")[0] for form in typed] == [True, True]
    for form, fields in typed.items():
        [(place, text)] = fields.items()
        assert ana.open(f"{TEAM}/{one}/{form}?unsaved=continue", f"/{form}").value(place) == text
    ana.post(f"{TEAM}/{one}/unsaved", {"form": "edit", "version": "1", "do": "discard"})
    assert "Le calendrier des auditions" in ana.get(f"{TEAM}/{one}/agenda")
    start = ana.get("/fr/start")
    assert f"{one}/agenda" in start
    assert f"{one}/edit" not in start


def test_what_is_saved_in_another_form_is_no_newer_version_of_what_was_typed(paris: Instance, ana: Writer) -> None:
    one = begun(ana)
    typed = {"form": "agenda", "version": "1", "agenda[0].title.fr": "Le calendrier"}
    ana.post(f"{TEAM}/{one}/unsaved", typed, status=200)
    press(ana, one, "edit", place="Salle Broca")
    assert "autre version depuis" not in ana.get(f"{TEAM}/{one}/agenda")


def test_adding_what_is_open_keeps_what_was_typed_on_the_agenda(paris: Instance, ana: Writer) -> None:
    opened = improvement(paris, "Un protocole entre école et parquet")
    one = begun(ana)
    ana.open(f"{TEAM}/{one}/agenda", "/agenda").fill({"agenda[0].title.fr": "Le calendrier"})
    ana.press("propose", status=200, action="/agenda")
    assert ana.value("agenda[0].title.fr") == "Le calendrier"
    assert f"improvement:{opened}" in [ana.value(f"agenda[{number}].record") for number in range(1, 9)]
    assert said(paris, one).agenda == ()
    ana.press("save", action="/agenda")
    first, *others = said(paris, one).agenda
    assert first.record is None
    assert opened in [point.record for point in others]


def test_a_meeting_from_the_plan_to_the_mandate_it_adopts(
    paris: Instance, client: TestClient[Any], ana: Writer, cleo: Writer
) -> None:
    rep = writer(paris, client, "representative", "Rémi Voix", organisation=key(paris, "aphp"))
    title = "Un protocole entre école et parquet"
    opened = improvement(paris, title)
    one = begun(ana)
    ana.get(f"{TEAM}/{one}")
    ana.post(f"{TEAM}/{one}/propose")
    assert opened in [point.record for point in said(paris, one).agenda]
    ana.get(f"{TEAM}/{one}/agenda")
    assert title in ana.html
    press(cleo, one, "announce")
    assert "annoncée" in cleo.html
    rep.get(f"{TEAM}/{one}")
    assert "Votre organisation vient-elle" in rep.html
    rep.post(f"{TEAM}/{one}/answer", {"stakeholder": key(paris, "aphp"), "answer": "comes", "who": "médecin légiste"})
    rep.get(f"{TEAM}/{one}")
    assert "médecin légiste" in rep.html
    for path, words in (("sheet", "Signature"), ("letters", "Aucune lettre")):
        ana.get(f"{TEAM}/{one}/{path}")
        assert words in ana.html
    ana.open(f"{TEAM}/{one}/notes", "/notes")
    ana.fill(
        {
            "present[500].here": "yes",
            "present[500].roles": "médecin légiste",
            "present[501].name": "Association Passerelle",
            "present[501].sector": "national-ngos",
            "text.fr.found": "Les services s’écrivent trop tard.",
            "outcomes[0].text.fr": "Écrire un protocole.",
            "outcomes[0].improvement": opened,
            "text.fr.next_steps": "Le parquet propose un texte.",
        }
    ).press(action="/notes")
    held = said(paris, one)
    assert [(body.organisation, body.name, body.roles) for body in held.present] == [
        (key(paris, "aphp"), "", "médecin légiste"),
        (None, "Association Passerelle", ""),
    ]
    assert held.outcomes[0].improvement == opened
    with keeping.held(paris, one) as (session, record):
        writing.note_held(session, record, today=today() + timedelta(days=40), by=keeping.HEAD, at=now())
    press(ana, one, "draft")
    assert "Les services s’écrivent trop tard." in (said(paris, one).text["fr"].minutes or "")
    ana.get(f"{TEAM}/{one}/minutes")
    assert "à approuver à la prochaine réunion" in ana.html
    later = was_held(paris, day=SOON, starts="17:00", ends=None, text={"fr": {"title": "La suivante"}})
    with keeping.held(paris, one) as (session, record):
        assert record.version
    cleo.open(f"{TEAM}/{one}/approve", "/approve")
    cleo.fill({"meeting": later, "group": "Jean Dupont"}).press(action="/approve", status=400)
    assert "substitut du procureur" in cleo.html
    cleo.fill({"meeting": later, "group": "les organisations présentes"}).press(action="/approve")
    assert status(paris, one).state == "approved"
    cleo.open(f"{TEAM}/{one}/mandate", "/mandate")
    assert cleo.value("objectives[0].key") == "identify"
    cleo.fill({"objectives[2].text.fr": "", "objectives[2].text.en": "", "objectives[3].text.fr": "Évaluer ensemble"})
    cleo.press(action="/mandate")
    assert "Évaluer ensemble" in client.get("/fr/paris/group").text
    newest = paris.mandates("paris")[-1]
    assert [objective.key for objective in newest.mandate.objectives] == ["identify", "improve", "objective-1"]
    cleo.get("/fr/paris/team/mandates")
    assert f"/fr/paris/team/mandates/{newest.id}/withdraw" in cleo.html
    cleo.open(f"/fr/paris/team/mandates/{newest.id}/withdraw", "/withdraw").press(action="/withdraw")
    assert "Évaluer ensemble" not in client.get("/fr/paris/group").text


def test_points_are_put_in_order_taken_off_and_added(paris: Instance, ana: Writer) -> None:
    shared = finding(paris, "Un constat partagé")
    one = begun(ana)
    ana.open(f"{TEAM}/{one}/agenda", "/agenda").fill(
        {
            "agenda[0].record": f"finding:{shared}", "agenda[0].minutes": "15", "agenda[1].title.fr": "Divers",
            "agenda[2].title.fr": "Accueil",
        }
    ).press(action="/agenda")  # fmt: skip
    assert "14:15" in ana.html
    ana.open(f"{TEAM}/{one}/agenda", "/agenda").press("up:agenda[2]", action="/agenda", status=200)
    ana.press(action="/agenda")
    assert [(point.record, point.title.get("fr")) for point in said(paris, one).agenda] == [
        (shared, None), (None, "Accueil"), (None, "Divers"),
    ]  # fmt: skip
    ana.open(f"{TEAM}/{one}/agenda", "/agenda").press("less:agenda[1]", action="/agenda", status=200)
    ana.press(action="/agenda")
    assert [point.title.get("fr") for point in said(paris, one).agenda] == [None, "Divers"]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(paris: Instance, ana: Writer) -> None:
    ana.open(f"{TEAM}/new", "/new").fill(FRAME | {"ends": "13:00", "text.fr.title": "", "link": "javascript:x"})
    ana.press(action="/new", status=400)
    assert ana.value("place") == "Conseil de l’Europe"
    for place in ("ends", "link", "text.fr.title"):
        assert f'id="{place}-error"' in ana.html, place
    one = begun(ana)
    ana.get(f"{TEAM}/{one}/notes", status=409)
    with keeping.held(paris, one) as (session, record):
        writing.announce(
            session, record, paris.vocabulary("paris"), expected=1, today=today(), by=keeping.HEAD, at=now()
        )
    ana.open(f"{TEAM}/{one}/notes", "/notes")
    ana.fill({"present[0].roles": "Jean Dupont", "text.fr.found": "À garder"}).press(action="/notes", status=400)
    assert 'id="present[0].roles-error"' in ana.html
    assert ana.value("text.fr.found") == "À garder"


def test_an_organisation_is_present_once_with_all_its_roles(paris: Instance, ana: Writer) -> None:
    one = begun(ana)
    with keeping.held(paris, one) as (session, record):
        writing.announce(
            session, record, paris.vocabulary("paris"), expected=1, today=today(), by=keeping.HEAD, at=now()
        )
    there = {f"present[{number}].organisation": "aphp" for number in range(3)}
    roles = {"present[0].roles": "deux médecins", "present[2].roles": "une cadre"}
    ana.open(f"{TEAM}/{one}/notes", "/notes").fill(there | roles).press(action="/notes")

    assert [(row.organisation, row.roles) for row in said(paris, one).present] == [("aphp", "deux médecins, une cadre")]


def test_two_who_write_different_parts_do_not_disturb_each_other(
    paris: Instance, client: TestClient[Any], ana: Writer, cleo: Writer
) -> None:
    one = begun(ana)
    ana.open(f"{TEAM}/{one}/agenda", "/agenda").fill({"agenda[0].title.fr": "Accueil"})
    cleo.open(f"{TEAM}/{one}/edit", "/edit").fill({"place": "Ailleurs"}).press(action="/edit")
    ana.press(action="/agenda")
    both = said(paris, one)
    assert both.place == "Ailleurs"
    assert both.agenda[0].title == {"fr": "Accueil"}


def test_two_who_write_the_same_part_are_shown_both_texts(paris: Instance, ana: Writer, cleo: Writer) -> None:
    one = begun(ana)
    ana.open(f"{TEAM}/{one}/edit", "/edit").fill({"place": "Chez Ana"})
    cleo.open(f"{TEAM}/{one}/edit", "/edit").fill({"place": "Chez Cléo"}).press(action="/edit")
    ana.press(action="/edit", status=409)
    assert "Chez Cléo</ins>" in ana.html
    assert "Chez Ana</ins>" in ana.html
    assert ana.value("place") == "Chez Ana"
    ana.fill({"choice[place]": "yours"}).press("merge", action="/edit")
    assert said(paris, one).place == "Chez Ana"


def test_a_representative_answers_for_their_own_alone_and_takes_no_step(
    paris: Instance, client: TestClient[Any]
) -> None:
    rep = writer(paris, client, "representative", "Rita Voix", organisation=key(paris, "aphp"))
    one = planned(paris, day=SOON, organisations=["aphp", "point-de-contact"])
    announce(paris, one, today=today(), at=now())
    rep.post(f"{TEAM}/{one}/answer", {"stakeholder": key(paris, "point-de-contact"), "answer": "comes"}, status=403)
    for step in ("announce", "cancel", "hold", "invite", "remind"):
        rep.post(f"{TEAM}/{one}/{step}", status=403)
    rep.get(f"{TEAM}/{one}")
    assert rep.html.count('action="/fr/paris/team/meetings/' + one + '/answer"') == 1


def test_the_public_reads_seminars_alone(paris: Instance, client: TestClient[Any]) -> None:
    own, seminar = planned(paris, day=SOON), planned(paris, day=SOON, kind="seminar", text={"fr": {"title": "Ouvert"}})
    for one in (own, seminar):
        announce(paris, one, today=today(), at=now())
    for path in ("/fr/paris/meetings", "/en/paris/meetings"):
        assert "Ouvert" not in client.get(path).text
    with keeping.held(paris, seminar) as (session, record):
        writing.publish(session, record, expected=record.version, by=keeping.HEAD, at=now())
        slug = record.slug
    assert "Ouvert" in client.get("/fr/paris/meetings").text
    assert "Conseil de l’Europe" in client.get(f"/fr/paris/meetings/{slug}").text
    assert f"/fr/paris/meetings/{slug}" in client.get("/sitemap/paris-1.xml").text
    with keeping.held(paris, own) as (_, record):
        hidden = record.slug
    assert client.get(f"/fr/paris/meetings/{hidden}").status_code == 404
    assert client.get(f"{TEAM}/{own}", follow_redirects=False).status_code == 303
    with keeping.held(paris, seminar) as (session, record):
        drafts.erase(session, record, by=keeping.HEAD, at=now())
    assert client.get(f"/fr/paris/meetings/{slug}").status_code == 410
    assert "Ouvert" not in client.get("/fr/paris/meetings").text


def test_before_minutes_are_shown_one_reads_the_very_text_that_becomes_public(
    paris: Instance, client: TestClient[Any], cleo: Writer
) -> None:
    one = keeping.approved(paris, text={"fr": {"title": "Réservée aux membres", "found": "Ce qui fut constaté ici."}})
    cleo.get(f"{TEAM}/{one}/show-minutes")
    assert "Ce que lira le public" in cleo.html
    minutes = said(paris, one).text["fr"].minutes
    assert minutes
    assert f'<div class="minutes-text">{minutes}</div>' in cleo.html.replace("&#39;", "'")
    press(cleo, one, "show-minutes", said="Séance du 13 mai, point 3")
    slug = next(told.slug for told in meetings_of(paris, "paris") if told.id == one)
    shown = client.get(f"/fr/paris/meetings/{slug}").text
    assert f">{minutes}</div>" in shown
    assert not [word for word in ("14:00", "Conseil de l’Europe, Paris", "prochaine réunion") if word in shown]


def test_the_start_page_tells_of_the_next_meeting_answers_and_minutes(
    paris: Instance, client: TestClient[Any], cleo: Writer
) -> None:
    rep = writer(paris, client, "representative", "Ria Voix", organisation=key(paris, "necker"))
    one = planned(
        paris, day=(today() + timedelta(days=1)).isoformat(), organisations=["necker"], text={"fr": {"title": "Demain"}}
    )
    announce(paris, one, today=today(), at=now())
    drafted = was_held(paris, day="2026-01-15", text={"fr": {"title": "À approuver"}})
    draft(paris, drafted)
    for person in (rep, cleo):
        person.get("/fr/start")
        assert "La prochaine réunion" in person.html
        assert f"{TEAM}/{one}" in person.html
        assert f"{TEAM}/{drafted}/minutes" in person.html
    assert "Invitations qui attendent une réponse" not in cleo.html
    rep.get("/fr/start")
    assert "Invitations qui attendent une réponse" in rep.html
    rep.post(f"{TEAM}/{one}/answer", {"stakeholder": key(paris, "necker"), "answer": "cannot"})
    rep.get("/fr/start")
    assert f"{TEAM}/{one}" in rep.html
    assert "Invitations qui attendent une réponse" not in rep.html


@pytest.mark.parametrize("size", [1, 60])
def test_a_page_asks_the_database_as_often_for_much_as_for_little(
    paris: Instance, client: TestClient[Any], ana: Writer, cleo: Writer, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    ids = [improvement(paris, f"Piste {number} de {size}") for number in range(size)]
    bodies = [one.key for one in paris.directory("paris") if one.key][: max(1, size // 2)]
    one = was_held(
        paris,
        agenda=[{"about": "improvement", "record": record} for record in ids],
        organisations=bodies,
        present=[{"organisation": body, "roles": "juge"} for body in bodies],
        outcomes=[{"text": {"fr": "x"}, "improvement": record} for record in ids[:40]],
    )
    pages = {
        name: f"{TEAM}/{one}{name}" for name in ("", "/agenda", "/notes", "/edit", "/sheet", "/versions", "/minutes")
    }
    counts = {name: asked(paris, monkeypatch, partial(ana.get, path)) for name, path in {**pages, "list": TEAM}.items()}
    KNOWN.setdefault("counts", counts)
    assert counts == KNOWN["counts"]
    assert max(counts.values()) < 30


KNOWN: dict[str, Any] = {}


def test_what_was_held_today_is_past(paris: Instance, cleo: Writer) -> None:
    one = planned(paris, day=today().isoformat())
    coming = re.compile(r'<h2 id="coming">.*?</section>', re.DOTALL)

    def comes() -> bool:
        page = cleo.get(TEAM)
        assert f'href="{TEAM}/{one}"' in page
        return f'href="{TEAM}/{one}"' in coming.search(page)[0]  # type: ignore[index]

    assert comes()
    keeping.note_held(paris, one, today=today())
    assert not comes()


def test_the_list_says_that_a_meeting_was_erased(paris: Instance, cleo: Writer) -> None:
    one = planned(paris)
    cleo.open(f"{TEAM}/{one}/erase", "/erase").fill({"word": "effacer"}).press(action="/erase")
    assert "Supprimé définitivement." in cleo.html


def test_leaving_the_page_of_cancelling_does_not_say_cancel(paris: Instance, cleo: Writer) -> None:
    page = cleo.get(f"{TEAM}/{planned(paris)}/cancel")
    assert ">Maintenir la réunion</a>" in page
    assert ">Annuler</a>" not in page.partition("<main")[2]

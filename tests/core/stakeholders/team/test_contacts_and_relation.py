"""The team's pages of an organisation's contacts and of its relation to the group, and reasons that steps ask for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lanzarote.instance import Instance
from litestar.testing import TestClient

from tests.core.practices.forms import Writer
from tests.core.stakeholders.keeping import contacts, save
from tests.core.stakeholders.team.entries import DESK, PUBLIC, TEAM, made_public, saved, slug_of, step


def test_contacts_stay_with_the_team_until_they_are_public(
    paris: Instance, client: TestClient[Any], ana: Writer, rita: Writer, cleo: Writer
) -> None:
    record_id = made_public(ana, rita)
    ana.open(f"{TEAM}/{record_id}/contacts", "/contacts").fill(DESK).press(action="/contacts")
    save(paris, record_id, desks=contacts({"review_on": "2020-01-01"}), by=ana.actor)
    place, everywhere = f"{PUBLIC}/{slug_of(paris, record_id)}", "/api/v1/regions/paris/stakeholders"
    for address in (place, everywhere, PUBLIC, f"{PUBLIC}?format=csv"):
        assert "contact@audition.example" not in client.get(address).text
    assert "contact@audition.example" in rita.get(f"{TEAM}/{record_id}")
    assert f"{TEAM}/{record_id}/contacts" in cleo.get("/fr/start")
    assert f"{TEAM}/{record_id}/contacts" not in rita.get("/fr/start")
    ana.open(f"{TEAM}/{record_id}/contacts", "/contacts").fill({"contacts[0].public": "yes"})
    ana.press(action="/contacts")
    assert "contact@audition.example" not in client.get(place).text
    step(ana, record_id, "submit")
    step(rita, record_id, "publish", in_sources="yes", nobody="yes")
    assert 'href="mailto:contact@audition.example"' in client.get(place).text
    assert "contact@audition.example" in client.get(everywhere).text


def test_a_day_that_cannot_be_read_accuses_nothing_else(ana: Writer) -> None:
    record_id = saved(ana)
    ana.open(f"{TEAM}/{record_id}/contacts", "/contacts")
    telephone = {"contacts[0].address": "01 44 00 00 00", "contacts[0].review_on": "demain"}
    ana.fill(DESK | telephone).press(status=400, action="/contacts")
    assert re.findall(r'class="error" id="([^"]+)-error"', ana.html) == ["contacts[0].review_on"]
    assert "Écrivez un jour, par exemple 02/06/2014" in ana.html
    ana.fill({"contacts[0].address": "jean.dupont@justice.example"}).press(status=400, action="/contacts")
    assert 'href="#contacts[0].address"' in ana.html  # what is wrong besides is still told at once


def test_a_contact_is_looked_at_again_on_a_day_to_come(paris: Instance, ana: Writer) -> None:
    record_id = saved(ana)
    ana.open(f"{TEAM}/{record_id}/contacts", "/contacts")
    for day in ("2020-01-01", paris.today("paris").isoformat()):
        ana.fill(DESK | {"contacts[0].review_on": day}).press(status=400, action="/contacts")
        assert re.findall(r'class="error" id="([^"]+)-error"', ana.html) == ["contacts[0].review_on"]
    ana.fill(DESK).press(action="/contacts")
    # One that is due keeps no other change from being saved.
    save(paris, record_id, desks=contacts({"review_on": "2020-01-01"}), by=ana.actor)
    ana.open(f"{TEAM}/{record_id}/contacts", "/contacts").fill({"contacts[0].purpose.en": "Desk"})
    ana.press(action="/contacts")


def test_what_the_guard_asks_about_in_a_relation_or_a_reason_is_explained(
    paris: Instance, ana: Writer, rita: Writer, cleo: Writer
) -> None:
    record_id = made_public(ana, rita)
    asked, why = "Lettre de Léa, 9 ans, personnage.", "Le personnage d’un conte."
    said = {"relation": "taking-part", "since": "2024", "source": asked}
    for name, fields in {"relation": said, "withdraw": {"reason": asked}}.items():
        step(cleo, record_id, name, 400, **fields)
        [field] = re.findall(r'name="(reason\[[^"]+)"', cleo.html)
        step(cleo, record_id, name, 400, **fields | {field: "ok"})
        assert f'id="{field}-error"' in cleo.html
        step(cleo, record_id, name, **fields | {field: why})
    assert rita.get(f"{TEAM}/{record_id}").count(why) == 2


def test_a_relation_that_stays_is_not_asked_about_again(ana: Writer, rita: Writer, cleo: Writer) -> None:
    record_id = made_public(ana, rita)
    said: dict[str, Any] = {"relation": "taking-part", "since": "2024", "source": "Lettre de Léa, 9 ans, personnage."}
    step(cleo, record_id, "relation", 400, **said)
    [field] = re.findall(r'name="(reason\[[^"]+)"', cleo.html)
    step(cleo, record_id, "relation", **said | {field: "Le personnage d’un conte."})
    step(cleo, record_id, "relation", **said | {"since": "2025"})


@pytest.mark.parametrize("name", ["give-back", "withdraw"])
def test_a_reason_says_something_and_comes_back_when_it_is_too_late(
    ana: Writer, rita: Writer, cleo: Writer, name: str
) -> None:
    record_id = made_public(ana, rita) if name == "withdraw" else saved(ana)
    if name == "give-back":
        step(ana, record_id, "submit")
    step(cleo, record_id, name, 400, reason=".")
    assert 'id="reason-error"' in cleo.html
    first = dict(cleo.fields)
    step(cleo, record_id, name, reason="À revoir.")
    cleo.post(f"{TEAM}/{record_id}/{name}", first | {"reason": ["Trop court & vague"]}, status=409)
    assert '<p class="kept-text">Trop court &amp; vague</p>' in cleo.html


def test_who_saved_in_another_window_is_told_so(ana: Writer, rita: Writer) -> None:
    record_id = saved(ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    first = dict(ana.fields)
    ana.fill({"role.fr": "Elle accueille"}).press()
    ana.at, ana.fields = f"{TEAM}/{record_id}/edit", first
    ana.fill({"role.fr": "Elle écoute"}).press(status=409)
    assert "Vous avez enregistré ceci dans une autre fenêtre" in ana.html
    assert "Quelqu’un d’autre" not in ana.html


def test_a_contact_of_a_person_is_refused_and_stays_typed(ana: Writer) -> None:
    record_id = saved(ana)
    here = f"{TEAM}/{record_id}/contacts"
    ana.open(here, "/contacts").fill(DESK | {"contacts[0].address": "jean.dupont@justice.example"})
    ana.press(status=400, action="/contacts")
    assert 'href="#contacts[0].address"' in ana.html
    assert 'name="reason[' not in ana.html
    ana.fill(DESK | {"contacts[0].review_on": ""}).press(status=400, action="/contacts")
    assert 'href="#contacts[0].review_on"' in ana.html
    assert "contact@audition.example" in ana.html


def test_the_relation_is_told_carefully_and_only_a_coordinator_sets_it(
    paris: Instance, client: TestClient[Any], ana: Writer, rita: Writer, cleo: Writer
) -> None:
    record_id = made_public(ana, rita)
    ana.get(f"{TEAM}/{record_id}/relation", 403)
    step(cleo, record_id, "relation", status=400, relation="taking-part")
    assert 'href="#since"' in cleo.html
    step(cleo, record_id, "relation", relation="taking-part", since="2024-05", source="Lettre du 2 mai 2024")
    page = client.get(f"{PUBLIC}/{slug_of(paris, record_id)}").text
    assert "Lettre du 2 mai 2024" in page


def test_what_is_wrong_in_a_step_is_told_in_the_words_of_its_form(ana: Writer, rita: Writer, cleo: Writer) -> None:
    record_id = made_public(ana, rita)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("relation", {"relation": "taking-part", "since": "hier"}),
        ("relation", {"relation": "invited", "mandate.fr": "Joindre Paul au 06 12 34 56 78."}),
        ("split-off", {"name.fr": "", "name.en": ""}),
        ("rename", {"slug": "–"}),
        ("merge", {"into": ""}),
    ]
    for name, given in wrong:
        step(cleo, record_id, name, status=400, **given)
        told = re.findall(r'<a href="#([^"]+)"><strong>(.+?)(?: \([^)]*\))?\u202f:</strong>', cleo.html)
        assert told != [], name
        for field, words in told:
            label = re.search(rf'<label for="{re.escape(field)}[^"]*">([^<(]+)', cleo.html)
            assert label is not None, (name, field)
            assert label[1].strip() == words, (name, field)

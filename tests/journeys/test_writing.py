"""A hurried professional writes a practice, another publishes it, and it is written on while the public reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import sessions
from lanzarote.accounts.model import Account
from lanzarote.accounts.tokens import COOKIE
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records.records import now
from playwright.sync_api import ViewportSize, expect

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.practices.assessments import person
from tests.journeys.machine import sideways

if TYPE_CHECKING:
    from lanzarote.records.permissions import Actor
    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize


SIZES: dict[str, ViewportSize] = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
SAID: dict[str, dict[str, Any]] = {
    "fr": {
        "title": "Une salle d’audition partagée à l’hôpital",
        "summary": "Police, hôpital et association entendent l’enfant au même endroit, le même jour.",
        "problem": "Les enfants étaient entendus plusieurs fois, par des services qui s’ignoraient.",
        "activities": "Une audition filmée, préparée ensemble, puis un entretien avec la famille.",
        "transfer": "Une salle, une convention, des personnes formées.",
        "identifying": "Le premier enfant, né le 3 mars 2016, a été entendu quatre fois.",
        "kept": re.compile(r"Gardé à \d\d:\d\d"),
        "refused": re.compile("^Gardé à .* sauf les champs signalés"),
        "go on": "Continuer",
        "save": "Enregistrer",
        "save and submit": "Enregistrer, puis soumettre…",
        "submit": "Soumettre la pratique",
        "publish": "Publier la pratique",
        "publish it": "Publier la pratique",
        "nobody": re.compile("Personne n’y est reconnaissable"),
        "no case": re.compile("Aucune affaire"),
        "edit": "Modifier",
        "slug": "une-salle-d-audition-partagee-a-l-hopital",
    },
    "en": {
        "title": "A shared room for interviews at the hospital",
        "summary": "Police, hospital and an association hear the child in one place, on one day.",
        "problem": "Children were heard several times, by services that did not know of each other.",
        "activities": "A filmed interview, prepared together, then a talk with the family.",
        "transfer": "A room, an agreement, trained people.",
        "identifying": "The first child, born on 3 March 2016, was heard four times.",
        "kept": re.compile(r"Kept at \d\d:\d\d"),
        "refused": re.compile("^Kept at .* but for the fields that are marked"),
        "go on": "Continue the draft",
        "save": "Save",
        "save and submit": "Save, then submit…",
        "submit": "Submit the practice",
        "publish": "Publish the practice",
        "publish it": "Publish the practice",
        "nobody": re.compile("Nobody is recognisable"),
        "no case": re.compile("No case"),
        "edit": "Edit",
        "slug": "a-shared-room-for-interviews-at-the-hospital",
    },
}


class Team:
    """A writer and a reviewer of Paris, and where they work."""

    def __init__(self, instance: Instance, address: str) -> None:
        self.instance, self.address = instance, address
        self.ana = person(instance, "contributor", "Ana Plume")
        self.rita = person(instance, "reviewer", "Rita Relit")

    def sign_in(self, context: BrowserContext, actor: Actor) -> Page:
        enter(context, self.instance, self.address, actor)
        context.set_default_timeout(15_000)
        return context.new_page()


def enter(context: BrowserContext, instance: Instance, address: str, actor: Actor) -> None:
    """Sign *actor* in with a second factor in this browser."""
    with instance.database.write("-") as session:
        account = session.get_one(Account, actor.account_id)
        begun = sessions.begin(session, account, strong=True, device="", at=now())
    context.add_cookies([{"name": COOKIE, "value": begun.token, "url": address}])


@pytest.fixture
def team(paris_template: Path, tmp_path: Path) -> Iterator[Team]:
    settings = read_settings({"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path)})
    with new_instance(settings) as instance, serving(instance) as address:
        yield Team(instance, address)


def field(page: Page, place: str) -> Any:
    return page.locator(f'[id="{place}"]')


def answer_the_rest(page: Page, lang: str) -> None:
    """Everything of the ten questions that is chosen rather than written."""
    field(page, "partners[0].organisation").select_option("aphp")
    field(page, "partners[1].sector").select_option("police")
    field(page, "partners[1].side").select_option("public")
    page.locator("input[name=sectors][value=police]").check()
    page.locator("input[name=target_groups][value=child-victims]").check()
    page.locator("input[name=scope][value=local]").check()
    page.locator("input[name=running][value=ongoing]").check()
    field(page, "started").fill("06/2019" if lang == "fr" else "2019-06")
    for fold in page.locator("details:has(input[name=sources])").all():
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()
    page.locator("input[name=sources][value=ash-2010]").check()


@pytest.mark.parametrize(
    ("lang", "size"),
    [
        ("fr", "phone"),
        pytest.param("en", "desktop", marks=pytest.mark.long),
        pytest.param("fr", "desktop", marks=pytest.mark.long),
        pytest.param("en", "phone", marks=pytest.mark.long),
    ],
)
def test_from_the_first_word_to_the_public_and_on(browser: Browser, team: Team, lang: str, size: str) -> None:
    said, place = SAID[lang], f"{team.address}/{lang}/paris"
    with browser.new_context(viewport=SIZES[size]) as hers, browser.new_context(viewport=SIZES[size]) as theirs:
        page = team.sign_in(hers, team.ana)
        status = page.locator("[data-status]")

        # She writes; the browser closes; nothing was lost.
        page.goto(f"{place}/team/practices/new")
        field(page, f"text.{lang}.title").fill(said["title"])
        field(page, f"text.{lang}.summary").fill(said["summary"])
        expect(status).to_have_text(said["kept"])
        page.close()
        page = hers.new_page()
        status = page.locator("[data-status]")
        page.goto(f"{place}/team/practices/new")
        page.get_by_role("link", name=said["title"]).click()
        page.get_by_role("link", name=said["go on"]).click()
        expect(field(page, f"text.{lang}.title")).to_have_value(said["title"])

        # The guard stops her, says where and why; she corrects it.
        field(page, f"text.{lang}.problem").fill(said["identifying"])
        expect(status).to_have_text(said["refused"])
        expect(page.locator(".marked")).to_contain_text("2016")
        page.get_by_role("button", name=said["save"], exact=True).last.click()
        expect(page.locator(".error-summary")).to_be_visible()
        assert sideways(page) <= 0
        page.locator(".error-summary a").first.click()
        expect(field(page, f"text.{lang}.problem")).to_be_in_viewport()
        for name in ("problem", "activities", "transfer"):
            field(page, f"text.{lang}.{name}").fill(said[name])
        answer_the_rest(page, lang)
        page.get_by_role("button", name=said["save and submit"]).click()
        page.wait_for_url("**/submit")
        page.locator("#bearer").select_option("aphp")
        page.get_by_role("button", name=said["submit"], exact=True).click()
        page.wait_for_url("**done=submit")
        record = page.url.partition("?")[0]

        # Somebody else reads and publishes it.
        reviewer = team.sign_in(theirs, team.rita)
        reviewer.goto(record)
        reviewer.get_by_role("link", name=said["publish"], exact=True).click()
        reviewer.get_by_label(said["nobody"]).check()
        reviewer.get_by_label(said["no case"]).check()
        reviewer.get_by_role("button", name=said["publish it"], exact=True).click()
        reviewer.wait_for_url("**done=publish")

        # The public reads it; she writes on; the public does not see that yet.
        public = f"{place}/practices/{said['slug']}"
        page.goto(public)
        expect(page.get_by_role("heading", level=1)).to_have_text(said["title"])
        page.get_by_role("link", name=said["edit"], exact=True).click()
        field(page, f"text.{lang}.title").fill("X" + said["title"])
        page.get_by_role("button", name=said["save"], exact=True).last.click()
        page.wait_for_url("**done=saved")
        with browser.new_context() as anybody:
            reader = anybody.new_page()
            reader.goto(public)
            expect(reader.get_by_role("heading", level=1)).to_have_text(said["title"])
            assert anybody.cookies() == []
        page.goto(record)
        page.goto(f"{record}/versions")
        expect(page.locator("dl.changes ins")).to_contain_text("X")
        assert sideways(page) <= 0


@pytest.mark.parametrize("size", SIZES)
def test_without_script_it_goes_just_as_well(browser: Browser, team: Team, size: str) -> None:
    said, place = SAID["fr"], f"{team.address}/fr/paris"
    with (
        browser.new_context(viewport=SIZES[size], java_script_enabled=False) as hers,
        browser.new_context(viewport=SIZES[size], java_script_enabled=False) as theirs,
    ):
        page = team.sign_in(hers, team.ana)
        page.goto(f"{place}/team/practices")
        page.get_by_role("link", name="Écrire une nouvelle pratique").click()
        field(page, "text.fr.title").fill(said["title"])
        field(page, "partners[0].organisation").select_option("aphp")
        page.get_by_role("button", name="Un partenaire de plus").click()
        expect(field(page, "text.fr.title")).to_have_value(said["title"])
        expect(field(page, "partners[0].organisation")).to_have_value("aphp")
        expect(field(page, "partners[2].organisation")).to_be_visible()
        field(page, "text.fr.problem").fill(said["identifying"])
        page.get_by_role("button", name="Enregistrer", exact=True).last.click()
        page.locator(".error-summary a").first.click()
        expect(field(page, "text.fr.problem")).to_be_in_viewport()
        for name in ("summary", "problem", "activities", "transfer"):
            field(page, f"text.fr.{name}").fill(said[name])
        answer_the_rest(page, "fr")
        page.get_by_role("button", name=said["save and submit"]).click()
        page.wait_for_url("**/submit")
        page.locator("#bearer").select_option("aphp")
        page.get_by_role("button", name=said["submit"], exact=True).click()
        page.wait_for_url("**done=submit")
        record = page.url.partition("?")[0]

        reviewer = team.sign_in(theirs, team.rita)
        reviewer.goto(record)
        reviewer.get_by_role("link", name=said["publish"], exact=True).click()
        reviewer.get_by_role("button", name=said["publish it"], exact=True).click()
        expect(reviewer.locator("input:invalid").first).to_be_visible()  # the browser asks for what is marked
        reviewer.get_by_label(said["nobody"]).check()
        reviewer.get_by_label(said["no case"]).check()
        reviewer.get_by_role("button", name=said["publish it"], exact=True).click()
        reviewer.wait_for_url("**done=publish")
        reviewer.goto(f"{place}/practices/{said['slug']}")
        expect(reviewer.get_by_role("heading", level=1)).to_have_text(said["title"])


def test_two_who_write_at_once_on_two_screens(browser: Browser, team: Team) -> None:
    bo = person(team.instance, "contributor", "Bo Plume")
    place = f"{team.address}/fr/paris/team/practices"
    with browser.new_context() as hers, browser.new_context(java_script_enabled=False) as his:
        ana, other = team.sign_in(hers, team.ana), team.sign_in(his, bo)
        ana.goto(f"{place}/new")
        field(ana, "text.fr.title").fill("Une salle")
        ana.get_by_role("button", name="Enregistrer", exact=True).last.click()
        ana.wait_for_url("**done=saved")
        edit = f"{ana.url.partition('?')[0]}/edit"
        ana.goto(edit)
        other.goto(edit)
        field(other, "text.fr.title").fill("Une salle claire")
        other.get_by_role("button", name="Enregistrer", exact=True).last.click()
        other.wait_for_url("**done=saved")

        field(ana, "text.fr.title").fill("Une grande salle")
        field(ana, "text.fr.summary").fill("En deux mots.")
        ana.get_by_role("button", name="Enregistrer", exact=True).last.click()
        expect(ana.get_by_role("heading", level=1)).to_have_text("Quelqu’un d’autre a enregistré entre-temps")
        assert sideways(ana) <= 0
        title = ana.locator("fieldset.apart", has=ana.locator("textarea[name='merged[text.fr.title]']"))
        expect(title).to_contain_text("claire")
        expect(title).to_contain_text("grande")
        title.locator("input[value=both]").check()
        title.locator("textarea").fill("Une grande salle claire")
        ana.get_by_role("button", name="Enregistrer le texte fusionné").click()
        ana.wait_for_url("**done=saved")
        ana.goto(edit)
        expect(field(ana, "text.fr.title")).to_have_value("Une grande salle claire")
        expect(field(ana, "text.fr.summary")).to_have_value("En deux mots.")

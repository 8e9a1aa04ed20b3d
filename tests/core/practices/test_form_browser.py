"""The form and the team's pages in a real browser: for everyone, on every screen; what the script keeps and finds."""

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
from lanzarote.kinds import unsaved
from lanzarote.practices import writing
from lanzarote.records.records import Record, now
from playwright.sync_api import expect

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.practices.assessments import Assessed, person
from tests.core.web.seen import BOTH_LANGUAGES, all_open, barriers

if TYPE_CHECKING:
    from lanzarote.records.permissions import Actor
    from playwright.sync_api import Dialog, Page

TEAM = "/fr/paris/team/practices"
SMALL = """
    [...document.querySelectorAll("main :is(button, .button, summary, select, .choice, textarea, input)")]
        .filter(target => target.checkVisibility() && !target.closest(".visually-hidden"))
        .filter(target => !["checkbox", "radio", "hidden"].includes(target.type) && !target.matches(".plain"))
        .filter(target => target.getBoundingClientRect().height < 43.5 && !target.matches(".visually-hidden"))
        .map(target => target.outerHTML.slice(0, 120))
"""


class Site:
    """A region with people, and a practice in each stage."""

    def __init__(self, instance: Instance, address: str) -> None:
        self.instance, self.address = instance, address
        self.ana = person(instance, "contributor", "Ana Plume")
        self.rita = person(instance, "reviewer", "Rita Relit")
        self.cleo = person(instance, "coordinator", "Cléo Mène")
        self.writing = Assessed(instance, self.ana, self.cleo).id
        self.submitted = Assessed(instance, self.ana, self.cleo).submit().id

    def sign_in(self, page: Page, actor: Actor) -> None:
        with self.instance.database.write("-") as session:
            account = session.get_one(Account, actor.account_id)
            begun = sessions.begin(session, account, strong=True, device="", at=now())
        page.context.add_cookies([{"name": COOKIE, "value": begun.token, "url": self.address}])

    def open(self, page: Page, path: str, actor: Actor | None = None) -> None:
        self.sign_in(page, actor or self.ana)
        page.goto(self.address + path)

    def sheet(self, record_id: str) -> Any:
        with self.instance.database.read("paris") as session:
            return writing.sheet_of(session, session.get_one(Record, ("paris", record_id)))

    def kept(self, record_id: str) -> str:
        """The title that waits to be saved."""
        with self.instance.database.read("paris") as session:
            found = unsaved.kept(session, "paris", record_id, by=self.ana)
        return found.typed.entered.one("text.fr.title") if found else ""


@pytest.fixture(scope="module")
def site(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("browsed")
    settings = read_settings({"LANZAROTE_DATABASE_URL": copy_of(paris_template, folder)})
    with new_instance(settings) as instance, serving(instance) as address:
        yield Site(instance, address)


def field(page: Page, place: str) -> Any:
    return page.locator(f'[id="{place}"]')


def status(page: Page) -> Any:
    return page.locator("[data-status]")


def paths(site: Site) -> list[tuple[str, Actor]]:
    one, two = f"/paris/team/practices/{site.writing}", f"/paris/team/practices/{site.submitted}"
    return [
        ("/paris/team/practices", site.ana),
        ("/paris/team/practices/new", site.ana),
        ("/paris/team/practices/blank", site.ana),
        (f"{one}", site.ana),
        (f"{one}/edit", site.ana),
        (f"{one}/edit?beside=en", site.ana),
        (f"{one}/submit", site.ana),
        (f"{one}/versions", site.ana),
        (f"{one}/sheet", site.ana),
        (f"{two}", site.rita),
        (f"{two}/publish", site.rita),
        (f"{two}/give-back", site.rita),
        (f"{one}/erase", site.cleo),
    ]


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_nothing_stands_in_the_way_of_anybody(page: Page, site: Site, lang: str) -> None:
    """Light and dark, on every screen; whatever is pressed is large enough for a thumb."""
    found = {}
    for path, actor in paths(site):
        site.sign_in(page, actor)
        found[path] = barriers(page, f"{site.address}/{lang}{path}", SMALL)
    all_open(found)


# ---------------------------------------------------------------------------------------------------------------------
# What the script keeps


def test_what_is_typed_is_kept_and_offered_again(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    field(page, "text.fr.title").fill("Tapé, non enregistré")
    expect(status(page)).to_have_text(re.compile(r"Gardé à \d\d:\d\d"))
    assert site.kept(record_id) == "Tapé, non enregistré"
    assert site.sheet(record_id).text["fr"].title != "Tapé, non enregistré"
    page.goto(f"{site.address}{TEAM}/{record_id}/edit")
    page.get_by_role("link", name="Continuer").click()
    expect(field(page, "text.fr.title")).to_have_value("Tapé, non enregistré")
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    page.wait_for_url("**done=saved")
    assert site.kept(record_id) == ""


def test_what_is_typed_just_before_leaving_is_kept_too(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", stay)
    field(page, "text.fr.title").press_sequentially("Au dernier moment ")
    page.goto(f"{site.address}{TEAM}")
    assert asked == ["beforeunload"]
    for _ in range(30):
        if site.kept(record_id):
            break
        page.wait_for_timeout(100)
    assert "Au dernier moment" in site.kept(record_id)


def test_leaving_asks_nothing_when_everything_is_kept(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    field(page, "text.fr.title").press_sequentially("X")
    expect(status(page)).to_have_text(re.compile("Gardé à"))
    page.goto(f"{site.address}{TEAM}")
    assert asked == []


def test_what_the_guard_refuses_is_marked_at_its_field_and_not_kept(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    problem = field(page, "text.fr.problem")
    problem.fill("Sa date : née le 3 mars 2016.")
    expect(status(page)).to_have_text(re.compile(r"^Gardé à \d\d:\d\d, sauf les champs signalés"))
    expect(problem).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".marked")).to_contain_text("3 mars 2016")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.evaluate("location.reload()")  # what is marked stands in this page alone
    expect(problem).to_have_value("Sa date : née le 3 mars 2016.")
    assert asked == ["beforeunload"]
    problem.fill("Rien n’était prévu.")
    expect(status(page)).to_have_text(re.compile(r"^Gardé à \d\d:\d\d\s;"))
    expect(page.locator(".marked")).to_have_count(0)
    assert problem.get_attribute("aria-invalid") is None


def test_what_the_guard_asks_about_is_kept_with_a_reason(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    field(page, "text.fr.problem").fill("Léa, 9 ans, est l’héroïne du film.")
    expect(status(page)).to_have_text(re.compile("sauf les champs signalés"))
    page.get_by_label("Pourquoi cela reste").fill("Un personnage de fiction.")
    expect(status(page)).to_have_text(re.compile("Gardé à"))


def test_who_tells_of_a_child_in_danger_reads_whom_to_call_and_loses_nothing(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    field(page, "text.fr.problem").fill("Je veux signaler mon voisin.")
    expect(status(page)).to_contain_text("119")
    assert site.kept(record_id) != ""


def test_a_lost_network_loses_nothing(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    page.context.set_offline(True)
    field(page, "text.fr.title").fill("Écrit dans le train")
    expect(status(page)).to_have_text(re.compile("Pas de connexion"))
    field(page, "text.fr.summary").fill("Sans réseau.")
    page.context.set_offline(False)
    expect(status(page)).to_have_text(re.compile("Gardé à"), timeout=15_000)
    assert site.kept(record_id) == "Écrit dans le train"


def test_a_server_that_answers_nonsense_is_asked_again(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    page.route("**/unsaved", lambda route: route.fulfill(status=502, body="Bad gateway"), times=1)
    field(page, "text.fr.title").fill("Encore")
    expect(status(page)).to_have_text(re.compile("Pas de connexion"))
    expect(status(page)).to_have_text(re.compile("Gardé à"), timeout=15_000)


def test_signed_out_and_in_again_in_another_window_it_goes_on(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    page.context.clear_cookies()
    field(page, "text.fr.title").fill("Pendant la coupure")
    expect(status(page)).to_have_text(re.compile("Vous avez été déconnecté"))
    assert site.kept(record_id) == ""
    site.sign_in(page, site.ana)
    expect(status(page)).to_have_text(re.compile("Gardé à"), timeout=15_000)
    assert site.kept(record_id) == "Pendant la coupure"


def test_what_one_person_typed_is_not_kept_for_another_who_signs_in(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    page.context.clear_cookies()
    site.sign_in(page, site.cleo)
    field(page, "text.fr.title").fill("À qui est-ce ?")
    expect(status(page)).to_have_text(re.compile("Quelqu’un d’autre"))
    with site.instance.database.read("paris") as session:
        assert unsaved.kept(session, "paris", record_id, by=site.cleo) is None


def test_the_form_counts_gently(page: Page, site: Site) -> None:
    site.open(page, f"{TEAM}/new")
    field(page, "text.fr.title").fill("Été")
    expect(page.locator(".count").first).to_have_text("3 caractères\u202f; environ 110 est une bonne longueur.")


# ---------------------------------------------------------------------------------------------------------------------
# What it finds


def test_an_organisation_is_found_while_one_types_with_the_keyboard_alone(page: Page, site: Site) -> None:
    site.open(page, f"{TEAM}/new")
    box = page.get_by_role("combobox", name=re.compile("Organisation – Partenaire 1"))
    box.focus()
    page.keyboard.type("hopitaux de par")
    option = page.locator(".combobox [role=option]").first
    expect(option).to_contain_text("Assistance Publique")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    expect(field(page, "partners[0].organisation")).to_have_value("aphp")
    expect(field(page, "partners[0].organisation")).to_be_focused()
    assert page.url.partition("?")[0].endswith("/new")


def test_a_source_is_attached_to_a_field_with_two_clicks(page: Page, site: Site) -> None:
    site.open(page, f"{TEAM}/{site.writing}/edit")
    below = page.locator('[id="field_sources.problem"]')
    below.locator("summary").click()
    below.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    page.wait_for_url("**done=saved")
    page.goto(f"{site.address}{TEAM}/{site.writing}/edit")
    expect(page.locator('[id="field_sources.problem"] summary')).to_contain_text("1 source")
    sheet = site.sheet(site.writing)
    assert sheet.field_sources == {"problem": sheet.sources[:1]}


def test_escape_closes_the_list_and_nothing_found_is_said(page: Page, site: Site) -> None:
    site.open(page, f"{TEAM}/new")
    box = page.get_by_role("combobox", name=re.compile("Organisation – Partenaire 1"))
    box.fill("xylophone")
    expect(page.locator(".combobox [role=option]")).to_have_text("Rien ne porte ce nom.")
    page.keyboard.press("Escape")
    expect(page.locator(".combobox [role=option]")).to_be_hidden()


def test_an_article_and_a_provision_are_found_and_ticked(page: Page, site: Site) -> None:
    site.open(page, f"{TEAM}/new")
    page.locator("summary", has_text="Droit et Convention").click()
    page.get_by_role("combobox", name="Articles de la Convention").fill("assistance aux vic")
    page.locator(".combobox [role=option]").first.click()
    expect(page.locator("input[name=convention][value='14']")).to_be_checked()
    page.get_by_role("combobox", name="Base juridique").fill("706-52")
    page.locator(".combobox [role=option]").first.click()
    expect(page.locator("input[name=legal_basis][value='fr-cpp-706-52']")).to_be_checked()


def test_practices_like_it_are_shown_while_one_writes(page: Page, site: Site) -> None:
    site.open(page, f"{TEAM}/new")
    field(page, "text.fr.title").fill("Unités d’accueil des enfants en danger à l’hôpital")
    twin = page.locator("[data-twins] a").first
    expect(twin).to_have_text("Unités d’accueil pédiatriques enfants en danger (UAPED)")
    assert twin.get_attribute("href") == "/fr/paris/practices/uaped"


# ---------------------------------------------------------------------------------------------------------------------
# On paper


def test_the_blank_sheet_fits_a_few_pages(page: Page, site: Site) -> None:
    site.open(page, f"{TEAM}/blank")
    paper = page.pdf(prefer_css_page_size=True)
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 7
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Imprimer").is_visible()


def test_a_partner_is_added_without_a_reload_and_found_while_one_types(page: Page, site: Site) -> None:
    record_id = Assessed(site.instance, site.ana, site.cleo).id
    site.open(page, f"{TEAM}/{record_id}/edit")
    page.evaluate("window.stays = true")
    rows = page.locator("[data-rows=partners] > fieldset")
    before = rows.count()
    page.get_by_role("button", name="Un partenaire de plus").click()
    expect(rows).to_have_count(before + 1)
    added = rows.last
    expect(added.locator("legend")).to_have_text(f"Partenaire {before + 1}")
    expect(added.get_by_role("combobox").first).to_be_focused()
    field(page, f"partners[{before}].sector").select_option("police")
    expect(status(page)).to_have_text(re.compile("Gardé à"))
    added.get_by_role("button", name="Retirer").click()
    expect(rows).to_have_count(before)
    assert page.evaluate("window.stays")

"""Two blind reviews, a decision, a publication, by real people in real browsers; every page for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import sessions
from lanzarote.accounts.model import Account
from lanzarote.accounts.tokens import COOKIE
from lanzarote.composition import new_instance
from lanzarote.practices.review_model import Answer
from lanzarote.records.records import Record, now
from lanzarote.records.tasks import open_task
from sqlalchemy import update

from tests.core.conftest import serving
from tests.core.practices.assessments import PARIS, Assessed, full, person
from tests.core.web.seen import BOTH_LANGUAGES, SIDEWAYS, all_open, barriers, unfold, violations

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from playwright.sync_api import Browser, Page

WORDS = {
    "fr": {
        "ask": "Solliciter les évaluateurs",
        "go on": "Enregistrer et continuer",
        "give": "Soumettre l’appréciation",
        "decide": "Enregistrer la décision et l’appliquer",
        "assessed": "Publier avec une appréciation",
        "label": "Décidée par l’équipe du territoire",
    },
    "en": {
        "ask": "Ask the reviewers",
        "go on": "Save and go on",
        "give": "Submit the assessment",
        "decide": "Record the decision and apply it",
        "assessed": "Publish with an assessment",
        "label": "Decided by the regional team",
    },
}
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


class Place:
    """A site with a team that is signed in."""

    def __init__(self, instance: Instance, browser: Browser, address: str) -> None:
        self.instance, self.address = instance, address
        self._browser = browser
        self._open: list[Any] = []
        self.people: dict[str, Actor] = {
            "head": person(instance, "coordinator", "Hélène Tête"),
            "bo": person(instance, "reviewer", "Bo Lecteur"),
            "cy": person(instance, "reviewer", "Cy Lectrice"),
            "ana": person(instance, "contributor", "Ana Plume"),
        }

    def enter(self, name: str, size: dict[str, int] = DESKTOP) -> Page:
        """A browser of the person's own; a script that breaks fails the test."""
        with self.instance.database.write("-") as session:
            account = session.get_one(Account, self.people[name].account_id)
            token = sessions.begin(session, account, strong=True, device="", at=now()).token
        context = self._browser.new_context(viewport=size)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.address}])
        self._open.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page

    def practice(self) -> Assessed:
        return Assessed(self.instance, self.people["ana"], self.people["head"]).submit()

    def close(self) -> None:
        for context in self._open:
            context.close()


@pytest.fixture
def place(own_paris: Instance, browser: Browser) -> Iterator[Place]:
    with serving(own_paris) as address, closing(Place(own_paris, browser, address)) as place:
        yield place


@contextmanager
def closing(place: Place) -> Iterator[Place]:
    yield place
    place.close()


def answer(page: Page, words: dict[str, str], mark: str) -> None:
    """Fill in what is asked, conditions first, and give it."""
    for _ in range(2):
        for group in page.locator("div.question").all():
            group.locator("input[type=radio]").first.check()
            group.locator("textarea").fill(mark)
        if page.get_by_role("button", name=words["give"]).count():
            break
        with page.expect_navigation():
            page.get_by_role("button", name=words["go on"]).click()
    page.locator("input[name=nobody]").check()
    page.locator("input[name=no_case]").check()
    with page.expect_navigation():
        page.get_by_role("button", name=words["give"]).click()


@pytest.mark.parametrize("size", [DESKTOP, pytest.param(PHONE, marks=pytest.mark.long)], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_two_blind_reviews_a_decision_and_the_practice_is_public(place: Place, lang: str, size: dict[str, int]) -> None:
    one, words = place.practice(), WORDS[lang]
    team = f"{place.address}/{lang}/paris/team/practices/{one.id}"
    head = place.enter("head", size)
    head.goto(f"{place.address}/{lang}/start")
    head.locator(f'.waiting a[href*="{one.id}"]').click()
    head.locator(f'a[href$="{one.id}/assess"]').click()
    for name in ("Bo Lecteur", "Cy Lectrice"):
        head.get_by_label(name).check()
    with head.expect_navigation():
        head.get_by_role("button", name=words["ask"]).click()

    for name, mark in (("bo", "canary-bo"), ("cy", "canary-cy")):
        page = place.enter(name, size)
        page.goto(f"{place.address}/{lang}/start")
        page.locator(f'.waiting a[href*="{one.id}"]').click()
        page.wait_for_url("**/assess/answers")
        assert "canary" not in page.content()
        answer(page, words, mark)
        assert page.url.endswith("?done=given")

    head.goto(f"{place.address}/{lang}/start")
    head.locator(f'.waiting a[href$="{one.id}/assess"]').click()
    head.wait_for_url("**/assess")
    assert head.get_by_text("canary-bo").count() == head.get_by_text("canary-cy").count() > 0
    head.get_by_label(words["assessed"]).check()
    head.locator("#vouching input[value=public-sources]").check()
    head.locator("#strength input[value=pioneering]").check()
    unfold(head)
    head.locator("#reason\\.fr").fill("Décrite avec précision ; à reprendre ailleurs.")
    head.locator("#reason\\.en").fill("Described precisely; to be taken up elsewhere.")
    assert violations(head) == ""
    with head.expect_navigation():
        head.get_by_role("button", name=words["decide"]).click()
    assert head.url == f"{team}/assess?done=decided"

    public = place.enter("cy", size)
    public.goto(f"{place.address}/{lang}/paris/practices/une-salle-d-audition-partagee")
    assert words["label"] in public.locator(".label-line").inner_text()
    assert "canary" not in public.content()
    assert violations(public) == ""
    assert public.evaluate(SIDEWAYS) <= 0


def test_reviewers_are_asked_with_the_keyboard_alone(place: Place) -> None:
    one = place.practice()
    page = place.enter("head")
    page.goto(f"{place.address}/en/paris/team/practices/{one.id}/assess")
    page.get_by_label("Bo Lecteur").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Ask the reviewers").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert one.state == ("draft", "assessing")


@pytest.fixture(scope="module")
def furnished(
    paris_template: Any, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[tuple[Place, dict[str, tuple[str, str]]]]:
    """A site in which every page of the team has something to show: name → who looks, and where."""
    from lanzarote.configuration.settings import read_settings

    from tests.conftest import copy_of

    url = copy_of(paris_template, tmp_path_factory.mktemp("furnished"))
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as instance, serving(instance) as address:
        place = Place(instance, browser, address)
        asked, waiting, ready, public = (place.practice() for _ in range(4))
        bo, cy = place.people["bo"], place.people["cy"]
        for one in (waiting, ready, public):
            one.ask(bo, cy)
        waiting.give(bo)
        waiting.save(cy, full(waiting.grid))
        for one in (ready, public):
            one.give(bo)
            one.give(cy, full(one.grid, equity=Answer(value="not-yet", reason="Pas encore.")))
        public.decide("assessed")
        with instance.database.write(PARIS) as session:
            slug = session.get_one(Record, (PARIS, public.id)).slug
            session.execute(update(Record).where(Record.id == asked.id).values(updated_at=now() - timedelta(days=90)))
            reply = open_task(
                session, PARIS, "reply", by="visitor", about="law", wrong="Une erreur.", contact="contact@example.org"
            )
            conflict = open_task(
                session, PARIS, "upgrade-conflict", by="lanzarote", record_id=public.id, key="x",
                field="text.fr.summary", before="Avant.", local="Ici.", package="Là-bas.",
            )  # fmt: skip
            hidden = open_task(
                session, PARIS, "upgrade-withdrawal", by="lanzarote", record_id=public.id, record="practice", key="x",
                title="X", shipped=True, reason={"fr": "Son site ne répond plus.", "en": "Its site answers no more."},
            )  # fmt: skip
        age = next(iter(instance.vocabulary(PARIS).ages))
        yield (
            place,
            {
                "start": ("head", "start"),
                "ask": ("head", f"paris/team/practices/{asked.id}/assess"),
                "waiting": ("head", f"paris/team/practices/{waiting.id}/assess"),
                "answers": ("cy", f"paris/team/practices/{waiting.id}/assess/answers"),
                "given": ("bo", f"paris/team/practices/{waiting.id}/assess/answers"),
                "decide": ("head", f"paris/team/practices/{ready.id}/assess"),
                "decided": ("bo", f"paris/team/practices/{public.id}/assess"),
                "public": ("head", f"paris/practices/{slug}"),
                "tasks": ("head", "paris/team/tasks"),
                "reply": ("head", f"paris/team/tasks/{reply}"),
                "conflict": ("ana", f"paris/team/tasks/{conflict}"),
                "hidden": ("head", f"paris/team/tasks/{hidden}"),
                "activity": ("head", "paris/team/activity"),
                "notes": ("head", "paris/team/notes"),
                "note": ("head", f"paris/team/notes/age/{age}"),
                "ages": ("head", "paris/ages"),
            },
        )
        place.close()


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_nothing_stands_in_the_way_of_anybody(furnished: tuple[Place, dict[str, tuple[str, str]]], lang: str) -> None:
    place, pages = furnished
    people = {who: place.enter(who) for who in {who for who, _ in pages.values()}}
    found = {name: barriers(people[who], f"{place.address}/{lang}/{path}") for name, (who, path) in pages.items()}
    all_open(found)

"""A procedure is written, proposed, endorsed by a representative and applied, in browsers; every page for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.core.conftest import serving
from tests.core.practices.assessments import person
from tests.core.practices.test_assessing_browser import DESKTOP, PHONE, Place, closing
from tests.core.procedures.agreeing import BODIES, body_id, today
from tests.core.web.seen import BOTH_LANGUAGES, follow, look, press

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from playwright.sync_api import Browser, Page

WORDS = {
    "fr": {
        "write": "Écrire un protocole", "save": "Enregistrer", "below": "Ajouter une étape en dessous",
        "up": "Monter", "condition": "Ajouter une condition", "pass": "Ajouter un échange d’informations",
        "propose": "Proposer aux parties", "endorse": "Approuver le protocole", "apply": "Déclarer qu’il est appliqué",
        "nobody": "Aucune personne n’y est nommée", "no case": "Aucune affaire que décrit le texte",
        "table": "Les étapes",
    },
    "en": {
        "write": "Write a procedure", "save": "Save", "below": "Add a step below",
        "up": "Move up", "condition": "Add a condition", "pass": "Add an exchange of information",
        "propose": "Propose to the parties", "endorse": "Endorse the procedure", "apply": "Declare that it is applied",
        "nobody": "No person is named in it", "no case": "No case that the text describes",
        "table": "The steps",
    },
}  # fmt: skip


@pytest.fixture
def place(own_paris: Instance, browser: Browser) -> Iterator[Place]:
    with serving(own_paris) as address, closing(Place(own_paris, browser, address)) as place:
        for number, body in enumerate(BODIES):
            place.people[f"rep {number}"] = person(
                own_paris, "representative", f"Rep {number}", organisation=body_id(own_paris, body)
            )
        yield place


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f'[name="{name}"]').fill(value)


@pytest.mark.parametrize(
    ("lang", "size"),
    [("fr", DESKTOP), pytest.param("en", PHONE, marks=pytest.mark.long)],
    ids=["desktop-fr", "phone-en"],
)
def test_a_procedure_from_the_first_step_to_the_public(place: Place, lang: str, size: dict[str, int]) -> None:
    words, home = WORDS[lang], f"{place.address}/{lang}/paris"
    ana, head = (place.enter(name, size) for name in ("ana", "head"))

    # Ana writes it, step by step
    ana.goto(f"{home}/team/procedures")
    look(ana, f"list-{lang}")
    follow(ana, words["write"])
    fill(ana, **{f"text.{lang}.title": "Protocole d’accueil", f"text.{lang}.purpose": "Accueillir ensemble."})
    for number, body in enumerate(BODIES):
        ana.locator(f'[name="parties[{number}].who"]').select_option(f"body {body}")
    fill(ana, **{f"steps[0].title.{lang}": "Recevoir", "steps[0].next": "2"})
    ana.locator('[name="steps[0].who"]').select_option("sector health")
    with ana.expect_navigation():
        ana.locator('button[value="add-step:0"]').click()
    fill(ana, **{f"steps[1].title.{lang}": "Évaluer"})
    ana.locator('[name="steps[1].who"]').select_option("body aphp")
    ana.locator('[name="steps[1].end"]').check()
    with ana.expect_navigation():
        ana.locator('button[value="add-branch:1"]').click()
    fill(ana, **{f"steps[1].branches[0].condition.{lang}": "Un doute reste", "steps[1].branches[0].to": "1"})
    with ana.expect_navigation():
        ana.locator('button[value="add-pass:0"]').click()
    fill(ana, **{f"steps[0].passes[0].what.{lang}": "Ce qui a été entendu"})
    ana.locator('[name="steps[0].passes[0].confidential"]').check()
    ana.locator('[name="steps[0].passes[0].basis"]').select_option("fr-cpp-40")
    look(ana, f"form-{lang}")
    if lang != "fr":
        ana.locator('[name="original"]').select_option(lang)
    with ana.expect_navigation():
        ana.locator("button:visible", has_text=words["save"]).last.click()
    look(ana, f"draft-{lang}")
    entry = ana.url.partition("?")[0]

    # Hélène proposes it
    head.goto(entry)
    follow(head, words["propose"])
    look(head, f"propose-{lang}")
    head.get_by_label(words["nobody"]).check()
    head.get_by_label(words["no case"]).check()
    press(head, words["propose"])
    look(head, f"proposed-{lang}")

    # Each body endorses it for itself
    for number in range(2):
        rep = place.enter(f"rep {number}", size)
        rep.goto(entry)
        follow(rep, words["endorse"])
        look(rep, f"endorse-{lang}-{number}")
        press(rep, words["endorse"])
    reader = place.enter("cy", size)
    reader.goto(f"{home}/procedures/protocole-d-accueil")
    look(reader, f"public-{lang}")
    assert reader.get_by_role("img", name="Protocole d’accueil").count() == 1
    assert reader.get_by_role("row").filter(has_text="Évaluer").count() >= 1

    # One of them applies it
    head.goto(f"{entry}/apply")
    head.locator('[name="stakeholder"]').first.check()
    fill(head, source="Convention n° 3 du 5 janvier 2026", day=today())
    look(head, f"apply-{lang}")
    press(head, words["apply"])
    look(head, f"applied-{lang}")
    reader.reload()
    assert "Convention n° 3" in reader.content()
    for path in ("", "/example-first-words", "/hospital-cells-2014", "/example-first-words/print"):
        reader.goto(f"{home}/procedures{path}")
        look(reader, f"read{path.replace('/', '-')}-{lang}")
    head.goto(f"{entry}/versions")
    look(head, f"versions-{lang}")


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_it_prints_on_a4_across_with_the_table_and_lines_to_sign_on(place: Place, lang: str) -> None:
    page = place.enter("cy", DESKTOP)
    page.goto(f"{place.address}/{lang}/paris/procedures/example-first-words/print")
    body = page.pdf(prefer_css_page_size=True)
    # A4 upright and across, in points.
    assert b"/MediaBox [0 0 841.9" in body or b"/MediaBox [0 0 842" in body
    assert b"/MediaBox [0 0 594.9" in body or b"/MediaBox [0 0 595" in body
    assert page.locator("figure.sheet-across svg").count() >= 1
    assert page.locator("#sign").count() == 1


def test_what_follows_a_step_is_never_cut_off(place: Place) -> None:
    page = place.enter("cy", PHONE)
    page.goto(f"{place.address}/fr/paris/procedures/example-first-words")
    scroll = page.locator(".table-scroll:has(> .steps-table)")
    follows = scroll.locator('td[data-label="Ce qui suit"]')
    for width in (375, 720, 1000, 1119, 1121, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert scroll.evaluate("it => it.scrollWidth - it.clientWidth") <= 0, width
        ends = follows.evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).map(it => [it.width, it.right])"
        )
        assert len(ends) == 9
        assert all(wide >= 130 and right <= width for wide, right in ends), width

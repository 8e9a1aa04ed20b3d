"""Indicators and an evaluation from the first word to the published decision, in browsers; pages for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.records.records import now

from tests.core.conftest import serving
from tests.core.days import today
from tests.core.evaluation.piloting import REPORT, TRAINED, counted, decided, enter, release, released
from tests.core.practices.assessments import person
from tests.core.practices.test_assessing_browser import DESKTOP, PHONE, Place, closing
from tests.core.web.seen import BOTH_LANGUAGES, SHOTS, SIDEWAYS, follow, press, unfold, violations
from tests.core.web.words import InBoth

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from playwright.sync_api import Browser, Page

WORDS = InBoth(
    {
        "add": "Add an indicator",
        "save": "Save",
        "people": "People",
        "more": "More is better",
        "month": "Every month",
        "publish": "Publish the indicator",
        "due": "Enter the value that is due",
        "begin": "Begin an evaluation",
        "run": "Fix criteria and assessors",
        "answers": "Record answers",
        "met": "Met",
        "missing": "Why an answer is missing",
        "close": "All answers are in",
        "decide": "Record the decision",
        "extend": "Extend",
        "out": "Publish report and decision",
    },
)
OUTSIDE = """() => [...document.querySelectorAll('figure.chart')].flatMap(figure => {
  const box = figure.getBoundingClientRect();
  return [...figure.querySelectorAll('.ticks-of li, .below span, .legend li, figcaption')]
    .filter(one => { const own = one.getBoundingClientRect();
      return own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1
        || own.bottom > box.bottom + 1 || one.scrollWidth > one.clientWidth + 1; })
    .map(one => one.textContent.trim());
})"""
"""Words of a chart that leave its box or are cut off."""


class Crew(Place):
    """With a second coordinator, who publishes what the first wrote down."""

    def __init__(self, instance: Instance, browser: Browser, address: str) -> None:
        super().__init__(instance, browser, address)
        self.people["di"] = person(instance, "coordinator", "Di Tête")


@pytest.fixture
def place(own_paris: Instance, browser: Browser) -> Iterator[Any]:
    with serving(own_paris) as address, closing(Crew(own_paris, browser, address)) as place:
        yield place


def look(page: Page, name: str) -> None:
    """Nothing stands in the way of anybody, nothing moves sideways, no word leaves its picture."""
    unfold(page)
    assert violations(page) == "", name
    assert page.evaluate(SIDEWAYS) <= 0, name
    assert page.evaluate(OUTSIDE) == [], name
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}-dark.png"), full_page=True)
        page.emulate_media(color_scheme="light")
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(
    ("lang", "size"),
    [("fr", PHONE), pytest.param("en", DESKTOP, marks=pytest.mark.long)],  # French is longer, a phone is narrower
    ids=["fr-phone", "en-desktop"],
)
def test_a_pilot_is_counted_judged_and_decided(place: Crew, lang: str, size: dict[str, int]) -> None:
    words, home, shot = WORDS[lang], f"{place.address}/{lang}/paris", f"{lang}-{size['width']}"
    ana, head, di = (place.enter(name, size) for name in ("ana", "head", "di"))

    # Ana says what is counted, and enters last month's number from her start page.
    ana.goto(f"{home}/team/indicators")
    look(ana, f"indicators-empty-{shot}")
    follow(ana, words["add"])
    unfold(ana)
    ana.locator('[id="text.fr.title"]').fill("Professionnels formés")
    ana.locator('[id="text.en.title"]').fill("Professionals trained")
    ana.locator('[id="text.fr.counted"]').fill("Chaque personne une fois.")
    assert not ana.evaluate("document.querySelector('main form').checkValidity()"), "the marked choices are asked for"
    for name in ("people", "more", "month"):
        ana.get_by_label(words[name], exact=True).check()
    press(ana, words["save"])
    look(ana, f"indicator-{shot}")
    ana.goto(f"{place.address}/{lang}/start")
    with ana.expect_navigation():
        ana.locator('.waiting a[href$="/team/indicators/values"]').first.click()
    look(ana, f"values-{shot}")
    ana.locator('input[inputmode="decimal"]').fill("douze")
    ana.locator('input[name$=".source"]').fill("Feuilles de présence")
    press(ana, words["save"])
    look(ana, f"values-refused-{shot}")
    ana.locator('input[inputmode="decimal"]').fill("12")
    press(ana, words["save"])
    look(ana, f"indicators-{shot}")

    # The head publishes both.
    head.goto(ana.url.partition("?")[0])
    follow(head, "Professionnels formés" if lang == "fr" else "Professionals trained")
    follow(head, words["publish"])
    look(head, f"publish-{shot}")
    press(head, words["publish"])
    reader = place.enter("bo", size)
    reader.goto(f"{home}/indicators")
    look(reader, f"public-indicators-{shot}")

    # Ana writes the criteria, the head fixes them.
    ana.goto(f"{home}/team/evaluations")
    follow(ana, words["begin"])
    look(ana, f"evaluation-form-{shot}")  # unfolds it, too
    ana.locator('[id="text.fr.title"]').fill("Évaluation du pilote")
    ana.locator('[id="text.en.title"]').fill("Evaluation of the pilot year")
    ana.locator("#since").fill("2026-01")
    ana.locator("#until").fill("2026-10")
    for button in ("criteria", "judges", "judges"):
        ana.locator(f'button[value="more:{button}"]').click()
    unfold(ana)
    ana.locator('[id="criteria[0].question.fr"]').fill("Les secteurs se forment-ils ensemble ?")
    ana.locator('[id="criteria[0].met.fr"]').fill("Dix personnes par mois.")
    ana.locator('input[name="criteria[0].indicators"]').check()
    ana.locator('[id="judges[0].standpoint"]').select_option("self")
    ana.locator('[id="judges[0].role.fr"]').fill("Le secrétariat du groupe")
    ana.locator('[id="judges[1].standpoint"]').select_option("external")
    ana.locator('[id="judges[1].role.fr"]').fill("Un centre de recherche")
    ana.locator('select[name="original"]').select_option("fr")
    press(ana, words["save"])
    look(ana, f"evaluation-{shot}")
    here = ana.url.partition("?")[0]
    head.goto(here)
    follow(head, words["run"])
    look(head, f"run-{shot}")
    press(head, words["run"])

    # Answers of one judge are written down; why the other view has none.
    follow(head, words["answers"])
    look(head, f"judges-{shot}")
    with head.expect_navigation():
        head.locator('a[href$="?judge=j1"]').click()
    look(head, f"judge-{shot}")
    head.get_by_label(words["met"], exact=True).check()
    head.locator("#source").fill("Lettre du 2 novembre")
    head.locator(f'[id="answers[0].reason.{lang}"]').fill("Douze personnes.")
    press(head, words["save"])
    with head.expect_navigation():
        head.locator('a[href$="?missing=external"]').click()
    head.locator(f'[id="answers[0].reason.{lang}"]').fill("Réponse attendue en janvier.")
    look(head, f"missing-{shot}")
    press(head, words["save"])
    head.goto(here)
    follow(head, words["close"])
    press(head, words["close"])

    # The head writes the decision down, Di publishes it.
    follow(head, words["decide"])
    look(head, f"decide-{shot}")
    head.locator('input[name="outcome"][value="extend"]').check()
    head.locator(f'[id="reason.{lang}"]').fill("Les secteurs se forment ensemble.")
    head.locator(f'[id="decided_by.{lang}"]').fill("Le groupe de travail, réunion plénière")
    head.locator("#on").fill((now() - timedelta(hours=26)).date().isoformat())
    press(head, words["decide"])
    assert head.locator(".error-summary").count() == 1  # before the criteria were fixed
    head.locator("#on").fill(today().isoformat())
    press(head, words["decide"])
    look(head, f"decided-{shot}")
    di.goto(here)
    follow(di, words["out"])
    look(di, f"out-{shot}")
    press(di, words["out"])
    reader.goto(f"{home}/evaluation")
    look(reader, f"report-{shot}")
    assert reader.locator(".verdict").first.inner_text().startswith(words["extend"])
    reader.goto(f"{home}/group")
    assert words["extend"] in reader.locator("#pilot + p").inner_text()


VALUES = {f"2030-{month:02}": value for month, value in enumerate((3, 9, 18, 22, 0, 31, 44, 8, 52, 61, 70, 68), 1)}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_a_year_of_figures_is_drawn_for_everyone(place: Crew, lang: str, size: dict[str, int]) -> None:
    paris = place.instance
    long = "Professionnels des secteurs de la justice, de la santé et de l’éducation formés ensemble pendant l’année"
    text = {"fr": TRAINED["text"]["fr"] | {"title": long}}
    one = released(paris, TRAINED | {"text": text}, VALUES)
    other = counted(paris, TRAINED | {"counts": "other", "rhythm": "quarter", "baseline": None, "adds_up": False})
    for period, value in (("2030-Q1", -1234567.5), ("2030-Q2", 0.25), ("2030-Q3", 1e9)):
        enter(paris, other, period, value)
    release(paris, other)
    body = REPORT | {"criteria": [{**REPORT["criteria"][0], "indicators": [one, other]}, REPORT["criteria"][1]]}
    decided(paris, body, one, other)
    reader = place.enter("bo", size)
    for path in ("indicators", "evaluation"):
        reader.goto(f"{place.address}/{lang}/paris/{path}")
        look(reader, f"year-{path}-{lang}-{size['width']}")
    assert reader.locator("figure.chart .band").count() >= 1
    if SHOTS and size == DESKTOP:
        reader.pdf(path=str(Path(SHOTS) / f"report-{lang}.pdf"))

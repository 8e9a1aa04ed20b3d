"""What follows from a decision: where it is forwarded, the procedure, the action, the judgement on the pilot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.core.days import today
from tests.core.web.seen import unfold
from tests.journeys.deliberating import HOSPITALS, SCHOOLS, choose, fill, open_, send, text_of, where
from tests.journeys.deliberation_words import READ, SAID

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.deliberating import Circle


def forward(circle: Circle, head: Page, improvement: str) -> None:
    head.goto(f"{improvement}/positions")
    open_(head, "/forward?then=positions")
    choose(head, to="plenary", result="adopted")
    fill(head, day=today().isoformat(), votes_for="210", votes_against="3", abstentions="11", code="CONF/PLE(2025)REC2")
    circle.look(head, "forward")
    send(head, "/forward")
    assert "CONF/PLE(2025)REC2" in text_of(head)


def agree_on_a_procedure(circle: Circle, ana: Page, head: Page, rep: Page) -> None:
    """Drawn up, proposed, endorsed by each body for itself, and declared applied by each."""
    said, lang = SAID[circle.lang], circle.lang
    ana.goto(f"{circle.place}/team/procedures")
    open_(ana, "/procedures/new")
    if lang != "fr":
        ana.locator('main [name="original"]').select_option(lang)
    fill(ana, **{f"text.{lang}.title": said["procedure"], f"text.{lang}.purpose": said["proposal"]})
    for number, key in enumerate((HOSPITALS, SCHOOLS)):
        ana.locator(f'main [name="parties[{number}].who"]').select_option(f"body {key}")
    fill(ana, **{f"steps[0].title.{lang}": said["action"]})
    ana.locator('main [name="steps[0].who"]').select_option("sector health")
    ana.locator('main [name="steps[0].end"]').check()
    circle.look(ana, "procedure-form")
    with ana.expect_navigation():
        ana.locator('main button[value="save"]:visible, main .save-bar button:visible').last.click()
    procedure = where(ana)
    circle.look(ana, "procedure-draft")

    head.goto(procedure)
    open_(head, "/propose")
    choose(head, nobody="yes", no_case="yes")
    circle.look(head, "procedure-propose")
    send(head, "/propose")
    rep.goto(procedure)
    open_(rep, "/endorse")
    circle.look(rep, "procedure-endorse")
    send(rep, "/endorse")
    letter = {"fr": "Lettre n° 20 du 5 janvier 2025", "en": "Letter no. 20 of 5 January 2025"}[lang]
    say_for(circle, head, procedure, "endorse", SCHOOLS, letter)
    rep.goto(procedure)
    open_(rep, "/apply")
    fill(rep, source=letter)
    send(rep, "/apply")
    say_for(circle, head, procedure, "apply", SCHOOLS, letter)
    circle.look(head, "procedure-applied")


def say_for(circle: Circle, head: Page, procedure: str, what: str, key: str, source: str) -> None:
    """Write down what a body said in a letter."""
    head.goto(procedure)
    open_(head, f"/{what}")
    choice = head.locator(f'main input[type=radio][value="{circle.id_of(key)}"], main input[type=radio][value="{key}"]')
    if choice.count():
        choice.check()
    fill(head, day=today().isoformat(), source=source)
    circle.look(head, f"procedure-{what}-letter")
    send(head, f"/{what}")


def act(circle: Circle, head: Page, rep: Page, improvement: str) -> None:
    """An action follows; the body that has it tells that it is done; the improvement is completed."""
    said = SAID[circle.lang]
    head.goto(f"{improvement}/actions")
    open_(head, "/actions/new")
    fill(head, what=said["action"], due_on=(today() + timedelta(days=3)).isoformat())
    head.locator("main select[name=stakeholder]").select_option(circle.id_of(HOSPITALS))
    circle.look(head, "action-form")
    send(head, "/actions/new")
    rep.goto(f"{circle.address}/{circle.lang}/start")
    with rep.expect_navigation():
        rep.locator('.waiting a[href$="/actions/1"]').click()
    choose(rep, progress="done")
    fill(rep, note=said["done"])
    circle.look(rep, "action-report")
    send(rep, "/actions/1")
    head.goto(f"{improvement}/actions")
    open_(head, "/complete")
    send(head, "/complete")
    circle.look(head, "actions-completed")


def judge_the_pilot(circle: Circle, ana: Page, head: Page) -> None:
    """An indicator is counted, a criterion rests on it, both views are heard, and another coordinator publishes."""
    lang, di = circle.lang, circle.member("coordinator", "Di Tête")
    ana.goto(f"{circle.place}/team/indicators")
    open_(ana, "/indicators/new")
    for code in ("fr", "en"):
        fill(ana, **{f"text.{code}.title": SAID[code]["indicator"]})
    fill(ana, **{f"text.{lang}.counted": {"fr": "Chaque personne une fois.", "en": "Each person once."}[lang]})
    choose(ana, counts="people", direction="more", rhythm="month")
    circle.look(ana, "indicator-form")
    send(ana, "/indicators/new")
    ana.goto(f"{circle.place}/team/indicators/values")
    ana.locator('main input[inputmode="decimal"]').fill("12")
    ana.locator('main input[name$=".source"]').fill({"fr": "Feuilles de présence", "en": "Sheets"}[lang])
    circle.look(ana, "values")
    send(ana, "/values")
    head.goto(f"{circle.place}/team/indicators")
    with head.expect_navigation():
        head.get_by_role("link", name=SAID[lang]["indicator"]).first.click()
    open_(head, "/publish")
    send(head, "/publish")

    ana.goto(f"{circle.place}/team/evaluations")
    open_(ana, "/evaluations/new")
    fill(ana, **{f"text.{code}.title": READ[code]["pilot"] for code in ("fr", "en")}, since="2026-01", until="2026-06")
    question = {"fr": "Les secteurs se forment-ils ensemble ?", "en": "Do sectors train together?"}[lang]
    met = {"fr": "Dix personnes par mois.", "en": "Ten people a month."}[lang]
    fill(ana, **{f"criteria[0].question.{lang}": question, f"criteria[0].met.{lang}": met})
    unfold(ana)
    ana.locator('main input[name="criteria[0].indicators"]').check()
    for number, (standpoint, role) in enumerate((("self", "Secrétariat"), ("external", "Centre de recherche"))):
        fill(ana, **{f"judges[{number}].role.{lang}": role})
        choose(ana, **{f"judges[{number}].standpoint": standpoint})
    ana.locator('main [name="original"]').select_option(lang)
    circle.look(ana, "evaluation-form")
    send(ana, "/evaluations/new")
    evaluation = where(ana)
    head.goto(evaluation)
    open_(head, "/run")
    send(head, "/run")
    for judge in ("j1", "j2"):
        head.goto(f"{evaluation}/judge?judge={judge}")
        choose(head, **{"answers[0].answer": "met"})
        fill(head, **{"source": "Lettre n° 30", f"answers[0].reason.{lang}": READ[lang]["twelve"]})
        circle.look(head, "judge")
        send(head, "/judge")
    head.goto(evaluation)
    open_(head, "/close")
    send(head, "/close")
    open_(head, "/decide")
    choose(head, outcome="extend")
    fill(head, **{f"reason.{lang}": READ[lang]["twelve"], f"decided_by.{lang}": READ[lang]["the group"]})
    fill(head, on=today().isoformat())
    circle.look(head, "pilot-decide")
    send(head, "/decide")
    di.goto(evaluation)
    open_(di, "/publish")
    send(di, "/publish")
    circle.look(di, "pilot-published")

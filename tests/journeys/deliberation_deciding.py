"""A group decides: who is asked, how each answers, at which meeting, by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.core.days import today
from tests.core.web.seen import unfold
from tests.journeys.deliberating import (
    ASSOCIATION,
    COURT,
    DESK,
    HOSPITALS,
    SCHOOLS,
    choose,
    fill,
    open_,
    press,
    send,
    text_of,
    where,
)
from tests.journeys.deliberation_words import READ, REASONS, SAID

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.deliberating import Circle


def ask(circle: Circle, head: Page, improvement: str) -> None:
    head.goto(improvement)
    open_(head, "/call")
    circle.look(head, "call")
    send(head, "/call")
    circle.look(head, "called")


def answer_for_the_hospitals(circle: Circle, rep: Page, choice: str, reason: str, *, named: bool) -> None:
    """From the start page: one link, three questions on a page, one button."""
    rep.goto(f"{circle.address}/{circle.lang}/start")
    circle.look(rep, "start-representative")
    with rep.expect_navigation():
        rep.locator('.waiting a[href$="/position"]').click()
    assert rep.locator("main form .field").count() == 3
    circle.look(rep, "position")
    choose(rep, choice=choice)
    fill(rep, reason=reason)
    if named:
        choose(rep, named="yes")
    else:
        rep.locator("input[name=named]").uncheck()
    send(rep, "/position")
    assert reason in text_of(rep)
    circle.look(rep, "position-given")


def answer_for_the_others(circle: Circle, dan: Page, improvement: str) -> None:
    """The association by a link sent by e-mail, once; the court and the schools by letters on record."""
    link = circle.mailed(DESK, "position")
    guest = circle.window()
    guest.goto(link)
    assert guest.locator("html").get_attribute("lang") == "fr"  # the region's first language: nobody knows theirs
    circle.look(guest, "mailed-position")
    guest.goto(link.replace(f"{circle.address}/fr/", f"{circle.address}/{circle.lang}/"))
    choose(guest, choice="support", named="yes")
    with guest.expect_navigation():
        guest.locator("main form button").click()
    circle.look(guest, "mailed-position-given")
    guest.goto(link)
    assert "a déjà servi" in text_of(guest)
    guest.context.close()

    for key, choice in ((COURT, "no-position"), (SCHOOLS, "support")):
        dan.goto(f"{improvement}/positions")
        with dan.expect_navigation():
            dan.locator(f'main a[href$="/record-position?stakeholder={circle.id_of(key)}"]').click()
        choose(dan, choice=choice, how="letter")
        fill(
            dan,
            reason={"fr": "Dit dans sa lettre.", "en": "Said in its letter."}[circle.lang],
            source="Lettre n° 14",
            on=today().isoformat(),
        )
        circle.look(dan, "letter")
        send(dan, "/record-position")
    circle.look(dan, "positions")


def meet(circle: Circle, ana: Page, head: Page, rep: Page) -> str:
    """A meeting from its day to the end: planned, announced, answered, noted."""
    said, lang = SAID[circle.lang], circle.lang
    meeting = plan(circle, ana, said["meeting"], purpose=said["purpose"])
    circle.look(ana, "meeting-planned")
    send(ana, "/propose")
    circle.look(ana, "agenda")
    send(ana, "/agenda")
    assert said["title"] in text_of(ana, "#agenda ~ *")
    head.goto(meeting)
    open_(head, "/announce")
    circle.look(head, "announce")
    send(head, "/announce")
    circle.look(head, "announced")
    assert circle.post.mail_to("remi@school.example")

    rep.goto(meeting)
    choose(rep, answer="comes")
    fill(rep, who={"fr": "médecin légiste", "en": "forensic doctor"}[lang])
    circle.look(rep, "meeting-answer")
    send(rep, "/answer")

    head.goto(meeting)
    open_(head, "/hold")
    send(head, "/hold")
    ana.goto(f"{meeting}/notes")
    for key in (HOSPITALS, ASSOCIATION, SCHOOLS):
        hidden = ana.locator(f'main input[value="{key}"], main input[value="{circle.id_of(key)}"]').first
        row = str(hidden.get_attribute("name")).removesuffix(".organisation")
        ana.locator(f'main [name="{row}.here"]').check()
    fill(ana, **{f"text.{lang}.found": said["observed"], f"outcomes[0].text.{lang}": said["outcome"]})
    circle.look(ana, "notes")
    send(ana, "/notes")
    circle.look(ana, "meeting-noted")
    return meeting


def plan(circle: Circle, ana: Page, title: str, purpose: str = "") -> str:
    ana.goto(f"{circle.place}/team/meetings")
    open_(ana, "/meetings/new")
    choose(ana, kind="working")
    unfold(ana)
    fill(ana, day=today().isoformat(), starts="09:00", ends="11:00", place="55 avenue Kléber, Paris")
    fill(ana, **{f"text.{circle.lang}.title": title, f"text.{circle.lang}.purpose": purpose})
    for key in (HOSPITALS, ASSOCIATION, COURT, SCHOOLS):
        choose(ana, organisations=key)
    circle.look(ana, "meeting-form")
    send(ana, "/meetings/new")
    return where(ana)


def not_without_a_quorum(circle: Circle, head: Page, improvement: str) -> None:
    """With one body there, nothing can be decided, and the page says what is missing."""
    read = READ[circle.lang]
    head.goto(f"{improvement}/decide")
    for box in head.locator("main input[type=checkbox][name=present]").all():
        box.set_checked(box.get_attribute("value") == circle.id_of(HOSPITALS))
    press(head, read["work out"])
    told = text_of(head)
    assert read["no quorum"] in told
    assert read["too few sectors"] in told
    assert read["no association"] in told
    assert head.locator('main form[method=post] input[name=verdict][value="adopted"]').count() == 0
    circle.look(head, "decide-no-quorum")


def decide(circle: Circle, head: Page, improvement: str, verdict: str, meeting: str = "") -> None:
    """What the rule makes of the positions is explained, and written down with reasons for the public."""
    read = READ[circle.lang]
    if meeting:
        head.goto(meeting)
        with head.expect_navigation():
            head.locator(f'main a[href*="/decide?meeting={meeting.rpartition("/")[2]}"]').click()
        there = head.locator("main input[type=checkbox][name=present]:checked")
        assert {box.get_attribute("value") for box in there.all()} == {
            circle.id_of(key) for key in (HOSPITALS, ASSOCIATION, SCHOOLS)
        }
    else:
        head.goto(f"{improvement}/decide")
    assert text_of(head, ".verdict").casefold() == read[verdict]
    assert read["consensus"][verdict] in text_of(head, ".reasoning")
    fill(head, **{f"reasons.{code}": REASONS[verdict][code] for code in ("fr", "en")})
    circle.look(head, f"decide-{verdict}")
    send(head, "/decide")
    assert REASONS[verdict][circle.lang] in text_of(head)
    circle.look(head, f"decided-{verdict}")


def approve_the_minutes(circle: Circle, ana: Page, head: Page, meeting: str) -> None:
    """They are drawn up of what was noted, and approved by the next meeting."""
    said = SAID[circle.lang]
    ana.goto(meeting)
    open_(ana, "/draft")
    send(ana, "/draft")
    open_(ana, "/minutes")
    told = text_of(ana, "body")
    assert said["outcome"] in told
    assert said["title"] in told
    circle.look(ana, "minutes")
    later = plan(circle, ana, said["next meeting"])
    head.goto(later)
    open_(head, "/hold")
    send(head, "/hold")
    head.goto(meeting)
    open_(head, "/approve")
    head.locator("main select[name=meeting]").select_option(later.rpartition("/")[2])
    fill(head, group=said["group"])
    circle.look(head, "approve")
    send(head, "/approve")
    assert said["group"] in text_of(head)
    open_(head, "/show-minutes")
    fill(head, said=said["group"])
    send(head, "/show-minutes")
    circle.look(head, "meeting-approved")

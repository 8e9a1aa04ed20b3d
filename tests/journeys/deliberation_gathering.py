"""A group comes together: what its members observe, what they propose, who takes part, what they say of it."""

from __future__ import annotations

from datetime import timedelta
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
    send,
    text_of,
    where,
)
from tests.journeys.deliberation_words import READ, SAID

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.deliberating import Circle


def share_a_finding(circle: Circle, ana: Page, head: Page) -> str:
    """Ana writes it down with what shows it; it names a body, which is offered to reply before the group reads it."""
    said, lang = SAID[circle.lang], circle.lang
    ana.goto(f"{circle.place}/team/findings")
    open_(ana, "/findings/new")
    fill(ana, **{f"text.{lang}.title": said["finding"], f"text.{lang}.observed": said["observed"]})
    for sector in ("courts", "education"):
        choose(ana, sectors=sector)
    unfold(ana)
    choose(ana, organisations=SCHOOLS)
    fill(ana, **{f"evidence[0].text.{lang}": said["evidence"]})
    circle.look(ana, "finding-form")
    send(ana, "/findings/new")
    finding = where(ana)
    circle.look(ana, "finding-draft")

    head.goto(finding)
    open_(head, "/share")
    assert said["not offered"] in text_of(head)
    assert head.locator('form[action$="/share"]').count() == 0
    circle.look(head, "share-not-yet")
    with head.expect_navigation():
        head.locator('main a[href*="/offer?body="]').click()
    fill(head, on=today().isoformat(), how={"fr": "Lettre au cabinet", "en": "Letter to its office"}[lang])
    circle.look(head, "offer")
    send(head, "/offer")
    open_(head, "/reply")
    fill(head, **{f"reply.{lang}": said["reply"], "on": today().isoformat()})
    send(head, "/reply")
    open_(head, "/share")
    send(head, "/share")
    assert said["reply"] in text_of(head)
    circle.look(head, "finding-shared")
    return finding


def propose_what_answers_it(circle: Circle, ana: Page, head: Page, finding: str) -> str:
    said, lang = SAID[circle.lang], circle.lang
    ana.goto(finding)
    with ana.expect_navigation():
        ana.locator('main a[href*="/improvements/new?finding="]').click()
    fill(ana, **{f"text.{lang}.title": said["title"], f"text.{lang}.proposal": said["proposal"]})
    choose(ana, sectors="courts")
    choose(ana, sectors="education")
    circle.look(ana, "improvement-form")
    send(ana, "/improvements/new")
    improvement = where(ana)
    assert said["finding"] in text_of(ana)
    head.goto(improvement)
    open_(head, "/discuss")
    send(head, "/discuss")
    circle.look(head, "improvement-discussed")
    return improvement


def bring_four_bodies_together(circle: Circle, head: Page) -> Page:
    """Each says itself that it takes part: by an account, by a link sent by e-mail, by letters that are recorded."""
    said = SAID[circle.lang]
    rep = circle.invite(head, "remi", "representative", circle.id_of(HOSPITALS))
    head.goto(circle.entry(HOSPITALS))
    open_(head, "/invite")
    choose(head, way="representatives")
    send(head, "/invite")
    rep.goto(f"{circle.place}/team/organisation")
    circle.look(rep, "organisation-invited")
    open_(rep, "/accept")
    fill(
        rep,
        **{f"mandate.{circle.lang}": said["mandate"]},
        source={"fr": "Lettre n° 3", "en": "Letter no. 3"}[circle.lang],
    )
    circle.look(rep, "take-part")
    send(rep, "/accept")

    head.goto(f"{circle.entry(ASSOCIATION)}/contacts")
    place = "contacts[0]"
    fill(
        head,
        **{
            f"{place}.purpose.fr": "Secrétariat",
            f"{place}.address": DESK,
            f"{place}.source": "https://association.example",
            f"{place}.review_on": (today() + timedelta(days=300)).isoformat(),
        },
    )
    send(head, "/contacts")
    head.goto(f"{circle.entry(ASSOCIATION)}/invite")
    choose(head, way=DESK)
    circle.look(head, "invite")
    send(head, "/invite")
    guest = circle.window()
    guest.goto(circle.mailed(DESK, "take-part"))
    circle.look(guest, "invitation")
    choose(guest, answer="accept")
    fill(
        guest, **{f"mandate.{circle.lang}": said["mandate"]}, since="2024-09", source="Délibération du 3 septembre 2024"
    )
    with guest.expect_navigation():
        guest.locator("main form button").click()
    circle.look(guest, "invitation-answered")
    guest.context.close()

    for key in (COURT, SCHOOLS):
        head.goto(f"{circle.entry(key)}/invite")
        choose(head, way="elsewhere")
        send(head, "/invite")
        head.goto(f"{circle.entry(key)}/relation")
        choose(head, relation="taking-part")
        fill(head, since="2024-10", source="Lettre n° 12 d’octobre 2024", **{f"mandate.{circle.lang}": said["mandate"]})
        send(head, "/relation")
    head.goto(f"{circle.place}/team/taking-part")
    told = text_of(head, "main table")
    assert told.count(READ[circle.lang]["taking part"]) == 4
    assert READ[circle.lang]["no answer yet"] not in told
    circle.look(head, "taking-part")
    return rep


def talk(circle: Circle, rep: Page, improvement: str) -> None:
    rep.goto(improvement)
    open_(rep, "/discussion")
    circle.look(rep, "discussion")
    fill(rep, text=SAID[circle.lang]["comment"])
    send(rep, "/discussion")
    assert SAID[circle.lang]["comment"] in text_of(rep)
    circle.look(rep, "comment")


def amend(circle: Circle, rep: Page, head: Page, improvement: str) -> None:
    """What was not adopted is taken up again; who objected proposes another text, which is accepted with a reason."""
    said = SAID[circle.lang]
    head.goto(improvement)
    open_(head, "/reconsider")
    circle.look(head, "reconsider")
    send(head, "/reconsider")
    rep.goto(improvement)
    open_(rep, "/amendments")
    open_(rep, "/amendments/new")
    fill(rep, **{"text.proposal": said["amended"]}, why=said["why"])
    circle.look(rep, "amendment-form")
    send(rep, "/amendments/new")
    circle.look(rep, "amendment")
    head.goto(f"{circle.address}/{circle.lang}/start")
    circle.look(head, "start-coordinator")
    with head.expect_navigation():
        head.locator('.waiting a[href$="/amendments/1"]').click()
    open_(head, "/accept")
    fill(head, reason=said["accepted because"])
    circle.look(head, "accept-amendment")
    send(head, "/accept")
    assert said["accepted because"] in text_of(head)

"""A meeting is planned, announced, answered on a phone, noted, approved and printed, in browsers, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lanzarote.meetings import writing
from lanzarote.records.records import now

from tests.core.conftest import serving
from tests.core.days import today
from tests.core.meetings import keeping
from tests.core.meetings.keeping import finding, improvement, was_held
from tests.core.practices.assessments import person
from tests.core.practices.test_assessing_browser import DESKTOP, PHONE, Place, closing
from tests.core.web.seen import BOTH_LANGUAGES, SHOTS, follow, look, press
from tests.core.web.words import InBoth

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from playwright.sync_api import Browser, Page

WORDS = InBoth(
    {
        "plan": "Plan a meeting",
        "save": "Save",
        "kind": "Working meeting",
        "open": "Add what is open",
        "announce": "Announce the meeting and invite",
        "comes": "comes",
        "answer": "Save the answer",
        "held": "Record as held",
        "draft": "Draw up the minutes",
        "approve": "Record the approval of the minutes",
        "make": "Make an address",
    },
)


@pytest.fixture
def place(own_paris: Instance, browser: Browser) -> Iterator[Place]:
    with serving(own_paris) as address, closing(Place(own_paris, browser, address)) as place:
        aphp = next(one.id for one in own_paris.directory("paris") if one.key == "aphp")
        place.people["rep"] = person(own_paris, "representative", "Rémi Voix", organisation=aphp)
        yield place


def printed(page: Page, name: str, signatures: int) -> None:
    """On paper there is what is to be signed, and nothing of the site."""
    page.emulate_media(media="print")
    assert page.locator(".signature").count() == signatures
    assert page.locator(".signature").first.is_visible()
    assert not page.locator(".team-places").is_visible()
    assert not page.get_by_role("button").count()
    if SHOTS:
        page.pdf(path=str(Path(SHOTS) / f"{name}.pdf"), prefer_css_page_size=True)
    page.emulate_media(media="screen")


def test_the_first_point_of_an_agenda_has_nothing_to_be_moved_over(place: Place) -> None:
    ana = place.enter("ana", DESKTOP)
    ana.goto(f"{place.address}/fr/paris/team/meetings/{keeping.planned(place.instance)}/agenda")
    offered = ana.locator('button[value^="up:"]').filter(visible=True)
    for count in (0, 1, 2):
        ana.locator('button[value="more:agenda"]').click()
        assert offered.count() == count
    ana.locator('button[value^="less:"]').first.click()
    assert offered.count() == 1


@pytest.mark.parametrize(
    ("lang", "size"),
    [("fr", DESKTOP), pytest.param("en", PHONE, marks=pytest.mark.long)],
    ids=["desktop-fr", "phone-en"],
)
def test_a_meeting_from_the_first_word_to_the_signature(place: Place, lang: str, size: dict[str, int]) -> None:
    words, team, shot = WORDS[lang], f"{place.address}/{lang}/paris/team/meetings", f"{lang}-{size['width']}"
    finding(place.instance, "Les services s’écrivent trop tard")
    improvement(place.instance, "Un protocole entre école et parquet", "called", today() + timedelta(days=20))
    ana, head, rep = (place.enter(name, size) for name in ("ana", "head", "rep"))

    ana.goto(team)
    look(ana, f"list-{shot}")
    follow(ana, words["plan"])
    ana.get_by_label(words["kind"]).check()
    ana.locator(f'input[name="text.{lang}.title"]').fill("École et justice")
    ana.locator("input[name=day]").fill(today().isoformat())
    ana.locator("input[name=starts]").fill("14:00")
    ana.locator("input[name=ends]").fill("16:30")
    ana.locator("input[name=place]").fill("Conseil de l’Europe, 55 avenue Kléber")
    ana.locator("#organisations summary").click()
    ana.locator("input[name=organisations][value=aphp]").check()
    ana.locator("input[name=organisations][value=necker]").check()
    look(ana, f"edit-{shot}")
    press(ana, words["save"])
    press(ana, words["open"])
    look(ana, f"agenda-{shot}")
    press(ana, words["save"])
    one = ana.url.partition("?")[0]
    look(ana, f"planned-{shot}")

    head.goto(f"{one}/announce")
    look(head, f"announce-{shot}")
    press(head, words["announce"])
    look(head, f"announced-{shot}")

    rep.goto(f"{place.address}/{lang}/start")
    look(rep, f"start-{shot}")
    rep.goto(one)
    look(rep, f"answer-{shot}")
    rep.get_by_label(words["comes"], exact=True).check()
    rep.locator("input[name=who]").fill("médecin légiste")
    press(rep, words["answer"])
    assert rep.get_by_text("médecin légiste").count()

    for name, signatures in (("sheet", 2), ("letters", 1)):
        ana.goto(f"{one}/{name}")
        look(ana, f"{name}-{shot}")
        printed(ana, f"{name}-{shot}", signatures)

    ana.goto(f"{one}/notes")
    ana.locator('input[name="present[500].here"]').check()
    ana.locator('input[name="present[500].roles"]').fill("médecin légiste")
    ana.locator(f'textarea[name="text.{lang}.found"]').fill("Les services s’écrivent trop tard.")
    ana.locator('button[value="more:outcomes"]').click()
    ana.locator(f'textarea[name="outcomes[0].text.{lang}"]').fill("Écrire un protocole.")
    look(ana, f"notes-{shot}")
    press(ana, words["save"])

    head.goto(f"{one}/hold")
    press(head, words["held"])
    ana.goto(f"{one}/draft")
    press(ana, words["draft"])
    ana.goto(f"{one}/minutes")
    look(ana, f"minutes-{shot}")
    printed(ana, f"minutes-{shot}", 2)
    ana.goto(f"{one}/write-minutes")
    look(ana, f"write-minutes-{shot}")

    later = was_held(place.instance, day=today().isoformat(), text={"fr": {"title": "La suivante"}})
    head.goto(f"{one}/approve")
    head.locator("select[name=meeting]").select_option(later)
    head.locator("input[name=group]").fill("les organisations présentes, par consensus")
    look(head, f"approve-{shot}")
    press(head, words["approve"])
    look(head, f"approved-{shot}")
    head.goto(f"{one}/mandate")
    look(head, f"mandate-{shot}")
    head.goto(f"{place.address}/{lang}/paris/team/mandates")
    look(head, f"mandates-{shot}")
    head.goto(f"{one}/versions")
    look(head, f"versions-{shot}")

    ana.goto(f"{place.address}/{lang}/account/calendars")
    with ana.expect_navigation():
        ana.get_by_role("button", name=words["make"]).click()
    look(ana, f"calendars-{shot}")


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_everybody_reads_of_a_seminar(place: Place, lang: str) -> None:
    paris = place.instance
    one = keeping.planned(
        paris,
        kind="seminar",
        day=(today() + timedelta(days=9)).isoformat(),
        text={"fr": {"title": "Séminaire", "purpose": "Comparer."}, "en": {"title": "Seminar", "purpose": "Compare."}},
        agenda=[{"title": {"fr": "Accueil", "en": "Welcome"}}],
    )
    keeping.announce(paris, one, today=today(), at=now())
    with keeping.held(paris, one) as (session, record):
        writing.publish(session, record, expected=record.version, by=keeping.HEAD, at=now())
        slug = record.slug
    for size in (DESKTOP, PHONE):
        page = place.enter("ana", size)
        page.context.clear_cookies()
        for path in ("meetings", f"meetings/{slug}", "group", "feeds"):
            page.goto(f"{place.address}/{lang}/paris/{path}")
            look(page, f"public-{path.replace('/', '-')[:12]}-{lang}-{size['width']}")

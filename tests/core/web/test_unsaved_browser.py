"""Typed text is not lost without a word: the browser asks before it is left, and going back makes nothing new."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lanzarote.accounts import sessions
from lanzarote.accounts.model import Account
from lanzarote.accounts.tokens import COOKIE
from lanzarote.records.records import Record, now
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import func, select

from tests.core.conftest import serving
from tests.core.practices.assessments import person
from tests.core.team_of_a_file import paris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance

__all__ = ["paris"]


@pytest.fixture
def team(paris: Instance, page: Page) -> Iterator[str]:
    """Address of the team's pages, for somebody who is signed in."""
    ana = person(paris, "contributor", "Ana Plume")
    with paris.database.write("-") as session:
        begun = sessions.begin(session, session.get_one(Account, ana.account_id), strong=True, device="", at=now())
    with serving(paris) as address:
        page.context.add_cookies([{"name": COOKIE, "value": begun.token, "url": address}])
        yield f"{address}/en/paris/team"


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the browser asked; it is answered that one stays."""
    said: list[str] = []

    def stay(dialog: Dialog) -> None:
        said.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return said


@pytest.mark.parametrize("room", ["improvements", "meetings", "indicators"])
def test_a_form_with_typed_text_is_not_left_without_a_word(page: Page, team: str, asked: list[str], room: str) -> None:
    page.goto(f"{team}/{room}/new")
    page.locator("main form[method=post] .buttons a").last.click()
    page.wait_for_url(re.compile(f"{team}/{room}/?$"))
    assert asked == []

    page.goto(f"{team}/{room}/new")
    page.locator("main textarea:visible, main input[type=text]:visible").first.press_sequentially("Un titre")
    page.locator("main form[method=post] .buttons a").last.click()
    expect(page.locator("main textarea:visible, main input[type=text]:visible").first).to_have_value("Un titre")
    assert asked == ["beforeunload"]


def test_what_was_sent_and_not_taken_is_kept_and_the_errors_have_the_focus(
    page: Page, team: str, asked: list[str]
) -> None:
    page.goto(f"{team}/meetings/new")
    page.get_by_label("Working meeting").check()
    page.locator("[name='text.en.title']").fill("School and courts")
    page.locator("[name='text.en.purpose']").fill("To work on it together.")
    page.locator("[name=day]").fill("1999-01-01")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("[data-status]")).to_have_text(re.compile(r"^Kept at \d\d:\d\d; not saved yet"))
    page.locator("main form[method=post] .buttons a").last.click()
    page.wait_for_url(re.compile(f"{team}/meetings/?$"))
    assert asked == []
    page.get_by_role("link", name="School and courts").or_(page.locator("a[href$='/meetings/new']")).first.click()
    expect(page.get_by_text("School and courts")).to_be_visible()


def test_a_page_that_is_loaded_again_has_what_was_typed(page: Page, team: str) -> None:
    page.goto(f"{team}/improvements/new")
    page.locator("[name='text.en.title']").fill("School and courts")
    expect(page.locator("[data-status]")).to_have_text(re.compile("^Kept at"), timeout=20_000)
    page.reload()
    expect(page.locator("[name='text.en.title']")).to_have_value("School and courts")


def test_one_page_names_everything_that_is_missing_and_nothing_is_cut(page: Page, team: str) -> None:
    page.goto(f"{team}/meetings/new")
    page.locator("[name='text.en.title']").focus()
    page.keyboard.insert_text("A" * 310)
    expect(page.locator(".too-long")).to_have_text("310 characters; the limit is 300.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[name='text.en.title']")).to_have_value("A" * 310)
    told = page.locator(".error-summary li").all_inner_texts()
    assert len(told) >= 2


def test_back_leads_to_the_record_that_was_made(page: Page, paris: Instance, team: str, asked: list[str]) -> None:
    def how_many() -> int:
        with paris.database.read("paris") as session:
            return session.scalar(select(func.count()).select_from(Record)) or 0

    before = how_many()
    page.goto(f"{team}/meetings/new")
    page.get_by_label("Working meeting").check()
    page.locator("[name='text.en.title']").fill("School and courts")
    page.locator("[name=day]").fill("2027-06-02")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile("done=saved"))
    page.go_back()
    expect(page.locator("[name='text.en.title']")).to_have_value("School and courts")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile("done=saved"))

    assert (how_many(), asked) == (before + 1, [])

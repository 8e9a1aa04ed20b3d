"""The pages of a transfer: from the button on the practice to the trail that everybody reads."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.records.records import now
from lanzarote.stakeholders import replies, senders
from lanzarote.transfers import elsewhere_pages as pages
from lanzarote.transfers.model import Elsewhere
from sqlalchemy import select

from tests.core.activity.conftest import asked
from tests.core.practices.signed_in import sign_in, site_of
from tests.core.quiet import QuietClient
from tests.core.transfers.people import Crew, person
from tests.core.transfers.travelling import (
    PARIS,
    adopted,
    begun,
    change_origin,
    origin_id,
    published,
    read,
    settle,
    slug_of,
    state,
    step,
)

if TYPE_CHECKING:
    from pathlib import Path

    from lanzarote.instance import Instance

TEAM = "/uk/second-region/team/transfers"


@pytest.fixture
def crew(both: Instance) -> Crew:
    pages.SENDERS.__init__()  # type: ignore[misc]
    # Nothing works in the background: what waits is done when a test says so.
    return Crew(both, QuietClient(create_app(both)))


def test_the_button_stands_where_somebody_works_elsewhere_and_nowhere_else(crew: Crew) -> None:
    path = f"/en/paris/practices/{slug_of(crew.instance)}"
    link = f'href="{TEAM}/new?from=paris%2F{slug_of(crew.instance)}"'
    assert link in crew.ana.get(path)
    assert link not in crew.public(path)
    assert link not in crew.writer.get(path)
    assert link not in crew.bo.get(path)  # who reviews does not write


def test_who_looks_for_a_practice_of_another_region_is_led_to_all_of_them(crew: Crew) -> None:
    there = crew.paris.get("/en/paris/team/transfers")
    assert 'href="/en/practices">Look for a practice' in there
    assert "no other region" not in there


def test_a_region_that_is_alone_on_its_site_is_told_so_and_not_sent_to_look_for_a_practice(own_paris: Instance) -> None:
    with site_of(own_paris) as client:
        alone = sign_in(own_paris, client, person(own_paris, "paris")).get("/en/paris/team/transfers")
    assert "There is no other region on this site yet." in alone
    assert "Look for a practice" not in alone


def test_it_is_proposed_once_and_found_again(crew: Crew) -> None:
    place = f"paris/{slug_of(crew.instance)}"
    page = crew.ana.get(f"{TEAM}/new?from={place}")
    assert "pilot not yet evaluated" in page
    first = crew.ana.post(f"{TEAM}/new", **form({"from": place}))
    assert first.endswith("?done=begun")
    again = crew.head.post(f"{TEAM}/new", **form({"from": place}))
    assert again == first.replace("?done=begun", "?done=known")
    assert first.partition("?")[0] in crew.head.get("/en/start")  # a coordinator decides
    assert first.partition("?")[0] not in crew.ana.get("/en/start")
    for strange in ("paris/nowhere", "second-region/yizhak-u-sudi", "nowhere/x", ""):
        crew.ana.get(f"{TEAM}/new?from={strange}", status=404)


def test_what_is_written_is_kept_and_compared_and_faults_are_shown_beside_it(crew: Crew) -> None:
    record_id = begun(crew.instance)
    here = f"{TEAM}/{record_id}"
    crew.ana.get(f"{here}/edit")
    answer = {"questions[0].answer.uk": "Маємо два роки.", "sectors[0].more": "sudy", "version": "1"}
    assert crew.ana.post(f"{here}/edit", **form(answer)).endswith("?done=saved")
    said = read(crew.instance, record_id)
    assert said.questions[0].answer == {"uk": "Маємо два роки."}
    assert said.sectors[0].here == ("sudy",)
    assert "<ins>" in crew.ana.get(f"{here}/versions")
    page = crew.ana.post(
        f"{here}/edit", status=400, **form({"changed.uk": "Пишіть lea.martin@gmail.com", "version": "2"})
    )
    assert "lea.martin@gmail.com" in page
    assert 'aria-invalid="true"' in page
    page = crew.ana.post(f"{here}/edit", status=409, **form({"changed.uk": "Нове.", "version": "1"}))
    assert "Нове." in page


def test_the_whole_way_on_pages_ends_on_both_practices(crew: Crew) -> None:
    both = crew.instance
    record_id = begun(both)
    here = f"{TEAM}/{record_id}"
    assert crew.head.post(f"{here}/take-up", version="1").endswith("?done=take-up")
    assert crew.head.post(f"{here}/adapt", version="1").endswith("?done=adapt")
    page = crew.head.post(f"{here}/pilot", status=400, version="1")
    assert "open" in page
    settle(both, record_id)
    crew.head.post(f"{here}/pilot", version="2")
    page = crew.head.get(here)
    practice = re.search(r'href="(/uk/second-region/team/practices/[^"]+)"', page)
    assert practice
    crew.head.get(practice[1])
    published(both, practice[1].rpartition("/")[2])
    assert crew.head.post(f"{here}/adopt", version="2").endswith("?done=adopt")
    trail = crew.public(f"/en/paris/practices/{slug_of(both)}/travels")
    for words in ("adopted", "Так робимо і тут.", "Pilot not yet evaluated"):
        assert words in trail
    assert "travels" in crew.public(f"/en/paris/practices/{slug_of(both)}")
    adapted_at = re.search(r'href="(/uk/second-region/practices/[^"]+)"', trail)
    assert adapted_at
    shown = crew.public(adapted_at[1])
    assert f"/practices/{slug_of(both)}" in shown
    assert "Paris" in crew.public(f"{adapted_at[1]}/travels")


def test_a_newer_origin_stands_on_the_start_page_with_what_changed(crew: Crew) -> None:
    both = crew.instance
    record_id, _ = adopted(both)
    here = f"{TEAM}/{record_id}"
    assert f"{here}/origin" not in crew.head.get("/en/start")
    newer = change_origin(both, "Le protocole a été revu.")
    assert f"{here}/origin" in crew.head.get("/en/start")
    assert f"{here}/origin" in crew.ana.get("/en/start")
    page = crew.ana.get(f"{here}/origin")
    assert "Le protocole a été revu." in page.partition("<ins>")[2]
    assert crew.ana.post(f"{here}/origin", seen=str(newer), version="2").endswith("?done=look")
    assert f"{here}/origin" not in crew.head.get("/en/start")
    both.worker.run_due()
    letters = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in mails(both)]
    [told] = [
        one for one in letters if "original of a practice that your region took up has changed" in one.get_content()
    ]
    assert str(told["To"]) == "head@team.example"


def test_what_is_but_proposed_is_nobody_elses_to_read(crew: Crew) -> None:
    both = crew.instance
    record_id = begun(both)
    trail = f"/en/paris/practices/{slug_of(both)}/travels"
    before = crew.public(trail)
    crew.public(f"{TEAM}/{record_id}", status=303)
    crew.paris.get(f"{TEAM}/{record_id}", status=403)
    assert "Вигаданий край" not in before
    step(both, record_id, "take_up")
    both.worker.run_due()
    assert "Вигаданий край" in crew.public(trail)  # kept pages are told of it, too


def test_somebody_without_a_platform_is_shown_once_confirmed_and_answered(crew: Crew) -> None:
    both = crew.instance
    path = f"/en/paris/practices/{slug_of(both)}"
    sent = {
        "place": "A town by the sea",
        "what": "The courts there let a dog wait with children.",
        "contact": "contact@town.example",
    }
    crew.public(f"{path}/elsewhere")
    assert send(crew, path, sent) == 303
    assert send(crew, path, sent) == 303  # twice is once
    assert "A town by the sea" not in crew.public(f"{path}/travels")
    assert "/en/paris/team/transfers/elsewhere" in crew.paris.get("/en/start")
    crew.writer.get("/en/paris/team/transfers/elsewhere", status=403)
    page = crew.paris.get("/en/paris/team/transfers/elsewhere")
    [which] = set(re.findall(r'name="which" value="([^"]+)"', page))
    assert "contact@town.example" not in page
    crew.paris.post("/en/paris/team/transfers/elsewhere", which=which, do="confirm")
    assert "A town by the sea" in crew.public(f"{path}/travels")
    with both.database.read(PARIS) as session:
        [row] = session.scalars(select(Elsewhere)).all()
        assert (row.state, row.contact) == ("confirmed", "")
    both.worker.run_due()
    [mail] = [file.read_text() for file in mails(both) if "town.example" in file.read_text()]
    assert "travels" in mail
    left = both.database.all_rows("SELECT payload FROM outbox")
    assert b"contact@town.example" not in b"".join(bytes(row[0]) for row in left)
    crew.paris.post("/en/paris/team/transfers/elsewhere", which=which, do="remove")
    assert "A town by the sea" not in crew.public(f"{path}/travels")


def test_what_is_not_confirmed_is_deleted_and_what_is_refused_is_kept_nowhere(crew: Crew) -> None:
    both = crew.instance
    path = f"/en/paris/practices/{slug_of(both)}"
    good = {"place": "A town by the sea", "what": "The courts there let a dog wait with children."}
    for bad in (
        good | {"what": "Write to lea.martin@gmail.com"},
        good | {"contact": "lea.martin@gmail.com"},
        good | {"place": ""},
        good | {"what": "x" * 4_001},
        good | {"source": "\u202eevil"},
    ):
        assert send(crew, path, bad) == 400
    assert send(crew, path, good | {"what": "My stepfather touches me at night, please help me"}) == 200
    with both.database.read(PARIS) as session:
        assert session.scalars(select(Elsewhere)).all() == []
    assert send(crew, path, good) == 303
    page = crew.paris.get("/en/paris/team/transfers/elsewhere")
    [which] = set(re.findall(r'name="which" value="([^"]+)"', page))
    crew.paris.post("/en/paris/team/transfers/elsewhere", which=which, do="refuse")
    with both.database.read(PARIS) as session:
        assert session.scalars(select(Elsewhere)).all() == []
    assert crew.paris.post("/en/paris/team/transfers/elsewhere", which=which, do="confirm").endswith("meanwhile")


def test_a_flood_is_stopped_and_loses_nothing(crew: Crew) -> None:
    path = f"/en/paris/practices/{slug_of(crew.instance)}"
    for number in range(senders.MOST_AN_HOUR):
        assert send(crew, path, {"place": f"Town {number}", "what": "They do it, too."}) == 303
    assert send(crew, path, {"place": "One more town", "what": "They do it, too."}) == 429
    found = crew.instance.database
    with found.write(PARIS) as session:
        for number in range(replies.MOST_AN_HOUR):
            row = Elsewhere(
                region_id=PARIS, record_id=origin_id(crew.instance), number=100 + number, place="x", organisation="",
                what="y", source="", lang="en", state="asked", at=now(), settled_at=None,
            )  # fmt: skip
            session.add(row)
    pages.SENDERS.__init__()  # type: ignore[misc]
    assert send(crew, path, {"place": "One more town", "what": "They do it, too."}) == 429


def test_pages_ask_as_often_for_many_as_for_one(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    both = crew.instance
    keys = ("school-tripartite-agreements", "uaped", "court-dogs", "salles-melanie", "stop-line", "nenuphar", "pare")
    begun(both, keys[0])
    step(both, begun(both, keys[1]), "take_up")
    paths = (TEAM, "/en/start", f"/en/paris/practices/{slug_of(both)}", f"/en/paris/practices/{slug_of(both)}/travels",
             "/api/v1/regions/second-region/transfers")  # fmt: skip

    def cost(path: str) -> int:
        return asked(both, monkeypatch, lambda: crew.head.get(path))

    both.worker.run_due()
    few = {path: cost(path) for path in paths}
    for key in keys[2:]:
        step(both, begun(both, key), "take_up")
    both.worker.run_due()
    assert {path: cost(path) for path in paths} == few


def form(fields: dict[str, str]) -> dict[str, Any]:
    """Fields whose names are no words of Python."""
    return fields


def mails(instance: Instance) -> list[Path]:
    return sorted((instance.settings.data / "mail").glob("*.eml"))


def send(crew: Crew, path: str, fields: dict[str, str]) -> int:
    headers = {"sec-fetch-site": "same-origin"}
    return int(crew.client.post(f"{path}/elsewhere", data=fields, headers=headers, follow_redirects=False).status_code)


def test_a_step_that_is_not_possible_any_more_leads_back(crew: Crew) -> None:
    record_id = begun(crew.instance)
    here = f"{TEAM}/{record_id}"
    crew.head.post(f"{here}/adopt", status=409, version="1")
    crew.head.get(f"{here}/adopt", status=409)
    crew.head.post(f"{here}/take-up", status=409, version="7")
    crew.ana.get(f"{here}/take-up", status=403)
    assert state(crew.instance, record_id) == "offered"
    crew.head.post(f"{here}/decline", status=400, version="1")
    assert crew.head.post(f"{here}/decline", version="1", **form({"reason.uk": "Немає коштів на це."})).endswith(
        "decline"
    )
    crew.head.post(f"{here}/erase", status=400, word="no", version="1")
    assert crew.head.post(f"{here}/erase", word="erase", version="1").endswith("/team/transfers?done=erase")
    crew.head.get(here, status=410)

"""The office's pages: enrolling by a compared fingerprint, taking files, what could not be taken, with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.results import enrolling
from lanzarote.results.model import Source

from tests.core.accounts.team import Browser, Team
from tests.core.results.two_places import PARIS, TwoPlaces

if TYPE_CHECKING:
    from lanzarote.instance import Instance

HERE = "/en/office/sources"
ONE = f"{HERE}/{PARIS}"


@pytest.fixture
def apart(paris_there: Instance, office: Instance) -> TwoPlaces:
    """Paris and an office that has not enrolled it."""
    return TwoPlaces(paris_there, office, enrolled=False)


def browser_at(instance: Instance, role: Any = "office", name: str = "office") -> Browser:
    app: Any = create_app(instance)
    team = Team(instance, app)
    return team.browser(team.person(name, Grant(role=role)), strong=True)


def upload(browser: Browser, path: str, files: dict[str, Any], **data: str) -> Any:
    answer = browser.client.post(
        path,
        data={"key": browser.key} | data,
        files={name: (f"{name}.bin", content) for name, content in files.items()},
        headers={"sec-fetch-site": "same-origin"},
        follow_redirects=False,
    )
    browser._look(answer)
    return answer


@pytest.mark.parametrize("how", ["file", "text"])
def test_a_region_is_enrolled_by_its_card_and_the_fingerprint_that_was_told(apart: TwoPlaces, how: str) -> None:
    office = browser_at(apart.office)
    assert "No region is enrolled yet." in office.get(HERE).text
    with apart.region.database.write(PARIS) as session:
        card = enrolling.card_of(session, apart.region.settings, PARIS, by="test", at=now())
    fingerprint = enrolling.read_card(card).public.fingerprint
    given = {"file": card} if how == "file" else {"file": b""}
    text = {} if how == "file" else {"card": card.decode()}
    wrong = upload(office, f"{HERE}/enrol", given, fingerprint="0000 " * 8, **text)
    assert wrong.status_code == 400
    assert "This is not the fingerprint of this card." in wrong.text
    assert office.get(ONE).status_code == 404
    typed = fingerprint.upper().replace(" ", "-")
    assert upload(office, f"{HERE}/enrol", given, fingerprint=typed, **text).status_code == 303
    page = office.get(ONE)
    assert "nothing received yet" in page.text
    assert fingerprint in page.text
    assert f'<span class="muted">{PARIS}</span>' in office.get(HERE).text  # beside its name, which others may have too


def test_what_is_no_card_is_refused_kindly(apart: TwoPlaces) -> None:
    office = browser_at(apart.office)
    office.get(HERE)
    for content in (b"", b"\xff\xfe", b"{}", b"hello", b"x" * 100_000):
        answer = upload(office, f"{HERE}/enrol", {"file": content}, fingerprint="0")
        assert answer.status_code == 400, content[:10]
    assert upload(office, f"{HERE}/enrol", {"file": b"x" * 1_000_000}).status_code == 413


def test_a_file_is_taken_once_whole_or_not_at_all(places: TwoPlaces) -> None:
    office = browser_at(places.office)
    places.publish("own-a", "First")
    office.get(HERE)
    data = places.export()
    cut = upload(office, f"{HERE}/receive", {"results": data[:-10]})
    assert cut.status_code == 422
    assert "This file is not whole, or holds no results." in cut.text
    assert places.there().seq == 0
    assert upload(office, f"{HERE}/receive", {"results": data}).status_code == 303
    assert upload(office, f"{HERE}/receive", {"results": data}).status_code == 303
    assert places.there() == places.head()
    page = office.get(ONE).text
    assert "received, complete, verified" in page
    assert "as a file" in page
    assert "received, complete, verified" in office.get(HERE).text
    nothing = upload(office, f"{HERE}/receive", {})
    assert nothing.status_code in (400, 415)


def test_a_region_is_paused_resumed_and_ended(places: TwoPlaces) -> None:
    office = browser_at(places.office)
    office.get(ONE)
    for step, state in (("pause", "paused"), ("resume", "enrolled"), ("end", "ended"), ("resume", "enrolled")):
        assert office.post(f"{ONE}/state", {"step": step}).status_code == 303
        with places.office.database.read(PARIS) as session:
            assert session.get_one(Source, PARIS).state == state
    assert office.post(f"{ONE}/state", {"step": "other"}).status_code == 200
    office.post(f"{ONE}/state", {"step": "pause"})
    refused = upload(office, f"{HERE}/receive", {"results": places.export()})
    assert refused.status_code == 422
    assert "This region is paused here." in refused.text


def test_a_key_is_revoked_with_a_reason_that_names_nobody(places: TwoPlaces) -> None:
    office = browser_at(places.office)
    office.get(ONE)
    key = places.card().public.id
    assert office.post(f"{ONE}/revoke", {"key_id": key, "reason": ""}).status_code == 400
    assert office.post(f"{ONE}/revoke", {"key_id": key, "reason": "Call 06 12 34 56 78"}).status_code == 400
    assert office.post(f"{ONE}/revoke", {"key_id": "0" * 64, "reason": "Lost"}).status_code == 404
    assert office.post(f"{ONE}/revoke", {"key_id": key, "reason": "The stick was lost"}).status_code == 303
    assert "The stick was lost" in office.get(ONE).text
    refused = upload(office, f"{HERE}/receive", {"results": places.export()})
    assert "The key that vouches for these results was revoked here." in refused.text


def test_another_history_is_shown_with_what_both_sides_vouch_for(places: TwoPlaces) -> None:
    office = browser_at(places.office)
    places.sync()
    there, forged = places.there(), places.other_history()
    office.get(HERE)
    refused = upload(office, f"{HERE}/receive", {"results": forged})
    assert refused.status_code == 422
    assert "two histories" in refused.text
    [held] = places.held()
    assert f"{ONE}/held/{held.id}" in office.get(ONE).text
    page = office.get(f"{ONE}/held/{held.id}").text
    assert there.hash[:4] in page
    assert page.count("<dd>") == 6
    assert page.count(f"<dd>{there.seq}</dd>") == 2
    assert office.get(f"{ONE}/held/{held.id}/came").content == forged
    assert b"payloadType" in office.get(f"{ONE}/held/{held.id}/before").content
    again = office.post(f"{ONE}/held/{held.id}/retry")
    assert again.status_code == 422
    assert office.post(f"{ONE}/held/{held.id}/put-away").status_code == 303
    assert places.held() == []
    for place in ("", "/came", "/before"):
        assert office.get(f"{ONE}/held/{held.id}{place}").status_code == 404
    assert office.post(f"{ONE}/held/{held.id}/retry").status_code == 404
    told = office.get(f"/en/{PARIS}/team/activity").status_code
    assert told == 403, "who did what is for administrators"


def test_an_administrator_reads_who_did_what_with_a_received_region(places: TwoPlaces) -> None:
    places.sync()
    keeper = browser_at(places.office, "administrator", "keeper")
    assert "/office/sources" in keeper.get("/en/start").text
    keeper.get(ONE)
    keeper.post(f"{ONE}/state", {"step": "pause"})
    told = keeper.get(f"/en/{PARIS}/team/activity").text
    assert "paused receiving" in told
    assert "enrolled it, after its fingerprint had been compared" in told
    assert keeper.get(f"/fr/{PARIS}/team/activity").status_code == 200


def test_an_instance_that_is_no_office_has_no_such_pages(paris_there: Instance) -> None:
    keeper = browser_at(paris_there, "administrator", "keeper")
    keeper.get("/en/start")
    assert "/office/sources" not in keeper.get("/en/start").text
    for path in (HERE, ONE, f"{ONE}/held/x", f"{ONE}/held/x/came"):
        assert keeper.get(path).status_code == 404, path
    assert keeper.post(f"{ONE}/state", {"step": "pause"}).status_code == 404
    assert upload(keeper, f"{HERE}/receive", {"results": b"x"}).status_code == 404
    assert upload(keeper, f"{HERE}/enrol", {"file": b"x"}).status_code == 404


def test_no_file_is_read_from_who_may_not_send_one(places: TwoPlaces) -> None:
    app: Any = create_app(places.office)
    stranger = Browser(app)
    assert upload(stranger, f"{HERE}/receive", {"results": b"x"}).status_code == 403
    office = browser_at(places.office)
    office.get(HERE)
    office.key = "wrong"
    assert upload(office, f"{HERE}/receive", {"results": b"x"}).status_code == 403

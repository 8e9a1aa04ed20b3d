"""The page of results: what it says leaves is what leaves, and nobody but a coordinator may look or send."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.app import create_app
from lanzarote.composition import KINDS
from lanzarote.records.changelog import Change, ChangeBody
from lanzarote.records.changelog_state import last_words, released_now
from lanzarote.records.permissions import Grant
from lanzarote.records.records import Record
from lanzarote.results import enrolling, keys
from lanzarote.results.applying import documents
from lanzarote.results.field_words import words_of
from lanzarote.stakeholders import deciding
from sqlalchemy import select

from tests.core.accounts.team import Browser, Team
from tests.core.conftest import serving
from tests.core.results.alike import Bodies
from tests.core.results.two_places import PARIS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.results.two_places import TwoPlaces

HERE = "/en/paris/team/results"


@pytest.fixture
def team(places: TwoPlaces) -> Team:
    app: Any = create_app(places.region)
    return Team(places.region, app)


@pytest.fixture
def head(team: Team) -> Browser:
    return team.browser(team.person("head", Grant(role="coordinator", region_id=PARIS)), strong=True)


@pytest.fixture
def site(places: TwoPlaces) -> Iterator[str]:
    with serving(places.office) as address:
        yield address


def test_it_lists_exactly_what_leaves(places: TwoPlaces, head: Browser) -> None:
    own = places.publish("own-a", "Told by us")
    places.withdraw(places.publish("own-b", "Withdrawn by us"))
    shown = head.get(HERE)
    assert shown.status_code == 200
    with places.region.database.read(PARIS) as session:
        leaving = {(one.kind, one.record) for one in released_now(session, PARIS)}
    listed: set[tuple[str, ...]] = set()
    for kind in sorted({kind for kind, _ in leaving}):
        page = head.get(f"{HERE}/all/{kind}")
        listed |= set(re.findall(r"/team/results/what/([^/\"]+)/([^\"]+)", page.text))
    assert listed == leaving
    assert "Told by us" in shown.text
    assert f"{HERE}/what/practice/{own}" in shown.text
    assert "Withdrawn by us" in shown.text.partition("Earlier wordings")[2]
    assert "Withdrawn by us" not in shown.text.partition("Earlier wordings")[0]
    assert "the office withdraws it too" in shown.text


def test_whatever_a_file_carries_is_listed_and_can_be_looked_at(places: TwoPlaces, head: Browser) -> None:
    """Also what was published, and changed or withdrawn before any office had it; nothing that was erased."""
    own = places.publish("own-a", "First said")
    places.change(own, "Then said")
    places.withdraw(places.publish("own-b", "Withdrawn by us"))
    places.erase(places.publish("own-c", "Erased by us"))
    earlier = head.get(HERE).text.partition("Earlier wordings")[2].partition("<h2")[0]
    assert "First said" in earlier
    links = re.findall(r'href="([^"?]+)', earlier)
    assert links, "and none to a page of today"
    assert all(link.startswith(f"{HERE}/what/practice/") for link in links)
    assert len(links) == 2
    seen = ""
    waiting = [HERE, *re.findall(rf'href="({HERE}/all/[^"]+)"', head.get(HERE).text)]
    shown = {link for page in waiting for link in re.findall(rf'href="({HERE}/what/[^"]+)"', head.get(page).text)}
    for link in shown:
        document = head.get(unescape(link).replace("?", "/bytes?") if "?" in link else f"{link}/bytes")
        seen += document.text + "\n"
    with places.region.database.read(PARIS) as session:
        told = select(ChangeBody.body).join(Change, Change.seq == ChangeBody.seq).where(Change.kind != "epoch")
        carried = [bytes(one).decode() for one in session.scalars(told)]
    assert [one for one in carried if one not in seen] == []
    for title in ("First said", "Then said", "Withdrawn by us"):
        assert title in seen
    assert "Erased by us" not in seen


def test_the_document_is_shown_field_by_field_and_byte_for_byte(places: TwoPlaces, head: Browser) -> None:
    own = places.publish("own-a", "Told by us")
    with places.region.database.read(PARIS) as session:
        [one] = released_now(session, PARIS, records=[own])
        everything = released_now(session, PARIS)
    page = head.get(f"{HERE}/what/practice/{own}")
    assert "Told by us" in page.text
    assert "Original language" in page.text
    assert head.get(f"{HERE}/what/practice/{own}/bytes").content == one.body
    for each in {one.kind: one for one in everything}.values():
        shown = head.get(f"{HERE}/what/{each.kind}/{each.record}")
        assert shown.status_code == 200, each.kind
        assert head.get(shown.url.path + "/bytes").content == each.body
    for gone in ("practice/none", "nothing/x", "epoch/x"):
        assert head.get(f"{HERE}/what/{gone}").status_code == 404
    assert head.get(f"{HERE}/all/nothing").status_code == 404
    assert head.get(f"{HERE}/all/practice?page=900").status_code == 404


def test_what_is_told_anew_without_an_erased_organisation_is_shown_as_it_leaves(
    places: TwoPlaces, head: Browser
) -> None:
    bodies = Bodies(places)
    ear = bodies.body("The Ear", key="ear")
    own = bodies.practice("own-a", "ear")
    places.sync()
    bodies.erase(ear)
    with places.region.database.read(PARIS) as session:
        [one] = released_now(session, PARIS, records=[own])
        [last] = [word for word in last_words(session, PARIS) if word.record == own]
    assert last.verb == "replace"
    there = f"{HERE}/what/practice/{own}"
    assert there in head.get(HERE).text
    assert there in head.get(f"{HERE}/all/practice").text
    assert "own-a" in head.get(there).text
    assert head.get(f"{there}/bytes").content == one.body


def test_every_field_of_every_document_has_words() -> None:
    def walk(kind: Any) -> Iterator[str]:
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            for field in msgspec.structs.fields(kind):
                yield field.encode_name
                yield from walk(field.type)
            return
        for each in getattr(kind, "__args__", ()):
            yield from walk(each)

    for name, document in documents(KINDS).items():
        fields, _ = words_of(KINDS.get(name))
        assert {*walk(document)} - fields.keys() == set(), name


def test_an_office_is_added_sent_to_and_removed(places: TwoPlaces, head: Browser, site: str) -> None:
    places.publish("own-a", "First")
    assert head.post(f"{HERE}/offices", {"address": "not an address", "rhythm": ""}).status_code == 400
    assert head.post(f"{HERE}/offices", {"address": site, "rhythm": "weekly"}).status_code == 303
    page = head.get(HERE).text
    assert "nothing received yet" in page
    assert "every week" in page
    places.region.worker.run_due()
    assert places.there() == places.head()
    assert "received, complete, verified" in head.get(HERE).text
    places.publish("own-b", "Second")
    page = head.get(HERE).text
    assert "received, complete, verified" not in page
    assert "1 result, or withdrawal of one, is new since" in page
    assert page.count("not received yet") == 1
    assert head.post(f"{HERE}/send", {"address": site}).status_code == 303
    assert places.there() != places.head()
    assert "Is being sent." in head.get(HERE).text
    places.region.worker.run_due()
    assert places.there() == places.head()
    page = head.get(HERE).text
    assert "received, complete, verified" in page
    assert "Is being sent." not in page
    assert head.get(f"{HERE}/remove?office={site}").status_code == 200
    assert head.get(f"{HERE}/remove?office=https://nobody.example").status_code == 404
    assert head.post(f"{HERE}/remove", {"address": site}).status_code == 303
    assert "Results are sent to no office yet." in head.get(HERE).text


def test_a_fault_is_told_in_plain_words_with_what_to_do(places: TwoPlaces, head: Browser, site: str) -> None:
    head.get(HERE)
    head.post(f"{HERE}/offices", {"address": site, "rhythm": ""})
    with places.office.database.write(PARIS) as session:
        enrolling.set_state(session, PARIS, "paused", by="test")
    head.post(f"{HERE}/send", {"address": site})
    places.region.worker.run_due()
    page = head.get(HERE).text
    assert "The office has paused receiving from this region." in page
    assert "Ask the office why." in page
    french = head.get(HERE.replace("/en/", "/fr/")).text
    assert "The office has paused receiving from this region." not in french
    assert places.region.worker.run_due() == 0, "it is not tried for ever behind one's back"


def test_the_key_is_made_by_a_button_and_the_card_is_what_the_office_takes(places: TwoPlaces, head: Browser) -> None:
    head.get(HERE)
    card = head.get(f"{HERE}/card")
    assert enrolling.read_card(card.content) == places.card()
    assert places.card().public.fingerprint in head.get(HERE).text
    assert head.get(f"{HERE}/new-key").status_code == 200
    assert head.post(f"{HERE}/new-key").status_code == 303
    assert enrolling.read_card(head.get(f"{HERE}/card").content).key != enrolling.read_card(card.content).key
    assert places.sync().after == places.head(), "the key before vouches for the new one"


def test_the_file_is_the_bytes_of_the_export(places: TwoPlaces, head: Browser) -> None:
    places.publish("own-a", "First")
    answer = head.get(f"{HERE}/file")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content == places.export()
    assert places.take(answer.content).after == places.head()


def test_without_a_key_nothing_leaves_and_a_lost_one_is_told(own_paris: Any) -> None:
    app: Any = create_app(own_paris)
    team = Team(own_paris, app)
    head = team.browser(team.person("head", Grant(role="coordinator", region_id=PARIS)), strong=True)
    page = head.get(HERE).text
    assert "Nothing can leave yet" in page
    for place in ("card", "file", "new-key"):
        assert head.get(f"{HERE}/{place}").status_code == 404
    assert head.post(f"{HERE}/new-key").status_code == 404
    assert head.post(f"{HERE}/key").status_code == 303
    with own_paris.database.read(PARIS) as session:
        made = keys.current(session, PARIS)
        assert made is not None
    assert head.post(f"{HERE}/key").status_code == 303
    with own_paris.database.read(PARIS) as session:
        again = keys.current(session, PARIS)
        assert again is not None
        assert again.id == made.id
    for file in (own_paris.settings.data / keys.FOLDER).glob("*.key"):
        file.unlink()
    page = head.get(HERE)
    assert "The key is not where it should be" in page.text
    for place in ("card", "file"):
        answer = head.get(f"{HERE}/{place}")
        assert answer.status_code == 409
        assert str(own_paris.settings.data) not in answer.text
    assert "Every office has to receive the new card" in head.get(f"{HERE}/new-key").text


def test_only_bodies_that_agreed_leave_and_the_page_says_which(places: TwoPlaces, head: Browser) -> None:
    body = next(one for one in places.region.directory(PARIS))
    entry = f"/en/paris/team/organisations/{body.id}"
    given = {"relation": "taking-part", "since": "2020", "source": "Letter of 2 March 2020"}
    head.get(f"{entry}/relation")
    assert head.post(f"{entry}/relation", given).status_code == 303

    def leaves() -> bool:
        with places.region.database.read(PARIS) as session:
            return bool(released_now(session, PARIS, kinds=["stakeholder"]))

    assert not leaves()
    assert 'value="yes" checked' not in head.get(f"{entry}/relation").text
    assert head.post(f"{entry}/relation", given | {"shared": "yes"}).status_code == 303
    assert leaves()
    assert 'value="yes" checked' in head.get(f"{entry}/relation").text
    page = head.get(HERE).text
    assert page.index("Agreed</h3>") < page.index(f"/team/organisations/{body.id}") < page.index("Did not agree")
    given = {"relation": "left", "since": "2021", "source": "Letter of 2 March 2021", "shared": "yes"}
    head.get(f"{entry}/relation")
    assert head.post(f"{entry}/relation", given).status_code == 303
    with places.region.database.read(PARIS) as session:
        assert not deciding.status_of(session.get_one(Record, (PARIS, body.id))).shared
    assert not leaves()


@pytest.mark.parametrize("role", ["contributor", "reviewer", "representative"])
def test_others_of_the_team_may_not(places: TwoPlaces, team: Team, role: Any) -> None:
    body = places.region.directory(PARIS)[0].id
    person = team.person(role, Grant(role=role, region_id=PARIS, stakeholder_id=body))
    browser = team.browser(person)
    assert browser.get(HERE).status_code == 403
    assert "/team/results" not in browser.get("/en/start").text


def test_the_way_there_stands_beside_the_other_rooms_of_the_pilot_and_in_who_did_what(head: Browser) -> None:
    assert HERE in head.get("/en/paris/team/indicators").text
    head.get(HERE)
    head.post(f"{HERE}/offices", {"address": "https://office.example", "rhythm": ""})
    told = head.get("/en/paris/team/activity").text
    assert "had results sent to an office" in told
    assert "made it" in told

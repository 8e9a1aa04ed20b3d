"""The method opens in a new region only after a pilot that is to be extended; what the public list says stays true."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.app import create_app
from lanzarote.cli import main
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import NotFound
from lanzarote.evaluation import deciding
from lanzarote.evaluation.public import rulings_of
from lanzarote.instance import Instance
from lanzarote.office import opening, releases
from lanzarote.office.opening import opening_of
from lanzarote.records.changelog import INSTANCE, Audit
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.results import forgetting
from litestar.testing import TestClient
from sqlalchemy import event, select

from tests.core.accounts.team import Team
from tests.core.evaluation.piloting import DECISION, HEAD, PARIS, THEN, decided, get
from tests.core.office import logs
from tests.core.results.two_places import TwoPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.core.accounts.team import Browser

NEW = "napoli"
PLACE = "/en/office/openings"


@pytest.fixture
def received(there: Instance, empty_office: Instance) -> TwoPlaces:
    """An office that receives Paris, and writes a region of its own."""
    places = TwoPlaces(there, empty_office)
    logs.add_region(empty_office.database, NEW, "IT-NA")
    places.sync()
    return places


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> Iterator[Instance]:
    """An office that writes Paris itself, and another region."""
    with both_at(database_url, tmp_path) as instance:
        yield instance


@contextmanager
def both_at(url: str, folder: Path) -> Iterator[Instance]:
    env = {"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(folder), "LANZAROTE_OFFICE": "on"}
    with new_instance(read_settings(env)) as instance:
        instance.load(PARIS)
        logs.add_region(instance.database, NEW, "IT-NA")
        yield instance


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[Instance]:
    """The same, for pages, which need not be read on either database."""
    with both_at(sqlite_url, tmp_path) as instance:
        yield instance


def judge(paris: Instance, outcome: Any = "extend") -> str:
    return decided(paris, given=msgspec.structs.replace(DECISION, outcome=outcome))


def withdraw(paris: Instance, record_id: str) -> None:
    with paris.database.write(PARIS) as session:
        words = paris.vocabulary(PARIS)
        deciding.withdraw(
            session, get(session, record_id), words, reason="Des chiffres étaient faux.", by=HEAD, at=THEN
        )


def opened(instance: Instance, region_id: str = NEW, after: str = PARIS) -> Any:
    return opening.say(instance, region_id, "opened", after=after, by="test", at=now())


def listed(instance: Instance, lang: str = "en") -> str:
    with TestClient(create_app(instance), base_url="http://lanzarote.test") as client:
        return str(client.get(f"/{lang}/office/regions").text).partition("<main")[2]


def browser(instance: Instance, role: Any = "office", region: str = "", *, strong: bool = True) -> Browser:
    app: Any = create_app(instance)
    team = Team(instance, app)
    return team.browser(team.person(role, Grant(role=role, region_id=region)), strong=strong)


def told(instance: Instance) -> list[tuple[str, str]]:
    with instance.database.read(INSTANCE) as session:
        rows = session.execute(select(Audit.verb, Audit.record_id).where(Audit.kind == "opening").order_by(Audit.seq))
        return [(verb, record_id) for verb, record_id in rows]


# The decision


def test_without_a_decision_no_region_is_opened_and_it_may_be_a_pilot(home: Instance) -> None:
    with pytest.raises(opening.NotOpened, match=r"No evaluation of the pilot of .*Paris"):
        opened(home)
    assert opening_of(home.database, NEW) is None
    opening.say(home, NEW, "pilot", by="test", at=now())
    row = opening_of(home.database, NEW)
    assert row is not None
    assert (row.basis, row.after_region, row.decided_on) == ("pilot", "", None)
    assert told(home) == [("pilot", NEW)]


@pytest.mark.parametrize("outcome", ["not-yet", "stop"])
def test_a_pilot_that_is_not_to_be_extended_opens_nothing_and_the_error_says_who_decided(
    home: Instance, outcome: str
) -> None:
    judge(home, outcome)
    with pytest.raises(opening.NotOpened, match=r"on 2031-06-10: “(Not yet|Stop)” \(Le groupe de travail"):
        opened(home)
    assert opening_of(home.database, NEW) is None


def test_a_home_pilot_that_is_to_be_extended_opens_another_region(home: Instance) -> None:
    record_id = judge(home)
    row = opened(home)
    assert (row.after_region, row.decided_on, row.evaluation) == (PARIS, DECISION.on, record_id)
    assert row.version == rulings_of(home, PARIS)[0].version > 0
    opened(home)
    assert told(home) == [("opened", NEW)]
    opening.say(home, NEW, "pilot", by="test", at=now())
    assert told(home) == [("opened", NEW), ("pilot", NEW)]


def test_a_received_pilot_opens_another_region_only_when_its_decision_was_received(received: TwoPlaces) -> None:
    record_id = judge(received.region)
    with pytest.raises(opening.NotOpened, match="No evaluation of the pilot of"):
        opened(received.office)
    received.sync()
    row = opened(received.office)
    assert (row.after_region, row.decided_on, row.evaluation) == (PARIS, DECISION.on, record_id)
    assert rulings_of(received.office, PARIS)[0].version == rulings_of(received.region, PARIS)[0].version == row.version


def test_no_region_opens_after_itself_or_after_one_that_is_not_here(home: Instance) -> None:
    judge(home)
    for after, words in ((NEW, "its own pilot"), ("vilnius", "shows no such region"), ("", "shows no such region")):
        with pytest.raises(opening.NotOpened, match=words):
            opened(home, after=after)
    with pytest.raises(NotFound):
        opened(home, "vilnius")
    home.enable(PARIS, on=False)
    with pytest.raises(opening.NotOpened, match="shows no such region"):
        opened(home)
    assert opening.openings(home.database) == {}


@pytest.mark.both_databases
def test_what_is_said_at_once_is_said_once(home: Instance) -> None:
    judge(home)
    with ThreadPoolExecutor(16) as several:
        rows = list(several.map(lambda _: opened(home), range(100)))
    assert {row.after_region for row in rows} == {PARIS}
    assert told(home) == [("opened", NEW)]


def test_a_region_that_is_forgotten_leaves_nothing_said(received: TwoPlaces) -> None:
    judge(received.region)
    received.sync()
    opened(received.office)
    opening.say(received.office, PARIS, "pilot", by="test", at=now())
    forgetting.forget(received.office.database, PARIS, by="test")
    assert set(opening.openings(received.office.database)) == {NEW}
    assert "Opened after the pilot of a region that is no longer shown here" in listed(received.office)


# What the public reads


def test_the_list_of_regions_tells_what_each_rests_on(home: Instance) -> None:
    assert "pilot of its own" not in listed(home)
    record_id = judge(home)
    opening.say(home, PARIS, "pilot", by="test", at=now())
    opened(home)
    page = listed(home)
    assert page.count("A pilot of its own.") == 1
    assert "decided on 10 June 2031</a>." in page
    slug = next(one.slug for one in rulings_of(home, PARIS) if one.record == record_id)
    assert f'/en/paris/evaluation/{slug}">Opened after the pilot of' in page
    assert "has changed since" not in page
    assert "Ouvert après le pilote du territoire" in listed(home, "fr")


def test_a_decision_that_is_withdrawn_or_no_longer_to_extend_is_told(home: Instance) -> None:
    first = judge(home)
    opened(home)
    judge(home, "stop")
    assert "That decision has changed since." in listed(home)
    withdraw(home, rulings_of(home, PARIS)[0].record)
    assert "That decision has changed since." not in listed(home)
    withdraw(home, first)
    assert "That decision has changed since." in listed(home)
    row = opening_of(home.database, NEW)
    assert row is not None
    assert row.evaluation == first


def test_a_later_decision_that_extends_too_changes_nothing(home: Instance) -> None:
    judge(home)
    opened(home)
    judge(home)
    assert len(rulings_of(home, PARIS)) == 2
    assert "That decision has changed since." not in listed(home)


def test_a_received_decision_that_was_withdrawn_is_told(received: TwoPlaces) -> None:
    record_id = judge(received.region)
    received.sync()
    opened(received.office)
    assert "That decision has changed since." not in listed(received.office)
    withdraw(received.region, record_id)
    received.sync()
    assert "That decision has changed since." in listed(received.office)


# The office's page


def test_the_page_offers_no_opening_before_a_pilot_is_to_be_extended(site: Instance) -> None:
    office = browser(site)
    page = office.get(PLACE).text
    assert "No pilot is evaluated yet." in page
    assert 'value="opened"' not in page
    assert "no other region’s pilot is to be extended" in page
    assert page.count("Not said yet.") == 2
    refused = office.post(PLACE, {"region": NEW, "basis": "opened", "after": PARIS})
    assert refused.status_code == 409
    assert "No evaluation of the pilot of" in refused.text
    judge(site, "not-yet")
    page = office.get(PLACE).text
    assert "Le groupe de travail, réunion du 10 juin 2031" in page
    assert "None of them is to be extended" in page
    assert 'value="opened"' not in page
    refused = office.post(PLACE, {"region": NEW, "basis": "opened", "after": PARIS})
    assert refused.status_code == 409
    assert "10 June 2031" in refused.text
    assert "“Not yet”" in refused.text
    assert opening_of(site.database, NEW) is None


def test_the_page_writes_down_what_a_region_rests_on(site: Instance) -> None:
    judge(site)
    office = browser(site)
    page = office.get(PLACE).text
    assert page.count('value="opened"') == 1  # after itself, none
    assert office.post(PLACE, {"region": NEW}).status_code == 400
    missing = office.post(PLACE, {"region": NEW, "basis": "opened"})
    assert missing.status_code == 400
    assert "Choose the region after whose pilot this one is opened." in missing.text
    assert office.post(PLACE, {"region": "vilnius", "basis": "pilot"}).status_code == 404
    done = office.post(PLACE, {"region": NEW, "basis": "opened", "after": PARIS})
    assert done.status_code == 303
    page = office.get(done.headers["location"].partition("#")[0]).text
    assert "Recorded." in page
    assert "decided on 10 June 2031" in page
    row = opening_of(site.database, NEW)
    assert row is not None
    assert row.actor not in ("", "lanzarote")
    activity = browser(site, "administrator").get("/en/activity").text
    assert "recorded after which pilot it was opened" in activity


def test_the_start_page_of_the_office_leads_to_its_pages(site: Instance) -> None:
    page = browser(site).get("/en/start").text
    for place in ("", "/sources", "/reports", "/releases"):
        assert f'<a href="/en/office{place}">' in page
    assert '<a href="/en/office/reports">' not in browser(site, "coordinator", PARIS).get("/en/start").text


@pytest.mark.parametrize("role", ["reviewer", "coordinator"])
def test_nobody_of_a_region_says_what_regions_rest_on(site: Instance, role: str) -> None:
    someone = browser(site, role, PARIS)
    assert someone.get(PLACE).status_code == 403
    someone.get("/en/start")
    assert someone.post(PLACE, {"region": NEW, "basis": "pilot"}).status_code == 403
    assert opening_of(site.database, NEW) is None


def test_without_a_second_factor_or_an_office_the_page_is_not_there(site: Instance) -> None:
    assert browser(site, strong=False).get(PLACE).status_code in (303, 403)
    with new_instance(msgspec.structs.replace(site.settings, office=False)) as plain:
        assert browser(plain, "administrator").get(PLACE).status_code == 404


def test_a_region_that_was_just_enrolled_is_still_to_be_said(there: Instance, empty_office: Instance) -> None:
    places = TwoPlaces(there, empty_office)
    office = browser(empty_office)
    source = "/en/office/sources/paris"
    assert f'href="{PLACE}">Record its basis' in office.get(source).text
    assert f'href="{PLACE}"' in office.get("/en/office/sources").text
    assert "Paris" in office.get(PLACE).text.partition('id="rest"')[2]
    assert office.post(PLACE, {"region": PARIS, "basis": "pilot"}).status_code == 303
    assert "Record its basis" not in office.get(source).text
    assert places.there().seq == 0


def test_many_regions_stand_on_several_pages_and_cost_no_more_queries(site: Instance) -> None:
    office = browser(site)
    office.get(PLACE)
    few = statements(site, office)
    for number in range(100):
        logs.add_region(site.database, f"r{number:03}", "IT-NA")
        opening.say(site, f"r{number:03}", "pilot", by="test", at=now())
    office.get(PLACE)
    assert statements(site, office) <= few
    page = office.get(PLACE).text
    assert page.count('id="region-') == 50
    assert "page=2" in page
    done = office.post(PLACE, {"region": "r099", "basis": "pilot"})
    assert "page=3" in done.headers["location"]
    assert 'id="region-r099"' in office.get(done.headers["location"].partition("#")[0]).text


def statements(instance: Instance, office: Browser) -> int:
    """How many the page needs."""
    seen: list[str] = []
    original = instance.database.each_row

    def listen(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    def counting(sql: str, *values: object) -> Any:
        seen.append(sql)
        return original(sql, *values)

    instance.database.each_row = counting  # type: ignore[method-assign]
    event.listen(instance.database.engine, "before_cursor_execute", listen)
    assert office.get(PLACE).status_code == 200
    event.remove(instance.database.engine, "before_cursor_execute", listen)
    instance.database.each_row = original  # type: ignore[method-assign]
    return len(seen)


# The command


def test_the_command_says_and_shows_it(
    site: Instance, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", site.settings.database_url)
    monkeypatch.setenv("LANZAROTE_DATA", str(site.settings.data))
    monkeypatch.setenv("LANZAROTE_OFFICE", "on")
    assert main(["office", "opening", NEW]) == 0
    assert "not said yet" in capsys.readouterr().out
    assert main(["office", "opening", NEW, "--after", PARIS]) != 0
    assert "No evaluation of the pilot of" in capsys.readouterr().err
    first = judge(site)
    assert main(["office", "opening", NEW, "--after", PARIS]) == 0
    assert "napoli: opened after the pilot of paris, decided on 2031-06-10\n" in capsys.readouterr().out
    withdraw(site, first)
    assert main(["office", "opening", NEW]) == 0
    assert "that decision has changed since" in capsys.readouterr().out
    assert main(["office", "opening", NEW, "--pilot"]) == 0
    assert "napoli: a pilot of its own" in capsys.readouterr().out
    assert main(["office", "opening", "vilnius"]) != 0


def test_figures_are_frozen_only_by_who_says_to_be_sure(site: Instance) -> None:
    day = logs.AT.date().isoformat()
    office, place = browser(site), "/en/office/releases"
    office.get(place)
    refused = office.post(place, {"day": day})
    assert (refused.status_code, 'id="sure-error"' in refused.text) == (422, True)
    assert releases.all_releases(site.database) == []

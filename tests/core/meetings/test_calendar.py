"""Calendars read meetings at the right moment, wherever they are and whatever the season; what is cancelled stays."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event
from lanzarote.accounts import factors
from lanzarote.accounts import service as accounts
from lanzarote.accounts.model import Account
from lanzarote.errors import NotFound
from lanzarote.instance import Instance
from lanzarote.meetings import addresses, writing
from lanzarote.meetings.calendar import Reading, calendar
from lanzarote.meetings.model import CalendarAddress, MeetingStatus
from lanzarote.meetings.service import Told
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from litestar.testing import TestClient
from sqlalchemy import select

from tests.core.meetings import keeping
from tests.core.meetings.keeping import HEAD, announce, body, cancel, enrolled, planned, save
from tests.core.practices.signed_in import sign_in, site_of

ZONES = {
    # Moments at which clocks go forward or back in Paris lie on either side.
    "winter in Paris": ("Europe/Paris", "2031-03-29", "14:00", datetime(2031, 3, 29, 13, tzinfo=UTC)),
    "summer in Paris": ("Europe/Paris", "2031-03-31", "14:00", datetime(2031, 3, 31, 12, tzinfo=UTC)),
    "the day it changes": ("Europe/Paris", "2031-03-30", "14:00", datetime(2031, 3, 30, 12, tzinfo=UTC)),
    "back to winter": ("Europe/Paris", "2031-10-26", "09:00", datetime(2031, 10, 26, 8, tzinfo=UTC)),
    "Tbilisi, all year the same": ("Asia/Tbilisi", "2031-07-01", "10:30", datetime(2031, 7, 1, 6, 30, tzinfo=UTC)),
    "Reykjavík": ("Atlantic/Reykjavik", "2031-07-01", "10:30", datetime(2031, 7, 1, 10, 30, tzinfo=UTC)),
    "the Azores": ("Atlantic/Azores", "2031-07-01", "23:30", datetime(2031, 7, 1, 23, 30, tzinfo=UTC)),
    "long after": ("Europe/Paris", "2061-07-01", "14:00", datetime(2061, 7, 1, 12, tzinfo=UTC)),
}


TOLD = Told(
    id="018f0000-0000-7000-8000-000000000001", region="paris", slug="x", version=3, updated_at=keeping.THEN,
    meeting=body(), status=MeetingStatus(state="announced"),
)  # fmt: skip


@pytest.fixture
def client(own_paris: Instance) -> Iterator[TestClient[Any]]:
    with site_of(own_paris) as client:
        yield client


def events(raw: bytes | str) -> dict[str, Event]:
    """By UID, as the library reads them back."""
    read = Calendar.from_ical(raw)
    assert isinstance(read, Calendar)
    return {str(one["UID"]): one for one in read.events}


def moment_of(when: date | datetime) -> datetime:
    """When an event begins or ends that has a time."""
    assert isinstance(when, datetime)
    return when


def sequence(event: Event) -> int:
    return int(str(event["SEQUENCE"]))


def one_event(paris: Instance, zone: str, called: str = "", **more: Any) -> Event:
    told = Told(
        id="018f0000-0000-7000-8000-000000000001", region="paris", slug="x", version=3, updated_at=keeping.THEN,
        meeting=body(**more), status=MeetingStatus(state="announced"),
    )  # fmt: skip
    translator = paris.translations.translator("fr")
    reading = Reading(lang="fr", translator=translator, languages=("fr",), zone=zone)
    raw = calendar([(told, "https://lanzarote.example/x")], reading, name="Paris")
    [found] = events(raw.replace(zone.encode(), called.encode()) if called else raw).values()
    return found


@pytest.mark.parametrize("case", ZONES)
def test_a_meeting_begins_at_the_moment_that_its_clocks_mean(paris: Instance, case: str) -> None:
    zone, day, clock, moment = ZONES[case]
    event = one_event(paris, zone, day=day, starts=clock, ends=None)
    assert moment_of(event.start).astimezone(UTC) == moment
    for elsewhere in ("America/Montreal", "Europe/Kyiv", "Asia/Tokyo"):
        there = moment_of(event.start).astimezone(ZoneInfo(elsewhere))
        assert there.utctimetuple() == moment.utctimetuple()
    assert event.start.strftime("%H:%M") == clock


@pytest.mark.parametrize("case", ZONES)
def test_the_rules_of_the_zone_travel_with_it(paris: Instance, case: str) -> None:
    """A calendar that does not know the name of the zone goes by what is written beside."""
    zone, day, clock, moment = ZONES[case]
    event = one_event(paris, zone, called=f"Own/{case.replace(' ', '').replace(',', '')}", day=day, starts=clock)
    assert moment_of(event.start).astimezone(UTC) == moment


def test_clocks_change_at_the_hour_that_they_show_before(paris: Instance) -> None:
    """RFC 5545, 3.6.5: an onset is local time, read with the offset from which it changes."""
    reading = Reading(lang="fr", translator=paris.translations.translator("fr"), languages=("fr",), zone="Europe/Paris")
    for told in ([], [(TOLD, "https://lanzarote.example/x")]):
        raw = calendar(told, reading, name="Paris").decode()
        assert Calendar.from_ical(raw)
        # A calendar without any component is none (RFC 5545, 3.6).
        _, zone, _ = re.split("(?:BEGIN|END):VTIMEZONE", raw)
        assert set(re.findall(r"[0-9]{4}(03|10)[0-9]{2}T([0-9]{4})00", zone)) == {("03", "0200"), ("10", "0300")}


def test_a_meeting_of_several_days_and_one_without_times(paris: Instance) -> None:
    event = one_event(paris, "Europe/Paris", day="2031-03-29", last_day="2031-03-30", starts="09:00", ends="12:00")
    # In the night between, an hour is left out.
    assert moment_of(event.end).astimezone(UTC) - moment_of(event.start).astimezone(UTC) == timedelta(hours=26)
    whole = one_event(paris, "Europe/Paris", starts=None, ends=None, last_day="2031-05-13")
    assert (whole.start, whole.end) == (date(2031, 5, 12), date(2031, 5, 14))


def test_without_an_hour_at_which_it_ends_it_lasts_till_the_end_of_its_last_day(paris: Instance) -> None:
    days = one_event(paris, "Europe/Paris", last_day="2031-05-14", ends=None)
    assert moment_of(days.end) == datetime(2031, 5, 15, tzinfo=ZoneInfo("Europe/Paris"))
    for last in (None, "2031-05-12"):
        assert "DTEND" not in one_event(paris, "Europe/Paris", last_day=last, ends=None)


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Montreal", "Pacific/Kiritimati", "UTC"])
@pytest.mark.parametrize("more", [{}, {"starts": None, "ends": None}, {"ends": None}])
@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "2101-01-01", "9998-12-31", "9999-12-31"])
def test_a_calendar_is_written_whatever_day_is_kept(paris: Instance, zone: str, more: dict[str, Any], day: str) -> None:
    """Files of before and packages may hold days that no form takes any more."""
    for last in (None, day, "9999-12-31"):
        event = one_event(paris, zone, day=day, last_day=last, **more)
        assert event.decoded("dtstart").isoformat().startswith(day)


def test_texts_that_would_be_lines_of_their_own_stay_texts(paris: Instance) -> None:
    hostile = "Titre\r\nEND:VEVENT\r\nBEGIN:VALARM;,\\ \u2028x"
    event = one_event(paris, "Europe/Paris", text={"fr": {"title": hostile}}, place=hostile)
    assert str(event["SUMMARY"]) == "Titre END:VEVENT BEGIN:VALARM;,\\ x"
    assert event.subcomponents == []


def make_address(paris: Instance, client: TestClient[Any], role: Any = "contributor") -> tuple[str, Any]:
    """The path of a new secret address, and the browser of its owner."""
    actor = enrolled(paris, f"reader-{role}-{now().timestamp()}", role)
    browser = sign_in(paris, client, actor)
    shown = browser.post("/fr/account/calendars", 200, what="make", region="paris")
    path = shown.partition('<code class="secret">')[2].partition("</code>")[0]
    assert "/fr/paris/meetings/calendar/" in path
    return path[path.index("/fr/") :], (browser, actor)


def test_the_calendar_of_the_group_has_what_was_announced_and_the_publics_only_seminars(
    own_paris: Instance, client: TestClient[Any]
) -> None:
    silent, own = planned(own_paris), planned(own_paris, link="https://visio.example/j/1")
    seminar = planned(own_paris, kind="seminar", day="2031-06-01")
    for one in (own, seminar):
        announce(own_paris, one)
    with keeping.held(own_paris, seminar) as (session, record):
        writing.publish(session, record, expected=record.version, by=HEAD, at=keeping.THEN)
    path, _ = make_address(own_paris, client)
    answer = client.get(path)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert set(events(answer.content)) == {own, seminar}
    assert silent not in answer.text
    public = client.get("/fr/paris/meetings.ics")
    assert set(events(public.content)) == {seminar}
    assert "visio.example" in answer.text
    assert "visio.example" not in public.text


def test_what_is_moved_stays_one_event_and_what_is_cancelled_stays(
    own_paris: Instance, client: TestClient[Any]
) -> None:
    one = planned(own_paris)
    announce(own_paris, one)
    path, _ = make_address(own_paris, client)
    before = events(client.get(path).content)[one]
    save(own_paris, one, day="2031-05-20")
    moved = events(client.get(path).content)[one]
    assert moment_of(moved.start).date() == date(2031, 5, 20)
    assert sequence(moved) > sequence(before)
    cancel(own_paris, one)
    gone = events(client.get(path).content)[one]
    assert (str(moved["STATUS"]), str(gone["STATUS"])) == ("CONFIRMED", "CANCELLED")
    assert sequence(gone) > sequence(moved)


def test_the_address_is_kept_as_a_hash_and_stops_when_taken_back_or_made_anew(
    own_paris: Instance, client: TestClient[Any]
) -> None:
    path, (browser, _) = make_address(own_paris, client)
    secret = path.rpartition("/")[2]
    with own_paris.database.read(ALL) as session:
        [row] = session.scalars(select(CalendarAddress))
        assert row.token_hash == hashlib.sha256(secret.encode()).hexdigest()
        assert row.used_at is None
    assert client.get(path).status_code == 200
    assert client.get(path.replace(secret, secret[:-1] + "x")).status_code == 404
    second = browser.post("/fr/account/calendars", 200, what="make", region="paris")
    assert client.get(path).status_code == 404
    newer = second.partition('<code class="secret">')[2].partition("</code>")[0]
    newer = newer[newer.index("/fr/") :]
    assert client.get(newer).status_code == 200
    assert newer not in browser.get("/fr/account/calendars")
    browser.post("/fr/account/calendars", what="revoke", region="paris")
    assert client.get(newer).status_code == 404


def test_the_address_works_as_long_as_its_owner_may_read(own_paris: Instance, client: TestClient[Any]) -> None:
    path, (_, actor) = make_address(own_paris, client)
    with own_paris.database.write(ALL) as session:
        account = session.get_one(Account, actor.account_id)
        accounts.revoke(session, account, "contributor", "paris", by="x", at=now())
    assert client.get(path).status_code == 404
    other, (_, leaving) = make_address(own_paris, client)
    with own_paris.database.write(ALL) as session:
        accounts.close(session, session.get_one(Account, leaving.account_id), by="x", at=now())
    assert client.get(other).status_code == 404
    with own_paris.database.read(ALL) as session:
        assert leaving.account_id not in set(session.scalars(select(CalendarAddress.account_id)))


def test_an_address_made_without_a_second_factor_shows_no_more_than_its_session_did(own_paris: Instance) -> None:
    actor = enrolled(own_paris, "weak", "coordinator")
    with own_paris.database.write(ALL) as session:
        secret = addresses.make(session, "paris", by=actor, at=now())
        session.get_one(CalendarAddress, hashlib.sha256(secret.encode()).hexdigest()).strong = False
    with own_paris.database.read("paris") as session, pytest.raises(Exception, match="no calendar"):
        addresses.look(own_paris.database, session, secret, "paris", now())


def test_an_address_does_not_outlive_the_second_factor_it_was_made_with(own_paris: Instance) -> None:
    def made(name: str) -> tuple[str, str]:
        actor = enrolled(own_paris, name, "coordinator")
        with own_paris.database.write(ALL) as session:
            session.get_one(Account, actor.account_id).totp = b"x" * 20
            return actor.account_id, addresses.make(session, "paris", by=actor, at=now())

    def works(secret: str) -> bool:
        try:
            with own_paris.database.read("paris") as session:
                addresses.look(own_paris.database, session, secret, "paris", now())
        except NotFound:
            return False
        return True

    (removed, first), (reset, second) = made("ida"), made("joe")
    assert works(first)
    assert works(second)
    with own_paris.database.write(ALL) as session:
        factors.remove_app(session, session.get_one(Account, removed), now())
        factors.reset(session, session.get_one(Account, reset), by="test", at=now())
    with own_paris.database.write(ALL) as session:
        session.get_one(Account, reset).totp = b"y" * 20  # a new one does not bring the address back
    assert not works(first)
    assert not works(second)


def test_nobody_makes_an_address_for_a_region_they_have_no_role_in(
    own_paris: Instance, client: TestClient[Any]
) -> None:
    with own_paris.database.write(ALL) as session:
        account = accounts.enrol(
            session, address="o@school.example", name="O", language="en",
            grants=[Grant(role="administrator")], by="test", at=now(),
        )  # fmt: skip
        account.state, account_id = "active", account.id
    from lanzarote.records.permissions import Actor

    browser = sign_in(own_paris, client, Actor(account_id=account_id, strong=True))
    browser.post("/fr/account/calendars", 403, what="make", region="paris")


def test_when_a_calendar_last_asked_is_noted_now_and_then(own_paris: Instance, client: TestClient[Any]) -> None:
    path, _ = make_address(own_paris, client)
    client.get(path)
    with own_paris.database.read(ALL) as session:
        first = session.scalars(select(CalendarAddress.used_at)).one()
    client.get(path)
    with own_paris.database.read(ALL) as session:
        assert session.scalars(select(CalendarAddress.used_at)).one() == first
        assert first is not None
        assert now() - first < timedelta(minutes=1)

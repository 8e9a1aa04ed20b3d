"""Who has a region's key can sign anything: what cannot be shown is refused by name, held, and changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.records.changelog import Change
from lanzarote.records.records import encode, now
from lanzarote.results import applying, enrolling
from lanzarote.results.batches import Position
from lanzarote.results.model import Forked, RevokedKey, Unfit, UnknownKey
from lanzarote.results.receiving import receive
from lanzarote.results.signing import new_key
from lanzarote.stakeholders.documents import StakeholderRelease
from lanzarote.store.ids import shipped_id
from lanzarote.types import Organisation
from sqlalchemy import func, select

from tests.core.results.hostile import HERE, Hostile, practice
from tests.core.results.test_receiving import everything

if TYPE_CHECKING:
    from collections.abc import Callable

    from lanzarote.instance import Instance
    from sqlalchemy.orm import Session

    Told = dict[str, Any]

pytestmark = pytest.mark.both_databases

ID = "01900000-0000-7000-8000-000000000001"
OTHER = "01900000-0000-7000-8000-000000000002"
OF_A_BODY = shipped_id(HERE, "stakeholder", "a-body")
LONG = "".join(sha256(bytes([number])).hexdigest() for number in range(200))
"""Too long for an index even when it is pressed."""


@pytest.fixture
def region(office: Instance) -> Hostile:
    region = Hostile(office).enrol()
    region.begin()
    return region


def organisation(since: str | None = None, slug: str = "a", **changed: Any) -> bytes:
    one = Organisation(name={"en": "A body"}, sectors=("health",), side="public", scope="local")
    one = msgspec.structs.replace(one, **changed)
    return encode(StakeholderRelease(slug=slug, key=None, names=(), organisation=one, since=since, mandate={}))


def naming(name: str) -> bytes:
    """A practice that this body does."""
    cited = {"name": {"en": "A body"}, "side": "public", "sectors": ["health"], "scope": "local", "verified": True}
    said = msgspec.json.decode(practice(partners=[{"organisation": name}]))
    return encode(said | {"organisations": {name: cited}})


UNFIT: dict[str, tuple[Callable[[Hostile], list[Told]], str]] = {
    "a region without a word": (lambda r: [r.entry("region", r.id, verb="withdraw")], "tells nothing"),
    "a region by another name": (
        lambda r: [r.entry("region", r.id, r.header()), r.entry("region", "other", r.header())],
        "its id is elsewhere, and the log other",
    ),
    "another region": (lambda r: [r.entry("region", r.id, r.header(id="other"))], "its id is other, and the log"),
    "no time zone": (lambda r: [r.entry("region", r.id, r.header(time_zone="No/Where"))], "no time zone"),
    "no language": (lambda r: [r.entry("region", r.id, r.header(languages=["zz"]))], "no language tag"),
    "no country": (lambda r: [r.entry("region", r.id, r.header(territory="UK"))], "no country code"),
    "countries together": (lambda r: [r.entry("region", r.id, r.header(territory="EU"))], "no country code"),
    "a country nobody knows": (lambda r: [r.entry("region", r.id, r.header(territory="ZZ"))], "no country code"),
    "no name": (lambda r: [r.entry("region", r.id, r.header(name={}))], "name: is missing"),
    "a beginning in the middle": (lambda r: [r.beginning(1)], "in the middle"),
    "a beginning by another verb": (lambda r: [r.beginning(1, verb="publish")], "does not name the one"),
    "no day": (lambda r: [r.entry("practice", ID, practice(started="0000-99-99"))], "not in the calendar"),
    "a year nobody plans for": (lambda r: [r.entry("practice", ID, practice(started="2999"))], "2999 is after 20"),
    "an end nobody plans for": (lambda r: [r.entry("practice", ID, practice(ended="9998-12-31"))], "look at the year"),
    "no page": (
        lambda r: [r.entry("practice", ID, practice(own_sources=[source("javascript:alert(1)")]))],
        "no web address",
    ),
    "no website": (lambda r: [r.entry("stakeholder", ID, organisation(website="javascript:alert(1)"))], "web address"),
    "no day of joining": (lambda r: [r.entry("stakeholder", ID, organisation("0000-99-99"))], "not in the calendar"),
    "an id that is none": (lambda r: [r.entry("practice", "Somebody", practice())], "no name that the platform gives"),
    "an address as id": (lambda r: [r.entry("practice", "a.b@example.org", verb="erase")], "no name"),
    "a key that is none": (lambda r: [r.entry("practice", ID, practice(key="Some Body"))], "practice"),
    "an address without words": (lambda r: [r.entry("practice", ID, practice(slug=""))], "slug: no page"),
    "an address that leads away": (lambda r: [r.entry("practice", ID, practice(slug=".."))], "slug: no page"),
    "an address in two parts": (lambda r: [r.entry("practice", ID, practice(slug="a/b"))], "slug: no page"),
    "an address without end": (lambda r: [r.entry("practice", ID, practice(slug=LONG))], "slug: no page"),
    "an organisation without end": (lambda r: [r.entry("stakeholder", ID, organisation(slug=LONG))], "slug: no page"),
    "itself as its partner": (lambda r: [r.entry("practice", ID, naming(ID))], "as an organisation, which is a pra"),
    "a practice as its partner": (
        lambda r: [r.entry("practice", ID, practice()), r.entry("practice", OTHER, naming(ID))],
        "as an organisation, which is a practice",
    ),
    "a partner as a practice": (
        lambda r: [r.entry("practice", OTHER, naming(ID)), r.entry("practice", ID, practice())],
        "as an organisation, which is a practice",
    ),
    "a practice that has the id of a partner's key": (
        lambda r: [r.entry("practice", ID, naming("a-body")), r.entry("practice", OF_A_BODY, practice(slug="b"))],
        "as an organisation, which is a practice",
    ),
    "a vocabulary by another name": (lambda r: [r.entry("vocabulary", "words", verb="withdraw")], "no name"),
}


def source(url: str) -> Told:
    said = {"key": "own-1", "title": "A text", "publisher": "A body", "kind": "official", "read_on": "2026-01-01"}
    return said | {"url": url}


@pytest.mark.parametrize("name", UNFIT)
def test_what_no_page_could_show_is_refused_by_name_and_held(region: Hostile, name: str) -> None:
    told, words = UNFIT[name]
    before = region.there()
    with pytest.raises(Unfit, match=words):
        region.send(*told(region))
    assert region.there() == before
    assert [code for code, data in region.held() if data] == ["unfit"]
    region.send(region.entry("practice", ID, practice(own_sources=[source("")])))


@pytest.mark.parametrize("count", [-5, 2**60])
def test_a_beginning_of_no_number_is_refused(region: Hostile, count: int) -> None:
    region.epoch += 1
    with pytest.raises(Unfit, match=r"epoch|canonical"):
        region.send(region.beginning(count))
    with pytest.raises(Unfit, match="tells nothing"):
        region.send(region.beginning(0, body=b""))


def test_a_beginning_that_a_database_cannot_count_is_held(region: Hostile) -> None:
    region.epoch += 1
    with pytest.raises(Unfit, match="a number greater than 2,147,483,647"):
        region.send(region.beginning(2**40))
    assert [code for code, _ in region.held()] == ["unfit"]


@pytest.mark.parametrize("year", [1, 1800, 1969, 2033, 2999, 9998, 9999])
def test_nothing_was_written_before_there_were_regions_nor_is_it_still_to_come(
    region: Hostile, year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.core.results.hostile.AT", datetime(year, 12, 31, tzinfo=UTC))
    with pytest.raises(Unfit, match=f"at: 0*{year}-12-31.* look at the clocks of both places"):
        region.send(region.entry("practice", ID, practice()))


def test_clocks_differ_and_are_set_back(region: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it is the first day of 2032."""
    for at in (datetime(2032, 1, 1, 23, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)):
        monkeypatch.setattr("tests.core.results.hostile.AT", at)
        assert region.send(region.entry("practice", ID, practice())).new == 1


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
@pytest.mark.parametrize("verb", ["withdraw", "forget", "erase"])
def test_nothing_is_withdrawn_at_a_moment_that_no_page_can_show(
    region: Hostile, verb: str, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.send(region.entry("practice", ID, practice()))
    monkeypatch.setattr("tests.core.results.hostile.AT", at)
    with pytest.raises(Unfit, match="before the year 1970 or still to come"):
        region.send(region.entry("practice", ID, verb=verb))


def test_two_beginnings_at_once_are_refused(region: Hostile) -> None:
    region.epoch += 1
    with pytest.raises(Unfit, match=r"in the middle|does not name the one"):
        region.send(region.beginning(1), region.beginning(1))


@pytest.mark.parametrize("error", [ValueError, AttributeError, KeyError, RecursionError, OverflowError])
def test_whatever_else_goes_wrong_is_held_and_repeats_no_word(
    region: Hostile, error: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise error("Unvergesslich")

    before = region.there()
    with monkeypatch.context() as patched:
        patched.setattr(applying, "_write_log", fail)
        with pytest.raises(Unfit) as refused:
            region.send(region.entry("practice", ID, practice()))
    assert "Unvergesslich" not in str(refused.value) + caplog.text
    assert error.__name__ in caplog.text
    assert region.there() == before
    assert [code for code, _ in region.held()] == ["unfit"]


def test_what_is_more_than_the_database_takes_is_held(region: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    too_much = {"sqlite": "SELECT zeroblob(2000000000)", "postgresql": "SELECT repeat('x', 2000000000)"}

    def fail(session: Session, *_: object) -> None:
        connection = session.connection()
        connection.exec_driver_sql(too_much[connection.dialect.name]).all()

    with monkeypatch.context() as patched:
        patched.setattr(applying, "_write_log", fail)
        with pytest.raises(Unfit, match="what this platform cannot take"):
            region.send(region.entry("practice", ID, practice()))
    assert [code for code, _ in region.held()] == ["unfit"]
    assert region.send(region.entry("practice", ID, practice())).new == 1


# Histories


def test_a_beginning_that_names_no_entry_of_the_log_replaces_nothing(region: Hostile) -> None:
    region.send(region.entry("practice", ID, practice()))
    at = region.at
    for elsewhere in (Position(seq=0, hash=""), Position(seq=1, hash="a" * 64), Position(seq=at.seq, hash="b" * 64)):
        region.at, region.epoch = elsewhere, 2
        with pytest.raises(Forked):
            region.begin()
        assert region.there() == (1, at.seq, at.hash)
    assert [code for code, data in region.held() if data] == ["other-history"] * 3
    region.at = at
    with pytest.raises(Unfit, match="does not name the one"):
        region.send(region.beginning(0, version=1, record="a" * 64))
    region.begin()
    assert region.there()[0] == 2


def test_a_beginning_may_follow_an_older_entry_as_after_a_restored_backup(region: Hostile) -> None:
    older = region.at
    region.send(region.entry("practice", ID, practice()))
    region.at, region.epoch = older, 2
    region.begin()
    with region.office.database.read(HERE) as session:
        assert session.scalar(select(func.count()).select_from(Change)) == region.at.seq


# Keys


def test_a_stolen_key_takes_with_it_what_it_vouched_for_and_nothing_else(region: Hostile) -> None:
    stolen, made, after, compared, good = (new_key() for _ in range(5))
    ways = (region.endorse(good), region.endorse(stolen), region.endorse(made, stolen), region.endorse(after, made))
    region.send(region.entry("practice", ID, practice()), keys=(*ways, region.endorse(compared, after)))
    first, region.key = region.key, compared
    region.enrol()
    with region.office.database.write(HERE) as session:
        enrolling.revoke(session, HERE, stolen.id, reason="It was stolen.", by="test", at=now())
    for key in (stolen, made, after):
        with pytest.raises(RevokedKey, match="It was stolen"):
            region.send(region.entry("practice", ID, practice("Another")), key=key)
    later = new_key()
    with pytest.raises(UnknownKey):
        region.send(region.entry("practice", ID, practice()), key=later, keys=(region.endorse(later, after),))
    for number, key in enumerate((first, good, compared)):
        region.send(region.entry("practice", ID, practice(f"Number {number}")), key=key)


# What is erased


def test_what_waits_keeps_no_word_of_what_is_erased(region: Hostile) -> None:
    secret = region.entry("practice", ID, practice("Unvergesslich"))
    kept = region.entry("practice", OTHER, practice("Something else", slug="other"))
    for one in (secret, kept):
        with pytest.raises(Unfit):
            region.send(one, region.entry("novelty", "x", b"{}"))
    region.send(secret)
    late = region.sign(region.entry("region", HERE, verb="withdraw"), secret)
    region.send(region.entry("practice", ID, verb="erase", version=2))
    assert "Unvergesslich" not in everything(region.office)
    assert sorted(bool(data) for _, data in region.held()) == [False, True]
    with pytest.raises(Forked):
        receive(region.office.database, BytesIO(late), came="net")
    assert "Unvergesslich" not in everything(region.office)


def test_what_waits_of_an_organisation_that_is_erased_goes_too(region: Hostile) -> None:
    cited = {"name": {"en": "Unvergesslich"}, "side": "public", "sectors": ["health"], "scope": "local"}
    said = msgspec.json.decode(practice(partners=[{"organisation": "a-body"}]))
    named = encode(said | {"organisations": {"a-body": cited}})
    body = encode(msgspec.json.decode(organisation()) | {"key": "a-body"})
    region.send(region.entry("stakeholder", OTHER, body))
    with pytest.raises(Unfit):
        region.send(region.entry("practice", ID, named), region.entry("novelty", "x", b"{}"))
    region.send(region.entry("stakeholder", OTHER, verb="erase", version=2))
    assert "Unvergesslich" not in everything(region.office)

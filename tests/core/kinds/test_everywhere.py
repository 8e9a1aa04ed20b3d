"""A kind is in everything that is made of all kinds, by its declaration alone: file, history, search, mail, results."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.errors import LoadError
from lanzarote.exchange.region_file import export_region, load_file
from lanzarote.office import tallies
from lanzarote.records.changelog import Change
from lanzarote.records.records import encode
from litestar.testing import TestClient
from sqlalchemy import select

from tests.conftest import copy_of
from tests.core.activity.conftest import Team
from tests.core.following.followers import Followers
from tests.core.kinds.conftest import site_with_trips, with_trips
from tests.core.kinds.forms import fields_of
from tests.core.results.two_places import TwoPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lanzarote.instance import Instance

TEAM = "/en/paris/team/trips"
PURPOSE = "Voir la salle d’audition."
TYPED: dict[str, Any] = {
    "original": "fr",
    "text.fr.title": "Visite du tribunal",
    "text.fr.purpose": PURPOSE,
    "place": "school",
    "guests[0].sector": "Justice",
    "guests[0].brings.fr": "Un plan",
}


@pytest.fixture
def team(own_paris: Instance) -> Iterator[Team]:
    with site_with_trips(own_paris) as client:
        yield Team(own_paris, client)


@pytest.fixture
def path(team: Team) -> str:
    """Address of a trip that Ana has written."""
    return team.ana.post(f"{TEAM}/new", **TYPED).partition("?")[0]


def held(team: Team, path: str) -> str:
    """Its id, once the head of the team has said that it took place."""
    team.head.post(f"{path}/hold", **(fields_of(team.head.get(f"{path}/hold")) | {"reason": "Le juge nous a reçus."}))
    return path.rpartition("/")[2]


def published(team: Team, path: str) -> str:
    name = held(team, path)
    team.head.post(f"{path}/publish", **fields_of(team.head.get(f"{path}/publish")))
    return name


def lines(instance: Instance) -> list[dict[str, Any]]:
    file = io.BytesIO()
    export_region(instance, "paris", file)
    return [json.loads(line) for line in file.getvalue().splitlines()]


def written(lines: list[dict[str, Any]], place: Path) -> Path:
    place.write_bytes(b"".join(encode(line) + b"\n" for line in lines))
    return place


def test_it_goes_through_a_file_whole_and_what_is_not_allowed_comes_in_by_none(
    team: Team, path: str, sqlite_template: Path, tmp_path: Path
) -> None:
    record = held(team, path)
    (there_data := tmp_path / "there").mkdir()
    there = lines(team.paris)
    [trip] = [line for line in there if line.get("kind") == "trip"]
    assert (trip["id"], trip["status"]) == (record, {"state": "held", "learnt": "Le juge nous a reçus."})
    with with_trips(copy_of(sqlite_template, there_data), there_data) as empty:
        load_file(empty, written(there, tmp_path / "paris.jsonl"))
        assert [line for line in lines(empty) if line.get("kind") == "trip"] == [trip]
        body = trip["versions"][-1]["body"] | {"place": "school"}
        for wrong, why in (
            ({"text": {"fr": {"title": "Jean Dupont, 06 12 34 56 78"}}}, "looks like personal data"),
            ({"place": "nowhere"}, "place"),
            ({"unknown": 1}, "unknown"),
        ):
            with pytest.raises(LoadError, match=why):
                load_file(empty, written([there[0], {"kind": "trip", "body": body | wrong}], tmp_path / "x.jsonl"))
        load_file(empty, written([there[0], {"kind": "trip", "body": body}], tmp_path / "new.jsonl"))
        assert len([line for line in lines(empty) if line.get("kind") == "trip"]) == 2


def test_the_history_tells_of_it_in_the_words_of_the_reader(team: Team, path: str) -> None:
    record = held(team, path)
    read = {lang: team.head.get(f"/{lang}/paris/team/activity?record={record}") for lang in ("en", "fr")}
    for lang, words in {
        "en": ("noted that the trip took place", "a trip"),
        "fr": ("a noté que la visite a eu lieu", "une visite"),
    }.items():
        assert all(one in read[lang] for one in words)
        assert f'href="/{lang}/paris/team/trips/{record}"' in read[lang]
    assert '<option value="trip"' in read["en"]


def test_the_bar_of_the_team_leads_to_its_list(team: Team) -> None:
    for lang, word in (("en", "Trips"), ("fr", "Visites")):
        page = team.bo.get(f"/{lang}/paris/team/improvements")
        assert re.search(rf'<a href="/{lang}/paris/team/trips"[^>]*>\s*{word}', page)


def test_the_team_finds_it_and_nobody_else(team: Team, path: str) -> None:
    for lang, word in (("en", "Trip"), ("fr", "Visite")):
        found = team.bo.get(f"/{lang}/paris/team/search?q=salle+audition+tribunal")
        assert f"/{lang}/paris/team/trips/{path.rpartition('/')[2]}" in found
        assert word in found
    assert "trips/" not in team.client.get("/en/paris/search?q=visite+tribunal").text


def test_who_follows_it_is_told_in_their_language_and_never_what_is_written(team: Team, path: str) -> None:
    followers = Followers(team.paris)
    reader, stranger = followers.group.rita, followers.stranger()
    followers.follow(reader, path.rpartition("/")[2])
    followers.follow(stranger)
    record = held(team, path)
    [told] = followers.told_by_mail(reader)
    assert "Une visite (Paris" in told
    assert "elle a eu lieu" in told
    assert f"/fr/paris/team/trips/{record}" in told
    assert PURPOSE not in told
    assert "tribunal" not in told
    assert followers.told_by_mail(stranger) == []


def test_what_is_published_of_it_reaches_the_office_which_counts_and_names_it(
    team: Team, path: str, tmp_path: Path, sqlite_template: Path
) -> None:
    record = published(team, path)
    (tmp_path / "office").mkdir()
    url = copy_of(sqlite_template, tmp_path / "office")
    with with_trips(url, tmp_path / "office", LANZAROTE_OFFICE="on") as office:
        places = TwoPlaces(team.paris, office)
        places.take(places.export())
        with office.database.read("paris") as session:
            assert session.scalars(select(Change.kind).where(Change.record_id == record)).all() == ["trip"]
            assert tallies.kept(session, "paris")["trip", "school", ""] == 1
        with TestClient(create_app(office), base_url="http://lanzarote.test") as client:
            for lang, word in (("en", "Trip"), ("fr", "Visite")):
                page = client.get(f"/{lang}/office/records?of=trip").text
                assert "Visite du tribunal" in page
                assert f">{word} · " in page
                assert "//" not in "".join(re.findall(r'href="(/[^"]*)"', page))
        places.erase(record)
        places.take(places.export(places.there()))
        with office.database.read("paris") as session:
            assert tallies.kept(session, "paris")["trip", "school", ""] == 0


def test_the_team_reads_field_by_field_what_leaves(team: Team, path: str) -> None:
    record = published(team, path)
    page = {lang: team.head.get(f"/{lang}/paris/team/results/what/trip/{record}") for lang in ("en", "fr")}
    for lang, words in {
        "en": ("Where", "At a school", "Address of the trip", "Trips"),
        "fr": ("Lieu de la visite", "Dans une école", "Adresse de la visite", "Visites"),
    }.items():
        assert all(one in page[lang] for one in words)
        assert "Visite du tribunal" in team.head.get(f"/{lang}/paris/team/results")

"""A practice is written through the API: a program does what forms do, and nothing more than its owner may."""

from __future__ import annotations

from typing import Any

import pytest
from lanzarote.records.changelog import Audit
from lanzarote.records.records import Record, Version
from sqlalchemy import select

from tests.core.api.programs import (
    API,
    BEARER,
    CONFIRMED,
    PARIS,
    TEAM,
    WHOLE,
    Program,
    Programs,
    problem,
    titled,
)


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def verbs(programs: Programs, path: str) -> list[tuple[str, str]]:
    with programs.instance.database.read("paris") as session:
        query = select(Audit.verb, Audit.actor).where(Audit.record_id == id_of(path)).order_by(Audit.seq)
        return [(verb, actor) for verb, actor in session.execute(query)]


# From the first word to the public and out of it again


def test_a_practice_goes_from_the_first_word_to_the_public_and_out_again(
    programs: Programs, writer: Program, publisher: Program, head: Program
) -> None:
    begun = writer.ask("POST", TEAM, {"original": "fr", "text": {"fr": {"title": "Une salle"}}})
    assert begun.status_code == 201
    path = begun.headers["location"]
    assert begun.json() | {"updated_at": "", "id": ""} == {
        "id": "", "slug": "une-salle", "state": "draft", "stage": "writing", "version": 1, "published_version": None,
        "updated_at": "",
    }  # fmt: skip
    assert begun.headers["etag"] == writer.etag(path)
    seen = writer.get(path)
    assert "text.fr.summary" in seen["missing"]
    assert [one["field"] for one in problem(writer.step(path, "submit", BEARER))["errors"]] == seen["missing"]

    saved = writer.save(path, titled("Une salle partagée"))
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    submitted = writer.step(path, "submit", BEARER)
    assert (submitted.status_code, submitted.json()["stage"]) == (200, "submitted")
    assert problem(writer.save(path, WHOLE))["code"] == "not-now"
    assert writer.step(path, "take-back").json()["stage"] == "writing"
    assert writer.step(path, "submit", BEARER).status_code == 200
    assert publisher.step(path, "give-back", {"reason": "Il manque les limites."}).json()["stage"] == "writing"
    told = writer.get(path)
    assert [(one["reason"], one["by"]["name"]) for one in told["given_back"]] == [("Il manque les limites.", "Bo")]
    assert writer.step(path, "submit", BEARER).status_code == 200
    assert writer.get(path)["submitted_by"] == {"id": writer.id, "name": "Ana"}

    published = publisher.step(path, "publish", CONFIRMED)
    assert (published.status_code, published.json()["state"], published.json()["published_version"]) == (
        200,
        "published",
        2,
    )
    slug = published.json()["slug"]
    public = f"{PARIS}/practices/{slug}"
    assert programs.nobody.get(public)["text"]["fr"]["title"] == "Une salle partagée"

    assert writer.save(path, titled("Une salle, mieux dite")).json()["stage"] == "writing"
    assert programs.nobody.get(public)["text"]["fr"]["title"] == "Une salle partagée"
    assert writer.step(path, "discard").json()["stage"] == ""
    assert writer.get(path)["practice"]["text"]["fr"]["title"] == "Une salle partagée"

    assert head.step(path, "withdraw", {"reason": "Le dispositif a fermé."}).json()["state"] == "withdrawn"
    assert programs.nobody.get(public, 410)
    assert head.step(path, "archive").json()["state"] == "archived"
    erased = head.step(path, "erase")
    assert (erased.status_code, erased.content) == (204, b"")
    assert writer.get(path, 410)
    assert verbs(programs, path) == [
        ("create", writer.id), ("revise", writer.id), ("submit", writer.id), ("take-back", writer.id),
        ("submit", writer.id), ("return", publisher.id), ("submit", writer.id), ("publish", publisher.id),
        ("revise", writer.id), ("revise", writer.id), ("discard", writer.id), ("withdraw", head.id),
        ("archive", head.id), ("erase", head.id),
    ]  # fmt: skip


def test_what_is_read_can_be_sent_back_as_it_is(writer: Program) -> None:
    path = writer.begin(WHOLE | {"evidence": [{"value": 12.5, "unit": {"fr": "auditions"}}], "convention": ["10.3"]})
    practice = writer.get(path)["practice"]
    again = writer.save(path, practice)
    assert (again.status_code, again.json()["version"]) == (200, 1)


def test_nobody_publishes_alone_what_they_submitted(writer: Program, head: Program) -> None:
    path = head.begin()
    assert head.step(path, "submit", BEARER).status_code == 200
    refused = head.step(path, "publish", CONFIRMED)
    assert (refused.status_code, problem(refused)["code"]) == (403, "not-permitted")
    assert "nobody publishes alone" in problem(refused)["detail"]


def test_both_confirmations_are_needed(writer: Program, publisher: Program) -> None:
    path = writer.begin()
    writer.step(path, "submit", BEARER)
    for half in ({"nobody": True, "no_case": False}, {"nobody": False, "no_case": True}):
        refused = publisher.step(path, "publish", half)
        assert (refused.status_code, [one["field"] for one in problem(refused)["errors"]]) == (422, ["confirmed"])
    assert publisher.step(path, "publish", {"nobody": True}).status_code == 422


# Reading


def test_the_list_tells_how_far_each_practice_is(programs: Programs, writer: Program) -> None:
    mine = programs.of("contributor")
    paths = [mine.begin(titled(f"Numéro {number}")) for number in range(3)]
    mine.step(paths[0], "submit", BEARER)
    listed = mine.get(f"{TEAM}?only=mine")
    assert [(one["title"], one["stage"]) for one in listed["items"]] == [
        ("Numéro 0", "submitted"), ("Numéro 2", "writing"), ("Numéro 1", "writing"),
    ]  # fmt: skip
    assert (listed["total"], listed["next"]) == (3, None)
    assert all(one["mine"] for one in listed["items"])


def test_a_long_list_goes_on_where_next_says(programs: Programs) -> None:
    mine = programs.of("contributor")
    for number in range(53):
        mine.begin(titled(f"Suite {number}"))
    first = mine.get(f"{TEAM}?only=mine")
    second = mine.get(first["next"])
    assert (len(first["items"]), len(second["items"]), second["next"]) == (50, 3, None)
    assert len({one["id"] for one in (*first["items"], *second["items"])}) == 53


def test_versions_and_what_changed_between_them(writer: Program) -> None:
    path = writer.begin(titled("Avant"))
    writer.save(path, titled("Après", started="2014"))
    lines = writer.get(f"{path}/versions")["items"]
    assert [(one["number"], one["by"]["name"], one["published"]) for one in lines] == [
        (2, "Ana", False),
        (1, "Ana", False),
    ]
    assert writer.get(f"{path}/versions/1")["practice"]["text"]["fr"]["title"] == "Avant"
    assert writer.get(f"{path}/versions/2/changes")["fields"] == [
        {"field": "started", "before": None, "after": "2014"},
        {"field": "text.fr.title", "before": "Avant", "after": "Après"},
    ]
    assert writer.get(f"{path}/versions/3", 404)


def test_what_has_not_changed_is_not_sent_again(writer: Program) -> None:
    path = writer.begin()
    for asked in (path, TEAM, f"{path}/versions"):
        first = writer.ask("GET", asked)
        again = writer.ask("GET", asked, if_none_match=first.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")
        assert first.headers["cache-control"] == "no-store"


def test_a_token_changes_nothing_about_what_the_public_reads(
    programs: Programs, writer: Program, head: Program
) -> None:
    for path in (f"{PARIS}/practices?limit=3", f"{PARIS}/practices/uaped", f"{API}/search?q=salle"):
        assert writer.ask("GET", path).content == programs.nobody.ask("GET", path).content


def test_nobody_reads_the_teams_pages_without_a_token(programs: Programs, writer: Program) -> None:
    path = writer.begin()
    for asked in (TEAM, path, f"{path}/versions", f"{path}/versions/1"):
        refused = programs.nobody.ask("GET", asked)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == 'Bearer realm="lanzarote"'


# Who may not know


UNKNOWN = "01890000-0000-7000-8000-000000000000"


def alike(one: Any, other: Any, *ids: str) -> bool:
    def told(answer: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
        body = answer.content
        return answer.status_code, body, sorted((k, v) for k, v in answer.headers.items() if k != "date")

    return told(one) == told(other)


@pytest.mark.parametrize("who", ["representative", "contributor elsewhere", "token for elsewhere"])
def test_what_somebody_may_not_know_is_told_like_what_there_is_not(
    programs: Programs, writer: Program, who: str
) -> None:
    path = writer.begin()
    stranger = {
        "representative": lambda: programs.of("representative", organisation="x"),
        "contributor elsewhere": lambda: programs.of("contributor", region="elsewhere"),
        "token for elsewhere": lambda: programs.again(writer, region="elsewhere"),
    }[who]()
    nothing = f"{TEAM}/{UNKNOWN}"
    for more in ("", "/versions", "/versions/1", "/versions/1/changes"):
        real, none = stranger.ask("GET", path + more), stranger.ask("GET", nothing + more)
        assert alike(real, none)
        assert real.status_code == (404 if who == "representative" else 403)
    for name in ("submit", "take-back", "discard"):
        assert alike(stranger.step(path, name, if_match='"1"'), stranger.step(nothing, name, if_match='"1"'))
    for body in (WHOLE, titled("Léa Martin, 9 ans")):
        assert alike(stranger.save(path, body, if_match='"1"'), stranger.save(nothing, body, if_match='"1"'))


def test_a_practice_is_no_more_known_under_another_region(programs: Programs, writer: Program) -> None:
    path = writer.begin()
    both = programs.of("contributor", region="elsewhere")
    assert both.ask("GET", path.replace("/paris/", "/elsewhere/")).status_code == 404


# Two who write at once


def test_whoever_did_not_read_the_newest_state_overwrites_nothing(
    writer: Program, publisher: Program, head: Program
) -> None:
    path = writer.begin(titled("Un"))
    old = writer.etag(path)
    assert head.save(path, titled("Deux")).status_code == 200
    refused = writer.save(path, titled("Trois"), if_match=old)
    told = problem(refused)
    assert (refused.status_code, told["code"], told["version"]) == (412, "changed-meanwhile", 2)
    assert refused.headers["etag"] == writer.etag(path)
    assert writer.get(path)["practice"]["text"]["fr"]["title"] == "Deux"
    assert writer.save(path, titled("Trois"), if_match=refused.headers["etag"]).json()["version"] == 3


def test_a_state_that_moved_without_a_new_version_is_another_state(writer: Program, publisher: Program) -> None:
    path = writer.begin()
    writer.step(path, "submit", BEARER)
    read = publisher.etag(path)
    writer.step(path, "take-back")
    writer.step(path, "submit", BEARER | {"bearer": "Quelqu’un d’autre"})
    assert publisher.step(path, "publish", CONFIRMED, if_match=read).status_code == 412


def test_of_two_publishers_one_publishes(
    programs: Programs, writer: Program, publisher: Program, head: Program
) -> None:
    path = writer.begin()
    writer.step(path, "submit", BEARER)
    read = publisher.etag(path)
    first = publisher.step(path, "publish", CONFIRMED, if_match=read)
    second = head.step(path, "publish", CONFIRMED, if_match=read)
    assert (first.status_code, second.status_code) == (200, 412)
    assert [verb for verb, _ in verbs(programs, path)].count("publish") == 1


def test_a_version_is_never_lost(programs: Programs, writer: Program) -> None:
    path = writer.begin(titled("Un"))
    for title in ("Deux", "Trois"):
        writer.save(path, titled(title))
    with programs.instance.database.read("paris") as session:
        bodies = session.scalars(select(Version.body).where(Version.record_id == id_of(path)).order_by(Version.number))
        assert [title in body.decode() for title, body in zip(("Un", "Deux", "Trois"), bodies, strict=True)] == [
            True
        ] * 3
        assert session.get_one(Record, ("paris", id_of(path))).version == 3

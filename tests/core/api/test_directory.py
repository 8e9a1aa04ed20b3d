"""The directory is kept through the API: written, published by a second person, renamed, merged, split, erased."""

from __future__ import annotations

from typing import Any

import pytest
from lanzarote.records.changelog import Audit
from sqlalchemy import select

from tests.core.api.programs import PARIS, Program, Programs, problem

DIRECTORY = f"{PARIS}/team/stakeholders"
PUBLIC = f"{PARIS}/stakeholders"
BODY: dict[str, Any] = {
    "name": {"fr": "Maison de l’audition", "en": "Hearing House"},
    "role": {"fr": "Accueille les auditions filmées d’enfants.", "en": "Hosts filmed hearings of children."},
    "sectors": ["courts"],
    "side": "public",
    "scope": "local",
}
DESK: dict[str, Any] = {
    "purpose": {"fr": "Permanence protection de l’enfance"},
    "address": "contact@audition.example",
    "source": "https://audition.example/contact",
    "review_on": "2032-01-01",
}


def named(name: str) -> dict[str, Any]:
    return BODY | {"name": {"fr": name}}


def begun(writer: Program, body: Any = None) -> str:
    answer = writer.ask("POST", DIRECTORY, body or BODY)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def published(writer: Program, publisher: Program, name: str) -> str:
    path = begun(writer, named(name))
    assert writer.step(path, "submit").status_code == 200
    answer = publisher.step(path, "publish", {"confirmed": True})
    assert answer.status_code == 200, answer.text
    return path


def test_an_entry_goes_from_the_first_word_to_the_public_and_out_again(
    programs: Programs, writer: Program, publisher: Program, head: Program
) -> None:
    path = begun(writer, named("Le premier mot") | {"contacts": [DESK]})
    seen = writer.get(path)
    assert (seen["organisation"]["name"], seen["state"], seen["stage"]) == (
        {"fr": "Le premier mot"},
        "draft",
        "writing",
    )
    assert [one["address"] for one in seen["contacts"]] == ["contact@audition.example"]
    assert writer.save(path, seen["organisation"]).json()["version"] == 1
    assert writer.save(path, named("Le mot juste")).json()["version"] == 2
    assert len(writer.get(path)["contacts"]) == 1
    writer.step(path, "submit")
    writer.step(path, "take-back")
    writer.step(path, "submit")
    assert publisher.step(path, "give-back", {"reason": "La source manque."}).json()["stage"] == "writing"
    writer.step(path, "submit")
    assert publisher.step(path, "publish", {"confirmed": False}).status_code == 422
    shown = publisher.step(path, "publish", {"confirmed": True})
    public = f"{PUBLIC}/{shown.json()['slug']}"
    assert programs.nobody.get(public)["organisation"]["name"] == {"fr": "Le mot juste"}
    assert "contact@audition" not in programs.nobody.ask("GET", public).text
    assert writer.save(path, named("Un autre mot")).json()["stage"] == "writing"
    assert writer.step(path, "discard").json()["stage"] == ""
    assert [one["number"] for one in writer.get(f"{path}/versions")["items"]] == [4, 3, 2, 1]
    assert writer.get(f"{path}/versions/1")["organisation"]["name"] == {"fr": "Le premier mot"}
    assert head.step(path, "withdraw", {"reason": "Elle est fermée."}).json()["state"] == "withdrawn"
    assert head.step(path, "archive").json()["state"] == "archived"
    assert head.step(path, "erase").status_code == 204
    assert writer.ask("GET", path).status_code == 410
    with programs.instance.database.read("paris") as session:
        query = select(Audit.actor).where(Audit.record_id == path.rpartition("/")[2]).distinct()
        assert set(session.scalars(query)) == {writer.id, publisher.id, head.id}


def test_nobody_publishes_an_entry_alone(head: Program) -> None:
    path = begun(head)
    head.step(path, "submit")
    assert head.step(path, "publish", {"confirmed": True}).status_code == 403


def test_how_it_relates_to_the_group_is_said_with_its_source(
    programs: Programs, writer: Program, publisher: Program, head: Program
) -> None:
    path = published(writer, publisher, "Qui prend part")
    refused = head.step(path, "relation", {"relation": "taking-part"})
    assert [one["field"] for one in problem(refused)["errors"]] == ["since", "source"]
    said = {"relation": "taking-part", "since": "2024-03", "source": "Lettre du 3 mars 2024"}
    old = head.etag(path)
    told = head.step(path, "relation", said)
    assert told.status_code == 200
    assert head.step(path, "relation", {"relation": "left"}, if_match=old).status_code == 412
    assert programs.nobody.get(f"{PUBLIC}/{told.json()['slug']}")["status"]["relation"] == "taking-part"
    assert writer.step(path, "relation", said).status_code == 403


def test_an_old_address_leads_to_the_new_one(
    programs: Programs, writer: Program, publisher: Program, head: Program
) -> None:
    path = published(writer, publisher, "Ancienne adresse")
    old = head.get(path)["slug"]
    new = head.step(path, "rename", {"slug": "Nouvelle adresse"}).json()["slug"]
    assert new == "nouvelle-adresse"
    moved = programs.nobody.ask("GET", f"{PUBLIC}/{old}")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{PUBLIC}/{new}")
    assert [one["field"] for one in problem(head.step(path, "rename", {"slug": "…"}))["errors"]] == ["slug"]


def test_one_entry_answers_for_another_until_they_are_split(
    programs: Programs, writer: Program, publisher: Program, head: Program
) -> None:
    one, other = published(writer, publisher, "Celle qui part"), published(writer, publisher, "Celle qui reste")
    slug, stays = head.get(one)["slug"], head.get(other)["slug"]
    for into in ("nonsense", one.rpartition("/")[2]):
        assert [e["field"] for e in problem(head.step(one, "merge", {"into": into}))["errors"]] == ["into"]
    assert head.step(one, "merge", {"into": other.rpartition("/")[2]}).json()["state"] == "merged"
    assert head.get(one)["merged_into"] == other.rpartition("/")[2]
    moved = programs.nobody.ask("GET", f"{PUBLIC}/{slug}")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{PUBLIC}/{stays}")
    assert head.step(one, "split").json()["state"] == "published"
    assert programs.nobody.get(f"{PUBLIC}/{slug}")["slug"] == slug


def test_a_second_entry_begins_out_of_one(writer: Program, publisher: Program, head: Program) -> None:
    path = published(writer, publisher, "Celle qui se partage")
    made = head.step(path, "split-off", named("La seconde"))
    assert made.status_code == 201
    assert head.get(made.headers["location"])["state"] == "draft"
    assert head.get(path)["state"] == "published"


def test_nobody_takes_over_the_keys_of_another_entry(writer: Program) -> None:
    refused = writer.ask("POST", DIRECTORY, BODY | {"former": ["tj-paris"]})
    assert [one["field"] for one in problem(refused)["errors"]] == ["former"]
    path = begun(writer)
    assert writer.save(path, BODY | {"former": ["tj-paris"]}).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        ({"role": {"fr": "Écrire à jean.dupont@gmail.com"}}, {"email"}),
        ({"contacts": [DESK | {"address": "jean.dupont@gmail.com"}]}, {"email"}),
    ],
)
def test_an_entry_passes_the_guard(writer: Program, wrong: dict[str, Any], codes: set[str]) -> None:
    refused = writer.ask("POST", DIRECTORY, BODY | wrong)
    told = problem(refused)
    assert (refused.status_code, {one["code"] for one in told["concerns"]}) == (422, codes)
    assert "dupont" not in refused.text


def test_a_representative_writes_their_own_entry_and_knows_no_draft_of_another(
    programs: Programs, writer: Program, publisher: Program
) -> None:
    path, other = published(writer, publisher, "La leur"), begun(writer, named("Pas la leur"))
    theirs = programs.of("representative", organisation=path.rpartition("/")[2])
    assert theirs.save(path, named("La leur, mieux dite")).status_code == 200
    unknown = f"{DIRECTORY}/01890000-0000-7000-8000-000000000000"
    assert theirs.ask("GET", other).content == theirs.ask("GET", unknown).content
    assert theirs.ask("GET", other).status_code == 404
    assert [one["id"] for one in theirs.get(DIRECTORY)["items"]] == [path.rpartition("/")[2]]
    assert theirs.ask("POST", DIRECTORY, BODY).status_code == 403


def test_a_practice_is_no_entry_and_an_entry_no_practice(writer: Program) -> None:
    practice, entry = writer.begin().rpartition("/")[2], begun(writer).rpartition("/")[2]
    assert writer.ask("GET", f"{DIRECTORY}/{practice}").status_code == 404
    assert writer.ask("GET", f"{PARIS}/team/practices/{entry}").status_code == 404

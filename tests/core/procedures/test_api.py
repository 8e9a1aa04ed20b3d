"""Programs keep procedures as people do: what was read is named, nothing happens twice, each body speaks for itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lanzarote.instance import Instance

from tests.core import days
from tests.core.api.programs import PARIS, Programs, problem
from tests.core.practices.signed_in import site_of
from tests.core.procedures.agreeing import BODIES, BODY, STEPS, body_id, endorsed, status, step, today

TEAM = f"{PARIS}/team/procedures"
SAID = {"what": "endorse", "day": today(), "source": "Courrier n° 12"}
CONFIRMED = {"confirmed": True}


@pytest.fixture(scope="module")
def everybody(everywhere: Instance) -> Iterator[Programs]:
    with site_of(everywhere) as client:
        yield Programs(everywhere, client)


def begun(programs: Programs, body: dict[str, Any] = BODY) -> str:
    answer = programs.of("contributor").ask("POST", TEAM, body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def test_from_the_first_word_to_the_public(everybody: Programs) -> None:
    head = everybody.of("coordinator")
    rep = everybody.of("representative", organisation=body_id(everybody.instance, BODIES[0]))
    path = begun(everybody)
    assert head.step(path, "propose", CONFIRMED).status_code == 200
    assert rep.step(path, "say", {"stakeholder": BODIES[0], "what": "endorse", "day": today()}).status_code == 200
    assert rep.step(path, "say", {"stakeholder": BODIES[1]} | SAID).status_code == 403
    assert head.step(path, "say", {"stakeholder": BODIES[1]} | SAID).status_code == 200
    told = head.get(path)
    assert (told["state"], [one["spoken"] for one in told["said"]]) == ("endorsed", [True, False])
    public = everybody.nobody.get(f"{PARIS}/procedures/{told['slug']}")
    assert [(one["organisation"], one["endorsed"]["spoken"]) for one in public["parties"]] == [
        (BODIES[0], True),
        (BODIES[1], False),
    ]
    assert public["procedure"]["steps"][0]["passes"][0]["basis"] == "fr-cpp-40"


def test_what_is_open_is_told_by_step(everybody: Programs) -> None:
    path = begun(everybody, BODY | {"steps": [step("a", "b"), step("b", "a")]})
    head = everybody.of("coordinator")
    answer = head.step(path, "propose", CONFIRMED)
    assert answer.status_code == 422
    assert [one["field"] for one in problem(answer)["errors"]] == ["steps[0].next", "steps[1].next"]
    assert [one["field"] for one in head.get(path)["open_points"]] == ["steps[0].next", "steps[1].next"]


def test_who_read_another_state_is_told_so(everybody: Programs) -> None:
    writer = everybody.of("contributor")
    path = begun(everybody)
    read = writer.etag(path)
    assert writer.save(path, BODY | {"review_months": 6}, if_match=read).status_code == 200
    assert writer.save(path, BODY, if_match=read).status_code == 412
    assert writer.ask("PUT", path, BODY).status_code == 428


@pytest.mark.both_databases
def test_of_many_programs_that_endorse_for_a_body_one_counts(everybody: Programs) -> None:
    head = everybody.of("coordinator")
    path = begun(everybody)
    head.step(path, "propose", CONFIRMED)
    people = [everybody.of("coordinator") for _ in range(8)]
    read = head.etag(path)

    def endorse(number: int) -> int:
        body = {"stakeholder": BODIES[0]} | SAID
        return int(people[number].step(path, "say", body, if_match=read).status_code)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(endorse, range(8))) == [200] + [412] * 7
    assert len(head.get(path)["said"]) == 1


def test_what_the_guard_finds_is_named_by_place_and_never_repeated(everybody: Programs) -> None:
    steps = [STEPS[0] | {"input": {"fr": "Écrire à jean.dupont@justice.example"}}, *STEPS[1:]]
    answer = everybody.of("contributor").ask("POST", TEAM, BODY | {"steps": steps})
    assert answer.status_code == 422
    assert [one["field"] for one in problem(answer)["concerns"]] == ["steps[0].input.fr"]
    assert "dupont" not in answer.text


def test_the_group_alone_reads_what_is_written(everybody: Programs) -> None:
    path = begun(everybody)
    body = everybody.instance.directory("paris")[0].id
    for reader in (everybody.of("representative", organisation=body), everybody.of("reviewer")):
        reader.get(path)
        reader.get(f"{path}/versions")
        assert reader.get(f"{path}/versions/1")["procedure"]["original"] == "fr"
    everybody.of("office").get(path, 403)
    everybody.nobody.get(path, 401)


@pytest.mark.parametrize("slug", ["hospital-cells-2014", "example-first-words"])
def test_what_paris_ships_reads_as_endorsed_by_nobody(everybody: Programs, slug: str) -> None:
    told = everybody.nobody.get(f"{PARIS}/procedures/{slug}")
    assert (told["state"], told["endorsed_on"]) == ("documented", None)
    assert all(one["endorsed"] is one["applied"] is None for one in told["parties"])
    listed = [one["slug"] for one in everybody.nobody.get(f"{PARIS}/procedures")["items"]]
    assert (slug in listed) == (told["nature"] != "example")


def test_an_endorsed_procedure_is_looked_at_again_replaced_and_withdrawn(everybody: Programs) -> None:
    head = everybody.of("coordinator")
    path, other = (f"{TEAM}/{endorsed(everybody.instance)}" for _ in range(2))
    assert head.step(path, "look-again").status_code == 200
    assert status(everybody.instance, path.rpartition("/")[2]).reviewed_on == days.today()
    assert head.step(path, "rename", {"slug": "autre-nom"}).status_code == 200
    assert head.step(path, "supersede", {"into": other.rpartition("/")[2]}).status_code == 200
    withdrawn = head.step(path, "withdraw", {"reason": "Remplacé par un autre."})
    assert withdrawn.status_code == 200, withdrawn.text


def test_steps_that_end_it(everybody: Programs) -> None:
    head = everybody.of("coordinator")
    path = begun(everybody)
    assert head.step(path, "archive").status_code == 200
    assert head.step(path, "propose", CONFIRMED).status_code == 409
    assert head.step(path, "erase").status_code == 204
    head.get(path, 410)

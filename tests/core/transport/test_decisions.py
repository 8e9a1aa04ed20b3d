"""A file brings in no decision that does not follow from its positions, and no answer that nobody gave."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LoadError
from lanzarote.exchange.region_file import load_file
from lanzarote.instance import Instance
from lanzarote.records.records import Record, encode
from lanzarote.stakeholders import deciding, writing

from tests.conftest import copy_of
from tests.core.evaluation import piloting
from tests.core.improvements.group import AFTER, HEAD, LATER, Group
from tests.core.improvements.test_deciding import noted
from tests.core.transport.paris_file import export

Line = dict[str, Any]
Forging = Callable[[Line], None]


def refused(paris: Instance, template: Path, folder: Path, kind: str, forge: Forging) -> str:
    """Why the file is refused in which *forge* changed the only line of its *kind* with rows; without it, it loads."""
    lines = export(paris).splitlines()
    [place] = [n for n, line in enumerate(lines) if b'"beside"' in line and json.loads(line).get("kind") == kind]
    line = json.loads(lines[place])
    forge(line)
    file = folder / "paris.jsonl"
    (folder / "other").mkdir()
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": copy_of(template, folder / "other")})) as other:
        file.write_bytes(b"\n".join([*lines[:place], encode(line), *lines[place + 1 :]]) + b"\n")
        with pytest.raises(LoadError) as told:
            load_file(other, file)
        file.write_bytes(b"\n".join(lines) + b"\n")
        load_file(other, file)
    assert f"line {place + 1}: " in str(told.value)
    return str(told.value)


def body(line: Line) -> Any:
    return line["beside"]["improvement_decision"][0]["body"]


def adopt(line: Line) -> None:
    body(line)["outcome"]["verdict"] = "adopted"


def leave_out_who_objects(line: Line) -> None:
    told = body(line)
    told["taking_part"] = [
        one for one in told["taking_part"] if one["stakeholder"] != told["positions"][0]["stakeholder"]
    ]


def put_another_side(line: Line) -> None:
    next(one for one in body(line)["outcome"]["steps"] if one["code"] == "side")["about"] = "nowhere"


def count_twice(line: Line) -> None:
    body(line)["positions"].append(body(line)["positions"][0])


def say_otherwise(line: Line) -> None:
    for one in line["beside"]["position"]:
        one["choice"] = "abstain"


def point_elsewhere(line: Line) -> None:
    line["status"]["decision"] = 7


def name_it(line: Line) -> None:
    body(line)["positions"][0]["named"] = True


def put_words_in_its_mouth(line: Line) -> None:
    body(line)["positions"][0]["reason"] = "Nous ne voulons pas."


def put_another_tongue(line: Line) -> None:
    body(line)["positions"][0]["lang"] = "it"


def say_how(line: Line) -> None:
    body(line)["positions"][0]["how"] = "link"


def leave_out_its_name(line: Line) -> None:
    told = body(line)["positions"][0]
    del body(line)["bodies"][told["stakeholder"]]
    for name in ("reason", "lang", "named"):
        told.pop(name, None)


def give_as_nobody_known(line: Line) -> None:
    body(line)["positions"][0] |= {"given_as": "01890000-0000-7000-8000-000000000000", "reason": "Ainsi."}


def stand_undecided(line: Line) -> None:
    line["status"].pop("decision")


def be_public_undecided(line: Line) -> None:
    line["status"].pop("decision")
    line["status"]["state"] = "discussed"


def number_a_person(line: Line) -> None:
    line["beside"]["forwarding"][0]["body"]["code"] = "lea.martin@gmail.com"


def write_at_length(line: Line) -> None:
    line["beside"]["forwarding"][0]["body"]["code"] = "CONF/PLE(2025)REC2" * 3


def stand_adopted(line: Line) -> None:
    line["status"]["state"] = "adopted"


@pytest.mark.parametrize(
    ("forge", "field"),
    [
        (adopt, "beside.improvement_decision[0].body.outcome"),
        (leave_out_who_objects, "beside.improvement_decision[0].body.outcome"),
        (put_another_side, "about"),
        (count_twice, "beside.improvement_decision[0].body.positions"),
        (say_otherwise, "beside.improvement_decision[0].body.positions"),
        (point_elsewhere, "status.decision"),
        (stand_adopted, "status.decision"),
        (name_it, "beside.improvement_decision[0].body.positions"),
        (put_words_in_its_mouth, "beside.improvement_decision[0].body.positions"),
        (put_another_tongue, "beside.improvement_decision[0].body.positions"),
        (say_how, "beside.improvement_decision[0].body.positions"),
        (leave_out_its_name, "beside.improvement_decision[0].body.positions"),
        (give_as_nobody_known, "beside.improvement_decision[0].body.positions"),
        (stand_undecided, "status.decision"),
        (be_public_undecided, "status.decision"),
    ],
)
def test_a_decision_that_does_not_follow_stays_out(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path, forge: Forging, field: str
) -> None:
    group = Group(own_paris)
    group.call()
    for one in group.bodies:
        group.say(one, "object" if one == min(group.bodies) else "support")
    group.record(group.bodies[0])  # after its own word: that counts all the same
    group.decide("not-adopted")
    assert field in refused(own_paris, sqlite_template, tmp_path, "improvement", forge)


@pytest.mark.parametrize("forge", [number_a_person, write_at_length])
def test_an_address_of_a_person_and_a_long_text_are_the_code_of_no_document(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path, forge: Forging
) -> None:
    group = Group(own_paris)
    group.call()
    for one in group.bodies:
        group.say(one)
    group.decide()
    noted(group, day=AFTER)
    told = refused(own_paris, sqlite_template, tmp_path, "improvement", forge)
    assert "beside.forwarding[0].body.code" in told
    assert "lea" not in told


@pytest.mark.parametrize("code", ["Rec 2025", "2012/3", "CONF/20120315/SYN"])
def test_a_code_of_an_older_form_still_travels(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path, code: str
) -> None:
    group = Group(own_paris)
    group.call()
    for one in group.bodies:
        group.say(one)
    group.decide()
    noted(group, day=AFTER)
    written = export(own_paris).replace(b"CONF/HR(2031)SYN2", code.encode())
    assert travels(written, sqlite_template, tmp_path)


def test_a_decision_whose_body_was_erased_still_travels(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path
) -> None:
    group = Group(own_paris)
    group.call()
    for one in group.bodies:
        group.say(one, "object" if one == group.bodies[0] else "support")
    group.decide("not-adopted")
    erase(own_paris, group.bodies[0])
    assert travels(export(own_paris), sqlite_template, tmp_path)


@pytest.mark.parametrize("gone", [0, 1])
def test_a_decision_on_what_a_merged_body_said_still_travels_when_either_is_erased(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path, gone: int
) -> None:
    group = Group(own_paris)
    group.call()
    for one in (group.bodies[0], *group.bodies[2:]):
        group.say(one)
    with own_paris.database.write("paris") as session:
        first, second = (session.get_one(Record, ("paris", one)) for one in group.bodies[:2])
        deciding.merge(session, first, second, by=HEAD, at=LATER)
    told = group.decide(present=group.bodies[1:]).told()
    assert [one.stakeholder for one in told.positions if one.given_as == group.bodies[0]] == [group.bodies[1]]
    erase(own_paris, group.bodies[gone])
    assert travels(export(own_paris), sqlite_template, tmp_path)


def erase(paris: Instance, stakeholder_id: str) -> None:
    with paris.database.write("paris") as session:
        writing.erase(session, session.get_one(Record, ("paris", stakeholder_id)), by=HEAD, at=LATER)


def travels(written: bytes, template: Path, folder: Path) -> bool:
    """Whether what was *written* loads elsewhere, and is written the same there."""
    (folder / "paris.jsonl").write_bytes(written)
    (folder / "other").mkdir()
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": copy_of(template, folder / "other")})) as other:
        load_file(other, folder / "paris.jsonl")
        return export(other) == written


def answer_without_a_judge(line: Line) -> None:
    line["beside"]["judgement"][0]["judge"] = ""


def answer_by_nobody_known(line: Line) -> None:
    line["beside"]["judgement"][0]["judge"] = "j9"


def answer_on_no_version(line: Line) -> None:
    line["beside"]["judgement"][0]["version"] = 99


def give_no_reason(line: Line) -> None:
    line["beside"]["judgement"][0] |= {"reason": {"fr": " "}, "source": ""}


def leave_out_the_reason_alone(line: Line) -> None:
    line["beside"]["judgement"][0] |= {"reason": {}, "source": "Lettre du 2 juin"}


@pytest.mark.parametrize(
    ("forge", "field"),
    [
        (answer_without_a_judge, "answer"),
        (answer_by_nobody_known, "judge"),
        (answer_on_no_version, "version"),
        (give_no_reason, "reason"),
        (leave_out_the_reason_alone, "reason"),
    ],
)
def test_an_answer_that_nobody_gave_stays_out(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path, forge: Forging, field: str
) -> None:
    piloting.decided(own_paris)
    told = refused(own_paris, sqlite_template, tmp_path, "evaluation", forge)
    assert f"beside.judgement[0].{field}" in told

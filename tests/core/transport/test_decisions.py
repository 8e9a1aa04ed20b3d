"""A file brings in no decision that does not follow from its positions, and no answer that nobody gave."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lanzarote.errors import LoadError
from lanzarote.instance import Instance
from lanzarote.records import encode
from lanzarote.settings import read_settings
from lanzarote.transport import load_file

from tests.conftest import copy_of
from tests.core.evaluation import piloting
from tests.core.improvements.group import AFTER, Group
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
    with Instance(read_settings({"LANZAROTE_DATABASE_URL": copy_of(template, folder / "other")})) as other:
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


def number_a_person(line: Line) -> None:
    line["beside"]["forwarding"][0]["body"]["code"] = "Lea Martin 9 ans"


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


def test_a_number_of_a_person_is_the_code_of_no_document(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path
) -> None:
    group = Group(own_paris)
    group.call()
    for one in group.bodies:
        group.say(one)
    group.decide()
    noted(group, day=AFTER)
    told = refused(own_paris, sqlite_template, tmp_path, "improvement", number_a_person)
    assert "beside.forwarding[0].body.code" in told
    assert "Lea" not in told


def answer_without_a_judge(line: Line) -> None:
    line["beside"]["judgement"][0]["judge"] = ""


def answer_by_nobody_known(line: Line) -> None:
    line["beside"]["judgement"][0]["judge"] = "j9"


def answer_on_no_version(line: Line) -> None:
    line["beside"]["judgement"][0]["version"] = 99


def give_no_reason(line: Line) -> None:
    line["beside"]["judgement"][0]["reason"] = {}


@pytest.mark.parametrize(
    ("forge", "field"),
    [
        (answer_without_a_judge, "answer"),
        (answer_by_nobody_known, "judge"),
        (answer_on_no_version, "version"),
        (give_no_reason, "reason"),
    ],
)
def test_an_answer_that_nobody_gave_stays_out(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path, forge: Forging, field: str
) -> None:
    piloting.decided(own_paris)
    told = refused(own_paris, sqlite_template, tmp_path, "evaluation", forge)
    assert f"beside.judgement[0].{field}" in told

"""Other programs read the BPMN that we write without a warning, and their rules accept it."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from lanzarote.instance import Instance
from lanzarote.procedures import bpmn
from lanzarote.procedures.lanes import Flow, Way

from tests.core.practices.hostile_texts import PAYLOADS
from tests.core.procedures.conftest import Reader
from tests.core.procedures.drawing import SAMPLES, large, small

NOTHING: dict[str, Any] = {"warnings": [], "found": {}}
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
FLOWS: dict[str, Flow] = {
    "one step": small((), ends=(0,)),
    "one step of which nothing is known": small(()),
    "two in a row": small((Way(to=1),), (), ends=(1,)),
    "one condition": small((Way(to=1, condition="if"),), (), ends=(1,)),
    "two conditions": small((Way(to=1, condition="a"), Way(to=2, condition="b")), (), (), ends=(1, 2)),
    "a condition, or else the end": small((Way(to=1, condition="a"),), (), ends=(0, 1)),
    "a condition, or else two": small((Way(to=1, condition="a"), Way(to=2), Way(to=3)), (), (), (), ends=(1, 2, 3)),
    "several at once that meet": small((Way(to=1), Way(to=2)), (Way(to=3),), (Way(to=3),), (), ends=(3,)),
    "a way back": small((Way(to=1),), (Way(to=0, condition="again"), Way(to=2)), (), ends=(2,)),
    "again and again": small((Way(to=0, condition="again"), Way(to=1)), (), ends=(1,)),
    "two beginnings": small((Way(to=2),), (Way(to=2),), (), ends=(2,), triggers=("A", "B")),
    "the same target under two conditions": small((Way(to=1, condition="a / b"),), (), ends=(1,)),
    **{f"sixty steps ({lang})": large(lang) for lang in SAMPLES},
}


def test_bpmn_moddle_and_bpmnlint_have_nothing_to_say(bpmn_tools: Reader) -> None:
    files = {name: bpmn.write(flow) for name, flow in FLOWS.items()}
    assert {name: told for name, told in bpmn_tools(files).items() if told != NOTHING} == {}


def test_hostile_texts_stand_in_it_as_text(bpmn_tools: Reader) -> None:
    flows = {}
    for number, payload in enumerate(PAYLOADS):
        flow = small((Way(to=1, condition=payload or "x"),), (), ends=(1,))
        steps = tuple(
            type(one)(key=one.key, title=payload, lane=0, told=(payload,), ways=one.ways, end=one.end)
            for one in flow.steps
        )
        flows[str(number)] = bpmn.write(
            Flow(title=payload, language="en", description="", words=flow.words, lanes=flow.lanes, steps=steps)
        )
    assert {name: told["warnings"] for name, told in bpmn_tools(flows).items() if told["warnings"]} == {}


def test_what_paris_ships_can_be_taken_along(bpmn_tools: Reader, client: Any, paris: Instance) -> None:
    files = {}
    for slug in ("hospital-cells-2014", "school-tripartite-agreements", "example-first-words"):
        for lang in ("fr", "en"):
            answer = client.get(f"/{lang}/paris/procedures/{slug}/procedure.bpmn")
            assert answer.headers["content-disposition"].startswith("attachment; ")
            files[f"{slug} {lang}"] = answer.content
    assert {name: told for name, told in bpmn_tools(files).items() if told != NOTHING} == {}


def test_every_step_is_a_task_in_its_lane_and_the_same_bytes_come_each_time() -> None:
    flow = large()
    body = bpmn.write(flow)
    assert bpmn.write(flow) == body
    root = ElementTree.fromstring(body)  # noqa: S314  # our own
    tasks = [one.get("name") for one in root.iter(f"{MODEL}task")]
    assert tasks == [step.title for step in flow.steps]
    inside = [ref.text for lane in root.iter(f"{MODEL}lane") for ref in lane.iter(f"{MODEL}flowNodeRef")]
    nodes = [
        one.get("id")
        for one in root.find(f"{MODEL}process") or ()
        if one.get("id") and "Flow_" not in one.get("id", "")
    ]
    assert sorted(filter(None, inside)) == sorted(name for name in nodes if name and name != "Lanes")

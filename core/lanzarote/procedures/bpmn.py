"""A procedure as BPMN 2.0 XML with its diagram, for the tools in which organisations keep their processes.

Where a step has branches, a gateway asks which of their conditions holds; where several steps follow, a gateway lets
all of them begin; where several ways meet, one is enough to go on. Where the procedure does not say what follows, the
process ends with an event that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.procedures.lanes import escape
from lanzarote.procedures.layout import Edge, Node, lay_out
from lanzarote.procedures.measuring import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lanzarote.procedures.lanes import Flow, FlowStep, Way
    from lanzarote.procedures.layout import Layout, Shape

NAMESPACES: Final = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
TASK: Final = 160.0
POOL: Final = 30.0
"""Width of the bands that name the pool and each lane."""


class _Piece(Struct, kw_only=True):
    """A node of the process."""

    id: str
    tag: str
    lane: int
    name: str = ""
    inner: str = ""
    default: str = ""
    """Id of the flow that is taken where no condition holds."""


class _Link(Struct, frozen=True, kw_only=True):
    id: str
    source: str
    target: str
    condition: str = ""


def write(flow: Flow) -> bytes:
    """The file."""
    process = _Process(flow)
    nodes = [_node(piece) for piece in process.pieces]
    edges = [Edge(id=link.id, source=link.source, target=link.target) for link in process.links]
    layout = lay_out(nodes, edges, [len(wrap(lane.name, 200, 12)) * 16 + 60 for lane in flow.lanes])
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<bpmn:definitions {NAMESPACES} id="Definitions" targetNamespace="http://bpmn.io/schema/bpmn" '
        'exporter="Lanzarote">',
        '<bpmn:collaboration id="Collaboration">',
        f'<bpmn:participant id="Pool" name="{escape(flow.title)}" processRef="Process"/>',
        "</bpmn:collaboration>",
        '<bpmn:process id="Process" isExecutable="false">',
        *_lane_set(flow, process),
        *map(process.element, process.pieces),
        *map(_sequence_flow, process.links),
        "</bpmn:process>",
        *_diagram(flow, process, layout),
        "</bpmn:definitions>",
    ]
    return ("\n".join(parts) + "\n").encode()


class _Process:
    """The flow with the events and gateways that BPMN needs."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.pieces: list[_Piece] = []
        self.links: list[_Link] = []
        self._coming = self._counted()
        entries = flow.entries
        for place, step in enumerate(flow.steps):
            if place in entries:
                self._begin(place, step)
            if self._coming[place] > 1:
                self._add(f"Join_{place + 1}", "exclusiveGateway", step.lane)
                self._link(f"Join_{place + 1}", f"Step_{place + 1}")
            told = f"<bpmn:documentation>{escape(chr(10).join(step.told))}</bpmn:documentation>" if step.told else ""
            self._add(f"Step_{place + 1}", "task", step.lane, step.title, told)
            self._go_on(place, step)

    def element(self, piece: _Piece) -> str:
        name = f' name="{escape(piece.name)}"' if piece.name else ""
        default = f' default="{piece.default}"' if piece.default else ""
        coming = "".join(f"<bpmn:incoming>{one.id}</bpmn:incoming>" for one in self.links if one.target == piece.id)
        going = "".join(f"<bpmn:outgoing>{one.id}</bpmn:outgoing>" for one in self.links if one.source == piece.id)
        documented, inner = (piece.inner, "") if piece.tag == "task" else ("", piece.inner)
        inside = f"{documented}{coming}{going}{inner}"
        return f'<bpmn:{piece.tag} id="{piece.id}"{name}{default}>{inside}</bpmn:{piece.tag}>'

    def _counted(self) -> list[int]:
        """How many ways lead to each step."""
        counts = [0] * len(self.flow.steps)
        for place in self.flow.entries:
            counts[place] += 1
        for step in self.flow.steps:
            for way in step.ways:
                counts[way.to] += 1
        return counts

    def _begin(self, place: int, step: FlowStep) -> None:
        name = f"Start_{place + 1}"
        words = step.trigger or self.flow.words["start"]
        # A process has one plain beginning; every other one says on which condition it begins.
        inner = _condition(place + 1, words) if place else ""
        self._add(name, "startEvent", step.lane, words, inner)
        self._link(name, self._way_in(place))

    def _go_on(self, place: int, step: FlowStep) -> None:
        source = f"Step_{place + 1}"
        branches = [way for way in step.ways if way.condition]
        plain = [way for way in step.ways if not way.condition]
        if branches:
            self._split(place, step, branches, plain)
        elif len(plain) > 1:
            self._all_of(source, place, step, plain)
        elif plain:
            self._link(source, self._way_in(plain[0].to))
        else:
            self._end(source, f"End_{place + 1}", step)

    def _split(self, place: int, step: FlowStep, branches: Sequence[Way], plain: Sequence[Way]) -> None:
        gate = _Piece(id=f"Split_{place + 1}", tag="exclusiveGateway", lane=step.lane, name=self.flow.words["question"])
        self.pieces.append(gate)
        self._link(f"Step_{place + 1}", gate.id)
        for way in branches:
            self._link(gate.id, self._way_in(way.to), way.condition)
        if plain or step.end or len(branches) == 1:
            if len(plain) > 1:
                gate.default = self._all_of(gate.id, place, step, plain)
            elif plain:
                gate.default = self._link(gate.id, self._way_in(plain[0].to))
            else:
                gate.default = self._end(gate.id, f"End_{place + 1}", step)

    def _all_of(self, source: str, place: int, step: FlowStep, ways: Sequence[Way]) -> str:
        self._add(f"All_{place + 1}", "parallelGateway", step.lane)
        first = self._link(source, f"All_{place + 1}")
        for way in ways:
            self._link(f"All_{place + 1}", self._way_in(way.to))
        return first

    def _end(self, source: str, name: str, step: FlowStep) -> str:
        self._add(name, "endEvent", step.lane, self.flow.words["end" if step.end else "unknown"])
        return self._link(source, name)

    def _way_in(self, place: int) -> str:
        return f"{'Join' if self._coming[place] > 1 else 'Step'}_{place + 1}"

    def _add(self, name: str, tag: str, lane: int, words: str = "", inner: str = "") -> None:
        self.pieces.append(_Piece(id=name, tag=tag, lane=lane, name=words, inner=inner))

    def _link(self, source: str, target: str, condition: str = "") -> str:
        link = _Link(id=f"Flow_{len(self.links) + 1}", source=source, target=target, condition=condition)
        self.links.append(link)
        return link.id


def _condition(number: int, words: str) -> str:
    said = f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{escape(words)}</bpmn:condition>'
    return f'<bpmn:conditionalEventDefinition id="Begins_{number}">{said}</bpmn:conditionalEventDefinition>'


def _node(piece: _Piece) -> Node:
    shape: Shape = "box" if piece.tag == "task" else "diamond" if "Gateway" in piece.tag else "circle"
    if shape != "box":
        size = 50.0 if shape == "diamond" else 36.0
        return Node(id=piece.id, lane=piece.lane, width=size, height=size, shape=shape)
    lines = len(wrap(piece.name, TASK - 16, 12))
    return Node(id=piece.id, lane=piece.lane, width=TASK, height=max(80.0, lines * 16 + 20.0))


def _lane_set(flow: Flow, process: _Process) -> Iterator[str]:
    yield '<bpmn:laneSet id="Lanes">'
    for number, lane in enumerate(flow.lanes):
        inside = "".join(
            f"<bpmn:flowNodeRef>{piece.id}</bpmn:flowNodeRef>" for piece in process.pieces if piece.lane == number
        )
        yield f'<bpmn:lane id="Lane_{number + 1}" name="{escape(lane.name)}">{inside}</bpmn:lane>'
    yield "</bpmn:laneSet>"


def _sequence_flow(link: _Link) -> str:
    ends = f'id="{link.id}" sourceRef="{link.source}" targetRef="{link.target}"'
    if not link.condition:
        return f"<bpmn:sequenceFlow {ends}/>"
    words = escape(link.condition)
    return (
        f'<bpmn:sequenceFlow {ends} name="{words}"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
        f"{words}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )


def _diagram(flow: Flow, process: _Process, layout: Layout) -> Iterator[str]:
    yield '<bpmndi:BPMNDiagram id="Diagram"><bpmndi:BPMNPlane id="Plane" bpmnElement="Collaboration">'
    yield _shape("Pool", 0, 0, 2 * POOL + layout.width, layout.height, ' isHorizontal="true"')
    for number, lane in enumerate(layout.lanes, 1):
        yield _shape(f"Lane_{number}", POOL, lane.y, POOL + layout.width, lane.height, ' isHorizontal="true"')
    for piece, box in zip(process.pieces, layout.boxes, strict=True):
        more = ' isMarkerVisible="true"' if piece.tag == "exclusiveGateway" else ""
        yield _shape(piece.id, box.x + 2 * POOL, box.y, box.width, box.height, more)
    for line in layout.lines:
        points = "".join(f'<di:waypoint x="{x + 2 * POOL:.1f}" y="{y:.1f}"/>' for x, y in line.points)
        yield f'<bpmndi:BPMNEdge id="{line.id}_di" bpmnElement="{line.id}">{points}</bpmndi:BPMNEdge>'
    yield "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"


def _shape(name: str, x: float, y: float, width: float, height: float, more: str = "") -> str:
    bounds = f'<dc:Bounds x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
    return f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}"{more}>{bounds}</bpmndi:BPMNShape>'

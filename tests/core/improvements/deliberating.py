"""People who write findings and improvements in Paris, and what they do with them in tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from lanzarote.improvements import actions, deciding, moving, sharing
from lanzarote.improvements.finding_kind import FINDINGS
from lanzarote.improvements.improvement_kind import IMPROVEMENTS
from lanzarote.improvements.model import FINDING, IMPROVEMENT, status_of
from lanzarote.improvements.outcome import Choice, Member, outcome
from lanzarote.improvements.positions_model import CountedPosition, Decided, ImprovementDecision
from lanzarote.improvements.service import known_in
from lanzarote.improvements.team_documents import BecauseInPublic, Offering, Replying, Sharing
from lanzarote.instance import Instance
from lanzarote.kinds import service as kinds
from lanzarote.kinds.kind import Kind
from lanzarote.kinds.service import Checked
from lanzarote.records import records
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record, encode
from lanzarote.types import DecisionRule, Finding

KINDS: Mapping[str, Kind[Any, Any]] = {FINDING: FINDINGS, IMPROVEMENT: IMPROVEMENTS}
THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)
TODAY = date(2031, 1, 1)
DECIDED_ON = date(2030, 12, 28)
GONE = "01890000-0000-7000-8000-00000000dead"
"""A body whose entry was erased since it answered."""
SAID: Mapping[str, Choice] = {"adopted": "support", "not-adopted": "object"}
"""A meeting is written down some days later."""
WRITER = Actor(account_id="ana", language="fr", grants=(Grant(role="contributor", region_id="paris"),))
OTHER = Actor(account_id="eve", language="fr", grants=(Grant(role="contributor", region_id="paris"),))
REVIEWER = Actor(account_id="bo", language="fr", grants=(Grant(role="reviewer", region_id="paris"),))
LEADER = Actor(account_id="cy", language="fr", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)
SPEAKER = Actor(
    account_id="rep", language="fr", grants=(Grant(role="representative", region_id="paris", stakeholder_id="x"),)
)
STRANGER = Actor(account_id="di", grants=(Grant(role="coordinator", region_id="elsewhere"),), strong=True)

OBSERVED: dict[str, Any] = {
    "original": "fr",
    "text": {
        "fr": {"title": "Les signalements se croisent", "observed": "Deux services signalent sans le savoir."},
        "en": {"title": "Reports cross each other", "observed": "Two services report without knowing."},
    },
    "sectors": ["courts", "education"],
}
PROPOSED: dict[str, Any] = {
    "original": "fr",
    "text": {
        "fr": {
            "title": "Un registre commun des signalements",
            "summary": "Chaque service voit qu’un autre a déjà signalé.",
            "proposal": "Tenir ensemble une liste sans nom.",
        }
    },
    "sectors": ["courts"],
}


def read(kind: str, body: Mapping[str, Any]) -> Any:
    return msgspec.convert(dict(body), KINDS[kind].content)


def checked(
    paris: Instance,
    kind: str,
    body: Mapping[str, Any],
    *,
    by: Actor = WRITER,
    reasons: Mapping[str, str] | None = None,
    record_id: str = "",
) -> Checked[Any]:
    answers = {(name.partition("|")[0], name.partition("|")[2]): text for name, text in (reasons or {}).items()}
    content = read(kind, body)
    known = known_in(paris, "paris", record_id=record_id, by=by, content=content)
    known = msgspec.structs.replace(known, today=TODAY)
    return kinds.check(KINDS[kind], content, paris.vocabulary("paris"), known, reasons=answers, by=by.account_id)


def found(paris: Instance, record_id: str) -> Any:
    with paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        return kinds.content_of(KINDS[record.kind], session, record)


def begun(paris: Instance, kind: str, body: Mapping[str, Any] | None = None, by: Actor = WRITER, **more: Any) -> str:
    given = checked(paris, kind, body or (OBSERVED if kind == FINDING else PROPOSED), by=by, **more)
    with paris.database.write("paris") as session:
        return kinds.begin(KINDS[kind], session, "paris", given, by=by, at=THEN).id


def finding(paris: Instance, by: Actor = WRITER, **body: Any) -> str:
    return begun(paris, FINDING, OBSERVED | body, by)


def improvement(paris: Instance, by: Actor = WRITER, **body: Any) -> str:
    return begun(paris, IMPROVEMENT, PROPOSED | body, by)


def save(
    paris: Instance, record_id: str, by: Actor = WRITER, expected: int = 0, fresh: tuple[str, ...] = (), **body: Any
) -> int:
    before = found(paris, record_id)
    kind = FINDING if isinstance(before, Finding) else IMPROVEMENT
    given = checked(paris, kind, msgspec.to_builtins(before) | body, by=by, record_id=record_id)
    with paris.database.write("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        expected = expected or record.version
        return kinds.save(KINDS[kind], session, record, given, expected=expected, by=by, at=THEN, fresh=fresh)


def step(paris: Instance, record_id: str, name: str, by: Actor = LEADER, **said: Any) -> None:
    """Let a service of ``sharing`` or ``moving`` do something."""
    with paris.database.write("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        rooms = {"complete": actions, "resume": actions}
        do = getattr(sharing if record.kind == FINDING else rooms.get(name, moving), name)
        if name in ("share", "discuss"):
            said = {"expected": record.version} | said
        if name in ("close", "drop", "offer", "note_reply", "share") or (name, record.kind) == ("reopen", FINDING):
            said = {"vocabulary": paris.vocabulary("paris")} | said
        if name == "withdraw":
            said["given"] = BecauseInPublic(reason=said.pop("reason"))
        if record.kind == FINDING and name in ("share", "reopen"):
            said["given"] = Sharing(not_meant=said.pop("not_meant", ""))
        do(session, record, by=by, at=THEN, **said)


def offer(paris: Instance, record_id: str, stakeholder: str, by: Actor = LEADER, **said: Any) -> None:
    given: dict[str, Any] = {"on": date(2030, 12, 1), "how": "Lettre au siège"} | said
    step(paris, record_id, "offer", by, given=Offering(stakeholder=stakeholder, **given))


def reply(paris: Instance, record_id: str, stakeholder: str, by: Actor = LEADER, **said: Any) -> None:
    given: dict[str, Any] = {"on": date(2030, 12, 20), "reply": {"fr": "Nous y travaillons."}} | said
    why = given.pop("reasons", {})
    step(paris, record_id, "note_reply", by, given=Replying(stakeholder=stakeholder, **given), why=why)


def state(paris: Instance, record_id: str) -> str:
    with paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        return sharing.status_of(record).state if record.kind == FINDING else status_of(record).state


def decision_on(record: Record, number: int, verdict: Any) -> ImprovementDecision:
    """A decision on what one body said whose entry was erased since, taken on DECIDED_ON."""
    rule = DecisionRule(version=1, text={"fr": "Par consensus."})
    members, choice = (Member(stakeholder=GONE, side="public", sectors=()),), SAID[verdict]
    body = Decided(
        version=record.version,
        call=1,
        rule=rule,
        taking_part=members,
        present=(GONE,),
        positions=(CountedPosition(stakeholder=GONE, choice=choice),),
        outcome=outcome(rule, members, {GONE: choice}, [GONE]),
        reasons={"fr": "Personne ne s’y oppose."},
        day=DECIDED_ON,
    )
    key = {"region_id": record.region_id, "record_id": record.id, "number": number}
    return ImprovementDecision(**key, body=encode(body), by=LEADER.account_id, at=THEN)


def decided(paris: Instance, record_id: str, verdict: Any = "adopted") -> str:
    """Let the group have decided on it, as ``deciding`` does: the state, then the version; tells the address."""
    with paris.database.write("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        row = decision_on(record, len(deciding.decisions(session, record)) + 1, verdict)
        session.add(row)
        status = msgspec.structs.replace(status_of(record), state=verdict, decision=row.number)
        records.decide(session, record, encode(status), verdict, by=LEADER.account_id, at=THEN)
        records.publish(session, record, by=LEADER.account_id, at=THEN)
        return record.slug

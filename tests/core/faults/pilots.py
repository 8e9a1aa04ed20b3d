"""Words that are not everybody's, in the indicators and evaluations of a region."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.evaluation import answering, counting, deciding, entries, judging
from lanzarote.evaluation.counting import Entered
from lanzarote.evaluation.deciding import WrittenDecision
from lanzarote.evaluation.evaluation_kind import EVALUATIONS
from lanzarote.evaluation.indicator_kind import INDICATORS
from lanzarote.kinds import actions
from lanzarote.kinds import service as kept
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record
from lanzarote.types.evaluation import (
    CriterionText,
    Evaluation,
    EvaluationText,
    Indicator,
    IndicatorText,
    PilotCriterion,
    PilotJudge,
    StartingPoint,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.core.faults.canaries import Land

TODAY = date(2031, 1, 1)


def fill(land: Land, region: str) -> None:
    group, canary = land.group(region), land.canary

    def word(what: str) -> str:
        return canary(what, group)

    draft = _indicator(land, region, "draft", word)
    _enter(land, region, draft, "2030-11", word("source of a value"), word("note of a value"))
    shown = _indicator(land, region, "public", lambda _: "Ce que chacun lit")
    _enter(land, region, shown, "2030-10", "Registre public", word("note of a public value"))
    _publish(land, region, shown)
    _enter(land, region, shown, "2030-11", word("source of a value that waits"), "")
    gone = _indicator(land, region, "withdrawn", lambda _: "Ce qui fut retiré")
    _publish(land, region, gone)
    with land.instance.database.write(region) as session:
        record, words = session.get_one(Record, (region, gone)), land.instance.vocabulary(region)
        head = land.who("coordinator", region)
        actions.withdraw(
            session, record, words, reason=f"Parce que {word('why an indicator was withdrawn')}", by=head, at=_then()
        )
    for state in ("draft", "running", "decided", "public", "withdrawn"):
        _evaluation(land, region, f"evaluated {state}", word)


def _indicator(land: Land, region: str, name: str, word: Any) -> str:
    lang = land.instance.header(region).languages[0]
    texts = {field: word(f"{field} of an indicator") for field in IndicatorText.__struct_fields__}
    base = StartingPoint(value=3, on="2030", source=word("source of a starting point"))
    said = Indicator(original=lang, text={lang: IndicatorText(**texts)}, counts="people", baseline=base)
    given = kept.Checked(content=said, slug=f"indicateur-{name}")
    with land.instance.database.write(region) as session:
        made = kept.begin(INDICATORS, session, region, given, by=land.who("contributor", region), at=_then()).id
    land.pilot[region][f"indicator {name}"] = made
    return made


def _enter(land: Land, region: str, record_id: str, period: str, source: str, note: str) -> None:
    lang = land.instance.header(region).languages[0]
    given = Entered(period=period, value=4, source=source, note=note, lang=lang)
    with land.instance.database.write(region) as session:
        record = session.get_one(Record, (region, record_id))
        counting.enter(session, record, given, today=TODAY, by=land.who("contributor", region), at=_then())


def _publish(land: Land, region: str, record_id: str) -> None:
    with land.instance.database.write(region) as session:
        record = session.get_one(Record, (region, record_id))
        head = land.who("coordinator", region)
        counting.publish(session, record, expected=record.version, today=TODAY, by=head, at=_then())


def _evaluation(land: Land, region: str, name: str, word: Any) -> None:
    lang = land.instance.header(region).languages[0]
    public = name.endswith(("public", "withdrawn"))

    def say(what: str) -> str:
        return "Ce que chacun lit" if public else str(word(f"{what} ({name})"))

    texts = {field: say(f"{field} of an evaluation") for field in EvaluationText.__struct_fields__}
    criterion = CriterionText(question=say("a question"), met=say("what counts as met"))
    said = Evaluation(
        original=lang,
        text={lang: EvaluationText(**texts)},
        since="2030-01",
        until="2030-12",
        criteria=(PilotCriterion(key="c1", text={lang: criterion}),),
        judges=(PilotJudge(key="j1", standpoint="self", role={lang: say("role of a judge")}),),
    )
    given = kept.Checked(content=said, slug=name.replace(" ", "-"))
    head, database = land.who("coordinator", region), land.instance.database
    words = land.instance.vocabulary(region)
    with database.write(region) as session:
        record = kept.begin(EVALUATIONS, session, region, given, by=land.who("contributor", region), at=_then())
        land.pilot[region][name] = record.id
        if name.endswith("draft"):
            return
        about: Mapping[str, Any] = {"by": head, "at": _then()}
        judging.run(session, record, entries.Known(), expected=1, today=TODAY, **about)
        reason = {lang: say("reason of an answer")}
        answer = answering.Given(
            criterion="c1", standpoint="self", judge="j1", answer="met", reason=reason, source=say("source")
        )
        answering.judge(session, record, [answer], **about)
        if name.endswith("running"):
            _amend(session, record, said, words, {lang: say("why criteria were changed")}, about)
            return
        judging.close(session, record, expected=1, **about)
        back = say("why judging went on") if not public else word("why judging of a public one went on")
        judging.go_back(session, record, words, "resume", reason=f"Parce que {back}", **about)
        judging.close(session, record, expected=1, **about)
        decision = WrittenDecision(
            outcome="not-yet",
            reason={lang: say("reason of a pilot's decision")},
            conditions={lang: say("conditions")},
            on=TODAY,
            decided_by={lang: say("who decided")},
        )
        deciding.decide(session, record, decision, words, expected=1, today=TODAY, **about)
        if public:
            second = Actor(account_id="x", grants=(Grant(role="coordinator", region_id=region),), strong=True)
            deciding.publish(session, record, expected=1, by=second, at=_then())
        if name.endswith("withdrawn"):
            why = land.canary("why an evaluation was withdrawn", land.group(region) | {"visitor"})
            deciding.withdraw(session, record, words, reason=f"Parce que {why}", **about)


def _amend(session: Any, record: Record, said: Evaluation, words: Any, reason: Any, about: Mapping[str, Any]) -> None:
    changed = kept.Checked(content=msgspec.structs.replace(said, until="2031-02"), slug=record.slug)
    about = {**about, "vocabulary": words, "today": TODAY, "change": reason}
    kept.save(EVALUATIONS, session, record, changed, expected=1, **about)


def _then() -> Any:
    from tests.core.faults.canaries import THEN

    return THEN

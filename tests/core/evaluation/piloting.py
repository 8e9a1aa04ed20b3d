"""People who count and judge the pilot of Paris, and what they do with it in tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from lanzarote.evaluation import answering, counting, deciding, entries, judging
from lanzarote.evaluation.counting import Entered
from lanzarote.evaluation.deciding import WrittenDecision
from lanzarote.evaluation.evaluation_kind import EVALUATIONS
from lanzarote.evaluation.indicator_kind import INDICATORS
from lanzarote.kinds import service as kept
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record
from lanzarote.records.validation import read_as
from lanzarote.stakeholders.entries import name_of
from lanzarote.types import Evaluation, Indicator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.instance import Instance
    from sqlalchemy.orm import Session

PARIS = "paris"
THEN = datetime(2031, 6, 10, 9, tzinfo=UTC)
TODAY = date(2031, 6, 10)
WRITER = Actor(account_id="ana", grants=(Grant(role="contributor", region_id=PARIS),))
HEAD = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id=PARIS),), strong=True)
SECOND = Actor(account_id="ed", grants=(Grant(role="coordinator", region_id=PARIS),), strong=True)
REVIEWER = Actor(account_id="bo", grants=(Grant(role="reviewer", region_id=PARIS),))
STRANGER = Actor(account_id="di", grants=(Grant(role="coordinator", region_id="elsewhere"),), strong=True)

TRAINED: dict[str, Any] = {
    "original": "fr",
    "text": {
        "fr": {
            "title": "Professionnels formés ensemble",
            "counted": "Les personnes qui ont suivi une formation commune à deux secteurs au moins.",
            "method": "Le secrétariat compte chaque mois les feuilles de présence.",
            "unit": "professionnels",
            "limits": "Ne dit pas ce qu’elles en ont retenu.",
        },
        "en": {"title": "Professionals trained together", "unit": "professionals"},
    },
    "counts": "people",
    "direction": "more",
    "rhythm": "month",
    "adds_up": True,
    "baseline": {"value": 4, "on": "2030-12", "source": "Rapport de décembre 2030"},
    "target": {"value": 60, "by": "2031-12"},
}
REPORT: dict[str, Any] = {
    "original": "fr",
    "text": {"fr": {"title": "Évaluation du pilote 2031", "done": "Des formations communes."}},
    "since": "2031-01",
    "until": "2031-05",
    "mandate": 1,
    "criteria": [
        {
            "key": "c1",
            "text": {"fr": {"question": "Les secteurs se parlent-ils ?", "met": "Un échange par mois."}},
        },
        {"key": "c2", "text": {"fr": {"question": "Est-ce utile ?", "met": "Deux secteurs sur trois le disent."}}},
    ],
    "judges": [
        {"key": "j1", "standpoint": "self", "role": {"fr": "Le secrétariat du groupe"}},
        {"key": "j2", "standpoint": "external", "role": {"fr": "Un centre de recherche universitaire"}},
    ],
}


def get(session: Session, record_id: str) -> Record:
    return session.get_one(Record, (PARIS, record_id))


def known(paris: Instance, *indicators: str) -> entries.Known:
    return entries.Known(
        organisations={name: one.status.relation for one in paris.directory(PARIS) for name in one.names},
        names={name: name_of(one.organisation, "fr") for one in paris.directory(PARIS) for name in one.names},
        indicators=indicators,
        mandates=tuple(one.version for one in paris.vocabulary(PARIS).header.mandates),
    )


# Indicators


def checked(paris: Instance, body: Mapping[str, Any]) -> kept.Checked[Indicator]:
    said = read_as(dict(body), Indicator)
    return kept.check(INDICATORS, said, paris.vocabulary(PARIS), reasons={}, by="ana")


def counted(paris: Instance, body: Mapping[str, Any] = TRAINED, by: Actor = WRITER) -> str:
    """An indicator that is begun; its id."""
    given = checked(paris, body)
    with paris.database.write(PARIS) as session:
        return kept.begin(INDICATORS, session, PARIS, given, by=by, at=THEN).id


def save(paris: Instance, record_id: str, body: Mapping[str, Any], by: Actor = WRITER) -> int:
    given = checked(paris, body)
    with paris.database.write(PARIS) as session:
        record = get(session, record_id)
        return kept.save(INDICATORS, session, record, given, expected=record.version, by=by, at=THEN)


def enter(
    paris: Instance,
    record_id: str,
    period: str,
    value: float | None,
    *,
    by: Actor = WRITER,
    today: date = TODAY,
    **more: Any,
) -> int:
    said: dict[str, Any] = {"source": "Feuilles de présence", "lang": "fr", "seen": 0} | more
    given = counting.checked_value(Entered(period=period, value=value, **said), paris.vocabulary(PARIS))
    with paris.database.write(PARIS) as session:
        return counting.enter(session, get(session, record_id), given, today=today, by=by, at=THEN)


def release(paris: Instance, record_id: str, by: Actor = HEAD) -> None:
    with paris.database.write(PARIS) as session:
        record = get(session, record_id)
        counting.publish(session, record, expected=record.version, today=TODAY, by=by, at=THEN)


def released(paris: Instance, body: Mapping[str, Any] = TRAINED, values: Mapping[str, float] = {}) -> str:
    record_id = counted(paris, body)
    for period, value in values.items():
        enter(paris, record_id, period, value)
    release(paris, record_id)
    return record_id


# Evaluations


def begun(paris: Instance, body: Mapping[str, Any] = REPORT, *indicators: str, by: Actor = WRITER) -> str:
    said = read_as(dict(body), Evaluation)
    there = known(paris, *indicators)
    given = kept.check(EVALUATIONS, said, paris.vocabulary(PARIS), there, reasons={}, by="ana")
    with paris.database.write(PARIS) as session:
        return kept.begin(EVALUATIONS, session, PARIS, given, by=by, at=THEN).id


def rewrite(
    paris: Instance,
    record_id: str,
    body: Mapping[str, Any],
    *indicators: str,
    by: Actor = WRITER,
    reason: dict[str, str] | None = None,
) -> int:
    said = read_as(dict(body), Evaluation)
    words = paris.vocabulary(PARIS)
    given = kept.check(EVALUATIONS, said, words, known(paris, *indicators), reasons={}, by="ana")
    with paris.database.write(PARIS) as session:
        record = get(session, record_id)
        about: dict[str, Any] = {"vocabulary": words, "today": TODAY, "change": reason, "by": by, "at": THEN}
        return kept.save(EVALUATIONS, session, record, given, expected=record.version, **about)


def run(paris: Instance, record_id: str, *indicators: str, by: Actor = HEAD) -> None:
    with paris.database.write(PARIS) as session:
        record = get(session, record_id)
        there = known(paris, *indicators)
        judging.run(session, record, there, expected=record.version, today=TODAY, by=by, at=THEN)


def answer(
    paris: Instance, record_id: str, criterion: str, judge: str, word: str = "met", by: Actor = HEAD, **more: Any
) -> None:
    standpoint = {"j1": "self", "j2": "external"}.get(judge, "external")
    said: dict[str, Any] = {
        "standpoint": standpoint,
        "reason": {"fr": "Voir les comptes rendus."},
        "source": "Lettre du 2 juin",
    }
    given = answering.Given(criterion=criterion, judge=judge, answer=word, **(said | more))
    with paris.database.write(PARIS) as session:
        answering.judge(session, get(session, record_id), [given], by=by, at=THEN)


def close(paris: Instance, record_id: str, by: Actor = HEAD) -> None:
    with paris.database.write(PARIS) as session:
        record = get(session, record_id)
        judging.close(session, record, expected=record.version, by=by, at=THEN)


def judged(paris: Instance, body: Mapping[str, Any] = REPORT, *indicators: str) -> str:
    record_id = begun(paris, body, *indicators)
    run(paris, record_id, *indicators)
    for criterion in ("c1", "c2"):
        answer(paris, record_id, criterion, "j1")
        answer(paris, record_id, criterion, "j2", "partly")
    close(paris, record_id)
    return record_id


DECISION = WrittenDecision(
    outcome="not-yet",
    reason={"fr": "Trop peu de mois."},
    conditions={"fr": "Compter encore un an."},
    on=TODAY,
    decided_by={"fr": "Le groupe de travail, réunion du 10 juin 2031"},
)


def decide(paris: Instance, record_id: str, given: WrittenDecision = DECISION, by: Actor = HEAD) -> None:
    with paris.database.write(PARIS) as session:
        record = get(session, record_id)
        words = paris.vocabulary(PARIS)
        deciding.decide(session, record, given, words, expected=record.version, today=TODAY, by=by, at=THEN)


def publish(paris: Instance, record_id: str, by: Actor = SECOND) -> None:
    with paris.database.write(PARIS) as session:
        record = get(session, record_id)
        deciding.publish(session, record, expected=record.version, by=by, at=THEN)


def decided(
    paris: Instance, body: Mapping[str, Any] = REPORT, *indicators: str, given: WrittenDecision = DECISION
) -> str:
    """An evaluation whose decision is public; its id."""
    record_id = judged(paris, body, *indicators)
    decide(paris, record_id, given)
    publish(paris, record_id)
    return record_id

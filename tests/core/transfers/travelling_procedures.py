"""A procedure of Paris on its way to the second region, step by step, in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.evaluation.public import verdict_of
from lanzarote.kinds import service as kinds
from lanzarote.procedures import endorsing
from lanzarote.procedures import writing as procedures
from lanzarote.procedures.endorsing import Given as Endorsing
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.rules import Known
from lanzarote.transfers import mapping, origin, writing

from tests.core.evaluation.piloting import DECISION, decided
from tests.core.procedures import agreeing
from tests.core.transfers.travelling import HEAD, PARIS, SECOND, THEN, TODAY, WRITER, get

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.types import Transfer

BODY: dict[str, Any] = agreeing.BODY | {
    "text": {
        "fr": {
            "title": "Protocole d’accueil",
            "purpose": "Accueillir ensemble.",
            "governance": "Le comité local le tient et se réunit en mars.",
            "limits": "Il ne dit rien des nuits.\nIl ne dit rien des fratries.",
        },
        "en": {"title": "Protocol"},
    },
    "steps": [
        *agreeing.STEPS[:2],
        agreeing.STEPS[2]
        | {"passes": [{"what": {"fr": "Le compte rendu"}, "sector": "courts", "basis_text": {"fr": "Accord de 2030"}}]},
        agreeing.STEPS[3],
    ],
    "measures": [
        {"key": "days", "kind": "training", "title": {"fr": "Journées communes"}, "sector": "courts"},
        {"key": "desk", "kind": "contact", "title": {"fr": "Guichet du parquet"}},
        {"key": "nurses", "kind": "form", "title": {"fr": "Fiche des soignants"}, "sector": "health"},
    ],
    "parties": [*agreeing.BODY["parties"], {"sector": "courts"}],
    "legal_basis": ["fr-cpp-40"],
    "convention": ["12.1"],
}


def extended(instance: Instance, outcome: str = "extend") -> None:
    """The pilot of Paris is judged."""
    decided(instance, given=msgspec.structs.replace(DECISION, outcome=outcome))


def endorsed(instance: Instance, body: dict[str, Any] = BODY) -> str:
    return agreeing.endorsed(instance, body)


def proposed(instance: Instance, procedure: str) -> Transfer:
    there = origin.read_origin(instance, PARIS, procedure, kind="procedure")
    return mapping.propose(there, instance.vocabulary(SECOND), url="https://lanzarote.test/fr/paris/procedures/x")


def begun(instance: Instance, procedure: str) -> str:
    said, verdict = proposed(instance, procedure), verdict_of(instance, PARIS)
    with instance.database.write(SECOND) as session:
        return writing.begin(session, SECOND, said, verdict=verdict, today=TODAY, by=WRITER, at=THEN)[0].id


def bodies(instance: Instance) -> list[str]:
    """Two of the directory of the second region."""
    return [one.id for one in instance.directory(SECOND)][:2]


def agreed(instance: Instance, procedure: str) -> None:
    """The parties in the second region endorse what was adapted."""
    here, parties = instance.vocabulary(SECOND), bodies(instance)
    names = {name for one in instance.directory(SECOND) for name in one.names}
    sector = next(iter(here.sectors))
    with instance.database.write(SECOND) as session:
        record = get(session, procedure)
        plain = msgspec.to_builtins(procedures.text_of(session, record))
        plain["parties"] = [{"organisation": name} for name in parties]
        for step in plain["steps"]:
            step.setdefault("sector", sector)
            for one in step.get("passes", []):
                one["basis_text"] = {"fr": "Une convention signée ici"}
        known = Known(vocabulary=here, organisations=names)
        given = kinds.check(PROCEDURES, agreeing.read(plain), here, known, reasons={}, by=HEAD.account_id)
        kinds.save(PROCEDURES, session, record, given, expected=record.version, by=HEAD, at=THEN)
    with instance.database.write(SECOND) as session:
        record = get(session, procedure)
        procedures.propose(session, record, confirmed=True, expected=record.version, by=HEAD, at=THEN)
    for name in parties:
        with instance.database.write(SECOND) as session:
            record = get(session, procedure)
            said = Endorsing(stakeholder=name, what="endorse", day="2031-06-10", source="Лист № 12 від 10.06.2031")
            endorsing.say(session, record, here, said, expected=record.version, by=HEAD, at=THEN, today=TODAY)

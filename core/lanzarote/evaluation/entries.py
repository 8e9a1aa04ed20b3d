"""What an indicator or an evaluation has to keep to, beyond what their types say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from lanzarote.evaluation.measures import MEASURES
from lanzarote.evaluation.model import EVALUATION, INDICATOR
from lanzarote.kinds.organisations import nameable
from lanzarote.records.days import NO_DATE, is_date, unfit_period
from lanzarote.records.records import Record, body_of, decode
from lanzarote.records.validation import MISSING, UNKNOWN, Fault
from lanzarote.stakeholders.entries import name_of
from lanzarote.translation import N_
from lanzarote.types.evaluation import Evaluation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.types.evaluation import Counts, Indicator, PilotJudge

WHOLE_NUMBER: Final = N_("People, organisations and practices are counted in whole numbers, from 0 on.")
NO_MEASURE: Final = N_(
    "The platform counts the state of a day: name what it counts in the same way, and do not add it up."
)
NO_SUM: Final = N_("Figures of a single day cannot be added up.")
TAKES_PART: Final = N_(
    "“%(value)s” takes part in the group: its view is a view of the group itself. Choose the view from within."
)
WHO_JUDGES: Final = N_("Name the assessor: an organisation of the directory, or a role.")


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the region has to name."""

    organisations: Mapping[str, str] = {}
    """Every id and key of the directory → relation to the group."""
    names: Mapping[str, str] = {}
    """Every id and key of the directory → what people call it."""
    indicators: Collection[str] = ()
    mandates: Collection[int] = ()

    def takes_part(self, judge: PilotJudge) -> bool:
        return self.organisations.get(judge.organisation) == "taking-part"


def known_in(instance: Instance, region_id: str, record_id: str, language: str) -> Known:
    """What an evaluation may name; the one in *record_id* also what it names already."""
    query = select(Record.id).where(Record.kind == INDICATOR, Record.state != "erased")
    with instance.database.read(region_id) as session:
        indicators = frozenset(session.scalars(query))
        mandate = _mandate_of(session, session.get(Record, (region_id, record_id)))
    directory = instance.directory(region_id)
    return Known(
        organisations=dict.fromkeys(nameable(instance, region_id, record_id), "")
        | {name: one.status.relation for one in directory for name in one.names},
        names={name: name_of(one.organisation, language) for one in directory for name in one.names},
        indicators=indicators,
        mandates=frozenset((mandate, *(one.mandate.version for one in instance.mandates(region_id)))),
    )


def _mandate_of(session: Session, record: Record | None) -> int:
    """Version of the mandate that an evaluation names, which may have been withdrawn since; 0: none."""
    if record is None or record.kind != EVALUATION or record.state == "erased":
        return 0
    return decode(body_of(session, record, record.version), Evaluation).mandate


def unfit_value(field: str, value: float, counts: Counts) -> Fault | None:
    """Why *value* cannot be a number of what is counted."""
    whole = float(value).is_integer() and value >= 0
    if not math.isfinite(value) or abs(value) > 1e12 or (counts != "other" and not whole):
        return Fault(field=field, text=WHOLE_NUMBER)
    return None


def missing_in(evaluation: Evaluation) -> Iterator[Fault]:
    """What it takes, beyond what can be saved, before criteria and judges are fixed."""
    for field in ("since", "until", "criteria", "judges"):
        if not getattr(evaluation, field):
            yield Fault(field=field, text=MISSING)
    for number, criterion in enumerate(evaluation.criteria):
        said = criterion.text.get(evaluation.original)
        for name in ("question", "met"):
            if said is None or not (getattr(said, name) or "").strip():
                yield Fault(field=f"criteria[{number}].{name}.{evaluation.original}", text=MISSING)


def indicator_faults(value: Indicator, _: object) -> Iterator[Fault]:
    """What in an indicator cannot be kept, beyond what its type says."""
    for field, figure, when in (
        ("baseline", value.baseline, value.baseline and value.baseline.on),
        ("target", value.target, value.target and value.target.by),
    ):
        if figure is None:
            continue
        if fault := unfit_value(f"{field}.value", figure.value, value.counts):
            yield fault
        if not is_date(when or ""):
            yield Fault(field=f"{field}.{'on' if field == 'baseline' else 'by'}", text=NO_DATE)
    if value.baseline and not value.baseline.source.strip():
        yield Fault(field="baseline.source", text=MISSING)
    if value.adds_up and value.rhythm == "day":
        yield Fault(field="adds_up", text=NO_SUM)
    if value.measure:
        measure = MEASURES.get(value.measure)
        if measure is None:
            yield Fault(field="measure", text=UNKNOWN, value=value.measure)
        elif value.counts != measure.counts or value.adds_up:
            yield Fault(field="measure", text=NO_MEASURE)


def evaluation_faults(value: Evaluation, known: Known) -> Iterator[Fault]:
    """What in an evaluation cannot be kept, beyond what its type says."""
    yield from unfit_period("since", "until", value.since, value.until)
    if value.mandate and value.mandate not in known.mandates:
        yield Fault(field="mandate", text=UNKNOWN, value=str(value.mandate))
    for number, criterion in enumerate(value.criteria):
        for key in criterion.indicators:
            if key not in known.indicators:
                yield Fault(field=f"criteria[{number}].indicators", text=UNKNOWN, value=key)
    for number, judge in enumerate(value.judges):
        yield from _judge(f"judges[{number}]", judge, known)


def _judge(place: str, judge: PilotJudge, known: Known) -> Iterator[Fault]:
    if not judge.organisation and not any(text.strip() for text in judge.role.values()):
        yield Fault(field=f"{place}.role", text=WHO_JUDGES)
    if judge.organisation and judge.organisation not in known.organisations:
        yield Fault(field=f"{place}.organisation", text=UNKNOWN, value=judge.organisation)
    elif judge.standpoint == "external" and known.takes_part(judge):
        yield Fault(field=f"{place}.standpoint", text=TAKES_PART, value=known.names.get(judge.organisation, ""))

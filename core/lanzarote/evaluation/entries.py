"""Indicators and evaluations that are being written: their texts, what is missing, what has no room."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from lanzarote import guard
from lanzarote.checking import (
    MISSING,
    NO_DATE,
    TOO_MANY,
    UNKNOWN,
    Fault,
    is_date,
    refuse_long,
    unfit_period,
    unfit_text,
)
from lanzarote.evaluation.measures import MEASURES
from lanzarote.translation import N_
from lanzarote.types.evaluation import Evaluation, Indicator

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types.evaluation import Counts, PilotJudge

E = TypeVar("E", Indicator, Evaluation)
LONGEST: Final = {"title": 200, "unit": 100, "role": 300, "source": 500, "question": 1_000, "met": 2_000}
LONGEST_TEXT: Final = 4_000
MOST: Final = {"criteria": 30, "judges": 30, "indicators": 100}

WHOLE_NUMBER: Final = N_("People, organisations and practices are counted in whole numbers, from 0 on.")
NO_MEASURE: Final = N_(
    "What the platform counts is how it stands on a day: say what it counts as it does, and do not add it up."
)
NO_SUM: Final = N_("What stands on a single day cannot be added up.")
TAKES_PART: Final = N_(
    "“%(value)s” takes part in the group: its view is a view of the group itself. Choose the view from within."
)
WHO_JUDGES: Final = N_("Say who judges: an organisation of the directory, or its role in words.")
TWICE: Final = N_("This is here twice.")


def texts_of(value: Indicator | Evaluation) -> Iterator[tuple[str, str]]:
    """Everything in it that a person wrote, with its place."""
    for language, texts in value.text.items():
        for name in texts.__struct_fields__:
            if text := getattr(texts, name):
                yield f"text.{language}.{name}", text
    if isinstance(value, Indicator):
        if value.baseline and value.baseline.source:
            yield "baseline.source", value.baseline.source
        return
    for number, criterion in enumerate(value.criteria):
        for language, said in criterion.text.items():
            for name in said.__struct_fields__:
                if text := getattr(said, name):
                    yield f"criteria[{number}].{name}.{language}", text
    for number, judge in enumerate(value.judges):
        for language, text in judge.role.items():
            yield f"judges[{number}].role.{language}", text


def keys_in(value: Indicator | Evaluation) -> Iterator[tuple[str, str]]:
    """Keys that whoever writes it chooses, word by word, with their places."""
    for room in ("criteria", "judges") if isinstance(value, Evaluation) else ():
        for number, one in enumerate(getattr(value, room)):
            yield f"{room}[{number}].key", one.key.replace("-", " ")


def concerns_about(value: Indicator | Evaluation, vocabulary: Vocabulary) -> tuple[guard.Concern, ...]:
    """What in it may tell who a person is. Raises Faulty for a text that is too long to be read."""
    identifiers = vocabulary.header.personal_identifiers
    # A key stands in addresses and pages; nobody writes sentences in one, so that nothing in it is asked about.
    texts, keys = list(texts_of(value)), list(keys_in(value))
    refuse_long([*texts, *keys], _longest)
    named = (one for one in guard.check_texts(keys, identifiers=identifiers, guesses=False) if one.hard)
    return (*guard.check_texts(texts, identifiers=identifiers), *named)


def faults_in(value: Indicator | Evaluation, known: Known) -> Iterator[Fault]:
    """Everything in it that cannot be kept as it is."""
    for place, text in texts_of(value):
        if fault := unfit_text(place, text, _longest(place)):
            yield fault
    original = value.text.get(value.original)
    if original is None or not (original.title or "").strip():
        yield Fault(field=f"text.{value.original}.title", text=MISSING)
    yield from _indicator(value) if isinstance(value, Indicator) else _evaluation(value, known)


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


def staled(before: E, after: E) -> E:
    """*after*, with those translations marked that did not follow a change of the original."""
    if before.original != after.original or before.text.get(before.original) == after.text.get(after.original):
        kept = (code for code in before.stale if before.text.get(code) == after.text.get(code) and code in after.text)
        return msgspec.structs.replace(after, stale=tuple(sorted(kept)))
    behind = (code for code in after.text if code != after.original and before.text.get(code) == after.text.get(code))
    return msgspec.structs.replace(after, stale=tuple(sorted(behind)))


def _indicator(value: Indicator) -> Iterator[Fault]:
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


def _evaluation(value: Evaluation, known: Known) -> Iterator[Fault]:
    yield from unfit_period("since", "until", value.since, value.until)
    if value.mandate and value.mandate not in known.mandates:
        yield Fault(field="mandate", text=UNKNOWN, value=str(value.mandate))
    for name in ("criteria", "judges"):
        several: tuple[Any, ...] = getattr(value, name)
        if len(several) > MOST[name]:
            yield Fault(field=name, text=TOO_MANY, value=str(MOST[name]))
        keys = [one.key for one in several]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                yield Fault(field=f"{name}[{number}].key", text=TWICE)
    for number, criterion in enumerate(value.criteria):
        place = f"criteria[{number}].indicators"
        if len(criterion.indicators) > MOST["indicators"]:
            yield Fault(field=place, text=TOO_MANY, value=str(MOST["indicators"]))
        for key in criterion.indicators:
            if key not in known.indicators:
                yield Fault(field=place, text=UNKNOWN, value=key)
    for number, judge in enumerate(value.judges):
        yield from _judge(f"judges[{number}]", judge, known)


def _judge(place: str, judge: PilotJudge, known: Known) -> Iterator[Fault]:
    if not judge.organisation and not any(text.strip() for text in judge.role.values()):
        yield Fault(field=f"{place}.role", text=WHO_JUDGES)
    if judge.organisation and judge.organisation not in known.organisations:
        yield Fault(field=f"{place}.organisation", text=UNKNOWN, value=judge.organisation)
    elif judge.standpoint == "external" and known.takes_part(judge):
        yield Fault(field=f"{place}.standpoint", text=TAKES_PART, value=known.names.get(judge.organisation, ""))


def _longest(place: str) -> int:
    return next((LONGEST[name] for name in reversed(place.split(".")) if name in LONGEST), LONGEST_TEXT)

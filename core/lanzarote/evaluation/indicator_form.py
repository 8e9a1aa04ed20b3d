"""The forms of an indicator and of its values: what was sent, read; what is there, shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from lanzarote.checking import MISSING, NO_CHOICE, Fault, Faulty, read_as
from lanzarote.evaluation import periods
from lanzarote.evaluation.counting import Entered
from lanzarote.evaluation.measures import MEASURES
from lanzarote.evaluation.team import codes, day_in, number_in
from lanzarote.evaluation.words import COUNTS, DIRECTIONS, RHYTHMS
from lanzarote.translation.typed_numbers import number_text
from lanzarote.types.evaluation import Counts, Direction, Indicator, IndicatorText, Rhythm
from lanzarote.web.refusals import date_of, number_of, original_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.evaluation.model import IndicatorValue
    from lanzarote.web.site import View

TEXTS: Final = IndicatorText.__struct_fields__
CODES: Final = {"counts": get_args(Counts), "direction": get_args(Direction), "rhythm": get_args(Rhythm)}


def typed_from(indicator: Indicator | None, original: str) -> dict[str, Any]:
    """What the form holds before anybody writes in it."""
    if indicator is None:
        return {"original": original, "direction": "neither"}
    typed: dict[str, Any] = {"original": indicator.original}
    for code, texts in indicator.text.items():
        typed |= {f"text.{code}.{name}": getattr(texts, name) or "" for name in TEXTS}
    typed |= {name: getattr(indicator, name) for name in CODES}
    typed["adds_up"] = "yes" if indicator.adds_up else ""
    typed["measure"] = indicator.measure or ""
    typed["ended_on"] = indicator.ended_on.isoformat() if indicator.ended_on else ""
    if one := indicator.baseline:
        typed |= {"baseline.value": number_text(one.value), "baseline.on": one.on, "baseline.source": one.source}
    if aim := indicator.target:
        typed |= {"target.value": number_text(aim.value), "target.by": aim.by}
    return typed


def read_indicator(view: View, data: Mapping[str, Any], before: Indicator | None) -> Indicator:
    """The indicator that was typed. Raises Faulty with everything that cannot be read."""
    faults: list[Fault] = []
    languages = tuple(dict.fromkeys((*view.vocabulary.header.languages, *(before.text if before else ()))))
    text: dict[str, dict[str, str]] = {}
    for code in languages:
        said = {name: words for name in TEXTS if (words := text_of(data, f"text.{code}.{name}"))}
        if said:
            text[code] = said
    original = text_of(data, "original")
    if before is None:
        original = original_of(data, original, languages)
    body: dict[str, Any] = {
        "original": original if original in languages else languages[0],
        "text": text,
        "adds_up": bool(text_of(data, "adds_up")),
        "stale": list(before.stale) if before else [],
    }
    for name, known in CODES.items():
        body[name] = text_of(data, name)
        if body[name] not in known:
            faults.append(Fault(field=name, text=NO_CHOICE))
    if measure := text_of(data, "measure"):
        body["measure"] = measure
    for room, when, fields in (("baseline", "on", ("on", "source")), ("target", "by", ("by",))):
        told = {name: text_of(data, f"{room}.{name}") for name in fields}
        told[when] = date_of(data, f"{room}.{when}", view.lang)
        try:
            value = number_in(view, data, f"{room}.value")
        except Faulty as error:
            faults += error.faults
            continue
        if value is None and not any(told.values()):
            continue
        missing = [name for name, there in (("value", value is not None), (when, told[when])) if not there]
        faults += [Fault(field=f"{room}.{name}", text=MISSING) for name in missing]
        body[room] = {"value": value, **told}
    try:
        if day := day_in(view, data, "ended_on"):
            body["ended_on"] = day.isoformat()
    except Faulty as error:
        faults += error.faults
    if faults:
        raise Faulty(faults)
    return read_as(body, Indicator)


def choices(view: View, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What the form offers to choose from."""
    measure = text_of(typed, "measure")
    return {
        "counts": codes(view, COUNTS, text_of(typed, "counts")),
        "directions": codes(view, DIRECTIONS, text_of(typed, "direction")),
        "rhythms": codes(view, RHYTHMS, text_of(typed, "rhythm")),
        "measures": [
            {"value": "", "label": view._("Nothing: people count and enter it"), "chosen": not measure},
            *({"value": key, "label": view._(one.title), "chosen": key == measure} for key, one in MEASURES.items()),
        ],
    }


def read_value(view: View, data: Mapping[str, Any], *, taken_back: bool = False, room: str = "") -> Entered:
    """The value that was typed. Raises Faulty."""
    value = None if taken_back else number_in(view, data, f"{room}value")
    return Entered(
        period=text_of(data, f"{room}period"),
        value=value,
        source=text_of(data, f"{room}source"),
        note=text_of(data, f"{room}note"),
        lang=view.lang,
        seen=number_of(data, f"{room}seen"),
    )


def read_computed(view: View, data: Mapping[str, Any], room: str = "") -> Entered:
    """That the platform is to count now; it counts, whatever was typed."""
    return Entered(
        period=text_of(data, f"{room}period"), value=0.0, note=text_of(data, f"{room}note"), lang=view.lang,
        seen=number_of(data, f"{room}seen"),
    )  # fmt: skip


def period_choices(
    view: View, indicator: Indicator, rows: Sequence[IndicatorValue], chosen: str
) -> list[dict[str, Any]]:
    """The periods a value can be about: the last ones that are over, and those that have one."""
    found = {row.period for row in rows}
    rhythm, day = indicator.rhythm, view.today
    period = periods.period_of(day, rhythm) if indicator.measure else periods.last_over(day, rhythm)
    for _ in range(1 if indicator.measure else 24):
        found.add(period)
        if periods.begins(period).year < 2000:
            break
        period = periods.last_over(periods.begins(period), rhythm)
    ordered = sorted(found, key=periods.ends, reverse=True)
    return [{"value": one, "label": periods.label(one, view.lang, view._), "chosen": one == chosen} for one in ordered]

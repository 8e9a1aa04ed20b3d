"""The forms of an evaluation, of its judges' answers and of the decision: what was sent, read; what is there, shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, get_args

from msgspec import Struct

from lanzarote.checking import MISSING, NO_CHOICE, NO_DATE, TOO_MANY, Fault, Faulty, read_as
from lanzarote.evaluation import answering, judging
from lanzarote.evaluation.deciding import Deciding
from lanzarote.evaluation.model import ABSENT, Answer, Outcome, Votes
from lanzarote.evaluation.team import codes, day_in, texts_in
from lanzarote.evaluation.words import STANDPOINTS
from lanzarote.regions.mandates import in_force
from lanzarote.stakeholders.team_form import compact, rows_in
from lanzarote.stakeholders.unlisted import unlisted
from lanzarote.translation import N_
from lanzarote.types.evaluation import CriterionText, Evaluation, EvaluationText, Standpoint
from lanzarote.web.refusals import date_of, number_of, original_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.evaluation.indicator_reading import Row
    from lanzarote.evaluation.model import Judgement
    from lanzarote.types.evaluation import PilotJudge
    from lanzarote.web.site import View

TEXTS: Final = EvaluationText.__struct_fields__
EMPTY_ROWS: Final = 2
ROOMS: Final = ("criteria", "judges")
ANSWERS: Final[tuple[Answer, ...]] = get_args(Answer)
NO_COUNT: Final = N_("Write three whole numbers, or leave all of them empty.")


def typed_at_first(view: View) -> dict[str, Any]:
    """What the form of a new evaluation holds: the mandate in force is judged, unless somebody chooses otherwise."""
    present = in_force(view.instance.mandates(view.region_id), view.today)
    return {"original": view.lang, "mandate": str(present.mandate.version) if present else ""}


def typed_from(evaluation: Evaluation) -> dict[str, Any]:
    """What the form holds before anybody writes in it."""
    typed: dict[str, Any] = {
        "original": evaluation.original,
        "since": evaluation.since or "",
        "until": evaluation.until or "",
        "mandate": str(evaluation.mandate),
    }
    for code, texts in evaluation.text.items():
        typed |= {f"text.{code}.{name}": getattr(texts, name) or "" for name in TEXTS}
    for number, criterion in enumerate(evaluation.criteria):
        place = f"criteria[{number}]"
        typed[f"{place}.key"] = criterion.key
        for code, said in criterion.text.items():
            typed |= {f"{place}.{name}.{code}": getattr(said, name) or "" for name in said.__struct_fields__}
        typed |= {f"{place}.indicator.{key}": "yes" for key in criterion.indicators}
    for number, judge in enumerate(evaluation.judges):
        place = f"judges[{number}]"
        typed |= {
            f"{place}.key": judge.key,
            f"{place}.standpoint": judge.standpoint,
            f"{place}.organisation": judge.organisation,
        }
        typed |= {f"{place}.role.{code}": text for code, text in judge.role.items()}
    return typed


def compacted(data: Mapping[str, Any]) -> dict[str, Any]:
    """*data* with criteria and judges numbered anew, those left empty last."""
    kept = dict(data)
    for room in ROOMS:
        kept = compact(kept, room)
    return kept


def rows(typed: Mapping[str, Any], room: str) -> int:
    """How many rows the form has: those that are filled, and empty ones."""
    return len(rows_in(typed, room)) + EMPTY_ROWS


def read_evaluation(view: View, data: Mapping[str, Any], before: Evaluation | None) -> Evaluation:
    """The evaluation that was typed. Raises Faulty with everything that cannot be read."""
    languages = tuple(dict.fromkeys((*view.vocabulary.header.languages, *(before.text if before else ()))))
    text = {}
    for code in languages:
        if said := {name: words for name in TEXTS if (words := text_of(data, f"text.{code}.{name}"))}:
            text[code] = said
    faults: list[Fault] = []
    original = text_of(data, "original")
    if before is None:
        original = original_of(data, original, languages)
    body: dict[str, Any] = {
        "original": original if original in languages else languages[0],
        "text": text,
        "stale": list(before.stale) if before else [],
        "mandate": number_of(data, "mandate"),
        "criteria": list(_criteria(data, languages)),
        "judges": list(_judges(data, languages, faults)),
    }
    for name in ("since", "until"):
        if when := date_of(data, name, view.lang):
            if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", when, re.ASCII):
                faults.append(Fault(field=name, text=NO_DATE))
            body[name] = when
    if faults:
        raise Faulty(faults)
    return read_as(body, Evaluation)


def choices(view: View, typed: Mapping[str, Any], indicators: Sequence[Row]) -> dict[str, Any]:
    """What the form offers to choose from."""
    directory = sorted(
        ((view.say(one.organisation.name), one) for one in view.directory), key=lambda pair: view.sort_key(pair[0])
    )
    chosen = text_of(typed, "mandate")
    judging = [text_of(typed, f"judges[{number}].organisation") for number in rows_in(typed, "judges")]
    return {
        "mandates": [
            {"value": "0", "label": view._("No version"), "chosen": chosen in ("", "0")},
            *(
                {
                    "value": str(version),
                    "label": view._("Version %(number)s") % {"number": version},
                    "chosen": chosen == str(version),
                }
                for version in (one.mandate.version for one in view.instance.mandates(view.region_id))
            ),
        ],
        "standpoints": codes(view, STANDPOINTS, ""),
        "organisations": [
            *((one.key or one.id, name, one.names) for name, one in directory),
            *((key, name, (key,)) for key, name in unlisted(view, judging).items()),
        ],
        "indicators": [(row.id, row.title) for row in indicators],
    }


def read_answers(
    view: View, data: Mapping[str, Any], evaluation: Evaluation, judge: PilotJudge | None, standpoint: Standpoint
) -> list[answering.Given]:
    """What a judge answers, or, without one, why a view is missing; what is left open is no answer. Raises Faulty."""
    found, faults = [], []
    for number, criterion in enumerate(evaluation.criteria):
        place = f"answers[{number}]"
        reason = {
            code: text
            for code in dict.fromkeys((*view.vocabulary.header.languages, view.lang))
            if (text := text_of(data, f"{place}.reason.{code}"))
        }
        answer = text_of(data, f"{place}.answer") if judge else ABSENT if reason else ""
        if not answer and not reason:
            continue
        if judge and answer not in ANSWERS:
            faults.append(Fault(field=f"{place}.answer", text=NO_CHOICE))
            continue
        try:
            said = judging.checked_text(reason, view.vocabulary, f"{place}.reason")
        except Faulty as error:
            faults += error.faults
            continue
        given = answering.Given(
            criterion=criterion.key,
            standpoint=standpoint,
            judge=judge.key if judge else "",
            answer=answer,
            reason=said,
            source=text_of(data, "source"),
            seen=number_of(data, f"{place}.seen"),
        )
        found.append(given)
    if faults:
        raise Faulty(faults)
    if not found:
        raise Faulty([Fault(field="answers", text=MISSING)])
    return found


def answers_from(evaluation: Evaluation, rows: Sequence[Judgement], judge: str, standpoint: str) -> dict[str, Any]:
    """What the form of a judge holds before anybody writes in it: the last answers."""
    typed: dict[str, Any] = {}
    last = {row.criterion: row for row in rows if (row.judge, row.standpoint) == (judge, standpoint)}
    for number, criterion in enumerate(evaluation.criteria):
        if row := last.get(criterion.key):
            typed |= {f"answers[{number}].answer": row.answer, f"answers[{number}].seen": str(row.seq)}
            reason = read_as(b'{"text": %b}' % row.reason, _Reason).text
            typed |= {f"answers[{number}].reason.{code}": text for code, text in reason.items()}
            typed["source"] = row.source
    return typed


def read_decision(view: View, data: Mapping[str, Any]) -> Deciding:
    """The decision that was typed. Raises Faulty for what cannot be read, or is missing."""
    faults = [Fault(field="outcome", text=NO_CHOICE)] if text_of(data, "outcome") not in get_args(Outcome) else []
    for name in ("reason", "decided_by"):
        faults += [] if texts_in(view, data, name) else [Fault(field=name, text=MISSING)]
    try:
        day = day_in(view, data, "on")
        faults += [] if day else [Fault(field="on", text=MISSING)]
    except Faulty as error:
        faults += error.faults
    counts = [text_of(data, f"votes.{name}") for name in Votes.__struct_fields__]
    votes = None
    if any(counts):
        if not all(re.fullmatch(r"\d{1,4}", one, re.ASCII) for one in counts):
            faults.append(Fault(field="votes.support", text=NO_COUNT))
        else:
            votes = Votes(**dict(zip(Votes.__struct_fields__, map(int, counts), strict=True)))
    if faults:
        raise Faulty(faults)
    return Deciding(
        outcome=text_of(data, "outcome"),
        reason=texts_in(view, data, "reason"),
        conditions=texts_in(view, data, "conditions"),
        on=day,
        decided_by=texts_in(view, data, "decided_by"),
        votes=votes,
    )


class _Reason(Struct, frozen=True):
    text: dict[str, str] = {}


def _criteria(data: Mapping[str, Any], languages: Sequence[str]) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    for number in rows_in(data, "criteria"):
        place = f"criteria[{number}]"
        text = {}
        for code in languages:
            names = CriterionText.__struct_fields__
            if said := {name: words for name in names if (words := text_of(data, f"{place}.{name}.{code}"))}:
                text[code] = said
        start = f"{place}.indicator."
        chosen = [name[len(start) :] for name in data if name.startswith(start) and text_of(data, name)]
        if text or chosen:
            yield {"key": _key(data, place, "c", taken), "text": text, "indicators": chosen}


def _judges(data: Mapping[str, Any], languages: Sequence[str], faults: list[Fault]) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    for number in rows_in(data, "judges"):
        place = f"judges[{number}]"
        role = {code: text for code in languages if (text := text_of(data, f"{place}.role.{code}"))}
        organisation, standpoint = text_of(data, f"{place}.organisation"), text_of(data, f"{place}.standpoint")
        if not (role or organisation):
            continue
        if standpoint not in get_args(Standpoint):
            faults.append(Fault(field=f"{place}.standpoint", text=NO_CHOICE))
        yield {
            "key": _key(data, place, "j", taken),
            "standpoint": standpoint,
            "organisation": organisation,
            "role": role,
        }
    if len(taken) > 100:
        faults.append(Fault(field="judges", text=TOO_MANY, value="30"))


def _key(data: Mapping[str, Any], place: str, letter: str, taken: set[str]) -> str:
    """The key that the row had, or a new one; never one that another row had here."""
    key = text_of(data, f"{place}.key")
    if not re.fullmatch(r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*", key) or key in taken:
        used = {text_of(data, name) for name in data if name.endswith("].key")} | taken
        key = next(name for number in range(1, 10_000) if (name := f"{letter}{number}") not in used)
    taken.add(key)
    return key

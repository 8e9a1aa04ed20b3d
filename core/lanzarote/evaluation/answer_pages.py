"""Pages on which the answers of judges are written down, by each judge's organisation or by the team for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from litestar import Response
from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import Conflict, NotFound
from lanzarote.evaluation import answering, evaluation_reading, judging
from lanzarote.evaluation.evaluation_kind import EVALUATIONS
from lanzarote.evaluation.model import ABSENT, EVALUATION
from lanzarote.evaluation.words import ANSWERS, STANDPOINTS
from lanzarote.kinds import record_pages, team
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import (
    MISSING,
    NO_CHOICE,
    NO_REASON,
    Fault,
    Faulty,
    Identifying,
    clean_text,
    refuse_unclean,
)
from lanzarote.runtime.reading import decoded
from lanzarote.translation import N_, texts_named
from lanzarote.types.evaluation import Standpoint
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, number_of, text_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.evaluation.model import Judgement
    from lanzarote.types import Text
    from lanzarote.types.evaluation import Evaluation, PilotJudge
    from lanzarote.web.refusals import Refusal


AT: Final = "/{lang:str}/{region:str}/team/evaluations/{record_id:str}/judge"


class JudgeLine(Struct, frozen=True, kw_only=True):
    """A judge, or a view of which an answer is missing, and how far they are."""

    key: str
    standpoint: Standpoint
    name: Markup | str
    view: str
    answered: int


@page(AT, may="group.write")
def answers(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Who answers, and how far they are; with ``judge`` or ``missing`` the form of their answers."""
    view = site.view(request, lang, region)
    wanted = request.query_params
    return show_answers(view, record_id, wanted.get("judge", ""), wanted.get("missing", ""))


@form(AT, may="group.write")
def answered(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Keep the answers."""
    view = site.view(request, lang, region)
    key, missing = text_of(data, "judge"), text_of(data, "missing")
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, EVALUATION, record_id)
        require(view.actor, "group.write", subject_of(session, record))
        said = judging.evaluation_of(session, record)
    judge = answering.judge_of(said, key)
    standpoint = judge.standpoint if judge else missing
    if standpoint not in get_args(Standpoint):
        raise NotFound(team.NO_SUCH)
    try:
        given = read_answers(view, data, said, judge, standpoint)  # type: ignore[arg-type]
        identifiers = view.vocabulary.header.personal_identifiers
        refuse_unclean([("source", text_of(data, "source"))], answering.LONGEST_SOURCE, identifiers=identifiers)
        with view.instance.database.write(view.region_id) as session:
            record = team.read_record(view, session, EVALUATION, record_id)
            answering.judge(session, record, given, by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        return show_answers(view, record_id, key, missing, team.refusal(view, error, data, lambda _: ""), data)
    except Conflict:
        return show_answers(view, record_id, key, missing, typed=data, meanwhile=True)
    except IllegalTransition:
        return record_pages.show(EVALUATIONS, view, record_id, done="not-now", status=409)
    return team.redirect(view.href("team", "evaluations", record_id, "judge", query={"done": "judge"}))


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
            identifiers = view.vocabulary.header.personal_identifiers
            said = clean_text(reason, f"{place}.reason", identifiers=identifiers, missing=NO_REASON)
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
            reason: Text = decoded(row.reason, dict[str, str])
            typed |= {f"answers[{number}].reason.{code}": text for code, text in reason.items()}
            typed["source"] = row.source
    return typed


def show_answers(
    view: View,
    record_id: str,
    key: str,
    missing: str,
    refused: Refusal = NOTHING,
    typed: Mapping[str, Any] | None = None,
    *,
    meanwhile: bool = False,
) -> Response[Any]:
    """The form of one judge's answers, or who there is to answer."""
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, EVALUATION, record_id)
        require(view.actor, "group.write", subject_of(session, record))
        said, status = judging.evaluation_of(session, record), judging.status_of(record)
        rows = answering.judgements_of(session, [record.id]).get(record.id, [])
        counted = answering.counting(session, record)
        organisations = [one.organisation for one in said.judges]
        relations = answering.relations_of(session, organisations, view.actor, view.region_id)
    if status.state != "running":
        return record_pages.show(EVALUATIONS, view, record_id, done="not-now", status=409)
    done = view.request.query_params.get("done", "")
    judge = answering.judge_of(said, key)
    standpoint = judge.standpoint if judge else missing if missing in {one.standpoint for one in said.judges} else ""
    before = answers_from(said, rows, key if judge else "", standpoint)
    speaks = judge is not None and answering.speaks_for(judge, relations, view.actor, view.region_id)
    written = {name[-3:] for name in before}
    now_typed = dict(typed) if typed else before
    if meanwhile:
        now_typed |= {name: value for name, value in before.items() if name.endswith(".seen")}
    return view.render(
        "evaluation/team/judge.html" if standpoint else "evaluation/team/judges.html",
        status=409 if meanwhile else 400 if refused.errors else 200,
        title=evaluation_reading.title_of(view, said),
        judges=_judge_lines(view, said, counted, relations),
        criteria=[
            tuple(view.text(texts_named(one.text, name), said.original)[0] for name in ("question", "met"))
            for one in said.criteria
        ],
        judge=judge,
        standpoint=standpoint,
        name=evaluation_reading.judge_name(view, judge) if judge else "",
        standpoint_name=view._(STANDPOINTS[standpoint]) if standpoint else "",
        answers=[(code, view._(words)) for code, words in ANSWERS.items()],
        speaks=speaks,
        before=before,
        typed=now_typed,
        refused=refused,
        meanwhile=meanwhile,
        done=record_pages.notice(EVALUATIONS, view, done),
        onward=_onward(view, record_id, said, counted) if done else None,
        tongues=[(code, name) for code, name in view.tongues() if code == view.lang or f".{code}" in written],
        **team.frame(view, "evaluations", record_id),
    )  # fmt: skip


def _onward(view: View, record_id: str, said: Evaluation, counted: Sequence[Any]) -> tuple[str, str]:
    """Where what comes after an answer is done: all are in, or something else waits."""
    whole = len(said.criteria) * len(said.judges)
    if sum(bool(row.judge) for row in counted) >= whole and view.may("group.lead"):
        label = next(one.label for one in EVALUATIONS.steps if one.name == "close")
        return view.href("team", "evaluations", record_id, "close"), view._(label)
    return view.start_href, view._(N_("My work"))


def _judge_lines(
    view: View, said: Evaluation, counted: Sequence[Any], relations: Mapping[str, tuple[str, str]]
) -> list[JudgeLine]:
    """The judges that the reader may write for, and the views whose absence they may explain."""
    all_of_them = answering.writes_for_all(view.actor, view.region_id)
    found = [
        JudgeLine(
            key=one.key,
            standpoint=one.standpoint,
            name=evaluation_reading.judge_name(view, one),
            view=view._(STANDPOINTS[one.standpoint]),
            answered=sum(row.judge == one.key for row in counted),
        )
        for one in said.judges
        if all_of_them or answering.speaks_for(one, relations, view.actor, view.region_id)
    ]
    if all_of_them:
        for standpoint in answering.STANDPOINTS:
            if any(one.standpoint == standpoint for one in said.judges):
                absent = sum(not row.judge and row.standpoint == standpoint for row in counted)
                found.append(
                    JudgeLine(
                        key="", standpoint=standpoint, name="", view=view._(STANDPOINTS[standpoint]), answered=absent
                    )
                )
    return found


handlers = (answers, answered)

"""Pages on which a region's group evaluates its pilot: the list, one evaluation, its forms, the answers of judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from msgspec import Struct

from lanzarote.checking import NOTHING_EXPLAINED, Faulty, Identifying
from lanzarote.errors import Conflict
from lanzarote.evaluation import (
    deciding,
    evaluation_form,
    evaluation_reading,
    indicator_reading,
    judging,
    service,
    team,
)
from lanzarote.evaluation.indicator_pages import between
from lanzarote.evaluation.model import EVALUATION
from lanzarote.evaluation.words import STANDPOINTS, label_of
from lanzarote.lifecycle import IllegalTransition
from lanzarote.permissions import Subject, may, require, subject_of
from lanzarote.records import now
from lanzarote.stakeholders.team_reading import version_lines
from lanzarote.stakeholders.unlisted import as_named
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.comparing import compare
from lanzarote.web.refusals import NOT_NOW, NOTHING, number_of, reasons_in
from lanzarote.web.routes import form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.model import EvaluationStatus
    from lanzarote.permissions import Action
    from lanzarote.records import Record
    from lanzarote.types.evaluation import Evaluation
    from lanzarote.web.refusals import Refusal

TEAM: Final = "/{lang:str}/{region:str}/team/evaluations"
ONE: Final = TEAM + "/{record_id:str}"
DONE: Final[Mapping[str, str]] = {
    "saved": N_("It is saved. Only the group reads it."),
    "amend": N_("It is changed. The report says so, with your reason."),
    "run": N_("Criteria and judges are fixed. The judges can answer now."),
    "judge": N_("The answers are written down."),
    "close": N_("All answers are in. The group can decide."),
    "resume": N_("Judging goes on."),
    "decide": N_("The decision is written down. Somebody else publishes it."),
    "reopen": N_("The decision is open again."),
    "publish": N_("Report and decision are published."),
    "drop": N_("It is given up."),
    "withdraw": N_("It is withdrawn, and its page says so."),
    "archive": N_("Archived."),
    "restore": N_("Taken out of the archive."),
    "meanwhile": team.MEANWHILE,
    "still-read": judging.STILL_READ,
    "not-now": NOT_NOW,
}


class Opened(Struct, frozen=True, kw_only=True):
    """An evaluation, as a form about it needs it."""

    id: str
    version: int
    said: Evaluation
    status: EvaluationStatus
    title: str
    indicators: tuple[indicator_reading.Row, ...]


@page(TEAM, may="group.read")
def evaluations(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """All evaluations of a region for its group."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        rows = evaluation_reading.listed(view, session)
    return view.render(
        "evaluation/team/evaluations.html",
        rows=rows,
        may_write=bool(may(view.actor, "group.write", Subject(region_id=view.region_id))),
        **team.frame(view, "evaluations"),
    )


@page(f"{TEAM}/new", may="group.write")
def new(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The form of an evaluation that is not there yet."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    return show_form(view, None, evaluation_form.typed_at_first(view))


@form(f"{TEAM}/new", may="group.write")
def begin(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Save a new evaluation for the first time."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    data = evaluation_form.compacted(data)
    try:
        given = checked(view, evaluation_form.read_evaluation(view, data, None), data)
    except (Faulty, Identifying) as error:
        return show_form(view, None, data, team.refusal(view, error, data))
    with view.instance.database.write(view.region_id) as session:
        record_id = judging.begin(session, view.region_id, given, by=view.actor, at=now()).id
    return to_evaluation(view, record_id, "saved")


@page(ONE, may="group.read")
def evaluation(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """One evaluation: how far it is, what it asks, what was answered, what can be done."""
    return show(site.view(request, lang, region), record_id, done=request.query_params.get("done", ""))


@page(f"{ONE}/report", may="group.read")
def preview(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The report as the public will read it."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        report = service.report(session, team.read_record(view, session, EVALUATION, record_id))
    told = evaluation_reading.tell(view, report)
    return view.render("evaluation/report.html", report=told, others=(), **team.frame(view, "evaluations", record_id))


@page(f"{ONE}/edit", may="group.write")
def editing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form with what the newest version says."""
    return _open_form(site.view(request, lang, region), record_id, "edit", "group.write")


@page(f"{ONE}/amend", may="group.lead")
def amending(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The same form, once criteria and judges are fixed: it asks why."""
    return _open_form(site.view(request, lang, region), record_id, "amend", "group.lead")


@form(f"{ONE}/edit", may="group.write")
def edit(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Save another version."""
    return _save(site.view(request, lang, region), record_id, "edit", "group.write", data)


@form(f"{ONE}/amend", may="group.lead")
def amend(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Change what is fixed, with the reason."""
    return _save(site.view(request, lang, region), record_id, "amend", "group.lead", data)


@page(f"{ONE}/versions", may="group.read")
def versions(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """All versions of an evaluation, and what changed between two of them."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, EVALUATION, record_id)
        lines = version_lines(view, session, record)
        first, last = between(request.query_params, record.version)
        both = [judging.evaluation_of(session, record, number) for number in (first, last) if number]
        newest = judging.evaluation_of(session, record)
    old, new = (dict(_said(view, one)) for one in both) if len(both) == 2 else ({}, {})
    return view.render(
        "evaluation/team/versions.html",
        lines=lines,
        first=first,
        last=last,
        changes=[
            (label_of(view, place), tuple(compare(old.get(place, ""), new.get(place, ""))))
            for place in dict.fromkeys((*new, *old))
            if old.get(place) != new.get(place)
        ],
        title=evaluation_reading.title_of(view, newest),
        **team.frame(view, "evaluations", record_id),
    )


def show(view: View, record_id: str, *, done: str = "", status: int = 200) -> Response[Any]:
    """The page of an evaluation."""
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, EVALUATION, record_id)
        report = service.report(session, record)
        barred = {"publish": deciding.OWN_DECISION} if deciding.wrote(report.status, view.actor) else {}
        steps = team.offered(view, session, record, evaluation_reading.STEPS, report.status.state, barred=barred)
        reasons = team.explained(view, judging.told_of(session, record))
        archived, slug = record.state == "archived", record.slug
    return view.render(
        "evaluation/team/evaluation.html",
        status=status,
        done=view._(DONE[done]) if done in DONE else "",
        meanwhile=done in ("meanwhile", "not-now", "still-read"),
        report=evaluation_reading.tell(view, report),
        state=report.status.state,
        status_=report.status,
        archived=archived,
        steps=steps,
        explained=reasons,
        public_href=view.href("evaluation", slug) if report.state == "published" else "",
        **team.frame(view, "evaluations", record_id),
    )


def show_form(
    view: View,
    opened: Opened | None,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    conflict: bool = False,
    amends: bool = False,
) -> Response[Any]:
    """The form with everything in it."""
    indicators = opened.indicators if opened else _indicators(view)
    said = opened.said if opened else None
    return view.render(
        "evaluation/team/evaluation_form.html",
        status=409 if conflict else 400 if refused.errors else 200,
        typed=typed,
        refused=refused,
        conflict=conflict,
        amends=amends,
        title=opened.title if opened else "",
        version=opened.version if opened and (conflict or "version" not in typed) else number_of(typed, "version"),
        tongues=view.tongues(*(said.text if said else ())),
        offered=evaluation_form.choices(view, typed, indicators),
        criteria=evaluation_form.rows(typed, "criteria"),
        judges=evaluation_form.rows(typed, "judges"),
        **team.frame(view, "evaluations", opened.id if opened else "new"),
    )


def checked(view: View, said: Evaluation, data: Mapping[str, Any], record_id: str = "") -> judging.Checked:
    """Raises Faulty, Identifying."""
    known, by = team.known_of(view, [row.id for row in _indicators(view)], record_id), view.actor.account_id
    earlier = NOTHING_EXPLAINED
    if record_id:
        with view.instance.database.read(view.region_id) as session:
            earlier = judging.explained_in(session, team.read_record(view, session, EVALUATION, record_id))
    said = as_named(view.instance, view.region_id, record_id, said)
    return judging.checked(said, view.vocabulary, known, reasons=reasons_in(data), by=by, earlier=earlier)


def to_evaluation(view: View, record_id: str, done: str) -> Response[Any]:
    return team.redirect(view.href("team", "evaluations", record_id, query={"done": done}))


def _indicators(view: View, session: Session | None = None) -> tuple[indicator_reading.Row, ...]:
    if session is not None:
        return tuple(indicator_reading.listed(view, session))
    with view.instance.database.read(view.region_id) as session:
        return tuple(indicator_reading.listed(view, session))


def opened_for(view: View, record_id: str, action: Action) -> Opened:
    """Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, EVALUATION, record_id)
        require(view.actor, action, subject_of(session, record))
        said = judging.evaluation_of(session, record)
        return Opened(
            id=record.id,
            version=record.version,
            said=said,
            status=judging.status_of(record),
            title=evaluation_reading.title_of(view, said),
            indicators=_indicators(view, session),
        )


def _open_form(view: View, record_id: str, name: str, action: Action) -> Response[Any]:
    opened = opened_for(view, record_id, action)
    if not _fits(opened, name):
        return show(view, record_id, done="not-now", status=409)
    return show_form(view, opened, evaluation_form.typed_from(opened.said), amends=name == "amend")


def _save(view: View, record_id: str, name: str, action: Action, data: Mapping[str, Any]) -> Response[Any]:
    opened = opened_for(view, record_id, action)
    if not _fits(opened, name):
        return show(view, record_id, done="not-now", status=409)
    data, amends = evaluation_form.compacted(data), name == "amend"
    try:
        given = checked(view, evaluation_form.read_evaluation(view, data, opened.said), data, record_id)
        with view.instance.database.write(view.region_id) as session:
            judging.save(
                session,
                team.read_record(view, session, EVALUATION, record_id),
                given,
                view.vocabulary,
                expected=number_of(data, "version"),
                reason=team.texts_in(view, data, "change"),
                today=view.today,
                by=view.actor,
                at=now(),
            )
    except (Faulty, Identifying) as error:
        return show_form(view, opened, data, team.refusal(view, error, data), amends=amends)
    except Conflict:
        return show_form(view, opened, data, conflict=True, amends=amends)
    except IllegalTransition:
        return show(view, record_id, done="not-now", status=409)
    return to_evaluation(view, record_id, "amend" if amends else "saved")


def _fits(opened: Opened, name: str) -> bool:
    return opened.status.state == {"edit": "draft", "amend": "running"}[name]


def _said(view: View, said: Evaluation) -> list[tuple[str, str]]:
    """Everything that an evaluation says, with its place."""
    found = [
        (f"text.{code}.{name}", getattr(one, name) or "")
        for code, one in said.text.items()
        for name in one.__struct_fields__
    ]
    found += [("since", said.since or ""), ("until", said.until or ""), ("mandate", str(said.mandate or ""))]
    for number, criterion in enumerate(said.criteria):
        for code, one in criterion.text.items():
            found += [(f"criteria[{number}].{name}.{code}", getattr(one, name) or "") for name in one.__struct_fields__]
    for number, judge in enumerate(said.judges):
        found.append((f"judges[{number}]", f"{evaluation_reading.judge_name(view, judge).striptags()}"))
        found.append((f"judges[{number}].standpoint", view._(STANDPOINTS[judge.standpoint])))
    return found


def record_and_title(view: View, session: Session, record_id: str) -> tuple[Record, str]:
    record = team.read_record(view, session, EVALUATION, record_id)
    return record, evaluation_reading.title_of(view, judging.evaluation_of(session, record))


handlers = (
    evaluations,
    new,
    begin,
    evaluation,
    preview,
    editing,
    edit,
    amending,
    amend,
    versions,
)

"""Pages of an assessment: the team's, to ask reviewers and record the decision; each reviewer's own."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.response import Redirect

from lanzarote.accounts.people import called
from lanzarote.errors import Conflict, NotFound
from lanzarote.kinds import record_pages
from lanzarote.practices import assess_reading, assessing, deciding
from lanzarote.practices.deciding import Decided
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.model import KIND, Witness
from lanzarote.practices.review_model import Answer, Answers
from lanzarote.records.permissions import NO_RULE, may, subject_of
from lanzarote.records.records import Record, now
from lanzarote.records.validation import Fault, Faulty, Identifying
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.forms import many_of
from lanzarote.web.refusals import NOTHING, Refusal, date_of, number_of, reasons_in, refusal, text_of
from lanzarote.web.routes import PRIVATE, form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


AXES = ("vouching", "strength")
FURTHER = {"give": assessing.give, "next": assessing.go_on}
"""What a reviewer's form does beside keeping what it says."""
FRAME: Mapping[str, Any] = {"canonical": None, "feeds": ()}
NO_SUCH = N_("There is no such practice here, or you may not read it.")
COORDINATORS = N_("A coordinator does this.")
DONE: Mapping[str, str] = {
    "asked": N_("They are asked, and find it on their start page."),
    "released": N_("This person is no longer asked."),
    "saved": N_("Saved. You can go on whenever you like; nobody else sees it."),
    "given": N_("Submitted. Thank you: the team sees it when all answers are in."),
    "decided": N_("Decision recorded and carried out."),
}


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/assess", may="practice.publish")
def assess(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """How far the assessment of a practice is, and what to do next."""
    return show_team(site.view(request, lang, region), record_id)


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/assess", may="practice.decide")
def lead(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Ask reviewers, or record what the team decided."""
    view = site.view(request, lang, region)
    return decide(view, record_id, data) if text_of(data, "do") == "decide" else ask(view, record_id, data)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/assess/release", may="practice.assess")
def releasing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before somebody is asked no longer: what is lost by it."""
    view = site.view(request, lang, region)
    return show_release(view, record_id, request.query_params.get("account", ""))


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/assess/release", may="practice.assess")
def release(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Ask somebody no longer."""
    view = site.view(request, lang, region)
    account_id = text_of(data, "account") or view.actor.account_id
    if not data.get("sure"):
        return show_release(view, record_id, account_id)
    with view.instance.database.write(view.region_id) as session:
        assessing.release(session, find(view, session, record_id), account_id, by=view.actor, at=now())
    if account_id == view.actor.account_id:
        return Redirect(view.start_href, status_code=303, headers=dict(PRIVATE))
    return go(view, record_id, done="released")


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/assess/answers", may="practice.assess")
def answers(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """What one reviewer is asked."""
    return show_own(site.view(request, lang, region), record_id)


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/assess/answers", may="practice.assess")
def answer(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Keep what a reviewer answers, or give it for good."""
    view = site.view(request, lang, region)
    said = read_answers(data)
    with view.instance.database.read(view.region_id) as session:
        round, _ = assessing.mine(session, find(view, session, record_id), by=view.actor)
    # What is kept is kept, whether or not it can be given yet.
    steps = [assessing.save, *filter(None, [FURTHER.get(text_of(data, "do"))])]
    try:
        said = assessing.checked(said, round.asks(), view.vocabulary, looked_again=bool(data.get("looked")))
        for step in steps:
            with view.instance.database.write(view.region_id) as session:
                step(session, find(view, session, record_id), said, by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        return show_own(view, record_id, refusal(view, error), said)
    return go(view, record_id, "answers", done="given" if assessing.give in steps else "saved")


def ask(view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    chosen, expected = many_of(data, "reviewers"), number_of(data, "version")
    try:
        with view.instance.database.write(view.region_id) as session:
            record, grid = find(view, session, record_id), view.vocabulary.grid
            assessing.ask(session, record, grid, chosen, expected=expected, by=view.actor, at=now())
    except Faulty as error:
        return show_team(view, record_id, refusal(view, error), chosen=chosen)
    return go(view, record_id, done="asked")


def decide(view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    decided = read_decided(view, data)
    version, round = number_of(data, "version"), number_of(data, "round")
    try:
        why, by = reasons_in(data), view.actor.account_id
        passed = deciding.checked(decided, view.vocabulary, today=view.today, by=by, why=why)
        with view.instance.database.write(view.region_id) as session:
            record = find(view, session, record_id)
            if not data.get("higher") and deciding.is_higher(
                passed, assessing.progress(session, record, by=view.actor)
            ):
                raise Faulty([Fault(field="higher", text=deciding.HIGHER)])
            deciding.decide(
                session,
                record,
                passed,
                round=round,
                expected=version,
                zone=view.vocabulary.zone,
                by=view.actor,
                at=now(),
            )
    except Conflict as error:
        return show_team(view, record_id, decided=decided, too_late=view._(str(error)))
    except (Faulty, Identifying) as error:
        return show_team(view, record_id, record_pages.refusal(PRACTICES, view, error, data), decided=decided)
    return go(view, record_id, done="decided")


# What the pages show


def show_team(
    view: View,
    record_id: str,
    refused: Refusal = NOTHING,
    *,
    chosen: tuple[str, ...] = (),
    decided: Decided | None = None,
    too_late: str = "",
) -> Response[Any]:
    with view.instance.database.read(view.region_id) as session:
        record = record_pages.found(PRACTICES, view, session, record_id)
        subject = subject_of(session, record)
        told = assess_reading.team_page(view, session, record)
        verdict = may(view.actor, "practice.decide", subject)
        slug = record.slug
    return view.render(
        "practices/team/assess.html",
        status=412 if too_late else 400 if refused.errors else 200,
        page=told,
        refused=refused,
        chosen=chosen,
        decided=decided,
        too_late=too_late,
        may_decide=bool(verdict),
        why_not=view._(COORDINATORS if verdict.reason == NO_RULE else verdict.reason) if verdict.reason else "",
        axes={axis: assess_reading.axis_choices(view, axis, getattr(decided, axis, "")) for axis in AXES},
        typed={f"reason.{code}": text for code, text in decided.reason.items()} if decided else {},
        tongues=view.tongues(),
        public_href=view.href("practices", slug) if told.published else "",
        here=place(view, record_id),
        done=view._(DONE[key]) if (key := view.request.query_params.get("done", "")) in DONE else "",
        **FRAME,
    )


def show_own(view: View, record_id: str, refused: Refusal = NOTHING, said: Answers | None = None) -> Response[Any]:
    with view.instance.database.read(view.region_id) as session:
        record = find(view, session, record_id)
        round, row = assessing.mine(session, record, by=view.actor)
        reading = assess_reading.read_working(view, session, record, round.version)
        over = record.stage != "assessing"
    grid, kept = round.asks(), said or row.said()
    return view.render(
        "practices/team/answers.html",
        status=400 if refused.errors else 200,
        grid=grid,
        reading=reading,
        questions=assess_reading.questions(view, grid, kept, refused),
        axes=assess_reading.axes(view, kept, refused),
        kept=kept,
        met=assessing.gates_met(kept, grid),
        unmet=bool(kept.unmet(grid)),
        gates=len(grid.gates),
        given=row.given_at,
        over=over,
        saved_at=row.saved_at,
        refused=refused,
        here=place(view, record_id),
        done=view._(DONE[key]) if (key := view.request.query_params.get("done", "")) in DONE else "",
        **FRAME,
    )


def show_release(view: View, record_id: str, account_id: str) -> Response[Any]:
    """What follows when somebody is asked no longer. Raises NotFound, NotPermitted, Conflict."""
    own = account_id in ("", view.actor.account_id)
    with view.instance.database.read(view.region_id) as session:
        record = find(view, session, record_id)
        row = assessing.releasable(session, record, view.actor.account_id if own else account_id, by=view.actor)
        reading = assess_reading.read_working(view, session, record, record.version)
        name = "" if own else called(view, session, [account_id]).get(account_id, view._(assess_reading.FORMER))
    return view.render(
        "practices/team/release.html",
        name=name,
        account=account_id,
        saved=row.saved_at is not None,
        title=reading.title.text if reading else view._("A practice"),
        here=place(view, record_id),
        **FRAME,
    )


def find(view: View, session: Session, record_id: str) -> Record:
    """The practice with this id. Raises NotFound."""
    record = session.get(Record, (view.region_id, record_id))
    if record is None or record.kind != KIND or record.state == "erased":
        raise NotFound(NO_SUCH)
    return record


def go(view: View, record_id: str, *more: str, done: str) -> Redirect:
    """Lead on, so that reloading sends nothing again."""
    there = "/".join((place(view, record_id), *more))
    return Redirect(f"{there}?done={done}", status_code=303, headers=dict(PRIVATE))


def place(view: View, record_id: str) -> str:
    return view.href("team", "practices", record_id, "assess")


def read_answers(data: Mapping[str, Any]) -> Answers:
    """What a reviewer's form sent; whatever the grid does not ask is left out later."""

    def one(place: str) -> Answer:
        return Answer(value=text_of(data, f"{place}.value"), reason=text_of(data, f"{place}.reason"))

    keys = {name.split(".")[1] for name in data if name.startswith("criteria.") and name.count(".") == 2}
    return Answers(
        criteria={key: one(f"criteria.{key}") for key in sorted(keys)},
        vouching=one("vouching"),
        strength=one("strength"),
        nobody=bool(data.get("nobody")),
        no_case=bool(data.get("no_case")),
    )


def read_decided(view: View, data: Mapping[str, Any]) -> Decided:
    """What the form of a decision sent."""
    (day, day_text), (seen, seen_text) = (_day(view, data, name) for name in ("day", "witness.on"))
    languages = view.vocabulary.header.languages
    return Decided(
        outcome=text_of(data, "outcome"),  # type: ignore[arg-type]  # ``checked`` looks at it
        reason={lang: text for lang in languages if (text := text_of(data, f"reason.{lang}"))},
        day=day,
        day_text=day_text,
        vouching=text_of(data, "vouching"),
        strength=text_of(data, "strength"),
        witness=Witness(name=text_of(data, "witness.name"), on=seen, where=text_of(data, "witness.where")),
        witness_day_text=seen_text,
        confirmed=bool(data.get("confirmed")),
    )


def _day(view: View, data: Mapping[str, Any], name: str) -> tuple[date | None, str]:
    """The day that was sent as *name*, or what was typed in its place."""
    typed = date_of(data, name, view.lang)
    with suppress(ValueError):
        return date.fromisoformat(typed), ""
    return None, typed


handlers = (assess, lead, releasing, release, answers, answer)

"""What a representative sees: what their organisation is asked, what it said, its part in the group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect
from msgspec import Struct
from sqlalchemy import and_, select

from lanzarote import guard
from lanzarote.errors import Conflict
from lanzarote.improvements import calling, positions, positions_reading
from lanzarote.improvements import positions_words as words
from lanzarote.improvements.model import IMPROVEMENT, STATES
from lanzarote.improvements.positions import Given
from lanzarote.improvements.positions_model import Call, Position
from lanzarote.improvements.positions_pages import DONE, FRAME, TEAM, answers, frame, show
from lanzarote.kinds import team
from lanzarote.practices import holders
from lanzarote.practices.holder_pages import title_of
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import Record, Version, now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import members, taking_part
from lanzarote.stakeholders.taking_part import Reply
from lanzarote.translation import N_, date_told
from lanzarote.web import labels
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOT_NOW, NOTHING, Refusal, date_of, number_of, refusal, text_of
from lanzarote.web.routes import PRIVATE, form, page, private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from markupsafe import Markup
    from sqlalchemy.orm import Session

    from lanzarote.improvements.positions_reading import Said
    from lanzarote.stakeholders.taking_part import Answer
    from lanzarote.web.site import View

OWN: Final = ("team", "organisation")
ANSWERED: Final[Mapping[str, str]] = {
    "accept": N_("Thank you. Your organisation takes part in the group; its public page says so."),
    "decline": N_("Thank you. Recorded: your organisation does not take part."),
    "leave": N_("Recorded: your organisation no longer takes part."),
}
HEADINGS: Final[Mapping[str, str]] = {
    "accept": N_("We take part"),
    "decline": N_("We do not take part"),
    "leave": N_("We leave the group"),
}
CONFIRMED: Final[Mapping[str, str]] = {
    "holder-confirmed": N_("Thank you. Your confirmation is recorded."),
    "holder-wrong": N_("Thank you. The group reads what you wrote and corrects the text."),
    "holder-refused": N_("Your refusal is recorded. The group is told."),
}
MOST: Final = 200


class Matter(Struct, frozen=True, kw_only=True):
    """An improvement that the organisation is asked about, or said something on."""

    id: str
    title: Markup
    state: str
    """Empty: who does not take part does not read it."""
    until: date | None
    """The last day, while positions are asked for."""
    said: Said | None
    """Its newest position on the text as it is called, or the last it gave at all."""
    open: bool
    """It may say something now."""
    waits: bool
    """It has not answered, or has not confirmed what was written down."""


@page("/{lang:str}/{region:str}/team/organisation", may="group.speak")
def organisation(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What a representative's organisation is asked, and what it said."""
    return show_own(site.view(request, lang, region), done=request.query_params.get("done", ""))


def show_own(view: View, *, done: str = "", fault: str = "", status: int = 200) -> Response[Any]:
    with view.instance.database.read(view.region_id) as session:
        record = taking_part.own(session, view.actor, view.region_id)
        body = members.bodies(session).by_id.get(record.id)
        matters = _matters(view, session, record.id)
        invited = taking_part.invitations(session, [record.id]).get(record.id, [])
        asked = holders.asked_of(session, view.region_id, view.actor)
        confirming = [
            (view.href("team", "practices", one.record.id, "confirm"), title_of(view, session, one), one.row.at)
            for one in asked
        ]
    said = {**ANSWERED, **DONE, **CONFIRMED}
    return view.render(
        "improvements/own.html",
        status=status,
        body=body,
        name=words.name_of(view, body.name if body else {}),
        relation=labels.label("relation", body.relation, view.translator) if body else "",
        since=date_told(body.status.since, view.lang) if body and body.status.since else "",
        invited_on=invited[0].at if invited else None,
        confirming=confirming,
        waiting=[one for one in matters if one.waits],
        others=[one for one in matters if not one.waits],
        done=view._(said[done]) if done in said else "",
        fault=view._(fault) if fault else "",
        own_href=view.href(*OWN),
        zone=view.vocabulary.zone,
        **FRAME,
    )


@page("/{lang:str}/{region:str}/team/improvements/{record_id:str}/position", may="group.speak")
def position(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form by which a representative gives the position of their organisation."""
    return show_position(site.view(request, lang, region), record_id)


@form("/{lang:str}/{region:str}/team/improvements/{record_id:str}/position", may="group.speak")
def give(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Give it."""
    view = site.view(request, lang, region)
    if text_of(data, "again"):
        return show_position(view, record_id, data)
    if guard.reads_like_disclosure(text_of(data, "reason")):
        return private(team.show_help(view, view.href(*TEAM, record_id, "position"), data))
    given = given_in(view, data)
    try:
        given = positions.checked(given, view.vocabulary, confirmed=bool(data.get("confirmed")))
        with view.instance.database.write(view.region_id) as session:
            record = positions_reading.read_record(view, session, record_id)
            own = taking_part.own(session, view.actor, view.region_id)
            version = number_of(data, "version")
            positions.give(session, record, own.id, given, version=version, by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        return show_position(view, record_id, data, refusal(view, error))
    except Conflict as error:
        return show(view, record_id, fault=str(error), status=409)
    return Redirect(view.href(*OWN, query={"done": "position"}), status_code=303, headers=dict(PRIVATE))


def show_position(
    view: View, record_id: str, data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING
) -> Response[Any]:
    """The form with what was typed, or with what the organisation said last."""
    with view.instance.database.read(view.region_id) as session:
        record = positions_reading.read_record(view, session, record_id)
        own = taking_part.own(session, view.actor, view.region_id)
        bodies = members.bodies(session)
        body, status = bodies.by_id.get(own.id), calling.status_of(record)
        running = calling.last(session, record)
        if running is None or running.ended or status.state != "called":
            return show(view, record_id, fault=calling.NOT_ASKED, status=409)
        heard = positions.heard(session, record, running.number, bodies).get(own.id)
        row = (heard.unconfirmed or heard.counts) if heard else None
        counts = heard.counts if heard and heard.unconfirmed else None
        before = positions_reading.tell_said(view, row, positions_reading.people_of(session, [row])) if row else None
        proposal = positions_reading.proposal(view, session, record, running.version)
    typed: Mapping[str, Any] = data if data is not None else {}
    if data is None and before is not None:
        typed = {"choice": before.choice, "reason": before.reason} | ({"named": "yes"} if before.named else {})
    return private(
        view.render(
            "improvements/own_position.html",
            status=400 if refused.errors else 200,
            proposal=proposal,
            call=running,
            before=before,
            counts=positions_reading.tell_said(view, counts, {}) if counts else None,
            name=words.name_of(view, body.name if body else {}),
            takes_part=body is not None and body.takes_part,
            answers=answers(view, text_of(typed, "choice")),
            typed=typed,
            refused=refused,
            longest=positions.LONGEST["reason"],
            own_href=view.href(*OWN),
            **frame(view, record_id),
        )
    )


def given_in(view: View, data: Mapping[str, Any]) -> Given:
    """What the form says."""
    return Given(
        choice=text_of(data, "choice"),
        reason=text_of(data, "reason"),
        lang=view.lang,
        named=text_of(data, "named") == "yes",
    )


def _matters(view: View, session: Session, stakeholder_id: str) -> list[Matter]:
    """What the organisation is asked now, what it said before; the newest first."""
    newest = and_(
        Version.region_id == Record.region_id, Version.record_id == Record.id, Version.number == Record.version
    )
    query = select(Record, Version.body).join(Version, newest).where(Record.kind == IMPROVEMENT)
    said = select(Position).where(Position.stakeholder == stakeholder_id).order_by(Position.at, Position.number)
    rows: dict[str, list[Position]] = {}
    for row in session.scalars(said):
        rows.setdefault(row.record_id, []).append(row)
    calls = {row.record_id: row for row in session.scalars(select(Call).order_by(Call.number))}
    people = positions_reading.people_of(session, [row for some in rows.values() for row in some])
    # Who does not take part, or no longer, reads of the text what it spoke of, not what became of it.
    reads = view.may("group.read")
    spoken_of = {} if reads else _versions(session, rows)
    found = []
    for record, body in session.execute(query.where(Record.state != "erased").order_by(Record.updated_at.desc())):
        call = calls.get(record.id)
        given = rows.get(record.id, [])
        open_now = call is not None and not call.ended and calling.status_of(record).state == "called"
        asked = open_now and call is not None and stakeholder_id in call.asks()
        if not given and not asked:
            continue
        last = next((row for row in reversed(given) if call is None or not open_now or row.call == call.number), None)
        if not reads:
            if last is None or (record.id, last.version) not in spoken_of:
                continue
            body = spoken_of[record.id, last.version]
        told = reads or record.published_version is not None
        waits = asked and (last is None or last.choice == "awaiting")
        found.append(
            Matter(
                id=record.id,
                title=positions_reading.title_of(view, body),
                state=view._(STATES[IMPROVEMENT][calling.status_of(record).state]) if told else "",
                until=call.last_day if open_now and call is not None else None,
                said=positions_reading.tell_said(view, last, people) if last else None,
                open=open_now,
                waits=waits or (open_now and last is not None and last.recorded),
            )
        )
    return found[:MOST]


def _versions(session: Session, rows: Mapping[str, list[Position]]) -> dict[tuple[str, int], bytes]:
    """What each version says that one of these positions is about."""
    numbers = {(record_id, one.version) for record_id, some in rows.items() for one in some}
    query = select(Version.record_id, Version.number, Version.body).where(Version.record_id.in_(rows))
    return {(one, number): body for one, number, body in session.execute(query) if (one, number) in numbers and body}


def _answer_step(name: Answer) -> tuple[Any, Any]:
    """The page and the form by which a representative says whether their organisation takes part."""
    path = f"/{{lang:str}}/{{region:str}}/team/organisation/{name}"

    @page(path, may="group.speak")
    def asked(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        return show_answer(site.view(request, lang, region), name)

    @form(path, may="group.speak")
    def done(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
        view = site.view(request, lang, region)
        reply = reply_in(view, name, data)
        try:
            with view.instance.database.write(view.region_id) as session:
                record = taking_part.own(session, view.actor, view.region_id)
                taking_part.answer(session, record, view.vocabulary, reply, by=view.actor, at=now())
        except (Faulty, Identifying) as error:
            return show_answer(view, name, data, refusal(view, error))
        except IllegalTransition:
            return show_own(view, fault=NOT_NOW, status=409)
        return Redirect(view.href(*OWN, query={"done": name}), status_code=303, headers=dict(PRIVATE))

    return asked, done


def show_answer(
    view: View, name: Answer, data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING
) -> Response[Any]:
    with view.instance.database.read(view.region_id) as session:
        record = taking_part.own(session, view.actor, view.region_id)
        require(view.actor, "group.speak", subject_of(session, record))
        body = members.bodies(session).by_id.get(record.id)
    return private(
        view.render(
            "improvements/own_answer.html",
            status=400 if refused.errors else 200,
            name=name,
            heading=view._(HEADINGS[name]),
            organisation=words.name_of(view, body.name if body else {}),
            given=data or {"since": view.today.isoformat()},
            refused=refused,
            own_href=view.href(*OWN),
            **FRAME,
        )
    )


def reply_in(view: View, name: Answer, data: Mapping[str, Any]) -> Reply:
    """What the form says."""
    mandate = text_of(data, "mandate")
    lang = view.lang if view.lang in view.vocabulary.header.languages else view.vocabulary.header.languages[0]
    return Reply(
        answer=name,
        since=date_of(data, "since", view.lang),
        mandate={lang: mandate} if mandate and name == "accept" else {},
        source=text_of(data, "source"),
        shared=text_of(data, "shared") == "yes",
    )


_steps: tuple[Answer, ...] = ("accept", "decline", "leave")
handlers = (organisation, position, give, *(handler for name in _steps for handler in _answer_step(name)))

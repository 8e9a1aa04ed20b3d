"""What a representative sees: what their organisation is asked, what it said, its part in the group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from lanzarote.improvements import calling, positions, positions_model, positions_reading
from lanzarote.improvements import positions_words as words
from lanzarote.improvements.improvement_kind import IMPROVEMENTS
from lanzarote.improvements.model import IMPROVEMENT, STATES, status_of
from lanzarote.improvements.positions_model import Call, Position
from lanzarote.improvements.positions_pages import STYLE, show
from lanzarote.improvements.team_documents import Speaking
from lanzarote.kinds import record_pages, team
from lanzarote.kinds.fields import Field
from lanzarote.kinds.voices import LINK_FRAME, TEAM_FRAME, Question, Voice, handlers_of
from lanzarote.practices import holders
from lanzarote.practices.holder_pages import title_of
from lanzarote.records.records import Record, Version, decode, now
from lanzarote.records.tables import newest_version
from lanzarote.stakeholders import members, taking_part
from lanzarote.stakeholders.taking_part import Accepting, Ending, reply_of
from lanzarote.stakeholders.taking_part_pages import PART
from lanzarote.translation import N_, date_told, format_date
from lanzarote.types import Improvement
from lanzarote.web import labels
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.refusals import NOT_NOW, number_of
from lanzarote.web.routes import page, private

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
    "position": N_("Your position is given. You can change it until the decision."),
    "holder-confirmed": N_("Thank you. Your confirmation is recorded."),
    "holder-wrong": N_("Thank you. The group reads what you wrote and corrects the text."),
    "holder-refused": N_("Your refusal is recorded. The group is informed."),
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
    """It has not answered, or has not confirmed what was recorded."""


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
    said = {**ANSWERED, **CONFIRMED}
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
        **TEAM_FRAME,
    )


def _matters(view: View, session: Session, stakeholder_id: str) -> list[Matter]:
    """What the organisation is asked now, what it said before; the newest first."""
    query = select(Record, Version.body).join(Version, newest_version()).where(Record.kind == IMPROVEMENT)
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
        open_now = call is not None and not call.ended and status_of(record).state == "called"
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
                title=record_pages.title_of(IMPROVEMENTS, view, decode(body, Improvement)),
                state=view._(STATES[IMPROVEMENT][status_of(record).state]) if told else "",
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


# The position of one's own organisation, with an account or a mailed link


def _asked(view: View, session: Session, record_id: str, _: Mapping[str, Any]) -> Question:
    """The form with what the organisation said last. Raises NotFound, Gone, NotPermitted, Conflict."""
    record = record_pages.found(IMPROVEMENTS, view, session, record_id)
    own = taking_part.own(session, view.actor, view.region_id)
    running = calling.current(session, record)
    asked = _question(view, session, record, running, own.id)
    body = members.bodies(session).by_id.get(own.id)
    told = {"name": asked.shown["name"], "day": format_date(running.last_day, view.lang)}
    return replace(
        asked,
        lede=view._(N_("%(name)s is asked for its position until %(day)s.")) % told,
        crumbs=({"label": view._("My organisation"), "href": view.href(*OWN)},),
        back=view.href(*OWN),
        version=running.version,
        shown={**asked.shown, "takes_part": body is not None and body.takes_part},
    )


def _asked_by_link(view: View, session: Session, secret: str, _: Mapping[str, Any]) -> Question:
    """The same behind a mailed link. Raises LinkRefused."""
    record, errand = positions.look(session, view.region_id, secret, today=view.today)
    running = calling.current(session, record)
    asked = _question(view, session, record, running, errand.stakeholder_id)
    told = {"name": asked.shown["name"], "day": format_date(running.last_day, view.lang)}
    lede = view._(N_("The working group asks %(name)s. It takes about three minutes, until %(day)s.")) % told
    recorded = asked.shown["recorded"]
    # What was said with an account is for who signs in.
    return replace(asked, lede=lede, typed=asked.typed if recorded else {})


def _question(view: View, session: Session, record: Record, running: Call, body: str) -> Question:
    bodies = members.bodies(session)
    heard = positions_model.heard(session, record, running.number, bodies).get(body)
    row = (heard.unconfirmed or heard.counts) if heard else None
    counts = heard.counts if heard and heard.unconfirmed else None
    people = positions_reading.people_of(session, [row]) if row and view.may("group.speak") else {}
    proposal = positions_reading.proposal(view, session, record, running.version)
    typed = {"choice": row.choice, "reason": row.reason} | ({"named": "yes"} if row.named else {}) if row else {}
    return Question(
        heading=proposal.title,
        typed=typed,
        shown={
            "proposal": proposal,
            "name": words.name_of(view, bodies.by_id[body].name if body in bodies.by_id else {}),
            "takes_part": True,
            "recorded": positions_reading.tell_said(view, row, people) if row and row.recorded else None,
            "counts": positions_reading.tell_said(view, counts, {}) if counts else None,
            "own_href": view.href(*OWN),
        },
    )


def _give(view: View, session: Session, record_id: str, said: Speaking, data: Mapping[str, Any]) -> object:
    given = positions.said(said, view.vocabulary, view.lang)
    record = record_pages.found(IMPROVEMENTS, view, session, record_id)
    own = taking_part.own(session, view.actor, view.region_id)
    version = number_of(data, "version")
    return positions.give(session, record, own.id, given, version=version, by=view.actor, at=now())


def _give_by_link(view: View, session: Session, secret: str, said: Speaking, _: object) -> Mapping[str, Any]:
    given = positions.said(said, view.vocabulary, view.lang)
    record, row = positions.give_by_link(session, secret, view.vocabulary, given, today=view.today, at=now())
    told = positions_reading.tell_said(view, row, {})
    return {
        "told": told,
        "proposal": positions_reading.proposal(view, session, record, row.version),
        "name": words.name_of(view, members.bodies(session).by_id[row.stakeholder].name),
        "at": told.at.astimezone(view.vocabulary.zone),
        "until": calling.current(session, record).last_day if row.choice == "awaiting" else None,
    }


def _to_own(done: str) -> Any:
    def then(view: View, _: str, __: object) -> Response[Any]:
        return team.redirect(view.href(*OWN, query={"done": done}))

    return then


POSITION: Final = Voice(
    path="team/improvements/{record_id:str}/position",
    may="group.speak",
    button=N_("Give this position"),
    asks=Speaking,
    fields=(
        Field(
            name="choice",
            label=N_("What does your organisation say?"),
            words=words.SAYS,
            meanings=words.MEANINGS,
        ),
        Field(
            name="reason",
            label=N_("Why?"),
            rows=5,
            help=N_(
                "Needed if you have reservations, object, abstain or make a remark. Name nobody, and nothing by which "
                "a child, a victim or an accused person could be recognised."
            ),
        ),
        Field(
            name="named",
            label=N_("Our organisation agrees to be named with this in public"),
            help=N_(
                "Without it, the public reads only what kind of organisation said so, never your name or your "
                "reasons. The group reads both."
            ),
        ),
    ),
    ask=_asked,
    say=_give,
    then=_to_own("position"),
    stopped=lambda view, record_id, why: show(view, record_id, fault=why, status=409),
    template="improvements/position.html",
    style=STYLE,
)
POSITION_BY_LINK: Final = replace(
    POSITION,
    path=f"{calling.PLACE}/{{secret:str}}",
    may="public",
    ask=_asked_by_link,
    say=_give_by_link,
    then=lambda view, _, told: private(view.render("improvements/answered.html", **told, **LINK_FRAME)),
    stopped=None,
)


# Its part in the group


def _answer(name: Answer, asks: Any, names: tuple[str, ...], text: str) -> Voice:
    """By which a representative says whether their organisation takes part."""

    def ask(view: View, session: Session, _: str, __: Mapping[str, Any]) -> Question:
        record = taking_part.own(session, view.actor, view.region_id)
        body = members.bodies(session).by_id.get(record.id)
        return Question(
            heading=view._(HEADINGS[name]),
            lede=words.name_of(view, body.name if body else {}),
            crumbs=({"label": view._("My organisation"), "href": view.href(*OWN)},),
            back=view.href(*OWN),
            typed={"since": view.today.isoformat()},
            shown={"text": view._(text) if text else ""},
        )

    def say(view: View, session: Session, _: str, given: Any, __: Mapping[str, Any]) -> None:
        record = taking_part.own(session, view.actor, view.region_id)
        taking_part.answer(session, record, view.vocabulary, reply_of(name, given), by=view.actor, at=now())

    return Voice(
        path=f"team/organisation/{name}",
        may="group.speak",
        button=HEADINGS[name],
        asks=asks,
        fields=tuple(one for one in PART if one.name in names),
        ask=ask,
        say=say,
        then=_to_own(name),
        stopped=lambda view, *_: show_own(view, fault=NOT_NOW, status=409),
        template="stakeholders/taking_part/answer.html",
    )


handlers = (
    organisation,
    *handlers_of(
        POSITION,
        POSITION_BY_LINK,
        _answer("accept", Accepting, ("mandate", "since", "source", "shared"), ""),
        _answer(
            "decline",
            Ending,
            ("source",),
            N_("Its public page says that it was invited and does not take part. It can be invited again."),
        ),
        _answer(
            "leave",
            Ending,
            ("since", "source"),
            N_(
                "From this day on your organisation is no longer asked and counts in no decision. What it said before "
                "stays where it was decided. Its public page says that it has left."
            ),
        ),
    ),
)

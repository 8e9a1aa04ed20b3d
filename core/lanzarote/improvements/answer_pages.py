"""The page behind a mailed link: a body gives its position without an account, in three minutes, on a phone.

Looking at the page spends nothing; giving an answer does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.params import FromPath

from lanzarote import guard
from lanzarote.errors import Conflict
from lanzarote.improvements import calling, positions, positions_reading
from lanzarote.improvements import positions_words as words
from lanzarote.improvements.own_pages import given_in
from lanzarote.improvements.positions_pages import answers
from lanzarote.kinds import team
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import members
from lanzarote.stakeholders.answer_links import LinkRefused
from lanzarote.stakeholders.taking_part_pages import LINK_FRAME, show_refused
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, Refusal, refusal, text_of
from lanzarote.web.routes import form, page, private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.site import View

Secret = FromPath[str]


@page("/{lang:str}/{region:str}/position/{secret:str}")
def asked(request: Asked, lang: Lang, region: Region, secret: Secret, site: OurSite) -> Response[Any]:
    """What a body is asked, and the form that takes its answer."""
    return show_question(site.view(request, lang, region), secret)


@form("/{lang:str}/{region:str}/position/{secret:str}", may="public", carried=False)
def given(request: Asked, lang: Lang, region: Region, secret: Secret, site: OurSite, data: Data) -> Response[Any]:
    """Take the answer; the link is used up by it."""
    view = site.view(request, lang, region)
    if text_of(data, "again"):
        return show_question(view, secret, data)
    if guard.reads_like_disclosure(text_of(data, "reason")):
        return private(team.show_help(view, view.href(calling.PLACE, secret), data))
    try:
        said = positions.checked(given_in(view, data), view.vocabulary, confirmed=bool(data.get("confirmed")))
    except (Faulty, Identifying) as error:
        return show_question(view, secret, data, refusal(view, error))
    try:
        with view.instance.database.write(view.region_id) as session:
            record, row = positions.give_by_link(session, secret, view.vocabulary, said, today=view.today, at=now())
            body = members.bodies(session).by_id[row.stakeholder]
            told = positions_reading.tell_said(view, row, {})
            until = calling.current(session, record).last_day if row.choice == "awaiting" else None
            proposal = positions_reading.proposal(view, session, record, row.version)
    except LinkRefused as error:
        return show_refused(view, error.why, typed_in(view, data))
    except Conflict:
        return show_refused(view, "changed", typed_in(view, data))
    return private(
        view.render(
            "improvements/answered.html",
            told=told,
            proposal=proposal,
            name=words.name_of(view, body.name),
            at=told.at.astimezone(view.vocabulary.zone),
            until=until,
            **LINK_FRAME,
        )
    )


def show_question(
    view: View, secret: str, data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING
) -> Response[Any]:
    """The page with what was typed, or why the link cannot be used."""
    try:
        with view.instance.database.read(view.region_id) as session:
            record, errand = positions.look(session, view.region_id, secret, today=view.today)
            body = members.bodies(session).by_id[errand.stakeholder_id]
            running = calling.current(session, record)
            heard = positions.heard(session, record, running.number, members.bodies(session)).get(body.id)
            recorded = (heard.unconfirmed or (heard.counts if heard.counts.recorded else None)) if heard else None
            counts = heard.counts if heard and heard.unconfirmed else None
            proposal = positions_reading.proposal(view, session, record, errand.version)
    except LinkRefused as error:
        return show_refused(view, error.why, typed_in(view, data or {}))
    typed: Mapping[str, Any] = data or {}
    if data is None and recorded is not None:
        typed = {"choice": recorded.choice, "reason": recorded.reason}
    return private(
        view.render(
            "improvements/answer.html",
            status=400 if refused.errors else 200,
            proposal=proposal,
            name=words.name_of(view, body.name),
            until=running.last_day,
            answers=answers(view, text_of(typed, "choice")),
            typed=typed,
            refused=refused,
            longest=positions.LONGEST["reason"],
            action=view.href(calling.PLACE, secret),
            recorded=positions_reading.tell_said(view, recorded, {}) if recorded else None,
            counts=positions_reading.tell_said(view, counts, {}) if counts else None,
            zone=view.vocabulary.zone,
            **LINK_FRAME,
        )
    )


def typed_in(view: View, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was typed into the form, to be copied where the link does not take it."""
    choice = text_of(data, "choice")
    said = view._(words.ANSWERS[choice][0]) if choice in words.ANSWERS else ""  # type: ignore[index]
    typed = ((view._(N_("Position")), said), (view._(N_("Why")), text_of(data, "reason")))
    return [(label, text) for label, text in typed if text]


handlers = (asked, given)

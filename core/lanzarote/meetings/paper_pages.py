"""A meeting on paper: the blank sheet for a room without computers, letters to be sent, minutes to be signed."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response

from lanzarote.improvements.positions_words import VERDICTS
from lanzarote.meetings import agenda, drafting
from lanzarote.meetings.team_pages import meeting_context, tell
from lanzarote.translation import as_text
from lanzarote.web.asking import Asked, Id, Lang, OurSite, Region
from lanzarote.web.routes import page

BLANK: Final = 6
"""Empty rows of each table, for who and what nobody expected."""


@page("/{lang:str}/{region:str}/team/meetings/{record_id:str}/sheet", may="group.read")
def sheet(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The sheet to be written on by hand: agenda, who is there, what was found and decided, signatures."""
    view = site.view(request, lang, region)
    told = tell(view, record_id)
    return view.render(
        "meetings/team/sheet.html",
        expected=[guest for guest in told.guests if guest.answer != "cannot"],
        blank=BLANK,
        **meeting_context(view, told, ""),
    )


@page("/{lang:str}/{region:str}/team/meetings/{record_id:str}/letters", may="group.read")
def letters(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Letters to those who are invited and have nobody here to be mailed to, each on a sheet of its own."""
    view = site.view(request, lang, region)
    told = tell(view, record_id)
    return view.render(
        "meetings/team/letters.html",
        guests=[guest for guest in told.guests if guest.how == "letter"],
        **meeting_context(view, told, ""),
    )


@page("/{lang:str}/{region:str}/team/meetings/{record_id:str}/minutes", may="group.read")
def minutes(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The minutes as they are printed and signed: in this page's language, or the first there is."""
    view = site.view(request, lang, region)
    told = tell(view, record_id)
    texts = {code: one.minutes for code, one in told.meeting.text.items() if one.minutes}
    text, code = view.text(texts, told.meeting.original)
    with view.instance.database.read(view.region_id) as session:
        decisions = drafting.decided_at(session, view.region_id, record_id)
        named = agenda.named_by_id(session, view.region_id, [one for one, _ in decisions])
    titled = [(as_text(view.say(named[one].title)), view._(VERDICTS[how])) for one, how in decisions if one in named]
    return view.render(
        "meetings/team/minutes.html",
        text=text,
        text_lang=code,
        decisions=[(title, how) for title, how in titled if title not in text],
        others=[one for one in texts if one != code],
        may_write=any(step.name == "write-minutes" and not step.why_not for step in told.steps),
        **meeting_context(view, told, ""),
    )


handlers = (sheet, letters, minutes)

"""Pages on which a group keeps its meetings: those that follow from the kind, their list, and what goes on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.improvements.positions_words import VERDICTS
from lanzarote.kinds import team
from lanzarote.kinds.record_pages import notice
from lanzarote.meetings import agenda, reading
from lanzarote.meetings.kind import MEETINGS
from lanzarote.meetings.minutes import decided_at
from lanzarote.meetings.service import is_to_come
from lanzarote.records.permissions import Subject, may
from lanzarote.translation import as_text
from lanzarote.web.asking import Asked, Lang, OurSite, Region, page_of
from lanzarote.web.routes import page

if TYPE_CHECKING:
    from lanzarote.meetings.reading import Entry
    from lanzarote.web.site import View

ROOM: Final = "/{lang:str}/{region:str}/team/meetings"
PAST: Final = 30
"""Past meetings on one page of the list."""
BLANK: Final = 6
"""Empty rows of each table on paper, for who and what nobody expected."""


@page(ROOM, may="group.read")
def list_meetings(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The meetings of a group: those to come, and those that were."""
    view = site.view(request, lang, region)
    number = request.query_params.get("page", "0")
    place = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0
    with view.instance.database.read(view.region_id) as session:
        found = reading.listed(view, session)
    past = [one for one in reversed(found) if not is_to_come(one, view.today)]
    return view.render(
        "meetings/team/list.html",
        coming=[one for one in found if is_to_come(one, view.today)],
        past=past[place * PAST : (place + 1) * PAST],
        more=max(0, len(past) - (place + 1) * PAST),
        page=place,
        to_approve=[one for one in found if one.status.state == "minutes-drafted"],
        may_write=bool(may(view.actor, MEETINGS.write, Subject(region_id=view.region_id))),
        done=notice(MEETINGS, view, request.query_params.get("done", "")),
        **reading.terms(view),
        **team.frame(view, MEETINGS.room),
    )


def show_sheet(view: View, record_id: str) -> Response[Any]:
    """The sheet to be written on by hand: agenda, who is there, what was found and decided, signatures."""
    told = _tell(view, record_id)
    expected = [guest for guest in told.guests if guest.answer != "cannot"]
    return _on_paper("sheet", view, told, expected=expected, blank=BLANK)


def show_letters(view: View, record_id: str) -> Response[Any]:
    """Letters to those who are invited and have nobody here to be mailed to, each on a sheet of its own."""
    told = _tell(view, record_id)
    return _on_paper("letters", view, told, guests=[guest for guest in told.guests if guest.how == "letter"])


def show_minutes(view: View, record_id: str) -> Response[Any]:
    """The minutes as they are printed and signed: in this page's language, or the first there is."""
    told = _tell(view, record_id)
    texts = {code: one.minutes for code, one in told.meeting.text.items() if one.minutes}
    text, code = view.text(texts, told.meeting.original)
    with view.instance.database.read(view.region_id) as session:
        decisions = decided_at(session, view.region_id, record_id)
        named = agenda.named_by_id(session, view.region_id, [one for one, _ in decisions])
    titled = [(as_text(view.say(named[one].title)), view._(VERDICTS[how])) for one, how in decisions if one in named]
    return _on_paper(
        "minutes",
        view,
        told,
        text=text,
        text_lang=code,
        decisions=[(title, how) for title, how in titled if title not in text],
        others=[one for one in texts if one != code],
        may_write=told.status.state == "minutes-drafted" and view.may(MEETINGS.write),
    )


def _tell(view: View, record_id: str) -> Entry:
    with view.instance.database.read(view.region_id) as session:
        return reading.tell(view, session, team.read_record(view, session, MEETINGS.name, record_id, MEETINGS.read))


def _on_paper(name: str, view: View, told: Entry, **context: Any) -> Response[Any]:
    return view.render(
        f"meetings/team/{name}.html",
        told=told,
        meeting=told.meeting,
        title=reading.title_of(view, told.meeting),
        **context,
        **reading.terms(view),
        **team.frame(view, MEETINGS.room, told.id),
    )


handlers = (
    list_meetings,
    page_of(f"{ROOM}/{{record_id:str}}/sheet", MEETINGS.read, show_sheet),
    page_of(f"{ROOM}/{{record_id:str}}/letters", MEETINGS.read, show_letters),
    page_of(f"{ROOM}/{{record_id:str}}/minutes", MEETINGS.read, show_minutes),
)

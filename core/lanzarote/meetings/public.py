"""Public meetings for everybody; calendars: the public one, and that of a group at secret addresses of its members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from lanzarote.errors import Gone, NotFound
from lanzarote.meetings import addresses
from lanzarote.meetings.calendar import MEDIA_TYPE, Reading, calendar
from lanzarote.meetings.model import KIND
from lanzarote.meetings.reading import terms, title_of
from lanzarote.meetings.service import is_over, meetings, meetings_of
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.records import find, now
from lanzarote.translation import N_, as_text, plain
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import PRIVATE, form, page, private, see_other
from lanzarote.web.site import Site, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.meetings.service import Told

PLACE = ("account", "calendars")
NOT_HERE: Final = N_("There is no meeting here that the public reads.")
INVITED: Final = ("announced", "held", "minutes-drafted", "approved")


@page("/{lang:str}/{region:str}/meetings")
def public_list(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Seminars that everybody may read of, and minutes that the group shows."""
    view = site.view(request, lang, region)
    found = meetings_of(view.instance, view.region_id)
    return view.render(
        "meetings/list.html",
        coming=[one for one in found if one.open and not is_over(one.meeting, view.today)],
        past=[one for one in reversed(found) if not one.open or is_over(one.meeting, view.today)],
        calendar_href=view.href("meetings.ics"),
        **terms(view),
    )


@page("/{lang:str}/{region:str}/meetings/{slug:str}")
def public_meeting(request: Asked, lang: Lang, region: Region, slug: FromPath[str], site: OurSite) -> Response[Any]:
    """One meeting as the public reads it."""
    view = site.view(request, lang, region)
    told = next((one for one in meetings_of(view.instance, view.region_id) if one.slug == slug), None)
    if told is None:
        raise _missing(view, slug)
    texts = {code: one.minutes for code, one in told.meeting.text.items() if one.minutes}
    minutes, code = view.text(texts, told.meeting.original)
    return view.render(
        "meetings/meeting.html",
        told=told,
        meeting=told.meeting,
        title=title_of(view, told.meeting),
        minutes=minutes,
        minutes_lang=code,
        calendar_href=view.href("meetings.ics"),
        list_href=view.href("meetings"),
        **terms(view),
    )


@page("/{lang:str}/{region:str}/meetings.ics", shared="always")
def public_calendar(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[bytes]:
    """Public meetings for calendars."""
    view = site.view(request, lang, region)
    told = [(one, view.absolute(view.href("meetings", one.slug))) for one in meetings_of(view.instance, view.region_id)]
    return _answer(view, [pair for pair in told if pair[0].open])


@page("/{lang:str}/{region:str}/meetings/calendar/{secret:str}")
def own_calendar(request: Asked, lang: Lang, region: Region, secret: FromPath[str], site: OurSite) -> Response[bytes]:
    """All meetings of the group that were announced, for the calendar of a member."""
    view = site.view(request, lang, region)
    at, database = now(), view.instance.database
    with database.read(view.region_id) as session:
        known = addresses.look(database, session, secret, view.region_id, at)
        found = meetings(session)
    if known.stale:
        with database.write(INSTANCE) as session:
            addresses.note(session, known.token_hash, at)
    # Calendars keep what was called off as cancelled; what nobody was told of does not appear.
    told = [one for one in found if one.status.state in INVITED or one.status.announced_at]
    answer = _answer(view, [(one, view.absolute(view.href("team", "meetings", one.id))) for one in told])
    answer.headers.update(PRIVATE)
    return answer


def _answer(view: View, told: list[tuple[Told, str]]) -> Response[bytes]:
    header = view.vocabulary.header
    reading = Reading(lang=view.lang, translator=view.translator, languages=header.languages, zone=header.time_zone)
    name = as_text(view._(N_("Meetings: %(region)s")) % {"region": plain(view.say(header.name))})
    body = calendar(told, reading, name=name)
    headers = {"Content-Language": view.lang, "Content-Disposition": 'inline; filename="meetings.ics"'}
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _missing(view: View, slug: str) -> Exception:
    """Why there is nothing to read: it is not public, or was erased."""
    with view.instance.database.read(view.region_id) as session:
        try:
            find(session, KIND, slug)
        except Gone as error:
            return error
        except NotFound:
            pass
    return NotFound(NOT_HERE)


@page("/{lang:str}/account/calendars", may="signed-in")
def calendars(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    return _show_addresses(site.view(request, lang))


@form("/{lang:str}/account/calendars", may="signed-in", carried=False)
def change(
    request: Asked, lang: FromPath[str], site: NamedDependency[Site], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Make an address for a region, or take the one there is back."""
    view, region_id = site.view(request, lang), text_of(data, "region")
    if text_of(data, "what") == "revoke":
        with view.instance.database.write(INSTANCE) as session:
            addresses.revoke(session, view.actor.account_id, region_id)
        return see_other(view.instance_href(*PLACE))
    header = view.instance.header(region_id)
    with view.instance.database.write(INSTANCE) as session:
        secret = addresses.make(session, header.id, by=view.actor, at=now())
    href = view.region_href(header, "meetings", "calendar", secret)
    return _show_addresses(view, {header.id: f"{view.instance.public_address}{href}"})


def _show_addresses(view: View, made: Mapping[str, str] | None = None) -> Response[Any]:
    with view.instance.database.read(INSTANCE) as session:
        known = {row.region_id: row for row in addresses.of_account(session, view.actor.account_id)}
    regions = [
        {
            "id": header.id,
            "name": view.say(header.name),
            "known": known.get(header.id),
            "address": (made or {}).get(header.id, ""),
        }
        for header in view.instance.headers().values()
        if may_somewhere(view.actor, "group.read", header.id) or header.id in known
    ]
    frame: dict[str, Any] = {"canonical": None, "alternates": (), "feeds": ()}
    return private(view.render("meetings/calendars.html", regions=regions, **frame))


handlers = (public_list, public_meeting, public_calendar, own_calendar, calendars, change)

"""For a child, a witness, a survivor, or someone who fears to do harm: whom to call. Nothing is asked or kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from lanzarote.regions.reading import ToldNote, team_note
from lanzarote.telephones import dialled
from lanzarote.translation import format_list, language_name
from lanzarote.web.routes import page
from lanzarote.web.site import Site, View, speaks

if TYPE_CHECKING:
    from lanzarote.types import Helpline

ELSEWHERE = "https://{lang}.wikipedia.org/"
"""Where "Leave this page" leads: a page that says nothing about who opens it."""


class Line(Struct, frozen=True, kw_only=True):
    """A helpline as it stands on the page."""

    number: str
    tel: str
    url: str
    name: str
    for_whom: str
    hours: str
    short: str
    """What it is for, in a few words."""
    languages: str
    """Those that are spoken there, if it tells."""
    verified: bool
    note: ToldNote | None
    """What the team says beside it."""

    @property
    def plain(self) -> Line:
        """With its name alone: the rest is written for grown-ups."""
        return replace(self, for_whom=self.name, name="") if self.number else replace(self, for_whom="")


@page("/{lang:str}/{region:str}/help")
def help_in_region(
    request: Request[Any, Any, Any], lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]
) -> Response[str]:
    view = site.view(request, lang, region)
    return _leaving_no_trace(view, "help.html", lines=lines_by_audience(view))


@page("/{lang:str}/help")
def help_anywhere(
    request: Request[Any, Any, Any], lang: FromPath[str], site: NamedDependency[Site]
) -> Response[str] | Redirect:
    """Whom to call depends on the place: lead there."""
    view = site.view(request, lang)
    if site.only_region:
        return Redirect(view.region_href(site.only_region, "help"), status_code=302)
    headers = sorted(site.instance.headers().values(), key=lambda header: view.sort_key(header.name))
    places = [(view.text(header.name, header.languages[0]), view.region_href(header, "help")) for header in headers]
    return _leaving_no_trace(view, "help_places.html", places=places)


def lines_by_audience(view: View) -> dict[str, list[Line]]:
    """The region's helplines for each audience: those that speak the page's language, then the others.

    Otherwise in the order of its package; those that ended are left out.
    """
    vocabulary = view.vocabulary
    found: dict[str, list[Line]] = {}
    for key, line in sorted(vocabulary.helplines.items(), key=lambda one: not speaks(one[1], view.lang)):
        if not vocabulary.is_retired("helpline", key, view.today):
            for audience in line.audiences:
                found.setdefault(audience, []).append(_line(view, key, line))
    return found


def _line(view: View, key: str, line: Helpline) -> Line:
    return Line(
        number=line.number or "",
        tel=dialled(line.number or ""),
        url=line.url or "",
        name=view.say(line.name),
        for_whom=view.say(line.for_whom),
        hours=view.say(line.hours),
        short=view.say(line.strip or line.name),
        languages=format_list((language_name(one, view.lang) for one in line.languages), view.lang),
        verified=line.verified,
        note=team_note(view, "helpline", key),
    )


def _leaving_no_trace(view: View, template: str, **values: Any) -> Response[str]:
    language = view.lang.partition("-")[0]
    # The query is not carried on: it may say where the reader came from.
    languages = [one | {"href": one["href"].partition("?")[0]} for one in view.alternates()]
    answer = view.render(template, languages=languages, leave_href=ELSEWHERE.format(lang=language), **values)
    answer.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return answer


handlers = (help_in_region, help_anywhere)

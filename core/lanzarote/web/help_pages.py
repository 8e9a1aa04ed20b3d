"""Whom to call: a page for each of those who need it, and one for who searched for help. Nothing is asked or kept.

The pages answer without a database, too: then with the lines that hold in many countries of Europe.
"""

from __future__ import annotations

import logging
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from litestar import MediaType, Response
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from lanzarote.errors import NotFound
from lanzarote.facts.helplines import dialled, european
from lanzarote.translation import format_list, in_language, language_name, pick
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.gate import listen
from lanzarote.web.limits import Pool
from lanzarote.web.region_reading import ToldNote, team_note
from lanzarote.web.routes import page
from lanzarote.web.sharing import place
from lanzarote.web.site import Site, View, speaks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from lanzarote.types import Helpline
    from lanzarote.web.labels import Voice

RESULTS: Final = "results"
"""With this in the address, the search page shows results even where somebody seems to need help."""
log = logging.getLogger("lanzarote.web")
ELSEWHERE = "https://{lang}.wikipedia.org/"
"""Where "Leave this page" leads: a page that says nothing about who opens it."""
DOORS: Final = {
    "": "help.html",
    "worried": "help_worried.html",
    "happened": "help_happened.html",
    "fear": "help_fear.html",
    "now": "help_now.html",
}
"""The last part of the address → the template: for a child, for who worries about one, for an adult to whom it happened
as a child, for who fears to do harm. A search for help leads to one of them, to ``now`` if it does not say who asks."""
OLD_DOORS: Final = {"others": "happened"}
"""Addresses that were printed or linked before → those of today."""
HELP: Final = Pool("help", threads=1, waiting=400)
"""Whoever needs a number waits for nobody who reads or sends something else."""


class Line(Struct, frozen=True, kw_only=True):
    """A helpline as it stands on the page."""

    number: str
    tel: str
    text_messages: bool
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

    @property
    def brief(self) -> Line:
        """Its number and its name, and nothing to read."""
        return replace(self.plain, hours="", languages="")


class Place(Struct, frozen=True, kw_only=True):
    """A region, for readers who have not said where they are."""

    name: tuple[str, str]
    """With its language."""
    href: str
    lines: dict[str, list[Line]]

    def numbers(self, audiences: Sequence[str]) -> list[Line]:
        """Lines for any of *audiences* with a number, each once."""
        return list({one.tel: one for name in audiences for one in self.lines.get(name, ()) if one.tel}.values())


@page("/{lang:str}/{region:str}/help", "/{lang:str}/{region:str}/help/{door:str}", pool=HELP)
def help_in_region(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[str]:
    door = _door(request)

    def answered() -> Response[str]:
        view = site.view(request, lang, region)
        lines = lines_by_audience(view)
        own = any(line.tel for line in lines.get("emergency", []))
        if not own:
            lines["emergency"] = [*lines.get("emergency", []), *european_lines(lang)["emergency"]]
        return _of_view(view, door, lines=lines, places=[], european=not own)

    return _always(site, request, door, answered)


@page("/{lang:str}/help", "/{lang:str}/help/{door:str}", pool=HELP)
def help_anywhere(request: Asked, lang: Lang, site: OurSite) -> Response[str] | Redirect:
    """The numbers of Europe, then those of each region that is here."""
    door = _door(request)

    def answered() -> Response[str] | Redirect:
        view = site.view(request, lang)
        if site.only_region:
            return Redirect(view.region_href(site.only_region, *_parts(door)), status_code=302)
        return _of_view(view, door, lines=european_lines(lang), places=_places(site, request, view, door))

    return _always(site, request, door, answered)


def elsewhere(lang: str) -> str:
    """Where "Leave this page" leads."""
    return ELSEWHERE.format(lang=lang.partition("-")[0])


def european_lines(lang: str) -> dict[str, list[Line]]:
    """The lines that hold in many countries of Europe, for each audience. No database is asked."""
    return _by_audience(lines_of_europe(lang))


def lines_of_europe(lang: str) -> list[tuple[Helpline, Line]]:
    """The lines that hold in many countries of Europe. No database is asked."""

    def say(texts: Mapping[str, str]) -> str:
        return in_language(*pick(texts, lang, None, ()), lang)

    return [(line, _line(line, lang, say)) for line in european().lines.values()]


def lines_by_audience(view: View) -> dict[str, list[Line]]:
    """The region's helplines for each audience."""
    return _by_audience(lines_of(view))


def lines_of(view: Voice) -> list[tuple[Helpline, Line]]:
    """The region's helplines: those that speak the page's language, then the others.

    Otherwise in the order of its package; those that ended are left out.
    """
    vocabulary = view.vocabulary
    return [
        (line, _line(line, view.lang, view.say, team_note(view, "helpline", key)))
        for key, line in sorted(vocabulary.helplines.items(), key=lambda one: not speaks(one[1], view.lang))
        if not vocabulary.is_retired("helpline", key, view.today)
    ]


def _by_audience(lines: Iterable[tuple[Helpline, Line]]) -> dict[str, list[Line]]:
    pairs = sorted(((audience, told) for line, told in lines for audience in line.audiences), key=lambda one: one[0])
    return {audience: [told for _, told in told_lines] for audience, told_lines in groupby(pairs, lambda one: one[0])}


def _line(line: Helpline, lang: str, say: Callable[[Mapping[str, str]], str], note: ToldNote | None = None) -> Line:
    number = line.number or ""
    name = {code: _beside(number, text) for code, text in line.name.items()}
    return Line(
        number=number,
        tel=dialled(number, text_messages=line.text_messages),
        text_messages=line.text_messages,
        url=line.url or "",
        name=say(name),
        for_whom=say(line.for_whom),
        hours=say(line.hours),
        short=say(line.strip or name),
        languages=format_list((language_name(one, lang) for one in line.languages), lang),
        verified=line.verified,
        note=note,
    )


def _beside(number: str, name: str) -> str:
    """*name* as it stands beside *number*, which it may begin with.

    >>> _beside("116 000", "116\u202f000 – enfants disparus"), _beside("112", "Neyðarlínan 112")
    ('Enfants disparus', 'Neyðarlínan 112')
    """
    begun = r"\s".join(map(re.escape, number.split()))  # hard spaces or not
    rest = re.sub(rf"^{begun}\s*[–-]\s*", "", name) if number else name
    return rest[:1].upper() + rest[1:]


def _places(site: Site, request: Asked, view: View, door: str) -> list[Place]:
    headers = sorted(site.instance.headers().values(), key=lambda header: view.sort_key(header.name))
    return [
        Place(
            name=view.text(header.name, header.languages[0]),
            href=view.region_href(header, *_parts(door)),
            lines=lines_by_audience(View(site, request, view.lang, header)),
        )
        for header in headers
    ]


def _door(request: Asked) -> str:
    """Which of the pages is asked for. Raises NotFound."""
    door = str(request.path_params.get("door", ""))
    door = OLD_DOORS.get(door, door)
    if door not in DOORS or (not door and "door" in request.path_params):
        raise NotFound(f"There is no such page; there are: {', '.join(filter(None, DOORS))}.")
    return door


def _parts(door: str) -> tuple[str, ...]:
    return ("help", door) if door else ("help",)


def _always(site: Site, request: Asked, door: str, answered: Callable[[], Response[Any]]) -> Response[Any]:
    """The answer; without the regions where what they say cannot be read. Raises NotFound."""
    try:
        return answered()
    except NotFound:
        raise
    except Exception as error:
        # Whatever is broken, somebody who needs a number gets one.
        log.warning("The help page answers without the regions' lines: %s", type(error).__name__)
        listen(request.scope).passing = True
        return _without_database(site, request, door)


def _of_view(view: View, door: str, **values: Any) -> Response[str]:
    # The query is not carried on: it may say where the reader came from.
    languages = [one | {"href": one["href"].partition("?")[0]} for one in view.alternates()]
    doors = {one: view.href(*_parts(one)) for one in DOORS}
    known = {"european": True} | _common(view.lang, door) | values
    known["search_href"] = view.href("search", query={RESULTS: "yes"})
    answer = view.render(DOORS[door], languages=languages, doors=doors, draft=view.draft, **known)
    return _leaving_no_trace(answer)


def _without_database(site: Site, request: Asked, door: str) -> Response[str]:
    words = site.platform_words
    asked = request.url.path.split("/")[1]
    lang = (
        asked if asked in words.languages else words.negotiate(request.headers.get("accept-language"), words.languages)
    )

    def href(there: str, *parts: str) -> str:
        return "/".join(("", there, *parts))

    values = _common(lang, door) | {
        "search_href": f"{href(lang, 'search')}?{RESULTS}=yes",
        "region": None,
        "view": {"look": site.look},  # nothing else of the frame is known
        "home_href": href(lang),
        "doors": {one: href(lang, *_parts(one)) for one in DOORS},
        "languages": [
            {"code": one, "name": language_name(one, one), "href": href(one, *_parts(door)), "current": one == lang}
            for one in words.languages
        ],
        "canonical": None,
        "alternates": [],
        "og_image": None,
        "draft": words.translator(lang).draft,
        "lines": european_lines(lang),
        "places": [],
        "european": True,
    }
    page = site.environment_without_database(lang).get_template(DOORS[door]).render(values)
    page = place(page, site.instance.settings.base_path)
    return _leaving_no_trace(Response(page, media_type=MediaType.HTML, headers={"Content-Language": lang}))


def _common(lang: str, door: str) -> dict[str, Any]:
    known = european()
    return {
        "door": door,
        "leave_href": elsewhere(lang),
        "sources": [known.sources[key] for line in known.lines.values() for key in line.sources],
    }


def _leaving_no_trace(answer: Response[str]) -> Response[str]:
    answer.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return answer

"""The start page of a person, and who did what in a region or on the instance."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from lanzarote.accounts.people import ROLE_WORDS, called
from lanzarote.activity import activity_reading, start_reading
from lanzarote.activity.found import found, regions_in
from lanzarote.activity.lines import MOST_ROWS, Question, known, lines
from lanzarote.activity.team_bar import behind_a_factor
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.records import now
from lanzarote.translation.typed_dates import typed_date
from lanzarote.web.asking import Asked
from lanzarote.web.exports import download, download_links
from lanzarote.web.routes import page
from lanzarote.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.site import View

FRAME: Mapping[str, Any] = {"canonical": None, "feeds": ()}


@page("/{lang:str}/start", may="signed-in")
def start(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """What waits for the reader, what changed, what is due."""
    view = site.view(request, lang)
    asked = found(view, now())
    vocabularies = {region_id: view.instance.vocabulary(region_id) for region_id in regions_in(view)}
    items = [
        *asked.items,
        *start_reading.reviews_due(view, vocabularies),
        *start_reading.overtaken_notes(view, vocabularies),
    ]
    return view.render(
        "activity/start.html",
        groups=start_reading.groups(view, items),
        since=asked.since,
        write_href=start_reading.write_href(view, tuple(vocabularies)),
        works=bool(view.actor.counting),
        held_back=[view._(role) for role in dict.fromkeys(ROLE_WORDS[one.role] for one in view.actor.held_back)],
        behind_a_factor=behind_a_factor(view),
        **FRAME,
    )


@page("/{lang:str}/{region:str}/team/activity", may="activity.read")
def activity(request: Asked, lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Who did what in a region."""
    return show(site.view(request, lang, region), region)


@page("/{lang:str}/activity", may="activity.read")
def instance_activity(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Who did what with accounts and tokens."""
    return show(site.view(request, lang), INSTANCE)


def show(view: View, region_id: str) -> Response[Any]:
    question = read_question(view.request.query_params, view.lang)
    wanted = view.request.query_params.get("format", "")
    zone = ZoneInfo(view.region.time_zone) if view.region else ZoneInfo("UTC")
    reader = view.actor.account_id
    limit = {"limit": MOST_ROWS} if wanted else {}
    with view.instance.database.read([region_id, INSTANCE]) as session:
        found, more = lines(session, region_id, question, reader=view.actor, zone=zone, **limit)
        offered = known(session, region_id, reader=reader)
        people = called(view, session, [*offered.actors, *(line.record_id for line in found if line.kind == "account")])
    told = activity_reading.tell(view, found, people, zone)
    if wanted:
        return download(view, activity_reading.table(view, told), wanted)
    older = [*question.pairs(), ("before", str(found[-1].seq))] if found and more else []
    path = view.request.url.path
    return view.render(
        "activity/activity.html",
        lines=told,
        question=question,
        filters=activity_reading.filters(view, question, offered, people),
        older_href=f"{path}?{urlencode(older)}" if older else "",
        path=path,
        downloads=download_links(view, question.pairs()),
        **FRAME,
    )


def read_question(params: Mapping[str, str], lang: str = "en") -> Question:
    """Read the address; what cannot be read is not asked."""

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(typed_date(params.get(name, ""), lang))
        except ValueError:
            return None

    before = params.get("before", "")
    words = {name: params.get(name, "").strip()[:100] for name in ("person", "verb", "kind", "record")}
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else 0
    return Question(**words, since=day("since"), until=day("until"), before=number)


handlers = (start, activity, instance_activity)

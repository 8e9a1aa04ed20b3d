"""Pages of following: what one follows, the button's forms, and the way out that a mail offers without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.params import FromPath

from lanzarote.accounts.answers import came_from, go
from lanzarote.following import reading, service
from lanzarote.following.model import RHYTHMS, WHOLE
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty
from lanzarote.store.database import ALL
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import form, from_anywhere, page, private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.site import View


FRAME: Final[Mapping[str, Any]] = {"canonical": None, "alternates": (), "feeds": ()}
DONE: Final[Mapping[str, str]] = {
    "changed": N_("It is saved how often you are told."),
    "ended": N_("You no longer follow it."),
    "begun": N_("You follow it from now on."),
}


@page("/{lang:str}/account/following", may="signed-in")
def following(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """What the reader follows."""
    return show(site.view(request, lang), request.query_params.get("done", ""))


@form("/{lang:str}/{region:str}/follow", may="signed-in", carried=False)
def follow(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Follow a record or a whole region, another time as often, or no more."""
    view = site.view(request, lang, region)
    record_id, rhythm = text_of(data, "record"), text_of(data, "rhythm")
    try:
        with view.instance.database.write(view.region_id) as session:
            if text_of(data, "end"):
                service.unfollow(session, view.region_id, record_id, by=view.actor)
            else:
                service.follow(session, view.region_id, record_id, rhythm, by=view.actor, at=now())
    except Faulty as error:
        return show(view, error=view._(error.faults[0].text))
    return _back(view, "ended" if text_of(data, "end") else "changed")


@page("/{lang:str}/unsubscribe/{secret:str}")
def way_out(request: Asked, lang: Lang, secret: FromPath[str], site: OurSite) -> Response[Any]:
    """Ask whether it shall end: whatever opens links of a mail by itself ends nothing."""
    view = site.view(request, lang)
    with view.instance.database.read(ALL) as session:
        found = service.named_by(session, secret)
        name = reading.named_on_the_way_out(view, session, found)
    return _way_out(view, name=name, several=secret.count(".") == 2, there=bool(found))


@from_anywhere("/{lang:str}/unsubscribe/{secret:str}", why="RFC 8058: a mail program sends it, with one click")
def leave(request: Asked, lang: Lang, secret: FromPath[str], site: OurSite) -> Response[Any]:
    """End it, whoever holds the link, and however often."""
    view = site.view(request, lang)
    database = view.instance.database
    with database.read(ALL) as session:
        there = service.named_by(session, secret)
    if there:  # a guess costs no write
        with database.write(ALL) as session:
            service.end_by(session, secret)
    return _way_out(view, ended=True)


def show(view: View, done: str = "", *, error: str = "") -> Response[Any]:
    """What the reader follows, and what else there is."""
    with view.instance.database.read(ALL) as session:
        told = reading.followed(view, session)
    whole = {one.region_id for one in told if one.record_id == WHOLE}
    return private(
        view.render(
            "following/following.html",
            status=400 if error else 200,
            followed=told,
            rhythms=[(one, view._(reading.RHYTHM_WORDS[one])) for one in RHYTHMS],
            whole=[
                (view.text(one.name, one.languages[0])[0], view.region_href(one, "follow"))
                for one in view.instance.headers().values()
                if one.id not in whole
            ],
            addresses={one.id: view.region_href(one, "follow") for one in view.instance.headers().values()},
            done=view._(DONE[done]) if done in DONE else "",
            error=error,
            **FRAME,
        )
    )


def _way_out(view: View, **values: Any) -> Response[Any]:
    shown: dict[str, Any] = {"name": "", "several": False, "there": True, "ended": False} | values
    return private(view.render("following/unsubscribe.html", **FRAME, **shown))


def _back(view: View, done: str) -> Response[Any]:
    """Lead to the page on which the form stood."""
    own = view.instance_href("account", "following", query={"done": done})
    before = came_from(view.request)
    return go(own if not before or before.partition("?")[0].endswith("/account/following") else before)


handlers = (following, follow, way_out, leave)

"""Pages of following: what one follows, the button's forms, and the way out that a mail offers without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy import and_, or_, select

from lanzarote.accounts.answers import came_from
from lanzarote.following import delivering, service
from lanzarote.following.service import RHYTHMS, WHOLE, Follow, may_follow
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.kinds import kinds_of, titles_of
from lanzarote.records.records import Record, Version, now
from lanzarote.records.validation import Faulty
from lanzarote.store.database import ALL
from lanzarote.translation import N_, pick
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import form, from_anywhere, page, private, see_other

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.web.site import View


# --- What a person follows, and the button that begins it, in their words ---

RHYTHM_WORDS: Final[Mapping[str, str]] = {
    "now": N_("at once"),
    "daily": N_("once a day"),
    "weekly": N_("once a week"),
}
EVERYTHING: Final = N_("Everything that you may read")
NO_LONGER: Final = N_("Something that you can no longer read")


class Followed(Struct, frozen=True, kw_only=True):
    """One thing that a person follows."""

    region_id: str
    record_id: str
    kind: str
    """Empty for everything of a region."""
    name: str
    region: str
    href: str
    """Empty where there is nothing left to read."""
    rhythm: str
    since: datetime


class Button(Struct, frozen=True, kw_only=True):
    """What ``following/button.html`` needs."""

    record_id: str
    rhythm: str
    """Empty: the reader does not follow it."""
    words: str
    choices: tuple[tuple[str, str], ...]
    action: str
    all_href: str


def button(view: View, record_id: str = WHOLE) -> Button | None:
    """The button for a record, or for everything of the page's region; none for who is not signed in."""
    if not view.actor.signed_in or view.region is None:
        return None
    with view.instance.database.read(INSTANCE) as session:
        rhythm = service.is_followed(session, view.region_id, record_id, view.actor.account_id)
    return Button(
        record_id=record_id,
        rhythm=rhythm,
        words=view._(RHYTHM_WORDS[rhythm]) if rhythm else "",
        choices=tuple((one, view._(RHYTHM_WORDS[one])) for one in RHYTHMS),
        action=view.href("follow"),
        all_href=view.instance_href("account", "following"),
    )


def followed(view: View, session: Session) -> tuple[Followed, ...]:
    """All that the reader follows, the last begun first, each called as they may know it."""
    follows = service.followed(session, view.actor.account_id)
    known = records_of(session, follows, view.actor)
    return tuple(_told(view, one, known) for one in follows)


def records_of(session: Session, follows: Sequence[Follow], by: Actor) -> dict[tuple[str, str], tuple[Record, bytes]]:
    """The records among *follows* that *by* may read, each with what they read of it: one question."""
    places = [(one.region_id, one.record_id) for one in follows if one.record_id != WHOLE]
    if not places:
        return {}
    these = or_(*(and_(Record.region_id == region, Record.id == record) for region, record in places))
    joined = and_(Version.region_id == Record.region_id, Version.record_id == Record.id)
    shown = or_(
        Version.number == Record.published_version,
        and_(Record.published_version.is_(None), Version.number == Record.version),
    )
    rows = session.execute(select(Record, Version.body).join(Version, and_(joined, shown)).where(these))
    kinds = kinds_of(session)
    return {(record.region_id, record.id): (record, body) for record, body in rows if may_follow(kinds, record, by)}


def named_on_the_way_out(view: View, session: Session, follows: Sequence[Follow]) -> str:
    """What a link ends, called as the public may know it."""
    if len(follows) != 1:
        return view._(RHYTHM_WORDS[follows[0].rhythm]) if follows else ""
    [one] = follows
    if one.record_id == WHOLE:
        header = view.instance.headers().get(one.region_id)
        return view.text(header.name, header.languages[0])[0] if header else ""
    record = session.get(Record, (one.region_id, one.record_id))
    if record is None or record.kind not in view.instance.kinds:
        return ""
    found = delivering.concerned(session, {one.region_id: delivering.News(floor=0, head=0, lines={one.record_id: ()})})
    titles = found[one.region_id, one.record_id].titles if found else {}
    original = found[one.region_id, one.record_id].original if found else ""
    return (
        pick(titles, view.lang, original)[0] if titles else delivering.called(view.instance.kinds[record.kind], view._)
    )


def _told(view: View, one: Follow, known: Mapping[tuple[str, str], tuple[Record, bytes]]) -> Followed:
    header = view.instance.headers().get(one.region_id)
    found = known.get((one.region_id, one.record_id))
    common: dict[str, Any] = {
        "region_id": one.region_id,
        "record_id": one.record_id,
        "region": view.text(header.name, header.languages[0])[0] if header else one.region_id,
        "rhythm": one.rhythm,
        "since": one.at,
    }
    if one.record_id == WHOLE:
        href = view.region_href(header) if header else ""
        return Followed(kind="", name=view._(EVERYTHING), href=href, **common)
    if found is None or header is None:
        return Followed(kind="gone", name=view._(NO_LONGER), href="", **common)
    record, body = found
    kind, (original, titles) = view.instance.kinds[record.kind], titles_of(msgspec.json.decode(body))
    name = pick(titles, view.lang, original, header.languages)[0] if titles else delivering.called(kind, view._)
    is_public = kind.public and record.published_version is not None
    parts = (kind.public, record.slug) if is_public else ("team", kind.room, record.id)
    return Followed(kind=record.kind, name=name, href=view.region_href(header, *parts), **common)


# --- pages ---

FRAME: Final[Mapping[str, Any]] = {"canonical": None, "alternates": (), "feeds": ()}
DONE: Final[Mapping[str, str]] = {
    "changed": N_("Frequency saved."),
    "ended": N_("You no longer follow it."),
    "begun": N_("You follow it from now on."),
}


@page("/{lang:str}/account/following", may="signed-in")
def following(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """What the reader follows."""
    return show(site.view(request, lang), request.query_params.get("done", ""))


@form("/{lang:str}/{region:str}/follow", may="signed-in", carried=False)
def follow(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Follow a record or a whole region, change how often, or stop."""
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
        name = named_on_the_way_out(view, session, found)
    return _way_out(view, name=name, several=secret.count(".") == 2, there=bool(found))


@from_anywhere("/{lang:str}/unsubscribe/{secret:str}", why="RFC 8058: a mail program sends it, with one click")
def leave(request: Asked, lang: Lang, secret: FromPath[str], site: OurSite) -> Response[Any]:
    """End it; sent again, it changes nothing."""
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
        told = followed(view, session)
    whole = {one.region_id for one in told if one.record_id == WHOLE}
    return private(
        view.render(
            "following/following.html",
            status=400 if error else 200,
            followed=told,
            rhythms=[(one, view._(RHYTHM_WORDS[one])) for one in RHYTHMS],
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
    return see_other(own if not before or before.partition("?")[0].endswith("/account/following") else before)


handlers = (following, follow, way_out, leave)

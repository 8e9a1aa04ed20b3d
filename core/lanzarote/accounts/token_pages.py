"""The tokens of one's own account, with which programs act in one's name."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from lanzarote.accounts import entrance, service, tokens
from lanzarote.accounts.answers import PASSWORDS, browser_of, fault, go, secret_of, show, text_of
from lanzarote.accounts.attempts import Wait
from lanzarote.accounts.service import Refused
from lanzarote.accounts.sign_in_pages import patience
from lanzarote.accounts.words import ACTION_WORDS
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import ACTIONS
from lanzarote.records.records import now
from lanzarote.translation.typed_dates import typed_date
from lanzarote.web.asking import Asked
from lanzarote.web.fields import many_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import Site, View

USUAL = timedelta(days=90)


@page("/{lang:str}/account/tokens", may="signed-in")
def list_tokens(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    return _tokens(site.view(request, lang))


@form("/{lang:str}/account/tokens", may="signed-in", carried=False, pool=PASSWORDS)
def change_tokens(
    request: Asked, lang: FromPath[str], site: NamedDependency[Site], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Make a token, or take one back."""
    view, at = site.view(request, lang), now()
    database, account_id = view.instance.database, view.actor.account_id
    if taken_back := text_of(data, "revoke"):
        with database.write(INSTANCE) as session:
            tokens.revoke(session, account_id, taken_back, at=at)
        return go(view.instance_href("account", "tokens"))
    try:
        entrance.prove_again(database, account_id, secret_of(data, "password"), browser_of(request), field="password")
        with database.write(INSTANCE) as session:
            token = tokens.make(
                session,
                account_id,
                name=text_of(data, "name"),
                actions=[action for action in many_of(data, "actions") if action in _possible(view)],
                region_id=_region(view, data),
                strong=view.actor.strong,
                ends_at=_end(view, typed_date(text_of(data, "ends"), view.lang)),
                at=at,
            )
    except Wait as error:
        return _tokens(view, data, patience(view, error, "password"), status=429)
    except Refused as error:
        return _tokens(view, data, fault(view, error))
    return show(view, "token.html", token=token)


def _tokens(
    view: View, data: dict[str, Any] | None = None, error: dict[str, str] | None = None, *, status: int = 400
) -> Response[Any]:
    with view.instance.database.read(INSTANCE) as session:
        known = tokens.of_account(session, view.actor.account_id)
        has_password = bool(service.account(session, view.actor.account_id).password)
    wrote, chosen = data or {}, many_of(data or {}, "actions")
    actions = [
        {"value": action, "label": view._(ACTION_WORDS[action]), "chosen": action in chosen}
        for action in ACTIONS
        if action in _possible(view)
    ]
    regions = [{"value": "", "label": view._("All regions in which I work"), "chosen": not text_of(wrote, "region")}]
    regions += [
        {"value": header.id, "label": view.say(header.name), "chosen": text_of(wrote, "region") == header.id}
        for header in view.instance.headers().values()
    ]
    return show(
        view,
        "tokens.html",
        status=status if error else 200,
        tokens=known,
        has_password=has_password,
        now=now(),
        words=ACTION_WORDS,
        actions=actions,
        regions=regions,
        name=text_of(wrote, "name"),
        ends=text_of(wrote, "ends") or (now() + USUAL).date().isoformat(),
        errors=(error,) if error else (),
    )


def _possible(view: View) -> set[str]:
    """What the reader may do somewhere: nothing else could be done with a token of theirs."""
    return {action for action in ACTIONS if view.actor.regions(action)}


def _region(view: View, data: dict[str, Any]) -> str:
    given = text_of(data, "region")
    return given if given in view.instance.headers() else ""


def _end(view: View, given: str) -> datetime:
    """The end of that day, where the first region is. Raises Refused."""
    zones = [header.time_zone for header in view.instance.headers().values()]
    try:
        return datetime.combine(date.fromisoformat(given), time.max, ZoneInfo(zones[0]) if zones else UTC)
    except ValueError:
        raise Refused(tokens.NO_END, "ends") from None


handlers = (list_tokens, change_tokens)

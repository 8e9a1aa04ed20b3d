"""One's own account: name and language, password, address; the browsers one is signed in with."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from lanzarote.accounts import entrance, group_roles, links, service, sessions
from lanzarote.accounts.answers import (
    PASSWORDS,
    browser_of,
    fault,
    go,
    language_of,
    languages,
    mails_laid,
    remember,
    secret_of,
    show,
    text_of,
    why_suspended,
)
from lanzarote.accounts.attempts import Wait
from lanzarote.accounts.service import Refused
from lanzarote.accounts.sign_in_pages import patience
from lanzarote.accounts.words import ROLE_WORDS
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import EVERYWHERE, may_in
from lanzarote.records.records import now
from lanzarote.translation import N_
from lanzarote.web.asking import Asked
from lanzarote.web.routes import form, page
from lanzarote.web.site import Site, View

DONE = {
    "profile": N_("Your name and language are saved."),
    "notices": N_("It is saved which mails you get."),
    "password": N_("Your password is changed. All other sessions and all tokens have ended."),
    "asked": N_("A mail with a link is on its way to the new address. Until you open it, the old one stays."),
    "address": N_("Your new address is confirmed."),
}


@page("/{lang:str}/account", may="signed-in")
def profile(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    return _profile(site.view(request, lang))


@form("/{lang:str}/account", may="signed-in", carried=False, pool=PASSWORDS)
def change(
    request: Asked, lang: FromPath[str], site: NamedDependency[Site], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    view, what = site.view(request, lang), text_of(data, "what")
    done = _CHANGES.get(what)
    if done is None:
        return _profile(view)
    try:
        return done(view, data)
    except Wait as error:
        return _profile(view, data, patience(view, error, f"{what}-present"), status=429)
    except Refused as error:
        return _profile(view, data, fault(view, error))


@page("/{lang:str}/account/sessions", may="signed-in")
def list_sessions(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.read(INSTANCE) as session:
        living = sessions.of_account(session, view.actor.account_id, now())
    return show(view, "sessions.html", sessions=living, here=view.reader.session)


@form("/{lang:str}/account/sessions", may="signed-in", carried=False)
def end_sessions(
    request: Asked, lang: FromPath[str], site: NamedDependency[Site], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """End one other session, or all of them."""
    view = site.view(request, lang)
    with view.instance.database.write(INSTANCE) as session:
        only = text_of(data, "session")
        sessions.end_others(session, view.actor.account_id, view.reader.session, only=only)
    return go(view.instance_href("account", "sessions"))


def _change_profile(view: View, data: dict[str, Any]) -> Response[Any]:
    language = language_of(view, data)
    with view.instance.database.write(INSTANCE) as session:
        account = service.account(session, view.actor.account_id)
        service.change_profile(session, account, name=text_of(data, "name"), language=language, at=now())
    return go(view.instance_href("account", lang=language, query={"done": "profile"}))


def _switch_notices(view: View, data: dict[str, Any]) -> Response[Any]:
    with view.instance.database.write(INSTANCE) as session:
        account = service.account(session, view.actor.account_id)
        service.switch_notices(session, account, on=text_of(data, "notices") == "yes", at=now())
    return go(view.instance_href("account", query={"done": "notices"}))


def _change_password(view: View, data: dict[str, Any]) -> Response[Any]:
    database, account_id = view.instance.database, view.actor.account_id
    entrance.prove_again(
        database, account_id, secret_of(data, "password-present"), browser_of(view.request), field="password-present"
    )
    with database.write(INSTANCE) as session:
        account = service.account(session, account_id)
        given = secret_of(data, "password")
        service.change_password(session, account, password=given, at=now(), keep=view.reader.session)
        mark = links.make(session, account, "device", at=now())
    return remember(go(view.instance_href("account", query={"done": "password"})), view.request, mark)


def _change_address(view: View, data: dict[str, Any]) -> Response[Any]:
    database, account_id = view.instance.database, view.actor.account_id
    entrance.prove_again(
        database, account_id, secret_of(data, "address-present"), browser_of(view.request), field="address-present"
    )
    with database.write(INSTANCE) as session:
        service.ask_address(session, service.account(session, account_id), text_of(data, "address"))
    return go(view.instance_href("account", query={"done": "asked"}))


def _profile(
    view: View, data: dict[str, Any] | None = None, error: dict[str, str] | None = None, *, status: int = 400
) -> Response[Any]:
    with view.instance.database.read(INSTANCE) as session:
        account = service.account(session, view.actor.account_id)
        held_back = group_roles.suspended(session, EVERYWHERE, now(), of=account.id)
    wrote = data if data and error else {}
    asked = view.request.query_params.get("done", "") if view.request.method != "POST" else ""
    return show(
        view,
        "profile.html",
        status=status if error else 200,
        roles=_roles(view),
        suspended=[(view._(ROLE_WORDS[row.role]), why_suspended(view, row)) for row in held_back],  # type: ignore[index]
        account=account,
        has_password=bool(account.password),
        name=text_of(wrote, "name") if text_of(wrote, "what") == "profile" else account.name,
        new_address=text_of(wrote, "address"),
        choices=languages(view, account.language),
        mails=mails_laid(view) if asked == "asked" else None,
        done=view._(DONE[asked]) if asked in DONE else "",
        errors=(error,) if error else (),
    )


def _roles(view: View) -> list[dict[str, str]]:
    """The reader's roles, where they are, and where to see who else is there."""
    headers, told = view.instance.headers(), []
    for one in view.actor.grants:
        header = headers.get(one.region_id)
        seen = may_in(view.actor, "person.read", one.region_id)
        told.append(
            {
                "label": view._(ROLE_WORDS[one.role]),
                "place": view.say(header.name) if header else "",
                "people": (view.region_href(header, "people") if header else view.instance_href("people"))
                if seen
                else "",
                "roles": view.region_href(header, "roles") if header else view.instance_href("roles"),
            }
        )
    return told


_CHANGES = {
    "profile": _change_profile,
    "notices": _switch_notices,
    "password": _change_password,
    "address": _change_address,
}
handlers = (profile, change, list_sessions, end_sessions)

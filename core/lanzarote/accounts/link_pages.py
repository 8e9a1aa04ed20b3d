"""Pages that mailed links lead to: to take an invitation, to choose a new password, to confirm an address."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from lanzarote.accounts import attempts, entrance, links, service
from lanzarote.accounts.answers import (
    PASSWORDS,
    browser_of,
    enter,
    fault,
    go,
    language_of,
    languages,
    mails_laid,
    missing,
    remember,
    secret_of,
    show,
    text_of,
)
from lanzarote.accounts.sign_in_pages import patience
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.records import now
from lanzarote.translation import N_
from lanzarote.web.asking import Asked
from lanzarote.web.failures import view_of
from lanzarote.web.rate_limits import sender_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import START, Site, View

UNAGREED = N_("Say that you have read it; without your agreement no account is opened.")


@page("/{lang:str}/account/invitation/{secret:str}")
def invitation(
    lang: FromPath[str], secret: FromPath[str], site: NamedDependency[Site], request: Asked
) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.read(INSTANCE) as session:
        account = links.look(session, secret, "invitation", now())
    return _invitation(view, secret, account.name, account.language)


@form("/{lang:str}/account/invitation/{secret:str}", may="public", carried=False, pool=PASSWORDS)
def accept(
    request: Asked,
    lang: FromPath[str],
    secret: FromPath[str],
    site: NamedDependency[Site],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    view = site.view(request, lang)
    name, language, at = text_of(data, "name"), language_of(view, data), now()
    if not text_of(data, "agreed"):
        return _invitation(view, secret, name, language, service.Refused(UNAGREED, "agreed"))
    try:
        with view.instance.database.write(INSTANCE) as session:
            account = service.accept(
                session, secret, name=name, language=language, password=secret_of(data, "password"), at=at
            )
            entered = entrance.enter(session, account, browser_of(request), strong=False, at=at)
            needed = service.needs_second_factor(session, account.id)
    except service.Refused as error:
        return _invitation(view, secret, name, language, error, agreed=True)
    onward = ("account", "second-factor") if needed else START
    return enter(go(view.instance_href(*onward, lang=language)), request, entered)


@page("/{lang:str}/account/reset")
def forgotten(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    view = site.view(request, lang)
    asked = bool(request.query_params.get("asked"))
    return show(view, "forgotten.html", address="", asked=asked, most=links.MOST_AN_HOUR, mails=mails_laid(view))


@form("/{lang:str}/account/reset", may="public", carried=False)
def ask_reset(
    request: Asked, lang: FromPath[str], site: NamedDependency[Site], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Whoever asks learns nothing of whether somebody has the address."""
    view, address, at = site.view(request, lang), text_of(data, "address"), now()
    if errors := missing(view, data, "address"):
        return show(view, "forgotten.html", status=400, address="", asked=False, mails=None, errors=errors)
    counted = attempts.keys(f"reset/{service.address_key(address)}", sender_of(request.scope))
    try:
        with view.instance.database.write(INSTANCE) as session:
            attempts.require_patience(session, counted, at)
            attempts.count_failure(session, counted, at)
            service.ask_reset(session, address)
    except attempts.Wait as error:
        return show(
            view,
            "forgotten.html",
            status=429,
            address=address,
            asked=False,
            mails=None,
            errors=(patience(view, error),),
        )
    return go(view.instance_href("account", "reset", query={"asked": "yes"}))


@page("/{lang:str}/account/reset/{secret:str}")
def new_password(
    request: Asked, lang: FromPath[str], secret: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.read(INSTANCE) as session:
        links.look(session, secret, "reset", now())
    return show(view, "reset.html")


@form("/{lang:str}/account/reset/{secret:str}", may="public", carried=False, pool=PASSWORDS)
def reset(
    request: Asked,
    lang: FromPath[str],
    secret: FromPath[str],
    site: NamedDependency[Site],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    view = site.view(request, lang)
    try:
        with view.instance.database.write(INSTANCE) as session:
            mark = entrance.reset(session, secret, secret_of(data, "password"), browser_of(request), now())
    except service.Refused as error:
        return show(view, "reset.html", status=400, errors=(fault(view, error),))
    return remember(go(view.instance_href("account", "sign-in", query={"done": "reset"})), request, mark)


@page("/{lang:str}/account/address/{secret:str}")
def new_address(
    request: Asked, lang: FromPath[str], secret: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.read(INSTANCE) as session:
        links.look(session, secret, "address", now())
    return show(view, "address.html")


@form("/{lang:str}/account/address/{secret:str}", may="public", carried=False)
def confirm_address(
    request: Asked, lang: FromPath[str], secret: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.write(INSTANCE) as session:
        mine = service.change_address(session, secret, at=now()).id == view.actor.account_id
    where = ("account",) if mine else ("account", "sign-in")
    return go(view.instance_href(*where, query={"done": "address"}))


def spent(request: Asked, error: Exception) -> Response[Any]:
    """Answer a link that works no more, or never did."""
    return show_spent(view_of(request), error)


def show_spent(view: View, error: Exception) -> Response[Any]:
    return show(view, "spent.html", status=410, told=str(error))


def _invitation(
    view: View, secret: str, name: str, language: str, error: service.Refused | None = None, *, agreed: bool = False
) -> Response[Any]:
    settings = view.instance.settings
    return show(
        view,
        "invitation.html",
        status=400 if error else 200,
        secret=secret,
        name=name,
        choices=languages(view, language),
        agreed=agreed,
        contact=settings.contact,
        operator=settings.operator,
        errors=(fault(view, error),) if error else (),
    )


handlers = (
    invitation,
    accept,
    forgotten,
    ask_reset,
    new_password,
    reset,
    new_address,
    confirm_address,
)

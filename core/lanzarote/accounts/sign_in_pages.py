"""Pages for signing in and out."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from lanzarote.accounts import carried, entrance, factors, passkeys, providers, sessions
from lanzarote.accounts.answers import (
    PASSWORDS,
    browser_of,
    enter,
    fault,
    go,
    inside,
    leave,
    local_path,
    missing,
    place_of,
    secret_of,
    session_of,
    show,
    site_address,
    text_of,
)
from lanzarote.accounts.attempts import Wait
from lanzarote.accounts.carried import Carried
from lanzarote.accounts.entrance import Entered, HalfWay
from lanzarote.accounts.factors import WrongCode
from lanzarote.accounts.links import SpentLink
from lanzarote.accounts.providers import PROVIDERS, ProviderFailed
from lanzarote.accounts.secrets import new_secret
from lanzarote.accounts.service import NotProved
from lanzarote.records.changelog import INSTANCE
from lanzarote.translation import N_
from lanzarote.types import SignOutRequest
from lanzarote.web.asking import Asked
from lanzarote.web.gate import NOBODY
from lanzarote.web.pools import Busy
from lanzarote.web.routes import CHANGES, form, page
from lanzarote.web.site import Site, View

DONE = {
    "accepted": N_("Your account is open."),
    "reset": N_("Your password is changed. Sign in with it."),
    "address": N_("Your new address is confirmed. Sign in with it from now on."),
    "out": N_("You are signed out."),
}
"""What may stand above the form, by the name that leads there."""
TOO_SLOW = N_("That took more than ten minutes. Begin again; nothing is lost.")


@page("/{lang:str}/account/sign-in")
def sign_in_page(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    view = site.view(request, lang)
    wanted = local_path(request.query_params.get("next", ""))
    if view.actor.signed_in:
        return go(wanted or view.start_href)
    asked = request.query_params.get("done", "")
    done = view._(DONE[asked]) if asked in DONE else ""
    return show(view, "sign_in.html", address="", next=wanted, carried=carried.NOTHING, done=done)


@form(
    "/{lang:str}/account/sign-in",
    may="public",
    carried=False,
    request_max_body_size=carried.LARGEST,
    pool=PASSWORDS,
    counted=False,
)
def sign_in(
    request: Asked, lang: FromPath[str], site: NamedDependency[Site], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    view = site.view(request, lang)
    address, wanted, waiting = text_of(data, "address"), local_path(text_of(data, "next")), carried.read(data)
    if view.actor.signed_in and text_of(data, "continue") and waiting.fields:  # they signed in in another window
        return carried.still_here(view, waiting, wanted)
    if errors := missing(view, data, "address", "password"):
        return show(view, "sign_in.html", status=400, address=address, next=wanted, carried=waiting, errors=errors)
    try:
        step = entrance.first_step(view.instance.database, address, secret_of(data, "password"), browser_of(request))
    except (NotProved, Wait) as error:
        return show(
            view,
            "sign_in.html",
            status=429 if isinstance(error, Wait) else 403,
            address=address,
            next=wanted,
            carried=waiting,
            errors=(patience(view, error) if isinstance(error, Wait) else fault(view, error, "address"),),
        )
    if isinstance(step, HalfWay):
        return second_step_page(view, step, wanted, waiting)
    return entered(view, step, wanted, waiting)


@form(
    "/{lang:str}/account/second-step", may="public", carried=False, request_max_body_size=carried.LARGEST, counted=False
)
def second_step(
    request: Asked, lang: FromPath[str], site: NamedDependency[Site], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    view = site.view(request, lang)
    database, secret = view.instance.database, text_of(data, "step")
    wanted, waiting = local_path(text_of(data, "next")), carried.read(data)
    try:
        done = entrance.second_step(
            database,
            secret,
            browser_of(request),
            code=text_of(data, "code"),
            answer=text_of(data, "answer"),
            place=place_of(request),
        )
    except SpentLink:
        errors = ({"field": "address", "text": view._(TOO_SLOW)},)
        return show(view, "sign_in.html", status=403, address="", next=wanted, carried=waiting, errors=errors)
    except WrongCode as error:
        again = entrance.go_on(database, secret)
        return second_step_page(view, again, wanted, waiting, fault(view, error, "code"), status=403)
    except Wait as error:
        again = entrance.go_on(database, secret)
        return second_step_page(view, again, wanted, waiting, patience(view, error, "code"), status=429)
    return entered(view, done, wanted, waiting)


@page("/{lang:str}/account/second-step")
def no_second_step(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Redirect:
    """There is none without a first."""
    return go(site.view(request, lang).instance_href("account", "sign-in"))


@form("/{lang:str}/account/sign-out", may="signed-in", carried=False)
async def sign_out(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """End the session; only then, and only who came through a provider, wait for it."""
    view, there = site.view(request, lang), None
    came = await CHANGES.run(partial(_end, view, session_of(request)))
    view.reader = NOBODY
    if came:
        with suppress(Busy):
            there = await PROVIDERS.run(partial(_out_there, view, came))
    return leave(there or go(view.instance_href("account", "sign-in", query={"done": "out"})), request)


def _end(view: View, token: str) -> sessions.Came | None:
    with view.instance.database.write(INSTANCE) as session:
        came = sessions.came(session, token, view.actor.account_id)
        sessions.end(session, token)
    return came


def _out_there(view: View, came: sessions.Came) -> Response[Any] | None:
    """Lead to the provider, to sign out there too; None where it offers nothing of the kind, or is away."""
    provider = view.instance.host.identity_providers.get(came.provider)
    if provider is None:
        return None
    back = f"{site_address(view.request)}/account/signed-out"
    try:
        leaving = SignOutRequest(back=back, state=f"{view.lang}.{new_secret()}", id_token=came.id_token)
        there = providers.ask(provider, "leave", leaving)
    except ProviderFailed:
        return None
    if not there.address:
        return None
    return show(view, "onward.html", provider=provider.label, href=there.address, out=True)


def second_step_page(
    view: View,
    step: HalfWay,
    wanted: str,
    waiting: Carried,
    error: dict[str, str] | None = None,
    *,
    status: int = 200,
) -> Response[Any]:
    """Ask for a code or a passkey."""
    place = place_of(view.request)
    options = ""
    if step.passkeys and place.possible:
        options = passkeys.to_use(step.passkeys, passkeys.challenge_of(step.step), place)
    return show(
        view,
        "second_step.html",
        status=status,
        step=step,
        options=options,
        seconds=factors.SECONDS,
        next=wanted,
        carried=waiting,
        errors=(error,) if error else (),
    )


def entered(view: View, done: Entered, wanted: str, waiting: Carried) -> Response[Any]:
    """Lead to the page that was asked for, or to what was written, in the language in which they signed in."""
    if waiting.fields:
        return enter(carried.still_here(inside(view, done), waiting, wanted), view.request, done)
    return enter(go(wanted or view.start_href), view.request, done)


def patience(view: View, error: Wait, field: str = "address") -> dict[str, str]:
    """How long to wait, in words."""
    minutes = -(-error.seconds // 60)
    told = view.translator.ngettext(
        "Too many attempts failed. Try again in %(num)s minute.",
        "Too many attempts failed. Try again in %(num)s minutes.",
        minutes,
    )
    return {"field": field, "text": told % {"num": minutes}}


handlers = (sign_in_page, sign_in, second_step, no_second_step, sign_out)

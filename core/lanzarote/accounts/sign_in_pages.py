"""Pages for signing in and out, and those that mailed links lead to."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect

from lanzarote.accounts import answers, attempts, entrance, factors, passkeys, secrets, service, sessions
from lanzarote.accounts.answers import (
    PASSWORDS,
    Carried,
    browser_of,
    enter,
    fault,
    inside,
    language_of,
    languages,
    leave,
    local_path,
    mail_folder,
    missing,
    place_of,
    remember,
    session_of,
    show,
    site_address,
)
from lanzarote.accounts.attempts import Wait
from lanzarote.accounts.entrance import PROVIDERS, Entered, HalfWay, ProviderFailed
from lanzarote.accounts.factors import WrongCode
from lanzarote.accounts.secrets import SpentLink, new_secret
from lanzarote.accounts.service import NotProved
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.records import now
from lanzarote.translation import N_
from lanzarote.types import SignOutRequest
from lanzarote.web.asking import Asked, Data, Lang, OurSite
from lanzarote.web.failures import view_of
from lanzarote.web.forms import one_of
from lanzarote.web.gate import NOBODY
from lanzarote.web.limits import Busy, sender_of
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import CHANGES, form, page, see_other
from lanzarote.web.site import START, View

DONE = {
    "accepted": N_("Your account is open."),
    "reset": N_("Your password is changed. Sign in with it."),
    "address": N_("Your new address is confirmed. Sign in with it from now on."),
    "out": N_("You are signed out."),
}
"""What may stand above the form, by the name that leads there."""
TOO_SLOW = N_("That took more than ten minutes. Begin again; nothing is lost.")


@page("/{lang:str}/account/sign-in")
def sign_in_page(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    wanted = local_path(request.query_params.get("next", ""))
    if view.actor.signed_in:
        return see_other(wanted or view.start_href)
    asked = request.query_params.get("done", "")
    done = view._(DONE[asked]) if asked in DONE else ""
    return show(view, "sign_in.html", address="", next=wanted, carried=answers.NOTHING, done=done)


@form(
    "/{lang:str}/account/sign-in",
    may="public",
    carried=False,
    request_max_body_size=answers.LARGEST,
    pool=PASSWORDS,
    counted=False,
)
def sign_in(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    view = site.view(request, lang)
    address, wanted, waiting = text_of(data, "address"), local_path(text_of(data, "next")), answers.read(data)
    if view.actor.signed_in and text_of(data, "continue") and waiting.fields:  # they signed in in another window
        return answers.still_here(view, waiting, wanted)
    if errors := missing(view, data, "address", "password"):
        return show(view, "sign_in.html", status=400, address=address, next=wanted, carried=waiting, errors=errors)
    try:
        step = entrance.first_step(view.instance.database, address, one_of(data, "password"), browser_of(request))
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
    "/{lang:str}/account/second-step", may="public", carried=False, request_max_body_size=answers.LARGEST, counted=False
)
def second_step(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    view = site.view(request, lang)
    database, secret = view.instance.database, text_of(data, "step")
    wanted, waiting = local_path(text_of(data, "next")), answers.read(data)
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
def no_second_step(request: Asked, lang: Lang, site: OurSite) -> Redirect:
    """There is none without a first."""
    return see_other(site.view(request, lang).instance_href("account", "sign-in"))


@form("/{lang:str}/account/sign-out", may="signed-in", carried=False)
async def sign_out(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """End the session; only then, and only who came through a provider, wait for it."""
    view, there = site.view(request, lang), None
    came = await CHANGES.run(partial(_end, view, session_of(request)))
    view.reader = NOBODY
    if came:
        with suppress(Busy):
            there = await PROVIDERS.run(partial(_out_there, view, came))
    return leave(there or see_other(view.instance_href("account", "sign-in", query={"done": "out"})), request)


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
        there = entrance.ask(provider, "leave", leaving)
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
        return enter(answers.still_here(inside(view, done), waiting, wanted), view.request, done)
    return enter(see_other(wanted or view.start_href), view.request, done)


def patience(view: View, error: Wait, field: str = "address") -> dict[str, str]:
    """How long to wait, in words."""
    minutes = -(-error.seconds // 60)
    told = view.translator.ngettext(
        "Too many attempts failed. Try again in %(num)s minute.",
        "Too many attempts failed. Try again in %(num)s minutes.",
        minutes,
    )
    return {"field": field, "text": told % {"num": minutes}}


# --- Pages that mailed links lead to: to take an invitation, to choose a new password, to confirm an address ---

UNAGREED = N_("Say that you have read it; without your agreement no account is opened.")


@page("/{lang:str}/account/invitation/{secret:str}")
def invitation(lang: Lang, secret: FromPath[str], site: OurSite, request: Asked) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.read(INSTANCE) as session:
        account = secrets.look(session, secret, "invitation", now())
    return _invitation(view, secret, account.name, account.language)


@form("/{lang:str}/account/invitation/{secret:str}", may="public", carried=False, pool=PASSWORDS)
def accept(request: Asked, lang: Lang, secret: FromPath[str], site: OurSite, data: Data) -> Response[Any]:
    view = site.view(request, lang)
    name, language, at = text_of(data, "name"), language_of(view, data), now()
    if not text_of(data, "agreed"):
        return _invitation(view, secret, name, language, service.Refused(UNAGREED, "agreed"))
    try:
        with view.instance.database.write(INSTANCE) as session:
            account = service.accept(
                session, secret, name=name, language=language, password=one_of(data, "password"), at=at
            )
            entered = entrance.enter(session, account, browser_of(request), strong=False, at=at)
            needed = service.needs_second_factor(session, account.id)
    except service.Refused as error:
        return _invitation(view, secret, name, language, error, agreed=True)
    onward = ("account", "second-factor") if needed else START
    return enter(see_other(view.instance_href(*onward, lang=language)), request, entered)


@page("/{lang:str}/account/reset")
def forgotten(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    asked = bool(request.query_params.get("asked"))
    return show(view, "forgotten.html", address="", asked=asked, most=secrets.MOST_AN_HOUR, mails=mail_folder(view))


@form("/{lang:str}/account/reset", may="public", carried=False)
def ask_reset(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
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
    return see_other(view.instance_href("account", "reset", query={"asked": "yes"}))


@page("/{lang:str}/account/reset/{secret:str}")
def new_password(request: Asked, lang: Lang, secret: FromPath[str], site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.read(INSTANCE) as session:
        secrets.look(session, secret, "reset", now())
    return show(view, "reset.html")


@form("/{lang:str}/account/reset/{secret:str}", may="public", carried=False, pool=PASSWORDS)
def reset(request: Asked, lang: Lang, secret: FromPath[str], site: OurSite, data: Data) -> Response[Any]:
    view = site.view(request, lang)
    try:
        with view.instance.database.write(INSTANCE) as session:
            mark = entrance.reset(session, secret, one_of(data, "password"), browser_of(request), now())
    except service.Refused as error:
        return show(view, "reset.html", status=400, errors=(fault(view, error),))
    return remember(see_other(view.instance_href("account", "sign-in", query={"done": "reset"})), request, mark)


@page("/{lang:str}/account/address/{secret:str}")
def new_address(request: Asked, lang: Lang, secret: FromPath[str], site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.read(INSTANCE) as session:
        secrets.look(session, secret, "address", now())
    return show(view, "address.html")


@form("/{lang:str}/account/address/{secret:str}", may="public", carried=False)
def confirm_address(request: Asked, lang: Lang, secret: FromPath[str], site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.write(INSTANCE) as session:
        mine = service.change_address(session, secret, at=now()).id == view.actor.account_id
    where = ("account",) if mine else ("account", "sign-in")
    return see_other(view.instance_href(*where, query={"done": "address"}))


def spent(request: Asked, error: Exception) -> Response[Any]:
    """Answer a link that no longer works, or never did."""
    return show_spent(view_of(request), error)


def show_spent(view: View, error: Exception) -> Response[Any]:
    return show(view, "spent.html", status=410, told=str(error))


def _invitation(
    view: View, secret: str, name: str, language: str, error: service.Refused | None = None, *, agreed: bool = False
) -> Response[Any]:
    return show(
        view,
        "invitation.html",
        status=400 if error else 200,
        secret=secret,
        name=name,
        choices=languages(view, language),
        agreed=agreed,
        errors=(fault(view, error),) if error else (),
    )

"""The second factor of one's own account: set up, renewed, removed, each time after the password was asked again."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from lanzarote.accounts import entrance, factors, passkeys, service, sessions
from lanzarote.accounts.answers import (
    PASSWORDS,
    browser_of,
    enter,
    fault,
    go,
    inside,
    place_of,
    secret_of,
    session_of,
    show,
    text_of,
)
from lanzarote.accounts.attempts import Wait
from lanzarote.accounts.factors import WrongCode
from lanzarote.accounts.passkeys import NotTaken
from lanzarote.accounts.service import Refused
from lanzarote.accounts.sign_in_pages import patience
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.records import now
from lanzarote.translation import N_
from lanzarote.web.asking import Asked
from lanzarote.web.routes import form, page
from lanzarote.web.site import Site, View

SIGN_IN_AGAIN = N_("Sign out and in again first, with the second factor that the account has by now.")
CHANGES = ("app", "passkey", "codes", "remove-app", "remove-passkey")


@page("/{lang:str}/account/second-factor", may="signed-in")
def second_factor(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    return _factors(site.view(request, lang))


@form("/{lang:str}/account/second-factor", may="signed-in", carried=False, pool=PASSWORDS)
def change_factors(
    request: Asked, lang: FromPath[str], site: NamedDependency[Site], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    view, what = site.view(request, lang), text_of(data, "what")
    if what not in CHANGES:
        return _factors(view)
    secret = text_of(data, "secret")
    try:
        field = f"{what}-password"
        given = secret_of(data, field)
        entrance.prove_again(view.instance.database, view.actor.account_id, given, browser_of(request), field=field)
        return _changed(view, what, data)
    except Wait as error:
        return _factors(view, patience(view, error, f"{what}-password"), secret, status=429)
    except (WrongCode, NotTaken) as error:
        return _factors(view, fault(view, error, "code" if what == "app" else "name"), secret)
    except Refused as error:
        return _factors(view, fault(view, error), secret)


def _changed(view: View, what: str, data: dict[str, Any]) -> Response[Any]:
    """Do it, and go on in a session that counts as begun with a second factor, if there is one."""
    browser, at = browser_of(view.request), now()
    with view.instance.database.write(INSTANCE) as session:
        account = service.account(session, view.actor.account_id)
        codes: list[str] = []
        if factors.has_any(session, account) and not view.actor.strong:
            raise Refused(SIGN_IN_AGAIN, f"{what}-password")
        if what == "app":
            codes = factors.set_up_app(session, account, text_of(data, "secret"), text_of(data, "code"), at)
        elif what == "passkey":
            codes = passkeys.add(
                session,
                account,
                text_of(data, "answer"),
                challenge=passkeys.challenge_of(view.reader.form_key),
                place=place_of(view.request),
                name=text_of(data, "name"),
                at=at,
            )
        elif what == "codes":
            codes = factors.renew_recovery_codes(session, account) if factors.has_any(session, account) else []
        elif what == "remove-app":
            factors.remove_app(session, account, at)
        else:
            passkeys.remove(session, account, text_of(data, "passkey"), at)
        proved = what in ("app", "passkey") or (view.actor.strong and factors.has_any(session, account))
        came = sessions.came(session, browser.session, account.id)
        # What was begun with the password alone, here or elsewhere, goes on no more.
        sessions.end_all(session, account.id)
        entered = entrance.enter(session, account, browser, strong=proved, at=at, came=came)
    if codes:
        return enter(show(inside(view, entered), "codes.html", codes=codes), view.request, entered)
    return enter(go(view.instance_href("account", "second-factor")), view.request, entered)


def _factors(view: View, error: dict[str, str] | None = None, secret: str = "", *, status: int = 400) -> Response[Any]:
    with view.instance.database.read(INSTANCE) as session:
        account = service.account(session, view.actor.account_id)
        known = passkeys.of_account(session, account.id)
        left = factors.recovery_codes_left(session, account.id)
    place = place_of(view.request)
    options = ""
    if place.possible:
        options = passkeys.to_make(account, known, passkeys.challenge_of(view.reader.form_key), place)
    secret = secret if factors.is_secret(secret) else factors.totp_secret_of(session_of(view.request))
    address = factors.address_of(secret, account, view.look.name)
    return show(
        view,
        "factors.html",
        status=status if error else 200,
        app=bool(account.totp),
        has_password=bool(account.password),
        passkeys=known,
        left=left,
        secret=secret,
        picture=_picture(address),
        address=address,
        options=options,
        errors=(error,) if error else (),
    )


def _picture(address: str) -> str:
    """The picture that an app reads; light on its own ground, whatever the page's."""
    import segno

    code = segno.make(address, error="m", micro=False)
    return code.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)


handlers = (second_factor, change_factors)

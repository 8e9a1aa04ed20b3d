"""One's own account: name and language, password, address, browsers, the second factor, tokens of programs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response

from lanzarote.accounts import entrance, factors, identities, passkeys, secrets, service, sessions, tokens
from lanzarote.accounts.answers import (
    PASSWORDS,
    browser_of,
    enter,
    fault,
    inside,
    language_of,
    languages,
    mail_folder,
    place_of,
    remember,
    session_of,
    show,
    why_suspended,
)
from lanzarote.accounts.attempts import Wait
from lanzarote.accounts.factors import WrongCode
from lanzarote.accounts.passkeys import NotTaken
from lanzarote.accounts.people import ACTION_WORDS, ROLE_WORDS
from lanzarote.accounts.service import Refused
from lanzarote.accounts.sign_in_pages import patience
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import ACTIONS, EVERYWHERE, may_in
from lanzarote.records.records import now
from lanzarote.translation import N_
from lanzarote.translation.typed_dates import typed_date
from lanzarote.web.asking import Asked, Data, Lang, OurSite
from lanzarote.web.forms import many_of, one_of
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import form, page, see_other
from lanzarote.web.site import View

DONE = {
    "profile": N_("Your name and language are saved."),
    "notices": N_("Choice of e-mails saved."),
    "password": N_("Your password is changed. All other sessions and all tokens have ended."),
    "asked": N_("We have sent a link to the new address. The old address stays until you open that link."),
    "address": N_("Your new address is confirmed."),
}


@page("/{lang:str}/account", may="signed-in")
def profile(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    return _profile(site.view(request, lang))


@form("/{lang:str}/account", may="signed-in", carried=False, pool=PASSWORDS)
def change(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
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
def list_sessions(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.read(INSTANCE) as session:
        living = sessions.of_account(session, view.actor.account_id, now())
    return show(view, "sessions.html", sessions=living, here=view.reader.session)


@form("/{lang:str}/account/sessions", may="signed-in", carried=False)
def end_sessions(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    """End one other session, or all of them."""
    view = site.view(request, lang)
    with view.instance.database.write(INSTANCE) as session:
        only = text_of(data, "session")
        sessions.end_others(session, view.actor.account_id, view.reader.session, only=only)
    return see_other(view.instance_href("account", "sessions"))


def _change_profile(view: View, data: dict[str, Any]) -> Response[Any]:
    language = language_of(view, data)
    with view.instance.database.write(INSTANCE) as session:
        account = service.account(session, view.actor.account_id)
        service.change_profile(session, account, name=text_of(data, "name"), language=language, at=now())
    return see_other(view.instance_href("account", lang=language, query={"done": "profile"}))


def _switch_notices(view: View, data: dict[str, Any]) -> Response[Any]:
    with view.instance.database.write(INSTANCE) as session:
        account = service.account(session, view.actor.account_id)
        service.switch_notices(session, account, on=text_of(data, "notices") == "yes", at=now())
    return see_other(view.instance_href("account", query={"done": "notices"}))


def _change_password(view: View, data: dict[str, Any]) -> Response[Any]:
    database, account_id = view.instance.database, view.actor.account_id
    entrance.prove_again(
        database, account_id, one_of(data, "password-present"), browser_of(view.request), field="password-present"
    )
    with database.write(INSTANCE) as session:
        account = service.account(session, account_id)
        given = one_of(data, "password")
        service.change_password(session, account, password=given, at=now(), keep=view.reader.session)
        mark = secrets.make(session, account, "device", at=now())
    return remember(see_other(view.instance_href("account", query={"done": "password"})), view.request, mark)


def _change_address(view: View, data: dict[str, Any]) -> Response[Any]:
    database, account_id = view.instance.database, view.actor.account_id
    entrance.prove_again(
        database, account_id, one_of(data, "address-present"), browser_of(view.request), field="address-present"
    )
    with database.write(INSTANCE) as session:
        service.ask_address(session, service.account(session, account_id), text_of(data, "address"))
    return see_other(view.instance_href("account", query={"done": "asked"}))


def _profile(
    view: View, data: dict[str, Any] | None = None, error: dict[str, str] | None = None, *, status: int = 400
) -> Response[Any]:
    with view.instance.database.read(INSTANCE) as session:
        account = service.account(session, view.actor.account_id)
        held_back = identities.suspended(session, EVERYWHERE, now(), of=account.id)
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
        mails=mail_folder(view) if asked == "asked" else None,
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


# --- The second factor of one's own account: set up, renewed, removed, after the password was asked again ---

SIGN_IN_AGAIN = N_("Sign out and in again first, with the second factor that the account has by now.")
CHANGES = ("app", "passkey", "codes", "remove-app", "remove-passkey")


@page("/{lang:str}/account/second-factor", may="signed-in")
def second_factor(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    return _factors(site.view(request, lang))


@form("/{lang:str}/account/second-factor", may="signed-in", carried=False, pool=PASSWORDS)
def change_factors(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    view, what = site.view(request, lang), text_of(data, "what")
    if what not in CHANGES:
        return _factors(view)
    secret = text_of(data, "secret")
    try:
        field = f"{what}-password"
        given = one_of(data, field)
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
        # What was begun with the password alone, here or elsewhere, ends.
        sessions.end_all(session, account.id)
        entered = entrance.enter(session, account, browser, strong=proved, at=at, came=came)
    if codes:
        return enter(show(inside(view, entered), "codes.html", codes=codes), view.request, entered)
    return enter(see_other(view.instance_href("account", "second-factor")), view.request, entered)


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


# --- The tokens of one's own account, with which programs act in one's name ---

USUAL = timedelta(days=90)


@page("/{lang:str}/account/tokens", may="signed-in")
def list_tokens(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    return _tokens(site.view(request, lang))


@form("/{lang:str}/account/tokens", may="signed-in", carried=False, pool=PASSWORDS)
def change_tokens(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    """Make a token, or take one back."""
    view, at = site.view(request, lang), now()
    database, account_id = view.instance.database, view.actor.account_id
    if taken_back := text_of(data, "revoke"):
        with database.write(INSTANCE) as session:
            tokens.revoke(session, account_id, taken_back, at=at)
        return see_other(view.instance_href("account", "tokens"))
    try:
        entrance.prove_again(database, account_id, one_of(data, "password"), browser_of(request), field="password")
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

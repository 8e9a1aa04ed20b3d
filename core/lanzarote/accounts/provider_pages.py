"""Signing in and out through an institution's provider: out to it, back from it, and what it says by itself."""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.params import FromPath

from lanzarote.accounts import entrance, identities, secrets, service, sessions
from lanzarote.accounts.answers import (
    NOTHING,
    browser_of,
    enter,
    fault,
    keep,
    language_of,
    languages,
    local_path,
    show,
    site_address,
)
from lanzarote.accounts.entrance import (
    LOG_OUTS,
    OF_OPERATOR,
    OTHER_ACCOUNT,
    PROVIDERS,
    SIGNED_IN,
    TOLD,
    HalfWay,
    ProviderFailed,
    Reason,
)
from lanzarote.accounts.identities import Arrived, Linked, NotInvited, SignInBegun, Welcome
from lanzarote.accounts.secrets import new_secret
from lanzarote.accounts.service import Refused
from lanzarote.accounts.sign_in_pages import UNAGREED, entered, second_step_page, show_spent
from lanzarote.accounts.tokens import cookie
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from lanzarote.translation import N_
from lanzarote.types import SignInAnswer, SignInRequest
from lanzarote.web.asking import Asked, Data, Lang, OurSite
from lanzarote.web.gate import FORM, TooManyPosts, instance_of
from lanzarote.web.limits import RateLimit, sender_of
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import PRIVATE, form, from_anywhere, page, see_other
from lanzarote.web.site import START, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.accounts.entrance import Entered
    from lanzarote.types import EndedSession, IdentityProvider

BOUND: Final = "lanzarote-provider"
"""Cookie that binds a sign-in at a provider to the browser that began it."""
LONGEST: Final = 8_192
"""Of what a provider sends back in an address."""
BEGINS: Final = RateLimit(most=600)
"""More than other public forms: a whole institution signs in from one address, when its day or a training begins."""
STATUS: Final[Mapping[Reason, int]] = {"away": 503, "refused": 403, "late": 403, "lost": 403}
"""What a page about it answers; 502 for the rest."""
IDENTITIES_DONE: Final = {
    "linked": N_("Linked."),
    "unlinked": N_("No longer linked."),
}


@form("/{lang:str}/account/providers/{provider:str}", may="public", carried=False, counted=False, pool=PROVIDERS)
def begin(request: Asked, lang: Lang, provider: FromPath[str], site: OurSite, data: Data) -> Response[Any]:
    """Lead to the provider, to sign in or to accept an invitation."""
    view = site.view(request, lang)
    if seconds := BEGINS.wait(sender_of(request.scope)):
        raise TooManyPosts(seconds, ())
    chosen = entrance.find(view.instance, provider)
    invitation = text_of(data, "invitation")
    if invitation:
        with view.instance.database.read(INSTANCE) as session:
            secrets.look(session, invitation, "invitation", now())
    return _onward(view, chosen, next=local_path(text_of(data, "next")), invitation=invitation)


@page("/{lang:str}/account/providers/{provider:str}")
def not_begun(request: Asked, lang: Lang, provider: FromPath[str], site: OurSite) -> Response[Any]:
    """Where a reload leads: it begins with a form."""
    return see_other(site.view(request, lang).instance_href("account", "sign-in"))


@page("/account/providers/{provider:str}/back", pool=PROVIDERS)
def back(request: Asked, provider: FromPath[str], site: OurSite) -> Response[Any]:
    """Take up what the provider sends back: each state once, in the browser that began, within ten minutes."""
    database = instance_of(request).database
    bound, at = cookie(request.scope, BOUND), now()
    with database.write(INSTANCE) as session:
        asked = entrance.take(session, SignInBegun, at, _given(request, "state"), bound) if bound else None
    view = site.view(request, asked.lang if asked else site.negotiate(request, site.languages))
    chosen = entrance.find(view.instance, provider)
    if asked is None or asked.provider != provider:
        return _failed(view, chosen, "lost")
    answer = SignInAnswer(
        back=_back(view, chosen),
        code=_given(request, "code"),
        issuer=_given(request, "iss"),
        error=_given(request, "error"),
        nonce=asked.nonce,
        verifier=asked.verifier,
    )
    if asked.account_id not in ("", view.actor.account_id):
        return _failed(view, chosen, "lost", told=view._(OTHER_ACCOUNT) if view.actor.signed_in else "")
    try:
        identity = entrance.ask(chosen, "finish", answer)
        with database.write(ALL) as session:
            found = identities.arrive(session, asked, identity, browser_of(request), bound, at)
    except ProviderFailed as error:
        return _failed(view, chosen, error.reason, asked.next)
    except secrets.SpentLink as error:  # here, for the language in which they began
        return show_spent(view, error)
    except NotInvited as error:
        return _not_invited(view, chosen, error)
    except Refused as error:
        return _failed(view, chosen, "refused", told=view._(str(error)))
    if isinstance(found, Linked):
        return _unbound(see_other(view.instance_href("account", "identities", query={"done": "linked"})), request)
    if isinstance(found, Welcome):
        welcomed = _welcome(view, found.step, found.name, found.language)
        keep(welcomed, request, BOUND, bound, int(entrance.LASTS.total_seconds()))
        return welcomed
    return _unbound(_came_in(view, found, asked.next), request)


@page("/{lang:str}/account/welcome")
def no_welcome(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """There is none but on the way back from a provider."""
    return see_other(site.view(request, lang).instance_href("account", "sign-in"))


@form("/{lang:str}/account/welcome", may="public", carried=False)
def welcome(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    """Accept the invitation through the provider."""
    view, at = site.view(request, lang), now()
    name, language, step = text_of(data, "name"), language_of(view, data), text_of(data, "step")
    bound = cookie(request.scope, BOUND)
    if not text_of(data, "agreed"):
        return _welcome(view, step, name, language, Refused(UNAGREED, "agreed"))
    try:
        with view.instance.database.write(ALL) as session:
            arrived = entrance.take(session, Arrived, at, step, bound)
            if arrived is None:
                raise secrets.SpentLink(secrets.SPENT)
            found = identities.accept(session, arrived, browser_of(request), name=name, language=language, at=at)
            needed = service.needs_second_factor(session, arrived.account_id)
    except Refused as error:
        return _welcome(view, step, name, language, error, agreed=True)
    if isinstance(found, HalfWay):
        return _unbound(second_step_page(view, found, arrived.next, NOTHING), request)
    onward = ("account", "second-factor") if needed and not found.actor.strong else START
    return _unbound(enter(see_other(view.instance_href(*onward, lang=language)), request, found), request)


@page("/{lang:str}/account/identities", may="signed-in")
def list_identities(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    return _identities(site.view(request, lang))


@form("/{lang:str}/account/identities", may="signed-in", carried=False, pool=PROVIDERS)
def change_identities(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    """Link one's account with a provider, or unlink it: soon after signing in, with a second factor if there is one."""
    view, key, at = site.view(request, lang), text_of(data, "provider"), now()
    with view.instance.database.read(INSTANCE) as session:
        mine = {one.provider for one in identities.of_account(session, view.actor.account_id)}
        sure = identities.is_sure(session, view.reader.session, view.actor, at)
    if not sure:
        return _identities(view, Refused(identities.NOT_SURE, "provider"))
    if text_of(data, "what") == "unlink" and key in mine:
        with view.instance.database.write(INSTANCE) as session:
            identities.unlink(session, service.account(session, view.actor.account_id), key, at)
        return see_other(view.instance_href("account", "identities", query={"done": "unlinked"}))
    return _onward(view, entrance.find(view.instance, key), account_id=view.actor.account_id)


@page("/account/signed-out")
def signed_out(request: Asked, site: OurSite) -> Response[Any]:
    """Where a provider leads back to after signing out there, too; ``state`` begins with the language of the page."""
    asked = _given(request, "state").partition(".")[0]
    lang = asked if asked in site.languages else site.negotiate(request, site.languages)
    return see_other(site.view(request, lang).instance_href("account", "sign-in", query={"done": "out"}))


@from_anywhere(
    "/account/providers/{provider:str}/log-out",
    why="OpenID Connect Back-Channel Logout: the provider sends a signed token",
    request_max_body_size=64 * 1024,
)
async def end(request: Asked, provider: FromPath[str]) -> Response[Any]:
    """End sessions that the provider says have ended there."""
    token = ""
    if request.content_type[0] == FORM:
        token = str((await request.form()).get("logout_token", ""))
    return await LOG_OUTS.run(partial(_end, request, provider, token))


def _end(request: Asked, key: str, token: str) -> Response[Any]:
    instance, at = instance_of(request), now()
    chosen = instance.host.identity_providers.get(key)
    if chosen is None or not 0 < len(token) <= 2 * LONGEST:
        return _told("invalid_request", 404 if chosen is None else 400)
    try:
        ended: EndedSession = entrance.ask(chosen, "ended", token)
    except ProviderFailed as error:
        return _told("invalid_request", 503 if error.reason == "away" else 400)
    with instance.database.write(INSTANCE) as session:
        if not entrance.once(session, f"log-out/{key}/{ended.id}", ended.until, at):
            return _told("invalid_request", 400)
        sessions.end_of_provider(session, key, subject=ended.subject, provider_session=ended.session)
    return Response(b"", status_code=200, headers=dict(PRIVATE))


def _told(error: str, status: int) -> Response[Any]:
    return Response({"error": error}, status_code=status, headers=dict(PRIVATE), media_type="application/json")


def _onward(view: View, provider: IdentityProvider, *, next: str = "", **asked: str) -> Response[Any]:
    """Lead the browser to the provider, and keep for it what its answer is checked with."""
    nonce, verifier, state = (new_secret() for _ in range(3))
    # The same in all windows of the browser: who signs in in two of them comes back to both.
    bound = cookie(view.request.scope, BOUND) or new_secret()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    wanted = SignInRequest(
        back=_back(view, provider), state=state, nonce=nonce, challenge=challenge, language=view.lang
    )
    try:
        there = entrance.begin(view.instance, provider, wanted)
    except ProviderFailed as error:
        return _failed(view, provider, error.reason, next)
    kept = SignInBegun(provider=provider.key, lang=view.lang, next=next, nonce=nonce, verifier=verifier, **asked)
    with view.instance.database.write(INSTANCE) as session:
        entrance.make(session, kept, now(), bound, secret=state)
    # A page, and no redirect: browsers would not let a form of ours lead to another site.
    answer = show(view, "onward.html", provider=provider.label, href=there.address, out=False)
    keep(answer, view.request, BOUND, bound, int(entrance.LASTS.total_seconds()))
    return answer


def _back(view: View, provider: IdentityProvider) -> str:
    """The address that the provider knows: of the site where the browser is."""
    return f"{site_address(view.request)}/account/providers/{provider.key}/back"


def _given(request: Asked, name: str) -> str:
    return request.query_params.get(name, "")[:LONGEST]


def _unbound(answer: Response[Any], request: Asked) -> Response[Any]:
    keep(answer, request, BOUND, "", 0)
    return answer


def _came_in(view: View, found: Entered | HalfWay, wanted: str) -> Response[Any]:
    if isinstance(found, HalfWay):
        return second_step_page(view, found, wanted, NOTHING)
    return entered(view, found, wanted, NOTHING)


def _failed(view: View, provider: IdentityProvider, reason: Reason, next: str = "", *, told: str = "") -> Response[Any]:
    """Say why it did not work, and what to do."""
    already = reason == "lost" and not told and view.actor.signed_in
    told = told or view._(SIGNED_IN if already else TOLD[reason]) % {"provider": provider.label}
    return show(
        view,
        "provider_failed.html",
        status=STATUS.get(reason, 502),
        provider=provider,
        told=told,
        already=already,
        of_operator=reason in OF_OPERATOR,
        next=next,
    )


def _not_invited(view: View, provider: IdentityProvider, error: NotInvited) -> Response[Any]:
    return _unbound(
        show(
            view,
            "not_invited.html",
            status=403,
            provider=provider.label,
            address=error.address,
            verified=error.verified,
        ),
        view.request,
    )


def _welcome(
    view: View, step: str, name: str, language: str, error: Refused | None = None, *, agreed: bool = False
) -> Response[Any]:
    return show(
        view,
        "invitation.html",
        status=400 if error else 200,
        step=step,
        name=name,
        choices=languages(view, language),
        agreed=agreed,
        errors=(fault(view, error),) if error else (),
    )


def _identities(view: View, error: Refused | None = None) -> Response[Any]:
    with view.instance.database.read(INSTANCE) as session:
        mine = identities.of_account(session, view.actor.account_id)
        has_password = bool(service.account(session, view.actor.account_id).password)
    known = view.instance.host.identity_providers
    asked = view.request.query_params.get("done", "") if view.request.method != "POST" else ""
    return show(
        view,
        "identities.html",
        status=400 if error else 200,
        last_way=len(mine) == 1 and not has_password,
        linked=[(one, known[one.provider].label if one.provider in known else one.provider) for one in mine],
        others=[one for key, one in known.items() if key not in {link.provider for link in mine}],
        done=view._(IDENTITIES_DONE[asked]) if asked in IDENTITIES_DONE else "",
        errors=(fault(view, error),) if error else (),
    )

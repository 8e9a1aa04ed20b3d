"""The conversation with one provider: out to it, back from it, signing out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from authlib.common.urls import add_params_to_uri
from lanzarote import EndedSession, Identity, ProviderAddress, ProviderFault
from lanzarote import SignInAnswer as Answered
from lanzarote import SignInRequest as Wanted
from lanzarote import SignOutRequest as Leaving

from lanzarote_oidc.configuration import NotConfigured, Provider
from lanzarote_oidc.metadata import Metadata
from lanzarote_oidc.tokens import ClockOff, Untrusted, id_token, is_name, log_out_token, signed
from lanzarote_oidc.transport import Away, Deadline, Unusable, ask, basic

P = ParamSpec("P")
T = TypeVar("T")
LATE = frozenset({"invalid_grant"})
REFUSED = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})


class Refused(Exception):
    """The person, or the provider, said no."""


class Late(Exception):
    """The code was used already, or is too old."""


REASONS: dict[type[Exception], Any] = {
    Away: "away",
    Refused: "refused",
    Late: "late",
    Untrusted: "untrusted",
    ClockOff: "clock",
    Unusable: "settings",
    NotConfigured: "settings",
}


def _told(
    function: Callable[Concatenate[Conversation, P], T],
) -> Callable[Concatenate[Conversation, P], T | ProviderFault]:
    """What does not work is returned, not raised: it is no fault of this package."""

    @wraps(function)
    def called(self: Conversation, *args: P.args, **kwargs: P.kwargs) -> T | ProviderFault:
        try:
            return function(self, *args, **kwargs)
        except tuple(REASONS) as error:
            return ProviderFault(reason=REASONS[type(error)], told=str(error)[:2_000])

    return called  # type: ignore[return-value]


class Conversation:
    """With one provider."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._metadata = Metadata(provider.issuer, pkce=provider.pkce)

    @_told
    def begin(self, wanted: Wanted) -> ProviderAddress:
        """The address at which somebody signs in."""
        one = self._provider
        params = {
            "response_type": "code",
            "client_id": one.client_id,
            "redirect_uri": wanted.back,
            "scope": " ".join(one.scopes),
            "state": wanted.state,
            "nonce": wanted.nonce,
        }
        if one.pkce:
            params |= {"code_challenge": wanted.challenge, "code_challenge_method": "S256"}
        further = {
            "ui_locales": wanted.language if one.language else "",
            "acr_values": one.acr_values,
            "claims": one.claims,
        }
        params |= {name: value for name, value in further.items() if value}
        there = self._metadata.address("authorization_endpoint", Deadline())
        return ProviderAddress(address=add_params_to_uri(there, list(params.items())))

    @_told
    def finish(self, answered: Answered) -> Identity:
        """Exchange the code; who it is, verified."""
        deadline = Deadline()
        said = self._metadata.said(deadline)
        says_issuer = answered.issuer or said.get("authorization_response_iss_parameter_supported") is True
        if says_issuer and answered.issuer != self._provider.issuer:
            raise Untrusted("an answer of another issuer")
        if answered.error:
            if answered.error in REFUSED:
                raise Refused(answered.error)
            if answered.error in ("temporarily_unavailable", "server_error"):
                raise Away(f"it answered {answered.error}")
            raise Unusable(f"it answered {answered.error[:100]!r}")
        if not answered.code:
            raise Untrusted("an answer without a code")
        given = self._exchanged(answered, deadline)
        token, access_token = given.get("id_token"), given.get("access_token", "")
        if not isinstance(token, str) or not isinstance(access_token, str):
            raise Untrusted("no ID token came")
        claims = id_token(
            token, self._provider, self._metadata, deadline, nonce=answered.nonce, access_token=access_token
        )
        return self._identity(self._completed(claims, access_token, deadline), token)

    @_told
    def leave(self, leaving: Leaving) -> ProviderAddress:
        """The address at which somebody signs out; empty where there is none (OpenID Connect RP-Initiated Logout)."""
        deadline = Deadline()
        there = self._metadata.address("end_session_endpoint", deadline, required=False)
        if not there or not self._provider.sign_out:
            return ProviderAddress(address="")
        params = {"post_logout_redirect_uri": leaving.back, "state": leaving.state}
        params |= {"id_token_hint": leaving.id_token} if leaving.id_token else {"client_id": self._provider.client_id}
        return ProviderAddress(address=add_params_to_uri(there, list(params.items())))

    @_told
    def ended(self, token: str) -> EndedSession:
        """Who has signed out at the provider."""
        claims = log_out_token(token, self._provider, self._metadata, Deadline())
        return EndedSession(
            id=claims["jti"],
            until=datetime.fromtimestamp(claims["exp"], UTC),
            subject=claims.get("sub", ""),
            session=claims.get("sid", ""),
        )

    @_told
    def examine(self) -> ProviderAddress:
        """Discovery, keys and the secret."""
        deadline = Deadline()
        self._provider.secret()
        there = self._metadata.address("authorization_endpoint", deadline)
        self._metadata.address("token_endpoint", deadline)
        self._metadata.keys(deadline)
        return ProviderAddress(address=there)

    def _exchanged(self, answered: Answered, deadline: Deadline) -> dict[str, Any]:
        one = self._provider
        form = {
            "grant_type": "authorization_code",
            "code": answered.code,
            "redirect_uri": answered.back,
        }
        if one.pkce:
            form["code_verifier"] = answered.verifier
        headers: dict[str, str] = {}
        secret = one.secret()
        if secret and self._way() == "client_secret_basic":
            headers["Authorization"] = basic(one.client_id, secret)
        else:
            form["client_id"] = one.client_id
            if secret:
                form["client_secret"] = secret
        answer = ask(self._metadata.address("token_endpoint", deadline), deadline, form=form, headers=headers)
        given = answer.values()
        if answer.status == 200:
            return given
        error = str(given.get("error", ""))[:100]
        if error in LATE:
            raise Late("the code is not taken")
        raise Unusable(f"its token endpoint answered {answer.status} {error!r}")

    def _way(self) -> str:
        """How the secret is sent: as the settings say, else as the provider does."""
        offered = self._metadata.said(Deadline()).get("token_endpoint_auth_methods_supported")
        default = "client_secret_basic"
        if not self._provider.token_auth and isinstance(offered, list) and default not in offered:
            return "client_secret_post"
        return self._provider.token_auth or default

    def _completed(self, claims: dict[str, Any], access_token: str, deadline: Deadline) -> dict[str, Any]:
        """The claims, with what the ID token lacks from the provider's user information."""
        wanted = ["email", *([self._provider.groups_claim] if self._provider.groups_claim else [])]
        there = self._metadata.address("userinfo_endpoint", deadline, required=False)
        if not there or not access_token or all(name in claims for name in wanted):
            return claims
        answer = ask(there, deadline, headers={"Authorization": f"Bearer {access_token}"})
        if answer.status != 200:
            raise Unusable(f"its user information answered {answer.status}")
        if answer.kind == "application/jwt":
            more: dict[str, Any] = dict(signed(answer.body.decode("latin-1"), self._metadata, deadline).claims)
        else:
            more = answer.values()
        if more.get("sub") != claims["sub"] or more.get("iss", self._provider.issuer) != self._provider.issuer:
            raise Untrusted("user information about somebody else")
        if claims.get("email", more.get("email")) != more.get("email"):
            more.pop("email_verified", None)  # it is said of another address
        return {**more, **claims}

    def _identity(self, claims: dict[str, Any], token: str) -> Identity:
        one = self._provider
        groups = self._groups(claims)
        methods = claims.get("amr")
        strong = claims.get("acr") in one.strong_acr or any(
            method in one.strong_amr for method in (methods if isinstance(methods, list) else ())
        )
        address = claims.get("email")
        address = address.strip() if is_name(address) else ""
        verified = claims.get("email_verified")
        vouched = verified is True or (verified is None and one.addresses_verified)
        if one.address_domains:
            vouched = vouched and address.rpartition("@")[2].lower() in {name.lower() for name in one.address_domains}
        sid = claims.get("sid")
        return Identity(
            issuer=one.issuer,
            subject=claims["sub"],
            address=address,
            address_verified=bool(address) and vouched,
            name=_name(claims),
            groups=groups,
            roles=tuple(mapped.proposed() for mapped in one.groups if mapped.group in (groups or ())),
            strong=strong,
            session=sid if is_name(sid) else "",
            id_token=token if len(token) <= 16_384 else "",
        )

    def _groups(self, claims: dict[str, Any]) -> tuple[str, ...] | None:
        """None where the provider does not say, or says that they are too many to be listed."""
        name = self._provider.groups_claim
        listed = claims.get(name) if name else None
        elsewhere = claims.get("_claim_names")
        if not name or (isinstance(elsewhere, dict) and name in elsewhere):
            return None
        if isinstance(listed, str):
            listed = [listed]
        if not isinstance(listed, list):
            return ()
        found = tuple(one for one in listed if is_name(one))
        mapped = {one.group for one in self._provider.groups}
        return tuple(dict.fromkeys(sorted(found, key=lambda one: one not in mapped)))[:1_000]


def _name(claims: dict[str, Any]) -> str:
    parts = [claims.get("name")] if claims.get("name") else [claims.get("given_name"), claims.get("family_name")]
    parts = parts if any(parts) else [claims.get("usual_name")]
    return " ".join(part for part in parts if is_name(part))[:200]

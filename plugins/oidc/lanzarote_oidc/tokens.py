"""Verifies what a provider signs: ID tokens, user information, log-out tokens."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeGuard

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry

if TYPE_CHECKING:
    from lanzarote_oidc.configuration import Provider
    from lanzarote_oidc.metadata import Metadata
    from lanzarote_oidc.transport import Deadline

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Never *none*, and none with a shared secret."""
LEEWAY = 60
"""Seconds by which clocks may differ."""
LOG_OUT = "http://schemas.openid.net/event/backchannel-logout"
LOG_OUT_LASTS = 600
"""Seconds after which a log-out token without an end is too old."""


LOG_OUT_LONGEST = 80_000
"""Seconds for which one counts at most: each is remembered for a day, so that it is taken once."""
LONGEST_NAME = 255


class Untrusted(Exception):
    """It fails a check."""


class ClockOff(Exception):
    """It is right but for its time."""


class _Registry(JWSRegistry):
    max_header_length = 8_192


def id_token(
    token: str, provider: Provider, metadata: Metadata, deadline: Deadline, *, nonce: str, access_token: str
) -> dict[str, Any]:
    """The claims of an ID token. Raises Untrusted, ClockOff, Away, Unusable."""
    found = signed(token, metadata, deadline)
    options: dict[str, Any] = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
    }
    params = {"client_id": provider.client_id, "nonce": nonce, "access_token": access_token}
    claims = CodeIDToken(found.claims, found.header, options, params)
    _in_time(claims)
    if not is_name(claims["sub"]):
        raise Untrusted("sub is no text of 1 to 255 characters")
    return dict(claims)


def signed(token: str, metadata: Metadata, deadline: Deadline) -> jwt.Token:
    """*token*, if the provider has signed it. Raises Untrusted, Away, Unusable."""
    try:
        return _decoded(token, metadata, deadline, anew=False)
    except (JoseError, ValueError, TypeError):
        pass  # it may have new keys
    try:
        return _decoded(token, metadata, deadline, anew=True)
    except (JoseError, ValueError, TypeError) as error:
        raise Untrusted(f"what is signed cannot be verified ({type(error).__name__})") from None


def log_out_token(token: str, provider: Provider, metadata: Metadata, deadline: Deadline) -> dict[str, Any]:
    """The claims of a log-out token (OpenID Connect Back-Channel Logout 1.0, 2.6); ``exp``: until when it is taken.

    Raises Untrusted, ClockOff, Away, Unusable.
    """
    found = signed(token, metadata, deadline)
    claims = found.claims
    if claims.get("iss") != provider.issuer:
        raise Untrusted("a log-out token of another issuer")
    audience = claims.get("aud")
    if provider.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise Untrusted("a log-out token for somebody else")
    if "nonce" in claims:
        raise Untrusted("an ID token in the place of a log-out token")
    events = claims.get("events")
    if not isinstance(events, dict) or LOG_OUT not in events:
        raise Untrusted("a token that is about no log-out")
    if not is_name(claims.get("jti")):
        raise Untrusted("a log-out token without an id of its own")
    named = [claims[name] for name in ("sub", "sid") if name in claims]
    if not named or not all(is_name(one) for one in named):
        raise Untrusted("a log-out token that names nobody")
    at, issued = time.time(), _moment(claims.get("iat"))
    ends = min(_moment(claims.get("exp", issued + LOG_OUT_LASTS)), issued + LOG_OUT_LONGEST) + LEEWAY
    if issued > at + LEEWAY or at > ends:
        raise ClockOff("a log-out token of another time")
    return {**claims, "exp": ends}


def is_name(given: Any) -> TypeGuard[str]:
    """Whether it can be the name of somebody or something: a text that is neither empty nor long, nor unprintable."""
    return isinstance(given, str) and 0 < len(given) <= LONGEST_NAME and given.isprintable()


def _decoded(token: str, metadata: Metadata, deadline: Deadline, *, anew: bool) -> jwt.Token:
    registry = _Registry(algorithms=ALGORITHMS, strict_check_header=False)
    keys = metadata.keys(deadline, anew=anew)
    known = keys.keys
    key = keys if len(known) > 1 else known[0]  # a provider with one key may leave its name out
    return jwt.decode(token, key, algorithms=ALGORITHMS, registry=registry)


def _in_time(claims: CodeIDToken) -> None:
    """First everything but the time, so that a wrong clock is told from a lie."""
    issued, _ = _moment(claims.get("iat")), _moment(claims.get("exp"))
    try:
        claims.validate(now=int(issued), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError) as error:
        name = getattr(error, "claim", "") or type(error).__name__
        raise Untrusted(f"an ID token in which {name} is not right") from None
    try:
        claims.validate(now=int(time.time()), leeway=LEEWAY)
    except ExpiredTokenError:
        raise ClockOff("an ID token that has ended") from None
    except JoseError:
        raise ClockOff("an ID token of a time to come") from None


def _moment(given: Any) -> float:
    """Raises Untrusted."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < 1e11:
        raise Untrusted("a token without a time")
    return float(given)

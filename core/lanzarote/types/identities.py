"""What crosses between the platform and a package that lets people sign in with an account of their institution.

The platform keeps what protects a sign-in (state, nonce, the verifier of PKCE), and decides who gets in. The package
talks to the provider and verifies what it says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanzarote.types.values import Key, Language

Short = Annotated[str, Meta(max_length=2_000)]
Named = Annotated[str, Meta(min_length=1, max_length=255)]
"""What names somebody or something at a provider."""


class SignInRequest(Struct, frozen=True, kw_only=True):
    """A person wants to sign in through the provider."""

    back: str
    """The address to which the provider leads back."""
    state: str
    nonce: str
    challenge: str
    """Of PKCE, made with S256."""
    language: Language
    """In which the person reads."""


class SignInAnswer(Struct, frozen=True, kw_only=True):
    """What the provider sent back through the browser, and what the platform kept for it."""

    back: str
    code: str = ""
    issuer: str = ""
    """The parameter ``iss`` (RFC 9207)."""
    error: str = ""
    nonce: str
    verifier: str
    """Of PKCE."""


class SignOutRequest(Struct, frozen=True, kw_only=True):
    """A person who came through the provider has signed out here."""

    back: str
    state: str
    id_token: str
    """As it came with ``Identity``; empty if there is none."""


class ProviderAddress(Struct, frozen=True, kw_only=True, tag="address"):
    """Where the browser goes next."""

    address: Annotated[str, Meta(max_length=20_000)]
    """Empty: nowhere, for the provider offers nothing of the kind."""


class ProposedRole(Struct, frozen=True, kw_only=True):
    """A role that the settings propose for a group; a coordinator of the region accepts it or refuses it."""

    group: Named
    role: Literal["contributor", "reviewer", "coordinator"]
    region: Key


class Identity(Struct, frozen=True, kw_only=True, tag="identity"):
    """Who somebody is, as the provider says and as the package has verified."""

    issuer: Named
    subject: Named
    """With the issuer, the only thing by which somebody is known again."""
    address: Annotated[str, Meta(max_length=254)] = ""
    address_verified: bool = False
    """The provider vouches that the address is theirs."""
    name: Annotated[str, Meta(max_length=200)] = ""
    groups: Annotated[tuple[Named, ...], Meta(max_length=1_000)] | None = None
    """None: the provider does not say."""
    roles: Annotated[tuple[ProposedRole, ...], Meta(max_length=200)] = ()
    """Those that the settings propose for these groups."""
    strong: bool = False
    """The provider vouches for a second factor."""
    session: Annotated[str, Meta(max_length=255)] = ""
    """The provider's own id of its session (``sid``)."""
    id_token: Annotated[str, Meta(max_length=16_384)] = ""
    """To be handed back at sign-out."""


class EndedSession(Struct, frozen=True, kw_only=True, tag="ended"):
    """The provider says that somebody has signed out there."""

    id: Named
    """Of this very message (``jti``): it is taken once."""
    until: datetime
    """After this it no longer counts."""
    subject: Annotated[str, Meta(max_length=255)] = ""
    session: Annotated[str, Meta(max_length=255)] = ""
    """One of the two is given; with a session, only that one ends."""


class ProviderFault(Struct, frozen=True, kw_only=True, tag="fault"):
    """It did not work."""

    reason: Literal["away", "refused", "late", "untrusted", "clock", "settings"]
    """``away``: no answer; ``refused``: the person or the provider said no; ``late``: the code is used or too old;
    ``untrusted``: what came fails a check; ``clock``: the clocks differ; ``settings``: they do not fit the provider."""
    told: Short
    """For the log and ``lanzarote doctor``: what exactly, without secrets and without names of persons."""


class IdentityProvider(Struct, frozen=True, kw_only=True):
    """A place where people of an institution sign in."""

    key: Key
    """Part of addresses that the provider knows: permanent."""
    label: str
    """What people call it, on the button and in messages."""
    begin: Callable[[SignInRequest], ProviderAddress | ProviderFault]
    """Where the browser goes to sign in."""
    finish: Callable[[SignInAnswer], Identity | ProviderFault]
    """Exchange the code, and verify who it is."""
    leave: Callable[[SignOutRequest], ProviderAddress | ProviderFault]
    """Where the browser goes to sign out there too."""
    ended: Callable[[str], EndedSession | ProviderFault]
    """Verify a log-out token that the provider sent."""
    examine: Callable[[], ProviderAddress | ProviderFault]
    """Look whether the provider can be reached and fits the settings: its address, or why not."""

"""Lets people sign in with the account of their institution: OpenID Connect, authorization code with PKCE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote import IdentityProvider, hookimpl

from lanzarote_oidc.configuration import read_configuration
from lanzarote_oidc.conversation import Conversation

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["identity_providers"]


@hookimpl
def identity_providers() -> Iterator[IdentityProvider]:
    """The providers of the settings; none where nothing is set. Raises NotConfigured."""
    for provider in read_configuration():
        with_it = Conversation(provider)
        yield IdentityProvider(
            key=provider.key,
            label=provider.label,
            begin=with_it.begin,
            finish=with_it.finish,
            leave=with_it.leave,
            ended=with_it.ended,
            examine=with_it.examine,
        )

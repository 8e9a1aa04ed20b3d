"""Where to post and with which secret, from the environment; each error names its variable and the way out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESSES = "LANZAROTE_PLUGIN_WEBHOOK_ADDRESSES"
SECRET = "LANZAROTE_PLUGIN_WEBHOOK_SECRET"  # noqa: S105 - the name of it
SHORTEST_SECRET = 20


class NotConfigured(Exception):
    """What is to be told waits until the settings are right."""


@dataclass(frozen=True)
class Configuration:
    addresses: tuple[str, ...]
    secret: bytes = field(repr=False)


def read_configuration(environ: Mapping[str, str] | None = None) -> Configuration:
    """Raises NotConfigured."""
    env = os.environ if environ is None else environ
    addresses = tuple(env.get(ADDRESSES, "").replace(",", " ").split())
    if not addresses:
        raise NotConfigured(f"say where to post, in {ADDRESSES}; several addresses are separated by blanks")
    for number, address in enumerate(addresses, 1):
        if not is_safe(address):
            # Not repeated here: it may hold a key.
            raise NotConfigured(
                f"address {number} of {ADDRESSES} cannot be used; it begins with https:// "
                "(http:// on this machine only) and holds no user, no password and no #"
            )
    secret = env.get(SECRET, "")
    if len(secret) < SHORTEST_SECRET:
        raise NotConfigured(f"choose a secret of at least {SHORTEST_SECRET} characters for signatures, in {SECRET}")
    return Configuration(addresses=addresses, secret=secret.encode())


def is_safe(address: str) -> bool:
    """Whether what is posted there is read by nobody on the way.

    >>> is_safe("https://example.org/hook"), is_safe("http://127.0.0.1:8000/"), is_safe("http://example.org/")
    (True, True, False)
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port  # ValueError for what is none
    except ValueError:
        return False
    if not host or parts.username or parts.password or parts.fragment or not address.isascii():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

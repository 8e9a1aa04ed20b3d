"""What a provider says of itself (discovery) and its keys: asked once in a while, and when a key is unknown."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lanzarote_oidc.configuration import is_here, is_safe
from lanzarote_oidc.transport import Away, Deadline, Unusable, ask

KEPT = 600.0
"""Seconds for which what a provider says is remembered."""
ANEW_AFTER = 30.0
"""Seconds after which an unknown key is a reason to ask for keys again."""


PAUSE = 15.0
"""Seconds for which a provider that did not answer is not asked again: who signs in elsewhere does not wait for it."""


class Metadata:
    """One provider's own account of itself."""

    def __init__(self, issuer: str, *, pkce: bool = True) -> None:
        self.issuer, self._pkce = issuer, pkce
        self._said: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._said_at = self._keys_at = self._away_at = float("-inf")

    def said(self, deadline: Deadline) -> dict[str, Any]:
        """Raises Away, Unusable."""
        if time.monotonic() - self._said_at > KEPT:
            if time.monotonic() - self._away_at < PAUSE:
                raise Away("it did not answer just now")
            address = get_well_known_url(self.issuer, external=True)
            try:
                answer = ask(address, deadline)
            except Away:
                self._away_at = time.monotonic()
                raise
            if answer.status != 200:
                raise Unusable(f"{urlsplit(address).hostname} answered {answer.status} to {urlsplit(address).path}")
            self._said, self._said_at = self._checked(answer.values()), time.monotonic()
        return self._said

    def address(self, name: str, deadline: Deadline, *, required: bool = True) -> str:
        """An address that the provider names; empty where it does not have to. Raises Away, Unusable."""
        found = self.said(deadline).get(name, "")
        if not found and not required:
            return ""
        if not isinstance(found, str) or not is_safe(found) or (is_here(found) and not is_here(self.issuer)):
            raise Unusable(f"{name} is missing, or does not begin with https://")
        return found

    def keys(self, deadline: Deadline, *, anew: bool = False) -> KeySet:
        """The keys with which the provider signs. Raises Away, Unusable."""
        age = time.monotonic() - self._keys_at
        if self._keys is None or age > KEPT or (anew and age > ANEW_AFTER):
            answer = ask(self.address("jwks_uri", deadline), deadline)
            if answer.status != 200:
                raise Unusable(f"the address of its keys answered {answer.status}")
            told = answer.values().get("keys")
            usable = []
            for one in told if isinstance(told, list) else ():
                # Keys of kinds that we do not know are for others; symmetric ones are never published.
                if isinstance(one, dict) and one.get("kty") in ("RSA", "EC", "OKP") and one.get("use", "sig") == "sig":
                    try:
                        usable += KeySet.import_key_set({"keys": [one]}).keys
                    except (JoseError, ValueError, TypeError, KeyError):
                        continue
            if not usable:
                raise Unusable("it publishes no key that could be used")
            self._keys, self._keys_at = KeySet(usable), time.monotonic()
        return self._keys

    def _checked(self, said: dict[str, Any]) -> dict[str, Any]:
        if said.get("issuer") != self.issuer:
            raise Unusable(f"it calls itself {str(said.get('issuer'))[:200]!r}, and the settings say {self.issuer!r}")
        methods = said.get("code_challenge_methods_supported")
        if self._pkce and isinstance(methods, list) and "S256" not in methods:
            raise Unusable("it does not offer PKCE with S256")
        return said

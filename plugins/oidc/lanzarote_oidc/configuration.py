"""The providers of the settings: one in variables, or several in a file. Each error names its place and the way out."""

from __future__ import annotations

import os
import re
import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from lanzarote.types import Key, ProposedRole
from msgspec import Meta, Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "LANZAROTE_PLUGIN_OIDC_"
FILE = f"{PREFIX}FILE"
ONE = (
    "KEY",
    "LABEL",
    "ISSUER",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "CLIENT_SECRET_FILE",
    "TOKEN_AUTH",
    "SCOPES",
    "ACR_VALUES",
    "CLAIMS",
    "LANGUAGE",
    "PKCE",
    "STRONG_ACR",
    "STRONG_AMR",
    "ADDRESSES_VERIFIED",
    "ADDRESS_DOMAINS",
    "GROUPS_CLAIM",
    "SIGN_OUT",
)
"""Variables of a single provider, without the prefix; the same as the keys of a file."""
LISTS = {"SCOPES", "STRONG_ACR", "STRONG_AMR", "ADDRESS_DOMAINS"}
SWITCHES = {"ADDRESSES_VERIFIED", "LANGUAGE", "PKCE", "SIGN_OUT"}

_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
Text = Annotated[str, Meta(min_length=1, max_length=1_000)]


class NotConfigured(Exception):
    """The settings cannot be used."""


class Group(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role that is proposed for those who are in a group."""

    group: Annotated[str, Meta(min_length=1, max_length=255)]
    role: Literal["contributor", "reviewer", "coordinator"]
    region: Key

    def proposed(self) -> ProposedRole:
        return ProposedRole(group=self.group, role=self.role, region=self.region)


class Provider(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One provider, as a table of the file has it."""

    key: Key = "institution"
    """Part of the addresses that the provider knows: permanent. In a file, the name of the table."""
    label: Text
    """On the button: what people call it."""
    issuer: Text
    client_id: Text
    client_secret: str = ""
    client_secret_file: str = ""
    """A file that holds the secret and nothing else; read anew at each use."""
    token_auth: Literal["", "client_secret_basic", "client_secret_post"] = ""
    """How the secret is sent; empty: as the provider says."""
    scopes: tuple[Text, ...] = ("openid", "email", "profile")
    acr_values: str = ""
    """What is asked of the provider."""
    claims: str = ""
    """The same as JSON (``claims``), for a provider that sends some only when it is asked."""
    language: bool = True
    """Tell the provider the language of the page (``ui_locales``)."""
    pkce: bool = True
    """Off only for a provider that refuses it; then there has to be a secret."""
    strong_acr: tuple[Text, ...] = ()
    """Values of ``acr`` by which the provider vouches for a second factor."""
    strong_amr: tuple[Text, ...] = ()
    """The same of ``amr``: one of them is enough."""
    addresses_verified: bool = False
    """The provider vouches for every address that it sends, although it does not send ``email_verified``."""
    address_domains: tuple[Text, ...] = ()
    """The provider vouches for addresses of these domains alone; empty: of all."""
    groups_claim: str = ""
    """The claim that lists groups; empty: none."""
    groups: tuple[Group, ...] = ()
    sign_out: bool = True
    """Whoever signs out here signs out there too, where the provider offers it."""

    def secret(self) -> str:
        """The secret; empty for a public client. Raises NotConfigured."""
        if not self.client_secret_file:
            return self.client_secret
        try:
            return Path(self.client_secret_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise NotConfigured(f"client_secret_file of {self.key} cannot be read: {reason}") from None


def read_configuration(environ: Mapping[str, str] | None = None) -> tuple[Provider, ...]:
    """Raises NotConfigured."""
    env = os.environ if environ is None else environ
    given = {name: value.strip() for name in ONE if (value := env.get(f"{PREFIX}{name}", "")).strip()}
    known = {FILE, *(f"{PREFIX}{name}" for name in ONE)}
    if unknown := sorted(name for name in env if name.startswith(PREFIX) and name not in known):
        raise NotConfigured(f"{unknown[0]} is no setting; the settings are {FILE} and {PREFIX}… {', '.join(ONE)}")
    file = env.get(FILE, "").strip()
    if file and given:
        raise NotConfigured(f"{FILE} and {PREFIX}{next(iter(given))} are both set; put all providers into the file")
    if file:
        return _in_file(file)
    return (_provider(_from_variables(given), f"{PREFIX}…"),) if given else ()


def _in_file(file: str) -> tuple[Provider, ...]:
    try:
        tables = tomllib.loads(Path(file).read_text("utf-8"))
    except OSError as error:
        raise NotConfigured(f"the file that {FILE} names cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NotConfigured(f"the file that {FILE} names is no TOML: {error}") from None
    for key, table in tables.items():
        if not isinstance(table, dict):
            raise NotConfigured(f"{key} stands outside a table; begin a table for each provider, such as [town]")
    return tuple(_provider({**table, "key": key}, f"[{key}]") for key, table in tables.items())


def _from_variables(given: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in SWITCHES and value not in ("on", "off"):
            raise NotConfigured(f"{PREFIX}{name} is {value!r}; say on or off")
        split = value.replace(",", " ").split()
        values[name.lower()] = split if name in LISTS else value == "on" if name in SWITCHES else value
    values.setdefault("label", urlsplit(values.get("issuer", "")).hostname or "OpenID Connect")
    return values


def _provider(values: dict[str, Any], place: str) -> Provider:
    try:
        one = msgspec.convert(values, Provider)
    except msgspec.ValidationError as error:
        raise NotConfigured(f"{place}: {error}") from None
    if not is_safe(one.issuer):
        told = "begin it with https:// (http:// on this machine only), without user, password, ? and #"
        raise NotConfigured(f"{place}: the issuer cannot be used; {told}")
    if one.client_secret and one.client_secret_file:
        raise NotConfigured(f"{place}: name client_secret or client_secret_file, not both")
    if not (one.pkce or one.client_secret or one.client_secret_file):
        raise NotConfigured(f"{place}: without pkce there has to be a client_secret or client_secret_file")
    if "openid" not in one.scopes:
        raise NotConfigured(f"{place}: scopes lack openid")
    if wrong := next((name for name in one.address_domains if not _DOMAIN.fullmatch(name)), ""):
        raise NotConfigured(
            f"{place}: address_domains holds {wrong!r}; write the part behind the @, such as town.example"
        )
    if one.groups and not one.groups_claim:
        raise NotConfigured(f"{place}: groups need groups_claim, the claim that lists them")
    return one


def is_safe(address: str) -> bool:
    """Whether what is sent there is read by nobody on the way.

    >>> is_safe("https://login.example/realms/town"), is_safe("http://127.0.0.1:80/"), is_safe("http://login.example/")
    (True, True, False)
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port  # ValueError for what is none
    except ValueError:
        return False
    if not host or parts.username or parts.password or parts.fragment or not address.isascii() or " " in address:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_here(address))


def is_here(address: str) -> bool:
    """Whether *address* is one of this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

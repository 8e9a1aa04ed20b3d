"""An intranet that signs who somebody is with a secret that it shares with this package."""

import hmac
import json
import os
from urllib.parse import urlencode

from lanzarote import Identity, IdentityProvider, ProviderAddress, ProviderFault, hookimpl

INTRANET = "https://intranet.example"


def begin(wanted):
    asked = {"back": wanted.back, "state": wanted.state, "nonce": wanted.nonce}
    return ProviderAddress(address=f"{INTRANET}/card?{urlencode(asked)}")


def finish(answer):
    told, _, signature = answer.code.rpartition(".")
    key = os.environ.get("LANZAROTE_PLUGIN_EXAMPLE_SECRET", "").encode()
    if not key:
        return ProviderFault(reason="settings", told="LANZAROTE_PLUGIN_EXAMPLE_SECRET is not set")
    if not hmac.compare_digest(hmac.new(key, told.encode(), "sha256").hexdigest(), signature):
        return ProviderFault(reason="untrusted", told="the card is not signed by the intranet")
    card = json.loads(told)
    if card["nonce"] != answer.nonce:
        return ProviderFault(reason="untrusted", told="the card was made for another sign-in")
    return Identity(issuer=INTRANET, subject=card["number"], address=card["address"], address_verified=True)


def leave(leaving):
    return ProviderAddress(address="")


def ended(token):
    return ProviderFault(reason="settings", told="the intranet sends no log-out tokens")


def examine():
    return ProviderAddress(address=INTRANET)


@hookimpl
def identity_providers():
    yield IdentityProvider(
        key="intranet", label="Intranet", begin=begin, finish=finish, leave=leave, ended=ended, examine=examine
    )

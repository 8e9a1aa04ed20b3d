"""The providers at which people of institutions sign in, and how they are asked: each call by its own package."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, Literal

from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.plugins.packages import CallFailed
from lanzarote.runtime import last_done
from lanzarote.translation import N_
from lanzarote.types import ProviderAddress, ProviderFault
from lanzarote.web.pools import Pool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.instance import Instance
    from lanzarote.types import IdentityProvider, SignInRequest

log = logging.getLogger("lanzarote.accounts")
SECONDS: Final = 15.0
"""After which a provider has not answered."""
PROVIDERS: Final = Pool("providers", threads=4, waiting=20)
"""A provider that is slow makes nobody wait but those who sign in through one."""
LOG_OUTS: Final = Pool("log-outs", threads=1, waiting=20)
"""What anybody may send as a log-out token: it holds up no sign-in."""

Function = Literal["begin", "finish", "leave", "ended", "examine"]
Reason = Literal["away", "refused", "late", "untrusted", "clock", "settings", "lost"]
TOLD: Final[Mapping[Reason, str]] = {
    "away": N_("%(provider)s does not answer. Try again in a few minutes."),
    "refused": N_("You cancelled the sign-in, or %(provider)s refused it. Try again, or ask your institution why."),
    "late": N_("The sign-in at %(provider)s took too long, or was used already. Start again."),
    "untrusted": N_("The answer of %(provider)s failed a security check."),
    "clock": N_("The clock of %(provider)s differs from the clock of this site."),
    "settings": N_("The sign-in through %(provider)s is not set up correctly."),
    "lost": N_(
        "This sign-in started in another browser, took more than ten minutes, or was used already. Start again."
    ),
}
"""Why it did not work → what the person reads; to be translated."""
SIGNED_IN: Final = N_("You are signed in already. This sign-in took more than ten minutes, or was used before.")
"""The same as ``lost``, to somebody who went back in their browser, or signed in in two windows."""
OTHER_ACCOUNT: Final = N_("When you started, you were signed in with another account. Start again.")
OF_OPERATOR: Final = frozenset({"untrusted", "clock", "settings"})
"""What only those who run the site can put right."""


class ProviderFailed(LanzaroteError):
    """A provider could not be used; *reason* says why in one word of ``TOLD``."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def find(instance: Instance, key: str) -> IdentityProvider:
    """Raises NotFound."""
    provider = instance.host.identity_providers.get(key)
    if provider is None:
        raise NotFound("There is no such provider here.")
    return provider


def begin(instance: Instance, provider: IdentityProvider, wanted: SignInRequest) -> ProviderAddress:
    """Where somebody signs in. What kept the last one from it is noted, for those who run the site.

    Raises ProviderFailed.
    """
    try:
        there: ProviderAddress = ask(provider, "begin", wanted)
    except ProviderFailed as error:
        last_done.note(instance.settings.data, "failed-sign-in", where=provider.label, why=error.reason)
        raise
    failed = last_done.last(instance.settings.data, "failed-sign-in")
    if failed and failed.where == provider.label:
        last_done.forget(instance.settings.data, "failed-sign-in")
    return there


def ask(
    provider: IdentityProvider, function: Literal["begin", "finish", "leave", "ended", "examine"], *given: Any
) -> Any:
    """What the *function* of a provider answers. Raises ProviderFailed; the log says exactly why."""
    try:
        answer = getattr(provider, function)(*given, seconds=SECONDS)
    except CallFailed as error:
        log.error("The package of the provider %s failed (%s): %s", provider.key, function, error)
        raise ProviderFailed("away") from None
    if isinstance(answer, ProviderFault):
        log.warning("The provider %s (%s): %s: %s", provider.key, function, answer.reason, answer.told)
        raise ProviderFailed(answer.reason)
    if isinstance(answer, ProviderAddress) and not _leads(answer.address, function):
        log.error("The provider %s (%s): it names no address that a browser can go to", provider.key, function)
        raise ProviderFailed("settings")
    return answer


def _leads(address: str, function: str) -> bool:
    """Whether a browser can go to *address*; to sign out, there may be none."""
    return address.startswith(("https://", "http://")) or (function == "leave" and not address)

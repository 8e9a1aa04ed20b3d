"""A provider that says what a test wants, as a package brings one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lanzarote import (
    EndedSession,
    Identity,
    IdentityProvider,
    ProviderAddress,
    ProviderFault,
    SignInAnswer,
    SignInRequest,
    SignOutRequest,
    hookimpl,
)
from lanzarote.records.records import now

if TYPE_CHECKING:
    from tests.core.accounts.team import Browser

ISSUER = "https://login.example/town"
ADDRESS = "https://login.example/authorize"
ANA = Identity(issuer=ISSUER, subject="ana", address="ana@school.example", address_verified=True, name="Ana Plume")


class Town:
    """What it ``says`` when somebody comes back from it."""

    def __init__(self, says: Identity | ProviderFault = ANA) -> None:
        self.says: Identity | ProviderFault = says
        self.begins: ProviderAddress | ProviderFault = ProviderAddress(address=ADDRESS)
        self.out = "https://login.example/out"
        self.asked: list[SignInRequest] = []
        self.answered: list[SignInAnswer] = []
        self.left: list[SignOutRequest] = []

    @hookimpl
    def identity_providers(self) -> tuple[IdentityProvider, ...]:
        return tuple(
            IdentityProvider(
                key=key,
                label=label,
                begin=self.begin,
                finish=self.finish,
                leave=self.leave,
                ended=self.ended,
                examine=lambda: ProviderAddress(address=ADDRESS),
            )
            for key, label in (("town", "Town hall"), ("court", "Court"))
        )

    def begin(self, wanted: SignInRequest) -> ProviderAddress | ProviderFault:
        self.asked.append(wanted)
        return self.begins

    def finish(self, answer: SignInAnswer) -> Identity | ProviderFault:
        self.answered.append(answer)
        return self.says

    def leave(self, leaving: SignOutRequest) -> ProviderAddress:
        self.left.append(leaving)
        return ProviderAddress(address=self.out)

    def ended(self, token: str) -> EndedSession | ProviderFault:
        """*token*: "id subject session", or why it is none."""
        if " " not in token:
            return ProviderFault(reason=token, told="as it was told to")  # type: ignore[arg-type]
        message, subject, session = token.split(" ")
        return EndedSession(id=message, until=now() + timedelta(minutes=2), subject=subject, session=session)

    def there(self, browser: Browser, path: str = "/en/account/providers/town", **data: str) -> Any:
        """Go to the provider from a page of ours."""
        return browser.post(path, data)

    def back(self, browser: Browser, provider: str = "town", **more: str) -> Any:
        """Come back from it, with the state of the last who went."""
        given = {"code": "code", "state": self.asked[-1].state} | more
        path = f"/account/providers/{provider}/back?" + "&".join(f"{name}={value}" for name, value in given.items())
        return browser.get(path, headers={"sec-fetch-site": "cross-site"})

    def through(self, browser: Browser, **data: str) -> Any:
        """There and back."""
        self.there(browser, **data)
        return self.back(browser)

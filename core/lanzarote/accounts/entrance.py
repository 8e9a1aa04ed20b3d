"""Signing in: by password and second factor, or through the provider of an institution."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import delete

from lanzarote.accounts import factors, passkeys, secrets, service, sessions
from lanzarote.accounts.model import ProviderStep
from lanzarote.accounts.secrets import kept, new_secret, opened, sealed
from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.plugins.packages import CallFailed
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import Actor
from lanzarote.records.records import now
from lanzarote.runtime import last_done
from lanzarote.runtime.reading import decoded
from lanzarote.store.bulk import insert_into
from lanzarote.translation import N_
from lanzarote.types import ProviderAddress, ProviderFault
from lanzarote.web.limits import Pool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.accounts.model import Account
    from lanzarote.instance import Instance
    from lanzarote.store.database import Database
    from lanzarote.types import IdentityProvider, SignInRequest


# --- The providers at which people of institutions sign in, and how they are asked: each call by its own package ---

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


def ask(provider: IdentityProvider, function: Function, *given: Any) -> Any:
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


# --- What is half-way with an institution's provider: kept here, sealed, for ten minutes, and taken once ---

T = TypeVar("T")
LASTS: Final = timedelta(minutes=10)


def make(session: Session, details: Any, at: datetime, browser: str, *, secret: str = "") -> str:
    """Keep *details*; return the secret by which, together with what the *browser* keeps, they are taken up again."""
    session.execute(delete(ProviderStep).where(ProviderStep.ends_at < at))
    secret = secret or new_secret()
    body = sealed(msgspec.json.encode(details), secret, browser)
    session.add(ProviderStep(token_hash=_hash(type(details), secret), details=body, ends_at=at + LASTS))
    return secret


def look(session: Session, kind: type[T], at: datetime, secret: str, browser: str = "") -> T | None:
    """The details of *kind*, of the same browser; None where there are none or they are too old."""
    row = session.get(ProviderStep, _hash(kind, secret))
    body = opened(row.details, secret, browser) if row is not None and row.ends_at >= at else None
    return decoded(body, kind) if body is not None else None


def take(session: Session, kind: type[T], at: datetime, secret: str, browser: str = "") -> T | None:
    """As ``look``, but it works once, whichever browser tried."""
    found = look(session, kind, at, secret, browser)
    taken = session.execute(delete(ProviderStep).where(ProviderStep.token_hash == _hash(kind, secret)))
    return found if taken.rowcount else None  # type: ignore[attr-defined]


def once(session: Session, what: str, until: datetime, at: datetime) -> bool:
    """Whether *what* comes for the first time; it is remembered until then, for a day at most."""
    session.execute(delete(ProviderStep).where(ProviderStep.ends_at < at))
    new = insert_into(session, ProviderStep).values(
        token_hash=kept(what), details=b"", ends_at=min(until, at + timedelta(days=1))
    )
    made = new.on_conflict_do_nothing().returning(ProviderStep.token_hash)  # another at the same moment comes after
    return session.scalar(made) is not None


def _hash(kind: type[Any], secret: str) -> str:
    return kept(f"{kind.__name__}/{secret}")


# --- Signing in: the password first, then the second factor if there is one; only then is there a session ---

WRONG_PASSWORD = N_("This is not your present password.")
NOT_FRESH = N_("Sign out and sign in again first. You then have ten minutes for this change.")


class Browser(Struct, frozen=True, kw_only=True):
    """What a request tells of where it comes from."""

    sender: str
    device: str
    """Browser and system, in words."""
    mark: str
    """By which the account knows the browser from before."""
    session: str
    """Token of the session it is in; that one ends when another begins."""


class Entered(Struct, frozen=True, kw_only=True):
    """A session that has begun."""

    token: str
    form_key: str
    actor: Actor
    mark: str = ""
    """A new mark for the browser, if it has none that is known."""


class HalfWay(Struct, frozen=True, kw_only=True):
    """The password was right, and a second factor is asked for."""

    step: str
    """Secret by which the second step goes on from the first."""
    app: bool
    recovery: bool
    passkeys: Sequence[str]
    """Their ids."""


def first_step(database: Database, address: str, password: str, browser: Browser) -> Entered | HalfWay:
    """Check the password; begin a session, or ask for the second factor. Raises NotProved, attempts.Wait."""
    account_id = service.prove(database, address, password, sender=browser.sender, device=browser.mark)
    at = now()
    with database.write(INSTANCE) as session:
        account = service.account(session, account_id)
        if not factors.has_any(session, account):
            return enter(session, account, browser, strong=False, at=at)
        step = secrets.make(session, account, "sign-in", at=at)
        return half_way(session, account, step)


def go_on(database: Database, step: str) -> HalfWay:
    """What the second step asks for. Raises secrets.SpentLink."""
    with database.read(INSTANCE) as session:
        return half_way(session, secrets.look(session, step, "sign-in", now()), step)


def second_step(
    database: Database, step: str, browser: Browser, *, code: str, answer: str, place: passkeys.Place
) -> Entered:
    """Check a code, or the *answer* of a passkey, and begin a session.

    Raises secrets.SpentLink, factors.WrongCode, attempts.Wait.
    """
    at = now()
    with database.read(INSTANCE) as session:
        account_id = secrets.look(session, step, "sign-in", at).id

    def check(session: Session, account: Account, at: datetime) -> None:
        if answer:
            challenge = passkeys.challenge_of(step)
            passkeys.prove_passkey(session, account, answer, challenge=challenge, place=place, at=at)
        else:
            factors.prove_code(session, account, code, at)

    factors.prove(database, account_id, check, sender=browser.sender, device=browser.mark, at=at)
    with database.write(INSTANCE) as session:
        account, _ = secrets.spend(session, step, "sign-in", at)
        came = take(session, sessions.Came, at, step)
        return enter(session, account, browser, strong=True, at=at, came=came)


def half_way(session: Session, account: Account, step: str) -> HalfWay:
    return HalfWay(
        step=step,
        app=bool(account.totp),
        recovery=factors.recovery_codes_left(session, account.id) > 0,
        passkeys=tuple(one.id for one in passkeys.of_account(session, account.id)),
    )


def enter(
    session: Session,
    account: Account,
    browser: Browser,
    *,
    strong: bool,
    at: datetime,
    came: sessions.Came | None = None,
) -> Entered:
    """Begin a session in *browser* and end the one it was in. *came*: through a provider."""
    if browser.session:
        sessions.end(session, browser.session)
    begun = sessions.begin(session, account, strong=strong, device=browser.device, at=at, came=came)
    known = secrets.knows_device(session, browser.mark, account.id, at)
    return Entered(
        token=begun.token,
        form_key=begun.form_key,
        actor=sessions.actor_of(session, account, strong=strong),
        mark="" if known else secrets.make(session, account, "device", at=at),
    )


def reset(session: Session, secret: str, password: str, browser: Browser, at: datetime) -> str:
    """Set a new password by a mailed link; return a new mark for the browser: guesses of strangers do not stop it then.

    Empty for an unknown browser if the account has a second factor: a mark would give more guesses at that.
    Raises secrets.SpentLink, service.Refused.
    """
    account = secrets.look(session, secret, "reset", at)
    known = secrets.knows_device(session, browser.mark, account.id, at) or not factors.has_any(session, account)
    service.reset(session, secret, password=password, at=at)
    return secrets.make(session, account, "device", at=at) if known else ""


def prove_again(database: Database, account_id: str, password: str, browser: Browser, *, field: str) -> None:
    """Check that this is still the same person: by the password, or, of an account that has none, by a
    session that has just begun.

    Raises service.Refused, attempts.Wait.
    """
    with database.read(INSTANCE) as session:
        account = service.account(session, account_id)
        address = account.address
        if not account.password:
            if sessions.is_fresh(session, kept(browser.session), now()):
                return
            raise service.Refused(NOT_FRESH, field)
    try:
        service.prove(database, address, password, sender=browser.sender, device=browser.mark)
    except service.NotProved:
        raise service.Refused(WRONG_PASSWORD, field) from None

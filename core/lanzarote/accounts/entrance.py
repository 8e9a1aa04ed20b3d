"""Signing in: the password first, then the second factor if there is one; only then is there a session."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.accounts import factors, links, passkeys, provider_steps, service, sessions
from lanzarote.accounts.secrets import kept
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import Actor
from lanzarote.records.records import now
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.accounts.model import Account
    from lanzarote.store.database import Database


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
        step = links.make(session, account, "sign-in", at=at)
        return half_way(session, account, step)


def go_on(database: Database, step: str) -> HalfWay:
    """What the second step asks for. Raises links.SpentLink."""
    with database.read(INSTANCE) as session:
        return half_way(session, links.look(session, step, "sign-in", now()), step)


def second_step(
    database: Database, step: str, browser: Browser, *, code: str, answer: str, place: passkeys.Place
) -> Entered:
    """Check a code, or the *answer* of a passkey, and begin a session.

    Raises links.SpentLink, factors.WrongCode, attempts.Wait.
    """
    at = now()
    with database.read(INSTANCE) as session:
        account_id = links.look(session, step, "sign-in", at).id

    def check(session: Session, account: Account, at: datetime) -> None:
        if answer:
            challenge = passkeys.challenge_of(step)
            passkeys.prove(session, account, answer, challenge=challenge, place=place, at=at)
        else:
            factors.prove_code(session, account, code, at)

    factors.prove(database, account_id, check, sender=browser.sender, device=browser.mark, at=at)
    with database.write(INSTANCE) as session:
        account, _ = links.spend(session, step, "sign-in", at)
        came = provider_steps.take(session, sessions.Came, at, step)
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
    known = links.knows_device(session, browser.mark, account.id, at)
    return Entered(
        token=begun.token,
        form_key=begun.form_key,
        actor=sessions.actor_of(session, account, strong=strong),
        mark="" if known else links.make(session, account, "device", at=at),
    )


def reset(session: Session, secret: str, password: str, browser: Browser, at: datetime) -> str:
    """Set a new password by a mailed link; return a new mark for the browser: guesses of strangers do not stop it then.

    Empty for an unknown browser if the account has a second factor: a mark would give more guesses at that.
    Raises links.SpentLink, service.Refused.
    """
    account = links.look(session, secret, "reset", at)
    known = links.knows_device(session, browser.mark, account.id, at) or not factors.has_any(session, account)
    service.reset(session, secret, password=password, at=at)
    return links.make(session, account, "device", at=at) if known else ""


def prove_again(database: Database, account_id: str, password: str, browser: Browser, *, field: str) -> None:
    """Check that whoever sits there is still the same person: by the password, or, of an account that has none, by a
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

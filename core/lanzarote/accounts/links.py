"""Secrets that are handed out: links that are mailed and work once, and the mark of a browser its person has used."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from lanzarote.accounts.model import Account, Link, Purpose
from lanzarote.accounts.secrets import kept, new_secret
from lanzarote.errors import LanzaroteError
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

LASTS: Final[Mapping[Purpose, timedelta]] = {
    "invitation": timedelta(days=7),
    "reset": timedelta(hours=1),
    "address": timedelta(days=1),
    "sign-in": timedelta(minutes=10),
    "device": timedelta(days=180),
}

MOST_AN_HOUR: Final = 3
"""Anybody can ask for links to be mailed to somebody else: so many are."""

SPENT = N_("This link has been used already, was replaced by a newer one, or is too old. Ask for a new one.")


class SpentLink(LanzaroteError):
    """The link cannot be used any more, or never could: the two are told alike."""


def make(
    session: Session, account: Account, purpose: Purpose, *, at: datetime, address: str = "", event_id: str = ""
) -> str:
    """Make a link and return its secret.

    An earlier one that proves another address, or goes on with another sign-in, stops working, unless it was made for
    the same event: a mail that is sent again may have arrived the first time.
    """
    if purpose in ("address", "sign-in"):
        others = (Link.event_id != event_id) | (Link.event_id == "")
        session.execute(delete(Link).where(Link.account_id == account.id, Link.purpose == purpose, others))
    session.execute(delete(Link).where(Link.ends_at < at))
    secret = new_secret()
    session.add(
        Link(
            token_hash=kept(secret),
            account_id=account.id,
            purpose=purpose,
            address=address or account.address,
            event_id=event_id,
            ends_at=at + LASTS[purpose],
        )
    )
    return secret


def enough(session: Session, account: Account, purpose: Purpose, event_id: str, at: datetime) -> bool:
    """Whether other events have made several links within the hour: each works still, so one of them is used."""
    lately = (Link.ends_at > at + LASTS[purpose] - timedelta(hours=1)) & (Link.event_id != event_id)
    query = select(func.count(Link.event_id.distinct())).where(lately)
    others = query.where(Link.account_id == account.id, Link.purpose == purpose)
    return (session.scalar(others) or 0) >= MOST_AN_HOUR


def look(session: Session, secret: str, purpose: Purpose, at: datetime) -> Account:
    """Whose link it is. Raises SpentLink."""
    return _living(session, secret, purpose, at)[1]


def spend(session: Session, secret: str, purpose: Purpose, at: datetime) -> tuple[Account, str]:
    """Use the link: return its account and address; neither it nor its like works again. Raises SpentLink."""
    link, account = _living(session, secret, purpose, at)
    session.refresh(account, with_for_update=True)  # whoever uses it at the same time comes after
    still = select(Link.token_hash).where(Link.token_hash == link.token_hash)
    if account.state == "closed" or session.scalar(still) is None:
        raise SpentLink(SPENT)
    forget(session, account.id, purpose)
    return account, link.address


def forget(session: Session, account_id: str, *purposes: Purpose) -> None:
    """Let links of an account for these *purposes* work no more."""
    session.execute(delete(Link).where(Link.account_id == account_id, Link.purpose.in_(purposes)))


def is_invited(session: Session, account: Account, at: datetime) -> bool:
    """Whether an invitation that was mailed to the address of *account* can still be accepted."""
    living = (Link.account_id == account.id) & (Link.purpose == "invitation") & (Link.ends_at > at)
    query = select(Link.token_hash).where(living, Link.address == account.address)
    return account.state == "invited" and session.scalar(query.limit(1)) is not None


def knows_device(session: Session, secret: str, account_id: str, at: datetime) -> bool:
    """Whether the browser with the mark *secret* was used by the account before."""
    link = session.get(Link, kept(secret))
    return link is not None and link.account_id == account_id and link.purpose == "device" and link.ends_at > at


def _living(session: Session, secret: str, purpose: Purpose, at: datetime) -> tuple[Link, Account]:
    link = session.get(Link, kept(secret))
    account = session.get(Account, link.account_id) if link else None
    if link is None or account is None or link.purpose != purpose or link.ends_at < at or account.state == "closed":
        raise SpentLink(SPENT)
    return link, account

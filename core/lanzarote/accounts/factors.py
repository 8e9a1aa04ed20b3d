"""The second factor: codes of an authenticator app and recovery codes, none of which works twice."""

from __future__ import annotations

import base64
import hmac
import re
from datetime import datetime
from secrets import token_bytes
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select, update

from lanzarote.accounts import attempts, secrets, service, sessions
from lanzarote.accounts.model import Account, ApiToken, Passkey, RecoveryCode, SignedIn
from lanzarote.accounts.secrets import kept, new_readable
from lanzarote.errors import Conflict, LanzaroteError
from lanzarote.records.changelog import INSTANCE
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from lanzarote.store.database import Database


SECONDS: Final = 30
RECOVERY_CODES: Final = 10
_SECRET = re.compile(r"[A-Z2-7]{32}")
_CODE = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(r"[a-z2-7]{16}")

WRONG_CODE = N_("This code is not right, is too old, or was used already. Wait for the next one and try again.")

OTHER_SECRET = N_(
    "This code does not fit the picture on this page. Write the code that the app shows now. "
    "If it does not fit either, remove the entry in the app and let it read the picture again."
)
NO_FACTOR = N_("This account has no second factor.")


class WrongCode(LanzaroteError):
    """It does not prove the second factor; whatever the reason, it is told alike."""

    def __init__(self, text: str = WRONG_CODE) -> None:
        super().__init__(text)


def new_totp_secret() -> str:
    """160 random bits, as authenticator apps take them."""
    return base64.b32encode(token_bytes(20)).decode()


def totp_secret_of(token: str) -> str:
    """The secret that a session is offered: the same as long as it lasts, so that the page may be loaded again.

    *token* is known to the browser alone, and ends when the app is set up.

    >>> totp_secret_of("a") == totp_secret_of("a") != totp_secret_of("b")
    True
    """
    return base64.b32encode(hmac.digest(token.encode(), b"secret of an authenticator app", "sha256")[:20]).decode()


def is_secret(text: str) -> bool:
    return _SECRET.fullmatch(text) is not None


def bytes_of(secret: str) -> bytes:
    """The secret as it is kept."""
    return base64.b32decode(secret)


def address_of(secret: str, account: Account, issuer: str) -> str:
    """What an app reads from the picture; *issuer*: under which name it shows the codes.

    >>> address_of("A" * 32, Account(address="ana@school.example"), "Lanzarote")
    'otpauth://totp/Lanzarote:ana%40school.example?secret=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&issuer=Lanzarote'
    """
    from pyotp import TOTP

    return TOTP(secret).provisioning_uri(name=account.address, issuer_name=issuer)


def code_at(secret: str, at: datetime) -> str:
    from pyotp import TOTP

    return TOTP(secret).at(at)


def secret_of(account: Account) -> str:
    """The secret of the account's app; empty without one."""
    return base64.b32encode(account.totp).decode() if account.totp else ""


def has_any(session: Session, account: Account) -> bool:
    """Whether the account has a second factor."""
    return bool(account.totp) or bool(session.scalar(select(Passkey.id).where(Passkey.account_id == account.id)))


def set_up_app(session: Session, account: Account, secret: str, code: str, at: datetime) -> list[str]:
    """Take *secret* as that of the account's app, once a *code* proves that it works; return new recovery codes.

    Raises WrongCode.
    """
    step = _step_of(secret, code, at) if is_secret(secret) else None
    if step is None:
        raise WrongCode(OTHER_SECRET)
    account.totp, account.totp_step = bytes_of(secret), step
    service.tell(session, account.id, "set up app", by=account.id, at=at)
    service.notify(session, account, "app")
    return renew_recovery_codes(session, account)


def remove_app(session: Session, account: Account, at: datetime) -> None:
    """Forget the account's app."""
    account.totp = None
    service.tell(session, account.id, "remove app", by=account.id, at=at)
    service.notify(session, account, "app removed")
    forget_if_none_is_left(session, account)


def reset(session: Session, account: Account, *, by: str, at: datetime) -> None:
    """Forget every second factor of somebody who has lost theirs, and end their sessions and tokens.

    Raises Conflict.
    """
    if not has_any(session, account):
        raise Conflict(NO_FACTOR)
    account.totp = None
    for table in (Passkey, RecoveryCode):
        session.execute(delete(table).where(table.account_id == account.id))
    sessions.end_all(session, account.id)
    service.end_tokens(session, account.id)
    secrets.forget(session, account.id, "sign-in")
    service.tell(session, account.id, "reset factor", by=by, at=at)
    service.notify(session, account, "factor reset")


def forget_if_none_is_left(session: Session, account: Account) -> None:
    """Without a factor there is nothing to recover, and no session or token counts as begun with one."""
    session.flush()
    if not has_any(session, account):
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
        for table in (SignedIn, ApiToken):
            session.execute(update(table).where(table.account_id == account.id).values(strong=False))


def renew_recovery_codes(session: Session, account: Account) -> list[str]:
    """Make recovery codes, to be shown once; earlier ones stop working."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [new_readable() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account.id, code_hash=kept(_plain(code))) for code in codes)
    return codes


def recovery_codes_left(session: Session, account_id: str) -> int:
    query = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account_id)
    return session.scalar(query) or 0


def prove_code(session: Session, account: Account, code: str, at: datetime) -> None:
    """Take a code of the account's app, or a recovery code, and use it up. Raises WrongCode."""
    session.refresh(account, with_for_update=True)  # the same code sent twice at once is taken once
    plain = _plain(code)
    if _RECOVERY.fullmatch(plain):
        _use_recovery_code(session, account, plain)
        return
    step = _step_of(secret_of(account), plain, at, after=account.totp_step) if account.totp else None
    if step is None:
        raise WrongCode
    account.totp_step = step


def prove(
    database: Database,
    account_id: str,
    check: Callable[[Session, Account, datetime], None],
    *,
    sender: str,
    at: datetime,
    device: str = "",
) -> None:
    """Let *check* decide whether the second factor was proved; failures are counted and slowed.

    Raises WrongCode, attempts.Wait.
    """
    with database.write(INSTANCE) as session:
        own = secrets.knows_device(session, device, account_id, at)
        counted = attempts.keys(f"code/{account_id}", sender, device if own else "")
        attempts.require_patience(session, counted, at)
        attempts.count_failure(session, counted, at)
    with database.write(INSTANCE) as session:
        check(session, service.account(session, account_id), at)
        attempts.take_back(session, counted)


def _use_recovery_code(session: Session, account: Account, plain: str) -> None:
    row = session.get(RecoveryCode, (account.id, kept(plain)))
    if row is None:
        raise WrongCode
    session.delete(row)
    session.flush()
    service.notify(session, account, "recovery code", left=str(recovery_codes_left(session, account.id)))


def _step_of(secret: str, code: str, at: datetime, after: int = 0) -> int | None:
    """The time step whose code this is: of now, of just before or just after, and of none that was used."""
    if not _CODE.fullmatch(plain := _plain(code)):
        return None
    found = None
    for step in _steps(at):
        if hmac.compare_digest(_code_of(secret, step), plain) and step > after:
            found = step
    return found


def _steps(at: datetime) -> Iterator[int]:
    now = int(at.timestamp()) // SECONDS
    yield from (now - 1, now, now + 1)


def _code_of(secret: str, step: int) -> str:
    from pyotp import TOTP

    return TOTP(secret).generate_otp(step)


def _plain(code: str) -> str:
    """As it is compared: people write blanks and hyphens.

    >>> _plain(" 123 456 "), _plain("ABCD-efgh")
    ('123456', 'abcdefgh')
    """
    return re.sub(r"[\s-]", "", code).lower()[:32]

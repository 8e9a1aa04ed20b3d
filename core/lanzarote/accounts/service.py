"""What happens to accounts: invited, accepted, signed in, given and deprived of roles, closed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from lanzarote import guard
from lanzarote.accounts import attempts, secrets, sessions
from lanzarote.accounts.model import (
    Account,
    ApiToken,
    Granted,
    GroupRole,
    Link,
    Passkey,
    ProviderIdentity,
    RecoveryCode,
)
from lanzarote.errors import Conflict, LanzaroteError, NotFound
from lanzarote.records import changelog, drafts, outbox, tasks
from lanzarote.records.erasing import erased
from lanzarote.records.permissions import EVERYWHERE, OF_INSTANCE, STRONG, Grant
from lanzarote.records.records import now
from lanzarote.records.tasks import Task
from lanzarote.store.ids import new_id
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.store.database import Database


# --- Tasks about roles that a group at a provider proposes, and what closes them ---

PROPOSED: Final = "group-role"
"""Kind of task: somebody is in a group for which a role is proposed."""
LOST: Final = "group-lost"
"""Kind of task: somebody is no longer in the group on which their role rests."""
KINDS: Final = frozenset({PROPOSED, LOST})


def open_about(session: Session, row: GroupRole, kind: Literal["group-role", "group-lost"], *, by: str) -> None:
    """Ask the team of the region. The person is named by id alone, which says nothing once their account is closed."""
    close_proposals(session, row, by=by)
    told = {"account": row.account_id, "role": row.role, "provider": row.provider, "group": row.group_name}
    row.task_id = tasks.open_task(session, row.region_id, kind, by=by, **told)


def close_proposals(session: Session, row: GroupRole, *, by: str) -> None:
    """Close the task about it, if one is open."""
    if row.task_id and is_open(session, row):
        tasks.finish_task(session, row.region_id, row.task_id, by=by)
    row.task_id = ""


def is_open(session: Session, row: GroupRole) -> bool:
    task = session.get(Task, (row.region_id, row.task_id)) if row.task_id else None
    return task is not None and task.done_at is None


def role_given(session: Session, account_id: str, region_id: str, role: str, *, by: str) -> None:
    """Somebody gave the role by hand: what a group proposed is settled by that."""
    row = session.get(GroupRole, (account_id, region_id, role))
    if row is not None and row.state != "accepted":
        close_proposals(session, row, by=by)
        session.delete(row)


def role_taken(session: Session, account_id: str, region_id: str, role: str, *, by: str) -> None:
    """Somebody took the role away: the group does not propose it again as long as the person is in it."""
    row = session.get(GroupRole, (account_id, region_id, role))
    if row is not None:
        close_proposals(session, row, by=by)
        row.state, row.lost_at = "refused", None


def forget(session: Session, account_id: str, *, by: str) -> None:
    """The account is closed."""
    for row in session.scalars(select(GroupRole).where(GroupRole.account_id == account_id)).all():
        close_proposals(session, row, by=by)
        session.delete(row)


# --- Accounts ---
# Everything is written in the instance's audit; what concerns the roles of a region, in that region's.

_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\\\"]{1,64}@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
LONGEST_ADDRESS: Final = 254
LONGEST_NAME: Final = 100

NO_ADDRESS = N_("This is no e-mail address.")
NO_NAME = N_("Give a name by which colleagues know the person, of at most 100 characters.")
TELLS_MORE = N_("Give a name only: no age, no date of birth, no number or address by which a person can be found.")
MORE_THAN_A_NAME: Final = frozenset({"name-with-age", "initials-with-school", "address-of-minor", "phone", "email"})
WRONG = N_("The address or the password is not right.")
ELSEWHERE = N_("This role cannot be given here: the central office and administrators belong to no single region.")
NOT_HELD = "The person does not have this role."
LAST_ADMINISTRATOR = N_("This is the last administrator; make somebody else one first.")


class Refused(LanzaroteError):
    """What was written cannot be taken; *field* says where, the text is to be translated."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class NotProved(LanzaroteError):
    """Address and password do not belong together, or nobody has this address: the two are told alike."""


def address_key(address: str) -> str:
    """The form in which addresses are compared."""
    return address.strip().casefold()


def invite(
    session: Session, *, address: str, name: str, language: str, grants: Sequence[Grant], by: str, at: datetime
) -> Account:
    """Make an account and have its invitation mailed; whoever has one already is only given the roles.

    Raises Refused.
    """
    account = enrol(session, address=address, name=name, language=language, grants=grants, by=by, at=at)
    mail_invitation(session, account, by=by)
    return account


def enrol(
    session: Session, *, address: str, name: str, language: str, grants: Sequence[Grant], by: str, at: datetime
) -> Account:
    """As ``invite``, but nothing is mailed."""
    address, name = checked_address(address), checked_name(name)
    account = by_address(session, address)
    if account is None or account.state == "closed":
        account = _make(session, address, name, language, at)
        tell(session, account.id, "invite", by=by, at=at)
    for one in grants:
        grant(session, account, one, by=by, at=at)
    return account


def mail_invitation(session: Session, account: Account, *, by: str) -> None:
    """Have a person told that they may work here, with a link to begin if they have not yet."""
    outbox.enqueue(session, "mail.invitation", account=account.id, by=by)


def accept(session: Session, secret: str, *, name: str, language: str, password: str, at: datetime) -> Account:
    """Take the invitation: the account is active from now on. Raises secrets.SpentLink, Refused."""
    account = secrets.look(session, secret, "invitation", at)
    _require_good(password, account.address, name)
    secrets.spend(session, secret, "invitation", at)
    account.name, account.language = checked_name(name), language
    account.password, account.state = secrets.hash_of(password), "active"
    secrets.forget(session, account.id, "reset")
    tell(session, account.id, "accept", by=account.id, at=at)
    return account


def accept_without_password(session: Session, account_id: str, *, name: str, language: str, at: datetime) -> Account:
    """Take an invitation that is open still, for somebody whom a provider knows. Raises secrets.SpentLink, Refused."""
    invited = account(session, account_id)
    session.refresh(invited, with_for_update=True)  # another one that accepts it at the same time comes after
    if not secrets.is_invited(session, invited, at):
        raise secrets.SpentLink(secrets.SPENT)
    invited.name, invited.language, invited.state = checked_name(name), language, "active"
    secrets.forget(session, invited.id, "invitation", "reset")
    tell(session, invited.id, "accept", by=invited.id, at=at)
    return invited


def prove(database: Database, address: str, password: str, *, sender: str, device: str = "") -> str:
    """Return the id of the account that *address* and *password* belong to; *device* is the browser's mark.

    Raises NotProved, attempts.Wait. Takes as long for an address that nobody has.
    """
    at = now()
    with database.write(changelog.INSTANCE) as session:
        account = by_address(session, address)
        own = secrets.knows_device(session, device, account.id if account else "", at)
        counted = attempts.keys(address_key(address), sender, device if own else "")
        attempts.require_patience(session, counted, at)
        # Counted before it is known to be one, so that guesses sent all at once are counted all.
        attempts.count_failure(session, counted, at)
        known = account.password if account and account.state == "active" else ""
        account_id = account.id if account else ""
    if not secrets.matches(password, known):
        raise NotProved(WRONG)
    with database.write(changelog.INSTANCE) as session:
        attempts.take_back(session, counted)
    return account_id


def ask_reset(session: Session, address: str) -> None:
    """Have a link for a new password mailed, if somebody has this address; who asks learns nothing of that."""
    account = by_address(session, address)
    # Even to nobody: it takes as long. The address itself is not kept, least of all one that nobody here has.
    outbox.enqueue(session, "mail.reset", account=account.id if account else "")


def reset(session: Session, secret: str, *, password: str, at: datetime) -> Account:
    """Set a new password by a mailed link; all sessions and tokens end. Raises secrets.SpentLink, Refused."""
    account = secrets.look(session, secret, "reset", at)
    _require_good(password, account.address, account.name)
    secrets.spend(session, secret, "reset", at)
    _set_password(session, account, password, at)
    attempts.begin_anew(session, account.address_key)
    return account


def end_tokens(session: Session, account_id: str) -> None:
    """End the tokens of an account: someone who knew its password, or held its second factor, may have made some."""
    session.execute(delete(ApiToken).where(ApiToken.account_id == account_id))


def change_password(session: Session, account: Account, *, password: str, at: datetime, keep: str = "") -> None:
    """Set a new password; all tokens end, and all sessions but the one with the token hash *keep*. Raises Refused."""
    _require_good(password, account.address, account.name)
    _set_password(session, account, password, at, keep=keep)


def ask_address(session: Session, account: Account, address: str) -> None:
    """Have a link mailed to *address* that proves it; if another account has it, nothing is. Raises Refused."""
    outbox.enqueue(session, "mail.address", account=account.id, address=checked_address(address))


def change_address(session: Session, secret: str, *, at: datetime) -> Account:
    """Take the address that the link proves; the former one is told. Raises secrets.SpentLink."""
    account, address = secrets.spend(session, secret, "address", at)
    if by_address(session, address) not in (None, account):
        raise secrets.SpentLink(secrets.SPENT)  # somebody else has it by now
    notify(session, account, "address", to=account.address)
    account.address, account.address_key = address, address_key(address)
    try:
        session.flush()
    except IntegrityError:  # somebody else took it at this very moment
        raise secrets.SpentLink(secrets.SPENT) from None
    secrets.forget(session, account.id, "reset")
    tell(session, account.id, "change address", by=account.id, at=at)
    return account


def change_profile(session: Session, account: Account, *, name: str, language: str, at: datetime) -> None:
    """Raises Refused."""
    account.name, account.language = checked_name(name), language
    tell(session, account.id, "change", by=account.id, at=at)


def switch_notices(session: Session, account: Account, *, on: bool, at: datetime) -> None:
    """Have mails tell the person that something waits, or not."""
    account.notices = on
    tell(session, account.id, "change", by=account.id, at=at)


def grant(session: Session, account: Account, given: Grant, *, by: str, at: datetime) -> None:
    """Give *account* a role. Raises Refused."""
    if (given.role in OF_INSTANCE) != (given.region_id == EVERYWHERE):
        raise Refused(ELSEWHERE, "roles")
    if given.role == "representative" and not given.stakeholder_id:
        raise Refused(N_("Name the organisation that a representative speaks for."), "stakeholder")
    row = session.get(Granted, (account.id, given.region_id, given.role))
    if row is None:
        session.add(
            Granted(
                account_id=account.id,
                region_id=given.region_id,
                role=given.role,
                stakeholder_id=given.stakeholder_id,
                by=by,
                at=at,
            )
        )
    elif row.stakeholder_id == given.stakeholder_id:
        return
    else:
        row.stakeholder_id, row.by, row.at = given.stakeholder_id, by, at
    session.flush()
    role_given(session, account.id, given.region_id, given.role, by=by)
    tell(session, account.id, f"grant {given.role}", by=by, at=at, region_id=given.region_id)


def revoke(session: Session, account: Account, role: str, region_id: str, *, by: str, at: datetime) -> None:
    """Take a role away, from the next request on. Raises NotFound, Conflict."""
    row = session.get(Granted, (account.id, region_id, role))
    if row is None:
        raise NotFound(NOT_HELD)
    if role == "administrator" and len(holders(session, "administrator")) == 1:
        raise Conflict(LAST_ADMINISTRATOR)
    session.delete(row)
    session.flush()
    role_taken(session, account.id, region_id, role, by=by)
    tell(session, account.id, f"revoke {role}", by=by, at=at, region_id=region_id)


def follow(session: Session, saved: Sequence[changelog.Saved]) -> None:
    """Let nobody speak any longer for an organisation that is erased. Listens to ``changes.record``."""
    for gone in erased(saved, "stakeholder"):
        theirs = (Granted.region_id == gone.region_id) & Granted.stakeholder_id.in_(gone.ids)
        for row in session.scalars(select(Granted).where(theirs, Granted.role == "representative")).all():
            account = session.get_one(Account, row.account_id)
            revoke(session, account, row.role, row.region_id, by=_eraser(session, row), at=gone.at)


def _eraser(session: Session, row: Granted) -> str:
    """Id of the account that erased the organisation for which somebody speaks."""
    told = (changelog.Audit.region_id == row.region_id) & (changelog.Audit.record_id == row.stakeholder_id)
    query = select(changelog.Audit.actor).where(told, changelog.Audit.verb == "erase")
    return session.scalar(query.order_by(changelog.Audit.seq.desc()).limit(1)) or ""


def close(session: Session, account: Account, *, by: str, at: datetime) -> None:
    """Close an account for good: name and address are erased, what the person did keeps its id. Raises Conflict."""
    mine = session.scalars(select(Granted).where(Granted.account_id == account.id)).all()
    if any(row.role == "administrator" for row in mine) and len(holders(session, "administrator")) == 1:
        raise Conflict(LAST_ADMINISTRATOR)
    erase(session, account, by=by, at=at)


def erase(session: Session, account: Account, *, by: str, at: datetime) -> None:
    """As ``close``, whatever roles the account has."""
    sessions.end_all(session, account.id)
    forget(session, account.id, by=by)
    for table in (Granted, Link, RecoveryCode, Passkey, ApiToken, ProviderIdentity):
        session.execute(delete(table).where(table.account_id == account.id))
    outbox.drop(session, "account", account.id)
    account.state, account.password, account.totp = "closed", "", None
    account.name, account.address, account.address_key = "", "", f"closed:{account.id}"
    session.info["erased"] = True  # so that the bytes of name and address go too, as soon as this is committed
    outbox.enqueue(session, drafts.CLOSED, by=account.id)
    tell(session, account.id, "close", by=by, at=at)


def by_address(session: Session, address: str) -> Account | None:
    return session.scalars(select(Account).where(Account.address_key == address_key(address))).first()


def account(session: Session, account_id: str) -> Account:
    """Raises NotFound."""
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound("There is no such account.")
    return found


def holders(session: Session, role: str, region_id: str = EVERYWHERE) -> Sequence[str]:
    """Ids of the accounts, not closed, of which *role* counts there."""
    query = select(Granted.account_id).join(Account, Account.id == Granted.account_id)
    return session.scalars(
        query.where(
            Granted.role == role, Granted.region_id == region_id, Account.state != "closed", sessions.counts(now())
        )
    ).all()


def names(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Names by id; closed accounts have none."""
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(set(ids))))
    return {account_id: name for account_id, name in rows if name}


def needs_second_factor(session: Session, account_id: str) -> bool:
    """Whether one of the roles of the account counts only with a second factor."""
    query = select(func.count()).where(Granted.account_id == account_id, Granted.role.in_(STRONG))
    return bool(session.scalar(query))


def tell(session: Session, account_id: str, verb: str, *, by: str, at: datetime, region_id: str = EVERYWHERE) -> None:
    """Write into the audit what was done to an account."""
    saved = changelog.Saved(
        region_id=region_id or changelog.INSTANCE, kind="account", record_id=account_id, verb=verb, version=0, at=at
    )
    changelog.record(session, [saved], by=by)


def notify(session: Session, account: Account, what: str, **more: str) -> None:
    """Have a mail say what was changed in the account, so that its owner learns of what they did not do."""
    outbox.enqueue(session, "mail.notice", account=account.id, what=what, **more)


def _make(session: Session, address: str, name: str, language: str, at: datetime) -> Account:
    made = Account(
        id=new_id(),
        address=address,
        address_key=address_key(address),
        name=name,
        language=language,
        notices=True,
        password="",
        state="invited",
        totp=None,
        totp_step=0,
        made_at=at,
        seen_at=None,
    )
    session.add(made)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(N_("Somebody else invites this person at this very moment. Look again.")) from None
    return made


def _set_password(session: Session, account: Account, password: str, at: datetime, *, keep: str = "") -> None:
    account.password = secrets.hash_of(password)
    sessions.end_all(session, account.id, but=keep)
    end_tokens(session, account.id)
    secrets.forget(session, account.id, "reset", "sign-in", "device")
    tell(session, account.id, "change password", by=account.id, at=at)
    notify(session, account, "password")


def _require_good(password: str, address: str, name: str) -> None:
    if fault := secrets.fault_of(password, address=address, name=name):
        raise Refused(fault, "password")


def checked_address(address: str) -> str:
    address = address.strip()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise Refused(NO_ADDRESS, "address")
    return address


def checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(NO_NAME, "name")
    # A colleague's name may look like anybody's; whatever tells more than a name stands on no page.
    if any(one.hard or one.code in MORE_THAN_A_NAME for one in guard.check_text(name, guesses=False)):
        raise Refused(TELLS_MORE, "name")
    return name

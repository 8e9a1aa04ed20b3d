"""What is kept no longer than a period says: accounts nobody uses, invitations, unsaved text, messages, old backups."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import delete, func, select

from lanzarote.accounts import service
from lanzarote.accounts.model import Account, ApiToken, Link
from lanzarote.errors import Conflict
from lanzarote.records import tasks
from lanzarote.records.changelog import BY
from lanzarote.records.drafts import Unsaved
from lanzarote.records.records import now
from lanzarote.records.tasks import Task
from lanzarote.store.database import ALL

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from lanzarote.configuration.settings import Settings
    from lanzarote.instance import Instance

BEFORE_UPGRADES: Final = re.compile(r"before-upgrade-(\d{4}-\d\d-\d\d)-\d{6}-\d{6}\.zip")


class Due(Struct, frozen=True, kw_only=True):
    """What a period says should go."""

    what: str
    days: int
    """The period; 0: no end."""
    names: Sequence[str]
    """Of each, for the person at the terminal; no log shows them."""
    stays: str = ""
    """Why some of them stay all the same."""


def due(instance: Instance, at: datetime) -> list[Due]:
    """What is due at the moment *at*; nothing is changed."""
    with instance.database.read(ALL) as session:
        return [_due(session, instance.settings, period, at) for period in PERIODS]


def apply(instance: Instance, at: datetime) -> list[Due]:
    """Remove, or make anonymous, what is due at the moment *at*; return what it was."""
    done = []
    for period in PERIODS:
        with instance.database.write(ALL) as session:
            found = _due(session, instance.settings, period, at)
            stays = period.remove(session, instance.settings, at - timedelta(days=found.days)) if found.names else ""
        left = [name for name in found.names if name in stays]
        done.append(
            Due(
                what=found.what,
                days=found.days,
                names=[name for name in found.names if name not in left],
                stays=f"{len(left)} stays: {LAST}" if left else "",
            )
        )
    return done


def command(instance: Instance, given: Namespace) -> int:
    """`lanzarote retention`: show what is due, or remove it."""
    at = now()
    if given.apply:
        for one in apply(instance, at):
            if one.names or one.stays:
                print(f"{one.what}: {len(one.names)} removed{f'; {one.stays}' if one.stays else ''}")
        print("Nothing else is due.")
        return 0
    for one in due(instance, at + timedelta(days=given.within)):
        period = f"kept for {one.days} days" if one.days else "kept without end"
        print(f"{one.what} ({period}): {len(one.names) or 'none'}{' due' if one.names else ''}")
        for name in one.names:
            print(f"  {name}")
    print("Nothing was changed. To remove what is due now: lanzarote retention --apply")
    return 0


LAST: Final = "the last administrator; make somebody else one first"


class _Period(Struct, frozen=True, kw_only=True):
    setting: str
    what: str
    find: Callable[[Session, Settings, datetime], Sequence[str]]
    """What was touched last before a moment."""
    remove: Callable[[Session, Settings, datetime], Sequence[str]]
    """Remove that; return the names of those that stay."""


def _due(session: Session, settings: Settings, period: _Period, at: datetime) -> Due:
    days: int = getattr(settings, period.setting)
    names = period.find(session, settings, at - timedelta(days=days)) if days else ()
    return Due(what=period.what, days=days, names=names)


def _unused(session: Session, before: datetime) -> Sequence[Account]:
    """Active accounts with which nobody signed in since, nor a program with one of their tokens."""
    last = func.coalesce(Account.seen_at, Account.made_at)
    by_programs = select(ApiToken.account_id).where(ApiToken.used_at >= before)
    unused = (Account.state == "active") & (last < before) & Account.id.not_in(by_programs)
    return session.scalars(select(Account).where(unused).order_by(Account.address)).all()


def _uninvited(session: Session, before: datetime) -> Sequence[Account]:
    """Invitations that nobody took, and whose link has ended."""
    living = select(Link.account_id).where(Link.ends_at > now(), Link.purpose == "invitation")
    query = select(Account).where(Account.state == "invited", Account.made_at < before, Account.id.not_in(living))
    return session.scalars(query.order_by(Account.address)).all()


def _close(session: Session, accounts: Sequence[Account]) -> Sequence[str]:
    stay = []
    for account in accounts:
        try:
            service.close(session, account, by=BY, at=now())
        except Conflict:
            stay.append(account.address)
    return stay


def _addresses(accounts: Sequence[Account]) -> Sequence[str]:
    return [account.address for account in accounts]


def _unsaved(session: Session, _: Settings, before: datetime) -> Sequence[str]:
    rows = session.scalars(select(Unsaved).where(Unsaved.saved_at < before).order_by(Unsaved.saved_at)).all()
    return [f"{row.region_id}: a form of {row.saved_at.date()}" for row in rows]


def _forget_unsaved(session: Session, _: Settings, before: datetime) -> Sequence[str]:
    session.execute(delete(Unsaved).where(Unsaved.saved_at < before))
    session.info["erased"] = True  # so that its bytes go, too
    return ()


def _messages(session: Session, before: datetime) -> Sequence[Task]:
    open_ones = (Task.kind == "reply") & Task.done_at.is_(None) & (Task.opened_at < before)
    return session.scalars(select(Task).where(open_ones).order_by(Task.opened_at)).all()


def _unanswered(session: Session, _: Settings, before: datetime) -> Sequence[str]:
    return [f"{task.region_id}: {task.id}, of {task.opened_at.date()}" for task in _messages(session, before)]


def _forget_messages(session: Session, _: Settings, before: datetime) -> Sequence[str]:
    for task in _messages(session, before):
        tasks.finish_task(session, task.region_id, task.id, by=BY)  # which empties it
    return ()


def _old_backups(_: Session, settings: Settings, before: datetime) -> Sequence[str]:
    return [path.name for path in _of_upgrades(settings, before)]


def _remove_backups(_: Session, settings: Settings, before: datetime) -> Sequence[str]:
    for path in _of_upgrades(settings, before):
        path.unlink(missing_ok=True)
    return ()


def _of_upgrades(settings: Settings, before: datetime) -> Sequence[Path]:
    found = []
    for path in sorted((settings.data / "backups").glob("before-upgrade-*.zip")):
        named = BEFORE_UPGRADES.fullmatch(path.name)
        if named and datetime.fromisoformat(named[1]).replace(tzinfo=UTC) < before:
            found.append(path)
    return found


PERIODS: Final = (
    _Period(
        setting="keep_accounts",
        what="Accounts that nobody uses",
        find=lambda session, _, before: _addresses(_unused(session, before)),
        remove=lambda session, _, before: _close(session, _unused(session, before)),
    ),
    _Period(
        setting="keep_invitations",
        what="Invitations that nobody took",
        find=lambda session, _, before: _addresses(_uninvited(session, before)),
        remove=lambda session, _, before: _close(session, _uninvited(session, before)),
    ),
    _Period(
        setting="keep_unsaved",
        what="Text that was typed and never saved",
        find=_unsaved,
        remove=_forget_unsaved,
    ),
    _Period(
        setting="keep_messages",
        what="Messages of readers that no team has answered",
        find=_unanswered,
        remove=_forget_messages,
    ),
    _Period(
        setting="keep_upgrade_backups",
        what="Backups made before an upgrade",
        find=_old_backups,
        remove=_remove_backups,
    ),
)
"""Each period with its setting; everything else goes by itself, or with the record or account it belongs to."""

"""Files are asked for, made by a job, fetched while they say what the public reads, and forgotten after a day."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select, update

from lanzarote.downloads.model import Download
from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.records import outbox
from lanzarote.records.changelog import INSTANCE, Served
from lanzarote.store.bulk import insert_into
from lanzarote.store.database import ALL
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.store.database import Database

    Progress = Callable[[int], None]
    """Told how much of a hundred is done."""
    Maker = Callable[[bytes, Progress], bytes]
    """Makes what is asked for. Raises NotFound when it can no longer be made."""

log = logging.getLogger("lanzarote.downloads")
MAKING: Final = "download"
FORGETTING: Final = "forget-download"
KEPT: Final = timedelta(hours=24)
MOST_WAITING: Final = 20
"""Files that wait at once, for all visitors together."""
MOST_KEPT: Final = 400 * 1024 * 1024
"""Bytes of all files that are kept at once."""
LARGEST: Final = 100 * 1024 * 1024
TRIES: Final = 2
STEP: Final = 5
"""Progress is recorded in steps of so many per cent."""
SETTING: Final = 10
"""Progress of a document while its pages are set, which nobody reports: what is before takes a tenth of the time."""
NOT_HERE = N_("This file is no longer here. Files are kept for a day; ask for it again.")


class Crowded(LanzaroteError):
    """No further file is taken now."""

    headers: Final = {"Retry-After": "600"}


class Changed(LanzaroteError):
    """The public no longer reads what the file says."""


def ask(session: Session, region: str, kind: str, asked: bytes, *, name: str, media_type: str) -> str:
    """Have a file made, once however often it is asked for; return its id. Raises NotFound, Crowded."""
    served, at = _served(session, region), _now()
    session.execute(delete(Download).where(Download.keep_until <= at))
    digest = _digest(served, kind, asked)
    if found := session.scalars(
        select(Download.id).where(Download.digest == digest, Download.state != "failed")
    ).first():
        return found
    session.execute(delete(Download).where(Download.digest == digest))
    _require_room(session)
    download_id = secrets.token_urlsafe(24)
    values = {
        "id": download_id,
        "region": region,
        "revision": served.revision,
        "kind": kind,
        "asked": asked,
        "digest": digest,
        "state": "waiting",
        "percent": 0,
        "tries": 0,
        "asked_at": at,
        "keep_until": at + KEPT,
        "name": name,
        "media_type": media_type,
        "size": 0,
    }
    session.execute(insert_into(session, Download).values(values).on_conflict_do_nothing(index_elements=["digest"]))
    made = session.scalars(select(Download.id).where(Download.digest == digest)).one()
    if made == download_id:
        outbox.enqueue(session, f"{MAKING}:{kind}", download=made)
        outbox.enqueue_for(session, at + KEPT, FORGETTING, f"{FORGETTING} {made}", download=made)
    return made


def find(session: Session, region: str, download_id: str) -> Download:
    """Raises NotFound."""
    found = session.get(Download, download_id)
    if found is None or found.region != region or found.keep_until <= _now():
        raise NotFound(NOT_HERE)
    return found


def still_true(session: Session, found: Download) -> bool:
    """It says what the public reads: nothing in the region was published, changed, withdrawn or erased since.

    A region that was forgotten and is enrolled again comes to the same revisions: the digest says of which it is.
    """
    served = session.get(Served, found.region)
    return served is not None and served.enabled and _digest(served, found.kind, found.asked) == found.digest


def fetch(session: Session, region: str, download_id: str) -> tuple[Download, bytes]:
    """The file. Raises NotFound, Changed."""
    found = find(session, region, download_id)
    if found.state != "ready" or found.body is None:
        raise NotFound(N_("This file is not ready yet."))
    if not still_true(session, found):
        raise Changed("What the public reads has changed since the file was made.")
    return found, found.body


def before(session: Session, found: Download) -> int:
    """How many files are made before this one."""
    earlier = (Download.state.in_(("waiting", "making"))) & (Download.asked_at < found.asked_at)
    return session.scalar(select(func.count()).select_from(Download).where(earlier)) or 0


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Keep no file of a region in which something is withdrawn or to be forgotten, and make none.

    Of a region that is forgotten whole neither. Listens to ``changes.record``.
    """
    if regions := {_region(one) for one in saved if one.verb in _TAKING_BACK}:
        mine = Download.region.in_(regions)
        if ids := session.scalars(select(Download.id).where(mine)).all():
            outbox.drop(session, "download", *ids)
            session.execute(delete(Download).where(mine))


def hear(session: Session, region_id: str, entries: Sequence[Saved]) -> None:
    """As ``follow``, of what a log that is received wants to be forgotten. Listens to ``changes.tell_log``."""
    del region_id
    follow(session, entries)


def _region(one: Saved) -> str:
    return one.record_id if (one.region_id, one.kind) == (INSTANCE, "source") else one.region_id


_TAKING_BACK: Final = frozenset({"withdraw", "erase", "replace", "forget"})


# Jobs


def handlers(makers: Mapping[str, Maker]) -> dict[str, outbox.Handler]:
    """*makers*: kind → what makes it."""

    def make(database: Database, payload: Mapping[str, Any]) -> None:
        _make(database, str(payload["download"]), makers)

    return {MAKING: make, FORGETTING: _forget}


def _make(database: Database, download_id: str, makers: Mapping[str, Maker]) -> None:
    with database.write(ALL) as session:
        found = session.get(Download, download_id, with_for_update=True)
        if found is None or found.state in ("ready", "failed"):
            return  # it was withdrawn meanwhile, or the worker died after it was made
        found.state, found.percent, found.tries = "making", 0, found.tries + 1
        if found.tries > TRIES or not still_true(session, found):
            found.state = "failed"
            return
        kind, asked, tries = found.kind, found.asked, found.tries
    try:
        body = makers[kind](asked, _telling(database, download_id))
    except NotFound:  # something in it is no longer public: trying again does not help
        _write(database, download_id, state="failed")
        return
    except Exception:
        if tries < TRIES:
            raise
        log.exception("A file could not be made, and is given up.")
        _write(database, download_id, state="failed")
        return
    if len(body) > LARGEST:
        log.warning("A file of %s bytes is too large to be kept.", len(body))
        _write(database, download_id, state="failed")
        return
    _write(database, download_id, state="ready", percent=100, body=body, size=len(body))


def _telling(database: Database, download_id: str) -> Progress:
    told = 0

    def tell(percent: int) -> None:
        nonlocal told
        if percent - told >= STEP:
            told = percent
            _write(database, download_id, percent=percent)

    return tell


def _write(database: Database, download_id: str, **values: Any) -> None:
    with database.write(ALL) as session:
        session.execute(update(Download).where(Download.id == download_id).values(**values))


def _forget(database: Database, payload: Mapping[str, Any]) -> None:
    with database.write(ALL) as session:
        mine = Download.id == str(payload["download"])
        session.execute(delete(Download).where(mine, Download.keep_until <= _now()))


def _require_room(session: Session) -> None:
    waiting = Download.state.in_(("waiting", "making"))
    if (session.scalar(select(func.count()).select_from(Download).where(waiting)) or 0) >= MOST_WAITING:
        raise Crowded(N_("Many documents are being made just now. Nothing was taken; try again in ten minutes."))
    if (session.scalar(select(func.coalesce(func.sum(Download.size), 0))) or 0) >= MOST_KEPT:
        raise Crowded(N_("There is no room for further documents today. Nothing was taken; try again tomorrow."))


def _served(session: Session, region: str) -> Served:
    served = session.get(Served, region)
    if served is None or not served.enabled:
        raise NotFound("There is no such region here.")
    return served


def _digest(served: Served, kind: str, asked: bytes) -> str:
    history = f"{served.revision}/{served.added_at.isoformat()}"
    return sha256(b"\0".join((served.id.encode(), history.encode(), kind.encode(), asked))).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)

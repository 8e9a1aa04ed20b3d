"""Whether a database holds everything that was acknowledged, and nothing that is half done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from lanzarote.accounts.model import Account
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.kinds.unsaved import EDIT
from lanzarote.mail import sending
from lanzarote.practices.model import Published
from lanzarote.records import changelog, changelog_state, records
from lanzarote.records.changelog import Audit, Change
from lanzarote.records.drafts import Unsaved, Work
from lanzarote.records.outbox import Job
from lanzarote.records.records import Involved, Record, Version
from lanzarote.store.database import ALL
from sqlalchemy import select

from tests.core.faults.writer import PARIS, RITA, Acknowledged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session


def faults(url: str, folder: Path, told: Sequence[Acknowledged]) -> list[str]:
    """What is missing of *told*, and what is half done; nothing when all is well."""
    settings = read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(folder)})
    with new_instance(settings) as instance, instance.database.read(ALL) as session:
        mailed = {file.name.rpartition("-")[0] for file in sending.folder(settings).glob("*.eml")}
        letters = "".join(file.read_text() for file in sending.folder(settings).glob("*.eml")) if mailed else ""
        return [*missing(session, told, letters), *half_done(session)]


def missing(session: Session, told: Sequence[Acknowledged], letters: str | None) -> Iterator[str]:
    """Acknowledged writes that are not there. *letters*: all mails that were laid out, or None: do not look."""
    # What was done and not told any more is no loss: an erased text is gone, published words are typed no longer.
    erased = set(session.scalars(select(Record.id).where(Record.state == "erased")))
    published = set(session.scalars(select(Record.id).where(Record.published_version.is_not(None))))
    jobs = b"".join(session.scalars(select(Job.payload)))
    for one in told:
        if one.what == "saved" and one.id not in erased:
            body = session.scalar(
                select(Version.body).where(Version.record_id == one.id, Version.number == one.version)
            )
            if body is None or one.title not in body.decode():
                yield f"version {one.version} of {one.id}"
        elif one.what == "published":
            record = session.get(Record, (PARIS, one.id))
            if record is None or (record.published_version or 0) < one.version:
                yield f"publication of {one.id}"
        elif one.what == "erased" and one.id not in erased:
            yield f"erasure of {one.id}"
        elif one.what == "kept" and one.id not in published:
            row = session.get(Unsaved, (PARIS, one.id, RITA.account_id, EDIT))
            if row is None or one.title not in row.body.decode():
                yield f"what was typed into {one.id}"
        elif one.what == "invited":
            if session.get(Account, one.id) is None:
                yield f"account {one.id}"
            if letters is not None and one.id.encode() not in jobs and one.title not in letters:
                yield f"invitation of {one.id}"


def half_done(session: Session) -> Iterator[str]:
    """What a transaction writes together and is not all there."""
    for region_id in (PARIS, changelog.INSTANCE):
        if at := changelog_state.broken_audit(session, region_id):
            yield f"the audit of {region_id} does not follow from {at} on"
    if at := changelog_state.broken_change(session, PARIS):
        yield f"the change log does not follow from {at} on"
    lines = {(one.record_id, one.verb, one.version): one for one in session.scalars(select(Audit))}
    written = {key[0::2] for key in lines if key[1] in ("create", "revise", "seed", "load")}
    records_ = {one.id: one for one in session.scalars(select(Record).where(Record.kind == "practice"))}
    theirs = {one.record_id for one in session.scalars(select(Involved))}
    works = set(session.scalars(select(Work.record_id)))
    shown = {one.record_id: msgspec.json.decode(one.document) for one in session.scalars(select(Published))}
    for version in session.scalars(select(Version)):
        record = records_.get(version.record_id)
        if record is None or record.state == "erased":
            continue
        if records.digest(version.body) != version.digest:
            yield f"version {version.number} of {version.record_id} is not what its digest says"
        if record.key is None and (version.record_id, version.number) not in written:
            yield f"version {version.number} of {version.record_id} has no audit line"
    newest: dict[str, int] = {}
    for record_id, number in session.execute(select(Version.record_id, Version.number)):
        newest[record_id] = max(number, newest.get(record_id, 0))
    publications = select(Change.record_id, Change.version).where(Change.verb == "publish")
    released = {(record_id, number) for record_id, number in session.execute(publications)}
    for record in records_.values():
        if newest.get(record.id) != record.version:
            yield f"{record.id} is at version {record.version}, its text at {newest.get(record.id)}"
        if record.key is None and record.id not in theirs:
            yield f"{record.id} has no author"
        if record.key is None and record.state == "draft" and record.id not in works:
            yield f"nothing is known of the work on {record.id}"
        if (record.published_version or 0) != shown.get(record.id, {}).get("version", 0):
            yield f"lists show {record.id} at version {shown.get(record.id, {}).get('version')}"
        told = record.published_version is None or (record.id, record.published_version) in released
        if record.key is None and not told:
            yield f"the change log does not tell of {record.id}"

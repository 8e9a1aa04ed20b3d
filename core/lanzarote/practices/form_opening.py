"""Opens the form: what is saved of a practice, what its writer typed beside that, how far each language is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from lanzarote.errors import Gone, NotFound
from lanzarote.kinds import unsaved
from lanzarote.kinds.entered import Entered, Typed
from lanzarote.practices import sheets, writing
from lanzarote.practices.form_entries import entered_from, with_present_keys
from lanzarote.practices.form_judging import as_now, prefilled
from lanzarote.practices.form_saving import NO_SUCH, find
from lanzarote.practices.model import KIND
from lanzarote.practices.work import told_of
from lanzarote.records.drafts import saved_alone
from lanzarote.records.lifecycle import IllegalTransition, next_state
from lanzarote.records.permissions import allowed, may, may_somewhere, require, subject_of
from lanzarote.records.records import Record, Version
from lanzarote.store.ids import is_id
from lanzarote.translation import N_

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.kinds.unsaved import Kept
    from lanzarote.practices.work import Noted
    from lanzarote.records.records import Record
    from lanzarote.types import PracticeSheet
    from lanzarote.web.site import View

ERASED: Final = N_("This practice was erased.")
MOST_BACK: Final = 200
"""Versions that are looked through for the one a translation was made from."""


class Opened(Struct, frozen=True, kw_only=True):
    """A practice before its writer."""

    record_id: str
    version: int = 0
    """The newest one; 0: not saved yet."""
    sheet: PracticeSheet | None = None
    saved: Typed | None = None
    kept: Kept | None = None
    stage: str = ""
    published: bool = False
    noted: tuple[Noted, ...] = ()
    """What packages say about what was saved last."""
    writable: bool = True
    """The lifecycle lets it be written."""

    @property
    def title(self) -> str:
        return sheets.title_of(self.sheet) if self.sheet else ""


def read_record(view: View, session: Session, record_id: str) -> Record:
    """The practice with this id, if the reader may read it. Raises NotFound, Gone."""
    # One query, whether there is such a practice or not: how long it takes tells nothing of those one may not read.
    mine = (Record.region_id == view.region_id) & (Record.id == record_id) & (Record.kind == KIND)
    record = session.scalars(select(Record).where(mine, allowed(view.actor, "practice.read"))).first()
    if record is None:
        raise NotFound(NO_SUCH)
    if record.state == "erased":
        raise Gone(ERASED)
    return record


def opened(view: View, record_id: str) -> Opened:
    """Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        kept = unsaved.kept(session, view.region_id, record_id, by=view.actor) if is_id(record_id) else None
        if kept:
            kept = replace(kept, typed=as_now(kept.typed, view.vocabulary))
        if kept and find(session, view.region_id, record_id) is None:
            return Opened(record_id=record_id, kept=kept)
        record = read_record(view, session, record_id)
        require(view.actor, "practice.write", subject_of(session, record))
        sheet, told = writing.sheet_of(session, record), told_of(session, record)
        return Opened(
            record_id=record_id,
            version=record.version,
            sheet=sheet,
            saved=as_now(Typed(entered=entered_from(sheet), reasons=dict(prefilled(told.of_text))), view.vocabulary),
            noted=told.noted,
            kept=kept,
            stage=record.stage,
            published=record.published_version is not None,
            writable=is_writable(record),
        )


def is_writable(record: Record) -> bool:
    try:
        next_state("record", record.state, "write")
        next_state("work", record.stage, "write")
    except IllegalTransition:
        return False
    return True


def blank(lang: str) -> Typed:
    return Typed(entered=Entered(original=lang, languages=(lang,)))


def version_entered(view: View, record_id: str, number: int) -> Entered:
    """What one version says, as it stands in the form; an empty form for a version that there never was."""
    with view.instance.database.read(view.region_id) as session:
        body = session.scalar(select(Version.body).where(Version.record_id == record_id, Version.number == number))
    return with_present_keys(entered_from(sheets.read(body)), view.vocabulary) if body else blank(view.lang).entered


def is_own(view: View, record_id: str, since: int) -> bool:
    """Whether it was the reader, in another window, who saved what there is newer than version *since*."""
    with view.instance.database.read(view.region_id) as session:
        return saved_alone(session, view.region_id, record_id, since, view.actor.account_id)


def fitted(view: View, record_id: str, lang: str) -> PracticeSheet | None:
    """The newest version in which the text in *lang* was not older than the original."""
    query = select(Version.body).where(Version.record_id == record_id).order_by(Version.number.desc()).limit(MOST_BACK)
    with view.instance.database.read(view.region_id) as session:
        for body in session.scalars(query):
            sheet = sheets.read(body) if body else None
            if sheet and lang in sheet.text and lang not in sheet.stale:
                return sheet
    return None


def team_links(view: View, record_id: str) -> tuple[tuple[str, str], ...]:
    """What leads from the public page of a practice to where it is worked on, for who may go there."""
    if not may_somewhere(view.actor, "practice.read", view.region_id):
        return ()
    with view.instance.database.read(view.region_id) as session:
        record = find(session, view.region_id, record_id)
        subject = subject_of(session, record) if record else None
    if subject is None or not may(view.actor, "practice.read", subject):
        return ()
    here = view.href("team", "practices", record_id)
    edit = ((view._("Edit"), f"{here}/edit"),) if may(view.actor, "practice.write", subject) else ()
    return (*edit, (view._("The team’s page"), here))

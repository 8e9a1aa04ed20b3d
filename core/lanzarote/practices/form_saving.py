"""What happens to a form that was sent: kept as it is typed, saved as a version, or told why not."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from lanzarote.errors import Conflict, NotFound, NotPermitted
from lanzarote.kinds import keeping
from lanzarote.kinds.entered import Disclosure, Entered, Typed, passed, reasons_in
from lanzarote.kinds.keeping import Writing
from lanzarote.kinds.merging import given_in
from lanzarote.kinds.organisations import as_named, nameable
from lanzarote.practices import sheets, writing
from lanzarote.practices.form_entries import entered_from, may_repeat, received, with_present_keys
from lanzarote.practices.form_judging import as_now, judged
from lanzarote.practices.model import KIND
from lanzarote.practices.refusals import number_of, text_of
from lanzarote.records import drafts
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import Record, body_of, now
from lanzarote.records.save_checks import Objected, checks_for
from lanzarote.records.validation import Thin
from lanzarote.translation import N_
from lanzarote.web.forms import many_of, pairs_of, refuse_repeated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.kinds.entered import Passed
    from lanzarote.kinds.unsaved import Kept
    from lanzarote.practices.work import Noted
    from lanzarote.practices.writing import Checked
    from lanzarote.records.save_checks import Raised
    from lanzarote.records.validation import Explained
    from lanzarote.types import PracticeSheet
    from lanzarote.web.site import View

NO_SUCH: Final = N_("There is no such practice here, or you may not read it.")
MOST_LANGUAGES: Final = 12
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


class Sent(Struct, frozen=True, kw_only=True):
    """A form that was sent."""

    typed: Typed
    version: int
    """The version it was begun from; 0: a practice that is not saved yet."""
    beside: str
    """The language that is written beside the original."""
    do: str
    """The button that was pressed."""
    fits: tuple[str, ...]
    """Languages whose text fits the original again, as the writer says."""
    choices: Mapping[str, str]
    """What was chosen between two texts."""
    pairs: tuple[tuple[str, str], ...]

    @property
    def entered(self) -> Entered:
        return self.typed.entered

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Everything in it, for a page that asks something before it goes on."""
        languages = [("languages", lang) for lang in self.entered.languages]
        return [("original", self.entered.original), *languages, *self.entered.typed(), *self.typed.reasons.items()]


class Refused(keeping.Refused, frozen=True, kw_only=True):
    """Nothing was saved."""

    objections: Sequence[Raised] = ()
    """What packages object to."""
    noted: Sequence[Noted] = ()
    """What they say besides."""
    conflict: bool = False


class Saved(Struct, frozen=True, kw_only=True):
    version: int


def read_sent(view: View, data: Mapping[str, Any]) -> Sent:
    """Read the form; what it does not know it ignores. Raises Malformed."""
    refuse_repeated(data, may_repeat)
    pairs = tuple(pairs_of(data))
    offered = view.vocabulary.header.languages
    named = [lang for lang in many_of(data, "languages") if _LANGUAGE.fullmatch(lang)][:MOST_LANGUAGES]
    beside = text_of(data, "beside")
    entered = received(pairs, languages={*offered, *named}, original=offered[0], beside=beside)
    return Sent(
        typed=as_now(Typed(entered=entered, reasons=reasons_in(pairs)), view.vocabulary),
        version=number_of(data, "version"),
        beside=beside if beside in entered.languages else "",
        do=text_of(data, "do"),
        fits=tuple(lang for lang in many_of(data, "fits") if lang in entered.languages),
        choices=given_in(data),
        pairs=pairs,
    )


def find(session: Session, region_id: str, record_id: str) -> Record | None:
    """The practice with this id, erased or not."""
    record = session.get(Record, (region_id, record_id))
    return record if record is not None and record.kind == KIND else None


def _sheet_of(session: Session, record: Record | None) -> PracticeSheet | None:
    """What the practice says now, if there is one."""
    return writing.sheet_of(session, record) if record is not None and record.state != "erased" else None


def keep_sent(view: View, record_id: str, sent: Sent) -> keeping.Refused | datetime:
    """Keep what is typed, without saving it; the moment it was kept, or why not, or not all of it."""
    with view.instance.database.read(view.region_id) as session:
        checks = checks_for(
            view.instance, session, view.region_id, KIND, find(session, view.region_id, record_id), by=view.actor
        )
    return keeping.keep(view, sent.typed, _where(view, record_id, sent, writing.explained_in(checks)))


def _where(view: View, record_id: str, sent: Sent, earlier: Explained) -> Writing:
    def before(kept: Kept | None) -> Entered | None:
        entered = kept.typed.entered if kept else None
        if entered is None:
            with view.instance.database.read(view.region_id) as session:
                sheet = _sheet_of(session, find(session, view.region_id, record_id))
            entered = entered_from(sheet) if sheet else None
        return with_present_keys(entered, view.vocabulary) if entered else None

    return Writing(record_id=record_id, base=sent.version, earlier=earlier, action="practice.write", before=before)


def save_sent(view: View, record_id: str, sent: Sent) -> Refused | Saved:
    """Save it as another version, or say why not; whatever the guard lets pass is kept for its writer at least."""
    with view.instance.database.read(view.region_id) as session:
        record = find(session, view.region_id, record_id)
        before = _sheet_of(session, record)
        reasons = sent.typed.let_pass()
        checks = checks_for(view.instance, session, view.region_id, KIND, record, by=view.actor, reasons=reasons)
    earlier = writing.explained_in(checks)
    where = _where(view, record_id, sent, earlier)
    saved = record_id if sent.version else ""  # a first save that is sent twice says the same twice, keys as well
    try:
        given = passed(sent.typed, view.vocabulary, earlier)
        checked = judged(
            given,
            view.vocabulary,
            nameable(view.instance, view.region_id, record_id),
            before=before,
            called=partial(as_named, view.instance, view.region_id, record_id),
            earlier=drafts.keys_of(view.instance.database, view.region_id, saved),
            by=view.actor.account_id,
            lang=view.lang,
            checks=checks,
        )
    except Disclosure:
        return Refused(disclosure=True)
    except writing.Identifying as refused:
        return keeping.keep_rest(view, sent.typed, where, Refused(concerns=refused.concerns))
    except Thin as thin:
        return keeping.keep_rest(view, sent.typed, where, Refused(faults=thin.faults))
    except sheets.Faulty as faulty:
        return _not_saved(view, where, given, Refused(faults=faulty.faults))
    except Objected as objected:
        stopped = Refused(objections=objected.raised, noted=objected.noted, faults=objected.faults)
        return _not_saved(view, where, given, stopped)
    try:
        return Saved(version=_write(view, record_id, sent, checked))
    except Conflict:
        refused_ = Refused(conflict=True)
    except IllegalTransition:
        refused_ = Refused(closed=True)
    except NotPermitted as denied:
        return Refused(denied=str(denied))
    return _not_saved(view, where, given, refused_)


def _write(view: View, record_id: str, sent: Sent, checked: Checked) -> int:
    """The number of the version that was saved. Raises Conflict, NotPermitted, IllegalTransition, NotFound."""
    region_id, database = view.region_id, view.instance.database
    try:
        with database.write(region_id) as session:
            record = find(session, region_id, record_id)
            if record is None:
                if sent.version:
                    raise NotFound(NO_SUCH)
                return writing.begin(session, region_id, checked, by=view.actor, at=now(), record_id=record_id).version
            if not sent.version and _is_same(session, record, checked):
                return record.version
            return writing.save(
                session, record, checked, expected=sent.version, by=view.actor, at=now(), fresh=sent.fits
            )
    except IntegrityError:
        # Somebody, or the same person's second click, began the very same practice at the same moment.
        raise Conflict("The practice was saved a moment ago; look at what it says now.") from None


def _is_same(session: Session, record: Record, checked: Checked) -> bool:
    """A first save that was sent twice."""
    sheet = sheets.with_stale(None, checked.sheet, fresh=())
    return record.version == 1 and sheets.read(body_of(session, record, 1)) == sheet


def _not_saved(view: View, where: Writing, given: Passed, refused: Refused) -> Refused:
    return keeping.with_kept(refused, keeping.keep_passed(view, given, where))

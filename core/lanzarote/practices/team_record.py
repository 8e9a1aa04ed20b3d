"""One practice as its team sees it: how far it is, what was said about it, and what the reader may do with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote import guard
from lanzarote.accounts.people import called
from lanzarote.kinds import unsaved
from lanzarote.practices import assessing, sheets, writing
from lanzarote.practices.accepting import is_as_shipped
from lanzarote.practices.assess_reading import read_working
from lanzarote.practices.form_words import all_said, label_of
from lanzarote.practices.holder_model import heard
from lanzarote.practices.model import read_status
from lanzarote.practices.reading import agreement_words
from lanzarote.practices.work import is_as_read, told_of
from lanzarote.records.lifecycle import IllegalTransition, next_state
from lanzarote.records.permissions import may, subject_of
from lanzarote.records.records import Version, body_of
from lanzarote.translation import N_, in_language, language_name
from lanzarote.web.refusals import Remark, remarks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup
    from sqlalchemy.orm import Session

    from lanzarote.practices.form_words import Said
    from lanzarote.practices.reading import Reading
    from lanzarote.practices.work import Told
    from lanzarote.records.permissions import Action
    from lanzarote.records.records import Record
    from lanzarote.types import PracticeSheet
    from lanzarote.web.site import View

FORMER: Final = N_("a former member")
PLATFORM: Final = N_("the region’s package")


class Step(Struct, frozen=True, kw_only=True):
    """Something that can be done with a practice."""

    name: str
    """Last part of its page's address."""
    label: str
    action: Action
    moves: tuple[tuple[str, str], ...]
    """(lifecycle, action) that its state has to allow."""
    needs: str = ""
    """``published``: something of it is published; ``unassessed``: it is not left to a decision; ``shipped``: it is the
    package's text; ``withdrawn``: it was withdrawn, and is as the public read it.
    """
    main: bool = False
    """What is next, rather than what is possible besides."""


STEPS: Final = (
    Step(
        name="edit",
        label=N_("Edit"),
        action="practice.write",
        moves=(("record", "write"), ("work", "write")),
        main=True,
    ),
    Step(
        name="accept",
        label=N_("Publish the package’s text"),
        action="practice.publish",
        moves=(("work", "accept"),),
        needs="shipped",
        main=True,
    ),
    Step(name="submit", label=N_("Submit"), action="practice.write", moves=(("work", "submit"),), main=True),
    Step(name="take-back", label=N_("Return to draft"), action="practice.write", moves=(("work", "take-back"),)),
    Step(
        name="assess",
        label=N_("Request an assessment"),
        action="practice.publish",
        moves=(("work", "return"),),
        main=True,
    ),
    Step(
        name="publish",
        label=N_("Publish without an assessment"),
        action="practice.publish",
        moves=(("work", "publish"),),
        needs="unassessed",
        main=True,
    ),
    Step(
        name="publish",
        label=N_("Publish again"),
        action="practice.publish",
        moves=(("record", "publish"),),
        needs="withdrawn",
        main=True,
    ),
    Step(
        name="give-back",
        label=N_("Return to the author"),
        action="practice.publish",
        moves=(("work", "return"),),
        needs="unassessed",
        main=True,
    ),
    Step(
        name="discard",
        label=N_("Discard the changes"),
        action="practice.write",
        moves=(("work", "discard"),),
        needs="published",
    ),
    Step(
        name="withdraw", label=N_("Withdraw the practice"), action="practice.withdraw", moves=(("record", "withdraw"),)
    ),
    Step(name="archive", label=N_("Archive"), action="practice.withdraw", moves=(("record", "archive"),)),
    Step(
        name="restore",
        label=N_("Restore from the archive"),
        action="practice.withdraw",
        moves=(("record", "restore"),),
        main=True,
    ),
    Step(name="erase", label=N_("Erase permanently"), action="record.erase", moves=(("record", "erase"),)),
)


class Offered(Struct, frozen=True, kw_only=True):
    """A step that the state allows, for this reader."""

    name: str
    label: str
    main: bool
    why_not: str = ""
    """Why the reader may not do it; empty: they may."""


class Returned(Struct, frozen=True, kw_only=True):
    by: str
    at: datetime
    text: str


class Explained(Struct, frozen=True, kw_only=True):
    """Why something stays that the guard asked about."""

    label: str
    about: str
    text: str
    by: str


class VersionLine(Struct, frozen=True, kw_only=True):
    number: int
    at: datetime
    by: str
    published: bool
    """The public reads it."""


def title_for(view: View, sheet: PracticeSheet) -> str:
    """The title in the language of the page, or else in the original; empty when there is none yet."""
    titles = sheets.titles_of(sheet)
    return in_language(*view.text(titles, sheet.original), view.lang) if titles else ""


class TeamRecord(Struct, frozen=True, kw_only=True):
    """What the page of a practice needs."""

    id: str
    slug: str
    version: int
    state: str
    stage: str
    published_version: int | None
    original: str
    title: str
    sheet: PracticeSheet
    reading: Reading | None
    """As the public would read it; None while something is missing."""
    said: tuple[Said, ...]
    """All that is written so far, where it cannot be read as a whole."""
    missing: tuple[str, ...]
    """Places that have to be filled in before it is submitted."""
    languages: tuple[tuple[str, str, bool], ...]
    """Code, name, whether it is out of date."""
    told: Told
    submitted_by: str
    bearer: str
    agreement: Markup
    """What organisations said of the text that is read, or is about to be."""
    leads: bool
    """The reader may ask an organisation to confirm it."""
    sourceless: bool
    """It rests on no source and on nobody's word."""
    returned: tuple[Returned, ...]
    reasons: tuple[Explained, ...]
    noted: tuple[Remark, ...]
    """What packages say about what was saved last; what was let pass, with the reason."""
    withdrawn: str
    assessed: bool
    """The public reads it as assessed."""
    as_shipped: bool
    """What waits to be published is what the region's package says by now."""
    held_back: str
    steps: tuple[Offered, ...]
    unsaved: bool
    """The reader typed something and did not save it."""
    nobody_assesses: bool
    """It is to be assessed, and nobody is asked."""


def team_record(view: View, session: Session, record: Record) -> TeamRecord:
    sheet, told = writing.sheet_of(session, record), told_of(session, record)
    status = read_status(record.status)
    newest = heard(session, record, body_of(session, record, record.version), status)
    missing = (*sheets.missing_in(sheet), *sheets.missing_answers(sheet, view.vocabulary))
    steps = offered(view, session, record)
    as_shipped = any(one.name == "accept" for one in steps)
    whole = as_shipped or not missing  # a package may leave out what nobody knows
    said = [*(one.by for one in told.returned), *(one.by for one in told.reasons), *(one.by for one in told.overrides)]
    people = called(view, session, [told.submitted_by, *said])
    return TeamRecord(
        id=record.id,
        slug=record.slug,
        version=record.version,
        state=record.state,
        stage=record.stage,
        published_version=record.published_version,
        original=sheet.original,
        title=title_for(view, sheet),
        sheet=sheet,
        reading=read_working(view, session, record, record.version) if whole else None,
        said=() if whole else tuple(all_said(view, sheet)),
        missing=missing,
        languages=tuple(
            (code, language_name(code, view.lang), code in sheet.stale)
            for code in dict.fromkeys((sheet.original, *sheet.text))
        ),
        told=told,
        submitted_by=_person(view, people, told.submitted_by) if told.submitted_by else "",
        bearer=bearer_name(view, told.bearer),
        agreement=agreement_words(view, newest.agreement, newest.agreement_on),
        leads=bool(may(view.actor, "group.lead", subject_of(session, record))),
        sourceless=writing.is_sourceless(sheet, newest),
        returned=tuple(
            Returned(by=_person(view, people, one.by), at=one.at, text=one.text) for one in reversed(told.returned)
        ),
        reasons=tuple(
            Explained(
                label=label_of(view, one.field),
                about=guard.explain(one.code, view.translator) if one.code in guard.REASONS else "",
                text=one.text,
                by=_person(view, people, one.by),
            )
            for one in told.reasons
        ),
        noted=tuple(
            remarks(
                view,
                told,
                label=lambda field: label_of(view, field),
                person=lambda one: _person(view, people, one),
            )
        ),
        withdrawn=status.withdrawn,
        assessed=record.published_version is not None and status.standing == "assessed",
        as_shipped=as_shipped,
        held_back=view.say(status.held_back) if status.held_back else "",
        steps=steps,
        unsaved=unsaved.kept(session, view.region_id, record.id, by=view.actor) is not None,
        nobody_assesses=assessing.is_left(session, record),
    )


def offered(view: View, session: Session, record: Record) -> tuple[Offered, ...]:
    """Every step that the state of *record* allows, and whether the reader may take it."""
    subject = subject_of(session, record)
    found = []
    for step in STEPS:
        if all(_leads(table, record, action) for table, action in step.moves) and _fits(session, step, record):
            verdict = may(view.actor, step.action, subject)
            why_not = view._(verdict.reason) if verdict.reason else ""
            found.append(Offered(name=step.name, label=view._(step.label), main=step.main, why_not=why_not))
    return tuple(found)


def _leads(table: str, record: Record, action: str) -> bool:
    try:
        next_state(table, record.state if table == "record" else record.stage, action)
    except IllegalTransition:
        return False
    return True


def _fits(session: Session, step: Step, record: Record) -> bool:
    if step.needs == "shipped":
        return is_as_shipped(session, record)
    if step.needs == "withdrawn":
        return is_as_read(session, record)
    if step.needs == "published":
        return record.published_version is not None
    return step.needs != "unassessed" or record.stage == "submitted"


def bearer_name(view: View, bearer: str) -> str:
    """The name of the organisation that runs it."""
    for one in view.directory:
        if bearer in one.names:
            return view.say(one.organisation.name)
    return bearer


def version_lines(view: View, session: Session, record: Record) -> tuple[VersionLine, ...]:
    """All versions, the newest first."""
    query = select(Version.number, Version.at, Version.actor).where(Version.record_id == record.id)
    rows: Sequence[tuple[int, datetime, str]] = [
        (number, at, actor) for number, at, actor in session.execute(query.order_by(Version.number.desc()))
    ]
    people = called(view, session, [actor for _, _, actor in rows])
    return tuple(
        VersionLine(number=number, at=at, by=_person(view, people, actor), published=number == record.published_version)
        for number, at, actor in rows
    )


def _person(view: View, people: Mapping[str, str], account_id: str) -> str:
    if account_id in ("lanzarote", "restore", "visitor"):
        return view._(PLATFORM)
    return people.get(account_id) or view._(FORMER)

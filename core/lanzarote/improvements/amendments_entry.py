"""Amendments, as rows beside an improvement: what is done with them, and what people and programs read of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts.service import names
from lanzarote.improvements import amendments, comments_entry
from lanzarote.improvements.amendments import AcceptingAmendment, Amending, Refusing
from lanzarote.improvements.comments_entry import Explained
from lanzarote.improvements.entries_frame import ARCHIVED, FRAMES, IMPROVEMENTS, TEAM, frame, improvement_of
from lanzarote.improvements.improvement_kind import LABELS
from lanzarote.improvements.model import FIELDS, Amendment, AmendmentState
from lanzarote.kinds import entries
from lanzarote.kinds.entries import Entry, EntryAction, EntryApi
from lanzarote.kinds.fields import Field
from lanzarote.kinds.versions import person
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.tables import beside
from lanzarote.translation import N_, language_name
from lanzarote.types.improvements import ImprovementText
from lanzarote.web.refusals import number_of
from lanzarote.web.resources import Parameter
from lanzarote.web.texts import compare
from lanzarote.web.working_records import Person, person_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.web.resources import Asked
    from lanzarote.web.site import View
    from lanzarote.web.texts import Piece

SHOWN: Final = 50
STATES: Final[Mapping[str, str]] = {
    "open": N_("to be decided"),
    "accepted": N_("accepted"),
    "refused": N_("refused"),
    "withdrawn": N_("withdrawn"),
}

# What is done with them

TEXT: Final = Field(
    name="text",
    label="",
    fields=tuple(
        Field(
            name=name,
            label=LABELS[name],
            rows={"title": 0, "summary": 3}.get(name, 6),
            sometimes=name in amendments.NEEDED,
        )
        for name in FIELDS
    ),
)

REASON: Final = Field(
    name="reason", label=N_("Why?"), help=N_("For the group. Name nobody who could be recognised."), rows=4
)


def _present(view: View, session: Session, record: Record, _: Any) -> dict[str, str]:
    """The newest text, in the language that was asked for."""
    improvement, language = improvement_of(session, record), language_of(view, session, record)
    present = improvement.text.get(language, ImprovementText())
    texts = {f"text.{name}": getattr(present, name) or "" for name in FIELDS}
    return texts | {"base": str(record.version), "language": language}


def language_of(view: View, session: Session, record: Record) -> str:
    improvement, asked = improvement_of(session, record), view.request.query_params.get("language", view.lang)
    return asked if asked in improvement.text else improvement.original


def _together(_: View, session: Session, record: Record, row: Amendment) -> dict[str, str]:
    """What is amended, put together with what changed meanwhile."""
    base, newest = text_in(session, record, row.language, row.base), text_in(session, record, row.language)
    text = amendments.put_together(base, newest, row.says())
    return {f"text.{name}": getattr(text, name) or "" for name in FIELDS} | {"version": str(record.version)}


PROPOSE: Final = EntryAction(
    name="new",
    label=N_("Propose another text"),
    may="group.write",
    do=amendments.propose,
    stops=amendments.not_discussed,
    asks=Amending,
    hidden=("base", "language"),
    leads_to=lambda language: ("amendments/new", {"language": language}),
    fields=(
        TEXT,
        Field(
            name="why",
            label=N_("Why would you change it?"),
            help=N_("The group reads this beside your text. Name nobody who could be recognised."),
            rows=4,
        ),
    ),
    holds=_present,
    include="improvements/talk/amending.html",
    told="Propose a changed text of an improvement under discussion. Location gives its address.",
    done=N_("Amendment proposed. The coordinators are informed, and everybody in the group can comment."),
    operation="propose_amendment",
)
ACCEPT: Final = EntryAction(
    name="accept",
    label=N_("Accept this amendment"),
    may="group.lead",
    do=amendments.accept,
    stops=amendments.not_decided,
    asks=AcceptingAmendment,
    hidden=("version",),
    fields=(TEXT, REASON),
    holds=_together,
)
"""Packages are asked about it, and its form depends on what became of the text meanwhile: its page is of this room."""
STEPS: Final = (
    EntryAction(
        name="refuse",
        label=N_("Refuse this amendment"),
        may="group.lead",
        do=amendments.refuse,
        stops=amendments.not_decided,
        asks=Refusing,
        fields=(REASON,),
        text=N_("The text will not change. The person who proposed the amendment can read your reason."),
        include="improvements/talk/amendment_changes.html",
        told="Refuse the amendment: the text does not change.",
        done=N_("Amendment refused, with your reason. The text does not change."),
    ),
    EntryAction(
        name="withdraw",
        label=N_("Withdraw your amendment"),
        may="group.write",
        grave=True,
        do=amendments.withdraw,
        barred=amendments.not_own,
        stops=amendments.not_open,
        text=N_("It will stay readable, and will not be decided on. You can propose another one."),
        include="improvements/talk/amendment_changes.html",
        told="Withdraw an amendment that the owner of the token proposed.",
        done=N_("You have withdrawn it."),
    ),
)

# What people read


class Change(Struct, frozen=True, kw_only=True):
    """One field that an amendment says otherwise."""

    label: str
    lang: str
    pieces: tuple[Piece, ...]


class Line(Struct, frozen=True, kw_only=True):
    """An amendment in the list."""

    number: int
    author: str
    at: datetime
    state: str
    words: str
    why: str
    lang: str
    """Language of ``why``."""


class Told(Struct, frozen=True, kw_only=True):
    """One amendment for one reader."""

    line: Line
    base: int
    language: str
    language_name: str
    current: bool
    """Nobody changed the improvement since."""
    changes: tuple[Change, ...]
    """Against the text that it changes."""
    newer: tuple[Change, ...]
    """Against the newest text, where that is another."""
    explained: tuple[Explained, ...]
    settled_at: datetime | None
    settled_by: str
    settled_reason: str
    settled_version: int


def listed(view: View, session: Session, record: Record, page: int) -> tuple[tuple[Line, ...], bool]:
    """A page of the list, from 0 on, the last proposed first; and whether there are more."""
    query = select(Amendment).where(beside(Amendment, record)).order_by(Amendment.number.desc())
    found = session.scalars(query.limit(SHOWN + 1).offset(page * SHOWN)).all()
    people = names(session, [one.author for one in found])
    return tuple(_line(view, one, people) for one in found[:SHOWN]), len(found) > SHOWN


def tell(view: View, session: Session, record: Record, amendment: Amendment) -> Told:
    people = names(session, [amendment.author, amendment.settled_by])
    language = amendment.language
    base, newest = text_in(session, record, language, amendment.base), text_in(session, record, language)
    text = amendment.says()
    current = amendment.base == record.version
    leads = may_somewhere(view.actor, "group.lead", record.region_id)
    return Told(
        line=_line(view, amendment, people),
        base=amendment.base,
        language=language,
        language_name=language_name(language, view.lang),
        current=current,
        changes=changes(view, base, text, language),
        newer=() if current or amendment.state != "open" else changes(view, newest, text, language),
        explained=comments_entry.explained(view, amendment.reasons) if leads else (),
        settled_at=amendment.settled_at,
        settled_by=person(view, people, amendment.settled_by),
        settled_reason=amendment.settled_reason,
        settled_version=amendment.settled_version,
    )


def text_in(session: Session, record: Record, language: str, number: int | None = None) -> ImprovementText:
    """What a version, or the newest, says in *language*; nothing where it says nothing."""
    said = improvement_of(session, record, number).text.get(language)
    return amendments.tidy(said) if said else ImprovementText()


def changes(view: View, before: ImprovementText, after: ImprovementText, language: str) -> tuple[Change, ...]:
    """Every field that *after* says otherwise than *before*."""
    found = []
    for name in FIELDS:
        was, now = getattr(before, name) or "", getattr(after, name) or ""
        if was != now:
            found.append(Change(label=view._(LABELS[name]), lang=language, pieces=tuple(compare(was, now))))
    return tuple(found)


def _line(view: View, one: Amendment, people: Mapping[str, str]) -> Line:
    return Line(
        number=one.number,
        author=person(view, people, one.author),
        at=one.at,
        state=one.state,
        words=view._(STATES[one.state]),
        why=one.why,
        lang=one.written_in,
    )


def _listing(view: View, session: Session, record: Record) -> dict[str, Any]:
    place = number_of(view.request.query_params, "page")
    lines, more = listed(view, session, record, place)
    here = view.href(*TEAM, record.id, "amendments", "new")
    written = [(code, language_name(code, view.lang)) for code in improvement_of(session, record).text]
    discussed = amendments.is_discussed(record)
    return {
        "lines": lines, "more": more, "page": place, "discussed": discussed, "written": written, "form_href": here,
    }  # fmt: skip


def page(view: View, session: Session, record: Record, row: Amendment) -> dict[str, Any]:
    before = view.request.query_params.get("before", "")
    href = view.href(*TEAM, record.id, "amendments", row.number, ACCEPT.name)
    return {
        "told": tell(view, session, record, row),
        "discussion": comments_entry.discussion(view, session, record, about=row.number, before=before),
        "saying": comments_entry.saying(view, session, record, row.number),
        "accept": (href, view._(ACCEPT.label)) if entries.may_now(ACCEPT, record, row, view.actor) else None,
    }


# What programs read


class AmendmentItem(Struct, frozen=True, kw_only=True):
    """Another text that somebody proposes for an improvement."""

    number: int
    base: int
    """The version that it changes."""
    language: str
    text: ImprovementText
    """All of the text in that language, as it would be."""
    why: str
    author: Person
    at: datetime
    state: AmendmentState
    settled_at: datetime | None
    settled_by: Person | None
    reason: str | None
    """Why it was accepted or refused."""
    version: int | None
    """The version of the improvement that it became."""


def _items(_: Asked, session: Session, some: Sequence[Amendment]) -> Iterator[AmendmentItem]:
    people = names(session, [account for one in some for account in (one.author, one.settled_by)])
    return (_item(one, people) for one in some)


def item(asked: Asked, session: Session, one: Amendment) -> AmendmentItem:
    return next(_items(asked, session, [one]))


def _item(one: Amendment, people: Mapping[str, str]) -> AmendmentItem:
    return AmendmentItem(
        number=one.number,
        base=one.base,
        language=one.language,
        text=one.says(),
        why=one.why,
        author=person_of(people, one.author),
        at=one.at,
        state=one.state,  # type: ignore[arg-type]
        settled_at=one.settled_at,
        settled_by=person_of(people, one.settled_by) if one.settled_by else None,
        reason=one.settled_reason or None,
        version=one.settled_version or None,
    )


AMENDMENTS: Final = Entry(
    name="amendment",
    room="amendments",
    place="amendments",
    beside=IMPROVEMENTS,
    beside_room="improvements",
    row=Amendment,
    key=Parameter(name="amendment", told="Number of the amendment.", between=(1, 999_999)),
    mark=amendments.mark_of,
    begin=PROPOSE,
    actions=STEPS,
    api=EntryApi(
        tag="Amendments",
        item=AmendmentItem,
        whole=AmendmentItem,
        items=_items,
        tell=item,
        all_told="The amendments of an improvement, the newest first.",
        one_told="One amendment. Its ETag is what a decision on it takes in If-Match.",
        order=Amendment.number.desc(),
        largest=512 * 1024,
    ),
    none=amendments.NO_AMENDMENT,
    changed=amendments.SETTLED,
    archived=ARCHIVED,
    templates=FRAMES | {"list": "improvements/talk/amendments.html", "one": "improvements/talk/amendment.html"},
    frame=frame,
    listing=_listing,
    page=page,
    notices={"accept": N_("Amendment accepted: its text is the newest version of the improvement.")},
)

"""Transfers in the team's words: the list, one of them, what can be done, what became of the origin."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape
from msgspec import Struct
from sqlalchemy import and_, select

from lanzarote.evaluation.public import verdict_of
from lanzarote.kinds.kind import Step, in_state, leads, record_can
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record, Version, decode
from lanzarote.transfers import mapping, origin
from lanzarote.transfers.model import TRANSFER, TransferStatus
from lanzarote.transfers.words import ABOUT, ASKED_ONCE, NAMELESS, STATES, UNSTATED, label_of, next_words
from lanzarote.translation import N_, format_date
from lanzarote.types import Transfer
from lanzarote.web.region_reading import article_links, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.model import Outcome
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.transfers.origin import Now
    from lanzarote.types import OriginKind, ProvisionMatch, SectorMatch, TransferOrigin, TransferQuestion
    from lanzarote.web.region_reading import ArticleLink
    from lanzarote.web.site import View

ROOMS: Final[Mapping[OriginKind, str]] = {"practice": "practices", "procedure": "procedures"}
"""What the addresses of their pages begin with."""
WORKED_ON: Final = ("offered", "taken-up", "adapting", "piloted", "adopted")


def _unread(record: Record, state: str) -> bool:
    """Something is written that the public does not read yet, or no longer."""
    waits = record.published_version not in (None, record.version) or record.state == "withdrawn"
    return waits and record.state != "archived" and leads("transfer", state, "publish")


STEPS: Final = (
    Step(name="edit", label=N_("Answer and match"), may="group.write", when=in_state(*WORKED_ON), main=True),
    Step(name="take-up", label=N_("Take it up"), may="group.lead", when=in_state("offered"), main=True),
    Step(name="adapt", label=N_("Make the draft"), may="group.lead", when=in_state("taken-up"), main=True),
    Step(name="pilot", label=N_("It is tried out"), may="group.lead", when=in_state("adapting"), main=True),
    Step(name="adopt", label=N_("Adopt it"), may="group.lead", when=in_state("piloted"), main=True),
    Step(name="publish", label=N_("Show the public what is new"), may="group.lead", when=_unread),
    Step(
        name="decline",
        label=N_("Do not take it up"),
        may="group.lead",
        when=in_state("offered", "taken-up", "adapting", "piloted"),
    ),
    Step(name="reconsider", label=N_("Propose it again"), may="group.lead", when=in_state("declined"), main=True),
    Step(name="withdraw", label=N_("Withdraw it"), may="group.lead", when=record_can("withdraw")),
    Step(name="archive", label=N_("Archive"), may="group.lead", when=record_can("archive")),
    Step(name="restore", label=N_("Take out of the archive"), may="group.lead", when=record_can("restore")),
    Step(name="erase", label=N_("Erase it"), may="record.erase", when=record_can("erase")),
)


class Row(Struct, frozen=True, kw_only=True):
    """A transfer in the list."""

    id: str
    kind: str
    title: Markup
    region: str
    state: str
    open: int
    news: bool
    """The origin has changed, and nobody here has looked at it."""
    updated_at: datetime


class Match(Struct, frozen=True, kw_only=True):
    """A sector or provision of the origin, and what answers to it here."""

    name: Markup
    here: tuple[Markup, ...]
    note: Markup
    articles: tuple[ArticleLink, ...] = ()
    open: bool


class Asked(Struct, frozen=True, kw_only=True):
    about: str
    text: Markup
    answer: Markup
    open: bool


class Adapted(Struct, frozen=True, kw_only=True):
    """The practice or procedure that was adapted here."""

    id: str
    href: str
    public_href: str
    """Empty: the public does not read it."""


class ToldTransfer(Struct, frozen=True, kw_only=True):
    """One transfer, as the team reads it."""

    kind: str
    """``practice`` or ``procedure``."""
    title: Markup
    plain: str
    region: str
    origin_href: str
    """Empty: it has no page on this site, or is no longer published."""
    version: int
    state: str
    code: str
    next: str
    unjudged: bool
    erased: bool
    """Where it comes from; nothing that it said there is known here any more."""
    news: str
    """``changed`` or ``gone`` when nobody here has looked at what became of the origin."""
    open: tuple[str, ...]
    sectors: tuple[Match, ...]
    provisions: tuple[Match, ...]
    questions: tuple[Asked, ...]
    changed: Markup
    reason: Markup
    steps: tuple[tuple[str, str], ...]
    adapted: Adapted | None
    withdrawn: str


def tell(view: View, session: Session, record: Record, transfer: Transfer, status: TransferStatus) -> ToldTransfer:
    said = transfer.origin
    now = origin.now_of(view.instance, {(said.region, said.record)}).get((said.region, said.record))
    served = view.instance.headers().get(said.region)
    published = now is not None and now.published and served is not None
    return ToldTransfer(
        kind=said.kind,
        title=title_of(view, transfer),
        plain=plain_title(view, transfer),
        region=view.say(said.region_name),
        origin_href=page_of(view, said.kind, said.region, said.slug) if published else "",
        version=said.version,
        state=view._(STATES[status.state]),
        code=status.state,
        next=view._(
            origin.NOT_THERE
            if not published and status.state in ("offered", "taken-up")
            else next_words(said.kind, status.state)
        ),
        unjudged=is_unjudged(view.instance, said.region),
        erased=not said.title,
        news=news_of(transfer, status, now),
        open=tuple(label_of(view, one.place, transfer) for one in mapping.open_points(transfer)),
        sectors=tuple(_match(view, one, "sector") for one in transfer.sectors),
        provisions=tuple(_match(view, one, "provision") for one in transfer.provisions),
        questions=tuple(
            Asked(
                about=view._(ABOUT[one.about]),
                text=question_of(view, transfer, one),
                answer=told(view, one.answer),
                open=not one.answer and bool(said.title),
            )
            for one in transfer.questions
        ),
        changed=told(view, transfer.changed),
        reason=told(view, status.reason),
        steps=tuple((view._(STATES[one.state]), format_date(one.on, view.lang)) for one in status.steps),
        adapted=adapted_of(view, session, said.kind, status),
        withdrawn=status.withdrawn,
    )


def listed(view: View, session: Session) -> list[Row]:
    """Every transfer into the region that is kept here, the last changed first."""
    found = read_all(session, view.actor)
    pairs = {(transfer.origin.region, transfer.origin.record) for _, transfer, _ in found}
    now = origin.now_of(view.instance, pairs)
    return [
        Row(
            id=record.id,
            kind=transfer.origin.kind,
            title=title_of(view, transfer),
            region=view.say(transfer.origin.region_name),
            state=view._(STATES[status.state]),
            open=len(mapping.open_points(transfer)) if status.state not in ("declined", "adopted") else 0,
            news=bool(news_of(transfer, status, now.get((transfer.origin.region, transfer.origin.record)))),
            updated_at=record.updated_at,
        )
        for record, transfer, status in found
    ]


def read_all(session: Session, actor: Actor) -> list[tuple[Record, Transfer, TransferStatus]]:
    """Every transfer of the session's regions that *actor* may read and nobody put away, the last changed first."""
    joined = and_(Version.region_id == Record.region_id, Version.record_id == Record.id)
    query = (
        select(Record, Version.body)
        .join(Version, joined & (Version.number == Record.version))
        .where(Record.kind == TRANSFER, Record.state != "erased", allowed(actor, "group.read"))
        .order_by(Record.updated_at.desc(), Record.id)
    )
    return [
        (record, decode(body, Transfer), decode(record.status, TransferStatus))
        for record, body in session.execute(query)
    ]


def news_of(transfer: Transfer, status: TransferStatus, now: Now | None) -> str:
    """Whether the origin has changed since somebody here has looked at it last: ``changed``, ``gone`` or nothing."""
    if status.state == "declined":
        return ""
    if now is None or not now.published:
        return "" if status.seen_gone else "gone"
    return "changed" if now.version > max(transfer.origin.version, status.seen) else ""


def is_unjudged(instance: Instance, region_id: str) -> bool:
    """Whether the region's pilot is not judged yet, or not to be extended; of a region that is not here: yes."""
    return region_id not in instance.headers() or verdict_of(instance, region_id) != "extend"


def verdict_for(instance: Instance, said: TransferOrigin) -> Outcome | None:
    """What was decided about the pilot an origin comes from; of a region that is not here, nothing is known."""
    return verdict_of(instance, said.region) if said.region in instance.headers() else None


def barred(instance: Instance, said: TransferOrigin, step: str) -> str:
    """Why the *step* that its state allows cannot be taken now; empty: it can."""
    if step not in ("take-up", "adapt"):
        return ""
    try:
        origin.require_there(instance, said.region, said.record)
    except origin.NotThere as error:
        return str(error)
    may_go = step == "adapt" or origin.may_travel(said.kind, verdict_for(instance, said))
    return "" if may_go else origin.NOT_EXTENDED


def page_of(view: View, kind: OriginKind, region_id: str, slug: str) -> str:
    """Where the public reads an origin on this site; empty: nowhere. Procedures that are received have no page."""
    header = view.instance.headers().get(region_id)
    if header is None or (kind == "procedure" and not origin.is_home(view.instance, region_id)):
        return ""
    return view.region_href(header, ROOMS[kind], slug)


def title_of(view: View, transfer: Transfer) -> Markup:
    """What it is called where it comes from; of what was erased there, nobody knows any more."""
    title = transfer.origin.title
    return told(view, title, transfer.origin.original) if title else escape(view._(NAMELESS))


def plain_title(view: View, transfer: Transfer) -> str:
    title = transfer.origin.title
    return view.text(title, transfer.origin.original)[0] if title else view._(NAMELESS)


def question_of(view: View, transfer: Transfer, question: TransferQuestion) -> Markup:
    """What is asked: the origin's words, or that it says nothing, or that they are erased."""
    if not question.text and not transfer.origin.title:
        return escape(view._(ASKED_ONCE))
    if not question.text:
        return escape(view._(UNSTATED[question.about]))
    return told(view, question.text, transfer.origin.original)


def said_in(view: View, transfer: Transfer) -> list[tuple[str, str]]:
    """Everything that is written in a transfer here, with its place, for comparing versions."""
    found: list[tuple[str, str]] = []
    rooms: tuple[tuple[str, Sequence[SectorMatch | ProvisionMatch]], ...] = (
        ("sectors", transfer.sectors),
        ("provisions", transfer.provisions),
    )
    for room, some in rooms:
        for number, one in enumerate(some):
            place = f"{room}[{number}]"
            here = (str(_named(view, room[:-1], key).striptags()) for key in one.here)
            found.append((f"{place}.here", ", ".join(here)))
            found += [(f"{place}.note.{code}", text) for code, text in one.note.items()]
    for number, question in enumerate(transfer.questions):
        found += [(f"questions[{number}].answer.{code}", text) for code, text in question.answer.items()]
    return found + [(f"changed.{code}", text) for code, text in transfer.changed.items()]


def _match(view: View, one: SectorMatch | ProvisionMatch, kind: str) -> Match:
    paragraphs: tuple[str, ...] = getattr(one, "paragraphs", ())
    return Match(
        name=told(view, one.name),
        here=tuple(_named(view, kind, key) for key in one.here),
        note=told(view, one.note),
        articles=article_links(view, paragraphs),
        open=not one.here and not one.note,
    )


def _named(view: View, kind: str, key: str) -> Markup:
    entry = view.vocabulary.entries.get(kind, {}).get(view.vocabulary.present_key(kind, key))
    if entry is None:
        return Markup(key)  # noqa: S704 - letters, digits and hyphens
    texts: Mapping[str, str] = entry.name if kind == "sector" else mapping.name_of(view.vocabulary, entry)
    return told(view, texts)


def adapted_of(view: View, session: Session, kind: OriginKind, status: TransferStatus) -> Adapted | None:
    record = session.get(Record, (view.region_id, status.practice)) if status.practice else None
    if record is None or record.kind != kind or record.state == "erased":
        return None
    public = record.state == "published"
    return Adapted(
        id=record.id,
        href=view.href("team", ROOMS[kind], record.id),
        public_href=view.href(ROOMS[kind], record.slug) if public else "",
    )

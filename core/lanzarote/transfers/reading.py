"""Transfers in the team's words: one of them, what is to be done next, what became of the origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.evaluation.public import verdict_of
from lanzarote.records.records import Record
from lanzarote.transfers import mapping, origin
from lanzarote.transfers.model import STATES
from lanzarote.translation import N_, format_date
from lanzarote.web.region_reading import article_links, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.model import Outcome
    from lanzarote.instance import Instance
    from lanzarote.transfers.model import TransferStatus
    from lanzarote.transfers.origin import Now
    from lanzarote.types import (
        OriginKind,
        ProvisionMatch,
        SectorMatch,
        Text,
        Transfer,
        TransferOrigin,
        TransferQuestion,
        TransferState,
    )
    from lanzarote.web.region_reading import ArticleLink
    from lanzarote.web.site import View

ROOMS: Final[Mapping[OriginKind, str]] = {"practice": "practices", "procedure": "procedures"}
"""What the addresses of their pages begin with."""
NEXT: Final[Mapping[TransferState, str]] = {
    "offered": N_("Talk it over in the group. A coordinator says whether it is taken up, or why not."),
    "taken-up": N_("Answer the open points as far as you can, then let the draft of your own practice be made."),
    "adapting": N_("Adapt the draft, and answer what is still open. When no point is open, it can be tried out."),
    "piloted": N_("Say what had to change. When your own practice is published, it is adopted."),
    "adopted": N_("It is now a practice of your region. You get a notice when the original changes."),
    "declined": N_("Not taken up. Everybody can read why."),
}
NEXT_PROCEDURE: Final[Mapping[TransferState, str]] = {
    "taken-up": N_("Answer the open points as far as you can, then let the draft of your own procedure be made."),
    "piloted": N_("Say what had to change. When the parties here have endorsed your own procedure, it is adopted."),
    "adopted": N_("It is now a procedure of your region. You get a notice when the original changes."),
}
"""Where a procedure goes another way than a practice."""
ABOUT: Final[Mapping[str, str]] = {
    "transfer": N_("What another place needs"),
    "difficulties": N_("What was difficult there"),
    "governance": N_("Who keeps it there, and who meets when"),
    "limits": N_("What it leaves open there"),
    "measures": N_("What goes with the steps there"),
    "basis": N_("On which basis something is passed on there"),
}
UNSTATED: Final[Mapping[str, str]] = {
    "transfer": N_("The origin does not state it. Ask its team, or think it through: what would it take with you?"),
    "difficulties": N_("The origin does not state it. Ask its team: what did not work at first?"),
    "governance": N_("The origin does not state it. Who would keep it with you, and who would meet when?"),
    "limits": N_("The origin does not state it. Ask its team: what did they leave open, and why?"),
}
"""What is asked where the origin says nothing."""
NAMELESS: Final = N_("The original was erased")
"""In place of a title."""
ASKED_ONCE: Final = N_("What was asked here was erased with it, where it comes from.")


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
    region: str
    published: bool
    """The public reads it where it comes from."""
    origin_href: str
    """Empty: it has no page on this site, or is no longer published."""
    version: int
    next: str
    unjudged: bool
    erased: bool
    """Where it comes from; nothing that it said there is known here any more."""
    news: str
    """``changed`` or ``gone`` when nobody here has looked at what became of the origin."""
    sectors: tuple[Match, ...]
    provisions: tuple[Match, ...]
    questions: tuple[Asked, ...]
    changed: Markup
    reason: Markup
    steps: tuple[tuple[str, str], ...]
    adapted: Adapted | None
    withdrawn: str


def tell(view: View, session: Session, transfer: Transfer, status: TransferStatus) -> ToldTransfer:
    said = transfer.origin
    now = origin.now_of(view.instance, {(said.region, said.record)}).get((said.region, said.record))
    served = view.instance.headers().get(said.region)
    published = now is not None and now.published and served is not None
    return ToldTransfer(
        kind=said.kind,
        region=view.say(said.region_name),
        published=now is not None and now.published,
        origin_href=page_of(view, said.kind, said.region, said.slug) if published else "",
        version=said.version,
        next=view._(
            origin.NOT_THERE
            if not published and status.state in ("offered", "taken-up")
            else next_words(said.kind, status.state)
        ),
        unjudged=is_unjudged(view.instance, said.region),
        erased=not said.title,
        news=news_of(transfer, status, now),
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


def barred(instance: Instance, said: TransferOrigin, *, taken_up: bool) -> str:
    """Why it cannot be taken up now or, once it is *taken up*, no draft be made; empty: it can."""
    try:
        origin.require_there(instance, said.region, said.record)
    except origin.NotThere as error:
        return str(error)
    may_go = taken_up or origin.may_travel(said.kind, verdict_for(instance, said))
    return "" if may_go else origin.NOT_EXTENDED


def page_of(view: View, kind: OriginKind, region_id: str, slug: str) -> str:
    """Where the public reads an origin on this site; empty: nowhere. Procedures that are received have no page."""
    header = view.instance.headers().get(region_id)
    if header is None or (kind == "procedure" and not origin.is_home(view.instance, region_id)):
        return ""
    return view.region_href(header, ROOMS[kind], slug)


def question_of(view: View, transfer: Transfer, question: TransferQuestion) -> Markup:
    """What is asked: the origin's words, or that it says nothing, or that they are erased."""
    if not question.text and not transfer.origin.title:
        return escape(view._(ASKED_ONCE))
    if not question.text:
        return escape(view._(UNSTATED[question.about]))
    return told(view, question.text, transfer.origin.original)


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
    return told(view, _texts(view, kind, entry))


def entry_name(view: View, kind: str, entry: Any) -> str:
    """What a sector or provision of the region is called."""
    return view.say(_texts(view, kind, entry))


def _texts(view: View, kind: str, entry: Any) -> Text:
    return entry.name if kind == "sector" else mapping.name_of(view.vocabulary, entry)


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


def next_words(kind: OriginKind, state: TransferState) -> str:
    """What is to be done next; to be translated."""
    return NEXT_PROCEDURE.get(state, NEXT[state]) if kind == "procedure" else NEXT[state]

"""What things other than practices are found by, in step with what the public reads."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Index, LargeBinary, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import directory, listed
from lanzarote.facts.convention import articles_in_words, common_sectors, convention, frameworks
from lanzarote.procedures.model import INVENTED
from lanzarote.records.changelog_state import released_now
from lanzarote.records.received import is_received
from lanzarote.records.records import Record, Version
from lanzarote.regions import vocabulary
from lanzarote.regions.vocabulary import citations, provision_in_words, wording
from lanzarote.runtime.reading import LateDecoder
from lanzarote.search import index as search
from lanzarote.store.database import Base, Regional

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.search.index import Texts
    from lanzarote.types import Instrument, Provision, Sector


# --- What is found of a region beside its practices, one row each, under numbers that no practice has ---

Kind = Literal[
    "practice",
    "procedure",
    "improvement",
    "organisation",
    "provision",
    "article",
    "age",
    "helpline",
    "sector",
    "context",
]
PRACTICE: Final = "practice"
FIRST: Final = 1 << 36
"""Rows of this table have numbers from here on in the index; practices have smaller ones."""


class Item(Regional, Base):
    """One thing to be found."""

    __tablename__ = "search_item"
    __table_args__ = (Index("search_item_pk", "pk", unique=True),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    """Id of a record, key of an entry of the vocabulary."""
    pk: Mapped[int] = mapped_column(BigInteger)
    ordered: Mapped[int] = mapped_column(BigInteger)
    """The smaller, the earlier among equals."""
    card: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]
    """Of all that it is found by."""


class Card(Struct, frozen=True, kw_only=True):
    """What a list shows of it."""

    path: str
    """Of its page, below its region or, where it belongs to none, below the language."""
    title: dict[str, str]
    summary: dict[str, str] = {}
    original: str = ""


# --- What things other than practices are found by, and what is shown of them ---

ROOMS: Final[Mapping[str, str]] = {"improvement": "improvements", "procedure": "procedures"}
"""Kind of record → where its public pages are."""
LEADS: Final = ("summary", "purpose", "proposal", "scope")
"""Texts that tell most of an improvement or a procedure, the first that there is."""
TERMS: Final = ("provision", "age", "helpline", "sector")


class Told(Struct, frozen=True, kw_only=True):
    """One thing to be found."""

    kind: str
    item: str
    ordered: int
    card: Card
    text: Texts = ()
    """What it is found by beside title and summary."""


class _Said(Struct):
    original: str = ""
    nature: str = ""
    text: dict[str, dict[str, Any]] = {}
    steps: tuple[_Step, ...] = ()


class _Step(Struct):
    title: dict[str, str] = {}
    detail: dict[str, str] = {}


class _Document(Struct):
    slug: str = ""
    improvement: _Said | None = None
    procedure: _Said | None = None


_said = LateDecoder(_Said)
_document = LateDecoder(_Document)


def of_kind(session: Session, region_id: str, kind: str, ids: Collection[str] | None = None) -> Iterator[Told]:
    """What there is of *kind* in the region; *ids*: of these records alone."""
    if kind == STAKEHOLDER:
        return _organisations(session, region_id, ids)
    if kind in ROOMS:
        return _deliberated(session, region_id, kind, ids)
    return _vocabulary(session, region_id)


def _organisations(session: Session, region_id: str, ids: Collection[str] | None) -> Iterator[Told]:
    sectors: Mapping[str, Sector] = vocabulary.read_kinds(session, region_id, ("sector",))["sector"]
    names = {former: key for key, one in sectors.items() for former in one.former}
    common = {one.key: one.name for one in common_sectors()}
    for one in directory(session) if ids is None else listed(session, ids):
        if one.region != region_id:
            continue
        organisation = one.organisation
        worked_in = [sectors[key] for name in organisation.sectors if (key := names.get(name, name)) in sectors]
        said = [text for sector in worked_in for text in sector.name.items()]
        said += [text for sector in worked_in for key in sector.common for text in common.get(key, {}).items()]
        yield Told(
            kind="organisation",
            item=one.id,
            ordered=_newest_first(one.updated_at),
            card=Card(path=f"organisations/{one.slug}", title=organisation.name, summary=organisation.role),
            text=tuple(said),
        )


def _deliberated(session: Session, region_id: str, kind: str, ids: Collection[str] | None) -> Iterator[Told]:
    """Improvements or procedures that the public reads."""
    if is_received(session, region_id):  # there are only the documents that it released
        for one in released_now(session, region_id, kinds=(kind,)):
            document = _document.decode(one.body) if one.body else _Document()
            said = document.improvement or document.procedure
            if said is not None and said.nature != INVENTED and (ids is None or one.record in ids):
                yield _record(kind, one.record, document.slug, said, one.at)
        return
    shown = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record, Version.body)
        .join(Version, shown & (Version.number == Record.published_version))
        .where(Record.kind == kind, Record.region_id == region_id, Record.published_version.is_not(None))
    )
    for record, body in session.execute(query if ids is None else query.where(Record.id.in_(ids))):
        if (said := _said.decode(body)).nature != INVENTED:
            yield _record(kind, record.id, record.slug, said, record.published_at or record.updated_at)


def _record(kind: str, record_id: str, slug: str, said: _Said, at: datetime) -> Told:
    texts = {
        lang: {name: text for name, text in some.items() if isinstance(text, str)} for lang, some in said.text.items()
    }
    leads = {lang: next((name for name in LEADS if some.get(name)), "") for lang, some in texts.items()}
    rest = [
        (lang, text)
        for lang, some in texts.items()
        for name, text in some.items()
        if text and name not in ("title", leads[lang])
    ]
    for step in said.steps:
        rest += (*step.title.items(), *step.detail.items())
    return Told(
        kind=kind,
        item=record_id,
        ordered=_newest_first(at),
        card=Card(
            path=f"{ROOMS[kind]}/{slug}",
            title={lang: some["title"] for lang, some in texts.items() if some.get("title")},
            summary={lang: some[leads[lang]] for lang, some in texts.items() if leads[lang]},
            original=said.original,
        ),
        text=tuple(rest),
    )


def _vocabulary(session: Session, region_id: str) -> Iterator[Told]:
    terms = vocabulary.read_kinds(session, region_id, (*TERMS, "instrument"))
    instruments = terms["instrument"]
    cited = {key: citations(one, instruments.get(one.instrument)) for key, one in terms["provision"].items()}
    for place, (key, one) in enumerate(terms["provision"].items()):
        yield _provision(key, place, one, instruments.get(one.instrument))
    for place, (key, age) in enumerate(terms["age"].items()):
        law = tuple(text for name in age.provisions for text in cited.get(name, {}).items())
        yield _entry("age", key, place, f"ages#{key}", age.name, age.text, law)
    for place, (key, line) in enumerate(terms["helpline"].items()):
        number = (("", line.number),) if line.number else ()
        yield _entry("helpline", key, place, "help", line.name, line.for_whom, (*number, *line.hours.items()))
    common = {one.key: one.name for one in common_sectors()}
    for place, (key, sector) in enumerate(terms["sector"].items()):
        names = tuple(text for name in sector.common for text in common.get(name, {}).items())
        yield _entry("sector", key, place, f"sectors/{key}", sector.name, sector.description, names)


def _provision(key: str, place: int, one: Provision, instrument: Instrument | None) -> Told:
    now = wording(one)
    cited = citations(one, instrument)
    titles = {lang: f"{cited.get(lang) or next(iter(cited.values()))} – {title}" for lang, title in now.title.items()}
    references = (link.ref for link in now.convention)
    text = (*provision_in_words(one, instrument), *now.introduced_by.items(), *articles_in_words(references))
    return _entry("provision", key, place, f"law/{key}", titles, now.summary, text)


def _entry(
    kind: str, key: str, place: int, path: str, title: Mapping[str, str], summary: Mapping[str, str], text: Texts
) -> Told:
    card = Card(path=path, title=dict(title), summary=dict(summary))
    return Told(kind=kind, item=key, ordered=place, card=card, text=text)


def of_all_regions() -> Sequence[Told]:
    """The articles of the Convention, and the pages about what surrounds it."""
    told = convention()
    chapters = {one.number: one for one in told.chapters}
    found = []
    for one in told.articles:
        title = {lang: f"Article {one.number} – {heading}" for lang, heading in one.heading.items()}
        mentions = [text for name in one.mentions for text in told.mentions[name].items()]
        text = (
            *chapters[one.chapter].title.items(),
            *told.facts.title.items(),
            *told.facts.short_name.items(),
            *mentions,
        )
        found.append(_entry("article", str(one.number), one.number, f"convention/{one.number}", title, one.note, text))
    for place, page in enumerate(frameworks().pages, len(found) + 1):
        said = [
            text
            for section in page.sections
            for some in (section.heading, *section.paragraphs)
            for text in some.items()
        ]
        said += [text for section in page.sections for item in section.items for text in item.text.items()]
        found.append(_entry("context", page.key, place, f"context/{page.key}", page.title, page.lead, tuple(said)))
    return found


def _newest_first(at: datetime) -> int:
    return -int(at.timestamp() * 1_000_000)


# --- Keeps what is found in step with what the public reads, in the transaction that changes it ---

RECORDS: Final[Mapping[str, str]] = {STAKEHOLDER: "organisation", **{kind: kind for kind in ROOMS}}
"""Kind of record → kind of what is found."""
VOCABULARY: Final = "vocabulary"
EVERY: Final = (*RECORDS, VOCABULARY)


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Take up what was written. Listens to ``changes.record``."""
    for region_id, kind in dict.fromkeys((one.region_id, one.kind) for one in saved):
        if kind not in EVERY:
            continue
        some = [one for one in saved if (one.region_id, one.kind) == (region_id, kind)]
        ids = None if kind == VOCABULARY else {one.record_id for one in some}
        session.flush()
        bring_up(session, region_id, kind, ids)
        if any(one.verb == "erase" for one in some):
            search.scrub(session)


def hear(session: Session, region_id: str, released: Sequence[Saved]) -> None:
    """Take up what a received region tells in its change log; what is written here was told before."""
    kinds = dict.fromkeys(one.kind for one in released if one.kind in ROOMS)
    if not kinds or not is_received(session, region_id):
        return
    session.flush()
    for kind in kinds:
        bring_up(session, region_id, kind)


def rebuild(session: Session, region_id: str) -> None:
    """Make all of a region anew."""
    forget_region(session, region_id)
    for kind in EVERY:
        bring_up(session, region_id, kind)


def forget_region(session: Session, region_id: str) -> None:
    _forget(session, region_id, session.scalars(select(Item.pk).where(Item.region_id == region_id)).all())


def bring_up(session: Session, region_id: str, kind: str, ids: Collection[str] | None = None) -> None:
    """Let what is found of *kind*, a kind of record or the vocabulary, be what the public reads now."""
    told = {(one.kind, one.item): one for one in of_kind(session, region_id, kind, ids)}
    kinds = (RECORDS[kind],) if kind in RECORDS else TERMS
    mine = select(Item).where(Item.region_id == region_id, Item.kind.in_(kinds))
    known = {
        (one.kind, one.item): one for one in session.scalars(mine if ids is None else mine.where(Item.item.in_(ids)))
    }
    _forget(session, region_id, [one.pk for name, one in known.items() if name not in told])
    fresh = _free(session) if told.keys() - known.keys() else 0
    added = []
    for name, one in told.items():
        row, mark = known.get(name), _digest(one)
        if row is not None:
            row.ordered = one.ordered
            if row.digest == mark:
                continue
            row.card, row.digest = msgspec.json.encode(one.card), mark
            added.append(_indexed(row.pk, region_id, one, fresh=False))
            continue
        card = msgspec.json.encode(one.card)
        session.add(
            Item(
                region_id=region_id, kind=one.kind, item=one.item, pk=fresh, ordered=one.ordered, card=card, digest=mark
            )
        )
        added.append(_indexed(fresh, region_id, one, fresh=True))
        fresh += 1
    session.flush()
    search.index(session, added)


def _forget(session: Session, region_id: str, pks: Collection[int]) -> None:
    if not pks:
        return
    search.remove(session, pks)
    session.execute(delete(Item).where(Item.region_id == region_id, Item.pk.in_(pks)))


def _free(session: Session) -> int:
    """The first number that is free."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('lanzarote-search-items'))"))
    highest = session.connection().execute(select(func.max(Item.pk))).scalar()
    return (highest or FIRST) + 1


def _indexed(pk: int, region_id: str, one: Told, *, fresh: bool) -> search.Entry:
    card = one.card
    return search.Entry(
        pk=pk,
        region_id=region_id,
        title=tuple(card.title.items()),
        summary=tuple(card.summary.items()),
        text=one.text,
        fresh=fresh,
    )


def _digest(one: Told) -> str:
    return blake2b(msgspec.json.encode((one.card, one.text)), digest_size=16).hexdigest()

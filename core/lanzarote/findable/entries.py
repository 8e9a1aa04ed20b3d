"""What things other than practices are found by, and what is shown of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import directory, listed
from lanzarote.facts.convention import articles_in_words, common_sectors, convention, frameworks
from lanzarote.findable.model import Card
from lanzarote.records import changelog
from lanzarote.records.changelog_state import released_now
from lanzarote.records.records import Record, Version
from lanzarote.regions import vocabulary
from lanzarote.regions.vocabulary import citations, provision_in_words, wording

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.search import Texts
    from lanzarote.types import Instrument, Provision, Sector

ROOMS: Final[Mapping[str, str]] = {"improvement": "improvements", "procedure": "procedures"}
"""Kind of record → where its public pages are."""
LEADS: Final = ("summary", "purpose", "proposal", "scope")
"""Texts that tell most of an improvement or a procedure, the first that there is."""
VOCABULARY: Final = ("provision", "age", "helpline", "sector")


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
    text: dict[str, dict[str, Any]] = {}
    steps: tuple[_Step, ...] = ()


class _Step(Struct):
    title: dict[str, str] = {}
    detail: dict[str, str] = {}


class _Document(Struct):
    slug: str = ""
    improvement: _Said | None = None
    procedure: _Said | None = None


_said = msgspec.json.Decoder(_Said)
_document = msgspec.json.Decoder(_Document)


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
    if changelog.is_received(session, region_id):  # there are only the documents that it released
        for one in released_now(session, region_id, kinds=(kind,)):
            document = _document.decode(one.body) if one.body else _Document()
            said = document.improvement or document.procedure
            if said is not None and (ids is None or one.record in ids):
                yield _record(kind, one.record, document.slug, said, one.at)
        return
    shown = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record, Version.body)
        .join(Version, shown & (Version.number == Record.published_version))
        .where(Record.kind == kind, Record.region_id == region_id, Record.published_version.is_not(None))
    )
    for record, body in session.execute(query if ids is None else query.where(Record.id.in_(ids))):
        yield _record(kind, record.id, record.slug, _said.decode(body), record.published_at or record.updated_at)


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
    terms = vocabulary.read_kinds(session, region_id, (*VOCABULARY, "instrument"))
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

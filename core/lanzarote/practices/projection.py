"""Turns the published version of a practice into what is listed, filtered, found and served."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import func, select, text

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import organisations
from lanzarote.facts.convention import articles_in_words
from lanzarote.practices.documents import as_published, named_by
from lanzarote.practices.facets import OWN
from lanzarote.practices.model import KIND, Card, Document, PracticeStatus, Published, read_status
from lanzarote.records import outbox
from lanzarote.records.changelog import Saved
from lanzarote.records.records import Record, Version
from lanzarote.regions import vocabulary
from lanzarote.runtime.reading import LateDecoder
from lanzarote.search import index as search
from lanzarote.store.bulk import add_rows, marks, pieces, put_rows, remove_rows, rows_of
from lanzarote.types import NARROWING, Practice, Side, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

_practice = LateDecoder(Practice)
_HIGHEST: Final = select(func.max(Published.pk))
_encode = msgspec.json.Encoder().encode
_STATED: Final = (
    "original", "sectors", "running", "scope", "started", "ended", "target_groups", "domains", "convention", "cost",
)  # fmt: skip
_DECIDED: Final = ("standing", "vouching", "strength", "assessed_on")
"""Fields of a card, as the practice and its status have them."""
_ANSWER = re.compile("[a-z0-9-]+")
"""Key of a choice: the only answers that a list is narrowed by."""


class Surroundings(Struct, frozen=True, kw_only=True):
    """What some practices refer to in their region."""

    common: Mapping[str, tuple[str, ...]]
    """Sector key → common sectors."""
    sector_sides: Mapping[str, Side]
    sector_names: Mapping[str, Text]
    """To be found by."""
    organisation_sides: Mapping[str, Side]
    organisation_names: Mapping[str, Text]
    """To be found by."""
    law: Mapping[str, search.Texts]
    """Provision → its number, titles and instrument, to be found by."""
    present: Mapping[tuple[str, str], str]
    """(kind, former key) → present key."""
    asked: frozenset[str] = frozenset()
    """Keys of the region's own questions by which its list is narrowed."""


def surroundings(session: Session, region_id: str, practices: Iterable[Practice]) -> Surroundings:
    """Read what these practices of the region refer to."""
    practices = tuple(practices)
    terms = vocabulary.read_kinds(session, region_id, ("sector", "field"))
    named = {name for practice in practices for name in named_by(practice)}
    directory = organisations(session, region_id, named)
    return Surroundings(
        common={key: sector.common for key, sector in terms["sector"].items()},
        sector_sides={key: sector.side for key, sector in terms["sector"].items()},
        sector_names={key: sector.name for key, sector in terms["sector"].items()},
        organisation_sides={key: one.side for key, one in directory.items()},
        organisation_names={key: one.name for key, one in directory.items()},
        law=vocabulary.law_in_words(session, region_id, {key for one in practices for key in one.legal_basis}),
        present={(kind, old): key for kind in terms for key, term in terms[kind].items() for old in term.former},
        asked=frozenset(key for key, field in terms["field"].items() if field.facet and field.type in NARROWING),
    )


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Keep the projection in step with *saved*, in the same transaction. Listens to ``changes.record``."""
    by_region: dict[str, list[Saved]] = {}
    for one in saved:
        if one.kind == KIND and one.concerns_public:
            by_region.setdefault(one.region_id, []).append(one)
    for region_id, group in by_region.items():
        shown = [one for one in group if one.public]
        _forget(session, region_id, [one.record_id for one in group if not one.public])
        if any(one.verb == "erase" for one in group):
            search.scrub(session)
        if shown:
            _project(session, region_id, shown)
    for region_id in {one.region_id for one in saved if one.kind == STAKEHOLDER and one.concerns_public}:
        project_later(session, region_id)
    for region_id in {one.region_id for one in saved if one.kind == STAKEHOLDER and one.verb == "erase"}:
        _forget_names(session, region_id)


def project_later(session: Session, region_id: str) -> None:
    """Practices show names and sides of their partners: when the directory changes, all are projected anew."""
    asked: set[str] = session.info.setdefault("projected-later", set())
    if (
        region_id in asked
        or session.scalar(select(Published.pk).where(Published.region_id == region_id).limit(1)) is None
    ):
        return
    asked.add(region_id)
    outbox.enqueue_once(session, "project", f"project {region_id}", region=region_id)


def rebuild(session: Session, region_id: str) -> int:
    """Project all published practices of a region anew, after its vocabulary changed; return how many."""
    told = _published(session, region_id)
    _forget(session, region_id, [one.record_id for one in told])
    for start in range(0, len(told), 1000):
        _project(session, region_id, told[start : start + 1000])
    return len(told)


def forget_region(session: Session, region_id: str) -> None:
    """Let nothing of the region be listed or found."""
    remove_rows(session, "DELETE FROM published_practice WHERE region_id = ?", region_id)
    search.forget_region(session, region_id)
    search.scrub(session)


def _forget_names(session: Session, region_id: str) -> None:
    """Let no practice be found by the name of an organisation that is erased: it is not to wait for a job."""
    named = [(one, named_by(_practice.decode(one.body))) for one in _published(session, region_id)]
    known = organisations(session, region_id, set().union(*(names for _, names in named)))
    if told := [one for one, names in named if not names <= known.keys()]:
        _project(session, region_id, told)
    search.scrub(session)


def _published(session: Session, region_id: str) -> list[Saved]:
    """All practices of the region that the public reads, in the order of the list."""
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record, Version.body)
        .join(Version, joined & (Version.number == Record.published_version))
        .where(Record.kind == KIND, Record.region_id == region_id)
    )
    return sorted((as_published(record, body) for record, body in session.execute(query)), key=_order)


def _order(saved: Saved) -> tuple[int, str]:
    """Newest first; what was published at one moment by its address, wherever and however it was loaded."""
    return -int((saved.published_at or saved.at).timestamp() * 1_000_000), saved.slug


def card_facets(practice: Practice, status: PracticeStatus, around: Surroundings) -> tuple[list[str], tuple[Side, ...]]:
    """Facet values of a practice, and the sides of its partners."""
    sides = tuple(sorted({side for partner in practice.partners if (side := _side(partner, around))}))
    sectors = [around.present.get(("sector", key), key) for key in practice.sectors]
    values = [f"sector:{key}" for key in sectors]
    values += {f"common:{common}": None for key in sectors for common in around.common.get(key, ())}
    values += [f"side:{side}" for side in sides]
    if {"public", "civil-society"} <= set(sides):
        values.append("side:both")
    values += {f"article:{reference.partition('.')[0]}": None for reference in practice.convention}
    values += [f"domain:{domain}" for domain in practice.domains]
    values += [f"target:{target}" for target in practice.target_groups]
    values += [f"standing:{status.standing}", f"running:{practice.running}", f"scope:{practice.scope}"]
    if practice.cost:
        values.append(f"cost:{practice.cost}")
    values += {f"{OWN}:{answer}": None for answer in _own_answers(practice, around)}
    return values, sides


def _own_answers(practice: Practice, around: Surroundings) -> Iterator[str]:
    for name, given in practice.answers.items():
        key = around.present.get(("field", name), name)
        if key in around.asked:
            answers = [_yes_or_no(given)] if isinstance(given, bool) else given if isinstance(given, list) else [given]
            yield from (f"{key}:{one}" for one in answers if isinstance(one, str) and _ANSWER.fullmatch(one))


def _yes_or_no(answer: bool) -> str:
    return "yes" if answer else "no"


def _side(partner: Any, around: Surroundings) -> Side | None:
    if partner.organisation in around.organisation_sides:
        return around.organisation_sides[partner.organisation]
    side: Side | None = partner.side or around.sector_sides.get(partner.sector)
    return side


def _project(session: Session, region_id: str, saved: Sequence[Saved]) -> None:
    """Put practices into list and index; those that are there keep their row numbers."""
    told = [(one, _practice.decode(one.body), read_status(one.status)) for one in sorted(saved, key=_order)]
    around = surroundings(session, region_id, [practice for _, practice, _ in told])
    known = _known(session, region_id, [one.record_id for one in saved if not one.fresh])
    fresh = _fresh_pks(session)
    rows: dict[int, dict[str, Any]] = {}
    entries: list[search.Entry] = []
    for one, practice, status in told:
        pk = known.get(one.record_id) or next(fresh)
        facets, sides = card_facets(practice, status, around)
        common = _common_fields(one, region_id, practice, status, sides)
        card = Card(**common)
        document = _document(common, practice, status)
        rows[pk] = {
            "region_id": region_id,
            "record_id": one.record_id,
            "pk": pk,
            "slug": one.slug,
            "ordered": _order(one)[0],
            "facets": " ".join((*facets, f"region:{region_id}")),
            "card": _encode(card),
            "document": _encode(document),
        }
        if one.record_id not in known or one.before != one.body:  # otherwise it is found by the same words as before
            entries.append(_entry(pk, region_id, practice, around, fresh=one.record_id not in known))
    standing = [rows.pop(pk) for pk in known.values()]
    put_rows(session, Published, standing, ("region_id", "record_id"))
    add_rows(session, Published, list(rows.values()))
    search.index(session, entries)


def as_document(
    record: Record, number: int, at: datetime, practice: Practice, status: PracticeStatus, around: Surroundings
) -> Document:
    """A version of *record*, published at *at*, in the form in which the public reads the present one."""
    saved = msgspec.structs.replace(as_published(record, b""), version=number, at=at)
    _, sides = card_facets(practice, status, around)
    return _document(_common_fields(saved, record.region_id, practice, status, sides), practice, status)


def _document(common: dict[str, Any], practice: Practice, status: PracticeStatus) -> Document:
    return Document(
        **asdict(practice)
        | common
        | {
            "assessment": status.label,
            "agreement": status.agreement,
            "agreement_on": status.agreement_on,
            "text": {language: _texts(texts) for language, texts in practice.text.items()},
            "derived": status.derived and status.derived.nameless,
        }
    )


def _common_fields(
    saved: Saved, region_id: str, practice: Practice, status: PracticeStatus, sides: tuple[Side, ...]
) -> dict[str, Any]:
    return {
        "id": saved.record_id,
        "region": region_id,
        "slug": saved.slug,
        "version": saved.version,
        "updated_at": saved.published_at or saved.at,
        "title": {language: texts.title for language, texts in practice.text.items()},
        "summary": {language: texts.summary for language, texts in practice.text.items()},
        "sides": sides,
        **{name: getattr(practice, name) for name in _STATED},
        **{name: getattr(status, name) for name in _DECIDED},
    }


def _texts(texts: Struct) -> dict[str, str]:
    return {name: value for name in texts.__struct_fields__ if (value := getattr(texts, name)) is not None}


def _entry(pk: int, region_id: str, practice: Practice, around: Surroundings, *, fresh: bool) -> search.Entry:
    # The original first: an index may have no room for all of a very long text.
    order = sorted(practice.text, key=lambda lang: lang != practice.original)
    said = [(lang, practice.text[lang]) for lang in order]
    rest = [
        (lang, value)
        for lang, texts in said
        for name in texts.__struct_fields__
        if name not in ("title", "summary") and (value := getattr(texts, name))
    ]
    for partner in practice.partners:
        rest += [*around.organisation_names.get(partner.organisation or "", {}).items(), *partner.part.items()]
    for key in practice.sectors:
        rest += around.sector_names.get(around.present.get(("sector", key), key), {}).items()
    for evidence in practice.evidence:
        rest += evidence.text.items()
    for key in practice.legal_basis:
        rest += around.law.get(key, ())
    rest += articles_in_words(practice.convention)
    return search.Entry(
        pk=pk,
        region_id=region_id,
        title=tuple((lang, texts.title) for lang, texts in said),
        summary=tuple((lang, texts.summary) for lang, texts in said),
        text=tuple(rest),
        fresh=fresh,
    )


def _forget(session: Session, region_id: str, record_ids: Sequence[str]) -> None:
    search.remove(session, _known(session, region_id, record_ids).values())
    for some in pieces(record_ids):
        sql = f"DELETE FROM published_practice WHERE region_id = ? AND record_id IN {marks(some)}"  # noqa: S608
        remove_rows(session, sql, region_id, *some)


def _known(session: Session, region_id: str, record_ids: Sequence[str]) -> dict[str, int]:
    """Row numbers of those of these practices that are in the list."""
    known: dict[str, int] = {}
    for some in pieces(record_ids):
        mine = f"WHERE region_id = ? AND record_id IN {marks(some)}"
        sql = f"SELECT record_id, pk FROM published_practice {mine}"  # noqa: S608
        known |= dict(map(tuple, rows_of(session, sql, region_id, *some)))
    return known


def _fresh_pks(session: Session) -> Iterator[int]:
    """One counter for the whole index: row numbers are dense, which keeps it small. It is looked up when asked."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('lanzarote-search'))"))
    highest = session.connection().execute(_HIGHEST).scalar()
    yield from count((highest or 0) + 1)

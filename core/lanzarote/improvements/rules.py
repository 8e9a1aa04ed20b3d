"""What a finding or an improvement may name, and what in it cannot be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import Struct

from lanzarote.improvements import service
from lanzarote.kinds import law_and_sources
from lanzarote.kinds.organisations import as_named as organisations_as_named
from lanzarote.kinds.organisations import nameable
from lanzarote.practices.sheets import unfit_number
from lanzarote.records.records import Record, body_of, decode
from lanzarote.records.validation import MISSING, NO_DATE, UNKNOWN, Fault, is_date
from lanzarote.stakeholders.deciding import NOT_YET
from lanzarote.translation import N_
from lanzarote.types import Finding, Improvement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

C = TypeVar("C", bound=Finding | Improvement)
TWO_SECTORS: Final = N_("Choose two sectors at least: a finding is about what lies between them.")


class Known(Struct, frozen=True, kw_only=True):
    """What a finding or an improvement may refer to."""

    organisations: Collection[str] = ()
    """Every id and key of the directory."""
    records: Collection[str] = ()
    """Ids of the findings, practices and procedures that the writer may read or that it named before."""
    vocabulary: Vocabulary
    today: str = ""


def known_in(instance: Instance, region_id: str, *, record_id: str, by: Actor, content: Finding | Improvement) -> Known:
    """What *content*, which *by* writes, may name; the one in *record_id* also what it names already."""
    with instance.database.read(region_id) as session:
        record = session.get(Record, (region_id, record_id)) if record_id else None
        before = decode(body_of(session, record, record.version), type(content)) if record else None
        records = service.known_ids(session, content, before, by=by)
    return Known(
        organisations=nameable(instance, region_id, record_id),
        records=records,
        vocabulary=instance.vocabulary(region_id),
        today=instance.today(region_id).isoformat(),
    )


def as_named(instance: Instance, region_id: str, record_id: str, said: C, by: Actor) -> C:
    """What a form of *by* said, with what it does not show: names of those merged since, keys of sources, and records
    that it named before and *by* may not read.
    """
    said = organisations_as_named(instance, region_id, record_id, said)
    with instance.database.read(region_id) as session:
        record = session.get(Record, (region_id, record_id)) if record_id else None
        before = decode(body_of(session, record, record.version), type(said)) if record else None
        seen = service.readable(session, service.references_of(before), by=by) if before else {}
    cited = before.own_sources if before else ()
    kept: dict[str, Any] = {
        "own_sources": law_and_sources.keyed(instance, region_id, record_id, said.own_sources, cited)
    }
    for name in service.REFERENCES:
        if isinstance(said, Improvement):
            unseen = [one for one in getattr(before, name, ()) if one not in seen]
            kept[name] = tuple(dict.fromkeys((*getattr(said, name), *unseen)))
    return msgspec.structs.replace(said, **kept)


def of_finding(said: Finding, known: Known) -> Iterator[Fault]:
    """What in a finding cannot be kept."""
    yield from _unfit(said, known)
    if len(set(said.sectors)) < 2:
        yield Fault(field="sectors", text=TWO_SECTORS)
    for one in said.organisations:
        if one not in known.organisations:
            yield Fault(field="organisations", text=UNKNOWN, value=one)
    if said.observed_on and not is_date(said.observed_on):
        yield Fault(field="observed_on", text=NO_DATE)
    elif said.observed_on and said.observed_on > known.today[: len(said.observed_on)]:
        yield Fault(field="observed_on", text=NOT_YET)
    for number, evidence in enumerate(said.evidence):
        if evidence.value is not None and (why := unfit_number(evidence.value)):
            yield Fault(field=f"evidence[{number}].value", text=why)


def of_improvement(said: Improvement, known: Known) -> Iterator[Fault]:
    """What in an improvement cannot be kept."""
    yield from _unfit(said, known)
    if not said.sectors:
        yield Fault(field="sectors", text=MISSING)
    for name in service.REFERENCES:
        yield from (
            Fault(field=name, text=UNKNOWN, value=one) for one in getattr(said, name) if one not in known.records
        )


def texts_of(said: Finding) -> Iterator[tuple[str, str]]:
    """What a finding says in words of its own, with its place."""
    for code, texts in said.text.items():
        for name in texts.__struct_fields__:
            if text := getattr(texts, name):
                yield f"text.{code}.{name}", text
    for number, one in enumerate(said.evidence):
        for name in ("text", "unit", "period"):
            yield from ((f"evidence[{number}].{name}.{code}", text) for code, text in getattr(one, name).items())
    yield from ((f"note.{code}", text) for code, text in said.note.items())


def _unfit(content: Finding | Improvement, known: Known) -> Iterator[Fault]:
    yield from law_and_sources.unfit(content, known.vocabulary)
    for language, texts in content.text.items():
        said = any(getattr(texts, name) for name in texts.__struct_fields__)
        if language != content.original and said and not (texts.title or "").strip():
            yield Fault(field=f"text.{language}.title", text=MISSING)

"""What findings and improvements say: what is missing, what the region does not know, what has no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote import guard
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.practices.sheets import unfit_number
from lanzarote.records.validation import (
    MALFORMED,
    MISSING,
    NO_ADDRESS,
    NO_DATE,
    TOO_MANY,
    UNKNOWN,
    Fault,
    is_address,
    is_date,
    read_as,
    refuse_long,
    unfit_reference,
    unfit_text,
)
from lanzarote.stakeholders.deciding import NOT_YET
from lanzarote.stakeholders.entries import NOT_READ
from lanzarote.translation import N_
from lanzarote.types import Finding, FindingText, Improvement, ImprovementText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from lanzarote.improvements.documents import ImprovementFacts
    from lanzarote.regions.vocabulary import Vocabulary

Content = Finding | Improvement
KINDS: Final[Mapping[str, type[Finding] | type[Improvement]]] = {FINDING: Finding, IMPROVEMENT: Improvement}
TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    FINDING: FindingText.__struct_fields__,
    IMPROVEMENT: ImprovementText.__struct_fields__,
}
"""Kind → its texts, in the order of the form."""
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {FINDING: ("title", "observed"), IMPROVEMENT: ("title", "proposal")}
"""Texts without which nothing is kept; so few that a draft is begun in a minute."""
LONGEST: Final = {"title": 300, "summary": 4_000}
LONGEST_TEXT: Final = 20_000
LONGEST_LINE: Final = 1_000
"""Of what is written beside the texts: a figure's unit, a source's title."""
MOST: Final = {
    "text": 24,
    "sectors": 60,
    "sources": 60,
    "own_sources": 60,
    "convention": 60,
    "legal_basis": 60,
    "organisations": 40,
    "evidence": 40,
    "findings": 40,
    "practices": 40,
    "procedures": 40,
}
TWO_SECTORS: Final = N_("Choose two sectors at least: a finding is about what lies between them.")


class Known(Struct, frozen=True, kw_only=True):
    """What a finding or an improvement may refer to, beside the region's vocabulary."""

    organisations: Collection[str] = ()
    """Every id and key of the directory."""
    records: Collection[str] = ()
    """Ids of the findings, practices and procedures that the writer may read or that it named before."""


def kind_of(content: Content) -> str:
    return FINDING if isinstance(content, Finding) else IMPROVEMENT


def read(kind: str, value: Any) -> Content:
    """The content in *value*, a JSON object or its bytes. Raises Faulty."""
    return read_as(value, KINDS[kind])


def title_of(content: Content) -> str:
    """A title for people, in the original language; empty when there is none."""
    texts = content.text.get(content.original)
    return (texts.title if texts else None) or ""


def titles_of(content: Content | ImprovementFacts) -> dict[str, str]:
    return {language: texts.title for language, texts in content.text.items() if texts.title}


def references_of(content: Content) -> tuple[str, ...]:
    """Ids of the records that it names."""
    if isinstance(content, Finding):
        return ()
    return (*content.findings, *content.practices, *content.procedures)


def texts_of(content: Content) -> Iterator[tuple[str, str]]:
    """Everything in it that a person wrote, with its place."""
    for language, texts in content.text.items():
        for name in texts.__struct_fields__:
            if text := getattr(texts, name):
                yield f"text.{language}.{name}", text
    if isinstance(content, Finding):
        for number, evidence in enumerate(content.evidence):
            for name in ("text", "unit", "period"):
                for language, text in getattr(evidence, name).items():
                    yield f"evidence[{number}].{name}.{language}", text
    for language, text in content.note.items():
        yield f"note.{language}", text
    for number, source in enumerate(content.own_sources):
        for name in ("title", "publisher", "url"):
            if text := getattr(source, name):
                yield f"own_sources[{number}].{name}", text


def concerns_about(content: Content, vocabulary: Vocabulary) -> tuple[guard.Concern, ...]:
    """What in it may tell who a person is. Raises Faulty for a text that is too long to be read."""
    texts = list(texts_of(content))
    refuse_long(texts, _room_for)
    return guard.check_texts(texts, identifiers=vocabulary.header.personal_identifiers)


def faults_in(content: Content, vocabulary: Vocabulary, known: Known, *, today: str) -> Iterator[Fault]:
    """Everything in it that cannot be kept as it is."""
    yield from _missing(content)
    for place, text in texts_of(content):
        if fault := unfit_text(place, text, _room_for(place)):
            yield fault
    for name, most in MOST.items():
        if len(getattr(content, name, ())) > most:
            yield Fault(field=name, text=TOO_MANY, value=str(most))
    yield from _unknown(content, vocabulary, known)
    yield from _own_sources(content)
    if content.verified and not (content.sources or content.own_sources):
        yield Fault(field="verified", text=NOT_READ)
    if isinstance(content, Finding):
        if content.observed_on and not is_date(content.observed_on):
            yield Fault(field="observed_on", text=NO_DATE)
        elif content.observed_on and content.observed_on > today[: len(content.observed_on)]:
            yield Fault(field="observed_on", text=NOT_YET)
        for number, evidence in enumerate(content.evidence):
            if evidence.value is not None and (why := unfit_number(evidence.value)):
                yield Fault(field=f"evidence[{number}].value", text=why)


def _missing(content: Content) -> Iterator[Fault]:
    original = content.text.get(content.original)
    for name in REQUIRED[kind_of(content)]:
        if not (getattr(original, name, None) or "").strip():
            yield Fault(field=f"text.{content.original}.{name}", text=MISSING)
    for language, texts in content.text.items():
        said = any(getattr(texts, name) for name in texts.__struct_fields__)
        if language != content.original and said and not (texts.title or "").strip():
            yield Fault(field=f"text.{language}.title", text=MISSING)
    if isinstance(content, Finding) and len(set(content.sectors)) < 2:
        yield Fault(field="sectors", text=TWO_SECTORS)
    elif not content.sectors:
        yield Fault(field="sectors", text=MISSING)


def _unknown(content: Content, vocabulary: Vocabulary, known: Known) -> Iterator[Fault]:
    own = {source.key for source in content.own_sources}
    cited = [("sources", content.sources)]
    if isinstance(content, Finding):
        cited += [(f"evidence[{number}].sources", one.sources) for number, one in enumerate(content.evidence)]
    vocabularies = [("sector", "sectors", content.sectors), ("provision", "legal_basis", content.legal_basis)]
    vocabularies += [("source", field, keys) for field, keys in cited]
    for kind, field, keys in vocabularies:
        entries = vocabulary.entries.get(kind, {})
        for key in keys:
            if vocabulary.present_key(kind, key) not in entries and not (field.startswith("evidence") and key in own):
                yield Fault(field=field, text=UNKNOWN, value=key)
    yield from filter(None, (unfit_reference("convention", one) for one in content.convention))
    named = {"organisations": known.organisations, "findings": known.records, "practices": known.records}
    named["procedures"] = known.records
    for field, there in named.items():
        for one in getattr(content, field, ()):
            if one not in there:
                yield Fault(field=field, text=UNKNOWN, value=one)


def _own_sources(content: Content) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, source in enumerate(content.own_sources):
        place = f"own_sources[{number}]"
        for name in ("title", "publisher"):
            if not getattr(source, name):
                yield Fault(field=f"{place}.{name}", text=MISSING)
        if source.url and not is_address(source.url):
            yield Fault(field=f"{place}.url", text=NO_ADDRESS)
        if source.key in seen:
            yield Fault(field=f"{place}.key", text=MALFORMED, value=source.key)
        seen.add(source.key)


def _room_for(place: str) -> int:
    if place.startswith("text."):
        return LONGEST.get(place.rpartition(".")[2], LONGEST_TEXT)
    return LONGEST_TEXT if place.startswith(("note.", "evidence")) and ".unit." not in place else LONGEST_LINE

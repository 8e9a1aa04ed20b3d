"""Entries of the directory that are being written: what is missing, what the region does not know, what has no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote import guard
from lanzarote.kinds import law_and_sources
from lanzarote.kinds.fields import Field, Option, shapes_of
from lanzarote.kinds.organisations import organisations
from lanzarote.records.validation import (
    MALFORMED,
    MISSING,
    NO_ADDRESS,
    TOO_MANY,
    Fault,
    is_address,
    read_as,
    refuse_long,
    unfit_period,
    unfit_text,
)
from lanzarote.translation import N_
from lanzarote.types import Organisation
from lanzarote.web.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.web.site import View

LONGEST: Final = {"name": 300, "role": 4_000, "note": 4_000, "website": 500, "title": 500, "publisher": 300, "url": 500}
MOST: Final = {"sectors": 20, "sources": 60, "own_sources": 20}
SOME_DAY: Final = N_("A year, a month or a day, such as 2014, 2014-06 or 2014-06-02.")
VERIFIED: Final = N_("Verified")
NOT_READ: Final = N_("Say in which source it was read, or leave it marked as not verified.")


def _successors(view: View, chosen: Sequence[str], record: Record | None) -> Iterator[Option]:
    yield Option(value="", label=view._("None"))
    yield from _others(view, chosen, record)


def _others(view: View, chosen: Sequence[str], record: Record | None) -> Iterator[Option]:
    yield from (one for one in organisations(view, chosen) if record is None or record.id not in one.names)


FIELDS: Final = (
    Field(name="name", label=N_("Name"), help=N_("The name it uses.")),
    Field(name="role", label=N_("What it does"), help=N_("According to the sources, in one or two sentences."), rows=3),
    Field(name="side", label=N_("Side"), words=LABELS["side"]),
    Field(name="scope", label=N_("Scale"), words=LABELS["scope"]),
    Field(name="sectors", label=N_("Sectors"), help=N_("At least one."), options=law_and_sources.sectors),
    Field(name="website", label=N_("Website"), help=N_("Its own address; it begins with https://")),
    Field(name="since", label=N_("Exists since"), help=SOME_DAY, heading=N_("Since when, and what became of it")),
    Field(name="until", label=N_("Existed until"), help=N_("Only if it has ceased to exist.")),
    Field(
        name="merged_into",
        label=N_("Taken over by"),
        help=N_("The organisation that succeeded it. If both entries mean the same organisation, merge them instead."),
        options=_successors,
    ),
    *law_and_sources.SOURCES,
)
SHAPES: Final = shapes_of(Organisation, FIELDS)


def read(value: Any) -> Organisation:
    """The entry in *value*, a JSON object or its bytes. Raises Faulty."""
    return read_as(value, Organisation)


def name_of(organisation: Organisation, language: str = "") -> str:
    """A name for people: in *language*, or in the first that it has one in."""
    names = [organisation.name.get(language, ""), *organisation.name.values()]
    return next((name for name in names if name.strip()), "")


def texts_of(organisation: Organisation) -> Iterator[tuple[str, str]]:
    """Everything in it that a person wrote, with its place."""
    for field in ("name", "role", "note"):
        for language, text in getattr(organisation, field).items():
            yield f"{field}.{language}", text
    if organisation.website:
        yield "website", organisation.website
    for number, source in enumerate(organisation.own_sources):
        for name in ("title", "publisher", "url"):
            if text := getattr(source, name):
                yield f"own_sources[{number}].{name}", text


def concerns_about(organisation: Organisation, vocabulary: Vocabulary) -> tuple[guard.Concern, ...]:
    """What in it may tell who a person is. Raises Faulty for a text that is too long to be read."""
    texts = list(texts_of(organisation))
    refuse_long(texts, _longest)
    return guard.check_texts(texts, identifiers=vocabulary.header.personal_identifiers)


def faults_in(organisation: Organisation, vocabulary: Vocabulary, organisations: Collection[str]) -> Iterator[Fault]:
    """Everything in it that cannot be kept as it is; *organisations*: every id and key of the directory."""
    if not name_of(organisation).strip():
        yield Fault(field="name", text=MISSING)
    for place, text in texts_of(organisation):
        if fault := unfit_text(place, text, _longest(place)):
            yield fault
    for name, most in MOST.items():
        if len(getattr(organisation, name)) > most:
            yield Fault(field=name, text=TOO_MANY, value=str(most))
    yield from law_and_sources.unknown_in(organisation, vocabulary, organisations)
    if not organisation.sectors:
        yield Fault(field="sectors", text=MISSING)
    if organisation.website and not is_address(organisation.website):
        yield Fault(field="website", text=NO_ADDRESS)
    yield from unfit_period("since", "until", organisation.since, organisation.until)
    if organisation.verified and not (organisation.sources or organisation.own_sources):
        yield Fault(field="verified", text=NOT_READ)
    yield from _own_sources(organisation)


def _own_sources(organisation: Organisation) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, source in enumerate(organisation.own_sources):
        place = f"own_sources[{number}]"
        for name in ("title", "publisher"):
            if not getattr(source, name):
                yield Fault(field=f"{place}.{name}", text=MISSING)
        if source.url and not is_address(source.url):
            yield Fault(field=f"{place}.url", text=NO_ADDRESS)
        if source.key in seen:
            yield Fault(field=f"{place}.key", text=MALFORMED, value=source.key)
        seen.add(source.key)


def _longest(place: str) -> int:
    return LONGEST[place.partition(".")[0] if "[" not in place else _last(place)]


def _last(place: str) -> str:
    return place.rpartition(".")[2]

"""Entries of the directory that are being written: what is missing, what the region does not know, what has no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote.kinds import law_and_sources
from lanzarote.kinds.fields import Field, Option, shapes_of
from lanzarote.kinds.organisations import organisations
from lanzarote.records.days import unfit_period
from lanzarote.records.validation import MISSING, NO_ADDRESS, Fault, is_address, read_as
from lanzarote.translation import N_
from lanzarote.types import Organisation
from lanzarote.web.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.web.site import View

SOME_DAY: Final = N_("A year, a month or a day, such as 2014, 2014-06 or 2014-06-02.")
VERIFIED: Final = N_("Verified")


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


def faults_in(organisation: Organisation, vocabulary: Vocabulary, organisations: Collection[str]) -> Iterator[Fault]:
    """What in it cannot be kept, beyond what its type says; *organisations*: every id and key of the directory."""
    if not name_of(organisation):
        yield Fault(field="name", text=MISSING)
    if not organisation.sectors:
        yield Fault(field="sectors", text=MISSING)
    if organisation.website and not is_address(organisation.website):
        yield Fault(field="website", text=NO_ADDRESS)
    yield from unfit_period("since", "until", organisation.since, organisation.until)
    yield from law_and_sources.unfit(organisation, vocabulary, organisations)

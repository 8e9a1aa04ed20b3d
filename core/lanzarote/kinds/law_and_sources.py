"""What records of several kinds rest on, as their forms ask for it: sectors, law, the Convention, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lanzarote.kinds.fields import Field, Option
from lanzarote.records import drafts
from lanzarote.records.validation import (
    MISSING,
    NO_ADDRESS,
    UNKNOWN,
    Fault,
    is_address,
    unfit_reference,
)
from lanzarote.regions.declared import references_in
from lanzarote.regions.vocabulary import FILES, wording
from lanzarote.translation import N_
from lanzarote.web.labels import LABELS
from lanzarote.web.region_reading import cite, entries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from lanzarote.instance import Instance
    from lanzarote.kinds.contents import Leaf
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import OwnSource
    from lanzarote.web.site import View

NOT_READ: Final = N_("Say in which source it was read, or leave it marked as not verified.")


def sectors(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    for key, sector in _offered(view, "sector", chosen):
        yield Option(value=key, label=view.say(sector.name), names=sector.former)


def provisions(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    for key, one in _offered(view, "provision", chosen):
        citation, _ = cite(view, one, view.vocabulary.instruments.get(one.instrument))
        title = view.say(wording(one, view.today).title)
        yield Option(value=key, label=citation, names=one.former, help=title)


def sources(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    for key, one in _offered(view, "source", chosen):
        title = one.title if isinstance(one.title, str) else view.say(one.title)
        yield Option(value=key, label=title, names=one.former, help=one.publisher)


def cited(view: View, chosen: Sequence[str], places: Sequence[Leaf] = ()) -> Iterator[Option]:
    """Sources of the region, and those that the record has of its own."""
    own = {leaf.place: leaf.value for leaf in places if leaf.place.startswith("own_sources[")}
    for place, key in own.items():
        if place.endswith("].key"):
            yield Option(value=key, label=own.get(place.removesuffix("key") + "title", key))
    yield from sources(view, chosen)


def _offered(view: View, kind: str, chosen: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Entries of the vocabulary that are not retired, and those that are chosen."""
    for key, one in entries(view.vocabulary, kind).items():
        if not {key, *one.former}.isdisjoint(chosen) or not view.vocabulary.is_retired(kind, key, view.today):
            yield key, one


LAW: Final = (
    Field(name="legal_basis", label=N_("Provisions of the law"), options=provisions),
    Field(name="convention", label=N_("Articles of the Convention")),
)
SOURCES: Final = (
    Field(name="sources", label=N_("Sources of the region"), heading=N_("Where it is written"), options=sources),
    Field(
        name="own_sources",
        label=N_("Other sources"),
        one=N_("Another source"),
        fields=(
            Field(name="title", label=N_("Title")),
            Field(name="publisher", label=N_("Publisher")),
            Field(name="url", label=N_("Address of the page")),
            Field(name="kind", label=N_("Kind"), words=LABELS["source"], usual="organisation"),
            Field(name="language", label=N_("Language"), carried=True),
            Field(name="read_on", label=N_("Read on"), carried=True),
        ),
    ),
    Field(name="verified", label=N_("I have read in these sources what is written here.")),
    Field(name="note", label=N_("How it was checked"), rows=2),
)


def unknown_in(content: Any, vocabulary: Vocabulary, organisations: Collection[str] = ()) -> Iterator[Fault]:
    """What *content* refers to, as its type declares it, and the region does not know.

    *organisations*: every id and key of the directory.
    """
    for path, file, key in references_in(content):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
        kind = _KIND_IN.get(file, "")
        if file == "convention":
            yield from filter(None, (unfit_reference(place, key),))
        known = vocabulary.entries.get(kind, {}) if kind else organisations
        if (kind or file == "organisations") and vocabulary.present_key(kind, key) not in known:
            yield Fault(field=place, text=UNKNOWN, value=key)


_KIND_IN: Final = {file: kind for kind, file in FILES.items()}


def unfit(content: Any, vocabulary: Vocabulary, organisations: Collection[str] = ()) -> Iterator[Fault]:
    """What *content* names that the region does not know, and sources of its own that are not complete."""
    yield from unknown_in(content, vocabulary, organisations)
    yield from unfit_sources(content.own_sources)
    if content.verified and not (content.sources or content.own_sources):
        yield Fault(field="verified", text=NOT_READ)


def unfit_sources(sources: Sequence[OwnSource]) -> Iterator[Fault]:
    """What is missing in sources of a record's own, or leads nowhere."""
    for number, source in enumerate(sources):
        for name in ("title", "publisher"):
            if not getattr(source, name):
                yield Fault(field=f"own_sources[{number}].{name}", text=MISSING)
        if source.url and not is_address(source.url):
            yield Fault(field=f"own_sources[{number}].url", text=NO_ADDRESS)


def keyed(
    instance: Instance, region_id: str, record_id: str, sent: Sequence[OwnSource], before: Sequence[OwnSource]
) -> tuple[OwnSource, ...]:
    """The sources that a form *sent*: new ones under keys that none ever had, others with what only programs write."""
    there = {one.key for one in before}
    free = drafts.new_keys(there, drafts.keys_of(instance.database, region_id, record_id))
    bare = (replace(one, language=None, read_on=None) for one in sent)
    return drafts.kept([one if one.key in there else replace(one, key=next(free)) for one in bare], before)

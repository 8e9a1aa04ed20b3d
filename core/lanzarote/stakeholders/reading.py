"""The directory as its page shows it: who is cited, by sector, narrowed by what a reader asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import LanzaroteError
from lanzarote.search.asked import read
from lanzarote.translation import N_
from lanzarote.types import Table
from lanzarote.web import labels
from lanzarote.web.region_reading import LONGEST_QUESTION, entries, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from litestar.datastructures import MultiDict

    from lanzarote.directory.model import Stakeholder
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Organisation, Side
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View

FACETS: Final[Mapping[str, str]] = {"sector": N_("Sector"), "side": N_("Side"), "scope": N_("Scale")}
ORGANISATIONS: Final = "organisations"
"""What the list is called where it is made in the background."""
MOST_VALUES = 60
LONGEST_VALUE = 120


class TooMuch(LanzaroteError):
    """An address holds more than any of our links would."""


class Question(Struct, frozen=True, kw_only=True):
    """What is asked of the directory, as the address says it."""

    q: str = ""
    terms: bool = False
    """There is a word in it to look for."""
    filters: Mapping[str, tuple[str, ...]] = {}
    format: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        words = [("q", self.q)] if self.q else []
        return words + [(facet, value) for facet, values in self.filters.items() for value in values]


class Choice(Struct, frozen=True, kw_only=True):
    value: str
    label: Markup
    count: int
    chosen: bool


class Facet(Struct, frozen=True, kw_only=True):
    name: str
    legend: Markup
    choices: tuple[Choice, ...]


class Chip(Struct, frozen=True, kw_only=True):
    """One choice that was made; its link takes it away."""

    legend: Markup
    label: Markup
    href: str


class Entry(Struct, frozen=True, kw_only=True):
    """An organisation in the list."""

    href: str
    name: Markup
    role: Markup
    side: Side
    scope: Markup
    relation: Markup
    verified: bool
    ended: bool
    merged: bool


class SectorGroup(Struct, frozen=True, kw_only=True):
    """A sector and who of the list works in it."""

    key: str
    href: str
    name: Markup
    side: Side
    retired: bool
    entries: tuple[Entry, ...]


class Listing(Struct, frozen=True, kw_only=True):
    total: int
    groups: tuple[SectorGroup, ...]
    facets: tuple[Facet, ...]
    chips: tuple[Chip, ...]


def read_question(params: MultiDict[str]) -> Question:
    """Read the address; what it does not know it ignores. Raises TooMuch."""
    given = {facet: tuple(dict.fromkeys(filter(None, params.getall(facet, [])))) for facet in FACETS}
    values = [value for some in given.values() for value in some]
    if len(values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in values):
        raise TooMuch(f"This address asks for too much at once; at most {MOST_VALUES} choices can be combined.")
    q = " ".join(params.get("q", "").split())[:LONGEST_QUESTION]
    return Question(
        q=q,
        terms=bool(read(q)),
        filters={facet: some for facet, some in given.items() if some},
        format=params.get("format", ""),
    )


def values_of(organisation: Organisation, facet: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What *organisation* has of *facet*; sectors by their present keys."""
    if facet == "sector":
        return tuple(dict.fromkeys(vocabulary.present_key("sector", key) for key in organisation.sectors))
    return (organisation.side,) if facet == "side" else (organisation.scope,)


def select(view: Voice, question: Question, *, but: str = "") -> tuple[Stakeholder, ...]:
    """Who passes all filters (other than *but*) and holds all words."""
    vocabulary = view.vocabulary
    held = view.holding("organisation", question.q) if question.terms else None
    wanted = {
        facet: {vocabulary.present_key(facet, value) for value in values}
        for facet, values in question.filters.items()
        if facet != but
    }
    return tuple(
        one
        for one in view.directory
        if (held is None or one.id in held)
        and all(values & set(values_of(one.organisation, facet, vocabulary)) for facet, values in wanted.items())
    )


def present(view: View, question: Question) -> Listing:
    """The directory, narrowed by *question*, with what each further choice would show."""
    found = select(view, question)
    path = view.request.url.path
    return Listing(
        total=len(found),
        groups=tuple(_groups(view, found, question)),
        facets=tuple(_facet(view, question, facet) for facet in FACETS),
        chips=tuple(
            Chip(
                legend=_legend(view, facet),
                label=choice_label(view, facet, value),
                href=_address(path, [pair for pair in question.pairs() if pair != (facet, value)]),
            )
            for facet, values in question.filters.items()
            for value in values
        ),
    )


def entry(view: View, one: Stakeholder) -> Entry:
    organisation = one.organisation
    return Entry(
        href=view.href("organisations", one.slug),
        name=told(view, organisation.name),
        role=told(view, organisation.role),
        side=organisation.side,
        scope=labels.say("scope", organisation.scope, view.translator),
        relation=labels.say("relation", one.status.relation, view.translator),
        verified=organisation.verified,
        ended=organisation.until is not None and organisation.until <= view.today.isoformat(),
        merged=organisation.merged_into is not None,
    )


def in_order(view: Voice, stakeholders: Iterable[Stakeholder]) -> list[Stakeholder]:
    """As a reader of the page's language sorts names."""
    return sorted(stakeholders, key=lambda one: view.sort_key(one.organisation.name))


def choice_label(view: View, facet: str, value: str) -> Markup:
    """*value* of *facet* in the reader's words; the code itself where nobody knows it."""
    if facet == "sector":
        sector = view.vocabulary.sectors.get(view.vocabulary.present_key("sector", value))
        return told(view, sector.name) if sector else Markup.escape(value)
    return labels.say(facet, value, view.translator)


def directory_count(view: Voice, question: Question) -> int:
    """Organisations of the list that is asked for."""
    return len(select(view, question))


def directory_table(view: Voice, question: Question) -> Table:
    """The list that is asked for as rows of a file, each organisation once."""
    _ = view._
    note = _("Cited in public sources; being listed says nothing about membership or endorsement. %(address)s, %(day)s")
    return Table(
        title=_("Organisations"),
        columns=(
            _("Name"),
            _("Role"),
            _("Side"),
            _("Scale"),
            _("Sectors"),
            _("Relation to the group"),
            _("Website"),
            _("Since"),
            _("Verified"),
            _("Address"),
        ),
        rows=[_row(view, one) for one in in_order(view, select(view, question))],
        language=view.lang,
        licence=view.vocabulary.header.licence,
        note=note % {"address": view.absolute(view.href("organisations")), "day": view.today.isoformat()},
    )


def _row(view: Voice, one: Stakeholder) -> tuple[str | None, ...]:
    organisation = one.organisation
    return (
        view.say(organisation.name),
        view.say(organisation.role),
        labels.label("side", organisation.side, view.translator),
        labels.label("scope", organisation.scope, view.translator),
        "; ".join(
            view.say(sector.name)
            for key in values_of(organisation, "sector", view.vocabulary)
            if (sector := view.vocabulary.sectors.get(key))
        ),
        labels.label("relation", one.status.relation, view.translator),
        organisation.website,
        organisation.since,
        view._("yes") if organisation.verified else view._("no"),
        view.absolute(view.href("organisations", one.slug)),
    )


def _groups(view: View, found: Sequence[Stakeholder], question: Question) -> Iterable[SectorGroup]:
    vocabulary = view.vocabulary
    chosen = {vocabulary.present_key("sector", key) for key in question.filters.get("sector", ())}
    ordered = in_order(view, found)
    for key, sector in entries(vocabulary, "sector").items():
        here = [one for one in ordered if key in values_of(one.organisation, "sector", vocabulary)]
        if here and (not chosen or key in chosen):
            yield SectorGroup(
                key=key,
                href=view.href("sectors", key),
                name=told(view, sector.name),
                side=sector.side,
                retired=vocabulary.is_retired("sector", key, view.today),
                entries=tuple(entry(view, one) for one in here),
            )


def _facet(view: View, question: Question, facet: str) -> Facet:
    vocabulary = view.vocabulary
    rest = select(view, question, but=facet)
    counts: dict[str, int] = {}
    for one in rest:
        for value in values_of(one.organisation, facet, vocabulary):
            counts[value] = counts.get(value, 0) + 1
    chosen = {vocabulary.present_key(facet, value) for value in question.filters.get(facet, ())}
    known: Iterable[str] = entries(vocabulary, "sector") if facet == "sector" else labels.LABELS[facet]
    shown = [value for value in known if value in counts or value in chosen]
    return Facet(
        name=facet,
        legend=_legend(view, facet),
        choices=tuple(
            Choice(
                value=value,
                label=choice_label(view, facet, value),
                count=counts.get(value, 0),
                chosen=value in chosen,
            )
            for value in shown
        ),
    )


def _legend(view: View, facet: str) -> Markup:
    return labels.phrase(FACETS[facet], view.translator)


def _address(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path

"""What a reader asks of the list of practices, as the address says it, and the questions by which it is narrowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.errors import LanzaroteError
from lanzarote.facts.convention import UnknownReference, common_sectors, convention
from lanzarote.practices.facets import OWN
from lanzarote.search.asked import read
from lanzarote.translation import N_
from lanzarote.web import labels
from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from litestar.datastructures import MultiDict

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import PracticeField
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View


IN_REGION = ("sector", "side", "article", "domain", "target", "standing", "running", "scope", "cost", OWN)
EVERYWHERE = ("region", "common", "side", "article", "domain", "target", "standing", "running", "scope", "cost")
PICK = "p"
"""Each practice on the shortlist, in the address: nothing is stored on the reader's device."""

EXACT = "as_written"
LONGEST_QUERY = 200
MOST_VALUES = 50
LONGEST_VALUE = 120
MOST_PICKED = 12

Pairs = list[tuple[str, str]]


class TooMuch(LanzaroteError):
    """An address holds more than any of our links would."""


class Question(Struct, frozen=True, kw_only=True):
    """What is asked for."""

    q: str = ""
    cut: bool = False
    """The words asked for were more than are looked for; the rest was left out."""
    terms: bool = False
    """There is a word in it to look for."""
    exact: bool = False
    """What no text holds is not looked for in another spelling."""
    filters: Mapping[str, tuple[str, ...]] = {}
    cursor: str = ""
    picked: tuple[str, ...] = ()
    format: str = ""

    def words(self) -> Pairs:
        return [("q", self.q), *([(EXACT, "yes")] if self.exact else ())] if self.q else []

    def choices(self) -> Pairs:
        return [(facet, value) for facet, values in self.filters.items() for value in values]

    def picks(self) -> Pairs:
        return [(PICK, slug) for slug in self.picked]

    def pairs(self) -> Pairs:
        """Everything but the place in the list."""
        return self.words() + self.choices() + self.picks()


def read_question(params: MultiDict[str], facets: Sequence[str]) -> Question:
    """Read the address; what it does not know it ignores. Raises TooMuch."""
    given = [(name, params.getall(name)) for name in (*facets, PICK) if name in params]
    count = sum(len(values) for _, values in given)
    if count > MOST_VALUES or any(len(value) > LONGEST_VALUE for _, values in given for value in values):
        raise TooMuch(f"This address asks for too much at once; at most {MOST_VALUES} choices can be combined.")
    chosen = {name: _each_once(values) for name, values in given}
    picked = chosen.pop(PICK, ())
    if len(picked) > MOST_PICKED:
        raise TooMuch(f"A shortlist holds at most {MOST_PICKED} practices; take some away first.")
    q = " ".join(params.get("q", "").split())
    return Question(
        q=q[:LONGEST_QUERY],
        cut=len(q) > LONGEST_QUERY,
        terms=bool(read(q[:LONGEST_QUERY])),
        exact=params.get(EXACT) == "yes",
        filters={name: values for name, values in chosen.items() if values},
        cursor=params.get("cursor", ""),
        picked=picked,
        format=params.get("format", ""),
    )


def index_filters(filters: Mapping[str, Sequence[str]], terms: Vocabulary | None) -> dict[str, Sequence[str]]:
    """*filters* of an address as the facet index knows them: by the present keys of *terms*, each question apart."""
    apart: dict[str, Any] = {facet: values for facet, values in filters.items() if facet != OWN}
    if terms is not None and "sector" in filters:
        apart["sector"] = terms.present_keys("sector", filters["sector"])
    if terms is not None:
        for value in filters.get(OWN, ()):
            key, _, answer = value.partition(":")
            apart.setdefault(f"{OWN}:{terms.present_key('field', key)}", []).append(answer)
    return apart


def seen_filters(view: Voice, question: Question) -> Mapping[str, Sequence[str]]:
    """The chosen filters, by present keys."""
    return index_filters(question.filters, view.vocabulary if view.region is not None else None)


def address(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


# The questions, with their answers in the reader’s words


OPEN = ("region", "sector", "common", "side", "article", "domain")
"""Shown unfolded; the others when something in them is chosen."""
ENDED = N_("no longer used")


class Choice(Struct, frozen=True, kw_only=True):
    value: str
    label: Markup
    count: int
    chosen: bool


class Group(Struct, frozen=True, kw_only=True):
    """One question."""

    name: str
    legend: Markup
    choices: tuple[Choice, ...]
    open: bool


class Chip(Struct, frozen=True, kw_only=True):
    """One choice that was made; its link takes it away."""

    legend: Markup
    label: Markup
    href: str


def choice_label(view: View, facet: str, value: str) -> Markup:
    """*value* of *facet* in the reader's words; the code itself where nobody knows it."""
    if facet == "sector" and view.region is not None:
        sector = view.vocabulary.sectors.get(view.vocabulary.present_key("sector", value))
        return labels.written(*view.text(sector.name), view.lang) if sector else escape(value)
    if facet == "common":
        names = {sector.key: sector.name for sector in common_sectors()}
        return labels.written(*view.text(names[value]), view.lang) if value in names else escape(value)
    if facet == "region":
        header = view.instance.headers().get(value)
        return labels.written(*view.text(header.name), view.lang) if header else escape(value)
    if facet == "article":
        return _article_label(view, value)
    if own := _own_question(view, facet):
        return _answer_label(view, own, value)
    return labels.say(facet, value, view.translator) if facet in labels.LABELS else escape(value)


def groups(view: View, question: Question, counts: Mapping[str, Mapping[str, int]]) -> tuple[Group, ...]:
    """The questions that have an answer in this list, each answer with how many practices it would show."""
    found = []
    filters = seen_filters(view, question)
    for facet in _questions_in_order(view, counts):
        counted, chosen = counts[facet], filters.get(facet, ())
        choices = tuple(
            Choice(
                value=_in_address(facet, value)[1],
                label=choice_label(view, facet, value),
                count=counted.get(value, 0),
                chosen=value in chosen,
            )
            for value in _in_order(view, facet, {*counted, *chosen})
        )
        if len(choices) > 1 or chosen:
            name, _ = _in_address(facet, "")
            opened = facet in OPEN or bool(chosen)
            found.append(Group(name=name, legend=_legend(view, facet), choices=choices, open=opened))
    return tuple(found)


def chips(view: View, question: Question, path: str) -> tuple[Chip, ...]:
    found = []
    for name, value in question.choices():
        own = name == OWN
        facet, answer = (f"{OWN}:{value.partition(':')[0]}", value.partition(":")[2]) if own else (name, value)
        href = address(path, [pair for pair in question.pairs() if pair != (name, value)])
        found.append(Chip(legend=_legend(view, facet), label=choice_label(view, facet, answer), href=href))
    return tuple(found)


def _in_address(facet: str, value: str) -> tuple[str, str]:
    """How the address asks for *value* of *facet*."""
    name, _, question = facet.partition(":")
    return name, f"{question}:{value}" if question else value


def _own_question(view: View, facet: str) -> PracticeField | None:
    """The region's own question that *facet* is about, if it is."""
    name, _, key = facet.partition(":")
    if name != OWN or view.region is None:
        return None
    return view.vocabulary.fields.get(view.vocabulary.present_key("field", key))


def _legend(view: View, facet: str) -> Markup:
    own = _own_question(view, facet)
    name, _, key = facet.partition(":")
    return told(view, own.label) if own else escape(key) if key else labels.say("facet", name, view.translator)


def _answer_label(view: View, field: PracticeField, answer: str) -> Markup:
    for choice in field.choices:
        if choice.key == answer:
            label = told(view, choice.name)
            ended = choice.until is not None and choice.until <= view.today
            return Markup("{} ({})").format(label, labels.phrase(ENDED, view.translator)) if ended else label
    return labels.say("answer", answer, view.translator)


def _questions_in_order(view: View, facets: Iterable[str]) -> Sequence[str]:
    known = view.vocabulary.fields if view.region is not None else ()
    place = {f"{OWN}:{key}": position for position, key in enumerate(known)}
    return sorted(facets, key=lambda facet: place.get(facet, -1))


def _article_label(view: View, value: str) -> Markup:
    if not (value.isascii() and value.isdecimal() and len(value) < 4):
        return escape(value)
    try:
        article = convention().article(int(value))
    except UnknownReference:
        return escape(value)
    heading = labels.written(*view.text(article.heading), view.lang)
    return Markup(f"{value} – ") + heading  # noqa: S704 (digits)


def _in_order(view: View, facet: str, values: Iterable[str]) -> Sequence[str]:
    if facet == "sector" and view.region is not None:
        known: Iterable[str] = view.vocabulary.sectors
    elif facet == "common":
        known = (sector.key for sector in common_sectors())
    elif facet == "region":
        return sorted(values, key=lambda value: view.sort_key(choice_label(view, facet, value)))
    elif own := _own_question(view, facet):
        known = [choice.key for choice in own.choices] or labels.LABELS["answer"]
    elif facet == "article":
        return sorted(values, key=lambda value: (len(value), value))
    else:
        known = labels.LABELS.get(facet, ())
    place = {value: position for position, value in enumerate(known)}
    return sorted(values, key=lambda value: (place.get(value, len(place)), value))

"""The questions by which a list of practices is narrowed, with their answers in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.facts.convention import UnknownReference, common_sectors, convention
from lanzarote.practices.asking import address
from lanzarote.practices.facets import OWN
from lanzarote.practices.listing import seen_filters
from lanzarote.translation import N_
from lanzarote.web import labels
from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.practices.asking import Question
    from lanzarote.types import PracticeField
    from lanzarote.web.site import View

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

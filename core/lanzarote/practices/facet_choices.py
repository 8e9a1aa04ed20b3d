"""The questions by which a list of practices is narrowed, with their answers in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.convention import UnknownReference, common_sectors, convention
from lanzarote.practices.asking import address
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.practices.asking import Question
    from lanzarote.web.site import View

OPEN = ("region", "sector", "common", "side", "article", "domain")
"""Shown unfolded; the others when something in them is chosen."""


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
        sector = view.vocabulary.sectors.get(value)
        return labels.written(*view.text(sector.name), view.lang) if sector else escape(value)
    if facet == "common":
        names = {sector.key: sector.name for sector in common_sectors()}
        return labels.written(*view.text(names[value]), view.lang) if value in names else escape(value)
    if facet == "region":
        header = view.instance.headers().get(value)
        return labels.written(*view.text(header.name), view.lang) if header else escape(value)
    if facet == "article":
        return _article_label(view, value)
    return labels.say(facet, value, view.translator) if facet in labels.LABELS else escape(value)


def groups(view: View, question: Question, counts: Mapping[str, Mapping[str, int]]) -> tuple[Group, ...]:
    """The questions that have an answer in this list, each answer with how many practices it would show."""
    found = []
    for facet, told in counts.items():
        chosen = question.filters.get(facet, ())
        values = _in_order(view, facet, {*told, *chosen})
        choices = tuple(
            Choice(
                value=value, label=choice_label(view, facet, value), count=told.get(value, 0), chosen=value in chosen
            )
            for value in values
        )
        if len(choices) > 1 or chosen:
            legend = labels.say("facet", facet, view.translator)
            found.append(Group(name=facet, legend=legend, choices=choices, open=facet in OPEN or bool(chosen)))
    return tuple(found)


def chips(view: View, question: Question, path: str) -> tuple[Chip, ...]:
    return tuple(
        Chip(
            legend=labels.say("facet", facet, view.translator),
            label=choice_label(view, facet, value),
            href=address(path, [pair for pair in question.pairs() if pair != (facet, value)]),
        )
        for facet, value in question.choices()
    )


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
        return sorted(values, key=lambda value: view.sort_key(str(choice_label(view, facet, value))))
    elif facet == "article":
        return sorted(values, key=lambda value: (len(value), value))
    else:
        known = labels.LABELS.get(facet, ())
    place = {value: position for position, value in enumerate(known)}
    return sorted(values, key=lambda value: (place.get(value, len(place)), value))

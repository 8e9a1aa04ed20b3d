"""What the page of the form shows: parts, questions, boxes, rows, and what there is to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.facts.convention import convention
from lanzarote.kinds.organisations import unlisted
from lanzarote.practices import service
from lanzarote.practices.model import KIND
from lanzarote.regions.vocabulary import wording
from lanzarote.translation import N_
from lanzarote.web import labels
from lanzarote.web.labels import written
from lanzarote.web.region_reading import cite, entries, told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from lanzarote.types import PracticeField
    from lanzarote.web.site import View

MOST_PRACTICES = 300
NOT_PUBLIC: Final = N_("A practice that is no longer public")


class Choice(Struct, frozen=True, kw_only=True):
    """Something that can be chosen."""

    value: str
    label: Markup
    plain: str
    """The label for an option, which cannot hold markup."""
    side: str = ""
    also: str = ""
    """Other words to find it by."""
    lang: str = ""
    """Of the plain label, where that is not the page's."""


FEW: Final = 20
"""Choices that are shown openly; more fold away."""


class Box(Struct, frozen=True, kw_only=True):
    """Where something is written."""

    place: str
    value: str
    lang: str = ""
    dir: str = ""
    language: str = ""
    """Name of its language, where several are shown."""
    original: bool = False
    longest: int = 0
    """Characters that there is room for."""


class Cell(Struct, frozen=True, kw_only=True):
    """One thing that is said in a row."""

    name: str
    label: str
    boxes: tuple[Box, ...] = ()
    chosen: str = ""
    choices: Sequence[Choice] = ()
    sides: Sequence[tuple[str, list[Choice]]] = ()


class Row(Struct, frozen=True, kw_only=True):
    place: str
    number: int | str
    cells: Mapping[str, Cell]


class Cited(Struct, frozen=True, kw_only=True):
    """Which of the practice's sources say which field."""

    place: str
    choices: Sequence[Choice] = ()
    chosen: tuple[str, ...] = ()
    editorial: bool = False


class Question(Struct, frozen=True, kw_only=True):
    """One question with all that belongs to it."""

    name: str
    place: str
    kind: str
    label: Markup
    number: int = 0
    help: Markup = Markup()
    example: Markup = Markup()
    advised: int = 0
    required: bool = False
    boxes: tuple[Box, ...] = ()
    choices: Sequence[Choice] = ()
    chosen: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    blank: tuple[Row, ...] = ()
    """One, from which the script makes more."""
    under: tuple[Question, ...] = ()
    cited: Cited | None = None

    @property
    def folds(self) -> bool:
        return len(self.choices) > FEW


class Part(Struct, frozen=True, kw_only=True):
    """A group of questions."""

    name: str
    title: Markup
    intro: Markup
    questions: tuple[Question, ...]
    open: bool
    answered: int


# What there is to choose from


def organisations(view: View, chosen: Collection[str] = ()) -> list[Choice]:
    """The directory, by name; one that is chosen and no longer in it is named as such."""
    found = [
        _named(view, one.key or one.id, one.organisation.name, side=one.organisation.side) for one in view.directory
    ]
    found.sort(key=lambda choice: view.sort_key(choice.plain))
    return found + [Choice(value=key, label=escape(name), plain=name) for key, name in unlisted(view, chosen).items()]


def sectors(view: View, chosen: Collection[str] = ()) -> list[Choice]:
    return [
        _named(view, key, sector.name, side=sector.side)
        for key, sector in entries(view.vocabulary, "sector").items()
        if key in chosen or not view.vocabulary.is_retired("sector", key, view.today)
    ]


def provisions(view: View, chosen: Collection[str] = ()) -> list[Choice]:
    terms = view.vocabulary
    found = []
    for key, provision in entries(terms, "provision").items():
        if key in chosen or not terms.is_retired("provision", key, view.today):
            citation, lang = cite(view, provision, terms.instruments.get(provision.instrument))
            title = wording(provision, view.today).title
            label = Markup("{} <small>{}</small>").format(written(citation, lang, view.lang), told(view, title))
            found.append(Choice(value=key, label=label, plain=citation, also=" ".join(title.values())))
    return found


def articles(view: View, chosen: Collection[str] = ()) -> list[Choice]:
    """Whole articles; a paragraph or letter of one is written in."""
    del chosen
    return [
        Choice(
            value=str(article.number),
            label=Markup("{} <small>{}</small>").format(article.number, told(view, article.heading)),
            plain=str(article.number),
            also=" ".join(article.heading.values()),
        )
        for article in convention().articles
    ]


def sources(view: View, chosen: Collection[str] = ()) -> list[Choice]:
    found = []
    for key, source in entries(view.vocabulary, "source").items():
        if key in chosen or ("source", key) not in view.vocabulary.retired:
            titles = {view.lang: source.title} if isinstance(source.title, str) else source.title
            label = Markup("{} <small>{}</small>").format(told(view, titles), source.publisher)
            found.append(Choice(value=key, label=label, plain=view.say(titles)[:120], also=source.publisher))
    return found


def related(view: View, chosen: Collection[str], *, but: str) -> list[Choice]:
    """Published practices of the region, those that are chosen first; *but*: the one that is written."""
    database = view.instance.database
    keys = dict(
        database.rows(
            "SELECT id, key FROM record WHERE region_id = ? AND kind = ? AND key IS NOT NULL", view.region_id, KIND
        )
    )
    picked = service.by_keys(database, view.region_id, tuple(chosen))
    newest = (card for _, card in zip(range(MOST_PRACTICES), service.all_cards(database, view.region_id), strict=False))
    found = []
    for card in {card.id: card for card in (*picked, *newest)}.values():
        if card.id != but:
            key = keys.get(card.id, "")
            found.append(_named(view, key if key in chosen else card.id, card.title, original=card.original))
    return found


def with_lost(view: View, name: str, choices: Sequence[Choice], chosen: Sequence[str]) -> list[Choice]:
    """*choices* of the field *name*, and what was chosen and is no longer offered: it stays until it is unticked."""
    offered = {choice.value for choice in choices}
    lost = [value for value in dict.fromkeys(chosen) if value not in offered]
    words = {value: view._(NOT_PUBLIC) if name in ("related", "practices") else value for value in lost}
    return [*choices, *(Choice(value=value, label=escape(words[value]), plain=words[value]) for value in lost)]


def answers(view: View, field: PracticeField, chosen: Collection[str]) -> list[Choice]:
    return [
        _named(view, choice.key, choice.name)
        for choice in field.choices
        if choice.key in chosen or choice.until is None or choice.until > view.today
    ]


def codes(view: View, kind: str, offered: Iterable[str]) -> list[Choice]:
    return [
        Choice(
            value=code,
            label=labels.say(kind, code, view.translator),
            plain=labels.label(kind, code, view.translator),
            side=code if kind == "side" else "",
        )
        for code in offered
    ]


def suggestions(view: View) -> dict[str, list[dict[str, Any]]]:
    """All that the fields of the form find while one types, in one small piece."""
    names = {one.key or one.id: one.organisation.name for one in view.directory}
    return {
        "organisations": [
            _suggestion(one) | {"also": " ".join(names[one.value].values())} for one in organisations(view)
        ],
        "legal_basis": [_suggestion(one) for one in provisions(view)],
        "convention": [_suggestion(one) for one in articles(view)],
    }


def _suggestion(choice: Choice) -> dict[str, Any]:
    more = {"label": str(choice.label.striptags()), "side": choice.side, "also": choice.also}
    return {"value": choice.value} | {name: text for name, text in more.items() if text}


def _named(view: View, value: str, names: Any, *, side: str = "", original: str | None = None) -> Choice:
    text, lang = view.text(names, original)
    return Choice(
        value=value,
        label=written(text, lang, view.lang),
        plain=text,
        side=side,
        lang="" if lang == view.lang else lang,
    )


def by_side(choices: Sequence[Choice], view: View) -> Iterator[tuple[str, list[Choice]]]:
    """*choices* under the words for their sides, those without one last."""
    sides = dict.fromkeys([*labels.LABELS["side"], ""])
    for side in sides:
        if some := [one for one in choices if one.side == side]:
            yield labels.label("side", side, view.translator) if side else "", some

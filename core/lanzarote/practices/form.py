"""The form as its page shows it: every question with what stands in it, and what is wrong with it."""

from __future__ import annotations

import re
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from sqlalchemy import select

from lanzarote.kinds.drafting import entered_in
from lanzarote.kinds.entered import Entered, belongs
from lanzarote.kinds.form import ADDED
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.versions import differences
from lanzarote.practices import form_choices, sheets
from lanzarote.practices.form_choices import Box, Cell, Choice, Cited, Part, Question, Row
from lanzarote.practices.form_fields import BY_LANGUAGE, CELLS, CODES, FIRST, GROUPS, ROWS, SOURCED
from lanzarote.practices.form_sent import present
from lanzarote.practices.sheets import REQUIRED, REQUIRED_TEXTS
from lanzarote.records.records import Version
from lanzarote.translation import N_, direction, language_name
from lanzarote.types import PracticeSheet
from lanzarote.web import labels
from lanzarote.web.refusals import place_of, text_of
from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.kinds.kind import Kind
    from lanzarote.kinds.versions import Difference
    from lanzarote.practices.form_fields import FormField, Group
    from lanzarote.types import PracticeField
    from lanzarote.web.refusals import Refusal
    from lanzarote.web.site import View

EMPTY_ROWS: Final = {"partners": 2, "evidence": 1, "own_sources": 1}
"""Rows that a form begins with."""
MOST_BACK: Final = 200
"""Versions that are looked through for the one a translation was made from."""
WORDS: Final = {
    "twins": N_("Is it one of these?"),
    "no-match": N_("Nothing is called so."),
    "choose": N_("Search for an organisation"),
    "remove": N_("Remove"),
    "unpublished": N_("being written"),
}
"""What the script says besides what it says in every form."""
_IN_LANGUAGE: Final = re.compile(
    r"(?:text|note)\.([A-Za-z-]+)(?:\.[a-z_]+)?|(?:partners|evidence)\[\d+\]\.[a-z]+\.([A-Za-z-]+)|answers\.[a-z0-9-]+\.([A-Za-z-]+)"
)


def context(kind: Kind[Any, Any], view: View, record_id: str, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the template needs besides."""
    team = ("team", "practices")
    about = {"suggestions": view.href(*team, "suggestions"), "alike": view.href(*team, "alike")}
    original = text_of(typed, "original") or view.lang
    return {
        "practice_form": partial(Form, kind, view, typed, record_id=record_id),
        "record_id": record_id,
        "other_languages": [
            (language_name(code, view.lang), view.href(*team, "new", query={"in": code}))
            for code in view.vocabulary.header.languages
            if code != original
        ],
        "more": {
            "words": {name: view._(text) for name, text in WORDS.items()},
            "addresses": {name: view.placed(href) for name, href in about.items()},
        },
    }


def first(view: View) -> Mapping[str, Any]:
    """The language in which a new practice is written."""
    asked = view.request.query_params.get("in", view.lang)
    return {"original": asked if asked in view.vocabulary.header.languages else view.lang}


class Form:
    """What ``team/form.html`` asks for; made anew for each answer."""

    def __init__(
        self, kind: Kind[Any, Any], view: View, typed: Mapping[str, Any], refused: Refusal, *, record_id: str
    ) -> None:
        self.kind, self.view, self.record_id, self._refused = kind, view, record_id, refused
        self._typed = SentForm(present(view, typed))
        what, _, which = text_of(typed, "do").partition(":")
        asked = view.request.query_params.get("beside", "")
        self.original = text_of(typed, "original") or view.lang
        self.entered: Entered = entered_in(view, self._typed)
        beside = which if what == "language" else text_of(typed, "beside") or asked
        self.beside = beside if beside in self.entered.languages and beside != self.original else ""

    # What stands at the head of it

    @property
    def shown(self) -> tuple[str, ...]:
        """Languages whose texts can be written in."""
        return (self.original, self.beside) if self.beside else (self.original,)

    @cached_property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Texts in other languages: they travel along."""
        return tuple(
            (place, text) for place, text in self.entered.typed() if _language_of(place) not in ("", *self.shown)
        )

    @cached_property
    def _written(self) -> tuple[str, ...]:
        """Languages in which something is written."""
        return tuple(dict.fromkeys(place.split(".")[1] for place in self.entered.values if place.startswith("text.")))

    @property
    def translations(self) -> list[dict[str, Any]]:
        """Languages it may be written in beside the original."""
        offered = dict.fromkeys((*self._written, *(self.view.region.languages if self.view.region else ())))
        return [
            {"code": lang, "name": language_name(lang, self.view.lang), "there": lang in self._written}
            for lang in offered
            if lang != self.original
        ]

    @cached_property
    def changed(self) -> Sequence[Difference]:
        """What changed in the original since the text beside it was made, if that is out of date."""
        return (
            changed_since(self.kind, self.view, self.record_id, self.beside) if self.beside and self.record_id else ()
        )

    def wrong(self, place: str) -> list[tuple[str, str]]:
        """What is wrong at *place*, and the very words it is about."""
        found = ((one["text"], one.get("found", "")) for one in self._refused.errors if one["field"] == place)
        return list(dict.fromkeys(found))

    # Its questions

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return tuple(self._part(group, questions) for group, questions in self._grouped)

    @cached_property
    def _grouped(self) -> tuple[tuple[Group, list[Question]], ...]:
        return tuple((group, self._questions(group)) for group in GROUPS)

    def _questions(self, group: Group) -> list[Question]:
        first = group is FIRST
        questions = [
            self._question(fields[0], number if first else 0, fields[1:])
            for number, fields in enumerate(group.questions, 1)
        ]
        if first or group is GROUPS[-1]:
            questions += self._asked_by_region(required=first)
        return questions

    def _part(self, group: Group, questions: Sequence[Question]) -> Part:
        first = group is FIRST
        places = [place for question in questions for place in self._places(question)]
        wrong = any(belongs(place_of(one["field"]), place) for one in self._refused.errors for place in places)
        added = any(belongs(text_of(self._typed, ADDED), place) for place in places)
        return Part(
            name=group.name,
            title=self._say(group.title),
            intro=self._say(group.intro),
            questions=tuple(questions),
            open=first or wrong or added,
            answered=sum(1 for question in questions if self._is_answered(question)),
        )

    def _places(self, question: Question) -> Iterator[str]:
        yield from (box.place for box in question.boxes)
        yield question.place
        for other in question.under:
            yield from self._places(other)

    def _is_answered(self, question: Question) -> bool:
        places = list(self._places(question))
        return any(belongs(place, one) for place in self.entered.values for one in places)

    def _question(self, field: FormField, number: int = 0, under: Sequence[FormField] = ()) -> Question:
        common: dict[str, Any] = {
            "name": field.name,
            "place": field.name,
            "kind": field.kind,
            "label": self._say(field.label),
            "number": number,
            "help": self._say(field.help),
            "example": self._say(field.example),
            "advised": field.advised,
            "required": field.name in (*REQUIRED, *REQUIRED_TEXTS),
            "under": tuple(self._question(one) for one in under),
            "cited": self._cited(field.name) if field.name in SOURCED else None,
        }
        if field.kind in ("line", "text", "note"):
            prefix = "note" if field.kind == "note" else "text"
            common["place"] = f"{prefix}.{self.original}" + (f".{field.name}" if prefix == "text" else "")
            common["boxes"] = tuple(
                self._box(
                    f"{prefix}.{lang}" + (f".{field.name}" if prefix == "text" else ""),
                    lang,
                    longest=self._room.get(field.name, 0),
                )
                for lang in self.shown
            )
        elif field.kind == "date":
            common["boxes"] = (self._box(field.name),)
        elif field.kind in ROWS:
            common |= {"rows": tuple(self._rows(field.name)), "blank": (self._row(field.name, "#", "#"),)}
        else:
            chosen = self.entered.many(field.name)
            choices = self._choices(field, chosen)
            if field.name != "convention":  # whose paragraphs are written in
                choices = form_choices.with_lost(self.view, field.name, choices, chosen)
            common |= {"choices": _chosen_first(choices, chosen), "chosen": chosen}
            if field.name == "convention":
                common |= self._articles(chosen)
        return Question(**common)

    def _choices(self, field: FormField, chosen: tuple[str, ...]) -> Sequence[Choice]:
        view = self.view
        match field.name:
            case "sectors":
                return form_choices.sectors(view, chosen)
            case "legal_basis":
                return form_choices.provisions(view, chosen)
            case "convention":
                return form_choices.articles(view, chosen)
            case "sources":
                return form_choices.sources(view, chosen)
            case "related":
                return form_choices.related(view, chosen, but=self.record_id)
        return form_choices.codes(view, field.codes, CODES[field.name]) if field.codes else ()

    def _articles(self, chosen: tuple[str, ...]) -> dict[str, Any]:
        """Whole articles are ticked; their paragraphs are written in."""
        pieces = ", ".join(one for one in chosen if "." in one)
        typed = self.entered.one("convention_more")
        value = ", ".join(filter(None, (pieces, typed)))
        place = "convention_more"
        return {
            "chosen": tuple(one for one in chosen if "." not in one),
            "boxes": (Box(place=place, value=value),),
        }

    def _asked_by_region(self, *, required: bool) -> list[Question]:
        fields = self.view.vocabulary.fields
        return [
            self._answer(key, field)
            for key, field in fields.items()
            if field.required is required
            and (not self.view.vocabulary.is_retired("field", key, self.view.today) or self._has(f"answers.{key}"))
        ]

    def _answer(self, key: str, field: PracticeField) -> Question:
        place = f"answers.{key}"
        chosen = self.entered.many(place)
        common: dict[str, Any] = {
            "name": key,
            "place": place,
            "label": told(self.view, field.label),
            "help": told(self.view, field.help) if field.help else Markup(),
            "required": field.required,
            "chosen": chosen,
        }
        if field.type in ("choice", "choices"):
            kind = "code" if field.type == "choice" else "codes"
            offered = form_choices.with_lost(self.view, key, form_choices.answers(self.view, field, chosen), chosen)
            choices = _chosen_first(offered, chosen)
            return Question(kind=kind, choices=choices, **common)
        if field.type == "yes-no":
            words = ((N_("Yes"), "yes"), (N_("No"), "no"))
            choices = [Choice(value=value, label=self._say(word), plain=self.view._(word)) for word, value in words]
            return Question(kind="code", choices=choices, **common)
        if field.type == "text":
            boxes = tuple(self._box(f"{place}.{lang}", lang, or_place=place) for lang in self.shown)
            return Question(kind="text", boxes=boxes, **common | {"place": boxes[0].place})
        return Question(kind="date", boxes=(self._box(place),), **common)

    # Rows

    def _rows(self, name: str) -> Iterator[Row]:
        found, least = self._typed.rows(name), EMPTY_ROWS[name]
        more = (number for number in range(least) if number not in found)
        for count, number in enumerate([*found, *more][: max(len(found), least)], 1):
            yield self._row(name, number, count)

    def _row(self, name: str, at: int | str, number: int | str) -> Row:
        place = f"{name}[{at}]"
        return Row(place=place, number=number, cells={cell: self._cell(name, place, cell) for cell in ROWS[name]})

    def _cell(self, name: str, place: str, cell: str) -> Cell:
        where = f"{place}.{cell}"
        common: dict[str, Any] = {"name": cell, "label": self.view._(CELLS[cell]) if cell in CELLS else ""}
        chosen = self.entered.one(where)
        if cell in BY_LANGUAGE and name != "own_sources":
            return Cell(boxes=tuple(self._box(f"{where}.{lang}", lang) for lang in self.shown), **common)
        if cell == "organisation":
            return Cell(
                boxes=(self._box(where),),
                chosen=self._in_directory.get(chosen, chosen),
                sides=self._organisations,
                **common,
            )
        if cell in ("sector", "side", "kind"):
            return Cell(boxes=(self._box(where),), chosen=chosen, choices=self._of_cell[cell], **common)
        if cell == "sources":
            return Cell(boxes=self._citations(where), choices=self._citable, **common)
        return Cell(boxes=(self._box(where),), **common)

    def _citations(self, where: str) -> tuple[Box, ...]:
        """One for each source that is cited, and one more."""
        return tuple(Box(place=where, value=value) for value in (*self.entered.many(where), ""))

    @cached_property
    def _organisations(self) -> list[tuple[str, list[Choice]]]:
        rows = self._typed.rows("partners")
        chosen = {self.entered.one(f"partners[{number}].organisation") for number in rows} - {""}
        return list(form_choices.by_side(form_choices.organisations(self.view, chosen), self.view))

    @cached_property
    def _in_directory(self) -> dict[str, str]:
        """Former key or id → the value the list of organisations has for it."""
        return {name: one.key or one.id for one in self.view.directory for name in one.names}

    @cached_property
    def _of_cell(self) -> dict[str, Sequence[Choice]]:
        rows = self._typed.rows("partners")
        sectors = {self.entered.one(f"partners[{number}].sector") for number in rows}
        return {
            "sector": form_choices.sectors(self.view, sectors),
            "side": form_choices.codes(self.view, "side", CODES["side"]),
            "kind": form_choices.codes(self.view, "source", CODES["kind"]),
        }

    def _cited(self, name: str) -> Cited:
        place = f"field_sources.{name}"
        chosen = self.entered.many(place)
        offered = {*self._of_practice, *chosen}
        return Cited(
            place=place,
            choices=_chosen_first([one for one in self._citable if one.value in offered], chosen),
            chosen=chosen,
            editorial=name in self.entered.many("editorial"),
        )

    @cached_property
    def _of_practice(self) -> frozenset[str]:
        """Keys of the sources that the practice names, wherever it does."""
        rows = self._typed.rows("own_sources")
        own = (self.entered.one(f"own_sources[{number}].key") for number in rows)
        figures = (self.entered.many(f"evidence[{number}].sources") for number in self._typed.rows("evidence"))
        return frozenset((*self.entered.many("sources"), *own, *(key for keys in figures for key in keys)))

    @cached_property
    def _citable(self) -> list[Choice]:
        rows = self._typed.rows("own_sources")
        own = [
            Choice(value=key, label=Markup(), plain=self.entered.one(f"own_sources[{number}].title"))
            for number in rows
            if (key := self.entered.one(f"own_sources[{number}].key"))
        ]
        return own + form_choices.sources(self.view, {text for _, text in self.entered.typed()})

    # Pieces

    @cached_property
    def _room(self) -> dict[str, int]:
        return {one.name: one.longest for one in self.kind.shapes}

    def _box(self, place: str, lang: str = "", *, or_place: str = "", longest: int = 0) -> Box:
        several = len(self.shown) > 1
        value = self.entered.one(place) or (self.entered.one(or_place) if lang == self.original else "")
        return Box(
            place=place,
            value=value,
            lang=lang,
            dir=direction(lang) if lang else "",
            language=language_name(lang, self.view.lang) if lang and several else "",
            original=lang == self.original,
            longest=longest,
        )

    def _has(self, place: str) -> bool:
        return any(belongs(one, place) for one in self.entered.values)

    def _say(self, english: str) -> Markup:
        return labels.phrase(english, self.view.translator) if english else Markup()


def _language_of(place: str) -> str:
    """In which language what stands there is written; empty: in none."""
    match = _IN_LANGUAGE.fullmatch(place)
    return next(filter(None, match.groups()), "") if match else ""


def changed_since(kind: Kind[Any, Any], view: View, record_id: str, lang: str) -> Sequence[Difference]:
    """What changed in the original of a practice since the text in *lang* fitted it."""
    mine = (Version.region_id == view.region_id) & (Version.record_id == record_id)
    query = select(Version.body).where(mine).order_by(Version.number.desc()).limit(MOST_BACK)
    with view.instance.database.read(view.region_id) as session:
        said = [sheets.read(body) for body in session.scalars(query) if body]
    if not said or lang not in said[0].stale:
        return ()
    then = next((one for one in said if lang in one.text and lang not in one.stale), None)
    return differences(kind, view, _original(then), _original(said[0])) if then else ()


def _original(sheet: PracticeSheet) -> PracticeSheet:
    """The texts of *sheet* in the language it was written in, and nothing else."""
    return PracticeSheet(original=sheet.original, text={sheet.original: sheet.text[sheet.original]})


def _chosen_first(choices: Sequence[Choice], chosen: Sequence[str]) -> Sequence[Choice]:
    """What was chosen, in its order, then the rest: the order that somebody gave is part of what they said."""
    place = {value: number for number, value in enumerate(chosen)}
    return sorted(choices, key=lambda choice: place.get(choice.value, len(place)))

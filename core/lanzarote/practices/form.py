"""The form as its page shows it: every question with what stands in it, what is wrong with it and what to do."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from lanzarote.guard import REASONS, explain
from lanzarote.kinds.entered import Typed, belongs, is_reason, reason_name
from lanzarote.practices import form_choices
from lanzarote.practices.form_entries import MOST_ROWS
from lanzarote.practices.form_fields import BY_LANGUAGE, CELLS, FIRST, GROUPS, ROWS, SOURCED
from lanzarote.practices.form_questions import Box, Cell, Cited, Part, Question, Reason, Row, Wrong
from lanzarote.practices.form_remarks import Remarks
from lanzarote.practices.form_sheet import CODES
from lanzarote.practices.form_words import label_of
from lanzarote.practices.sheets import REQUIRED, REQUIRED_TEXTS
from lanzarote.translation import N_, direction, language_name
from lanzarote.web import labels
from lanzarote.web.refusals import fault_told, place_of
from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.guard import Concern
    from lanzarote.kinds.entered import Entered
    from lanzarote.practices.form_choices import Choice
    from lanzarote.practices.form_fields import FormField, Group
    from lanzarote.practices.sheets import Fault
    from lanzarote.practices.work import Noted
    from lanzarote.records.save_checks import Raised
    from lanzarote.types import PracticeField
    from lanzarote.web.site import View

EMPTY_ROWS: Final = {"partners": 2, "evidence": 1, "own_sources": 1}
"""Rows that a form begins with."""


class Form:
    """What ``team/form.html`` asks for; made anew for each answer."""

    def __init__(
        self,
        view: View,
        typed: Typed,
        *,
        record_id: str,
        version: int,
        beside: str = "",
        faults: Sequence[Fault] = (),
        concerns: Sequence[Concern] = (),
        objections: Sequence[Raised] = (),
        noted: Sequence[Noted] = (),
        more_rows: Mapping[str, int] | None = None,
    ) -> None:
        """*concerns*: what the guard refused, or asks about; *objections*: of packages; *noted*: what they let pass."""
        self.view = view
        self.entered: Entered = typed.entered
        self.reasons = typed.reasons
        self.record_id = record_id
        self.version = version
        self.beside = beside if beside in self.entered.languages else ""
        self._faults = tuple(faults)
        self._concerns = tuple(concerns)
        self.remarks = Remarks(view, objections, noted, let_pass=typed.let_pass(), shown=lambda: self._shown_places)
        self._more_rows = more_rows or {}

    # What stands at the head of it

    @property
    def original(self) -> str:
        return self.entered.original

    @property
    def shown(self) -> tuple[str, ...]:
        """Languages whose texts can be written in."""
        return (self.original, self.beside) if self.beside else (self.original,)

    @cached_property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Texts in other languages: they travel along."""
        others = [lang for lang in self.entered.languages if lang not in self.shown]
        return tuple(
            (place, text)
            for place, text in self.entered.typed()
            if any(f".{lang}." in place or place.endswith(f".{lang}") for lang in others)
        )

    @property
    def translations(self) -> list[dict[str, Any]]:
        """Languages it may be written in beside the original."""
        offered = dict.fromkeys((*self.entered.languages, *(self.view.region.languages if self.view.region else ())))
        return [
            {"code": lang, "name": language_name(lang, self.view.lang), "there": lang in self.entered.languages}
            for lang in offered
            if lang != self.original
        ]

    @cached_property
    def errors(self) -> list[dict[str, str]]:
        """For the summary: where, in which field, and what."""
        return [
            {"field": one.field, "text": one.text, "label": label_of(self.view, one.field)} for one in self._all_wrong
        ]

    def wrong(self, place: str) -> tuple[Wrong, ...]:
        """What is wrong at *place*."""
        return tuple(one for one in self._all_wrong if one.field == place)

    def noted(self, place: str) -> tuple[Wrong, ...]:
        """What packages say about what stands at *place*, and let pass."""
        return tuple(one for one in self.remarks.noted if one.field == place)

    def asked(self, place: str) -> tuple[Reason, ...]:
        """What has to be said about what stands at *place*, or was said."""
        return self._reasons.get(place, ())

    @cached_property
    def _all_wrong(self) -> tuple[Wrong, ...]:
        texts = dict(self.entered.typed()) | self.reasons
        told = [Wrong(field=one.field, text=fault_told(self.view, one)) for one in self._faults]
        told += [
            Wrong(
                field=one.field,
                text=explain(one.code, self.view.translator),
                found=texts.get(one.field, "")[one.start : one.end],
            )
            for one in self._concerns
        ]
        return tuple(dict.fromkeys((*told, *self.remarks.wrong)))

    @cached_property
    def _reasons(self) -> Mapping[str, tuple[Reason, ...]]:
        wanted = {(one.field, one.code) for one in self._concerns if not one.hard and not is_reason(one.field)}
        answers = Typed(entered=self.entered, reasons=self.reasons).answers()
        found: dict[str, list[Reason]] = {}
        for place, code in sorted(wanted | set(answers)):
            if code in REASONS:
                reason = Reason(
                    name=reason_name(place, code),
                    about=explain(code, self.view.translator),
                    value=answers.get((place, code), ""),
                )
                found.setdefault(place, []).append(reason)
        for place, reason in self.remarks.reasons():
            found.setdefault(place, []).append(reason)
        return {place: tuple(reasons) for place, reasons in found.items()}

    # Its questions

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return tuple(self._part(group, questions) for group, questions in self._grouped)

    @cached_property
    def _grouped(self) -> tuple[tuple[Group, list[Question]], ...]:
        return tuple((group, self._questions(group)) for group in GROUPS)

    @cached_property
    def _shown_places(self) -> frozenset[str]:
        """Everything beside which something can be said."""
        questions = [question for _, found in self._grouped for question in found]
        rows = [row for question in questions for row in question.rows]
        cells = [box.place for row in rows for cell in row.cells.values() for box in cell.boxes]
        asked = [place for question in questions for place in self._places(question)]
        return frozenset((*asked, *cells, *(row.place for row in rows)))

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
        said = (*self._all_wrong, *self.remarks.noted)
        wrong = any(belongs(place_of(one.field), place) for one in said for place in places)
        return Part(
            name=group.name,
            title=self._say(group.title),
            intro=self._say(group.intro),
            questions=tuple(questions),
            open=first or wrong,
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
                self._box(f"{prefix}.{lang}" + (f".{field.name}" if prefix == "text" else ""), lang)
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
        typed = self.entered.one("convention.more")
        value = ", ".join(filter(None, (pieces, typed)))
        place = "convention.more"
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
            choices = [
                form_choices.Choice(value=value, label=self._say(word), plain=self.view._(word))
                for word, value in words
            ]
            return Question(kind="code", choices=choices, **common)
        if field.type == "text":
            boxes = tuple(self._box(f"{place}.{lang}", lang, or_place=place) for lang in self.shown)
            return Question(kind="text", boxes=boxes, **common | {"place": boxes[0].place})
        return Question(kind="date", boxes=(self._box(place),), **common)

    # Rows

    def _rows(self, name: str) -> Iterator[Row]:
        filled = self.entered.rows(name)
        wanted = max(self._more_rows.get(name, 0), EMPTY_ROWS[name], filled + (0 if filled else 1))
        for number in range(min(max(wanted, filled), MOST_ROWS)):
            yield self._row(name, number, number + 1)

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
        rows = range(self.entered.rows("partners"))
        chosen = {self.entered.one(f"partners[{number}].organisation") for number in rows} - {""}
        return list(form_choices.by_side(form_choices.organisations(self.view, chosen), self.view))

    @cached_property
    def _in_directory(self) -> dict[str, str]:
        """Former key or id → the value the list of organisations has for it."""
        return {name: one.key or one.id for one in self.view.directory for name in one.names}

    @cached_property
    def _of_cell(self) -> dict[str, Sequence[Choice]]:
        rows = range(self.entered.rows("partners"))
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
            editorial=bool(self.entered.one(f"{place}.editorial")),
        )

    @cached_property
    def _of_practice(self) -> frozenset[str]:
        """Keys of the sources that the practice names, wherever it does."""
        rows = range(self.entered.rows("own_sources"))
        own = (self.entered.one(f"own_sources[{number}].key") for number in rows)
        figures = (self.entered.many(f"evidence[{number}].sources") for number in range(self.entered.rows("evidence")))
        return frozenset((*self.entered.many("sources"), *own, *(key for keys in figures for key in keys)))

    @cached_property
    def _citable(self) -> list[Choice]:
        rows = range(self.entered.rows("own_sources"))
        own = [
            form_choices.Choice(value=key, label=Markup(), plain=self.entered.one(f"own_sources[{number}].title"))
            for number in rows
            if (key := self.entered.one(f"own_sources[{number}].key"))
        ]
        return own + form_choices.sources(self.view, {text for _, text in self.entered.typed()})

    # Pieces

    def _box(self, place: str, lang: str = "", *, or_place: str = "") -> Box:
        several = len(self.shown) > 1
        value = self.entered.one(place) or (self.entered.one(or_place) if lang == self.original else "")
        return Box(
            place=place,
            value=value,
            lang=lang,
            dir=direction(lang) if lang else "",
            language=language_name(lang, self.view.lang) if lang and several else "",
            original=lang == self.original,
        )

    def _has(self, place: str) -> bool:
        return any(belongs(one, place) for one in self.entered.values)

    def _say(self, english: str) -> Markup:
        return labels.phrase(english, self.view.translator) if english else Markup()


def _chosen_first(choices: Sequence[Choice], chosen: Sequence[str]) -> Sequence[Choice]:
    """What was chosen, in its order, then the rest: the order that somebody gave is part of what they said."""
    place = {value: number for number, value in enumerate(chosen)}
    return sorted(choices, key=lambda choice: place.get(choice.value, len(place)))

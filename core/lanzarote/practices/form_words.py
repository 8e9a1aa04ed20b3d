"""What a practice says in each field, in plain words: for differences, for a choice between two texts, for paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from msgspec import Struct

from lanzarote.practices import service
from lanzarote.practices.form_fields import FIELDS, ROWS, TEXTS
from lanzarote.practices.reading import DRAWN, answer_words, marks_of, partners_by_side, source_lines
from lanzarote.translation import N_, format_number, format_partial_date, language_name
from lanzarote.web import labels
from lanzarote.web.refusals import place_of
from lanzarote.web.region_reading import tell_provision, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.practices.reading import Stated
    from lanzarote.web.site import View


OF_STEPS: Final[Mapping[str, str]] = {
    "returned": N_("Why it was returned"),
    "withdrawn": N_("Why it was withdrawn"),
    "decided": N_("Why it was decided so"),
    "reason": N_("Your reason"),
}
"""What is written when a step is taken."""


SOURCES_OF: Final = N_("Sources: %(field)s")


class Said(Struct, frozen=True, kw_only=True):
    """One field and what it says."""

    unit: str
    """Where it stands on the sheet: ``text.fr.title``, ``partners``, ``answers.funding``."""
    label: Markup
    words: str
    lang: str = ""
    """Of the words, where they are a text of the practice; empty for the page's own words."""

    def language(self, view: View) -> str:
        """Name of the language, for the reader."""
        return language_name(self.lang, view.lang) if self.lang else ""


def all_said(view: View, stated: Stated) -> Iterator[Said]:
    """Everything that *stated* says, in the order of the form; what it does not say is left out."""
    lines = source_lines(view, stated)
    marks = marks_of(view, stated, lines)
    for name, field in FIELDS.items():
        label = labels.phrase(field.label, view.translator)
        if name in TEXTS:
            for lang in stated.text:
                if words := texts_of(stated, lang).get(name):
                    yield Said(unit=f"text.{lang}.{name}", label=label, words=words, lang=lang)
        elif name == "note":
            for lang, words in stated.note.items():
                yield Said(unit=f"note.{lang}", label=label, words=words, lang=lang)
        elif words := said(view, stated, name):
            yield Said(unit=name, label=label, words=words)
        if name in marks:
            titles = [_plain(lines[number - 1].title) for number, _ in marks[name].sources]
            words = "\n".join((*titles, *([view._(DRAWN)] if marks[name].editorial else ())))
            yield Said(
                unit=f"field_sources.{name}",
                label=labels.phrase(SOURCES_OF, view.translator) % {"field": label},
                words=words,
            )
    for key, answer in stated.answers.items():
        field_ = view.vocabulary.fields.get(view.vocabulary.present_key("field", key))
        if field_ is not None:
            words = _plain(answer_words(view, field_, answer, stated.original))
            yield Said(unit=f"answers.{key}", label=told(view, field_.label), words=words)


def texts_of(stated: Stated, lang: str) -> dict[str, str]:
    """Name of the field → text in *lang*."""
    texts = stated.text.get(lang)
    if texts is None or isinstance(texts, dict):
        return texts or {}
    return {name: text for name in TEXTS if (text := getattr(texts, name))}


def said(view: View, stated: Stated, name: str) -> str:
    """What *stated* says in the field *name*, which is no text of its own."""
    if name in _LISTED:
        return "\n".join(_LISTED[name](view, stated))
    field, value = FIELDS[name], getattr(stated, name)
    if not value:
        return ""
    if field.kind == "date":
        return format_partial_date(value, view.lang)
    if field.kind == "tick":
        return view._("Yes")
    codes = (value,) if isinstance(value, str) else value
    if field.codes:
        return ", ".join(labels.label(field.codes, code, view.translator) for code in codes)
    return ", ".join(codes)


def _partners(view: View, stated: Stated) -> Iterator[str]:
    for side, lines in partners_by_side(view, stated.partners).items():
        for line in lines:
            part = f": {_plain(line.part)}" if line.part else ""
            yield f"{_plain(line.name)} ({labels.label('side', side, view.translator)}){part}"


def _figures(view: View, stated: Stated) -> Iterator[str]:
    for one in stated.evidence:
        value = "" if one.value is None else format_number(one.value, view.lang)
        words = [value, *(_plain(told(view, texts)) for texts in (one.unit, one.period, one.text))]
        yield " · ".join(filter(None, words))


def _sources(view: View, stated: Stated) -> Iterator[str]:
    own = {source.key for source in stated.own_sources}
    return (_plain(line.title) for line in source_lines(view, stated) if line.id not in own)


def _own_sources(_: View, stated: Stated) -> Iterator[str]:
    for source in stated.own_sources:
        yield " · ".join(filter(None, (source.title, source.publisher, source.url)))


def _sectors(view: View, stated: Stated) -> Iterator[str]:
    terms = view.vocabulary
    for key in stated.sectors:
        sector = terms.sectors.get(terms.present_key("sector", key))
        yield view.say(sector.name) if sector else key


def _laws(view: View, stated: Stated) -> Iterator[str]:
    terms = view.vocabulary
    keys = (terms.present_key("provision", key) for key in stated.legal_basis)
    return (tell_provision(view, key).plain for key in keys if key in terms.provisions)


def _related(view: View, stated: Stated) -> Iterator[str]:
    for card in service.by_keys(view.instance.database, view.region_id, stated.related):
        yield view.text(card.title, card.original)[0]


_LISTED = {
    "partners": _partners,
    "evidence": _figures,
    "sources": _sources,
    "own_sources": _own_sources,
    "sectors": _sectors,
    "legal_basis": _laws,
    "related": _related,
}


def _plain(words: Markup) -> str:
    return str(words.striptags())


def label_of(view: View, place: str) -> str:
    """The name of the field at *place*, or of the one that a reason at *place* is about."""
    place = place_of(place)
    name = place.split(".")[-1] if place.startswith("text.") else place.partition("[")[0].partition(".")[0]
    if name == "answers":
        key = place.partition(".")[2].partition(".")[0]
        field = view.vocabulary.fields.get(view.vocabulary.present_key("field", key))
        return view.say(field.label) if field else ""
    if name in OF_STEPS:
        code = place.partition(".")[2]
        return view._(OF_STEPS[name]) + (f" ({language_name(code, view.lang)})" if code else "")
    if name == "field_sources" and (field_name := place.split(".")[1]) in FIELDS:
        return view._(SOURCES_OF) % {"field": view._(FIELDS[field_name].label)}
    words = view._(FIELDS[name].label) if name in FIELDS else ""
    number = place.partition("[")[2].partition("]")[0] if name in ROWS else ""
    return f"{words} ({int(number) + 1})" if number.isdecimal() else words

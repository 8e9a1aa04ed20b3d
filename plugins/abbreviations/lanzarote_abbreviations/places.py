"""Where texts stand on a practice, on an organisation and on an improvement, by language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.types import Improvement, ImprovementText, Organisation, PracticeSheet, SheetText

Texts = dict[str, dict[str, str]]
"""Language → place → text."""


def practice_texts(sheet: PracticeSheet) -> Texts:
    """Everything that is written on *sheet*, with its place: ``text.fr.summary``, ``partners[0].part.fr``."""
    found = _written(sheet.text)
    for place, texts in _beside(sheet):
        for language, text in texts.items():
            if isinstance(text, str):
                found.setdefault(language, {})[f"{place}.{language}"] = text
    return found


def organisation_texts(organisation: Organisation) -> Texts:
    """What an organisation does, with its place: ``role.fr``."""
    return {language: {f"role.{language}": text} for language, text in organisation.role.items()}


def improvement_texts(improvement: Improvement) -> Texts:
    """Everything that is written in *improvement*, with its place: ``text.fr.proposal``."""
    found = _written(improvement.text)
    for language, text in improvement.note.items():
        found.setdefault(language, {})[f"note.{language}"] = text
    return found


def _written(texts: Mapping[str, SheetText] | Mapping[str, ImprovementText]) -> Texts:
    found: Texts = {}
    for language, written in texts.items():
        for name in written.__struct_fields__:
            if text := getattr(written, name):
                found.setdefault(language, {})[f"text.{language}.{name}"] = text
    return found


def _beside(sheet: PracticeSheet) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, partner in enumerate(sheet.partners):
        yield f"partners[{number}].part", partner.part
    for number, evidence in enumerate(sheet.evidence):
        yield f"evidence[{number}].text", evidence.text
    yield "note", sheet.note
    for key, answer in sheet.answers.items():
        if isinstance(answer, dict):
            yield f"answers.{key}", answer

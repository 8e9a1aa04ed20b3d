"""Where texts stand on a practice and on an organisation, by language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.types import Organisation, PracticeSheet

Texts = dict[str, dict[str, str]]
"""Language → place → text."""


def practice_texts(sheet: PracticeSheet) -> Texts:
    """Everything that is written on *sheet*, with its place: ``text.fr.summary``, ``partners[0].part.fr``."""
    found: Texts = {}
    for language, written in sheet.text.items():
        for name in written.__struct_fields__:
            if text := getattr(written, name):
                found.setdefault(language, {})[f"text.{language}.{name}"] = text
    for place, texts in _beside(sheet):
        for language, text in texts.items():
            if isinstance(text, str):
                found.setdefault(language, {})[f"{place}.{language}"] = text
    return found


def organisation_texts(organisation: Organisation) -> Texts:
    """What an organisation does, with its place: ``role.fr``."""
    return {language: {f"role.{language}": text} for language, text in organisation.role.items()}


def _beside(sheet: PracticeSheet) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, partner in enumerate(sheet.partners):
        yield f"partners[{number}].part", partner.part
    for number, evidence in enumerate(sheet.evidence):
        yield f"evidence[{number}].text", evidence.text
    yield "note", sheet.note
    for key, answer in sheet.answers.items():
        if isinstance(answer, dict):
            yield f"answers.{key}", answer

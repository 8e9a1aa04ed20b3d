"""What to do about a key, an article or a language that a region folder names and does not have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lanzarote.facts.convention import Reference, UnknownReference

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from lanzarote.regions.content import Content

IN_ALL_LANGUAGES = "texts-in-all-languages"
"""The rule of the quality scale that practices and procedures are told in every language."""

SOURCED = "fields-have-sources"
"""The rule of the quality scale that a practice says which source says which field."""


def unread(language: str, languages: Sequence[str]) -> str:
    near = _of_the_country(language, languages)
    meant = f"; did you mean {near!r}?" if near else ""
    return f"{language!r} is not among the languages of this folder ({', '.join(languages)}); nobody reads it{meant}"


def _of_the_country(code: str, languages: Sequence[str]) -> str:
    """Which of *languages* is meant by somebody who wrote the code of its country, such as ``se`` for ``sv``."""
    from babel.languages import get_official_languages

    official = {one.replace("_", "-") for one in get_official_languages(code.upper())}
    spoken = [language for language in languages if language in official]
    return spoken[0] if len(spoken) == 1 else ""


def need_articles(content: Content, file: str, path: tuple[str | int, ...], references: Iterable[str]) -> None:
    for reference in references:
        try:
            Reference.parse(reference)
        except UnknownReference as error:
            content.problem(file, path, str(error))


def way_to(content: Content, name: str, key: str) -> str:
    """What to write instead of *key*, which is no entry of the kind *name*: the present key of one that was renamed."""
    entries: Mapping[str, Any] = getattr(content, name)
    present = next((present for present, entry in entries.items() if key in entry.former), None)
    return f"it is a former key of {present!r}: write that" if present else nearest(key, entries)


def nearest(key: str, known: Container[str]) -> str:
    from difflib import get_close_matches

    names = list(known) if isinstance(known, Iterable) else []
    near = get_close_matches(key, names, n=1)
    return f"did you mean {near[0]!r}?" if near else "check its spelling"

"""Where something is handed in: a region, for somebody who writes one of its languages."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from lanzarote.translation import pick, plain
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from lanzarote.instance import Instance
    from lanzarote.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.stakeholders.model import Stakeholder
    from lanzarote.translation import Translator


class Ground:
    """What pages and the command line both have when a file comes."""

    def __init__(self, instance: Instance, region_id: str, lang: str, by: Actor) -> None:
        self.instance = instance
        self.region_id = region_id
        self.lang = lang
        self.by = by
        self.translator = instance.translations.translator(lang)

    def _(self, english: str) -> str:
        """*english* in the writer's language, as a file holds it."""
        return str(plain(self.translator.gettext(english)))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return self.instance.vocabulary(self.region_id)

    @cached_property
    def directory(self) -> tuple[Stakeholder, ...]:
        return self.instance.directory(self.region_id)

    @cached_property
    def today(self) -> date:
        return self.instance.today(self.region_id)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every id and key of the directory."""
        return frozenset(name for one in self.directory for name in one.names)

    @cached_property
    def translators(self) -> Mapping[str, Translator]:
        """By language: of the platform's words, and of the region's."""
        translations = self.instance.translations
        offered = dict.fromkeys((self.lang, *self.vocabulary.header.languages, *translations.languages))
        return {lang: translations.translator(lang) for lang in offered}

    @cached_property
    def tongues(self) -> tuple[Ground, ...]:
        """The same for a writer of each of the region's languages."""
        languages = self.vocabulary.header.languages
        return tuple(Ground(self.instance, self.region_id, lang, self.by) for lang in languages)

    def text(self, texts: Mapping[str, str], original: str | None = None) -> tuple[str, str]:
        """*texts* for this writer and the language it is in."""
        return pick(texts, self.lang, original, self.vocabulary.header.languages)

    def say(self, texts: Mapping[str, str]) -> str:
        return self.text(texts)[0]

    def titles(self, *english: str, of: str = "") -> dict[str, str]:
        """A heading in every language: *english* words, dashes between them; *of*: the language it is written in."""
        tail = f" [{of}]" if of else ""
        return {
            lang: " – ".join(str(plain(translator.gettext(words))) for words in english) + tail
            for lang, translator in self.translators.items()
        }

    def labels(self, kind: str, code: str) -> tuple[str, ...]:
        """The words for *code* in every language, the writer's first."""
        return self._each(lambda translator: labels.label(kind, code, translator))

    def words(self, english: str) -> tuple[str, ...]:
        return self._each(lambda translator: translator.gettext(english))

    def _each(self, say: Any) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(plain(say(translator))) for translator in self.translators.values()))

"""Where something is imported: a region, for somebody who writes one of its languages."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from lanzarote.translation import plain
from lanzarote.web import labels
from lanzarote.web.labels import Voice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.translation import Translator


class Ground(Voice):
    """What pages and the command line both have when a file comes: words as a file holds them, without marks."""

    def __init__(self, instance: Instance, region_id: str, lang: str, by: Actor) -> None:
        super().__init__(instance, lang, instance.header(region_id))
        self._ = self._plainly
        self.by = by

    def _plainly(self, message: str) -> str:
        return str(plain(self.translator.gettext(message)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every id and key of the directory."""
        return frozenset(name for one in self.directory for name in one.names)

    @cached_property
    def translators(self) -> Mapping[str, Translator]:
        """By language: of the platform's words, and of the region's."""
        translations = self.instance.translations
        offered = dict.fromkeys((self.lang, *self.vocabulary.header.languages, *translations.languages))
        return {lang: translations.translator(lang, self.region_id) for lang in offered}

    @cached_property
    def tongues(self) -> tuple[Ground, ...]:
        """The same for a writer of each of the region's languages."""
        languages = self.vocabulary.header.languages
        return tuple(Ground(self.instance, self.region_id, lang, self.by) for lang in languages)

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

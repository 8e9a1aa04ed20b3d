"""How things are said to whoever reads one language: words, texts, addresses. Nobody needs to have asked for a page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from lanzarote.errors import NotFound
from lanzarote.translation import as_text, in_language, pick, sort_key, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.directory.model import Stakeholder
    from lanzarote.instance import Instance
    from lanzarote.public_memory import Origin
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import RegionHeader

CORRECT: tuple[str, ...] = ("correct",)
"""Where one writes to a team: of a region that is received, where it is written."""
_quoted = lru_cache(4096)(partial(quote, safe=""))
"""A page has hundreds of addresses, of the same few words."""


class Voice:
    """Tells what the public reads of an instance, or of one region of it, in one language."""

    def __init__(self, instance: Instance, lang: str, region: RegionHeader | None) -> None:
        self.instance = instance
        self._holding: dict[tuple[str, str], frozenset[str]] = {}
        self.lang = lang
        self.region = region
        self.translator = instance.translations.translator(lang, region.id if region else "")
        self._ = self.translator.gettext

    @property
    def region_id(self) -> str:
        if self.region is None:
            raise NotFound("This page belongs to a region.")
        return self.region.id

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return self.instance.vocabulary(self.region_id)

    @cached_property
    def directory(self) -> tuple[Stakeholder, ...]:
        return self.instance.directory(self.region_id)

    @property
    def today(self) -> date:
        """Today where the region is."""
        return self.day_of(datetime.now(UTC))

    def day_of(self, at: datetime) -> date:
        """The day that it was then where the region is."""
        return at.astimezone(ZoneInfo(self.region.time_zone) if self.region else UTC).date()

    @cached_property
    def origin(self) -> Origin | None:
        """Where the region is written, if it is received here."""
        return self.instance.origin(self.region.id) if self.region else None

    # Addresses

    def holding(self, kind: str, words: str) -> frozenset[str]:
        """Ids and keys of what of *kind* in the region holds *words*."""
        if (kind, words) not in self._holding:
            self._holding[kind, words] = self.instance.holding(self.region_id, kind, words, self.lang)
        return self._holding[kind, words]

    def href(self, *parts: str | int, lang: str | None = None, query: Mapping[str, Any] | None = None) -> str:
        """Address of a page of this region (of the instance, when the page belongs to none)."""
        inside = (self.region.id,) if self.region else ()
        there = self.origin.address if self.origin and parts[:1] == CORRECT else ""
        return there + self.instance_href(*inside, *parts, lang=lang, query=query)

    def instance_href(self, *parts: str | int, lang: str | None = None, query: Mapping[str, Any] | None = None) -> str:
        """Address of a page that belongs to no region, or of another region's."""
        path = "/".join(["", *(_quoted(str(part)) for part in (lang or self.lang, *parts))])
        return path + (f"?{urlencode(query, doseq=True)}" if query else "")

    def region_href(self, region: RegionHeader, *parts: str | int, query: Mapping[str, Any] | None = None) -> str:
        """Address of a page of *region*, in this page's language if the region is written in it."""
        lang = spoken(self.lang, region.languages)
        origin = self.instance.origin(region.id) if parts == CORRECT else None
        return (origin.address if origin else "") + self.instance_href(region.id, *parts, lang=lang, query=query)

    def absolute(self, href: str) -> str:
        """*href* as the public reaches it from elsewhere."""
        return self._public_address + href

    @cached_property
    def _public_address(self) -> str:
        return self.instance.public_address

    # Texts

    def text(self, texts: Mapping[str, str], original: str | None = None) -> tuple[str, str]:
        """*texts* for this reader and the language it is in: this page's, the original's, or any."""
        order = self.region.languages if self.region else ()
        return pick(texts, self.lang, original, order)

    def say(self, texts: Mapping[str, str]) -> str:
        """As ``text``, in one: the words say themselves that they are in another language."""
        return in_language(*self.text(texts), self.lang)

    def sort_key(self, texts: Mapping[str, str] | str) -> tuple[str, str]:
        """By the words alone: marks of their language put nothing before anything else."""
        return sort_key(as_text(texts if isinstance(texts, str) else self.say(texts)), self.lang)

"""How things are said in one language: words, addresses, the words for every fixed code."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from lanzarote.errors import NotFound
from lanzarote.translation import N_, as_text, in_language, pick, sort_key, spoken
from lanzarote.types import NARROWING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lanzarote.directory.model import Stakeholder
    from lanzarote.instance import Instance
    from lanzarote.public_memory import Origin
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.translation import Translator
    from lanzarote.types import PracticeField, RegionHeader


LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "side": {
        "public": N_("Public institutions"),
        "civil-society": N_("Civil society"),
        "both": N_("Public and civil society together"),
        "mixed": N_("Public and civil society in one body"),
        "private": N_("Private sector"),
    },
    "domain": {
        "prevention": N_("Prevention"),
        "protection": N_("Protection"),
        "prosecution": N_("Prosecution"),
        "participation": N_("Participation"),
    },
    "target": {
        "children": N_("Children"),
        "child-victims": N_("Child victims"),
        "children-at-risk": N_("Children at risk"),
        "minors-who-offend": N_("Minors who offend"),
        "adult-survivors": N_("Adult survivors"),
        "families": N_("Families"),
        "professionals": N_("Professionals"),
        "potential-perpetrators": N_("People who fear they may offend"),
        "perpetrators": N_("Perpetrators"),
        "general-public": N_("General public"),
    },
    "standing": {
        "documented": N_("Documented from public sources, not assessed by the group"),
        "declared": N_("Confirmed by an organisation that runs it, not assessed by the group"),
        "assessed": N_("Assessed by the group"),
    },
    "vouching": {
        "public-sources": N_("public sources"),
        "declared": N_("an organisation that runs it"),
        "observed": N_("a peer who observed it"),
        "evaluated": N_("an evaluation by a third party"),
    },
    "strength": {
        "not-assessed": N_("not assessed"),
        "pioneering": N_("pioneering"),
        "prudent": N_("prudent"),
        "promising": N_("promising"),
        "effective": N_("effective"),
    },
    "running": {
        "announced": N_("Announced"),
        "ongoing": N_("Running"),
        "ended": N_("Ended"),
        "unknown": N_("Not known whether it still runs"),
    },
    "scope": {
        "local": N_("Local"),
        "regional": N_("Regional"),
        "national": N_("National"),
        "international": N_("International"),
    },
    "cost": {
        "none": N_("No cost of its own"),
        "low": N_("Low cost"),
        "medium": N_("Medium cost"),
        "high": N_("High cost"),
    },
    "answer": {
        "yes": N_("Yes"),
        "no": N_("No"),
    },
    "agreement": {
        "not-asked": N_("The organisations that run it were not asked to confirm this text."),
        "asked": N_("An organisation that runs it was asked; it has not confirmed this text."),
        "given": N_("An organisation that runs it has confirmed this text."),
        "refused": N_("An organisation that runs it refused to confirm this text."),
    },
    "relation": {
        "cited": N_("Cited in a public source"),
        "invited": N_("Invited to the group"),
        "taking-part": N_("Taking part in the group"),
        "declined": N_("Declined to take part"),
        "left": N_("Left the group"),
    },
    "source": {
        "official": N_("official document"),
        "official-mirror": N_("copy of an official document"),
        "organisation": N_("the organisation itself"),
        "press": N_("press"),
        "legal-commentary": N_("legal commentary"),
        "parliament": N_("parliament"),
        "dataset": N_("dataset"),
    },
    "text": {
        "title": N_("Title"),
        "summary": N_("Summary"),
        "target_group": N_("For whom"),
        "problem": N_("The need it answers"),
        "objectives": N_("Objectives"),
        "activities": N_("What is done"),
        "means": N_("Means it takes"),
        "keys_to_success": N_("Keys to success"),
        "difficulties": N_("Difficulties met"),
        "expected_results": N_("Expected results"),
        "results": N_("Results"),
        "theory": N_("Why it should work"),
        "ethics": N_("Ethics and the rights of the child"),
        "equity": N_("Equity"),
        "participation": N_("How the people concerned take part"),
        "transfer": N_("What another place needs"),
        "sustainability": N_("What keeps it going"),
        "information_exchange": N_("How information is exchanged"),
        "review": N_("How the agreement is reviewed"),
        "limits": N_("What the sources do not show"),
    },
    "audience": {
        "children": N_("For children"),
        "witnesses": N_("For anyone worried about a child"),
        "emergency": N_("In an emergency"),
        "online": N_("For what is seen or happens online"),
        "missing": N_("For missing children"),
        "potential-perpetrators": N_("For people who fear they may offend"),
        "adult-survivors": N_("For adults who were abused as children"),
    },
    "facet": {
        "sector": N_("Sector"),
        "common": N_("Sector"),
        "side": N_("Who works together"),
        "article": N_("Article of the Convention"),
        "domain": N_("Domain"),
        "target": N_("For whom"),
        "standing": N_("Status"),
        "running": N_("Running or ended"),
        "scope": N_("Scale"),
        "cost": N_("Cost"),
        "region": N_("Region"),
    },
}


def label(kind: str, code: str, translator: Translator) -> str:
    """The words for *code* as text, for attributes and files; the code itself where there are none."""
    known = LABELS[kind].get(code)
    return translator.gettext(known) if known else code


@lru_cache(maxsize=4096)
def say(kind: str, code: str, translator: Translator) -> Markup:
    """As ``label``, for a page: with its language where that is not the page's."""
    return escape(label(kind, code, translator))


@lru_cache(maxsize=1024)
def phrase(english: str, translator: Translator) -> Markup:
    """What ``_`` does in a template, for words that are marked with ``N_`` elsewhere."""
    return escape(translator.gettext(english))


@lru_cache(maxsize=4096)
def written(text: str, lang: str, page: str) -> Markup:
    """*text*, which is in *lang*, for a page in *page*: with its language where that is not the page's.

    >>> written("Santé", "fr", "en")
    Markup('<span lang="fr">Santé</span>')
    """
    return escape(in_language(text, lang, page))


# --- Words, texts and addresses for readers of one language; nobody needs to have asked for a page ---

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


# --- Under which licences content is published, and where they are read ---

USUAL: Final = "CC-BY-4.0"
"""Of what belongs to no region, as SPDX calls it."""
_PLACES: Final[Mapping[str, str]] = {
    USUAL: "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


def licence_address(licence: str) -> str:
    """Where the licence with this SPDX identifier is read.

    >>> licence_address("CC-BY-4.0"), licence_address("ODbL-1.0")
    ('https://creativecommons.org/licenses/by/4.0/', 'https://spdx.org/licenses/ODbL-1.0.html')
    """
    return _PLACES.get(licence, f"https://spdx.org/licenses/{licence}.html")


# --- What lists can be narrowed by: sectors and answers of a region, former ones too, and those of all regions ---


def sectors(instance: Instance, region_id: str | None = None) -> tuple[str, ...]:
    """Keys of sectors, retired and former ones too; of all regions when none is named."""
    return _of(instance, region_id, "known-sectors", lambda vocabulary: _keys(vocabulary, "sector"))


def answers(instance: Instance, region_id: str | None = None) -> tuple[str, ...]:
    """``question:answer`` for the regions' own questions by which their lists can be narrowed."""
    return _of(instance, region_id, "known-answers", _answers)


def _of(
    instance: Instance, region_id: str | None, name: str, read: Callable[[Vocabulary], Iterator[str]]
) -> tuple[str, ...]:
    if region_id is not None:
        return tuple(read(instance.vocabulary(region_id)))

    def whole() -> tuple[str, ...]:
        found = (key for one in instance.headers() for key in read(instance.vocabulary(one)))
        return tuple(dict.fromkeys(found))

    return instance.kept(name, None, whole)


def _keys(vocabulary: Vocabulary, kind: str) -> Iterator[str]:
    yield from vocabulary.entries.get(kind, {})
    yield from (former for of, former in vocabulary.aliases if of == kind)


def _answers(vocabulary: Vocabulary) -> Iterator[str]:
    for key in _keys(vocabulary, "field"):
        field: PracticeField = vocabulary.fields[vocabulary.present_key("field", key)]
        if field.facet and field.type in NARROWING:
            choices = ("yes", "no") if field.type == "yes-no" else tuple(choice.key for choice in field.choices)
            yield from (f"{key}:{choice}" for choice in choices)

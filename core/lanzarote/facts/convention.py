"""The Lanzarote Convention (CETS 201) and what surrounds it, as data: articles, sectors, context pages; references."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

import msgspec

from lanzarote.errors import LanzaroteError
from lanzarote.runtime.reading import converted
from lanzarote.types.values import SourceKind

Text = dict[str, str]
"""Language → wording. An official wording that was seen in one language only has only that language."""

FOUR_PS = ("prevention", "protection", "prosecution", "participation")
"""The domains of the Pact of Towns and Regions, in its order."""

OFFICIAL_FIRST = {"official": 0, "official-mirror": 1}
"""Kinds of sources that come before the others, in this order."""

_REFERENCE = re.compile(r"([1-9][0-9]{0,5}|0)(?:\.([1-9][0-9]{0,5}|0))?(?:\.([a-z]))?", re.ASCII)
_ARTICLE = re.compile(r"\bart(?:icle)?s?(?![^\W\d_])\.?", re.IGNORECASE)
_FORM = 'write "article", "article.paragraph" or "article.paragraph.letter", for example "10", "10.3" or "18.1.a"'


class UnknownReference(LanzaroteError, ValueError):
    """What was given is no article, paragraph or letter of the Convention; the message says what is."""


class UnknownPage(LanzaroteError, LookupError):
    """No context page has this key; the message lists those that exist."""


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    title: str
    language: str = "en"
    """Of the title."""
    publisher: str
    seen: str = ""
    """How much of the source was read, where that is known."""
    weak: str = ""
    """Why it carries little, where it does."""
    kind: SourceKind = "official"
    url: str = ""
    """Where it was read; empty: no address is known."""
    official_url: str = ""
    """Where its publisher keeps it, when ``url`` leads to the copy that was read."""


def official_first(sources: Iterable[Source]) -> list[Source]:
    """Official documents, then copies of such, then what others tell of them; each in the order given."""
    return sorted(sources, key=lambda source: OFFICIAL_FIRST.get(source.kind, len(OFFICIAL_FIRST)))


class Chapter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    number: int
    roman: str
    title: Text
    title_verified: dict[str, bool]
    """Language → whether this very wording was seen in a copy of the official text."""
    first_article: int
    last_article: int
    sources: tuple[str, ...]


class Article(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    number: int
    chapter: int
    heading: Text
    heading_verified: dict[str, bool]
    """Language → whether this very wording was seen in a copy of the official text."""
    met_in: Text = {}
    """Where a French heading that is not verified was met, outside the text of the treaty."""
    paragraphs: int
    """How many numbered paragraphs; 0 is a single unnumbered one."""
    practised: bool = True
    """Whether a region can practise it. Where nothing is documented, others do not apply, and are not unknown."""
    note: Text = {}
    """A summary in our own words, never the text of the article."""
    mentions: tuple[str, ...] = ()
    """Keys of `Convention.mentions`."""
    sources: tuple[str, ...]


class Purpose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reference: str
    text: Text
    our_translation: tuple[str, ...]
    """Languages in which the text is translated by us."""
    sources: tuple[str, ...]


class Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    series: Text
    number: int
    short_name: Text
    title: Text
    adopted_on: date
    adopted_by: Text
    opened_for_signature_on: date
    opened_at: Text
    entered_into_force_on: date
    entered_into_force_by: tuple[str, ...]
    """ISO 3166 codes of the States whose ratifications brought the Convention into force."""
    authentic_languages: tuple[str, ...]
    monitoring_body: Text
    depositary: Text
    our_translation: tuple[str, ...]
    """Names of the fields above whose French is translated by us."""
    purposes: tuple[Purpose, ...]
    sources: tuple[str, ...]


class Convention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    compiled_on: date
    caveat: Text
    sources: dict[str, Source]
    facts: Facts
    mentions: dict[str, Text]
    chapters: tuple[Chapter, ...]
    articles: tuple[Article, ...]

    def article(self, number: int) -> Article:
        if not 1 <= number <= len(self.articles):
            raise UnknownReference(f"there is no article {number}: articles go from 1 to {len(self.articles)}")
        return self.articles[number - 1]

    def chapter(self, number: int) -> Chapter:
        if not 1 <= number <= len(self.chapters):
            raise UnknownReference(f"there is no chapter {number}: chapters go from 1 to {len(self.chapters)}")
        return self.chapters[number - 1]

    @property
    def never_practised(self) -> str:
        """Numbers of the articles that no region can practise.

        >>> convention().never_practised
        '1, 3, 38–50'
        """
        return runs(one.number for one in self.articles if not one.practised)

    def articles_of(self, chapter: Chapter) -> tuple[Article, ...]:
        return self.articles[chapter.first_article - 1 : chapter.last_article]


def runs(numbers: Iterable[int], written: Callable[[int], str] = str) -> str:
    """Ascending numbers with what follows each other drawn together.

    >>> runs([1, 3, 4, 5, 9])
    '1, 3–5, 9'
    """
    found = list(numbers)
    drawn = (list(run) for _, run in groupby(found, lambda number: number - found.index(number)))
    return ", ".join(f"{written(run[0])}–{written(run[-1])}" if len(run) > 1 else written(run[0]) for run in drawn)


class Reference(msgspec.Struct, frozen=True):
    """An article, paragraph or letter of the Convention; one that exists as far as our data can tell.

    >>> str(Reference.parse("18.1.a"))
    '18.1.a'
    >>> sorted(map(Reference.parse, ["10.3", "3.a", "10", "10.1"])) == [
    ...     Reference(3, letter="a"), Reference(10), Reference(10, 1), Reference(10, 3)]
    True
    """

    article: int
    paragraph: int | None = None
    letter: str | None = None

    def __post_init__(self) -> None:
        _refuse_unknown(self)

    @classmethod
    def parse(cls, text: str) -> "Reference":
        found = _REFERENCE.fullmatch(text)
        if found is None:
            shown = text if len(text) <= 20 else text[:20] + "…"
            raise UnknownReference(f"{shown!r} is not a reference to the Convention: {_FORM}")
        article, paragraph, letter = found.groups()
        return cls(int(article), None if paragraph is None else int(paragraph), letter)

    def __str__(self) -> str:
        return ".".join(str(part) for part in (self.article, self.paragraph, self.letter) if part is not None)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Reference):
            return NotImplemented
        return self._place < other._place

    def __le__(self, other: object) -> bool:
        if not isinstance(other, Reference):
            return NotImplemented
        return self._place <= other._place

    @property
    def _place(self) -> tuple[int, int, str]:
        # The whole article comes before its paragraphs, the whole paragraph before its letters.
        return (self.article, self.paragraph or 0, self.letter or "")


def existing(references: Iterable[str]) -> Iterator[Reference]:
    """Those that exist: pages have to do with others, too, that were taken before anybody looked.

    >>> [str(one) for one in existing(["10.3", "99", "x"])]
    ['10.3']
    """
    for one in references:
        with suppress(UnknownReference):
            yield Reference.parse(one)


def written_references(text: str) -> list[str]:
    """What is written in *text* where references are asked for, one by one, without the word for an article.

    >>> written_references("art. 10, 12; articles 10.3 and 18.1.a")
    ['10', '12', '10.3', 'and', '18.1.a']
    """
    return [one for one in re.split(r"[\s,;]+", _ARTICLE.sub(" ", text)) if one]


def articles_in_words(references: Iterable[str]) -> list[tuple[str, str]]:
    """(language, what it says) of the articles that *references* name, to be found by.

    >>> articles_in_words(["35.1"])
    [('en', 'Article 35.1 Interviews with the child'), ('fr', 'Article 35.1 Auditions de l’enfant')]
    """
    return [
        (lang, f"Article {reference} {heading}")
        for reference in existing(references)
        for lang, heading in convention().article(reference.article).heading.items()
    ]


def is_under(reference: Reference, whole: Reference | int) -> bool:
    """Whether *reference* is *whole* (an article number, or a reference) or a part of it.

    >>> is_under(Reference.parse("10.2.a"), 10), is_under(Reference.parse("10.2.a"), Reference.parse("10.3"))
    (True, False)
    """
    if isinstance(whole, int):
        return reference.article == whole
    return (
        reference.article == whole.article
        and whole.paragraph in (None, reference.paragraph)
        and whole.letter in (None, reference.letter)
    )


class CommonSector(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    name: Text
    reference: Reference | None = None
    """Where the Convention names the sector, if it does."""


class ContextItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Text
    gloss: Text = {}
    """Our rendering of an official wording, in the languages that `text` lacks; never a replacement for it."""
    detail: Text = {}
    articles: tuple[str, ...] = ()
    """Articles of the Convention that it concerns."""
    articles_ours: bool = False
    """The source names none of them: the mapping is ours."""


class ContextSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str = ""
    """A permanent name of what the section is about ("UN-CRC"), where it has one; unique among all pages."""
    heading: Text
    gloss: Text = {}
    """As for items: our rendering of an official heading, in the languages that `heading` lacks."""
    paragraphs: tuple[Text, ...] = ()
    items: tuple[ContextItem, ...] = ()
    """A list that follows the paragraphs."""
    parties: tuple[str, ...] = ()
    """ISO 3166 codes of the States that it concerned, counted by us from their days of entry into force."""
    url: str = ""
    """Its subject's own page."""
    verified: bool = True
    unverified: Text = {}
    """What is known or likely, but was not seen in a text."""
    sources: tuple[str, ...]


class ContextPage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    title: Text
    title_fr_verified: bool
    """False where the French title stands for an official one that was not seen."""
    official_title: Text = {}
    lead: Text
    unverified: Text = {}
    sections: tuple[ContextSection, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of every source of the page, in the order in which they are first used."""
        return tuple(dict.fromkeys(key for section in self.sections for key in section.sources))


class Frameworks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    compiled_on: date
    caveat: Text
    sources: dict[str, Source]
    pages: tuple[ContextPage, ...]

    def page(self, key: str) -> ContextPage:
        for page in self.pages:
            if page.key == key:
                return page
        raise UnknownPage(f"there is no context page {key!r}; there are {', '.join(page.key for page in self.pages)}")


@cache
def convention() -> Convention:
    return converted(_read("convention.toml"), Convention)


@cache
def frameworks() -> Frameworks:
    return converted(_read("frameworks.toml"), Frameworks)


@cache
def common_sectors() -> tuple[CommonSector, ...]:
    """The sectors that every region maps its own to, in the order in which they are shown."""
    return tuple(
        CommonSector(
            key=entry["key"],
            name=entry["name"],
            reference=Reference.parse(entry["reference"]) if "reference" in entry else None,
        )
        for entry in _read("common_sectors.toml")["sectors"]
    )


def _read(name: str) -> dict[str, Any]:
    document = tomllib.loads((files("lanzarote") / "data" / name).read_text("utf-8"))
    for key, source in document.get("sources", {}).items():
        source["key"] = key
    return document


def _refuse_unknown(reference: Reference) -> None:
    article = convention().article(reference.article)
    count = article.paragraphs
    paragraph, letter = reference.paragraph, reference.letter
    if paragraph is not None and count == 0:
        raise UnknownReference(
            f"article {article.number} has one unnumbered paragraph, so it takes no paragraph number: "
            f'write "{article.number}", or "{article.number}.a" for its letter a'
        )
    if paragraph is not None and not 1 <= paragraph <= count:
        raise UnknownReference(
            f"article {article.number} has no paragraph {paragraph}: it has paragraphs 1 to {count}, "
            f'for example "{article.number}.{count}"'
        )
    if letter is not None and not re.fullmatch("[a-z]", letter):
        raise UnknownReference(f"{letter!r} is not a letter from a to z: {_FORM}")
    if letter is not None and paragraph is None and count > 0:
        raise UnknownReference(
            f"article {article.number} has {count} numbered paragraphs: say in which one letter {letter} is, "
            f'for example "{article.number}.1.{letter}"'
        )

"""The vocabulary of a region: sources, sectors, organisations, law, ages, coverage, help lines, questions and rules."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, field

from lanzarote.types.values import (
    ArticleReference,
    CommonSectorKey,
    Fact,
    Key,
    Language,
    OrganisationKey,
    PartialDate,
    ProvisionKey,
    Retirable,
    Scope,
    SectorKey,
    Side,
    SourceKey,
    SourceKind,
    Text,
    Value,
    WebAddress,
)

SearchWord = Annotated[str, Meta(min_length=2, max_length=100)]


class Source(Value, frozen=True, kw_only=True):
    """A document that facts were read in."""

    title: str | Text
    publisher: str
    language: Language | None = None
    """The language of the publisher's name, and of a title that is no text per language; if it is not the first of
    the folder's languages."""
    url: WebAddress | None = None
    """Absent when the source has no public address."""
    kind: SourceKind
    read_on: date | None = None


class ListedSource(Source, frozen=True, kw_only=True):
    """A document that facts were read in."""

    official_url: WebAddress | None = None
    """Where its publisher keeps the document, when ``url`` leads to the copy that was read. Pages link to it first."""
    former: tuple[Key, ...] = ()
    """Keys this entry had before: records that are loaded already follow; the folder writes the present key."""
    until: date | None = None
    """Since when no fact rests on it; it stays for the records that name it."""


class OwnSource(Source, frozen=True, kw_only=True):
    """A document that one practice or organisation cites and the region's list does not have."""

    key: Key
    """Its name there, such as ``own-1``; a practice's evidence refers to it like to any source."""
    title: Annotated[str, Meta(extra_json_schema={"maxLength": 500})]
    """The document's own."""
    publisher: Annotated[str, Meta(extra_json_schema={"maxLength": 300})]
    url: Annotated[WebAddress, Meta(extra_json_schema={"maxLength": 500})] | None = None


class Sector(Retirable, frozen=True, kw_only=True):
    """A field of work in the region."""

    name: Text
    common: Annotated[tuple[CommonSectorKey, ...], Meta(min_length=1)]
    """Common sectors it counts under; all of them are listed in the region format."""
    side: Side
    """What its bodies mostly are."""
    convention: tuple[ArticleReference, ...] = ()
    """Where the Convention speaks of it (editorial)."""
    named_in_mandate: bool = False
    """Whether the text that set up the group names it."""
    description: Text = {}


class Organisation(Fact, frozen=True, kw_only=True):
    """A stakeholder as shipped: an institution or association cited in a public source, never a person."""

    name: Annotated[Text, Meta(extra_json_schema={"maxLength": 300})]
    role: Annotated[Text, Meta(extra_json_schema={"maxLength": 4_000})] = {}
    """What it does, as the sources say."""
    sectors: Annotated[tuple[SectorKey, ...], Meta(min_length=1, extra_json_schema={"minItems": 1, "maxItems": 20})]
    side: Side
    scope: Scope
    website: Annotated[WebAddress, Meta(extra_json_schema={"maxLength": 500})] | None = None
    """Its own address, only if seen in a source."""
    since: PartialDate | None = None
    until: PartialDate | None = None
    """When it ceased to exist."""
    merged_into: OrganisationKey | None = None
    """The organisation that took it over."""
    former: Annotated[tuple[Key, ...], Meta(extra_json_schema={"readOnly": True})] = ()
    """Keys it had before: records that are loaded already follow; the folder writes the present key."""
    sources: Annotated[tuple[SourceKey, ...], Meta(extra_json_schema={"maxItems": 60})] = ()
    """Keys in ``sources.toml``."""
    own_sources: Annotated[tuple[OwnSource, ...], Meta(extra_json_schema={"maxItems": 20})] = ()
    """Documents that tell of it and that ``sources.toml`` does not have."""
    note: Annotated[Text, Meta(extra_json_schema={"maxLength": 4_000})] = {}
    """What a reader must know about how it was verified, or what remains open."""


class Instrument(Value, frozen=True, kw_only=True):
    """A code, act or decree that provisions belong to."""

    key: Key
    title: Text
    cite: Text = {}
    """How an article of it is cited; ``{number}`` stands for the number, and there is no other field."""
    numbers_like: tuple[str, ...] = ()
    """Articles as this instrument numbers them, an example of each form: ``["225-7", "L226-2"]``. Other digits may
    stand in the place of each group of digits; a number of no such form is told by ``region check``."""
    eli: WebAddress | None = None
    """European Legislation Identifier."""
    identifier: str | None = None
    """Its number in the national collection, such as a LEGITEXT number."""
    url: WebAddress | None = None
    """Where the official text can be read."""


class ConventionLink(Value, frozen=True, kw_only=True):
    """A mapping to the Convention; every one is editorial until a lawyer of the region confirms it."""

    ref: ArticleReference
    confirmed: bool = False


class ProvisionVersion(Fact, frozen=True, kw_only=True):
    """The wording in force between two days, summarised."""

    since: date | None = field(default=None, name="from")
    until: date | None = None
    title: Text
    summary: Text = {}
    introduced_by: Text = {}
    """The act that brought this wording."""
    convention: tuple[ConventionLink, ...] = ()
    """In law a list of tables: `[{ ref = "12.1" }]`."""
    recheck: Text = {}
    """Why the official text has still to be re-read; shown beside the provision as "not yet re-checked"."""


class Provision(Value, frozen=True, kw_only=True):
    """A dated article of local law."""

    number: str | Text
    """As it is cited; a text per language when it holds words ("225-7 et 225-7-1")."""
    url: WebAddress | None = None
    """Where this article can be read; absent, pages lead to the address of the whole instrument."""
    url_level: Literal["article", "chapter", "act"] = "article"
    """What ``url`` leads to: this article, its chapter, or the act as it was published."""
    url_note: Text = {}
    """What a reader must know about the page at ``url``, for example that it opens with an older wording."""
    former: tuple[Key, ...] = ()
    versions: Annotated[tuple[ProvisionVersion, ...], Meta(min_length=1)]
    """Oldest first."""
    instrument: str = ""
    """Filled in by the reader: the key of the instrument whose file the provision is in."""


class AgeLimit(Retirable, frozen=True, kw_only=True):
    """An age or time limit that the law sets."""

    name: Text
    years: Annotated[int, Meta(ge=0, le=150)] | None = None
    """From 0 to 150."""
    text: Text
    provisions: tuple[ProvisionKey, ...] = ()
    since: date | None = None


class CoverageStatement(Fact, frozen=True, kw_only=True):
    """What was looked for and not found, or does not apply; what nobody looked for has no statement."""

    state: Literal["none", "not-applicable"]
    reviewer: str
    """The body that looked, never a person."""
    date: date
    reason: Text


class Helpline(Retirable, frozen=True, kw_only=True):
    """Where a child, a witness or someone who fears to offend can turn."""

    name: Text
    number: str | None = None
    """One telephone number in figures, such as ``116 000`` or ``+386 1 234 56 78``; a second one is another line."""
    text_messages: bool = False
    """Whether one writes a text message to the number instead of calling it."""
    url: WebAddress | None = None
    for_whom: Text
    """Who may call, in plain words."""
    hours: Text = {}
    """When somebody answers."""
    audiences: tuple[
        Literal["children", "witnesses", "emergency", "online", "missing", "potential-perpetrators", "adult-survivors"],
        ...,
    ]
    """Who the line is for; decides on which help page it is. ``children``: the page for a child. ``witnesses``,
    ``online``, ``missing``: the page for an adult who worries about a child. ``adult-survivors`` and
    ``potential-perpetrators``: a page each, never the one for a child. ``emergency``: all of them."""
    strip: Text = {}
    """A few words before the number in the strip on every page, such as "A child in danger?"."""
    prominent: bool = False
    """Shown in the strip on every page."""
    languages: tuple[Language, ...] = ()
    """Languages that are spoken there, if stated. A prominent line that states them is in the strip of pages in these
    languages, and in that of the others only where no other line does."""


class Synonyms(Value, frozen=True, kw_only=True):
    """Words that find each other in the region's search, beside those of the platform's thesaurus."""

    words: Annotated[dict[Language, tuple[SearchWord, ...]], Meta(min_length=1)]
    """Language → words, abbreviations and phrases, as people type them; other forms, accents and capitals need not be
    written."""
    concept: Key | None = None
    """A concept of the platform's thesaurus, such as ``barnahus``, whose words find these as well; the check names the
    nearest where there is no such concept."""


class Choice(Value, frozen=True, kw_only=True):
    key: Key
    name: Text
    until: date | None = None


NARROWING = ("choice", "choices", "yes-no")
"""Types of questions whose answers can narrow a list."""


class PracticeField(Retirable, frozen=True, kw_only=True):
    """A question that a region adds to the practice form."""

    type: Literal["text", "choice", "choices", "number", "date", "yes-no"]
    label: Text
    help: Text = {}
    required: bool = False
    facet: bool = False
    """Whether the region's list can be narrowed by its answers; for ``choice``, ``choices`` and ``yes-no``."""
    share: bool = False
    """Whether the answers leave the region with the results."""
    choices: tuple[Choice, ...] = ()


class Question(Value, frozen=True, kw_only=True):
    key: Key
    text: Text
    gate: bool = False
    """A gate must be answered yes before anything else counts."""
    help: Text = {}


class CriteriaGrid(Fact, frozen=True, kw_only=True):
    """What a reviewer is asked about a practice, beside what is asked in every region.

    A question under the key of a common one (``article-10``, ``child-rights``, ``effectiveness``, ``equity``,
    ``intersectoral``, ``transferability``) puts that one in the region's own words.
    """

    version: int
    """Another one whenever the questions change: every answer and decision names it."""
    editorial: bool = True
    """True: a proposal of the package's editors that the group has not adopted."""
    scale: tuple[Choice, ...] = ()
    """Possible answers to the region's own questions; without it those of the common ones."""
    questions: tuple[Question, ...] = ()
    reviewers: Annotated[int, Meta(ge=2, le=9)] = 2
    """How many independent reviewers an assessment takes."""
    review_after: Annotated[int, Meta(ge=1, le=120)] = 24
    """Months after the decision when the practice is due to be looked at again."""


class DecisionRule(Fact, frozen=True, kw_only=True):
    """How the group decides; copied into each decision."""

    version: int
    editorial: bool = True
    """True: a proposal of the package's editors that the group has not adopted."""
    text: Text
    quorum_share: float | None = None
    quorum_sides: tuple[Side, ...] = ()
    majority: Literal["consensus", "simple", "two-thirds"] = "consensus"
    abstentions_count: bool = False

"""The frozen values that cross hooks and that a region folder describes.

Every value is immutable and checked when it is read. ``Text`` maps a language (BCP 47) to the text in it.
"""

from __future__ import annotations

from datetime import date
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

FORMAT = 1
"""The region folder format this platform reads."""

API_VERSION = (1, 0)
"""The version of hooks and values that packages name in ``requires_api``; not the product's version."""

Key = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""Permanent name within its kind and region: small ASCII letters, digits, single hyphens. Never reused."""

Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
Text = dict[Language, Annotated[str, Meta(min_length=1, max_length=20_000)]]
PartialDate = Annotated[str, Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
"""A year, a month or a day: ``2014``, ``2014-06``, ``2014-06-02``."""
ArticleReference = Annotated[str, Meta(pattern=r"^[1-9]\d?(\.[1-9]\d?)?(\.[a-z])?$")]
"""``article[.paragraph][.letter]`` of the Convention, such as ``10.3``; checked further by ``convention.py``."""

Side = Literal["public", "civil-society", "mixed", "private"]
Scope = Literal["local", "regional", "national", "international"]
Running = Literal["announced", "ongoing", "ended", "unknown"]
Domain = Literal["prevention", "protection", "prosecution", "participation"]
TargetGroup = Literal[
    "children",
    "child-victims",
    "children-at-risk",
    "minors-who-offend",
    "adult-survivors",
    "families",
    "professionals",
    "potential-perpetrators",
    "perpetrators",
    "general-public",
]
Cost = Literal["none", "low", "medium", "high"]
Standing = Literal["documented", "declared", "assessed"]
Vouching = Literal["public-sources", "declared", "observed", "evaluated"]
Strength = Literal["not-assessed", "pioneering", "prudent", "promising", "effective"]
Agreement = Literal["not-asked", "given", "refused"]
SourceKind = Literal[
    "official", "official-mirror", "organisation", "press", "legal-commentary", "parliament", "dataset"
]
Relation = Literal["cited", "invited", "taking-part", "declined", "left"]


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What all values of a region have in common: immutable, complete, nothing unknown in it."""


class Fact(Value, frozen=True, kw_only=True):
    """Something stated about the world, with where it was read."""

    sources: tuple[Key, ...] = ()
    """Keys in ``sources.toml``."""
    verified: bool = False
    """True: the stated facts were read in the sources. False: shown to the reader as not verified."""
    note: Text = {}
    """What a reader must know about how it was verified, or what remains open."""


class Retirable(Fact, frozen=True, kw_only=True):
    """A vocabulary entry: its key is permanent, its labels are not."""

    former: tuple[Key, ...] = ()
    """Keys this entry had before; records that use them follow."""
    until: date | None = None
    """Retired from this day on: still shown where it is used, no longer offered."""
    replaced_by: Key | None = None


class Source(Value, frozen=True, kw_only=True):
    """A document that facts were read in."""

    title: str | Text
    publisher: str
    url: str | None = None
    """Absent when the source has no public address."""
    kind: SourceKind
    read_on: date | None = None


class OwnSource(Source, frozen=True, kw_only=True):
    """A document that one practice cites and the region's list does not have."""

    key: Key
    """Its name within the practice, such as ``own-1``; evidence refers to it like to any source."""
    title: str
    """The document's own."""


class Sector(Retirable, frozen=True, kw_only=True):
    """A field of work in the region."""

    name: Text
    common: Annotated[tuple[Key, ...], Meta(min_length=1)]
    """Common sectors it counts under (``convention.common_sectors()``)."""
    side: Side
    """What its bodies mostly are."""
    convention: tuple[ArticleReference, ...] = ()
    """Where the Convention speaks of it (editorial)."""
    named_in_mandate: bool = False
    """Whether the text that set up the group names it."""
    description: Text = {}


class Organisation(Fact, frozen=True, kw_only=True):
    """A stakeholder as shipped: an institution or association cited in a public source, never a person."""

    name: Text
    role: Text = {}
    """What it does, as the sources tell it."""
    sectors: Annotated[tuple[Key, ...], Meta(min_length=1)]
    side: Side
    scope: Scope
    website: str | None = None
    """Its own address, only if seen in a source."""
    since: PartialDate | None = None
    until: PartialDate | None = None
    """When it ceased to exist."""
    merged_into: Key | None = None
    """The organisation that took it over."""
    former: tuple[Key, ...] = ()
    """Keys it had before."""


class Instrument(Value, frozen=True, kw_only=True):
    """A code, act or decree that provisions belong to."""

    key: Key
    title: Text
    cite: Text = {}
    """How an article of it is cited; ``{number}`` stands for the number."""
    eli: str | None = None
    """European Legislation Identifier."""
    identifier: str | None = None
    """Its number in the national collection, such as a LEGITEXT number."""
    url: str | None = None
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
    recheck: Text = {}
    """Why the official text has still to be re-read; shown beside the provision as "not yet re-checked"."""


class Provision(Value, frozen=True, kw_only=True):
    """A dated article of local law."""

    number: str | Text
    """As it is cited; a text per language when it holds words ("225-7 et 225-7-1")."""
    url: str | None = None
    """Where this article can be read."""
    former: tuple[Key, ...] = ()
    versions: Annotated[tuple[ProvisionVersion, ...], Meta(min_length=1)]
    """Oldest first."""
    instrument: Key = ""
    """Filled in by the reader: the instrument whose file the provision stands in."""


class AgeLimit(Retirable, frozen=True, kw_only=True):
    """An age or time limit that the law sets."""

    name: Text
    years: int | None = None
    text: Text
    provisions: tuple[Key, ...] = ()
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
    url: str | None = None
    for_whom: Text
    """Who may call, in plain words."""
    hours: Text = {}
    """When somebody answers."""
    audiences: tuple[
        Literal["children", "witnesses", "emergency", "online", "missing", "potential-perpetrators", "adult-survivors"],
        ...,
    ]
    """Who the line is for; decides on which panel it stands."""
    strip: Text = {}
    """A few words before the number in the strip on every page, such as "A child in danger?"."""
    prominent: bool = False
    """Shown in the strip on every page."""


class Choice(Value, frozen=True, kw_only=True):
    key: Key
    name: Text
    until: date | None = None


class PracticeField(Retirable, frozen=True, kw_only=True):
    """A question that a region adds to the practice form."""

    type: Literal["text", "choice", "choices", "number", "date", "yes-no"]
    label: Text
    help: Text = {}
    required: bool = False
    facet: bool = False
    share: bool = False
    """Whether the answers leave the region with the results."""
    choices: tuple[Choice, ...] = ()


class Question(Value, frozen=True, kw_only=True):
    key: Key
    text: Text
    gate: bool = False
    """A gate must be answered yes before anything else counts."""
    help: Text = {}


class CriteriaGrid(Value, frozen=True, kw_only=True):
    """What a reviewer is asked about a practice, beside what is asked in every region.

    A question under the key of a common one (``article-10``, ``child-rights``, ``effectiveness``, ``equity``,
    ``intersectoral``, ``transferability``) puts that one in the region's own words.
    """

    version: int
    """Another one whenever the questions change: every answer and decision names it."""
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


class Objective(Value, frozen=True, kw_only=True):
    key: Key
    text: Text


class Mandate(Fact, frozen=True, kw_only=True):
    """What the working group is asked to do; dated versions, as its objectives may evolve."""

    version: int
    since: PartialDate | None = None
    adopted_by: Text = {}
    title: Text = {}
    objectives: tuple[Objective, ...]


class Episode(Fact, frozen=True, kw_only=True):
    """A dated step in the history of the territory or of the working group."""

    when: PartialDate
    until: PartialDate | None = None
    text: Text
    about: Literal["territory", "group"] = "group"


class Figure(Fact, frozen=True, kw_only=True):
    """A context figure that belongs to no single practice."""

    value: float
    unit: Text
    period: str
    text: Text


class ConventionStatus(Fact, frozen=True, kw_only=True):
    """When the Convention began to bind the State the territory belongs to."""

    signed: date | None = None
    ratified: PartialDate | None = None
    in_force: date | None = None
    act: Text = {}
    url: str | None = None


class Evidence(Value, frozen=True, kw_only=True):
    """A figure or statement about what a practice did."""

    value: float | None = None
    unit: Text = {}
    """What the figure counts."""
    period: Text = {}
    text: Text = {}
    """What the figure says, or the evidence in words."""
    sources: tuple[Key, ...] = ()


class Partner(Value, frozen=True, kw_only=True):
    """Who takes part: a stakeholder of the directory, or a sector and side when nobody is named."""

    organisation: Key | None = None
    sector: Key | None = None
    side: Side | None = None
    part: Text = {}
    """What it does in the practice."""


class SheetText(Value, frozen=True, kw_only=True):
    """The texts of a practice in one language, as far as they are written."""

    title: str | None = None
    summary: str | None = None
    target_group: str | None = None
    problem: str | None = None
    objectives: str | None = None
    activities: str | None = None
    means: str | None = None
    keys_to_success: str | None = None
    difficulties: str | None = None
    expected_results: str | None = None
    results: str | None = None
    theory: str | None = None
    ethics: str | None = None
    equity: str | None = None
    participation: str | None = None
    transfer: str | None = None
    """What another place needs."""
    sustainability: str | None = None
    information_exchange: str | None = None
    review: str | None = None
    limits: str | None = None
    """What the sources do not show."""


class PracticeText(SheetText, frozen=True, kw_only=True):
    """The texts of a practice in one language; a text that is absent is "not stated in the sources"."""

    title: str
    summary: str


class PracticeSheet(Fact, frozen=True, kw_only=True):
    """A practice that is being written: anything may be missing still."""

    original: Language
    """The language it was written in."""
    text: dict[Language, SheetText] = {}
    """``[text.fr]``, ``[text.en]``, …"""
    stale: tuple[Language, ...] = ()
    """Languages whose texts are older than the original's last change."""
    scope: Scope | None = None
    """How far it reaches."""
    running: Running | None = None
    started: PartialDate | None = None
    ended: PartialDate | None = None
    sectors: tuple[Key, ...] = ()
    partners: tuple[Partner, ...] = ()
    """Who takes part, of every side."""
    target_groups: tuple[TargetGroup, ...] = ()
    """For whom, as codes; ``target_group`` in the texts says it in words."""
    domains: tuple[Domain, ...] = ()
    """The four Ps."""
    convention: tuple[ArticleReference, ...] = ()
    """Which paragraphs of the Convention it answers (editorial)."""
    legal_basis: tuple[Key, ...] = ()
    """Keys of provisions."""
    evidence: tuple[Evidence, ...] = ()
    cost: Cost | None = None
    """Only if the sources say it."""
    related: tuple[Key, ...] = ()
    """Keys of other shipped practices of the region, or ids of any."""
    own_sources: tuple[OwnSource, ...] = ()
    """Documents that tell of it and that ``sources.toml`` does not have."""
    answers: dict[Key, Any] = {}
    """Answers to the region's own fields."""


class Practice(PracticeSheet, frozen=True, kw_only=True):
    """A practice: what is done, by whom together, for whom, on which basis, with what evidence."""

    text: dict[Language, PracticeText]  # type: ignore[assignment]
    """``[text.fr]``, ``[text.en]``, …"""
    scope: Scope
    """How far it reaches."""
    running: Running
    sectors: Annotated[tuple[Key, ...], Meta(min_length=1)]


class PracticeSeed(Practice, frozen=True, kw_only=True):
    """A practice as a package ships it: the record plus whether it may be shown."""

    publish: bool = True
    """False: loaded as an unpublished draft."""
    reason: Text = {}
    """Why it is not shown, told to the team."""
    former: tuple[Key, ...] = ()
    """Keys it had before, that is, former names of its file."""


class RegionHeader(Fact, frozen=True, kw_only=True):
    """``region.toml``: who the region is. Read before any code of its package is imported."""

    format: int
    """Version of this format: 1."""
    requires_api: str
    """Range of the platform's API, such as ``">=1,<2"``; read before the package is imported."""
    id: Key
    """Permanent; stands in every address of the region."""
    territory: Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    """ISO 3166-1 or 3166-2."""
    name: Text
    """What the territory is called."""
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    """The first is the one texts are written in unless they say otherwise."""
    draft: tuple[Language, ...] = ()
    """Languages whose labels await a native reader's review."""
    time_zone: str
    """IANA name, such as ``Europe/Paris``."""
    law: tuple[Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")], ...] = ()
    """Legal frameworks it uses, by territory; contributed through ``legal_frameworks()``."""
    leading_sectors: tuple[Key, ...] = ()
    """Sectors that lead the response to a suspicion here."""
    personal_identifiers: tuple[str, ...] = ()
    """python-stdnum modules of the personal numbers in use, such as ``fr.nir``."""
    licence: str = "CC-BY-4.0"
    """SPDX identifier of the licence its content is published under."""
    description: Text = {}
    """Two or three sentences on the territory, for its home page."""
    former_name: Text = {}
    """A name of the territory in older documents."""
    contact: str | None = None
    """Public contact of the team: a role address, never a person's."""
    convention_status: ConventionStatus | None = None
    """``[convention_status]``: since when the State is bound."""
    mandates: tuple[Mandate, ...] = ()
    """``[[mandates]]``, oldest first."""
    history: tuple[Episode, ...] = ()
    """``[[history]]`` of the territory and of the group."""
    figures: tuple[Figure, ...] = ()
    """``[[figures]]`` of context."""


class Catalogue(Struct, frozen=True, kw_only=True):
    """Translations of the platform's own words into one language."""

    language: str
    path: Traversable
    """A ``.po`` file."""
    domain: str = "lanzarote"


class Folder(Struct, frozen=True, kw_only=True):
    """A folder of facts inside a package; nothing in it is read until somebody asks."""

    path: Traversable


class Region(Folder, frozen=True, kw_only=True):
    """A region package's contribution: the folder that describes the region."""

    @classmethod
    def from_folder(cls, path: Traversable) -> Region:
        """*path* holds ``region.toml``: ``Region.from_folder(files(__name__) / "region")``."""
        return cls(path=path)


class LegalFramework(Folder, frozen=True, kw_only=True):
    """National law that several regions share: a folder with ``framework.toml``, ``sources.toml`` and ``law/``."""

    @classmethod
    def from_folder(cls, path: Traversable) -> LegalFramework:
        return cls(path=path)


class FrameworkHeader(Value, frozen=True, kw_only=True):
    """``framework.toml``."""

    format: int
    id: Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    name: Text
    languages: tuple[Language, ...]


class Table(Struct, frozen=True, kw_only=True):
    """A list as a reader sees it on the page, ready to be written to a file."""

    title: str
    columns: tuple[str, ...]
    rows: Iterable[tuple[str | int | float | date | None, ...]]
    language: str
    licence: str = "CC-BY-4.0"
    note: str = ""
    """Where the list comes from, as of when; exporters put it where their format has room for it."""


class Exporter(Struct, frozen=True, kw_only=True):
    """A file format that any list can be downloaded in."""

    format: Key
    """Stands in the address: ``?format=csv``."""
    label: str
    media_type: str
    extension: str
    write: Callable[[Table], bytes]


__all__ = [name for name, value in globals().items() if getattr(value, "__module__", None) == __name__]

if TYPE_CHECKING:
    Facts = Mapping[str, Any]

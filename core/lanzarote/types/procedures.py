"""Co-operation procedures: who does what when, what may pass to whom on which basis; and as a package ships them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from lanzarote.types.improvements import Id
from lanzarote.types.values import (
    ArticleReference,
    Fact,
    Key,
    Language,
    OrganisationKey,
    PracticeKey,
    ProvisionKey,
    SectorKey,
    Side,
    SourceKey,
    Text,
    Value,
)
from lanzarote.types.vocabulary import OwnSource

if TYPE_CHECKING:
    from collections.abc import Iterator

Duration = Annotated[str, Meta(pattern=r"^P([1-9]\d{0,2}[DWMY]|T[1-9]\d{0,2}H)$")]
"""As ISO 8601 writes it: ``PT24H``, ``P8D``, ``P2W``, ``P3M``, ``P1Y``."""
Title = Annotated[str, Meta(extra_json_schema={"maxLength": 160})]
Titles = dict[Language, Annotated[str, Meta(min_length=1, extra_json_schema={"maxLength": 160})]]
Line = dict[Language, Annotated[str, Meta(min_length=1, extra_json_schema={"maxLength": 300})]]
"""A few words, by language."""
Long = Annotated[str, Meta(extra_json_schema={"maxLength": 4_000})]
Texts = dict[Language, Annotated[str, Meta(min_length=1, extra_json_schema={"maxLength": 4_000})]]
Nature = Literal["drafted", "reconstructed", "example"]
MeasureKind = Literal["training", "form", "contact", "meeting", "other"]


class ProcedureParty(Value, frozen=True, kw_only=True):
    """Who it is agreed between: a stakeholder of the directory, or a sector and side when nobody is named."""

    organisation: OrganisationKey | None = None
    """Key or id of the stakeholder."""
    sector: SectorKey | None = None
    side: Side | None = None
    part: Texts = {}
    """What it brings to the procedure."""


class Passing(Value, frozen=True, kw_only=True):
    """Information that one party passes to another in a step."""

    what: Line
    organisation: OrganisationKey | None = None
    """To which stakeholder, …"""
    sector: SectorKey | None = None
    """… or to which sector."""
    confidential: bool = False
    """It is covered by professional secrecy."""
    basis: ProvisionKey | None = None
    """Key of the provision that allows it, …"""
    basis_text: Texts = {}
    """… or the basis in words. Without either: none stated."""


class ProcedureBranch(Value, frozen=True, kw_only=True):
    """Where it goes on under a condition."""

    to: Key
    """Key of a step."""
    condition: Line


class ProcedureStep(Value, frozen=True, kw_only=True):
    """One step: who does it, when, with what, and what follows. What is absent is "not stated in the sources"."""

    key: Key
    """Permanent name within the procedure."""
    title: Titles
    organisation: OrganisationKey | None = None
    """Key or id of the stakeholder that is responsible, …"""
    sector: SectorKey | None = None
    """… or the sector."""
    trigger: Texts = {}
    """What makes it begin."""
    deadline: Line = {}
    """By when it is done, in words."""
    within: Duration | None = None
    """The deadline as a duration, for programs: `"P1D"` one day, `"PT24H"` 24 hours, `"P2W"` two weeks."""
    input: Texts = {}
    output: Texts = {}
    passes: Annotated[tuple[Passing, ...], Meta(extra_json_schema={"maxItems": 20})] = ()
    """What may pass to whom, and on which basis."""
    next: Annotated[tuple[Key, ...], Meta(extra_json_schema={"maxItems": 12})] = ()
    """Steps that follow, all of them; beside branches: those that follow where none of the conditions holds."""
    branches: Annotated[tuple[ProcedureBranch, ...], Meta(extra_json_schema={"maxItems": 12})] = ()
    """Steps of which one follows, each under its condition."""
    end: bool = False
    """The procedure ends here; beside branches: where none of the conditions holds."""


class Measure(Value, frozen=True, kw_only=True):
    """What goes with the steps and is none: training, a shared form, a contact point."""

    key: Key
    kind: MeasureKind
    title: Titles
    text: Texts = {}
    organisation: OrganisationKey | None = None
    sector: SectorKey | None = None


class ProcedureText(Value, frozen=True, kw_only=True):
    """The texts of a procedure in one language; what is absent is not stated."""

    title: Title | None = None
    purpose: Long | None = None
    scope: Long | None = None
    """Which situations, which children, which place it is for."""
    governance: Long | None = None
    """Who keeps it, who meets when."""
    disputes: Long | None = None
    """What happens when the parties disagree."""
    review: Long | None = None
    """How it is looked at again."""
    limits: Long | None = None
    """What the sources do not show, or what it leaves open."""


class Procedure(Fact, frozen=True, kw_only=True):
    """Co-ordinated steps and measures between sectors."""

    original: Language
    """The language it was written in."""
    text: dict[Language, ProcedureText] = {}
    """``[text.fr]``, ``[text.en]``, …"""
    stale: tuple[Language, ...] = ()
    """Languages whose texts are older than the original's last change."""
    nature: Nature = "drafted"
    """``reconstructed``: from public sources, endorsed by nobody; ``example``: invented, about no real body."""
    parties: Annotated[tuple[ProcedureParty, ...], Meta(extra_json_schema={"maxItems": 40})] = ()
    steps: Annotated[tuple[ProcedureStep, ...], Meta(extra_json_schema={"maxItems": 200})] = ()
    """The first is where it begins."""
    measures: Annotated[tuple[Measure, ...], Meta(extra_json_schema={"maxItems": 60})] = ()
    review_months: Annotated[int, Meta(ge=1, le=120)] | None = None
    """After how many months it is due to be looked at again."""
    legal_basis: Annotated[tuple[ProvisionKey, ...], Meta(extra_json_schema={"maxItems": 60})] = ()
    """Keys of provisions."""
    convention: Annotated[tuple[ArticleReference, ...], Meta(extra_json_schema={"maxItems": 60})] = ()
    """Which paragraphs of the Convention it answers (editorial)."""
    improvements: Annotated[tuple[Id, ...], Meta(extra_json_schema={"maxItems": 60})] = ()
    """Ids of improvements that it carries out."""
    practices: Annotated[tuple[PracticeKey, ...], Meta(extra_json_schema={"maxItems": 60})] = ()
    """Keys of shipped practices of the region, or ids of any."""
    sources: Annotated[tuple[SourceKey, ...], Meta(extra_json_schema={"maxItems": 60})] = ()
    """Keys in ``sources.toml``."""
    note: Texts = {}
    """How it was checked."""
    own_sources: Annotated[tuple[OwnSource, ...], Meta(extra_json_schema={"maxItems": 40})] = ()
    """Documents that tell of it and that ``sources.toml`` does not have."""

    @property
    def organisations(self) -> tuple[str, ...]:
        """Every stakeholder that it names, each once."""
        return tuple(dict.fromkeys(one.organisation for one in self._named() if one.organisation))

    @property
    def sectors(self) -> tuple[str, ...]:
        """Every sector that it names, each once."""
        return tuple(dict.fromkeys(one.sector for one in self._named() if one.sector))

    def _named(self) -> Iterator[ProcedureParty | ProcedureStep | Passing | Measure]:
        yield from self.parties
        for step in self.steps:
            yield step
            yield from step.passes
        yield from self.measures


class ProcedureSeed(Procedure, frozen=True, kw_only=True):
    """A procedure as a package ships it: never one that a body is said to have endorsed."""

    nature: Literal["reconstructed", "example"]
    publish: bool = True
    """False: loaded as an unpublished draft."""
    reason: Text = {}
    """Why it is not shown, for the team."""
    former: tuple[Key, ...] = ()
    """Keys it had before, that is, former names of its file."""

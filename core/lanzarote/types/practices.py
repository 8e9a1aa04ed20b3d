"""Practices: what is done, by whom together, with what evidence; and as a package ships them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from lanzarote.types.values import (
    ArticleReference,
    Cost,
    Domain,
    Fact,
    FieldKey,
    Key,
    Language,
    OrganisationKey,
    PlannedDate,
    PracticeKey,
    ProvisionKey,
    Running,
    Scope,
    SectorKey,
    Side,
    SourceKey,
    TargetGroup,
    Text,
    Value,
)
from lanzarote.types.vocabulary import OwnSource

SourcedField = Literal[
    "summary",
    "target_group",
    "problem",
    "objectives",
    "activities",
    "means",
    "keys_to_success",
    "difficulties",
    "expected_results",
    "results",
    "theory",
    "ethics",
    "equity",
    "participation",
    "transfer",
    "sustainability",
    "information_exchange",
    "review",
    "limits",
    "partners",
    "running",
]
"""Fields that can name the sources that say them; ``running`` stands for the state and its dates."""
FieldSources = Annotated[
    dict[SourcedField, Annotated[tuple[SourceKey, ...], Meta(min_length=1, max_length=60)]],
    Meta(extra_json_schema={"propertyNames": {"enum": list(get_args(SourcedField))}}),
]


class Evidence(Value, frozen=True, kw_only=True):
    """A figure or statement about what a practice did."""

    value: float | None = None
    unit: Text = {}
    """What the figure counts."""
    period: Text = {}
    text: Text = {}
    """What the figure says, or the evidence in words."""
    sources: tuple[SourceKey, ...] = ()


class Partner(Value, frozen=True, kw_only=True):
    """Who takes part: a stakeholder of the directory, or a sector and side when nobody is named."""

    organisation: OrganisationKey | None = None
    sector: SectorKey | None = None
    side: Side | None = None
    part: Annotated[Text, Meta(extra_json_schema={"maxLength": 1_000})] = {}
    """What it does in the practice."""


Long = Annotated[str, Meta(extra_json_schema={"maxLength": 20_000})]


class SheetText(Value, frozen=True, kw_only=True):
    """The texts of a practice in one language, as far as they are written."""

    title: Annotated[str, Meta(extra_json_schema={"maxLength": 300})] | None = None
    summary: Annotated[str, Meta(extra_json_schema={"maxLength": 4_000})] | None = None
    target_group: Long | None = None
    problem: Long | None = None
    objectives: Long | None = None
    activities: Long | None = None
    means: Long | None = None
    keys_to_success: Long | None = None
    difficulties: Long | None = None
    expected_results: Long | None = None
    results: Long | None = None
    theory: Long | None = None
    ethics: Long | None = None
    equity: Long | None = None
    participation: Long | None = None
    transfer: Long | None = None
    """What another place needs."""
    sustainability: Long | None = None
    information_exchange: Long | None = None
    review: Long | None = None
    limits: Long | None = None
    """What the sources do not show."""


class PracticeText(SheetText, frozen=True, kw_only=True):
    """The texts of a practice in one language; a text that is absent is "not stated in the sources"."""

    title: str
    summary: str


_SIXTY = Meta(extra_json_schema={"maxItems": 60})


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
    started: PlannedDate | None = None
    ended: PlannedDate | None = None
    sectors: Annotated[tuple[SectorKey, ...], _SIXTY] = ()
    partners: Annotated[tuple[Partner, ...], _SIXTY] = ()
    """Who takes part, of every side."""
    target_groups: tuple[TargetGroup, ...] = ()
    """For whom, as codes; ``target_group`` in the texts says it in words."""
    domains: tuple[Domain, ...] = ()
    """The four Ps."""
    convention: tuple[ArticleReference, ...] = ()
    """Which paragraphs of the Convention it answers (editorial)."""
    legal_basis: tuple[ProvisionKey, ...] = ()
    """Keys of provisions."""
    field_sources: FieldSources = {}
    """Which sources say a field, in every language: ``problem = ["report-2018"]``. Every text but the
    title can name them, ``partners`` too, and ``running`` for the state and its dates."""
    editorial: tuple[SourcedField, ...] = ()
    """Fields that are drawn from their sources rather than said in them."""
    evidence: Annotated[tuple[Evidence, ...], _SIXTY] = ()
    no_published_effect: bool = False
    """True: the people who read the sources found no evaluated effect on children in them; the page says so once."""
    cost: Cost | None = None
    """Only if the sources say it."""
    related: Annotated[tuple[PracticeKey, ...], Meta(extra_json_schema={"maxItems": 30})] = ()
    """Keys of other shipped practices of the region, or ids of any."""
    own_sources: Annotated[tuple[OwnSource, ...], _SIXTY] = ()
    """Documents that tell of it and that ``sources.toml`` does not have."""
    answers: dict[FieldKey, Any] = {}
    """Answers to the region's own fields."""

    @property
    def filled(self) -> tuple[SourcedField, ...]:
        """Fields that can name their sources and that hold something, in any language."""
        there = {name for text in self.text.values() for name in SheetText.__struct_fields__ if getattr(text, name)}
        beside = {"partners": self.partners, "running": self.started or self.running not in (None, "unknown")}
        there |= {name for name, value in beside.items() if value}
        return tuple(name for name in get_args(SourcedField) if name in there)


class Practice(PracticeSheet, frozen=True, kw_only=True):
    """A practice: what is done, by whom together, for whom, on which basis, with what evidence."""

    text: dict[Language, PracticeText]  # type: ignore[assignment]
    """``[text.fr]``, ``[text.en]``, …"""
    scope: Scope
    """How far it reaches."""
    running: Running
    sectors: Annotated[tuple[SectorKey, ...], Meta(min_length=1)]


class PracticeSeed(Practice, frozen=True, kw_only=True):
    """A practice as a package ships it: the record plus whether it may be shown."""

    publish: bool = True
    """False: loaded as an unpublished draft."""
    reason: Text = {}
    """Why it is not shown, for the team."""
    former: tuple[Key, ...] = ()
    """Keys it had before, that is, former names of its file; other files of the folder write the present one."""

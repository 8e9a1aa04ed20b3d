"""What one place takes up from another: where it comes from, what answers to what there, what had to change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, structs

from lanzarote.types.improvements import Id
from lanzarote.types.values import ArticleReference, Key, Language, ProvisionKey, SectorKey, Text, Value, WebAddress

Address = Annotated[WebAddress, Meta(pattern=r"^(https?://[^\s<>\"]{1,500})?$")]
OriginKind = Literal["practice", "procedure"]
TransferState = Literal["offered", "taken-up", "adapting", "piloted", "adopted", "declined"]
Slug = Annotated[str, Meta(pattern=r"^[^\s/]{0,200}$")]
# What is written here has this much room; it is asked for when something is saved.
Words = dict[Language, Annotated[str, Meta(min_length=1, extra_json_schema={"maxLength": 4_000})]]
# What the origin says is read here, and written by nobody.
FROM_THERE = Meta(extra_json_schema={"readOnly": True})


class TransferOrigin(Value, frozen=True, kw_only=True):
    """The practice or procedure that is taken up, as it stood then.

    Its own words (``slug``, ``title``, ``url``) stay with the group that takes it up, until it is erased where it comes
    from: what a region releases says which it is, and whoever holds that region knows what it is called.
    """

    kind: OriginKind = "practice"
    region: Key
    region_name: Text
    record: Id
    version: Annotated[int, Meta(ge=1, le=1_000_000)]
    """The version that was taken up."""
    slug: Slug = ""
    title: Text = {}
    original: Language
    url: Address = ""
    """Where it was read, if that was on this instance."""

    @property
    def nameless(self) -> TransferOrigin:
        """Which it is, without a word of its own."""
        return structs.replace(self, slug="", title={}, url="")


class SectorMatch(Value, frozen=True, kw_only=True):
    """A sector of the origin, and what answers to it here; without both ``here`` and ``note`` it is an open point."""

    origin: Annotated[Key, FROM_THERE]
    name: Annotated[Text, FROM_THERE]
    common: Annotated[tuple[Key, ...], FROM_THERE] = ()
    """Common sectors that it counts under there."""
    here: tuple[SectorKey, ...] = ()
    note: Words = {}
    """How the part is filled here, where no sector answers to it."""


class ProvisionMatch(Value, frozen=True, kw_only=True):
    """A provision that it rests on there, and what answers to it here; open as a ``SectorMatch`` is."""

    origin: Annotated[Key, FROM_THERE]
    name: Annotated[Text, FROM_THERE]
    paragraphs: Annotated[tuple[ArticleReference, ...], FROM_THERE] = ()
    """What of the Convention it is mapped to there (editorial)."""
    here: tuple[ProvisionKey, ...] = ()
    note: Words = {}
    """On what it can rest here, where no provision answers to it."""


class TransferQuestion(Value, frozen=True, kw_only=True):
    """What the origin says about it, to be answered for here."""

    key: Annotated[Key, FROM_THERE]
    about: Annotated[
        Literal["transfer", "difficulties", "governance", "limits", "measures", "basis"],
        FROM_THERE,
    ]
    """Of a practice: what another place needs, what was difficult. Of a procedure: who keeps it, what it leaves open,
    what goes with its steps, on which basis in words something is passed on."""
    text: Annotated[Text, FROM_THERE] = {}
    """In the origin's words; empty: it does not say, and somebody has to ask or to think."""
    answer: Words = {}


class Transfer(Value, frozen=True, kw_only=True):
    """How a practice or procedure of another place is taken up here."""

    origin: Annotated[TransferOrigin, FROM_THERE]
    sectors: tuple[SectorMatch, ...] = ()
    provisions: tuple[ProvisionMatch, ...] = ()
    questions: tuple[TransferQuestion, ...] = ()
    changed: Words = {}
    """What had to change."""

    @property
    def original(self) -> Language:
        """Language of the origin's own words."""
        return self.origin.original


class Derived(Value, frozen=True, kw_only=True):
    """Where a practice or procedure was taken from: which it is, without a word of its own."""

    region: Key
    region_name: Text
    record: Id
    version: Annotated[int, Meta(ge=1, le=1_000_000)]
    slug: Slug = ""
    """Kept by earlier versions of the platform, as ``title``; it is not sent, and refused where it is received."""
    title: Text = {}
    through: Id
    """Id of the transfer by which it came."""

    @property
    def nameless(self) -> Derived:
        """Which it is, without a word of its own."""
        return structs.replace(self, slug="", title={})


class TransferStep(Value, frozen=True, kw_only=True):
    """When a transfer came into a state."""

    state: TransferState
    on: date


class TransferRelease(Value, frozen=True, kw_only=True):
    """That something of another place is taken up in a region; nothing of what its group says about it."""

    id: Id
    region: Key
    slug: Slug
    version: int
    updated_at: datetime
    origin: TransferOrigin
    """Without ``slug``, ``title`` and ``url``."""
    state: TransferState
    steps: tuple[TransferStep, ...] = ()
    """Every state it came into, the first first."""
    reason: Text = {}
    """Why it was declined."""
    changed: Text = {}
    """What had to change."""
    practice: str = ""
    """Id of the practice or procedure that was adapted there, published or not."""

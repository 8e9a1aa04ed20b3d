"""The lines of a region's file, as they are written and as they are checked when they are read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType
from msgspec.structs import asdict

from lanzarote.records.records import digest, encode
from lanzarote.records.slugs import gone
from lanzarote.runtime.reading import LateDecoder, decoded
from lanzarote.types import RegionHeader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.records.kinds import Beside, Kinds
    from lanzarote.records.records import Record, Version
    from lanzarote.regions.seeds import Seed
    from lanzarote.store.database import Regional

FORMAT = 1
"""The format of a region's file."""
Moment = Annotated[datetime, Meta(tz=True)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What all lines have in common: nothing unknown in them."""


class HeaderLine(Line, frozen=True, kw_only=True):
    """The first line: for which region, and what is needed to make the region where it is not known."""

    format: int
    region: str
    schema: str = ""
    """Schema of the database it was written from."""
    facts: RegionHeader | None = None
    facts_digest: str = ""
    enabled: bool = True
    package: str = ""
    package_version: str = ""


class TermLine(Line, frozen=True, kw_only=True):
    """A vocabulary entry; used where the region is not known yet."""

    kind: str
    term: str
    key: Name
    position: int
    retired: bool = False
    body: Raw


class VersionLine(Line, frozen=True, kw_only=True):
    number: Annotated[int, Meta(ge=1, le=1_000_000)]
    at: Moment
    actor: str
    body: Raw
    """``null``: erased."""
    digest: str

    @property
    def said(self) -> bytes:
        """The body as it is stored; nothing when it was erased."""
        body = bytes(self.body)
        return b"" if body == b"null" else body


class ShippedLine(Line, frozen=True, kw_only=True):
    """What the package shipped, the base of the next upgrade's merge."""

    key: Name
    body: Raw
    """A text in its place: the digest of a body that may not be kept."""
    in_package: bool = True
    publish: bool = True

    @classmethod
    def of(cls, seed: Seed) -> ShippedLine:
        body = seed.body if seed.body.startswith(b"{") else b'"%b"' % seed.body
        return cls(key=seed.key, body=Raw(body), in_package=seed.in_package, publish=seed.publish)

    @property
    def said(self) -> bytes:
        """The body as it is stored."""
        return bytes(self.body).strip(b'"')

    def erased(self) -> ShippedLine:
        mark = self.body if bytes(self.body).startswith(b'"') else Raw(encode(digest(self.said)))
        return msgspec.structs.replace(self, body=mark)


COLUMNS: Final = (
    "kind",
    "id",
    "slug",
    "key",
    "state",
    "stage",
    "version",
    "published_version",
    "created_at",
    "updated_at",
    "published_at",
)
"""Columns of a record that are in its line as they are."""


class RecordLine(Line, frozen=True, kw_only=True):
    """A record with its whole history."""

    kind: str
    id: str
    slug: Name
    former_slugs: tuple[Name, ...] = ()
    key: Name | None = None
    state: str
    stage: str = ""
    status: Raw
    version: int
    published_version: int | None = None
    created_at: Moment
    updated_at: Moment
    published_at: Moment | None = None
    versions: Annotated[tuple[VersionLine, ...], Meta(min_length=1)]
    shipped: ShippedLine | None = None
    beside: dict[str, tuple[Raw, ...]] = {}
    """Table → rows, as its kind declares."""

    def content(self) -> tuple[object, ...]:
        """What the record says, apart from when it was written and by whom."""
        said = tuple((version.number, version.said) for version in self.versions)
        beside = {name: tuple(map(bytes, rows)) for name, rows in self.beside.items()}
        state = (self.state, self.stage, bytes(self.status), self.published_version)
        return self.kind, self.slug, self.key, *state, said, beside

    def erased(self) -> RecordLine:
        """The line that it would be, had the record been erased: see ``records.erase``."""
        return msgspec.structs.replace(
            self,
            slug=gone(self.slug),
            former_slugs=tuple(sorted(map(gone, self.former_slugs))),
            state="erased",
            stage="",
            status=Raw(b"{}"),
            published_version=None,
            versions=tuple(msgspec.structs.replace(one, body=Raw(b"null"), digest="") for one in self.versions),
            shipped=self.shipped and self.shipped.erased(),
            beside={},
        )


class NewLine(Line, frozen=True, kw_only=True):
    """A record that has no id yet."""

    kind: str
    body: Raw


class Peek(Struct, frozen=True):
    """As much of a line as tells what it is."""

    kind: str | UnsetType = UNSET
    id: Any = UNSET
    format: Any = UNSET


class Naming(Struct, frozen=True):
    """As much of a stakeholder's line as tells how practices may name it."""

    class Said(Struct, frozen=True):
        class Former(Struct, frozen=True):
            former: tuple[str, ...] = ()

        body: Former | None = None

    id: str = ""
    key: str | None = None
    state: str = ""
    versions: tuple[Said, ...] = ()


class BadLine(Exception):
    """A line cannot be used; its text begins with the field."""

    def __init__(self, field: str, told: str) -> None:
        super().__init__(f"{field}: {told}" if field else told)


_peek = LateDecoder(Peek)


def peek(line: bytes) -> Peek:
    """Raises BadLine."""
    try:
        return _peek.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadLine("", f"is no line of a region's file ({_told(error)})") from None


def read(line: bytes | Raw, kind: type[Any], field: str = "") -> Any:
    """Read a line, or a part of one, as *kind*. Raises BadLine that names the field."""
    try:
        return decoded(line, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message, _, place = str(error).partition(" - at ")
        inner = place.strip("`").removeprefix("$").removeprefix(".")
        raise BadLine(".".join(part for part in (field, inner) if part), message[:1].lower() + message[1:]) from None


def keys_of(found: Naming) -> set[str]:
    """Id and keys, present and former, of a stakeholder."""
    former = {key for version in found.versions if version.body for key in version.body.former}
    return former | {name for name in (found.id, found.key) if name}


def row_line(beside: Beside, row: Regional) -> Raw:
    """A stored row as it stands in its record's line."""
    values = {name: getattr(row, name) for name in beside.row.__struct_fields__}
    return Raw(encode({name: Raw(one) if isinstance(one, bytes) else one for name, one in values.items()}))


def row_values(row: Struct) -> dict[str, Any]:
    """The columns of a row that came in a line."""
    return {name: bytes(one) if isinstance(one, Raw) else one for name, one in asdict(row).items()}


def rows_beside(kinds: Kinds, line: RecordLine) -> Iterator[tuple[Beside, str, Struct]]:
    """Every row in *line*, with the place it stands in. Raises BadLine."""
    known = {one.name: one for one in kinds[line.kind].beside}
    for name, rows in line.beside.items():
        if name not in known:
            raise BadLine("beside", f"{name!r} is nothing that goes with a {line.kind}")
        for number, row in enumerate(rows):
            place = f"beside.{name}[{number}]"
            yield known[name], place, read(row, known[name].row, place)


def line_of(
    record: Record,
    versions: Iterable[Version],
    former_slugs: Iterable[str],
    seed: Seed | None,
    beside: Mapping[str, Sequence[Raw]],
) -> RecordLine:
    """The line of a stored record."""
    return RecordLine(
        **{name: getattr(record, name) for name in COLUMNS},
        status=Raw(record.status),
        former_slugs=tuple(former_slugs),
        versions=tuple(
            VersionLine(
                number=one.number,
                at=one.at,
                actor=one.actor,
                body=Raw(one.body or b"null"),
                digest=one.digest,
            )
            for one in versions
        ),
        shipped=ShippedLine.of(seed) if seed else None,
        beside={name: tuple(rows) for name, rows in beside.items()},
    )


def _told(error: Exception) -> str:
    return str(error).partition(" - at ")[0]

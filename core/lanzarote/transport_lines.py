"""The lines of a region's file, as they are written and as they are checked when they are read."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from lanzarote import guard
from lanzarote.convention import Reference, UnknownReference
from lanzarote.lifecycle import RECORD, STAGES
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.practices.model import PracticeStatus
from lanzarote.records import digest, encode
from lanzarote.regions.vocabulary import KINDS as TERM_KINDS
from lanzarote.stakeholders.model import KIND as STAKEHOLDER
from lanzarote.stakeholders.model import StakeholderStatus
from lanzarote.types import Organisation, Practice, PracticeSheet, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from lanzarote.records import Record, Version
    from lanzarote.regions.seeds import Seed
    from lanzarote.regions.vocabulary import Vocabulary

FORMAT = 1
"""The format of a region's file."""
BODIES: dict[str, tuple[type[Any], type[Any]]] = {
    PRACTICE: (Practice, PracticeStatus),
    STAKEHOLDER: (Organisation, StakeholderStatus),
}
"""Kinds of records, with what their bodies and their status are read as."""

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

    def content(self) -> tuple[object, ...]:
        """What the record says, apart from when it was written and by whom."""
        said = tuple((version.number, version.said) for version in self.versions)
        return self.kind, self.slug, self.key, self.state, self.stage, bytes(self.status), self.published_version, said


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
    versions: tuple[Said, ...] = ()


class BadLine(Exception):
    """A line cannot be used; its text begins with the field."""

    def __init__(self, field: str, told: str) -> None:
        super().__init__(f"{field}: {told}" if field else told)


_peek = msgspec.json.Decoder(Peek)
_decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {}


def peek(line: bytes) -> Peek:
    """Raises BadLine."""
    try:
        return _peek.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadLine("", f"is no line of a region's file ({_told(error)})") from None


def read(line: bytes | Raw, kind: type[Any], field: str = "") -> Any:
    """Read a line, or a part of one, as *kind*. Raises BadLine that names the field."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message, _, place = str(error).partition(" - at ")
        inner = place.strip("`").removeprefix("$").removeprefix(".")
        raise BadLine(".".join(part for part in (field, inner) if part), message[:1].lower() + message[1:]) from None


def keys_of(line: bytes) -> set[str]:
    """Id and keys, present and former, of the stakeholder in *line*. Raises BadLine."""
    found: Naming = read(line, Naming)
    former = {key for version in found.versions if version.body for key in version.body.former}
    return former | {name for name in (found.id, found.key) if name}


def line_of(record: Record, versions: Iterable[Version], former_slugs: Iterable[str], seed: Seed | None) -> RecordLine:
    """The line of a stored record."""
    return RecordLine(
        kind=record.kind,
        id=record.id,
        slug=record.slug,
        former_slugs=tuple(former_slugs),
        key=record.key,
        state=record.state,
        stage=record.stage,
        status=Raw(record.status),
        version=record.version,
        published_version=record.published_version,
        created_at=record.created_at,
        updated_at=record.updated_at,
        published_at=record.published_at,
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
    )


class Checker:
    """Checks records against the vocabulary of their region and the guard."""

    def __init__(self, vocabulary: Vocabulary, organisations: Container[str]) -> None:
        self._identifiers = vocabulary.header.personal_identifiers
        known = {
            kind: {*vocabulary.entries.get(kind, ()), *(old for of, old in vocabulary.aliases if of == kind)}
            for kind in ("sector", "provision", "source", "field")
        }
        self._sectors, self._provisions = known["sector"], known["provision"]
        self._sources, self._fields = known["source"], known["field"]
        self._organisations = organisations
        self._articles: set[str] = set()
        self._statuses: set[bytes] = set()

    def record(self, line: RecordLine) -> None:
        """Raises BadLine."""
        _check_whole(line)
        whole, status_kind = BODIES[line.kind]
        erased = line.state == "erased"
        self._status(bytes(line.status), dict if erased else status_kind)
        seen: bytes | None = None
        for place, version in enumerate(line.versions):
            field = f"versions[{place}]"
            said = version.said
            if (not said) != erased:
                raise BadLine(f"{field}.body", "is null exactly when the record was erased")
            # What is being written may be unfinished; what is published may not.
            published = version.number == line.published_version
            body_kind = PracticeSheet if line.kind == PRACTICE and not published else whole
            if said and (said != seen or published):
                seen = said
                if digest(seen) != version.digest:
                    told = "does not fit the body: the line was changed after it was written"
                    raise BadLine(f"{field}.digest", f'{told}; give changed texts as {{"kind": …, "body": …}}')
                self.body(line.kind, seen, f"{field}.body", body_kind)
        if line.shipped and line.shipped.said != seen and not _DIGEST.fullmatch(line.shipped.said):
            self.body(line.kind, bytes(line.shipped.body), "shipped.body", whole)

    def body(self, kind: str, body: bytes, field: str, body_kind: type[Any] | None = None) -> Any:
        """Read and check what a record says. Raises BadLine."""
        value = read(body, body_kind or BODIES[kind][0], field)
        if body_kind is not None and encode(value) != body and encode(msgspec.json.decode(body)) != body:
            raise BadLine(field, "is not in the one canonical form (sorted keys, no blanks)")
        if kind == PRACTICE:
            self._practice(value, field)
        else:
            self._need(value.sectors, self._sectors, f"{field}.sectors", "sector")
            self._need(value.sources, self._sources, f"{field}.sources", "source")
        # One look at all of it together; only what is then suspicious is looked at text by text.
        if b"\\" in body or guard.check_text(body.decode(), identifiers=self._identifiers, only_hard=True):
            self.guard(value, field)
        return value

    def guard(self, value: Any, field: str) -> None:
        """Refuse what looks like personal data. Raises BadLine, which does not repeat the text."""
        for where, text in strings(value, field):
            for concern in guard.check_text(text, identifiers=self._identifiers, only_hard=True):
                raise BadLine(where, f"looks like personal data ({concern.code}), which is never recorded here")

    def _status(self, status: bytes, kind: type[Any]) -> None:
        if status not in self._statuses:
            value = read(status, kind, "status")
            self.guard(value, "status")
            if len(self._statuses) < 1_000:
                self._statuses.add(status)

    def _practice(self, practice: PracticeSheet, field: str) -> None:
        cited = {*self._sources, *(source.key for source in practice.own_sources)}
        if practice.original not in practice.text:
            raise BadLine(f"{field}.text", f"has no text in {practice.original!r}, its original language")
        self._need(practice.sectors, self._sectors, f"{field}.sectors", "sector")
        self._need(practice.legal_basis, self._provisions, f"{field}.legal_basis", "provision")
        self._need(practice.sources, self._sources, f"{field}.sources", "source")
        self._need(practice.answers, self._fields, f"{field}.answers", "field")
        for number, evidence in enumerate(practice.evidence):
            self._need(evidence.sources, cited, f"{field}.evidence[{number}].sources", "source")
        for number, partner in enumerate(practice.partners):
            place = f"{field}.partners[{number}]"
            if partner.organisation:
                self._need((partner.organisation,), self._organisations, f"{place}.organisation", "organisation")
            if partner.sector:
                self._need((partner.sector,), self._sectors, f"{place}.sector", "sector")
        for reference in practice.convention:
            if reference not in self._articles:
                try:
                    Reference.parse(reference)
                except UnknownReference as error:
                    raise BadLine(f"{field}.convention", str(error)) from None
                self._articles.add(reference)

    def _need(self, keys: Iterable[str], known: Container[str], field: str, what: str) -> None:
        for key in keys:
            if key not in known:
                raise BadLine(field, f"the region knows no {what} {key!r}")


def read_term(line: TermLine) -> Any:
    """The vocabulary entry of *line*. Raises BadLine."""
    if line.term not in TERM_KINDS:
        raise BadLine("term", f"{line.term!r} is no kind of vocabulary: {', '.join(TERM_KINDS)}")
    return read(line.body, TERM_KINDS[line.term], "body")


def strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text in *value* that a person may have written, with its place."""
    if isinstance(value, str):
        if len(value) > 5:
            yield path, value
    elif isinstance(value, Struct):
        for name in _text_fields(type(value)):
            yield from strings(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, f"{path}.{key}")
    elif isinstance(value, (tuple, list)):
        for number, inner in enumerate(value):
            yield from strings(inner, f"{path}[{number}]")


_fields_by_kind: dict[type[Struct], tuple[str, ...]] = {}
_NO_TEXT = {
    "url", "website", "eli", "identifier", "sources", "sectors", "legal_basis", "convention", "related", "domains",
    "target_groups", "organisation", "sector", "side", "scope", "running", "original", "stale", "cost", "former",
    "merged_into", "into", "names", "verified", "value", "started", "ended", "since", "until",
}  # fmt: skip
"""Fields that hold addresses, keys, dates and choices."""


def _text_fields(kind: type[Struct]) -> tuple[str, ...]:
    if kind not in _fields_by_kind:
        _fields_by_kind[kind] = tuple(name for name in kind.__struct_fields__ if name not in _NO_TEXT)
    return _fields_by_kind[kind]


_DIGEST = re.compile(rb"[0-9a-f]{64}")
_STATES = frozenset(RECORD.values())


def _check_whole(line: RecordLine) -> None:
    def wrong(field: str, told: str) -> NoReturn:
        raise BadLine(field, told)

    if line.kind not in BODIES:
        wrong("kind", f"{line.kind!r} is no kind of record: {', '.join(BODIES)}")
    try:
        if str(UUID(line.id)) != line.id:
            raise ValueError
    except ValueError:
        wrong("id", f"{line.id!r} is no id; ids are UUIDs in small letters")
    if line.state not in _STATES:
        wrong("state", f"{line.state!r} is no state: {', '.join(sorted(_STATES))}")
    if line.stage not in STAGES or (line.stage and line.state in ("archived", "erased", "merged")):
        wrong("stage", f"{line.stage!r} cannot be the stage of a record that is {line.state}")
    numbers = [version.number for version in line.versions]
    if numbers != list(range(1, line.version + 1)):
        wrong("versions", f"are numbered {numbers[:20]}; version {line.version} needs 1 to {line.version}, in order")
    if (line.published_version is None) == (line.state == "published"):
        wrong("published_version", "is given exactly when the state is published")
    if line.published_version is not None and (line.published_at is None or line.published_version not in numbers):
        wrong("published_version", "needs a version of that number and the moment it was published at")


def _told(error: Exception) -> str:
    return str(error).partition(" - at ")[0]

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
from lanzarote.evaluation.model import (
    EVALUATION,
    INDICATOR,
    EvaluationStatus,
    IndicatorStatus,
    IndicatorValue,
    Judgement,
    JudgementRow,
    ValueRow,
)
from lanzarote.improvements import positions_model as positions
from lanzarote.improvements.actions_model import Action, ActionRow, ActionStep, ActionStepRow
from lanzarote.improvements.amendments_model import Amendment, AmendmentRow
from lanzarote.improvements.comments_model import Comment, CommentRow
from lanzarote.improvements.model import FINDING, IMPROVEMENT, FindingStatus, ImprovementStatus
from lanzarote.lifecycle import RECORD, STAGES
from lanzarote.meetings.model import KIND as MEETING
from lanzarote.meetings.model import MeetingInvitation, MeetingInvitationRow, MeetingStatus
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.practices.model import PracticeStatus
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.procedures.model import Endorsement, EndorsementRow, ProcedureStatus
from lanzarote.records import digest, encode
from lanzarote.regions.mandates import KIND as MANDATE
from lanzarote.regions.mandates import MandateStatus
from lanzarote.regions.vocabulary import KINDS as TERM_KINDS
from lanzarote.stakeholders.model import KIND as STAKEHOLDER
from lanzarote.stakeholders.model import Invitation, StakeholderStatus
from lanzarote.types import (
    Evaluation,
    Finding,
    Improvement,
    Indicator,
    Mandate,
    Meeting,
    Organisation,
    Practice,
    PracticeSheet,
    Procedure,
    RegionHeader,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from lanzarote.database import Regional
    from lanzarote.records import Record, Version
    from lanzarote.regions.seeds import Seed
    from lanzarote.regions.vocabulary import Vocabulary

FORMAT = 1
"""The format of a region's file."""
BODIES: dict[str, tuple[type[Any], type[Any]]] = {
    PRACTICE: (Practice, PracticeStatus),
    STAKEHOLDER: (Organisation, StakeholderStatus),
    INDICATOR: (Indicator, IndicatorStatus),
    EVALUATION: (Evaluation, EvaluationStatus),
    MEETING: (Meeting, MeetingStatus),
    MANDATE: (Mandate, MandateStatus),
    PROCEDURE: (Procedure, ProcedureStatus),
    FINDING: (Finding, FindingStatus),
    IMPROVEMENT: (Improvement, ImprovementStatus),
}
"""Kinds of records, with what their bodies and their status are read as."""


class Beside(Struct, frozen=True, kw_only=True):
    """Rows that belong to a record and go with it in its line, under the name of their table."""

    table: type[Regional]
    """Keyed by region, ``record_id`` and more."""
    row: type[Struct]
    """Its other columns, in the order by which rows are told apart; a column of JSON is ``Raw``."""
    texts: tuple[str, ...] = ()
    """Columns that hold what a person wrote: the guard looks at them."""
    reads: dict[str, Any] = {}
    """Columns of JSON → what they are read as, where not anything will do."""

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)  # type: ignore[attr-defined]


BESIDE: dict[str, tuple[Beside, ...]] = {
    INDICATOR: (Beside(table=IndicatorValue, row=ValueRow, texts=("source", "note")),),
    EVALUATION: (Beside(table=Judgement, row=JudgementRow, texts=("reason", "source")),),
    MEETING: (Beside(table=MeetingInvitation, row=MeetingInvitationRow, texts=("who",)),),
    PROCEDURE: (Beside(table=Endorsement, row=EndorsementRow, texts=("source",)),),
    STAKEHOLDER: (Beside(table=Invitation, row=positions.InvitationRow),),
    IMPROVEMENT: (
        Beside(
            table=positions.Call,
            row=positions.CallRow,
            reads={"asked": tuple[str, ...], "reminders": tuple[positions.Reminder, ...]},
        ),
        Beside(table=positions.Position, row=positions.PositionRow, texts=("reason", "source")),
        Beside(
            table=positions.ImprovementDecision,
            row=positions.BodyRow,
            texts=("body",),
            reads={"body": positions.Decided},
        ),
        Beside(table=positions.Forwarding, row=positions.BodyRow, texts=("body",), reads={"body": positions.Forwarded}),
        Beside(table=Comment, row=CommentRow, texts=("text", "hidden_reason", "reasons")),
        Beside(table=Amendment, row=AmendmentRow, texts=("text", "why", "settled_reason", "reasons")),
        Beside(table=Action, row=ActionRow, texts=("what",)),
        Beside(table=ActionStep, row=ActionStepRow, texts=("note",)),
    ),
}
"""Kinds of records with rows beside them."""

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
    beside: dict[str, tuple[Raw, ...]] = {}
    """Table → rows, as ``BESIDE`` tells."""

    def content(self) -> tuple[object, ...]:
        """What the record says, apart from when it was written and by whom."""
        said = tuple((version.number, version.said) for version in self.versions)
        beside = {name: tuple(map(bytes, rows)) for name, rows in self.beside.items()}
        state = (self.state, self.stage, bytes(self.status), self.published_version)
        return self.kind, self.slug, self.key, *state, said, beside


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


def row_line(beside: Beside, row: Regional) -> Raw:
    """A stored row as it stands in its record's line."""
    values = {name: getattr(row, name) for name in beside.row.__struct_fields__}
    return Raw(encode({name: Raw(one) if isinstance(one, bytes) else one for name, one in values.items()}))


def row_values(row: Struct) -> dict[str, Any]:
    """The columns of a row that came in a line."""
    values = {name: getattr(row, name) for name in row.__struct_fields__}
    return {name: bytes(one) if isinstance(one, Raw) else one for name, one in values.items()}


def rows_beside(line: RecordLine) -> Iterator[tuple[Beside, str, Struct]]:
    """Every row in *line*, with the place it stands in. Raises BadLine."""
    known = {one.name: one for one in BESIDE.get(line.kind, ())}
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
        beside={name: tuple(rows) for name, rows in beside.items()},
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
        for beside, where, row in rows_beside(line):
            values = row_values(row)
            for name, kind in beside.reads.items():
                values[name] = read(values[name], kind, f"{where}.{name}")
            for name in beside.texts:
                said = values[name]
                self.guard(msgspec.json.decode(said) if isinstance(said, bytes) else said, f"{where}.{name}")
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
            self._references(value, field)
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
        self._need_articles(practice.convention, f"{field}.convention")

    def _references(self, value: Any, field: str) -> None:
        """Keys and articles that any other kind of record names."""
        known = {
            "sectors": (self._sectors, "sector"),
            "sources": (self._sources, "source"),
            "legal_basis": (self._provisions, "provision"),
            "organisations": (self._organisations, "organisation"),
        }
        for name, (keys, what) in known.items():
            self._need(getattr(value, name, ()), keys, f"{field}.{name}", what)
        self._need_articles(getattr(value, "convention", ()), f"{field}.convention")
        for number, one in enumerate(getattr(value, "present", ())):
            self._need(
                filter(None, (one.organisation,)), self._organisations, f"{field}.present[{number}]", "organisation"
            )

    def _need_articles(self, references: Iterable[str], field: str) -> None:
        for reference in references:
            if reference not in self._articles:
                try:
                    Reference.parse(reference)
                except UnknownReference as error:
                    raise BadLine(field, str(error)) from None
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
    "merged_into", "into", "names", "verified", "value", "started", "ended", "since", "until", "indicators", "measure",
    "superseded_by", "by", "organisations", "record", "improvement", "meeting", "link", "findings", "practices",
    "procedures", "stakeholder", "observed_on", "stakeholders", "present", "given_as",
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

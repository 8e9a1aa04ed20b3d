"""A region's vocabulary in tables: written from the package, readable without it; retired, never deleted."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.records import changelog
from lanzarote.records.records import decode, digest, encode, now
from lanzarote.regions.content import ENTRIES, WHOLE_FILES
from lanzarote.regions.group import Grid, grid_of
from lanzarote.runtime.reading import LateDecoder, decoded
from lanzarote.store.bulk import marks, pieces, rows_of
from lanzarote.store.database import Base, Regional
from lanzarote.types import (
    AgeLimit,
    CoverageStatement,
    CriteriaGrid,
    DecisionRule,
    Helpline,
    Instrument,
    ListedSource,
    PracticeField,
    Provision,
    ProvisionVersion,
    RegionHeader,
    Sector,
    Synonyms,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.regions.content import Content

T = TypeVar("T")
MOST_NAMED = 12
"""So many entries are named where it is told what became of them."""

FILES = {
    "sector": "sectors",
    "source": "sources",
    "instrument": "instruments",
    "provision": "provisions",
    "age": "ages",
    "coverage": "coverage",
    "helpline": "helplines",
    "field": "fields",
    "synonyms": "synonyms",
    "criteria": "criteria",
    "decision": "decision",
}
"""Kind → under which name the content of a folder has its entries."""
KINDS: dict[str, Any] = {
    kind: (ENTRIES | WHOLE_FILES | {"instruments": Instrument})[name] for kind, name in FILES.items()
}
_decoders = {kind: LateDecoder(form) for kind, form in KINDS.items()}


class Term(Regional, Base):
    """One vocabulary entry, as the package last gave it."""

    __tablename__ = "vocabulary"

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    retired: Mapped[bool]
    """No longer in the package: still shown where it is used."""


NOTED = ("sector", "provision", "age", "helpline")
"""Kinds of entries that a team may put a note beside."""


class ReleasedTerm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    retired: bool
    body: msgspec.Raw


class VocabularyRelease(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the change log keeps of the entries of one kind, in their order."""

    vocabulary: str
    entries: tuple[ReleasedTerm, ...]


class TeamNote(Regional, Base):
    """What the regional team says beside an entry that is out of date; the entry itself belongs to the package."""

    __tablename__ = "team_note"

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    """Language → text."""
    entry: Mapped[str]
    """Digest of the entry as it was then."""
    by: Mapped[str]
    at: Mapped[datetime]


class _Renamed(Struct):
    former: tuple[str, ...] = ()


_renamed = LateDecoder(_Renamed)


def former_in(body: bytes) -> tuple[str, ...]:
    """The keys that the entry *body* had before."""
    return _renamed.decode(body).former


class Note(Struct, frozen=True, kw_only=True):
    """A team's note, ready to be shown."""

    text: Text
    at: datetime
    overtaken: bool = False
    """The package says something else by now: the note may no longer be needed."""


class Vocabulary(Struct, frozen=True, kw_only=True, dict=True):
    """All entries of one region, in memory."""

    header: RegionHeader
    entries: Mapping[str, Mapping[str, Any]]
    retired: frozenset[tuple[str, str]] = frozenset()
    notes: Mapping[tuple[str, str], Note] = {}
    """(kind, key) → what the team says beside it."""

    def _of(self, kind: str) -> Mapping[str, Any]:
        return self.entries.get(kind, {})

    @property
    def sectors(self) -> Mapping[str, Sector]:
        return self._of("sector")

    @property
    def sources(self) -> Mapping[str, ListedSource]:
        return self._of("source")

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        return self._of("instrument")

    @property
    def provisions(self) -> Mapping[str, Provision]:
        return self._of("provision")

    @property
    def ages(self) -> Mapping[str, AgeLimit]:
        return self._of("age")

    @property
    def coverage(self) -> Mapping[str, CoverageStatement]:
        return self._of("coverage")

    @property
    def helplines(self) -> Mapping[str, Helpline]:
        return self._of("helpline")

    @property
    def fields(self) -> Mapping[str, PracticeField]:
        return self._of("field")

    @property
    def synonyms(self) -> Mapping[str, Synonyms]:
        """Those that the package has now."""
        return {key: one for key, one in self._of("synonyms").items() if ("synonyms", key) not in self.retired}

    @property
    def criteria(self) -> tuple[CriteriaGrid, ...]:
        """Newest version last."""
        return tuple(sorted(self._of("criteria").values(), key=lambda grid: grid.version))

    @property
    def zone(self) -> ZoneInfo:
        """Where the region's clocks are."""
        return ZoneInfo(self.header.time_zone)

    def day_of(self, at: datetime) -> date:
        """The day that it is in the region."""
        return at.astimezone(self.zone).date()

    @cached_property
    def grid(self) -> Grid:
        """What reviewers are asked now."""
        used = [grid for grid in self.criteria if ("criteria", str(grid.version)) not in self.retired]
        return grid_of(used[-1] if used else None)

    @property
    def decisions(self) -> tuple[DecisionRule, ...]:
        """Newest version last."""
        return tuple(sorted(self._of("decision").values(), key=lambda rule: rule.version))

    @cached_property
    def aliases(self) -> Mapping[tuple[str, str], str]:
        """(kind, former key) → present key."""
        return {
            (kind, former): key
            for kind, entries in self.entries.items()
            for key, value in entries.items()
            for former in getattr(value, "former", ())
        }

    def present_key(self, kind: str, key: str) -> str:
        """Follow renamed keys to the present one."""
        return self.aliases.get((kind, key), key)

    def present_keys(self, kind: str, keys: Iterable[str]) -> tuple[str, ...]:
        """Follow each of *keys*; what two of them lead to is there once."""
        return tuple(dict.fromkeys(self.present_key(kind, key) for key in keys))

    def is_retired(self, kind: str, key: str, today: date | None = None) -> bool:
        until = getattr(self._of(kind).get(key), "until", None)
        return (kind, key) in self.retired or (until is not None and until <= (today or self.day_of(now())))

    def name(self) -> Mapping[str, str]:
        return self.header.name


def renamed(session: Session, kind: str) -> dict[str, str]:
    """Former key → present key of the entries of *kind* in the session's region."""
    rows = session.execute(select(Term.key, Term.body).where(Term.kind == kind))
    return {former: key for key, body in rows for former in former_in(body)}


def wording(provision: Provision, on: date | None = None) -> ProvisionVersion:
    """The version of *provision* in force on a day (default: today), or the newest that began before it."""
    day = on or now().date()
    begun = [version for version in provision.versions if version.since is None or version.since <= day]
    return begun[-1] if begun else provision.versions[0]


def _some(keys: Sequence[str]) -> str:
    return ", ".join(keys[:MOST_NAMED]) + (", …" if len(keys) > MOST_NAMED else "")


def materialise(session: Session, region_id: str, content: Content, *, by: str) -> list[str]:
    """Write the vocabulary of *content* into the tables; return a line for each kind that changed."""
    known = {(term.kind, term.key): term for term in session.scalars(select(Term).where(Term.region_id == region_id))}
    told: list[str] = []
    touched: list[str] = []
    other_types = list(_other_types(known, content.fields))
    for kind, entries in _shipped(content).items():
        moved = 0
        fresh: set[str] = set()
        changed: list[str] = []
        for position, (key, value) in enumerate(entries.items()):
            body = encode(value)
            term = known.pop((kind, key), None)
            if term is None:
                row = Term(region_id=region_id, kind=kind, key=key, position=position, body=body, retired=False)
                session.add(row)
                fresh.add(key)
            elif term.body != body or term.retired:
                term.body, term.retired = body, False
                changed.append(key)
            if term is not None and term.position != position:
                term.position = position
                moved += 1
        gone = [term.key for (known_kind, _), term in known.items() if known_kind == kind and not term.retired]
        for key in gone:
            known[kind, key].retired = True
        present = {former: key for key, value in entries.items() for former in getattr(value, "former", ())}
        renamed = [key for key in gone if key in present]
        if fresh or changed or gone or moved:
            fresh -= {present[key] for key in renamed}
            parts = [f"{len(fresh)} new"] if fresh else []
            named = (
                (changed, "changed"),
                ([f"{key} → {present[key]}" for key in renamed], "renamed"),
                ([key for key in gone if key not in present], "retired"),
            )
            parts += [f"{len(keys)} {what} ({_some(keys)})" for keys, what in named if keys]
            told.append(f"{kind}: {', '.join(parts) or 'another order'}")
            touched.append(kind)
    session.flush()
    _tell(session, region_id, touched, by=by)
    return told + other_types


def _other_types(known: Mapping[tuple[str, str], Term], fields: Mapping[str, PracticeField]) -> Iterator[str]:
    """What becomes of answers to questions that are of another type by now."""
    for key, field in fields.items():
        terms = [term for name in (key, *field.former) if (term := known.get(("field", name))) and not term.retired]
        before = decode(terms[0].body, PracticeField).type if terms else field.type
        if before != field.type:
            yield (
                f"field {key}: was {before!r}, is {field.type!r} now; answers of the earlier type are kept as they are "
                "until somebody answers anew"
            )


def adopt(session: Session, region_id: str, terms: Sequence[Term], *, by: str) -> None:
    """Write the vocabulary of a region that has none here yet, as it was elsewhere."""
    session.add_all(terms)
    session.flush()
    _tell(session, region_id, tuple(KINDS), by=by)


def replace(session: Session, region_id: str, release: VocabularyRelease) -> None:
    """Let the entries of one kind be those of *release*, as its region has them. Nothing is told of it."""
    session.execute(delete(Term).where(Term.region_id == region_id, Term.kind == release.vocabulary))
    session.add_all(
        Term(
            region_id=region_id,
            kind=release.vocabulary,
            key=one.key,
            position=position,
            body=bytes(one.body),
            retired=one.retired,
        )
        for position, one in enumerate(release.entries)
    )
    session.flush()


def released(session: Session, region_id: str, kinds: Sequence[str] = tuple(KINDS)) -> Iterator[tuple[str, bytes]]:
    """Each of *kinds* of which the region has entries, and what leaves of them: all, in their order."""
    query = select(Term).where(Term.region_id == region_id, Term.kind.in_(kinds))
    found: dict[str, list[ReleasedTerm]] = {}
    for term in session.scalars(query.order_by(Term.kind, Term.retired, Term.position, Term.key)):
        one = ReleasedTerm(key=term.key, retired=term.retired, body=msgspec.Raw(term.body))
        found.setdefault(term.kind, []).append(one)
    for kind, entries in found.items():
        yield kind, encode(VocabularyRelease(vocabulary=kind, entries=tuple(entries)))


def read(session: Session, region_id: str, header: RegionHeader) -> Vocabulary:
    """Read a region's vocabulary; retired entries are in it, and marked. What was renamed is in it once."""
    entries: dict[str, dict[str, Any]] = {}
    retired: set[tuple[str, str]] = set()
    renamed: set[tuple[str, str]] = set()
    digests: dict[tuple[str, str], str] = {}
    sql = 'SELECT kind, "key", body, retired FROM vocabulary WHERE region_id = ?'
    for kind, key, body, is_retired in rows_of(session, f'{sql} ORDER BY kind, retired, position, "key"', region_id):
        if (kind, key) in renamed:
            continue
        value = _decoders[kind].decode(body)
        entries.setdefault(kind, {})[key] = value
        if kind in NOTED:
            digests[kind, key] = digest(body)
        renamed.update((kind, former) for former in getattr(value, "former", ()))
        if is_retired:
            retired.add((kind, key))
    notes = {
        (note.kind, note.key): Note(
            text=decoded(note.text, dict[str, str]),
            at=note.at,
            overtaken=digests.get((note.kind, note.key)) != note.entry,
        )
        for note in session.scalars(select(TeamNote).where(TeamNote.region_id == region_id))
    }
    return Vocabulary(header=header, entries=entries, retired=frozenset(retired), notes=notes)


def read_kinds(session: Session, region_id: str, kinds: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read some kinds of entries only."""
    found: dict[str, dict[str, Any]] = {kind: {} for kind in kinds}
    sql = f'SELECT kind, "key", body FROM vocabulary WHERE region_id = ? AND kind IN {marks(kinds)}'  # noqa: S608
    for kind, key, body in rows_of(session, f'{sql} ORDER BY position, "key"', region_id, *kinds):
        found[kind][key] = _decoders[kind].decode(body)
    return found


def law_in_words(session: Session, region_id: str, keys: Collection[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the provisions *keys* are found by: (language, text) of their numbers, present titles and instruments."""
    if not keys:
        return {}
    found = _some_of(session, region_id, "provision", keys)
    if set(keys) - found.keys():  # some have had another key since
        every = read_kinds(session, region_id, ("provision",))["provision"]
        named = {former: one for one in every.values() for former in one.former}
        found |= {key: one for key in keys if (one := every.get(key) or named.get(key))}
    instruments = _some_of(session, region_id, "instrument", {one.instrument for one in found.values()})
    return {key: provision_in_words(one, instruments.get(one.instrument)) for key, one in found.items()}


def provision_in_words(provision: Provision, instrument: Instrument | None) -> tuple[tuple[str, str], ...]:
    """(language, text): how it is cited, what it is titled and called after."""
    said = [*citations(provision, instrument).items(), *wording(provision).title.items()]
    return (*said, *(instrument.title.items() if instrument else ()))


def citations(provision: Provision, instrument: Instrument | None) -> Text:
    """Language → how the provision is cited."""
    cite = instrument.cite if instrument else {}
    number = provision.number
    if isinstance(number, str):
        return {lang: said.replace("{number}", number) for lang, said in cite.items()} or {"": number}
    return {lang: cite.get(lang, "{number}").replace("{number}", said) for lang, said in number.items()}


def _some_of(session: Session, region_id: str, kind: str, keys: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for some in pieces(sorted(keys)):
        sql = f'SELECT "key", body FROM vocabulary WHERE region_id = ? AND kind = ? AND "key" IN {marks(some)}'  # noqa: S608
        found |= {key: _decoders[kind].decode(body) for key, body in rows_of(session, sql, region_id, kind, *some)}
    return found


def of_content(content: Content) -> Vocabulary:
    """The vocabulary a folder would give, for checks and previews."""
    assert isinstance(content.header, RegionHeader)
    return Vocabulary(header=content.header, entries=_shipped(content))


def _shipped(content: Content) -> dict[str, Mapping[str, Any]]:
    """Kind → its entries, by key; what a folder holds one of goes by its version."""
    found = {kind: getattr(content, name) for kind, name in FILES.items()}
    for kind in WHOLE_FILES:
        found[kind] = {str(found[kind].version): found[kind]} if found[kind] else {}
    return found


def _tell(session: Session, region_id: str, kinds: Sequence[str], *, by: str) -> None:
    saved = [
        changelog.Saved(
            region_id=region_id,
            kind="vocabulary",
            record_id=kind,
            verb="publish",
            version=0,
            at=now(),
            digest=digest(body),
            body=body,
            public=True,
        )
        for kind, body in released(session, region_id, kinds)
    ]
    if saved:
        changelog.record(session, saved, by=by)

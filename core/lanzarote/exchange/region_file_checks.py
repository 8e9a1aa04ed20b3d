"""Whether what a line of a region's file holds may come in: complete, known here, and telling of nobody."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

import msgspec
from msgspec import Struct, inspect

from lanzarote import guard
from lanzarote.exchange.region_file_lines import BadLine, RecordLine, TermLine, read, row_values, rows_beside
from lanzarote.facts.convention import Reference, UnknownReference
from lanzarote.kinds.contents import words_in
from lanzarote.records.lifecycle import RECORD, STAGES
from lanzarote.records.records import digest, encode, now
from lanzarote.regions.declared import references_in
from lanzarote.regions.unfit import unfit_dates
from lanzarote.regions.vocabulary import FILES
from lanzarote.regions.vocabulary import KINDS as TERM_KINDS
from lanzarote.web.texts import text_shown

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from lanzarote.records.kinds import Kinds
    from lanzarote.regions.declared import Path
    from lanzarote.regions.vocabulary import Vocabulary


class Checker:
    """Checks records against the vocabulary of their region and the guard; *erased*: ids of its stakeholders."""

    def __init__(
        self, kinds: Kinds, vocabulary: Vocabulary, organisations: Container[str], erased: Container[str] = ()
    ) -> None:
        self._kinds = kinds
        self._identifiers = vocabulary.header.personal_identifiers
        self._today = now().date()
        self._known: dict[str, Container[str]] = {
            FILES[kind]: {*vocabulary.entries.get(kind, ()), *(old for of, old in vocabulary.aliases if of == kind)}
            for kind in ("sector", "provision", "source", "field")
        } | {"organisations": organisations}
        self._erased = erased
        self._articles: set[str] = set()
        self._statuses: set[bytes] = set()

    def record(self, line: RecordLine) -> None:
        """Raises BadLine."""
        _check_whole(self._kinds, line)
        _require(unfit_dates(line), "")
        kind = self._kinds[line.kind]
        erased = line.state == "erased"
        self._status(bytes(line.status), dict if erased else kind.status)
        seen: bytes | None = None
        for place, version in enumerate(line.versions):
            field = f"versions[{place}]"
            said = version.said
            if (not said) != erased:
                raise BadLine(f"{field}.body", "is null exactly when the record was erased")
            # What is being written may be unfinished; what is published may not.
            published = version.number == line.published_version
            body_kind = kind.body if published or kind.draft is None else kind.draft
            if said and (said != seen or published):
                seen = said
                if digest(seen) != version.digest:
                    told = "does not fit the body: the line was changed after it was written"
                    raise BadLine(f"{field}.digest", f'{told}; give changed texts as {{"kind": …, "body": …}}')
                self.body(line.kind, seen, f"{field}.body", body_kind)
        for beside, where, row in rows_beside(self._kinds, line):
            values = row_values(row)
            _require(unfit_dates(row), where)  # its columns are named as the platform likes
            for name, read_as in beside.reads.items():
                values[name] = read(values[name], read_as, f"{where}.{name}")
                _require(unfit_dates(values[name]), f"{where}.{name}")
            for name in beside.texts:
                said = values[name]
                self.guard(msgspec.json.decode(said) if isinstance(said, bytes) else said, f"{where}.{name}")
            for name in beside.markdown:
                self.guard(text_shown(values[name]), f"{where}.{name}")
        for field, told in kind.fits(line, self._erased) if not erased else ():
            raise BadLine(field, told)
        if line.shipped and line.shipped.said != seen and not _DIGEST.fullmatch(line.shipped.said):
            self.body(line.kind, bytes(line.shipped.body), "shipped.body", kind.body)

    def body(self, kind: str, body: bytes, field: str, body_kind: type[Any] | None = None) -> Any:
        """Read and check what a record says. Raises BadLine."""
        declared = self._kinds[kind]
        value = read(body, body_kind or declared.body, field)
        if body_kind is not None and encode(value) != body and encode(msgspec.json.decode(body)) != body:
            raise BadLine(field, "is not in the one canonical form (sorted keys, no blanks)")
        _require(unfit_dates(value), field)
        for place, told in declared.unfit(value, self._today):
            raise BadLine(f"{field}.{place}", told)
        self._references(value, field)
        if link := getattr(value, "link", ""):
            self.guard(words_in(link), f"{field}.link")
        # One look at all of it together; only what is then suspicious is looked at text by text.
        if guard.may_tell_of_somebody(body, self._identifiers):
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
            _require(unfit_dates(value), "status")
            self.guard(value, "status")
            if len(self._statuses) < 1_000:
                self._statuses.add(status)

    def _references(self, value: Any, field: str) -> None:
        """What a record refers to, as its type declares it."""
        for path, name, key in references_in(value):
            if name == "convention":
                self._need_article(key, _place(field, path))
            elif key and key not in self._known.get(name, (key,)):
                raise BadLine(_place(field, path), f"the region knows no {name.removesuffix('s')} {key!r}")

    def _need_article(self, reference: str, field: str) -> None:
        if reference not in self._articles:
            try:
                Reference.parse(reference)
            except UnknownReference as error:
                raise BadLine(field, str(error)) from None
            self._articles.add(reference)


def read_term(line: TermLine) -> Any:
    """The vocabulary entry of *line*. Raises BadLine."""
    if line.term not in TERM_KINDS:
        raise BadLine("term", f"{line.term!r} is no kind of vocabulary: {', '.join(TERM_KINDS)}")
    value = read(line.body, TERM_KINDS[line.term], "body")
    _require(unfit_dates(value), "body")
    return value


def _require(unfit: Iterable[tuple[Path, str]], field: str) -> None:
    """Raise BadLine for the first that is *unfit*."""
    for path, told in unfit:
        raise BadLine(_place(field, path).removeprefix("."), told)


def _place(field: str, path: Path) -> str:
    return field + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text in *value* that a person may have written, with its place."""
    if isinstance(value, str):
        if len(value) > 5 and not _ID.fullmatch(value):  # some ids of records look like telephone numbers
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


@cache
def _text_fields(kind: type[Struct]) -> tuple[str, ...]:
    """The fields that may hold words, as their types say."""
    told: Any = inspect.type_info(kind)
    return tuple(one.name for one in told.fields if one.name not in _ADDRESSES and _may_hold_words(one.type))


def _may_hold_words(told: inspect.Type) -> bool:
    match told:
        case inspect.Metadata():
            return not {"refers", "is"} & set(told.extra or ()) and _may_hold_words(told.type)
        case inspect.StrType():
            return told.pattern is None
        case inspect.UnionType():
            return any(map(_may_hold_words, told.types))
        case inspect.VarTupleType():
            return _may_hold_words(told.item_type)
        case inspect.DictType():
            return _may_hold_words(told.value_type)
        case inspect.LiteralType() | inspect.NoneType():
            return False
    return True  # what else there may be is looked into, and no text is found in a number


_ADDRESSES = frozenset(("identifier", "link", "url"))
"""Names of fields that hold where an act or a page is found: their figures are nobody's."""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST = re.compile(rb"[0-9a-f]{64}")
_STATES = frozenset(RECORD.values())


def _check_whole(kinds: Kinds, line: RecordLine) -> None:
    def wrong(field: str, told: str) -> NoReturn:
        raise BadLine(field, told)

    if line.kind not in kinds:
        wrong("kind", f"{line.kind!r} is no kind of record: {', '.join(kinds)}")
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

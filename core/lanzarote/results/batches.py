"""The bytes in which results leave a region: the same over the net, by mail and on a stick.

A file is one or more batches. A batch is lines of canonical JSON (sorted keys, no blanks, UTF-8), each ended by a line
feed: a head, one line for each entry of the change log, and an envelope (DSSE) that signs a digest of all bytes before
it. Whatever cannot be written again as the very same bytes is refused.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from lanzarote.errors import LanzaroteError
from lanzarote.records.changelog import chain, salted
from lanzarote.results.signing import sign, signed_by
from lanzarote.runtime.reading import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from lanzarote.results.signing import PrivateKey, PublicKey

TYPE: Final = "lanzarote-results"
FORMAT: Final = 1
STATEMENT: Final = "application/vnd.lanzarote.results+json"
"""What an envelope's payload is."""
LONGEST_LINE: Final = 2 * 1024 * 1024
MOST_ENTRIES: Final = 1_000
"""Of one batch."""
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of one batch, whoever wrote it."""
MOST_KEYS: Final = 100
"""So many endorsements go with one batch."""
DEEPEST: Final = 100
"""So many lists and objects may stand in one another in what an entry tells."""
GREATEST: Final = 2**53
"""No whole number is further from nought: beyond it, not every reader reads the same."""

Seq = Annotated[int, Meta(ge=0, le=GREATEST)]
Hash = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
Salt = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
Word = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[ -~]+\Z")]
T = TypeVar("T")
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_encode = msgspec.json.Encoder(order="sorted").encode


class Malformed(LanzaroteError):
    """These bytes are no results, or not whole; it says what and where."""

    code = "malformed"


class NewerFormat(Malformed):
    """A newer platform wrote it."""

    code = "newer-format"


class Position(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in a change log: after the entry with this number, whose hash is told with it."""

    seq: Seq
    hash: Hash


class KeyEndorsement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key of the region says which key comes after it."""

    key: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    """Public half of the later one, hexadecimal."""
    by: Hash
    """Id of the earlier one."""
    sig: str


class Head(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First line of a batch."""

    type: Literal["lanzarote-results"]
    format: int
    region: Word
    epoch: Seq
    after: Position
    """What the first entry follows."""
    until: Seq
    """Number of the newest entry that the region had: a file that ends before was cut."""
    entries: Annotated[int, Meta(ge=1, le=MOST_ENTRIES)]
    keys: Annotated[tuple[KeyEndorsement, ...], Meta(max_length=MOST_KEYS)]
    """How each key of the region came from the one before, the oldest first: who knows one knows those after it.

    Of more than fit, the newest.
    """


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the change log, with what it tells unless that was erased since."""

    seq: Seq
    epoch: Seq
    at: datetime
    verb: Word
    kind: Word
    record: str
    version: Seq
    body_hash: Hash
    """SHA-256 over salt and body; empty: there never was a body."""
    hash: Hash
    """Over the hash of the entry before and all fields above."""
    salt: Salt | None
    """Hexadecimal."""
    body: Raw

    @property
    def said(self) -> bytes:
        """Empty: nothing was told, or it was erased since."""
        body = bytes(self.body)
        return b"" if body == b"null" else body


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is signed: these bytes, up to this entry, are what the region says."""

    digest: Hash
    """SHA-256 of the batch's bytes before its envelope."""
    region: Word
    epoch: Seq
    seq: Seq
    hash: Hash
    """Of the last entry: it stands for all before it."""


class Signature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    keyid: Hash
    sig: str


class Envelope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """DSSE: https://github.com/secure-systems-lab/dsse"""

    payload: str
    payloadType: str  # noqa: N815 - so it is called there
    signatures: Annotated[list[Signature], Meta(min_length=1, max_length=1)]


class Batch(Struct, frozen=True, kw_only=True):
    """A batch that came whole: what is signed is what stands in it. Whose it is, and what it holds, is not said yet."""

    head: Head
    statement: Statement
    envelope: Envelope
    lines: tuple[bytes, ...]
    """One for each entry."""
    begins: int
    """Number of the first of them in its file."""

    @property
    def key_id(self) -> str:
        return self.envelope.signatures[0].keyid

    @property
    def size(self) -> int:
        return sum(map(len, self.lines))

    def entries(self) -> tuple[Entry, ...]:
        """Its entries, each of which follows the one before. Raises Malformed."""
        found: list[Entry] = []
        previous = self.head.after
        for number, line in enumerate(self.lines, self.begins):
            entry = _read(line, Entry, number)
            _require_follows(entry, previous, number)
            if entry.epoch != self.head.epoch:
                raise Malformed(f"line {number}: entry {entry.seq} is of another epoch than its batch")
            previous = Position(seq=entry.seq, hash=entry.hash)
            found.append(entry)
        if (previous.seq, previous.hash) != (self.statement.seq, self.statement.hash):
            raise Malformed(f"line {self.begins + len(self.lines)}: signs another entry than the last")
        return tuple(found)

    def require_signed(self, key: PublicKey) -> None:
        """Raises Malformed."""
        [one] = self.envelope.signatures
        payload, signature = _decoded(self.envelope.payload), _decoded(one.sig)
        if not signed_by(key, one.keyid, STATEMENT, payload, signature):
            raise Malformed("the signature is not that of the key that it names")


def write_batch(
    region: str,
    after: Position,
    entries: Sequence[Entry],
    until: int,
    key: PrivateKey,
    keys: Sequence[KeyEndorsement] = (),
) -> bytes:
    """The bytes of a batch, signed."""
    last = entries[-1]
    head = Head(
        type=TYPE,
        format=FORMAT,
        region=region,
        epoch=last.epoch,
        after=after,
        until=until,
        entries=len(entries),
        keys=tuple(keys),
    )
    said = b"".join(_encode(line) + b"\n" for line in (head, *entries))
    statement = Statement(
        digest=sha256(said).hexdigest(), region=region, epoch=last.epoch, seq=last.seq, hash=last.hash
    )
    return said + _encode(enveloped(_encode(statement), STATEMENT, key)) + b"\n"


def ends_with(batch: bytes) -> tuple[Position, bool]:
    """After which entry a batch ends that was written here, and whether that is its only one."""
    before, line, _, _ = batch.rsplit(b"\n", 3)
    last = decoded(line, Entry)
    return Position(seq=last.seq, hash=last.hash), b"\n" not in before


def enveloped(payload: bytes, payload_type: str, key: PrivateKey) -> Envelope:
    signature = Signature(keyid=key.id, sig=base64.b64encode(sign(key, payload_type, payload)).decode())
    return Envelope(payload=base64.b64encode(payload).decode(), payloadType=payload_type, signatures=[signature])


def read_envelope(data: bytes, payload_type: str, kind: type[T], key_of: Callable[[T], PublicKey]) -> tuple[T, bool]:
    """Return the content of an envelope, and whether the key of *key_of* signed it as this type. Raises Malformed."""
    try:
        envelope = decoded(data, Envelope)
        payload = base64.b64decode(envelope.payload, validate=True)
        said = decoded(payload, kind)
        [one] = envelope.signatures
        signature = base64.b64decode(one.sig, validate=True)
    except (*_UNREADABLE, ValueError):
        raise Malformed("no envelope that can be read") from None
    signed = signed_by(key_of(said), one.keyid, payload_type, payload, signature)
    return said, signed and envelope.payloadType == payload_type


def read_file(file: BinaryIO, *, whole: bool = True) -> Iterator[Batch]:
    """The batches of a file, one after the other. Raises Malformed.

    *whole*: also when it ends before the newest entry that the region had; over the net the next batch comes apart.
    """
    last: Batch | None = None
    number = 1
    while first := _line(file, number):
        begins = number
        batch, number = _read_batch(file, first, number)
        if last is not None:
            _require_next(batch, last, begins)
        yield batch
        last = batch
    if last is None:
        raise Malformed("the file is empty")
    if whole and last.statement.seq < last.head.until:
        raise Malformed(
            f"the file was cut: it should go on to entry {last.head.until} and ends at {last.statement.seq}"
        )


def _require_next(batch: Batch, last: Batch, number: int) -> None:
    """Raises Malformed unless *batch* goes on where *last* ended."""
    if batch.head.region != last.head.region:
        raise Malformed(f"line {number}: is of another region than what stands before it")
    if (batch.head.after.seq, batch.head.after.hash) != (last.statement.seq, last.statement.hash):
        raise Malformed(f"line {number}: does not follow entry {last.statement.seq}")
    if batch.head.epoch < last.head.epoch:
        raise Malformed(f"line {number}: goes back to an earlier epoch")


def _read_batch(file: BinaryIO, first: bytes, number: int) -> tuple[Batch, int]:
    """The batch that begins with the line *first*, and the number of the line after it."""
    head = _head(first, number)
    if head.until < head.after.seq + head.entries:
        raise Malformed(f"line {number}: goes on beyond entry {head.until}, the newest that the region had")
    digest = sha256(first)
    size = len(first)
    lines: list[bytes] = []
    for place in range(number + 1, number + 1 + head.entries):
        line = _line(file, place)
        size += len(line)
        if size > MOST_BYTES:
            raise Malformed(f"line {place}: the batch has more than {MOST_BYTES // 2**20} MiB")
        digest.update(line)
        lines.append(line)
    place = number + 1 + head.entries
    envelope = _read(_line(file, place), Envelope, place)
    if envelope.payloadType != STATEMENT:
        raise Malformed(f"line {place}: signs something else than results ({envelope.payloadType[:100]})")
    statement = _read(_decoded(envelope.payload) + b"\n", Statement, place)
    wanted = (digest.hexdigest(), head.region, head.epoch, head.after.seq + head.entries)
    if (statement.digest, statement.region, statement.epoch, statement.seq) != wanted:
        raise Malformed(f"line {place}: what is signed is not what stands before it: it was changed on its way")
    batch = Batch(head=head, statement=statement, envelope=envelope, lines=tuple(lines), begins=number + 1)
    return batch, place + 1


def _head(line: bytes, number: int) -> Head:
    try:
        told = decoded(line, _Told)
    except _UNREADABLE:
        raise Malformed(f"line {number}: is no beginning of results") from None
    if told.type != TYPE:
        raise Malformed(f"line {number}: is no beginning of results")
    if told.format > FORMAT:
        raise NewerFormat(
            f"a newer platform wrote it, in format {told.format}; this one reads up to {FORMAT}: upgrade it first"
        )
    if told.format != FORMAT:
        raise Malformed(f"line {number}: there is no format {told.format}")
    return _read(line, Head, number)


class _Told(Struct, frozen=True):
    type: str
    format: int


def _require_follows(entry: Entry, previous: Position, number: int) -> None:
    wanted = chain(
        previous.hash,
        entry.seq,
        entry.epoch,
        entry.at,
        entry.verb,
        entry.kind,
        entry.record,
        entry.version,
        entry.body_hash,
    )
    if entry.seq != previous.seq + 1 or entry.hash != wanted:
        raise Malformed(f"line {number}: entry {entry.seq} does not follow the one before it")
    if entry.at.utcoffset() != timedelta(0):
        raise Malformed(f"line {number}: entry {entry.seq} was written at a moment that is not told in UTC")
    if "epoch" in (entry.verb, entry.kind):
        _require_epoch(entry, previous, number)
    said = entry.said
    if bool(said) != (entry.salt is not None) or (said and not entry.body_hash):
        raise Malformed(f"line {number}: a body goes with its salt and hash")
    if said and salted(bytes.fromhex(entry.salt or ""), said) != entry.body_hash:
        raise Malformed(f"line {number}: what entry {entry.seq} tells was changed since it was written")


def _require_epoch(entry: Entry, previous: Position, number: int) -> None:
    """An epoch names what it follows: without what came before, its chain can be checked from here on."""
    if entry.verb != entry.kind or (entry.version, entry.record) != (previous.seq, previous.hash):
        raise Malformed(f"line {number}: entry {entry.seq} begins an epoch and does not name the one before it")


def _line(file: BinaryIO, number: int) -> bytes:
    line = file.readline(LONGEST_LINE + 1)
    if len(line) > LONGEST_LINE:
        raise Malformed(f"line {number}: is longer than {LONGEST_LINE // 2**20} MiB")
    return line


def _read(line: bytes, kind: type[T], number: int) -> T:
    """Read one canonical line. Raises Malformed."""
    if not line.endswith(b"\n"):
        raise Malformed(f"line {number}: the file was cut here")
    try:
        value = decoded(line, kind)
        canonical = _encode(value) == line[:-1] and _is_canonical(value)
    except _UNREADABLE as error:
        raise Malformed(f"line {number}: cannot be read ({error})") from None
    if not canonical:
        raise Malformed(f"line {number}: is not in the one canonical form")
    return value


def _is_canonical(value: Any) -> bool:
    """Whether what an entry holds, which is passed on as it stands, is canonical too."""
    if not isinstance(value, Entry):
        return True
    body = bytes(value.body)
    said = msgspec.json.decode(body)
    return _encode(said) == body and (_looks_plain(body) or _is_plain(said))


def _looks_plain(body: bytes) -> bool:
    """Whether that can be seen without going through it: it opens few brackets, and has no long number at all."""
    return body.count(b"{") + body.count(b"[") <= DEEPEST and _LONG not in body.translate(_FIGURES_ALIKE)


_LONG: Final = b"0" * len(str(GREATEST))
_FIGURES_ALIKE: Final = bytes.maketrans(b"123456789", b"000000000")


def _is_plain(said: Any) -> bool:
    """Whether every reader reads it alike: it is not too deep, and no number is too great."""
    level = [said]
    for _ in range(DEEPEST + 1):
        if any(type(one) is int and abs(one) > GREATEST for one in level):
            return False
        within = [one for one in level if isinstance(one, dict | list)]
        if not within:
            return True
        level = [each for one in within for each in (one.values() if isinstance(one, dict) else one)]
    return False


def _decoded(text: str) -> bytes:
    """Base64 in its one form. Raises Malformed."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("the envelope cannot be read") from None
    if base64.b64encode(value).decode() != text:
        raise Malformed("the envelope is not in the one canonical form")
    return value

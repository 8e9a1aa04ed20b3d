"""A file of results is what its region signed, to the last bit, or it is refused."""

from __future__ import annotations

from io import BytesIO

import pytest
from lanzarote.results.batches import Batch, Malformed, NewerFormat, Position, read_file
from lanzarote.results.signing import PrivateKey, is_fingerprint, new_key

from tests.core.results.logs import batch, entries

KEY = new_key()
TEXTS = [b'{"title":"L\xe2\x80\x99\xc3\xa9cole"}', b"", b'{"a":[1,2.5,null,true],"z":"<b>"}']


def read(data: bytes, key: PrivateKey = KEY) -> list[Batch]:
    found = list(read_file(BytesIO(data)))
    for one in found:
        one.require_signed(key.public)
        one.entries()
    return found


def test_what_was_written_is_read() -> None:
    [one] = read(batch(KEY, TEXTS))
    assert list(one.entries()) == entries(TEXTS)
    assert [entry.said for entry in one.entries()] == TEXTS
    assert (one.head.region, one.statement.seq, one.key_id) == ("paris", 3, KEY.id)


def test_one_file_holds_several_batches() -> None:
    first = entries(TEXTS)
    after = Position(seq=3, hash=first[-1].hash)
    data = batch(KEY, TEXTS, until=6) + batch(KEY, TEXTS, after, until=6)
    assert [one.head.after.seq for one in read(data)] == [0, 3]
    with pytest.raises(Malformed, match="the file was cut: it should go on to entry 6 and ends at 3"):
        read(batch(KEY, TEXTS, until=6))


def test_no_batch_goes_on_beyond_the_newest_entry_that_the_region_had() -> None:
    with pytest.raises(Malformed, match="line 1: goes on beyond entry 2, the newest that the region had"):
        read(batch(KEY, TEXTS, until=2))


def test_no_bit_can_be_changed() -> None:
    data = batch(KEY, TEXTS[:2])
    for place in range(len(data) * 8):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(Malformed):
            read(bytes(changed))


def test_it_can_be_cut_nowhere() -> None:
    first = entries(TEXTS)
    data = batch(KEY, TEXTS, until=6) + batch(KEY, TEXTS, Position(seq=3, hash=first[-1].hash), until=6)
    for length in range(len(data)):
        with pytest.raises(Malformed):
            read(data[:length])


@pytest.mark.parametrize(
    "changed",
    [
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        lambda lines: [*lines[:2], *lines[1:]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [*lines, lines[1]],
        lambda lines: [b" " + lines[0], *lines[1:]],
        lambda lines: [lines[0].replace(b'"entries":3', b'"entries": 3'), *lines[1:]],
        lambda lines: [*lines, b"\n"],
    ],
    ids=["reordered", "doubled", "left out", "added", "blank", "other form", "line more"],
)
def test_lines_stand_as_they_were_written(changed: object) -> None:
    lines = batch(KEY, TEXTS).splitlines(keepends=True)
    with pytest.raises(Malformed):
        read(b"".join(changed(lines)))  # type: ignore[operator]


def test_whose_it_is_the_key_tells() -> None:
    other = new_key()
    with pytest.raises(Malformed, match="the signature is not that of the key that it names"):
        read(batch(other, TEXTS))
    named = batch(other, TEXTS).replace(other.id.encode(), KEY.id.encode())
    with pytest.raises(Malformed):
        read(named)


def test_a_newer_format_asks_for_an_upgrade() -> None:
    data = batch(KEY, TEXTS).replace(b'"format":1', b'"format":2', 1)
    with pytest.raises(NewerFormat, match="format 2; this one reads up to 1: upgrade it first"):
        read(data)


def test_an_endless_line_is_not_read_to_its_end() -> None:
    class Endless(BytesIO):
        asked = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert 0 < size < 4 * 1024 * 1024
            return b"[" * size

    with pytest.raises(Malformed, match="longer than"):
        list(read_file(Endless()))
    with pytest.raises(Malformed):
        list(read_file(BytesIO(b"[" * 100_000 + b"\n")))


def test_a_fingerprint_is_compared_as_people_write_it() -> None:
    mark = KEY.public.fingerprint
    assert is_fingerprint(mark, KEY.public)
    assert is_fingerprint(mark.upper().replace(" ", "-"), KEY.public)
    assert not is_fingerprint(mark[:-1], KEY.public)
    assert not is_fingerprint("", KEY.public)

"""The platform and the program that anybody can run say the same of every file: taken by both, or refused by both."""

from __future__ import annotations

import importlib.util
import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lanzarote.results.batches import STATEMENT, Malformed, enveloped, read_file
from lanzarote.results.signing import new_key

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = Path(__file__).parents[3] / "docs" / "verify_results.py"
KEY = new_key()
BODY: Final = b'{"title":"A"}'
MIB: Final = 2**20
_spec = importlib.util.spec_from_file_location("verify_results", PROGRAM)
assert _spec
assert _spec.loader
program: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(program)
encode = msgspec.json.Encoder(order="sorted").encode
bounded = settings(max_examples=300, deadline=None)


# Files that their region really signed, whatever they hold


def entry(
    body: bytes | None = BODY,
    *,
    salt: Any = "01" * 16,
    prev: str = "",
    known: dict[str, Any] | None = None,
    **told: Any,
) -> dict[str, Any]:
    """An entry whose hashes are right; *known*: what it then says in their place."""
    one: dict[str, Any] = {"seq": 1, "epoch": 1, "at": "2031-01-01T09:00:00Z", "verb": "publish", "kind": "practice"}
    one |= {"record": "r1", "version": 1, **told}
    try:
        salted = bytes.fromhex(salt)
    except (TypeError, ValueError):
        salted = b""
    one["body_hash"] = told.get("body_hash", sha256(salted + body).hexdigest() if body is not None else "")
    names = ("seq", "epoch", "at", "verb", "kind", "record", "version", "body_hash")
    one["hash"] = sha256(encode([prev, *(one[name] for name in names)])).hexdigest()
    one |= {"salt": None if body is None else salt, "body": msgspec.Raw(b"null" if body is None else body)}
    return one | (known or {})


def head(entries: Any = 1, **told: Any) -> dict[str, Any]:
    after = {"seq": 0, "hash": ""}
    one = {"type": "lanzarote-results", "format": 1, "region": "paris", "epoch": 1, "after": after, "until": entries}
    return {**one, "entries": entries, "keys": [], **told}


def signed(begin: dict[str, Any], *entries: dict[str, Any], envelope: Callable[[Any], Any] = lambda one: one) -> bytes:
    said = b"".join(encode(one) + b"\n" for one in (begin, *entries))
    last = entries[-1] if entries else {"seq": 0, "hash": ""}
    told = {"digest": sha256(said).hexdigest(), "region": begin.get("region"), "epoch": begin.get("epoch")}
    payload = encode({**told, "seq": last.get("seq"), "hash": last.get("hash")})
    made = json.loads(encode(enveloped(payload, STATEMENT, KEY)))
    return said + encode(envelope(made)) + b"\n"


def of_body(body: bytes) -> bytes:
    return signed(head(), entry(body))


def chained(count: int, size: int = 0) -> bytes:
    made: list[dict[str, Any]] = []
    for seq in range(1, count + 1):
        said = BODY if not size else b'"' + b"a" * size + b'"'
        made.append(entry(said, seq=seq, prev=made[-1]["hash"] if made else ""))
    return signed(head(count), *made)


def two(first: dict[str, Any], second: dict[str, Any], region: str = "paris", seq: int = 1) -> bytes:
    one = entry(**first)
    after = {"seq": seq, "hash": one["hash"]}
    other = entry(**{"seq": seq + 1, "prev": one["hash"], **second})
    begin = head(epoch=one["epoch"], until=seq + 1)
    return signed(begin, one) + signed(
        head(epoch=other["epoch"], region=region, after=after, until=seq + 1, entries=1), other
    )


def changed(**parts: Any) -> Callable[[Any], Any]:
    return lambda one: {**one, **parts}


def signature(**parts: Any) -> Callable[[Any], Any]:
    return lambda one: {**one, "signatures": [{**one["signatures"][0], **parts}]}


EPOCH: Final[dict[str, Any]] = {"kind": "epoch", "verb": "epoch", "body": b'{"entries":0}'}
GOOD: Final[dict[str, bytes]] = {
    "as it should be": of_body(BODY),
    "great number": of_body(b'{"a":9007199254740992,"b":-9007199254740992}'),
    "fractions": of_body(b"[0.0,-0.0,1e16,1.5e-6,0.00001,-0.000015,1000000000000000.0,5e-324,2.5]"),
    "signs": of_body('{"a":"\u2028\x7f\u0085 \\b\\f\\n\\u0001","\ue000":1,"\U0001f600":2}'.encode()),
    "a number alone": of_body(b"5"),
    "false": of_body(b"false"),
    "deep": of_body(b"[" * 100 + b"]" * 100),
    "1,000 entries": chained(1000),
    "long line": of_body(b'"' + b"a" * (2 * MIB - 1000) + b'"'),
    "erased": signed(head(), entry(None, body_hash="ab" * 32)),
    "never told": signed(head(), entry(None, verb="withdraw")),
    "microseconds": signed(head(), entry(at="2031-01-01T09:00:00.100000Z")),
    "two batches": two({}, {}),
    "an epoch": signed(head(), entry(EPOCH["body"], kind="epoch", verb="epoch", record="", version=0)),
    "a later epoch": two({}, {**EPOCH, "epoch": 2, "version": 1, "record": entry()["hash"]}),
    "endorsed": signed(head(keys=[{"key": "ab" * 32, "by": "cd" * 32, "sig": "x"}]), entry()),
}
BAD: Final[dict[str, bytes]] = {
    "nothing": b"",
    "blanks": of_body(b'{"title": "A"}'),
    "a name twice": of_body(b'{"a":1,"a":2}'),
    "a name twice alike": of_body(b'{"a":1,"a":1}'),
    "unsorted": of_body(b'{"z":1,"a":2}'),
    "unsorted within": of_body(b'[{"a":{"z":1,"a":2}}]'),
    "escaped": of_body(b'{"a":"\\u0041"}'),
    "escaped slash": of_body(b'{"a":"\\/"}'),
    "escaped capital": of_body(b'{"a":"\\u001F"}'),
    "half a sign": of_body(b'{"a":"\\ud800"}'),
    "half a sign as bytes": of_body(b'{"a":"\xed\xa0\x80"}'),
    "no UTF-8": of_body(b'{"a":"\xff"}'),
    "bare control sign": of_body(b'{"a":"\x01"}'),
    "NaN": of_body(b'{"a":NaN}'),
    "Infinity": of_body(b'{"a":-Infinity}'),
    "1e400": of_body(b'{"a":1e400}'),
    "1e2": of_body(b'{"a":1e2}'),
    "1E+16": of_body(b'{"a":1E+16}'),
    "1e-05": of_body(b'{"a":1e-05}'),
    "1.10": of_body(b'{"a":1.10}'),
    "01": of_body(b'{"a":01}'),
    "-0": of_body(b'{"a":-0}'),
    "2**53 + 1": of_body(b'{"a":9007199254740993}'),
    "2**70": of_body(b'{"a":1180591620717411303424}'),
    "-2**70": of_body(b"-1180591620717411303424"),
    "5,000 digits": of_body(b"1" * 5000),
    "too deep": of_body(b"[" * 101 + b"]" * 101),
    "far too deep": of_body(b"[" * 100_000 + b"]" * 100_000),
    "no end": of_body(b'{"a":'),
    "two values": of_body(b"1 2"),
    "no body": of_body(b""),
    "null with salt": of_body(b"null"),
    "format true": signed(head(format=True), entry()),
    "format 1.0": signed(head(format=1.0), entry()),
    "format text": signed(head(format="1"), entry()),
    "format 0": signed(head(format=0), entry()),
    "format -1": signed(head(format=-1), entry()),
    "format 2": signed(head(format=2), entry()),
    "another type": signed(head(type="results"), entry()),
    "type 1": signed(head(type=1), entry()),
    "entries 0": signed(head(0, until=0)),
    "entries 1.0": signed(head(entries=1.0), entry()),
    "entries true": signed(head(entries=True), entry()),
    "entries -1": signed(head(entries=-1)),
    "1,001 entries": chained(1001),
    "a line too long": of_body(b'"' + b"a" * 2 * MIB + b'"'),
    "a batch too long": chained(9, 2 * MIB - 1000),
    "at yesterday": signed(head(), entry(at="yesterday")),
    "at a number": signed(head(), entry(at=1)),
    "at milliseconds": signed(head(), entry(at="2031-01-01T09:00:00.100Z")),
    "at no microseconds": signed(head(), entry(at="2031-01-01T09:00:00.000000Z")),
    "at another zone": signed(head(), entry(at="2031-01-01T09:00:00+01:00")),
    "at both zones": signed(head(), entry(at="2031-01-01T09:00:00+01:00Z")),
    "at UTC as a zone": signed(head(), entry(at="2031-01-01T09:00:00+00:00")),
    "at no zone": signed(head(), entry(at="2031-01-01T09:00:00")),
    "at a small z": signed(head(), entry(at="2031-01-01T09:00:00z")),
    "at a leap second": signed(head(), entry(at="2031-01-01T09:00:60Z")),
    "at 24 o'clock": signed(head(), entry(at="2031-01-01T24:00:00Z")),
    "at no such day": signed(head(), entry(at="2031-02-29T09:00:00Z")),
    "at the year 0": signed(head(), entry(at="0000-01-01T09:00:00Z")),
    "salt in capitals": signed(head(), entry(salt="AB" * 16)),
    "salt with blanks": signed(head(), entry(salt="01 " * 15 + "01")),
    "salt empty": signed(head(), entry(salt="")),
    "salt short": signed(head(), entry(salt="01" * 8)),
    "salt long": signed(head(), entry(salt="01" * 64)),
    "salt with a line feed": signed(head(), entry(salt="01" * 16 + "\n")),
    "salt no text": signed(head(), entry(salt=1)),
    "salt without body": signed(head(), entry(None, known={"salt": "01" * 16})),
    "empty salt without body": signed(head(), entry(None, known={"salt": ""})),
    "body without salt": signed(head(), entry(known={"salt": None})),
    "body without hash": signed(head(), entry(body_hash="")),
    "body with another hash": signed(head(), entry(body_hash="ab" * 32)),
    "body hash in capitals": signed(head(), entry(None, body_hash="AB" * 32)),
    "body hash with a line feed": signed(head(), entry(None, body_hash="ab" * 32 + "\n")),
    "seq true": signed(head(), entry(seq=True)),
    "seq 1.0": signed(head(), entry(seq=1.0)),
    "seq beyond 2**53": signed(head(after={"seq": 2**53, "hash": ""}, until=2**53 + 1), entry(seq=2**53 + 1)),
    "version -1": signed(head(), entry(version=-1)),
    "version 2**53 + 1": signed(head(), entry(version=2**53 + 1)),
    "version null": signed(head(), entry(version=None)),
    "epoch text": signed(head(epoch="1"), entry(epoch="1")),
    "another epoch": signed(head(), entry(epoch=2)),
    "record 1": signed(head(), entry(record=1)),
    "kind 5": signed(head(), entry(kind=5)),
    "kind not ASCII": signed(head(), entry(kind="é")),
    "kind empty": signed(head(), entry(kind="")),
    "kind with a line feed": signed(head(), entry(kind="practice\n")),
    "kind too long": signed(head(), entry(kind="a" * 101)),
    "verb a list": signed(head(), entry(verb=["publish"])),
    "entry with another field": signed(head(), entry(known={"more": 1})),
    "another hash": signed(head(), entry(known={"hash": "ab" * 32})),
    "hash null": signed(head(), entry(known={"hash": None})),
    "epoch of another kind": signed(head(), entry(verb="epoch", record="", version=0)),
    "kind epoch published": signed(head(), entry(kind="epoch", record="", version=0)),
    "epoch that names nothing": two({}, {**EPOCH, "epoch": 2, "version": 0, "record": ""}),
    "keys a text": signed(head(keys="x"), entry()),
    "keys of numbers": signed(head(keys=[1]), entry()),
    "keys too many": signed(head(keys=[{"key": "ab" * 32, "by": "", "sig": ""}] * 101), entry()),
    "keys with more": signed(head(keys=[{"key": "ab" * 32, "by": "", "sig": "", "x": 1}]), entry()),
    "key with a line feed": signed(head(keys=[{"key": "ab" * 32 + "\n", "by": "", "sig": ""}]), entry()),
    "region empty": signed(head(region=""), entry()),
    "region a list": signed(head(region=["a"]), entry()),
    "region with a line feed": signed(head(region="paris\n"), entry()),
    "after a list": signed(head(after=[]), entry()),
    "after null": signed(head(after=None), entry()),
    "after with more": signed(head(after={"seq": 0, "hash": "", "x": 1}), entry()),
    "after without hash": signed(head(after={"seq": 0}), entry()),
    "after seq false": signed(head(after={"seq": False, "hash": ""}), entry()),
    "after hash null": signed(head(after={"seq": 0, "hash": None}), entry()),
    "until null": signed(head(until=None), entry()),
    "cut": signed(head(until=2), entry()),
    "head with more": signed(head(more=1), entry()),
    "head a list": b"[]\n",
    "head a number": b"1\n",
    "signatures null": signed(head(), entry(), envelope=changed(signatures=None)),
    "signatures of a number": signed(head(), entry(), envelope=changed(signatures=[1])),
    "signatures empty": signed(head(), entry(), envelope=changed(signatures=[])),
    "signatures twice": signed(head(), entry(), envelope=lambda one: {**one, "signatures": one["signatures"] * 2}),
    "signatures an object": signed(head(), entry(), envelope=changed(signatures={})),
    "keyid 1": signed(head(), entry(), envelope=signature(keyid=1)),
    "keyid empty": signed(head(), entry(), envelope=signature(keyid="")),
    "sig 1": signed(head(), entry(), envelope=signature(sig=1)),
    "sig empty": signed(head(), entry(), envelope=signature(sig="")),
    "sig not ASCII": signed(head(), entry(), envelope=signature(sig="é")),
    "signature with more": signed(head(), entry(), envelope=signature(more=1)),
    "payload 1": signed(head(), entry(), envelope=changed(payload=1)),
    "payload empty": signed(head(), entry(), envelope=changed(payload="")),
    "payload type 1": signed(head(), entry(), envelope=changed(payloadType=1)),
    "envelope a list": signed(head(), entry(), envelope=lambda one: [one]),
    "the same batch twice": of_body(BODY) * 2,
    "a batch left out": signed(head(until=3), entry())
    + signed(head(after={"seq": 2, "hash": "ab" * 32}, until=3), entry(seq=3, prev="ab" * 32)),
    "another region after it": two({}, {}, region="rome"),
    "an earlier epoch after it": two({"epoch": 5}, {"epoch": 3}),
    "CR LF": of_body(BODY).replace(b"\n", b"\r\n"),
    "a mark of order": b"\xef\xbb\xbf" + of_body(BODY),
    "UTF-16": of_body(BODY).decode().encode("utf-16"),
    "an empty line more": of_body(BODY) + b"\n",
}


def platform_takes(data: bytes) -> bool:
    try:
        for batch in read_file(BytesIO(data)):
            batch.require_signed(KEY.public)
            batch.entries()
    except Malformed:
        return False
    return True


def program_takes(data: bytes) -> bool:
    try:
        program.verify(BytesIO(data), KEY.public.raw)
    except program.Refused:
        return False
    return True


def verdicts(data: bytes) -> tuple[bool, bool]:
    return platform_takes(data), program_takes(data)


@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD)
def test_both_take_what_is_as_it_is_described(data: bytes) -> None:
    assert verdicts(data) == (True, True)


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_both_refuse_what_is_not(data: bytes) -> None:
    assert verdicts(data) == (False, False)


def test_the_program_says_why_and_never_breaks_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "some.results"
    for label, data in BAD.items():
        file.write_bytes(data)
        assert program.main([str(file), "--key", KEY.public.raw.hex()]) == 1, label
        assert "REFUSED: " in capsys.readouterr().err, label


# Files that nobody thought of

JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
ODD: Final = JSON | st.sampled_from(["", "1", "paris", "epoch", "ab" * 32, True, 1.0, -1, 2**53, 2**53 + 1, [], {}])
SOME: Final = b'{"a":[1,-2.5,1e20,1e-7,{"b":null,"c":[true,""]}],"d":"\xc3\xa9 \\n \\\\ \\u0001","e":{"f":0,"g":"<"}}'
PIECES: Final = [
    *(bytes([n]) for n in range(256)),
    b"\\u0041",
    b"NaN",
    b'"a":1,',
    b"e5",
    b".0",
    b"00",
    b"-",
    b"[[",
    b"null",
]


@bounded
@given(JSON)
def test_both_say_the_same_of_any_text(said: Any) -> None:
    platform, verifier = verdicts(of_body(encode(said)))
    assert platform == verifier


@settings(max_examples=2000, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_both_write_a_number_alike(number: float) -> None:
    assert program.encoded(number) == encode(number)


@bounded
@given(st.integers(0, len(SOME)), st.integers(0, 3), st.sampled_from(PIECES))
def test_both_say_the_same_of_a_text_that_was_changed_before_it_was_signed(place: int, gone: int, more: bytes) -> None:
    platform, verifier = verdicts(of_body(SOME[:place] + more + SOME[place + gone :]))
    assert platform == verifier


@bounded
@given(st.data())
def test_both_say_the_same_of_any_field(data: st.DataObject) -> None:
    begin, one = head(), entry()
    names = [("head", name) for name in begin] + [("entry", name) for name in one]
    where, name = data.draw(
        st.sampled_from([*names, ("after", "seq"), ("after", "hash"), ("told", "at"), ("envelope", "")])
    )
    odd = data.draw(ODD)
    made = entry()
    if where == "head":
        begin[name] = odd
    elif where == "after":
        begin["after"] = {**begin["after"], name: odd}
    elif where == "entry" and name not in ("hash", "salt", "body"):
        told: dict[str, Any] = {name: odd}
        made = entry(**told)
    elif where == "entry":
        made = entry(known={name: odd})
    if where == "envelope":
        part = data.draw(st.sampled_from(["payload", "payloadType", "signatures"]))
        platform, verifier = verdicts(signed(begin, made, envelope=changed(**{part: odd})))
    else:
        platform, verifier = verdicts(signed(begin, made))
    assert platform == verifier


@bounded
@given(st.sampled_from([GOOD["two batches"], GOOD["a later epoch"], GOOD["endorsed"]]), st.data())
def test_both_refuse_what_was_changed_after_it_was_signed(good: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(good)))
    gone, more = data.draw(st.integers(0, 3)), data.draw(st.sampled_from(PIECES))
    made = good[:place] + more + good[place + gone :]
    assert verdicts(made) == ((True, True) if made == good else (False, False))

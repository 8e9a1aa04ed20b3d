#!/usr/bin/env python3
"""Check a file of results from its bytes and the public key of its region.

    python3 verify_results.py FILE --key KEY [--after NUMBER:HASH]

KEY: the region's public key, 64 hexadecimal digits. --after: the entry that the file has to follow; without it, the
file may begin anywhere. It needs Python 3.9 or newer and nothing else; docs/results-format.md tells what it checks.

Ends with 0 when the file is whole and signed by that key, with 1 when it is not (and says where), with 2 when it was
called wrongly.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from datetime import datetime

STATEMENT = "application/vnd.lanzarote.results+json"
LONGEST_LINE = 2 * 1024 * 1024
MOST_BYTES = 16 * 1024 * 1024
DEEPEST = 100
GREATEST = 2**53

# Forms: of a text its pattern, of a whole number (from, to), of an object names, of a list [each, from, to]; None: any.
NUMBER = (0, GREATEST)
TEXT = "(?s:.*)"
WORD = "[ -~]{1,100}"
HASH = "([0-9a-f]{64})?"
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z"
HEAD = {
    "type": TEXT,
    "format": NUMBER,
    "region": WORD,
    "epoch": NUMBER,
    "after": {"seq": NUMBER, "hash": HASH},
    "until": NUMBER,
    "entries": (1, 1000),
    "keys": [{"key": "[0-9a-f]{64}", "by": HASH, "sig": TEXT}, 0, 100],
}
CHAINED = {"seq": NUMBER, "epoch": NUMBER, "at": MOMENT, "verb": WORD, "kind": WORD, "record": TEXT}
CHAINED.update(version=NUMBER, body_hash=HASH)
ENTRY = {**CHAINED, "hash": HASH, "salt": None, "body": None}
ENVELOPE = {"payload": TEXT, "payloadType": TEXT, "signatures": [{"keyid": HASH, "sig": TEXT}, 1, 1]}


class Refused(Exception):
    """The file is not what its region signed."""


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("file")
    parser.add_argument("--key", required=True, help="the region's public key, 64 hexadecimal digits")
    parser.add_argument("--after", default="", help="NUMBER:HASH of the entry that the file has to follow")
    given = parser.parse_args(arguments)
    try:
        key = bytes.fromhex(given.key)
        number, _, mark = given.after.partition(":")
        after = (int(number), mark) if given.after else None
        file = open(given.file, "rb")  # noqa: SIM115 - it is read until the end of the program
    except (ValueError, OSError) as error:
        print(f"{given.file}: {error}", file=sys.stderr)
        return 2
    with file:
        try:
            region, last, count, erased = verify(file, key, after)
        except Refused as error:
            print(f"{given.file}: REFUSED: {error}", file=sys.stderr)
            return 1
    told = f", of which {erased} tell nothing any more: it was erased" if erased else ""
    print(f"{given.file}: whole, and signed by the key of {region}: {count} entries up to {last[0]}:{last[1]}{told}")
    return 0


def verify(file, key, after=None):
    """Region, (number, hash) of the last entry, how many entries, how many without their text. Raises Refused."""
    region, last, epoch, until, count, erased, number = None, after, 0, 0, 0, 0, 0
    while True:
        number += 1
        line = file.readline(LONGEST_LINE + 1)
        if not line:
            break
        head = parsed(line, number, HEAD)
        if head["type"] != "lanzarote-results":
            raise Refused(f"line {number}: no beginning of results")
        if head["format"] != 1:
            raise Refused(f"line {number}: format {head['format']}, and this program reads format 1")
        if region not in (None, head["region"]):
            raise Refused(f"line {number}: is of another region than what stands before it")
        begins = (head["after"]["seq"], head["after"]["hash"])
        if head["until"] < begins[0] + head["entries"]:
            raise Refused(f"line {number}: goes on beyond entry {head['until']}, the newest that the region had")
        if last is not None and begins != last:
            raise Refused(f"line {number}: does not follow entry {last[0]}")
        if head["epoch"] < epoch:
            raise Refused(f"line {number}: goes back to an earlier epoch")
        region, last, epoch, until = head["region"], begins, head["epoch"], head["until"]
        digest, size = hashlib.sha256(line), len(line)
        for _ in range(head["entries"]):
            number += 1
            line = file.readline(LONGEST_LINE + 1)
            size += len(line)
            if size > MOST_BYTES:
                raise Refused(f"line {number}: the batch has more than 16 MiB")
            entry = parsed(line, number, ENTRY)
            last, told = followed(entry, last, epoch, number)
            count, erased = count + 1, erased + (not told)
            digest.update(line)
        number += 1
        envelope = parsed(file.readline(LONGEST_LINE + 1), number, ENVELOPE)
        signed = {"digest": digest.hexdigest(), "region": region, "epoch": epoch, "seq": last[0], "hash": last[1]}
        check_envelope(envelope, key, signed, number)
    if region is None:
        raise Refused("the file is empty")
    if last[0] < until:
        raise Refused(f"the file was cut: it should go on to entry {until} and ends at {last[0]}")
    return region, last, count, erased


def followed(entry, last, epoch, number):
    """The entry's place in the chain, and whether its text is there unless it never had one. Raises Refused."""
    mark = hashlib.sha256(encoded([last[1], *(entry[name] for name in CHAINED)])).hexdigest()
    if entry["seq"] != last[0] + 1 or entry["hash"] != mark or entry["epoch"] != epoch:
        raise Refused(f"line {number}: entry {entry['seq']} does not follow the one before it")
    if not is_moment(entry["at"]):
        raise Refused(f"line {number}: there is no moment {entry['at']}")
    begins = (entry["verb"] == "epoch", entry["kind"] == "epoch")
    if any(begins) and not (all(begins) and (entry["version"], entry["record"]) == last):
        raise Refused(f"line {number}: an epoch that does not name the entry before it")
    if entry["salt"] is None or entry["body"] is None:
        if entry["salt"] is not entry["body"]:
            raise Refused(f"line {number}: a text goes with its salt")
        return (entry["seq"], entry["hash"]), not entry["body_hash"]
    if not fits(entry["salt"], "[0-9a-f]{32}"):
        raise Refused(f"line {number}: the salt cannot be read")
    if hashlib.sha256(bytes.fromhex(entry["salt"]) + encoded(entry["body"])).hexdigest() != entry["body_hash"]:
        raise Refused(f"line {number}: what entry {entry['seq']} tells was changed since it was written")
    return (entry["seq"], entry["hash"]), True


def check_envelope(envelope, key, signed, number):
    """Raises Refused unless *key* signed exactly what *signed* says."""
    if envelope["payloadType"] != STATEMENT:
        raise Refused(f"line {number}: signs something else than results")
    payload, [one] = debased(envelope["payload"], number), envelope["signatures"]
    if payload != encoded(signed):
        raise Refused(f"line {number}: what is signed is not what stands before it: it was changed on its way")
    if one["keyid"] != hashlib.sha256(key).hexdigest():
        raise Refused(f"line {number}: is signed by another key, {one['keyid']}")
    kind = STATEMENT.encode()
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    if not is_signed(key, message, debased(one["sig"], number)):
        raise Refused(f"line {number}: the signature is not that of the key")


def parsed(line, number, form):
    """What a line holds, in the one canonical form: written again, it is the same line. Raises Refused."""
    if len(line) > LONGEST_LINE:
        raise Refused(f"line {number}: is longer than 2 MiB")
    if not line.endswith(b"\n"):
        raise Refused(f"line {number}: the file was cut here")
    try:
        value = json.loads(line.decode(), parse_int=small)
        written = encoded(value)
    except (ValueError, RecursionError):
        raise Refused(f"line {number}: cannot be read") from None
    if written + b"\n" != line:
        raise Refused(f"line {number}: is not in the one canonical form")
    if not fits(value, form):
        raise Refused(f"line {number}: holds something else than it should")
    return value


def fits(value, form):
    if form is None:
        return True
    if isinstance(form, dict):
        return isinstance(value, dict) and set(value) == set(form) and all(fits(value[one], form[one]) for one in form)
    if isinstance(form, list):
        each, least, most = form
        return isinstance(value, list) and least <= len(value) <= most and all(fits(one, each) for one in value)
    if isinstance(form, tuple):
        return type(value) is int and form[0] <= value <= form[1]
    return isinstance(value, str) and re.fullmatch(form, value) is not None


def is_moment(text):
    try:
        return datetime.fromisoformat(text[:-1]).isoformat() + "Z" == text
    except ValueError:
        return False


def encoded(value):
    """The bytes of the one canonical form. Raises ValueError where there is none."""
    return written_out(value, 0).encode()


def written_out(value, depth):
    if isinstance(value, (dict, list)) and depth > DEEPEST:  # the line itself is one more
        raise ValueError("too deep")
    if isinstance(value, dict):
        parts = (
            json.dumps(name, ensure_ascii=False) + ":" + written_out(value[name], depth + 1) for name in sorted(value)
        )
        return "{" + ",".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written_out(one, depth + 1) for one in value) + "]"
    return fraction(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def fraction(value):
    """The fewest digits that stand for it; with a power of ten below 0.00001 and from 1e16 on."""
    digits, _, power = repr(value).partition("e")
    if power == "-05":
        return ("-" if value < 0 else "") + "0.0000" + digits.lstrip("-").replace(".", "")
    return f"{digits}e{int(power)}" if power else digits


def small(digits):
    if len(digits) > 17 or abs(int(digits)) > GREATEST:
        raise ValueError("no number that every reader reads alike")
    return int(digits)


def debased(text, number):
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(f"line {number}: the envelope cannot be read") from None
    if base64.b64encode(value).decode() != text:
        raise Refused(f"line {number}: the envelope is not in the one canonical form")
    return value


# Ed25519 (RFC 8032, section 5.1), for checking only: nothing here is secret, so it need not take the same time always.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def is_signed(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    public, r = point(key), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if public is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return same(times(s, BASE), added(r, times(h, public)))


def point(data):
    """The point that 32 bytes name, as (X, Y, Z, T), or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def added(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return (x * y % P, t * z % P, y * z % P, x * t % P)


def times(count, a):
    found = (0, 1, 1, 0)
    while count:
        if count & 1:
            found = added(found, a)
        a, count = added(a, a), count >> 1
    return found


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

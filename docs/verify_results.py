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
import sys

STATEMENT = "application/vnd.lanzarote.results+json"
CHAINED = ("seq", "epoch", "at", "verb", "kind", "record", "version", "body_hash")
ENTRY = {*CHAINED, "hash", "salt", "body"}
HEAD = {"type", "format", "region", "epoch", "after", "until", "entries", "keys"}


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
    region, last, until, count, erased, number = None, after, None, 0, 0, 0
    while True:
        line = file.readline()
        if not line:
            break
        number += 1
        head = parsed(line, number, HEAD)
        if head["type"] != "lanzarote-results":
            raise Refused(f"line {number}: no beginning of results")
        if head["format"] != 1:
            raise Refused(f"line {number}: format {head['format']}, and this program reads format 1")
        if region not in (None, head["region"]):
            raise Refused(f"line {number}: is of another region than what stands before it")
        begins = (whole(head["after"].get("seq"), number), head["after"].get("hash"))
        if last is not None and begins != last:
            raise Refused(f"line {number}: does not follow entry {last[0]}")
        region, last, until = head["region"], begins, whole(head["until"], number)
        digest = hashlib.sha256(line)
        for _ in range(whole(head["entries"], number)):
            number += 1
            line = file.readline()
            entry = parsed(line, number, ENTRY)
            last, told = followed(entry, body_of(line, entry), last, head["epoch"], number)
            count, erased = count + 1, erased + (not told)
            digest.update(line)
        number += 1
        envelope = parsed(file.readline(), number, {"payload", "payloadType", "signatures"})
        signed = {
            "digest": digest.hexdigest(),
            "region": region,
            "epoch": head["epoch"],
            "seq": last[0],
            "hash": last[1],
        }
        check_envelope(envelope, key, signed, number)
    if region is None:
        raise Refused("the file is empty")
    if last[0] < until:
        raise Refused(f"the file was cut: it should go on to entry {until} and ends at {last[0]}")
    return region, last, count, erased


def followed(entry, body, last, epoch, number):
    """The entry's place in the chain, and whether its text is there unless it never had one. Raises Refused."""
    chained = [last[1], *(entry[name] for name in CHAINED)]
    mark = hashlib.sha256(encoded(chained)).hexdigest()
    if entry["seq"] != last[0] + 1 or entry["hash"] != mark or entry["epoch"] != epoch:
        raise Refused(f"line {number}: entry {entry['seq']} does not follow the one before it")
    if (entry["salt"] is None) != (entry["body"] is None):
        raise Refused(f"line {number}: a text goes with its salt")
    if entry["body"] is not None:
        salted = unhexed(entry["salt"], number) + body
        if hashlib.sha256(salted).hexdigest() != entry["body_hash"]:
            raise Refused(f"line {number}: what entry {entry['seq']} tells was changed since it was written")
    return (entry["seq"], entry["hash"]), entry["body"] is not None or not entry["body_hash"]


def check_envelope(envelope, key, signed, number):
    """Raises Refused unless *key* signed exactly what *signed* says."""
    if envelope["payloadType"] != STATEMENT:
        raise Refused(f"line {number}: signs something else than results")
    if len(envelope["signatures"]) != 1 or set(envelope["signatures"][0]) != {"keyid", "sig"}:
        raise Refused(f"line {number}: has not one signature")
    payload, [one] = debased(envelope["payload"], number), envelope["signatures"]
    if payload != encoded(dict(sorted(signed.items()))):
        raise Refused(f"line {number}: what is signed is not what stands before it: it was changed on its way")
    if one["keyid"] != hashlib.sha256(key).hexdigest():
        raise Refused(f"line {number}: is signed by another key, {one['keyid'][:64]}")
    kind = STATEMENT.encode()
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    if not is_signed(key, message, debased(one["sig"], number)):
        raise Refused(f"line {number}: the signature is not that of the key")


def parsed(line, number, fields):
    """The object in a line, which has to be in the one canonical form. Raises Refused."""
    if not line.endswith(b"\n"):
        raise Refused(f"line {number}: the file was cut here")
    try:
        value = json.loads(line)
        encoded(value)
    except (ValueError, RecursionError):
        raise Refused(f"line {number}: cannot be read") from None
    if not isinstance(value, dict) or set(value) != fields:
        raise Refused(f"line {number}: holds something else than it should")
    written = encoded(value)
    if "body" in fields:  # numbers may be written in more than one way: the text stands as it is, and its hash tells
        begins, ends = written.split(b'"body":', 1)[0], b',"body_hash":' + written.rsplit(b',"body_hash":', 1)[1]
        written = begins + b'"body":' + body_of(line, value) + ends
    if written + b"\n" != line:
        raise Refused(f"line {number}: is not in the one canonical form")
    return value


def body_of(line, entry):
    """What an entry tells, as the bytes that stand in its line."""
    text = line.decode()
    start = len('{"at":,"body":') + len(json.dumps(entry["at"], ensure_ascii=False))
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return b""
    return text[start:end].encode()


def encoded(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def whole(value, number):
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refused(f"line {number}: {value!r} is no number of an entry")
    return value


def unhexed(text, number):
    try:
        return bytes.fromhex(text)
    except (ValueError, TypeError):
        raise Refused(f"line {number}: the salt cannot be read") from None


def debased(text, number):
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
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

"""Many requests may be the first at once."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from dev import ROOT

PROGRAM = """
import sys, threading, types
import msgspec
from lanzarote.runtime.reading import LateDecoder, converted, decoded

sys.setswitchinterval(1e-6)
CODE = '''
import msgspec
from collections.abc import Mapping
class Inner(msgspec.Struct):
    a: "Mapping[str, str]"
    b: "tuple[str, ...]"
class Outer(msgspec.Struct):
    a: "Mapping[str, str]"
    inner: "Inner"
'''
RAW = b'{"a":{"b":"c"},"inner":{"a":{},"b":["d"]}}'
kinds = []
for number in range(300):
    module = sys.modules[f"kinds.of_{number}"] = types.ModuleType(f"kinds.of_{number}")
    exec(CODE, module.__dict__)
    kinds.append(module.Outer)
readers = [LateDecoder(kind) for kind in kinds]
together = threading.Barrier(4)

def decode():
    for kind, reader in zip(kinds, readers):
        together.wait()
        if sys.argv[1] == "decoded":
            decoded(RAW, kind)
        elif sys.argv[1] == "LateDecoder":
            reader.decode(RAW)
        else:
            converted(msgspec.json.decode(RAW), kind)

threads = [threading.Thread(target=decode) for _ in range(4)]
[one.start() for one in threads]
[one.join() for one in threads]
print("all decoded")
"""


@pytest.mark.parametrize("way", ["decoded", "LateDecoder", "converted"])
def test_four_threads_decode_what_none_has_decoded_before(way: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, way], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "all decoded\n"), done.stderr


def test_the_core_reads_a_type_in_no_other_way() -> None:
    ways = re.compile(r"json\.Decoder\(|msgspec\.convert\(|(json|msgpack)\.decode\(.*, type=")
    found = {file.name for file in (ROOT / "core" / "lanzarote").rglob("*.py") if ways.search(file.read_text("utf-8"))}
    # What comes from the process of a package is worked out just before.
    assert found == {"reading.py", "processes.py", "answers.py"}

"""Many requests may be the first at once."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys, threading, types
import msgspec
from lanzarote.web.routes import work_out

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
kinds = []
for number in range(300):
    module = sys.modules[f"kinds.of_{number}"] = types.ModuleType(f"kinds.of_{number}")
    exec(CODE, module.__dict__)
    kinds.append(module.Outer)
if sys.argv[1] == "ready":
    work_out("kinds")
together = threading.Barrier(4)

def decode():
    for kind in kinds:
        together.wait()
        msgspec.json.decode(b'{"a":{"b":"c"},"inner":{"a":{},"b":["d"]}}', type=kind)

threads = [threading.Thread(target=decode) for _ in range(4)]
[one.start() for one in threads]
[one.join() for one in threads]
print("all decoded")
"""


def test_four_threads_decode_what_none_has_decoded_before() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "ready"], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "all decoded\n"), done.stderr

"""Who is asked to end leaves nothing behind for which others would wait for ever; who is in no such place, ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.plugins.packages import write_package

TREE = Path(__file__).parents[3]
LOGS = "log.warning('cannot reach the server, trying again')"
ASKS = "logging.getLogger(__name__)"
IMPORTS = """
        try: import no_such_json as json
        except ImportError: import json
"""
DUMPS = """
        try: json.dumps(DATA, indent=1)
        except BaseException: pass
"""
COUNTS = """
        try:
            for one in range(1_000): pass
        except BaseException: pass
"""
QUEUES = """
        try: QUEUE.get_nowait()
        except BaseException: pass
"""
POOLS = """
        try: POOL.submit(int).result()
        except BaseException: pass
"""
PROGRAM = """
import logging, sys, time
from lanzarote.plugins import Candidate, Host
host = Host([Candidate(name="a", module="lz_try_a", distribution="lanzarote-a", version="1.0")]).ask_all()
time.sleep(3)
logging.getLogger("another").critical("goes on")
import this_is_nowhere_but_looked_for
"""
GOES_ON = """
host.find_busy()
before = time.process_time()
time.sleep(1)
print(host.packages[0].slows, host.packages[0].fault)
print("still computes" if time.process_time() - before > 0.5 else "nothing computes")
"""


def run(folder: Path, code: str, program: str) -> str:
    write_package(folder, "a", code)
    paths = (str(folder), str(TREE / "core"), os.environ.get("PYTHONPATH", ""))
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout + done.stderr[-2_000:]


@pytest.mark.parametrize("body", [LOGS, ASKS, IMPORTS], ids=["log", "loggers", "imports"])
@pytest.mark.parametrize("where", ["threads", "import"])
def test_locks_of_python_are_given_back_by_who_is_asked_to_end(folder: Path, where: str, body: str) -> None:
    head = "import logging, threading\nlog = logging.getLogger(__name__)\nlog.addHandler(logging.NullHandler())\n"
    if where == "threads":
        code = f"{head}def work():\n    while True:\n        {body.strip()}\n"
        code += "for one in range(4): threading.Thread(target=work, daemon=True).start()\n"
    else:
        code = f"{head}if True:\n    while True:\n        {body.strip()}\n"
    told = run(folder, code, PROGRAM)
    assert "goes on" in told
    assert "No module named 'this_is_nowhere_but_looked_for'" in told


WRITES = """
import logging, sys, threading
log = logging.getLogger(__name__)
log.propagate = False
log.addHandler(logging.StreamHandler(open("/dev/null", "w", buffering=1)))
def work():
    while True: log.warning("cannot reach the server, trying again")
for one in range(4): threading.Thread(target=work, daemon=True).start()
"""


def test_who_writes_to_the_log_without_end_is_asked_to_end_and_does(folder: Path) -> None:
    told = run(folder, WRITES, PROGRAM.replace("import this_is_nowhere_but_looked_for\n", GOES_ON))
    assert "goes on" in told
    assert "nothing computes" in told
    assert "was asked to end" in told


FINDS = """
import sys
class Finder:
    def find_spec(self, *given):
        for one in range(50): pass
sys.meta_path.insert(0, Finder())
"""


def test_the_lock_of_all_imports_is_given_back_also_where_a_finder_of_the_package_is_asked(folder: Path) -> None:
    code = f"import threading{FINDS}def work():\n    while True:{IMPORTS}"
    told = run(folder, f"{code}for one in range(4): threading.Thread(target=work, daemon=True).start()\n", PROGRAM)
    assert "No module named 'this_is_nowhere_but_looked_for'" in told


COLLECTS = """
import gc, threading
def work():
    while True:
        gc.collect(0)
        for one in range(400_000): pass
for one in range(4): threading.Thread(target=work, daemon=True).start()
"""
TOLD = """
import gc
def told(phase, info):
    for one in range(200_000): pass
gc.callbacks.append(told)
"""


def test_nobody_is_asked_where_that_would_not_be_heard(folder: Path) -> None:
    told = run(folder, COLLECTS, TOLD + PROGRAM.replace("import this_is_nowhere_but_looked_for\n", GOES_ON))
    assert "nothing computes" in told
    assert "was asked to end" in told
    assert "Exception ignored" not in told


LEAVES = """
import time
class Session:
    def __init__(self): self.me = self
    def __del__(self): time.sleep(3600)
Session()
time.sleep(3600)
"""
BESIDE = """
from lanzarote.plugins import Candidate, Host
names = ("a", "b")
host = Host(
    [Candidate(name=one, module=f"lz_try_{one}", distribution=f"lanzarote-{one}", version="1.0") for one in names]
).ask_all()
print([one.fault for one in host.packages])
"""


def test_what_one_left_that_hangs_is_not_put_down_to_one_beside_it(folder: Path) -> None:
    write_package(folder, "b", "made = [[]]\nmade[0].append(made)\ndel made\n")
    told = run(folder, LEAVES, BESIDE)
    assert told == "['does not start: its import did not come back within 2 seconds', '']\n"


LOGS_INTO_QUEUE = """
import logging.handlers, queue, threading
QUEUE = queue.Queue()
logging.getLogger().addHandler(logging.handlers.QueueHandler(QUEUE))
def work():
    while True:
        try: QUEUE.get(timeout=0.000001)
        except BaseException: pass
for one in range(3): threading.Thread(target=work, daemon=True).start()
"""


def test_the_lock_of_a_queue_that_takes_what_is_logged_is_given_back(folder: Path) -> None:
    told = run(folder, LOGS_INTO_QUEUE, PROGRAM)
    assert "No module named 'this_is_nowhere_but_looked_for'" in told


WORKS = """
import threading
from concurrent.futures import ThreadPoolExecutor
POOL = ThreadPoolExecutor(2)
def work():
    while True:
        try: POOL.submit(int)
        except BaseException: pass
for one in range(2): threading.Thread(target=work, daemon=True).start()
"""
ANOTHER = """
from concurrent.futures import ThreadPoolExecutor
print(ThreadPoolExecutor(1).submit(len, 'works').result(), flush=True)
import os
os._exit(0)
"""


def test_pools_of_others_go_on_where_workers_of_one_never_rest(folder: Path) -> None:
    program = PROGRAM.replace("import this_is_nowhere_but_looked_for\n", ANOTHER)
    assert run(folder, WORKS, program).startswith("5\n")


@pytest.mark.parametrize(
    "body", [DUMPS, COUNTS, QUEUES, POOLS], ids=["in Python's own code", "in its own", "at its queue", "at its pool"]
)
@pytest.mark.parametrize("where", ["threads", "import"])
def test_who_catches_what_should_end_it_is_held_wherever_it_is(folder: Path, where: str, body: str) -> None:
    head = "import json, queue, threading\nfrom concurrent.futures import ThreadPoolExecutor\n"
    head += "QUEUE = queue.Queue()\nPOOL = ThreadPoolExecutor(2)\n"
    head += "DATA = [{'a': one, 'b': [1, 2, 3]} for one in range(2_000)]\n"
    if where == "threads":
        code = f"{head}def work():\n    while True:{body}"
        code += "for one in range(4): threading.Thread(target=work, daemon=True).start()\n"
    else:
        code = f"{head}if True:\n    while True:{body}"
    told = run(folder, code, PROGRAM.replace("import this_is_nowhere_but_looked_for\n", GOES_ON))
    assert "goes on" in told
    assert "nothing computes" in told
    assert ("was asked to end" if where == "threads" else "after computing for half a second") in told

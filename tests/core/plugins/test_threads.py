"""Threads that packages start: those that compute for long are asked to end, and whose they were is told."""

from __future__ import annotations

import builtins
import concurrent.futures.thread
import sys
import threading
from pathlib import Path
from threading import Event
from time import monotonic, thread_time

import pytest
from lanzarote.plugins import Candidate, Host
from lanzarote.plugins.busy import Overseer, busy

from tests.core.plugins.packages import write_package

SPIN = "def spin():\n    while not stop.is_set(): pass\n"
DEAF = (
    "def spin():\n    while not stop.is_set():\n        try:\n            work()\n        except BaseException: pass\n"
)
DEAF += "def work():\n    while not stop.is_set(): pass\n"


def with_threads(folder: Path, name: str, spin: str, count: int = 1) -> Candidate:
    code = f"import threading\nstop = threading.Event()\n{spin}threads = []\nfor one in range({count}):\n"
    code += (
        "    threads.append(threading.Thread(target=spin, name=f'digs {one}', daemon=True))\n    threads[-1].start()"
    )
    return write_package(folder, name, code)


def computes(*threads: threading.Thread) -> bool:
    return bool(busy(threads, lambda _thread: "all"))


# Where no test listens, nobody hears of SystemExit in a thread.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_threads_that_compute_while_packages_start_are_asked_to_end_and_named(folder: Path) -> None:
    waits = "def spin():\n    stop.wait()\n"
    host = Host([with_threads(folder, "busy", SPIN, 8), with_threads(folder, "idle", waits)]).ask_all()
    busy, idle = (sys.modules[f"lz_try_{name}"] for name in ("busy", "idle"))
    try:
        for thread in busy.threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in busy.threads)
        assert idle.threads[0].is_alive()
    finally:
        busy.stop.set()
        idle.stop.set()
    told = {one.name: one.slows for one in host.packages}
    assert told["busy"].startswith("lanzarote-busy 1.0 slows everything down: its thread 'digs ")
    assert told["busy"].endswith("' computed long while packages started, and was asked to end")
    assert told["idle"] == ""


def test_a_thread_that_does_not_end_when_asked_to_is_held(folder: Path) -> None:
    host = Host([with_threads(folder, "deaf", DEAF)]).ask_all()
    deaf = sys.modules["lz_try_deaf"].threads[0]
    until = monotonic() + 20
    while computes(deaf) and monotonic() < until:
        pass
    assert (deaf.is_alive(), computes(deaf)) == (True, False)
    assert host.packages[0].slows == (
        "lanzarote-deaf 1.0 slows everything down: its thread 'digs 0' computed long while packages started, and was "
        "asked to end"
    )


RAW = "import _thread\n_thread.start_new_thread(spin, ())\n"
WORDS = "threading.Thread(target=exec, args=('while not stop.is_set(): pass', globals()), daemon=True).start()\n"
LIBRARY = "import lz_try_library\nthreading.Thread(target=lz_try_library.spin, args=(stop,), daemon=True).start()\n"
CHAIN = """
from time import thread_time
def chain():
    until = thread_time() + 0.02
    while thread_time() < until: pass
    if not stop.is_set(): threading.Thread(target=chain, daemon=True).start()
threading.Thread(target=chain, daemon=True).start()
"""
HANGS = f"{WORDS}stop.wait(10)\n"
OWN_RUN = "class Digs(threading.Thread): pass\nDigs.run = lambda self: spin()\nDigs(daemon=True).start()\n"
ODD = """
class Odd(threading.Thread):
    def getName(self): raise OSError
    name = property(getName, lambda self, name: None)
def quietly():
    try: spin()
    except SystemExit: pass
Odd(target=quietly, daemon=True).start()
"""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("kind", "code"),
    [("raw", RAW), ("words", WORDS), ("library", LIBRARY), ("chain", CHAIN), ("hangs", HANGS), ("run", OWN_RUN)],
)
def test_a_thread_is_the_package_s_that_started_it_whatever_it_does_and_one_beside_it_is_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, code: str
) -> None:
    (folder / "lz_try_library.py").write_text("def spin(stop):\n    while not stop.is_set(): pass\n", "utf-8")
    monkeypatch.delitem(sys.modules, "lz_try_library", raising=False)
    bad = write_package(folder, f"a_{kind}", f"import threading\nstop = threading.Event()\n{SPIN}{code}")
    pool = (
        "from concurrent.futures import ThreadPoolExecutor\nfrom time import thread_time\ndef work():\n"
        "    until = thread_time() + 0.3\n    while thread_time() < until: pass\n    return 1\n"
        "with ThreadPoolExecutor(1) as pool: done = pool.submit(work).result()\n"
    )
    sound = write_package(folder, f"b_beside_{kind}", pool)
    host = Host([bad, sound]).ask_all()
    try:
        until = monotonic() + 20
        while "asked" not in host.packages[0].slows and monotonic() < until:
            Event().wait(0.05)
    finally:
        sys.modules[bad.module].stop.set()
    told = {one.name: one.slows for one in host.packages}
    assert "was asked to end" in told[bad.name]
    assert (told[sound.name], sys.modules[sound.module].done) == ("", 1)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_who_was_asked_to_end_its_threads_starts_no_more_for_now(folder: Path) -> None:
    code = f"import threading\nstop = threading.Event()\n{SPIN}" + (
        "threading.Thread(target=spin, daemon=True).start()\ndef again():\n    while not stop.wait(0.3):\n"
        "        try: threading.Thread(target=stop.wait, daemon=True).start()\n"
        "        except RuntimeError as error:\n            refused.append(str(error))\n            return\n"
        "refused = []\nasks = threading.Thread(target=again, daemon=True)\nasks.start()\n"
    )
    Host([write_package(folder, "again", code)]).ask_all()
    again = sys.modules["lz_try_again"]
    try:
        again.asks.join(20)
        assert again.refused == ["can't start new thread"]
    finally:
        again.stop.set()


def test_a_thread_of_a_library_and_one_that_is_called_like_ours_are_named_too(folder: Path) -> None:
    (folder / "lz_try_library.py").write_text(
        "import threading\nstop = threading.Event()\nclass Observer(threading.Thread):\n"
        "    def run(self):\n        while not stop.is_set(): pass\n",
        "utf-8",
    )
    uses = "from lz_try_library import Observer\nObserver(name='observes', daemon=True).start()"
    ours = SPIN + "threading.Thread(target=spin, name='lanzarote-region-lyon_0', daemon=True).start()"
    host = Host([write_package(folder, "uses", uses)]).ask_all()
    try:
        assert "its thread 'observes' comput" in host.find_busy().packages[0].slows
    finally:
        sys.modules["lz_try_library"].stop.set()
    host = Host([write_package(folder, "ours", f"import threading\nstop = threading.Event()\n{ours}")]).ask_all()
    try:
        assert "its thread 'lanzarote-region-lyon_0' " in host.find_busy().packages[0].slows
    finally:
        sys.modules["lz_try_ours"].stop.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_cannot_even_be_named_ends_as_well(folder: Path) -> None:
    code = f"import threading\nstop = threading.Event()\n{SPIN}{ODD}threads = threading.enumerate()\n"
    Host([write_package(folder, "odd", code)]).ask_all()
    odd = next(one for one in sys.modules["lz_try_odd"].threads if type(one).__name__ == "Odd")
    try:
        odd.join(20)
        assert not odd.is_alive()
    finally:
        sys.modules["lz_try_odd"].stop.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_who_only_imports_another_package_is_not_blamed_for_its_threads(folder: Path) -> None:
    uses, used = write_package(folder, "a_uses", "import lz_try_b_used"), with_threads(folder, "b_used", SPIN)
    host = Host([uses, used]).ask_all()
    try:
        told = {one.name: one.slows for one in host.find_busy().packages}
    finally:
        sys.modules["lz_try_b_used"].stop.set()
    assert (told["a_uses"], "its thread 'digs 0' comput" in told["b_used"]) == ("", True)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_of_a_library_is_the_package_s_whose_code_computes_in_it(folder: Path) -> None:
    (folder / "lz_try_worker.py").write_text(
        "import queue, threading\nwork = queue.Queue()\ndef run():\n    while True: work.get()()\n"
        "def begin(): threading.Thread(target=run, daemon=True).start()\n",
        "utf-8",
    )
    begins = write_package(folder, "a_begins", "import lz_try_worker\nlz_try_worker.begin()\n")
    spins = f"import threading, lz_try_worker\nstop = threading.Event()\n{SPIN}lz_try_worker.work.put(spin)\n"
    host = Host([begins, write_package(folder, "b_spins", spins)]).ask_all()
    try:
        told = {one.name: one.slows for one in host.find_busy().packages}
    finally:
        sys.modules["lz_try_b_spins"].stop.set()
    assert (told["a_begins"], "its thread 'Thread-" in told["b_spins"]) == ("", True)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_packages_that_share_a_top_level_module_are_told_apart(folder: Path) -> None:
    code = f"import threading\nstop = threading.Event()\n{SPIN}threading.Thread(target=spin, daemon=True).start()\n"
    for name, text in (("rome", code), ("oslo", "import time\ntime.sleep(0.2)\n")):
        place = folder / "lz_try_both" / name
        place.mkdir(parents=True)
        (place / "__init__.py").write_text(text, "utf-8")
        (place / "lanzarote.toml").write_text('requires_api = ">=1,<2"\n', "utf-8")
    names = ("rome", "oslo")
    host = Host([Candidate(name=one, module=f"lz_try_both.{one}", distribution=one) for one in names]).ask_all()
    try:
        told = {one.name: (one.slows, one.fault) for one in host.find_busy().packages}
    finally:
        sys.modules["lz_try_both.rome"].stop.set()
    assert told["oslo"] == ("", "")
    assert "its thread 'Thread-" in told["rome"][0]


@pytest.mark.parametrize("ident", ["7", "'rome'"])
def test_a_thread_may_call_anything_its_ident(folder: Path, ident: str) -> None:
    code = f"import threading\nstop = threading.Event()\nclass Poller(threading.Thread):\n    ident = {ident}\n"
    name = f"polls_{ident.strip(chr(39))}"
    write = write_package(folder, name, f"{code}    def run(self): stop.wait()\nPoller(daemon=True).start()\n")
    host = Host([write]).ask_all().find_busy()
    sys.modules[write.module].stop.set()
    assert [(one.slows, one.fault) for one in host.packages] == [("", "")]


def test_who_begins_to_compute_when_it_is_asked_for_something_later_is_named(folder: Path) -> None:
    code = f"import threading\nstop = threading.Event()\n{SPIN}def write():\n"
    code += (
        "    threading.Thread(target=exec, args=('while not stop.is_set(): pass', globals()), daemon=True).start()\n"
    )
    host = Host([write_package(folder, "later", code)]).ask_all()
    later = sys.modules["lz_try_later"]
    host.ask("later", later.write, 10)
    try:
        assert [*host.busy_now()] == ["later"]
    finally:
        later.stop.set()
    assert host.packages[0].slows == ""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_workers_of_a_pool_that_take_one_task_after_the_other_are_held(folder: Path) -> None:
    code = (
        "import threading\nfrom concurrent.futures import ThreadPoolExecutor\nstop = threading.Event()\n"
        f"{SPIN}pool = ThreadPoolExecutor(2)\nfor one in range(1_000): pool.submit(spin)\n"
    )
    Host([write_package(folder, "pooled", code)]).ask_all()
    pooled = sys.modules["lz_try_pooled"]
    workers, until = [*pooled.pool._threads], monotonic() + 9
    try:
        while computes(*workers) and monotonic() < until:
            pass
        assert not computes(*workers)
    finally:
        pooled.stop.set()
        concurrent.futures.thread._threads_queues.clear()  # type: ignore[attr-defined]  # who is held is not waited for at the end


def test_a_target_that_may_not_be_asked_anything_is_not(folder: Path) -> None:
    code = (
        "import threading\nstop = threading.Event()\nclass Lazy:\n    def __call__(self): stop.wait()\n"
        "    def __getattr__(self, name): raise SystemExit(name)\n"
        "threading.Thread(target=Lazy(), name='waits', daemon=True).start()\n"
    )
    host = Host([write_package(folder, "lazy", code)]).ask_all().find_busy()
    sys.modules["lz_try_lazy"].stop.set()
    assert [(one.slows, one.fault) for one in host.packages] == [("", "")]


PROXY = """
class Proxy:
    @property
    def __class__(self): raise RuntimeError("there is no request yet")
    def __call__(self): stop.wait()
threading.Thread(target=Proxy(), daemon=True).start()
"""
COMPARES = """
import dataclasses
@dataclasses.dataclass(eq=True, unsafe_hash=True)
class Worker(threading.Thread):
    todo: tuple = ()
    def __post_init__(self): super().__init__(daemon=True)
    def run(self):
        self.todo = []  # from now on it has no hash
        stop.wait()
Worker().start()
stop.wait(0.2)
"""


NAMES = """
class Worker(threading.Thread):
    def run(self):
        self._%s = ...
        stop.wait()
Worker(daemon=True).start()
stop.wait(0.2)
"""
ANY = {
    "proxy": PROXY,
    "compares": COMPARES,
    **{name: NAMES % name for name in ("started", "initialized", "native_id", "ident", "name")},
}


@pytest.mark.parametrize("kind", ANY)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_threads_and_their_targets_may_be_of_any_class(folder: Path, kind: str) -> None:
    odd = write_package(folder, f"odd_{kind}", f"import threading\nstop = threading.Event()\n{ANY[kind]}")
    busy = with_threads(folder, f"busy_{kind}", SPIN)
    host = Host([busy, odd]).ask_all().find_busy()
    threads = sys.modules[busy.module].threads
    try:
        threads[0].join(8)
        assert not threads[0].is_alive(), "the one beside it is still asked to end"
        assert [(bool(one.slows), one.fault) for one in host.packages] == [(True, ""), (False, "")]
    finally:
        sys.modules[odd.module].stop.set()
        sys.modules[busy.module].stop.set()


PARSES = """
import threading
from datetime import datetime
stop = threading.Event()
def parse():
    while not stop.is_set(): datetime.strptime("2026", "%Y")
for one in range(12): threading.Thread(target=parse, daemon=True).start()
"""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_who_can_never_be_asked_to_end_is_named_as_well(folder: Path) -> None:
    host = Host([write_package(folder, "parses", PARSES)]).ask_all()
    try:
        until = monotonic() + 8
        while not host.packages[0].slows and monotonic() < until:
            Event().wait(0.05)
        assert "' computed long while packages started" in host.packages[0].slows
    finally:
        sys.modules["lz_try_parses"].stop.set()


def test_threads_that_compute_a_little_each_are_counted_together() -> None:
    stop = Event()

    def compute() -> None:
        while not stop.wait(0.01):
            until = thread_time() + 0.001
            while thread_time() < until:
                pass

    threads = [threading.Thread(target=compute) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        told = busy(threads, lambda _thread: "all")
        assert [*told] == ["all"]
        assert told["all"] in threads
        assert busy(threads, lambda thread: thread.name) == {}
    finally:
        stop.set()


def test_whose_a_thread_is_is_asked_once_it_has_computed() -> None:
    computes, stop = Event(), Event()

    def work() -> None:
        stop.wait(0.05)
        computes.set()
        while not stop.is_set():
            pass

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert [*busy([thread], lambda _: "computes" if computes.is_set() else "waits")] == ["computes"]
    finally:
        stop.set()


ASKED = """
import threading
from concurrent.futures import ThreadPoolExecutor
from time import thread_time
stop = threading.Event()
threading.Thread(target=stop.wait, daemon=True).start()
pool = ThreadPoolExecutor(2)
def compute(number):
    until = thread_time() + 0.6
    while thread_time() < until: pass
    return number
pool.submit(int).result()
def write(): return [*pool.map(compute, (1, 2, 3))]
"""


def test_what_is_asked_of_a_package_that_has_started_may_take_long_in_its_threads(folder: Path) -> None:
    host = Host([write_package(folder, "asked", ASKED)]).ask_all()
    asked = sys.modules["lz_try_asked"]
    try:
        assert [host.ask("asked", asked.write, 30) for _ in range(2)] == [[1, 2, 3]] * 2
    finally:
        asked.stop.set()
    assert host.packages[0].slows == ""


def test_the_threads_in_which_packages_start_are_of_no_package_whatever_one_calls_itself(folder: Path) -> None:
    work = "from time import thread_time\nuntil = thread_time() + 0.3\nwhile thread_time() < until: pass\n"
    sound = [write_package(folder, name, work) for name in ("works_a", "works_b", "works_c")]
    host = Host([*sound, Candidate(name="above", module="lanzarote.zz", distribution="lanzarote-above")]).ask_all()
    assert {one.name: (one.slows, bool(one.fault)) for one in host.packages} == {
        "above": ("", True), "works_a": ("", False), "works_b": ("", False), "works_c": ("", False)
    }  # fmt: skip


def test_where_all_have_computed_for_long_who_computed_most_ends_first() -> None:
    overseer = Overseer(("most", "less", "least"), lambda *_: None)
    overseer._spent |= {"most": 0.4, "less": 0.35, "least": 0.2}
    assert overseer._too_long(["most", "less", "least"]) == set()
    overseer._spent["less"] = 0.45
    assert overseer._too_long(["most", "less", "least"]) == {"less"}
    assert overseer._too_long(["most", "least"]) == {"most"}
    assert overseer._too_long(["least"]) == set()


def test_one_that_has_ended_is_not_asked_to_for_another_may_be_known_as_it_was() -> None:
    ended = threading.Thread(target=int)
    ended.start()
    ended.join()
    assert Overseer((), lambda *_: None)._end(ended) is False


def test_what_others_start_meanwhile_is_left_alone(folder: Path) -> None:
    go, starting, begun, others = threading.Event(), threading.Event(), threading.Event(), []

    def compute() -> None:
        until = thread_time() + 1
        while thread_time() < until:
            pass
        go.set()

    def begin() -> None:
        starting.wait(30)
        others.append(threading.Thread(target=compute, daemon=True))
        others[0].start()
        begun.set()

    threading.Thread(target=begin, daemon=True).start()
    code = "import builtins\nbuiltins.lz_starting.set()\nbuiltins.lz_begun.wait(30)"
    builtins.lz_starting, builtins.lz_begun = starting, begun  # type: ignore[attr-defined]
    try:
        host = Host([write_package(folder, "starts", code)]).ask_all()
    finally:
        del builtins.lz_starting, builtins.lz_begun  # type: ignore[attr-defined]
    assert begun.is_set()
    assert go.wait(30)
    assert {one.name: one.slows for one in host.packages} == {"starts": ""}

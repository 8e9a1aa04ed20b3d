"""Public pages while sixteen senders do their worst at every public door, beside the same pages while nobody sends.

Each sender is a thread that posts without pause, and heeds no Retry-After: texts as long as a field allows and far
longer, of the kinds that cost a guard most, to the form for corrections, the one about practices taken up elsewhere,
the sign-in and the search. The pages are asked for one after the other, from a process of their own.
"""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import threading
import time
from itertools import cycle
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance

from benchmarks import servers
from benchmarks.costly_texts import COSTLY
from benchmarks.figures import Measured, Report, percentile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.figures import Settings

SENDERS = 16
PAGES = ("/en", "/fr/paris", "/fr/paris/practices", "/en/paris/organisations", "/fr/paris/help", "/api/v1/regions")
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


def run(settings: Settings) -> Report:
    """Worst senders"""
    report = Report("Public pages while sixteen senders do their worst, p95")
    folder = settings.folder / "worst-senders"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{folder / 'ours.sqlite'}"})) as instance:
        instance.migrate()
        instance.load("paris")
        slug = _a_practice(instance)
    seconds = 2.0 if settings.quick else 10.0
    idle, under = (Measured(name, "ms", False) for name in ("nobody sends", "sixteen senders"))
    failed: list[str] = []
    sent: list[int] = []
    with servers.ours(folder / "ours.sqlite") as (port, _):
        asked(port, seconds)  # every page was made once, and is known
        for _ in range(1 if settings.quick else 3):
            times, wrong = asked(port, seconds)
            idle.rounds.append(percentile(times, 0.95))
            with sending(port, slug) as count:
                times, more = asked(port, seconds)
            under.rounds.append(percentile(times, 0.95))
            failed += wrong + more
            sent.append(sum(count))
    report.measured += [idle, under]
    report.claim("with senders, of without", under, idle, at_most=3)
    report.claim(
        "pages that failed, and one",
        Measured("", "", False, [len(failed) + 1]),
        Measured("", "", False, [1]),
        at_most=1,
    )
    report.notes.append(
        f"the senders were answered {sum(sent):,} times{'; ' + ', '.join(failed[:3]) if failed else ''}"
    )
    return report


def _a_practice(instance: Instance) -> str:
    rows = instance.database.all_rows("SELECT slug FROM record WHERE kind = 'practice' ORDER BY slug")
    return str(rows[0][0])


class sending:  # noqa: N801
    """Sixteen threads that post until the block is left; tells how often each was answered."""

    def __init__(self, port: int, slug: str) -> None:
        self._port, self._slug = port, slug
        self._over = threading.Event()
        self.answered = [0] * SENDERS
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]

    def __enter__(self) -> list[int]:
        for thread in self._threads:
            thread.start()
        time.sleep(0.5)
        return self.answered

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _send(self, number: int) -> None:
        requests = self._requests(number)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while not self._over.is_set():
            method, path, body = next(requests)
            try:
                connection.request(method, path, body, FORM if body else {})
                connection.getresponse().read()
                self.answered[number] += 1
            except (OSError, http.client.HTTPException):
                connection.close()

    def _requests(self, number: int) -> Iterator[tuple[str, str, str | None]]:
        kinds = cycle(list(COSTLY.values())[number:] + list(COSTLY.values())[:number])
        for turn, make in enumerate(kinds):
            text = make(4_000 if turn % 3 else 60_000)
            yield (
                "POST",
                "/en/paris/correct",
                urlencode({"wrong": text, "right": text, "source": text[:1_000]})[:250_000],
            )
            yield (
                "POST",
                f"/fr/paris/practices/{self._slug}/elsewhere",
                urlencode({"place": "x", "what": text})[:250_000],
            )
            yield "POST", "/en/account/sign-in", urlencode({"address": f"a{turn}@b.example", "password": text[:200]})
            yield "GET", f"/en/search?{urlencode({'q': text[:200]})}", None


def asked(port: int, seconds: float) -> tuple[list[float], list[str]]:
    """Ask for the pages one after the other, from another process; milliseconds, and what was answered wrongly."""
    given = json.dumps({"port": port, "seconds": seconds, "paths": PAGES})
    command = [sys.executable, "-m", "benchmarks.bench_worst_senders", given]
    done = subprocess.run(
        command, cwd=servers.ROOT, env=servers.environment(), stdout=subprocess.PIPE, text=True, check=True
    )
    told = json.loads(done.stdout)
    return told["times"], told["wrong"]


def _ask(port: int, seconds: float, paths: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, wrong = [], []
    end = time.perf_counter() + seconds
    for path in cycle(paths):
        begun = time.perf_counter()
        if begun > end:
            break
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - begun) * 1_000)
        if answer.status != 200:
            wrong.append(f"{path}: {answer.status}")
        time.sleep(0.01)
    print(json.dumps({"times": times, "wrong": wrong}))


if __name__ == "__main__":
    _ask(**json.loads(sys.argv[1]))

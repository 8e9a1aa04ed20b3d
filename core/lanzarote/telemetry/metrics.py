"""What Prometheus reads of one process: its answers, the guard, results, and what waits in the database.

Imported only where an operator asks for metrics. No label holds what anybody wrote, an address, a region or an id.
"""

from __future__ import annotations

import hmac
import logging
from bisect import bisect_left
from collections import Counter, defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.registry import Collector
from sqlalchemy import case, func, select

from lanzarote import __version__, guard
from lanzarote.composition import MAIL_TOPICS
from lanzarote.errors import DatabaseAway
from lanzarote.records.outbox import Job
from lanzarote.results.batches import Malformed
from lanzarote.results.model import Refused
from lanzarote.runtime import counters
from lanzarote.store.database import ALL
from lanzarote.web.front import without_types
from lanzarote.web.limits import Pool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from prometheus_client import Metric

    from lanzarote.instance import Instance
    from lanzarote.runtime.counters import Timed
    from lanzarote.store.database import Database
    from lanzarote.web.cache import PublicCache

log = logging.getLogger("lanzarote.metrics")
LIMITS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds in which an answer is given."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "other"
UNKNOWN: Final = "unknown"
"""The route of whatever is at no address of ours."""
OVERDUE: Final = timedelta(minutes=10)
"""What is due for longer is not just being done."""
FRESH: Final = 5.0
"""Seconds for which what was read from the database is told again."""
WITHIN: Final = 2.0
"""Seconds that the database has to answer."""


class Metrics:
    """What is counted of one application, and how it is told."""

    def __init__(self, instance: Instance, cache: PublicCache) -> None:
        self.answers = Answers()
        self.token = instance.settings.metrics_token
        self.on_site = not instance.settings.metrics
        """They are read on the port of the site, and not on one of their own."""
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Figures(instance, cache, self.answers))
        ProcessCollector(registry=self._registry)
        self._lock = Lock()

    def text(self) -> bytes:
        """In Prometheus's text format; at most once at a time."""
        with self._lock:
            return generate_latest(self._registry)

    def may_be_read(self, authorization: str) -> bool:
        """Whether a request with this header may read them."""
        return not self.token or hmac.compare_digest(
            authorization.encode("utf-8", "replace"), f"Bearer {self.token}".encode()
        )


class Answers:
    """Answers by method, route and status, and how long they took; counted by one event loop."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, int], list[float]] = {}
        """Seconds of all together, then how many took as long as each of LIMITS at most, and longer."""

    def count(self, method: str, template: str, status: int, seconds: float) -> None:
        """*template*: the route as it was declared; empty: none of ours."""
        key = method, template, status
        counts = self._counts.get(key)
        if counts is None:
            if method not in METHODS:
                key = OTHER, template, status
            counts = self._counts.setdefault(key, [0.0] * (len(LIMITS) + 2))
        counts[0] += seconds
        counts[1 + bisect_left(LIMITS, seconds)] += 1

    def families(self) -> Iterator[Metric]:
        answers = CounterMetricFamily(
            "lanzarote_http_requests", "Answers to requests.", labels=("method", "route", "status")
        )
        durations = HistogramMetricFamily(
            "lanzarote_http_request_duration_seconds", "Time from a request to its answer.", labels=("method", "route")
        )
        by_status: Counter[tuple[str, str, str]] = Counter()
        by_route: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
        # Taken at once: the event loop goes on counting.
        for (method, template, status), counts in list(self._counts.items()):
            route = without_types(template) or UNKNOWN
            by_status[method, route, str(status)] += int(sum(counts[1:]))
            by_route[method, route].append(counts)
        for labels, number in by_status.items():
            answers.add_metric(labels, number)
        for labels_too, some in by_route.items():
            seconds, *numbers = map(sum, zip(*some, strict=True))
            durations.add_metric(labels_too, _buckets(LIMITS, numbers), seconds)
        yield from (answers, durations)


class Waiting(NamedTuple):
    """What waits in the outbox under one topic."""

    topic: str
    waiting: int
    overdue: int
    failed: int
    since: datetime | None
    """When the first of those that are due was."""


class Outbox:
    """What waits in the outbox, read at most every FRESH seconds, and waited for no longer than WITHIN."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1, "lanzarote-metrics")
        self._read: Future[list[Waiting]] | None = None
        self._at = 0.0

    def read(self) -> list[Waiting] | None:
        """None: the database does not answer, or not in time."""
        if self._read is None or (self._read.done() and monotonic() - self._at > FRESH):
            self._read, self._at = self._thread.submit(self._look), monotonic()
        try:
            return self._read.result(WITHIN)
        except (DatabaseAway, TooSlow):
            return None
        except Exception:
            log.exception("What waits could not be counted.")
            return None

    def _look(self) -> list[Waiting]:
        now = datetime.now(UTC)
        due, late = Job.due_at <= now, Job.due_at <= now - OVERDUE
        counts = (func.sum(case((which, 1), else_=0)) for which in (late, Job.fault != ""))
        asked = select(Job.topic, func.count(), *counts, func.min(case((due, Job.due_at)))).group_by(Job.topic)
        with self._database.read(ALL) as session:
            return [Waiting(*row) for row in session.execute(asked)]


class _Figures(Collector):
    """Everything that is told of one application."""

    def __init__(self, instance: Instance, cache: PublicCache, answers: Answers) -> None:
        self._instance, self._cache, self._answers = instance, cache, answers
        self._outbox = Outbox(instance.database)

    def collect(self) -> Iterable[Metric]:
        database = "sqlite" if self._instance.database.sqlite else "postgresql"
        yield InfoMetricFamily("lanzarote", "The platform.", {"version": __version__, "database": database})
        yield from self._answers.families()
        yield from self._kept()
        yield from _pools()
        yield from self._connections()
        yield from self._waiting()
        yield from _counted()
        yield from self._packages()
        yield from self._backups()

    def _kept(self) -> Iterator[Metric]:
        asked = CounterMetricFamily(
            "lanzarote_page_cache_requests", "Requests that the page cache may answer.", labels=("result",)
        )
        asked.add_metric(("hit",), self._cache.hits)
        asked.add_metric(("miss",), self._cache.misses)
        yield asked
        yield GaugeMetricFamily("lanzarote_page_cache_bytes", "Size of the page cache.", self._cache.bytes)

    def _connections(self) -> Iterator[Metric]:
        pool: Any = self._instance.database.engine.pool
        most = pool.size() + pool._max_overflow
        yield GaugeMetricFamily("lanzarote_database_connections", "Connections in use.", pool.checkedout())
        yield GaugeMetricFamily("lanzarote_database_connections_max", "Connections that can be in use.", most)

    def _waiting(self) -> Iterator[Metric]:
        found = self._outbox.read()
        yield GaugeMetricFamily("lanzarote_database_up", "Whether the database answers.", int(found is not None))
        moves = int(self._instance.worker.moves)
        yield GaugeMetricFamily("lanzarote_worker_up", "Whether the worker of the outbox does its work.", moves)
        if found is not None:
            yield from _jobs(found)
            yield from _e_mails(found)

    def _packages(self) -> Iterator[Metric]:
        packages = GaugeMetricFamily("lanzarote_packages", "Installed packages.", labels=("state",))
        known = self._instance.host.looked_at
        states = Counter("quarantined" if one.fault else "idle" if one.idle else "used" for one in known)
        for state in ("used", "idle", "quarantined"):
            packages.add_metric((state,), states[state])
        yield packages

    def _backups(self) -> Iterator[Metric]:
        """The newest of the folder where they are put unless a command names another place."""
        made = [file.stat().st_mtime for file in (self._instance.settings.data / "backups").glob("*.zip")]
        if made:
            told = "When the newest backup in the data folder was made."
            yield GaugeMetricFamily("lanzarote_backup_last_timestamp_seconds", told, max(made))


def _pools() -> Iterator[Metric]:
    calls = GaugeMetricFamily("lanzarote_pool_calls", "Calls that a pool does or keeps waiting.", labels=("pool",))
    most = GaugeMetricFamily("lanzarote_pool_calls_max", "Calls for which a pool has room.", labels=("pool",))
    refused = CounterMetricFamily("lanzarote_pool_refused", "Calls for which a pool had no room.", labels=("pool",))
    for name, pool in sorted(Pool.known.items()):
        calls.add_metric((name,), pool.held)
        most.add_metric((name,), pool.room)
        refused.add_metric((name,), pool.refused)
    yield from (calls, most, refused)


def _jobs(found: Sequence[Waiting]) -> Iterator[Metric]:
    told = {
        "waiting": "Jobs in the outbox, those for a later day too.",
        "overdue": f"Jobs that are due for more than {OVERDUE.seconds // 60} minutes.",
        "failed": "Jobs that failed and are tried again.",
    }
    for name, text in told.items():
        family = GaugeMetricFamily(f"lanzarote_jobs_{name}", text, labels=("topic",))
        by_topic: Counter[str] = Counter()
        for one in found:
            by_topic[one.topic.partition(":")[0]] += int(getattr(one, name))
        for topic, number in by_topic.items():
            family.add_metric((topic,), number)
        yield family
    first = min((one.since for one in found if one.since), default=None)
    since = max(0.0, (datetime.now(UTC) - first).total_seconds()) if first else 0.0
    yield GaugeMetricFamily("lanzarote_jobs_oldest_due_seconds", "How long the first job that is due waits.", since)


def _e_mails(found: Sequence[Waiting]) -> Iterator[Metric]:
    mails = [one for one in found if one.topic.startswith(MAIL_TOPICS)]
    waiting, failed = sum(one.waiting for one in mails), sum(int(one.failed) for one in mails)
    yield GaugeMetricFamily("lanzarote_mails_waiting", "E-mails that are not sent yet.", waiting)
    yield GaugeMetricFamily("lanzarote_mails_failed", "E-mails that could not be sent and are tried again.", failed)


def _counted() -> Iterator[Metric]:
    """What this process has counted for all its applications."""
    yield _histogram("lanzarote_guard_duration_seconds", "Time to look for personal data.", counters.GUARD)
    stopped = counters.STOPPED, "Times that something was not saved because it may identify a person."
    yield _counter("lanzarote_guard_stopped", stopped, "kind", guard.REASONS)
    received = counters.RECEIVED, "Times that results of a region were taken, by the way they came."
    yield _counter("lanzarote_results_received", received, "came", ("net", "file"))
    refused = counters.REFUSED, "Times that results of a region were refused, by code."
    codes = {one.code for parent in (Refused, Malformed) for one in (parent, *parent.__subclasses__())}
    yield _counter("lanzarote_results_refused", refused, "reason", sorted(codes))


def _counter(name: str, what: tuple[counters.Counted, str], label: str, known: Iterable[str]) -> Metric:
    """*known*: labels that are told from the start on, so that a first time is seen as a change."""
    family = CounterMetricFamily(name, what[1], labels=(label,))
    for value, number in (dict.fromkeys(known, 0) | what[0].by_label()).items():
        family.add_metric((value,), number)
    return family


def _histogram(name: str, text: str, timed: Timed) -> Metric:
    seconds, counts = timed.read()
    return HistogramMetricFamily(name, text, _buckets(timed.limits, counts), seconds)


def _buckets(limits: Sequence[float], counts: Iterable[float]) -> list[tuple[str, float]]:
    return list(zip([*map(str, limits), "+Inf"], accumulate(counts), strict=True))

"""An improvement with 5,000 comments beside one with 50: its page, its discussion, and a thread of it.

The yardstick is our own page with little on it: what one page costs must not grow with what was said. Both discussions
consist of threads of five comments, and both pages are full.
"""

from __future__ import annotations

import shutil
import statistics
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.improvements.comments_entry import COMMENTS
from lanzarote.improvements.improvement_kind import IMPROVEMENTS
from lanzarote.improvements.model import IMPROVEMENT, Comment, ImprovementStatus
from lanzarote.instance import Instance
from lanzarote.kinds import entry_pages
from lanzarote.kinds.record_pages import show
from lanzarote.records import records
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Draft, encode, now
from lanzarote.store.ids import new_id
from lanzarote.types.improvements import Improvement, ImprovementText
from lanzarote.web.gate import Reader, remember
from lanzarote.web.site import Site
from litestar.testing import RequestFactory
from sqlalchemy import insert

from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from collections.abc import Callable

    from lanzarote.web.site import View

    from benchmarks.figures import Settings

REGION = "paris"
IN_THREAD = 5
TEXT = "Je suis **d’accord**, sous deux réserves :\n\n- la nuit aussi\n- voir [la circulaire](https://exemple.fr/c)"
READER = Actor(account_id="ana", name="Ana", grants=(Grant(role="contributor", region_id=REGION),))


def run(settings: Settings) -> Report:
    """Discussions"""
    report = Report("A discussion, one page of it")
    folder = settings.folder / "discussion"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    times = 5 if settings.quick else 40
    given = {"LANZAROTE_DATABASE_URL": f"sqlite:///{folder / 'ours.sqlite'}", "LANZAROTE_CACHE": "off"}
    with new_instance(read_settings(given)) as instance:
        instance.migrate()
        instance.load(REGION)
        site = Site(instance)
        few, many = (_talked(instance, count, IN_THREAD) for count in (50, 5_000))
        short, long = (_talked(instance, count, count) for count in (50, 5_000))

        def page(show: Callable[[View], object]) -> Callable[[], float]:
            return lambda: _median(lambda: show(_view(site)), times)

        taken = rotate(
            {
                "an improvement with 50": page(lambda view: show(IMPROVEMENTS, view, few[0])),
                "an improvement with 5,000": page(lambda view: show(IMPROVEMENTS, view, many[0])),
                "50 comments": page(lambda view: entry_pages.show(COMMENTS, view, few[0])),
                "5,000 comments": page(lambda view: entry_pages.show(COMMENTS, view, many[0])),
                "a thread of 50": page(lambda view: entry_pages.show(COMMENTS, view, *short)),
                "a thread of 5,000": page(lambda view: entry_pages.show(COMMENTS, view, *long)),
            },
            settings.rounds,
        )
    measured = {name: Measured(name, "ms", False, rounds) for name, rounds in taken.items()}
    report.measured += measured.values()
    report.claim("an improvement with 5,000 comments, of one with 50", measured["an improvement with 5,000"],
                 measured["an improvement with 50"], at_most=1.5)  # fmt: skip
    report.claim("a discussion of 5,000 comments, of one of 50", measured["5,000 comments"], measured["50 comments"],
                 at_most=1.5)  # fmt: skip
    report.claim("a thread of 5,000 comments, of one of 50", measured["a thread of 5,000"], measured["a thread of 50"],
                 at_most=1.5)  # fmt: skip
    return report


def _view(site: Site) -> View:
    request = RequestFactory().get(f"/fr/{REGION}")
    remember(request.scope, Reader(actor=READER, form_key="key"))
    return site.view(request, "fr", REGION)


def _talked(instance: Instance, count: int, in_thread: int) -> tuple[str, str]:
    """An improvement about which *count* comments were said, and the first of them."""
    body = encode(Improvement(original="fr", text={"fr": ImprovementText(title="Un numéro commun")}))
    status = encode(ImprovementStatus(state="discussed"))
    begun = now() - timedelta(days=30)
    with instance.database.write(REGION) as session:
        draft = Draft(kind=IMPROVEMENT, slug="numero", body=body, status=status)
        [made] = records.create(session, REGION, [draft], by=READER.account_id)
        ids = sorted(new_id() for _ in range(count))
        session.execute(
            insert(Comment),
            [
                {
                    "region_id": REGION,
                    "record_id": made,
                    "id": one,
                    "about": 0,
                    "thread": ids[number - number % in_thread],
                    "answers_to": "" if number % in_thread == 0 else ids[number - 1],
                    "answers": in_thread - 1 if number % in_thread == 0 else 0,
                    "author": f"author-{number % 20}",
                    "at": begun + timedelta(seconds=number),
                    "language": "fr",
                    "text": f"{TEXT} ({number})",
                    "reasons": b"[]",
                    "hidden_by": "",
                    "hidden_reason": "",
                }
                for number, one in enumerate(ids)
            ],
        )
    return made, ids[0]


def _median(do: Callable[[], object], times: int) -> float:
    """Milliseconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        do()
        taken.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(taken)

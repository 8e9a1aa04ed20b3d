"""What programs do that no form of a room does in the same way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.records.records import now
from lanzarote.records.tasks import open_task
from lanzarote.results import receiving
from lanzarote.results.wire import MEDIA_TYPE

from tests.core import days
from tests.core.api import programs, test_assessing, test_directory
from tests.core.evaluation import piloting
from tests.core.improvements import deliberating
from tests.core.meetings import keeping
from tests.core.practices.assessments import Assessed, person
from tests.core.practices.test_holders import named, publish
from tests.core.procedures import agreeing
from tests.core.results.hostile import HERE, Hostile, practice
from tests.core.routes.more_rooms import ID, unfit
from tests.core.transfers.travelling import slug_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.routes.programs import ProgramWalk
    from tests.core.web.forms.rooms import People

API = "/api/v1"
TEAM = f"{API}/regions/paris/team"
WHOLE: dict[str, Any] = {
    "evaluations": piloting.REPORT,
    "findings": deliberating.OBSERVED,
    "improvements": deliberating.PROPOSED,
    "indicators": piloting.TRAINED,
    "meetings": keeping.BODY,
    "practices": programs.WHOLE,
    "procedures": agreeing.BODY,
    "stakeholders": test_directory.BODY,
}
"""Kind of records → one, as a program sends it."""
ROOMS: list[Callable[[ProgramWalk, People], None]] = []


def room(function: Callable[[ProgramWalk, People], None]) -> Callable[[ProgramWalk, People], None]:
    ROOMS.append(function)
    return function


@room
def whole_records(walk: ProgramWalk, people: People) -> None:
    for kind, body in WHOLE.items():
        made = walk.do("ana", "POST", f"{TEAM}/{kind}", body).headers["location"]
        walk.do("ana", "PUT", made, body)
        if kind == "improvements":
            walk.step("head", made, "discuss")
            said = walk.do("ana", "POST", f"{made}/comments", {"text": "Une voix."}).headers["location"]
            walk.do("ana", "PUT", said, {"text": "Une autre."})
            walk.ask("head", "GET", f"{made}/outcome")
    origin = {"region": "paris", "practice": slug_of(walk.instance)}
    place = f"{API}/regions/second-region/team/transfers"
    one = walk.do("writer there", "POST", place, origin).headers["location"]
    walk.do("writer there", "PUT", one, {})


@room
def assessment(walk: ProgramWalk, people: People) -> None:
    one = Assessed(walk.instance, people.actors["ana"], people.actors["head"]).submit()
    reviewers = [person(walk.instance, "reviewer") for _ in range(2)]
    one.ask(*reviewers)
    walk.enter("reviewer", reviewers[0])
    path = f"{TEAM}/practices/{one.id}"
    reviewer = programs.Program(walk.client("program"), walk.token("reviewer"))
    answers = test_assessing.full(reviewer, path)
    walk.do("reviewer", "PUT", f"{path}/assessment", answers)
    walk.step("reviewer", f"{path}/assessment", "give", answers)


@room
def holder(walk: ProgramWalk, people: People) -> None:
    with walk.instance.database.read("paris") as session:
        court = named(session, "tj-paris")
    partners = [{"organisation": "tj-paris"}]
    then = now() - timedelta(days=60)  # a letter about it can have come since
    one = Assessed(walk.instance, people.actors["ana"], people.actors["head"], at=then, partners=partners)
    publish(one.submit("tj-paris"), people.actors["bo"])
    said = {"answer": "confirmed", "organisation": court, "document": "Lettre", "on": days.today().isoformat()}
    walk.step("head", f"{TEAM}/practices/{one.id}", "record-holder", said)


@room
def accounts(walk: ProgramWalk, people: People) -> None:
    guest = {"name": "Gil Guest", "language": "fr"}
    for who, place, role, more in (
        ("head", f"{TEAM}/people", "contributor", "reviewer"),
        ("admin", f"{API}/people", "office", "administrator"),
    ):
        said = guest | {"address": f"{role}@guests.example", "roles": [{"role": role}]}
        one = walk.do(who, "POST", place, said).headers["location"]
        walk.do(who, "GET", one)
        walk.do(who, "POST", f"{one}/invite-again", {})
        walk.do(who, "POST", f"{one}/roles", {"role": more})
        walk.do(who, "DELETE", f"{one}/roles/{more}")
        if who == "admin":
            walk.do(who, "POST", f"{one}/close", {})
    walk.do("admin", "GET", f"{API}/system")


@room
def own_things(walk: ProgramWalk, people: People) -> None:
    for path in (f"{TEAM}/follow", f"{TEAM}/follows/{people.group.improvement}"):
        walk.do("ana", "PUT", path, {"rhythm": "daily"})
        walk.do("ana", "DELETE", path)
    note = f"{TEAM}/notes/sector/courts"
    walk.do("head", "PUT", note, {"text": {"fr": "Le tribunal a déménagé."}})
    walk.do("head", "DELETE", note)
    one = Assessed(walk.instance, people.actors["ana"], people.actors["head"])
    with walk.instance.database.write("paris") as session:
        told = {"field": "text.fr.summary", "package": "Ce que le paquet dit."}
        task = open_task(session, "paris", "upgrade-conflict", by="lanzarote", record_id=one.id, key="x", **told)
    walk.do("head", "POST", f"{TEAM}/tasks/{task}/take", {"version": 1})


@room
def results_that_leave(walk: ProgramWalk, people: People) -> None:
    place = f"{TEAM}/results"
    walk.do("head", "POST", f"{place}/keys", {}, tag=f"{place}/keys")
    walk.do("head", "GET", f"{place}/card")
    office = walk.do("head", "POST", f"{place}/offices", {"address": "https://office.example.org"}).headers["location"]
    walk.do("head", "GET", office)
    walk.do("head", "PUT", office, {"rhythm": "daily"})
    walk.do("head", "POST", f"{office}/send", {})
    walk.do("head", "DELETE", office)


@room
def results_that_come(walk: ProgramWalk, people: People) -> None:
    region, sources = Hostile(walk.instance), f"{API}/office/sources"
    said = {"card": msgspec.json.decode(region.card()), "fingerprint": region.key.public.fingerprint}
    one = walk.do("office", "POST", sources, said).headers["location"]
    region.begin()
    walk.do("office", "GET", one)
    walk.do("nobody", "GET", f"{API}/results/{HERE}")
    for step in ("pause", "resume", "hide", "show"):
        walk.step("office", one, step)
    came, other = (region.sign(region.entry("practice", ID, practice(title))) for title in ("One", "Another"))
    bytes_of = {"content-type": MEDIA_TYPE}
    with pytest.MonkeyPatch.context() as older:  # as if this platform had not yet known what came
        older.setattr(receiving, "apply", unfit)
        walk.ask("nobody", "POST", f"{API}/results/{HERE}", came, **bytes_of)
    [held] = walk.do("office", "GET", f"{one}/held").json()["items"]
    walk.do("office", "GET", f"{one}/held/{held['id']}")
    walk.do("office", "POST", f"{one}/held/{held['id']}/retry", {})
    walk.do("nobody", "POST", f"{API}/results/{HERE}", came, **bytes_of)
    walk.ask("nobody", "POST", f"{API}/results/{HERE}", other, **bytes_of)
    [held] = walk.do("office", "GET", f"{one}/held").json()["items"]
    walk.step("office", f"{one}/held/{held['id']}", "put-away")
    walk.step("office", one, f"keys/{region.key.public.id}/revoke", {"reason": "La clé a été perdue."})
    walk.step("office", one, "end")
    opening = f"{API}/office/openings/{HERE}"
    walk.do("office", "GET", opening)
    walk.do("office", "PUT", opening, {"basis": "pilot"})
    [day] = [told["day"] for told in walk.do("nobody", "GET", f"{API}/office/releases").json()["items"]]
    walk.do("nobody", "GET", f"{API}/office/releases/{day}")

"""Whatever a region sends, and signs, the pages of another region that the office shows stay what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.app import create_app, routes
from lanzarote.results.model import Refused

from tests.core.office import logs
from tests.core.quiet import QuietClient
from tests.core.results.signing_region import SigningRegion
from tests.core.routes.walking import walked
from tests.core.transfers.travelling_received import ORIGIN, transfer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lanzarote.instance import Instance

    Answers = dict[str, tuple[int, bytes]]

A, B = "azur", "bretagne"
IDS = [f"01900000-0000-7000-8000-{number:012d}" for number in range(1, 8)]
PRACTICE, SECOND, BODY, IMPROVEMENT, PROCEDURE, EVALUATION, INDICATOR = IDS
TRANSFER, OTHER_TRANSFER = "01900000-0000-7000-8000-000000000101", "01900000-0000-7000-8000-000000000102"
NAMES: dict[str, tuple[str, ...]] = {
    "practices": ("shared-room", "other-room"),
    "organisations": ("body",),
    "stakeholders": ("body",),
    "improvements": ("way-forward",),
    "procedures": ("procedure",),
    "evaluation": ("pilot",),
    "evaluations": ("pilot",),
    "indicators": ("children",),
    "transfers": ("t-101",),
    "sectors": tuple(logs.SECTORS),
    "help": ("worried", "others"),
    "law": ("p0", "p1"),
    "versions": ("1", "2"),
    "cooperation": ("courts", "ngos"),
}
"""Room → what stands in it."""
NOT_RECEIVED = {"meetings", "downloads", "position", "take-part", "confirm"}
"""Rooms of which nothing is received."""
UNREAD = {
    f"/en/{A}/practices/*/elsewhere",  # is written to the team, which is elsewhere
    *(f"/en/{A}/{room}/*/versions{one}" for room in ("improvements", "procedures") for one in ("", "/*")),
}
"""Addresses at which nothing of a received region stands."""
TELLS_OF_TRANSFERS = {
    f"/en/{A}/practices/shared-room",
    f"/en/{A}/practices/shared-room/travels",
    f"/api/v1/taken-up/{A}",  # what the office hands back to the region
}
"""Where A's practice says how it has travelled: what the other region says of itself."""


@pytest.fixture
def regions(office: Instance) -> tuple[SigningRegion, SigningRegion]:
    """A has sent what there is to send; B nothing yet."""
    one, other = SigningRegion(office, A), SigningRegion(office, B)
    one.begin(*of_a(A))
    one.send(("practice", PRACTICE, room(title="The shared room, again"), "publish", 2))
    return one, other


def of_a(region_id: str, word: str = "") -> list[tuple[Any, ...]]:
    """Something of each kind; *word* stands in all titles."""
    return [
        ("vocabulary", "sector", logs.sectors()),
        ("vocabulary", "provision", logs.provisions("10.3", "10.1")),
        ("vocabulary", "coverage", logs.coverage(a16="none")),
        ("stakeholder", BODY, msgspec.structs.replace(logs.stakeholder(), key="of-courts", names=("of-courts",))),
        ("practice", PRACTICE, room(title=f"The shared room{word}")),
        ("practice", SECOND, room(title=f"The other room{word}", slug="other-room", key="other-room")),
        *[
            (kind, record, msgspec.structs.replace(said, id=record, region=region_id))
            for kind, record, said in (
                ("improvement", IMPROVEMENT, logs.improvement("adopted", ["done"])),
                ("procedure", PROCEDURE, logs.procedure()),
                ("evaluation", EVALUATION, logs.evaluation()),
                ("indicator", INDICATOR, logs.indicator()),
                ("transfer", TRANSFER, transfer(TRANSFER)),
            )
        ],
    ]


def room(title: str, slug: str = "shared-room", key: str = "shared-room") -> Any:
    one = logs.practice(["courts", "schools"], ["courts", "ngos"], title=title, slug=slug, convention=("10.3",))
    return msgspec.structs.replace(one, key=key)


def addresses(region_id: str = A) -> list[str]:
    """Every address at which the public reads the region, in one language and by the API."""
    found = []
    for route in walked(routes()):
        rooms = [part for part in route.path.split("/") if part and not part.startswith("{")]
        public = route.regional and route.method == "GET" and route.may == "public"
        if public and not NOT_RECEIVED.intersection(rooms):
            found += filled(route.path, region_id)
    searched = [f"/en/{region_id}/practices?q={word}" for word in ("room", "shared", "roam")]
    return sorted({*found, *searched, f"/sitemap/{region_id}-1.xml"})


def filled(path: str, region_id: str) -> list[str]:
    """The addresses of a route: every parameter is what stands in the room before it."""
    ways, room = [""], ""
    for part in path.strip("/").split("/"):
        known = {"{lang:str}": ("en",), "{region:str}": (region_id,)}
        if part.startswith("{"):
            ways = [f"{way}/{name}" for way in ways for name in known.get(part) or NAMES[room]]
        else:
            room, ways = part, [f"{way}/{part}" for way in ways]
    return ways


def read(office: Instance, which: Iterable[str] = ()) -> Answers:
    """What A's addresses answer, or these, when all that waits is done."""
    office.worker.run_due()
    client = QuietClient(create_app(office))
    answers = {one: client.get(one, follow_redirects=False) for one in which or addresses()}
    return {one: (answer.status_code, answer.content) for one, answer in answers.items()}


def test_whatever_another_region_sends_the_pages_of_a_region_stay(regions: tuple[SigningRegion, SigningRegion]) -> None:
    a, b = regions
    before = read(a.office)
    assert unread(before) == UNREAD
    told(b)
    refused(a, b)
    assert changed(before, read(a.office)) == set()
    assert "The room of B" in QuietClient(create_app(a.office)).get(f"/en/{B}/practices").text


def test_what_took_up_its_practice_elsewhere_is_all_that_another_region_tells_there(
    regions: tuple[SigningRegion, SigningRegion],
) -> None:
    a, b = regions
    b.begin(*of_a(B))
    before = read(a.office)
    origin = msgspec.structs.replace(ORIGIN, region=A, record=PRACTICE)
    b.send(("transfer", OTHER_TRANSFER, msgspec.structs.replace(transfer(OTHER_TRANSFER), region=B, origin=origin)))
    after = read(a.office)
    assert changed(before, after) == TELLS_OF_TRANSFERS
    b.send(("transfer", OTHER_TRANSFER, None, "withdraw"))
    again = read(a.office, TELLS_OF_TRANSFERS)
    assert again == {one: before[one] for one in TELLS_OF_TRANSFERS}


def changed(before: Answers, after: Answers) -> set[str]:
    return {one for one in before.keys() | after.keys() if before.get(one) != after.get(one)}


def unread(answers: Answers) -> set[str]:
    """Rooms of which no address answers with a page."""
    shown = {room_of(one) for one, (status, _) in answers.items() if status == 200}
    return {room_of(one) for one in answers} - shown


def room_of(address: str) -> str:
    """The address without the names of what stands there."""
    names = {name for some in NAMES.values() for name in some}
    return "/".join("*" if part in names else part for part in address.partition("?")[0].split("/"))


def told(b: SigningRegion) -> None:
    """B tells in its own log whatever A tells, in other words, erases it, and begins anew."""
    b.begin(*of_a(B, " of B"))
    b.send(
        ("vocabulary", "sector", logs.sectors(logs.OTHER_SECTORS, former="schools")),
        ("vocabulary", "coverage", logs.coverage(a5="none")),
        ("practice", PRACTICE, room("Replaced by B"), "replace", 3),
        *[
            ("practice", f"01900000-0000-7000-8000-{n:012d}", room(f"Room {n}", f"room-{n}", f"room-{n}"))
            for n in range(200, 250)
        ],
    )
    gone = {PRACTICE: "practice", BODY: "stakeholder", IMPROVEMENT: "improvement", PROCEDURE: "procedure"}
    gone |= {EVALUATION: "evaluation", INDICATOR: "indicator", TRANSFER: "transfer"}
    b.send(("practice", SECOND, None, "forget"), *[(kind, record, None, "erase") for record, kind in gone.items()])
    b.begin(("vocabulary", "sector", logs.sectors()), ("practice", SECOND, room("The room of B")))


def refused(a: SigningRegion, b: SigningRegion) -> None:
    """B signs what is not its own to tell, and what nobody can show."""
    of_another = msgspec.structs.replace(logs.improvement(), id=IMPROVEMENT, region=A)
    for one in (
        ("region", A, logs.header(A)),
        ("region", B, logs.header(A)),
        ("improvement", IMPROVEMENT, of_another),
        ("practice", PRACTICE, room("After it was erased")),
        ("practice", "Somebody", room("Of nobody")),
    ):
        with pytest.raises(Refused):
            b.send(("practice", OTHER_TRANSFER, room("Beside it", "beside", "beside")), one)
    own, a.key = a.key, b.key
    with pytest.raises(Refused):
        a.send(("practice", PRACTICE, None, "erase"))
    a.key = own

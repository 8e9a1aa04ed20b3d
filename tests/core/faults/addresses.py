"""Every address of a land: each place of a path filled with everything that can stand in it."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from tests.core.faults.canaries import PEOPLE, REGIONS
from tests.core.faults.free_texts import KINDS as GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.faults.canaries import Land

ROOMS = {"stakeholders": "organisations", "evaluation": "evaluations"}
"""What is called otherwise in some addresses."""
KINDS = ("practice", "stakeholder", *GROUP)
UNKNOWN = "018f0000-0000-7000-8000-000000000000"
PARAMETER = re.compile(r"\{(\w+):\w+\}")


def filled(land: Land, path: str) -> Iterator[str]:
    names = PARAMETER.findall(path)
    for region in REGIONS if "region" in names else ("",):
        values = choices(land, region) | records_in(land, region or REGIONS[0], path)
        for chosen in product(*(values.get(name, ["x"]) for name in names)):
            taken = iter(chosen)
            address = PARAMETER.sub(lambda _: next(taken), path)  # noqa: B023  # used up at once
            yield address
            if path.endswith("{record_id:str}/versions"):
                yield f"{address}?from=1&to=2"
            if set(names) <= {"lang", "region"}:
                yield from (f"{address}?format={one}" for one in ("csv", "xlsx"))


def choices(land: Land, region: str) -> dict[str, list[str]]:
    """What can stand in each place of an address about *region*, but for a record."""
    here = region or REGIONS[0]
    other = REGIONS[1 - REGIONS.index(here)]
    lang = land.instance.header(here).languages[0]
    vocabulary = land.instance.vocabulary(here)
    sectors = list(vocabulary.sectors)
    people = [one.actor.account_id for one in land.people.values()]
    article = "10"
    return {
        "lang": [lang],
        "region": [here],
        "comment": [*land.talks[here].comments, *land.talks[other].comments[:1], UNKNOWN],
        "amendment": ["1"],
        "action": ["1"],
        "number": ["1", "2"],
        "version": ["1", "2"],
        "task_id": [*land.tasks[here], land.tasks[other][0], UNKNOWN],
        "account": [*people[:2], people[len(PEOPLE)], UNKNOWN],
        "kind": ["sector"],
        "key": [sectors[0], *list(vocabulary.instruments)[:1]],
        "a": [sectors[0]],
        "b": [sectors[-1]],
        "reference": [article],
        "article": [article],
        "file": ["practices.xml", "pages.xml", f"{here}.xml"],
    }


def records_in(land: Land, here: str, path: str) -> dict[str, list[str]]:
    """What stands in the place of a record: ids for the team and addresses for the public, all of the kind that *path*
    is about, and one of another kind, of the other region and of nowhere.
    """
    other = REGIONS[1 - REGIONS.index(here)]
    rooms, foreign = land.rooms(here), land.rooms(other)
    [room] = [part for part in path.split("/") if ROOMS.get(part, part) in rooms][:1] or ["practices"]
    room = ROOMS.get(room, room)
    strange = rooms["findings" if room == "practices" else "practices"][0]
    # The other region is there to be told apart: a few records will do.
    shown = [*(rooms[room] if here == REGIONS[0] else rooms[room][:3]), foreign[room][0], strange]
    if "{comment" in path:
        found = [land.talks[here].improvement, land.talks[other].improvement, land.called[here][0]]
    elif "/team/" in path:
        found = [*shown, UNKNOWN]
    else:
        found = land.addresses_of(here, [one for one in shown if one != foreign[room][0]])
        found += [*land.addresses_of(other, [foreign[room][0]]), "x"]
    return dict.fromkeys(("record_id", "slug", *KINDS), found)

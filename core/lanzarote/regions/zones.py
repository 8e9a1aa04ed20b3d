"""The time zones that this machine knows, and what a name that is none of them may have meant."""

from __future__ import annotations

from collections.abc import Set
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> Set[str]:
    """Their names: to look through their files takes longer than to receive what names one."""
    return available_timezones()


def meant_zones(name: str) -> list[str]:
    """The names of the IANA list that *name* may stand for, by the place that it ends in; at most three."""
    place = name.rpartition("/")[2].strip().casefold()
    if not place:
        return []
    places = {one.rpartition("/")[2].casefold(): one for one in sorted(time_zones(), reverse=True)}
    near = [one for one in places if place in one] or get_close_matches(place, places, n=3, cutoff=0.75)
    return sorted(places[one] for one in near)[:3]

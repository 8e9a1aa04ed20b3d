"""Who gets which answer, by the permission that a route declares, and by its kind.

That each route answers everybody as it declares is tested in ``tests/core/routes``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.records.permissions import ROLES, STRONG

from tests.core.quiet import QuietClient
from tests.core.routes.test_every_route import Somebody, ask, enter
from tests.core.routes.walking import REACHED, stopped_behind_the_guards, walked
from tests.frozen.routes import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance

    from tests.core.routes.walking import Route


def permissions(instance: Instance) -> str:
    """What everybody is answered by the first route of each permission, and by the first of each kind."""
    asgi, app = stopped_behind_the_guards(instance)
    client = QuietClient(asgi)
    everybody = [Somebody(role=None), *(enter(instance, role in STRONG, role) for role in ROLES)]
    everybody.append(enter(instance, False, "coordinator"))
    chosen: dict[tuple[str, bool], Route] = {}
    for one in sorted(walked(app), key=lambda one: (one.path, one.method)):
        for what in (one.may, one.kind):
            chosen.setdefault((what, one.regional), one)

    def answered(route: Route, region_id: str) -> str:
        found: dict[int, list[str]] = {}
        for who in everybody:
            found.setdefault(ask(client, route, who, region_id)[0], []).append(str(who))
        statuses = {"passes" if status == REACHED else str(status): names for status, names in found.items()}
        return "; ".join(f"{status}: {', '.join(names)}" for status, names in sorted(statuses.items()))

    def lines() -> Iterator[str]:
        for route in sorted({str(one): one for one in chosen.values()}.values(), key=lambda one: (one.may, one.kind)):
            yield f"{route.may}: {route.kind} of {'a region' if route.regional else 'the instance'}"
            for region_id in ("paris", "elsewhere") if route.regional else ("",):
                yield f"    {region_id} {answered(route, region_id)}".replace("     ", "    ")

    return text_of(lines())

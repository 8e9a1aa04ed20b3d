"""Who can do what, from the very table that decides it; and for whoever is signed in, why something is not for them."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from lanzarote.accounts.words import (
    ACTION_WORDS,
    BAR_TO_YOU,
    BAR_WORDS,
    ROLE_HELP,
    ROLE_WORDS,
    WHERE_TO_YOU,
    WHERE_WORDS,
)
from lanzarote.records.permissions import ACTIONS, BARS, EVERYWHERE, ROLES, RULES, STRONG, Action, may_in
from lanzarote.web.asking import Asked
from lanzarote.web.routes import page
from lanzarote.web.site import Site, View


class Line(Struct, frozen=True, kw_only=True):
    """One action: what it is called, who may, and who may not nevertheless."""

    action: str
    cells: tuple[str, ...]
    """For each role where it reaches; empty where it does not."""
    bars: str


class Mine(Struct, frozen=True, kw_only=True):
    """One action for the reader."""

    action: str
    allowed: bool
    told: str
    """Where it reaches, or why not."""


@page("/{lang:str}/{region:str}/roles", "/{lang:str}/roles")
def roles(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    view = site.view(request, lang, request.path_params.get("region"))
    return view.render(
        "accounts/roles.html",
        roles=[(view._(ROLE_WORDS[role]), view._(ROLE_HELP[role]), role in STRONG) for role in ROLES],
        lines=[_line(view, action) for action in ACTIONS],
        mine=[_mine(view, action) for action in ACTIONS] if view.actor.signed_in else [],
        held=[view._(ROLE_WORDS[grant.role]) for grant in view.actor.grants if _is_here(view, grant.region_id)],
    )


def _line(view: View, action: Action) -> Line:
    rules = RULES[action]
    return Line(
        action=view._(ACTION_WORDS[action]),
        cells=tuple(view._(WHERE_WORDS[rules[role]]) if role in rules else "" for role in ROLES),
        bars=", ".join(view._(BAR_WORDS[bar]) for bar in BARS.get(action, ())),
    )


def _mine(view: View, action: Action) -> Mine:
    verdict = may_in(view.actor, action, view.region.id if view.region else EVERYWHERE)
    rules, bars = RULES[action], BARS.get(action, ())
    reaches = {
        rules[one.role]: None for one in view.actor.counting if one.role in rules and _is_here(view, one.region_id)
    }
    told = [view._(WHERE_TO_YOU[where]) for where in reaches] + [view._(BAR_TO_YOU[bar]) for bar in bars]
    return Mine(
        action=view._(ACTION_WORDS[action]),
        allowed=bool(verdict),
        told=", ".join(told) if verdict else view._(verdict.reason),
    )


def _is_here(view: View, region_id: str) -> bool:
    return region_id == EVERYWHERE or (view.region is not None and region_id == view.region.id)


handlers = (roles,)

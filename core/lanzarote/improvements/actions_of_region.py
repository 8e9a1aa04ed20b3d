"""The actions of a region, whatever improvement they follow from: the first due first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar import Response
from msgspec import Struct
from sqlalchemy import and_, func, select, true

from lanzarote.improvements.actions_entry import (
    TAG,
    ActionItem,
    Speaker,
    Told,
    fields_of,
    organisations,
    tell,
)
from lanzarote.improvements.entries_frame import FRAME
from lanzarote.improvements.model import ENDED, IMPROVEMENT, SOON, Action
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record, Version
from lanzarote.records.tables import joined, newest_version
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.refusals import number_of
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Parameter, list_of, resource
from lanzarote.web.resources import Asked as Read
from lanzarote.web.routes import page
from lanzarote.web.working_records import ID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.web.site import View

SHOWN: Final = 50
FILTERS: Final[Mapping[str, str]] = {
    "open": N_("Open"),
    "due": N_("Due within two weeks"),
    "overdue": N_("Overdue"),
    "done": N_("Done"),
    "given-up": N_("Given up"),
    "all": N_("All"),
}
SHOW: Final = Parameter(
    name="show",
    told="Those that are open (without it), due within two weeks, overdue, done, given up, or all.",
    choices=tuple(FILTERS),
)
BY: Final = Parameter(name="stakeholder", told="Id of who does it.", pattern=ID, longest=36, shortest=36)


class OfRegion(Struct, frozen=True, kw_only=True):
    rows: tuple[Told, ...]
    total: int
    more: bool


def in_region(view: View, session: Session, *, only: str = "open", stakeholder: str = "", page: int = 0) -> OfRegion:
    """A page of the region's actions, from 0 on, the first due first; *only*: a key of FILTERS."""
    today = view.today
    mine = _which(view.region_id, view.actor, only, stakeholder, today)
    query = select(Action, Version.body).join(Record, joined(Action)).join(Version, newest_version()).where(mine)
    order = (Action.due_on, Action.record_id, Action.number)
    found = session.execute(query.order_by(*order).limit(SHOWN + 1).offset(page * SHOWN)).all()
    total = session.scalar(select(func.count()).select_from(Action).join(Record, joined(Action)).where(mine)) or 0
    speaker = Speaker(view)
    rows = tuple(tell(view, one, speaker, body) for one, body in found[:SHOWN])
    return OfRegion(rows=rows, total=total, more=len(found) > SHOWN)


def _which(region_id: str, reader: Actor, only: str, stakeholder: str, today: date) -> ColumnElement[bool]:
    """The region's actions that *reader* may read and a filter lets through; of one *stakeholder*, if it is named."""
    return and_(
        Action.region_id == region_id,
        condition(only, today),
        Action.stakeholder_id == stakeholder if stakeholder else true(),
        Record.kind == IMPROVEMENT,
        Record.state != "erased",
        allowed(reader, "group.read"),
    )


def condition(only: str, today: date) -> ColumnElement[bool]:
    """Which actions a filter lets through."""
    unended = Action.progress.not_in(ENDED)
    match only:
        case "open":
            return unended
        case "due":
            return and_(unended, Action.due_on <= (today + SOON).isoformat())
        case "overdue":
            return and_(unended, Action.due_on < today.isoformat())
        case "done" | "given-up":
            return Action.progress == only
        case _:
            return true()


@page("/{lang:str}/{region:str}/team/actions", may="group.read")
def of_region(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What follows from all adopted improvements of the region, the first due first."""
    view, asked = site.view(request, lang, region), request.query_params
    only = asked.get("only", "open")
    only = only if only in FILTERS else "open"
    place, stakeholder = number_of(asked, "page"), asked.get("organisation", "")
    with view.instance.database.read(view.region_id) as session:
        found = in_region(view, session, only=only, stakeholder=stakeholder, page=place)
    kept = {"organisation": stakeholder} if stakeholder else {}

    def address(**query: Any) -> str:
        return view.href("team", "actions", query=kept | query)

    known = [(one.value, one.label) for one in organisations(view, ()) if one.value]
    everybody = ("", view._("All organisations"))
    return view.render(
        "improvements/talk/actions_of_region.html",
        found=found,
        only=only,
        filters=[(name, view._(label), address(only=name)) for name, label in FILTERS.items()],
        organisations=[
            {"value": value, "label": label, "chosen": value == stakeholder} for value, label in (everybody, *known)
        ],
        path=view.href("team", "actions"),
        before=address(only=only, page=place - 1) if place else "",
        after=address(only=only, page=place + 1) if found.more else "",
        **FRAME,
    )


@resource(
    "/regions/{region}/team/actions",
    tag=TAG,
    may="group.read",
    names=(REGION,),
    query=(SHOW, BY, CURSOR, LIMIT),
    answers=list_of(ActionItem),
)
def list_region_actions(asked: Read) -> Answer:
    """The actions of all improvements of a region, the first due first."""
    today, start = asked.instance.today(asked["region"]), int(asked.one("cursor") or 0)
    show, doer = asked.one("show") or "open", asked.one("stakeholder") or ""
    mine = _which(asked["region"], asked.actor, show, doer, today)
    query = select(Action).join(Record, joined(Action)).where(mine)
    with asked.instance.database.read(asked["region"]) as session:
        order = query.order_by(Action.due_on, Action.record_id, Action.number)
        found = session.scalars(order.offset(start).limit(asked.limit)).all()
        total = session.scalar(select(func.count()).select_from(Action).join(Record, joined(Action)).where(mine)) or 0
        items = [msgspec.json.encode(ActionItem(**fields_of(one, today))) for one in found]
    end = start + len(items)
    return asked.listed(items, total, str(end) if end < total else None)


handlers = (of_region,)

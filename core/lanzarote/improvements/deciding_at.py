"""The meeting in which something is decided: those to choose from, and who was there by its notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote import attendance
from lanzarote.translation import N_, format_date, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from lanzarote.attendance import Held
    from lanzarote.web.site import View

OFFERED: Final = 30
"""The last meetings; an older one is reached from its own page."""
WITHOUT: Final = N_("in no meeting: in writing")


def choosable(view: View, session: Session, wanted: str) -> list[dict[str, Any]]:
    """Meetings that have begun, the last first, for a select; *wanted*: id of the one that is chosen."""
    held = attendance.held(session, view.region_id, view.today)
    some = [one for place, one in enumerate(held) if place < OFFERED or one.id == wanted]
    first = {"value": "", "label": view._(WITHOUT), "chosen": not wanted}
    return [first, *({"value": one.id, "label": told(view, one), "chosen": one.id == wanted} for one in some)]


def told(view: View, one: Held) -> str:
    """A meeting in a line: its day, and what it is called."""
    day = format_date(one.day, view.lang)
    return f"{day} – {plain(view.text(one.title, one.original)[0])}" if one.title else day


def chosen(view: View, session: Session, wanted: str) -> Held | None:
    """The meeting with the id *wanted*, if something can have been decided in it."""
    return next((one for one in attendance.held(session, view.region_id, view.today) if one.id == wanted), None)


def of_decisions(view: View, session: Session, ids: Sequence[str]) -> dict[str, Held]:
    """Those of the meetings *ids* that there still are."""
    return {one.id: one for one in attendance.held(session, view.region_id, view.today)} if any(ids) else {}


def was_there(session: Session, region_id: str, meeting: Held | None) -> tuple[str, ...] | None:
    """Ids of the bodies that its notes name; None where nobody noted who was there."""
    return (attendance.present_at(session, region_id, meeting.id) or None) if meeting else None


def usual_day(meeting: Held | None, today: date) -> str:
    """The day that the form holds before anybody writes in it."""
    return (meeting.day if meeting else today).isoformat()

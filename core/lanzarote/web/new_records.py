"""Forms of new records: each carries the id that its record will have, so that one sent twice makes one record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar.response import Redirect

from lanzarote.records import changelog
from lanzarote.records.records import Record
from lanzarote.store.ids import is_id, new_id
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.web.site import View


def id_of(view: View, data: Mapping[str, Any]) -> str:
    """The id that the form carries, or its address; another one where there is none."""
    text = text_of(data, "id") or view.request.query_params.get("id", "")
    return text if is_id(text) else new_id()


def is_made(view: View, record_id: str) -> bool:
    """Whether the form was sent before."""
    with view.instance.database.read(view.region_id) as session:
        return _is_there(session, view, record_id)


def make_once(view: View, record_id: str, begin: Callable[[Session], object]) -> None:
    """Let *begin* make the record, unless the same form is making it at the same time."""
    with view.instance.database.write(view.region_id) as session:
        changelog.lock(session, view.region_id)
        if not _is_there(session, view, record_id):
            begin(session)


def to_made(view: View, *room: str) -> Redirect | None:
    """The way to the form of the record in *room* that the form was sent for: one came back to it in the browser."""
    record_id = view.request.query_params.get("id", "")
    if not (is_id(record_id) and is_made(view, record_id)):
        return None
    return Redirect(view.href(*room, record_id, "edit"), status_code=303, headers=dict(PRIVATE))


def _is_there(session: Session, view: View, record_id: str) -> bool:
    return session.get(Record, (view.region_id, record_id)) is not None

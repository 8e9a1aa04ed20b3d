"""How a visitor has a file made: not too often, and led to where it will be fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from lanzarote.downloads import service
from lanzarote.store.database import ALL
from lanzarote.web.exports import named
from lanzarote.web.limits import sender_of
from lanzarote.web.routes import see_other

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar import Response

    from lanzarote.stakeholders.senders import Senders
    from lanzarote.types import DocumentExporter, Exporter
    from lanzarote.web.site import View


class Order(msgspec.Struct, frozen=True):
    """A file that somebody asks for."""

    kind: str
    """Which maker makes it."""
    of: str
    """What it is of, for its name."""
    language: str
    wanted: Any
    """What the maker is given."""
    exporter: DocumentExporter | Exporter


def answer(view: View, order: Order, senders: Senders, refuse: Callable[[str], Response[Any]]) -> Response[Any]:
    """Where the file can be fetched, or what *refuse* makes of the reason why none is taken now. Raises NotFound."""
    if senders.admit(sender_of(view.request.scope)):
        return _later(refuse(view._("You have asked for many documents within the hour.")))
    name = f"{named(view, view.region_id, order.of, order.language)}.{order.exporter.extension}"
    asked, media_type = msgspec.json.encode(order.wanted), order.exporter.media_type
    try:
        with view.instance.database.write(ALL) as session:
            made = service.ask(session, view.region_id, order.kind, asked, name=name, media_type=media_type)
    except service.Crowded as error:
        return _later(refuse(view._(str(error))))
    return see_other(view.href("downloads", made))


def _later(answer: Response[Any]) -> Response[Any]:
    answer.headers["Retry-After"] = "3600"
    return answer

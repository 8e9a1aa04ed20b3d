"""Why what was typed into the form of a procedure cannot be taken, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote.procedures.words import label_of
from lanzarote.web.refusals import Asked, asked_about
from lanzarote.web.refusals import refusal as refused_in

if TYPE_CHECKING:
    from lanzarote.errors import LanzaroteError
    from lanzarote.web.site import View


class Refused(Struct, frozen=True, kw_only=True):
    errors: tuple[dict[str, str], ...] = ()
    """For ``ui.error_summary``: field, text."""
    asked: tuple[Asked, ...] = ()
    error_of: Mapping[str, str] = {}
    """Field → what is wrong with it."""


NOTHING: Final = Refused()


def refusal(view: View, error: LanzaroteError, data: Mapping[str, Any]) -> Refused:
    """What to show above the form, beside its fields, and where to say why something stays."""
    told = refused_in(view, error)
    return Refused(
        errors=tuple(
            {"field": one["field"], "text": f"{label_of(view, one['field'])} – {one['text']}"} for one in told.errors
        ),
        error_of=told.error_of,
        asked=asked_about(view, error, data, lambda field: label_of(view, field)),
    )

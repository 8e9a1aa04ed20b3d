"""Why what was written cannot be taken, in the reader's words, for the forms of a region's team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote import guard
from lanzarote.checking import Faulty, Identifying
from lanzarote.translation import format_date
from lanzarote.web.fields import many_of, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from lanzarote.errors import LanzaroteError
    from lanzarote.web.site import View

__all__ = ["NOTHING", "Refusal", "many_of", "number_of", "refusal", "text_of"]


class Refusal(Struct, frozen=True, kw_only=True):
    errors: tuple[dict[str, str], ...] = ()
    """For ``ui.error_summary``: field, text."""
    asks: bool = False
    """It is taken when the writer says that nobody can be recognised by it."""

    @property
    def error_of(self) -> dict[str, str]:
        return {one["field"]: one["text"] for one in reversed(self.errors)}


NOTHING = Refusal()


def refusal(view: View, error: LanzaroteError) -> Refusal:
    """What to show above the form and beside its fields."""
    if isinstance(error, Identifying):
        told = {(one.field, one.code): view._(guard.REASONS[one.code]) for one in error.concerns}
        errors = [{"field": field, "text": text} for (field, _), text in told.items()]
        return Refusal(errors=tuple(errors), asks=not any(one.hard for one in error.concerns))
    if isinstance(error, Faulty):
        return Refusal(
            errors=tuple(
                {"field": one.field, "text": view._(one.text) % {"value": _shown(view, one.value)}}
                for one in error.faults
            )
        )
    raise error


def _shown(view: View, value: str | date) -> str:
    return value if isinstance(value, str) else format_date(value, view.lang)


def text_of(data: Mapping[str, Any], name: str) -> str:
    """A field of a form. Raises Malformed."""
    return one_of(data, name).replace("\r\n", "\n").strip()


def number_of(data: Mapping[str, Any], name: str) -> int:
    """A whole number; 0 for anything else."""
    text = text_of(data, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

"""Why what was typed into the form of a procedure cannot be taken, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote import guard
from lanzarote.checking import Identifying
from lanzarote.procedures.words import label_of
from lanzarote.web.refusals import refusal as refused_in
from lanzarote.web.refusals import text_of

if TYPE_CHECKING:
    from lanzarote.errors import LanzaroteError
    from lanzarote.web.site import View


class Asked(Struct, frozen=True, kw_only=True):
    """Something that the guard asked about: it stays if the writer says why."""

    name: str
    label: str
    about: str
    value: str


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
    concerns = error.concerns if isinstance(error, Identifying) else ()
    soft = [(one.field, one.code) for one in concerns if not one.hard]
    # What was explained before is asked about still, so that the explanation is not lost.
    asked = [at for at in dict.fromkeys([*reasons_in(data), *soft]) if not at[0].startswith("reason[")]
    return Refused(
        errors=tuple(
            {"field": one["field"], "text": f"{label_of(view, one['field'])} – {one['text']}"} for one in told.errors
        ),
        error_of=told.error_of,
        asked=tuple(
            Asked(
                name=f"reason[{field}|{code}]",
                label=label_of(view, field),
                about=guard.explain(code, view.translator) if code in guard.REASONS else "",
                value=text_of(data, f"reason[{field}|{code}]"),
            )
            for field, code in asked
        ),
    )


def reasons_in(data: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Why things stay that the guard asked about: ``reason[field|code]``."""
    found = {}
    for name in data:
        if name.startswith("reason[") and name.endswith("]"):
            field, _, code = name[7:-1].partition("|")
            if text := text_of(data, name):
                found[field, code] = text
    return found

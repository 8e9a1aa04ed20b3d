"""Why what was typed into the form of a procedure cannot be taken, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from lanzarote.procedures.words import label_of
from lanzarote.web.refusals import Refusal, asked_about
from lanzarote.web.refusals import refusal as refused_in

if TYPE_CHECKING:
    from lanzarote.errors import LanzaroteError
    from lanzarote.web.site import View


def refusal(view: View, error: LanzaroteError, data: Mapping[str, Any]) -> Refusal:
    """What to show above the form, beside its fields, and where to say why something stays."""

    def label(field: str) -> str:
        return label_of(view, field)

    return msgspec.structs.replace(refused_in(view, error, label), asked=asked_about(view, error, data, label))

"""Known here too: why what was written cannot be taken, and what forms send."""

from lanzarote.web.forms import many_of
from lanzarote.web.refusals import (
    NOTHING,
    Refusal,
    asked_about,
    date_of,
    is_confirmed,
    number_of,
    reasons_in,
    refusal,
    text_of,
    written_in,
)

__all__ = [
    "NOTHING",
    "Refusal",
    "asked_about",
    "date_of",
    "is_confirmed",
    "many_of",
    "number_of",
    "reasons_in",
    "refusal",
    "text_of",
    "written_in",
]

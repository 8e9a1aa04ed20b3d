"""What may not come in with a translation: other placeholders, plural forms or tags than asked, unseen signs."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from lanzarote.regions.check_entries import UNSEEN
from lanzarote.translation import CatalogueError, direction
from lanzarote.translation.catalogues import check_entry

if TYPE_CHECKING:
    from lanzarote.translation.po import Entry

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_MARKS = "\u200e\u200f"
"""Marks of direction, which texts written from right to left need beside numbers and foreign words."""


def fault_of(entry: Entry, language: str) -> str:
    """Why a translation cannot be taken; empty when it can. Fuzzy ones are looked at as the others are."""
    try:
        check_entry(_plainly(entry), language, "")
    except CatalogueError as error:
        return str(error).partition('" ')[2] or str(error).partition(": ")[2]
    if any(entry.forms) and not all(entry.forms):
        return "has plural forms that are empty; fill in all of them"
    originals = [_tags(entry.id), *([_tags(entry.plural)] if entry.plural else [])]
    for form in filter(None, entry.forms):
        if _tags(form) not in originals:
            return f"has the tags {_listed(form)}; the original has {_listed(entry.id)}"
        if unseen := UNSEEN.search(_without_marks(form, language)):
            return f"holds an invisible character (U+{ord(unseen[0]):04X}); write it anew without it"
    return ""


def _plainly(entry: Entry) -> Entry:
    from msgspec.structs import replace

    return replace(entry, flags=set())


def _without_marks(form: str, language: str) -> str:
    return form.translate(dict.fromkeys(map(ord, _MARKS))) if direction(language) == "rtl" else form


def _tags(text: str | None) -> Counter[str]:
    return Counter(_TAG.findall(text or ""))


def _listed(text: str) -> str:
    return " ".join(_TAG.findall(text)) or "none"

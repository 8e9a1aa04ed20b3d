"""What changed from one version of a practice to the next, word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.practices.form_words import all_said
from lanzarote.web import texts

if TYPE_CHECKING:
    from markupsafe import Markup

    from lanzarote.practices.reading import Stated
    from lanzarote.web.site import View

Piece = texts.Piece
compare = texts.compare


class Difference(Struct, frozen=True, kw_only=True):
    """One field that changed."""

    label: Markup
    lang: str
    language: str
    """Name of the text's language; empty for what is said in the page's words."""
    pieces: tuple[Piece, ...]


def differences(view: View, before: Stated, after: Stated) -> tuple[Difference, ...]:
    """Every field that *after* says otherwise than *before*, in the order of the form."""
    old = {said.unit: said for said in all_said(view, before)}
    new = {said.unit: said for said in all_said(view, after)}
    found = []
    for unit in (*new, *(unit for unit in old if unit not in new)):
        was, now = old.get(unit), new.get(unit)
        said = now or was
        if said is not None and (was is None or now is None or was.words != now.words):
            pieces = tuple(compare(was.words if was else "", now.words if now else ""))
            difference = Difference(
                label=said.label, lang=said.lang or view.lang, language=said.language(view), pieces=pieces
            )
            found.append(difference)
    return tuple(found)

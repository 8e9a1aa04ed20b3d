"""What a reply is about, as its page calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.regions.reading import tell_provision, told

if TYPE_CHECKING:
    from lanzarote.web.site import View


class Subject(Struct, frozen=True, kw_only=True):
    """The page that a reply is about; empty when it is about none in particular."""

    path: str = ""
    href: str = ""
    name: Markup = Markup()
    record_id: str | None = None


def subject_of(view: View, path: str) -> Subject:
    """The page at *path* below the region's address, by its name where that is known here."""
    if not path:
        return Subject()
    href = view.href(*path.split("/"))
    room, _, rest = path.partition("/")
    vocabulary = view.vocabulary
    if room == "organisations":
        for one in view.directory:
            if one.slug == rest:
                return Subject(path=path, href=href, name=told(view, one.organisation.name), record_id=one.id)
    if room == "sectors" and rest in vocabulary.sectors:
        return Subject(path=path, href=href, name=told(view, vocabulary.sectors[rest].name))
    if room == "law" and rest in vocabulary.provisions:
        return Subject(path=path, href=href, name=tell_provision(view, rest).citation)
    return Subject(path=path, href=href, name=escape(path))

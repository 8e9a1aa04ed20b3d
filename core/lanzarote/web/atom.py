"""Atom feeds (RFC 4287): what is in one, and its XML."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from msgspec import Struct

from lanzarote.translation import main_language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
NAMESPACE = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""What XML 1.0 cannot hold. Compiled when it is first used: so wide a set takes longer than starting may."""


class Entry(Struct, frozen=True, kw_only=True):
    id: str
    """Permanent: ``urn:uuid:…``."""
    title: str
    title_lang: str
    summary: str
    summary_lang: str
    href: str
    updated: datetime
    categories: Sequence[str] = ()


class Feed(Struct, frozen=True, kw_only=True):
    id: str
    """Permanent: ``urn:uuid:…``."""
    title: str
    subtitle: str
    lang: str
    href: str
    """The page that lists the same."""
    self_href: str
    author: str
    rights: str
    licence: str
    updated: datetime
    entries: Sequence[Entry]


def write(feed: Feed) -> bytes:
    """*feed* as XML; addresses in it must be absolute."""
    root = Element("feed", {"xmlns": NAMESPACE, _LANGUAGE: feed.lang})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.subtitle)
    _add(root, "updated", _moment(feed.updated))
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.self_href})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "hreflang": feed.lang, "href": feed.href})
    SubElement(root, "link", {"rel": "license", "href": feed.licence})
    _add(SubElement(root, "author"), "name", feed.author)
    _add(root, "rights", feed.rights)
    for entry in feed.entries:
        _add_entry(root, entry)
    indent(root, space=" ")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add_entry(root: Element, entry: Entry) -> None:
    element = SubElement(root, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", entry.title, entry.title_lang)
    _add(element, "updated", _moment(entry.updated))
    SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.href})
    _add(element, "summary", entry.summary, entry.summary_lang)
    for category in entry.categories:
        SubElement(element, "category", {"term": _clean(category)} | _spoken(category))


def _spoken(text: str, lang: str = "") -> dict[str, str]:
    """The attribute that says which language *text* is in, where it is not the feed's."""
    spoken = lang or main_language(text)
    return {_LANGUAGE: spoken} if spoken else {}


def _add(parent: Element, tag: str, text: str, lang: str = "") -> None:
    element = SubElement(parent, tag, _spoken(text, lang))
    element.text = _clean(text)


def _clean(text: str) -> str:
    return re.sub(_NOT_XML, "", text)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

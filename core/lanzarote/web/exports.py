"""What pages are also given as: lists as files, Atom feeds, tagged PDF, pieces in a frame."""

from __future__ import annotations

import re
from datetime import UTC
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import msgspec
from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.plugins.formats import written_by
from lanzarote.translation import main_language, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from lanzarote.plugins import Host
    from lanzarote.types import Exporter, Table
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View


# --- Pages in a frame of another site: their picture, table or list alone, below ``/embed`` ---
# Nobody is recognised there and nothing can be sent; so the page may stand in any frame. A page that has an embed says
# so where it is declared, and its template says in the block ``embedded`` what of it is shown.

EMBED: Final = "/embed"
OEMBED: Final = "/oembed"
OPT: Final = "embed"
"""What the options of a route call the height in pixels that a frame is suggested to have."""
WIDTH: Final = 640
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors *",
    )
)
PAIRS: Final = [(b"content-security-policy", POLICY.encode()), (b"cross-origin-resource-policy", b"cross-origin")]
_LINK: Final = re.compile(r'<a (?=[^>]*href="(?:/|https?:|\?))([^>]*)>')
_REL: Final = re.compile(r'rel="([^"]*)"')


def is_embed(path: str) -> bool:
    return path.startswith(f"{EMBED}/")


def page_of(path: str) -> str:
    """Where the whole page is of which *path* shows a piece.

    >>> page_of("/embed/fr/paris/coverage"), page_of("/fr/paris")
    ('/fr/paris/coverage', '/fr/paris')
    """
    return path.removeprefix(EMBED) if is_embed(path) else path


def opening_beside(page: str) -> str:
    """*page* with links that leave the frame as it is, and whose pages learn nothing of it.

    >>> opening_beside('<a href="/fr" rel="nofollow"> <a href="#map">')
    '<a target="_blank" href="/fr" rel="noopener nofollow"> <a href="#map">'
    """

    def opened(found: re.Match[str]) -> str:
        said, count = _REL.subn(r'rel="noopener \1"', found[1])
        rel = "" if count else ' rel="noopener"'
        return f'<a target="_blank" {said}{rel}>'

    return _LINK.sub(opened, page)


# --- Every list as a file, in the formats that installed packages write ---

LONGEST = 30.0
"""Seconds after which writing a file has failed: the person who asked for it waits, and others with them."""
PARAMETER = "format"
"""In the address of a list: ``?format=csv``."""
OF = "of"
"""In the address where a long list is made: which list."""
AT_ONCE = 500
"""Records up to which the page of a list leads to the file itself; of longer lists it is made in the background."""


def download(view: View, table: Table, format: str) -> Response[Any]:
    """Answer with *table* as a file. Raises NotFound that lists the formats there are."""
    exporter = exporter_of(view.instance.host, format)
    name = f"{file_name(view)}.{exporter.extension}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": table.language}
    data = written(view.instance.host, exporter, table)
    return Response(data, media_type=exporter.media_type, headers=headers)


def exporter_of(host: Host, format: str) -> Exporter:
    """Raises NotFound that lists the formats there are."""
    for exporter in host.exporters:
        if exporter.format == format:
            return exporter
    known = ", ".join(exporter.format for exporter in host.exporters) or "none"
    raise NotFound(f"This list cannot be downloaded as {format[:40]!r}; formats there are: {known}.")


def written(host: Host, exporter: Exporter, table: Table, within: float | None = None) -> bytes:
    """What *exporter* makes of *table*, *within* so many seconds. Raises FormatFailed, which names its package."""
    return written_by(host, exporter, _plain(table), seconds=within or LONGEST, what="this list")


def _plain(table: Table) -> Table:
    """*table* with nothing but strings for words, as packages expect them."""
    columns = tuple(map(plain, table.columns))
    rows = [tuple(map(plain, row)) for row in table.rows]  # here: a package gets no rows that are still to be read
    return replace(table, title=plain(table.title), columns=columns, rows=rows, note=plain(table.note))


def file_name(view: View) -> str:
    """Name of the file without its ending: what the address says, and the day.

    ``/fr/paris/practices`` becomes ``lanzarote-paris-practices-fr-2026-11-24``.
    """
    lang, *parts = page_of(view.request.url.path).strip("/").split("/")
    return named(view, *parts, lang)


def named(voice: Voice, *parts: str) -> str:
    """Name of a file without its ending: *parts*, and the day."""
    safe = [re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")[:40] for part in parts]
    return "-".join(("lanzarote", *filter(None, safe), voice.today.isoformat()))


def is_long(view: View, records: int) -> bool:
    """A file of so many *records* of a region is made in the background."""
    return view.region is not None and records > AT_ONCE


def making_href(view: View, of: str, query: Sequence[tuple[str, str]], format: str) -> str:
    """Where the list *of* records, narrowed by *query*, is made in the background."""
    return f"{view.href('downloads')}?{urlencode([(OF, of), *query, (PARAMETER, format)])}"


def download_links(view: View, query: Sequence[tuple[str, str]] = (), making: str = "") -> list[dict[str, Any]]:
    """The list at this address in every format there is, for ``ui.downloads``; *query* is what narrows it.

    *making*: the list is long, and made in the background under this name.
    """
    path = view.path
    return [
        {"label": exporter.label, "href": making_href(view, making, query, exporter.format), "page": True}
        if making
        else {
            "label": exporter.label,
            "href": f"{path}?{urlencode([*query, (PARAMETER, exporter.format)])}",
            "type": exporter.media_type,
        }
        for exporter in view.instance.host.exporters
    ]


# --- Atom feeds (RFC 4287): what is in one, and its XML ---

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


# --- Writes documents as tagged PDF (PDF/UA-1) with Typst: headings, texts, lists and tables, in any language ---
# Typst is an extra (``pip install lanzarote[pdf]``). What people wrote goes into it as data, so that nothing of it is
# ever run.

STANDARD: Final = "ua-1"


class NoTypst(LanzaroteError):
    """Nothing here can write a PDF."""


class Piece(Struct, frozen=True, omit_defaults=True):
    """Some words."""

    text: str
    href: str = ""
    """Where they lead."""
    lang: str = ""
    """If it is another one than the document's."""


class Heading(Struct, frozen=True, tag_field="type", tag="heading"):
    text: str
    level: int = 1


class Paragraph(Struct, frozen=True, tag_field="type", tag="paragraph"):
    pieces: tuple[Piece, ...]


class Points(Struct, frozen=True, tag_field="type", tag="list"):
    items: tuple[tuple[Piece, ...], ...]


class Contents(Struct, frozen=True, tag_field="type", tag="contents"):
    text: str


class NewPage(Struct, frozen=True, tag_field="type", tag="break"):
    pass


class PaperTable(Struct, frozen=True, tag_field="type", tag="table"):
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Piece, ...], ...]
    widths: tuple[float, ...] = ()
    """In proportion; empty: the first is three times as wide as each of the others."""
    numbers: tuple[int, ...] = ()
    """Columns that stand to the right."""


Block = Heading | Paragraph | Points | Contents | NewPage | PaperTable


class Paper(Struct, frozen=True, kw_only=True):
    title: str
    subtitle: str
    author: str
    lang: str
    blocks: tuple[Block, ...]


def as_pdf(paper: Paper) -> bytes:
    """Raises NoTypst."""
    try:
        import typst
    except ModuleNotFoundError:
        raise NoTypst(
            "This instance cannot write PDF files; its operator can add it: pip install lanzarote[pdf]"
        ) from None
    layout = (files("lanzarote") / "data" / "paper.typ").read_bytes()
    said = msgspec.structs.replace(paper, blocks=tuple(map(_whole, paper.blocks)))
    data = msgspec.json.encode(said, enc_hook=str).decode()  # words know their language, and are texts here
    made = typst.compile(layout, sys_inputs={"paper": data}, pdf_standards=[STANDARD])
    assert isinstance(made, bytes)
    return made


def text(*words: str) -> Paragraph:
    return Paragraph(tuple(Piece(one) for one in words))


def points(items: Sequence[str]) -> Points:
    return Points(tuple((Piece(one),) for one in items))


def _whole(block: Any) -> Any:
    if isinstance(block, PaperTable) and not block.widths:
        return msgspec.structs.replace(block, widths=(3.0, *[1.0] * (len(block.head) - 1)))
    return block

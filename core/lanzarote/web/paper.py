"""Writes documents as tagged PDF (PDF/UA-1) with Typst: headings, texts, lists and tables, in any language.

Typst is an extra (``pip install lanzarote[pdf]``). What people wrote goes into it as data, so that nothing of it is
ever run.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote.errors import LanzaroteError

if TYPE_CHECKING:
    from collections.abc import Sequence

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

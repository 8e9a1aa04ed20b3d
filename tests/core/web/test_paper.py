"""A document on paper says what it was given, in its languages, and can be read aloud."""

from __future__ import annotations

import re
import zlib

import pytest
from lanzarote.web.exports import Block, Contents, Heading, Paper, PaperTable, Paragraph, Piece, Points, as_pdf, text

WORDS = 'Ce que #let x = 1, $math$, @label, <b>, *gras* et "guillemets" \\ disent'


def paper(*blocks: Block) -> Paper:
    return Paper(
        title="Rapport à la plénière", subtitle="Au 1er mars 2027", author="Une conférence", lang="fr", blocks=blocks
    )


def test_it_is_tagged_and_says_its_language_and_title() -> None:
    made = as_pdf(paper(Contents("Sommaire"), Heading("Un"), text("Deux.")))
    assert made.startswith(b"%PDF-1.7")
    plain = made + b"".join(unpacked(made))
    assert b"/MarkInfo" in plain
    assert b"/StructTreeRoot" in plain
    assert re.search(rb"/Lang\s*\(fr\)", plain)
    assert b"pdfuaid" in plain


@pytest.mark.parametrize(
    "block",
    [
        Heading(WORDS, 2),
        Paragraph((Piece(WORDS), Piece("ქართული", lang="ka"), Piece("ici", "https://example.org/a?b=c#d"))),
        Points(((Piece(WORDS),), (Piece("#panic()"),))),
        PaperTable(WORDS, (WORDS, "n"), ((Piece(WORDS), Piece("12", "https://example.org")),), numbers=(1,)),
        PaperTable("Vide", ("a", "b"), ()),
    ],
)
def test_whatever_stands_in_it_is_text(block: Block) -> None:
    assert as_pdf(paper(Heading("Un"), block)).startswith(b"%PDF")


def unpacked(made: bytes) -> list[bytes]:
    found = []
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            found.append(part)
    return found

"""Makes the faces in lanzarote_compendium/fonts: ``pip install "fonttools[woff]"``, ``python make_fonts.py FOLDER``.

Typst reads neither WOFF2 nor variable faces. Those of the site's pages are cut at the weights that the layout uses,
their subsets joined, and renamed, since "Source" is a reserved name. FOLDER holds NotoNaskhArabic-Regular.ttf,
NotoNaskhArabic-Bold.ttf (Debian's fonts-noto-core) and DejaVuSans.ttf (Debian's fonts-dejavu-core).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from fontTools.merge import Merger, Options
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).resolve().parent
PAGES = HERE.parents[1] / "core" / "lanzarote" / "web" / "static" / "fonts"
FONTS = HERE / "lanzarote_compendium" / "fonts"
SUBSETS = ("latin", "latin-ext", "greek", "cyrillic")
STYLES = {400: "Regular", 600: "SemiBold"}
SYMBOLS = [
    *range(0x180, 0x2B0),
    *range(0x300, 0x370),
    *range(0x370, 0x530),
    *range(0x590, 0x600),
    *range(0x1E00, 0x2C00),
]
NARROW, UNBROKEN = 0x202F, 0x2011
"""Blank before French punctuation, hyphen at which no line ends: the pages' faces lack them."""


def main(folder: Path) -> None:
    FONTS.mkdir(exist_ok=True)
    for weight in STYLES:
        make("source-serif-4", SUBSETS, weight, "Compendium Serif")
        make("source-sans-3", SUBSETS, weight, "Compendium Sans")
        for script in ("armenian", "georgian"):
            make(f"noto-sans-{script}", (script,), weight, f"Noto Sans {script.capitalize()}")
            make(f"noto-serif-{script}", (script,), weight, f"Noto Serif {script.capitalize()}")
    for style in ("Regular", "Bold"):
        shutil.copy(folder / f"NotoNaskhArabic-{style}.ttf", FONTS)
    symbols = TTFont(folder / "DejaVuSans.ttf")
    subsetter = Subsetter()
    subsetter.populate(unicodes=SYMBOLS)
    subsetter.subset(symbols)
    save(symbols, "Compendium Symbols", 400)
    covered = sorted({sign for file in FONTS.glob("*.ttf") for sign in TTFont(file).getBestCmap()})
    (FONTS / "covered.txt").write_text("\n".join(ranges(covered)) + "\n", encoding="ascii")


def make(base: str, subsets: tuple[str, ...], weight: int, family: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for subset in subsets:
            font = TTFont(PAGES / f"{base}-{subset}-wght-normal.woff2")
            font.flavor = None
            font = instantiateVariableFont(font, {"wght": weight})
            parts.append(f"{folder}/{subset}.ttf")
            font.save(parts[-1])
        joined = Merger(options=Options(drop_tables=["vmtx", "vhea", "BASE"])).merge(parts) if parts[1:] else font
        add_signs(joined)
        save(joined, family, weight)


def add_signs(font: Any) -> None:
    known = font.getBestCmap()
    width, _ = font["hmtx"][known.get(0xA0) or known[0x20]]
    font.setGlyphOrder([*font.getGlyphOrder(), "narrownbspace"])
    font["glyf"]["narrownbspace"] = Glyph()
    font["hmtx"]["narrownbspace"] = (round(width * 0.6), 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[NARROW] = "narrownbspace"
            if hyphen := known.get(0x2010) or known.get(0x2D):
                table.cmap[UNBROKEN] = hyphen


def save(font: Any, family: str, weight: int) -> None:
    style, names = STYLES[weight], font["name"]
    names.names = [record for record in names.names if record.nameID in (0, 5, 7, 8, 9, 11, 13, 14)]
    file = f"{family.replace(' ', '')}-{style}"
    for number, words in {
        1: family,
        2: "Regular",
        3: file,
        4: f"{family} {style}",
        6: file,
        16: family,
        17: style,
    }.items():
        names.setName(words, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    for table in ("STAT", "DSIG", "HVAR", "MVAR", "meta"):
        if table in font:
            del font[table]
    font.save(FONTS / f"{file}.ttf")


def ranges(signs: list[int]) -> list[str]:
    """``20-7e`` for every run of code points."""
    found: list[list[int]] = []
    for sign in signs:
        if found and found[-1][1] == sign - 1:
            found[-1][1] = sign
        else:
            found.append([sign, sign])
    return [f"{first:x}-{last:x}" for first, last in found]


if __name__ == "__main__":
    main(Path(sys.argv[1]))

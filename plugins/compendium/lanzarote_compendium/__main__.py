"""Reads a compendium as JSON, writes it as a PDF."""

from __future__ import annotations

import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import typst

STANDARD: Final = "ua-1"
OWN = files("lanzarote_compendium")


def main() -> None:
    data = sys.stdin.buffer.read().decode()
    with as_file(OWN / "fonts") as fonts:
        layout: bytes = (OWN / "layout.typ").read_bytes()
        made = typst.compile(
            layout,
            sys_inputs={"document": data},
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[Path(fonts)]),  # the same pages everywhere
            pdf_standards=[STANDARD],
        )
    assert isinstance(made, bytes)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()

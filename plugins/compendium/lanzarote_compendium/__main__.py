"""Reads a compendium as JSON, writes it as a PDF."""

from __future__ import annotations

import sys
from importlib.resources import as_file, files
from typing import Final

import typst

STANDARD: Final = "ua-1"
OWN = files("lanzarote_compendium")


def main() -> None:
    data = sys.stdin.buffer.read().decode()
    with as_file(OWN / "fonts") as fonts:
        made = typst.compile(
            (OWN / "layout.typ").read_bytes(),
            sys_inputs={"document": data},
            font_paths=[str(fonts)],
            ignore_system_fonts=True,  # the same pages everywhere
            pdf_standards=[STANDARD],
        )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()

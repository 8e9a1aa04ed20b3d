"""``python -m lanzarote.translation update PO_FILE DIR...``: bring a catalogue up to date with the code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lanzarote.errors import LanzaroteError
from lanzarote.translation.extraction import extract_messages, update_po
from lanzarote.translation.po import read_po


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lanzarote.translation", description=__doc__)
    commands = parser.add_subparsers(required=True)
    update = commands.add_parser("update", help="add new messages, remove gone ones, keep translations")
    update.add_argument("po_file", type=Path, help="the catalogue, named after its language: fr.po")
    update.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="packages whose messages it translates")
    chosen = parser.parse_args(arguments)
    try:
        print(_update(chosen.po_file, chosen.folders))
    except (LanzaroteError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def _update(po_file: Path, folders: Sequence[Path]) -> str:
    if missing := [folder for folder in folders if not folder.is_dir()]:
        raise LanzaroteError(f"{missing[0]} is not a folder")
    before = po_file.read_text(encoding="utf-8") if po_file.exists() else ""
    after = update_po(before, po_file.stem, extract_messages(folders), str(po_file))
    if after != before:
        po_file.write_text(after, encoding="utf-8", newline="\n")
    entries = [entry for entry in read_po(after, str(po_file)) if entry.id]
    waiting = sum(not entry.translated or "fuzzy" in entry.flags for entry in entries)
    return f"{po_file}: {len(entries)} messages, {waiting} to translate"


if __name__ == "__main__":
    sys.exit(main())

"""Writes small packages to try the host with: real folders on the import path, one name each."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from lanzarote.plugins import Candidate

MANIFEST = 'requires_api = ">=1,<2"\n'


def write_package(folder: Path, name: str, code: str = "", manifest: str | bytes | None = MANIFEST) -> Candidate:
    """Make package ``lz_try_<name>`` under *folder*; *code* may use what a package author imports."""
    package = folder / f"lz_try_{name.replace('-', '_')}"
    package.mkdir(parents=True)
    sys.modules.pop(package.name, None)  # that of another test
    names = "Catalogue, Concern, Exporter, LegalFramework, Region, hookimpl"
    head = f"from pathlib import Path\nfrom lanzarote import {names}\n"
    (package / "__init__.py").write_text(head + textwrap.dedent(code), encoding="utf-8")
    if manifest is not None:
        data = manifest if isinstance(manifest, bytes) else manifest.encode()
        (package / "lanzarote.toml").write_bytes(data)
    return Candidate(name=name, module=package.name, distribution=f"lanzarote-{name}", version="1.0")


def tell_of(folder: Path, candidate: Candidate) -> None:
    """Make *candidate*, which lies in *folder*, installed there, as an installer would."""
    told = folder / f"{candidate.distribution.replace('-', '_')}-{candidate.version}.dist-info"
    told.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {candidate.distribution}\nVersion: {candidate.version}\n"
    (told / "METADATA").write_text(metadata, encoding="utf-8")
    (told / "entry_points.txt").write_text(f"[lanzarote]\n{candidate.name} = {candidate.module}\n", encoding="utf-8")

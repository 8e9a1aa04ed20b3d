"""Shows a region folder on this machine as the public would see it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lanzarote.hookspecs import hookimpl
from lanzarote.kit.check import own_laws, read_folder
from lanzarote.plugins import Host
from lanzarote.types import LegalFramework, Region, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PREVIEW = "preview"


def preview(folder: Path, laws: Sequence[Path], *, port: int = 0) -> int:
    """Serve a region folder on this machine until stopped; nothing of it is kept. Raises RegionError."""
    from lanzarote.instance import Instance
    from lanzarote.loading import usable
    from lanzarote.serving import serve
    from lanzarote.settings import read_settings

    content = usable(read_folder(folder, laws), folder.resolve().name)
    assert isinstance(content.header, RegionHeader)
    with tempfile.TemporaryDirectory(prefix="lanzarote-preview-") as place:
        chosen = read_settings({"LANZAROTE_DATA": place, "LANZAROTE_PORT": str(port)})
        with Instance(chosen, preview_host(folder, laws)) as instance:
            instance.migrate()
            instance.load(content.header.id)
            print(f"A preview of {folder}. Nothing is kept; after a change, stop with Ctrl+C and start again.")
            serve(instance, host="127.0.0.1", port=port)
    return 0


def preview_host(folder: Path, laws: Sequence[Path]) -> Host:
    """The installed packages, and the folder in front of them: it wins over an installed package of the same region."""
    host = Host()
    host.add(PREVIEW, _Folders(folder, laws))
    return host


class _Folders:
    """A package made of folders, for as long as the program runs."""

    def __init__(self, folder: Path, laws: Sequence[Path]) -> None:
        self._folder, self._laws = folder, own_laws(folder, laws)

    @hookimpl
    def regions(self) -> Iterable[Region]:
        return (Region.from_folder(self._folder),)

    @hookimpl
    def legal_frameworks(self) -> Iterable[LegalFramework]:
        return tuple(LegalFramework.from_folder(law) for law in self._laws)

"""How the pages of one instance look: the platform's files, and the name, mark and colours of who runs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from lanzarote.configuration.look import read_mark, style_sheet
from lanzarote.configuration.settings import PLATFORM
from lanzarote.web.static_files import StaticFile

if TYPE_CHECKING:
    from lanzarote.configuration.settings import Settings
    from lanzarote.web.static_files import StaticFiles

STYLE: Final = "instance.css"
STANDS_STILL: Final = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox")
"""What a mark may do when somebody opens it by itself: show its own colours, and run nothing."""


class Look:
    """Known to every page as ``view.look``."""

    def __init__(self, settings: Settings, platform: StaticFiles) -> None:
        self.name = settings.name
        self.operator = settings.operator
        contact = settings.contact
        self.contact_href = contact if contact.startswith("https://") or not contact else f"mailto:{contact}"
        own: dict[str, StaticFile] = {}
        if sheet := style_sheet(settings.accent, settings.accent_dark):
            own[STYLE] = StaticFile("css", sheet.encode())
        mark = read_mark(Path(settings.mark)) if settings.mark else None
        if mark:
            own[mark.name] = StaticFile(mark.kind, mark.body, STANDS_STILL)
        self.files = platform.beside(own)
        self.style_href = self.files.address(STYLE) if sheet else ""
        """A style sheet that stands after all others."""
        self.mark_href = self.files.address(mark.name) if mark else ""
        """A picture instead of the platform's."""
        raster = self.mark_href if mark and mark.kind == "png" else ""
        self.icon_href = self.mark_href or self.files.address("favicon.svg")
        self.icon_type = "image/png" if raster else "image/svg+xml"
        self.touch_icon_href = raster if mark else self.files.address("apple-touch-icon.png")
        ours = mark is None and self.name == PLATFORM
        self.share_href = self.files.address("social.png") if ours else raster
        """A picture for shared links: few places take SVG, and ours says the platform's name."""

"""What became of an installed package, in the words of every message about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Self
from unicodedata import category

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.translation.catalogues import N_

WAY_OUT: Final = N_("Install a version that fits, or remove the package")
MEND: Final = N_("Mend it, install a version that works, or remove the package")
"""The way out where a package's own code is at fault."""
RENAME: Final = N_("Remove one of the two packages, or ask who makes one of them to give it a name of its own")
ENTERED_TWICE: Final = N_("Remove one of the two packages, or one of the two entries in its pyproject.toml")
MOVE: Final = N_("Remove it, or let the region follow it with that command")
EITHER: Final = N_("Remove %(claimant)s or %(chosen)s")
EITHER_OR_MOVE: Final = N_(
    "Remove %(claimant)s or %(chosen)s; if the region shall follow the former from now on, before that: %(command)s"
)
RETRY: Final = N_("Install a version that works, or try it again: %(command)s")
"""The way out where a package is not started any more until somebody says so."""
NO_LONGER: Final = N_("Ask for a version that no longer uses it")
ASLEEP: Final = "its region is not used here, so that it is not imported"
WITHOUT_SAFE_MODE: Final = N_("Start it without safe mode")
LEFT_OUT: Final = "left out in safe mode"
FROM_FOLDER: Final = "its region is shown from a folder instead"
CONTROLS = ("Cc", "Cf", "Cs")
"""What has no form of its own, and changes how a terminal or a page shows what stands beside it."""


class CallFailed(Exception):
    """A package did not do what was asked of it. The text holds nothing that somebody wrote."""


class Package(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An installed package: what its distribution, its manifest and its code say, and what became of it."""

    name: str
    module: str = ""
    attribute: str = ""
    """Of the module, where the entry point names one."""
    distribution: str = ""
    version: str = ""
    requires_api: str = ""
    about: Mapping[str, str] = {}
    """Language → what it does, in a sentence."""
    hooks: tuple[str, ...] = ()
    fault: str = ""
    """Why nothing that it contributes is used, or which of its hooks failed; empty when all is well."""
    left_aside: tuple[str, ...] = ()
    """What of it cannot be used, although the rest is."""
    remarks: tuple[str, ...] = ()
    """What whoever runs the site should know of it, although nothing is wrong."""
    way: str = WAY_OUT
    """The way out of the first fault."""
    way_names: Mapping[str, str] = {}
    """What stands in it for each placeholder."""
    idle: str = ""
    """Why nothing that it contributes is used, although nothing is known to be wrong with it."""
    deprecated: tuple[str, ...] = ()
    """What it uses that will go, and when."""

    @property
    def known(self) -> str:
        """As messages call it."""
        return " ".join(filter(None, (self.distribution or self.name, self.version)))

    @property
    def away(self) -> str:
        """Why nothing that it contributes is used, as a sentence without its end; empty when it is used."""
        if self.fault:
            return f"{self.known} is not used: {self.fault}"
        return f"{self.known} is {LEFT_OUT}" if self.idle == LEFT_OUT else ""

    @property
    def way_out(self) -> str:
        """What whoever runs the site can do about that."""
        return self.way_out_in(str)

    def way_out_in(self, translate: Callable[[str], str]) -> str:
        """The same in another language."""
        if self.idle == LEFT_OUT:
            return translate(WITHOUT_SAFE_MODE)
        return translate(self.way) % {"command": f"lanzarote plugins --retry {self.name}", **self.way_names}

    def blamed(self, fault: str, way: str = WAY_OUT, **names: str) -> Self:
        """The same with one *fault* more; *way*: out of it, with *names* in it."""
        if self.fault:
            way, names = self.way, {**self.way_names}
        return replace(self, fault="; ".join(filter(None, (self.fault, plain(fault)))), way=way, way_names=names)


def plain(text: str) -> str:
    """*text* of a package as it may stand in a terminal or on a page.

    >>> plain("b\\x1b[31mad")
    'b\\ufffd[31mad'
    """
    if text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if category(sign) in CONTROLS and sign != "\n" else sign for sign in text
    )

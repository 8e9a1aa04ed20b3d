"""What became of an installed package, in the words of every message about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self

from msgspec import Struct
from msgspec.structs import replace

WAY_OUT: Final = "Install a version that fits, or remove the package"
MEND: Final = "Mend it, install a version that works, or remove the package"
"""The way out where a package's own code is at fault."""
RENAME: Final = "Remove one of the two packages, or ask who makes one of them to give it a name of its own"
ONE_OF_TWO: Final = "Remove one of the two packages"
ENTERED_TWICE: Final = "Remove one of the two packages, or one of the two entries in its pyproject.toml"
MOVE: Final = "Remove it, or let the region follow it with that command"
TOO_SLOW: Final = (
    "Start again; if it goes on, install a version that does nothing slow when it is imported, or remove the package"
)
LESS_TIME: Final = (
    "It had less time than usual, as these never came to an end: {others}. Start again: it begins before them then. "
    "Mend or remove them as well"
)
ASLEEP: Final = "its region is not used here, so that it is not imported"
LEFT_OUT: Final = "left out in safe mode"
FROM_FOLDER: Final = "its region is shown from a folder instead"


class Package(Struct, frozen=True, kw_only=True):
    """What became of an installed package."""

    name: str
    distribution: str
    version: str
    requires_api: str = ""
    about: Mapping[str, str] = {}
    """Language → what it does, in a sentence."""
    hooks: tuple[str, ...] = ()
    fault: str = ""
    """Why nothing that it contributes is used, or which of its hooks failed; empty when all is well."""
    left_aside: tuple[str, ...] = ()
    """What of it cannot be used, although the rest is."""
    broken: bool = False
    """The fault is in its own code; where, ``fault`` says."""
    way: str = ""
    """The way out of the first fault, where it is another than with most."""
    idle: str = ""
    """Why nothing that it contributes is used, although nothing is known to be wrong with it."""
    deprecated: tuple[str, ...] = ()
    """What it uses that will go, and when."""
    slows: str = ""
    """How it slows the whole site down, as a sentence without its end; empty when it does not, as far as is known."""

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
        if self.idle == LEFT_OUT:
            return "Start it without safe mode"
        return self.way or (MEND if self.broken else WAY_OUT)

    def blamed(self, fault: str, way: str = "") -> Self:
        """The same with one *fault* more; *way*: out of it, where it is a way of its own."""
        first = self.way if self.fault else way
        return replace(self, fault="; ".join(filter(None, (self.fault, fault))), way=first)

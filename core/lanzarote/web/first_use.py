"""What msgspec has to know of a type is worked out before the first request.

It works that out when a type is decoded for the first time, and runs Python for it: another thread that decodes the
same type meanwhile reads what is not there yet, and the process crashes (msgspec 0.22).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct
from msgspec.json import Decoder


def work_out(package: str = "lanzarote") -> None:
    """Of all structs that there are by now, those of *package*; some are never decoded, and cannot be.

    No others: what they name may be anything, and to work it out runs their code.
    """
    for one in dict.fromkeys(_below(Struct)):
        if str(one.__module__).partition(".")[0] == package:
            with suppress(Exception):  # it names what only a type checker imports
                Decoder(one)


def _below(kind: type[Struct]) -> Iterator[type[Struct]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)

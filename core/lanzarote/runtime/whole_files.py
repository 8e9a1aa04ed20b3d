"""Files that are there whole, or as they were before."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from lanzarote.errors import SettingError
from lanzarote.runtime.unwritable import unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """Write *path* whole, or leave what is there as it is."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.is_dir():
            raise IsADirectoryError
        # What is not public yet is in it: it is its owner's alone.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise SettingError(f"Nothing was written: {unwritable(path, error)}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)

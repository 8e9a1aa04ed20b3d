"""Places where no file can be made: which, why, and the way out."""

from __future__ import annotations

import os
from errno import EACCES, EDQUOT, ENOENT, ENOSPC, EPERM, EROFS
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

READ_ONLY = (EACCES, EPERM, EROFS)


def unwritable(path: Path, error: OSError, way: str = "choose another place") -> str:
    """Why there can be no new file or folder *path*, as *error* says; and what to do about it."""
    if path.is_dir():
        return f"{path} is a folder; name a file in it"
    nearest = next((place for place in path.absolute().parents if os.path.exists(place)), path.parent)
    if not nearest.is_dir():
        return f"{nearest} is a file and no folder; {way}"
    if error.errno in READ_ONLY:
        return f"{nearest} is read-only for this user; change its owner or rights, or {way}"
    if error.errno in (ENOSPC, EDQUOT):
        return f"there is no room for {path} ({error.strerror}); make room, or {way}"
    if error.errno == ENOENT and nearest != path.absolute().parent:
        return f"there is no folder {path.parent}; make it, or {way}"
    return f"{path} cannot be made ({error.strerror}); {way}"

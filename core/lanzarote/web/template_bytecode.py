"""Keeps compiled templates from one start to the next: compiling them is most of what the first pages cost.

What is kept is code that this process will run. It lies in a folder that nobody but its user may enter, and each file
begins with a digest of the rest: one that was torn or damaged is compiled anew.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2
from jinja2.bccache import BytecodeCache

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

KEPT_FOR: Final = 30 * 24 * 60 * 60
"""Seconds after which a file is made anew: of words and versions that are gone, nobody asks again."""
_DIGEST: Final = 32


class Bytecode(BytecodeCache):
    """Templates as they were compiled with the same words, in *folder*."""

    def __init__(self, folder: Path, words: str) -> None:
        """*words*: another text whenever anything is said in other words or compiled in another way."""
        self._folder, self._words = folder, words

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        told = "\0".join((self._words, name, filename or ""))
        return blake2b(told.encode(), digest_size=20).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            read = (self._folder / bucket.key).read_bytes()
            digest, code = read[:_DIGEST], read[_DIGEST:]
            if digest == _digest(code):
                bucket.load_bytecode(BytesIO(code))

    def dump_bytecode(self, bucket: Bucket) -> None:
        written = BytesIO()
        bucket.write_bytecode(written)
        code = written.getvalue()
        with suppress(OSError):  # a full disk, or one that is only read, keeps no page from being shown
            handle, name = tempfile.mkstemp(dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_digest(code) + code)
                os.replace(name, self._folder / bucket.key)
            except OSError:
                Path(name).unlink(missing_ok=True)


def bytecode(words: str) -> Bytecode | None:
    """Where templates with these *words* are kept; None: nowhere that is safe."""
    folder = own_folder(Path(tempfile.gettempdir()))
    return Bytecode(folder, f"{_compiler()} {words}") if folder else None


@cache
def own_folder(place: Path) -> Path | None:
    """A folder in *place* that nobody but the user of this process may enter; None where there can be none."""
    if not hasattr(os, "geteuid"):
        return None
    folder = place / f"lanzarote-templates-{os.geteuid()}"
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
        if not mine:
            return None
        old = time.time() - KEPT_FOR
        for file in folder.iterdir():
            if file.stat().st_mtime < old:
                file.unlink()
    except OSError:
        return None
    return folder


def _digest(code: bytes) -> bytes:
    return blake2b(code, digest_size=_DIGEST).digest()


@cache
def _compiler() -> str:
    """What the compiled code depends on beside the template and its words."""
    from lanzarote.web import html_context, templating

    told = blake2b(f"{sys.version} {jinja2.__version__}".encode(), digest_size=16)
    for module in (templating, html_context):
        told.update(Path(str(module.__file__)).read_bytes())
    return told.hexdigest()

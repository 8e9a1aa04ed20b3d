"""Folders of regions and of law: those on this machine, and those in a wheel, which is neither installed nor run."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from importlib.metadata import PathDistribution
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from lanzarote.errors import RegionError
from lanzarote.hookspecs import hookimpl
from lanzarote.plugins import GROUP, Host
from lanzarote.plugins.packages import MANIFESTS, api_range
from lanzarote.regions.toml_files import LARGEST
from lanzarote.types import API_VERSION, LegalFramework, Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from lanzarote.plugins import Candidate


# --- Refuses what is no folder of a region or of national law, and names the folder that was meant ---

REGION, LAW = "region.toml", "framework.toml"
_INSIDE = ("*", "*/*", "*/*/*")
"""As deep as ``src/lanzarote_region_example/region`` is in the folder of its project."""
_MADE = ("build", "dist", "node_modules", "site-packages")


def refuse_no_folder(folder: Path, laws: Sequence[Path], *files: str) -> None:
    """Raises RegionError when *folder* or one of *laws* is none, or when what was meant is inside *folder*.

    *files*: by which a folder that will do is known.
    """
    for one, file in ((folder, " or ".join(files)), *((law, LAW) for law in laws)):
        if not one.is_dir():
            raise RegionError(f"{one} is not a folder; give the folder that holds {file}.")
    if not any((folder / file).is_file() for file in files) and (meant := _inside(folder, files)):
        told = f"did you mean {meant[0]}?" if len(meant) == 1 else f"give one of these: {', '.join(map(str, meant))}"
        raise RegionError(f"There is no {' or '.join(files)} in {folder}; {told}")


def _inside(folder: Path, files: Sequence[str]) -> list[Path]:
    """The folders inside that will do; those of the first of *files* that is there at all."""
    for file in files:
        found = sorted(place.parent for depth in _INSIDE for place in folder.glob(f"{depth}/{file}"))
        own = [place for place in found if not any(_passed_over(part) for part in place.relative_to(folder).parts)]
        if own:
            return own
    return []


def _passed_over(part: str) -> bool:
    return part.startswith(".") or part in _MADE


# --- Lets folders speak as a package that is not installed ---

NAME = "folder"
"""Of the package that the folders make."""


def host_with(
    regions: Sequence[Traversable], laws: Sequence[Traversable], candidates: Iterable[Candidate] | None = None
) -> Host:
    """The *candidates* (default: all that is installed), and folders that win over a package of the same region."""
    host = Host(candidates)
    host.add(NAME, _Folders(regions, laws) if regions else _Laws(laws))
    return host


class _Laws:
    """A package made of folders of law, for as long as the program runs; it counts as one that describes no region."""

    def __init__(self, laws: Sequence[Traversable]) -> None:
        self._laws = laws

    @hookimpl
    def legal_frameworks(self) -> Iterable[LegalFramework]:
        return tuple(LegalFramework.from_folder(folder) for folder in self._laws)


class _Folders(_Laws):
    """The same with regions."""

    def __init__(self, regions: Sequence[Traversable], laws: Sequence[Traversable]) -> None:
        super().__init__(laws)
        self._regions = regions

    @hookimpl
    def regions(self) -> Iterable[Region]:
        return tuple(Region.from_folder(folder) for folder in self._regions)


# --- Wheels: read without installing, unpacking or importing anything of them ---

MOST_FILES = 20_000
MOST_BYTES = 256_000_000
"""Of all files together, unpacked: far more than facts ever are."""


class Wheel(Struct, frozen=True, kw_only=True):
    """What a wheel says of itself, and its folders, to be read while it is open."""

    root: Any
    distribution: str
    version: str
    regions: tuple[Any, ...]
    """Folders with a ``region.toml``."""
    laws: tuple[Any, ...]
    """Folders with a ``framework.toml``."""
    packages: tuple[Any, ...]
    """Folders of its packages that hold a region or national law."""
    code: tuple[str, ...]
    """Names of its modules."""

    def sources(self) -> dict[str, bytes]:
        """What stands in its modules; for as long as it is open."""
        return {name: (self.root / name).read_bytes() for name in self.code}


@contextmanager
def opened(file: Path) -> Iterator[Wheel]:
    """The wheel *file*. Raises RegionError when it is none, is damaged or holds neither a region nor national law."""
    if not file.is_file():
        raise RegionError(f"There is no file {file}.")
    try:
        parse_wheel_filename(file.name)
    except InvalidWheelFilename:
        raise RegionError(f"{file} is not named as a wheel is; give a file such as {_SUCH}.") from None
    try:
        with zipfile.ZipFile(file) as archive:
            _refuse_bomb(file, archive)
            yield _read(file, archive)
    except _DAMAGED as error:
        raise RegionError(f"{file} is no wheel, or it is damaged ({error}); build or copy it again.") from None


_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, UnicodeDecodeError, EOFError, NotImplementedError)
_SUCH = "lanzarote_region_example-1.1-py3-none-any.whl"


def refuse_other_api(file: Path, folder: Any) -> None:
    """Raises RegionError when the package *folder* of the wheel *file* does not say that this platform will do."""
    offered = ".".join(map(str, API_VERSION))
    try:
        requires = api_range(folder)
    except ValueError as error:
        if (folder / MANIFESTS[1]).is_file() and not (folder / MANIFESTS[0]).is_file():
            return  # what is wrong with the folder of the region is told with all its faults
        raise RegionError(f"{file}: {error}.") from None
    if offered not in SpecifierSet(requires):
        raise RegionError(
            f"{file} needs the platform's API {requires}; this platform offers {offered}. "
            "Upgrade the platform first, or take another version of the package."
        )


def _refuse_bomb(file: Path, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise RegionError(f"{file} unpacks to more than any region package holds; is it the right file?")
    for entry in entries:
        if entry.flag_bits & 1:
            raise RegionError(f"{file} is encrypted in part ({entry.filename}); a wheel is not. Build it again.")
        if entry.filename.endswith((".toml", ".po", "/METADATA")) and entry.file_size > LARGEST:
            told = f"{entry.filename} is larger than {LARGEST // 1_000_000} MB; facts are short: is it the right file?"
            raise RegionError(f"{file}: {told}")


def _read(file: Path, archive: zipfile.ZipFile) -> Wheel:
    root = zipfile.Path(archive)
    about: list[Any] = [entry for entry in root.iterdir() if entry.name.endswith(".dist-info")]
    if len(about) != 1:
        raise RegionError(f"{file} does not say of itself what it is (no single .dist-info in it); build it again.")
    found = PathDistribution(about[0])
    modules = [point.value.partition(":")[0].strip() for point in found.entry_points if point.group == GROUP]
    names = archive.namelist()
    regions: list[Any] = []
    laws: list[Any] = []
    packages: list[Any] = []
    for module in dict.fromkeys(modules):
        folder = module.replace(".", "/")
        within = [name for name in names if name.startswith(f"{folder}/")]
        own = [root / name.removesuffix("/region.toml") for name in within if name.endswith("/region.toml")]
        shared = [root / name.removesuffix("/framework.toml") for name in within if name.endswith("/framework.toml")]
        packages += [root / folder] if own or shared else []
        regions += own
        laws += shared
    distribution, version = _named(file, found)
    if not (regions or laws):
        raise RegionError(
            f"{file} brings no region and no national law: its packages for the platform hold no folder with "
            "region.toml, and none with framework.toml."
        )
    return Wheel(
        root=root,
        distribution=distribution,
        version=version,
        regions=tuple(regions),
        laws=tuple(laws),
        packages=tuple(packages),
        code=tuple(name for name in names if name.endswith(".py") and "-info/" not in name),
    )


def _named(file: Path, found: PathDistribution) -> tuple[str, str]:
    try:
        return found.metadata["Name"], found.version
    except (KeyError, TypeError, ValueError, FileNotFoundError):
        raise RegionError(f"{file} does not say its name and version (METADATA); build it again.") from None

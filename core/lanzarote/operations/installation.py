"""What this installation amounts to, as one document: the same bytes whatever the order of installation."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from lanzarote import __version__
from lanzarote.plugins.packages import OFFERED
from lanzarote.regions import folder
from lanzarote.runtime.reading import converted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

    from lanzarote.plugins import Host, Package
    from lanzarote.regions.claims import InstalledRegions

UNREADABLE = "unreadable"


class KnownPackage(Struct, frozen=True, kw_only=True):
    name: str
    distribution: str
    version: str
    requires_api: str
    hooks: tuple[str, ...]
    fault: str
    left_aside: tuple[str, ...]
    idle: str
    deprecated: tuple[str, ...]
    switched_on: tuple[str, ...] = ()
    """Regions that have switched it on."""


class KnownFolder(Struct, frozen=True, kw_only=True):
    """Of a region, or of national law."""

    id: str
    package: str
    digest: str
    """Of everything that it says."""


class KnownCatalogue(Struct, frozen=True, kw_only=True):
    language: str
    package: str
    domain: str
    digest: str


class KnownFormat(Struct, frozen=True, kw_only=True):
    format: str
    package: str
    label: str
    media_type: str
    extensions: tuple[str, ...]


class Configuration(Struct, frozen=True, kw_only=True):
    """Where several things answer one question, such as two laws of one State, they stand in the order that counts."""

    platform: str
    api: str
    safe_mode: bool
    packages: tuple[KnownPackage, ...]
    regions: tuple[KnownFolder, ...]
    laws: tuple[KnownFolder, ...]
    catalogues: tuple[KnownCatalogue, ...]
    exporters: tuple[KnownFormat, ...]
    importers: tuple[KnownFormat, ...]
    document_exporters: tuple[KnownFormat, ...]


def configuration(
    host: Host, regions: InstalledRegions, switched_on: Mapping[str, list[str]] | None = None
) -> Configuration:
    """Look at everything that is installed; *switched_on*: package → regions."""
    known = sorted(regions.items())  # before the packages: whoever claims another's region is blamed
    catalogues, laws = host.contributed("catalogues"), host.contributed("legal_frameworks")
    return Configuration(
        platform=__version__,
        api=OFFERED,
        safe_mode=host.safe_mode,
        packages=tuple(_package(one, switched_on or {}) for one in host.packages),
        regions=tuple(
            KnownFolder(id=name, package=one.package.name, digest=_digest_of(one.region.path)) for name, one in known
        ),
        laws=tuple(_law(package, law.path) for package, law in laws),
        catalogues=tuple(
            KnownCatalogue(
                language=one.language, package=package.name, domain=one.domain, digest=_digest_of_file(one.path)
            )
            for package, one in catalogues
        ),
        exporters=_formats(host, "exporters"),
        importers=_formats(host, "importers"),
        document_exporters=_formats(host, "document_exporters"),
    )


def written(what: Configuration) -> bytes:
    """As JSON that people can read, and compare line by line."""
    return msgspec.json.format(msgspec.json.encode(what), indent=2) + b"\n"


def _package(one: Package, switched_on: Mapping[str, list[str]]) -> KnownPackage:
    known = converted(one, KnownPackage, from_attributes=True)
    return replace(known, switched_on=tuple(switched_on.get(one.name, ())))


def _formats(host: Host, hook: str) -> tuple[KnownFormat, ...]:
    return tuple(
        KnownFormat(
            format=one.format,
            package=package.name,
            label=one.label,
            media_type=one.media_type,
            extensions=one.extensions if hook == "importers" else (one.extension,),
        )
        for package, one in host.contributed(hook)
    )


def _law(package: Package, path: Traversable) -> KnownFolder:
    header = folder.read_framework_header(path)
    return KnownFolder(id=header.id if header else "", package=package.name, digest=_digest_of(path))


def _digest_of(path: Traversable) -> str:
    try:
        return folder.folder_digest([path])
    except OSError:
        return UNREADABLE


def _digest_of_file(path: Traversable) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return UNREADABLE

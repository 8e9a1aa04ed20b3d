"""Compares a folder with the wheel of it that was published last: what others hold on to must not be lost.

Records of regions, addresses and results name keys; a key that vanishes without a trace breaks them. The wheel is read
as it is and nothing in it is run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from lanzarote.errors import RegionError
from lanzarote.kit.folders import opened
from lanzarote.kit.project import Project, laws_beside, project_of
from lanzarote.records.records import encode
from lanzarote.regions.content import RENAMABLE, Content, Problem, place_of
from lanzarote.regions.folder import folder_digest, read_framework, read_region
from lanzarote.regions.renaming import former_of, with_present_keys
from lanzarote.regions.words import lost_words, own_words
from lanzarote.types import FrameworkHeader, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lanzarote.types import PracticeField

    _Header = RegionHeader | FrameworkHeader

_RETIRED = "retire it: put it back with until = the day"
RETIRING = {
    "organisations": 'retire it: put it back with until = "the year", or merged_into',
    "provisions": "retire it: put it back with until = the day in its last wording",
    "practices": 'retire it: put it back with running = "ended", or publish = false and a reason',
    "procedures": "retire it: put it back with publish = false and a reason",
    "sectors": f"{_RETIRED}, and replaced_by",
    "ages": f"{_RETIRED}, and replaced_by",
    "helplines": f"{_RETIRED}, and replaced_by",
    "fields": f"{_RETIRED}, and replaced_by",
}
"""Kind → how an entry of it ends without vanishing."""


class Published(Struct, frozen=True, kw_only=True):
    """What a wheel holds of one region."""

    distribution: str
    version: str
    content: Content
    digest: str
    laws: Mapping[str, Content]


def lost(content: Content, folder: Path, wheel: Path) -> Iterator[Problem]:
    """What the published *wheel* has and the folder lost. Raises RegionError for what is no wheel of this region."""
    header, project = content.header, project_of(folder)
    assert isinstance(header, RegionHeader)
    old = read_published(wheel, header.id, project)
    assert isinstance(old.content.header, RegionHeader)
    yield from _header(content, header, old.content.header)
    yield from _version(old.version, old.digest, project, folder)
    yield from _entries(content, old.content)
    yield from _questions(content, old.content)
    yield from _numbered(content, old.content)
    laws = {one.header.id: one for place in laws_beside(project) if (one := read_framework(place)).header}
    for law_id, law in old.laws.items():
        if law_id in laws:
            yield from _entries(laws[law_id], law, f"[law {law_id}] ")
        else:
            yield _no_longer_brought(law_id)


def lost_law(content: Content, folder: Path, wheel: Path) -> Iterator[Problem]:
    """The same of a folder of national law. Raises RegionError for what is no wheel that brings this law."""
    header, project = content.header, project_of(folder)
    assert isinstance(header, FrameworkHeader)
    with opened(wheel) as held:
        laws = [(place, read_framework(place)) for place in held.laws]
        found = {one.header.id: (place, one) for place, one in laws if isinstance(one.header, FrameworkHeader)}
        if header.id not in found:
            told = f"the law of {', '.join(sorted(found))}" if found else "no law that can be read"
            raise RegionError(f"{wheel} is of another law: it brings {told}, this folder is the law of {header.id}.")
        place, old = found[header.id]
        version, digest = held.version, folder_digest([place])
    yield from _languages(content, header, old.header)
    yield from _version(version, digest, project, folder)
    yield from _entries(content, old)
    beside = {header.id, *(one.header.id for law in laws_beside(project) if (one := read_framework(law)).header)}
    yield from (_no_longer_brought(law_id) for law_id in found if law_id not in beside)


def _entries(content: Content, old: Content, where: str = "") -> Iterator[Problem]:
    """Keys and translations that are gone; *where* begins the files of a law."""
    yield from _keys(content, old, where)
    yield from _instruments(content, old, where)
    yield from _words(content, old, where)


def _no_longer_brought(law_id: str) -> Problem:
    told = f"the package no longer brings the law {law_id}, and other regions may rest on it; put it back"
    return Problem(file=f"[law {law_id}] framework.toml", key="id", line=0, message=told)


def read_published(file: Path, region_id: str, project: Project | None) -> Published:
    """Read the region *region_id* out of a wheel. Raises RegionError for what is no wheel of this region."""
    with opened(file) as wheel:
        distribution = canonicalize_name(wheel.distribution)
        regions = [(place, read_region(place)) for place in wheel.regions]
        found = {one.header.id: (place, one) for place, one in regions if isinstance(one.header, RegionHeader)}
        if not found:
            raise RegionError(f"{file} holds no region: there is no region.toml in it that can be read.")
        same = project is not None and canonicalize_name(project["name"] or "") == distribution
        if region_id not in found and not (same and len(found) == 1):
            told = ", ".join(sorted(found))
            raise RegionError(f"{file} is of another region: {distribution} describes {told}, this folder {region_id}.")
        place, content = found.get(region_id) or next(iter(found.values()))
        laws = map(read_framework, wheel.laws)
        return Published(
            distribution=distribution,
            version=wheel.version,
            content=content,
            digest=folder_digest([place]),
            laws={one.header.id: one for one in laws if isinstance(one.header, FrameworkHeader)},
        )


def _header(content: Content, new: RegionHeader, old: RegionHeader) -> Iterator[Problem]:
    for name, way in (
        ("id", "it is part of every address of the region and never changes; a new id is a new region"),
        ("territory", "records and results name it to say where they belong; a new territory is a new region"),
    ):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield content.at("region.toml", (name,), f"was {before!r} in the published package; {way}")
    yield from _languages(content, new, old)


def _words(content: Content, old: Content, where: str) -> Iterator[Problem]:
    """Translations that are gone although what they translate is as it was."""
    before = {word.key for word in own_words(old)}
    for word, language in lost_words(old, content):
        if any((place, word.text) in before for place in (word.place, *word.former)):
            file, _, key = word.place.partition(" ")
            told = f"was said in {language!r} in the published package, and its original is the same; put it back"
            yield Problem(file=f"{where}{file}", key=key, line=0, message=told)


def _languages(content: Content, new: _Header, old: _Header | None) -> Iterator[Problem]:
    if gone := [language for language in (old.languages if old else ()) if language not in new.languages]:
        told = f"the published package speaks {', '.join(gone)} too, and so do addresses that people kept; put it back"
        yield content.at(content.header_file, ("languages",), told)


def _version(published: str, digest: str, project: Project | None, folder: Path) -> Iterator[Problem]:
    if project is None or not isinstance(project["version"], str):
        return
    path = ("project", "version")
    try:
        new, before = Version(project["version"]), Version(published)
    except InvalidVersion:
        yield project.at(path, f"{project['version']!r} is no version that can be compared with {published!r}")
        return
    if new < before:
        yield project.at(path, f"is lower than the published {before}; nobody would be given it")
    elif new == before and folder_digest([folder]) != digest:
        yield project.at(path, f"is the published {before}, but the facts have changed; raise it")


def _keys(content: Content, old: Content, where: str) -> Iterator[Problem]:
    for kind in RENAMABLE:
        entries: Mapping[str, Any] = getattr(content, kind)
        known = {*entries, *(former for entry in entries.values() for former in entry.former)}
        before: Mapping[str, Any] = getattr(old, kind)
        for key, entry in before.items():
            for name in (key, *entry.former):
                if name not in known:
                    file, path = place_of(old, kind, key)
                    yield Problem(
                        file=f"{where}{file}", key=".".join(map(str, path)), line=0, message=_ways(kind, name)
                    )


def _instruments(content: Content, old: Content, where: str) -> Iterator[Problem]:
    files = {provision.instrument: old.law_files[key] for key, provision in old.provisions.items()}
    for key in old.instruments:
        if key not in content.instruments:
            told = f"the published package has the code or act {key!r}, and addresses and results name it; put it back"
            yield Problem(file=f"{where}{files.get(key, 'law')}", key="instrument.key", line=0, message=told)


def _ways(kind: str, key: str) -> str:
    return (
        f"the published package has {key!r}, and records may name it. Either put it back; or, if it is called "
        f'otherwise now, write former = ["{key}"] in that entry; or {RETIRING.get(kind, _RETIRED)}'
    )


def _questions(content: Content, old: Content) -> Iterator[Problem]:
    """Answers that records gave to the region's own questions."""
    renamed = {former: key for key, field in content.fields.items() for former in field.former}
    for key, field in old.fields.items():
        present = renamed.get(key, key)
        now = content.fields.get(present)
        if now and now.type != field.type:
            told = (
                f"was {field.type!r} in the published package and is {now.type!r}: answers that records gave to it are "
                f'refused, or say something else. Either keep type = "{field.type}"; or put the question back as it '
                "was, with until = the day, and ask the new one under a key of its own"
            )
            yield content.at("fields.toml", (present, "type"), told)
        elif now:
            yield from _choices(key, field, now)


def _choices(key: str, before: PracticeField, now: PracticeField) -> Iterator[Problem]:
    for choice in before.choices:
        if choice.key not in {one.key for one in now.choices}:
            told = f"the published package offers {choice.key!r}, and records may have answered it; put it back"
            path = f"{key}.choices"
            yield Problem(file="fields.toml", key=path, line=0, message=f"{told}, with until = the day if it has ended")


def _numbered(content: Content, old: Content) -> Iterator[Problem]:
    """What has a version of its own: every answer and decision names it. A renamed source changes neither."""
    present = {kind: former_of(getattr(content, kind)) for kind in RENAMABLE}
    for name in ("criteria", "decision"):
        before, after = getattr(old, name), getattr(content, name)
        if before is None or (after and encode(after) == with_present_keys(encode(before), present)):
            continue
        if after is None:
            yield Problem(file=f"{name}.toml", key="", line=0, message="the published package has it; put it back")
        elif after.version <= before.version:
            told = f"differs from the published version {before.version}; give it a higher one, records name it"
            yield content.at(f"{name}.toml", ("version",), told)
    assert isinstance(content.header, RegionHeader)
    assert isinstance(old.header, RegionHeader)
    known = {mandate.version for mandate in content.header.mandates}
    for mandate in old.header.mandates:
        if mandate.version not in known:
            told = f"the published package has version {mandate.version}; put it back, and add new ones below"
            yield content.at("region.toml", ("mandates",), told)

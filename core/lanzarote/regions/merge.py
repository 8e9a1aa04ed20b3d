"""Upgrades: what a package ships, merged with what it shipped before and with the region's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping


_SOURCED = ("field_sources", "editorial")
_BESIDE = {"partners": ("partners",), "running": ("running", "started", "ended")}
"""Fields that name their sources and are no texts → where they stand."""
ABSENT: Any = None
"""A field that is not there; no field of ours can hold None."""


class Question(Struct, frozen=True, kw_only=True):
    """Both sides changed a field: the local text stays, and a person is shown all three."""

    field: str
    before: Any
    local: Any
    package: Any


class Merged(Struct, frozen=True, kw_only=True):
    body: dict[str, Any]
    taken: tuple[str, ...]
    """Fields that follow the package."""
    kept: tuple[str, ...]
    """Fields that only the region changed."""
    questions: tuple[Question, ...]


def merge(
    before: Mapping[str, Any], local: Mapping[str, Any], package: Mapping[str, Any], *, ask: bool = False
) -> Merged:
    """Merge three bodies (plain JSON values), lists as a whole, mappings entry by entry.

    Only the package changed: taken. Only the region: kept. Both alike: the same. Both differently: kept, and asked.
    With *ask*, nothing is taken without being asked. Where the local text of a field stays, its sources stay.
    """
    before, local, package = (_by_field(body) for body in (before, local, package))
    package = _without_sources_of_kept(before, local, package, ask=ask)
    whole = _read_whole(before, local, package)
    olds, mine, theirs = (_leaves(one, whole) for one in (before, local, package))
    body: dict[str, Any] = {}
    taken: list[str] = []
    kept: list[str] = []
    questions: list[Question] = []
    for path in dict.fromkeys((*mine, *theirs, *olds)):
        old, here, there = olds.get(path, ABSENT), mine.get(path, ABSENT), theirs.get(path, ABSENT)
        value = here
        if here != old == there:
            kept.append(".".join(path))
        if there not in (old, here):
            if here == old and not ask:
                value = there
                taken.append(".".join(path))
            else:
                questions.append(Question(field=".".join(path), before=old, local=here, package=there))
        if value is not ABSENT:
            _put(body, path, value)
    _mark_stale(body, mine, theirs)
    if "editorial" in body:
        body["editorial"] = list(body["editorial"])
    return Merged(body=body, taken=tuple(taken), kept=tuple(kept), questions=tuple(questions))


def _read_whole(*bodies: Mapping[str, Any]) -> frozenset[tuple[str, ...]]:
    """What is a mapping in one of *bodies* and none in another: an answer to a question that is of another type now."""
    paths = frozenset(path for body in bodies for path in _leaves(body))
    return frozenset(path[:end] for path in paths for end in range(1, len(path)) if path[:end] in paths)


def _leaves(
    body: Mapping[str, Any], whole: frozenset[tuple[str, ...]] = frozenset(), path: tuple[str, ...] = ()
) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for key, value in body.items():
        if isinstance(value, dict) and (*path, key) not in whole:
            found.update(_leaves(value, whole, (*path, key)))
        else:
            found[*path, key] = value
    return found


def _put(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        body = body.setdefault(part, {})
    body[path[-1]] = value


def _by_field(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """*body* with its list of editorial fields as a mapping, to be merged field by field."""
    return {**body, "editorial": dict.fromkeys(body["editorial"], True)} if "editorial" in body else body


def _without_sources_of_kept(
    before: Mapping[str, Any], local: Mapping[str, Any], package: Mapping[str, Any], *, ask: bool
) -> Mapping[str, Any]:
    """*package* with the sources it named *before* for each field of which another text stays: they say theirs."""
    told = {name: package.get(name, {}) for name in _SOURCED}
    kept = {field for one in told.values() for field in one if _stays(field, before, local, package, ask=ask)}
    if not kept:
        return package
    replaced = dict(package)
    for name, fields in told.items():
        was = before.get(name, {})
        rest = {field: value for field, value in fields.items() if field not in kept}
        replaced[name] = rest | {field: was[field] for field in kept if field in was}
    return {name: value for name, value in replaced.items() if name not in _SOURCED or value}


def _stays(
    field: str, before: Mapping[str, Any], local: Mapping[str, Any], package: Mapping[str, Any], *, ask: bool
) -> bool:
    """Whether the region keeps another wording of *field* than the package's, in a language that the package has."""
    bodies = (before, local, package)
    texts = [[body.get(name) for body in bodies] for name in _BESIDE.get(field, ())]
    if not texts:
        texts = [[body.get("text", {}).get(lang, {}).get(field) for body in bodies] for lang in package.get("text", {})]
    return any(here != there and (ask or here != old) for old, here, there in texts)


def _mark_stale(
    body: dict[str, Any], mine: Mapping[tuple[str, ...], Any], theirs: Mapping[tuple[str, ...], Any]
) -> None:
    """A translation that stayed while the original's text moved on is out of date, until the package follows up."""
    original = body.get("original")
    texts = body.get("text")
    if not original or not isinstance(texts, dict):
        return
    moved = {name for name, text in texts.get(original, {}).items() if mine.get(("text", original, name)) != text}
    late = {
        language
        for language, fields in texts.items()
        if language != original
        and any(mine.get(("text", language, name)) == fields.get(name) for name in moved & set(fields))
    }
    shipped = {language: _texts(theirs, language) for language in texts}
    renewed = {
        language
        for language, fields in texts.items()
        if fields == shipped[language] != _texts(mine, language) and texts[original] == shipped[original]
    }
    stale = {*body.pop("stale", ()), *late} - (renewed - {*theirs.get(("stale",), ())})
    if stale:
        body["stale"] = sorted(stale)


def _texts(leaves: Mapping[tuple[str, ...], Any], language: str) -> dict[str, Any]:
    return {path[2]: text for path, text in leaves.items() if path[:2] == ("text", language)}


def plain(value: Any) -> str:
    """What a field holds, one thing a line.

    >>> plain(["courts", {"organisation": "police", "side": "public", "part": {"fr": "écoute"}}, {"value": 3}])
    'courts\\npolice (public): écoute (fr)\\nvalue: 3'
    """
    if value is ABSENT:
        return ""
    if isinstance(value, list):
        return "\n".join(plain(one) for one in value)
    if isinstance(value, dict):
        return (
            _body(value)
            if value.keys() <= _OF_A_BODY
            else "; ".join(f"{key}: {plain(one)}" for key, one in value.items())
        )
    return str(value)


_OF_A_BODY = {"organisation", "sector", "side", "part"}


def _body(partner: Mapping[str, Any]) -> str:
    """Who takes part, and what it does, in each language in which that is told."""
    named = [str(partner[name]) for name in ("organisation", "sector", "side") if name in partner]
    who = f"{named[0]} ({', '.join(named[1:])})" if named[1:] else "".join(named)
    part = ", ".join(f"{text} ({lang})" for lang, text in partner.get("part", {}).items())
    return f"{who}: {part}" if part else who

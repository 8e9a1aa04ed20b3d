"""What loading a region did, and keys that any release gave up: they lead on, also when a later package is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.regions import seeds
from lanzarote.regions.content import RENAMABLE
from lanzarote.regions.merge import former_of
from lanzarote.regions.seeds import Seed
from lanzarote.regions.vocabulary import FILES, Term, former_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.regions.content import Content


# --- What loading a region did, or upgrading it ---


class Report(Struct, kw_only=True):
    """What loading or upgrading a region did, or would do."""

    region: str
    first: bool
    header: tuple[str, ...] = ()
    """Keys of ``region.toml`` that say something else than before."""
    vocabulary: list[str]
    records: seeds.Outcome
    enabled: bool = True
    going: tuple[str, ...] = ()
    """Keys of its folder, and of the law it uses, that will go: where each stands, and what to write instead."""


# --- Keys that any release gave up: they lead on, also when a later package no longer says so ---

TERMS: Final = {name: kind for kind, name in FILES.items() if name in RENAMABLE}
"""File whose entries may be renamed → their kind in the vocabulary."""


def led_on(session: Session, region_id: str, content: Content) -> dict[str, dict[str, str]]:
    """File → former key, of this release or any that was loaded before → the key to which it leads."""
    found: dict[str, dict[str, str]] = {}
    for name in (*TERMS, "organisations"):
        entries = getattr(content, name)
        steps = dict(_known(session, region_id, name)) | former_of(entries)
        for key in entries:
            steps.pop(key, None)  # in use, whatever it was before
        found[name] = {former: _end(former, steps) for former in steps}
    return found


def with_former_keys(content: Content, led: Mapping[str, Mapping[str, str]]) -> Content:
    """The *content* as if its entries named every key that they ever had."""
    fuller = {}
    for name, present in led.items():
        entries = dict(getattr(content, name))
        for former, key in present.items():
            if key in entries and former not in entries[key].former:
                entries[key] = msgspec.structs.replace(entries[key], former=(*entries[key].former, former))
        fuller[name] = entries
    return msgspec.structs.replace(content, **fuller)


def _known(session: Session, region_id: str, name: str) -> Iterator[tuple[str, str]]:
    """Former key and the one that followed, as loaded before; what the package still had comes last and counts."""
    if name in TERMS:
        kept = select(Term.key, Term.body).where(Term.region_id == region_id, Term.kind == TERMS[name])
        rows = session.execute(kept.order_by(Term.retired.desc(), Term.key)).all()
    else:
        # What is kept of an erased one is no JSON.
        kept = select(Seed.key, Seed.body).where(Seed.region_id == region_id, Seed.kind == "stakeholder")
        rows = session.execute(kept.order_by(Seed.in_package, Seed.key)).all()
    for key, body in rows:
        if body.startswith(b"{"):
            yield from ((former, key) for former in former_in(body))


def _end(key: str, steps: Mapping[str, str]) -> str:
    seen = {key}
    while (following := steps.get(key)) and following not in seen:
        seen.add(key := following)
    return key

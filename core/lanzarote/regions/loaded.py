"""What loading a region did, or upgrading it."""

from __future__ import annotations

from msgspec import Struct

from lanzarote.regions import seeds


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

"""Finds records by words: what is indexed, how a question is read, in which order the records found stand."""

from lanzarote.search.index import (
    APART,
    TIERS,
    Entry,
    Texts,
    forget_region,
    index,
    region_token,
    remove,
    rows_that_hold,
    scrub,
)

__all__ = (
    "APART",
    "TIERS",
    "Entry",
    "Texts",
    "forget_region",
    "index",
    "region_token",
    "remove",
    "rows_that_hold",
    "scrub",
)

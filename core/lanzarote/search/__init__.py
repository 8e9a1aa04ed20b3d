"""Finds records by words: what is indexed, how a question is read, in which order the records found stand."""

from lanzarote.search.index import APART, TIERS, Entry, find, index, region_token, remove, scrub

__all__ = ("APART", "TIERS", "Entry", "find", "index", "region_token", "remove", "scrub")

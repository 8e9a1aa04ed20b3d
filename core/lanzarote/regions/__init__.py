"""Regions: reads a region folder, checks it, materialises its vocabulary, merges upgrades.

It may import `records`, `plugins` and what is below them, and no room of a kind of record.
"""

"""Regions: reads a region folder, checks it, materialises its vocabulary, merges upgrades."""

"""Chosen practices and procedures of a region as one document, in a format that an installed package writes.

It may import ``practices``, ``procedures``, ``downloads`` and what is below them.
"""

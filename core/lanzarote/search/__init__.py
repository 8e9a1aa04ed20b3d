"""Finds records by words: what is indexed, how a question is read, in which order the records found stand.

It may import `configuration`, `guard` and what is below them, and knows no kind of record.
"""

"""A region as a whole: what its practices, its stakeholders and its law say together.

Reads practices, meetings, evaluations and the vocabulary of a region; has no record and no table of its own.
"""

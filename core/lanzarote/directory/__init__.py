"""The directory of a region: its organisations as everybody reads them, and how each relates to the group.

It may import ``records`` and what is below; how entries are written is in ``stakeholders``.
"""

"""The directory of a region: its organisations as everybody reads them, and how each relates to the group."""

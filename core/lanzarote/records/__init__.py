"""Records of every kind: versions, drafts, lifecycle, permissions, validation, audit, change log, erasure, outbox.

Knows no kind. Whoever follows what is written is told by the change log.
"""

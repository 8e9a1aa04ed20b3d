"""Records of every kind: versions, drafts, lifecycle, permissions, validation, audit, change log, erasure, outbox.

Knows no kind. The change log tells other rooms what was written.
"""

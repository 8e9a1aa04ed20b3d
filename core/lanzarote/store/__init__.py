"""The database: engines, the scope of a session, bulk rows, partitions, a read replica; and the ids of what is kept.

Knows nothing of what is stored in it.
"""

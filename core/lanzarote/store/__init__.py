"""The database: engines, the scope of a session, bulk rows, partitions, a read replica; and the ids of what is kept.

It knows nothing of what is stored in it, and may import `translation`, `runtime`, `types` and `errors`.
"""

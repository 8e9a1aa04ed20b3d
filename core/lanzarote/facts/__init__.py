"""Facts that come with the platform: the Convention, its States, help lines that answer across borders.

It may import `configuration`, `runtime`, `types` and `errors`, and asks no database.
"""

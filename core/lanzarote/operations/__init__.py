"""Running an instance: serving it, backups, doctor, and what the commands of the command line report.

It may import `app`, `composition` and every room that these put together.
"""

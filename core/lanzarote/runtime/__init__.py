"""What one process does beside its work: logs, counts, progress, garbage, what it tells systemd and other commands.

It may import `types` and `errors` alone.
"""

"""Files that a team imports: practices and the directory, read by packages, written by the platform.

It writes through the services of `practices` and `stakeholders`, and may import these and what is below them.
"""

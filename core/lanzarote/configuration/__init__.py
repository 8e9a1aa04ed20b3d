"""Settings: where each is said, what it may be, and the look of the organisation that runs an instance.

It may import `guard` and what is below it.
"""

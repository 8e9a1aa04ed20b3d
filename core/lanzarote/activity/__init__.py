"""What a person comes back to: their tasks, what changed, who did what; tasks and notes of a region's team.

It may import every room of records. Only following, exchange and what puts the instance together know it.
"""

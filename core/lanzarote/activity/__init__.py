"""What a person comes back to: what waits for them, what changed, who did what; tasks and notes of a region's team."""

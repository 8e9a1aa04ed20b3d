"""What a group finds wanting, what it proposes instead, and how it decides: findings, improvements, positions."""

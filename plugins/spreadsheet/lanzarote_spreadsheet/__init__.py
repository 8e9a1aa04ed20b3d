"""Excel files out of the platform."""

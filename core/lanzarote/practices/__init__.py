"""Practices: what institutions and associations do together for children."""

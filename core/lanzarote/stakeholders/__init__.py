"""Stakeholders: the organisations of a region, and how each relates to the working group."""

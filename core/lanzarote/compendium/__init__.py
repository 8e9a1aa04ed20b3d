"""Chosen practices and procedures of a region as one document, in a format that an installed package writes."""

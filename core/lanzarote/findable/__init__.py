"""Everything that one finds beside practices: organisations, provisions, articles, what a region shows as context."""

"""Everything that one finds beside practices: organisations, provisions, articles, what a region shows as context.

Imports search for how, and practices, records, directory and facts for what; it comes after every room whose pages
it leads to.
"""

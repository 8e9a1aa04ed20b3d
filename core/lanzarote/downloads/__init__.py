"""Files that take longer to make than a visitor waits for a page: made in the background, kept for a day.

Imports web, practices and stakeholders, whose lists it turns into files.
"""

"""Words for translators: the platform's own and those of a region folder, out of it and back into it."""

"""A region as a whole: what its practices, its stakeholders and its law say together."""

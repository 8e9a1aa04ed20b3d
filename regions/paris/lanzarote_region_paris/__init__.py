"""Paris, the first region."""

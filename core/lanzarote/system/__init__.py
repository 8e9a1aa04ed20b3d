"""How the instance is, for its administrators: what it runs on, what waits, what is set, and a test of its e-mail."""

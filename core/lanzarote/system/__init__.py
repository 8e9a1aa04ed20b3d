"""How the instance is, for its administrators: what it runs on, what waits, what is set, and a test of its e-mail.

Imports web, mail and accounts; all it does but show is send a test e-mail.
"""

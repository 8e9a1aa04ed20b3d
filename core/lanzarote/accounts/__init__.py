"""Who signs in: accounts by invitation, their roles, sessions, second factors and tokens."""

"""Who signs in: accounts by invitation, their roles, sessions, second factors and tokens.

Imports web, mail, records and what lies below these. Other rooms ask it who somebody is and
what they are called, and send its letters.
"""

"""E-mails: plain text, sent by SMTP or saved in a folder, and why a server did not take one.

Imports no room with pages; who is written to and what about is decided by the rooms that use it.
"""

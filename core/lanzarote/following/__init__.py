"""Following along: who wants to be told what changes, how often, and the mails that tell them."""

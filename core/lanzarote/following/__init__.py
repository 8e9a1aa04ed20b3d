"""Following: who wants e-mails about what changes in records and regions, how often, and these e-mails.

It asks each kind what is news of it (``records.kinds.Followed``). It may import ``web``, ``accounts`` and those below.
"""

"""What a kind of record is: a declaration from which list, form, page, versions, actions and API resources follow.

Begin with ``kind.py``. It may import ``web``, ``accounts`` and what is below them; no room of a kind. These import it.
"""

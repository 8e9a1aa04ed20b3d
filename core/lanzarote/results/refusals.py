"""Why results are not taken, each with the code under which an office and a program know it."""

from __future__ import annotations

from lanzarote.errors import LanzaroteError


class Refused(LanzaroteError):
    """These results are not taken; nothing here was changed."""

    code = "refused"
    held = False
    """Whether the office keeps the bytes, for somebody to look at."""


class Stranger(Refused):
    """No such region is enrolled here, or it was ended."""

    code = "unknown-region"


class Paused(Refused):
    """The office takes nothing from the region just now."""

    code = "paused"


class WrittenHere(Refused):
    """The region is written here: nobody else says what its results are."""

    code = "written-here"


class UnknownKey(Refused):
    """Signed by a key that nobody here has compared, and that none of the known keys endorses."""

    code = "unknown-key"


class RevokedKey(Refused):
    code = "revoked-key"


class Missing(Refused):
    """There are entries between what is here and what came."""

    code = "missing-entries"

    def __init__(self, text: str, *, after: int, before: int) -> None:
        super().__init__(text)
        self.after, self.before = after, before


class Forked(Refused):
    """What came and what is here cannot both be what the region wrote."""

    code = "other-history"
    held = True


class Unfit(Refused):
    """Signed by its region and not what this platform can take."""

    code = "unfit"
    held = True


class Recognisable(Refused):
    """It may tell of a person. Its bytes are not kept."""

    code = "recognisable"

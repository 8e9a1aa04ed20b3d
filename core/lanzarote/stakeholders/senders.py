"""How often one sender may write within the hour, so that a flood from one closes the form for nobody else."""

from __future__ import annotations

from enum import Enum

from lanzarote.web.limits import RateLimit

MOST_AN_HOUR = 5


class Busy(Enum):
    """Why a message is not taken now."""

    SENDER = "sender"
    """This sender has sent several."""
    ALL = "all"
    """Many have come in from all together."""


class Senders(RateLimit):
    """Who wrote within the hour."""

    def __init__(self, most: int = MOST_AN_HOUR) -> None:
        super().__init__(most, within=3_600.0)

    def admit(self, sender: str) -> Busy | None:
        """Count one message of *sender*, or say why it has to wait."""
        return Busy.SENDER if self.wait(sender) else None

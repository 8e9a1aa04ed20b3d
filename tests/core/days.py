"""Which day it is for the people of Paris: for an hour or two of every night it is another one in Greenwich."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from lanzarote.records.records import now


def today() -> date:
    return now().astimezone(ZoneInfo("Europe/Paris")).date()

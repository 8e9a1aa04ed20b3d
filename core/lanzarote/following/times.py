"""When digests are sent: in the morning, weekly ones on Mondays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

MORNING: Final = 5
"""Hour in UTC: between six and nine wherever the Council of Europe's States keep time on the continent."""
MARGIN: Final = timedelta(hours=1)
"""What changes so shortly before is told the next time: by then everything of it can be read."""


def next_digest(rhythm: str, at: datetime) -> datetime:
    """When what changed *at* is told in a digest.

    >>> at = datetime(2031, 1, 1, 9, tzinfo=UTC)  # a Wednesday
    >>> next_digest("daily", at).isoformat(), next_digest("weekly", at).isoformat()
    ('2031-01-02T05:00:00+00:00', '2031-01-06T05:00:00+00:00')
    >>> next_digest("daily", datetime(2031, 1, 1, 4, 30, tzinfo=UTC)).isoformat()
    '2031-01-02T05:00:00+00:00'
    """
    first = at.astimezone(UTC) + MARGIN
    due = first.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    if due < first:
        due += timedelta(days=1)
    if rhythm == "weekly":
        due += timedelta(days=-due.weekday() % 7)
    return due

"""The periods that values are about: months, quarters, halves of a year, years, single days."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from lanzarote.records.days import is_date
from lanzarote.translation import date_told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lanzarote.types.evaluation import Rhythm

_FORMS: Final[Mapping[Rhythm, str]] = {
    "month": r"\d{4}-\d\d",
    "quarter": r"\d{4}-Q[1-4]",
    "half-year": r"\d{4}-H[12]",
    "year": r"\d{4}",
    "day": r"\d{4}-\d\d-\d\d",
}


def fits(period: str, rhythm: Rhythm) -> bool:
    """Whether *period* is one of those that values with this rhythm are about.

    >>> fits("2031-06", "month"), fits("2031-13", "month"), fits("2031-Q3", "quarter"), fits("2031", "month")
    (True, False, True, False)
    """
    if not re.fullmatch(_FORMS[rhythm], period, re.ASCII):
        return False
    return is_date(period[:4] if rhythm in ("quarter", "half-year") else period)


def is_period(text: str) -> bool:
    """Whether *text* is a period of any rhythm.

    >>> is_period("2031-H1"), is_period("2031-Q5"), is_period("2031-13"), is_period("")
    (True, False, False, False)
    """
    return any(fits(text, rhythm) for rhythm in _FORMS)


def ends(period: str) -> date:
    """Its last day.

    >>> [str(ends(one)) for one in ("2031", "2031-H1", "2031-Q1", "2031-02", "2031-02-03")]
    ['2031-12-31', '2031-06-30', '2031-03-31', '2031-02-28', '2031-02-03']
    """
    year, _, rest = period.partition("-")
    if rest.startswith("Q"):
        return _last_day(int(year), int(rest[1]) * 3)
    if rest.startswith("H"):
        return _last_day(int(year), int(rest[1]) * 6)
    if len(rest) == 5:
        return date.fromisoformat(period)
    return _last_day(int(year), int(rest or 12))


def begins(period: str) -> date:
    """Its first day.

    >>> [str(begins(one)) for one in ("2031", "2031-H2", "2031-Q2", "2031-02")]
    ['2031-01-01', '2031-07-01', '2031-04-01', '2031-02-01']
    """
    last = ends(period)
    year, _, rest = period.partition("-")
    if not rest:
        return date(int(year), 1, 1)
    months = 3 if rest.startswith("Q") else 6 if rest.startswith("H") else 1
    return last if len(rest) == 5 else date(last.year, last.month - months + 1, 1)


def period_of(day: date, rhythm: Rhythm) -> str:
    """The period that *day* is in.

    >>> [period_of(date(2031, 8, 5), one) for one in ("month", "quarter", "half-year", "year", "day")]
    ['2031-08', '2031-Q3', '2031-H2', '2031', '2031-08-05']
    """
    return {
        "month": f"{day.year:04}-{day.month:02}",
        "quarter": f"{day.year:04}-Q{(day.month + 2) // 3}",
        "half-year": f"{day.year:04}-H{(day.month + 5) // 6}",
        "year": f"{day.year:04}",
        "day": day.isoformat(),
    }[rhythm]


def last_over(today: date, rhythm: Rhythm) -> str:
    """The last period that is over.

    >>> [last_over(date(2031, 1, 5), one) for one in ("month", "quarter", "half-year", "year", "day")]
    ['2030-12', '2030-Q4', '2030-H2', '2030', '2031-01-05']
    """
    if rhythm == "day":
        return today.isoformat()
    return period_of(begins(period_of(today, rhythm)) - timedelta(days=1), rhythm)


def label(period: str, lang: str, _: Callable[[str], str]) -> str:
    """The period as the reader reads it; *_* translates."""
    year, __, rest = period.partition("-")
    if rest.startswith("Q"):
        return _("Quarter %(number)s, %(year)s") % {"number": rest[1], "year": year}
    if rest.startswith("H"):
        return _("Half-year %(number)s, %(year)s") % {"number": rest[1], "year": year}
    return date_told(period, lang)


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])

"""What days, months and years can be said of a record: those that the calendar has, and that have come or are near."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from lanzarote.facts.convention import convention
from lanzarote.records.validation import MISSING, Fault
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_PERIOD: Final = N_("It cannot end before it began.")
NO_SUCH_DAY: Final = N_("This day does not exist.")
NO_DATE: Final = N_("Write a year, a month or a day, such as 2014, 2014-06 or 2014-06-02.")
NOT_YET: Final = N_("This day has not come yet.")
BEFORE_TEXT: Final = N_("This text was written on %(value)s: nobody can have spoken of it before that day.")
AHEAD: Final = 5
"""Years: nothing is planned for a day after the last of the fifth from now."""
TOO_FAR_AHEAD: Final = N_("Look at the year: nothing is planned so far ahead; %(value)s is the last one possible.")
TOO_LONG_AGO: Final = N_("Look at the year: the Convention has been open for signature since %(value)s.")


def unfit_period(first: str, last: str, since: str | None, until: str | None) -> Iterator[Fault]:
    """What is wrong with two partial dates in the fields *first* and *last*."""
    dates = {name: when for name, when in ((first, since), (last, until)) if when}
    yield from (Fault(field=name, text=NO_DATE) for name, when in dates.items() if not is_date(when))
    if len(dates) == 2 and dates[last][: len(dates[first])] < dates[first][: len(dates[last])]:
        yield Fault(field=last, text=NO_PERIOD)


def unfit_beginning(field: str, day: str) -> Iterator[Fault]:
    """What is wrong with *day*, a year, month or day, for what groups do for the Convention: it is older."""
    opened = convention().facts.opened_for_signature_on
    if day < opened.isoformat()[: len(day)]:
        yield Fault(field=field, text=TOO_LONG_AGO, value=opened)


def unfit_spoken(field: str, day: str, today: date, *, written: date | None = None) -> Fault | None:
    """What is wrong with *day*, such as ``2031-03-04``, on which somebody spoke of a text that was *written* then."""
    if len(day) != 10 or not is_date(day):
        return Fault(field=field, text=NO_DATE if day else MISSING)
    if day > today.isoformat():
        return Fault(field=field, text=NOT_YET)
    if written and day < written.isoformat():
        return Fault(field=field, text=BEFORE_TEXT, value=written)
    return None


def unfit_past(field: str, day: date | str, today: date) -> Iterator[Fault]:
    """What is wrong with *day*, a year, month or day, for what has happened: it has not come yet."""
    if str(day) > today.isoformat()[: len(str(day))]:
        yield Fault(field=field, text=NOT_YET)


def unfit_coming(field: str, day: date, today: date) -> Iterator[Fault]:
    """What is wrong with *day* for what is planned *today*: a slip in the year stands in calendars for good."""
    if day.year > (last := today.year + AHEAD):
        yield Fault(field=field, text=TOO_FAR_AHEAD, value=str(last))


def unfit_year(field: str, when: str | None, today: date) -> Iterator[Fault]:
    """What is wrong with *when*, a year, month or day, for what is done or is planned *today*."""
    if when and is_date(when):
        yield from unfit_coming(field, date(int(when[:4]), 1, 1), today)


def is_date(text: str) -> bool:
    """Whether *text*, a year, month or day, is in the calendar.

    >>> is_date("2014"), is_date("2014-02-30"), is_date("0000"), is_date("9999")
    (True, False, False, False)
    """
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text, re.ASCII):
        return False
    try:
        return not is_far(date.fromisoformat(text + "-01-01"[len(text) - 4 :]))
    except ValueError:
        return False


def why_no_date(text: str, otherwise: str = NO_DATE) -> str:
    """Why *text*, with ``typed_date``, is no date: the calendar does not have it, or else *otherwise*.

    >>> why_no_date("2027-02-31"), why_no_date("2027-13"), why_no_date("soon", "?"), why_no_date("2027-02", "?")
    ('This day does not exist.', 'This day does not exist.', '?', '?')
    """
    if not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text, re.ASCII):
        return otherwise
    try:
        date.fromisoformat(text + "-01"[len(text) - 7 :])
    except ValueError:
        return NO_SUCH_DAY
    return otherwise


def is_far(day: date) -> bool:
    """Whether *day*, or moment, is of the first or last year that a calendar counts: zones do not reach round them."""
    return not date.min.year < day.year < date.max.year

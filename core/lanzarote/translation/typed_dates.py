"""Days as people type them: as their language writes them, or as ISO 8601 does."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from lanzarote.translation.folding import fold
from lanzarote.translation.formats import locale_of

_ISO = re.compile(r"[0-9]{4}(-[0-9]{1,2}){0,2}")
_YEAR = re.compile(r"[0-9]{4}")
_NUMBERS = re.compile(r"[0-9]+")
_WORDS = re.compile(r"[^\W\d_]+")
_FEWEST_LETTERS = 3
"""Of a word that stands between no day and month: "de" does."""
EXAMPLE = date(2014, 6, 2)


class NoSuchDay(ValueError):
    """A day or month that no calendar has, as ISO 8601 would write it."""


def read_date(text: str, lang: str) -> str:
    """The year, month or day that a reader of *lang* typed, as ISO 8601 writes it. Raises NoSuchDay, ValueError.

    >>> [read_date(one, "fr") for one in ("02/06/2014", "2.6.2014", "06/2014", "2014", "1er juin 2014", "2014-6-2")]
    ['2014-06-02', '2014-06-02', '2014-06', '2014', '2014-06-01', '2014-06-02']
    >>> [read_date(one, "en") for one in ("02/06/2014", "2 June 2014", "June 2, 2014", "2014-06")]
    ['2014-06-02', '2014-06-02', '2014-06-02', '2014-06']
    >>> read_date("2.6.2014", "is"), read_date("2014. 06. 02.", "hu"), read_date("2. júní 2014", "is")
    ('2014-06-02', '2014-06-02', '2014-06-02')
    >>> read_date("31/02/2014", "fr")
    Traceback (most recent call last):
    ...
    lanzarote.translation.typed_dates.NoSuchDay: 2014-02-31
    >>> read_date("soon", "en")
    Traceback (most recent call last):
    ...
    ValueError: 'soon' is no day
    """
    numbers = _NUMBERS.findall(text)
    words = [fold(word) for word in _WORDS.findall(text.replace("1er", "1"))]
    months = [_months(lang)[word] for word in words if word in _months(lang)]
    if months:
        years = [one for one in numbers if len(one) == len("2014")]
        said = [*years[:1], str(months[0]), *(one for one in numbers if one not in years)]
        strange = [word for word in words if word not in _months(lang) and len(word) >= _FEWEST_LETTERS]
    else:
        wanted = "ymd" if _ISO.fullmatch(text.strip()) else _order(lang)
        order = [one for one in wanted if one in "ymd"[: len(numbers)]]
        said = [numbers[order.index(one)] for one in "ymd"[: len(numbers)]]
        strange = words
    if strange or len(months) > 1 or not 1 <= len(said) <= len("ymd") or not _YEAR.fullmatch(said[0]):
        raise ValueError(f"{text[:20]!r} is no day")
    try:
        day = date(*(int(one) for one in (*said, "1", "1")[: len("ymd")]))
    except ValueError:
        raise NoSuchDay("-".join(one.zfill(2) for one in said)) from None
    return day.isoformat()[: len("2014-06-02") if len(said) == len("ymd") else len("2014-06") if len(said) > 1 else 4]


def typed_date(text: str, lang: str) -> str:
    """As ``read_date``, with days that no calendar has; what is no day stays as it was typed.

    >>> typed_date(" 02/06/2014", "fr"), typed_date("31/02/2014", "fr"), typed_date("bientôt", "fr")
    ('2014-06-02', '2014-02-31', 'bientôt')
    """
    try:
        return read_date(text, lang)
    except NoSuchDay as error:
        return str(error)
    except ValueError:
        return text


def is_iso_day(text: str) -> bool:
    """Whether *text* is a day as a browser's own field takes and sends it.

    >>> is_iso_day("2014-06-02"), is_iso_day("02/06/2014"), is_iso_day("2014-06")
    (True, False, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@lru_cache(maxsize=256)
def date_in_digits(lang: str, day: date = EXAMPLE) -> str:
    """*day* as a reader of *lang* types it.

    >>> date_in_digits("fr"), date_in_digits("en"), date_in_digits("is")
    ('02/06/2014', '02/06/2014', '2.6.2014')
    """
    from babel import dates

    return str(dates.format_skeleton("yMd" if "dd" not in _short(lang) else "yMMdd", day, locale=locale_of(lang)))


@lru_cache(maxsize=256)
def _months(lang: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale_of(lang).months[context][width].items():
                found[fold(str(name).rstrip("."))] = number
    return found


@lru_cache(maxsize=256)
def _order(lang: str) -> str:
    """In which order a language writes day, month and year: ``dmy``."""
    return "".join(dict.fromkeys(one for one in _short(lang).lower() if one in "dmy"))


def _short(lang: str) -> str:
    pattern: str = locale_of(lang).date_formats["short"].pattern
    return pattern

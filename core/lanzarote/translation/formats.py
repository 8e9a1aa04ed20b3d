"""Dates, numbers, lists and names as a reader of a language writes them: Babel's, each worked out once.

Babel is imported inside the functions: start-up and the command line must not pay for it.
"""

from __future__ import annotations

import pickle
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.translation.folding import fold
from lanzarote.translation.texts import Formatted

if TYPE_CHECKING:
    from babel import Locale

    from lanzarote.translation.po import Entry

_CLDR_ORDER = ("zero", "one", "two", "few", "many", "other")
_FIRST = re.compile(r"(?<!\d)1 ")
Length = Literal["full", "long", "medium", "short"]
_remember = lru_cache(maxsize=4096)


@lru_cache(maxsize=256)
def locale_of(lang: str) -> Locale:
    """Babel's locale for *lang*, English for a language it does not know; English is that of Europe."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse("en-GB" if lang == "en" else lang, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale("en", "GB")


def cldr_knows(lang: str) -> bool:
    """
    >>> cldr_knows("sr-Cyrl"), cldr_knows("fr_FR"), cldr_knows("xx")
    (True, False, False)
    """
    from babel import Locale, UnknownLocaleError

    try:
        return bool(Locale.parse(lang, sep="-"))
    except (UnknownLocaleError, ValueError):
        return False


def shorter_tag(lang: str) -> str:
    """The tag that everybody uses for a language of *lang*; empty: it is that already.

    >>> shorter_tag("ltz"), shorter_tag("lb")
    ('lb', '')
    """
    from babel.core import get_global

    language, dash, rest = lang.partition("-")
    known = str(get_global("language_aliases").get(language, ""))
    return f"{known}{dash}{rest}" if known else ""


@lru_cache(maxsize=256)
def plural_categories(lang: str) -> tuple[str, ...]:
    """The language's plural categories in CLDR order; ``msgstr[i]`` is the i-th.

    >>> plural_categories("fr"), plural_categories("uk")
    (('one', 'many', 'other'), ('one', 'few', 'many', 'other'))
    """
    if lang == "en":
        return ("one", "other")
    tags = locale_of(lang).plural_form.tags | {"other"}
    return tuple(category for category in _CLDR_ORDER if category in tags)


TRIED: Final = (*range(502), 1_000_000, 0.5, 1.5)
"""Among them is every plural form of every language."""
_SHOWN: Final = 4


def plural_examples(lang: str) -> str:
    """Which numbers each ``msgstr[i]`` is for, as a translator is told.

    >>> plural_examples("is")
    'plural forms: [0] one: 1, 21, 31, 41, …; [1] other: 0, 2, 3, 4, …'
    >>> plural_examples("fr")
    'plural forms: [0] one: 0, 1; [1] many: 1000000; [2] other: 2, 3, 4, 5, …'
    """
    of = locale_of(lang).plural_form
    told = []
    for place, category in enumerate(plural_categories(lang)):
        found = [str(number) for number in TRIED if of(number) == category]
        whole = [number for number in found if "." not in number]
        shown = [*(whole or found)[:_SHOWN], *(["…"] if len(whole) > _SHOWN else [])]
        told.append(f"[{place}] {category}: {', '.join(shown)}")
    return f"plural forms: {'; '.join(told)}"


def gettext_plurals(lang: str) -> str:
    """How programs for translators are told the plural forms, in the order of `plural_categories`.

    >>> gettext_plurals("ja")
    'nplurals=1; plural=(0);'
    """
    from babel.plural import to_gettext

    if lang == "en":
        return "nplurals=2; plural=(n != 1);"
    # Those programs know whole numbers only: "e", which CLDR has for "1e6", is 0.
    return re.sub(r"\be\b", "0", to_gettext(locale_of(lang).plural_form))


@_remember
def format_date(day: date, lang: str, length: Length = "long") -> str:
    from babel import dates

    told = dates.format_date(day, length, locale_of(lang))
    if day.day == 1 and lang.partition("-")[0] == "fr" and length in ("full", "long", "medium"):
        return _FIRST.sub("1er ", told)  # CLDR says "1 juillet", French says "1er juillet"
    return told


@_remember
def format_partial_date(value: str | date, lang: str) -> str:
    """Format a year, a month or a day: ``2014``, ``2014-06``, ``2014-06-02``.

    >>> [format_partial_date(value, "fr") for value in ("2014", "2014-06", "2014-06-02")]
    ['2014', 'juin 2014', '2 juin 2014']
    """
    if isinstance(value, date):
        return format_date(value, lang)
    from babel import dates

    try:
        match value.count("-"):
            case 0 if len(value) == 4:
                return dates.format_skeleton("y", date(int(value), 1, 1), locale=locale_of(lang))
            case 1:
                return dates.format_skeleton("yMMMM", date.fromisoformat(f"{value}-01"), locale=locale_of(lang))
            case 2:
                return format_date(date.fromisoformat(value), lang)
    except ValueError:
        pass
    raise ValueError(f"{value[:20]!r} is not a date such as 2014, 2014-06 or 2014-06-02")


def date_told(value: str | date, lang: str, length: Length = "long") -> Formatted:
    """A day for a sentence: one that nobody has translated yet tells it in its own language."""
    told = format_date(value, lang, length) if isinstance(value, date) else format_partial_date(value, lang)
    return Formatted(told, lambda other: date_told(value, other, length))


_WRITTEN_OUT: Final = 1e21
"""Babel writes out what is smaller, and fails at what has more digits than it counts with."""


@_remember
def format_number(value: float, lang: str) -> str:
    """Format *value*, however great it is.

    >>> format_number(12345.5, "en"), format_number(1e308, "en")
    ('12,345.5', '1e+308')
    """
    from babel import numbers

    if not abs(value) < _WRITTEN_OUT:
        return f"{value:g}"
    return numbers.format_decimal(value, locale=locale_of(lang))


@_remember
def format_size(size: int, lang: str) -> str:
    """Format a number of bytes.

    >>> format_size(1_250_000_000, "fr"), format_size(0, "en")
    ('1,2\u202fGo', '0.0 MB')
    """
    from babel.units import format_unit

    unit, least = ("gigabyte", 1e9) if size >= 1_000_000_000 else ("megabyte", 1e6)
    return format_unit(size / least, f"digital-{unit}", "short", format="#,##0.0", locale=locale_of(lang))


@_remember
def format_percent(share: float, lang: str) -> str:
    """Format a share of one: 0.5 is ``50%``, or ``50 %``."""
    from babel import numbers

    return numbers.format_percent(share, locale=locale_of(lang))


def format_list(items: Iterable[str], lang: str, style: Literal["standard", "or", "unit"] = "standard") -> str:
    """Join *items* as in a sentence.

    >>> format_list(["la police", "l’école"], "fr")
    'la police et l’école'
    """
    return _format_list(tuple(items), lang, style)


@_remember
def _format_list(items: tuple[str, ...], lang: str, style: Literal["standard", "or", "unit"]) -> str:
    from babel import lists

    return lists.format_list(items, style, locale_of(lang))


def _own_name(code: str) -> str:
    """How the language *code* is called in itself, if Babel says; nothing else of it is kept, a megabyte each."""
    from babel import localedata

    if not code.isalpha() or not localedata.exists(code):
        return ""
    with open(localedata.resolve_locale_filename(code), "rb") as file:
        return str(pickle.load(file).get("languages", {}).get(code, ""))  # noqa: S301 - a file of Babel


@_remember
def language_name(code: str, lang: str) -> str:
    """The name of the language *code* in *lang*; the code itself if it has none."""
    from babel import Locale, UnknownLocaleError

    if code == lang and (own := _own_name(code)):
        return own
    try:
        return str(Locale.parse(code, sep="-").get_display_name(locale_of(lang)) or code)
    except (UnknownLocaleError, ValueError):
        return str(locale_of(lang).languages.get(code, code))


# Letters that have a place of their own in the alphabet, after the letter given. Other marks do not count in sorting.
_NORDIC = {"å": "z", "ä": "z", "ö": "z"}
_DANISH = {"æ": "z", "ø": "z", "å": "z"}
_SOUTH_SLAVIC = {"č": "c", "ć": "c", "đ": "d", "š": "s", "ž": "z"}
_TURKIC = {"ç": "c", "ğ": "g", "ı": "h", "ö": "o", "ş": "s", "ü": "u"}
_ALPHABETS: dict[str, dict[str, str]] = {
    "az": _TURKIC,
    "bg": {"й": "и"},
    "bs": _SOUTH_SLAVIC,
    "cs": {"č": "c", "ř": "r", "š": "s", "ž": "z"},
    "da": _DANISH,
    "es": {"ñ": "n"},
    "fi": _NORDIC,
    "hr": _SOUTH_SLAVIC,
    "is": {"á": "a", "ð": "d", "é": "e", "í": "i", "ó": "o", "ú": "u", "ý": "y", "þ": "z", "æ": "z", "ö": "z"},
    "lv": {"č": "c", "ģ": "g", "ķ": "k", "ļ": "l", "ņ": "n", "š": "s", "ž": "z"},
    "lt": {"č": "c", "š": "s", "ž": "z"},
    "nb": _DANISH,
    "nn": _DANISH,
    "no": _DANISH,
    "pl": {"ą": "a", "ć": "c", "ę": "e", "ł": "l", "ń": "n", "ó": "o", "ś": "s", "ź": "z", "ż": "z"},
    "ro": {"ă": "a", "â": "a", "î": "i", "ș": "s", "ț": "t"},
    "ru": {"й": "и"},
    "sk": {"č": "c", "š": "s", "ž": "z"},
    "sl": _SOUTH_SLAVIC,
    "sv": _NORDIC,
    "tr": _TURKIC,
    "uk": {"ґ": "г", "є": "е", "і": "и", "ї": "и", "й": "и"},
}
_LAST = "\U0010ffff"  # a noncharacter: after every letter


@lru_cache(maxsize=64)
def _alphabet(lang: str) -> dict[int, str]:
    letters = _ALPHABETS.get(lang.split("-", maxsplit=1)[0], {})
    return {ord(letter): f"{after}{_LAST}{place:02}" for place, (letter, after) in enumerate(letters.items())}


@_remember
def sort_key(text: str, lang: str) -> tuple[str, str]:
    """A key that sorts as a reader expects: accents and capitals do not count, letters of the alphabet do.

    >>> sorted(["Zoé", "élan", "Eric"], key=lambda name: sort_key(name, "fr"))
    ['élan', 'Eric', 'Zoé']
    """
    alphabet = _alphabet(lang)
    if not alphabet:
        return fold(text), text
    placed = unicodedata.normalize("NFC", text).replace("İ", "i")
    if ord("ı") in alphabet:
        placed = placed.replace("I", "ı")  # lower() would make it i
    return fold(placed.lower().translate(alphabet)), text


# --- In which order a ``.po`` file has its plural forms: its head says it, and not every program has ours ---

_HEAD: Final = re.compile(r"nplurals\s*=\s*(\d{1,2})\s*;\s*plural\s*=([^;]+);?")
_WHOLE: Final = tuple(number for number in TRIED if isinstance(number, int))


class Order(Struct, frozen=True):
    """Where a file has the plural forms of a language."""

    places: tuple[int, ...] = ()
    """For each of its `plural_categories` the number of the ``msgstr[…]``."""
    told: str = ""
    """Why that cannot be known, as the author of an entry is told."""


def order_in(head: str, language: str) -> Order:
    """Tell the order from *head*, the field ``Plural-Forms``; without one it is that of `plural_categories`.

    >>> order_in("nplurals=2; plural=(n%10==1 && n%100!=11 ? 1 : 0);", "is").places
    (1, 0)
    """
    categories = plural_categories(language)
    if not head:
        return Order(tuple(range(len(categories))))
    try:
        chosen = _chosen(head, language)
    except _Unclear as unclear:
        return _unclear(head, str(unclear), language)
    left = [place for place in range(len(categories)) if place not in chosen.values()]
    if len(chosen) + len(left) > len(categories):
        return _unclear(head, f"gives no number the form msgstr[{left[0]}]", language)
    # A head does not speak of fractions: their form is the one that no whole number has.
    return Order(tuple(chosen[one] if one in chosen else left.pop(0) for one in categories))


def arranged(entry: Entry, order: Order) -> Entry:
    """*entry* with its forms in the order of `plural_categories`, as far as *order* tells it."""
    return replace(entry, forms=[entry.forms[place] for place in order.places]) if order.places else entry


def _unclear(head: str, why: str, language: str) -> Order:
    ours = ", ".join(plural_categories(language))
    return Order(
        told="has plural forms, and the head of the file does not say in which order: its Plural-Forms, "
        f'{head[:200]!r}, {why}. Put the forms in the order {ours}, and write there "{gettext_plurals(language)}"'
    )


class _Unclear(Exception):
    pass


def _chosen(head: str, language: str) -> dict[str, int]:
    """Category → the form that *head* chooses for its whole numbers."""
    import gettext

    match = _HEAD.fullmatch(head.strip())
    if match is None:
        raise _Unclear('cannot be read; it is written "nplurals=…; plural=…;"')
    count, known = int(match[1]), len(plural_categories(language))
    if count != known:
        raise _Unclear(f"speaks of {count} forms; {language} has {known}")
    first: dict[str, tuple[int, int]] = {}
    try:
        choose, category_of = gettext.c2py(match[2].strip()), locale_of(language).plural_form
        for number in _WHOLE:
            place, category = int(choose(number)), category_of(number)
            if not 0 <= place < count:
                raise _Unclear(f"gives {number} the form {place}, of {count} that are counted from 0")
            before, other = first.setdefault(category, (number, place))
            if place != other:
                raise _Unclear(f"gives {number} another form than {before}, which both are {category!r} in {language}")
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise _Unclear(f"cannot be read: {error}") from None
    return {category: place for category, (_, place) in first.items()}

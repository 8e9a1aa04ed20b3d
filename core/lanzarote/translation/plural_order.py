"""In which order a ``.po`` file has its plural forms: its head says it, and not every program has ours."""

from __future__ import annotations

import gettext
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.translation.formats import TRIED, gettext_plurals, locale_of, plural_categories

if TYPE_CHECKING:
    from lanzarote.translation.po import Entry

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
        told="has plural forms, and the head of the file does not tell in which order: its Plural-Forms, "
        f'{head[:200]!r}, {why}. Put the forms in the order {ours}, and write there "{gettext_plurals(language)}"'
    )


class _Unclear(Exception):
    pass


def _chosen(head: str, language: str) -> dict[str, int]:
    """Category → the form that *head* chooses for its whole numbers."""
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

"""What is asked of everything that a person writes: that it can be kept and shown, and tells who nobody is."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import LanzaroteError
from lanzarote.translation.catalogues import N_
from lanzarote.working import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeVar

    from lanzarote.guard import Concern

    S = TypeVar("S", bound=Struct)

MISSING: Final = N_("This is still missing.")
UNKNOWN: Final = N_("The region does not know this: %(value)s.")
NO_PERIOD: Final = N_("It cannot end before it began.")
MALFORMED: Final = N_("This cannot be read: %(value)s.")
NO_DATE: Final = N_("Write a year, a month or a day, such as 2014, 2014-06 or 2014-06-02.")
NO_ADDRESS: Final = N_("Write the address of a page; it begins with https:// or http://.")
NO_CHOICE: Final = N_("Choose one of the answers that are offered.")
TOO_LONG: Final = N_("This is too long: there is room for %(value)s characters. Move a part of it to another question.")
TOO_MANY: Final = N_("These are too many: there is room for %(value)s.")
UNSHOWABLE: Final = N_("There are characters in this that cannot be shown. Type it again instead of pasting it.")
NO_REASON: Final = N_("Say why, so that others can follow it.")
LONGEST_REASON: Final = 4_000


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong with a field; *text* is to be translated, with *value* put in."""

    field: str
    """Such as ``text.fr.title`` or ``partners[0].organisation``."""
    text: str
    value: str | date = ""


class Faulty(LanzaroteError):
    """What was written cannot be taken as it is; ``faults`` say where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        told = "; ".join(f"{one.field}: {one.text % {'value': one.value}}" for one in faults)
        super().__init__(told)
        self.faults = tuple(faults)


class Identifying(LanzaroteError):
    """What was written may tell who somebody is: nothing of it is kept. ``concerns`` say where and what."""

    def __init__(self, concerns: tuple[Concern, ...]) -> None:
        super().__init__("It may tell who somebody is; nothing of it was kept.")
        self.concerns = concerns


def read_as(value: Any, kind: type[S]) -> S:
    """What *value*, a JSON object or its bytes, says as a *kind*. Raises Faulty."""
    try:
        if isinstance(value, bytes):
            return msgspec.json.decode(value, type=kind)
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        text, _, place = str(error).partition(" - at `$.")
        raise Faulty([Fault(field=place.rstrip("`"), text=MALFORMED, value=text[:200])]) from None


def let_pass(
    concerns: Sequence[Concern], reasons: Mapping[tuple[str, str], str], *, identifiers: Sequence[str], by: str
) -> tuple[Reason, ...]:
    """The reasons to be kept for what the guard only asks about, each by (field, code).

    Raises Identifying when it found what no reason answers, or something in a reason.
    """
    open_ones = [one for one in concerns if one.hard or not reasons.get((one.field, one.code), "").strip()]
    asked = dict.fromkeys((one.field, one.code) for one in concerns)
    given = [(f"reason[{field}|{code}]", reasons[field, code]) for field, code in asked if (field, code) in reasons]
    # A reason is read by others too: nothing in it is asked about, it has to be clean.
    open_ones += guard.check_texts(given, identifiers=identifiers)
    if open_ones:
        raise Identifying(tuple(open_ones))
    return tuple(Reason(field=field, code=code, text=reasons[field, code].strip(), by=by) for field, code in asked)


def reason_of(text: str, *, identifiers: Sequence[str]) -> str:
    """A reason that is given and names nobody. Raises Faulty, Identifying."""
    if not text.strip():
        raise Faulty([Fault(field="reason", text=NO_REASON)])
    if concerns := guard.check_text(text, identifiers=identifiers, field="reason"):
        raise Identifying(concerns)
    if fault := unfit_text("reason", text, LONGEST_REASON):
        raise Faulty([fault])
    return text.strip()


def unfit_text(field: str, text: str, longest: int) -> Fault | None:
    """Why *text* has no room, or cannot be shown."""
    if len(text) > longest:
        return Fault(field=field, text=TOO_LONG, value=str(longest))
    return Fault(field=field, text=UNSHOWABLE) if is_unshowable(text) else None


def unfit_period(first: str, last: str, since: str | None, until: str | None) -> Iterator[Fault]:
    """What is wrong with two partial dates in the fields *first* and *last*."""
    dates = {name: when for name, when in ((first, since), (last, until)) if when}
    yield from (Fault(field=name, text=NO_DATE) for name, when in dates.items() if not is_date(when))
    if len(dates) == 2 and dates[last][: len(dates[first])] < dates[first][: len(dates[last])]:
        yield Fault(field=last, text=NO_PERIOD)


_UNSHOWABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a\u202b\u202d\u202e\u2066-\u2068]")


def is_unshowable(text: str) -> bool:
    """Whether there is something in *text* that no page shows, or that would turn round what it shows.

    >>> is_unshowable("Léa\\u200b"), is_unshowable("\\x00"), is_unshowable("\\u202e"), is_unshowable("a\\n\\tb")
    (False, True, True, False)
    """
    return _UNSHOWABLE.search(text) is not None


def is_date(text: str) -> bool:
    """Whether *text*, a year, month or day, is in the calendar.

    >>> is_date("2014"), is_date("2014-02-30"), is_date("0000")
    (True, False, False)
    """
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def is_address(url: str) -> bool:
    """Whether a link to *url* leads to a page: nothing that a browser would run, nothing but a web address.

    >>> is_address("https://example.org/a"), is_address("javascript:alert(1)"), is_address("https://")
    (True, False, False)
    """
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    return scheme in ("http", "https") and "." in host and not any(c.isspace() or c in '"<>\\^`{|}' for c in url)

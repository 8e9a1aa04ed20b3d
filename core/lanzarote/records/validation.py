"""What is asked of everything that a person writes: that it can be kept and shown, and tells who nobody is."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import LanzaroteError
from lanzarote.facts.convention import existing
from lanzarote.records.drafts import CALL_FOR_HELP, Reason, Told, read_told
from lanzarote.runtime.counters import STOPPED
from lanzarote.runtime.reading import converted, decoded
from lanzarote.translation.catalogues import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from typing import TypeVar

    from sqlalchemy.orm import Session

    from lanzarote.guard import Concern
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.translation.typed_numbers import NotRead

    S = TypeVar("S", bound=Struct)
    Room = int | Callable[[str], int]
    """How long a text may be: all of them, or each as its field says."""

MISSING: Final = N_("This is still missing.")
UNKNOWN: Final = N_("The region does not know this: %(value)s.")
MALFORMED: Final = N_("Not readable: %(value)s.")
NO_DAY: Final = N_("This cannot be read as a day. Write the year, the month and the day, such as 2026-06-02.")
TWO_NUMBERS: Final = N_("The point can separate thousands here, or decimals. Write which number is meant: %(value)s.")
NO_ADDRESS: Final = N_("Write the address of a page; it begins with https:// or http://.")
NO_CHOICE: Final = N_("Choose one of the answers that are offered.")
TOO_LONG: Final = N_("This is too long: there is room for %(value)s characters. Move part of it to another question.")
TOO_MANY: Final = N_("These are too many: there is room for %(value)s.")
GREATEST_NUMBER: Final = 10**15
"""Up to here a number is told to the unit, in every language."""
NO_REFERENCE: Final = N_(
    "“%(value)s” is no article of the Convention. Write articles, paragraphs or letters such as 10, 10.3 or 18.1.a."
)
UNSHOWABLE: Final = N_("This text has characters that cannot be shown. Type it instead of pasting it.")
NO_REASON: Final = N_("Say why, so that others can follow it.")
THIN_REASON: Final = N_("Say why in a few words, so that others can follow it.")
OLD_REASON: Final = N_(
    "This was said of another text, which has changed since. Say anew, in other words, why this stays."
)
LONGEST_REASON: Final = 4_000
LONGEST_ANYWHERE: Final = 20_000
"""No field has room for more."""
_FEWEST_WORDS, _FEWEST_LETTERS = 2, 7
"""As many as “À revoir.” has, which says something."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_ONE_LETTER: Final = re.compile(r"(.)\1{2,}", re.IGNORECASE)
"""One letter, again and again."""
_SENTENCE_END: Final = re.compile(r"[.!?…](?=\s)|\n")


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong with a field; *text* is to be translated, with *value* put in."""

    field: str
    """Such as ``text.fr.title`` or ``partners[0].organisation``."""
    text: str
    value: str | date = ""


def unread_number(field: str, error: NotRead, otherwise: str) -> Fault:
    """What is wrong with a number that was typed: that it can be two, or *otherwise*."""
    return Fault(field=field, text=TWO_NUMBERS if error.ways else otherwise, value=" / ".join(error.ways))


class Faulty(LanzaroteError):
    """What was written cannot be taken as it is; ``faults`` say where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        told = "; ".join(f"{one.field}: {one.text % {'value': one.value}}" for one in faults)
        super().__init__(told)
        self.faults = tuple(faults)


class Thin(Faulty):
    """A reason says nothing."""


class Identifying(LanzaroteError):
    """What was written may tell who somebody is: nothing of it is kept. ``concerns`` say where and what."""

    def __init__(self, concerns: tuple[Concern, ...]) -> None:
        super().__init__("It may tell who somebody is; nothing of it was kept.")
        self.concerns = concerns
        for kind in {one.code for one in concerns}:
            STOPPED.add(kind)


class Explained(Struct, frozen=True, kw_only=True):
    """Why things stay that the guard asked about, and the texts that was said of."""

    texts: Mapping[str, str] = {}
    """Field → what was saved."""
    reasons: tuple[Reason, ...] = ()

    def reason_for(self, concern: Concern, text: str) -> Reason | None:
        """The reason that still holds for what was found in *text*: the sentence it stands in is the same as then."""
        sentence = _sentence_around(text, concern.start, concern.end)
        if sentence not in self.texts.get(concern.field, ""):
            return None
        found = (one for one in self.reasons if (one.field, one.code) == (concern.field, concern.code))
        return next(found, None)


NOTHING_EXPLAINED: Final = Explained()
NOTHING_SAID: Final[Mapping[tuple[str, str], str]] = {}
"""Of nothing that the guard asks about it is said why it stays."""


def explained_in(session: Session, record: Record, texts: Iterable[tuple[str, str]]) -> Explained:
    """What was explained when *record* was saved last; *texts*: what its newest version says, each with its field."""
    return Explained(texts=dict(texts), reasons=read_told(session, record, Told).reasons)


def read_as(value: Any, kind: type[S]) -> S:
    """What *value*, a JSON object or its bytes, says as a *kind*. Raises Faulty."""
    try:
        if isinstance(value, bytes):
            return decoded(value, kind)
        return converted(value, kind)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        text, _, place = str(error).partition(" - at `$.")
        place = place.rstrip("`")
        raise Faulty([Fault(field=place, text=MALFORMED, value=(_text_at(value, place) or text)[:200])]) from None


def _text_at(value: Any, place: str) -> str:
    """What was written at *place*, such as ``convention[0]``; empty where that is no text."""
    for part in re.findall(r"[^.\[\]]+", place):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return ""
    return value if isinstance(value, str) else ""


def read_references(written: Mapping[str, Iterable[str]], faults: list[Fault]) -> list[str]:
    """The articles, paragraphs and letters in fields of a form, each once, in the order of the Convention.

    Whatever is none of them is added to *faults*.
    """
    every = [(field, one) for field, some in written.items() for one in some]
    faults += [fault for field, one in every if (fault := unfit_reference(field, one))]
    return [str(one) for one in sorted({*existing(one for _, one in every)})]


def unfit_reference(field: str, text: str) -> Fault | None:
    """Why *text* is no reference to the Convention."""
    return None if any(existing([text])) else Fault(field=field, text=NO_REFERENCE, value=text[:20])


IN_REASONS: Final = "reasons"
"""Where the reasons are that are given, when one of them reads like a call for help."""


def calls_for_help(texts: Iterable[tuple[str, str]]) -> tuple[Concern, ...]:
    """The passages of *texts*, each with its place, that read like somebody telling of a child in danger."""
    return tuple(
        guard.Concern(
            code=CALL_FOR_HELP, field=place, start=text.find(words), end=text.find(words) + len(words), hard=False
        )
        for place, text in texts
        for words in guard.telling(text)
    )


def unanswered(
    calls: Iterable[Concern],
    reasons: Collection[tuple[str, str]],
    texts: Mapping[str, str] = {},
    earlier: Explained = NOTHING_EXPLAINED,
) -> tuple[Concern, ...]:
    """Those of *calls* of which nobody said that they are about the work: not now, nor *earlier* of the same words."""
    return tuple(
        one
        for one in calls
        if (one.field, one.code) not in reasons and earlier.reason_for(one, texts.get(one.field, "")) is None
    )


def let_pass(
    concerns: Sequence[Concern],
    reasons: Mapping[tuple[str, str], str],
    *,
    identifiers: Sequence[str],
    by: str,
    texts: Mapping[str, str] = {},
    earlier: Explained = NOTHING_EXPLAINED,
) -> tuple[Reason, ...]:
    """The reasons to be kept for what the guard only asks about in *texts*, each by (field, code).

    Of what is as it was when a reason was given, none is asked again: *earlier*. Raises Identifying when it found what
    no reason answers, or something in a reason, and Faulty for a reason that says nothing.
    """
    # Who stands behind it was asked before this about what reads like a call for help; the answer is kept.
    if any(code == CALL_FOR_HELP for _, code in (*reasons, *((one.field, one.code) for one in earlier.reasons))):
        calls = calls_for_help(texts.items())
        open_calls = unanswered(calls, reasons, texts, earlier)
        concerns = (*concerns, *(one for one in calls if one not in open_calls))
    holding = still_explained(concerns, texts, earlier)
    open_ones = [
        one
        for one in concerns
        if one.hard or not (reasons.get((one.field, one.code), "").strip() or (one.field, one.code) in holding)
    ]
    asked = dict.fromkeys((one.field, one.code) for one in concerns)
    given = [(f"reason[{field}|{code}]", reasons[field, code]) for field, code in asked if (field, code) in reasons]
    refuse_long(given, LONGEST_REASON)
    # A reason is read by others too: nothing in it is asked about, it has to be clean.
    open_ones += guard.check_texts(given, identifiers=identifiers, guesses=False)
    if open_ones:
        raise Identifying(tuple(open_ones))
    refuse_thin({at: reasons[at] for at in asked if at in reasons and at not in holding}, earlier)
    return tuple(_kept(at, reasons.get(at, "").strip(), holding.get(at), by) for at in asked)


def _kept(at: tuple[str, str], text: str, earlier: Reason | None, by: str) -> Reason:
    if earlier is not None and text in ("", earlier.text):
        return earlier
    return Reason(field=at[0], code=at[1], text=text, by=by)


def still_explained(
    concerns: Sequence[Concern], texts: Mapping[str, str], earlier: Explained
) -> dict[tuple[str, str], Reason]:
    """The earlier reasons that hold for all that was found at their place."""
    holding: dict[tuple[str, str], Reason] = {}
    changed = set()
    for one in concerns:
        at = one.field, one.code
        reason = None if one.hard else earlier.reason_for(one, texts.get(one.field, ""))
        if reason is None:
            changed.add(at)
        else:
            holding[at] = reason
    return {at: reason for at, reason in holding.items() if at not in changed}


def refuse_thin(reasons: Mapping[tuple[str, str], str], earlier: Explained) -> None:
    """Raise Thin for reasons by (field, code) that say nothing, or were said of something else: *earlier*."""
    before = {(one.field, one.code): one.text for one in earlier.reasons}
    faults = [
        Fault(field=f"reason[{at[0]}|{at[1]}]", text=THIN_REASON if is_thin(text) else OLD_REASON)
        for at, text in reasons.items()
        if is_thin(text) or (at[1] != CALL_FOR_HELP and text.strip() == before.get(at))
    ]
    if faults:
        raise Thin(faults)


def is_thin(reason: str, *, letters: int = _FEWEST_LETTERS) -> bool:
    """Whether *reason* says too little to be one; what is said again counts once, and has *letters* at least.

    >>> is_thin("."), is_thin("ok ok"), is_thin("Public."), is_thin("À revoir."), is_thin("Un personnage de fiction.")
    (True, True, True, False, False)
    >>> is_thin("public, Public, public"), is_thin("aaaaaaa bbbbbbb"), is_thin("a b c d e f g")
    (True, True, True)
    """
    words = {word.casefold() for word in _WORD.findall(reason) if not _ONE_LETTER.fullmatch(word)}
    said = sum(map(len, words))
    return len(words) < _FEWEST_WORDS or said < letters or said == len(words)


def _sentence_around(text: str, start: int, end: int) -> str:
    first = max((match.end() for match in _SENTENCE_END.finditer(text, 0, start)), default=0)
    last = _SENTENCE_END.search(text, end)
    return text[first : last.start() if last else len(text)].strip()


def reason_of(
    text: str, identifiers: Sequence[str], by: Actor, why: Mapping[tuple[str, str], str] = NOTHING_SAID
) -> tuple[str, tuple[Reason, ...]]:
    """A reason that says something and names nobody, and why things stay in it that the guard asks about.

    *why* by (field, code), the field being ``reason``, is what *by* says of them. Raises Faulty, Identifying.
    """
    text = text.strip()
    if not text:
        raise Faulty([Fault(field="reason", text=NO_REASON)])
    refuse_long([("reason", text)], LONGEST_REASON)
    explained = why_it_stays({"reason": text}, identifiers=identifiers, by=by.account_id, why=why)
    if fault := unfit_reason("reason", text, LONGEST_REASON):
        raise Faulty([fault])
    return text, explained


def clean_reason(text: str, *, identifiers: Sequence[str]) -> str:
    """A reason that says something, and nothing that the guard would ask about. Raises Faulty, Identifying."""
    text = clean_remark(text, identifiers=identifiers)
    if is_thin(text):
        raise Faulty([Fault(field="reason", text=THIN_REASON)])
    return text


def clean_remark(text: str, *, identifiers: Sequence[str], field: str = "reason") -> str:
    """As ``clean_reason``, however short it is."""
    text = text.strip()
    if not text:
        raise Faulty([Fault(field=field, text=NO_REASON)])
    refuse_unclean([(field, text)], LONGEST_REASON, identifiers=identifiers)
    return text


def clean_text(text: Mapping[str, str], field: str, *, identifiers: Sequence[str], missing: str = "") -> dict[str, str]:
    """Language → text, without blanks around it, that names nobody; *missing*: what is wrong where there is none.

    Raises Faulty, Identifying.
    """
    said = {lang: words.strip() for lang, words in text.items() if words.strip()}
    if missing and not said:
        raise Faulty([Fault(field=field, text=missing)])
    texts = [(f"{field}.{lang}", words) for lang, words in said.items()]
    refuse_unclean(texts, LONGEST_REASON, identifiers=identifiers)
    return said


def refuse_unclean(
    texts: Iterable[tuple[str, str]], room: Room, *, identifiers: Sequence[str], guesses: bool = False
) -> None:
    """Raise Faulty or Identifying unless all *texts* have room, can be shown and name nobody: no reason lets them pass.

    *guesses*: the guard also looks for what may be a name.
    """
    texts = [*texts]
    refuse_long(texts, room)
    if concerns := guard.check_texts(texts, identifiers=identifiers, guesses=guesses):
        raise Identifying(concerns)
    if faults := [Fault(field=field, text=UNSHOWABLE) for field, text in texts if is_unshowable(text)]:
        raise Faulty(faults)


def why_it_stays(
    texts: Mapping[str, str],
    *,
    identifiers: Sequence[str],
    by: str,
    why: Mapping[tuple[str, str], str],
    earlier: Explained = NOTHING_EXPLAINED,
) -> tuple[Reason, ...]:
    """*why* things stay in *texts* that the guard asks about, as it is kept. Raises Identifying, Thin."""
    refuse_long(texts.items(), LONGEST_ANYWHERE)
    concerns = guard.check_texts(texts.items(), identifiers=identifiers)
    return let_pass(concerns, why, identifiers=identifiers, by=by, texts=texts, earlier=earlier)


def unfit_reason(field: str, text: str, longest: int) -> Fault | None:
    """Why *text* is no reason that others can follow."""
    return Fault(field=field, text=THIN_REASON) if is_thin(text) else unfit_text(field, text, longest)


def unfit_text(field: str, text: str, longest: int) -> Fault | None:
    """Why *text* has no room, or cannot be shown."""
    if len(text) > longest:
        return Fault(field=field, text=TOO_LONG, value=str(longest))
    return Fault(field=field, text=UNSHOWABLE) if is_unshowable(text) else None


def refuse_long(texts: Iterable[tuple[str, str]], room: Room, refused: type[Faulty] = Faulty) -> None:
    """Raise *refused* for texts that are longer than their fields have *room* for, before anything reads them."""
    faults = [
        Fault(field=field, text=TOO_LONG, value=str(most))
        for field, text in texts
        if len(text) > (most := room if isinstance(room, int) else room(field))
    ]
    if faults:
        raise refused(faults)


_UNSHOWABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a\u202b\u202d\u202e\u2066-\u2068]")


def is_unshowable(text: str) -> bool:
    """Whether there is something in *text* that no page shows, or that would turn round what it shows.

    >>> is_unshowable("Léa\\u200b"), is_unshowable("\\x00"), is_unshowable("\\u202e"), is_unshowable("a\\n\\tb")
    (False, True, True, False)
    """
    return _UNSHOWABLE.search(text) is not None


def is_address(url: str) -> bool:
    """Whether a link to *url* leads to a page: nothing that a browser would run, nothing but a web address.

    >>> is_address("https://example.org/a"), is_address("javascript:alert(1)"), is_address("https://")
    (True, False, False)
    """
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    return scheme in ("http", "https") and "." in host and not any(c.isspace() or c in '"<>\\^`{|}' for c in url)

"""Whether what stands in a form may be kept, and saved: the guard first, then what the sheet needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import LanzaroteError
from lanzarote.practices import sheets, writing
from lanzarote.practices.form_entries import Entered, with_present_keys
from lanzarote.practices.form_sheet import sheet_from
from lanzarote.records import own_sources
from lanzarote.records.validation import (
    LONGEST_ANYWHERE,
    NOTHING_EXPLAINED,
    Thin,
    refuse_long,
    refuse_thin,
    still_explained,
)
from lanzarote.store.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from lanzarote.practices.work import Reason
    from lanzarote.records.own_sources import Earlier
    from lanzarote.records.save_checks import Checks, Place
    from lanzarote.records.validation import Explained
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import PracticeSheet

_MOST_TURNS: Final = 6
_REASON: Final = re.compile(r"reason\[([^|]{1,120})\|([a-z-]{1,40})\]")
_OVERRIDE: Final = re.compile(r"override\[([^|]{1,64})\|([a-z0-9-]{1,64})\|([^|]{0,200})\]")


class Disclosure(LanzaroteError):
    """It reads like somebody telling of a child in danger: where help is has to be shown, and nothing is kept."""


class Typed(Struct, frozen=True, kw_only=True):
    """What a person typed: the form, and why they keep what the guard asks about or a package objects to."""

    entered: Entered
    reasons: dict[str, str] = {}
    """Name of the field for the reason → what stands in it."""
    left_out: tuple[str, ...] = ()
    """Places whose text is not kept, because it may tell who somebody is."""

    def answers(self) -> dict[tuple[str, str], str]:
        """(place, code) → reason."""
        found = ((_REASON.fullmatch(name), text) for name, text in self.reasons.items())
        return {(match[1], match[2]): text for match, text in found if match}

    def let_pass(self) -> dict[Place, str]:
        """(package, code, place) → reason."""
        found = ((_OVERRIDE.fullmatch(name), text) for name, text in self.reasons.items())
        return {(match[1], match[2], match[3]): text for match, text in found if match}


class Passed(Struct, frozen=True, kw_only=True):
    """What the guard let pass: it may be kept as it is, unfinished and unread."""

    typed: Typed


def reason_name(place: str, code: str) -> str:
    return f"reason[{place}|{code}]"


def override_name(place: Place) -> str:
    return f"override[{'|'.join(place)}]"


def is_reason(name: str) -> bool:
    """Whether a field holds a reason, rather than something of the practice."""
    return name.startswith(("reason[", "override["))


def reasons_in(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {
        name: value.strip()
        for name, value in pairs
        if (_REASON.fullmatch(name) or _OVERRIDE.fullmatch(name)) and value.strip()
    }


def as_now(typed: Typed, vocabulary: Vocabulary) -> Typed:
    """*typed* by the present keys of the region: a page may be older than a rename, and so may what was kept of it."""
    return msgspec.structs.replace(typed, entered=with_present_keys(typed.entered, vocabulary))


def passed(typed: Typed, vocabulary: Vocabulary, earlier: Explained = NOTHING_EXPLAINED) -> Passed:
    """Let *typed* pass the guard; *earlier*: what was explained before.

    Raises Disclosure, writing.Identifying, checking.Thin.
    """
    written = [(place, text) for place, text in typed.entered.typed() if not is_id(text)]
    refuse_long([*written, *typed.reasons.items()], LONGEST_ANYWHERE, Thin)
    if guard.reads_like_disclosure(*(text for _, text in written), *typed.reasons.values()):
        raise Disclosure("It reads like somebody telling of a child in danger; nothing of it was kept.")
    identifiers = vocabulary.header.personal_identifiers
    answers = typed.answers()
    concerns = guard.check_texts(written, identifiers=identifiers)
    holding = still_explained(concerns, dict(written), earlier)
    answered = answers.keys() | holding.keys()
    refused = [one for one in concerns if one.hard or (one.field, one.code) not in answered]
    refused += guard.check_texts(typed.reasons.items(), identifiers=identifiers, guesses=False)
    if refused:
        raise writing.Identifying(tuple(refused))
    found = {(one.field, one.code) for one in concerns}
    refuse_thin({at: text for at, text in answers.items() if at in found and at not in holding}, earlier)
    return Passed(typed=typed)


def passed_in_part(
    typed: Typed, before: Entered | None, vocabulary: Vocabulary, earlier: Explained = NOTHING_EXPLAINED
) -> Passed | None:
    """*typed* without the fields that the guard refuses; None when nothing of it may be kept.

    Where such a text stood, what the same field said *before* stands again. Raises Disclosure.
    """
    left_out: dict[str, None] = {}
    rest = typed
    # What is taken out may be the reason for something else, and what stood there before may be refused with the rest.
    for _ in range(_MOST_TURNS):
        try:
            done = passed(rest, vocabulary, earlier).typed
        except (writing.Identifying, Thin) as refused:
            found = refused.concerns if isinstance(refused, writing.Identifying) else refused.faults
            places = {one.field for one in found}
            again = places & left_out.keys()
            left_out |= dict.fromkeys(sorted(places))
            rest = _without(rest, places, before if not again else None)
        else:
            return Passed(
                typed=msgspec.structs.replace(done, left_out=tuple(one for one in left_out if not is_reason(one)))
            )
    return None


def _without(typed: Typed, places: Collection[str], before: Entered | None) -> Typed:
    """*typed* with what stood in *before* at *places*; of rows, which may have moved since, with nothing."""
    old = before.values if before else {}
    values = {
        place: texts if place not in places else old.get(place, ())
        for place, texts in typed.entered.values.items()
        if place not in places or (place in old and "[" not in place)
    }
    entered = msgspec.structs.replace(typed.entered, values=values)
    return Typed(entered=entered, reasons={name: text for name, text in typed.reasons.items() if name not in places})


def judged(
    given: Passed,
    vocabulary: Vocabulary,
    organisations: Collection[str],
    *,
    before: PracticeSheet | None,
    called: Callable[[PracticeSheet], PracticeSheet],
    earlier: Earlier,
    by: str,
    lang: str,
    checks: Checks,
) -> writing.Checked:
    """The sheet in what passed, with what the form does not show as it was *before*, and whom it names as *called*.

    Raises sheets.Faulty, writing.Identifying, objections.Objected.
    """
    sheet, unreadable = sheet_from(given.typed.entered, vocabulary, lang, earlier)
    kept = own_sources.kept(sheet.own_sources, before.own_sources if before else (), unshown=("language",))
    sheet = called(msgspec.structs.replace(sheet, own_sources=kept))
    try:
        checked = writing.checked(
            sheet,
            vocabulary,
            organisations,
            reasons=given.typed.answers(),
            by=by,
            checks=msgspec.structs.replace(checks, host=None) if unreadable else checks,
        )
    except sheets.Faulty as faulty:
        raise sheets.Faulty((*unreadable, *faulty.faults)) from None
    if unreadable:
        raise sheets.Faulty(unreadable)
    return checked


def prefilled(reasons: Iterable[Reason]) -> Mapping[str, str]:
    """The reasons that were given for what is saved already."""
    return {reason_name(one.field, one.code): one.text for one in reasons}

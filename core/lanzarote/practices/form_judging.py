"""Whether what stands in a form may be kept, and saved: the guard first, then what the sheet needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lanzarote.kinds.entered import Typed, reason_name
from lanzarote.practices import sheets, writing
from lanzarote.practices.form_entries import with_present_keys
from lanzarote.practices.form_sheet import sheet_from
from lanzarote.records import drafts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from lanzarote.kinds.entered import Passed
    from lanzarote.practices.work import Reason
    from lanzarote.records.drafts import Earlier
    from lanzarote.records.save_checks import Checks
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import PracticeSheet


def as_now(typed: Typed, vocabulary: Vocabulary) -> Typed:
    """*typed* by the present keys of the region: a page may be older than a rename, and so may what was kept of it."""
    return msgspec.structs.replace(typed, entered=with_present_keys(typed.entered, vocabulary))


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
    kept = drafts.kept(sheet.own_sources, before.own_sources if before else (), unshown=("language",))
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

"""The form in which a meeting's new mandate is written, beginning with the one in force."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from lanzarote.records.validation import MISSING, NO_DAY, Fault, Faulty
from lanzarote.regions.group import in_force
from lanzarote.stakeholders import team_form
from lanzarote.types import Objective
from lanzarote.web.refusals import date_of, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lanzarote.web.site import View

ROWS: Final = 2
"""Empty rows for further objectives."""


def typed_from(view: View, since: str) -> dict[str, Any]:
    """What the form holds before anybody writes in it: the mandate as it is."""
    typed: dict[str, Any] = {"since": since}
    if present := in_force(view.instance.mandates(view.region_id), view.today):
        typed |= {f"title.{code}": text for code, text in present.mandate.title.items()}
        for number, one in enumerate(present.mandate.objectives):
            typed[f"objectives[{number}].key"] = one.key
            typed |= {f"objectives[{number}].text.{code}": text for code, text in one.text.items()}
    return typed


def rows_in(typed: Mapping[str, Any]) -> int:
    numbers = team_form.rows_in(typed, "objectives")
    return (max(numbers) + 1 if numbers else 0) + ROWS


def read(view: View, data: Mapping[str, Any]) -> tuple[dict[str, str], tuple[Objective, ...], date]:
    """Title, objectives and the day from which they count. Raises Faulty."""
    languages = [*dict.fromkeys((view.lang, *view.vocabulary.header.languages))]
    title = {code: text for code in languages if (text := text_of(data, f"title.{code}"))}
    try:
        since = date.fromisoformat(date_of(data, "since", view.lang))
    except ValueError:
        raise Faulty([Fault(field="since", text=NO_DAY)]) from None
    dated = view.instance.mandates(view.region_id)
    used = {one.key for version in dated for one in version.mandate.objectives}
    found: list[Objective] = []
    for number in team_form.rows_in(data, "objectives"):
        place = f"objectives[{number}]"
        words = {code: said for code in languages if (said := text_of(data, f"{place}.text.{code}"))}
        if words:
            key = _key(text_of(data, f"{place}.key"), [one.key for one in found], used)
            found.append(Objective(key=key, text=words))
    if not found:
        raise Faulty([Fault(field="objectives[0].text." + languages[0], text=MISSING)])
    return title, tuple(found), since


def _key(given: str, taken: Collection[str], used: Collection[str]) -> str:
    """The key an objective had in the version before; for what is new one that none ever had: evaluations go by it."""
    if given in used and given not in taken:
        return given
    return next(key for number in count(1) if (key := f"objective-{number}") not in taken and key not in used)

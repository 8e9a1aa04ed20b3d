"""What was typed into the form of a practice: under the present keys of the region, each new source under a key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lanzarote.records import drafts
from lanzarote.web.refusals import text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from lanzarote.kinds.sent import SentForm
    from lanzarote.records.drafts import Earlier
    from lanzarote.records.validation import Fault
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import OwnSource, PracticeSheet
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View

_KEY: Final = re.compile(r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
KIND_OF: Final = {
    "sectors": "sector",
    "legal_basis": "provision",
    "sources": "source",
    "partners.sector": "sector",
    "evidence.sources": "source",
}
"""Field, or cell of a row → the kind of the region's entries whose keys stand in it."""


def present(view: Voice, typed: Mapping[str, Any]) -> dict[str, Any]:
    """*typed* as if it had always named the region's entries by their present keys.

    A page may be older than a rename, and so may what was kept of it.
    """
    own = {text for place, text in typed.items() if place.startswith("own_sources[") and place.endswith("].key")}
    found: dict[str, Any] = {}
    for place, value in typed.items():
        there = _present_place(place, view.vocabulary)
        if there == place or there not in typed:  # else it is answered under the present key too, which counts
            found[there] = _present_value(place, value, view.vocabulary, own)
    return found


def _present_place(place: str, vocabulary: Vocabulary) -> str:
    head, _, rest = place.partition(".")
    if head != "answers":
        return place
    key, dot, lang = rest.partition(".")
    return f"answers.{vocabulary.present_key('field', key)}{dot}{lang}"


def _present_value(place: str, value: Any, vocabulary: Vocabulary, own: Collection[str]) -> Any:
    name = f"{place.partition('[')[0]}.{place.rpartition('.')[2]}" if "[" in place else place
    kind = "source" if place.startswith("field_sources.") else KIND_OF.get(name)
    if kind is None:
        return value
    some = [value] if isinstance(value, str) else value
    named = (text if kind == "source" and text in own else vocabulary.present_key(kind, text) for text in some)
    kept = list(dict.fromkeys(named))
    return kept[0] if isinstance(value, str) else kept


def sent(view: View, data: SentForm, before: PracticeSheet | None, record_id: str, _: list[Fault]) -> Mapping[str, Any]:
    """What was typed; an organisation that is named has its own sector and side."""
    earlier = drafts.keys_of(view.instance.database, view.region_id, record_id)
    data = keyed(data, earlier, before.own_sources if before else ())
    named = [place.removesuffix("organisation") for place in data if place.endswith("].organisation") and data[place]]
    needless = {f"{row}{cell}" for row in named for cell in ("sector", "side")}
    return {place: value for place, value in present(view, data).items() if place not in needless}


def keyed(typed: SentForm, earlier: Earlier, before: Sequence[OwnSource] = ()) -> SentForm:
    """*typed* with a key for each new source of the practice's own; *earlier*: keys that sources of it have had.

    What is sent once more, as by a second click, is the source that it was *before*.
    """
    rows = [f"own_sources[{number}]." for number in typed.rows("own_sources")]
    taken = {text_of(typed, f"{place}key") for place in rows}
    free, found = drafts.new_keys(taken, earlier), dict[str, Any]()
    known = {(one.title, one.publisher): one.key for one in before if one.key not in taken}
    for place in rows:
        names = (name for name in typed if name.startswith(place) and name not in (f"{place}key", f"{place}kind"))
        if not _KEY.fullmatch(text_of(typed, f"{place}key")) and any(text_of(typed, name) for name in names):
            same = text_of(typed, f"{place}title"), text_of(typed, f"{place}publisher")
            found[f"{place}key"] = known.pop(same, None) or next(free)
    return typed.having(found)

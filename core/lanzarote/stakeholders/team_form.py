"""The forms of an entry and of its contacts: what was sent, read into an entry, and shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec

from lanzarote import guard
from lanzarote.directory.model import Contact
from lanzarote.kinds.organisations import unlisted
from lanzarote.kinds.team import refusal as refused_in
from lanzarote.records import drafts
from lanzarote.records.validation import MISSING, NO_DATE, NO_DAY, Fault, Faulty, is_date
from lanzarote.stakeholders import entries
from lanzarote.stakeholders.contacts import weigh
from lanzarote.stakeholders.team_words import label_of
from lanzarote.types import Organisation, Scope, Side, SourceKind
from lanzarote.web import labels
from lanzarote.web.forms import many_of
from lanzarote.web.refusals import Refusal, date_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from lanzarote.errors import LanzaroteError
    from lanzarote.records.drafts import Earlier
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View

    Label = Callable[[View, str], str]

SOURCE_ROWS: Final = 2
"""Empty rows that a form has for sources of its own, and for contacts."""
NEVER_EMPTY: Final = ("key", "kind", "public")
"""What a row says though nobody wrote in it."""


def typed_from(view: Voice, entry: Organisation | None, contacts: Sequence[Contact] = ()) -> dict[str, Any]:
    """What the form holds before anybody writes in it."""
    if entry is None:
        return {}
    typed: dict[str, Any] = {}
    for field in ("name", "role", "note"):
        typed |= {f"{field}.{code}": text for code, text in getattr(entry, field).items()}
    for field in ("side", "scope", "website", "since", "until", "merged_into"):
        typed[field] = getattr(entry, field) or ""
    present = view.vocabulary.present_key
    typed["sectors"] = [present("sector", key) for key in entry.sectors]
    typed["sources"] = [present("source", key) for key in entry.sources]
    typed["verified"] = "yes" if entry.verified else ""
    for number, source in enumerate(entry.own_sources):
        for name in ("key", "title", "publisher", "url", "kind"):
            typed[f"own_sources[{number}].{name}"] = getattr(source, name) or ""
    for number, one in enumerate(contacts):
        place = f"contacts[{number}]"
        typed |= {f"{place}.purpose.{code}": text for code, text in one.purpose.items()}
        typed |= {f"{place}.address": one.address, f"{place}.source": one.source}
        typed[f"{place}.review_on"] = one.review_on.isoformat()
        typed[f"{place}.public"] = "yes" if one.public else ""
    return typed


def languages_of(view: Voice, before: Organisation | None) -> tuple[str, ...]:
    """Those of the region, the reader's first, and any other that the entry has texts in."""
    own = () if before is None else (*before.name, *before.role, *before.note)
    regional = sorted(view.vocabulary.header.languages, key=lambda code: code != view.lang)
    return tuple(dict.fromkeys((*regional, *own)))


def read_entry(
    view: Voice, data: Mapping[str, Any], before: Organisation | None, earlier: Earlier = frozenset
) -> Organisation:
    """The entry that was typed; *earlier*: keys its sources have had. Raises Faulty with everything that is missing."""
    body: dict[str, Any] = {}
    for field in ("name", "role", "note"):
        texts = {code: text_of(data, f"{field}.{code}") for code in languages_of(view, before)}
        body[field] = {code: text for code, text in texts.items() if text}
    lines = ("side", "scope", "website", "since", "until", "merged_into")
    body |= {field: text for field in lines if (text := text_of(data, field))}
    body |= {field: date_of(data, field, view.lang) for field in ("since", "until") if field in body}
    body["sectors"] = list(dict.fromkeys(filter(None, many_of(data, "sectors"))))
    body["sources"] = list(dict.fromkeys(filter(None, many_of(data, "sources"))))
    body["verified"] = bool(text_of(data, "verified"))
    body["former"] = list(before.former) if before else []
    body["own_sources"] = list(sources_in(data, earlier))
    missing = [field for field in ("name", "sectors") if not body[field]]
    missing += [field for field, kinds in (("side", Side), ("scope", Scope)) if body.get(field) not in get_args(kinds)]
    dates = [field for field in ("since", "until") if body.get(field) and not is_date(body[field])]
    if missing or dates:
        faults = [Fault(field=field, text=MISSING) for field in missing]
        raise Faulty(faults + [Fault(field=field, text=NO_DATE) for field in dates])
    entry = entries.read(body)
    kept = drafts.kept(entry.own_sources, before.own_sources if before else ())
    return msgspec.structs.replace(entry, own_sources=kept)


def read_contacts(view: View, data: Mapping[str, Any], languages: Sequence[str]) -> tuple[Contact, ...]:
    """The contacts that were typed; a row left empty is none. Raises Faulty."""
    found, faults = [], []
    for number in rows_in(data, "contacts"):
        place = f"contacts[{number}]"
        purpose = {code: text for code in languages if (text := text_of(data, f"{place}.purpose.{code}"))}
        address, source = text_of(data, f"{place}.address"), text_of(data, f"{place}.source")
        if not (purpose or address or source):
            continue
        told = {"purpose": purpose, "address": address, "source": source}
        lacking = [Fault(field=f"{place}.{name}", text=MISSING) for name, said in told.items() if not said]
        written = date_of(data, f"{place}.review_on", view.lang)
        try:
            day = date.fromisoformat(written)
        except ValueError:
            lacking.append(Fault(field=f"{place}.review_on", text=NO_DAY if written else MISSING))
        if lacking:
            faults += lacking
            continue
        public = bool(text_of(data, f"{place}.public"))
        found.append(Contact(purpose=purpose, address=address, source=source, review_on=day, public=public))
    if faults:
        raise Faulty(faults)
    return tuple(found)


def compact(data: Mapping[str, Any], room: str) -> dict[str, Any]:
    """*data* with the rows of *room* numbered anew, those left empty last: places of faults fit what is shown."""
    typed = ((number, _row(data, room, number)) for number in rows_in(data, room))
    filled = [number for number, row in typed if any(row[name] for name in row if name not in NEVER_EMPTY)]
    kept = {name: value for name, value in data.items() if not name.startswith(f"{room}[")}
    for new, number in enumerate(filled):
        kept |= {f"{room}[{new}].{name}": value for name, value in _row(data, room, number).items()}
    return kept


def rows_in(data: Mapping[str, Any], room: str) -> list[int]:
    """Numbers of the rows of *room* that were sent."""
    found = set()
    for name in data:
        head, _, rest = name.partition("].")
        start, _, number = head.partition("[")
        if start == room and rest and number.isascii() and number.isdecimal() and len(number) < 4:
            found.add(int(number))
    return sorted(found)


def refusal(
    view: View,
    error: LanzaroteError,
    data: Mapping[str, Any],
    *,
    label: Label = label_of,
    unread: Collection[str] = ("key", "version"),
) -> Refusal:
    """What to show above the form, beside its fields, and where to say why something stays.

    *label*: what a field is called; *unread*: fields in which nobody writes.
    """
    names = [name for name in data if name not in unread and not name.startswith(("reason[", "override["))]
    texts = [(name, text_of(data, name)) for name in names if isinstance(data[name], str)]
    return refused_in(view, error, data, lambda field: label(view, field), texts, weigh=_weigh)


def _weigh(one: guard.Concern) -> guard.Concern | None:
    return weigh(one) if one.field.startswith("contacts[") else one


def choices(view: View, typed: Mapping[str, Any], but: str = "") -> dict[str, Any]:
    """What the form offers to choose from."""
    vocabulary = view.vocabulary
    sectors, sources = many_of(typed, "sectors"), many_of(typed, "sources")
    directory = sorted(
        ((view.say(one.organisation.name), one) for one in view.directory if one.id != but),
        key=lambda pair: view.sort_key(pair[0]),
    )
    taken = text_of(typed, "merged_into")
    return {
        "sectors": [
            {"value": key, "label": view.say(sector.name), "chosen": key in sectors}
            for key, sector in vocabulary.sectors.items()
            if key in sectors or not vocabulary.is_retired("sector", key, view.today)
        ],
        "sides": _codes(view, "side", get_args(Side), text_of(typed, "side")),
        "scopes": _codes(view, "scope", get_args(Scope), text_of(typed, "scope")),
        "kinds": _codes(view, "source", get_args(SourceKind), ""),
        "sources": [
            {
                "value": key,
                "label": source.title if isinstance(source.title, str) else view.say(source.title),
                "chosen": key in sources,
            }
            for key, source in vocabulary.sources.items()
        ],
        "organisations": [
            {"value": "", "label": view._("None"), "chosen": not taken},
            *({"value": one.key or one.id, "label": name, "chosen": taken in one.names} for name, one in directory),
            *({"value": key, "label": name, "chosen": True} for key, name in unlisted(view, [taken]).items()),
        ],
    }


def _codes(view: View, kind: str, codes: Sequence[str], chosen: str) -> list[dict[str, Any]]:
    return [
        {"value": code, "label": labels.label(kind, code, view.translator), "chosen": code == chosen} for code in codes
    ]


def sources_in(data: Mapping[str, Any], earlier: Earlier) -> Iterator[dict[str, Any]]:
    """Sources of its own that were typed; *earlier*: keys they have had."""
    rows = [_row(data, "own_sources", number) for number in rows_in(data, "own_sources")]
    return drafts.read(rows, earlier)


def _row(data: Mapping[str, Any], room: str, number: int) -> dict[str, str]:
    place = f"{room}[{number}]."
    return {name[len(place) :]: text_of(data, name) for name in data if name.startswith(place)}

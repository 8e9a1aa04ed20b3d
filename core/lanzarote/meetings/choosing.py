"""What the forms of a meeting offer to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.directory.service import ids_by_name, named
from lanzarote.kinds.organisations import unlisted
from lanzarote.meetings import agenda
from lanzarote.meetings.words import ABOUTS, KINDS, OUTCOMES
from lanzarote.stakeholders.team_form import rows_in
from lanzarote.translation import language_name, plain
from lanzarote.web import labels
from lanzarote.web.forms import many_of
from lanzarote.web.refusals import text_of
from lanzarote.web.region_reading import entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.meetings.form import Part
    from lanzarote.meetings.reading import Entry
    from lanzarote.web.site import View

    Choice = dict[str, Any]


def choices(view: View, told: Entry | None, part: Part, typed: Mapping[str, Any]) -> dict[str, Any]:
    if part == "edit":
        return _frame(view, typed)
    if part == "agenda" and told:
        return _agenda(view, told)
    return _notes(view, told, typed) if part == "notes" and told else {}


def organisations(view: View, chosen: Sequence[str] = ()) -> list[Choice]:
    """The directory: those that take part in the group first, then all others, each by its name.

    What is *chosen* and not listed any more stands at the end.
    """
    known = named(view.directory)
    ids = {known[key].id for key in chosen if key in known}
    found: list[Choice] = [
        {
            "value": one.key or one.id,
            "label": view.say(one.organisation.name),
            "chosen": one.id in ids,
            "relation": one.status.relation,
            "id": one.id,
        }
        for one in view.directory
    ]
    joined = {"taking-part": 0, "invited": 1}
    found.sort(key=lambda one: (joined.get(one["relation"], 2), view.sort_key(one["label"])))
    gone = unlisted(view, chosen)
    return found + [
        {"value": key, "label": name, "chosen": True, "relation": "", "id": key} for key, name in gone.items()
    ]


def _frame(view: View, typed: Mapping[str, Any]) -> dict[str, Any]:
    kinds, chosen = text_of(typed, "kind"), many_of(typed, "sectors")
    spoken = many_of(typed, "languages") if "kind" in typed else view.vocabulary.header.languages
    offered = dict.fromkeys((*view.vocabulary.header.languages, "en", "fr", *spoken))
    bodies = organisations(view, many_of(typed, "organisations"))
    for one in bodies:
        one["help"] = labels.label("relation", one["relation"], view.translator) if one["relation"] else ""
    return {
        "kinds": [{"value": code, "label": view._(words), "chosen": code == kinds} for code, words in KINDS.items()],
        "languages": [
            {"value": code, "label": language_name(code, view.lang), "chosen": code in spoken} for code in offered
        ],
        "sectors": [
            {"value": key, "label": view.say(sector.name), "chosen": key in chosen}
            for key, sector in entries(view.vocabulary, "sector").items()
            if key in chosen or not view.vocabulary.is_retired("sector", key, view.today)
        ],
        "organisations": bodies,
    }


def _agenda(view: View, told: Entry) -> dict[str, Any]:
    """What is open and can be put on the agenda, and what stands there already."""
    with view.instance.database.read(view.region_id) as session:
        found = agenda.open_now(session, view.region_id, day=told.meeting.day, but=told.id)
    there = {point.point.record: point for point in told.agenda if point.point.record}
    return {
        "open": [
            {
                "value": f"{one.about}:{one.id}",
                "label": f"{view._(ABOUTS[one.about])} – {plain(view.say(one.title))}{_to_do(view, one)}",
                "chosen": False,
            }
            for one in found
            if one.id not in there
        ],
        "titles": {key: view.say(point.named.title) for key, point in there.items() if point.named},
    }


def _to_do(view: View, one: agenda.Named) -> str:
    """How many actions are to be done, and how many of them are late on the day of the meeting."""
    if not one.to_do:
        return ""
    ngettext = view.translator.ngettext
    told = ngettext("%(num)s action to be done", "%(num)s actions to be done", one.to_do) % {"num": one.to_do}
    if one.overdue:
        told += ", " + ngettext("of which %(num)s overdue", "of which %(num)s overdue", one.overdue) % {
            "num": one.overdue
        }
    return f" ({told})"


def _notes(view: View, told: Entry, typed: Mapping[str, Any]) -> dict[str, Any]:
    numbers = rows_in(typed, "present")
    there = [text_of(typed, f"present[{number}].organisation") for number in numbers]
    noted = {text_of(typed, f"present[{number}].sector") for number in numbers}
    return {
        "organisations": organisations(view, there),
        "names": {name: view.say(one.organisation.name) for name, one in named(view.directory).items()}
        | unlisted(view, there),
        "sectors": [
            {"value": key, "label": view.say(sector.name)}
            for key, sector in entries(view.vocabulary, "sector").items()
            if key in noted or not view.vocabulary.is_retired("sector", key, view.today)
        ],
        "kinds": [{"value": code, "label": view._(words)} for code, words in OUTCOMES.items()],
        "improvements": [*_improvements(view, told)],
        "expected": [*_expected(view, told, typed)],
    }


def _improvements(view: View, told: Entry) -> Iterator[Choice]:
    """Those on the agenda, those named already, those that are open."""
    with view.instance.database.read(view.region_id) as session:
        found = {
            one.id: one
            for one in agenda.open_now(session, view.region_id, day=told.meeting.day)
            if one.kind == "improvement"
        }
    there = [point.named for point in told.agenda] + [result.named for result in told.outcomes]
    found |= {one.id: one for one in there if one is not None and one.kind == "improvement"}
    for one in found.values():
        yield {"value": one.id, "label": plain(view.say(one.title)) if one.title else one.id}


def _expected(view: View, told: Entry, typed: Mapping[str, Any]) -> Iterator[Choice]:
    """Invited organisations that are not noted yet: a tick says that they are there."""
    written = {key for name, key in typed.items() if name.endswith("].organisation") and key}
    with view.instance.database.read(view.region_id) as session:
        noted = written.union(ids_by_name(session, written).values())
    for guest in told.guests:
        if guest.id not in noted:
            yield {"value": guest.id, "label": view.say(guest.name), "who": guest.who, "answer": guest.answer}

"""What is written in a meeting, in which words; the forms of its agenda and of what is noted at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote.directory.service import ids_by_name, named
from lanzarote.kinds.fields import Field, Option
from lanzarote.kinds.kind import OwnForm
from lanzarote.kinds.organisations import unlisted
from lanzarote.kinds.sent import SentForm
from lanzarote.meetings import agenda, reading
from lanzarote.meetings.minutes import are_behind
from lanzarote.meetings.service import ABOUTS, ANSWERS, KINDS, OUTCOMES, meeting_of, status_of
from lanzarote.records.records import Record
from lanzarote.stakeholders import attendance
from lanzarote.translation import N_, format_date, language_name, plain
from lanzarote.web import labels
from lanzarote.web.refusals import text_of
from lanzarote.web.region_reading import entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.meetings.reading import Entry
    from lanzarote.web.site import View

    Typed = Mapping[str, Any]
    Choice = dict[str, Any]

NEW_ROWS: Final[Mapping[str, int]] = {"agenda": 3, "present": 3, "outcomes": 2}
"""Empty rows that a form has for what may be said more than once."""


# What there is to choose from


def _languages(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    for code in dict.fromkeys((*view.vocabulary.header.languages, "en", "fr", *chosen)):
        yield Option(value=code, label=language_name(code, view.lang))


def _sectors(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    terms = view.vocabulary
    for key, sector in entries(terms, "sector").items():
        names = tuple(one for one in chosen if terms.present_key("sector", one) == key)
        if names or not terms.is_retired("sector", key, view.today):
            yield Option(value=key, label=view.say(sector.name), names=names)


def organisations(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """The directory: those that take part in the group first; at the end what is *chosen* and listed no more."""
    joined = {"taking-part": 0, "invited": 1}
    listed = [(joined.get(one.status.relation, 2), view.say(one.organisation.name), one) for one in view.directory]
    for _, name, one in sorted(listed, key=lambda entry: (entry[0], view.sort_key(entry[1]))):
        relation = labels.label("relation", one.status.relation, view.translator) if one.status.relation else ""
        yield Option(value=one.key or one.id, label=name, help=relation, names=one.names)
    for key, name in unlisted(view, chosen).items():
        yield Option(value=key, label=name)


def _records(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    with view.instance.database.read(view.region_id) as session:
        found = agenda.named_by_id(session, view.region_id, {*chosen})
    for key in chosen:
        one = found.get(key)
        yield Option(value=key, label=plain(view.say(one.title)) if one and one.title else key)


FIELDS: Final = (
    Field(name="kind", label=N_("Kind"), words=KINDS),
    Field(name="title", label=N_("Title"), help=N_("Such as: Co-ordination between schools and courts.")),
    Field(name="purpose", label=N_("What it is for"), rows=4),
    Field(name="day", label=N_("Day")),
    Field(name="starts", label=N_("Begins at"), help=N_("Local time, such as 14:30.")),
    Field(name="ends", label=N_("Ends at")),
    Field(name="last_day", label=N_("Last day"), help=N_("Only if it takes more than one.")),
    Field(name="place", label=N_("Place")),
    Field(
        name="link",
        label=N_("Address for meeting online"),
        help=N_("For the group alone; the public never sees it."),
    ),
    Field(name="languages", label=N_("Languages"), options=_languages),
    Field(name="sectors", label=N_("Sectors invited"), options=_sectors),
    Field(
        name="organisations",
        label=N_("Organisations invited"),
        help=N_(
            "Organisations that take part in the group come first. Those that have a representative here get an "
            "e-mail; the others need a letter."
        ),
        options=organisations,
    ),
    Field(
        name="agenda",
        label=N_("Agenda"),
        one=N_("Point of the agenda"),
        fields=(
            Field(name="about", label=N_("What it is about"), words=ABOUTS),
            Field(name="record", label=N_("What it is about"), options=_records),
            Field(name="title", label=N_("Title")),
            Field(name="minutes", label=N_("Minutes planned")),
        ),
    ),
    Field(
        name="present",
        label=N_("Present"),
        one=N_("Present"),
        fields=(
            Field(name="organisation", label=N_("Organisation"), options=organisations),
            Field(name="name", label=N_("Name of the organisation")),
            Field(name="sector", label=N_("Sector"), options=_sectors),
            Field(name="roles", label=N_("Roles")),
        ),
    ),
    Field(name="found", label=N_("What was found"), rows=6),
    Field(
        name="outcomes",
        label=N_("Decided and referred"),
        one=N_("Decided and referred"),
        fields=(
            Field(name="kind", label=N_("Kind"), words=OUTCOMES),
            Field(name="text", label=N_("What was decided or referred"), rows=2),
            Field(name="improvement", label=N_("About the improvement"), options=_records),
        ),
    ),
    Field(name="next_steps", label=N_("Next steps"), help=N_("Which organisation does what, until when."), rows=5),
    Field(
        name="minutes",
        label=N_("Minutes"),
        help=N_(
            "Organisations and roles, never names of persons. What is written here is shown to the group; to the "
            "public only if the group says so."
        ),
        rows=24,
    ),
)


# What its actions ask, and what stands beside its forms


def guests(view: View, chosen: Sequence[str], record: Record) -> Iterator[Option]:
    with view.instance.database.read(view.region_id) as session:
        told = reading.tell(view, session, record)
    for guest in told.guests:
        yield Option(value=guest.id, label=view.say(guest.name))


def later_meetings(view: View, chosen: Sequence[str], record: Record) -> Iterator[Option]:
    """Those at which the minutes may have been approved."""
    yield Option(value="", label=view._("Choose…"))
    with view.instance.database.read(view.region_id) as session:
        day, held = meeting_of(session, record).day, attendance.held(session, view.region_id, view.today)
    for one in held:
        if one.id != record.id and one.day >= day:
            yield Option(value=one.id, label=f"{format_date(one.day, view.lang)} – {view.say(one.title)}")


def minutes_of(view: View, record: Record) -> dict[str, Any]:
    """The minutes as they are; ``mark``: the languages in which they are."""
    with view.instance.database.read(view.region_id) as session:
        text = meeting_of(session, record).text
    found = {code: one.minutes for code, one in text.items() if one.minutes}
    return {f"minutes.{code}": said for code, said in found.items()} | {"mark": ",".join(found)}


def beside_form(view: View, record_id: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What to know before one writes: whether others rely on it already, whether the minutes lack what was noted."""
    if not record_id:
        return {"announced": False, "behind": False}
    with view.instance.database.read(view.region_id) as session:
        record = session.get_one(Record, (view.region_id, record_id))
        behind = are_behind(view.instance, session, record)
        return {"announced": status_of(record).state != "planned", "behind": behind}


# The agenda


def _in_order(data: SentForm) -> dict[str, Any]:
    """The points in the order of the numbers beside them, without those that are taken off.

    What was chosen from the list of what is open names its record, and what kind of thing it is.
    """

    def place(number: int) -> tuple[int, int]:
        said = data.one(f"agenda[{number}].order")
        return (int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 100_000, number)

    kept = {name: value for name, value in data.items() if not name.startswith("agenda[")}
    for new, old in enumerate(sorted(data.rows("agenda"), key=place)):
        row = _row(data, f"agenda[{old}].", but=("order", "remove"))
        about, colon, record = text_of(row, "record").partition(":")
        if colon:
            row |= {"about": about, "record": record}
        row["about"] = text_of(row, "about") if text_of(row, "record") else "own"
        if not data.one(f"agenda[{old}].remove"):
            kept |= {f"agenda[{new}].{name}": value for name, value in row.items()}
    return kept


def _agenda_context(view: View, record_id: str, typed: SentForm) -> dict[str, Any]:
    """What is open and can be put on the agenda, and what stands there already."""
    numbers = typed.rows("agenda")
    there = {typed.one(f"agenda[{number}].record") for number in numbers}
    with view.instance.database.read(view.region_id) as session:
        record = session.get_one(Record, (view.region_id, record_id))
        day = meeting_of(session, record).day
        found = agenda.open_now(session, view.region_id, day=day, but=record_id)
        known = agenda.named_by_id(session, view.region_id, there)
    return {
        "typed_rows": len(numbers),
        "new_rows": NEW_ROWS["agenda"],
        "abouts": {code: view._(words) for code, words in ABOUTS.items()},
        "titles": {key: view.say(one.title) for key, one in known.items() if one.title},
        "open": [
            {
                "value": f"{one.about}:{one.id}",
                "label": f"{view._(ABOUTS[one.about])} – {plain(view.say(one.title))}{_to_do(view, one)}",
                "chosen": False,
            }
            for one in found
            if one.id not in there
        ],
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


AGENDA: Final = OwnForm(template="meetings/team/agenda.html", tidied=_in_order, context=_agenda_context)


# What is noted at the meeting


def _there(data: SentForm) -> dict[str, Any]:
    """Without rows that are taken out, and without who was invited and is not there."""
    kept = {name: value for name, value in data.items() if not name.startswith(("present[", "outcomes["))}
    for room, marks in (("present", ("remove", "here", "invited")), ("outcomes", ("remove",))):
        for number in data.rows(room):
            place = f"{room}[{number}]."
            # Of somebody invited the row is there anyway: who was not ticked, and is in no role, was not there.
            here = data.one(f"{place}here") or data.one(f"{place}roles")
            if not (data.one(f"{place}remove") or (data.one(f"{place}invited") and not here)):
                kept |= {place + name: value for name, value in _row(data, place, but=marks).items()}
    return kept


def _notes_context(view: View, record_id: str, typed: SentForm) -> dict[str, Any]:
    with view.instance.database.read(view.region_id) as session:
        told = reading.tell(view, session, session.get_one(Record, (view.region_id, record_id)))
    numbers = typed.rows("present")
    there = [typed.one(f"present[{number}].organisation") for number in numbers]
    noted = [typed.one(f"present[{number}].sector") for number in numbers]
    return {
        "typed_rows": len(numbers),
        "new_rows": NEW_ROWS["present"],
        "outcome_rows": len(typed.rows("outcomes")),
        "new_outcomes": NEW_ROWS["outcomes"],
        "organisations": [*organisations(view, there)],
        "names": {name: view.say(one.organisation.name) for name, one in named(view.directory).items()}
        | unlisted(view, there),
        "sectors": [*_sectors(view, [one for one in noted if one])],
        "kinds": [{"value": code, "label": view._(words)} for code, words in OUTCOMES.items()],
        "improvements": [*_improvements(view, told)],
        "expected": [*_expected(view, told, there)],
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


def _expected(view: View, told: Entry, there: Sequence[str]) -> Iterator[Choice]:
    """Invited organisations that are not noted yet: a tick says that they are there."""
    written = {key for key in there if key}
    with view.instance.database.read(view.region_id) as session:
        noted = written.union(ids_by_name(session, written).values())
    for guest in told.guests:
        if guest.id not in noted:
            yield {
                "value": guest.id,
                "label": view.say(guest.name),
                "who": guest.who,
                "answer": view._(ANSWERS[guest.answer]) if guest.answer else "",
            }


NOTES: Final = OwnForm(template="meetings/team/notes.html", tidied=_there, context=_notes_context)


def _row(data: SentForm, place: str, *, but: Sequence[str]) -> dict[str, Any]:
    row = {name[len(place) :]: value for name, value in data.items() if name.startswith(place)}
    return {name: value for name, value in row.items() if name not in but}

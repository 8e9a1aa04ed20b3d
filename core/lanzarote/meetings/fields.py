"""What is written in a meeting, in which words; the forms of its agenda and of what is noted at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote.directory.service import ids_by_name
from lanzarote.improvements.model import IMPROVEMENT
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
from lanzarote.web.region_reading import entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.meetings.reading import Entry
    from lanzarote.web.site import View

    Choice = dict[str, Any]

UNLISTED_ALONE: Final = N_("Only if the directory does not have it.")
GONE: Final = N_("a record that was erased, or that the group does not read")


# What there is to choose from


def _languages(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    for code in dict.fromkeys((*view.vocabulary.header.languages, "en", "fr", *chosen)):
        yield Option(value=code, label=language_name(code, view.lang))


def _sectors_or_none(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    yield Option(value="", label=view._("None"))
    yield from _sectors(view, chosen)


def _sectors(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    terms = view.vocabulary
    for key, sector in entries(terms, "sector").items():
        names = tuple(one for one in chosen if terms.present_key("sector", one) == key)
        if names or not terms.is_retired("sector", key, view.today):
            yield Option(value=key, label=view.say(sector.name), names=names)


def organisations(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """The directory: those that take part in the group first; at the end what is *chosen* and no longer listed."""
    joined = {"taking-part": 0, "invited": 1}
    listed = [(joined.get(one.status.relation, 2), view.say(one.organisation.name), one) for one in view.directory]
    for _, name, one in sorted(listed, key=lambda entry: (entry[0], view.sort_key(entry[1]))):
        relation = labels.label("relation", one.status.relation, view.translator) if one.status.relation else ""
        yield Option(value=one.key or one.id, label=name, help=relation, names=one.names)
    for key, name in unlisted(view, chosen).items():
        yield Option(value=key, label=name)


def _present(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    yield Option(value="", label=view._("Not in the directory"))
    yield from organisations(view, chosen)


def _on_agenda(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """What is open and belongs on an agenda; what is *chosen* already. The value says what a point about it is."""
    yield Option(value="", label=view._("Another subject"))
    ids = {one.rpartition(":")[2] for one in chosen}
    with view.instance.database.read(view.region_id) as session:
        found = agenda.open_now(session, view.region_id, day=view.today)
        known = agenda.named_by_id(session, view.region_id, ids)
    for one in found:
        label = f"{view._(ABOUTS[one.about])} – {plain(view.say(one.title))}{_to_do(view, one)}"
        yield Option(value=f"{one.about}:{one.id}", label=label, names=(one.id,))
    for key in dict.fromkeys(one for one in ids - {one.id for one in found} if one):
        yield Option(value=key, label=_title(view, known.get(key)), names=tuple(f"{about}:{key}" for about in ABOUTS))


def _improvements(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """Those that are open, and what is *chosen* already."""
    yield Option(value="", label=view._("None"))
    with view.instance.database.read(view.region_id) as session:
        found = {one.id: one for one in agenda.open_now(session, view.region_id, day=view.today)}
        found = {key: one for key, one in found.items() if one.kind == IMPROVEMENT}
        known = agenda.named_by_id(session, view.region_id, {*chosen})
    for key in dict.fromkeys((*found, *chosen)):
        yield Option(value=key, label=_title(view, found.get(key) or known.get(key)))


def _title(view: View, one: agenda.Named | None) -> str:
    return plain(view.say(one.title)) if one and one.title else view._(GONE)


FIELDS: Final = (
    Field(name="kind", label=N_("Kind"), words=KINDS),
    Field(name="title", label=N_("Title"), help=N_("Such as: Co-ordination between schools and courts.")),
    Field(name="purpose", label=N_("What it is for"), rows=4),
    Field(name="day", label=N_("Day")),
    Field(name="starts", label=N_("Begins at"), help=N_("Local time, such as 14:30.")),
    Field(name="ends", label=N_("Ends at")),
    Field(name="last_day", label=N_("Last day"), help=N_("Only if it takes more than one.")),
    Field(
        name="place",
        label=N_("Place"),
        sometimes=True,
        help=N_("Needed to announce it, unless it is held online alone."),
    ),
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
        ordered=True,
        fields=(
            Field(name="about", label=N_("What it is about"), words=ABOUTS, usual="own", carried=True),
            Field(name="record", label=N_("What it is about"), options=_on_agenda),
            Field(name="title", label=N_("Title"), help=N_("Needed where you choose nothing above."), sometimes=True),
            Field(name="minutes", label=N_("Minutes planned")),
        ),
    ),
    Field(
        name="present",
        label=N_("Present"),
        one=N_("Organisation"),
        fields=(
            Field(name="organisation", label=N_("Organisation"), options=_present),
            Field(name="roles", label=N_("Roles")),
            Field(name="name", label=N_("Name of the organisation"), help=UNLISTED_ALONE),
            Field(name="sector", label=N_("Sector"), help=UNLISTED_ALONE, options=_sectors_or_none),
        ),
    ),
    Field(name="found", label=N_("What was found"), heading=N_("What was found"), rows=6),
    Field(
        name="outcomes",
        label=N_("Decided and referred"),
        heading=N_("Decided and referred"),
        help=N_(
            "What the meeting decided, and what it gave to others to decide. The decision on an improvement itself is "
            "recorded with the improvement."
        ),
        one=N_("Decision or referral"),
        fields=(
            Field(name="kind", label=N_("Kind"), words=OUTCOMES, usual="decided"),
            Field(name="text", label=N_("What was decided or referred"), rows=2),
            Field(name="improvement", label=N_("About the improvement"), options=_improvements),
        ),
    ),
    Field(
        name="next_steps",
        label=N_("Next steps"),
        heading=N_("Next steps"),
        help=N_("Which organisation does what, until when."),
        rows=5,
    ),
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


# What its actions ask, and what its forms show besides


def guests(view: View, chosen: Sequence[str], record: Record) -> Iterator[Option]:
    with view.instance.database.read(view.region_id) as session:
        told = reading.tell(view, session, record)
    for guest in told.guests:
        yield Option(value=guest.id, label=view.say(guest.name))


def later_meetings(view: View, chosen: Sequence[str], record: Record) -> Iterator[Option]:
    """Those at which the minutes may have been approved."""
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


def _about(sent: SentForm) -> Mapping[str, Any]:
    """What was chosen names its record, and what a point about it is."""
    found: dict[str, Any] = {}
    for number in sent.rows("agenda"):
        place = f"agenda[{number}]"
        about, colon, record = sent.one(f"{place}.record").rpartition(":")
        found[f"{place}.record"] = record
        found[f"{place}.about"] = (about if colon else sent.one(f"{place}.about")) if record else "own"
    return sent.having(found)


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


def _with_open(view: View, sent: SentForm, record_id: str) -> Mapping[str, Any]:
    """The form with a point for all that is open and not on it yet, below what is typed in it."""
    sent = SentForm(_about(sent))
    there = [sent.one(f"agenda[{number}].record") for number in sent.rows("agenda")]
    with view.instance.database.read(view.region_id) as session:
        day = meeting_of(session, session.get_one(Record, (view.region_id, record_id))).day
        candidates = agenda.open_now(session, view.region_id, day=day, but=record_id)
    added = [agenda.point_about(one) for one in candidates if one.id not in there][: max(agenda.MOST - len(there), 0)]
    found: dict[str, str] = {}
    for number, point in enumerate(added, max(sent.rows("agenda"), default=-1) + 1):
        row = {"about": point.about, "record": point.record or "", "minutes": str(point.minutes or "")}
        found |= {f"agenda[{number}].{name}": value for name, value in row.items()}
    return sent.having(found)


AGENDA: Final = OwnForm(template="meetings/team/agenda.html", tidied=_about, buttons={"propose": _with_open})


# What is noted at the meeting

FIRST_INVITED: Final = 500
"""Rows of who was invited are numbered from here, behind those that are written."""


def _there(sent: SentForm) -> Mapping[str, Any]:
    """Without who was invited and is not there."""
    for number in sent.rows("present"):
        place = f"present[{number}]."
        if sent.one(f"{place}invited"):
            # The row is there anyway: who was not ticked, and is in no role, was not there.
            row = sent.below(place) if sent.one(f"{place}here") or sent.one(f"{place}roles") else {}
            kept = {place + name: value for name, value in row.items() if name not in ("here", "invited")}
            sent = sent.without(place).having(kept)
    return sent


def _notes_context(view: View, record_id: str, sent: SentForm) -> dict[str, Any]:
    with view.instance.database.read(view.region_id) as session:
        told = reading.tell(view, session, session.get_one(Record, (view.region_id, record_id)))
    there = [sent.one(f"present[{number}].organisation") for number in sent.rows("present")]
    return {"expected": [*_expected(view, told, there)], "first_invited": FIRST_INVITED}


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

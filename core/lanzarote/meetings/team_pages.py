"""Pages on which a group keeps its meetings: the list, a meeting, its versions, the forms that write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from litestar import Response
from litestar.response import Redirect

from lanzarote.errors import Conflict
from lanzarote.kinds.organisations import as_named, nameable
from lanzarote.meetings import agenda, checks, choosing, form, reading, writing
from lanzarote.meetings.differences import differences
from lanzarote.meetings.service import is_over, meeting_of
from lanzarote.meetings.words import ABOUTS, ANSWERS, KINDS, OUTCOMES, STATES, when, zone_name
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, may, require, subject_of
from lanzarote.records.records import Record, now
from lanzarote.records.validation import NOTHING_EXPLAINED, Faulty, Identifying
from lanzarote.stakeholders.team_form import rows_in
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region, id_of, is_made, make_once, to_made
from lanzarote.web.refusals import NOTHING, Refusal, number_of, reasons_in
from lanzarote.web.routes import PRIVATE, page
from lanzarote.web.routes import form as sent_form
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.meetings.form import Part
    from lanzarote.meetings.reading import Entry
    from lanzarote.types import Meeting


TEAM: Final = ("team", "meetings")
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
PAST: Final = 30
"""Past meetings on one page of the list."""
DONE: Final[Mapping[str, str]] = {
    "saved": N_("It is saved."),
    "proposed": N_("What is open is on the agenda now. Take out what does not belong there; put the rest in order."),
    "announce": N_("It is announced. Representatives get a mail; who has none needs a letter."),
    "invite": N_("Who was added is invited."),
    "remind": N_("Who has not answered gets a mail."),
    "answer": N_("The answer is written down."),
    "hold": N_("It is noted that it took place. Note who was there, and what was found and decided."),
    "draft": N_("The minutes are drawn up from what was noted. Read them, and write on."),
    "approve": N_("The minutes are approved. Nothing in them changes any more."),
    "mandate": N_("The mandate is adopted: the page of the group shows it."),
    "publish": N_("The public reads of it now."),
    "withdraw": N_("It is taken from the public."),
    "show-minutes": N_("The public reads the minutes now."),
    "hide-minutes": N_("The public no longer reads the minutes."),
    "cancel": N_("It is cancelled. Who was invited gets a mail, and calendars show it."),
    "meanwhile": N_("Somebody has changed it in the meantime; nothing of yours was done. See how it is now."),
}
HEADINGS: Final[Mapping[Part, str]] = {
    "edit": N_("Day, place, who is invited"),
    "agenda": N_("Agenda"),
    "notes": N_("At the meeting"),
    "minutes": N_("Minutes"),
}
PLACES: Final[Mapping[Part, str]] = {
    "edit": "edit",
    "agenda": "agenda",
    "notes": "notes",
    "minutes": "write-minutes",
}
"""Part of a meeting → last part of the address of its form."""


@page("/{lang:str}/{region:str}/team/meetings", may="group.read")
def meetings(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The meetings of a group: those to come, and those that were."""
    view = site.view(request, lang, region)
    number = request.query_params.get("page", "0")
    place = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0
    with view.instance.database.read(view.region_id) as session:
        found = reading.listed(view, session)
    past = [one for one in reversed(found) if is_over(one.meeting, view.today)]
    return view.render(
        "meetings/team/list.html",
        coming=[one for one in found if not is_over(one.meeting, view.today)],
        past=past[place * PAST : (place + 1) * PAST],
        more=max(0, len(past) - (place + 1) * PAST),
        page=place,
        to_approve=[one for one in found if one.status.state == "minutes-drafted"],
        may_write=bool(may(view.actor, "group.write", Subject(region_id=view.region_id))),
        **common(view),
    )


@page("/{lang:str}/{region:str}/team/meetings/new", may="group.write")
def new(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The form of a meeting that is not planned yet."""
    view = site.view(request, lang, region)
    return to_made(view, *TEAM) or show_form(view, None, "edit", {})


@sent_form("/{lang:str}/{region:str}/team/meetings/new", may="group.write")
def begin(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Plan a meeting."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    if is_made(view, record_id := id_of(view, data)):
        return save_part(view, record_id, "edit", {**data, "version": "1"})
    try:
        given = checked(view, form.read(view, data, None, "edit"), data)
    except (Faulty, Identifying) as error:
        return show_form(view, None, "edit", data, form.refusal(view, error, data))
    make_once(
        view,
        record_id,
        lambda session: writing.begin(session, view.region_id, given, by=view.actor, at=now(), record_id=record_id),
    )
    return to_meeting(view, record_id, "saved")


@page("/{lang:str}/{region:str}/team/meetings/{record_id:str}", may="group.read")
def meeting(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """One meeting: how far it is, what it says, what can be done with it."""
    return show(site.view(request, lang, region), record_id, done=request.query_params.get("done", ""))


@page("/{lang:str}/{region:str}/team/meetings/{record_id:str}/versions", may="group.read")
def versions(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """All versions of a meeting, and what changed between two of them."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = reading.read_record(view, session, record_id)
        lines = reading.version_lines(view, session, record)
        first, last = _between(request.query_params, record.version)
        both = [meeting_of(session, record, number) for number in (first, last) if number]
        newest = meeting_of(session, record)
        named = agenda.named_in(session, view.region_id, both)
    return view.render(
        "meetings/team/versions.html",
        lines=lines,
        first=first,
        last=last,
        changes=differences(view, both[0], both[1], named) if len(both) == 2 else (),
        title=title_of(view, newest),
        **common(view, record_id),
    )


@sent_form("/{lang:str}/{region:str}/team/meetings/{record_id:str}/propose", may="group.write")
def propose(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Put on the agenda what is open, in one click."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.write(view.region_id) as session:
            record = reading.read_record(view, session, record_id)
            writing.propose(session, record, by=view.actor, at=now())
    except (Conflict, IllegalTransition):
        return show(view, record_id, done="meanwhile", status=409)
    return Redirect(
        view.href(*TEAM, record_id, "agenda", query={"done": "proposed"}), status_code=303, headers=dict(PRIVATE)
    )


def show(view: View, record_id: str, *, done: str = "", status: int = 200) -> Response[Any]:
    """The page of a meeting."""
    told = tell(view, record_id)
    return view.render(
        "meetings/team/meeting.html", status=status, refused=NOTHING, given={}, **meeting_context(view, told, done)
    )


def show_form(
    view: View,
    told: Entry | None,
    part: Part,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    apart: Any = (),
    conflict: bool = False,
    done: str = "",
) -> Response[Any]:
    """A form with everything in it; *apart*: where somebody else's text, saved meanwhile, differs."""
    shown, typed = told.meeting if told else None, form.as_now(view, typed)
    return view.render(
        f"meetings/team/{PLACES[part]}.html",
        status=409 if conflict else 400 if refused.errors else 200,
        typed=typed,
        refused=refused,
        apart=apart,
        conflict=conflict,
        part=PLACES[part],
        heading=view._(HEADINGS[part]) if told else view._(N_("Plan a meeting")),
        base=told.version if told and (conflict or "version" not in typed) else number_of(typed, "version"),
        tongues=view.tongues(*form.languages_of(view, shown)),
        longest=checks.LONGEST,
        new_id="" if told else id_of(view, typed),
        offered=choosing.choices(view, told, part, typed),
        rows={room: len(rows_in(typed, room)) + empty for room, empty in form.ROWS.get(part, {}).items()},
        **(meeting_context(view, told, done) if told else {"told": None, "title": "", "done": "", **common(view)}),
    )


def tell(view: View, record_id: str) -> Entry:
    """What the pages of a meeting tell of it. Raises NotFound, Gone."""
    with view.instance.database.read(view.region_id) as session:
        return reading.tell(view, session, reading.read_record(view, session, record_id))


def checked(view: View, meeting: Meeting, data: Mapping[str, Any], record_id: str = "") -> writing.Checked:
    """Raises Faulty, Identifying."""
    earlier, by = NOTHING_EXPLAINED, view.actor.account_id
    names = nameable(view.instance, view.region_id, record_id)
    with view.instance.database.read(view.region_id) as session:
        kinds = agenda.kinds_of(session, view.region_id, checks.references_in(meeting))
        if record_id:
            earlier = writing.explained_in(session, reading.read_record(view, session, record_id))
    return writing.checked(
        as_named(view.instance, view.region_id, record_id, meeting),
        view.vocabulary,
        names,
        kinds,
        today=view.today,
        reasons=reasons_in(data),
        by=by,
        earlier=earlier,
    )


def save_part(view: View, record_id: str, part: Part, data: Mapping[str, Any]) -> Response[Any]:
    """Save one part of a meeting, beside whatever else was saved of it meanwhile."""
    told = writable(view, record_id, part)
    if told is None:
        return show(view, record_id, done="meanwhile", status=409)
    data = form.compacted(data, part)
    try:
        wanted = form.read(view, data, told.meeting, part)
        given = checked(view, wanted, data, record_id)
    except (Faulty, Identifying) as error:
        return show_form(view, told, part, data, form.refusal(view, error, data))
    try:
        with view.instance.database.write(view.region_id) as session:
            record = reading.read_record(view, session, record_id)
            _same_part(session, record, number_of(data, "version"), told, part)
            writing.save(session, record, given, view.vocabulary, expected=told.version, by=view.actor, at=now())
    except Conflict:
        return _both(view, record_id, part, data, wanted)
    except IllegalTransition:
        return show(view, record_id, done="meanwhile", status=409)
    return to_meeting(view, record_id, "saved")


def writable(view: View, record_id: str, part: Part) -> Entry | None:
    """The meeting, if this part of it can be written on now. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = reading.read_record(view, session, record_id)
        require(view.actor, "group.write", subject_of(session, record))
        told = reading.tell(view, session, record)
    return told if any(step.name == PLACES[part] for step in told.steps) else None


def to_meeting(view: View, record_id: str, done: str) -> Response[Any]:
    return Redirect(view.href(*TEAM, record_id, query={"done": done}), status_code=303, headers=dict(PRIVATE))


def meeting_context(view: View, told: Entry, done: str) -> dict[str, Any]:
    """What all pages about one meeting show."""
    header = view.vocabulary.header
    return {
        "told": told,
        "meeting": told.meeting,
        "title": title_of(view, told.meeting),
        "done": view._(DONE[done]) if done in DONE else "",
        "meanwhile": done == "meanwhile",
        "zone": ZoneInfo(header.time_zone),
        "zone_name": zone_name(told.meeting, header.time_zone) if told.meeting.starts else "",
        "public_href": view.href("meetings", told.slug) if told.published_version or told.status.shown else "",
        **common(view, told.id),
    }


def common(view: View, record_id: str = "") -> dict[str, Any]:
    vocabulary = view.vocabulary
    return {
        "here": view.href(*TEAM, record_id) if record_id else view.href(*TEAM),
        "team_href": view.href(*TEAM),
        "title_of": lambda meeting: title_of(view, meeting),
        "when": lambda meeting: when(meeting, view.lang),
        "record_href": lambda named, about="": record_href(view, named, about),
        "sector_name": lambda key: _sector_name(view, vocabulary.present_key("sector", key)),
        "words": {
            name: {code: view._(text) for code, text in table.items()}
            for name, table in (
                ("kind", KINDS), ("state", STATES), ("about", ABOUTS), ("outcome", OUTCOMES), ("answer", ANSWERS),
            )
        },
        **FRAME,
    }  # fmt: skip


def _sector_name(view: View, key: str) -> str:
    sector = view.vocabulary.sectors.get(key)
    return view.say(sector.name) if sector else key


def title_of(view: View, meeting: Meeting) -> str:
    """What it is called, for this reader."""
    titles = {code: one.title for code, one in meeting.text.items() if one.title}
    return view.say(titles) if titles else view._(KINDS[meeting.kind])


def record_href(view: View, named: agenda.Named, about: str = "") -> str:
    """Where the group works on what a point of the agenda is about."""
    return view.href("team", f"{named.kind}s", named.id, *(["actions"] if about == "action" else []))


def _same_part(session: Session, record: Record, base: int, told: Entry, part: Part) -> None:
    """Raise Conflict where somebody else has changed this part since version *base*, which was read."""
    if not 1 <= base <= told.version:
        raise Conflict("The form names no version that it was made from.")
    if base != told.version:
        before = meeting_of(session, record, base)
        if form.part_of(before, part) != form.part_of(told.meeting, part):
            raise Conflict("Somebody else has changed the same part of the meeting meanwhile.")


def _both(view: View, record_id: str, part: Part, data: Mapping[str, Any], wanted: Meeting) -> Response[Any]:
    """The form again, with what somebody else has saved meanwhile."""
    told = writable(view, record_id, part)
    if told is None:
        return show(view, record_id, done="meanwhile", status=409)
    mine = form.read(view, data, told.meeting, part)
    with view.instance.database.read(view.region_id) as session:
        named = agenda.named_in(session, view.region_id, [told.meeting, wanted])
    return show_form(view, told, part, data, apart=differences(view, told.meeting, mine, named), conflict=True)


def _between(asked: Mapping[str, str], newest: int) -> tuple[int, int]:
    """The two versions that are compared: those asked for, or the last two."""

    def number(name: str, otherwise: int) -> int:
        text = asked.get(name, "")
        given = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
        return given if 1 <= given <= newest else otherwise

    last = number("to", newest)
    first = number("from", max(last - 1, 0))
    return min(first, last), max(first, last)


def _form(part: Part) -> tuple[Any, Any]:
    """The page and the form of one part of a meeting."""
    path = f"/{{lang:str}}/{{region:str}}/team/meetings/{{record_id:str}}/{PLACES[part]}"

    @page(path, may="group.write")
    def asked(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        view = site.view(request, lang, region)
        told = writable(view, record_id, part)
        if told is None:
            return show(view, record_id, done="meanwhile", status=409)
        done = request.query_params.get("done", "")
        return show_form(view, told, part, form.typed_from(told.meeting, part), done=done)

    @sent_form(path, may="group.write")
    def sent(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
        return save_part(site.view(request, lang, region), record_id, part, data)

    return asked, sent


handlers = (meetings, new, begin, meeting, versions, propose, *(one for part in PLACES for one in _form(part)))

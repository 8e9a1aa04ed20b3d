"""Pages on which the group keeps its procedures: the list, one of them, its versions, the form that writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect

from lanzarote.errors import Conflict
from lanzarote.kinds.organisations import as_named, nameable
from lanzarote.procedures import team_form, team_reading, writing
from lanzarote.procedures.differences import other_differences, step_differences
from lanzarote.procedures.lanes import draw, picture_of
from lanzarote.procedures.pages import bpmn_file, files, linked, sheets, svg_file
from lanzarote.procedures.team_refusal import refusal
from lanzarote.procedures.team_rows import compact, rearranged, rows
from lanzarote.procedures.words import NATURES, STATES
from lanzarote.procedures.writing import STILL_PROPOSED
from lanzarote.records import own_sources
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, may, require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import NOTHING_EXPLAINED, Faulty, Identifying
from lanzarote.translation import N_, language_name
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.new_records import id_of, is_made, make_once, to_made
from lanzarote.web.refusals import NOTHING, Refusal, many_of, number_of, reasons_in, text_of
from lanzarote.web.routes import PRIVATE, form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.procedures.team_reading import Told
    from lanzarote.types import Procedure


TEAM: Final = ("team", "procedures")
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
LARGEST_FORM: Final = 2 * 1024 * 1024
"""Many steps in several languages and scripts, written as forms write them."""
DONE: Final[Mapping[str, str]] = {
    "saved": N_("It is saved. The group reads it; the public reads it when every party body has endorsed it."),
    "propose": N_("It is proposed. Its parties are asked to endorse this very text, which is not changed until then."),
    "document": N_("The public reads it now, marked as a description that no party has endorsed."),
    "recall": N_("The proposal is taken back, and can be written on."),
    "discard": N_("What was changed is given up; the public reads what it read before."),
    "look-again": N_("It is written down that it was looked at again today."),
    "rename": N_("The procedure has a new address. The old one leads there."),
    "supersede": N_("It is superseded. Its page leads to the one that takes its place."),
    "withdraw": N_("The procedure is withdrawn, and its page says so."),
    "archive": N_("Archived."),
    "restore": N_("Taken out of the archive."),
    "endorse": N_("The endorsement is written down."),
    "decline": N_("It is written down that the body does not endorse it."),
    "retract": N_("It is written down that the endorsement is taken back."),
    "apply": N_("It is written down that the body applies it."),
    "cease": N_("It is written down that the body applies it no longer."),
    "meanwhile": N_(
        "Somebody has changed the procedure in the meantime; nothing of yours was done. See how it is now."
    ),
    "still-proposed": STILL_PROPOSED,
}


@page("/{lang:str}/{region:str}/team/procedures", may="group.read")
def procedures(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The procedures of a region for its group."""
    view = site.view(request, lang, region)
    number = request.query_params.get("page", "0")
    place = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0
    with view.instance.database.read(view.region_id) as session:
        found = team_reading.listed(session, by=view.actor, page=place)
    return view.render(
        "procedures/team/list.html",
        found=found,
        page=place,
        shown=team_reading.SHOWN,
        may_write=bool(may(view.actor, "group.write", Subject(region_id=view.region_id))),
        **common(view),
    )


@page("/{lang:str}/{region:str}/team/procedures/new", may="group.write")
def new(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The form of a procedure that is not there yet."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    return to_made(view, *TEAM) or show_form(view, None, team_form.typed_from(view, None, lang))


@form("/{lang:str}/{region:str}/team/procedures/new", may="group.write", request_max_body_size=LARGEST_FORM)
def begin(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Save a new procedure for the first time, or do what a button says."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    if (do := text_of(data, "do")) not in ("", "save"):
        return show_form(view, None, rearranged(data, do, team_form.languages_of(view, None)))
    if is_made(view, record_id := id_of(view, data)):
        return save(view, record_id, {**data, "version": "1"})
    data = compact(data)
    try:
        given = checked(view, team_form.read_procedure(view, data, None), data)
    except (Faulty, Identifying) as error:
        return show_form(view, None, data, refusal(view, error, data))
    make_once(
        view,
        record_id,
        lambda session: writing.begin(session, view.region_id, given, by=view.actor, at=now(), record_id=record_id),
    )
    return to_procedure(view, record_id, "saved")


@page("/{lang:str}/{region:str}/team/procedures/{record_id:str}", may="group.read")
def procedure(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """One procedure: how far it is, what it says, who stands by it, what can be done."""
    return show(site.view(request, lang, region), record_id, done=request.query_params.get("done", ""))


@page("/{lang:str}/{region:str}/team/procedures/{record_id:str}/versions", may="group.read")
def versions(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """All versions, and what changed between two of them, step by step."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = team_reading.read_record(view, session, record_id)
        lines = team_reading.version_lines(view, session, record)
        first, last = _between(request.query_params, record.version)
        both = [writing.text_of(session, record, number) for number in (first, last) if number]
        newest = writing.text_of(session, record)
    pair = (both[0], both[1]) if len(both) == 2 and first != last else None
    return view.render(
        "procedures/team/versions.html",
        lines=lines,
        first=first,
        last=last,
        steps=step_differences(view, *pair) if pair else (),
        others=other_differences(view, *pair) if pair else (),
        title=title_of(view, newest),
        **common(view, record_id),
    )


@page("/{lang:str}/{region:str}/team/procedures/{record_id:str}/print", may="group.read")
def printed(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The newest version for paper, to be signed."""
    view = site.view(request, lang, region)
    told = read(view, record_id)
    return view.render(
        "procedures/print.html", sheets=sheets(told.reading), reading=told.reading, **page_of(view, told, "")
    )


@page("/{lang:str}/{region:str}/team/procedures/{record_id:str}/lanes.svg", may="group.read")
def picture(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The swim lanes of the newest version as a file."""
    view = site.view(request, lang, region)
    return svg_file(view, read(view, record_id).reading)


@page("/{lang:str}/{region:str}/team/procedures/{record_id:str}/procedure.bpmn", may="group.read")
def process(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The newest version as BPMN 2.0."""
    view = site.view(request, lang, region)
    return bpmn_file(view, read(view, record_id).reading)


@page("/{lang:str}/{region:str}/team/procedures/{record_id:str}/edit", may="group.write")
def editing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form with what the newest version says."""
    view = site.view(request, lang, region)
    told = writable(view, record_id)
    if told is None:
        return show(view, record_id, done="meanwhile", status=409)
    return show_form(view, told, team_form.typed_from(view, told.procedure, lang))


@form(
    "/{lang:str}/{region:str}/team/procedures/{record_id:str}/edit",
    may="group.write",
    request_max_body_size=LARGEST_FORM,
)
def edit(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Save another version, or do what a button says."""
    return save(site.view(request, lang, region), record_id, data)


def save(view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save another version of a procedure, or do what a button says."""
    told = writable(view, record_id)
    if told is None:
        return show(view, record_id, done="meanwhile", status=409)
    if (do := text_of(data, "do")) not in ("", "save"):
        return show_form(view, told, rearranged(data, do, team_form.languages_of(view, told.procedure)))
    data = compact(data)
    try:
        earlier = own_sources.keys_of(view.instance.database, view.region_id, record_id)
        text = team_form.read_procedure(view, data, told.procedure, earlier)
        given = checked(view, text, data, record_id)
    except (Faulty, Identifying) as error:
        return show_form(view, told, data, refusal(view, error, data))
    try:
        with view.instance.database.write(view.region_id) as session:
            record = team_reading.read_record(view, session, record_id)
            writing.save(session, record, given, expected=number_of(data, "version"), by=view.actor, at=now())
    except Conflict:
        told = writable(view, record_id)
        if told is not None:
            return show_form(view, told, data, apart=(told.procedure, text))
        return show(view, record_id, done="meanwhile", status=409)
    except IllegalTransition:
        return show(view, record_id, done="meanwhile", status=409)
    return to_procedure(view, record_id, "saved")


def show(view: View, record_id: str, *, done: str = "", status: int = 200) -> Response[Any]:
    """The page of a procedure."""
    told = read(view, record_id)
    return view.render(
        "procedures/team/procedure.html",
        status=status,
        reading=told.reading,
        picture=draw(picture_of(told.reading.flow), "lanes"),
        downloads=files(view, view.href(*TEAM, told.id)),
        **page_of(view, told, done),
    )


def show_form(
    view: View,
    told: Told | None,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    apart: tuple[Procedure, Procedure] | None = None,
) -> Response[Any]:
    """The form with everything in it; *apart*: what somebody else saved meanwhile, and what is typed here."""
    languages, typed = team_form.languages_of(view, told.procedure if told else None), team_form.as_now(view, typed)
    with view.instance.database.read(view.region_id) as session:
        titles = team_reading.titles(view, session, many_of(typed, "practices"))
    return view.render(
        "procedures/team/form.html",
        status=409 if apart else 400 if refused.errors else 200,
        told=told,
        typed=typed,
        refused=refused,
        apart_steps=step_differences(view, *apart) if apart else (),
        apart=other_differences(view, *apart) if apart else (),
        conflict=apart is not None,
        version=told.version if told and (apart or "version" not in typed) else number_of(typed, "version"),
        title=title_of(view, told.procedure) if told else "",
        tongues=_in_order(view, languages, text_of(typed, "original")),
        offered=team_form.choices(view, typed, titles),
        rows_of=lambda room: rows(typed, room),
        new_id="" if told else id_of(view, typed),
        **common(view, told.id if told else "new"),
    )


def read(view: View, record_id: str) -> Told:
    """What the pages of a procedure tell of it. Raises NotFound, Gone."""
    with view.instance.database.read(view.region_id) as session:
        record = team_reading.read_record(view, session, record_id)
        text = writing.text_of(session, record)
    belongs = linked(view, text)
    with view.instance.database.read(view.region_id) as session:
        return team_reading.tell(view, session, team_reading.read_record(view, session, record_id), belongs)


def writable(view: View, record_id: str) -> Told | None:
    """The procedure, if it can be written on now. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = team_reading.read_record(view, session, record_id)
        require(view.actor, "group.write", subject_of(session, record))
        told = team_reading.tell(view, session, record)
    return told if any(step.name == "edit" for step in told.steps) else None


def checked(view: View, text: Procedure, data: Mapping[str, Any], record_id: str = "") -> writing.Checked:
    """Raises Faulty, Identifying."""
    names, by = nameable(view.instance, view.region_id, record_id), view.actor.account_id
    earlier = NOTHING_EXPLAINED
    if record_id:
        with view.instance.database.read(view.region_id) as session:
            earlier = writing.explained_in(session, team_reading.read_record(view, session, record_id))
    text = as_named(view.instance, view.region_id, record_id, text)
    return writing.checked(text, view.vocabulary, names, reasons=reasons_in(data), by=by, earlier=earlier)


def to_procedure(view: View, record_id: str, done: str) -> Response[Any]:
    return Redirect(view.href(*TEAM, record_id, query={"done": done}), status_code=303, headers=dict(PRIVATE))


def page_of(view: View, told: Told, done: str) -> dict[str, Any]:
    """What all pages about one procedure show."""
    return {
        "told": told,
        "title": title_of(view, told.procedure),
        "version": told.version,
        "done": view._(DONE[done]) if done in DONE else "",
        "meanwhile": done in ("meanwhile", "still-proposed"),
        "zone": view.vocabulary.zone,
        "state": view._(STATES[told.status.text_state]),
        "nature": view._(NATURES[told.procedure.nature]),
        "public_href": view.href("procedures", told.slug) if told.published_version else "",
        **common(view, told.id),
    }


def common(view: View, record_id: str = "") -> dict[str, Any]:
    return {
        "states": {name: view._(words) for name, words in STATES.items()},
        "natures": {name: view._(words) for name, words in NATURES.items()},
        "here": view.href(*TEAM, record_id) if record_id else view.href(*TEAM),
        "team_href": view.href(*TEAM),
        **FRAME,
    }


def title_of(view: View, text: Procedure) -> str:
    titles = {code: said.title for code, said in text.text.items() if said.title}
    return view.say(titles)


def _in_order(view: View, languages: tuple[str, ...], original: str) -> list[tuple[str, str]]:
    """The language it is written in first."""
    order = sorted(languages, key=lambda code: code != original)
    return [(code, language_name(code, view.lang)) for code in order]


def _between(asked: Mapping[str, str], newest: int) -> tuple[int, int]:
    """The two versions that are compared: those asked for, or the last two."""

    def number(name: str, otherwise: int) -> int:
        text = asked.get(name, "")
        given = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
        return given if 1 <= given <= newest else otherwise

    last = number("to", newest)
    first = number("from", max(last - 1, 0))
    return min(first, last), max(first, last)


handlers = (procedures, new, begin, procedure, versions, printed, picture, process, editing, edit)

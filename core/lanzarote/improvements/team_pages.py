"""Pages on which a group works on its findings and improvements: the lists, one of them, its versions, the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect

from lanzarote import guard
from lanzarote.errors import Conflict
from lanzarote.improvements import contents, moving, service, team_form, team_reading, writing
from lanzarote.improvements.contents import Known
from lanzarote.improvements.finding_kind import FINDINGS
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.improvements.team_words import STATES, differences
from lanzarote.kinds.organisations import as_named, nameable
from lanzarote.kinds.pages import handlers_of
from lanzarote.kinds.versions import version_lines
from lanzarote.records import own_sources
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, may, require, subject_of
from lanzarote.records.records import now
from lanzarote.records.save_checks import NO_CHECKS, Objected, checks_for
from lanzarote.records.validation import NOTHING_EXPLAINED, Faulty, Identifying
from lanzarote.stakeholders.team_pages import between
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.fields import pairs_of
from lanzarote.web.new_records import id_of, is_made, make_once, to_made
from lanzarote.web.refusals import (
    NOT_NOW,
    NOTHING,
    Refusal,
    let_pass_in,
    many_of,
    number_of,
    reasons_in,
    text_of,
)
from lanzarote.web.region_reading import help_lines
from lanzarote.web.routes import PRIVATE, form, page, private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.improvements.team_reading import Entry
    from lanzarote.records.records import Record


ROOMS: Final[Mapping[str, str]] = {FINDING: "findings", IMPROVEMENT: "improvements"}
HEADINGS: Final[Mapping[str, str]] = {FINDING: N_("Findings"), IMPROVEMENT: N_("Improvements")}
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
URGENT: Final = ("emergency", "children", "witnesses")
DONE: Final[Mapping[str, str]] = {
    "saved": N_("It is saved."),
    "share": N_("It is shared: the whole group reads it."),
    "unshare": N_("It is a draft again: only its authors and coordinators read it."),
    "offer": N_("The offer to reply is written down."),
    "reply": N_("What the body replied stands beside the finding."),
    "close": N_("It is closed."),
    "reopen": N_("It is open again, and the group reads it."),
    "discuss": N_("It is under discussion: the group reads it and speaks to it."),
    "drop": N_("It is pursued no further."),
    "reconsider": N_("It is under discussion again."),
    "complete": N_("It is completed."),
    "resume": N_("It is open again: something is still to be done."),
    "withdraw": N_("It is withdrawn; its public page says so, and why."),
    "show": N_("The public reads it again."),
    "archive": N_("Archived."),
    "restore": N_("Taken out of the archive."),
    "erase": N_("Every word of it is removed."),
    "meanwhile": N_("Somebody has changed it in the meantime; nothing of yours was done. See how it is now."),
    "not-now": NOT_NOW,
    "to-be-decided": moving.TO_BE_DECIDED,
    "still-asked": moving.STILL_ASKED,
}

NOT_DONE: Final = ("meanwhile", "not-now", "to-be-decided", "still-asked")
"""Those that say why nothing was done."""


def show_list(view: View, kind: str) -> Response[Any]:
    """All that the reader may read, by how far it is."""
    params = view.request.query_params
    only = params.get("only", "open")
    only = only if only in team_reading.FILTERS[kind] else "open"
    number = params.get("page", "0")
    place = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0
    with view.instance.database.read(view.region_id) as session:
        found = team_reading.listed(view, session, kind, only=only, page=place)
    team = view.href("team", ROOMS[kind])
    return view.render(
        "improvements/team/list.html",
        found=found,
        only=only,
        page=place,
        filters=[
            (name, view._(label), found.counts[name], view.href("team", ROOMS[kind], query={"only": name}))
            for name, label in team_reading.FILTERS[kind].items()
            if found.counts[name] or name in ("open", "all", only)
        ],
        may_write=bool(may(view.actor, "group.write", Subject(region_id=view.region_id))),
        done=view._(DONE["erase"]) if params.get("done") == "erase" else "",
        **common(view, kind) | {"here": team},
    )


def show(view: View, kind: str, record_id: str, *, done: str = "", status: int = 200) -> Response[Any]:
    """The page of one."""
    told = read(view, kind, record_id)
    return view.render(f"improvements/team/{kind}.html", status=status, **entry_context(view, told, done))


def show_versions(view: View, kind: str, record_id: str) -> Response[Any]:
    """All versions, and what changed between two of them."""
    with view.instance.database.read(view.region_id) as session:
        record = found(view, session, kind, record_id)
        lines = version_lines(view, session, record)
        first, last = between(view.request.query_params, record.version)
        both = [service.content_of(session, record, number) for number in (first, last) if number]
        named = {one for content in both for one in contents.references_of(content)}
        titles = {one.id: _plain(view, one) for one in service.readable(session, named, by=view.actor).values()}
        told = team_reading.tell(view, session, record)
    return view.render(
        "improvements/team/versions.html",
        lines=lines,
        first=first,
        last=last,
        changes=differences(view, both[0], both[1], titles) if len(both) == 2 else (),
        **entry_context(view, told, ""),
    )


def show_form(
    view: View,
    kind: str,
    told: Entry | None,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    apart: Any = (),
    conflict: bool = False,
) -> Response[Any]:
    """The form with everything in it; *apart*: where somebody else's text, saved meanwhile, differs."""
    with view.instance.database.read(view.region_id) as session:
        findings = _choosable(session, view, many_of(typed, "findings")) if kind == IMPROVEMENT else ()
        procedures = service.procedures(session, by=view.actor) if kind == IMPROVEMENT else ()
    before = told.content if told else None
    tongues = team_form.tongues(view, before, typed)
    wrong = refused.error_of
    return view.render(
        "improvements/team/form.html",
        status=409 if conflict else 400 if refused.errors else 200,
        told=told,
        typed=typed,
        refused=refused,
        apart=apart,
        conflict=conflict,
        version=told.version if told and (conflict or "version" not in typed) else number_of(typed, "version"),
        tongues=tongues,
        texts=[name for name in contents.TEXTS[kind] if name not in ("title", *contents.REQUIRED[kind])],
        required=contents.REQUIRED[kind],
        offered=team_form.choices(view, kind, typed, findings, procedures, told.unseen if told else ()),
        rows={room: team_form.rows(typed, room) for room in team_form.ROWS},
        unfolded=[name for name in wrong if name],
        **common(view, kind) | {"here": view.href("team", ROOMS[kind], told.id if told else "new")},
        title=told.plain if told else "",
        new_id="" if told else id_of(view, typed),
    )


def begin(view: View, kind: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save a new one for the first time."""
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    if is_made(view, record_id := id_of(view, data)):
        return edit(view, kind, record_id, {**data, "version": "1"})
    if answer := turned_back(view, kind, None, data):
        return answer
    data = team_form.compact(data)
    try:
        given = checked(view, kind, data, None)
    except (Faulty, Identifying, Objected) as error:
        return refuse(view, kind, None, data, error)
    make_once(
        view,
        record_id,
        lambda session: writing.begin(session, view.region_id, given, by=view.actor, at=now(), record_id=record_id),
    )
    return to_entry(view, kind, record_id, "saved")


def edit(view: View, kind: str, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save another version."""
    told = writable(view, kind, record_id)
    if told is None:
        return closed(view, kind, record_id)
    if answer := turned_back(view, kind, told, data):
        return answer
    data = team_form.compact(data)
    try:
        given = checked(view, kind, data, told)
        with view.instance.database.write(view.region_id) as session:
            record = found(view, session, kind, record_id)
            fresh, expected = many_of(data, "fresh"), number_of(data, "version")
            writing.save(session, record, given, expected=expected, by=view.actor, at=now(), fresh=fresh)
    except (Faulty, Identifying, Objected) as error:
        return refuse(view, kind, told, data, error)
    except Conflict:
        told = writable(view, kind, record_id)
        if told is None:
            return closed(view, kind, record_id)
        apart = differences(view, told.content, given.content)
        return show_form(view, kind, told, data, apart=apart, conflict=True)
    except IllegalTransition:
        return closed(view, kind, record_id)
    return to_entry(view, kind, record_id, "saved")


def refuse(
    view: View, kind: str, told: Entry | None, data: Mapping[str, Any], error: Faulty | Identifying | Objected
) -> Response[Any]:
    """The form with what has to be put right."""
    return show_form(view, kind, told, data, team_form.refusal(view, error, data))


def turned_back(view: View, kind: str, told: Entry | None, data: Mapping[str, Any]) -> Response[Any] | None:
    """Where help is, when it reads like somebody telling of a child in danger; the form again, for who comes back."""
    if text_of(data, "do") == "back":
        return show_form(view, kind, told, data)
    written = [(name, text) for name, text in pairs_of(data) if name not in ("key", "do")]
    if not guard.reads_like_disclosure(*(text for name, text in written if name not in team_form.UNREAD)):
        return None
    here = view.href("team", ROOMS[kind], *((told.id, "edit") if told else ("new",)))
    lines = help_lines(view, URGENT)
    context = common(view, kind) | {"here": here, "lines": lines, "hidden": written}
    return private(view.render("improvements/team/where_help_is.html", **context))


def read(view: View, kind: str, record_id: str) -> Entry:
    """What the pages about one tell. Raises NotFound, Gone."""
    with view.instance.database.read(view.region_id) as session:
        return team_reading.tell(view, session, found(view, session, kind, record_id))


def found(view: View, session: Session, kind: str, record_id: str) -> Record:
    """Raises NotFound, Gone."""
    return service.record_of(session, view.region_id, kind, record_id, by=view.actor)


def writable(view: View, kind: str, record_id: str) -> Entry | None:
    """The one that can be written on now. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(view, session, kind, record_id)
        require(view.actor, "group.write", subject_of(session, record))
        told = team_reading.tell(view, session, record)
    return told if any(step.name == "edit" for step in told.steps) else None


def checked(view: View, kind: str, data: Mapping[str, Any], told: Entry | None) -> writing.Checked:
    """What was typed, if it may be saved. Raises Faulty, Identifying, Objected."""
    before = told.content if told else None
    keys = own_sources.keys_of(view.instance.database, view.region_id, told.id if told else "")
    unseen = told.unseen if told else ()
    content, faults = team_form.read_content(view, kind, data, before, unseen, keys)
    content = as_named(view.instance, view.region_id, told.id if told else "", content)
    organisations = nameable(view.instance, view.region_id, told.id if told else "")
    checks, earlier = NO_CHECKS, NOTHING_EXPLAINED
    with view.instance.database.read(view.region_id) as session:
        known = service.known_ids(session, content, before, by=view.actor)
        record = found(view, session, kind, told.id) if told else None
        if record is not None:
            earlier = writing.explained_in(session, record)
        if kind == IMPROVEMENT:
            by, let_pass = view.actor, let_pass_in(data)
            checks = checks_for(view.instance, session, view.region_id, IMPROVEMENT, record, by=by, reasons=let_pass)
    try:
        given = writing.checked(
            content,
            view.vocabulary,
            Known(organisations=organisations, records=known),
            reasons=reasons_in(data),
            by=view.actor.account_id,
            checks=checks,
            today=view.today.isoformat(),
            earlier=earlier,
        )
    except Faulty as error:
        raise Faulty([*faults, *error.faults]) from None
    if faults:
        raise Faulty(faults)
    return given


def closed(view: View, kind: str, record_id: str) -> Response[Any]:
    """Its text is not being written just now: positions are asked for on it, it is decided or closed."""
    return show(view, kind, record_id, done="not-now", status=409)


def to_entry(view: View, kind: str, record_id: str, done: str) -> Response[Any]:
    parts = ("team", ROOMS[kind], record_id) if record_id else ("team", ROOMS[kind])
    return Redirect(view.href(*parts, query={"done": done}), status_code=303, headers=dict(PRIVATE))


def entry_context(view: View, told: Entry, done: str) -> dict[str, Any]:
    """What all pages about one show."""
    return {
        "told": told,
        "title": told.plain,
        "done": view._(DONE[done]) if done in DONE else "",
        "meanwhile": done in NOT_DONE,
        "zone": view.vocabulary.zone,
        "public_href": view.href("improvements", told.slug) if told.published_version else "",
        **common(view, told.kind, told.id),
    }


def common(view: View, kind: str, record_id: str = "") -> dict[str, Any]:
    team = view.href("team", ROOMS[kind])
    return {
        "kind": kind,
        "heading_of": view._(HEADINGS[kind]),
        "states": {name: view._(words) for name, words in STATES[kind].items()},
        "states_of": {of: {name: view._(words) for name, words in some.items()} for of, some in STATES.items()},
        "team_href": team,
        "here": view.href("team", ROOMS[kind], record_id) if record_id else team,
        **FRAME,
    }


def _choosable(session: Session, view: View, chosen: tuple[str, ...]) -> list[service.Titled]:
    """Findings that can be answered: those that the group reads, one's own drafts, and whatever is chosen."""
    states = service.states_of(session, FINDING, by=view.actor)
    ids = [record_id for record_id, state in states if state != "closed" or record_id in chosen]
    there = service.readable(session, ids, by=view.actor)
    return [there[one] for one in ids if one in there]


def _plain(view: View, one: service.Titled) -> str:
    return view.text(one.titles, one.original)[0] if one.titles else view._(team_form.UNTITLED)


def _pages(kind: str) -> tuple[Any, ...]:
    """The pages and the forms of one kind."""
    path = f"/{{lang:str}}/{{region:str}}/team/{ROOMS[kind]}"

    @page(path, may="group.read")
    def everything(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        return show_list(site.view(request, lang, region), kind)

    @page(f"{path}/new", may="group.write")
    def new(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        view = site.view(request, lang, region)
        require(view.actor, "group.write", Subject(region_id=view.region_id))
        # From the page of a finding one begins with that finding chosen.
        answered = [one for one in (request.query_params.get("finding", ""),) if one]
        begun = {"findings": answered} if answered else {}
        return to_made(view, "team", ROOMS[kind]) or show_form(view, kind, None, begun)

    @form(f"{path}/new", may="group.write")
    def create(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
        return begin(site.view(request, lang, region), kind, data)

    @page(f"{path}/{{record_id:str}}", may="group.read")
    def one(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        done = request.query_params.get("done", "")
        return show(site.view(request, lang, region), kind, record_id, done=done)

    @page(f"{path}/{{record_id:str}}/versions", may="group.read")
    def versions(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        return show_versions(site.view(request, lang, region), kind, record_id)

    @page(f"{path}/{{record_id:str}}/edit", may="group.write")
    def editing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        view = site.view(request, lang, region)
        told = writable(view, kind, record_id)
        if told is None:
            return closed(view, kind, record_id)
        return show_form(view, kind, told, team_form.typed_from(told.content))

    @form(f"{path}/{{record_id:str}}/edit", may="group.write")
    def save(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
        return edit(site.view(request, lang, region), kind, record_id, data)

    return everything, new, create, one, versions, editing, save


handlers = (*handlers_of(FINDINGS), *_pages(IMPROVEMENT))

"""Pages on which a region's team keeps its directory: the list, an entry, its versions, the forms that write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect

from lanzarote.directory.model import KIND
from lanzarote.errors import Conflict
from lanzarote.kinds.organisations import as_named, nameable
from lanzarote.kinds.versions import version_lines
from lanzarote.records import drafts
from lanzarote.records.drafts import saved_alone
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, may, require, subject_of
from lanzarote.records.records import now
from lanzarote.records.save_checks import NO_CHECKS, Objected, checks_for
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import team_form, team_reading, writing
from lanzarote.stakeholders.team_words import differences
from lanzarote.translation import N_, date_told
from lanzarote.web import labels
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region, id_of, is_made, make_once, to_made
from lanzarote.web.refusals import NOT_NOW, NOTHING, Refusal, let_pass_in, number_of, reasons_in, written_in
from lanzarote.web.routes import PRIVATE, form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.stakeholders.team_reading import Entry
    from lanzarote.types import Organisation


TEAM: Final = ("team", "organisations")
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
DONE: Final[Mapping[str, str]] = {
    "saved": N_("It is saved. The public reads it when somebody else has published it."),
    "contacts": N_("The contacts are saved."),
    "submit": N_("It is submitted. Somebody else reads it now, and publishes it or gives it back."),
    "take-back": N_("You have taken it back, and can go on writing."),
    "give-back": N_("It is given back, with your reason."),
    "publish": N_("It is published: the public reads it."),
    "discard": N_("What was changed is given up; the public reads what it read before."),
    "relation": N_("Its relation to the group is written down; its page says so."),
    "invite": N_("It is invited. The list of who takes part says when, and what it answers."),
    "rename": N_("It has a new address. The old one leads there."),
    "merge": N_("It is merged. Whatever led to it leads to the other entry now."),
    "part": N_("It is parted again, and reads as it did."),
    "split": N_("The second entry is begun. Write what belongs to it, and take that out of the first."),
    "withdraw": N_("It is withdrawn, and its page says so."),
    "archive": N_("Archived."),
    "restore": N_("Taken out of the archive."),
    "meanwhile": N_(
        "It was changed in the meantime, by somebody else or in another window of yours; what you asked for now "
        "was not done. See how it is now."
    ),
    "not-now": NOT_NOW,
}


@page("/{lang:str}/{region:str}/team/organisations", may="stakeholder.read")
def organisations(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The directory of a region for its team."""
    view = site.view(request, lang, region)
    only = request.query_params.get("only", "all")
    only = only if only in team_reading.FILTERS else "all"
    number = request.query_params.get("page", "0")
    place = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0
    with view.instance.database.read(view.region_id) as session:
        found = team_reading.listed(session, by=view.actor, only=only, page=place, today={view.region_id: view.today})
    return view.render(
        "stakeholders/team/list.html",
        found=found,
        only=only,
        page=place,
        filters=[
            (name, view._(label), found.counts[name], view.href(*TEAM, query={"only": name}))
            for name, label in team_reading.FILTERS.items()
            if found.counts[name] or name in ("all", only)
        ],
        relations={code: labels.label("relation", code, view.translator) for code in labels.LABELS["relation"]},
        may_write=bool(may(view.actor, "stakeholder.write", Subject(region_id=view.region_id))),
        **common(view),
    )


@page("/{lang:str}/{region:str}/team/organisations/new", may="stakeholder.write")
def new(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The form of an entry that is not there yet."""
    view = site.view(request, lang, region)
    require(view.actor, "stakeholder.write", Subject(region_id=view.region_id))
    return to_made(view, *TEAM) or show_form(view, None, {})


@form("/{lang:str}/{region:str}/team/organisations/new", may="stakeholder.write")
def begin(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Save a new entry for the first time."""
    view = site.view(request, lang, region)
    require(view.actor, "stakeholder.write", Subject(region_id=view.region_id))
    if is_made(view, record_id := id_of(view, data)):
        return save(view, record_id, {**data, "version": "1"})
    data = team_form.compact(data, "own_sources")
    try:
        given = checked(view, team_form.read_entry(view, data, None), data)
    except (Faulty, Identifying, Objected) as error:
        return show_form(view, None, data, team_form.refusal(view, error, data))
    make_once(
        view,
        record_id,
        lambda session: writing.begin(session, view.region_id, given, by=view.actor, at=now(), record_id=record_id),
    )
    return to_entry(view, record_id, "saved")


@page("/{lang:str}/{region:str}/team/organisations/{record_id:str}", may="stakeholder.read")
def organisation(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """One entry: how far it is, what it says, what can be done with it."""
    return show(site.view(request, lang, region), record_id, done=request.query_params.get("done", ""))


@page("/{lang:str}/{region:str}/team/organisations/{record_id:str}/versions", may="stakeholder.read")
def versions(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """All versions of an entry, and what changed between two of them."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = team_reading.read_record(view, session, record_id)
        lines = version_lines(view, session, record)
        first, last = between(request.query_params, record.version)
        both = [
            (writing.entry_of(session, record, number), writing.contacts_of(session, record, number))
            for number in (first, last)
            if number
        ]
        newest = writing.entry_of(session, record)
    return view.render(
        "stakeholders/team/versions.html",
        lines=lines,
        first=first,
        last=last,
        changes=differences(view, both[0], both[1]) if len(both) == 2 else (),
        title=view.say(newest.name),
        **common(view, record_id),
    )


@page("/{lang:str}/{region:str}/team/organisations/{record_id:str}/edit", may="stakeholder.write")
def editing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form with what the newest version says."""
    view = site.view(request, lang, region)
    told = writable(view, record_id)
    return show_form(view, told, team_form.typed_from(view, told.entry)) if told else _closed(view, record_id)


@form("/{lang:str}/{region:str}/team/organisations/{record_id:str}/edit", may="stakeholder.write")
def edit(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Save another version."""
    return save(site.view(request, lang, region), record_id, data)


def save(view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save another version of an entry."""
    told = writable(view, record_id)
    if told is None:
        return _closed(view, record_id, data)
    data = team_form.compact(data, "own_sources")
    try:
        earlier = drafts.keys_of(view.instance.database, view.region_id, record_id)
        entry = team_form.read_entry(view, data, told.entry, earlier)
        given = checked(view, entry, data, record_id)
    except (Faulty, Identifying, Objected) as error:
        return show_form(view, told, data, team_form.refusal(view, error, data))
    try:
        _save(view, record_id, given, data)
    except Conflict:
        told = writable(view, record_id)
        apart = differences(view, (told.entry, ()), (entry, ())) if told else ()
        return show_form(view, told, data, apart=apart, conflict=True) if told else _closed(view, record_id, data)
    except IllegalTransition:
        return _closed(view, record_id, data)
    return to_entry(view, record_id, "saved")


@page("/{lang:str}/{region:str}/team/organisations/{record_id:str}/contacts", may="stakeholder.write")
def contacting(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form of its contacts."""
    view = site.view(request, lang, region)
    told = writable(view, record_id)
    if told is None:
        return _closed(view, record_id)
    return show_contacts(view, told, team_form.typed_from(view, told.entry, told.contacts))


@form("/{lang:str}/{region:str}/team/organisations/{record_id:str}/contacts", may="stakeholder.write")
def contact(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Save its contacts."""
    view = site.view(request, lang, region)
    told = writable(view, record_id)
    if told is None:
        return _closed(view, record_id, data)
    data = team_form.compact(data, "contacts")
    try:
        languages = team_form.languages_of(view, told.entry)
        contacts = team_form.read_contacts(view, data, languages)
        reasons = {(one.field, one.code): one.text for one in _reasons_kept(view, record_id)}
        given = writing.checked(
            told.entry,
            view.vocabulary,
            nameable(view.instance, view.region_id, record_id),
            reasons=reasons,
            by=view.actor.account_id,
            checks=NO_CHECKS,  # the entry stays as it is, and contacts are no package's business
            contacts=contacts,
            known=told.contacts,
            today=view.today,
        )
    except (Faulty, Identifying) as error:
        return show_contacts(view, told, data, team_form.refusal(view, error, data))
    try:
        _save(view, record_id, given, data)
    except Conflict:
        told = writable(view, record_id)
        if told is None:
            return _closed(view, record_id, data)
        apart = differences(view, (told.entry, told.contacts), (told.entry, contacts))
        return show_contacts(view, told, data, apart=apart, conflict=True)
    except IllegalTransition:
        return _closed(view, record_id, data)
    return to_entry(view, record_id, "contacts")


def show(
    view: View, record_id: str, *, done: str = "", status: int = 200, data: Mapping[str, Any] | None = None
) -> Response[Any]:
    """The page of an entry; *data*: a form that came too late, whose texts are shown to their writer."""
    told, written = read(view, record_id), written_in(data or {})
    return view.render(
        "stakeholders/team/entry.html", status=status, written=written, **entry_context(view, told, done)
    )


def show_form(
    view: View,
    told: Entry | None,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    apart: Any = (),
    conflict: bool = False,
) -> Response[Any]:
    """The form with everything in it; *apart*: where somebody else's text, saved meanwhile, differs."""
    status = 409 if conflict else 400 if refused.errors else 200
    return view.render(
        "stakeholders/team/form.html",
        status=status,
        told=told,
        typed=typed,
        refused=refused,
        apart=apart,
        conflict=conflict,
        own=conflict and told is not None and _is_own(view, told.id, number_of(typed, "version")),
        version=told.version if told and (conflict or "version" not in typed) else number_of(typed, "version"),
        title=view.say(told.entry.name) if told else "",
        tongues=view.tongues(*team_form.languages_of(view, told.entry if told else None)),
        offered=team_form.choices(view, typed, but=told.id if told else ""),
        rows=len(team_form.rows_in(typed, "own_sources")) + team_form.SOURCE_ROWS,
        unfolded=[
            part
            for part, fields in {"period": ("since", "until", "merged_into"), "sources": ("sources",)}.items()
            if any(typed.get(field) or field in refused.error_of for field in fields)
        ],
        here=view.href(*TEAM, told.id if told else "new"),
        new_id="" if told else id_of(view, typed),
        **{name: value for name, value in common(view).items() if name != "here"},
    )


def show_contacts(
    view: View,
    told: Entry,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    apart: Any = (),
    conflict: bool = False,
) -> Response[Any]:
    """The form of the contacts with everything in it."""
    return view.render(
        "stakeholders/team/contacts.html",
        status=409 if conflict else 400 if refused.errors else 200,
        typed=typed,
        refused=refused,
        apart=apart,
        conflict=conflict,
        own=conflict and told is not None and _is_own(view, told.id, number_of(typed, "version")),
        version=told.version if conflict or "version" not in typed else number_of(typed, "version"),
        tongues=view.tongues(*team_form.languages_of(view, told.entry)),
        rows=len(team_form.rows_in(typed, "contacts")) + team_form.SOURCE_ROWS,
        **entry_context(view, told, ""),
    )


def read(view: View, record_id: str) -> Entry:
    """What the pages of an entry tell of it. Raises NotFound, Gone."""
    with view.instance.database.read(view.region_id) as session:
        return team_reading.tell(view, session, team_reading.read_record(view, session, record_id))


def writable(view: View, record_id: str) -> Entry | None:
    """The entry, if it can be written on now. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = team_reading.read_record(view, session, record_id)
        require(view.actor, "stakeholder.write", subject_of(session, record))
        told = team_reading.tell(view, session, record)
    return told if any(step.name == "edit" for step in told.steps) else None


def checked(view: View, entry: Organisation, data: Mapping[str, Any], record_id: str = "") -> writing.Checked:
    """Raises Faulty, Identifying, Objected."""
    reasons, let_pass = reasons_in(data), let_pass_in(data)
    with view.instance.database.read(view.region_id) as session:
        record = _record(view, session, record_id) if record_id else None
        checks = checks_for(view.instance, session, view.region_id, KIND, record, by=view.actor, reasons=let_pass)
    return writing.checked(
        as_named(view.instance, view.region_id, record_id, entry),
        view.vocabulary,
        nameable(view.instance, view.region_id, record_id),
        reasons=reasons,
        by=view.actor.account_id,
        checks=checks,
    )


def to_entry(view: View, record_id: str, done: str) -> Response[Any]:
    return Redirect(view.href(*TEAM, record_id, query={"done": done}), status_code=303, headers=dict(PRIVATE))


def entry_context(view: View, told: Entry, done: str) -> dict[str, Any]:
    """What all pages about one entry show."""
    return {
        "told": told,
        "title": view.say(told.entry.name),
        "done": view._(DONE[done]) if done in DONE else "",
        "meanwhile": done in ("meanwhile", "not-now"),
        "zone": view.vocabulary.zone,
        "relation": labels.label("relation", told.status.relation, view.translator),
        "since": date_told(told.status.since, view.lang) if told.status.since else "",
        "public_href": view.href("organisations", told.slug) if told.published_version else "",
        **common(view, told.id),
    }


def common(view: View, record_id: str = "") -> dict[str, Any]:
    return {
        "stages": {name: view._(words) for name, words in team_reading.STAGES.items()},
        "states": {name: view._(words) for name, words in team_reading.STATES.items()},
        "here": view.href(*TEAM, record_id) if record_id else view.href(*TEAM),
        "team_href": view.href(*TEAM),
        **FRAME,
    }


def _save(view: View, record_id: str, given: writing.Checked, data: Mapping[str, Any]) -> None:
    with view.instance.database.write(view.region_id) as session:
        record = _record(view, session, record_id)
        writing.save(session, record, given, expected=number_of(data, "version"), by=view.actor, at=now())


def _record(view: View, session: Session, record_id: str) -> Record:
    return team_reading.read_record(view, session, record_id)


def _reasons_kept(view: View, record_id: str) -> Any:
    with view.instance.database.read(view.region_id) as session:
        return writing.told_of(session, _record(view, session, record_id)).reasons


def _is_own(view: View, record_id: str, since: int) -> bool:
    """Whether it was the reader, in another window, who saved what there is newer than version *since*."""
    with view.instance.database.read(view.region_id) as session:
        return saved_alone(session, view.region_id, record_id, since, view.actor.account_id)


def _closed(view: View, record_id: str, data: Mapping[str, Any] | None = None) -> Response[Any]:
    """It is not being written just now: submitted, merged, put away. *data*: what was written nevertheless."""
    return show(view, record_id, done="meanwhile", status=409, data=data)


def between(asked: Mapping[str, str], newest: int) -> tuple[int, int]:
    """The two versions that are compared: those asked for, or the last two."""

    def number(name: str, otherwise: int) -> int:
        text = asked.get(name, "")
        given = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
        return given if 1 <= given <= newest else otherwise

    last = number("to", newest)
    first = number("from", max(last - 1, 0))
    return min(first, last), max(first, last)


handlers = (organisations, new, begin, organisation, versions, editing, edit, contacting, contact)

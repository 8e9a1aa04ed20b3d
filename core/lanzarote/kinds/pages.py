"""The pages of a kind: the list, the form, one record, its versions, and a page for each action."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.kinds import service, team
from lanzarote.kinds.fields import in_words
from lanzarote.kinds.form import (
    EMPTY_ROWS,
    asks_original,
    content_from,
    controls,
    filled,
    languages_of,
    read,
    read_some,
    rearranged,
    tidied,
)
from lanzarote.kinds.kind import Action, Row, given_to
from lanzarote.kinds.listing import asked_for, read_page
from lanzarote.kinds.versions import between, differences, version_lines
from lanzarote.records import drafts
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, may, require, subject_of
from lanzarote.records.records import now
from lanzarote.records.save_checks import Objected
from lanzarote.records.validation import NOTHING_EXPLAINED, Faulty, Identifying
from lanzarote.translation import N_, format_date
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region, page_and_form, page_of
from lanzarote.web.exports import download, download_links
from lanzarote.web.fields import many_of, pairs_of
from lanzarote.web.new_records import id_of, is_made, make_once, to_made
from lanzarote.web.refusals import NOT_NOW, NOTHING, number_of, reasons_in, text_of, written_in
from lanzarote.web.region_reading import told
from lanzarote.web.routes import LARGEST_BODY
from lanzarote.web.routes import form as form_at
from lanzarote.web.routes import page as page_at
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.kind import Form, Kind
    from lanzarote.kinds.service import Checked
    from lanzarote.kinds.versions import Difference
    from lanzarote.records.records import Record
    from lanzarote.records.validation import Fault
    from lanzarote.web.refusals import Refusal

    AnyKind = Kind[Any, Any]

NOTICES: Final = {"meanwhile": team.MEANWHILE, "not-now": NOT_NOW}
PUBLIC: Final = N_("read by the public")
ALL_OF_THEM: Final = 1_000_000


class Opened(Struct, frozen=True, kw_only=True):
    """A record, as its form needs it."""

    id: str
    version: int
    content: Any
    title: str


# The list


def show_list(kind: AnyKind, view: View) -> Response[Any]:
    """A page of the records that the group keeps, or the file of all of them that was asked for."""
    asked = view.request.query_params
    wanted = asked.get("format", "") if kind.table else ""
    place = asked_for(asked) | ({"number": 0, "shown": ALL_OF_THEM} if wanted else {})
    with view.instance.database.read(view.region_id) as session:
        page = read_page(kind, view.instance, session, view.region_id, view.actor, **place)
        rows = (kind.rows or partial(_rows, kind))(view, session, page.found)
    if kind.table and wanted:
        return download(view, kind.table(view, rows), wanted)
    return view.render(
        kind.templates.get("list", "kinds/list.html"),
        rows=rows,
        only=page.only,
        filters=[
            (one.name, view._(one.label), page.counts[one.name], _list_href(kind, view, only=one.name))
            for one in kind.filters
            if page.counts[one.name] or one is kind.filters[0] or one.name == page.only
        ],
        number=page.number,
        more=page.more,
        later_href=_list_href(kind, view, only=page.only, page=page.number - 1),
        before_href=_list_href(kind, view, only=page.only, page=page.number + 1),
        words=_words(kind, view),
        may_write=bool(may(view.actor, kind.write, Subject(region_id=view.region_id))),
        begins=bool(kind.forms),
        public_href=kind.public(view, None) if kind.public else "",
        downloads=download_links(view) if kind.table else (),
        done=notice(kind, view, asked.get("done", "")),
        **team.frame(view, kind.room),
    )


def _list_href(kind: AnyKind, view: View, *, only: str, page: int = 0) -> str:
    query = {"only": only} if only else {}
    return view.href("team", kind.room, query=query | ({"page": str(page)} if page else {}))


def _rows(kind: AnyKind, view: View, session: Session, found: Sequence[tuple[Record, Any]]) -> list[Row]:
    return [
        Row(
            id=record.id,
            title=plain_title(kind, view, content),
            state=view._(kind.states[kind.state(session, record)]),
            badges=(("good", view._(PUBLIC)),) if record.state == "published" else (),
            last=format_date(view.day_of(record.updated_at), view.lang),
        )
        for record, content in found
    ]


# The form


def show_new(kind: AnyKind, view: View) -> Response[Any]:
    """The form of a record that is not there yet."""
    require(view.actor, kind.write, Subject(region_id=view.region_id))
    typed = {"original": view.lang, **kind.first(view)}
    return to_made(view, "team", kind.room) or show_form(kind, kind.forms[0], view, None, typed)


def begin(kind: AnyKind, view: View, data: Mapping[str, Any]) -> Response[Any]:
    """Save a new record for the first time; a form that is sent twice makes one."""
    require(view.actor, kind.write, Subject(region_id=view.region_id))
    if is_made(view, record_id := id_of(view, data)):
        return save(kind, kind.forms[0], view, record_id, {**data, "version": "1"})
    form = kind.forms[0]
    if (changed := rearranged(form, view, data)) is not None or text_of(data, "again"):
        return show_form(kind, form, view, None, data if changed is None else changed)
    if guard.reads_like_disclosure(*(text for _, text in pairs_of(data))):
        return team.show_help(view, view.href("team", kind.room, "new"), data)
    data = tidied(kind, form, data)
    try:
        given = checked(kind, view, *content_from(kind, form, view, data), data)
    except (Faulty, Identifying) as error:
        return show_form(kind, form, view, None, data, refusal(kind, view, error, data))

    def make(session: Session) -> None:
        service.begin(kind, session, view.region_id, given, by=view.actor, at=now(), record_id=record_id)

    make_once(view, record_id, make)
    return to_record(kind, view, record_id, "saved")


def edit(kind: AnyKind, form: Form, view: View, record_id: str) -> Response[Any]:
    """The form with what the newest version says."""
    opened = open_record(kind, form, view, record_id)
    if opened is None:
        return show(kind, view, record_id, done="not-now", status=409)
    return show_form(kind, form, view, opened, filled(kind, form, view, opened.content))


def save(kind: AnyKind, form: Form, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save another version."""
    opened = open_record(kind, form, view, record_id)
    if opened is None:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    if (changed := rearranged(form, view, data)) is not None or text_of(data, "again"):
        return show_form(kind, form, view, opened, data if changed is None else changed)
    if guard.reads_like_disclosure(*(text for _, text in pairs_of(data))):
        return team.show_help(view, view.href("team", kind.room, record_id, form.name), data)
    data = tidied(kind, form, data)
    content, part = None, kind.parts[form.name]
    try:
        beside = read_some(view, kind.beside[form.name], data)
        content, faults = content_from(kind, form, view, data, opened.content, record_id)
        given = checked(kind, view, content, faults, data, record_id)
        with view.instance.database.write(view.region_id) as session:
            record = found(kind, view, session, record_id)
            expected = service.as_read(kind, session, record, number_of(data, "version"), opened.version, part)
            about = {"expected": expected, "by": view.actor, "at": now(), "fresh": many_of(data, "fresh"), **beside}
            service.save(kind, session, record, given, vocabulary=view.vocabulary, today=view.today, **about)
    except (Faulty, Identifying) as error:
        return show_form(kind, form, view, opened, data, refusal(kind, view, error, data, form))
    except Conflict:
        return _show_both(kind, form, view, record_id, data, content)
    except IllegalTransition:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    return to_record(kind, view, record_id, "saved" if form is kind.forms[0] else form.name)


def _show_both(
    kind: AnyKind, form: Form, view: View, record_id: str, data: Mapping[str, Any], content: Any
) -> Response[Any]:
    """The form of somebody who came too late, with what the other has saved."""
    opened = open_record(kind, form, view, record_id)
    if opened is None:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    part = kind.parts[form.name]
    apart = differences(kind, view, opened.content, content, part)
    return show_form(kind, form, view, opened, data, apart=apart)


def show_form(
    kind: AnyKind,
    form: Form,
    view: View,
    opened: Opened | None,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    apart: Sequence[Difference] | None = None,
) -> Response[Any]:
    """The form with everything in it; *apart*: where what somebody else saved meanwhile differs."""
    conflict = apart is not None
    heading = form.heading if opened else kind.words.begin
    own, part = form.own, kind.parts[form.name]
    tongues = view.tongues(*languages_of(view, part, opened.content if opened else None))
    return view.render(
        own.template if own else "kinds/form.html",
        status=409 if conflict else 400 if refused.errors else 200,
        heading=view._(heading),
        warning=[view._(one) for one in form.warning if one],
        words=_words(kind, view),
        typed=typed,
        refused=refused,
        conflict=conflict,
        apart=apart or (),
        own=conflict and opened is not None and _is_own(view, opened.id, number_of(typed, "version")),
        title=opened.title if opened else "",
        action=f"/{form.name}" if opened else "",
        version=opened.version if opened and (conflict or "version" not in typed) else number_of(typed, "version"),
        new_id="" if opened else id_of(view, typed),
        tongues=tongues,
        asks_original=asks_original(part),
        original=(text_of(typed, "original") or getattr(opened.content, "original", "")) if opened else "",
        stale=[(code, name) for code, name in tongues if opened and code in getattr(opened.content, "stale", ())],
        beside=controls(view, kind.beside[form.name], typed, asked=True),
        controls=controls(view, part, typed, more=0 if own else EMPTY_ROWS),
        **(own.context(view, opened.id if opened else "", typed) if own else {}),
        **team.frame(view, kind.room, opened.id if opened else "new"),
    )


def open_record(kind: AnyKind, form: Form, view: View, record_id: str) -> Opened | None:
    """What *form* writes on; None where its state does not allow that. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        require(view.actor, form.may, subject_of(session, record))
        if not form.when(record, kind.state(session, record)):
            return None
        content = service.content_of(kind, session, record)
        return Opened(id=record.id, version=record.version, content=content, title=plain_title(kind, view, content))


def checked(
    kind: AnyKind, view: View, content: Any, faults: Sequence[Fault], data: Mapping[str, Any], record_id: str = ""
) -> Checked[Any]:
    """*content*, which lacks what could not be read: *faults*. Raises Faulty with all of them, Identifying."""
    if content is None:
        raise Faulty(faults)
    instance, region_id = view.instance, view.region_id
    earlier, reasons, by = NOTHING_EXPLAINED, reasons_in(data), view.actor.account_id
    if record_id:
        with instance.database.read(region_id) as session:
            record = found(kind, view, session, record_id)
            earlier = service.explained_in(kind, session, record)
    if kind.as_named:
        content = kind.as_named(instance, region_id, record_id, content)
    there = known(kind, view, record_id, content)
    try:
        given = service.check(kind, content, view.vocabulary, there, reasons=reasons, by=by, earlier=earlier)
    except Faulty as error:
        raise Faulty([*faults, *error.faults]) from None
    if faults:
        raise Faulty(faults)
    return given


def found(kind: AnyKind, view: View, session: Session, record_id: str) -> Record:
    """Raises NotFound, Gone."""
    return service.record_of(kind, session, view.region_id, record_id, view.actor)


def known(kind: AnyKind, view: View, record_id: str, content: Any = None) -> Any:
    """What *content* may name."""
    about = {"record_id": record_id, "language": view.lang, "by": view.actor}
    return service.known_to(kind, view.instance, view.region_id, content, **about)


def _is_own(view: View, record_id: str, since: int) -> bool:
    with view.instance.database.read(view.region_id) as session:
        return drafts.saved_alone(session, view.region_id, record_id, since, view.actor.account_id)


# One record


def show(
    kind: AnyKind,
    view: View,
    record_id: str,
    *,
    done: str = "",
    status: int = 200,
    data: Mapping[str, Any] | None = None,
) -> Response[Any]:
    """The page of a record: how far it is, what it says, what can be done with it.

    *data*: a form that came too late; its texts are shown to who wrote them.
    """
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        content, state = service.content_of(kind, session, record), kind.state(session, record)
        barred = {one.name: one.barred(view, session, record) for one in kind.actions if one.barred}
        steps = team.offered(view, session, record, kind.steps, state, barred)
        noted = drafts.read_told(session, record, drafts.Told)
        context = {
            "archived": record.state == "archived",
            "public": record.state == "published",
            "public_href": kind.public(view, record) if kind.public and record.state == "published" else "",
            "said": _said(kind, view, content) if "record" not in kind.templates else (),
            **(kind.page(view, session, record, content) if kind.page else {}),
        }
    return view.render(
        kind.templates.get("record", "kinds/record.html"),
        status=status,
        words=_words(kind, view),
        title=title_of(kind, view, content),
        plain=plain_title(kind, view, content),
        state=state,
        state_word=view._(kind.states.get(state, "")) if state in kind.states else "",
        done=notice(kind, view, done),
        meanwhile=status == 409,
        written=written_in(data or {}),
        main_steps=[one for one in steps if one.main and not one.why_not],
        others=[one for one in steps if not one.main and not one.why_not],
        denied=[one for one in steps if one.why_not],
        explained=team.explained(view, noted, partial(kind.label_of, view, content=content)),
        **context,
        **team.frame(view, kind.room, record_id),
    )


def _said(kind: AnyKind, view: View, content: Any) -> list[dict[str, str]]:
    """Everything that *content* says, for a page that has no template of its own."""
    said = in_words(view, kind.shapes, content)
    return [
        {"label": kind.label_of(view, place), "value": one.words, "lang": one.language} for place, one in said.items()
    ]


def show_versions(kind: AnyKind, view: View, record_id: str) -> Response[Any]:
    """All versions of a record, and what changed between two of them."""
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        lines = version_lines(view, session, record)
        first, last = between(view.request.query_params, record.version)
        both = [service.content_of(kind, session, record, number) for number in (first, last) if number]
        newest = service.content_of(kind, session, record)
    return view.render(
        "kinds/versions.html",
        lines=lines,
        first=first,
        last=last,
        changes=differences(kind, view, *both) if len(both) == 2 else (),
        title=plain_title(kind, view, newest),
        **team.frame(view, kind.room, record_id),
    )


# What is done with it


def show_action(
    kind: AnyKind,
    action: Action,
    view: View,
    record_id: str,
    refused: Refusal = NOTHING,
    data: Mapping[str, Any] | None = None,
    *,
    barred: str = "",
) -> Response[Any]:
    """The page of an action, or why the reader may not do it now; one that the state does not allow leads back.

    Raises NotPermitted.
    """
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        require(view.actor, action.may, subject_of(session, record))
        possible, version = action.when(record, kind.state(session, record)), record.version
        content = service.content_of(kind, session, record)
        barred = barred or (action.barred(view, session, record) if action.barred else "")
        typed = action.first(view, record) if data is None else data
        template = kind.templates.get(action.name, "")
        context = kind.page(view, session, record, content) if kind.page and (action.include or template) else {}
    if not possible:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    return view.render(
        template or "kinds/action.html",
        status=403 if barred else 400 if refused.errors else 200,
        barred=view._(barred) if barred else "",
        elsewhere=kind.forms[0].name if kind.forms else kind.steps[0].name,
        action=action,
        asks_reason="reason" in action.takes,
        heading=view._(action.label),
        text=view._(action.text),
        why=view._(action.why),
        confirms=[(name, view._(sentence)) for name, sentence in action.confirms.items()],
        words=_words(kind, view),
        title=plain_title(kind, view, content),
        version=version,
        refused=refused,
        typed=typed,
        tongues=view.tongues(*languages_of(view, kind.shapes, content)),
        controls=controls(view, action.shapes, typed, record=record),
        **context,
        **team.frame(view, kind.room, record_id),
    )


def perform(kind: AnyKind, action: Action, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Do it, then lead to where one sees it; say why not on the page of the action."""

    def check(content: Any) -> Checked[Any]:
        return checked(kind, view, content, data, record_id)

    try:
        if action.erases:
            team.require_word(view, data)
        offered: dict[str, Any] = {
            "expected": number_of(data, "version"),
            "reason": text_of(data, "reason"),
            "why": reasons_in(data),
            "confirmed": all(text_of(data, name) for name in action.confirms),
            "mark": text_of(data, "mark"),
            "check": check,
            "vocabulary": view.vocabulary,
            "today": view.today,
            "by": view.actor,
            "at": now(),
        }
        if action.asks and "given" in action.takes:
            offered["given"] = read(view, action.shapes, data, action.asks)
        if "known" in action.takes:
            offered["known"] = known(kind, view, record_id)
        if action.prepares:
            there = _permitted(kind, action, view, record_id)
            offered["prepared"] = action.prepares(view.instance, view.region_id, *there, view.actor)
        with view.instance.database.write(view.region_id) as session:
            record = found(kind, view, session, record_id)
            action.do(session, record, **given_to(action.do, offered))
    except (Faulty, Identifying, Objected) as error:
        content, _ = _permitted(kind, action, view, record_id)
        refused = refusal(kind, view, error, data, action, content)
        return show_action(kind, action, view, record_id, refused, data)
    except NotPermitted as error:
        if action.barred is None:
            raise
        return show_action(kind, action, view, record_id, data=data, barred=str(error))
    except IllegalTransition:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    except Conflict as error:
        done = next((key for key, words in kind.notices.items() if words == str(error)), "meanwhile")
        return show(kind, view, record_id, done=done, status=409, data=data)
    if action.erases:
        return team.redirect(view.href("team", kind.room))
    return to_record(kind, view, record_id, action.name)


def _permitted(kind: AnyKind, action: Action, view: View, record_id: str) -> tuple[Any, Any]:
    """What the record says, and its status. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        require(view.actor, action.may, subject_of(session, record))
        return service.content_of(kind, session, record), kind.status_of(record)


# What pages share


def refusal(
    kind: AnyKind,
    view: View,
    error: Faulty | Identifying | Objected,
    data: Mapping[str, Any],
    step: Form | Action | None = None,
    content: Any = None,
) -> Refusal:
    """Why a form cannot be taken, with its fields called as on the page; *content*: what the record says."""
    also = step.shapes if isinstance(step, Action) else kind.beside[step.name] if step else ()
    return team.refusal(view, error, data, lambda place: kind.label_of(view, place, also, content))


def notice(kind: AnyKind, view: View, key: str) -> str:
    """What is said of what was done, or could not be."""
    said = {one.name: one.done for one in kind.actions} | {one.name: one.done for one in kind.forms[1:]}
    words = ({"saved": kind.forms[0].done if kind.forms else ""} | said | NOTICES | dict(kind.notices)).get(key, "")
    return view._(words) if words else ""


def plain_title(kind: AnyKind, view: View, content: Any) -> str:
    if titles := kind.title(content):
        return view.text(titles, content.original)[0]
    return view._(kind.words.untitled) if kind.words.untitled else ""


def title_of(kind: AnyKind, view: View, content: Any) -> Markup:
    """The title with its language, where that is not the page's."""
    titles = kind.title(content)
    return told(view, titles, content.original) if titles else escape(plain_title(kind, view, content))


def to_record(kind: AnyKind, view: View, record_id: str, done: str) -> Response[Any]:
    return team.redirect(view.href("team", kind.room, record_id, query={"done": done}))


def _words(kind: AnyKind, view: View) -> dict[str, Any]:
    said = {name: getattr(kind.words, name) for name in kind.words.__struct_fields__}
    return {
        name: view._(one) if isinstance(one, str) else tuple(view._(other) for other in one)
        for name, one in said.items()
    }


# Their addresses


def handlers_of(kind: AnyKind) -> tuple[Any, ...]:
    """Pages and forms of *kind*."""
    team_path = f"/{{lang:str}}/{{region:str}}/team/{kind.room}"
    one = team_path + "/{record_id:str}"
    room: dict[str, Any] = {"request_max_body_size": max(kind.api.largest, LARGEST_BODY)}

    @page_at(team_path, may=kind.read)
    def listed(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        return show_list(kind, site.view(request, lang, region))

    @page_at(f"{team_path}/new", may=kind.write)
    def new(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        return show_new(kind, site.view(request, lang, region))

    @form_at(f"{team_path}/new", may=kind.write, **room)
    def begun(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
        return begin(kind, site.view(request, lang, region), data)

    def shown(view: View, record_id: str) -> Response[Any]:
        return show(kind, view, record_id, done=view.request.query_params.get("done", ""))

    handlers = [listed, *((new, begun) if kind.forms else ()), page_of(one, kind.read, shown)]
    handlers.append(page_of(f"{one}/versions", kind.read, partial(show_versions, kind)))
    for form in kind.forms:
        writes = partial(edit, kind, form), partial(save, kind, form)
        handlers += page_and_form(f"{one}/{form.name}", form.may, *writes, **room)
    for action in kind.actions:
        does = partial(show_action, kind, action), partial(perform, kind, action)
        handlers += page_and_form(f"{one}/{action.name}", action.may, *does)
    return tuple(handlers)

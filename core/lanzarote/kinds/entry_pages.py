"""The pages of rows beside a record: all of them, one, and the forms by which something is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from lanzarote.errors import Conflict, NotPermitted
from lanzarote.kinds import entries, keeping, team
from lanzarote.kinds import entry_drafting as drafting
from lanzarote.kinds.contents import written_in
from lanzarote.kinds.controls import Control, controls
from lanzarote.kinds.form import compacted, read, with_rows
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.versions import Difference
from lanzarote.kinds.wording import label_of
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty, Identifying, calls_for_help, unanswered
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, Refusal
from lanzarote.web.refusals import written_in as written_texts
from lanzarote.web.routes import form as form_at
from lanzarote.web.routes import page as page_at
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.entries import Entry, EntryAction
    from lanzarote.records.records import Record

    AnyEntry = Entry[Any]


class Asking(Struct, frozen=True, kw_only=True):
    """A form on a page."""

    name: str
    href: str
    label: str
    """Of its button."""
    text: str
    grave: bool = False
    mark: str = ""
    carried: tuple[tuple[str, str], ...] = ()
    controls: tuple[Control, ...] = ()
    typed: Mapping[str, Any] = {}
    refused: Refusal = NOTHING
    include: str = ""
    form: str = ""
    """What it is called among those of the record whose words are kept; empty: it has no room for words."""
    script: Mapping[str, Any] = {}
    kept: Mapping[str, Any] = {}
    """When its unsent text was kept: ``day`` and ``at``."""
    lost: Sequence[tuple[str, str]] = ()
    """Fields whose text was not kept, and what they are called."""
    unsaved_href: str = ""
    theirs: Sequence[Difference] = ()
    """What somebody else saved meanwhile where something else was typed."""


def asking(
    entry: AnyEntry,
    action: EntryAction,
    view: View,
    session: Session,
    record: Record,
    row: Any,
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    *,
    fresh: bool = True,
) -> Asking:
    """The form of *action*, with what was typed, or with what it holds before anybody writes.

    *fresh*: with what was kept of what its reader typed before.
    """
    typed = SentForm(action.holds(view, session, record, row) if data is None else data)
    key, form, kept = entry.key_of(row) if row is not None else "", "", None
    if drafting.is_kept(action):
        form = drafting.form_of(entry, action, key, drafting.about_of(action, typed))
        kept = drafting.kept_in(session, view, record.id, form) if fresh else None
        typed = drafting.typed_before(action, typed, kept) if kept else typed
    words = (view._(action.label), view._(action.text) if action.text else "")
    return Asking(
        name=action.name,
        href=address_of(entry, action, view, record.id, key),
        label=words[0],
        text=words[1],
        grave=action.grave,
        mark=typed.one("mark") or (entry.mark(row) if row is not None else ""),
        carried=tuple((name, value) for name in action.hidden if (value := typed.one(name))),
        controls=controls(view, action.shapes[len(action.hidden) :], typed),
        typed=typed,
        refused=refused,
        include=action.include,
        form=form,
        script=drafting.script_of(entry, view, record.id) if form else {},
        kept=keeping.moment(view, kept.at) if kept else {},
        lost=[(place, label_of(view, action.shapes, place)) for place in kept.typed.left_out] if kept else (),
        unsaved_href=drafting.unsaved_href(entry, view, record.id),
    )


def _meanwhile(view: View, action: EntryAction, saved: SentForm, typed: Sequence[Control]) -> Iterator[Difference]:
    """Fields of *action* that are *saved* otherwise than they are *typed*."""
    if not saved:
        return
    own = {one.name: words for one, words in _words_in(typed)}
    for one, words in _words_in(controls(view, action.shapes[len(action.hidden) :], saved)):
        if own.get(one.name) != words:
            yield Difference(label=one.label, pieces=(("same", words or view._("(empty)")),))


def _words_in(fields: Sequence[Control]) -> Iterator[tuple[Control, str]]:
    """Each field, and what stands in it as people read it."""
    for one in fields:
        for _, parts in one.several:
            yield from _words_in(parts)
        if not one.several:
            yield one, one.value or ", ".join(choice["label"] for choice in one.choices if choice["chosen"])


def show(
    entry: AnyEntry,
    view: View,
    record_id: str,
    key: str = "",
    *,
    typed: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    said: str = "",
    status: int = 200,
) -> Response[Any]:
    """The page of a row, or of all of them without its *key*; *typed*: what goes back into the form that it has.

    Without a form it is shown, for its writer to copy.

    Raises NotFound, Gone.
    """
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, entry.beside.name, record_id, entry.read)
        row = entries.find(entry, session, record, key) if key else None
        some = entries.possible(entry, record, row, view.actor)
        shown = (view, session, record, row, typed, refused)
        forms = {one.name: asking(entry, one, *shown, fresh=typed is None) for one in some if one.here}
        frame = entry.frame(view, session, record)
        told = entry.listing(view, session, record) if row is None else entry.page(view, session, record, row)
    done = said or _done(entry, view)
    return view.render(
        entry.templates["list" if row is None else "one"],
        status=status,
        forms=forms,
        steps=[_step(entry, one, view, record_id, key) for one in some if not one.here],
        unsent=written_texts(typed) if typed and not forms else (),
        refused=refused,
        done=view._(done) if done else "",
        meanwhile=status == 409,
        **frame,
        **told,
    )


def show_form(
    entry: AnyEntry,
    action: EntryAction,
    view: View,
    record_id: str,
    key: str = "",
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    *,
    said: str = "",
) -> Response[Any]:
    """The form of *action* where it stands; *said*: why it was not done. What cannot be done leads back.

    Raises NotFound, Gone, NotPermitted.
    """
    status = 409 if said else 400 if refused.errors else 200
    if action.here:
        return show(entry, view, record_id, key, typed=data, refused=refused, said=said, status=status)
    with view.instance.database.read(view.region_id) as session:
        record, row = _open(entry, action, view, session, record_id, key)
        why = action.stops(record, row)
        others = entries.possible(entry, record, row, view.actor)
        if why and (data is None or any(one.here for one in others)):
            # What was typed can be said in another form.
            return show(entry, view, record_id, key, typed=data, said=said or why, status=409)
        one = asking(entry, action, view, session, record, row, data, refused, fresh=data is None)
        if said and row is not None:
            saved = SentForm(action.holds(view, session, record, row))
            one = replace(one, theirs=tuple(_meanwhile(view, action, saved, one.controls)))
        frame = entry.frame(view, session, record)
        told = entry.listing(view, session, record) if row is None else entry.page(view, session, record, row)
    return view.render(
        "kinds/entry.html",
        status=status,
        frame=entry.templates["form"],
        one=one,
        back=view.href(*_place(entry, record_id, key)),
        tab=entry.place,
        refused=refused,
        done=view._(said) if said else "",
        meanwhile=bool(said),
        **frame,
        **told,
    )


def perform(
    entry: AnyEntry, action: EntryAction, view: View, record_id: str, key: str, data: Mapping[str, Any]
) -> Response[Any]:
    """Do it, then lead to the page of the row; say why not in the form."""
    sent = SentForm(data)
    if (changed := with_rows(sent)) is not None:
        return show_form(entry, action, view, record_id, key, changed)
    sent = compacted(action.shapes, sent)
    form = drafting.form_of(entry, action, key, drafting.about_of(action, sent)) if drafting.is_kept(action) else ""
    with view.instance.database.read(view.region_id) as session:
        _open(entry, action, view, session, record_id, key)

    def unchanged(row: Any) -> None:
        if sent.one("mark") not in ("", entry.mark(row)):
            raise Conflict(action.stops(record, row) or entry.changed)

    try:
        given = read(view, action.shapes, sent, action.asks) if action.asks else None
        if calls := unanswered(calls_for_help(written_in(action.shapes, given)), sent.reasons):
            if not sent.one(team.OUR_WORK):
                if form:
                    drafting.keep_refused(entry, view, record_id, form, sent)
                return team.show_help(view, view.request.url.path, sent, calls)
            sent = team.answered(view, sent, calls)
        reasons = entries.check(action, given, view.vocabulary, sent.reasons, by=view.actor)
        offered: dict[str, Any] = {
            "given": given,
            "reasons": reasons,
            "language": view.lang,
            "known": action.known(view.instance, view.region_id),
            "vocabulary": view.vocabulary,
            "today": view.today,
        }
        with view.instance.database.write(view.region_id) as session:
            record = team.read_record(view, session, entry.beside.name, record_id, entry.read)
            signed: dict[str, Any] = {"by": view.actor, "at": now(), "unchanged": unchanged}
            made = entries.perform(entry, action, session, record, key, **signed, **offered)
            key = entry.key_of(made)
            if form:
                drafting.forget(session, view, record_id, form)
    except (Faulty, Identifying) as error:
        if form:
            drafting.keep_refused(entry, view, record_id, form, sent)
        refused = team.refusal(view, error, sent, lambda place: label_of(view, action.shapes, place))
        return show_form(entry, action, view, record_id, key, sent, refused)
    except Conflict as error:
        if form:
            drafting.keep_refused(entry, view, record_id, form, sent)
        # What was typed stays; sent once more, it is meant for the row as it is now.
        typed = {name: text for name, text in sent.items() if name != "mark"}
        return show_form(entry, action, view, record_id, key, typed, said=str(error))
    return team.redirect(view.href(*_place(entry, record_id, key), query={"done": action.name}))


def _open(
    entry: AnyEntry, action: EntryAction, view: View, session: Session, record_id: str, key: str
) -> tuple[Record, Any]:
    """The record and the row, for who may do *action*. Raises NotFound, Gone, NotPermitted."""
    record = team.read_record(view, session, entry.beside.name, record_id, entry.read)
    require(view.actor, action.may, subject_of(session, record))
    row = entries.find(entry, session, record, key) if key else None
    if row is not None and (why := action.barred(row, view.actor)):
        raise NotPermitted(why)
    return record, row


def _step(entry: AnyEntry, action: EntryAction, view: View, record_id: str, key: str) -> team.Offered:
    href = address_of(entry, action, view, record_id, key)
    return team.Offered(name=href, label=view._(action.label), main=True)


def _done(entry: AnyEntry, view: View) -> str:
    key = view.request.query_params.get("done", "")
    said = {one.name: one.done for one in (entry.begin, *entry.actions)}
    return {**said, **entry.notices}.get(key, "")


def _place(entry: AnyEntry, record_id: str, key: str) -> tuple[str, ...]:
    return ("team", entry.beside_room, record_id, entry.place, *filter(None, (key,)))


def address_of(entry: AnyEntry, action: EntryAction, view: View, record_id: str, key: str) -> str:
    return view.href(*_place(entry, record_id, key), *(() if action.here else (action.name,)))


# Their addresses


def handlers_of(entry: AnyEntry) -> tuple[Any, ...]:
    """Pages and forms of *entry*."""
    place = f"/{{lang:str}}/{{region:str}}/team/{entry.beside_room}/{{record_id:str}}/{entry.place}"
    one = f"{place}/{{{entry.name}:str}}"

    @page_at(place, may=entry.read)
    def listed(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        view = site.view(request, lang, region)
        if form := request.query_params.get("unsaved", ""):
            return drafting.show_kept(entry, view, record_id, form)
        return show(entry, view, record_id)

    @page_at(one, may=entry.read)
    def shown(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        return show(entry, site.view(request, lang, region), record_id, request.path_params[entry.name])

    @form_at(f"{place}/unsaved", may=entry.read, carried=False)
    def kept(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
        return drafting.keep(entry, site.view(request, lang, region), record_id, data)

    handlers = [listed, shown, kept]
    for action in (entry.begin, *entry.actions):
        handlers += _action(entry, action, place if action is entry.begin else one)
    return tuple(handlers)


def _action(entry: AnyEntry, action: EntryAction, place: str) -> list[Any]:
    path = place if action.here else f"{place}/{action.name}"

    @page_at(path, may=action.may)
    def asked(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        key = request.path_params.get(entry.name, "")
        return show_form(entry, action, site.view(request, lang, region), record_id, key)

    @form_at(path, may=action.may)
    def done(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
        key = request.path_params.get(entry.name, "")
        return perform(entry, action, site.view(request, lang, region), record_id, key, data)

    return [done] if action.here else [asked, done]

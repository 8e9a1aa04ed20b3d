"""What somebody typed into a form of rows beside a record, such as a comment, and did not send: kept for them alone."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict, Gone, NotFound, NotPermitted
from lanzarote.kinds import entries, keeping, team, unsaved
from lanzarote.kinds.drafting import entered_in, sent_again, texts_typed
from lanzarote.kinds.entered import Typed, reasons_in
from lanzarote.kinds.keeping import Writing
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.wording import label_of
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.validation import NOTHING_EXPLAINED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.kinds.entries import Entry, EntryAction
    from lanzarote.kinds.unsaved import Kept
    from lanzarote.web.site import View

    AnyEntry = Entry[Any]

VERSIONS: Final = ("base", "version")
LONGEST_ABOUT: Final = 36


def form_of(entry: AnyEntry, action: EntryAction, key: str, about: str = "") -> str:
    """What the form is called among those of a record: its address below that, and what the row is *about*."""
    path = (entry.place, key, "" if action.here else action.name)
    return "/".join(filter(None, path)) + (f"#{about}" if about else "")


def about_of(action: EntryAction, typed: Mapping[str, Any]) -> str:
    """What a form carries along, such as the amendment that a comment is about; whatever version it was begun from."""
    return ",".join(str(typed[name]) for name in action.hidden if name not in VERSIONS and typed.get(name))


def is_kept(action: EntryAction) -> bool:
    """Whether its form has room for words."""
    return any(shape.what in ("line", "texts") for shape in action.shapes[len(action.hidden) :])


def kept_in(session: Session, view: View, record_id: str, form: str) -> Kept | None:
    """What the reader typed into *form* and did not send."""
    return unsaved.kept(session, view.region_id, record_id, form, by=view.actor)


def typed_before(action: EntryAction, first: SentForm, kept: Kept) -> SentForm:
    """What is kept, as if it had been sent; *first*: what the form held, for what was not kept.

    Its mark is that of the row as it was read: what somebody changed since is not overwritten unseen.
    """
    rest = {*action.hidden, *kept.typed.left_out} - kept.typed.entered.values.keys()
    stays = {name: first[name] for name in rest if name in first}
    return sent_again(kept.typed.entered, {**stays, **kept.typed.reasons, "mark": kept.typed.mark})


def keep(entry: AnyEntry, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Keep what is being typed, for the script; or discard it, for its writer."""
    sent = SentForm(data)
    form = sent.one("form")
    if sent.do == "discard":
        _discard(view, record_id, form)
        return team.redirect(view.href("team", entry.beside_room, record_id, entry.place))
    try:
        typed = _typed(entry, view, sent, form)
        where, first = _where(entry, view, record_id, form)
    except (Conflict, Gone, NotFound, NotPermitted):
        return keeping.json({"denied": True}, 403)
    if not typed.reasons and _words_in(entry, view, sent, form) == first:
        _discard(view, record_id, form)
        return keeping.json({"untouched": True})
    return keeping.answer(view, typed, where)


def keep_refused(entry: AnyEntry, view: View, record_id: str, form: str, sent: SentForm) -> None:
    """Keep what was sent and could not be taken, as far as the guard lets it pass; not what can no longer be sent."""
    with suppress(Conflict):
        where, first = _where(entry, view, record_id, form)
        if _words_in(entry, view, sent, form) != first:
            keeping.keep(view, _typed(entry, view, sent, form), where)


def show_kept(entry: AnyEntry, view: View, record_id: str, form: str) -> Response[Any]:
    """What the reader typed into *form* and did not send, even if it can no longer be sent. Raises NotFound, Gone."""
    action, key = _action(entry, form)
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, entry.beside.name, record_id, entry.read)
        kept = kept_in(session, view, record_id, form)
        row = entries.find(entry, session, record, key) if key else None
        possible = entries.may_now(action, record, row, view.actor)
        before = entered_in(view, SentForm(action.holds(view, session, record, row)))
        head = entry.frame(view, session, record)["head"]
    here = ("team", entry.beside_room, record_id)
    if kept is None:
        return team.redirect(view.href(*here, entry.place))
    label = partial(label_of, view, action.shapes)
    about = [name for name in action.hidden if name not in VERSIONS]
    compared = bool(before.values) and all(before.one(name) == kept.typed.entered.one(name) for name in about)
    return keeping.show_unsaved(
        view,
        kept,
        lost=[(place, label(place)) for place in kept.typed.left_out],
        title=head.title,
        original="",
        changes=texts_typed(action.shapes, kept, label, before if compared else None),
        compared=compared,
        newer=False,
        own=False,
        go_on=_place_of(entry, action, view, record_id, form) if possible else "",
        unsaved_href=unsaved_href(entry, view, record_id),
        crumbs=[{"label": head.title, "href": head.href}],
    )


def _place_of(entry: AnyEntry, action: EntryAction, view: View, record_id: str, form: str) -> str:
    """Where *form* is filled in."""
    path, _, about = form.partition("#")
    query: Mapping[str, str] = {}
    if action.leads_to:
        path, query = action.leads_to(about)
    return view.href("team", entry.beside_room, record_id, *path.split("/"), query=query)


def _discard(view: View, record_id: str, form: str) -> None:
    with view.instance.database.write(view.region_id) as session:
        forget(session, view, record_id, form)


def forget(session: Session, view: View, record_id: str, form: str) -> None:
    """What was typed is sent."""
    unsaved.discard(session, view.region_id, record_id, form, by=view.actor)


def script_of(entry: AnyEntry, view: View, record_id: str) -> Mapping[str, Any]:
    """What the script of the form says and asks."""
    return keeping.for_script(view, unsaved_href(entry, view, record_id))


def unsaved_href(entry: AnyEntry, view: View, record_id: str) -> str:
    """Where what is typed is kept and discarded."""
    return view.href("team", entry.beside_room, record_id, entry.place, "unsaved")


def _typed(entry: AnyEntry, view: View, sent: SentForm, form: str) -> Typed:
    return Typed(
        entered=entered_in(view, sent),
        reasons=reasons_in([*sent.pairs()]),
        room=entry.beside_room,
        form=form,
        place=entry.place,
        label=_action(entry, form)[0].label,
        mark=sent.one("mark"),
    )


def _words_in(entry: AnyEntry, view: View, sent: SentForm, form: str) -> Mapping[str, tuple[str, ...]]:
    """What somebody typed, without what the form carries along."""
    hidden = _action(entry, form)[0].hidden
    return {name: texts for name, texts in entered_in(view, sent).values.items() if name not in hidden}


def _where(entry: AnyEntry, view: View, record_id: str, form: str) -> tuple[Writing, Mapping[str, Any]]:
    """Where it is kept, and what the form held at first. Raises NotFound, Gone, NotPermitted, Conflict."""
    action, key = _action(entry, form)
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, entry.beside.name, record_id, entry.read)
        require(view.actor, action.may, subject_of(session, record))
        row = entries.find(entry, session, record, key) if key else None
        if why := action.stops(record, row) or (row is not None and action.barred(row, view.actor)):
            raise Conflict(why)
        first = _words_in(entry, view, SentForm(action.holds(view, session, record, row)), form)
    about: dict[str, Any] = {"earlier": NOTHING_EXPLAINED, "action": action.may, "before": lambda _: None}
    return Writing(record_id=record_id, base=record.version, **about), first


def _action(entry: AnyEntry, form: str) -> tuple[EntryAction, str]:
    """The action whose form is called so, and the key of the row, empty for a new one. Raises NotFound."""
    path, _, about = form.partition("#")
    place, *rest = path.split("/")
    if place == entry.place and len(about) <= LONGEST_ABOUT:
        if rest == ([] if entry.begin.here else [entry.begin.name]):
            return entry.begin, ""
        for action in entry.actions:
            if rest[1:] == ([] if action.here else [action.name]):
                return action, rest[0]
    raise NotFound(entry.none)

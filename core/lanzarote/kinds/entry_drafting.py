"""What somebody typed into a form of rows beside a record, such as a comment, and did not send: kept for them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Gone, NotFound, NotPermitted
from lanzarote.kinds import keeping, team, unsaved
from lanzarote.kinds.drafting import entered_in, sent_again
from lanzarote.kinds.entered import Typed, reasons_in
from lanzarote.kinds.keeping import Writing
from lanzarote.kinds.sent import SentForm
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


def typed_before(kept: Kept) -> Mapping[str, Any]:
    """What is kept, as if it had been sent; but for the mark: it is meant for the row as it is now."""
    return sent_again(kept.typed.entered, kept.typed.reasons)


def keep(entry: AnyEntry, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Keep what is being typed, for the script."""
    sent = SentForm(data)
    typed = _typed(entry, view, sent, sent.one("form"))
    try:
        where = _where(entry, view, record_id, typed.form)
    except (Gone, NotFound, NotPermitted):
        return keeping.json({"denied": True}, 403)
    return keeping.answer(view, typed, lambda: keeping.keep(view, typed, where))


def keep_refused(entry: AnyEntry, view: View, record_id: str, form: str, sent: SentForm) -> None:
    """Keep what was sent and could not be taken, as far as the guard lets it pass."""
    keeping.keep(view, _typed(entry, view, sent, form), _where(entry, view, record_id, form))


def forget(session: Session, view: View, record_id: str, form: str) -> None:
    """What was typed is sent."""
    unsaved.discard(session, view.region_id, record_id, form, by=view.actor)


def script_of(entry: AnyEntry, view: View, record_id: str) -> Mapping[str, Any]:
    """What the script of the form says and asks."""
    here = view.href("team", entry.beside_room, record_id, entry.place, "unsaved")
    return keeping.for_script(view, here)


def _typed(entry: AnyEntry, view: View, sent: SentForm, form: str) -> Typed:
    return Typed(entered=entered_in(view, sent), reasons=reasons_in([*sent.pairs()]), room=entry.beside_room, form=form)


def _where(entry: AnyEntry, view: View, record_id: str, form: str) -> Writing:
    """Raises NotFound, Gone, NotPermitted."""
    action = _action(entry, form)
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, entry.beside.name, record_id, entry.read)
        require(view.actor, action.may, subject_of(session, record))
        base = record.version
    return Writing(record_id=record_id, base=base, earlier=NOTHING_EXPLAINED, action=action.may, before=lambda _: None)


def _action(entry: AnyEntry, form: str) -> EntryAction:
    """The action whose form is called so. Raises NotFound."""
    place, *rest = form.partition("#")[0].split("/")
    if place == entry.place:
        if rest == ([] if entry.begin.here else [entry.begin.name]):
            return entry.begin
        for action in entry.actions:
            if rest[1:] == ([] if action.here else [action.name]):
                return action
    raise NotFound(entry.none)

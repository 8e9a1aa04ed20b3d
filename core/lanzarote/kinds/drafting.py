"""What somebody typed into the form of a kind and did not save: kept, offered again, compared with what is saved."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Gone, NotFound, NotPermitted
from lanzarote.kinds import keeping, merging, service, team, unsaved
from lanzarote.kinds.entered import Entered, Typed, is_reason, reasons_in
from lanzarote.kinds.form import Opened, content_from, filled, tidied
from lanzarote.kinds.keeping import Writing
from lanzarote.kinds.kind import Action
from lanzarote.kinds.record_pages import found
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.versions import Difference, differences
from lanzarote.kinds.wording import in_words
from lanzarote.records.drafts import saved_alone
from lanzarote.records.permissions import may_somewhere, require, subject_of
from lanzarote.records.records import Record
from lanzarote.records.validation import NOTHING_EXPLAINED, Faulty
from lanzarote.store.ids import is_id
from lanzarote.translation import N_
from lanzarote.web.texts import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.fields import Shape
    from lanzarote.kinds.kind import Form, Kind
    from lanzarote.kinds.unsaved import Kept
    from lanzarote.records.validation import Explained
    from lanzarote.web.site import View

    AnyKind = Kind[Any, Any]

_PARTS: Final = re.compile(r"[.\[\]]")
NOT_TYPED: Final = frozenset(
    {"key", "id", "version", "theirs", "do", "again", "form", "original", "fresh", "mark", "then", team.OUR_WORK}
)
"""What a form carries that nobody typed."""
REASON: Final = "reason"
WHY: Final = N_("Why?")


def typed_in(opened: Opened, sent: SentForm) -> Typed:
    """What was sent, to be kept."""
    pairs = [*sent.pairs()]
    return Typed(
        entered=entered_in(opened.view, sent, opened.step),
        reasons=reasons_in(pairs),
        room=opened.kind.room,
        form=opened.step.name,
    )


def entered_in(view: View, sent: SentForm, step: Form | Action | None = None) -> Entered:
    """The form with everything that somebody typed, each place by its name."""
    confirmed = step.confirms if isinstance(step, Action) else ()
    values = {
        name: texts
        for name in sent
        if name not in NOT_TYPED
        and name not in confirmed
        and not is_reason(name)
        and not name.startswith(merging.ASKED)
        if (texts := tuple(filter(None, sent.many(name))))
    }
    languages = view.vocabulary.header.languages
    return Entered(original=sent.one("original"), languages=languages, values=values)


def entered(opened: Opened, content: Any) -> Entered:
    """*content* as its form holds it."""
    return entered_in(opened.view, filled(opened, content))


def sent_again(typed: Entered, more: Mapping[str, Any] = {}) -> SentForm:
    """The form as if it had been sent, with *more* beside what was typed."""
    values = {place: texts[0] if len(texts) == 1 else list(texts) for place, texts in typed.values.items()}
    return SentForm({**values, **({"original": typed.original} if typed.original else {}), **more})


def sent_before(opened: Opened, kept: Kept) -> SentForm:
    """What is kept, as if it had been sent."""
    more = {"id": kept.record_id, "version": str(kept.base)}
    return tidied(opened, sent_again(kept.typed.entered, {**kept.typed.reasons, **more}))


# Kept


def keep(kind: AnyKind, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Keep what is being typed, for the script; or discard it, for its writer."""
    sent = SentForm(data)
    written: tuple[Form | Action, ...] = (*kind.forms, *(one for one in kind.actions if one.is_written))
    step = next((one for one in written if one.name == sent.one("form")), None)
    if step is None or not is_id(record_id):
        raise NotFound(kind.none)
    if sent.do == "discard":
        with view.instance.database.write(view.region_id) as session:
            unsaved.discard(session, view.region_id, record_id, step.name, by=view.actor)
        return team.redirect(view.href("team", kind.room, *((record_id,) if sent.version else ("new",))))
    opened = Opened(kind=kind, step=step, view=view, id=record_id)
    typed = typed_in(opened, sent)
    try:
        where = _where(opened, sent.version)
    except (Gone, NotFound, NotPermitted):
        return keeping.json({"denied": True}, 403)
    if not typed.reasons and _is_untouched(opened, sent, where):
        with view.instance.database.write(view.region_id) as session:
            unsaved.discard(session, view.region_id, record_id, step.name, by=view.actor)
        return keeping.json({"untouched": True})
    return keeping.answer(view, typed, where)


def _is_untouched(opened: Opened, sent: SentForm, where: Writing) -> bool:
    """Whether the form says, but for rows in which nobody wrote, what it said before anybody typed."""
    if isinstance(opened.step, Action):
        return False
    said = where.before(None) or entered_in(opened.view, first(opened.kind, opened.view))
    return entered_in(opened.view, tidied(opened, sent)) == said


def first(kind: AnyKind, view: View) -> SentForm:
    """What the form of a new record holds."""
    return SentForm({"original": view.lang, **kind.first(view)})


def keep_refused(opened: Opened, sent: SentForm) -> keeping.Refused | None:
    """Keep what was sent and could not be saved, as far as the guard lets it pass."""
    kept = keeping.keep(opened.view, typed_in(opened, sent), _where(opened, sent.version))
    return kept if isinstance(kept, keeping.Refused) else keeping.Refused(kept=True, at=kept)


def explained(opened: Opened) -> Explained:
    """Why things stay in what is saved. Raises NotFound, Gone."""
    if not opened.version:
        return NOTHING_EXPLAINED
    with opened.view.instance.database.read(opened.view.region_id) as session:
        return service.explained_in(opened.kind, session, found(opened.kind, opened.view, session, opened.id))


def _where(opened: Opened, base: int) -> Writing:
    """Raises NotFound, Gone, NotPermitted."""
    kind, view = opened.kind, opened.view
    earlier, content = NOTHING_EXPLAINED, None
    with view.instance.database.read(view.region_id) as session:
        if base or session.get(Record, (view.region_id, opened.id)) is not None:
            record = found(kind, view, session, opened.id)
            require(view.actor, opened.step.may, subject_of(session, record))
            earlier, content = service.explained_in(kind, session, record), service.content_of(kind, session, record)

    def before(kept: Kept | None) -> Entered | None:
        if kept is not None:
            return kept.typed.entered
        return None if content is None or isinstance(opened.step, Action) else entered(opened, content)

    return Writing(record_id=opened.id, base=base, earlier=earlier, action=kind.write, before=before)


def forget(session: Session, opened: Opened) -> None:
    """What was typed is saved."""
    unsaved.discard(session, opened.view.region_id, opened.id, opened.step.name, by=opened.view.actor)


def script_of(kind: AnyKind, view: View, record_id: str) -> Mapping[str, Any]:
    """What the script of a form says and asks; nothing for who may not write here."""
    if not (kind.forms and may_somewhere(view.actor, kind.write, view.region_id)):
        return {}
    return keeping.for_script(view, view.href("team", kind.room, record_id, "unsaved"))


# Offered again


def kept_in(form: Form | Action, view: View, record_id: str) -> Kept | None:
    """What the reader typed into *form* and did not save."""
    if not is_id(record_id):
        return None
    with view.instance.database.read(view.region_id) as session:
        return unsaved.kept(session, view.region_id, record_id, form.name, by=view.actor)


def is_new(kind: AnyKind, view: View, record_id: str, kept: Kept) -> bool:
    """Whether it is of a record of *kind* that was never saved."""
    if kept.base or kept.typed.room != kind.room:
        return False
    with view.instance.database.read(view.region_id) as session:
        return session.get(Record, (view.region_id, record_id)) is None


def is_own(view: View, record_id: str, since: int) -> bool:
    """Whether all that was saved since version *since* is the reader's own."""
    with view.instance.database.read(view.region_id) as session:
        return saved_alone(session, view.region_id, record_id, since, view.actor.account_id)


def begun_before(kind: AnyKind, view: View) -> list[dict[str, Any]]:
    """New records that the reader began and did not save."""
    with view.instance.database.read(view.region_id) as session:
        waiting = unsaved.kept_new(session, view.region_id, kind.room, by=view.actor)
    found_ = []
    for one in waiting:
        titles = one.typed.entered.titles
        title, lang = view.text(titles, one.typed.entered.original) if titles else ("", "")
        href = view.href("team", kind.room, one.record_id, kind.forms[0].name)
        found_.append({"title": title, "lang": lang, "at": one.at, "href": href})
    return found_


def show_kept(opened: Opened, kept: Kept, *, closed: bool = False) -> Response[Any]:
    """There is text that was typed and not saved: go on with it, unless the form is *closed*, or discard it."""
    kind, view, titles = opened.kind, opened.view, kept.typed.entered.titles
    content, newer = _content(opened, kept), _is_newer(opened, kept.base)
    place = ("team", kind.room, kept.record_id)
    return keeping.show_unsaved(
        view,
        kept,
        lost=lost(opened, kept),
        title=opened.title or (view.text(titles, kept.typed.entered.original)[0] if titles else ""),
        original="",
        changes=differences(kind, view, opened.content, content, opened.shapes)
        if content and opened.content
        else texts_typed(opened.shapes, kept, partial(_label, opened)),
        newer=newer,
        own=newer and is_own(view, opened.id, kept.base),
        compared=bool(content and opened.content),
        go_on="" if closed else view.href(*place, opened.step.name, query={"unsaved": "continue"}),
        unsaved_href=view.href(*place, "unsaved"),
        crumbs=crumbs(opened),
    )


def _is_newer(opened: Opened, base: int) -> bool:
    """Whether what *opened* writes says something else than in the version *base*; an action writes no content."""
    kind, view = opened.kind, opened.view
    if isinstance(opened.step, Action) or not 0 < base < opened.version:
        return opened.version > base
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, opened.id)
        return service.as_read(kind, session, record, base, opened.version, opened.shapes) == base


def texts_typed(
    shapes: Sequence[Shape], kept: Kept, label: Callable[[str], str], before: Entered | None = None
) -> tuple[Difference, ...]:
    """The words that were typed; *label*: what a place is called; *before*: what the form held, if that is known."""
    names = {*_names(shapes), REASON}
    return tuple(
        Difference(label=label(place), pieces=tuple(compare(before.one(place), text)) if before else (("new", text),))
        for place, text in kept.typed.entered.typed()
        if names.intersection(_PARTS.split(place)) and (before is None or before.one(place) != text)
    )


def _names(shapes: Sequence[Shape]) -> Iterator[str]:
    """Fields in which people write words."""
    for shape in shapes:
        if shape.what in ("texts", "line"):
            yield shape.name
        yield from _names(shape.parts)


def lost(opened: Opened, kept: Kept) -> list[tuple[str, str]]:
    """Fields whose text was not kept, because it may tell who somebody is."""
    return [(place, _label(opened, place)) for place in kept.typed.left_out]


def _label(opened: Opened, place: str) -> str:
    if place == REASON:
        return opened.view._(WHY)
    return opened.kind.label_of(opened.view, place, opened.shapes if isinstance(opened.step, Action) else opened.beside)


def crumbs(opened: Opened) -> list[dict[str, str]]:
    kind, view = opened.kind, opened.view
    whole = {"label": view._(kind.plural), "href": view.href("team", kind.room)}
    here = {"label": opened.title, "href": view.href("team", kind.room, opened.id)} if opened.version else None
    return [whole, *([here] if here else [])]


def _content(opened: Opened, kept: Kept) -> Any:
    """What can be read of what was typed; None where too little can, and for an action, which writes no content."""
    if isinstance(opened.step, Action):
        return None
    try:
        content, _ = content_from(opened, sent_before(opened, kept))
    except Faulty:
        return None
    return content


# Compared


def apart(opened: Opened, since: int, content: Any) -> tuple[merging.Apart, ...]:
    """Where *content*, begun from version *since*, and what is saved differ."""
    kind, view = opened.kind, opened.view
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, opened.id)
        base = service.content_of(kind, session, record, since if 0 < since < opened.version else None)
    contents = {"base": base, "theirs": opened.content, "yours": content}
    sides = {name: _side(opened, one) for name, one in contents.items()}
    lists = {shape.name for shape in opened.shapes if shape.what in ("rows", "choices", "articles")}
    return merging.apart(view.lang, **sides, joins=lists.__contains__)


def _side(opened: Opened, content: Any) -> merging.Side:
    kind, view, part = opened.kind, opened.view, opened.shapes
    rows = {shape.name: shape for shape in part if shape.what == "rows"}
    units: dict[str, merging.Unit] = {}
    lines: dict[str, dict[str, list[str]]] = {}
    for place, said in in_words(view, part, content).items():
        name, bracket, rest = place.partition("[")
        if bracket and name in rows:
            lines.setdefault(name, {}).setdefault(rest.partition("]")[0], []).append(said.words)
        else:
            label = kind.label_of(view, place, content=content)
            units[place] = merging.Unit(label=label, words=said.words, lang=said.language)
    for name, found_ in lines.items():
        field = rows[name].field
        words = "\n".join(" · ".join(line) for line in found_.values())
        units[name] = merging.Unit(label=view._(field.heading or field.label), words=words)
    return merging.Side(entered=entered(opened, content), units=units)

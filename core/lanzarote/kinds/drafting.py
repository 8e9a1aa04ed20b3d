"""What somebody typed into the form of a kind and did not save: kept, offered again, compared with what is saved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Gone, NotFound, NotPermitted
from lanzarote.kinds import keeping, merging, service, team, unsaved
from lanzarote.kinds.entered import Entered, Typed, is_reason, reasons_in
from lanzarote.kinds.form import compacted, content_from, filled
from lanzarote.kinds.keeping import Writing
from lanzarote.kinds.record_pages import found
from lanzarote.kinds.versions import Difference, differences
from lanzarote.kinds.wording import in_words
from lanzarote.records.drafts import saved_alone
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import Record
from lanzarote.records.validation import NOTHING_EXPLAINED, Faulty
from lanzarote.store.ids import is_id
from lanzarote.web.forms import pairs_of
from lanzarote.web.refusals import number_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.fields import Shape
    from lanzarote.kinds.form_pages import Opened
    from lanzarote.kinds.kind import Form, Kind
    from lanzarote.kinds.unsaved import Kept
    from lanzarote.web.site import View

    AnyKind = Kind[Any, Any]

_PARTS: Final = re.compile(r"[.\[\]]")
NOT_TYPED: Final = frozenset({"key", "id", "version", "theirs", "do", "again", "form", "original", "fresh"})
"""What a form carries that nobody typed."""


def typed_in(kind: AnyKind, form: Form, view: View, data: Mapping[str, Any]) -> Typed:
    """The form as it was sent."""
    pairs = [(name, text.replace("\r\n", "\n").strip()) for name, text in pairs_of(data)]
    return Typed(
        entered=_entered(view, pairs, text_of(data, "original")),
        reasons=reasons_in(pairs),
        room=kind.room,
        form=form.name,
    )


def _entered(view: View, pairs: Sequence[tuple[str, str]], original: str) -> Entered:
    values: dict[str, tuple[str, ...]] = {}
    for name, text in pairs:
        if text and name not in NOT_TYPED and not is_reason(name) and not name.startswith(merging.ASKED):
            values[name] = (*values.get(name, ()), text)
    return Entered(original=original, languages=view.vocabulary.header.languages, values=values)


def entered(kind: AnyKind, form: Form, view: View, content: Any) -> Entered:
    """*content* as its form holds it."""
    data = filled(kind, form, view, content)
    return _entered(view, [*pairs_of(data)], text_of(data, "original"))


def data_in(typed: Entered, reasons: Mapping[str, str] = {}) -> dict[str, Any]:
    """The form again, as if it had been sent."""
    values = {place: texts[0] if len(texts) == 1 else list(texts) for place, texts in typed.values.items()}
    return {**values, **reasons, **({"original": typed.original} if typed.original else {})}


def data_of(kept: Kept) -> dict[str, Any]:
    return data_in(kept.typed.entered, kept.typed.reasons) | {"id": kept.record_id, "version": str(kept.base)}


# Kept


def keep(kind: AnyKind, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Keep what is being typed, for the script; or discard it, for its writer."""
    name = text_of(data, "form")
    form = next((one for one in kind.forms if one.name == name), None)
    if form is None or not is_id(record_id):
        raise NotFound(kind.none)
    if text_of(data, "do") == "discard":
        with view.instance.database.write(view.region_id) as session:
            unsaved.discard(session, view.region_id, record_id, by=view.actor)
        return team.redirect(view.href("team", kind.room, *((record_id,) if number_of(data, "version") else ("new",))))
    typed = typed_in(kind, form, view, data)
    try:
        where = _where(kind, form, view, record_id, number_of(data, "version"))
    except (Gone, NotFound, NotPermitted):
        return keeping.json({"denied": True}, 403)
    return keeping.answer(view, typed, lambda: keeping.keep(view, typed, where))


def keep_refused(
    kind: AnyKind, form: Form, view: View, record_id: str, data: Mapping[str, Any]
) -> keeping.Refused | None:
    """Keep what was sent and could not be saved, as far as the guard lets it pass."""
    typed = typed_in(kind, form, view, data)
    kept = keeping.keep(view, typed, _where(kind, form, view, record_id, number_of(data, "version")))
    return kept if isinstance(kept, keeping.Refused) else keeping.Refused(kept=True, at=kept)


def _where(kind: AnyKind, form: Form, view: View, record_id: str, base: int) -> Writing:
    """Raises NotFound, Gone, NotPermitted."""
    earlier, content = NOTHING_EXPLAINED, None
    with view.instance.database.read(view.region_id) as session:
        if base or session.get(Record, (view.region_id, record_id)) is not None:
            record = found(kind, view, session, record_id)
            require(view.actor, form.may, subject_of(session, record))
            earlier, content = service.explained_in(kind, session, record), service.content_of(kind, session, record)

    def before(kept: Kept | None) -> Entered | None:
        if kept is not None and kept.typed.form == form.name:
            return kept.typed.entered
        return None if content is None else entered(kind, form, view, content)

    return Writing(record_id=record_id, base=base, earlier=earlier, action=kind.write, before=before)


def forget(session: Session, form: Form, view: View, record_id: str) -> None:
    """What was typed into *form* is saved."""
    kept = unsaved.kept(session, view.region_id, record_id, by=view.actor)
    if kept is not None and kept.typed.form == form.name:
        unsaved.discard(session, view.region_id, record_id, by=view.actor)


# Offered again


def kept_in(form: Form, view: View, record_id: str) -> Kept | None:
    """What the reader typed into *form* and did not save."""
    if not is_id(record_id):
        return None
    with view.instance.database.read(view.region_id) as session:
        kept = unsaved.kept(session, view.region_id, record_id, by=view.actor)
    return kept if kept is not None and kept.typed.form == form.name else None


def is_new(kind: AnyKind, view: View, record_id: str, kept: Kept) -> bool:
    """Whether it is of a record of *kind* that was never saved."""
    if kept.base or kept.typed.room != kind.room:
        return False
    with view.instance.database.read(view.region_id) as session:
        return session.get(Record, (view.region_id, record_id)) is None


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


def show_kept(kind: AnyKind, form: Form, view: View, kept: Kept, opened: Opened | None) -> Response[Any]:
    """There is text that was typed and not saved: go on with it, or discard it."""
    before, titles = opened.content if opened else None, kept.typed.entered.titles
    content = _content(kind, form, view, kept, before)
    own = False
    if opened is not None and opened.version > kept.base:
        with view.instance.database.read(view.region_id) as session:
            own = saved_alone(session, view.region_id, opened.id, kept.base, view.actor.account_id)
    return keeping.show_unsaved(
        view,
        kept,
        lost=lost(kind, view, kept),
        title=opened.title if opened else view.text(titles, kept.typed.entered.original)[0] if titles else "",
        original="",
        changes=differences(kind, view, before, content, kind.parts[form.name])
        if content and before
        else _texts(kind, form, view, kept),
        newer=opened is not None and opened.version > kept.base,
        own=own,
        open=opened is not None or not kept.base,
        here=view.href("team", kind.room, kept.record_id),
        action=form.name,
        crumbs=crumbs(kind, view, opened),
    )


def _texts(kind: AnyKind, form: Form, view: View, kept: Kept) -> tuple[Difference, ...]:
    """What was typed, where there is nothing to compare it with."""
    names = set(_names(kind.parts[form.name]))
    return tuple(
        Difference(label=kind.label_of(view, place), pieces=(("new", text),))
        for place, text in kept.typed.entered.typed()
        if names.intersection(_PARTS.split(place))
    )


def _names(shapes: Sequence[Shape]) -> Iterator[str]:
    """Fields in which people write words."""
    for shape in shapes:
        if shape.what in ("texts", "line"):
            yield shape.name
        yield from _names(shape.parts)


def lost(kind: AnyKind, view: View, kept: Kept) -> list[tuple[str, str]]:
    """Fields whose text was not kept, because it may tell who somebody is."""
    return [(place, kind.label_of(view, place)) for place in kept.typed.left_out]


def crumbs(kind: AnyKind, view: View, opened: Opened | None) -> list[dict[str, str]]:
    whole = {"label": view._(kind.words.plural), "href": view.href("team", kind.room)}
    here = {"label": opened.title, "href": view.href("team", kind.room, opened.id)} if opened else None
    return [whole, *([here] if here else [])]


def _content(kind: AnyKind, form: Form, view: View, kept: Kept, before: Any = None) -> Any:
    """What can be read of what was typed; None where too little can."""
    data = compacted(kind.parts[form.name], data_of(kept))
    try:
        content, _ = content_from(kind, form, view, data, before, kept.record_id if before else "")
    except Faulty:
        return None
    return content


# Compared


def apart(kind: AnyKind, form: Form, view: View, opened: Opened, since: int, content: Any) -> tuple[merging.Apart, ...]:
    """Where *content*, begun from version *since*, and what is saved differ."""
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, opened.id)
        base = service.content_of(kind, session, record, since if 0 < since < opened.version else None)
    contents = {"base": base, "theirs": opened.content, "yours": content}
    sides = {name: _side(kind, form, view, one) for name, one in contents.items()}
    lists = {shape.name for shape in kind.parts[form.name] if shape.what in ("rows", "choices", "articles")}
    return merging.apart(view.lang, **sides, joins=lists.__contains__)


def _side(kind: AnyKind, form: Form, view: View, content: Any) -> merging.Side:
    part = kind.parts[form.name]
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
    return merging.Side(entered=entered(kind, form, view, content), units=units)

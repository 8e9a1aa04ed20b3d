"""The pages of one record of a kind: what it says, its versions, and a page for each action."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from markupsafe import Markup, escape

from lanzarote.accounts.people import called
from lanzarote.errors import NotFound
from lanzarote.kinds import service, team, unsaved
from lanzarote.kinds.contents import in_order, words_typed
from lanzarote.kinds.keeping import moment
from lanzarote.kinds.kind import RECORD_STATES, Action, given_to
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.versions import between, differences, person, version_lines
from lanzarote.kinds.wording import in_words
from lanzarote.records import drafts
from lanzarote.records.records import Record
from lanzarote.records.save_checks import NO_CHECKS, Objected
from lanzarote.records.validation import NOTHING_EXPLAINED, Faulty, Identifying
from lanzarote.web.refusals import (
    NOT_NOW,
    place_of,
    remarks,
    written_in,
)
from lanzarote.web.region_reading import told
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.kind import Form, Kind
    from lanzarote.kinds.service import Checked
    from lanzarote.kinds.unsaved import Kept
    from lanzarote.records.validation import Fault
    from lanzarote.web.refusals import Refusal

    AnyKind = Kind[Any, Any]

NOTICES: Final = {"meanwhile": team.MEANWHILE, "not-now": NOT_NOW}


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
        content, state = service.content_of(kind, session, record), kind.state_of(session, record)
        barred = {one.name: one.barred(view, session, record) for one in kind.actions if one.barred}
        word = state_word(kind, view, session, record)
        steps = team.offered(view, session, record, kind.steps, state, barred)
        noted = drafts.read_told(session, record, drafts.Told)
        wrote = [*(one.by for one in noted.reasons), *(one.by for one in noted.overrides)]
        named = partial(person, view, called(view, session, wrote))
        kept = unsaved.kept_of(session, view.region_id, record_id, by=view.actor)
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
        words=words_of(kind, view),
        style=kind.style,
        title=title_of(kind, view, content),
        plain=plain_title(kind, view, content),
        state=state,
        state_word=word,
        done=notice(kind, view, done),
        meanwhile=status == 409,
        written=written_in(data or {}),
        unsaved=[*_unsaved(kind, view, kept)],
        main_steps=[one for one in steps if one.main and not one.why_not],
        others=[one for one in steps if not one.main and not one.why_not],
        denied=[one for one in steps if one.why_not],
        explained=team.explained(view, noted, partial(kind.label_of, view, content=content), named),
        remarks=[*remarks(view, noted, label=partial(kind.label_of, view, content=content), person=named)],
        **context,
        **team.frame(view, kind.room, record_id),
    )


def show_answering(kind: AnyKind, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """The page of the record that answers in the place of one that its writer may no longer read, with what they wrote.

    Raises NotFound.
    """
    with view.instance.database.read(view.region_id) as session:
        record = session.get(Record, (view.region_id, record_id))
        there = kind.answers(session, record) if kind.answers and record and record.kind == kind.name else None
    if there is None or there.id == record_id:
        raise NotFound(kind.none)
    return show(kind, view, there.id, done="merged-meanwhile", status=409, data=data)


def _unsaved(kind: AnyKind, view: View, kept: Sequence[Kept]) -> Iterator[dict[str, Any]]:
    """The forms in which the reader typed and did not save, the newest first."""
    steps = {one.name: one for one in kind.steps}
    for one in kept:
        if step := steps.get(one.typed.form):
            href = view.href("team", kind.room, one.record_id, step.name)
            yield {"label": view._(step.label), "href": href, **moment(view, one.at)}


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
        beside = [kind.also_said(view, session, record, one) for one in (first, last) if one] if kind.also_said else ()
        newest = service.content_of(kind, session, record)
    return view.render(
        "kinds/versions.html",
        lines=lines,
        first=first,
        last=last,
        changes=differences(kind, view, both[0], both[1], beside=beside) if len(both) == 2 else (),
        title=plain_title(kind, view, newest),
        **team.frame(view, kind.room, record_id),
    )


# What pages share


def checked(
    kind: AnyKind, view: View, content: Any, faults: Sequence[Fault], sent: SentForm, record_id: str = ""
) -> Checked[Any]:
    """*content*, which lacks what could not be read: *faults*. Raises Faulty, Identifying, Objected."""
    if content is None:
        raise Faulty(faults)
    instance, region_id = view.instance, view.region_id
    earlier = NOTHING_EXPLAINED
    with instance.database.read(region_id) as session:
        record = found(kind, view, session, record_id) if record_id else None
        if record is not None:
            earlier = service.explained_in(kind, session, record)
        checks = service.checks_of(kind, instance, session, region_id, record, by=view.actor, reasons=sent.let_pass)
    about: dict[str, Any] = {
        "reasons": sent.reasons,
        "by": view.actor.account_id,
        "earlier": earlier,
        "checks": NO_CHECKS if faults else checks,
    }
    if kind.as_named:
        content = kind.as_named(instance, region_id, record_id, content, **given_to(kind.as_named, {"by": view.actor}))
    there = known(kind, view, record_id, content)
    try:
        given = service.check(kind, content, view.vocabulary, there, **about)
    except Faulty as error:
        raise Faulty(in_order(kind.shapes, [*faults, *error.faults])) from None
    except Identifying:
        if not faults:
            raise
    if faults:  # what the guard finds is told beside them
        raise Faulty(faults)
    return given


def found(kind: AnyKind, view: View, session: Session, record_id: str) -> Record:
    """Raises NotFound, Gone."""
    return service.record_of(kind, session, view.region_id, record_id, view.actor)


def known(kind: AnyKind, view: View, record_id: str, content: Any = None) -> Any:
    """What *content* may name."""
    about = {"record_id": record_id, "language": view.lang, "by": view.actor}
    return service.known_to(kind, view.instance, view.region_id, content, **about)


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
    texts = words_typed(step.shapes if isinstance(step, Action) else (*kind.shapes, *also), data)
    return team.refusal(view, error, data, lambda place: kind.label_of(view, place_of(place), also, content), texts)


def notice(kind: AnyKind, view: View, key: str) -> str:
    """What is said of what was done, or could not be."""
    said = {one.name: one.done for one in kind.actions} | {one.name: one.done for one in kind.forms[1:]}
    words = ({"saved": kind.forms[0].done if kind.forms else ""} | said | NOTICES | dict(kind.notices)).get(key, "")
    return view._(words) if words else ""


def plain_title(kind: AnyKind, view: View, content: Any) -> str:
    if titles := kind.title(content):
        return view.text(titles, getattr(content, "original", None))[0]
    return view._(kind.words.untitled) if kind.words.untitled else ""


def state_word(kind: AnyKind, view: View, session: Session, record: Record) -> str:
    """How far it is, in a word; one in the archive is said to be there, whatever it was before."""
    state = "archived" if record.state == "archived" else kind.state_of(session, record)
    words = kind.states.get(state) or RECORD_STATES.get(state, "")
    return view._(words) if words else ""


def title_of(kind: AnyKind, view: View, content: Any) -> Markup:
    """The title with its language, where that is not the page's."""
    titles = kind.title(content)
    return (
        told(view, titles, getattr(content, "original", None)) if titles else escape(plain_title(kind, view, content))
    )


def to_record(kind: AnyKind, view: View, record_id: str, done: str) -> Response[Any]:
    return team.redirect(view.href("team", kind.room, record_id, query={"done": done}))


def words_of(kind: AnyKind, view: View) -> dict[str, Any]:
    said = {name: getattr(kind.words, name) for name in kind.words.__struct_fields__} | {"plural": kind.plural}
    return {
        name: (view._(one) if one else "") if isinstance(one, str) else tuple(view._(other) for other in one)
        for name, one in said.items()
    }

"""Notes of the team beside entries of the package: all of them, and the form of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from markupsafe import Markup
from msgspec import Struct

from lanzarote.activity import noting
from lanzarote.errors import NotFound
from lanzarote.practices.refusals import NOTHING, Refusal, refusal, text_of
from lanzarote.practices.sheets import Faulty
from lanzarote.practices.writing import Identifying
from lanzarote.records.records import now
from lanzarote.regions.vocabulary import NOTED
from lanzarote.translation import N_
from lanzarote.web.asking import Asked
from lanzarote.web.region_reading import entries, tell_provision, told
from lanzarote.web.routes import PRIVATE, form, page
from lanzarote.web.site import Site, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.regions.vocabulary import Note

KIND_WORDS: Mapping[str, str] = {
    "helpline": N_("Helplines"),
    "age": N_("Ages and time limits"),
    "provision": N_("Provisions of the law"),
    "sector": N_("Sectors"),
}
DONE: Mapping[str, str] = {
    "written": N_("The note is beside the entry."),
    "removed": N_("The note is taken away."),
}
FRAME: Mapping[str, Any] = {"canonical": None, "feeds": ()}


class Entry(Struct, frozen=True, kw_only=True):
    name: Markup
    href: str
    note: Note | None
    text: Markup


@page("/{lang:str}/{region:str}/team/notes", may="note.write")
def list_notes(
    request: Asked, lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    """Every entry that can have a note, those that have one first."""
    view = site.view(request, lang, region)
    groups = [(view._(KIND_WORDS[kind]), kind, list_entries(view, kind)) for kind in KIND_WORDS]
    done = view._(DONE[key]) if (key := request.query_params.get("done", "")) in DONE else ""
    return view.render("activity/notes.html", groups=groups, done=done, **FRAME)


@page("/{lang:str}/{region:str}/team/notes/{kind:str}/{key:str}", may="note.write")
def show_note(
    request: Asked,
    lang: FromPath[str],
    region: FromPath[str],
    kind: FromPath[str],
    key: FromPath[str],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The form of one note."""
    view = site.view(request, lang, region)
    return show(view, kind, key)


@form("/{lang:str}/{region:str}/team/notes/{kind:str}/{key:str}", may="note.write")
def write_note(
    request: Asked,
    lang: FromPath[str],
    region: FromPath[str],
    kind: FromPath[str],
    key: FromPath[str],
    site: NamedDependency[Site],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Put the note beside its entry, or take it away."""
    view = site.view(request, lang, region)
    name_of(view, kind, key)
    remove = text_of(data, "do") == "remove"
    texts = {code: text_of(data, f"text.{code}") for code, _ in view.tongues()}
    try:
        text = {} if remove else noting.checked(texts, view.vocabulary, looked_again=bool(data.get("looked")))
    except (Faulty, Identifying) as error:
        return show(view, kind, key, texts=texts, refused=refusal(view, error))
    with view.instance.database.write(view.region_id) as session:
        if remove:
            noting.remove(session, view.region_id, kind, key, by=view.actor, at=now())
        else:
            noting.write(session, view.region_id, kind, key, text, by=view.actor, at=now())
    done = "removed" if remove else "written"
    return Redirect(view.href("team", "notes", query={"done": done}), status_code=303, headers=dict(PRIVATE))


def show(
    view: View, kind: str, key: str, *, texts: Mapping[str, str] | None = None, refused: Refusal = NOTHING
) -> Response[Any]:
    note = view.vocabulary.notes.get((kind, key))
    shown = texts if texts is not None else note.text if note else {}
    return view.render(
        "activity/note.html",
        status=400 if refused.errors else 200,
        name=name_of(view, kind, key),
        note=note,
        typed={f"text.{code}": text for code, text in shown.items()},
        tongues=view.tongues(),
        here=view.href("team", "notes", kind, key),
        refused=refused,
        longest=noting.LONGEST,
        **FRAME,
    )


def list_entries(view: View, kind: str) -> list[Entry]:
    found = [
        Entry(
            name=name_of(view, kind, key),
            href=view.href("team", "notes", kind, key),
            note=(note := view.vocabulary.notes.get((kind, key))),
            text=told(view, note.text) if note else Markup(),
        )
        for key in entries(view.vocabulary, kind)
    ]
    return sorted(found, key=lambda one: one.note is None)


def name_of(view: View, kind: str, key: str) -> Markup:
    """What the entry is called. Raises NotFound."""
    entry = entries(view.vocabulary, kind).get(key) if kind in NOTED else None
    if entry is None:
        raise NotFound(noting.NO_ENTRY)
    if kind == "provision":
        line = tell_provision(view, key)
        return Markup("{} – {}").format(line.citation, line.title)
    return told(view, entry.name)


handlers = (list_notes, show_note, write_note)

"""Pages of the team's day: the start page of a person, tasks, notes, who did what."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Response
from litestar.response import Redirect
from markupsafe import Markup
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.accounts import identities, service
from lanzarote.accounts.people import ROLE_WORDS, called
from lanzarote.activity import conflicts, notes, start_reading, task_reading
from lanzarote.activity import lines as activity_reading
from lanzarote.activity.lines import MOST_ROWS, Question, known, lines
from lanzarote.activity.team_bar import behind_a_factor, found, regions_in
from lanzarote.errors import Conflict, NotFound
from lanzarote.findable.reading import corrected, typed
from lanzarote.findable.team import search_team
from lanzarote.kinds.organisations import nameable
from lanzarote.practices.facet_choices import address
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import Record, now
from lanzarote.records.tasks import Task
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.regions.vocabulary import NOTED
from lanzarote.search.paging import BadCursor, Sought
from lanzarote.translation import N_
from lanzarote.translation.typed_dates import typed_date
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region, Slug
from lanzarote.web.exports import download, download_links
from lanzarote.web.refusals import NOTHING, Refusal, number_of, refusal, text_of
from lanzarote.web.region_reading import entries, tell_provision, told
from lanzarote.web.routes import PRIVATE, form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.findable.team import TeamResult
    from lanzarote.regions.vocabulary import Note


FRAME: Mapping[str, Any] = {"canonical": None, "feeds": ()}


@page("/{lang:str}/start", may="signed-in")
def start(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """What waits for the reader, what changed, what is due."""
    view = site.view(request, lang)
    asked = found(view, now())
    vocabularies = {region_id: view.instance.vocabulary(region_id) for region_id in regions_in(view)}
    items = [
        *asked.items,
        *start_reading.reviews_due(view, vocabularies),
        *start_reading.overtaken_notes(view, vocabularies),
    ]
    return view.render(
        "activity/start.html",
        groups=start_reading.groups(view, items),
        since=asked.since,
        write_href=start_reading.write_href(view, tuple(vocabularies)),
        works=bool(view.actor.counting),
        office=start_reading.office_places(view),
        held_back=[view._(role) for role in dict.fromkeys(ROLE_WORDS[one.role] for one in view.actor.held_back)],
        behind_a_factor=behind_a_factor(view),
        **FRAME,
    )


@page("/{lang:str}/{region:str}/team/activity", may="activity.read")
def activity(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Who did what in a region."""
    return show(site.view(request, lang, region), region)


@page("/{lang:str}/activity", may="activity.read")
def instance_activity(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """Who did what with accounts and tokens."""
    return show(site.view(request, lang), INSTANCE)


def show(view: View, region_id: str) -> Response[Any]:
    question = read_question(view.request.query_params, view.lang)
    wanted = view.request.query_params.get("format", "")
    zone = ZoneInfo(view.region.time_zone) if view.region else ZoneInfo("UTC")
    reader = view.actor.account_id
    limit = {"limit": MOST_ROWS} if wanted else {}
    with view.instance.database.read([region_id, INSTANCE]) as session:
        found, more = lines(session, region_id, question, reader=view.actor, zone=zone, **limit)
        offered = known(session, region_id, reader=reader)
        people = called(view, session, [*offered.actors, *(line.record_id for line in found if line.kind == "account")])
        # A file has a column of addresses.
        titled = {} if wanted else activity_reading.titles(session, found, reader=view.actor)
    told = activity_reading.tell(view, found, people, zone, titled)
    if wanted:
        return download(view, activity_reading.table(view, told), wanted)
    older = [*question.pairs(), ("before", str(found[-1].seq))] if found and more else []
    path = view.request.url.path
    return view.render(
        "activity/activity.html",
        lines=told,
        question=question,
        filters=activity_reading.filters(view, question, offered, people),
        older_href=f"{path}?{urlencode(older)}" if older else "",
        path=path,
        downloads=download_links(view, question.pairs()),
        **FRAME,
    )


def read_question(params: Mapping[str, str], lang: str = "en") -> Question:
    """Read the address; what cannot be read is not asked."""

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(typed_date(params.get(name, ""), lang))
        except ValueError:
            return None

    before = params.get("before", "")
    words = {name: params.get(name, "").strip()[:100] for name in ("person", "verb", "kind", "record")}
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else 0
    return Question(**words, since=day("since"), until=day("until"), before=number)


# --- Tasks of a region's team: what upgrades could not decide, what people from outside wrote ---

MOST: Final = 200
BEING_REVIEWED: Final = N_("It is being reviewed: publish it or return it to its author first. Nothing was changed.")
DONE_TASKS: Mapping[str, str] = {
    "settled": N_("Settled."),
    "taken": N_("The package’s text is used."),
    "kept": N_("Your text stays."),
}


@page("/{lang:str}/{region:str}/team/tasks", may="task.read")
def list_tasks(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What waits for the team, or what was settled last."""
    view = site.view(request, lang, region)
    settled = request.query_params.get("show") == "settled"
    open_ones = Task.done_at.is_(None)
    order = Task.done_at.desc() if settled else Task.opened_at
    with view.instance.database.read(view.region_id) as session:
        query = task_reading.with_records().where(~open_ones if settled else open_ones)
        found = session.execute(query.order_by(order).limit(MOST)).all()
        waiting = session.scalar(select(func.count()).select_from(Task).where(open_ones)) or 0
    return view.render(
        "activity/tasks.html",
        tasks=[task_reading.tell(view, *row) for row in found],
        settled=settled,
        waiting=waiting,
        done=view._(DONE_TASKS[key]) if (key := request.query_params.get("done", "")) in DONE_TASKS else "",
        **FRAME,
    )


@page("/{lang:str}/{region:str}/team/tasks/{task_id:str}", may="task.read")
def show_task(request: Asked, lang: Lang, region: Region, task_id: Id, site: OurSite) -> Response[Any]:
    """One task."""
    return show_tasks(site.view(request, lang, region), task_id)


@form("/{lang:str}/{region:str}/team/tasks/{task_id:str}", may="task.finish")
def settle(request: Asked, lang: Lang, region: Region, task_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Settle a task: keep one's own text, take the package's, or say what was done."""
    view = site.view(request, lang, region)
    note, what = text_of(data, "note"), text_of(data, "do")
    try:
        conflicts.check_note(note, view.vocabulary, looked_again=bool(data.get("looked")))
        with view.instance.database.write([view.region_id, INSTANCE]) as session:
            task = conflicts.find(session, view.region_id, task_id)
            if task.kind in service.KINDS:
                identities.decide(session, task, accept=what == "accept", by=view.actor, at=now())
            elif what == "take" and task.kind == conflicts.KIND:
                organisations = nameable(view.instance, view.region_id, task.record_id or "")
                version = number_of(data, "version")
                conflicts.take_theirs(
                    session, task, view.vocabulary, organisations, expected=version, by=view.actor, at=now()
                )
            else:
                conflicts.finish(session, view.region_id, task_id, note=note, by=view.actor)
    except IllegalTransition:
        return show_tasks(view, task_id, told=view._(BEING_REVIEWED), note=note, status=409)
    except Conflict as error:
        return show_tasks(view, task_id, told=view._(str(error)), note=note, status=412)
    except (Faulty, Identifying) as error:
        return show_tasks(view, task_id, refused=refusal(view, error), note=note, status=400)
    done = {"take": "taken", "keep": "kept"}.get(what, "settled")
    return Redirect(view.href("team", "tasks", query={"done": done}), status_code=303, headers=dict(PRIVATE))


def show_tasks(
    view: View,
    task_id: str,
    *,
    refused: Refusal = NOTHING,
    told: str = "",
    note: str = "",
    status: int = 200,
) -> Response[Any]:
    with view.instance.database.read(view.region_id) as session:
        task = conflicts.find(session, view.region_id, task_id)
        row = session.execute(task_reading.with_records().where(Task.id == task.id)).one()
        record: Record | None = row[1]
    return view.render(
        "activity/task.html",
        status=status,
        task=task_reading.tell(view, *row),
        version=record.version if record is not None else 0,
        may_finish=view.may("task.finish"),
        refused=refused,
        told=told,
        note=note,
        longest=conflicts.LONGEST_NOTE,
        **FRAME,
    )


# --- Notes of the team beside entries of the package: all of them, and the form of one ---

KIND_WORDS: Mapping[str, str] = {
    "helpline": N_("Helplines"),
    "age": N_("Ages and time limits"),
    "provision": N_("Provisions of the law"),
    "sector": N_("Sectors"),
}
DONE_NOTES: Mapping[str, str] = {
    "written": N_("The note is beside the entry."),
    "removed": N_("The note is taken away."),
}


class Entry(Struct, frozen=True, kw_only=True):
    name: Markup
    href: str
    note: Note | None
    text: Markup


@page("/{lang:str}/{region:str}/team/notes", may="note.write")
def list_notes(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Every entry that can have a note, those that have one first."""
    view = site.view(request, lang, region)
    groups = [(view._(KIND_WORDS[kind]), kind, list_entries(view, kind)) for kind in KIND_WORDS]
    done = view._(DONE_NOTES[key]) if (key := request.query_params.get("done", "")) in DONE_NOTES else ""
    return view.render("activity/notes.html", groups=groups, done=done, **FRAME)


@page("/{lang:str}/{region:str}/team/notes/{kind:str}/{key:str}", may="note.write")
def show_note(request: Asked, lang: Lang, region: Region, kind: Slug, key: Id, site: OurSite) -> Response[Any]:
    """The form of one note."""
    view = site.view(request, lang, region)
    return show_notes(view, kind, key)


@form("/{lang:str}/{region:str}/team/notes/{kind:str}/{key:str}", may="note.write")
def write_note(
    request: Asked, lang: Lang, region: Region, kind: Slug, key: Id, site: OurSite, data: Data
) -> Response[Any]:
    """Put the note beside its entry, or take it away."""
    view = site.view(request, lang, region)
    name_of(view, kind, key)
    remove = text_of(data, "do") == "remove"
    texts = {code: text_of(data, f"text.{code}") for code, _ in view.tongues()}
    try:
        text = {} if remove else notes.checked(texts, view.vocabulary, looked_again=bool(data.get("looked")))
    except (Faulty, Identifying) as error:
        return show_notes(view, kind, key, texts=texts, refused=refusal(view, error))
    with view.instance.database.write(view.region_id) as session:
        if remove:
            notes.remove(session, view.region_id, kind, key, by=view.actor, at=now())
        else:
            notes.write(session, view.region_id, kind, key, text, by=view.actor, at=now())
    done = "removed" if remove else "written"
    return Redirect(view.href("team", "notes", query={"done": done}), status_code=303, headers=dict(PRIVATE))


def show_notes(
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
        longest=notes.LONGEST,
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
        raise NotFound(notes.NO_ENTRY)
    if kind == "provision":
        line = tell_provision(view, key)
        return Markup("{} – {}").format(line.citation, line.title)
    return told(view, entry.name)


# --- The search in the team's bar: everything of a region that the reader may read, working versions as well ---

LONGEST: Final = 200
SHOWN: Final = 30


class Row(Struct, frozen=True, kw_only=True):
    href: str
    kind: str
    title: list[tuple[str, bool]]
    title_lang: str
    words: tuple[str, ...]
    """Which of the words it holds, if not all."""


@page("/{lang:str}/{region:str}/team/search", may="practice.read")
def search(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What holds the words, of all that the reader may read."""
    view = site.view(request, lang, region)
    q = " ".join(request.query_params.get("q", "").split())[:LONGEST]
    try:
        told = search_team(
            view.instance,
            view.region_id,
            view.actor,
            q,
            view.lang,
            cursor=request.query_params.get("cursor") or None,
            limit=SHOWN,
        )
    except BadCursor:
        return Redirect(address(view.path, [("q", q)]), status_code=302)
    found, piece = told.found, told.piece
    words = typed(found, q) if found else []
    sought = Sought(found.used) if found else Sought()
    return view.render(
        "activity/search.html",
        asked=q,
        rows=tuple(_row(view, one, sought, words) for one in told.results),
        total=piece.total if piece else 0,
        whole=sum(one.whole for one in told.results),
        corrected=corrected(found, q) if found else (),
        previous=_piece(view, q, piece.previous) if piece else None,
        next=_piece(view, q, piece.next) if piece else None,
        public_href=view.href("search", query={"q": q}),
        canonical=None,
        feeds=(),
    )


def _row(view: View, one: TeamResult, sought: Sought, words: Sequence[str]) -> Row:
    title, title_lang = view.text(one.titles, one.original)
    kind = view.instance.kinds[one.kind]
    return Row(
        href=view.href("team", kind.room, one.id),
        kind=view._(kind.label),
        title=sought.mark(title, title_lang),
        title_lang=title_lang,
        words=() if one.whole else tuple(words[number] for number in sorted(one.held)),
    )


def _piece(view: View, q: str, cursor: str | None) -> str | None:
    return None if cursor is None else address(view.path, [("q", q), *([("cursor", cursor)] if cursor else [])])


handlers = (
    start,
    activity,
    instance_activity,
    list_tasks,
    show_task,
    settle,
    list_notes,
    show_note,
    write_note,
    search,
)

"""Tasks in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import and_, select

from lanzarote import permissions
from lanzarote.activity import conflicts
from lanzarote.activity.start_reading import TASKS
from lanzarote.activity.waiting_items import titles_of
from lanzarote.checking import Faulty
from lanzarote.practices.form_words import said
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.practices.sheets import read
from lanzarote.records import Record, Version, decode
from lanzarote.regions.merge import plain
from lanzarote.stakeholders.model import KIND as STAKEHOLDER
from lanzarote.stakeholders.subjects import Subject, find_subject
from lanzarote.tasks import Task
from lanzarote.translation import N_, language_name, pick
from lanzarote.types import Organisation
from lanzarote.web import labels
from lanzarote.web.labels import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from markupsafe import Markup
    from sqlalchemy import Select

    from lanzarote.web.site import View

REPLY_WORDS: Final[Mapping[str, str]] = {
    "wrong": N_("What is wrong or missing"),
    "right": N_("What it should say"),
    "source": N_("Where that can be read"),
    "organisation": N_("In the name of"),
    "contact": N_("Where to answer"),
}
FIELD_WORDS: Final[Mapping[str, str]] = {
    "sectors": N_("Sectors"),
    "partners": N_("Partners"),
    "sources": N_("Sources"),
    "evidence": N_("Figures"),
    "convention": N_("Articles of the Convention"),
    "legal_basis": N_("Legal basis"),
    "running": N_("Running or ended"),
    "scope": N_("Scale"),
    "started": N_("Since"),
    "ended": N_("Ended"),
    "target_groups": N_("For whom"),
    "domains": N_("Domain"),
    "cost": N_("Cost"),
    "note": N_("How it was checked"),
    "name": N_("Name"),
    "role": N_("Role"),
    "website": N_("Website"),
    "side": N_("Side"),
}
_TOLD: Final = ("partners", "evidence", "sectors")
"""Fields of a practice in which things are named."""
NOTHING: Final = N_("nothing")


class Text(Struct, frozen=True, kw_only=True):
    """One of the three texts of a conflict."""

    who: str
    heading: str
    text: str
    lang: str


class ToldTask(Struct, frozen=True, kw_only=True):
    id: str
    kind: str
    what: str
    title: Markup
    href: str
    """Where what it is about can be read."""
    opened_at: datetime
    done_at: datetime | None
    note: str
    """What the team did."""
    field: str
    texts: tuple[Text, ...]
    moved: bool
    """One's own text has changed since the task was opened."""
    lines: tuple[tuple[str, str], ...]
    """Heading and text of a reply."""
    contact: str
    edit_href: str = ""
    """Where the entry of the directory that it is about is written."""


def with_records() -> Select[Task, Record, bytes]:
    """Tasks with the record each is about, if any, and what that says now."""
    record = and_(Record.region_id == Task.region_id, Record.id == Task.record_id)
    version = and_(
        Version.region_id == Record.region_id, Version.record_id == Record.id, Version.number == Record.version
    )
    return select(Task, Record, Version.body).outerjoin(Record, record).outerjoin(Version, version)


def tell(view: View, task: Task, record: Record | None, body: bytes | None) -> ToldTask:
    about = task.told()
    conflict = task.kind == conflicts.KIND and "field" in about
    return ToldTask(
        id=task.id,
        kind=task.kind,
        what=view._(TASKS[task.kind]) if task.kind in TASKS else task.kind,
        title=_title(view, record, body, about),
        href=_href(view, record, about),
        opened_at=task.opened_at,
        done_at=task.done_at,
        note=str(about.get("note", "")),
        field=_field(view, str(about["field"])) if conflict else "",
        texts=tuple(_texts(view, about, body)) if conflict else (),
        moved=conflict and bool(body) and conflicts.present(body or b"{}", about["field"]) != about.get("local"),
        lines=tuple((view._(words), str(about[key])) for key, words in REPLY_WORDS.items() if about.get(key)),
        contact=str(about.get("contact", "")),
        edit_href=_edit_href(view, record),
    )


def _edit_href(view: View, record: Record | None) -> str:
    if record is None or record.kind != STAKEHOLDER or record.state == "erased":
        return ""
    subject = permissions.Subject(region_id=record.region_id, id=record.id)
    return (
        view.href("team", "organisations", record.id, "edit")
        if permissions.may(view.actor, "stakeholder.write", subject)
        else ""
    )


def _title(view: View, record: Record | None, body: bytes | None, about: Mapping[str, Any]) -> Markup:
    languages = view.region.languages if view.region else ()
    if record is not None and body:
        if record.kind == PRACTICE:
            titles, original = titles_of(body)
        else:
            titles, original = dict(decode(body, Organisation).name), ""
        if titles:
            text, lang = pick(titles, view.lang, original, languages)
            return written(text, lang, view.lang)
    return (find_subject(view, str(about.get("about", ""))) or Subject()).name


def _href(view: View, record: Record | None, about: Mapping[str, Any]) -> str:
    if record is not None and record.published_version is not None:
        place = {PRACTICE: "practices", STAKEHOLDER: "organisations"}.get(record.kind, "")
        return view.href(place, record.slug)
    return view.href(*str(about["about"]).split("/")) if about.get("about") else ""


def _field(view: View, field: str) -> str:
    """``text.fr.title`` in words: "Title (French)"."""
    parts = field.split(".")
    if parts[0] == "text" and len(parts) == 3:
        return f"{labels.label('text', parts[2], view.translator)} ({language_name(parts[1], view.lang)})"
    words = view._(FIELD_WORDS[parts[0]]) if parts[0] in FIELD_WORDS else parts[0]
    return f"{words} ({language_name(parts[1], view.lang)})" if len(parts) == 2 and len(parts[1]) == 2 else words


def _texts(view: View, about: Mapping[str, Any], body: bytes | None) -> Iterator[Text]:
    field = str(about["field"])
    parts = field.split(".")
    lang = parts[1] if len(parts) > 1 and parts[0] in ("text", "name", "role", "note") else view.lang
    mine = conflicts.present(body, field) if body else about.get("local")
    values = (mine, about.get("before"), about.get("package"))
    told = (
        ("mine", N_("Your text")),
        ("before", N_("What the package said before")),
        ("theirs", N_("What the package says now")),
    )
    for (who, heading), text in zip(told, _in_words(view, field, values), strict=True):
        yield Text(who=who, heading=view._(heading), text=text or view._(NOTHING), lang=lang if text else view.lang)


def _in_words(view: View, field: str, values: tuple[Any, ...]) -> list[str]:
    """What a field holds, as the page of a practice says it; or else as it is written, so that no two look alike."""
    written = [plain(value) for value in values]
    if field not in _TOLD:
        return written
    try:
        sheets = [
            read(msgspec.json.encode({"original": view.lang, field: value})) if value else None for value in values
        ]
    except Faulty:
        return written
    told = [said(view, sheet, field) if sheet else "" for sheet in sheets]
    return told if len(set(told)) == len(set(written)) else written

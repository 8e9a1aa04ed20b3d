"""Tasks in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts import service
from lanzarote.accounts.model import Granted
from lanzarote.accounts.people import ROLE_WORDS
from lanzarote.activity import conflicts
from lanzarote.activity.start_reading import TASKS
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.kinds.fields import within
from lanzarote.kinds.kind import written as written_by
from lanzarote.kinds.wording import in_words
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.reading import answer_words
from lanzarote.practices.sheets import read, unfit_answer
from lanzarote.records import permissions
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.kinds import titles_of
from lanzarote.records.records import Record, Version
from lanzarote.records.tables import joined, newest_version
from lanzarote.records.tasks import WITHDRAWAL, Task
from lanzarote.records.validation import Faulty
from lanzarote.regions.merge import plain
from lanzarote.stakeholders.subjects import Subject, find_subject
from lanzarote.translation import N_, pick
from lanzarote.web.labels import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from markupsafe import Markup
    from sqlalchemy import Select

    from lanzarote.types import PracticeField, PracticeSheet
    from lanzarote.web.site import View

REPLY_WORDS: Final[Mapping[str, str]] = {
    "wrong": N_("What is wrong or missing"),
    "right": N_("What it should say"),
    "source": N_("Where that can be read"),
    "organisation": N_("In the name of"),
    "contact": N_("Where to answer"),
}
FORMER: Final = N_("Its keys before")
"""What is called ``former``, which no form asks for."""
_TOLD: Final = ("partners", "evidence", "sectors")
"""Fields of a practice in which things are named."""
NOTHING: Final = N_("nothing")


class Text(Struct, frozen=True, kw_only=True):
    """One of the three texts of a conflict."""

    who: str
    heading: str
    text: str
    lang: str


class Withdrawal(Struct, frozen=True, kw_only=True):
    """What the package shows no longer, and where that can be followed."""

    shipped: bool
    """The package still has it, and wants it hidden."""
    reason: str
    lang: str
    """Of the reason."""
    public: bool
    """It is still read here."""
    href: str
    """Where it is withdrawn; empty for who may not."""


class Grouped(Struct, frozen=True, kw_only=True):
    """Whose role a group at a provider proposes, or no longer bears."""

    who: str
    href: str
    """Their page; empty where they have no role here yet."""
    role: str
    group: str
    provider: str
    lost: bool


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
    withdrawal: Withdrawal | None = None
    holders_href: str = ""
    """Where an organisation is asked to confirm the practice."""
    grouped: Grouped | None = None
    """For who may know the people here."""


def with_records() -> Select[Task, Record, bytes]:
    """Tasks with the record each is about, if any, and what that says now."""
    return select(Task, Record, Version.body).outerjoin(Record, joined(Task)).outerjoin(Version, newest_version())


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
        field=_field(view, record, str(about["field"])) if conflict else "",
        texts=tuple(_texts(view, about, body)) if conflict else (),
        moved=conflict and bool(body) and conflicts.present(body or b"{}", about["field"]) != about.get("local"),
        lines=tuple((view._(words), str(about[key])) for key, words in REPLY_WORDS.items() if about.get(key)),
        contact=str(about.get("contact", "")),
        edit_href=_edit_href(view, record),
        withdrawal=_withdrawal(view, record, about) if task.kind == WITHDRAWAL else None,
        holders_href=view.href("team", "practices", record.id, "holders")
        if task.kind == "unconfirmed" and record is not None and record.state != "erased"
        else "",
        grouped=_grouped(view, task, about) if task.kind in service.KINDS and view.may("person.read") else None,
    )


def _grouped(view: View, task: Task, about: Mapping[str, Any]) -> Grouped | None:
    with view.instance.database.read(INSTANCE) as session:
        name = service.names(session, [about["account"]]).get(about["account"])
        held = session.get(Granted, (about["account"], task.region_id, about["role"])) is not None
    if name is None:  # the account was closed
        return None
    provider = view.instance.host.identity_providers.get(about["provider"])
    role = ROLE_WORDS[about["role"]]
    return Grouped(
        who=name,
        href=view.href("people", about["account"]) if held else "",
        role=view._(role),
        group=about["group"],
        provider=provider.label if provider else about["provider"],
        lost=task.kind == service.LOST,
    )


def _withdrawal(view: View, record: Record | None, about: Mapping[str, Any]) -> Withdrawal:
    why = about.get("reason", {})
    reason, lang = view.text(why) if why else ("", view.lang)
    public = record is not None and record.published_version is not None
    return Withdrawal(
        shipped=bool(about.get("shipped")),
        reason=reason,
        lang=lang,
        public=public,
        href=_withdraw_href(view, record) if record is not None and public else "",
    )


def _withdraw_href(view: View, record: Record) -> str:
    subject = permissions.Subject(region_id=record.region_id, id=record.id)
    kind = view.instance.kinds[record.kind]
    if kind.withdraw is None or not permissions.may(view.actor, kind.withdraw, subject):
        return ""
    return view.href("team", kind.room, record.id, "withdraw")


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
        original, titles = titles_of(msgspec.json.decode(body))
        if titles:
            text, lang = pick(titles, view.lang, original, languages)
            return written(text, lang, view.lang)
    return (find_subject(view, str(about.get("about", ""))) or Subject()).name


def _href(view: View, record: Record | None, about: Mapping[str, Any]) -> str:
    if record is not None and record.published_version is not None:
        return view.href(view.instance.kinds[record.kind].public, record.slug)
    return view.href(*str(about["about"]).split("/")) if about.get("about") else ""


def _field(view: View, record: Record | None, field: str) -> str:
    """``text.fr.title`` in words: "Title (French)"; ``answers.waiting`` as the region asks it."""
    kind = written_by(view.instance.kinds[record.kind]) if record is not None else None
    return view._(FORMER) if field == "former" else (kind or PRACTICES).label_of(view, field)


def _question(view: View, key: str) -> PracticeField | None:
    """The region's own question, also under a key it had before."""
    return view.vocabulary.fields.get(view.vocabulary.present_key("field", key))


def _texts(view: View, about: Mapping[str, Any], body: bytes | None) -> Iterator[Text]:
    field = str(about["field"])
    parts = field.split(".")
    lang = parts[1] if len(parts) > 1 and parts[0] in ("text", "name", "role", "note") else view.lang
    mine = conflicts.present(body, field) if body else about.get("local")
    values = (mine, about.get("before"), about.get("package"))
    told = (
        ("mine", N_("Your text")),
        ("before", N_("Earlier text of the package")),
        ("theirs", N_("Text of the package now")),
    )
    for (who, heading), text in zip(told, _in_words(view, field, values), strict=True):
        yield Text(who=who, heading=view._(heading), text=text or view._(NOTHING), lang=lang if text else view.lang)


def _answers_in_words(view: View, question: PracticeField, values: tuple[Any, ...], written: list[str]) -> list[str]:
    """Answers that were given when the question was of another type are told as they are *written*."""
    told = [
        as_written
        if value is None or unfit_answer(question, value)
        else answer_words(view, question, value, view.lang).striptags()
        for value, as_written in zip(values, written, strict=True)
    ]
    return told if len(set(told)) == len(set(written)) else written


def _said(view: View, sheet: PracticeSheet, field: str) -> str:
    found = in_words(view, within(PRACTICES.shapes, (field,)), sheet, lines=True)
    return "\n".join(one.words for one in found.values())


def _in_words(view: View, field: str, values: tuple[Any, ...]) -> list[str]:
    """What a field holds, as the page of a practice says it; or else as it is written, so that no two look alike."""
    written = [plain(value) for value in values]
    place, *more = field.split(".")
    question = _question(view, more[0]) if place == "answers" and more else None
    if question is not None and question.type != "text":
        return _answers_in_words(view, question, values, written)
    if field not in _TOLD:
        return written
    try:
        sheets = [
            read(msgspec.json.encode({"original": view.lang, field: value})) if value else None for value in values
        ]
    except Faulty:
        return written
    told = [_said(view, sheet, field) if sheet else "" for sheet in sheets]
    return told if len(set(told)) == len(set(written)) else written

"""Who did what, when: the audit of a region, or of the instance, as people ask about it. Never what was written."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import and_, case, not_, or_, select

from lanzarote.activity import words
from lanzarote.practices.review_model import Assessment
from lanzarote.records.changelog import Audit
from lanzarote.records.kinds import kinds_of, titles_of
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record, Version
from lanzarote.records.slugs import GONE
from lanzarote.records.tables import joined
from lanzarote.types import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.records.kinds import Texts
    from lanzarote.records.permissions import Actor
    from lanzarote.web.site import View


PAGE: Final = 50
MOST_ROWS: Final = 10_000
"""Of a file."""
GIVE: Final = "give"


class Question(Struct, frozen=True, kw_only=True):
    """What is asked of the audit, as the address says it."""

    person: str = ""
    verb: str = ""
    kind: str = ""
    record: str = ""
    since: date | None = None
    until: date | None = None
    before: int = 0
    """Only lines before this one; 0: the newest."""

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of everything that narrows the list."""
        named = {
            "person": self.person,
            "verb": self.verb,
            "kind": self.kind,
            "record": self.record,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return [(name, value) for name, value in named.items() if value]


class Line(Struct, frozen=True, kw_only=True):
    seq: int
    at: datetime
    actor: str
    verb: str
    kind: str
    record_id: str
    version: int
    slug: str
    """Present address of the record; empty for what is none, and for what the reader may not read."""
    public: bool
    """The public can read it there."""


class Known(Struct, frozen=True, kw_only=True):
    """What can be asked for."""

    actors: tuple[str, ...]
    verbs: tuple[str, ...]
    kinds: tuple[str, ...]


def lines(
    session: Session, region_id: str, question: Question, *, reader: Actor, zone: ZoneInfo, limit: int = PAGE
) -> tuple[list[Line], bool]:
    """Newest first, and whether there are more. *reader*: who looks.

    While somebody is still to give an assessment themselves, they are not told that others have.
    """
    # An address is made of the title: it is told to whoever may read that, of what is not shared too.
    slug = case((or_(Record.published_version.is_not(None), _may_read(session, reader)), Record.slug), else_="")
    query = select(Audit, slug, Record.published_version).outerjoin(Record, joined(Audit))
    query = query.where(_may_know(region_id, reader.account_id), *_conditions(question, zone))
    found = session.execute(query.order_by(Audit.seq.desc()).limit(limit + 1)).all()
    told = [
        Line(
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            verb=row.verb,
            kind=row.kind,
            record_id=row.record_id,
            version=row.version,
            slug=slug or "",
            public=shown is not None,
        )
        for row, slug, shown in found[:limit]
    ]
    return told, len(found) > limit


def titles(session: Session, found: Sequence[Line], *, reader: Actor) -> dict[str, tuple[str, Texts]]:
    """Id of each record that has titles → its original language, and its titles as the reader may read them."""
    ids = {line.record_id for line in found if line.slug and not line.slug.startswith(GONE)}
    number = case((_may_read(session, reader), Record.version), else_=Record.published_version)
    query = select(Record.id, Version.body).join(Version, joined(Version) & (Version.number == number))
    rows = session.execute(query.where(Record.id.in_(ids)))
    told = {one: titles_of(msgspec.json.decode(body)) for one, body in rows}
    return {one: said for one, said in told.items() if said[1]}


def known(session: Session, region_id: str, *, reader: str) -> Known:
    """Everybody who ever did something here, and everything that was ever done, as far as the reader may know."""
    query = select(Audit.actor, Audit.verb, Audit.kind).where(_may_know(region_id, reader)).distinct()
    rows: Sequence[tuple[str, str, str]] = [tuple(row) for row in session.execute(query)]  # type: ignore[misc]
    return Known(
        actors=tuple(sorted({row[0] for row in rows})),
        verbs=tuple(sorted({row[1] for row in rows})),
        kinds=tuple(sorted({row[2] for row in rows})),
    )


def _may_read(session: Session, reader: Actor) -> ColumnElement[bool]:
    """What is written in a record, whether it is shared or not."""
    kinds = kinds_of(session).values()
    return or_(*(and_(Record.kind == kind.name, allowed(reader, kind.read_all or kind.read)) for kind in kinds))


def _may_know(region_id: str, reader: str) -> ColumnElement[bool]:
    still = select(Assessment.record_id).where(
        Assessment.region_id == region_id, Assessment.account_id == reader, Assessment.given_at.is_(None)
    )
    hidden = and_(Audit.verb == GIVE, Audit.record_id.in_(still))
    return and_(Audit.region_id == region_id, not_(hidden))


def _conditions(question: Question, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    def begins(day: date) -> datetime:
        return datetime.combine(day, time(), zone)

    found: list[ColumnElement[bool]] = []
    if question.person:
        found.append(Audit.actor == question.person)
    if question.verb:
        found.append(Audit.verb == question.verb)
    if question.kind:
        found.append(Audit.kind == question.kind)
    if question.record:
        found.append(Audit.record_id == question.record)
    if question.since:
        found.append(Audit.at >= begins(question.since))
    if question.until:
        found.append(Audit.at < begins(question.until + timedelta(days=1)))
    if question.before:
        found.append(Audit.seq < question.before)
    return found


# --- Who did what, as the page and the file tell it ---


class Told(Struct, frozen=True, kw_only=True):
    at: datetime
    """Where the region is."""
    who: str
    verb: str
    what: str
    name: str
    """Of what it was done to: its title, its address where it has none, or the person."""
    href: str
    record_id: str
    version: int


def tell(
    view: View,
    lines: Sequence[Line],
    people: Mapping[str, str],
    zone: ZoneInfo,
    titled: Mapping[str, tuple[str, Texts]] = {},
) -> list[Told]:
    """*titled*: records that are called by their titles, with the original language."""
    return [
        Told(
            at=line.at.astimezone(zone),
            who=who(view, line.actor, people),
            verb=words.verb(view.instance.kinds, line.verb, view.translator, line.kind),
            what=words.kind(view.instance.kinds, line.kind, view.translator, line.record_id),
            name=who(view, line.record_id, people) if line.kind == "account" else _name(view, line, titled),
            href=_href(view, line),
            record_id=line.record_id if line.slug else "",
            version=line.version,
        )
        for line in lines
    ]


def who(view: View, actor: str, people: Mapping[str, str]) -> str:
    """The name of who did it; who has closed their account is a former member."""
    if actor in words.ACTORS:
        return view._(words.ACTORS[actor])
    return people.get(actor) or view._(words.FORMER)


def filters(view: View, question: Question, offered: Known, people: Mapping[str, str]) -> dict[str, Any]:
    """What the list can be narrowed by, for ``ui.select``."""

    def choices(everything: str, values: Sequence[tuple[str, str]], chosen: str) -> list[dict[str, Any]]:
        ordered = sorted(values, key=lambda one: view.sort_key(one[1]))
        return [{"value": code, "label": said, "chosen": code == chosen} for code, said in [("", everything), *ordered]]

    actors = [(code, who(view, code, people)) for code in offered.actors if code in people or code in words.ACTORS]
    verbs = [(code, words.verb(view.instance.kinds, code, view.translator)) for code in offered.verbs]
    kinds = [(code, words.kind_name(view.instance.kinds, code, view.translator)) for code in offered.kinds]
    return {
        "person": choices(view._("Everybody"), actors, question.person),
        "verb": choices(view._("Everything"), verbs, question.verb),
        "kind": choices(view._("Everything"), kinds, question.kind),
    }


def table(view: View, told: Sequence[Told]) -> Table:
    _ = view._
    return Table(
        title=_("Change history"),
        columns=(_("When"), _("Who"), _("What"), _("About"), _("Address"), _("Version")),
        rows=[
            (line.at.isoformat(timespec="minutes"), line.who, line.verb, line.what, line.name, line.version or None)
            for line in told
        ],
        language=view.lang,
        note=f"{view.absolute(view.request.url.path)}, {view.today.isoformat()}",
    )


def _name(view: View, line: Line, titled: Mapping[str, tuple[str, Texts]]) -> str:
    if line.record_id in titled:
        original, texts = titled[line.record_id]
        return view.text(texts, original)[0]
    return "" if line.slug.startswith(GONE) else line.slug


def _href(view: View, line: Line) -> str:
    if not view.region or not line.slug or line.slug.startswith(GONE):
        return ""
    kind = view.instance.kinds.get(line.kind)
    if kind is None:
        return ""
    if kind.page:
        return view.href(*kind.page)
    if kind.public and line.public:
        return view.href(kind.public, line.slug)
    return view.href("team", kind.room, line.record_id)

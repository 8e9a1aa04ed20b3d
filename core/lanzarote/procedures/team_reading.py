"""What the group reads of its procedures: how far one is, who may say what of it, what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.accounts.service import names
from lanzarote.directory.service import named
from lanzarote.kinds.kind import leads
from lanzarote.kinds.versions import person
from lanzarote.procedures import public, reading, service
from lanzarote.procedures.endorsing import state_meant, version_meant
from lanzarote.procedures.lanes import draw, picture_of
from lanzarote.procedures.model import LIFECYCLE, WHATS, Said, Stand, stands_of
from lanzarote.procedures.words import NATURES, SAY_LABELS, WHAT_WORDS
from lanzarote.procedures.writing import status_of
from lanzarote.records.permissions import Subject, may, subject_of
from lanzarote.records.records import Record
from lanzarote.stakeholders import members
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.procedures.model import ProcedureStatus
    from lanzarote.web.site import View


class Body(Struct, frozen=True, kw_only=True):
    """A party body, for whoever may say something for it."""

    id: str
    name: str
    spoken: bool
    """The reader speaks for it."""
    stand: Stand


class HistoryLine(Struct, frozen=True, kw_only=True):
    """What a body said once."""

    body: str
    what: str
    said: Said
    by: str


def page(view: View, session: Session, record: Record, said: Procedure) -> dict[str, Any]:
    """What the page of a procedure shows besides what each kind does."""
    status = status_of(record)
    parties, words = service.party_ids(session, said), service.said_of(session, record)
    linked = public.linked(view, said)
    text = reading.read(view, said, status, parties=parties, said=words, version=record.version, practices=linked)
    bodies = bodies_of(view, session, record, said)
    return {
        "status_": status,
        "procedure": said,
        "number": record.version,
        "nature": view._(NATURES[said.nature]),
        "reading": text,
        "picture": draw(picture_of(text.flow), "lanes"),
        "downloads": public.files(view, view.href("team", "procedures", record.id)),
        "says": says_of(view, session, record, bodies),
        "bodies": bodies,
        "unreached": _unreached(session, record, status, bodies),
        "history": _history(view, session, words),
        "public_href": view.href("procedures", record.slug) if record.published_version else "",
    }


def says_of(view: View, session: Session, record: Record, bodies: Sequence[Body]) -> list[dict[str, Any]]:
    """What the reader can write down that a body says: its name, its label, whether it is the next step."""
    status, speaks = status_of(record), any(body.spoken for body in bodies)
    if not (speaks or may(view.actor, "group.lead", subject_of(session, record))):
        return []
    return [
        {"name": what, "label": view._(SAY_LABELS[what]), "main": speaks and what in ("endorse", "decline", "apply")}
        for what in WHATS
        if leads(LIFECYCLE, state_meant(status, what), "declare" if what == "apply" else what)
    ]


def bodies_of(view: View, session: Session, record: Record, said: Procedure) -> tuple[Body, ...]:
    """The party bodies, and where each stands on the version that they are asked about."""
    known, parties = named(view.directory), service.party_ids(session, said)
    asked = version_meant(record, status_of(record), "endorse")
    stands = stands_of(service.said_of(session, record), asked)
    return tuple(
        Body(
            id=body,
            name=view.say(known[body].organisation.name) if body in known else name,
            spoken=bool(may(view.actor, "group.speak", Subject(region_id=view.region_id, id=body))),
            stand=stands.get(body, Stand()),
        )
        for name, body in parties.items()
    )


def _unreached(session: Session, record: Record, status: ProcedureStatus, bodies: Sequence[Body]) -> frozenset[str]:
    """Ids of those that are to endorse it, have not answered, and for which nobody with an account speaks."""
    if status.text_state != "proposed":
        return frozenset()
    silent = {one.id for one in bodies if not (one.stand.endorsed or one.stand.declined or one.stand.retracted)}
    return frozenset(silent - members.representatives(session, record.region_id, silent).keys())


def _history(view: View, session: Session, said: Mapping[str, tuple[Said, ...]]) -> list[HistoryLine]:
    known = named(view.directory)
    people = names(session, [one.by for some in said.values() for one in some])
    lines = [
        HistoryLine(
            body=view.say(known[body].organisation.name) if body in known else body,
            what=view._(WHAT_WORDS[one.what]),
            said=one,
            by=person(view, people, one.by),
        )
        for body, some in said.items()
        for one in some
    ]
    return sorted(lines, key=lambda line: -line.said.number)

"""Procedures as the public reads them, of regions that are written here and of those that are received.

Of a received region there are only the documents that it released. They say where each party stands on what is read
now, and nothing of what was said before.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lanzarote.improvements import public as improvements
from lanzarote.practices import service as practices
from lanzarote.procedures import reading, service
from lanzarote.procedures.documents import ProcedureDocument
from lanzarote.procedures.model import INVENTED, KIND, ProcedureStatus, Said
from lanzarote.procedures.reading import Linked
from lanzarote.procedures.service import IMPROVEMENT, Published
from lanzarote.records import changelog_state
from lanzarote.runtime.reading import LateDecoder
from lanzarote.translation import texts_named
from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from lanzarote.instance import Instance
    from lanzarote.procedures.documents import PartyStand, Word
    from lanzarote.procedures.model import What
    from lanzarote.procedures.reading import Reading
    from lanzarote.types import Procedure
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View

    Titled = tuple[str, dict[str, str], str]
    """Slug, titles, original language."""

_document = LateDecoder(ProcedureDocument)


def every(instance: Instance, region_id: str) -> tuple[Published, ...]:
    """All procedures that the public reads, the last changed first; without invented examples."""
    return tuple(one for one in _all(instance, region_id) if one.procedure.nature != INVENTED)


def examples(instance: Instance, region_id: str) -> tuple[Published, ...]:
    """Invented ones: they show how a procedure is written, and stand in no list of what there is."""
    return tuple(one for one in _all(instance, region_id) if one.procedure.nature == INVENTED)


def _all(instance: Instance, region_id: str) -> tuple[Published, ...]:
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return service.published(session)
        found = [_published(one.body) for one in changelog_state.of_kind(session, region_id, KIND)]
    return tuple(sorted(found, key=lambda one: (one.updated_at, one.slug), reverse=True))


def one_at(instance: Instance, region_id: str, slug: str) -> Published:
    """The procedure at *slug*, present or former. Raises NotFound, Gone, released.TakenBack."""
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return service.one_published(session, slug)
        return _published(changelog_state.at_slug(session, instance.header(region_id), KIND, slug).body)


def withdrawn_on(instance: Instance, region_id: str, slug: str) -> date | None:
    """The day in its region when the procedure at *slug* was withdrawn, if it was. Raises NotFound, Gone."""
    at = _withdrawn_at(instance, region_id, slug)
    return instance.vocabulary(region_id).day_of(at) if at else None


def _withdrawn_at(instance: Instance, region_id: str, slug: str) -> datetime | None:
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return service.withdrawn_at(session, slug)
        try:
            changelog_state.at_slug(session, instance.header(region_id), KIND, slug)
        except changelog_state.TakenBack as gone:
            return gone.at
    return None


def successor(instance: Instance, region_id: str, found: Published) -> Sequence[Titled]:
    """The procedure that took its place, if the public reads one."""
    record_id = found.status.superseded_by
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return tuple(service.titles_of(session, KIND, [record_id]).values())
        later = (
            changelog_state.released_now(session, region_id, kinds=(KIND,), records=(record_id,)) if record_id else ()
        )
    found_there = [_document.decode(one.body) for one in later if one.body]
    return tuple((one.slug, texts_named(one.procedure.text, "title"), one.procedure.original) for one in found_there)


def improvements_in(instance: Instance, region_id: str, ids: Collection[str]) -> Sequence[Titled]:
    """Those of the improvements *ids* that the public reads."""
    if not instance.origin(region_id):
        with instance.database.read(region_id) as session:
            return tuple(service.titles_of(session, IMPROVEMENT, ids).values())
    known = improvements.titles_of(instance, region_id, ids).values()
    return tuple((one.slug, texts_named(one.improvement.text, "title"), one.improvement.original) for one in known)


def tell(view: Voice, found: Published) -> Reading:
    """What its pages tell of what the public reads now."""
    text = reading.read(
        view,
        found.procedure,
        found.status,
        parties=found.parties,
        said=found.said,
        version=found.version,
        practices=linked(view, found.procedure),
    )
    return replace(text, due_on=found.due_on)


def linked(view: Voice, text: Procedure) -> tuple[Linked, ...]:
    """The improvements and practices that it names and the public reads."""
    cards = practices.by_keys(view.instance.database, view.region_id, text.practices)
    return (
        *(
            Linked(title=told(view, titles, original), href=view.href("improvements", slug))
            for slug, titles, original in improvements_in(view.instance, view.region_id, text.improvements)
        ),
        *(
            Linked(title=told(view, card.title, card.original), href=view.href("practices", card.slug))
            for card in cards
        ),
    )


def files(view: View, here: str) -> list[dict[str, str]]:
    """The files that a procedure can be taken away in."""
    return [
        {"label": view._("Picture (SVG)"), "href": f"{here}/lanes.svg", "type": "image/svg+xml"},
        {"label": view._("Process (BPMN 2.0)"), "href": f"{here}/procedure.bpmn", "type": "application/xml"},
    ]


def _published(body: bytes) -> Published:
    one = _document.decode(body)
    return Published(
        id=one.id,
        region=one.region,
        slug=one.slug,
        key=one.key,
        version=one.version,
        updated_at=one.updated_at,
        status=ProcedureStatus(state=one.state, endorsed_on=one.endorsed_on, superseded_by=one.superseded_by or ""),
        procedure=one.procedure,
        parties={party.organisation: party.id for party in one.parties},
        said={party.id: tuple(_said(party, one.version)) for party in one.parties},
        due_on=one.due_on,
    )


def _said(party: PartyStand, version: int) -> Iterator[Said]:
    """What makes a body stand where the document says, in the order in which it can have been said."""
    words: tuple[tuple[What, Word | None], ...] = (
        ("endorse", party.endorsed),
        ("retract", party.retracted),
        ("apply", party.applied),
        ("cease", party.ceased),
    )
    for number, (what, word) in enumerate(words, 1):
        if word:
            at = datetime.combine(word.day, time(), UTC)
            yield Said(
                number=number,
                version=version,
                what=what,
                day=word.day,
                source=word.source,
                spoken=word.spoken,
                by="",
                at=at,
            )

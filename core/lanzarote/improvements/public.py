"""Improvements as the public reads them, of regions that are written here and of those that are received.

Of a received region there are only the documents that it released; pages and resources are made of the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from lanzarote.errors import Gone
from lanzarote.improvements import deciding, documents, service
from lanzarote.improvements.documents import ImprovementDocument
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.records import changelog_state
from lanzarote.records.records import Record
from lanzarote.runtime.reading import LateDecoder
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lanzarote.instance import Instance

_document = LateDecoder(ImprovementDocument)


class Shown(Struct, frozen=True, kw_only=True):
    """An improvement with what its page tells beside the document."""

    document: ImprovementDocument
    meeting: str = ""
    """Id of the meeting that decided, if it is recorded here."""


def every(instance: Instance, region_id: str) -> tuple[ImprovementDocument, ...]:
    """All that was decided, the last decided first."""
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return documents.told(session, service.published(session))
        found = [_document.decode(one.body) for one in changelog_state.of_kind(session, region_id, IMPROVEMENT)]
    return tuple(sorted(found, key=lambda one: (one.published_at, one.slug), reverse=True))


def one_at(instance: Instance, region_id: str, slug: str) -> Shown:
    """The improvement at *slug*, present or former. Raises NotFound, Gone, released.TakenBack."""
    with instance.database.read(region_id) as session:
        if instance.origin(region_id):
            return Shown(
                document=_document.decode(
                    changelog_state.at_slug(session, instance.header(region_id), IMPROVEMENT, slug).body
                )
            )
        found = service.published_at(session, slug)
        row = deciding.in_force(session, session.get_one(Record, (region_id, found.id)))
        return Shown(document=documents.told(session, [found])[0], meeting=row.told().meeting if row else "")


def withdrawn_at(instance: Instance, region_id: str, slug: str) -> service.Withdrawn | None:
    """What the public is told of the improvement at *slug*, if it was withdrawn. Raises NotFound, Gone."""
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return service.withdrawn_at(session, slug)
        try:
            changelog_state.at_slug(session, instance.header(region_id), IMPROVEMENT, slug)
        except changelog_state.TakenBack as gone:
            return service.Withdrawn(on=gone.at, reason={}, slug=slug)
    return None


def titles_of(instance: Instance, region_id: str, ids: Collection[str]) -> dict[str, ImprovementDocument]:
    """Those of the improvements *ids* of a received region that it has released."""
    with instance.database.read(region_id) as session:
        found = changelog_state.released_now(session, region_id, kinds=(IMPROVEMENT,), records=ids) if ids else ()
    return {one.record: _document.decode(one.body) for one in found if one.body}


TAG = "Improvements"
STATE = Parameter(
    name="state",
    told="What became of it.",
    choices=("adopted", "not-adopted", "completed", "discussed-again", "dropped"),
    many="repeated",
)


def _first_slug(instance: Instance, names: Mapping[str, str]) -> str | None:
    return next((one.slug for one in every(instance, names["region"])), None)


SLUG = Parameter(
    name="improvement", told="Slug of the improvement, present or former.", longest=100, sample=_first_slug
)


class ImprovementList(Listed[ImprovementDocument], frozen=True, kw_only=True):
    pass


@resource(
    "/regions/{region}/improvements",
    tag=TAG,
    names=(REGION,),
    query=(STATE, CURSOR, LIMIT),
    answers=ImprovementList,
)
def list_improvements(asked: Asked) -> Answer:
    """What the group of the region decided, with reasons and dissent, the last decision first."""
    region_id, states = asked["region"], asked.many("state")
    asked.instance.header(region_id)
    return asked.part([one for one in every(asked.instance, region_id) if not states or one.state in states])


@resource(
    "/regions/{region}/improvements/{improvement}",
    tag=TAG,
    names=(REGION, SLUG),
    answers=ImprovementDocument,
    may_move=True,
)
def get_improvement(asked: Asked) -> Answer:
    """One improvement, in the text that was decided on."""
    region_id, slug = asked["region"], asked["improvement"]
    asked.instance.header(region_id)
    if gone := withdrawn_at(asked.instance, region_id, slug):
        day = asked.instance.vocabulary(region_id).day_of(gone.on)
        raise Gone(f"This improvement was withdrawn on {day.isoformat()}.")
    told = one_at(asked.instance, region_id, slug).document
    if told.slug != slug:
        return asked.moved("regions", region_id, "improvements", told.slug)
    return Answer(msgspec.json.encode(told))


handlers = (
    list_improvements,
    get_improvement,
)

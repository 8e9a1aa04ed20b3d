"""API resources of what a group decided: improvements as the public reads them. Findings are never public."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from lanzarote.improvements import service
from lanzarote.improvements.service import Published
from lanzarote.practices.service import by_keys
from lanzarote.types import ArticleReference, ImprovementText, Key, Language, OwnSource, Text, Value
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.instance import Instance

TAG = "Improvements"
State = Literal["adopted", "not-adopted", "completed", "discussed-again", "dropped"]
STATE = Parameter(
    name="state",
    told="What became of it.",
    choices=("adopted", "not-adopted", "completed", "discussed-again", "dropped"),
    many="repeated",
)


def _first_slug(instance: Instance, names: Mapping[str, str]) -> str | None:
    with instance.database.read(names["region"]) as session:
        return next((one.slug for one in service.published(session)), None)


IMPROVEMENT = Parameter(
    name="improvement", told="Slug of the improvement, present or former.", longest=100, sample=_first_slug
)


class ImprovementWords(ImprovementText, frozen=True, kw_only=True, omit_defaults=False):
    """The texts of an improvement in one language."""


class ImprovementFacts(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What an improvement says, as it was decided on. The findings that it answers are the group's."""

    original: Language
    text: dict[Language, ImprovementWords]
    stale: tuple[Language, ...]
    """Languages whose texts are older than the original's last change."""
    sectors: tuple[Key, ...]
    """Those that would have to act."""
    practices: tuple[str, ...]
    """Ids of published practices that it rests on."""
    legal_basis: tuple[Key, ...]
    """Keys of provisions."""
    convention: tuple[ArticleReference, ...]
    sources: tuple[Key, ...]
    own_sources: tuple[OwnSource, ...]
    verified: bool
    note: Text


class ImprovementDocument(Struct, frozen=True, kw_only=True):
    """An improvement that the group of a region decided on."""

    id: str
    region: str
    slug: str
    version: int
    """The text that was decided on."""
    state: State
    """What became of it."""
    published_at: datetime
    improvement: ImprovementFacts


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
    """What the group of the region decided, the last decision first."""
    region_id, states = asked["region"], asked.many("state")
    asked.instance.header(region_id)
    with asked.instance.database.read(region_id) as session:
        found = [one for one in service.published(session) if not states or _state(one) in states]
    practices = _practices(asked, found)
    return asked.part([_document(one, practices) for one in found])


@resource(
    "/regions/{region}/improvements/{improvement}",
    tag=TAG,
    names=(REGION, IMPROVEMENT),
    answers=ImprovementDocument,
    may_move=True,
)
def get_improvement(asked: Asked) -> Answer:
    """One improvement, in the text that was decided on."""
    region_id, slug = asked["region"], asked["improvement"]
    asked.instance.header(region_id)
    with asked.instance.database.read(region_id) as session:
        found = service.published_at(session, slug)
    if found.slug != slug:
        return asked.moved("regions", region_id, "improvements", found.slug)
    return Answer(msgspec.json.encode(_document(found, _practices(asked, [found]))))


def _state(one: Published) -> State:
    state: Any = one.status.state
    return state if state in ("adopted", "not-adopted", "completed", "dropped") else "discussed-again"


def _practices(asked: Asked, found: list[Published]) -> frozenset[str]:
    """Those of the practices that *found* names which the public reads."""
    named = {one for each in found for one in each.improvement.practices}
    return frozenset(card.id for card in by_keys(asked.instance.database, asked["region"], sorted(named)))


def _document(one: Published, practices: frozenset[str]) -> ImprovementDocument:
    said = one.improvement
    same = ("original", "stale", "sectors", "legal_basis", "convention", "sources", "own_sources", "verified", "note")
    return ImprovementDocument(
        id=one.id,
        region=one.region,
        slug=one.slug,
        version=one.version,
        state=_state(one),
        published_at=one.published_at,
        improvement=ImprovementFacts(
            text={
                language: ImprovementWords(**{name: getattr(texts, name) for name in texts.__struct_fields__})
                for language, texts in said.text.items()
            },
            practices=tuple(each for each in said.practices if each in practices),
            **{name: getattr(said, name) for name in same},
        ),
    )


handlers = (list_improvements, get_improvement)

"""What packages are told of improvements: that the public reads what the group decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.improvements import deciding
from lanzarote.improvements.model import IMPROVEMENT, VERDICT_OF, status_of
from lanzarote.kinds.kind import titles_of
from lanzarote.kinds.plugin_events import HIDDEN, address_of, note_down
from lanzarote.records import outbox
from lanzarote.records.records import Record, body_of, decode
from lanzarote.store.ids import moment_of
from lanzarote.types import Improvement, ImprovementDecided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.kinds.plugin_events import Tell
    from lanzarote.records.changelog import Saved

HOOK: Final = "improvement_decided"


def follow(instance: Instance, session: Session, saved: Sequence[Saved]) -> None:
    """Note down whom to tell, in the transaction of what is to be told. Listens to ``changes.record``."""
    for region_id in {one.region_id for one in saved if _is_decided(one)}:
        names = sorted(instance.switched_on(session, region_id))
        for one in saved:
            if one.region_id == region_id and _is_decided(one):
                note_down(instance, session, region_id, names, HOOK, one.record_id)


def _is_decided(one: Saved) -> bool:
    return one.kind == IMPROVEMENT and one.verb == "publish" and one.public


def _decided(
    instance: Instance, session: Session, region_id: str, record_id: str, event_id: str
) -> ImprovementDecided | None:
    record = session.get(Record, (region_id, record_id))
    if record is None or record.published_version is None:
        return None
    outcome = VERDICT_OF.get(status_of(record).state)
    decision = deciding.in_force(session, record)
    if outcome is None or decision is None:
        return None
    if region_id not in instance.headers():
        raise outbox.NotYet(HIDDEN)
    said = decode(body_of(session, record, record.published_version), Improvement)
    return ImprovementDecided(
        event_id=event_id,
        at=moment_of(event_id),
        region=region_id,
        id=record_id,
        slug=record.slug,
        address=address_of(instance, said.original, region_id, "improvements", record.slug),
        version=record.published_version,
        titles=titles_of(said),
        outcome=outcome,
        day=decision.told().day,
    )


TELLERS: Final[Mapping[str, Tell]] = {HOOK: _decided}

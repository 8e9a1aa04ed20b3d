"""Tells other sites what the public reads from now on, and what no more: a small signed JSON, posted to each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lanzarote import hookimpl

from lanzarote_webhook.configuration import read_configuration
from lanzarote_webhook.sending import post

if TYPE_CHECKING:
    from lanzarote import ImprovementDecided, PracticePublished, PracticeWithdrawn


@hookimpl
def practice_published(event: PracticePublished) -> None:
    _tell("practice_published", event, version=event.version, titles=event.titles, standing=event.standing)


@hookimpl
def practice_withdrawn(event: PracticeWithdrawn) -> None:
    _tell("practice_withdrawn", event, erased=event.erased)


@hookimpl
def improvement_decided(event: ImprovementDecided) -> None:
    more = {"version": event.version, "titles": event.titles, "outcome": event.outcome, "day": event.day.isoformat()}
    _tell("improvement_decided", event, **more)


def _tell(name: str, event: PracticePublished | PracticeWithdrawn | ImprovementDecided, **more: Any) -> None:
    """Post to every address; raises when one did not take it, so that the platform tells the event again."""
    told = {
        "event": name,
        "event_id": event.event_id,
        "at": event.at.isoformat(),
        "region": event.region,
        "id": event.id,
        "slug": event.slug,
        "address": event.address,
        **more,
    }
    post(read_configuration(), name, event.event_id, json.dumps(told, ensure_ascii=False).encode())

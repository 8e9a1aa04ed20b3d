"""An improvement as the group works on it: what it rests on, what stands around it, what its form offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.improvements import service
from lanzarote.improvements.around import AROUND
from lanzarote.improvements.calling import status_of
from lanzarote.improvements.group_reading import UNTITLED, law, link_to
from lanzarote.improvements.model import FINDING, STATES
from lanzarote.kinds.fields import Option
from lanzarote.practices import form_choices

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.improvements.service import Titled
    from lanzarote.records.records import Record
    from lanzarote.types import Improvement
    from lanzarote.web.site import View


def page(view: View, session: Session, record: Record, said: Improvement) -> dict[str, Any]:
    """What the page of an improvement needs."""
    seen = service.readable(session, service.references_of(said), by=view.actor)
    return {
        "status_": status_of(record),
        "newest": record.version,
        "record_id": record.id,
        "of_finding": {name: view._(words) for name, words in STATES[FINDING].items()},
        "links": {
            field: [link_to(view, seen[one]) for one in getattr(said, field) if one in seen]
            for field in ("findings", "practices", "procedures")
        },
        "around": [one for tell_of in AROUND if (one := tell_of(view, session, record))],
        **law(view, said),
    }


# What the form has to choose from: what somebody may not read is neither offered nor told


def findings(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """Findings that can be answered: those that the group reads, one's own drafts, and whatever is chosen."""
    with view.instance.database.read(view.region_id) as session:
        states = service.states_of(session, FINDING, by=view.actor)
        ids = [record_id for record_id, state in states if state != "closed" or record_id in chosen]
        there = service.readable(session, ids, by=view.actor)
    yield from (_option(view, there[one]) for one in ids if one in there)
    yield from _unseen(chosen, there)


def procedures(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    with view.instance.database.read(view.region_id) as session:
        some = service.procedures(session, by=view.actor)
    yield from (_option(view, one) for one in some)
    yield from _unseen(chosen, {one.id for one in some})


def practices(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """The newest practices; what is chosen and no longer public is named as such, and stays until it is unticked."""
    with view.instance.database.read(view.region_id) as session:
        seen = service.readable(session, chosen, by=view.actor)
    wanted = [one for one in chosen if one in seen]
    public = form_choices.related(view, wanted, but="")
    for one in form_choices.with_lost(view, "practices", public, wanted):
        yield Option(value=one.value, label=one.plain)
    yield from _unseen(chosen, seen)


def _option(view: View, one: Titled) -> Option:
    return Option(value=one.id, label=view.text(one.titles, one.original)[0] if one.titles else view._(UNTITLED))


def _unseen(chosen: Sequence[str], there: Collection[str]) -> Iterator[Option]:
    """Those of *chosen* that this reader may not know of: without words, so that no page shows them."""
    yield from (Option(value=one, label="") for one in dict.fromkeys(chosen) if one not in there)

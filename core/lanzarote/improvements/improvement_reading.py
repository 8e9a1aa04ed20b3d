"""An improvement as the group works on it: what it rests on, what stands around it, what its form offers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from lanzarote.improvements import calling, service
from lanzarote.improvements.around import AROUND
from lanzarote.improvements.calling import status_of
from lanzarote.improvements.group_reading import UNTITLED, law, link_to
from lanzarote.improvements.model import FINDING, STATES
from lanzarote.kinds.fields import Option
from lanzarote.practices import form_choices
from lanzarote.stakeholders import members
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.improvements.service import Titled
    from lanzarote.records.records import Record
    from lanzarote.types import Improvement
    from lanzarote.web.site import View


USUAL: Final = timedelta(days=30)
"""How long a call runs unless another day is chosen."""


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


# Whom a call asks, and until when


def to_call(view: View, record: Record) -> dict[str, Any]:
    """What the form of a call holds: a month, and all that take part."""
    with view.instance.database.read(view.region_id) as session:
        everybody = [one.id for one in members.bodies(session).taking_part]
    return {"until": (view.today + USUAL).isoformat(), "bodies": everybody}


def to_extend(view: View, record: Record) -> dict[str, Any]:
    """Two weeks more."""
    last = status_of(record).called_until or view.today
    return {"until": (max(last, view.today) + timedelta(days=14)).isoformat()}


def taking_part(view: View, _: Sequence[str]) -> Iterator[Option]:
    """The bodies that take part by name, each with how it is reached."""
    with view.instance.database.read(view.region_id) as session:
        everybody = members.bodies(session).taking_part
        sending = calling.sending_to(session, view.region_id, [one.id for one in everybody])
    for one in sorted(everybody, key=lambda one: view.sort_key(one.name)):
        if one.id in sending.accounts:
            how = view._(N_("by its representative’s account"))
        elif one.id in sending.addresses:
            how = view._(N_("by a link sent by e-mail to %(address)s")) % {"address": sending.addresses[one.id]}
        else:
            how = view._(N_("cannot be reached from here: give it a contact, or record what it says"))
        yield Option(value=one.id, label=view.say(one.name), help=how)


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

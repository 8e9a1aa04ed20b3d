"""A finding as the group works on it: whom it names, what they reply, what answers it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.accounts.service import names
from lanzarote.directory.service import named
from lanzarote.improvements import service, sharing
from lanzarote.improvements.group_reading import law, link_to
from lanzarote.improvements.model import STATES
from lanzarote.improvements.naming import named_in
from lanzarote.kinds.fields import Option
from lanzarote.kinds.organisations import organisations
from lanzarote.kinds.versions import person

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.types import Finding
    from lanzarote.web.site import View


class Body(Struct, frozen=True, kw_only=True):
    """A body that a finding names or that was offered to reply."""

    id: str
    name: str
    href: str
    named: bool
    offered_on: date | None = None
    how: str = ""
    by: str = ""
    replied_on: date | None = None
    reply: Mapping[str, str] = {}


def page(view: View, session: Session, record: Record, said: Finding) -> dict[str, Any]:
    """What the pages of a finding, and of sharing it, need."""
    found = tuple(bodies(view, session, record))
    return {
        "bodies": found,
        "lacking": [one for one in found if one.named and one.offered_on is None],
        "unticked": [view.say(one.name) for one in sharing.unticked_in(session, record).values()],
        "status_": sharing.status_of(record),
        "improvements": [link_to(view, one) for one in service.answers_to(session, record.id)],
        "of_improvement": {name: view._(words) for name, words in STATES["improvement"].items()},
        "record_id": record.id,
        "newest": record.version,
        **law(view, said),
    }


def bodies(view: View, session: Session, record: Record) -> Iterator[Body]:
    """Those that are named and not offered anything first, then those that were."""
    status, here = sharing.status_of(record), named_in(session, record.region_id, record.id)
    lacking = sharing.lacking_offers(session, record)
    called = sharing.names_in(session, [*here, *(one.stakeholder for one in status.offers)], view.lang)
    people, known = names(session, [one.by for one in status.offers]), named(view.directory)

    def about(one: str) -> dict[str, Any]:
        href = view.href("organisations", known[one].slug) if one in known else ""
        name = view.say(known[one].organisation.name) if one in known else view._(called[one])
        return {"id": one, "name": name, "href": href}

    for one in lacking:
        yield Body(**about(one), named=True)
    for given in status.offers:
        yield Body(
            **about(given.stakeholder),
            named=given.stakeholder in here,
            offered_on=given.on,
            how=given.how,
            by=person(view, people, given.by),
            replied_on=given.replied_on,
            reply=given.reply,
        )


# Who is offered to reply, and who replied


def to_offer(view: View, record: Record) -> dict[str, Any]:
    """What the form holds: the body that was asked for, or the first that lacks an offer; today."""
    with view.instance.database.read(view.region_id) as session:
        lacking = sharing.lacking_offers(session, record)
    asked = view.request.query_params.get("body", "")
    return {"stakeholder": asked or next(iter(lacking), ""), "on": view.today.isoformat()}


def to_reply(view: View, record: Record) -> dict[str, Any]:
    """What the form holds: the body that was asked for, or the first that has not replied, and what it said."""
    offers = sorted(sharing.status_of(record).offers, key=lambda one: one.replied_on is not None)
    asked = view.request.query_params.get("body", "")
    chosen = next((one for one in offers if one.stakeholder == asked), offers[0] if offers else None)
    if chosen is None:
        return {}
    said = {f"reply.{code}": text for code, text in chosen.reply.items()}
    return {"stakeholder": chosen.stakeholder, "on": (chosen.replied_on or view.today).isoformat()} | said


def by_id(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """The directory by name, each body under its id."""
    ids = {name: one.id for one in view.directory for name in one.names}
    for one in organisations(view, chosen):
        yield Option(value=ids.get(one.value, one.value), label=one.label, names=(one.value, *one.names))

"""What pages call people: by name, and so that two of the same name are told apart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import select

from lanzarote.accounts.model import Account, Granted
from lanzarote.accounts.service import names
from lanzarote.records.permissions import EVERYWHERE, may_somewhere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.web.site import View


def called(view: View, session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Names by id, as ``service.names``; beside the name of who is called like another stands what tells them apart.

    Whoever may read who works here is told the organisation, or else the address. Anybody else a number, given to
    those of *ids* alone: it says nothing of anybody.
    """
    place = view.region.id if view.region else EVERYWHERE
    if not may_somewhere(view.actor, "person.read", place):
        named = names(session, ids)
        marks = _numbers(named)
    else:
        people = _people(session, place, ids)
        named = {one: people[one][0] for one in ids if one in people}
        marks = _marks(view, session, people)
    return {one: f"{name} ({marks[one]})" if one in marks else name for one, name in named.items()}


def _numbers(named: Mapping[str, str]) -> dict[str, str]:
    """In the order in which they came."""
    count, found = Counter(named.values()), {}
    given: Counter[str] = Counter()
    for one, name in sorted(named.items()):
        if count[name] > 1:
            given[name] += 1
            found[one] = str(given[name])
    return found


def _people(session: Session, place: str, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Name and address of *ids*, and of everybody here who has the name of one of them."""
    mine = Account.id.in_(set(ids))
    found = select(Account.id, Account.name, Account.address)
    found = found.where(Account.name.in_(select(Account.name).where(mine)), Account.state != "closed")
    if place != EVERYWHERE:
        found = found.where(mine | Account.id.in_(select(Granted.account_id).where(Granted.region_id == place)))
    return {one: (name, address) for one, name, address in session.execute(found)}


def _marks(view: View, session: Session, people: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Organisation or address of those of *people* who are called like another of them."""
    count = Counter(name for name, _ in people.values())
    alike = {one: person for one, person in people.items() if count[person[0]] > 1}
    if not alike:
        return {}
    work = _organisations(view, session, alike)
    shared = Counter((name, work.get(one)) for one, (name, _) in alike.items())
    return {
        one: work[one] if one in work and shared[name, work[one]] == 1 else address
        for one, (name, address) in alike.items()
    }


def _organisations(view: View, session: Session, ids: Mapping[str, object]) -> dict[str, str]:
    """Whom people work or speak for here, where the directory knows it; on the pages of the instance, nothing."""
    if view.region is None:
        return {}
    directory = {one.id: view.say(one.organisation.name) for one in view.directory}
    mine = Granted.account_id.in_(set(ids)) & (Granted.region_id == view.region.id)
    rows = session.execute(select(Granted.account_id, Granted.stakeholder_id).where(mine).order_by(Granted.at))
    return {account_id: directory[work] for account_id, work in rows if work in directory}

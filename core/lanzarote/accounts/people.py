"""The people of a region or of the instance: what they are called, their roles in words, who may change these."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts import factors, service
from lanzarote.accounts.model import Account, Granted
from lanzarote.accounts.service import names
from lanzarote.errors import NotFound
from lanzarote.records.permissions import (
    EVERYWHERE,
    OF_INSTANCE,
    ROLES,
    Action,
    Actor,
    Bar,
    Grant,
    Role,
    Subject,
    Where,
    may_somewhere,
    require,
)
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.web.site import View


# --- Roles, actions and where they reach, in words; to be translated ---

ROLE_WORDS: Final[Mapping[Role, str]] = {
    "representative": N_("Representative"),
    "contributor": N_("Contributor"),
    "reviewer": N_("Reviewer"),
    "coordinator": N_("Coordinator"),
    "office": N_("Central office"),
    "administrator": N_("Administrator"),
}
ROLE_HELP: Final[Mapping[Role, str]] = {
    "representative": N_("Speaks for an organisation and writes about what it does."),
    "contributor": N_("Writes practices of the region."),
    "reviewer": N_("Reads what others wrote, assesses it, and publishes what was declared."),
    "coordinator": N_("Leads the work in the region: decides, publishes, invites."),
    "office": N_("Receives the results of all regions."),
    "administrator": N_("Keeps the site running: accounts and regions, not what is written."),
}
ACTION_WORDS: Final[Mapping[Action, str]] = {
    "practice.read": N_("Read practices that are not published"),
    "practice.write": N_("Write practices"),
    "practice.assess": N_("Assess practices"),
    "practice.publish": N_("Publish practices or return them"),
    "practice.decide": N_("Decide on practices that were assessed"),
    "practice.withdraw": N_("Withdraw or archive practices"),
    "practice.override": N_("Publish in spite of an objection, with a reason"),
    "stakeholder.read": N_("Read the directory with its contacts"),
    "stakeholder.write": N_("Write entries of the directory"),
    "stakeholder.publish": N_("Publish entries of the directory or return them"),
    "stakeholder.decide": N_("Say how an organisation relates to the group; rename, merge, split, withdraw entries"),
    "record.erase": N_("Erase something for good"),
    "group.read": N_("Read what the group discusses"),
    "group.write": N_("Take part in what the group discusses"),
    "group.speak": N_("Give the position of an organisation"),
    "group.lead": N_("Lead what the group discusses, and record what it decides"),
    "task.read": N_("See the team’s tasks"),
    "task.finish": N_("Complete the team’s tasks"),
    "activity.read": N_("See who did what and when"),
    "note.write": N_("Put notes beside what is out of date"),
    "person.read": N_("See who has which role"),
    "person.grant": N_("Invite people, give and take roles"),
    "person.close": N_("Close accounts, reset second factors"),
    "plugin.switch": N_("Show or hide regions; switch packages on or off for a region; see the state of the system"),
    "results.receive": N_("Enrol regions whose results are received, and take their results"),
}
WHERE_WORDS: Final[Mapping[Where, str]] = {
    "own": N_("what they wrote"),
    "asked": N_("what they were asked to"),
    "represented": N_("their organisation"),
    "region": N_("all in the region"),
    "instance": N_("in all regions"),
}
WHERE_TO_YOU: Final[Mapping[Where, str]] = {
    **WHERE_WORDS,
    "own": N_("what you wrote"),
    "asked": N_("what you were asked to"),
    "represented": N_("your organisation"),
}
BAR_WORDS: Final[Mapping[Bar, str]] = {
    "author": N_("not what they wrote in"),
    "submitter": N_("not what they submitted"),
    "named": N_("not what names their organisation"),
    "self": N_("not for themselves"),
}
BAR_TO_YOU: Final[Mapping[Bar, str]] = {
    "author": N_("not what you wrote in"),
    "submitter": N_("not what you submitted"),
    "named": N_("not what names your organisation"),
    "self": N_("not for yourself"),
}


# --- What pages call people: by name, and so that two of the same name are told apart ---


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


# --- The people of a region or of the instance, and who may change what they are ---

REGIONAL: Final[tuple[Role, ...]] = tuple(role for role in ROLES if role not in OF_INSTANCE)
CENTRAL: Final[tuple[Role, ...]] = tuple(role for role in ROLES if role in OF_INSTANCE)


class Person(Struct, frozen=True, kw_only=True):
    """Somebody with an account, as colleagues who may know it see them."""

    id: str
    name: str
    address: str
    state: str
    seen_at: datetime | None
    """When they last signed in."""
    grants: tuple[Grant, ...]
    """In the order in which they were given."""


class Taking(Struct, frozen=True, kw_only=True):
    """A role that is to be taken from somebody."""

    person: Person
    role: Role
    leaderless: bool
    """Nobody else is a coordinator of the region."""
    leaves: bool
    """It is the last role of the person in the region."""


def roles_of(region_id: str) -> tuple[Role, ...]:
    """Roles that can be given there."""
    return CENTRAL if region_id == EVERYWHERE else REGIONAL


def list_people(session: Session, region_id: str) -> list[Person]:
    """People with a role in the region, by name; those of the whole instance for EVERYWHERE."""
    held = select(Granted).order_by(Granted.at, Granted.role)
    rows = session.scalars(held if region_id == EVERYWHERE else held.where(Granted.region_id == region_id)).all()
    living = select(Account).where(Account.state != "closed").order_by(Account.name, Account.id)
    if region_id != EVERYWHERE:
        living = living.where(Account.id.in_(select(Granted.account_id).where(Granted.region_id == region_id)))
    grants: dict[str, list[Granted]] = {}
    for row in rows:
        grants.setdefault(row.account_id, []).append(row)
    return [_person(account, grants.get(account.id, ())) for account in session.scalars(living)]


def find_person(session: Session, account_id: str, region_id: str) -> Person:
    """Raises NotFound when there is none, or none with a role in the region: the two are told alike."""
    found = session.get(Account, account_id)
    rows = select(Granted).where(Granted.account_id == account_id).order_by(Granted.at, Granted.role)
    grants = session.scalars(rows if region_id == EVERYWHERE else rows.where(Granted.region_id == region_id)).all()
    if found is None or found.state == "closed" or not (grants or region_id == EVERYWHERE):
        raise NotFound("There is no such person here.")
    return _person(found, grants)


def invite(
    session: Session,
    region_id: str,
    *,
    address: str,
    name: str,
    language: str,
    roles: Sequence[Grant],
    by: Actor,
    at: datetime,
) -> None:
    """Invite somebody, or give them roles if they have an account. Raises NotPermitted, service.Refused."""
    known = service.by_address(session, address)
    _require(by, region_id, known.id if known else "")
    given = [_in(region_id, one) for one in roles]
    service.invite(session, address=address, name=name, language=language, grants=given, by=by.account_id, at=at)


def give(session: Session, account_id: str, role: Grant, *, by: Actor, at: datetime) -> None:
    """Give somebody who has a role there another one. Raises NotPermitted, NotFound, service.Refused."""
    _require(by, role.region_id, account_id)
    find_person(session, account_id, role.region_id)
    service.grant(session, service.account(session, account_id), _in(role.region_id, role), by=by.account_id, at=at)


def take(session: Session, account_id: str, role: str, region_id: str, *, by: Actor, at: datetime) -> None:
    """Take a role away. Raises NotPermitted, NotFound, Conflict."""
    _require(by, region_id, account_id)
    service.revoke(session, service.account(session, account_id), role, region_id, by=by.account_id, at=at)


def before_taking(session: Session, account_id: str, role: str, region_id: str, *, by: Actor) -> Taking:
    """What follows if a role is taken away; nothing is done. Raises NotPermitted, NotFound."""
    _require(by, region_id, account_id)
    person = find_person(session, account_id, region_id)
    here = [one.role for one in person.grants if one.region_id == region_id]
    if role not in here:
        raise NotFound(service.NOT_HELD)
    leads = role == "coordinator" and not {*service.holders(session, role, region_id)} - {account_id}
    return Taking(
        person=person,
        role=role,
        leaderless=leads,
        leaves=region_id != EVERYWHERE and len(here) == 1,
    )


def invite_again(session: Session, account_id: str, region_id: str, *, by: Actor) -> None:
    """Send the invitation once more. Raises NotPermitted, NotFound."""
    _require(by, region_id, account_id)
    find_person(session, account_id, region_id)
    service.mail_invitation(session, service.account(session, account_id), by=by.account_id)


def close(session: Session, account_id: str, *, by: Actor, at: datetime) -> None:
    """Close an account for good. Raises NotPermitted, NotFound, Conflict."""
    require(by, "person.close", Subject(id=account_id))
    find_person(session, account_id, EVERYWHERE)
    service.close(session, service.account(session, account_id), by=by.account_id, at=at)


def reset_factor(session: Session, account_id: str, *, by: Actor, at: datetime) -> None:
    """Forget the second factor that somebody has lost. Raises NotPermitted, NotFound, Conflict."""
    require(by, "person.close", Subject(id=account_id))
    find_person(session, account_id, EVERYWHERE)
    factors.reset(session, service.account(session, account_id), by=by.account_id, at=at)


def _require(by: Actor, region_id: str, account_id: str) -> None:
    require(by, "person.grant", Subject(region_id=region_id, id=account_id))


def _in(region_id: str, role: Grant) -> Grant:
    """*role*, if it is one of that place. Raises service.Refused."""
    if role.region_id != region_id or role.role not in roles_of(region_id):
        raise service.Refused(service.ELSEWHERE, "roles")
    return role


def _person(account: Account, grants: Iterable[Granted]) -> Person:
    return Person(
        id=account.id,
        name=account.name,
        address=account.address,
        state=account.state,
        seen_at=account.seen_at,
        grants=tuple(
            Grant(role=row.role, region_id=row.region_id, stakeholder_id=row.stakeholder_id)  # type: ignore[arg-type]
            for row in grants
        ),
    )

"""API resources of people: who the token's owner is and what it may do; the people of a region or of the instance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from lanzarote.accounts import people
from lanzarote.accounts.service import Refused, address_key, by_address
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import ACTIONS, EVERYWHERE, ROLES, Action, Grant, Role
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty
from lanzarote.types import Language
from lanzarote.web.changing import NO_CONTENT, Nothing, Sent, change, done, made
from lanzarote.web.resources import CURSOR, REGION, ROOT, Answer, Asked, Listed, Parameter, resource
from lanzarote.web.working_records import id_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from lanzarote.accounts.people import Person

TAG: Final = "People"
ACCOUNT: Final = id_of("account")
ROLE: Final = Parameter(name="role", told="The role.", choices=ROLES)


class GrantItem(Struct, frozen=True, kw_only=True):
    """A role somewhere."""

    role: Role
    region: str
    """Empty: in the instance."""
    stakeholder: str
    """Id of the organisation the person works or speaks for; empty if none was named."""


class TokenLimits(Struct, frozen=True, kw_only=True):
    """What the token leaves of the rights of its owner."""

    actions: tuple[Action, ...]
    region: str
    """The only region it works in; empty: all of its owner's."""
    strong: bool
    """Made with a second factor: roles that need one count."""


class Right(Struct, frozen=True, kw_only=True):
    """Something that can be done with this token to something in a region; for the very thing there may be bars."""

    action: Action
    region: str
    """Empty: in all of them."""


class Me(Struct, frozen=True, kw_only=True):
    """The owner of the token."""

    id: str
    name: str
    language: str
    roles: tuple[GrantItem, ...]
    token: TokenLimits
    rights: tuple[Right, ...]


class PersonItem(Struct, frozen=True, kw_only=True):
    """Somebody with an account, as colleagues who may know it see them."""

    id: str
    name: str
    address: str
    state: str
    """``invited`` or ``active``."""
    seen_on: date | None
    """The day they last signed in."""
    roles: tuple[GrantItem, ...]


class PersonList(Listed[PersonItem], frozen=True, kw_only=True):
    pass


class PersonId(Struct, frozen=True, kw_only=True):
    """Who it was done to."""

    id: str


class GivenRole(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role to be given."""

    role: Role
    stakeholder: Annotated[str, Meta(max_length=64)] = ""
    """Id or key of the organisation the person works or speaks for."""


class Invitation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to be invited."""

    address: Annotated[str, Meta(max_length=254)]
    """E-mail address of their work."""
    name: Annotated[str, Meta(max_length=100)]
    language: Language
    """In which they are written to."""
    roles: Annotated[tuple[GivenRole, ...], Meta(min_length=1, max_length=10)]


@resource("/me", tag=TAG, may="signed-in", answers=Me)
def get_me(asked: Asked) -> Answer:
    """Whose token this is, and what can be done with it."""
    actor, limits = asked.actor, asked.actor.limits
    allowed = limits.actions if limits else frozenset(ACTIONS)
    only = limits.region_id if limits else EVERYWHERE
    rights = [
        Right(action=action, region=region)
        for action in ACTIONS
        for region in sorted(actor.regions(action))
        if only in (EVERYWHERE, region) or region == EVERYWHERE
    ]
    told = Me(
        id=actor.account_id,
        name=actor.name,
        language=actor.language,
        roles=tuple(map(_grant_item, actor.grants)),
        token=TokenLimits(actions=tuple(one for one in ACTIONS if one in allowed), region=only, strong=actor.strong),
        rights=tuple(rights),
    )
    return Answer(msgspec.json.encode(told))


def at_place(path: str, names: tuple[Parameter, ...], ending: str) -> tuple[Any, ...]:
    """What can be asked about the people of a place: of a region, or of the instance."""
    read: dict[str, Any] = {"tag": TAG, "may": "person.read"}
    grant: dict[str, Any] = {"tag": TAG, "may": "person.grant", "tagged": False, "may_be_gone": False}

    def named(function: Callable[..., Answer]) -> Callable[..., Answer]:
        function.__name__ += ending
        return function

    @resource(path, names=names, query=(CURSOR,), answers=PersonList, **read)
    @named
    def list_people(asked: Asked) -> Answer:
        """People with a role here, by name."""
        with asked.instance.database.read(INSTANCE) as session:
            found = people.list_people(session, _place(asked))
        return asked.part([_person_item(asked, one) for one in found])

    @resource(f"{path}/{{account}}", names=(*names, ACCOUNT), answers=PersonItem, **read)
    @named
    def get_person(asked: Asked) -> Answer:
        """Somebody with a role here."""
        with asked.instance.database.read(INSTANCE) as session:
            found = people.find_person(session, asked["account"], _place(asked))
        return Answer(msgspec.json.encode(_person_item(asked, found)))

    @change("POST", path, names=names, body=Invitation, status=201, answers=PersonId, **grant)
    @named
    def invite_person(sent: Sent, body: Invitation) -> Answer:
        """Invite somebody by mail; whoever has an account already is given the roles."""
        roles = [_grant(sent, one) for one in body.roles]

        def do(session: Session) -> Answer:
            given: dict[str, Any] = {"address": body.address, "name": body.name, "language": body.language}
            people.invite(session, _place(sent), roles=roles, by=sent.actor, at=sent.at, **given)
            session.flush()
            account = by_address(session, address_key(body.address))
            assert account is not None, "invited just now"
            at = f"{ROOT}{path.format(**sent.names)}/{account.id}"
            return made(PersonId(id=account.id), at=at, about=account.id)

        return _once(sent, do)

    @change("POST", f"{path}/{{account}}/roles", names=(*names, ACCOUNT), body=GivenRole, answers=PersonId, **grant)
    @named
    def give_role(sent: Sent, body: GivenRole) -> Answer:
        """Give somebody who has a role here another one, or another organisation to the one they have."""
        role = _grant(sent, body)

        def do(session: Session) -> Answer:
            people.give(session, sent["account"], role, by=sent.actor, at=sent.at)
            return done(PersonId(id=sent["account"]), about=sent["account"])

        return _once(sent, do)

    @change("DELETE", f"{path}/{{account}}/roles/{{role}}", names=(*names, ACCOUNT, ROLE), body=None, status=204,
            answers=None, **grant)  # fmt: skip
    @named
    def take_role(sent: Sent) -> Answer:
        """Take a role away, from the next request on."""

        def do(session: Session) -> Answer:
            people.take(session, sent["account"], sent["role"], _place(sent), by=sent.actor, at=sent.at)
            return NO_CONTENT

        return _once(sent, do)

    @change("POST", f"{path}/{{account}}/invite-again", names=(*names, ACCOUNT), answers=PersonId, **grant)
    @named
    def invite_again(sent: Sent, _: Nothing) -> Answer:
        """Send the invitation once more."""

        def do(session: Session) -> Answer:
            people.invite_again(session, sent["account"], _place(sent), by=sent.actor)
            return done(PersonId(id=sent["account"]), about=sent["account"])

        return _once(sent, do)

    return list_people, get_person, invite_person, give_role, take_role, invite_again


@change("POST", "/people/{account}/close", tag=TAG, may="person.close", names=(ACCOUNT,), status=204, answers=None,
        tagged=False, may_be_gone=False)  # fmt: skip
def close_account(sent: Sent, _: Nothing) -> Answer:
    """Close an account for good: name and address are erased, what the person did keeps its id."""

    def do(session: Session) -> Answer:
        people.close(session, sent["account"], by=sent.actor, at=sent.at)
        return NO_CONTENT

    return _once(sent, do)


def _place(asked: Asked) -> str:
    """The region that the address names, if the instance shows it. Raises NotFound."""
    return asked.instance.header(asked["region"]).id if "region" in asked.names else EVERYWHERE


def _once(sent: Sent, do: Callable[[Session], Answer]) -> Answer:
    place = _place(sent)

    def checked(session: Session) -> Answer:
        with _told_by_field():
            return do(session)

    return sent.once(checked, scope=[INSTANCE, *([place] if place else [])])


@contextmanager
def _told_by_field() -> Iterator[None]:
    try:
        yield
    except Refused as error:
        raise Faulty([Fault(field=error.field, text=str(error))]) from None


def _grant(sent: Sent, given: GivenRole) -> Grant:
    """Raises Faulty for an organisation that the directory does not have."""
    place, wanted = _place(sent), given.stakeholder
    directory = sent.instance.directory(place) if place and wanted else ()
    found = next((one.id for one in directory if wanted in (one.id, one.key)), "")
    if wanted and not found:
        raise Faulty([Fault(field="stakeholder", text=NO_CHOICE)])
    return Grant(role=given.role, region_id=place, stakeholder_id=found)


def _grant_item(grant: Grant) -> GrantItem:
    return GrantItem(role=grant.role, region=grant.region_id, stakeholder=grant.stakeholder_id)


def _person_item(asked: Asked, person: Person) -> PersonItem:
    place = _place(asked)
    zone = ZoneInfo(asked.instance.header(place).time_zone) if place else UTC
    return PersonItem(
        id=person.id,
        name=person.name,
        address=person.address,
        state=person.state,
        seen_on=person.seen_at.astimezone(zone).date() if person.seen_at else None,
        roles=tuple(map(_grant_item, person.grants)),
    )


handlers = (*at_place("/regions/{region}/team/people", (REGION,), "_of_region"), *at_place("/people", (), ""))

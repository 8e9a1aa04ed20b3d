"""API resources of taking part: who was invited when and what they said; accepting, declining, leaving."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from lanzarote.accounts.service import names
from lanzarote.runtime.reading import converted
from lanzarote.stakeholders import members, taking_part
from lanzarote.stakeholders.taking_part import Accepting, Ending, reply_of
from lanzarote.stakeholders.team_api import ONE, RECORDS, STAKEHOLDER
from lanzarote.types import PartialDate, Relation, Text
from lanzarote.web.changing import Sent, change
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, resource
from lanzarote.web.working_records import Person, State, person_of, refuse_disclosure, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from lanzarote.stakeholders.taking_part import Answer as Says
    from lanzarote.stakeholders.taking_part import Reply

TAG: Final = "Taking part"


class SentInvitation(Struct, frozen=True, kw_only=True):
    """A body was invited once."""

    number: int
    at: datetime
    by: Person
    way: Literal["representatives", "contact", "elsewhere"]
    answer: Literal["", "accept", "decline"]
    """Empty: none yet."""
    answered_at: datetime | None


class Participant(Struct, frozen=True, kw_only=True):
    """A body that takes part, or was invited, or has said no, or has left."""

    stakeholder: str
    """Its id."""
    name: Text
    side: str
    sectors: tuple[str, ...]
    relation: Relation
    since: PartialDate | None
    invitations: tuple[SentInvitation, ...]
    """The last first."""


class ParticipantList(Listed[Participant], frozen=True, kw_only=True):
    pass


@resource(
    "/regions/{region}/team/taking-part",
    tag=TAG,
    may="group.read",
    names=(REGION,),
    query=(CURSOR, LIMIT),
    answers=ParticipantList,
)
def list_participants(asked: Asked) -> Answer:
    """Who takes part in the group, who was invited when, and what they answered."""
    asked.instance.header(asked["region"])
    with asked.instance.database.read(asked["region"]) as session:
        bodies = members.bodies(session)
        invited = taking_part.invitations(session)
        people = names(session, [row.by for rows in invited.values() for row in rows])
        found = [
            Participant(
                stakeholder=one.id,
                name=one.name,
                side=one.side,
                sectors=one.sectors,
                relation=one.relation,
                since=one.status.since,
                invitations=tuple(
                    converted(
                        {name: getattr(row, name) for name in ("number", "at", "way", "answer", "answered_at")}
                        | {"by": person_of(people, row.by)},
                        SentInvitation,
                    )
                    for row in invited.get(one.id, ())
                ),
            )
            for one in bodies.by_id.values()
            if one.relation != "cited"
        ]
    return asked.part(found)


def _answers(name: Says, body: Any) -> Callable[[Callable[..., Answer]], Any]:
    return change(
        "POST",
        f"{ONE}/{name}",
        tag=TAG,
        may="group.speak",
        names=(REGION, STAKEHOLDER),
        body=body,
        answers=State,
        match=True,
    )


@_answers("accept", Accepting)
def accept_invitation(sent: Sent, body: Accepting) -> Answer:
    """Say for one's own body that it takes part."""
    refuse_disclosure(sent.vocabulary, *body.mandate.values(), body.source)
    return _answer(sent, reply_of("accept", body))


@_answers("decline", Ending)
def decline_invitation(sent: Sent, body: Ending) -> Answer:
    """Say for one's own body that it does not take part."""
    return _answer(sent, reply_of("decline", body))


@_answers("leave", Ending)
def leave_group(sent: Sent, body: Ending) -> Answer:
    """Say for one's own body that it takes part no longer."""
    return _answer(sent, reply_of("leave", body))


def _answer(sent: Sent, reply: Reply) -> Answer:
    return step(
        sent, RECORDS, "group.speak", taking_part.answer, vocabulary=sent.vocabulary, reply=reply, **sent.signed
    )


handlers = (list_participants, accept_invitation, decline_invitation, leave_group)

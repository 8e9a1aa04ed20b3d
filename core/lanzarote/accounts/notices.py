"""Mails that say that something waits for somebody, and where; never what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from lanzarote.accounts.service import holders
from lanzarote.records import outbox
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

Kind = Literal[
    "assess",
    "returned",
    "published",
    "decided",
    "submitted",
    "entry-returned",
    "entry-published",
    "entry-submitted",
    "reply",
    "procedure-proposed",
    "procedure-endorsed",
    "take-part",
    "take-part-answer",
    "position",
    "amendment",
    "amendment-settled",
    "elsewhere",
    "origin-changed",
    "holder-asked",
    "holder-answer",
]
WORDS: Final[Mapping[Kind, str]] = {
    "assess": N_("You are asked to assess a practice."),
    "returned": N_("A practice that you submitted was given back to you, to be written on."),
    "published": N_("A practice that you submitted is published."),
    "decided": N_("The team has decided on a practice that you submitted."),
    "submitted": N_("A practice was submitted, and waits for somebody to read it."),
    "entry-returned": N_("An entry of the directory that you submitted was given back to you, to be written on."),
    "entry-published": N_("An entry of the directory that you submitted is published."),
    "entry-submitted": N_("An entry of the directory was submitted, and waits for somebody to read it."),
    "reply": N_("Somebody has written to the team: a correction or a reply."),
    "procedure-proposed": N_("The organisation that you speak for is asked to endorse a co-operation procedure."),
    "procedure-endorsed": N_("All bodies have endorsed a co-operation procedure; the public reads it now."),
    "take-part": N_("Your organisation is invited to take part in the working group."),
    "take-part-answer": N_("An organisation has said whether it takes part in the working group."),
    "position": N_("Your organisation is asked for its position on an improvement."),
    "amendment": N_("An amendment of an improvement was proposed, and waits to be decided."),
    "amendment-settled": N_("An amendment that you proposed was decided."),
    "elsewhere": N_("Somebody has written that a practice of yours is taken up elsewhere."),
    "origin-changed": N_("A practice that your region took up from elsewhere has changed where it comes from."),
    "holder-asked": N_("Your organisation is asked whether the description of a practice is right."),
    "holder-answer": N_("An organisation has answered whether the description of a practice is right."),
}
TOPIC: Final = "mail.waiting"


def notify(session: Session, accounts: Iterable[str], kind: Kind, *, by: str = "") -> None:
    """Have a mail tell *accounts*, but not *by*, who did it. While one waits to be sent, no other of its kind does."""
    for account_id in sorted({*accounts} - {by, ""}):
        outbox.enqueue_once(session, TOPIC, f"{kind}:{account_id}", account=account_id, kind=kind)


def notify_coordinators(session: Session, region_id: str, kind: Kind, *, by: str = "") -> None:
    """As ``notify``, for those who lead the work in the region."""
    notify(session, holders(session, "coordinator", region_id), kind, by=by)

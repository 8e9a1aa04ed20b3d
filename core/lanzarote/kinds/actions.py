"""What can be done with records of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lanzarote.kinds.kind import Action, record_can
from lanzarote.records import drafts, records
from lanzarote.records.kinds import kinds_of
from lanzarote.records.records import decode, encode
from lanzarote.records.validation import clean_reason
from lanzarote.translation import N_

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary

ARCHIVE: Final = Action(
    name="archive",
    label=N_("Archive"),
    may="group.lead",
    when=record_can("archive"),
    do=drafts.archive,
    text=N_("It will leave the working lists; its versions stay. You can restore it at any time."),
    told="Archive what was never published or was withdrawn.",
    done=N_("Archived."),
)
RESTORE: Final = Action(
    name="restore",
    label=N_("Restore from the archive"),
    may="group.lead",
    when=record_can("restore"),
    do=drafts.restore,
    text=N_("It will be a draft again, or withdrawn if it was published before. This publishes nothing."),
    told="Restore it from the archive: a draft again, or withdrawn if the public has read it once.",
    done=N_("Restored from the archive."),
)


def withdraw(session: Session, record: Record, vocabulary: Vocabulary, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a record from the public; its status keeps why, for the group.

    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    drafts.hold(session, record, "group.lead", by)
    said = clean_reason(reason, identifiers=vocabulary.header.personal_identifiers)
    status = decode(record.status, kinds_of(session)[record.kind].status)
    record.status = encode(msgspec.structs.replace(status, withdrawn=said))
    session.flush()
    records.withdraw(session, record, by=by.account_id, at=at)


WITHDRAW: Final = Action(
    name="withdraw",
    label=N_("Withdraw"),
    may="group.lead",
    when=record_can("withdraw"),
    do=withdraw,
    grave=True,
    text=N_(
        "The public will no longer read it; its address will say that it was withdrawn. You can publish it again later."
    ),
    told="Take it from the public; the reason is for the group.",
    done=N_("Unpublished."),
)
ERASE: Final = Action(
    name="erase",
    label=N_("Erase permanently"),
    may="record.erase",
    when=record_can("erase"),
    do=drafts.erase,
    text=N_(
        "Every word and every number of it will be removed for good: from its page, its versions and the file of the "
        "database. Its address will say that it was erased. Nobody can bring it back."
    ),
    told="Remove every word of it for good. This cannot be undone.",
    done=N_("Erased permanently."),
    erases=True,
)

"""What a party body is asked: the text that waits for its word, for who speaks for it, taking part in the group or not.

Who stands outside the group reads this and nothing else of a procedure: neither what others said of it, nor other
versions, nor who wrote what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.errors import Gone, NotFound
from lanzarote.procedures import service
from lanzarote.procedures.endorsing import state_meant, version_meant
from lanzarote.procedures.model import KIND, ProcedureStatus, Said, Stand, stand_of
from lanzarote.procedures.writing import status_of, text_of
from lanzarote.records.permissions import spoken_for
from lanzarote.records.records import Record
from lanzarote.translation import N_
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor

NO_SUCH: Final = N_("There is no such procedure here, or you may not read it.")
ERASED: Final = N_("This procedure was erased.")


ASKED: Final = ("draft", "published", "withdrawn")
"""States of a record that anybody may still be asked about: of what was put away nothing more becomes."""


class Asking(Struct, frozen=True, kw_only=True):
    """A text that waits for the word of a body, or that it gave its word on."""

    record: Record
    version: int
    state: str
    """Of this text."""
    status: ProcedureStatus
    procedure: Procedure
    """What is written in it; of improvements and practices it names those that the public reads."""
    said: dict[str, tuple[Said, ...]]
    """Each body that the reader speaks for → what it said of this text, the oldest first."""

    @property
    def stands(self) -> dict[str, Stand]:
        return {body: stand_of(some) for body, some in self.said.items()}


def asked_of(session: Session, region_id: str, record_id: str, *, by: Actor) -> Asking:
    """The text that is proposed, else the one that the public reads, for who speaks for a party of it.

    Raises NotFound, Gone.
    """
    record = session.get(Record, (region_id, record_id))
    if record is None or record.kind != KIND:
        raise NotFound(NO_SUCH)
    if record.state == "erased":
        raise Gone(ERASED) if spoken_for(by, region_id) else NotFound(NO_SUCH)
    status = status_of(record)
    if record.state not in ASKED:
        raise NotFound(NO_SUCH)
    if status.text_state != "proposed" and record.published_version is None:
        raise NotFound(NO_SUCH)
    version = version_meant(record, status, "endorse")
    procedure = text_of(session, record, version)
    mine = spoken_for(by, region_id) & {*service.party_ids(session, procedure).values()}
    if not mine:
        raise NotFound(NO_SUCH)
    said = service.said_of(session, record)
    return Asking(
        record=record,
        version=version,
        state=state_meant(status, "endorse"),
        status=status,
        procedure=service.with_public_links(session, [procedure])[0],
        said={body: tuple(one for one in said.get(body, ()) if one.version == version) for body in sorted(mine)},
    )

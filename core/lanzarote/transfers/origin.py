"""What is taken up from another place, as it is read here; and what was decided about the pilot it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct
from sqlalchemy import select

from lanzarote.directory.service import by_key
from lanzarote.errors import NotFound, NotPermitted
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.documents import ProcedureDocument
from lanzarote.procedures.model import IN_FORCE
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records.changelog import Change, ChangeBody, Served
from lanzarote.records.changelog_state import released_now
from lanzarote.records.records import Record, body_of, decode
from lanzarote.runtime.reading import LateDecoder, decoded
from lanzarote.store.database import ALL
from lanzarote.translation import N_, texts_named
from lanzarote.types import Practice, Procedure, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from lanzarote.evaluation.model import Outcome
    from lanzarote.instance import Instance
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import OriginKind, Sector

NO_SUCH: Final = N_("There is no such published practice on this site.")
NO_PROCEDURE: Final = N_("There is no such procedure on this site that its parties have endorsed and still endorse.")
OWN: Final = N_("It is of your own region: there is nothing to take up.")
NOT_THERE: Final = N_(
    "It can no longer be read: it was withdrawn or erased where it comes from, or is no longer on this site. So no "
    "draft can be made of it. Write one of your own, or say why it is not taken up."
)
NOT_EXTENDED: Final = N_(
    "A procedure can be taken up elsewhere once the pilot of its region is evaluated and the decision is to extend "
    "it. That is not so yet, or no longer."
)


class NotExtended(NotPermitted):
    """What is to be taken up waits for a decision about the pilot of its region."""


class NotThere(NotPermitted):
    """What is to be taken up cannot be read any more where it comes from."""


class Origin(Struct, frozen=True, kw_only=True):
    """A published practice, or an endorsed procedure, with what it refers to."""

    kind: OriginKind = "practice"
    region: str
    record: str
    version: int
    slug: str
    said: Practice | Procedure
    vocabulary: Vocabulary
    bodies: Mapping[str, tuple[str, ...]]
    """Every key and id of an organisation that takes part → its sectors."""

    @property
    def practice(self) -> Practice:
        return cast("Practice", self.said)

    @property
    def procedure(self) -> Procedure:
        return cast("Procedure", self.said)

    @property
    def title(self) -> Text:
        return texts_named(self.said.text, "title")

    def body(self, name: str | None) -> tuple[str, ...]:
        """Sectors of an organisation that takes part; of one that is not in the directory, none."""
        return self.bodies.get(name or "", ())

    def sector(self, key: str) -> Sector | None:
        return self.vocabulary.sectors.get(self.vocabulary.present_key("sector", key))


class Now(Struct, frozen=True, kw_only=True):
    """How an origin stands today."""

    published: bool
    """The public reads it; a procedure: and its parties stand by it."""
    version: int
    """The one that the public reads; 0: none."""


def read_origin(
    instance: Instance, region_id: str, record_id: str, version: int | None = None, kind: OriginKind = "practice"
) -> Origin:
    """What is published under this id in a region of this instance, home or received. Raises NotFound."""
    vocabulary = instance.vocabulary(region_id)
    if kind == PROCEDURE:
        return _procedure(instance, vocabulary, region_id, record_id, version)
    with instance.database.read(region_id) as session:
        record = session.get(Record, (region_id, record_id))
        if record is None or record.kind != PRACTICE or record.published_version is None:
            raise NotFound(NO_SUCH)
        number = version or record.published_version
        practice = decode(body_of(session, record, number), Practice)
    return Origin(
        region=region_id,
        record=record_id,
        version=number,
        slug=record.slug,
        said=practice,
        vocabulary=vocabulary,
        bodies=_bodies(instance, region_id, (one.organisation for one in practice.partners)),
    )


def own_address(instance: Instance, there: Origin, room: str) -> str:
    """Where the region that wrote it shows it; empty where that is this site, or its card holds no address."""
    written = instance.origin(there.region)
    if written is None or not written.address:
        return ""
    lang = there.vocabulary.header.languages[0]
    return f"{written.address.rstrip('/')}/{lang}/{there.region}/{room}/{there.record}"


def _procedure(
    instance: Instance, vocabulary: Vocabulary, region_id: str, record_id: str, version: int | None
) -> Origin:
    found = next((one for one in in_force(instance, region_id) if one.id == record_id), None)
    if found is None:
        raise NotFound(NO_PROCEDURE)
    number = version or found.version
    said: Procedure | None = found.procedure
    if number != found.version:
        said = text_of(instance, region_id, record_id, number)
    if said is None:
        raise NotFound(NO_PROCEDURE)
    return Origin(
        kind="procedure",
        region=region_id,
        record=record_id,
        version=number,
        slug=found.slug,
        said=said,
        vocabulary=vocabulary,
        bodies=_bodies(instance, region_id, said.organisations),
    )


def _bodies(instance: Instance, region_id: str, names: Iterable[str | None]) -> dict[str, tuple[str, ...]]:
    named = {name for name in names if name}
    with instance.database.read(region_id) as session:
        directory = by_key(session) if named else {}
        return {name: directory[name].organisation.sectors for name in named if name in directory}


def id_at(instance: Instance, region_id: str, slug: str, kind: OriginKind = "practice") -> str:
    """Id of what is published at *slug*. Raises NotFound."""
    instance.header(region_id)
    if kind == PROCEDURE:
        found = next((one.id for one in in_force(instance, region_id) if one.slug == slug), None)
    else:
        shown = (Record.kind == PRACTICE) & (Record.slug == slug) & Record.published_version.is_not(None)
        with instance.database.read(region_id) as session:
            found = session.scalar(select(Record.id).where(shown))
    if found is None:
        raise NotFound(NO_PROCEDURE if kind == PROCEDURE else NO_SUCH)
    return found


def now_of(instance: Instance, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], Now]:
    """How each of these origins (region, record) stands; what is not on this instance is left out."""
    if not pairs:
        return {}
    query = select(Record.region_id, Record.id, Record.published_version)
    with instance.database.read(ALL) as session:
        rows = session.execute(query.where(Record.id.in_({record for _, record in pairs}), Record.kind == PRACTICE))
        found = {
            (region, record): Now(published=version is not None, version=version or 0)
            for region, record, version in rows
            if (region, record) in pairs
        }
    if rest := {pair for pair in pairs if pair not in found}:
        for region in {region for region, _ in rest}:
            for one in released_procedures(instance, region):
                if (region, one.id) in rest:
                    found[region, one.id] = Now(published=one.state in IN_FORCE, version=one.version)
    return found


def require_there(instance: Instance, region_id: str, record_id: str) -> None:
    """Raises NotThere."""
    pair = (region_id, record_id)
    now = now_of(instance, {pair}).get(pair)
    if now is None or not now.published:
        raise NotThere(NOT_THERE)


def is_home(instance: Instance, region_id: str) -> bool:
    """Whether the region is written here."""

    def read() -> bool:
        with instance.database.read(ALL) as session:
            served = session.get(Served, region_id)
            return served is not None and served.home

    return instance.kept("home", region_id, read)


def may_travel(kind: OriginKind, verdict: Outcome | None) -> bool:
    """Any practice may be taken up; a procedure, when the pilot of its region is to be extended."""
    return kind == "practice" or verdict == "extend"


def require_extended(kind: OriginKind, verdict: Outcome | None) -> None:
    """Raises NotExtended."""
    if not may_travel(kind, verdict):
        raise NotExtended(NOT_EXTENDED)


# Procedures that a region has released, written here or received: read from its change log


class _Told(Struct):
    procedure: Procedure


_document = LateDecoder(ProcedureDocument)


def released_procedures(instance: Instance, region_id: str) -> tuple[ProcedureDocument, ...]:
    """Procedures of the region that its parties have endorsed once, in the order of their release."""

    def read() -> tuple[ProcedureDocument, ...]:
        with instance.database.read(region_id) as session:
            found = released_now(session, region_id, kinds=(PROCEDURE,))
        return tuple(_document.decode(one.body) for one in found if one.body)

    return instance.kept("released procedures", region_id, read)


def in_force(instance: Instance, region_id: str) -> tuple[ProcedureDocument, ...]:
    """Those that their parties stand by today: only these can be taken up."""
    return tuple(one for one in released_procedures(instance, region_id) if one.state in IN_FORCE)


def text_of(instance: Instance, region_id: str, record_id: str, version: int) -> Procedure | None:
    """What that version said when it was released; None: the log does not have it, or not any more."""
    mine = (Change.region_id == region_id) & (Change.kind == PROCEDURE) & (Change.record_id == record_id)
    joined = (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq)
    query = select(ChangeBody.body).join(Change, joined).where(mine, Change.version == version)
    with instance.database.read(region_id) as session:
        body = session.scalar(query.order_by(Change.seq.desc()).limit(1))
    return decoded(body, _Told).procedure if body else None

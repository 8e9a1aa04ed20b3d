"""How a region becomes known to an office: by a card that it signs, and a fingerprint that two people compare."""

from __future__ import annotations

import tempfile
import tomllib
from contextlib import closing
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select

from lanzarote import guard
from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.practices.model import KIND, PracticeStatus
from lanzarote.public_memory import Origin
from lanzarote.records import changelog, records
from lanzarote.records.changelog import Audit, Saved, Served
from lanzarote.records.received import SAMPLES, received
from lanzarote.records.records import Draft, encode, now
from lanzarote.records.validation import Fault, Faulty, is_address, is_unshowable
from lanzarote.regions.check import PAGE_NAMES
from lanzarote.regions.vocabulary import Term
from lanzarote.results import destinations, forgetting, keys
from lanzarote.results.batches import Malformed, enveloped, read_envelope
from lanzarote.results.model import HeldBatch, Source, SourceKey
from lanzarote.results.receiving import receive
from lanzarote.results.signing import PublicKey, is_fingerprint
from lanzarote.runtime.reading import decoded
from lanzarote.store.database import ALL, Database, migrate
from lanzarote.translation import N_
from lanzarote.types import Key, Language, Partner, Practice, PracticeText, RegionHeader, Sector

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.configuration.settings import Settings
    from lanzarote.instance import Instance
    from lanzarote.results.model import SigningKey, SourceState


CARD: Final = "application/vnd.lanzarote.enrolment+json"
LONGEST_NAME: Final = 200
LONGEST_ADDRESS: Final = 300
LONGEST_REASON: Final = 300
NO_REASON: Final = N_("Say why: people who ask later read it here.")
TOO_LONG: Final = N_("Shorten the reason to 300 letters.")
NAMES_SOMEBODY: Final = N_("Somebody may be recognised in the reason. Write it without names and numbers.")


class NotEnrolled(LanzaroteError):
    """The region cannot become known here as it was asked; ``words.NOT_ENROLLED`` has the words of a page."""

    code = "refused"


class OtherFingerprint(NotEnrolled):
    """What was told is not the fingerprint of the card."""

    code = "other-fingerprint"


class UnfitCard(NotEnrolled):
    """The card is its region's, and says of it what cannot be shown here."""

    code = "unfit-card"


class Home(NotEnrolled):
    """The region is written here."""

    code = "written-here"


class RevokedHere(NotEnrolled):
    """The key of the card was revoked here."""

    code = "revoked-key"


class Card(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who a region is, and the key by which its results are known."""

    format: Literal[1]
    region: Key
    name: dict[Language, str]
    address: str
    """Where its own pages are; empty: nowhere."""
    key: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    """Public, hexadecimal."""

    @property
    def public(self) -> PublicKey:
        return PublicKey(bytes.fromhex(self.key))


def card_of(session: Session, settings: Settings, region_id: str, *, by: str, at: datetime) -> bytes:
    """The region's card; its first makes a key. Raises NoKey."""
    if keys.current(session, region_id) is None:
        make_key(session, settings, region_id, by=by, at=at)
    key = keys.private(session, settings, region_id)
    header = decoded(session.get_one(Served, region_id).facts, RegionHeader)
    # A site that only its own machine reaches is none that an office could lead to.
    address = settings.base_url if is_address(settings.base_url) else ""
    one = Card(format=1, region=region_id, name=header.name, address=address, key=key.public.raw.hex())
    return encode(enveloped(encode(one), CARD, key)) + b"\n"


def make_key(session: Session, settings: Settings, region_id: str, *, by: str, at: datetime) -> SigningKey:
    """Let the region sign with another key; with its first, its change log begins anew with all that is released.

    Raises NoKey.
    """
    first = keys.current(session, region_id) is None
    made = keys.make(session, settings, region_id, by=by, at=at)
    if first:
        forgetting.begin_anew(session, region_id, by=by, at=at)
    return made


def read_card(data: bytes) -> Card:
    """Raises Malformed."""
    try:
        one, signed = read_envelope(data, CARD, Card, lambda card: card.public)
    except Malformed:
        raise Malformed(
            "This is not the card of a region. The region makes it: lanzarote results card REGION"
        ) from None
    if not signed:
        raise Malformed("The card was changed since its region made it; ask for it again.")
    return one


def enrol(session: Session, one: Card, fingerprint: str, *, by: str, at: datetime, invented: bool = False) -> Source:
    """Let the region of the card be received here, by this key. Raises NotEnrolled.

    *invented*: it is a sample, which nobody else has; there was nobody to compare anything with.
    """
    if not is_fingerprint(fingerprint, one.public):
        raise OtherFingerprint(
            "This is not the fingerprint of the card. Ask the region, by telephone or face to face, what it reads "
            "there: lanzarote results card REGION shows it. Enrol nothing before both are the same."
        )
    if told := _unfit(one, invented=invented):
        raise UnfitCard(f"The card of {one.region} {told}. Ask the region to mend that and to send another card.")
    served = session.get(Served, one.region)
    if served is not None and served.home:
        raise Home(f"{one.region} is written here: its results are here already.")
    source = session.get(Source, one.region)
    if source is None:
        source = Source(
            region_id=one.region,
            name=encode(one.name),
            address=one.address,
            enrolled_at=at,
            state="enrolled",
        )
        session.add(source)
    source.state, source.address = "enrolled", one.address
    changelog.bump_revision(session, one.region)  # the pages of the region say where it is written
    _know(session, one, at)
    _tell(session, one.region, one.public.id, "invent" if invented else "enrol", by=by, at=at)
    return source


def _unfit(one: Card, *, invented: bool) -> str:
    """What of the card cannot be shown here; empty when all of it can."""
    if one.region.startswith(SAMPLES) is not invented:
        return f"names a region {one.region!r}; ids that begin with {SAMPLES!r} are those of invented regions"
    if one.region in PAGE_NAMES:
        return f"names a region {one.region!r}, which is the address of a page of the platform"
    if not any(name.strip() for name in one.name.values()):
        return "gives the region no name"
    if any(len(name) > LONGEST_NAME or is_unshowable(name) for name in one.name.values()):
        return f"gives the region a name of more than {LONGEST_NAME} letters, or one that cannot be shown"
    if any(guard.check_text(name, only_hard=True) for name in one.name.values()):
        return "gives the region a name that may tell of a person"
    if one.address and (len(one.address) > LONGEST_ADDRESS or not is_address(one.address)):
        return "gives an address that is none of a page; it begins with https:// or http://, or is empty"
    return ""


def why_not_written(session: Session, region_id: str) -> str:
    """Why nobody can write the region here, and what to do; empty when it is not received."""
    served, source = session.get(Served, region_id), session.get(Source, region_id)
    received = not served.home if served is not None else source is not None and source.state != "ended"
    if not received:
        return ""
    return (
        f"{region_id} is received here: it is written elsewhere, and what is written here would not fit it. "
        f"To write it here from now on, take out first what was received: lanzarote results forget {region_id}"
    )


def _know(session: Session, one: Card, at: datetime) -> None:
    known = session.get(SourceKey, (one.region, one.public.id))
    if known is not None and known.revoked_at is not None:
        raise RevokedHere("This key was revoked here; the region has to make another: lanzarote results key REGION")
    if known is not None:
        known.endorsed_by = ""  # from now on somebody has compared it
    else:
        session.add(
            SourceKey(
                region_id=one.region,
                id=one.public.id,
                public=one.public.raw,
                known_at=at,
            )
        )
        session.flush()


def revoke(session: Session, region_id: str, key_id: str, *, reason: str, by: str, at: datetime) -> None:
    """Take nothing more that this key signed or endorsed, nor any key that nobody compared and that came from it.

    Raises NotFound, Faulty: the reason says nothing, is too long or may tell of a person.
    """
    reason = _checked(reason)
    known = {row.id: row for row in session.scalars(select(SourceKey).where(SourceKey.region_id == region_id))}
    if key_id not in known:
        raise NotFound(f"{region_id} has no such key here.")
    for row in _with_those_after(known[key_id], list(known.values())):
        if row.revoked_at is None:
            row.revoked_at, row.reason = at, reason
            _tell(session, region_id, row.id, "revoke", by=by, at=at)


def _checked(reason: str) -> str:
    """Raises Faulty."""
    said = reason.strip()
    fault = NO_REASON if not said else TOO_LONG if len(said) > LONGEST_REASON else ""
    if not fault and (is_unshowable(said) or guard.check_text(said, guesses=False)):
        fault = NAMES_SOMEBODY
    if fault:
        raise Faulty([Fault(field="reason", text=fault)])
    return said


def _with_those_after(first: SourceKey, known: Sequence[SourceKey]) -> list[SourceKey]:
    """*first* and the keys that are known through it alone: whoever has it can have made them."""
    found = [first]
    for one in found:
        found += [row for row in known if row.endorsed_by == one.id and row not in found]
    return found


def set_state(session: Session, region_id: str, state: SourceState, *, by: str) -> None:
    """Raises NotFound."""
    source = session.get(Source, region_id)
    if source is None:
        raise NotFound(f"No region {region_id!r} is enrolled here.")
    if source.state != state:
        source.state = state
        _tell(session, region_id, region_id, state, by=by, at=now())


def put_away(session: Session, region_id: str, held_id: str, *, by: str, at: datetime) -> None:
    """Keep no longer what could not be taken. Raises NotFound."""
    held = session.get(HeldBatch, (region_id, held_id))
    if held is None:
        raise NotFound(f"Nothing of {region_id} waits here under this name.")
    session.delete(held)
    _tell(session, region_id, held_id, "put-away", by=by, at=at)


def _tell(session: Session, region_id: str, what: str, verb: str, *, by: str, at: datetime) -> None:
    session.flush()
    told = Saved(region_id=region_id, kind="source", record_id=what, verb=verb, version=0, at=at)
    with received(session, region_id):
        changelog.record(session, [told], by=by)


def origins(session: Session) -> Mapping[str, Origin]:
    """Where the regions are written that are received here."""
    received = select(Served.id, Source.address, Source.received_at).where(Served.home.is_(False))
    rows = session.execute(received.outerjoin(Source, Source.region_id == Served.id)).all()
    return {
        # A card may say anything: what is no page is no link.
        name: Origin(address=address if is_address(address or "") else "", received_at=at)
        for name, address, at in rows
    }


# --- Invented regions with which to see an office at work: each is made elsewhere, signed, enrolled and received ---

BY: Final = "samples"
VERBS: Final = ("invent", "enrol")
"""How the audit tells that a sample was made here; the latter as earlier platforms wrote it."""
INVENTED: Final = "Invented, to show what an office sees. No such practice exists."
SIDES: Final = {"civil-society": "civil-society", "private-sector": "private"}


def add(office: Instance) -> list[str]:
    """Let the office receive each invented region that is not here yet; return their ids."""
    made = []
    for key, sample in read().items():
        region_id = SAMPLES + key
        if region_id not in office.loaded():
            card, data = _elsewhere(region_id, sample, office)
            with office.database.write(region_id) as session:
                enrol(session, card, card.public.fingerprint, by=BY, at=now(), invented=True)
            receive(office.database, BytesIO(data), came="file")
            made.append(region_id)
    office.worker.run_due()
    return made


def here(office: Instance) -> list[str]:
    """Ids of the invented regions that are here."""
    made = select(Audit.region_id).where(Audit.kind == "source", Audit.verb.in_(VERBS), Audit.actor == BY)
    with office.database.read(ALL) as session:
        return sorted(set(session.scalars(made)) & office.loaded().keys())


def read() -> Mapping[str, Any]:
    return tomllib.loads((files("lanzarote") / "data" / "samples.toml").read_text("utf-8"))


def _elsewhere(region_id: str, sample: Mapping[str, Any], office: Instance) -> tuple[Card, bytes]:
    """Card and results of an invented region, from an instance that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lanzarote-sample-") as folder:
        place = Path(folder)
        url = f"sqlite:///{place / 'sample.sqlite'}"
        settings = msgspec.structs.replace(office.settings, data=place, database_url=url, base_url="")
        migrate(url)
        database = Database(url)
        database.kinds |= office.database.kinds
        with closing(database), database.write(region_id) as session:
            header = RegionHeader(
                format=1,
                requires_api=">=1,<2",
                id=region_id,
                territory="XX",
                languages=("en",),
                time_zone="Europe/Paris",
                name={"en": sample["name"]},
                description={"en": INVENTED},
            )
            session.add(
                Served(
                    id=region_id,
                    enabled=True,
                    package="",
                    package_version="",
                    facts=encode(header),
                    facts_digest="",
                    revision=0,
                    epoch=1,
                    added_at=now(),
                )
            )
            sectors = sorted({sector for practice in sample["practices"] for sector in practice[1]})
            session.add_all(
                Term(region_id=region_id, kind="sector", key=key, position=number, body=_sector(key), retired=False)
                for number, key in enumerate(sectors)
            )
            session.flush()
            drafts = [_draft(number, practice) for number, practice in enumerate(sample["practices"], 1)]
            records.create(session, region_id, drafts, by=BY)
            card = read_card(card_of(session, settings, region_id, by=BY, at=now()))
            begun = destinations.start_of(session, region_id)
            return card, b"".join(destinations.batches(session, settings, region_id, begun))


def _sector(key: str) -> bytes:
    side: Any = SIDES.get(key, "public")
    return encode(Sector(common=(key,), side=side, name={"en": f"{key.replace('-', ' ').capitalize()} (invented)"}))


def _draft(number: int, practice: list[Any]) -> Draft:
    title, sectors, articles, targets, domains, year = practice
    text = PracticeText(
        title=f"{title} (invented)",
        summary=INVENTED,
        transfer="A room, an agreement, and people who are given time for it.",
        difficulties="Who pays, and who may tell whom what.",
    )
    body = Practice(
        original="en",
        text={"en": text},
        scope="local",
        running="ongoing",
        started=str(year),
        sectors=tuple(sectors),
        partners=tuple(Partner(sector=key, side=SIDES.get(key, "public")) for key in sectors),  # type: ignore[arg-type]
        target_groups=tuple(targets),
        domains=tuple(domains),
        convention=tuple(articles),
    )
    status = PracticeStatus()
    return Draft(kind=KIND, slug=f"practice-{number}", body=encode(body), status=encode(status), publish=True)

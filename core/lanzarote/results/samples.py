"""Invented regions with which to see an office at work: each is made elsewhere, signed, enrolled and received."""

from __future__ import annotations

import tempfile
import tomllib
from contextlib import closing
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import select

from lanzarote.practices.model import KIND, PracticeStatus
from lanzarote.records import records
from lanzarote.records.changelog import SAMPLES, Audit, Served
from lanzarote.records.records import Draft, encode, now
from lanzarote.regions.vocabulary import Term
from lanzarote.results import enrolling, sending
from lanzarote.results.receiving import receive
from lanzarote.store.database import ALL, Database, migrate
from lanzarote.types import Partner, Practice, PracticeText, RegionHeader, Sector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.instance import Instance

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
                enrolling.enrol(session, card, card.public.fingerprint, by=BY, at=now(), invented=True)
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


def _elsewhere(region_id: str, sample: Mapping[str, Any], office: Instance) -> tuple[enrolling.Card, bytes]:
    """Card and results of an invented region, from an instance that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lanzarote-sample-") as folder:
        place = Path(folder)
        url = f"sqlite:///{place / 'sample.sqlite'}"
        settings = msgspec.structs.replace(office.settings, data=place, database_url=url, base_url="")
        migrate(url)
        database = Database(url)
        database.releases |= office.database.releases
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
            card = enrolling.read_card(enrolling.card(session, settings, region_id, by=BY, at=now()))
            begun = sending.start_of(session, region_id)
            return card, b"".join(sending.batches(session, settings, region_id, begun))


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

"""Forms of new records: sent again, after a step back in the browser or a second click, they make no second record."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.records.records import Record, now
from sqlalchemy import func, select

from tests.core.team_of_a_file import ana, client, paris

if TYPE_CHECKING:
    from lanzarote.instance import Instance

    from tests.core.practices.forms import Writer

__all__ = ["ana", "client", "paris"]

TEAM = "/fr/paris/team"
NAMED = {"name.fr": "Maison des jeunes"}
TITLED = {"text.fr.title": "Un titre"}
FORMS: dict[str, dict[str, Any]] = {
    "findings": TITLED
    | {"text.fr.observed": "Deux services signalent sans le savoir.", "sectors": ["courts", "education"]},
    "improvements": TITLED | {"text.fr.proposal": "Tenir ensemble une liste sans nom.", "sectors": ["courts"]},
    "meetings": TITLED | {"kind": "working", "day": (now() + timedelta(days=30)).date().isoformat()},
    "organisations": NAMED | {"side": "civil-society", "scope": "local", "sectors": ["courts"]},
    "indicators": TITLED | {"counts": "other", "direction": "more", "rhythm": "month"},
    "procedures": TITLED | {"steps[0].title.fr": "Recevoir", "steps[0].who": "sector health", "steps[0].end": "yes"},
}


def how_many(paris: Instance) -> int:
    with paris.database.read("paris") as session:
        return session.scalar(select(func.count()).select_from(Record)) or 0


@pytest.mark.parametrize("room", FORMS)
def test_a_form_that_is_sent_twice_makes_one_record(paris: Instance, ana: Writer, room: str) -> None:
    before = how_many(paris)
    ana.open(f"{TEAM}/{room}/new", "/new").fill(FORMS[room] | ({"do": "save"} if room == "procedures" else {}))
    sent = dict(ana.fields)
    [record_id] = sent["id"]

    made = ana.post(f"{TEAM}/{room}/new", sent)
    again = ana.post(f"{TEAM}/{room}/new", sent)

    assert made == again == f"{TEAM}/{room}/{record_id}?done=saved"
    assert how_many(paris) == before + 1

    title = next(name for name in FORMS[room] if name.endswith(("title", "name.fr")))
    assert ana.post(f"{TEAM}/{room}/new", sent | {title: "Un autre titre"}) == made
    assert how_many(paris) == before + 1
    assert "Un autre titre" in ana.get(f"{TEAM}/{room}/{record_id}")


@pytest.mark.parametrize("room", FORMS)
def test_who_goes_back_to_the_form_reads_the_record_that_was_made(ana: Writer, room: str) -> None:
    ana.open(f"{TEAM}/{room}/new", "/new").fill(FORMS[room] | ({"do": "save"} if room == "procedures" else {}))
    [record_id] = ana.fields["id"]
    ana.open(f"{TEAM}/{room}/new?id={record_id}", "/new")
    assert ana.fields["id"] == [record_id]

    ana.fill(FORMS[room] | ({"do": "save"} if room == "procedures" else {}))
    ana.post(f"{TEAM}/{room}/new", ana.fields)

    answer = ana.client.get(f"{TEAM}/{room}/new?id={record_id}", headers=ana._cookie, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{TEAM}/{room}/{record_id}/edit")


def test_an_id_that_is_none_makes_a_record_of_its_own(paris: Instance, ana: Writer) -> None:
    before = how_many(paris)
    ana.open(f"{TEAM}/findings/new?id=../x", "/new").fill(FORMS["findings"] | {"id": "<script>"})
    assert re.fullmatch(rf"{TEAM}/findings/[0-9a-f-]{{36}}\?done=saved", ana.post(f"{TEAM}/findings/new", ana.fields))
    assert how_many(paris) == before + 1

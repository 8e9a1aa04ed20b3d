"""A sentence that nobody has translated yet tells its days in its own language, in every room.

Paris works in Ukrainian here too, of which the platform has a few words: its sentences fall back to English.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.accounts import service
from lanzarote.accounts.mails import Letter
from lanzarote.app import create_app
from lanzarote.compendium.composing import compose
from lanzarote.compendium.wanted import Wanted
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.office import opening, releases
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.days import BEFORE_TEXT
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.records.validation import Fault, Faulty
from lanzarote.translation import format_date
from lanzarote.web.labels import Voice
from lanzarote.web.refusals import refusal

from tests.conftest import copy_of
from tests.core.accounts.team import Team
from tests.core.evaluation.piloting import DECISION, TRAINED, decided, released
from tests.core.office import logs
from tests.core.stakeholders.keeping import get, relate
from tests.regions.test_language_marks import CYRILLIC, with_paris_in_ukrainian

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.core.accounts.team import Browser

ENGLISH = re.compile(r'<(\w+)[^>]* lang="en"[^>]*>((?:[^<]|<(?:span|a|strong)\b[^>]*>[^<]*</(?:span|a|strong)>)*)</\1>')
MONTH = re.compile(r"\b([^\W\d]{3,}) 20\d\d\b")
ENGLISH_MONTHS = {format_date(date(2031, month, 2), "en").split()[1] for month in range(1, 13)}


@pytest.fixture(scope="module")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An office that writes Paris, whose pilot was judged, and a region that was opened after it."""
    folder = tmp_path_factory.mktemp("days")
    env = {
        "LANZAROTE_DATABASE_URL": copy_of(sqlite_template, folder),
        "LANZAROTE_DATA": str(folder),
        "LANZAROTE_OFFICE": "on",
    }
    with new_instance(read_settings(env), with_paris_in_ukrainian(folder)) as instance:
        instance.load("paris")
        logs.add_region(instance.database, "napoli", "IT-NA")
        released(instance, TRAINED, {"2031-04": 12, "2031-05": 13})
        decided(instance, given=msgspec.structs.replace(DECISION, outcome="extend"))
        opening.say(instance, "napoli", "opened", after="paris", by="test", at=now())
        releases.release(instance, now().date(), by="test")
        relate(instance, "aphp", "taking-part", since="2024-05", source="Lettre", mandate={"fr": "Siège."})
        yield instance


@pytest.fixture(scope="module")
def body(office: Instance) -> str:
    """An organisation that takes part."""
    with office.database.read("paris") as session:
        return get(session, "aphp").id


@pytest.fixture(scope="module")
def reader(office: Instance, body: str) -> Browser:
    """Somebody who may read all that stands in it."""
    team = Team(office, create_app(office))
    speaks = Grant(role="representative", region_id="paris", stakeholder_id=body)
    grants = (Grant(role="coordinator", region_id="paris"), Grant(role="office"), speaks)
    return team.browser(team.person("cleo", *grants), strong=True)


def months_in_english(html: str) -> set[str]:
    """The names of months within what a page says in English."""
    said = [re.sub("<[^>]*>", "", found[2]) for found in ENGLISH.finditer(html)]
    return {month[1] for one in said for month in MONTH.finditer(one)}


@pytest.mark.parametrize(
    "path",
    [
        "/office/regions",
        "/office/openings",
        "/office/releases",
        "/office/releases/{today}",
        "/office/reports/plenary",
        "/paris/evaluation",
        "/paris/indicators",
        "/paris/indicators/professionnels-formes-ensemble",
        "/paris/team/indicators",
        "/paris/team/organisation",
        "/paris/team/organisations/{body}",
        "/paris/team/taking-part",
    ],
)
def test_english_on_a_ukrainian_page_names_months_in_english(reader: Browser, body: str, path: str) -> None:
    answer = reader.get(f"/uk{path}".format(today=now().date(), body=body))
    assert answer.status_code == 200
    months = months_in_english(answer.text)
    assert months & ENGLISH_MONTHS
    assert list(filter(CYRILLIC.match, months)) == []


def test_so_does_the_page_of_a_document_that_is_being_made(reader: Browser, office: Instance) -> None:
    place = "/uk/paris/compendium"
    reader.get(place)
    office.worker.stop()
    asked = reader.post(place, {"title": "Spilno", "language": "uk", "practice": "uaped"})
    months = months_in_english(reader.get(asked.headers["location"]).text)
    assert months & ENGLISH_MONTHS
    assert list(filter(CYRILLIC.match, months)) == []


def test_so_does_a_document(office: Instance) -> None:
    made = compose(office, Wanted(region="paris", language="uk", format="pdf", title="Spilno")).made
    assert format_date(office.today("paris"), "en") in made.text


def test_so_does_the_refusal_of_a_form(office: Instance) -> None:
    voice: Any = Voice(office, "uk", office.header("paris"))
    faulty = Faulty([Fault(field="day", text=BEFORE_TEXT, value=date(2031, 5, 3))])
    assert "written on 3 May 2031:" in refusal(voice, faulty).errors[0]["text"]


def test_so_does_a_mail(office: Instance) -> None:
    daria = Team(office, None).person("daria")
    with office.database.write(INSTANCE) as session:
        account = service.account(session, daria.id)
        account.language = "uk"
        letter = Letter(office, account, {"event_id": "e" * 32})
        letter.link(session, "invitation")
        text = letter.mail("Hello,").text
    assert re.search(rf"until \d+ ({'|'.join(ENGLISH_MONTHS)}) \d{{4}} at", text)

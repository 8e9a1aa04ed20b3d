"""Practices and people that left words in every place there is, to be erased in tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import Settings, read_settings
from lanzarote.instance import Instance
from lanzarote.kinds import unsaved
from lanzarote.kinds.entered import Entered, Typed
from lanzarote.operations.all_tables import Base
from lanzarote.practices import saving, sheets, writing
from lanzarote.records.drafts import Reason
from lanzarote.records.records import Record
from lanzarote.records.tasks import open_task
from lanzarote.store.database import ALL
from sqlalchemy import text

from tests.core.practices.assessments import PARIS, TEXT, THEN, Assessed, full, person

TITLE, SUMMARY, OWN, OLDER = "Brumelune", "Clairvoile", "Dormevent", "Ecumesable"
PLACES = {
    "the title": TITLE,
    "the summary": SUMMARY,
    "a source": OWN,
    "an older version": OLDER,
    "text that is not saved": "Flammerose",
    "why the writer keeps something": "Grisebruyere",
    "on whose word": "Hautecombe",
    "why it was given back": "Ivoirine",
    "an answer of a reviewer": "Jonquillet",
    "the reason of the decision": "Kermadec",
    "a task about it": "Lavandier",
    "why it was withdrawn": "Mirabelou",
    "why a name stays in that": "Opalinette",
}
NOT_YET = {"why it was withdrawn", "why a name stays in that"}
DONE_WITH = {"why it was given back", "on whose word"}
"""Forgotten as soon as it is published."""
NAME, ADDRESS = "Nolwenn Quimperlais", "nolwenn@quimperlais.example"


def settings(url: str, data: Path) -> Settings:
    return read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(data)})


def walked_all_the_way(instance: Instance) -> tuple[str, str]:
    """A practice that left words in every place there is; its id, and the address it was published at."""
    writer, head = person(instance, "contributor"), person(instance, "coordinator")
    reviewers = [person(instance, "reviewer") for _ in range(2)]
    one = Assessed(instance, writer, head, text={"fr": TEXT | {"title": OLDER}})
    words = instance.vocabulary(PARIS)
    body = {
        "original": "fr",
        "text": {"fr": TEXT | {"title": TITLE, "summary": SUMMARY}},
        "sectors": ["courts"],
        "partners": [{"sector": "courts", "side": "public"}],
        "target_groups": ["child-victims"],
        "scope": "local",
        "running": "ongoing",
        "evidence": [{"text": {"fr": "Une audition au lieu de trois."}, "sources": ["mission-text"]}],
        "own_sources": [{"key": "own-1", "title": OWN, "publisher": OWN, "kind": "press"}],
    }
    reason = Reason(field="text.fr.title", code="name", text=PLACES["why the writer keeps something"], by="x")
    given = saving.Checked(slug="practice", content=sheets.read(body), reasons=(reason,))
    with one.held() as (session, record):
        saving.save(session, record, given, expected=1, by=writer, at=THEN)
    one.submit()
    with one.held() as (session, record):
        writing.hand_back(session, record, words, reason=f"Voir {PLACES['why it was given back']}", by=head, at=THEN)
    one.submit(PLACES["on whose word"])
    one.ask(*reviewers)
    for reviewer in reviewers:
        one.give(reviewer, full(one.grid, PLACES["an answer of a reviewer"]))
    assert left(instance, {place: PLACES[place] for place in DONE_WITH}) == DONE_WITH
    one.decide("assessed", reason={"fr": f"Voir {PLACES['the reason of the decision']}"})
    with one.held() as (session, record):
        slug = record.slug
        entered = Entered(
            original="fr", languages=("fr",), values={"text.fr.title": (PLACES["text that is not saved"],)}
        )
        passed = Typed(entered=entered)
        open_task(session, PARIS, "reply", by="visitor", record_id=record.id, wrong=PLACES["a task about it"])
    with one.held() as (session, record):
        saving.save(session, record, given_again(body, reason), expected=record.version, by=writer, at=THEN)
        unsaved.keep(session, PARIS, record.id, passed, base=record.version, by=writer, at=THEN)
    return one.id, slug


def given_again(body: dict[str, Any], reason: Reason) -> saving.Checked[Any]:
    """Another version beside the published one."""
    text = body["text"]["fr"] | {"summary": f"{SUMMARY} encore"}
    return saving.Checked(slug="practice", content=sheets.read(body | {"text": {"fr": text}}), reasons=(reason,))


def withdraw_and_erase(instance: Instance, record_id: str) -> None:
    head = person(instance, "coordinator")
    with instance.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        reason = f"Zoé, 8 ans : {PLACES['why it was withdrawn']}"
        why = {("reason", "name-with-age"): f"Personnage de {PLACES['why a name stays in that']}"}
        writing.withdraw(session, record, instance.vocabulary(PARIS), reason=reason, why=why, by=head, at=THEN)
    assert left(instance, {place: PLACES[place] for place in NOT_YET}) == NOT_YET
    with instance.database.write(PARIS) as session:
        writing.erase(session, session.get_one(Record, (PARIS, record_id)), by=head, at=THEN + timedelta(days=1))


def left(instance: Instance, words: dict[str, str]) -> set[str]:
    """Which of *words* stand anywhere: in a table, in a byte of the data folder, or as the index has them."""
    files = [file for file in instance.settings.data.rglob("*") if file.is_file() and file.suffix != ".zip"]
    bytes_ = [file.read_bytes().decode("utf-8", "replace") for file in files]
    whole = "\n".join([everything(instance), *bytes_]).lower()
    # The index cuts off what a word shares with the one before it.
    return {place for place, word in words.items() if word.lower() in whole or word.lower()[1:] in whole}


def everything(instance: Instance) -> str:
    with instance.database.read(ALL) as session:
        connection = session.connection()
        names = [*Base.metadata.tables, "search_text", "search_text_word"]
        values = [one for name in names for row in connection.execute(text(f"SELECT * FROM {name}")) for one in row]
    return "\n".join(
        bytes(one).decode("utf-8", "replace") if isinstance(one, bytes | memoryview) else str(one) for one in values
    )


@pytest.fixture
def worked_on(paris_url: str, tmp_path: Path) -> Iterator[Instance]:
    with new_instance(settings(paris_url, tmp_path)) as instance:
        yield instance

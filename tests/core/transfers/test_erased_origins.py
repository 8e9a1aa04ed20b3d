"""What is erased where it comes from: who took it up keeps their own words, and none of it; nor does an office."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.errors import Conflict, LoadError
from lanzarote.exchange import erasure_list
from lanzarote.exchange.region_file import load_file
from lanzarote.instance import Instance
from lanzarote.kinds import actions
from lanzarote.operations.backup import backup, restore
from lanzarote.practices import saving, sheets, writing
from lanzarote.records.changelog import Audit, Change, ChangeBody
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record, body_of, decode, encode, find, publish, rename, revise, withdraw
from lanzarote.results.forgetting import forget
from lanzarote.transfers import mapping, service
from lanzarote.transfers import writing as transfers
from lanzarote.transfers.model import Travelled
from lanzarote.types import Practice, TransferRelease
from sqlalchemy import select

from tests.core.faults.erasing import settings
from tests.core.quiet import QuietClient
from tests.core.results.test_receiving import everything
from tests.core.transfers import travelling_procedures as procedures
from tests.core.transfers.people import Crew
from tests.core.transfers.test_travelling import enrol, export, office, send
from tests.core.transfers.travelling import (
    HEAD,
    PARIS,
    SECOND,
    THEN,
    WORDS,
    WRITER,
    adapted,
    begun,
    checked,
    get,
    origin_id,
    published,
    read,
    settle,
    slug_of,
    step,
)
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["office"]
SECRET = "Unvergesslich"
TEAM = "/uk/second-region/team/transfers"


@pytest.fixture
def told(both: Instance) -> Instance:
    """Paris has a practice whose title, address, summary and difficulties have the word in them."""
    record_id = origin_id(both)
    with both.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        said = decode(body_of(session, record, record.version), Practice)
        words = {"title": SECRET, "summary": f"{SECRET}: so.", "difficulties": f"{SECRET}: schwer."}
        text = {said.original: msgspec.structs.replace(said.text[said.original], **words)}
        revise(session, record, encode(msgspec.structs.replace(said, text=text)), by="test")
        publish(session, record, by="test")
        rename(session, record, SECRET.lower(), by="test")
    return both


def erase(instance: Instance, record_id: str = "") -> None:
    with instance.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id)) if record_id else find(session, "practice", SECRET.lower())
        writing.erase_wholly(session, record, by="test", at=THEN)
    instance.worker.run_due()


def word_in(instance: Instance) -> bool:
    instance.worker.run_due()
    instance.database.scrub()
    return SECRET.lower() in everything(instance).lower()


def own_words(instance: Instance, practice: str) -> None:
    """The group of the second region writes the draft anew, in its own words alone."""
    by = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id=SECOND),), strong=True)
    with instance.database.write(SECOND) as session:
        record = get(session, practice)
        sheet = writing.sheet_of(session, record)
        names = ("title", *sheets.REQUIRED_TEXTS)
        text = {sheet.original: type(sheet.text[sheet.original])(**dict.fromkeys(names, "Décrit ici."))}
        given = saving.Checked(slug="practice", content=msgspec.structs.replace(sheet, text=text))
        saving.save(session, record, given, expected=record.version, by=by, at=THEN)


def test_who_took_it_up_keeps_what_they_wrote_and_no_word_of_it(told: Instance) -> None:
    record_id = begun(told)
    step(told, record_id, "take_up")
    settle(told, record_id)
    before = read(told, record_id)
    assert word_in(told)
    erase(told)
    assert not word_in(told)
    after = read(told, record_id)
    assert after.origin == before.origin.nameless
    assert [one.answer for one in after.questions] == [WORDS for _ in before.questions]
    assert (after.sectors, after.provisions, after.changed) == (before.sectors, before.provisions, before.changed)
    with told.database.read(SECOND) as session:
        record = get(session, record_id)
        assert [bool(body_of(session, record, number)) for number in range(1, record.version + 1)] == [True, True]
        query = select(Audit.actor).where(Audit.record_id == record_id, Audit.verb == "forget-origin")
        assert session.scalars(query).all() == ["lanzarote"]


def test_its_group_reads_that_it_was_erased_and_what_to_look_at(told: Instance) -> None:
    record_id = begun(told)
    crew = Crew(told, QuietClient(create_app(told)))
    assert SECRET in crew.head.get(f"{TEAM}/{record_id}")
    erase(told)
    for path in (TEAM, f"{TEAM}/{record_id}", f"{TEAM}/{record_id}/edit", f"{TEAM}/{record_id}/versions", "/en/start"):
        page = crew.head.get(path)
        assert SECRET.lower() not in page.lower(), path
        assert "The original was erased" in page, path
    assert "What was asked here was erased with it" in crew.head.get(f"{TEAM}/{record_id}")
    looked = crew.head.get(f"{TEAM}/{record_id}/origin")
    assert "may still have texts of it" in looked
    assert "I have looked at it" in looked


def test_what_nobody_can_be_asked_any_more_holds_nothing_up(told: Instance) -> None:
    record_id = begun(told)
    before = {one.kind for one in mapping.open_points(read(told, record_id))}
    erase(told)
    after = {one.kind for one in mapping.open_points(read(told, record_id))}
    assert (before - after, after) == ({"question"}, before - {"question"})


@pytest.mark.parametrize("erases", [True, False], ids=["erased", "withdrawn"])
@pytest.mark.parametrize("name", ["take-up", "adapt"])
def test_what_cannot_be_read_any_more_is_neither_taken_up_nor_adapted_and_pages_say_why(
    told: Instance, name: str, erases: bool
) -> None:
    record_id = begun(told)
    if name == "adapt":
        step(told, record_id, "take_up")
    crew = Crew(told, QuietClient(create_app(told)))
    if erases:
        erase(told)
    else:
        with told.database.write(PARIS) as session:
            withdraw(session, find(session, "practice", SECRET.lower()), by="test")
    here, why = f"{TEAM}/{record_id}", "So no draft can be made of it. Write one of your own, or say why"
    page = crew.head.get(here)
    assert why in page
    assert f'class="button" href="{here}/{name}"' not in page
    asked = crew.head.get(f"{here}/{name}", status=403)
    assert (why in asked, '<form method="post" action="' + here in asked) == (True, False)
    assert why in crew.head.post(f"{here}/{name}", status=403, version="1")
    assert f'href="{here}/decline"' in page


def test_who_had_seen_that_it_was_withdrawn_is_told_that_it_is_erased(told: Instance) -> None:
    record_id = begun(told)
    with told.database.write(SECOND) as session:
        record = get(session, record_id)
        by = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id=SECOND),), strong=True)
        transfers.look(session, record, version=0, gone=True, expected=record.version, by=by, at=THEN)
    erase(told)
    crew = Crew(told, QuietClient(create_app(told)))
    assert f"{TEAM}/{record_id}/origin" in crew.head.get("/en/start")


def adopted(told: Instance) -> tuple[str, str]:
    """The second region has adopted it, and published what it adapted in its own words: transfer, practice."""
    record_id = begun(told)
    step(told, record_id, "take_up")
    settle(told, record_id)
    practice = adapted(told, record_id)
    step(told, record_id, "pilot")
    own_words(told, practice)
    published(told, practice)
    step(told, record_id, "adopt")
    return record_id, practice


def at_office(told: Instance, office: Instance, practice: str) -> tuple[QuietClient, str]:
    """Somebody who reads there what was adapted, and its address."""
    for region_id in (PARIS, SECOND):
        enrol(told, office, region_id)
        send(told, office, region_id)
    page, client = f"/uk/second-region/practices/{_slug(told, practice)}", QuietClient(create_app(office))
    before = [client.get(page + more) for more in ("", "/travels")]
    assert [(one.status_code, SECRET in one.text) for one in before] == [(200, True), (200, True)]
    return client, page


def test_an_office_has_no_word_of_it_whoever_took_it_up(told: Instance, office: Instance) -> None:
    record_id, practice = adopted(told)
    client, page = at_office(told, office, practice)
    assert word_in(office)
    erase(told)
    send(told, office, PARIS)  # nothing has to come from the region that took it up
    assert not word_in(office)
    for more in ("", "/travels"):
        text = client.get(page + more).text
        assert SECRET not in text
        assert ">version 2<" in text
    assert "It is not on this site, or no longer published there." in text
    [one] = service.taken_up(office, SECOND)
    assert (one.state, one.origin.record, one.origin.title) == ("adopted", read(told, record_id).origin.record, {})


def test_a_page_has_no_word_of_it_where_nothing_is_told_of_the_transfer_any_more(
    told: Instance, office: Instance
) -> None:
    record_id, practice = adopted(told)
    with told.database.write(SECOND) as session:
        words = told.vocabulary(SECOND)
        actions.withdraw(session, get(session, record_id), words, reason="So ist es.", by=HEAD, at=THEN)
    client, page = at_office(told, office, practice)
    assert service.taken_up(office, SECOND) == ()
    erase(told)
    send(told, office, PARIS)
    assert [SECRET in client.get(page + more).text for more in ("", "/travels")] == [False, False]


def test_a_page_has_no_word_of_it_when_an_office_has_forgotten_the_region(told: Instance, office: Instance) -> None:
    _, practice = adopted(told)
    client, page = at_office(told, office, practice)
    forget(office.database, PARIS, by="test")
    for more in ("", "/travels"):
        text = client.get(page + more).text
        assert (SECRET in text, f"/{PARIS}/practices/{SECRET.lower()}" in text) == (False, False)


def _slug(instance: Instance, record_id: str) -> str:
    with instance.database.read(SECOND) as session:
        return get(session, record_id).slug


def test_a_region_says_which_thing_it_took_up_and_no_word_of_it(told: Instance) -> None:
    record_id = begun(told)
    step(told, record_id, "take_up")
    with told.database.read(SECOND) as session:
        joined = (Change.region_id == ChangeBody.region_id) & (Change.seq == ChangeBody.seq)
        bodies = session.scalars(select(ChangeBody.body).join(Change, joined).where(Change.kind == "transfer")).all()
        [kept] = session.scalars(select(Travelled.body)).all()
    for body in (*bodies, kept):
        assert SECRET.lower() not in bytes(body).decode().lower()
        assert msgspec.json.decode(body, type=TransferRelease).origin.record == origin_id(told)


def test_a_file_that_was_written_before_brings_no_word_of_it_back(
    told: Instance, office: Instance, tmp_path: Path
) -> None:
    record_id = begun(told)
    file = tmp_path / "second.jsonl"
    export(told, SECOND, file)
    assert SECRET in file.read_text()
    enrol(told, office, PARIS)
    send(told, office, PARIS)
    erase(told)
    send(told, office, PARIS)
    load_file(office, file)
    assert word_in(office) is False
    assert read(office, record_id).questions
    with pytest.raises(LoadError, match="is here with other content"):
        load_file(told, file)
    assert word_in(told) is False


def test_what_is_erased_on_another_instance_is_taken_out_as_soon_as_that_is_received(
    told: Instance, office: Instance, tmp_path: Path
) -> None:
    record_id = begun(told)
    settle(told, record_id)
    file = tmp_path / "second.jsonl"
    export(told, SECOND, file)
    enrol(told, office, PARIS)
    send(told, office, PARIS)
    load_file(office, file)
    assert word_in(office)
    erase(told)
    send(told, office, PARIS)
    assert not word_in(office)
    assert [one.answer for one in read(office, record_id).questions] == [WORDS for _ in read(told, record_id).questions]


@pytest.mark.both_databases
def test_what_is_just_being_saved_when_it_is_erased_is_waited_for(told: Instance) -> None:
    record_id = begun(told)
    said = read(told, record_id)
    passed = checked(told, msgspec.structs.replace(said, changed=WORDS))
    with told.database.write(PARIS) as session:
        writing.erase_wholly(session, find(session, "practice", SECRET.lower()), by="test", at=THEN)
    with told.database.write(SECOND) as session:
        transfers.save(session, get(session, record_id), passed, expected=1, by=WRITER, at=THEN)
        done = threading.Thread(target=told.worker.run_due)
        done.start()
        done.join(0.5)
    done.join(60)
    assert not word_in(told)
    assert read(told, record_id).changed == WORDS


def test_an_older_backup_brings_no_word_of_it_back(told: Instance, tmp_path: Path) -> None:
    record_id = begun(told)
    settle(told, record_id)
    backup(told, tmp_path / "before.zip")
    erase(told)
    backup(told, tmp_path / "after.zip")
    folder = tmp_path / "new"
    fresh = settings(f"sqlite:///{folder / 'new.sqlite'}", folder)
    restore(fresh, tmp_path / "before.zip", erasure_list.place(told.settings))
    with new_instance(fresh, both_regions()) as restored:
        assert not word_in(restored)
        assert [one.answer for one in read(restored, record_id).questions] == [
            WORDS for _ in read(told, record_id).questions
        ]


def test_what_was_erased_before_the_region_had_a_key_is_taken_out_elsewhere_too(
    told: Instance, office: Instance, tmp_path: Path
) -> None:
    begun(told)
    file = tmp_path / "second.jsonl"
    export(told, SECOND, file)
    erase(told)
    load_file(office, file)
    assert word_in(office)
    enrol(told, office, PARIS)
    send(told, office, PARIS)
    assert not word_in(office)


def test_those_that_are_erased_one_after_the_other_are_all_taken_out(told: Instance) -> None:
    with told.database.read(PARIS) as session:
        shown = (Record.kind == "practice") & (Record.state == "published") & Record.key.is_not(None)
        keys = [str(key) for key in session.scalars(select(Record.key).where(shown)).all()][:8]
    made = [begun(told, key) for key in keys]
    told.worker.start(every=0.01)
    try:
        for key in keys:
            with told.database.write(PARIS) as session:
                writing.erase_wholly(session, find(session, "practice", slug_of(told, key)), by="test", at=THEN)
    finally:
        told.worker.stop()
    told.worker.run_due()
    assert [read(told, one).origin.title for one in made] == [{}] * len(made)


def test_what_was_read_before_it_was_erased_cannot_be_saved_after(told: Instance) -> None:
    record_id = begun(told)
    read_before = read(told, record_id)
    passed = checked(told, read_before)
    erase(told)
    with told.database.write(SECOND) as session, pytest.raises(Conflict):
        transfers.save(session, get(session, record_id), passed, expected=1, by=WRITER, at=THEN)
    assert not word_in(told)


def test_a_procedure_leaves_no_word_either(both: Instance) -> None:
    text = {"title": SECRET, "purpose": "Accueillir.", "limits": f"{SECRET}."}
    procedure = procedures.endorsed(both, procedures.BODY | {"text": {"fr": text}})
    procedures.extended(both)
    record_id = procedures.begun(both, procedure)
    assert read(both, record_id).origin.title == {"fr": SECRET}
    erase(both, procedure)
    assert read(both, record_id).origin.title == {}
    assert not word_in(both)


def test_what_is_still_there_keeps_its_words(told: Instance) -> None:
    record_id, other = begun(told), begun(told, "uaped")
    erase(told, origin_id(told, "uaped"))
    assert read(told, record_id).origin.title
    assert not read(told, other).origin.title


def test_an_address_by_id_leads_there_and_says_gone_later(told: Instance) -> None:
    client: Any = QuietClient(create_app(told))
    record_id, slug = origin_id(told), slug_of(told)
    for more in ("", "/travels", "/versions"):
        answer = client.get(f"/fr/paris/practices/{record_id}{more}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (301, f"/fr/paris/practices/{slug}{more}")
    erase(told)
    assert client.get(f"/fr/paris/practices/{record_id}").status_code == 410
    assert client.get("/fr/paris/practices/01900000-0000-7000-8000-0000000000ff").status_code == 404

"""What an upgrade does beside merging fields: seeds, keys, translations, vocabulary."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import pytest
from lanzarote.errors import NotFound, RegionError
from lanzarote.practices.service import facets_of
from lanzarote.records import records
from lanzarote.records.records import Record
from lanzarote.records.tasks import finish_task, open_task, open_tasks
from lanzarote.regions import seeds
from lanzarote.regions.renaming import with_present_keys
from sqlalchemy.orm import Session

from tests.core.upgrade.conftest import Land, sectors
from tests.regions.writing import ORGANISATION, PRACTICE, SECTOR

EN = PRACTICE["text"]["en"]
FR = PRACTICE["text"]["fr"]


def texts(en: Mapping[str, str] = EN, fr: Mapping[str, str] = FR) -> dict[str, Any]:
    return {"en": {**EN, **en}, "fr": {**FR, **fr}}


# Seeds that come and go


def test_a_new_seed_is_loaded_and_published(land: Land) -> None:
    land.release(practices={"first": {}})
    report = land.release(practices={"first": {}, "second": {}})
    assert (report.first, report.records.new, report.records.unchanged) == (False, ["practice second"], 1)
    assert land.public() == ["first", "second"]
    assert land.found("invented") == ["second", "first"]


def test_an_unpublished_seed_is_a_draft_that_nobody_sees(land: Land) -> None:
    land.release(
        practices={"held": {"publish": False, "reason": {"en": "A case is pending.", "fr": "Affaire en cours."}}}
    )
    assert (land.record("held").state, land.record("held").published_version) == ("draft", None)
    assert b"A case is pending." in land.record("held").status
    assert land.public() == []
    report = land.release(practices={"held": {"publish": False, "cost": "low"}})
    assert report.records.updated == ["practice held"]
    assert land.practice("held").cost == "low"
    assert land.public() == []


def test_a_seed_removed_from_the_package_stays_and_is_marked(land: Land) -> None:
    land.release(practices={"first": {}, "second": {}})
    report = land.release(practices={"first": {}})
    assert report.records.removed == report.records.no_longer_shown == ["practice second"]
    assert land.public() == ["first", "second"]
    assert [(task["key"], task["shipped"]) for task in land.tasks()] == [("second", False)]
    seed = land.seed("second")
    assert seed is not None
    assert not seed.in_package
    assert land.release(practices={"first": {}}).records.removed == []


def test_a_published_practice_that_the_package_shows_no_longer_stays_public_until_somebody_withdraws_it(
    land: Land,
) -> None:
    land.release(practices={"shown": {"cost": "low"}})
    hidden = {"publish": False, "reason": {"en": "A case is pending.", "fr": "Affaire en cours."}, "cost": "high"}
    report = land.release(practices={"shown": hidden})
    assert report.records.no_longer_shown == report.records.working == ["practice shown"]
    assert land.public() == ["shown"]
    [task] = land.tasks()
    assert (task["key"], task["title"], task["reason"]["en"]) == ("shown", EN["title"], "A case is pending.")

    with land.instance.database.write("testland") as session:
        [waiting] = open_tasks(session)
        seeds.take_back(session, "testland", waiting.id, by="team")
    assert (land.public(), land.tasks(), land.record("shown").state) == ([], [], "withdrawn")
    assert land.release(practices={"shown": hidden | {"cost": "low"}}).records.no_longer_shown == []


def test_whoever_keeps_it_is_not_asked_again_until_the_package_changes_its_mind_twice(land: Land) -> None:
    hidden = {"publish": False, "reason": {"en": "A case is pending.", "fr": "Affaire en cours."}}
    land.release(practices={"shown": {}})
    land.release(practices={"shown": hidden})
    with land.instance.database.write("testland") as session:
        [waiting] = open_tasks(session)
        finish_task(session, "testland", waiting.id, by="team")
    assert land.release(practices={"shown": hidden | {"cost": "low"}}).records.no_longer_shown == []
    assert land.release().records.no_longer_shown == []
    assert land.tasks() == []
    land.release(practices={"shown": {}})
    assert land.release(practices={"shown": hidden}).records.no_longer_shown == ["practice shown"]
    assert len(land.tasks()) == 1
    land.release(practices={"shown": {}})
    assert (land.tasks(), land.public()) == ([], ["shown"])


def test_a_draft_that_the_region_published_itself_is_not_asked_about(land: Land) -> None:
    hidden = {"publish": False, "reason": {"en": "A case is pending.", "fr": "Affaire en cours."}}
    land.release(practices={"held": hidden})
    land.change("held", lambda session, record: records.publish(session, record, by="team"))
    assert land.release(practices={"held": hidden | {"cost": "low"}}).records.no_longer_shown == []
    assert land.tasks() == []


@pytest.mark.parametrize("task_id", ["nope", "reply"])
def test_only_what_such_a_task_asks_about_is_withdrawn(land: Land, task_id: str) -> None:
    land.release(practices={"shown": {}})
    with land.instance.database.write("testland") as session:
        other = open_task(session, "testland", "reply", by="reader", record_id=land.record("shown").id)
    with land.instance.database.write("testland") as session, pytest.raises(NotFound, match="asks whether to withdraw"):
        seeds.take_back(session, "testland", other if task_id == "reply" else task_id, by="team")
    assert land.public() == ["shown"]


def test_a_seed_that_returns_is_merged_as_if_it_had_never_been_away(land: Land) -> None:
    land.release(practices={"away": {"cost": "low"}})
    land.release()
    land.edit("away", running="ended")
    report = land.release(practices={"away": {"cost": "high"}})
    assert (report.records.new, report.records.working) == ([], ["practice away"])
    assert (land.practice("away").cost, land.practice("away").running) == ("high", "ended")
    seed = land.seed("away")
    assert seed is not None
    assert seed.in_package


@pytest.mark.parametrize("kind", ["practices", "organisations"])
def test_a_renamed_seed_stays_the_same_record(land: Land, kind: str) -> None:
    value: Any = {"practices": PRACTICE, "organisations": ORGANISATION}[kind]
    release: Any = land.release
    release(**{kind: {"old-name": value}})
    before = land.record("old-name")
    land.edit("old-name", verified=True)
    report = release(**{kind: {"new-name": {**value, "former": ["older", "old-name"], "scope": "national"}}})
    after = land.record("new-name")
    assert (after.id, after.slug) == (before.id, before.slug)
    assert (report.records.new, report.records.removed) == ([], [])
    assert land.seed("old-name") is None
    with land.instance.database.read("testland") as session:
        body = msgspec.json.decode(records.body_of(session, after, after.version))
    assert (body["scope"], body["verified"]) == ("national", True)


def test_a_former_key_that_is_still_in_use_is_not_taken_over(land: Land) -> None:
    land.release(practices={"b-old": {}})
    before = land.rows()
    with pytest.raises(RegionError, match="former: 'b-old' is the key of another entry"):
        land.release(practices={"a-new": {"former": ["b-old"]}, "b-old": {}})
    assert land.rows() == before


# Records that the region took back


@pytest.mark.parametrize("state", ["withdrawn", "archived", "erased"])
def test_what_was_taken_back_is_left_alone_release_after_release(land: Land, state: str) -> None:
    land.release(practices={"gone": {}})

    def take_back(session: Session, record: Record) -> None:
        (records.erase if state == "erased" else records.withdraw)(session, record, by="team")
        if state == "archived":
            records.archive(session, record, by="team")

    land.change("gone", take_back)
    for cost in ("low", "high"):
        assert land.release(practices={"gone": {"cost": cost}}).records.left_alone == ["practice gone"]
        assert land.record("gone").state == state
        assert land.public() == []
    land.release()
    assert land.release(practices={"gone": {"cost": "low"}}).records.new == []
    assert land.tasks() == []


def test_what_is_published_again_takes_what_it_missed(land: Land) -> None:
    land.release(practices={"back": {}})
    land.change("back", lambda session, record: records.withdraw(session, record, by="team"))
    land.release(practices={"back": {"cost": "low"}})
    land.change("back", lambda session, record: records.publish(session, record, by="team"))
    report = land.release(practices={"back": {"cost": "low", "running": "ended"}})
    assert report.records.working == ["practice back"]
    assert (land.practice("back").cost, land.practice("back").running) == ("low", "ended")
    assert land.tasks() == []


def test_an_erased_record_leaves_no_text_in_seeds_and_tasks(land: Land) -> None:
    land.release(practices={"case": {"running": "ongoing", "text": texts(en={"summary": "Before Quxley."})}})
    land.edit("case", text=texts(en={"summary": "Ours Quxley."}))
    land.release(practices={"case": {"text": texts(en={"summary": "Theirs Quxley."})}})
    assert [task["field"] for task in land.tasks()] == ["text.en.summary"]
    assert "Quxley" in str(land.rows()), "there must be something to forget"
    land.change("case", lambda session, record: records.erase(session, record, by="team"))
    assert land.tasks() == []
    assert "Quxley" not in str(land.rows())
    again = land.release(practices={"case": {"text": texts(en={"summary": "Theirs Quxley."})}})
    assert (again.records.unchanged, again.records.left_alone) == (1, [])
    assert "Quxley" not in str(land.rows())


# Conflicts


def test_a_conflict_keeps_the_local_text_and_shows_all_three(land: Land) -> None:
    land.release(practices={"p": {"text": texts(en={"title": "First"})}})
    land.edit("p", publish=True, text=texts(en={"title": "Ours"}))
    report = land.release(practices={"p": {"text": texts(en={"title": "Theirs"}), "cost": "low"}})
    assert report.records.questions == ["practice p: text.en.title"]
    assert land.practice("p").text["en"].title == "Ours"
    assert land.practice("p").cost == "low"
    assert land.tasks() == [
        {"key": "p", "field": "text.en.title", "before": "First", "local": "Ours", "package": "Theirs"}
    ]
    with land.instance.database.read("testland") as session:
        assert [task.record_id for task in open_tasks(session)] == [land.record("p").id]


def test_a_language_dropped_by_the_package_and_edited_here_stays_whole(land: Land) -> None:
    land.release(practices={"p": {"text": texts()}})
    land.edit("p", text=texts(fr={"title": "À nous"}))
    land.release(practices={"p": {"text": {"en": {**EN, "title": "New"}}}})
    kept = land.practice("p")
    assert (kept.text["fr"].title, kept.text["fr"].summary) == ("À nous", FR["summary"])
    assert kept.text["en"].title == EN["title"]
    assert sorted(task["field"] for task in land.tasks()) == ["text.en.title", "text.fr.summary", "text.fr.title"]


def test_a_new_original_without_text_here_is_asked(land: Land) -> None:
    land.release(practices={"p": {"text": texts()}})
    land.edit("p", text={"en": EN})
    land.release(practices={"p": {"original": "fr", "text": texts()}})
    assert (land.practice("p").original, set(land.practice("p").text)) == ("en", {"en"})
    assert [task["field"] for task in land.tasks()] == ["original"]


# Translations


def test_a_translation_is_out_of_date_until_the_package_follows_up(land: Land) -> None:
    land.release(practices={"p": {"text": texts()}})
    assert land.practice("p").stale == ()
    land.release(practices={"p": {"text": texts(en={"summary": "It does more."})}})
    assert land.practice("p").stale == ("fr",)
    both = texts(en={"summary": "It does more."}, fr={"summary": "Elle fait plus."})
    land.release(practices={"p": {"text": both}})
    assert land.practice("p").stale == ()


def test_a_translation_renewed_together_with_the_original_is_up_to_date(land: Land) -> None:
    land.release(practices={"p": {"text": texts()}})
    land.release(practices={"p": {"text": texts(en={"summary": "More."}, fr={"summary": "Plus."})}})
    assert land.practice("p").stale == ()


def test_a_translation_of_the_region_goes_out_of_date_and_stays_so(land: Land) -> None:
    land.release(practices={"p": {"text": texts()}})
    land.edit("p", text={**texts(), "de": {"title": "Titel", "summary": "Was sie tut."}})
    land.release(practices={"p": {"text": texts(en={"summary": "More."}, fr={"summary": "Plus."})}})
    assert land.practice("p").stale == ("de",)
    land.release(practices={"p": {"text": texts(en={"summary": "More."}, fr={"summary": "Encore."})}})
    assert land.practice("p").stale == ("de",)


def test_a_changed_field_that_has_no_translation_makes_none_stale(land: Land) -> None:
    land.release(practices={"p": {"text": texts()}})
    land.release(practices={"p": {"text": texts(en={"means": "A room."})}})
    assert land.practice("p").stale == ()


# Vocabulary


def test_vocabulary_that_is_added_changed_and_dropped_is_told_and_dropped_entries_stay(land: Land) -> None:
    land.release(sectors=sectors("courts", "schools"))
    changed = sectors("courts", "health", courts={"name": {"en": "Justice", "fr": "Justice"}})
    report = land.release(sectors=changed)
    assert report.vocabulary == ["sector: 1 new, 1 changed (courts), 1 retired (schools)"]
    assert list(land.vocabulary.sectors) == ["courts", "health", "schools"]
    assert land.vocabulary.sectors["courts"].name["en"] == "Justice"
    retired = [key for key in land.vocabulary.sectors if land.vocabulary.is_retired("sector", key)]
    assert retired == ["schools"]


def test_a_dropped_entry_that_returns_is_in_use_again(land: Land) -> None:
    land.release(sectors=sectors("courts", "schools"))
    land.release(sectors=sectors("courts"))
    assert land.vocabulary.is_retired("sector", "schools")
    assert land.release(sectors=sectors("courts", "schools")).vocabulary == ["sector: 1 changed (schools)"]
    assert not land.vocabulary.is_retired("sector", "schools")


def test_an_entry_retired_by_date_is_retired_from_that_day(land: Land) -> None:
    land.release(sectors=sectors("courts", courts={"until": date(2031, 1, 1)}))
    known = land.vocabulary
    assert not known.is_retired("sector", "courts", date(2030, 12, 31))
    assert known.is_retired("sector", "courts", date(2031, 1, 1))


def test_a_renamed_sector_takes_its_practices_along(land: Land) -> None:
    land.release(practices={"p": {}})
    renamed = {"tribunals": {**SECTOR, "former": ["courts"]}}
    land.release(sectors=renamed, practices={"p": {"sectors": ["tribunals"]}})
    assert land.vocabulary.present_key("sector", "courts") == "tribunals"
    counts = facets_of(land.instance, "testland").counts({}, facets=("sector",))
    assert counts == {"sector": {"tribunals": 1}}, "the published version still says courts"


def test_a_renamed_sector_is_told_as_renamed_and_gives_nobody_work(land: Land) -> None:
    first: dict[str, Any] = {
        "organisations": {"o": ORGANISATION},
        "practices": {"p": {"partners": [{"sector": "courts"}]}},
    }
    land.release(**first)
    land.edit("p", publish=True, cost="low")
    renamed = {"tribunals": {**SECTOR, "former": ["courts"]}}
    now: dict[str, Any] = {
        "sectors": renamed,
        "organisations": {"o": {**ORGANISATION, "sectors": ["tribunals"]}},
        "practices": {"p": {"sectors": ["tribunals"], "partners": [{"sector": "tribunals"}]}},
    }
    report = land.release(**now)
    assert report.vocabulary == ["sector: 1 renamed (courts → tribunals)"]
    assert (report.records.working, report.records.questions, report.records.unchanged) == ([], [], 2)
    now["practices"]["p"]["running"] = "ended"
    report = land.release(**now)
    assert report.records.taken == {"practice p": ("running",)}
    assert report.records.kept == {"practice p": ("cost",)}, "that it still names the old key is no change of the team"
    assert (land.practice("p").sectors, land.practice("p").cost) == (("tribunals",), "low")


def test_keys_of_sources_provisions_and_answers_are_followed_but_no_words() -> None:
    present = {
        "sectors": {},
        "organisations": {},
        "sources": {"a": "b"},
        "provisions": {"a": "c"},
        "fields": {"a": "d"},
    }
    body = {
        "answers": {"a": "a"}, "evidence": [{"sources": ["a", "x"]}], "legal_basis": ["a"],
        "steps": [{"passes": [{"basis": "a"}]}], "text": {"en": {"basis": "a"}},
        "field_sources": {"partners": ["a", "x"]},
    }  # fmt: skip
    assert msgspec.json.decode(with_present_keys(records.encode(body), present)) == {
        "answers": {"d": "a"}, "evidence": [{"sources": ["b", "x"]}], "legal_basis": ["c"],
        "steps": [{"passes": [{"basis": "c"}]}], "text": {"en": {"basis": "a"}},
        "field_sources": {"partners": ["b", "x"]},
    }  # fmt: skip


def test_a_new_order_shows_at_once(land: Land) -> None:
    land.release(sectors=sectors("courts", "schools"))
    assert list(land.vocabulary.sectors) == ["courts", "schools"]
    before = land.instance.revisions.of("testland")
    report = land.release(sectors=sectors("schools", "courts"))
    assert report.vocabulary == ["sector: another order"]
    assert list(land.vocabulary.sectors) == ["schools", "courts"]
    assert land.instance.revisions.of("testland") != before


def test_a_practice_is_found_by_a_sector_that_changed_its_common_sectors(land: Land) -> None:
    land.release(practices={"p": {}})
    land.release(sectors=sectors("courts", courts={"common": ["health"]}), practices={"p": {}})
    counts = facets_of(land.instance, "testland").counts({}, facets=("common",))
    assert counts == {"common": {"health": 1}}


def test_a_changed_header_reaches_every_running_process(land: Land) -> None:
    land.release()
    with land.package.instance(land.url) as other:
        assert other.header("testland").name["en"] == "Testland"
        land.release(header={"name": {"en": "Newland", "fr": "Neuve"}})
        deadline = time.monotonic() + 5  # PostgreSQL's notice takes its time
        while other.header("testland").name["en"] != "Newland" and time.monotonic() < deadline:
            time.sleep(0.02)
        assert other.header("testland").name["en"] == "Newland"

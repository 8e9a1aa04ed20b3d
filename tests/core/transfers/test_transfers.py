"""A practice of one region is taken up in another: what is proposed, what is open, what goes along, who may what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import pytest
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.kinds import actions
from lanzarote.practices import service as practices
from lanzarote.records import drafts
from lanzarote.records.changelog import ChangeBody
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import Record
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.store.database import ALL
from lanzarote.transfers import adapting, mapping, origin, reading, service, writing
from lanzarote.transfers.answers import AnsweredQuestion, Given, GivenMatch, applied
from lanzarote.transfers.writing import Declining
from sqlalchemy import select

from tests.core.evaluation.piloting import DECISION, decided
from tests.core.transfers.travelling import (
    HEAD,
    PARIS,
    SECOND,
    SLUG,
    THEN,
    TODAY,
    WORDS,
    WRITER,
    adapted,
    adopted,
    begun,
    change_origin,
    checked,
    get,
    origin_id,
    proposed,
    published,
    read,
    settle,
    state,
    step,
)

if TYPE_CHECKING:
    from lanzarote.instance import Instance


def test_sectors_are_matched_through_common_ones_and_law_through_the_convention(both: Instance) -> None:
    for key in ("uaped", "court-dogs", "salles-melanie", "paris-plan-2021"):
        said = proposed(both, key)
        there, here = both.vocabulary(PARIS), both.vocabulary(SECOND)
        assert said.sectors
        for one in said.sectors:
            assert all(set(here.sectors[name].common) & set(there.sectors[one.origin].common) for name in one.here)
            if not one.here:
                assert not any(set(other.common) & set(one.common) for other in here.sectors.values())
        for match in said.provisions:
            assert match.paragraphs or not match.here
            if "xu-vk-7" in match.here:
                assert any(ref.partition(".")[0] == "35" for ref in match.paragraphs)


def test_what_has_no_counterpart_and_no_answer_is_an_open_point(both: Instance) -> None:
    said = proposed(both)
    open_ones = {one.place for one in mapping.open_points(said)}
    assert open_ones >= {f"questions[{number}]" for number in range(len(said.questions))}
    assert {f"sectors[{n}]" for n, one in enumerate(said.sectors) if not one.here} <= open_ones
    record_id = begun(both)
    settle(both, record_id)
    assert mapping.open_points(read(both, record_id)) == ()


def test_questions_are_what_another_place_needs_and_what_was_difficult(both: Instance) -> None:
    there = origin.read_origin(both, PARIS, origin_id(both))
    said = proposed(both)
    texts = there.practice.text[there.practice.original]
    for about in mapping.ASKED:
        asked = [one.text.get(there.practice.original, "") for one in said.questions if one.about == about]
        assert "".join("".join(asked).split()) == "".join((getattr(texts, about) or "").split())
    silent = proposed(both, "hospital-cells-2014")
    assert [one.text for one in silent.questions if one.about == "difficulties"] == [{}]  # it does not say: it is asked


def test_it_goes_its_way_and_every_step_is_a_coordinators(both: Instance) -> None:
    record_id = begun(both)
    assert state(both, record_id) == "offered"
    assert service.travels(both, PARIS, origin_id(both)) == ()  # nobody else reads what is but proposed
    for name in ("take_up", "pilot", "adopt"):
        with pytest.raises(NotPermitted):
            step(both, record_id, name, by=WRITER)
    with pytest.raises(IllegalTransition):
        step(both, record_id, "adopt")
    step(both, record_id, "take_up")
    practice = adapted(both, record_id)
    with pytest.raises(Faulty):  # points are open
        step(both, record_id, "pilot")
    settle(both, record_id)
    step(both, record_id, "pilot")
    with pytest.raises(Faulty):  # the practice is not published
        step(both, record_id, "adopt")
    published(both, practice)
    step(both, record_id, "adopt")
    [one] = service.travels(both, PARIS, origin_id(both))
    assert (one.state, one.region, one.practice, one.changed) == ("adopted", SECOND, practice, WORDS)
    assert [each.state for each in one.steps] == ["offered", "taken-up", "adapting", "piloted", "adopted"]


def test_the_draft_has_the_origins_texts_and_nothing_that_is_true_of_it_alone(both: Instance) -> None:
    record_id = begun(both)
    step(both, record_id, "take_up")
    practice = adapted(both, record_id)
    there = origin.read_origin(both, PARIS, origin_id(both))
    with both.database.read(SECOND) as session:
        from lanzarote.practices.writing import sheet_of

        record = get(session, practice)
        sheet = sheet_of(session, record)
        assert record.state == "draft"
    assert (sheet.original, set(sheet.text)) == ("uk", {"uk"}), "nobody here is asked for French"
    assert set(there.practice.text) == {"fr", "en"}
    here = both.vocabulary(SECOND)
    assert set(sheet.sectors) <= set(here.sectors)
    assert sheet.partners
    assert all(one.organisation is None and one.sector in here.sectors and not one.part for one in sheet.partners)
    assert (sheet.evidence, sheet.cost, sheet.running, sheet.sources) == ((), None, None, ())
    [source] = sheet.own_sources
    assert source.title == "A practice of another place: Paris", "it would stay here when that is erased"
    assert "Paris" in source.publisher
    assert sheet.note == {}, "it would stay when the texts are adapted"


@pytest.mark.parametrize(
    ("languages", "original", "kept"),
    [
        (("uk",), "uk", ()),
        (("is", "en"), "en", ("en",)),
        (("en", "fr"), "fr", ("fr", "en")),
        (("uk", "fr"), "fr", ("fr",)),
    ],
)
def test_a_draft_keeps_the_texts_in_languages_of_its_own_region(
    both: Instance, languages: tuple[str, ...], original: str, kept: tuple[str, ...]
) -> None:
    here = both.vocabulary(SECOND)
    here = msgspec.structs.replace(here, header=msgspec.structs.replace(here.header, languages=languages))
    there = origin.read_origin(both, PARIS, origin_id(both))
    sheet = adapting.sheet_of(there, proposed(both), here, said=lambda text: (text, "en"), url="")
    assert (sheet.original, set(sheet.text)) == (original, set(kept or (original,)))
    carried = {name for name in there.practice.filled if getattr(sheet.text[original], name, None)}
    assert sheet.field_sources == dict.fromkeys(carried, (adapting.SOURCE,)), "it says so there, by these sources"
    assert set(sheet.editorial) == carried & set(there.practice.editorial)
    for lang in kept:
        assert sheet.text[lang].activities == there.practice.text[lang].activities
        assert (sheet.text[lang].results, sheet.text[lang].limits) == (None, None)


def test_both_know_of_each_other_and_provenance_leaves_with_the_practice(both: Instance) -> None:
    record_id, practice = adopted(both)
    found = practices.decode(practices.document_of(both.database, SECOND, practice))
    assert found.derived is not None
    assert (found.derived.region, found.derived.record, found.derived.through) == (PARIS, origin_id(both), record_id)
    with both.database.read(SECOND) as session:
        query = select(ChangeBody.body).where(ChangeBody.record_id == practice).order_by(ChangeBody.seq.desc())
        assert record_id.encode() in bytes(session.scalars(query).first() or b"")


@pytest.mark.both_databases
def test_of_each_practice_there_is_one_transfer_however_many_propose_it_at_once(both: Instance) -> None:
    said = proposed(both)

    def propose(_: int) -> tuple[str, bool]:
        with both.database.write(SECOND) as session:
            record, fresh = writing.begin(session, SECOND, said, today=TODAY, by=WRITER, at=THEN)
            return record.id, fresh

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(propose, range(100)))
    assert len({record_id for record_id, _ in made}) == 1
    assert sum(fresh for _, fresh in made) == 1


@pytest.mark.both_databases
def test_a_hundred_answers_at_once_leave_one_version_more(both: Instance) -> None:
    record_id = begun(both)
    said = applied(read(both, record_id), Given(changed=WORDS))
    given = checked(both, said)

    def save(_: int) -> bool:
        try:
            with both.database.write(SECOND) as session:
                writing.save(session, get(session, record_id), given, expected=1, by=WRITER, at=THEN)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, range(100))) == 1
    with both.database.read(SECOND) as session:
        assert get(session, record_id).version == 2


def test_it_is_declined_with_reasons_that_everybody_reads(both: Instance) -> None:
    record_id = begun(both)
    words = both.vocabulary(SECOND)
    for reason in ({}, {"uk": "Ні."}):
        with pytest.raises(Faulty):
            step(both, record_id, "decline", vocabulary=words, given=Declining(reason=reason))
    named, why = {"uk": "Пишіть на lea.martin@gmail.com"}, {"uk": "Немає судових собак, ні коштів на них."}
    with pytest.raises(Identifying):
        step(both, record_id, "decline", vocabulary=words, given=Declining(reason=named))
    step(both, record_id, "decline", vocabulary=words, given=Declining(reason=why))
    [one] = service.travels(both, PARIS, origin_id(both))
    assert (one.state, one.reason) == ("declined", why)
    step(both, record_id, "reconsider")
    [one] = service.travels(both, PARIS, origin_id(both))
    assert (one.state, one.reason) == ("offered", {})


def test_texts_that_may_tell_who_somebody_is_are_not_kept(both: Instance) -> None:
    before = proposed(both)
    for given in (
        Given(changed={"uk": "Пишіть на lea.martin@gmail.com"}),
        Given(questions=(AnsweredQuestion(key=before.questions[0].key, answer={"uk": "lea.martin@gmail.com"}),)),
        Given(sectors=(GivenMatch(origin=before.sectors[0].origin, note={"uk": "lea.martin@gmail.com"}),)),
    ):
        with pytest.raises(Identifying):
            checked(both, applied(before, given))
    strange = Given(sectors=(GivenMatch(origin=before.sectors[0].origin, here=("nowhere",)),))
    with pytest.raises(Faulty):
        checked(both, applied(before, strange))


def test_it_may_be_taken_up_before_the_pilot_is_judged_and_says_so_until_it_is_extended(both: Instance) -> None:
    assert reading.is_unjudged(both, PARIS)
    begun(both)
    decided(both, given=msgspec.structs.replace(DECISION, outcome="extend"))
    assert not reading.is_unjudged(both, PARIS)


def test_adopters_learn_that_the_origin_has_changed_until_they_have_looked(both: Instance) -> None:
    record_id, _ = adopted(both)
    pair = (PARIS, origin_id(both))

    def news() -> str:
        with both.database.read(SECOND) as session:
            record = get(session, record_id)
            said, status = writing.transfer_of(session, record), writing.status_of(record)
        return reading.news_of(said, status, origin.now_of(both, {pair}).get(pair))

    assert news() == ""
    newer = change_origin(both, "Le protocole a été revu.")
    assert news() == "changed"
    with both.database.write(SECOND) as session:
        record = get(session, record_id)
        writing.look(session, record, version=newer, gone=False, expected=record.version, by=WRITER, at=THEN)
    assert news() == ""
    with both.database.write(PARIS) as session:
        from lanzarote.records import records

        records.withdraw(session, session.get_one(Record, pair), by="test")
    assert news() == "gone"


def test_what_is_erased_leaves_the_trail_and_the_log(both: Instance) -> None:
    record_id, practice = adopted(both)
    with both.database.write(SECOND) as session:
        drafts.erase(session, get(session, record_id), by=HEAD, at=THEN)
    assert service.travels(both, PARIS, origin_id(both)) == ()
    with both.database.read(SECOND) as session:
        assert session.scalars(select(ChangeBody).where(ChangeBody.record_id == record_id)).all() == []
        assert get(session, practice).state == "published"  # the adapted practice stays


def test_the_account_of_travels_equals_what_the_logs_say(both: Instance) -> None:
    adopted(both)
    begun(both, "uaped")
    other = begun(both, "salles-melanie")
    step(both, other, "take_up")
    with both.database.write(SECOND) as session:
        words = both.vocabulary(SECOND)
        actions.withdraw(session, get(session, other), words, reason="Не на часі для нас.", by=HEAD, at=THEN)
    with both.database.read(ALL) as session:
        kept = list(service.account(session))
    with both.database.write(ALL) as session:
        service.rebuild(session)
        assert list(service.account(session)) == kept
    assert [row[1] for row in kept] == [origin_id(both, SLUG)]

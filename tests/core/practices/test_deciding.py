"""The team decides on what reviewers answered, apart from what the grid gave; the public reads its reason."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import Conflict, NotFound, NotPermitted
from lanzarote.exchange.region_file import export_region, load_file
from lanzarote.instance import Instance
from lanzarote.practices import assessing, deciding, saving, service, writing
from lanzarote.practices.model import Document, Witness
from lanzarote.practices.review_model import Answer, Answers, Assessment, Decision, Round
from lanzarote.records import drafts, validation
from lanzarote.records.changelog import Audit
from lanzarote.records.drafts import is_as_read
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Actor
from lanzarote.records.validation import Identifying
from lanzarote.regions.group import grid_of
from sqlalchemy import select

from tests.core.practices.assessments import MEETING, PARIS, THEN, Assessed, full, person, told, unmet


@pytest.fixture(scope="module")
def paris(module_paris_url: str) -> Iterator[Instance]:
    """Paris, on SQLite and on PostgreSQL; every test brings its own practice and people."""
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": module_paris_url})) as instance:
        yield instance


def shown(one: Assessed) -> Document | None:
    """The practice as the public reads it."""
    try:
        return service.decode(service.document_of(one.instance.database, PARIS, one.id))
    except NotFound:
        return None


# ---------------------------------------------------------------------------------------------------------------------
# Deciding


def test_what_two_have_assessed_is_published_by_the_teams_decision(one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo, cy)
    one.give(bo)
    with pytest.raises(validation.Faulty) as faulty:
        one.decide("assessed")
    assert [fault.field for fault in faulty.value.faults] == ["outcome"]
    one.give(cy, full(one.grid, equity=Answer(value="not-yet", reason="Pas encore.")))
    one.decide(
        "assessed", vouching="evaluated", strength="prudent", reason={"fr": "Décidé ainsi.", "en": "Decided so."}
    )
    public = shown(one)
    assert public is not None
    assert (public.standing, public.vouching, public.strength) == ("assessed", "evaluated", "prudent")
    assert public.assessed_on == MEETING
    assert public.assessment is not None
    assert msgspec.to_builtins(public.assessment) == {
        "grid": one.grid.version, "common": 1, "reviewers": 2, "reason": {"fr": "Décidé ainsi.", "en": "Decided so."},
        "witness": {"name": "Ville de Lyon", "where": "https://study.example/auditions"},
    }  # fmt: skip
    assert one.state == ("published", "")


def test_what_was_withdrawn_by_mistake_is_published_again_with_its_assessment(
    one: Assessed, bo: Actor, cy: Actor
) -> None:
    one.ask(bo, cy)
    one.give(bo)
    one.give(cy)
    one.decide("assessed")
    before, words = shown(one), one.instance.vocabulary(PARIS)
    assert before is not None
    with one.held() as (session, record):
        assert not is_as_read(session, record)
        writing.withdraw(session, record, words, reason="Retirée par erreur.", by=one.head, at=THEN)
    assert shown(one) is None
    again: dict[str, Any] = {"expected": before.version, "at": THEN}
    with one.held() as (session, record), pytest.raises(validation.Faulty):
        writing.publish_unassessed(session, record, confirmed=False, by=bo, **again)
    with one.held() as (session, record), pytest.raises(NotPermitted):
        writing.publish_unassessed(session, record, confirmed=True, by=one.writer, **again)
    with one.held() as (session, record):
        writing.publish_unassessed(session, record, confirmed=True, by=bo, **again)
    after = shown(one)
    assert after is not None
    assert (after.version, after.standing, after.assessment) == (before.version, "assessed", before.assessment)


def test_what_was_written_since_is_not_published_again_unread(one: Assessed, bo: Actor) -> None:
    with one.held() as (session, record):
        writing.publish_unassessed(session, record, confirmed=True, expected=1, by=bo, at=THEN)
    later, words = THEN + timedelta(days=1), one.instance.vocabulary(PARIS)
    with one.held() as (session, record):
        sheet = msgspec.structs.replace(writing.sheet_of(session, record), scope="national")
        given = saving.Checked(slug="practice", content=sheet)
        saving.save(session, record, given, expected=1, by=one.writer, at=later)
        writing.withdraw(session, record, words, reason="Retirée par erreur.", by=one.head, at=later)
        drafts.archive(session, record, action="practice.withdraw", by=one.head, at=later)
        drafts.restore(session, record, action="practice.withdraw", by=one.head, at=later)
    with one.held() as (session, record), pytest.raises(IllegalTransition):
        writing.publish_unassessed(session, record, confirmed=True, expected=2, by=bo, at=later)


def test_the_answers_are_the_teams_and_not_in_what_the_public_reads(one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo, cy)
    one.give(bo, full(one.grid, "canary-bo"))
    one.give(cy, full(one.grid, "canary-cy"))
    one.decide("assessed")
    assert b"canary" not in service.document_of(one.instance.database, PARIS, one.id)


@pytest.mark.parametrize(
    ("vouching", "witness", "missing"),
    [
        ("observed", None, ["witness.name", "witness.on"]),
        ("observed", Witness(name="Ville de Lyon", where="Lyon"), ["witness.on"]),
        ("observed", Witness(name="Ville de Lyon", on=date(2031, 6, 2)), ["witness.on"]),  # which is to come
        ("evaluated", Witness(name="Une étude", on=MEETING), ["witness.where"]),
        ("evaluated", Witness(name=" ", where="https://study.example"), ["witness.name"]),
    ],
)
def test_who_is_said_to_vouch_is_named(one: Assessed, bo: Actor, vouching: Any, witness: Any, missing: Any) -> None:
    one.ask(bo)
    with pytest.raises(validation.Faulty) as faulty:
        one.decide("assessed", vouching=vouching, witness=witness)
    assert [fault.field for fault in faulty.value.faults] == missing


@pytest.mark.parametrize("strength", ["promising", "effective"])
def test_a_text_without_evidence_is_not_said_to_have_strong_evidence(
    paris: Instance, head: Actor, bo: Actor, cy: Actor, strength: str
) -> None:
    one = Assessed(paris, person(paris, "contributor"), head, evidence=[]).submit().ask(bo, cy)
    one.give(bo)
    one.give(cy)
    with pytest.raises(validation.Faulty) as faulty:
        one.decide("assessed", strength=strength)
    assert faulty.value.faults == (validation.Fault(field="strength", text=deciding.NO_EVIDENCE),)
    one.decide("assessed", strength="prudent")


def test_a_witness_passes_the_guard(one: Assessed, bo: Actor) -> None:
    one.ask(bo)
    with pytest.raises(Identifying) as found:
        one.decide("assessed", witness=Witness(name="jean.dupont@gmail.com", on=MEETING))
    assert [concern.field for concern in found.value.concerns] == ["witness.name"]


@pytest.mark.parametrize("missing", [{"vouching": ""}, {"strength": ""}, {"reason": {}}])
def test_a_decision_says_both_axes_and_why(one: Assessed, bo: Actor, missing: Any) -> None:
    one.ask(bo)
    with pytest.raises(validation.Faulty):
        one.decide("assessed", **missing)


def test_the_meeting_was_after_the_reviewers_were_asked_and_is_not_to_come(one: Assessed, bo: Actor) -> None:
    one.ask(bo)
    with pytest.raises(validation.Faulty) as early:
        one.decide("return", day=THEN.date() - timedelta(days=1))
    assert early.value.faults == (validation.Fault(field="day", text=deciding.TOO_EARLY, value=THEN.date()),)
    with pytest.raises(validation.Faulty) as late:
        one.decide("return", day=date(2031, 6, 2))
    assert late.value.faults == (validation.Fault(field="day", text=deciding.IN_FUTURE),)
    one.decide("return", day=THEN.date())


def test_the_day_they_were_asked_on_is_that_of_the_region(one: Assessed, bo: Actor) -> None:
    one.ask(bo)  # at nine in London, at eleven at night of the day before in Honolulu
    one.decide("return", day=THEN.date() - timedelta(days=1), zone="Pacific/Honolulu")


def test_where_a_condition_is_not_met_it_is_not_published_as_assessed(one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo, cy)
    one.give(bo, unmet(one.grid))
    one.give(cy)
    with pytest.raises(validation.Faulty):
        one.decide("assessed")
    one.decide("return", reason={"fr": "Une personne y est reconnaissable."})
    assert one.state == ("draft", "writing")


def test_the_team_may_publish_unassessed_or_return_before_all_are_in(
    paris: Instance, one: Assessed, head: Actor, bo: Actor
) -> None:
    one.ask(bo)
    one.save(bo, full(one.grid, "canary-draft"))
    with pytest.raises(validation.Faulty):
        one.decide("unassessed", confirmed=False)
    one.decide("unassessed")
    public = shown(one)
    assert public is not None
    assert (public.standing, public.vouching, public.strength) == ("documented", "public-sources", "not-assessed")
    assert (public.assessed_on, public.assessment) == (None, None)
    with paris.database.read(PARIS) as session:  # a draft was for its reviewer alone
        assert session.scalars(select(Assessment).where(Assessment.record_id == one.id)).all() == []


def test_it_is_not_decided_by_who_submitted_it(paris: Instance, bo: Actor) -> None:
    writer, head = person(paris, "coordinator"), person(paris, "coordinator")
    one = Assessed(paris, writer, head).submit().ask(bo)
    with pytest.raises(NotPermitted, match="nobody publishes alone"):
        one.decide("return", by=writer)
    with pytest.raises(NotPermitted):
        one.decide("return", by=bo)


def test_the_decision_is_kept_apart_from_the_assessments(paris: Instance, one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo, cy)
    one.give(bo)
    one.give(cy)
    one.decide("assessed")
    with paris.database.read(PARIS) as session:
        record = one.record(session)
        [decision] = deciding.decisions(session, record)
        assert (decision.outcome, decision.vouching, decision.strength) == ("assessed", "observed", "promising")
        assert (decision.met_on, decision.version, decision.round) == (MEETING, 1, 1)
        assert decision.by == one.head.account_id


def test_a_reason_of_the_team_passes_the_guard(one: Assessed, bo: Actor) -> None:
    one.ask(bo)
    with pytest.raises(Identifying) as found:
        one.decide("return", reason={"fr": "Léa, 9 ans, y est nommée."})
    assert [concern.field for concern in found.value.concerns] == ["reason.fr"]


def test_a_newer_version_is_assessed_anew_and_the_published_one_keeps_its_label(
    one: Assessed, bo: Actor, cy: Actor
) -> None:
    one.ask(bo, cy)
    one.give(bo, full(one.grid, "canary-first"))
    one.give(cy)
    one.decide("assessed")
    one.rewrite("Un autre titre")
    public = shown(one)
    assert public is not None
    assert (public.version, public.standing) == (1, "assessed")
    one.submit().ask(bo, cy)
    with one.held() as (session, record):
        round, row = assessing.mine(session, record, by=bo)
        assert (round.number, round.version, row.said()) == (2, 2, Answers())
    assert "canary" not in told(one, one.head)
    one.decide("return", round=2)
    public = shown(one)
    assert public is not None
    assert (public.version, public.standing, public.assessed_on) == (1, "assessed", MEETING)


def test_a_newer_version_that_is_published_unassessed_has_no_label(one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo, cy)
    one.give(bo)
    one.give(cy)
    one.decide("assessed")
    one.rewrite("Un autre titre")
    one.submit()
    with one.held() as (session, record):
        writing.publish_unassessed(session, record, confirmed=True, expected=2, by=bo, at=THEN)
    public = shown(one)
    assert public is not None
    assert (public.version, public.standing, public.assessed_on, public.assessment) == (2, "documented", None, None)


def test_each_version_has_the_standing_it_was_published_with(
    paris: Instance, one: Assessed, bo: Actor, cy: Actor
) -> None:
    with one.held() as (session, record):
        writing.publish_unassessed(session, record, confirmed=True, expected=1, by=bo, at=THEN)
    one.rewrite("Deuxième")
    one.submit().ask(bo, cy)
    one.give(bo)
    one.give(cy)
    one.decide("assessed")
    with paris.database.read(PARIS) as session:
        slug = one.record(session).slug
        standings = [service.version_document(session, slug, number)[0].standing for number in (1, 2)]
    assert standings == ["documented", "assessed"]


def test_the_label_travels_with_the_regions_file(
    paris: Instance, one: Assessed, bo: Actor, cy: Actor, sqlite_url: str, tmp_path: Path
) -> None:
    one.ask(bo, cy)
    one.give(bo, full(one.grid, "canary-bo"))
    one.give(cy)
    one.decide("assessed")
    file = tmp_path / "paris.jsonl"
    with file.open("wb") as stream:
        export_region(paris, PARIS, stream)
    assert b"canary" not in file.read_bytes()  # the single answers stay with the team that gave them
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": sqlite_url})) as elsewhere:
        load_file(elsewhere, file)
        there = service.decode(service.document_of(elsewhere.database, PARIS, one.id))
    here = shown(one)
    assert here is not None
    assert (there.standing, there.assessed_on, there.assessment) == ("assessed", MEETING, here.assessment)


def test_erasing_it_erases_what_was_said_about_it(paris: Instance, one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo, cy)
    one.give(bo)
    one.give(cy)
    one.decide("assessed")
    with one.held() as (session, record):
        writing.erase(session, record, by=one.head, at=THEN)
    with paris.database.read(PARIS) as session:
        for table in (Round, Assessment, Decision):
            assert session.scalars(select(table).where(table.record_id == one.id)).all() == []


def test_what_is_due_is_computed_from_the_day_of_the_decision() -> None:
    grid = msgspec.structs.replace(grid_of(None), review_after=13)
    assert grid.due_on(date(2031, 1, 31)) == date(2032, 2, 29)
    assert grid.due_on(date(2030, 12, 5)) == date(2032, 1, 5)


# ---------------------------------------------------------------------------------------------------------------------
# At once


def at_once(*attempts: Any) -> list[type[BaseException] | None]:
    """Run *attempts* at the same moment; tells what each ended in."""
    ready = threading.Barrier(len(attempts))
    ended: list[type[BaseException] | None] = []

    def run(attempt: Any) -> None:
        ready.wait()
        try:
            attempt()
        except Exception as error:
            ended.append(type(error))
        else:
            ended.append(None)

    threads = [threading.Thread(target=run, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ended, key=lambda one: one is not None)


@pytest.mark.both_databases
def test_of_two_who_decide_at_once_one_is_told(paris: Instance, one: Assessed, bo: Actor, cy: Actor) -> None:
    other = person(paris, "coordinator")
    one.ask(bo, cy)
    one.give(bo)
    one.give(cy)
    ended = at_once(lambda: one.decide("assessed"), lambda: one.decide("return", by=other))
    assert ended == [None, Conflict]
    with paris.database.read(PARIS) as session:
        assert len(deciding.decisions(session, one.record(session))) == 1


@pytest.mark.both_databases
def test_of_two_who_publish_at_once_one_is_told(paris: Instance, one: Assessed, bo: Actor, cy: Actor) -> None:
    def publish(by: Actor) -> None:
        with one.held() as (session, record):
            writing.publish_unassessed(session, record, confirmed=True, expected=1, by=by, at=THEN)

    assert at_once(lambda: publish(bo), lambda: publish(cy)) == [None, IllegalTransition]
    with paris.database.read(PARIS) as session:
        query = select(Audit.verb).where(Audit.record_id == one.id, Audit.verb == "publish")
        assert len(session.scalars(query).all()) == 1


def test_who_gives_while_it_is_decided_is_told(one: Assessed, bo: Actor) -> None:
    one.ask(bo)
    ended = at_once(lambda: one.give(bo), lambda: one.decide("return"))
    assert ended in ([None, None], [None, NotFound])
    assert one.state == ("draft", "writing")

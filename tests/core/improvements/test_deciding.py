"""Decisions follow from the rule, are written down by who may, once, and can be computed again from the file alone."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.exchange.region_file import export_region, load_file
from lanzarote.improvements import calling, deciding, moving
from lanzarote.improvements.outcome import Verdict
from lanzarote.improvements.recomputing import Recomputed, recompute_rows
from lanzarote.improvements.team_documents import Forward
from lanzarote.instance import Instance
from lanzarote.records.records import Record, encode
from lanzarote.records.validation import Faulty, Identifying

from tests.conftest import copy_of
from tests.core.improvements.group import (
    AFTER,
    HEAD,
    LATER,
    OTHER_HEAD,
    REASONS,
    TODAY,
    UNTIL,
    WRITER,
    Group,
    speaker,
)
from tests.core.meetings import keeping
from tests.core.stakeholders.keeping import relate


def answered(group: Group, *choices: str) -> Group:
    group.call()
    for body, choice in zip(group.bodies, choices or ["support"] * len(group.bodies), strict=False):
        group.say(body, choice)
    return group


def record_of(group: Group) -> Record:
    with group.held() as (session, record):
        session.expunge(record)
        return record


def test_adopting_publishes_the_text_that_was_called(on_both: Group) -> None:
    row = answered(on_both).decide(today=TODAY)
    told, record = row.told(), record_of(on_both)
    assert (on_both.status.state, on_both.status.decision) == ("adopted", 1)
    assert (record.state, record.published_version, told.version) == ("published", 1, 1)
    assert told.rule == on_both.instance.vocabulary("paris").decisions[-1]
    assert told.rule.editorial
    assert told.reasons == REASONS
    assert {one.stakeholder for one in told.positions} == set(on_both.bodies)


def test_what_is_not_adopted_is_published_too(group: Group) -> None:
    answered(group, "support", "object", "support", "support").decide("not-adopted", today=TODAY)
    assert group.status.state == "not-adopted"
    assert record_of(group).published_version == 1


def test_under_quorum_it_can_only_be_postponed(group: Group) -> None:
    answered(group)
    for verdict in ("adopted", "not-adopted"):
        with pytest.raises(Conflict, match="not quorate"):
            group.decide(verdict, present=())
    row = group.decide("no-quorum", present=())
    assert row.told().outcome.verdict == "no-quorum"
    assert (group.status.state, group.status.decision, record_of(group).published_version) == ("discussed", 0, None)


def test_nothing_else_is_written_down_than_what_follows(group: Group) -> None:
    answered(group, "object", "support")
    others: tuple[Verdict, ...] = ("adopted", "no-quorum")
    for verdict in others:
        with pytest.raises(Conflict):
            group.decide(verdict)
    group.decide("not-adopted")


def test_only_a_coordinator_decides(group: Group) -> None:
    answered(group)
    for by in (WRITER, speaker(group.bodies[0])):
        with pytest.raises(NotPermitted):
            group.decide(by=by)


def test_before_the_call_is_over_only_when_all_have_answered(group: Group) -> None:
    group.call()
    for body in group.bodies[:-1]:
        group.say(body)
    with pytest.raises(Conflict, match="can still answer"):
        group.decide(today=TODAY)
    group.say(group.bodies[-1], "awaiting")  # no answer yet
    with pytest.raises(Conflict, match="can still answer"):
        group.decide(today=UNTIL)
    group.decide(today=AFTER)


def test_it_is_decided_once(on_both: Group) -> None:
    answered(on_both)

    def decide(_: int) -> str:
        try:
            on_both.decide(today=TODAY)
        except Conflict:
            return "refused"
        return "decided"

    with ThreadPoolExecutor(8) as pool:
        done = sorted(pool.map(decide, range(8)))
    assert done == ["decided"] + ["refused"] * 7
    with on_both.held() as (session, record):
        assert len(deciding.decisions(session, record)) == 1


def test_a_position_that_came_meanwhile_is_looked_at_first(group: Group) -> None:
    answered(group)
    with group.held() as (session, record):
        mark = deciding.preview(session, record, group.instance.vocabulary("paris"), None, today=TODAY).mark
    group.say(group.bodies[0], "reservations")
    with pytest.raises(Conflict, match="no longer"):
        group.decide(today=TODAY, mark=mark)


def test_reasons_name_nobody(group: Group) -> None:
    answered(group)
    with pytest.raises(Identifying):
        group.decide(today=TODAY, reasons=REASONS | {"en": "As jean.dupont@justice.example said."})


def test_what_the_guard_asks_about_in_the_reasons_stays_with_a_reason_that_is_kept(group: Group) -> None:
    answered(group)
    reasons = REASONS | {"fr": "Léa, 9 ans, l’a dit."}
    with pytest.raises(Identifying) as told:
        group.decide(today=TODAY, reasons=reasons)
    asked = {(one.field, one.code) for one in told.value.concerns}
    assert {field for field, _ in asked} == {"reasons.fr"}
    assert not any(one.hard for one in told.value.concerns)
    with pytest.raises(Faulty):
        group.decide(today=TODAY, reasons=reasons, why=dict.fromkeys(asked, "."))
    row = group.decide(today=TODAY, reasons=reasons, why=dict.fromkeys(asked, "Un personnage de fiction."))
    assert {(one.field, one.code, one.text, one.by) for one in row.told().explained} == {
        (*place, "Un personnage de fiction.", "cy") for place in asked
    }


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"day": AFTER + timedelta(days=1)}, "day"),
        ({"day": TODAY - timedelta(days=2)}, "day"),
        ({"present": ("nobody",)}, "present"),
        ({"meeting": "x" * 65}, "meeting"),
    ],
)
def test_what_does_not_fit_is_named(group: Group, more: dict[str, Any], field: str) -> None:
    answered(group)
    with pytest.raises(Faulty) as told:
        group.decide(**more)
    assert [one.field for one in told.value.faults] == [field]


def test_who_wrote_down_what_a_body_said_does_not_decide_on_it_alone(group: Group) -> None:
    group.call()
    first, *others = group.bodies
    for body in others:
        group.say(body)
    group.record(first)
    with pytest.raises(NotPermitted, match="You recorded a position"):
        group.decide(today=TODAY)
    group.decide("no-quorum", today=TODAY, present=())  # nothing becomes public by that
    group.call()
    group.record(first)
    for body in others:
        group.say(body)
    assert group.decide(today=TODAY, by=OTHER_HEAD).told().unconfirmed == 1


def test_who_was_written_to_can_confirm_until_the_last_day(group: Group) -> None:
    group.call()
    first, second, *others = group.bodies
    for body in (first, second):
        group.desk(body, "contact@b.example")
    for body in (second, *others):
        group.say(body)
    group.record(first)
    group.record(second, "object")
    with group.held() as (session, record):
        seen = deciding.preview(session, record, group.instance.vocabulary("paris"), None, today=UNTIL)
    assert (seen.awaited, seen.may_decide) == (tuple(sorted((first, second))), False)
    with pytest.raises(Conflict, match="can still answer"):
        group.decide(today=UNTIL, by=OTHER_HEAD)
    group.say(first)
    with pytest.raises(Conflict, match="can still answer"):
        group.decide(today=UNTIL, by=OTHER_HEAD)
    group.say(second, "object")
    group.decide("not-adopted", today=UNTIL, by=OTHER_HEAD)


def test_what_the_body_confirmed_stands_in_nobodys_way(group: Group) -> None:
    group.call()
    for body in group.bodies:
        group.record(body)
        group.say(body)
    assert group.decide(today=TODAY).told().unconfirmed == 0


def test_reasons_in_one_language_are_enough(group: Group) -> None:
    assert answered(group).decide(reasons={"fr": "Aucun acteur ne s’y oppose."}).told().outcome.verdict == "adopted"


def test_reasons_in_no_language_are_asked_for_once(group: Group) -> None:
    with pytest.raises(Faulty) as told:
        answered(group).decide(reasons={})
    assert [one.field for one in told.value.faults] == ["reasons"]


def test_what_is_shown_before_and_what_is_decided_follow_one_rule(group: Group) -> None:
    """A meeting whose notes do not say who was there: whoever answered counts, and nobody else, in both."""
    answered(group, "support", "support")
    meeting = keeping.was_held(group.instance, day=AFTER.isoformat())
    vocabulary = group.instance.vocabulary("paris")

    def seen(present: Any) -> deciding.Preview:
        with group.held() as (session, record):
            return deciding.preview(session, record, vocabulary, present, meeting=meeting, today=AFTER)

    doubted = seen(group.bodies)
    with pytest.raises(Faulty) as told:
        group.decide(doubted.outcome.verdict, meeting=meeting, present=group.bodies)
    assert list(told.value.faults) == [doubted.doubt]
    assert told.value.faults[0].text == deciding.NOT_NOTED
    shown = seen(None)
    assert (shown.doubt, shown.present) == (None, tuple(sorted(group.bodies[:2])))
    assert group.decide(meeting=meeting, present=shown.present).told().outcome == shown.outcome


def test_without_a_meeting_only_those_who_answered_count_as_present(group: Group) -> None:
    answered(group, "support", "support")
    with pytest.raises(Faulty) as told:
        group.decide(present=group.bodies)
    assert [one.field for one in told.value.faults] == ["present"]
    group.decide(present=group.bodies[:2])


def test_a_sector_that_was_renamed_is_one_sector(group: Group) -> None:
    """Under its former key in one entry and its present key in another, it counts once, for quorum and dissent."""
    group.rename_their_sector()
    row = answered(group).decide(present=group.bodies[:2])
    [step] = [one for one in row.told().outcome.steps if one.code == "sectors"]
    assert (step.count, step.of) == (1, 1)
    assert {one.sectors for one in row.told().taking_part} == {("courts",)}


def test_who_is_named_by_one_decision_hides_nobody_in_the_next(group: Group) -> None:
    group.call()
    for body in group.bodies:
        group.say(body, named=body == group.bodies[0])
    group.decide(today=TODAY)
    with group.held() as (session, record):
        moving.reconsider(session, record, by=HEAD, at=LATER)
    row = answered(group, "support", "object").decide("not-adopted")
    assert row.told().named_before == (group.bodies[0],)


def test_who_left_counts_no_more(group: Group) -> None:
    answered(group, "object", "support", "support", "support")
    relate(group.instance, group.bodies[0], "left", since="2031", source="Lettre du 1er janvier")
    row = group.decide(present=group.bodies[1:])
    assert group.bodies[0] not in {one.stakeholder for one in row.told().positions}


def exported(instance: Instance) -> list[bytes]:
    file = io.BytesIO()
    export_region(instance, "paris", file)
    return file.getvalue().splitlines()


def improvement_in(lines: list[bytes]) -> bytes:
    [line] = [one for one in lines if json.loads(one)["kind"] == "improvement" if b'"kind"' in one]
    return line


def recompute(line: bytes) -> list[Recomputed]:
    beside = msgspec.json.decode(line, type=dict[str, msgspec.Raw])["beside"]
    return [*recompute_rows(msgspec.json.decode(beside, type=dict[str, tuple[msgspec.Raw, ...]]))]


def test_anyone_computes_the_decision_again_from_the_file(on_both: Group) -> None:
    answered(on_both, "object", "support", "reservations")
    on_both.decide("not-adopted")
    line = improvement_in(exported(on_both.instance)[1:])
    [found] = recompute(line)
    assert found.holds
    assert found.found.verdict == "not-adopted"
    forged = json.loads(line)
    [decision] = forged["beside"]["improvement_decision"]
    for one in decision["body"]["positions"]:
        one["choice"] = "support"
    [found] = recompute(encode(forged))
    assert (found.holds, found.found.verdict) == (False, "adopted")
    assert found.strangers
    decision["body"]["outcome"]["verdict"] = "adopted"
    assert not recompute(encode(forged))[0].holds


def test_it_goes_with_its_improvement_into_another_instance(
    group: Group, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answered(group, "object", "support", "reservations").decide("not-adopted")
    folder = tmp_path_factory.mktemp("other")
    lines = exported(group.instance)
    (folder / "paris.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": copy_of(sqlite_template, folder)})) as other:
        load_file(other, folder / "paris.jsonl")
        assert exported(other) == lines


def test_a_file_with_a_decision_that_cannot_be_read_is_refused(group: Group, tmp_path: Path) -> None:
    from lanzarote.errors import LoadError

    answered(group).decide()
    lines = exported(group.instance)
    line = improvement_in(lines[1:])
    forged = json.loads(line)
    forged["id"] = "01890000-0000-7000-8000-000000000000"
    forged["slug"] = "another"
    forged["beside"]["improvement_decision"][0]["body"]["outcome"]["verdict"] = "by acclamation"
    file = tmp_path / "paris.jsonl"
    file.write_bytes(lines[0] + b"\n" + encode(forged) + b"\n")
    with pytest.raises(LoadError, match="improvement_decision"):
        load_file(group.instance, file)
    forged["beside"]["improvement_decision"][0]["body"]["outcome"]["verdict"] = "adopted"
    forged["beside"]["position"][0]["reason"] = "Écrire à jean.dupont@justice.example"
    file.write_bytes(lines[0] + b"\n" + encode(forged) + b"\n")
    with pytest.raises(LoadError, match="personal data"):
        load_file(group.instance, file)


# Forwarding


def noted(group: Group, **more: Any) -> None:
    values: dict[str, Any] = {
        "to": "human-rights-committee",
        "day": AFTER,
        "result": "adopted",
        "code": "CONF/HR(2031)SYN2",
    } | more
    today = AFTER + timedelta(days=10)
    with group.held() as (session, record):
        moving.forward(
            session, record, group.instance.vocabulary("paris"), given=Forward(**values), by=HEAD, at=LATER, today=today
        )


def test_what_is_adopted_is_forwarded_in_order(on_both: Group) -> None:
    answered(on_both)
    with pytest.raises(Conflict):
        noted(on_both)
    on_both.decide()
    noted(on_both, votes_for=30, votes_against=0, abstentions=2)
    noted(on_both, votes_for=30, votes_against=0, abstentions=2)
    noted(on_both, to="plenary", day=AFTER + timedelta(days=5), result="noted", code="")
    with on_both.held() as (session, record):
        told = [row.told() for row in moving.forwardings(session, record, 1)]
        assert [(one.to, one.result, one.votes_for, one.decision) for one in told] == [
            ("human-rights-committee", "adopted", 30, 1),
            ("plenary", "noted", None, 1),
        ]
    for more in (
        {"day": AFTER - timedelta(days=1)},
        {"day": AFTER + timedelta(days=99)},
        {"votes_for": 10_001},
        {"code": "<script>"},
        {"code": "1 84 12 76 451 089 46"},
        {"code": "06 12 34 56 78"},
        {"code": "Lea Martin 9 ans"},
        {"code": "LEA-MARTIN"},
        {"code": "CONF/PLE/06-12-34-56-78"},
        {"code": "12/03/2015"},
        {"code": "CONF/" + "A" * 40},
    ):
        with pytest.raises((Faulty, Identifying)):
            noted(on_both, **{"day": AFTER + timedelta(days=6)} | more)


def test_what_is_not_adopted_goes_nowhere(group: Group) -> None:
    answered(group, "object", "support").decide("not-adopted")
    with pytest.raises(Conflict):
        noted(group)


def test_what_was_decided_may_be_decided_anew_on_positions_of_its_own(group: Group) -> None:
    from lanzarote.improvements.model import ImprovementStatus
    from lanzarote.records import records

    answered(group, "object", "support").decide("not-adopted")
    with group.held() as (session, record):
        status = encode(ImprovementStatus(state="discussed", decision=1))
        records.decide(session, record, status, "reconsider", by="cy", at=LATER)
    answered(group).decide()
    assert (group.status.state, group.status.decision) == ("adopted", 2)
    [first, second] = recompute(improvement_in(exported(group.instance)[1:]))
    assert (first.holds, second.holds) == (True, True)
    assert (first.told.verdict, second.told.verdict) == ("not-adopted", "adopted")
    with group.held() as (session, record):
        last = calling.last(session, record)
        assert last is not None
        assert (last.number, last.ended) == (2, "decided")


def test_a_decision_names_the_meeting_it_was_taken_in(group: Group) -> None:
    answered(group)
    there = [{"organisation": one} for one in group.bodies[:3]]
    day: dict[str, Any] = {"day": (AFTER - timedelta(days=1)).isoformat(), "last_day": AFTER.isoformat()}
    meeting = keeping.planned(group.instance, present=there, **day)
    for unfit, more in (
        ("meeting", {"meeting": group.improvement}),
        ("meeting", {"meeting": meeting}),  # it is only planned yet
        ("meeting", {"meeting": keeping.planned(group.instance, day="2035-01-01")}),
    ):
        assert refused(group, **more) == [unfit]
    keeping.note_held(group.instance, meeting, today=AFTER)
    long_ago = keeping.planned(group.instance, day="2020-01-02")
    keeping.note_held(group.instance, long_ago)
    assert refused(group, meeting=long_ago) == ["day"]
    assert refused(group, meeting=meeting, day=AFTER - timedelta(days=2)) == ["day"]
    assert refused(group, meeting=meeting, present=group.bodies) == ["present"], "its notes name three bodies"
    assert group.decide(meeting=meeting, present=group.bodies[:3]).told().meeting == meeting


def refused(group: Group, **more: Any) -> list[str]:
    """Fields that a decision is refused for."""
    with pytest.raises(Faulty) as told:
        group.decide(**more)
    return [one.field for one in told.value.faults]

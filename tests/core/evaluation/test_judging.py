"""Criteria before results, both views apart, every step refused that is not its turn, one decision in force."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.evaluation import answering, deciding, judging, public, service
from lanzarote.evaluation.deciding import WrittenDecision
from lanzarote.evaluation.model import Judgement
from lanzarote.evaluation.public import verdict_of
from lanzarote.records import drafts
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record
from lanzarote.records.validation import Faulty, Identifying, read_as
from sqlalchemy import func, select

from tests.core.evaluation.piloting import (
    DECISION,
    HEAD,
    PARIS,
    REPORT,
    SECOND,
    STRANGER,
    THEN,
    TODAY,
    TRAINED,
    WRITER,
    answer,
    begun,
    close,
    decide,
    decided,
    enter,
    get,
    judged,
    publish,
    released,
    rewrite,
    run,
)
from tests.core.meetings import keeping
from tests.core.stakeholders.keeping import relate

if TYPE_CHECKING:
    from lanzarote.instance import Instance


def state(paris: Instance, record_id: str) -> str:
    with paris.database.read(PARIS) as session:
        return judging.status_of(get(session, record_id)).state


def verdict(paris: Instance) -> str | None:
    with paris.database.read(PARIS) as session:
        return public.verdict(public.rulings(session, PARIS))


def test_without_a_judge_only_why_a_view_is_missing_is_written_down(own_paris: Instance) -> None:
    one = begun(own_paris)
    run(own_paris, one)
    for judge, word, more in (
        ("", "met", {"source": ""}),
        ("", "cannot-say", {}),
        ("j2", "absent", {}),
        ("", "absent", {"reason": {"fr": " "}}),
    ):
        with pytest.raises(Faulty):
            answer(own_paris, one, "c1", judge, word, **more)
    answer(own_paris, one, "c1", "", "absent")
    answer(own_paris, one, "c1", "j1")


def test_a_decision_names_no_meeting_that_was_not_held_that_day(own_paris: Instance) -> None:
    one = judged(own_paris)
    coming = keeping.planned(own_paris, day="2035-01-01")
    before = keeping.planned(own_paris, day="2020-01-02")
    keeping.note_held(own_paris, before)
    there = keeping.planned(own_paris, day=TODAY.isoformat())
    keeping.note_held(own_paris, there, today=TODAY)
    for meeting, field in (
        ("00000000-0000-7000-8000-000000000000", "meeting"),
        (one, "meeting"),
        (coming, "meeting"),
        (before, "on"),
    ):
        with pytest.raises(Faulty) as told:
            decide(own_paris, one, msgspec.structs.replace(DECISION, meeting=meeting))
        assert [fault.field for fault in told.value.faults] == [field]
    decide(own_paris, one, msgspec.structs.replace(DECISION, meeting=there))


def with_judge(**judge: Any) -> dict[str, Any]:
    return REPORT | {"judges": [REPORT["judges"][0], REPORT["judges"][1] | judge]}


def representative(stakeholder_id: str) -> Actor:
    grant = Grant(role="representative", region_id=PARIS, stakeholder_id=stakeholder_id)
    return Actor(account_id="rep", grants=(grant,))


def id_of(paris: Instance, key: str) -> str:
    return next(one.id for one in paris.directory(PARIS) if one.key == key)


def test_from_the_criteria_to_a_decision_that_everybody_reads(anywhere: Instance) -> None:
    one = begun(anywhere)
    assert state(anywhere, one) == "draft"
    run(anywhere, one)
    assert state(anywhere, one) == "running"
    for criterion in ("c1", "c2"):
        answer(anywhere, one, criterion, "j1")
        answer(anywhere, one, criterion, "j2", "cannot-say")
    close(anywhere, one)
    assert state(anywhere, one) == "judged"
    decide(anywhere, one)
    assert verdict(anywhere) is None  # not published yet
    assert verdict_of(anywhere, PARIS) is None
    with pytest.raises(NotPermitted):
        publish(anywhere, one, by=HEAD)
    publish(anywhere, one)
    assert verdict(anywhere) == "not-yet"
    assert verdict_of(anywhere, PARIS) == "not-yet"


def test_nothing_is_skipped(own_paris: Instance) -> None:
    one = begun(own_paris)
    for skipped in (close, decide, publish, lambda paris, name: answer(paris, name, "c1", "j1")):
        with pytest.raises(IllegalTransition):
            skipped(own_paris, one)
    run(own_paris, one)
    for skipped in (decide, publish, run):
        with pytest.raises(IllegalTransition):
            skipped(own_paris, one)


@pytest.mark.parametrize("lacking", ["criteria", "judges", "since", "until"])
def test_criteria_and_judges_are_there_before_it_runs(own_paris: Instance, lacking: str) -> None:
    body = {name: value for name, value in REPORT.items() if name != lacking}
    one = begun(own_paris, body)
    with pytest.raises(Faulty) as refused:
        run(own_paris, one)
    assert lacking in [fault.field for fault in refused.value.faults]
    assert state(own_paris, one) == "draft"


def test_it_is_not_judged_before_each_view_has_answered_or_said_why_not(own_paris: Instance) -> None:
    one = begun(own_paris)
    run(own_paris, one)
    answer(own_paris, one, "c1", "j1")
    answer(own_paris, one, "c1", "j2")
    answer(own_paris, one, "c2", "j1")
    with pytest.raises(Faulty) as refused:
        close(own_paris, one)
    assert [(fault.field, fault.text) for fault in refused.value.faults] == [
        ("criteria[1]", judging.INCOMPLETE["external"])
    ]
    answer(own_paris, one, "c2", "", "absent", standpoint="external", reason={"fr": "Le centre ne suit pas ce point."})
    close(own_paris, one)
    assert state(own_paris, one) == "judged"


def test_what_is_fixed_changes_in_the_open_only_and_takes_the_answers_with_it(own_paris: Instance) -> None:
    one = begun(own_paris)
    run(own_paris, one)
    for criterion in ("c1", "c2"):
        answer(own_paris, one, criterion, "j1")
        answer(own_paris, one, criterion, "j2")
    easier = [REPORT["criteria"][0] | {"text": {"fr": {"question": "Se parlent-ils ?", "met": "Une fois."}}}]
    body = REPORT | {"criteria": [*easier, REPORT["criteria"][1]]}
    with pytest.raises(NotPermitted):
        rewrite(own_paris, one, body, by=WRITER, reason={"fr": "Plus simple."})
    with pytest.raises(Faulty) as unexplained:
        rewrite(own_paris, one, body, by=HEAD)
    assert [fault.field for fault in unexplained.value.faults] == ["change"]
    rewrite(own_paris, one, body, by=HEAD, reason={"fr": "La question était mal posée."})
    with own_paris.database.read(PARIS) as session:
        record = get(session, one)
        [amended] = judging.status_of(record).amended
        assert (amended.version, amended.reason) == (2, {"fr": "La question était mal posée."})
        assert {row.criterion for row in answering.counting(session, record)} == {"c2"}
        assert session.scalar(select(func.count()).select_from(Judgement)) == 4
    with pytest.raises(Faulty):
        close(own_paris, one)


def test_an_answer_does_not_pass_to_another_judge_of_the_same_key(own_paris: Instance) -> None:
    one = begun(own_paris)
    run(own_paris, one)
    answer(own_paris, one, "c1", "j2")
    rewrite(own_paris, one, with_judge(role={"fr": "Un autre centre"}), by=HEAD, reason={"fr": "Le premier renonce."})
    with own_paris.database.read(PARIS) as session:
        assert answering.counting(session, get(session, one)) == []


def test_nobody_judges_from_outside_for_an_organisation_that_takes_part(own_paris: Instance) -> None:
    body = with_judge(organisation="aphp", role={})
    one = begun(own_paris, body)
    relate(own_paris, "aphp", "taking-part", since="2030", source="Lettre du 2 mai 2030")
    with pytest.raises(Faulty) as at_start:
        run(own_paris, one)
    named = [(fault.field, fault.value) for fault in at_start.value.faults]
    assert named == [("judges[1].standpoint", "Assistance Publique – Hôpitaux de Paris (AP-HP)")]
    with pytest.raises(Faulty):
        begun(own_paris, body)
    relate(own_paris, "aphp", "cited")
    run(own_paris, one)
    answer(own_paris, one, "c1", "j2")
    relate(own_paris, "aphp", "taking-part", since="2031", source="Lettre du 2 juin 2031")
    with pytest.raises(Faulty) as meanwhile:
        answer(own_paris, one, "c2", "j2")
    assert [fault.field for fault in meanwhile.value.faults] == ["answers[1].judge"]


def test_a_representative_answers_for_their_own_organisation_alone(own_paris: Instance) -> None:
    one = begun(own_paris, with_judge(organisation="aphp", role={}))
    run(own_paris, one)
    own, other = representative(id_of(own_paris, "aphp")), representative(id_of(own_paris, "necker"))
    answer(own_paris, one, "c1", "j2", by=own, source="")
    for by, judge in ((own, "j1"), (other, "j2")):
        with pytest.raises(NotPermitted):
            answer(own_paris, one, "c2", judge, by=by)
    with pytest.raises(NotPermitted):
        answer(own_paris, one, "c2", "", "absent", by=own, standpoint="external")
    with pytest.raises(NotPermitted):
        answer(own_paris, one, "c2", "j2", by=STRANGER)


def test_what_somebody_else_writes_down_says_where_the_judge_said_so(own_paris: Instance) -> None:
    one = begun(own_paris)
    run(own_paris, one)
    with pytest.raises(Faulty) as unsourced:
        answer(own_paris, one, "c1", "j2", by=WRITER, source="")
    assert [fault.field for fault in unsourced.value.faults] == ["source"]


@pytest.mark.both_databases
def test_of_many_who_write_the_same_answer_at_once_one_does(anywhere: Instance) -> None:
    one = begun(anywhere)
    run(anywhere, one)

    def try_it(number: int) -> str:
        try:
            answer(anywhere, one, "c1", "j1", reason={"fr": f"Réponse {number}."})
        except Conflict:
            return "conflict"
        return "kept"

    with ThreadPoolExecutor(20) as pool:
        done = sorted(pool.map(try_it, range(100)))
    assert done == ["conflict"] * 99 + ["kept"]
    # The same answer sent again changes nothing and is no conflict.
    with anywhere.database.read(PARIS) as session:
        [row] = answering.judgements_of(session, [one])[one]
        said = msgspec.json.decode(row.reason)
    answer(anywhere, one, "c1", "j1", reason=said)
    with anywhere.database.read(PARIS) as session:
        assert session.scalar(select(func.count()).select_from(Judgement)) == 1


@pytest.mark.both_databases
def test_two_who_fix_at_once_fix_once(anywhere: Instance) -> None:
    one = begun(anywhere)

    def try_it(by: Actor) -> str:
        try:
            run(anywhere, one, by=by)
        except (Conflict, IllegalTransition):
            return "refused"
        return "done"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(try_it, [HEAD, SECOND] * 4)) == ["done"] + ["refused"] * 7


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcome": "perhaps"}, "outcome"),
        ({"reason": {}}, "reason"),
        ({"decided_by": {"fr": " "}}, "decided_by"),
        ({"on": None}, "on"),
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"on": TODAY - timedelta(days=1)}, "on"),  # before the criteria were fixed
    ],
)
def test_a_decision_is_whole_or_refused(own_paris: Instance, change: dict[str, Any], field: str) -> None:
    one = judged(own_paris)
    with pytest.raises(Faulty) as refused:
        decide(own_paris, one, read_as(msgspec.to_builtins(DECISION) | change, WrittenDecision))
    assert [fault.field for fault in refused.value.faults] == [field]
    assert state(own_paris, one) == "judged"


def test_a_decision_names_bodies_and_no_person(own_paris: Instance) -> None:
    one = judged(own_paris)
    with pytest.raises(Identifying):
        decide(own_paris, one, msgspec.structs.replace(DECISION, decided_by={"fr": "lea.martin@gmail.com"}))


def test_a_later_decision_takes_the_place_of_the_earlier_one(anywhere: Instance) -> None:
    first = decided(anywhere)
    second = decided(anywhere, given=msgspec.structs.replace(DECISION, outcome="extend"))
    assert verdict(anywhere) == "extend"
    assert (state(anywhere, first), state(anywhere, second)) == ("superseded", "decided")
    with anywhere.database.read(PARIS) as session:
        assert [one.id for one in service.evaluations(session)] == [second, first]


@pytest.mark.parametrize("how", ["withdraw", "erase"])
def test_when_the_later_one_is_withdrawn_the_earlier_one_is_in_force_again(anywhere: Instance, how: str) -> None:
    first, second, third = (
        decided(anywhere, given=msgspec.structs.replace(DECISION, outcome=outcome))
        for outcome in ("not-yet", "stop", "extend")
    )
    _take(anywhere, second, how)
    assert (verdict(anywhere), state(anywhere, first)) == ("extend", "superseded")
    _take(anywhere, third, how)
    assert (verdict(anywhere), state(anywhere, first)) == ("not-yet", "decided")
    with anywhere.database.read(PARIS) as session:
        assert judging.status_of(get(session, first)).superseded_by == ""


def test_what_was_withdrawn_after_a_later_decision_is_shown_and_in_force_again(anywhere: Instance) -> None:
    first, second = (
        decided(anywhere, given=msgspec.structs.replace(DECISION, outcome=outcome)) for outcome in ("not-yet", "extend")
    )
    _take(anywhere, first, "withdraw")
    publish(anywhere, first)
    assert (verdict(anywhere), state(anywhere, first), state(anywhere, second)) == ("extend", "superseded", "decided")
    _take(anywhere, first, "withdraw")
    _take(anywhere, second, "withdraw")
    assert verdict(anywhere) is None
    publish(anywhere, first)
    assert (verdict(anywhere), state(anywhere, first)) == ("not-yet", "decided")
    publish(anywhere, second)
    assert (verdict(anywhere), state(anywhere, first), state(anywhere, second)) == ("extend", "superseded", "decided")


def _take(paris: Instance, one: str, how: str) -> None:
    with paris.database.write(PARIS) as session:
        record = get(session, one)
        if how == "erase":
            deciding.erase(session, record, by=HEAD, at=THEN)
        else:
            words = paris.vocabulary(PARIS)
            deciding.withdraw(session, record, words, reason="Publié trop tôt.", by=HEAD, at=THEN)


@pytest.mark.both_databases
def test_of_two_decisions_that_are_published_at_once_one_is_in_force(anywhere: Instance) -> None:
    several = [judged(anywhere) for _ in range(4)]
    for one in several:
        decide(anywhere, one)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: publish(anywhere, one), several))
    assert sorted(state(anywhere, one) for one in several) == ["decided"] + ["superseded"] * 3


def test_a_decision_rests_on_figures_that_the_public_reads(own_paris: Instance) -> None:
    indicator = released(own_paris, TRAINED, {"2031-04": 12})
    enter(own_paris, indicator, "2031-05", 20)
    body = REPORT | {"criteria": [REPORT["criteria"][0] | {"indicators": [indicator]}, REPORT["criteria"][1]]}
    one = judged(own_paris, body, indicator)
    decide(own_paris, one)
    with pytest.raises(Faulty) as refused:
        publish(own_paris, one)
    assert [fault.field for fault in refused.value.faults] == ["figures"]
    assert verdict(own_paris) is None


def test_what_is_public_is_not_opened_again_before_it_is_withdrawn(own_paris: Instance) -> None:
    one = decided(own_paris)
    words = own_paris.vocabulary(PARIS)

    def reopen() -> None:
        with own_paris.database.write(PARIS) as session:
            judging.go_back(
                session, get(session, one), words, "reopen", reason="Une erreur de saisie.", by=HEAD, at=THEN
            )

    with pytest.raises(Conflict):
        reopen()
    with own_paris.database.write(PARIS) as session:
        deciding.withdraw(session, get(session, one), words, reason="Un chiffre était faux.", by=HEAD, at=THEN)
    assert verdict(own_paris) is None
    reopen()
    assert state(own_paris, one) == "judged"


def test_erased_it_leaves_no_answer_behind(anywhere: Instance) -> None:
    one = decided(anywhere)
    with anywhere.database.write(PARIS) as session:
        drafts.erase(session, get(session, one), by=HEAD, at=THEN)
    assert verdict(anywhere) is None
    with anywhere.database.read(PARIS) as session:
        assert session.scalar(select(func.count()).select_from(Judgement)) == 0
        assert session.scalars(select(Record.status).where(Record.id == one)).one() == b"{}"

"""A procedure of one region is taken up in another: only when its pilot is to be extended, and what goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from lanzarote.errors import NotFound, NotPermitted
from lanzarote.procedures import service as procedures
from lanzarote.procedures import writing as procedure_writing
from lanzarote.procedures.rules import open_points
from lanzarote.records.validation import Faulty
from lanzarote.store.database import ALL
from lanzarote.transfers import mapping, origin, reading, service, writing
from lanzarote.types import Transfer, TransferOrigin

from tests.core.procedures import agreeing
from tests.core.transfers.travelling import PARIS, SECOND, adapted, get, settle, state, step
from tests.core.transfers.travelling_procedures import BODY, agreed, begun, endorsed, extended, proposed

if TYPE_CHECKING:
    from lanzarote.instance import Instance


@pytest.mark.parametrize("outcome", [None, "not-yet", "stop"])
def test_without_a_pilot_that_is_to_be_extended_nobody_takes_it_up(both: Instance, outcome: str | None) -> None:
    procedure = endorsed(both)
    if outcome:
        extended(both, outcome)
    with pytest.raises(NotPermitted, match="the decision is to extend it"):
        begun(both, procedure)
    with both.database.read(SECOND) as session:
        assert writing.find(session, SECOND, PARIS, procedure) is None
    extended(both)
    assert state(both, begun(both, procedure)) == "offered"


def test_what_is_proposed_waits_while_the_pilot_is_no_longer_to_be_extended(both: Instance) -> None:
    procedure = endorsed(both)
    extended(both)
    record_id = begun(both, procedure)
    with pytest.raises(NotPermitted):
        step(both, record_id, "take_up", prepared="stop")
    assert state(both, record_id) == "offered"
    step(both, record_id, "take_up", prepared="extend")
    assert state(both, record_id) == "taken-up"


def test_only_what_its_parties_stand_by_can_be_taken_up(both: Instance) -> None:
    proposed_only = agreeing.proposed(both)
    with both.database.read(PARIS) as session:
        shipped = [one.id for one in procedures.published(session)]
    assert shipped
    for one in (proposed_only, *shipped):
        with pytest.raises(NotFound):
            origin.read_origin(both, PARIS, one, kind="procedure")
    procedure = endorsed(both)
    assert [one.id for one in origin.in_force(both, PARIS)] == [procedure]


def test_its_texts_measures_and_bases_become_open_points(both: Instance) -> None:
    said = proposed(both, endorsed(both))
    there = both.vocabulary(PARIS)
    assert said.origin.kind == "procedure"
    assert {one.origin for one in said.sectors} >= {"courts", "police"}
    assert [one.origin for one in said.provisions] == [there.present_key("provision", "fr-cpp-40")]
    asked = [(one.about, one.text.get("fr", "")) for one in said.questions]
    assert ("governance", "Le comité local le tient et se réunit en mars.") in asked
    assert [text for about, text in asked if about == "limits"] == BODY["text"]["fr"]["limits"].split("\n")
    assert ("measures", "Guichet du parquet") in asked  # a contact point is nowhere but there
    assert ("measures", "Journées communes") not in asked  # courts have a counterpart here
    assert ("measures", "Fiche des soignants") in asked  # and nobody here answers to health
    assert ("basis", "Accord de 2030") in asked
    opened = {one.place for one in mapping.open_points(said)}
    assert opened >= {f"questions[{number}]" for number in range(len(said.questions))}


def test_what_it_does_not_state_is_asked_all_the_same(both: Instance) -> None:
    said = proposed(both, endorsed(both, agreeing.BODY))
    assert {one.about for one in said.questions if one.text == {}} == {"governance", "limits"}


def test_the_draft_has_steps_and_branches_and_nothing_that_is_true_of_the_origin_alone(both: Instance) -> None:
    procedure = endorsed(both)
    extended(both)
    record_id = begun(both, procedure)
    step(both, record_id, "take_up", prepared="extend")
    made = adapted(both, record_id)
    here = both.vocabulary(SECOND)
    with both.database.read(SECOND) as session:
        record = get(session, made)
        draft, status = procedure_writing.text_of(session, record), procedure_writing.status_of(record)
    assert (record.kind, record.state, status.state, status.endorsed_on) == ("procedure", "draft", "draft", None)
    assert status.derived is not None
    assert (status.derived.record, status.derived.through) == (procedure, record_id)
    assert [one.key for one in draft.steps] == ["report", "assess", "protect", "close"]
    assert draft.steps[1].branches[0].condition == {"fr": "Rien n’est retenu"}
    assert draft.steps[0].sector in here.sectors
    assert set(here.sectors[draft.steps[0].sector or ""].common) & set(both.vocabulary(PARIS).sectors["courts"].common)
    assert draft.organisations == ()
    assert draft.parties
    assert all(one.sector in here.sectors for one in draft.parties)
    assert all(not one.basis_text and one.basis in (None, *here.provisions) for s in draft.steps for one in s.passes)
    kept = [one.key for one in draft.measures]
    assert kept == ["days"]
    text = draft.text["fr"]
    assert (text.purpose, text.governance, text.limits) == ("Accueillir ensemble.", None, None)
    assert (draft.improvements, draft.practices, draft.sources) == ((), (), ())
    assert draft.note == {}
    assert open_points(draft)  # its parties here are not named: it cannot be proposed as it came


def test_it_is_adopted_when_the_parties_here_have_endorsed_it_and_both_places_know(both: Instance) -> None:
    procedure = endorsed(both)
    extended(both)
    record_id = begun(both, procedure)
    step(both, record_id, "take_up", prepared="extend")
    made = adapted(both, record_id)
    settle(both, record_id)
    step(both, record_id, "pilot")
    with pytest.raises(Faulty) as refused:
        step(both, record_id, "adopt")
    assert [one.field for one in refused.value.faults] == ["procedure"]
    agreed(both, made)
    step(both, record_id, "adopt")
    [trail] = service.travels(both, PARIS, procedure)
    assert (trail.state, trail.practice, trail.origin.kind) == ("adopted", made, "procedure")
    [document] = origin.in_force(both, SECOND)
    assert document.derived is not None
    assert document.derived.through == record_id
    with both.database.write(ALL) as session:
        kept = list(service.account(session))
        service.rebuild(session)
        assert list(service.account(session)) == kept


def test_adopters_are_told_of_another_version_and_that_nobody_stands_by_it_any_more(both: Instance) -> None:
    procedure = endorsed(both)
    extended(both)
    record_id = begun(both, procedure)
    step(both, record_id, "take_up", prepared="extend")

    def news() -> str:
        with both.database.read(SECOND) as session:
            record = get(session, record_id)
            said, status = writing.transfer_of(session, record), writing.status_of(record)
        pair = (PARIS, procedure)
        return reading.news_of(said, status, origin.now_of(both, {pair}).get(pair))

    assert news() == ""
    agreeing.save(both, procedure, {"review_months": 6})
    agreeing.do(both, "propose", procedure)
    assert news() == ""  # nobody has endorsed it yet
    for name in agreeing.BODIES:
        agreeing.say(both, procedure, name)
    assert news() == "changed"
    assert origin.text_of(both, PARIS, procedure, 1) is not None
    agreeing.say(both, procedure, agreeing.BODIES[0], "retract")
    assert news() == "gone"


def test_what_was_written_before_there_were_procedures_reads_as_a_practice(both: Instance) -> None:
    said = proposed(both, endorsed(both))
    plain = msgspec.to_builtins(said)
    assert plain["origin"].pop("kind") == "procedure"
    assert msgspec.convert(plain, Transfer).origin.kind == "practice"
    assert "kind" not in msgspec.to_builtins(msgspec.convert(plain["origin"], TransferOrigin))

"""A procedure goes from draft to endorsed to applied by what each body says, and by nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.instance import Instance
from lanzarote.procedures import writing
from lanzarote.procedures.endorsing import BEFORE_ENDORSED
from lanzarote.procedures.model import LIFECYCLE, Endorsement
from lanzarote.procedures.service import said_of
from lanzarote.procedures.writing import Superseding
from lanzarote.records.changelog import Audit
from lanzarote.records.changelog_state import broken_audit
from lanzarote.records.days import BEFORE_TEXT
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.validation import Faulty, Identifying
from sqlalchemy import func, select

from tests.core.procedures.agreeing import (
    BODIES,
    BODY,
    HEAD,
    LETTER,
    SECOND,
    STEPS,
    STRANGER,
    THEN,
    WRITER,
    begun,
    body_id,
    do,
    endorsed,
    get,
    proposed,
    public,
    save,
    say,
    spoken_for,
    status,
    step,
)
from tests.core.stakeholders.keeping import merge


@pytest.fixture(scope="module")
def here(everywhere: Instance) -> Instance:
    return everywhere


def test_nothing_but_a_body_leads_to_endorsed_or_applied() -> None:
    assert {action for (_, action), to in LIFECYCLE.items() if to == "endorsed"} == {"endorse", "declare", "cease"}
    assert {state for (state, _), to in LIFECYCLE.items() if to == "endorsed"} == {
        "proposed", "lapsed", "endorsed", "applied",
    }  # fmt: skip
    assert {(state, action) for (state, action), to in LIFECYCLE.items() if to == "applied"} == {
        ("endorsed", "apply"), ("applied", "declare"),
    }  # fmt: skip


def test_the_public_reads_it_when_the_last_party_has_endorsed_it(here: Instance) -> None:
    name = proposed(here)
    assert say(here, name, BODIES[0])
    assert (status(here, name).state, public(here, name)) == ("proposed", None)
    assert say(here, name, BODIES[1])
    found = public(here, name)
    assert found is not None
    assert (found.status.state, found.version, str(found.status.endorsed_on)) == ("endorsed", 1, "2031-01-01")


def test_it_is_applied_when_each_has_declared_it_with_the_signed_act(here: Instance) -> None:
    name = endorsed(here)
    with pytest.raises(Faulty, match="source"):
        say(here, name, BODIES[0], "apply", source=" ")
    say(here, name, BODIES[0], "apply", source="Convention signée le 1er janvier 2031", day="2031-01-01")
    assert status(here, name).state == "endorsed"
    say(here, name, BODIES[1], "apply")
    assert status(here, name).state == "applied"
    say(here, name, BODIES[0], "cease")
    assert status(here, name).state == "endorsed"


def test_a_body_endorses_by_its_representative_without_anybody_elses_word(here: Instance) -> None:
    name = proposed(here)
    first = body_id(here, BODIES[0])
    assert say(here, name, first, by=spoken_for(first), source="")
    with pytest.raises(NotPermitted):
        say(here, name, BODIES[1], by=spoken_for(first), source="")
    with here.database.read("paris") as session:
        said = said_of(session, get(session, name))
    assert [(body, [(one.what, one.spoken, one.by) for one in some]) for body, some in said.items()] == [
        (first, [("endorse", True, "rep")])
    ]


def test_whoever_writes_it_down_says_where_it_is_written_and_when(here: Instance) -> None:
    name = proposed(here)
    wrongs: list[dict[str, Any]] = [{"day": day} for day in ("2031-01-02", "", "2030")]
    for wrong in (*wrongs, {"source": ""}, {"source": "x" * 501}):
        with pytest.raises(Faulty):
            say(here, name, BODIES[0], **wrong)
    with pytest.raises(Identifying):
        say(here, name, BODIES[0], source="Écrit à jean.dupont@justice.example")
    with pytest.raises(NotPermitted):
        say(here, name, BODIES[0], by=WRITER)
    with pytest.raises(NotPermitted):
        say(here, name, BODIES[0], by=STRANGER)
    with pytest.raises(Faulty, match="no party"):
        say(here, name, "robert-debre")


def test_nobody_speaks_of_a_text_before_it_was_written_nor_applies_it_before_endorsing_it(here: Instance) -> None:
    name = proposed(here)
    first = body_id(here, BODIES[0])
    for by, source in ((spoken_for(first), ""), (HEAD, "Courrier du 31 décembre 2030")):
        for what in ("endorse", "decline"):
            with pytest.raises(Faulty) as refused:
                say(here, name, first, what, by=by, day="2030-12-31", source=source)
            assert [(one.field, one.text, one.value) for one in refused.value.faults] == [
                ("day", BEFORE_TEXT, date(2031, 1, 1))
            ]
    for body in BODIES:
        say(here, name, body, day="2031-01-02", today=date(2031, 1, 3))
    for day in ("1980-01-01", "2031-01-01"):
        with pytest.raises(Faulty) as refused:
            say(here, name, first, "apply", day=day)
        assert [(one.text, one.value) for one in refused.value.faults] == [(BEFORE_ENDORSED, date(2031, 1, 2))]
    say(here, name, first, "apply", day="2031-01-02", today=date(2031, 1, 3))


def test_who_declines_keeps_it_from_being_endorsed_until_they_do(here: Instance) -> None:
    name = proposed(here)
    say(here, name, BODIES[0], "decline")
    say(here, name, BODIES[1])
    assert (status(here, name).state, public(here, name)) == ("proposed", None)
    say(here, name, BODIES[0])
    assert status(here, name).state == "endorsed"


def test_an_endorsement_that_is_taken_back_is_told_to_the_public(here: Instance) -> None:
    name = endorsed(here)
    say(here, name, BODIES[0], "retract")
    found = public(here, name)
    assert found is not None
    assert found.status.state == "lapsed"
    with pytest.raises(Faulty, match="not endorsed"):
        say(here, name, BODIES[0], "apply")
    say(here, name, BODIES[0])
    assert status(here, name).state == "endorsed"


def test_what_is_proposed_is_not_written_on(here: Instance) -> None:
    name = proposed(here)
    with pytest.raises(IllegalTransition):
        save(here, name, {"review_months": 6})
    do(here, "recall", name)
    assert save(here, name, {"review_months": 6}) == 2
    with pytest.raises(IllegalTransition):
        say(here, name, BODIES[0])


def test_what_was_said_of_an_older_text_counts_for_that_text_alone(here: Instance) -> None:
    name = proposed(here)
    say(here, name, BODIES[0])
    do(here, "recall", name)
    save(here, name, {"review_months": 6})
    do(here, "propose", name)
    say(here, name, BODIES[1])
    assert (status(here, name).state, public(here, name)) == ("proposed", None)
    with pytest.raises(Conflict):
        say(here, name, BODIES[0], expected=1)


def test_another_version_is_proposed_while_the_endorsed_one_stays_public(here: Instance) -> None:
    name = endorsed(here)
    save(here, name, {"steps": [*STEPS[:3], step("close", end=True, title={"fr": "Clore"})]})
    say(here, name, BODIES[0], "apply")  # of the version that is read
    do(here, "propose", name)
    say(here, name, BODIES[0])
    found = public(here, name)
    assert found is not None
    assert (found.version, found.status.state, found.status.beside) == (1, "endorsed", "proposed")
    say(here, name, BODIES[1])
    found = public(here, name)
    assert found is not None
    assert (found.version, found.status.state, found.status.beside) == (2, "endorsed", "")


def test_what_was_changed_can_be_given_up(here: Instance) -> None:
    name = endorsed(here)
    save(here, name, {"review_months": 6})
    do(here, "discard", name, by=WRITER)
    assert (status(here, name).state, status(here, name).beside) == ("endorsed", "")
    with pytest.raises(Conflict):
        do(here, "discard", begun(here), by=WRITER)


def test_it_is_superseded_withdrawn_put_away_and_erased(here: Instance) -> None:
    old, new = endorsed(here), endorsed(here)
    with here.database.write("paris") as session:
        writing.supersede(session, get(session, old), given=Superseding(into=new), by=HEAD, at=THEN)
    found = public(here, old)
    assert found is not None
    assert (found.status.state, found.status.superseded_by) == ("superseded", new)
    do(here, "withdraw", old, vocabulary=here.vocabulary("paris"), reason="Remplacé par le nouveau.")
    assert (status(here, old).state, public(here, old)) == ("withdrawn", None)
    do(here, "archive", old)
    do(here, "erase", new)
    with here.database.read("paris") as session:
        assert session.scalar(select(func.count()).select_from(Endorsement).where(Endorsement.record_id == new)) == 0
        assert broken_audit(session, "paris") is None


def test_what_is_proposed_is_not_put_away_before_it_is_taken_back(here: Instance) -> None:
    name = proposed(here)
    with pytest.raises(Conflict, match="Withdraw the proposal first"):
        do(here, "archive", name)
    do(here, "recall", name)
    do(here, "archive", name)
    with pytest.raises(IllegalTransition):
        say(here, name, "aphp")


def test_a_reconstruction_is_published_by_a_second_person_and_endorsed_by_nobody(here: Instance) -> None:
    texts = {"nature": "reconstructed", "sources": ["aphp-2018"]}
    name = begun(here, BODY | texts, by=HEAD)
    with pytest.raises(Faulty, match="nature"):
        do(here, "propose", name)
    with pytest.raises(NotPermitted):
        do(here, "document", name, by=HEAD)
    do(here, "document", name, by=SECOND)
    found = public(here, name)
    assert found is not None
    assert (found.status.state, found.said) == ("documented", {})
    with pytest.raises(IllegalTransition):
        say(here, name, BODIES[0])


def test_what_paris_ships_is_read_by_the_public_and_endorsed_by_nobody(here: Instance) -> None:
    for key in ("hospital-cells-2014", "school-tripartite-agreements", "example-first-words"):
        found = public(here, key)
        assert found is not None
        assert (found.status.state, found.said, found.procedure.nature == "drafted") == ("documented", {}, False)


@pytest.mark.both_databases
def test_a_hundred_who_say_the_same_at_once_count_once(here: Instance) -> None:
    name = proposed(here)

    def endorse(_: int) -> bool:
        return say(here, name, BODIES[0], expected=1)

    with ThreadPoolExecutor(20) as pool:
        new = [*pool.map(endorse, range(100))]
    assert new.count(True) == 1
    with here.database.read("paris") as session:
        mine = Endorsement.record_id == name
        assert session.scalar(select(func.count()).select_from(Endorsement).where(mine)) == 1
        verbs = select(func.count()).select_from(Audit).where(Audit.record_id == name, Audit.verb == "endorse")
        assert session.scalar(verbs) == 1
        assert broken_audit(session, "paris") is None


@pytest.mark.both_databases
def test_two_bodies_that_endorse_at_once_publish_it_once(here: Instance) -> None:
    name = proposed(here)
    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(lambda body: say(here, name, body, expected=1), BODIES)] == [True, True]
    assert status(here, name).state == "endorsed"
    with here.database.read("paris") as session:
        query = select(func.count()).select_from(Audit).where(Audit.record_id == name, Audit.verb == "publish")
        assert session.scalar(query) == 1


def test_the_word_of_a_source_is_kept_as_it_was_written(here: Instance) -> None:
    name = proposed(here)
    say(here, name, BODIES[0], source=f"  {LETTER} ")
    with here.database.read("paris") as session:
        [some] = said_of(session, get(session, name)).values()
    assert [(one.source, one.spoken, one.by) for one in some] == [(LETTER, False, "cy")]


def test_a_body_that_was_merged_speaks_as_what_it_was_merged_into(own_paris: Instance) -> None:
    name = proposed(own_paris)
    say(own_paris, name, BODIES[0])
    merge(own_paris, BODIES[0], "robert-debre")
    say(own_paris, name, BODIES[1])
    assert status(own_paris, name).state == "endorsed"

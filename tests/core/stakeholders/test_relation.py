"""How an organisation relates to the group: what it said itself, since when, and where that is written."""

from __future__ import annotations

from typing import Any

import pytest
from lanzarote.directory import service
from lanzarote.errors import Conflict
from lanzarote.instance import Instance
from lanzarote.records.changelog import Audit
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import deciding
from sqlalchemy import select

from tests.core.stakeholders.keeping import (
    get,
    relate,
)


def test_taking_part_needs_a_day_and_where_the_mandate_is_written(own_paris: Instance) -> None:
    with pytest.raises(Faulty) as refused:
        relate(own_paris, "aphp", "taking-part")
    assert [fault.field for fault in refused.value.faults] == ["since", "source"]
    relate(own_paris, "aphp", "taking-part", since="2030-05", source="Lettre du 2 mai 2030", mandate={"fr": "Siège."})
    with own_paris.database.read("paris") as session:
        status = service.by_key(session)["aphp"].status
        lines = session.scalars(select(Audit.actor).where(Audit.verb == "relation")).all()
    assert (status.relation, status.since, status.source) == ("taking-part", "2030-05", "Lettre du 2 mai 2030")
    assert list(lines) == ["cy"]
    assert next(one for one in own_paris.directory("paris") if one.key == "aphp").status == status


def test_whoever_is_only_cited_has_no_mandate(own_paris: Instance) -> None:
    relate(own_paris, "aphp", "taking-part", since="2030", source="Lettre", mandate={"fr": "Siège."})
    relate(own_paris, "aphp", "cited", since="2030", source="Lettre", mandate={"fr": "Siège."})
    with own_paris.database.read("paris") as session:
        status = service.by_key(session)["aphp"].status
    assert (status.relation, status.since, status.source, status.mandate) == ("cited", None, "", {})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"since": "2031-01-02"}, "since"),
        ({"since": "2030-02-30"}, "since"),
        ({"since": "1200"}, "since"),
        ({"since": "2007-10-24"}, "since"),
        ({"source": "javascript://x"}, "source"),
        ({"mandate": {"xx": "Siège."}}, "mandate.xx"),
    ],
)
def test_a_relation_is_written_down_properly(own_paris: Instance, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Faulty) as refused:
        relate(own_paris, "aphp", "invited", **given)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_a_relation_names_nobody(own_paris: Instance) -> None:
    with pytest.raises(Identifying):
        relate(own_paris, "aphp", "invited", source="Courriel de jean.dupont@justice.example")


def test_of_two_who_decide_at_once_the_second_is_told(own_paris: Instance) -> None:
    with own_paris.database.read("paris") as session:
        mark = deciding.mark_of(get(session, "aphp"))
    relate(own_paris, "aphp", "invited", mark=mark)
    with pytest.raises(Conflict):
        relate(own_paris, "aphp", "declined", mark=mark)


def test_only_what_took_part_can_have_left_and_it_says_since_when_and_where(own_paris: Instance) -> None:
    letter: dict[str, Any] = {"source": "Lettre du 3 mars 2024"}
    with pytest.raises(Faulty) as told:
        relate(own_paris, "aphp", "left", since="2024", **letter)
    assert [(one.field, one.text) for one in told.value.faults] == [("relation", deciding.NEVER_IN)]
    relate(own_paris, "aphp", "taking-part", since="2023", **letter)
    with pytest.raises(Faulty) as told:
        relate(own_paris, "aphp", "left")
    assert [(one.field, one.text) for one in told.value.faults] == [
        ("since", deciding.NO_DAY_LEFT), ("source", deciding.NO_SOURCE_LEFT),
    ]  # fmt: skip
    relate(own_paris, "aphp", "left", since="2024", **letter)
    relate(own_paris, "aphp", "left", since="2024-03", **letter)  # the day is put right

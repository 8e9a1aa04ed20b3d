"""What keeps a procedure from being endorsed is named at its step; it can be drafted with all of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from lanzarote.instance import Instance
from lanzarote.procedures import reading
from lanzarote.procedures.model import ProcedureStatus
from lanzarote.procedures.rules import (
    DANGLING,
    ENDS_AND_GOES_ON,
    NEEDLESS,
    NO_BASIS,
    NO_CONDITION,
    NO_EXIT,
    NO_WAY_ON,
    NOBODY,
    UNREACHED,
    flow_faults,
    open_points,
    without_basis,
)
from lanzarote.records.records import Version, encode
from lanzarote.records.validation import Faulty
from lanzarote.web.site import Site

from tests.core.procedures.agreeing import (
    BODIES,
    BODY,
    SECOND,
    begun,
    checked,
    do,
    get,
    proposed,
    public,
    read,
    save,
    say,
    status,
    step,
)


@pytest.fixture(scope="module")
def here(everywhere: Instance) -> Instance:
    return everywhere


def faults(*steps: dict[str, Any]) -> set[tuple[str, str]]:
    text = read({"original": "fr", "steps": list(steps)})
    return {(one.field, one.text) for one in flow_faults(text.steps)}


def test_a_sound_procedure_has_nothing_open() -> None:
    assert open_points(read(BODY)) == ()


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([step("a", "z", "b"), step("b", end=True)], {("steps[0].next", DANGLING)}),
        (
            [step("a", branches=[{"to": "z", "condition": {"fr": "x"}}], end=True)],
            {("steps[0].branches[0].to", DANGLING)},
        ),
        ([step("a", end=True), step("b", end=True)], {("steps[1].key", UNREACHED)}),
        ([step("a", end=True), step("b", end=True, trigger={"fr": "Un appel"})], set()),
        ([step("a", "b"), step("b", "a")], {("steps[0].next", NO_EXIT), ("steps[1].next", NO_EXIT)}),
        ([step("a", "a")], {("steps[0].next", NO_EXIT)}),
        ([step("a", "b"), step("b", branches=[{"to": "a", "condition": {"fr": "x"}}], end=True)], set()),
        ([step("a")], {("steps[0].next", NO_WAY_ON)}),
        ([step("a", "b", end=True), step("b", end=True)], {("steps[0].end", ENDS_AND_GOES_ON)}),
        (
            [
                step("a", "b", branches=[{"to": "c", "condition": {"fr": " "}}]),
                step("b", end=True),
                step("c", end=True),
            ],
            {("steps[0].branches[0].condition", NO_CONDITION)},
        ),
        ([step("a", "b", branches=[{"to": "b", "condition": {}}]), step("b", end=True)], set()),
        ([step("a", end=True, sector=None)], {("steps[0].organisation", NOBODY)}),
        (
            # A circle with a way out of it, and one beside it without.
            [step("a", "b", "c"), step("b", end=True), step("c", "d"), step("d", "c")],
            {("steps[2].next", NO_EXIT), ("steps[3].next", NO_EXIT)},
        ),
    ],
)
def test_each_fault_is_named_at_its_step(steps: list[dict[str, Any]], expected: set[tuple[str, str]]) -> None:
    assert faults(*steps) == expected


def test_a_condition_that_is_not_shown_is_open_until_it_is_taken_out() -> None:
    needless = [{"to": "b", "condition": {"fr": "Si oui"}}]
    text = read(BODY | {"steps": [step("a", "b", branches=needless), step("b", end=True)]})
    assert [(one.field, one.text) for one in open_points(text)] == [("steps[0].branches[0].condition", NEEDLESS)]


BROKEN = {
    "a circle": ([step("a", "b"), step("b", "a")], {"steps[0].next", "steps[1].next"}),
    "a step that is not there": ([step("a", "z", "b"), step("b", end=True)], {"steps[0].next"}),
    "a branch that is not there": (
        [step("a", branches=[{"to": "z", "condition": {"fr": "Si"}}], end=True)],
        {"steps[0].branches[0].to"},
    ),
    "a step that nothing leads to": ([step("a", end=True), step("b", end=True)], {"steps[1].key"}),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("nature", ["drafted", "reconstructed"])
def test_what_leads_nowhere_is_drafted_and_neither_proposed_nor_published(
    here: Instance, broken: str, nature: str
) -> None:
    steps, places = BROKEN[broken]
    name = begun(here, BODY | {"steps": steps, "nature": nature, "sources": ["aphp-2018"]})
    with pytest.raises(Faulty) as refused:
        do(here, "propose" if nature == "drafted" else "document", name, by=SECOND)
    assert {one.field for one in refused.value.faults} == places
    assert (status(here, name).state, public(here, name)) == ("draft", None)


def test_what_a_reconstruction_does_not_know_it_may_leave_open(own_paris: Instance) -> None:
    name = begun(
        own_paris, BODY | {"steps": [step("a", sector=None)], "nature": "reconstructed", "sources": ["aphp-2018"]}
    )
    do(own_paris, "document", name, by=SECOND)
    assert status(own_paris, name).state == "documented"


def test_nobody_endorses_what_came_from_elsewhere_and_goes_round(own_paris: Instance) -> None:
    name = proposed(own_paris)
    with own_paris.database.write("paris") as session:
        record = get(session, name)
        circular = read(BODY | {"steps": BROKEN["a circle"][0]})
        session.get_one(Version, ("paris", name, record.version)).body = encode(circular)
    with pytest.raises(Faulty) as refused:
        say(own_paris, name, BODIES[0])
    assert {one.field for one in refused.value.faults} == BROKEN["a circle"][1]
    assert status(own_paris, name).state == "proposed"


@pytest.mark.parametrize(
    ("passing", "open_"),
    [
        ({"confidential": True}, True),
        ({"confidential": True, "basis_text": {"fr": "  "}}, True),
        ({"confidential": True, "basis_text": {"fr": "."}}, True),
        ({"confidential": True, "basis_text": {"fr": "oui", "en": "n° 1"}}, True),
        ({"confidential": True, "basis_text": {"fr": "aucune base"}}, True),
        ({"confidential": True, "basis_text": {"fr": "à voir plus tard", "en": "To be confirmed."}}, True),
        ({"confidential": True, "basis_text": {"fr": "Accord écrit"}}, False),
        ({"confidential": True, "basis_text": {"fr": "Loi n° 2007-293"}}, False),
        ({"confidential": True, "basis": "fr-cpp-40"}, False),
        ({"confidential": False}, False),
    ],
)
def test_confidential_information_without_a_basis_can_be_drafted_and_not_proposed(
    own_paris: Instance, passing: dict[str, Any], open_: bool
) -> None:
    steps = [step("a", end=True, passes=[{"what": {"fr": "Le dossier"}} | passing])]
    name = begun(own_paris, BODY | {"steps": steps})
    if open_:
        with pytest.raises(Faulty) as refused:
            do(own_paris, "propose", name)
        assert [(one.field, one.text) for one in refused.value.faults] == [("steps[0].passes[0].basis", NO_BASIS)]
        assert status(own_paris, name).state == "draft"
    else:
        do(own_paris, "propose", name)
        assert status(own_paris, name).state == "proposed"


@pytest.mark.parametrize(
    "hollow",
    [
        "non indiqué", "Non précisée.", "néant", "pas de base légale", "Base légale à préciser", "sans fondement",
        "On ne sait pas encore", "sans objet", "La base légale est à définir ultérieurement", "À voir en 2027",
        "no legal basis", "not stated", "Unknown yet", "to be determined later", "legal basis: tbd", "n/a",
        "None at all",
    ],
)  # fmt: skip
def test_words_that_name_no_basis_are_none(hollow: str) -> None:
    assert [*without_basis(_passing(hollow))], hollow


@pytest.mark.parametrize(
    "basis",
    [
        "art. 226-14 C. pén.", "Convention du groupe, non publiée", "Accord des parents", "secret partagé",
        "Loi n° 2007-293", "Consent of the child’s guardian", "Protocol signed by all", "Décret du 12 mai",
    ],
)  # fmt: skip
def test_words_that_name_a_basis_are_one(basis: str) -> None:
    assert [*without_basis(_passing(basis))] == [], basis


def _passing(basis: str) -> Any:
    passes = [{"what": {"fr": "Le dossier"}, "confidential": True, "basis_text": {"fr": basis}}]
    return read({"original": "fr", "steps": [step("a", end=True, passes=passes)]}).steps


def test_what_follows_anyway_follows_under_no_condition(own_paris: Instance) -> None:
    flow, row = _told(
        own_paris, step("a", "b", branches=[{"to": "b", "condition": {"fr": "Si oui"}}]), step("b", end=True)
    )
    assert [(way.to, way.condition) for way in flow.steps[0].ways] == [(1, "")]
    assert [(str(one.condition), one.number) for one in row.follows] == [("", 2)]
    assert not row.branching


def _told(paris: Instance, *steps: dict[str, Any]) -> Any:
    url = SimpleNamespace(path="/fr/paris/procedures/x", query="")
    request: Any = SimpleNamespace(scope={}, url=url, base_url="http://lanzarote.test/")
    view = Site(paris).view(request, "fr", "paris")
    text = read(BODY | {"steps": list(steps)})
    told = reading.read(view, text, ProcedureStatus(), parties={}, said={}, version=1)
    return told.flow, told.steps[0]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"parties": BODY["parties"][:1]}, "parties"),
        ({"parties": [{"sector": "courts"}, {"sector": "police"}]}, "parties"),
        ({"steps": []}, "steps"),
        ({"text": {"fr": {"title": "Sans but"}}}, "text.fr.purpose"),
        ({"nature": "example"}, "nature"),
    ],
)
def test_what_lacks_something_is_not_proposed(own_paris: Instance, changed: dict[str, Any], field: str) -> None:
    name = begun(own_paris, BODY | changed)
    with pytest.raises(Faulty) as refused:
        do(own_paris, "propose", name)
    assert field in [one.field for one in refused.value.faults]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"steps": [step("a"), step("a")]}, "steps[1].key"),
        ({"steps": [step("a", sector="nowhere")]}, "steps[0].sector"),
        ({"parties": [{"organisation": "nobody"}]}, "parties[0].organisation"),
        ({"steps": [step("a", passes=[{"what": {"fr": "x"}, "basis": "no-law"}])]}, "steps[0].passes[0].basis"),
        ({"text": {"fr": {"purpose": "x"}}}, "text.fr.title"),
        ({"steps": [step("a", title={"fr": "x" * 161})]}, "steps[0].title.fr"),
        ({"steps": [step(f"s{n}") for n in range(201)]}, "steps"),
        ({"convention": ["99.1"]}, "convention"),
        ({"steps": [step("a", title={"fr": "\u202eretourné"})]}, "steps[0].title.fr"),
    ],
)
def test_what_cannot_be_kept_is_refused(paris: Instance, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Faulty) as refused:
        checked(paris, BODY | changed)
    assert [one.field for one in refused.value.faults] == [field]


def test_saving_the_same_again_makes_no_version(own_paris: Instance) -> None:
    name = begun(own_paris)
    assert save(own_paris, name, {}) == 1

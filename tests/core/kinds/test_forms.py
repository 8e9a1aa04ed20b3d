"""Forms of all kinds: what they show is what they read, rows keep their places, choices offer what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import kinds
from lanzarote.evaluation import judging

from tests.core.activity.conftest import Team
from tests.core.evaluation import piloting
from tests.core.evaluation.piloting import PARIS, REPORT, TRAINED, begun, counted, get
from tests.core.improvements import deliberating
from tests.core.kinds.forms import fields_of
from tests.core.meetings import keeping as keeping_meetings
from tests.core.practices.signed_in import site_of
from tests.core.procedures import agreeing
from tests.core.stakeholders import keeping

if TYPE_CHECKING:
    from lanzarote.instance import Instance

EVALUATIONS = "/en/paris/team/evaluations"
BEGUN: dict[str, Any] = {"original": "fr", "text.fr.title": "Évaluation"}


@pytest.fixture
def team(own_paris: Instance) -> Iterator[Team]:
    with site_of(own_paris) as client:
        yield Team(own_paris, client)


def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(team: Team) -> None:
    indicator = counted(team.paris, TRAINED | {"ended_on": "2033-01-01", "measure": None})
    [member, *_] = team.paris.directory(PARIS)
    judge = {"key": "j3", "standpoint": "self", "organisation": member.key or member.id}
    criteria = [REPORT["criteria"][0] | {"indicators": [indicator]}, REPORT["criteria"][1]]
    report = REPORT | {"criteria": criteria, "judges": [*REPORT["judges"], judge]}
    shows: dict[str, Any] = {
        "evidence": [{"value": 1234567.25, "unit": {"fr": "mois"}, "text": {"fr": "Un délai."}, "sources": ["a"]}]
    }
    cited: dict[str, Any] = {
        "own_sources": [{"key": "a", "title": "R", "publisher": "P", "kind": "press", "read_on": "2030-01-01"}]
    }
    finding = deliberating.finding(team.paris, convention=["10", "18.1.a"], **shows, **cited)
    deliberating.step(team.paris, finding, "share")
    improvement = deliberating.improvement(team.paris, findings=[finding], **cited)
    made = {"indicators": indicator, "evaluations": begun(team.paris, report, indicator)}
    made |= {"findings": finding, "improvements": improvement, "organisations": keeping.published(team.paris)}
    made |= {"procedures": agreeing.begun(team.paris)}
    made["practices"] = team.practice().id
    made["meetings"] = keeping_meetings.planned(
        team.paris,
        organisations=["aphp"],
        agenda=[{"title": {"fr": "Accueil"}, "minutes": 5}],
        link="https://a.example",
    )
    assert set(made) == {kind.room for kind in kinds() if kind.forms}  # another kind is tried here too
    for room, record_id in made.items():
        for lang in ("en", "fr"):
            path = f"/{lang}/paris/team/{room}/{record_id}/edit"
            form = fields_of(team.ana.get(path))
            team.ana.post(path, **form)
            assert fields_of(team.ana.get(path))["version"] == "1", room


def test_a_row_that_was_emptied_is_gone_and_those_after_it_keep_their_places(team: Team) -> None:
    record_id = begun(team.paris)
    path = f"{EVALUATIONS}/{record_id}/edit"
    form = fields_of(team.ana.get(path)) | {"criteria[0].question.fr": "", "criteria[0].met.fr": ""}
    wrong = team.ana.post(path, 400, **(form | {"judges[0].role.fr": "", "judges[1].standpoint": ""}))
    assert 'href="#judges[0].standpoint"' in wrong  # the second judge is the first one now, in the form too
    assert fields_of(wrong)["judges[0].role.fr"] == "Un centre de recherche universitaire"
    team.ana.post(path, **form)
    with team.paris.database.read(PARIS) as session:
        said = judging.evaluation_of(session, get(session, record_id))
    assert [one.key for one in said.criteria] == ["c2"]


def test_a_row_in_which_only_a_code_was_chosen_is_shown_again_and_not_kept(team: Team) -> None:
    typed = BEGUN | {"judges[0].standpoint": "external", "judges[1].role.fr": "Un centre", "since": "hier"}
    page = team.ana.post(f"{EVALUATIONS}/new", 400, **typed)
    form = fields_of(page)
    assert (form["judges[0].role.fr"], form["judges[1].standpoint"]) == ("Un centre", "external")
    assert 'href="#judges[0].standpoint"' in page
    record_id = team.ana.post(f"{EVALUATIONS}/new", **(typed | {"since": "", "judges[1].standpoint": "self"}))
    with team.paris.database.read(PARIS) as session:
        record = get(session, record_id.partition("?")[0].rpartition("/")[2])
        [judge] = judging.evaluation_of(session, record).judges
    assert (judge.key, judge.standpoint) == ("j1", "self")


def test_a_group_of_numbers_is_written_whole_or_not_at_all(team: Team) -> None:
    path = f"{EVALUATIONS}/{piloting.judged(team.paris)}/decide"
    decided = {"version": "1", "outcome": "extend", "reason.fr": "Tout y est.", "decided_by.fr": "Le groupe"}
    half = team.head.post(path, 400, **(decided | {"on": piloting.TODAY.isoformat(), "votes.support": "3"}))
    for name in ("against", "abstained"):
        assert f'id="votes.{name}-error"' in half
    assert 'id="votes.support-error"' not in half


def test_a_form_offers_the_room_that_there_is(team: Team) -> None:
    for kind in (one for one in kinds() if one.forms):
        page = team.ana.get(f"/fr/paris/team/{kind.room}/new")
        for shape in kind.parts[kind.forms[0].name]:
            if shape.what == "texts":
                field = page.partition(f'name="{shape.at("").replace("*", "fr")}"')[2].partition(">")[0]
                assert f'maxlength="{shape.longest}"' in field, shape.name


def test_a_part_without_which_it_can_be_saved_is_folded_until_something_is_in_it_or_wrong(team: Team) -> None:
    path = "/en/paris/team/improvements"
    page = team.ana.get(f"{path}/new")
    assert re.findall(r'<details class="part"[^>]*><summary><h2>([^<]*)', page) == [
        "More about it", "Practices, law, Convention", "Where it is written",
    ]  # fmt: skip
    sent = fields_of(page) | {"text.fr.title": "Un protocole", "convention_more": "nowhere", "verified": "yes"}
    wrong = team.ana.post(f"{path}/new", 400, **sent)
    assert re.findall(r'<details class="part"[^>]*><summary><h2>([^<]*)', wrong) == ["More about it"]
    assert 'id="convention_more-error"' in wrong


def test_only_what_may_stay_empty_is_called_optional(team: Team) -> None:
    for path, name in (
        (f"meetings/{keeping_meetings.planned(team.paris)}/agenda", "agenda[#].title.en"),
        ("evaluations/new", "until"),
        ("evaluations/new", "criteria[#].question.fr"),
        (f"organisations/{keeping.published(team.paris)}/contacts", "contacts[#].source"),
    ):
        page = team.head.get(f"/en/paris/team/{path}")
        label = page.partition(f'<label for="{name}">')[2].partition("</label>")[0]
        assert label, name
        assert "optional" not in label, name

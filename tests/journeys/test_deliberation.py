"""From what somebody observed to a practice that is judged: a group deliberates, and who only reads can follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings

from tests.core.conftest import serving
from tests.core.days import today
from tests.journeys.deliberating import Circle, open_, text_of
from tests.journeys.deliberation_deciding import (
    answer_for_the_hospitals,
    answer_for_the_others,
    approve_the_minutes,
    ask,
    decide,
    meet,
    not_without_a_quorum,
)
from tests.journeys.deliberation_following import act, agree_on_a_procedure, forward, judge_the_pilot
from tests.journeys.deliberation_gathering import (
    amend,
    bring_four_bodies_together,
    propose_what_answers_it,
    share_a_finding,
    talk,
)
from tests.journeys.deliberation_words import READ, REASONS, SAID

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def circle(paris_template: Path, tmp_path: Path, browser: Browser, request: Any) -> Iterator[Circle]:
    lang, size = request.param
    (tmp_path / "lanzarote.sqlite").write_bytes(paris_template.read_bytes())
    settings = read_settings({"LANZAROTE_DATA": str(tmp_path)})
    with new_instance(settings) as instance, serving(instance) as address:
        made = Circle(instance, browser, address, lang, size)
        yield made
        for context in made.open:
            context.close()


@pytest.mark.parametrize(
    "circle", [("fr", "phone"), pytest.param(("en", "desktop"), marks=pytest.mark.long)], indirect=True, ids="-".join
)
def test_from_what_was_observed_to_a_pilot_that_is_extended(circle: Circle) -> None:
    head, ana = circle.coordinator(), circle.member("contributor", "Ana Plume")
    dan = circle.member("coordinator", "Dan Consigne")  # who writes down what bodies said does not decide on it
    finding = share_a_finding(circle, ana, head)
    improvement = propose_what_answers_it(circle, ana, head, finding)
    rep = bring_four_bodies_together(circle, head)

    talk(circle, rep, improvement)
    ask(circle, head, improvement)
    answer_for_the_hospitals(circle, rep, "object", SAID[circle.lang]["objection"], named=False)
    answer_for_the_others(circle, dan, improvement)
    decide(circle, head, improvement, "not-adopted")
    the_public_reads_of_an_objection(circle)

    amend(circle, rep, head, improvement)
    ask(circle, head, improvement)
    answer_for_the_hospitals(circle, rep, "reservations", SAID[circle.lang]["reservation"], named=True)
    answer_for_the_others(circle, dan, improvement)
    meeting = meet(circle, ana, head, rep)
    not_without_a_quorum(circle, head, improvement)
    decide(circle, head, improvement, "adopted", meeting)
    approve_the_minutes(circle, ana, head, meeting)

    forward(circle, head, improvement)
    agree_on_a_procedure(circle, ana, head, rep)
    act(circle, head, rep, improvement)
    judge_the_pilot(circle, ana, head)

    whoever_passes_by_reads_what_was_decided(circle)
    whoever_works_here_reads_who_said_what(circle, improvement)


def the_public_reads_of_an_objection(circle: Circle) -> None:
    """It reads that a body objects and of which kind it is, not which one, for that body has not agreed to be named."""
    read, anybody = READ[circle.lang], circle.window()
    anybody.goto(f"{circle.place}/improvements/{SAID[circle.lang]['slug']}")
    told = text_of(anybody, ".decision")
    assert text_of(anybody, "#decision").endswith(f": {read['not-adopted']}")
    assert read["someone objects"] in told
    assert REASONS["not-adopted"][circle.lang] in told
    assert read["hospitals"] not in told
    assert SAID[circle.lang]["objection"] not in told
    circle.look(anybody, "public-not-adopted")
    anybody.context.close()


def whoever_passes_by_reads_what_was_decided(circle: Circle) -> None:
    """A visitor tells what was decided, by whom, why, who disagreed, where it went and what came of it."""
    read, said, anybody = READ[circle.lang], SAID[circle.lang], circle.window()
    anybody.goto(f"{circle.place}/improvements")
    circle.look(anybody, "public-list")
    with anybody.expect_navigation():
        anybody.get_by_role("link", name=said["title"]).click()
    circle.look(anybody, "public-improvement")
    told = text_of(anybody)
    assert said["amended"] in told
    assert said["proposal"] not in told
    assert read["completed"] in told
    decision = text_of(anybody, ".decision")
    assert text_of(anybody, "#decision").endswith(f": {read['adopted']}")
    assert said["meeting"] in decision
    assert REASONS["adopted"][circle.lang] in decision
    assert f"{read['hospitals']}{read['has reservations']}" in decision
    assert said["reservation"] in decision
    assert read["reserve"] in decision
    assert read["association"] in decision
    assert read["consensus"]["adopted"] in decision
    assert "CONF/PLE(2025)REC2" in decision
    assert read["votes"] in decision
    assert said["action"] in told
    assert said["observed"] not in told  # a finding stays with the group

    anybody.goto(f"{circle.place}/procedures")
    with anybody.expect_navigation():
        anybody.get_by_role("link", name=said["procedure"]).first.click()
    circle.look(anybody, "public-procedure")
    assert read["applied"] in text_of(anybody, "body")
    assert text_of(anybody, "#parties-table").count(str(today().year)) >= 4

    anybody.goto(f"{circle.place}/evaluation")
    circle.look(anybody, "public-evaluation")
    assert text_of(anybody, ".verdict").startswith(read["extend"])
    assert read["the group"] in text_of(anybody, "body")
    anybody.goto(f"{circle.place}/group")
    circle.look(anybody, "public-group")
    assert read["extend"] in text_of(anybody)
    anybody.context.close()


def whoever_works_here_reads_who_said_what(circle: Circle, improvement: str) -> None:
    """A member reads every position by name, the first decision too, and whose duty of reserve keeps them silent."""
    read, cy = READ[circle.lang], circle.member("reviewer", "Cy Lectrice")
    cy.goto(improvement)
    circle.look(cy, "member-improvement")
    open_(cy, "/positions")
    circle.look(cy, "member-positions")
    told = text_of(cy)
    for verdict in ("not-adopted", "adopted"):
        assert REASONS[verdict][circle.lang] in told
        assert f": {read[verdict]} " in told
    assert f"{read['hospitals']}{read['objects']}" in told
    assert SAID[circle.lang]["objection"] in told
    assert f"{read['court']}{read['has no position']}" in told
    assert re.search(read["present"], told)

"""The group's pages: as many queries for thirty as for one; what is due stands on the start page; who may what."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts.model import Account
from lanzarote.evaluation import answering, counting, judging, periods
from lanzarote.evaluation.model import INDICATOR
from lanzarote.records import records
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.records import Record, now
from sqlalchemy import func, select

from tests.core.activity.conftest import Team, asked
from tests.core.days import today
from tests.core.evaluation import piloting
from tests.core.evaluation.piloting import PARIS, REPORT, TRAINED, begun, decided, released, run
from tests.core.meetings.keeping import was_held
from tests.core.meetings.test_mandates import adopt
from tests.core.practices.forms import writer
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from lanzarote.instance import Instance

TITLES = ("Formations suivies", "Réunions tenues")


@pytest.fixture
def team(own_paris: Instance) -> Iterator[Team]:
    with site_of(own_paris) as client:
        yield Team(own_paris, client)


def month(back: int) -> str:
    """A month that is over, *back* months before the last one."""
    day = today()
    for _ in range(back + 1):
        day = day.replace(day=1) - timedelta(days=1)
    return periods.period_of(day, "month")


def test_pages_ask_as_often_for_thirty_as_for_one(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    paris = team.paris
    made: list[str] = []

    def more(count: int) -> None:
        values = {f"2031-{number:02}": 20 + number for number in range(1, 6)}
        made.extend(released(paris, TRAINED, values) for _ in range(count))
        criteria = [REPORT["criteria"][0] | {"indicators": made[:90]}, REPORT["criteria"][1]]
        decided(paris, REPORT | {"criteria": criteria}, *made)

    more(1)
    paths = (
        "/en/paris/indicators",
        "/en/paris/indicators?format=csv",
        "/en/paris/evaluation",
        "/en/paris/team/indicators",
        "/en/paris/team/indicators/values",
        "/en/paris/team/evaluations",
        "/en/paris/team/evaluations/new",
        "/en/start",
        "/api/v1/regions/paris/indicators",
        "/api/v1/regions/paris/evaluations",
    )

    def cost(path: str) -> int:
        return asked(paris, monkeypatch, lambda: team.head.get(path))

    few = {path: cost(path) for path in paths}
    more(29)
    assert {path: cost(path) for path in paths} == few
    assert max(few.values()) < 25


def test_a_value_that_is_due_waits_on_the_start_page_until_it_is_entered(team: Team) -> None:
    one = piloting.counted(team.paris)
    assert "Professionals trained together" in team.ana.get("/en/start")
    assert "Professionals trained together" not in team.bo.get("/en/start")  # reviewers enter nothing
    with team.paris.database.write(PARIS) as session:
        given = counting.Entered(period=month(0), value=12, source="Feuilles", lang="fr")
        record = piloting.get(session, one)
        counting.enter(session, record, given, today=today(), by=team.people["ana"], at=now())
    assert "Professionals trained together" not in team.ana.get("/en/start")


def test_all_values_of_a_month_are_entered_together_or_none(team: Team) -> None:
    ids = [piloting.counted(team.paris) for _ in range(3)]
    data: dict[str, Any] = {}
    for number, one in enumerate(ids):
        place = f"values[{one}]."
        data |= {f"{place}period": month(0), f"{place}seen": "0", f"{place}source": "Feuilles"}
        data[f"{place}value"] = "douze" if number == 1 else str(10 + number)

    def values() -> list[float | None]:
        with team.paris.database.read(PARIS) as session:
            return sorted(row.value for rows in counting.values_of(session, ids).values() for row in rows)  # type: ignore[type-var]

    refused = team.ana.post("/en/paris/team/indicators/values", 400, **data)
    assert 'value="douze"' in refused
    assert values() == []
    team.ana.post("/en/paris/team/indicators/values", **(data | {f"values[{ids[1]}].value": "11"}))
    assert values() == [10, 11, 12]


def test_what_somebody_else_entered_meanwhile_is_not_overwritten(team: Team) -> None:
    one = piloting.counted(team.paris)
    path = f"/en/paris/team/indicators/{one}/value"
    data: dict[str, Any] = {"period": month(0), "value": "12", "source": "Feuilles", "seen": "0"}
    team.ana.post(path, **data)
    late = team.head.post(path, 409, **(data | {"value": "99", "note": "Autre feuille"}))
    assert 'value="99"' in late  # nothing is lost
    with team.paris.database.read(PARIS) as session:
        assert [row.value for row in counting.values_of(session, [one])[one]] == [12]


def test_a_value_without_a_period_is_asked_for_one_that_there_is(team: Team) -> None:
    one = piloting.counted(team.paris)
    data: dict[str, Any] = {"period": "", "value": "12", "source": "Feuilles", "seen": "0"}
    said = team.ana.post(f"/en/paris/team/indicators/{one}/value", 400, **data)
    assert re.search(r"Choose a period that this indicator is about, such as \d{4}-\d\d\.", said)


def test_where_the_first_value_is_written_is_not_called_optional_as_it_is_asked_for_beside_a_value(team: Team) -> None:
    one = piloting.counted(team.paris)
    html = team.ana.get(f"/en/paris/team/indicators/{one}/edit")
    labels = dict(re.findall(r'<label for="baseline\.(\w+)">(.*?)</label>', html))
    assert [*labels] == ["value", "on", "source"]
    assert not any("optional" in label for label in labels.values())


def test_a_number_is_read_with_comma_point_and_blanks(team: Team) -> None:
    body = TRAINED | {"counts": "other", "baseline": None, "target": None}
    for text in ("1 234,5", "1234.5", "1\u202f234,5"):
        one = piloting.counted(team.paris, body)
        data: dict[str, Any] = {"period": month(0), "value": text, "source": "Registre", "seen": "0"}
        team.ana.post(f"/fr/paris/team/indicators/{one}/value", **data)
        with team.paris.database.read(PARIS) as session:
            assert counting.values_of(session, [one])[one][0].value == 1234.5


def test_a_comma_stands_between_thousands_where_the_language_has_it_there(team: Team) -> None:
    body = TRAINED | {"counts": "other", "baseline": None, "target": None}
    for lang, number in (("en", 1234), ("fr", 1.234)):
        one = piloting.counted(team.paris, body)
        data: dict[str, Any] = {"period": month(0), "value": "1,234", "source": "Registre", "seen": "0"}
        team.ana.post(f"/{lang}/paris/team/indicators/{one}/value", **data)
        with team.paris.database.read(PARIS) as session:
            assert counting.values_of(session, [one])[one][0].value == number


def test_reviewers_read_and_write_nothing(team: Team) -> None:
    one, evaluation = piloting.counted(team.paris), begun(team.paris)
    for path in (f"indicators/{one}", f"evaluations/{evaluation}", f"evaluations/{evaluation}/report"):
        team.bo.get(f"/en/paris/team/{path}")
    for path in (f"indicators/{one}/edit", f"indicators/{one}/publish", f"evaluations/{evaluation}/run"):
        team.bo.get(f"/en/paris/team/{path}", 403)


def test_what_names_somebody_is_kept_nowhere(team: Team) -> None:
    data: dict[str, Any] = {"original": "fr", "text.fr.title": "Suivi", "counts": "other", "direction": "more"}
    data["rhythm"] = "month"
    team.ana.post("/en/paris/team/indicators/new", 400, **(data | {"text.fr.method": "lea.martin@gmail.com"}))
    with team.paris.database.read(PARIS) as session:
        assert session.scalar(select(func.count()).select_from(Record).where(Record.kind == INDICATOR)) == 0
    team.ana.post("/en/paris/team/indicators/new", **(data | {"text.fr.method": "Le registre."}))
    with team.paris.database.read(PARIS) as session:
        assert session.scalar(select(func.count()).select_from(Record).where(Record.kind == INDICATOR)) == 1


def test_files_of_indicators_have_what_the_page_shows_and_without_a_filter_all(team: Team) -> None:
    _, put_away = (
        released(team.paris, TRAINED | {"text": {"fr": {"title": title}}}, {"2031-01": 20}) for title in TITLES
    )
    with team.paris.database.write(PARIS) as session:
        records.withdraw(session, piloting.get(session, put_away), by="cy")
        records.archive(session, piloting.get(session, put_away), by="cy")
    listed = "/fr/paris/team/indicators"

    def files(page: str) -> list[str]:
        return [html.unescape(one) for one in re.findall(r'href="([^"]+format=csv)"', team.head.get(page))]

    def told(address: str) -> list[str]:
        said = team.head.get(address)
        return [title for title in TITLES if title in said]

    assert told(f"{listed}?format=csv") == [*TITLES]
    [current], [archived] = files(listed), files(f"{listed}?only=archived")
    assert (told(current), told(archived)) == ([TITLES[0]], [TITLES[1]])


def test_a_version_of_the_mandate_that_was_withdrawn_stays_in_an_evaluation(team: Team) -> None:
    """Who saves the form for another reason does not take it out."""
    made, one = adopt(team.paris, was_held(team.paris)), begun(team.paris)
    form, writing = f"/fr/paris/team/evaluations/{one}/edit", writer(team.paris, team.client, name="Ana Plume")
    writing.open(form).fill({"mandate": "2"}).press()
    with team.paris.database.write(PARIS) as session:
        records.withdraw(session, session.get_one(Record, (PARIS, made)), by="cy")
    writing.open(form).fill({"text.fr.done": "Deux journées."}).press()
    with team.paris.database.read(PARIS) as session:
        said = judging.evaluation_of(session, piloting.get(session, one))
    assert (said.text["fr"].done, said.mandate) == ("Deux journées.", 2)


def test_a_new_evaluation_judges_the_mandate_in_force(team: Team) -> None:
    form = team.ana.get("/en/paris/team/evaluations/new")
    offered = form.partition('<select id="mandate"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="(\d+)" selected>', offered) == ["1"]
    kept = begun(team.paris, REPORT | {"mandate": 0})
    form = team.ana.get(f"/en/paris/team/evaluations/{kept}/edit")
    offered = form.partition('<select id="mandate"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="(\d+)" selected>', offered) == ["0"]


def test_the_report_says_nobody_judged_before_anybody_answered(team: Team) -> None:
    record_id = begun(team.paris)
    run(team.paris, record_id)
    path = f"/en/paris/team/evaluations/{record_id}/report"
    before = team.head.get(path)
    assert "Assessors:" not in before
    assert before.count("No answer yet:") == 2
    piloting.answer(team.paris, record_id, "c1", "j1")
    after = team.head.get(path)
    assert after.count("Assessors:") == after.count("No answer yet:") == 1


def test_the_answers_of_a_judge_are_written_on_one_page(team: Team) -> None:
    one = begun(team.paris)
    run(team.paris, one)
    path = f"/fr/paris/team/evaluations/{one}/judge"
    data: dict[str, Any] = {"judge": "j2", "source": "Rapport du 3 juin"}
    for number in (0, 1):
        data |= {f"answers[{number}].seen": "0", f"answers[{number}].answer": "partly"}
    team.head.post(path, 400, **(data | {"answers[0].reason.fr": "Peu de mois."}))  # the second says not why
    data |= {"answers[0].reason.fr": "Peu de mois.", "answers[1].reason.fr": "Deux sur trois."}
    team.head.post(path, **data)
    with team.paris.database.read(PARIS) as session:
        rows = answering.counting(session, piloting.get(session, one))
    assert [(row.criterion, row.standpoint, row.answer, row.source) for row in rows] == [
        ("c1", "external", "partly", "Rapport du 3 juin"),
        ("c2", "external", "partly", "Rapport du 3 juin"),
    ]


def test_after_the_last_answer_the_page_leads_on(team: Team) -> None:
    one = begun(team.paris)
    run(team.paris, one)
    path = f"/en/paris/team/evaluations/{one}/judge"
    piloting.answer(team.paris, one, "c1", "j1")
    assert 'class="button" href="/en/start"' in team.head.get(f"{path}?done=judge")
    for criterion, judge in (("c2", "j1"), ("c1", "j2"), ("c2", "j2")):
        piloting.answer(team.paris, one, criterion, judge)
    assert f'class="button" href="/en/paris/team/evaluations/{one}/close"' in team.head.get(f"{path}?done=judge")


def test_who_leads_the_group_alone_is_told_so_before_what_somebody_else_has_to_finish(team: Team) -> None:
    one = piloting.judged(team.paris)
    path = f"/en/paris/team/evaluations/{one}/decide"
    assert "Nobody else leads this group" not in team.head.get(path)
    with team.paris.database.write(INSTANCE) as session:
        session.get_one(Account, team.people["di"].account_id).state = "closed"
    page = team.head.get(path)
    assert "Nobody else leads this group" in page
    assert 'href="/en/paris/people/invite"' in page


def test_who_wrote_the_decision_is_told_why_somebody_else_publishes_it(team: Team) -> None:
    one = piloting.judged(team.paris)
    piloting.decide(team.paris, one, by=team.people["head"])
    path = f"/en/paris/team/evaluations/{one}"
    page = team.head.get(path)
    assert f'href="{path}/publish"' not in page
    assert "You recorded this decision; somebody else has to publish it." in page
    team.head.get(f"{path}/publish", 403)
    other = piloting.judged(team.paris)
    piloting.decide(team.paris, other)
    assert f'href="/en/paris/team/evaluations/{other}/publish"' in team.head.get(f"/en/paris/team/evaluations/{other}")


def test_who_wrote_or_entered_what_is_new_is_told_why_somebody_else_publishes_it(team: Team) -> None:
    one = piloting.counted(team.paris, TRAINED | {"counts": "other"})
    path = f"/en/paris/team/indicators/{one}"
    assert f'href="{path}/publish"' in team.head.get(path)
    data: dict[str, Any] = {"period": month(0), "value": "12", "source": "Register", "seen": "0"}
    team.head.post(f"{path}/value", **data)
    page = team.head.get(path)
    assert f'href="{path}/publish"' not in page
    assert counting.OWN_WORK in page
    team.head.get(f"{path}/publish", 403)

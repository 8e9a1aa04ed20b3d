"""Who did what, when: asked in many ways, in plain words, never with what was written."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import lanzarote
import pytest
from lanzarote.accounts import service as accounts
from lanzarote.accounts.people import ROLE_WORDS
from lanzarote.activity import words
from lanzarote.app import routes
from lanzarote.composition import KINDS
from lanzarote.practices import writing
from lanzarote.records.changelog import Audit
from lanzarote.records.records import now
from sqlalchemy import select

from tests.core.activity.conftest import Team, asked
from tests.core.evaluation import piloting
from tests.core.improvements import deliberating
from tests.core.meetings import keeping
from tests.core.practices.assessments import PARIS, THEN, person, unmet
from tests.core.practices.signed_in import sign_in
from tests.core.procedures import agreeing
from tests.core.routes.walking import walked
from tests.core.web.reading import PageRead

HERE = "/en/paris/team/activity"


def rows(html: str) -> list[tuple[str, ...]]:
    """Who, what, about: of each line."""
    found = []
    for row in re.findall(r"<tr><td>.*?</tr>", html, re.DOTALL):
        cells = [re.sub(r"<[^>]+>", " ", cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)]
        found.append(tuple(" ".join(cell.split()) for cell in cells[1:3]))
    return found


def test_a_coordinator_reads_who_did_what_the_newest_first(team: Team) -> None:
    team.practice().submit().ask(team.people["bo"])
    assert rows(team.head.get(HERE))[:3] == [
        ("Head Nom", "asked reviewers about it"),
        ("Ana Nom", "submitted it"),
        ("Ana Nom", "began to write it"),
    ]
    assert rows(team.head.get(HERE.replace("/en/", "/fr/")))[1][0] == "Ana Nom"


@pytest.mark.parametrize("name", ["bo", "ana"])
def test_nobody_else_of_the_team_does(team: Team, name: str) -> None:
    getattr(team, name).get(HERE, 403)


def test_an_administrator_reads_what_was_done_to_accounts(team: Team) -> None:
    keeper = sign_in(team.paris, team.client, person(team.paris, "administrator", "Ada Garde", region=""))
    read = keeper.get("/en/activity")
    assert ("test", "invited this person") not in rows(read)
    assert "Head Nom" in read
    assert "Ada Garde" in read
    team.head.get("/en/activity", 403)


def test_two_of_one_name_are_told_apart(team: Team) -> None:
    for _ in range(2):
        team.people["kim"] = person(team.paris, "contributor", "Kim Double")
        team.practice(by="kim")
    keeper = sign_in(team.paris, team.client, person(team.paris, "administrator", "Ada Garde", region=""))
    for browser, here in ((team.head, HERE), (keeper, "/en/activity")):
        offered = re.findall(r"<option [^>]*>(Kim Double[^<]*)</option>", browser.get(here))
        told = {*re.findall(r"Kim Double \(a\d+@example\.org\)", browser.get(here))}
        assert len(told) == 2, here
        assert sorted(offered) == (sorted(told) if browser is team.head else [])


def test_what_was_written_stands_nowhere_in_it(team: Team) -> None:
    one = team.practice(title="canary-title").submit().ask(team.people["bo"])
    one.give(team.people["bo"], unmet(one.grid, "canary-answer"))
    one.decide("return", reason={"fr": "canary-reason"})
    read = team.head.get(HERE) + team.head.get(f"{HERE}?format=csv")
    assert "canary-answer" not in read
    assert "canary-reason" not in read


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("verb=submit", 2),
        ("kind=practice&verb=create&person={ana}", 2),
        ("person={ana}&verb=submit", 1),
        ("person={di}&verb=submit", 1),
        ("record={record}", 2),
        ("since={today}&verb=submit", 2),
        ("since={tomorrow}", 0),
        ("until={yesterday}&verb=submit", 0),
        ("until={today}&verb=submit", 2),
        ("verb=nonsense", 0),
    ],
)
def test_it_is_narrowed_by_who_what_to_what_and_when(team: Team, query: str, count: int) -> None:
    team.practice().submit()
    one = team.practice("di").submit()
    team.practice()
    day = THEN.date()
    asked = query.format(
        ana=team.people["ana"].account_id,
        di=team.people["di"].account_id,
        record=one.id,
        today=day,
        tomorrow=day + timedelta(days=2),
        yesterday=day - timedelta(days=2),
    )
    assert len(rows(team.head.get(f"{HERE}?{asked}"))) == count


def test_long_lists_come_in_pieces_and_nothing_is_lost_between(team: Team) -> None:
    for _ in range(60):
        team.practice()
    seen, address = [], f"{HERE}?verb=create&person={team.people['ana'].account_id}"
    while address:
        read = team.head.get(address)
        seen += rows(read)
        found = re.search(r'rel="next" href="([^"]+)"', read)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == 60


def test_it_can_be_taken_away_as_a_file(team: Team) -> None:
    team.practice().submit()
    lines = team.head.get(f"{HERE}?format=csv&verb=submit").splitlines()
    assert [line for line in lines if "Ana Nom" in line and "submitted it" in line]
    assert not [line for line in lines if "began to write it" in line]


def test_every_kind_of_record_leads_to_its_own_page(team: Team) -> None:
    """As the public reads it, and before it does."""
    paris = team.paris
    team.practice()
    piloting.released(paris, piloting.TRAINED, {"2031-03": 3})
    piloting.begun(paris)
    piloting.decided(paris)
    agreeing.begun(paris)
    agreeing.endorsed(paris)
    deliberating.finding(paris)
    deliberating.improvement(paris)
    deliberating.decided(paris, deliberating.improvement(paris))
    keeping.planned(paris)
    found = {}
    for kind in (one.name for one in KINDS.values() if not one.page):
        read = team.head.get(f"{HERE}?kind={kind}")
        found[kind] = {*re.findall(r'<td>[^<]* – <a href="([^"]+)">', read)}
        for address in found[kind]:
            team.head.get(address)
    rooms = {kind: {address.rpartition("/")[0].removeprefix("/en/paris/") for address in found[kind]} for kind in found}
    assert rooms == {
        "practice": {"practices", "team/practices"},
        "stakeholder": {"organisations"},
        "procedure": {"procedures", "team/procedures"},
        "finding": {"team/findings"},
        "improvement": {"improvements", "team/improvements"},
        "meeting": {"team/meetings"},
        "indicator": {"indicators"},
        "evaluation": {"evaluation", "team/evaluations"},
        "transfer": set(),
    }


def test_no_kind_of_record_is_without_a_page() -> None:
    there = {route.path for route in walked(routes())}
    for kind in KINDS.values():
        assert kind.page or f"/{{lang:str}}/{{region:str}}/team/{kind.room}/{{record_id:str}}" in there
        assert not kind.public or f"/{{lang:str}}/{{region:str}}/{kind.public}/{{slug:str}}" in there


def test_what_was_done_is_told_of_by_title(team: Team) -> None:
    one = team.practice(title="Un accueil commun")
    assert f'<a href="/en/paris/team/practices/{one.id}">Un accueil commun</a>' in team.head.get(HERE)


def test_what_was_erased_leads_nowhere(team: Team) -> None:
    one = team.practice()
    with one.held() as (session, record):
        writing.erase(session, record, by=team.people["head"], at=now())
    read = team.head.get(f"{HERE}?record={one.id}")
    assert len(rows(read)) == 2
    assert f"/team/practices/{one.id}" not in read
    assert "erased-" not in read


def test_who_has_closed_their_account_is_a_former_member(team: Team) -> None:
    team.practice()
    with team.paris.database.write(["-", PARIS]) as session:
        account = accounts.account(session, team.people["ana"].account_id)
        accounts.close(session, account, by="test", at=now())
    assert rows(team.head.get(f"{HERE}?verb=create"))[0] == ("a former member", "began to write it")
    assert "Ana Nom" not in team.head.get(HERE)


def test_who_is_still_to_answer_is_not_told_that_others_have(team: Team) -> None:
    one = team.practice().submit().ask(team.people["bo"], team.people["di"])
    one.give(team.people["bo"])
    assert len(rows(team.head.get(f"{HERE}?verb=give"))) == 1
    assert rows(team.di.get(f"{HERE}?verb=give")) == []
    one.give(team.people["di"])
    assert len(rows(team.di.get(f"{HERE}?verb=give"))) == 2


def test_everything_that_is_ever_done_has_plain_words(team: Team) -> None:
    """Every verb that stands in the code, in the places that write the audit."""
    root = Path(lanzarote.__file__).parent
    pattern = re.compile(
        r"(?:verb=|tell\(session, [\w.]+, |_saved\(record, |move\(session, record, |_tell\([^)]*?, |"
        r'decide\(session, record, .*, )f?"([a-z][a-z -]*)"'
    )
    used = {found for file in root.rglob("*.py") for found in pattern.findall(file.read_text("utf-8"))}
    assert {"publish", "submit", "give", "note", "invite", "finish", "look-again"} <= used
    only_in_logs = {"replace"}
    of_kinds = {verb for kind in KINDS.values() for verb in kind.verbs}
    assert used - only_in_logs <= {*words.VERBS, *(verb for _, verb in words.VERBS_OF), *of_kinds}
    translator = team.paris.translations.translator("en")
    for role in ROLE_WORDS:
        assert words.verb(KINDS, f"grant {role}", translator).startswith("gave the role: ")


def test_every_verb_of_a_busy_day_is_worded(team: Team) -> None:
    one = team.practice().submit().ask(team.people["bo"], team.people["cy"])
    one.give(team.people["bo"])
    one.give(team.people["cy"])
    one.decide("assessed")
    with one.held() as (session, record):
        vocabulary = team.paris.vocabulary(PARIS)
        writing.withdraw(session, record, vocabulary, reason="Elle est terminée.", by=team.people["head"], at=now())
        writing.erase(session, record, by=team.people["head"], at=now())
    with team.paris.database.read([PARIS, "-"]) as session:
        verbs = {*session.scalars(select(Audit.verb).distinct())}
    translator = team.paris.translations.translator("en")
    assert {verb for verb in verbs if words.verb(KINDS, verb, translator) == verb} == set()


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_it_is_whole_in_both_languages(team: Team, lang: str) -> None:
    team.practice().submit()
    page = PageRead(team.head.get(f"/{lang}/paris/team/activity"))
    assert (page.lang, len(page.headings), page.empty) == (lang, 1, [])
    assert len(page.ids) == len(set(page.ids))


def test_it_asks_the_database_as_often_for_thirty_as_for_one(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    for more in (1, 29):
        for _ in range(more):
            team.practice()
        counts.append(asked(team.paris, monkeypatch, lambda: team.head.get(HERE)))
    assert counts == [6, 6]

"""The pages of an assessment: each shows its reader what they may know, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from lanzarote.accounts.model import Account
from lanzarote.instance import Instance
from lanzarote.practices.projection import rebuild
from lanzarote.practices.review_model import Answer
from lanzarote.records.permissions import Actor
from lanzarote.records.records import encode
from lanzarote.translation import format_date
from litestar.testing import TestClient

from tests.core.practices.assessments import Assessed, full, person, unmet
from tests.core.practices.signed_in import Browser, sign_in, site_of
from tests.core.web.reading import PageRead


@pytest.fixture
def client(own_paris: Instance) -> Iterator[TestClient[Any]]:
    with site_of(own_paris) as client:
        yield client


class Team:
    """A practice that was submitted, and everybody around it, signed in."""

    def __init__(self, paris: Instance, client: TestClient[Any]) -> None:
        self.paris, self.client = paris, client
        self.people: dict[str, Actor] = {
            "head": person(paris, "coordinator", "Hélène Tête"),
            "bo": person(paris, "reviewer", "Bo Lecteur"),
            "cy": person(paris, "reviewer", "Cy Lectrice"),
            "ana": person(paris, "contributor", "Ana Plume"),
            "di": person(paris, "coordinator", "Di Autre"),
            "rep": person(paris, "representative", "Rep", organisation="x"),
        }
        self.one = Assessed(paris, self.people["ana"], self.people["head"]).submit()
        self.browsers = {name: sign_in(paris, client, actor) for name, actor in self.people.items()}

    def __getattr__(self, name: str) -> Browser:
        return self.browsers[name]

    @property
    def page(self) -> str:
        return f"/fr/paris/team/practices/{self.one.id}/assess"

    def give(self, name: str, mark: str) -> None:
        self.browsers[name].post(self.page + "/answers", do="give", **fields(self.one, mark))


def fields(one: Assessed, mark: str, **more: str) -> dict[str, Any]:
    """What a reviewer's form sends when everything is answered."""
    found: dict[str, Any] = {
        "vouching__value": "observed",
        "strength__value": "promising",
        "nobody": "yes",
        "no_case": "yes",
    }
    found |= {"vouching__reason": mark, "strength__reason": mark}
    for criterion in one.grid.criteria:
        found[f"criteria__{criterion.key}__value"] = criterion.answers[0]
        found[f"criteria__{criterion.key}__reason"] = mark
    return found | more


@pytest.fixture
def team(own_paris: Instance, client: TestClient[Any]) -> Team:
    return Team(own_paris, client)


def test_two_blind_reviews_a_decision_and_the_public_reads_it(team: Team) -> None:
    read = team.head.get(team.page)
    assert "Bo Lecteur" in read
    assert re.search(r"Ana Plume</span> <span class=\"why-not\">", read) is None  # a contributor is not asked at all
    both = [team.people[name].account_id for name in ("bo", "cy")]
    assert team.head.post(team.page, do="ask", reviewers=both, version="1").endswith("?done=asked")
    team.give("bo", "canary-bo")
    team.give("cy", "canary-cy")
    read = team.head.get(team.page)
    assert {"canary-bo", "canary-cy"} <= {*re.findall(r"canary-\w+", read)}
    day = team.paris.today("paris").isoformat()
    team.head.post(
        team.page, do="decide", version="1", round="1", outcome="assessed", vouching="observed", strength="prudent",
        witness__name="Ville de Lyon", witness__on=day,
        reason__fr="Utile ailleurs, bien décrite.", reason__en="Useful elsewhere, well described.", day=day,
    )  # fmt: skip
    for lang, reason in (("fr", "Utile ailleurs, bien décrite."), ("en", "Useful elsewhere, well described.")):
        public = team.client.get(f"/{lang}/paris/practices/une-salle-d-audition-partagee").text
        assert reason in public
        assert "Ville de Lyon" in public
        assert "canary" not in public
        for name in ("Bo Lecteur", "Cy Lectrice", "Hélène Tête"):
            assert name not in public


def test_more_than_any_reviewer_proposed_is_decided_only_by_saying_so(team: Team) -> None:
    both = [team.people[name].account_id for name in ("bo", "cy")]
    team.head.post(team.page, do="ask", reviewers=both, version="1")
    for name in ("bo", "cy"):
        team.give(name, "Convention de 2029.")  # both: seen by a peer, and promising
    sent: dict[str, Any] = {
        "do": "decide", "version": "1", "round": "1", "outcome": "assessed", "vouching": "observed",
        "strength": "effective", "reason__fr": "Deux études le montrent.", "day": team.paris.today("paris").isoformat(),
        "witness__name": "Ville de Lyon", "witness__on": "2026-01-15",
    }  # fmt: skip
    warned = team.head.post(team.page, 400, **sent)
    assert 'name="higher"' in warned
    assert "Ville de Lyon" in warned
    assert team.one.state == ("draft", "assessing")
    assert team.head.post(team.page, **sent, higher="yes").endswith("?done=decided")


def test_an_assessment_of_before_says_that_nobody_is_named(team: Team) -> None:
    team.one.ask(team.people["bo"], team.people["cy"])
    for name in ("bo", "cy"):
        team.one.give(team.people[name])
    team.one.decide("assessed")
    with team.one.held() as (session, record):
        status = msgspec.json.decode(record.status)
        del status["label"]["witness"]
        record.status = encode(status)
        session.flush()
        rebuild(session, "paris")
    address = "/en/paris/practices/une-salle-d-audition-partagee"
    assert "witness not named" in team.client.get(address).text


def test_the_conditions_are_asked_first(team: Team) -> None:
    team.one.ask(team.people["bo"])
    first = team.bo.get(team.page + "/answers")
    assert "criteria.article-10.value" in first
    assert "criteria.equity.value" not in first
    met: dict[str, Any] = {}
    for key in ("article-10", "child-rights"):
        met |= {f"criteria__{key}__value": "yes", f"criteria__{key}__reason": "Oui."}
    team.bo.post(team.page + "/answers", do="next", **met)
    assert "criteria.equity.value" in team.bo.get(team.page + "/answers")


def test_who_goes_on_is_told_which_condition_lacks_an_answer(team: Team) -> None:
    team.one.ask(team.people["bo"])
    some = {f"criteria__{key}__value": "yes" for key in ("article-10", "child-rights")}
    some["criteria__article-10__reason"] = "Oui."
    told = team.bo.post(team.page + "/answers", 400, do="next", **some)
    summary = told.partition('id="error-summary"')[2].partition("</ul>")[0]
    assert re.findall(r'href="#([^"]+)"', summary) == ["criteria.child-rights.reason"]
    assert "Pourquoi ?" in summary
    form = told.partition("<form method")[2]
    for name in ("article-10", "child-rights"):
        assert re.search(rf'id="criteria.{name}.reason"[^>]* required', form)
    kept = team.bo.get(team.page + "/answers")
    assert "Oui." in kept, "what can be kept is kept, whether or not one can go on"


def test_where_one_condition_is_not_met_the_other_is_not_asked(team: Team) -> None:
    team.one.ask(team.people["bo"])
    unmet: dict[str, Any] = {
        "criteria__article-10__value": "no",
        "criteria__article-10__reason": "Rien n’y est fait à plusieurs.",
    }
    team.bo.post(team.page + "/answers", do="next", **unmet)
    form = team.bo.get(team.page + "/answers")
    assert not re.search(r'id="criteria.child-rights.reason"[^>]* required', form)
    team.bo.post(team.page + "/answers", do="give", **unmet)


def test_what_is_missing_is_told_and_what_was_written_is_kept(team: Team) -> None:
    team.one.ask(team.people["bo"])
    some = fields(team.one, "Convention de 2029.", criteria__equity__reason="")
    told = team.bo.post(team.page + "/answers", 400, do="give", **some)
    assert 'href="#criteria.equity.reason"' in told
    assert told.count("Convention de 2029.") == 9
    assert team.bo.get(team.page + "/answers").count("Convention de 2029.") == 9


def test_what_the_guard_refuses_is_shown_again_and_kept_nowhere(team: Team, own_paris: Instance) -> None:
    team.one.ask(team.people["bo"])
    number = "1 89 05 75 116 001 " + f"{97 - int('1890575116001') % 97:02d}"
    some = fields(team.one, "Bien.", criteria__equity__reason=f"Voir {number}.")
    told = team.bo.post(team.page + "/answers", 400, do="save", **some)
    assert number in told
    assert number not in team.bo.get(team.page + "/answers")
    with open(own_paris.database.path, "rb") as file, open(own_paris.database.path + "-wal", "rb") as log:
        assert number.encode() not in file.read() + log.read()


def test_what_only_may_point_to_somebody_is_kept_once_the_reviewer_looked_again(team: Team) -> None:
    team.one.ask(team.people["bo"])
    some = fields(team.one, "Bien.", criteria__equity__reason="Léa, 9 ans, est un personnage.")
    assert 'name="looked"' in team.bo.post(team.page + "/answers", 400, do="save", **some)
    team.bo.post(team.page + "/answers", do="save", looked="yes", **some)


# ---------------------------------------------------------------------------------------------------------------------
# Stepping back


def test_stepping_back_is_confirmed_and_says_what_is_lost(team: Team) -> None:
    team.one.ask(team.people["bo"])
    team.bo.post(team.page + "/answers", do="save", **fields(team.one, "canary-bo"))
    assert 'action="' + team.page + '/release"' not in team.bo.get(team.page + "/answers")
    asked = team.bo.post(team.page + "/release", 200)
    assert "est supprimé" in asked
    shown = team.bo.get(team.page + "/release")
    assert [main_of(page) for page in (asked, shown)] == [main_of(shown)] * 2

    assert team.bo.get(team.page + "/answers").count("canary-bo") > 0
    team.bo.post(team.page + "/release", sure="yes")
    team.bo.get(team.page + "/answers", 404)


def main_of(page: str) -> str:
    """What a page says, without what tells each form from the others."""
    return re.sub(r'value="[^"]+"', "", page.partition("<main")[2])


def test_asking_somebody_no_longer_is_confirmed_by_name(team: Team) -> None:
    team.one.ask(team.people["bo"])
    bo = team.people["bo"].account_id
    page = team.head.get(team.page)
    assert f'href="{team.page}/release?account={bo}"' in page
    assert "Retirer la demande à Bo Lecteur" in team.head.get(f"{team.page}/release?account={bo}")
    team.cy.get(f"{team.page}/release?account={bo}", 403)
    team.cy.get(f"{team.page}/release", 404)
    assert team.head.post(team.page + "/release", account=bo, sure="yes").endswith("done=released")


def test_when_everybody_stepped_back_it_is_said_that_nobody_assesses(team: Team) -> None:
    team.one.ask(team.people["bo"])
    record = team.page.removesuffix("/assess")
    told = "Plus personne n’est sollicité pour l’apprécier"
    assert told not in team.head.get(team.page) + team.head.get(record)
    team.bo.post(team.page + "/release", sure="yes")
    for name, way in (("head", "Sollicitez quelqu’un d’autre"), ("cy", "La coordination peut")):
        page = team.browsers[name].get(team.page)
        assert told in page
        assert way in page
    assert f'href="{record}/assess"' in team.head.get(record)
    assert told in team.ana.get(record)
    assert "Plus personne n’est sollicité pour leur appréciation" in team.head.get("/fr/start")


# ---------------------------------------------------------------------------------------------------------------------
# What is written down of a decision


def asked_today(team: Team) -> None:
    team.head.post(team.page, do="ask", reviewers=[team.people["bo"].account_id], version="1")


def decision(team: Team, **more: str) -> dict[str, Any]:
    day = team.paris.today("paris").isoformat()
    said = {
        "do": "decide",
        "version": "1",
        "round": "1",
        "outcome": "return",
        "reason__fr": "Utile ailleurs.",
        "day": day,
    }
    return said | more


@pytest.mark.parametrize(
    ("day", "told", "shown"),
    [
        ("hier", "Écrivez un jour, par exemple 02/06/2014 ou 2014-06-02.", "hier"),
        ("31/02/2027", "Ce jour n’existe pas.", "2027-02-31"),
        ("", "manque encore", ""),
    ],
)
def test_a_day_that_cannot_be_read_is_told_apart_from_none(team: Team, day: str, told: str, shown: str) -> None:
    asked_today(team)
    page = team.head.post(team.page, 400, **decision(team, day=day))
    [said] = re.findall(r'id="day-error">(.*?)</p>', page)
    assert told in said
    assert not shown or f'value="{shown}"' in page


def test_what_the_guard_asks_about_in_a_decision_is_explained(team: Team) -> None:
    asked_today(team)
    asked = decision(team, reason__fr="Léa, 9 ans, y est un personnage.")
    page = team.head.post(team.page, 400, **asked)
    [name] = re.findall(r'name="(reason\[reason\.fr\|[^"]+)"', page)
    page = team.head.post(team.page, 400, **asked | {name: "ok"})
    assert f'id="{name}-error"' in page
    team.head.post(team.page, **asked | {name: "Le personnage d’un conte."})
    assert "Le personnage d’un conte." in team.cy.get(team.page.removesuffix("/assess"))


def test_a_decision_says_why_in_some_words(team: Team) -> None:
    asked_today(team)
    assert 'id="reason.fr-error"' in team.head.post(team.page, 400, **decision(team, reason__fr="."))


def test_who_decided_in_another_window_is_told_so(team: Team) -> None:
    asked_today(team)
    team.head.post(team.page, **decision(team))
    page = team.head.post(team.page, 412, **decision(team, reason__fr="Une seconde fois."))
    assert "dans une autre fenêtre" in page
    assert "Une seconde fois." in page
    assert "dans une autre fenêtre" not in team.di.post(team.page, 412, **decision(team))


# ---------------------------------------------------------------------------------------------------------------------
# Who may


def test_no_page_tells_one_reviewer_what_another_answered(team: Team) -> None:
    """Pages of the assessment, the practice, its versions, lists, feeds, tasks, activity, start: nothing anywhere."""
    team.one.ask(team.people["bo"], team.people["cy"], team.people["di"])
    pages = [
        team.page, team.page + "/answers", "/fr/start", "/en/start", "/fr/paris/team/activity", "/fr/paris/team/tasks",
        "/fr/paris/practices", "/fr/paris/practices.atom", "/api/v1/regions/paris/practices",
    ]  # fmt: skip

    def seen(name: str) -> list[str]:
        found = []
        for path in pages:
            answer = team.client.get(path, headers=team.browsers[name]._cookie)
            text = re.sub(r'name="key" value="[^"]*"', "", answer.text)
            found.append(f"{path} {answer.status_code} {text}")
        return found

    before = {name: seen(name) for name in ("cy", "di")}
    team.one.give(team.people["bo"], unmet(team.one.grid, "canary-bo"))
    for name in ("cy", "di"):
        assert seen(name) == before[name]
    for name in ("head", "ana", "rep"):
        shown = "".join(seen(name))
        assert ("canary-bo" in shown) == (name == "head")


def test_only_who_was_asked_sees_the_questions(team: Team) -> None:
    team.one.ask(team.people["bo"])
    for name, status in (("bo", 200), ("cy", 404), ("head", 404), ("ana", 403), ("rep", 403)):
        team.browsers[name].get(team.page + "/answers", status)
    for name, status in (("cy", 404), ("ana", 403)):
        team.browsers[name].post(team.page + "/answers", status, do="save")


def test_only_the_team_sees_how_far_it_is(team: Team, own_paris: Instance) -> None:
    stranger = sign_in(own_paris, team.client, person(own_paris, "coordinator", region="elsewhere"))
    for browser, status in ((team.bo, 200), (team.head, 200), (team.ana, 403), (team.rep, 403), (stranger, 403)):
        browser.get(team.page, status)
    assert "/account/sign-in" in team.client.get(team.page, follow_redirects=False).headers["location"]


@pytest.mark.parametrize("name", ["bo", "ana", "rep"])
@pytest.mark.parametrize("what", ["ask", "decide"])
def test_only_a_coordinator_asks_and_decides(team: Team, name: str, what: str) -> None:
    team.browsers[name].post(team.page, 403, do=what, version="1")
    assert team.one.state == ("draft", "submitted")


def names_in(page: str) -> list[str]:
    """Those in the lists of who can be asked, or was."""
    [listed] = re.findall(r'<ul class="people-list".*?</ul>', page, re.DOTALL)[:1]
    return sorted(re.findall(r"<span>(Sam Pareil[^<]*)</span>", listed))


def test_two_of_one_name_are_told_apart_by_what_the_reader_may_know(team: Team) -> None:
    courts, ward, *_ = team.paris.directory("paris")
    words = [one.organisation.name["fr"] for one in (courts, ward)]
    same = [person(team.paris, "reviewer", "Sam Pareil", organisation=one.id) for one in (courts, ward)]
    assert names_in(team.head.get(team.page)) == sorted(f"Sam Pareil ({name})" for name in words)
    same.append(person(team.paris, "reviewer", "Sam Pareil", organisation=ward.id))  # a colleague of the second
    with team.paris.database.read("-") as session:
        addresses = [session.get_one(Account, one.account_id).address for one in same]
    mixed = sorted(f"Sam Pareil ({mark})" for mark in (words[0], *addresses[1:]))
    assert names_in(team.head.get(team.page)) == mixed
    team.one.ask(*same[:2])
    read = team.bo.get(team.page)
    assert names_in(read) == ["Sam Pareil (1)", "Sam Pareil (2)"]
    assert [mark for mark in (*addresses, f"({words[0]})") if mark in read] == []
    team.one.ask(same[2])
    assert names_in(team.bo.get(team.page)) == [f"Sam Pareil ({number})" for number in (1, 2, 3)]


def test_who_has_a_name_of_their_own_is_called_by_it_alone(team: Team) -> None:
    person(team.paris, "reviewer", "Bo Lecteur", state="closed")
    team.one.ask(team.people["bo"])
    for browser in (team.head, team.di):
        assert re.findall(r"<span>(Bo Lecteur[^<]*)</span>", browser.get(team.page))[:1] == ["Bo Lecteur"]


def test_a_form_without_the_key_of_the_session_changes_nothing(team: Team) -> None:
    chosen = team.people["bo"].account_id
    answer = team.client.post(
        team.page, data={"do": "ask", "reviewers": chosen, "version": "1"}, headers=team.head._cookie
    )
    assert answer.status_code == 403
    assert team.one.state == ("draft", "submitted")


def test_who_decides_after_another_is_told_and_sees_what_was_decided(team: Team) -> None:
    team.head.post(team.page, do="ask", reviewers=team.people["bo"].account_id, version="1")
    sent: dict[str, Any] = {"do": "decide", "version": "1", "round": "1", "outcome": "return"}
    today = team.paris.today("paris")
    sent |= {"day": today.isoformat(), "reason__fr": "À préciser."}
    early = team.head.post(team.page, 400, **sent | {"day": (today - timedelta(days=1)).isoformat()})
    assert f"le {format_date(today, 'fr')}\u202f: l’équipe ne peut pas s’être réunie" in early
    team.head.post(team.page, **sent)
    told = team.di.post(team.page, 412, **sent | {"reason__fr": "Autre raison."})
    assert "Autre raison." in told  # to be copied; it is kept nowhere
    shown = team.di.get(team.page)
    assert "À préciser." in shown
    assert "Autre raison." not in shown


# ---------------------------------------------------------------------------------------------------------------------
# What is shown


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_is_whole_in_its_language(team: Team, lang: str) -> None:
    here = team.page.replace("/fr/", f"/{lang}/")
    pages = [("head", here)]

    def check() -> None:
        for name, path in pages:
            page = PageRead(team.browsers[name].get(path))
            assert page.lang == lang
            assert len(page.headings) == 1
            assert page.empty == []
            assert len(page.ids) == len(set(page.ids))
            assert not re.search(r"%\(|\{\{|\{%|\bNone\b(?!-)|Undefined", page.words)

    check()
    team.one.ask(team.people["bo"], team.people["cy"])
    pages += [("bo", here + "/answers"), ("bo", here)]
    check()
    team.one.save(team.people["bo"], full(team.one.grid))
    check()
    team.one.give(team.people["bo"])
    team.one.give(team.people["cy"], full(team.one.grid, equity=Answer(value="not-yet", reason="Pas encore.")))
    check()
    team.one.decide("assessed")
    check()


def test_the_label_stands_beside_the_title_and_says_when_it_is_due(team: Team) -> None:
    team.one.ask(team.people["bo"], team.people["cy"])
    team.one.give(team.people["bo"])
    team.one.give(team.people["cy"])
    team.one.decide("assessed")
    address = "/en/paris/practices/une-salle-d-audition-partagee"
    read = team.client.get(address).text
    assert "Assessed by the group" in read
    assert "Decided by the regional team on 3 February 2031" in read
    assert "due for review" not in read
    team.one.age("2021-02-03")
    for path in (address, "/en/paris/practices"):
        assert "due for review since 3 February 2023" in team.client.get(path).text


def test_nothing_about_a_label_sounds_like_the_council_of_europe(team: Team) -> None:
    team.one.ask(team.people["bo"], team.people["cy"])
    team.one.give(team.people["bo"])
    team.one.give(team.people["cy"])
    team.one.decide("assessed")
    page = PageRead(team.client.get("/en/paris/practices/une-salle-d-audition-partagee").text)
    named = re.findall(r"[^.]*Council of Europe[^.]*\.", page.words)
    assert any("no label, mark of quality or recommendation of the Council of Europe" in one for one in named)

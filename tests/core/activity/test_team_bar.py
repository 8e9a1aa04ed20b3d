"""The bar on every page of a team: eight places, what waits in each, the way to the public pages and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lanzarote.activity.team_bar import places_of
from lanzarote.composition import KINDS
from lanzarote.records.tasks import open_task

from tests.core.activity.conftest import asked, counted
from tests.core.meetings import keeping
from tests.core.practices.assessments import PARIS, person
from tests.core.practices.signed_in import sign_in
from tests.core.taking_part import let_be_cited
from tests.core.talk.talking import Group
from tests.core.web.reading import PageRead

if TYPE_CHECKING:
    from tests.core.activity.conftest import Team

OF_THE_TEAM = ("/en/start", "/en/paris/team/practices", "/en/paris/people", "/en/account", "/en/paris/roles")
EIGHT = ["My work", "Practices", "Discussion", "Meetings", "Procedures", "Directory", "Pilot", "Settings"]


def part(html: str, name: str) -> str:
    """What stands in the element of the head with this class."""
    found = re.search(rf'<(\w+) class="{name}"[^>]*>(.*?)</\1>', html, re.DOTALL)
    return found[2] if found else ""


def links(html: str) -> list[tuple[str, str]]:
    """Words and address of each link."""
    found = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return [(" ".join(re.sub(r"<[^>]+>", "", words).split()), href) for href, words in found]


def places(html: str) -> list[str]:
    return [words for words, _ in links(part(html, "team-places"))]


def names(html: str) -> list[str]:
    return [re.sub(r" \d.*", "", words) for words in places(html)]


def numbers(html: str) -> dict[str, str]:
    """Place → its number with the word that is heard."""
    return {found[1]: found[2] for words in places(html) if (found := re.fullmatch(r"(.+?) (\d+ .+)", words))}


def test_every_page_of_the_team_has_it_and_no_public_page_does(team: Team) -> None:
    for path in OF_THE_TEAM:
        read = team.head.get(path)
        assert (names(read), 'class="site-header"' in read) == (EIGHT, False), path
    for path in ("/en/paris", "/en/paris/practices", "/en/convention"):
        read = team.head.get(path)
        assert (names(read), 'class="site-header"' in read) == ([], True), path


def test_it_says_where_one_is_and_offers_the_rooms_of_that_place(team: Team) -> None:
    read = team.head.get("/en/paris/team/findings")
    assert re.findall(r'aria-current="\w+">(\w+)', part(read, "team-places")) == ["Discussion"]
    assert links(part(read, "team-rooms")) == [
        ("Improvements", "/en/paris/team/improvements"),
        ("Findings", "/en/paris/team/findings"),
        ("Actions", "/en/paris/team/actions"),
    ]
    assert re.findall(r'aria-current="page">(\w+)', part(read, "team-rooms")) == ["Findings"]


def test_whatever_the_reader_may_enter_is_two_links_away_and_opens(team: Team) -> None:
    for who in (team.head, team.bo, team.ana):
        start = who.get("/en/start")
        rooms = {
            href
            for _, place in links(part(start, "team-places"))
            for _, href in links(part(who.get(place), "team-rooms")) or [("", place)]
        }
        assert all(who.get(href) for href in rooms)
        if who is team.head:
            declared = {f"/en/paris/{'/'.join(room.at)}" for place in places_of(KINDS) for room in place.rooms}
            assert rooms == declared - {"/en/paris/team/organisation"} | {"/en/start"}


def test_numbers_say_what_waits_for_me_and_how_many_there_are(team: Team) -> None:
    before = numbers(team.ana.get("/en/paris/team/practices"))
    assert before == {"Practices": "20 in all", "Procedures": "3 in all", "Directory": "40 in all"}
    Group(team.paris)
    keeping.announce(team.paris, keeping.planned(team.paris))
    team.practice()
    with team.paris.database.write(PARIS) as session:
        open_task(session, PARIS, "reply", by="visitor", wrong="Une erreur.", about="law")
    read = team.ana.get("/en/start")
    told = sum(int(words) for words in re.findall(r'<h3>[^<]+<span class="eyebrow-count">(\d+)', read))
    shown = numbers(read)
    assert shown["My work"] == f"{told - 1} for you"  # the meeting is no task
    assert shown["Practices"] == "21 in all"
    assert shown["Discussion"] == "1 open"
    assert shown["Meetings"] == "1 to come"


def test_who_stands_outside_the_group_is_offered_and_counted_nothing_of_it(team: Team) -> None:
    group = Group(team.paris)
    rep = sign_in(team.paris, team.client, group.rep)
    assert "Discussion" in names(rep.get("/en/paris/roles"))
    let_be_cited(team.paris, PARIS, group.organisation)
    read = rep.get("/en/paris/roles")
    assert names(read) == ["My work", "Practices", "Directory", "Settings"]
    assert numbers(read) == {"Directory": "1 in all"}
    assert links(part(read, "team-rooms")) == []
    assert "team/improvements" not in rep.get("/en/paris/team/search?q=numero")


def test_it_asks_the_database_again_only_after_something_was_written(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/en/paris/roles"  # asks nothing itself
    team.practice()
    with counted(team.paris, monkeypatch) as statements:
        read = team.ana.get(path)
    assert numbers(read)["My work"] == "1 for you"
    assert (len(statements), asked(team.paris, monkeypatch, lambda: team.ana.get(path))) == (19, 2)
    team.practice()
    assert numbers(team.ana.get(path))["My work"] == "2 for you"


def test_the_switch_leads_to_what_the_public_reads_of_the_same_and_back(team: Team) -> None:
    for inside, outside in (
        ("/en/paris/team/practices", "/en/paris/practices"),
        ("/en/paris/team/organisations", "/en/paris/organisations"),
        ("/en/paris/team/improvements", "/en/paris/improvements"),
        ("/en/paris/team/meetings", "/en/paris/meetings"),
        ("/en/paris/team/procedures", "/en/paris/procedures"),
        ("/en/paris/team/indicators", "/en/paris/indicators"),
    ):
        assert links(part(team.head.get(inside), "halves")) == [("Team", "/en/start"), ("Public", outside)]
        assert links(part(team.head.get(outside), "halves")) == [("Team", inside), ("Public", outside)]
    assert links(part(team.head.get("/en/paris/law"), "halves"))[0] == ("Team", "/en/start")


def test_who_works_nowhere_is_told_so_and_keeps_their_account(team: Team) -> None:
    nobody = sign_in(team.paris, team.client, person(team.paris, "contributor", "Eve Nom", region="elsewhere"))
    read = nobody.get("/en/start")
    assert names(read) == ["My work"]
    assert 'href="/en/account"' in read


def test_help_stands_on_every_page_of_the_team(team: Team) -> None:
    foot = part(team.ana.get("/fr/paris/team/practices"), "room-foot")
    assert 'href="tel:119"' in foot
    assert 'href="/fr/paris/help"' in foot


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_page_with_it_is_whole(team: Team, lang: str) -> None:
    read = PageRead(team.head.get(f"/{lang}/paris/team/meetings"))
    assert (read.lang, len(read.headings), read.empty) == (lang, 1, [])
    assert len(read.ids) == len(set(read.ids))


def test_a_visitor_signs_in_from_the_head_of_any_public_page_and_comes_back(team: Team) -> None:
    read = team.client.get("/fr/paris/practices?q=mineur").text
    [sign_in_href] = re.findall(r'<a class="sign-in" href="([^"]+)"', read)
    assert sign_in_href == "/fr/account/sign-in?next=%2Ffr%2Fparis%2Fpractices%3Fq%3Dmineur"
    page = team.client.get(sign_in_href).text
    assert 'name="next" value="/fr/paris/practices?q=mineur"' in page
    for start in ("/fr", "/fr/paris"):
        assert 'class="sign-in" href="/fr/account/sign-in"' in team.client.get(start).text
    assert 'class="sign-in"' not in team.client.get("/fr/paris/help").text


def test_what_is_found_is_named_by_its_own_title_and_not_by_that_of_a_row_in_it(team: Team) -> None:
    point = {"title": {"fr": "Qui tient la liste"}}
    made = keeping.planned(team.paris, text={"fr": {"title": "La réunion du calendrier"}}, agenda=[point])
    for words in ("calendrier", "tient+liste"):
        page = team.head.get(f"/fr/paris/team/search?q={words}")
        [found] = re.findall(rf'href="/fr/paris/team/meetings/{made}"[^>]*>(.*?)</a>', page)
        assert "réunion du" in found
        assert "tient" not in found


def test_searching_finds_what_the_reader_may_read_by_its_title(team: Team) -> None:
    draft = team.practice(title="Une permanence du lundi")
    group = Group(team.paris)
    found = team.ana.get("/en/paris/team/search?q=permanence+lundi")
    assert f'href="/en/paris/team/practices/{draft.id}"' in found
    assert "<mark>Hôpital</mark> <mark>Necker</mark>" in team.ana.get("/fr/paris/team/search?q=hopitaux+necker")
    some = team.ana.get("/en/paris/team/search?q=permanence+zzz+lundi")
    assert "These hold some of your words" in some
    assert f'href="/en/paris/team/practices/{draft.id}"' in some
    assert f"/en/paris/team/improvements/{group.id}" in team.ana.get("/en/paris/team/search?q=numero+commun")
    assert "Nothing that you may read holds these words." in team.ana.get("/en/paris/team/search?q=zzz")
    assert "Write a word to search for." in team.ana.get("/en/paris/team/search?q=")

"""A coordinator's dated note stands beside what is out of date; the entry itself stays the package's."""

from __future__ import annotations

import pytest
from lanzarote.records.changelog import Audit, Change
from lanzarote.regions.vocabulary import TeamNote, Term
from lanzarote.translation import format_date
from sqlalchemy import select

from tests.core.activity.conftest import Team, asked
from tests.core.days import today
from tests.core.practices.assessments import PARIS
from tests.core.web.reading import PageRead

HERE = "/en/paris/team/notes"


def key_of(team: Team, kind: str) -> str:
    return next(iter(team.paris.vocabulary(PARIS).entries[kind]))


def public(team: Team, kind: str, lang: str = "en") -> str:
    key = key_of(team, kind)
    path = {"provision": f"law/{key}", "sector": f"sectors/{key}", "age": "ages", "helpline": "help"}[kind]
    return str(team.client.get(f"/{lang}/paris/{path}").text)


@pytest.mark.parametrize("kind", ["provision", "age", "helpline", "sector"])
def test_the_public_reads_it_beside_the_entry_with_its_date(team: Team, kind: str) -> None:
    before = public(team, kind)
    assert "canary-note" not in before
    assert "Note of the regional team" not in before
    team.head.post(f"{HERE}/{kind}/{key_of(team, kind)}", text__fr="canary-note-fr", text__en="canary-note-en")
    for lang in ("en", "fr"):
        read = public(team, kind, lang)
        assert f"canary-note-{lang}" in read
        assert format_date(today(), lang) in read
    team.head.post(f"{HERE}/{kind}/{key_of(team, kind)}", do="remove")
    assert "canary-note" not in public(team, kind)


@pytest.mark.parametrize("name", ["ana", "bo"])
def test_only_a_coordinator_writes_one(team: Team, name: str) -> None:
    place = f"{HERE}/age/{key_of(team, 'age')}"
    person = getattr(team, name)
    person.get(place, 403)
    person.get(HERE, 403)
    person.post(place, 403, text__fr="Non.")
    assert "team/notes" not in person.get("/en/paris/ages")
    assert place in team.head.get("/en/paris/ages")


def test_it_passes_the_guard_and_is_short(team: Team) -> None:
    place = f"{HERE}/age/{key_of(team, 'age')}"
    assert "Léa, 9 ans" in team.head.post(place, 400, text__fr="Voir Léa, 9 ans.")
    team.head.post(place, 400, text__fr="x" * 1001)
    team.head.post(place, 400, text__fr=" ")
    with team.paris.database.read(PARIS) as session:
        assert session.scalars(select(TeamNote)).all() == []


def test_there_is_none_beside_what_does_not_exist(team: Team) -> None:
    for place in ("age/nothing", "source/page", "nonsense/x"):
        team.head.get(f"{HERE}/{place}", 404)
        team.head.post(f"{HERE}/{place}", 404, text__fr="Non.")


def test_it_is_in_the_audit_and_not_among_what_the_region_releases(team: Team) -> None:
    key = key_of(team, "age")
    team.head.post(f"{HERE}/age/{key}", text__fr="Plus à jour.")
    team.head.post(f"{HERE}/age/{key}", do="remove")
    with team.paris.database.read(PARIS) as session:
        audit = session.execute(select(Audit.verb, Audit.actor, Audit.record_id).where(Audit.kind == "note")).all()
        assert [tuple(line) for line in audit] == [
            ("note", team.people["head"].account_id, f"age/{key}"),
            ("unnote", team.people["head"].account_id, f"age/{key}"),
        ]
        assert session.scalars(select(Change).where(Change.kind == "note")).all() == []


def test_when_the_package_has_caught_up_the_team_is_told(team: Team) -> None:
    key = key_of(team, "age")
    team.head.post(f"{HERE}/age/{key}", text__fr="Plus à jour.")
    assert "Notes whose entry has changed since" not in team.head.get("/en/start")
    with team.paris.database.write(PARIS) as session:
        term = session.get_one(Term, (PARIS, "age", key))
        term.body = term.body.replace(b'"text":{', b'"text":{"de":"neu",')
    team.paris.enable(PARIS)
    assert "Notes whose entry has changed since" in team.head.get("/en/start")
    assert "The entry has changed since" in team.head.get(f"{HERE}/age/{key}")
    assert "Notes whose entry has changed since" not in team.ana.get("/en/start")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_pages_are_whole_in_both_languages(team: Team, lang: str) -> None:
    key = key_of(team, "helpline")
    for path in ("", f"/helpline/{key}"):
        page = PageRead(team.head.get(f"/{lang}/paris/team/notes{path}"))
        assert (page.lang, len(page.headings), page.empty) == (lang, 1, [])
        assert len(page.ids) == len(set(page.ids))


def test_many_notes_cost_no_more_questions_than_one(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [*team.paris.vocabulary(PARIS).provisions]
    counts = []
    for some in (keys[:1], keys[1:]):
        for key in some:
            team.head.post(f"{HERE}/provision/{key}", text__fr="Plus à jour.")
        counts.append(asked(team.paris, monkeypatch, lambda: team.head.get("/fr/paris/law")))
    assert counts[0] == counts[1]

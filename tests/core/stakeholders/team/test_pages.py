"""The team keeps its directory on pages that work without scripts; the public reads what two people let through."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lanzarote.instance import Instance
from lanzarote.stakeholders import deciding, replies, writing
from lanzarote.stakeholders.replies import Reply
from litestar.testing import TestClient

from tests.core.activity.conftest import counted
from tests.core.practices.forms import Writer, writer
from tests.core.practices.signed_in import site_of
from tests.core.stakeholders.keeping import BODY, COORDINATOR, THEN, begun, contacts, get, merge, published
from tests.core.stakeholders.team.entries import ENTRY, HOSTILE, PUBLIC, TEAM, made_public, saved, slug_of, step

# ---------------------------------------------------------------------------------------------------------------------
# Writing, and publishing by a second person


def test_an_organisation_is_added_and_published_by_a_second_person(
    paris: Instance, client: TestClient[Any], ana: Writer, rita: Writer
) -> None:
    record_id = saved(ana)
    slug = slug_of(paris, record_id)
    assert client.get(f"{PUBLIC}/{slug}").status_code == 404
    step(ana, record_id, "submit")
    assert "Maison de l’audition" in rita.get("/fr/paris/team/organisations?only=submitted")
    assert "Maison de l’audition" in rita.get("/fr/start")
    step(rita, record_id, "publish", status=400)
    step(rita, record_id, "publish", in_sources="yes", nobody="yes")
    page = client.get(f"{PUBLIC}/{slug}").text
    assert "Maison de l’audition" in page
    assert "Elle n’a pas été sollicitée" in page or "pas été sollicité" in page
    assert 'href="https://audition.example/rapport"' in page


def test_whoever_submitted_it_reads_why_they_do_not_publish_it(cleo: Writer) -> None:
    record_id = saved(cleo)
    step(cleo, record_id, "submit")
    assert "personne ne publie seul ce qu’il a soumis" in cleo.get(f"{TEAM}/{record_id}")
    cleo.get(f"{TEAM}/{record_id}/publish", 403)


def test_who_enters_an_organisation_a_second_time_is_told_so(paris: Instance, ana: Writer) -> None:
    one = next(one for one in paris.directory("paris") if one.organisation.website)
    alike = f'href="{PUBLIC}/{one.slug}"'
    for twin in (
        saved(ana, name__fr=one.organisation.name["fr"].upper()),
        saved(ana, website=one.organisation.website),
    ):
        assert alike in ana.get(f"{TEAM}/{twin}")
        assert alike in ana.get(f"{TEAM}/{twin}/submit")
    assert alike not in ana.get(f"{TEAM}/{saved(ana)}")


def test_nothing_that_was_typed_is_lost_when_it_is_refused(ana: Writer) -> None:
    ana.open(f"{TEAM}/new", "/new").fill(ENTRY | {"website": "javascript:alert(1)", "role.en": HOSTILE, "side": ""})
    ana.press(status=400, action="/new")
    assert 'href="#side"' in ana.html
    ana.fill({"side": "public"}).press(status=400, action="/new")
    assert 'href="#website"' in ana.html
    assert 'value="Rapport 2030"' in ana.html
    assert HOSTILE not in ana.html
    assert "&lt;script&gt;alert(1)" in ana.html


def test_the_guard_explains_and_asks_for_a_reason(paris: Instance, ana: Writer) -> None:
    ana.open(f"{TEAM}/new", "/new").fill(ENTRY | {"note.fr": "Écrire à jean.dupont@justice.example"})
    ana.press(status=400, action="/new")
    assert 'name="reason[' not in ana.html
    ana.open(f"{TEAM}/new", "/new").fill(ENTRY | {"note.fr": "01 44 56 78 90"})
    ana.press(status=400, action="/new")
    assert 'name="reason[note.fr|phone]"' in ana.html
    ana.fill({"reason[note.fr|phone]": "Numéro du standard."}).press(action="/new")
    assert "Numéro du standard." in ana.get(ana.at)


def test_everything_there_is_to_put_right_is_told_at_once(cleo: Writer, ana: Writer) -> None:
    ana.get(f"{TEAM}/new")
    ana.post(f"{TEAM}/new", {"name.fr": "Maison", "role.fr": "Emma Martin a été violée."}, status=400)
    summary = ana.html[ana.html.index("error-summary") :][:2_000]
    assert re.findall(r'href="#([^"]+)"', summary) == ["role.fr", "side", "scope", "sectors"]

    cleo.get(f"{TEAM}/{record_of_aurore(cleo)}/contacts")
    typed = {"contacts[0].address": "jean.dupont@exemple.fr"}
    cleo.post(f"{TEAM}/{record_of_aurore(cleo)}/contacts", typed, status=400)
    summary = cleo.html[cleo.html.index("error-summary") :][:2_500]
    fields = [name.partition(".")[2] for name in re.findall(r'href="#([^"]+)"', summary)]
    assert fields == ["purpose.fr", "address", "source", "review_on"]
    assert "Contact 1 – " in summary


def record_of_aurore(cleo: Writer) -> str:
    cleo.get(TEAM)
    found = re.search(rf'href="{TEAM}/([0-9a-f-]{{36}})">Association Aurore<', cleo.html)
    assert found
    return found[1]


def test_who_writes_at_the_same_time_sees_both_texts(ana: Writer, cleo: Writer) -> None:
    record_id = saved(ana)
    for one in (ana, cleo):
        one.open(f"{TEAM}/{record_id}/edit")
    ana.fill({"role.fr": "Le texte d’Ana."}).press()
    cleo.fill({"role.fr": "Le texte de Cléo."}).press(status=409)
    assert "Ana" in cleo.html
    assert "Le texte de Cléo." in cleo.html
    cleo.fill({"choice[role.fr]": "yours"}).press("merge")
    assert "Le texte de Cléo." in cleo.get(f"{TEAM}/{record_id}")
    assert "Ana" in cleo.get(f"{TEAM}/{record_id}/versions?from=2&to=3")


def test_what_is_submitted_is_given_back_with_a_reason(ana: Writer, rita: Writer) -> None:
    record_id = saved(ana)
    step(ana, record_id, "submit")
    ana.get(f"{TEAM}/{record_id}/edit", 409)
    step(rita, record_id, "give-back", reason="Quelle est la source ?")
    assert "Quelle est la source ?" in ana.get(f"{TEAM}/{record_id}")
    assert "Quelle est la source ?" in ana.get("/fr/start")


def test_every_field_comes_back_as_it_was_saved(paris: Instance, ana: Writer) -> None:
    record_id = saved(ana, since="2014-06", website="https://audition.example/", note__fr="Lu le 2 mai.")
    with paris.database.read("paris") as session:
        before = writing.entry_of(session, get(session, record_id))
    ana.open(f"{TEAM}/{record_id}/edit")
    ana.press()
    with paris.database.read("paris") as session:
        record = get(session, record_id)
        assert (record.version, writing.entry_of(session, record)) == (1, before)


# ---------------------------------------------------------------------------------------------------------------------
# Renaming, merging, splitting, taking back


def test_old_addresses_lead_on_in_pages_and_api(
    paris: Instance, client: TestClient[Any], ana: Writer, rita: Writer, cleo: Writer
) -> None:
    gone, stays = made_public(ana, rita), made_public(ana, rita, name__fr="Maison des auditions")
    old, target = slug_of(paris, gone), slug_of(paris, stays)
    step(cleo, gone, "rename", slug=f"{old}-neuve")
    assert leads(client, f"{PUBLIC}/{old}") == (301, f"{PUBLIC}/{old}-neuve")
    step(cleo, gone, "merge", status=400, into="")
    step(cleo, gone, "merge", into=stays)
    for slug in (old, f"{old}-neuve"):
        assert leads(client, f"{PUBLIC}/{slug}") == (301, f"{PUBLIC}/{target}")
        api = "/api/v1/regions/paris/stakeholders"
        assert leads(client, f"{api}/{slug}") == (301, f"{api}/{target}")
    assert TEAM + "/" + stays in cleo.get(f"{TEAM}/{gone}")
    assert TEAM + "/" + gone in cleo.get(f"{TEAM}/{stays}")
    assert "Accueille les auditions" in cleo.get(f"{TEAM}/{gone}/versions") + cleo.get(f"{TEAM}/{gone}")
    ana.get(f"{TEAM}/{gone}/edit", 409)
    step(cleo, gone, "split")
    assert client.get(f"{PUBLIC}/{old}-neuve").status_code == 200


def leads(client: TestClient[Any], address: str) -> tuple[int, str]:
    answer = client.get(address, follow_redirects=False)
    return answer.status_code, answer.headers["location"].removeprefix("http://lanzarote.test")


def test_one_entry_becomes_two(paris: Instance, ana: Writer, rita: Writer, cleo: Writer) -> None:
    record_id = made_public(ana, rita)
    led = step(cleo, record_id, "split-off", name__fr="Maison bis", name__en="")
    found = re.search(rf"{TEAM}/([0-9a-f-]+)\?done=split-off", led)
    assert found
    assert found[1] != record_id
    with paris.database.read("paris") as session:
        made = get(session, found[1])
        assert (made.state, made.stage, writing.entry_of(session, made).name) == (
            "draft",
            "writing",
            {"fr": "Maison bis"},
        )
        assert writing.entry_of(session, made).role["fr"] == ENTRY["role.fr"]


def test_both_of_two_entries_that_were_one_have_its_sources_whole(paris: Instance, cleo: Writer) -> None:
    own = {"key": "act", "title": "Barnalög", "publisher": "Alþingi", "kind": "official", "language": "is"}
    one = published(paris, BODY | {"own_sources": [own | {"read_on": "2026-11-02"}]})
    led = step(cleo, one, "split-off", name__fr="Maison ter", name__en="")
    with paris.database.read("paris") as session:
        whole, made = (
            writing.entry_of(session, get(session, name)) for name in (one, led.rpartition("/")[2].partition("?")[0])
        )
    assert made.own_sources == whole.own_sources
    assert whole.own_sources[0].read_on


def test_a_withdrawn_entry_says_so_and_an_erased_one_is_gone(
    paris: Instance, client: TestClient[Any], ana: Writer, rita: Writer, cleo: Writer
) -> None:
    record_id = made_public(ana, rita)
    address = f"{PUBLIC}/{slug_of(paris, record_id)}"
    step(cleo, record_id, "withdraw", reason="Entrée inexacte.")
    answer = client.get(address)
    assert answer.status_code == 410
    assert "Entrée inexacte." not in answer.text
    assert "correct?about=organisations" in answer.text
    step(cleo, record_id, "erase", status=400, word="oui")
    step(cleo, record_id, "erase", word="effacer")
    answer = client.get(address)
    assert answer.status_code == 410
    assert "audition" not in re.sub(r"maison-de-l-audition[-\d]*", "", answer.text)
    cleo.get(f"{TEAM}/{record_id}", 410)


# ---------------------------------------------------------------------------------------------------------------------
# Replies, representatives, others


def test_a_reply_leads_to_the_entry_and_back(paris: Instance, ana: Writer, rita: Writer, cleo: Writer) -> None:
    record_id = made_public(ana, rita)
    slug = slug_of(paris, record_id)
    about = Reply(about=f"organisations/{slug}", wrong="Le nom a changé.")
    task = replies.keep(paris.database, "paris", about, lang="fr", record_id=record_id)
    assert f"{TEAM}/{record_id}/edit" in cleo.get(f"/fr/paris/team/tasks/{task}")
    assert f"/fr/paris/team/tasks/{task}" in cleo.get(f"{TEAM}/{record_id}")


def test_a_representative_sees_and_writes_their_own_entry_only(
    paris: Instance, client: TestClient[Any], ana: Writer, rita: Writer
) -> None:
    own, other = made_public(ana, rita), made_public(ana, rita)
    rep = writer(paris, client, "representative", "Rémi Parle", organisation=own)
    assert other not in rep.get(TEAM)
    rep.open(f"{TEAM}/{own}/edit").fill({"role.fr": "Dit par nous-mêmes."}).press()
    step(rep, own, "submit")
    rep.get(f"{TEAM}/{other}", 404)
    rep.get(f"{TEAM}/{other}/edit", 404)
    rep.get(f"{TEAM}/new", 403)
    rep.get(f"{TEAM}/{own}/publish", 403)


@pytest.mark.parametrize(
    ("form", "field", "typed"),
    [
        ("edit", "role.fr", "Ce que nous faisons depuis 2031."),
        ("contacts", "contacts[0].purpose.fr", "La permanence de nuit."),
    ],
)
def test_a_representative_whose_entry_was_merged_meanwhile_reads_what_they_wrote_on_the_entry_that_stays(
    paris: Instance, client: TestClient[Any], ana: Writer, rita: Writer, form: str, field: str, typed: str
) -> None:
    own, stays = made_public(ana, rita), made_public(ana, rita)
    rep = writer(paris, client, "representative", "Rémi Parle", organisation=own)
    rep.open(f"{TEAM}/{own}/{form}", f"/{form}")
    merge(paris, own, stays)
    rep.post(f"{TEAM}/{own}/{form}", rep.fields | {field: typed}, status=409)
    note, _, wrote = rep.html.partition("<p>Ce que vous avez écrit")
    assert "a été fusionnée avec celle-ci" in note
    assert f'<p class="kept-text">{typed}</p>' in wrote
    assert f'href="{TEAM}/{stays}/edit"' in wrote
    rep.post(f"{TEAM}/{stays}/../nobody/{form}", rep.fields, status=404)
    other = writer(paris, client, "representative", "Une autre", organisation=made_public(ana, rita))
    other.post(f"{TEAM}/{own}/{form}", {field: typed}, status=404)


@pytest.mark.parametrize(
    "path", ["", "/edit", "/contacts", "/versions", "/merge", "/split", "/split-off", "/relation", "/erase"]
)
def test_what_is_no_entry_is_not_found(cleo: Writer, paris: Instance, path: str) -> None:
    for record_id in ("nobody", "019d0000-0000-7000-8000-000000000000", "%00", "a" * 300):
        cleo.get(f"{TEAM}/{record_id}{path}", 404)


# ---------------------------------------------------------------------------------------------------------------------
# Cost


def test_pages_cost_as_much_for_thirty_entries_as_for_one(own_paris: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    with site_of(own_paris) as client:
        cleo = writer(own_paris, client, "coordinator")
        first = published(own_paris, desks=contacts({"review_on": "2020-01-01", "public": True}))

        own = (f"{TEAM}/{first}", f"{TEAM}/{first}/edit", f"{PUBLIC}/{slug_of(own_paris, first)}")

        def cost(page: str) -> int:
            def once() -> int:
                with counted(own_paris, monkeypatch) as statements:
                    cleo.get(page)
                return len(statements)

            # What is kept in memory is read anew whenever the worker has published something meanwhile.
            return min(once() for _ in range(4))

        def costs() -> dict[str, int]:
            return {page: cost(page) for page in (TEAM, f"{TEAM}?only=due", "/fr/start", *own)}

        for_one = costs()
        for number in range(29):
            desks = contacts({"review_on": "2020-01-01", "public": True})
            begun(
                own_paris,
                {"name": {"fr": f"Maison {number}"}, "sectors": ["courts"], "side": "public", "scope": "local"},
                desks=desks,
            )
        assert costs() == for_one
        assert max(for_one.values()) <= 30


def test_a_directory_that_many_were_merged_into_is_read_at_the_same_cost(
    own_paris: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = published(own_paris)
    with own_paris.database.write("paris") as session:
        for key in ("aphp", "necker", "trousseau-uajv", "robert-debre"):
            deciding.merge(session, get(session, key), get(session, into), by=COORDINATOR, at=THEN)
    with counted(own_paris, monkeypatch) as statements:
        own_paris.directory("paris")
    assert len([one for one in statements if "published_version" in one or "contacts" in one or "record" in one]) <= 4

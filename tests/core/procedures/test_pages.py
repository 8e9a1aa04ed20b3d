"""The group keeps its procedures on pages that work without scripts; the public reads what their parties stand by."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import msgspec
import pytest
from lanzarote.instance import Instance
from lanzarote.procedures import writing
from lanzarote.records.records import Record, encode
from litestar.testing import TestClient

from tests.core.activity.conftest import asked, counted
from tests.core.practices.forms import Fields, Writer, writer
from tests.core.procedures.agreeing import (
    BODIES,
    BODY,
    LETTER,
    begun,
    body_id,
    do,
    endorsed,
    get,
    proposed,
    save,
    say,
    step,
    today,
)
from tests.core.team_of_a_file import ana, cleo, client, paris

__all__ = ["ana", "cleo", "client", "paris"]

TEAM = "/fr/paris/team/procedures"
PUBLIC = "/fr/paris/procedures"
PURPOSE_AND_ANOTHER = ("text.fr.purpose", "text.fr.disputes")
WRITTEN: dict[str, Any] = {
    "text.fr.title": "Protocole d’accueil",
    "text.fr.purpose": "Accueillir ensemble.",
    "parties[0].who": "body aphp",
    "parties[1].who": "body prefecture-police",
    "steps[0].title.fr": "Recevoir l’enfant",
    "steps[0].who": "sector health",
    "steps[0].end": "yes",
}


def fill(one: Writer, do: str = "save", status: int = 303, **fields: Any) -> Writer:
    """Send the form that is open, with *fields* changed, by the button *do*."""
    one.fill({name: value for name, value in fields.items() if name != "do"} | {"do": do})
    place = one.at.partition("?")[0]
    one.post(place, one.fields, status=status)
    if status != 303:
        one.fields = Fields(one.html, place).values
    return one


def saved(one: Writer, **more: Any) -> str:
    """Fill in the form of a new procedure; tells its id."""
    one.open(f"{TEAM}/new", "/new")
    one.fill(WRITTEN | more | {"do": "save"})
    leads = one.post(f"{TEAM}/new", one.fields)
    found = re.fullmatch(rf"{TEAM}/([0-9a-f-]+)\?done=saved", leads)
    assert found, one.html
    return found[1]


def take(one: Writer, record_id: str, name: str, status: int = 303, **fields: Any) -> str:
    one.open(f"{TEAM}/{record_id}/{name}", f"/{name}").fill(fields)
    return str(one.post(f"{TEAM}/{record_id}/{name}", one.fields, status=status))


def text_of(paris: Instance, record_id: str) -> dict[str, Any]:
    with paris.database.read("paris") as session:
        return dict(msgspec.json.decode(encode(writing.text_of(session, get(session, record_id)))))


def slug_of(paris: Instance, record_id: str) -> str:
    with paris.database.read("paris") as session:
        return session.get_one(Record, ("paris", record_id)).slug


# Writing, step by step, without scripts


def test_a_procedure_is_written_proposed_endorsed_and_read(
    paris: Instance, client: TestClient[Any], ana: Writer, cleo: Writer
) -> None:
    record_id = saved(ana)
    slug = slug_of(paris, record_id)
    assert client.get(f"{PUBLIC}/{slug}").status_code == 404
    take(cleo, record_id, "propose", status=400)
    take(cleo, record_id, "propose", nobody="yes", no_case="yes")
    for body in BODIES:
        take(cleo, record_id, "endorse", stakeholder=body_id(paris, body), day=today(), source=LETTER)
    page = client.get(f"{PUBLIC}/{slug}").text
    assert "Recevoir l’enfant" in page
    assert page.count(LETTER) == 2
    assert "Protocole d’accueil" in client.get(PUBLIC).text


def test_what_is_needed_to_propose_it_is_not_called_optional(ana: Writer) -> None:
    form = ana.get(f"{TEAM}/new")
    purpose, hours = (form.split(f'id="{one}"')[0].rpartition("<label")[2] for one in PURPOSE_AND_ANOTHER)
    assert ("(facultatif)" in purpose, "(facultatif)" in hours) == (False, True)


def test_who_does_a_step_and_is_no_party_is_said_to_be_missing(
    paris: Instance, client: TestClient[Any], cleo: Writer
) -> None:
    record_id = endorsed(paris)  # two of its bodies; the courts do most steps
    place = f"{PUBLIC}/{slug_of(paris, record_id)}"
    for read in (client.get(place).text, client.get(f"/embed{place}").text, cleo.get(f"{TEAM}/{record_id}")):
        assert "/paris/sectors/courts" in re.findall('<p class="partyless">(.*?)</p>', read)[0]
    assert 'class="badge good"' not in client.get(place).text


def test_where_all_who_do_a_step_are_parties_nobody_is_said_to_be_missing(paris: Instance, cleo: Writer) -> None:
    steps = [one | {"sector": None, "organisation": "aphp"} for one in BODY["steps"]]
    assert "partyless" not in cleo.get(f"{TEAM}/{begun(paris, BODY | {'steps': steps})}")


def test_a_representative_speaks_for_their_own_body_alone(
    paris: Instance, client: TestClient[Any], ana: Writer, cleo: Writer
) -> None:
    own, other = (body_id(paris, body) for body in BODIES)
    rep = writer(paris, client, "representative", "Rep Parole", organisation=own)
    record_id = saved(ana)
    take(cleo, record_id, "propose", nobody="yes", no_case="yes")
    told = cleo.get(f"{TEAM}/{record_id}")
    assert told.count("sollicité, n’a pas répondu") == 1
    assert told.count("pas encore sollicité\u202f: ne peut pas être joint d’ici") == 1
    assert "Celles-ci ne peuvent pas être jointes d’ici" in told
    assert f"{TEAM}/{record_id}" in rep.get(TEAM)
    assert f"{TEAM}/{record_id}" in rep.get("/fr/start")
    page = rep.open(f"{TEAM}/{record_id}/endorse", "/endorse")
    assert page.fields["stakeholder"] == [own]
    rep.post(f"{TEAM}/{record_id}/endorse", rep.fields | {"stakeholder": other}, status=403)
    take(rep, record_id, "endorse")
    assert f"{TEAM}/{record_id}" not in rep.get("/fr/start")
    assert "elle l’a dit elle-même" in rep.get(f"{TEAM}/{record_id}").lower() or "lui-même" in rep.html


def test_steps_are_added_moved_and_removed_and_nothing_typed_is_lost(ana: Writer, paris: Instance) -> None:
    ana.open(f"{TEAM}/new", "/new")
    fill(ana, "add-step:0", 200, **{"steps[0].title.fr": "Un", "steps[0].next": "2"})
    fill(ana, "add-step:1", 200, **{"steps[1].title.fr": "Deux", "steps[1].next": "3"})
    fill(ana, "add-branch:0", 200, **{"steps[2].title.fr": "Trois", "steps[2].end": "yes"})
    fill(ana, "up:2", 200, **{"steps[0].branches[0].to": "3", "steps[0].branches[0].condition.fr": "Urgence"})
    assert [ana.value(f"steps[{n}].title.fr") for n in range(3)] == ["Un", "Trois", "Deux"]
    # Whoever named a step by its number still names the same.
    assert (ana.value("steps[0].next"), ana.value("steps[0].branches[0].to"), ana.value("steps[2].next")) == (
        "3", "2", "2",
    )  # fmt: skip
    fill(ana, "remove:2", 200)
    assert (ana.value("steps[0].next"), ana.value("steps[1].title.fr")) == ("", "Trois")
    fill(ana, "add-step:0", 200, **{"steps[0].next": "2, puis trois"})
    assert ana.value("steps[0].next") == "3, puis trois"
    fill(ana, "remove:1", 200)
    fill(ana, "save", 400)
    assert "Écrivez le numéro d’une étape" in ana.html
    fill(ana, "add-branch:0", 200, **{"steps[0].next": ""})
    fill(ana, "remove-branch:0.1", 200)
    fill(ana, "add-pass:0", 200)
    said = {name: value for name, value in WRITTEN.items() if not name.startswith("steps")}
    typed = {
        "steps[0].passes[0].what.fr": "Le dossier",
        "steps[0].passes[0].confidential": "yes",
        "steps[0].within": "8",
        "steps[0].within_unit": "D",
    }
    ana.fill(said | typed | {"do": "save"})
    record_id = ana.post(f"{TEAM}/new", ana.fields).rpartition("/")[2].partition("?")[0]
    steps = text_of(paris, record_id)["steps"]
    assert [(one["key"], one["title"]["fr"]) for one in steps] == [("un", "Un"), ("trois", "Trois")]
    assert steps[0]["branches"] == [{"to": "trois", "condition": {"fr": "Urgence"}}]
    assert steps[0]["passes"] == [{"what": {"fr": "Le dossier"}, "confidential": True}]
    assert steps[0]["within"] == "P8D"
    assert "sans base légale" in ana.get(f"{TEAM}/{record_id}")


def test_every_field_comes_back_as_it_was_saved(paris: Instance, ana: Writer) -> None:
    for key in ("example-first-words", "hospital-cells-2014"):
        with paris.database.read("paris") as session:
            record_id = get(session, key).id
        before = text_of(paris, record_id)
        ana.open(f"{TEAM}/{record_id}/edit")
        fill(ana)
        assert text_of(paris, record_id) == before
        with paris.database.read("paris") as session:
            assert get(session, key).version == 1


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(ana: Writer) -> None:
    ana.open(f"{TEAM}/new", "/new")
    wrong = {
        "steps[0].next": "9",
        "steps[0].within": "x",
        "text.fr.title": "",
        "steps[0].trigger.fr": "<script>x()</script>",
    }
    fill(ana, "save", 400, **(WRITTEN | wrong))
    summary = ana.html[ana.html.index("error-summary") :][:3_000]
    assert set(re.findall(r'href="#([^"]+)"', summary)) == {"text.fr.title", "steps[0].next", "steps[0].within"}
    assert ana.value("steps[0].trigger.fr") == "<script>x()</script>"
    assert "<script>x()" not in ana.html
    fill(
        ana,
        "save",
        400,
        **{"text.fr.title": "Titre", "steps[0].next": "", "steps[0].within": "", "steps[0].input.fr": "01 44 56 78 90"},
    )
    assert 'name="reason[steps[0].input.fr|phone]"' in ana.html
    fill(ana, "save", 400, **{"steps[0].input.fr": "Écrire à jean.dupont@justice.example"})
    assert "jean.dupont" in html.unescape(ana.html)


def test_articles_are_read_as_people_write_them(paris: Instance, ana: Writer) -> None:
    assert text_of(paris, saved(ana, convention_more="art. 12, Articles 10.3"))["convention"] == ["10.3", "12"]

    fill(ana.open(f"{TEAM}/new", "/new"), "save", 400, **(WRITTEN | {"convention_more": "10 et 99"}))
    said = " ".join(html.unescape(re.sub("<[^>]+>", " ", ana.html)).split())
    for one in ("et", "99"):
        assert (
            f"« {one} » n’est pas un article de la Convention. Écrivez des articles, paragraphes ou lettres, "
            "comme 10, 10.3 ou 18.1.a."
        ) in said


def test_who_writes_at_the_same_time_sees_both_texts(ana: Writer, cleo: Writer) -> None:
    record_id = saved(ana)
    for one in (ana, cleo):
        one.open(f"{TEAM}/{record_id}/edit")
    fill(ana, "save", 303, **{"steps[0].title.fr": "Le titre d’Ana"})
    fill(cleo, "save", 409, **{"steps[0].title.fr": "Le titre de Cléo"})
    assert "d’Ana" in cleo.html
    assert cleo.value("steps[0].title.fr") == "Le titre de Cléo"
    fill(cleo)
    page = cleo.get(f"{TEAM}/{record_id}/versions?from=2&to=3")
    assert "Cléo" in page
    assert "d’Ana" in page


def test_versions_tell_the_time_and_call_steps_by_their_titles(ana: Writer) -> None:
    record_id = saved(ana, **{"steps[1].title.fr": "Le parquet décide", "steps[1].who": "sector courts"})
    ana.open(f"{TEAM}/{record_id}/edit")
    fill(ana, "save", 303, **{"steps[0].end": "", "steps[0].next": "2"})
    page = ana.get(f"{TEAM}/{record_id}/versions")
    assert "le-parquet-decide" not in page
    assert page.partition("<h2")[2].count("Le parquet décide") == 1
    assert len(re.findall(r"<td>[^<]+, \d\d:\d\d</td>", page)) == 2


def test_what_is_archived_leaves_the_working_list_and_says_so(ana: Writer, cleo: Writer) -> None:
    record_id = saved(ana)
    take(cleo, record_id, "archive")
    row = f'href="{TEAM}/{record_id}"'
    assert [row in cleo.get(f"{TEAM}{only}") for only in ("", "?only=archived")] == [False, True]
    page = cleo.get(f"{TEAM}/{record_id}")
    assert "Aux archives" in page or "aux archives" in page
    assert "En cours d’écriture" not in page
    take(cleo, record_id, "restore")
    assert row in cleo.get(TEAM)


def test_rows_that_were_added_and_not_filled_stay_while_something_else_is_put_right(ana: Writer) -> None:
    ana.open(f"{TEAM}/new", "/new")
    added = {"parties[2].who": "", "steps[1].key": "", "steps[1].title.fr": ""}
    fill(ana, "save", 400, **(WRITTEN | added | {"text.fr.title": ""}))
    assert ana.html.count('name="steps[1].title.fr"') == 1
    assert ana.html.count('name="parties[2].who"') == 1
    fill(ana, "save", 303, **{"text.fr.title": "Protocole"})
    assert [ana.value("parties[2].who"), ana.value("steps[1].title.fr")] == ["", ""]


def test_what_is_proposed_is_not_written_on(ana: Writer, cleo: Writer) -> None:
    record_id = saved(ana)
    take(cleo, record_id, "propose", nobody="yes", no_case="yes")
    ana.get(f"{TEAM}/{record_id}/edit", 409)
    ana.get(f"{TEAM}/{record_id}/recall", 403)
    take(cleo, record_id, "recall")
    ana.get(f"{TEAM}/{record_id}/edit")


def test_steps_that_end_it_are_taken_on_pages_of_their_own(
    paris: Instance, client: TestClient[Any], cleo: Writer
) -> None:
    first, second = endorsed(paris), endorsed(paris)
    before = slug_of(paris, first)
    take(cleo, first, "rename", slug="un-autre-nom")
    assert client.get(f"{PUBLIC}/un-autre-nom").status_code == 200
    renamed = client.get(f"/embed{PUBLIC}/{before}", follow_redirects=False)
    assert (renamed.status_code, renamed.headers["location"]) == (301, f"/embed{PUBLIC}/un-autre-nom")
    told = client.get("/oembed", params={"url": f"http://lanzarote.test{PUBLIC}/{before}"}).json()
    assert f"/embed{PUBLIC}/un-autre-nom" in told["html"]
    take(cleo, first, "look-again")
    take(cleo, first, "supersede", into=second)
    assert slug_of(paris, second) in client.get(f"{PUBLIC}/un-autre-nom").text
    take(cleo, first, "withdraw", reason="Remplacé depuis.")
    assert client.get(f"{PUBLIC}/un-autre-nom").status_code == 410
    framed = client.get(f"/embed{PUBLIC}/un-autre-nom")
    assert framed.status_code == 410
    assert "Ce protocole a été retiré" in framed.text
    assert "ne dit pas si" in framed.text
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    address = {"url": f"http://lanzarote.test{PUBLIC}/un-autre-nom"}
    assert client.get("/oembed", params=address).status_code == 404
    take(cleo, first, "archive")
    take(cleo, second, "erase", status=400, word="non")
    gone = slug_of(paris, second)
    take(cleo, second, "erase", word="effacer")
    cleo.get(f"{TEAM}/{second}", 410)
    framed = client.get(f"/embed{PUBLIC}/{gone}")
    assert framed.status_code == client.get(f"{PUBLIC}/{gone}").status_code
    assert 'class="embed"' in framed.text


# What the public reads


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_paris_ships_says_that_nobody_endorsed_it(client: TestClient[Any], lang: str) -> None:
    words = {
        "fr": ("description qu’aucune partie n’a approuvée", "Exemple inventé"),
        "en": ("description endorsed by no party", "Invented example"),
    }[lang]
    for slug in ("hospital-cells-2014", "school-tripartite-agreements"):
        page = client.get(f"/{lang}/paris/procedures/{slug}").text
        assert words[0] in page
        assert words[0] in client.get(f"/{lang}/paris/procedures").text
        assert "2014" not in re.findall(r"<td>([^<]*)</td>", page)
    assert words[1] in client.get(f"/{lang}/paris/procedures/example-first-words").text


def test_an_invented_example_is_reached_from_the_list_and_is_in_none(client: TestClient[Any]) -> None:
    page = client.get("/fr/paris/procedures").text
    assert "example-first-words" not in page[: page.rindex("procedure-card")]
    assert "/fr/paris/procedures/example-first-words" in page
    told = client.get("/api/v1/regions/paris/procedures").json()["items"]
    assert {one["slug"] for one in told} >= {"hospital-cells-2014"}
    assert not [one for one in told if one["nature"] == "example"]
    for path in ("/fr/paris/procedures.atom", "/fr/search?q=exemple+premiers+mots", "/sitemap/paris-1.xml"):
        assert "example-first-words" not in client.get(path).text


def test_a_version_that_was_public_keeps_its_address_and_tells_what_changed(
    paris: Instance, client: TestClient[Any]
) -> None:
    name = endorsed(paris)
    save(paris, name, {"steps": [*BODY["steps"][:3], step("close", end=True, title={"fr": "Clore le dossier"})]})
    do(paris, "propose", name)
    for body in BODIES:
        say(paris, name, body)
    here = f"{PUBLIC}/{slug_of(paris, name)}/versions"
    assert "Clore le dossier" in client.get(f"{here}/2").text
    assert "Clore le dossier" not in client.get(f"{here}/1").text
    assert client.get(f"{here}/3").status_code == 404
    assert f"{here}/1" in client.get(here).text


def test_drafts_and_what_is_only_proposed_are_nowhere_public(paris: Instance, client: TestClient[Any]) -> None:
    name = proposed(paris, BODY | {"text": {"fr": {"title": "Secret de groupe", "purpose": "x"}}})
    slug = slug_of(paris, name)
    for path in ("", "/print", "/lanes.svg", "/procedure.bpmn", "/versions", "/versions/1"):
        assert client.get(f"{PUBLIC}/{slug}{path}").status_code == 404
    for path in (PUBLIC, "/api/v1/regions/paris/procedures", "/fr/paris/practices?q=Secret"):
        assert "Secret de groupe" not in client.get(path).text


def test_the_picture_and_the_table_tell_the_same_steps(client: TestClient[Any]) -> None:
    page = client.get("/fr/paris/procedures/example-first-words").text
    table = page[page.index('id="steps-table"') :]
    picture = client.get("/fr/paris/procedures/example-first-words/lanes.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    told = re.sub(r"<[^>]+>", " ", html.unescape(picture.text))
    for number in range(1, 10):
        assert f"{number}." in told
        assert f'<span class="step-number">{number}</span>' in table


# What it costs


def test_pages_ask_as_often_for_many_as_for_one(
    paris: Instance, client: TestClient[Any], cleo: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = endorsed(paris)
    steps = [step(f"s{n}", f"s{n + 1}") for n in range(99)] + [step("s99", end=True)]
    many = endorsed(paris, BODY | {"steps": steps})
    for number in range(98):
        say(paris, many, BODIES[number % 2], "apply", source=f"Convention {number}")

    def cost(name: str) -> list[int]:
        slug = slug_of(paris, name)
        public = [f"{PUBLIC}/{slug}{more}" for more in ("", "/print", "/lanes.svg", "/procedure.bpmn")]
        team = [f"{TEAM}/{name}{more}" for more in ("", "/print", "/edit", "/apply", "/versions")]
        asked: list[tuple[Callable[[str], Any], str]] = [(client.get, path) for path in public]
        asked += [(client.get, f"/api/v1/regions/paris/procedures/{slug}"), *((cleo.get, path) for path in team)]
        return [statements_of(ask, path) for ask, path in asked]

    def statements_of(ask: Callable[[str], Any], path: str) -> int:
        if "/api/" in path:  # what it needs is in memory since the pages were asked for; its answer is not yet
            again = path
        else:
            ask(path)
            again = f"{path}?again=1"
        with counted(paris, monkeypatch) as statements:
            ask(again)
        assert statements
        return len(statements)

    cost(endorsed(paris))  # what the process keeps in memory from one page to the next is there from now on
    assert cost(few) == cost(many)


def test_the_list_asks_as_often_for_many_as_for_few(
    paris: Instance, client: TestClient[Any], cleo: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = count()

    def newly(ask: Callable[[str], Any], path: str) -> object:
        return ask(f"{path}?again={next(again)}")  # nothing of the public page is in memory

    def cost() -> list[int]:
        pages: list[tuple[Callable[[str], Any], str]] = [(client.get, PUBLIC), (cleo.get, TEAM)]
        return [asked(paris, monkeypatch, partial(newly, ask, path)) for ask, path in pages]

    endorsed(paris)
    few = cost()
    for _ in range(20):
        endorsed(paris)
    assert cost() == few


def test_what_is_open_is_called_as_in_the_form_and_leads_there(ana: Writer) -> None:
    nobody = {name: text for name, text in WRITTEN.items() if name != "steps[0].who"}
    ana.open(f"{TEAM}/new", "/new").fill(nobody | {"do": "save"})
    here = ana.post(f"{TEAM}/new", ana.fields).partition("?")[0]
    page, place = ana.get(here), "steps[0].organisation"
    assert f'<a href="{here}/edit#{place}">Étape 1 – Qui s’en charge</a>' in page
    assert f'id="{place}"' in ana.get(f"{here}/edit")

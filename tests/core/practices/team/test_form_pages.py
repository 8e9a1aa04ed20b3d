"""A practice is written in a form that needs no script; nothing typed is lost, nor kept where it must not be."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.instance import Instance
from lanzarote.kinds.entered import Typed
from lanzarote.practices.model import KIND
from lanzarote.records.drafts import Unsaved, told_of
from lanzarote.records.records import Record, Version
from litestar._parsers import parse_url_encoded_form_data
from litestar.testing import TestClient
from sqlalchemy import func, select

from tests.core.practices.assessments import person
from tests.core.practices.forms import (
    CANARY,
    NUMBER,
    TEAM,
    WHOLE,
    Fields,
    Writer,
    body,
    found_on_disk,
    keep,
    saved,
)

if TYPE_CHECKING:
    from lanzarote.records.permissions import Role


# ---------------------------------------------------------------------------------------------------------------------
# Writing, without a script


def test_a_practice_is_begun_saved_and_opened_again(paris: Instance, ana: Writer) -> None:
    ana.open(f"{TEAM}/new").fill({"text.fr.title": "Une idée", "started": "06/2019"})
    record_id = ana.id
    ana.press()
    assert "Enregistré" in ana.html
    assert ana.value("text.fr.title") == "Une idée"
    assert ana.value("started") == "2019-06"
    assert ana.value("version") == "1"
    sheet = body(paris, record_id)
    assert (sheet.original, sheet.text["fr"].title, sheet.started) == ("fr", "Une idée", "2019-06")


def test_everything_that_was_filled_in_is_saved(paris: Instance, ana: Writer) -> None:
    record_id = saved(
        paris,
        ana,
        **{
            "partners[1].organisation": "aphp",
            "partners[1].part.fr": "Accueille",
            "text.fr.means": "Une salle",
            "convention": ["10", "14"],
            "convention_more": "35.1.b",
            "legal_basis": ["fr-cpp-706-52"],
            "evidence[0].value": "7,4",
            "evidence[0].unit.fr": "enfants par mois",
            "evidence[0].sources": ["aphp-uaped", ""],
            "own_sources[0].title": "Bilan 2024",
            "own_sources[0].publisher": "Le tribunal",
            "own_sources[0].url": "https://tribunal.example/bilan",
            "own_sources[0].read_on": "24/11/2026",
            "verified": "yes",
            "note.fr": "Relu par deux personnes.",
            "related": ["uaped"],
            "cost": "low",
        },
    )
    sheet = body(paris, record_id)
    assert [(one.organisation, one.sector, one.side) for one in sheet.partners] == [
        (None, "courts", "public"),
        ("aphp", None, None),
    ]
    assert sheet.convention == ("10", "14", "35.1.b")
    assert (sheet.evidence[0].value, sheet.evidence[0].sources) == (7.4, ("aphp-uaped",))
    [own] = sheet.own_sources
    assert (own.key, own.title, own.kind, str(own.read_on)) == ("own-1", "Bilan 2024", "organisation", "2026-11-24")
    assert (sheet.verified, sheet.related, sheet.cost) == (True, ("uaped",), "low")


def test_what_the_form_shows_is_what_it_saves_again(paris: Instance, ana: Writer) -> None:
    """Opening a shipped practice and saving it changes nothing, whatever it holds."""
    with paris.database.read("paris") as session:
        ids = session.scalars(select(Record.id).where(Record.kind == KIND, Record.key.is_not(None))).all()
    assert len(ids) == 20
    for record_id in ids:
        before = body(paris, record_id)
        ana.open(f"{TEAM}/{record_id}/edit").press()
        assert body(paris, record_id) == before
        assert ana.value("version") == "1"


def test_a_source_is_attached_to_the_field_that_it_says(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana, **{"sources": ["mission-text", "aphp-uaped"], "text.fr.means": "Une salle"})
    ana.open(f"{TEAM}/{record_id}/edit")
    box = ana.html.partition('id="field_sources.problem"')[2].partition("</details>")[0]
    assert re.findall('name="([^"]+)" value="([^"]+)"', box) == [
        ("field_sources.problem", "mission-text"),
        ("field_sources.problem", "aphp-uaped"),
        ("editorial", "problem"),
    ]
    ana.fill(
        {
            "field_sources.problem": ["aphp-uaped", "mission-text"],
            "field_sources.means": ["mission-text"],
            "field_sources.partners": ["aphp-uaped"],
            "field_sources.transfer": ["aphp-uaped"],
            "editorial": ["transfer"],
        }
    ).press()
    sheet = body(paris, record_id)
    assert sheet.field_sources == {
        "problem": ("aphp-uaped", "mission-text"),
        "means": ("mission-text",),
        "transfer": ("aphp-uaped",),
        "partners": ("aphp-uaped",),
    }
    assert sheet.editorial == ("transfer",)
    page = ana.get(f"{TEAM}/{record_id}/versions?since=1")
    assert "Sources – Moyens nécessaires" in page
    # What is written no longer is said by nobody.
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.means": "", "editorial": []}).press()
    sheet = body(paris, record_id)
    assert ("means" in sheet.field_sources, sheet.editorial) == (False, ())


def test_a_document_that_is_taken_out_says_nothing_any_more(paris: Instance, ana: Writer) -> None:
    own = {"own_sources[0].title": "Bilan 2024", "own_sources[0].publisher": "Le tribunal"}
    record_id = saved(paris, ana, **own)
    ana.open(f"{TEAM}/{record_id}/edit").fill({"field_sources.problem": ["own-1", "mission-text"]}).press()
    assert body(paris, record_id).field_sources == {"problem": ("own-1", "mission-text")}
    emptied = {"own_sources[0].title": "", "own_sources[0].publisher": ""}
    ana.open(f"{TEAM}/{record_id}/edit").fill(emptied).press()
    assert body(paris, record_id).field_sources == {"problem": ("mission-text",)}


def test_a_row_more_comes_back_with_nothing_lost(ana: Writer) -> None:
    ana.open(f"{TEAM}/new").fill({"text.fr.title": "Une idée", "partners[0].part.fr": "Écoute"})
    ana.press("more:partners", status=200)
    assert "partners[2].organisation" in ana.fields
    assert ana.value("text.fr.title") == "Une idée"
    assert ana.value("partners[0].part.fr") == "Écoute"
    ana.fill({"partners[2].part.fr": "Loge"}).press("less:partners[0]", status=200)
    assert ana.value("partners[2].part.fr") == "Loge"
    assert "Écoute" not in ana.html
    assert ana.value("text.fr.title") == "Une idée"


def test_a_button_that_rearranges_keeps_nothing(paris: Instance, ana: Writer) -> None:
    ana.open(f"{TEAM}/new").fill({"text.fr.problem": f"{CANARY}, 9 ans, a raconté."}).press("more:evidence", status=200)
    assert CANARY in ana.html
    assert found_on_disk(paris, CANARY) == []


def test_what_cannot_be_read_is_said_at_its_field_and_kept_for_its_writer(paris: Instance, ana: Writer) -> None:
    ana.open(f"{TEAM}/new").fill(
        {
            "text.fr.title": "Une idée",
            "started": "bientôt",
            "own_sources[0].title": "X",
            "own_sources[0].url": "javascript:alert(1)",
        }
    )
    record_id = ana.id
    ana.press(status=400)
    assert [ana.value(name) for name in ("started", "own_sources[0].url")] == ["bientôt", "javascript:alert(1)"]
    assert re.findall(r'<li><a href="#([^"]+)">', ana.html.partition("error-summary")[2]) == [
        "started", "own_sources[0].publisher", "own_sources[0].url",
    ]  # fmt: skip
    assert re.search(r'id="started"[^>]*aria-invalid="true"', ana.html)
    with paris.database.read("paris") as session:
        assert session.get(Record, ("paris", record_id)) is None
    ana.get(f"{TEAM}/{record_id}/edit")
    ana.open(f"{TEAM}/{record_id}/edit?unsaved=continue")
    assert ana.value("started") == "bientôt"
    ana.fill({"started": "2019", "own_sources[0].title": "", "own_sources[0].url": ""}).press()
    assert body(paris, record_id).started == "2019"


def test_a_practice_needs_a_title_to_be_saved(ana: Writer) -> None:
    ana.open(f"{TEAM}/new").fill({"text.fr.problem": "Rien n’était prévu."}).press(status=400)
    assert ana.value("text.fr.problem") == "Rien n’était prévu."
    assert 'href="#text.fr.title"' in ana.html


def test_sending_the_first_save_twice_makes_one_practice(paris: Instance, ana: Writer) -> None:
    source = {"own_sources[0].title": "Bilan 2024", "own_sources[0].publisher": "Le tribunal"}
    ana.open(f"{TEAM}/new").fill(WHOLE | source)
    sent = {name: values for name, values in ana.fields.items() if values} | {"do": ["save"]}
    target = f"{TEAM}/new"
    with ThreadPoolExecutor(8) as pool:
        places = set(pool.map(lambda _: Writer.post(ana, target, sent), range(20)))
    assert len(places) == 1
    with paris.database.read("paris") as session:
        assert session.scalar(select(func.count()).where(Version.record_id == ana.fields["id"][0])) == 1


# ---------------------------------------------------------------------------------------------------------------------
# The guard


HARD = {
    "text.fr.problem": f"Son numéro est {NUMBER}, {CANARY}.",
    "partners[0].part.fr": f"Écrire à {CANARY.lower().replace('é', 'e')}.martin@laposte.net",
    "started": f"née le 3 mars 2016, {CANARY}",
    "note.fr": f"{CANARY} est née le 3 mars 2016.",
    "own_sources[0].publisher": f"{CANARY}, née le 3 mars 2016",
    "convention_more": f"{CANARY} {NUMBER}",
    "evidence[0].value": f"{CANARY} {NUMBER}",
}


@pytest.mark.parametrize("place", HARD)
@pytest.mark.parametrize("how", ["edit", "unsaved"])
def test_what_the_guard_refuses_is_on_no_disk(paris: Instance, ana: Writer, place: str, how: str) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit").fill({place: HARD[place]})
    if how == "edit":
        ana.press(status=400)
        assert ana.value(place) == HARD[place]  # the writer still has it
        assert f'href="#{place}"' in ana.html
    else:
        sent = {name: values for name, values in ana.fields.items() if values}
        answer = ana.post(f"{TEAM}/{record_id}/unsaved", sent, status=200).json()
        assert [one["field"] for one in answer["marked"]] == [place]
        assert answer["marked"][0]["asks"] == ""
    paris.worker.run_due()
    assert found_on_disk(paris, CANARY) == []
    assert found_on_disk(paris, CANARY.lower().replace("é", "e")) == []
    assert parse_url_encoded_form_data.cache_info().currsize == 0
    with paris.database.read("paris") as session:
        [row] = session.scalars(select(Unsaved).where(Unsaved.record_id == record_id))
        assert msgspec.json.decode(row.body, type=Typed).left_out == (place,)  # the others are kept


def test_the_disk_is_really_searched(paris: Instance, ana: Writer) -> None:
    saved(paris, ana, text__fr__problem="Un autre canari, que rien ne retient.")
    assert found_on_disk(paris, "Un autre canari, que rien ne retient.") != []


def test_nothing_refused_is_logged(paris: Instance, ana: Writer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    ana.open(f"{TEAM}/new").fill({"text.fr.title": f"{CANARY} {NUMBER}"}).press(status=400)
    assert CANARY not in caplog.text


def test_what_the_guard_asks_about_is_kept_with_a_reason_beside_the_field(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.problem": "Léa, 9 ans, est l’héroïne du film."}).press(
        status=400
    )
    name = "reason[text.fr.problem|name-with-age]"
    assert name in ana.fields
    assert "<mark>Léa, 9 ans</mark>" in ana.html
    assert found_on_disk(paris, "héroïne du film") == []
    ana.fill({name: "Un personnage de fiction."}).press()
    with paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        assert [one.text for one in told_of(session, record).reasons] == ["Un personnage de fiction."]
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.summary": "Autre chose."}).press()
    assert ana.value("text.fr.summary") == "Autre chose."


FOUND = "Léa, 9 ans, est l’héroïne du film."
WHY = "reason[text.fr.problem|name-with-age]"


def explained(paris: Instance, ana: Writer) -> str:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.problem": FOUND, WHY: "Un personnage de fiction."}).press()
    return record_id


def test_a_reason_is_asked_for_no_second_time_while_what_was_found_is_as_it_was(paris: Instance, ana: Writer) -> None:
    record_id = explained(paris, ana)
    longer = f"La salle a ouvert. {FOUND} Elle rassure."
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.problem": longer, WHY: ""}).press()
    with paris.database.read("paris") as session:
        [why] = told_of(session, session.get_one(Record, ("paris", record_id))).reasons
    assert why.text == "Un personnage de fiction."


def test_a_reason_is_asked_for_again_when_what_was_found_has_changed(paris: Instance, ana: Writer) -> None:
    record_id = explained(paris, ana)
    changed = FOUND.replace("Léa", "Zoé")
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.problem": changed, WHY: ""}).press(status=400)
    assert "<mark>Zoé, 9 ans</mark>" in ana.html


def test_a_reason_that_was_given_for_something_else_counts_for_nothing_new(paris: Instance, ana: Writer) -> None:
    record_id = explained(paris, ana)
    others = "Zoé, 8 ans, et Kévin, 7 ans, sont suivis."
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.problem": others})
    ana.press(status=400)
    ana.fill({WHY: "Un personnage de fiction."}).press(status=400)
    assert "Redites, en d’autres mots" in ana.html
    ana.fill({WHY: "Deux personnages du même conte."}).press()
    assert "Deux personnages du même conte." in ana.get(f"{TEAM}/{record_id}")


@pytest.mark.parametrize("thin", [".", "ok", "—", "Public."])
def test_a_reason_that_says_nothing_is_none(paris: Instance, ana: Writer, thin: str) -> None:
    record_id = saved(paris, ana)
    text = f"Zoé, 8 ans, {CANARY}."
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.problem": text, WHY: thin}).press(status=400)
    assert "Dites pourquoi en quelques mots" in ana.html
    assert keep(ana, record_id)["marked"][0]["field"] == WHY
    assert found_on_disk(paris, CANARY) == []


def test_a_reason_may_not_tell_who_it_is_either(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    name = "reason[text.fr.problem|name-with-age]"
    ana.open(f"{TEAM}/{record_id}/edit").fill(
        {"text.fr.problem": "Léa, 9 ans, est l’héroïne du film.", name: f"Léa, 9 ans, en vrai ({CANARY})."}
    ).press(status=400)
    assert ana.value(name).startswith("Léa")
    assert found_on_disk(paris, CANARY) == []


@pytest.mark.parametrize("how", ["edit", "unsaved"])
def test_whoever_tells_of_a_child_in_danger_is_shown_where_help_is(paris: Instance, ana: Writer, how: str) -> None:
    told = "Je veux signaler mon voisin."
    ana.open(f"{TEAM}/new").fill({"text.fr.title": "Une idée", "text.fr.problem": told})
    if how == "edit":
        ana.press(status=200)
        assert "119" in ana.html
        again = Fields(ana.html, "/new").values
        assert again["text.fr.problem"] == [told]  # the way back keeps what was written
    else:
        sent = {name: values for name, values in ana.fields.items() if values}
        answer = ana.post(f"{TEAM}/{ana.id}/unsaved", sent, status=200).json()
        assert "119" in [line["number"] for line in answer["disclosure"]]


# ---------------------------------------------------------------------------------------------------------------------
# Languages


def test_a_translation_is_written_beside_the_original(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit").press("language:en", status=200)
    assert re.search(r'<textarea id="text\.en\.problem"[^>]* lang="en"', ana.html)
    assert re.search(r'<textarea id="text\.fr\.problem"[^>]* lang="fr"', ana.html)
    ana.fill({"text.en.title": "A shared room", "text.en.summary": "In one place."}).press()
    sheet = body(paris, record_id)
    assert (sheet.text["en"].title, sheet.stale) == ("A shared room", ())
    ana.open(f"{TEAM}/{record_id}/edit")
    assert ana.value("text.en.title") == "A shared room"  # hidden, and travels along


def test_a_translation_is_out_of_date_until_somebody_looks_at_it(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit").press("language:en", status=200)
    ana.fill({"text.en.title": "A shared room", "text.en.summary": "In one place."}).press()
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.summary": "Police et hôpital ensemble."}).press()
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.means": "Une salle"}).press()
    assert body(paris, record_id).stale == ("en",)
    assert 'class="badge"' in ana.get(f"{TEAM}/{record_id}")
    page = ana.get(f"{TEAM}/{record_id}/edit?beside=en")
    assert "<del>" in page  # what changed in the original since
    assert "Une salle" in page
    ana.open(f"{TEAM}/{record_id}/edit?beside=en").fill({"fresh": "en"}).press()
    assert body(paris, record_id).stale == ()


def test_a_practice_may_be_written_in_any_language_of_the_region(paris: Instance, ana: Writer) -> None:
    ana.open(f"{TEAM}/new?in=en").fill({"text.en.title": "An idea"})
    record_id = ana.id
    ana.press()
    assert body(paris, record_id).original == "en"


# ---------------------------------------------------------------------------------------------------------------------
# What helps while writing


def test_suggestions_are_one_small_answer_for_those_who_write(client: TestClient[Any], ana: Writer) -> None:
    answer = ana.client.get(f"{TEAM}/suggestions", headers=ana._cookie)
    told = answer.json()
    assert {"value": "10", "label": "10 Mesures nationales de coordination et de collaboration"}.items() <= next(
        one for one in told["convention"] if one["value"] == "10"
    ).items()
    assert "aphp" in [one["value"] for one in told["organisations"]]
    assert "fr-cpp-706-52" in [one["value"] for one in told["legal_basis"]]
    assert len(answer.content) < 40_000
    assert client.get(f"{TEAM}/suggestions", follow_redirects=False).status_code == 303


def test_practices_that_say_the_same_are_named(paris: Instance, ana: Writer, bea: Writer) -> None:
    def alike(title: str, summary: str = "") -> list[str]:
        sent = {"original": "fr", "text.fr.title": title, "text.fr.summary": summary}
        return [one["title"] for one in ana.post(f"{TEAM}/alike", sent, status=200).json()["twins"]]

    [twin, *_] = alike("Unités d’accueil pour enfants en danger", "Examen, audition et soutien au même endroit.")
    assert twin == "Unités d’accueil pédiatriques enfants en danger (UAPED)"
    assert alike("Jardinage partagé au pied des immeubles") == []
    saved(paris, bea, text__fr__title="Jardinage partagé avec les familles")
    assert alike("Le jardinage partagé") == ["Jardinage partagé avec les familles"]


def test_looking_for_twins_keeps_nothing(paris: Instance, ana: Writer) -> None:
    ana.post(f"{TEAM}/alike", {"original": "fr", "text.fr.title": f"{CANARY}, 9 ans, {NUMBER}"}, status=200)
    assert found_on_disk(paris, CANARY) == []


# ---------------------------------------------------------------------------------------------------------------------
# Who may


@pytest.mark.parametrize(("role", "status"), [("reviewer", 403), ("office", 403), ("representative", 200)])
def test_who_may_open_the_form(paris: Instance, client: Any, role: Role, status: int) -> None:
    region, organisation = "" if role == "office" else "paris", "x" if role == "representative" else ""
    Writer(paris, client, person(paris, role, region=region, organisation=organisation)).get(f"{TEAM}/new", status)


def test_a_representative_writes_their_own_and_knows_of_no_other(paris: Instance, client: Any, ana: Writer) -> None:
    rep = Writer(paris, client, person(paris, "representative", organisation="x", region="paris"))
    others = saved(paris, ana)
    for page in ("", "/edit", "/versions", "/sheet", "/submit"):
        rep.get(f"{TEAM}/{others}{page}", 404)
    own = saved(paris, rep)
    rep.get(f"{TEAM}/{own}/edit")
    assert others not in rep.get(TEAM)


def test_somebody_of_another_region_gets_nowhere(paris: Instance, client: Any, ana: Writer) -> None:
    record_id = saved(paris, ana)
    far = Writer(paris, client, person(paris, "coordinator", region="elsewhere"))
    for page in ("", "/edit", "/versions", "/erase"):
        far.get(f"{TEAM}/{record_id}{page}", 403)
    far.get(TEAM, 403)


@pytest.mark.parametrize("record_id", ["nothing", "../../etc", "018f0000-0000-7000-8000-000000000001", "new2"])
def test_what_is_not_there_is_not_found(ana: Writer, record_id: str) -> None:
    ana.get(f"{TEAM}/{record_id}/edit", 404)


def test_whoever_may_edit_finds_the_way_from_the_public_page(paris: Instance, client: Any, ana: Writer) -> None:
    page = "/fr/paris/practices/uaped"
    assert "/team/" not in client.get(page).text
    [edit, team] = re.findall(rf'href="({TEAM}/[^"]+)"', ana.get(page))
    assert (edit, team) == (f"{team}/edit", edit.removesuffix("/edit"))
    ana.open(edit)
    reviewer = Writer(paris, client, person(paris, "reviewer"))
    assert re.findall(rf'href="({TEAM}/[^"]+)"', reviewer.get(page)) == [team]

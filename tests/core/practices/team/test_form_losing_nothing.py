"""What somebody types and does not save is kept for them alone; of two who save at once neither loses a word."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lanzarote.instance import Instance
from litestar.testing import TestClient

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

# ---------------------------------------------------------------------------------------------------------------------
# What is typed and not saved


def test_what_is_kept_while_one_types_is_offered_when_the_form_is_opened_again(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    assert re.fullmatch(r"\d\d:\d\d", keep(ana, record_id, text__fr__title="Un autre titre")["kept"])
    assert body(paris, record_id).text["fr"].title == WHOLE["text.fr.title"]
    page = ana.get(f"{TEAM}/{record_id}/edit")
    assert "<ins>" in page
    assert re.search(r"<del>.*?salle d’audition partagée</del>", page)
    ana.open(f"{TEAM}/{record_id}/edit?unsaved=continue")
    assert ana.value("text.fr.title") == "Un autre titre"
    ana.press()
    assert body(paris, record_id).text["fr"].title == "Un autre titre"
    ana.open(f"{TEAM}/{record_id}/edit")
    assert ana.value("text.fr.title") == "Un autre titre"


def test_it_can_be_discarded(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    keep(ana, record_id, text__fr__title="Mauvaise idée")
    assert f'action="{TEAM}/{record_id}/unsaved"' in ana.get(f"{TEAM}/{record_id}/edit")
    ana.post(f"{TEAM}/{record_id}/unsaved", {"do": "discard", "version": "1", "form": "edit"})
    ana.open(f"{TEAM}/{record_id}/edit")
    assert ana.value("text.fr.title") == WHOLE["text.fr.title"]


def test_nobody_else_sees_it(paris: Instance, ana: Writer, bea: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    keep(ana, record_id, text__fr__title="Le secret d’Ana")
    for path in (f"{TEAM}/{record_id}/edit", f"{TEAM}/{record_id}", TEAM, f"{TEAM}/new", f"{TEAM}/{record_id}/sheet"):
        assert "Le secret d’Ana" not in bea.get(path)
    assert "Le secret d’Ana" in ana.get(f"{TEAM}/{record_id}/edit?unsaved=continue")


def test_a_practice_that_was_never_saved_waits_on_the_page_for_a_new_one(paris: Instance, ana: Writer) -> None:
    ana.open(f"{TEAM}/new")
    record_id = ana.id
    keep(ana, record_id, text__fr__title="Une idée d’hier")
    page = ana.get(f"{TEAM}/new")
    assert "Une idée d’hier" in page
    assert f"{TEAM}/{record_id}/edit" in page
    ana.open(f"{TEAM}/{record_id}/edit?unsaved=continue").press()
    assert body(paris, record_id).text["fr"].title == "Une idée d’hier"
    assert "Une idée d’hier" not in ana.get(f"{TEAM}/new")


def test_the_script_can_ask_for_the_key_of_a_new_session(paris: Instance, client: Any, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    again = Writer(paris, client, ana.actor)
    again.fields = dict(ana.fields)
    again.key = ana.key
    refused = again.post(f"{TEAM}/{record_id}/unsaved", dict(ana.fields), status=403)
    assert not refused.headers["content-type"].startswith("application/json")
    told = client.get("/fr/paris/team/key", headers=again._cookie).json()
    assert told["account"] == ana.actor.account_id
    again.key = told["key"]
    assert keep(again, record_id, text__fr__title="Suite")["kept"]


def test_an_anonymous_reader_is_given_no_key(client: TestClient[Any]) -> None:
    assert client.get("/fr/paris/team/key", follow_redirects=False).status_code == 303


def test_what_somebody_types_after_it_was_submitted_is_kept_and_said(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.title": "Trop tard"})
    fields = dict(ana.fields)
    ana.post(f"{TEAM}/{record_id}/submit", {"version": "1", "bearer": "aphp"})
    ana.at, ana.fields = f"{TEAM}/{record_id}/edit", fields
    ana.press(status=409)
    assert "Trop tard" in ana.html
    assert "Trop tard" in ana.get(f"{TEAM}/{record_id}/edit")


# ---------------------------------------------------------------------------------------------------------------------
# One field is refused, the others are kept


@pytest.mark.parametrize("typed", [f"{CANARY} {NUMBER}", f"{CANARY}, 9 ans, a été entendue."])
def test_all_but_the_field_that_is_marked_is_kept(paris: Instance, ana: Writer, typed: str) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    said = keep(ana, record_id, text__fr__means="Deux salles", text__fr__problem=typed)
    assert re.fullmatch(r"\d\d:\d\d", said["kept"])
    assert {one["field"] for one in said["marked"]} == {"text.fr.problem"}
    assert found_on_disk(paris, CANARY) == []
    page = ana.get(f"{TEAM}/{record_id}/edit")
    assert "n’a pas été gardé" in page
    ana.open(f"{TEAM}/{record_id}/edit?unsaved=continue")
    assert ana.value("text.fr.means") == "Deux salles"
    assert ana.value("text.fr.problem") == WHOLE["text.fr.problem"]  # as it was saved
    assert 'href="#text.fr.problem"' in ana.html


def test_what_was_kept_before_stands_where_a_later_text_is_refused(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    keep(ana, record_id, text__fr__problem="Déjà mieux dit")
    keep(ana, record_id, text__fr__problem=f"{CANARY} {NUMBER}")
    ana.open(f"{TEAM}/{record_id}/edit?unsaved=continue")
    assert ana.value("text.fr.problem") == "Déjà mieux dit"
    keep(ana, record_id, text__fr__problem="Bien dit")
    assert "n’a pas été gardé" not in ana.get(f"{TEAM}/{record_id}/edit")


def test_a_refused_cell_of_a_row_is_left_empty(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    cell: dict[str, Any] = {"partners[0].part.fr": f"{CANARY} {NUMBER}"}
    said = keep(ana, record_id, text__fr__means="Deux salles", **cell)
    assert said["kept"]
    ana.open(f"{TEAM}/{record_id}/edit?unsaved=continue")
    assert (ana.value("partners[0].part.fr"), ana.value("partners[0].sector")) == ("", "courts")
    assert found_on_disk(paris, CANARY) == []


def test_a_number_parted_over_two_fields_is_kept_in_neither(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    said = keep(ana, record_id, text__fr__summary="Appeler le 06 12 34", text__fr__problem="56 78 90 le soir")
    assert {one["field"] for one in said["marked"]} == {"text.fr.summary", "text.fr.problem"}
    assert found_on_disk(paris, "06 12 34") == found_on_disk(paris, "56 78 90") == []


def test_a_form_that_is_refused_keeps_the_rest_too(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    ana.fill({"text.fr.means": "Deux salles", "text.fr.problem": f"{CANARY} {NUMBER}"}).press(status=400)
    assert ana.value("text.fr.problem") == f"{CANARY} {NUMBER}"  # nothing is lost on the page
    assert "Les champs signalés ne sont que dans cette page" in ana.html
    ana.open(f"{TEAM}/{record_id}/edit?unsaved=continue")
    assert ana.value("text.fr.means") == "Deux salles"
    assert found_on_disk(paris, CANARY) == []


def test_what_reads_like_a_call_for_help_is_kept_with_the_rest(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    said = keep(ana, record_id, 200, text__fr__means="Onze salles", text__fr__problem="Je veux signaler mon voisin")
    assert said["kept"]
    assert said["disclosure"]


# ---------------------------------------------------------------------------------------------------------------------
# Two who write at once


def test_whoever_comes_second_sees_both_texts_and_loses_none(paris: Instance, ana: Writer, bea: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    bea.open(f"{TEAM}/{record_id}/edit")
    bea.fill({"text.fr.title": "Le titre de Bo", "text.fr.means": "Une salle"}).press()
    ana.fill({"text.fr.title": "Le titre d’Ana", "text.fr.ethics": "Son rythme", "sectors": ["courts", "police"]})
    ana.press(status=409)
    plain = re.sub(r"<[^>]+>", "", ana.html)
    assert "Le titre de Bo" in plain.replace("ajouté : ", "").replace("added: ", "")
    units = re.findall(r'<fieldset class="apart[^"]*" id="([^"]+)">', ana.html)
    assert units == ["text.fr.title", "text.fr.means", "text.fr.ethics", "sectors"] or set(units) == {
        "text.fr.title", "text.fr.means", "text.fr.ethics", "sectors",
    }  # fmt: skip
    chosen = Fields(ana.html, "/edit").values
    assert {name: chosen.get(f"choice[{name}]") for name in units} == {
        "text.fr.title": None,  # both changed it: nothing goes without saying
        "text.fr.means": ["theirs"],
        "text.fr.ethics": ["yours"],
        "sectors": ["yours"],
    }
    assert body(paris, record_id).text["fr"].title == "Le titre de Bo"

    ana.fill({"key": ana.key}).press("merge", status=409)  # the title is still open
    assert 'href="#text.fr.title"' in ana.html
    ana.fill({"choice[text.fr.title]": "both", "merged[text.fr.title]": "Le titre commun"}).press("merge")
    sheet = body(paris, record_id)
    assert sheet.text["fr"].title == "Le titre commun"
    assert (sheet.text["fr"].means, sheet.text["fr"].ethics) == ("Une salle", "Son rythme")
    assert sheet.sectors == ("courts", "police")


def test_a_third_who_saves_while_two_texts_are_compared_is_not_overwritten(
    paris: Instance, ana: Writer, bea: Writer
) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    bea.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.title": "Deux"}).press()
    ana.fill({"text.fr.title": "Ana"}).press(status=409)
    bea.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.title": "Trois"}).press()
    ana.fill({"choice[text.fr.title]": "yours"}).press("merge", status=409)
    assert body(paris, record_id).text["fr"].title == "Trois"
    ana.fill({"choice[text.fr.title]": "yours"}).press("merge")
    assert body(paris, record_id).text["fr"].title == "Ana"


def test_what_the_guard_refuses_in_a_merged_text_is_kept_nowhere(paris: Instance, ana: Writer, bea: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    bea.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.title": "Deux"}).press()
    ana.fill({"text.fr.title": "Ana"}).press(status=409)
    ana.fill({"choice[text.fr.title]": "both", "merged[text.fr.title]": f"{CANARY} {NUMBER}"}).press(
        "merge", status=400
    )
    assert ana.value("text.fr.title") == f"{CANARY} {NUMBER}"
    assert found_on_disk(paris, CANARY) == []

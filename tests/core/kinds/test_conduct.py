"""What is typed into a form of any kind and not saved waits for its writer alone, and goes with the record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import service
from lanzarote.records.changelog import INSTANCE, Audit
from lanzarote.records.drafts import Unsaved
from lanzarote.records.records import ABOUT_WORK, now
from sqlalchemy import select

from tests.core.activity.conftest import Team
from tests.core.kinds.conftest import site_with_trips
from tests.core.kinds.forms import fields_of
from tests.core.practices.forms import found_on_disk

if TYPE_CHECKING:
    from lanzarote.instance import Instance

    from tests.core.practices.signed_in import Browser

TEAM = "/en/paris/team/trips"
CANARY = "Zéphyrine"
NUMBER = "06 12 34 56 78"
TYPED: dict[str, Any] = {
    "original": "fr",
    "text.fr.title": "Visite du tribunal",
    "text.fr.purpose": "Voir la salle d’audition.",
    "place": "site",
    "guests[0].sector": "Justice",
}


@pytest.fixture
def team(own_paris: Instance) -> Iterator[Team]:
    with site_with_trips(own_paris) as client:
        yield Team(own_paris, client)


@pytest.fixture
def path(team: Team) -> str:
    """Address of a trip that Ana has written."""
    return team.ana.post(f"{TEAM}/new", **TYPED).partition("?")[0]


def keep(browser: Browser, path: str, status: int = 200, **typed: Any) -> dict[str, Any]:
    """What the script is told."""
    form = fields_of(browser.get(f"{path}/edit?unsaved=continue")) | {
        name.replace("__", "."): text for name, text in typed.items()
    }
    answer: dict[str, Any] = json.loads(browser.post(f"{path}/unsaved", status, **form))
    return answer


def kept(team: Team) -> list[str]:
    with team.paris.database.read("paris") as session:
        return [row.account_id for row in session.scalars(select(Unsaved))]


def test_what_is_kept_while_one_types_is_offered_when_the_form_is_opened_again(team: Team, path: str) -> None:
    assert re.fullmatch(r"\d\d:\d\d", keep(team.ana, path, text__fr__purpose="Voir les juges.", people="7")["kept"])
    asked = team.ana.get(f"{path}/edit")
    assert "You have text that is not saved" in asked
    assert "<ins>" in asked
    form = fields_of(team.ana.get(f"{path}/edit?unsaved=continue"))
    assert (form["text.fr.purpose"], form["people"], form["version"]) == ("Voir les juges.", "7", "1")
    assert f"{path}/edit" in team.ana.get("/en/start")
    team.ana.post(f"{path}/edit", **form)
    assert kept(team) == []
    assert fields_of(team.ana.get(f"{path}/edit"))["text.fr.purpose"] == "Voir les juges."


def test_nobody_else_sees_it_and_its_writer_can_discard_it(team: Team, path: str) -> None:
    keep(team.ana, path, text__fr__purpose="Le secret d’Ana")
    for where in (path, f"{path}/edit", f"{path}/edit?unsaved=continue", TEAM, f"{TEAM}/new", f"{path}/versions"):
        assert "Le secret d’Ana" not in team.head.get(where)
    team.ana.post(f"{path}/unsaved", do="discard", form="edit", version="1")
    assert "Le secret d’Ana" not in team.ana.get(f"{path}/edit")
    assert kept(team) == []


def test_saving_forgets_what_the_writer_typed_and_leaves_what_others_did(team: Team, path: str) -> None:
    keep(team.head, path, people="3")
    keep(team.ana, path, people="4")
    team.ana.post(f"{path}/edit", **fields_of(team.ana.get(f"{path}/edit?unsaved=continue")))
    assert kept(team) == [team.people["head"].account_id]


def test_it_goes_when_the_record_is_erased(team: Team, path: str) -> None:
    keep(team.ana, path, text__fr__purpose=f"Avec {CANARY}")
    assert found_on_disk(team.paris, CANARY) != []
    team.head.post(f"{path}/archive", version="1")
    team.head.post(f"{path}/erase", version="1", word="erase")
    assert kept(team) == []
    assert found_on_disk(team.paris, CANARY) == []
    team.ana.get(f"{path}/edit", 410)
    gone = {"form": "edit", "version": "1", "text.fr.title": "Encore"}
    assert json.loads(team.ana.post(f"{path}/unsaved", 403, **gone)) == {"denied": True}


def test_it_waits_while_the_record_is_archived(team: Team, path: str) -> None:
    keep(team.ana, path, text__fr__purpose="Voir les juges.")
    team.head.post(f"{path}/archive", version="1")
    page = team.ana.get(f"{path}/edit")
    assert "Voir les juges." in re.sub(r"<[^>]+>", "", page)
    assert "unsaved=continue" not in page
    team.head.post(f"{path}/restore", version="1")
    assert fields_of(team.ana.get(f"{path}/edit?unsaved=continue"))["text.fr.purpose"] == "Voir les juges."


def test_it_goes_when_its_writer_closes_the_account(team: Team, path: str) -> None:
    keep(team.ana, path, people="7")
    [writer] = kept(team)
    with team.paris.database.write(INSTANCE) as session:
        service.erase(session, service.account(session, writer), by="x", at=now())
    team.paris.worker.run_due()
    assert kept(team) == []


def test_all_but_the_field_that_the_guard_refuses_is_kept(team: Team, path: str) -> None:
    said = keep(team.ana, path, text__fr__title="Une autre visite", text__fr__purpose=f"{CANARY} {NUMBER}")
    assert {one["field"] for one in said["marked"]} == {"text.fr.purpose"}
    assert re.fullmatch(r"\d\d:\d\d", said["kept"])
    assert found_on_disk(team.paris, CANARY) == []
    form = fields_of(team.ana.get(f"{path}/edit?unsaved=continue"))
    assert (form["text.fr.title"], form["text.fr.purpose"]) == ("Une autre visite", "Voir la salle d’audition.")


def test_a_form_that_is_refused_keeps_the_rest_too(team: Team, path: str) -> None:
    form = fields_of(team.ana.get(f"{path}/edit"))
    page = team.ana.post(f"{path}/edit", 400, **(form | {"people": "a lot", "text.fr.purpose": "Voir les juges."}))
    assert "what you wrote is kept for you" in page
    assert re.search(r' data-kept="\d\d:\d\d">', page)  # and not as something that is still to be kept
    assert 'class="error-summary" role="alert" aria-labelledby="error-summary" tabindex="-1" autofocus' in page
    again = fields_of(team.ana.get(f"{path}/edit?unsaved=continue"))
    assert (again["people"], again["text.fr.purpose"]) == ("a lot", "Voir les juges.")


def test_what_reads_like_a_call_for_help_is_kept_for_its_writer_who_is_told_where_help_is(
    team: Team, path: str
) -> None:
    said = keep(team.ana, path, text__fr__title="Onze juges", text__fr__purpose="Je veux signaler mon voisin")
    assert "119" in str(said["disclosure"])
    assert re.fullmatch(r"\d\d:\d\d", said["kept"])
    again = fields_of(team.ana.get(f"{path}/edit?unsaved=continue"))
    assert again["text.fr.purpose"] == "Je veux signaler mon voisin"


CALL = "Je veux signaler mon voisin. Nous en parlons en mai."


def confirmed(page: str) -> dict[str, Any]:
    """What the button sends that says that it is about the work."""
    assert "119" in page
    assert "This is about our work: continue" in page
    assert '<button name="our-work" value="yes">' in page
    return fields_of(page) | {"our-work": "yes"}


def said_of_work(team: Team) -> list[str]:
    with team.paris.database.read("paris") as session:
        told = session.scalars(select(Audit).where(Audit.verb == ABOUT_WORK).order_by(Audit.seq))
        return [f"{one.actor} {one.digest}" for one in told]


def test_a_writer_whose_work_reads_like_a_call_for_help_goes_on_in_one_step(team: Team, path: str) -> None:
    form = fields_of(team.ana.get(f"{path}/edit")) | {"text.fr.purpose": CALL}
    sent = confirmed(team.ana.post(f"{path}/edit", 200, **form))
    assert len(kept(team)) == 1  # nothing is lost by who leaves here
    assert team.ana.post(f"{path}/edit", **sent).startswith(path)
    assert CALL in team.ana.get(path)
    assert kept(team) == []


def test_the_answer_stands_in_the_audit_without_the_text_and_is_not_asked_for_again(team: Team, path: str) -> None:
    form = fields_of(team.ana.get(f"{path}/edit")) | {"text.fr.purpose": CALL}
    team.ana.post(f"{path}/edit", **confirmed(team.ana.post(f"{path}/edit", 200, **form)))
    [line] = said_of_work(team)
    assert line.endswith(" disclosure text.fr.purpose")
    form = fields_of(team.ana.get(f"{path}/edit")) | {"text.fr.purpose": f"{CALL} Puis en juin."}
    assert team.ana.post(f"{path}/edit", **form).startswith(path)
    assert said_of_work(team) == [line]
    form = fields_of(team.ana.get(f"{path}/edit")) | {"text.fr.purpose": f"{CALL} Mon oncle me touche la nuit."}
    assert "This is about our work: continue" in team.ana.post(f"{path}/edit", 200, **form)


def test_a_new_record_is_begun_with_what_is_said_to_be_about_the_work(team: Team) -> None:
    form = fields_of(team.ana.get(f"{TEAM}/new")) | TYPED | {"text.fr.purpose": CALL}
    made = team.ana.post(f"{TEAM}/new", **confirmed(team.ana.post(f"{TEAM}/new", 200, **form)))
    assert CALL in team.ana.get(made.partition("?")[0])
    assert len(said_of_work(team)) == 1


def test_help_is_named_for_a_disclosure_in_a_text_that_is_too_long(team: Team, path: str) -> None:
    long = "Une visite. " * 2_000 + "Je veux signaler mon voisin"
    assert "119" in str(keep(team.ana, path, text__fr__purpose=long)["disclosure"])


def test_a_record_that_was_never_saved_waits_on_the_page_for_a_new_one(team: Team) -> None:
    form = fields_of(team.ana.get(f"{TEAM}/new"))
    path = f"{TEAM}/{form['id']}"
    team.ana.post(f"{path}/unsaved", 200, **(form | TYPED | {"text.fr.title": "Une idée d’hier", "place": ""}))
    assert "Une idée d’hier" in team.ana.get(f"{TEAM}/new")
    assert "Une idée d’hier" not in team.head.get(f"{TEAM}/new")
    team.head.get(f"{path}/edit", 404)
    assert "Une idée d’hier" in team.ana.get(f"{path}/edit")
    again = fields_of(team.ana.get(f"{path}/edit?unsaved=continue"))
    made = team.ana.post(f"{TEAM}/new", **(again | {"place": "site"}))
    assert made.startswith(path)
    assert kept(team) == []


def test_who_may_not_write_keeps_nothing(team: Team, path: str) -> None:
    form = fields_of(team.ana.get(f"{path}/edit"))
    team.bo.post(f"{path}/unsaved", 403, **form)
    assert kept(team) == []


def test_what_somebody_types_after_it_was_closed_is_shown_to_be_copied(team: Team, path: str) -> None:
    keep(team.ana, path, text__fr__purpose="Trop tard pour cela")
    team.head.post(f"{path}/hold", version="1", reason="La salle est trop petite.")
    page = team.ana.get(f"{path}/edit")
    assert "Trop tard" in page
    assert "unsaved=continue" not in page


def test_a_text_that_is_too_long_is_refused_whole(team: Team, path: str) -> None:
    long, form = "Une visite " * 60, fields_of(team.ana.get(f"{path}/edit"))
    page = team.ana.post(f"{path}/edit", 400, **(form | {"text.fr.title": long}))
    assert "there is room for" in page
    assert fields_of(page)["text.fr.title"] == long.strip()
    assert fields_of(team.ana.get(f"{path}/edit?unsaved=continue"))["text.fr.title"] == long.strip()


def test_a_row_in_which_nobody_wrote_is_no_draft(team: Team, path: str) -> None:
    for page in (f"{path}/edit", f"{TEAM}/new"):
        form = fields_of(team.ana.get(page)) | {"guests[2].sector": ""}
        where = path if page.startswith(path) else f"{TEAM}/{form['id']}"
        assert json.loads(team.ana.post(f"{where}/unsaved", 200, **form)) == {"untouched": True}
    keep(team.ana, path, people="7")
    assert kept(team) != []
    assert keep(team.ana, path, people="0") == {"untouched": True}
    assert kept(team) == []


def test_what_is_erased_is_told_on_the_list(team: Team, path: str) -> None:
    where = team.head.post(f"{path}/erase", version="1", word="erase")
    assert "Erased permanently." in team.head.get(where)


# Rows, where there is no script


def test_a_button_adds_a_row_and_takes_one_away_and_nothing_is_saved_or_lost(team: Team, path: str) -> None:
    form = fields_of(team.ana.get(f"{path}/edit"))
    assert "guests[2].sector" not in form
    typed = form | {"guests[1].sector": "Police", "people": "a lot", "do": "more:guests"}
    page = team.ana.post(f"{path}/edit", 200, **typed)
    added = fields_of(page)
    assert 'id="guests[2]" tabindex="-1" autofocus' in page
    assert (added["guests[2].sector"], added["people"]) == ("", "a lot")
    fewer = team.ana.post(f"{path}/edit", 200, **(added | {"guests[2].sector": "Santé", "do": "less:guests[0]"}))
    left = fields_of(fewer)
    assert [name for name in left if name.endswith(".sector")] == ["guests[1].sector", "guests[2].sector"]
    assert kept(team) == []
    team.ana.post(f"{path}/edit", **(left | {"people": "9", "do": "save"}))
    saved = fields_of(team.ana.get(f"{path}/edit"))
    assert (saved["guests[0].sector"], saved["guests[1].sector"]) == ("Police", "Santé")
    assert saved["version"] == "2"


def test_no_more_rows_are_offered_than_there_is_room_for(team: Team, path: str) -> None:
    form = fields_of(team.ana.get(f"{path}/edit"))
    page = team.ana.post(
        f"{path}/edit", 200, **(form | {f"guests[{number}].sector": "x" for number in range(4)} | {"do": "more:guests"})
    )
    assert re.search(r'value="more:guests" formnovalidate hidden', page)


def test_a_list_that_may_stay_empty_is_a_button_and_without_a_script_one_row(team: Team) -> None:
    page = team.ana.get(f"{TEAM}/new")
    scripted = re.sub(r"<noscript>.*?</noscript>", "", page, flags=re.DOTALL)
    assert "guests[0].sector" not in scripted.partition("<template")[0]
    assert 'value="more:guests"' in scripted
    assert fields_of(page)["guests[0].sector"] == ""


# Actions are forms like all others


def test_what_is_typed_into_an_action_waits_for_its_writer_alone(team: Team, path: str) -> None:
    form = fields_of(team.head.get(f"{path}/agree"))
    assert 'data-form="' in team.head.get(f"{path}/agree")
    sent = form | {"reason": "Tous étaient là.", "asked": "yes"}
    assert re.fullmatch(r"\d\d:\d\d", json.loads(team.head.post(f"{path}/unsaved", 200, **sent))["kept"])
    offered = team.head.get(f"{path}/agree")
    assert "You have text that is not saved" in offered
    assert "Tous étaient là." in offered
    again = fields_of(team.head.get(f"{path}/agree?unsaved=continue"))
    assert again["reason"] == "Tous étaient là."
    assert "asked" not in again  # whoever confirms something confirms it when it is sent
    refused = team.head.post(f"{path}/agree", 400, **(sent | {"reason": "Vraiment tous."}))
    assert "what you wrote is kept for you" in refused
    team.head.post(f"{path}/agree", **(sent | {"reason": "Vraiment tous.", "nobody": "yes"}))
    assert kept(team) == []


def test_what_was_typed_into_an_action_that_is_over_is_read_and_leads_nowhere(team: Team, path: str) -> None:
    team.head.post(f"{path}/unsaved", 200, **(fields_of(team.head.get(f"{path}/agree")) | {"reason": "Tous d’accord."}))
    team.head.post(f"{path}/hold", **(fields_of(team.head.get(f"{path}/hold")) | {"reason": "Tous étaient là."}))
    offered = team.head.get(f"{path}/agree")
    assert "Tous d’accord." in offered
    assert "unsaved=continue" not in offered


def test_where_help_is_stands_in_place_of_an_action_that_tells_of_a_child(team: Team, path: str) -> None:
    told = "Mon oncle me touche la nuit et j’ai neuf ans."
    page = team.head.post(f"{path}/agree", 200, reason=told, asked="yes", nobody="yes")
    assert "Please turn to those who can help" in page
    assert team.head.post(f"{path}/agree", **confirmed(page)).startswith(path)
    assert len(said_of_work(team)) == 1


def test_the_page_names_the_words_that_read_like_a_disclosure(team: Team, path: str) -> None:
    told = "We meet in May. My uncle hits me at night. The room is booked."
    page = team.head.post(f"{path}/agree", 200, reason=told, asked="yes", nobody="yes")
    assert re.findall("<blockquote>(.*?)</blockquote>", page) == ["My uncle hits me at night."]


def test_the_page_for_a_new_record_that_is_loaded_again_has_what_was_typed(team: Team) -> None:
    form = fields_of(team.ana.get(f"{TEAM}/new"))
    typed = {"text.fr.title": "Une idée d’hier", "text.fr.purpose": f"{CANARY} {NUMBER}", "people": "a lot"}
    team.ana.post(f"{TEAM}/{form['id']}/unsaved", 200, **(form | TYPED | typed))
    page = team.ana.get(f"{TEAM}/new?id={form['id']}")
    again = fields_of(page)
    assert (again["text.fr.title"], again["people"]) == ("Une idée d’hier", "a lot")
    assert "What you wrote in one field was not kept" in page
    assert "You have begun before" not in page
    assert fields_of(team.head.get(f"{TEAM}/new?id={form['id']}")).get("text.fr.title", "") == ""
    made = team.ana.post(f"{TEAM}/new", **(again | {"people": "9"}))
    assert made.startswith(f"{TEAM}/{form['id']}?")
    assert kept(team) == []


def test_a_draft_without_a_title_is_listed_as_such_or_by_the_title_that_is_saved(team: Team, path: str) -> None:
    form = fields_of(team.ana.get(f"{TEAM}/new"))
    team.ana.post(f"{TEAM}/{form['id']}/unsaved", 200, **(form | {"text.fr.purpose": "Voir."}))
    team.head.post(f"{path}/unsaved", 200, **(fields_of(team.head.get(f"{path}/agree")) | {"reason": "Tous d’accord."}))
    assert "Without a title" in team.ana.get("/en/start")
    assert "Visite du tribunal" in team.head.get("/en/start")

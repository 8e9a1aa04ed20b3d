"""What somebody types about an improvement and does not send: theirs alone, until they send or discard it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from lanzarote.improvements.model import Comment
from lanzarote.records.drafts import Unsaved
from litestar.testing import TestClient
from sqlalchemy import select

from tests.core.practices.forms import Writer
from tests.core.talk.talking import TEXT, Group
from tests.core.talk.test_talk_pages import Pages

SECRET = "Le zinzolin de la rue des Lilas"


@pytest.fixture
def pages(here: Group, client: TestClient[Any]) -> Pages:
    return Pages(here, client)


def kept(pages: Pages) -> str:
    with pages.group.read() as (session, _):
        return " ".join(one.decode() for one in session.scalars(select(Unsaved.body)))


@pytest.mark.parametrize("how", ["hidden for good", "deleted"])
def test_of_a_comment_that_is_erased_no_draft_stays(pages: Pages, how: str) -> None:
    comment = pages.group.say("Une idée.")
    place = f"{pages.at}/discussion"
    changing = keep(pages.ana, f"{place}/{comment}/edit", text=SECRET)
    keep(pages.bo, f"{place}/{comment}", text=f"{SECRET}, vraiment ?")
    keep(pages.bo, place, text="Autre chose")
    if how == "deleted":
        pages.group.delete(comment)
    else:
        pages.group.hide(comment, wholly=True)
    assert SECRET not in kept(pages)
    assert "Autre chose" in kept(pages)
    pages.ana.post(f"{place}/unsaved", changing, 403)
    assert SECRET not in kept(pages)


def test_what_is_cleared_again_is_not_kept(pages: Pages) -> None:
    place = f"{pages.at}/discussion"
    sent = keep(pages.ana, place, text="Hm")
    pages.ana.post(f"{place}/unsaved", sent | {"text": ""}, 200)
    comment = pages.group.say("Une idée.")
    sent = keep(pages.ana, f"{place}/{comment}/edit", text="Une idée !")
    pages.ana.post(f"{place}/unsaved", sent | {"text": "Une idée."}, 200)
    assert kept(pages) == ""


def test_a_draft_is_discarded_where_its_form_is(pages: Pages) -> None:
    place = f"{pages.at}/discussion"
    keep(pages.ana, place, text="Hm")
    sent = pages.ana.open(place, "/discussion").fields
    assert f'value="discard" formaction="{place}/unsaved"' in pages.ana.html
    pages.ana.post(f"{place}/unsaved", sent | {"do": "discard"})
    assert kept(pages) == ""


def test_a_draft_that_can_no_longer_be_sent_is_read_and_discarded(pages: Pages) -> None:
    place = f"{pages.at}/discussion"
    comment = pages.group.say("Une idée.")
    keep(pages.ana, f"{place}/{comment}/edit", text="Une meilleure idée.")
    with pages.group.held() as (session, _):
        row = session.scalars(select(Comment)).one()
        row.at -= timedelta(hours=2)
    page = pages.ana.get(waiting(pages.ana))
    assert "meilleure" in page
    assert "unsaved=" not in page.partition("<main")[2], "there is no way to go on"
    pages.ana.open(pages.ana.at, "/unsaved")
    pages.ana.post(f"{place}/unsaved", pages.ana.fields | {"do": "discard"})
    assert kept(pages) == ""


def test_a_draft_leads_to_the_form_that_it_was_typed_into(pages: Pages) -> None:
    number = pages.group.propose(title="Un seul numéro")
    sent = pages.ana.open(f"{pages.at}/amendments/{number}", "/discussion").fields
    pages.ana.post(f"{pages.at}/discussion/unsaved", sent | {"text": "D’accord"}, 200)
    assert f'href="{pages.at}/amendments/{number}"' in pages.ana.get(waiting(pages.ana)).partition("<main")[2]
    pages.ana.post(f"{pages.at}/discussion/unsaved", sent | {"do": "discard"})
    keep(pages.ana, f"{pages.at}/amendments/new?language=fr", "/amendments/new", **{"text.title": "Autrement"})
    page = pages.ana.get(waiting(pages.ana)).partition("<main")[2]
    assert f'href="{pages.at}/amendments/new?language=fr"' in page


def test_a_draft_does_not_overwrite_what_somebody_changed_since(pages: Pages) -> None:
    pages.group.move("adopted")
    pages.group.plan("Ouvrir la ligne.")
    edit = f"{pages.at}/actions/1/edit"
    keep(pages.head, edit, "/edit", what="Ouvrir la ligne de nuit.")
    pages.second.open(edit, "/edit").fill(due_on="2032-01-01").press(action="/edit")
    pages.head.open(edit, "/edit")
    assert pages.head.value("what") == "Ouvrir la ligne de nuit."
    pages.head.press(status=409, action="/edit")
    assert pages.group.action(1).due_on == "2032-01-01"
    assert pages.head.value("what") == "Ouvrir la ligne de nuit."


def test_what_was_emptied_stays_empty(pages: Pages) -> None:
    new = f"{pages.at}/amendments/new"
    keep(pages.ana, new, "/new", **{"text.summary": "", "text.title": "Autrement"})
    pages.ana.open(new, "/new")
    assert (pages.ana.value("text.summary"), pages.ana.value("text.title")) == ("", "Autrement")
    assert pages.ana.value("text.proposal") == TEXT["proposal"]


def keep(who: Writer, path: str, action: str = "", **typed: str) -> dict[str, Any]:
    """Open a form, and let its script keep what is *typed*; what the form sends then."""
    sent = who.open(path, action or path.partition("?")[0]).fill(typed).fields
    place = re.match(r"(.*/(?:discussion|amendments|actions))", path)
    assert place
    who.post(f"{place[1]}/unsaved", sent, 200)
    return sent


def waiting(who: Writer) -> str:
    """Where the start page leads for what was typed and not saved."""
    [found] = re.findall(r'href="([^"]+\?unsaved=[^"]+)"', who.get("/fr/start"))
    return str(found).replace("&amp;", "&")


def test_of_a_draft_one_is_shown_what_differs(pages: Pages) -> None:
    new = f"{pages.at}/amendments/new?language=fr"
    keep(pages.ana, new, "/amendments/new", **{"text.summary": f"{TEXT['summary']} La nuit aussi."})
    page = pages.ana.get(waiting(pages.ana)).partition("<main")[2]
    assert "La nuit aussi." in page
    assert TEXT["proposal"] not in page


def test_drafts_of_one_improvement_are_told_apart_where_they_wait(pages: Pages) -> None:
    keep(pages.ana, f"{pages.at}/discussion", text="Hm")
    keep(pages.ana, f"{pages.at}/amendments/new", "/new", why="Plus clair.")
    waits = pages.ana.get("/fr/start")
    assert "Publier le commentaire" in waits
    assert "Proposer un autre texte" in waits


def test_an_answer_to_what_was_deleted_meanwhile_is_shown_to_be_copied(pages: Pages) -> None:
    comment = pages.group.say("Une idée.")
    place = f"{pages.at}/discussion/{comment}"
    pages.bo.open(place, place).fill(text="Oui, mais la nuit ?")
    pages.group.delete(comment)
    page = pages.bo.post(place, pages.bo.fields, 409).text
    assert "Oui, mais la nuit ?" in page
    assert "supprimé ou masqué" in page


def test_who_comes_second_reads_what_the_first_saved(pages: Pages) -> None:
    pages.group.move("adopted")
    pages.group.plan("Ouvrir la ligne.")
    edit = f"{pages.at}/actions/1/edit"
    for who in (pages.head, pages.second):
        who.open(edit, "/edit")
    pages.head.fill(what="Ouvrir la ligne de nuit.").press(action="/edit")
    pages.second.fill(what="Ouvrir deux lignes.").press(status=409, action="/edit")
    assert "Ouvrir la ligne de nuit." in pages.second.html.partition('name="what"')[0]
    assert pages.second.value("what") == "Ouvrir deux lignes."

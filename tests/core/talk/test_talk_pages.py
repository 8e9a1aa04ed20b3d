"""The pages on which a group talks, without scripts: who reads what, what is refused and why, and what it costs."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from lanzarote.improvements import actions_entry, actions_of_region, public
from lanzarote.improvements.model import Comment
from lanzarote.instance import Instance
from lanzarote.records import records
from lanzarote.records.records import Record, now
from litestar.testing import TestClient

from tests.core.activity.conftest import asked
from tests.core.practices.forms import Writer
from tests.core.taking_part import let_be_cited
from tests.core.talk.talking import PARIS, TEXT, Group


class Pages:
    """Everybody of a group at their browsers."""

    def __init__(self, group: Group, client: TestClient[Any]) -> None:
        self.group = group
        names = ("head", "second", "ana", "bo", "rita", "rep")
        self.people = {name: Writer(group.instance, client, getattr(group, name)) for name in names}
        self.at = f"/fr/paris/team/improvements/{group.id}"

    def __getattr__(self, name: str) -> Writer:
        return self.people[name]


@pytest.fixture
def pages(here: Group, client: TestClient[Any]) -> Pages:
    return Pages(here, client)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


# Comments


def test_something_is_said_and_answered(pages: Pages) -> None:
    to = pages.ana.post(f"{pages.at}/discussion", {"text": "Une **bonne** idée."})
    assert re.fullmatch(rf"{pages.at}/discussion/[0-9a-f-]{{36}}\?done=say", to)
    comment = to.partition("?")[0]
    html = pages.rep.get(comment)
    assert "<p>Une <strong>bonne</strong> idée.</p>" in html
    pages.rep.post(comment, {"text": "Oui, mais la nuit ?"})
    html = pages.rita.get(f"{pages.at}/discussion")
    assert words(html).index("Une bonne idée") < words(html).index("Oui, mais la nuit ?")
    assert "Remy Parle" in html


def test_a_comment_that_is_being_typed_is_kept_until_it_is_posted(pages: Pages) -> None:
    where = f"{pages.at}/discussion"
    form = pages.ana.open(where, "/discussion").value("form")
    pages.ana.post(f"{where}/unsaved", {"form": form, "text": "Une idée pas finie"}, 200)
    assert pages.ana.open(where, "/discussion").value("text") == "Une idée pas finie"
    assert pages.bo.open(where, "/discussion").value("text") == ""
    assert where in pages.ana.get("/fr/start")
    said = pages.ana.post(where, {"form": form, "text": "Une idée finie"}).partition("?")[0]
    assert pages.ana.open(where, "/discussion").value("text") == ""
    answering = pages.ana.open(said, said.rpartition("/")[2]).value("form")
    pages.ana.post(f"{where}/unsaved", {"form": answering, "text": "Une réponse"}, 200)
    assert "Une réponse" in pages.ana.get(said)
    assert "Une réponse" not in pages.ana.get(where)


def test_pressing_twice_posts_a_comment_once(pages: Pages) -> None:
    page = pages.ana.get(f"{pages.at}/discussion")
    pages.ana.key = re.findall(r'name="key" value="([^"]+)"', page.partition("<main")[2])[0]
    with ThreadPoolExecutor() as presses:
        led = [*presses.map(lambda _: pages.ana.post(f"{pages.at}/discussion", {"text": "Une idée."}), range(2))]
    assert led[0] == led[1]
    assert len(pages.group.rows(Comment)) == 1
    pages.ana.get(f"{pages.at}/discussion")
    pages.ana.post(f"{pages.at}/discussion", {"text": "Une autre idée."})
    assert len(pages.group.rows(Comment)) == 2


def test_what_the_guard_finds_is_shown_again_with_why(pages: Pages) -> None:
    answer = pages.ana.post(f"{pages.at}/discussion", {"text": "Écrire à jean.dupont@justice.example"}, 400)
    assert "jean.dupont" in answer.text
    assert 'name="reason[' not in answer.text
    answer = pages.ana.post(f"{pages.at}/discussion", {"text": "Appeler le 01 44 56 78 90"}, 400)
    assert 'name="reason[text|phone]"' in answer.text
    sent = {"text": "Appeler le 01 44 56 78 90", "reason[text|phone]": "Numéro du standard."}
    comment = pages.ana.post(f"{pages.at}/discussion", sent).partition("?")[0]
    assert "Numéro du standard." in pages.head.get(comment)
    assert "Numéro du standard." not in pages.bo.get(comment)


def test_what_tells_of_a_child_in_danger_is_not_taken_and_leads_to_help(pages: Pages) -> None:
    text = "Mon voisin me touche et je ne sais pas à qui le dire."
    answer = pages.ana.post(f"{pages.at}/discussion", {"text": text}, 200)
    assert "119" in answer.text
    assert pages.group.rows(Comment) == []
    again = pages.ana.post(f"{pages.at}/discussion", {"text": text, "again": "yes"}, 200)
    assert text in again.text


def test_one_changes_and_deletes_ones_own_comment(pages: Pages) -> None:
    comment = f"{pages.at}/discussion/{pages.group.say('Premier jet.')}"
    pages.bo.get(f"{comment}/edit", 403)
    assert 'discussion" aria-current="page"' in pages.ana.get(f"{comment}/edit")
    pages.ana.open(f"{comment}/edit", "/edit").fill(text="Mieux dit.").press()
    assert "Mieux dit." in pages.ana.html
    assert "modifié" in words(pages.bo.get(comment))
    pages.bo.get(f"{comment}/delete", 403)
    pages.ana.open(f"{comment}/delete", "/delete").press(action="/delete")
    assert "Mieux dit." not in pages.ana.html
    assert "Supprimé par la personne" in pages.bo.get(comment)


def test_after_an_hour_what_was_typed_becomes_an_answer(pages: Pages) -> None:
    comment = f"{pages.at}/discussion/{pages.group.say('Ancien.', ago=timedelta(hours=2))}"
    pages.ana.get(f"{comment}/edit", 409)
    answer = pages.ana.post(f"{comment}/edit", {"text": "Mon idée, mieux écrite."}, 409)
    assert "Mon idée, mieux écrite." in answer.text


def test_what_is_hidden_is_read_by_its_author_with_the_reason_and_by_nobody_else(pages: Pages) -> None:
    comment = f"{pages.at}/discussion/{pages.group.say('Ce service ne fait rien.')}"
    pages.ana.get(f"{comment}/hide", 403)
    pages.head.open(f"{comment}/hide", "/hide").fill(reason="").press(status=400, action="/hide")
    pages.head.fill(reason="Blessant pour des collègues.").press(action="/hide")
    for name in ("ana", "head", "second"):
        html = pages.people[name].get(comment)
        assert "Ce service ne fait rien." in html
        assert "Blessant pour des collègues." in html
    for name in ("bo", "rita", "rep"):
        for path in (comment, f"{pages.at}/discussion"):
            html = pages.people[name].get(path)
            assert "Masqué par la coordination." in html
            assert "Ce service" not in html
            assert "Blessant" not in html
    pages.head.open(f"{comment}/show", "/show").press(action="/show")
    assert "Ce service ne fait rien." in pages.bo.get(comment)


def test_a_long_discussion_is_read_part_by_part_and_every_comment_has_its_address(pages: Pages) -> None:
    group = pages.group
    first = group.say("Le tout premier.")
    answers = [group.say(f"Réponse {number}.", group.bo, to=first) for number in range(60)]
    for number in range(14):
        group.say(f"Fil {number}.")
    html = pages.ana.get(f"{pages.at}/discussion")
    assert (html.count('class="thread"'), "Fil 13." in html, "Le tout premier." in html) == (10, True, False)
    older = re.search(r'href="([^"]+\?before=[0-9a-f-]{36})"', html)
    assert older
    html = pages.ana.get(older[1])
    assert ("Le tout premier." in html, "Réponse 59." in html, "Réponse 55." in html) == (True, True, False)
    assert "Lire 56 réponses précédentes" in html
    seen: set[str] = set()
    path = f"{pages.at}/discussion/{first}"
    for _ in range(2):
        html = pages.ana.get(path)
        seen |= set(re.findall(r"Réponse \d+\.", html))
        following = re.search(r'href="([^"]+)" rel="next"', html)
        path = following[1] if following else ""
    assert (len(seen), path) == (60, "")
    html = pages.ana.get(f"{pages.at}/discussion/{answers[30]}")
    assert ("Réponse 30." in html, "Réponse 29." in html, 'rel="prev"' in html) == (True, False, True)


def test_a_discussion_costs_the_same_with_one_comment_and_with_a_hundred(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pages.group.say("Un.")
    pages.group.say("Deux.", to=first)
    paths = [f"{pages.at}/discussion", f"{pages.at}/discussion/{first}"]

    def cost() -> list[int]:
        return [asked(pages.group.instance, monkeypatch, partial(pages.ana.get, path)) for path in paths]

    few = cost()
    for number in range(50):
        begun = pages.group.say(f"Fil {number}.")
        pages.group.say(f"Réponse {number}.", pages.group.bo, to=begun)
        pages.group.say(f"Encore {number}.", pages.group.bo, to=first)
    assert cost() == few
    assert max(few) <= 9


@pytest.mark.parametrize("where", ["discussion", "amendments", "actions"])
def test_nobody_else_reads_any_of_it(pages: Pages, client: TestClient[Any], where: str) -> None:
    pages.group.say("Entre nous.")
    assert client.get(f"{pages.at}/{where}", follow_redirects=False).status_code == 303
    unknown = pages.at.replace(pages.group.id, "018f0000-0000-7000-8000-000000000000")
    pages.ana.get(f"{unknown}/{where}", 404)
    pages.group.erase()
    pages.ana.get(f"{pages.at}/{where}", 410)


def test_addresses_that_nothing_stands_at_say_so(pages: Pages) -> None:
    for path in ("discussion/x", "discussion?before=x", "amendments/0", "amendments/9", "actions/01", "actions/9"):
        pages.ana.get(f"{pages.at}/{path}", 404)


# Amendments


def test_an_amendment_is_proposed_discussed_and_accepted(pages: Pages) -> None:
    pages.rep.open(f"{pages.at}/amendments/new", "/new")
    assert pages.rep.value("text.title") == TEXT["title"]
    pages.rep.fill({"text.title": "Un seul numéro"}, why="On en parle ainsi.").press(action="/new")
    assert pages.rep.at == f"{pages.at}/amendments/1?done=new"
    assert "<del>" in pages.rep.html
    pages.bo.post(f"{pages.at}/discussion", {"text": "Je soutiens.", "amendment": "1"})
    html = pages.head.get(f"{pages.at}/amendments/1")
    assert "Je soutiens." in html
    assert "Je soutiens." not in pages.head.get(f"{pages.at}/discussion")
    assert "Un numéro commun" in pages.head.get("/fr/start")
    pages.ana.get(f"{pages.at}/amendments/1/accept", 403)
    pages.head.open(f"{pages.at}/amendments/1/accept", "/accept").press(status=400, action="/accept")
    pages.head.fill(reason="Le groupe est d’accord.").press(action="/accept")
    assert pages.group.says().text["fr"].title == "Un seul numéro"
    assert "Le groupe est d’accord." in pages.rep.get(f"{pages.at}/amendments/1")
    pages.second.get(f"{pages.at}/amendments/1/refuse", 409)


def test_two_changes_of_one_text_are_put_together_by_hand_and_nothing_typed_is_lost(pages: Pages) -> None:
    group = pages.group
    one, two = group.propose(title="Un seul numéro"), group.propose(reasons="Quatre services.")
    three = group.propose(group.bo, summary="Autre chose.")
    pages.head.open(f"{pages.at}/amendments/{two}/accept", "/accept")
    group.accept(one)
    pages.head.fill(reason="Oui, retenu.").press(status=409, action="/accept")
    assert pages.head.value("text.title") == "Un seul numéro"
    assert pages.head.value("text.reasons") == "Quatre services."
    pages.head.fill({"text.proposal": "Ce que nous avons écrit ensemble."})
    group.accept(three, expected=2, merged=None) if group.amendment(three).base == 2 else group.refuse(three)
    pages.head.press(action="/accept")
    said = group.says().text["fr"]
    assert (said.title, said.reasons, said.proposal) == (
        "Un seul numéro",
        "Quatre services.",
        "Ce que nous avons écrit ensemble.",
    )


def test_what_was_written_to_accept_an_amendment_is_shown_when_another_coordinator_refused_it(pages: Pages) -> None:
    group = pages.group
    one, two = group.propose(title="Un seul numéro"), group.propose(reasons="Quatre services.")
    group.accept(one)
    pages.head.open(f"{pages.at}/amendments/{two}/accept", "/accept")
    pages.head.fill({"text.proposal": "Ce que nous avons écrit ensemble."}, reason="Oui, retenu.")
    group.refuse(two, by=group.second)
    pages.head.press(status=409, action="/accept")
    main = words(pages.head.html)
    assert "Ce que nous avons écrit ensemble. " in main.partition("Ce que vous avez écrit")[2]
    assert "Oui, retenu." in main
    assert f'href="{pages.at}/amendments/{two}"' in pages.head.html
    assert group.says().text["fr"].proposal == TEXT["proposal"]


def test_texts_that_have_to_be_there_are_not_called_optional_when_two_are_put_together(pages: Pages) -> None:
    one, two = pages.group.propose(title="Un seul numéro"), pages.group.propose(reasons="Quatre services.")
    pages.group.accept(one)
    html = pages.head.get(f"{pages.at}/amendments/{two}/accept")
    labels = dict(re.findall(r'<label for="text\.(\w+)">(.*?)</label>', html))
    assert {name for name, label in labels.items() if "facultatif" in label} == {*labels} - {"title", "proposal"}


def test_what_was_written_stays_when_the_discussion_is_over(pages: Pages) -> None:
    pages.ana.open(f"{pages.at}/amendments/new", "/new").fill({"text.title": "Un seul numéro"}, why="Plus clair.")
    pages.group.move("called")
    pages.ana.press(status=409, action="/new")
    assert pages.ana.value("text.title") == "Un seul numéro"
    assert "ni avant ni après" in pages.ana.html


def test_amendments_cost_the_same_however_many_there_are(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.group.propose(title="Numéro 0")

    def cost() -> list[int]:
        paths = [f"{pages.at}/amendments", f"{pages.at}/amendments/1"]
        return [asked(pages.group.instance, monkeypatch, partial(pages.ana.get, path)) for path in paths]

    few = cost()
    for number in range(1, 100):
        pages.group.propose(title=f"Numéro {number}")
    assert cost() == few


# Actions


def test_an_action_is_planned_reported_on_and_the_improvement_completed(pages: Pages) -> None:
    group = pages.group
    pages.head.get(f"{pages.at}/actions/new", 409)
    group.move("adopted")
    pages.ana.get(f"{pages.at}/actions/new", 403)
    pages.head.open(f"{pages.at}/actions/new", "/new").press(status=400, action="/new")
    day = (now() + timedelta(days=5)).date().isoformat()
    pages.head.fill(what="Ouvrir la ligne.", stakeholder=group.organisation, due_on=day).press(action="/new")
    assert "Ouvrir la ligne." in pages.head.html
    for who in (pages.head, pages.rep):
        assert "Ouvrir la ligne." in who.get("/fr/start")
    assert "Ouvrir la ligne." not in pages.ana.get("/fr/start")
    assert "Toutes les actions ne sont pas encore" in pages.head.get(f"{pages.at}/complete", 403)
    one = f"{pages.at}/actions/1"
    assert 'name="progress"' not in pages.rita.get(one)
    pages.rep.open(one, "/1").fill(progress="done", note="C’est fait.").press(action="/1")
    assert "C’est fait." in pages.head.get(one)
    pages.head.open(f"{pages.at}/complete", "/complete").press(action="/complete")
    assert "achevée" in pages.head.html
    pages.head.open(f"{pages.at}/resume", "/resume").press(action="/resume")
    pages.head.get(f"{pages.at}/actions/new")


def test_who_is_to_do_it_stays_when_it_is_no_longer_in_the_directory(pages: Pages) -> None:
    group, edit = pages.group, f"{pages.at}/actions/1/edit"
    group.move("adopted")
    group.plan()
    with group.instance.database.write("paris") as session:
        records.withdraw(session, session.get_one(Record, ("paris", group.organisation)), by="team")
    pages.head.open(edit)
    assert "Une organisation qui ne figure plus dans l’annuaire" in pages.head.html
    pages.head.fill(due_on="2031-05-01").press()
    assert (group.action(1).due_on, group.action(1).stakeholder_id) == ("2031-05-01", group.organisation)
    pages.head.open(edit).fill(stakeholder=group.other).press()
    pages.head.open(edit).fill(stakeholder=group.organisation).press(status=400)
    assert group.action(1).stakeholder_id == group.other


def test_two_who_plan_it_otherwise_at_once(pages: Pages) -> None:
    pages.group.move("adopted")
    pages.group.plan()
    edit = f"{pages.at}/actions/1/edit"
    for who in (pages.head, pages.second):
        who.open(edit)
    pages.head.fill(what="Ouvrir la ligne de nuit.").press()
    pages.second.fill(what="Ouvrir deux lignes.").press(status=409)
    assert pages.second.value("what") == "Ouvrir deux lignes."
    pages.second.press()
    assert pages.group.action(1).what == "Ouvrir deux lignes."


def test_the_actions_of_a_region_are_narrowed_and_cost_the_same(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    group, here = pages.group, "/fr/paris/team/actions"
    group.move("adopted")
    group.plan("En retard.", due="2020-01-01")
    group.plan("Plus tard.", due="2090-01-01", stakeholder=group.other)
    group.plan("Finie.", due="2020-01-01")
    group.report(3, "done")
    assert "Un numéro commun" in pages.rita.get(here)
    told = {
        only: [what for what in ("En retard.", "Plus tard.", "Finie.") if what in pages.rita.get(f"{here}?only={only}")]
        for only in actions_of_region.FILTERS
    }
    assert told == {
        "open": ["En retard.", "Plus tard."],
        "due": ["En retard."],
        "overdue": ["En retard."],
        "done": ["Finie."],
        "given-up": [],
        "all": ["En retard.", "Plus tard.", "Finie."],
    }
    html = pages.rita.get(f"{here}?only=all&organisation={group.other}")
    assert [what in html for what in ("En retard.", "Plus tard.")] == [False, True]

    def cost() -> int:
        return asked(group.instance, monkeypatch, lambda: pages.rita.get(here))

    few = cost()
    for number in range(100):
        group.plan(f"Numéro {number}.", due=f"2031-01-{number % 28 + 1:02d}")
    assert cost() == few
    assert 'rel="next"' in pages.rita.get(here)


def test_the_public_reads_the_actions_of_what_is_published_and_adopted(own_paris: Instance) -> None:
    group = Group(own_paris, state="adopted", publish=True)
    group.plan("Ouvrir la ligne.")
    let_be_cited(own_paris, "paris", group.organisation)
    view = _view(own_paris)
    [told] = _public_actions(view, group.id)
    assert (str(told.what), told.words, told.taking_part) == ("Ouvrir la ligne.", "pas commencée", False)
    html = (
        view.site.environment("fr")
        .get_template("improvements/talk/public_actions.html")
        .render(actions=(told,), view=view)
    )
    assert "Le groupe le demande à" in html
    assert "en retard" not in html
    group.move("discussed")
    assert _public_actions(view, group.id) == ()
    private = Group(own_paris, state="adopted")
    private.plan("Entre nous.")
    assert _public_actions(view, private.id) == ()


def _public_actions(view: Any, record_id: str) -> Any:
    """What the public page tells; nothing where there is none."""
    shown = [one for one in public.every(view.instance, "paris") if one.id == record_id]
    return actions_entry.public_actions(view, shown[0].actions) if shown else ()


def _view(instance: Instance) -> Any:
    from lanzarote.web.site import Site
    from litestar.testing import RequestFactory

    return Site(instance).view(RequestFactory().get("/fr/paris"), "fr", "paris")


def test_the_page_of_asking_for_positions_leads_to_what_stands_in_its_way(pages: Pages) -> None:
    number = pages.group.propose(title="Un seul numéro")
    for page in (pages.head.get(f"{pages.at}/call", 403), pages.head.get(pages.at)):
        assert f'href="{pages.at}/amendments/{number}"' in page
    pages.group.refuse(number)
    let_be_cited(pages.group.instance, PARIS, pages.group.organisation)
    for page in (pages.head.get(f"{pages.at}/call", 403), pages.head.get(pages.at)):
        assert 'href="/fr/paris/team/taking-part"' in page.partition("<main")[2]


def test_every_page_about_an_improvement_leads_to_the_others(pages: Pages) -> None:
    for page in ("discussion", "amendments", "positions"):
        tabs = pages.head.get(f"{pages.at}/{page}").partition('<nav class="stage-nav"')[2].partition("</nav>")[0]
        assert f'href="{pages.at}/{page}" aria-current="page"' in tabs
        assert tabs.count("<li>") == 5

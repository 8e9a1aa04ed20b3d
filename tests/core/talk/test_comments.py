"""What a group says about an improvement: in threads, guarded, changed for an hour, deleted, hidden, never lost."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from lanzarote.errors import Conflict, Gone, NotFound, NotPermitted
from lanzarote.improvements import comments
from lanzarote.improvements.model import LONGEST, Comment
from lanzarote.records.changelog import Audit
from lanzarote.records.changelog_state import broken_audit
from lanzarote.records.permissions import VISITOR
from lanzarote.records.validation import Faulty, Identifying
from sqlalchemy import select

from tests.core.talk.talking import PARIS, Group


def verbs(group: Group) -> list[str]:
    with group.instance.database.read(PARIS) as session:
        assert broken_audit(session, PARIS) is None
        return list(session.scalars(select(Audit.verb).where(Audit.record_id == group.id).order_by(Audit.seq)))


def test_somebody_says_something_and_another_answers(group: Group) -> None:
    first = group.say("Une **bonne** idée.")
    second = group.say("Oui, mais la nuit ?", group.rep, to=first)
    third = group.say("La nuit aussi.", group.ana, to=second)
    told = [group.comment(one) for one in (first, second, third)]
    assert [(one.thread, one.answers_to, one.answers) for one in told] == [
        (first, "", 2),
        (first, first, 0),
        (first, second, 0),
    ]
    assert [one.author for one in told] == [group.ana.account_id, group.rep.account_id, group.ana.account_id]
    assert verbs(group) == ["create", "comment", "comment", "comment"]


@pytest.mark.parametrize("who", ["rita", "visitor"])
def test_only_who_may_write_says_something(group: Group, who: str) -> None:
    by = VISITOR if who == "visitor" else group.rita
    with pytest.raises(NotPermitted):
        group.say("Bonjour.", by)


def test_nothing_is_answered_that_is_not_there_and_no_amendment_discussed_that_was_not_proposed(group: Group) -> None:
    with pytest.raises(NotFound):
        group.say("Bonjour.", to="018f0000-0000-7000-8000-000000000000")
    with pytest.raises(NotFound):
        group.say("Bonjour.", about=1)


def test_nothing_more_is_said_about_what_is_dropped(group: Group) -> None:
    group.move("dropped")
    with pytest.raises(Conflict):
        group.say("Dommage.")


TORN = [
    ("Léa&nbsp;Dupont, 9&#32;ans", False),
    ("**Lé**a, 9 ans", False),
    ("L[é](https://a.b)a, 9 ans", False),
    ("06 12 **34 56** 78", True),
    ("`06 12` 34 `56 78`", True),
    (r"06 12 34\- 56 78", True),
    ("j.dupont&#64;gmail.com", True),
    ("[ici](https://&#102;acebook.com/lea.dupont)", True),
]


@pytest.mark.parametrize(("text", "hard"), TORN, ids=[text for text, _ in TORN])
def test_the_guard_reads_what_readers_see(group: Group, text: str, hard: bool) -> None:
    with pytest.raises(Identifying) as refused:
        group.say(text)
    assert {(one.field, one.start, one.end) for one in refused.value.concerns} == {("text", 0, len(text))}
    assert any(one.hard for one in refused.value.concerns) == hard
    why = {("text", one.code): "Un personnage de fiction." for one in refused.value.concerns}
    if not hard:
        kept = group.guarded(text, why)
        assert [(one.field, one.code) for one in kept] == [*why]


@pytest.mark.parametrize(
    "text", ["Une **bonne** idée, `vraiment`.", "- un\n- deux", "> Oui.\n\nVoir [là](https://a.b/c)."]
)
def test_signs_of_markdown_by_themselves_are_no_concern(group: Group, text: str) -> None:
    assert group.guarded(text) == ()


def test_the_guard_stops_what_tells_who_somebody_is(group: Group) -> None:
    with pytest.raises(Identifying):
        group.say("Écrire à jean.dupont@justice.example")
    with pytest.raises(Identifying):
        group.say("Appeler le 01 44 56 78 90")
    reasons = {("text", "phone"): "Numéro du standard."}
    kept = group.guarded("Appeler le 01 44 56 78 90", reasons)
    assert [(one.field, one.text) for one in kept] == [("text", "Numéro du standard.")]
    assert group.rows(Comment) == []


def test_a_comment_is_neither_empty_nor_endless(group: Group) -> None:
    for text in ("", "  \n ", "a" * (LONGEST + 1), "a\x00b"):
        with pytest.raises(Faulty):
            group.say(text)


def test_its_author_changes_it_for_an_hour_and_it_says_so(group: Group) -> None:
    one = group.say("Premier jet.")
    group.edit(one, "Mieux dit.")
    told = group.comment(one)
    assert (told.text, told.edited_at is not None) == ("Mieux dit.", True)
    with pytest.raises(NotPermitted):
        group.edit(one, "Pas moi.", group.bo)
    old = group.say("Il y a longtemps.", ago=timedelta(hours=1, seconds=5))
    with pytest.raises(Conflict):
        group.edit(old, "Trop tard.")
    assert group.comment(old).text == "Il y a longtemps."


def test_two_changes_of_what_was_read_do_not_overwrite_each_other(group: Group) -> None:
    one = group.say("Premier jet.")
    read = comments.mark_of(group.comment(one))
    group.edit(one, "Ici.", expected=read)
    with pytest.raises(Conflict):
        group.edit(one, "Là.", expected=read)
    assert group.comment(one).text == "Ici."


def test_its_author_deletes_it_at_any_time_and_the_place_stays(group: Group) -> None:
    one = group.say("À oublier.", ago=timedelta(days=3))
    answer = group.say("Pourquoi ?", group.bo, to=one)
    with pytest.raises(NotPermitted):
        group.delete(one, group.head)
    group.delete(one)
    told = group.comment(one)
    assert (told.text, told.deleted_at is not None, told.answers) == ("", True, 1)
    assert group.comment(answer).text == "Pourquoi ?"
    for late in (lambda: group.say("Et ?", to=one), lambda: group.edit(one, "Encore."), lambda: group.hide(one)):
        with pytest.raises(Conflict):
            late()


def test_a_coordinator_hides_it_with_a_reason_that_its_author_reads(group: Group) -> None:
    one = group.say("Ce service ne fait rien.")
    with pytest.raises(Faulty):
        group.hide(one, "  ")
    with pytest.raises(NotPermitted):
        group.hide(one, by=group.ana)
    group.hide(one)
    told = group.comment(one)
    assert [comments.may_read(told, who) for who in (group.ana, group.head, group.bo, group.rita, group.rep)] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert told.hidden_reason == "Trop personnel."
    group.show(one)
    assert comments.may_read(group.comment(one), group.bo)
    assert verbs(group) == ["create", "comment", "comment-hide", "comment-show"]


def test_words_that_tell_who_somebody_is_go_for_good(group: Group) -> None:
    one = group.say("Ce que la garde n’a pas vu.")
    group.hide(one, wholly=True)
    assert group.comment(one).text == ""
    with pytest.raises(Conflict):
        group.show(one)


def test_an_erased_record_takes_all_that_was_said_with_it(group: Group) -> None:
    group.say("À oublier.")
    group.erase()
    assert group.rows(Comment) == []
    with pytest.raises(Gone):
        group.say("Encore ?")


def test_no_byte_of_a_deleted_comment_is_left(here: Group) -> None:
    """On SQLite, where we have the file."""
    kept = here.say("Ce motlequinreste demeure.")
    for take in (here.delete, lambda one: here.hide(one, wholly=True), lambda one: here.edit(one, "Autrement.")):
        take(here.say("Ce motlequineffacé disparaît."))
    path = Path(here.instance.database.path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = path.read_bytes()
    assert here.comment(kept).text.encode() in file
    assert "motlequineffacé".encode() not in file


@pytest.mark.both_databases
def test_a_hundred_who_answer_at_once_are_all_counted(group: Group) -> None:
    first = group.say("Qui en est ?")
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: group.say("Moi.", group.bo, to=first), range(100)))
    assert group.comment(first).answers == 100
    assert len(group.rows(Comment)) == 101
    assert verbs(group).count("comment") == 101


@pytest.mark.both_databases
def test_of_many_who_hide_at_once_one_does(group: Group) -> None:
    one = group.say("Trop.")
    read = comments.mark_of(group.comment(one))

    def hide(_: int) -> bool:
        try:
            group.hide(one, expected=read)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(hide, range(20))) == [False] * 19 + [True]

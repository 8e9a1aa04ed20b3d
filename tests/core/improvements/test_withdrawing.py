"""An improvement is taken from the public, shown again, archived: three verbs, each with a way back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.improvements import calling, moving, service
from lanzarote.improvements.comments_entry import COMMENTS
from lanzarote.improvements.model import status_of
from lanzarote.improvements.team_documents import BecauseInPublic, Calling
from lanzarote.kinds import entries
from lanzarote.records.changelog import Change
from lanzarote.records.drafts import Told, read_told
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.locking import writes_alone
from lanzarote.records.validation import Faulty, Identifying
from sqlalchemy import select

from tests.core.improvements.deliberating import begun, decided
from tests.core.improvements.group import HEAD, LATER, TODAY, UNTIL, WRITER, Group
from tests.core.improvements.test_pages import client, paris
from tests.core.practices.forms import writer

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from litestar.testing import TestClient

__all__ = ["client", "paris"]

WHY = {"fr": "La loi a changé.", "en": "The law has changed."}
TEAM, PUBLIC = "/fr/paris/team/improvements", "/fr/paris/improvements"


def adopted(group: Group) -> None:
    group.call()
    for body in group.bodies:
        group.say(body)
    group.decide()


def withdraw(group: Group, reason: dict[str, str] = WHY, by: Actor = HEAD) -> None:
    words = group.instance.vocabulary("paris")
    with group.held() as (session, record):
        moving.withdraw(session, record, words, given=BecauseInPublic(reason=reason), by=by, at=LATER)


def test_what_the_guard_asks_about_stays_in_a_reason_if_one_says_why(group: Group) -> None:
    """For the group when it is dropped, for everybody when it is withdrawn; why is kept beside it."""
    words, text = group.instance.vocabulary("paris"), "Léa, 9 ans, n’est plus citée ici."

    def done(why: dict[tuple[str, str], str]) -> list[str]:
        with group.held() as (session, record):
            moving.drop(session, record, words, reason=text, why=why, by=HEAD, at=LATER)
            return [one.field for one in read_told(session, record, Told).reasons]

    with pytest.raises(Identifying) as told:
        done({})
    asked = {(one.field, one.code): "Un personnage de fiction." for one in told.value.concerns}
    assert done(asked) == ["dropped"] * len(asked)


def test_what_the_guard_asks_about_stays_in_a_public_reason_if_one_says_why(group: Group) -> None:
    adopted(group)
    words, reason = group.instance.vocabulary("paris"), {"fr": "Léa, 9 ans, n’est plus citée ici."}
    with pytest.raises(Identifying) as told:
        withdraw(group, reason)
    why = {(one.field, one.code): "Un personnage de fiction." for one in told.value.concerns}
    with group.held() as (session, record):
        moving.withdraw(session, record, words, given=BecauseInPublic(reason=reason), why=why, by=HEAD, at=LATER)
        assert [one.field for one in read_told(session, record, Told).reasons] == ["withdrawn.fr"] * len(why)


def test_what_is_dropped_asks_for_no_positions_any_more(group: Group) -> None:
    words = group.instance.vocabulary("paris")
    group.call()
    with group.held() as (session, record):
        moving.drop(session, record, words, reason="Une autre piste y répond.", by=HEAD, at=LATER)
        asked = calling.last(session, record)
        assert asked is not None
        assert (asked.ended, asked.ended_at) == ("recalled", LATER)


def state(group: Group) -> tuple[str, int | None]:
    with group.held() as (_, record):
        return record.state, record.published_version


def test_it_is_withdrawn_with_a_reason_and_shown_again_as_it_was_decided(on_both: Group) -> None:
    adopted(on_both)
    withdraw(on_both)
    assert state(on_both) == ("withdrawn", None)
    with on_both.held() as (session, record):
        gone = service.withdrawn_at(session, record.slug)
        assert gone is not None
        assert (gone.reason, status_of(record).state) == (WHY, "adopted")
    with on_both.held() as (session, record):
        moving.show_again(session, record, by=HEAD, at=LATER)
        assert service.withdrawn_at(session, record.slug) is None
        assert status_of(record).withdrawn == {}
    assert state(on_both) == ("published", 1)
    with on_both.held() as (session, _):
        verbs = session.scalars(select(Change.verb).where(Change.record_id == on_both.improvement)).all()
    assert verbs == ["publish", "withdraw", "publish"]


def test_who_may_not_and_what_says_nothing_is_refused(on_both: Group) -> None:
    with pytest.raises(IllegalTransition):
        withdraw(on_both)
    adopted(on_both)
    with pytest.raises(NotPermitted):
        withdraw(on_both, by=WRITER)
    for reason, field in (({}, "reason"), ({"fr": " "}, "reason"), ({"xx": "Non."}, "reason.xx")):
        with pytest.raises(Faulty) as refused:
            withdraw(on_both, reason)
        assert [one.field for one in refused.value.faults] == [field]
    with pytest.raises(Identifying):
        withdraw(on_both, {"fr": "Écrire à lea.dupont@gmail.com"})
    assert state(on_both) == ("published", 1)


def test_what_is_discussed_again_is_decided_before_the_public_reads_it_again(on_both: Group) -> None:
    adopted(on_both)
    withdraw(on_both)
    with on_both.held() as (session, record):
        moving.reconsider(session, record, by=HEAD, at=LATER)
    with on_both.held() as (session, record), pytest.raises(Conflict):
        moving.show_again(session, record, by=HEAD, at=LATER)
    adopted(on_both)
    assert state(on_both) == ("published", 1)
    assert on_both.status.withdrawn == {}


def test_nothing_becomes_of_what_is_archived_but_that_it_can_be_erased(on_both: Group) -> None:
    on_both.call()
    with on_both.held() as (session, record), pytest.raises(NotPermitted):
        moving.archive(session, record, by=WRITER, at=LATER)
    with on_both.held() as (session, record), pytest.raises(Conflict):
        moving.archive(session, record, by=HEAD, at=LATER)
    with on_both.held() as (session, record):
        calling.recall(session, record, by=HEAD, at=LATER)
        moving.archive(session, record, by=HEAD, at=LATER)
    more: dict[str, Any] = {"given": Calling(until=UNTIL), "expected": None, "today": TODAY}
    for do in (
        lambda session, record: calling.call(session, record, by=HEAD, at=LATER, **more),
        lambda session, record: moving.drop(
            session, record, on_both.instance.vocabulary("paris"), reason="Pas maintenant.", by=HEAD, at=LATER
        ),
        lambda session, record: moving.archive(session, record, by=HEAD, at=LATER),
        lambda session, record: moving.show_again(session, record, by=HEAD, at=LATER),
    ):
        with on_both.held() as (session, record), pytest.raises(IllegalTransition):
            do(session, record)
    with on_both.held() as (session, record), pytest.raises(Conflict):
        entries.perform(COMMENTS, COMMENTS.begin, session, record, by=WRITER, at=LATER)


@pytest.mark.both_databases
def test_what_positions_are_asked_for_meanwhile_is_not_archived(on_both: Group) -> None:
    with ThreadPoolExecutor(1) as pool:
        with on_both.held() as (session, record):
            called = pool.submit(on_both.call)
            if not writes_alone(session):
                called.result()
            with suppress(Conflict):
                moving.archive(session, record, by=HEAD, at=LATER)
        with suppress(IllegalTransition):
            called.result()
    assert (state(on_both)[0], on_both.status.state) in (("archived", "discussed"), ("draft", "called"))


def test_its_page_says_that_it_was_withdrawn_and_why(paris: Instance, client: TestClient[Any]) -> None:
    one = begun(paris, "improvement")
    slug = decided(paris, one)
    cleo = writer(paris, client, "coordinator")
    cleo.open(f"{TEAM}/{one}/withdraw", "/withdraw")
    cleo.press(action="/withdraw", status=400)
    assert 'href="#reason' in cleo.html
    cleo.open(f"{TEAM}/{one}/withdraw?unsaved=continue", "/withdraw").fill({"reason.fr": "La loi a <b>changé</b>."})
    cleo.press(action="/withdraw")
    assert "La loi a &lt;b&gt;changé&lt;/b&gt;." in cleo.html
    page = client.get(f"{PUBLIC}/{slug}")
    assert page.status_code == 410
    assert "La loi a &lt;b&gt;changé&lt;/b&gt;." in page.text
    assert 'lang="fr"' in client.get(f"/en/paris/improvements/{slug}").text.partition("<main")[2]
    assert client.get(f"/api/v1/regions/paris/improvements/{slug}").status_code == 410
    assert slug not in client.get(PUBLIC).text
    cleo.open(f"{TEAM}/{one}/show", "/show").press(action="/show")
    assert client.get(f"{PUBLIC}/{slug}").status_code == 200


def test_the_list_tells_what_is_archived(paris: Instance, client: TestClient[Any]) -> None:
    one = begun(paris, "improvement")
    cleo = writer(paris, client, "coordinator")
    cleo.open(f"{TEAM}/{one}/archive", "/archive").press(action="/archive")
    assert one in cleo.get(f"{TEAM}?only=archived")
    assert one not in cleo.get(TEAM)
    told = cleo.get(f"{TEAM}/{one}")
    assert [name for name in ("edit", "discuss", "drop", "archive", "erase") if f'{one}/{name}"' in told] == ["erase"]
    cleo.get(f"{TEAM}/{one}/edit", 409)

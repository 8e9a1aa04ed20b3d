"""Reasons say something, are explained where the guard asks about them, and come back when they come too late."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.practices.model import PracticeStatus
from lanzarote.records.drafts import told_of
from lanzarote.records.records import Record, decode

from tests.core.practices.forms import NUMBER, TEAM, WHOLE, Writer, found_on_disk, saved

if TYPE_CHECKING:
    from lanzarote.instance import Instance

ASKED = "Léa, 9 ans, y est un personnage."
"""What the guard asks about."""
WHY = "Le personnage d’un conte."


def send(one: Writer, record_id: str, step: str, status: int = 303, **fields: Any) -> Any:
    said = {name: value for name, value in fields.items() if name != "why"}
    if "why" in fields:
        [name] = re.findall(r'name="(reason\[[^"]+)"', one.html)
        said |= {name: fields["why"]}
    return one.post(f"{TEAM}/{record_id}/{step}", {"version": "1"} | said, status=status)


@pytest.fixture
def submitted(paris: Instance, ana: Writer) -> str:
    record_id = saved(paris, ana)
    send(ana, record_id, "submit", bearer="aphp")
    return record_id


@pytest.fixture
def public(paris: Instance, ana: Writer, rita: Writer, submitted: str) -> str:
    send(rita, submitted, "publish", nobody="yes", no_case="yes")
    return submitted


@pytest.mark.parametrize("reason", [".", "ok", "ok ok", "Non."])
def test_a_reason_that_says_nothing_is_none(cleo: Writer, public: str, reason: str) -> None:
    send(cleo, public, "withdraw", 400, reason=reason)
    assert 'id="reason-error"' in cleo.html


def test_giving_back_asks_for_a_reason_that_says_something(rita: Writer, submitted: str) -> None:
    send(rita, submitted, "give-back", 400, reason=".")
    assert 'id="reason-error"' in rita.html
    send(rita, submitted, "give-back", reason="À revoir.")


def test_what_the_guard_asks_about_in_a_withdrawal_is_explained_and_read_by_the_team(
    paris: Instance, cleo: Writer, rita: Writer, public: str
) -> None:
    send(cleo, public, "withdraw", 400, reason=ASKED)
    send(cleo, public, "withdraw", 400, reason=ASKED, why="ok")
    assert re.search(r'class="error" id="reason\[reason\|', cleo.html)
    send(cleo, public, "withdraw", reason=ASKED, why=WHY)
    assert WHY in rita.get(f"{TEAM}/{public}")
    with paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", public))
        assert decode(record.status, PracticeStatus).withdrawn == ASKED
        assert [(one.field, one.text) for one in told_of(session, record).reasons] == [("withdrawn", WHY)]


def test_why_something_stays_in_a_reason_outlives_the_next_version(
    paris: Instance, ana: Writer, rita: Writer, submitted: str
) -> None:
    send(rita, submitted, "give-back", 400, reason=ASKED)
    send(rita, submitted, "give-back", reason=ASKED, why=WHY)
    ana.open(f"{TEAM}/{submitted}/edit").fill({"text.fr.title": "Encore une salle"}).press()
    assert WHY in rita.get(f"{TEAM}/{submitted}")


def test_what_the_guard_refuses_in_a_reason_no_explanation_lets_pass(
    paris: Instance, rita: Writer, submitted: str
) -> None:
    send(rita, submitted, "give-back", 400, reason=f"Voir {NUMBER} au dossier.")
    assert 'name="reason[' not in rita.html
    assert found_on_disk(paris, NUMBER) == []


@pytest.mark.parametrize("again", [0, 1])
def test_a_reason_that_comes_too_late_is_shown_to_its_writer(rita: Writer, submitted: str, again: int) -> None:
    send(rita, submitted, "give-back", reason="Qui préside ?")
    late = "La convention n’est pas jointe." if again else "Trop court & vague"
    send(rita, submitted, "give-back", 409, reason=late)
    [shown] = re.findall(r'<p class="kept-text">(.*?)</p>', rita.html)
    assert shown == late.replace("&", "&amp;")


# ---------------------------------------------------------------------------------------------------------------------
# One's own second window


def test_who_saved_in_another_window_is_told_so(paris: Instance, ana: Writer, bea: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    first = dict(ana.fields)
    ana.fill({"text.fr.title": "Autre fenêtre"}).press()
    ana.fields = first
    ana.at = f"{TEAM}/{record_id}/edit"
    ana.fill({"text.fr.title": "Cette fenêtre"}).press(status=409)
    assert "Vous avez enregistré ceci dans une autre fenêtre" in ana.html
    assert "Quelqu’un d’autre" not in ana.html
    assert "dans une autre fenêtre" in ana.get(f"{TEAM}/{record_id}/edit")


def test_once_somebody_else_saved_too_it_is_not_only_another_window(paris: Instance, ana: Writer, bea: Writer) -> None:
    record_id = saved(paris, ana)
    ana.open(f"{TEAM}/{record_id}/edit")
    first = dict(ana.fields)
    ana.fill({"text.fr.title": "Autre fenêtre"}).press()
    bea.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.title": "De Béa"}).press()
    ana.fields = first
    ana.at = f"{TEAM}/{record_id}/edit"
    ana.fill({"text.fr.title": "Cette fenêtre"}).press(status=409)
    assert "dans une autre fenêtre" not in ana.html


# ---------------------------------------------------------------------------------------------------------------------
# Too much at once


def test_who_sends_more_than_there_is_room_for_sees_their_text_again(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    long = "Un récit très long. " * 120_000
    ana.post(f"{TEAM}/{record_id}/edit", WHOLE | {"text.fr.problem": long, "do": "save"}, status=413)
    assert long.strip() in ana.html
    assert found_on_disk(paris, "Un récit très long. Un récit") == []


def test_what_cannot_even_be_read_is_refused_with_the_way_back(paris: Instance, ana: Writer) -> None:
    record_id = saved(paris, ana)
    ana.post(f"{TEAM}/{record_id}/edit", {"text.fr.problem": "mot " * 1_500_000}, status=413)
    assert "avec votre navigateur" in ana.html


def test_erasing_says_that_replies_from_outside_go_too(cleo: Writer, public: str) -> None:
    assert "personnes extérieures" in cleo.get(f"{TEAM}/{public}/erase")

"""What the pages about results do, programs do too: at the region that sends, and at the office that receives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.app import create_app
from lanzarote.records.changelog import Audit, Served
from lanzarote.records.records import now
from lanzarote.results import receiving
from lanzarote.results.model import Destination, Forked, HeldBatch, Unfit
from sqlalchemy import select

from tests.core.api.programs import API, Program, Programs, problem
from tests.core.conftest import serving
from tests.core.office.logs import add_region
from tests.core.quiet import QuietClient
from tests.core.results.hostile import HERE, Hostile
from tests.core.results.two_places import PARIS, TwoPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance

RESULTS = f"{API}/regions/paris/team/results"
SOURCES = f"{API}/office/sources"
ONE = f"{SOURCES}/paris"


def programs_at(instance: Instance) -> Iterator[Programs]:
    yield Programs(instance, QuietClient(create_app(instance)))


@pytest.fixture
def team(paris_there: Instance) -> Iterator[Programs]:
    yield from programs_at(paris_there)


@pytest.fixture
def desk(office: Instance) -> Iterator[Programs]:
    yield from programs_at(office)


@pytest.fixture
def head(team: Programs) -> Program:
    return team.of("coordinator", name="Cy")


@pytest.fixture
def clerk(desk: Programs) -> Program:
    return desk.of("office", name="Di")


# At the region


def test_the_first_key_begins_the_log_anew_and_the_next_is_vouched_for(head: Program, team: Programs) -> None:
    before = epoch_of(team.instance)
    assert head.get(f"{RESULTS}/keys") == {"present": None, "there": False, "earlier": []}
    assert head.ask("GET", f"{RESULTS}/card").status_code == 404
    first = head.ask("POST", f"{RESULTS}/keys", if_match=head.etag(f"{RESULTS}/keys"))
    assert first.status_code == 200, first.text
    assert first.headers["etag"] == head.etag(f"{RESULTS}/keys")
    told = first.json()
    assert (told["there"], told["present"]["number"], told["present"]["vouched"]) == (True, 1, False)
    epoch = epoch_of(team.instance)
    assert epoch == before + 1
    assert head.ask("POST", f"{RESULTS}/keys", if_match=first.headers["etag"]).status_code == 200
    both = head.get(f"{RESULTS}/keys")
    assert (both["present"]["vouched"], [one["number"] for one in both["earlier"]]) == (True, [1])
    assert epoch_of(team.instance) == epoch


def epoch_of(instance: Instance) -> int:
    with instance.database.read(PARIS) as session:
        return session.get_one(Served, PARIS).epoch


def test_two_who_make_a_key_at_once_make_one(head: Program) -> None:
    seen = head.etag(f"{RESULTS}/keys")
    assert head.ask("POST", f"{RESULTS}/keys", if_match=seen).status_code == 200
    late = head.ask("POST", f"{RESULTS}/keys", if_match=seen)
    assert (late.status_code, problem(late)["code"]) == (412, "changed-meanwhile")
    assert problem(head.ask("POST", f"{RESULTS}/keys"))["code"] == "if-match-missing"
    assert head.get(f"{RESULTS}/keys")["earlier"] == []


def test_no_private_key_is_told(head: Program, team: Programs) -> None:
    made = head.ask("POST", f"{RESULTS}/keys", if_match=head.etag(f"{RESULTS}/keys"))
    [file] = (team.instance.settings.data / "keys").glob("paris-*.key")
    secret = file.read_text().strip()
    answers = [made, *(head.ask("GET", f"{RESULTS}/{what}") for what in ("keys", "card", "offices"))]
    assert [one.status_code for one in answers] == [200] * 4
    assert not any(secret in one.text or str(file) in one.text for one in answers)
    file.unlink()
    away = head.ask("GET", f"{RESULTS}/card")
    assert away.status_code == 404
    assert "is not where it should be" in problem(away)["detail"]
    assert file.name not in away.text
    assert head.get(f"{RESULTS}/keys")["there"] is False


def test_what_cannot_be_kept_is_no_key(head: Program, team: Programs) -> None:
    (team.instance.settings.data / "keys").write_text("no folder")
    refused = head.ask("POST", f"{RESULTS}/keys", if_match=head.etag(f"{RESULTS}/keys"))
    assert (refused.status_code, problem(refused)["code"]) == (409, "conflict")
    assert str(team.instance.settings.data) not in refused.text
    assert head.get(f"{RESULTS}/keys")["present"] is None


def test_an_office_is_added_sent_to_set_in_another_rhythm_and_removed(places: TwoPlaces, head: Program) -> None:
    places.publish("own-a", "First")
    with serving(places.office) as site:
        made = head.ask("POST", f"{RESULTS}/offices", {"address": site + "/"})
        assert made.status_code == 201, made.text
        there = made.headers["location"]
        assert made.headers["etag"] == head.etag(there)
        told = head.get(there)
        assert (told["address"], told["rhythm"], told["seq"], told["complete"]) == (site, "", 0, False)
        assert problem(head.ask("POST", f"{RESULTS}/offices", {"address": site}))["code"] == "conflict"
        assert head.ask("POST", f"{there}/send").json()["asked"] is True
        places.region.worker.run_due()
        told = head.get(there)
        assert (told["asked"], told["complete"], told["fault_code"]) == (False, True, "")
        assert told["seq"] == places.there().seq == places.head().seq
    assert problem(head.save(there, {"rhythm": "daily"}, if_match='"old"'))["code"] == "changed-meanwhile"
    assert head.save(there, {"rhythm": "daily"}).json()["rhythm"] == "daily"
    assert problem(head.save(there, {"rhythm": "yearly"}))["code"] == "unfit"
    [only] = head.get(f"{RESULTS}/offices")["items"]
    assert only == head.get(there)
    assert head.ask("DELETE", there, if_match=None).status_code == 428
    assert head.ask("DELETE", there, if_match=head.etag(there)).status_code == 204
    assert head.get(f"{RESULTS}/offices")["items"] == []
    for method, path, body in (("GET", there, None), ("POST", f"{there}/send", {}), ("PUT", there, {"rhythm": ""})):
        assert head.ask(method, path, body, if_match='"old"').status_code == 404, method
    assert head.ask("DELETE", there, b"", if_match='"old"', content_type=None).status_code == 404
    with places.region.database.read(PARIS) as session:
        assert session.scalars(select(Destination)).all() == []
        told = session.scalars(select(Audit.verb).where(Audit.verb.startswith("send"), Audit.actor == head.id)).all()
    assert told == ["send-to", "send-now", "send-to", "send-no-more"]


def test_why_sending_failed_is_told_with_a_code(places: TwoPlaces, head: Program) -> None:
    there = head.ask("POST", f"{RESULTS}/offices", {"address": "http://127.0.0.1:9"}).headers["location"]
    head.ask("POST", f"{there}/send")
    places.region.worker.run_due()
    assert head.get(there)["fault_code"] == "unreachable"


@pytest.mark.parametrize("address", ["", "office.example.org", "http://office.example.org", "https://a@b.example"])
def test_what_is_no_office_is_refused_with_its_field(head: Program, address: str) -> None:
    refused = head.ask("POST", f"{RESULTS}/offices", {"address": address})
    assert [one["field"] for one in problem(refused)["errors"]] == ["address"]


def test_only_who_leads_the_group_and_no_token_for_less(team: Programs, head: Program) -> None:
    less = team.again(head, actions=["group.read", "results.receive"])
    for program in (team.of("contributor"), team.of("reviewer"), team.of("office"), less):
        for what in ("keys", "card", "offices"):
            assert program.ask("GET", f"{RESULTS}/{what}").status_code == 403
        assert program.ask("POST", f"{RESULTS}/keys", if_match='"x"').status_code == 403
        assert program.ask("POST", f"{RESULTS}/offices", {"address": "https://o.example"}).status_code == 403
    assert team.nobody.ask("GET", f"{RESULTS}/keys").status_code == 401


# At the office


@pytest.fixture
def known(places: TwoPlaces) -> TwoPlaces:
    """Paris is received."""
    places.publish("own-a", "First")
    places.sync()
    return places


def test_a_region_is_enrolled_by_its_card_and_what_was_heard(
    paris_there: Instance, head: Program, clerk: Program, office: Instance
) -> None:
    head.ask("POST", f"{RESULTS}/keys", if_match=head.etag(f"{RESULTS}/keys"))
    card = head.get(f"{RESULTS}/card")
    heard = head.get(f"{RESULTS}/keys")["present"]["fingerprint"]
    wrong = clerk.ask("POST", SOURCES, {"card": card, "fingerprint": "0000 " * 8})
    assert [one["field"] for one in problem(wrong)["errors"]] == ["fingerprint"]
    changed = {**card, "payload": card["payload"][:-8] + "AAAAAAA="}
    refused = clerk.ask("POST", SOURCES, {"card": changed, "fingerprint": heard})
    assert [one["field"] for one in problem(refused)["errors"]] == ["card"]
    clerk.get(ONE, 404)
    made = clerk.ask("POST", SOURCES, {"card": card, "fingerprint": heard.upper().replace(" ", "-")})
    assert (made.status_code, made.headers["location"]) == (201, ONE), made.text
    assert made.headers["etag"] == clerk.etag(ONE)
    told = clerk.get(ONE)
    assert (told["state"], told["seq"], told["came"], told["hidden"]) == ("enrolled", 0, None, None)
    assert [(one["fingerprint"], one["vouched"]) for one in told["keys"]] == [(heard, False)]
    assert clerk.get(SOURCES)["items"] == [{name: told[name] for name in told if name != "keys"}]


def test_what_is_written_here_is_not_enrolled(office: Instance, clerk: Program) -> None:
    add_region(office.database, HERE)
    region = Hostile(office)
    body = {"card": msgspec.json.decode(region.card()), "fingerprint": region.key.public.fingerprint}
    refused = clerk.ask("POST", SOURCES, body)
    assert (refused.status_code, problem(refused)["code"]) == (409, "conflict")
    clerk.get(f"{SOURCES}/{HERE}", 404)


def test_a_region_is_paused_resumed_ended_hidden_and_shown(known: TwoPlaces, desk: Programs, clerk: Program) -> None:
    steps = {"pause": "paused", "resume": "enrolled", "end": "ended"}
    for step, state in steps.items():
        answer = clerk.step(ONE, step)
        assert (answer.status_code, answer.json()["state"]) == (200, state), answer.text
        assert answer.headers["etag"] == clerk.etag(ONE)
    clerk.step(ONE, "resume")
    for step, hidden, status in (("hide", True, 404), ("show", False, 200)):
        assert clerk.step(ONE, step).json()["hidden"] is hidden
        assert desk.nobody.ask("GET", f"{API}/regions/paris/practices").status_code == status
    assert problem(clerk.ask("POST", f"{ONE}/pause", if_match='"old"'))["code"] == "changed-meanwhile"
    assert problem(clerk.ask("POST", f"{ONE}/pause"))["code"] == "if-match-missing"
    assert clerk.get(ONE)["state"] == "enrolled"
    with known.office.database.read(PARIS) as session:
        told = session.scalars(select(Audit.verb).where(Audit.actor == clerk.id).order_by(Audit.seq)).all()
    assert told == ["paused", "enrolled", "ended", "enrolled", "hide", "show"]


def test_nothing_is_hidden_of_what_is_not_here_yet(places: TwoPlaces, clerk: Program) -> None:
    refused = clerk.step(ONE, "hide")
    assert (refused.status_code, problem(refused)["code"]) == (409, "conflict")


def test_a_key_is_revoked_with_a_reason_that_names_nobody(known: TwoPlaces, head: Program, clerk: Program) -> None:
    key = clerk.get(ONE)["keys"][0]["id"]
    for reason in ("", "  ", "Call 06 12 34 56 78", "x" * 301):
        refused = clerk.step(ONE, f"keys/{key}/revoke", {"reason": reason}, if_match=clerk.etag(ONE))
        assert [one["field"] for one in problem(refused)["errors"]] == ["reason"], reason
    nobodys = clerk.step(ONE, f"keys/{'0' * 64}/revoke", {"reason": "Lost"}, if_match=clerk.etag(ONE))
    assert nobodys.status_code == 404
    done = clerk.ask("POST", f"{ONE}/keys/{key}/revoke", {"reason": "The stick was lost"}, if_match=clerk.etag(ONE))
    [told] = done.json()["keys"]
    assert (told["reason"], told["revoked_at"] is None) == ("The stick was lost", False)
    again = clerk.ask("POST", SOURCES, {"card": head.get(f"{RESULTS}/card"), "fingerprint": told["fingerprint"]})
    assert (again.status_code, problem(again)["code"]) == (409, "conflict")
    assert "was revoked here" in problem(again)["detail"]


def test_what_could_not_be_taken_is_told_with_both_sides_and_put_away(known: TwoPlaces, clerk: Program) -> None:
    before, forged = known.there(), known.other_history()
    with pytest.raises(Forked):
        known.take(forged)
    [held] = clerk.get(f"{ONE}/held")["items"]
    assert (held["code"], held["size"], clerk.get(ONE)["held"]) == ("other-history", len(forged), 1)
    here = f"{ONE}/held/{held['id']}"
    told = clerk.get(here)
    assert (told["before"]["seq"], told["before"]["mark"].replace(" ", "")) == (before.seq, before.hash[:32])
    assert told["that_came"]["seq"] == before.seq
    again = clerk.ask("POST", f"{here}/retry")
    assert (again.status_code, problem(again)["code"]) == (409, "other-history")
    assert len(known.held()) == 1
    assert clerk.ask("POST", f"{here}/put-away").status_code == 428
    assert clerk.step(here, "put-away").status_code == 204
    for method, path in (("GET", here), ("POST", f"{here}/retry"), ("POST", f"{here}/put-away")):
        assert clerk.ask(method, path, if_match='"x"').status_code == 404, path
    assert clerk.get(f"{ONE}/held")["items"] == []


def test_after_an_upgrade_it_is_taken_in_one_step_and_once(
    known: TwoPlaces, clerk: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if this platform had not yet known what came."""
    known.publish("own-b", "Second")
    data = known.export()

    def unfit(*_: Any) -> None:
        raise Unfit("not yet")

    with monkeypatch.context() as older:
        older.setattr(receiving, "apply", unfit)
        with pytest.raises(Unfit):
            known.take(data)
        [held] = clerk.get(f"{ONE}/held")["items"]
        path = f"{ONE}/held/{held['id']}/retry"
        refused = clerk.ask("POST", path)
        assert (refused.status_code, problem(refused)["code"]) == (422, "unfit")
    taken = clerk.ask("POST", path, idempotency_key="once")
    assert (taken.status_code, taken.json()["held"]) == (200, 0), taken.text
    assert taken.json()["seq"] == known.head().seq == known.there().seq
    assert clerk.ask("POST", path, idempotency_key="once").json() == taken.json()
    with known.office.database.read(PARIS) as session:
        assert session.scalars(select(HeldBatch)).all() == []


def test_what_was_kept_without_its_bytes_cannot_be_tried_again(office: Instance, clerk: Program) -> None:
    region = Hostile(office).enrol()
    region.begin()
    with office.database.write(HERE) as session:
        session.add(
            HeldBatch(
                region_id=HERE, id="01890000-0000-7000-8000-000000000000", at=now(), came="net",
                code="recognisable", told="Somebody may be recognised.", digest="0" * 64, known=b"", data=b"",
            )
        )  # fmt: skip
    here = f"{SOURCES}/{HERE}/held/01890000-0000-7000-8000-000000000000"
    seen = clerk.get(here)
    assert (seen["size"], seen["before"], seen["that_came"]) == (0, None, None)
    assert clerk.ask("POST", f"{here}/retry").status_code == 404


def test_only_the_office_and_administrators_and_no_token_for_one_region(
    known: TwoPlaces, desk: Programs, clerk: Program
) -> None:
    assert desk.of("administrator").ask("GET", ONE).status_code == 200
    narrow = desk.again(clerk, region=PARIS)
    weak = desk.again(clerk, strong=False)
    less = desk.again(clerk, actions=["group.lead", "activity.read"])
    others = [desk.of(role, region="elsewhere") for role in ("coordinator", "reviewer")]
    for program in (*others, narrow, weak, less):
        for path in (SOURCES, ONE, f"{ONE}/held"):
            assert program.ask("GET", path).status_code == 403, path
        assert program.ask("POST", f"{ONE}/pause", if_match=clerk.etag(ONE)).status_code == 403
        assert program.ask("POST", SOURCES, {}).status_code == 403
    assert desk.nobody.ask("GET", SOURCES).status_code == 401
    assert clerk.get(ONE)["state"] == "enrolled"


def test_an_instance_that_is_no_office_has_none_of_it(team: Programs) -> None:
    keeper = team.of("administrator")
    for method, path in (
        ("GET", SOURCES), ("GET", ONE), ("POST", f"{ONE}/pause"), ("GET", f"{ONE}/held"),
        ("POST", f"{ONE}/held/01890000-0000-7000-8000-000000000000/retry"),
        ("POST", f"{ONE}/held/01890000-0000-7000-8000-000000000000/put-away"),
    ):  # fmt: skip
        assert keeper.ask(method, path, if_match='"x"').status_code == 404, path
    paths = keeper.get(f"{API}/openapi.json")["paths"]
    assert [one for one in paths if "/office/sources" in one] == []
    assert f"{API}/regions/{{region}}/team/results/keys" in paths

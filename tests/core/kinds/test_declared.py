"""A kind that is declared outside the core has list, form, versions, action, resources, guard and permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from lanzarote.kinds.contents import written_in
from lanzarote.kinds.description import lines_of
from lanzarote.kinds.fields import Field, shapes_of
from lanzarote.records import records
from lanzarote.records.drafts import Told, read_told
from lanzarote.records.idempotency import Answered
from lanzarote.records.records import Record
from lanzarote.store.database import ALL
from lanzarote.types.values import Text, Value
from litestar.testing import TestClient
from msgspec import Meta
from msgspec.structs import replace
from sqlalchemy import func, select, update

from tests.core.activity.conftest import Team
from tests.core.api.programs import Programs, problem
from tests.core.kinds.conftest import site_with_trips
from tests.core.kinds.forms import fields_of
from tests.core.kinds.trips import FIELDS, HOLD, TRIPS

if TYPE_CHECKING:
    from lanzarote.instance import Instance

TEAM = "/en/paris/team/trips"
API = "/api/v1/regions/paris/team/trips"
TYPED: dict[str, Any] = {
    "original": "fr",
    "text.fr.title": "Visite du tribunal",
    "text.fr.purpose": "Voir la salle d’audition.",
    "text.en.title": "Trip to the court",
    "place": "site",
    "day": "2031-06-02",
    "people": "12",
    "guests[0].sector": "Justice",
    "guests[0].brings.fr": "Un plan de la salle",
}


class Row(Value, frozen=True, kw_only=True):
    name: Annotated[str, Meta(extra_json_schema={"readOnly": True})]
    note: Text = {}


class Taken(Value, frozen=True, kw_only=True):
    """What is taken up from elsewhere, row by row."""

    origin: Annotated[Row, Meta(extra_json_schema={"readOnly": True})]
    rows: tuple[Row, ...] = ()


SENT: dict[str, Any] = {"original": "fr", "text": {"fr": {"title": "Visite"}}, "place": "school"}


@pytest.fixture
def client(own_paris: Instance) -> Iterator[TestClient[Any]]:
    with site_with_trips(own_paris) as client:
        yield client


@pytest.fixture
def team(own_paris: Instance, client: TestClient[Any]) -> Team:
    return Team(own_paris, client)


@pytest.fixture
def programs(own_paris: Instance, client: TestClient[Any]) -> Programs:
    return Programs(own_paris, client)


def count(team: Team) -> int:
    with team.paris.database.read("paris") as session:
        return session.scalar(select(func.count()).select_from(Record).where(Record.kind == "trip")) or 0


def begun(team: Team, **more: Any) -> str:
    """Address of a trip that Ana has written."""
    return team.ana.post(f"{TEAM}/new", **(TYPED | more)).partition("?")[0]


def test_a_record_is_written_listed_shown_changed_and_compared(team: Team) -> None:
    assert "No trip yet." in team.ana.get(TEAM)
    path = begun(team)
    assert "Trip to the court" in team.bo.get(TEAM)
    shown = team.bo.get(path)
    for words in (
        "Planned",
        "At a service",
        "2 June 2031",
        "Guest 1 – What they bring (French)",
        "Un plan de la salle",
    ):
        assert words in shown
    form = fields_of(team.ana.get(f"{path}/edit"))
    assert {name: form[name] for name in TYPED} == TYPED  # the form shows what was written
    team.ana.post(f"{path}/edit", **(form | {"place": "school", "guests[0].sector": "Justice des mineurs"}))
    versions = team.bo.get(f"{path}/versions")
    assert "Guest 1 – Field of work" in versions
    assert "<dt>Day</dt>" not in versions  # what did not change is not told


def test_rows_are_compared_by_their_keys_wherever_they_stand(team: Team) -> None:
    path = begun(team, **{"guests[1].sector": "École"})
    form = fields_of(team.ana.get(f"{path}/edit"))
    swapped = {
        f"guests[{1 - number}].{name}": form[f"guests[{number}].{name}"]
        for number in range(2)
        for name in ("key", "sector", "brings.fr")
    }
    team.ana.post(f"{path}/edit", **(form | swapped))
    changes = team.bo.get(f"{path}/versions").partition('class="changes"')[2]
    assert "<dt>Guests</dt>" in changes
    assert "Field of work" not in changes
    form = fields_of(team.ana.get(f"{path}/edit"))
    team.ana.post(f"{path}/edit", **(form | {"guests[0].sector": ""}))
    changes = team.bo.get(f"{path}/versions").partition('class="changes"')[2]
    assert changes.count("<dt>") == 1
    assert "École" in changes


def test_a_list_is_narrowed_counted_and_shown_page_by_page(team: Team) -> None:
    paths = [begun(team, **{"text.en.title": f"Trip {number}"}) for number in range(5)]
    team.head.post(f"{paths[0]}/hold", version="1", reason="La salle est trop petite.")
    team.head.post(f"{paths[1]}/archive")

    def listed(query: str) -> list[str]:
        return re.findall(r">(Trip \d)<", team.bo.get(f"{TEAM}{query}"))

    counted = r'only=(\w+)"(?: aria-current="page")?>[^<]+<span class="number">(\d)</span>'
    assert re.findall(counted, team.bo.get(TEAM)) == [("planned", "3"), ("all", "5"), ("archived", "1")]
    assert (listed(""), listed("?only=planned&page=1")) == (["Trip 4", "Trip 3"], ["Trip 2"])
    assert "1 more, changed before" in team.bo.get(TEAM)
    assert listed("?only=archived") == ["Trip 1"]
    everything = [one for page in range(3) for one in listed(f"?only=all&page={page}")]
    assert everything == ["Trip 0", "Trip 4", "Trip 3", "Trip 2", "Trip 1"]
    assert listed("?only=weather&page=x") == listed("")
    assert "There is nothing here." in team.bo.get(f"{TEAM}?page=7")


def test_saving_what_is_there_makes_no_version(team: Team) -> None:
    path = begun(team)
    team.ana.post(f"{path}/edit", **fields_of(team.ana.get(f"{path}/edit")))
    assert fields_of(team.ana.get(f"{path}/edit"))["version"] == "1"


def test_a_form_sent_twice_makes_one_record(team: Team) -> None:
    form = fields_of(team.ana.get(f"{TEAM}/new")) | TYPED
    first, second = (team.ana.post(f"{TEAM}/new", **form) for _ in range(2))
    assert first == second
    assert count(team) == 1


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(team: Team) -> None:
    wrong = {"text.fr.title": "x" * 61, "place": "", "day": "hier", "people": "many", "guests[0].sector": "y" * 81}
    page = team.ana.post(f"{TEAM}/new", 400, **(TYPED | wrong))
    for place in ("place", "day", "people"):  # what cannot be read is told first
        assert f'id="{place}-error"' in page or f'href="#{place}"' in page
    form = fields_of(page)
    assert {name: form[name] for name in (TYPED | wrong) if name != "place"} == {
        name: value for name, value in (TYPED | wrong).items() if name != "place"
    }
    long = wrong | {"place": "site", "day": "", "people": "501"}
    page = team.ana.post(f"{TEAM}/new", 400, **(TYPED | long))
    assert 'href="#text.fr.title"' in page
    assert 'href="#guests[0].sector"' in page
    assert 'href="#people"' in team.ana.post(f"{TEAM}/new", 400, **(TYPED | {"people": "501"}))
    assert 'maxlength="60"' in page  # the form offers the room that there is
    assert count(team) == 0


def test_the_guard_reads_every_text_and_a_reason_lets_stay_what_it_asks_about(team: Team) -> None:
    page = team.ana.post(f"{TEAM}/new", 400, **(TYPED | {"guests[0].brings.fr": "lea.martin@gmail.com"}))
    assert 'href="#guests[0].brings.fr"' in page
    both = team.ana.post(f"{TEAM}/new", 400, **(TYPED | {"day": "hier", "guests[0].brings.fr": "lea.martin@gmail.com"}))
    assert 'href="#day"' in both  # all there is to put right is told at once
    assert 'href="#guests[0].brings.fr"' in both
    asked = TYPED | {"text.fr.purpose": "01 44 56 78 90"}
    assert 'name="reason[text.fr.purpose|phone]"' in team.ana.post(f"{TEAM}/new", 400, **asked)
    assert count(team) == 0
    why: dict[str, Any] = {"reason[text.fr.purpose|phone]": "C’est le numéro du standard."}
    path = team.ana.post(f"{TEAM}/new", **asked, **why).partition("?")[0]
    assert "C’est le numéro du standard." in team.bo.get(path)
    form = fields_of(team.ana.get(f"{path}/edit"))
    team.ana.post(f"{path}/edit", **(form | {"people": "13"}))  # what was explained is not asked again


def test_who_comes_too_late_makes_one_text_of_both(team: Team) -> None:
    path = begun(team)
    mine, theirs = (fields_of(browser.get(f"{path}/edit")) for browser in (team.ana, team.head))
    guest = {"guests[1].sector": "Police"}
    team.head.post(f"{path}/edit", **(theirs | {"text.fr.purpose": "Voir les juges.", "place": "school"} | guest))
    typed = {"text.fr.purpose": "Voir les greffiers.", "people": "14", "guests[0].sector": "Droit"}
    page = team.ana.post(f"{path}/edit", 409, **(mine | typed))
    chosen = fields_of(page)
    assert {unit: chosen.get(f"choice[{unit}]") for unit in ("text.fr.purpose", "place", "people", "guests")} == {
        "text.fr.purpose": None,  # both changed it: nothing goes without saying
        "place": "theirs",
        "people": "yours",
        "guests": None,
    }
    assert "juges" in page
    left = team.ana.post(f"{path}/edit", 409, **chosen)
    assert 'href="#text.fr.purpose"' in left
    said: dict[str, Any] = {
        "choice[text.fr.purpose]": "both",
        "merged[text.fr.purpose]": "Les voir tous.",
        "choice[guests]": "both",
    }
    team.ana.post(f"{path}/edit", **(fields_of(left) | said))
    form = fields_of(team.ana.get(f"{path}/edit"))
    assert (form["text.fr.purpose"], form["place"], form["people"]) == ("Les voir tous.", "school", "14")
    assert [form[f"guests[{number}].sector"] for number in range(3)] == ["Justice", "Police", "Droit"]


def test_words_typed_for_both_count_whatever_is_marked_unless_the_script_marks(team: Team) -> None:
    for marked, saved in (("", "Les voir tous."), ("yes", "Voir les greffiers.")):
        path = begun(team)
        mine, theirs = (fields_of(browser.get(f"{path}/edit")) for browser in (team.ana, team.head))
        team.head.post(f"{path}/edit", **(theirs | {"text.fr.purpose": "Voir les juges."}))
        page = team.ana.post(f"{path}/edit", 409, **(mine | {"text.fr.purpose": "Voir les greffiers."}))
        said = {"choice[text.fr.purpose]": "yours", "merged[text.fr.purpose]": "Les voir tous.", "marked": marked}
        team.ana.post(f"{path}/edit", **(fields_of(page) | said))
        assert fields_of(team.ana.get(f"{path}/edit"))["text.fr.purpose"] == saved


@pytest.mark.parametrize(("marked", "first"), [("", "both"), ("yes", "both"), ("yes", "theirs")])
def test_the_text_of_both_that_is_offered_holds_what_a_third_saved(team: Team, marked: str, first: str) -> None:
    path = begun(team)
    mine = fields_of(team.ana.get(f"{path}/edit"))
    team.head.post(f"{path}/edit", **(mine | {"text.fr.purpose": "Voir les juges."}))
    page = team.ana.post(f"{path}/edit", 409, **(mine | {"text.fr.purpose": "Voir les greffiers."}))
    team.head.post(f"{path}/edit", **(mine | {"text.fr.purpose": "Voir les avocats.", "version": "2"}))
    chosen = {"choice[text.fr.purpose]": first, "marked": marked}
    again = fields_of(team.ana.post(f"{path}/edit", 409, **(fields_of(page) | chosen)))
    assert again["choice[text.fr.purpose]"] == first
    team.ana.post(f"{path}/edit", **(again | {"choice[text.fr.purpose]": "both", "marked": marked}))
    assert fields_of(team.ana.get(f"{path}/edit"))["text.fr.purpose"] == "Voir les avocats. / Voir les greffiers."


def test_a_text_of_both_stays_while_something_else_is_put_right(team: Team) -> None:
    path = begun(team)
    mine = fields_of(team.ana.get(f"{path}/edit"))
    team.head.post(f"{path}/edit", **(mine | {"text.fr.purpose": "Voir les juges."}))
    page = team.ana.post(f"{path}/edit", 409, **(mine | {"text.fr.purpose": "Voir les greffiers."}))
    said = {"merged[text.fr.purpose]": "Les voir tous.", "people": "many"}
    refused = team.ana.post(f"{path}/edit", 400, **(fields_of(page) | said))
    assert fields_of(refused)["text.fr.purpose"] == "Les voir tous."


def test_a_text_that_is_empty_is_said_to_be_so_where_two_are_compared(team: Team) -> None:
    path = begun(team)
    mine = fields_of(team.ana.get(f"{path}/edit"))
    team.head.post(f"{path}/edit", **(mine | {"text.en.purpose": "To see the judges."}))
    page = team.ana.post(f"{path}/edit", 409, **(mine | {"people": "13"}))
    assert page.count("(empty)") == 1


def test_a_form_that_is_sent_twice_is_answered_as_once(team: Team) -> None:
    path = begun(team)
    page = team.ana.get(f"{path}/edit")
    team.ana.key = re.findall(r'name="key" value="([^"]+)"', page.partition("<main")[2])[0]
    typed = fields_of(page) | {"text.fr.purpose": "Voir les greffiers."}
    led = [team.ana.post(f"{path}/edit", **typed) for _ in range(2)]
    assert led == [f"{path}?done=saved"] * 2
    other = team.ana.post(f"{path}/edit", 409, **(typed | {"text.fr.purpose": "Voir les juges."}))
    assert "You saved this in another window" in other


def test_who_goes_back_to_a_page_later_and_presses_again_does_it_again(team: Team) -> None:
    path = begun(team)
    page = team.head.get(f"{path}/archive")
    team.head.key = re.findall(r'name="key" value="([^"]+)"', page.partition("<main")[2])[0]
    team.head.post(f"{path}/archive", **fields_of(page))
    with team.paris.database.write(ALL) as session:
        session.execute(update(Answered).values(at=records.now() - timedelta(minutes=2)))
    team.head.post(f"{path}/restore", version="1")
    team.head.post(f"{path}/archive", **fields_of(page))
    with team.paris.database.read("paris") as session:
        assert session.get_one(Record, ("paris", path.rpartition("/")[2])).state == "archived"


def test_nothing_is_done_with_what_was_archived_meanwhile_whatever_its_service_looks_at(
    team: Team, programs: Programs
) -> None:
    path = begun(team)
    record_id = path.rpartition("/")[2]
    with team.paris.database.write("paris") as session:
        session.get_one(Record, ("paris", record_id)).state = "archived"
    agreed = {"reason": "Tous sont d’accord, même le juge.", "asked": "yes", "nobody": "yes"}
    assert agreed["reason"] in team.head.post(f"{path}/agree", 409, **agreed)
    body = {"confirmed": True, "reason": agreed["reason"]}
    answer = programs.of("coordinator").step(f"{API}/{record_id}", "agree", body)
    assert problem(answer)["detail"] == "The action 'agree' is not possible while the trip is archived."
    with team.paris.database.read("paris") as session:
        assert TRIPS.status_of(session.get_one(Record, ("paris", record_id))).learnt == ""


def test_a_row_that_was_added_and_not_filled_stays_while_something_else_is_put_right(team: Team) -> None:
    path = begun(team)
    form = fields_of(team.ana.get(f"{path}/edit")) | {"guests[1].sector": "", "people": "many"}
    page = team.ana.post(f"{path}/edit", 400, **form)
    assert "guests[1].sector" in fields_of(page)
    team.ana.post(f"{path}/edit", **(fields_of(page) | {"people": "13"}))
    assert "guests[1].sector" not in fields_of(team.ana.get(f"{path}/edit"))


def test_a_third_who_saves_while_two_texts_are_compared_is_not_overwritten(team: Team) -> None:
    path = begun(team)
    mine = fields_of(team.ana.get(f"{path}/edit"))
    team.head.post(f"{path}/edit", **(mine | {"people": "20"}))
    page = team.ana.post(f"{path}/edit", 409, **(mine | {"people": "30"}))
    team.head.post(f"{path}/edit", **(mine | {"people": "21", "version": "2"}))
    again = team.ana.post(f"{path}/edit", 409, **(fields_of(page) | {"choice[people]": "yours"}))
    team.ana.post(f"{path}/edit", **(fields_of(again) | {"choice[people]": "yours"}))
    assert fields_of(team.ana.get(f"{path}/edit"))["people"] == "30"


def test_a_translation_that_did_not_follow_is_marked(team: Team) -> None:
    path = begun(team)
    form = fields_of(team.ana.get(f"{path}/edit"))
    team.ana.post(f"{path}/edit", **(form | {"text.fr.title": "Visite d’un autre lieu"}))
    with team.paris.database.read("paris") as session:
        record = session.get_one(records.Record, ("paris", path.rpartition("/")[2]))
        assert records.decode(records.body_of(session, record, 2), TRIPS.content).stale == ("en",)


def test_an_action_is_done_by_who_may_in_the_state_that_allows_it(team: Team) -> None:
    path = begun(team)
    team.ana.get(f"{path}/hold", 403)
    assert f'href="{path}/hold"' not in team.ana.get(path)
    assert "It is not changed any more." in team.head.get(f"{path}/hold")
    thin = team.head.post(f"{path}/hold", 400, version="1", reason="ok")
    assert 'id="reason-error"' in thin
    team.head.post(f"{path}/hold", version="1", reason="La salle est trop petite.")
    assert ">Held<" in team.ana.get(path)
    again = team.head.post(f"{path}/hold", 409, version="1", reason="La salle est trop petite.")
    assert "It was held already." in again
    team.ana.get(f"{path}/edit", 409)
    team.ana.post(f"{path}/edit", 409, **TYPED)


def test_an_action_asks_what_was_there_what_is_confirmed_and_why_something_stays(team: Team) -> None:
    path = begun(team)
    form = fields_of(team.head.get(f"{path}/move"))
    assert (form["place"], form["mark"]) == ("school", "1")  # it holds something before anybody writes
    team.head.post(f"{path}/move", **form)
    assert "At a school" in team.ana.get(path)
    late = team.head.post(f"{path}/move", 409, **(form | {"place": "site", "reason": "Plus près."}))
    assert "Plus près." in late  # what was written too late is shown to its writer
    agreed = {"reason": "Ils l’ont dit au 01 44 56 78 90.", "asked": "yes"}
    assert 'id="confirmed"' in team.head.post(f"{path}/agree", 400, **agreed)
    asked = team.head.post(f"{path}/agree", 400, **agreed, nobody="yes")
    assert 'name="reason[reason|phone]"' in asked
    why: dict[str, Any] = {"reason[reason|phone]": "C’est un standard."}
    team.head.post(f"{path}/agree", **(agreed | why | {"nobody": "yes"}))


def test_what_was_explained_of_an_action_outlives_the_next_version(team: Team) -> None:
    path = begun(team)
    said: dict[str, Any] = {"reason": "Ils l’ont dit au 01 44 56 78 90.", "reason[reason|phone]": "C’est un standard."}
    team.head.post(f"{path}/agree", **said, asked="yes", nobody="yes")

    def explained() -> list[tuple[str, str]]:
        with team.paris.database.read("paris") as session:
            record = session.get_one(Record, ("paris", path.rpartition("/")[2]))
            return [(one.field, one.text) for one in read_told(session, record, Told).reasons]

    assert explained() == [("agreed", "C’est un standard.")]
    team.ana.post(f"{path}/edit", **(fields_of(team.ana.get(f"{path}/edit")) | {"people": "13"}))
    assert explained() == [("agreed", "C’est un standard.")]


def test_programs_confirm_and_explain_too(programs: Programs) -> None:
    path = programs.of("contributor").ask("POST", API, SENT).headers["location"]
    head, told = programs.of("coordinator"), {"confirmed": True, "reason": "Ils l’ont dit au 01 44 56 78 90."}
    assert head.step(path, "move", {"place": "site"}).status_code == 200
    assert head.step(path, "agree", told | {"confirmed": False}).status_code == 422
    assert head.step(path, "agree", told).status_code == 422
    why = [{"field": "reason", "code": "phone", "reason": "C’est un standard."}]
    assert head.step(path, "agree", told | {"reasons": why}).status_code == 200


def test_a_record_is_erased_when_the_word_was_typed(team: Team) -> None:
    path = begun(team)
    assert 'id="word-error"' in team.head.post(f"{path}/erase", 400, word="no")
    listed = team.head.post(f"{path}/erase", word="erase")
    assert listed == f"{TEAM}?done=erase"
    assert "Erased permanently." in team.head.get(listed)
    team.head.get(path, 410)


def test_only_who_may_write_begins_and_strangers_find_nothing(team: Team) -> None:
    path = begun(team)
    team.bo.get(f"{TEAM}/new", 403)
    team.bo.post(f"{TEAM}/new", 403, **TYPED)
    assert team.client.get(path, follow_redirects=False).status_code in (303, 403, 404)


def test_programs_write_it_too(programs: Programs) -> None:
    writer, head = programs.of("contributor"), programs.of("coordinator")
    once = partial(writer.ask, "POST", API, SENT, idempotency_key="one")
    made = once()
    assert (made.status_code, once().content) == (201, made.content), made.text
    path = made.headers["location"]
    assert writer.get(API)["total"] == 1
    whole = writer.get(path)
    assert (whole["trip"]["place"], whole["state"]) == ("school", "planned")
    assert [one["number"] for one in writer.get(f"{path}/versions")["items"]] == [1]
    assert writer.get(f"{path}/versions/1")["trip"]["place"] == "school"
    etag = writer.etag(path)
    changed = SENT | {"people": 3}
    assert writer.ask("PUT", path, changed).status_code == 428
    assert writer.ask("PUT", path, changed, if_match=etag).status_code == 200
    assert writer.ask("PUT", path, changed, if_match=etag).status_code == 412
    both = SENT | {"text": {"fr": {"title": "Visite"}, "en": {"title": "Trip"}}}
    for text, stale in (({"title": "Une autre"}, ["en"]), ({"title": "Une troisième"}, [])):
        for sent in (both, both | {"text": both["text"] | {"fr": text}} | ({} if stale else {"fits": ["en"]})):
            assert writer.ask("PUT", path, sent, if_match=writer.etag(path)).status_code == 200
        assert writer.get(path)["trip"].get("stale", []) == stale
    long = SENT | {"text": {"fr": {"title": "x" * 61}}}
    refused = writer.ask("PUT", path, long, if_match=writer.etag(path))
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["text.fr.title"]
    told = {"reason": "La salle est trop petite."}
    assert writer.step(path, "hold", told).status_code == 403
    assert head.step(path, "hold", told).status_code == 200
    assert head.get(path)["state"] == "held"
    assert head.step(path, "erase").status_code == 204
    assert head.ask("GET", path).status_code == 410


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (FIELDS[1:], "no field is declared for title"),
        ((*FIELDS, Field(name="weather", label="Weather")), "Trip has no field 'weather'"),
        ((*FIELDS[:5], Field(name="guests", label="Guests", fields=())), "Guest: no field is declared for sector"),
    ],
)
def test_a_declaration_that_does_not_fit_its_type_is_refused(fields: tuple[Field, ...], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        replace(TRIPS, fields=fields)


def test_what_comes_from_elsewhere_is_worded_by_no_field_and_its_rows_stay_in_their_places() -> None:
    rows = Field(name="rows", label="Rows", one="Row", fields=(Field(name="note", label="Note"),))
    [shape] = shapes_of(Taken, (rows,))
    assert (shape.fixed, [one.name for one in shape.parts]) == (True, ["note"])
    there = Row(name="lea.martin@gmail.com", note={"fr": "Ici."})
    assert [*written_in([shape], Taken(origin=there, rows=(there,)))] == [("rows[0].note.fr", "Ici.")]


def test_a_service_that_asks_for_what_nobody_gives_is_refused() -> None:
    def do(session: object, record: object, *, weather: str) -> None: ...

    with pytest.raises(TypeError, match="nobody gives weather"):
        replace(HOLD, do=do)


def test_what_follows_from_a_declaration_can_be_listed() -> None:
    told = "\n".join(lines_of(TRIPS))
    for words in ("title", "in each language; up to 60", "code; required; one of site, school", "create_trip"):
        assert words in told

"""Organisations that received practices name: one thing each, known as they are told of last."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.directory.service import by_key, directory
from lanzarote.practices.documents import PracticeRelease
from lanzarote.practices.model import Published
from lanzarote.records.changelog import Change, ChangeBody
from lanzarote.records.records import Record, Version, decode, encode
from lanzarote.regions.vocabulary import ReleasedTerm, VocabularyRelease
from lanzarote.results.forgetting import broken_log
from lanzarote.results.model import Source
from lanzarote.stakeholders.documents import StakeholderRelease
from lanzarote.store.bulk import MOST
from lanzarote.store.ids import shipped_id
from lanzarote.types import Organisation, Sector
from sqlalchemy import event, func, select

from tests.core.results.hostile import HERE, Hostile, practice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance

FIRST, SECOND, BODY = (f"0190{number:04x}-0000-7000-8000-000000000000" for number in range(3))


@pytest.fixture
def region(office: Instance) -> Hostile:
    made = Hostile(office).enrol()
    made.begin()
    return made


def naming(slug: str, **bodies: str) -> bytes:
    """A practice with partners: key → name."""
    said = msgspec.json.decode(practice(slug.capitalize(), slug, partners=[{"organisation": key} for key in bodies]))
    cited = {"side": "public", "sectors": ["health"], "scope": "local"}
    said["organisations"] = {key: {"name": {"en": name}} | cited for key, name in bodies.items()}
    return encode(msgspec.convert(said, PracticeRelease))


def joined(record: str, key: str | None, name: str) -> bytes:
    body = Organisation(name={"en": name}, side="public", sectors=("health",), scope="local")
    names = (record, key) if key else (record,)
    return encode(StakeholderRelease(slug="body", key=key, organisation=body, names=names, since=None, mandate={}))


def bodies(office: Instance) -> list[tuple[str, str, str, int]]:
    """Id, state and name of each organisation, and how many versions of it there are."""
    with office.database.read(HERE) as session:
        found: list[tuple[str, str, str, int]] = []
        for record in session.scalars(select(Record).where(Record.kind == "stakeholder").order_by(Record.slug)):
            shown = session.get(Version, (HERE, record.id, record.published_version or record.version))
            name = decode(shown.body, Organisation).name["en"] if shown and shown.body else ""
            count = session.scalar(select(func.count()).where(Version.record_id == record.id)) or 0
            found.append((record.id, record.state, name, count))
        return found


def whole(office: Instance) -> bool:
    """Whether the log of the region is as it was signed, up to where it was received."""
    with office.database.read(HERE) as session:
        head = session.scalar(select(func.max(Change.seq)))
        return broken_log(session, HERE) is None and head == session.get_one(Source, HERE).seq


@contextmanager
def statements(office: Instance) -> Iterator[list[str]]:
    """What the database is asked meanwhile by whoever asks it here; the worker has a thread of its own."""
    seen: list[str] = []

    def note(*said: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            seen.append(said[2])

    event.listen(office.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(office.database.engine, "before_cursor_execute", note)


def test_a_body_that_is_named_first_and_joins_later_is_one_thing(office: Instance, region: Hostile) -> None:
    its = shipped_id(HERE, "stakeholder", "ear")
    region.send(region.entry("practice", FIRST, naming("one", ear="The Ear")))
    assert bodies(office) == [(its, "published", "The Ear", 1)]
    region.send(region.entry("stakeholder", its, joined(its, "ear", "The Ear itself")))
    assert bodies(office) == [(its, "published", "The Ear itself", 1)]


def test_a_body_that_was_named_by_another_key_gives_way_to_itself(office: Instance, region: Hostile) -> None:
    region.send(region.entry("practice", FIRST, naming("one", ear="The Ear")))
    region.send(region.entry("stakeholder", BODY, joined(BODY, "ear", "The Ear itself")))
    assert [one[:3] for one in bodies(office) if one[1] == "published"] == [(BODY, "published", "The Ear itself")]


def test_a_key_as_long_as_an_id_is_no_id(office: Instance, region: Hostile) -> None:
    key = "centre-national-de-ressources-enfant"
    assert len(key) == len(FIRST)
    region.send(region.entry("practice", FIRST, naming("one", **{key: "A centre"})))
    assert [one[0] for one in bodies(office)] == [shipped_id(HERE, "stakeholder", key)]


def test_a_body_that_is_only_named_is_called_as_it_is_named_last(office: Instance, region: Hostile) -> None:
    region.send(region.entry("practice", FIRST, naming("one", ear="The old Ear")))
    region.send(region.entry("practice", FIRST, naming("one", ear="The new Ear"), "replace", 1))
    assert [one[2:] for one in bodies(office)] == [("The new Ear", 1)]
    office.worker.run_due()
    with office.database.read(HERE) as session:
        [document] = session.scalars(select(Published.document))
    assert b"old Ear" not in bytes(document)


def test_what_a_body_tells_of_itself_comes_before_what_practices_call_it(office: Instance, region: Hostile) -> None:
    its = shipped_id(HERE, "stakeholder", "ear")
    region.send(region.entry("stakeholder", its, joined(its, "ear", "The Ear itself")))
    region.send(region.entry("practice", FIRST, naming("one", ear="An ear")))
    assert [one[2] for one in bodies(office)] == ["The Ear itself"]


def test_naming_a_body_that_was_erased_does_not_bring_it_back(office: Instance, region: Hostile) -> None:
    its = shipped_id(HERE, "stakeholder", "ear")
    region.send(region.entry("stakeholder", its, joined(its, "ear", "The Ear itself")))
    region.send(region.entry("stakeholder", its, b"", "erase"))
    region.send(region.entry("practice", FIRST, naming("one", ear="The Ear")))
    assert [one[1] for one in bodies(office)] == ["erased"]


def test_a_body_that_nobody_named_for_a_while_is_known_again(office: Instance, region: Hostile) -> None:
    region.send(region.entry("practice", FIRST, naming("one", ear="The Ear")))
    region.send(region.entry("practice", FIRST, b"", "erase"))
    assert [one[1] for one in bodies(office)] == ["erased"]
    region.send(region.entry("practice", SECOND, naming("two", ear="The Ear")))
    assert [one[1:3] for one in bodies(office)] == [("published", "The Ear")]


def test_a_body_that_is_named_by_its_key_and_by_its_id_is_one_thing(office: Instance, region: Hostile) -> None:
    its = shipped_id(HERE, "stakeholder", "ear")
    region.send(
        region.entry("practice", FIRST, naming("one", **{its: "The Ear"})),
        region.entry("practice", SECOND, naming("two", ear="The Ear", **{its: "The Ear"})),
    )
    assert bodies(office) == [(its, "published", "The Ear", 1)]
    with office.database.read(HERE) as session:
        assert set(by_key(session)) == {"ear", its}


def test_one_that_was_named_by_its_id_is_found_by_the_key_that_comes_later(office: Instance, region: Hostile) -> None:
    its = shipped_id(HERE, "stakeholder", "ear")
    region.send(region.entry("practice", FIRST, naming("one", **{its: "The Ear"})))
    region.send(region.entry("practice", SECOND, naming("two", ear="The new Ear")))
    with office.database.read(HERE) as session:
        assert {name: one.organisation.name["en"] for name, one in by_key(session).items()} == {
            "ear": "The new Ear",
            its: "The new Ear",
        }


def test_one_that_is_known_again_has_an_address_in_words(office: Instance, region: Hostile) -> None:
    for _ in range(2):
        region.send(region.entry("practice", FIRST, naming("one", ear="The Ear")))
        region.send(region.entry("practice", FIRST, naming("one"), "replace"))
        region.send(region.entry("practice", FIRST, naming("one", ear="The Ear")))
        with office.database.read(HERE) as session:
            assert [one.slug for one in directory(session)] == ["ear"]
        region.send(region.entry("practice", FIRST, naming("one"), "replace"))


def test_what_a_body_told_of_itself_is_not_erased_because_nobody_names_it(office: Instance, region: Hostile) -> None:
    its = shipped_id(HERE, "stakeholder", "ear")
    region.send(region.entry("stakeholder", its, joined(its, "ear", "The Ear itself")))
    region.send(region.entry("practice", FIRST, naming("one", ear="An ear")))
    region.send(region.entry("stakeholder", its, b"", "withdraw"))
    assert bodies(office) == [(its, "published", "An ear", 2)]
    region.send(region.entry("practice", FIRST, b"", "erase"))
    assert bodies(office) == [(its, "withdrawn", "", 2)]
    with office.database.read(HERE) as session:
        [told] = session.scalars(select(ChangeBody.body).where(ChangeBody.record_id == its))
        assert b"The Ear itself" in bytes(told)
        said = b"".join(map(bytes, session.scalars(select(Version.body))))
    assert b"An ear" not in said
    assert whole(office)


def test_one_that_was_named_only_on_the_way_is_not_public(office: Instance, region: Hostile) -> None:
    region.send(
        region.entry("practice", FIRST, naming("one", ear="The Ear")), region.entry("practice", FIRST, naming("one"))
    )
    assert [one[1] for one in bodies(office)] == ["withdrawn"]


def test_what_practices_tell_last_counts_when_one_of_them_is_withdrawn(office: Instance, region: Hostile) -> None:
    region.send(region.entry("practice", FIRST, naming("one", ear="The old Ear")))
    region.send(region.entry("practice", SECOND, naming("two", ear="The new Ear")))
    region.send(region.entry("practice", SECOND, b"", "withdraw"))
    assert [one[2] for one in bodies(office)] == ["The old Ear"]
    region.send(region.entry("practice", FIRST, b"", "withdraw"))
    assert [one[1] for one in bodies(office)] == ["withdrawn"]


def test_many_that_nobody_names_any_more_are_taken_from_the_public_together(office: Instance, region: Hostile) -> None:
    """Each by itself they hold up whoever else writes, the longer the more there are."""
    many = {f"body-{number}": f"Body {number}" for number in range(30)}
    region.send(region.entry("practice", FIRST, naming("one", **many)))
    told: list[int] = []
    office.database.listeners.append(lambda _, saved: told.append(sum(one.verb == "withdraw" for one in saved)))
    region.send(region.entry("practice", FIRST, naming("one")))
    assert [count for count in told if count] == [len(many)]
    assert {one[1] for one in bodies(office)} == {"withdrawn"}


def test_so_many_are_told_of_at_once_as_a_statement_can_ask_for(office: Instance, region: Hostile) -> None:
    told: list[int] = []
    office.database.listeners.append(lambda _, saved: told.append(len(saved)))
    many = {f"body-{number}": "A body" for number in range(MOST + 1)}
    region.send(region.entry("practice", FIRST, naming("one", **many)))
    region.send(region.entry("practice", FIRST, naming("one")))
    assert told.count(MOST) == 2
    assert max(told) == MOST


def test_to_erase_many_that_were_only_named_takes_no_more_statements_than_few(
    office: Instance, region: Hostile
) -> None:
    taken = []
    for record_id, count in ((FIRST, 5), (SECOND, 50)):
        named = {f"body-{count}-{number}": "A body" for number in range(count)}
        region.send(region.entry("practice", record_id, naming(f"slug-{count}", **named)))
        assert [state for _, state, _, _ in bodies(office)].count("published") == count
        with statements(office) as seen:
            region.send(region.entry("practice", record_id, verb="erase"))
        assert {state for _, state, _, _ in bodies(office)} == {"erased"}
        taken.append(len(seen))
    few, many = taken
    assert many <= few


def test_what_a_beginning_does_not_tell_of_is_taken_from_the_public_together(office: Instance, region: Hostile) -> None:
    region.send(region.entry("practice", FIRST, naming("one")), region.entry("practice", SECOND, naming("two")))
    told: list[int] = []
    office.database.listeners.append(lambda _, saved: told.append(sum(one.verb == "withdraw" for one in saved)))
    region.epoch += 1
    region.begin()
    assert [count for count in told if count] == [2]


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
def test_the_office_writes_nothing_into_the_log_of_a_region(office: Instance, region: Hostile, together: bool) -> None:
    its = shipped_id(HERE, "stakeholder", "ear")
    told: list[tuple[Any, ...]] = [
        ("practice", FIRST, b"", "erase"),
        ("region", HERE, region.header()),
        ("practice", SECOND, naming("two", mouth="The Mouth")),
        ("stakeholder", its, b"", "erase"),
        ("practice", SECOND, naming("two"), "replace"),
    ]
    region.send(region.entry("stakeholder", its, joined(its, "ear", "The Ear itself")))
    region.send(region.entry("practice", FIRST, naming("one", ear="The Ear", mouth="The Mouth")))
    if together:
        region.send(*(region.entry(*one) for one in told))
    else:
        for one in told:
            region.send(region.entry(*one))
            assert whole(office)
    assert whole(office)
    region.send(region.entry("practice", FIRST.replace("-7000-", "-7001-"), naming("three")))
    assert whole(office)


def test_a_renamed_and_moved_sector_is_found_by_its_new_words(office: Instance, region: Hostile) -> None:
    region.send(region.entry("practice", FIRST, naming("one")))
    sector = Sector(name={"en": "Wrenword"}, side="public", common=("judicial",))
    term = ReleasedTerm(key="health", body=msgspec.Raw(encode(sector)), retired=False)
    region.send(region.entry("vocabulary", "sector", encode(VocabularyRelease(vocabulary="sector", entries=(term,)))))
    office.worker.run_due()
    with office.database.read(HERE) as session:
        [facets] = session.scalars(select(Published.facets))
    assert {"sector:health", "common:judicial"} <= set(facets.split())

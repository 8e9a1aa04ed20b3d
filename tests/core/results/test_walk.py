"""Whatever happens at a region, in whatever order and pieces it arrives: its office shows what its own site shows."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.directory.service import by_key
from lanzarote.records.changelog import Change, ChangeBody
from lanzarote.records.records import Record, Version, decode
from lanzarote.results import destinations
from lanzarote.results.forgetting import broken_log
from lanzarote.results.model import Refused
from lanzarote.results.receiving import receive
from lanzarote.types import Organisation, Practice
from sqlalchemy import select

from tests.core.results.alike import PARIS, Bodies

if TYPE_CHECKING:
    from lanzarote.instance import Instance

    from tests.core.results.two_places import TwoPlaces

OFTEN = ("practice", "name", "body", "rename", "agree", "disagree", "sync")
"""Twice as often as the others."""
SELDOM = ("unpublish", "erase", "put back", "hide", "erase body", "merge", "split", "epoch", "part", "replay")


class Walk:
    def __init__(self, places: TwoPlaces, seed: int) -> None:
        self.places, self.bodies, self.chance = places, Bodies(places), Random(seed)
        self.files: list[bytes] = []
        self.called: dict[str, set[str]] = {}
        self.gone: set[str] = set()

    def step(self, number: int) -> str:
        what = self.chance.choice([*OFTEN, *OFTEN, *SELDOM])
        getattr(self, "do_" + what.replace(" ", "_"))(f"{number:04}")
        return what

    def one(self, kind: str, *states: str) -> str | None:
        """One that was made here, in one of these states."""
        with self.places.region.database.read(PARIS) as session:
            mine = (Record.kind == kind) & Record.state.in_(states) & Record.key.is_(None)
            found = session.scalars(select(Record.id).where(mine).order_by(Record.id)).all()
        return self.chance.choice(found) if found else None

    def names(self) -> list[str]:
        with self.places.region.database.read(PARIS) as session:
            mine = (Record.kind == "stakeholder") & (Record.state != "erased")
            rows = session.execute(select(Record.id, Record.key).where(mine).order_by(Record.id)).all()
        own = [name for row in rows if row[1] is None or self.chance.random() < 0.1 for name in row if name]
        return self.chance.sample(own, min(len(own), self.chance.randrange(4)))

    # At the region

    def do_practice(self, number: str) -> None:
        self.bodies.practice(f"own-{number}", *self.names())

    def do_name(self, number: str) -> None:
        if one := self.one("practice", "published"):
            self.bodies.name_anew(one, *self.names())

    def do_unpublish(self, number: str) -> None:
        if one := self.one("practice", "published"):
            self.places.withdraw(one)

    def do_erase(self, number: str) -> None:
        if one := self.one("practice", "published", "withdrawn"):
            self.places.erase(one)

    def do_put_back(self, number: str) -> None:
        for kind in ("practice", "stakeholder"):
            if one := self.one(kind, "withdrawn"):
                self.bodies.put_back(one)

    def do_body(self, number: str) -> None:
        one = self.bodies.body(f"Body {number}")
        self.called[one] = {f"Body {number}"}

    def do_rename(self, number: str) -> None:
        if one := self.one("stakeholder", "published"):
            self.bodies.rename(one, f"Body {number}", self.chance.choice(["public", "civil-society"]))
            self.called[one].add(f"Body {number}")

    def do_agree(self, number: str) -> None:
        if one := self.one("stakeholder", "published"):
            self.bodies.agree(one)

    def do_disagree(self, number: str) -> None:
        if one := self.one("stakeholder", "published"):
            self.bodies.agree(one, shared=False)

    def do_hide(self, number: str) -> None:
        if one := self.one("stakeholder", "published"):
            self.bodies.withdraw(one)

    def do_erase_body(self, number: str) -> None:
        if one := self.one("stakeholder", "published", "withdrawn"):
            self.bodies.erase(one)
            self.gone |= self.called[one]

    def do_merge(self, number: str) -> None:
        one, into = self.one("stakeholder", "published"), self.one("stakeholder", "published")
        if one and into and one != into:
            self.bodies.merge(one, into)

    def do_split(self, number: str) -> None:
        if one := self.one("stakeholder", "merged"):
            self.bodies.split(one)

    def do_epoch(self, number: str) -> None:
        if self.chance.random() < 0.5:
            self.places.begin_anew()

    # On the way

    def do_sync(self, number: str) -> None:
        self.files = [*self.files[-5:], self.places.export()]
        self.places.take(self.files[-1])
        self.require_alike()

    def do_part(self, number: str) -> None:
        """Some batches of the present epoch; the others come later."""
        with self.places.region.database.read(PARIS) as session:
            begun = destinations.start_of(session, PARIS)
            batches = list(destinations.batches(session, self.places.region.settings, PARIS, begun))
        for batch in batches[: self.chance.randrange(len(batches)) + 1]:
            receive(self.places.office.database, BytesIO(batch), came="net")

    def do_replay(self, number: str) -> None:
        before = self.places.state()
        if self.files:
            with suppress(Refused):  # a gap or another epoch; what is here already is taken and changes nothing
                self.places.take(self.chance.choice(self.files))
        assert self.places.state() == before

    # What has to be so

    def require_alike(self) -> None:
        home, office = self.places.region, self.places.office
        assert practices(office) == practices(home)
        assert directory(office) == named_or_sharing(home)
        with office.database.read(PARIS) as session:
            assert broken_log(session, PARIS) is None
            here = set(session.scalars(select(Change.seq)))
        assert told(office) == {seq: body for seq, body in told(home).items() if seq in here}
        with office.database.read(PARIS) as session:
            kept = b"\n".join(map(bytes, session.scalars(select(Version.body))))
        assert [name for name in self.gone if name.encode() in kept] == []


@pytest.mark.parametrize(("seed", "most"), [(3, 3), (8, 1000)], ids=["small batches", "large batches"])
def test_a_walk(places: TwoPlaces, monkeypatch: pytest.MonkeyPatch, seed: int, most: int) -> None:
    monkeypatch.setattr(destinations, "MOST_ENTRIES", most)
    walk = Walk(places, seed)
    walk.do_sync("")
    steps = [walk.step(number) for number in range(90)]
    walk.do_sync("")
    assert {*OFTEN, *SELDOM} == set(steps), "another seed takes every step"


Named = tuple[dict[str, str], str, bool] | None


def practices(instance: Instance) -> dict[str, tuple[str, list[Named]]]:
    """Slug → title, and how the public reads its partners."""
    with instance.database.read(PARIS) as session:
        known = {name: _named(one.organisation) for name, one in by_key(session).items()}
        return {
            slug: (said.text[said.original].title, [known.get(one.organisation or "") for one in said.partners])
            for slug, said in _published(session)
        }


def directory(instance: Instance) -> list[Named]:
    with instance.database.read(PARIS) as session:
        return _sorted({one.id: _named(one.organisation) for one in by_key(session).values()})


def named_or_sharing(instance: Instance) -> list[Named]:
    """Of the directory: whom a practice names, and who takes part and agreed."""
    with instance.database.read(PARIS) as session:
        known = by_key(session)
        cited = {one.organisation for _, said in _published(session) for one in said.partners}
        shown = {name for name, one in known.items() if one.status.shared and one.status.relation == "taking-part"}
        return _sorted({known[name].id: _named(known[name].organisation) for name in cited | shown if name in known})


def told(instance: Instance) -> dict[int, bytes]:
    """What the change log tells, by number."""
    with instance.database.read(PARIS) as session:
        return {seq: bytes(body) for seq, body in session.execute(select(ChangeBody.seq, ChangeBody.body))}


def _published(session: Any) -> list[tuple[str, Practice]]:
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = select(Record.slug, Version.body).join(Version, joined & (Version.number == Record.published_version))
    return [(slug, decode(body, Practice)) for slug, body in session.execute(query.where(Record.kind == "practice"))]


def _named(said: Organisation) -> Named:
    return said.name, said.side, said.verified


def _sorted(found: dict[str, Named]) -> list[Named]:
    return sorted({repr(one): one for one in found.values()}.values(), key=repr)

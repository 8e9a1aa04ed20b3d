"""Entries of the directory as the team's pages are given them."""

from __future__ import annotations

import re
from typing import Any

from lanzarote.instance import Instance
from lanzarote.records.records import Record

from tests.core.practices.forms import Writer

TEAM = "/fr/paris/team/organisations"
PUBLIC = "/fr/paris/organisations"
ENTRY: dict[str, Any] = {
    "name.fr": "Maison de l’audition",
    "name.en": "Hearing House",
    "role.fr": "Accueille les auditions filmées d’enfants.",
    "side": "public",
    "scope": "local",
    "sectors": ["courts"],
    "own_sources[0].title": "Rapport 2030",
    "own_sources[0].publisher": "La Maison",
    "own_sources[0].url": "https://audition.example/rapport",
}
DESK: dict[str, Any] = {
    "contacts[0].purpose.fr": "Permanence protection de l’enfance",
    "contacts[0].address": "contact@audition.example",
    "contacts[0].source": "https://audition.example/contact",
    "contacts[0].review_on": "2032-01-01",
}
HOSTILE = "<script>alert(1)</script>"


def saved(one: Writer, **more: Any) -> str:
    """Fill in the form of a new entry; tells the entry's id."""
    one.open(f"{TEAM}/new", "/new").fill(ENTRY | {name.replace("__", "."): text for name, text in more.items()})
    one.press(action="/new")
    found = re.fullmatch(rf"{TEAM}/([0-9a-f-]+)\?done=saved", one.at)
    assert found, one.html
    return found[1]


def step(one: Writer, record_id: str, name: str, status: int = 303, **fields: Any) -> str:
    one.open(f"{TEAM}/{record_id}/{name}?unsaved=continue", f"/{name}").fill(
        {field.replace("__", "."): text for field, text in fields.items()}
    )
    return str(one.post(f"{TEAM}/{record_id}/{name}", one.fields, status=status))


def made_public(ana: Writer, rita: Writer, **more: Any) -> str:
    record_id = saved(ana, **more)
    step(ana, record_id, "submit")
    step(rita, record_id, "publish", in_sources="yes", nobody="yes")
    return record_id


def slug_of(paris: Instance, record_id: str) -> str:
    with paris.database.read("paris") as session:
        return session.get_one(Record, ("paris", record_id)).slug

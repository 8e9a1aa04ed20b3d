"""A directory that its region has made its own travels whole, but for contacts, which leave no region."""

from __future__ import annotations

from pathlib import Path

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.directory import service
from lanzarote.exchange.region_file import load_file
from lanzarote.instance import Instance
from lanzarote.stakeholders import deciding, writing

from tests.conftest import copy_of
from tests.core.stakeholders.keeping import COORDINATOR, THEN, contacts, get, merge, published, relate, save, split
from tests.core.transport.paris_file import export


def test_entries_travel_with_what_was_decided_and_without_contacts(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path
) -> None:
    desks = contacts({"address": "secretariat@audition.example"}, {"public": True})
    into = published(own_paris, desks=desks)
    relate(own_paris, into, "taking-part", since="2030", source="Lettre du 2 mai 2030")
    save(own_paris, into, {"role": {"fr": "Pas encore relu."}})
    merge(own_paris, "point-de-contact", into)
    with own_paris.database.write("paris") as session:
        deciding.rename(session, get(session, "aphp"), "hopitaux", by=COORDINATOR, at=THEN)
        vocabulary = own_paris.vocabulary("paris")
        writing.withdraw(session, get(session, "necker"), vocabulary, reason="C’est inexact.", by=COORDINATOR, at=THEN)
    file = tmp_path / "paris.jsonl"
    file.write_bytes(export(own_paris))
    assert b"audition.example" not in file.read_bytes()
    (tmp_path / "other").mkdir()
    url = copy_of(sqlite_template, tmp_path / "other")
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as elsewhere:
        load_file(elsewhere, file)
        with elsewhere.database.read("paris") as session:
            found = service.by_key(session)
            assert found["point-de-contact"].id == into
            assert found[into].status.relation == "taking-part"
            assert found[into].contacts == ()
            assert service.stakeholder(session, "assistance-publique-hopitaux-de-paris").slug == "hopitaux"
            assert deciding.status_of(get(session, "necker")).withdrawn == "C’est inexact."
            assert get(session, into).stage == "writing"
        split(elsewhere, "point-de-contact")
        assert {"point-de-contact"} < {one.slug for one in elsewhere.directory("paris")}

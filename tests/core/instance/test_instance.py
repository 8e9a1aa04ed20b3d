"""An instance stands alone: its packages, its database, its memory; another one beside it is told of every change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from lanzarote.composition import new_instance, open_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import NotFound, PackageError
from lanzarote.instance import Instance
from lanzarote.plugins import Candidate, Host
from lanzarote.plugins.packages import ENTERED_TWICE, MEND
from lanzarote.practices.service import facets_of
from lanzarote.records import records
from lanzarote.records.records import Draft, create, encode
from lanzarote.records.revisions import seen_once
from lanzarote.records.tasks import open_task
from lanzarote.regions.claims import installed_regions
from lanzarote.types import Practice, PracticeText

from tests.core.plugins.packages import write_package
from tests.regions.writing import ORGANISATION, SECTOR, RegionPackage, region_package, write_region

pytestmark = pytest.mark.both_databases


@pytest.fixture
def package(tmp_path: Path) -> Iterator[RegionPackage]:
    with region_package(tmp_path / "packages") as package:
        package.write(practices={"p": {}}, organisations={"o": ORGANISATION})
        yield package


def until(holds: Callable[[], bool]) -> bool:
    """Wait for a notice of PostgreSQL, which takes a moment; on SQLite nothing has to be waited for."""
    deadline = time.monotonic() + 5
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


def practice(title: str) -> bytes:
    text = {"en": PracticeText(title=title, summary="Invented.")}
    return encode(Practice(original="en", text=text, scope="local", running="ongoing", sectors=("courts",)))


def publish(instance: Instance, slug: str) -> None:
    draft = Draft(kind="practice", slug=slug, body=practice(slug), status=b"{}", publish=True)
    with instance.database.write("testland") as session:
        create(session, "testland", [draft], by="team")


def test_what_is_kept_in_memory_follows_every_write(package: RegionPackage, database_url: str) -> None:
    with package.instance(database_url) as instance:
        instance.load("testland")
        assert facets_of(instance, "testland").size == 1
        assert facets_of(instance, "testland") is facets_of(instance, "testland"), "nothing changed: it is the same"
        publish(instance, "q")
        assert until(lambda: facets_of(instance, "testland").size == 2)
        with instance.database.write("testland") as session:
            records.withdraw(session, records.find(session, "practice", "q"), by="team")
        assert until(lambda: facets_of(instance, "testland").size == 1)
        assert facets_of(instance).size == 1


def test_who_publishes_something_reads_it_at_once(package: RegionPackage, database_url: str) -> None:
    with package.instance(database_url) as instance:
        instance.load("testland")
        for count in range(1, 21):
            assert facets_of(instance, "testland").size == count
            publish(instance, f"q{count}")


def test_within_one_answer_it_is_looked_once_and_again_after_what_it_wrote_itself(
    package: RegionPackage, database_url: str
) -> None:
    with package.instance(database_url) as instance:
        instance.load("testland")
        with seen_once():
            known = instance.revisions.current()
            assert facets_of(instance, "testland").size == 1
            assert instance.revisions.current() is known
            publish(instance, "q")
            assert facets_of(instance, "testland").size == 2
            assert instance.revisions.current() is not known
        publish(instance, "r")
        with seen_once():
            assert facets_of(instance, "testland").size == 3


@pytest.mark.both_databases
def test_what_one_person_is_told_is_kept_until_anything_is_written(package: RegionPackage, database_url: str) -> None:
    built: list[str] = []
    with package.instance(database_url) as instance:
        instance.load("testland")

        def told(key: str) -> int:
            def build() -> int:
                built.append(key)
                return len(built)

            return instance.until_written(key, build)

        assert until(lambda: told("ana") == told("ana")), "nothing was written between"
        before = told("ana")
        assert told("bo") == before + 1
        with instance.database.write("testland") as session:
            open_task(session, "testland", "reply", by="visitor", wrong="…", about="law")
        assert told("ana") == before + 2
        assert told("ana") == before + 2


def test_a_process_beside_it_is_told_of_every_public_change(package: RegionPackage, database_url: str) -> None:
    with package.instance(database_url) as writer, package.instance(database_url) as reader:
        writer.load("testland")
        assert until(lambda: list(reader.headers()) == ["testland"])
        assert facets_of(reader, "testland").size == 1
        publish(writer, "q")
        assert until(lambda: facets_of(reader, "testland").size == 2)
        writer.enable("testland", on=False)
        assert until(lambda: list(reader.headers()) == [])
        with pytest.raises(NotFound):
            facets_of(reader, "testland")


def test_a_process_misses_nothing_of_many_changes(package: RegionPackage, database_url: str) -> None:
    with package.instance(database_url) as writer, package.instance(database_url) as reader:
        writer.load("testland")
        assert until(lambda: list(reader.headers()) == ["testland"])
        for count in range(1, 51):
            publish(writer, f"q{count}")
        assert until(lambda: facets_of(reader, "testland").size == 51)


def test_notices_are_heard_again_after_their_connection_was_cut(package: RegionPackage, pg_url: str) -> None:
    with package.instance(pg_url) as writer, package.instance(pg_url) as reader:
        writer.load("testland")
        assert until(lambda: list(reader.headers()) == ["testland"])
        cut = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle' AND query LIKE 'SELECT id, enabled, revision%%'"
        )
        with writer.database.engine.connect() as connection:
            assert connection.exec_driver_sql(cut).rowcount
        assert until(lambda: reader.revisions.current() is None)
        publish(writer, "q")
        assert until(lambda: facets_of(reader, "testland").size == 2)  # read anew each time, nothing is kept
        assert until(lambda: reader.revisions.current() is not None)
        publish(writer, "r")
        assert until(lambda: facets_of(reader, "testland").size == 3)


def test_nobody_listens_any_more_when_an_instance_is_closed(package: RegionPackage, pg_url: str) -> None:
    with package.instance(pg_url) as instance:
        instance.load("testland")
        instance.headers()
        assert "lanzarote-listen" in {one.name for one in threading.enumerate()}
    assert "lanzarote-listen" not in {one.name for one in threading.enumerate()}


def test_what_is_not_public_moves_no_revision(package: RegionPackage, database_url: str) -> None:
    with package.instance(database_url) as instance:
        instance.load("testland")
        before = instance.revisions.of("testland")
        with instance.database.write("testland") as session:
            records.revise(session, records.find(session, "practice", "p"), practice("Draft"), by="team")
        time.sleep(0.1)
        assert instance.revisions.of("testland") == before


def test_two_instances_in_one_process_share_nothing(package: RegionPackage, tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / name}.sqlite" for name in ("one", "two")]
    with (
        open_instance(read_settings({"LANZAROTE_DATABASE_URL": urls[0]}), package.host()) as one,
        open_instance(read_settings({"LANZAROTE_DATABASE_URL": urls[1]}), Host([])) as two,
    ):
        one.load("testland")
        assert (list(one.headers()), list(two.headers())) == (["testland"], [])
        assert (list(one.installed), list(two.installed)) == (["testland"], [])
        with pytest.raises(PackageError, match=r"No installed package .* \(installed regions: none\)"):
            two.load("testland")


def test_a_fresh_database_is_made_ready(package: RegionPackage, tmp_path: Path) -> None:
    settings = read_settings({"LANZAROTE_DATA": str(tmp_path / "data" / "deep")})
    with new_instance(settings, package.host()) as bare:
        assert not bare.ready
    with open_instance(settings, package.host()) as instance:
        assert instance.ready
        assert instance.loaded() == {}


def test_only_the_regions_that_are_named_are_served(package: RegionPackage, database_url: str) -> None:
    with package.instance(database_url) as instance:
        instance.load("testland")
    for named, served in (("", ["testland"]), ("testland", ["testland"]), ("elsewhere", [])):
        settings = read_settings({"LANZAROTE_DATABASE_URL": database_url, "LANZAROTE_REGIONS": named})
        with new_instance(settings, package.host()) as instance:
            assert list(instance.headers()) == served
            assert instance.loaded() == {"testland": True}
            assert facets_of(instance).size == len(served)


def test_a_region_is_not_there_until_it_is_loaded(package: RegionPackage, database_url: str) -> None:
    with package.instance(database_url) as instance:
        asks: tuple[Callable[[str], Any], ...] = (
            instance.header, instance.vocabulary, instance.directory, partial(facets_of, instance), instance.enable,
        )  # fmt: skip
        for ask in asks:
            with pytest.raises(NotFound):
                ask("testland")


def test_a_disabled_region_keeps_what_it_has(package: RegionPackage, database_url: str) -> None:
    with package.instance(database_url) as instance:
        instance.load("testland")
        instance.enable("testland", on=False)
        assert instance.loaded() == {"testland": False}
        instance.load("testland")
        assert instance.loaded() == {"testland": False}, "an upgrade does not show it again"
        instance.enable("testland")
        assert until(lambda: list(instance.headers()) == ["testland"])
        assert facets_of(instance, "testland").size == 1


def describing_testland(folder: Path, *names: str) -> list[Candidate]:
    """Packages of which each describes the same region."""
    code = '@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / "region"),)\n'
    candidates = [write_package(folder, name, code) for name in names]
    for one in candidates:
        write_region(folder / one.module / "region")
    return candidates


def test_a_package_of_no_distribution_takes_no_region_from_the_one_it_was_loaded_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    candidates = describing_testland(tmp_path, "nameless", "owns")
    host = Host([Candidate(name="nameless", module=candidates[0].module, version="1.0"), candidates[1]]).ask_all()
    assert installed_regions(host, {"testland": "lanzarote-owns"})["testland"].package.name == "owns"
    ways = [(one.name, one.way_out) for one in host.packages if one.fault]
    assert ways == [("nameless", "Remove nameless or lanzarote-owns")]


def test_a_package_that_describes_its_region_twice_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    code = '@hookimpl\ndef regions():\n    return 2 * [Region.from_folder(Path(__file__).parent / "region")]\n'
    one = write_package(tmp_path, "doubled", code)
    write_region(tmp_path / one.module / "region")
    host = Host([one]).ask_all()
    assert list(installed_regions(host)) == []
    assert [(one.fault, one.way_out) for one in host.packages] == [("describes the region 'testland' twice", MEND)]


def test_a_region_described_twice_belongs_to_the_first_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    candidates = describing_testland(tmp_path, "twice_second", "twice_first")
    with new_instance(read_settings({"LANZAROTE_DATA": str(tmp_path)}), Host(candidates)) as instance:
        assert instance.installed["testland"].package.name == "twice_first"
        told = {one.name: one.fault for one in instance.host.packages}
        second = next(one for one in instance.host.packages if one.fault)
        assert second.way_out == "Remove lanzarote-twice_second or lanzarote-twice_first"
        german = {"Remove %(claimant)s or %(chosen)s": "%(chosen)s oder %(claimant)s entfernen"}
        assert second.way_out_in(german.__getitem__) == "lanzarote-twice_first oder lanzarote-twice_second entfernen"
    loaded = {"testland": "lanzarote-twice_first"}
    host = Host(candidates).ask_all()
    assert installed_regions(host, loaded)["testland"].package.name == "twice_first"
    second = next(one for one in host.packages if one.fault)
    assert second.way_out == (
        "Remove lanzarote-twice_second or lanzarote-twice_first; if the region shall follow the former from now on, "
        "before that: lanzarote region move testland lanzarote-twice_second"
    )
    same = [Candidate(name=one.name, module=one.module, distribution="both", version="1.0") for one in candidates]
    with new_instance(read_settings({"LANZAROTE_DATA": str(tmp_path)}), Host(same)) as instance:
        instance.installed["testland"]
        second = next(one for one in instance.host.packages if one.fault)
        assert second.fault == "describes the region 'testland', which its entry 'twice_first' describes already"
        assert second.way_out == ENTERED_TWICE
    assert told == {
        "twice_first": "",
        "twice_second": "describes the region 'testland', which lanzarote-twice_first describes already",
    }


def test_a_loaded_region_stays_with_the_distribution_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    code = '@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / "region"),)\n'
    own, other = (write_package(tmp_path, name, code) for name in ("own", "another"))
    write_region(tmp_path / own.module / "region")
    write_region(tmp_path / other.module / "region", sectors={"taken-over": SECTOR})
    settings = read_settings({"LANZAROTE_DATA": str(tmp_path)})
    with open_instance(settings, host=Host([own])) as instance:
        instance.load("testland")

    with new_instance(settings, Host([own, other])) as instance:
        assert instance.installed["testland"].package.name == "own"
        assert instance.upgrades_due() == []
    with new_instance(settings, Host([other])) as instance:
        assert instance.upgrades_due() == []
        assert instance.installed == {}
        [package] = instance.host.packages
        assert package.fault == (
            "describes the region 'testland', which was loaded from lanzarote-own; if the region shall follow this "
            "package from now on: lanzarote region move testland lanzarote-another"
        )
        with pytest.raises(PackageError, match="lanzarote-nobody"):
            instance.move("testland", "lanzarote-nobody")
        instance.move("testland", "lanzarote-another")
    with new_instance(settings, Host([own, other])) as instance:
        assert instance.installed["testland"].package.name == "another"
        assert instance.upgrades_due() == ["testland"]


def test_a_region_that_nobody_loaded_is_that_of_the_package_called_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    candidates = describing_testland(tmp_path, "aaa", "testland")
    with new_instance(read_settings({"LANZAROTE_DATA": str(tmp_path)}), Host(candidates)) as instance:
        assert instance.installed["testland"].package.name == "testland"


def test_a_region_without_a_usable_header_is_blamed_and_the_others_stay(
    package: RegionPackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    code = '@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / "region"),)\n'
    broken = write_package(tmp_path, "headless", code)
    [sound] = [Candidate(name="testland", module=package.folder.parent.name)]
    with new_instance(read_settings({"LANZAROTE_DATA": str(tmp_path)}), Host([broken, sound])) as instance:
        assert list(instance.installed) == ["testland"]
        told = {one.name: one.fault for one in instance.host.packages}
    assert told["testland"] == ""
    assert told["headless"].startswith("its region.toml cannot be used: ")


def test_words_in_the_folder_of_a_region_are_taken(package: RegionPackage, database_url: str) -> None:
    folder = package.folder / "translations" / "lanzarote"
    folder.mkdir(parents=True)
    po = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n\nmsgid "Practices"\nmsgstr "Praktiken"\n'
    (folder / "de.po").write_text(po, encoding="utf-8")
    with package.instance(database_url) as instance:
        assert instance.translations.translator("de").gettext("Practices") == "Practices"
        instance.load("testland")
        assert instance.translations.translator("de").gettext("Practices") == "Praktiken"


def test_the_directory_has_the_stakeholders_of_its_region_only(package: RegionPackage, database_url: str) -> None:
    with package.instance(database_url) as instance:
        instance.load("testland")
    package.write(header={"id": "elsewhere"}, organisations={"x": ORGANISATION, "y": ORGANISATION})
    with package.instance(database_url) as instance:
        instance.load("elsewhere")
        assert [one.key for one in instance.directory("testland")] == ["o"]
        assert sorted(one.key or "" for one in instance.directory("elsewhere")) == ["x", "y"]
        assert list(instance.vocabulary("elsewhere").sectors) == ["courts"]


def test_a_vocabulary_is_readable_without_its_package(package: RegionPackage, database_url: str) -> None:
    package.write(sectors={"courts": SECTOR, "schools": {**SECTOR, "former": ["colleges"]}})
    with package.instance(database_url) as instance:
        instance.load("testland")
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": database_url}), Host([])) as bare:
        known = bare.vocabulary("testland")
        assert list(known.sectors) == ["courts", "schools"]
        assert known.present_key("sector", "colleges") == "schools"
        assert known.sectors["courts"].name["fr"] == "Tribunaux"


def test_closing_twice_is_harmless(package: RegionPackage, database_url: str) -> None:
    instance = package.instance(database_url)
    instance.load("testland")
    instance.headers()
    instance.close()
    instance.close()

"""A region switches packages on and off: who may, what page and command line say, what stays written."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import pytest
from lanzarote.cli import main
from lanzarote.commands import audit
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import NotFound, PackageError
from lanzarote.instance import Instance
from lanzarote.operations.backup import backup, restore
from lanzarote.records.changelog import Audit
from lanzarote.records.permissions import ACTIONS, RULES
from lanzarote.records.save_checks import switched_on
from lanzarote.web.notices import switch_for
from sqlalchemy import select

from tests.core.hooks.conftest import NOTING
from tests.core.practices.assessments import PARIS, person
from tests.core.practices.forms import writer
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.core.hooks.conftest import Making

CHECKING = "    @hookimpl\n    def check_practice(new):\n        return ()\n"


def on(instance: Instance) -> set[str]:
    with instance.database.read(PARIS) as session:
        return set(switched_on(session, PARIS))


def lines(instance: Instance) -> list[tuple[str, str, str]]:
    with instance.database.read(PARIS) as session:
        found = session.scalars(select(Audit).where(Audit.kind == "package").order_by(Audit.seq))
        return [(row.verb, row.record_id, row.actor) for row in found]


def test_there_are_few_actions_and_switching_is_for_coordinators_and_administrators() -> None:
    assert len(ACTIONS) <= 25
    assert RULES["plugin.switch"] == {"coordinator": "region", "administrator": "instance"}


def test_switching_is_in_the_audit_once_and_the_chain_holds(paris_with: Making) -> None:
    paris = paris_with(off=("ear",), ear=NOTING)
    assert [switch_for(paris, PARIS, "ear", on=state, by="cy") for state in (True, True, False, False)] == [
        True, False, True, False,
    ]  # fmt: skip
    assert lines(paris) == [("switch on", "ear", "cy"), ("switch off", "ear", "cy")]
    assert audit(paris, Namespace()) == 0


@pytest.mark.parametrize("name", ["nothing-like-it", "i18n", "", "useless", "broken", "' OR 1=1 --"])
def test_what_has_nothing_to_switch_is_refused(paris_with: Making, name: str) -> None:
    paris = paris_with(ear=NOTING, useless="", broken="1 / 0")
    with pytest.raises(PackageError, match="these can be: ear"):
        switch_for(paris, PARIS, name, on=True, by="cy")
    assert on(paris) == {"ear"}


def test_the_regions_own_package_is_not_switched(paris_with: Making) -> None:
    with pytest.raises(PackageError, match="always switched on"):
        switch_for(paris_with(), PARIS, "paris", on=False, by="cy")


def test_a_region_that_is_not_there_is_named(paris_with: Making) -> None:
    with pytest.raises(NotFound, match="lyon"):
        switch_for(paris_with(ear=NOTING), "lyon", "ear", on=True, by="cy")


def test_one_that_is_away_can_still_be_switched_off(paris_with: Making) -> None:
    paris_with(ear=NOTING)
    without = paris_with()
    assert on(without) == {"ear"}
    switch_for(without, PARIS, "ear", on=False, by="cy")
    assert on(without) == set()


def test_what_is_switched_on_is_in_the_backup(paris_with: Making, tmp_path: Path) -> None:
    paris = paris_with(ear=NOTING)
    file = tmp_path / "all.zip"
    backup(paris, file)
    again = read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{tmp_path / 'again' / 'x.sqlite'}"})
    restore(again, file)
    with new_instance(again, paris.host) as other:
        assert on(other) == {"ear"}


# The page


def test_a_coordinator_sees_what_each_does_and_switches_it(paris_with: Making) -> None:
    paris = paris_with(off=("ear", "eye"), ear=NOTING, eye=CHECKING, useless="")
    with site_of(paris) as client:
        head = writer(paris, client, "coordinator")
        page = head.get("/fr/paris/plugins")
        assert "lanzarote-ear" in page
        assert "une suite donnée à la publication d’une pratique" in page
        assert "practice_withdrawn" in page
        assert "une vérification des pratiques avant leur enregistrement" in page
        assert "lanzarote-useless" not in page
        assert head.post("/fr/paris/plugins", {"name": "ear", "on": "yes"}) == "/fr/paris/plugins?done=on"
        assert on(paris) == {"ear"}
        assert lines(paris) == [("switch on", "ear", head.actor.account_id)]
        assert head.post("/fr/paris/plugins", {"name": "ear", "on": "no"}) == "/fr/paris/plugins?done=off"
        assert on(paris) == set()
        assert "/fr/paris/plugins" in head.get("/fr/plugins")
        assert "a activé" in head.get("/fr/paris/team/activity")
        assert "le module ear" in head.html


@pytest.mark.parametrize("role", ["contributor", "reviewer"])
def test_nobody_else_does(paris_with: Making, role: str) -> None:
    paris = paris_with(off=("ear",), ear=NOTING)
    with site_of(paris) as client:
        ana = writer(paris, client, role)  # type: ignore[arg-type]
        ana.get("/fr/paris/plugins", 403)
        ana.post("/fr/paris/plugins", {"name": "ear", "on": "yes"}, 403)
        assert "/fr/paris/plugins" not in ana.get("/fr/plugins")
    assert on(paris) == set()


@pytest.mark.parametrize("name", ["paris", "useless", "<b>", ""])
def test_what_cannot_be_switched_is_said_and_nothing_changes(paris_with: Making, name: str) -> None:
    paris = paris_with(ear=NOTING, useless="")
    with site_of(paris) as client:
        head = writer(paris, client, "coordinator")
        assert "ni activé ni désactivé" in head.post("/fr/paris/plugins", {"name": name, "on": "yes"}, 400).text
        assert "ni activé ni désactivé" in head.post("/fr/paris/plugins", {}, 400).text
    assert on(paris) == {"ear"}


def test_one_that_is_on_and_away_is_said_to_be(paris_with: Making) -> None:
    paris_with(ear=NOTING)
    without = paris_with()
    with site_of(without) as client:
        head = writer(without, client, "coordinator")
        assert "non installé ou en panne" in head.get("/fr/paris/plugins")


def test_what_a_package_says_of_itself_is_in_its_language_and_no_markup(paris_with: Making, folder: Path) -> None:
    manifest = folder / "lz_try_ear" / "lanzarote.toml"
    manifest.parent.mkdir()
    manifest.write_text('requires_api = ">=1,<2"\nabout.uk = "<script>Слухає</script>"\nabout.fr = 3\n', "utf-8")
    manifest.parent.joinpath("__init__.py").write_text(
        "from lanzarote import hookimpl\n@hookimpl\ndef check_practice():\n    return ()\n"
    )
    from lanzarote.plugins import Candidate, Host

    host = Host([Candidate(name="ear", module="lz_try_ear")])
    [package] = host.packages
    assert dict(package.about) == {"uk": "<script>Слухає</script>"}
    paris = paris_with()
    paris.host._slots |= host._slots
    with site_of(paris) as client:
        page = writer(paris, client, "coordinator").get("/fr/paris/plugins")
        assert '<p lang="uk">&lt;script&gt;Слухає' in page


# The command line


def test_the_command_line_switches_and_lists_where(
    paris_with: Making, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paris = paris_with()
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", paris.settings.database_url)
    assert main(["plugin", "enable", "paris", "abbreviations"]) == 0
    assert main(["plugin", "enable", "paris", "abbreviations"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "abbreviations is switched on for paris.",
        "abbreviations is already switched on for paris.",
    ]
    assert main(["plugins"]) == 0
    assert "    switched on for: paris" in capsys.readouterr().out.splitlines()
    assert lines(paris) == [("switch on", "abbreviations", "lanzarote")]
    assert main(["plugin", "disable", "paris", "abbreviations"]) == 0
    assert main(["plugin", "enable", "paris", "spreadsheet"]) == 1
    assert "checks nothing and hears of nothing" in capsys.readouterr().err
    assert main(["plugin", "enable", "lyon", "webhook"]) == 1
    assert on(paris) == set()


def test_the_list_tells_what_is_on_and_away_and_needs_no_database(
    paris_with: Making, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paris = paris_with(ear=NOTING)
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", paris.settings.database_url)
    assert main(["plugins"]) == 1
    assert "! ear  (not installed): switched on for paris" in capsys.readouterr().out.splitlines()
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    assert main(["plugins"]) == 0
    assert "switched on" not in capsys.readouterr().out


def test_settings_of_packages_are_theirs_to_read() -> None:
    read_settings({"LANZAROTE_PLUGIN_WEBHOOK_SECRET": "x"})


def test_an_administrator_switches_in_every_region(paris_with: Making) -> None:
    from lanzarote.accounts import service
    from lanzarote.records.permissions import Actor, Grant

    paris = paris_with(off=("ear",), ear=NOTING)
    ana = person(paris, "contributor")
    with paris.database.write("-") as session:
        account = service.account(session, ana.account_id)
        service.grant(session, account, Grant(role="administrator"), by="test", at=account.made_at)
    with site_of(paris) as client:
        from tests.core.practices.forms import Writer

        head = Writer(paris, client, Actor(account_id=ana.account_id, strong=True))
        head.post("/fr/paris/plugins", {"name": "ear", "on": "yes"})
    assert on(paris) == {"ear"}

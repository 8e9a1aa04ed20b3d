"""A package at fault loses what it contributes and is named; what others see stays the same to the byte."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote import __version__
from lanzarote.accounts import service
from lanzarote.accounts.model import Account
from lanzarote.app import create_app
from lanzarote.cli import main
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.operations.doctor import examine
from lanzarote.plugins import Host, installed
from lanzarote.plugins.packages import RETRY
from lanzarote.records.permissions import Actor, Grant
from lanzarote.store.database import ALL
from litestar.testing import TestClient

from tests.conftest import copy_of
from tests.core.plugins import bad
from tests.core.plugins.packages import tell_of, write_package
from tests.core.practices.assessments import person
from tests.core.practices.signed_in import Browser, sign_in, site_of
from tests.regions.writing import write_region

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.plugins import Candidate

ADDRESS = "https://lanzarote.example.org"
PAGES = (
    "/fr/paris", "/en/paris/practices", "/fr/paris/law", "/fr/paris/organisations", "/fr/convention/10",
    "/api/v1/regions", "/api/v1/regions/paris/practices", "/fr/paris/practices?format=csv",
)  # fmt: skip
LANZAROTE = Path(sys.executable).with_name("lanzarote")
WAY_OUT = "Install a version that fits, or remove the package"
MOVED = "before that: lanzarote region move paris lanzarote-claims-a-region"
MEND = "Mend it, install a version that works, or remove the package"


def written(folder: Path, name: str) -> Candidate:
    head = bad.PARIS if "PARIS" in bad.ALL[name].code else ""
    candidate = write_package(folder, name, bad.ALL[name].code)
    if head:
        code = folder / candidate.module / "__init__.py"
        first, second, *rest = code.read_text("utf-8").split("\n")
        code.write_text("\n".join((first, second, head, *rest)), "utf-8")
    return candidate


def served(instance: Instance, *more: str) -> dict[str, bytes]:
    app: Any = create_app(instance)
    with TestClient(app, base_url=ADDRESS) as client:
        answers = {path: client.get(path) for path in (*PAGES, *more)}
    assert {answer.status_code for answer in answers.values()} == {200}, answers
    return {path: answer.content for path, answer in answers.items()}


@pytest.fixture(scope="module")
def as_usual(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What is served without any package at fault."""
    url = copy_of(paris_template, tmp_path_factory.mktemp("usual"))
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_BASE_URL": ADDRESS})) as instance:
        return served(instance)


@pytest.fixture
def environ(paris_template: Path, tmp_path: Path) -> dict[str, str]:
    place = tmp_path / "data"
    place.mkdir()
    url = copy_of(paris_template, place)
    return {"LANZAROTE_DATABASE_URL": url, "LANZAROTE_BASE_URL": ADDRESS, "LANZAROTE_DATA": str(place)}


@pytest.mark.parametrize("name", ["claims-a-region", "claims-a-format", "a-torn-catalogue", "claims-a-law", "crashes"])
def test_a_package_at_fault_changes_no_page_and_is_named(
    name: str, folder: Path, environ: dict[str, str], as_usual: dict[str, bytes]
) -> None:
    host = Host([*installed(), written(folder, name)])
    with new_instance(read_settings(environ), host) as instance:
        assert served(instance) == as_usual
        assert instance.upgrades_due() == []
    package = host.package(name)
    assert package is not None
    if name in {**bad.FAULTY, **bad.DYING}:
        assert bad.ALL[name].told in package.fault
        assert [
            one
            for hook in ("regions", "legal_frameworks", "catalogues", "exporters")
            for one, _ in host.contributed(hook)
            if one.name == name
        ] == []
    elif name in bad.PARTLY:
        assert package.fault == ""
        assert bad.ALL[name].told in package.left_aside[0]
    else:
        assert (package.fault, package.left_aside) == ("", ())


def test_a_name_that_is_taken_is_refused_and_changes_no_page(
    folder: Path, environ: dict[str, str], as_usual: dict[str, bytes]
) -> None:
    from lanzarote.plugins import Candidate

    module = write_package(folder, "dupe", "1 / 0").module
    taken = Candidate(name="paris", module=module, distribution="aaa-first-by-name", version="3")
    host = Host([taken, *installed()])
    with new_instance(read_settings(environ), host) as instance:
        assert served(instance) == as_usual
    [culprit] = [one for one in host.packages if one.distribution == "aaa-first-by-name"]
    assert culprit.fault == "repeats the name 'paris' of lanzarote-region-paris; give it a name of its own"
    assert module not in {one.distribution for one in host.looked_at if not one.fault}


# All of them at once, in a process of its own


class Site:
    """The program, with every bad package on its path."""

    def __init__(self, environ: Mapping[str, str], folder: Path) -> None:
        usual = {name: value for name, value in os.environ.items() if not name.startswith("LANZAROTE_")}
        paths = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH", ""))))
        self.environ = {**usual, **environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"}

    def tell(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [LANZAROTE, *words], env=self.environ, capture_output=True, text=True, check=False, timeout=60
        )


@pytest.fixture
def with_all(tmp_path: Path, environ: dict[str, str]) -> Site:
    folder = tmp_path / "packages"
    folder.mkdir()
    for name in bad.ALL:
        tell_of(folder, written(folder, name))
    return Site(environ, folder)


def test_with_all_of_them_the_site_starts_serves_the_same_and_stops(
    with_all: Site, as_usual: dict[str, bytes], tmp_path: Path
) -> None:
    errors = tmp_path / "errors"
    with (
        errors.open("w") as log,
        subprocess.Popen(
            [LANZAROTE, "run", "--port", "0"], env=with_all.environ, stdout=subprocess.PIPE, stderr=log, text=True
        ) as site,
    ):
        try:
            assert site.stdout is not None
            [address] = [line.split()[-1] for line in _until_ready(site.stdout) if line.startswith("The site is ready")]
            for path, page in as_usual.items():
                with urllib.request.urlopen(address + path, timeout=30) as answer:  # noqa: S310 - ours
                    assert answer.read() == page, path
            site.send_signal(signal.SIGINT)
            assert site.wait(30) == 0
        finally:
            site.kill()
    said = errors.read_text("utf-8")
    for name, one in {**bad.FAULTY, **bad.HANGING, **bad.DYING}.items():
        assert f"The package lanzarote-{name} 1.0 is not used: " in said, name
        assert one.told in said
    assert "prints: printed by a package" in said, "what a package prints is logged, and not where records are written"


def _until_ready(lines: Any) -> Iterator[str]:
    for line in lines:
        yield line
        if line.startswith("Stop with"):
            return


def test_doctor_and_the_list_of_packages_name_each_with_its_version_and_the_way_out(with_all: Site) -> None:
    doctor, listed = with_all.tell("doctor"), with_all.tell("plugins")
    assert (doctor.returncode, listed.returncode) == (1, 1)
    for name, one in bad.ALL.items():
        told = [line for line in doctor.stdout.splitlines() if line.startswith(f"! package {name}: ")]
        if one.told:
            assert told, (name, doctor.stdout, doctor.stderr)
            assert f"lanzarote-{name} 1.0: " in told[0]
            assert one.told in " ".join(told)
            either = f". Remove lanzarote-{name} 1.0 or lanzarote-"
            again = RETRY % {"command": f"lanzarote plugins --retry {name}"}
            assert all(either in line or line.endswith((WAY_OUT, MEND, again, MOVED)) for line in told)
        assert f"{name}  (lanzarote-{name} 1.0, API " in listed.stdout


def test_what_a_package_prints_does_not_get_among_what_a_command_writes(
    environ: dict[str, str], tmp_path: Path
) -> None:
    place = tmp_path / "noisy"
    place.mkdir()
    tell_of(place, written(place, "prints"))
    noisy = Site(environ, place).tell("plugins", "--json")
    assert noisy.returncode == 0
    assert "prints" in [one["name"] for one in json.loads(noisy.stdout)["packages"]]
    assert noisy.stderr == "prints: printed by a package\nprints: again\n"


# For whom the reasons are


def _strong(instance: Instance, client: TestClient[Any], who: Actor) -> Browser:
    return sign_in(instance, client, Actor(account_id=who.account_id, strong=True))


def _administrator(instance: Instance) -> Actor:
    who = person(instance, "contributor")
    with instance.database.write(ALL) as session:
        account = session.get_one(Account, who.account_id)
        service.grant(session, account, Grant(role="administrator"), by="test", at=account.made_at)
    return who


def test_administrators_read_the_reason_and_the_way_out_on_the_page_and_visitors_do_not(
    folder: Path, environ: dict[str, str]
) -> None:
    names = ("raises-at-import", "a-torn-catalogue")
    host = Host([*installed(), *(written(folder, name) for name in names)])
    # With a public address, the cookie would be one for https.
    with new_instance(read_settings(environ | {"LANZAROTE_BASE_URL": ""}), host) as instance:
        visitor = _administrator(instance)
        with site_of(instance) as client:
            public, browser = client.get("/en/plugins").text, _strong(instance, client, visitor)
            own, french = browser.get("/en/plugins"), browser.get("/fr/plugins")
    for name in names:
        assert f"lanzarote-{name}" in public
        assert bad.ALL[name].told not in public
        assert bad.ALL[name].told in own
    assert (own.count(MEND), own.count(WAY_OUT)) == (2, 0)
    assert french.count("</span> Corrigez-le, installez une version qui fonctionne, ou retirez le module.</li>") == 2
    assert MEND not in french
    assert "remove the package" not in public
    assert "Version of the interface for packages: 1.0." in public
    versions = (f"lanzarote {__version__}.", f"<td>{__version__}</td>")
    assert [version in own for version in versions] == [True, True]
    assert __version__ not in public


# A region whose package was sound when it was loaded

REGION = '@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / "region"),)\n'
TORN = {
    "a torn header": ("region.toml", "format = \n", "its region.toml cannot be used"),
    "another header": ("region.toml", "format = 1\n", "its region.toml cannot be used"),
    "a torn file": ("sectors.toml", "[courts\n", "the folder of testland cannot be loaded: sectors.toml:1: "),
    "a sector gone": ("sectors.toml", "", "the folder of testland cannot be loaded: "),
    "a language that is none": (
        "translations/lanzarote/fr_FR.po",
        'msgid ""\n',
        "fr_FR.po is not named after a language",
    ),
    "a torn catalogue": ("translations/lanzarote/fr.po", 'msgid "Search"\nmsgstr "{', "translations/lanzarote/fr.po"),
}


@pytest.mark.parametrize("fault", TORN)
def test_a_folder_that_is_torn_by_an_upgrade_is_named_and_both_regions_stay_as_they_were(
    fault: str, folder: Path, environ: dict[str, str]
) -> None:
    file, text, told = TORN[fault]
    candidate = write_package(folder, "torn-later", REGION)
    place = write_region(folder / candidate.module / "region", practices={"one": {}})
    candidates = [*installed(), candidate]
    own = ("/en/testland", "/fr/testland/practices")
    with new_instance(read_settings(environ), Host(candidates)) as instance:
        instance.load("testland")
        before = served(instance, *own)
    (place / file).parent.mkdir(parents=True, exist_ok=True)
    (place / file).write_text(text, "utf-8")
    with new_instance(read_settings(environ), Host(candidates)) as instance:
        assert served(instance, *own) == before
    tell_of(folder, candidate)
    findings = [str(one) for one in examine(environ) if one.bad and one.about == "package torn-later"]
    assert "lanzarote-torn-later 1.0: " in findings[0]
    assert told in findings[0]
    assert findings[0].endswith((WAY_OUT, MEND))


def test_a_region_with_the_name_of_a_page_is_told_by_the_list_of_packages_as_by_the_doctor(
    folder: Path, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    candidate = write_package(folder, "help", REGION)
    write_region(folder / candidate.module / "region", header={"id": "help"})
    tell_of(folder, candidate)
    told = (
        "the folder of help cannot be loaded: region.toml:3: id: 'help' is the address of a page of the platform; "
        "choose another id"
    )
    [finding] = [str(one) for one in examine(environ) if one.bad and one.about == "package help"]
    assert told in finding
    capsys.readouterr()
    assert main(["plugins"]) == 1
    assert f"    left aside: {told}. {MEND}." in capsys.readouterr().out.splitlines()


def test_a_region_that_cannot_be_loaded_keeps_no_other_from_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path / "data"))
    places = {}
    for name in ("northland", "southland"):
        candidate = write_package(folder, name, REGION)
        tell_of(folder, candidate)
        places[name] = write_region(folder / candidate.module / "region", header={"id": name})
    assert main(["load", "northland", "southland"]) == 0
    (places["northland"] / "sectors.toml").write_text("[courts\n", "utf-8")
    write_region(places["southland"], header={"id": "southland"}, practices={"newer": {}})
    capsys.readouterr()
    assert main(["upgrade", "--no-backup"]) == 1
    said = capsys.readouterr()
    assert "Upgrading southland" in said.out
    assert "The region 'northland' cannot be loaded, its folder has 1 fault:\nsectors.toml:1: " in said.err


def test_in_safe_mode_none_of_them_is_imported_and_the_program_says_so(
    with_all: Site, as_usual: dict[str, bytes], tmp_path: Path
) -> None:
    errors = tmp_path / "errors"
    command = [str(LANZAROTE), "run", "--safe-mode", "--port", "0"]
    with (
        errors.open("w") as log,
        subprocess.Popen(command, env=with_all.environ, stdout=subprocess.PIPE, stderr=log, text=True) as site,
    ):
        try:
            assert site.stdout is not None
            said = list(_until_ready(site.stdout))
            [address] = [line.split()[-1] for line in said if line.startswith("The site is ready")]
            with urllib.request.urlopen(address + "/fr/paris", timeout=30) as answer:  # noqa: S310 - ours
                assert answer.read() == as_usual["/fr/paris"]
        finally:
            site.kill()
    [told] = [line for line in said if line.startswith("Safe mode: ")]
    assert "lanzarote-raises-at-import" in told
    assert "lanzarote-spreadsheet" not in told
    logged = errors.read_text("utf-8")
    assert "Safe mode: packages that do not come with the platform are left out (" in logged
    assert "printed by a package" not in logged
    assert "is not used" not in logged

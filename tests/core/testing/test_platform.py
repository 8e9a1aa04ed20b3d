"""The kit for tests of packages finds what is wrong with a package, and costs nothing where nobody asks it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lanzarote.errors import PackageError
from lanzarote.testing import Platform
from lanzarote.testing.walking import walk
from lanzarote.types import Improvement, ImprovementText
from litestar.testing import TestClient

from tests.core.cli.installing import install
from tests.regions.writing import ORGANISATION, RegionPackage, region_package

DOCS = Path(__file__).parents[3] / "docs"
WHOLE = "<html lang=en><head><title>T</title></head><body><main><h1>One</h1>{}</main></body></html>"


@pytest.fixture
def package(tmp_path: Path) -> Iterator[RegionPackage]:
    with region_package(tmp_path / "site") as package:
        install(tmp_path / "site", "testland", package.folder.parent.name)
        yield package


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Platform]:
    (tmp_path / "data").mkdir()
    return lambda name="lanzarote-testland", **more: Platform(name, tmp_path / "data", **more)


Start = Callable[..., Platform]


# What is there


@pytest.fixture
def guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], dict[str, Any]]:
    """Install an example, and run the block of the guide that begins with these words."""
    monkeypatch.syspath_prepend(str(DOCS / "examples"))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))

    def run(example: str, begins: str) -> dict[str, Any]:
        install(tmp_path / "site", "tried", example)
        text = (DOCS / "testing-packages.md").read_text("utf-8")
        [block] = re.findall(rf"^```python\n({re.escape(begins)}.*?)^```$", text, re.MULTILINE | re.DOTALL)
        said: dict[str, Any] = {"Platform": Platform}
        exec(block, said)  # noqa: S102 (what the guide shows)
        return said

    return run


def test_the_check_of_the_guide_is_asked_as_the_guide_says(
    start: Start, guide: Callable[[str, str], dict[str, Any]]
) -> None:
    said = guide("example_check_practice", "from lanzarote.types")
    with start("lanzarote-tried") as platform:
        said["test_results_without_a_figure_are_asked_about"](platform)


def test_the_event_of_the_guide_is_told_as_the_guide_says(
    start: Start, guide: Callable[[str, str], dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = guide("example_practice_published", "from datetime")
    with start("lanzarote-tried") as platform:
        said["test_what_is_published_is_told_once"](platform, tmp_path, monkeypatch)


@pytest.mark.usefixtures("package")
def test_there_is_the_package_and_nothing_else(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANZAROTE_NONSENSE", "of this machine")
    with start() as platform:
        assert list(platform.regions) == ["testland"]
        assert platform.faults == []
        assert platform.client.get("/en/paris").status_code == 404
        assert "lanzarote-region-paris" not in platform.read("/en/plugins").words


@pytest.mark.usefixtures("package")
def test_what_it_depends_on_is_there_too_and_is_not_blamed_on_it(start: Start, tmp_path: Path) -> None:
    told = next((tmp_path / "site").glob("*.dist-info/METADATA"))
    told.write_text(f"{told.read_text()}Requires-Dist: lanzarote-region-paris\nRequires-Dist: nothing-like-it\n")
    with start() as platform:
        assert list(platform.regions) == ["testland"]
        assert platform.client.get("/en/paris").status_code == 200


def test_what_is_wanted_beside_it_is_there(start: Start) -> None:
    with start("lanzarote-abbreviations", beside=["lanzarote-i18n"]) as platform:
        assert platform.read("/fr").lang == "fr"


@pytest.mark.usefixtures("package")
def test_every_page_in_every_language_is_walked(start: Start) -> None:
    with start() as platform:
        seen = platform.walk()
        assert seen.faults == ()
        assert {page.split("/")[1] for page in seen.pages} == {"en", "fr"}
        assert seen.checked > len(seen.pages) > 30
        assert {page.split("/")[1] for page in platform.walk(languages=["fr"]).pages} == {"fr"}


def test_a_check_is_called_as_the_platform_does(start: Start) -> None:
    text = {"fr": ImprovementText(title="Un registre", proposal="Saisir la CRIP.")}
    with start("lanzarote-abbreviations") as platform:
        [concern] = platform.call("check_improvement", new=Improvement(original="fr", text=text))
        assert concern.field == "text.fr.proposal"
        with pytest.raises(LookupError, match=r"The package has no hook 'exporters'; it has: check_improvement, "):
            platform.call("exporters")


# What is wrong


def test_a_folder_with_faults_is_told_and_breaks_no_test_of_something_else(
    start: Start, package: RegionPackage
) -> None:
    package.write(organisations={"court": {**ORGANISATION, "sectors": ["nowhere"]}})
    with start() as platform:
        [fault] = platform.faults
        assert "organisations.toml:4: court.sectors: 'nowhere' is no sector" in fault
        assert (dict(platform.regions), platform.walk().pages) == ({}, ())


def test_code_that_fails_is_told(start: Start, package: RegionPackage) -> None:
    (package.folder.parent / "__init__.py").write_text("raise RuntimeError('no')\n")
    with start() as platform:
        place = f"{package.folder.parent.name}/__init__.py, line 1"
        assert platform.faults == [f"testland cannot be used: RuntimeError: no ({place})"]


def test_a_hook_that_fails_is_told(start: Start, package: RegionPackage) -> None:
    code = package.folder.parent / "__init__.py"
    hook = "@hookimpl\ndef exporters():\n    raise RuntimeError('no')\n"
    code.write_text(f"{code.read_text()}\n\n{hook}")
    place = f"{package.folder.parent.name}/__init__.py, line {code.read_text().count(chr(10))}"
    with start() as platform:
        assert platform.faults == [f"testland its hook exporters failed: RuntimeError: no ({place})"]
        assert dict(platform.regions) == {}


@pytest.mark.usefixtures("package")
def test_a_page_that_is_not_there_is_no_page_to_read(start: Start) -> None:
    with start() as platform, pytest.raises(LookupError, match="/en/testland/nothing answers 404"):
        platform.read("/en/testland/nothing")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("lanzarote-of-nobody", "lanzarote-of-nobody is not installed in this environment; beside its pyproject.toml:"),
        ("pluggy", "pluggy is no package of the platform: its pyproject.toml has no"),
    ],
)
def test_what_is_no_package_is_refused_with_the_way_out(start: Start, name: str, told: str) -> None:
    with pytest.raises(PackageError, match=told):
        start(name)


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ('<a href="/en/x/nowhere">There</a>', "/en/x links to /en/x/nowhere, which answers 404"),
        ('<a href="nowhere?a=1">There</a>', "/en/x links to /en/nowhere?a=1, which answers 404"),
        ('<a href="#nowhere">There</a>', "/en/x links to /en/x#nowhere, a place that is not on that page"),
        ('<p class="lede"> </p>', "/en/x: <p {'class': 'lede'}> has nothing in it"),
        ("<h1>Two</h1>", "/en/x: has 2 main headings, not one"),
        ('<p id="a">A</p><p id="a">B</p>', "/en/x: the id 'a' is in it more than once"),
        ('<a href="/fr/x">French</a>', "/fr/x: says that it is in en, not in fr"),
        ('<a href="https://a.example">E</a><a href="mailto:a@b.example">M</a><a href="#b">B</a><p id="b">b</p>', None),
    ],
)  # fmt: skip
def test_a_walk_tells_what_is_wrong_with_a_page(inside: str, told: str | None) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        there = scope["path"] in ("/en/x", "/fr/x")
        head = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200 if there else 404, "headers": head})
        await send({"type": "http.response.body", "body": WHOLE.format(inside if there else "").encode()})

    starts = {"/en/x": "en", "/fr/x": "fr"}
    client: TestClient[Any] = TestClient(app, base_url="http://lanzarote.test")
    seen = walk(client, {"/en/x": "en"} if told is None or "/fr" not in told else starts)
    assert [fault for fault in seen.faults if "/en/nowhere" not in fault or fault == told] == ([told] if told else [])


# The plugin


def pytest_in(folder: Path, test: str, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(test, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_nothing_heavy_is_imported_before_a_fixture_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    heavy = {"lanzarote.app", "lanzarote.instance", "lanzarote.testing.platform", "litestar", "sqlalchemy", "babel"}
    test = f"import sys\n\ndef test_it():\n    assert {heavy!r} & set(sys.modules) == set()\n"
    done = pytest_in(tmp_path, f"{test}    assert 'lanzarote.testing.plugin' in sys.modules\n")
    assert "1 passed" in done.stdout, done.stdout


USING = "def test_it(platform):\n    assert platform.faults == []\n"


@pytest.mark.parametrize(
    ("project", "told"),
    [
        ("", "names no project to test; run pytest where that file is, or write a fixture lanzarote_distribution"),
        ('[project]\nname = "lanzarote-of-nobody"\n', "lanzarote-of-nobody is not installed in this environment;"),
    ],
)
def test_a_project_that_cannot_be_tested_is_told_why(tmp_path: Path, project: str, told: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"{project}[tool.pytest.ini_options]\n", "utf-8")
    done = pytest_in(tmp_path, USING)
    assert (done.returncode, told in " ".join(done.stdout.split())) == (1, True), done.stdout


def test_the_project_in_which_pytest_runs_is_tested(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "lanzarote-abbreviations"\n[tool.pytest.ini_options]\n')
    assert "1 passed" in pytest_in(tmp_path, USING).stdout

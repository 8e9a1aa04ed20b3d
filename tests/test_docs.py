"""The documentation says what the code does, because these tests say so."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name

import lanzarote
import pytest
import yaml
from lanzarote import hookspecs
from lanzarote.cli import parser
from lanzarote.composition import KINDS
from lanzarote.configuration.settings import NAMES
from lanzarote.configuration.sources import PREFIX
from lanzarote.records import changelog
from lanzarote.records.changelog import RELEASED
from lanzarote.results.applying import VERBS, documents

import dev
from docs.generate import pages

ROOT = Path(__file__).parent.parent
PROSE = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("*/*/README.md")])
NAMED = re.compile(r"`([a-z_]+(?:\.\w+)+)`")
WORD = re.compile(r"`([a-z]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def test_every_reference_page_is_what_the_code_makes_it() -> None:
    old = [path.name for path, text in pages().items() if path.read_text("utf-8") != text]
    assert old == [], "run: python docs/generate.py"


def test_architecture_names_only_what_there_is() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    named = [name for name in NAMED.findall(page) if not name.endswith(".py")]
    assert len(named) > 25
    for name in named:
        resolve_name(f"lanzarote.{name.removeprefix('lanzarote.')}")  # raises where there is no such thing


def test_every_hook_has_an_example_and_a_real_package_that_uses_it() -> None:
    packages = "".join(
        path.read_text("utf-8")
        for folder in ("regions", "plugins", "i18n")
        for path in (ROOT / folder).glob("**/__init__.py")
    )
    for name, value in vars(hookspecs).items():
        if hasattr(value, "lanzarote_spec"):
            assert "Example: " in (value.__doc__ or ""), name
            assert f"def {name}(" in packages, f"no package of ours uses the hook {name}"


def test_every_command_and_setting_is_on_the_command_line_page() -> None:
    page = (ROOT / "docs/reference/command-line.md").read_text("utf-8")
    [commands] = [action for action in parser()._actions if action.dest == "command"]
    assert [name for name in commands.choices or () if f"## lanzarote {name}" not in page] == []
    assert [name for name in NAMES if f"`{PREFIX}{name}`" not in page] == []


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(path: Path) -> None:
    links = [link.split("#")[0] for link in LINK.findall(path.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if link and not (path.parent / link).exists()] == []


def test_the_documentation_becomes_pages_that_lead_to_each_other(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", str(tmp_path / "kept")]
    made = subprocess.run([*command, ROOT / "docs", tmp_path / "made"], capture_output=True, text=True, check=False)
    assert (made.returncode, made.stderr) == (0, "")
    front = (tmp_path / "made" / "index.html").read_text("utf-8")
    pages = [path.relative_to(ROOT / "docs").with_suffix(".html") for path in ROOT.glob("docs/**/*.md")]
    assert [str(page) for page in pages if f'href="{page}"' not in front and page.name != "index.html"] == []
    schemas = [path.name for path in ROOT.glob("docs/reference/schemas/*.json")]
    carried = {path.name: path.read_text("utf-8") for path in (tmp_path / "made").rglob("*.schema.json")}
    assert sorted(carried) == sorted(schemas)
    format_page = (tmp_path / "made" / "reference" / "region-format.html").read_text("utf-8")
    assert [name for name in schemas if not re.search(rf'href="[^"]+/{re.escape(name)}"', format_page)] == []


def test_every_text_beside_the_code_of_an_example_is_on_the_page_of_its_hook() -> None:
    page = (ROOT / "docs/reference/hooks.md").read_text("utf-8")
    texts = [path for path in ROOT.glob("docs/examples/**/*") if path.suffix in (".toml", ".po")]
    assert [str(path.relative_to(ROOT)) for path in texts if path.read_text("utf-8").rstrip() not in page] == []


def test_every_message_of_the_error_ladder_is_one_that_the_platform_says() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "core" / "lanzarote").rglob("*.py"))
    plain = re.sub(r"\{[^{}]*\}", "…", re.sub(r'"\s*\n\s*f?"', "", code))
    page = (ROOT / "docs" / "error-ladder.md").read_text("utf-8")
    said = re.findall(r"^\| `([^`]+)`", page, re.MULTILINE)
    assert len(said) > 20
    pieces = {piece.strip(" ;,:") for message in said for piece in message.split("…")}
    assert [piece for piece in sorted(pieces) if piece not in plain] == []


@pytest.mark.parametrize("name", ["how-to", "tutorial", "region-packages"])
def test_every_command_of_a_guide_is_one(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for command in re.findall(r"^lanzarote (.+?)(?: +#.*)?$", block, re.MULTILINE):
            parser().parse_args(shlex.split(command))  # ends the program when it is none


def test_the_readme_names_only_commands_that_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8") + "".join(path.read_text("utf-8") for path in ROOT.glob("docs/*.md"))
    [commands] = [action for action in parser()._actions if action.dest == "command"]
    named = set(re.findall(r"^\s*(?:\.venv/bin/)?lanzarote ([a-z]+)", text, re.MULTILINE))
    assert named
    assert named <= set(commands.choices or ())


def test_every_word_after_dev_py_is_a_command_and_its_help_names_those_of_its_own() -> None:
    [commands] = [action for action in parser()._actions if action.dest == "command"]
    own = set(re.findall(r'command == "(\w+)"', inspect.getsource(dev.main)))
    text = "".join(path.read_text("utf-8") for path in PROSE) + (ROOT / "Makefile").read_text("utf-8")
    named = re.findall(r"dev\.py ([a-z]+)((?: --[a-z-]+)*)", text)
    assert {"run", "test", "check", "build"} <= own <= set(re.findall(r"dev\.py ([a-z]+)", dev.__doc__ or ""))
    assert {word for word, _ in named} <= own | set(commands.choices or ())
    options = {option for word, options in named if word in own for option in options.split()}
    assert options
    assert [option for option in options if option not in (dev.__doc__ or "")] == []


def test_who_cites_the_platform_names_its_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation.keys() >= {"cff-version", "message", "title", "authors"}
    assert citation["version"] == lanzarote.__version__
    assert citation["license"] == ["EUPL-1.2", "CC-BY-4.0"]


def test_publiccode_yml_has_what_the_standard_asks_for() -> None:
    code = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    assert code["publiccodeYmlVersion"] == "0.4"
    assert code["name"]
    assert code["url"].startswith("https://")
    assert code["platforms"] == ["web"]
    assert code["softwareType"] == "standalone/web"
    assert code["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert code["description"].keys() == {"en", "fr"}
    for description in code["description"].values():
        assert 0 < len(description["shortDescription"]) <= 150
        assert 150 <= len(description["longDescription"]) <= 10_000
        assert description["features"]
    assert code["legal"]["license"] == "EUPL-1.2 AND CC-BY-4.0"
    assert code["maintenance"]["type"] == "community"
    assert all(contact["name"] for contact in code["maintenance"]["contacts"])
    assert code["localisation"] == {"localisationReady": True, "availableLanguages": ["en", "fr"]}


def test_no_file_about_the_project_invents_an_address() -> None:
    files = [ROOT / name for name in ("CITATION.cff", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "SECURITY.md")]
    text = "".join(file.read_text("utf-8") for file in (*files, ROOT / "publiccode.yml"))
    assert re.findall(r"https?://[^\s\"]+|[\w.]+@[\w.]+", text) == [
        "https://yml.publiccode.tools",
        "https://repository.example/lanzarote-platform.git",
    ]


def test_every_kind_and_verb_that_leaves_a_region_is_in_the_format_of_results() -> None:
    page = (ROOT / "docs/results-format.md").read_text("utf-8")
    [kinds] = [line for line in page.splitlines() if line.startswith("| `kind` |")]
    verbs = page.partition("| verb | what it says |\n")[2].partition("\n\n")[0]
    assert set(WORD.findall(kinds)) - {"kind"} == set(documents(KINDS)) > {*RELEASED, "epoch"}
    assert set(re.findall(r"^\| `([a-z]+)` \|", verbs, re.MULTILINE)) == {*VERBS, "epoch"}
    assert sent_verbs() <= {*VERBS, "epoch"}


def sent_verbs() -> set[str]:
    """The verbs that the change log writes by name."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(changelog))) if isinstance(node, ast.keyword)]
    found = {node.value.value for node in calls if node.arg == "verb" and isinstance(node.value, ast.Constant)}
    assert {"publish", "replace", "withdraw", "forget", "epoch"} <= found
    return {str(verb) for verb in found if verb}  # what is only then told which verb it is has none yet

"""Messages are collected from code and templates, and catalogues brought up to date with them."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import jinja2
import lanzarote
import pytest
from lanzarote.translation import Translator
from lanzarote.translation.__main__ import main
from lanzarote.translation.extraction import KEYWORDS, Message, extract_messages
from lanzarote.translation.formats import gettext_plurals
from lanzarote.web.templating import environment

CODE = """
from lanzarote.translation import N_
LABELS = {"a": N_("Label")}
def f(translator, _):
    _("Practices"); translator.ngettext("%(num)s practice", "%(num)s practices", 2)
    return translator.pgettext("building", "School")
"""
PAGE = """\
{{ _("Practices") }} {{ _("Said") }} {{ ngettext("%(num)s place", "%(num)s places", 2) }}
{{ ngettext("Sector", "Sectors", 2) }}
{{ _("Sector") }}
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "rooms/templates").mkdir(parents=True)
    (folder / "code.py").write_text(CODE, encoding="utf-8")
    (folder / "rooms/templates/page.html").write_text(PAGE, encoding="utf-8")
    (folder / "rooms/notes.html").write_text('{{ _("No template") }}', encoding="utf-8")
    return folder


def test_every_literal_message_is_collected_with_its_places(package: Path) -> None:
    assert extract_messages([package]) == {
        Message("%(num)s place", "", "%(num)s places"): ["rooms/templates/page.html:1"],
        Message("%(num)s practice", "", "%(num)s practices"): ["code.py:5"],
        Message("Label"): ["code.py:3"],
        Message("Practices"): ["code.py:5", "rooms/templates/page.html:1"],
        Message("Said"): ["rooms/templates/page.html:1"],
        Message("School", "building"): ["code.py:6"],
        Message("Sector", "", "Sectors"): ["rooms/templates/page.html:2", "rooms/templates/page.html:3"],
    }


def test_the_collected_messages_are_those_that_templates_ask_for(package: Path) -> None:
    asked: set[str] = set()

    class Listening(Translator):
        def gettext(self, message: str) -> str:
            asked.add(message)
            return message

        def ngettext(self, one: str, many: str, n: float) -> str:
            asked.add(one)
            return many

    loader = jinja2.FileSystemLoader(package / "rooms/templates")
    environment("fr", Listening("fr"), loader).get_template("page.html").render()
    found = {message.id for message, places in extract_messages([package]).items() if "page.html" in "".join(places)}
    assert asked == found


def test_a_template_that_cannot_be_read_is_an_error(package: Path) -> None:
    (package / "rooms/templates/bad.html").write_text("{% if %}", encoding="utf-8")
    with pytest.raises(jinja2.TemplateSyntaxError):
        extract_messages([package])


OLD = """\
# By hand.
msgid "Practices"
msgstr "Pratiques"

msgid "Sector"
msgstr "Secteur"

msgid "Gone"
msgstr "Parti"
"""

NEW = f"""\
msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: {gettext_plurals("fr")}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

msgid "%(num)s place"
msgid_plural "%(num)s places"
msgstr[0] ""
msgstr[1] ""
msgstr[2] ""

msgid "%(num)s practice"
msgid_plural "%(num)s practices"
msgstr[0] ""
msgstr[1] ""
msgstr[2] ""

msgid "Label"
msgstr ""

# By hand.
msgid "Practices"
msgstr "Pratiques"

msgid "Said"
msgstr ""

msgctxt "building"
msgid "School"
msgstr ""

#, fuzzy
msgid "Sector"
msgid_plural "Sectors"
msgstr[0] "Secteur"
msgstr[1] ""
msgstr[2] ""
"""


def test_an_update_adds_what_is_new_and_keeps_what_is_translated(package: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "fr.po"
    catalogue.write_text(OLD, encoding="utf-8")
    command = [sys.executable, "-m", "lanzarote.translation", "update", str(catalogue), str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert catalogue.read_text(encoding="utf-8") == NEW
    assert done.stdout == f"{catalogue}: 7 messages, 6 to translate\n"


def test_a_second_update_changes_nothing(package: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "fr.po"
    assert main(["update", str(catalogue), str(package)]) == 0
    first = catalogue.read_bytes()
    assert main(["update", str(catalogue), str(package)]) == 0
    assert catalogue.read_bytes() == first


def test_an_update_keeps_what_the_head_says_for_translators_and_their_tools(package: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "fr.po"
    head = '"X-Draft: yes\\n"\n"X-Generator: a tool\\n"\n'
    catalogue.write_text(f'msgid ""\nmsgstr ""\n{head}"MIME-Version: 0\\n"\n\n{OLD}', encoding="utf-8")
    assert main(["update", str(catalogue), str(package)]) == 0
    standard, kept = NEW.partition('"Content-Transfer-Encoding: 8bit\\n"\n')[:2]
    after = catalogue.read_text(encoding="utf-8")
    assert after.startswith(f"{standard}{kept}{head}\n")


def test_no_message_hides_where_it_is_not_collected() -> None:
    """What an f-string asks for within its braces is not collected, and would stay English."""
    found = [
        f"{file.name}:{call.lineno}"
        for file in Path(lanzarote.__file__).parent.rglob("*.py")
        for text in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in KEYWORDS
    ]
    assert found == []


def test_gettext_itself_accepts_the_file(package: Path, tmp_path: Path) -> None:
    if shutil.which("msgfmt") is None:
        pytest.skip("gettext's own tools are not on this machine")
    catalogue = tmp_path / "fr.po"
    main(["update", str(catalogue), str(package)])
    subprocess.run(["msgfmt", "-o", tmp_path / "fr.mo", catalogue], check=True)
    assert (tmp_path / "fr.mo").stat().st_size > 0


def test_a_bad_catalogue_is_left_as_it_is(package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue = tmp_path / "fr.po"
    catalogue.write_text("nonsense", encoding="utf-8")
    assert main(["update", str(catalogue), str(package)]) == 1
    assert catalogue.read_text(encoding="utf-8") == "nonsense"
    assert "line 1: expected msgid" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["update", str(tmp_path / "fr.po"), str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'none'} is not a folder\n"

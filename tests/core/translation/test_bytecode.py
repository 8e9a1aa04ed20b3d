"""Compiled templates are kept from one start to the next, for the very words they were compiled with, safely."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import jinja2
import pytest
from lanzarote.translation.catalogues import Translator
from lanzarote.translation.po import Entry
from lanzarote.web.templating import KEPT_FOR, Bytecode, environment, own_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the templates that were compiled."""
    names: list[str] = []
    module: Any = sys.modules["jinja2.environment"]
    generate = module.generate

    def note(node: Any, env: Any, name: str, *more: Any, **options: Any) -> Any:
        names.append(name)
        return generate(node, env, name, *more, **options)

    monkeypatch.setattr(module, "generate", note)
    return names


def said(folder: Path, word: str, source: str = '{{ _("Help") }}') -> str:
    """What a new process with this word for *Help* says."""
    translator = Translator("fr", [Entry(id="Help", forms=[word])])
    loader = jinja2.DictLoader({"page.html": source})
    kept = Bytecode(folder, translator.digest)
    return environment("fr", translator, loader, bytecode=kept).get_template("page.html").render()


def test_what_was_compiled_before_is_not_compiled_again(tmp_path: Path, compiled: list[str]) -> None:
    assert [said(tmp_path, "Aide"), said(tmp_path, "Aide")] == ["Aide", "Aide"]
    assert compiled == ["page.html"]


def test_other_words_and_another_text_are_compiled_for_themselves(tmp_path: Path, compiled: list[str]) -> None:
    assert [said(tmp_path, "Aide"), said(tmp_path, "Secours"), said(tmp_path, "Aide")] == ["Aide", "Secours", "Aide"]
    assert said(tmp_path, "Aide", '<p>{{ _("Help") }}</p>') == "<p>Aide</p>"
    assert len(compiled) == 3


def test_words_of_a_layer_below_count_too() -> None:
    below = Translator("fr", [Entry(id="Help", forms=["Aide"])])
    other = Translator("fr", [Entry(id="Help", forms=["Secours"])])
    assert Translator("fr", below=below).digest != Translator("fr", below=other).digest
    assert Translator("fr", below=below).digest == Translator("fr", below=below).digest


def test_a_file_that_was_torn_or_damaged_is_compiled_anew(tmp_path: Path, compiled: list[str]) -> None:
    said(tmp_path, "Aide")
    [file] = tmp_path.iterdir()
    whole = file.read_bytes()
    for damaged in (b"", whole[:40], whole[:-9], whole[:-9] + bytes(9), bytes(len(whole))):
        file.write_bytes(damaged)
        assert said(tmp_path, "Aide") == "Aide"
        assert file.read_bytes() == whole
    assert len(compiled) == 6


def test_where_nothing_can_be_kept_pages_are_shown_all_the_same(tmp_path: Path) -> None:
    assert said(tmp_path / "gone", "Aide") == "Aide"


def test_the_folder_is_its_users_alone(tmp_path: Path) -> None:
    folder = own_folder(tmp_path)
    assert folder is not None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for mode in (0o770, 0o702, 0o705):
        own_folder.cache_clear()
        folder.chmod(mode)
        assert own_folder(tmp_path) is None
    own_folder.cache_clear()
    folder.rmdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    folder.symlink_to(elsewhere)
    assert own_folder(tmp_path) is None, "somebody else may have laid the link"


def test_what_nobody_asked_for_in_a_month_goes(tmp_path: Path) -> None:
    folder = own_folder(tmp_path)
    assert folder is not None
    said(folder, "Aide")
    said(folder, "Secours")
    old, _ = sorted(folder.iterdir())
    then = old.stat().st_mtime - KEPT_FOR - 1
    os.utime(old, (then, then))
    own_folder.cache_clear()
    assert own_folder(tmp_path) == folder
    assert old not in set(folder.iterdir())
    assert len(list(folder.iterdir())) == 1

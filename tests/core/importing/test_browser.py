"""A file handed in by keyboard, in a real browser, on a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.importing.files import PRACTICE, all_there_is, with_rows, write
from tests.core.practices.test_assessing_browser import DESKTOP, PHONE, Place, place
from tests.core.web.seen import look

__all__ = ["place"]


@pytest.mark.parametrize(
    ("lang", "size"),
    [("fr", DESKTOP), pytest.param("en", PHONE, marks=pytest.mark.long)],
    ids=["desktop-fr", "phone-en"],
)
def test_a_file_from_the_list_to_the_draft(place: Place, tmp_path: Path, lang: str, size: dict[str, int]) -> None:
    book = all_there_is(place.instance, lang=lang)
    write(book, 3, text__fr__summary="Un résumé tout neuf.")
    file = tmp_path / "pratiques.xlsx"
    file.write_bytes(with_rows(book, PRACTICE, {"text.fr.title": "Une autre", "sectors": "Educaton"}))
    ana = place.enter("ana", size)

    def press(selector: str) -> None:
        ana.locator(selector).focus()
        with ana.expect_navigation():
            ana.keyboard.press("Enter")

    ana.goto(f"{place.address}/{lang}/paris/team/practices")
    press("a[href$='/practices/import']")
    look(ana, f"choose-{lang}")
    ana.set_input_files("#file", str(file))
    press("button[value=look]")
    look(ana, f"plan-{lang}")
    assert ana.locator(".file-rows .badge.stop").count() == 1
    ana.set_input_files("#again", str(file))
    press("button[value=take-good]")
    look(ana, f"made-{lang}")
    made = ana.locator(".waiting a")
    assert made.count() == 2
    made.last.click()
    assert "Une salle d’audition partagée" in ana.inner_text("h1")

"""Files to be filled in, as spreadsheet programs save them, and as somebody who means harm makes them."""

from __future__ import annotations

import csv
import io
import struct
import subprocess
import sys
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lanzarote import ImportAnswer, ImportDraft, ImportForm
from lanzarote.types import ImportChoice, ImportColumn
from lanzarote_spreadsheet import excel_reading, grid
from lanzarote_spreadsheet.csv_file import disarm, rearm
from lanzarote_spreadsheet.csv_form import read_form_csv, write_form_csv
from lanzarote_spreadsheet.excel_form import write_form_xlsx
from lanzarote_spreadsheet.excel_reading import read_form_xlsx
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook

from tests.plugins.test_spreadsheet import DANGEROUS, HARMLESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lanzarote import ImportReading

SECTORS = (ImportChoice(value="courts", label="Justice"), ImportChoice(value="schools", label="École"))
FORM = ImportForm(
    of="practices",
    region="paris",
    language="fr",
    title="Pratiques de Paris",
    instructions=("Une ligne par fiche.",),
    words={"number": "N°", "instructions": "Mode d’emploi", "choices": "Choix", "needed": "Nécessaire."},
    columns=(
        ImportColumn(field="text.fr.title", titles={"fr": "Titre [fr]", "en": "Title [fr]"}, required=True),
        ImportColumn(
            field="sectors",
            titles={"fr": "Secteurs", "en": "Sectors"},
            kind="choices",
            choices=SECTORS,
            help="Plusieurs : séparez-les.",
        ),
        ImportColumn(field="scope", titles={"fr": "Échelle", "en": "Scale"}, kind="choice", choices=SECTORS[:1]),
        ImportColumn(field="started", titles={"fr": "Depuis", "en": "Since"}, kind="date"),
        ImportColumn(
            field="partners.sector", titles={"fr": "Partenaire – Secteur", "en": "Partner – Sector"}, group="partners"
        ),
        ImportColumn(
            field="partners.part.fr", titles={"fr": "Partenaire – Rôle", "en": "Partner – Part"}, group="partners"
        ),
        ImportColumn(field="id", titles={"fr": "Identifiant", "en": "Identifier"}, kind="kept"),
    ),
)
WRITE: dict[str, Callable[..., bytes]] = {"xlsx": write_form_xlsx, "csv": write_form_csv}
READ: dict[str, Callable[..., ImportReading]] = {"xlsx": read_form_xlsx, "csv": read_form_csv}
FORMATS = pytest.mark.parametrize("format", ["xlsx", "csv"])


SAVED_AGAIN = Path(__file__).with_name("saved_by_libreoffice.xlsx")
"""``write_form_xlsx(FORM, KEPT)``, opened in LibreOffice Calc 25.2 and saved there as an Excel workbook."""


def draft(**answers: str) -> ImportDraft:
    named = ((name.replace("__", "."), text) for name, text in answers.items())
    return ImportDraft(answers=tuple(ImportAnswer(field=name, text=text) for name, text in named))


KEPT = (
    draft(text__fr__title="=1+1", sectors="Justice; École", scope="Justice", started="2026-11-26", id="0012"),
    ImportDraft(
        answers=tuple(
            ImportAnswer(field=field, text=text)
            for field, text in (
                ("text.fr.title", " L’accueil\nde l’enfant, 10.3 _x0041_ 😀 ბავშვი\tsuite "),
                ("started", "2014-06-02"),
                ("partners[0].sector", "Justice"),
                ("partners[0].part.fr", "+33 1; @SUM(A1)"),
                ("partners[1].sector", "École"),
                ("partners[1].part.fr", "'2026-01"),
            )
        )
    ),
)


def test_a_workbook_that_libreoffice_saved_again_has_lost_nothing() -> None:
    reading = read_form_xlsx(SAVED_AGAIN.read_bytes(), FORM)
    assert reading.problems == ()
    assert [{one.field: one.text for one in found.answers} for found in reading.drafts] == [
        {one.field: one.text for one in told.answers} for told in KEPT
    ]


def test_libreoffice_keeps_the_lists_to_choose_from_and_the_hidden_row() -> None:
    sheet = load_workbook(SAVED_AGAIN).worksheets[0]
    assert (sheet.row_dimensions[1].hidden, sheet.freeze_panes) == (True, "C3")
    assert sum(rule.type == "list" for rule in sheet.data_validations.dataValidation) == 2


def answers(reading: ImportReading) -> list[dict[str, str]]:
    assert reading.problems == (), reading.problems
    return [{one.field: one.text for one in draft.answers} for draft in reading.drafts]


def codes(reading: ImportReading) -> list[str]:
    """What is told of the file, by its code."""
    from lanzarote_spreadsheet.words import WORDS

    told = (*reading.problems, *(one for draft in reading.drafts for one in draft.problems))
    return [code for one in told for code, words in WORDS.items() if one.text == dict(words)]


def book(*rows: Any, title: str = "Feuille") -> Any:
    made: Any = Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    return made


def content_of(made: Any) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def read_rows(*rows: Any) -> ImportReading:
    return read_form_xlsx(content_of(book(*rows)), FORM)


HEADS = ["N°", "Titre [fr]", "Secteurs", "Depuis"]


# What is written


@FORMATS
def test_what_is_written_is_read_again(format: str) -> None:
    one = {"text.fr.title": "Une salle", "sectors": "Justice; École", "partners[0].sector": "Justice",
           "partners[1].sector": "École", "partners[1].part.fr": "Prête\nla salle", "id": "a-1"}  # fmt: skip
    other = {"text.fr.title": "Une autre", "started": "2014-06"}
    drafts = [ImportDraft(answers=tuple(ImportAnswer(field=k, text=v) for k, v in d.items())) for d in (one, other)]
    reading = READ[format](WRITE[format](FORM, drafts), FORM)
    assert answers(reading) == [one, other]
    assert set(reading.fields) == {column.field for column in FORM.columns}


@FORMATS
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1).filter(str.strip))
@example(text="'\t=1")
@example(text=";'=1+1")
@example(text="''=")
@example(text="a\n'-b;=")
def test_no_text_is_changed_on_the_way(format: str, text: str) -> None:
    [back] = answers(READ[format](WRITE[format](FORM, [draft(text__fr__title=text)]), FORM))
    assert back == {"text.fr.title": text}


@pytest.mark.parametrize("text", [*DANGEROUS, *HARMLESS, "'=1", "'\t", "''\n'@", ";';=1", "\t'\n'+", "=;'="])
def test_what_was_disarmed_is_armed_again_exactly(text: str) -> None:
    assert rearm(disarm(text)) == text


@given(st.text(st.sampled_from("'\"=+-@;\t\n\r a\0＝\u200b\u00a0"), max_size=12))
def test_taking_the_apostrophes_off_undoes_putting_them_on(text: str) -> None:
    assert rearm(disarm(text)) == text


@pytest.mark.parametrize("text", DANGEROUS[:5])
def test_no_cell_of_a_file_to_fill_in_is_calculated(text: str) -> None:
    written = list(
        csv.reader(
            io.StringIO(write_form_csv(FORM, [draft(text__fr__title=text)]).decode("utf-8-sig"), newline=""),
            delimiter=";",
        )
    )
    assert written[1][1].startswith("'")
    cell = load_workbook(io.BytesIO(write_form_xlsx(FORM, [draft(text__fr__title=text)]))).worksheets[0]["B3"]
    assert cell.data_type == "s"


def test_a_template_offers_lists_tells_what_to_do_and_keeps_what_is_typed_as_text() -> None:
    made = load_workbook(io.BytesIO(write_form_xlsx(FORM, ())))
    assert made.sheetnames == ["Pratiques de Paris", "Mode d’emploi", "Choix"]
    rows, told, choices = made.worksheets
    assert [cell.value for cell in rows[2]] == ["N°", *(column.titles["fr"] for column in FORM.columns)]
    assert rows.row_dimensions[1].hidden
    assert [column.value for column in choices["A"]] == ["Secteurs", "Justice", "École"]
    offered = {str(rule.sqref): (rule.formula1, rule.showErrorMessage) for rule in rows.data_validations.dataValidation}
    assert offered["C3:C2001"] == ("'Choix'!$A$2:$A$3", False), "several may be written in one cell"
    assert offered["D3:D2001"] == ("'Choix'!$B$2:$B$2", True)
    assert rows.column_dimensions["B"].number_format == "@"
    assert "Une ligne par fiche." in [cell.value for cell in told["B"]]


def test_who_downloads_nothing_waits_for_neither_reader_nor_writer() -> None:
    heavy = "[name for name in ('xlsxwriter', 'openpyxl') if name in sys.modules]"
    script = f"import sys, lanzarote_spreadsheet as s; list(s.importers()); print({heavy})"
    told = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert told.strip() == "[]"


# As programs save it


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_csv_is_read_however_it_was_saved(codec: str, separator: str, end: str) -> None:
    lines = [["N°", "Titre [fr]", "Échelle"], ["1", 'L’été, dit "chaud"', "Justice"]]
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, lineterminator=end).writerows(lines)
    assert answers(read_form_csv(file.getvalue().encode(codec), FORM)) == [
        {"text.fr.title": 'L’été, dit "chaud"', "scope": "Justice"}
    ]


def test_csv_may_say_itself_what_separates() -> None:
    assert answers(read_form_csv(b"sep=|\r\nN\xc2\xb0|Depuis\r\n1|2014\r\n", FORM)) == [{"started": "2014"}]


def test_headings_are_found_beneath_a_title_in_any_language_and_order() -> None:
    rows = [["Notre liste"], [], ["Since", "title  [FR]", "No."], ["2014", "Une salle", 1]]
    assert answers(read_rows(*rows)) == [{"started": "2014", "text.fr.title": "Une salle"}]


def test_the_sheet_with_the_headings_is_found() -> None:
    made = book(["Notes"], title="Notes")
    sheet = made.create_sheet("Saisie")
    sheet.append(HEADS)
    sheet.append([1, "Une salle"])
    reading = read_form_xlsx(content_of(made), FORM)
    assert answers(reading) == [{"text.fr.title": "Une salle"}]
    place = reading.drafts[0].answers[0].place
    assert (place.sheet, place.row, place.column) == ("Saisie", 2, 2)


def test_a_template_may_have_its_sheets_in_any_order() -> None:
    made = load_workbook(io.BytesIO(write_form_xlsx(FORM, [draft(text__fr__title="Une salle", sectors="yes")])))
    for _ in made.worksheets:
        made.move_sheet(made.worksheets[0], len(made.worksheets) - 1)
        assert answers(read_form_xlsx(content_of(made), FORM))[0]["text.fr.title"] == "Une salle"


def test_numbers_days_and_ticks_are_read_as_people_see_them() -> None:
    rows = [[1, 2014, True, datetime(2014, 6, 2)], [2.0, 10.3, 0.1 + 0.2, "2014-06"]]  # noqa: DTZ001
    assert answers(read_rows(HEADS, *rows)) == [
        {"text.fr.title": "2014", "sectors": "yes", "started": "2014-06-02"},
        {"text.fr.title": "10.3", "sectors": "0.3", "started": "2014-06"},
    ]


def test_a_cell_that_holds_a_number_is_not_taken_for_thousands() -> None:
    number = ImportColumn(field="answers.cost", titles={"fr": "Coût"}, kind="number")
    book = Workbook()
    for row in (["N°", "Titre [fr]", "Coût"], [1, 1.234, 1.234], [2, "1.234", "1.234"], [3, "a", 12.5]):
        book.worksheets[0].append(row)
    reading = read_form_xlsx(content_of(book), replace(FORM, columns=(*FORM.columns, number)))
    assert answers(reading) == [
        {"text.fr.title": "1.234", "answers.cost": "1.2340"},
        {"text.fr.title": "1.234", "answers.cost": "1.234"},
        {"text.fr.title": "a", "answers.cost": "12.5"},
    ]


def test_empty_rows_between_and_a_number_again_are_taken_as_they_are_meant() -> None:
    heads = ["N°", "Titre [fr]", "Partenaire – Secteur"]
    rows = [heads, [1, "Une", "Justice"], [], [None, None, None], [1, "Une", "École"], [1, None, "Santé"], [2, "Deux"]]
    assert answers(read_rows(*rows)) == [
        {"text.fr.title": "Une", "partners[0].sector": "Justice", "partners[1].sector": "École",
         "partners[2].sector": "Santé"},
        {"text.fr.title": "Deux"},
    ]  # fmt: skip


# What cannot be read is told where it stands


def test_a_number_twice_with_two_titles_is_told() -> None:
    reading = read_rows(HEADS, [1, "Une"], [1, "Deux"])
    assert codes(reading) == ["two-records"]
    [told] = reading.drafts[0].problems
    assert (told.place.row, told.place.column) == (3, 2)


def test_a_partner_of_nobody_is_told() -> None:
    assert codes(read_rows([*HEADS, "Partenaire – Secteur"], [None, None, None, None, "Justice"])) == ["nothing-before"]


@pytest.mark.parametrize(
    ("heads", "row", "code"),
    [
        (["N°", "Titre [fr]", "Titel"], [1, "Une"], "unknown-heading"),
        (["N°", "Titre [fr]", "Title [fr]"], [1, "Une"], "heading-twice"),
        (["N°", "Titre [fr]"], [1, "Une", "perdu ?"], "no-heading"),
        (["Nom", "Adresse"], ["Une", "ici"], "no-headings"),
    ],
)
def test_columns_that_nobody_knows_are_never_passed_over(heads: list[Any], row: list[Any], code: str) -> None:
    assert codes(read_rows(heads, row)) == [code]


def test_values_are_taken_and_a_formula_without_one_is_told() -> None:
    reading = read_rows(HEADS, [1, "=1+1", "Justice"], [2, "Deux"])
    assert codes(reading) == ["no-value"]
    assert [one.text for one in reading.drafts[1].answers] == ["Deux"]
    made = book(HEADS, [1, "Une"])
    made.active["B2"].value, made.active["B2"].data_type = "#REF!", "e"
    assert codes(read_form_xlsx(content_of(made), FORM)) == ["error-value"]


def test_the_value_last_calculated_is_what_is_read() -> None:
    cell = '<c r="B2" t="str"><f>CONCATENATE("U","ne")</f><v>Une</v></c>'
    content = changed(content_of(book(HEADS, [1, "a cell"])), "xl/worksheets/sheet1.xml", _cell("B2", cell))
    assert answers(read_form_xlsx(content, FORM)) == [{"text.fr.title": "Une"}]


# What means harm


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """*content* with the part *name* changed; a part that is not there is added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return file.getvalue()


def _cell(place: str, cell: str) -> Callable[[bytes], bytes]:
    import re

    return lambda xml: re.sub(rb'<c r="%s".*?</c>' % place.encode(), cell.encode(), xml)


GOOD = content_of(book(HEADS, [1, "Une salle"]))
TYPES = "[Content_Types].xml"


@pytest.mark.parametrize(
    ("part", "change", "code"),
    [
        ("xl/vbaProject.bin", lambda _: b"macro", "macros"),
        (TYPES, lambda xml: xml.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main"), "macros"),
        ("xl/macrosheets/sheet1.xml", lambda _: b"<x/>", "macros"),
        ("xl/externalLinks/externalLink1.xml", lambda _: b"<x/>", "external"),
        ("xl/connections.xml", lambda _: b"<x/>", "external"),
        ("xl/embeddings/other.bin", lambda _: b"x", "embedded"),
        ("xl/media/image1.png", lambda _: GOOD, "embedded"),
        ("xl/worksheets/sheet1.xml", lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml, "damaged"),
        ("xl/worksheets/sheet1.xml", lambda xml: b"<!--" + b" " * 300_000 + b"--><!DOCTYPE x>" + xml, "damaged"),
        # In two pieces, as it is read: the first ends within the word.
        ("xl/worksheets/sheet1.xml", lambda xml: b"<!--" + b" " * 262_133 + b"--><!DOCTYPE x>" + xml, "damaged"),
        ("xl/worksheets/sheet1.xml", lambda xml: xml.decode().encode("utf-16"), "damaged"),
        ("xl/worksheets/sheet1.xml", lambda xml: xml[:200], "damaged"),
        ("xl/sharedStrings.xml", lambda _: b" " * (65 * 1024 * 1024), "too-large"),
        ("xl/styles.xml", lambda xml: xml.replace(b"</cellXfs>", b"<xf />" * 70_001 + b"</cellXfs>"), "too-large"),
        ("xl/sharedStrings.xml", lambda _: b"<sst>" + b"<si/>" * 1_000_001 + b"</sst>", "too-large"),
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</row>", b"<c/>" * 2_000_001 + b"</row>"), "too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_workbook_has_no_need_of_is_refused(part: str, change: Callable[[bytes], bytes], code: str) -> None:
    assert answers(read_form_xlsx(GOOD, FORM)) == [{"text.fr.title": "Une salle"}]
    assert codes(read_form_xlsx(changed(GOOD, part, change), FORM)) == [code]


def test_an_archive_that_lies_about_its_size_is_counted_as_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = changed(GOOD, "xl/media/a.bin", lambda _: b"\0" * (2 * 1024 * 1024))
    lying = bomb.replace(struct.pack("<L", 2 * 1024 * 1024), struct.pack("<L", 10))
    assert lying != bomb
    monkeypatch.setattr(excel_reading, "LARGEST_WHOLE", 1024 * 1024)
    assert codes(read_form_xlsx(bomb, FORM)) == ["too-large"]
    assert codes(read_form_xlsx(lying, FORM)) in (["too-large"], ["not-xlsx"])


def test_a_cell_in_the_last_corner_costs_nothing() -> None:
    made = book(HEADS, [1, "Une"])
    made.active["XFD1048576"] = "x"
    content = content_of(made)
    assert codes(read_form_xlsx(content, FORM)) == ["too-large"]


@pytest.mark.parametrize("rows", [grid.MOST_ROWS + 5])
def test_more_rows_than_there_is_room_for_are_refused(rows: int) -> None:
    content = "N°,Depuis,Titre [fr]\r\n".encode() + b"1,2014,a\r\n" * rows
    assert codes(read_form_csv(content, FORM)) == ["too-large"]


def test_nothing_is_read_after_the_last_record_that_there_is_room_for() -> None:
    taken = []

    def lines() -> Iterator[grid.Line]:
        for number, cells in enumerate((("N°", "Titre [fr]"), *((str(one), "Une") for one in range(99))), 1):
            taken.append(number)
            yield grid.Line(number, cells)

    with pytest.raises(grid.TooMuch):
        grid.take_in(replace(FORM, most=3), lines())
    assert taken == [1, 2, 3, 4, 5]


def test_nothing_is_read_after_a_row_that_has_no_heading() -> None:
    taken = []

    def lines() -> Iterator[grid.Line]:
        for number, cells in enumerate((("N°", "Titre [fr]"), *((("1", "Une", "autre"),) * 99)), 1):
            taken.append(number)
            yield grid.Line(number, cells)

    reading = grid.take_in(FORM, lines())
    assert reading is not None
    assert (codes(reading), taken) == (["no-heading"], [1, 2])


def test_more_columns_than_there_is_room_for_are_refused() -> None:
    content = "N°,Depuis\r\n1,2014".encode() + b"," * (grid.MOST_COLUMNS + 1) + b"\r\n"
    assert codes(read_form_csv(content, FORM)) == ["too-large"]


def test_a_cell_without_end_is_refused() -> None:
    assert codes(read_form_csv("N°,Depuis\r\n1,".encode() + b'"' + b"x" * 200_000 + b'"', FORM)) == ["damaged"]


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0" + b"\0" * 600, zlib.compress(b"x"), GOOD[:-40], GOOD[:900]],
    ids=["nothing", "a head", "another format", "an old workbook, or a password", "no archive", "cut", "cut short"],
)
def test_what_is_no_workbook_is_told_so(content: bytes) -> None:
    assert codes(read_form_xlsx(content, FORM)) in (["not-xlsx"], ["damaged"])


@given(st.binary(max_size=300))
def test_no_bytes_make_a_reader_fail(content: bytes) -> None:
    for read in READ.values():
        read(content, FORM)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_no_changed_byte_makes_the_reader_fail(place: int, byte: int) -> None:
    read_form_xlsx(GOOD[:place] + bytes([byte]) + GOOD[place + 1 :], FORM)


def test_text_that_is_none_is_told_so() -> None:
    assert codes(read_form_csv(b"\x00\x01\x02,\x00", FORM)) == ["no-text"]

"""What a downloaded list holds when a spreadsheet program opens it."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import lanzarote_spreadsheet
import pytest
from lanzarote import Table
from lanzarote.plugins import Candidate, Host
from lanzarote_spreadsheet import csv_file, excel_file
from lanzarote_spreadsheet.csv_file import write_csv
from lanzarote_spreadsheet.excel_file import write_xlsx
from openpyxl import load_workbook

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

COMMAND = "=2+5+cmd|' /C calc'!A0"
DANGEROUS = (
    COMMAND,
    "+33 1 40",
    "-1+1",
    "@SUM(A1)",
    "\tA",
    "\rA",
    "\nA",
    "\0=1",
    "  =1",
    '"=1',
    "'=1",
    "\u00a0=1",
    "\ufeff=1",
    "\u200b=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
)
HARMLESS = ("", "Paris", "École – 2", "a=b", "2 > 1", "jean-jaurès", "«=»", "1. étape", "http://example.org/?a=+1")


def table(*rows: tuple[Any, ...], columns: tuple[str, ...] = ("A", "B"), **more: Any) -> Table:
    return Table(**({"title": "Pratiques", "columns": columns, "rows": rows, "language": "fr"} | more))


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def first_sheet(content: bytes) -> Worksheet:
    sheet: Worksheet = read_xlsx(content).worksheets[0]
    return sheet


def values(sheet: Worksheet) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_the_package_brings_csv_and_excel() -> None:
    host = Host([Candidate(name="spreadsheet", module=lanzarote_spreadsheet.__name__)])
    assert [(one.format, one.extension) for one in host.exporters] == [("csv", "csv"), ("xlsx", "xlsx")]
    assert [package.fault for package in host.packages] == [""]


def test_the_excel_writer_is_imported_by_the_first_download_only() -> None:
    script = "import sys, lanzarote_spreadsheet as s; list(s.exporters()); print('xlsxwriter' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "False"


# CSV


def test_csv_begins_with_a_byte_order_mark_and_ends_lines_as_rfc_4180_does() -> None:
    content = write_csv(table(("é", 'l\'a "b", c')))
    assert content == b"\xef\xbb\xbfA,B\r\n" + 'é,"l\'a ""b"", c"\r\n'.encode()


def test_csv_keeps_line_breaks_inside_a_cell() -> None:
    assert read_csv(write_csv(table(("une\r\nligne", "deux"))))[1] == ["une\r\nligne", "deux"]


def test_csv_writes_dates_in_iso_and_nothing_for_what_is_absent() -> None:
    moment = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert read_csv(write_csv(table((date(2014, 6, 2), None), (moment, ""))))[1:] == [
        ["2014-06-02", ""],
        ["2026-11-24T09:30:00+00:00", ""],
    ]


def test_csv_leaves_numbers_alone_even_when_they_are_negative() -> None:
    assert read_csv(write_csv(table((-5, -0.5))))[1] == ["-5", "-0.5"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_csv_disarms_what_would_be_calculated(text: str) -> None:
    assert read_csv(write_csv(table((text, "x"), columns=(text, "B")))) == [["'" + text, "B"], ["'" + text, "x"]]


@pytest.mark.parametrize("text", HARMLESS)
def test_csv_leaves_ordinary_text_as_it_is(text: str) -> None:
    assert read_csv(write_csv(table((text, "x"))))[1] == [text, "x"]


@pytest.mark.parametrize("separator", [";", "\t", "\n", "\r\n"])
def test_csv_disarms_what_another_program_would_take_for_a_further_cell(separator: str) -> None:
    assert read_csv(write_csv(table((f"Paris{separator}=1+1", "x"))))[1][0] == f"Paris{separator}'=1+1"


def test_csv_disarms_a_value_that_begins_with_a_separator_twice() -> None:
    assert [csv_file.disarm(f"{sign}=1") for sign in "\t\r\n"] == ["'\t'=1", "'\r'=1", "'\n'=1"]


def test_disarming_takes_no_longer_for_hostile_text() -> None:
    started = datetime.now(UTC)
    assert csv_file.disarm("\n" * 50_000 + "x").startswith("'")
    assert datetime.now(UTC) - started < timedelta(seconds=2)


def test_csv_survives_text_that_is_no_unicode() -> None:
    assert read_csv(write_csv(table(("a\ud800b", "x"))))[1] == ["a?b", "x"]


# Excel


def test_excel_holds_the_list_with_its_types() -> None:
    sheet = first_sheet(write_xlsx(table(("é", 3), (date(2014, 6, 2), None), (2.5, "z"))))
    assert values(sheet) == [("A", "B"), ("é", 3), (datetime(2014, 6, 2), None), (2.5, "z")]  # noqa: DTZ001
    assert sheet["A3"].is_date


@pytest.mark.parametrize("text", [*DANGEROUS[:4], "{=1}", "https://example.org", "007", "1e5", "TRUE"])
def test_excel_stores_text_as_text(text: str) -> None:
    sheet = first_sheet(write_xlsx(table((text, "x"))))
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].hyperlink) in (
        (text, "s", None),
        (text, "inlineStr", None),
    )


def test_excel_freezes_the_titles_and_offers_filters() -> None:
    sheet = first_sheet(write_xlsx(table(("é", 3))))
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B2")


def test_excel_columns_fit_their_text_within_bounds() -> None:
    sheet = first_sheet(write_xlsx(table(("x" * 20, "y" * 500), columns=("A", "B"))))
    assert [round(sheet.column_dimensions[name].width) for name in "AB"] == [23, 61]


def test_the_last_sheet_tells_what_the_list_is() -> None:
    book = read_xlsx(write_xlsx(table(("é", 3), note="Paris, le 24 novembre 2026")))
    assert book.sheetnames == ["Pratiques", "Note"]
    assert values(book["Note"]) == [("Pratiques",), ("Paris, le 24 novembre 2026",), ("CC-BY-4.0",)]


def test_the_workbook_says_its_title_and_language() -> None:
    book: Any = read_xlsx(write_xlsx(table(("é", 3))))
    assert book.properties.title == "Pratiques"
    assert book.custom_doc_props["Language"].value == "fr"


def test_an_empty_list_still_has_its_titles() -> None:
    assert values(first_sheet(write_xlsx(table()))) == [("A", "B")]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Qui ? Quoi : [Paris/Lyon]*", "Qui Quoi Paris Lyon"),
        ("x" * 40, "x" * 31),
        ("'cité'", "cité"),
        ("History", "History -"),
        ("***", "1"),
        ("Note", "Note"),
    ],
)
def test_any_title_makes_a_sheet(title: str, name: str) -> None:
    assert read_xlsx(write_xlsx(table(title=title))).sheetnames[0] == name


def test_a_list_too_long_for_one_sheet_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_file, "ROWS", 2)
    book = read_xlsx(write_xlsx(table((1, 1), (2, 2), (3, 3))))
    assert book.sheetnames == ["Pratiques", "Pratiques (2)", "Note"]
    assert [values(book[name]) for name in book.sheetnames[:2]] == [
        [("A", "B"), (1, 1), (2, 2)],
        [("A", "B"), (3, 3)],
    ]


def test_excel_marks_text_that_it_cannot_hold_whole() -> None:
    value = str(first_sheet(write_xlsx(table(("x" * 40_000, 1))))["A2"].value)
    assert (len(value), value[-2:]) == (32_767, "x…")


def test_excel_writes_days_before_its_calendar_as_text() -> None:
    assert first_sheet(write_xlsx(table((date(1789, 7, 14), date(1900, 3, 1)))))["A2"].value == "1789-07-14"


def test_excel_tells_moments_in_universal_time() -> None:
    moment = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    assert first_sheet(write_xlsx(table((moment, None))))["A2"].value == datetime(2026, 11, 24, 8, 30)  # noqa: DTZ001


def test_excel_survives_what_its_format_has_no_room_for() -> None:
    sheet = first_sheet(write_xlsx(table(("a\0b\x01c\ud800", float("nan")), (float("inf"), True))))
    assert sheet["B2"].value is None
    assert sheet["A3"].value is None


def test_an_excel_file_refers_to_nothing_outside_itself() -> None:
    names = zipfile.ZipFile(io.BytesIO(write_xlsx(table(("http://example.org", "mailto:a@b.c"))))).namelist()
    assert [name for name in names if "_rels" in name and "sheet" in name] == []


def test_what_a_cell_may_not_hold_as_it_is_is_written_as_workbooks_do() -> None:
    sheet = first_sheet(write_xlsx(table(("<a> & b", "a\x07b_x0041_"))))
    assert [cell.value for cell in sheet[2]] == ["<a> & b", "a_x0007_b_x005F_x0041_"]


def test_excel_prints_a_wide_list_on_few_pages_each_with_what_its_rows_are_about() -> None:
    long = "a" * 100
    narrow, wide = (write_xlsx(table((long,) * count, columns=("A",) * count)) for count in (2, 9))
    pages = [(sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) for sheet in map(first_sheet, (narrow, wide))]
    assert pages == [(None, 0), (3, 0)]  # one page is what a workbook need not say
    assert (first_sheet(wide).print_title_cols, first_sheet(wide).print_title_rows) == ("$A:$A", "$1:$1")

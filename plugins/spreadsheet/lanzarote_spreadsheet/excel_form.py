"""Workbooks to be filled in: the rows on the first sheet, then instructions, then the lists to choose from."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from lanzarote_spreadsheet.excel_file import A4, _free_name, _sheet_name, _text
from lanzarote_spreadsheet.excel_rows import Rows, filled, fitting
from lanzarote_spreadsheet.grid import fields, headings, lay_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lanzarote import ImportDraft, ImportForm
    from lanzarote.types import ImportColumn
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

HEAD: Final = 2
"""Rows above the first record: the fields as the platform knows them, which are hidden, and the headings."""
ROOM: Final = 2_000
"""Rows for which a list is offered, at least."""
WIDTHS: Final = {"text": 44, "line": 30, "choices": 28, "choice": 24, "date": 12, "number": 12, "kept": 14}
COLOURS: Final = {"": "#DCE9EA", "partners": "#E4E8F3", "evidence": "#F3EBDD", "own_sources": "#ECE6EF"}
KEPT_COLOUR: Final = "#E6E6E6"
LONGEST_HINT: Final = 255
"""Characters that Excel shows beside a cell."""
OPTIONS: Final = {
    "in_memory": True,
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_form_xlsx(form: ImportForm, drafts: Iterable[ImportDraft]) -> bytes:
    """Everything is text, so that no program makes a date of article 10.3; nothing is a formula or a link."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped] # only who downloads one waits for it

    file = io.BytesIO()
    with Workbook(file, OPTIONS) as workbook:
        workbook.set_properties({"title": _text(form.title)})
        workbook.set_custom_property("Language", form.language)
        rows = workbook.add_worksheet(_sheet_name(form.title, 1))
        told = workbook.add_worksheet(_free_name(workbook, _sheet_name(form.words["instructions"], 1)))
        choices = workbook.add_worksheet(_free_name(workbook, _sheet_name(form.words["choices"], 1)))
        written = _write_rows(workbook, rows, form, drafts)
        _write_instructions(workbook, told, form)
        _offer(workbook, rows, choices, form, max(len(written) + HEAD - 1, ROOM))
    return filled(file.getvalue(), (written,))


def _write_rows(workbook: Workbook, sheet: Worksheet, form: ImportForm, drafts: Iterable[ImportDraft]) -> Rows:
    text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    heads = _heads(workbook)
    sheet.set_column(0, 0, 6, text)
    for place, column in enumerate(form.columns, 1):
        sheet.set_column(place, place, WIDTHS[column.kind], text)
    sheet.set_row(0, None, None, {"hidden": True})
    for place, field in enumerate(fields(form)):
        sheet.write_string(0, place, field)
    sheet.set_row(1, 48)
    shown = [heads[""], *(_head_of(heads, column) for column in form.columns)]
    for place, (title, head) in enumerate(zip(headings(form), shown, strict=True)):
        sheet.write_string(1, place, _text(title), head)
    sheet.freeze_panes(HEAD, 2)
    sheet.repeat_rows(1)
    sheet.repeat_columns(0, 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    rows = Rows(sheet, 1, HEAD, (text,))
    for row in lay_out(form, drafts):
        rows.add([fitting(cell) for cell in row])
    return rows


def _heads(workbook: Workbook) -> Mapping[str, Format]:
    plain = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "num_format": "@"}
    heads = {group: workbook.add_format(plain | {"bg_color": colour}) for group, colour in COLOURS.items()}
    return heads | {"kept": workbook.add_format(plain | {"bg_color": KEPT_COLOUR, "italic": True, "bold": False})}


def _head_of(heads: Mapping[str, Format], column: ImportColumn) -> Format:
    return heads["kept"] if column.kind == "kept" else heads.get(column.group, heads[""])


def _write_instructions(workbook: Workbook, sheet: Worksheet, form: ImportForm) -> None:
    bold = workbook.add_format({"bold": True, "valign": "top", "text_wrap": True})
    plain = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, _text(form.title), bold)
    for row, line in enumerate(form.instructions, 1):
        sheet.write_string(row, 1, _text(line), plain)
    needed = form.words.get("needed", "")
    for row, column in enumerate(form.columns, len(form.instructions) + 2):
        help_ = " ".join(filter(None, (needed if column.required else "", column.help)))
        sheet.write_string(row, 0, _text(column.titles[form.language]), bold)
        sheet.write_string(row, 1, _text(help_), plain)


def _offer(workbook: Workbook, rows: Worksheet, choices: Worksheet, form: ImportForm, last: int) -> None:
    """Write what can be chosen, each list in a column, and offer it beside the cells."""
    from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]

    bold = workbook.add_format({"bold": True, "text_wrap": True})
    offered = [(place, column) for place, column in enumerate(form.columns, 1) if column.choices]
    lists: dict[tuple[str, ...], tuple[int, str]] = {}
    for _, column in offered:
        labels = tuple(_text(choice.label) for choice in column.choices)
        lists.setdefault(labels, (len(lists), column.titles[form.language]))
    choices.set_column(0, max(len(lists) - 1, 0), 40)
    for place, title in lists.values():
        choices.write_string(0, place, _text(title), bold)
    for number in range(max(map(len, lists), default=0)):
        for labels, (place, _) in lists.items():
            if number < len(labels):
                choices.write_string(number + 1, place, labels[number])
    sheet = choices.get_name().replace("'", "''")
    for place, column in enumerate(form.columns, 1):
        rule: dict[str, Any] = {"validate": "any", "ignore_blank": True, "error_type": "warning"}
        if column.choices:
            labels = tuple(_text(choice.label) for choice in column.choices)
            name = xl_col_to_name(lists[labels][0], col_abs=True)
            rule |= {"validate": "list", "source": f"='{sheet}'!{name}$2:{name}${len(labels) + 1}"}
            # More than one thing may stand in such a cell: the list helps with the first.
            rule["show_error"] = column.kind == "choice"
        if column.help:
            rule |= {
                "input_title": _text(column.titles[form.language])[:32],
                "input_message": column.help[:LONGEST_HINT],
            }
        if column.choices or column.help:
            rows.data_validation(HEAD, place, last, place, rule)

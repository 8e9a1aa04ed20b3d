"""Practices and organisations as JSON Lines: an object for each record, from its fields to what they say."""

import json
import re

from lanzarote import ImportAnswer, ImportDraft, Importer, ImportPlace, ImportProblem, ImportReading, hookimpl

NOT_READ = {"en": "A line is no object from fields to texts. Look at it in an editor that knows JSON."}


def write(form, drafts):
    records = [{one.field: one.text for one in draft.answers} for draft in drafts]
    template = {column.field.replace(".", "[0].", 1) if column.group else column.field: "" for column in form.columns}
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records or [template]).encode()


def read(content, form):
    drafts = []
    for row, line in enumerate(content.splitlines(), 1):
        try:
            said = {field: str(text) for field, text in json.loads(line).items()}
        except (ValueError, AttributeError):
            return ImportReading(problems=(ImportProblem(text=NOT_READ, place=ImportPlace(row=row)),))
        place = ImportPlace(row=row)
        answers = (ImportAnswer(field=field, text=text, place=place) for field, text in said.items() if text)
        drafts.append(ImportDraft(place=place, answers=tuple(answers)))
    # A column counts as there when one record names it, and a group whole when it names any of it.
    named = {re.sub(r"\[\d+\]", "", one.field) for draft in drafts for one in draft.answers}
    groups = {field.partition(".")[0] for field in named}
    fields = tuple(one.field for one in form.columns if (one.group in groups if one.group else one.field in named))
    return ImportReading(fields=fields, drafts=tuple(drafts))


@hookimpl
def importers():
    media_type = "application/jsonl"
    return (
        Importer(
            format="jsonl", label="JSON Lines", media_type=media_type, extensions=("jsonl",), write=write, read=read
        ),
    )

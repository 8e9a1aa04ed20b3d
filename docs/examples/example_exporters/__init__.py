"""Every list as a table in Markdown, to paste into minutes or a wiki."""

from lanzarote import Exporter, hookimpl


def write(table):
    lines = [table.columns, ["---"] * len(table.columns), *table.rows]
    text = "".join(f"| {' | '.join(map(cell, line))} |\n" for line in lines)
    return f"# {table.title}\n\n{text}\n{table.note}\n".encode()


def cell(value):
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


@hookimpl
def exporters():
    return (Exporter(format="md", label="Markdown", media_type="text/markdown", extension="md", write=write),)

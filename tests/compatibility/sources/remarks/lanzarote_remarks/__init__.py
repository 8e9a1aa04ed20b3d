"""Every hook of the API 1.0 that is no region's; written for it and never changed since."""

from importlib.resources import files

from lanzarote import Catalogue, Concern, DocumentExporter, Exporter, Importer, hookimpl
from lanzarote.types import ImportReading

HEARD = []


def write(table):
    lines = [
        "\t".join(table.columns),
        *("\t".join("" if cell is None else str(cell) for cell in row) for row in table.rows),
    ]
    return "\n".join((table.title, table.language, table.licence, table.note, *lines)).encode()


@hookimpl
def catalogues():
    return [Catalogue(language="mt", path=files(__name__) / "mt.po")]


@hookimpl
def exporters():
    return [Exporter(format="tsv", label="TSV", media_type="text/tab-separated-values", extension="tsv", write=write)]


def template(form, drafts):
    return "\t".join(column.titles[form.language] for column in form.columns).encode()


def read(content, form):
    return ImportReading()


@hookimpl
def importers():
    return [
        Importer(
            format="tsv",
            label="TSV",
            media_type="text/tab-separated-values",
            extensions=("tsv",),
            write=template,
            read=read,
        )
    ]


def tell(compendium):
    return compendium.title.encode()


@hookimpl
def document_exporters():
    return [DocumentExporter(format="txt", label="Text", media_type="text/plain", extension="txt", write=tell)]


@hookimpl
def check_practice(region, new, before):
    for language, text in new.text.items():
        if text.title:
            told = {language: f"“{text.title}” is said in {region.id}, for the {'second' if before else 'first'} time."}
            yield Concern(code="remark", field=f"text.{language}.title", text=told, level="warn")


@hookimpl
def check_stakeholder(region, new, before):
    return [Concern(code="remark", text={"en": f"{len(new.name)} names."})]


@hookimpl
def check_improvement(region, new, before):
    return ()


@hookimpl
def practice_published(event):
    HEARD.append((event.event_id, event.region, event.id, event.slug, event.address, event.version, event.titles))


@hookimpl
def practice_withdrawn(event):
    HEARD.append((event.event_id, event.region, event.id, event.slug, event.address, event.erased))


@hookimpl
def improvement_decided(event):
    HEARD.append((event.event_id, event.region, event.id, event.slug, event.outcome, event.day))

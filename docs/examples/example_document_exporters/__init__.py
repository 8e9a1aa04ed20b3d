"""A compendium as plain text: titles, and under each what its parts say."""

from lanzarote import DocumentExporter, hookimpl


def write(document):
    lines = [document.title, document.subtitle, ""]
    for chapter in document.chapters:
        for record in chapter.records:
            lines += [record.title.text, record.title.href, *map(said, record.parts), ""]
    return "\n".join(lines).encode()


def said(part):
    paragraphs = (block.line for block in part.blocks if hasattr(block, "line"))
    return f"{words(part.title)}: {' '.join(map(words, paragraphs))}"


def words(line):
    return "".join(one.text for one in line)


@hookimpl
def document_exporters():
    return (DocumentExporter(format="txt", label="Text", media_type="text/plain", extension="txt", write=write),)

"""Chosen practices and procedures as one tagged PDF (PDF/UA-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote import DocumentExporter, hookimpl

from lanzarote_compendium.setting import set_pages

if TYPE_CHECKING:
    from collections.abc import Iterable


@hookimpl
def document_exporters() -> Iterable[DocumentExporter]:
    return (
        DocumentExporter(format="pdf", label="PDF", media_type="application/pdf", extension="pdf", write=set_pages),
    )

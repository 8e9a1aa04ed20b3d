"""What the command about documents does: the same as the pages, at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lanzarote.compendium.composing import NoSuchFormat, compose, exporter_of, written
from lanzarote.compendium.wanted import Wanted, require_fit
from lanzarote.errors import NotFound
from lanzarote.practices import service
from lanzarote.procedures import public
from lanzarote.web.labels import Voice

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.types import DocumentExporter


def document(instance: Instance, given: Namespace) -> int:
    header = instance.header(given.region)
    language = given.language or header.languages[0]
    if language not in header.languages:
        raise NotFound(f"{given.region} is not written in {language!r}; it is in: {', '.join(header.languages)}.")
    voice = Voice(instance, language, header)
    whole = not (given.practice or given.procedure)
    practices = {card.slug: card.id for card in service.all_cards(instance.database, given.region)}
    procedures = {one.slug: one.id for one in public.every(instance, given.region)}
    title = voice._("Practices of co-operation: %(region)s") % {"region": voice.say(header.name)}
    wanted = Wanted(
        region=given.region,
        language=language,
        format=given.format,
        title=given.title or str(title),
        practices=_ids(practices, "practice", list(practices) if whole else given.practice),
        procedures=_ids(procedures, "procedure", list(procedures) if whole else given.procedure),
    )
    require_fit(wanted)
    exporter = exporter_of(instance, wanted.format)
    _refuse_another_ending(instance, exporter, Path(given.output))
    made = written(instance, exporter, compose(instance, wanted))
    _lay(Path(given.output), made)
    print(f"{given.output}: {wanted.count} record{'s' * (wanted.count != 1)}, {len(made) / 1_000_000:.1f} MB")
    return 0


def _refuse_another_ending(instance: Instance, exporter: DocumentExporter, file: Path) -> None:
    if file.suffix.lower() != f".{exporter.extension}":
        known = ", ".join(f".{one.extension} (--format {one.format})" for one in instance.host.document_exporters)
        told = f"{file} does not end as a document does that is written as {exporter.format!r}"
        raise NoSuchFormat(f"{told}; endings there are: {known}.")


def _ids(known: Mapping[str, str], kind: str, slugs: Sequence[str]) -> tuple[str, ...]:
    if unknown := [slug for slug in slugs if slug not in known]:
        raise NotFound(f"There is no public {kind} {unknown[0]!r}; there are: {', '.join(known) or 'none'}.")
    return tuple(dict.fromkeys(known[slug] for slug in slugs))


def _lay(file: Path, body: bytes) -> None:
    """Whole or not at all: what was there before stays until all of it is written."""
    half = file.with_name(f".{file.name}.part")
    half.write_bytes(body)
    os.replace(half, file)

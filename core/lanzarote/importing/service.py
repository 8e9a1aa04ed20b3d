"""Imports: a file is read by the package that knows its format, and imported whole or not at all."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from lanzarote.errors import Conflict, LanzaroteError, NotPermitted
from lanzarote.importing.cells import column_of, drafts_of, form_of
from lanzarote.importing.planning import Plan, plan
from lanzarote.plugins import CallFailed
from lanzarote.plugins.formats import written_by
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import Record, now
from lanzarote.store.ids import derived_id
from lanzarote.translation import N_
from lanzarote.types import ImportProblem, ImportReading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanzarote.importing.cells import Form
    from lanzarote.importing.ground import Ground
    from lanzarote.importing.kinds import Kind
    from lanzarote.importing.planning import Row
    from lanzarote.types import Importer

log = logging.getLogger("lanzarote.importing")
LARGEST_FILE: Final = 8 * 1024 * 1024
LONGEST: Final = 60.0
"""Seconds that a package may take over a file: whoever handed it in waits."""
TOO_LARGE: Final = N_("The file is too large: the limit is %(size)s MB. Import it in several parts.")
NO_ROWS: Final = N_("There is no row in it that says anything.")
NOT_READ: Final = N_(
    "This file could not be read. Save it again with the program that it comes from, or import it in another format."
)
STRANGE: Final = N_(
    "The package that reads such files (%(package)s) returned fields that do not exist here: %(fields)s. Nothing "
    "was imported; inform the team that runs the site."
)
FEW: Final = 5
WRONG_FORMAT: Final = N_("Files of this kind cannot be read. Import one of these: %(formats)s.")
NO_FORMATS: Final = N_("No package that reads files is installed here. The team that runs the site can install one.")


class ImportedRow(Struct, frozen=True, kw_only=True):
    """What was begun or changed."""

    id: str
    title: str
    lang: str
    new: bool


class NotImported(LanzaroteError):
    """Somebody wrote here since the file was looked at: nothing of it was kept."""


class ImportedBefore(LanzaroteError):
    """The same file, looked at once, was taken in a moment ago: nothing is made twice."""


def importer_for(ground: Ground, name: str) -> Importer | None:
    """Who reads a file of this *name*."""
    ending = name.rpartition(".")[2].lower()
    return next((one for one in ground.instance.host.importers if ending in one.extensions), None)


def plan_of(ground: Ground, kind: Kind, name: str, content: bytes) -> Plan:
    """What would become of the file *name*; nothing is kept."""
    importer = importer_for(ground, name)
    form = form_of(ground, kind)
    if importer is None:
        formats = ", ".join(f".{ending}" for one in ground.instance.host.importers for ending in one.extensions)
        problem = ground._(WRONG_FORMAT) % {"formats": formats} if formats else ground._(NO_FORMATS)
        reading = _unread(ground, problem)
    elif len(content) > LARGEST_FILE:
        reading = _unread(ground, ground._(TOO_LARGE) % {"size": LARGEST_FILE // 2**20})
    else:
        reading = _read(ground, importer, form, content)
    return plan(ground, kind, form, reading, content)


def import_rows(ground: Ground, kind: Kind, rows: Sequence[Row], *, base: str) -> tuple[ImportedRow, ...]:
    """Begin and change what *rows* say, all in one transaction, as drafts and working versions.

    *base*: an id that was made when the file was looked at, so that sending it twice begins nothing twice. Raises
    NotImported, ImportedBefore; nothing is kept then.
    """
    at = now()
    made = []
    try:
        with ground.instance.database.write(ground.region_id) as session:
            for row in rows:
                if row.outcome == "new":
                    record_id = derived_id(base, f"{row.place.sheet}/{row.place.row}")
                    if session.get(Record, (ground.region_id, record_id)) is not None:
                        raise ImportedBefore("This file was taken in a moment ago.")
                    kind.begin(session, ground, row.given, record_id, at)
                    made.append(ImportedRow(id=record_id, title=row.title, lang=row.lang, new=True))
                else:
                    record = session.get_one(Record, (ground.region_id, row.id))
                    kind.save(session, ground, record, row.given, row.version, at)
                    made.append(ImportedRow(id=row.id, title=row.title, lang=row.lang, new=False))
                session.flush()
    except IntegrityError:
        raise ImportedBefore("This file was taken in a moment ago.") from None
    except (Conflict, NotPermitted, IllegalTransition) as error:
        raise NotImported("Something changed here meanwhile; nothing of the file was taken in.") from error
    return tuple(made)


def file_of(ground: Ground, kind: Kind, importer: Importer, *, filled: bool) -> bytes:
    """A template, or a file with everything that can be written on. Raises FormatFailed."""
    form = form_of(ground, kind)
    drafts = drafts_of(ground, kind, form) if filled else ()
    return written_by(
        ground.instance.host, importer, form.told, tuple(drafts), seconds=LONGEST, what="this file to fill in"
    )


def _read(ground: Ground, importer: Importer, form: Form, content: bytes) -> ImportReading:
    package = ground.instance.host.bringing(importer)
    read: Any = importer.read
    try:
        reading: ImportReading = read(content, form.told, seconds=LONGEST)
    except CallFailed as error:
        log.error("The package %s could not read a file of %s: %s.", package.known, importer.format, error)
        return _unread(ground, ground._(NOT_READ))
    if strange := _strange(form, reading):
        return _unread(ground, ground._(STRANGE) % {"package": package.known, "fields": ", ".join(strange)})
    if not reading.drafts and not reading.problems:
        return _unread(ground, ground._(NO_ROWS))
    return reading


def _strange(form: Form, reading: ImportReading) -> list[str]:
    """Fields that the form does not have, and of which nothing could be taken in."""
    named = {*reading.fields, *(one.field for draft in reading.drafts for one in draft.answers)}
    return sorted({column_of(field) for field in named} - form.cells.keys())[:FEW]


def _unread(ground: Ground, text: str) -> ImportReading:
    return ImportReading(problems=(ImportProblem(text={ground.lang: text}),))

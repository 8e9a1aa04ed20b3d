"""What can be done with records of every kind."""

from __future__ import annotations

from typing import Final

from lanzarote.kinds.kind import Action, record_can
from lanzarote.records import drafts
from lanzarote.translation import N_

ARCHIVE: Final = Action(
    name="archive",
    label=N_("Archive"),
    may="group.lead",
    when=record_can("archive"),
    do=drafts.archive,
    text=N_("It leaves the working lists; its versions stay. It can be restored at any time."),
    told="Archive what was never published or was withdrawn.",
    done=N_("Archived."),
)
RESTORE: Final = Action(
    name="restore",
    label=N_("Restore from the archive"),
    may="group.lead",
    when=record_can("restore"),
    do=drafts.restore,
    text=N_("Back to draft, or to withdrawn if it was published before. This publishes nothing."),
    told="Restore it from the archive: a draft again, or withdrawn if the public has read it once.",
    done=N_("Restored from the archive."),
)
ERASE: Final = Action(
    name="erase",
    label=N_("Erase permanently"),
    may="record.erase",
    when=record_can("erase"),
    do=drafts.erase,
    text=N_(
        "Every word and every number of it is removed for good: from its page, its versions and the file of the "
        "database. Its address will say that it was erased. Nobody can bring it back."
    ),
    told="Remove every word of it for good. This cannot be undone.",
    done=N_("Erased permanently."),
    erases=True,
)

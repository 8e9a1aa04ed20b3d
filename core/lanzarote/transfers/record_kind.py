"""Practices and procedures taken up from elsewhere, as everything knows them that is made of all kinds of records."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from lanzarote.practices.documents import unfit_origin
from lanzarote.practices.record_kind import PRACTICE
from lanzarote.records.kinds import Beside, RecordKind, Released
from lanzarote.transfers import service
from lanzarote.transfers.model import LIFECYCLE, Elsewhere, ElsewhereRow, TransferStatus
from lanzarote.transfers.model import TRANSFER as NAME
from lanzarote.translation import N_
from lanzarote.types import Transfer, TransferRelease

if TYPE_CHECKING:
    from collections.abc import Iterator


EAST: Final = timedelta(hours=14)
"""So far is the day in the east ahead of that of Greenwich."""
_MOVES: Final = frozenset((before, after) for (before, _), after in LIFECYCLE.items() if before != after)


def unfit_transfer(one: TransferRelease, until: datetime) -> Iterator[str]:
    """What cannot be of a transfer that another region tells of; nothing was done after *until*.

    How far it is follows from its steps, and these from rules. Its origin may be newer where it was taken up than it is
    here, so nothing is held against what is known of that.
    """
    if not one.steps:
        yield "does not say when it was taken up"
        return
    yield from unfit_origin("origin", one.origin)
    if one.origin.region == one.region:
        yield "origin.region: is the region itself, where there is nothing to take up"
    if one.state != one.steps[-1].state:
        yield f"state: is {one.state}, and the last step {one.steps[-1].state}"
    states = [None, *(step.state for step in one.steps)]
    for number, (before, after) in enumerate(pairwise(states)):
        if (before, after) not in _MOVES:
            yield f"steps.{number}: nothing is {after} that was {before or 'not offered'} before"
    for number, (earlier, later) in enumerate(pairwise(one.steps), 1):
        if later.on < earlier.on:
            yield f"steps.{number}.on: {later.on} is before the step that it follows ({earlier.on})"
    for number, step in enumerate(one.steps):
        if step.on > (until + EAST).date():
            yield f"steps.{number}.on: {step.on} is still to come"


TRANSFER: Final = RecordKind(
    name=NAME,
    body=Transfer,
    status=TransferStatus,
    lifecycle=LIFECYCLE,
    room="transfers",
    place="practices",
    label=N_("Practices taken up"),
    one=N_("a practice or procedure taken up from elsewhere"),
    plural=N_("Practices taken up"),
    verbs={
        "take-up": N_("let the group take it up"),
        "adapt": N_("made the draft of the adapted practice"),
        "pilot": N_("recorded that it is tried out"),
        "adopt": N_("recorded that it is adopted"),
        "decline": N_("recorded that it is not taken up"),
        "reconsider": N_("proposed it again"),
        "forget-origin": N_("took out what it was called where it comes from: it was erased there"),
    },
    released=Released(
        make=service.released,
        document=TransferRelease,
        content="origin",
        titled=lambda origin: ("", origin["region_name"]),  # it says where from, and not what it is called there
        unfit=unfit_transfer,
        fields={
            "origin": N_("Where it comes from"),
        },
    ),
    written="lanzarote.transfers.kind:TRANSFERS",
)
PRACTICE_ELSEWHERE: Final = replace(
    PRACTICE,
    beside=(
        Beside(table=Elsewhere, row=ElsewhereRow, texts=("place", "organisation", "what", "source")),
        *PRACTICE.beside,
    ),
    verbs={
        **PRACTICE.verbs,
        "elsewhere": N_("wrote that it is taken up elsewhere"),
        "confirm-elsewhere": N_("confirmed that it is taken up elsewhere"),
        "refuse-elsewhere": N_("did not confirm that it is taken up elsewhere"),
        "remove-elsewhere": N_("took away that it is taken up elsewhere"),
    },
)
"""A practice, with where it is said to be taken up without a platform."""

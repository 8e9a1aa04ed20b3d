"""Procedures of co-operation, as everything knows them that is made of all kinds of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.practices.documents import unfit_origin
from lanzarote.procedures import documents
from lanzarote.procedures.model import KIND, LIFECYCLE, Endorsement, EndorsementRow, ProcedureStatus
from lanzarote.records.kinds import Beside, RecordKind, Released
from lanzarote.translation import N_
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from lanzarote.records.kinds import Counted, Sectors


def _counts(said: documents.ProcedureDocument, _: Sectors) -> Counted:
    yield "procedure", said.state, said.nature
    for party in said.parties:
        yield "party", "", ""
        if party.endorsed and not party.retracted:
            yield "endorsed", "", ""
        if party.applied and not party.ceased:
            yield "applied", "", ""


PROCEDURE: Final = RecordKind(
    name=KIND,
    body=Procedure,
    status=ProcedureStatus,
    lifecycle=LIFECYCLE,
    room="procedures",
    place="procedures",
    public="procedures",
    label=N_("Co-operation procedure"),
    one=N_("a co-operation procedure"),
    plural=N_("Co-operation procedures"),
    verbs={
        "propose": N_("proposed it to its parties"),
        "recall": N_("withdrew the proposal"),
        "endorse": N_("recorded that a body endorses it"),
        "decline": N_("recorded that a body does not endorse it"),
        "retract": N_("recorded that a body withdraws its endorsement"),
        "apply": N_("recorded that a body applies it"),
        "cease": N_("recorded that a body no longer applies it"),
        "look-again": N_("recorded that it was looked at again"),
        "supersede": N_("replaced it"),
        "revive": N_("put it in force again"),
    },
    withdraw="group.lead",
    beside=(Beside(table=Endorsement, row=EndorsementRow, texts=("source",)),),
    released=Released(
        make=documents.released,
        document=documents.ProcedureDocument,
        content="procedure",
        unfit=lambda said, _: unfit_origin("derived", said.derived),
        counts=_counts,
        measure="procedure",
        fields={
            "applied": N_("Applied"),
            "ceased": N_("No longer applied"),
            "endorsed": N_("Endorsed"),
            "endorsed_on": N_("Endorsed on"),
            "procedure": N_("Procedure"),
            "retracted": N_("Withdrawal"),
            "spoken": N_("Said by the body itself"),
            "superseded_by": N_("Replaced by"),
        },
    ),
    written="lanzarote.procedures.kind:PROCEDURES",
)

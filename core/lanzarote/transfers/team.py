"""What the team's pages about transfers share: forms refused, drafts judged, words found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from lanzarote.kinds.organisations import nameable
from lanzarote.practices import sheets
from lanzarote.practices import writing as practices
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures import sheets as procedure_sheets
from lanzarote.procedures import writing as procedures
from lanzarote.records.save_checks import Objected, checks_for
from lanzarote.transfers import adapting, adapting_procedures, origin
from lanzarote.transfers.words import label_of
from lanzarote.translation import N_
from lanzarote.web.refusals import Refusal, asked_about
from lanzarote.web.refusals import refusal as refused_in
from lanzarote.web.remarks import concern_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.errors import LanzaroteError
    from lanzarote.instance import Instance
    from lanzarote.practices.writing import Checked
    from lanzarote.procedures.writing import Checked as CheckedProcedure
    from lanzarote.records.permissions import Actor
    from lanzarote.transfers.model import TransferStatus
    from lanzarote.types import Transfer
    from lanzarote.web.site import View

WHY_KEPT: Final = N_("It stood so in the published practice that this was taken from: %(region)s.")
WHY_KEPT_PROCEDURE: Final = N_("It stood so in the endorsed procedure that this was taken from: %(region)s.")


def refusal(view: View, error: LanzaroteError, data: Mapping[str, Any], transfer: Transfer | None = None) -> Refusal:
    """What to show above the form, beside its fields, and where to say why something stays."""

    def label(field: str) -> str:
        return label_of(view, field, transfer)

    if isinstance(error, Objected):
        told = [concern_words(view, one.package, one.concern.text, failed=one.failed)[0] for one in error.raised]
        return Refusal(errors=tuple({"field": "practice", "text": text} for text in told))
    return msgspec.structs.replace(refused_in(view, error, label), asked=asked_about(view, error, data, label))


def draft(
    instance: Instance, region_id: str, transfer: Transfer, status: TransferStatus, *, by: Actor
) -> Checked | CheckedProcedure:
    """What would be here, ready to be saved. Raises NotFound, Identifying, Faulty, Objected."""
    said = transfer.origin
    here = instance.vocabulary(region_id)
    there = origin.read_origin(instance, said.region, said.record, max(said.version, status.seen), said.kind)
    language = here.header.languages[0]
    translated = instance.translations.translator(language, region_id).gettext

    def say(text: str) -> tuple[str, str]:
        words = translated(text)
        return str(words), getattr(words, "lang", language)

    organisations = nameable(instance, region_id)
    region = next(iter(said.region_name.values()))
    if said.kind == "procedure":
        text = adapting_procedures.procedure_of(there, transfer, here, said=say, url=said.url)
        found = procedure_sheets.concerns_about(text, here)
        why = say(WHY_KEPT_PROCEDURE)[0] % {"region": region}
        given = {(one.field, one.code): why for one in found if not one.hard}
        return procedures.checked(text, here, organisations, reasons=given, by=by.account_id)
    sheet = adapting.sheet_of(there, transfer, here, said=say, url=said.url)
    reasons = {
        (one.field, one.code): say(WHY_KEPT)[0] % {"region": region}
        for one in sheets.concerns_about(sheet, here)
        if not one.hard
    }
    with instance.database.read(region_id) as session:
        checks = checks_for(instance, session, region_id, PRACTICE, None, by=by)
    return practices.checked(sheet, here, organisations, reasons=reasons, by=by.account_id, checks=checks)

"""Entries of the directory, as everything knows them that is made of all kinds of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.directory.model import KIND, RELATION_LIFECYCLE, Invitation, InvitationRow, StakeholderStatus
from lanzarote.records.kinds import Beside, Followed, RecordKind, Released
from lanzarote.stakeholders import documents
from lanzarote.translation import N_
from lanzarote.types import Organisation

if TYPE_CHECKING:
    from lanzarote.records.kinds import Counted, Sectors


def _counts(said: documents.StakeholderRelease, sectors: Sectors) -> Counted:
    yield "stakeholder", said.organisation.side, ""
    for common in sectors.commons(said.organisation.sectors):
        yield "stakeholder-common", common, ""


STAKEHOLDER: Final = RecordKind(
    name=KIND,
    body=Organisation,
    status=StakeholderStatus,
    lifecycle=RELATION_LIFECYCLE,
    room="organisations",
    place="directory",
    public="organisations",
    label=N_("Organisation"),
    one=N_("an organisation"),
    plural=N_("Organisations"),
    verbs={
        "relation": N_("said how it relates to the group"),
        "invite-body": N_("invited it to take part in the group"),
        "accept-part": N_("said that it takes part in the group"),
        "decline-part": N_("said that it does not take part in the group"),
        "leave-part": N_("said that it no longer takes part in the group"),
        "contacts": N_("changed contacts of it that only the team reads"),
        "merge": N_("merged it into another entry"),
        "split": N_("parted it again from the entry it was merged into"),
        "split-off": N_("began a second entry out of it"),
    },
    read="stakeholder.read",
    withdraw="stakeholder.decide",
    beside=(Beside(table=Invitation, row=InvitationRow),),
    checked="check_stakeholder",
    followed=Followed(
        news={
            "publish": N_("published, or a new version of it"),
            "relation": N_("its relation to the group"),
            "merge": N_("merged into another entry"),
            "withdraw": N_("withdrawn"),
            "erase": N_("erased"),
        }
    ),
    released=Released(
        make=documents.released,
        document=documents.StakeholderRelease,
        content="organisation",
        counts=_counts,
        measure="stakeholder",
        plural=N_("Organisations taking part"),
        by_sector=True,
        when_published=True,
        fields={
            "mandate": N_("Mandate"),
            "names": N_("Names it is known by"),
        },
    ),
    written="lanzarote.stakeholders.stakeholder_kind:STAKEHOLDERS",
)

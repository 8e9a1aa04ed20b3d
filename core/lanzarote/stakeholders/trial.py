"""Contacts for trying everything out on one's own machine: invented, at addresses that no mail reaches."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, select

from lanzarote.directory.model import KIND, Contact, Contacts
from lanzarote.records.records import Record
from lanzarote.stakeholders.contacts import keep
from lanzarote.translation import N_, plain

if TYPE_CHECKING:
    from lanzarote.instance import Instance

PURPOSE: Final = N_("Contact for trying out, invented")
LOOKED_AT_AGAIN: Final = timedelta(days=365)


def give_contacts(instance: Instance) -> None:
    """Give one to each organisation that never had any, in the regions that are written here."""
    for region_id, header in instance.headers().items():
        if instance.origin(region_id) is not None:
            continue
        spoken = {lang: instance.translations.translator(lang, region_id) for lang in header.languages}
        said = {lang: plain(translator.gettext(PURPOSE)) for lang, translator in spoken.items()}
        review_on = instance.today(region_id) + LOOKED_AT_AGAIN
        had = exists().where(Contacts.region_id == Record.region_id, Contacts.record_id == Record.id)
        kept = Record.state.not_in(("archived", "erased", "merged"))
        with instance.database.write(region_id) as session:
            for record in session.scalars(select(Record).where(Record.kind == KIND, kept, ~had)).all():
                address = f"contact@{record.slug}.example"
                keep(session, record, [Contact(purpose=said, address=address, source=address, review_on=review_on)])

"""An entry of the directory, as a kind: what is written in it, what its pages show, what programs are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import false

from lanzarote.directory.model import KIND
from lanzarote.directory.service import standing_for
from lanzarote.kinds import law_and_sources
from lanzarote.kinds.kind import Api, Filter, Kind, Row, Words, current
from lanzarote.kinds.organisations import as_named, nameable
from lanzarote.kinds.wording import in_words
from lanzarote.records.records import Record
from lanzarote.records.validation import Fault
from lanzarote.stakeholders import contacts as desks
from lanzarote.stakeholders import deciding, entries, team_reading, writing
from lanzarote.stakeholders.record_kind import STAKEHOLDER
from lanzarote.stakeholders.steps import STEPS
from lanzarote.stakeholders.team_documents import (
    entry_item,
    entry_whole,
)
from lanzarote.store.ids import slugify
from lanzarote.translation import N_, format_date
from lanzarote.types import Organisation
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.web.site import View

STATES: Final = {
    "draft": N_("never published"),
    "published": N_("published"),
    "merged": N_("merged into another entry"),
    "withdrawn": N_("withdrawn"),
    "archived": N_("archived"),
}
STAGES: Final = {"writing": N_("being written"), "submitted": N_("submitted")}


# What is written


class Known(Struct, frozen=True, kw_only=True):
    """What an entry may name."""

    vocabulary: Vocabulary
    organisations: Collection[str]


def _known(instance: Instance, region_id: str, *, record_id: str) -> Known:
    there = nameable(instance, region_id, record_id)
    return Known(vocabulary=instance.vocabulary(region_id), organisations=there)


def _rules(entry: Organisation, known: Known) -> Iterator[Fault]:
    yield from entries.faults_in(entry, known.vocabulary, known.organisations)


def _as_named(instance: Instance, region_id: str, record_id: str, entry: Organisation) -> Organisation:
    """With the keys that it had, and what forms do not show of its sources."""
    before = None
    if record_id:
        with instance.database.read(region_id) as session:
            before = writing.entry_of(session, session.get_one(Record, (region_id, record_id)))
    known = before.own_sources if before else ()
    entry = replace(
        entry,
        former=before.former if before else (),
        own_sources=law_and_sources.keyed(instance, region_id, record_id, entry.own_sources, known),
    )
    return as_named(instance, region_id, record_id, entry)


# What the pages show


def _due(instance: Instance, session: Session, region_id: str, _: Actor) -> ColumnElement[bool]:
    found = [one for _, one in desks.due(session, {region_id: instance.today(region_id)})]
    return Record.id.in_(found) if found else false()


FILTERS: Final = (
    Filter(name="current", label=N_("Current"), which=current),
    Filter(name="writing", label=N_("Being written"), which=lambda *_: Record.stage == "writing"),
    Filter(name="submitted", label=N_("Submitted"), which=lambda *_: Record.stage == "submitted"),
    Filter(name="due", label=N_("Contacts to be looked at again"), which=_due),
    Filter(name="published", label=N_("Published"), which=lambda *_: Record.state == "published"),
    Filter(name="merged", label=N_("Merged"), which=lambda *_: Record.state == "merged"),
    Filter(name="withdrawn", label=N_("Withdrawn"), which=lambda *_: Record.state == "withdrawn"),
    Filter(name="archived", label=N_("Archived"), which=lambda *_: Record.state == "archived"),
    Filter(name="all", label=N_("Everything")),
)


def _rows(view: View, session: Session, found: Sequence[tuple[Record, Organisation]]) -> list[Row]:
    due = desks.due(session, {view.region_id: view.today})
    rows = []
    for record, entry in found:
        badges = []
        if record.stage:
            badges.append(("good" if record.stage == "submitted" else "", view._(STAGES[record.stage])))
        badges.append(("editorial", view._(STATES[record.state])))
        if day := due.get((record.region_id, record.id)):
            badges.append(("", view._("contacts due since %(day)s") % {"day": format_date(day, view.lang)}))
        relation = labels.label("relation", deciding.status_of(record).relation, view.translator)
        rows.append(
            Row(
                id=record.id,
                title=view.say(entry.name),
                badges=tuple(badges),
                cells=(relation,),
                last=format_date(view.day_of(record.updated_at), view.lang),
            )
        )
    return rows


def _page(view: View, session: Session, record: Record, entry: Organisation) -> Mapping[str, Any]:
    said = in_words(view, entries.SHAPES, entry)
    return team_reading.told_beside(view, session, record) | {
        "twins": team_reading.twins(view, record, entry) if record.state == "draft" else [],
        "stage_word": view._(STAGES[record.stage]) if record.stage else "",
        "said": [
            {"label": STAKEHOLDERS.label_of(view, place), "value": one.words, "lang": one.language}
            for place, one in said.items()
        ],
    }


STAKEHOLDERS: Final = Kind(
    record=STAKEHOLDER,
    fields=entries.FIELDS,
    steps=STEPS,
    write="stakeholder.write",
    words=Words(
        plural=N_("The team’s directory"),
        begin=N_("Add an organisation"),
        lede=N_("Organisations, never people. What you write is read by a second person before the public sees it."),
        form_lede=N_(
            "An organisation, never a person. Write what public sources say of it, and where you read it. It is named "
            "here without having been asked: nothing may suggest that it joined or endorsed anything."
        ),
        caption=N_("Organisations, the last changed first"),
        columns=(N_("Organisation"), N_("Status"), N_("Relation to the group"), N_("Last changed")),
        empty=N_("There is nothing here."),
        empty_hint=N_("Add an organisation"),
    ),
    api=Api(
        tag="Stakeholders, for the team",
        item=entry_item,
        tell=entry_whole,
        told={
            "list_team_stakeholders": "The directory as its team keeps it, the last changed first.",
            "get_team_stakeholder": (
                "One entry as its team keeps it. Its ETag is what a change of it takes in If-Match."
            ),
        },
    ),
    none=N_("There is no such organisation here, or you may not read it."),
    erased=N_("This organisation was erased."),
    states=STATES,
    notices={
        "contacts": N_("The contacts are saved."),
        "merged-meanwhile": N_(
            "The entry you wrote in was merged into this one meanwhile; nothing of yours was saved."
        ),
        "split-off": N_("The second entry is begun. Write what belongs to it, and take that out of the first."),
    },
    labels={
        "contacts": N_("Contacts"),
        "relation": N_("Relation to the group"),
        "returned": N_("Why it was returned"),
        "withdrawn": N_("Why it was withdrawn"),
        "verified": entries.VERIFIED,
    },
    known=_known,
    rules=_rules,
    as_named=_as_named,
    title=lambda entry: entry.name,
    slug=lambda entry: slugify(entries.name_of(entry).split("(")[0]) or KIND,
    filters=FILTERS,
    shown=100,
    rows=_rows,
    page=_page,
    also_said=team_reading.contacts_in_words,
    answers=standing_for,
    public=lambda view, record: view.href("organisations", record.slug) if record else view.href("organisations"),
    templates={"list": "stakeholders/team/list.html", "record": "stakeholders/team/entry.html"},
)

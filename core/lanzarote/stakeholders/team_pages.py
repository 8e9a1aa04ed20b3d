"""Pages on which a region's team keeps its directory: those of its kind, contacts, a second entry made of one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from litestar import Response
from msgspec import Meta, Struct
from msgspec.structs import replace

from lanzarote.directory.model import KIND, Contact
from lanzarote.errors import Conflict, NotFound
from lanzarote.kinds import team
from lanzarote.kinds.action_pages import ask, show_action
from lanzarote.kinds.contents import words_typed
from lanzarote.kinds.controls import controls
from lanzarote.kinds.drafting import is_own
from lanzarote.kinds.fields import Field, shapes_of
from lanzarote.kinds.form import compacted, languages_of, read, read_all, typed_from, with_rows
from lanzarote.kinds.kind import Action
from lanzarote.kinds.organisations import nameable
from lanzarote.kinds.record_pages import (
    found,
    plain_title,
    refusal,
    show,
    show_answering,
    to_record,
    words_of,
)
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.versions import Difference
from lanzarote.kinds.wording import label_of
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.save_checks import Objected, checks_for
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import contacts as desks
from lanzarote.stakeholders import deciding, saving, writing
from lanzarote.stakeholders.stakeholder_kind import STAKEHOLDERS
from lanzarote.stakeholders.team_reading import contacts_told
from lanzarote.translation import N_
from lanzarote.types import Organisation, Text
from lanzarote.web.asking import page_and_form
from lanzarote.web.refusals import NOTHING
from lanzarote.web.site import View
from lanzarote.web.texts import compare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.web.refusals import Refusal

ROOM: Final = f"/{{lang:str}}/{{region:str}}/team/{STAKEHOLDERS.room}/{{record_id:str}}"


# Contacts stand beside the entry, so that they leave no region


class Contacts(Struct, frozen=True, kw_only=True):
    """The contacts of an entry, as their form writes them."""

    contacts: tuple[Contact, ...] = ()


CONTACTS: Final = (
    Field(
        name="contacts",
        label=N_("Contacts"),
        one=N_("Contact"),
        fields=(
            Field(name="purpose", label=N_("Which service, and for what"), sometimes=True),
            Field(
                name="address",
                label=N_("Where it is reached"),
                help=N_(
                    "An e-mail address of the service such as contact@…, a telephone number, or the address of a page."
                ),
                sometimes=True,
            ),
            Field(
                name="source",
                label=N_("Where that is written"),
                help=N_("The page or document in which you read it."),
                sometimes=True,
            ),
            Field(
                name="review_on",
                label=N_("To be looked at again on"),
                help=N_("From that day on it appears on the coordinators’ start page."),
                sometimes=True,
            ),
            Field(name="public", label=N_("Shown to the public, once somebody else has published it")),
        ),
    ),
)
SHAPES: Final = shapes_of(Contacts, CONTACTS)
HEADING: Final = N_("Contacts")


class Opened(Struct, frozen=True, kw_only=True):
    """An entry whose contacts are written."""

    id: str
    version: int
    entry: Organisation
    contacts: tuple[Contact, ...]


def contacting(view: View, record_id: str) -> Response[Any]:
    """The form of its contacts."""
    opened = _opened(view, record_id)
    if opened is None:
        return show(STAKEHOLDERS, view, record_id, done="meanwhile", status=409)
    return show_contacts(view, opened, SentForm(typed_from(SHAPES, Contacts(contacts=opened.contacts))))


def contact(view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save its contacts."""
    sent = SentForm(data)
    closed = partial(show, STAKEHOLDERS, view, record_id, done="meanwhile", status=409, data=sent)
    try:
        opened = _opened(view, record_id)
    except NotFound:
        return show_answering(STAKEHOLDERS, view, record_id, sent)
    if opened is None:
        return closed()
    if (changed := with_rows(sent)) is not None:
        return show_contacts(view, opened, changed)
    sent = compacted(SHAPES, sent)
    try:
        typed, faults = read_all(view, SHAPES, sent, Contacts)
        if typed is None or faults:
            raise Faulty(faults)
        desks.refuse_unfit(typed.contacts, view.vocabulary, before=opened.contacts, today=view.today)
        with view.instance.database.write(view.region_id) as session:
            record = found(STAKEHOLDERS, view, session, record_id)
            saving.save_contacts(session, record, typed.contacts, expected=sent.version, by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        texts = words_typed(SHAPES, sent)
        refused = team.refusal(view, error, sent, partial(label_of, view, SHAPES), texts, weigh=desks.weigh)
        return show_contacts(view, opened, sent, refused)
    except Conflict:
        opened = _opened(view, record_id)
        if opened is None:
            return closed()
        return show_contacts(view, opened, sent, apart=_apart(view, opened.contacts, typed.contacts if typed else ()))
    except IllegalTransition:
        return closed()
    return to_record(STAKEHOLDERS, view, record_id, "contacts")


def show_contacts(
    view: View,
    opened: Opened,
    typed: SentForm,
    refused: Refusal = NOTHING,
    *,
    apart: Sequence[Difference] | None = None,
) -> Response[Any]:
    """The form of the contacts with everything in it; *apart*: where what somebody else saved meanwhile differs."""
    conflict = apart is not None
    return view.render(
        "stakeholders/team/contacts.html",
        status=409 if conflict else 400 if refused.errors else 200,
        words=words_of(STAKEHOLDERS, view),
        typed=typed,
        refused=refused,
        conflict=conflict,
        apart=apart or (),
        own=conflict and is_own(view, opened.id, typed.version),
        title=plain_title(STAKEHOLDERS, view, opened.entry),
        version=opened.version if conflict or "version" not in typed else typed.version,
        tongues=view.tongues(*languages_of(view, STAKEHOLDERS.shapes, opened.entry)),
        controls=controls(view, SHAPES, typed),
        **team.frame(view, STAKEHOLDERS.room, opened.id),
    )


def _opened(view: View, record_id: str) -> Opened | None:
    """The entry, if it can be written on now. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(STAKEHOLDERS, view, session, record_id)
        require(view.actor, "stakeholder.write", subject_of(session, record))
        if not STAKEHOLDERS.forms[0].when(record, record.state):
            return None
        entry, contacts = writing.entry_of(session, record), desks.contacts_of(session, record)
        return Opened(id=record.id, version=record.version, entry=entry, contacts=contacts)


def _apart(view: View, saved: Sequence[Contact], typed: Sequence[Contact]) -> tuple[Difference, ...]:
    old, new = ("\n\n".join(contacts_told(view, some)) for some in (saved, typed))
    return (Difference(label=view._(HEADING), pieces=tuple(compare(old, new))),) if old != new else ()


# One entry that means two organisations


class Second(Struct, frozen=True, kw_only=True):
    """What the second entry is called."""

    name: Annotated[Text, Meta(extra_json_schema={"maxLength": 300})]


def _called(view: View, record: Any) -> Mapping[str, Any]:
    with view.instance.database.read(view.region_id) as session:
        names = writing.entry_of(session, record).name
    return {f"name.{code}": text for code, text in names.items()}


SPLIT: Final = Action(
    name="split-off",
    label=N_("Split the entry"),
    may="stakeholder.decide",
    when=next(one.when for one in STAKEHOLDERS.steps if one.name == "split-off"),
    do=deciding.split,
    asks=Second,
    fields=(Field(name="name", label=N_("Name of the second organisation")),),
    first=_called,
    text=N_(
        "Use this when one entry means two organisations. The second begins as a draft with all texts of the "
        "first, without its contacts. Then write what belongs to it, and remove that from the first."
    ),
    include="stakeholders/team/split.html",
    told="Pages alone do this; programs send the second entry whole.",
)


def split(view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Begin the second entry with what the first says, under the name that was typed, and lead there."""
    sent = SentForm(data)
    with view.instance.database.read(view.region_id) as session:
        record = found(STAKEHOLDERS, view, session, record_id)
        require(view.actor, SPLIT.may, subject_of(session, record))
        first = writing.entry_of(session, record)
        checks = checks_for(view.instance, session, view.region_id, KIND, None, by=view.actor, reasons=sent.let_pass)
    try:
        name = read(view, SPLIT.shapes, sent, Second).name
        given = saving.checked(
            replace(first, name=name, verified=False, merged_into=None, former=()),
            view.vocabulary,
            nameable(view.instance, view.region_id),
            reasons=sent.reasons,
            by=view.actor.account_id,
            checks=checks,
        )
        with view.instance.database.write(view.region_id) as session:
            record = found(STAKEHOLDERS, view, session, record_id)
            made = saving.split_off(session, record, given, by=view.actor, at=now()).id
    except (Faulty, Identifying, Objected) as error:
        refused = refusal(STAKEHOLDERS, view, error, sent, SPLIT)
        return show_action(STAKEHOLDERS, SPLIT, view, record_id, refused, sent)
    except IllegalTransition:
        return show(STAKEHOLDERS, view, record_id, done="not-now", status=409, data=sent)
    return to_record(STAKEHOLDERS, view, made, "split-off")


handlers = (
    *page_and_form(f"{ROOM}/contacts", "stakeholder.write", contacting, contact),
    *page_and_form(f"{ROOM}/split-off", SPLIT.may, partial(ask, STAKEHOLDERS, SPLIT), split),
)

"""A procedure, as a kind: what is written in it, in which words, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec
from msgspec.structs import replace

from lanzarote.kinds.actions import ARCHIVE, ERASE, RESTORE
from lanzarote.kinds.fields import Field, Option
from lanzarote.kinds.kind import RECORD_STATES, Action, Api, Form, Kind, Row, When, Words, leads, record_can
from lanzarote.kinds.law_and_sources import LAW, SOURCES, provisions, sectors
from lanzarote.kinds.organisations import organisations
from lanzarote.procedures import form, service, team_reading, writing
from lanzarote.procedures.model import IN_FORCE, LIFECYCLE
from lanzarote.procedures.record_kind import PROCEDURE
from lanzarote.procedures.rules import faults_in, known_in, open_of
from lanzarote.procedures.team_documents import (
    procedure_item,
    working_procedure,
)
from lanzarote.procedures.words import DONE, MEASURES, NATURE_HELP, NATURES, STATES, TEXTS
from lanzarote.procedures.writing import Confirming, ProcedureRenaming, Superseding, status_of
from lanzarote.records.lifecycle import RECORD
from lanzarote.records.records import body_of
from lanzarote.runtime.reading import LateDecoder
from lanzarote.translation import N_, format_date, texts_named
from lanzarote.types import Procedure, Side
from lanzarote.web.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.web.site import View


def body(label: str) -> Field:
    """A body, which the form asks for in one with its sector, and calls by this *label*."""
    return Field(name="organisation", label=label, options=organisations)


SECTOR: Final = Field(name="sector", label=N_("Sector"), options=sectors)
FIELDS: Final = (
    Field(name="title", label=N_("Title")),
    Field(
        name="purpose",
        label=TEXTS["purpose"],
        rows=3,
        sometimes=True,
        help=N_("What is better for the child when it works. Needed before it is proposed to its parties."),
    ),
    Field(name="nature", label=N_("What it is"), words=NATURES, meanings=NATURE_HELP),
    *(Field(name=name, label=label, rows=3) for name, label in TEXTS.items() if name != "purpose"),
    Field(name="review_months", label=N_("Looked at again after so many months")),
    Field(
        name="parties",
        label=N_("Parties"),
        one=N_("Party"),
        fields=(
            body(N_("Body or sector")),
            SECTOR,
            Field(name="side", label=N_("Side"), words={code: LABELS["side"][code] for code in get_args(Side)}),
            Field(name="part", label=N_("What it brings")),
        ),
    ),
    Field(
        name="steps",
        label=N_("Steps"),
        one=N_("Step"),
        fields=(
            Field(name="title", label=N_("What is done")),
            body(N_("Who does it")),
            SECTOR,
            Field(name="deadline", label=N_("By when")),
            Field(name="trigger", label=N_("What makes it begin")),
            Field(name="input", label=N_("What it takes")),
            Field(name="output", label=N_("What comes of it")),
            Field(name="within", label=N_("Deadline as a number")),
            Field(
                name="passes",
                label=N_("What is passed on"),
                one=N_("Passing on"),
                fields=(
                    Field(name="what", label=N_("What is passed on")),
                    body(N_("To whom")),
                    SECTOR,
                    Field(name="confidential", label=N_("It is covered by professional secrecy")),
                    Field(name="basis", label=N_("Legal basis"), options=provisions),
                    Field(name="basis_text", label=N_("The basis in words, where it is none of these")),
                ),
            ),
            Field(name="next", label=N_("What follows")),
            Field(
                name="branches",
                label=N_("What follows under a condition"),
                one=N_("Condition"),
                fields=(Field(name="condition", label=N_("If")), Field(name="to", label=N_("then step number"))),
            ),
            Field(name="end", label=N_("The procedure ends here")),
        ),
    ),
    Field(
        name="measures",
        label=N_("Measures beside the steps"),
        one=N_("Measure"),
        fields=(
            Field(name="kind", label=N_("Kind"), words=MEASURES),
            body(N_("Who does it")),
            SECTOR,
            Field(name="title", label=N_("What it is called")),
            Field(name="text", label=N_("In words"), rows=2),
        ),
    ),
    *LAW,
    Field(name="practices", label=N_("Practices that belong to it"), options=form.practices),
    Field(name="improvements", label=N_("Improvements that it carries out"), options=form.improvements),
    *SOURCES,
)


def _others(view: View, chosen: Sequence[str], record: Record) -> Iterator[Option]:
    """The other procedures that the public reads."""
    with view.instance.database.read(view.region_id) as session:
        published = service.published(session)
    for one in published:
        if one.id != record.id:
            yield Option(value=one.id, label=view.say(texts_named(one.procedure.text, "title")))


def _text_can(action: str, *, beside: bool = False) -> When:
    """The newest version allows *action*; *beside*: and stands beside the one that is read."""
    return lambda record, _: (
        leads(RECORD, record.state, "write")
        and leads(LIFECYCLE, status_of(record).text_state, action)
        and (bool(status_of(record).beside) or not beside)
    )


def _shown_can(action: str) -> When:
    """What is read allows *action*."""
    return lambda record, _: leads(LIFECYCLE, status_of(record).state, action)


def _to_propose(record: Record, state: str) -> bool:
    return _text_can("propose")(record, state) and state != DESCRIPTION


def _to_document(record: Record, state: str) -> bool:
    return _text_can("document")(record, state) and state == DESCRIPTION


CONFIRMED: Final[Mapping[str, str]] = {
    "nobody": N_("No person is named in it, and nobody can be recognised."),
    "no_case": N_("No case that the text describes is pending."),
}
EDIT: Final = Form(
    name="edit",
    label=N_("Edit"),
    may="group.write",
    when=_text_can("write"),
    main=True,
    done=N_("Saved. The group reads it; it is published when every party has endorsed it."),
    heading=N_("Edit the procedure"),
    own=form.OWN_FORM,
)
STEPS: Final = (
    EDIT,
    Action(
        name="propose",
        label=N_("Propose to the parties"),
        may="group.lead",
        when=_to_propose,
        main=True,
        do=writing.propose,
        asks=Confirming,
        confirms=CONFIRMED,
        text=N_(
            "Each party will be asked to endorse this exact text. It will stay unchanged until all have endorsed it, "
            "or until you withdraw the proposal. Their representatives will get an e-mail."
        ),
        include="procedures/team/read_first.html",
        told="Ask each party body to endorse this very text; everything that is still open is told instead.",
        done=N_("Proposed. Its parties are asked to endorse this exact text."),
    ),
    Action(
        name="document",
        label=N_("Publish the description"),
        may="group.lead",
        when=_to_document,
        main=True,
        do=writing.document,
        asks=Confirming,
        confirms=CONFIRMED,
        text=N_(
            "The public will read it at once, marked as a description that no party has endorsed. The author of this "
            "version cannot do this."
        ),
        include="procedures/team/read_first.html",
        told=(
            "Let the public read a reconstruction or an example that somebody else wrote.\n\n"
            "It is marked as a description that no party has endorsed."
        ),
        done=N_("The public reads it now, marked as a description that no party has endorsed."),
    ),
    Action(
        name="recall",
        label=N_("Withdraw the proposal"),
        may="group.lead",
        when=_text_can("recall"),
        do=writing.recall,
        text=N_(
            "You can then edit it again. What organisations said of this text will stay in the history; they will be "
            "asked anew for the next."
        ),
        told="Take the proposal back, to write on it.",
        done=N_("Proposal withdrawn. It can be edited."),
    ),
    Action(
        name="discard",
        label=N_("Discard the changes"),
        may="group.write",
        when=_text_can("propose", beside=True),
        do=writing.discard,
        text=N_(
            "What the public reads will stay as it is. What was changed beside it will remain among the versions, for "
            "the group alone."
        ),
        told="Give up what was written beside the version that the public reads.",
        done=N_("What was changed is given up; the public reads what it read before."),
    ),
    Action(
        name="look-again",
        label=N_("It was looked at again"),
        may="group.lead",
        when=_shown_can("declare"),
        do=writing.look_again,
        text=N_(
            "Record that its parties have looked at it again, and that it stays as it is. The day on which it is next "
            "due will be counted from today."
        ),
        told="Write down that its parties looked at it again, and that it stays as it is.",
        done=N_("Recorded: reviewed today."),
        operation="look_again_at_procedure",
    ),
    Action(
        name="rename",
        label=N_("Change the address"),
        may="group.lead",
        when=record_can("write"),
        do=writing.rename,
        asks=ProcedureRenaming,
        fields=(Field(name="slug", label=N_("Last part of the new address"), help=N_("Letters, digits and hyphens.")),),
        first=lambda _, record: {"slug": record.slug},
        text=N_("This changes the last part of its address. The present address goes on leading there."),
        told="Give it another address; the old one redirects.",
        done=N_("The procedure has a new address. The old one leads there."),
    ),
    Action(
        name="supersede",
        label=N_("Replace the procedure"),
        may="group.lead",
        when=_shown_can("supersede"),
        do=writing.supersede,
        asks=Superseding,
        fields=(Field(name="into", label=N_("The procedure that takes its place"), options=_others),),
        text=N_("Both can still be read; this one will say which has taken its place."),
        told="Let another procedure take its place; both go on being read.",
        done=N_("Replaced. Its page leads to the new procedure."),
    ),
    Action(
        name="withdraw",
        label=N_("Withdraw the procedure"),
        may="group.lead",
        when=lambda record, state: record_can("withdraw")(record, state) and _shown_can("withdraw")(record, state),
        do=writing.withdraw,
        grave=True,
        text=N_(
            "The public will no longer read it; its page will say that it was withdrawn, and when. It can be written "
            "anew."
        ),
        told="Take it from the public, which is told that it was withdrawn; the reason is for the group.",
        done=N_("The procedure is withdrawn, and its page says so."),
    ),
    replace(ARCHIVE, label=N_("Archive the procedure"), do=writing.archive),
    RESTORE,
    replace(
        ERASE,
        label=N_("Erase the procedure"),
        text=N_(
            "Every word of it will be removed for good: from its page, its versions, what organisations said of it and "
            "the file of the database. Its address will say that it was erased. Nobody can bring it back."
        ),
        told="Remove every word of it for good, with all versions and all that bodies said. This cannot be undone.",
    ),
)
DESCRIPTION: Final = "description"
"""State of a draft that is not the group’s own text: nobody is asked to endorse it."""


class _Nature(msgspec.Struct):
    nature: str = "drafted"


_nature: Final = LateDecoder(_Nature)


def _state(session: Session, record: Record) -> str:
    state = status_of(record).text_state
    if state == "draft" and _nature.decode(body_of(session, record, record.version)).nature != "drafted":
        return DESCRIPTION
    return state


def _first(view: View) -> Mapping[str, str]:
    return {"nature": "drafted", "steps[0].key": "", "parties[0].key": "", "parties[1].key": ""}


def _rows(view: View, session: Session, found: Sequence[tuple[Record, Procedure]]) -> list[Row]:
    return [_row(view, record, procedure) for record, procedure in found]


def _row(view: View, record: Record, procedure: Procedure) -> Row:
    status = status_of(record)
    badges = [("editorial", view._(NATURES[procedure.nature]))] if procedure.nature != "drafted" else []
    archived = record.state == "archived"
    words = RECORD_STATES["archived"] if archived else STATES[status.state]
    badges.append(("good" if status.state in IN_FORCE and not archived else "", view._(words)))
    if status.beside:
        newer = view._("a newer version:")
        badges.append(("", f"{newer} {view._(STATES[status.beside])}"))
    return Row(
        id=record.id,
        title=view.say(texts_named(procedure.text, "title")),
        badges=tuple(badges),
        last=format_date(view.day_of(record.updated_at), view.lang),
    )


def _page(view: View, session: Session, record: Record, said: Procedure) -> dict[str, Any]:
    open_points = [
        (one.field, PROCEDURES.label_of(view, one.field), view._(one.text) % {"value": one.value})
        for one in open_of(said)
    ]
    return {"open_points": open_points, **team_reading.page(view, session, record, said)}


PROCEDURES: Final = Kind(
    record=PROCEDURE,
    fields=FIELDS,
    steps=STEPS,
    words=Words(
        plural=N_("The group’s procedures"),
        begin=N_("Write a procedure"),
        lede=N_(
            "Who does what, by when, and what may pass to whom. The group writes a procedure, its parties endorse it, "
            "then the public reads it."
        ),
        form_lede=N_(
            "What happens, step by step, and who does it. Name bodies and sectors, never persons, and no case. The "
            "picture is drawn for you."
        ),
        caption=N_("The group’s procedures"),
        columns=(N_("Title"), N_("Status"), N_("Last change")),
        empty=N_("There is no procedure yet."),
        empty_hint=N_("Write what you already do together, step by step: the rest shows itself."),
    ),
    api=Api(
        tag="Procedures, for the group",
        item=procedure_item,
        tell=working_procedure,
        versions=True,
        told={
            "save_procedure": (
                "Save another version; all of it is sent, and what is left out is taken out.\n\n"
                "Beside a version that the public reads it is a draft, which is proposed in its turn."
            ),
        },
    ),
    none=N_("There is no such procedure here, or you may not read it."),
    erased=N_("This procedure was erased."),
    states={**STATES, DESCRIPTION: STATES["draft"]},
    state=_state,
    notices={**DONE, "still-proposed": writing.STILL_PROPOSED},
    first=_first,
    known=known_in,
    rules=faults_in,
    as_named=form.as_named,
    changing=writing.begin_another,
    rows=_rows,
    page=_page,
    public=lambda view, record: view.href("procedures", record.slug) if record else view.href("procedures"),
    style="procedures.css",
    templates={"record": "procedures/team/procedure.html"},
)

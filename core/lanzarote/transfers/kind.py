"""A transfer, as a kind: what is written here about what comes from elsewhere, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lanzarote.kinds.actions import ARCHIVE, ERASE, RESTORE, WITHDRAW
from lanzarote.kinds.fields import Field, Option
from lanzarote.kinds.kind import RECORD_STATES, Action, Api, Before, Kind, Row, Step, Words, in_state, leads
from lanzarote.kinds.record_pages import title_of
from lanzarote.records.validation import TOO_MANY, UNKNOWN, Fault
from lanzarote.transfers import adapting, answers, mapping, origin, reading, writing
from lanzarote.transfers.model import LIFECYCLE, STATES
from lanzarote.transfers.record_kind import TRANSFER
from lanzarote.translation import N_, format_date
from lanzarote.types import Transfer
from lanzarote.web.region_reading import entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.model import Outcome
    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.web.site import View

MOST_HERE: Final = 60
"""Sectors or provisions that answer to one of the origin."""
WORKED_ON: Final = ("offered", "taken-up", "adapting", "piloted", "adopted")


def _options(kind: str) -> Callable[[View, Sequence[str]], Iterator[Option]]:
    """The region's entries, and what is chosen under a name that an entry had."""

    def options(view: View, chosen: Sequence[str]) -> Iterator[Option]:
        terms = view.vocabulary
        names = {key: reading.entry_name(view, kind, one) for key, one in entries(terms, kind).items()}
        former = {key: names[new] for key in chosen if (new := terms.present_key(kind, key)) in names}
        yield from (Option(value=key, label=label) for key, label in (names | former).items())

    return options


def _match(kind: str) -> tuple[Field, ...]:
    return (
        Field(name="here", label=N_("What answers to it here"), options=_options(kind)),
        Field(name="note", label=N_("How it is settled here"), rows=2),
    )


FIELDS: Final = (
    Field(name="sectors", label=N_("Sectors"), one=N_("Sector"), fields=_match("sector")),
    Field(name="provisions", label=N_("Legal basis"), one=N_("Provision"), fields=_match("provision")),
    Field(
        name="questions",
        label=N_("Questions from the origin"),
        one=N_("Question"),
        fields=(Field(name="answer", label=N_("Your answer"), rows=3),),
    ),
    Field(name="changed", label=N_("What had to change"), rows=4),
)


def _called(view: View, said: Transfer, name: str, number: int) -> str:
    """What a sector, a provision or a question is called: by its own name."""
    some = getattr(said, name)
    if number >= len(some):
        return str(number + 1)
    one = some[number]
    if name != "questions":
        return view._("“%(name)s”") % {"name": view.say(one.name)}
    alike = [other.key for other in some if other.about == one.about]
    place = f" {alike.index(one.key) + 1}" if len(alike) > 1 else ""
    return view._("“%(name)s”") % {"name": f"{view._(reading.ABOUT[one.about])}{place}"}


def _faults(said: Transfer, known: Vocabulary) -> Iterator[Fault]:
    for name, kind in (("sectors", "sector"), ("provisions", "provision")):
        for number, one in enumerate(getattr(said, name)):
            if len(one.here) > MOST_HERE:
                yield Fault(field=f"{name}[{number}].here", text=TOO_MANY, value=str(MOST_HERE))
            for key in one.here:
                if known.present_key(kind, key) not in known.entries.get(kind, {}):
                    yield Fault(field=f"{name}[{number}].here", text=UNKNOWN, value=key)


# What can be done


def _unread(record: Record, state: str) -> bool:
    """Something is written that the public does not read yet, or no longer."""
    waits = record.published_version not in (None, record.version) or record.state == "withdrawn"
    return waits and record.state != "archived" and leads(LIFECYCLE, state, "publish")


def _waits(view: View, session: Session, record: Record) -> str:
    said = writing.transfer_of(session, record).origin
    taken_up = writing.status_of(record).state != "offered"
    return reading.barred(view.instance, said, taken_up=taken_up)


def _verdict(before: Before) -> Outcome | None:
    come = before.content.origin
    origin.require_there(before.instance, come.region, come.record)
    return reading.verdict_for(before.instance, come)


def _draft(before: Before) -> Any:
    status = writing.status_of(before.record)
    return adapting.draft(before.instance, before.record.region_id, before.content, status, before.by)


STEPS: Final = (
    Step(name="edit", label=N_("Answer and match"), may="group.write", when=in_state(*WORKED_ON), main=True),
    Action(
        name="take-up",
        label=N_("Take up"),
        may="group.lead",
        when=in_state("offered"),
        main=True,
        do=writing.take_up,
        prepares=_verdict,
        barred=_waits,
        text=N_(
            "The group will take it up. From then on everybody can read, on its page, that your region works on it."
        ),
        include="transfers/team/before.html",
        told=(
            "The group takes it up; everybody can read that. A procedure still takes a pilot that is to be extended."
        ),
        done=N_("Taken up. Everybody can read it."),
    ),
    Action(
        name="adapt",
        label=N_("Make the draft"),
        may="group.lead",
        when=in_state("taken-up"),
        main=True,
        do=writing.adapt,
        prepares=_draft,
        barred=_waits,
        text=N_(
            "The platform will make a draft for you: texts and steps of the original, with your sectors and "
            "provisions. Not copied: organisations, figures, results, costs, endorsements, meetings, a legal basis in "
            "words. You adapt the draft; it then goes the usual way."
        ),
        include="transfers/team/before.html",
        told="Make the draft of it as it would be here; ``status.practice`` of the transfer has its id.",
        done=N_("The draft is made. Adapt it; from here on it goes the usual way."),
    ),
    Action(
        name="pilot",
        label=N_("It is tried out"),
        may="group.lead",
        when=in_state("adapting"),
        main=True,
        do=writing.pilot,
        text=N_("Record that you try it out, with every open point settled. Everybody will be able to read that."),
        include="transfers/team/before.html",
        told="It is tried out; no point is open.",
        done=N_("Recorded: it is being tried out."),
    ),
    Action(
        name="adopt",
        label=N_("Adopt the transfer"),
        may="group.lead",
        when=in_state("piloted"),
        main=True,
        do=writing.adopt,
        text=N_(
            "Adopt it once your own practice is published, or your own procedure endorsed by its parties here, and it "
            "is said what had to change. Everybody will read that it is adopted."
        ),
        include="transfers/team/before.html",
        told=(
            "It is one of this region now: the adapted practice is published, the adapted procedure endorsed.\n\n"
            "It is written what had to change."
        ),
        done=N_("Adopted."),
    ),
    Action(
        name="publish",
        label=N_("Show the public what is new"),
        may="group.lead",
        when=_unread,
        do=writing.publish,
        text=N_(
            "Everybody will read what was written since the last step: how far it is, and what had to change. What "
            "answers to what, and your answers, stay in the group."
        ),
        told="Let everybody read what was written since the last step.",
        done=N_("Everybody can read what is new."),
    ),
    Action(
        name="decline",
        label=N_("Decline the transfer"),
        may="group.lead",
        when=in_state("offered", "taken-up", "adapting", "piloted"),
        do=writing.decline,
        asks=writing.Declining,
        fields=(
            Field(
                name="reason",
                label=N_("Why not?"),
                help=N_("Everybody reads this. Name nobody who could be recognised."),
                rows=4,
            ),
        ),
        grave=True,
        text=N_(
            "Everybody will read that it was not taken up, and why: others learn from it. You can propose it again."
        ),
        told="It is not taken up; everybody can read why.",
        done=N_("Recorded: it is not taken up, and why."),
    ),
    Action(
        name="reconsider",
        label=N_("Propose again"),
        may="group.lead",
        when=in_state("declined"),
        main=True,
        do=writing.reconsider,
        text=N_("It will be proposed to the group again, and the reasons against it removed."),
        told="Propose it again.",
        done=N_("Proposed again."),
    ),
    replace(
        WITHDRAW,
        label=N_("Withdraw the transfer"),
        text=N_("The public will no longer read it. You can show it again later."),
    ),
    replace(ARCHIVE, label=N_("Archive the transfer")),
    RESTORE,
    replace(
        ERASE,
        label=N_("Erase the transfer"),
        text=N_(
            "Every word of it will be removed for good: from its page, its versions and the file of the database. What "
            "was adapted stays. Nobody can bring it back."
        ),
        told="Remove every word of it for good. This cannot be undone; what was adapted stays.",
    ),
)


# What its pages tell


def _rows(view: View, session: Session, found: Sequence[tuple[Record, Transfer]]) -> list[Row]:
    now = origin.now_of(view.instance, {(said.origin.region, said.origin.record) for _, said in found})
    return [_row(view, *one, now.get((one[1].origin.region, one[1].origin.record))) for one in found]


def _row(view: View, record: Record, said: Transfer, now: origin.Now | None) -> Row:
    status, _n = writing.status_of(record), view.translator.ngettext
    points = len(mapping.open_points(said)) if status.state not in ("declined", "adopted") else 0
    badges = (
        view._("procedure") if said.origin.kind == "procedure" else "",
        _n("%(num)s open point", "%(num)s open points", points) % {"num": points} if points else "",
        view._("original changed") if reading.news_of(said, status, now) else "",
    )
    words = RECORD_STATES["archived"] if record.state == "archived" else STATES[status.state]
    return Row(
        id=record.id,
        title=title_of(TRANSFERS, view, said),
        state=view._(words),
        badges=tuple(("", words) for words in badges if words),
        cells=(view.say(said.origin.region_name),),
        last=format_date(view.day_of(record.updated_at), view.lang),
    )


def _page(view: View, session: Session, record: Record, said: Transfer) -> dict[str, Any]:
    header = view.instance.headers().get(said.origin.region)
    trail = view.region_href(header, reading.ROOMS[said.origin.kind], said.origin.slug, "travels") if header else ""
    return {
        "told": reading.tell(view, session, said, writing.status_of(record)),
        "open": [TRANSFERS.label_of(view, one.place, content=said) for one in mapping.open_points(said)],
        "record_state": record.state,
        "unread": record.published_version not in (None, record.version),
        "trail_href": trail if said.origin.slug else "",
    }


TRANSFERS: Final = Kind(
    record=TRANSFER,
    fields=FIELDS,
    steps=STEPS,
    words=Words(
        lede=N_(
            "What works in another place can work here. Open a practice of another region and choose “Take up in "
            "another place”."
        ),
        caption=N_("Taken up from elsewhere, the last changed first"),
        columns=(N_("What"), N_("Status"), N_("From"), N_("Last changed")),
        empty=N_("Nothing was taken up from elsewhere yet."),
        empty_hint=N_("Look for a practice of another region that answers a need here."),
        untitled=reading.NAMELESS,
    ),
    api=Api(
        tag="Transfers, for the group",
        item=answers.item,
        tell=answers.whole,
        beside=answers.beside,
    ),
    none=N_("There is no such transfer here, or you may not read it."),
    erased=N_("This transfer was erased."),
    states=STATES,
    notices={
        "begun": N_("Proposed to the group. Check the matches that the platform suggests."),
        "known": N_("Already proposed here; see its status."),
        "saved": N_("Saved."),
        "look": N_("Recorded: you have looked at it."),
    },
    labels={"practice": N_("The adapted practice"), "procedure": N_("The adapted procedure")},
    called=_called,
    known=lambda instance, region_id: instance.vocabulary(region_id),
    rules=_faults,
    title=lambda said: said.origin.title,
    rows=_rows,
    page=_page,
    templates={"list": "transfers/team/transfers.html", "record": "transfers/team/transfer.html"},
)

"""Versions of the mandate that a group adopts at its meetings: those before stay, with the days on which they began."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from sqlalchemy import select

from lanzarote.kinds import team
from lanzarote.kinds.action_pages import ask, perform
from lanzarote.kinds.fields import Field
from lanzarote.kinds.kind import Action, in_state
from lanzarote.meetings.documents import Adopting
from lanzarote.meetings.kind import MEETINGS
from lanzarote.meetings.service import HELD, meeting_of, status_of
from lanzarote.meetings.writing import withdraw
from lanzarote.records import drafts, locking, records
from lanzarote.records.drafts import hold
from lanzarote.records.lifecycle import RECORD, IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import Draft, Record, Version, decode, encode, now
from lanzarote.records.validation import (
    MISSING,
    NO_CHOICE,
    TOO_MANY,
    Fault,
    Faulty,
    refuse_unclean,
    unfit_text,
)
from lanzarote.regions.group import KIND, MandateStatus, adopted, in_force, shipped
from lanzarote.translation import N_
from lanzarote.types import Mandate, Objective
from lanzarote.web.asking import Asked, Lang, OurSite, Region, page_and_form
from lanzarote.web.refusals import NOTHING, Refusal, refusal
from lanzarote.web.routes import page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.meetings.rules import Known
    from lanzarote.records.permissions import Action as Permission
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Text
    from lanzarote.web.site import View

MOST: Final = 20
LONGEST: Final = 4_000
TITLE: Final = 300
SAME: Final = N_("This says what the mandate in force says already. Change something in it.")
TOO_EARLY: Final = N_("It cannot be in force before the meeting that adopts it.")


def adopt(
    session: Session,
    meeting: Record,
    vocabulary: Vocabulary,
    *,
    title: Text,
    objectives: Sequence[Objective],
    since: date,
    by: Actor,
    at: datetime,
) -> Record:
    """Record what the *meeting*, which was held, adopted. The public reads it at once.

    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    hold(session, meeting, "group.lead", by)
    if status_of(meeting).state not in HELD:
        raise IllegalTransition("Only a meeting that was held adopts a mandate.")
    held = meeting_of(session, meeting)
    day = held.last_day or held.day
    if faults := [*_faults(title, objectives)]:
        raise Faulty(faults)
    if since < held.day:
        raise Faulty([Fault(field="since", text=TOO_EARLY)])
    texts = [(f"title.{code}", text) for code, text in title.items()]
    texts += [
        (f"objectives[{number}].text.{code}", text)
        for number, one in enumerate(objectives)
        for code, text in one.text.items()
    ]
    # It is public at once, with nobody to look at a reason: nothing that the guard asks about can stay.
    refuse_unclean(texts, LONGEST, identifiers=vocabulary.header.personal_identifiers)
    locking.lock(session, meeting.region_id)  # two that are adopted at once: the second sees the number taken
    before = in_force((*shipped(vocabulary.header), *adopted(session)), since)
    if before and _texts(before.mandate.title, before.mandate.objectives) == _texts(title, objectives):
        raise Faulty([Fault(field="objectives", text=SAME)])
    number = _next_number(session, vocabulary)
    mandate = Mandate(version=number, since=since.isoformat(), title=title, objectives=tuple(objectives))
    status = MandateStatus(meeting=meeting.id, on=day)
    draft = Draft(kind=KIND, slug=f"version-{number}", body=encode(mandate), status=encode(status), publish=True)
    [made] = records.create(session, meeting.region_id, [draft], by=by.account_id, at=at)
    session.flush()
    return session.get_one(Record, (meeting.region_id, made))


def mandate_of(session: Session, record: Record) -> Mandate:
    return decode(records.body_of(session, record, record.version), Mandate)


def _next_number(session: Session, vocabulary: Vocabulary) -> int:
    """A number that no version ever had here: one that was withdrawn keeps its own."""
    own = select(Version.body).join(
        Record, (Record.region_id == Version.region_id) & (Record.id == Version.record_id) & (Record.kind == KIND)
    )
    taken = [decode(body, Mandate).version for body in session.scalars(own) if body]
    return max([*taken, *(one.version for one in vocabulary.header.mandates)], default=0) + 1


def _faults(title: Text, objectives: Sequence[Objective]) -> Iterator[Fault]:
    if not objectives:
        yield Fault(field="objectives", text=MISSING)
    if len(objectives) > MOST:
        yield Fault(field="objectives", text=TOO_MANY, value=str(MOST))
    keys = [one.key for one in objectives]
    if len(set(keys)) < len(keys):
        yield Fault(field="objectives", text=NO_CHOICE)
    for code, text in title.items():
        if fault := unfit_text(f"title.{code}", text, TITLE):
            yield fault
    for number, one in enumerate(objectives):
        if not any(text.strip() for text in one.text.values()):
            yield Fault(field=f"objectives[{number}]", text=MISSING)
        for code, text in one.text.items():
            if fault := unfit_text(f"objectives[{number}].text.{code}", text, LONGEST):
                yield fault


# The form of a meeting that adopts one


def _adopt(
    session: Session, record: Record, vocabulary: Vocabulary, known: Known, *, given: Adopting, by: Actor, at: datetime
) -> None:
    """What is new has a key that no objective ever had, whatever the form calls it: evaluations go by it."""
    used = {one.key for version in known.instance.mandates(record.region_id) for one in version.mandate.objectives}
    free = (key for number in count(1) if (key := f"objective-{number}") not in used)
    objectives = [one if one.key in used else Objective(key=next(free), text=one.text) for one in given.objectives]
    adopt(session, record, vocabulary, title=given.title, objectives=objectives, since=given.since, by=by, at=at)


def _texts(title: Text, objectives: Sequence[Objective]) -> list[dict[str, str]]:
    """What a mandate says, without what is empty."""
    return [_said(title), *filter(None, (_said(one.text) for one in objectives))]


def _said(text: Text) -> dict[str, str]:
    return {code: words.strip() for code, words in text.items() if words.strip()}


def _as_it_is(view: View, record: Record) -> dict[str, Any]:
    """The mandate in force, to be changed."""
    with view.instance.database.read(view.region_id) as session:
        meeting = meeting_of(session, record)
    typed = {"since": (meeting.last_day or meeting.day).isoformat()}
    if present := in_force(view.instance.mandates(view.region_id), view.today):
        typed |= {f"title.{code}": text for code, text in present.mandate.title.items()}
        for number, one in enumerate(present.mandate.objectives):
            typed[f"objectives[{number}].key"] = one.key
            typed |= {f"objectives[{number}].text.{code}": text for code, text in one.text.items()}
    return typed


ADOPT: Final = Action(
    name="mandate",
    label=N_("Record another mandate"),
    may="group.lead",
    when=in_state(*HELD),
    do=_adopt,
    asks=Adopting,
    fields=(
        Field(name="since", label=N_("In force since")),
        Field(name="title", label=N_("Title")),
        Field(
            name="objectives",
            label=N_("Objectives"),
            heading=N_("Objectives"),
            help=N_("An objective that you leave empty falls away."),
            one=N_("Objective"),
            ordered=True,
            fields=(Field(name="text", label=N_("Objective"), rows=3),),
        ),
    ),
    first=_as_it_is,
    text=N_(
        "Below is the mandate in force. Write it as the meeting adopted it: it will become the next version. The ones "
        "before stay on the page of the group, with the days from which they counted. Everybody will read it at once."
    ),
    told="",
)


# What can be done with a version

ROOM: Final = "/{lang:str}/{region:str}/team/mandates"
NO_SUCH: Final = N_("There is no such version of the mandate here, or you may not read it.")
ERASED: Final = N_("This version of the mandate was erased.")
DONE: Final[Mapping[str, str]] = {
    "withdraw": N_("Withdrawn: it no longer counts."),
    "erase": N_("Erased permanently."),
    "meanwhile": team.MEANWHILE,
}
LABELS: Final[Mapping[str, str]] = {"withdraw": N_("Withdraw this version"), "erase": N_("Erase this version")}
PERMISSIONS: Final[Mapping[str, Permission]] = {"withdraw": "group.lead", "erase": "record.erase"}


@page(ROOM, may="group.read")
def list_mandates(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Every version of the mandate, and what can be done about those that the group adopted."""
    return _list(site.view(request, lang, region), done=request.query_params.get("done", ""))


def _list(view: View, *, done: str = "", status: int = 200) -> Response[Any]:
    return view.render(
        "meetings/team/mandates.html",
        status=status,
        found=tuple(reversed(view.instance.mandates(view.region_id))),
        done=view._(DONE[done]) if done in DONE else "",
        meanwhile=done == "meanwhile",
        **team.frame(view, "mandates"),
    )


def _ask(name: str, view: View, record_id: str, refused: Refusal = NOTHING) -> Response[Any]:
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, KIND, record_id)
        require(view.actor, PERMISSIONS[name], subject_of(session, record))
        mandate = mandate_of(session, record)
        possible = (record.state, name) in RECORD
    if not possible:
        return _list(view, done="meanwhile", status=409)
    return view.render(
        "meetings/team/mandate_step.html",
        status=400 if refused.errors else 200,
        name=name,
        heading=view._(LABELS[name]),
        mandate=mandate,
        refused=refused,
        **team.frame(view, "mandates", record_id),
    )


def _do(name: str, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    try:
        if name == "erase":
            team.require_word(view, data)
        with view.instance.database.write(view.region_id) as session:
            record = team.read_record(view, session, KIND, record_id)
            (drafts.erase if name == "erase" else withdraw)(session, record, by=view.actor, at=now())
    except Faulty as error:
        return _ask(name, view, record_id, refusal(view, error))
    except IllegalTransition:
        return _list(view, done="meanwhile", status=409)
    return team.redirect(view.href("team", "mandates", query={"done": name}))


handlers = (
    *page_and_form(
        f"/{{lang:str}}/{{region:str}}/team/{MEETINGS.room}/{{record_id:str}}/{ADOPT.name}",
        ADOPT.may,
        partial(ask, MEETINGS, ADOPT),
        partial(perform, MEETINGS, ADOPT),
    ),
    list_mandates,
    *(
        handler
        for name, may in PERMISSIONS.items()
        for handler in page_and_form(f"{ROOM}/{{record_id:str}}/{name}", may, partial(_ask, name), partial(_do, name))
    ),
)

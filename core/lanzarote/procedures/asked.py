"""What an organisation is asked to endorse, for who speaks for it, whether or not it takes part in the group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect
from msgspec import Struct

from lanzarote.directory.service import named
from lanzarote.errors import Gone, NotFound
from lanzarote.kinds.fields import Field
from lanzarote.kinds.kind import leads
from lanzarote.kinds.record_pages import notice
from lanzarote.kinds.team import redirect
from lanzarote.kinds.voices import Question, Voice, show, take
from lanzarote.procedures import endorsing, public, reading, service
from lanzarote.procedures.endorsing import state_meant, version_meant
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.lanes import draw, picture_of
from lanzarote.procedures.model import KIND, LIFECYCLE, WHATS, ProcedureStatus, Said, Stand, stand_of
from lanzarote.procedures.team_documents import ProcedureSaying
from lanzarote.procedures.words import NATURES, SAY_LABELS, STATES, WHAT_WORDS
from lanzarote.procedures.writing import status_of
from lanzarote.procedures.writing import text_of as procedure_of
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import spoken_for
from lanzarote.records.records import Record, now
from lanzarote.translation import N_, texts_named
from lanzarote.types import Procedure
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import number_of, text_of
from lanzarote.web.routes import PRIVATE, form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor

PATH: Final = "/{lang:str}/{region:str}/team/procedures/{record_id:str}/asked"
ASKED: Final = ("draft", "published", "withdrawn")
"""States of a record that anybody may still be asked about: of what was put away nothing more becomes."""


class Asking(Struct, frozen=True, kw_only=True):
    """A text that waits for the word of a body, or that it gave its word on."""

    record: Record
    version: int
    state: str
    """Of this text."""
    status: ProcedureStatus
    procedure: Procedure
    """What is written in it; of improvements and practices it names those that the public reads."""
    said: dict[str, tuple[Said, ...]]
    """Each body that the reader speaks for → what it said of this text, the oldest first."""

    @property
    def stands(self) -> dict[str, Stand]:
        return {body: stand_of(some) for body, some in self.said.items()}


def asked_of(session: Session, region_id: str, record_id: str, *, by: Actor) -> Asking:
    """The text that is proposed, else the one that the public reads, for who speaks for a party of it.

    Raises NotFound, Gone.
    """
    record = session.get(Record, (region_id, record_id))
    if record is None or record.kind != KIND:
        raise NotFound(PROCEDURES.none)
    if record.state == "erased":
        raise Gone(PROCEDURES.erased) if spoken_for(by, region_id) else NotFound(PROCEDURES.none)
    status = status_of(record)
    if record.state not in ASKED:
        raise NotFound(PROCEDURES.none)
    if status.text_state != "proposed" and record.published_version is None:
        raise NotFound(PROCEDURES.none)
    version = version_meant(record, status, "endorse")
    procedure = procedure_of(session, record, version)
    mine = spoken_for(by, region_id) & {*service.party_ids(session, procedure).values()}
    if not mine:
        raise NotFound(PROCEDURES.none)
    said = service.said_of(session, record)
    return Asking(
        record=record,
        version=version,
        state=state_meant(status, "endorse"),
        status=status,
        procedure=service.with_public_links(session, [procedure])[0],
        said={body: tuple(one for one in said.get(body, ()) if one.version == version) for body in sorted(mine)},
    )


# Its page


@page(PATH, may="group.speak")
def asked(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The text that one's body is asked to endorse, whether or not it takes part in the group."""
    view = site.view(request, lang, region)
    try:
        return show(ASKED_OF, view, record_id)
    except NotFound:
        if view.may("group.read"):  # nothing is asked any more, but the group goes on reading it
            return Redirect(view.href("team", "procedures", record_id), status_code=303, headers=dict(PRIVATE))
        raise


@form(PATH, may="group.speak")
def say(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Say what one's body says of it."""
    return take(ASKED_OF, site.view(request, lang, region), record_id, data)


def _ask(view: View, session: Session, record_id: str, data: Mapping[str, Any]) -> Question:
    """The text, and what can be said of it. Raises NotFound, Gone."""
    asking = asked_of(session, view.region_id, record_id, by=view.actor)
    told = reading.read(
        view,
        asking.procedure,
        asking.status,
        parties=service.party_ids(session, asking.procedure, erased=True),
        said={},
        version=asking.version,
        practices=public.linked(view, asking.procedure),
    )
    known = named(view.directory)
    names = {body: view.say(known[body].organisation.name) if body in known else body for body in asking.said}
    return Question(
        heading=view.say(texts_named(asking.procedure.text, "title")),
        crumbs=({"label": view._("My organisation"), "href": view.href("team", "organisation")},),
        typed={"day": view.today.isoformat()},
        version=asking.version,
        shown={
            "reading": told,
            "picture": draw(picture_of(told.flow), "lanes"),
            "state": view._(STATES[asking.state]),
            "nature": view._(NATURES[asking.procedure.nature]),
            "proposed": asking.state == "proposed",
            "said": [
                (names[body], view._(WHAT_WORDS[one.what]), one) for body, some in asking.said.items() for one in some
            ],
            "whats": [
                {"value": what, "label": view._(SAY_LABELS[what]), "chosen": text_of(data, "what") == what}
                for what in _open(asking)
            ],
            "bodies": [
                {"value": body, "label": name, "chosen": text_of(data, "stakeholder") == body}
                for body, name in names.items()
            ],
            "done": notice(PROCEDURES, view, view.request.query_params.get("done", "")),
            "late": notice(PROCEDURES, view, "meanwhile"),
            "group_href": view.href("team", "procedures", record_id) if view.may("group.read") else "",
        },
    )


def _say(view: View, session: Session, record_id: str, given: ProcedureSaying, data: Mapping[str, Any]) -> str:
    asking = asked_of(session, view.region_id, record_id, by=view.actor)
    if given.what not in _open(asking):
        raise IllegalTransition("Nothing of the kind can be said of this text now.")
    about: dict[str, Any] = {"expected": number_of(data, "version"), "today": view.today}
    said = endorsing.given_in(given)
    endorsing.say(session, asking.record, view.vocabulary, said, by=view.actor, at=now(), **about)
    return given.what


ASKED_OF: Final[Voice] = Voice(
    path="team/procedures/{record_id:str}/asked",
    may="group.speak",
    button=N_("Send the answer"),
    asks=ProcedureSaying,
    fields=(
        Field(name="stakeholder", label=N_("Which body")),
        Field(name="what", label=N_("What it says"), words=SAY_LABELS),
        Field(name="day", label=N_("On which day")),
        Field(
            name="source",
            label=N_("Where that is written"),
            help=N_(
                "It names no person. To declare that it is applied, name the signed act: its title, number and date."
            ),
        ),
    ),
    ask=_ask,
    say=_say,
    then=lambda view, record_id, what: redirect(
        view.href("team", "procedures", record_id, "asked", query={"done": what})
    ),
    stopped=lambda view, record_id, _: show(ASKED_OF, view, record_id, meanwhile=True),
    kind=PROCEDURES,
    template="procedures/team/asked.html",
    style=PROCEDURES.style,
)


def _open(asking: Asking) -> Iterator[Any]:
    """What the state of the text lets a body say of it."""
    for what in WHATS:
        if not leads(LIFECYCLE, state_meant(asking.status, what), "declare" if what == "apply" else what):
            continue
        stands = asking.stands.values()
        fits = {
            "apply": any(one.endorsed for one in stands),
            "retract": any(one.endorsed for one in stands),
            "cease": any(one.applied for one in stands),
        }
        # While a version is proposed, this page is about that one alone.
        if fits.get(what, True) and (asking.state != "proposed" or what in ("endorse", "decline")):
            yield what


handlers = (asked, say)

"""Who did what, as the page and the file tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote.activity import words
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.evaluation.model import EVALUATION, INDICATOR
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.meetings.model import KIND as MEETING
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records.tables import GONE
from lanzarote.regions.mandates import KIND as MANDATE
from lanzarote.transfers.model import TRANSFER
from lanzarote.types import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from lanzarote.activity.lines import Known, Line, Question
    from lanzarote.web.site import View


ROOMS: Final[Mapping[str, tuple[str, str]]] = {
    PRACTICE: ("practices", "practices"),
    STAKEHOLDER: ("organisations", "organisations"),
    PROCEDURE: ("procedures", "procedures"),
    FINDING: ("", "findings"),
    IMPROVEMENT: ("improvements", "improvements"),
    MEETING: ("meetings", "meetings"),
    INDICATOR: ("indicators", "indicators"),
    EVALUATION: ("evaluation", "evaluations"),
    TRANSFER: ("", "transfers"),  # the public reads of it where it comes from
}
"""Kind of record → where its pages for the public are (empty: it has none), and those for the team."""


class Told(Struct, frozen=True, kw_only=True):
    at: datetime
    """Where the region is."""
    who: str
    verb: str
    what: str
    name: str
    """Of what it was done to: its address, or the person."""
    href: str
    record_id: str
    version: int


def tell(view: View, lines: Sequence[Line], people: Mapping[str, str], zone: ZoneInfo) -> list[Told]:
    return [
        Told(
            at=line.at.astimezone(zone),
            who=who(view, line.actor, people),
            verb=words.verb(line.verb, view.translator, line.kind),
            what=words.kind(line.kind, view.translator, line.record_id),
            name=who(view, line.record_id, people) if line.kind == "account" else line.slug,
            href=_href(view, line),
            record_id=line.record_id if line.slug else "",
            version=line.version,
        )
        for line in lines
    ]


def who(view: View, actor: str, people: Mapping[str, str]) -> str:
    """The name of who did it; who has closed their account is a former member."""
    if actor in words.ACTORS:
        return view._(words.ACTORS[actor])
    return people.get(actor) or view._(words.FORMER)


def filters(view: View, question: Question, offered: Known, people: Mapping[str, str]) -> dict[str, Any]:
    """What the list can be narrowed by, for ``ui.select``."""

    def choices(everything: str, values: Sequence[tuple[str, str]], chosen: str) -> list[dict[str, Any]]:
        ordered = sorted(values, key=lambda one: view.sort_key(one[1]))
        return [{"value": code, "label": said, "chosen": code == chosen} for code, said in [("", everything), *ordered]]

    actors = [(code, who(view, code, people)) for code in offered.actors if code in people or code in words.ACTORS]
    verbs = [(code, words.verb(code, view.translator)) for code in offered.verbs]
    kinds = [(code, words.kind_name(code, view.translator)) for code in offered.kinds]
    return {
        "person": choices(view._("Everybody"), actors, question.person),
        "verb": choices(view._("Everything"), verbs, question.verb),
        "kind": choices(view._("Everything"), kinds, question.kind),
    }


def table(view: View, told: Sequence[Told]) -> Table:
    _ = view._
    return Table(
        title=_("Who did what"),
        columns=(_("When"), _("Who"), _("What"), _("About"), _("Address"), _("Version")),
        rows=[
            (line.at.isoformat(timespec="minutes"), line.who, line.verb, line.what, line.name, line.version or None)
            for line in told
        ],
        language=view.lang,
        note=f"{view.absolute(view.request.url.path)}, {view.today.isoformat()}",
    )


def _href(view: View, line: Line) -> str:
    if not view.region or not line.slug or line.slug.startswith(GONE):
        return ""
    if line.kind == MANDATE:
        return view.href("group")
    if line.kind not in ROOMS:
        return ""
    public, of_team = ROOMS[line.kind]
    return view.href(public, line.slug) if public and line.public else view.href("team", of_team, line.record_id)

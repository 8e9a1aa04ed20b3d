"""An indicator, as a kind: what is written in it, in which words, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lanzarote.evaluation import counting, entries, indicator_reading
from lanzarote.evaluation.measures import MEASURES
from lanzarote.evaluation.record_kinds import INDICATOR
from lanzarote.evaluation.service import as_shown
from lanzarote.evaluation.team_documents import (
    indicator_item,
    indicator_whole,
)
from lanzarote.evaluation.words import COUNTS, DIRECTIONS, LABELS, RHYTHMS
from lanzarote.kinds.actions import ARCHIVE, ERASE, RESTORE, WITHDRAW
from lanzarote.kinds.fields import Field, Option
from lanzarote.kinds.kind import RECORD_STATES, Action, Api, Form, Kind, Step, Words, in_state, record_can
from lanzarote.translation import N_
from lanzarote.types.evaluation import Indicator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.web.site import View


def _measures(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    yield Option(value="", label=view._("Nothing: people count and enter it"))
    for key, one in MEASURES.items():
        yield Option(value=key, label=view._(one.title))


FIELDS: Final = (
    Field(name="title", label=N_("Name"), help=N_("A few words: “Professionals trained together”.")),
    Field(
        name="counted",
        label=N_("What is counted, and what is not"),
        help=N_("Say also what is left out."),
        rows=3,
    ),
    Field(
        name="method",
        label=N_("How, by whom and how often"),
        help=N_("Which list or register, which service, on which day."),
        rows=3,
    ),
    Field(name="unit", label=N_("Unit"), help=N_("What comes after the number: “professionals”.")),
    Field(
        name="limits",
        label=N_("What it does not say"),
        help=N_("A reader may take the number for more than it is: say what not."),
        rows=2,
    ),
    Field(
        name="counts",
        label=N_("What the number counts"),
        help=N_(
            "Numbers of people are rounded for the public, and hidden from 1 to 7. Enter people as whole numbers, "
            "never as a share of few; and do not publish the same people month by month and added up in another "
            "indicator."
        ),
        words=COUNTS,
    ),
    Field(name="direction", label=N_("Which way is better"), words=DIRECTIONS),
    Field(name="rhythm", label=N_("How often"), words=RHYTHMS),
    Field(
        name="adds_up",
        label=N_("Values may be added up"),
        help=N_("Nothing and nobody is counted in two periods."),
    ),
    Field(
        name="measure",
        label=N_("What the platform counts itself"),
        help=N_("Then it counts its own records on the day on which the value is recorded."),
        options=_measures,
    ),
    Field(
        name="baseline",
        label="",
        heading=N_("Where it began, where it is to get"),
        fields=(
            Field(name="value", label=N_("Value before the pilot")),
            Field(
                name="on",
                label=N_("When it was counted"),
                help=N_("A year, a month or a day, such as 2014, 2014-06 or 2014-06-02."),
            ),
            Field(name="source", label=N_("Where that is written"), sometimes=True),
        ),
    ),
    Field(
        name="target",
        label="",
        fields=(Field(name="value", label=N_("Value to reach")), Field(name="by", label=N_("By when"))),
    ),
    Field(
        name="ended_on",
        label=N_("No longer counted from"),
        help=N_("A day, such as 2031-06-02, from which the group no longer counts it."),
    ),
)


def _own_work(view: View, session: Session, record: Record) -> str:
    rows = counting.values_of(session, [record.id]).get(record.id, [])
    return counting.own_work(session, record, rows, view.actor)


EDIT: Final = Form(
    name="edit",
    label=N_("Edit"),
    may="group.write",
    when=record_can("write"),
    main=True,
    done=N_("Saved. Somebody else publishes it."),
    heading=N_("Edit the indicator"),
)
STEPS: Final = (
    Step(name="value", label=N_("Enter a value"), may="group.write", when=record_can("write"), main=True),
    EDIT,
    Action(
        name="publish",
        label=N_("Publish the indicator"),
        may="group.lead",
        when=in_state("draft", "new", "withdrawn"),
        main=True,
        do=counting.publish,
        barred=_own_work,
        text=N_(
            "The public will read its definition and all values so far. Look through both first: nobody may be "
            "recognisable, and no text may contain a number of people."
        ),
        told="Let the public read the newest version and all values so far. Who wrote or entered them cannot.",
        done=N_("Published, with all values so far."),
    ),
    replace(
        WITHDRAW,
        label=N_("Withdraw the indicator"),
        told="Take it from the public with its values; the reason is for the group.",
    ),
    replace(ARCHIVE, label=N_("Archive the indicator")),
    RESTORE,
    replace(
        ERASE,
        label=N_("Erase the indicator"),
        told="Remove every word and value of it for good. This cannot be undone.",
    ),
)


def _state(session: Session, record: Record) -> str:
    """As the public knows it, and ``new`` where it does not read all of it yet."""
    if record.state != "published":
        return record.state
    rows = counting.values_of(session, [record.id]).get(record.id, [])
    return "new" if counting.unpublished_by(record, rows, "") else record.state


def _page(view: View, session: Session, record: Record, said: Indicator) -> dict[str, Any]:
    rows = counting.values_of(session, [record.id]).get(record.id, [])
    return {
        "record": indicator_reading.row_of(view, record, said, rows),
        "told": indicator_reading.tell(view, as_shown(record, said, rows, None)),
        "history": indicator_reading.history(view, session, record, rows),
        "withdrawn": counting.status_of(record).withdrawn,
    }


INDICATORS: Final = Kind(
    record=INDICATOR,
    fields=FIELDS,
    steps=STEPS,
    words=Words(
        begin=N_("Add an indicator"),
        lede=N_(
            "What the group measures its pilot by. Say what is counted before you count; the values follow, and a "
            "second person publishes them."
        ),
        form_lede=N_("Write it so that two people who count apart from each other come to the same number."),
        caption=N_("Indicators by name"),
        columns=(N_("Indicator"), N_("Status"), N_("Last value")),
        empty=N_("There is no indicator yet."),
        empty_hint=N_(
            "Begin with three to five numbers that would show the group whether its pilot does what it was made for."
        ),
    ),
    api=Api(
        tag="Indicators, for the group",
        item=indicator_item,
        tell=indicator_whole,
        told={
            "save_indicator": (
                "Save another version of what is counted, and how; all of it is sent. The public does not read it yet."
            ),
        },
    ),
    none=N_("There is no such indicator here, or you may not read it."),
    erased=N_("This indicator was erased."),
    states={**RECORD_STATES, "new": RECORD_STATES["published"]},
    state=_state,
    notices={
        "value": N_("Value recorded. The public reads it when somebody else has published it."),
        "values": N_("Values recorded. The public reads them when somebody else has published them."),
        "nothing-new": counting.NOTHING_NEW,
    },
    labels={name: LABELS[name] for name in ("value", "period", "source", "note", "word")},
    first=lambda _: {"direction": "neither"},
    rules=entries.indicator_faults,
    changing=counting.keep_values,
    shown=1_000,  # by name, so that all have to be there
    rows=indicator_reading.rows_of,
    table=indicator_reading.exact_table,
    page=_page,
    public=lambda view, record: view.href("indicators", record.slug) if record else view.href("indicators"),
    style="evaluation.css",
    templates={"list": "evaluation/team/indicators.html", "record": "evaluation/team/indicator.html"},
)

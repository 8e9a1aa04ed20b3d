"""Ages and time limits, as the page and the file tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.types import Table
from lanzarote.web.region_reading import (
    ProvisionLine,
    ToldNote,
    ToldSource,
    entries,
    team_note,
    tell_provision,
    tell_sources,
    told,
)

if TYPE_CHECKING:
    from datetime import date

    from markupsafe import Markup

    from lanzarote.types import AgeLimit
    from lanzarote.web.site import View


class AgeLine(Struct, frozen=True, kw_only=True):
    key: str
    name: Markup
    years: int | None
    text: Markup
    since: date | None
    verified: bool
    note: Markup
    retired: bool
    until: date | None
    provisions: tuple[ProvisionLine, ...]
    sources: tuple[ToldSource, ...]
    team_note: ToldNote | None


def age_lines(view: View) -> tuple[AgeLine, ...]:
    """In the order of the package, retired ones last."""
    lines = [_line(view, key, age) for key, age in entries(view.vocabulary, "age").items()]
    return tuple(sorted(lines, key=lambda line: line.retired))


def _line(view: View, key: str, age: AgeLimit) -> AgeLine:
    vocabulary = view.vocabulary
    provisions = [vocabulary.present_key("provision", one) for one in age.provisions]
    return AgeLine(
        key=key,
        name=told(view, age.name),
        years=age.years,
        text=told(view, age.text),
        since=age.since,
        verified=age.verified,
        note=told(view, age.note),
        retired=vocabulary.is_retired("age", key, view.today),
        until=age.until,
        provisions=tuple(tell_provision(view, one) for one in provisions if one in vocabulary.provisions),
        sources=tell_sources(view, age.sources),
        team_note=team_note(view, "age", key),
    )


def age_table(view: View) -> Table:
    _ = view._
    lines = entries(view.vocabulary, "age").items()
    return Table(
        title=_("Ages and time limits"),
        columns=(_("Key"), _("Name"), _("Years"), _("What the law says"), _("Provisions"), _("Verified")),
        rows=[
            (
                key,
                view.say(age.name),
                age.years,
                view.say(age.text),
                ", ".join(one.plain for one in _line(view, key, age).provisions),
                _("yes") if age.verified else _("no"),
            )
            for key, age in lines
        ],
        language=view.lang,
    )

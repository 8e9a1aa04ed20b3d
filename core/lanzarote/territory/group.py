"""The working group, its mandate and what binds the State; ages and time limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.facts.states import reserved_by
from lanzarote.meetings.service import meetings_of
from lanzarote.types import Table
from lanzarote.web.region_reading import (
    ProvisionLine,
    article_links,
    entries,
    team_note,
    tell_mandates,
    tell_provision,
    tell_sources,
)

if TYPE_CHECKING:
    from lanzarote.types import AgeLimit
    from lanzarote.web.site import View


def about_group(view: View) -> dict[str, Any]:
    """What the page shows: what the package says of the group and its territory, and what belongs to it."""
    vocabulary, header = view.vocabulary, view.vocabulary.header
    history = sorted(header.history, key=lambda one: str(one.when))
    grid = vocabulary.grid if vocabulary.criteria else None  # nobody may have proposed how to assess
    scale = {answer.key: answer.name for one in grid.questions for answer in one.scale} if grid else {}
    return {
        "header": header,
        "mandates": tell_mandates(view),
        "territory": [one for one in history if one.about == "territory"],
        "history": [one for one in history if one.about == "group"],
        "rule": vocabulary.decisions[-1] if vocabulary.decisions else None,
        "grid": grid,
        "scale": [*scale.values()],
        "bound": header.convention_status,
        "reservations": article_links(view, reserved_by(header.territory.partition("-")[0])),
        "meetings": meetings_of(view.instance, view.region_id),
        "sources_of": lambda fact: tell_sources(view, fact.sources),
    }


# --- Ages and time limits ---


def about_ages(view: View) -> dict[str, Any]:
    """What the page shows: ages in the order of the package, retired ones last."""
    ages = entries(view.vocabulary, "age").items()
    return {
        "ages": sorted(ages, key=lambda one: view.vocabulary.is_retired("age", one[0], view.today)),
        "provisions_of": lambda age: _provisions(view, age),
        "tell_sources": tell_sources,
        "team_note": team_note,
    }


def _provisions(view: View, age: AgeLimit) -> list[ProvisionLine]:
    keys = [view.vocabulary.present_key("provision", one) for one in age.provisions]
    return [tell_provision(view, key) for key in keys if key in view.vocabulary.provisions]


def age_table(view: View) -> Table:
    _ = view._
    return Table(
        title=_("Ages and time limits"),
        columns=(_("Key"), _("Name"), _("Years"), _("What the law says"), _("Provisions"), _("Verified")),
        rows=[
            (
                key,
                view.say(age.name),
                age.years,
                view.say(age.text),
                ", ".join(one.plain for one in _provisions(view, age)),
                _("yes") if age.verified else _("no"),
            )
            for key, age in entries(view.vocabulary, "age").items()
        ],
        language=view.lang,
    )

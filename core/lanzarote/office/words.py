"""What the office calls what it counts, for pages and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from lanzarote.facts.convention import common_sectors
from lanzarote.translation import N_, in_language
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.site import View

BANKS: Final[Mapping[str, str]] = {
    "both": N_("Public institutions and civil society together"),
    "public": N_("Public institutions; no civil-society partner named"),
    "civil-society": N_("Civil society; no public partner named"),
    "neither": N_("No partner of either side named"),
}
IMPROVEMENTS: Final[Mapping[str, str]] = {
    "adopted": N_("Adopted by the group"),
    "completed": N_("Adopted, and everything done"),
    "not-adopted": N_("Not adopted"),
    "discussed-again": N_("Discussed again"),
    "dropped": N_("Dropped after the decision"),
}
ACTIONS: Final[Mapping[str, str]] = {
    "not-begun": N_("Not begun"),
    "under-way": N_("Under way"),
    "done": N_("Done"),
    "given-up": N_("Given up"),
}
PROCEDURES: Final[Mapping[str, str]] = {
    "endorsed": N_("Endorsed by every party"),
    "applied": N_("Applied by every party, as they declare"),
    "documented": N_("Documented, description endorsed by no party"),
    "lapsed": N_("No longer endorsed by all"),
    "superseded": N_("Superseded by another"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "extend": N_("Extend"),
    "not-yet": N_("Not yet"),
    "stop": N_("Stop"),
    "": N_("Judged, not decided"),
}
STRENGTHS: Final = ("not-assessed", "pioneering", "prudent", "promising", "effective")
TARGETS: Final = tuple(labels.LABELS["target"])
KINDS: Final[Mapping[str, str]] = {
    "practice": N_("Practice"),
    "stakeholder": N_("Organisation"),
    "improvement": N_("Improvement"),
    "procedure": N_("Procedure"),
    "evaluation": N_("Pilot evaluation"),
    "indicator": N_("Indicator"),
}


def sector_names(view: View) -> dict[str, Markup]:
    """Common sector → its name for this reader."""
    return {one.key: _said(view, one.name) for one in common_sectors()}


def state_name(view: View, names: Mapping[str, str]) -> Markup:
    return _said(view, names)


def _said(view: View, names: Mapping[str, str]) -> Markup:
    return escape(in_language(*view.text(names, "en"), view.lang))

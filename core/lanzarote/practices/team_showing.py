"""What the team's pages of one practice show: the practice itself, and each step before it is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from lanzarote.practices import team_list
from lanzarote.practices.form_choices import organisations
from lanzarote.practices.form_opening import read_record
from lanzarote.practices.form_showing import FRAME, TEAM
from lanzarote.practices.form_twins import twins
from lanzarote.practices.form_words import label_of
from lanzarote.practices.refusals import NOTHING, asked_about, refusal, text_of, written_in
from lanzarote.practices.team_record import STEPS, team_record
from lanzarote.records.permissions import require, spoken_for, subject_of
from lanzarote.translation import N_
from lanzarote.web.refusals import NOT_NOW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar import Response

    from lanzarote.errors import LanzaroteError
    from lanzarote.practices.refusals import Refusal
    from lanzarote.practices.team_record import TeamRecord
    from lanzarote.records.permissions import Action
    from lanzarote.web.site import View

ERASE: Final = N_("erase")
"""The word that has to be typed before something is erased."""
NOT_TYPED: Final = N_("Type the word exactly as shown here.")
MEANWHILE: Final = N_(
    "It was changed in the meantime, by somebody else or in another window of yours; what you asked for now "
    "was not done. See how it is now."
)
DONE: Final[Mapping[str, str]] = {
    "submit": N_("Submitted. Somebody else reads it, then publishes it, returns it or requests an assessment."),
    "take-back": N_("Returned to draft. You can edit it."),
    "give-back": N_("Returned to the author, with your reason."),
    "publish": N_("Published."),
    "accept": N_("Published as in the package."),
    "discard": N_("What was changed is given up; the public reads what it read before."),
    "withdraw": N_("Withdrawn. Its page says so."),
    "archive": N_("Archived."),
    "restore": N_("Taken out of the archive."),
    "meanwhile": MEANWHILE,
    "not-now": NOT_NOW,
}


def show(
    view: View, record_id: str, *, done: str = "", status: int = 200, data: Mapping[str, Any] | None = None
) -> Response[Any]:
    """The practice; *data*: a form that came too late, whose texts are shown to their writer."""
    with view.instance.database.read(view.region_id) as session:
        record = read_record(view, session, record_id)
        told = team_record(view, session, record)
    return view.render(
        "practices/team/practice.html", status=status, written=written_in(data or {}), **_common(view, told, done)
    )


def show_step(
    view: View, record_id: str, name: str, refused: Refusal = NOTHING, data: Mapping[str, Any] | None = None
) -> Response[Any]:
    """The page of one step. Raises NotPermitted; a step that the state does not allow leads back to the practice."""
    action: Action = next(step.action for step in STEPS if step.name == name)
    with view.instance.database.read(view.region_id) as session:
        record = read_record(view, session, record_id)
        require(view.actor, action, subject_of(session, record))
        told = team_record(view, session, record)
    if name not in {one.name for one in told.steps}:
        return show(view, record_id, done="not-now", status=409, data=data)
    given = data or {}
    return view.render(
        f"practices/team/{name if name in ('submit', 'publish', 'accept') else 'step'}.html",
        status=400 if refused.errors else 200,
        name=name,
        refused=refused,
        given={one: text_of(given, one) for one in ("bearer", "bearer_name", "reason", "nobody", "no_case")},
        organisations=organisations(view) if name == "submit" else (),
        twins=twins(view, told.sheet, but=record_id) if name == "submit" else (),
        speaks=name == "submit" and bool(spoken_for(view.actor, view.region_id)),
        word=view._(ERASE),
        **_common(view, told, ""),
    )


def refused(view: View, error: LanzaroteError, data: Mapping[str, Any]) -> Refusal:
    """What to show on the page of a step or a decision, with where the writer explains what the guard asks about."""
    asked = asked_about(view, error, data, lambda field: label_of(view, field))
    return msgspec.structs.replace(refusal(view, error), asked=asked)


def _common(view: View, told: TeamRecord, done: str) -> dict[str, Any]:
    return {
        "told": told,
        "title": told.title or view._("A practice without a title"),
        "done": view._(DONE[done]) if done in DONE else "",
        "meanwhile": done in ("meanwhile", "not-now"),
        "stages": {name: view._(words) for name, words in team_list.STAGES.items()},
        "states": {name: view._(words) for name, words in team_list.STATES.items()},
        "missing": [(place, label_of(view, place)) for place in told.missing],
        "public_href": view.href("practices", told.slug) if told.published_version else "",
        "may_edit": any(one.name == "edit" and not one.why_not for one in told.steps),
        "zone": view.vocabulary.zone,
        "here": view.href(*TEAM, told.id),
        "team_href": view.href(*TEAM),
        **FRAME,
    }

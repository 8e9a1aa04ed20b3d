"""The steps a transfer takes: taken up, adapted, tried out, adopted or declined, shown, withdrawn, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict, NotFound
from lanzarote.kinds import team as group
from lanzarote.records import drafts
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.save_checks import Objected
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.transfers import mapping, origin, team, team_reading, writing
from lanzarote.transfers.origin import NotExtended, NotThere
from lanzarote.transfers.team_pages import ONE, record_and_transfer, show, to_transfer
from lanzarote.transfers.words import label_of
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region, page_and_form
from lanzarote.web.refusals import NOTHING, number_of, text_of
from lanzarote.web.routes import form, page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action
    from lanzarote.records.records import Record
    from lanzarote.web.refusals import Refusal
    from lanzarote.web.site import View

    Do = Callable[[View, Session, Record, Mapping[str, Any]], object]


def _about(view: View, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"expected": number_of(data, "version"), "today": view.today, "by": view.actor, "at": now()}


def _take_up(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    there = writing.transfer_of(session, record).origin
    origin.require_there(view.instance, there.region, there.record)
    verdict = team_reading.verdict_for(view.instance, there)
    writing.take_up(session, record, verdict=verdict, **_about(view, data))


def _pilot(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.pilot(session, record, **_about(view, data))


def _adopt(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.adopt(session, record, **_about(view, data))


def _decline(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    reason = group.texts_in(view, data, "reason")
    writing.decline(session, record, view.vocabulary, reason=reason, **_about(view, data))


def _reconsider(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.reconsider(session, record, today=view.today, by=view.actor, at=now())


def _publish(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.publish(session, record, expected=number_of(data, "version"), by=view.actor, at=now())


def _withdraw(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    reason = text_of(data, "reason")
    writing.withdraw(session, record, view.vocabulary, reason=reason, by=view.actor, at=now())


def _archive(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    drafts.archive(session, record, by=view.actor, at=now())


def _restore(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    drafts.restore(session, record, by=view.actor, at=now())


def _erase(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    group.require_word(view, data)
    drafts.erase(session, record, by=view.actor, at=now())


def show_step(
    view: View, record_id: str, name: str, refused: Refusal = NOTHING, data: Mapping[str, Any] | None = None
) -> Response[Any]:
    """The page of one step. Raises NotPermitted; one that the state does not allow leads back."""
    step = next(one for one in team_reading.STEPS if one.name == name)
    with view.instance.database.read(view.region_id) as session:
        record, said = record_and_transfer(view, session, record_id)
        require(view.actor, step.may, subject_of(session, record))
        state, version = writing.status_of(record).state, record.version
    waits = team_reading.barred(view.instance, said.origin, name)
    if not step.when(record, state):
        return show(view, record_id, done="not-now", status=409)
    return view.render(
        "transfers/team/step.html",
        status=400 if refused.errors else 403 if waits and view.request.method == "POST" else 200,
        waits=view._(waits) if waits else "",
        gone=waits == origin.NOT_THERE,
        name=name,
        kind=said.origin.kind,
        heading=view._(step.label),
        title=team_reading.plain_title(view, said),
        region_name=view.say(said.origin.region_name),
        unjudged=team_reading.is_unjudged(view.instance, said.origin.region),
        open=[label_of(view, one.place, said) for one in mapping.open_points(said)],
        version=version,
        refused=refused,
        given=data or {},
        tongues=view.tongues(),
        **group.frame(view, "transfers", record_id),
    )


def take(view: View, record_id: str, name: str, data: Mapping[str, Any], do: Do) -> Response[Any]:
    """Take a step, then lead to where one sees it; say why not on the page of the step."""
    said = None
    try:
        with view.instance.database.write(view.region_id) as session:
            record, said = record_and_transfer(view, session, record_id)
            do(view, session, record, data)
    except (Faulty, Identifying, Objected) as error:
        return show_step(view, record_id, name, team.refusal(view, error, data, said), data)
    except (NotExtended, NotThere):
        return show_step(view, record_id, name)
    except IllegalTransition:
        return show(view, record_id, done="not-now", status=409)
    except Conflict:
        return show(view, record_id, done="meanwhile", status=409)
    if name == "erase":
        return group.redirect(view.href("team", "transfers"))
    return to_transfer(view, record_id, name)


@page(f"{ONE}/adapt", may="group.lead")
def adapting(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """What it means to make the draft."""
    return show_step(site.view(request, lang, region), record_id, "adapt")


@form(f"{ONE}/adapt", may="group.lead")
def adapt(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Make the draft of the practice as it would be here."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record, said = record_and_transfer(view, session, record_id)
        require(view.actor, "group.lead", subject_of(session, record))
        status = writing.status_of(record)
    try:
        # Packages are asked and the origin is read before anything is held.
        draft = team.draft(view.instance, view.region_id, said, status, by=view.actor)
    except NotFound:
        return show_step(view, record_id, "adapt")
    except (Faulty, Identifying, Objected) as error:
        return show_step(view, record_id, "adapt", team.refusal(view, error, data, said), data)

    def do(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
        writing.adapt(session, record, draft, **_about(view, data))

    return take(view, record_id, "adapt", data, do)


def _step(name: str, do: Do) -> tuple[Any, Any]:
    """The page and the form of one step."""
    action: Action = next(step.may for step in team_reading.STEPS if step.name == name)

    return page_and_form(
        f"{ONE}/{name}",
        action,
        lambda view, record_id: show_step(view, record_id, name),
        lambda view, record_id, data: take(view, record_id, name, data, do),
    )


STEPS: Final[Mapping[str, Do]] = {
    "take-up": _take_up,
    "pilot": _pilot,
    "adopt": _adopt,
    "decline": _decline,
    "reconsider": _reconsider,
    "publish": _publish,
    "withdraw": _withdraw,
    "archive": _archive,
    "restore": _restore,
    "erase": _erase,
}

handlers = (adapting, adapt, *(handler for name, do in STEPS.items() for handler in _step(name, do)))

"""The steps a practice takes: each a page that says what follows, and a form that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.response import Redirect

from lanzarote.errors import Conflict
from lanzarote.practices import accepting, writing
from lanzarote.practices.form_opening import read_record
from lanzarote.practices.form_showing import TEAM
from lanzarote.practices.refusals import is_confirmed, number_of, reasons_in, text_of
from lanzarote.practices.sheets import Fault, Faulty
from lanzarote.practices.team_showing import ERASE, NOT_TYPED, refused, show, show_step
from lanzarote.practices.writing import Identifying
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import now
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.routes import PRIVATE, form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/submit", may="practice.write")
def submitting(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before it is submitted: which organisation runs it, what happens next."""
    return show_step(site.view(request, lang, region), record_id, "submit")


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/submit", may="practice.write")
def submit(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Submit it."""

    def do(view: View, session: Session, record: Record) -> None:
        writing.submit(
            session,
            record,
            view.vocabulary,
            bearer=text_of(data, "bearer_name") or text_of(data, "bearer"),
            expected=number_of(data, "version"),
            by=view.actor,
            at=now(),
        )

    return take(site.view(request, lang, region), record_id, "submit", data, do)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/take-back", may="practice.write")
def taking_back(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before it is taken back."""
    return show_step(site.view(request, lang, region), record_id, "take-back")


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/take-back", may="practice.write")
def take_back(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Take back what was submitted."""

    def do(view: View, session: Session, record: Record) -> None:
        writing.take_back(session, record, by=view.actor, at=now())

    return take(site.view(request, lang, region), record_id, "take-back", data, do)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/give-back", may="practice.publish")
def giving_back(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before it is given back: why."""
    return show_step(site.view(request, lang, region), record_id, "give-back")


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/give-back", may="practice.publish")
def give_back(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Give it back to be written on."""

    def do(view: View, session: Session, record: Record) -> None:
        reason, why = text_of(data, "reason"), reasons_in(data)
        writing.hand_back(session, record, view.vocabulary, reason=reason, why=why, by=view.actor, at=now())

    return take(site.view(request, lang, region), record_id, "give-back", data, do)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/publish", may="practice.publish")
def publishing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before it is published: what the publisher confirms."""
    return show_step(site.view(request, lang, region), record_id, "publish")


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/publish", may="practice.publish")
def publish(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Publish it without an assessment."""

    def do(view: View, session: Session, record: Record) -> None:
        confirmed, expected = is_confirmed(data), number_of(data, "version")
        writing.publish_unassessed(session, record, confirmed=confirmed, expected=expected, by=view.actor, at=now())

    return take(site.view(request, lang, region), record_id, "publish", data, do)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/accept", may="practice.publish")
def accepting_it(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before what the package says is published."""
    return show_step(site.view(request, lang, region), record_id, "accept")


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/accept", may="practice.publish")
def accept(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Publish what the package says, as it came."""

    def do(view: View, session: Session, record: Record) -> None:
        confirmed, expected = is_confirmed(data), number_of(data, "version")
        accepting.accept(session, record, confirmed=confirmed, expected=expected, by=view.actor, at=now())

    return take(site.view(request, lang, region), record_id, "accept", data, do)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/discard", may="practice.write")
def discarding(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before what was changed is given up."""
    return show_step(site.view(request, lang, region), record_id, "discard")


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/discard", may="practice.write")
def discard(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Give up what was changed beside the published version."""

    def do(view: View, session: Session, record: Record) -> None:
        writing.discard(session, record, by=view.actor, at=now())

    return take(site.view(request, lang, region), record_id, "discard", data, do)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/withdraw", may="practice.withdraw")
def withdrawing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before it is withdrawn: why."""
    return show_step(site.view(request, lang, region), record_id, "withdraw")


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/withdraw", may="practice.withdraw")
def withdraw(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Take it from the public, which is told so."""

    def do(view: View, session: Session, record: Record) -> None:
        reason, why = text_of(data, "reason"), reasons_in(data)
        writing.withdraw(session, record, view.vocabulary, reason=reason, why=why, by=view.actor, at=now())

    return take(site.view(request, lang, region), record_id, "withdraw", data, do)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/archive", may="practice.withdraw")
def archiving(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before it is put away."""
    return show_step(site.view(request, lang, region), record_id, "archive")


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/archive", may="practice.withdraw")
def archive(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Put it away."""

    def do(view: View, session: Session, record: Record) -> None:
        writing.archive(session, record, by=view.actor, at=now())

    return take(site.view(request, lang, region), record_id, "archive", data, do)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/restore", may="practice.withdraw")
def restoring(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before it is taken out of the archive."""
    return show_step(site.view(request, lang, region), record_id, "restore")


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/restore", may="practice.withdraw")
def restore(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Take it out of the archive."""

    def do(view: View, session: Session, record: Record) -> None:
        writing.restore(session, record, by=view.actor, at=now())

    return take(site.view(request, lang, region), record_id, "restore", data, do)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/erase", may="record.erase")
def erasing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Before it is erased: the word has to be typed."""
    return show_step(site.view(request, lang, region), record_id, "erase")


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/erase", may="record.erase")
def erase(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Remove every word of it for good."""

    def do(view: View, session: Session, record: Record) -> None:
        if text_of(data, "word").casefold() != view._(ERASE).casefold():
            raise Faulty([Fault(field="word", text=NOT_TYPED)])
        writing.erase(session, record, by=view.actor, at=now())

    return take(site.view(request, lang, region), record_id, "erase", data, do)


def take(
    view: View,
    record_id: str,
    name: str,
    data: Mapping[str, Any],
    do: Callable[[View, Session, Record], None],
) -> Response[Any]:
    """Take a step, then lead to where one sees it; say why not on the page of the step."""
    try:
        with view.instance.database.write(view.region_id) as session:
            do(view, session, read_record(view, session, record_id))
    except (Faulty, Identifying) as error:
        return show_step(view, record_id, name, refused(view, error, data), data)
    except (Conflict, IllegalTransition) as error:
        done = "meanwhile" if isinstance(error, Conflict) else "not-now"
        return show(view, record_id, done=done, status=409, data=data)
    place = () if name == "erase" else (record_id,)
    return Redirect(view.href(*TEAM, *place, query={"done": name}), status_code=303, headers=dict(PRIVATE))


handlers = (
    submitting,
    submit,
    taking_back,
    take_back,
    accepting_it,
    accept,
    giving_back,
    give_back,
    publishing,
    publish,
    discarding,
    discard,
    withdrawing,
    withdraw,
    archiving,
    archive,
    restoring,
    restore,
    erasing,
    erase,
)

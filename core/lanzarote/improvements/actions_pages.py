"""Pages of actions: those of an improvement, one with its history, the region's, and the forms that write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict, NotFound, NotPermitted
from lanzarote.improvements import actions, actions_reading, talk
from lanzarote.improvements.actions_model import PROGRESS
from lanzarote.improvements.actions_reading import FILTERS, PROGRESS_WORDS
from lanzarote.improvements.talk_forms import FRAME, TEAM, framed, go, head_of, refusal
from lanzarote.kinds.organisations import unlisted
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOT_NOW, NOTHING, Refusal, date_of, number_of, reasons_in, text_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from lanzarote.improvements.actions_model import Action


HERE: Final = "/{lang:str}/{region:str}/team/improvements/{record_id:str}/actions"
ONE: Final = HERE + "/{action:str}"
DONE: Final[Mapping[str, str]] = {
    "planned": N_("It is planned."),
    "changed": N_("It is changed."),
    "reported": N_("It is written down how far it is."),
    "complete": N_("The improvement is completed: nothing is left to be done for it."),
    "resume": N_("The improvement is taken up again."),
    "meanwhile": N_("Somebody has changed it in the meantime; nothing of yours was done. See how it is now."),
    "not-now": NOT_NOW,
}
WHOLE: Final[Mapping[str, str]] = {
    "complete": N_("Complete the improvement"),
    "resume": N_("Take the improvement up again"),
}


@page("/{lang:str}/{region:str}/team/actions", may="group.read")
def of_region(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What follows from all adopted improvements of the region, the first due first."""
    view, asked = site.view(request, lang, region), request.query_params
    only = asked.get("only", "open")
    only = only if only in FILTERS else "open"
    place, stakeholder = number_of(asked, "page"), asked.get("organisation", "")
    with view.instance.database.read(view.region_id) as session:
        found = actions_reading.in_region(view, session, only=only, stakeholder=stakeholder, page=place)
    kept = {"organisation": stakeholder} if stakeholder else {}

    def address(**query: Any) -> str:
        return view.href("team", "actions", query=kept | query)

    return view.render(
        "improvements/talk/actions_of_region.html",
        found=found,
        only=only,
        filters=[(name, view._(label), address(only=name)) for name, label in FILTERS.items()],
        organisations=_organisations(view, stakeholder, view._("All organisations")),
        path=view.href("team", "actions"),
        before=address(only=only, page=place - 1) if place else "",
        after=address(only=only, page=place + 1) if found.more else "",
        **FRAME,
    )


@page(HERE, may="group.read")
def listed(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """What follows from an improvement."""
    return show(site.view(request, lang, region), record_id)


@page(f"{HERE}/new", may="group.lead")
def new(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form of an action."""
    return show_form(site.view(request, lang, region), record_id)


@form(f"{HERE}/new", may="group.lead")
def plan(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Plan it."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        talk.find(session, view.region_id, record_id, by=view.actor)
    try:
        given = _planned(view, data, today=view.today)
        with view.instance.database.write(view.region_id) as session:
            record = talk.find(session, view.region_id, record_id, by=view.actor)
            actions.plan(session, record, given, by=view.actor, at=now(), language=view.lang)
    except (Faulty, Identifying) as error:
        return show_form(view, record_id, data=data, refused=refusal(view, error, data))
    except Conflict:
        return show(view, record_id, done="meanwhile", status=409)
    return go(view, *TEAM, record_id, "actions", done="planned")


@page(ONE, may="group.read")
def one(request: Asked, lang: Lang, region: Region, record_id: Id, action: Id, site: OurSite) -> Response[Any]:
    """An action with its history, and the form that says how far it is."""
    return show_one(site.view(request, lang, region), record_id, action)


@form(ONE, may="group.write")
def report(
    request: Asked, lang: Lang, region: Region, record_id: Id, action: Id, site: OurSite, data: Data
) -> Response[Any]:
    """Say how far it is."""
    view = site.view(request, lang, region)
    place = number_in(action)
    with view.instance.database.read(view.region_id) as session:
        found = actions.find(session, talk.find(session, view.region_id, record_id, by=view.actor), place)
        if not actions.may_report(found, view.actor):
            raise NotPermitted(actions.NOT_YOURS)
    try:
        given = actions.reported(
            text_of(data, "progress"),
            text_of(data, "note"),
            view.vocabulary,
            reasons=reasons_in(data),
            by=view.actor,
        )
        with view.instance.database.write(view.region_id) as session:
            record = talk.find(session, view.region_id, record_id, by=view.actor)
            expected = number_of(data, "steps")
            actions.report(
                session, record, place, given, expected=expected, by=view.actor, at=now(), language=view.lang
            )
    except (Faulty, Identifying) as error:
        return show_one(view, record_id, action, data=data, refused=refusal(view, error, data))
    except Conflict:
        return show_one(view, record_id, action, data=data, done="meanwhile", status=409)
    return go(view, *TEAM, record_id, "actions", place, done="reported")


@page(f"{ONE}/edit", may="group.lead")
def editing(request: Asked, lang: Lang, region: Region, record_id: Id, action: Id, site: OurSite) -> Response[Any]:
    """The form with what is planned."""
    return show_form(site.view(request, lang, region), record_id, number_in(action))


@form(f"{ONE}/edit", may="group.lead")
def edit(
    request: Asked, lang: Lang, region: Region, record_id: Id, action: Id, site: OurSite, data: Data
) -> Response[Any]:
    """Plan it otherwise."""
    view, place = site.view(request, lang, region), number_in(action)
    with view.instance.database.read(view.region_id) as session:
        found = actions.find(session, talk.find(session, view.region_id, record_id, by=view.actor), place)
    try:
        given = _planned(view, data, before=found.stakeholder_id)
        with view.instance.database.write(view.region_id) as session:
            record = talk.find(session, view.region_id, record_id, by=view.actor)
            actions.change(session, record, place, given, expected=number_of(data, "steps"), by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        return show_form(view, record_id, place, data, refusal(view, error, data))
    except Conflict:
        typed = {name: text for name, text in data.items() if name != "steps"}
        return show_form(view, record_id, place, typed, meanwhile=True)
    return go(view, *TEAM, record_id, "actions", place, done="changed")


def show(view: View, record_id: str, *, done: str = "", status: int = 200) -> Response[Any]:
    """All actions of an improvement."""
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        rows = actions_reading.of_record(view, session, record)
        steps = actions_reading.steps(session, record, view)
        head = head_of(view, session, record)
    return view.render(
        "improvements/talk/actions.html",
        status=status,
        rows=rows,
        steps=steps,
        labels={name: view._(label) for name, label in WHOLE.items()},
        **framed(view, head, done or view.request.query_params.get("done", ""), DONE),
    )


def show_one(
    view: View,
    record_id: str,
    action: str,
    *,
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    done: str = "",
    status: int = 0,
) -> Response[Any]:
    """One action. Raises NotFound."""
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        found = actions.find(session, record, number_in(action))
        told = actions_reading.tell(view, found, actions_reading.Speaker(view))
        history = actions_reading.history(view, session, found)
        head = head_of(view, session, record)
        adopted = actions.is_adopted(record)
    typed = data or {}
    chosen = text_of(typed, "progress") or told.progress
    return view.render(
        "improvements/talk/action.html",
        status=status or (400 if refused.errors else 200),
        told=told,
        history=history,
        typed=typed,
        refused=refused,
        choices=[{"value": one, "label": view._(PROGRESS_WORDS[one]), "chosen": one == chosen} for one in PROGRESS],
        may_report=adopted and actions.may_report(found, view.actor),
        may_change=adopted and view.may("group.lead"),
        **framed(view, head, done or view.request.query_params.get("done", ""), DONE),
    )


def show_form(
    view: View,
    record_id: str,
    number: int = 0,
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    *,
    meanwhile: bool = False,
) -> Response[Any]:
    """The form of an action; *number*: of one that is planned already. Raises NotFound, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        require(view.actor, "group.lead", subject_of(session, record))
        found = actions.find(session, record, number) if number else None
        head, adopted = head_of(view, session, record), actions.is_adopted(record)
        typed = data or _typed(found)
        steps = found.steps if found else 0
    if not adopted:
        return show(view, record_id, done="not-now", status=409)
    return view.render(
        "improvements/talk/action_form.html",
        status=409 if meanwhile else 400 if refused.errors else 200,
        number=number,
        steps=text_of(typed, "steps") or steps,
        typed=typed,
        refused=refused,
        organisations=_doers(view, text_of(typed, "stakeholder")),
        **framed(view, head, "meanwhile" if meanwhile else "", DONE),
    )


def show_whole(view: View, record_id: str, name: str) -> Response[Any]:
    """Before the improvement is completed or taken up again."""
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        require(view.actor, "group.lead", subject_of(session, record))
        offered = name in actions_reading.steps(session, record, view)
        head = head_of(view, session, record)
    if not offered:
        return show(view, record_id, done="not-now", status=409)
    heading = view._(WHOLE[name])
    return view.render("improvements/talk/completing.html", name=name, heading=heading, **framed(view, head))


def take_whole(view: View, record_id: str, name: str) -> Response[Any]:
    do = {"complete": actions.complete, "resume": actions.resume}[name]
    try:
        with view.instance.database.write(view.region_id) as session:
            do(session, talk.find(session, view.region_id, record_id, by=view.actor), by=view.actor, at=now())
    except (Conflict, IllegalTransition):
        return show(view, record_id, done="not-now", status=409)
    return go(view, *TEAM, record_id, "actions", done=name)


def number_in(text: str) -> int:
    """The number of an action in an address. Raises NotFound."""
    if text.isascii() and text.isdecimal() and len(text) < 10 and text[0] != "0":
        return int(text)
    raise NotFound(actions.NO_ACTION)


def ids_by_name(view: View) -> dict[str, str]:
    """Every id and key of the directory → the id."""
    return {name: one.id for one in view.directory for name in one.names}


def _planned(view: View, data: Mapping[str, Any], *, before: str = "", today: date | None = None) -> actions.Planned:
    """*before*: who was to do it, whether the directory still lists it or not. Raises Identifying, Faulty."""
    return actions.planned(
        text_of(data, "what"),
        text_of(data, "stakeholder"),
        date_of(data, "due_on", view.lang),
        view.vocabulary,
        ids_by_name(view) | ({before: before} if before else {}),
        reasons=reasons_in(data),
        by=view.actor,
        today=today,
    )


def _typed(found: Action | None) -> dict[str, str]:
    if found is None:
        return {}
    return {"what": found.what, "stakeholder": found.stakeholder_id, "due_on": found.due_on}


def _organisations(view: View, chosen: str, first: str) -> list[dict[str, Any]]:
    """The directory to choose from; those that take part say so."""
    part = view._("takes part in the group")
    names = []
    for one in view.directory:
        name = view.say(one.organisation.name)
        label = f"{name} ({part})" if one.status.relation == "taking-part" else name
        names.append((label, one.id, chosen in one.names))
    names.sort(key=lambda entry: view.sort_key(entry[0]))
    return [
        {"value": "", "label": first, "chosen": not chosen},
        *({"value": one, "label": label, "chosen": is_chosen} for label, one, is_chosen in names),
    ]


def _doers(view: View, chosen: str) -> list[dict[str, Any]]:
    """Who may do it: the directory, and who is to do it and is not listed any more."""
    gone = [{"value": key, "label": name, "chosen": True} for key, name in unlisted(view, [chosen]).items()]
    return _organisations(view, chosen, view._("Choose…")) + gone


def _whole(name: str) -> tuple[Any, Any]:
    """The page and the form of a step of the improvement as a whole."""
    path = f"/{{lang:str}}/{{region:str}}/team/improvements/{{record_id:str}}/{name}"

    @page(path, may="group.lead")
    def asked(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        return show_whole(site.view(request, lang, region), record_id, name)

    @form(path, may="group.lead")
    def done(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        return take_whole(site.view(request, lang, region), record_id, name)

    return asked, done


handlers = (
    of_region,
    listed,
    new,
    plan,
    one,
    report,
    editing,
    edit,
    *(handler for name in WHOLE for handler in _whole(name)),
)

"""Pages of the people of a region (or of the instance): to invite, to give and take roles; what each role may do."""

from __future__ import annotations

from typing import Any

from litestar import Response
from msgspec import Struct

from lanzarote.accounts import factors, identities, people, service
from lanzarote.accounts.answers import fault, language_of, languages, mail_folder, show, why_suspended
from lanzarote.accounts.people import (
    ACTION_WORDS,
    BAR_TO_YOU,
    BAR_WORDS,
    ROLE_HELP,
    ROLE_WORDS,
    WHERE_TO_YOU,
    WHERE_WORDS,
    Person,
)
from lanzarote.accounts.service import Refused
from lanzarote.errors import Conflict, NotFound
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import (
    ACTIONS,
    BARS,
    EVERYWHERE,
    ROLES,
    RULES,
    STRONG,
    Action,
    Grant,
    Role,
    Subject,
    may,
    may_in,
)
from lanzarote.records.records import now
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite
from lanzarote.web.forms import many_of
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import form, page, see_other
from lanzarote.web.site import Site, View

PLACES = ("/{lang:str}/{region:str}/people", "/{lang:str}/people")
"""Of a region, and of the instance."""
DONE = {
    "invited": N_("The invitation is on its way."),
    "again": N_("The invitation is on its way once more."),
    "given": N_("The role is given."),
    "taken": N_("The role is taken away."),
    "reset": N_("Second factor reset. The person gets an e-mail."),
    "closed": N_("The account is closed; name and address are erased."),
    "hidden": N_("The region is hidden from the public."),
    "shown": N_("The public can read the region again."),
}
NO_ROLE = N_("Choose at least one role.")


class Held(Struct, frozen=True, kw_only=True):
    """A role of somebody, in words."""

    role: Role
    label: str
    region_id: str
    place: str
    """The region, on a page of the instance."""
    organisation: str
    suspended: str = ""
    """Why it does not count at present."""


@page(*PLACES, may="person.read")
def list_people(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    view = _view(request, lang, site)
    with view.instance.database.read(INSTANCE) as session:
        found = people.list_people(session, _place(view))
    found.sort(key=lambda person: view.sort_key(person.name))
    done = DONE.get(request.query_params.get("done", ""), "")
    return show(
        view,
        "people.html",
        people=list(zip(found, _held(view, *found), strict=True)),
        may_invite=bool(may_in(view.actor, "person.grant", _place(view))),
        regions=_regions(view) if view.region is None else [],
        may_switch=bool(may_in(view.actor, "plugin.switch", EVERYWHERE)),
        hidden=request.query_params.get("region", "") if request.query_params.get("done") == "hidden" else "",
        mails=mail_folder(view) if request.query_params.get("done") == "invited" else None,
        done=view._(done) if done else "",
    )


def leads_alone(view: View) -> str | None:
    """Where somebody is invited to lead the group of the page's region beside the reader, if nobody else leads it; ""
    where others invite.
    """
    with view.instance.database.read(INSTANCE) as session:
        if len(service.holders(session, "coordinator", view.region_id)) > 1:
            return None
    return view.href("people", "invite") if may_in(view.actor, "person.grant", view.region_id) else ""


@page(*(f"{place}/invite" for place in PLACES), may="person.grant")
def invitation(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    return _invitation(_view(request, lang, site), {})


@form(*(f"{place}/invite" for place in PLACES), may="person.grant")
def invite(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    view = _view(request, lang, site)
    roles = [_grant(view, role, data) for role in many_of(data, "roles") if role in ROLES]
    if not roles:
        return _invitation(view, data, Refused(NO_ROLE, "roles"))
    try:
        with view.instance.database.write(_scope(view)) as session:
            people.invite(
                session,
                _place(view),
                address=text_of(data, "address"),
                name=text_of(data, "name"),
                language=language_of(view, data),
                roles=roles,
                by=view.actor,
                at=now(),
            )
    except Refused as error:
        return _invitation(view, data, error)
    return see_other(view.href("people", query={"done": "invited"}))


@page(*(f"{place}/{{account:str}}" for place in PLACES), may="person.read")
def person(request: Asked, lang: Lang, account: Id, site: OurSite) -> Response[Any]:
    return _person(_view(request, lang, site), account, {})


@form(*(f"{place}/{{account:str}}" for place in PLACES), may="person.grant")
def change_person(request: Asked, lang: Lang, account: Id, site: OurSite, data: Data) -> Response[Any]:
    """Give a role, take one away once that was asked, or send the invitation once more."""
    view, what, at = _view(request, lang, site), text_of(data, "what"), now()
    place, role = _place(view), text_of(data, "role")
    try:
        with view.instance.database.write(_scope(view)) as session:
            if what == "give" and role in ROLES:
                people.give(session, account, _grant(view, role, data), by=view.actor, at=at)
                done = "given"
            elif what == "take" and not text_of(data, "sure"):
                return _taking(view, people.before_taking(session, account, role, place, by=view.actor))
            elif what == "take":
                people.take(session, account, role, place, by=view.actor, at=at)
                done = "taken"
            elif what == "again":
                people.invite_again(session, account, place, by=view.actor)
                done = "again"
            else:
                raise Refused(NO_ROLE, "role")
    except (Refused, Conflict) as error:
        return _person(view, account, data, error)
    # Whose last role was taken is no longer found here.
    return see_other(view.href("people", query={"done": done}))


@page("/{lang:str}/people/{account:str}/close", may="person.close")
def closing(request: Asked, lang: Lang, account: Id, site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.read(INSTANCE) as session:
        found = people.find_person(session, account, EVERYWHERE)
    return show(view, "close.html", person=found)


@form("/{lang:str}/people/{account:str}/close", may="person.close", carried=False)
def close(request: Asked, lang: Lang, account: Id, site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.write(INSTANCE) as session:
        people.close(session, account, by=view.actor, at=now())
    return see_other(view.instance_href("people", query={"done": "closed"}))


@page("/{lang:str}/people/{account:str}/factor", may="person.close")
def resetting(request: Asked, lang: Lang, account: Id, site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.read(INSTANCE) as session:
        found = people.find_person(session, account, EVERYWHERE)
    return show(view, "reset_factor.html", person=found)


@form("/{lang:str}/people/{account:str}/factor", may="person.close", carried=False)
def reset_factor(request: Asked, lang: Lang, account: Id, site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    with view.instance.database.write(INSTANCE) as session:
        people.reset_factor(session, account, by=view.actor, at=now())
    return see_other(view.instance_href("people", query={"done": "reset"}))


@form("/{lang:str}/people/regions", may="plugin.switch", carried=False)
def switch_region(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    """Let the public read a region, or stop it once that was asked."""
    view = site.view(request, lang)
    chosen, on = text_of(data, "region"), text_of(data, "on") == "yes"
    if not on and not text_of(data, "sure"):
        return _hiding(view, chosen)
    view.instance.enable(chosen, on=on, by=view.actor.account_id)
    return see_other(
        view.instance_href("people", query={"done": "shown"} if on else {"done": "hidden", "region": chosen})
    )


def _hiding(view: View, region_id: str) -> Response[Any]:
    """What happens when a region is hidden, and the way back. Raises NotFound."""
    one = next((one for one in _regions(view) if one["id"] == region_id), None)
    if one is None:
        raise NotFound("There is no such region here.")
    return show(view, "hide.html", name=one["name"], region_id=region_id, back=view.instance_href("people"))


def _view(request: Asked, lang: str, site: Site) -> View:
    return site.view(request, lang, request.path_params.get("region"))


def _place(view: View) -> str:
    return view.region.id if view.region else EVERYWHERE


def _scope(view: View) -> list[str]:
    return [INSTANCE, *([view.region.id] if view.region else [])]


def _grant(view: View, role: str, data: dict[str, Any]) -> Grant:
    """The role that was chosen, for the organisation that was; one that is not in the directory is none."""
    wanted = text_of(data, "stakeholder")
    known = {one.id for one in view.directory} if view.region else set()
    return Grant(role=role, region_id=_place(view), stakeholder_id=wanted if wanted in known else "")  # type: ignore[arg-type]


def _held(view: View, *found: Person) -> list[list[Held]]:
    """The roles of each, in words."""
    headers = view.instance.headers()
    regions = {one.region_id for person in found for one in person.grants if one.stakeholder_id} & set(headers)
    names = {
        (region_id, one.id): view.say(one.organisation.name)
        for region_id in regions
        for one in view.instance.directory(region_id)
    }

    suspended = _suspended(view)

    def held(person: Person, one: Grant) -> Held:
        elsewhere = headers.get(one.region_id) if view.region is None else None
        return Held(
            role=one.role,
            label=view._(ROLE_WORDS[one.role]),
            region_id=one.region_id,
            place=view.say(elsewhere.name) if elsewhere else "",
            organisation=names.get((one.region_id, one.stakeholder_id), ""),
            suspended=suspended.get((one.region_id, person.id, one.role), ""),
        )

    return [[held(person, one) for one in person.grants] for person in found]


def _suspended(view: View) -> dict[tuple[str, str, str], str]:
    """Region, account and role → why the role does not count at present."""
    with view.instance.database.read(INSTANCE) as session:
        rows = identities.suspended(session, _place(view), now())
    return {(row.region_id, row.account_id, row.role): why_suspended(view, row) for row in rows}


def _regions(view: View) -> list[dict[str, Any]]:
    """The regions of the instance: those the public reads have pages, the others only a name."""
    headers = view.instance.headers()
    return [
        {
            "id": region_id,
            "name": view.say(headers[region_id].name) if region_id in headers else region_id,
            "people": view.region_href(headers[region_id], "people") if region_id in headers else "",
            "shown": shown,
        }
        for region_id, shown in view.instance.loaded().items()
    ]


def _invitation(view: View, data: dict[str, Any], error: Refused | None = None) -> Response[Any]:
    return show(
        view,
        "invite.html",
        status=400 if error else 200,
        address=text_of(data, "address"),
        name=text_of(data, "name"),
        choices=languages(view, text_of(data, "language")),
        roles=_roles(view, many_of(data, "roles")),
        organisations=_organisations(view, text_of(data, "stakeholder")),
        errors=(fault(view, error),) if error else (),
    )


def _person(
    view: View, account_id: str, data: dict[str, Any], error: Refused | Conflict | None = None
) -> Response[Any]:
    may_close = bool(may(view.actor, "person.close", Subject(id=account_id)))
    with view.instance.database.read(INSTANCE) as session:
        found = people.find_person(session, account_id, _place(view))
        may_reset = may_close and factors.has_any(session, service.account(session, account_id))
    verdict = may(view.actor, "person.grant", Subject(region_id=_place(view), id=account_id))
    return show(
        view,
        "person.html",
        status=400 if error else 200,
        person=found,
        held=_held(view, found)[0],
        place=_place(view),
        may_change=bool(verdict),
        why_not=view._(verdict.reason) if verdict.reason else "",
        may_close=may_close,
        may_reset=may_reset,
        roles=_roles(view, (text_of(data, "role"),)),
        organisations=_organisations(view, text_of(data, "stakeholder")),
        errors=(fault(view, error, "role"),) if error else (),
    )


def _taking(view: View, one: people.Taking) -> Response[Any]:
    """What follows if the role is taken away, and the way back."""
    return show(
        view,
        "take.html",
        taking=one,
        role=view._(ROLE_WORDS[one.role]),
        place=view.say(view.region.name) if view.region else "",
        back=view.href("people", one.person.id),
    )


def _roles(view: View, chosen: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {
            "value": role,
            "label": view._(ROLE_WORDS[role]),
            "help": view._(ROLE_HELP[role]),
            "chosen": role in chosen,
        }
        for role in people.roles_of(_place(view))
    ]


def _organisations(view: View, chosen: str) -> list[dict[str, Any]]:
    """The directory of the region to choose from; nothing for the instance."""
    if view.region is None:
        return []
    names = [(view.say(one.organisation.name), one.id) for one in view.directory]
    names.sort(key=lambda pair: view.sort_key(pair[0]))
    none = {"value": "", "label": view._("None"), "chosen": not chosen}
    return [none, *({"value": one, "label": name, "chosen": one == chosen} for name, one in names)]


# --- Who can do what, from the very table that decides it; and why something is not for the reader ---


class Line(Struct, frozen=True, kw_only=True):
    """One action: what it is called, who may, and who may not nevertheless."""

    action: str
    cells: tuple[str, ...]
    """For each role where it reaches; empty where it does not."""
    bars: str


class Mine(Struct, frozen=True, kw_only=True):
    """One action for the reader."""

    action: str
    allowed: bool
    told: str
    """Where it reaches, or why not."""


@page("/{lang:str}/{region:str}/roles", "/{lang:str}/roles")
def roles(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    view = site.view(request, lang, request.path_params.get("region"))
    return view.render(
        "accounts/roles.html",
        roles=[(view._(ROLE_WORDS[role]), view._(ROLE_HELP[role]), role in STRONG) for role in ROLES],
        lines=[_line(view, action) for action in ACTIONS],
        mine=[_mine(view, action) for action in ACTIONS] if view.actor.signed_in else [],
        held=[view._(ROLE_WORDS[grant.role]) for grant in view.actor.grants if _is_here(view, grant.region_id)],
    )


def _line(view: View, action: Action) -> Line:
    rules = RULES[action]
    return Line(
        action=view._(ACTION_WORDS[action]),
        cells=tuple(view._(WHERE_WORDS[rules[role]]) if role in rules else "" for role in ROLES),
        bars=", ".join(view._(BAR_WORDS[bar]) for bar in BARS.get(action, ())),
    )


def _mine(view: View, action: Action) -> Mine:
    verdict = may_in(view.actor, action, view.region.id if view.region else EVERYWHERE)
    rules, bars = RULES[action], BARS.get(action, ())
    reaches = {
        rules[one.role]: None for one in view.actor.counting if one.role in rules and _is_here(view, one.region_id)
    }
    told = [view._(WHERE_TO_YOU[where]) for where in reaches] + [view._(BAR_TO_YOU[bar]) for bar in bars]
    return Mine(
        action=view._(ACTION_WORDS[action]),
        allowed=bool(verdict),
        told=", ".join(told) if verdict else view._(verdict.reason),
    )


def _is_here(view: View, region_id: str) -> bool:
    return region_id == EVERYWHERE or (view.region is not None and region_id == view.region.id)

"""What the walk through all forms leaves out: files, links from mails, what is there after something failed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import secrets, service
from lanzarote.composition import kinds
from lanzarote.following import service as following
from lanzarote.following.service import Follow, Follower
from lanzarote.records.records import now
from lanzarote.results import enrolling, receiving
from lanzarote.results.model import Unfit
from lanzarote.store.database import ALL
from lanzarote.transfers import origin
from sqlalchemy import select

from tests.core.accounts.team import Browser, Team, field
from tests.core.accounts.town import Town
from tests.core.importing import files
from tests.core.practices.assessments import Assessed, person
from tests.core.practices.team.test_accepting_pages import said_anew
from tests.core.practices.test_holders import ask, mailed, publish, with_desk
from tests.core.procedures import agreeing
from tests.core.results.hostile import HERE, Hostile, practice
from tests.core.web.forms.rooms import TEAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.routes.walks import Walk
    from tests.core.web.forms.rooms import People

ID = "01890000-0000-7000-8000-000000000001"

ROOMS: list[Callable[[Walk, People], None]] = []


def room(function: Callable[[Walk, People], None]) -> Callable[[Walk, People], None]:
    ROOMS.append(function)
    return function


@room
def plain_pages(walk: Walk, people: People) -> None:
    """Pages of which there is one, for a region or for all."""
    for route in walk.left():
        if route.method == "GET" and not set(re.findall(r"\{(\w+):", route.path)) - {"lang", "region"}:
            path = route.path.replace("{lang:str}", walk.lang).replace("{region:str}", "paris")
            for who in ("nobody", "ana", "head", "admin", "office"):
                if str(route) not in walk.app.seen:
                    walk.look(who, path)
    files_of_map = re.findall(r"<loc>([^<]+)", walk.client("nobody").get("/sitemap.xml").text)
    walk.look("nobody", files_of_map[0])
    place = f"/{walk.lang}/paris/procedures"
    found = re.search(rf'href="({place}/[^"/]+)"', walk.client("nobody").get(place).text)
    assert found
    walk.look("nobody", f"/embed{found[1]}")
    walk.look("nobody", f"/oembed?url=http://lanzarote.test{found[1]}")
    walk.look("head", walk.at(f"{TEAM}/results/all/practice"))


@room
def entrance(walk: Walk, people: People) -> None:
    team = Team(walk.instance, walk.app)
    person = team.person("two-steps", factor=True)
    browser = Browser(walk.app)
    browser.sign_in(person)
    browser.get("/fr/account")
    browser.post("/fr/account/sign-out")
    browser.get("/fr/account/second-step")
    walk.go("admin", f"/people/{person.id}/factor")


@room
def institutions(walk: Walk, people: People) -> None:
    """A provider that knows somebody who was invited."""
    town = Town()
    walk.instance.host.add("town", town)
    with walk.instance.database.write(ALL) as session:
        account = service.enrol(
            session, address="ana@school.example", name="Ana", language="fr", grants=(), by="test", at=now()
        )
        secrets.make(session, account, "invitation", at=now())
    browser = Browser(walk.app)
    step = field(town.through(browser).text, "step")
    browser.post("/fr/account/welcome", {"step": step, "name": "Ana", "language": "fr", "agreed": "yes"})
    browser.get("/fr/account/identities")
    browser.post("/fr/account/identities", {"what": "unlink", "provider": "town"})
    browser.get("/fr/account/providers/town")
    browser.get("/fr/account/welcome")
    browser.get("/account/signed-out")
    browser.client.post("/account/providers/town/log-out", data={"logout_token": "m1 ana "})


@room
def links_from_mails(walk: Walk, people: People) -> None:
    with walk.instance.database.write(ALL) as session:
        one = session.scalars(select(Follow)).first()
        assert one is not None
        follower = session.get_one(Follower, one.account_id)
        secret = following.link(follower, one)
    walk.go("visitor", f"/unsubscribe/{secret}")
    shown = walk.send("ana", "/account/calendars", what="make", region="paris")
    [address] = re.findall(r"/fr/paris/meetings/calendar/[\w-]+", shown.text)[:1]
    walk.look("visitor", address)


@room
def holders(walk: Walk, people: People) -> None:
    court = with_desk(walk.instance)
    for by_mail in (True, False):
        one = Assessed(
            walk.instance,
            people.actors["ana"],
            people.actors["head"],
            at=now() - timedelta(days=60),  # a letter about it can have come since
            partners=[{"organisation": "tj-paris"}],
        ).submit("tj-paris")
        publish(one, people.actors["bo"])
        if by_mail:
            walk.look("head", f"{TEAM}/practices/{one.id}/holders")
            walk.go("head", f"{TEAM}/practices/{one.id}/ask-holder", organisation=court)
            secret = mailed(walk.instance)[-1]
            walk.go("visitor", f"/paris/confirm/{secret}", answer="confirmed")
        else:
            ask(one)
            walk.enter("court", person(walk.instance, "representative", organisation=court))
            walk.go("court", f"{TEAM}/practices/{one.id}/confirm", answer="confirmed")


@room
def newer_package(walk: Walk, people: People) -> None:
    one = said_anew(walk.instance)
    walk.go("head", f"{TEAM}/practices/{one}/accept")


@room
def sent_by_scripts(walk: Walk, people: People) -> None:
    where = walk.go("ana", f"{TEAM}/practices/new", to=f"{TEAM}/practices/new", button=("do", "save"))
    edit = where.partition("?")[0] + "/edit"
    given: dict[str, Any] = {"text.fr.title": "Un titre", "form": "edit", "version": "1"}
    walk.send("ana", edit, to=edit.replace("/edit", "/unsaved"), **given)
    walk.send("ana", edit, to=f"{TEAM}/practices/alike", **given)
    for kind in kinds():
        for written in kind.forms[:1]:
            keep = f"{TEAM}/{kind.room}/{ID}/unsaved"
            walk.send("head", f"{TEAM}/practices/new", to=keep, form=written.name, version="0")
    discussed = people.group.discussed()
    for form, do in {"discussion": "", "amendments/new": "", "actions/new": "discard"}.items():
        keep = f"{TEAM}/improvements/{discussed}/{form.partition('/')[0]}/unsaved"
        walk.send("head", f"{TEAM}/practices/new", to=keep, form=form, do=do)


@room
def imports(walk: Walk, people: People) -> None:
    for kind, row in (("practices", files.PRACTICE), ("organisations", files.ENTRY)):
        content = files.whole(walk.instance, row, kind=kind)
        place = f"{TEAM}/{kind}/import"
        walk.send("ana", place, {"file": ("a.xlsx", content)}, step="look")


@room
def downloads(walk: Walk, people: People) -> None:
    walk.look("nobody", walk.at("/paris/downloads?of=practices&format=csv"))
    made = walk.send("nobody", "/paris/downloads?of=practices&format=csv", make="yes").headers["location"]
    walk.instance.worker.run_due()
    walk.look("nobody", made)
    walk.look("nobody", f"{made}/file")
    walk.send("nobody", made, make="yes")


@room
def public_procedures(walk: Walk, people: People) -> None:
    one = agreeing.endorsed(walk.instance)
    agreeing.save(walk.instance, one, {"review_months": 6})
    agreeing.do(walk.instance, "propose", one)
    for name in agreeing.BODIES:
        agreeing.say(walk.instance, one, name)
    slug = next(each.slug for each in origin.in_force(walk.instance, "paris") if each.id == one)
    walk.look("nobody", walk.at(f"/paris/procedures/{slug}"))
    walk.look("nobody", walk.at(f"/paris/procedures/{slug}/versions"))
    walk.look("nobody", walk.at(f"/paris/procedures/{slug}/travels"))


@room
def results_that_come(walk: Walk, people: People) -> None:
    region, place = Hostile(walk.instance), "/office/sources"
    card = region.card()
    fingerprint = enrolling.read_card(card).public.fingerprint
    walk.send("office", place, {"file": ("card", card)}, to=f"{place}/enrol", fingerprint=fingerprint)
    region.begin()
    one, other = (region.sign(region.entry("practice", ID, practice(title))) for title in ("One", "Another"))
    with pytest.MonkeyPatch.context() as older:  # as if this platform had not yet known what came
        older.setattr(receiving, "apply", unfit)
        walk.send("office", place, {"results": ("one", one)}, to=f"{place}/receive", status=422)
    walk.go("office", held(walk), to=f"{held(walk)}/retry")
    walk.send("office", place, {"results": ("one", one)}, to=f"{place}/receive")
    walk.send("office", place, {"results": ("other", other)}, to=f"{place}/receive", status=422)
    walk.go("office", held(walk), to=f"{held(walk)}/put-away")


def held(walk: Walk) -> str:
    """Page of what could not be taken."""
    found = re.search(r'"(/[^"]+/held/[^"]+)"', walk.read("office", f"/office/sources/{HERE}"))
    assert found
    return found[1]


def unfit(*_: Any) -> None:
    raise Unfit("not yet")


@room
def packages(walk: Walk, people: People) -> None:
    walk.send("admin", "/plugins", again=walk.instance.host.packages[0].name)


ALSO_BY_PROGRAMS = [holders, newer_package]

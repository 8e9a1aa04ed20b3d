"""Every room of the site, form by form: who sends what, in the order in which a group would."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import answer_links, factors
from lanzarote.accounts.answer_links import Errand
from lanzarote.accounts.model import Account
from lanzarote.improvements import calling
from lanzarote.improvements.team_documents import Calling
from lanzarote.practices.review_model import HolderWord
from lanzarote.records.permissions import Actor
from lanzarote.records.records import now
from lanzarote.results.batches import Position
from lanzarote.results.enrolling import read_card
from lanzarote.results.model import Forked, HeldBatch
from lanzarote.results.signing import new_key
from sqlalchemy import select

from tests.core import days
from tests.core.accounts.team import GOOD, Team, hash_of_good
from tests.core.importing.files import ENTRY, PRACTICE
from tests.core.importing.files import whole as whole_file
from tests.core.improvements.group import HEAD, Group
from tests.core.office import logs
from tests.core.practices.assessments import Assessed, person
from tests.core.practices.forms import WHOLE
from tests.core.results.signing_region import SigningRegion, card_of
from tests.core.stakeholders.keeping import relate
from tests.core.transfers.travelling import change_origin, published, settle, slug_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.web.forms.walking import Walk

ROOMS: dict[str, Callable[[Walk, People], None]] = {}


class People:
    """Everybody who works in Paris, signed in."""

    def __init__(self, walk: Walk) -> None:
        self.walk, instance = walk, walk.instance
        self.group = Group(instance)
        self.body = self.group.bodies[0]
        self.actors: dict[str, Actor] = {}
        for name, role in {
            "ana": "contributor", "bo": "reviewer", "cy": "reviewer", "head": "coordinator", "second": "coordinator",
        }.items():  # fmt: skip
            self.actors[name] = person(instance, role, f"{name.title()} Plume")  # type: ignore[arg-type]
        self.actors["rep"] = person(instance, "representative", "Rep Voix", organisation=self.body)
        for name, role in (("writer there", "contributor"), ("head there", "coordinator")):
            self.actors[name] = person(instance, role, f"{name.title()} Plume", region="second-region")  # type: ignore[arg-type]
        self.actors["admin"] = person(instance, "administrator", "Ad Ministre", region="")
        self.actors["office"] = person(instance, "office", "Of Fice", region="")
        with instance.database.write("-") as session:
            for actor in self.actors.values():
                session.get_one(Account, actor.account_id).password = hash_of_good()
        for name, actor in self.actors.items():
            walk.enter(name, actor)


def room(function: Callable[[Walk, People], None]) -> Callable[[Walk, People], None]:
    ROOMS[function.__name__] = function
    return function


def record_of(location: str) -> str:
    """The id in an address."""
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", location)
    assert found, location[:300]
    return found[0]


TEAM = "/paris/team"


@room
def practices(walk: Walk, people: People) -> None:
    page = f"{TEAM}/practices"
    walk.filter("ana", page)
    walk.filter("nobody", "/paris/practices")
    one = practice(walk)
    walk.go("ana", f"{page}/{one}/submit")
    walk.go("ana", f"{page}/{one}/take-back")
    walk.go("ana", f"{page}/{one}/submit")
    walk.go("head", f"{page}/{one}/give-back")
    walk.go("ana", f"{page}/{one}/submit", also={"bearer_name": "Maison de l’audition"})
    made = walk.go("nobody", "/paris/downloads?of=practices&format=csv", to="/paris/downloads")
    walk.go("head", f"{page}/{one}/publish")
    walk.go("nobody", made)
    walk.go("ana", f"{page}/{one}/edit", button=("do", "save"), also=whole(walk, "Autre titre"))
    walk.go("ana", f"{page}/{one}/discard")
    walk.go("head", f"{page}/{one}/withdraw")
    walk.go("head", f"{page}/{one}/archive")
    walk.go("head", f"{page}/{one}/restore")
    walk.go("head", f"{page}/{one}/archive")
    walk.go("head", f"{page}/{one}/erase", word="effacer" if walk.lang == "fr" else "erase")


@room
def holders_of_practices(walk: Walk, people: People) -> None:
    partners = [{"organisation": people.body}]
    then = now() - timedelta(days=60)  # a letter about it can have come since
    one = Assessed(walk.instance, people.actors["ana"], people.actors["head"], at=then, partners=partners)
    page = f"{TEAM}/practices/{one.submit(people.body).id}"
    walk.go("head", f"{page}/ask-holder", organisation=people.body)
    walk.go("rep", f"{page}/confirm")
    walk.go("head", f"{page}/record-holder", organisation=people.body)
    other = Assessed(walk.instance, people.actors["ana"], people.actors["head"], partners=partners).submit(people.body)
    walk.go("head", f"{TEAM}/practices/{other.id}/ask-holder", organisation=people.body)
    with other.held() as (session, _):
        asked = session.scalars(select(HolderWord).where(HolderWord.record_id == other.id)).one()
        errand = Errand(
            purpose="holder", region_id="paris", stakeholder_id=asked.stakeholder, record_id=other.id,
            version=asked.version, number=asked.number,
        )  # fmt: skip
        secret = answer_links.make(session, errand, at=now())
    walk.go("visitor", f"/paris/confirm/{secret}")


@room
def imports(walk: Walk, people: People) -> None:
    for kind, row in (("practices", PRACTICE | {"text.fr.title": "Une permanence commune"}), ("organisations", ENTRY)):
        page, file = f"{TEAM}/{kind}/import", ("a.xlsx", whole_file(walk.instance, row, kind=kind))
        looked_at = walk.go("ana", page, button=("step", "look"), file=file)
        walk.go("ana", page, button=("step", "take"), file=file, shown=looked_at)


@room
def assessments(walk: Walk, people: People) -> None:
    one = practice(walk)
    walk.go("ana", f"{TEAM}/practices/{one}/submit")
    page = f"{TEAM}/practices/{one}/assess"
    walk.go("head", page, hidden=("do", "ask"), reviewers=ids(people, "bo", "cy"))
    for name in ("bo", "cy"):
        walk.go(name, f"{page}/answers", button=("do", "next"))
        walk.go(name, f"{page}/answers", button=("do", "save"))
        if name == "bo":
            walk.go(name, f"{page}/answers", button=("do", "give"))
    walk.go("cy", f"{page}/release")
    walk.go("head", page, hidden=("do", "decide"), outcome="return")


def practice(walk: Walk) -> str:
    """A practice that ana has written; its id."""
    walk.go("ana", f"{TEAM}/practices/new", to=f"{TEAM}/practices/new", button=("do", "save"))
    where = walk.go("ana", f"{TEAM}/practices/new", to=f"{TEAM}/practices/new", button=("do", "save"), also=whole(walk))
    return record_of(where)


def whole(walk: Walk, title: str = "") -> dict[str, Any]:
    """A practice with everything that is asked for before it is submitted, in the language of the walk."""
    texts = {name.replace(".fr.", f".{walk.lang}."): value for name, value in WHOLE.items()}
    return texts | ({f"text.{walk.lang}.title": title} if title else {})


def ids(people: People, *names: str) -> list[str]:
    return [people.actors[name].account_id for name in names]


WORD = {"fr": "effacer", "en": "erase"}
"""What is typed before something is erased."""


@room
def directory(walk: Walk, people: People) -> None:
    page = f"{TEAM}/organisations"
    walk.filter("ana", page)
    walk.filter("nobody", "/paris/organisations")
    first = f"name.{walk.lang}"
    one, other = (record_of(walk.go("ana", f"{page}/new", say={first: name})) for name in ("Maison Un", "Maison Deux"))
    walk.go("ana", f"{page}/{one}/edit")
    walk.go("ana", f"{page}/{one}/submit")
    walk.go("ana", f"{page}/{one}/take-back")
    walk.go("ana", f"{page}/{one}/submit")
    walk.go("head", f"{page}/{one}/give-back")
    walk.go("ana", f"{page}/{one}/submit")
    walk.go("head", f"{page}/{one}/publish")
    walk.go("ana", f"{page}/{one}/edit", also={"website": "https://example.org"})
    walk.go("ana", f"{page}/{one}/discard")
    walk.go("ana", f"{page}/{one}/contacts")
    walk.go("head", f"{page}/{one}/relation", relation="cited")
    walk.go("head", f"{page}/{one}/rename")
    walk.go("head", f"{page}/{one}/invite", way="elsewhere")
    walk.go("ana", f"{page}/{other}/submit")
    walk.go("head", f"{page}/{other}/publish")
    walk.go("head", f"{page}/{other}/merge", into=one)
    walk.go("head", f"{page}/{other}/split")
    walk.go("head", f"{page}/{one}/split-off")
    walk.go("head", f"{page}/{other}/withdraw")
    walk.go("head", f"{page}/{other}/archive")
    walk.go("head", f"{page}/{other}/restore")
    walk.go("head", f"{page}/{other}/archive")
    walk.go("head", f"{page}/{other}/erase", word=WORD[walk.lang])


@room
def findings(walk: Walk, people: People) -> None:
    page = f"{TEAM}/findings"
    two = ["courts", "education"]
    one = record_of(walk.go("ana", f"{page}/new", sectors=two))
    walk.go("ana", f"{page}/{one}/edit", sectors=two)
    walk.go("ana", f"{page}/{one}/edit", sectors=two, also={"organisations": people.body})
    walk.go("head", f"{page}/{one}/offer")
    walk.go("head", f"{page}/{one}/reply")
    walk.go("head", f"{page}/{one}/share")
    walk.go("head", f"{page}/{one}/unshare")
    walk.go("head", f"{page}/{one}/share")
    walk.go("head", f"{page}/{one}/close")
    walk.go("head", f"{page}/{one}/reopen")
    walk.go("head", f"{page}/{one}/erase", word=WORD[walk.lang])


@room
def improvements(walk: Walk, people: People) -> None:
    page = f"{TEAM}/improvements"
    walk.filter("head", f"{TEAM}/actions")
    one = record_of(walk.go("ana", f"{page}/new"))
    here = f"{page}/{one}"
    walk.go("ana", f"{here}/edit")
    walk.go("head", f"{here}/discuss")
    walk.go("head", f"{here}/drop")
    walk.go("head", f"{here}/reconsider")
    comment = walk.go("ana", f"{here}/discussion")
    said = comment.rpartition("/")[2].partition("#")[0].partition("?")[0]
    talk = f"{here}/discussion/{said}"
    walk.go("second", talk)
    walk.go("ana", f"{talk}/edit")
    walk.go("head", f"{talk}/hide")
    walk.go("head", f"{talk}/show")
    walk.go("ana", f"{talk}/delete")
    for number, step in enumerate(("accept", "refuse", "withdraw"), 1):
        walk.go("ana", f"{here}/amendments/new", also={"text.title": f"Titre {number}"})
        walk.go("ana" if step == "withdraw" else "head", f"{here}/amendments/{number}/{step}")
    walk.go("head", f"{here}/call")
    walk.go("head", f"{here}/extend")
    walk.go("head", f"{here}/remind")
    walk.go("head", f"{here}/recall")
    walk.go("head", f"{here}/call")
    walk.go("rep", f"{here}/position")
    for body in people.group.bodies[1:]:
        walk.go("head", f"{here}/record-position", stakeholder=body)
    walk.go("second", f"{here}/decide")
    walk.go("head", f"{here}/forward")
    walk.go("head", f"{here}/actions/new")
    walk.go("head", f"{here}/actions/1/edit")
    walk.go("head", f"{here}/actions/1", progress="done")
    walk.go("head", f"{here}/complete")
    walk.go("head", f"{here}/resume")
    walk.go("head", f"{here}/withdraw")
    walk.go("head", f"{here}/show")
    walk.go("head", f"{here}/withdraw")
    walk.go("head", f"{here}/archive")
    walk.go("head", f"{here}/restore")
    walk.go("head", f"{here}/archive")
    walk.go("head", f"{here}/erase", word=WORD[walk.lang])


@room
def meetings(walk: Walk, people: People) -> None:
    page, today = f"{TEAM}/meetings", days.today().isoformat()
    one = record_of(walk.go("ana", f"{page}/new"))
    here = f"{page}/{one}"
    walk.go("ana", f"{here}/edit")
    walk.go("ana", f"{here}/agenda")
    walk.go("ana", f"{here}/propose")
    walk.go("ana", f"{here}/edit", also={"organisations": people.body, "place": "Paris"})
    walk.go("head", f"{here}/announce")
    walk.go("head", f"{here}/remind")
    walk.go("rep", f"{here}/invitation")
    walk.go("head", f"{here}/answer")
    walk.go("head", f"{here}/edit", also={"organisations": people.group.bodies[:2]})
    walk.go("head", f"{here}/invite")
    walk.go("head", f"{here}/hold")
    walk.go("ana", f"{here}/notes")
    walk.go("head", f"{here}/mandate", also={"objectives[0].text.fr": "Un autre objectif"})
    walk.go("ana", f"{here}/draft")
    walk.go("ana", f"{here}/write-minutes")
    later = record_of(walk.go("ana", f"{page}/new", kind="seminar"))
    walk.go("ana", f"{page}/{later}/edit", also={"place": "Paris", "day": today})
    walk.go("head", f"{page}/{later}/announce")
    walk.go("head", f"{page}/{later}/publish")
    walk.go("head", f"{page}/{later}/withdraw")
    walk.go("head", f"{page}/{later}/hold")
    walk.go("head", f"{here}/approve", meeting=later)
    walk.go("head", f"{here}/show-minutes")
    walk.go("head", f"{here}/hide-minutes")
    third = record_of(walk.go("ana", f"{page}/new"))
    walk.go("head", f"{page}/{third}/cancel")
    walk.go("head", f"{page}/{third}/erase", word=WORD[walk.lang])
    found = re.search(r"/team/mandates/([^/\"]+)/withdraw", walk.read("head", f"{TEAM}/mandates"))
    assert found, "a mandate was adopted"
    walk.go("head", f"{TEAM}/mandates/{found[1]}/withdraw")
    walk.go("head", f"{TEAM}/mandates/{found[1]}/erase", word=WORD[walk.lang])
    walk.go("rep", "/account/calendars")


@room
def procedures(walk: Walk, people: People) -> None:
    page, title = f"{TEAM}/procedures", {f"text.{walk.lang}.title": "Signaler ensemble"}
    one = record_of(walk.go("ana", f"{page}/new", button=("do", "save"), say=title))
    here, body = f"{page}/{one}", people.body
    said = {
        f"text.{walk.lang}.purpose": "Accueillir ensemble.",
        "parties[0].who": f"body {body}",
        "parties[1].who": f"body {people.group.bodies[1]}",
        f"steps[0].title.{walk.lang}": "Signaler",
        "steps[0].who": f"body {body}",
        "steps[0].end": "yes",
    }
    walk.go("ana", f"{here}/edit", button=("do", "save"))
    walk.go("ana", f"{here}/edit", button=("do", "save"), also=said)
    walk.go("head", f"{here}/propose")
    walk.go("head", f"{here}/recall")
    walk.go("head", f"{here}/propose")
    walk.go("rep", f"{here}/asked")
    walk.go("head", f"{here}/endorse")
    walk.go("head", f"{here}/apply")
    walk.go("head", f"{here}/cease")
    walk.go("head", f"{here}/look-again")
    walk.go("head", f"{here}/rename")
    walk.go("ana", f"{here}/edit", button=("do", "save"), also=said | {f"text.{walk.lang}.title": "Autre"})
    walk.go("ana", f"{here}/discard")
    other = record_of(walk.go("ana", f"{page}/new", button=("do", "save"), say=title))
    walk.go("ana", f"{page}/{other}/edit", button=("do", "save"), also=said)
    walk.go("head", f"{page}/{other}/propose")
    for body in people.group.bodies[:2]:
        walk.go("head", f"{page}/{other}/endorse", stakeholder=body)
    third = record_of(walk.go("ana", f"{page}/new", button=("do", "save"), say=title))
    walk.go("ana", f"{page}/{third}/edit", button=("do", "save"), also=said)
    walk.go("head", f"{page}/{third}/propose")
    walk.go("head", f"{page}/{third}/decline")
    source = walk.offered("ana", f"{page}/new", "sources")
    drafted = record_of(walk.go("ana", f"{page}/new", button=("do", "save"), nature="reconstructed", say=title))
    walk.go("ana", f"{page}/{drafted}/edit", button=("do", "save"), also=said | {"sources": source})
    walk.go("head", f"{page}/{drafted}/document")
    walk.go("head", f"{here}/supersede", into=other)
    walk.go("head", f"{page}/{other}/retract")
    walk.go("head", f"{here}/withdraw")
    walk.go("head", f"{here}/archive")
    walk.go("head", f"{here}/restore")
    walk.go("head", f"{here}/archive")
    walk.go("head", f"{here}/erase", word=WORD[walk.lang])


@room
def indicators(walk: Walk, people: People) -> None:
    page = f"{TEAM}/indicators"
    one = record_of(walk.go("ana", f"{page}/new"))
    here = f"{page}/{one}"
    walk.go("ana", f"{here}/edit")
    walk.go("ana", f"{page}/values")
    walk.go("ana", f"{here}/value", value="3")
    walk.go("head", f"{here}/publish")
    walk.go("head", f"{here}/withdraw")
    walk.go("head", f"{here}/archive")
    walk.go("head", f"{here}/restore")
    walk.go("head", f"{here}/archive")
    walk.go("head", f"{here}/erase", word=WORD[walk.lang])


@room
def evaluations(walk: Walk, people: People) -> None:
    page, lang = f"{TEAM}/evaluations", walk.lang
    one = record_of(walk.go("ana", f"{page}/new", say={f"text.{lang}.title": "Bilan"}))
    here = f"{page}/{one}"
    whole = {
        "since": "2026-01", "until": "2026-10", f"text.{lang}.done": "Des formations.",
        f"criteria[0].question.{lang}": "Se parlent-ils ?", f"criteria[0].met.{lang}": "Un échange par mois.",
        "judges[0].standpoint": "self", f"judges[0].role.{lang}": "Le secrétariat du groupe",
        "judges[1].standpoint": "external", f"judges[1].role.{lang}": "Un centre de recherche",
    }  # fmt: skip
    walk.go("ana", f"{here}/edit")
    walk.go("ana", f"{here}/edit", also=whole)
    walk.go("head", f"{here}/run")
    walk.go("head", f"{here}/amend", also={"until": "2026-11"})
    for link in dict.fromkeys(re.findall(r"judge\?judge=[\w-]+", walk.read("ana", f"{here}/judge"))):
        said = {"answers[0].answer": "met", f"answers[0].reason.{walk.lang}": "Comptes rendus lus à deux."}
        walk.go("ana", f"{here}/{link}", to=f"{here}/judge", also=said)
    walk.go("head", f"{here}/close")
    walk.go("head", f"{here}/resume")
    walk.go("head", f"{here}/close")
    walk.go("head", f"{here}/decide")
    walk.go("head", f"{here}/reopen")
    walk.go("head", f"{here}/decide")
    walk.go("second", f"{here}/publish")
    walk.go("head", f"{here}/withdraw")
    walk.go("head", f"{here}/archive")
    walk.go("head", f"{here}/restore")
    walk.go("head", f"{here}/archive")
    walk.go("head", f"{here}/erase", word=WORD[walk.lang])
    other = record_of(walk.go("ana", f"{page}/new"))
    walk.go("head", f"{page}/{other}/drop")


@room
def public(walk: Walk, people: People) -> None:
    for path in ("/search", "/paris/law", "/paris/practices", "/paris/organisations", "/paris"):
        walk.filter("nobody", path)
    walk.go("nobody", "/paris/correct")
    walk.go("nobody", "/paris/compendium", free=("practice", "procedure"))
    found = re.search(r"/paris/practices/([a-z0-9-]+)\"", walk.read("nobody", "/paris/practices"))
    assert found
    slug = found[1]
    walk.go("nobody", f"/paris/practices/{slug}/elsewhere")
    walk.go("head", f"{TEAM}/transfers/elsewhere", button=("do", "confirm"))
    walk.go("ana", f"/paris/practices/{slug}", to=r".*/paris/follow")


@room
def tasks_and_notes(walk: Walk, people: People) -> None:
    walk.filter("head", f"{TEAM}/activity")
    walk.filter("admin", "/activity")
    walk.go("nobody", "/paris/correct")
    found = re.search(r"/team/tasks/([0-9a-f-]+)", walk.read("head", f"{TEAM}/tasks"))
    assert found
    walk.go("head", f"{TEAM}/tasks/{found[1]}")
    walk.go("head", f"{TEAM}/notes/sector/courts")


@room
def accounts(walk: Walk, people: People) -> None:
    walk.go("ana", "/account", hidden=("what", "profile"))
    walk.go("ana", "/account", hidden=("what", "notices"))
    walk.go("ana", "/account", hidden=("what", "address"), say={"address-present": GOOD})
    walk.go("ana", "/account/tokens", button=None, to="/account/tokens", password=GOOD)
    walk.go("ana", "/account/tokens", to="/account/tokens", hidden=("revoke", None))
    walk.go("head", "/paris/people/invite", roles="contributor", address="new@school.example")
    found = re.search(r"/paris/people/([^/\"?]+)\"", walk.read("head", "/paris/people").replace("/people/invite", ""))
    assert found
    walk.go("head", f"/paris/people/{found[1]}", hidden=("what", "give"), role="reviewer")
    walk.go("admin", "/people/invite", roles="office", address="office2@school.example")
    one = people.actors["bo"].account_id
    walk.go("admin", f"/people/{one}", hidden=("what", "give"))
    walk.go("admin", f"/people/{one}/close")
    walk.go("nobody", "/account/reset", address="ana@school.example")
    account = Team(walk.instance, None).person(f"nina-{walk.lang}")
    for purpose, path in (("invitation", "invitation"), ("reset", "reset"), ("address", "address")):
        secret = Team(walk.instance, None).link(account, purpose)
        walk.go("visitor", f"/account/{path}/{secret}", say={} if purpose == "address" else {"password": GOOD})
    walk.go("visitor", "/account/sign-in", address=account.address, password=GOOD)
    walk.enter("cy again", people.actors["cy"])
    walk.go("cy", "/account/sessions", to="/account/sessions")
    walk.go("cy", "/account", to="/account/sign-out")
    app = Team(walk.instance, None).person(f"app-{walk.lang}", factor=True)
    half = walk.go("half", "/account/sign-in", address=app.address, password=GOOD)
    code = factors.code_at(app.secret, now())
    walk.go("half", "/account/sign-in", to="/account/second-step", shown=half, code=code)
    walk.enter_id("app", app.id)
    walk.go("app", "/account/second-factor", hidden=("what", "codes"), say={"codes-password": GOOD})
    walk.go("admin", f"/people/{app.id}/factor")


@room
def office(walk: Walk, people: People) -> None:
    walk.filter("office", "/office/compare")
    walk.filter("office", "/office/co-operation")
    walk.go("office", "/office/openings")
    walk.go("office", "/office/releases")
    azur = SigningRegion(walk.instance)
    azur.begin()
    one = f"/office/sources/{azur.id}"
    again = ("region", azur.id, logs.header(azur.id), "publish", 2)
    sent = ("azur.results", azur.written(again))
    walk.go("office", "/office/sources", to="/office/sources/receive", file=sent)
    azur.at = Position(seq=azur.at.seq - 1, hash="a" * 64)
    with pytest.raises(Forked):
        azur.send(again)
    with walk.instance.database.read(azur.id) as session:
        [held] = session.scalars(select(HeldBatch.id)).all()
    walk.go("office", f"{one}/held/{held}", to=f"{one}/held/{held}/put-away")
    key = new_key()
    card, sent = card_of("lagune", key), ("lagune.card", b"")
    walk.go(
        "office", "/office/sources", to="/office/sources/enrol", also={"card": card.decode()},
        fingerprint=read_card(card).public.fingerprint, file=sent,
    )  # fmt: skip
    for step, word in (("state", "pause"), ("state", "resume"), ("shown", "hide")):
        walk.go("office", one, to=f"{one}/{step}", button=("step", word))
    walk.go("office", one, to=f"{one}/revoke")


@room
def results(walk: Walk, people: People) -> None:
    page, office = f"{TEAM}/results", "https://office.example.org"
    walk.go("head", page, to=f"{page}/key")
    walk.go("head", f"{page}/new-key")
    walk.go("head", page, to=f"{page}/offices", address=office)
    walk.go("head", page, to=f"{page}/send")
    walk.go("head", f"{page}/remove?office={office}", to=f"{page}/remove")


@room
def transfers(walk: Walk, people: People) -> None:
    page = "/uk/second-region/team/transfers"  # whatever the language of the walk: it has this one alone
    place = f"paris/{slug_of(walk.instance)}"
    one = record_of(walk.go("writer there", f"{page}/new?from={place}", to=f"{page}/new"))
    here = f"{page}/{one}"
    walk.go("writer there", f"{here}/edit")
    walk.go("head there", f"{here}/decline")
    walk.go("head there", f"{here}/reconsider")
    walk.go("head there", f"{here}/take-up")
    walk.go("head there", f"{here}/adapt")
    walk.go("head there", f"{here}/withdraw")
    walk.go("head there", f"{here}/publish")
    change_origin(walk.instance, "Depuis peu aussi en ligne.")
    walk.go("writer there", f"{here}/origin")
    settle(walk.instance, one)
    walk.go("head there", f"{here}/pilot")
    published(walk.instance, adapted_as(walk, here))
    walk.go("head there", f"{here}/adopt")
    walk.go("head there", f"{here}/erase", word="erase")
    listed = walk.client("nobody").get("/en/paris/practices").text
    other = next(slug for slug in re.findall(r"/paris/practices/([a-z0-9-]+)", listed) if slug not in place)
    one = record_of(walk.go("writer there", f"{page}/new?from=paris/{other}", to=f"{page}/new"))
    walk.go("head there", f"{page}/{one}/archive")
    walk.go("head there", f"{page}/{one}/restore")


@room
def taking_part(walk: Walk, people: People) -> None:
    own = f"{TEAM}/organisation"
    walk.go("rep", f"{own}/leave")
    relate(walk.instance, people.body, "invited")
    walk.go("rep", f"{own}/accept")
    relate(walk.instance, people.body, "invited")
    walk.go("rep", f"{own}/decline")


@room
def switches(walk: Walk, people: People) -> None:
    """Last: what is switched off is not there for the rooms before."""
    walk.go("admin", "/system", to="/system/mail")
    walk.go("head", "/paris/plugins")
    walk.go("admin", "/people", to="/people/regions", hidden=("region", "second-region"))


def adapted_as(walk: Walk, here: str) -> str:
    found = re.search(r"/second-region/team/practices/([0-9a-f-]{36})", walk.read("head there", here))
    assert found
    return found[1]


@room
def mailed_links(walk: Walk, people: People) -> None:
    body = people.group.bodies[1]
    relate(walk.instance, body, "invited")
    with walk.instance.database.write("paris") as session:
        errand = Errand(purpose="take-part", region_id="paris", stakeholder_id=body, record_id=body)
        secret = answer_links.make(session, errand, at=now())
    walk.go("visitor", f"/paris/take-part/{secret}", answer="decline")
    group = people.group
    with group.held() as (session, record):
        today = days.today()
        calling.call(
            session, record, given=Calling(until=today + timedelta(20)), expected=None, by=HEAD, at=now(), today=today
        )
        asked = calling.current(session, record)
        errand = Errand(
            purpose="position", region_id="paris", stakeholder_id=group.bodies[2], record_id=record.id,
            version=record.version, number=asked.number,
        )  # fmt: skip
        secret = answer_links.make(session, errand, at=now())
    walk.go("visitor", f"/paris/position/{secret}")

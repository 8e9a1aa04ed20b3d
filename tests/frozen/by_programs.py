"""What the group of Paris does besides, by programs: records of each kind in the states that ``Land`` leaves out."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lanzarote.accounts import tokens
from lanzarote.records.permissions import ACTIONS
from lanzarote.records.records import now
from litestar.testing import TestClient

from tests.core.evaluation.piloting import REPORT, TRAINED
from tests.core.procedures.agreeing import BODIES as PARTIES
from tests.core.procedures.agreeing import BODY as PROTOCOL

if TYPE_CHECKING:
    from tests.core.faults.canaries import Land

PARIS = "/api/v1/regions/paris"
TEAM = f"{PARIS}/team"
BECAUSE = {"reason": "Nous en avons parlé ensemble."}
TODAY = "2031-01-15"
PRACTICE: dict[str, Any] = {
    "original": "fr",
    "text": {
        "fr": {
            "title": "Une salle d’audition partagée",
            "summary": "Police, hôpital et association entendent l’enfant au même endroit.",
            "problem": "Les enfants étaient entendus plusieurs fois.",
            "activities": "Une audition filmée, préparée ensemble.",
            "transfer": "Une salle, une convention, des personnes formées.",
        },
        "en": {"title": "A shared hearing room", "summary": "One place where the child is heard."},
    },
    "sectors": ["courts", "education"],
    "partners": [{"organisation": "tj-paris"}, {"sector": "education", "side": "civil-society"}],
    "target_groups": ["child-victims"],
    "scope": "local",
    "running": "ongoing",
    "started": "2014-06",
    "convention": ["35"],
    "evidence": [{"text": {"fr": "Auditions", "en": "Hearings"}, "value": 12, "sources": ["own-1"]}],
    "sources": ["mission-text"],
    "own_sources": [{"key": "own-1", "kind": "organisation", "title": "Bilan 2030", "publisher": "Tribunal de Paris"}],
}
ENTRY: dict[str, Any] = {
    "name": {"fr": "Maison de l’audition", "en": "Hearing House"},
    "role": {"fr": "Accueille les auditions filmées d’enfants.", "en": "Hosts filmed hearings of children."},
    "sectors": ["courts"],
    "side": "public",
    "scope": "local",
    "contacts": [
        {"purpose": {"fr": "Permanence"}, "address": "contact@audition.example", "source": "Leur site",
         "review_on": "2032-01-01", "public": True},
    ],
}  # fmt: skip
FINDING: dict[str, Any] = {
    "original": "fr",
    "text": {
        "fr": {"title": "Les signalements se croisent", "observed": "Deux services signalent sans le savoir."},
        "en": {"title": "Reports cross each other", "observed": "Two services report without knowing."},
    },
    "sectors": ["courts", "education"],
}
IMPROVEMENT: dict[str, Any] = {
    "original": "fr",
    "text": {
        "fr": {"title": "Un registre commun", "proposal": "Tenir ensemble une liste sans nom."},
        "en": {"title": "A common register", "proposal": "Keep a list without names together."},
    },
    "sectors": ["courts"],
}
MEETING: dict[str, Any] = {
    "kind": "working",
    "original": "fr",
    "text": {"fr": {"title": "École et justice"}, "en": {"title": "Schools and courts"}},
    "day": "2031-01-10",
    "starts": "14:00",
    "place": "Conseil de l’Europe, Paris",
    "sectors": ["courts"],
}


class Desk:
    """One person's program. Each request is one that succeeds."""

    def __init__(self, land: Land, client: TestClient[Any], account_id: str) -> None:
        self.client, self.keys = client, itertools.count(1)
        at = now()
        with land.instance.database.write("-") as session:
            self.token = tokens.make(
                session, account_id, name="Programme", actions=ACTIONS, region_id="", strong=True,
                ends_at=at + timedelta(days=30), at=at,
            )  # fmt: skip

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        headers |= {"authorization": f"Bearer {self.token}"}
        if method == "POST":
            headers["idempotency-key"] = f"{self.token[-20:]}-{next(self.keys)}"
        given: dict[str, Any] = {} if method in ("GET", "DELETE") else {"json": {} if body is None else body}
        answer = self.client.request(method, path, headers=headers, **given)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def begin(self, kind: str, body: Any) -> str:
        return str(self.ask("POST", f"{TEAM}/{kind}", body).headers["location"])

    def change(self, path: str, body: Any, method: str = "PUT", tag: str = "") -> Any:
        return self.ask(method, path, body, **{"if-match": self.ask("GET", tag or path).headers["etag"]})

    def step(self, path: str, name: str, body: Any = None) -> Any:
        return self.change(f"{path}/{name}", body, "POST", path)

    def steps(self, path: str, *names: str) -> None:
        for name in names:
            self.step(path, name, BECAUSE if name in ("withdraw", "drop") and "/meetings/" not in path else None)


def titled(body: dict[str, Any], title: str) -> dict[str, Any]:
    """*body* in its own language alone, under another title."""
    lang = body["original"]
    return body | {"text": {lang: body["text"][lang] | {"title": title}}}


def fill(land: Land, client: TestClient[Any]) -> None:
    """Everything that is done here, one after another."""
    people = {
        name: Desk(land, client, land.people[f"{name} paris"].actor.account_id)
        for name in ("contributor", "reviewer", "coordinator", "representative")
    }
    writer, head = people["contributor"], people["coordinator"]
    head.change(f"{TEAM}/results/keys", {}, "POST")
    there = Desk(land, client, land.people["coordinator second-region"].actor.account_id)
    there.change("/api/v1/regions/second-region/team/results/keys", {}, "POST")
    practices(land, people)
    directory(land, people)
    deliberation(land, people)
    procedures(land, people)
    meetings(land, people)
    pilots(land, people)
    transfers(land, people)
    writer.ask("PUT", f"{TEAM}/follow", {"rhythm": "daily"})
    writer.ask("PUT", f"{TEAM}/follows/{land.improvements['paris']['public']}", {"rhythm": "weekly"})
    head.ask("PUT", f"{TEAM}/notes/sector/courts", {"text": {"fr": "Le tribunal a déménagé."}})
    head.ask("POST", f"{TEAM}/results/offices", {"address": "https://office.example.org", "rhythm": "daily"})
    office = Desk(land, client, land.people["office"].actor.account_id)
    office.change("/api/v1/office/openings/paris", {"basis": "pilot"})


def practices(land: Land, people: dict[str, Desk]) -> None:
    writer, head = people["contributor"], people["coordinator"]

    def published(title: str) -> str:
        path = writer.begin("practices", PRACTICE if not title else titled(PRACTICE, title))
        writer.step(path, "submit", {"bearer": "Tribunal judiciaire de Paris"})
        head.step(path, "publish", {"nobody": True, "no_case": True})
        return path

    both = published("")
    said = {"answer": "confirmed", "organisation": "tj-paris", "document": "Lettre", "on": TODAY}
    head.step(both, "record-holder", said)
    writer.change(both, titled(PRACTICE, "Une salle d’audition pour tous"))
    gone = published("Une permanence commune")
    head.steps(gone, "erase")
    withdrawn = published("Une antenne commune")
    head.steps(withdrawn, "withdraw", "archive")
    discarded = published("Un relais commun")
    writer.change(discarded, titled(PRACTICE, "Un relais de plus"))
    writer.steps(discarded, "discard")


def directory(land: Land, people: dict[str, Desk]) -> None:
    writer, head, voice = people["contributor"], people["coordinator"], people["representative"]
    made = {}
    for name in ("draft", "submitted", "published", "withdrawn", "archived", "erased", "merged"):
        entry = ENTRY if name == "published" else ENTRY | {"name": {"fr": f"Maison {name}"}}
        made[name] = path = writer.begin("stakeholders", entry)
        if name == "archived":
            head.steps(path, "archive")
        elif name != "draft":
            writer.steps(path, "submit")
        if name in ("published", "withdrawn", "erased", "merged"):
            people["reviewer"].step(path, "publish", {"confirmed": True})
    head.steps(made["withdrawn"], "withdraw")
    head.steps(made["erased"], "erase")
    head.step(made["published"], "rename", {"slug": "maison-des-auditions"})
    head.step(made["merged"], "merge", {"into": made["published"].rpartition("/")[2]})
    writer.change(made["published"], ENTRY | {"since": "2016"})
    head.step(made["published"], "invite", {"way": "elsewhere"})
    own = land.instance.directory("paris")[0].id
    voice.step(f"{TEAM}/stakeholders/{own}", "leave", {"since": TODAY, "source": "Lettre"})


def deliberation(land: Land, people: dict[str, Desk]) -> None:
    writer, head = people["contributor"], people["coordinator"]
    finding = writer.begin("findings", FINDING)
    head.steps(finding, "share")
    head.steps(writer.begin("findings", titled(FINDING, "Un constat effacé")), "erase")
    for name, steps in {
        "archived": ("drop", "archive"),
        "erased": ("erase",),
        "discussed": ("discuss",),
    }.items():
        found = [finding.rpartition("/")[2]]
        body = IMPROVEMENT if name == "discussed" else titled(IMPROVEMENT, f"Piste {name}")
        head.steps(path := writer.begin("improvements", body | {"findings": found}), *steps)
    said = writer.ask("POST", f"{path}/comments", {"text": "Une **voix**.", "language": "fr"}).headers["location"]
    writer.change(said, {"text": "Une autre voix."})
    text = {"title": "Un registre commun", "proposal": "Tenir ensemble une liste de dates."}
    amending = {"base": 1, "language": "fr", "why": "C’est plus clair.", "text": text}
    amendment = head.ask("POST", f"{path}/amendments", amending).headers["location"]
    version = head.ask("GET", path).json()["version"]
    head.step(amendment, "accept", {"reason": "C’est mieux dit.", "version": version, "text": text})
    head.step(path, "call", {"until": "2031-02-15"})


def procedures(land: Land, people: dict[str, Desk]) -> None:
    writer, head = people["contributor"], people["coordinator"]
    for name, steps in {
        "archived": ("archive",),
        "erased": ("erase",),
        "document": (),
        "applied": (),
    }.items():
        body = PROTOCOL if name == "applied" else titled(PROTOCOL, f"Protocole {name}")
        if name == "document":
            body = body | {"nature": "reconstructed"}
        path = writer.begin("procedures", body)
        head.steps(path, *steps)
    head.step(path, "propose", {"confirmed": True})
    bodies = {name: one.id for one in land.instance.directory("paris") for name in one.names}
    for what in ("endorse", "apply"):
        for name in PARTIES:
            said = {"stakeholder": bodies[name], "what": what, "day": TODAY, "source": "Lettre"}
            head.step(path, "say", said)


def meetings(land: Land, people: dict[str, Desk]) -> None:
    writer, head = people["contributor"], people["coordinator"]
    for name, steps in {
        "erased": ("erase",),
        "withdrawn": ("announce", "publish", "withdraw"),
        "minutes": ("hold", "draft"),
        "planned": (),
    }.items():
        body = MEETING if name == "minutes" else titled(MEETING, f"Réunion {name}")
        body = body | ({"day": "2031-03-10"} if name in ("withdrawn", "planned") else {})
        path = writer.begin("meetings", body | ({"kind": "seminar"} if name == "withdrawn" else {}))
        head.steps(path, *steps)


def pilots(land: Land, people: dict[str, Desk]) -> None:
    writer, head = people["contributor"], people["coordinator"]
    for name, steps in {"archived": ("archive",), "erased": ("erase",), "published": ("publish",)}.items():
        body = TRAINED if name == "published" else titled(TRAINED, f"Indicateur {name}")
        path = writer.begin("indicators", body)
        value = {"period": "2030-12", "value": 12, "source": "Feuilles de présence", "language": "fr"}
        writer.change(f"{path}/values", value, "POST", path)
        head.steps(path, *steps)
    for name, steps in {"archived": ("archive",), "erased": ("erase",), "dropped": ("drop",)}.items():
        head.steps(writer.begin("evaluations", titled(REPORT, f"Évaluation {name}")), *steps)


def transfers(land: Land, people: dict[str, Desk]) -> None:
    writer, head = people["contributor"], people["coordinator"]
    head.steps(f"{TEAM}/transfers/{land.transfers['paris'][0]}", "take-up", "adapt")
    there = head.ask("GET", "/api/v1/regions/second-region/practices").json()["items"]
    slug = max(one["slug"] for one in there)
    gone = writer.begin("transfers", {"region": "second-region", "practice": slug})
    head.steps(gone, "erase")

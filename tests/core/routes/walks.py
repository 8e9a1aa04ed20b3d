"""People and programs of a land that try everything there is: each page, each form of it, each resource of the API.

Forms are sent as they come, with the words of ``WORDS`` where something has to be written; bodies of the API are made
from what its description says is needed. So nothing has to be told here of most handlers.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.accounts import service, sessions, tokens
from lanzarote.accounts.model import Attempts
from lanzarote.app import create_app, routes
from lanzarote.changes import INSTANCE
from lanzarote.database import ALL
from lanzarote.permissions import ACTIONS, RULES
from sqlalchemy import delete

from tests.core.api import programs
from tests.core.days import today
from tests.core.evaluation import piloting
from tests.core.faults.addresses import UNKNOWN, filled
from tests.core.faults.canaries import REGIONS
from tests.core.improvements import deliberating
from tests.core.meetings import keeping
from tests.core.procedures import agreeing
from tests.core.quiet import QuietClient
from tests.core.routes.succeeding import Forms, Succeeded
from tests.core.routes.walking import Route, walked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tests.core.faults.canaries import Land
    from tests.core.routes.succeeding import Form

HERE, OTHER = REGIONS
PEOPLE = {
    f"coordinator {HERE}": "coordinator",
    f"contributor {HERE}": "contributor",
    f"reviewer {HERE}": "reviewer",
    f"second-reviewer {HERE}": "reviewer",
    f"representative {HERE}": "representative",
    "administrator": "administrator",
    "office": "office",
}
OURS = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}
LAST = (
    "edit", "discard", "recall", "drop", "close", "withdraw", "hide", "leave", "archive", "erase", "remove", "delete",
    "invite", "plugins", "regions", "sessions", "sign-out",
)  # fmt: skip
"""Ends of addresses at which less can be done afterwards, in this order."""
MOST = 40
"""So many questions of one handler are enough to find a form."""
SENTENCE = "Nous en avons parlé ensemble."
WORDS = {
    "activities": "Une audition.",
    "address": "nouvelle@school.example",
    "counted": "Les personnes.",
    "day": today().isoformat(),
    "due_on": "2032-01-01",
    "method": "Un registre.",
    "name": "Un nom clair",
    "on": today().isoformat(),
    "proposal": "Ouvrir une ligne commune.",
    "purpose": "Accueillir ensemble.",
    "reason": SENTENCE,
    "reason.fr": SENTENCE,
    "role.fr": "Elle aide.",
    "since": today().isoformat(),
    "source": "Courrier n° 12",
    "starts": "10:00",
    "steps[0].key": "a",
    "steps[0].title.fr": "Une étape",
    "summary": "Un résumé.",
    "title": "Un titre clair",
    "unit": "personnes",
    "what": "Ouvrir une ligne.",
    "who": "La direction",
    "word": "effacer",
}

WHOLE: dict[str, Any] = {
    "evaluations": piloting.REPORT,
    "findings": deliberating.OBSERVED,
    "improvements": deliberating.PROPOSED,
    "indicators": piloting.TRAINED,
    "meetings": keeping.BODY,
    "practices": programs.WHOLE,
    "procedures": agreeing.BODY,
}
"""Kind of records → one, as a program sends it."""


class Walk:
    """Tries what has not succeeded yet, and remembers what has."""

    def __init__(self, land: Land) -> None:
        self.land, self.app = land, Succeeded(create_app(land.instance))
        self.client = QuietClient(self.app)
        self.routes = list(walked(routes()))
        self._posts = [(route, _pattern(route)) for route in self.routes if route.method == "POST" and not route.api]
        self._forms: dict[str, list[tuple[str | None, str]]] = {}
        """Handler → who found a form for it on which page."""
        self._begun: dict[str, list[str]] = {}
        self._numbers = 0
        sectors = list(land.instance.vocabulary(HERE).sectors)[:2]
        self.given: dict[str, dict[str, Any]] = {
            "findings/new": {"sectors": sectors},
            "improvements/new": {"sectors": sectors},
            "meetings/new": {"day": (today() + timedelta(days=400)).isoformat()},
        }
        """End of an address → fields in which something else has to stand."""
        self.words = WORDS | {"steps[0].who": f"sector:{sectors[0]}"}
        self.enter()

    def enter(self) -> None:
        """Let everybody come in, whoever has signed out; nobody waits because of wrong tries."""
        self._sessions: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        at = datetime.now(UTC)
        with self.land.instance.database.write(ALL) as session:
            for name in PEOPLE:
                account = service.account(session, self.land.people[name].actor.account_id)
                self._sessions[name] = sessions.begin(session, account, strong=True, device="", at=at).token
                self._tokens[name] = tokens.make(
                    session, account.id, name="All", actions=ACTIONS, region_id="", strong=True,
                    ends_at=at + timedelta(days=30), at=at,
                )  # fmt: skip
        self.forgive()

    def forgive(self) -> None:
        with self.land.instance.database.write(INSTANCE) as session:
            session.execute(delete(Attempts))

    def left(self, *, api: bool) -> list[Route]:
        """Handlers that have not been seen to succeed; those after which less can be done come last."""
        found = [route for route in self.routes if route.api == api and str(route) not in self.app.seen]
        return sorted(found, key=lambda route: (route.method == "DELETE", _order(route)))

    # People

    def read_pages(self) -> None:
        for route in self.left(api=False):
            if route.method == "GET":
                self._until_seen(route, self.read)

    def read_again(self) -> None:
        """Look at every page from which something can be sent that has not been, and at each record's own page."""
        self._forms.clear()
        sent = {route.path for route in self.left(api=False) if route.method == "POST"}
        own = re.compile(rf"/\w\w/{HERE}/team/\w+/[0-9a-f-]{{36}}")
        for route in self.routes:
            if route.method == "GET" and not route.api:
                wanted = route.path in sent or str(route) not in self.app.seen
                for number, (who, address) in enumerate(self._asked(route)):
                    if (wanted and number < MOST) or own.fullmatch(address):
                        self.read(who, address)

    def read(self, who: str | None, address: str) -> Any:
        answer = self.client.get(address, headers=self._headers(who, address), follow_redirects=False)
        for form in self._forms_of(answer, address):
            if (route := self._taker(form.action)) is not None:
                found = self._forms.setdefault(str(route), [])
                if (who, address) not in found and len(found) < 12:
                    found.append((who, address))
        return answer

    def begin(self, times: int) -> None:
        """Begin records of every kind."""
        new = [route for route, _ in self._posts if route.path.endswith("/new")]
        for _ in range(times):
            for route in new:
                self.send(route)

    def send_forms(self) -> None:
        for route in self.left(api=False):
            if route.method == "POST" and str(route) not in self.app.seen:
                self.send(route)

    def send(self, route: Route) -> None:
        for who, page in self._forms.get(str(route), ()):
            answer = self.client.get(page, headers=self._headers(who, page), follow_redirects=False)
            for form in self._forms_of(answer, page):
                if self._taker(form.action) is not route:
                    continue
                given = next((more for end, more in self.given.items() if route.path.endswith(end)), {})
                headers = OURS | self._headers(who, form.action)
                done = self.client.post(
                    form.action, data={**form.fields, **given}, headers=headers, follow_redirects=False
                )
                if done.status_code < 400:
                    begun = re.search(rf"/{HERE}/team/(\w+)/([0-9a-f-]{{36}})", done.headers.get("location", ""))
                    if begun and route.path.endswith("/new"):
                        self._begun.setdefault(begun[1], []).append(begun[2])
                    return

    def _forms_of(self, answer: Any, address: str) -> list[Form]:
        if answer.status_code != 200 or "html" not in answer.headers.get("content-type", ""):
            return []
        return Forms(answer.text, address.partition("?")[0], self.words).found

    def _taker(self, action: str) -> Route | None:
        """Who takes what is sent to *action*."""
        found = [route for route, pattern in self._posts if pattern.fullmatch(action.partition("?")[0])]
        return min(found, key=lambda route: route.path.count("{"), default=None)

    # Programs

    def read_resources(self) -> None:
        for route in self.left(api=True):
            if route.method == "GET":
                self._until_seen(route, self.read)

    def send_resources(self) -> None:
        for route in self.left(api=True):
            if route.method != "GET":
                self.forgive()
                self._until_seen(route, partial(self._ask, route))

    def _ask(self, route: Route, who: str | None, address: str) -> None:
        told = self._described[re.sub(r":\w+\}", "}", route.path)][route.method.lower()]
        headers = self._headers(who, address) | {"content-type": route.takes}
        if any(one.get("name") == "If-Match" for one in told.get("parameters", ())):
            tag = self._tag(who, address)
            if not tag:
                return
            headers["if-match"] = tag
        if route.method == "POST":
            self._numbers += 1
            headers["idempotency-key"] = f"key-{id(self)}-{self._numbers}"
        self.client.request(
            route.method, address, headers=headers, content=msgspec.json.encode(self._body(route, told))
        )

    def _tag(self, who: str | None, address: str) -> str:
        """Of what a step is taken on: of the address itself, or of the nearest above it that has one."""
        parts = address.split("/")
        for length in range(len(parts), 6, -1):
            answer = self.client.get("/".join(parts[:length]), headers=self._headers(who, address))
            if answer.status_code == 200 and "etag" in answer.headers:
                return str(answer.headers["etag"])
        return ""

    @cached_property
    def _api(self) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get("/api/v1/openapi.json").json()
        return told

    @cached_property
    def _described(self) -> dict[str, Any]:
        return {f"/api/v1{path.removeprefix('/api/v1')}": told for path, told in self._api["paths"].items()}

    def _body(self, route: Route, told: dict[str, Any]) -> Any:
        kind = re.search(r"/team/(\w+)(/\{\w+:str\})?$", route.path)
        if kind and kind[1] in WHOLE:
            return WHOLE[kind[1]]
        content: dict[str, Any] = next(iter(told.get("requestBody", {}).get("content", {}).values()), {})
        return self._made(content["schema"]) if "schema" in content else None

    def _made(self, schema: dict[str, Any], name: str = "") -> Any:
        """The least that fits *schema*."""
        while "$ref" in schema:
            node = self._api
            for part in schema["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            schema = node
        for one in ("anyOf", "oneOf", "allOf"):
            if one in schema:
                return self._made(schema[one][0], name)
        if "const" in schema or "enum" in schema:
            return schema.get("const", next(iter(schema.get("enum", ())), None))
        match schema.get("type"):
            case "object" if isinstance(schema.get("additionalProperties"), dict) and not schema.get("properties"):
                return {"fr": SENTENCE}
            case "object":
                needed = schema.get("required", ())
                return {key: self._made(of, key) for key, of in schema.get("properties", {}).items() if key in needed}
            case "array":
                return [self._made(schema["items"], name)] if schema.get("minItems") or name == "sectors" else []
            case "boolean":
                return True
            case "integer" | "number":
                return schema.get("minimum", 1)
        if schema.get("format") == "date":
            return today().isoformat()
        known = {
            "language": "fr",
            "original": "fr",
            "sectors": self.given["findings/new"]["sectors"][0],
            "slug": "un-autre-nom",
            "stakeholder": self.land.instance.directory(HERE)[0].id,
        }
        return known.get(name, self.words.get(name, SENTENCE))

    # Both

    def _until_seen(self, route: Route, ask: Callable[[str | None, str], object]) -> None:
        for who, address in self._asked(route):
            if str(route) not in self.app.seen:
                ask(who, address)

    def _headers(self, who: str | None, address: str) -> dict[str, str]:
        if who is None:
            return {}
        if address.startswith("/api/"):
            return {"authorization": f"Bearer {self._tokens[who]}"}
        return {"cookie": f"lanzarote-session={self._sessions[who]}"}

    def _asked(self, route: Route) -> Iterator[tuple[str | None, str]]:
        """Who may ask at which addresses of *route*, records that were begun here first."""
        for who in _able(route):
            for address in self._addresses(route):
                if who is None or OTHER not in address:
                    yield who, address

    def _addresses(self, route: Route) -> list[str]:
        found = [one for one in filled(self.land, route.path) if UNKNOWN not in one and "format=" not in one]
        found = [*_with(route.path, self._begun), *found]
        return sorted(dict.fromkeys(found), key=lambda one: OTHER in one)


def _with(path: str, begun: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """*path* with each record of its kind that was begun."""
    for kind, ids in begun.items():
        name = f"/team/{kind.replace('organisations', 'stakeholders') if path.startswith('/api/') else kind}/{{"
        if name in path and path.count("{") <= 3:
            for one in ids:
                known = {"lang": "fr", "region": HERE}
                yield re.sub(r"\{(\w+):\w+\}", lambda found: known.get(found[1], one), path)  # noqa: B023


def _able(route: Route) -> list[str | None]:
    if route.may == "public":
        return [None, f"coordinator {HERE}"]
    if route.may == "signed-in":
        return [*PEOPLE]
    return [name for name, role in PEOPLE.items() if role in RULES[route.may]]  # type: ignore[index]


def _order(route: Route) -> int:
    return next((number for number, end in enumerate(LAST, 1) if route.path.endswith(end)), 0)


def _pattern(route: Route) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+:\w+\\\}", "[^/]+", re.escape(route.path)))

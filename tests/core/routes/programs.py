"""The same walk by programs: what a form is about to send, the API is asked to do."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import httpx
import msgspec
from lanzarote.accounts import tokens
from lanzarote.records.permissions import ACTIONS
from lanzarote.records.records import now

from tests.core import days
from tests.core.routes.walks import Walk
from tests.core.web.forms.walking import Stuck

if TYPE_CHECKING:
    from tests.core.routes.succeeding import Succeeded
    from tests.core.routes.walking import Route
    from tests.core.web.forms.filling import Form
    from tests.core.web.forms.rooms import People

API = "/api/v1/regions"
RECORD = r"[0-9a-f]{8}-[0-9a-f-]{27}"
TWINS = {
    r"organisation/(\w+)": ("POST", r"stakeholders/own/\1"),
    rf"(\w+/{RECORD})/discussion": ("POST", r"\1/comments"),
    rf"(\w+/{RECORD})/discussion/([^/]+/(?!edit)\w+)": ("POST", r"\1/comments/\2"),
    rf"(\w+/{RECORD}/\w+)/new": ("POST", r"\1"),
    rf"(\w+/{RECORD}/actions/\d+)/edit": ("PUT", r"\1"),
    rf"(\w+/{RECORD}/actions/\d+)": ("POST", r"\1/progress"),
    rf"(procedures/{RECORD})/(?:endorse|apply|decline|cease|retract)": ("POST", r"\1/say"),
    rf"(\w+/{RECORD})/value": ("POST", r"\1/values"),
    rf"(\w+/{RECORD})/judge": ("POST", r"\1/judgements"),
    rf"(\w+/{RECORD})/origin": ("POST", r"\1/look"),
    rf"(practices/{RECORD})/confirm": ("POST", r"\1/answer-as-holder"),
    rf"(practices/{RECORD})/assess/release": ("POST", r"\1/release"),
    rf"(tasks/{RECORD})": ("POST", r"\1/finish"),
    r".*": ("POST", r"\g<0>"),
}
"""Where a form is sent to → what a program asks there, the first that fits."""
SENTENCE = "Nous en avons parlé ensemble."


class ProgramWalk(Walk):
    """Goes through the rooms with a token for each person."""

    api = True

    def __init__(self, app: Succeeded) -> None:
        super().__init__(app)
        self._token_of: dict[str, str] = {}
        self.known: dict[str, str] = {
            "region": "paris",
            "version": "1",
            "article": "10",
            "kind": "sector",
            "key": "courts",
        }
        self.own = ""
        """Id of the organisation for which the representative speaks."""
        self._tried: dict[tuple[str, str], int] = {}
        self._numbers = itertools.count(1)
        self._api_patterns = [(one, _named(one)) for one in self.all if one.api]

    def enter_id(self, name: str, account_id: str) -> None:
        super().enter_id(name, account_id)
        at = now()
        with self.instance.database.write("-") as session:
            self._token_of[name] = tokens.make(
                session, account_id, name="All", actions=ACTIONS, region_id="", strong=True,
                ends_at=at + timedelta(days=30), at=at,
            )  # fmt: skip

    def meet(self, people: People) -> None:
        self.own = people.body

    def ask(self, who: str, method: str, address: str, body: Any = None, **headers: str) -> httpx.Response:
        given = {"authorization": f"Bearer {self._token_of[who]}"} if who in self._token_of else {}
        if method != "GET":
            given["content-type"] = "application/json"
        if method == "POST":
            given["idempotency-key"] = f"key-{id(self)}-{next(self._numbers)}"
        content = body if isinstance(body, bytes) else msgspec.json.encode({} if body is None else body)
        if method == "GET" or (method == "DELETE" and given.pop("content-type")):
            content = b""
        client = self.client("program")
        answer: httpx.Response = client.request(method, address, content=content, headers=given | headers)
        if answer.status_code < 400:
            self._learn(method, address)
            if "/team/meetings/" in address and (slug := re.search(r'"slug":"([^"]+)"', answer.text)):
                self.known["slug"] = slug[1]
        return answer

    def do(
        self, who: str, method: str, address: str, body: Any = None, *, tag: str = "", **headers: str
    ) -> httpx.Response:
        """Ask, and be answered that it was done."""
        if method in ("PUT", "DELETE") or tag:
            etag = self.ask(who, "GET", tag or address).headers.get("etag", "")
            headers |= {"if-match": etag} if etag else {}
        answer = self.ask(who, method, address, body, **headers)
        if answer.status_code >= 400:
            raise Stuck(f"{method} {address}: {answer.status_code} for {who}: {answer.text[:600]}")
        return answer

    def step(self, who: str, address: str, name: str, body: Any = None) -> httpx.Response:
        return self.do(who, "POST", f"{address}/{name}", body, tag=address)

    def token(self, who: str) -> str:
        return self._token_of[who]

    def resource(self, method: str, address: str) -> tuple[Route, dict[str, str]] | None:
        path = urlsplit(address).path
        found = [
            (one, hit)
            for one, pattern in self._api_patterns
            if one.method == method and (hit := pattern.fullmatch(path))
        ]
        if not found:
            return None
        route, hit = min(found, key=lambda one: one[0].path.count("{"))
        return route, {name: unquote(value) for name, value in hit.groupdict().items()}

    def look(self, who: str, path: str) -> str:
        """Read each resource that has not been seen, and of which it is known what to put into its address."""
        touched = "nothing"
        if place := re.match(r"/\w\w/([\w-]+)/team/(.*)", path):
            self.known["region"], rest = place.groups()
            if record := re.match(rf"(\w+)/({RECORD})", rest):
                touched = record[2]
                self._learn("GET", f"{API}/{self.known['region']}/team/{_kind(record[1])}/{touched}")
        for route in self.left():
            if route.method == "GET" and set(re.findall(r"\{(\w+):", route.path)) <= set(self.known):
                address = re.sub(r"\{(\w+):\w+\}", lambda one: self.known[one[1]], route.path)
                changed = touched in address or "{slug" in route.path
                for name in dict.fromkeys((who, "head", "rep", "admin", "office")):
                    times = self._tried.get((name, address), 0)
                    if str(route) not in self.app.seen and (times < 2 or (changed and name == who)):
                        self._tried[name, address] = times + 1
                        self.note(route, self.ask(name, "GET", address))
        self.known["region"] = "paris"
        return ""

    def _learn(self, method: str, address: str) -> None:
        """Remember what stands in an address, to find others with it."""
        if one := self.resource(method, address):
            self.known |= {name: value for name, value in one[1].items() if name != "region"}

    def _told(self, route: Route) -> dict[str, Any]:
        told: dict[str, Any] = self.described[re.sub(r":\w+\}", "}", route.path)][route.method.lower()]
        return told

    def _schema(self, told: dict[str, Any]) -> dict[str, Any] | None:
        content: dict[str, Any] = next(iter(told.get("requestBody", {}).get("content", {}).values()), {})
        return self._whole(content["schema"]) if "schema" in content else None

    def _whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            node = self._api
            for part in schema["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            schema = node
        return schema

    def note(self, route: Route, answer: httpx.Response) -> None:
        if answer.status_code >= 400:
            self.refused[str(route)] = f"{answer.status_code} {answer.text[:600]}"

    def _post(self, who: str, form: Form, sent: dict[str, list[str]]) -> httpx.Response:
        return self._by_program(who, form.action, sent) or super()._post(who, form, sent)

    def _by_program(self, who: str, action: str, sent: dict[str, list[str]]) -> httpx.Response | None:
        place = re.fullmatch(r"/\w\w/([\w-]+)/team/(.+)", urlsplit(action).path)
        if place is None:
            return None
        region, tail = place.groups()
        method, told = next(
            (method, re.sub(pattern, to, tail))
            for pattern, (method, to) in TWINS.items()
            if re.fullmatch(pattern, tail)
        )
        kind = _kind(told.partition("/")[0])
        if kind == "practices" and told.endswith(("/assess", "/assess/answers")):
            told = told.partition("/assess")[0] + "/" + sent["do"][0]
        told = told.replace("stakeholders/own", f"stakeholders/{self.own}")
        address = f"{API}/{region}/team/{kind}{told[len(told.partition('/')[0]) :]}"
        found = self.resource(method, address)
        if found is None or str(found[0]) in self.app.seen:
            return None
        route = found[0]
        described = self._told(route)
        headers = {}
        if any(one.get("name") == "If-Match" for one in described.get("parameters", ())):
            headers["if-match"] = self.tag(who, address if method == "PUT" else address.rpartition("/")[0])
        body = self.body(who, route, described, address, tail, sent)
        answer = self.ask(who, method, address, body, **headers)
        self.note(route, answer)
        if answer.status_code >= 400:
            return None
        location = answer.headers.get("location", address).replace("/api/v1/regions", f"/{self.lang}")
        location = location.replace("/stakeholders/", "/organisations/")
        if "location" not in answer.headers and (hit := re.search(rf".*{RECORD}", location)):
            location = hit[0]
        return httpx.Response(303, headers={"location": location})

    def tag(self, who: str, address: str) -> str:
        """Of what a step is taken on: of the address itself, or of the nearest above it that has one."""
        parts = address.split("/")
        for length in range(len(parts), 6, -1):
            answer = self.ask(who, "GET", "/".join(parts[:length]))
            if answer.status_code == 200 and "etag" in answer.headers:
                return str(answer.headers["etag"])
        return ""

    # Bodies

    @cached_property
    def _api(self) -> dict[str, Any]:
        told: dict[str, Any] = self.client("program").get("/api/v1/openapi.json").json()
        return told

    @cached_property
    def described(self) -> dict[str, Any]:
        return {f"/api/v1{path.removeprefix('/api/v1')}": told for path, told in self._api["paths"].items()}

    def body(
        self, who: str, route: Route, told: dict[str, Any], address: str, tail: str, sent: dict[str, list[str]]
    ) -> Any:
        said = {name.replace(f".{self.lang}", ""): values for name, values in sent.items()}
        end = route.path.rpartition("/")[2]
        if end == "say":
            said["what"] = [tail.rpartition("/")[2]]
        if end == "split-off":
            said["sectors"] = ["courts"]
        if end == "mandate":
            objective = {"key": "a", "text": {"fr": SENTENCE}}
            return {"title": {"fr": SENTENCE}, "objectives": [objective], "since": days.today().isoformat()}
        if end == "judgements":
            report = self.ask(who, "GET", address.rpartition("/")[0]).json()["evaluation"]
            return {
                "answers": [
                    {"criterion": what["key"], "standpoint": judge["standpoint"], "judge": judge["key"],
                     "answer": "met", "reason": {"fr": SENTENCE}, "source": "Lettre"}
                    for what in report["criteria"] for judge in report["judges"]
                ]
            }  # fmt: skip
        schema = self._schema(told)
        return self._made(schema, said) if schema else None

    def _made(self, schema: dict[str, Any], sent: dict[str, list[str]], name: str = "") -> Any:
        """What fits *schema*: what was *sent* where it has the same name, and else the least."""
        schema = self._whole(schema)
        for one in ("anyOf", "oneOf", "allOf"):
            if one in schema:
                return self._made(schema[one][0], sent, name)
        given = next(iter(sent.get(name, ())), "")
        if "const" in schema or "enum" in schema:
            choices = schema.get("enum", [schema.get("const")])
            return given if given in choices else choices[0]
        match schema.get("type"):
            case "object" if not schema.get("properties"):
                return {self.lang: given or SENTENCE} if name else {}
            case "object":
                needed = schema.get("required", ())
                return {
                    key: self._made(of, sent, key)
                    for key, of in schema["properties"].items()
                    if key in needed or any(sent.get(key, ()))
                }
            case "array" if self._whole(schema["items"]).get("type") == "object":
                return [self._made(schema["items"], {})]
            case "array":
                return [one for one in sent.get(name, ()) if one]
            case "boolean":
                return True
            case "integer" | "number":
                return int(given) if given.isdecimal() else schema.get("minimum", 1)
        if schema.get("format") == "date":
            return given or days.today().isoformat()
        return given or {"language": self.lang, "slug": "un-autre-nom"}.get(name, SENTENCE)


def _kind(room: str) -> str:
    return {"organisations": "stakeholders", "organisation": "stakeholders"}.get(room, room)


def _named(route: Route) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+):\w+\\\}", r"(?P<\1>[^/]+)", re.escape(route.path)))

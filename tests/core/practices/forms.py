"""Forms as a browser without scripts fills and sends them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanzarote.accounts import sessions
from lanzarote.accounts.model import Account
from lanzarote.accounts.tokens import COOKIE
from lanzarote.practices import writing
from lanzarote.records.records import Record, now
from lxml import etree  # type: ignore[import-untyped,unused-ignore]

from tests.core.practices.assessments import person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor, Role
    from litestar.testing import TestClient

TEAM = "/fr/paris/team/practices"
CANARY = "Zéphyrine-Canari"
NUMBER = f"1 89 05 75 116 001 {97 - 1890575116001 % 97:02d}"
WHOLE: dict[str, Any] = {
    "text.fr.title": "Une salle d’audition partagée",
    "text.fr.summary": "Police, hôpital et association entendent l’enfant au même endroit.",
    "text.fr.problem": "Les enfants étaient entendus plusieurs fois.",
    "text.fr.activities": "Une audition filmée, préparée ensemble.",
    "text.fr.transfer": "Une salle, une convention, des personnes formées.",
    "partners[0].sector": "courts",
    "partners[0].side": "public",
    "sectors": ["courts"],
    "target_groups": ["child-victims"],
    "scope": "local",
    "running": "ongoing",
    "sources": ["mission-text"],
}


class Fields:
    """The fields of the form whose action ends in *action*, as a browser would send them."""

    def __init__(self, html: str, action: str) -> None:
        self.values: dict[str, list[str]] = {}
        self.labels: list[str] = []
        self.disabled = False
        self._action, self._inside = action, False
        self._select = self._text = ""
        self._first: str | None = None
        self._chosen: list[str] = []
        # Python's own parser takes longer to read a long form than the site takes to make it.
        etree.fromstring(html, etree.HTMLParser(target=self))

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        found = dict(attributes)
        if tag == "form":
            self._inside = found.get("action", "").endswith(self._action)
        if not self._inside:
            return
        name = found.get("name", "")
        if tag == "input" and name:
            ticked = found.get("type") not in ("checkbox", "radio") or "checked" in found
            if ticked:
                self._put(name, found.get("value", "on" if "checked" in found else ""))
        elif tag == "textarea":
            self._text = name
            self.values.setdefault(name, []).append("")
        elif tag == "select":
            self._select, self._first, self._chosen = name, None, []
        elif tag == "option" and self._select:
            self._first = found.get("value", "") if self._first is None else self._first
            if "selected" in found:
                self._chosen.append(found.get("value", ""))

    def end(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._text:
            last = self.values[self._text]
            last[-1] = last[-1].removeprefix("\n")
            self._text = ""
        elif tag == "select" and self._select:
            self._put(self._select, self._chosen[0] if self._chosen else self._first or "")
            self._select = ""

    def data(self, data: str) -> None:
        if self._text:
            self.values[self._text][-1] += data

    def close(self) -> None:
        """Asked for by the parser."""

    def _put(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


class Writer:
    """Somebody at a browser without scripts."""

    def __init__(self, instance: Instance, client: TestClient[Any], actor: Actor) -> None:
        self.instance, self.client, self.actor = instance, client, actor
        with instance.database.write("-") as session:
            account = session.get_one(Account, actor.account_id)
            begun = sessions.begin(session, account, strong=actor.strong, device="", at=now())
        self.token, self.key = begun.token, begun.form_key
        self.html = ""
        self.at = ""
        self.status = 0
        self.action = "/edit"
        """How the address ends to which the form is sent."""
        self.fields: dict[str, list[str]] = {}

    def get(self, path: str, status: int = 200) -> str:
        self._take(self.client.get(path, headers=self._cookie, follow_redirects=False), path)
        assert self.status == status, self.said()
        return self.html

    def open(self, path: str, action: str = "") -> Writer:
        """Go to a page with a form."""
        self.get(path)
        self.fields = self.form(self.html, action)
        assert self.fields, self.said()
        return self

    def fill(self, fields: dict[str, Any] | None = None, **more: Any) -> Writer:
        for name, value in {**(fields or {}), **more}.items():
            self.fields[name] = list(value) if isinstance(value, (list, tuple)) else [value]
        return self

    def press(self, do: str = "save", status: int = 303, action: str = "") -> Writer:
        """Send the form; follows where it leads, and reads the form that comes back, or is to be filled in next."""
        sent = {name: values for name, values in self.fields.items() if values} | {"do": [do]}
        sent["key"] = [self.key]
        place, ends = self.at.partition("?")[0], action or self.action
        one = TEAM if ends == "/new" else f"{TEAM}/{sent['id'][0]}" if "id" in sent else ""
        target = place if place.endswith(ends) else f"{one}{ends}"
        answer = self.client.post(target, data=sent, headers=self._cookie, follow_redirects=False)
        self._take(answer, target)
        assert self.status == status, self.said()
        page = self.html
        if status == 303:
            page = self.get(answer.headers["location"])
            if do in ("save", "merge") and "id" in sent:
                page = self.client.get(f"{TEAM}/{sent['id'][0]}/edit", headers=self._cookie).text
        self.fields = self.form(page, action)
        return self

    def form(self, html: str, action: str = "") -> dict[str, list[str]]:
        """What stands in the form of a page: that of *action*, or the one in which a practice is written."""
        for one in (action,) if action else ("/edit", "/new"):
            if values := Fields(html, one).values:
                self.action = one
                return values
        return {}

    def post(self, path: str, fields: dict[str, Any] | None = None, status: int = 303) -> Any:
        data = (fields or {}) | {"key": self.key}
        answer = self.client.post(path, data=data, headers=self._cookie, follow_redirects=False)
        self._take(answer, path)
        assert self.status == status, self.said()
        return answer.headers["location"] if status == 303 else answer

    @property
    def id(self) -> str:
        """Of the practice whose form is open."""
        return self.fields["id"][0]

    def value(self, name: str) -> str:
        return next(iter(self.fields.get(name, [])), "")

    def said(self) -> str:
        """The page in words, for whoever reads why a test failed."""
        words = re.sub(r"<[^>]+>", " ", self.html.partition("<main")[2] or self.html)
        return " ".join(words.split())[:1500]

    def _take(self, answer: Any, path: str) -> None:
        self.html, self.status, self.at = answer.text, answer.status_code, path

    @property
    def _cookie(self) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.token}"}


def writer(
    instance: Instance,
    client: TestClient[Any],
    role: Role = "contributor",
    name: str = "",
    *,
    organisation: str = "",
) -> Writer:
    return Writer(instance, client, person(instance, role, name, organisation=organisation))


def body(instance: Instance, record_id: str) -> Any:
    with instance.database.read("paris") as session:
        return writing.sheet_of(session, session.get_one(Record, ("paris", record_id)))


def saved(instance: Instance, one: Writer, **more: Any) -> str:
    """A practice that *one* has written and saved; tells its id."""
    one.open(f"{TEAM}/new").fill(WHOLE | {name.replace("__", "."): value for name, value in more.items()})
    record_id = one.id
    one.press()
    return record_id


def found_on_disk(instance: Instance, words: str) -> list[str]:
    """Files beside the database, its log included, that hold *words*."""
    folder = Path(instance.database.path).parent
    return [file.name for file in sorted(folder.rglob("*")) if file.is_file() and words.encode() in file.read_bytes()]


def keep(one: Writer, record_id: str, status: int = 200, **fields: Any) -> Any:
    one.fill({name.replace("__", "."): value for name, value in fields.items()})
    sent = {name: values for name, values in one.fields.items() if values}
    return one.post(f"{TEAM}/{record_id}/unsaved", sent, status=status).json()

"""Somebody goes through the site, and tries each form: without each field that it asks for, then with these alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from lanzarote.accounts import sessions
from lanzarote.accounts.model import Account
from lanzarote.accounts.tokens import COOKIE
from lanzarote.app import routes as all_routes
from lanzarote.records.records import now
from lxml import etree  # type: ignore[import-untyped,unused-ignore]
from playwright.sync_api import FilePayload

from tests.core import days
from tests.core.routes.walking import walked
from tests.core.web.forms.filling import Form, encoded, forms_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from playwright.sync_api import Browser, Page

OURS = {"sec-fetch-site": "same-origin"}
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
APART = httpx.Limits(max_keepalive_connections=0)
"""A connection for each request: the server closes those that wait, just when another may be sent."""
IN_THE_HEAD = re.compile(r"/\w\w/account/sign-out")
"""Where forms lead that stand in the head of every page."""
Value = str | list[str]


class Stuck(AssertionError):
    """A form cannot be sent, so that what comes after it cannot either."""


def routes() -> dict[str, re.Pattern[str]]:
    """Where forms are sent to: the path as it is declared, and how an address there looks."""
    found = {}
    for route in walked(all_routes()):
        if route.method == "POST" and not route.api and not route.from_anywhere:
            pattern = re.sub(r"\\{\w+:\w+\\}", "[^/]+", re.escape(route.path))
            found[route.path] = re.compile(pattern)
    return found


class Walk:
    """Through one instance in one language; in a real browser, if there is one."""

    def __init__(self, instance: Instance, address: str, lang: str, browser: Browser | None = None) -> None:
        self.instance, self.address, self.lang, self.browser = instance, address, lang, browser
        self.routes = routes()
        self.sent_to: set[str] = set()
        """Declared paths of the forms that were taken."""
        self.wrong: list[str] = []
        self._file = ("", b"")
        self._clients: dict[str, httpx.Client] = {}
        self._pages: dict[str, Page] = {}
        self._tokens: dict[str, str] = {}

    # Who

    def enter(self, name: str, actor: Actor) -> None:
        """Let *actor* be signed in as *name*."""
        self.enter_id(name, actor.account_id)

    def enter_id(self, name: str, account_id: str) -> None:
        with self.instance.database.write("-") as session:
            account = session.get_one(Account, account_id)
            begun = sessions.begin(session, account, strong=True, device="", at=now())
        self._tokens[name] = begun.token

    def client(self, who: str) -> httpx.Client:
        if who not in self._clients:
            cookies = {COOKIE: self._tokens[who]} if who in self._tokens else {}
            self._clients[who] = httpx.Client(
                base_url=self.address, cookies=cookies, timeout=120, trust_env=False, limits=APART
            )
        return self._clients[who]

    def page(self, who: str) -> Page:
        assert self.browser is not None
        if who not in self._pages:
            context = self.browser.new_context()
            context.route("**/static/**", lambda route: route.abort())
            context.set_default_timeout(60_000)
            if who in self._tokens:
                context.add_cookies([{"name": COOKIE, "value": self._tokens[who], "url": self.address}])
            self._pages[who] = context.new_page()
        return self._pages[who]

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()
        for client in self._clients.values():
            client.close()

    # What

    def at(self, path: str) -> str:
        """*path* in the language of the walk."""
        return path if path.startswith((f"/{self.lang}/", "/uk/")) else f"/{self.lang}{path}"

    def read(self, who: str, path: str) -> str:
        answer = self.client(who).get(self.at(path), follow_redirects=True)
        if answer.status_code != 200:
            raise Stuck(f"{path}: {answer.status_code} for {who}: {_said(answer.text)}")
        return answer.text

    def offered(self, who: str, path: str, name: str) -> str:
        """The first choice that a form at *path* offers for *name*."""
        fields = (one for form in forms_in(self.read(who, path)) for one in form.fields if one.name == name)
        return next(one.value for one in fields)

    def go(
        self,
        who: str,
        path: str,
        *,
        to: str = "",
        button: tuple[str, str] | None = None,
        hidden: tuple[str, str | None] | None = None,
        free: tuple[str, ...] = (),
        also: Mapping[str, Value] | None = None,
        say: Mapping[str, Value] | None = None,
        file: tuple[str, bytes] = ("", b""),
        shown: str = "",
        **values: Value,
    ) -> str:
        """Try the form at *path* that is sent to *to*, then send it; tells where that leads, or what is shown.

        *button*, *hidden*: what tells it from others there; *values*, *say*: what to write there;
        *free*: fields of which one is enough, so that none may be left out alone; *also*: what nobody has to write, and
        what comes next needs; *file*: what is chosen wherever the form takes a file; *shown*: the page, if an answer
        showed it and no address does.
        """
        path = self.at(path)
        self._file = file
        given = {name.replace("__", "."): value for name, value in values.items()} | dict(say or {})
        form = self._form(shown or self.read(who, path), who, path, to, button, hidden)
        pressed = {button[0]: [button[1]]} if button else {}
        sent = form.filled(given, days.today().isoformat())
        further = {name: [one] if isinstance(one, str) else one for name, one in (also or {}).items()}
        sent |= pressed | further
        place = f"{path} {button[1] if button else ''}".strip()
        asked = [[one] for one in form.required if one not in free and not form.is_chosen(one)] + form.any_of
        if button and button in form.unchecked:
            asked = []
        first_alone = self._first_alone(form, sent)
        for names in asked:
            if leads_to := self._leave_out(who, place, form, names, first_alone):
                self._note(form.action)
                return leads_to
        marked = {*form.required, *form.hidden, *(one for names in form.any_of for one in names)}
        if more := sorted(set(given) - marked):
            self.wrong.append(f"{place}: {', '.join(more)} is not marked as required")
        if self.browser is not None and not shown and any(one.kind not in ("hidden", "submit") for one in form.fields):
            sent = self._as_in_browser(who, path, form, sent, button) | further
        taken = self._post(who, form, sent)
        answer: str = taken.headers["location"] if taken.status_code == 303 else taken.text
        if taken.status_code not in (200, 201, 303):
            raise Stuck(f"{place}: {taken.status_code} for {who}: {_said(taken.text)}")
        self._note(form.action)
        return answer

    def filter(self, who: str, path: str) -> None:
        """Send a form that narrows a list, with nothing chosen but what is marked."""
        path = self.at(path)
        for form in forms_in(self.read(who, path)):
            if form.method != "get":
                continue
            if self.browser is not None:
                page = self.page(who)
                page.goto(self.address + path)
                valid = page.evaluate(
                    "action => [...document.querySelectorAll('main form')].filter(form => form.method == 'get' && "
                    "form.getAttribute('action') == action).every(form => form.checkValidity())",
                    form.action,
                )
                if not valid:
                    self.wrong.append(f"{path}: the browser does not send the form to {form.action}")
            elif form.required:
                sent = form.filled({}, days.today().isoformat())
                if lacking := [name for name in form.required if not any(sent.get(name, []))]:
                    self.wrong.append(f"{path}: {', '.join(lacking)} is required, and has no answer")

    def _form(
        self,
        page: str,
        who: str,
        path: str,
        to: str,
        button: tuple[str, str] | None,
        hidden: tuple[str, str | None] | None,
    ) -> Form:
        to = urlsplit(self.at(to or path)).path
        found = [one for one in forms_in(page, whole=bool(IN_THE_HEAD.fullmatch(to))) if one.method == "post"]
        button_only: Form | None = None
        for form in found:
            if re.fullmatch(to.rstrip("/"), urlsplit(form.action or path).path.rstrip("/")):
                if button and button not in form.buttons:
                    continue
                if hidden and (hidden[0] not in form.hidden or hidden[1] not in (None, form.hidden[hidden[0]])):
                    continue
                if not hidden and len(found) > 1 and not [one for one in form.fields if one.kind != "hidden"]:
                    button_only = form
                    continue
                return form
        if button_only is not None:
            return button_only
        raise Stuck(
            f"{path}: {who} finds no form to {to} {button or ''}{hidden or ''} among {[o.action for o in found]}"
        )

    def _post(self, who: str, form: Form, sent: dict[str, list[str]]) -> httpx.Response:
        if not form.multipart:
            return self.client(who).post(form.action, content=encoded(sent), headers=OURS | URLENCODED)
        files = {name: self._file if any(sent.get(name, [])) else ("", b"") for name in form.files}
        data = {name: values for name, values in sent.items() if name not in files}
        return self.client(who).post(form.action, data=data, files=files, headers=OURS)

    def _first_alone(self, form: Form, sent: dict[str, list[str]]) -> dict[str, list[str]]:
        """*sent* with the first filled in wherever one field of several is enough, and the others empty."""
        found = dict(sent)
        for first, *others in form.any_of:
            texts = [text for name in (first, *others) for text in sent.get(name, []) if text]
            found |= {first: texts[:1]} | {name: [""] for name in others}
        return found

    def _leave_out(self, who: str, place: str, form: Form, names: list[str], sent: dict[str, list[str]]) -> str:
        """Send the form without the fields *names*, of which one is required; tells where that leads if it is taken."""
        name, answer = " or ".join(names), self._post(who, form, form.without(names, sent))
        if answer.status_code < 400:
            self.wrong.append(f"{place}: {name} is marked as required, and {answer.status_code} without it")
            return str(answer.headers.get("location", ""))
        summary = _Summary(answer.text)
        to = [link for link in summary.links if summary.leads_to(link, names[0])]
        if not summary.there:
            self.wrong.append(f"{place}: without {name} {answer.status_code}, and no form with its error")
        elif not to:
            self.wrong.append(f"{place}: without {name} no error leads to it, but to {sorted(summary.links)}")
        elif not any(summary.named(link) for link in to):
            said = [summary.links[link] for link in to]
            self.wrong.append(f"{place}: without {name} the error does not name it: {said}")
        if any(link.removeprefix("#") not in summary.ids for link in summary.links if link.startswith("#")):
            self.wrong.append(f"{place}: without {name} an error leads to what the page lacks: {sorted(summary.links)}")
        for others in form.any_of:
            if others != names and any(summary.leads_to(link, one) for link in summary.links for one in others):
                self.wrong.append(f"{place}: {others[0]} alone is not taken: {sorted(summary.links.values())}")
        return ""

    def _as_in_browser(
        self, who: str, path: str, form: Form, sent: dict[str, list[str]], button: tuple[str, str] | None
    ) -> dict[str, list[str]]:
        """What a browser sends in which *sent* was filled in; it has to find nothing missing."""
        page = self.page(who)
        page.goto(self.address + path, wait_until="domcontentloaded")
        if (kept := page.locator("main a[href*='unsaved=continue']")).count():  # it asks about what was not taken
            page.goto(self.address + str(kept.get_attribute("href")), wait_until="domcontentloaded")
        typed = {name: values for name, values in sent.items() if name not in (*form.hidden, *form.files)}
        files = {name: values for name, values in sent.items() if name in form.files}
        for name in files:
            chosen = page.locator("main form").nth(form.place).locator(f'[name="{name}"]')
            chosen.set_input_files(FilePayload(name=self._file[0], mimeType="", buffer=self._file[1]))
        told = page.evaluate(FILL, [form.place, typed, list(button) if button else None])
        if told["wrong"]:
            raise Stuck(f"{path}: the browser does not send it: {told['wrong']}")
        found: dict[str, list[str]] = {}
        for name, value in told["sent"]:
            found.setdefault(name, []).append(value)
        return found | files

    def _note(self, action: str) -> None:
        path = urlsplit(action).path
        for declared, pattern in self.routes.items():
            # The words of a path that is declared word by word win over those that stand for anything.
            if pattern.fullmatch(path) and not any(
                other != declared and pattern_.fullmatch(path) and other.count("{") < declared.count("{")
                for other, pattern_ in self.routes.items()
            ):
                self.sent_to.add(declared)


FILL = """
([place, typed, button]) => {
  const form = document.querySelectorAll("main form")[place];
  // A browser that cannot show where something is missing sends nothing, and says nothing.
  const folded = [...form.elements].filter(one => one.required && !one.value && form.contains(one.closest("details")))
    .filter(one => !one.closest("details").open).map(one => `${one.name} is required, and folded away`);
  for (const field of form.elements) {
    if (!(field.name in typed) || field.tagName == "BUTTON") continue;
    const values = typed[field.name];
    if (field.type == "checkbox" || field.type == "radio") field.checked = values.includes(field.value);
    else field.value = values[0];
  }
  const isMeant = one => button && one.name == button[0] && one.value == button[1];
  const pressed = [...form.querySelectorAll("button")].find(isMeant);
  const wrong = [...form.elements].filter(one => !one.validity.valid);
  const told = [...wrong.map(one => `${one.name}: ${one.validationMessage}`), ...folded];
  const asks = !(form.noValidate || (pressed && pressed.formNoValidate));
  return {
    wrong: asks ? told.join("; ") : "",
    sent: [...new FormData(form, pressed).entries()].filter(([, value]) => typeof value == "string"),
  };
}
"""


def _said(page: str) -> str:
    """What a page that refuses says."""
    if found := re.search(r'<div class="error-summary".*?</div>', page, re.DOTALL):
        return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())[:400]


class _Summary:
    """The links in the summary of errors, and where the fields of the page stand."""

    def __init__(self, page: str) -> None:
        self.there = 'class="error-summary"' in page
        self.links: dict[str, str] = {}
        self.ids: set[str] = set()
        self.holders: dict[str, set[str]] = {}
        """Name of a field → ids of it, and of what it stands in."""
        self._open: list[tuple[str, str]] = []
        self._link, self._within = "", 0
        etree.fromstring(page.encode(), etree.HTMLParser(target=self, encoding="utf-8"))

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        known = given.get("id", "")
        self.ids.add(known)
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden":
            around = {one for kind, one in self._open if one and kind in ("div", "fieldset", "span")}
            self.holders.setdefault(given.get("name", ""), set()).update({known} | around)
        if "error-summary" in given.get("class", ""):
            self._within = len(self._open) + 1
        if tag == "a" and self._within:
            self._link = given.get("href", "")
            self.links[self._link] = ""
        if tag not in ("input", "br", "img", "link", "meta", "hr"):
            self._open.append((tag, known))

    def data(self, data: str) -> None:
        if self._link:
            self.links[self._link] += data

    def end(self, tag: str) -> None:
        if tag in (kind for kind, _ in self._open):
            while self._open.pop()[0] != tag:
                pass
        if tag == "a":
            self._link = ""
        if len(self._open) < self._within:
            self._within = 0

    def close(self) -> None:
        """Asked for by the parser."""

    def leads_to(self, link: str, name: str) -> bool:
        return link.startswith("#") and link[1:] in self.holders.get(name, set()) - {""}

    def named(self, link: str) -> bool:
        """Whether more is said than what is wrong: the name that the page gives to the field stands first."""
        head = re.split(r"[:?!.…]", self.links[link], maxsplit=1)
        return len(head) > 1 and bool(head[0].strip()) and bool(head[1].strip())

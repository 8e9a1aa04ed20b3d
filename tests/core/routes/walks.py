"""Everybody goes through every room of the site once, by pages or by programs, and looks at what they are led to."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lanzarote.accounts.model import Attempts
from lanzarote.accounts.tokens import COOKIE
from lanzarote.app import routes
from lanzarote.records.changelog import INSTANCE
from sqlalchemy import delete

from tests.core.accounts.team import field
from tests.core.quiet import QuietClient
from tests.core.routes.walking import walked
from tests.core.web.forms import walking

if TYPE_CHECKING:
    from tests.core.routes.succeeding import Succeeded
    from tests.core.routes.walking import Route
    from tests.core.web.forms.rooms import People

SAME = {"sec-fetch-site": "same-origin"}


class Walk(walking.Walk):
    """Sends each form once, as it has to be, and follows each link to a page that has not been seen."""

    api = False
    """Whether it is about the handlers of the API, or those of pages and forms."""

    def __init__(self, app: Succeeded) -> None:
        super().__init__(app.instance, "http://lanzarote.test", "fr")
        self.app = app
        self.all = list(walked(routes()))
        self.refused: dict[str, str] = {}
        """Handler → what it said last."""
        self._readers: dict[str, QuietClient] = {}
        self._followed: set[tuple[str, str]] = set()

    def meet(self, people: People) -> None:
        """Know who is there."""

    def left(self) -> list[Route]:
        """Handlers that have not been seen to succeed."""
        return [one for one in self.all if one.api == self.api and str(one) not in self.app.seen]

    def client(self, who: str) -> Any:
        if who not in self._readers:
            self._readers[who] = QuietClient(self.app)
            self._readers[who].follow_redirects = False
            if who in self._tokens:
                self._readers[who].cookies.set(COOKIE, self._tokens[who])
        return self._readers[who]

    def read(self, who: str, path: str) -> str:
        page = super().read(who, path)
        self._follow(who, page)
        return page

    def look(self, who: str, path: str) -> str:
        """What is at *path*, whether it can be read or not."""
        answer = self.client(who).get(path.partition("#")[0], follow_redirects=True)
        if answer.status_code == 200 and "html" in answer.headers.get("content-type", ""):
            self._follow(who, answer.text)
        return str(answer.text)

    def go(self, who: str, path: str, **said: Any) -> str:
        found = super().go(who, path, **said)
        if found.startswith("/"):
            self.look(who, found)
        if path.endswith("/archive"):
            super().go(who, path.removesuffix("archive") + "restore")
            super().go(who, path, **said)
        return found

    def send(self, who: str, path: str, files: Any = None, *, to: str = "", status: int = 0, **said: str) -> Any:
        """Send what *said* says with the key of the page at *path*, as it stands."""
        page = self.client(who).get(self.at(path)).text
        key = {"key": field(page, "key")} if 'name="key"' in page else {}
        answer = self.client(who).post(self.at(to or path), data=key | said, files=files, headers=SAME)
        if answer.status_code not in ((status,) if status else (200, 303)):
            raise walking.Stuck(f"{to or path}: {answer.status_code} for {who}: {answer.text[:300]}")
        return answer

    def forgive(self) -> None:
        """Nobody waits because so much was tried."""
        with self.instance.database.write(INSTANCE) as session:
            session.execute(delete(Attempts))

    def _follow(self, who: str, page: str) -> None:
        for link in dict.fromkeys(re.findall(r'href="(/[^"#]*)', page)):
            route = self._page_at(urlsplit(link).path)
            if route is not None and str(route) not in self.app.seen and (who, link) not in self._followed:
                self._followed.add((who, link))
                self.look(who, link.replace("&amp;", "&"))

    def _page_at(self, path: str) -> Route | None:
        if path not in self._known:
            found = [route for route, pattern in self._patterns if pattern.fullmatch(path)]
            self._known[path] = min(found, key=lambda one: one.path.count("{"), default=None)
        return self._known[path]

    @cached_property
    def _known(self) -> dict[str, Route | None]:
        return {}

    @cached_property
    def _patterns(self) -> list[tuple[Route, re.Pattern[str]]]:
        return [(one, pattern_of(one)) for one in self.all if one.method == "GET" and not one.api]

    def _leave_out(self, *_: Any) -> str:
        return ""


def pattern_of(route: Route) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+:\w+\\\}", "[^/]+", re.escape(route.path)))

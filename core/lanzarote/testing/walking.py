"""Visits every page that links lead to, as a reader without an account does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from msgspec import Struct

from lanzarote.testing.pages import PageRead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from litestar.testing import TestClient

MOST = 20_000
"""Addresses; beyond them something leads round in circles."""


class Walk(Struct, frozen=True, kw_only=True):
    """What there was to see."""

    pages: tuple[str, ...]
    """Addresses of the pages of the regions, in the order in which they were found."""
    checked: int
    """How many addresses were asked for, other pages and files among them."""
    faults: tuple[str, ...]
    """What is wrong, in words; each names the page."""


class _Link(Struct, frozen=True):
    path: str
    query: str
    fragment: str

    @property
    def sort(self) -> tuple[str, frozenset[str]]:
        """Links to one page that ask for the same kinds of things are alike: one of them is followed."""
        return self.path, frozenset(name for name, _ in parse_qsl(self.query, keep_blank_values=True))


def walk(client: TestClient[Any], starts: Mapping[str, str]) -> Walk:
    """Visit the pages below *starts* (address → its language), and look whether what they link to is there."""
    waiting: dict[tuple[str, frozenset[str]], tuple[_Link, str]] = {}
    for start in starts:
        waiting[_Link(start, "", "").sort] = _Link(start, "", ""), "the start"
    found: dict[str, PageRead] = {}
    faults: list[str] = []
    aims: list[tuple[str, _Link]] = []
    for number, key in enumerate(_growing(waiting)):
        if number >= MOST:
            faults.append(f"more than {MOST} addresses are linked to; does something lead round in circles?")
            break
        link, origin = waiting[key]
        address = link.path + (f"?{link.query}" if link.query else "")
        answer = client.get(address, follow_redirects=True)
        if answer.status_code != 200:
            faults.append(f"{origin} links to {unquote(address)}, which answers {answer.status_code}")
            continue
        language = _language_of(link.path, starts)
        if link.query or not language or not answer.headers["content-type"].startswith("text/html"):
            continue
        page = found[link.path] = PageRead(answer.text)
        faults += (f"{unquote(link.path)}: {told}" for told in _faults_of(page, language))
        for aim in _links(page, link.path):
            waiting.setdefault(aim.sort, (aim, unquote(link.path)))
            if aim.fragment:
                aims.append((link.path, aim))
    for origin, aim in aims:
        if (page_there := found.get(aim.path)) and not aim.query and aim.fragment not in page_there.ids:
            place = f"{unquote(aim.path)}#{aim.fragment}"
            faults.append(f"{unquote(origin)} links to {place}, a place that is not on that page")
    return Walk(pages=tuple(found), checked=len(waiting), faults=tuple(dict.fromkeys(faults)))


def _growing(waiting: Mapping[tuple[str, frozenset[str]], Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """The keys of what grows while it is read."""
    done = 0
    while done < len(waiting):
        for key in list(waiting)[done:]:
            done += 1
            yield key


def _language_of(path: str, starts: Mapping[str, str]) -> str:
    """The language in which a page of the regions must speak; empty for what is no such page."""
    return next((language for start, language in starts.items() if path == start or path.startswith(f"{start}/")), "")


def _links(page: PageRead, path: str) -> Iterator[_Link]:
    for found in page.links:
        href = found.get("href", "")
        parts = urlsplit(urljoin(f"http://lanzarote.test{path}", href))
        if href and parts.scheme == "http" and parts.netloc == "lanzarote.test":
            yield _Link(parts.path, parts.query, unquote(parts.fragment))


def _faults_of(page: PageRead, language: str) -> Iterator[str]:
    if page.lang != language:
        yield f"says that it is in {page.lang or 'no language'}, not in {language}"
    if len(page.headings) != 1:
        yield f"has {len(page.headings)} main headings, not one"
    for empty in page.empty:
        yield f"{empty} has nothing in it"
    for name in dict.fromkeys(one for one in page.ids if page.ids.count(one) > 1):
        yield f"the id {name!r} is in it more than once"

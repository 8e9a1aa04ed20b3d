"""The list of practices as a page, with nothing kept in memory: from the address to the bytes, in several languages.

The yardstick renders the same template with the same values, ready made, and with literal strings: plain Jinja, every
message written into the source, numbers and dates as Python writes them. It neither searches, counts, reads cards,
decodes them nor makes rows.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

import jinja2
from lanzarote.app import Application, routes
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.web.site import View

from benchmarks.corpus import LANGUAGES, region_ids
from benchmarks.databases import corpus
from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from benchmarks.figures import Settings

SHOWN = ("en", "fr", "el", "ka")
PAGES = 40
_TEXT = r'("(?:[^"\\]|\\.)*")'
_MORE = r"(?:[^()]|\((?:[^()]|\([^()]*\))*\))*"
_LITERALS = (
    (re.compile(rf"\b(?:ngettext|nsay)\({_TEXT},\s*{_TEXT},{_MORE}\)"), r"\2"),
    (re.compile(rf"\bpgettext\({_TEXT},\s*{_TEXT}{_MORE}\)"), r"\2"),
    (re.compile(rf"(?<![\w.])(?:_|gettext|say)\({_TEXT}(?:,{_MORE})?\)"), r"\1"),
)


class Literal(jinja2.BaseLoader):
    """Templates in whose source every message is a literal."""

    def __init__(self, loader: jinja2.BaseLoader) -> None:
        self.loader = loader

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        source, name, fresh = self.loader.get_source(environment, template)
        for pattern, literal in _LITERALS:
            source = pattern.sub(literal, source)
        return source, name, fresh


def run(settings: Settings) -> Report:
    """Pages"""
    report = Report("List page, caches off")
    url = f"sqlite:///{corpus(settings)}"
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_CACHE": "off"})) as instance:
        app = Application(instance, routes())
        with asyncio.Runner() as runner:
            for lang in SHOWN:
                regions = [
                    name
                    for number, name in enumerate(region_ids(settings.regions))
                    if lang in ("en", "fr") or LANGUAGES[number % len(LANGUAGES)] == lang
                ]
                if regions:
                    paths = [f"/{lang}/{name}/practices" for name in regions]
                    _measure(report, settings, app, lang, paths, runner)
    report.notes.append("20 practices on each page, with facets; a page for each of some articles of the Convention")
    return report


def _measure(
    report: Report, settings: Settings, app: Application, lang: str, paths: list[str], runner: asyncio.Runner
) -> None:
    addresses = [(path, f"article={article}") for article in range(4, 14) for path in paths][:PAGES]
    template, contexts = _contexts(app, addresses, runner)
    plain = literal_environment(app, lang).get_template(template)

    def ours() -> float:
        begun = time.perf_counter()
        runner.run(_ask(app, addresses))
        return (time.perf_counter() - begun) * 1_000 / len(addresses)

    def literal() -> float:
        begun = time.perf_counter()
        for context in contexts:
            plain.render(context).encode()
        return (time.perf_counter() - begun) * 1_000 / len(contexts)

    taken = rotate({"ours": ours, "literal strings": literal}, settings.rounds * 2)
    mine, theirs = (Measured(f"{lang}: {name}", "ms/page", False, rounds) for name, rounds in taken.items())
    report.measured += [mine, theirs]
    report.claim(f"page in {lang}, of the same template with literal strings", mine, theirs, at_most=3.0)


def literal_environment(app: Application, lang: str) -> jinja2.Environment:
    ours: jinja2.Environment = app.site.environment(lang)
    assert ours.loader is not None
    plain = jinja2.Environment(
        loader=Literal(ours.loader), autoescape=True, trim_blocks=True, lstrip_blocks=True, cache_size=-1
    )
    plain.globals.update({name: ours.globals[name] for name in ("lang", "dir", "static")})
    # Whatever filters our templates have: those for languages write attributes, the others write what they are given.
    for name in ours.filters.keys() - plain.filters.keys():
        plain.filters[name] = (lambda _: "") if name.startswith("lang_") else (lambda value, *_: str(value))
    plain.globals.update({name: lambda message, *_, **__: message for name in ("_", "gettext")})
    return plain


def _contexts(
    app: Application, addresses: list[tuple[str, str]], runner: asyncio.Runner
) -> tuple[str, list[Mapping[str, Any]]]:
    """What the pages at *addresses* give their template."""
    seen: list[tuple[str, Mapping[str, Any]]] = []
    render = View.render

    def remember(view: View, template: str, *, status: int = 200, **values: Any) -> Any:
        seen.append((template, view.context() | values))
        return render(view, template, status=status, **values)

    View.render = remember  # type: ignore[assignment, method-assign]
    try:
        runner.run(_ask(app, addresses))
    finally:
        View.render = render  # type: ignore[method-assign]
    assert len(seen) == len(addresses)
    return seen[0][0], [context for _, context in seen]


async def _ask(app: Application, addresses: list[tuple[str, str]]) -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise RuntimeError(f"a page answered {message['status']}")

    for path, query in addresses:
        await app(_scope(path, query), receive, send)


def _scope(path: str, query: str) -> MutableMapping[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"accept", b"text/html")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8400),
        "state": {},
    }

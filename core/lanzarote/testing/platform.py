"""A platform on which one package is installed: what it finds wrong, its pages, the answers of its hooks."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from typing import TYPE_CHECKING, Any

from litestar.testing import TestClient
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LanzaroteError, PackageError
from lanzarote.plugins import Host, installed
from lanzarote.testing.pages import PageRead
from lanzarote.testing.walking import Walk, walk
from lanzarote.types import FORMAT, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from lanzarote.plugins import Candidate

NOWHERE = RegionHeader(
    format=FORMAT,
    requires_api=">=1,<2",
    id="nowhere",
    territory="XA",
    name={"en": "Nowhere"},
    languages=("en",),
    time_zone="Etc/UTC",
)
"""The region for which hooks are called when the package describes none."""


class Platform:
    """A platform of its own, with one distribution and what that one depends on; use it with ``with``.

    No setting of the machine and no other installed package reaches it. Raises PackageError when the distribution is
    not installed or is no package of the platform.
    """

    def __init__(self, distribution: str, folder: Path, *, beside: Collection[str] = ()) -> None:
        """*folder*: an empty one, for the database. *beside*: further distributions that are to be there."""
        candidates = _with_what_it_needs(distribution, beside)
        self._own = tuple(one.name for one in candidates if _same(one.distribution, distribution))
        self._instance = new_instance(read_settings({"LANZAROTE_DATA": str(folder)}), Host(candidates))
        self.faults: list[str] = []
        """What is wrong with the package, in words: its code, its hooks, its folders. Warnings are not among it."""
        try:
            self._load()
        except BaseException:
            self._instance.close()
            raise

    def __enter__(self) -> Platform:
        app: Any = create_app(self._instance)
        self.client: TestClient[Any] = TestClient(app, base_url="http://lanzarote.test")
        """Asks as an anonymous reader does: ``client.get("/en")``."""
        self.client.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.__exit__(None, None, None)
        self._instance.close()

    @property
    def regions(self) -> Mapping[str, RegionHeader]:
        """The regions that the package describes and that could be loaded, by id."""
        own = set(self._own)
        installed = self._instance.installed
        return {
            key: header
            for key, header in self._instance.headers().items()
            if key in installed and installed[key].package.name in own
        }

    def read(self, address: str) -> PageRead:
        """The page at *address*, such as ``/en/my-region/practices``. Raises LookupError when there is none."""
        answer = self.client.get(address)
        if answer.status_code != 200:
            raise LookupError(f"{address} answers {answer.status_code}")
        return PageRead(answer.text)

    def walk(self, *, languages: Collection[str] = ()) -> Walk:
        """Visit every public page of the package's regions in their languages (or only in *languages*).

        What ``Walk.faults`` tells: pages that do not answer, links that lead nowhere, headings, links and paragraphs
        with nothing in them, pages in another language than their address says.
        """
        starts = {
            f"/{language}/{region_id}": language
            for region_id, header in self.regions.items()
            for language in header.languages
            if language in (languages or header.languages)
        }
        return walk(self.client, starts)

    def call(self, hook: str, **values: Any) -> list[Any]:
        """What the package answers to *hook*, one after another; the checks and events get *values* unchanged.

        A check of which *region* or *before* is not given gets the package's first region, and nothing saved before:
        ``platform.call("check_practice", new=sheet)``.
        """
        if hook.startswith("check_"):
            values = {"region": next(iter(self.regions.values()), NOWHERE), "before": None} | values
        asked = self._instance.host.ask(hook, self._own, **values)
        if not asked:
            has = sorted({one for package in self._instance.host.packages for one in package.hooks})
            raise LookupError(f"The package has no hook {hook!r}; it has: {', '.join(has) or 'none'}.")
        answers = [answer() for _, answer in asked]
        return [one for answer in answers if isinstance(answer, Iterable) for one in answer]

    def _load(self) -> None:
        instance = self._instance
        instance.migrate()
        for region_id, found in instance.installed.items():
            try:
                instance.load(region_id)
            except LanzaroteError as error:
                if found.package.name in self._own:
                    self.faults.append(str(error))
        packages = instance.host.ask_all().packages
        self.faults += [f"{one.name} {one.fault}" for one in packages if one.name in self._own and one.fault]


def _with_what_it_needs(distribution: str, beside: Collection[str]) -> list[Candidate]:
    """The packages of a distribution, of those *beside* it, and of those that they ask for, directly or not."""
    wanted = [distribution, *beside]
    names: set[str] = {canonicalize_name(name) for name in wanted}
    while wanted:
        for name in _asked_for(wanted.pop()):
            if name not in names:
                names.add(name)
                wanted.append(name)
    found = [one for one in installed() if canonicalize_name(one.distribution) in names]
    for name in (distribution, *beside):
        if not any(_same(one.distribution, name) for one in found):
            raise PackageError(_why_not(name))
    return found


def _asked_for(distribution: str) -> list[str]:
    try:
        asked = [Requirement(line) for line in requires(distribution) or ()]
    except PackageNotFoundError:
        return []
    return [canonicalize_name(one.name) for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]


def _why_not(distribution: str) -> str:
    try:
        requires(distribution)
    except PackageNotFoundError:
        return f"{distribution} is not installed in this environment; beside its pyproject.toml: pip install -e ."
    return (
        f"{distribution} is no package of the platform: its pyproject.toml has no [project.entry-points.lanzarote], or "
        "it was installed before it had one; beside that file: pip install -e ."
    )


def _same(one: str, other: str) -> bool:
    return canonicalize_name(one) == canonicalize_name(other)

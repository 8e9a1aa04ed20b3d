"""National law that regions share: read from its folders, and given to the regions that ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lanzarote.regions.check import check
from lanzarote.regions.claims import law_of
from lanzarote.regions.content import Content
from lanzarote.regions.folder import add_law, read_framework, read_framework_header, read_region
from lanzarote.types import FrameworkHeader, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from lanzarote.plugins import Host
    from lanzarote.regions.claims import Installed
    from lanzarote.regions.content import Problem
    from lanzarote.types import LegalFramework


def content_of(host: Host, installed: Installed, owners: Mapping[str, str]) -> Content:
    """Everything that an installed region's folder and its law say, faults included; *owners* as in ``law_of``."""
    laws = [law_of(host, wanted, own=installed.package.name, owners=owners) for wanted in installed.header.law]
    return with_law(read_region(installed.region.path), read_laws(law for law in laws if law))


def read_laws(frameworks: Iterable[LegalFramework], wanted: Collection[str] | None = None) -> dict[str, Content]:
    """Read folders of national law, by the territory they are the law of; the first of each counts.

    One without a readable header is left out; of those not in *wanted*, where it is given, only the header is read.
    """
    laws: dict[str, Content] = {}
    for framework in frameworks:
        header = read_framework_header(framework.path)
        if header and wanted is not None and header.id not in wanted:
            laws.setdefault(header.id, Content(header=header))
            continue
        content = check(read_framework(framework.path))
        if isinstance(content.header, FrameworkHeader):
            laws.setdefault(content.header.id, content)
    return laws


def unreadable(frameworks: Iterable[LegalFramework]) -> list[Problem]:
    """What keeps the headers of folders of national law from being read: nobody knows which law is in them."""
    contents = [read_framework(framework.path) for framework in frameworks]
    return [
        replace(problem, file=f"[law] {problem.file}")
        for content in contents
        if content.header is None
        for problem in content.problems
        if problem.file == "framework.toml"
    ]


def with_law(content: Content, laws: Mapping[str, Content]) -> Content:
    """Add the law that the region asks for, then look at how everything hangs together."""
    if not isinstance(content.header, RegionHeader):
        return content
    for wanted in content.header.law:
        law = laws.get(wanted)
        if law is None:
            known = ", ".join(laws) or "none"
            message = f"no installed package brings the law {wanted!r} (there is: {known}); install one that does"
            content.problem("region.toml", ("law",), message)
            content.unread |= {"provisions", "sources"}  # what refers to them is not missed one by one
            continue
        content.problems += [replace(problem, file=f"[law {wanted}] {problem.file}") for problem in law.problems]
        add_law(content, law)
    return check(content)

"""Which installed package describes which region and brings which law; regions share the law they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.plugins import Host, Package
from lanzarote.plugins.packages import EITHER, EITHER_OR_MOVE, ENTERED_TWICE, FROM_FOLDER, MEND, MOVE, WAY_OUT
from lanzarote.regions import folder
from lanzarote.regions.check import check
from lanzarote.regions.content import Content
from lanzarote.regions.folder import add_law, read_framework, read_framework_header, read_region
from lanzarote.types import Catalogue, FrameworkHeader, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from lanzarote.regions.content import Problem
    from lanzarote.types import LegalFramework, Region


class Installed(Struct, frozen=True, kw_only=True):
    """A region whose package is installed."""

    header: RegionHeader
    package: Package
    region: Any


class InstalledRegions(Mapping[str, Installed]):
    """Regions whose packages are installed, by id; a package whose region cannot be used is blamed.

    Asked for one region, it imports the package of that one; asked for all, all region packages.
    """

    def __init__(self, host: Host, owners: Mapping[str, str] | None = None) -> None:
        """*owners*: from which distribution a region was loaded; it stays with it, whoever else describes it.

        Nobody owns one that is not loaded: it is that of the package which is called after it, or else of the one that
        comes with the platform, or else of the first by name.
        """
        self._host, self.owners = host, owners or {}
        self._headers: dict[tuple[str, int], RegionHeader | None] = {}
        self._looked_for: set[str] = set()
        self._found: tuple[object, dict[str, Installed]] = None, {}

    def __getitem__(self, region_id: str) -> Installed:
        found = self.known(region_id)
        if found is None and region_id not in self.owners:
            found = self._every().get(region_id)
        if found is None:
            raise KeyError(region_id)
        return found

    def known(self, region_id: str) -> Installed | None:
        """The region as the package says it that it was loaded from, or one that is imported by now or called so."""
        self.wake((region_id,))
        return self._settled().get(region_id)

    def wake(self, region_ids: Iterable[str], *others: str) -> None:
        """Import the packages of *region_ids*, and the packages *others*, all at once; see what they describe."""
        new = dict.fromkeys(region_id for region_id in region_ids if region_id not in self._looked_for)
        self._host.wake(*packages_of(self._host, {one: self.owners.get(one, "") for one in new}), *others)
        self._looked_for.update(new)
        self._settled()

    def __iter__(self) -> Iterator[str]:
        return iter(self._every())

    def __len__(self) -> int:
        return len(self._every())

    def away(self, region_id: str) -> str:
        """Why no package speaks for the region, to be put behind "its package"; empty when one does."""
        if self.get(region_id) is not None:
            return ""
        if (own := self.at_fault(region_id)) is None:
            sound = next((one for one in self._host.packages if self._is_of(one, region_id)), None)
            return f"{sound.known} does not describe it" if sound else "is not installed"
        return f"{own.known} is not used (`lanzarote plugins` shows why)" if own.fault else own.away

    def at_fault(self, region_id: str) -> Package | None:
        """The region's package, if nothing of it is used."""
        return next((one for one in self._host.packages if one.away and self._is_of(one, region_id)), None)

    def unused(self) -> tuple[Package, ...]:
        """All packages of which nothing is used."""
        return tuple(one for one in self._host.packages if one.away)

    def _is_of(self, package: Package, region_id: str) -> bool:
        """Whether the region was loaded from *package*, or would be by what it is called."""
        owner = self.owners.get(region_id)
        return package.distribution == owner if owner else package.name == region_id

    def imported(self) -> tuple[Installed, ...]:
        """The regions of the packages that are imported by now, by id."""
        return tuple(found for _, found in sorted(self._settled().items()))

    def _every(self) -> dict[str, Installed]:
        self._host.ask_all()
        return self._settled()

    def _settled(self) -> dict[str, Installed]:
        """The regions of the packages that are imported by now."""
        while self._found[0] is not self._host.regions:
            # Whoever is blamed contributes nothing: what is left is looked at once more.
            self._found = self._host.regions, self._choose(self._host.regions)
        return self._found[1]

    def _choose(self, described: Sequence[tuple[Package, Region]]) -> dict[str, Installed]:
        claims: dict[str, list[Installed]] = {}
        for package, region in described:
            if header := self._header(package, region):
                claims.setdefault(header.id, []).append(Installed(header=header, package=package, region=region))
        found: dict[str, Installed] = {}
        for region_id, claimants in claims.items():
            owner = self.owners.get(region_id)
            chosen = _owner(claimants, owner, self._host.is_added)
            if chosen:
                found[region_id] = chosen
            for one in claimants:
                if one is chosen:
                    continue
                if chosen and self._host.is_added(chosen.package.name):
                    self._host.pass_over(one.package.name, FROM_FOLDER)
                else:
                    way, names = _way_out(one, chosen, owner)
                    self._host.blame(one.package.name, _why_not(one, chosen, owner), way, **names)
        return found

    def _header(self, package: Package, region: Region) -> RegionHeader | None:
        place = package.name, id(region)
        if place not in self._headers:
            try:
                self._headers[place] = folder.read_header(region.path)
            except Exception as error:  # the folder is the package's, and may be anything
                self._headers[place] = None
                self._host.blame(package.name, f"its region.toml cannot be used: {error}")
        return self._headers[place]


def installed_regions(host: Host, owners: Mapping[str, str] | None = None) -> InstalledRegions:
    """As ``InstalledRegions``, with every package imported by now."""
    regions = InstalledRegions(host, owners)
    len(regions)
    return regions


def region_catalogues(place: Traversable) -> Iterator[Catalogue]:
    """The platform's words as the region's own folder says them."""
    words = place / "translations" / "lanzarote"
    files = words.iterdir() if words.is_dir() else ()
    for file in sorted(files, key=lambda file: str(file.name)):
        if file.name.endswith(".po"):
            yield Catalogue(language=file.name.removesuffix(".po"), path=file)


def packages_of(host: Host, owners: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the packages that may describe the regions *owners*, each with the distribution it was loaded from."""
    # Most often the package is called after its region: then the others need not even be looked at.
    astray = {owner for region_id, owner in owners.items() if owner and host.distribution_of(region_id) != owner}
    return (*owners, *host.asleep(astray))


def law_of(host: Host, wanted: str, *, own: str = "", owners: Mapping[str, str] | None = None) -> LegalFramework | None:
    """The law of the territory *wanted*, as it counts for the region of the package *own*.

    That of the region's own package; else of a package that describes no region; else of the package of a region that
    is loaded here (*owners*: region → its distribution); else of one that has it in a folder of its own; else of any.
    Of several that of the one that comes with the platform, else of the first by name, whichever are imported by now:
    no more of them are than it takes.
    """
    loaded = owners or {}
    used = {*loaded.values()}

    def first(fits: Callable[[Package], bool]) -> LegalFramework | None:
        return next((law for package, law in _bringing(host, wanted) if fits(package)), None)

    def of_all_regions(package: Package) -> bool:
        return "regions" not in package.hooks and not host.waits_for_region(package.name)

    if law := first(lambda package: package.name == own) or first(of_all_regions):
        return law
    host.wake(*packages_of(host, loaded))
    if law := first(lambda package: package.distribution in used):
        return law
    holding = {name for name, place in host.places() if _holds(place, wanted)}
    host.wake(*holding)
    if law := first(lambda package: package.name in holding):
        return law
    host.ask_all()
    return first(lambda package: True)


def _bringing(host: Host, wanted: str) -> Iterator[tuple[Package, LegalFramework]]:
    """The law *wanted*, and who brings it: what comes with the platform, then the others, each by name."""
    for package, framework in host.contributed("legal_frameworks"):
        header = folder.read_framework_header(framework.path)
        if header is not None and header.id == wanted:
            yield package, framework


def _holds(place: Path, wanted: str) -> bool:
    """Whether a package, whose files are at *place*, has the law in a folder of its own; it is not imported."""
    headers = (folder.read_framework_header(file.parent) for file in place.glob("*/framework.toml"))
    return any(header is not None and header.id == wanted for header in headers)


def _owner(claimants: Sequence[Installed], owner: str | None, is_added: Callable[[str], bool]) -> Installed | None:
    # What the application itself adds, such as a folder to preview, comes before all.
    if own := next((one for one in claimants if is_added(one.package.name)), None):
        return own
    if owner:
        return next((one for one in claimants if one.package.distribution == owner), None)
    return next((one for one in claimants if one.package.name == one.header.id), claimants[0])


def _way_out(claimant: Installed, chosen: Installed | None, owner: str | None) -> tuple[str, dict[str, str]]:
    """The way out where a package does not get its region, and the names in it; one that is loaded may follow it."""
    movable = claimant.package.distribution != ""
    if not chosen:
        return MOVE if movable else WAY_OUT, {}
    if chosen.package.name == claimant.package.name:
        return MEND, {}
    if _known(chosen) == _known(claimant):
        return ENTERED_TWICE, {}
    names = {"claimant": _known(claimant), "chosen": _known(chosen), "command": _move(claimant)}
    return EITHER_OR_MOVE if owner and movable else EITHER, names


def _move(claimant: Installed) -> str:
    return f"lanzarote region move {claimant.header.id} {claimant.package.distribution}"


def _known(installed: Installed) -> str:
    return installed.package.distribution or installed.package.name


def _why_not(claimant: Installed, chosen: Installed | None, owner: str | None) -> str:
    region_id = claimant.header.id
    if chosen and chosen.package.name == claimant.package.name:
        return f"describes the region {region_id!r} twice"
    if chosen:
        # Two entries of one distribution are told apart by their names.
        known = _known(chosen) if _known(chosen) != _known(claimant) else f"its entry {chosen.package.name!r}"
        return f"describes the region {region_id!r}, which {known} describes already"
    told = f"describes the region {region_id!r}, which was loaded from {owner}"
    if not claimant.package.distribution:
        return told
    return f"{told}; if the region shall follow this package from now on: {_move(claimant)}"


# --- National law that regions share: read from its folders, and given to the regions that ask for it ---


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

"""Tells every fault of a folder of a region or of national law, then how far up the quality scale it is."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanzarote.errors import RegionError
from lanzarote.kit.folders import LAW, REGION, refuse_no_folder
from lanzarote.kit.project import laws_beside, project_of, unsaid
from lanzarote.kit.territories import refuse_unknown_part
from lanzarote.plugins import Host
from lanzarote.regions.check import check as check_content
from lanzarote.regions.check import latest_day
from lanzarote.regions.claims import read_laws, unreadable, with_law
from lanzarote.regions.content import Content, Problem, counted
from lanzarote.regions.folder import read_framework, read_framework_header, read_region
from lanzarote.regions.words import in_other_words
from lanzarote.runtime.progress import stages
from lanzarote.translation import Translations
from lanzarote.translation.catalogues import SOURCE_LANGUAGE, is_language
from lanzarote.types import Catalogue, FrameworkHeader, LegalFramework, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from lanzarote.kit.scale.judging import Judgement
    from lanzarote.kit.scale.rules import Tier


def check(
    folder: Path,
    laws: Sequence[Path],
    *,
    tier: Tier | None = None,
    against: Path | None = None,
    everything: bool = False,
    for_programs: bool = False,
) -> int:
    """Tell every fault of a folder of a region or of national law, and which tier of the quality scale it reaches.

    1 if it cannot be loaded, says of a rule wrongly that it does not fit, does not reach *tier*, or lost something that
    the published wheel *against* has. Raises RegionError when there is no such folder, or no such wheel.
    """
    refuse_no_folder(folder, laws, REGION, LAW)
    with stages() as say:
        say(f"Reading {folder}")
        content = _read_law(folder, laws) if _holds_law(folder) else read_folder(folder, laws)
        faults = content.errors
        judgement = None if faults else judged(folder, laws, content, say)
        lost = None if faults or against is None else _lost(content, folder, against, say)
    if for_programs:
        print(json.dumps(_as_json(folder, content, judgement, lost), indent=2, ensure_ascii=False))
    elif judgement is None:
        _print_faults(content, exempt_in(folder, content))
    else:
        _print_judgement(folder, content, judgement, lost, everything=everything)
    short = tier is not None and not (judgement and judgement.reaches(tier))
    if short and not for_programs and judgement:
        print(f"It does not reach {tier}, as asked by --tier.")
    return 1 if faults or lost or short or (judgement and judgement.refused) else 0


def judged(
    folder: Path,
    laws: Sequence[Path],
    content: Content,
    say: Callable[[str], object],
    *,
    on: date | None = None,
) -> Judgement:
    """Judge a folder that can be loaded, and the law that comes in the same package or was given.

    *say* is told what is being looked at. Some rules ask how long ago something was read: they count back from the day
    *on*, or from today.
    """
    from lanzarote.kit.scale import RULES
    from lanzarote.kit.scale.judging import judge
    from lanzarote.kit.scale.rules import Subject

    project, day = project_of(folder), on or latest_day()
    words = catalogues_for(folder)
    subject = Subject(content=content, folder=folder, project=project, catalogues=words, today=day)
    if _is_law(content):
        return judge(subject, (), [rule for rule in RULES if rule.of_law], say)
    beside = [
        Subject(content=law, folder=place, project=project, catalogues=words, today=day)
        for place in own_laws(folder, laws)
        for law in read_laws([LegalFramework.from_folder(place)]).values()
    ]
    return judge(subject, beside, RULES, say)


def exempt_in(folder: Path, content: Content) -> tuple[Problem, ...]:
    """The warnings that the folder itself gives a reason for, in ``quality.toml``."""
    from lanzarote.kit.scale import RULES
    from lanzarote.kit.scale.judging import exempt

    return exempt(content, folder, {rule.id: rule for rule in RULES})


def catalogues_for(folder: Path) -> tuple[Catalogue, ...]:
    """The platform's words as a region of *folder* has them: from installed packages, then from the folder."""
    return (*Host().catalogues, *own_catalogues(folder))


def own_catalogues(folder: Path) -> list[Catalogue]:
    files = sorted((folder / "translations" / "lanzarote").glob("*.po"))
    return [Catalogue(language=file.stem, path=file) for file in files]


def _reworded(folder: Path) -> list[str]:
    """What the folder says in other words than installed packages do, file by file."""
    told: list[str] = []

    def clash(path: str, messages: Sequence[str]) -> None:
        told.append(f"{Path(path).relative_to(folder).as_posix()} {in_other_words(messages)}: its own are said.")

    own = [one for one in own_catalogues(folder) if is_language(one.language) and one.language != SOURCE_LANGUAGE]
    Translations(Host().catalogues, regional={"own": own}, clash=clash).read_all()
    return told


def read_folder(folder: Path, laws: Sequence[Path]) -> Content:
    """Read a region folder with its law as the platform would; law in the same package comes before what is installed.

    Raises RegionError when there is no such folder, or when a region stands inside it.
    """
    refuse_no_folder(folder, laws, REGION)
    if links := [problem for place in (folder, *laws) for problem in _links_out(place)]:
        return Content(problems=links)  # what they lead to stands in no message either
    content = read_region(folder)
    own = [LegalFramework.from_folder(law) for law in own_laws(folder, laws)]
    host = Host().ask_all()
    frameworks = (*own, *(law for _, law in host.contributed("legal_frameworks")))
    known = read_laws(frameworks, content.header.law if isinstance(content.header, RegionHeader) else ())
    content = with_law(content, known)
    if isinstance(content.header, RegionHeader) and not known.keys() >= {*content.header.law}:
        content.problems += unreadable(frameworks)
    _refuse_unknown_territory(content)
    asked = [law for law in laws_beside(project_of(folder)) if law not in laws and _is_asked_for(content, law)]
    content.problems += unsaid(project_of(folder), folder, asked)
    for package in host.packages:
        if package.fault:
            print(f"The installed package {package.name} is not used: {package.fault}", file=sys.stderr)
    return content


def _holds_law(folder: Path) -> bool:
    return (folder / LAW).is_file() and not (folder / REGION).is_file()


def _is_law(content: Content) -> bool:
    return isinstance(content.header, FrameworkHeader)


def _read_law(folder: Path, laws: Sequence[Path]) -> Content:
    if laws:
        raise RegionError(f"{folder} is national law itself; --law is for the folder of a region.")
    if links := list(_links_out(folder)):
        return Content(problems=links)
    content = check_content(read_framework(folder))
    content.problems += unsaid(project_of(folder), folder, ())
    return content


def _is_asked_for(content: Content, law: Path) -> bool:
    header = read_framework_header(law)
    return isinstance(content.header, RegionHeader) and header is not None and header.id in content.header.law


def _refuse_unknown_territory(content: Content) -> None:
    """A region that is loaded already is not asked this: it must not vanish because a list of codes was amended."""
    if isinstance(content.header, RegionHeader):
        try:
            refuse_unknown_part(content.header.territory)
        except RegionError as error:
            content.problem("region.toml", ("territory",), str(error))


def own_laws(folder: Path, laws: Sequence[Path]) -> list[Path]:
    """Folders of national law that come before what is installed: those that were given, then those of the package."""
    given = {law.resolve() for law in laws}
    beside = [law for law in laws_beside(project_of(folder)) if law not in given and not any(_links_out(law))]
    return [*laws, *beside]


def _links_out(folder: Path) -> Iterator[Problem]:
    """A folder that came from elsewhere shows what is in it, and nothing else of this machine."""
    inside = os.path.realpath(folder)
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(inside):
            told = "is a link that leads out of the folder; put here what it leads to"
            yield Problem(file=file.relative_to(folder).as_posix(), key="", line=0, message=told)


def _lost(content: Content, folder: Path, against: Path, say: Callable[[str], None]) -> tuple[Problem, ...]:
    from lanzarote.kit.published import lost, lost_law

    say(f"Comparing with {against}")
    return tuple((lost_law if _is_law(content) else lost)(content, folder, against))


def _print_faults(content: Content, exempt: Sequence[Problem]) -> None:
    warnings = [one for one in content.problems if one.warning and one not in exempt]
    for before, problems in (("", content.errors), ("warning: ", warnings), ("exempt: ", exempt)):
        for problem in sorted(problems, key=lambda one: (one.file, one.line)):
            print(f"{before}{problem}")
    told = f", {len(exempt)} exempt" if exempt else ""
    print(f"{counted(len(content.errors), 'fault')} to mend, {counted(len(warnings), 'warning')}{told}.")


def _print_judgement(
    folder: Path, content: Content, judgement: Judgement, lost: Sequence[Problem] | None, *, everything: bool
) -> None:
    from lanzarote.kit.scale.judging import render

    print(f"{folder} can be loaded: {_summary(content)}.")
    for line in render(judgement, everything=everything):
        print(line)
    for line in _reworded(folder):
        print(line)
    for problem in lost or ():
        print(problem)
    if lost is not None:
        told = f"{counted(len(lost), 'fault')} to mend" if lost else "nothing is lost that others may hold on to"
        print(f"Against the published wheel: {told}.")


def _as_json(
    folder: Path, content: Content, judgement: Judgement | None, lost: Sequence[Problem] | None
) -> dict[str, Any]:
    from lanzarote.kit.scale.judging import as_json, problem_as_json

    told: dict[str, Any] = {"folder": str(folder), "faults": [problem_as_json(one) for one in content.errors]}
    told |= as_json(judgement) if judgement else {"reached": None, "next": "loadable", "tiers": []}
    return told | {"against": [problem_as_json(one) for one in lost or ()]}


def _summary(content: Content) -> str:
    kinds: tuple[tuple[Mapping[str, object], str], ...] = (
        (content.sectors, "sector"),
        (content.organisations, "organisation"),
        (content.provisions, "provision"),
        (content.practices, "practice"),
        *([(content.procedures, "procedure")] if content.procedures else []),
        (content.sources, "source"),
    )
    if _is_law(content):
        kinds = ((content.instruments, "legal text"), (content.provisions, "provision"), (content.sources, "source"))
    return ", ".join(counted(len(entries), noun) for entries, noun in kinds)

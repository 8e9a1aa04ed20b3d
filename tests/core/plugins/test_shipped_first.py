"""Where two packages bring one thing, what comes with the platform has it, whatever the other is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lanzarote.plugins import Candidate, Host, installed
from lanzarote.plugins.packages import ENTERED_TWICE, RENAME
from lanzarote.regions.claims import InstalledRegions, installed_regions, law_of
from lanzarote.regions.words import words_of

from tests.core.plugins.packages import write_package
from tests.core.plugins.test_shared_law import write_law

if TYPE_CHECKING:
    from collections.abc import Sequence

LAW = '@hookimpl\ndef legal_frameworks():\n    return (LegalFramework.from_folder(Path(__file__).parent / "law_xt"),)\n'
WORDS = '@hookimpl\ndef catalogues():\n    return (Catalogue(language="is", path=Path(__file__).parent / "is.po"),)\n'


def both_ways(*candidates: Candidate) -> Sequence[list[Candidate]]:
    return [*candidates], [*reversed(candidates)]


def shipped(candidate: Candidate) -> Candidate:
    """As if *candidate* came with the platform."""
    return Candidate(name=candidate.name, module=candidate.module, distribution="lanzarote-webhook", version="1.0")


@pytest.mark.parametrize("other", ["lanzarote-paris", "aaa-paris", "lanzarote-region-pari", "aaa"])
def test_nobody_takes_the_name_of_a_region_from_the_platform_by_what_a_distribution_is_called(
    folder: Path, other: str
) -> None:
    late = write_package(folder, "other")
    taking = Candidate(name="paris", module=late.module, distribution=other, version="9.0")
    for candidates in both_ways(taking, *installed()):
        host = Host(candidates)
        assert installed_regions(host)["paris"].package.distribution == "lanzarote-region-paris"
        [refused] = [one for one in host.packages if one.distribution == other]
        assert refused.fault == "repeats the name 'paris' of lanzarote-region-paris; give it a name of its own"
        assert refused.way_out == RENAME


def test_nobody_takes_a_module_from_the_platform_by_being_called_aaa() -> None:
    taking = Candidate(name="aaa", module="lanzarote_compendium", distribution="aaa", version="1.0")
    for candidates in both_ways(taking, *installed()):
        told = {one.name: one for one in Host(candidates).ask_all().packages}
        assert told["compendium"].fault == ""
        assert told["aaa"].fault == (
            "cannot be used: it is the very module that lanzarote-compendium 0.1.0 is; name each package once"
        )
        assert told["aaa"].way_out == ENTERED_TWICE


def test_of_two_that_bring_one_law_the_one_of_the_platform_counts(folder: Path) -> None:
    ours, other = write_package(folder, "zzz", LAW), write_package(folder, "aaa", LAW)
    for one in (ours, other):
        write_law(folder / one.module / "law_xt", one.name)
    for candidates in both_ways(shipped(ours), other):
        law = law_of(Host(candidates), "XT", own="south")
        assert law is not None
        assert Path(str(law.path)).parent.name == ours.module


def test_nobody_says_the_words_of_a_region_of_the_platform_in_its_place(folder: Path) -> None:
    other = write_package(folder, "aaa", WORDS)
    said = 'msgid ""\nmsgstr ""\n"Language: is\\n"\n\nmsgid "Practices"\nmsgstr "aaa"\n'
    (folder / other.module / "is.po").write_text(said, "utf-8")
    for candidates in both_ways(other, *installed()):
        host = Host(candidates)
        regions = InstalledRegions(host, {"iceland": "lanzarote-region-iceland"})
        assert regions["iceland"].header.languages[0] in ("is", "en")
        words = words_of(host, regions, regions.owners).translator("is", "iceland")
        assert words.gettext("Practices") not in ("aaa", "Practices")

"""Looks at the procedures of a region folder: what they name, and whether there is a way through their steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.regions.check_ways import IN_ALL_LANGUAGES, nearest, need_articles, unread, way_to
from lanzarote.regions.content import UNREAD
from lanzarote.regions.reachability import circling, targets_of, unreached
from lanzarote.regions.walking import walk
from lanzarote.types import Measure, Passing, ProcedureParty, ProcedureStep

if TYPE_CHECKING:
    from lanzarote.regions.content import Content
    from lanzarote.types import ProcedureSeed, RegionHeader


def check_procedures(content: Content, header: RegionHeader) -> None:
    """Add to ``content.problems`` what does not hang together."""
    for key, procedure in content.procedures.items():
        file = f"procedures/{key}.toml"
        _check_texts(content, header, file, procedure)
        _check_keys(content, file, procedure)
        _check_steps(content, file, procedure)
        if procedure.nature == "reconstructed" and not (procedure.sources or procedure.own_sources):
            content.problem(file, ("sources",), "is reconstructed from public sources; name at least one")
        if procedure.nature == "example" and procedure.organisations:
            told = "an example is about no real body; give sectors in the place of organisations"
            content.problem(file, ("nature",), told)


def _check_texts(content: Content, header: RegionHeader, file: str, procedure: ProcedureSeed) -> None:
    text = procedure.text.get(procedure.original)
    if text is None or not text.title:
        told = f"there is no [text.{procedure.original}] with a title, the language it was written in"
        content.problem(file, ("original",), told)
    for language in header.languages:
        if language not in procedure.text and language not in header.draft:
            told = f"has no text in {language!r}; readers see another language"
            content.problem(file, ("text",), told, rule=IN_ALL_LANGUAGES)
    for language in procedure.text:
        if language not in header.languages:
            content.problem(file, ("text", language), unread(language, header.languages), rule=UNREAD)


def _check_keys(content: Content, file: str, procedure: ProcedureSeed) -> None:
    def need(path: tuple[str | int, ...], name: str, key: str | None, what: str) -> None:
        if key and content.lacks(name, key):
            content.problem(file, path, f"{key!r} is no {what}; {way_to(content, name, key)}")

    for path, found in walk(procedure, ()):
        if isinstance(found, ProcedureParty | ProcedureStep | Passing | Measure):
            need((*path, "organisation"), "organisations", found.organisation, "organisation of organisations.toml")
            need((*path, "sector"), "sectors", found.sector, "sector of sectors.toml")
        if isinstance(found, Passing):
            need((*path, "basis"), "provisions", found.basis, "provision of law/")
        if isinstance(found, ProcedureParty) and not (found.organisation or found.sector):
            content.problem(file, path, "names neither an organisation nor a sector; give one of them")
    for provision in procedure.legal_basis:
        need(("legal_basis",), "provisions", provision, "provision of law/")
    for practice in procedure.practices:
        need(("practices",), "practices", practice, "practice of this region")
    for improvement in procedure.improvements:
        content.problem(
            file, ("improvements",), f"{improvement!r} is none: packages ship no improvements; leave it out"
        )
    need_articles(content, file, ("convention",), procedure.convention)


def _check_steps(content: Content, file: str, procedure: ProcedureSeed) -> None:
    """Keys once each, and no way that leads nowhere; a reconstruction may leave open what follows."""
    keys = [step.key for step in procedure.steps]
    for number, step in enumerate(procedure.steps):
        path = ("steps", number)
        if step.key in keys[:number]:
            content.problem(file, (*path, "key"), f"{step.key!r} is the key of another step; keys are unique")
        for target in targets_of(step):
            if target not in keys:
                content.problem(file, path, f"it leads to {target!r}, which is no step here; {nearest(target, keys)}")
        if step.end and step.next:
            told = f"it ends here, and {' and '.join(step.next)} would follow; take out either end or next"
            content.problem(file, (*path, "end"), told)
    if procedure.steps and len({*keys}) == len(keys):
        for number in sorted(unreached(procedure.steps)):
            content.problem(
                file, ("steps", number), "no step leads here, and it has no trigger; give it one of the two"
            )
        for number in sorted(circling(procedure.steps)):
            told = "from here the steps go round in a circle that nothing leads out of; give one of them a way out"
            content.problem(file, ("steps", number), told)

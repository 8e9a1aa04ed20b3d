"""The words for every fixed code, one table per kind; the words of a region come from its vocabulary instead."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from lanzarote.translation import N_, in_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.translation import Translator

LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "side": {
        "public": N_("Public institutions"),
        "civil-society": N_("Civil society"),
        "both": N_("Public and civil society together"),
        "mixed": N_("Public and civil society in one body"),
        "private": N_("Private sector"),
    },
    "domain": {
        "prevention": N_("Prevention"),
        "protection": N_("Protection"),
        "prosecution": N_("Prosecution"),
        "participation": N_("Participation"),
    },
    "target": {
        "children": N_("Children"),
        "child-victims": N_("Child victims"),
        "children-at-risk": N_("Children at risk"),
        "minors-who-offend": N_("Minors who offend"),
        "adult-survivors": N_("Adult survivors"),
        "families": N_("Families"),
        "professionals": N_("Professionals"),
        "potential-perpetrators": N_("People who fear they may offend"),
        "perpetrators": N_("Perpetrators"),
        "general-public": N_("General public"),
    },
    "standing": {
        "documented": N_("Documented from public sources, not assessed by the group"),
        "declared": N_("Confirmed by an organisation that runs it, not assessed by the group"),
        "assessed": N_("Assessed by the group"),
    },
    "vouching": {
        "public-sources": N_("public sources"),
        "declared": N_("an organisation that runs it"),
        "observed": N_("a peer who observed it"),
        "evaluated": N_("an evaluation by a third party"),
    },
    "strength": {
        "not-assessed": N_("not assessed"),
        "pioneering": N_("pioneering"),
        "prudent": N_("prudent"),
        "promising": N_("promising"),
        "effective": N_("effective"),
    },
    "running": {
        "announced": N_("Announced"),
        "ongoing": N_("Running"),
        "ended": N_("Ended"),
        "unknown": N_("Not known whether it still runs"),
    },
    "scope": {
        "local": N_("Local"),
        "regional": N_("Regional"),
        "national": N_("National"),
        "international": N_("International"),
    },
    "cost": {
        "none": N_("No cost of its own"),
        "low": N_("Low cost"),
        "medium": N_("Medium cost"),
        "high": N_("High cost"),
    },
    "answer": {
        "yes": N_("Yes"),
        "no": N_("No"),
    },
    "agreement": {
        "not-asked": N_("The organisations that run it were not asked to confirm this text."),
        "asked": N_("An organisation that runs it was asked; it has not confirmed this text."),
        "given": N_("An organisation that runs it has confirmed this text."),
        "refused": N_("An organisation that runs it refused to confirm this text."),
    },
    "relation": {
        "cited": N_("Cited in a public source"),
        "invited": N_("Invited to the group"),
        "taking-part": N_("Taking part in the group"),
        "declined": N_("Declined to take part"),
        "left": N_("Left the group"),
    },
    "source": {
        "official": N_("official document"),
        "official-mirror": N_("copy of an official document"),
        "organisation": N_("the organisation itself"),
        "press": N_("press"),
        "legal-commentary": N_("legal commentary"),
        "parliament": N_("parliament"),
        "dataset": N_("dataset"),
    },
    "text": {
        "title": N_("Title"),
        "summary": N_("Summary"),
        "target_group": N_("For whom"),
        "problem": N_("The need it answers"),
        "objectives": N_("Objectives"),
        "activities": N_("What is done"),
        "means": N_("Means it takes"),
        "keys_to_success": N_("Keys to success"),
        "difficulties": N_("Difficulties met"),
        "expected_results": N_("Expected results"),
        "results": N_("Results"),
        "theory": N_("Why it should work"),
        "ethics": N_("Ethics and the rights of the child"),
        "equity": N_("Equity"),
        "participation": N_("How the people concerned take part"),
        "transfer": N_("What another place needs"),
        "sustainability": N_("What keeps it going"),
        "information_exchange": N_("How information is exchanged"),
        "review": N_("How the agreement is reviewed"),
        "limits": N_("What the sources do not show"),
    },
    "audience": {
        "children": N_("For children"),
        "witnesses": N_("For anyone worried about a child"),
        "emergency": N_("In an emergency"),
        "online": N_("For what is seen or happens online"),
        "missing": N_("For missing children"),
        "potential-perpetrators": N_("For people who fear they may offend"),
        "adult-survivors": N_("For adults who were abused as children"),
    },
    "facet": {
        "sector": N_("Sector"),
        "common": N_("Sector"),
        "side": N_("Who works together"),
        "article": N_("Article of the Convention"),
        "domain": N_("Domain"),
        "target": N_("For whom"),
        "standing": N_("Standing"),
        "running": N_("Running or ended"),
        "scope": N_("Scale"),
        "cost": N_("Cost"),
        "region": N_("Region"),
    },
}


def label(kind: str, code: str, translator: Translator) -> str:
    """The words for *code* as text, for attributes and files; the code itself where there are none."""
    known = LABELS[kind].get(code)
    return translator.gettext(known) if known else code


@lru_cache(maxsize=4096)
def say(kind: str, code: str, translator: Translator) -> Markup:
    """As ``label``, for a page: with its language where that is not the page's."""
    return escape(label(kind, code, translator))


@lru_cache(maxsize=1024)
def phrase(english: str, translator: Translator) -> Markup:
    """What ``_`` does in a template, for words that are marked with ``N_`` elsewhere."""
    return escape(translator.gettext(english))


@lru_cache(maxsize=4096)
def written(text: str, lang: str, page: str) -> Markup:
    """*text*, which is in *lang*, for a page in *page*: with its language where that is not the page's.

    >>> written("Santé", "fr", "en")
    Markup('<span lang="fr">Santé</span>')
    """
    return escape(in_language(text, lang, page))

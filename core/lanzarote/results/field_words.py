"""Documents that leave a region, field by field: what the fields are called, and all that stands in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote.runtime.reading import LateDecoder, converted
from lanzarote.translation import N_, format_date, language_name, pick
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.web.site import View


FIELDS: Final[Mapping[str, str]] = {
    "about": N_("About"),
    "abstained": N_("Abstained"),
    "abstentions": N_("Abstentions"),
    "abstentions_count": N_("Abstentions count"),
    "act": N_("Act"),
    "actions": N_("Actions"),
    "activities": N_("Activities"),
    "adds_up": N_("Values add up"),
    "adopted_by": N_("Adopted by"),
    "against": N_("Against"),
    "agreement": N_("Agreement of the holder"),
    "agreement_on": N_("Day of that agreement"),
    "amended": N_("Changed afterwards"),
    "answer": N_("Answer"),
    "answers": N_("Answers"),
    "applied": N_("Applied"),
    "assessed_on": N_("Assessed on"),
    "audiences": N_("Meant for"),
    "baseline": N_("Starting point"),
    "basis": N_("Basis"),
    "basis_text": N_("Basis, in words"),
    "body": N_("Entry"),
    "branches": N_("Branches"),
    "by": N_("By"),
    "ceased": N_("No longer applied"),
    "changed": N_("What had to change"),
    "choice": N_("Position"),
    "choices": N_("Choices"),
    "cite": N_("Cited as"),
    "code": N_("Reference"),
    "common": N_("Common words"),
    "computed": N_("Computed"),
    "condition": N_("Condition"),
    "conditions": N_("Conditions"),
    "confidential": N_("Confidential"),
    "confirmed": N_("Confirmed"),
    "contact": N_("Contact"),
    "convention": N_("Articles of the Convention"),
    "convention_status": N_("The State and the Convention"),
    "corrected": N_("Corrected"),
    "cost": N_("Cost"),
    "count": N_("Number"),
    "counted": N_("What is counted"),
    "counts": N_("Counts"),
    "criteria": N_("Criteria"),
    "criterion": N_("Criterion"),
    "date": N_("Day"),
    "day": N_("Day"),
    "deadline": N_("Time limit"),
    "decided_by": N_("Decided by"),
    "decision": N_("Decision"),
    "derived": N_("Adapted from"),
    "description": N_("Description"),
    "difficulties": N_("Difficulties"),
    "direction": N_("Direction"),
    "disputes": N_("Disagreements"),
    "dissent": N_("Who did not agree"),
    "domains": N_("Domains"),
    "done": N_("What was done"),
    "draft": N_("Languages to be reviewed"),
    "due_on": N_("Due on"),
    "editorial": N_("Editorial"),
    "eli": N_("Identifier of the law"),
    "end": N_("Ends here"),
    "ended": N_("Ended"),
    "ended_on": N_("Ended on"),
    "endorsed": N_("Endorsed"),
    "endorsed_on": N_("Endorsed on"),
    "entries": N_("Entries"),
    "equity": N_("Equity"),
    "ethics": N_("Ethics"),
    "evidence": N_("Evidence"),
    "expected": N_("Expected effect"),
    "expected_results": N_("Expected results"),
    "facet": N_("Narrows lists"),
    "field_sources": N_("Sources of each field"),
    "figures": N_("Figures"),
    "fixed_on": N_("Fixed on"),
    "for_whom": N_("For whom"),
    "format": N_("Format"),
    "former": N_("Former keys"),
    "former_name": N_("Former name"),
    "forwarded": N_("Forwarded to"),
    "from": N_("From"),
    "gate": N_("Has to be met"),
    "governance": N_("Steering"),
    "grid": N_("Version of the grid"),
    "held_back": N_("Held back"),
    "help": N_("Help text"),
    "hidden": N_("Not published"),
    "history": N_("History"),
    "hours": N_("Hours"),
    "id": N_("Identifier"),
    "identifier": N_("Identifier"),
    "improvement": N_("Improvement"),
    "improvements": N_("Improvements"),
    "in_force": N_("In force since"),
    "indicators": N_("Indicators"),
    "information_exchange": N_("Exchange of information"),
    "input": N_("What comes in"),
    "instrument": N_("Legal text"),
    "introduced_by": N_("Introduced by"),
    "judge": N_("Assessor"),
    "judges": N_("Assessors"),
    "key": N_("Key"),
    "keys_to_success": N_("Keys to success"),
    "kind": N_("Kind"),
    "label": N_("Label"),
    "language": N_("Language"),
    "languages": N_("Languages"),
    "latest": N_("Last value"),
    "law": N_("Law"),
    "leading_sectors": N_("Leading sectors"),
    "legal_basis": N_("Legal basis"),
    "licence": N_("Licence"),
    "limits": N_("Limits"),
    "majority": N_("Majority"),
    "mandate": N_("Mandate"),
    "mandates": N_("Mandates"),
    "means": N_("Means"),
    "measure": N_("Measure"),
    "measures": N_("Measures"),
    "meeting": N_("Meeting"),
    "merged_into": N_("Merged into"),
    "met": N_("Met"),
    "method": N_("Method"),
    "name": N_("Name"),
    "named": N_("Named"),
    "named_in_mandate": N_("Named in the mandate"),
    "names": N_("Names it is known by"),
    "names_withheld": N_("Names that are held back"),
    "nature": N_("Nature"),
    "needed": N_("Needed"),
    "next": N_("Next step"),
    "no_published_effect": N_("No evaluated effect on children published"),
    "not_asked": N_("Not asked"),
    "note": N_("Note"),
    "number": N_("Number"),
    "objections": N_("Objections"),
    "objectives": N_("Objectives"),
    "of": N_("Out of"),
    "official_url": N_("Official address"),
    "on": N_("On"),
    "organisation": N_("Organisation"),
    "organisations": N_("Organisations"),
    "origin": N_("Where it comes from"),
    "original": N_("Original language"),
    "outcome": N_("Outcome"),
    "output": N_("What comes out"),
    "own_sources": N_("Sources of its own"),
    "part": N_("Part"),
    "participation": N_("Participation"),
    "parties": N_("Parties"),
    "partners": N_("Partners"),
    "passes": N_("What is passed on"),
    "period": N_("Period"),
    "personal_identifiers": N_("Personal numbers that are looked for"),
    "points": N_("Values"),
    "practice": N_("Practice"),
    "practices": N_("Practices"),
    "problem": N_("Problem"),
    "procedure": N_("Procedure"),
    "progress": N_("Progress"),
    "prominent": N_("On every page"),
    "proposal": N_("Proposal"),
    "provisions": N_("Provisions"),
    "published_at": N_("Published on"),
    "publisher": N_("Publisher"),
    "purpose": N_("Purpose"),
    "question": N_("Question"),
    "questions": N_("Questions"),
    "quorum_share": N_("Share needed for a quorum"),
    "quorum_sides": N_("Sides needed for a quorum"),
    "ratified": N_("Ratified"),
    "read_on": N_("Read on"),
    "reason": N_("Reason"),
    "reasons": N_("Reasons"),
    "recheck": N_("To be checked again"),
    "record": N_("Entry"),
    "ref": N_("Article"),
    "region": N_("Region"),
    "region_name": N_("Name of the region"),
    "related": N_("Related practices"),
    "released_on": N_("Released on"),
    "replaced_by": N_("Replaced by"),
    "required": N_("Required"),
    "requires_api": N_("Version of the platform"),
    "result": N_("Result"),
    "results": N_("Results"),
    "retired": N_("No longer in use"),
    "retracted": N_("Withdrawal"),
    "review": N_("Review"),
    "review_after": N_("To be reviewed after"),
    "review_months": N_("Months until it is looked at again"),
    "reviewer": N_("Reviewer"),
    "reviewers": N_("Number of reviewers"),
    "rhythm": N_("Rhythm"),
    "role": N_("Role"),
    "rounded": N_("Rounded"),
    "rule": N_("Rule"),
    "running": N_("Running"),
    "scale": N_("Scale"),
    "scope": N_("Reach"),
    "sector": N_("Sector"),
    "sectors": N_("Sectors"),
    "share": N_("Leaves the region"),
    "side": N_("Side"),
    "signed": N_("Signed"),
    "since": N_("Since"),
    "slug": N_("Address"),
    "source": N_("Source"),
    "sources": N_("Sources"),
    "spoken": N_("Said by the body itself"),
    "stakeholder": N_("Organisation"),
    "stale": N_("Languages older than the original"),
    "standing": N_("Status"),
    "standpoint": N_("Point of view"),
    "started": N_("Started"),
    "state": N_("State"),
    "status": N_("What was decided about it"),
    "steps": N_("Steps"),
    "strength": N_("Strength of the evidence"),
    "strip": N_("Short text"),
    "summary": N_("Summary"),
    "superseded_by": N_("Replaced by"),
    "support": N_("Support"),
    "sustainability": N_("Sustainability"),
    "taking_part": N_("Bodies that took part"),
    "target": N_("Aim"),
    "target_group": N_("Target group"),
    "target_groups": N_("Target groups"),
    "territory": N_("Territory"),
    "text": N_("Text"),
    "text_messages": N_("By text message"),
    "theory": N_("Theory"),
    "through": N_("Transfer by which it came"),
    "time_zone": N_("Time zone"),
    "title": N_("Title"),
    "to": N_("To"),
    "transfer": N_("What another place needs"),
    "trigger": N_("What begins it"),
    "type": N_("Kind"),
    "unconfirmed": N_("Not confirmed"),
    "unit": N_("Unit"),
    "until": N_("Until"),
    "updated_at": N_("Last changed"),
    "url": N_("Link"),
    "url_level": N_("What the link leads to"),
    "url_note": N_("Note on the link"),
    "value": N_("Value"),
    "verdict": N_("Verdict"),
    "verified": N_("Verified"),
    "version": N_("Version"),
    "versions": N_("Versions"),
    "vocabulary": N_("Part of the package"),
    "votes": N_("Votes"),
    "votes_against": N_("Votes against"),
    "votes_for": N_("Votes for"),
    "vouching": N_("Who vouches"),
    "website": N_("Website"),
    "what": N_("What"),
    "when": N_("When"),
    "withdrawn": N_("Withdrawn"),
    "within": N_("Within"),
    "years": N_("Years"),
}
LABELLED: Final[Mapping[str, str]] = {
    "side": "side",
    "domains": "domain",
    "target_groups": "target",
    "standing": "standing",
    "vouching": "vouching",
    "strength": "strength",
    "running": "running",
    "scope": "scope",
    "cost": "cost",
    "agreement": "agreement",
    "editorial": "text",
}
"""Field → table of ``web.labels`` in which its codes are words."""


# --- A document of the change log, field by field, for people: everything that stands in it, and nothing else ---

IN_LANGUAGES: Final = frozenset({"original", "language", "languages", "draft", "stale"})
"""Fields that hold codes of languages."""


class Line(Struct, frozen=True, kw_only=True):
    """A field: what it says, or the fields in it."""

    label: str
    text: str = ""
    lang: str = ""
    """Language of the text, where it is not the page's."""
    lines: tuple[Line, ...] = ()


class Reader:
    """Puts documents of one region into the words of a page."""

    def __init__(self, view: View) -> None:
        self.view = view
        header = view.vocabulary.header
        self.languages = frozenset((*header.languages, *view.site.languages))
        self.sectors = {key: view.say(one.name) for key, one in view.vocabulary.sectors.items()}
        self.bodies = {name: view.say(one.organisation.name) for one in view.directory for name in (one.id, *one.names)}

    def read(self, body: bytes) -> tuple[Line, ...]:
        """Everything in *body*, a JSON object."""
        return self._fields(msgspec.json.decode(body))

    def _fields(self, said: Mapping[str, Any], lang: str = "") -> tuple[Line, ...]:
        told = ((name, value) for name, value in said.items() if value not in (None, "", [], {}))
        return tuple(self._line(name, value, lang) for name, value in told)

    def _line(self, name: str, value: Any, lang: str) -> Line:
        if name in self.languages and isinstance(value, str | dict):
            # What stands under a language is written in it.
            label, lang = language_name(name, self.view.lang), name
        else:
            label = self.view._(FIELDS[name]) if name in FIELDS else self._named(name)
        return self._said(name, label, value, lang)

    def _said(self, name: str, label: str, value: Any, lang: str) -> Line:
        if isinstance(value, dict):
            return Line(label=label, lines=self._fields(value, lang))
        if isinstance(value, list):
            if all(isinstance(one, str | int | float) for one in value):
                return Line(
                    label=label, text=", ".join(self._word(name, one) for one in value), lang=self._foreign(lang)
                )
            return Line(label=label, lines=self._each(name, value, lang))
        return Line(label=label, text=self._word(name, value), lang=self._foreign(lang))

    def _each(self, name: str, values: Sequence[Any], lang: str) -> tuple[Line, ...]:
        lines = []
        for number, one in enumerate(values, 1):
            label = str(number)
            if isinstance(one, dict) and isinstance(key := one.get("key", one.get("organisation")), str):
                label = self._named(key)
            lines.append(self._said(name, label, one, lang))
        return tuple(lines)

    def _word(self, name: str, value: Any) -> str:
        if name in IN_LANGUAGES:
            return language_name(str(value), self.view.lang)
        if isinstance(value, bool):
            return self.view._("yes") if value else self.view._("no")
        if name in LABELLED:
            return labels.label(LABELLED[name], str(value), self.view.translator)
        text = str(value)
        if name.endswith("_at") and len(text) > len("2030-01-01"):
            return format_date(self.view.day_of(converted(text, datetime)), self.view.lang)
        return self._named(text)

    def _named(self, name: str) -> str:
        """What *name* stands for, where it is the key of a sector or of a body."""
        return self.sectors.get(name) or self.bodies.get(name) or name

    def _foreign(self, lang: str) -> str:
        return lang if lang != self.view.lang else ""


def title_of(view: View, kind: str, body: bytes) -> tuple[str, str]:
    """What the document is called and in which language; empty where it has no name."""
    said = msgspec.json.decode(body)
    texts: Any = {}
    match kind:
        case "region":
            texts = said["name"]
        case "practice":
            texts = {lang: each["title"] for lang, each in said["practice"]["text"].items()}
        case "stakeholder":
            texts = said["organisation"]["name"]
        case "improvement" | "procedure":
            texts = {lang: each["title"] for lang, each in said[kind]["text"].items()}
        case "indicator":
            texts = {lang: each["title"] for lang, each in said["text"].items()}
        case "evaluation":
            texts = said["title"]
        case "transfer":
            texts = said["origin"]["region_name"]  # it says where from, and not what it is called there
    texts = {lang: text for lang, text in texts.items() if text}
    return pick(texts, view.lang, None, view.vocabulary.header.languages) if texts else ("", "")


def slug_of(body: bytes) -> str:
    return _Slugged.decode(body).slug


class _HasSlug(Struct):
    slug: str = ""


_Slugged = LateDecoder(_HasSlug)

"""What no translation may have: other placeholders, plural forms or tags than its original, unseen signs.

Whoever reads a catalogue asks here: the platform, the check of a folder, and what takes in a translator's work.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lanzarote.translation.formats import plural_categories
from lanzarote.translation.po import Entry, Fault
from lanzarote.translation.texts import direction

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
"""Control characters, and marks that show a text in another order than it is written in."""
LITERAL_PERCENT = re.compile(r"%(?!\(\w+\)s|%)")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_MARKS = "\u200e\u200f"
"""Marks of direction, which texts written from right to left need beside numbers and foreign words."""
_LONGEST_TOLD = 80


def placeholders(text: str) -> frozenset[str]:
    """The names in ``%(name)s``."""
    return frozenset(_PLACEHOLDER.findall(text))


def faults_of(entries: Sequence[Entry], language: str) -> Iterator[Fault]:
    """Every fault of the translations *entries* into *language*."""
    for entry in entries:
        if told := fault_of(entry, language):
            yield Fault(entry.line, f'"{entry.id[:_LONGEST_TOLD]}" {told}')


def fault_of(entry: Entry, language: str) -> str:
    """Why a translation cannot be taken; empty when it can. Of a fuzzy one, which nobody sees, only its forms count."""
    return breaks(entry, language) or ("" if "fuzzy" in entry.flags else _fault_of_words(entry, language))


def breaks(entry: Entry, language: str) -> str:
    """Why pages that say it would fail; any other fault is one of how it reads."""
    return _fault_of_forms(entry, language) or ("" if "fuzzy" in entry.flags else _fault_of_names(entry))


def _fault_of_forms(entry: Entry, language: str) -> str:
    categories = plural_categories(language) if entry.plural is not None else ()
    if entry.plural is not None and len(entry.forms) != len(categories):
        return (
            f"has {len(entry.forms)} plural forms; {language} has {len(categories)} "
            f"in CLDR, in this order: {', '.join(categories)}"
        )
    if entry.plural is None and len(entry.forms) != 1:
        return "has plural forms, but no msgid_plural"
    return ""


def _fault_of_words(entry: Entry, language: str) -> str:
    if any(entry.forms) and not all(entry.forms):
        return "has plural forms that are empty; fill in all of them"
    for form in filter(None, entry.forms):
        if told := _fault_of_tags(_originals(entry), form):
            return told
        if unseen := UNSEEN.search(_without_marks(form, language)):
            return f"holds an invisible character (U+{ord(unseen[0]):04X}); write it anew without it"
    return ""


def _fault_of_names(entry: Entry) -> str:
    told = (_fault_of_placeholders(_originals(entry), form) for form in filter(None, entry.forms))
    return next(filter(None, told), "")


def _originals(entry: Entry) -> list[str]:
    return [entry.id] if entry.plural is None else [entry.id, entry.plural]


def _fault_of_placeholders(originals: Sequence[str], form: str) -> str:
    found = [placeholders(original) for original in originals]
    allowed, needed = frozenset.union(*found), frozenset.intersection(*found)
    names = placeholders(form)
    if not needed <= names <= allowed:
        return f"is translated with {_names(names)}; the original has {_names(allowed)}"
    if allowed and (stray := LITERAL_PERCENT.search(form)):
        return f"needs %% for a percent sign, at {form[stray.start() : stray.start() + 12]!r}"
    return ""


def _fault_of_tags(originals: Sequence[str], form: str) -> str:
    if _tags(form) in map(_tags, originals):
        return ""
    return f"has the tags {_listed(form)}; the original has {_listed(originals[0])}"


def _names(names: frozenset[str]) -> str:
    return ", ".join(f"%({name})s" for name in sorted(names)) or "no placeholder"


def _without_marks(form: str, language: str) -> str:
    return form.translate(dict.fromkeys(map(ord, _MARKS))) if direction(language) == "rtl" else form


def _tags(text: str) -> Counter[str]:
    return Counter(_TAG.findall(text))


def _listed(text: str) -> str:
    return " ".join(_TAG.findall(text)) or "none"

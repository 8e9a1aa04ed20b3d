"""Looks at what a single entry of a region folder may say: addresses, lists, answers, characters."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lanzarote.facts.helplines import unfit_number
from lanzarote.regions.check_synonyms import check_synonyms
from lanzarote.regions.criteria import common_criteria
from lanzarote.regions.walking import own_provisions, values_of, walk
from lanzarote.translation.checking import UNSEEN
from lanzarote.types import NARROWING, Choice, Objective, Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lanzarote.regions.content import Content
    from lanzarote.types import PracticeField

ADDRESSES = ("url", "official_url", "website", "eli")
"""Names of the fields that hold the address of a page."""
RETIRABLE = ("sectors", "ages", "helplines", "fields")
"""Kinds whose entries may name what replaced them."""
RENAMABLE = (
    "sectors",
    "organisations",
    "sources",
    "ages",
    "helplines",
    "fields",
    "provisions",
    "practices",
    "procedures",
)
"""Kinds whose entries may name the keys they had before."""
_KEYED = (Choice, Question, Objective)


def check_entries(content: Content) -> None:
    """Add to ``content.problems`` what is wrong within one entry, or between entries of one file."""
    for file, start, value in values_of(content):
        for path, found in walk(value, start):
            if isinstance(found, str):
                _check_string(content, file, path, found)
            elif isinstance(found, tuple) and found and isinstance(found[0], _KEYED):
                _check_list(content, file, path, found)
    _check_former(content)
    _check_fields(content)
    for key, practice in content.practices.items():
        for name, answer in practice.answers.items():
            if (field := content.fields.get(name)) and (told := _misfit(field, answer)):
                content.problem(f"practices/{key}.toml", ("answers", name), told)
    _check_followers(content)
    _check_helplines(content)
    check_synonyms(content)
    _check_criteria(content)
    _check_addresses(content)
    share = content.decision.quorum_share if content.decision else None
    if share is not None and not 0 < share <= 1:
        content.problem("decision.toml", ("quorum_share",), f"is {share}; a share is more than 0 and at most 1")


def _check_string(content: Content, file: str, path: tuple[str | int, ...], text: str) -> None:
    if unseen := UNSEEN.search(text):
        told = f"holds an invisible character (U+{ord(unseen[0]):04X}); write the text anew without it"
        content.problem(file, path, told)
    if path and path[-1] in ADDRESSES:
        if told := unfit_address(text):
            content.problem(file, path, told)
    elif not text.strip() and path:
        content.problem(file, path, "is empty; leave the key out when nothing is known")


def unfit_address(text: str) -> str:
    """Why *text* is no address of a page that everybody may be led to; empty when it is one."""
    try:
        parts = urlsplit(text)
        named = parts.username is not None
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        fits = named = False
    if named:
        return "holds a user name or a password, and everybody would read it; write the address without it"
    return "" if fits else f"{text[:80]!r} is no web address; it begins with https:// or http://"


def _check_list(content: Content, file: str, path: tuple[str | int, ...], entries: Iterable[Any]) -> None:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.key in seen:
            content.problem(file, (*path, number), f"{entry.key!r} stands in this list twice; keys are unique")
        seen.add(entry.key)


def _check_former(content: Content) -> None:
    """A former key leads to one entry, and is no present key."""
    for name in RENAMABLE:
        entries: Mapping[str, Any] = getattr(content, name)
        claimed: dict[str, str] = {}
        for key, entry in entries.items():
            for former in entry.former:
                first = claimed.setdefault(former, key)
                if former in entries or f"{name}.{former}" in content.unread:
                    whose = "its present key" if former == key else "the key of another entry"
                    told = f"{former!r} is {whose}; a former key is never used again, take it out here"
                    content.problem(*_place_of(content, name, key), told)
                elif first != key:
                    told = f"{former!r} is a former key of {first!r} too; keep one"
                    content.problem(*_place_of(content, name, key), told)


def _check_followers(content: Content) -> None:
    """Whoever follows what replaced an entry, or took it over, comes to an end."""
    for name, field in (*((one, "replaced_by") for one in RETIRABLE), ("organisations", "merged_into")):
        entries: Mapping[str, Any] = getattr(content, name)
        told: set[str] = set()
        for key in entries:
            way = [key]
            while (after := getattr(entries.get(way[-1]), field, None)) and after not in way:
                way.append(after)
            if after != key or told & set(way):
                continue
            told.update(way)
            if len(way) > 1:
                wrong = f"leads back to where it began ({' → '.join((*way, key))}); take one of them out"
            elif field == "merged_into":
                wrong = "an organisation is not merged into itself"
            else:
                wrong = "an entry is not replaced by itself"
            content.problem(f"{name}.toml", (key, field), wrong)


def _check_helplines(content: Content) -> None:
    for key, line in content.helplines.items():
        if (line.number or "").strip() and (told := unfit_number(line.number or "")):
            content.problem("helplines.toml", (key, "number"), told)
        if not (line.number or line.url):
            told = "has neither a number nor an address: nobody can turn to it; give its number or its url"
            content.problem("helplines.toml", (key,), told, rule="helplines-reachable")
        elif line.prominent and not line.number:
            told = "is prominent, but the strip on every page shows numbers only; give its number"
            content.problem("helplines.toml", (key, "prominent"), told, rule="helplines-reachable")


def _place_of(content: Content, name: str, key: str) -> tuple[str, tuple[str, ...]]:
    """File and key of the former keys of an entry."""
    if name in ("practices", "procedures"):
        return f"{name}/{key}.toml", ("former",)
    if name == "provisions":
        return content.law_files.get(key, "law"), (name, key, "former")
    return f"{name}.toml", (key, "former")


def _check_addresses(content: Content) -> None:
    """What is said about an address has an address to say it of; a copy is not what it is a copy of."""
    for key, source in content.sources.items():
        if source.official_url and source.official_url == source.url and key not in content.borrowed:
            told = "is the address under url too: leave it out, or write under url where the copy was read"
            content.problem("sources.toml", (key, "official_url"), told)
    for key, provision in own_provisions(content):
        for name, said in (("url_level", provision.url_level != "article"), ("url_note", bool(provision.url_note))):
            if said and not provision.url:
                told = "speaks of an address that is not there: add url, or take it out"
                content.problem(content.law_files[key], ("provisions", key, name), told)


def _check_fields(content: Content) -> None:
    for key, field in content.fields.items():
        if field.type in ("choice", "choices") and not field.choices:
            content.problem("fields.toml", (key, "choices"), f"a field of type {field.type!r} needs choices to offer")
        if field.type not in ("choice", "choices") and field.choices:
            told = f"a field of type {field.type!r} has no choices; its type may be 'choice'"
            content.problem("fields.toml", (key, "choices"), told)
        if field.facet and field.type not in NARROWING:
            told = f"answers of type {field.type!r} narrow no list; only those of {', '.join(NARROWING)} do"
            content.problem("fields.toml", (key, "facet"), told)


def _check_criteria(content: Content) -> None:
    common = {question.key: question for question in common_criteria().questions}
    for number, question in enumerate(content.criteria.questions if content.criteria else ()):
        known = common.get(question.key)
        if known and known.gate != question.gate:
            told = f"{question.key!r} is asked in every region, {'as' if known.gate else 'and not as'} a condition"
            content.problem("criteria.toml", ("questions", number, "gate"), told)


def _misfit(field: PracticeField, answer: object) -> str:
    """Why *answer* does not fit the field; empty when it does."""
    offered = [choice.key for choice in field.choices]
    if field.type == "choice":
        return "" if answer in offered else f"{answer!r} is none of the choices: {', '.join(offered)}"
    if field.type == "choices":
        chosen = answer if isinstance(answer, list) else [answer]
        strange = [one for one in chosen if one not in offered]
        if not isinstance(answer, list):
            return "several choices are a list: [ … ]"
        return f"{strange[0]!r} is none of the choices: {', '.join(offered)}" if strange else ""
    wanted: dict[str, tuple[type[Any], str]] = {
        "number": (float, "a number"),
        "date": (date, "a day without quotes, such as 2014-06-02"),
        "yes-no": (bool, "true or false"),
    }
    if field.type == "text":
        texts = answer.values() if isinstance(answer, dict) else [answer]
        return "" if all(isinstance(text, str) for text in texts) else "text in quotes is needed here"
    kind, told = wanted[field.type]
    number = field.type == "number" and isinstance(answer, int) and not isinstance(answer, bool)
    return "" if number or isinstance(answer, kind) else f"{told} is needed here"

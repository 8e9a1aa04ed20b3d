"""Looks at what entries of a region folder say: addresses, lists, answers, synonyms, the steps of procedures."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from lanzarote.facts.helplines import unfit_number
from lanzarote.regions.content import (
    IN_ALL_LANGUAGES,
    RENAMABLE,
    RETIRABLE,
    UNREAD,
    nearest,
    own_provisions,
    place_of,
    unread,
    values_of,
    walk,
)
from lanzarote.regions.declared import forms_in
from lanzarote.regions.group import common_criteria
from lanzarote.regions.reachability import circling, targets_of, unreached
from lanzarote.regions.unfit import unfit_address
from lanzarote.search.asked import stop_words
from lanzarote.search.thesaurus import concepts
from lanzarote.search.words import SHORTEST_STEMMED, stems
from lanzarote.translation.checking import UNSEEN
from lanzarote.translation.folding import asked_words
from lanzarote.types import NARROWING, Choice, Objective, Partner, ProcedureParty, ProcedureSeed, Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lanzarote.regions.content import Content
    from lanzarote.regions.declared import Path
    from lanzarote.types import PracticeField, PracticeSeed, RegionHeader


# --- Synonyms: each word once, concepts that there are, words that something is found by ---

FILE = "synonyms.toml"
IN_USE = "synonyms-in-use"
"""The rule of the quality scale that something is found by every word."""


def check_synonyms(content: Content) -> None:
    """Add to ``content.problems`` what is wrong with the synonyms."""
    known: dict[tuple[str, ...], str] = {}
    texts = _Texts(content)
    for key, entry in content.synonyms.items():
        if entry.concept and entry.concept not in concepts():
            told = f"{entry.concept!r} is no concept of the platform's thesaurus; {nearest(entry.concept, concepts())}"
            content.problem(FILE, (key, "concept"), told)
        for lang, words in entry.words.items():
            for number, word in enumerate(words):
                path = (key, "words", lang, number)
                folded = tuple(asked_words(word))
                if not folded:
                    content.problem(FILE, path, f"{word!r} holds no word")
                elif folded in known:
                    where = "here" if known[folded] == key else f"in {known[folded]!r}"
                    told = f"{word!r} is {where} already; a word says one thing, take one of them out"
                    content.problem(FILE, path, told)
                elif not content.unread and not texts.hold(folded, lang):
                    told = f"{word!r} is in no text of this folder; only the other words of its entry find something"
                    content.problem(FILE, path, told, rule=IN_USE)
                known.setdefault(folded, key)


class _Texts:
    """Everything that the folder says, as words, once somebody asks."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._known: dict[str, list[set[str]]] = {}
        """Language → the words of each text, in all forms of that language."""

    def hold(self, words: tuple[str, ...], lang: str) -> bool:
        """Whether one text holds all *words*, in any of their forms."""
        if lang not in self._known:
            self._known[lang] = [_forms(text, lang) for text in _strings(self._content)]
        wanted = [stems(word, (lang,)) or {word} for word in words if word not in stop_words(lang)]
        return any(all(one & text for one in wanted) for text in self._known[lang])


def _forms(text: str, lang: str) -> set[str]:
    words = set(asked_words(text))
    return words.union(*(stems(word, (lang,)) for word in words if len(word) >= SHORTEST_STEMMED))


def _strings(content: Content) -> Iterator[str]:
    for file, start, value in values_of(content):
        if file != FILE:
            yield from (found for _, found in walk(value, start) if isinstance(found, str))
    for law in (*content.instruments.values(), *content.provisions.values()):
        yield from (found for _, found in walk(law, ()) if isinstance(found, str))


# --- Looks at what a single entry of a region folder may say: addresses, lists, answers, characters ---

_KEYED = (Choice, Question, Objective)


def check_entries(content: Content) -> None:
    """Add to ``content.problems`` what is wrong within one entry, or between entries of one file."""
    for file, start, value in values_of(content):
        addresses = {one.path for one in forms_in(value, start) if one.mark == "address"}
        for path, found in walk(value, start):
            if isinstance(found, str):
                _check_string(content, file, path, found, is_address=path in addresses)
            elif isinstance(found, tuple) and found and isinstance(found[0], _KEYED):
                _check_list(content, file, path, found)
            elif isinstance(found, Partner | ProcedureParty) and not (found.organisation or found.sector):
                content.problem(file, path, "names neither an organisation nor a sector; give one of them")
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


def _check_string(content: Content, file: str, path: Path, text: str, *, is_address: bool) -> None:
    if unseen := UNSEEN.search(text):
        told = f"holds an invisible character (U+{ord(unseen[0]):04X}); write the text anew without it"
        content.problem(file, path, told)
    if is_address:
        if told := unfit_address(text):
            content.problem(file, path, told)
    elif not text.strip() and path:
        content.problem(file, path, "is empty; leave the key out when nothing is known")


def _check_list(content: Content, file: str, path: Path, entries: Iterable[Any]) -> None:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.key in seen:
            content.problem(file, (*path, number), f"{entry.key!r} is in this list twice; keys are unique")
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
                    content.problem(*_former(content, name, key), told)
                elif first != key:
                    told = f"{former!r} is a former key of {first!r} too; keep one"
                    content.problem(*_former(content, name, key), told)


def _former(content: Content, name: str, key: str) -> tuple[str, Path]:
    file, path = place_of(content, name, key)
    return file, (*path, "former")


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


# --- Looks at practices and procedures: in which languages they are told ---


def check_languages(content: Content, header: RegionHeader, file: str, seed: PracticeSeed | ProcedureSeed) -> None:
    """Add to ``content.problems`` the languages that *seed* lacks, and those that nobody reads."""
    texts, original = seed.text, seed.text.get(seed.original)
    if original is None or not original.title:
        titled = " with a title" if isinstance(seed, ProcedureSeed) else ""
        told = f"there is no [text.{seed.original}]{titled}, the language it was written in"
        content.problem(file, ("original",), told)
    for language in header.languages:
        if language not in texts and language not in header.draft:
            told = f"has no text in {language!r}; readers see another language"
            content.problem(file, ("text",), told, rule=IN_ALL_LANGUAGES)
    for language in texts:
        if language not in header.languages:
            content.problem(file, ("text", language), unread(language, header.languages), rule=UNREAD)


# --- Looks at the procedures of a region folder: what they name, and whether there is a way through their steps ---


def check_procedures(content: Content, header: RegionHeader) -> None:
    """Add to ``content.problems`` what does not hang together."""
    for key, procedure in content.procedures.items():
        file = f"procedures/{key}.toml"
        check_languages(content, header, file, procedure)
        for improvement in procedure.improvements:
            told = f"{improvement!r} is none: packages ship no improvements; leave it out"
            content.problem(file, ("improvements",), told)
        _check_steps(content, file, procedure)
        if procedure.nature == "reconstructed" and not (procedure.sources or procedure.own_sources):
            content.problem(file, ("sources",), "is reconstructed from public sources; name at least one")
        if procedure.nature == "example" and procedure.organisations:
            told = "an example is about no real organisation; give sectors in the place of organisations"
            content.problem(file, ("nature",), told)


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

"""Where somebody can be found online: addresses of mail, profiles on networks, and the names people go by there."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from msgspec import Struct, toml

from lanzarote.guard import lexicon as lex
from lanzarote.guard.lexicon import (
    all_of,
    either,
    first_names,
    kinds_of,
    left_of,
    nearest_first,
    right_of,
    sentence_after,
    sentence_before,
    words,
)
from lanzarote.guard.normalise import Finding, Run
from lanzarote.translation.folding import fold

# --- Addresses of mail that belong to a person rather than to a service ---

_IN_BRACKETS = rf"[\[({{<] ?(?:{either('at')}|@) ?[\])}}>]"
_AT = rf"(?: ?@ ?| ?{_IN_BRACKETS} ?| arobase | at )"
_DOT = rf"(?:\.| \. | ?[\[({{] ?(?:{either('dot')}|\.) ?[\])}}] ?| dot | point | punkt )"
_BRACKETED = re.compile(_IN_BRACKETS, re.IGNORECASE)
_LOCAL_BACKWARDS = re.compile(r" ?([\w.+-]{1,64})")
_DOMAIN = re.compile(r"@ ?([\w-]{1,63}(?:(?:\.| \. )[\w-]{1,63}){1,6})")
_IN_ADDRESS = re.compile(r"://\S*$")
_SPELT = re.compile(
    rf"(?<![\w.+-])([\w+-]+(?:{_DOT}[\w+-]+){{0,3}}){_AT}([\w-]+(?:{_DOT}[a-z-]{{2,15}}){{1,3}})", re.IGNORECASE
)
_SPELT_DOT = re.compile(_DOT, re.IGNORECASE)
_LOCAL_PARTS = re.compile(r"[^\W\d_]+")
_NEAR = 60
_LONGEST_LOCAL = 66


def addresses(text: str) -> Iterator[Finding]:
    """E-mail addresses, except those of a role; hard where the shape is that of a person's name."""
    for start, end, local, domain in (*_written(text), *_spelt(text)):
        if (hard := _is_personal(local, domain, text, (start, end))) is not None:
            yield "email", start, end, hard


def _written(text: str) -> Iterator[tuple[int, int, str, str]]:
    place = text.find("@")
    while place >= 0:
        domain = _DOMAIN.match(text, place)
        local = _LOCAL_BACKWARDS.match(text[max(0, place - _LONGEST_LOCAL) : place][::-1]) if domain else None
        if domain and local:
            start = place - local.end()
            if not _IN_ADDRESS.search(text, max(0, start - _LONGEST_LOCAL), start):
                yield start, domain.end(), local[1][::-1], domain[1].replace(" ", "")
        place = text.find("@", domain.end() if domain else place + 1)


def _spelt(text: str) -> Iterator[tuple[int, int, str, str]]:
    """``lea.martin (at) gmail.com``"""
    if _has_spelt(text):
        for match in _SPELT.finditer(text):
            if "@" not in match[0]:
                local, domain = (_SPELT_DOT.sub(".", part) for part in match.groups())
                yield *match.span(), local, domain


def may_hold_address(text: str) -> bool:
    return "@" in text or _has_spelt(text)


def _has_spelt(text: str) -> bool:
    if ("(" in text or "[" in text or "{" in text) and _BRACKETED.search(text):
        return True
    return "arobase" in text or " dot " in text


_A_NAME, _SHORTEST_KNOWN, _LONGEST_ACRONYM, _LONGEST_INITIAL = 3, 3, 4, 2
_NEAREST = 6
_PERSONS = lex.CHILD | lex.PARTY | lex.KIN | lex.PRIVATE
_OF_A_BODY = (
    lex.SERVICE | lex.ORGANISATION | lex.SCHOOL | lex.OFFICIAL | lex.CHILD | lex.CHILDREN | lex.PARTY | lex.PARTIES
    | lex.PHONE | lex.NOTNAME | lex.STREET | lex.REPORT | lex.CASE | lex.PUPIL
)  # fmt: skip
"""Of an address at a domain of its own; at a provider's, a family has one as well."""


def _is_personal(local: str, domain: str, text: str, span: tuple[int, int]) -> bool | None:
    """Whether it surely is (or only may be) the address of a person; None when it is not."""
    domain = fold(domain)
    local = fold(local.partition("+")[0]) or fold(local)  # what follows a plus only sorts the mail
    parts = _LOCAL_PARTS.findall(local)
    private = domain in _providers() or not _providers().isdisjoint(domain.split("."))
    unknown = [part for part in parts if not _is_of_a_body(part, private=private)]
    if not unknown:
        return None
    given = any(kinds_of(part) & lex.GIVEN for part in unknown)
    known = len(parts) - len(unknown)
    if parts[0] in _boxes() or (known and not private and all(len(part) <= _A_NAME for part in unknown)):
        return None
    if private:
        return not any(stem in local for stem in _stems())
    if any(len(part) > _A_NAME and part in domain.replace("-", "") for part in unknown):
        return None  # crip@crip-ville.example
    if known:
        return given or _beside_somebody(text, span) or None
    if len(unknown) > 1:
        initial = any(len(part) <= _LONGEST_INITIAL for part in unknown)
        return given or (
            len(unknown) <= _A_NAME
            and (initial or not any(len(part) <= _LONGEST_ACRONYM for part in unknown))
            and not any(kinds_of(part) & ~lex.STREETEND for part in unknown if len(part) >= _SHORTEST_KNOWN)
        )
    surely = given or _is_named_nearby(unknown[0], text, span) or _beside_somebody(text, span)
    acronym = _SHORTEST_KNOWN <= len(unknown[0]) <= _LONGEST_ACRONYM and local.isalpha()
    return None if acronym and not surely else surely


def _is_of_a_body(part: str, *, private: bool) -> bool:
    """Whether a part of an address is a word for a service, a theme, a place or a function, or made of two of them."""
    if _is_word(part) and not (private and part in all_of("place")):
        return True
    kinds = kinds_of(part)
    if len(part) < _SHORTEST_KNOWN:
        return False  # initials
    if not private and kinds & _OF_A_BODY and not kinds & lex.GIVEN:
        return True
    return any(
        _is_word(part[:place]) and _is_word(part[place:].removeprefix("s"))
        for place in range(_SHORTEST_KNOWN, len(part) - _SHORTEST_KNOWN + 1)
    )


def _is_word(part: str) -> bool:
    return part in _boxes() or part in _themes()


def _beside_somebody(text: str, span: tuple[int, int]) -> bool:
    """``mail de la mère : chat.noir@…``: what stands nearest is a word for a person and none for a service."""
    kinds = [kinds for kinds in nearest_first(sentence_before(text, span[0], _NEAR), "") if kinds][:_NEAREST]
    first = next((one for one in kinds if one & (_PERSONS | lex.OFFICE)), 0)
    return bool(first & _PERSONS and not first & lex.OFFICE)


@cache
def _boxes() -> frozenset[str]:
    """What the address of a service begins with: ``contact``, ``sekretariat``."""
    return all_of("mailbox")


@cache
def _themes() -> frozenset[str]:
    """What it may also be made of."""
    return all_of("theme", "publicbody", "place")


@cache
def _stems() -> frozenset[str]:
    """Whoever has one in an address at a provider may be an association without a domain of its own."""
    return all_of("orgstem")


@cache
def _providers() -> frozenset[str]:
    lines = (files("lanzarote.guard") / "mail_providers.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if line[:1] != "#" for word in line.split())


def _is_named_nearby(part: str, text: str, span: tuple[int, int]) -> bool:
    """``Claire Dupont (cdupont@…)``"""
    around = words(left_of(text, span[0], _NEAR)) + words(right_of(text, span[1], _NEAR))
    for before, word in zip(["", *around], around, strict=False):
        if len(word) > 3 and word[:1].isupper() and part.endswith(fold(word)) and len(part) - len(word) < 3:
            return before[:1].isupper() or bool(kinds_of(before) & lex.TITLE)
    return False


# --- Addresses of what a person shows of themselves on a social network; pages of institutions pass ---


class _Networks(Struct):
    hosts: tuple[str, ...]
    no_profile: frozenset[str]
    named_behind: frozenset[str]


_NETWORKS = toml.decode((files("lanzarote.guard") / "networks.toml").read_bytes(), type=_Networks)
_NETWORK = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?:(?:www|m|mobile|web|[a-z]{2}(?:-[a-z]{2})?)\.)?"
    rf"(?P<host>{'|'.join(map(re.escape, _NETWORKS.hosts))})/(?P<path>[^\s\"<>()\[\]{{}}|«»]+)",
    re.IGNORECASE,
)
_ENDINGS = frozenset(host[-4:] for host in _NETWORKS.hosts)
"""The last signs of what `_NETWORK` knows."""
_ID = re.compile(r"(?:profile\.php\?(?:.*&)?id=\d+|id\d{4,}|\+?\d{8,15}|send/?\?phone=.*)", re.IGNORECASE)
_PARTS = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_ENDS = ".,;:!?/'’"
_AROUND = 70
_FEWEST = 4
_HANDLE = re.compile(r"(?<![\w.@/])@[\w.]{3,30}(?<![.])(?!@)")
_WORD_FOR_NETWORK = re.compile(
    r"\b(?:face ?book|fb|insta(?:gram)?|tik ?tok|snap(?:chat)?|twitter|vk|telegram|whatsapp|discord|threads|x)\b",
    re.IGNORECASE,
)
_LEFT_OF_HANDLE = 30


def may_hold_profile(text: str) -> bool:
    place = text.find("/")
    while place >= 0:
        if text[place - 4 : place].lower() in _ENDINGS:
            return True
        place = text.find("/", place + 1)
    return "@" in text


def profiles(text: str) -> Iterator[Finding]:
    """Addresses of profiles, hard when they name somebody; of an institution or what it shows, none."""
    for match in _NETWORK.finditer(text):
        path = match["path"].rstrip(_ENDS)
        if (hard := _whose(path, text, match.start(), match.start("path") + len(path))) is not None:
            yield "profile", match.start(), match.start("path") + len(path), hard
    place = text.find("@")
    while place >= 0:
        handle = _HANDLE.match(text, place)
        if (
            handle
            and _WORD_FOR_NETWORK.search(left_of(text, place, _LEFT_OF_HANDLE))
            and whose_handle(handle[0], text, *handle.span()) is not None
        ):
            yield "profile", *handle.span(), False
        place = text.find("@", place + 1)


def _whose(path: str, text: str, start: int, end: int) -> bool | None:
    """Whether it surely is (or only may be) that of a person; None when it is none, or an institution's."""
    steps = path.split("/")
    first = steps[0].partition("?")[0].lower()
    if _ID.fullmatch(steps[0]) or (first == "people" and len(steps) > 1):
        return not _has_body(text, start, end)
    named = len(steps) > 1 and first in _NETWORKS.named_behind
    if first in _NETWORKS.no_profile or not first:
        return None
    hard = whose_handle(steps[1] if named else steps[0], text, start, end)
    return True if hard is not None and first in ("in", "add") and named else hard


def whose_handle(handle: str, text: str, start: int, end: int) -> bool | None:
    """Whether the name somebody goes by surely is (or only may be) a person's; None when it is an institution's."""
    handle = handle.partition("?")[0].lstrip("@")
    parts = [fold(part) for part in _PARTS.findall(handle)]
    whole = "".join(parts)
    if not whole or any(stem in whole for stem in _stems_of_bodies()):
        return None if whole else False
    if any(part in _of_bodies() or kinds_of(part) & lex.OFFICE for part in parts):
        return None
    if any(kinds_of(part) & lex.GIVEN and len(part) >= _SHORTEST_NAME for part in parts) or _begins_with_name(whole):
        return True
    if _tells_person(text, start, end):
        return False
    if (len(handle) < _LONGEST and _public_body().fullmatch(fold(handle))) or _body_is_named_nearby(
        whole, text, start, end
    ):
        return None
    return None if _has_body(text, start, end) and not _YEAR.search(handle) else False


def _tells_person(text: str, start: int, end: int) -> bool:
    """Whether a child, a pupil or somebody of a family or a case stands near: then no school excuses anything."""
    before, after = _around(text, start, end)
    return any(kinds_of(word) & _SOMEBODY for word in (*before[-_FAR:], *after[:_FAR]))


_SOMEBODY = lex.CHILD | lex.PARTY | lex.KIN | lex.PUPIL | lex.LITTLE
_FAR = 6
_LONGEST = 60
_YEAR = re.compile(r"(?:19[5-9]|20[0-2])\d(?!\d)")
"""Of birth, as persons have it in such a name: institutions have the number of a département at most."""


@cache
def _public_body() -> re.Pattern[str]:
    """``hautsdeseine``, ``samusocialparis``"""
    pieces = "|".join(sorted(all_of("publicbody", "place"), key=len, reverse=True))
    return re.compile(rf"(?:(?:{pieces}|de|du|des|la|le|les|d|en|et|of|the|for|fr|off?)[._-]?)+\d{{0,3}}")


@cache
def _of_bodies() -> frozenset[str]:
    return all_of("mailbox", "theme")


@cache
def _stems_of_bodies() -> tuple[str, ...]:
    return (*all_of("orgstem"), "gouv", "minist", "unicef", "council", "conseil", "police", "officiel", "ville", "univ")


_SHORTEST_NAME = 3
_SHORTEST_BEGINNING = 4


def _begins_with_name(whole: str) -> bool:
    """``lucasmartin``, ``emmapetit``: two names in one piece."""
    return any(
        whole[:length] in first_names() and kinds_of(whole[length:]) & lex.GIVEN
        for length in range(_SHORTEST_BEGINNING, len(whole) - _SHORTEST_NAME + 1)
    )


def _body_is_named_nearby(whole: str, text: str, start: int, end: int) -> bool:
    """``Barnardo's (facebook.com/barnardos)``: what it belongs to has a name, and it is no person's."""
    before, after = _around(text, start, end)
    return any(
        len(word) >= _FEWEST
        and word[0].isupper()
        and fold(word).split("'")[0] in whole
        and not kinds_of(word) & lex.GIVEN
        for word in (*before, *after)
    )


def _has_body(text: str, start: int, end: int) -> bool:
    """A word for an institution stands in the same line, right before or behind it."""
    before, after = _around(text, start, end)
    return any(kinds_of(word) & lex.OFFICE for word in (*before[-5:], *after[:3]))


def _around(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    return words(sentence_before(text, start, _AROUND)), words(sentence_after(text, end, _AROUND))


# --- Names that people go by on a network or in a game: ``Instagram: lucas_martin12``, ``pseudo lulu_2012`` ---
# Only what no word looks like is taken for one: letters with figures, a low line or a point in them. Those of an
# organisation pass, as its pages do.

_WHOLE_HANDLE = re.compile(r"(?<![\w@./:#-])@?[^\W\d_](?:[\w.-]{1,29}\w)?(?:#\d{4})?(?![\w@/])")
_SHORTEST_HANDLE, _LONGEST_HANDLE = 5, 32
_IN_HANDLES = "_.#-@"
_CLINGING = frozenset(f"{string.ascii_letters}_#")
_NETWORK_WORDS = all_of("network")
_PASSED_OVER = all_of("handlefiller")
_ALSO_PASSED_OVER = lex.HAS | lex.NAMED | lex.PERSON
_ANNOUNCED_WITHIN, _MOST_BETWEEN = 48, 4
_BEHIND = re.compile(r"[ \n](?:on|sur|auf|en|su|no|op|na|σε|в|у)[ \n](\w+)")


def may_be_handles(text: str, runs: Sequence[Run]) -> list[int]:
    """Places within what may be such a name: a low line, or figures that cling to letters. Most texts have none."""
    places = [run.start for run in runs if run.start and text[run.start - 1] in _CLINGING]
    place = text.find("_")
    while place >= 0:
        places.append(place)
        place = text.find("_", place + 1)
    return places


def handles(text: str, places: Sequence[int]) -> Iterator[Finding]:
    """What stands behind the name of a network or a word such as *pseudo*."""
    done = first = last = -1
    for place in sorted(places):
        if place < done:
            continue
        if place >= last:
            first = last = place
            while first and (text[first - 1].isalnum() or text[first - 1] in _IN_HANDLES):
                first -= 1
            while last < len(text) and (text[last].isalnum() or text[last] in _IN_HANDLES):
                last += 1
        match = _WHOLE_HANDLE.match(text, start := max(first, place - _LONGEST_HANDLE))
        if match is None or match.end() <= place or not _may_be_handle(match[0]):
            continue
        if not _is_announced(text, *match.span()):
            continue
        done = match.end()
        if whose_handle(match[0].partition("#")[0], text, start, done) is not None:
            yield "profile", start, done, False


def _may_be_handle(written: str) -> bool:
    """CM2 and v1.2 are none."""
    return len(written) >= _SHORTEST_HANDLE and not (written.isupper() and written.isalnum())


def _is_announced(text: str, start: int, end: int) -> bool:
    before = [fold(word) for word in words(sentence_before(text, start, _ANNOUNCED_WITHIN))]
    for between, word in enumerate(reversed(before)):
        if word.rpartition("'")[2] in _NETWORK_WORDS:
            return True
        if between == _MOST_BETWEEN or not (word in _PASSED_OVER or kinds_of(word) & _ALSO_PASSED_OVER):
            break
    behind = _BEHIND.match(sentence_after(text, end, _ANNOUNCED_WITHIN))
    return behind is not None and fold(behind[1]) in _NETWORK_WORDS

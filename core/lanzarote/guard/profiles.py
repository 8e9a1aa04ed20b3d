"""Addresses of what a person shows of themselves on a social network; pages of institutions pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from lanzarote.guard.births import Finding
from lanzarote.guard.lexicon import (
    CHILD,
    GIVEN,
    KIN,
    LITTLE,
    PARTY,
    PUPIL,
    all_of,
    first_names,
    kinds_of,
    left_of,
    words,
)
from lanzarote.guard.nearby_words import OFFICE, sentence_after, sentence_before
from lanzarote.translation.folding import fold

_NETWORK = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?:(?:www|m|mobile|web|[a-z]{2}(?:-[a-z]{2})?)\.)?"
    r"(?P<host>facebook\.com|fb\.com|fb\.me|m\.me|instagram\.com|tiktok\.com|snapchat\.com|x\.com|twitter\.com|vk\.com|vk\.ru"
    r"|ok\.ru|t\.me|telegram\.me|wa\.me|api\.whatsapp\.com|linkedin\.com|threads\.net|threads\.com|bsky\.app|discord\.gg"
    r"|twitch\.tv|reddit\.com|youtube\.com|roblox\.com|pinterest\.(?:com|fr)|steamcommunity\.com|ask\.fm)/(?P<path>[^\s\"<>()\[\]{}|«»]+)",
    re.IGNORECASE,
)
_ENDINGS = frozenset((".com", "t.me", "b.me", "m.me", "a.me", ".net", "k.ru", ".app", "d.gg", "h.tv", "t.fr", "k.fm"))
"""The last signs of what `_NETWORK` knows."""
_NO_PROFILE = frozenset(
    """
    groups events watch hashtag sharer sharer.php share share.php policies policy help business legal privacy p reel
    reels explore tag tags discover search intent i home about company school feed posts jobs login terms stories s
    marketplace gaming dialog plugins r pages watch playlist c results shorts embed games catalog
    """.split()  # noqa: SIM905
)
_NAMED_HERE = frozenset(
    ("in", "pub", "add", "user", "u", "people", "profile", "channel", "status", "users", "id", "profiles")
)
"""Behind it stands who it is."""
_ID = re.compile(r"(?:profile\.php\?(?:.*&)?id=\d+|id\d{4,}|\+?\d{8,15}|send/?\?phone=.*)", re.IGNORECASE)
_PARTS = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_ENDS = ".,;:!?/'’"
_NEAR = 70
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
    named = len(steps) > 1 and first in _NAMED_HERE
    if first in _NO_PROFILE or not first:
        return None
    hard = whose_handle(steps[1] if named else steps[0], text, start, end)
    return True if hard is not None and first in ("in", "add") and named else hard


def whose_handle(handle: str, text: str, start: int, end: int) -> bool | None:
    """Whether the name somebody goes by surely is (or only may be) a person's; None when it is an institution's."""
    handle = handle.partition("?")[0].lstrip("@")
    parts = [fold(part) for part in _PARTS.findall(handle)]
    whole = "".join(parts)
    if not whole or any(stem in whole for stem in _stems()):
        return None if whole else False
    if any(part in _of_bodies() or kinds_of(part) & OFFICE for part in parts):
        return None
    if any(kinds_of(part) & GIVEN and len(part) >= _SHORTEST_NAME for part in parts) or _begins_with_name(whole):
        return True
    if _tells_person(text, start, end):
        return False
    if (len(handle) < _LONGEST and _public_body().fullmatch(fold(handle))) or _is_named_nearby(whole, text, start, end):
        return None
    return None if _has_body(text, start, end) and not _YEAR.search(handle) else False


def _tells_person(text: str, start: int, end: int) -> bool:
    """Whether a child, a pupil or somebody of a family or a case stands near: then no school excuses anything."""
    before, after = _around(text, start, end)
    return any(kinds_of(word) & _SOMEBODY for word in (*before[-_FAR:], *after[:_FAR]))


_SOMEBODY = CHILD | PARTY | KIN | PUPIL | LITTLE
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
def _stems() -> tuple[str, ...]:
    return (*all_of("orgstem"), "gouv", "minist", "unicef", "council", "conseil", "police", "officiel", "ville", "univ")


_SHORTEST_NAME = 3
_SHORTEST_BEGINNING = 4


def _begins_with_name(whole: str) -> bool:
    """``lucasmartin``, ``emmapetit``: two names in one piece."""
    return any(
        whole[:length] in first_names() and kinds_of(whole[length:]) & GIVEN
        for length in range(_SHORTEST_BEGINNING, len(whole) - _SHORTEST_NAME + 1)
    )


def _is_named_nearby(whole: str, text: str, start: int, end: int) -> bool:
    """``Barnardo's (facebook.com/barnardos)``: what it belongs to has a name, and it is no person's."""
    before, after = _around(text, start, end)
    return any(
        len(word) >= _FEWEST and word[0].isupper() and fold(word).split("'")[0] in whole and not kinds_of(word) & GIVEN
        for word in (*before, *after)
    )


def _has_body(text: str, start: int, end: int) -> bool:
    """A word for an institution stands in the same line, right before or behind it."""
    before, after = _around(text, start, end)
    return any(kinds_of(word) & OFFICE for word in (*before[-5:], *after[:3]))


def _around(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    return words(sentence_before(text, start, _NEAR)), words(sentence_after(text, end, _NEAR))

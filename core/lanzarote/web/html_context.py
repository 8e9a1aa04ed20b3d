"""Where in a page the next word will stand, read from the HTML before it."""

from __future__ import annotations

import re
from copy import copy
from typing import Self

_WORDS_ONLY = {"title", "desc", "option", "textarea"}
"""Elements that hold words and no elements."""
_CODE = {"script", "style"}
_WORDLESS = re.compile(
    "href|src|action|id|for|name|type|class|lang|hreflang|dir|rel|role|method|media|rows|start|style"
    "|d|r|c?[xy]|width|height|transform|viewbox|fill.*|stroke.*|data-.*|aria-(?!label$|description$).*"
)
"""Attributes that hold no words for a reader."""
_SIGN = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)?", re.DOTALL)
_IN_TAG = re.compile(r"""([^\s"'<>/=]+)\s*=\s*(["'])|(/?>)""")


class Place:
    """A place in HTML that begins between elements.

    >>> place = Place()
    >>> place.read('<p class="lede"><img alt="')
    >>> place.holds_elements, place.holds_words
    (False, True)
    """

    def __init__(self) -> None:
        self._element = ""
        """The tag one is within."""
        self._attribute = ""
        """The attribute one is within, and its quotation mark."""
        self._quote = ""
        self._only = ""
        """The element one is within, if it holds no elements."""

    @property
    def holds_elements(self) -> bool:
        return not (self._element or self._only)

    @property
    def holds_words(self) -> bool:
        """Whether it is for words, but not for elements."""
        if self._element:
            return bool(self._quote) and not _WORDLESS.fullmatch(self._attribute)
        return self._only in _WORDS_ONLY

    def copy(self) -> Self:
        return copy(self)

    def read(self, html: str) -> None:
        at = 0
        while at < len(html):
            reader = self._in_value if self._quote else self._in_tag if self._element else self._between
            at = reader(html, at)

    def _in_value(self, html: str, at: int) -> int:
        end = html.find(self._quote, at)
        if end < 0:
            return len(html)
        self._quote = ""
        return end + 1

    def _in_tag(self, html: str, at: int) -> int:
        found = _IN_TAG.search(html, at)
        if not found:
            return len(html)
        if found[2]:
            self._attribute, self._quote = found[1].lower(), found[2]
        else:
            opens = self._element in _WORDS_ONLY | _CODE and found[3] == ">"
            self._only = self._element if opens else ""
            self._element = ""
        return found.end()

    def _between(self, html: str, at: int) -> int:
        for found in _SIGN.finditer(html, at):
            closes, name = found[1], (found[2] or "").lower()
            if found[1] is None or (self._only and not (closes and name == self._only)):
                continue
            if name or found.end() == len(html):
                self._element = f"{closes}{name}" or "?"
                return found.end()
        return len(html)

"""Texts in one or more languages each, and how a text in another language than its page says so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from typing import Any, Self

from markupsafe import Markup, escape

_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
_RIGHT_TO_LEFT_SCRIPTS = {"Adlm", "Arab", "Hebr", "Nkoo", "Syrc", "Thaa"}


def pick(text: Mapping[str, str], lang: str, original: str | None = None, order: Sequence[str] = ()) -> tuple[str, str]:
    """Return the best text for a reader of *lang* and the language it is in; empty only if *text* is.

    >>> pick({"fr": "Cellule", "en": "Unit"}, "de", original="fr")
    ('Cellule', 'fr')
    """
    for wanted in (lang, original, *order, *text):
        if wanted is not None and (found := text.get(wanted)) and not found.isspace():
            return found, wanted
    return "", lang


def texts_named(by_language: Mapping[str, Any], name: str) -> dict[str, str]:
    """Language → what the texts in it say under *name*, where they say anything."""
    return {lang: text for lang, one in by_language.items() if (text := getattr(one, name))}


def spoken(lang: str, languages: Sequence[str]) -> str:
    """*lang* where it is among *languages*, of which there is one at least; else the first of them.

    >>> spoken("en", ("fr", "en")), spoken("is", ("fr", "en"))
    ('en', 'fr')
    """
    return lang if lang in languages else languages[0]


def direction(lang: str) -> str:
    """``"rtl"`` or ``"ltr"``, for the ``dir`` of an element."""
    language, *subtags = lang.split("-")
    if scripts := [tag for tag in subtags if len(tag) == 4]:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


class Formatted(str):
    """A day as one language writes it; a sentence in another language writes it as that one does."""

    anew: Callable[[str], str]
    __slots__ = ("anew",)

    def __new__(cls, text: str, anew: Callable[[str], str]) -> Self:
        made = super().__new__(cls, text)
        made.anew = anew
        return made


class Foreign(str):
    """A text in another language than the page it is for.

    In an element it stands within its own language; anywhere else (an attribute, a file) it is a string like any other.

    >>> str(escape(Foreign("Menu", "en", "uk"))), f"{Foreign('Menu', 'en', 'uk')}"
    ('<span lang="en">Menu</span>', 'Menu')
    """

    lang: str
    page: str
    inside: Markup
    """As it stands within its element."""
    __slots__ = ("inside", "lang", "page")

    def __new__(cls, text: str, lang: str, page: str, inside: Markup | None = None) -> Self:
        made = super().__new__(cls, text)
        made.lang, made.page, made.inside = lang, page, escape(text) if inside is None else inside
        return made

    def __html__(self) -> Markup:
        turned = direction(self.lang)
        way = Markup("") if turned == direction(self.page) else Markup(' dir="{}"').format(turned)
        return Markup('<span lang="{}"{}>{}</span>').format(self.lang, way, self.inside)

    def __mod__(self, values: Mapping[str, Any]) -> Foreign:
        """Filled with *values*, which are in the language of the page unless they say otherwise; days follow it."""
        values = {name: one.anew(self.lang) if isinstance(one, Formatted) else one for name, one in values.items()}
        marked = {name: self._filling(value) for name, value in values.items()}
        text = str(self) % {name: plain(value) for name, value in values.items()}
        return Foreign(text, self.lang, self.page, self.inside % marked)

    def _filling(self, value: Any) -> Any:
        return in_language(value, self.page, self.lang) if type(value) is str else value


def in_language(text: str, lang: str, page: str) -> str:
    """*text*, which is in *lang*, for a page in *page*."""
    return text if lang == page or not _has_letters(text) else Foreign(text, lang, page)


def _has_letters(text: str) -> bool:
    return any(map(str.isalpha, text))


_TAG = re.compile("<[^>]*>")


def plain(value: Any) -> Any:
    """*value* without marks of language, as an attribute or a title needs it: they hold no elements."""
    if isinstance(value, Markup):
        return Markup(_TAG.sub("", value))  # noqa: S704 (less than it was)
    return str(value) if isinstance(value, Foreign | Formatted) else value


def as_text(value: str) -> str:
    """*value* as a file or a description holds it: without marks, signs instead of entities, every blank as it was.

    >>> as_text(Markup('<span lang="fr">Droit &amp; justice</span>'))
    'Droit & justice'
    """
    return unescape(_TAG.sub("", value)) if isinstance(value, Markup) else str(value)


_MARKED = re.compile(r'<span lang="([\w-]+)"[^>]*>(?:[^<]|<span [^>]*>[^<]*</span>)*</span>')


def main_language(value: object) -> str:
    """The language that most of *value* is in, if it is another than the page's; otherwise empty."""
    if isinstance(value, Foreign):
        return value.lang
    if not isinstance(value, Markup) or not (marked := list(_MARKED.finditer(value))):
        return ""
    letters = Counter({"": _letters(_MARKED.sub("", value))})
    for found in marked:
        letters[found[1]] += _letters(found[0])
    return letters.most_common(1)[0][0]


def _letters(html: str) -> int:
    return sum(map(str.isalpha, _TAG.sub("", html)))


def lang_mark(value: object) -> Markup:
    """`` lang="…"`` for an element that can hold nothing but the words *value*, if most are in another language."""
    lang = main_language(value)
    return Markup(' lang="{}"').format(lang) if lang else Markup("")


def lang_back(value: object) -> Markup:
    """`` lang="…"``, the page's again, inside an element that ``lang_mark`` put in that of its label *value*."""
    return Markup(' lang="{}"').format(value.page) if isinstance(value, Foreign) else Markup("")

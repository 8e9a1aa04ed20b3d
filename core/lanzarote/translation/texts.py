"""Texts that people write, in one or more languages each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def direction(lang: str) -> str:
    """``"rtl"`` or ``"ltr"``, for the ``dir`` of an element."""
    language, *subtags = lang.split("-")
    if scripts := [tag for tag in subtags if len(tag) == 4]:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"

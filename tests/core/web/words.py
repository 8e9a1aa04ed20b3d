"""What pages say, in both languages: said once in English, as in the code; in French as the catalogue has it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lanzarote.translation.catalogues import Translator, load
from lanzarote_i18n import catalogues

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def french() -> Translator:
    [catalogue] = [one for one in catalogues() if one.language == "fr"]
    return Translator("fr", load(catalogue))


class InBoth(dict[str, dict[str, str]]):
    """Language → name → words. *otherwise*: the French of what is no message by itself."""

    def __init__(self, english: Mapping[str, str], otherwise: Mapping[str, str] = {}) -> None:
        said = {name: otherwise.get(name) or french().gettext(words) for name, words in english.items()}
        super().__init__(en=dict(english), fr=said)

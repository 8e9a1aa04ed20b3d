"""What changed from one version of a practice to the next, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.practices.form_fields import TEXTS, label
from lanzarote.practices.reading import facts, partners_by_side, source_lines
from lanzarote.regions.reading import tell_provision, told
from lanzarote.translation import Foreign, format_number, language_name, main_language, plain
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lanzarote.practices.reading import Stated
    from lanzarote.web.site import View

Piece = tuple[Literal["same", "gone", "new", "skipped"], str]

AROUND = 12
"""Words of unchanged text that are shown on either side of a change."""
_MOST_PAIRS = 4_000_000
_TOKEN = re.compile(r"\s+|[^\s]+")


class Difference(Struct, frozen=True, kw_only=True):
    """One field that changed."""

    label: Markup
    lang: str
    language: str
    """Name of the text's language; empty for what is said in the page's words."""
    pieces: tuple[Piece, ...]


def differences(view: View, before: Stated, after: Stated) -> tuple[Difference, ...]:
    """Every field that *after* says otherwise than *before*, in the order of the page."""
    old, new = dict(_lines(view, before)), dict(_lines(view, after))
    found = []
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key, ""), new.get(key, "")
        if was != now:
            label, lang = key
            language = language_name(lang, view.lang) if lang else ""
            pieces = tuple(compare(was, now))
            spoken = lang or getattr(now or was, "lang", view.lang)
            found.append(Difference(label=label, lang=spoken, language=language, pieces=pieces))
    return tuple(found)


def compare(before: str, after: str) -> Iterator[Piece]:
    """Cut two texts into what stayed, what went and what came; long stretches that stayed are left out.

    >>> list(compare("since 1999 in Béziers", "since 1999 in Paris"))
    [('same', 'since 1999 in '), ('gone', 'Béziers'), ('new', 'Paris')]
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > _MOST_PAIRS:
        yield "gone", before
        yield "new", after
        return
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (step, start, end, new_start, new_end) in enumerate(steps):
        if step == "equal":
            yield from _unchanged(old[start:end], first=number == 0, last=number == len(steps) - 1)
            continue
        if end > start:
            yield "gone", "".join(old[start:end])
        if new_end > new_start:
            yield "new", "".join(new[new_start:new_end])


def _unchanged(tokens: Sequence[str], *, first: bool, last: bool) -> Iterator[Piece]:
    kept = 2 * AROUND  # a word and the blank after it
    head = 0 if first else kept
    tail = 0 if last else kept
    if len(tokens) <= head + tail + kept:
        yield "same", "".join(tokens)
        return
    if head:
        yield "same", "".join(tokens[:head])
    yield "skipped", "…"
    if tail:
        yield "same", "".join(tokens[-tail:])


def texts_of(stated: Stated, lang: str) -> dict[str, str]:
    """Name of the field → text in *lang*."""
    texts = stated.text.get(lang)
    if texts is None or isinstance(texts, dict):
        return texts or {}
    return {name: text for name in TEXTS if (text := getattr(texts, name))}


def _lines(view: View, stated: Stated) -> Iterator[tuple[tuple[Markup, str], str]]:
    """((label, language of the text or empty), what it says) of everything that a version holds."""
    translator = view.translator
    for name in TEXTS:
        for lang in stated.text:
            if text := texts_of(stated, lang).get(name):
                yield (labels.say("text", name, translator), lang), text
    for fact in facts(view, stated):
        yield (fact.label, ""), _plain(view, fact.value)
    for side, lines in partners_by_side(view, stated.partners).items():
        said = Markup("; ").join(
            Markup("{} ({})").format(line.name, line.part) if line.part else line.name for line in lines
        )
        yield (labels.say("side", side, translator), ""), _plain(view, said)
    known = view.vocabulary.provisions
    laws = [tell_provision(view, key).citation for key in stated.legal_basis if key in known]
    for name, said in (
        ("legal_basis", Markup("; ").join(laws)),
        ("convention", Markup(", ").join(stated.convention)),
        ("evidence", Markup("\n").join(_figures(view, stated))),
        ("sources", Markup("\n").join(source.title for source in source_lines(view, stated))),
        ("related", Markup(", ").join(stated.related)),
        ("verified", escape(view._("Yes") if stated.verified else "")),
    ):
        if said:
            yield (labels.phrase(label(name), translator), ""), _plain(view, said)
    for lang, note in stated.note.items():
        yield (labels.phrase(label("note"), translator), lang), note


def _figures(view: View, document: Stated) -> Iterator[Markup]:
    for one in document.evidence:
        value = "" if one.value is None else format_number(one.value, view.lang)
        words = [value, *(told(view, texts) for texts in (one.unit, one.period, one.text))]
        yield Markup(" · ").join(filter(None, words))


def _plain(view: View, words: Markup) -> str:
    text = plain(words).unescape()
    lang = main_language(words)
    return Foreign(text, lang, view.lang) if lang else text

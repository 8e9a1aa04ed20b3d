"""Findings and improvements in the group's words: what each field is called, what it says, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.directory.service import named
from lanzarote.improvements.contents import TEXTS, kind_of
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.translation import N_, language_name
from lanzarote.types import Finding
from lanzarote.web.comparing import compare
from lanzarote.web.region_reading import tell_provision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.improvements.contents import Content
    from lanzarote.web.comparing import Piece
    from lanzarote.web.site import View

LABELS: Final[Mapping[str, str]] = {
    "dropped": N_("Why it was dropped"),
    "closed": N_("Why it was closed"),
    "title": N_("Title"),
    "observed": N_("What was observed"),
    "consequences": N_("What it means for children and professionals"),
    "limits": N_("What is not known of it"),
    "summary": N_("In two sentences"),
    "proposal": N_("What is to be done differently, by whom together"),
    "reasons": N_("Why"),
    "expected": N_("What it should change, and how one would see it"),
    "means": N_("Means it takes"),
    "objections": N_("What speaks against it"),
    "sectors": N_("Sectors"),
    "organisations": N_("Bodies that it names"),
    "observed_on": N_("When it was observed"),
    "evidence": N_("What shows it"),
    "findings": N_("Findings that it answers"),
    "practices": N_("Practices it rests on"),
    "procedures": N_("Procedures it leads to"),
    "convention": N_("Articles of the Convention"),
    "convention_more": N_("Paragraphs of the Convention"),
    "legal_basis": N_("Provisions of the law"),
    "sources": N_("Sources of the region"),
    "own_sources": N_("Other sources"),
    "verified": N_("Verified"),
    "note": N_("How it was checked"),
    "publisher": N_("Publisher"),
    "url": N_("Address of the page"),
    "kind": N_("Kind"),
    "text": N_("What is to be put right"),
    "value": N_("Figure"),
    "unit": N_("What is counted"),
    "period": N_("Period"),
    "reason": N_("Why?"),
    "withdrawn": N_("Why it was withdrawn"),
    "word": N_("To erase it"),
    "stakeholder": N_("Organisation"),
    "on": N_("Day"),
    "how": N_("How it was offered"),
    "reply": N_("What it replied"),
    "not_meant": N_("Why none of them is meant"),
}
ROOMS: Final[Mapping[str, str]] = {"evidence": N_("What shows it"), "own_sources": N_("Another source")}
"""One of several, as the form calls it."""
STATES: Final[Mapping[str, Mapping[str, str]]] = {
    FINDING: {
        "draft": N_("draft, not shared yet"),
        "shared": N_("shared with the group"),
        "closed": N_("closed"),
    },
    IMPROVEMENT: {
        "draft": N_("draft"),
        "discussed": N_("under discussion"),
        "called": N_("positions are asked for"),
        "adopted": N_("adopted"),
        "not-adopted": N_("not adopted"),
        "completed": N_("adopted and completed"),
        "dropped": N_("pursued no further"),
        "archived": N_("archived"),
    },
}
"""How far each is, in words."""


class Said(Struct, frozen=True, kw_only=True):
    """One thing that a finding or an improvement says."""

    place: str
    label: str
    words: str
    lang: str = ""
    """Of the words, where they are the writer's."""
    language: str = ""
    stale: bool = False


class Difference(Struct, frozen=True, kw_only=True):
    label: str
    lang: str
    language: str
    pieces: tuple[Piece, ...]


def label_of(view: View, place: str) -> str:
    """A field in words: ``text.fr.title`` → "Title (French)", ``evidence[0].text.fr`` → "What shows it 1 – …"."""
    first, _, rest = place.partition(".")
    if "[" in first:
        room, _, number = first.rstrip("]").partition("[")
        whole = f"{view._(ROOMS[room])} {int(number) + 1}" if room in ROOMS and number.isdecimal() else room
        return f"{whole} – {label_of(view, rest)}" if rest and not rest.startswith("text.") else whole
    if first == "text" and rest:
        language, _, name = rest.partition(".")
        return f"{_label(view, name)} ({language_name(language, view.lang)})" if name else _label(view, first)
    language = rest.partition(".")[0]
    return f"{_label(view, first)} ({language_name(language, view.lang)})" if language else _label(view, first)


def all_said(view: View, content: Content) -> Iterator[Said]:
    """Everything that *content* says, in the order of the form, but what it leads to."""
    yield from _texts(view, content)
    if isinstance(content, Finding):
        for number, one in enumerate(content.evidence):
            figure = " ".join(filter(None, (f"{one.value:g}" if one.value is not None else "", view.say(one.unit))))
            words = " – ".join(filter(None, (figure, view.say(one.period), view.say(one.text))))
            if words:
                yield Said(place=f"evidence[{number}]", label=label_of(view, f"evidence[{number}]"), words=words)
        if content.observed_on:
            yield _plain(view, "observed_on", content.observed_on)
    vocabulary = view.vocabulary
    sectors = [vocabulary.sectors.get(vocabulary.present_key("sector", key)) for key in content.sectors]
    yield _plain(view, "sectors", "\n".join(view.say(one.name) for one in sectors if one))
    sources = [vocabulary.sources.get(vocabulary.present_key("source", key)) for key in content.sources]
    titles = [one.title if isinstance(one.title, str) else view.say(one.title) for one in sources if one]
    own = [", ".join(filter(None, (one.title, one.publisher, one.url))) for one in content.own_sources]
    for place, lines in (("sources", titles), ("own_sources", own)):
        if lines:
            yield _plain(view, place, "\n".join(lines))
    if titles or own:
        yield _plain(view, "verified", view._("yes") if content.verified else view._("no"))
    for language, text in content.note.items():
        yield Said(
            place=f"note.{language}",
            label=_label(view, "note"),
            words=text,
            lang=language,
            language=language_name(language, view.lang),
        )


def references_said(view: View, content: Content, titles: Mapping[str, str]) -> Iterator[Said]:
    """What *content* refers to, as text; *titles*: of the records that the reader may read, by id."""
    if isinstance(content, Finding):
        known = named(view.directory)
        names = [view.say(known[key].organisation.name) if key in known else key for key in content.organisations]
        rooms = {"organisations": names}
    else:
        rooms = {
            field: [titles[one] for one in getattr(content, field) if one in titles]
            for field in ("findings", "practices", "procedures")
        }
    rooms["convention"] = list(content.convention)
    present = (view.vocabulary.present_key("provision", key) for key in content.legal_basis)
    rooms["legal_basis"] = [
        tell_provision(view, key).plain if key in view.vocabulary.provisions else key for key in present
    ]
    for place, lines in rooms.items():
        if lines:
            yield _plain(view, place, "\n".join(lines))


def differences(
    view: View, before: Content, after: Content, titles: Mapping[str, str] | None = None
) -> tuple[Difference, ...]:
    """Every field that *after* says otherwise than *before*, in the order of the form."""
    old, new = (
        {one.place: one for one in (*all_said(view, content), *references_said(view, content, titles or {}))}
        for content in (before, after)
    )
    found = []
    for place in (*new, *(place for place in old if place not in new)):
        was, now = old.get(place), new.get(place)
        said = now or was
        if said is not None and (was is None or now is None or was.words != now.words):
            pieces = tuple(compare(was.words if was else "", now.words if now else ""))
            lang = said.lang or view.lang
            found.append(Difference(label=said.label, lang=lang, language=said.language, pieces=pieces))
    return tuple(found)


def _texts(view: View, content: Content) -> Iterator[Said]:
    """The original's texts first, then those of each other language."""
    for language in sorted(content.text, key=lambda one: (one != content.original, one != view.lang, one)):
        for name in TEXTS[kind_of(content)]:
            if text := getattr(content.text[language], name):
                yield Said(
                    place=f"text.{language}.{name}",
                    label=_label(view, name),
                    words=text,
                    lang=language,
                    language=language_name(language, view.lang),
                    stale=language in content.stale,
                )


def _plain(view: View, place: str, words: str) -> Said:
    return Said(place=place, label=_label(view, place), words=words)


def _label(view: View, name: str) -> str:
    return view._(LABELS[name]) if name in LABELS else name

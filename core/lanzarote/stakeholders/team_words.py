"""Entries of the directory in the team's words: what each field is called, what it says, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from msgspec import Struct

from lanzarote.directory.service import named
from lanzarote.kinds.organisations import name_of
from lanzarote.translation import N_, format_date, language_name
from lanzarote.web import labels
from lanzarote.web.refusals import place_of
from lanzarote.web.region_reading import told
from lanzarote.web.texts import compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.directory.model import Contact
    from lanzarote.types import Organisation, Relation
    from lanzarote.web.site import View
    from lanzarote.web.texts import Piece

LABELS: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "role": N_("What it does"),
    "sectors": N_("Sectors"),
    "side": N_("Side"),
    "scope": N_("Scale"),
    "website": N_("Website"),
    "since": N_("Exists since"),
    "until": N_("Existed until"),
    "merged_into": N_("Taken over by"),
    "sources": N_("Sources of the region"),
    "own_sources": N_("Other sources"),
    "verified": N_("Verified"),
    "note": N_("How it was checked"),
    "contacts": N_("Contacts"),
    "purpose": N_("Which service, and for what"),
    "address": N_("Where it is reached"),
    "source": N_("Where that is written"),
    "review_on": N_("To be looked at again on"),
    "public": N_("Shown to the public"),
    "mandate": N_("Its mandate in the group"),
    "relation": N_("Relation to the group"),
    "title": N_("Title"),
    "publisher": N_("Publisher"),
    "url": N_("Address of the page"),
    "kind": N_("Kind"),
    "reason": N_("Your reason"),
    "slug": N_("Last part of the new address"),
    "into": N_("The entry that stays"),
    "word": N_("To erase it"),
    "confirmed": N_("What is confirmed"),
    "returned": N_("Why it was given back"),
    "withdrawn": N_("Why it was withdrawn"),
}
OF_STEP: Final[Mapping[str, Mapping[str, str]]] = {
    "relation": {"since": N_("Since when")},
    "split": {"name": N_("Name of the second organisation")},
}
"""What the form of a step calls a field otherwise than the form of an entry does."""
ROOMS: Final[Mapping[str, str]] = {"contacts": N_("Contact"), "own_sources": N_("Another source")}
"""One of several, as the form calls it."""
MEANINGS: Final[Mapping[Relation, str]] = {
    "cited": N_(
        "Public sources name it. It was not asked, said nothing, and is no member. This is how every entry begins."
    ),
    "invited": N_("The group has invited it, and it has not answered yet."),
    "taking-part": N_("It has said itself, in writing, that it takes part: say since when, and where that is written."),
    "declined": N_("It was invited and has said itself that it does not take part."),
    "left": N_("It took part, and has said itself that it no longer does: say since when, and where that is written."),
}
"""What each relation says, and who has to have said it."""


class Said(Struct, frozen=True, kw_only=True):
    """One thing that an entry says."""

    place: str
    label: str
    words: str
    lang: str = ""
    """Of the words, where they are the writer's."""
    language: str = ""


class Difference(Struct, frozen=True, kw_only=True):
    label: str
    lang: str
    language: str
    pieces: tuple[Piece, ...]


def label_of(view: View, place: str, step: str = "") -> str:
    """A field in words: ``role.fr`` → "What it does (French)", ``contacts[0].address`` → "Contact 1 – …".

    *step*: whose form it stands in, if not that of an entry.
    """
    place = place_of(place)
    first, _, rest = place.partition(".")
    if first == "relation" and rest:
        return label_of(view, rest, first)
    if "[" in first:
        room, _, number = first.rstrip("]").partition("[")
        whole = f"{view._(ROOMS[room])} {int(number) + 1}" if room in ROOMS and number.isdecimal() else room
        return f"{whole} – {label_of(view, rest)}" if rest else whole
    label = OF_STEP.get(step, {}).get(first) or LABELS.get(first)
    words = view._(label) if label else first
    return f"{words} ({language_name(rest, view.lang)})" if rest else words


def all_said(view: View, entry: Organisation, contacts: Sequence[Contact]) -> Iterator[Said]:
    """Everything that an entry and its contacts say, in the order of the form."""
    for field in ("name", "role"):
        yield from _texts(view, field, getattr(entry, field))
    vocabulary = view.vocabulary
    sectors = [vocabulary.sectors.get(vocabulary.present_key("sector", key)) for key in entry.sectors]
    sources = [vocabulary.sources.get(vocabulary.present_key("source", key)) for key in entry.sources]
    plain = {
        "sectors": "\n".join(view.say(one.name) for one in sectors if one),
        "side": labels.label("side", entry.side, view.translator),
        "scope": labels.label("scope", entry.scope, view.translator),
        "website": entry.website or "",
        "since": entry.since or "",
        "until": entry.until or "",
        "merged_into": _name(view, entry.merged_into),
        "sources": "\n".join(_title(view, one.title) for one in sources if one),
        "own_sources": "\n".join(
            ", ".join(filter(None, (one.title, one.publisher, one.url))) for one in entry.own_sources
        ),
        "verified": view._("yes") if entry.verified else view._("no"),
    }
    for field, words in plain.items():
        if words:
            yield Said(place=field, label=view._(LABELS[field]), words=words)
    yield from _texts(view, "note", entry.note)
    for number, one in enumerate(contacts):
        words = "\n".join(
            filter(
                None,
                (
                    view.say(one.purpose),
                    one.address,
                    one.source,
                    format_date(one.review_on, view.lang),
                    view._(LABELS["public"]) if one.public else "",
                ),
            )
        )
        yield Said(place=f"contacts[{number}]", label=label_of(view, f"contacts[{number}]"), words=words)


def differences(
    view: View,
    before: tuple[Organisation, Sequence[Contact]],
    after: tuple[Organisation, Sequence[Contact]],
) -> tuple[Difference, ...]:
    """Every field that *after* says otherwise than *before*, in the order of the form."""
    old, new = ({one.place: one for one in all_said(view, *said)} for said in (before, after))
    found = []
    for place in (*new, *(place for place in old if place not in new)):
        was, now = old.get(place), new.get(place)
        said = now or was
        if said is not None and (was is None or now is None or was.words != now.words):
            pieces = tuple(compare(was.words if was else "", now.words if now else ""))
            lang = said.lang or view.lang
            found.append(Difference(label=said.label, lang=lang, language=said.language, pieces=pieces))
    return tuple(found)


def name(view: View, entry: Organisation) -> Markup:
    return told(view, entry.name)


def _texts(view: View, field: str, texts: Mapping[str, str]) -> Iterator[Said]:
    order = view.vocabulary.header.languages
    for code, text in sorted(texts.items(), key=lambda one: (one[0] not in order, *map(one[0].__ne__, order))):
        yield Said(
            place=f"{field}.{code}",
            label=view._(LABELS[field]),
            words=text,
            lang=code,
            language=language_name(code, view.lang),
        )


def _name(view: View, key: str | None) -> str:
    if not key:
        return ""
    known = named(view.directory).get(key)
    return view.say(name_of(view, known))


def _title(view: View, title: str | Mapping[str, str]) -> str:
    return title if isinstance(title, str) else view.say(title)

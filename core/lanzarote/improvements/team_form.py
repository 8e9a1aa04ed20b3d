"""The forms of a finding and of an improvement: what was sent, read, and shown again with what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec
from msgspec import Struct

from lanzarote.directory.service import named
from lanzarote.facts.convention import written_references
from lanzarote.improvements.contents import TEXTS, read
from lanzarote.improvements.model import FINDING
from lanzarote.improvements.team_words import label_of
from lanzarote.practices import form_choices
from lanzarote.practices.sheets import NO_NUMBER
from lanzarote.records import own_sources
from lanzarote.records.validation import NO_DATE, Fault, is_date, read_references, unread_number
from lanzarote.stakeholders import team_form as forms
from lanzarote.translation import N_, language_name
from lanzarote.translation.typed_numbers import NotRead, number_text, read_number
from lanzarote.types import Finding, SourceKind
from lanzarote.web import labels
from lanzarote.web.refusals import date_of, many_of, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from lanzarote.errors import LanzaroteError
    from lanzarote.improvements.contents import Content
    from lanzarote.improvements.service import Titled
    from lanzarote.records.own_sources import Earlier
    from lanzarote.web.refusals import Refusal
    from lanzarote.web.site import View

ROWS: Final = {"own_sources": 2, "evidence": 2}
"""Empty rows that the form has beside those that are filled in."""
CHOSEN: Final = (
    "sectors", "organisations", "findings", "practices", "procedures", "convention", "legal_basis", "sources",
)  # fmt: skip
_NAMED: Final = ("findings", "practices", "procedures")
UNTITLED: Final = N_("Without a title")
UNREAD: Final = ("key", "version", "original", "fresh", "do", *CHOSEN)
"""Fields in which nobody writes."""


class Tongue(Struct, frozen=True, kw_only=True):
    """A language of the form."""

    code: str
    name: str
    there: bool
    """Something is written in it."""
    stale: bool

    @property
    def pair(self) -> tuple[str, str]:
        return self.code, self.name


def typed_from(content: Content) -> dict[str, Any]:
    """What the form holds before anybody writes in it."""
    typed: dict[str, Any] = {"original": content.original}
    for language, texts in content.text.items():
        typed |= {f"text.{language}.{name}": getattr(texts, name) or "" for name in texts.__struct_fields__}
    for field in CHOSEN:
        typed[field] = list(getattr(content, field, ()))
    whole = [one for one in content.convention if one.isdecimal()]
    typed["convention"] = whole
    typed["convention_more"] = ", ".join(one for one in content.convention if one not in whole)
    typed |= {f"note.{language}": text for language, text in content.note.items()}
    typed["verified"] = "yes" if content.verified else ""
    for number, source in enumerate(content.own_sources):
        for name in ("key", "title", "publisher", "url", "kind"):
            typed[f"own_sources[{number}].{name}"] = getattr(source, name) or ""
    if isinstance(content, Finding):
        typed["observed_on"] = content.observed_on or ""
        for number, one in enumerate(content.evidence):
            place = f"evidence[{number}]"
            typed[f"{place}.value"] = number_text(one.value) if one.value is not None else ""
            typed[f"{place}.sources"] = " ".join(one.sources)
            for name in ("text", "unit", "period"):
                typed |= {f"{place}.{name}.{code}": text for code, text in getattr(one, name).items()}
    return typed


def languages_of(view: View, before: Content | None) -> tuple[str, ...]:
    """Those of the region, and any other that there are texts in; the original first."""
    own = () if before is None else (before.original, *before.text, *before.note)
    original = before.original if before else view.lang
    return tuple(dict.fromkeys((original, *view.vocabulary.header.languages, *own)))


def read_content(
    view: View,
    kind: str,
    data: Mapping[str, Any],
    before: Content | None,
    kept: Collection[str],
    earlier: Earlier,
) -> tuple[Content, list[Fault]]:
    """What was typed, and what of it cannot be read.

    *kept*: ids of records that it named before and that the writer cannot see; *earlier*: keys that its sources have
    had. Raises Faulty.
    """
    languages = languages_of(view, before)
    faults: list[Fault] = []
    body: dict[str, Any] = {"original": languages[0], "text": {}}
    for code in languages:
        texts = {name: text for name in TEXTS[kind] if (text := text_of(data, f"text.{code}.{name}"))}
        if texts or code == languages[0]:
            body["text"][code] = texts
    for field in CHOSEN:
        if field not in ("convention", "organisations", "findings", "practices", "procedures"):
            body[field] = list(dict.fromkeys(filter(None, many_of(data, field))))
    articles = written_references(text_of(data, "convention_more"))
    body["convention"] = read_references(
        {"convention": many_of(data, "convention"), "convention_more": articles}, faults
    )
    body["verified"] = bool(text_of(data, "verified"))
    body["note"] = {code: text for code in languages if (text := text_of(data, f"note.{code}"))}
    body["own_sources"] = list(forms.sources_in(data, earlier))
    if kind == FINDING:
        body["organisations"] = list(dict.fromkeys(filter(None, many_of(data, "organisations"))))
        body["evidence"] = list(_evidence(data, languages, view.lang, faults))
        if day := date_of(data, "observed_on", view.lang):
            if is_date(day):
                body["observed_on"] = day
            else:
                faults.append(Fault(field="observed_on", text=NO_DATE))
    else:
        unseen = {name: [one for one in getattr(before, name, ()) if one in kept] for name in _NAMED}
        for field in _NAMED:
            body[field] = list(dict.fromkeys([*filter(None, many_of(data, field)), *unseen[field]]))
    content = read(kind, body)
    sources = own_sources.kept(content.own_sources, before.own_sources if before else ())
    return msgspec.structs.replace(content, own_sources=sources), faults


def compact(data: Mapping[str, Any]) -> dict[str, Any]:
    """*data* with the rows numbered anew: places of faults fit what is shown."""
    return forms.compact(forms.compact(data, "own_sources"), "evidence")


def refusal(view: View, error: LanzaroteError, data: Mapping[str, Any]) -> Refusal:
    """What to show above the form, beside its fields, and where to say why something stays."""
    unread = {*UNREAD, *(name for name in data if name.startswith("evidence[") and name.endswith(".sources"))}
    return forms.refusal(view, error, data, label=label_of, unread=unread)


def tongues(view: View, before: Content | None, typed: Mapping[str, Any]) -> list[Tongue]:
    """The languages of the form, the original first."""
    return [
        Tongue(
            code=code,
            name=language_name(code, view.lang),
            there=any(text_of(typed, name) for name in typed if name.startswith(f"text.{code}.")),
            stale=before is not None and code in before.stale,
        )
        for code in languages_of(view, before)
    ]


def choices(
    view: View,
    kind: str,
    typed: Mapping[str, Any],
    findings: Sequence[Titled],
    procedures: Sequence[Titled],
    kept: Collection[str] = (),
) -> dict[str, list[dict[str, Any]]]:
    """What the form offers to choose from; what is chosen stands first.

    *kept*: as ``read_content`` has it; these are not shown.
    """
    chosen = {field: many_of(typed, field) for field in CHOSEN}
    present = view.vocabulary.present_key
    for of, field in (("sector", "sectors"), ("provision", "legal_basis"), ("source", "sources")):
        chosen[field] = tuple(present(of, key) for key in chosen[field])
    known = named(view.directory)
    chosen["organisations"] = tuple(
        (known[one].key or known[one].id) if one in known else one for one in chosen["organisations"]
    )
    offered = {
        "sectors": form_choices.sectors(view, chosen["sectors"]),
        "legal_basis": form_choices.provisions(view, chosen["legal_basis"]),
        "convention": form_choices.articles(view),
        "sources": form_choices.sources(view, chosen["sources"]),
    }
    if kind == FINDING:
        offered["organisations"] = form_choices.organisations(view, chosen["organisations"])
    else:
        practices = [one for one in chosen["practices"] if one not in kept]
        public = form_choices.related(view, practices, but="")
        offered["practices"] = form_choices.with_lost(view, "practices", public, practices)
    found = {
        field: [{"value": one.value, "label": one.label, "chosen": one.value in chosen[field]} for one in some]
        for field, some in offered.items()
    }
    for field, records in (("findings", findings), ("procedures", procedures)):
        found[field] = [
            {"value": one.id, "label": _title(view, one), "chosen": one.id in chosen[field]} for one in records
        ]
    for field in ("practices", "findings", "legal_basis", "sources", "organisations"):
        found.get(field, []).sort(key=lambda one: not one["chosen"])
    kinds = get_args(SourceKind)
    found["kinds"] = [{"value": code, "label": labels.label("source", code, view.translator)} for code in kinds]
    return found


def rows(typed: Mapping[str, Any], room: str) -> int:
    """How many rows of *room* the form shows."""
    return len(forms.rows_in(typed, room)) + ROWS[room]


def _title(view: View, one: Titled) -> str:
    return view.text(one.titles, one.original)[0] if one.titles else view._(UNTITLED)


def _evidence(
    data: Mapping[str, Any], languages: Sequence[str], lang: str, faults: list[Fault]
) -> Iterator[dict[str, Any]]:
    """What was typed into each row, and what a program wrote that the form only carries along."""
    for number in forms.rows_in(data, "evidence"):
        place = f"evidence[{number}]"
        row: dict[str, Any] = {
            name: {code: text for code in languages if (text := text_of(data, f"{place}.{name}.{code}"))}
            for name in ("text", "unit", "period")
        }
        if text := text_of(data, f"{place}.value"):
            try:
                row["value"] = read_number(text, lang)
            except NotRead as error:
                faults.append(unread_number(f"{place}.value", error, NO_NUMBER))
        row["sources"] = text_of(data, f"{place}.sources").split()
        if any(row.values()):
            yield row

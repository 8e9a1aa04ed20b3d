"""Why what was written into a form cannot be taken, and what packages say of it, in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import LanzaroteError
from lanzarote.records.days import NO_DATE
from lanzarote.records.drafts import CALL_FOR_HELP
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.save_checks import FAILED_WORDS, Objected
from lanzarote.records.validation import NO_DAY, Faulty, Identifying
from lanzarote.translation import N_, date_told
from lanzarote.translation.typed_dates import date_in_digits, typed_date
from lanzarote.web.forms import one_of, pairs_of, texts_in, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from lanzarote.records.drafts import Told
    from lanzarote.records.save_checks import Place, Raised
    from lanzarote.records.validation import Fault
    from lanzarote.web.site import View


# --- What the packages of a region say about what is written, and why something was let pass ---


class Remark(Struct, frozen=True, kw_only=True):
    """What a package says, or why a coordinator let pass what it objected to."""

    label: str
    """Of the field it is about."""
    about: str
    lang: str
    package: str
    text: str = ""
    """The coordinator's reason."""
    by: str = ""


def remarks(view: View, told: Told, *, label: Callable[[str], str], person: Callable[[str], str]) -> Iterator[Remark]:
    """Everything that packages say; then what was let pass once and is no longer said."""
    reasons = {one.place: one for one in told.overrides}
    for noted in told.noted:
        about, lang = concern_words(view, noted.package, noted.text, failed=noted.failed)
        reason = reasons.pop((noted.package, noted.code, noted.field), None)
        yield Remark(
            label=label(noted.field),
            about=about,
            lang=lang,
            package=noted.package,
            text=reason.text if reason else "",
            by=person(reason.by) if reason else "",
        )
    for one in reasons.values():
        by = person(one.by)
        yield Remark(label=label(one.field), about=one.code, lang="", package=one.package, text=one.text, by=by)


def concern_words(view: View, package: str, text: Mapping[str, str], *, failed: bool) -> tuple[str, str]:
    """What a package says, for this reader, and the language it is in."""
    if failed:
        return view._(FAILED_WORDS) % {"package": package}, view.lang
    return view.text(text)


def place_of(name: str) -> str:
    """The place that a field for a reason is about, or *name* itself.

    >>> place_of("reason[text.fr.title|email]"), place_of("override[a|b|partners[0].part.fr]"), place_of("scope")
    ('text.fr.title', 'partners[0].part.fr', 'scope')
    """
    if name.startswith("override["):
        return name.removesuffix("]").rpartition("|")[2]
    return name[7:].partition("|")[0] if name.startswith("reason[") else name


# --- Why what was written cannot be taken ---

WHOLE = "whole"
"""Where a form says what belongs to no single field."""


class Asked(Struct, frozen=True, kw_only=True):
    """Something that the guard asked about: it stays if the writer says why."""

    name: str
    label: str
    about: str
    value: str


class Refusal(Struct, frozen=True, kw_only=True):
    errors: tuple[dict[str, str], ...] = ()
    """For ``ui.error_summary``: field, text, and what the field is called where the page has none for it: label."""
    asked: tuple[Asked, ...] = ()
    asks: bool = False
    """It is taken when the writer says that nobody can be recognised by it."""
    overriding: tuple[Asked, ...] = ()
    """Where a coordinator says why it is saved although a package objects."""

    @property
    def error_of(self) -> dict[str, str]:
        return {one["field"]: one["text"] for one in reversed(self.errors)}


NOTHING = Refusal()
READS_LIKE_CALL = N_("This reads like somebody who asks for help for a child.")
NOT_NOW = N_("This is not possible in its present state; nothing was done. See its status.")
"""What the state does not allow, whoever brought it there."""


IN_A_FORM: Mapping[str, str] = {
    NO_DAY: N_("Write a day, such as %(day)s or 2014-06-02."),
    NO_DATE: N_("Write a day, a month or a year, such as %(day)s, 2014-06-02, 2014-06 or 2014."),
}
"""How people are told what a program reads in other words."""


def refusal(
    view: View,
    error: LanzaroteError,
    label_of: Callable[[str], str] = lambda _field: "",
    texts: Mapping[str, str] = {},
) -> Refusal:
    """What to show above the form and beside its fields.

    *label_of*: what a field is called where the page has none for it; otherwise it is called as on the page. *texts*,
    by field: what was typed, to show what the guard has found in it.
    """
    about: dict[tuple[str, str], str] = {}
    if isinstance(error, Identifying):
        told = {(one.field, one.code): view._(guard.REASONS[one.code]) for one in error.concerns}
        found = [(field, text) for (field, _), text in told.items()]
        for one in error.concerns:
            about.setdefault((one.field, told[one.field, one.code]), texts.get(one.field, "")[one.start : one.end])
    elif isinstance(error, Objected):
        objections = [(one.concern.field or WHOLE, _objection(view, one)) for one in error.raised]
        found = [*objections, *dict.fromkeys((one.field, fault_told(view, one)) for one in error.faults)]
    elif isinstance(error, Faulty):
        found = [*dict.fromkeys((one.field, fault_told(view, one)) for one in error.faults)]
    else:
        raise error
    return Refusal(
        errors=tuple(
            {"field": field, "text": text, "label": "" if field == WHOLE else label_of(field)}
            | ({"found": about[field, text]} if about.get((field, text)) else {})
            for field, text in found
        ),
        asks=isinstance(error, Identifying) and not any(one.hard for one in error.concerns),
    )


def asked_about(
    view: View, error: LanzaroteError, data: Mapping[str, Any], label_of: Callable[[str], str]
) -> tuple[Asked, ...]:
    """Where the writer says why something stays: of all that the guard only asks about, and was explained before."""
    concerns = error.concerns if isinstance(error, Identifying) else ()
    soft = [(one.field, one.code) for one in concerns if not one.hard]
    # What was explained before is asked about still, so that the explanation is not lost.
    places = dict.fromkeys([*reasons_in(data), *soft])
    return tuple(
        Asked(
            name=f"reason[{field}|{code}]",
            label=label_of(field),
            about=about_code(view, code),
            value=text_of(data, f"reason[{field}|{code}]"),
        )
        for field, code in places
        if not field.startswith(("reason[", "override["))
    )


def about_code(view: View, code: str) -> str:
    """What the guard says of what it found."""
    if code == CALL_FOR_HELP:
        return view._(READS_LIKE_CALL)
    return guard.explain(code, view.translator) if code in guard.REASONS else ""


def reasons_in(data: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Why things stay that the guard asked about: ``reason[field|code]``."""
    found = {}
    for name in data:
        if name.startswith("reason[") and name.endswith("]"):
            field, _, code = name[7:-1].partition("|")
            if text := text_of(data, name):
                found[field, code] = text
    return found


def let_pass_in(data: Mapping[str, Any]) -> dict[Place, str]:
    """Why it is to be saved although a package objects: ``override[package|code|field]``."""
    found: dict[Place, str] = {}
    for name in data:
        parts = name[9:-1].split("|") if name.startswith("override[") and name.endswith("]") else ()
        if len(parts) == 3 and (text := text_of(data, name)):
            found[parts[0], parts[1], parts[2]] = text
    return found


def overriding(
    view: View, error: LanzaroteError, data: Mapping[str, Any], label_of: Callable[[str], str]
) -> tuple[Asked, ...]:
    """Where a person who may says why it is saved although a package objects, or said so before."""
    if not may_somewhere(view.actor, "practice.override", view.region_id):
        return ()
    raised = error.raised if isinstance(error, Objected) else ()
    written, about = let_pass_in(data), {one.place: _objection(view, one) for one in raised}
    return tuple(
        Asked(
            name=f"override[{'|'.join(place)}]",
            label=label_of(place[2]) if place[2] else "",
            about=about.get(place, ""),
            value=written.get(place, ""),
        )
        for place in dict.fromkeys((*about, *written))
    )


def _objection(view: View, one: Raised) -> str:
    words, _ = concern_words(view, one.package, one.concern.text, failed=one.failed)
    return words if one.failed else f"{words} ({one.package})"


def written_in(data: Mapping[str, Any]) -> tuple[str, ...]:
    """What somebody wrote into a form that could not be taken, to be shown to them again."""
    return texts_in((name, value) for name, value in pairs_of(data) if name not in ("key", "version", "mark"))


def fault_told(view: View, fault: Fault) -> str:
    """What is wrong with a field of a form, in the reader's words."""
    if fault.text in IN_A_FORM:  # people type days as they write them, programs do not
        return view._(IN_A_FORM[fault.text]) % {"day": date_in_digits(view.lang)}
    return view._(fault.text) % {"value": _shown(view, fault.value)}


def _shown(view: View, value: str | date) -> str:
    return value if isinstance(value, str) else date_told(value, view.lang)


def text_of(data: Mapping[str, Any], name: str) -> str:
    """A field of a form. Raises Malformed."""
    return one_of(data, name).replace("\r\n", "\n").strip()


def date_of(data: Mapping[str, Any], name: str, lang: str) -> str:
    """The year, month or day that a reader of *lang* typed, as ISO 8601 writes it; what is none, as it was typed."""
    return typed_date(text_of(data, name), lang)


def original_of(data: Mapping[str, Any], chosen: str, languages: Iterable[str]) -> str:
    """Language of a new text: *chosen*, or where it has no title in it, the first that it has one in."""
    titled = (code for code in (chosen, *languages) if text_of(data, f"text.{code}.title"))
    return next(titled, chosen)


def number_of(data: Mapping[str, Any], name: str) -> int:
    """A whole number; 0 for anything else."""
    return whole_number(text_of(data, name))

"""Why what was written cannot be taken, and what packages say of it: in the reader's words, and as programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import Conflict, LanzaroteError, NotPermitted
from lanzarote.records.idempotency import OtherRequest, StillRunning
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.save_checks import FAILED_WORDS, Objected
from lanzarote.records.validation import NO_DATE, NO_DAY, Faulty, Identifying
from lanzarote.translation import N_, date_told
from lanzarote.translation.typed_dates import date_in_digits, typed_date
from lanzarote.web.forms import Misfit, Unreadable, one_of, pairs_of, texts_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from lanzarote.records.drafts import Told
    from lanzarote.records.save_checks import Place, Raised
    from lanzarote.records.validation import Fault
    from lanzarote.translation import Translator
    from lanzarote.web.site import View


# --- remarks ---
# What the packages of a region say about what is written, in the reader's words, and why something was let pass.


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
    """Everything that packages say; then what was let pass once and is said no more."""
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


# --- Why what was written cannot be taken, in the reader's words, for the forms of a region's team ---

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
            about=guard.explain(code, view.translator) if code in guard.REASONS else "",
            value=text_of(data, f"reason[{field}|{code}]"),
        )
        for field, code in places
        if not field.startswith(("reason[", "override["))
    )


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
    """Where whoever may says why it is saved although a package objects, or said so before."""
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


def is_confirmed(data: Mapping[str, Any]) -> bool:
    """Whether whoever publishes has ticked that nobody is recognisable and that no case is pending."""
    return bool(data.get("nobody")) and bool(data.get("no_case"))


def number_of(data: Mapping[str, Any], name: str) -> int:
    """A whole number; 0 for anything else."""
    text = text_of(data, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


# --- Why a change is refused, as programs read it: where, why, and what to do; never what was written ---

IDENTIFYING: Final = (
    "It may tell who somebody is; nothing of it was kept. Take out what is hard; for the rest, say in `reasons` why "
    "nobody can be recognised by it."
)
OBJECTED: Final = (
    "A package that the region has switched on objects; `objections` say why. Change it, or have a coordinator say in "
    "`let_pass` why it is saved nevertheless. Nothing was changed."
)
UNFIT: Final = "Something in it cannot be taken as it is; `errors` say what. Nothing was changed."


class FieldError(Struct, frozen=True, kw_only=True):
    """What is wrong with a field of what was sent."""

    field: str
    """Such as ``text.fr.title`` or ``partners[0].organisation``; empty: the whole."""
    detail: str


class FieldConcern(Struct, frozen=True, kw_only=True):
    """Something in a text that may tell who a person is. The text itself is not repeated."""

    field: str
    code: str
    start: int
    end: int
    """Where it stands in the text, counted in characters (Unicode code points)."""
    hard: bool
    """No reason lets it pass."""
    detail: str


class Objection(Struct, frozen=True, kw_only=True):
    """What a package objects to."""

    package: str
    code: str
    field: str
    """Empty: the whole."""
    detail: str


class HelpLine(Struct, frozen=True, kw_only=True):
    """Whom to call."""

    name: dict[str, str]
    for_whom: dict[str, str]
    number: str | None
    url: str | None


class Refused(LanzaroteError):
    """A change that was refused, with everything the problem tells."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        concerns: Sequence[FieldConcern] = (),
        objections: Sequence[Objection] = (),
        help: Sequence[HelpLine] = (),
        version: int = 0,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.headers = status, code, headers or {}
        self.members: dict[str, Any] = {
            name: value
            for name, value in (
                ("code", code),
                ("errors", tuple(errors)),
                ("concerns", tuple(concerns)),
                ("objections", tuple(objections)),
                ("help", tuple(help)),
                ("version", version),
            )
            if value
        }


class Stale(Refused):
    """Somebody changed it since it was read."""

    def __init__(self, etag: str, version: int) -> None:
        super().__init__(
            412,
            "changed-meanwhile",
            "It was changed since you read it. Read it again, put both texts together, and send that with its ETag.",
            version=version,
            headers={"ETag": etag},
        )


class NotNamed(Refused):
    """It was not said what was read."""

    def __init__(self) -> None:
        super().__init__(
            428,
            "if-match-missing",
            "Say which state you read: send the ETag you got in If-Match. `*` would overwrite what others write.",
        )


class KeyMissing(Refused):
    """There is no Idempotency-Key, or none that can be used."""

    def __init__(self, how: str) -> None:
        super().__init__(
            400,
            f"idempotency-key-{how}",
            "Send an Idempotency-Key: 1 to 128 visible ASCII characters that you use for this request alone, such as a "
            "UUID. Whoever repeats a request with its key does nothing twice.",
        )


class Disclosed(Refused):
    """It reads like somebody telling of a child in danger: whom to call is answered, and nothing is kept."""

    def __init__(self, lines: Sequence[HelpLine]) -> None:
        super().__init__(
            422,
            "disclosure",
            "This reads like somebody telling of a child in danger. Nothing of it was kept, and nobody here reads it. "
            "`help` says whom to call.",
            help=lines,
        )


def problem_of(error: LanzaroteError, translator: Translator) -> LanzaroteError:
    """*error* with its fields and the reader's words; as it is when it tells everything already."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, Unreadable):
        return Refused(400, "unreadable", str(error))
    if isinstance(error, Misfit):
        return Refused(422, "unfit", UNFIT, errors=[FieldError(field=error.place, detail=error.text)])
    if isinstance(error, OtherRequest):
        return Refused(422, "idempotency-key-used", str(error))
    if isinstance(error, StillRunning):
        return Refused(409, "still-running", str(error), headers=dict(error.headers))
    if isinstance(error, Identifying):
        told = [_concern(one, translator) for one in error.concerns]
        return Refused(422, "identifying", IDENTIFYING, concerns=told)
    if isinstance(error, Faulty):
        return Refused(422, "unfit", UNFIT, errors=_errors(error.faults, translator))
    if isinstance(error, Objected):
        objections = [_objection_of(one, translator) for one in error.raised]
        return Refused(422, "objected", OBJECTED, objections=objections, errors=_errors(error.faults, translator))
    if isinstance(error, IllegalTransition):
        return Refused(409, "not-now", str(error))
    if isinstance(error, Conflict):
        return Refused(409, "conflict", translator.gettext(str(error)))
    if isinstance(error, NotPermitted):
        return Refused(403, "not-permitted", translator.gettext(str(error)))
    return error


def _errors(faults: Sequence[Fault], translator: Translator) -> list[FieldError]:
    return [FieldError(field=one.field, detail=_said(translator, one.text, one.value)) for one in faults]


def _objection_of(one: Raised, translator: Translator) -> Objection:
    """In the reader's language, if the package speaks it."""
    texts = one.concern.text
    text = texts.get(translator.language) or texts.get("en") or next(iter(texts.values()), "")
    if one.failed:
        text = str(translator.gettext(FAILED_WORDS)) % {"package": one.package}
    return Objection(package=one.package, code=one.concern.code, field=one.concern.field, detail=text)


def _concern(one: guard.Concern, translator: Translator) -> FieldConcern:
    return FieldConcern(
        field=one.field,
        code=one.code,
        start=one.start,
        end=one.end,
        hard=one.hard,
        detail=str(guard.explain(one.code, translator)),
    )


def _said(translator: Translator, text: str, value: str | date) -> str:
    return str(translator.gettext(text)) % {"value": value}

"""Why a change is refused, as programs read it: where, why, and what to do; never what was written (RFC 9457)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from lanzarote import guard
from lanzarote.errors import Conflict, LanzaroteError, NotPermitted
from lanzarote.records.idempotency import OtherRequest, StillRunning
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.save_checks import FAILED_WORDS, Objected
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.web.forms import Misfit, Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanzarote.records.save_checks import Raised
    from lanzarote.records.validation import Fault
    from lanzarote.translation import Translator


PROBLEM_JSON: Final = "application/problem+json"
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
    """Its place in the text, counted in characters (Unicode code points)."""
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


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error on the API, as RFC 9457 describes it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    code: str = ""
    """What it is, for programs; of changes that were refused."""
    errors: tuple[FieldError, ...] = ()
    concerns: tuple[FieldConcern, ...] = ()
    objections: tuple[Objection, ...] = ()
    help: tuple[HelpLine, ...] = ()
    version: int = 0
    """The version that is there now."""


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
            "UUID. A request repeated with its key does nothing twice.",
        )


READS_LIKE_CALL: Final = "This reads like somebody who asks for help for a child."
ABOUT_WORK: Final = (
    " If it is about the work of the group, send it again and say so in `reasons`, for each field in `concerns`."
)


class Disclosed(Refused):
    """It reads like somebody telling of a child in danger: whom to call is answered, and nothing is kept.

    *calls*: what a reason would let pass.
    """

    def __init__(self, lines: Sequence[HelpLine], calls: Sequence[guard.Concern] = ()) -> None:
        super().__init__(
            422,
            "disclosure",
            "This reads like somebody telling of a child in danger. Nothing of it was kept, and nobody here reads it. "
            "`help` says whom to call." + (ABOUT_WORK if calls else ""),
            help=lines,
            concerns=[FieldConcern(**asdict(one), detail=READS_LIKE_CALL) for one in calls],
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
        explained = [(one, str(guard.explain(one.code, translator))) for one in error.concerns]
        concerns = [FieldConcern(**asdict(one), detail=detail) for one, detail in explained]
        return Refused(422, "identifying", IDENTIFYING, concerns=concerns)
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
    return [
        FieldError(field=one.field, detail=str(translator.gettext(one.text)) % {"value": one.value}) for one in faults
    ]


def _objection_of(one: Raised, translator: Translator) -> Objection:
    """In the reader's language, if the package speaks it."""
    texts = one.concern.text
    text = texts.get(translator.language) or texts.get("en") or next(iter(texts.values()), "")
    if one.failed:
        text = str(translator.gettext(FAILED_WORDS)) % {"package": one.package}
    return Objection(package=one.package, code=one.concern.code, field=one.concern.field, detail=text)

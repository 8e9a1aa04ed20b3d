"""Pages of amendments: the list, the form that begins with the present text, one with its diff, and what is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar import Response

from lanzarote import guard
from lanzarote.errors import Conflict, NotFound
from lanzarote.improvements import amendments, amendments_reading, comments_entry, talk, team_form
from lanzarote.improvements.amendments_model import FIELDS
from lanzarote.improvements.amendments_weighing import weighed
from lanzarote.improvements.talk_forms import TEAM, framed, go, head_of, improvement_of, refusal
from lanzarote.improvements.team_words import label_of
from lanzarote.kinds import team
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import may_somewhere, require, subject_of
from lanzarote.records.records import now
from lanzarote.records.save_checks import Objected, Said
from lanzarote.records.validation import Fault, Faulty, Identifying
from lanzarote.translation import N_, language_name
from lanzarote.types.improvements import ImprovementText
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOT_NOW, NOTHING, Refusal, let_pass_in, number_of, reasons_in, text_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.records.permissions import Action as Right


HERE: Final = "/{lang:str}/{region:str}/team/improvements/{record_id:str}/amendments"
ONE: Final = HERE + "/{amendment:str}"
DONE: Final[Mapping[str, str]] = {
    "proposed": N_("It is proposed. Those who lead the work are told, and everybody can say something about it."),
    "accept": N_("It is accepted: its text is the improvement’s newest version."),
    "refuse": N_("It is refused, with your reason. The text stays as it is."),
    "withdraw": N_("You have withdrawn it."),
    "meanwhile": N_("Somebody has changed it in the meantime; nothing of yours was done. See how it is now."),
    "not-now": NOT_NOW,
}
STEPS: Final[Mapping[str, tuple[Right, str]]] = {
    "accept": ("group.lead", N_("Accept this amendment")),
    "refuse": ("group.lead", N_("Refuse this amendment")),
    "withdraw": ("group.write", N_("Withdraw your amendment")),
}
"""Step → who may, and its heading."""


@page(HERE, may="group.read")
def listed(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """What was proposed for an improvement."""
    view = site.view(request, lang, region)
    place = number_of(request.query_params, "page")
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        lines, more = amendments_reading.listed(view, session, record, place)
        head = head_of(view, session, record)
        discussed = amendments.is_discussed(record)
    return view.render(
        "improvements/talk/amendments.html",
        lines=lines,
        more=more,
        page=place,
        discussed=discussed,
        writes=discussed and may_somewhere(view.actor, "group.write", view.region_id),
        **framed(view, head, request.query_params.get("done", ""), DONE),
    )


@page(f"{HERE}/new", may="group.write")
def new(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form with the present text in it."""
    return show_form(site.view(request, lang, region), record_id)


@form(f"{HERE}/new", may="group.write")
def propose(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Propose what was changed in it."""
    view = site.view(request, lang, region)
    if text_of(data, "again"):
        return show_form(view, record_id, data)
    text = text_in(data)
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        require(view.actor, "group.write", subject_of(session, record))
        base = number_of(data, "base")
        if not 1 <= base <= record.version:
            raise NotFound(amendments.NO_AMENDMENT)
        improvement = improvement_of(session, record, base)
    if guard.reads_like_disclosure(text_of(data, "why"), *_texts(text)):
        return team.show_help(view, request.url.path, data)
    try:
        given = amendments.checked(
            text,
            improvement,
            view.vocabulary,
            base=base,
            language=text_of(data, "language"),
            why=text_of(data, "why"),
            reasons=reasons_in(data),
            by=view.actor,
        )
        with view.instance.database.write(view.region_id) as session:
            record = talk.find(session, view.region_id, record_id, by=view.actor)
            made = amendments.propose(session, record, given, by=view.actor, at=now(), written_in=view.lang)
            return go(view, *TEAM, record_id, "amendments", made.number, done="proposed")
    except (Faulty, Identifying) as error:
        return show_form(view, record_id, data, refusal(view, error, data))
    except Conflict:
        return show_form(view, record_id, data, closed=True)


@page(ONE, may="group.read")
def one(request: Asked, lang: Lang, region: Region, record_id: Id, amendment: Id, site: OurSite) -> Response[Any]:
    """An amendment: what it changes, why, and what is said about it."""
    return show_one(site.view(request, lang, region), record_id, amendment)


def show_form(
    view: View,
    record_id: str,
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    *,
    closed: bool = False,
) -> Response[Any]:
    """The form of a changed text; *closed*: amendments are no longer taken."""
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        require(view.actor, "group.write", subject_of(session, record))
        improvement, head = improvement_of(session, record), head_of(view, session, record)
        closed = closed or not amendments.is_discussed(record)
    given = view.request.query_params.get("language", view.lang)
    language = text_of(data, "language") if data else given
    language = language if language in improvement.text else improvement.original
    present = improvement.text.get(language, ImprovementText())
    typed = data or {name: getattr(present, name) or "" for name in FIELDS} | {"base": str(record.version)}
    return view.render(
        "improvements/talk/amendment_form.html",
        status=400 if refused.errors else 409 if closed else 200,
        typed=typed,
        refused=refused,
        closed=closed,
        language=language,
        language_name=language_name(language, view.lang),
        others=[
            (language_name(code, view.lang), view.href(*TEAM, record_id, "amendments", "new", query={"language": code}))
            for code in improvement.text
            if code != language
        ],
        fields=_fields(view),
        **framed(view, head),
    )


def show_one(view: View, record_id: str, number: str, *, done: str = "", status: int = 200) -> Response[Any]:
    """The page of an amendment. Raises NotFound."""
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        amendment = amendments.find(session, record, _number(number))
        told = amendments_reading.tell(view, session, record, amendment)
        before = view.request.query_params.get("before", "")
        discussion = comments_entry.discussion(view, session, record, about=amendment.number, before=before)
        saying = comments_entry.saying(view, session, record, amendment.number)
        head = head_of(view, session, record)
    return view.render(
        "improvements/talk/amendment.html",
        status=status,
        told=told,
        discussion=discussion,
        saying=saying,
        labels={name: view._(heading) for name, (_, heading) in STEPS.items()},
        **framed(view, head, done or view.request.query_params.get("done", ""), DONE),
    )


def show_step(
    view: View,
    record_id: str,
    number: str,
    name: str,
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    *,
    meanwhile: bool = False,
) -> Response[Any]:
    """The page of a step; *meanwhile*: somebody saved a newer text, and nothing was done.

    Raises NotPermitted; what is not possible now leads back to the amendment.
    """
    right, heading = STEPS[name]
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        require(view.actor, right, subject_of(session, record))
        amendment = amendments.find(session, record, _number(number))
        told = amendments_reading.tell(view, session, record, amendment)
        head = head_of(view, session, record)
        together = amendments.put_together(
            amendments_reading.text_in(session, record, amendment.language, amendment.base),
            amendments_reading.text_in(session, record, amendment.language),
            amendment.says(),
        )
    if name not in told.steps:
        return show_one(view, record_id, number, done="not-now", status=409)
    typed = {field: getattr(together, field) or "" for field in FIELDS} | dict(data or {})
    return view.render(
        "improvements/talk/amendment_step.html",
        status=409 if meanwhile else 400 if refused.errors else 200,
        name=name,
        heading=view._(heading),
        told=told,
        typed=typed,
        refused=refused,
        fields=_fields(view),
        **framed(view, head, "meanwhile" if meanwhile else "", DONE),
    )


def take(view: View, record_id: str, number: str, name: str, data: Mapping[str, Any]) -> Response[Any]:
    """Take a step; say why not on its page."""
    common: dict[str, Any] = {"by": view.actor, "at": now()}
    place = _number(number)
    try:
        merged = _merged(view, record_id, place, data) if name == "accept" and "title" in data else None
        expected = number_of(data, "version")
        said = _weighed(view, record_id, place, data, merged, expected) if name == "accept" else Said()
        with view.instance.database.write(view.region_id) as session:
            record = talk.find(session, view.region_id, record_id, by=view.actor)
            if name == "withdraw":
                amendments.withdraw(session, record, place, **common)
            elif name == "refuse":
                reason = text_of(data, "reason")
                amendments.refuse(session, record, place, view.vocabulary, reason=reason, **common)
            else:
                amendments.accept(
                    session,
                    record,
                    place,
                    view.vocabulary,
                    reason=text_of(data, "reason"),
                    expected=expected,
                    said=said,
                    merged=merged,
                    **common,
                )
    except (Faulty, Identifying, Objected) as error:
        return show_step(view, record_id, number, name, data, _refused(view, error, data))
    except (Conflict, IllegalTransition):
        # What was written stays in the form, as long as the amendment can be decided at all.
        typed = {field: text for field, text in data.items() if field != "version"}
        return show_step(view, record_id, number, name, typed, meanwhile=True)
    return go(view, *TEAM, record_id, "amendments", place, done=name)


def text_in(data: Mapping[str, Any]) -> ImprovementText:
    """The text that a form holds."""
    return ImprovementText(**{name: text_of(data, name) or None for name in FIELDS})


def _weighed(
    view: View, record_id: str, number: int, data: Mapping[str, Any], merged: amendments.Proposed | None, expected: int
) -> Said:
    """What packages say of the text that would result. Raises Faulty, Identifying, Objected."""
    common: dict[str, Any] = {"merged": merged, "expected": expected, "let_pass": let_pass_in(data), "by": view.actor}
    try:
        return weighed(view.instance, view.region_id, record_id, number, **common)
    except Faulty as error:
        raise Faulty([_of_whole(view, one) for one in error.faults]) from None


def _of_whole(view: View, one: Fault) -> Fault:
    """A fault of the improvement, told where the form has no field for it."""
    words = f"{label_of(view, one.field)} – {view._(one.text) % {'value': one.value}}"
    return Fault(field="reason", text=words.replace("%", "%%"))


def _refused(view: View, error: Faulty | Identifying | Objected, data: Mapping[str, Any]) -> Refusal:
    if not isinstance(error, Objected):
        return refusal(view, error, data)
    told = team_form.refusal(view, error, data)
    # The form has no field of the improvement's own: what is wrong leads to where it is let pass, or to the reason.
    place = told.overriding[0].name if told.overriding else "reason"
    errors = tuple(one if one["field"].startswith("override[") else one | {"field": place} for one in told.errors)
    return msgspec.structs.replace(told, errors=errors)


def _merged(view: View, record_id: str, number: int, data: Mapping[str, Any]) -> amendments.Proposed:
    """What was put together by hand. Raises Faulty, Identifying."""
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        improvement = improvement_of(session, record)
        language = amendments.find(session, record, number).language
    return amendments.checked(
        text_in(data),
        improvement,
        view.vocabulary,
        base=record.version,
        language=language,
        why="",
        reasons=reasons_in(data),
        by=view.actor,
        needs_why=False,
    )


def _fields(view: View) -> list[tuple[str, str, int]]:
    return [(name, view._(label), amendments.ROOM[name]) for name, label in amendments_reading.LABELS.items()]


def _texts(text: ImprovementText) -> list[str]:
    return [getattr(text, name) or "" for name in FIELDS]


def _number(text: str) -> int:
    """The number in an address. Raises NotFound."""
    if text.isascii() and text.isdecimal() and len(text) < 10 and text[0] != "0":
        return int(text)
    raise NotFound(amendments.NO_AMENDMENT)


def _step(name: str) -> tuple[Any, Any]:
    """The page and the form of one step."""
    path, may = f"{ONE}/{name}", STEPS[name][0]

    @page(path, may=may)
    def asked(request: Asked, lang: Lang, region: Region, record_id: Id, amendment: Id, site: OurSite) -> Response[Any]:
        return show_step(site.view(request, lang, region), record_id, amendment, name)

    @form(path, may=may)
    def done(
        request: Asked, lang: Lang, region: Region, record_id: Id, amendment: Id, site: OurSite, data: Data
    ) -> Response[Any]:
        return take(site.view(request, lang, region), record_id, amendment, name, data)

    return asked, done


handlers = (listed, new, propose, one, *(handler for name in STEPS for handler in _step(name)))

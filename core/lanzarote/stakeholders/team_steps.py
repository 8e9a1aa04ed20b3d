"""The steps an entry of the directory takes: each a page that says what follows, and a form that does it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar import Response

from lanzarote.directory.service import named
from lanzarote.errors import Conflict
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import Fault, Faulty, Identifying
from lanzarote.stakeholders import deciding, team_form, team_reading, writing
from lanzarote.stakeholders.team_pages import checked, entry_context, show, to_entry
from lanzarote.stakeholders.team_words import MEANINGS, label_of
from lanzarote.translation import N_
from lanzarote.web import labels
from lanzarote.web.asking import page_and_form
from lanzarote.web.refusals import NOTHING, Refusal, date_of, number_of, reasons_in, text_of
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action
    from lanzarote.records.records import Record

    Do = Callable[[View, Session, Record, Mapping[str, Any]], str | None]


ERASE: Final = N_("erase")
"""The word that has to be typed before something is erased."""
NOT_TYPED: Final = N_("Type the word as it stands here.")
NO_ENTRY: Final = N_("Choose an entry of the directory.")
OWN_PAGES: Final = ("publish", "relation", "rename", "merge", "split")
"""Steps that ask for more than a reason or a word."""


def _submit(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.submit(session, record, expected=number_of(data, "version"), by=view.actor, at=now())


def _take_back(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.take_back(session, record, by=view.actor, at=now())


def _give_back(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    reason, why = text_of(data, "reason"), reasons_in(data)
    writing.hand_back(session, record, view.vocabulary, reason=reason, why=why, by=view.actor, at=now())


def _publish(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    confirmed = bool(data.get("in_sources")) and bool(data.get("nobody"))
    expected = number_of(data, "version")
    writing.publish(session, record, confirmed=confirmed, expected=expected, by=view.actor, at=now())


def _discard(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.discard(session, record, by=view.actor, at=now())


def _relation(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    deciding.set_relation(
        session,
        record,
        view.vocabulary,
        relation=text_of(data, "relation"),
        since=date_of(data, "since", view.lang),
        mandate={code: text_of(data, f"mandate.{code}") for code in view.vocabulary.header.languages},
        source=text_of(data, "source"),
        shared=text_of(data, "shared") == "yes",
        by=view.actor,
        at=now(),
        expected=text_of(data, "mark"),
        why=reasons_in(data),
    )


def _rename(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    deciding.rename(session, record, text_of(data, "slug"), by=view.actor, at=now())


def _merge(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    into = named(view.directory).get(text_of(data, "into"))
    if into is None:
        raise Faulty([Fault(field="into", text=NO_ENTRY)])
    other = team_reading.read_record(view, session, into.id)
    deciding.merge(session, record, other, by=view.actor, at=now())


def _part(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    deciding.split(session, record, by=view.actor, at=now())


def _split(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> str:
    """Begin the second entry with what the first says, under the name that was typed; return its id."""
    first = writing.entry_of(session, record)
    languages = team_form.languages_of(view, first)
    texts = {f"name.{code}": text_of(data, f"name.{code}") for code in languages}
    typed = team_form.typed_from(view, first) | texts | {"verified": "", "merged_into": ""}
    second = msgspec.structs.replace(team_form.read_entry(view, typed, None), own_sources=first.own_sources)
    given = checked(view, second, data)
    return deciding.split_off(session, record, given, by=view.actor, at=now()).id


def _withdraw(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    reason, why = text_of(data, "reason"), reasons_in(data)
    writing.withdraw(session, record, view.vocabulary, reason=reason, why=why, by=view.actor, at=now())


def _archive(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.archive(session, record, by=view.actor, at=now())


def _restore(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.restore(session, record, by=view.actor, at=now())


def _erase(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    if text_of(data, "word").casefold() != view._(ERASE).casefold():
        raise Faulty([Fault(field="word", text=NOT_TYPED)])
    writing.erase(session, record, by=view.actor, at=now())


def show_step(
    view: View,
    record_id: str,
    name: str,
    refused: Refusal = NOTHING,
    data: Mapping[str, Any] | None = None,
) -> Response[Any]:
    """The page of one step. Raises NotPermitted; a step that the state does not allow leads back to the entry."""
    action: Action = next(step.action for step in team_reading.STEPS if step.name == name)
    with view.instance.database.read(view.region_id) as session:
        record = team_reading.read_record(view, session, record_id)
        require(view.actor, action, subject_of(session, record))
        told = team_reading.tell(view, session, record)
    if name not in {one.name for one in told.steps}:
        return show(view, record_id, done="not-now", status=409, data=data)
    given = data or _before(name, told)
    return view.render(
        f"stakeholders/team/{name if name in OWN_PAGES else 'step'}.html",
        status=400 if refused.errors else 200,
        name=name,
        heading=view._(next(step.label for step in team_reading.STEPS if step.name == name)),
        refused=refused,
        given=given,
        tongues=view.tongues(),
        relations=[
            {
                "value": code,
                "label": labels.label("relation", code, view.translator),
                "help": view._(meaning),
                "chosen": text_of(given, "relation") == code,
            }
            for code, meaning in MEANINGS.items()
        ],
        organisations=_others(view, record_id, text_of(given, "into")) if name == "merge" else (),
        word=view._(ERASE),
        **entry_context(view, told, ""),
    )


def take(view: View, record_id: str, name: str, data: Mapping[str, Any], do: Do) -> Response[Any]:
    """Take a step, then lead to where one sees it; say why not on the page of the step."""
    try:
        with view.instance.database.write(view.region_id) as session:
            made = do(view, session, team_reading.read_record(view, session, record_id), data)
    except (Faulty, Identifying) as error:
        refused = team_form.refusal(view, error, data, label=partial(label_of, step=name))
        return show_step(view, record_id, name, refused, data)
    except (Conflict, IllegalTransition) as error:
        done = "meanwhile" if isinstance(error, Conflict) else "not-now"
        return show(view, record_id, done=done, status=409, data=data)
    return to_entry(view, "" if name == "erase" else made or record_id, name)


def _before(name: str, told: team_reading.Entry) -> dict[str, str]:
    """What the form of a step holds before anybody writes in it."""
    if name == "relation":
        status = told.status
        mandate = {f"mandate.{code}": text for code, text in status.mandate.items()}
        said = {"relation": status.relation, "since": status.since or "", "source": status.source}
        return said | mandate | ({"shared": "yes"} if status.shared else {})
    if name == "split":
        return {f"name.{code}": text for code, text in told.entry.name.items()}
    return {"slug": told.slug} if name == "rename" else {}


def _others(view: View, but: str, chosen: str) -> list[dict[str, Any]]:
    """The directory to choose from."""
    others = [(view.say(one.organisation.name), one.id) for one in view.directory if one.id != but]
    others.sort(key=lambda pair: view.sort_key(pair[0]))
    first = {"value": "", "label": view._("Choose…"), "chosen": not chosen}
    return [first, *({"value": one, "label": name, "chosen": one == chosen} for name, one in others)]


def _step(name: str, do: Do) -> tuple[Any, Any]:
    """The page and the form of one step."""
    action: Action = next(step.action for step in team_reading.STEPS if step.name == name)
    path = f"/{{lang:str}}/{{region:str}}/team/organisations/{{record_id:str}}/{name}"

    return page_and_form(
        path,
        action,
        lambda view, record_id: show_step(view, record_id, name),
        lambda view, record_id, data: take(view, record_id, name, data, do),
    )


STEPS: Final[Mapping[str, Do]] = {
    "submit": _submit,
    "take-back": _take_back,
    "give-back": _give_back,
    "publish": _publish,
    "discard": _discard,
    "relation": _relation,
    "rename": _rename,
    "merge": _merge,
    "part": _part,
    "split": _split,
    "withdraw": _withdraw,
    "archive": _archive,
    "restore": _restore,
    "erase": _erase,
}

handlers = tuple(handler for name, do in STEPS.items() for handler in _step(name, do))

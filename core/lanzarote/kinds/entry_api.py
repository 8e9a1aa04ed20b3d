"""The API resources of rows beside a record: all of them, one, a new one, and one for each action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import func, select

from lanzarote.kinds import entries
from lanzarote.kinds.contents import written_in
from lanzarote.web.changing import Nothing, change, done, made
from lanzarote.web.resources import CURSOR, LIMIT, REGION, ROOT, Answer, Parameter, list_of, resource
from lanzarote.web.working_records import id_of, reasons_of, refuse_calls, working

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from lanzarote.kinds.entries import Entry, EntryAction
    from lanzarote.web.changing import Sent
    from lanzarote.web.resources import Asked

    AnyEntry = Entry[Any]


def resources_of(entry: AnyEntry) -> tuple[Any, ...]:
    """The resources of *entry*."""
    told = (one for one in (entry.begin, *entry.actions) if one.told)
    return (*_reading(entry), *(_action(entry, one) for one in told))


def address_of(entry: AnyEntry) -> str:
    """Of one row, as resources write it."""
    return f"/regions/{{region}}/team/{entry.beside_room}/{{{entry.beside.name}}}/{entry.room}/{{{entry.name}}}"


def etag_of(entry: AnyEntry, row: Any) -> str:
    return f'"{entry.mark(row)}"'


def _reading(entry: AnyEntry) -> tuple[Any, ...]:
    api, record_name = entry.api, id_of(entry.beside.name)
    about: dict[str, Any] = {"tag": api.tag, "may": entry.read}

    @_named(f"list_{entry.room}", api.all_told)
    def listed(asked: Asked) -> Answer:
        start = int(asked.one("cursor") or 0)
        with asked.instance.database.read(asked["region"]) as session:
            record = working(asked, session, entry.beside)
            mine = (entry.row.region_id == record.region_id) & (entry.row.record_id == record.id)
            asked_for = [column == _value(one, said) for one, column in api.query if (said := asked.one(one.name))]
            query = select(entry.row).where(mine, *asked_for)
            found = session.scalars(query.order_by(api.order).offset(start).limit(asked.limit)).all()
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            items = [msgspec.json.encode(one) for one in api.items(asked, session, found)]
        end = start + len(items)
        return asked.listed(items, total, str(end) if end < total else None)

    @_named(f"get_{entry.name}", api.one_told)
    def one(asked: Asked) -> Answer:
        with asked.instance.database.read(asked["region"]) as session:
            row = entries.find(entry, session, working(asked, session, entry.beside), asked[entry.name])
            return Answer(msgspec.json.encode(api.tell(asked, session, row)), {"etag": etag_of(entry, row)})

    path = address_of(entry)
    names, query = (REGION, record_name), (*(one for one, _ in api.query), CURSOR, LIMIT)
    return (
        resource(path.rpartition("/")[0], names=names, query=query, answers=list_of(api.item), **about)(listed),
        resource(path, names=(*names, entry.key), answers=api.whole, **about)(one),
    )


def _value(parameter: Parameter, said: str) -> int | str:
    return int(said) if parameter.between else said


def _action(entry: AnyEntry, action: EntryAction) -> Any:
    begins = action is entry.begin
    operation = action.operation or f"{action.name}_{entry.name}"

    @_named(operation, action.told)
    def act(sent: Sent, body: Any) -> Answer:
        # What one may not know of is not there, whatever was sent.
        with sent.instance.database.read(sent["region"]) as session:
            working(sent, session, entry.beside)
        explained = reasons_of(body.reasons) if action.explains else {}
        refuse_calls(sent.vocabulary, written_in(action.shapes, body), explained)
        offered = {
            "given": body,
            "reasons": entries.check(action, body, sent.vocabulary, explained, by=sent.actor),
            "language": sent.vocabulary.header.languages[0],
            "known": action.known(sent.instance, sent["region"]),
            "vocabulary": sent.vocabulary,
            "today": sent.instance.today(sent["region"]),
            **sent.signed,
        }

        def do(session: Session) -> Answer:
            record = working(sent, session, entry.beside)
            key = "" if begins else sent[entry.name]
            row = entries.perform(entry, action, session, record, key, unchanged=unchanged, **offered)
            about = {"etag": etag_of(entry, row), "about": record.id}
            whole = entry.api.tell(sent, session, row)
            at = {"region": record.region_id, entry.beside.name: record.id, entry.name: entry.key_of(row)}
            return made(whole, at=ROOT + address_of(entry).format(**at), **about) if begins else done(whole, **about)

        def unchanged(row: Any) -> None:
            sent.require_match(etag_of(entry, row))

        return sent.once(do)

    path = address_of(entry)
    about: dict[str, Any] = {
        "tag": entry.api.tag, "may": action.may, "body": action.asks or Nothing, "answers": entry.api.whole,
        "largest": entry.api.largest, "names": (REGION, id_of(entry.beside.name)),
    }  # fmt: skip
    if begins:
        return change("POST", path.rpartition("/")[0], status=201, **about)(act)
    about |= {"names": (*about["names"], entry.key), "match": True}
    if action.name == "edit":
        return change("PUT", path, **about)(act)
    return change("POST", f"{path}/{action.name}", **about)(act)


def _named(name: str, description: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """A function under the name and with the words by which the API describes it."""

    def name_it(function: Callable[..., Answer]) -> Callable[..., Answer]:
        function.__name__ = function.__qualname__ = name
        function.__doc__ = description
        return function

    return name_it

"""Organisations that a record names: what there is to choose from, and what the directory no longer lists.

An organisation that was taken from the directory stays where it is named: no form loses it, and it stops no saving.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from lanzarote.kinds.fields import Option
from lanzarote.records.records import Record, Version
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.directory.model import Stakeholder
    from lanzarote.instance import Instance
    from lanzarote.types import Text
    from lanzarote.web.site import View

T = TypeVar("T")
FIELDS: Final = ("organisation", "organisations", "merged_into")
"""In which records of any kind name organisations."""
UNLISTED: Final = N_("An organisation that is no longer in the directory")


def unlisted(view: View, chosen: Iterable[str]) -> dict[str, str]:
    """Those of *chosen*, keys and ids of organisations, that the directory does not list → what they are called."""
    listed = {name for one in view.directory for name in one.names}
    return {key: view._(UNLISTED) for key in chosen if key and key not in listed}


def organisations(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """The directory by name, and what is *chosen* without being listed: the ``options`` of a field."""
    entries = ((view.say(one.organisation.name), one) for one in view.directory)
    for name, one in sorted(entries, key=lambda pair: view.sort_key(pair[0])):
        yield Option(value=one.key or one.id, label=name, names=one.names)
    for key, name in unlisted(view, chosen).items():
        yield Option(value=key, label=name)


def nameable(instance: Instance, region_id: str, record_id: str = "") -> frozenset[str]:
    """By which organisations may be named: ids and keys of the directory, and what *record_id* names already.

    Who was there, took part or judged did so, whatever is listed today.
    """
    listed = frozenset(name for one in instance.directory(region_id) for name in one.names)
    return listed | named_already(instance, region_id, record_id) if record_id else listed


def named_already(instance: Instance, region_id: str, record_id: str) -> frozenset[str]:
    """Ids and keys of organisations that a record names in its newest version."""
    newest = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = select(Version.body).join(Record, newest & (Version.number == Record.version))
    with instance.database.read(region_id) as session:
        body = session.scalar(query.where(Record.id == record_id))
    return frozenset(_named_in(msgspec.json.decode(body))) if body else frozenset()


def as_named(instance: Instance, region_id: str, record_id: str, said: T) -> T:
    """What a form *said* of a record, which goes on naming who was merged into another entry by the name it has.

    The form shows the entry that is listed; only the name that was recorded tells them apart when they are split.
    """
    before = named_already(instance, region_id, record_id) if record_id else frozenset()
    former = dict(_former(instance.directory(region_id), before))
    named: T = _renamed(said, former) if former else said
    return named


def _former(directory: Iterable[Stakeholder], named: frozenset[str]) -> Iterator[tuple[str, str]]:
    """By what an entry is offered in forms → the one name by which it is named, if that is of one merged into it."""
    for one in directory:
        used = [*named.intersection(one.names)]
        if len(used) == 1 and used[0] not in (one.id, one.key, *one.organisation.former):
            yield from ((name, used[0]) for name in (one.id, one.key) if name)


def _renamed(said: Any, former: Mapping[str, str]) -> Any:
    if isinstance(said, tuple):
        return tuple(_renamed(one, former) for one in said)
    if not isinstance(said, Struct):
        return said
    values = {field: getattr(said, field) for field in said.__struct_fields__}
    return replace(
        said,
        **{name: (_called if name in FIELDS else _renamed)(value, former) for name, value in values.items()},
    )


def _called(value: Any, former: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(former.get(one, one) for one in value)
    return former.get(value, value) if isinstance(value, str) else value


def _named_in(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        for field, value in said.items():
            if field in FIELDS:
                yield from [value] if isinstance(value, str) else filter(_is_text, value or ())
            else:
                yield from _named_in(value)
    elif isinstance(said, list):
        for one in said:
            yield from _named_in(one)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def name_of(view: View, known: Stakeholder | None) -> Text:
    """The name of an organisation, or the words for one that is not listed."""
    return known.organisation.name if known else {view.lang: view._(UNLISTED)}

"""Reports to packages what has happened: after the commit, and at least once to each.

The outbox holds package and record, and no word of it. The event is read when it is delivered, so that nothing reaches
a package that was withdrawn or erased meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lanzarote.records import outbox
from lanzarote.records.save_checks import event_topic
from lanzarote.types import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.store.database import Database

TOPIC = "event"
HIDDEN = "the public does not read this region at present; its events wait"

Tell = Callable[["Instance", "Session", str, str, str], Value | None]
"""Makes the event from the ids of region, record and event; None when it is out of date by now."""


def note_down(
    instance: Instance, session: Session, region_id: str, names: Sequence[str], hook: str, record_id: str
) -> None:
    """Enqueue the event for those of the packages *names* that listen to *hook*."""
    for name in names:
        if _listens(instance, name, hook):
            topic = event_topic(name, region_id)
            outbox.enqueue(session, topic, package=name, hook=hook, region=region_id, record=record_id)


def deliver(instance: Instance, tellers: Mapping[str, Tell], database: Database, payload: Mapping[str, Any]) -> None:
    """Job: tell one package of one event; *tellers*: hook → what it tells."""
    name, hook, region_id = str(payload["package"]), str(payload["hook"]), str(payload["region"])
    with database.read(region_id) as session:
        if name not in instance.switched_on(session, region_id):
            return
        event = tellers[hook](instance, session, region_id, str(payload["record"]), str(payload["event_id"]))
    if event is not None:
        for _, answer in instance.host.ask(hook, [name], event=event):
            answer()


def lanes(instance: Instance, hooks: Collection[str]) -> Iterator[str]:
    """How the topics of each package begin that listens: one that is slow keeps no other waiting."""
    for package in instance.host.looked_at:
        if not set(hooks).isdisjoint(package.hooks):
            yield event_topic(package.name)


def address_of(instance: Instance, lang: str, region_id: str, room: str, slug: str) -> str:
    """Where the page of a record is."""
    path = "/".join(quote(part, safe="") for part in (lang, region_id, room, slug))
    return f"{instance.public_address}/{path}"


def _listens(instance: Instance, name: str, hook: str) -> bool:
    """Whether the package receives the event; for one that is missing or broken the event is kept."""
    package = instance.host.package(name)
    if package is None or package.idle:
        return True
    return hook in package.hooks or (bool(package.fault) and not package.hooks)

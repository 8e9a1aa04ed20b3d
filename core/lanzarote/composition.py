"""The rooms, put together in one place: the kinds, who is told of every write, what leaves a region, the jobs."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from lanzarote.accounts import letters, mails
from lanzarote.accounts.service import follow as end_speaking
from lanzarote.compendium import making as compendium
from lanzarote.directory.service import follow as forget_beside
from lanzarote.downloads import lists
from lanzarote.downloads import service as downloads
from lanzarote.errors import LanzaroteError, SettingError
from lanzarote.evaluation.record_kinds import EVALUATION, INDICATOR
from lanzarote.evaluation.service import follow as forget_figures
from lanzarote.exchange import erasure_list, loading
from lanzarote.findable import entries as findable
from lanzarote.findable.reading import holding
from lanzarote.following import delivering
from lanzarote.following import service as following
from lanzarote.improvements import calling, model, positions_model
from lanzarote.improvements import events as decisions
from lanzarote.improvements import naming as findings
from lanzarote.improvements.record_kinds import FINDING, IMPROVEMENT
from lanzarote.instance import Instance, Rooms, no_database, refuse_nothing
from lanzarote.kinds import plugin_events
from lanzarote.meetings import inviting
from lanzarote.meetings import mails as meeting_mails
from lanzarote.meetings.record_kinds import MANDATE, MEETING
from lanzarote.meetings.service import follow as forget_beside_meetings
from lanzarote.meetings.service import meeting_titles
from lanzarote.office import opening, tallies
from lanzarote.practices import documents as practice_documents
from lanzarote.practices import holders, projection, review_model
from lanzarote.procedures import service as procedures
from lanzarote.procedures.record_kind import PROCEDURE
from lanzarote.records import changelog, drafts, idempotency, locking, outbox, records
from lanzarote.records.changelog import bump_revision
from lanzarote.records.received import is_received
from lanzarote.records.records import Record
from lanzarote.regions import seeds
from lanzarote.results import destinations
from lanzarote.results.enrolling import origins
from lanzarote.stakeholders import documents as stakeholder_documents
from lanzarote.stakeholders import taking_part
from lanzarote.stakeholders.record_kind import STAKEHOLDER
from lanzarote.store.bulk import pieces
from lanzarote.store.database import known_schemas, schema_version
from lanzarote.transfers import elsewhere, handing_back
from lanzarote.transfers import service as transfers
from lanzarote.transfers.record_kind import PRACTICE_ELSEWHERE as PRACTICE
from lanzarote.transfers.record_kind import TRANSFER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.configuration.settings import Settings
    from lanzarote.kinds.entries import Entry
    from lanzarote.kinds.kind import Kind
    from lanzarote.plugins import Host
    from lanzarote.records.kinds import Kinds
    from lanzarote.regions.seeds import Report
    from lanzarote.store.database import Database

LISTENERS: Final = (
    projection.follow,
    findable.follow,
    practice_documents.follow_named,
    stakeholder_documents.follow,
    practice_documents.follow_cited,  # asks who names whom, and tells it after who answers to which name
    seeds.follow,
    review_model.follow,
    findings.follow,
    forget_beside,
    end_speaking,
    forget_figures,
    forget_beside_meetings,
    procedures.follow,
    transfers.follow,
    positions_model.follow,
    model.follow,
    opening.follow,
    following.listen,
    idempotency.follow,
    downloads.follow,
    outbox.follow,
)
"""What goes with every write, in its own transaction."""
KINDS: Final[Kinds] = {
    kind.name: kind
    for kind in (
        STAKEHOLDER,
        PRACTICE,
        INDICATOR,
        EVALUATION,
        IMPROVEMENT,
        FINDING,
        PROCEDURE,
        TRANSFER,
        MEETING,
        MANDATE,
    )
}
"""The kinds of records, by name; what others name comes before them."""
LETTERS: Final = {
    taking_part.TOPIC: taking_part.letter,
    calling.TOPIC: calling.letter,
    elsewhere.TOPIC: elsewhere.letter,
    holders.TOPIC: holders.letter,
}
"""What is written to services of bodies."""
MAILS: Final = (mails.TOPICS, inviting.TOPIC, *LETTERS)
"""How the topics of jobs begin that each send one e-mail."""
MAIL_TOPICS: Final = (*MAILS, following.TOPIC)
"""How the topics of all jobs begin that send e-mails."""
LOG_LISTENERS: Final = (transfers.hear, downloads.hear, findable.hear)
"""What goes with every entry of a change log, written or received, in its own transaction."""
TELLERS: Final = {**practice_documents.TELLERS, **decisions.TELLERS}
"""Hook → what packages are told through it."""
MAKERS: Final = {compendium.KIND: compendium.make, lists.KIND: lists.make}
"""Kind of file that is made in the background → what makes it."""


def kinds() -> tuple[Kind[Any, Any], ...]:
    """How people write them: with pages, which most commands do without."""
    from lanzarote.kinds.kind import written

    return tuple(kind for record in KINDS.values() if (kind := written(record)))


def entries() -> tuple[Entry[Any], ...]:
    """The rows beside records that are declared."""
    from lanzarote.improvements.actions_entry import ACTIONS
    from lanzarote.improvements.amendments_entry import AMENDMENTS
    from lanzarote.improvements.comments_entry import COMMENTS

    return COMMENTS, AMENDMENTS, ACTIONS


def attach(instance: Instance) -> None:
    """Let the rooms hear of what is written in the database of *instance*."""
    database = instance.database
    database.log_listeners += LOG_LISTENERS
    database.listeners += [
        *LISTENERS,
        partial(practice_documents.tell_packages, instance),
        partial(decisions.follow, instance),
    ]
    if instance.settings.office:
        database.listeners.append(tallies.follow_shown)
        database.log_listeners.append(tallies.follow)
    database.after_erasing += [
        lambda: erasure_list.remember(database, instance.settings),
        lambda: mails.tidy(instance),
    ]


def worker(instance: Instance) -> outbox.Worker:
    """Who does the jobs of *instance*."""
    handlers: dict[str, outbox.Handler] = {
        "project": _project,
        "release-anew": _release_anew,
        "unconfirmed": holders.tell_unconfirmed,
        idempotency.TOPIC: idempotency.forget,
        drafts.CLOSED: drafts.forget_typed,
        **mails.handlers(instance),
        **meeting_mails.handlers(instance),
        plugin_events.TOPIC: partial(plugin_events.deliver, instance, TELLERS),
        **letters.handlers(instance, LETTERS),
        following.TOPIC: partial(delivering.deliver, instance),
        transfers.TOPIC: transfers.deliver,
        transfers.PAGES: transfers.renew,
        transfers.ERASED: transfers.forget_erased,
        destinations.TOPIC: partial(_send_results, instance),
        **downloads.handlers({kind: partial(make, instance) for kind, make in MAKERS.items()}),
    }
    # An office or a mail server that is slow keeps nothing else waiting, nor many followers a single reader.
    apart = (f"{downloads.MAKING}:", destinations.TOPIC, MAILS, following.TOPIC)
    return outbox.Worker(
        instance.database,
        handlers,
        lanes=(*plugin_events.lanes(instance, TELLERS), *apart),
        apart=(f"{plugin_events.TOPIC}:", *apart),
    )


def load(instance: Instance, region_id: str, dry_run: bool, by: str) -> Report:
    """As ``exchange.loading.load``; then do what follows, but for e-mails."""
    report = loading.load(instance, region_id, dry_run=dry_run, by=by)
    if not dry_run:
        instance.worker.run_due(but=mails.TOPICS)  # the site sends them: it knows the address that they name
    return report


ROOMS: Final = Rooms(
    kinds=KINDS,
    attach=attach,
    worker=worker,
    load=load,
    mail_topics=MAIL_TOPICS,
    origins=origins,
    holding=holding,
    meeting_titles=meeting_titles,
)


def new_instance(settings: Settings, host: Host | None = None, rooms: Rooms = ROOMS) -> Instance:
    """An instance with all rooms. Close it, or use it with ``with``."""
    return Instance(settings, rooms, host)


@contextmanager
def open_instance(settings: Settings, host: Host | None = None, *, existing: bool = False) -> Iterator[Instance]:
    """Open an instance whose database is at the newest schema; an empty one is brought there, or refused if *existing*.

    Raises SettingError.
    """
    if existing:
        refuse_nothing(settings)
    instance = new_instance(settings, host)
    try:
        if not instance.ready:
            if existing:
                raise no_database(settings)
            with instance.database.alone("schema"):  # several processes may be started at once
                instance.migrate()
        instance.refuse_newer()
        if schema_version(instance.database) != known_schemas()[-1]:
            raise SettingError("The database is older than this platform; run: lanzarote upgrade")
        erasure_list.learn(instance.database, settings)
        yield instance
    finally:
        instance.close()


def _send_results(instance: Instance, database: Database, payload: Mapping[str, Any]) -> None:
    """Job: send results to an office; then let the region learn what the office hands back."""
    if not destinations.deliver(instance, database, payload):
        return
    with suppress(LanzaroteError):  # an older office hands nothing back
        handing_back.fetch(instance, str(payload["region"]), str(payload["address"]))


def _release_anew(database: Database, payload: Mapping[str, Any]) -> None:
    """Job: release what the public reads of a region's records where an upgrade has put it right; count them anew."""
    region_id, kind = str(payload["region"]), str(payload["kind"])
    with database.write(region_id) as session:
        if is_received(session, region_id):
            tallies.rebuild(session, region_id)
            return
        public = (Record.region_id == region_id) & (Record.kind == kind) & Record.published_version.is_not(None)
        for ids in pieces(session.scalars(select(Record.id).where(public).order_by(Record.id)).all()):
            changelog.release_changed(session, region_id, kind, ids, at=records.now())


def _project(database: Database, payload: Mapping[str, Any]) -> None:
    """Job: project a region's practices anew after its vocabulary changed, and all else that is found there."""
    region_id = str(payload["region"])
    with database.write(region_id) as session:
        locking.lock(session, region_id)  # as every write takes it first: each would wait for rows that the other has
        projection.rebuild(session, region_id)
        findable.rebuild(session, region_id)
        bump_revision(session, region_id)

"""What the packages that a region switched on object to when something is saved; a fault of one is that one's alone."""

from __future__ import annotations

import logging
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote import guard
from lanzarote.errors import LanzaroteError
from lanzarote.plugins import SWITCHED, CallFailed
from lanzarote.records import changelog, outbox
from lanzarote.records.drafts import Noted, Override, Reason, Told, newest
from lanzarote.records.kinds import kinds_of
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.records import decode, now
from lanzarote.records.validation import LONGEST_REASON, THIN_REASON, Fault, Identifying, is_thin, refuse_long
from lanzarote.store.bulk import rows_of
from lanzarote.store.database import ALL, Base, Regional
from lanzarote.translation.catalogues import N_
from lanzarote.types import Concern

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.plugins import Host, Package
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.store.database import Database
    from lanzarote.types import RegionHeader, Value


# --- Which packages a region has switched on for its own checks and events. Installed is not switched on ---


class SwitchedOn(Regional, Base):
    """A package that is asked and told about what happens in a region."""

    __tablename__ = "switched_on"

    name: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]


def switched_on(session: Session, region_id: str) -> frozenset[str]:
    """Names of the packages that the region has switched on."""
    names = rows_of(session, "SELECT name FROM switched_on WHERE region_id = ?", region_id)
    return frozenset(name for (name,) in names)


def everywhere(database: Database) -> dict[str, list[str]]:
    """Package → the regions that have switched it on."""
    with database.read(ALL) as session:
        rows = session.execute(select(SwitchedOn.name, SwitchedOn.region_id).order_by(SwitchedOn.region_id)).all()
    on: dict[str, list[str]] = {}
    for name, region_id in rows:
        on.setdefault(name, []).append(region_id)
    return on


def switch(session: Session, region_id: str, name: str, *, on: bool, by: str, at: datetime) -> bool:
    """Switch a package on or off for the region; whether that changed anything."""
    row = session.get(SwitchedOn, (region_id, name))
    if (row is not None) is on:
        return False
    if row is None:
        session.add(SwitchedOn(region_id=region_id, name=name, by=by, at=at))
    else:
        session.delete(row)
        # What it has not been told yet it is not told any more.
        session.execute(delete(outbox.Job).where(outbox.Job.topic == event_topic(name, region_id)))
    session.flush()
    verb = "switch on" if on else "switch off"
    saved = changelog.Saved(region_id=region_id, kind="package", record_id=name, verb=verb, version=0, at=at)
    changelog.record(session, [saved], by=by)
    return True


def can_be_switched(package: Package) -> bool:
    return bool(set(package.hooks) & set(SWITCHED))


def event_topic(name: str, region_id: str = "") -> str:
    """Topic of the jobs that tell a package of events; without a region, how all of its topics begin.

    >>> event_topic("webhook", "paris"), event_topic("webhook")
    ('event:webhook:paris', 'event:webhook:')
    """
    return f"event:{name}:{region_id}"


# --- What packages object to when something is saved: asked at once, and a fault of one is that one's alone ---
# A package that fails, or answers what it should not, objects: what it was to watch over was not watched.

V = TypeVar("V")

log = logging.getLogger("lanzarote.checks")
PATIENCE: Final = 0.5
"""Seconds after which the log tells that a check keeps writers waiting."""
FAILED: Final = "check-failed"
FAILED_WORDS: Final = N_(
    "The check of the package “%(package)s” did not work, so this could not be saved. A coordinator can go on with a "
    "reason, or switch the package off, unless it is the region’s own. The team that runs the site finds in its log "
    "what failed, and can install a version that works."
)
Place = tuple[str, str, str]
"""Package, code, field."""


class Raised(Struct, frozen=True, kw_only=True):
    """A concern, and the package that raised it."""

    package: str
    concern: Concern
    failed: bool = False
    """The package did not answer as it should; ``FAILED_WORDS`` say so in the reader's language."""

    @property
    def blocks(self) -> bool:
        return self.concern.level == "block"

    @property
    def place(self) -> Place:
        return self.package, self.concern.code, self.concern.field


class Checks(Struct, frozen=True, kw_only=True):
    """Whom to ask, and what was answered before."""

    hook: str = ""
    host: Host | None = None
    packages: Collection[str] = ()
    """Those that the region has switched on."""
    before: Value | None = None
    """What was saved last."""
    overrides: tuple[Override, ...] = ()
    """What was let pass in earlier saves."""
    explained: tuple[Reason, ...] = ()
    """Why earlier saves kept what the guard asked about."""
    reasons: Mapping[Place, str] = {}
    """Why the writer saves it although a package objects."""
    may_override: bool = False


NO_CHECKS: Final = Checks()
"""For what no package is asked about."""


class Said(Struct, frozen=True, kw_only=True):
    noted: tuple[Noted, ...] | None = None
    """Everything that was said and does not stop the save; None: nobody was asked."""
    overrides: tuple[Override, ...] = ()
    """What is let pass for the first time."""


class Objected(LanzaroteError):
    """A package objects, and nobody who may has said why it is saved nevertheless."""

    def __init__(self, raised: Sequence[Raised], noted: Sequence[Noted] = (), faults: Sequence[Fault] = ()) -> None:
        """*noted*: what was said besides; *faults*: reasons to save it nevertheless that say nothing."""
        told = ", ".join(f"{one.package}: {one.concern.code} ({one.concern.field or 'the whole'})" for one in raised)
        super().__init__(f"Packages object: {told}.")
        self.raised = tuple(raised)
        self.noted = tuple(noted)
        self.faults = tuple(faults)


class Asking(Protocol):
    """An instance, as far as packages are asked by it."""

    host: Host

    def switched_on(self, session: Session, region_id: str) -> frozenset[str]: ...


def checks_for(
    instance: Asking,
    session: Session,
    region_id: str,
    kind: str,
    record: Record | None,
    *,
    by: Actor,
    reasons: Mapping[Place, str] | None = None,
) -> Checks:
    """Before *by* saves *record*, or a new one of its *kind*; *reasons*: why, although a package objects.

    *kind*: one that is ``checked``. Read before the transaction that writes it.
    """
    declared = kinds_of(session)[kind]
    there = record if record is not None and record.state != "erased" else None
    body, told = newest(session, there, Told) if there else (b"", None)
    told = told or Told()
    return Checks(
        hook=declared.checked,
        host=instance.host,
        packages=instance.switched_on(session, region_id),
        before=decode(body, declared.draft or declared.body) if there else None,
        overrides=told.overrides,
        explained=told.reasons,
        reasons=reasons or {},
        may_override=may_somewhere(by, "practice.override", region_id),
    )


def asked(checks: Checks, region: RegionHeader, new: Value, *, by: str) -> Said:
    """Ask the packages about *new*.

    Raises Objected, also for a reason that says nothing, and Identifying for one that tells who somebody is.
    """
    given = [(f"override[{'|'.join(place)}]", text) for place, text in checks.reasons.items()]
    refuse_long(given, LONGEST_REASON)
    # A reason is read by others too: nothing in it is asked about, it has to be clean.
    if concerns := guard.check_texts(given, identifiers=region.personal_identifiers, guesses=False):
        raise Identifying(concerns)
    if checks.host is None:
        return Said()
    raised = raised_about(checks.host, checks.packages, checks.hook, region=region, new=new, before=checks.before)
    reasons = _settled(raised, checks)
    at = now()
    return Said(
        noted=tuple(_noted(one) for one in raised),
        overrides=tuple(
            Override(package=place[0], code=place[1], field=place[2], text=text, by=by, at=at)
            for place, text in reasons.items()
        ),
    )


def raised_about(host: Host, names: Collection[str], hook: str, **values: Value | None) -> tuple[Raised, ...]:
    """What the packages *names* say through *hook* about *values*."""
    found: list[Raised] = []
    for package, answer in host.ask(hook, names, **values):
        begun = monotonic()
        try:
            concerns = answer()
        except CallFailed as error:  # its own fault, which stops no other
            log.error("The check %s of %s did not work: %s.", hook, package.name, error)
            found.append(_failed(package.name))
        else:
            found += [Raised(package=package.name, concern=one) for one in concerns]
        if (took := monotonic() - begun) > PATIENCE:
            log.warning("The check %s of %s took %.1f s; writers wait for it.", hook, package.name, took)
    return tuple(found)


def _settled(raised: Sequence[Raised], checks: Checks) -> dict[Place, str]:
    """The reasons for which what blocks is let pass for the first time. Raises Objected for what nobody lets pass."""
    # Of what was not looked at, nobody can say for good that it may pass.
    known = {one.place for one in checks.overrides if one.code != FAILED}
    blocking = [one for one in raised if one.blocks and one.place not in known]
    given = checks.reasons if checks.may_override else {}
    reasons = {one.place: given.get(one.place, "").strip() for one in blocking}
    thin = [place for place, text in reasons.items() if text and is_thin(text)]
    if left := [one for one in blocking if not reasons[one.place] or one.place in thin]:
        faults = [Fault(field=f"override[{'|'.join(place)}]", text=THIN_REASON) for place in thin]
        raise Objected(left, [_noted(one) for one in raised if not one.blocks], faults)
    return reasons


def _noted(one: Raised) -> Noted:
    concern = one.concern
    return Noted(package=one.package, code=concern.code, field=concern.field, text=concern.text, failed=one.failed)


def _failed(package: str) -> Raised:
    concern = Concern(code=FAILED, text={"en": FAILED_WORDS % {"package": package}}, level="block")
    return Raised(package=package, concern=concern, failed=True)

"""Shipped practices and organisations: loaded once, then the region's own; upgrades are merged into them.

Keys that any release gave up lead on, also when a later package is silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.errors import NotFound, RegionError
from lanzarote.records import changelog, records, slugs, tasks
from lanzarote.records.changelog import Saved
from lanzarote.records.erasing import erased, erased_here
from lanzarote.records.kinds import kinds_of, titles_of
from lanzarote.records.lifecycle import next_state
from lanzarote.records.records import Draft, Record, Version, encode
from lanzarote.records.tasks import WITHDRAWAL
from lanzarote.regions.content import RENAMABLE
from lanzarote.regions.merge import Merged, Question, merge
from lanzarote.regions.renaming import former_of, with_present_keys
from lanzarote.regions.vocabulary import FILES, Term, former_in
from lanzarote.runtime.reading import converted
from lanzarote.store.database import Base, Regional
from lanzarote.store.ids import shipped_id, slugify
from lanzarote.types import Organisation, Practice, Procedure, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.lifecycle import Transitions
    from lanzarote.regions.content import Content

SEEDED: Final = {"stakeholder": "organisations", "practice": "practices", "procedure": "procedures"}
"""Kind of a shipped record → where its region's content has it."""
NEVER_REVIVED = ("withdrawn", "archived", "erased", "merged")


class Seed(Regional, Base):
    """What the package last shipped under a key, the base of the next merge."""

    __tablename__ = "seed"

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    in_package: Mapped[bool]
    """False: the package no longer ships it; the region's record stays, and says so."""
    publish: Mapped[bool]
    """False: the package does not want it shown."""


class Shipped(Struct, frozen=True, kw_only=True):
    """One seed as the package ships it now."""

    kind: str
    key: str
    former: tuple[str, ...]
    name: str
    """To make its address of."""
    body: bytes
    publish: bool
    status: dict[str, Any]
    reason: Text = {}
    """Why it is not shown."""


class Outcome(Struct, kw_only=True):
    """What loading or upgrading did to the records, told to people."""

    new: list[str] = []
    updated: list[str] = []
    working: list[str] = []
    """Published records that got a working version to be reviewed."""
    questions: list[str] = []
    no_longer_shown: list[str] = []
    """Public here, but the package shows or ships it no longer: stays public until a person decides."""
    removed: list[str] = []
    left_alone: list[str] = []
    """Withdrawn, archived, erased or merged by the region."""
    left_out: list[str] = []
    """Erased here, of which nothing is left but that."""
    kept_erased: list[str] = []
    """Organisations that were erased here: that they were is kept, for records name them."""
    unchanged: int = 0
    taken: dict[str, tuple[str, ...]] = {}
    """Fields that follow the package, of each updated record or working version."""
    kept: dict[str, tuple[str, ...]] = {}
    """Fields that only the region changed, of each record that the package changed."""
    asked: dict[str, Question] = {}
    """The three texts behind each of ``questions``."""


def shipped(content: Content) -> Iterator[Shipped]:
    """Organisations first: practices name them."""
    for key, organisation in content.organisations.items():
        name = next(iter(organisation.name.values()))
        yield _shipped("stakeholder", Organisation, key, organisation, {"relation": "cited"}, name)
    for key, practice in content.practices.items():
        status: dict[str, Any] = {
            "standing": "documented",
            "vouching": "public-sources",
            "strength": "not-assessed",
            "agreement": "not-asked",
        }
        if practice.reason:
            status["held_back"] = practice.reason
        yield _shipped("practice", Practice, key, practice, status)
    for key, procedure in content.procedures.items():
        status = {"state": "documented"} if procedure.publish else {}
        yield _shipped("procedure", Procedure, key, procedure, status)


def _shipped(kind: str, record: type[Any], key: str, seed: Any, status: dict[str, Any], name: str = "") -> Shipped:
    """*record*: the type of what a record says; a seed says more, which is the package's alone."""
    body = record(**{field: getattr(seed, field) for field in record.__struct_fields__})
    return Shipped(
        kind=kind,
        key=key,
        former=seed.former,
        name=name or key,
        body=encode(body),
        publish=getattr(seed, "publish", True),
        status=status,
        reason=getattr(seed, "reason", {}),
    )


def merge_seeds(
    session: Session, region_id: str, content: Content, present: Mapping[str, Mapping[str, str]], *, by: str
) -> Outcome:
    """Load what is new and merge what changed in the package, record by record; *present*: see ``led_on``."""
    known = {(seed.kind, seed.key): seed for seed in session.scalars(select(Seed).where(Seed.region_id == region_id))}
    outcome = Outcome()
    fresh: list[Shipped] = []
    for one in shipped(content):
        seed = known.pop((one.kind, one.key), None) or _renamed(session, known, one)
        if seed is None:
            fresh.append(one)
        else:
            _merge_one(session, seed, one, present, outcome, by=by)
    _create(session, region_id, _but_erased(session, region_id, fresh, outcome, by=by), outcome, by=by)
    for seed in known.values():
        if seed.in_package:
            seed.in_package = False
            outcome.removed.append(f"{seed.kind} {seed.key}")
            if seed.publish:
                _ask_whether_to_show(session, seed, {}, outcome, by=by)
    return outcome


def _but_erased(session: Session, region_id: str, fresh: list[Shipped], outcome: Outcome, *, by: str) -> list[Shipped]:
    """Those of *fresh* that were never erased here, under their present key or a former one."""
    ids = {
        (one.kind, one.key): [shipped_id(region_id, one.kind, key) for key in (one.key, *one.former)] for one in fresh
    }
    known = erased_here(session, region_id, set().union(*ids.values()))
    gone = {name: mine for name, some in ids.items() if (mine := [one for one in some if one in known])}
    for one in fresh:
        for record_id in gone.get((one.kind, one.key), ())[:1]:
            kept = one.kind == "stakeholder" and _keep_erased(session, region_id, one, record_id, by=by)
            (outcome.kept_erased if kept else outcome.left_out).append(f"{one.kind} {one.key}")
    return [one for one in fresh if (one.kind, one.key) not in gone]


def _keep_erased(session: Session, region_id: str, one: Shipped, record_id: str, *, by: str) -> bool:
    """Keep of an organisation that it was erased, and no word, as when that is done here; whether that was new."""
    if session.get(Record, (region_id, record_id)) is not None:
        return False
    at, kind, key = records.now(), one.kind, one.key
    slug = slugs.first_free(kind, slugs.gone(_slug(one)), slugs.taken_slugs(session, {kind}))
    record = Record(region_id=region_id, id=record_id, kind=kind, slug=slug, key=key, state="erased", status=b"{}")
    record.version, record.created_at, record.updated_at = 1, at, at
    seed = Seed(region_id=region_id, kind=kind, key=key, record_id=record_id, body=_mark(one.body))
    seed.in_package, seed.publish = True, one.publish
    version = records.version_row(region_id, record_id, record.version, at, by, b"", "")
    session.add_all([record, Version(**version), seed])
    session.flush()
    told = Saved(region_id=region_id, kind=kind, record_id=record_id, slug=slug, key=key, verb="load", version=1, at=at)
    changelog.record(session, [told], by=by)
    return True


def _create(session: Session, region_id: str, fresh: list[Shipped], outcome: Outcome, *, by: str) -> None:
    for kind in dict.fromkeys(one.kind for one in fresh):
        group = [one for one in fresh if one.kind == kind]
        drafts = [
            Draft(
                kind=kind,
                id=shipped_id(region_id, kind, one.key),
                key=one.key,
                slug=_slug(one),
                body=one.body,
                status=encode(one.status),
                publish=one.publish,
            )
            for one in group
        ]
        ids = records.create(session, region_id, drafts, by=by)
        for one, record_id in zip(group, ids, strict=True):
            seed = Seed(region_id=region_id, kind=kind, key=one.key, record_id=record_id, body=one.body)
            seed.in_package, seed.publish = True, one.publish
            session.add(seed)
            outcome.new.append(f"{kind} {one.key}")
    session.flush()


def _slug(one: Shipped) -> str:
    return slugify(one.name.split("(")[0] if one.kind == "stakeholder" else one.name)


def _renamed(session: Session, known: dict[tuple[str, str], Seed], one: Shipped) -> Seed | None:
    """The seed under a former key, moved to the present one."""
    for former in one.former:
        if seed := known.pop((one.kind, former), None):
            moved = Seed(
                region_id=seed.region_id,
                kind=seed.kind,
                key=one.key,
                record_id=seed.record_id,
                body=seed.body,
                in_package=True,
                publish=seed.publish,
            )
            session.delete(seed)
            session.add(moved)
            record = session.get(Record, (seed.region_id, seed.record_id))
            if record is not None:
                record.key = one.key
            return moved
    return None


def _merge_one(
    session: Session, seed: Seed, one: Shipped, present: Mapping[str, Mapping[str, str]], outcome: Outcome, *, by: str
) -> None:
    name = f"{one.kind} {one.key}"
    shown = seed.in_package and seed.publish
    seed.in_package, seed.publish = True, one.publish
    if shown and not one.publish:
        _ask_whether_to_show(session, seed, one.reason, outcome, by=by)
    elif one.publish and not shown:
        tasks.finish_all(session, seed.region_id, WITHDRAWAL, seed.record_id, by=by)
    if seed.body == one.body:
        outcome.unchanged += 1
        return
    record = session.get(Record, (seed.region_id, seed.record_id))
    if record is None or record.state in NEVER_REVIVED:
        _leave_alone(seed, record, one, outcome)
        return
    before, seed.body = with_present_keys(seed.body, present), one.body
    if before == one.body:
        outcome.unchanged += 1
        return
    local = with_present_keys(records.body_of(session, record, record.version), present)
    merged = _merged(kinds_of(session)[one.kind].body, before, local, one.body)
    for question in merged.questions:
        about = {name: getattr(question, name) for name in question.__struct_fields__}
        tasks.open_task(session, seed.region_id, "upgrade-conflict", by=by, record_id=record.id, key=one.key, **about)
        outcome.questions.append(f"{name}: {question.field}")
        outcome.asked[outcome.questions[-1]] = question
    if merged.kept:
        outcome.kept[name] = merged.kept
    body = encode(merged.body)
    if body == local:
        return
    shown_whole = record.published_version == record.version
    records.revise(session, record, body, by=by, action="upgrade")
    outcome.taken[name] = merged.taken
    if shown_whole and merged.taken == ("former",):
        records.publish(session, record, by=by)  # nothing in it is for anybody to review
    (outcome.working if record.published_version not in (None, record.version) else outcome.updated).append(name)


def _ask_whether_to_show(session: Session, seed: Seed, reason: Text, outcome: Outcome, *, by: str) -> None:
    """Open a task about a record that is public although the package shows or ships it no longer."""
    record = session.get(Record, (seed.region_id, seed.record_id))
    if record is None or record.published_version is None:
        return
    body = msgspec.json.decode(records.body_of(session, record, record.published_version))
    about = {"key": seed.key, "title": _title(body), "shipped": seed.in_package, "reason": reason}
    tasks.open_task(session, seed.region_id, WITHDRAWAL, by=by, record_id=record.id, record=seed.kind, **about)
    outcome.no_longer_shown.append(f"{seed.kind} {seed.key}")


def _title(body: Mapping[str, Any]) -> str:
    original, titles = titles_of(body)
    return titles.get(original) or next(iter(titles.values()))


def take_back(session: Session, region_id: str, task_id: str, *, by: str) -> None:
    """Withdraw the record that the package shows no longer, and finish the task about it. Raises NotFound."""
    task = session.get(tasks.Task, (region_id, task_id))
    if task is None or task.done_at or task.kind != WITHDRAWAL:
        raise NotFound(f"No open task {task_id} in {region_id} asks whether to withdraw something.")
    record = session.get(Record, (region_id, task.record_id))
    if record is not None and record.published_version is not None:
        if record.kind == "procedure":
            record.status = _withdrawn(record.status, kinds_of(session)[record.kind].lifecycle)
        records.withdraw(session, record, by=by)
    tasks.finish_task(session, region_id, task_id, by=by)


def _withdrawn(status: bytes, lifecycle: Transitions) -> bytes:
    """That of a procedure, as ``procedures.writing.withdraw`` leaves it."""
    said: dict[str, Any] = msgspec.json.decode(status)
    state = next_state(lifecycle, said.get("state", "draft"), "withdraw")
    return encode({name: value for name, value in said.items() if name != "beside"} | {"state": state})


def _merged(kind: type[Any], *bodies: bytes) -> Merged:
    """Merge, unless that would make something that is no record: then everything is asked."""
    plain = [msgspec.json.decode(body) for body in bodies]
    merged = merge(*plain)
    try:
        value = converted(merged.body, kind)
    except msgspec.ValidationError:
        return merge(*plain, ask=True)
    whole = not hasattr(value, "text") or value.original in value.text
    return merged if whole else merge(*plain, ask=True)


def _leave_alone(seed: Seed, record: Record | None, one: Shipped, outcome: Outcome) -> None:
    """Pass over what the region took back. What is withdrawn or merged may return, and will then be upgraded."""
    if record is None or record.state not in ("withdrawn", "merged"):
        known, seed.body = seed.body, _mark(one.body)
        if known == seed.body:
            outcome.unchanged += 1
            return
    outcome.left_alone.append(f"{one.kind} {one.key}")


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Forget what was shipped as a record that is erased, and what tasks quote of it. Listens to ``changes.record``."""
    for gone in erased(saved):
        mine = (Seed.region_id == gone.region_id) & Seed.record_id.in_(gone.ids)
        for seed in session.scalars(select(Seed).where(mine)):
            seed.body = _mark(seed.body)
        tasks.forget(session, gone.region_id, gone.ids)


def _mark(body: bytes) -> bytes:
    """What is kept of a text that may not be kept: enough to see whether the package ships another one."""
    return records.digest(body).encode() if body.startswith(b"{") else body


# --- What loading a region did, or upgrading it ---


class Report(Struct, kw_only=True):
    """What loading or upgrading a region did, or would do."""

    region: str
    first: bool
    header: tuple[str, ...] = ()
    """Keys of ``region.toml`` that say something else than before."""
    vocabulary: list[str]
    records: Outcome
    enabled: bool = True
    going: tuple[str, ...] = ()
    """Keys of its folder, and of the law it uses, that will go: where each stands, and what to write instead."""


# --- Keys that any release gave up: they lead on, also when a later package no longer says so ---

TERMS: Final = {name: kind for kind, name in FILES.items() if name in RENAMABLE}
"""File whose entries may be renamed → their kind in the vocabulary."""


def led_on(session: Session, region_id: str, content: Content) -> dict[str, dict[str, str]]:
    """File → former key, of this release or any that was loaded before → the key to which it leads."""
    found: dict[str, dict[str, str]] = {}
    for name in (*TERMS, "organisations"):
        entries = getattr(content, name)
        steps = dict(_known(session, region_id, name)) | former_of(entries)
        for key in entries:
            steps.pop(key, None)  # in use, whatever it was before
        found[name] = {former: _end(former, steps) for former in steps}
    return found


def called_as_before(session: Session, region_id: str, content: Content) -> Content:
    """The *content*, where a record that was renamed has its first key again, or leads on from it: it is that record.

    Raises RegionError where that key is given to another one.
    """
    known = {seed.record_id: seed for seed in session.scalars(select(Seed).where(Seed.region_id == region_id))}
    fuller = {}
    for kind, name in SEEDED.items():
        entries = getattr(content, name)
        taken = entries.keys() | former_of(entries).keys()
        fuller[name] = dict(entries)
        for key, entry in entries.items():
            ids = (shipped_id(region_id, kind, one) for one in (key, *entry.former))
            seed = next((known[one] for one in ids if one in known), None)
            if seed is None or seed.key in (key, *entry.former):
                continue
            if seed.key in taken:
                raise RegionError(
                    f"{region_id}: in {name}, the key {key} leads to what is called {seed.key} now. "
                    "Give the other one a key that was never used."
                )
            fuller[name][key] = msgspec.structs.replace(entry, former=(*entry.former, seed.key))
    return msgspec.structs.replace(content, **fuller)


def with_former_keys(content: Content, led: Mapping[str, Mapping[str, str]]) -> Content:
    """The *content* as if its entries named every key that they ever had."""
    fuller = {}
    for name, present in led.items():
        entries = dict(getattr(content, name))
        for former, key in present.items():
            if key in entries and former not in entries[key].former:
                entries[key] = msgspec.structs.replace(entries[key], former=(*entries[key].former, former))
        fuller[name] = entries
    return msgspec.structs.replace(content, **fuller)


def _known(session: Session, region_id: str, name: str) -> Iterator[tuple[str, str]]:
    """Former key and the one that followed, as loaded before; what the package still had comes last and counts."""
    if name in TERMS:
        kept = select(Term.key, Term.body).where(Term.region_id == region_id, Term.kind == TERMS[name])
        rows = session.execute(kept.order_by(Term.retired.desc(), Term.key)).all()
    else:
        # What is kept of an erased one is no JSON.
        kept = select(Seed.key, Seed.body).where(Seed.region_id == region_id, Seed.kind == "stakeholder")
        rows = session.execute(kept.order_by(Seed.in_package, Seed.key)).all()
    for key, body in rows:
        if body.startswith(b"{"):
            yield from ((former, key) for former in former_in(body))


def _end(key: str, steps: Mapping[str, str]) -> str:
    seen = {key}
    while (following := steps.get(key)) and following not in seen:
        seen.add(key := following)
    return key

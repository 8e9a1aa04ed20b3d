"""What the commands about results do, at the region and at the office."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.records.changelog import Served
from lanzarote.records.changelog_state import released_now
from lanzarote.records.received import SAMPLES
from lanzarote.records.records import now
from lanzarote.results import destinations, enrolling, forgetting, keys
from lanzarote.results.batches import Malformed
from lanzarote.results.keys import office_key, read_receipt, receipt, require_of_log
from lanzarote.results.model import HeldBatch, Refused, Source, SourceKey
from lanzarote.results.receiving import Received, receive, try_again
from lanzarote.results.signing import PublicKey
from lanzarote.runtime.unwritable import unwritable
from lanzarote.store.database import ALL

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from lanzarote.instance import Instance
    from lanzarote.results.model import SourceState

BY: Final = "lanzarote"


def results(instance: Instance, given: Namespace) -> int:
    return {
        "card": _card,
        "key": _key,
        "show": _show,
        "export": _export,
        "send": _send,
        "add": _add,
        "remove": _remove,
        "receipt": _read_receipt,
        "enrol": _enrol,
        "receive": _receive,
        "sources": _sources,
        "pause": _set_state,
        "resume": _set_state,
        "end": _set_state,
        "forget": _forget,
        "samples": _samples,
        "retry": _retry,
        "revoke": _revoke,
    }[given.action](instance, given)


# At the region


def _card(instance: Instance, given: Namespace) -> int:
    region_id = _home(instance, given.region)
    with instance.database.write(region_id) as session:
        data = enrolling.card_of(session, instance.settings, region_id, by=BY, at=now())
    file = Path(given.file or f"{region_id}.card")
    _write(file, data)
    print(f"{file}: send it to the office by mail. It is no secret.")
    print(f"Fingerprint: {enrolling.read_card(data).public.fingerprint}")
    print("Tell the office this fingerprint by telephone or face to face, never in the mail with the card.")
    return 0


def _key(instance: Instance, given: Namespace) -> int:
    region_id = _home(instance, given.region)
    with instance.database.write(region_id) as session:
        before = keys.current(session, region_id)
        row = enrolling.make_key(session, instance.settings, region_id, by=BY, at=now())
        endorsed, fingerprint = bool(row.endorsement), PublicKey(row.public).fingerprint
    print(f"{region_id} signs with a new key from now on. Fingerprint: {fingerprint}")
    if endorsed:
        print("The key before vouches for it: offices take it without being asked.")
    elif before is not None:
        print("The key before was not there to vouch for it: every office has to compare and enrol it again:")
        print(f"  lanzarote results card {region_id}")
    return 0


def _show(instance: Instance, given: Namespace) -> int:
    region_id = _home(instance, given.region)
    with instance.database.read(region_id) as session:
        found = released_now(session, region_id)
        offices = [
            (row.address, row.rhythm or "by hand", row.seq, row.fault)
            for row in destinations.all_of(session, region_id)
        ]
        head = destinations.head_of(session, region_id)
    counts = Counter(one.kind for one in found)
    print(
        f"{region_id}: up to entry {head.seq}. Its results are now: " + ", ".join(f"{n} {k}" for k, n in counts.items())
    )
    for address, rhythm, seq, fault in offices:
        print(f"  {address} ({rhythm}): received up to entry {seq}" + (f"; {fault}" if fault else ""))
    if not offices:
        print(f"  No office is sent to from here: lanzarote results add {region_id} https://office.example.org")
        print(f"  By mail or on a stick: lanzarote results export {region_id} FILE")
    return 0


def _export(instance: Instance, given: Namespace) -> int:
    region_id, count = _home(instance, given.region), 0
    file = Path(given.file)
    beside = file.with_name(file.name + ".part")
    with instance.database.snapshot(region_id) as session:
        after = (
            destinations.start_of(session, region_id)
            if given.after is None
            else destinations.position_of(session, region_id, given.after)
        )
        head = destinations.head_of(session, region_id)
        try:
            with beside.open("wb") as out:
                for data in destinations.batches(session, instance.settings, region_id, after):
                    count += out.write(data)
                out.flush()
                os.fsync(out.fileno())
            beside.replace(file)
        except OSError as error:
            raise LanzaroteError(unwritable(file, error)) from None
        finally:
            beside.unlink(missing_ok=True)
    if not count:
        print(f"There is nothing after entry {after.seq}; the file is empty.")
        return 0
    print(f"{file}: entries {after.seq + 1} to {head.seq} of {region_id}, {count / 1024:.0f} KiB, signed.")
    return 0


def _send(instance: Instance, given: Namespace) -> int:
    region_id = _home(instance, given.region)
    with instance.database.read(region_id) as session:
        offices = [given.office] if given.office else [row.address for row in destinations.all_of(session, region_id)]
    if not offices:
        raise NotFound(f"Name the office: lanzarote results add {region_id} https://office.example.org")
    for address in offices:
        sent = destinations.send(instance, region_id, address)
        if sent.receipt is None:
            print(f"{address}: everything was there already.")
        else:
            print(f"{address}: {sent.entries} entries sent; received, complete and verified up to {sent.receipt.seq}.")
    return 0


def _add(instance: Instance, given: Namespace) -> int:
    region_id = _home(instance, given.region)
    with instance.database.write(region_id) as session:
        nearby = instance.settings.offices_nearby
        row = destinations.add(session, region_id, given.office, given.every, by=BY, at=now(), nearby=nearby)
        address, rhythm = row.address, row.rhythm
    how = f"{rhythm}, while the site runs" if rhythm else f"when you say so: lanzarote results send {region_id}"
    print(f"{region_id} sends its results to {address}: {how}")
    return 0


def _remove(instance: Instance, given: Namespace) -> int:
    region_id = _home(instance, given.region)
    with instance.database.write(region_id) as session:
        destinations.remove(session, region_id, given.office, by=BY, at=now())
    print(f"{region_id} sends nothing to {given.office} any more. What the office has received stays there.")
    return 0


def _read_receipt(instance: Instance, given: Namespace) -> int:
    said = read_receipt(Path(given.file).read_bytes(), b"")
    region_id = _home(instance, said.region)
    with instance.database.write(region_id) as session:
        require_of_log(session, region_id, said)
        destinations.note_brought(session, region_id, said)
        head = destinations.head_of(session, region_id)
    signed = f"{said.at:%Y-%m-%d}"
    print(f"{region_id} is received, complete and verified up to entry {said.seq}; an office signed that on {signed}.")
    print(f"The office's key: {PublicKey(bytes.fromhex(said.key)).fingerprint}")
    if said.seq < head.seq:
        print(f"It has not received entries {said.seq + 1} to {head.seq} yet:")
        print(f"  lanzarote results export {region_id} FILE --after {said.seq}")
    return 0


def _home(instance: Instance, region_id: str) -> str:
    """Raises NotFound unless the region is written here."""
    with instance.database.read(region_id) as session:
        served = session.get(Served, region_id)
    if served is None or not served.home:
        raise NotFound(f"The region {region_id!r} is not written here; `lanzarote region list` tells which are.")
    return region_id


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise LanzaroteError(unwritable(file, error)) from None


# At the office


def _enrol(instance: Instance, given: Namespace) -> int:
    one = enrolling.read_card(Path(given.file).read_bytes())
    with instance.database.write(one.region) as session:
        enrolling.enrol(session, one, given.fingerprint, by=BY, at=now())
    print(f"{one.region} is enrolled: its results are taken from files and, while the site runs, over the net.")
    return 0


def _receive(instance: Instance, given: Namespace) -> int:
    told_of: dict[str, Received] = {}
    for name in given.file:
        with Path(name).open("rb") as file:
            received = receive(instance.database, file, came="file")
        told_of[received.region] = received
        instance.worker.run_due()
        told = f"{received.new} new entries, {received.known} known before"
        print(
            f"{name}: {received.region} is received, complete and verified up to entry {received.after.seq} ({told})."
        )
    if given.receipt:
        _write_receipt(instance, Path(given.receipt), told_of)
    return 0


def _write_receipt(instance: Instance, file: Path, told_of: Mapping[str, Received]) -> None:
    if len(told_of) != 1:
        raise LanzaroteError(
            f"All of it is received; no receipt was written, for one is of one region, and these files are of "
            f"{' and '.join(told_of)}. Receive the files of each once more by themselves."
        )
    [one] = told_of.values()
    _write(file, receipt(office_key(instance), one.region, one.epoch, one.after.seq, one.after.hash))
    print(f"{file}: send it to {one.region}; there: lanzarote results receipt {file.name}")


def _sources(instance: Instance, _: Namespace) -> int:
    with instance.database.read(ALL) as session:
        found = session.scalars(select(Source).order_by(Source.region_id)).all()
        for one in found:
            when = f", last on {one.received_at:%Y-%m-%d}" if one.received_at else ""
            print(f"{one.region_id}  {one.state}  up to entry {one.seq} of epoch {one.epoch}{when}")
            for key in session.scalars(select(SourceKey).where(SourceKey.region_id == one.region_id)):
                print(f"  key {key.id[:16]}  {_state_of(key)}")
            for held in session.scalars(select(HeldBatch).where(HeldBatch.region_id == one.region_id)):
                print(f"  held since {held.at:%Y-%m-%d %H:%M}  {held.code}: {held.told}")
    if not found:
        print("No region is enrolled here; the region makes its card: lanzarote results card REGION")
    return 0


def _state_of(key: SourceKey) -> str:
    if key.revoked_at:
        return f"revoked: {key.reason}"
    if key.endorsed_by:
        return "vouched for"
    return "made here, for an invented region" if key.region_id.startswith(SAMPLES) else "compared"


def _set_state(instance: Instance, given: Namespace) -> int:
    states: dict[str, SourceState] = {"pause": "paused", "resume": "enrolled", "end": "ended"}
    with instance.database.write(given.region) as session:
        enrolling.set_state(session, given.region, states[given.action], by=BY)
    print(f"{given.region}: {states[given.action]}.")
    return 0


def _forget(instance: Instance, given: Namespace) -> int:
    forgetting.forget(instance.database, given.region, by=BY)
    print(f"{given.region} is forgotten here. To receive it again, enrol it again.")
    return 0


def _samples(instance: Instance, given: Namespace) -> int:
    if given.what == "add":
        made = enrolling.add(instance)
        print(f"{len(made)} invented regions are received: {', '.join(made) or 'all were here'}.")
        print("To take them out: lanzarote results samples remove")
        return 0
    here = enrolling.here(instance)
    for region_id in here:
        forgetting.forget(instance.database, region_id, by=BY)
    print(f"Removed: {', '.join(here)}." if here else "There were no invented regions to remove.")
    return 0


def _retry(instance: Instance, given: Namespace) -> int:
    with instance.database.read(given.region) as session:
        held = session.scalars(
            select(HeldBatch).where(HeldBatch.region_id == given.region).order_by(HeldBatch.at)
        ).all()
        session.expunge_all()
    failed = 0
    for one in held:
        if not one.data:
            print(f"{one.code}: its bytes were not kept; the region has to send again what it has mended.")
            continue
        try:
            received = try_again(instance.database, one)
        except (Malformed, Refused) as error:
            failed += 1
            print(f"Not taken, held since {one.at:%Y-%m-%d %H:%M}: {error.code}: {error}")
            continue
        print(f"Taken: {received.region} is received up to entry {received.after.seq}.")
    if not held:
        print(f"Nothing is held of {given.region}.")
    return 1 if failed else 0


def _revoke(instance: Instance, given: Namespace) -> int:
    with instance.database.write(given.region) as session:
        mine = select(SourceKey.id).where(SourceKey.region_id == given.region, SourceKey.id.startswith(given.key))
        found = session.scalars(mine).all()
        if len(found) != 1 or len(given.key) < 8:
            raise NotFound(f"Give the first 16 signs of a key of {given.region}: lanzarote results sources")
        enrolling.revoke(session, given.region, found[0], reason=given.reason, by=BY, at=now())
    print(f"Nothing more is taken that the key {found[0][:16]} signed, or a key that is known through it alone.")
    print("Which these are: lanzarote results sources")
    return 0

"""Whom findings name: kept beside them, so that each body is offered to reply and nobody is judge of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import delete, insert, select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import ids_by_name
from lanzarote.improvements.model import FINDING, FindingStatus
from lanzarote.improvements.service import texts_of
from lanzarote.records.drafts import Told, read_told, tell
from lanzarote.records.erasing import erased
from lanzarote.records.records import Named, Record, Version, decode, encode
from lanzarote.records.tables import newest_version
from lanzarote.runtime.reading import LateDecoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.directory.model import Stakeholder
    from lanzarote.records.changelog import Saved
    from lanzarote.records.erasing import Erased
    from lanzarote.types import Finding

WRITING: Final = ("create", "revise", "load")
"""What tells the newest version of a finding; none is ever published."""


class _Naming(Struct):
    organisations: tuple[str, ...] = ()


_naming = LateDecoder(_Naming)


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Record whom findings name, and anew when entries of the directory become one or two.

    What a body that is erased replied goes with it. Listens to ``changes.record``.
    """
    for gone in erased(saved, STAKEHOLDER):
        _forget_replies(session, gone)
    written: dict[str, dict[str, bytes]] = {}
    for one in saved:
        if one.kind == FINDING and one.verb in (*WRITING, "erase"):
            written.setdefault(one.region_id, {})[one.record_id] = one.body or b"{}"
    for region_id in {one.region_id for one in saved if one.kind == STAKEHOLDER and one.verb in ("merge", "split")}:
        session.flush()
        written[region_id] = _newest(session, region_id)
    for region_id, bodies in written.items():
        _name(session, region_id, bodies)


def named_in(session: Session, region_id: str, record_id: str) -> tuple[str, ...]:
    """Ids of the stakeholders that the newest version of the finding names."""
    mine = (Named.region_id == region_id) & (Named.record_id == record_id)
    return tuple(sorted(session.scalars(select(Named.stakeholder_id).where(mine))))


def _forget_replies(session: Session, gone: Erased) -> None:
    """That bodies were offered to reply, and did, stays; their words go, and what was said of them."""
    bodies = frozenset(gone.ids)
    here = (Record.region_id == gone.region_id) & (Record.kind == FINDING) & (Record.state != "erased")
    for record in session.scalars(select(Record).where(here)):
        status = decode(record.status, FindingStatus)
        offers = tuple(
            msgspec.structs.replace(one, reply={}, how="") if one.stakeholder in bodies else one
            for one in status.offers
        )
        not_meant = {key: why for key, why in status.not_meant.items() if key not in bodies}
        if (offers, not_meant) == (status.offers, status.not_meant):
            continue
        record.status = encode(msgspec.structs.replace(status, offers=offers, not_meant=not_meant))
        told = read_told(session, record, Told)
        kept = tuple(one for one in told.reasons if one.field.rpartition(".")[2] not in bodies)
        if kept != told.reasons:
            tell(session, record, msgspec.structs.replace(told, reasons=kept))
    session.flush()


def _name(session: Session, region_id: str, bodies: Mapping[str, bytes]) -> None:
    """Let each finding name the stakeholders that its keys and ids stand for, and nobody else."""
    keys = {record_id: set(_naming.decode(body).organisations) for record_id, body in bodies.items()}
    session.execute(delete(Named).where(Named.region_id == region_id, Named.record_id.in_(list(bodies))))
    known = ids_by_name(session, {key for some in keys.values() for key in some})
    rows = [
        {"region_id": region_id, "record_id": record_id, "stakeholder_id": one}
        for record_id, some in keys.items()
        for one in sorted({known[key] for key in some if key in known})
    ]
    if rows:
        session.execute(insert(Named.__table__), rows)  # type: ignore[arg-type]


def _newest(session: Session, region_id: str) -> dict[str, bytes]:
    """Id of each finding that names somebody → what its newest version says."""
    naming = select(Named.record_id).where(Named.region_id == region_id)
    query = (
        select(Record.id, Version.body)
        .join(Version, newest_version())
        .where(Record.region_id == region_id, Record.kind == FINDING, Record.id.in_(naming))
    )
    return {record_id: body for record_id, body in session.execute(query) if body}


_SHORT: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*(?: \d+)?")
"""Such as OFMIN, AP-HP or CRIP 75, if all of it is capitals."""
_BRACKETED: Final = re.compile(r"\s*\(([^()]*)\)")
_FEWEST_LETTERS: Final = 6
"""A name that is shorter is a word like others."""
_FEWEST_CAPITALS: Final = 3


def mentioned_in(finding: Finding, directory: Sequence[Stakeholder]) -> tuple[Stakeholder, ...]:
    """Those of *directory* that *finding* writes by their name, in any language, or by a short name that is theirs."""
    # Where something is published says nothing of who is observed.
    said = "\n".join(text for place, text in texts_of(finding) if not place.startswith("own_sources"))
    text = _plain(said)
    shorts = {one.id: set(_shorts(one)) for one in directory}
    return tuple(
        one
        for one in directory
        if any(_stands(name, text, anyhow=True) for name in _names(one))
        or any(_stands(name, text) for name in shorts[one.id] if _is_theirs(name, one, shorts))
    )


def _names(one: Stakeholder) -> set[str]:
    """Its names in full, and without what is in brackets."""
    names = {_plain(name) for name in one.organisation.name.values()}
    names |= {_BRACKETED.sub("", name).strip() for name in names}
    return {name for name in names if sum(map(str.isalnum, name)) >= _FEWEST_LETTERS}


def _shorts(one: Stakeholder) -> Iterator[str]:
    for name in map(_plain, one.organisation.name.values()):
        for part in (*_BRACKETED.findall(name), *_BRACKETED.sub("", name).split(" - ")):
            short = part.strip()
            if short.isupper() and _SHORT.fullmatch(short) and sum(map(str.isalpha, short)) >= _FEWEST_CAPITALS:
                yield short


def _is_theirs(short: str, one: Stakeholder, shorts: dict[str, set[str]]) -> bool:
    """Whether no other has *short* in its name, or it is made of the first letters of this one's."""
    if sum(short in some for some in shorts.values()) == 1:
        return True
    letters = "".join(filter(str.isalpha, short))
    heads = (_BRACKETED.sub("", _plain(name)) for name in one.organisation.name.values())
    return letters in {
        "".join(word[0] for word in re.findall(r"[^\W\d_]+", head) if word[0].isupper()) for head in heads
    }


def _stands(name: str, text: str, *, anyhow: bool = False) -> bool:
    """Whether *name* is in *text* between other words; *anyhow*: also with a small letter at its beginning."""
    first = f"[{re.escape(name[0].lower() + name[0].upper())}]" if anyhow and name[0].isalpha() else re.escape(name[0])
    return re.search(rf"(?<!\w){first}{re.escape(name[1:])}(?!\w)", text) is not None


def _plain(text: str) -> str:
    """*text* with one kind of apostrophe, dash and space."""
    text = re.sub("[‘’ʼ`´]", "'", re.sub("[‐‑‒–—―]", "-", text))
    return re.sub(r"\s+", " ", text)

"""Packages that object to practices, and practices for them to object to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from lanzarote.practices import saving, sheets
from lanzarote.records.changelog import Audit
from lanzarote.records.records import Record
from lanzarote.records.save_checks import checks_for
from sqlalchemy import select

from tests.core.practices.assessments import PARIS, TEXT, THEN

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.records.save_checks import Place


BODY: dict[str, Any] = {"original": "fr", "text": {"fr": TEXT}, "sectors": ["courts"]}
AT_FAULT = (
    "raise RuntimeError('no luck')",
    "raise SystemExit(1)",
    "raise MemoryError",
    "return None",
    "return 3",
    "return ['unclear']",
    "return [Concern]",
    "return [None]",
    "yield 1",
    "return [Concern(code='Not A Key', text={'en': 'x'})]",
    "return [Concern(code='a', text={})]",
    "return [Concern(code='a', text={'en': ''})]",
    "return [Concern(code='a', text={'en': 3})]",
    "return [Concern(code='a', text={'en': 'x' * 3_000})]",
    "return [Concern(code='a', text={'en': 'x'}, level='explode')]",
    "return [Concern(code='a', field='x' * 300, text={'en': 'x'})]",
    "return [Concern(code='a', text={'en': 'x'})] * 201",
    "return [Concern(code='a', text={'en': 'x'})] * 1_000_000",
    "from itertools import repeat\n        return repeat(Concern(code='a', text={'en': 'x'}))",
    "def endless():\n            yield from endless()\n        return endless()",
)
"""What a check may do, and may not."""


def check(answer: str) -> str:
    return f"""
    asked = []

    @hookimpl
    def check_practice(region, new, before):
        asked.append((region, new, before))
        {answer}
    """


def concern(level: str = "block", field: str = "text.fr.summary", code: str = "unclear") -> str:
    text = '{"fr": "Ce n’est pas clair.", "en": "This is not clear."}'
    return check(f'return [Concern(code="{code}", field="{field}", level="{level}", text={text})]')


def asked(name: str) -> list[Any]:
    found: list[Any] = sys.modules[f"lz_try_{name}"].asked
    return found


def given(
    instance: Instance, by: Actor, record_id: str = "", let_pass: dict[Place, str] | None = None, **body: Any
) -> saving.Checked[Any]:
    with instance.database.read(PARIS) as session:
        record = session.get(Record, (PARIS, record_id)) if record_id else None
        known = checks_for(instance, session, PARIS, "practice", record, by=by, reasons=let_pass)
    return saving.checked(
        sheets.read(BODY | body), instance.vocabulary(PARIS), (), reasons={}, by=by.account_id, checks=known,
    )  # fmt: skip


def begun(instance: Instance, by: Actor, **more: Any) -> str:
    sheet = given(instance, by, **more)
    with instance.database.write(PARIS) as session:
        return saving.begin(session, PARIS, sheet, by=by, at=THEN).id


def records(instance: Instance) -> int:
    with instance.database.read(PARIS) as session:
        return len(session.scalars(select(Record.id)).all())


def verbs(instance: Instance, record_id: str) -> list[str]:
    with instance.database.read(PARIS) as session:
        return list(session.scalars(select(Audit.verb).where(Audit.record_id == record_id).order_by(Audit.seq)))

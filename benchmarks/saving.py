"""Somebody who saves practices as the form does, again and again: the texts of Paris, each time a little different."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from lanzarote import guard
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import NotWritten
from lanzarote.instance import Instance
from lanzarote.kinds.contents import written_in
from lanzarote.practices import saving, writing
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.saving import Checked
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record, now
from lanzarote.records.save_checks import checks_for
from lanzarote.types import Partner
from lanzarote.web.notices import switch_for
from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lanzarote.types import PracticeSheet

REGION = "paris"
CHECKING = "abbreviations"
"""A package that looks at everything that is saved."""
WORDS = ("clair", "court", "utile", "complet", "simple", "relu", "juste", "exact", "neuf", "sobre")


class Writer:
    """Begins, rewrites and publishes practices of Paris, each write a transaction of its own."""

    def __init__(self, instance: Instance, name: str = "ana") -> None:
        self.instance = instance
        self.by = Actor(account_id=name, grants=(Grant(role="contributor", region_id=REGION),))
        self.head = Actor(account_id="rita", grants=(Grant(role="coordinator", region_id=REGION),), strong=True)
        self.words = instance.vocabulary(REGION)
        self.names = {name for one in instance.directory(REGION) for name in (one.id, one.key) if name}
        with instance.database.read(REGION) as session:
            shipped = session.scalars(select(Record).where(Record.kind == "practice").order_by(Record.id))
            self.texts = [_filled(writing.sheet_of(session, one)) for one in shipped]
        switch_for(instance, REGION, CHECKING, on=True, by=name)
        self.reasons = [self._reasons(sheet) for sheet in self.texts]
        self.count = 0
        self.ids: list[str] = []
        for number in range(len(self.texts)):
            self.ids.append(self._begin(number))

    def save(self) -> None:
        """Another version: guard, checks, version, audit, who wrote it, whom it names."""
        number = self._next()
        given = self._checked(number)
        with self.instance.database.write(REGION) as session:
            record = session.get_one(Record, (REGION, self.ids[number]))
            saving.save(session, record, given, expected=record.version, by=self.by, at=now())

    def save_and_publish(self) -> None:
        """As ``save``, and the public reads it at once: change log, lists, search index, whatever listens."""
        number = self._next()
        given = self._checked(number)
        with self.instance.database.write(REGION) as session:
            record, at = session.get_one(Record, (REGION, self.ids[number])), now()
            saving.save(session, record, given, expected=record.version, by=self.by, at=at)
            writing.submit(
                session, record, self.words, bearer="tj-paris", expected=record.version,
                by=self.by, at=at,
            )  # fmt: skip
            writing.publish_unassessed(session, record, confirmed=True, expected=record.version, by=self.head, at=at)

    def _next(self) -> int:
        self.count += 1
        return self.count % len(self.texts)

    def _begin(self, number: int) -> str:
        given = self._checked(number)
        with self.instance.database.write(REGION) as session:
            return saving.begin(session, REGION, given, by=self.by, at=now()).id

    def _checked(self, number: int) -> Checked[PracticeSheet]:
        """What was typed, after guard and checks; no text in it was seen before."""
        sheet = _altered(self.texts[number], f"{self.by.account_id} {self.count:o}")
        with self.instance.database.read(REGION) as session:
            record = session.get(Record, (REGION, self.ids[number])) if number < len(self.ids) else None
            checks = checks_for(self.instance, session, REGION, "practice", record, by=self.by)
        return saving.checked(
            sheet, self.words, self.names, reasons=self.reasons[number], by=self.by.account_id, checks=checks
        )

    def _reasons(self, sheet: PracticeSheet) -> Mapping[tuple[str, str], str]:
        texts = written_in(PRACTICES.shapes, _altered(sheet, "0"))
        found = guard.check_texts(texts, identifiers=self.words.header.personal_identifiers)
        return {(one.field, one.code): "Cela est public." for one in found if not one.hard}


def _filled(sheet: PracticeSheet) -> PracticeSheet:
    """What the form asks of everybody is there, if the package did not say it."""
    own = sheet.text[sheet.original]
    filled = msgspec.structs.replace(
        own, **{name: getattr(own, name) or own.summary for name in ("problem", "activities", "transfer")}
    )
    partners = sheet.partners or (Partner(sector=sheet.sectors[0], side="public"),)
    texts = {**sheet.text, sheet.original: filled}
    return msgspec.structs.replace(sheet, text=texts, partners=partners)


def _altered(sheet: PracticeSheet, mark: str) -> PracticeSheet:
    """Every text but the titles with a sentence more."""
    said = " et ".join(WORDS[int(digit)] for digit in mark if digit.isdigit())
    texts = {
        lang: msgspec.structs.replace(
            text,
            **{
                name: f"{value} Le texte est {said}."
                for name in text.__struct_fields__
                if name != "title" and (value := getattr(text, name))
            },
        )
        for lang, text in sheet.text.items()
    }
    return msgspec.structs.replace(sheet, text=texts)


def opened(database: Path) -> Instance:
    return new_instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{database}"}))


def main(database: str, name: str) -> None:
    """Save until killed; say when it begins."""
    from pathlib import Path

    with opened(Path(database)) as instance:
        writer: Writer | None = None
        while writer is None:
            with suppress(NotWritten):
                writer = Writer(instance, name)
        print("saving", flush=True)
        while True:
            with suppress(NotWritten):  # another one was quicker for as long as one waits; one tries again
                writer.save()


if __name__ == "__main__":
    main(*sys.argv[1:])

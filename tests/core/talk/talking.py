"""A group of Paris, an improvement, and what it says about it in tests."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from lanzarote.errors import Conflict
from lanzarote.improvements import actions
from lanzarote.improvements.actions import Planning, Reporting
from lanzarote.improvements.actions_entry import ACTIONS
from lanzarote.improvements.amendments import AcceptingAmendment, AmendedText, Amending, Refusing
from lanzarote.improvements.amendments_accepting import weighed
from lanzarote.improvements.amendments_entry import ACCEPT, AMENDMENTS
from lanzarote.improvements.comments import Commenting, Hiding, Rewording
from lanzarote.improvements.comments_entry import COMMENTS
from lanzarote.improvements.model import IMPROVEMENT, ImprovementState, ImprovementStatus
from lanzarote.kinds import entries
from lanzarote.records import records
from lanzarote.records.records import Draft, Record, encode, now
from lanzarote.types.improvements import Improvement, ImprovementText
from sqlalchemy import select

from tests.core.practices.assessments import person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance
    from lanzarote.kinds.entries import Entry, EntryAction
    from lanzarote.records.permissions import Actor
    from sqlalchemy.orm import Session

PARIS = "paris"
TEXT = {
    "title": "Un numéro commun",
    "summary": "Un seul numéro pour joindre la permanence.",
    "proposal": "La permanence répond à un seul numéro, jour et nuit.",
    "reasons": "Aujourd’hui, trois services se renvoient les appels.",
}
_numbers = itertools.count(1)


def named(entry: Entry[Any], name: str) -> EntryAction:
    return next(one for one in (entry.begin, *entry.actions) if one.name == name)


class Group:
    """Somebody in each role, and an improvement under discussion."""

    def __init__(self, instance: Instance, *, state: ImprovementState = "discussed", publish: bool = False) -> None:
        self.instance = instance
        self.words = instance.vocabulary(PARIS)
        self.organisation, self.other = (one.id for one in instance.directory(PARIS)[:2])
        self.head = person(instance, "coordinator", "Hélène Tête")
        self.second = person(instance, "coordinator", "Sacha Second")
        self.ana = person(instance, "contributor", "Ana Plume")
        self.bo = person(instance, "contributor", "Bo Lettre")
        self.rita = person(instance, "reviewer", "Rita Relit")
        self.rep = person(instance, "representative", "Remy Parle", organisation=self.organisation)
        self.id = self.improvement(state=state, publish=publish)

    def improvement(
        self, *, state: ImprovementState = "discussed", publish: bool = False, text: dict[str, Any] | None = None
    ) -> str:
        """Another improvement; its id."""
        body = Improvement(original="fr", text={"fr": ImprovementText(**(text or TEXT))}, sectors=("courts",))
        draft = Draft(
            kind=IMPROVEMENT,
            slug=f"numero-{next(_numbers)}",
            body=encode(body),
            status=encode(ImprovementStatus(state=state)),
            publish=publish,
        )
        with self.instance.database.write(PARIS) as session:
            [made] = records.create(session, PARIS, [draft], by=self.ana.account_id)
        return made

    @contextmanager
    def held(self, record_id: str = "") -> Iterator[tuple[Session, Record]]:
        with self.instance.database.write(PARIS) as session:
            yield session, session.get_one(Record, (PARIS, record_id or self.id))

    @contextmanager
    def read(self, record_id: str = "") -> Iterator[tuple[Session, Record]]:
        with self.instance.database.read(PARIS) as session:
            yield session, session.get_one(Record, (PARIS, record_id or self.id))

    def move(self, state: ImprovementState) -> None:
        """As if the group had gone so far."""
        with self.held() as (_, record):
            record.status = encode(ImprovementStatus(state=state))

    def erase(self) -> None:
        with self.held() as (session, record):
            records.erase(session, record, by=self.head.account_id)

    # What they say

    def done(
        self, entry: Entry[Any], action: EntryAction, by: Actor, key: str = "", given: Any = None, **more: Any
    ) -> Any:
        """Let *by* do it, as pages and resources do; the row, as it is then."""
        reasons, expected = more.pop("reasons", {}), more.pop("expected", "")

        def unchanged(row: Any) -> None:
            if expected not in ("", entry.mark(row)):
                raise Conflict(entry.changed)

        kept = entries.check(action, given, self.words, reasons, by=by)
        offered = {"given": given, "reasons": kept, "vocabulary": self.words, "language": "fr", "at": now()}
        with self.held(more.pop("record_id", "")) as (session, record):
            row = entries.perform(entry, action, session, record, key, by=by, unchanged=unchanged, **(offered | more))
            session.flush()
            session.refresh(row)
            session.expunge(row)
            return row

    def found(self, entry: Entry[Any], key: str) -> Any:
        with self.read() as (session, record):
            found = entries.find(entry, session, record, key)
            session.expunge(found)
            return found

    def say(
        self, text: str, by: Actor | None = None, *, to: str = "", about: int = 0, ago: timedelta = timedelta()
    ) -> str:
        given = Commenting(text=text, answers_to=to or None, amendment=about or None)
        return str(self.done(COMMENTS, COMMENTS.begin, by or self.ana, given=given, at=now() - ago).id)

    def guarded(self, text: str, reasons: Any = None) -> Any:
        """Why what the guard asks about in a comment stays."""
        return entries.check(COMMENTS.begin, Commenting(text=text), self.words, reasons or {}, by=self.ana)

    def comment(self, comment_id: str) -> Any:
        return self.found(COMMENTS, comment_id)

    def edit(self, comment_id: str, text: str, by: Actor | None = None, **more: Any) -> None:
        self.done(COMMENTS, named(COMMENTS, "edit"), by or self.ana, comment_id, Rewording(text=text), **more)

    def delete(self, comment_id: str, by: Actor | None = None) -> None:
        self.done(COMMENTS, named(COMMENTS, "delete"), by or self.ana, comment_id)

    def hide(
        self, comment_id: str, reason: str = "Trop personnel.", by: Actor | None = None, expected: str = "", **more: Any
    ) -> None:
        given = Hiding(reason=reason, **more)
        self.done(COMMENTS, named(COMMENTS, "hide"), by or self.head, comment_id, given, expected=expected)

    def show(self, comment_id: str, by: Actor | None = None) -> None:
        self.done(COMMENTS, named(COMMENTS, "show"), by or self.head, comment_id)

    # What they amend

    def propose(self, by: Actor | None = None, *, why: str = "Plus clair.", base: int = 1, **text: str) -> int:
        given = Amending(base=base, language="fr", text=AmendedText(**(TEXT | text)), why=why)
        return int(self.done(AMENDMENTS, AMENDMENTS.begin, by or self.ana, given=given).number)

    def accept(
        self,
        number: int,
        *,
        by: Actor | None = None,
        expected: int = 1,
        let_pass: Any = None,
        merged: ImprovementText | None = None,
    ) -> None:
        by = by or self.head
        given = AcceptingAmendment(reason="Le groupe est d’accord.", version=expected, text=merged)
        about: dict[str, Any] = {"reasons": {}, "let_pass": let_pass or {}, "by": by}
        said = weighed(self.instance, PARIS, self.id, str(number), given, **about)
        offered: dict[str, Any] = {"given": given, "known": said, "vocabulary": self.words, "by": by, "at": now()}
        with self.held() as (session, record):
            entries.perform(AMENDMENTS, ACCEPT, session, record, str(number), **offered)

    def refuse(self, number: int, *, by: Actor | None = None, reason: str = "Déjà dit ailleurs.") -> None:
        self.done(AMENDMENTS, named(AMENDMENTS, "refuse"), by or self.head, str(number), Refusing(reason=reason))

    def withdraw(self, number: int, *, by: Actor | None = None) -> None:
        self.done(AMENDMENTS, named(AMENDMENTS, "withdraw"), by or self.ana, str(number))

    def amendment(self, number: int) -> Any:
        return self.found(AMENDMENTS, str(number))

    def says(self, number: int | None = None) -> Improvement:
        with self.read() as (session, record):
            return records.decode(records.body_of(session, record, number or record.version), Improvement)

    # What follows

    def plan(
        self,
        what: str = "Ouvrir la ligne.",
        *,
        due: str = "2031-03-12",
        stakeholder: str = "",
        by: Actor | None = None,
        record_id: str = "",
    ) -> int:
        known = {self.organisation: self.organisation, self.other: self.other}
        given = Planning(what=what, stakeholder=stakeholder or self.organisation, due_on=date.fromisoformat(due))
        more: dict[str, Any] = {"known": known, "today": date.min, "record_id": record_id}
        return int(self.done(ACTIONS, ACTIONS.begin, by or self.head, given=given, **more).number)

    def report(
        self, number: int, progress: str, note: str = "", *, by: Actor | None = None, expected: str = ""
    ) -> None:
        given = Reporting(progress=progress, note=note)  # type: ignore[arg-type]
        self.done(ACTIONS, named(ACTIONS, "progress"), by or self.head, str(number), given, expected=expected)

    def action(self, number: int) -> Any:
        return self.found(ACTIONS, str(number))

    def complete(self, *, by: Actor | None = None) -> None:
        with self.held() as (session, record):
            actions.complete(session, record, by=by or self.head, at=now())

    def rows(self, table: Any) -> list[Any]:
        with self.instance.database.read(PARIS) as session:
            return list(session.scalars(select(table).where(table.record_id == self.id)))

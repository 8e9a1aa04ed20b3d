"""What followers follow, and the mails that tell them, in tests."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from lanzarote.accounts import service as accounts
from lanzarote.accounts.model import Account
from lanzarote.following import service
from lanzarote.following.service import WHOLE, Follow
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records import records
from lanzarote.records.outbox import Job
from lanzarote.records.records import Record, now
from lanzarote.store.database import ALL
from sqlalchemy import select, update

from tests.core.practices.assessments import person
from tests.core.talk.talking import PARIS, Group

if TYPE_CHECKING:
    from email.message import EmailMessage

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor


class Followers:
    """A group, a practice that the public reads, and people with addresses."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.group = Group(instance)
        with instance.database.read(PARIS) as session:
            public = select(Record).where(Record.kind == PRACTICE, Record.state == "published")
            practice = session.scalars(public.order_by(Record.id)).first()
            assert practice is not None
            self.practice, self.slug = practice.id, practice.slug
        self.seen = 0
        self.with_factor(self.group.head, self.group.second)
        self.mails()

    def with_factor(self, *people: Actor) -> None:
        """They have a second factor, as coordinators need."""
        with self.instance.database.write("-") as session:
            for one in people:
                accounts.account(session, one.account_id).totp = b"secret"

    def follow(self, by: Actor, record_id: str = WHOLE, rhythm: str = "now") -> None:
        with self.instance.database.write(PARIS) as session:
            service.follow(session, PARIS, record_id, rhythm, by=by, at=now())

    def follows(self, by: Actor) -> list[tuple[str, str]]:
        with self.instance.database.read(ALL) as session:
            return sorted((one.record_id, one.rhythm) for one in service.followed(session, by.account_id))

    def told(self, by: Actor) -> list[int]:
        with self.instance.database.read(ALL) as session:
            return list(session.scalars(select(Follow.told).where(Follow.account_id == by.account_id)))

    def publish_again(self) -> None:
        """Something happens to the practice that everybody may know."""
        with self.instance.database.write(PARIS) as session:
            record = session.get_one(Record, (PARIS, self.practice))
            records.publish(session, record, by="test")

    def withdraw(self) -> None:
        with self.instance.database.write(PARIS) as session:
            records.withdraw(session, session.get_one(Record, (PARIS, self.practice)), by="test")

    def address(self, by: Actor) -> str:
        with self.instance.database.read("-") as session:
            return session.get_one(Account, by.account_id).address

    def mails(self, *, due: bool = False) -> list[EmailMessage]:
        """Those that came since we last looked; *due*: as if the morning of the next digests had come."""
        if due:
            with self.instance.database.write(ALL) as session:
                session.execute(
                    update(Job).where(Job.topic == service.TOPIC).values(due_at=datetime(2020, 1, 1, tzinfo=UTC))
                )
        self.instance.worker.stop()  # of a service that runs here too, which would send some of them itself
        self.instance.worker.run_due()
        folder = self.instance.settings.data / "mail"
        files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        fresh, self.seen = files[self.seen :], len(files)
        read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in fresh]
        return [mail for mail in read if mail["List-Unsubscribe"]]

    def told_by_mail(self, by: Actor, *, due: bool = False) -> list[str]:
        """What the mails to *by* say, each in one line."""
        address = self.address(by)
        return [" ".join(mail.get_content().split()) for mail in self.mails(due=due) if mail["To"] == address]

    def waiting(self) -> list[Any]:
        with self.instance.database.read(ALL) as session:
            return list(session.scalars(select(Job).where(Job.topic == service.TOPIC)))

    def stranger(self) -> Actor:
        """Somebody of another region."""
        return person(self.instance, "contributor", region="elsewhere")

"""Mails to those who are invited, written when they are sent, with the meeting as their calendars read it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from lanzarote.accounts.mails import Letter
from lanzarote.accounts.model import Account
from lanzarote.errors import Gone, NotFound
from lanzarote.kinds.kind import titles_of
from lanzarote.mail.sending import Attachment, send, sender_of
from lanzarote.meetings import inviting
from lanzarote.meetings.calendar import MEDIA_TYPE, Guest, Method, Reading, calendar
from lanzarote.meetings.model import KIND
from lanzarote.meetings.service import KINDS, Told, is_over, told_of, when, zone_name
from lanzarote.records.records import Record, now
from lanzarote.translation import N_, date_told, pick, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.mail.sending import Mail
    from lanzarote.store.database import Database
    from lanzarote.types import RegionHeader

    Payload = Mapping[str, Any]

SAID: Final[Mapping[str, str]] = {
    "invited": N_("%(region)s: your organisation is invited to a meeting of the working group."),
    "reminded": N_("%(region)s: a reminder of a meeting of the working group, to which your organisation is invited."),
    "moved": N_("%(region)s: a meeting of the working group was changed. This is when and where it takes place now:"),
    "cancelled": N_("%(region)s: this meeting of the working group, to which you were invited, is cancelled:"),
}
SUBJECTS: Final[Mapping[str, str]] = {
    "invited": N_("Invitation: meeting of %(day)s"),
    "reminded": N_("Reminder: meeting of %(day)s"),
    "moved": N_("Changed: meeting of %(day)s"),
    "cancelled": N_("Cancelled: meeting of %(day)s"),
}


def handlers(instance: Instance) -> dict[str, Callable[[Database, Payload], None]]:
    """What the outbox does about meetings."""
    return {inviting.TOPIC: partial(_deliver, instance), inviting.REMIND: _remind}


def _deliver(instance: Instance, database: Database, payload: Payload) -> None:
    with database.read(payload["region"]) as session:
        mail = write(instance, session, payload)
    if mail is not None:
        send(instance.settings, mail)


def _remind(database: Database, payload: Payload) -> None:
    region_id = payload["region"]
    with database.write(region_id) as session:
        record = session.get(Record, (region_id, payload["meeting"]), with_for_update=True)
        if record is not None and record.kind == KIND and record.state != "erased":
            inviting.remind_in_time(session, record, day=payload["day"], at=now())


def write(instance: Instance, session: Session, payload: Payload) -> Mail | None:
    """The mail, as the meeting is now; none to who has left, of what is over or says something else by now."""
    region_id, kind = payload["region"], payload["kind"]
    record, account = session.get(Record, (region_id, payload["meeting"])), session.get(Account, payload["account"])
    if record is None or record.state == "erased" or account is None or account.state != "active":
        return None
    if kind == "reminded" and not account.notices:
        return None
    if not _speaks(session, record, account):
        return None
    try:
        header, today = instance.header(region_id), instance.today(region_id)
    except (NotFound, Gone):
        return None
    told = told_of(session, record)
    if told.status.state != ("cancelled" if kind == "cancelled" else "announced") or is_over(told.meeting, today):
        return None
    letter = Letter(instance, account, payload)
    place, _ = pick(header.name, letter.lang, None, header.languages)
    letter.say(SAID[kind], region=place)
    letter.line("\n".join(_lines(letter, told, header)))
    href = letter.region_href(header, "team", "meetings", record.id, "invitation")
    if kind in ("invited", "reminded"):
        letter.say(N_("Say on this page whether somebody comes, and in which role; the agenda is there as well:"))
        letter.line(href)
    elif kind == "moved":
        letter.say(N_("If this changes your answer, say so on this page:"))
        letter.line(href)
    letter.say(N_("The attached file puts it into your calendar, or brings it up to date there."))
    day = date_told(told.meeting.day, letter.lang)
    return letter.mail(SUBJECTS[kind], _attached(instance, account, letter, told, header, href), day=day)


def _speaks(session: Session, record: Record, account: Account) -> bool:
    """Whether the account speaks, at this moment, for a body that is invited."""
    invited = inviting.standing(session, inviting.invitations(session, record))
    speakers = inviting.representatives(session, record.region_id, invited)
    return any(account.id in accounts for accounts in speakers.values())


def _lines(letter: Letter, told: Told, header: RegionHeader) -> list[str]:
    meeting, _ = told.meeting, letter.translator.gettext
    title = " ".join(pick(titles_of(meeting), letter.lang, meeting.original, header.languages)[0].split())
    zone = f" ({zone_name(meeting, header.time_zone)})" if meeting.starts else ""
    found = [title, plain(_(KINDS[meeting.kind])), when(meeting, letter.lang) + zone]
    if meeting.place:
        found.append(" ".join(meeting.place.split()))
    if meeting.link:
        found.append(meeting.link)
    return found


def _attached(
    instance: Instance, account: Account, letter: Letter, told: Told, header: RegionHeader, href: str
) -> Attachment:
    """The meeting as a calendar takes it: what it asks is answered there with one click."""
    reading = Reading(lang=letter.lang, translator=letter.translator, languages=header.languages, zone=header.time_zone)
    name = pick(header.name, letter.lang, None, header.languages)[0]
    settings = instance.settings
    guest = Guest(
        organiser=next(one for one in (header.contact, settings.contact, sender_of(settings)) if one and "@" in one),
        organiser_name=name,
        address=account.address,
        name=account.name,
    )
    method: Method = "CANCEL" if told.status.state == "cancelled" else "REQUEST"
    content = calendar([(told, href)], reading, name=name, method=method, guest=guest)
    return Attachment(name="meeting.ics", media_type=MEDIA_TYPE, content=content, method=method)

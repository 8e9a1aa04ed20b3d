"""Mails that say that something waits for somebody, and where; never what it says."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lanzarote.accounts import secrets, service
from lanzarote.accounts.letters import MailText
from lanzarote.accounts.model import Account, Granted
from lanzarote.accounts.people import ROLE_WORDS
from lanzarote.accounts.service import holders
from lanzarote.mail.sending import Mail, letters, send
from lanzarote.records import outbox
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.records import now
from lanzarote.store.ids import moment_of
from lanzarote.translation import N_, date_told, pick, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.accounts.letters import Payload, Write
    from lanzarote.accounts.model import Purpose
    from lanzarote.instance import Instance
    from lanzarote.store.database import Database
    from lanzarote.types import RegionHeader

Kind = Literal[
    "assess",
    "returned",
    "published",
    "decided",
    "submitted",
    "entry-returned",
    "entry-published",
    "entry-submitted",
    "reply",
    "procedure-proposed",
    "procedure-endorsed",
    "take-part",
    "take-part-answer",
    "position",
    "amendment",
    "amendment-settled",
    "elsewhere",
    "origin-changed",
    "holder-asked",
    "holder-answer",
]
WORDS: Final[Mapping[Kind, str]] = {
    "assess": N_("You are asked to assess a practice."),
    "returned": N_("A practice that you submitted was returned to you for correction."),
    "published": N_("A practice that you submitted is published."),
    "decided": N_("The team has decided on a practice that you submitted."),
    "submitted": N_("A practice was submitted, and waits for somebody to read it."),
    "entry-returned": N_("An entry of the directory that you submitted was returned to you for correction."),
    "entry-published": N_("An entry of the directory that you submitted is published."),
    "entry-submitted": N_("An entry of the directory was submitted, and waits for somebody to read it."),
    "reply": N_("Somebody has written to the team: a correction or a reply."),
    "procedure-proposed": N_("The organisation that you speak for is asked to endorse a co-operation procedure."),
    "procedure-endorsed": N_("All bodies have endorsed a co-operation procedure; the public reads it now."),
    "take-part": N_("Your organisation is invited to take part in the working group."),
    "take-part-answer": N_("An organisation has said whether it takes part in the working group."),
    "position": N_("Your organisation is asked for its position on an improvement."),
    "amendment": N_("An amendment of an improvement was proposed, and waits to be decided."),
    "amendment-settled": N_("An amendment that you proposed was decided."),
    "elsewhere": N_("Somebody has written that a practice of yours is taken up elsewhere."),
    "origin-changed": N_("The original of a practice that your region took up has changed."),
    "holder-asked": N_("Your organisation is asked whether the description of a practice is right."),
    "holder-answer": N_("An organisation has answered whether the description of a practice is right."),
}
TOPIC: Final = "mail.waiting"


def notify(session: Session, accounts: Iterable[str], kind: Kind, *, by: str = "") -> None:
    """Have a mail tell *accounts*, but not *by*, who did it. While one waits to be sent, no other of its kind does."""
    for account_id in sorted({*accounts} - {by, ""}):
        outbox.enqueue_once(session, TOPIC, f"{kind}:{account_id}", account=account_id, kind=kind)


def notify_coordinators(session: Session, region_id: str, kind: Kind, *, by: str = "") -> None:
    """As ``notify``, for those who lead the work in the region."""
    notify(session, holders(session, "coordinator", region_id), kind, by=by)


# --- The mails themselves, written when they are sent: a link's secret is in the mail and nowhere else ---

log = logging.getLogger("lanzarote.mails")
TOPICS: Final = "mail."
"""How the topics of all mails begin."""
TIDY: Final = "letters"
KEPT_FOR: Final = secrets.LASTS["invitation"]
"""How long a letter stays in the folder: the link in it works no longer."""
OF_USE_FOR: Final = timedelta(days=1)
"""An e-mail that could not be sent for so long no longer helps: the person who waited has asked again."""
WAITS_FOR: Final = timedelta(days=7)
"""As long, of an e-mail that says that something waits: by then, the person has been here."""
NOTICES: Final[Mapping[str, str]] = {
    "password": N_("The password of your account was changed. All other sessions and all tokens have ended."),
    "address": N_("The address of your account was changed. E-mails no longer come to this one."),
    "app": N_("An authenticator app was set up for your account."),
    "app removed": N_("The authenticator app of your account was removed."),
    "passkey": N_("A passkey was added to your account."),
    "passkey removed": N_("A passkey of your account was removed."),
    "factor reset": N_(
        "The second factor of your account was reset. All sessions and all tokens have ended. Sign in with your "
        "password, and set up a new second factor."
    ),
    "provider linked": N_("Your account was linked with an account of your institution. You can sign in with it."),
    "provider unlinked": N_("Your account is no longer linked with an account of your institution."),
    "token": N_("A token was made for your account. A program can use it to act in your name."),
    "recovery code": N_("A recovery code of your account was used."),
}


def handlers(instance: Instance) -> dict[str, Callable[[Database, Payload], None]]:
    """What the outbox does with each kind of mail."""
    written: dict[str, Write] = {
        "mail.invitation": invitation,
        "mail.reset": reset,
        "mail.address": address,
        "mail.notice": notice,
        TOPIC: waiting,
    }
    handled: dict[str, Callable[[Database, Payload], None]] = {TIDY: lambda *_: tidy(instance)}
    return handled | {topic: partial(_deliver, instance, write) for topic, write in written.items()}


def tidy(instance: Instance) -> None:
    """Take letters out of the folder that name somebody whose account is closed, or whose links no longer work."""
    found = letters(instance.settings)
    if not found:
        return
    named = set().union(*(one.about for one in found))
    with instance.database.read(INSTANCE) as session:
        closed = set(session.scalars(select(Account.id).where(Account.state == "closed", Account.id.in_(named))))
    try:
        for one in found:
            if one.about & closed or one.laid_at < now() - KEPT_FOR:
                one.path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("A letter that names somebody who is gone cannot be taken away: %s", error)


def _deliver(instance: Instance, write: Write, database: Database, payload: Payload) -> None:
    if now() - moment_of(payload["event_id"]) > (WAITS_FOR if write is waiting else OF_USE_FOR):
        return
    with database.write(INSTANCE) as session:
        mail = write(instance, session, payload)
        if mail is not None and not instance.settings.smtp:
            due = now() + KEPT_FOR + timedelta(hours=1)
            outbox.enqueue_for(session, due, TIDY, f"{TIDY}:{due.date()}")
    if mail is not None:
        send(instance.settings, mail)
        tidy(instance)  # the account may have been closed at this very moment


def invitation(instance: Instance, session: Session, payload: Payload) -> Mail | None:
    """Tell a person that they may work here; with a link to begin, if they have not yet."""
    account = session.get(Account, payload["account"])
    if account is None or account.state == "closed":
        return None
    letter = Letter(instance, account, payload)
    if who := service.names(session, [payload["by"]]).get(payload["by"], ""):
        letter.say(N_("%(who)s invites you to work on the Lanzarote platform."), who=who)
        letter.name(payload["by"])
    else:
        letter.say(N_("You are invited to work on the Lanzarote platform."))
    letter.say(N_("It records how public institutions and associations work together to protect children."))
    if roles := _roles(instance, session, account, letter):
        letter.say(N_("Your part in it: %(roles)s."), roles=roles)
    if account.state == "active":
        letter.say(N_("You have an account already; sign in as always:"))
        letter.line(letter.href("account", "sign-in"))
    else:
        letter.say(N_("Open this page, read what is kept about you, and choose a password:"))
        letter.link(session, "invitation")
        letter.say(N_("If you did not expect this, do nothing: no account is opened without you."))
    return letter.mail(N_("Invitation to the Lanzarote platform"))


def reset(instance: Instance, session: Session, payload: Payload) -> Mail | None:
    """Send a link for a new password; to an address that nobody has, nothing."""
    account = session.get(Account, payload["account"])
    if account is None or account.state == "closed":
        return None
    purpose: Purpose = "invitation" if account.state == "invited" else "reset"
    if secrets.enough(session, account, purpose, payload["event_id"], now()):
        return None
    if purpose == "invitation":
        return invitation(instance, session, {**payload, "by": ""})
    letter = Letter(instance, account, payload)
    letter.say(N_("Somebody, probably you, asked for a new password for your account. Choose it on this page:"))
    letter.link(session, "reset")
    letter.say(N_("If it was not you, do nothing: your password stays as it is."))
    return letter.mail(N_("A new password for the Lanzarote platform"))


def address(instance: Instance, session: Session, payload: Payload) -> Mail | None:
    """Have a new address proved; nothing is sent to one that another account has."""
    account = session.get(Account, payload["account"])
    wanted: str = payload["address"]
    if account is None or account.state != "active" or service.by_address(session, wanted) is not None:
        return None
    letter = Letter(instance, account, payload, to=wanted)
    letter.say(N_("You asked for e-mails of your account to come to this address. Confirm it on this page:"))
    letter.link(session, "address")
    letter.say(N_("If it was not you, do nothing: the address stays as it is."))
    return letter.mail(N_("Your new address on the Lanzarote platform"))


def notice(instance: Instance, session: Session, payload: Payload) -> Mail | None:
    """Tell the owner of an account what was changed in it."""
    account = session.get(Account, payload["account"])
    if account is None or account.state != "active" or payload["what"] not in NOTICES:
        return None
    letter = Letter(instance, account, payload, to=payload.get("to", ""))
    letter.say(NOTICES[payload["what"]])
    if left := payload.get("left"):
        letter.say(N_("Recovery codes left: %(left)s."), left=left)
    letter.say(
        N_("If it was you, there is nothing to do. If not, ask for a new password at once, and inform your team:")
    )
    letter.line(letter.href("account", "reset"))
    return letter.mail(N_("Your account on the Lanzarote platform was changed"))


def waiting(instance: Instance, session: Session, payload: Payload) -> Mail | None:
    """Tell a person that something waits for them; what it says stays where it is protected."""
    account = session.get(Account, payload["account"])
    if account is None or account.state != "active" or not account.notices or payload["kind"] not in WORDS:
        return None
    letter = Letter(instance, account, payload)
    letter.say(WORDS[payload["kind"]])
    letter.say(N_("You find it on your start page:"))
    letter.line(letter.href("start"))
    letter.say(N_("This e-mail says no more, to protect what is written there."))
    letter.say(N_("You can switch these e-mails off in your account:"))
    letter.line(letter.href("account"))
    return letter.mail(N_("Something new for you on the Lanzarote platform"))


class Letter(MailText):
    """A mail to a person, in their language."""

    def __init__(self, instance: Instance, account: Account, payload: Payload, *, to: str = "") -> None:
        translator = instance.translations.translator(account.language)
        super().__init__(instance, account.language, translator, payload, to or account.address)
        self._account = account
        self.name(account.id)
        self.say(N_("Hello %(name)s,"), name=account.name)

    def name(self, account_id: str) -> None:
        """Note that somebody is named in it."""
        self._about.append(account_id)

    def href(self, *parts: str) -> str:
        return self.address(self.lang, *parts)

    def region_href(self, region: RegionHeader, *parts: str) -> str:
        """Address of a page of *region*, in the language of its reader if the region is written in it."""
        return self.address(spoken(self.lang, region.languages), region.id, *parts)

    def link(self, session: Session, purpose: Purpose) -> None:
        """Make the link and add it, with how long it works."""
        at = now()
        secret = secrets.make(session, self._account, purpose, at=at, address=self._to, event_id=self._event_id)
        self.line(self.href("account", purpose, secret))
        self.say(N_("The link works once, until %(until)s."), until=self._moment(at + secrets.LASTS[purpose]))

    def _moment(self, at: datetime) -> str:
        """Day and time where the first region is, with the name of the zone."""
        zones = [header.time_zone for header in self._instance.headers().values()]
        local = at.astimezone(ZoneInfo(zones[0] if zones else "UTC"))
        return self._("%(day)s at %(time)s") % {
            "day": date_told(local.date(), self.lang),
            "time": f"{local:%H:%M} ({local:%Z})",
        }


def _roles(instance: Instance, session: Session, account: Account, letter: Letter) -> str:
    """What the account may be here: "Reviewer (Paris), Administrator"."""
    headers, _ = instance.headers(), instance.translations.translator(account.language).gettext
    told = []
    for row in session.scalars(select(Granted).where(Granted.account_id == account.id).order_by(Granted.at)):
        header = headers.get(row.region_id)
        place = pick(header.name, letter.lang, header.languages[0])[0] if header else row.region_id
        role = _(ROLE_WORDS[row.role])  # type: ignore[index]
        told.append(f"{role} ({place})" if place else role)
    return ", ".join(told)

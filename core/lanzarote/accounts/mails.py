"""Mails that say that something waits for somebody, and where; never what it says."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct
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


class Waiting(Struct, frozen=True):
    """What a mail says of one thing that waits: the territory and the day are filled in, the rest is said here."""

    subject: str
    says: str
    at: str
    """Its page, below the region's address: ``{id}`` of the record or task, ``{number}`` of a row beside it."""


WORDS: Final[Mapping[Kind, Waiting]] = {
    "assess": Waiting(
        N_("%(region)s: assess a practice"),
        N_("You are asked to assess a practice."),
        "team/practices/{id}/assess/answers",
    ),
    "returned": Waiting(
        N_("%(region)s: correct your practice"),
        N_("A practice that you submitted was returned to you for correction."),
        "team/practices/{id}/edit",
    ),
    "published": Waiting(
        N_("%(region)s: your practice is published"),
        N_("A practice that you submitted is published."),
        "team/practices/{id}",
    ),
    "decided": Waiting(
        N_("%(region)s: the team has decided on your practice"),
        N_("The team has decided on a practice that you submitted."),
        "team/practices/{id}",
    ),
    "submitted": Waiting(
        N_("%(region)s: read a practice that was submitted"),
        N_("A practice was submitted, and waits for somebody to read it."),
        "team/practices/{id}",
    ),
    "entry-returned": Waiting(
        N_("%(region)s: correct your entry of the directory"),
        N_("An entry of the directory that you submitted was returned to you for correction."),
        "team/organisations/{id}",
    ),
    "entry-published": Waiting(
        N_("%(region)s: your entry of the directory is published"),
        N_("An entry of the directory that you submitted is published."),
        "team/organisations/{id}",
    ),
    "entry-submitted": Waiting(
        N_("%(region)s: read an entry of the directory that was submitted"),
        N_("An entry of the directory was submitted, and waits for somebody to read it."),
        "team/organisations/{id}",
    ),
    "reply": Waiting(
        N_("%(region)s: read a correction or a reply"),
        N_("Somebody has written to the team: a correction or a reply."),
        "team/tasks/{id}",
    ),
    "procedure-proposed": Waiting(
        N_("%(region)s: endorse a co-operation procedure"),
        N_("The organisation that you speak for is asked to endorse a co-operation procedure."),
        "team/procedures/{id}/asked",
    ),
    "procedure-endorsed": Waiting(
        N_("%(region)s: all have endorsed a co-operation procedure"),
        N_("All bodies have endorsed a co-operation procedure; the public reads it now."),
        "team/procedures/{id}",
    ),
    "take-part": Waiting(
        N_("%(region)s: say whether your organisation takes part"),
        N_("Your organisation is invited to take part in the working group."),
        "team/organisation",
    ),
    "take-part-answer": Waiting(
        N_("%(region)s: an organisation has answered the invitation"),
        N_("An organisation has said whether it takes part in the working group."),
        "team/organisations/{id}",
    ),
    "position": Waiting(
        N_("%(region)s: the position of your organisation, by %(day)s"),
        N_("Your organisation is asked for its position on an improvement, by %(day)s."),
        "team/improvements/{id}/position",
    ),
    "amendment": Waiting(
        N_("%(region)s: decide on an amendment"),
        N_("An amendment of an improvement was proposed, and waits to be decided."),
        "team/improvements/{id}/amendments/{number}",
    ),
    "amendment-settled": Waiting(
        N_("%(region)s: your amendment was decided"),
        N_("An amendment that you proposed was decided."),
        "team/improvements/{id}/amendments/{number}",
    ),
    "elsewhere": Waiting(
        N_("%(region)s: confirm that a practice is taken up elsewhere"),
        N_("Somebody has written that a practice of yours is taken up elsewhere."),
        "team/transfers/elsewhere",
    ),
    "origin-changed": Waiting(
        N_("%(region)s: read what changed in a practice that you took up"),
        N_("The original of a practice that your region took up has changed."),
        "team/transfers",
    ),
    "holder-asked": Waiting(
        N_("%(region)s: confirm what is said of your organisation"),
        N_("Your organisation is asked whether the description of a practice is right."),
        "team/practices/{id}/confirm",
    ),
    "holder-answer": Waiting(
        N_("%(region)s: an organisation has answered about a practice"),
        N_("An organisation has answered whether the description of a practice is right."),
        "team/practices/{id}/holders",
    ),
}
TOPIC: Final = "mail.waiting"


def notify(
    session: Session,
    accounts: Iterable[str],
    kind: Kind,
    region_id: str,
    id: str = "",
    *,
    number: int = 0,
    until: date | None = None,
    by: str = "",
) -> None:
    """Have a mail tell *accounts*, but not *by*, who did it. While one waits to be sent, no other of its kind about
    the same thing does.

    *id*, *number*: of the record or task, and of a row beside it, that the mail leads to; *until*: the last day for it.
    """
    about = {"region": region_id, "id": id, "number": number, "until": until.isoformat() if until else ""}
    for account_id in sorted({*accounts} - {by, ""}):
        once = f"{kind}:{account_id}:{id or region_id}:{number}"
        outbox.enqueue_once(session, TOPIC, once, account=account_id, kind=kind, **about)


def notify_coordinators(
    session: Session, region_id: str, kind: Kind, id: str = "", *, number: int = 0, by: str = ""
) -> None:
    """As ``notify``, for those who lead the work in the region."""
    notify(session, holders(session, "coordinator", region_id), kind, region_id, id, number=number, by=by)


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
    header = instance.headers().get(payload.get("region", ""))  # none in what waited since before an upgrade
    if header is None:
        return None
    letter, words = Letter(instance, account, payload), WORDS[payload["kind"]]
    until = payload["until"]
    day = {"day": date_told(date.fromisoformat(until), letter.lang)} if until else {}
    letter.say(words.says, **day)
    letter.say(N_("Open this page:"))
    letter.line(letter.region_href(header, *words.at.format_map(payload).split("/")))
    letter.say(N_("This e-mail says no more, to protect what is written there."))
    letter.say(N_("You can switch these e-mails off in your account:"))
    letter.line(letter.href("account"))
    return letter.mail(words.subject, region=pick(header.name, letter.lang, header.languages[0])[0], **day)


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

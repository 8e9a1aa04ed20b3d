"""The page System, and the test e-mail that is sent from it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from litestar import Response

from lanzarote.accounts.model import Account
from lanzarote.configuration.sources import DEFAULT
from lanzarote.mail import sending
from lanzarote.records.changelog import INSTANCE
from lanzarote.store.ids import new_id
from lanzarote.system import reading
from lanzarote.translation import N_, date_told, format_number, format_size
from lanzarote.web.asking import Asked, Lang, OurSite
from lanzarote.web.instance_health import Answer, Size
from lanzarote.web.limits import Pool, RateLimit
from lanzarote.web.routes import form, page, private, see_other
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.configuration.sources import Source

ABOUT: Final[Mapping[str, str]] = {
    "database": N_("Database"),
    "schema": N_("Schema"),
    "replica": N_("Read replica"),
    "jobs": N_("Waiting work"),
    "mail": N_("E-mail"),
    "clock": N_("Clock"),
    "folder": N_("Data folder"),
    "disk": N_("Disk"),
    "backups": N_("Backups"),
    "secrets": N_("Private files"),
    "address": N_("Address of the site"),
    "packages": N_("Packages"),
    "sign-in": N_("Accounts of institutions"),
}
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "ok": (N_("In order"), "good"),
    "note": (N_("For your information"), ""),
    "bad": (N_("Needs action"), "stop"),
}
"""In words, and how the badge looks."""
SOURCES: Final[Mapping[str, str]] = {
    "default": N_("Default"),
    "command line": N_("Command line"),
    "environment": N_("Environment variable"),
    "secret file": N_("Secret file"),
    "settings file": N_("Settings file"),
}
SENT: Final = N_("Test e-mail sent to %(address)s. If it does not arrive, look among spam.")
SAVED: Final = N_("Test e-mail saved to %(folder)s: no mail server is named.")
TOO_MANY: Final = N_("You sent several test e-mails. Try again in %(minutes)s minutes.")
WITHIN: Final = 20.0
"""Seconds for a test e-mail: somebody waits for it."""
TESTS: Final = RateLimit(most=5, within=600.0)
SENDING: Final = Pool("test-mail", threads=1, waiting=2)
"""A mail server that does not answer keeps no page waiting."""


@page("/{lang:str}/system", may="plugin.switch")
def system(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    view = site.view(request, lang)
    settings = view.instance.settings
    done = request.query_params.get("done", "")
    sent = SENT if settings.smtp else SAVED
    values = {"address": _own_account(view).address, "folder": str(sending.folder(settings))}
    return _show(view, done=view._(sent) % values if done == "sent" else "")


@form("/{lang:str}/system/mail", may="plugin.switch", carried=False, pool=SENDING)
def test_mail(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """Send an e-mail to one's own address; nobody else's can be named."""
    view = site.view(request, lang)
    if seconds := TESTS.wait(view.actor.account_id):
        return _show(view, status=429, wrong=view._(TOO_MANY) % {"minutes": -(-seconds // 60)})
    account = _own_account(view)
    try:
        sending.send(view.instance.settings, _letter(view, account), within=WITHIN)
    except sending.NotSent as error:
        if error.why is None:  # it was to be saved to a folder
            return _show(view, status=503, wrong=str(error))
        return _show(view, status=503, wrong=view._(error.why.told) % error.why.values, said=error.why.said)
    return see_other(view.href("system", query={"done": "sent"}))


def _own_account(view: View) -> Account:
    with view.instance.database.read(INSTANCE) as session:
        account: Account = session.get_one(Account, view.actor.account_id)
        return account


def _letter(view: View, account: Account) -> sending.Mail:
    _ = view._
    paragraphs = (
        _("This e-mail was sent from the page System. It shows that the site can send e-mails."),
        view.instance.public_address,
    )
    return sending.Mail(
        to=account.address,
        subject=_("Test e-mail from %(name)s") % {"name": view.look.name},
        text="\n\n".join(paragraphs) + "\n",
        language=view.lang,
        id=new_id(),
        about=(account.id,),
    )


def _show(view: View, *, status: int = 200, done: str = "", wrong: str = "", said: str = "") -> Response[Any]:
    found = reading.read(view.instance)
    return private(
        view.render(
            "system/system.html",
            status=status,
            system=found,
            answers=[_told(view, one) for one in found.answers],
            bad=[_sentence(view, one) for one in found.answers if one.state == "bad"],
            chosen=[(one, _place(view, one.source)) for one in found.settings if one.source != DEFAULT],
            defaults=[(one, _place(view, one.source)) for one in found.settings if one.source == DEFAULT],
            moment=lambda at: _moment(view, at),
            size=lambda size: format_size(size, view.lang),
            address=_own_account(view).address,
            done=done,
            wrong=wrong,
            said=said,
            canonical=None,
            feeds=(),
        )
    )


def _told(view: View, answer: Answer) -> tuple[str, str, str, str]:
    """Question, state, look of the state, sentence."""
    state, look = STATES[answer.state]
    return view._(ABOUT[answer.about]), view._(state), look, _sentence(view, answer)


def _sentence(view: View, answer: Answer) -> str:
    return view._(answer.told) % {name: _value(view, value) for name, value in answer.values.items()}


def _value(view: View, value: object) -> str:
    if isinstance(value, datetime):
        return _moment(view, value)
    if isinstance(value, Size):
        return format_size(value.bytes, view.lang)
    return format_number(value, view.lang) if isinstance(value, int) else str(value)


def _moment(view: View, at: datetime) -> str:
    """Day and time where the first region is."""
    zones = [header.time_zone for header in view.instance.headers().values()]
    local = at.astimezone(ZoneInfo(zones[0] if zones else "UTC"))
    told = {"day": date_told(local.date(), view.lang), "time": f"{local:%H:%M} ({local:%Z})"}
    return view._("%(day)s at %(time)s") % told


def _place(view: View, source: Source) -> str:
    return view._(SOURCES[source.kind])

"""What the pages of accounts share: whom a request comes from, what a form holds, answers that no cache keeps."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlsplit

from litestar import Response
from msgspec import Struct

from lanzarote.accounts.entrance import Browser
from lanzarote.accounts.passkeys import Place
from lanzarote.accounts.secrets import LASTS, kept
from lanzarote.accounts.sessions import ABSOLUTE
from lanzarote.accounts.tokens import COOKIE, DEVICE, cookie, cookie_to_keep
from lanzarote.errors import NotWritten
from lanzarote.mail import sending
from lanzarote.records.validation import MISSING
from lanzarote.translation import N_, date_told, language_name
from lanzarote.web.asking import Asked
from lanzarote.web.failures import answer, said, status_of, view_of
from lanzarote.web.forms import texts_in
from lanzarote.web.gate import LARGEST_UNKNOWN, Interrupted, NotSignedIn, Reader, instance_of
from lanzarote.web.limits import Pool, sender_of
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import private, see_other

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.accounts.entrance import Entered
    from lanzarote.accounts.model import GroupRole
    from lanzarote.types import IdentityProvider
    from lanzarote.web.site import View


LONGEST_PATH: Final = 2_000
_DOTS: Final = re.compile(r"/(\.|%2e){1,2}(/|$)", re.IGNORECASE)
"""What a browser takes as a way up: out of a site below a path, to another one of its host."""
LEFT_GROUP: Final = N_("Suspended: no longer in the group %(group)s of %(provider)s.")
NOT_CONFIRMED: Final = N_("Suspended: %(provider)s has not confirmed the group %(group)s since %(day)s.")
PASSWORDS: Final = Pool("passwords", threads=max(1, (os.cpu_count() or 1) // 2), waiting=40)
"""For forms with a password: each costs as much as a hundred pages, and leaves a processor for those."""

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def show(
    view: View, template: str, *, status: int = 200, errors: Sequence[Mapping[str, str]] = (), **values: Any
) -> Response[Any]:
    """Answer with a page of this room, which is nobody's but the reader's."""
    settings = view.instance.settings
    frame = {"canonical": None, "alternates": (), "feeds": (), "done": "", "providers": providers_of(view)}
    frame |= {"contact": settings.contact, "operator": settings.operator}
    if not view.path.startswith(f"/{view.lang}/"):  # the way back from a provider, which is no page of its own
        frame |= {"languages": (), "sign_in_href": ""}
    told = {"errors": errors, "error_of": {one["field"]: one["text"] for one in reversed(errors)}}
    return private(view.render(f"accounts/{template}", status=status, **frame | told | values))


def providers_of(view: View) -> tuple[IdentityProvider, ...]:
    """Where people of institutions can sign in, by name."""
    known = view.instance.host.identity_providers.values()
    return tuple(sorted(known, key=lambda one: view.sort_key(one.label)))


def why_suspended(view: View, row: GroupRole) -> str:
    """Why a role does not count that rests on a group of an institution."""
    known = view.instance.host.identity_providers
    given = {"group": row.group_name, "provider": known[row.provider].label if row.provider in known else row.provider}
    if row.lost_at:
        return view._(LEFT_GROUP) % given
    return view._(NOT_CONFIRMED) % {**given, "day": date_told(view.day_of(row.confirmed_at), view.lang)}


def missing(view: View, data: Mapping[str, Any], *names: str) -> tuple[dict[str, str], ...]:
    """What is said of the fields *names* that were left empty, before anything is tried."""
    return tuple({"field": name, "text": view._(MISSING)} for name in names if not text_of(data, name))


def fault(view: View, error: Exception, field: str = "") -> dict[str, str]:
    """An error of a form, as the page shows it."""
    return {"field": getattr(error, "field", "") or field, "text": view._(str(error))}


def languages(view: View, chosen: str) -> list[dict[str, Any]]:
    """Languages a person may be written to in."""
    known = view.site.languages
    chosen = chosen if chosen in known else view.lang
    return [{"value": code, "label": language_name(code, code), "chosen": code == chosen} for code in known]


def language_of(view: View, data: Mapping[str, Any]) -> str:
    """The one that was chosen; the page's, if it was none of ours."""
    given = text_of(data, "language")
    return given if given in view.site.languages else view.lang


class MailFolder(Struct, frozen=True, kw_only=True):
    """The folder to which mails are saved, as no mail server is named."""

    path: str
    """Empty for who may not know."""


def mail_folder(view: View) -> MailFolder | None:
    """None where a mail server is named. Where it is, administrators alone are told, and the terminal at the start."""
    settings = view.instance.settings
    if settings.smtp:
        return None
    told = any(one.role == "administrator" for one in view.actor.counting)
    return MailFolder(path=str(sending.folder(settings)) if told else "")


def mark_of(request: Asked) -> str:
    """The mark of the browser, if its person has signed in with it before."""
    return cookie(request.scope, DEVICE)


def session_of(request: Asked) -> str:
    """The token of the session the browser is in, or was."""
    return cookie(request.scope, COOKIE)


def device_of(request: Asked) -> str:
    """Browser and system, as people call them: "Firefox, Windows"."""
    agent = request.headers.get("user-agent", "")
    names = (next((name for sign, name in known if sign in agent), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, names))


def browser_of(request: Asked) -> Browser:
    return Browser(
        sender=sender_of(request.scope), device=device_of(request), mark=mark_of(request), session=session_of(request)
    )


def place_of(request: Asked) -> Place:
    """Where passkeys are asked for: the public address, or the one that the browser is at."""
    settings = instance_of(request).settings
    parts = urlsplit(settings.base_url or f"{request.url.scheme}://{request.headers.get('host', '')}")
    return Place(name=settings.name, host=parts.hostname or "", origin=f"{parts.scheme}://{parts.netloc}")


def site_address(request: Asked) -> str:
    """Where the browser finds this site: its origin, and the path that the site has there."""
    return place_of(request).origin + instance_of(request).settings.base_path


def local_path(given: str) -> str:
    """*given* if it is the address of one of our own pages, else nothing.

    >>> local_path("/fr/paris?q=a")
    '/fr/paris?q=a'
    >>> local_path("//evil.example"), local_path("https://evil.example"), local_path("/\\\\evil.example")
    ('', '', '')
    >>> local_path("/../another-site"), local_path("/fr/%2e%2E/.."), local_path("/fr/a..b?q=../..")
    ('', '', '/fr/a..b?q=../..')
    """
    if len(given) > LONGEST_PATH or not re.fullmatch(r"/(?![/\\])[^\\\s\x00-\x1f\x7f-\x9f]*", given):
        return ""
    if _DOTS.search(re.split("[?#]", given, maxsplit=1)[0]):
        return ""
    return "" if given.startswith(("/api/", "/static/")) or "/account/sign-out" in given else given


def came_from(request: Asked) -> str:
    """The page of ours on which the form stood."""
    parts = urlsplit(request.headers.get("referer", ""))
    here = parts.netloc and parts.netloc == request.headers.get("host")
    path = parts.path.removeprefix(instance_of(request).settings.base_path)
    return local_path(path + (f"?{parts.query}" if parts.query else "")) if here else ""


def inside(view: View, entered: Entered) -> View:
    """The page as somebody sees it whose session has begun just now."""
    view.reader = Reader(actor=entered.actor, form_key=entered.form_key, session=kept(entered.token))
    return view


def enter(answer: Response[Any], request: Asked, entered: Entered) -> Response[Any]:
    """Let the browser keep the new session, and the mark by which it is known again."""
    keep(answer, request, COOKIE, entered.token, int(ABSOLUTE.total_seconds()))
    return remember(answer, request, entered.mark)


def remember(answer: Response[Any], request: Asked, mark: str) -> Response[Any]:
    """Let the browser keep its new mark, if there is one."""
    if mark:
        keep(answer, request, DEVICE, mark, int(LASTS["device"].total_seconds()))
    return answer


def leave(answer: Response[Any], request: Asked) -> Response[Any]:
    """Let the browser forget the session."""
    keep(answer, request, COOKIE, "", 0)
    return answer


def keep(answer: Response[Any], request: Asked, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(cookie_to_keep(request.scope, name, value, seconds))


# --- What was written when a session had ended: carried through the sign-in by the pages, kept nowhere else ---

OPENED_BEFORE: Final = N_("The page was opened before you signed in again. Nothing was sent yet.")
SIGNED_IN_AGAIN: Final = N_("You are signed in again. Nothing was sent yet.")
OF_ANOTHER: Final = N_("Somebody else wrote this before you signed in. It is neither shown to you nor sent.")
LARGEST: Final = LARGEST_UNKNOWN
"""What a sign-in form may hold."""


class Carried(Struct, frozen=True, kw_only=True):
    """A form that waits to be sent on."""

    path: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    writer: str = ""
    """Whose it is (``gate.Reader.writer``); empty where the form did not say."""
    lost: bool = False
    """It was too large to be carried."""

    @property
    def packed(self) -> str:
        return json.dumps(self.fields, ensure_ascii=False) if self.fields else ""

    @property
    def texts(self) -> tuple[str, ...]:
        """What somebody wrote, without what was but chosen."""
        return texts_in(self.fields)


NOTHING: Final = Carried()


def interrupted(request: Asked, error: Exception) -> Response[Any]:
    """Answer what came without a session, or from another one: nothing of it is done, and nothing of it is lost."""
    assert isinstance(error, Interrupted)
    if request.url.path.startswith("/api/"):
        return answer(request, error)
    view = view_of(request)
    if not isinstance(error, NotSignedIn):
        waiting = _waiting(request.url.path, error.written, error.writer)
        return still_here(view, waiting, came_from(request), OPENED_BEFORE, status=403)
    if request.method in ("GET", "HEAD"):
        query = f"?{request.url.query}" if request.url.query else ""
        wanted = local_path(request.url.path + query)
        return see_other(view.instance_href("account", "sign-in", query={"next": wanted} if wanted else None))
    # 403 and not 401: a browser could do nothing about that but ask for a password in a window of its own.
    waiting = _waiting(request.url.path, error.written, error.writer)
    return show(
        view, "sign_in.html", status=403, address="", next=came_from(request), carried=waiting, interrupted=True
    )


def unwritten(request: Asked, error: Exception) -> Response[Any]:
    """Answer what could not be saved: the page shows what was written, and it can be sent again from there."""
    assert isinstance(error, NotWritten)
    told = answer(request, error)
    if request.url.path.startswith("/api/") or not error.written:
        return told
    view, status = view_of(request), status_of(error)
    waiting = _waiting(request.url.path, error.written)
    why = "{}. {}".format(*map(view._, said(error, status)))
    page = show(view, "still_here.html", status=status, carried=waiting, why=why, next=came_from(request))
    page.headers.update(getattr(error, "headers", {}))
    return page


def read(data: Mapping[str, Any]) -> Carried:
    """What a sign-in form carries; nothing, if it is no form of ours."""
    path = local_path(text_of(data, "carried_to"))
    try:
        given = json.loads(text_of(data, "carried") or "[]")
        fields = tuple((name, value) for name, value in given if isinstance(name, str) and isinstance(value, str))
    except (ValueError, TypeError, RecursionError):
        return NOTHING
    return Carried(path=path, fields=fields, writer=text_of(data, "carried_by")) if path and fields else NOTHING


def still_here(
    view: View, carried: Carried, next_path: str, why: str = SIGNED_IN_AGAIN, *, status: int = 200
) -> Response[Any]:
    """Show what was written, and let it be sent on; to nobody but its writer, on a computer that several people use."""
    if carried.writer not in ("", view.reader.writer):
        carried, why = NOTHING, OF_ANOTHER
    return show(view, "still_here.html", status=status, carried=carried, why=view._(why), next=next_path)


def _waiting(path: str, written: tuple[tuple[str, str], ...], writer: str = "") -> Carried:
    waiting = Carried(path=local_path(path), fields=written, writer=writer)
    if len(quote_plus(waiting.packed)) > LARGEST - 16_384:
        return Carried(lost=True)
    return waiting if written else NOTHING

"""What an organisation says of a record, and the doors by which it does: declared, asked, said.

Its representative says it with an account; a mailed link needs none; the group records what a letter or a meeting said.
Each door is a ``Voice``: a page with what is asked and a form. Looking at it changes nothing; sending it adds to what
was said before, of which nothing is overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from lanzarote.accounts.answer_links import LinkRefused
from lanzarote.errors import Conflict
from lanzarote.kinds import service, team
from lanzarote.kinds.contents import words_typed
from lanzarote.kinds.controls import Control, controls
from lanzarote.kinds.fields import Field, Shape, shapes_of
from lanzarote.kinds.form import read
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.wording import label_of
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import Record
from lanzarote.records.validation import Faulty, Identifying, calls_for_help, unanswered
from lanzarote.translation import N_, language_name
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, text_of
from lanzarote.web.routes import form as form_at
from lanzarote.web.routes import page as page_at
from lanzarote.web.routes import private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from lanzarote.accounts.answer_links import Why
    from lanzarote.kinds.kind import Kind
    from lanzarote.web.refusals import Refusal
    from lanzarote.web.routes import May

LINK_FRAME: Final[Mapping[str, Any]] = {"canonical": None, "alternates": (), "feeds": ()}
"""Of pages whose address is a secret: it is not sent along when somebody follows a link from there."""
TEAM_FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
CONFIRMED: Final = Field(
    name="confirmed", label=N_("I have looked at it again: nobody can be recognised by what I wrote.")
)
"""Shown once the guard asks about something, which then may stay."""
REFUSED: Final[Mapping[Why, tuple[str, str]]] = {
    "unknown": (
        N_("This address is not known here"),
        N_(
            "Perhaps the link was not copied whole: open it from the e-mail. If that fails, ask the group for a new "
            "one."
        ),
    ),
    "used": (
        N_("This link has been used"),
        N_(
            "An answer was given with it, or with another one for the same question, and is kept. If it was not "
            "yours, or you want to change it, ask the group for a new link."
        ),
    ),
    "over": (
        N_("The time for this answer is over"),
        N_("Nothing more can be given with this link. If you still have something to say, write to the group."),
    ),
    "decided": (
        N_("This is settled"),
        N_("What this link asked has been answered or decided meanwhile."),
    ),
    "changed": (
        N_("The text has changed since this e-mail was sent"),
        N_("The text has changed since you were asked. If you are asked about the new one, you get an e-mail."),
    ),
    "recalled": (
        N_("The group no longer asks for this answer"),
        N_("The group no longer asks for positions; the text has not changed. If it asks again, you get an e-mail."),
    ),
    "left": (
        N_("Your organisation no longer takes part in the group"),
        N_("Only organisations that take part are heard here. If you still have something to say, write to the group."),
    ),
}
"""Why a mailed link cannot be used, and what to do."""


class Question(Struct, frozen=True, kw_only=True):
    """What is asked, as the page of a voice shows it."""

    heading: Any
    lede: Any = ""
    crumbs: Sequence[Mapping[str, str]] = ()
    back: str = ""
    """Where those go who leave it as it is."""
    typed: Mapping[str, Any] = {}
    """What the form holds before anybody writes in it."""
    version: int = 0
    """Of the text that it is about."""
    shown: Mapping[str, Any] = {}
    """What else its template needs."""


class Voice(Struct, frozen=True, kw_only=True, dict=True):
    """One door by which something is said."""

    path: str
    """Of its page, below language and region; it may have ``{record_id:str}``, or the ``{secret:str}`` of a link."""
    may: May
    button: str
    asks: type[Struct]
    """What is said; with ``confirmed``, what the guard only asks about may stay once the writer has looked again."""
    fields: tuple[Field, ...]
    ask: Callable[[View, Session, str, Mapping[str, Any]], Question]
    """Told the key in the address, and what was typed and not taken. It raises what stands against asking."""
    say: Callable[[View, Session, str, Any, Mapping[str, Any]], Any]
    """Does it; told the key, what is said, and the whole form."""
    then: Callable[[View, str, Any], Response[Any]]
    """What is answered; told what ``say`` returned."""
    stopped: Callable[[View, str, str], Response[Any]] | None = None
    """What is answered when it cannot be said now, and why; behind a link, the page that says so."""
    kind: Kind[Any, Any] | None = None
    """Of the record, where faults may be about what it says, too."""
    template: str = "kinds/voice.html"
    style: str = ""

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        more = (CONFIRMED,) if "confirmed" in self.asks.__struct_fields__ else ()
        return shapes_of(self.asks, (*self.fields, *more), whole=False)

    @property
    def by_link(self) -> bool:
        return self.may == "public"


def show(
    voice: Voice,
    view: View,
    key: str,
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    *,
    meanwhile: bool = False,
) -> Response[Any]:
    """The page with what was typed, or why nothing can be said now; *meanwhile*: something else was said since."""
    try:
        with view.instance.database.read(view.region_id) as session:
            asked = voice.ask(view, session, key, data or {})
    except LinkRefused as error:
        return show_refused(view, error.why, _typed_in(voice, view, data or {}))
    except (Conflict, IllegalTransition) as error:
        return _stopped(voice, view, key, error, data or {})
    typed = SentForm(asked.typed if data is None else data)
    languages = view.vocabulary.header.languages
    lang = view.lang if view.lang in languages else languages[0]
    shown: dict[str, Any] = {
        "heading": asked.heading,
        "lede": asked.lede,
        "crumbs": asked.crumbs,
        "back": asked.back,
        "version": asked.version,
        "button": view._(voice.button),
        "style": voice.style,
        "action": view.href(*re.sub(r"{\w+:str}", key, voice.path).split("/")),
        "by_link": voice.by_link,
        "meanwhile": meanwhile,
        "controls": _controls(voice, view, typed, refused),
        "tongues": [(lang, language_name(lang, view.lang))],
        "typed": typed,
        "refused": refused,
        "zone": view.vocabulary.zone,
        **(LINK_FRAME if voice.by_link else TEAM_FRAME),
        **asked.shown,
    }
    return private(view.render(voice.template, status=409 if meanwhile else 400 if refused.errors else 200, **shown))


def take(voice: Voice, view: View, key: str, data: Mapping[str, Any]) -> Response[Any]:
    """Say what was typed, or why it cannot be said."""
    data = SentForm(data)
    if text_of(data, "again"):
        return show(voice, view, key, data)
    calls = calls_for_help(words_typed(voice.shapes, data))
    if voice.by_link and calls:
        return private(team.show_help(view, view.request.url.path, data))
    if unanswered(calls, data.reasons) and not data.one(team.OUR_WORK):
        return private(team.show_help(view, view.request.url.path, data, calls))
    data = team.answered(view, data, calls)
    try:
        given = read(view, voice.shapes, data, voice.asks)
        with view.instance.database.write(view.region_id) as session:
            said = voice.say(view, session, key, given, data)
            record = None if voice.by_link else session.get(Record, (view.region_id, key))
            if record is not None:
                service.tell_about_work(session, record, data.reasons, by=view.actor)
    except (Faulty, Identifying) as error:
        return show(voice, view, key, data, team.refusal(view, error, data, partial(_label_of, voice, view)))
    except LinkRefused as error:
        return show_refused(view, error.why, _typed_in(voice, view, data))
    except (Conflict, IllegalTransition) as error:
        return _stopped(voice, view, key, error, data)
    return voice.then(view, key, said)


def _label_of(voice: Voice, view: View, place: str) -> str:
    return label_of(view, voice.shapes, place) or (voice.kind.label_of(view, place) if voice.kind else place)


def _stopped(voice: Voice, view: View, key: str, error: Exception, data: Mapping[str, Any]) -> Response[Any]:
    if voice.stopped is None:
        why: Why = "decided" if isinstance(error, IllegalTransition) else "changed"
        return show_refused(view, why, _typed_in(voice, view, data))
    return voice.stopped(view, key, "" if isinstance(error, IllegalTransition) else str(error))


def _controls(voice: Voice, view: View, typed: SentForm, refused: Refusal) -> tuple[Control, ...]:
    """The fields of the form; what has to stand in them depends on what is answered."""
    found = (one for one in controls(view, voice.shapes, typed) if one.name != CONFIRMED.name or refused.asks)
    return tuple(replace(one, in_all=not one.required) for one in found)


def _typed_in(voice: Voice, view: View, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was typed, with what it answers, to be copied: it is kept nowhere."""
    found = []
    for one in _controls(voice, view, SentForm(data), NOTHING) if data else ():
        chosen = next((choice["label"] for choice in one.choices if choice["chosen"]), "")
        place = one.name.replace("*", view.lang)
        text = chosen if one.choices else "" if one.what == "tick" else text_of(data, place)
        found += [(one.label, text)] if text else []
    return found


def show_refused(view: View, why: Why, typed: Sequence[tuple[str, str]] = ()) -> Response[Any]:
    """Say kindly why a mailed link cannot be used, and what to do; *typed*: what was written, with what it answers."""
    heading, way = REFUSED[why]
    return private(
        view.render(
            "kinds/link_refused.html",
            status=410,
            heading=view._(heading),
            way=view._(way),
            contact=view.instance.settings.contact,
            typed=typed,
            **LINK_FRAME,
        )
    )


def handlers_of(*voices: Voice) -> tuple[Any, ...]:
    """Page and form of each voice."""
    return tuple(handler for one in voices for handler in _handlers(one))


def _handlers(voice: Voice) -> Iterator[Any]:
    path = f"/{{lang:str}}/{{region:str}}/{voice.path}"

    def key_of(request: Asked) -> str:
        return str(next((request.path_params[name] for name in ("record_id", "secret") if f"{{{name}:" in path), ""))

    @page_at(path, may=voice.may)
    def asked(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        return show(voice, site.view(request, lang, region), key_of(request))

    @form_at(path, may=voice.may, carried=not voice.by_link)
    def said(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
        return take(voice, site.view(request, lang, region), key_of(request), data)

    yield from (asked, said)

"""Pages of the directory, and the form by which anyone can correct a page or reply to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from litestar import Response
from litestar.response import Redirect
from msgspec import Struct, structs

from lanzarote.stakeholders import reading, replies
from lanzarote.stakeholders.replies import Reply
from lanzarote.stakeholders.senders import MOST_AN_HOUR, Busy, Senders
from lanzarote.stakeholders.subjects import Subject, find_subject
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region
from lanzarote.web.exports import download, download_links, is_long
from lanzarote.web.forms import one_of
from lanzarote.web.limits import sender_of
from lanzarote.web.region_reading import help_lines, lines_to_call
from lanzarote.web.routes import PRIVATE, form, page, private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.records.validation import Fault

S = TypeVar("S", bound=Struct)
SENDERS = Senders()
URGENT = ("emergency", "children", "witnesses")


@page("/{lang:str}/{region:str}/organisations", shared="files")
def organisations(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The directory of a region."""
    view = site.view(request, lang, region)
    question = reading.read_question(request.query_params)
    if question.format:
        return download(view, reading.directory_table(view, question), question.format)
    making = reading.ORGANISATIONS if is_long(view, reading.directory_count(view, question)) else ""
    return view.render(
        "stakeholders/directory.html",
        question=question,
        path=request.url.path,
        listing=reading.present(view, question),
        downloads=download_links(view, question.pairs(), making),
    )


@page("/{lang:str}/{region:str}/correct")
def correct(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Correct a page, or reply to it."""
    view = site.view(request, lang, region)
    return show_first(view, request.query_params.get("about", ""))


@form("/{lang:str}/{region:str}/correct", may="public")
def send(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Take what was written."""
    view = site.view(request, lang, region)
    if view.origin:
        return written_elsewhere(view)
    return take(view, read_typed(data, Reply), confirmed=bool(data.get("confirmed")))


def take(view: View, reply: Reply, *, confirmed: bool) -> Response[Any]:
    """Keep *reply*, or say why not."""
    identifiers = view.vocabulary.header.personal_identifiers
    subject = find_subject(view, reply.about)
    judgement = replies.judge(reply, identifiers=identifiers, confirmed=confirmed, of_a_page=subject is not None)
    if judgement.outcome == "disclosure":
        return private(view.render("stakeholders/where_help_is.html", reply=reply, lines=help_lines(view, URGENT)))
    if judgement.outcome == "refused":
        return show_form(view, reply, subject, judgement.faults, asked=judgement.asks, status=400)
    if busy := SENDERS.admit(sender_of(view.request.scope)):
        return show_form(view, reply, subject, busy=busy, status=429)
    subject = subject or Subject()
    kept = structs.replace(reply, about=subject.path)
    try:
        replies.keep(view.instance.database, view.region_id, kept, lang=view.lang, record_id=subject.record_id)
    except replies.TooMany:
        return show_form(view, reply, subject, busy=Busy.ALL, status=429)
    return Redirect(view.href("correct", "thanks"), status_code=303, headers=PRIVATE)


@page("/{lang:str}/{region:str}/correct/thanks")
def thanks(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What happens next with what was written."""
    return site.view(request, lang, region).render("stakeholders/thanks.html")


def show_first(view: View, about: str) -> Response[Any]:
    """The empty form; what is no page of ours is left out of it."""
    if view.origin:
        return written_elsewhere(view, status=200)
    subject = find_subject(view, about) or Subject()
    return show_form(view, Reply(about=subject.path), subject)


def written_elsewhere(view: View, there: str = "", *, status: int = 404) -> Response[Any]:
    """Say where the team of a region is that is received here; *there*: its form, if not that for corrections."""
    return view.render("stakeholders/elsewhere.html", status=status, there=there or view.href("correct"))


def show_form(
    view: View,
    reply: Reply,
    subject: Subject | None,
    faults: tuple[Fault, ...] = (),
    *,
    asked: bool = False,
    busy: Busy | None = None,
    status: int = 200,
) -> Response[Any]:
    """The form with everything that was written in it, and what has to be put right."""
    answer = view.render(
        "stakeholders/correct.html",
        status=status,
        reply=reply,
        subject=subject or Subject(),
        errors=[{"field": fault.field, "text": view._(fault.text)} for fault in faults],
        error_of={fault.field: view._(fault.text) for fault in reversed(faults)},
        asked=asked,
        busy=busy.value if busy else "",
        most_from_one=MOST_AN_HOUR,
        contact=view.instance.settings.contact,
        lengths=replies.LENGTHS,
        lines=lines_to_call(view, URGENT),
    )
    if busy:
        answer.headers["Retry-After"] = "3600"
    return private(answer)


def read_typed(data: Mapping[str, Any], kind: type[S]) -> S:
    """What a form of lines sent, as a *kind*; unknown fields do not count. Raises Malformed."""
    return kind(**{name: one_of(data, name).replace("\r\n", "\n").strip() for name in kind.__struct_fields__})


handlers = (organisations, correct, send, thanks)

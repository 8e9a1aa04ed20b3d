"""Pages of the directory, and the form by which anyone can correct a page or reply to it."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from lanzarote.regions.reading import help_lines
from lanzarote.stakeholders import reading, replies
from lanzarote.stakeholders.replies import Fault, Outcome, Reply
from lanzarote.stakeholders.senders import Senders
from lanzarote.stakeholders.subjects import subject_of
from lanzarote.web.exports import download, download_links
from lanzarote.web.routes import PRIVATE, form, page, private
from lanzarote.web.site import Site, View

Asked = Request[Any, Any, Any]
SENDERS = Senders()
URGENT = ("emergency", "children", "witnesses")


@page("/{lang:str}/{region:str}/organisations")
def organisations(
    request: Asked, lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    """The directory of a region."""
    view = site.view(request, lang, region)
    question = reading.read_question(request.query_params)
    if question.format:
        return download(view, reading.directory_table(view, question), question.format)
    return view.render(
        "stakeholders/directory.html",
        question=question,
        path=request.url.path,
        listing=reading.present(view, question),
        downloads=download_links(view, question.pairs()),
    )


@page("/{lang:str}/{region:str}/correct")
def correct(request: Asked, lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Correct a page, or reply to it."""
    view = site.view(request, lang, region)
    about = replies.read_about(request.query_params.get("about", ""))
    return show_form(view, Reply(about=about))


@form("/{lang:str}/{region:str}/correct", may="public")
def send(
    request: Asked,
    lang: FromPath[str],
    region: FromPath[str],
    site: NamedDependency[Site],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Take what was written."""
    view = site.view(request, lang, region)
    return take(view, read_reply(data), confirmed=bool(data.get("confirmed")))


def take(view: View, reply: Reply, *, confirmed: bool) -> Response[Any]:
    """Keep *reply*, or say why not."""
    identifiers = view.vocabulary.header.personal_identifiers
    judgement = replies.judge(reply, identifiers=identifiers, confirmed=confirmed)
    if judgement.outcome is Outcome.DISCLOSURE:
        return private(view.render("stakeholders/where_help_is.html", reply=reply, lines=help_lines(view, URGENT)))
    if judgement.outcome is Outcome.REFUSED:
        return show_form(view, reply, judgement.faults, asked=judgement.asks, status=400)
    client = view.request.client
    if not SENDERS.admit(client.host if client else ""):
        return show_form(view, reply, busy=True, status=429)
    subject = subject_of(view, reply.about)
    try:
        replies.keep(view.instance.database, view.region_id, reply, lang=view.lang, record_id=subject.record_id)
    except replies.TooMany:
        return show_form(view, reply, busy=True, status=429)
    return Redirect(view.href("correct", "thanks"), status_code=303, headers=PRIVATE)


@page("/{lang:str}/{region:str}/correct/thanks")
def thanks(request: Asked, lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """What happens next with what was written."""
    return site.view(request, lang, region).render("stakeholders/thanks.html")


def show_form(
    view: View,
    reply: Reply,
    faults: tuple[Fault, ...] = (),
    *,
    asked: bool = False,
    busy: bool = False,
    status: int = 200,
) -> Response[Any]:
    """The form with everything that was written in it, and what has to be put right."""
    return private(
        view.render(
            "stakeholders/correct.html",
            status=status,
            reply=reply,
            subject=subject_of(view, reply.about),
            errors=[{"field": fault.field, "text": view._(fault.text)} for fault in faults],
            error_of={fault.field: view._(fault.text) for fault in reversed(faults)},
            asked=asked,
            busy=busy,
            lengths=replies.LENGTHS,
            lines=help_lines(view, URGENT)[:2],
        )
    )


def read_reply(data: dict[str, Any]) -> Reply:
    """What the form sent; a field sent twice counts once, unknown ones not at all."""
    texts = {name: _text(data.get(name)) for name in Reply.__struct_fields__}
    return Reply(**texts | {"about": replies.read_about(texts["about"])})


def _text(value: object) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return first.replace("\r\n", "\n").strip() if isinstance(first, str) else ""


handlers = (organisations, correct, send, thanks)

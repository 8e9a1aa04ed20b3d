"""The office's pages about the regions that it receives: enrolling, what could not be taken, what each rests on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from litestar import Response
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile

from lanzarote.errors import NotFound
from lanzarote.office import desk, opening, opening_reading
from lanzarote.office.opening import opening_of
from lanzarote.records.records import now
from lanzarote.records.validation import NO_CHOICE, Faulty
from lanzarote.results import enrolling, sources_reading, words
from lanzarote.results.batches import Malformed
from lanzarote.results.model import Refused
from lanzarote.results.receiving import receive, try_again
from lanzarote.store.database import ALL
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite
from lanzarote.web.refusals import NOTHING, Refusal, text_of
from lanzarote.web.routes import form, page, private, see_other, upload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from lanzarote.office.model import Basis
    from lanzarote.results.model import SourceState
    from lanzarote.web.site import View


PLACE: Final = "/{lang:str}/office/sources"
ONE: Final = PLACE + "/{source:str}"
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
LARGEST_CARD: Final = 64 * 1024
LARGEST_FILE: Final = 64 * 1024 * 1024
DONE: Final[Mapping[str, str]] = {
    "enrolled": N_("Region enrolled: its results are received from now on, over the internet and as files."),
    "paused": N_("Paused: no results of this region are received until you resume."),
    "resumed": N_("Resumed: results of this region are received again."),
    "ended": N_("Stopped: no more results of this region are received. Those received stay."),
    "revoked": N_(
        "The key is revoked, and so is each key known only through it. Results signed with any of them are no "
        "longer received."
    ),
    "hidden": N_("The region is hidden from the public. Its results are received as before."),
    "shown": N_("The public reads here again what was received of the region."),
    "tried": N_("Imported: received, complete, verified."),
    "put-away": N_("Archived."),
    "received": N_("Received, complete, verified."),
}
STATES: Final[Mapping[str, tuple[SourceState, str]]] = {
    "pause": ("paused", "paused"),
    "resume": ("enrolled", "resumed"),
    "end": ("ended", "ended"),
}
NO_CARD: Final = N_("Choose the file of the card, or paste what is in it.")
NO_FILE: Final = N_("Choose the file that the region sent.")


@page(PLACE, may="results.receive")
def sources(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """The regions that are received, how far, when and how."""
    return show(desk.view_of(site, request, lang), done=request.query_params.get("done", ""))


def show(
    view: View,
    *,
    done: str = "",
    given: Mapping[str, str] | None = None,
    refused: Refusal = NOTHING,
    untaken: tuple[str, str, str] | None = None,
) -> Response[Any]:
    """*untaken*: what happened to a file, what to do, and the words for the operator."""
    with view.instance.database.read(ALL) as session:
        found = sources_reading.regions(view, session)
    return private(
        view.render(
            "results/sources.html",
            status=400 if refused.errors else 422 if untaken else 200,
            found=found,
            done=view._(DONE[done]) if done in DONE else "",
            given=given or {},
            refused=refused,
            untaken=untaken,
            largest=LARGEST_FILE // 2**20,
            here=view.instance_href("office", "sources"),
            openings_href=view.instance_href("office", "openings"),
            **FRAME,
        )
    )


@upload(f"{PLACE}/enrol", may="results.receive", largest=LARGEST_CARD * 4)
async def enrol(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """Enrol a region by its card and the fingerprint that was told."""
    data = await request.form()
    file, pasted, fingerprint = data.get("file"), data.get("card"), data.get("fingerprint")
    raw = await file.read() if isinstance(file, UploadFile) else b""
    text = pasted if isinstance(pasted, str) else ""
    card = raw or text.strip().encode()
    given = {"card": text, "fingerprint": fingerprint if isinstance(fingerprint, str) else ""}
    return await sync_to_thread(partial(_enrol, desk.view_of(site, request, lang), card[:LARGEST_CARD], given))


def _enrol(view: View, data: bytes, given: Mapping[str, str]) -> Response[Any]:
    if not data:
        return _refused(view, given, "card", NO_CARD)
    try:
        one = enrolling.read_card(data)
    except Malformed:
        return _refused(view, given, "card", words.BAD_CARD)
    try:
        with view.instance.database.write(one.region) as session:
            by = view.actor.account_id
            enrolling.enrol(session, one, given["fingerprint"], by=by, at=now())
    except enrolling.NotEnrolled as error:
        return _refused(view, {**given, "card": data.decode()}, *words.NOT_ENROLLED[error.code])
    return to_source(view, one.region, "enrolled")


def _refused(view: View, given: Mapping[str, str], field: str, text: str) -> Response[Any]:
    return show(view, given=given, refused=Refusal(errors=({"field": field, "text": view._(text)},)))


@upload(f"{PLACE}/receive", may="results.receive", largest=LARGEST_FILE)
async def take(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """Take a file of results, whole or not at all."""
    view = desk.view_of(site, request, lang)
    file = (await request.form()).get("results")
    if not isinstance(file, UploadFile) or not file.filename:
        return await sync_to_thread(partial(_refused, view, {}, "results", NO_FILE))
    return await sync_to_thread(partial(_take, view, cast("BinaryIO", file.file)))


def _take(view: View, file: BinaryIO) -> Response[Any]:
    try:
        received = receive(view.instance.database, file, came="file")
    except (Malformed, Refused) as error:
        return show(view, untaken=why_untaken(view, error))
    return to_source(view, received.region, "received")


def why_untaken(view: View, error: Malformed | Refused) -> tuple[str, str, str]:
    """What happened, what to do, and the words for the operator."""
    return (*words.told(words.UNTAKEN, error.code, view.translator), str(error))


@page(ONE, may="results.receive")
def source(request: Asked, lang: Lang, source: Id, site: OurSite) -> Response[Any]:
    """One region that is received: how far, by which keys, what could not be taken."""
    return show_source(desk.view_of(site, request, lang), source, done=request.query_params.get("done", ""))


def show_source(
    view: View,
    source: str,
    *,
    done: str = "",
    refused: Refusal = NOTHING,
    given: Mapping[str, Any] | None = None,
    untaken: tuple[str, str, str] | None = None,
) -> Response[Any]:
    """Raises NotFound."""
    with view.instance.database.read(source) as session:
        told = sources_reading.region(view, session, source)
        keys = sources_reading.keys_of(session, source)
        held = sources_reading.held_of(view, session, source)
    return private(
        view.render(
            "results/source.html",
            status=400 if refused.errors else 422 if untaken else 200,
            told=told,
            keys=keys,
            held=held,
            done=view._(DONE[done]) if done in DONE else "",
            refused=refused,
            given=given or {},
            untaken=untaken,
            sources_href=view.instance_href("office", "sources"),
            openings_href=view.instance_href("office", "openings"),
            unsaid=opening_of(view.instance.database, source) is None,
            longest=enrolling.LONGEST_REASON,
            **FRAME,
        )
    )


@form(f"{ONE}/state", may="results.receive")
def set_state(request: Asked, lang: Lang, source: Id, site: OurSite, data: Data) -> Response[Any]:
    """Pause, resume or end a region."""
    view = desk.view_of(site, request, lang)
    step = STATES.get(text_of(data, "step"))
    if step is None:
        return show_source(view, source)
    with view.instance.database.write(source) as session:
        enrolling.set_state(session, source, step[0], by=view.actor.account_id)
    return to_source(view, source, step[1])


@form(f"{ONE}/shown", may="results.receive")
def set_shown(request: Asked, lang: Lang, source: Id, site: OurSite, data: Data) -> Response[Any]:
    """Hide a received region from the public once that was asked, or show it again."""
    view = desk.view_of(site, request, lang)
    step = text_of(data, "step")
    if step not in ("hide", "show"):
        return show_source(view, source)
    with view.instance.database.read(source) as session:
        told = sources_reading.region(view, session, source)
    if step == "hide" and not text_of(data, "sure"):
        return private(view.render("results/hide.html", told=told, **FRAME))
    view.instance.enable(source, on=step == "show", by=view.actor.account_id)
    return to_source(view, source, "shown" if step == "show" else "hidden")


@form(f"{ONE}/revoke", may="results.receive")
def revoke(request: Asked, lang: Lang, source: Id, site: OurSite, data: Data) -> Response[Any]:
    """Take nothing more that a key vouches for."""
    view = desk.view_of(site, request, lang)
    key, reason = text_of(data, "key_id"), text_of(data, "reason")
    try:
        with view.instance.database.write(source) as session:
            enrolling.revoke(session, source, key, reason=reason, by=view.actor.account_id, at=now())
    except Faulty as error:
        [fault] = error.faults
        refused = Refusal(errors=({"field": f"reason-{key[:16]}", "text": view._(fault.text)},))
        return show_source(view, source, refused=refused, given=data)
    return to_source(view, source, "revoked")


def to_source(view: View, source: str, done: str) -> Response[Any]:
    where = view.instance_href("office", "sources", source, query={"done": done})
    return see_other(where)


# --- What an office could not take: why, what both sides vouch for, trying again, putting away ---

HELD: Final = ONE + "/held/{held_id:str}"


@page(HELD, may="results.receive")
def held(request: Asked, lang: Lang, source: Id, held_id: Id, site: OurSite) -> Response[Any]:
    """What could not be taken, with what the region vouched for here before, and in what came."""
    view = desk.view_of(site, request, lang)
    with view.instance.database.read(source) as session:
        told = sources_reading.region(view, session, source)
        row = sources_reading.held(session, source, held_id)
        one = sources_reading.tell_held(view, row)
        before, came = sources_reading.head_before(row), sources_reading.head_that_came(row)
    return private(
        view.render(
            "results/held.html",
            told=told,
            one=one,
            before=before,
            came=came,
            here=view.instance_href("office", "sources", source, "held", held_id),
            sources_href=view.instance_href("office", "sources"),
            **FRAME,
        )
    )


@page(f"{HELD}/before", f"{HELD}/came", may="results.receive")
def evidence(request: Asked, lang: Lang, source: Id, held_id: Id, site: OurSite) -> Response[Any]:
    """One of the two sides, byte for byte."""
    view = desk.view_of(site, request, lang)
    side = request.url.path.rstrip("/").rpartition("/")[2]
    with view.instance.database.read(source) as session:
        sources_reading.region(view, session, source)
        row = sources_reading.held(session, source, held_id)
        data = bytes(row.known if side == "before" else row.data)
    if not data:
        raise NotFound("Nothing of it was kept.")
    headers = {"Content-Disposition": f'attachment; filename="{source}-{side}-{held_id}.results"'}
    return private(Response(data, media_type="application/octet-stream", headers=headers))


@form(f"{HELD}/retry", may="results.receive")
def retry(request: Asked, lang: Lang, source: Id, held_id: Id, site: OurSite) -> Response[Any]:
    """Take it, if it can be taken by now."""
    view = desk.view_of(site, request, lang)
    with view.instance.database.read(source) as session:
        row = sources_reading.kept(session, source, held_id)
    try:
        try_again(view.instance.database, row)
    except (Malformed, Refused) as error:
        return show_source(view, source, untaken=why_untaken(view, error))
    return to_source(view, source, "tried")


@form(f"{HELD}/put-away", may="results.receive")
def put_away(request: Asked, lang: Lang, source: Id, held_id: Id, site: OurSite) -> Response[Any]:
    """Keep it no longer."""
    view = desk.view_of(site, request, lang)
    with view.instance.database.write(source) as session:
        enrolling.put_away(session, source, held_id, by=view.actor.account_id, at=now())
    return to_source(view, source, "put-away")


# --- Opening the method in a new region: which pilots are judged, and what each region rests on ---

OPENINGS: Final = "/{lang:str}/office/openings"


@page(OPENINGS, may="results.receive")
def openings(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """All regions that are known here, with what each rests on."""
    view = desk.view_of(site, request, lang)
    return show_openings(view, done="done" in request.query_params)


@form(OPENINGS, may="results.receive")
def say(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    """Write down what a region rests on."""
    view = desk.view_of(site, request, lang)
    given = {name: text_of(data, name) for name in ("region", "basis", "after")}
    region_id, basis, after = given.values()
    if region_id not in {one.id for one in opening.regions_known(view.instance.database)}:
        raise NotFound("No such region is here, nor enrolled.")
    if basis not in ("pilot", "opened"):
        return show_openings(view, given=given, fault=view._(NO_CHOICE))
    if basis == "opened" and not after:
        return show_openings(view, given=given, fault=view._(opening.NO_PILOT))
    try:
        by = view.actor.account_id
        opening.say(view.instance, region_id, cast("Basis", basis), after=after, by=by, at=now())
    except opening.NotOpened as error:
        return show_openings(view, given=given, fault=opening_reading.why_not(view, error), status=409)
    number = opening_reading.part(view, (), 1, asked=region_id).number
    where = view.instance_href("office", "openings", query={"page": number, "done": 1})
    return see_other(f"{where}#region-{region_id}")


def show_openings(
    view: View, *, done: bool = False, given: Mapping[str, str] | None = None, fault: str = "", status: int = 400
) -> Response[Any]:
    """*given*: what was said of a region and is refused, because of *fault*."""
    asked = given["region"] if given else ""
    pilots = opening_reading.judged(view)
    part = opening_reading.part(view, pilots, desk.page_number(view), asked=asked, given=given, fault=fault)
    return private(
        view.render(
            "office/openings.html",
            status=status if fault else 200,
            pilots=pilots,
            extended=any(one.outcome == "extend" for one in pilots),
            part=part,
            done=done,
            refused=Refusal(errors=({"field": f"basis-{asked}", "text": fault},)) if fault else NOTHING,
            here=view.instance_href("office", "openings"),
            sources_href=view.instance_href("office", "sources"),
            previous=_part(view, part.number - 1) if part.number > 1 else None,
            following=_part(view, part.number + 1) if part.number < part.pages else None,
            canonical=None,
            feeds=(),
        )
    )


def _part(view: View, number: int) -> str:
    return view.instance_href("office", "openings", query={"page": number})

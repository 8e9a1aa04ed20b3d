"""The page "Results" of a region's coordinators: what leaves, before it leaves; its key, its card, its file."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.params import FromPath
from litestar.response import Stream

from lanzarote.errors import NotFound
from lanzarote.records.records import now
from lanzarote.results import destinations, enrolling, keys, team_reading, words
from lanzarote.results.field_words import Reader, title_of
from lanzarote.results.keys import NoKey
from lanzarote.results.wire import NoOffice
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region
from lanzarote.web.forms import whole_number
from lanzarote.web.refusals import NOTHING, Refusal, text_of
from lanzarote.web.routes import form, page, private, see_other

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.web.site import View


TEAM: Final = "/{lang:str}/{region:str}/team/results"
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
DONE: Final[Mapping[str, str]] = {
    "added": N_("The office is on the list. Nothing was sent yet."),
    "asked": N_("The results are being sent. Look at this page again in a moment: it says what the office received."),
    "removed": N_("Nothing is sent there from now on. The office keeps what it has received."),
    "key": N_("Key created. Send the card to the office, and read out the fingerprint by telephone."),
    "new-key": N_("The region has a new key. What the offices need to know of it is under “The key”."),
}


@page(TEAM, may="group.lead")
def results(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What leaves the region, to whom, how far it came, and who agreed."""
    return show(site.view(request, lang, region), done=request.query_params.get("done", ""))


def show(
    view: View, *, done: str = "", data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING, fault: str = ""
) -> Response[Any]:
    with view.instance.database.read(view.region_id) as session:
        told = team_reading.overview(view, session)
    given = data or {}
    return private(
        view.render(
            "results/results.html",
            status=400 if refused.errors else 409 if fault else 200,
            told=told,
            done=view._(DONE[done]) if done in DONE else "",
            fault=fault,
            refused=refused,
            given=given,
            rhythms=[
                {"value": code, "label": view._(label), "chosen": code == text_of(given, "rhythm")}
                for code, label in words.RHYTHMS.items()
            ],
            here=view.href("team", "results"),
            **FRAME,
        )
    )


@page(f"{TEAM}/all/{{kind:str}}", may="group.lead")
def all_of_kind(request: Asked, lang: Lang, region: Region, kind: FromPath[str], site: OurSite) -> Response[Any]:
    """All results of one kind."""
    view = site.view(request, lang, region)
    number = max(1, whole_number(request.query_params.get("page", "")))
    with view.instance.database.read(view.region_id) as session:
        found, more = team_reading.of_kind(view, session, kind, number)
    here = view.href("team", "results", "all", kind)
    return private(
        view.render(
            "results/of_kind.html",
            heading=view._(words.kinds_told(view.instance.kinds).get(kind, team_reading.EARLIER_HEADING)),
            found=found,
            previous=f"{here}?page={number - 1}" if number > 1 else None,
            next=f"{here}?page={number + 1}" if more else None,
            results_href=view.href("team", "results"),
            **FRAME,
        )
    )


@page(f"{TEAM}/what/{{kind:str}}/{{record:str}}", may="group.lead")
def one(
    request: Asked, lang: Lang, region: Region, kind: FromPath[str], record: FromPath[str], site: OurSite
) -> Response[Any]:
    """Exactly what leaves of one result, field by field."""
    view, entry = site.view(request, lang, region), request.query_params.get("entry", "")
    with view.instance.database.read(view.region_id) as session:
        word, body = team_reading.what_leaves(view, session, kind, record, entry)
    title, tongue = title_of(view, kind, body)
    told = words.kinds_told(view.instance.kinds)
    return private(
        view.render(
            "results/one.html",
            heading=title or view._(words.TERMS.get(record, told[kind])),
            tongue=tongue if title and tongue != view.lang else "",
            kind=view._(told[kind]),
            lines=Reader(view, kind).read(body),
            day=view.day_of(word.at),
            size=len(body),
            earlier=bool(entry),
            bytes_href=view.href(
                "team", "results", "what", kind, record, "bytes", query={"entry": entry} if entry else None
            ),
            results_href=view.href("team", "results"),
            **FRAME,
        )
    )


@page(f"{TEAM}/what/{{kind:str}}/{{record:str}}/bytes", may="group.lead")
def one_as_it_stands(
    request: Asked, lang: Lang, region: Region, kind: FromPath[str], record: FromPath[str], site: OurSite
) -> Response[Any]:
    """The document of one result, byte for byte."""
    view, entry = site.view(request, lang, region), request.query_params.get("entry", "")
    with view.instance.database.read(view.region_id) as session:
        _, body = team_reading.what_leaves(view, session, kind, record, entry)
    name = "".join(sign if sign.isalnum() or sign == "-" else "-" for sign in f"{view.region_id}-{kind}-{record}")
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return private(Response(body, media_type="application/json", headers=headers))


@form(f"{TEAM}/offices", may="group.lead")
def add(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Send to an office from now on, or in another rhythm."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.write(view.region_id) as session:
            address, rhythm, by = text_of(data, "address"), text_of(data, "rhythm"), view.actor.account_id
            nearby = view.instance.settings.offices_nearby
            destinations.add(session, view.region_id, address, rhythm, by=by, at=now(), nearby=nearby)  # type: ignore[arg-type]
    except NoOffice as error:
        refused = Refusal(errors=({"field": "address", "text": view._(str(error))},))
        return show(view, data=data, refused=refused)
    return _to(view, "added", "offices")


@form(f"{TEAM}/send", may="group.lead")
def send(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Have what an office has not received yet sent to it."""
    view = site.view(request, lang, region)
    with view.instance.database.write(view.region_id) as session:
        address, by = text_of(data, "address"), view.actor.account_id
        destinations.send_soon(session, view.region_id, address, by=by, at=now())
    return _to(view, "asked", "offices")


@page(f"{TEAM}/remove", may="group.lead")
def removing(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Whether to stop sending to an office."""
    view = site.view(request, lang, region)
    address = request.query_params.get("office", "")
    with view.instance.database.read(view.region_id) as session:
        if address not in {row.address for row in destinations.all_of(session, view.region_id)}:
            raise NotFound("Nothing is sent there.")
    here = view.href("team", "results")
    return private(view.render("results/remove.html", address=address, results_href=here, **FRAME))


@form(f"{TEAM}/remove", may="group.lead")
def remove(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Stop sending to an office."""
    view = site.view(request, lang, region)
    with view.instance.database.write(view.region_id) as session:
        address, by = text_of(data, "address"), view.actor.account_id
        destinations.remove(session, view.region_id, address, by=by, at=now())
    return _to(view, "removed", "offices")


def _to(view: View, done: str, place: str) -> Response[Any]:
    return see_other(view.href("team", "results", query={"done": done}) + f"#{place}")


# --- The region's key and card, and its results as a file: for its coordinators ---

IN_MEMORY: Final = 4 * 1024 * 1024
PIECE: Final = 64 * 1024


@form(f"{TEAM}/key", may="group.lead")
def first_key(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Make the first key; where there is one, nothing is done."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.write(view.region_id) as session:
            by = view.actor.account_id
            enrolling.card_of(session, view.instance.settings, view.region_id, by=by, at=now())
    except NoKey:
        return show(view, fault=view._(words.NOT_KEPT))
    return _to(view, "key", "key")


@page(f"{TEAM}/new-key", may="group.lead")
def asked_for_another(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What a new key means, before it is made."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        _require_key(view, session)
        there = keys.is_there(session, view.instance.settings, view.region_id)
    here = view.href("team", "results")
    return private(view.render("results/new_key.html", there=there, results_href=here, **FRAME))


@form(f"{TEAM}/new-key", may="group.lead")
def another_key(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Let another key vouch from now on."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.write(view.region_id) as session:
            _require_key(view, session)
            enrolling.make_key(session, view.instance.settings, view.region_id, by=view.actor.account_id, at=now())
    except NoKey:
        return show(view, fault=view._(words.NOT_KEPT))
    return _to(view, "new-key", "key")


@page(f"{TEAM}/card", may="group.lead")
def card(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The card by which an office knows the region."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.read(view.region_id) as session:
            _require_key(view, session)
            by = view.actor.account_id
            data = enrolling.card_of(session, view.instance.settings, view.region_id, by=by, at=now())
    except NoKey:
        return show(view, fault=view._(words.KEY_AWAY))
    headers = {"Content-Disposition": f'attachment; filename="{view.region_id}.card"'}
    return private(Response(data, media_type="application/octet-stream", headers=headers))


@page(f"{TEAM}/file", may="group.lead")
def file(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """All results as a file, for mail or a stick: the same bytes as over the net, from the epoch's beginning on."""
    view = site.view(request, lang, region)
    out = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it is closed when the last of it was sent
    try:
        with view.instance.database.snapshot(view.region_id) as session:
            _require_key(view, session)
            after = destinations.start_of(session, view.region_id)
            for data in destinations.batches(session, view.instance.settings, view.region_id, after):
                out.write(data)
    except BaseException as error:
        out.close()
        if isinstance(error, NoKey):
            return show(view, fault=view._(words.KEY_AWAY))
        raise
    size = out.tell()
    out.seek(0)
    name = f"lanzarote-results-{view.region_id}-{view.today.isoformat()}.results"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return private(Stream(_pieces(out), media_type="application/octet-stream", headers=headers))


def _pieces(out: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with out:
        while data := out.read(PIECE):
            yield data


def _require_key(view: View, session: Any) -> None:
    """Raises NotFound."""
    if keys.current(session, view.region_id) is None:
        raise NotFound(words.NO_KEY)

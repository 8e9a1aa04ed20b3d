"""Pages on which a region's group takes up what works elsewhere: the list, one of them, its form, what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict, NotFound
from lanzarote.evaluation.public import verdict_of
from lanzarote.kinds import team as group
from lanzarote.kinds.versions import Difference, between, version_lines
from lanzarote.practices.differences import differences
from lanzarote.practices.service import decode as decode_document
from lanzarote.practices.service import document_of, version_document
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, may, require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.transfers import elsewhere, entries, mapping, origin, team, team_form, team_reading, writing
from lanzarote.transfers.model import TRANSFER
from lanzarote.transfers.procedure_pages import changed_procedure
from lanzarote.transfers.words import label_of
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.comparing import compare
from lanzarote.web.refusals import NOT_NOW, NOTHING, number_of, reasons_in, text_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.transfers.origin import Origin
    from lanzarote.types import OriginKind, Transfer, TransferOrigin
    from lanzarote.web.refusals import Refusal

TEAM: Final = "/{lang:str}/{region:str}/team/transfers"
ONE: Final = TEAM + "/{record_id:str}"
DONE: Final[Mapping[str, str]] = {
    "begun": N_("It is proposed to the group. The platform has proposed what answers to what; look through it."),
    "known": N_("It was proposed here already; this is how far it is."),
    "saved": N_("It is saved."),
    "take-up": N_("It is taken up; everybody can read it."),
    "adapt": N_("The draft is made. Adapt it; from here on it goes the usual way."),
    "pilot": N_("It is written down that it is tried out."),
    "adopt": N_("It is adopted."),
    "decline": N_("It is written down that it is not taken up, and why."),
    "reconsider": N_("It is proposed again."),
    "look": N_("It is written down that you have looked at it."),
    "publish": N_("Everybody can read what is new."),
    "withdraw": N_("It is withdrawn: the public no longer reads it."),
    "archive": N_("Archived."),
    "restore": N_("Taken out of the archive."),
    "confirm": N_("It is confirmed: everybody can read it now."),
    "refuse": N_("It is deleted."),
    "meanwhile": group.MEANWHILE,
    "not-now": NOT_NOW,
}


@page(TEAM, may="group.read")
def transfers(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What the region takes up from elsewhere."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        rows = team_reading.listed(view, session)
        asked = len(elsewhere.waiting(session)) if view.may("group.lead") else 0
    return view.render(
        "transfers/team/transfers.html",
        rows=rows,
        asked=asked,
        done=_done(view, request.query_params.get("done", "")),
        search_href=view.instance_href("practices"),
        procedures_href=view.href("team", "transfers", "procedures") if view.may("group.write") else "",
        **group.frame(view, "transfers"),
    )


@page(f"{TEAM}/new", may="group.write")
def new(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What it means to take this practice up, before anything is written."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    return show_new(view, _origin_at(view, request.query_params))


@form(f"{TEAM}/new", may="group.write")
def begin(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Propose it to the group."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    there = _origin_at(view, data)
    verdict = verdict_of(view.instance, there.region)
    if not origin.may_travel(there.kind, verdict):
        return show_new(view, there, status=403)
    proposed = mapping.propose(there, view.vocabulary, url=_address(view, there))
    with view.instance.database.write(view.region_id) as session:
        about: dict[str, Any] = {"verdict": verdict, "today": view.today, "by": view.actor, "at": now()}
        made, fresh = writing.begin(session, view.region_id, proposed, **about)
        record_id = made.id
    return to_transfer(view, record_id, "begun" if fresh else "known")


@page(ONE, may="group.read")
def transfer(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """One transfer: how far it is, what answers to what, what is open."""
    return show(site.view(request, lang, region), record_id, done=request.query_params.get("done", ""))


@page(f"{ONE}/edit", may="group.write")
def editing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form with what the newest version says."""
    view = site.view(request, lang, region)
    said, version = _writable(view, record_id)
    return show_form(view, record_id, said, version, team_form.typed_from(said))


@form(f"{ONE}/edit", may="group.write")
def edit(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Save another version."""
    view = site.view(request, lang, region)
    said, version = _writable(view, record_id)
    try:
        given = entries.applied(said, team_form.read_given(view, data, said))
        with view.instance.database.read(view.region_id) as session:
            earlier = writing.explained_in(session, group.read_record(view, session, TRANSFER, record_id))
        by = view.actor.account_id
        passed = writing.checked(given, view.vocabulary, reasons=reasons_in(data), by=by, earlier=earlier)
        with view.instance.database.write(view.region_id) as session:
            record = group.read_record(view, session, TRANSFER, record_id)
            writing.save(session, record, passed, expected=number_of(data, "version"), by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        read_at, refused = number_of(data, "version"), team.refusal(view, error, data, said)
        return show_form(view, record_id, said, read_at, data, refused)
    except Conflict:
        return show_form(view, record_id, said, version, data, conflict=True)
    except IllegalTransition:
        return show(view, record_id, done="not-now", status=409)
    return to_transfer(view, record_id, "saved")


@page(f"{ONE}/origin", may="group.read")
def became(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """What changed in the origin since it was taken up, or looked at last."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = group.read_record(view, session, TRANSFER, record_id)
        said, status = writing.transfer_of(session, record), writing.status_of(record)
        may_look = bool(may(view.actor, "group.write", subject_of(session, record)))
        title, number = team_reading.title_of(view, said), record.version
        adapted = team_reading.adapted_of(view, session, said.origin.kind, status)
    pair = (said.origin.region, said.origin.record)
    current = origin.now_of(view.instance, {pair}).get(pair)
    taken = said.origin.version
    changes: tuple[Any, ...] = ()
    version = current.version if current else 0
    if current and current.published and pair[0] in view.instance.headers() and version != taken:
        changes = _changed(view, said.origin)
    return view.render(
        "transfers/team/origin.html",
        title=title,
        region_name=view.say(said.origin.region_name),
        changes=changes,
        taken=taken,
        version=version,
        gone=not (current and current.published),
        erased=not said.origin.title,
        adapted=adapted,
        kind=said.origin.kind,
        news=team_reading.news_of(said, status, current),
        may_look=may_look,
        number=number,
        **group.frame(view, "transfers", record_id),
    )


@form(f"{ONE}/origin", may="group.write")
def look(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Write down that somebody has looked at it."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.write(view.region_id) as session:
            record = group.read_record(view, session, TRANSFER, record_id)
            seen, gone = number_of(data, "seen"), bool(text_of(data, "gone"))
            expected = number_of(data, "version")
            writing.look(session, record, version=seen, gone=gone, expected=expected, by=view.actor, at=now())
    except Conflict:
        return show(view, record_id, done="meanwhile", status=409)
    except IllegalTransition:
        return show(view, record_id, done="not-now", status=409)
    return to_transfer(view, record_id, "look")


@page(f"{ONE}/versions", may="group.read")
def versions(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """All versions of a transfer, and what changed between two of them."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = group.read_record(view, session, TRANSFER, record_id)
        lines = version_lines(view, session, record)
        first, last = between(request.query_params, record.version)
        both = [writing.transfer_of(session, record, number) for number in (first, last) if number]
        newest = writing.transfer_of(session, record)
    old, new = (dict(team_reading.said_in(view, one)) for one in both) if len(both) == 2 else ({}, {})
    return view.render(
        "kinds/versions.html",
        lines=lines,
        first=first,
        last=last,
        changes=[
            Difference(
                label=label_of(view, place, newest), pieces=tuple(compare(old.get(place, ""), new.get(place, "")))
            )
            for place in dict.fromkeys((*new, *old))
            if old.get(place, "") != new.get(place, "")
        ],
        title=team_reading.plain_title(view, newest),
        **group.frame(view, "transfers", record_id),
    )


def show(view: View, record_id: str, *, done: str = "", status: int = 200) -> Response[Any]:
    """The page of a transfer."""
    with view.instance.database.read(view.region_id) as session:
        record = group.read_record(view, session, TRANSFER, record_id)
        said, state = writing.transfer_of(session, record), writing.status_of(record)
        told = team_reading.tell(view, session, record, said, state)
        barred = {name: team_reading.barred(view.instance, said.origin, name) for name in ("take-up", "adapt")}
        steps = group.offered(view, session, record, team_reading.STEPS, state.state, barred)
        context = {
            "told": told,
            "steps": steps,
            "explained": group.explained(
                view, writing.told_of(session, record), lambda place: label_of(view, place, said)
            ),
            "record": {"state": record.state, "unread": record.published_version not in (None, record.version)},
        }
    return view.render(
        "transfers/team/transfer.html",
        status=status,
        done=_done(view, done),
        meanwhile=done in ("meanwhile", "not-now"),
        trail_href=_trail(view, said),
        **context,
        **group.frame(view, "transfers", record_id),
    )


def show_new(view: View, there: Origin, *, status: int = 200) -> Response[Any]:
    """The page before it is proposed: what the platform would propose, and what is open, or why it has to wait."""
    proposed = mapping.propose(there, view.vocabulary, url=_address(view, there))
    with view.instance.database.read(view.region_id) as session:
        known = writing.find(session, view.region_id, there.region, there.record)
        known_id = known.id if known else ""
    return view.render(
        "transfers/team/new.html",
        status=status,
        kind=there.kind,
        waits=not origin.may_travel(there.kind, verdict_of(view.instance, there.region)),
        title=team_reading.title_of(view, proposed),
        plain=team_reading.plain_title(view, proposed),
        region_name=view.say(proposed.origin.region_name),
        unjudged=team_reading.is_unjudged(view.instance, there.region),
        taken_from=f"{there.region}/{there.slug}",
        sectors=len(proposed.sectors),
        provisions=len(proposed.provisions),
        questions=len(proposed.questions),
        open=[label_of(view, one.place, proposed) for one in mapping.open_points(proposed) if one.kind != "question"],
        known_href=view.href("team", "transfers", known_id) if known_id else "",
        origin_href=team_reading.page_of(view, there.kind, there.region, there.slug),
        **group.frame(view, "transfers"),
    )


def show_form(
    view: View,
    record_id: str,
    said: Transfer,
    version: int,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    conflict: bool = False,
) -> Response[Any]:
    """The form with everything in it."""
    return view.render(
        "transfers/team/form.html",
        status=409 if conflict else 400 if refused.errors else 200,
        title=team_reading.title_of(view, said),
        plain=team_reading.plain_title(view, said),
        typed=typed,
        refused=refused,
        conflict=conflict,
        version=version,
        tongues=view.tongues(),
        longest=entries.LONGEST,
        **team_form.rows(view, said, typed),
        **group.frame(view, "transfers", record_id),
    )


def to_transfer(view: View, record_id: str, done: str) -> Response[Any]:
    return group.redirect(view.href("team", "transfers", record_id, query={"done": done}))


def record_and_transfer(view: View, session: Session, record_id: str) -> tuple[Record, Transfer]:
    record = group.read_record(view, session, TRANSFER, record_id)
    return record, writing.transfer_of(session, record)


def _done(view: View, key: str) -> str:
    return view._(DONE[key]) if key in DONE else ""


def _writable(view: View, record_id: str) -> tuple[Transfer, int]:
    """What the newest version says, and its number. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record, said = record_and_transfer(view, session, record_id)
        require(view.actor, "group.write", subject_of(session, record))
        return said, record.version


def _origin_at(view: View, asked: Mapping[str, Any]) -> Origin:
    """What is to be taken up. Raises NotFound."""
    place, _, slug = text_of(asked, "from").partition("/")
    kind: OriginKind = "procedure" if text_of(asked, "kind") == "procedure" else "practice"
    if not slug or place == view.region_id:
        raise NotFound(origin.OWN if slug else origin.NO_SUCH)
    record_id = origin.id_at(view.instance, place, slug, kind)
    return origin.read_origin(view.instance, place, record_id, kind=kind)


def _address(view: View, there: Origin) -> str:
    """Where its own region shows it; if that is not known, where it is read on this site.

    By its id, which leads there whatever it is called, and says nothing of what it is called.
    """
    if own := origin.own_address(view.instance, there, team_reading.ROOMS[there.kind]):
        return own
    if page := team_reading.page_of(view, there.kind, there.region, there.record):
        return view.absolute(page)
    header = view.instance.header(there.region)
    return view.absolute(view.region_href(header, team_reading.ROOMS[there.kind], there.record, "travels"))


def _trail(view: View, said: Transfer) -> str:
    """Where everybody sees how the origin has travelled; empty where it is not on this site."""
    header = view.instance.headers().get(said.origin.region)
    room = team_reading.ROOMS[said.origin.kind]
    return view.region_href(header, room, said.origin.slug, "travels") if header and said.origin.slug else ""


def _changed(view: View, said: TransferOrigin) -> tuple[Any, ...]:
    """The origin as it is now beside the version that was taken up, in the origin's own words."""
    there = View(view.site, view.request, view.lang, view.instance.header(said.region))
    if said.kind == "procedure":
        return changed_procedure(there, said)
    present = decode_document(document_of(view.instance.database, said.region, said.record))
    try:
        with view.instance.database.read(said.region) as session:
            before, _ = version_document(session, present.slug, said.version)
    except NotFound:
        return ()
    return differences(there, before, present)


handlers = (
    transfers,
    new,
    begin,
    transfer,
    editing,
    edit,
    became,
    look,
    versions,
)

"""Pages on which a group takes up what works elsewhere: proposed, answered, compared with what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import Conflict, NotFound
from lanzarote.evaluation.public import verdict_of
from lanzarote.kinds import team as group
from lanzarote.kinds.drafting import is_own
from lanzarote.kinds.form import typed_from
from lanzarote.kinds.record_pages import checked, found, plain_title, refusal, show, title_of, to_record
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.versions import differences
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.service import decode as decode_document
from lanzarote.practices.service import document_of, sheet_of, version_document
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, may, require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import LONGEST_REASON, Faulty, Identifying
from lanzarote.transfers import answers, mapping, origin, reading, writing
from lanzarote.transfers.kind import TRANSFERS
from lanzarote.transfers.pages import procedure_title
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region, page_and_form
from lanzarote.web.refusals import NOTHING, number_of, text_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.kinds.versions import Difference
    from lanzarote.procedures.documents import ProcedureDocument
    from lanzarote.transfers.origin import Origin
    from lanzarote.types import OriginKind, Transfer, TransferOrigin
    from lanzarote.web.refusals import Refusal

TEAM: Final = "/{lang:str}/{region:str}/team/transfers"
ONE: Final = TEAM + "/{record_id:str}"


class Row(Struct, frozen=True, kw_only=True):
    """A procedure of another region."""

    title: Markup
    region: str
    page_href: str
    href: str
    """Where it is taken up; empty: it has to wait."""


# Before it is proposed


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
    return to_record(TRANSFERS, view, record_id, "begun" if fresh else "known")


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
        title=title_of(TRANSFERS, view, proposed),
        plain=plain_title(TRANSFERS, view, proposed),
        region_name=view.say(proposed.origin.region_name),
        unjudged=reading.is_unjudged(view.instance, there.region),
        taken_from=f"{there.region}/{there.slug}",
        sectors=len(proposed.sectors),
        provisions=len(proposed.provisions),
        questions=len(proposed.questions),
        open=[
            TRANSFERS.label_of(view, one.place, content=proposed)
            for one in mapping.open_points(proposed)
            if one.kind != "question"
        ],
        known_href=view.href("team", "transfers", known_id) if known_id else "",
        origin_href=reading.page_of(view, there.kind, there.region, there.slug),
        **group.frame(view, "transfers"),
    )


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
    if own := origin.own_address(view.instance, there, reading.ROOMS[there.kind]):
        return own
    if page := reading.page_of(view, there.kind, there.region, there.record):
        return view.absolute(page)
    header = view.instance.header(there.region)
    return view.absolute(view.region_href(header, reading.ROOMS[there.kind], there.record, "travels"))


# What can be taken up


@page(f"{TEAM}/procedures", may="group.write")
def takeable(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Procedures of all other regions on this site: which can be taken up here, which have to wait."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    rows = [
        row for region_id in view.instance.headers() if region_id != view.region_id for row in _rows(view, region_id)
    ]
    return view.render(
        "transfers/team/procedures.html",
        rows=sorted(rows, key=lambda row: (not row.href, view.sort_key(row.region))),
        **group.frame(view, "transfers"),
    )


def _rows(view: View, region_id: str) -> list[Row]:
    found = origin.in_force(view.instance, region_id)
    opened = origin.may_travel("procedure", verdict_of(view.instance, region_id)) if found else False
    return [
        Row(
            title=procedure_title(view, one),
            region=view.say(view.instance.header(region_id).name),
            page_href=reading.page_of(view, "procedure", region_id, one.slug),
            href=_take_up_href(view, one) if opened else "",
        )
        for one in found
    ]


def _take_up_href(view: View, one: ProcedureDocument) -> str:
    query = {"from": f"{one.region}/{one.slug}", "kind": "procedure"}
    return view.href("team", "transfers", "new", query=query)


# What is answered and matched


def edit(view: View, record_id: str) -> Response[Any]:
    """The form with what the newest version says."""
    said, version = _writable(view, record_id)
    return show_form(view, record_id, said, version, typed_from(TRANSFERS.shapes, said))


def save(view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save another version."""
    said, version = _writable(view, record_id)
    sent = SentForm(data)
    given = answers.applied(said, answers.read_given(view, sent, said))
    try:
        passed = checked(TRANSFERS, view, given, (), sent, record_id)
        with view.instance.database.write(view.region_id) as session:
            record = found(TRANSFERS, view, session, record_id)
            writing.save(session, record, passed, expected=sent.version, by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        refused = refusal(TRANSFERS, view, error, sent, content=said)
        return show_form(view, record_id, said, sent.version, sent, refused)
    except Conflict:
        apart = differences(TRANSFERS, view, said, given)
        return show_form(view, record_id, said, version, sent, apart=apart)
    except IllegalTransition:
        return show(TRANSFERS, view, record_id, done="not-now", status=409, data=sent)
    return to_record(TRANSFERS, view, record_id, "saved")


def show_form(
    view: View,
    record_id: str,
    said: Transfer,
    version: int,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    apart: Sequence[Difference] | None = None,
) -> Response[Any]:
    """The form with everything in it; *apart*: where what somebody else saved meanwhile differs."""
    return view.render(
        "transfers/team/form.html",
        status=400 if refused.errors else 200 if apart is None else 409,
        title=title_of(TRANSFERS, view, said),
        plain=plain_title(TRANSFERS, view, said),
        typed=typed,
        refused=refused,
        apart=apart,
        own=apart is not None and is_own(view, record_id, number_of(typed, "version")),
        version=version,
        tongues=view.tongues(),
        longest=LONGEST_REASON,
        **answers.rows(view, said, typed),
        **group.frame(view, "transfers", record_id),
    )


def _writable(view: View, record_id: str) -> tuple[Transfer, int]:
    """What the newest version says, and its number. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(TRANSFERS, view, session, record_id)
        require(view.actor, "group.write", subject_of(session, record))
        return writing.transfer_of(session, record), record.version


# What became of the origin


@page(f"{ONE}/origin", may="group.read")
def became(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """What changed in the origin since it was taken up, or looked at last."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = found(TRANSFERS, view, session, record_id)
        said, status = writing.transfer_of(session, record), writing.status_of(record)
        may_look = bool(may(view.actor, "group.write", subject_of(session, record)))
        title, number = title_of(TRANSFERS, view, said), record.version
        adapted = reading.adapted_of(view, session, said.origin.kind, status)
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
        news=reading.news_of(said, status, current),
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
            record = found(TRANSFERS, view, session, record_id)
            seen, gone = number_of(data, "seen"), bool(text_of(data, "gone"))
            expected = number_of(data, "version")
            writing.look(session, record, version=seen, gone=gone, expected=expected, by=view.actor, at=now())
    except Conflict:
        return show(TRANSFERS, view, record_id, done="meanwhile", status=409)
    except IllegalTransition:
        return show(TRANSFERS, view, record_id, done="not-now", status=409)
    return to_record(TRANSFERS, view, record_id, "look")


def _changed(view: View, said: TransferOrigin) -> tuple[Any, ...]:
    """The origin as it is now beside the version that was taken up, in the origin's own words."""
    there = View(view.site, view.request, view.lang, view.instance.header(said.region))
    if said.kind == "procedure":
        return _changed_procedure(there, said)
    present = decode_document(document_of(view.instance.database, said.region, said.record))
    try:
        with view.instance.database.read(said.region) as session:
            before, _ = version_document(session, present.slug, said.version)
    except NotFound:
        return ()
    return differences(PRACTICES, there, sheet_of(before), sheet_of(present))


def _changed_procedure(there: View, said: TransferOrigin) -> tuple[Difference, ...]:
    """The origin as it is released now beside the version that was taken up, step by step; *there*: in its words."""
    known = origin.released_procedures(there.instance, said.region)
    present = next((one.procedure for one in known if one.id == said.record), None)
    before = origin.text_of(there.instance, said.region, said.record, said.version)
    if present is None or before is None:
        return ()
    return differences(PROCEDURES, there, before, present)


handlers = (
    new,
    begin,
    takeable,
    *page_and_form(f"{ONE}/edit", "group.write", edit, save),
    became,
    look,
)

"""Accepting an amendment: what it would make of the improvement is looked at first, as if somebody had saved it so.

Packages are asked before the transaction, and where the improvement has a newer text, both are put together by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response

from lanzarote.errors import Conflict
from lanzarote.improvements import amendments, improvement_kind, service
from lanzarote.improvements.amendments import AcceptingAmendment
from lanzarote.improvements.amendments_entry import ACCEPT, AMENDMENTS, AmendmentItem, item, page
from lanzarote.improvements.entries_frame import FRAMES, IMPROVEMENTS, TEAM, frame
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.service import Known
from lanzarote.kinds import entries, entry_pages, team
from lanzarote.kinds.contents import written_in
from lanzarote.kinds.entry_api import address_of, etag_of
from lanzarote.kinds.form import read
from lanzarote.kinds.organisations import nameable
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.service import faults_of, let_through
from lanzarote.kinds.wording import label_of as called
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import may, require, subject_of
from lanzarote.records.records import Record, body_of, decode, now
from lanzarote.records.save_checks import Objected, Said, asked, checks_for
from lanzarote.records.validation import Fault, Faulty, Identifying
from lanzarote.types.improvements import Improvement
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.changing import Sent, change, done
from lanzarote.web.refusals import NOTHING, Refusal
from lanzarote.web.refusals import written_in as written_in_form
from lanzarote.web.resources import REGION, Answer
from lanzarote.web.routes import form as form_at
from lanzarote.web.routes import page as page_at
from lanzarote.web.site import View
from lanzarote.web.working_records import id_of, overrides_of, reasons_of, refuse_disclosure, working

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.improvements.model import Amendment
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.records.save_checks import Place


def weighed(
    instance: Instance,
    region_id: str,
    record_id: str,
    key: str,
    given: AcceptingAmendment,
    *,
    reasons: Mapping[tuple[str, str], str],
    let_pass: Mapping[Place, str],
    by: Actor,
) -> Said:
    """What packages say of the text that would result; *let_pass*: why it is to hold although one objects.

    Asked before the transaction that accepts it, which refuses whatever changed since. Raises Faulty, Identifying,
    Objected, NotFound.
    """
    words = instance.vocabulary(region_id)
    if given.text is not None:
        texts = [one for one in ACCEPT.shapes if one.name == "text"]
        let_through(texts, given, words, reasons=reasons, by=by.account_id)
        amendments.require_needed(amendments.tidy(given.text))
    with instance.database.read(region_id) as session:
        record = session.get_one(Record, (region_id, record_id))
        row = entries.find(AMENDMENTS, session, record, key)
        moved_on = record.version != given.version or (given.text is None and row.base != given.version)
        if moved_on or row.state != "open" or not may(by, "group.lead", subject_of(session, record)):
            return Said()  # why it is not accepted is said where it would be
        before = decode(body_of(session, record, record.version), Improvement)
        content = amendments.amended(before, row.language, amendments.text_of(given, row))
        records = service.known_ids(session, content, before, by=by)
        checks = checks_for(instance, session, region_id, IMPROVEMENT, record, by=by, reasons=let_pass)
    known = Known(
        organisations=nameable(instance, region_id, record_id),
        records=records,
        vocabulary=words,
        today=instance.today(region_id),
    )
    if faults := faults_of(improvement_kind.IMPROVEMENTS, content, known):
        raise Faulty(faults)
    return asked(checks, words.header, content, by=by.account_id)


# Its page


def show(
    view: View,
    record_id: str,
    key: str,
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    *,
    said: str = "",
) -> Response[Any]:
    """The form; *said*: why nothing was done. Raises NotFound, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, IMPROVEMENT, record_id)
        require(view.actor, ACCEPT.may, subject_of(session, record))
        row = entries.find(AMENDMENTS, session, record, key)
        if why := ACCEPT.stops(record, row):
            if data is None:
                return entry_pages.show(AMENDMENTS, view, record_id, key, said=why, status=409)
            return _show_late(view, record_id, key, data, said or why, frame(view, session, record))
        typed = {**ACCEPT.holds(view, session, record, row), **(data or {})}
        one = entry_pages.asking(AMENDMENTS, ACCEPT, view, session, record, row, typed, refused, fresh=False)
        current = row.base == record.version
        shown = frame(view, session, record) | page(view, session, record, row)
    one = msgspec.structs.replace(one, form="")  # it is made of two texts that may change: nothing of it is kept
    if current:
        one = msgspec.structs.replace(one, controls=tuple(part for part in one.controls if part.name != "text"))
    return view.render(
        "improvements/talk/accepting.html",
        status=409 if said else 400 if refused.errors else 200,
        frame=FRAMES["form"],
        one=one,
        back=view.href(*TEAM, record_id, AMENDMENTS.place, key),
        tab=AMENDMENTS.place,
        refused=refused,
        done=view._(said) if said else "",
        meanwhile=bool(said),
        **shown,
    )


def _show_late(
    view: View, record_id: str, key: str, data: Mapping[str, Any], said: str, shown: Mapping[str, Any]
) -> Response[Any]:
    """Why it can no longer be accepted, and what was written, for its writer to copy."""
    return view.render(
        "improvements/team/accepted_late.html",
        status=409,
        frame=FRAMES["form"],
        label=view._(ACCEPT.label),
        back=view.href(*TEAM, record_id, AMENDMENTS.place, key),
        tab=AMENDMENTS.place,
        done=view._(said),
        meanwhile=True,
        written=written_in_form(data),
        **shown,
    )


def take(view: View, record_id: str, key: str, data: Mapping[str, Any]) -> Response[Any]:
    """Accept it; say why not in the form."""
    with view.instance.database.read(view.region_id) as session:
        require(view.actor, ACCEPT.may, subject_of(session, team.read_record(view, session, IMPROVEMENT, record_id)))
    sent = SentForm(data)
    try:
        given = read(view, ACCEPT.shapes, sent, AcceptingAmendment)
        about: dict[str, Any] = {"reasons": sent.reasons, "let_pass": sent.let_pass, "by": view.actor}
        try:
            said = weighed(view.instance, view.region_id, record_id, key, given, **about)
        except Faulty as error:
            raise Faulty([_of_whole(view, one) for one in error.faults]) from None
        with view.instance.database.write(view.region_id) as session:
            record = team.read_record(view, session, IMPROVEMENT, record_id)
            offered: dict[str, Any] = {"given": given, "known": said, "vocabulary": view.vocabulary}
            entries.perform(AMENDMENTS, ACCEPT, session, record, key, by=view.actor, at=now(), **offered)
    except (Faulty, Identifying, Objected) as error:
        return show(view, record_id, key, sent, _refused(view, error, sent))
    except (Conflict, IllegalTransition) as error:
        # What was written stays in the form, as long as the amendment can be decided at all.
        typed = {field: text for field, text in sent.items() if field != "version"}
        words = str(error) if isinstance(error, Conflict) else AMENDMENTS.changed
        return show(view, record_id, key, typed, said=words)
    return team.redirect(view.href(*TEAM, record_id, AMENDMENTS.place, key, query={"done": ACCEPT.name}))


def _of_whole(view: View, one: Fault) -> Fault:
    """A fault of the improvement, told where the form has no field for it."""
    if one.field.startswith("text.") and one.field.count(".") == 1:
        return one
    words = f"{improvement_kind.IMPROVEMENTS.label_of(view, one.field)} – {view._(one.text) % {'value': one.value}}"
    return Fault(field="reason", text=words.replace("%", "%%"))


def _refused(view: View, error: Faulty | Identifying | Objected, data: Mapping[str, Any]) -> Refusal:
    def label(place: str) -> str:
        return called(view, ACCEPT.shapes, place) or improvement_kind.IMPROVEMENTS.label_of(view, place)

    told = team.refusal(view, error, data, label)
    if not isinstance(error, Objected):
        return told
    # The form has no field of the improvement's own: what is wrong leads to where it is let pass, or to the reason.
    place = told.overriding[0].name if told.overriding else "reason"
    errors = tuple(one if one["field"].startswith("override[") else one | {"field": place} for one in told.errors)
    return msgspec.structs.replace(told, errors=errors)


_PATH = "/{lang:str}/{region:str}/team/improvements/{record_id:str}/amendments/{amendment:str}/accept"


@page_at(_PATH, may=ACCEPT.may)
def accepting(request: Asked, lang: Lang, region: Region, record_id: Id, amendment: Id, site: OurSite) -> Response[Any]:
    return show(site.view(request, lang, region), record_id, amendment)


@form_at(_PATH, may=ACCEPT.may)
def accept(
    request: Asked, lang: Lang, region: Region, record_id: Id, amendment: Id, site: OurSite, data: Data
) -> Response[Any]:
    return take(site.view(request, lang, region), record_id, amendment, data)


# Its resource


@change(
    "POST", f"{address_of(AMENDMENTS)}/accept", tag=AMENDMENTS.api.tag, may=ACCEPT.may, body=AcceptingAmendment,
    names=(REGION, id_of(IMPROVEMENT), AMENDMENTS.key), match=True, answers=AmendmentItem,
    largest=AMENDMENTS.api.largest,
)  # fmt: skip
def accept_amendment(sent: Sent, body: AcceptingAmendment) -> Answer:
    """Let its text be the improvement's next version."""
    with sent.instance.database.read(sent["region"]) as session:
        working(sent, session, IMPROVEMENTS)
    let_pass = overrides_of(body.let_pass)
    texts = (text for place, text in written_in(ACCEPT.shapes, body) if place != "reason")
    refuse_disclosure(sent.vocabulary, *texts, *let_pass.values())
    about: dict[str, Any] = {"reasons": reasons_of(body.reasons), "let_pass": let_pass, "by": sent.actor}
    said = weighed(sent.instance, sent["region"], sent["improvement"], sent["amendment"], body, **about)

    def unchanged(row: Amendment) -> None:
        sent.require_match(etag_of(AMENDMENTS, row))

    def do(session: Session) -> Answer:
        record = working(sent, session, IMPROVEMENTS)
        offered: dict[str, Any] = {"given": body, "known": said, "vocabulary": sent.vocabulary, **sent.signed}
        row = entries.perform(AMENDMENTS, ACCEPT, session, record, sent["amendment"], unchanged=unchanged, **offered)
        return done(item(sent, session, row), etag=etag_of(AMENDMENTS, row), about=record.id)

    return sent.once(do)

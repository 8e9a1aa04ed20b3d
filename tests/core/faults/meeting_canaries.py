"""Meetings whose every word is somebody's: the group's, or everybody's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from lanzarote.kinds import service
from lanzarote.kinds.service import Checked
from lanzarote.meetings import inviting, mandates, writing
from lanzarote.meetings.documents import AnsweringInvitation, Approving, ShowingMinutes
from lanzarote.meetings.kind import MEETINGS
from lanzarote.meetings.service import meeting_of
from lanzarote.records.drafts import Reason
from lanzarote.records.validation import read_as
from lanzarote.types import Meeting, Objective

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.core.faults.canaries import Land

THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)
DAY = date(2031, 5, 12)


def meet(land: Land, region: str) -> None:
    """One whose minutes the group keeps, one whose minutes it shows, a public seminar, one that is cancelled."""
    group = land.group(region)
    head, lang = land.who("coordinator", region), land.instance.header(region).languages[0]
    stakeholder, words = land.instance.directory(region)[0].id, land.instance.vocabulary(region)

    def word(what: str, readers: Iterable[str] = group) -> str:
        return land.canary(what, readers)

    def begin(name: str, body: dict[str, Any]) -> str:
        reason = Reason(field="place", code="name", text=word("why something in a meeting stays"), by=head.account_id)
        meeting = read_as({"original": lang, "day": DAY.isoformat(), "organisations": [stakeholder]} | body, Meeting)
        given = Checked(content=meeting, reasons=(reason,), slug=f"meeting-{name}")
        with land.instance.database.write(region) as session:
            made = service.begin(MEETINGS, session, region, given, by=head, at=THEN).id
        land.meetings[region][name] = made
        return made

    def held(name: str) -> Any:
        return land._held(region, land.meetings[region][name])

    def noted() -> dict[str, Any]:
        texts = {name: word(f"{name} of a meeting") for name in ("title", "purpose", "found", "next_steps")}
        return {
            "kind": "working",
            "text": {lang: texts},
            "place": word("place of a meeting"),
            "link": f"https://{word('where a group meets online')}.example",
            "agenda": [{"title": {lang: word("a point of the agenda")}}],
            "present": [{"name": word("who was there"), "roles": word("roles of who was there")}],
            "outcomes": [{"text": {lang: word("what was decided")}}],
        }

    for name, readers in (("kept", group), ("shown", frozenset({"visitor"}))):
        body = noted()
        if name == "shown":
            body["text"][lang]["title"] = word("title of a meeting whose minutes are shown", readers)
        begin(name, body)
        begin(f"{name} later", {"kind": "working", "text": {lang: {"title": word("title of a later meeting")}}})
        for one in (name, f"{name} later"):
            with held(one) as (session, record):
                writing.note_held(session, record, today=DAY, by=head, at=THEN)
        with held(name) as (session, record):
            texts = {lang: word(f"minutes that are {name}", readers)}
            writing.draft_minutes(session, record, texts, expected=record.version, by=head, at=THEN)
        with held(name) as (session, record):
            prepared = Checked(content=meeting_of(session, record), slug="x")
            given = Approving(
                meeting=land.meetings[region][f"{name} later"],
                group=word("who approved minutes"),
                changed=word("what was changed in minutes"),
            )
            about: Any = {"expected": record.version, "by": head, "at": THEN}
            writing.approve(session, record, words, prepared=prepared, given=given, **about)
    with held("shown") as (session, record):
        shown = ShowingMinutes(said=word("where the group said so"))
        writing.show_minutes(session, record, words, given=shown, by=head, at=THEN)
    everybody = frozenset({"visitor"})
    open_words = {name: word(f"{name} of a seminar", everybody) for name in ("title", "purpose")}
    body = noted() | {"kind": "seminar", "place": word("place of a seminar", everybody)}
    body["text"] = {lang: body["text"][lang] | open_words}
    body["agenda"] = [{"title": {lang: word("a point of a seminar", everybody)}}]
    begin("seminar", body)
    begin("cancelled", noted())
    for name in ("seminar", "cancelled"):
        with held(name) as (session, record):
            writing.announce(session, record, words, expected=record.version, today=DAY, by=head, at=THEN)
    with held("seminar") as (session, record):
        inviting.answer(
            session,
            record,
            words,
            given=AnsweringInvitation(stakeholder=stakeholder, answer="comes", who=word("who comes")),
            by=head,
            at=THEN,
        )
    with held("seminar") as (session, record):
        writing.publish(session, record, expected=record.version, by=head, at=THEN)
    with held("cancelled") as (session, record):
        writing.cancel(
            session, record, words, reason=f"Parce que {word('why a meeting is cancelled')}", by=head, at=THEN
        )
    with held("kept") as (session, record):
        objective = Objective(key="identify", text={lang: word("an objective", everybody)})
        title = {lang: word("title of a mandate", everybody)}
        adopted = mandates.adopt(
            session, record, words, title=title, objectives=(objective,), since=DAY, by=head, at=THEN
        )
        land.mandates[region] = adopted.id

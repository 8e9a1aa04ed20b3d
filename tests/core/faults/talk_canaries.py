"""What the group of a region says about an improvement: words that its group reads, and nobody else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from lanzarote.improvements import actions, amendments, comments
from lanzarote.improvements.actions import Planning, Reporting
from lanzarote.improvements.comments import Commenting, Hiding
from lanzarote.improvements.model import IMPROVEMENT, Amendment, Comment, ImprovementState, ImprovementStatus
from lanzarote.records import records
from lanzarote.records.drafts import Reason
from lanzarote.records.records import Draft, Record, encode, now
from lanzarote.types.improvements import Improvement, ImprovementText
from msgspec import Struct

if TYPE_CHECKING:
    from lanzarote.records.permissions import Actor

    from tests.core.faults.canaries import Land


class Talk(Struct, frozen=True, kw_only=True):
    """Where it stands."""

    improvement: str
    comments: tuple[str, ...]


def talk_of(land: Land, region: str) -> Talk:
    """Let the group of *region* talk, amend and plan."""
    group = land.team(region) | {f"representative {region}"}
    canary, lang = land.canary, land.instance.header(region).languages[0]
    writer, head, words = (
        land.who("contributor", region),
        land.who("coordinator", region),
        land.instance.vocabulary(region),
    )
    text = ImprovementText(
        title=canary("the title of an improvement", group), proposal=canary("the proposal of an improvement", group)
    )
    body = encode(Improvement(original=lang, text={lang: text}))
    status = encode(ImprovementStatus(state="discussed"))
    with land.instance.database.write(region) as session:
        draft = Draft(kind=IMPROVEMENT, slug="improvement", body=body, status=status)
        [made] = records.create(session, region, [draft], by=writer.account_id)

    def say(what: str, readers: frozenset[str] | set[str], to: str = "", about: int = 0) -> str:
        why = Reason(field="text", code="name", text=canary(f"why {what} stays", readers), by="x")
        given = Commenting(text=canary(what, readers), amendment=about or None)
        with land.instance.database.write(region) as session:
            record = session.get_one(Record, (region, made))
            row = session.get(Comment, (region, made, to)) if to else None
            about_it: dict[str, Any] = {"by": writer, "at": now(), "language": lang}
            return comments.say(session, record, row=row, given=given, reasons=(why,), **about_it).id

    def move(state: ImprovementState) -> None:
        with land.instance.database.write(region) as session:
            session.get_one(Record, (region, made)).status = encode(ImprovementStatus(state=state))

    first = say("a comment", group)
    answer = say("an answer", group, first)
    own = {f"contributor {region}", f"coordinator {region}"}
    hidden = say("a hidden comment", own, first)
    with land.instance.database.write(region) as session:
        record = session.get_one(Record, (region, made))
        reason = canary("why a comment was hidden", own)
        row = session.get_one(Comment, (region, made, hidden))
        comments.hide(session, record, words, row=row, given=Hiding(reason=f"Parce que {reason}"), by=head, at=now())
    changed = amendments.AmendedText(
        title=text.title or "", means="Un registre.", proposal=canary("an amended text", group)
    )
    stays = Reason(field="why", code="name", text=canary("why an amendment stays", group), by="x")
    why = canary("why it is amended", group)
    proposed = amendments.Amending(base=1, language=lang, text=changed, why=why)
    with land.instance.database.write(region) as session:
        record = session.get_one(Record, (region, made))
        said: dict[str, Any] = {"reasons": (stays,), "by": writer, "at": now(), "language": lang}
        number = amendments.propose(session, record, given=proposed, **said).number
    about = say("a comment on an amendment", group, about=number)
    with land.instance.database.write(region) as session:
        record = session.get_one(Record, (region, made))
        refused = canary("why an amendment was refused", group)
        amendment = session.get_one(Amendment, (region, made, number))
        given = amendments.Refusing(reason=f"Parce que {refused}")
        amendments.refuse(session, record, words, row=amendment, given=given, by=head, at=now())
    move("adopted")
    _act(land, region, made, head, canary("an action", group), canary("a note on an action", group), lang)
    return Talk(improvement=made, comments=(first, answer, hidden, about))


def _act(land: Land, region: str, improvement: str, head: Actor, what: str, note: str, lang: str) -> None:
    doer = land.instance.directory(region)[0].id
    planned = Planning(what=what, stakeholder=doer, due_on=date(2031, 1, 1))
    about: dict[str, Any] = {"by": head, "at": now(), "language": lang}
    with land.instance.database.write(region) as session:
        record = session.get_one(Record, (region, improvement))
        one = actions.plan(session, record, given=planned, known={doer: doer}, today=date.min, **about)
        actions.report(session, record, row=one, given=Reporting(progress="under-way", note=note), **about)

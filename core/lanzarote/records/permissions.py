"""Who may do what: one table of rules, from which the check of one record and the SQL filter of a list both come.

Nobody may do what no rule says. A rule gives a role an action *somewhere*; a bar takes it from whoever has a part in
the very thing, whatever their roles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import msgspec
from msgspec import Struct
from sqlalchemy import and_, exists, false, or_, true

from lanzarote.errors import NotPermitted
from lanzarote.records.records import Involved, Named, Record
from lanzarote.runtime.reading import LateDecoder
from lanzarote.store.bulk import rows_of
from lanzarote.translation.catalogues import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.records.kinds import RecordKind
    from lanzarote.store.database import Database

Role = Literal["representative", "contributor", "reviewer", "coordinator", "office", "administrator"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
EVERYWHERE: Final = ""
"""Region of a grant that belongs to the instance: office and administrator."""
OF_INSTANCE: Final = frozenset({"office", "administrator"})
STRONG: Final = frozenset({"coordinator", "office", "administrator"})
"""Roles that count only in a session with a second factor."""

Action = Literal[
    "practice.read",
    "practice.write",
    "practice.assess",
    "practice.publish",
    "practice.decide",
    "practice.withdraw",
    "practice.override",
    "stakeholder.read",
    "stakeholder.write",
    "stakeholder.publish",
    "stakeholder.decide",
    "record.erase",
    "group.read",
    "group.write",
    "group.speak",
    "group.lead",
    "task.read",
    "task.finish",
    "activity.read",
    "note.write",
    "person.read",
    "person.grant",
    "person.close",
    "plugin.switch",
    "results.receive",
]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

Where = Literal["own", "asked", "represented", "region", "instance"]
"""own: what one has written; asked: what one was asked to assess; represented: the stakeholder one speaks for."""

RULES: Final[Mapping[Action, Mapping[Role, Where]]] = {
    "practice.read": {
        "representative": "own",
        "contributor": "region",
        "reviewer": "region",
        "coordinator": "region",
    },
    "practice.write": {"representative": "own", "contributor": "region", "coordinator": "region"},
    "practice.assess": {"reviewer": "asked", "coordinator": "asked"},
    "practice.publish": {"reviewer": "region", "coordinator": "region"},
    "practice.decide": {"coordinator": "region"},
    "practice.withdraw": {"coordinator": "region"},
    "practice.override": {"coordinator": "region"},
    "stakeholder.read": {
        "representative": "represented",
        "contributor": "region",
        "reviewer": "region",
        "coordinator": "region",
    },
    "stakeholder.write": {"representative": "represented", "contributor": "region", "coordinator": "region"},
    "stakeholder.publish": {"reviewer": "region", "coordinator": "region"},
    "stakeholder.decide": {"coordinator": "region"},
    "record.erase": {"coordinator": "region"},
    "group.read": {
        "representative": "region",
        "contributor": "region",
        "reviewer": "region",
        "coordinator": "region",
    },
    "group.write": {"representative": "region", "contributor": "region", "coordinator": "region"},
    "group.speak": {"representative": "represented"},
    "group.lead": {"coordinator": "region"},
    "task.read": {"contributor": "region", "reviewer": "region", "coordinator": "region"},
    "task.finish": {"coordinator": "region"},
    "activity.read": {"coordinator": "region", "administrator": "instance"},
    "note.write": {"coordinator": "region"},
    "person.read": {"coordinator": "region", "office": "instance", "administrator": "instance"},
    "person.grant": {"coordinator": "region", "administrator": "instance"},
    "person.close": {"administrator": "instance"},
    "plugin.switch": {"coordinator": "region", "administrator": "instance"},
    "results.receive": {"office": "instance", "administrator": "instance"},
}

OF_GROUP: Final[frozenset[Action]] = frozenset({"group.read", "group.write"})
"""What belongs to those who take part, of all bodies alone."""

Part = Literal["author", "submitter", "asked"]
Bar = Literal["author", "submitter", "named", "self"]
"""author: wrote in it; submitter: handed in its working version; named: it names, or is about, whom one works for;
self: it is one's own account."""

BARS: Final[Mapping[Action, tuple[Bar, ...]]] = {
    "practice.publish": ("submitter", "named"),
    "practice.decide": ("submitter",),
    "practice.assess": ("author", "submitter", "named"),
    "stakeholder.publish": ("submitter", "named"),
    "person.grant": ("self",),
    "person.close": ("self",),
}

NOT_SIGNED_IN = N_("Sign in first.")
NO_RULE = N_("None of your roles here allows this.")
NOT_HERE = N_("Your roles allow this in another region, not in this one.")
NOT_YOURS = N_("Your role allows this only for what you wrote, were asked to assess, or speak for.")
WEAK = N_("Your role allows this, but only after you have signed in with a second factor.")
NOT_IN_GROUP = N_("Your organisation does not take part in the group.")
LIMITED = N_("The token you use does not allow this.")
BARRED: Final[Mapping[Bar, str]] = {
    "author": N_("You wrote in it; somebody else has to assess it."),
    "submitter": N_("You submitted it; nobody publishes alone what they submitted."),
    "named": N_("It names the organisation you work for, or is about it; somebody from elsewhere has to look at it."),
    "self": N_("Nobody changes their own roles or closes their own account; somebody else has to."),
}


class Grant(Struct, frozen=True, kw_only=True):
    """A role somewhere."""

    role: Role
    region_id: str = EVERYWHERE
    stakeholder_id: str = ""
    """The organisation the person works or speaks for in this region."""
    outside: bool = False
    """That organisation does not take part in the group: who only speaks for it does not read what the group says."""
    gone: bool = False
    """There is no such organisation, or no longer: nobody speaks for it."""


class _Status(Struct):
    relation: str = "cited"


_status = LateDecoder(_Status)


def is_outside(role: str, status: bytes | None) -> bool:
    """Whether who has *role* for an organisation with this *status* stands outside the group; None: there is none."""
    return role == "representative" and (status is None or _status.decode(status).relation != "taking-part")


def placed(database: Database, actor: Actor) -> Actor:
    """*actor*, with each grant of a representative marked whose organisation does not take part at present."""
    grants = []
    for one in actor.grants:
        if one.role == "representative":
            found = database.rows(_STATUS, one.region_id, one.stakeholder_id)
            outside = is_outside(one.role, found[0][0] if found else None)
            one = msgspec.structs.replace(one, outside=outside, gone=not found)
        grants.append(one)
    return msgspec.structs.replace(actor, grants=tuple(grants))


def spoken_for(actor: Actor, region_id: str) -> frozenset[str]:
    """The organisations that *actor* speaks for, whether or not they take part in the group.

    What asks one of them for its word – the text that a procedure's parties are asked to endorse, the invitation to a
    meeting – is read and answered for it also from outside the group, and nothing else that the group keeps: for that
    there is ``group.read``, which ``Grant.outside`` takes away. Only ``procedures.asked`` and ``meetings.invited`` ask
    this to let somebody read.
    """
    mine = {one.stakeholder_id for one in actor.counting if one.region_id == region_id and one.stakeholder_id}
    return frozenset(one for one in mine if may(actor, "group.speak", Subject(region_id=region_id, id=one)))


_STATUS: Final = (
    "SELECT status FROM record WHERE region_id = ? AND id = ? AND kind = 'stakeholder' AND state <> 'erased'"
)


class Limits(Struct, frozen=True, kw_only=True):
    """What a token leaves of the rights of its owner."""

    actions: frozenset[str]
    region_id: str = EVERYWHERE


class Actor(Struct, frozen=True, kw_only=True):
    """Who asks: a signed-in person, or nobody in particular."""

    account_id: str = ""
    """Empty: a visitor."""
    name: str = ""
    language: str = ""
    grants: tuple[Grant, ...] = ()
    strong: bool = False
    """Signed in with a second factor."""
    limits: Limits | None = None

    @property
    def signed_in(self) -> bool:
        return bool(self.account_id)

    @property
    def counting(self) -> tuple[Grant, ...]:
        """The grants that count in this session."""
        return tuple(grant for grant in self.grants if self.strong or grant.role not in STRONG)

    @property
    def held_back(self) -> tuple[Grant, ...]:
        """The grants that would count after signing in with a second factor."""
        return () if self.strong else tuple(grant for grant in self.grants if grant.role in STRONG)

    def regions(self, action: Action) -> frozenset[str]:
        """Regions in which some record may be given *action*; EVERYWHERE among them stands for all."""
        return frozenset(grant.region_id for grant, _ in _given(self, action))


VISITOR: Final = Actor()


class Subject(Struct, frozen=True, kw_only=True):
    """What an action is about, as far as the rules ask."""

    region_id: str = EVERYWHERE
    id: str = ""
    authors: frozenset[str] = frozenset()
    submitter: str = ""
    asked: frozenset[str] = frozenset()
    """Accounts that were asked to assess it."""
    named: frozenset[str] = frozenset()
    """Stakeholders its text names."""


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether it is allowed; *reason* says why not and is to be translated."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


_NAMED: Final = "named"
_PARTS: Final = f"""
    SELECT account_id, part FROM involved WHERE region_id = ? AND record_id = ?
    UNION ALL SELECT stakeholder_id, '{_NAMED}' FROM named WHERE region_id = ? AND record_id = ?
"""  # noqa: S608
"""Who has which part in a record, and whom it names."""
ALLOWED: Final = Verdict(allowed=True)


def may(actor: Actor, action: Action, subject: Subject) -> Verdict:
    """Whether *actor* may give *subject* the *action*, and if not, why."""
    if not actor.signed_in:
        return Verdict(allowed=False, reason=NOT_SIGNED_IN)
    if not any(_reaches(actor, grant, where, subject) for grant, where in _given(actor, action)):
        return Verdict(allowed=False, reason=_why_not(actor, action, subject))
    for bar in bars(actor, action, subject):
        return Verdict(allowed=False, reason=BARRED[bar])
    return ALLOWED


def bars(actor: Actor, action: Action, subject: Subject) -> tuple[Bar, ...]:
    """Everything in *subject* that takes the *action* from *actor*, whatever their roles."""
    return tuple(bar for bar in BARS.get(action, ()) if _is_barred(actor, bar, subject))


def require(actor: Actor, action: Action, subject: Subject) -> None:
    """Raise NotPermitted, with the reason, unless *actor* may."""
    verdict = may(actor, action, subject)
    if not verdict:
        raise NotPermitted(verdict.reason)


def subject_of(session: Session, record: Record) -> Subject:
    """What the rules ask of *record*: who has a part in it, whom it names."""
    parts: dict[str, set[str]] = {}
    for one, part in rows_of(session, _PARTS, *(record.region_id, record.id) * 2):
        parts.setdefault(part, set()).add(one)
    return Subject(
        region_id=record.region_id,
        id=record.id,
        authors=frozenset(parts.get("author", ())),
        submitter=next(iter(parts.get("submitter", ())), ""),
        asked=frozenset(parts.get("asked", ())),
        named=frozenset(parts.get(_NAMED, ())),
    )


def may_somewhere(actor: Actor, action: Action, region_id: str) -> bool:
    """Whether *actor* may give *action* to something in the region: what a page or menu asks before any record."""
    return not {region_id, EVERYWHERE}.isdisjoint(actor.regions(action)) and _within_limits(actor, region_id)


def may_in(actor: Actor, action: Action, region_id: str) -> Verdict:
    """As ``may_somewhere``, with the reason."""
    if not actor.signed_in:
        return Verdict(allowed=False, reason=NOT_SIGNED_IN)
    if may_somewhere(actor, action, region_id):
        return ALLOWED
    return Verdict(allowed=False, reason=_why_not(actor, action, Subject(region_id=region_id)))


def allowed(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition on ``Record`` that holds exactly where ``may`` allows *action*."""
    if not actor.signed_in:
        return false()
    somewhere = or_(false(), *(_where(actor, grant, where) for grant, where in _given(actor, action)))
    limit = actor.limits.region_id if actor.limits else EVERYWHERE
    within = Record.region_id == limit if limit else true()
    return and_(somewhere, within, *(~_barred(actor, bar) for bar in BARS.get(action, ())))


def _given(actor: Actor, action: Action) -> Iterator[tuple[Grant, Where]]:
    if actor.limits and action not in actor.limits.actions:
        return
    rules = RULES[action]
    for grant in actor.counting:
        if grant.role in rules and not _shut_out(grant, action):
            yield grant, rules[grant.role]


def _shut_out(grant: Grant, action: Action) -> bool:
    if grant.role != "representative":
        return False
    return (grant.outside and action in OF_GROUP) or (grant.gone and action == "group.speak")


def _within_limits(actor: Actor, region_id: str) -> bool:
    return actor.limits is None or actor.limits.region_id in (EVERYWHERE, region_id)


def _reaches(actor: Actor, grant: Grant, where: Where, subject: Subject) -> bool:
    if not _within_limits(actor, subject.region_id):
        return False
    if where == "instance":
        return True
    if grant.region_id != subject.region_id:
        return False
    return {
        "region": True,
        "own": actor.account_id in subject.authors,
        "asked": actor.account_id in subject.asked,
        "represented": bool(grant.stakeholder_id) and grant.stakeholder_id == subject.id,
    }[where]


def _where(actor: Actor, grant: Grant, where: Where) -> ColumnElement[bool]:
    if where == "instance":
        return true()
    here = Record.region_id == grant.region_id
    if where == "own":
        return and_(here, involved(actor, "author"))
    if where == "asked":
        return and_(here, involved(actor, "asked"))
    if where == "represented":
        return and_(here, Record.id == grant.stakeholder_id) if grant.stakeholder_id else false()
    return here


def _is_barred(actor: Actor, bar: Bar, subject: Subject) -> bool:
    if bar == "author":
        return actor.account_id in subject.authors
    if bar == "submitter":
        return actor.account_id == subject.submitter
    if bar == "self":
        return actor.account_id == subject.id
    return not {*subject.named, subject.id}.isdisjoint(_works_for(actor, subject.region_id))


def _barred(actor: Actor, bar: Bar) -> ColumnElement[bool]:
    if bar == "self":
        return Record.id == actor.account_id
    if bar != "named":
        return involved(actor, bar)
    pairs = [(grant.region_id, grant.stakeholder_id) for grant in actor.grants if grant.stakeholder_id]
    mine = or_(false(), *(and_(Named.region_id == one, Named.stakeholder_id == other) for one, other in pairs))
    itself = or_(false(), *(and_(Record.region_id == one, Record.id == other) for one, other in pairs))
    return or_(exists().where(Named.region_id == Record.region_id, Named.record_id == Record.id, mine), itself)


def _works_for(actor: Actor, region_id: str) -> frozenset[str]:
    return frozenset(one.stakeholder_id for one in actor.grants if one.region_id == region_id and one.stakeholder_id)


def involved(actor: Actor, part: Part) -> ColumnElement[bool]:
    """The condition on ``Record`` that *actor* has this part in it."""
    return exists().where(
        Involved.region_id == Record.region_id,
        Involved.record_id == Record.id,
        Involved.account_id == actor.account_id,
        Involved.part == part,
    )


def _why_not(actor: Actor, action: Action, subject: Subject) -> str:
    if actor.limits and (action not in actor.limits.actions or not _within_limits(actor, subject.region_id)):
        return LIMITED
    rules: Mapping[Any, Where] = RULES[action]
    fitting = [grant for grant in actor.grants if grant.role in rules]
    if not fitting:
        return NO_RULE
    here = [grant for grant in fitting if grant.region_id in (subject.region_id, EVERYWHERE)]
    if not here:
        return NOT_HERE
    if not any(grant in actor.counting for grant in here):
        return WEAK
    if all(_shut_out(grant, action) for grant in here):
        return NOT_IN_GROUP
    return NOT_YOURS


def is_hidden(kind: RecordKind[Any, Any], by: Actor, record: Record, wrote: bool) -> bool:
    """Whether *record* is hidden from *by*, who may read others of its *kind*; *wrote*: they wrote in it.

    What was erased says so to all of them: who wrote in it is erased, too.
    """
    if kind.unshared is None or wrote or record.state == "erased" or not kind.unshared(record):
        return False
    return not may_somewhere(by, kind.read_all or kind.read, record.region_id)

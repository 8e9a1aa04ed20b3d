"""Lifecycles as tables, state x action → state, and one small engine: what is not written here is refused.

A record has two: ``record`` is what the public knows of it, ``work`` is how far its working version is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.errors import LanzaroteError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.records.permissions import Action


class IllegalTransition(LanzaroteError):
    """The action is not possible in the state the record is in."""


RECORD: Final[dict[tuple[str | None, str], str]] = {
    (None, "write"): "draft",
    (None, "publish"): "published",  # shipped content: documented from public sources
    ("draft", "write"): "draft",
    ("published", "write"): "published",
    ("withdrawn", "write"): "withdrawn",
    ("draft", "publish"): "published",
    ("published", "publish"): "published",
    ("published", "withdraw"): "withdrawn",
    ("withdrawn", "publish"): "published",
    ("draft", "archive"): "archived",
    ("withdrawn", "archive"): "archived",
    ("archived", "restore"): "draft",
    ("archived", "restore-withdrawn"): "withdrawn",  # the public has read it: its page goes on saying so
    ("draft", "erase"): "erased",
    ("published", "erase"): "erased",
    ("withdrawn", "erase"): "erased",
    ("archived", "erase"): "erased",
    ("published", "merge"): "merged",  # into another record of its kind, which answers in its place
    ("merged", "split"): "published",
    ("merged", "erase"): "erased",
}

STAGES: Final = ("", "writing", "submitted", "assessing")
WORK: Final[dict[tuple[str | None, str], str]] = {
    ("", "write"): "writing",
    ("writing", "write"): "writing",
    ("writing", "submit"): "submitted",
    ("writing", "discard"): "",
    ("submitted", "take-back"): "writing",
    ("submitted", "return"): "writing",
    ("submitted", "assess"): "assessing",
    ("submitted", "publish"): "",
    ("writing", "keep"): "",  # nothing that the public reads has changed
    ("writing", "accept"): "",  # nobody here has written any of it: the region's package has
    ("assessing", "return"): "writing",
    ("assessing", "publish"): "",
    # However far it was: an upgrade's text has to be looked at anew; what is put away or erased is worked on no more.
    **{(stage, "upgrade"): "writing" for stage in STAGES},
    **{(stage, "close"): "" for stage in STAGES},
}

FINDING: Final[dict[tuple[str | None, str], str]] = {
    (None, "write"): "draft",
    ("draft", "write"): "draft",
    ("draft", "share"): "shared",  # the group reads it; no body that it names is without an offer to reply
    ("shared", "write"): "shared",
    ("shared", "unshare"): "draft",
    ("draft", "close"): "closed",
    ("shared", "close"): "closed",
    ("closed", "reopen"): "shared",
}
"""How far a finding is."""
IMPROVEMENT: Final[dict[tuple[str | None, str], str]] = {
    (None, "write"): "draft",
    ("draft", "write"): "draft",
    ("draft", "discuss"): "discussed",
    ("discussed", "write"): "discussed",
    ("discussed", "call"): "called",  # positions are asked for on this very text
    ("called", "recall"): "discussed",
    ("called", "adopt"): "adopted",
    ("called", "reject"): "not-adopted",
    ("called", "postpone"): "discussed",
    ("adopted", "complete"): "completed",  # every action that follows from it is done or given up
    ("completed", "resume"): "adopted",
    ("adopted", "reconsider"): "discussed",
    ("not-adopted", "reconsider"): "discussed",
    ("draft", "drop"): "dropped",
    ("discussed", "drop"): "dropped",
    ("called", "drop"): "dropped",
    ("dropped", "reconsider"): "discussed",
}
"""How far an improvement is."""
EVALUATION: Final[dict[tuple[str | None, str], str]] = {
    (None, "write"): "draft",
    ("draft", "write"): "draft",
    ("draft", "run"): "running",  # criteria and judges are fixed, before any result
    ("running", "amend"): "running",  # another version, with the reason; what was judged otherwise counts no more
    ("running", "judge"): "running",
    ("running", "close"): "judged",  # each view has answered on each criterion, or it is said why not
    ("judged", "resume"): "running",
    ("judged", "decide"): "decided",
    ("decided", "reopen"): "judged",  # as long as the public has not read it
    ("decided", "publish"): "decided",
    ("decided", "supersede"): "superseded",  # by a later decision that is published
    ("superseded", "publish"): "superseded",  # once it was withdrawn: whether it is in force shows then
    ("superseded", "revive"): "decided",  # the later one was withdrawn: this is in force again
    ("draft", "drop"): "dropped",
    ("running", "drop"): "dropped",
    ("judged", "drop"): "dropped",
}
"""How far the evaluation of a pilot is."""

MEETING: Final[dict[tuple[str | None, str], str]] = {
    (None, "write"): "planned",
    ("planned", "write"): "planned",
    ("planned", "announce"): "announced",  # from here on others rely on its day and place
    ("announced", "write"): "announced",
    ("announced", "hold"): "held",
    ("planned", "hold"): "held",  # noted afterwards: it took place before anybody announced it here
    ("held", "write"): "held",
    ("held", "draft"): "minutes-drafted",
    ("minutes-drafted", "write"): "minutes-drafted",
    ("minutes-drafted", "draft"): "minutes-drafted",  # again, from what is noted by now
    ("minutes-drafted", "approve"): "approved",  # by a later meeting; nothing in it changes any more
    ("planned", "cancel"): "cancelled",
    ("announced", "cancel"): "cancelled",
}
"""How far a meeting is."""
PROCEDURE: Final[dict[tuple[str | None, str], str]] = {
    (None, "write"): "draft",
    (None, "document"): "documented",  # shipped: reconstructed from public sources, endorsed by nobody
    ("draft", "write"): "draft",
    ("draft", "document"): "documented",
    ("draft", "propose"): "proposed",  # each party body is asked to endorse this very text
    ("proposed", "recall"): "draft",
    ("proposed", "decline"): "proposed",
    ("proposed", "endorse"): "endorsed",  # by each party body; until the last has, it stays proposed
    ("endorsed", "declare"): "endorsed",  # a body declares that it applies it
    ("endorsed", "apply"): "applied",  # each has declared it
    ("applied", "declare"): "applied",
    ("endorsed", "cease"): "endorsed",
    ("applied", "cease"): "endorsed",  # a body declares that it applies it no longer
    ("endorsed", "retract"): "lapsed",  # a body takes its endorsement back
    ("applied", "retract"): "lapsed",
    ("lapsed", "retract"): "lapsed",
    ("lapsed", "cease"): "lapsed",
    ("lapsed", "endorse"): "endorsed",
    # Another version begins beside the one that is read; it is proposed in its turn.
    **{(state, "write"): "draft" for state in ("documented", "endorsed", "applied", "lapsed", "withdrawn")},
    **{(state, "supersede"): "superseded" for state in ("documented", "endorsed", "applied", "lapsed")},
    **{(state, "withdraw"): "withdrawn" for state in ("documented", "endorsed", "applied", "lapsed", "superseded")},
}
"""How far a procedure is, and how far a version beside the one that is read."""

TRANSFER: Final[dict[tuple[str | None, str], str]] = {
    (None, "offer"): "offered",
    ("offered", "take-up"): "taken-up",  # the group works on it, and the public knows
    ("taken-up", "adapt"): "adapting",  # there is a draft of the practice as it would be here
    ("adapting", "pilot"): "piloted",  # it is tried, and no point is open
    ("piloted", "adopt"): "adopted",  # the adapted practice is published
    **{(state, "decline"): "declined" for state in ("offered", "taken-up", "adapting", "piloted")},
    ("declined", "reconsider"): "offered",
    **{(state, "write"): state for state in ("offered", "taken-up", "adapting", "piloted", "adopted")},
    # The origin has another version, or is withdrawn: somebody has looked at what that means here.
    **{(state, "look"): state for state in ("offered", "taken-up", "adapting", "piloted", "adopted")},
    **{(state, "publish"): state for state in ("taken-up", "adapting", "piloted", "adopted", "declined")},
}
"""How far a transfer is, from a practice of one place to another."""

RELATION: Final[dict[tuple[str | None, str], str]] = {
    ("cited", "invite"): "invited",
    ("declined", "invite"): "invited",
    ("left", "invite"): "invited",
    ("invited", "invite"): "invited",  # asked once more
    ("invited", "accept"): "taking-part",
    ("invited", "decline"): "declined",
    ("taking-part", "leave"): "left",
}
"""How a stakeholder relates to the group, where it is the body itself that answers."""

TABLES: Final = {
    "record": RECORD,
    "work": WORK,
    "finding": FINDING,
    "improvement": IMPROVEMENT,
    "evaluation": EVALUATION,
    "meeting": MEETING,
    "procedure": PROCEDURE,
    "transfer": TRANSFER,
    "relation": RELATION,
}

MAY: Final[Mapping[str, Action]] = {
    "write": "practice.write",
    "submit": "practice.write",
    "discard": "practice.write",
    "take-back": "practice.write",
    "return": "practice.publish",
    "assess": "practice.decide",
    "publish": "practice.publish",
    "accept": "practice.publish",
    "withdraw": "practice.withdraw",
    "archive": "practice.withdraw",
    "restore": "practice.withdraw",
    "erase": "record.erase",
}
"""The permission that each action on a practice takes."""
MAY_STAKEHOLDER: Final[Mapping[str, Action]] = {
    "write": "stakeholder.write",
    "submit": "stakeholder.write",
    "discard": "stakeholder.write",
    "take-back": "stakeholder.write",
    "keep": "stakeholder.write",
    "return": "stakeholder.publish",
    "publish": "stakeholder.publish",
    "withdraw": "stakeholder.decide",
    "archive": "stakeholder.decide",
    "restore": "stakeholder.decide",
    "merge": "stakeholder.decide",
    "split": "stakeholder.decide",
    "erase": "record.erase",
}
"""As ``MAY``, of an entry of the directory."""


def next_state(table: str, state: str | None, action: str) -> str:
    """Return the state that *action* leads to. Raises IllegalTransition that names what is possible."""
    transitions = TABLES[table]
    try:
        return transitions[state, action]
    except KeyError:
        possible = possible_actions(table, state)
        here = state or "new"
        way = f"possible is: {', '.join(possible)}" if possible else "nothing more can be done with it"
        raise IllegalTransition(f"A {here} record cannot be given the action {action!r}; {way}.") from None


def possible_actions(table: str, state: str | None) -> tuple[str, ...]:
    """Names of the actions that *state* allows, in alphabetical order."""
    return tuple(sorted(action for known, action in TABLES[table] if known == state))

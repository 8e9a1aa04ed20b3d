"""Positions and decisions in plain words: what one may answer, how it came, why the rule makes of it what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.translation import N_, format_list, format_number, format_percent, in_language
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lanzarote.improvements.outcome import Choice, GroupOutcome, Step, Verdict
    from lanzarote.improvements.positions_model import ForwardedTo, How, Result
    from lanzarote.types import Text
    from lanzarote.web.site import View

SAYS: Final[Mapping[Choice, str]] = {
    "support": N_("We support it"),
    "reservations": N_("We support it, with reservations"),
    "object": N_("We object"),
    "abstain": N_("We abstain"),
    "remark": N_("We make a technical remark"),
    "no-position": N_("We take no position"),
    "awaiting": N_("Our hierarchy has not answered yet"),
}
"""What a body may answer, in its own words."""
MEANINGS: Final[Mapping[Choice, str]] = {
    "reservations": N_("This does not stop the proposal. Write your concern."),
    "object": N_("In its present form, it should not be adopted. Say why."),
    "abstain": N_("Neither for nor against. Say why."),
    "remark": N_("About a fact, a term or the law; neither for nor against."),
    "no-position": N_("For instance because of a duty of reserve. You need not say why."),
    "awaiting": N_("You can answer later, until the decision."),
}
CHOICES: Final[Mapping[str, str]] = {
    "support": N_("Supports it"),
    "reservations": N_("Supports it with reservations"),
    "object": N_("Objects"),
    "abstain": N_("Abstains"),
    "remark": N_("Technical remark"),
    "no-position": N_("Takes no position (duty of reserve)"),
    "awaiting": N_("Waits for its hierarchy"),
    "silent": N_("No answer"),
    "not-asked": N_("Not asked"),
    "unknown": N_("No answer, or not asked"),
}
"""The same as others tell it."""
HOW: Final[Mapping[How, str]] = {
    "account": N_("given by its representative"),
    "link": N_("given with a link sent by e-mail"),
    "letter": N_("recorded from a letter, not yet confirmed by the organisation"),
    "meeting": N_("recorded at a meeting, not yet confirmed by the organisation"),
}
VERDICTS: Final[Mapping[Verdict, str]] = {
    "adopted": N_("adopted"),
    "not-adopted": N_("not adopted"),
    "no-quorum": N_("postponed: the group was not quorate"),
}
"""As they end a line that begins otherwise."""
PLACES: Final[Mapping[ForwardedTo, str]] = {
    "human-rights-committee": N_("Human Rights Committee of the Conference of INGOs"),
    "plenary": N_("Plenary of the Conference of INGOs"),
}
RESULTS: Final[Mapping[Result, str]] = {
    "sent": N_("Forwarded; no answer yet"),
    "adopted": N_("Adopted there"),
    "not-adopted": N_("Not adopted there"),
    "sent-back": N_("Sent back to the group"),
    "noted": N_("Noted"),
}
NAMELESS: Final[Mapping[str, str]] = {
    "object": N_("An organisation that takes part objects."),
    "reservations": N_("An organisation that takes part supports it with reservations."),
}
"""Of one that is not named nothing else is told."""
PRESENT: Final = N_("%(side)s: at least one organisation has to be there. That is so.")
ABSENT: Final = N_("%(side)s: at least one organisation has to be there. That is not so.")
SECTORS_MET: Final = N_(
    "Sectors that are there: %(count)s of the %(of)s in the group; at least %(needed)s are needed. That is enough."
)
SECTORS_UNMET: Final = N_(
    "Sectors that are there: %(count)s of the %(of)s in the group; at least %(needed)s are needed. That is too few."
)
STEPS: Final[Mapping[str, str]] = {
    "nobody": N_("Nobody takes part in the group: it can decide nothing."),
    "no-quorum-asked": N_("The rule asks for no quorum."),
    "counted": N_("For it, with or without reservations: %(count)s of %(of)s that take part."),
    "objected": N_("Objecting: %(count)s."),
    "reserved": N_("With reservations: %(count)s."),
    "abstained": N_("Abstaining: %(count)s."),
    "uncounted": N_("Neither for nor against (technical remark, no position, waiting for a hierarchy): %(count)s."),
    "silent": N_("Asked, without an answer: %(count)s."),
    "not-asked": N_("Not asked: %(count)s."),
    "unknown": N_("Without an answer, or not asked: %(count)s."),
}
MAJORITIES: Final[Mapping[str, tuple[str, str]]] = {
    "consensus": (
        N_("Consensus is needed: somebody is for it, and nobody who counts is against it. That is so."),
        N_("Consensus is needed: somebody is for it, and nobody who counts is against it. That is not so."),
    ),
    "simple": (
        N_("More than half of those who count have to be for it. That is so: %(count)s of %(of)s."),
        N_("More than half of those who count have to be for it. That is not so: %(count)s of %(of)s."),
    ),
    "two-thirds": (
        N_("Two thirds of those who count have to be for it. That is so: %(count)s of %(of)s."),
        N_("Two thirds of those who count have to be for it. That is not so: %(count)s of %(of)s."),
    ),
}
EDITORIAL: Final = N_("This rule was proposed by the editors; the group has not adopted it.")
ERASED_BODY: Final = N_("an organisation whose entry was erased")


class Explained(Struct, frozen=True, kw_only=True):
    """One step of the reasoning, for people."""

    text: str
    met: bool | None
    bodies: str = ""
    """Names of those it is about."""


def choice(view: View, code: str) -> str:
    return view._(CHOICES[code])


def explain(
    view: View, outcome: GroupOutcome, names: Mapping[str, Text], *, known: bool = True
) -> tuple[Explained, ...]:
    """Why the verdict is what it is, step by step; *names* of the bodies by id; *known*: it is known who was asked."""
    return tuple(
        Explained(text=_step(view, step, known), met=step.met, bodies=listed(view, step.stakeholders, names))
        for step in outcome.steps
    )


def listed(view: View, ids: Iterable[str], names: Mapping[str, Text]) -> Markup:
    """The names of bodies as in a sentence."""
    told = sorted((name_of(view, names.get(one, {})) for one in ids), key=view.sort_key)
    return Markup(", ").join(told)


def name_of(view: View, name: Text) -> Markup:
    return escape(view.say(name) if name else view._(ERASED_BODY))


def sectors_of(view: View, keys: Iterable[str]) -> str:
    """The names of sectors as in a sentence."""
    return format_list(_sectors(view, keys), view.lang)


def dissent(view: View, code: str) -> str:
    """What one that is not named said."""
    return view._(NAMELESS[code])


def _sectors(view: View, keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        sector = view.vocabulary.sectors.get(view.vocabulary.present_key("sector", key))
        text, lang = view.text(sector.name) if sector else (key, view.lang)
        yield str(in_language(text, lang, view.lang))


def _step(view: View, step: Step, known: bool) -> str:
    values = {name: format_number(number, view.lang) for name, number in (("count", step.count), ("of", step.of))}
    if step.code == "sectors":
        values["needed"] = format_percent(step.needed, view.lang)
        return view._(SECTORS_MET if step.met else SECTORS_UNMET) % values
    if step.code == "side":
        return view._(PRESENT if step.met else ABSENT) % {"side": side(view, step.about)}
    if step.code in MAJORITIES:
        told = view._(MAJORITIES[step.code][0 if step.met else 1])
        return told % values if "%(" in told else told
    code = "unknown" if step.code == "silent" and not known else step.code
    told = view._(STEPS[code])
    return told % values if "%(" in told else told


def side(view: View, code: str) -> str:
    return labels.label("side", code, view.translator)

"""Says what became of the rules: to people, and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from lanzarote.kit.scale.rules import TIERS, TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lanzarote.kit.scale.judging import Exemption, Judgement, Ruling
    from lanzarote.kit.scale.rules import Rule, Tier
    from lanzarote.regions.content import Problem

SHOWN = 5
"""Findings that are told of each rule unless all are asked for."""


def tell(judgement: Judgement, *, everything: bool = False) -> Iterator[str]:
    """Lines for a person: per tier what holds, what is exempt, what is asked; then where it stands."""
    for tier in TIERS:
        rulings = judgement.of(tier)
        yield f"{tier}: {_stand(judgement, tier)}"
        for state, told in (("holds", "holds"), ("nothing-to-ask", "nothing to ask yet")):
            if ids := [one.rule.id for one in rulings if one.state == state]:
                yield f"  {told}: {', '.join(ids)}"
        for ruling in rulings:
            if ruling.asks:
                yield from (
                    f"  {_kind(one)}: {ruling.rule.id}{_only(one)}: {_reason(one)}" for one in ruling.exemptions
                )
        for ruling in rulings:
            if ruling.state == "asks":
                yield from _asked(ruling, everything=everything)
    yield from _summary(judgement)


def as_json(judgement: Judgement) -> dict[str, Any]:
    """The same for programs."""
    return {
        "reached": judgement.reached,
        "with_exemptions": judgement.with_exemptions,
        "next": judgement.next,
        "exempt": [one.rule.id for one in judgement.exempt],
        "nothing_to_ask": [one.rule.id for one in judgement.vacant],
        "tiers": [
            {
                "name": tier,
                "reached": judgement.reaches(tier),
                "rules": [_ruling(one) for one in judgement.of(tier)],
            }
            for tier in TIERS
        ],
        "refused_exemptions": [problem_as_json(one) for one in judgement.refused],
    }


def tell_rules(rules: Sequence[Rule]) -> Iterator[str]:
    """Every rule: what is asked, why, and what to do."""
    for tier in TIERS:
        yield f"{tier}: {TOLD[tier]}"
        for rule in rules:
            if rule.tier == tier:
                yield f"  {rule.id}: {rule.asks}"
                yield f"    Why: {rule.why}"
                yield f"    What to do: {rule.todo}"


def rules_as_json(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    return [_rule(rule) for rule in rules]


def problem_as_json(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "key": problem.key, "message": problem.message}


def _stand(judgement: Judgement, tier: Tier) -> str:
    """How far a tier is, and what of it is not met although nothing is asked."""
    states = Counter(one.state for one in judgement.of(tier))
    of, exempt, vacant = states.total(), states["exempt"], states["nothing-to-ask"]
    told = [
        f"{count} of {of} rules {verb if count == 1 else verbs}"
        for count, verb, verbs in (
            (states["asks"], "asks for something", "ask for something"),
            (states["waits"], "waits for somebody", "wait for somebody"),
        )
        if count
    ]
    if not told:
        told = [
            "reached"
            if judgement.reaches(tier)
            else "no rule asks for anything"
            if vacant or exempt
            else "all rules hold"
        ]
    told += [f"{exempt} of {of} rules exempt"] if exempt else []
    told += [f"{vacant} of {of} rules with nothing to ask yet"] if vacant else []
    return ", ".join(told)


def _asked(ruling: Ruling, *, everything: bool) -> Iterator[str]:
    yield f"  asks: {ruling.rule.id}: {ruling.rule.asks}"
    found = ruling.open
    for problem in found if everything else found[:SHOWN]:
        yield f"    {problem}"
    if not everything and len(found) > SHOWN:
        yield f"    … and {len(found) - SHOWN} more (--all tells them)"
    yield f"    What to do: {ruling.rule.todo}"


def _summary(judgement: Judgement) -> Iterator[str]:
    for problem in judgement.refused:
        yield str(problem)
    yield f"Reached: {judgement.reached or 'no tier'}."
    if judgement.with_exemptions != judgement.reached:
        exempt = ", ".join(one.rule.id for one in judgement.exempt)
        yield f"Reached with exemptions: {judgement.with_exemptions}, exempt from {exempt}."
    if judgement.vacant:
        yield f"Nothing to ask yet, and so not known to hold: {', '.join(one.rule.id for one in judgement.vacant)}."
    if judgement.next:
        rulings = judgement.of(judgement.next)
        if asked := [one.rule.id for one in rulings if one.open]:
            yield f"The next, {judgement.next}, asks for: {', '.join(asked)}."
        if awaited := [f"{one.rule.id} ({'; '.join(one.awaited)})" for one in rulings if one.state == "waits"]:
            yield f"To do before it is {judgement.next}, by others: {', '.join(awaited)}."


def _kind(exemption: Exemption) -> str:
    return "to do" if exemption.awaits else "exempt"


def _reason(exemption: Exemption) -> str:
    return f"{exemption.reason} (Awaits {exemption.awaits}.)" if exemption.awaits else exemption.reason


def _only(exemption: Exemption) -> str:
    return f" ({', '.join(exemption.only)})" if exemption.only else ""


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "id": ruling.rule.id,
        "state": ruling.state,
        "findings": [problem_as_json(one) for one in ruling.open],
        "exemptions": [
            {"reason": one.reason, "awaits": one.awaits, "only": list(one.only)} for one in ruling.exemptions
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "tier": rule.tier, "asks": rule.asks, "why": rule.why, "todo": rule.todo}

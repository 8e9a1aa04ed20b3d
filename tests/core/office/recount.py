"""A recount of a region's log that shares no code with ours: it knows nothing of masks, lines or replays."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def naive(session: Session, region_id: str) -> dict[tuple[str, str, str], int]:
    """Every number of a region, from the rows of its log, read one by one."""
    session.flush()
    sql = text(
        "SELECT c.seq, c.verb, c.kind, c.record_id, b.body FROM change c LEFT JOIN change_body b "
        "ON b.region_id = c.region_id AND b.seq = c.seq WHERE c.region_id = :region ORDER BY c.seq"
    )
    released: dict[str, tuple[str, Any]] = {}
    told_since: set[str] = set()
    missing = 0
    head = 0
    for seq, verb, kind, record_id, raw in session.connection().execute(sql, {"region": region_id}):
        head = seq
        body: Any = json.loads(bytes(raw)) if raw else None
        if verb == "epoch":
            missing, told_since = body["entries"], set()
            ended = missing == 0
        else:
            ended = missing == 1
            missing = max(0, missing - 1)
            told_since.add(record_id)
            if verb in ("publish", "replace"):
                released[record_id] = (kind, body)
            else:
                released.pop(record_id, None)
        if ended:
            released = {one: said for one, said in released.items() if one in told_since}
    counts: Counter[tuple[str, str, str]] = Counter()
    counts["head", "", ""] = head
    counts["awaited", "", ""] = missing
    terms = {
        one: {term["key"]: term["body"] for term in released[one][1]["entries"]}
        for one in ("sector", "provision", "coverage")
        if one in released
    }
    common: dict[str, list[str]] = {}
    for key, sector in terms.get("sector", {}).items():
        for name in [key, *sector.get("former", [])]:
            common[name] = sector["common"]
            counts["sector-side", name, sector["side"]] += 1
            for one in sector["common"]:
                counts["sector", name, one] += 1
    for provision in terms.get("provision", {}).values():
        for article, days in _in_force(provision["versions"]):
            counts["provision", article, days] += 1
    for ref, statement in terms.get("coverage", {}).items():
        counts["stated", ref, statement["state"]] += 1
    for kind, said in released.values():
        _COUNT.get(kind, lambda *_: None)(counts, said, common, terms.get("sector", {}))
    return {line: n for line, n in counts.items() if n}


def _in_force(versions: list[Any]) -> list[tuple[str, str]]:
    """Each wording's articles, and its days: it gives way to the next one, and the first was always there."""
    found = []
    for number, version in enumerate(versions):
        since = version.get("from") if number else None
        ends = [version["until"]] if version.get("until") else []
        if number + 1 < len(versions) and versions[number + 1].get("from"):
            ends.append(str(date.fromordinal(date.fromisoformat(versions[number + 1]["from"]).toordinal() - 1)))
        days = f"{since or ''}/{min(ends) if ends else ''}"
        found += [(one, days) for one in {str(link["ref"]).split(".")[0] for link in version.get("convention", [])}]
    return found


def _naive_practice(counts: Counter[Any], said: Any, common: Any, sectors: Any) -> None:
    one, status, cited = said["practice"], said.get("status", {}), said.get("organisations", {})
    counts["practice", "", ""] += 1
    for sector in {each for key in one["sectors"] for each in common.get(key, [])}:
        counts["common", sector, ""] += 1
    for article in {ref.split(".")[0] for ref in one.get("convention", [])}:
        counts["article", article, ""] += 1
    for ref in one.get("convention", []):
        counts["paragraph", ref, ""] += 1
    for domain in one.get("domains", []):
        counts["domain", domain, ""] += 1
    for target in one.get("target_groups", []):
        counts["target", target, ""] += 1
    counts["standing", status.get("standing", "documented"), ""] += 1
    counts["running", one["running"], ""] += 1
    counts["begun", str(one.get("started") or "")[:4], status.get("strength", "not-assessed")] += 1
    sides = {cited[partner["organisation"]]["side"] for partner in one.get("partners", [])}
    banks = sides & {"public", "civil-society"}
    counts["banks", "both" if len(banks) == 2 else "".join(banks) or "neither", ""] += 1
    named = {
        each
        for partner in one.get("partners", [])
        for key in cited[partner["organisation"]]["sectors"]
        for each in common.get(key, [])
    }
    for a in named:
        counts["partner", a, ""] += 1
        for b in named:
            if a < b:
                counts["pair", a, b] += 1


def _naive_stakeholder(counts: Counter[Any], said: Any, common: Any, sectors: Any) -> None:
    counts["stakeholder", said["organisation"]["side"], ""] += 1
    for one in {each for key in said["organisation"]["sectors"] for each in common.get(key, [])}:
        counts["stakeholder-common", one, ""] += 1


def _naive_improvement(counts: Counter[Any], said: Any, common: Any, sectors: Any) -> None:
    counts["improvement", said["state"], ""] += 1
    for one in {each for key in said["improvement"]["sectors"] for each in common.get(key, [])}:
        counts["improvement-common", one, ""] += 1
    for action in said["actions"]:
        counts["action", action["progress"], ""] += 1


def _naive_procedure(counts: Counter[Any], said: Any, common: Any, sectors: Any) -> None:
    counts["procedure", said["state"], said["nature"]] += 1
    for party in said["parties"]:
        counts["party", "", ""] += 1
        counts["endorsed", "", ""] += bool(party["endorsed"]) and not party["retracted"]
        counts["applied", "", ""] += bool(party["applied"]) and not party["ceased"]


def _naive_indicator(counts: Counter[Any], said: Any, common: Any, sectors: Any) -> None:
    counts["indicator", said["counts"], ""] += 1


def _naive_evaluation(counts: Counter[Any], said: Any, common: Any, sectors: Any) -> None:
    if said["state"] == "decided":
        counts["pilot", said["decision"]["outcome"], ""] += 1


_COUNT: dict[str, Any] = {
    "practice": _naive_practice,
    "stakeholder": _naive_stakeholder,
    "improvement": _naive_improvement,
    "procedure": _naive_procedure,
    "evaluation": _naive_evaluation,
    "indicator": _naive_indicator,
}

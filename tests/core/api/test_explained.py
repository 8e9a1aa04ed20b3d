"""Why something stays that the guard asked about is said once, while the sentence it stands in stays as it was."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.api.programs import PARIS, Program
from tests.core.api.test_everybody import BODIES

SOFT = "Léa, 9 ans, est le nom d’une campagne."
CHANGED = "Léa, 9 ans, l’a dit à son école."
ROOMS = {
    "finding": "observed", "improvement": "proposal", "procedure": "purpose", "meeting": "purpose",
    "indicator": "counted", "evaluation": "done",
}  # fmt: skip
"""Kind → a text of it."""


def body(kind: str, text: str, title: str = "Un titre") -> dict[str, Any]:
    said = BODIES[kind]["text"]["fr"] | {ROOMS[kind]: text, "title": title}
    return {**BODIES[kind], "text": {"fr": said}}


def asked(answer: Any) -> list[tuple[str, str]]:
    """Field and code of everything that has to be explained."""
    assert answer.status_code == 422, answer.text
    return [(one["field"], one["code"]) for one in answer.json()["concerns"]]


@pytest.mark.parametrize("kind", ROOMS)
def test_it_is_asked_once_and_again_when_the_sentence_is_another(writer: Program, kind: str) -> None:
    path = f"{PARIS}/team/{kind}s"
    found = asked(writer.ask("POST", path, body(kind, SOFT)))
    assert {field for field, _ in found} == {f"text.fr.{ROOMS[kind]}"}
    reasons = [{"field": field, "code": code, "reason": "C’est le nom d’une campagne."} for field, code in found]
    begun = writer.ask("POST", path, body(kind, SOFT) | {"reasons": reasons})
    assert begun.status_code == 201, begun.text
    one = begun.headers["location"]
    for title in ("Un autre titre", "Encore un autre"):
        saved = writer.save(one, body(kind, SOFT, title))
        assert saved.status_code == 200, saved.text
    assert asked(writer.save(one, body(kind, CHANGED))) == found
    old = [one | {"reason": "C’est le nom d’une campagne."} for one in reasons]
    answer = writer.save(one, body(kind, CHANGED) | {"reasons": old})
    assert answer.status_code == 422, "a reason that was given for something else is none"
    new = [one | {"reason": "Une phrase d’un album pour enfants."} for one in reasons]
    assert writer.save(one, body(kind, CHANGED) | {"reasons": new}).status_code == 200

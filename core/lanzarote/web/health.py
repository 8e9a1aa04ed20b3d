"""What a load balancer or a watchdog asks: whether the process lives, and whether it can answer readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.web.instance_health import OF_SOME, PUBLIC, ask

if TYPE_CHECKING:
    from lanzarote.instance import Instance

LIVE: Final = "/health/live"
READY: Final = "/health/ready"


def readiness(instance: Instance) -> tuple[dict[str, str], bool]:
    """What is found, each in a word, of what anybody may know; and whether readers can be sent here."""
    answers = ask(instance)
    words = {one.about: one.word for one in answers}
    found = {about: words.get(about, "unknown") for about in PUBLIC}
    found |= {about: words[about] for about in OF_SOME if about in words}
    return found, not any(one.closes for one in answers)

"""Asks what an improvement takes, in the language it was written in."""

from lanzarote import Concern, hookimpl

WORDS = {"en": "What does it take: people, time, an agreement, a change of rules?"}


@hookimpl
def check_improvement(new):
    if not new.text[new.original].means:
        yield Concern(code="no-means", field=f"text.{new.original}.means", text=WORDS)

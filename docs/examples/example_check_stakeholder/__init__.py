"""Asks for a page to lead to, where an organisation has none."""

from lanzarote import Concern, hookimpl

WORDS = {"en": "Is there a page to lead to?", "fr": "Y a-t-il une page vers laquelle renvoyer ?"}


@hookimpl
def check_stakeholder(new, before):
    had = before is not None and before.website
    if not new.website:
        yield Concern(code="no-website", field="website", text=WORDS, level="block" if had else "warn")

"""Asks for a figure where evidence is told of without one."""

from lanzarote import Concern, hookimpl

WORDS = {"en": "Is there a figure? How many children, over which time, counted by whom?"}


@hookimpl
def check_practice(new):
    for language, texts in new.text.items():
        if texts.results and not any(sign.isdigit() for sign in texts.results):
            yield Concern(code="no-figures", field=f"text.{language}.results", text=WORDS)

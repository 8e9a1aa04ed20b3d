"""A text that may be written in several languages: which of them is asked for, shown and folded away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lanzarote.translation import Translations
from lanzarote.web.site import _loader
from lanzarote.web.templating import environment

if TYPE_CHECKING:
    from lanzarote.instance import Instance

PAGE = """{% import "components.html" as ui %}{{ ui.texts("reason.*", "Why", tongues, typed, wrong, **more) }}"""
TONGUES = [("en", "English"), ("fr", "French"), ("is", "Icelandic")]


def shown(instance: Instance, tongues: list[tuple[str, str]], typed: Any = (), wrong: Any = (), **more: object) -> str:
    words = Translations(instance.host.catalogues).translator("en")
    made = environment("en", words, _loader(), static=str).from_string(PAGE)
    return made.render(tongues=tongues, typed=dict(typed), wrong=dict(wrong), more=more)


def asked(html: str) -> list[str]:
    """Names of the fields without which a browser sends nothing."""
    return re.findall(r'name="([^"]+)"[^>]* required', html)


def test_one_language_is_enough_and_no_browser_asks_for_a_certain_one(paris: Instance) -> None:
    html = shown(paris, TONGUES, required=True)
    assert asked(html) == []
    assert 'role="group" id="reason" aria-label="Why" aria-describedby="reason.en-help" data-required' in html
    assert '<p class="help" id="reason.en-help">In one language at least.</p>' in html
    assert "(optional)" not in html


def test_the_only_language_is_asked_for_as_any_field_is(paris: Instance) -> None:
    html = shown(paris, TONGUES[:1], wrong={"reason": "This is missing."}, required=True)
    assert asked(html) == ["reason.en"]
    assert '<p class="error" id="reason.en-error">This is missing.</p>' in html
    assert not re.search("group|In one language|<details", html)


def test_the_language_of_the_original_stands_first_and_is_asked_for(paris: Instance) -> None:
    html = shown(paris, TONGUES, required=True, original="fr")
    assert asked(html) == ["reason.fr"]
    assert re.findall(r'<input id="([^"]+)"', html) == ["reason.fr", "reason.en", "reason.is"]
    assert "data-required" not in html


def test_other_languages_are_folded_away_until_something_stands_there(paris: Instance) -> None:
    fold = '<details class="plain-fold"><summary>In another language: French and Icelandic'
    assert fold in shown(paris, TONGUES)
    assert fold in shown(paris, TONGUES, {"reason.en": "Because."})
    for there in ({"typed": {"reason.is": "Vegna."}}, {"wrong": {"reason.fr": "Too long."}}):
        assert fold.replace(">", " open>", 1) in shown(paris, TONGUES, **there)

"""An error says which field it is about, in the page's own words, and leads to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lanzarote.translation import Translations
from lanzarote.web.forms import name_errors
from lanzarote.web.site import _loader
from lanzarote.web.templating import environment

if TYPE_CHECKING:
    from lanzarote.instance import Instance

PAGE = """
{% import "components.html" as ui %}
{{ ui.error_summary(errors, elsewhere) }}
{{ ui.field("title.fr", "Title (French)") }}
<div id="reason">{{ ui.field("reason.fr", "Why?", about="Is it met?") }}</div>
{{ ui.choices("kind", "Kind", [{"value": "a", "label": "A", "chosen": false}]) }}
<fieldset id="parties[0]"><legend>Party 1</legend>{{ ui.select("parties[0].who", "Body", []) }}</fieldset>
{{ ui.ticked("nobody", "Nobody is recognisable.", false, help="No child.") }}
{{ ui.texts("said.*", "Said", [("en", "English"), ("fr", "French")], {}, {}, required=true) }}
<fieldset id="bodies[0]"><legend>Body 1</legend>
{{ ui.texts("bodies[0].part.*", "Part", [("en", "English"), ("fr", "French")], {}, {"bodies[0].part.fr": "A & B"}) }}
</fieldset>
<section aria-labelledby="steps"><h2 id="steps">Steps</h2></section>
"""


def told(instance: Instance, field: str, lang: str = "en", **more: str) -> str:
    """What the summary says of *field*."""
    words = Translations(instance.host.catalogues).translator(lang)
    made = environment(lang, words, _loader(), static=str).from_string(PAGE)
    page = made.render(errors=[{"field": field, "text": "A & B", **more}], elsewhere=more.get("at", ""))
    html = name_errors(page, words)
    [found] = re.findall(r'<div class="error-summary".*?<ul>\s*<li>(.*?)</li>', html, re.DOTALL)
    return str(found)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("title.fr", '<a href="#title.fr"><strong>Title (French):</strong> A &amp; B</a>'),
        ("title", '<a href="#title.fr"><strong>Title (French):</strong> A &amp; B</a>'),
        ("reason", '<a href="#reason.fr"><strong>Why? – Is it met?</strong> A &amp; B</a>'),
        ("kind", '<a href="#kind"><strong>Kind:</strong> A &amp; B</a>'),
        ("parties[0].who", '<a href="#parties[0].who"><strong>Party 1 – Body:</strong> A &amp; B</a>'),
        ("parties[0].organisation", '<a href="#parties[0]"><strong>Party 1:</strong> A &amp; B</a>'),
        ("nobody", '<a href="#nobody"><strong>Nobody is recognisable.</strong> A &amp; B</a>'),
        ("said", '<a href="#said.en"><strong>Said:</strong> A &amp; B</a>'),
        ("said.fr", '<a href="#said.fr"><strong>Said:</strong> A &amp; B</a>'),
        ("bodies[0].part", '<a href="#bodies[0].part.en"><strong>Body 1 – Part:</strong> A &amp; B</a>'),
        ("bodies[0].part.fr", '<a href="#bodies[0].part.fr"><strong>Body 1 – Part (French):</strong> A &amp; B</a>'),
        ("steps[3].title", '<a href="#steps"><strong>Steps:</strong> A &amp; B</a>'),
        ("nowhere", "A &amp; B"),
    ],
)
def test_an_error_is_named_as_the_page_labels_the_field(paris: Instance, field: str, said: str) -> None:
    assert told(paris, field) == said


def test_it_is_named_in_the_language_of_the_page(paris: Instance) -> None:
    assert told(paris, "kind", "fr").startswith('<a href="#kind"><strong>Kind\u202f:') or "Kind\xa0:" in told(
        paris, "kind", "fr"
    )


def test_a_field_of_another_page_is_named_and_linked_there(paris: Instance) -> None:
    assert (
        told(paris, "summary", label="Summary", at="/en/edit")
        == '<a href="/en/edit#summary"><strong>Summary:</strong> A &amp; B</a>'
    )


def test_what_somebody_typed_stays_escaped(paris: Instance) -> None:
    assert "<b>" not in told(paris, "nowhere", label="<b>")


def test_errors_are_told_in_the_order_of_the_page(paris: Instance) -> None:
    words = Translations(paris.host.catalogues).translator("en")
    fields = ("nowhere", "steps[3].title", "kind", "said", "title.fr")
    made = environment("en", words, _loader(), static=str).from_string(PAGE)
    html = name_errors(made.render(errors=[{"field": one, "text": one} for one in fields], elsewhere=""), words)
    found = re.findall(r"</strong> ([^<]+)</a></li>|<li>(nowhere)</li>", html)
    assert [one or other for one, other in found] == ["title.fr", "kind", "said", "steps[3].title", "nowhere"]

"""Templates in one language: literal words are constants of the compiled template, and translations are only text."""

from __future__ import annotations

import jinja2
import pytest
from lanzarote.translation import Foreign, Translator
from lanzarote.translation.po import read_po
from lanzarote.web.templating import environment
from markupsafe import Markup

FRENCH = """\
msgid "Practices"
msgstr "Pratiques"

msgid "Where to turn"
msgstr "Où s’adresser <script>"

msgid "Seen on %(day)s"
msgstr "Vu le %(day)s <b>"

msgid "%(num)s practice"
msgid_plural "%(num)s practices"
msgstr[0] "%(num)s pratique"
msgstr[1] "%(num)s de pratiques"
msgstr[2] "%(num)s pratiques <i>"

msgctxt "building"
msgid "School"
msgstr "Groupe scolaire"

msgid "100 % sure"
msgstr "sûr à 100 %"
"""


def templates(source: str, lang: str = "fr", name: str = "page.html", site: str = "") -> jinja2.Environment:
    translator = Translator(lang, read_po(FRENCH, "fr.po") if lang == "fr" else ())
    return environment(lang, translator, jinja2.DictLoader({name: source}), site=site)


def rendered(source: str, lang: str = "fr", name: str = "page.html", **values: object) -> str:
    return templates(source, lang, name).get_template(name).render(**values)


def compiled(source: str) -> str:
    made = templates(source)
    return made.compile(source, "page.html", "page.html", raw=True)


@pytest.mark.parametrize(
    ("source", "literal"),
    [
        ('<h1>{{ _("Practices") }}</h1>', "<h1>Pratiques</h1>"),
        ('<h1>{{ _("Unknown") }}</h1>', '<h1><span lang="en">Unknown</span></h1>'),
        ('<p title="{{ _("Practices") }}">', '<p title="Pratiques">'),
        ('<p title="{{ _("Unknown") }}">', '<p title="Unknown">'),
    ],
)
def test_a_literal_message_costs_what_a_literal_string_costs(source: str, literal: str) -> None:
    assert compiled(source) == compiled(literal)


def test_a_translation_is_never_trusted_as_markup() -> None:
    assert rendered('{{ _("Where to turn") }}') == "Où s’adresser &lt;script&gt;"
    assert rendered('<a title="{{ _("Where to turn") }}">') == '<a title="Où s’adresser &lt;script&gt;">'
    assert rendered("{{ _(label) }}", label="Where to turn") == "Où s’adresser &lt;script&gt;"


@pytest.mark.parametrize("source", ['{{ _("Seen on %(day)s", day=day) }}', "{{ _(label, day=day) }}"])
def test_the_values_in_a_message_are_escaped_and_so_is_the_translation(source: str) -> None:
    shown = rendered(source, day="<2 juin>", label="Seen on %(day)s")
    assert shown == "Vu le &lt;2 juin&gt; &lt;b&gt;"


def test_markup_that_code_made_may_stand_in_a_message() -> None:
    shown = rendered('{{ _("Seen on %(day)s", day=day) }}', day=Markup("<time>2 juin</time>"))
    assert shown == "Vu le <time>2 juin</time> &lt;b&gt;"


@pytest.mark.parametrize(
    ("n", "text"), [(1, "1 pratique"), (3, "3 pratiques &lt;i&gt;"), (1_000_000, "1000000 de pratiques")]
)
def test_a_number_chooses_the_form(n: int, text: str) -> None:
    assert rendered('{{ ngettext("%(num)s practice", "%(num)s practices", n) }}', n=n) == text


def test_a_number_may_be_written_as_readers_write_it() -> None:
    source = '{{ ngettext("%(num)s practice", "%(num)s practices", n, num=n|number) }}'
    assert rendered(source, "en", n=12_000) == "12,000 practices"


def test_a_context_chooses_the_sense() -> None:
    assert rendered('{{ pgettext("building", "School") }}') == "Groupe scolaire"
    assert rendered('{{ pgettext(sense, "School") }}', sense="building") == "Groupe scolaire"


def test_a_percent_sign_is_a_percent_sign_where_nothing_is_filled_in() -> None:
    assert rendered('{{ _("100 % sure") }}') == "sûr à 100 %"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('<p>{{ _("Unknown") }}</p>', '<p><span lang="en">Unknown</span></p>'),
        ("<p>{{ _(label) }}</p>", '<p><span lang="en">&lt;b&gt;</span></p>'),
        ('{{ ngettext("%(num)s place", "%(num)s places", 2) }}', '<span lang="en">2 places</span>'),
        ('{{ _("By %(who)s", who="<b>") }}', '<span lang="en">By <span lang="fr">&lt;b&gt;</span></span>'),
        ('{{ _("By %(who)s", who=place) }}', '<span lang="en">By <span lang="uk">Край</span></span>'),
        ('{{ _("By %(who)s", who="7") }}', '<span lang="en">By 7</span>'),
        ('{{ _("Seen on %(day)s", day=place) }}', 'Vu le <span lang="uk">Край</span> &lt;b&gt;'),
        ('{% set word = _("Unknown") %}<p>{{ word }}</p>', '<p><span lang="en">Unknown</span></p>'),
        ('{% macro m(w) %}<p>{{ w }}</p>{% endmacro %}{{ m(_("Unknown")) }}', '<p><span lang="en">Unknown</span></p>'),
        ("<p>{{ [place, 'b'] | listed }}</p>", '<p><span lang="uk">Край</span> et b</p>'),
        ("<p>{{ place }}</p>", '<p><span lang="uk">Край</span></p>'),
    ],
)  # fmt: skip
def test_words_in_another_language_say_so_in_an_element(source: str, shown: str) -> None:
    assert rendered(source, label="<b>", place=Foreign("Край", "uk", "fr")) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('<a title="{{ _("Unknown") }}">', '<a title="Unknown">'),
        ('<a title="{{ _(label) }}">', '<a title="&lt;b&gt;">'),
        ("<img alt='{{ place }}, {{ place }}'>", "<img alt='Край, Край'>"),
        ('<a title="{% if label %}{{ place }}{% endif %}">{{ place }}', '<a title="Край"><span lang="uk">Край</span>'),
        ('<a{% if label %} title="{{ place }}"{% else %} x{% endif %}>{{ 1 }}', '<a title="Край">1'),
        ('<a title="{{ _("By %(who)s", who=place) }}">', '<a title="By Край">'),
        ('<a title="{{ _("Seen on %(day)s", day=place) }}">', '<a title="Vu le Край &lt;b&gt;">'),
        ("<title>{{ place }} – 1</title>{{ place }}", '<title>Край – 1</title><span lang="uk">Край</span>'),
        ("<select><option>{{ place }}</option></select>", "<select><option>Край</option></select>"),
        ("{% set t %}{{ place }} 1{% endset %}<title{{ t | lang_mark }}>{{ t }}", '<title lang="uk">Край 1'),
        ('<meta content="{{ "a" ~ place }}">', '<meta content="aКрай">'),
        ("<textarea>{{ place }}</textarea>", "<textarea>Край</textarea>"),
    ],
)  # fmt: skip
def test_words_in_another_language_are_plain_where_no_element_can_stand(source: str, shown: str) -> None:
    assert rendered(source, label="<b>", place=Foreign("Край", "uk", "fr")) == shown


def test_english_pages_have_nothing_to_say_about_english() -> None:
    assert rendered('{{ _("Unknown") }} {{ _("By %(who)s", who="<b>") }}', "en") == "Unknown By &lt;b&gt;"


def test_a_language_that_runs_the_other_way_says_so_too() -> None:
    assert rendered('{{ _("Unknown") }}', "ar") == '<span lang="en" dir="ltr">Unknown</span>'


def test_a_mail_in_plain_text_is_not_escaped() -> None:
    source = '{{ _("Where to turn") }} {{ _("Seen on %(day)s", day="<2>") }} {{ _("Unknown") }} {{ _(x, day=1) }}'
    shown = rendered(source, name="mail.txt", x="Seen on %(day)s")
    assert shown == "Où s’adresser <script> Vu le <2> <b> Unknown Vu le 1 <b>"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('{{ _("By %(who)s", whom=1) }}', "'By %(who)s' needs who, but is given whom"),
        ('{{ _("By %(who)s") }}', "'By %(who)s' needs who, but is given nothing"),
        ('{{ ngettext("%(num)s by %(who)s", "%(num)s by %(who)s", 2) }}', "needs who, but is given nothing"),
        ('{{ _("%(n)s % of", n=1) }}', "write %% for a percent sign"),
    ],
)
def test_a_message_that_would_fail_or_mislead_is_refused_when_compiled(source: str, why: str) -> None:
    with pytest.raises(jinja2.TemplateSyntaxError) as refusal:
        rendered(f"\n{source}")
    assert why in str(refusal.value)
    assert refusal.value.lineno == 2


def test_a_value_that_is_missing_is_an_error_and_not_a_blank() -> None:
    with pytest.raises(jinja2.UndefinedError):
        rendered("{{ nobody }}")
    with pytest.raises(jinja2.UndefinedError):
        rendered('{{ _("Seen on %(day)s", day=day) }}')


def test_values_are_escaped() -> None:
    assert rendered("{{ title }}", title="<b>") == "&lt;b&gt;"


def test_templates_know_their_language_and_its_formats() -> None:
    source = '{{ lang }} {{ dir }} {{ "2014-06"|partial_date }} {{ 1234|number }} {{ ["a", "b"]|listed }} {{ site }}'
    made = templates(source, site="Paris")
    assert made.get_template("page.html").render() == "fr ltr juin 2014 1\u202f234 a et b Paris"


def test_messages_inside_macros_includes_and_expressions_are_translated() -> None:
    pages = {
        "base.html": '{% block title %}{% endblock %}|{% include "part.html" %}',
        "part.html": '{% macro m() %}{{ _("Practices")|upper }}{% endmacro %}{{ m() }}',
        "page.html": '{% extends "base.html" %}{% block title %}{{ _("Practices") ~ "!" }}{% endblock %}',
    }
    made = environment("fr", Translator("fr", read_po(FRENCH, "fr.po")), jinja2.DictLoader(pages))
    assert made.get_template("page.html").render() == "Pratiques!|PRATIQUES"

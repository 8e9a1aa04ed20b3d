"""Templates in one language: literal words are constants of the compiled template, and translations are only text."""

from __future__ import annotations

import jinja2
import pytest
from lanzarote.templating import environment
from lanzarote.translation import Translator
from lanzarote.translation.po import read_po
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

msgid "Hello %(name)s"
msgstr "Bonjour %(name)s <u>"

msgid "One"
msgid_plural "%(n)s sectors"
msgstr[0] "Un"
msgstr[1] "%(n)s de secteurs"
msgstr[2] "%(n)s secteurs"

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


@pytest.mark.parametrize("source", ['<h1>{{ _("Practices") }}</h1>', "<h1>{% trans %}Practices{% endtrans %}</h1>"])
def test_a_literal_message_costs_what_a_literal_string_costs(source: str) -> None:
    assert compiled(source) == compiled("<h1>Pratiques</h1>")


def test_a_fallback_that_is_said_is_a_constant_too() -> None:
    said = compiled('{{ say("Unknown") }}')
    assert "yield '<span lang=\"en\">Unknown</span>'" in said
    assert "say" not in said


def test_a_translation_is_never_trusted_as_markup() -> None:
    assert rendered('{{ _("Where to turn") }}') == "Où s’adresser &lt;script&gt;"
    assert rendered('<a title="{{ _("Where to turn") }}">') == '<a title="Où s’adresser &lt;script&gt;">'
    assert rendered("{% trans %}Where to turn{% endtrans %}") == "Où s’adresser &lt;script&gt;"
    assert rendered('{{ say("Where to turn") }}') == "Où s’adresser &lt;script&gt;"
    assert rendered("{{ _(label) }}", label="Where to turn") == "Où s’adresser &lt;script&gt;"


@pytest.mark.parametrize(
    "source",
    [
        '{{ _("Seen on %(day)s", day=day) }}',
        '{{ _(label, day=day) }}',
        '{{ say("Seen on %(day)s", day=day) }}',
        "{% trans day=day %}Seen on {{ day }}{% endtrans %}",
    ],
)  # fmt: skip
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
    assert rendered('{{ nsay("%(num)s practice", "%(num)s practices", n) }}', n=n) == text


def test_the_trans_tag_counts_too() -> None:
    source = "{% trans n=n %}One{% pluralize %}{{ n }} sectors{% endtrans %}"
    assert [rendered(source, n=n) for n in (1, 2)] == ["Un", "2 secteurs"]
    assert [rendered(source, "en", n=n) for n in (1, 2)] == ["One", "2 sectors"]


def test_a_number_may_be_written_as_readers_write_it() -> None:
    source = '{{ ngettext("%(num)s practice", "%(num)s practices", n, num=n|number) }}'
    assert rendered(source, "en", n=12_000) == "12,000 practices"


def test_a_context_chooses_the_sense() -> None:
    assert rendered('{{ pgettext("building", "School") }}') == "Groupe scolaire"
    assert rendered('{{ pgettext(sense, "School") }}', sense="building") == "Groupe scolaire"
    assert rendered('{% trans "building" %}School{% endtrans %}') == "Groupe scolaire"


def test_a_percent_sign_is_a_percent_sign_where_nothing_is_filled_in() -> None:
    assert rendered('{{ _("100 % sure") }}') == "sûr à 100 %"
    assert rendered("{% trans %}100 % sure{% endtrans %}") == "sûr à 100 %"


def test_what_fell_back_to_english_says_so_where_it_can() -> None:
    assert rendered('{{ say("Unknown") }}') == '<span lang="en">Unknown</span>'
    assert rendered("{{ say(label) }}", label="<b>") == '<span lang="en">&lt;b&gt;</span>'
    assert rendered('{{ say("By %(who)s", who="<b>") }}') == '<span lang="en">By &lt;b&gt;</span>'
    assert rendered('{{ nsay("%(num)s place", "%(num)s places", 2) }}') == '<span lang="en">2 places</span>'
    assert rendered('<a title="{{ _("Unknown") }}">') == '<a title="Unknown">'
    assert rendered('{{ say("Unknown") }}', "en") == "Unknown"
    assert rendered('{{ say("Unknown") }}', "ar") == '<span lang="en" dir="ltr">Unknown</span>'


def test_a_mail_in_plain_text_is_not_escaped() -> None:
    source = '{{ _("Where to turn") }} {{ _("Seen on %(day)s", day="<2>") }} {{ say("Unknown") }} {{ _(x, day=1) }}'
    shown = rendered(source, name="mail.txt", x="Seen on %(day)s")
    assert shown == "Où s’adresser <script> Vu le <2> <b> Unknown Vu le 1 <b>"
    assert rendered("{% trans name='<x>' %}Hello {{ name }}{% endtrans %}", name="mail.txt") == "Bonjour <x> <u>"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('{{ _("By %(who)s", whom=1) }}', "'By %(who)s' needs who, but is given whom"),
        ('{{ _("By %(who)s") }}', "'By %(who)s' needs who, but is given nothing"),
        ('{{ ngettext("%(num)s by %(who)s", "%(num)s by %(who)s", 2) }}', "needs who, but is given nothing"),
        ('{{ _("%(n)s % of", n=1) }}', "write %% for a percent sign"),
        ("{% trans %}A <b>bold</b> word{% endtrans %}", "keep tags and entities outside of translatable text"),
        ("{% trans %}A&nbsp;word{% endtrans %}", "keep tags and entities outside of translatable text"),
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

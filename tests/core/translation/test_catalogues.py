"""The platform's words: what is translated, what is refused, what falls back."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po as babel_read_po
from hypothesis import given
from hypothesis import strategies as st
from lanzarote.translation import N_, CatalogueError, Translations, Translator, plural_categories
from lanzarote.translation.catalogues import faults_in, load
from lanzarote.translation.po import Entry, header_of, read_po, write_po
from lanzarote.types import Catalogue

FRENCH = """\
# Un commentaire du traducteur.
msgid ""
msgstr ""
"Language: fr\\n"

msgid "Practices"
msgstr "Pratiques"

msgid "%(num)s practice"
msgid_plural "%(num)s practices"
msgstr[0] "%(num)s pratique"
msgstr[1] "%(num)s de pratiques"
msgstr[2] "%(num)s pratiques"

msgctxt "an institution"
msgid "School"
msgstr "Établissement"

#, fuzzy
msgid "Sectors"
msgstr "Acteurs"

msgid "Procedures"
msgstr ""

msgid ""
"Two\\n"
"lines of \\"text\\""
msgstr "Deux\\nlignes de « texte »"

#~ msgid "Gone"
#~ msgstr "Parti"
"""

WriteCatalogue = Callable[..., Catalogue]


@pytest.fixture
def catalogue(tmp_path: Path) -> WriteCatalogue:
    def write(text: str, language: str = "fr", name: str = "") -> Catalogue:
        path = tmp_path / (name or f"{language}.po")
        path.write_text(text, encoding="utf-8")
        return Catalogue(language=language, path=path)

    return write


@pytest.fixture
def french(catalogue: WriteCatalogue) -> Translator:
    return Translations([catalogue(FRENCH)]).translator("fr")


def test_a_message_is_translated(french: Translator) -> None:
    assert french.gettext("Practices") == "Pratiques"
    assert french.gettext('Two\nlines of "text"') == "Deux\nlignes de « texte »"
    assert french.pgettext("an institution", "School") == "Établissement"


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "%(num)s pratique"), (1, "%(num)s pratique"), (2, "%(num)s pratiques"), (1_000_000, "%(num)s de pratiques")],
)
def test_french_has_the_three_plural_forms_of_cldr(french: Translator, n: int, text: str) -> None:
    assert french.ngettext("%(num)s practice", "%(num)s practices", n) == text


def test_ukrainian_counts_as_ukrainians_do(catalogue: WriteCatalogue) -> None:
    text = 'msgid "child"\nmsgid_plural "children"\n' + "".join(
        f'msgstr[{i}] "{word}"\n' for i, word in enumerate(["дитина", "дитини", "дітей", "дитини (дріб)"])
    )
    translator = Translations([catalogue(text, "uk")]).translator("uk")
    counted = [translator.ngettext("child", "children", n) for n in (1, 2, 5, 11, 21, 1.5)]
    assert counted == ["дитина", "дитини", "дітей", "дітей", "дитина", "дитини (дріб)"]


@pytest.mark.parametrize(
    ("lang", "categories"),
    [
        ("en", ("one", "other")),
        ("fr", ("one", "many", "other")),
        ("ka", ("one", "other")),
        ("lt", ("one", "few", "many", "other")),
        ("ar", ("zero", "one", "two", "few", "many", "other")),
        ("sr-Latn", ("one", "few", "other")),
        ("tlh", ("one", "other")),
    ],
)
def test_plural_categories_stand_in_the_order_of_cldr(lang: str, categories: tuple[str, ...]) -> None:
    assert plural_categories(lang) == categories


def test_what_is_not_translated_is_english_and_says_so(french: Translator) -> None:
    given = [french.gettext(message) for message in ("Sectors", "Procedures", "Gone", "Never heard of")]
    assert given == ["Sectors", "Procedures", "Gone", "Never heard of"]
    assert french.ngettext("one place", "places", 1) == "one place"
    assert french.ngettext("one place", "places", 0) == "places"
    assert french.pgettext("a building", "School") == "School"
    fallen = (*given, french.ngettext("one place", "places", 1), french.pgettext("a building", "School"))
    assert {getattr(text, "lang", "") for text in fallen} == {"en"}
    told = (french.gettext("Practices"), french.pgettext("an institution", "School"), french.gettext(""))
    assert {type(text) for text in told} == {str}


@pytest.mark.parametrize("lang", ["en", "en-IE"])
def test_english_is_not_foreign_to_english(lang: str) -> None:
    assert type(Translator(lang).gettext("Practices")) is str


def test_english_needs_no_catalogue() -> None:
    english = Translations([]).translator("en")
    assert english.ngettext("%(num)s practice", "%(num)s practices", 2) == "%(num)s practices"
    assert N_("Practices") == "Practices"


def test_languages_are_english_and_those_of_the_catalogues(catalogue: WriteCatalogue) -> None:
    assert Translations([catalogue("", "uk"), catalogue("", "fr")]).languages == ("en", "fr", "uk")


def test_a_catalogue_is_read_when_its_language_is_first_asked_for(catalogue: WriteCatalogue) -> None:
    translations = Translations([catalogue("not a catalogue", "uk"), catalogue(FRENCH)])
    french = translations.translator("fr")
    assert translations.translator("fr") is french
    assert translations.faults == {}
    assert translations.translator("uk").gettext("Practices") == "Practices"
    [fault] = translations.faults.values()
    assert "expected msgid" in fault


def test_the_first_catalogue_wins_and_the_next_completes(catalogue: WriteCatalogue) -> None:
    region = 'msgid "Practices"\nmsgstr "Actions"\n\nmsgid "Quarter"\nmsgstr "Quartier"\n'
    translator = Translations([catalogue(FRENCH), catalogue(region, "fr", "region.po")]).translator("fr")
    assert (translator.gettext("Practices"), translator.gettext("Quarter")) == ("Pratiques", "Quartier")


REFUSED = {
    "too few plural forms": (
        'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "x"\nmsgstr[1] "y"\n',
        'fr.po, line 1: "a" has 2 plural forms; fr has 3 in CLDR, in this order: one, many, other',
    ),
    "another placeholder": (
        '\nmsgid "by %(who)s"\nmsgstr "par %(qui)s"\n',
        'fr.po, line 2: "by %(who)s" is translated with %(qui)s; the original has %(who)s',
    ),
    "a placeholder lost": (
        'msgid "by %(who)s"\nmsgstr "par"\n',
        'fr.po, line 1: "by %(who)s" is translated with no placeholder; the original has %(who)s',
    ),
    "a placeholder invented": (
        'msgid "by"\nmsgstr "par %(who)s"\n',
        'fr.po, line 1: "by" is translated with %(who)s; the original has no placeholder',
    ),
    "a stray percent sign": (
        'msgid "%(n)s %%"\nmsgstr "%(n)s % de tout"\n',
        "fr.po, line 1: \"%(n)s %%\" needs %% for a percent sign, at '% de tout'",
    ),
    "one message twice": (
        'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n',
        'fr.po, line 4: "a" is there twice; keep one',
    ),
    "no gettext at all": (
        "<html>\n",
        'fr.po, line 1: expected msgid "…", msgstr "…" or "…", not <html>',
    ),
    "a message cut off": ('msgid "a"\n', "fr.po: the last message has no msgstr; is the file cut off?"),
    "forms out of order": (
        'msgid "a"\nmsgid_plural "b"\nmsgstr[1] "x"\n',
        "fr.po, line 3: msgstr[1] is where msgstr[0] should be",
    ),
    "plural forms of nothing": (
        'msgid "a"\nmsgstr[0] "x"\nmsgstr[1] "y"\n',
        'fr.po, line 1: "a" has plural forms, but no msgid_plural',
    ),
}


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
def test_a_bad_catalogue_is_refused_with_its_place(catalogue: WriteCatalogue, text: str, why: str) -> None:
    bad = catalogue(text)
    with pytest.raises(CatalogueError) as refusal:
        load(bad)
    assert str(refusal.value).removeprefix(f"{bad.path.parent}/") == why  # type: ignore[attr-defined]


MISFITS = {
    "tags that the original has not": (
        'msgstr "<b>x</b>"',
        '"a" has the tags <b> </b>; the original has none',
    ),
    "a sign that turns the words round": (
        'msgstr "x\u202ey"',
        '"a" holds an invisible character (U+202E); write it anew without it',
    ),
    "plural forms left empty": (
        'msgid_plural "as"\nmsgstr[0] "x"\nmsgstr[1] ""\nmsgstr[2] "y"',
        '"a" has plural forms that are empty; fill in all of them',
    ),
}


@pytest.mark.parametrize(("said", "why"), MISFITS.values(), ids=MISFITS)
def test_a_word_that_should_not_be_read_stays_english_and_takes_no_other_with_it(
    catalogue: WriteCatalogue, said: str, why: str
) -> None:
    words = catalogue(f'msgid "a"\n{said}\n\nmsgid "b"\nmsgstr "c"\n')
    assert [entry.id for entry in load(words)] == ["b"]
    assert [(fault.line, fault.told) for fault in faults_in(words)] == [(1, why)]


def test_every_fault_of_a_catalogue_is_named_at_once(catalogue: WriteCatalogue) -> None:
    text = (
        'msgid "a"\nmsgstr "b" c"\n'  # cannot be read; what follows can
        'msgid "by %(who)s"\nmsgstr "par"\n'
        'msgid "d"\nmsgstr "e"\n'
        'msgid "d"\nmsgstr "f"\n'
        'msgid "g"\nmsgstr "<i>h</i>"\n'
        'msgid "cut off"\n'
    )
    with pytest.raises(CatalogueError) as refusal:
        load(catalogue(text))
    assert [fault.at("fr.po") for fault in refusal.value.faults] == [
        'fr.po, line 2: expected msgid "…", msgstr "…" or "…", not msgstr "b" c"',
        'fr.po, line 3: "by %(who)s" is translated with no placeholder; the original has %(who)s',
        'fr.po, line 7: "d" is there twice; keep one',
        'fr.po, line 9: "g" has the tags <i> </i>; the original has none',
        "fr.po: the last message has no msgstr; is the file cut off?",
    ]
    assert str(refusal.value).endswith('not msgstr "b" c" (and 4 more such faults)')


def test_the_form_for_one_may_leave_the_number_out(catalogue: WriteCatalogue) -> None:
    text = 'msgid "one place"\nmsgid_plural "%(num)s places"\nmsgstr[0] "un lieu"\n'
    text += 'msgstr[1] "%(num)s de lieux"\nmsgstr[2] "%(num)s lieux"\n'
    assert Translations([catalogue(text)]).translator("fr").ngettext("one place", "%(num)s places", 1) == "un lieu"


def test_a_file_that_is_not_utf8_or_not_there_is_refused(tmp_path: Path) -> None:
    latin = tmp_path / "fr.po"
    latin.write_bytes('msgid "a"\nmsgstr "é"\n'.encode("latin-1"))
    with pytest.raises(CatalogueError, match="not UTF-8 at byte 18"):
        load(Catalogue(language="fr", path=latin))
    with pytest.raises(CatalogueError, match="cannot be read"):
        load(Catalogue(language="fr", path=tmp_path / "none.po"))


@pytest.mark.parametrize("language", ["", "français", "../fr", "fr_FR", "x" * 10_000])
def test_a_malformed_language_is_refused(language: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="is not a language such as fr") as refusal:
        Translations([]).translator(language)
    assert len(str(refusal.value)) < 120


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "en"),
        ("", "en"),
        ("fr", "fr"),
        ("FR-ca", "fr"),
        ("de, fr;q=0.5, en;q=0.1", "fr"),
        ("en;q=0.1, fr;q=0.5", "fr"),
        ("fr;q=0, uk", "uk"),
        ("fr;q=0", "en"),
        ("pt", "pt-BR"),
        ("pt-PT", "en"),
        ("*", "en"),
        ("de-DE;q=1;x, uk; q=0.9", "uk"),
        ("tlh, xx-yy-zz", "en"),
        ("fr;q=banana, uk;q=0.2", "uk"),
        ("a" * 10_000, "en"),
        (",".join(["de"] * 10_000), "en"),
        ("\x00;;;q=,=,--,-", "en"),
    ],
)
def test_the_reader_gets_the_best_language_on_offer(header: str | None, chosen: str) -> None:
    assert Translations.negotiate(header, ["en", "fr", "uk", "pt-BR"]) == chosen


@given(st.text(alphabet=st.sampled_from("fren-*;q=0.1, \x00é_/")), st.lists(st.sampled_from(["fr", "en", "sr-Latn"])))
def test_no_header_breaks_the_negotiation(header: str, offered: list[str]) -> None:
    assert Translations.negotiate(header, offered) in (offered or ["en"])


words = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t"\\'), min_size=1)


@given(st.dictionaries(words, words, min_size=1))
def test_what_is_written_is_read_again_by_us_and_by_babel(messages: dict[str, str]) -> None:
    written = write_po((Entry(id=id, forms=[text]) for id, text in messages.items()), "fr")
    ours = {entry.id: entry.forms[0] for entry in read_po(written, "fr.po") if entry.id}
    theirs = {message.id: message.string for message in babel_read_po(io.BytesIO(written.encode())) if message.id}
    assert ours == messages
    assert theirs == messages


def test_a_catalogue_may_say_that_its_words_are_a_draft(catalogue: WriteCatalogue) -> None:
    head = FRENCH.replace('"Language: fr\\n"', '"Language: fr\\n"\n"X-Draft: yes\\n"')
    assert header_of(head) == {"Language": "fr", "X-Draft": "yes"}
    assert Translations([catalogue(head)]).translator("fr").draft
    assert not Translations([catalogue(FRENCH)]).translator("fr").draft
    assert not Translations([catalogue(head)]).translator("en").draft


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n", 'msgid "Practices"\nmsgstr "Pratiques"\n'])
def test_a_catalogue_without_a_head_has_no_fields(text: str) -> None:
    assert header_of(text) == {}


def test_importing_translation_does_not_import_babel() -> None:
    code = "import sys, lanzarote.translation as t; t.Translations([]).translator('en'); print('babel' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"

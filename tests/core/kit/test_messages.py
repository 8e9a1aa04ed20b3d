"""Words go out to translators and come back, and a language of the platform needs no release of ours."""

# ruff: noqa: E501 - a line of a table is read as a whole

from __future__ import annotations

import gettext
import re
from datetime import date
from pathlib import Path

import pytest
from babel import Locale, localedata
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LanzaroteError
from lanzarote.kit.check import catalogues_for
from lanzarote.kit.folders import host_with
from lanzarote.kit.messages.commands import export, import_file, print_progress
from lanzarote.kit.messages.parts import PUBLIC, part_of, place_of, platform_messages
from lanzarote.kit.scale.facts import words_usable
from lanzarote.kit.scale.rules import Subject
from lanzarote.regions.check import check
from lanzarote.regions.content import Content
from lanzarote.regions.folder import folder_digest, read_framework, read_region
from lanzarote.regions.words import own_words
from lanzarote.translation import Translations, plural_categories
from lanzarote.translation.formats import gettext_plurals, order_in, plural_examples
from lanzarote.translation.po import Entry, read_po, write_po
from lanzarote.types import Catalogue

from tests.core.kit.good import GOOD, REGION, write
from tests.core.web.reading import client_of

ONE, MANY = "%(num)s practice", "%(num)s practices"
LANGUAGES = 'languages = ["en", "fr", "{}"]\ndraft = ["{}"]'


def region(place: Path, language: str = "is") -> Path:
    """The good region in one more language, of which it has no word yet."""
    header = GOOD[f"{REGION}/region.toml"].replace('languages = ["en", "fr"]', LANGUAGES.format(language, language))
    return write(place, {**GOOD, f"{REGION}/region.toml": header})


def file_of(place: Path, language: str, *entries: Entry) -> Path:
    path = place / f"{language}-back.po"
    path.write_text(write_po(entries, language), "utf-8")
    return path


def kept(folder: Path, domain: str, language: str = "is") -> dict[tuple[str, str], Entry]:
    path = folder / "translations" / domain / f"{language}.po"
    return {entry.key: entry for entry in read_po(path.read_text("utf-8"), "") if entry.id}


def read(folder: Path) -> Content:
    return check(read_region(folder))


def own(place: str, text: str, said: str) -> Entry:
    return Entry(id=text, context=place, forms=[said])


@pytest.mark.parametrize("head", ["is", "is_IS", "IS"])
def test_a_file_in_the_language_that_is_asked_for_is_taken(tmp_path: Path, head: str) -> None:
    folder = region(tmp_path)
    file = file_of(tmp_path, "is", COURTS)
    file.write_text(file.read_text("utf-8").replace("Language: is", f"Language: {head}"), "utf-8")
    assert import_file(folder, "is", file) == 0
    assert kept(folder, "region")[COURTS.key].forms == ["Dómstólar"]


@pytest.mark.parametrize("head", ["no", "is-Latn", "fi_FI"])
def test_a_file_whose_head_says_another_language_is_refused(tmp_path: Path, head: str) -> None:
    folder = region(tmp_path)
    file = file_of(tmp_path, "is", COURTS)
    file.write_text(file.read_text("utf-8").replace("Language: is", f"Language: {head}"), "utf-8")
    with pytest.raises(LanzaroteError, match=f"says that it is in '{head}'.*not in 'is'"):
        import_file(folder, "is", file)
    assert not (folder / "translations").exists()


COURTS = own("sectors.toml courts.name", "Courts", "Dómstólar")


# Out


@pytest.mark.parametrize(("language", "forms"), [("is", 2), ("ar", 6), ("pl", 4), ("ja", 1)])
def test_a_file_for_translators_has_the_plural_forms_of_the_language(tmp_path: Path, language: str, forms: int) -> None:
    folder = region(tmp_path, language)
    export(folder, language)
    words = kept(folder, "lanzarote", language)
    assert words["", ONE].plural == MANY
    assert len(words["", ONE].forms) == forms == len(plural_categories(language))
    assert f"nplurals={forms};" in (folder / "translations" / "lanzarote" / f"{language}.po").read_text("utf-8")


def test_a_file_for_translators_says_which_plural_form_is_for_which_numbers(tmp_path: Path) -> None:
    folder = region(tmp_path, "ru")
    export(folder, "ru")
    told = (
        "plural forms: [0] one: 1, 21, 31, 41, …; [1] few: 2, 3, 4, 22, …; [2] many: 0, 5, 6, 7, …; [3] other: 0.5, 1.5"
    )
    words = kept(folder, "lanzarote", "ru").values()
    assert [entry.told[1:] for entry in words] == [[told] if entry.plural else [] for entry in words]


def test_what_a_translator_is_told_of_plural_forms_stays_when_the_file_comes_back(tmp_path: Path) -> None:
    folder = region(tmp_path, "is")
    export(folder, "is")
    file = folder / "translations" / "lanzarote" / "is.po"
    words = kept(folder, "lanzarote", "is")
    words["", ONE].forms = ["%(num)s úrræði", "%(num)s úrræða"]
    (tmp_path / "back.po").write_text(write_po(words.values(), "is"), "utf-8")
    assert import_file(folder, "is", tmp_path / "back.po") == 0
    told = "plural forms: [0] one: 1, 21, 31, 41, …; [1] other: 0, 2, 3, 4, …"
    entry = kept(folder, "lanzarote", "is")["", ONE]
    assert (entry.told[1:], entry.forms) == ([told], ["%(num)s úrræði", "%(num)s úrræða"])
    assert file.read_text("utf-8").count(f"#. {told}\n") == sum(bool(one.plural) for one in words.values())


@pytest.mark.parametrize("language", sorted({code.split("_")[0] for code in localedata.locale_identifiers()}))
def test_every_plural_form_of_every_language_has_an_example(language: str) -> None:
    assert not re.search(r": (;|$)", plural_examples(language))


@pytest.mark.parametrize("language", ["fr", "is", "ar", "pl", "ja", "cy", "ga", "lv", "sl"])
def test_programs_for_translators_choose_the_form_that_cldr_chooses(language: str) -> None:
    choose = gettext.c2py(gettext_plurals(language).partition("plural=")[2].rstrip(";"))
    rule, forms = Locale(language).plural_form, plural_categories(language)
    assert [forms[choose(n)] for n in range(250)] == [rule(n) for n in range(250)]


def test_the_public_pages_come_first_and_every_word_says_where_it_is_used(tmp_path: Path) -> None:
    folder = region(tmp_path)
    export(folder, "is")
    text = (folder / "translations" / "lanzarote" / "is.po").read_text("utf-8")
    parts = re.findall(r"^#\. (\d.*)$", text, re.MULTILINE)
    assert list(dict.fromkeys(parts)) == [
        "1 public pages, 1 help page",
        "1 public pages, 2 frame and menu",
        "1 public pages, 3 home pages",
        "1 public pages, 4 other pages",
        "2 team",
        "3 office",
    ]
    assert "#: territory/templates/front.html\n" in text
    assert not re.search(r"^#: .*:\d", text, re.MULTILINE)


def test_what_a_child_sees_is_translated_first_and_what_only_a_team_sees_is_not_public() -> None:
    places = {message.id: place_of(files) for message, files in platform_messages().items()}
    assert places["Are you a child?"] == places["Leave this page"] == "1 public pages, 1 help page"
    assert places["About"] == "1 public pages, 2 frame and menu"
    assert places["Choose a file first."] == "2 team"
    for message, files in platform_messages().items():
        if all(file.startswith("importing/") for file in files):
            assert part_of(files) != PUBLIC, message


def test_the_folders_own_words_are_told_with_file_and_key(tmp_path: Path) -> None:
    folder = region(tmp_path)
    export(folder, "is")
    words = kept(folder, "region")
    assert words["sectors.toml courts.name", "Courts"].told == ["sectors.toml"]
    assert ("practices/hearing.toml text.title", "Joint hearing") in words
    assert ("practices/hearing.toml text.theory", "") not in words


def law(place: Path) -> Path:
    """Law in a language of which it has no word yet."""
    folder = place / "law_xa"
    folder.mkdir()
    (folder / "framework.toml").write_text(
        'format = 1\nid = "XA"\nlanguages = ["en", "fr", "is"]\ndraft = ["is"]\nname = { en = "Law of Testland", fr = "Droit" }\n',
        "utf-8",
    )
    (folder / "law").mkdir()
    (folder / "law" / "code.toml").write_text(GOOD[f"{REGION}/law/code.toml"], "utf-8")
    (folder / "sources.toml").write_text(GOOD[f"{REGION}/sources.toml"], "utf-8")
    return folder


def test_national_law_has_words_of_its_own_and_none_of_the_platform(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = law(tmp_path)
    export(folder, "is")
    assert not (folder / "translations" / "lanzarote").exists()
    assert ("framework.toml name", "Law of Testland") in kept(folder, "region")
    back = file_of(tmp_path, "is", own("framework.toml name", "Law of Testland", "Lög Testlands"))
    assert import_file(folder, "is", back) == 0
    content = check(read_framework(folder))
    assert content.problems == []
    assert content.header is not None
    assert content.header.name == {"en": "Law of Testland", "fr": "Droit", "is": "Lög Testlands"}
    capsys.readouterr()
    print_progress(folder)
    english, _, icelandic = capsys.readouterr().out.splitlines()
    asked = english.rpartition(" ")[2]
    assert english == f"en: own words {asked} of {asked}"
    assert icelandic == f"is: own words 1 of {asked}"


def test_whoever_exports_a_region_is_shown_where_the_words_of_its_law_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = region(tmp_path)
    law(folder.parent)
    export(folder, "is")
    assert f"lanzarote region messages export {folder.parent / 'law_xa'} is" in capsys.readouterr().out


def test_what_an_installed_package_translates_is_not_asked_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = region(tmp_path)
    export(folder, "fr")
    told, _, where = capsys.readouterr().out.partition(". To read those: ")
    assert told == (
        "Nothing is to be translated into fr, and nothing was written: the files of the folder say everything in it, and "
        "installed packages every word of the platform"
    )
    assert [Path(file).name for file in where.strip().split(", ")] == ["fr.po"]
    assert not (folder / "translations").exists()


def test_whoever_exports_law_that_says_everything_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = law(tmp_path)
    export(folder, "fr")
    assert capsys.readouterr().out == (
        "Nothing is to be translated into fr, and nothing was written: the files of the folder say everything in it.\n"
    )
    assert not (folder / "translations").exists()


@pytest.mark.parametrize(
    ("language", "told"), [("xx", "CLDR knows no language 'xx'"), ("../is", "is not a language such as fr")]
)
def test_what_is_no_language_is_refused(tmp_path: Path, language: str, told: str) -> None:
    with pytest.raises(LanzaroteError, match=re.escape(told)):
        export(region(tmp_path), language)
    assert not (tmp_path / REGION / "translations").exists()


def test_what_is_translated_stays_and_is_marked_when_its_original_changes(tmp_path: Path) -> None:
    folder = region(tmp_path)
    import_file(folder, "is", file_of(tmp_path, "is", COURTS, Entry(id="Practices", forms=["Úrræði"])))
    sectors = folder / "sectors.toml"
    sectors.write_text(sectors.read_text("utf-8").replace('name.en = "Courts"', 'name.en = "Courts of law"'), "utf-8")
    export(folder, "is")
    words = kept(folder, "region")
    assert words["sectors.toml courts.name", "Courts of law"].forms == ["Dómstólar"]
    assert words["sectors.toml courts.name", "Courts of law"].flags == {"fuzzy"}
    assert kept(folder, "lanzarote")["", "Practices"].forms == ["Úrræði"]
    assert "is" not in read(folder).sectors["courts"].name


@pytest.mark.parametrize("first", ["is", "en"])
def test_a_translation_is_the_original_of_no_other_whichever_language_comes_first(tmp_path: Path, first: str) -> None:
    folder = region(tmp_path)
    header = folder / "region.toml"
    languages = f"languages = {[first, *sorted({'en', 'fr', 'is', 'pl'} - {first})]}".replace("'", '"')
    header.write_text(
        header.read_text("utf-8").replace(LANGUAGES.format("is", "is"), f'{languages}\ndraft = ["is", "pl"]'), "utf-8"
    )
    courts = {"is": "Dómstólar", "pl": "Sądy"}
    for language, said in courts.items():
        assert (
            import_file(folder, language, file_of(tmp_path, language, own("sectors.toml courts.name", "Courts", said)))
            == 0
        )
    for language, said in courts.items():
        export(folder, language)
        word = kept(folder, "region", language)["sectors.toml courts.name", "Courts"]
        assert (word.forms, word.flags) == ([said], set())
    assert read(folder).sectors["courts"].name == {"en": "Courts", "fr": "Justice", **courts}


def test_what_is_used_no_more_goes_only_when_asked_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = region(tmp_path)
    import_file(folder, "is", file_of(tmp_path, "is", own("helplines.toml line.name", "The line", "Línan")))
    lines = folder / "helplines.toml"
    lines.write_text(lines.read_text("utf-8").replace("[line]", "[phone]"), "utf-8")
    gone = ("helplines.toml line.name", "The line")
    capsys.readouterr()
    export(folder, "is")
    assert (
        "Translated, no longer used, and left in the file (--drop takes them out): 1\n  The line\n"
        in capsys.readouterr().out
    )
    assert gone in kept(folder, "region")
    export(folder, "is", drop=True)
    assert "Translated, no longer used, and taken out: 1\n  The line\n" in capsys.readouterr().out
    assert gone not in kept(folder, "region")


# Back


def test_a_translation_that_comes_back_is_read_with_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = region(tmp_path)
    before = folder_digest([folder])
    hearing = [
        own("practices/hearing.toml text.title", "Joint hearing", "Sameiginleg skýrslutaka"),
        own("practices/hearing.toml text.summary", "Two services hear together.", "Tvær stofnanir hlusta saman."),
    ]
    assert import_file(folder, "is", file_of(tmp_path, "is", COURTS, *hearing)) == 0
    assert capsys.readouterr().out == "3 taken, 0 as they were, 0 left out, 0 not used here.\n"
    content = read(folder)
    assert content.sectors["courts"].name["is"] == "Dómstólar"
    assert content.practices["hearing"].text["is"].title == "Sameiginleg skýrslutaka"
    assert content.practices["hearing"].text["is"].limits is None
    assert folder_digest([folder]) != before


def plural(*forms: str) -> Entry:
    return Entry(id=ONE, plural=MANY, forms=list(forms))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (plural("%(num)s úrræði"), "has 1 plural forms; is has 2 in CLDR, in this order: one, other"),
        (plural("%(num)s úrræði", "%(number)s úrræði"), "is translated with %(number)s; the original has %(num)s"),
        (plural("%(num)s úrræði", ""), "has plural forms that are empty; fill in all of them"),
        (own("sectors.toml courts.name", "Courts", "Dóm\u202estólar"), "holds an invisible character (U+202E); write it anew without it"),
        (own("sectors.toml courts.name", "Courts", "Dóm\u200fstólar"), "holds an invisible character (U+200F); write it anew without it"),
        (own("sectors.toml courts.name", "Courts", "<b>Dómstólar</b>"), "has the tags <b> </b>; the original has none"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named_with_its_line_and_the_rest_only_taken_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], entry: Entry, told: str
) -> None:
    folder = region(tmp_path)
    good = own("sectors.toml care.name", "Care", "Umönnun")
    file = file_of(tmp_path, "is", good, entry)
    line = next(one.line for one in read_po(file.read_text("utf-8"), "") if one.id == entry.id)
    assert import_file(folder, "is", file) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first == f'{file}, line {line}: "{entry.id}" {told}'
    assert last.startswith("Nothing was taken: 1 of its translations cannot be.")
    assert not (folder / "translations").exists()
    assert import_file(folder, "is", file, rest=True) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 taken, 0 as they were, 1 left out, 0 not used here."
    assert read(folder).sectors["care"].name["is"] == "Umönnun"
    assert "is" not in read(folder).sectors["courts"].name


def test_a_mark_of_direction_may_stand_where_one_writes_from_the_right(tmp_path: Path) -> None:
    folder = region(tmp_path, "ar")
    assert (
        import_file(folder, "ar", file_of(tmp_path, "ar", own("sectors.toml courts.name", "Courts", "محاكم\u200f")))
        == 0
    )


def test_nothing_that_is_translated_is_lost_by_what_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = region(tmp_path)
    import_file(folder, "is", file_of(tmp_path, "is", COURTS, own("sectors.toml care.name", "Care", "Umönnun")))
    doubtful = Entry(id="Courts", context="sectors.toml courts.name", forms=["Réttir"], flags={"fuzzy"})
    stranger = Entry(id="No such word", forms=["Ekkert"])
    capsys.readouterr()
    assert (
        import_file(
            folder, "is", file_of(tmp_path, "is", doubtful, own("sectors.toml care.name", "Care", ""), stranger)
        )
        == 0
    )
    first, last = capsys.readouterr().out.splitlines()
    assert first.endswith('"No such word" is not used here, or translated elsewhere; it was left out')
    assert last == "0 taken, 1 as they were, 0 left out, 1 not used here."
    assert [one.forms for one in kept(folder, "region").values() if one.translated] == [["Umönnun"], ["Dómstólar"]]


RENAMED = {
    "sectors": ("sectors.toml", "[courts]\n", '[judges]\nformer = ["courts"]\n'),
    "provisions": ("law/code.toml", 'code-1]\nnumber = "3-14"\n', 'code-one]\nformer = ["code-1"]\nnumber = "3-14"\n'),
}


def rename(folder: Path) -> None:
    """Give new keys to a sector, a provision and a practice, whose former ones are said."""
    for file, before, after in RENAMED.values():
        text = (folder / file).read_text("utf-8")
        assert before in text
        (folder / file).write_text(
            text.replace(before, after).replace("provisions.code-1", "provisions.code-one"), "utf-8"
        )
    practice = folder / "practices" / "hearing.toml"
    practice.with_name("listening.toml").write_text(f'former = ["hearing"]\n{practice.read_text("utf-8")}', "utf-8")
    practice.unlink()


def said_in_icelandic(folder: Path) -> list[str | None]:
    content = read(folder)
    [provision], [practice] = content.provisions.values(), content.practices.values()
    [court] = [one for key, one in content.sectors.items() if key in ("courts", "judges")]
    text = practice.text.get("is")
    texts = (text.title, text.summary) if text else (None, None)
    return [court.name.get("is"), provision.versions[0].title.get("is"), *texts]


def test_words_follow_an_entry_that_is_renamed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = region(tmp_path)
    text = read(folder).practices["hearing"].text["en"]
    words = [
        COURTS,
        own("law/code.toml provisions.code-1.versions.0.title", "Majority", "Lögræði"),
        own("practices/hearing.toml text.title", text.title, "Skýrslutaka"),
        own("practices/hearing.toml text.summary", text.summary, "Saman."),
    ]
    said: list[str | None] = ["Dómstólar", "Lögræði", "Skýrslutaka", "Saman."]
    assert import_file(folder, "is", file_of(tmp_path, "is", *words)) == 0
    rename(folder)
    assert said_in_icelandic(folder) == said
    capsys.readouterr()
    assert export(folder, "is") == 0
    assert "used no more" not in capsys.readouterr().out
    assert said_in_icelandic(folder) == said
    assert {place.split()[0] for (place, _), one in kept(folder, "region").items() if one.translated} == {
        "sectors.toml", "law/code.toml", "practices/listening.toml"
    }  # fmt: skip
    # What a translator was given before the entries were renamed is taken as well.
    later = own("law/code.toml provisions.code-1.versions.0.title", "Majority", "Lögræðisaldur")
    assert import_file(folder, "is", file_of(tmp_path, "is", later)) == 0
    assert said_in_icelandic(folder) == ["Dómstólar", "Lögræðisaldur", "Skýrslutaka", "Saman."]


def test_a_file_of_words_that_cannot_be_used_is_a_fault_of_the_folder(tmp_path: Path) -> None:
    folder = region(tmp_path)
    words = folder / "translations" / "region" / "is.po"
    words.parent.mkdir(parents=True)
    words.write_text('msgid "Courts"\nmsgid_plural "x"\nmsgstr[0] "y"\n', "utf-8")
    (words.parent / "sv.po").write_text("", "utf-8")
    assert [str(one) for one in read(folder).problems if one.file.startswith("translations")] == [
        'translations/region/is.po:1: "Courts" has 1 plural forms; is has 2 in CLDR, in this order: one, other',
        "translations/region/sv.po: is not read; its name is a language of region.toml, such as fr.po",
    ]


def test_a_word_with_other_tags_keeps_no_region_from_being_shown(tmp_path: Path) -> None:
    folder = region(tmp_path)
    words = folder / "translations" / "region" / "is.po"
    words.parent.mkdir(parents=True)
    words.write_text('msgctxt "sectors.toml courts.name"\nmsgid "Courts"\nmsgstr "<b>Dómstólar</b>"\n', "utf-8")
    content = read(folder)
    [told] = [one for one in content.problems if one.file.startswith("translations")]
    assert (told.line, told.message, told.warning) == (
        2, '"Courts" has the tags <b> </b>; the original has none', True,
    )  # fmt: skip
    assert "is" not in content.sectors["courts"].name


@pytest.mark.parametrize("said", ["Dóm\u202estólar", "<b>Dómstólar</b>", "%(n)s"])
def test_what_import_refuses_the_check_refuses_in_the_same_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    folder = region(tmp_path)
    file = file_of(tmp_path, "is", Entry(id="Practices", forms=[said]), Entry(id="Sectors", forms=[said]))
    assert import_file(folder, "is", file) == 1
    refused = [line.removeprefix(f"{file}, line ") for line in capsys.readouterr().out.splitlines()[:-1]]
    words = folder / "translations" / "lanzarote" / "is.po"
    words.parent.mkdir(parents=True)
    words.write_text(file.read_text("utf-8"), "utf-8")
    subject = Subject(
        content=read(folder), folder=folder, project=None, catalogues=catalogues_for(folder), today=date(2026, 11, 27)
    )
    assert [f"{one.line}: {one.message}" for one in words_usable.find(subject)] == refused
    assert len(refused) == 2


def test_progress_says_which_file_is_not_used_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = region(tmp_path)
    for domain in ("lanzarote", "region"):
        words = folder / "translations" / domain / "is.po"
        words.parent.mkdir(parents=True)
        words.write_text('msgid "a"\nmsgstr "<b>x</b>"\n\nmsgid "b"\nmsgstr "%(n)s"\n', "utf-8")
    print_progress(folder)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("is: a file")]
    assert lines == [
        f'is: a file is not used: {folder}/translations/{domain}/is.po, line 1: "a" has the tags <b> </b>; the original '
        f"has none (and 1 more such faults); all of them: lanzarote region check {folder}"
        for domain in ("lanzarote", "region")
    ]


def test_progress_counts_the_public_pages_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = region(tmp_path)
    import_file(folder, "is", file_of(tmp_path, "is", COURTS, Entry(id="Practices", forms=["Úrræði"])))
    capsys.readouterr()
    print_progress(folder)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["en", "fr", "is"]
    assert re.fullmatch(
        r"is: public pages 1 of \d+ \(help page 0 of \d+, frame and menu 1 of \d+, home pages 0 of \d+, "
        r"other pages 0 of \d+\), team 0 of \d+, office 0 of \d+, own words 1 of \d+",
        lines[2],
    )


# A language that no release of ours has

FORMS = {
    "is": ["{} eitt", "{} fleiri"],
    "ar": ["{} zero", "{} one", "{} two", "{} few", "{} many", "{} other"],
    "pl": ["{} one", "{} few", "{} many", "{} other"],
    "ja": ["{} ken"],
}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("is", {1: "1 eitt", 2: "2 fleiri", 11: "11 fleiri", 21: "21 eitt", 101: "101 eitt", 111: "111 fleiri"}),
        ("ar", {0: "0 zero", 1: "1 one", 2: "2 two", 3: "3 few", 11: "11 many", 100: "100 other", 103: "103 few"}),
        ("pl", {1: "1 one", 2: "2 few", 5: "5 many", 12: "12 many", 22: "22 few", 1.5: "1.5 other"}),
        ("ja", {0: "0 ken", 1: "1 ken", 2: "2 ken"}),
    ],
)  # fmt: skip
def test_numbers_are_said_as_the_language_says_them(tmp_path: Path, language: str, said: dict[float, str]) -> None:
    folder = region(tmp_path, language)
    forms = [form.format("%(num)s") for form in FORMS[language]]
    assert import_file(folder, language, file_of(tmp_path, language, plural(*forms))) == 0
    path = folder / "translations" / "lanzarote" / f"{language}.po"
    words = Translations([Catalogue(language=language, path=path)]).translator(language)
    assert {n: words.ngettext(ONE, MANY, n) % {"num": n} for n in said} == said


OLDER = "nplurals=4; plural=(n%100==1 ? 1 : n%100==2 ? 2 : n%100==3 || n%100==4 ? 3 : 0);"
"""The order of older Slovenian files."""
CZECH = "nplurals=4; plural=(n == 1 && n % 1 == 0) ? 0 : (n >= 2 && n <= 4 && n % 1 == 0) ? 1 : (n % 1 != 0) ? 2 : 3;"


def with_head(file: Path, language: str, head: str) -> Path:
    text = file.read_text("utf-8")
    assert gettext_plurals(language) in text
    file.write_text(text.replace(gettext_plurals(language), head), "utf-8")
    return file


@pytest.mark.parametrize(
    ("language", "head", "given", "put"),
    [
        ("sl", OLDER, ["other", "one", "two", "few"], ["one", "two", "few", "other"]),
        ("sl", gettext_plurals("sl"), ["one", "two", "few", "other"], ["one", "two", "few", "other"]),
        ("cs", CZECH, ["one", "few", "many", "other"], ["one", "few", "many", "other"]),
        ("pl", "nplurals=4; plural=(n==1 ? 3 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 2 : 1);", ["other", "many", "few", "one"], ["one", "few", "many", "other"]),
    ],
)  # fmt: skip
def test_plural_forms_in_the_order_of_another_program_are_put_in_ours(
    tmp_path: Path, language: str, head: str, given: list[str], put: list[str]
) -> None:
    folder = region(tmp_path, language)
    file = file_of(tmp_path, language, plural(*(f"%(num)s {form}" for form in given)))
    assert import_file(folder, language, with_head(file, language, head)) == 0
    assert kept(folder, "lanzarote", language)["", ONE].forms == [f"%(num)s {form}" for form in put]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("nplurals=2; plural=(n != 1);", "gives 21 another form than 1, which both are 'one' in is"),
        ("nplurals=3; plural=(n != 1);", "speaks of 3 forms; is has 2"),
        ("nplurals=2; plural=0;", "gives no number the form msgstr[1]"),
        ("nplurals=2; plural=(n==1 || n==21 ? 0 : 2);", "gives 0 the form 2, of 2 that are counted from 0"),
        ("nplurals=2; plural=(n ? );", "cannot be read: unexpected token in plural form: )"),
        ("nplurals=2; plural=(1 / n);", "cannot be read: integer division or modulo by zero"),
        ("nplurals=INTEGER; plural=EXPRESSION;", 'cannot be read; it is written "nplurals=…; plural=…;"'),
    ],
)
def test_plural_forms_in_an_order_that_the_head_does_not_tell_are_refused_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str, why: str
) -> None:
    folder = region(tmp_path)
    file = with_head(file_of(tmp_path, "is", COURTS, plural(*FORMS["is"])), "is", head)
    file.write_text(file.read_text("utf-8").replace("{}", "%(num)s"), "utf-8")
    assert import_file(folder, "is", file, rest=True) == 0
    assert kept(folder, "region")[COURTS.key].forms == ["Dómstólar"]
    assert capsys.readouterr().out.splitlines()[0] == (
        f'{file}, line 9: "{ONE}" has plural forms, and the head of the file does not say in which order: its '
        f"Plural-Forms, {head!r}, {why}. Put the forms in the order one, other, and write there "
        f'"{gettext_plurals("is")}"'
    )


@pytest.mark.parametrize("language", sorted({code.split("_")[0] for code in localedata.locale_identifiers()}))
def test_the_order_of_our_own_files_is_ours_in_every_language(language: str) -> None:
    assert order_in(gettext_plurals(language), language) == order_in("", language)


def test_a_region_that_brings_a_language_can_be_read_in_it_and_what_is_missing_says_that_it_is_english(
    tmp_path: Path, sqlite_url: str
) -> None:
    folder = region(tmp_path)
    forms = [form.format("%(num)s") for form in FORMS["is"]]
    import_file(folder, "is", file_of(tmp_path, "is", COURTS, Entry(id="Practices", forms=["Úrræði"]), plural(*forms)))
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": sqlite_url}), host_with([folder], ())) as instance:
        instance.load("good")
        with client_of(instance) as client:
            page = client.get("/is/good/practices").text
            chosen = client.get("/good", headers={"accept-language": "is"}, follow_redirects=True)
            sectors = client.get("/is/good/sectors").text
    assert '<html lang="is"' in page
    assert "Úrræði" in page
    assert "1 eitt" in page
    assert '<span lang="en">' in page
    assert "Dómstólar" in sectors
    assert '<html lang="is"' in chosen.text


def test_whoever_translates_the_public_pages_leaves_no_english_word_on_them(tmp_path: Path, sqlite_url: str) -> None:
    folder = region(tmp_path)
    parts = {message: part_of(files) for message, files in platform_messages().items()}
    public = [
        Entry(
            id=one.id,
            context=one.context or None,
            plural=one.plural or None,
            forms=list(filter(None, (one.id, one.plural))),
        )
        for one, part in parts.items()
        if part == PUBLIC
    ]
    words = folder / "translations" / "lanzarote" / "is.po"
    words.parent.mkdir(parents=True)
    words.write_text(write_po(public, "is"), "utf-8")
    others = {message.id for message, part in parts.items() if part != PUBLIC}
    pages = (
        "",
        "/practices",
        "/practices/hearing",
        "/sectors",
        "/organisations",
        "/cooperation",
        "/group",
        "/help",
        "/correct",
    )
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": sqlite_url}), host_with([folder], ())) as instance:
        instance.load("good")
        with client_of(instance) as client:
            shown = {page: client.get(f"/is/good{page}") for page in pages}
    assert {answer.status_code for answer in shown.values()} == {200}
    said = {text for answer in shown.values() for text in re.findall('<span lang="en">([^<]*)</span>', answer.text)}
    own = {word.text for word in own_words(read_region(folder))}
    assert said & others - own == set()

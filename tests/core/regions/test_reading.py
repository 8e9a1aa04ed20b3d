"""A region folder may hold anything; what cannot be read is told with its file, line and key, and what to do."""

# ruff: noqa: E501 - a line of a table of faults is read as a whole

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.regions.content import ENTRY_FILES, WHOLE_FILES
from lanzarote.regions.converting import _teach, convert
from lanzarote.regions.toml_files import LARGEST
from lanzarote.types import (
    Evidence,
    FrameworkHeader,
    Instrument,
    PracticeSeed,
    ProcedureSeed,
    Provision,
    RegionHeader,
)
from msgspec import inspect

from tests.core.regions.sound import SOUND, Files, changed, faults, read, told, write

# Files that cannot be read


def test_a_folder_without_region_toml_is_no_region(folder: Path) -> None:
    folder.mkdir()
    assert told(read(folder).problems) == ["region.toml: there is no region.toml; every such folder begins with it"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "[courts]\nside = public\n",
            "2: courts.side: is not TOML (invalid value); there is no value that TOML knows: ",
        ),
        ("[courts]\nside = 'public\n", "2: courts.side: is not TOML"),
        ("[courts\n", "1: courts: is not TOML (expected ']' at the end of a table declaration); the brackets"),
        ("[courts]\n[courts]\n", "2: courts: is not TOML (cannot declare ('courts',) twice); this table is here twice"),
        (
            "[a]\nb = 1\n[[a]]\nb = 2\n",
            "3: a.0: is not TOML (cannot overwrite a value); this table is here twice; put the two together, or, where a "
            "list of tables is needed, write [[a]] above each, with two brackets on each side",
        ),
        (
            "[a]\nside = 1\nside = 2\n",
            "3: a.side: is not TOML (cannot overwrite a value); this key is in its table twice",
        ),
        (
            "[a]\nb = { c = 1, c = 2 }\n",
            "2: a.b.c: is not TOML (duplicate inline table key 'c'); this key is in its table twice",
        ),
        ("[a]\nnom 1\n", "2: a.nom: is not TOML (expected '=' after a key in a key/value pair); there is no ="),
        ("[a]\nb = 1 2\n", "2: a.b: is not TOML (expected newline or end of document after a statement); there is"),
        ('[a]\nb = "x\ny"\n', "2: a.b: is not TOML (illegal character '\\n'); a text ends on its line"),
        (
            "[a]\nb = [1,\n",
            "2: a.b.0: is not TOML (the file ends in the middle of a value); close its list, braces or quotes, opened in line 2",
        ),
        ("[a]\nb = '''\n", "2: a.b: is not TOML (expected \"'''\"); a text is never closed"),
        ("just words\n", "1: just: is not TOML"),
        ("a = " + "[" * 50_000, ": lists or tables are nested too deeply to be read"),
        ("a = " + "9" * 5_000, ": holds a value that cannot be read: Exceeds the limit"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(folder: Path, content: str, expected: str) -> None:
    first = faults(folder, sectors=content)[0]
    assert first.startswith(f"sectors.toml{'' if expected.startswith(': ') else ':'}{expected}"), first


KEY = "a key is made of small letters a to z, digits and hyphens"
DAY = "a day is written year, month, day, with hyphens: 2026-11-27"
BOOLEAN = "write true or false, in small letters and without quotes"
STRAIGHT = '“ ” and the like are no quotes of TOML; put the text between two straight ones: "…"'
MARK = 'a quotation mark is inside the text; write “ ” there, or \\" for each'
ONE_LINE = "a table in braces { … } is on one line in TOML; put it on one line"
COMMA = "a comma is missing between two entries, before"


@pytest.mark.parametrize(
    ("content", "what_to_do"),
    [
        ("read_on = 27/11/2026", DAY),
        ("read_on = 20.11.2026", DAY),
        ("read_on = 2026/11/27", DAY),
        ("quorum_share = 0,5", "a number has a point: 0.5"),
        ("rule = { quorum_share = 0,5 }", "a number has a point: 0.5"),
        ('name = "So-called "associations""', MARK),
        ('names = ["So-called "associations""]', MARK),
        ("name = 'Children's associations'", 'an apostrophe ends a text that begins with one; put the text between double quotes: "…"'),
        ("share = 50 %", "a number stands alone, without %: 50"),
        ("share = 12.5%", "a number stands alone, without %: 12.5"),
        ("since = 05", "a number does not begin with 0: 5"),
        ("share = .5", "a number has a digit before its point: 0.5"),
        ("share = -.5", "a number has a digit before its point: -0.5"),
        ("share = 5. # half", "a number has a digit behind its point: 5.0"),
        ("cases = 1 000", "a number has no spaces: 1000"),
        ("share = 50 people", "there is something behind the value; text is put in quotes"),
        ("editorial = True", BOOLEAN),
        ("verified = yes", BOOLEAN),
        ("rule = { verified = Yes }", BOOLEAN),
        ("[polícia-judiciária]", f"{KEY}: write [policia-judiciaria]"),
        ("[[text.Nova página]]", f"{KEY}: write [[text.nova-pagina]]"),
        ('polícia = "x"', f"{KEY}: write policia"),
        ('id: "portugal"', "a colon is behind the key; TOML has an equals sign: id = …"),
        ('id\u00a0= "portugal"', "a no-break space is before the =; write a plain space"),
        ('id =\u00a0"portugal"', "a no-break space is before the value; write a plain space"),
        ("id", f"there is no = behind the key; {KEY}"),
        ('sectors = ["associations" "judiciary-police"]', f'{COMMA} "judiciary-police"'),
        ('sectors = [\n"associations"\n"judiciary-police"\n]', f'{COMMA} "judiciary-police"'),
        ("rule = { a = 1 b = 2 }", f"{COMMA} b"),
        ('sectors = [\n"a",\n"b"\n\nid = "x"', "the list that opens in line 1 is never closed; put ] at its end"),
        ('id = "x"\nsectors = ["a"\n\n[text.fr]', "the list that opens in line 2 is never closed; put ] at its end"),
        ('title = "A"\ntitle.en = "B"', "title is here with its language (title.en) and without one; every text has its language"),
        ('title.en = "B"\ntitle = "A"', "title is here with its language (title.en) and without one; every text has its language"),
        ("name.en = “SOS”", STRAIGHT),
        ('name.en = "SOS”', STRAIGHT),
        ("name.en = «SOS»", STRAIGHT),
        ("rule = { a = 1,\n b = 2 }", ONE_LINE),
        ("rule = {\n a = 1 }", ONE_LINE),
        ("rule = { a = 1, }", "take out the comma before the }"),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_told_with_what_to_write(folder: Path, content: str, what_to_do: str) -> None:
    assert faults(folder, sectors=f"{content}\n")[0].partition("); ")[2] == what_to_do


def test_a_line_without_end_is_not_gone_through_for_every_lesson(folder: Path) -> None:
    assert faults(folder, sectors="a = " + '" = "' * 200_000)[0].startswith("sectors.toml:1: a: is not TOML")


def test_far_more_sectors_than_a_region_can_have_are_refused_before_they_are_read(folder: Path) -> None:
    many = "".join(f"[sector-{number}]\n" for number in range(50_000))
    [told] = [one for one in faults(folder, sectors=many) if one.startswith("sectors.toml")]
    assert told == "sectors.toml: has 50,000 tables, and there is room for 500: is it the right file?"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'[courts]\nname.fr = "\xc9cole"\n', "sectors.toml:2: is not UTF-8; save the file in that encoding"),
        ("[courts]".encode("utf-16"), "sectors.toml:1: is not UTF-8; save the file in that encoding"),
        (b"\x89PNG\r\n\x1a\n\x00", "sectors.toml:1: is not UTF-8; save the file in that encoding"),
        (b"\xef\xbb\xbf[courts]\n", "sectors.toml:1: begins with a byte order mark; save it as UTF-8 without one"),
        (b"# " + b"x" * LARGEST, "sectors.toml: is larger than 4 MB; facts are short: is it the right file?"),
    ],
)
def test_another_encoding_is_told(folder: Path, content: bytes, expected: str) -> None:
    assert faults(folder, sectors=content)[0] == expected


def test_windows_line_ends_are_no_fault(folder: Path) -> None:
    assert faults(folder, sectors=SOUND["sectors.toml"].replace("\n", "\r\n")) == []


def test_a_link_to_nothing_is_told(folder: Path) -> None:
    write(folder, {**SOUND})
    (folder / "ages.toml").symlink_to(folder / "nowhere.toml")
    (folder / "practices" / "other.toml").symlink_to(folder / "nowhere.toml")
    expected = "is a link to a file that is not there; put the file itself here"
    assert told(read(folder).problems) == [f"ages.toml: {expected}", f"practices/other.toml: {expected}"]


def test_a_link_in_a_circle_is_told(folder: Path) -> None:
    write(folder, {**SOUND})
    (folder / "ages.toml").symlink_to(folder / "ages.toml")
    assert told(read(folder).problems) == ["ages.toml: cannot be read: Too many levels of symbolic links"]


def test_a_folder_in_place_of_a_file_is_told(folder: Path) -> None:
    write(folder, {**SOUND})
    (folder / "ages.toml").mkdir()
    assert told(read(folder).problems) == ["ages.toml: cannot be read: Is a directory"]


def test_a_file_in_place_of_a_folder_is_told(folder: Path) -> None:
    write(folder, {name: content for name, content in SOUND.items() if not name.startswith("practices/")})
    (folder / "practices").write_text("")
    assert told(read(folder).problems) == ["practices: is a file; practices/ is a folder of TOML files"]


def test_a_file_that_nothing_reads_is_warned_of(folder: Path) -> None:
    strange = ("sector.toml", "practices/x.TOML", "law/deep/x.toml", "practices/hall.png", "map.svg")
    write(folder, {**SOUND, **dict.fromkeys((*strange, "README.md", ".DS_Store", "practices/.swp"), "")})
    told_of_pictures = "nobody reads it: a folder has .toml and .po files, and no pictures; take it out"
    assert told(read(folder).problems) == [
        "warning: law/deep: folders in law/ are not read",
        f"warning: practices/hall.png: {told_of_pictures}",
        "warning: practices/x.TOML: is not read; its name must end in .toml",
        f"warning: map.svg: {told_of_pictures}",
        "warning: sector.toml: the platform does not know this file and does not read it; did you mean sectors.toml?",
    ]


def test_another_format_is_told(folder: Path) -> None:
    region = changed("region.toml", "format = 1", "format = 2")
    assert faults(folder, region=region) == ["region.toml:1: format: format is 2; this platform reads format = 1"]


def test_a_header_without_its_format_is_told(folder: Path) -> None:
    region = changed("region.toml", "format = 1\n", "")
    assert faults(folder, region=region) == ["region.toml:1: it lacks the key 'format'; write format = 1"]


# Values of the wrong kind


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "sectors.toml",
            'side = "public"\n\n',
            'side = "publik"\n\n',
            "5: courts.side: 'publik' is none of: civil-society, mixed, private, public",
        ),
        ("sectors.toml", 'name.en = "Courts"', "name.en = 5", "3: courts.name.en: text in quotes is needed here, not a whole number"),
        ("sectors.toml", 'name.en = "Courts"', 'name.english = "Courts"', '3: courts.name.english: a language is written such as "fr" or "sr-Cyrl"'),
        ("sectors.toml", 'name.en = "Courts"', 'name.en = ""', "3: courts.name.en: this must not be empty"),
        ("sectors.toml", 'common = ["judicial"]', "common = []", "4: courts.common: this must not be empty"),
        ("sectors.toml", 'common = ["judicial"]', 'common = "judicial"', "4: courts.common: a list [ … ] is needed here, not text in quotes"),
        ("sectors.toml", 'common = ["judicial"]\n', "", "1: courts: it lacks the key 'common'; add it"),
        ("sectors.toml", 'common = ["judicial"]', 'comon = ["judicial"]', "4: courts.comon: 'comon' is not a key here; did you mean 'common'?"),
        ("sectors.toml", "[courts]\n", "courts = 1\n[other]\n", "1: courts: each entry is a table of its own, with one bracket on each side: [courts]"),
        ("sectors.toml", "[courts]", '["Les tribunaux"]', "1: Les tribunaux: 'Les tribunaux' cannot be a key here: a key is made of small letters a to z, digits and single hyphens"),
        ("sectors.toml", 'convention = ["5.1", "6"]', 'convention = [\n  "5.1",\n  6,\n]', "13: schools.convention.1: text in quotes is needed here, not a whole number"),
        ("practices/joint-hearing.toml", 'started = "2014-06"', "started = 2014", "4: started: text in quotes is needed here, not a whole number"),
        ("practices/joint-hearing.toml", 'started = "2014-06"', 'started = "June 2014"', '4: started: a date here is text: "2014", "2014-06" or "2014-06-02"'),
        ("practices/joint-hearing.toml", "verified = true", 'verified = "yes"', "9: verified: write true or false, in small letters and without quotes"),
        ("practices/joint-hearing.toml", "verified = true", "verified = 1", "9: verified: true or false is needed here, not a whole number"),
        ("sectors.toml", 'name.fr = "Justice"\nname.en = "Courts"', 'name = "Justice"', '2: courts.name: a text in each language is needed here: write name.fr = "…"'),
        ("region.toml", 'name.fr = "Essai"\nname.en = "Test"', 'name = "Essai"', '7: name: a text in each language is needed here: write name.fr = "…"'),
        ("law/code.toml", '[{ ref = "10.3" }, { ref = "4" }]', '["10.3"]', '19: provisions.code-1.versions.1.convention.0: this is a list of tables: write convention = [{ ref = "10.3" }]'),
        ("practices/joint-hearing.toml", '{ sector = "schools" }', '{ teacher = "schools" }', "12: partners.1.teacher: 'teacher' is not a key inside partners, which has: organisation, sector, side, part"),
        ("practices/joint-hearing.toml", '{ sector = "schools" }', '{ publish = false }', "12: partners.1.publish: 'publish' is not a key inside partners, which has: organisation, sector, side, part; it is a key of the whole: write it outside the braces"),
        ("practices/joint-hearing.toml", '{ sector = "schools" }', '{ sektor = "schools" }', "12: partners.1.sektor: 'sektor' is not a key here; did you mean 'sector'?"),
        ("law/code.toml", "from = 2020-01-01", 'from = "2020"', "16: provisions.code-1.versions.1.from: a day without quotes is needed here, such as 2014-06-02"),
        ("law/code.toml", '{ ref = "4" }', '{ ref = "four" }', '19: provisions.code-1.versions.1.convention.1.ref: a reference to the Convention is text such as "10", "10.3" or "18.1.a"'),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_line(folder: Path, file: str, old: str, new: str, expected: str | None) -> None:
    files: Files = {**SOUND, file: changed(file, old, new)}
    problems = [str(one) for one in read(write(folder, files)).problems]
    assert f"{file}:{expected}" in problems


SINGLE = (RegionHeader, FrameworkHeader, Instrument, Provision, PracticeSeed, ProcedureSeed)
TWO = "a list of tables is needed here, not one table: write"
ONE = "one table is needed here, not a list of tables: write"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("region.toml", "", "\n[mandates]\nversion = 1\n", f"11: mandates: {TWO} [[mandates]], with two brackets on each side, above each, or mandates = [{{ … }}]"),
        ("region.toml", "", "\n[[convention_status]]\nsigned = 2014-01-01\n", f"11: convention_status: {ONE} [convention_status] once, with one bracket on each side"),
        ("region.toml", 'name.fr = "Essai"\nname.en = "Test"\n', '[[name]]\nfr = "Essai"\n', f"7: name: {ONE} [name] once, with one bracket on each side"),
        ("law/code.toml", "[instrument]", "[[instrument]]", f"1: instrument: {ONE} [instrument] once, with one bracket on each side"),
        ("sectors.toml", "[courts]", "[[courts]]", "1: courts: each entry is a table of its own, with one bracket on each side: [courts]"),
        ("fields.toml", 'choices = [{ key = "small", name = { fr = "Petit", en = "Small" } }]', '[budget.choices]\nkey = "small"', f"5: budget.choices: {TWO} [[budget.choices]], with two brackets on each side, above each, or choices = [{{ … }}]"),
    ],
)  # fmt: skip
def test_brackets_too_few_or_too_many_are_told(folder: Path, file: str, old: str, new: str, expected: str) -> None:
    files: Files = {**SOUND, file: changed(file, old, new) if old else SOUND[file] + new}
    assert f"{file}:{expected}" in [str(one) for one in read(write(folder, files)).problems]


def test_a_list_of_tables_for_tables_with_keys_is_told(folder: Path) -> None:
    told = "tables with keys are needed here, not a list of tables: write [text.…], with one bracket on each side"
    practice = SOUND["practices/joint-hearing.toml"].replace("[text.fr]", "[[text]]").replace("[text.en]", "[[text]]")
    expected = f"practices/joint-hearing.toml:15: text: {told} and the key behind the dot"
    assert expected in faults(folder, practices__joint_hearing=practice)


@pytest.mark.parametrize(
    "kind", [*ENTRY_FILES.values(), *WHOLE_FILES.values(), *SINGLE], ids=lambda kind: kind.__name__
)
def test_one_table_for_a_list_of_them_is_told_wherever_the_format_has_such_a_list(kind: type[Any]) -> None:
    for heading, spoilt in _with_one_table(inspect.type_info(kind)):
        _, found = convert(spoilt, kind)
        assert [one for one in found if one.told.startswith(f"{TWO} [[{heading}]], with two brackets")], heading


def _with_one_table(kind: inspect.Type, within: str = "") -> Iterator[tuple[str, Any]]:
    """Heading of each list of tables, and a value in which one table stands for it."""
    match kind:
        case inspect.StructType():
            for field in kind.fields:
                heading = f"{within}.{field.encode_name}".strip(".")
                yield from ((name, {field.encode_name: one}) for name, one in _with_one_table(field.type, heading))
        case inspect.UnionType():
            for one in kind.types:
                yield from _with_one_table(one, within)
        case inspect.DictType():
            yield from ((name, {"fr": one}) for name, one in _with_one_table(kind.value_type, f"{within}.fr"))
        case inspect.VarTupleType(item_type=inspect.StructType()):
            yield within, {}
            yield from ((name, [one]) for name, one in _with_one_table(kind.item_type, within))


AGE = """\
[majority]
name = {{ fr = "Majorité", en = "Full age" }}
text = {{ fr = "À 18 ans.", en = "At 18." }}
years = {years}
"""


@pytest.mark.parametrize("years", ["151", "-1", "99999999999999999999999"])
def test_an_age_is_one_that_somebody_can_reach(folder: Path, years: str) -> None:
    told = "ages.toml:4: majority.years: a whole number from 0 to 150 is needed here"
    assert faults(folder, ages=AGE.format(years=years)) == [told]
    assert faults(folder, ages=AGE.format(years=18)) == []


FIELD = 'there is one field, {number}, where the number goes, as in "art. {number}"'


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ("{nummer}. člen", "{nummer} is no field here"),
        ("{nummer}. člen {0.__class__}", "{nummer}, {0.__class__} is no field here"),
        ("art. {number} {}", "{} is no field here"),
        ("art. {number", "a brace opens or closes nothing"),
        ("art. {{number}}", "a brace opens or closes nothing"),
        ("art. {number}", ""),
    ],
)
def test_an_article_is_cited_by_its_number_and_no_other_field(folder: Path, form: str, wrong: str) -> None:
    law = SOUND["law/code.toml"].replace(
        "[provisions.code-1]", f'cite.fr = "art. {{number}}"\ncite.en = "{form}"\n\n[provisions.code-1]', 1
    )
    assert faults(folder, law__code=law) == (
        [f"law/code.toml:7: instrument.cite.en: {wrong}; {FIELD}"] if wrong else []
    )


def test_a_deadline_that_is_no_duration_is_told_with_an_example(folder: Path) -> None:
    step = '[[steps]]\nkey = "a"\ntitle = { fr = "Étape", en = "Step" }\nwithin = "one day"\n'
    procedure = f'original = "fr"\nnature = "example"\nsources = ["page"]\n{step}[text.fr]\ntitle = "Un exemple"\n'
    assert (
        "procedures/one.toml:7: steps.0.within: "
        'a duration is a code such as "P1D": one day; "PT24H": 24 hours; "P2W": two weeks'
    ) in faults(folder, procedures__one=procedure)


@pytest.mark.parametrize(
    "kind", [*ENTRY_FILES.values(), *WHOLE_FILES.values(), *SINGLE], ids=lambda kind: kind.__name__
)
def test_no_form_is_told_as_a_regular_expression(kind: type[Any]) -> None:
    told = [_teach(f"Expected `str` matching regex {form!r}", (), kind) for form in _forms(inspect.type_info(kind))]
    assert [one for one in told if "regex" in one] == []


def _forms(told: Any) -> set[str]:
    """Every pattern that a text has to follow somewhere in it."""
    match told:
        case inspect.StrType():
            return {told.pattern} if told.pattern else set()
        case inspect.StructType():
            inner = [one.type for one in told.fields]
        case inspect.UnionType():
            inner = list(told.types)
        case inspect.VarTupleType():
            inner = [told.item_type]
        case inspect.DictType():
            inner = [told.key_type, told.value_type]
        case _:
            inner = []
    return {form for one in inner for form in _forms(one)}


def test_all_faults_of_a_value_are_told(folder: Path) -> None:
    sectors = (
        SOUND["sectors.toml"].replace('side = "public"', 'side = "x"').replace('name.en = "Courts"', "name.en = 1")
    )
    assert [one.partition(": ")[0] for one in faults(folder, sectors=sectors)][:3] == [
        "sectors.toml:3",
        "sectors.toml:5",
        "sectors.toml:10",
    ]


def test_places_in_a_list_are_those_of_the_file(folder: Path) -> None:
    practice = changed(
        "practices/joint-hearing.toml", 'sectors = ["courts", "schools"]', 'sectors = ["A", "courts", "B", "schools"]'
    )
    keys = [one.split(": ")[1] for one in faults(folder, practices__joint_hearing=practice)]
    assert keys == ["sectors.0", "sectors.2"]


def test_an_unquoted_reference_as_a_key_is_explained(folder: Path) -> None:
    content = '[10.2]\nstate = "none"\n'
    assert (
        "coverage.toml:1: 10.2: '2' is not a key here; put a reference that is a key in quotes: [\"10.2\"]"
        in faults(folder, coverage=content)
    )


def test_provisions_that_are_no_tables_are_told(folder: Path) -> None:
    law = '[instrument]\nkey = "x"\ntitle.fr = "X"\ntitle.en = "X"\n[[provisions]]\nnumber = "1"\n'
    told = "provisions are tables of their own, with one bracket on each side: [provisions.some-key]"
    assert f"law/x.toml:5: provisions: {told}" in faults(folder, law__x=law)


def test_a_law_file_without_its_instrument_is_told(folder: Path) -> None:
    assert faults(folder, law__x="[provision]\n") == [
        "law/x.toml:1: provision: 'provision' is not a key here; did you mean 'provisions'?",
        "law/x.toml:1: it lacks [instrument], the code or act that its provisions belong to; add it",
    ]


@pytest.mark.parametrize(
    ("file", "right", "wrong", "line", "place"),
    [
        ("sectors.toml", "common = [", "comon = [", 4, "courts.comon"),
        ("sources.toml", "publisher", "publicher", 3, "page.publicher"),
        ("organisations.toml", "scope", "scop", 6, "tribunal.scop"),
        ("practices/joint-hearing.toml", "original", "orginal", 1, "orginal"),
        ("practices/joint-hearing.toml", "summary", "sumary", 17, "text.fr.sumary"),
        ("law/code.toml", "title.fr = \"Avant\"\ntitle.en", "titel.fr = \"Avant\"\ntitel.en", 11, "provisions.code-1.versions.0.titel"),
        ("law/code.toml", "[instrument]", "[instrumnet]", 1, "instrumnet"),
        ("region.toml", "time_zone", "timezone", 6, "timezone"),
        ("region.toml", "format", "fromat", 1, "fromat"),
        ("practices/joint-hearing.toml", "[text.en]", "[txet.en]", 19, "txet"),
        ("practices/joint-hearing.toml", "part.fr", "prt.fr", 11, "partners.0.prt"),
    ],
)  # fmt: skip
def test_a_misspelt_key_is_one_fault_and_says_what_was_meant(
    folder: Path, file: str, right: str, wrong: str, line: int, place: str
) -> None:
    files: Files = {**SOUND, file: changed(file, right, wrong)}
    found = [str(one) for one in read(write(folder, files)).problems if one.file == file]
    key, meant = place.rpartition(".")[2], right.strip("[]= ").partition(".")[0]
    assert found == [f"{file}:{line}: {place}: '{key}' is not a key here; did you mean '{meant}'?"]


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("fields.toml", 'name = { fr = "Petit"', 'until = 2018-13-31, name = { fr = "Petit"', "5: budget.choices.0.until"),
        ("law/code.toml", "until = 2020-01-01", "until = 2018-13-31", "10: provisions.code-1.versions.0.until"),
    ],
)  # fmt: skip
def test_a_day_that_is_in_no_calendar_is_called_so(folder: Path, file: str, old: str, new: str, place: str) -> None:
    files: Files = {**SOUND, file: changed(file, old, new)}
    [found] = [str(one) for one in read(write(folder, files)).problems if one.file == file]
    assert found == f"{file}:{place}: there is no day 2018-13-31; days are written 2014-06-02"


def test_a_key_that_is_there_already_is_not_what_was_meant(folder: Path) -> None:
    sources = changed("sources.toml", "[page]", '[page]\npublishr = "A page"')
    [fault] = faults(folder, sources=sources)
    assert (
        fault
        == "sources.toml:2: page.publishr: 'publishr' is not a key here; there are: language, read_on, official_url, former, until"
    )


def test_a_key_that_is_like_none_is_told_beside_the_one_that_is_missing(folder: Path) -> None:
    sources = changed("sources.toml", "publisher", "house")
    assert faults(folder, sources=sources) == [
        "sources.toml:3: page.house: 'house' is not a key here; there are: publisher, language, read_on, official_url, former, until",
        "sources.toml:1: page: it lacks the key 'publisher'; add it",
    ]


@pytest.mark.parametrize(
    ("key", "more"),
    [("image", ""), ("cost", "; it is a key of the whole: write it above the first heading")],
)
def test_a_key_that_slipped_below_a_heading_is_told_with_all_keys_of_that_place(
    folder: Path, key: str, more: str
) -> None:
    practice = SOUND["practices/joint-hearing.toml"] + f'\n[[evidence]]\n{key} = "low"\n'
    [told_of_it] = [one for one in faults(folder, practices__joint_hearing=practice) if f".{key}: " in one]
    assert told_of_it.partition(f".0.{key}: ")[2] == (
        f"{key!r} is not a key inside evidence, which has: "
        f"{', '.join(field.encode_name for field in msgspec.structs.fields(Evidence))}. "
        f"What is written below a [[evidence]] belongs to it, up to the next heading{more}"
    )


def test_who_names_an_entry_whose_key_is_misspelt_is_not_blamed(folder: Path) -> None:
    assert faults(folder, sectors=changed("sectors.toml", "[courts]", "[Courts]")) == [
        "sectors.toml:1: Courts: 'Courts' cannot be a key here: "
        "a key is made of small letters a to z, digits and single hyphens"
    ]


def test_the_code_of_a_country_is_not_taken_for_its_language(folder: Path) -> None:
    header = changed("region.toml", '"en"', '"en", "sv"').replace("languages", 'draft = ["sv"]\nlanguages')
    sectors = changed("sectors.toml", 'name.en = "Courts"', 'name.en = "Courts"\nname.se = "Domstolar"')
    [warning] = [one for one in faults(folder, region=header, sectors=sectors) if "name.se" in one]
    assert warning.endswith("nobody reads it; did you mean 'sv'?")


def test_a_provision_in_two_files_is_told(folder: Path) -> None:
    again = SOUND["law/code.toml"].replace('key = "code"', 'key = "act"')
    assert faults(folder, law__other=again) == [
        "law/other.toml:6: provisions.code-1: this key is in law/code.toml too; keys are unique"
    ]


def test_a_practice_needs_a_file_name_that_is_a_key(folder: Path) -> None:
    write(folder, {**SOUND, "practices/Joint Hearing.toml": SOUND["practices/joint-hearing.toml"]})
    assert told(read(folder).problems) == [
        "practices/Joint Hearing.toml:1: 'Joint Hearing' cannot be a key here: "
        "a key is made of small letters a to z, digits and single hyphens"
    ]


def test_a_brace_that_closes_nothing_is_told_and_not_looked_for_for_ever(folder: Path) -> None:
    fields = changed("fields.toml", 'en = "Small" } }]', 'en = "Small" } } }, until = 2026-01-01 }]')
    [fault] = faults(folder, fields=fields)
    assert fault.startswith("fields.toml:5: budget.choices.1: is not TOML")

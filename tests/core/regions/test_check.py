"""What does not hang together in a region folder is told with its file, line and key, and what to do."""

# ruff: noqa: E501 - a line of a table of faults is read as a whole

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lanzarote.guard import REASONS
from lanzarote.regions.check import check
from lanzarote.regions.claims import with_law
from lanzarote.regions.folder import read_framework, read_region

from tests.core.regions.sound import SOUND, Files, changed, faults, read, told, write


def test_a_sound_folder_has_no_fault(folder: Path) -> None:
    assert faults(folder) == []


# What does not hang together


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("region.toml", 'id = "test"', 'id = "help"', "3: id: 'help' is the address of a page of the platform; choose another id"),
        ("region.toml", '">=1,<2"', '">=2"', "2: requires_api: this platform offers API 1.0, which '>=2' leaves out"),
        ("region.toml", '">=1,<2"', '"one"', "2: requires_api: 'one' is not a range; write for example \">=1,<2\""),
        ("region.toml", '"XA"', '"UK-X"', "4: territory: 'UK' is no country code of ISO 3166-1; an invented territory takes one from XA to XZ"),
        ("region.toml", '"Europe/Paris"', '"Paris"', "6: time_zone: 'Paris' is no time zone of the IANA list; did you mean Europe/Paris?"),
        ("region.toml", '"Europe/Paris"', '"Europe/Lisboa"', "6: time_zone: 'Europe/Lisboa' is no time zone of the IANA list; did you mean Europe/Lisbon?"),
        ("region.toml", '"Europe/Paris"', '"Mars/Olympus"', "6: time_zone: 'Mars/Olympus' is no time zone of the IANA list; write for example \"Europe/Paris\""),
        ("region.toml", 'name.en = "Test"', 'personal_identifiers = ["pt.bi"]\nname.en = "Test"', "8: personal_identifiers: python-stdnum has no module 'pt.bi'; of that country there are: pt.cc, pt.nif"),
        ("region.toml", '"XA"', '"RU-CR"', "4: territory: 'RU-CR' is not in ISO 3166-2, which has UA-43 for it"),
        ("region.toml", '"XA"', '"ZZ"', "4: territory: 'ZZ' is no country code of ISO 3166-1; an invented territory takes one from XA to XZ"),
        ("region.toml", 'name.en = "Test"\n', "", "7: name: has no text in en (only fr); add it, or list the language under draft"),
        ("region.toml", 'name.en = "Test"', 'draft = ["de"]\nname.en = "Test"', "8: draft: 'de' is not among the region's languages; add it there, or take it out here"),
        ("region.toml", 'name.en = "Test"', 'law = ["XB"]\nname.en = "Test"', "8: law: no installed package brings the law 'XB' (there is: none); install one that does"),
        ("region.toml", 'name.en = "Test"', 'leading_sectors = ["court"]\nname.en = "Test"', "8: leading_sectors: 'court' is no sector of sectors.toml; did you mean 'courts'?"),
        ("region.toml", 'name.en = "Test"', 'personal_identifiers = ["xa.x"]\nname.en = "Test"', "8: personal_identifiers: python-stdnum has no module 'xa.x'; the French one, for example, is \"fr.nir\""),
        ("region.toml", 'name.en = "Test"', 'draft = ["ltz"]\nname.en = "Test"', "5: languages: 'ltz' is written 'lb' everywhere; write 'lb'"),
        ("sectors.toml", '"judicial"', '"justice"', "4: courts.common: 'justice' is no common sector; the common ones are: education, health, social-services, law-enforcement, judicial, civil-society, private-sector, government, independent-institutions, other"),
        ("sectors.toml", '"5.1"', '"99"', "11: schools.convention: there is no article 99: articles go from 1 to 50"),
        ("sectors.toml", 'common = ["judicial"]', 'common = ["judicial"]\nformer = ["schools"]', "5: courts.former: 'schools' is the key of another entry; a former key is never used again, take it out here"),
        ("sectors.toml", 'common = ["judicial"]', 'common = ["judicial"]\nreplaced_by = "school"', "5: courts.replaced_by: 'school' is no entry of this file; did you mean 'schools'?"),
        ("sectors.toml", 'common = ["judicial"]', 'common = ["judicial"]\nreplaced_by = "courts"', "5: courts.replaced_by: an entry is not replaced by itself"),
        ("sources.toml", "https://example.org", "https://someone:secret@example.org", "5: page.url: holds a user name or a password, and everybody would read it; write the address without it"),
        ("sources.toml", "https://example.org/page", 'https://example.org/page"\nofficial_url = "https://example.org/page', "6: page.official_url: is the address under url too: leave it out, or write under url where the copy was read"),
        ("sources.toml", "https://example.org/page", 'https://example.org/page"\nofficial_url = "example.org', "6: page.official_url: 'example.org' is no web address; it begins with https:// or http://"),
        ("law/code.toml", 'number = "1"', 'number = "1"\nurl_level = "chapter"', "8: provisions.code-1.url_level: speaks of an address that is not there: add url, or take it out"),
        ("law/code.toml", 'number = "1"', 'number = "1"\nurl_note = { fr = "Version ancienne.", en = "An older version." }', "8: provisions.code-1.url_note: speaks of an address that is not there: add url, or take it out"),
        ("sectors.toml", 'common = ["judicial"]', 'common = ["judicial"]\nverified = true', "5: courts.verified: is said to be verified, but names no source it was read in"),
        ("sectors.toml", 'common = ["judicial"]', 'common = ["judicial"]\nsources = ["pag"]', "5: courts.sources: 'pag' is not in sources.toml; did you mean 'page'?"),
        ("organisations.toml", '["courts"]', '["court"]', "4: tribunal.sectors: 'court' is no sector of sectors.toml; did you mean 'courts'?"),
        ("organisations.toml", 'scope = "local"', 'scope = "local"\nmerged_into = "tribunal"', "7: tribunal.merged_into: an organisation is not merged into itself"),
        ("organisations.toml", 'scope = "local"', 'scope = "local"\nsince = "2020"\nuntil = "2014"', "8: tribunal.until: ends (2014) before it begins (2020)"),
        ("organisations.toml", 'scope = "local"', 'scope = "local"\nwebsite = "javascript:alert(1)"', "7: tribunal.website: 'javascript:alert(1)' is no web address; it begins with https:// or http://"),
        ("sources.toml", "https://example.org/page", "example.org", "5: page.url: 'example.org' is no web address; it begins with https:// or http://"),
        ("organisations.toml", '"Court"', '"Court\\u202e"', "3: tribunal.name.en: holds an invisible character (U+202E); write the text anew without it"),
        ("organisations.toml", '"Court"', f'"{"x" * 1_001}"', "3: tribunal.name.en: has 1,001 letters, and there is room for 1,000: shorten it"),
        ("practices/joint-hearing.toml", "verified = true", "verified = true\nevidence = [{ value = 1e16 }]", "10: evidence.0.value: is a number that no page can show: write one from -1,000,000,000,000,000 to 1,000,000,000,000,000"),
        ("organisations.toml", '"Court"', '"  "', "3: tribunal.name.en: is empty; leave the key out when nothing is known"),
        ("organisations.toml", '"Court"', '"Elle est née le 12 mars 2014."', "3: tribunal.name.en: This looks like somebody’s full date of birth, which can identify them. Give an age group instead, such as “under 12”"),
        ("region.toml", 'name.en = "Test"', 'contact = "lea.martin@test.example"\nname.en = "Test"', "8: contact: This looks like the e-mail address of a person. The team needs one of its own, which begins with what it is for, such as contact@, group@, team@, office@ or secretariat@"),
        ("law/code.toml", "until = 2020-01-01", "from = 2020-01-01\nuntil = 2019-01-01", "11: provisions.code-1.versions.0.until: ends (2019-01-01) before it begins (2020-01-01)"),
        ("law/code.toml", "from = 2020-01-01\n", "", "15: provisions.code-1.versions.1.from: put versions oldest first, without overlap; give this one its day in force"),
        ("law/code.toml", '{ ref = "4" }', '{ ref = "99" }', "19: provisions.code-1.versions.1.convention: there is no article 99: articles go from 1 to 50"),
        ("practices/joint-hearing.toml", '"courts", ', '"court", ', "5: sectors: 'court' is no sector of sectors.toml; did you mean 'courts'?"),
        ("practices/joint-hearing.toml", '"code-1"', '"code-2"', "7: legal_basis: 'code-2' is no provision of law/; did you mean 'code-1'?"),
        ("practices/joint-hearing.toml", '"tribunal"', '"tribunals"', "11: partners.0: 'tribunals' is no organisation of organisations.toml; did you mean 'tribunal'?"),
        ("practices/joint-hearing.toml", '{ sector = "schools" }', '{ sector = "school" }', "12: partners.1: 'school' is no sector of sectors.toml; did you mean 'schools'?"),
        ("practices/joint-hearing.toml", '{ sector = "schools" }', '{ side = "public" }', "12: partners.1: names neither an organisation nor a sector; give one of them"),
        ("practices/joint-hearing.toml", '["35"]', '["51"]', "6: convention: there is no article 51: articles go from 1 to 50"),
        ("practices/joint-hearing.toml", 'original = "fr"', 'original = "de"', "1: original: there is no [text.de], the language it was written in"),
        ("practices/joint-hearing.toml", 'started = "2014-06"', 'started = "2014-06"\nended = "2013"', None),
        ("practices/joint-hearing.toml", 'sources = ["page"]\nverified = true', "", "1: sources: a practice is documented from public sources; name at least one"),
        ("practices/joint-hearing.toml", "verified = true", 'verified = true\nrelated = ["x"]', "10: related: 'x' is no practice of this region; check its spelling"),
        ("practices/joint-hearing.toml", "verified = true", "verified = true\nanswers.money = 1", "10: answers: 'money' is no field of fields.toml; check its spelling"),
        ("practices/joint-hearing.toml", "verified = true", 'verified = true\nanswers.budget = "huge"', "10: answers.budget: 'huge' is none of the choices: small"),
        ("practices/joint-hearing.toml", "verified = true", 'verified = true\nfield_sources.summry = ["page"]', "10: field_sources.summry: 'summry' is not a key here; did you mean 'summary'?"),
        ("practices/joint-hearing.toml", "verified = true", 'verified = true\nfield_sources.summary = ["pag"]', "10: field_sources.summary: 'pag' is not in sources.toml; did you mean 'page'?"),
        ("practices/joint-hearing.toml", "verified = true", 'verified = true\neditorial = ["transfers"]', "10: editorial.0: 'transfers' is none of: activities, difficulties, equity, ethics, expected_results, information_exchange, keys_to_success, limits, means, objectives, participation, partners, problem, results, review, running, summary, sustainability, target_group, theory, transfer"),
        ("fields.toml", 'choices = [{ key = "small", name = { fr = "Petit", en = "Small" } }]\n', "", "1: budget.choices: a field of type 'choice' needs choices to offer"),
        ("fields.toml", 'type = "choice"', 'type = "text"', "5: budget.choices: a field of type 'text' has no choices; its type may be 'choice'"),
        ("fields.toml", "choices = [", 'choices = [{ key = "small", name = { fr = "P", en = "S" } }, ', "5: budget.choices.1: 'small' is in this list twice; keys are unique"),
    ],
)  # fmt: skip
def test_what_does_not_hang_together_is_told(folder: Path, file: str, old: str, new: str, expected: str | None) -> None:
    files: Files = {**SOUND, file: changed(file, old, new)}
    problems = told(with_law(read_region(write(folder, files)), {}).problems)
    if expected is None:
        assert problems == [
            f"{file}:5: ended: ends (2013) before it begins (2014-06)",
            f"{file}:3: running: is 'ongoing' but has an end; one of the two is wrong",
        ]
    else:
        assert problems == [f"{file}:{expected}"]


def test_a_practice_with_several_sources_says_which_say_which_field(folder: Path) -> None:
    both = SOUND["sources.toml"] + SOUND["sources.toml"].replace("[page]", "[other]")
    named = 'sources = ["page", "other"]\n'
    all_but_one = 'field_sources = { summary = ["page"], partners = ["page", "other"] }\n'
    for more, expected in (
        (
            "",
            "8: sources: does not say which of its sources say summary, partners, running; add them under [field_sources]",
        ),
        (
            all_but_one,
            "9: field_sources: does not say which of its sources say running; add them under [field_sources]",
        ),
        (all_but_one.replace(" }", ', running = ["other"] }'), None),
    ):
        sheet = changed("practices/joint-hearing.toml", 'sources = ["page"]\n', named + more)
        found = faults(folder, **{"sources": both, "practices/joint-hearing": sheet})
        assert found == ([f"warning: practices/joint-hearing.toml:{expected}"] if expected else [])


def test_sources_of_a_field_in_which_nothing_stands_are_read_by_nobody(folder: Path) -> None:
    sheet = changed(
        "practices/joint-hearing.toml",
        "verified = true",
        'verified = true\neditorial = ["transfer"]\nfield_sources.means = ["page"]',
    )
    assert faults(folder, **{"practices/joint-hearing": sheet}) == [
        "warning: practices/joint-hearing.toml:11: field_sources.means: this field is empty; write it, or take its sources out",
        "warning: practices/joint-hearing.toml:10: editorial: transfer is empty; write it, or take it out",
    ]


def test_who_follows_what_replaced_an_entry_is_not_led_in_a_circle(folder: Path) -> None:
    sectors = (
        SOUND["sectors.toml"].replace("[schools]", 'replaced_by = "schools"\n\n[schools]') + 'replaced_by = "courts"\n'
    )
    assert faults(folder, sectors=sectors) == [
        "sectors.toml:7: courts.replaced_by: leads back to where it began (courts → schools → courts); "
        "take one of them out"
    ]


def test_two_bodies_did_not_take_each_other_over(folder: Path) -> None:
    one = SOUND["organisations.toml"]
    both = one + 'merged_into = "council"\n' + one.replace("[tribunal]", "[council]") + 'merged_into = "tribunal"\n'
    assert [line for line in faults(folder, organisations=both) if "merged_into" in line] == [
        "organisations.toml:8: tribunal.merged_into: leads back to where it began (tribunal → council → tribunal); "
        "take one of them out"
    ]


HELPLINE = """
[someone]
name = { fr = "Ligne", en = "Line" }
for_whom = { fr = "Enfants", en = "Children" }
audiences = ["children"]
"""


ONE_NUMBER = (
    "write one number in figures, such as 116 111, +386 1 234 56 78 or *111#, "
    "a second one as a line of its own, and words under for_whom or hours"
)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ["warning: helplines.toml:2: someone: has neither a number nor an address: nobody can turn to it; give its number or its url"]),
        ('number = "119"\n', []),
        ('number = "0800/111 0 111"\n', []),
        ('number = "*111#"\n', []),
        ('number = "+386 1 234 56 78"\n', []),
        ('number = "+386 41 234 567"\n', ["warning: helplines.toml:6: someone.number: “+386 41 234 567” may point to a person (phone); make sure that nobody can be recognised, or reword it"]),
        ('number = "116 111"\nhours = { fr = "+386 1 234 56 78", en = "Day" }\n', ["warning: helplines.toml:7: someone.hours.fr: “+386 1 234 56 78” may point to a person (phone); make sure that nobody can be recognised, or reword it"]),
        ('number = "javascript:alert(1)"\n', [f"helplines.toml:6: someone.number: 'javascript:alert(1)' is no telephone number; {ONE_NUMBER}"]),
        ('number = "pokličite nas"\n', [f"helplines.toml:6: someone.number: 'pokličite nas' is no telephone number; {ONE_NUMBER}"]),
        ('number = "116 111 ali 112"\n', [f"helplines.toml:6: someone.number: '116 111 ali 112' is no telephone number; {ONE_NUMBER}"]),
        ('number = "116 111 / 112"\n', [f"helplines.toml:6: someone.number: '116 111 / 112' holds two telephone numbers; {ONE_NUMBER}"]),
        ('number = "1"\n', [f"helplines.toml:6: someone.number: '1' is no telephone number; {ONE_NUMBER}"]),
        ('number = " "\n', ["helplines.toml:6: someone.number: is empty; leave the key out when nothing is known"]),
        ('url = "https://example.org/"\n', []),
        ('url = "https://example.org/"\nprominent = true\n', ["warning: helplines.toml:7: someone.prominent: is prominent, but the strip on every page shows numbers only; give its number"]),
    ],
)  # fmt: skip
def test_a_helpline_that_nobody_can_turn_to_is_told(folder: Path, more: str, expected: list[str]) -> None:
    assert faults(folder, helplines=HELPLINE + more) == expected


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("practices/joint-hearing.toml", '["courts", ', '["justice", ', "5: sectors: 'justice' is no sector of sectors.toml; it is a former key of 'courts': write that"),
        ("practices/joint-hearing.toml", '{ sector = "schools" }', '{ sector = "justice" }', "12: partners.1: 'justice' is no sector of sectors.toml; it is a former key of 'courts': write that"),
        ("practices/joint-hearing.toml", "verified = true", 'verified = true\nrelated = ["hearing"]', "10: related: 'hearing' is no practice of this region; it is a former key of 'other': write that"),
        ("practices/joint-hearing.toml", "verified = true", 'verified = true\nanswers.money = "small"', "10: answers: 'money' is no field of fields.toml; it is a former key of 'budget': write that"),
    ],
)  # fmt: skip
def test_who_writes_a_former_key_is_told_the_present_one(
    folder: Path, file: str, old: str, new: str, expected: str
) -> None:
    files: Files = {
        **SOUND,
        "sectors.toml": SOUND["sectors.toml"].replace("[courts]", '[courts]\nformer = ["justice"]'),
        "fields.toml": SOUND["fields.toml"].replace("[budget]", '[budget]\nformer = ["money"]'),
        "practices/other.toml": 'former = ["hearing"]\n' + SOUND["practices/joint-hearing.toml"],
        file: changed(file, old, new),
    }
    assert told(with_law(read_region(write(folder, files)), {}).problems) == [f"{file}:{expected}"]


PROVISION = """
[provisions.{key}]
number = "{key}"
former = ["{former}"]

[[provisions.{key}.versions]]
title = {{ fr = "Titre", en = "Title" }}
sources = ["page"]
"""


def with_two(kind: str, former_of_a: str, former_of_b: str) -> Files:
    """The sound folder with entries a and b of *kind*; each names a former key in its first line."""
    formers = {"a": former_of_a, "b": former_of_b}
    if kind == "practices":
        practice = SOUND["practices/joint-hearing.toml"]
        return {f"practices/{key}.toml": f'former = ["{former}"]\n{practice}' for key, former in formers.items()}
    if kind == "provisions":
        written = "".join(PROVISION.format(key=key, former=former) for key, former in formers.items())
        return {"law/code.toml": SOUND["law/code.toml"] + written}
    entry = {"sectors": SOUND["sectors.toml"].partition("\n\n")[0] + "\n", "organisations": SOUND["organisations.toml"]}
    body = entry[kind].partition("\n")[2]
    more = "".join(f'\n[{key}]\nformer = ["{former}"]\n{body}' for key, former in formers.items())
    return {f"{kind}.toml": SOUND[f"{kind}.toml"] + more}


KINDS = {
    # kind: a key that is in use, where a and b name their former keys
    "sectors": ("courts", "sectors.toml:14: a.former: ", "sectors.toml:21: b.former: "),
    "organisations": ("tribunal", "organisations.toml:10: a.former: ", "organisations.toml:19: b.former: "),
    "practices": ("joint-hearing", "practices/a.toml:1: former: ", "practices/b.toml:1: former: "),
    "provisions": ("code-1", "law/code.toml:24: provisions.a.former: ", "law/code.toml:32: provisions.b.former: "),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_former_key_is_no_present_one_and_leads_to_one_entry(folder: Path, kind: str) -> None:
    in_use, a, b = KINDS[kind]
    way_out = "a former key is never used again, take it out here"
    cases = {
        ("old-a", "old-b"): [],
        ("old", "old"): [f"{b}'old' is a former key of 'a' too; keep one"],
        (in_use, "old"): [f"{a}'{in_use}' is the key of another entry; {way_out}"],
        ("old", "b"): [f"{b}'b' is its present key; {way_out}"],
        ("b", in_use): [
            f"{place}'{key}' is the key of another entry; {way_out}" for place, key in ((a, "b"), (b, in_use))
        ],
    }
    found = {
        formers: told(read(write(folder / str(number), {**SOUND, **with_two(kind, *formers)})).problems)
        for number, formers in enumerate(cases)
    }
    assert found == cases


def test_a_former_key_of_an_entry_that_cannot_be_read_is_in_use_all_the_same(folder: Path) -> None:
    organisations = SOUND["organisations.toml"] + 'former = ["other"]\n[other]\nname = 5\n'
    told_of = [one for one in faults(folder, organisations=organisations) if "former" in one]
    assert told_of == [
        "organisations.toml:8: tribunal.former: 'other' is the key of another entry; "
        "a former key is never used again, take it out here"
    ]


def test_a_share_is_at_most_one(folder: Path) -> None:
    decision = 'version = 1\ntext.fr = "Ensemble"\ntext.en = "Together"\nquorum_share = 60\n'
    assert faults(folder, decision=decision) == [
        "decision.toml:4: quorum_share: is 60.0; a share is more than 0 and at most 1"
    ]


def test_a_question_of_all_regions_stays_the_condition_or_the_question_that_it_is(folder: Path) -> None:
    criteria = (
        'version = 1\n[[questions]]\nkey = "equity"\ngate = true\ntext.fr = "Pour tous ?"\ntext.en = "For all?"\n'
    )
    assert faults(folder, criteria=criteria) == [
        "criteria.toml:4: questions.0.gate: 'equity' is asked in every region, and not as a condition"
    ]


def test_one_reviewer_is_no_assessment(folder: Path) -> None:
    assert faults(folder, criteria="version = 1\nreviewers = 1\n") == [
        "criteria.toml:2: reviewers: a whole number from 2 to 9 is needed here"
    ]


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        ("number", "3", ""),
        ("number", '"3"', "a number is needed here"),
        ("number", "true", "a number is needed here"),
        ("yes-no", "true", ""),
        ("yes-no", '"yes"', "true or false is needed here"),
        ("date", "2014-06-02", ""),
        ("date", '"2014"', "a day without quotes, such as 2014-06-02 is needed here"),
        ("text", '{ fr = "x" }', ""),
        ("text", "3", "text in quotes is needed here"),
    ],
)
def test_an_answer_fits_its_field(folder: Path, kind: str, answer: str, expected: str) -> None:
    fields = f'[budget]\ntype = "{kind}"\nlabel.fr = "B"\nlabel.en = "B"\n'
    practice = changed("practices/joint-hearing.toml", "verified = true", f"verified = true\nanswers.budget = {answer}")
    line = "practices/joint-hearing.toml:10: answers.budget: "
    assert faults(folder, fields=fields, practices__joint_hearing=practice) == ([line + expected] if expected else [])


# Dates


@pytest.mark.parametrize("day", ["2099-13-45", "1999-02-31", "1999-00", "0000"])
@pytest.mark.parametrize(
    ("file", "old", "field", "place"),
    [
        ("region.toml", 'sources = ["page"]', "convention_status.ratified", "9: convention_status.ratified"),
        ("region.toml", 'sources = ["page"]', "mandates = [{ version = 1, objectives = [], since", "9: mandates.0.since"),
        ("region.toml", 'sources = ["page"]', "history = [{ text = { fr = 'Un', en = 'One' }, when", "9: history.0.when"),
        ("region.toml", 'sources = ["page"]', "history = [{ text = { fr = 'Un', en = 'One' }, when = '1998', until", "9: history.0.until"),
        ("organisations.toml", 'scope = "local"', "since", "6: tribunal.since"),
        ("organisations.toml", 'scope = "local"', "until", "6: tribunal.until"),
        ("practices/joint-hearing.toml", 'started = "2014-06"', "started", "4: started"),
    ],
)  # fmt: skip
def test_a_date_is_in_the_calendar(folder: Path, day: str, file: str, old: str, field: str, place: str) -> None:
    line = f'{field} = "{day}"' + (" }]" if "[{" in field else "")
    kept = "" if old.startswith("started") else f"\n{old}"
    files: Files = {**SOUND, file: changed(file, old, line + kept)}
    assert told(with_law(read_region(write(folder, files)), {}).problems) == [
        f"{file}:{place}: '{day}' is not in the calendar; "
        "write a year, a month or a day, such as 2014, 2014-06 or 2014-06-02"
    ]


def test_an_answer_is_no_date_of_the_practice(folder: Path) -> None:
    fields = '[since]\ntype = "text"\nlabel.fr = "Depuis"\nlabel.en = "Since"\n'
    practice = changed("practices/joint-hearing.toml", "verified = true", 'verified = true\nanswers.since = "long ago"')
    assert faults(folder, fields=fields, practices__joint_hearing=practice) == []


@pytest.mark.parametrize(("running", "wrong"), [("ongoing", True), ("ended", True), ("announced", False)])
@pytest.mark.parametrize("day", [f"{datetime.now(UTC).year + 2}{rest}" for rest in ("", "-01", "-01-01")])
def test_what_runs_or_ran_has_begun(folder: Path, running: str, day: str, *, wrong: bool) -> None:
    practice = changed(
        "practices/joint-hearing.toml", '"ongoing"\nstarted = "2014-06"', f'"{running}"\nstarted = "{day}"'
    )
    place = "practices/joint-hearing.toml:4: started: "
    assert (
        faults(folder, practices__joint_hearing=practice)
        == [f"{place}{day} is still to come, but the practice is {running!r}; one of the two is wrong"] * wrong
    )


def test_nothing_is_announced_for_a_year_that_nobody_plans_for(folder: Path) -> None:
    practice = changed(
        "practices/joint-hearing.toml", '"ongoing"\nstarted = "2014-06"', '"announced"\nstarted = "2999"'
    )
    assert faults(folder, practices__joint_hearing=practice) == [
        f"practices/joint-hearing.toml:4: started: 2999 is after {datetime.now(UTC).year + 5}, and nothing is planned so "
        "far ahead; look at the year"
    ]


def test_what_begins_today_has_begun(folder: Path) -> None:
    today = datetime.now(UTC)
    for day in (f"{today:%Y-%m-%d}", f"{today:%Y-%m}", f"{today:%Y}"):
        assert faults(folder, practices__joint_hearing=changed("practices/joint-hearing.toml", "2014-06", day)) == []


def test_an_organisation_exists_already(folder: Path) -> None:
    organisations = changed("organisations.toml", 'scope = "local"', 'scope = "local"\nsince = "2999"')
    assert faults(folder, organisations=organisations) == [
        "organisations.toml:7: tribunal.since: 2999 is still to come; list an organisation once it exists"
    ]


# Fields of the region's own


def test_only_answers_of_a_few_kinds_narrow_a_list(folder: Path) -> None:
    fields = (
        SOUND["fields.toml"]
        + 'facet = true\n[words]\ntype = "text"\nlabel = { fr = "Mots", en = "Words" }\nfacet = true\n'
    )
    assert faults(folder, fields=fields) == [
        "fields.toml:10: words.facet: answers of type 'text' narrow no list; only those of choice, choices, yes-no do"
    ]


# Persons


@pytest.mark.parametrize(
    ("text", "concerns"),
    [
        ("Léa, 9 ans, est venue.", ["“Léa, 9 ans” may point to a person (name with age)"]),
        ("La permanence répond au 06 12 34 56 78.", ["“06 12 34 56 78” may point to a person (phone)"]),
        (
            "L. M., élève au collège, et Léa, 9 ans.",
            [
                "“L. M.” may point to a person (initials with school)",
                "“Léa, 9 ans” may point to a person (name with age)",
            ],
        ),
        ("Léa, 9 ans, et Tom, 8 ans.", ["“Léa, 9 ans”, “Tom, 8 ans” may point to a person (name with age)"]),
    ],
)
def test_what_may_point_to_a_person_is_warned_of(folder: Path, text: str, concerns: list[str]) -> None:
    practice = changed("practices/joint-hearing.toml", "Deux services entendent ensemble.", text)
    place = "warning: practices/joint-hearing.toml:17: text.fr.summary: "
    assert faults(folder, practices__joint_hearing=practice) == [
        f"{place}{concern}; make sure that nobody can be recognised, or reword it" for concern in concerns
    ]


@pytest.mark.parametrize(
    "role", ["galway-group", "group-galway", "contact", "team", "galway.office", "rathaus-kontakt"]
)
def test_the_address_of_a_function_is_taken_as_that_of_the_team(folder: Path, role: str) -> None:
    header = changed("region.toml", 'name.en = "Test"', f'contact = "{role}@council.example"\nname.en = "Test"')
    assert faults(folder, region=header) == []


def test_every_concern_of_a_text_is_told(folder: Path) -> None:
    text = "Léa, 9 ans, née le 12 mars 2014, jeanne.martin@gmail.com."
    practice = changed("practices/joint-hearing.toml", "Deux services entendent ensemble.", text)
    place = "practices/joint-hearing.toml:17: text.fr.summary: "
    assert faults(folder, practices__joint_hearing=practice) == [
        f"warning: {place}“Léa, 9 ans” may point to a person (name with age); make sure that nobody can be recognised, "
        "or reword it",
        f"{place}{REASONS['birth-date'].rstrip('.')}",
        f"{place}{REASONS['email'].rstrip('.')}",
    ]


# Warnings


def test_a_source_that_no_fact_names_is_warned_of(folder: Path) -> None:
    sources = SOUND["sources.toml"] + '[other]\ntitle = "B"\npublisher = "C"\nkind = "press"\n'
    assert faults(folder, sources=sources) == [
        "warning: sources.toml:6: other: no fact uses this source; "
        "give it an until if a published package had it, or take it out"
    ]


def test_a_language_that_the_region_has_not_is_warned_of(folder: Path) -> None:
    sectors = changed("sectors.toml", 'name.en = "Courts"', 'name.en = "Courts"\nname.de = "Gerichte"')
    assert faults(folder, sectors=sectors) == [
        "warning: sectors.toml:4: courts.name.de: 'de' is not among the languages of this folder (fr, en); nobody reads it"
    ]


def test_a_text_of_a_practice_that_the_region_does_not_read_is_warned_of(folder: Path) -> None:
    practice = SOUND["practices/joint-hearing.toml"] + '\n[text.de]\ntitle = "Anhörung"\nsummary = "Gemeinsam."\n'
    assert faults(folder, practices__joint_hearing=practice) == [
        "warning: practices/joint-hearing.toml:23: text.de: 'de' is not among the languages of this folder (fr, en); nobody reads it"
    ]


def test_a_practice_that_is_not_translated_is_warned_of(folder: Path) -> None:
    practice = SOUND["practices/joint-hearing.toml"].partition("[text.en]")[0]
    assert faults(folder, practices__joint_hearing=practice) == [
        "warning: practices/joint-hearing.toml:15: text: has no text in 'en'; readers see another language"
    ]


# National law


FRAMEWORK: dict[str, str] = {
    "framework.toml": 'format = 1\nid = "XA"\nname.fr = "Pays"\nname.en = "Country"\nlanguages = ["fr", "en"]\n',
    "sources.toml": SOUND["sources.toml"].replace("[page]", "[gazette]"),
    "law/act.toml": SOUND["law/code.toml"].replace("code", "act").replace('"page"', '"gazette"'),
}


def with_national_law(folder: Path, framework: dict[str, str], **more: str) -> list[str]:
    law = check(read_framework(write(folder / "law_xa", dict(framework))))
    region = {"region.toml": changed("region.toml", 'id = "test"', 'id = "test"\nlaw = ["XA"]')} | more
    content = read_region(write(folder / "region", {**SOUND, **region}))
    return told(with_law(content, {"XA": law}).problems)


def test_a_region_may_use_provisions_and_sources_of_national_law(folder: Path) -> None:
    practice = SOUND["practices/joint-hearing.toml"].replace('"code-1"', '"act-1"').replace('["page"]', '["gazette"]')
    assert with_national_law(folder, FRAMEWORK, **{"practices/joint-hearing.toml": practice}) == []


def test_labels_of_law_in_a_draft_language_may_be_missing(folder: Path) -> None:
    header = FRAMEWORK["framework.toml"]
    without = FRAMEWORK | {"framework.toml": header.replace('name.fr = "Pays"\n', "")}
    assert any("has no text in fr" in one for one in with_national_law(folder / "a", without))
    draft = without | {"framework.toml": without["framework.toml"] + 'draft = ["fr"]\n'}
    assert with_national_law(folder / "b", draft) == with_national_law(folder / "c", FRAMEWORK)
    strange = FRAMEWORK | {"framework.toml": header + 'draft = ["is"]\n'}
    assert with_national_law(folder / "d", strange)[0] == (
        "[law XA] framework.toml:6: draft: 'is' is not among the law's languages; add it there, or take it out here"
    )


def test_a_fault_of_national_law_is_told_in_its_own_folder(folder: Path) -> None:
    law = FRAMEWORK["law/act.toml"].replace('{ ref = "4" }', '{ ref = "99" }')
    assert with_national_law(folder, {**FRAMEWORK, "law/act.toml": law}) == [
        "[law XA] law/act.toml:19: provisions.act-1.versions.1.convention: there is no article 99: "
        "articles go from 1 to 50"
    ]


def test_a_key_of_national_law_is_taken(folder: Path) -> None:
    law = SOUND["law/code.toml"].replace('"page"', '"gazette"')
    assert with_national_law(folder, {**FRAMEWORK, "law/act.toml": law}) == [
        "law/code.toml:6: provisions.code-1: the law XA has a provision of this key; rename yours"
    ]


def test_a_source_of_national_law_may_be_repeated_but_not_changed(folder: Path) -> None:
    same = {**FRAMEWORK, "sources.toml": FRAMEWORK["sources.toml"] + SOUND["sources.toml"]}
    assert [one for one in with_national_law(folder, same) if not one.startswith("warning")] == []
    other = same | {"sources.toml": same["sources.toml"].replace("Somebody", "Somebody else")}
    assert [one for one in with_national_law(folder / "b", other) if not one.startswith("warning")] == [
        "sources.toml:1: page: the law XA has another source of this key; rename yours"
    ]

"""What stands in a form comes out of it as it went in, right or wrong, and makes a sheet where it can."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.kinds import merging
from lanzarote.kinds.entered import Entered
from lanzarote.kinds.form import read_all, typed_from
from lanzarote.kinds.sent import SentForm
from lanzarote.practices import form_sent, sheets
from lanzarote.practices.form_fields import FIELDS, GROUPS, TEXTS
from lanzarote.practices.kind import PRACTICES as KIND
from lanzarote.records import days, validation
from lanzarote.regions.vocabulary import Vocabulary
from lanzarote.types import (
    Choice,
    Evidence,
    Partner,
    PracticeField,
    PracticeSeed,
    PracticeSheet,
    RegionHeader,
    SheetText,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PRACTICES = sorted(Path("regions/paris/lanzarote_region_paris/region/practices").glob("*.toml"))
SOURCES = {
    key
    for file in Path("regions/paris/lanzarote_region_paris").glob("*/sources.toml")
    for key in tomllib.loads(file.read_text("utf-8"))
}


def sheet_in(file: Path) -> PracticeSheet:
    seed = msgspec.convert(tomllib.loads(file.read_text("utf-8")), PracticeSeed)
    return sheets.read({name: msgspec.to_builtins(getattr(seed, name)) for name in PracticeSheet.__struct_fields__})


def words(**fields: PracticeField) -> Vocabulary:
    header = RegionHeader(
        format=1, requires_api=">=1", id="x", territory="XA", name={"fr": "X"}, languages=("fr", "en"), time_zone="UTC"
    )
    return Vocabulary(header=header, entries={"field": fields, "source": dict.fromkeys(SOURCES)})


def read(*pairs: tuple[str, str], lang: str = "fr", **fields: PracticeField) -> tuple[PracticeSheet, list[str]]:
    sheet, faults = judged(dict_of(pairs), lang, **fields)
    return sheet, [fault.field for fault in faults]


def dict_of(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in pairs:
        found[name] = [*found[name], text] if name in found else [text]
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}


def judged(
    typed: Mapping[str, Any], lang: str, **fields: PracticeField
) -> tuple[PracticeSheet, list[validation.Fault]]:
    """What the form reads, and what it cannot read."""
    view: Any = SimpleNamespace(vocabulary=words(**fields), lang=lang, say=lambda texts: texts["fr"], _=str)
    sheet, faults = read_all(
        view, KIND.shapes, form_sent.keyed(SentForm(form_sent.present(view, typed)), frozenset), PracticeSheet
    )
    assert sheet is not None
    return sheet, faults


def test_there_are_practices_to_try() -> None:
    assert len(PRACTICES) == 20


@pytest.mark.parametrize("file", PRACTICES, ids=lambda file: file.stem)
def test_every_practice_of_paris_comes_back_from_the_form_as_it_was(file: Path) -> None:
    sheet = sheet_in(file)
    assert judged(typed_from(KIND.shapes, sheet), "fr") == (msgspec.structs.replace(sheet, stale=()), [])


def test_every_text_of_a_practice_has_a_question() -> None:
    assert set(TEXTS) <= set(FIELDS)


def test_everything_that_a_sheet_holds_has_a_question() -> None:
    beside_questions = {"field_sources", "editorial"}
    asked = {"text", "original", "stale", "answers", *beside_questions, *FIELDS}
    assert set(PracticeSheet.__struct_fields__) <= asked


def test_ten_questions_come_first() -> None:
    assert len(GROUPS[0].questions) == 10
    assert {*sheets.REQUIRED, *sheets.REQUIRED_TEXTS} == {question[0].name for question in GROUPS[0].questions}


def test_empty_rows_are_left_out_and_what_belongs_together_stays_so() -> None:
    sheet, faults = read(
        ("partners[0].side", "public"),
        ("partners[2].organisation", "cdad-paris"),
        ("partners[2].part.fr", "Accueille"),
        ("partners[5].sector", "courts"),
    )
    named = Partner(organisation="cdad-paris", part={"fr": "Accueille"})
    assert (sheet.partners, faults) == ((named, Partner(sector="courts")), [])


@pytest.mark.parametrize(
    "name",
    [
        "key",
        "version",
        "text.de.title",
        "text.fr.nonsense",
        "partners[1].secret",
        "__proto__",
    ],
)
def test_what_the_form_does_not_know_is_left_out(name: str) -> None:
    sheet, faults = read((name, "x"))
    assert (sheet.text, sheet.partners[1:], sheet.own_sources[1:], faults) == ({}, (), (), [])


@pytest.mark.parametrize(
    ("typed", "lang", "number"),
    [
        ("12", "fr", 12),
        ("7,4", "fr", 7.4),
        ("1 200", "fr", 1200),
        ("1\u202f200,5", "fr", 1200.5),
        ("1,200", "en", 1200),
        ("-3", "en", -3),
        ("1.234", "fr", 1.234),
        ("1.234", "en", 1.234),
        ("1,234", "ga", 1234),
        ("1,234", "is", 1.234),
        ("0.125", "is", 0.125),
        ("1.5", "is", 1.5),
        ("1234.5", "sl", 1234.5),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, lang: str, number: float) -> None:
    sheet, faults = read(("evidence[0].value", typed), lang=lang)
    assert (sheet.evidence[0].value, faults) == (number, [])


@pytest.mark.parametrize("lang", ["sl", "de", "is", "es"])
@pytest.mark.parametrize(
    ("typed", "ways"), [("1.234", "1234 / 1,234"), ("-12.500", "-12500 / -12,500"), ("123 .456", "123456 / 123,456")]
)
def test_a_number_that_can_be_two_is_refused_with_both(typed: str, lang: str, ways: str) -> None:
    _, [fault] = judged({"evidence[0].value": typed}, lang)
    assert (fault.text, fault.value) == (validation.TWO_NUMBERS, ways)


@pytest.mark.parametrize("lang", ["fr", "en", "is", "sl", "de-CH", "ga", "ar", "en-ZA"])
@pytest.mark.parametrize("value", [1.234, -999.001, 12.5, 1234.0, 0.125, 1234567.891, 1e-7, 1e15])
def test_a_number_comes_back_from_the_form_as_it_was_in_any_language(value: float, lang: str) -> None:
    sheet = PracticeSheet(original="fr", evidence=(Evidence(value=value),), answers={"cost": value})
    cost = PracticeField(type="number", label={"fr": "Coût"})
    again, faults = judged(typed_from(KIND.shapes, sheet), lang, cost=cost)
    assert (again.evidence, again.answers, faults) == (sheet.evidence, sheet.answers, [])


@pytest.mark.parametrize("typed", ["many", "1.234.567", "1.234,5", "12 %", "1e400", "nan", "inf", "--1", "9" * 30])
def test_what_is_no_number_is_said_at_its_place(typed: str) -> None:
    assert read(("evidence[0].value", typed))[1] == ["evidence[0].value"]


@pytest.mark.parametrize(
    ("typed", "date"), [("2014", "2014"), ("06/2014", "2014-06"), ("2/6/2014", "2014-06-02"), ("2014-06", "2014-06")]
)
def test_dates_are_read_as_people_write_them(typed: str, date: str) -> None:
    assert read(("started", typed))[0].started == date


@pytest.mark.parametrize("typed", ["soon", "2014-13", "31/02/2014", "14", "²014"])
def test_what_is_no_date_is_said_at_its_place(typed: str) -> None:
    assert read(("started", typed))[1] == ["started"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("31/02/2027", days.NO_SUCH_DAY),
        ("13/2027", days.NO_SUCH_DAY),
        ("2027-13", days.NO_SUCH_DAY),
        ("30 février 2027", days.NO_SUCH_DAY),
        ("soon", days.NO_DATE),
        ("14", days.NO_DATE),
    ],
)
def test_a_day_that_no_calendar_has_is_told_apart_from_what_is_no_day(typed: str, told: str) -> None:
    assert [fault.text for fault in judged({"started": typed}, "fr")[1]] == [told]


def test_articles_are_ticked_or_written_in() -> None:
    sheet, faults = read(("convention", "10"), ("convention", "14"), ("convention_more", "10.3, 35.1.b; 10"))
    assert (sheet.convention, faults) == (("10", "10.3", "14", "35.1.b"), [])
    assert read(("convention_more", "10.3 et 99"))[1] == ["convention_more", "convention_more"]


def test_documents_of_the_practice_get_names_that_stay() -> None:
    by = [(f"own_sources[{number}].publisher", "P") for number in range(2)]
    first, _ = read(*by, ("own_sources[0].title", "A"), ("own_sources[1].title", "B"))
    assert [source.key for source in first.own_sources] == ["own-1", "own-2"]
    later, _ = read(*by, ("own_sources[0].key", "own-2"), ("own_sources[0].title", "B"), ("own_sources[1].title", "C"))
    assert [(source.key, source.title) for source in later.own_sources] == [("own-2", "B"), ("own-1", "C")]


@pytest.mark.parametrize(
    ("kind", "pairs", "answer"),
    [
        ("yes-no", [("answers.q", "yes")], True),
        ("yes-no", [("answers.q", "no")], False),
        ("yes-no", [], None),
        ("number", [("answers.q", "7,5")], 7.5),
        ("date", [("answers.q", "03/2020")], "2020-03"),
        ("choice", [("answers.q", "a")], "a"),
        ("choices", [("answers.q", "a"), ("answers.q", "b")], ["a", "b"]),
        ("text", [("answers.q.fr", "oui"), ("languages", "en"), ("answers.q.en", "yes")], {"fr": "oui", "en": "yes"}),
    ],
)
def test_the_region_s_own_questions_are_read_as_their_kind(kind: Any, pairs: Any, answer: Any) -> None:
    field = PracticeField(type=kind, label={"fr": "Q"}, choices=())
    assert read(*pairs, q=field)[0].answers.get("q") == answer


@pytest.mark.parametrize(
    ("kind", "earlier", "why"),
    [
        ("text", 3, "This question is answered in words: write the answer anew."),
        ("yes-no", {"fr": "oui"}, "This question is answered with yes or no."),
        ("number", {"fr": "3"}, "Write a number, such as 12 or 7.5."),
        ("choice", 3, "Choose one of the answers that are offered."),
        ("choices", "a", "Choose one of the answers that are offered."),
    ],
)
def test_an_answer_of_an_earlier_type_is_told_what_fits_the_question(kind: Any, earlier: Any, why: str) -> None:
    choice = Choice(key="a", name={"fr": "A"})
    field = PracticeField(type=kind, label={"fr": "Combien ?"}, choices=(choice,), former=("old",))
    sheet = PracticeSheet(original="fr", text={"fr": SheetText(title="Un")}, answers={"q": earlier})
    assert [(one.field, one.text) for one in sheets.faults_in(sheet, words(q=field), ())] == [("answers.q", why)]


def test_what_is_wrong_is_told_with_the_name_of_the_question_also_under_a_key_it_had_before() -> None:
    field = PracticeField(type="text", label={"fr": "Combien ?"}, former=("old",))
    view: Any = SimpleNamespace(vocabulary=words(q=field), say=lambda texts: texts["fr"], lang="fr", _=str)
    told = [KIND.label_of(view, f"answers.{key}") for key in ("q", "old", "old.fr")]
    assert told == ["Combien ?", "Combien ?", "Combien ? (français)"]


# Two who wrote at once


def entered(**values: str) -> Entered:
    places: dict[str, tuple[str, ...]] = {name.replace("__", "."): (text,) for name, text in values.items()}
    return Entered(original="fr", languages=("fr",), values=places)


def test_a_merge_takes_what_was_chosen_field_by_field() -> None:
    theirs = entered(text__fr__title="A", text__fr__summary="théorie", scope="local")
    yours = entered(text__fr__title="B", text__fr__summary="pratique", scope="regional")
    whole = merging.merged(
        theirs,
        yours,
        {
            "choice[text.fr.title]": "theirs",
            "choice[text.fr.summary]": "both",
            "merged[text.fr.summary]": "théorie et pratique",
            "choice[scope]": "yours",
        },
    )
    assert dict(whole.typed()) == {
        "text.fr.title": "A",
        "text.fr.summary": "théorie et pratique",
        "scope": "regional",
    }


def test_two_lists_can_be_put_together_each_row_once() -> None:
    theirs = Entered(
        original="fr",
        languages=("fr",),
        values={"partners[0].sector": ("courts",), "partners[1].organisation": ("a",), "partners[1].part.fr": ("x",)},
    )
    yours = Entered(
        original="fr",
        languages=("fr",),
        values={"partners[0].sector": ("courts",), "partners[1].organisation": ("b",), "sectors": ("police",)},
    )
    whole = merging.merged(theirs, yours, {"choice[partners]": "both", "choice[sectors]": "both"})
    assert dict(whole.typed()) == {
        "partners[0].sector": "courts",
        "partners[1].organisation": "a",
        "partners[1].part.fr": "x",
        "partners[2].organisation": "b",
        "sectors": "police",
    }

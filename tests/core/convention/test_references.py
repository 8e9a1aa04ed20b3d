import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanzarote.facts.convention import Reference, UnknownReference, convention, is_under

# Every reference that the facts about Paris use.
PARIS = [
    *("3.a", "4", "5", "5.1", "5.2", "5.3", "6", "7", "8", "9.1", "9.2", "9.3", "10.1", "10.2", "10.3", "11"),
    *("11.2", "12", "12.1", "12.2", "13", "14", "14.1", "14.3", "15", "16", "17", "18.1.a", "18.1.b", "18.3"),
    *("19", "19.1.a", "19.1.b", "19.1.c", "20", "20.1.d", "21", "22", "23", "24.1", "24.2", "25.1", "25.4"),
    *("25.6", "26", "27.1", "27.3", "27.4", "28", "30", "30.1", "31", "31.1", "31.1.c", "31.3", "31.4", "31.5"),
    *("33", "34", "35", "35.1", "35.2", "36", "36.1", "37"),
]


@st.composite
def references(draw: st.DrawFn) -> Reference:
    article = draw(st.sampled_from(convention().articles))
    paragraph = draw(st.none() | st.integers(1, article.paragraphs)) if article.paragraphs else None
    letters = paragraph is not None or article.paragraphs == 0
    letter = draw(st.none() | st.sampled_from("abcdefghijklmnopqrstuvwxyz")) if letters else None
    return Reference(article.number, paragraph, letter)


ORDERED = ["3", "3.a", "9.1", "10", "10.1", "10.2", "10.2.a", "10.2.b", "10.3", "18.1.a", "20"]


@given(references())
def test_a_reference_reads_back_as_it_was_written(reference: Reference) -> None:
    assert Reference.parse(str(reference)) == reference


@given(st.text(alphabet="0123456789.ab \n-１", max_size=8))
def test_what_parses_is_written_in_one_way_only(text: str) -> None:
    try:
        reference = Reference.parse(text)
    except UnknownReference:
        return
    assert str(reference) == text


@given(st.text())
def test_any_text_parses_or_is_refused_as_unknown(text: str) -> None:
    try:
        answer = str(Reference.parse(text))
    except UnknownReference as refused:
        answer = str(refused)
    assert answer == text or "for example" in answer or "go from 1 to 50" in answer or "unnumbered" in answer


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("10", Reference(10)),
        ("10.3", Reference(10, 3)),
        ("18.1.a", Reference(18, 1, "a")),
        ("3.a", Reference(3, letter="a")),
    ],
)
def test_the_four_forms_of_a_reference(text: str, reference: Reference) -> None:
    assert (Reference.parse(text), str(reference)) == (reference, text)


def test_every_reference_used_for_paris_parses() -> None:
    assert [str(Reference.parse(text)) for text in PARIS] == PARIS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "there is no article 0: articles go from 1 to 50"),
        ("51", "there is no article 51: articles go from 1 to 50"),
        ("999999", "there is no article 999999: articles go from 1 to 50"),
        ("10.4", 'article 10 has no paragraph 4: it has paragraphs 1 to 3, for example "10.3"'),
        ("10.0", 'article 10 has no paragraph 0: it has paragraphs 1 to 3, for example "10.3"'),
        (
            "2.1",
            "article 2 has one unnumbered paragraph, so it takes no paragraph number: "
            'write "2", or "2.a" for its letter a',
        ),
        (
            "18.a",
            'article 18 has 3 numbered paragraphs: say in which one letter a is, for example "18.1.a"',
        ),
    ],
)
def test_what_the_convention_does_not_have_is_refused_with_what_it_has(text: str, message: str) -> None:
    with pytest.raises(UnknownReference) as refused:
        Reference.parse(text)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "x", ".", "10.", ".10", "10..3", "10.1.aa", "10.1.A", "10.1.1", "10.1.a.b", "10.1\n", " 10.1"),
        *("10,1", "10(1)", "art. 10", "-1", "+1", "1_0", "010", "10.01", "00", "１０.1", "١٠", "10.1.ａ", "10.1.é"),
    ],
)
def test_what_is_not_written_as_a_reference_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(UnknownReference) as refused:
        Reference.parse(text)
    assert str(refused.value) == (
        f'{text!r} is not a reference to the Convention: write "article", "article.paragraph" or '
        '"article.paragraph.letter", for example "10", "10.3" or "18.1.a"'
    )


def test_a_hostile_length_is_refused_in_few_words() -> None:
    with pytest.raises(UnknownReference) as refused:
        Reference.parse("9" * 1_000_000)
    assert str(refused.value).startswith("'99999999999999999999…' is not a reference")


def test_a_reference_cannot_be_made_past_the_check() -> None:
    with pytest.raises(UnknownReference, match="article 10 has no paragraph 4"):
        Reference(10, 4)
    with pytest.raises(UnknownReference, match="'aa' is not a letter from a to z"):
        Reference(18, 1, "aa")
    with pytest.raises(UnknownReference, match="is not a letter from a to z"):
        Reference(18, 1, "a\n")


def test_references_sort_by_number_the_whole_before_its_parts() -> None:
    in_order = [Reference.parse(text) for text in ORDERED]
    shuffled = random.Random(201).sample(in_order, len(in_order))
    assert sorted(shuffled) == in_order


@given(references(), references())
def test_order_agrees_with_equality(one: Reference, other: Reference) -> None:
    assert [one < other, one == other, one > other].count(True) == 1
    assert (one <= other) is not (one > other)


def test_equal_references_are_one_key() -> None:
    assert {Reference.parse("10.3"), Reference(10, 3)} == {Reference(10, 3)}


@pytest.mark.parametrize(
    ("part", "whole", "under"),
    [
        ("10", 10, True),
        ("10.2.a", 10, True),
        ("10.2.a", 1, False),
        ("10.2.a", Reference(10), True),
        ("10.2.a", Reference(10, 2), True),
        ("10.2.a", Reference(10, 2, "a"), True),
        ("10.2.a", Reference(10, 2, "b"), False),
        ("10.2.a", Reference(10, 3), False),
        ("10", Reference(10, 2), False),
        ("10.2", Reference(10, 2, "a"), False),
        ("11.2", Reference(10, 2), False),
        ("3.a", Reference(3), True),
    ],
)
def test_a_part_is_under_its_whole_and_not_the_reverse(part: str, whole: Reference | int, under: bool) -> None:
    assert is_under(Reference.parse(part), whole) is under

"""What holds of every merge of three bodies."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from lanzarote.regions.merge import merge

values = st.none() | st.integers(0, 3) | st.sampled_from(["a", "b"]) | st.lists(st.integers(0, 2), max_size=2)
bodies = st.dictionaries(
    st.sampled_from("abc"), values.filter(lambda value: value is not None), max_size=3
) | st.dictionaries(st.sampled_from(["t", "u"]), st.dictionaries(st.sampled_from("xy"), st.integers(0, 2), min_size=1))


def test_what_is_of_another_shape_now_is_one_thing_and_stays_where_the_region_wrote_it() -> None:
    words, code = {"waiting": {"fr": "mots de l’équipe"}}, {"waiting": "long"}
    for local, package in ((words, code), (code, words)):
        for before in ({}, {"waiting": "short"}, {"waiting": {"fr": "avant"}}):
            merged = merge({"answers": before}, {"answers": local}, {"answers": package})
            [asked] = merged.questions
            assert merged.body == {"answers": local}
            assert (asked.field, asked.local, asked.package) == (
                "answers.waiting",
                local["waiting"],
                package["waiting"],
            )
    assert merge({"answers": code}, {"answers": code}, {"answers": words}).body == {"answers": words}


@given(before=bodies, local=bodies)
def test_a_package_that_did_not_change_changes_nothing(before: dict[str, Any], local: dict[str, Any]) -> None:
    merged = merge(before, local, before)
    assert (merged.body, merged.taken, merged.questions) == (local, (), ())


@given(before=bodies, package=bodies)
def test_a_record_that_nobody_touched_becomes_what_the_package_says(
    before: dict[str, Any], package: dict[str, Any]
) -> None:
    merged = merge(before, before, package)
    assert (merged.body, merged.questions) == (package, ())


@given(before=bodies, local=bodies, package=bodies)
def test_every_field_follows_one_side_and_every_disagreement_is_asked(
    before: dict[str, Any], local: dict[str, Any], package: dict[str, Any]
) -> None:
    merged = merge(before, local, package)
    again = merge(package, merged.body, package)
    assert (again.body, again.questions) == (merged.body, ())
    for question in merged.questions:
        assert question.local != question.package
        assert question.before not in (question.local, question.package)
    assert merge(before, local, package, ask=True).body == local


def sheet(text: str, sources: str = "", *editorial: str) -> dict[str, Any]:
    """A body with a text in French and English, and which source says it."""
    said = {"fr": {"means": text, "title": "T"}, "en": {"means": text}}
    marks = {"field_sources": {"means": [sources]}} if sources else {}
    return {"text": said, **marks, **({"editorial": [*editorial]} if editorial else {})}


def test_sources_come_with_the_text_that_they_say() -> None:
    merged = merge(sheet("avant"), sheet("avant"), sheet("paquet", "report", "means"))
    assert merged.body == sheet("paquet", "report", "means")
    assert merge(sheet("a", "old"), sheet("a", "old"), sheet("a", "new")).body == sheet("a", "new")
    assert merge(sheet("a", "old", "means"), sheet("a", "old", "means"), sheet("a")).body == sheet("a")


def test_a_text_of_the_region_gets_no_sources_of_the_packages() -> None:
    for local in (sheet("ici"), sheet("ici", "own"), sheet("ici", "own", "means")):
        merged = merge(sheet("avant"), local, sheet("paquet", "report", "means"))
        assert merged.body == local
        [fr, en] = merged.questions
        assert (fr.field, en.field) == ("text.fr.means", "text.en.means")
    in_one_language = {**sheet("avant"), "text": {"fr": {"means": "ici", "title": "T"}, "en": {"means": "avant"}}}
    assert "field_sources" not in merge(sheet("avant"), in_one_language, sheet("paquet", "report")).body


def test_a_language_that_only_the_region_has_keeps_no_source_away() -> None:
    local = sheet("avant")
    local["text"]["ar"] = {"means": "هنا"}
    merged = merge(sheet("avant"), local, sheet("paquet", "report"))
    assert merged.body["field_sources"] == {"means": ["report"]}
    assert merged.questions == ()


def test_who_takes_part_and_since_when_are_followed_by_their_sources() -> None:
    before, package = {"started": "2014"}, {"started": "2014-06", "field_sources": {"running": ["report"]}}
    assert merge(before, before, package).body == package
    assert merge(before, {"started": "2013"}, package).body == {"started": "2013"}


def test_editorial_fields_of_both_sides_are_kept() -> None:
    merged = merge({}, {"editorial": ["limits"]}, {"editorial": ["transfer"]})
    assert (merged.body, merged.questions) == ({"editorial": ["limits", "transfer"]}, ())

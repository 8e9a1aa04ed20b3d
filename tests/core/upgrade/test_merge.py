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

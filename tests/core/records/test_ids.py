"""Ids: made here they sort by time; shipped with a package they are the same everywhere and for ever."""

from __future__ import annotations

import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanzarote.store.ids import new_id, shipped_id, slugify

SHIPPED = {
    # Printed, linked and exchanged: if this test fails, the code is wrong, not the test.
    ("paris", "practice", "pare"): "09bcff56-d83a-58ae-8fe0-ed8952b7bd90",
    ("paris", "stakeholder", "acpe"): "485ba858-fbe4-540b-bd47-278dae3cc2a4",
    ("second-region", "practice", "yizhak-u-sudi"): "caaa705b-92b5-5998-9f82-d2e42c2d371f",
}


def test_a_new_id_is_a_uuid_of_version_7() -> None:
    made = [UUID(new_id()) for _ in range(200)]
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}
    assert len(set(made)) == 200


def test_a_new_id_says_when_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = UUID(new_id()).int >> 80
    assert before <= made <= time.time_ns() // 1_000_000


def test_new_ids_sort_by_time_as_text() -> None:
    made = []
    for _ in range(5):
        made.append(new_id())
        time.sleep(0.002)
    assert sorted(made) == made


@pytest.mark.parametrize("what", SHIPPED)
def test_a_shipped_id_never_changes(what: tuple[str, str, str]) -> None:
    assert shipped_id(*what) == SHIPPED[what]


def test_shipped_ids_differ_by_region_kind_and_key() -> None:
    made = {
        shipped_id(region, kind, key)
        for region in ("paris", "lyon")
        for kind in ("practice", "stakeholder")
        for key in ("a", "b")
    }
    assert len(made) == 8
    assert {UUID(one).version for one in made} == {5}


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Salles Mélanie", "salles-melanie"),
        ("L’Enfant bleu – Enfance maltraitée", "l-enfant-bleu-enfance-maltraitee"),
        ("Établissement ﬁnancé n° 2 : cœur", "etablissement-finance-n-2-coeur"),
        ("Łódź: ŻŁOBEK", "lodz-zlobek"),
        ("Straße, Größe, STRASSE", "strasse-grosse-strasse"),
        ("ÇOCUK İzleme Işık", "cocuk-izleme-isik"),
        ("ΠΑΙΔΙΆ ΤΗΣ ΟΔΟΎ", "παιδιά-της-οδού"),
        ("Їжачок, ґанок і підйом", "їжачок-ґанок-і-підйом"),
        ("об’єднання п'яти обʼєктів", "обєднання-пяти-обєктів"),
        ("И\u0306ОД", "йод"),
        ("ᲑᲐᲕᲨᲕᲘ და სკოლა", "ბავშვი-და-სკოლა"),
        ("Երեխա և ոստիկան", "երեխա-և-ոստիկան"),
        ("Їжак École", "їжак-ecole"),
        ("हिन्दी", "हिन्दी"),
        ("a_b  c/d", "a-b-c-d"),
        ("…", "record"),
        ("", "record"),
        ("x" * 200, "x" * 72),
        ("word " * 40, "-".join(["word"] * 14)),
    ],
)
def test_an_address_is_readable(text: str, slug: str) -> None:
    assert slugify(text) == slug


@given(st.text())
def test_an_address_of_any_text_is_short_and_harmless(text: str) -> None:
    slug = slugify(text)
    assert 1 <= len(slug) <= 72
    assert not set(slug) & set(" /?#%&\"'<>\\.\n\t\0")
    assert slug.strip("-") == slug
    assert slugify(slug) == slug

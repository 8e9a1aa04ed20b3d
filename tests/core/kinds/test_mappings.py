"""What stands under names that the type gives, or that a region asks for: read and filled in as any other field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
from lanzarote.kinds.contents import leaves, written_in
from lanzarote.kinds.fields import Field, Shape, shapes_of
from lanzarote.kinds.form import read_all, typed_from
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.wording import label_of
from lanzarote.types.values import Value
from lanzarote.web.labels import Voice

if TYPE_CHECKING:
    from lanzarote.instance import Instance

Named = Literal["problem", "means"]


class Written(Value, frozen=True, kw_only=True):
    cited: dict[Named, tuple[str, ...]] = {}
    answers: dict[str, Any] = {}


def _asked(_: Voice) -> tuple[Shape, ...]:
    return (
        Shape(field=Field(name="place", label="Salle 12"), what="texts"),
        Shape(field=Field(name="days", label="Days"), what="choices"),
        Shape(field=Field(name="open", label="Open"), what="yes-no", codes=("yes", "no")),
        Shape(field=Field(name="rooms", label="Rooms"), what="number"),
    )


CITED = Field(name="cited", label="N 0", fields=(Field(name="problem", label="N 1"), Field(name="means", label="M")))
ANSWERS = Field(name="answers", label="", asked=_asked)
SHAPES = shapes_of(Written, (CITED, ANSWERS))
SAID = Written(
    cited={"problem": ("report", "law")},
    answers={"place": {"fr": "À l’hôpital"}, "days": ["monday"], "open": False, "rooms": 2.5},
)


@pytest.fixture
def voice(paris: Instance) -> Voice:
    return Voice(paris, "fr", paris.header("paris"))


def test_a_form_that_is_sent_as_it_was_filled_in_says_the_same(voice: Voice) -> None:
    typed = typed_from(SHAPES, SAID)
    assert typed == {
        "cited.problem": ["report", "law"],
        "answers.place.fr": "À l’hôpital",
        "answers.days": ["monday"],
        "answers.open": "no",
        "answers.rooms": "2.5",
    }
    assert read_all(voice, SHAPES, SentForm(typed | {"answers.rooms": "2,5"}), Written) == (SAID, [])
    assert read_all(voice, SHAPES, SentForm(), Written) == (Written(), [])


def test_the_guard_reads_whatever_a_program_sent_as_an_answer() -> None:
    sent = Written(answers={"place": {"fr": "A", "more": [{"b": "C"}]}, "days": "D", "rooms": None})
    found = {"answers.place.fr": "A", "answers.place.more[0].b": "C", "answers.days": "D"}
    assert dict(written_in(SHAPES, sent)) == found


def test_a_text_that_says_no_language_stands_without_one() -> None:
    assert [one.place for one in leaves(_asked(None), {"place": "Partout"})] == ["place"]  # type: ignore[arg-type]


def test_what_stands_under_a_name_is_called_by_it(voice: Voice) -> None:
    def called(place: str) -> str:
        return label_of(voice, SHAPES, place)  # type: ignore[arg-type]

    assert (called("cited.problem"), called("answers.place.fr")) == ("N 0 – N 1", "Salle 12 (français)")


def test_a_name_that_no_field_words_stops_the_import() -> None:
    with pytest.raises(TypeError, match="declare a field for each"):
        shapes_of(Written, (Field(name="cited", label=""), ANSWERS))

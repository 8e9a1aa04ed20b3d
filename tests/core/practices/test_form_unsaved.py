"""What is typed and not saved waits for its writer alone, and holds nothing that the guard refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.errors import NotPermitted
from lanzarote.kinds import unsaved
from lanzarote.kinds.entered import Entered, Typed, passed, reason_name
from lanzarote.records.drafts import Unsaved
from lanzarote.records.validation import Identifying
from sqlalchemy import select

from tests.core.practices.test_writing import (
    COORDINATOR,
    REVIEWER,
    STRANGER,
    THEN,
    WRITER,
    begun,
    paris,
    publish,
    save,
    submitted,
    with_title,
)

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor

__all__ = ["paris"]


def typed(title: str, **reasons: str) -> Typed:
    values: dict[str, tuple[str, ...]] = {"text.fr.title": (title,), "started": ("bientôt",)}
    return Typed(entered=Entered(original="fr", languages=("fr",), values=values), reasons=reasons)


def keep(paris: Instance, record_id: str, title: str, by: Actor = WRITER, base: int = 1) -> None:
    given = passed(typed(title), paris.vocabulary("paris"))
    with paris.database.write("paris") as session:
        unsaved.keep(session, "paris", record_id, given, base=base, by=by, at=THEN)


def titles(paris: Instance) -> list[str]:
    with paris.database.read("paris") as session:
        return [row.account_id for row in session.scalars(select(Unsaved).order_by(Unsaved.account_id))]


def test_it_comes_back_as_it_was_typed_even_what_no_sheet_could_hold(paris: Instance) -> None:
    record_id = begun(paris)
    keep(paris, record_id, "En cours")
    with paris.database.read("paris") as session:
        kept = unsaved.kept(session, "paris", record_id, by=WRITER)
        assert kept is not None
        assert (kept.base, kept.at, kept.typed) == (1, THEN, typed("En cours"))


def test_it_is_nobody_else_s(paris: Instance) -> None:
    record_id = begun(paris)
    keep(paris, record_id, "En cours")
    with paris.database.read("paris") as session:
        assert unsaved.kept(session, "paris", record_id, by=COORDINATOR) is None


def test_each_writer_has_their_own_and_saving_forgets_only_the_own(paris: Instance) -> None:
    record_id = begun(paris)
    keep(paris, record_id, "Une idée")
    keep(paris, record_id, "Une autre", by=COORDINATOR)
    save(paris, record_id, with_title("Une idée"), expected=1)
    assert titles(paris) == ["cy"]


def test_publishing_leaves_what_others_typed(paris: Instance) -> None:
    record_id = submitted(paris)
    keep(paris, record_id, "Une idée")
    keep(paris, record_id, "Une autre", by=COORDINATOR)
    publish(paris, record_id)
    assert titles(paris) == ["ana", "cy"]


def test_what_was_never_saved_is_found_again(paris: Instance) -> None:
    keep(paris, "018f0000-0000-7000-8000-000000000001", "Nouvelle", base=0)
    with paris.database.read("paris") as session:
        assert [one.record_id for one in unsaved.kept_new(session, "paris", by=WRITER)] == [
            "018f0000-0000-7000-8000-000000000001"
        ]
        assert unsaved.kept_new(session, "paris", by=COORDINATOR) == []


def test_it_can_be_discarded(paris: Instance) -> None:
    record_id = begun(paris)
    keep(paris, record_id, "Une idée")
    with paris.database.write("paris") as session:
        unsaved.discard(session, "paris", record_id, by=WRITER)
    assert titles(paris) == []


@pytest.mark.parametrize("by", [STRANGER, REVIEWER])
def test_who_may_not_write_keeps_nothing(paris: Instance, by: Actor) -> None:
    record_id = begun(paris)
    with pytest.raises(NotPermitted):
        keep(paris, record_id, "Non", by=by)
    assert titles(paris) == []


@pytest.mark.parametrize(
    "title", ["Léa, 9 ans", "Écrire à lea.martin@laposte.net", "née le 3 mars 2016", "1 89 05 75 116 001 57"]
)
def test_what_the_guard_refuses_or_asks_about_does_not_pass(paris: Instance, title: str) -> None:
    with pytest.raises(Identifying):
        passed(typed(title), paris.vocabulary("paris"))


def test_what_reads_like_a_call_for_help_waits_for_its_writer(paris: Instance) -> None:
    assert passed(typed("Je veux signaler mon voisin"), paris.vocabulary("paris"))


@pytest.mark.parametrize(
    "text",
    [
        "Lorsqu’un enfant est victime de violences, la cellule se réunit le jour même.",
        "Des enfants victimes d’inceste y sont entendus une seule fois.",
        "A child who was abused is heard once.",
        "Professionals learn to report what they fear.",
    ],
)
def test_speaking_of_children_who_are_victims_is_no_disclosure(paris: Instance, text: str) -> None:
    assert passed(typed(text), paris.vocabulary("paris"))


def test_what_the_guard_asks_about_passes_with_a_reason(paris: Instance) -> None:
    name = reason_name("text.fr.title", "name-with-age")
    assert passed(typed("Léa, 9 ans", **{name: "Un personnage de fiction."}), paris.vocabulary("paris"))

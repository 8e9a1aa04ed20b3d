"""What an amendment makes of an improvement is looked at as if somebody had saved it: by packages, and for faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.records.drafts import Told, read_told
from lanzarote.records.records import encode, revise
from lanzarote.records.save_checks import Objected
from lanzarote.records.validation import Faulty
from lanzarote.types.improvements import Improvement, ImprovementText

from tests.core.api.programs import PARIS as ROOT
from tests.core.api.programs import Programs
from tests.core.hooks.test_improvement_hooks import PLACE, STRICT, of
from tests.core.practices.forms import Writer
from tests.core.practices.signed_in import site_of
from tests.core.talk.talking import TEXT, Group

if TYPE_CHECKING:
    from tests.core.hooks.conftest import Making

WHY = "Les moyens sont décrits dans une annexe commune."


def told(group: Group) -> Told:
    with group.read() as (session, record):
        return read_told(session, record, Told)


def test_a_package_is_asked_before_an_amendment_is_accepted(paris_with: Making) -> None:
    group = Group(paris_with(strict=STRICT))
    number = group.propose(title="Un seul numéro")
    with pytest.raises(Objected):
        group.accept(number)
    assert (group.amendment(number).state, group.says().text["fr"].title) == ("open", TEXT["title"])
    _, new, before = of("strict", "asked")[-1]
    assert (new.text["fr"].title, before.text["fr"].title) == ("Un seul numéro", TEXT["title"])
    group.accept(number, let_pass={PLACE: WHY})
    assert group.says().text["fr"].title == "Un seul numéro"
    assert [one.text for one in told(group).overrides] == [WHY]
    assert [one.code for one in told(group).noted] == ["no-means"]


def test_on_its_page_and_by_program_it_is_told_and_let_pass_with_a_reason(paris_with: Making) -> None:
    group = Group(paris_with(strict=STRICT))
    first, second = group.propose(title="Un"), group.propose(title="Deux", base=1)
    with site_of(group.instance) as client:
        head = Writer(group.instance, client, group.head)
        at = f"/fr/paris/team/improvements/{group.id}/amendments/{first}/accept"
        head.open(at, "/accept").fill(reason="Le groupe est d’accord.")
        page = head.post(at, head.fields, 400).text
        field = f"override[{'|'.join(PLACE)}]"
        assert "Quels moyens ?" in page
        assert f'name="{field}"' in page
        assert all(f'id="{one}"' in page for one in ("reason", field))
        head.fields[field] = [WHY]
        head.post(at, head.fields, 303)
        program = Programs(group.instance, client).of("coordinator")
        path = f"{ROOT}/team/improvements/{group.id}/amendments/{second}"
        body: dict[str, Any] = {
            "reason": "Le groupe est d’accord.", "version": 2, "text": TEXT | {"title": "Deux"},
        }  # fmt: skip
        etag = program.etag(path)
        refused = program.ask("POST", f"{path}/accept", body, if_match=etag)
        # What was let pass once need not be explained again.
        assert refused.status_code == 200, refused.text


def test_what_could_not_be_saved_is_not_accepted_either(here: Group) -> None:
    number = here.propose(title="Un seul numéro")
    with here.held() as (session, record):
        bare = Improvement(original="fr", text={"fr": ImprovementText(**TEXT)}, sectors=("nowhere",))
        session.flush()
        revise(session, record, encode(bare), by="test")
    number = here.propose(title="Un numéro", base=2)
    with pytest.raises(Faulty) as refused:
        here.accept(number, expected=2)
    assert [one.field for one in refused.value.faults] == ["sectors"]
    with site_of(here.instance) as client:
        head = Writer(here.instance, client, here.head)
        at = f"/fr/paris/team/improvements/{here.id}/amendments/{number}/accept"
        head.open(at, "/accept").fill(reason="Le groupe est d’accord.")
        assert "Secteurs" in head.post(at, head.fields, 400).text
    assert here.amendment(number).state == "open"


@pytest.fixture
def here(own_paris: Any) -> Group:
    return Group(own_paris)

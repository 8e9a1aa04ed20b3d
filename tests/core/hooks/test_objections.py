"""What a package objects to stands in the form beside its field; a coordinator may let it pass and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.errors import NotPermitted
from lanzarote.practices import saving, writing
from lanzarote.records import validation
from lanzarote.records.drafts import told_of
from lanzarote.records.records import Record
from lanzarote.records.save_checks import FAILED, Objected
from lanzarote.web.notices import switch_for

from tests.core.hooks.objecting import asked, begun, check, concern, given, verbs
from tests.core.practices.assessments import PARIS, TEXT, THEN, person
from tests.core.practices.forms import TEAM, WHOLE, writer
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from lanzarote.records.save_checks import Place

    from tests.core.hooks.conftest import Making


# Letting pass


def test_a_coordinator_lets_pass_with_a_reason_that_is_in_the_audit_and_holds(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    head, ana = person(paris, "coordinator"), person(paris, "contributor")
    reason: dict[Place, str] = {("strict", "unclear", "text.fr.summary"): " Le terme est celui de la loi. "}
    record_id = begun(paris, head, let_pass=reason)
    assert verbs(paris, record_id) == ["create", "override"]
    with paris.database.read(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        [override] = told_of(session, record).overrides
    assert (override.place, override.text, override.by) == (
        ("strict", "unclear", "text.fr.summary"),
        "Le terme est celui de la loi.",
        head.account_id,
    )
    # Whoever writes on is not asked again, and it is in the audit once.
    sheet = given(paris, ana, record_id, text={"fr": TEXT | {"title": "Autre"}})
    with paris.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        saving.save(session, record, sheet, expected=1, by=ana, at=THEN)
    assert verbs(paris, record_id) == ["create", "override", "revise"]


@pytest.mark.parametrize("role", ["contributor", "reviewer"])
def test_nobody_else_lets_pass(paris_with: Making, role: Any) -> None:
    paris = paris_with(strict=concern())
    with pytest.raises(Objected):
        given(paris, person(paris, role), let_pass={("strict", "unclear", "text.fr.summary"): "Bon ainsi."})


def test_a_coordinator_of_another_region_lets_nothing_pass_here(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    with pytest.raises(Objected):
        given(
            paris, person(paris, "coordinator", region="elsewhere"), let_pass={("strict", "unclear", ""): "Bon ainsi."}
        )


@pytest.mark.parametrize(
    "place",
    [
        ("strict", "unclear", "text.fr.title"),
        ("strict", "other", "text.fr.summary"),
        ("other", "unclear", "text.fr.summary"),
    ],
)
def test_a_reason_counts_for_what_it_was_given_for(paris_with: Making, place: Place) -> None:
    paris = paris_with(strict=concern())
    with pytest.raises(Objected):
        given(paris, person(paris, "coordinator"), let_pass={place: "Bon ainsi."})


def test_a_reason_passes_the_guard_too(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    with pytest.raises(validation.Identifying) as caught:
        given(
            paris,
            person(paris, "coordinator"),
            let_pass={("strict", "unclear", "text.fr.summary"): "Demandé par lea.dupont@gmail.com."},
        )
    assert [one.field for one in caught.value.concerns] == ["override[strict|unclear|text.fr.summary]"]


def test_the_right_to_let_pass_is_asked_once_more_when_it_is_written(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    head, ana = person(paris, "coordinator"), person(paris, "contributor")
    sheet = given(paris, head, let_pass={("strict", "unclear", "text.fr.summary"): "Bon ainsi."})
    with pytest.raises(NotPermitted), paris.database.write(PARIS) as session:
        saving.begin(session, PARIS, sheet, by=ana, at=THEN)


def test_a_package_that_is_out_of_order_can_be_passed_or_switched_off(paris_with: Making) -> None:
    paris = paris_with(broken=check("return None"))
    head = person(paris, "coordinator")
    place: Place = ("broken", FAILED, "")
    record_id = begun(paris, head, let_pass={place: "Le paquet est en panne."})
    # What was not looked at may not pass for good.
    with pytest.raises(Objected):
        given(paris, head, record_id)
    sheet = given(
        paris, head, record_id, let_pass={place: "Toujours en panne."}, text={"fr": TEXT | {"title": "Autre"}}
    )
    with paris.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        saving.save(session, record, sheet, expected=1, by=head, at=THEN)
        assert [one.text for one in told_of(session, record).overrides] == ["Toujours en panne."]
    switch_for(paris, PARIS, "broken", on=False, by="test")
    begun(paris, person(paris, "contributor"))


def test_what_was_let_pass_stays_known_after_publication_and_goes_with_the_text(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    head, reviewer = person(paris, "coordinator"), person(paris, "reviewer")
    whole: dict[str, Any] = {
        "partners": [{"sector": "courts", "side": "public"}],
        "target_groups": ["child-victims"],
        "scope": "local",
        "running": "ongoing",
        "sources": ["mission-text"],
    }
    record_id = begun(paris, head, let_pass={("strict", "unclear", "text.fr.summary"): "Bon ainsi."}, **whole)

    def told() -> list[str]:
        with paris.database.read(PARIS) as session:
            record = session.get_one(Record, (PARIS, record_id))
            return [one.text for one in told_of(session, record).overrides]

    with paris.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        terms = paris.vocabulary(PARIS)
        writing.submit(session, record, terms, bearer="b", expected=1, by=head, at=THEN)
        writing.publish_unassessed(session, record, confirmed=True, expected=1, by=reviewer, at=THEN)
    assert told() == ["Bon ainsi."]
    with paris.database.write(PARIS) as session:
        writing.erase(session, session.get_one(Record, (PARIS, record_id)), by=head, at=THEN)
    assert told() == []


# In the form


def test_an_objection_stands_beside_its_field_in_the_readers_words_and_the_text_is_not_lost(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    with site_of(paris) as client:
        ana = writer(paris, client)
        ana.open(f"{TEAM}/new").fill(WHOLE).press("save", status=400)
        place = ana.html.partition('id="text.fr.summary-error"')[2].partition("</div>")[0]
        assert "Ce n’est pas clair." in place
        assert "strict" in place
        assert ana.value("text.fr.summary") == WHOLE["text.fr.summary"]
        assert "override[" not in ana.html
        # It is kept for its writer, who finds it again.
        ana.get(f"{TEAM}/{ana.id}/edit")
        assert WHOLE["text.fr.summary"] in ana.html


def test_a_coordinator_finds_where_to_say_why_and_goes_on(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    name = "override[strict|unclear|text.fr.summary]"
    with site_of(paris) as client:
        head = writer(paris, client, "coordinator")
        head.open(f"{TEAM}/new").fill(WHOLE).press("save", status=400)
        assert name in head.fields
        head.fill({name: "ok"}).press("save", status=400)
        assert f'href="#{name}"' in head.html
        assert "Ce n’est pas clair." in head.html
        head.fill({name: "C’est le terme de la loi."}).press("save")
        assert "Version 1" in head.html
        head.get(f"{TEAM}/{head.id}")
        assert "C’est le terme de la loi." in head.html
        assert "Ce n’est pas clair." in head.html


def test_an_objection_to_the_whole_or_to_what_is_not_shown_stands_above_everything(paris_with: Making) -> None:
    fields = ("", "text.en.summary", "answers", "answers.", "nowhere[3].x", "<b>", "partners[59].part.fr")
    concerns = ", ".join(
        f'Concern(code="c{number}", field="{field}", level="block", text={{"fr": "Objection {number}"}})'
        for number, field in enumerate(fields)
    )
    paris = paris_with(strict=check(f"return [{concerns}]"))
    with site_of(paris) as client:
        head = writer(paris, client, "coordinator")
        head.open(f"{TEAM}/new").fill(WHOLE).press("save", status=400)
        above = head.html.partition('id="whole"')[2].partition('class="languages-of"')[0]
        assert [number for number in range(len(fields)) if f"Objection {number}" not in above] == []
        for number, field in enumerate(fields):
            head.fill({f"override[strict|c{number}|{field}]": "Bon ainsi."})
        head.press("save")
        assert "Version 1" in head.html


def test_a_warning_is_shown_after_the_save_and_to_whoever_publishes(paris_with: Making) -> None:
    paris = paris_with(gentle=concern("warn"))
    with site_of(paris) as client:
        ana, bo = writer(paris, client), writer(paris, client, "reviewer")
        ana.open(f"{TEAM}/new").fill(WHOLE).press("save")
        assert "Version 1" in ana.html
        assert ana.html.count("Ce n’est pas clair.") == 1
        bo.get(f"{TEAM}/{ana.id}")
        assert "Ce n’est pas clair." in bo.html


def test_what_one_warns_of_is_told_once_what_another_blocks_is_settled(paris_with: Making) -> None:
    gentle = concern("warn", field="scope").replace("Ce n’est pas clair.", "Est-ce bien local ?")
    paris = paris_with(gentle=gentle, strict=concern())
    with site_of(paris) as client:
        head = writer(paris, client, "coordinator")
        head.open(f"{TEAM}/new").fill(WHOLE).press("save", status=400)
        assert "Ce n’est pas clair." in head.html
        head.fill({"override[strict|unclear|text.fr.summary]": "C’est le terme de la loi."}).press("save")
        assert "Est-ce bien local ?" in head.html


def test_a_concern_without_the_readers_language_is_told_as_it_is(paris_with: Making) -> None:
    paris = paris_with(strict=check('return [Concern(code="a", field="scope", level="block", text={"uk": "Неясно"})]'))
    with site_of(paris) as client:
        ana = writer(paris, client)
        ana.open(f"{TEAM}/new").fill(WHOLE).press("save", status=400)
        assert "Неясно" in ana.html


def test_nothing_that_a_package_says_is_taken_for_markup(paris_with: Making) -> None:
    code = 'return [Concern(code="a", field="<i>", level=one, text={"fr": "<script>x</script>"}) for one in levels]'
    paris = paris_with(bad=check(f"levels = ('warn', 'block')\n        {code}"))
    with site_of(paris) as client:
        head = writer(paris, client, "coordinator")
        head.open(f"{TEAM}/new").fill(WHOLE).press("save", status=400)
        assert "<script>x" not in head.html
        head.fill({"override[bad|a|<i>]": "<b>Bon ainsi</b>"}).press("save")
        assert "<script>x" not in head.html
        head.get(f"{TEAM}/{head.id}")
        assert "&lt;script&gt;x" in head.html
        assert "<script>x" not in head.html
        assert "<b>Bon" not in head.html


def test_what_is_kept_while_one_types_is_not_asked_about(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    with site_of(paris) as client:
        ana = writer(paris, client)
        ana.open(f"{TEAM}/new").fill(WHOLE)
        answer = ana.post(f"{TEAM}/{ana.id}/unsaved", ana.fields, status=200)
        assert set(msgspec.json.decode(answer.content)) == {"kept"}
        assert asked("strict") == []


def test_a_broken_package_is_named_in_the_readers_language(paris_with: Making) -> None:
    paris = paris_with(broken=check("return None"))
    with site_of(paris) as client:
        ana = writer(paris, client)
        ana.open(f"{TEAM}/new").fill(WHOLE).press("save", status=400)
        assert "«\u202fbroken\u202f»" in ana.html

"""Packages that a region has switched on may object before a practice is saved; a fault of one is that one's alone."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.changes import Audit
from lanzarote.errors import NotPermitted
from lanzarote.objections import FAILED, MOST, Objected, checks_for, raised_about
from lanzarote.practices import sheets, writing
from lanzarote.practices.work import told_of
from lanzarote.records import Record
from lanzarote.switches import switch_for
from sqlalchemy import select

from tests.core.practices.assessments import PARIS, TEXT, THEN, person
from tests.core.practices.forms import TEAM, WHOLE, writer
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.objections import Place
    from lanzarote.permissions import Actor

    from tests.core.hooks.conftest import Making

BODY: dict[str, Any] = {"original": "fr", "text": {"fr": TEXT}, "sectors": ["courts"]}


def check(answer: str) -> str:
    return f"""
    asked = []

    @hookimpl
    def check_practice(region, new, before):
        asked.append((region, new, before))
        {answer}
    """


def concern(level: str = "block", field: str = "text.fr.summary", code: str = "unclear") -> str:
    text = '{"fr": "Ce n’est pas clair.", "en": "This is not clear."}'
    return check(f'return [Concern(code="{code}", field="{field}", level="{level}", text={text})]')


def asked(name: str) -> list[Any]:
    found: list[Any] = sys.modules[f"lz_try_{name}"].asked
    return found


def given(
    instance: Instance, by: Actor, record_id: str = "", let_pass: dict[Place, str] | None = None, **body: Any
) -> writing.Checked:
    with instance.database.read(PARIS) as session:
        record = session.get(Record, (PARIS, record_id)) if record_id else None
        known = checks_for(instance, session, PARIS, "practice", record, by=by, reasons=let_pass)
    return writing.checked(
        sheets.read(BODY | body), instance.vocabulary(PARIS), (), reasons={}, by=by.account_id, checks=known,
    )  # fmt: skip


def begun(instance: Instance, by: Actor, **more: Any) -> str:
    sheet = given(instance, by, **more)
    with instance.database.write(PARIS) as session:
        return writing.begin(session, PARIS, sheet, by=by, at=THEN).id


def records(instance: Instance) -> int:
    with instance.database.read(PARIS) as session:
        return len(session.scalars(select(Record.id)).all())


def verbs(instance: Instance, record_id: str) -> list[str]:
    with instance.database.read(PARIS) as session:
        return list(session.scalars(select(Audit.verb).where(Audit.record_id == record_id).order_by(Audit.seq)))


# Who is asked


def test_a_package_is_asked_once_per_save_with_what_was_saved_before(paris_with: Making) -> None:
    paris = paris_with(quiet=check("return ()"))
    ana = person(paris, "contributor")
    record_id = begun(paris, ana)
    changed = {"fr": TEXT | {"title": "Autre"}}
    given(paris, ana, record_id, text=changed)
    (region, new, before), (_, newer, known) = asked("quiet")
    assert (region.id, new.text["fr"].title, before) == ("paris", TEXT["title"], None)
    assert (newer.text["fr"].title, known.text["fr"].title) == ("Autre", TEXT["title"])


def test_installed_is_not_switched_on(paris_with: Making) -> None:
    paris = paris_with(off=("loud",), loud=concern())
    ana = person(paris, "contributor")
    begun(paris, ana)
    assert asked("loud") == []
    switch_for(paris, PARIS, "loud", on=True, by="test")
    with pytest.raises(Objected):
        begun(paris, ana)
    switch_for(paris, PARIS, "loud", on=False, by="test")
    begun(paris, ana)
    assert len(asked("loud")) == 1


def test_the_order_is_that_of_the_names(paris_with: Making) -> None:
    paris = paris_with(zebra=concern("warn"), ant=concern("warn"), mole=concern("warn"))
    said = given(paris, person(paris, "contributor"))
    assert [one.package for one in said.noted or ()] == ["ant", "mole", "zebra"]


def test_no_transaction_is_open_and_nothing_is_locked_while_packages_are_asked(paris_with: Making) -> None:
    """Another writer writes meanwhile, on SQLite, where there is one at a time."""
    code = check("import lz_try_hook_of_the_test as test\n        test.write()\n        return ()")
    paris = paris_with(slow=code)

    class Test:
        @staticmethod
        def write() -> None:
            with paris.database.write(PARIS) as session:
                session.add(Audit(region_id=PARIS, seq=999_999, at=THEN, actor="", verb="", kind="", record_id="",
                                  version=0, digest="", hash=""))  # fmt: skip

    sys.modules["lz_try_hook_of_the_test"] = Test  # type: ignore[assignment]
    given(paris, person(paris, "contributor"))
    assert len(asked("slow")) == 1


def test_the_guard_comes_first_and_packages_never_see_what_it_refuses(paris_with: Making) -> None:
    paris = paris_with(quiet=check("return ()"))
    with pytest.raises(writing.Identifying):
        given(paris, person(paris, "contributor"), text={"fr": TEXT | {"summary": "Écrire à lea.dupont@gmail.com."}})
    assert asked("quiet") == []


def test_what_a_package_does_to_what_it_is_given_changes_nothing(paris_with: Making) -> None:
    spoil = check("new.text.clear()\n        new.answers['x'] = 1\n        region.name.clear()\n        return ()")
    paris = paris_with(aa=spoil, bb=check("return ()"))
    said = given(paris, person(paris, "contributor"))
    assert said.sheet.text["fr"].title == TEXT["title"]
    [(region, new, _)] = asked("bb")
    assert (new.text["fr"].title, new.answers, bool(region.name)) == (TEXT["title"], {}, True)
    assert paris.vocabulary(PARIS).header.name


# What they say


def test_a_warning_is_kept_with_the_version_and_let_through(paris_with: Making) -> None:
    paris = paris_with(gentle=concern("warn"))
    record_id = begun(paris, person(paris, "contributor"))
    with paris.database.read(PARIS) as session:
        [noted] = told_of(session, session.get_one(Record, (PARIS, record_id))).noted
    assert (noted.package, noted.code, noted.field, noted.failed) == ("gentle", "unclear", "text.fr.summary", False)
    assert noted.text["fr"] == "Ce n’est pas clair."


def test_an_objection_stops_the_save(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    before = records(paris)
    with pytest.raises(Objected) as caught:
        begun(paris, person(paris, "contributor"))
    assert [one.place for one in caught.value.raised] == [("strict", "unclear", "text.fr.summary")]
    assert records(paris) == before


@pytest.mark.parametrize(
    "answer",
    [
        "raise RuntimeError('no luck')",
        "raise SystemExit(1)",
        "raise MemoryError",
        "return None",
        "return 3",
        "return ['unclear']",
        "return [Concern]",
        "return [None]",
        "yield 1",
        "return [Concern(code='Not A Key', text={'en': 'x'})]",
        "return [Concern(code='a', text={})]",
        "return [Concern(code='a', text={'en': ''})]",
        "return [Concern(code='a', text={'en': 3})]",
        "return [Concern(code='a', text={'en': 'x' * 3_000})]",
        "return [Concern(code='a', text={'en': 'x'}, level='explode')]",
        "return [Concern(code='a', field='x' * 300, text={'en': 'x'})]",
        "return [Concern(code='a', text={'en': 'x'})] * 201",
        "return [Concern(code='a', text={'en': 'x'})] * 1_000_000",
        "from itertools import repeat\n        return repeat(Concern(code='a', text={'en': 'x'}))",
        "def endless():\n            yield from endless()\n        return endless()",
    ],
)
def test_a_package_at_fault_stops_the_save_is_named_and_keeps_no_other_from_speaking(
    paris_with: Making, answer: str
) -> None:
    paris = paris_with(broken=check(answer), sound=concern("block", code="sound"))
    with pytest.raises(Objected) as caught:
        given(paris, person(paris, "contributor"))
    broken, sound = caught.value.raised
    assert (broken.package, broken.concern.code, broken.failed) == ("broken", FAILED, True)
    assert "broken" in broken.concern.text["en"]
    assert (sound.package, sound.concern.code, sound.failed) == ("sound", "sound", False)


def test_as_many_as_may_be_are_taken(paris_with: Making) -> None:
    paris = paris_with(much=check(f"return [Concern(code='a', text={{'en': 'x'}})] * {MOST}"))
    assert len(given(paris, person(paris, "contributor")).noted or ()) == MOST


def test_the_log_names_package_and_place_and_nothing_of_the_text(
    paris_with: Making, caplog: pytest.LogCaptureFixture
) -> None:
    paris = paris_with(broken=check("raise ValueError(new.text['fr'].title)"))
    with caplog.at_level(logging.INFO), pytest.raises(Objected):
        given(paris, person(paris, "contributor"))
    assert "check_practice of broken did not work: ValueError in " in caplog.text
    assert TEXT["title"] not in caplog.text


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("return None", "it returned None; to say nothing, return ()"),
        ("return ['unclear']", "it returned str where Concern is expected"),
        ("return [Concern(code='a', text={'en': 'x'})] * 201", "it returned more than 200 concerns"),
        ("return [Concern(code='a', text={'en': 3})]", "it returned a Concern that is none: Expected `str`, got `int`"),
    ],
)
def test_the_log_says_what_a_package_may_return(
    paris_with: Making, caplog: pytest.LogCaptureFixture, answer: str, why: str
) -> None:
    paris = paris_with(broken=check(answer))
    with pytest.raises(Objected):
        given(paris, person(paris, "contributor"))
    assert f"check_practice of broken did not work: {why}" in caplog.text


def test_a_check_that_takes_long_is_told_in_the_log_and_its_answer_counts(
    paris_with: Making, caplog: pytest.LogCaptureFixture
) -> None:
    slow = concern("warn").replace("return [", "import time; time.sleep(1)\n        return [")
    paris = paris_with(slow=slow, quick=check("return ()"))
    with caplog.at_level(logging.INFO):
        said = given(paris, person(paris, "contributor"))
    assert [one.package for one in said.noted or ()] == ["slow"]
    [record] = [one for one in caplog.records if one.name == "lanzarote.checks"]
    assert record.getMessage().startswith("The check check_practice of slow took 1.")


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
        writing.save(session, record, sheet, expected=1, by=ana, at=THEN)
    assert verbs(paris, record_id) == ["create", "override", "revise"]


@pytest.mark.parametrize("role", ["contributor", "reviewer"])
def test_nobody_else_lets_pass(paris_with: Making, role: Any) -> None:
    paris = paris_with(strict=concern())
    with pytest.raises(Objected):
        given(paris, person(paris, role), let_pass={("strict", "unclear", "text.fr.summary"): "Bon."})


def test_a_coordinator_of_another_region_lets_nothing_pass_here(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    with pytest.raises(Objected):
        given(paris, person(paris, "coordinator", region="elsewhere"), let_pass={("strict", "unclear", ""): "Bon."})


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
        given(paris, person(paris, "coordinator"), let_pass={place: "Bon."})


def test_a_reason_passes_the_guard_too(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    with pytest.raises(writing.Identifying) as caught:
        given(
            paris,
            person(paris, "coordinator"),
            let_pass={("strict", "unclear", "text.fr.summary"): "Demandé par lea.dupont@gmail.com."},
        )
    assert [one.field for one in caught.value.concerns] == ["override[strict|unclear|text.fr.summary]"]


def test_the_right_to_let_pass_is_asked_once_more_when_it_is_written(paris_with: Making) -> None:
    paris = paris_with(strict=concern())
    head, ana = person(paris, "coordinator"), person(paris, "contributor")
    sheet = given(paris, head, let_pass={("strict", "unclear", "text.fr.summary"): "Bon."})
    with pytest.raises(NotPermitted), paris.database.write(PARIS) as session:
        writing.begin(session, PARIS, sheet, by=ana, at=THEN)


def test_a_package_that_is_out_of_order_can_be_passed_or_switched_off(paris_with: Making) -> None:
    paris = paris_with(broken=check("return None"))
    head = person(paris, "coordinator")
    place: Place = ("broken", FAILED, "")
    record_id = begun(paris, head, let_pass={place: "Le paquet est en panne."})
    # What was not looked at may not pass for good.
    with pytest.raises(Objected):
        given(paris, head, record_id)
    sheet = given(paris, head, record_id, let_pass={place: "Toujours."}, text={"fr": TEXT | {"title": "Autre"}})
    with paris.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        writing.save(session, record, sheet, expected=1, by=head, at=THEN)
        assert [one.text for one in told_of(session, record).overrides] == ["Toujours."]
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
    }
    record_id = begun(paris, head, let_pass={("strict", "unclear", "text.fr.summary"): "Bon."}, **whole)

    def told() -> list[str]:
        with paris.database.read(PARIS) as session:
            record = session.get_one(Record, (PARIS, record_id))
            return [one.text for one in told_of(session, record).overrides]

    with paris.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        terms = paris.vocabulary(PARIS)
        writing.submit(session, record, terms, bearer="b", agreement="given", expected=1, by=head, at=THEN)
        writing.publish_declared(session, record, confirmed=True, expected=1, by=reviewer, at=THEN)
    assert told() == ["Bon."]
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
        head.fill({name: "C’est le terme de la loi."}).press("save")
        assert "version 1" in head.html
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
            head.fill({f"override[strict|c{number}|{field}]": "Bon."})
        head.press("save")
        assert "version 1" in head.html


def test_a_warning_is_shown_after_the_save_and_to_whoever_publishes(paris_with: Making) -> None:
    paris = paris_with(gentle=concern("warn"))
    with site_of(paris) as client:
        ana, bo = writer(paris, client), writer(paris, client, "reviewer")
        ana.open(f"{TEAM}/new").fill(WHOLE).press("save")
        assert "version 1" in ana.html
        assert ana.html.count("Ce n’est pas clair.") == 1
        bo.get(f"{TEAM}/{ana.id}")
        assert "Ce n’est pas clair." in bo.html


def test_what_one_warns_of_is_shown_beside_what_another_blocks(paris_with: Making) -> None:
    gentle = concern("warn", field="scope").replace("Ce n’est pas clair.", "Est-ce bien local ?")
    paris = paris_with(gentle=gentle, strict=concern())
    with site_of(paris) as client:
        ana = writer(paris, client)
        ana.open(f"{TEAM}/new").fill(WHOLE).press("save", status=400)
        assert "Ce n’est pas clair." in ana.html
        assert "Est-ce bien local ?" in ana.html.partition('id="scope"')[2]


def test_a_concern_without_the_readers_language_says_which_it_is_in(paris_with: Making) -> None:
    paris = paris_with(strict=check('return [Concern(code="a", field="scope", level="block", text={"uk": "Неясно"})]'))
    with site_of(paris) as client:
        ana = writer(paris, client)
        ana.open(f"{TEAM}/new").fill(WHOLE).press("save", status=400)
        assert '<span lang="uk">Неясно</span>' in ana.html


def test_nothing_that_a_package_says_is_taken_for_markup(paris_with: Making) -> None:
    code = 'return [Concern(code="a", field="<i>", level=one, text={"fr": "<script>x</script>"}) for one in levels]'
    paris = paris_with(bad=check(f"levels = ('warn', 'block')\n        {code}"))
    with site_of(paris) as client:
        head = writer(paris, client, "coordinator")
        head.open(f"{TEAM}/new").fill(WHOLE).press("save", status=400)
        assert "<script>x" not in head.html
        head.fill({"override[bad|a|<i>]": "<b>Bon</b>"}).press("save")
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
        assert "«\u202fbroken\u202f»" in ana.html.partition('id="whole"')[2]


# Many


def test_a_package_that_is_on_and_away_checks_nothing_and_stops_nothing(paris_with: Making) -> None:
    paris_with(strict=concern())
    without = paris_with()
    begun(without, person(without, "contributor"))


def test_asking_costs_no_query_more_for_many_packages(paris_with: Making) -> None:
    from tests.core.practices.test_team_pages import counted

    paris = paris_with(off=("p1", "p2", "p3"), p0=check("return ()"), p1=check("return ()"), p2=check("return ()"),
                       p3=check("return ()"))  # fmt: skip
    ana = person(paris, "contributor")
    given(paris, ana)
    with counted(paris) as one:
        given(paris, ana)
    for name in ("p1", "p2", "p3"):
        switch_for(paris, PARIS, name, on=True, by="test")
    with counted(paris) as four:
        given(paris, ana)
    assert len(four) == len(one)


def test_raised_about_is_quick_beside_the_save(paris_with: Making) -> None:
    import time

    paris = paris_with(quiet=check("return ()"))
    header, sheet = paris.vocabulary(PARIS).header, sheets.read(BODY)
    took = []
    for _ in range(50):
        begun_at = time.perf_counter()
        raised_about(paris.host, {"quiet"}, "check_practice", region=header, new=sheet, before=sheet)
        took.append(time.perf_counter() - begun_at)
    assert min(took) < 0.002  # the quickest: others may work on this machine too

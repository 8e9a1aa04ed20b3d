"""A practice is written by one person, published by another; nothing is lost between two who write at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from lanzarote.directory.service import by_key
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.instance import Instance
from lanzarote.practices import saving, service, sheets, writing
from lanzarote.practices.model import KIND
from lanzarote.records import drafts, validation
from lanzarote.records.changelog import Audit, Change
from lanzarote.records.drafts import Work, told_of
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Named, Record, find
from lanzarote.records.save_checks import NO_CHECKS
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core.practices.assessments import Assessed, person

THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)
WRITER = Actor(account_id="ana", grants=(Grant(role="contributor", region_id="paris"),))
REVIEWER = Actor(account_id="bo", grants=(Grant(role="reviewer", region_id="paris"),))
COORDINATOR = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)
STRANGER = Actor(account_id="di", grants=(Grant(role="coordinator", region_id="elsewhere"),), strong=True)

TEXT = {
    "title": "Une salle d’audition partagée",
    "summary": "Police, hôpital et association entendent l’enfant au même endroit.",
    "problem": "Les enfants étaient entendus plusieurs fois.",
    "activities": "Une audition filmée, préparée ensemble.",
    "transfer": "Une salle, une convention, des personnes formées.",
}
BODY: dict[str, Any] = {
    "original": "fr",
    "text": {"fr": TEXT},
    "sectors": ["courts"],
    "partners": [{"sector": "courts", "side": "public"}],
    "target_groups": ["child-victims"],
    "scope": "local",
    "running": "ongoing",
    "sources": ["mission-text"],
}

OWN: dict[str, Any] = {"key": "own-1", "title": "Bilan 2024", "publisher": "Le tribunal", "kind": "organisation"}


@pytest.fixture
def paris(own_paris: Instance) -> Instance:
    """An instance of the test's own, with Paris in it."""
    return own_paris


def checked(paris: Instance, body: dict[str, Any] = BODY, **reasons: str) -> saving.Checked[Any]:
    organisations = {key for one in paris.directory("paris") for key in (one.key, one.id) if key}
    answers = {(name.partition("|")[0], name.partition("|")[2]): text for name, text in reasons.items()}
    return saving.checked(
        sheets.read(body), paris.vocabulary("paris"), organisations, reasons=answers, by="ana", checks=NO_CHECKS
    )


def begun(paris: Instance, body: dict[str, Any] = BODY, by: Actor = WRITER) -> str:
    given = checked(paris, body)
    with paris.database.write("paris") as session:
        return saving.begin(session, "paris", given, by=by, at=THEN).id


def get(session: Session, record_id: str) -> Record:
    return session.get_one(Record, ("paris", record_id))


def submitted(paris: Instance, by: Actor = WRITER) -> str:
    record_id = begun(paris, by=by)
    submit(paris, record_id, by)
    return record_id


def submit(paris: Instance, record_id: str, by: Actor = WRITER) -> None:
    with paris.database.write("paris") as session:
        record = get(session, record_id)
        writing.submit(
            session, record, paris.vocabulary("paris"), bearer="cdad-paris",
            expected=record.version, by=by, at=THEN,
        )  # fmt: skip


def publish(paris: Instance, record_id: str, by: Actor = REVIEWER, *, confirmed: bool = True) -> None:
    with paris.database.write("paris") as session:
        record = get(session, record_id)
        writing.publish_unassessed(session, record, confirmed=confirmed, expected=record.version, by=by, at=THEN)


def published(paris: Instance) -> str:
    record_id = submitted(paris)
    publish(paris, record_id)
    return record_id


def with_title(title: str) -> dict[str, Any]:
    return BODY | {"text": {"fr": TEXT | {"title": title}}}


def save(paris: Instance, record_id: str, body: dict[str, Any], expected: int, by: Actor = WRITER, **more: Any) -> int:
    given = checked(paris, body)
    with paris.database.write("paris") as session:
        return saving.save(session, get(session, record_id), given, expected=expected, by=by, at=THEN, **more)


def titles(paris: Instance) -> list[str]:
    """Of what was written here: the package's ids are made from its keys, in version 5."""
    return [card.title["fr"] for card in service.all_cards(paris.database, "paris") if card.id[14] == "7"]


# ---------------------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_with_as_little_as_is_known(paris: Instance) -> None:
    record_id = begun(paris, {"original": "fr", "text": {"fr": {"title": "Une idée"}}})
    with paris.database.read("paris") as session:
        record = get(session, record_id)
        assert (record.state, record.stage, record.version) == ("draft", "writing", 1)
        assert writing.sheet_of(session, record).text["fr"].title == "Une idée"
    assert titles(paris) == []


def test_what_is_missing_is_told_all_at_once(paris: Instance) -> None:
    record_id = begun(paris, {"original": "fr", "text": {"fr": {"title": "Une idée"}}})
    with paris.database.write("paris") as session, pytest.raises(validation.Faulty) as faulty:
        writing.submit(
            session, get(session, record_id), paris.vocabulary("paris"), bearer="", expected=1,
            by=WRITER, at=THEN,
        )  # fmt: skip
    assert [fault.field for fault in faulty.value.faults] == [
        "text.fr.summary", "text.fr.problem", "text.fr.activities", "text.fr.transfer", "sectors", "partners",
        "target_groups", "scope", "running",
    ]  # fmt: skip


def test_it_becomes_public_when_a_second_person_publishes_it(paris: Instance) -> None:
    record_id = submitted(paris)
    assert titles(paris) == []
    with pytest.raises(NotPermitted):
        publish(paris, record_id, WRITER)
    publish(paris, record_id)
    assert titles(paris) == [TEXT["title"]]
    with paris.database.read("paris") as session:
        record = find(session, KIND, "une-salle-d-audition-partagee")
        assert (record.id, record.state, record.stage) == (record_id, "published", "")
        assert session.scalars(select(Work)).all() == []


def test_a_coordinator_does_not_publish_what_they_submitted_themselves(paris: Instance) -> None:
    record_id = submitted(paris, COORDINATOR)
    with pytest.raises(NotPermitted, match="nobody publishes alone"):
        publish(paris, record_id, COORDINATOR)


def test_it_is_not_published_before_somebody_confirms_that_nobody_is_recognisable(paris: Instance) -> None:
    record_id = submitted(paris)
    with pytest.raises(validation.Faulty) as faulty:
        publish(paris, record_id, confirmed=False)
    assert [fault.field for fault in faulty.value.faults] == ["confirmed"]
    assert titles(paris) == []


def test_the_public_reads_the_published_version_while_another_is_written(paris: Instance) -> None:
    record_id = published(paris)
    save(paris, record_id, with_title("Un autre titre"), expected=1)
    assert titles(paris) == [TEXT["title"]]
    submit(paris, record_id)
    publish(paris, record_id)
    assert titles(paris) == ["Un autre titre"]
    with paris.database.read("paris") as session:
        assert find(session, KIND, "une-salle-d-audition-partagee").id == record_id  # its address stays


def test_nothing_is_written_while_it_is_being_reviewed(paris: Instance) -> None:
    record_id = submitted(paris)
    with pytest.raises(IllegalTransition):
        save(paris, record_id, with_title("Trop tard"), expected=1)
    with paris.database.write("paris") as session:
        drafts.take_back(session, get(session, record_id), action="practice.write", by=WRITER, at=THEN)
    assert save(paris, record_id, with_title("À temps"), expected=1) == 2


def test_who_gives_it_back_says_why(paris: Instance) -> None:
    record_id = submitted(paris)
    with paris.database.write("paris") as session:
        record, words = get(session, record_id), paris.vocabulary("paris")
        with pytest.raises(validation.Faulty):
            writing.hand_back(session, record, words, reason="  ", by=REVIEWER, at=THEN)
        writing.hand_back(session, record, words, reason="Qui préside ?", by=REVIEWER, at=THEN)
        assert record.stage == "writing"
        assert [one.text for one in told_of(session, record).returned] == ["Qui préside ?"]


def test_two_who_write_at_once_do_not_overwrite_each_other(paris: Instance) -> None:
    record_id = begun(paris)
    assert save(paris, record_id, with_title("Le premier"), expected=1) == 2
    with pytest.raises(Conflict):
        save(paris, record_id, with_title("Le second"), expected=1, by=COORDINATOR)
    with paris.database.read("paris") as session:
        assert sheets.title_of(writing.sheet_of(session, get(session, record_id))) == "Le premier"


def test_saving_what_is_there_already_makes_no_version(paris: Instance) -> None:
    record_id = begun(paris)
    assert save(paris, record_id, BODY, expected=1) == 1


@pytest.mark.parametrize("by", [STRANGER, REVIEWER])
def test_who_may_not_write_here_changes_nothing(paris: Instance, by: Actor) -> None:
    record_id = begun(paris)
    with pytest.raises(NotPermitted):
        save(paris, record_id, with_title("Non"), expected=1, by=by)
    with pytest.raises(NotPermitted):
        begun(paris, by=by)


# ---------------------------------------------------------------------------------------------------------------------
# The guard


def test_what_the_guard_refuses_is_nowhere(paris: Instance) -> None:
    number = "1 89 05 75 116 001 " + f"{97 - int('1890575116001') % 97:02d}"
    with pytest.raises(validation.Identifying) as refused:
        checked(paris, BODY | {"text": {"fr": TEXT | {"activities": f"Son numéro est {number}."}}})
    assert [(one.field, one.code) for one in refused.value.concerns] == [("text.fr.activities", "personal-number")]
    assert number not in str(refused.value)


def test_what_the_guard_asks_about_is_kept_with_a_reason_that_the_reviewer_sees(paris: Instance) -> None:
    body = BODY | {"text": {"fr": TEXT | {"activities": "Léa, 9 ans, est un personnage du film."}}}
    with pytest.raises(validation.Identifying):
        checked(paris, body)
    given = checked(paris, body, **{"text.fr.activities|name-with-age": "Un personnage de fiction."})
    with paris.database.write("paris") as session:
        record = saving.begin(session, "paris", given, by=WRITER, at=THEN)
        assert [one.text for one in told_of(session, record).reasons] == ["Un personnage de fiction."]


def test_a_reason_for_what_the_guard_asks_about_is_guarded_too(paris: Instance) -> None:
    body = BODY | {"text": {"fr": TEXT | {"activities": "Léa, 9 ans, est un personnage du film."}}}
    with pytest.raises(validation.Identifying) as refused:
        checked(paris, body, **{"text.fr.activities|name-with-age": "Léa, 9 ans, de l’école voisine."})
    assert [one.field for one in refused.value.concerns] == ["reason[text.fr.activities|name-with-age]"]


def test_evidence_may_cite_a_document_of_the_practice_s_own(paris: Instance) -> None:
    body = BODY | {"own_sources": [OWN], "evidence": [{"value": 12, "sources": ["own-1", "vde-uaped"]}]}
    assert checked(paris, body).content.evidence[0].sources == ("own-1", "vde-uaped")


def test_a_figure_that_no_page_can_tell_is_refused_where_it_is_written(paris: Instance) -> None:
    assert checked(paris, BODY | {"evidence": [{"value": 1e15}]}).content.evidence[0].value == 1e15
    with pytest.raises(validation.Faulty) as refused:
        checked(paris, BODY | {"evidence": [{"value": 1e16}]})
    assert [(one.field, one.text) for one in refused.value.faults] == [("evidence[0].value", sheets.TOO_GREAT)]


def test_a_reason_is_guarded_too(paris: Instance) -> None:
    record_id = published(paris)
    with paris.database.write("paris") as session, pytest.raises(validation.Identifying):
        writing.withdraw(
            session, get(session, record_id), paris.vocabulary("paris"), reason="Léa, 9 ans, y est nommée.",
            by=COORDINATOR, at=THEN,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sectors": ["astrology"]}, "sectors"),
        ({"legal_basis": ["no-such-law"]}, "legal_basis"),
        ({"convention": ["99.1"]}, "convention"),
        ({"partners": [{"organisation": "nobody"}]}, "partners[0].organisation"),
        ({"partners": [{"part": {"fr": "écoute"}}]}, "partners[0]"),
        ({"started": "2020", "ended": "2014-06"}, "ended"),
        ({"answers": {"colour": "blue"}}, "answers"),
        ({"text": {"fr": TEXT | {"title": ""}}}, "text.fr.title"),
        ({"text": {"fr": TEXT | {"title": "a" * 301}}}, "text.fr.title"),
        ({"text": {"fr": TEXT | {"problem": "a" * 20_001}}}, "text.fr.problem"),
        ({"text": {"fr": TEXT | {"problem": "eins\u202ezwei"}}}, "text.fr.problem"),
        ({"text": {"fr": TEXT | {"problem": "eins\x00zwei"}}}, "text.fr.problem"),
        ({"started": "2014-13"}, "started"),
        ({"started": "2999"}, "started"),
        ({"ended": "9998-12-31"}, "ended"),
        ({"partners": [{"sector": "courts", "side": "public"}] * 61}, "partners"),
        ({"evidence": [{"sources": ["own-1"]}]}, "evidence[0].sources"),
        ({"field_sources": {"problem": ["vde-uaped", "own-1"]}}, "field_sources.problem"),
        ({"own_sources": [OWN | {"url": "javascript:alert(1)"}]}, "own_sources[0].url"),
        ({"own_sources": [OWN, OWN]}, "own_sources[1].key"),
        ({"own_sources": [OWN | {"title": ""}]}, "own_sources[0].title"),
    ],
)
def test_what_the_region_does_not_know_is_refused(paris: Instance, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(validation.Faulty) as faulty:
        checked(paris, BODY | wrong)
    assert [fault.field for fault in faulty.value.faults] == [field]


@pytest.mark.parametrize("wrong", [{"scope": "galactic"}, {"original": "FRENCH"}, {"unknown": 1}, {"started": "soon"}])
def test_what_is_no_sheet_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(validation.Faulty):
        sheets.read(BODY | wrong)


# ---------------------------------------------------------------------------------------------------------------------
# Languages


def test_a_translation_is_stale_when_the_original_changed_after_it(paris: Instance) -> None:
    both = BODY | {"text": {"fr": TEXT, "en": TEXT | {"title": "A shared room"}}}
    record_id = begun(paris, both)

    def stale() -> tuple[str, ...]:
        with paris.database.read("paris") as session:
            return writing.sheet_of(session, get(session, record_id)).stale

    assert stale() == ()
    newer = BODY | {"text": {"fr": TEXT | {"title": "Autre"}, "en": TEXT | {"title": "A shared room"}}}
    save(paris, record_id, newer, expected=1)
    assert stale() == ("en",)
    save(paris, record_id, newer, expected=2, fresh=("en",))
    assert stale() == ()


# ---------------------------------------------------------------------------------------------------------------------
# The end


def test_withdrawn_archived_and_erased_are_three_things(paris: Instance) -> None:
    record_id, words = published(paris), paris.vocabulary("paris")
    with paris.database.write("paris") as session:
        writing.withdraw(session, get(session, record_id), words, reason="Elle est terminée.", by=COORDINATOR, at=THEN)
    assert titles(paris) == []
    with paris.database.write("paris") as session:
        drafts.archive(session, get(session, record_id), action="practice.withdraw", by=COORDINATOR, at=THEN)
        assert get(session, record_id).state == "archived"
    with paris.database.write("paris") as session:
        writing.erase(session, get(session, record_id), by=COORDINATOR, at=THEN)
        assert session.scalars(select(Named).where(Named.record_id == record_id)).all() == []
    with pytest.raises(IllegalTransition):
        save(paris, record_id, with_title("Encore"), expected=1)


def test_giving_up_what_was_written_leaves_what_is_read_and_every_version(paris: Instance) -> None:
    record_id = published(paris)
    save(paris, record_id, with_title("Mauvaise idée"), expected=1)
    with paris.database.write("paris") as session:
        record = get(session, record_id)
        writing.discard(session, record, by=WRITER, at=THEN)
        assert (record.stage, record.version, record.published_version) == ("", 3, 1)
        assert sheets.title_of(writing.sheet_of(session, record)) == TEXT["title"]
    assert titles(paris) == [TEXT["title"]]


def test_every_step_is_in_the_audit_and_only_what_is_released_in_the_change_log(paris: Instance) -> None:
    record_id = published(paris)
    with paris.database.read("paris") as session:
        steps = session.execute(select(Audit.verb, Audit.actor).where(Audit.record_id == record_id)).all()
        released = session.scalars(select(Change.verb).where(Change.record_id == record_id)).all()
    assert [tuple(step) for step in steps] == [("create", "ana"), ("submit", "ana"), ("publish", "bo")]
    assert released == ["publish"]


def test_who_speaks_for_an_organisation_gives_the_word_of_no_other(own_paris: Instance) -> None:
    with own_paris.database.read("paris") as session:
        known = by_key(session)
    own, other = known["aphp"], known["acpe"]
    grant = Grant(role="representative", region_id="paris", stakeholder_id=own.id)
    remi = Actor(account_id="remi", grants=(grant,))
    one = Assessed(own_paris, remi, person(own_paris, "coordinator"))
    with pytest.raises(validation.Faulty) as refused:
        one.submit(bearer=other.id)
    assert [fault.field for fault in refused.value.faults] == ["bearer"]
    one.submit(bearer=own.id)

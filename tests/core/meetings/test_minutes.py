"""Minutes: drawn up from what was noted, approved by a later meeting, and of all that only what the group shows."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from lanzarote.instance import Instance
from lanzarote.meetings import minutes, writing
from lanzarote.meetings.documents import ShowingMinutes
from lanzarote.meetings.service import Told, public_meetings
from lanzarote.records import records
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import encode
from lanzarote.records.validation import Faulty
from lanzarote.stakeholders.attendance import held, present_at
from lanzarote.types import Improvement, ImprovementText

from tests.core.improvements.group import AFTER as DECIDED_ON
from tests.core.improvements.group import Group
from tests.core.meetings import keeping
from tests.core.meetings.keeping import (
    AFTER,
    HEAD,
    TODAY,
    announce,
    approve,
    approved,
    body,
    cancel,
    checked,
    draft,
    finding,
    improvement,
    planned,
    said,
    status,
    was_held,
)
from tests.core.stakeholders.keeping import merge, published

# ---------------------------------------------------------------------------------------------------------------------
# Minutes


def test_minutes_are_drawn_up_in_both_languages_from_what_was_noted(own_paris: Instance) -> None:
    one = was_held(
        own_paris,
        agenda=[{"about": "improvement", "record": improvement(own_paris, "Un protocole commun")}],
        present=[
            {"organisation": "aphp", "roles": "médecin légiste"},
            {"name": "Association Espoir", "sector": "national-ngos"},
        ],
        outcomes=[{"kind": "referred", "text": {"fr": "Renvoyé au tribunal."}}],
    )
    texts = draft(own_paris, one)
    assert list(texts) == ["fr", "en"]
    assert "médecin légiste" in texts["fr"]
    assert "1. An improvement that the group works on" in texts["en"]
    assert "DECIDED AND REFERRED\n– Referred – Renvoyé au tribunal." in texts["en"]
    assert texts["fr"].splitlines()[0] == "Réunion de travail – Paris"
    assert said(own_paris, one).text["en"].minutes == texts["en"]


def test_what_was_decided_at_the_meeting_stands_in_its_minutes(own_paris: Instance) -> None:
    group = Group(own_paris)
    one = was_held(
        own_paris, day=DECIDED_ON.isoformat(), agenda=[{"about": "improvement", "record": group.improvement}]
    )
    group.call()
    for body_id in group.bodies:
        group.say(body_id, "support")
    keeping.save(own_paris, one, present=[{"organisation": name} for name in group.bodies])
    group.decide(meeting=one, day=DECIDED_ON)
    texts = draft(own_paris, one)
    assert "– Improvement: Un référent unique par signalement – adopted" in texts["en"]
    assert "– Amélioration\u202f: Un référent unique par signalement – adoptée" in texts["fr"]


def test_minutes_say_nothing_that_stays_with_the_group(own_paris: Instance) -> None:
    public, own = (improvement(own_paris, title) for title in ("Un protocole commun", "Une piste encore secrète"))
    with keeping.held(own_paris, public) as (session, record):
        record.published_version = record.version
        revised = Improvement(original="fr", text={"fr": ImprovementText(title="Autrement nommé depuis")})
        records.revise(session, record, encode(revised), by="ana", at=keeping.THEN)
    found = finding(own_paris, "Ce que le collège a tu")
    with keeping.held(own_paris, found) as (_, record):
        record.published_version = record.version
    one = was_held(
        own_paris,
        agenda=[
            {"about": "finding", "record": found, "title": {"fr": "Ce qui fut tu"}},
            {"about": "improvement", "record": public},
            {"about": "improvement", "record": own},
            {"about": "minutes", "record": was_held(own_paris, day="2031-04-01", text={"fr": {"title": "Huis clos"}})},
            {"title": {"fr": "Divers"}},
        ],
        outcomes=[{"text": {"fr": "Adopté."}, "improvement": own}, {"text": {"fr": "Lu."}, "improvement": public}],
    )
    texts = draft(own_paris, one)
    for text in texts.values():
        kept = (
            "Ce que le collège a tu",
            "Ce qui fut tu",
            "secrète",
            "Autrement",
            "Huis clos",
            "14:00",
            "16:30",
            "Conseil de l’Europe",
            "next meeting",
        )
        assert not [word for word in kept if word in text]
        assert "Un protocole commun" in text
    agenda_said = texts["en"].partition("AGENDA\n")[2].partition("\n\n")[0].splitlines()
    assert agenda_said == [
        "1. A finding of the group",
        "2. Improvement: Un protocole commun",
        "3. An improvement that the group works on",
        "4. Minutes of another meeting, to be approved",
        "5. Divers",
    ]
    assert texts["en"].endswith("– Decided (point 3 of the agenda) – Adopté.\n– Decided (Un protocole commun) – Lu.")
    assert "Monday" in texts["en"]


def test_what_is_noted_later_is_missed_and_drawn_up_again(group: Instance) -> None:
    def behind(one: str) -> bool:
        with keeping.held(group, one) as (session, record):
            return minutes.are_behind(group, session, record)

    one = was_held(group, present=[{"organisation": "aphp"}, {"organisation": "tj-paris"}])
    assert not behind(one)
    texts = draft(group, one)
    assert not behind(one)
    written = writing.with_minutes(said(group, one), {"fr": texts["fr"] + "\nRelu."})
    keeping.save(group, one, text=msgspec.to_builtins(written.text))
    assert not behind(one)  # what was written on them is no note
    keeping.save(group, one, present=[{"organisation": "tj-paris"}])
    assert behind(one)
    again = draft(group, one)
    assert again["fr"] != texts["fr"]
    assert said(group, one).text["fr"].minutes == again["fr"]
    assert not behind(one)
    approve(group, one, was_held(group, day="2031-05-13"))
    with pytest.raises(IllegalTransition):
        draft(group, one)


def test_an_organisation_that_was_there_is_no_person(group: Instance) -> None:
    for name in ("Paul Durand", "DUPONT Marie", "Mme Durand, association Espoir"):
        with pytest.raises(Faulty) as refused:
            checked(group, body(present=[{"name": name}]))
        assert [one.field for one in refused.value.faults] == ["present[0].name"]
    for name in (
        "Association Paul Durand",
        "Collège Jean Moulin",
        "Hôpital Robert Debré",
        "Espace Simone Veil",
        "Innocence en danger",
    ):
        assert checked(group, body(present=[{"name": name}])).content.present[0].name == name


def test_what_the_approving_meeting_changed_is_kept_beside_the_draft(group: Instance) -> None:
    one = was_held(group)
    texts, later = draft(group, one), was_held(group, day="2031-05-13")
    approve(group, one, later, texts={"fr": "Autrement."}, changed="Le deuxième point.")
    told = status(group, one)
    assert told.approval is not None
    assert said(group, one, told.approval.version).text["fr"].minutes == "Autrement."
    assert said(group, one, told.drafted_version).text["fr"].minutes == texts["fr"]
    assert told.approval.changes == "Le deuxième point."


def test_minutes_are_approved_by_a_group_at_a_later_meeting_that_was_held(group: Instance) -> None:
    one = was_held(group)
    draft(group, one)
    earlier, not_held = was_held(group, day="2031-05-01"), planned(group, day="2031-06-01")
    for meeting in (earlier, not_held, one, "018f0000-0000-7000-8000-000000000000"):
        with pytest.raises(Faulty, match="later"):
            approve(group, one, meeting)
    later = was_held(group, day="2031-05-13")
    for name in ("Jean Dupont", ""):
        with pytest.raises(Faulty):
            approve(group, one, later, group=name)


def test_the_public_reads_minutes_only_once_the_group_says_so(group: Instance) -> None:
    one = approved(group, text={"fr": {"title": "Réservée", "found": "Ce qui fut constaté"}})
    words = group.vocabulary("paris")

    assert one not in public(group)
    with keeping.held(group, one) as (session, record):
        writing.show_minutes(
            session, record, words, given=ShowingMinutes(said="Séance du 13 mai"), by=HEAD, at=keeping.THEN
        )
    shown = public(group)[one]
    assert not shown.open
    assert shown.meeting.place == ""
    assert shown.meeting.text["fr"].found is None
    assert shown.meeting.text["fr"].minutes
    with keeping.held(group, one) as (session, record):
        writing.hide_minutes(session, record, by=HEAD, at=keeping.THEN)
    assert one not in public(group)


def test_only_seminars_are_public_and_without_what_is_the_groups_own(group: Instance) -> None:
    own = planned(group)
    open_one = planned(
        group,
        kind="seminar",
        link="https://visio.example/j/87512345678",
        organisations=["aphp"],
        agenda=[{"title": {"fr": "Accueil"}}, {"about": "finding", "record": finding(group, "Constat")}],
    )
    for one in (own, open_one):
        with pytest.raises(IllegalTransition):
            publish(group, one)
        announce(group, one)
    with pytest.raises(Faulty, match="seminars"):
        publish(group, own)
    publish(group, open_one)
    told = public(group)[open_one]
    assert told.meeting.link is None
    assert told.meeting.organisations == ()
    assert [point.record for point in told.meeting.agenda] == [None]
    cancel(group, open_one)
    told = public(group)[open_one]
    assert told.status.state == "cancelled"


def public(group: Instance) -> dict[str, Told]:
    with group.database.read("paris") as session:
        return {told.id: told for told in public_meetings(session)}


def publish(group: Instance, record_id: str) -> None:
    with keeping.held(group, record_id) as (session, record):
        writing.publish(session, record, expected=record.version, by=HEAD, at=keeping.THEN)


# ---------------------------------------------------------------------------------------------------------------------
# Who was there, for those who decide


def test_decisions_learn_who_was_there_by_id_also_after_a_merge(own_paris: Instance) -> None:
    into = published(own_paris)
    one = was_held(
        own_paris,
        present=[
            {"organisation": "aphp"},
            {"organisation": "point-de-contact"},
            {"name": "Autre", "sector": "national-ngos"},
        ],
    )
    by_key = {one.key: one.id for one in own_paris.directory("paris")}
    merge(own_paris, "point-de-contact", into)
    with own_paris.database.read("paris") as session:
        assert present_at(session, "paris", one) == tuple(sorted([by_key["aphp"], into]))
        assert present_at(session, "paris", "018f0000-0000-7000-8000-000000000000") == ()
        assert [(told.id, told.day) for told in held(session, "paris", AFTER)] == [(one, date(2031, 5, 12))]
        assert held(session, "paris", TODAY) == ()

"""Organisations vouch for a practice only in their own word: asked by mail, by account, or told by a document."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.accounts.answer_links import LinkRefused
from lanzarote.directory.model import Contact, Contacts
from lanzarote.directory.service import ids_by_name
from lanzarote.errors import NotFound, NotPermitted
from lanzarote.mail import sending
from lanzarote.practices import holders, saving, service, sheets, writing
from lanzarote.practices.holders import Document, Said
from lanzarote.practices.model import PracticeStatus, settled
from lanzarote.practices.review_model import HolderWord, words_of
from lanzarote.practices.saving import Checked
from lanzarote.records import records, validation
from lanzarote.records.days import BEFORE_TEXT
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.outbox import Job
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record, encode
from lanzarote.records.tasks import open_tasks
from lanzarote.stakeholders.trial import give_contacts
from lanzarote.store.database import ALL
from litestar.testing import TestClient
from sqlalchemy import delete, select

from tests.core.api import programs
from tests.core.practices.assessments import PARIS, TEXT, THEN, Assessed, full, person
from tests.core.practices.signed_in import sign_in, site_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance
    from lanzarote.practices.model import Document as Public
    from sqlalchemy.orm import Session

TODAY = date(2031, 3, 4)
AT = datetime(2031, 3, 4, 9, tzinfo=UTC)
TEAM = "/en/paris/team/practices"
DESK = "greffe@tj-paris.example"
CONFIRMED = Said(answer="confirmed")
NOT_ASKED = ("documented", "public-sources", "not-asked", None)
ASKED = ("documented", "public-sources", "asked", TODAY)
GIVEN = ("declared", "declared", "given", TODAY)
REFUSED = ("documented", "public-sources", "refused", TODAY)


@pytest.fixture
def paris(own_paris: Instance) -> Instance:
    return own_paris


@pytest.fixture
def court(paris: Instance) -> str:
    return with_desk(paris)


def with_desk(paris: Instance) -> str:
    """Id of an organisation with a contact that a mail reaches."""
    with paris.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, named(session, "tj-paris")))
        contact = Contact(purpose={"fr": "Greffe"}, address=DESK, source="Annuaire", review_on=date(2032, 1, 1))
        session.add(Contacts(region_id=PARIS, record_id=record.id, number=9, body=encode((contact,))))
        return record.id


@pytest.fixture
def one(paris: Instance, head: Actor, bo: Actor, court: str) -> Assessed:
    """A published practice of the court, whose author chose it without asking it."""
    partners = [{"organisation": "tj-paris"}]
    made = Assessed(paris, person(paris, "contributor"), head, partners=partners).submit("tj-paris")
    publish(made, bo)
    return made


def named(session: Session, key: str) -> str:
    return ids_by_name(session, {key})[key]


def publish(one: Assessed, by: Actor) -> None:
    with one.held() as (session, record):
        writing.publish_unassessed(session, record, confirmed=True, expected=record.version, by=by, at=THEN)


def ask(one: Assessed, stakeholder: str = "tj-paris") -> None:
    with one.held() as (session, record):
        holders.ask(session, record, stakeholder, expected=record.version, by=one.head, at=AT, today=TODAY)


def read(one: Assessed) -> Public:
    with one.instance.database.read(PARIS) as session:
        slug = one.record(session).slug
    return service.decode(service.document(one.instance.database, PARIS, slug))


def told(one: Assessed) -> tuple[Any, ...]:
    public = read(one)
    return public.standing, public.vouching, public.agreement, public.agreement_on


def mailed(instance: Instance) -> list[str]:
    """Secrets of the links that were mailed."""
    instance.worker.run_due()
    with instance.database.read(ALL) as session:
        while session.scalars(select(Job.id).where(Job.topic == holders.TOPIC)).all():  # the site sends it just now
            time.sleep(0.01)
            session.rollback()
    files = sending.folder(instance.settings).glob("[!.]*")
    texts = [message_from_bytes(file.read_bytes(), policy=default).get_body() for file in files]
    said = [text.get_content() for text in texts if text is not None]
    return [found for text in said for found in re.findall(r"/confirm/([A-Za-z0-9_-]+)", text)]


def by_link(one: Assessed, secret: str, said: Said = CONFIRMED, at: datetime = AT) -> None:
    with one.instance.database.write(PARIS) as session:
        holders.answer_by_link(session, secret, PARIS, said, at=at, today=TODAY)


def rewrite(one: Assessed, **body: Any) -> None:
    with one.held() as (session, record):
        sheet = sheets.read(msgspec.to_builtins(writing.sheet_of(session, record)) | body)
        saving.save(
            session, record, Checked(slug="practice", content=sheet), expected=record.version, by=one.writer, at=THEN
        )


# What follows from what was said


def test_that_its_author_names_an_organisation_says_nothing_in_its_name(one: Assessed) -> None:
    assert told(one) == NOT_ASKED


def test_a_mailed_link_confirms_the_text_once(one: Assessed) -> None:
    ask(one)
    assert told(one) == ASKED
    [secret] = mailed(one.instance)
    by_link(one, secret)
    assert told(one) == GIVEN
    with pytest.raises(LinkRefused, match="used"):
        by_link(one, secret)


def test_what_is_kept_of_a_link_does_not_open_it(one: Assessed) -> None:
    ask(one)
    [secret] = mailed(one.instance)
    with one.instance.database.read(PARIS) as session:
        kept = session.connection().exec_driver_sql("SELECT token_hash FROM answer_link").scalar()
    assert secret not in str(kept)
    with pytest.raises(LinkRefused, match="unknown"):
        by_link(one, str(kept))


def test_a_link_works_for_sixty_days_and_for_the_text_it_was_sent_about(one: Assessed, bo: Actor) -> None:
    ask(one)
    [secret] = mailed(one.instance)
    with pytest.raises(LinkRefused, match="over"):
        by_link(one, secret, at=datetime.now(UTC) + timedelta(days=4_000))
    one.rewrite("Un autre titre")
    one.submit("tj-paris")
    publish(one, bo)
    with pytest.raises(LinkRefused, match="changed"):
        by_link(one, secret)


def test_a_refusal_is_shown_and_opens_a_task(one: Assessed) -> None:
    ask(one)
    [secret] = mailed(one.instance)
    by_link(one, secret, Said(answer="refused", lang="fr", told="Refus."))
    assert told(one) == REFUSED
    with one.instance.database.read(PARIS) as session:
        [task] = open_tasks(session)
        assert (task.kind, task.record_id, task.told()["wrong"]) == ("reply", one.id, "Refus.")


def test_a_correction_confirms_nothing(one: Assessed) -> None:
    ask(one)
    [secret] = mailed(one.instance)
    by_link(one, secret, Said(answer="wrong", remark="La salle est ouverte depuis 2015.", lang="fr"))
    assert told(one) == ASKED


def test_a_confirmation_holds_for_its_text_and_for_translations_of_it(one: Assessed, bo: Actor) -> None:
    ask(one)
    [secret] = mailed(one.instance)
    by_link(one, secret)
    french = {"title": "Une salle", "summary": "A", "problem": "B", "activities": "C", "transfer": "D"}
    with one.instance.database.read(PARIS) as session:
        text = msgspec.to_builtins(writing.sheet_of(session, one.record(session)).text)
    rewrite(one, text=text | {"en": french})
    one.submit("tj-paris")
    publish(one, bo)
    assert told(one) == GIVEN
    one.rewrite("Un autre titre")
    one.submit("tj-paris")
    publish(one, bo)
    assert told(one) == ASKED
    with one.instance.database.read(PARIS) as session:
        slug = one.record(session).slug
        standings = [service.version_document(session, slug, number)[0].standing for number in (1, 2, 3)]
    assert standings == ["declared", "declared", "documented"]


def test_a_coordinator_records_a_dated_document(one: Assessed) -> None:
    document = Document(title="Lettre du président, réf. 2031-114", on="2031-03-04")
    with one.held() as (session, record):
        words = one.instance.vocabulary(PARIS)
        expected = record.version
        given: dict[str, Any] = {"expected": expected, "by": one.head, "at": AT, "today": TODAY}
        for unfit in (Document(title="", on="2031-03-04"), Document(title="Lettre", on="2031-03-05")):
            with pytest.raises(validation.Faulty):
                holders.record_document(session, record, words, "tj-paris", CONFIRMED, unfit, **given)
        holders.record_document(session, record, words, "tj-paris", CONFIRMED, document, **given)
    assert told(one) == GIVEN
    with one.instance.database.read(PARIS) as session:
        [row] = session.scalars(select(HolderWord)).all()
        assert (row.document, row.by, row.on_day) == (document.title, one.head.account_id, "2031-03-04")


def record(one: Assessed, on: str, answer: Any = "confirmed", **said: str) -> None:
    with one.held() as (session, record):
        words, document = one.instance.vocabulary(PARIS), Document(title="Lettre, réf. 2031-114", on=on)
        given: dict[str, Any] = {"expected": record.version, "by": one.head, "at": AT, "today": TODAY}
        holders.record_document(session, record, words, "tj-paris", Said(answer=answer, **said), document, **given)


def test_nobody_can_have_spoken_of_a_text_before_it_was_written(one: Assessed) -> None:
    for answer in ("confirmed", "wrong", "refused"):
        with pytest.raises(validation.Faulty) as faulty:
            record(one, "2030-12-31", answer, remark="La salle est ouverte depuis 2015.")
        assert [(fault.field, fault.text, fault.value) for fault in faulty.value.faults] == [
            ("on", BEFORE_TEXT, date(2031, 1, 1))
        ]
    translated = dict.fromkeys(TEXT, "A") | {"title": "A room"}
    with one.held() as (session, held):
        sheet = sheets.read(
            msgspec.to_builtins(writing.sheet_of(session, held)) | {"text": {"fr": TEXT, "en": translated}}
        )
        saving.save(session, held, Checked(slug="practice", content=sheet), expected=held.version, by=one.writer, at=AT)
    record(one, "2031-01-02")  # before it was translated, which changed nothing of what it says
    assert told(one) == ("declared", "declared", "given", date(2031, 1, 2))


def test_an_organisation_that_only_wrote_a_letter_was_not_asked(one: Assessed, client: TestClient[Any]) -> None:
    wrong = "La salle est ouverte depuis 2015."
    record(one, "2031-02-10", "wrong", remark=wrong, lang="fr")
    assert told(one) == NOT_ASKED
    with one.instance.database.read(PARIS) as session:
        [task] = open_tasks(session)
        assert (task.kind, task.record_id, task.told()["wrong"]) == ("reply", one.id, wrong)
    shown = sign_in(one.instance, client, one.head).get(f"/en/paris/team/practices/{one.id}/holders")
    assert "10 February 2031" in shown  # the day of the letter
    record(one, "2031-02-11", "refused", lang="fr", told="Refus.")
    assert told(one) == (*REFUSED[:3], date(2031, 2, 11))


def test_a_correction_leaves_the_day_on_which_it_was_asked(one: Assessed) -> None:
    ask(one)
    [secret] = mailed(one.instance)
    with one.instance.database.write(PARIS) as session:
        said = Said(answer="wrong", remark="La salle est ouverte depuis 2015.", lang="fr")
        holders.answer_by_link(session, secret, PARIS, said, at=AT, today=date(2031, 3, 9))
    assert told(one) == ASKED


def test_a_representative_answers_for_their_own_organisation_alone(one: Assessed, paris: Instance, court: str) -> None:
    speaker = person(paris, "representative", organisation=court)
    stranger = person(paris, "representative", organisation=other(paris))
    ask(one)
    assert mailed(paris) == []  # the account is asked
    given: dict[str, Any] = {"version": 1, "at": AT, "today": TODAY}
    with paris.database.write(PARIS) as session, pytest.raises(NotFound):
        holders.answer(session, PARIS, one.id, CONFIRMED, by=stranger, **given)
    with paris.database.write(PARIS) as session:
        holders.answer(session, PARIS, one.id, CONFIRMED, by=speaker, **given)
    assert told(one) == GIVEN


def other(paris: Instance) -> str:
    with paris.database.read(PARIS) as session:
        return named(session, "aphp")


def test_a_representative_who_submits_for_their_organisation_confirms_the_text(
    paris: Instance, head: Actor, bo: Actor, court: str
) -> None:
    speaker = person(paris, "representative", organisation=court)
    made = Assessed(paris, speaker, head, partners=[{"sector": "courts", "side": "public"}]).submit("tj-paris")
    publish(made, bo)
    assert told(made)[:3] == GIVEN[:3]


def test_without_a_source_and_without_its_word_nothing_is_published(
    paris: Instance, head: Actor, bo: Actor, court: str
) -> None:
    made = Assessed(paris, person(paris, "contributor"), head, sources=[], partners=[{"organisation": "tj-paris"}])
    made.submit("tj-paris")
    with pytest.raises(validation.Faulty) as faulty:
        publish(made, bo)
    assert [one.field for one in faulty.value.faults] == ["sources"]
    ask(made)
    [secret] = mailed(paris)
    by_link(made, secret)
    publish(made, bo)
    assert told(made) == GIVEN


def test_an_assessment_does_not_stand_in_for_a_source(
    paris: Instance, head: Actor, bo: Actor, cy: Actor, court: str, client: TestClient[Any]
) -> None:
    made = Assessed(
        paris, person(paris, "contributor"), head, sources=[], evidence=[], partners=[{"organisation": "tj-paris"}]
    )
    made.submit("tj-paris")
    page, told = f"/en/paris/team/practices/{made.id}/assess", "names no source and no organisation has confirmed it"
    reader = sign_in(paris, client, head)
    assert told in reader.get(page)  # before anybody is asked
    made.ask(bo, cy)
    made.give(bo)
    made.give(cy)
    for vouching in ("public-sources", "observed", "evaluated"):
        with pytest.raises(validation.Faulty, match="Name a source in the text"):
            made.decide("assessed", vouching=vouching, strength="prudent")
    with pytest.raises(validation.Faulty, match="Name a source in the text"):
        made.decide("unassessed")
    assert made.state == ("draft", "assessing")
    ask(made)
    [secret] = mailed(paris)
    by_link(made, secret)
    assert told not in reader.get(page)
    made.decide("assessed", vouching="observed", strength="prudent")
    assert made.state == ("published", "")


def test_a_team_says_that_its_holder_vouches_only_once_it_does(
    one: Assessed, bo: Actor, cy: Actor, client: TestClient[Any]
) -> None:
    one.rewrite("Un autre titre")
    one.submit("tj-paris").ask(bo, cy)
    one.give(bo, full(one.grid))
    one.give(cy, full(one.grid))
    with pytest.raises(validation.Faulty) as faulty:
        one.decide("assessed", vouching="declared", strength="promising")
    assert [fault.field for fault in faulty.value.faults] == ["vouching"]
    one.decide("assessed", vouching="public-sources", strength="promising")
    assert told(one)[:2] == ("assessed", "public-sources")
    ask(one)
    [secret] = mailed(one.instance)
    by_link(one, secret)
    assert told(one)[:3] == ("assessed", "declared", "given")
    shown = page(client, f"/en/paris/practices/{read(one).slug}")
    decided = shown.split('<section class="assessment"')[1].split("</section>")[0]
    assert "promising" in decided
    assert "organisation that runs it" in shown
    assert "organisation that runs it" not in decided  # which the team did not decide


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ({"standing": "declared", "vouching": "declared"}, ("documented", "public-sources", "not-asked")),
        ({"standing": "declared", "agreement": "given"}, ("documented", "public-sources", "not-asked")),
        ({"standing": "assessed", "vouching": "declared"}, ("assessed", "public-sources", "not-asked")),
        ({"standing": "assessed", "vouching": "observed"}, ("assessed", "observed", "not-asked")),
        ({"vouching": "evaluated"}, ("documented", "public-sources", "not-asked")),
        ({"agreement": "given", "agreement_on": TODAY}, ("declared", "declared", "given")),
        ({"agreement": "refused", "agreement_on": TODAY}, ("documented", "public-sources", "refused")),
    ],
)
def test_no_two_statements_contradict_each_other(stored: dict[str, Any], shown: tuple[str, ...]) -> None:
    found = settled(PracticeStatus(**stored))
    assert (found.standing, found.vouching, found.agreement) == shown


def test_only_a_coordinator_asks_and_only_partners_of_the_text(one: Assessed, bo: Actor) -> None:
    given: dict[str, Any] = {"expected": 1, "at": AT, "today": TODAY}
    with one.held() as (session, record), pytest.raises(NotPermitted):
        holders.ask(session, record, "tj-paris", by=bo, **given)
    with one.held() as (session, record), pytest.raises(validation.Faulty):
        holders.ask(session, record, "aphp", by=one.head, **given)


def test_no_organisation_is_asked_about_a_withdrawn_practice(one: Assessed) -> None:
    with one.held() as (session, record):
        records.withdraw(session, record, by="cy")
    with pytest.raises(IllegalTransition):
        ask(one)
    with one.held() as (session, record):
        assert list(words_of(session, record)) == []


# Pages


@pytest.fixture
def client(paris: Instance) -> Iterator[TestClient[Any]]:
    with site_of(paris) as client:
        yield client


def page(client: TestClient[Any], path: str, status: int = 200) -> str:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def test_the_team_asks_on_its_page_and_the_link_answers_on_another(one: Assessed, client: TestClient[Any]) -> None:
    with one.instance.database.read(PARIS) as session:
        slug, court = one.record(session).slug, named(session, "tj-paris")
    public = f"/en/paris/practices/{slug}"
    head = sign_in(one.instance, client, one.head)
    team = f"{TEAM}/{one.id}/holders"
    assert "were not asked" in head.get(team)
    assert head.post(f"{TEAM}/{one.id}/ask-holder", version="1", organisation=court, then="holders").startswith(team)
    [secret] = mailed(one.instance)
    client.cookies.clear()
    for lang, words in (("en", "Is this description right?"), ("fr", "Cette description est-elle juste")):
        for _ in range(2):  # a scanner opens it, too
            assert words in page(client, f"/{lang}/paris/confirm/{secret}")
    assert "without any name of a person" in page(client, f"/en/paris/confirm/{secret}")
    assert "it has not confirmed this text" in page(client, public)
    link = f"/en/paris/confirm/{secret}"
    unfit = client.post(link, data={"answer": "wrong"}, headers={"sec-fetch-site": "same-origin"})
    assert unfit.status_code == 400
    assert "Say what is wrong" in unfit.text
    told_of = client.post(link, data={"answer": "wrong", "remark": "mon oncle me touche et je veux mourir"},
                          headers={"sec-fetch-site": "same-origin"})  # fmt: skip
    assert "Please turn to those who can help" in told_of.text
    thanks = client.post(link, data={"answer": "confirmed"}, headers={"sec-fetch-site": "same-origin"})
    assert thanks.status_code == 200
    assert "Your confirmation is recorded" in thanks.text
    assert "This link has been used" in page(client, link, 410)
    shown = page(client, public)
    assert "Confirmed by an organisation that runs it, not assessed" in shown
    assert "confirmed this text on" in shown
    assert "were not asked" not in shown
    said = client.get(f"/api/v1/regions/paris/practices/{slug}").json()
    assert (said["standing"], said["vouching"], said["agreement"]) == ("declared", "declared", "given")


def test_the_pages_offer_no_question_about_a_withdrawn_practice(one: Assessed, client: TestClient[Any]) -> None:
    head = sign_in(one.instance, client, one.head)
    pages = f"{TEAM}/{one.id}", f"{TEAM}/{one.id}/holders"
    assert all("/ask-holder" in head.get(page) for page in pages)
    with one.held() as (session, record):
        records.withdraw(session, record, by="cy")
    assert not any("/ask-holder" in head.get(page) for page in pages)
    head.get(f"{TEAM}/{one.id}/ask-holder", 409)


def test_who_cannot_be_asked_is_named_with_a_way_to_write_a_contact(one: Assessed, client: TestClient[Any]) -> None:
    with one.instance.database.write(PARIS) as session:
        session.execute(delete(Contacts))
        court = named(session, "tj-paris")
    head = sign_in(one.instance, client, one.head)
    page = head.get(f"{TEAM}/{one.id}/holders")
    assert f'href="/en/paris/team/organisations/{court}/contacts"' in page
    assert "/ask-holder" not in page
    assert "/record-holder" in page
    give_contacts(one.instance)
    page = head.get(f"{TEAM}/{one.id}/holders")
    assert "/contacts" not in page
    assert f'value="{court}"' in head.get(f"{TEAM}/{one.id}/ask-holder")


def test_a_document_that_cannot_be_taken_is_answered_with_what_was_typed(
    one: Assessed, court: str, client: TestClient[Any]
) -> None:
    head, place = sign_in(one.instance, client, one.head), f"{TEAM}/{one.id}/record-holder"
    form: dict[str, Any] = {"version": "1", "organisation": court, "answer": "confirmed"}
    for unfit, told in (
        ({"document": "Lettre réf. 9", "on": "2999-01-01"}, "This day has not come yet."),
        ({"document": "   ", "on": "2031-03-04", "remark": "Une remarque."}, "This is still missing."),
        ({"answer": "", "organisation": "", "document": "", "on": ""}, "Choose one of the answers"),
    ):
        shown = head.post(place, status=400, **{**form, **unfit})
        assert told in shown
        assert all(typed in shown for typed in unfit.values())


def test_a_representative_finds_the_question_on_the_page_of_the_organisation(
    one: Assessed, paris: Instance, court: str, client: TestClient[Any]
) -> None:
    speaker = sign_in(paris, client, person(paris, "representative", organisation=court))
    own = "/en/paris/team/organisation"
    assert f"practices/{one.id}/confirm" not in speaker.get(own)
    ask(one)
    assert f"practices/{one.id}/confirm" in speaker.get(own)
    where = f"/en/paris/team/practices/{one.id}/confirm"
    asked, unnamed = speaker.get(where), "without any name of a person"
    assert "The text as it would be published" in asked
    assert unnamed not in asked  # who did what names the account
    assert "Coordinators and administrators can see that your account gave it" in asked
    assert speaker.post(where, version="1", answer="confirmed").endswith("/team/organisation?done=holder-confirmed")
    assert told(one)[:3] == GIVEN[:3]
    assert f"practices/{one.id}/confirm" not in speaker.get(own)


def test_a_program_is_told_which_field_names_no_organisation(one: Assessed, client: TestClient[Any]) -> None:
    account_id, token = programs.token_of(one.instance, Grant(role="coordinator", region_id=PARIS))
    head = programs.Program(client, token, account_id)
    refused = head.step(f"{programs.TEAM}/{one.id}", "ask-holder", {"organisation": "nobody"})
    assert [error["field"] for error in programs.problem(refused)["errors"]] == ["organisation"]


def test_answers_from_one_network_are_limited(one: Assessed, client: TestClient[Any]) -> None:
    link, headers = "/en/paris/confirm/nobody-was-mailed-this", {"sec-fetch-site": "same-origin"}
    codes = [client.post(link, data={"answer": "confirmed"}, headers=headers).status_code for _ in range(30)]
    assert set(codes) <= {410, 429}
    assert codes[0] == 410


def test_what_was_said_travels_with_the_file_of_the_region_and_goes_with_the_practice(one: Assessed) -> None:
    ask(one)
    [secret] = mailed(one.instance)
    by_link(one, secret)
    with one.held() as (session, record):
        writing.erase(session, record, by=one.head, at=AT)
        assert session.scalars(select(HolderWord)).all() == []

"""What is taken out to be worked on, and handed in again: nothing is lost on the way, and nothing changes by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lanzarote.importing import planning, service
from lanzarote.importing.cells import Kept, draft_of, form_of
from lanzarote.importing.kinds import KINDS, PRACTICES
from lanzarote.importing.planning import Planner
from lanzarote.instance import Instance
from lanzarote.practices import writing
from lanzarote.practices.form_fields import CODES
from lanzarote.records.records import Record
from lanzarote.types import Evidence, Organisation, OwnSource, Partner, PracticeSheet, SheetText

from tests.core.importing.files import (
    PRACTICE,
    all_there_is,
    ground,
    plan_of,
    row_of,
    said,
    saved,
    whole,
    write,
)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("format", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", ["practices", "organisations"])
def test_what_is_handed_in_as_it_was_taken_out_changes_nothing(
    paris: Instance, kind: str, format: str, lang: str
) -> None:
    place = ground(paris, lang)
    importer = service.importer_for(place, f"a.{format}")
    assert importer is not None
    content = service.file_of(place, KINDS[kind], importer, filled=True)
    plan = plan_of(paris, content, name=f"a.{format}", kind=kind, lang=lang)
    assert said(plan) == []
    assert {row.outcome for row in plan.rows} == {"same"}
    assert len(plan.rows) == len(form_of(place, KINDS[kind]).kept)


def test_rows_that_are_as_they_were_take_no_room(own_paris: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MOST_RECORDS", 1)
    book = all_there_is(own_paris)
    assert {row.outcome for row in plan_of(own_paris, saved(book)).rows} == {"same"}
    write(book, 3, text__fr__summary="Un résumé tout neuf.")
    assert len(plan_of(own_paris, saved(book)).good) == 1


def test_of_a_file_that_changes_more_than_there_is_room_for_nothing_is_taken(
    own_paris: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MOST_RECORDS", 1)
    rows = [{**PRACTICE, "text.fr.title": f"Une salle partagée {number}"} for number in ("A", "B")]
    plan = plan_of(own_paris, whole(own_paris, *rows))
    assert (plan.rows, len(plan.problems)) == ((), 1)
    assert "les lignes inchangées ne comptent pas" in plan.problems[0].text


def test_a_file_is_read_whatever_language_its_headings_are_in(paris: Instance) -> None:
    plan = plan_of(paris, saved(all_there_is(paris, lang="en")), lang="fr")
    assert said(plan) == []
    assert {row.outcome for row in plan.rows} == {"same"}


def test_one_cell_changes_one_field_and_nothing_else(own_paris: Instance) -> None:
    book = all_there_is(own_paris)
    write(book, 3, text__fr__summary="Un résumé tout neuf.")
    plan = plan_of(own_paris, saved(book))
    [row] = plan.good
    assert (row.outcome, row.fields) == ("changed", ("Résumé [fr]",))
    before = _sheet(own_paris, row.id)
    service.import_rows(ground(own_paris), PRACTICES, plan.good, base="0193fa00-0000-7000-8000-000000000000")
    after = _sheet(own_paris, row.id)
    text = msgspec.structs.replace(before.text["fr"], summary="Un résumé tout neuf.")
    stale = tuple(sorted({*before.stale, *(before.text.keys() - {before.original})}))
    assert after == msgspec.structs.replace(before, text=before.text | {"fr": text}, stale=stale)


def test_what_is_published_stays_as_it_is_until_a_second_person_has_read_the_change(own_paris: Instance) -> None:
    book = all_there_is(own_paris)
    write(book, 3, text__fr__summary="Un résumé tout neuf.")
    plan = plan_of(own_paris, saved(book))
    [made] = service.import_rows(ground(own_paris), PRACTICES, plan.good, base="0193fa00-0000-7000-8000-000000000000")
    with own_paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", made.id))
        assert (record.state, record.stage, record.version, record.published_version) == ("published", "writing", 2, 1)


def test_an_emptied_cell_empties_the_field_and_a_deleted_column_leaves_it(own_paris: Instance) -> None:
    book = all_there_is(own_paris)
    row = row_of(book, running="En cours")
    write(book, row, text__en__summary=None)
    sheet = book.worksheets[0]
    for name in ("text.fr.summary", "scope"):
        sheet.delete_cols(next(cell.column for cell in sheet[1] if cell.value == name))
    [changed] = plan_of(own_paris, saved(book)).good
    assert changed.fields == ("Résumé [en]",)
    assert (changed.given.content.text["en"].summary, bool(changed.given.content.text["fr"].summary)) == (None, True)


def test_columns_and_rows_may_be_moved(paris: Instance) -> None:
    book = all_there_is(paris)
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    turned = [row[::-1] for row in (*rows[:2], *sorted(rows[2:], key=lambda row: str(row[1] or "~")))]
    for number, row in enumerate(turned, 1):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value
    plan = plan_of(paris, saved(book))
    assert said(plan) == []
    assert {row.outcome for row in plan.rows} == {"same"}


def test_of_a_row_that_was_changed_here_since_nothing_is_overwritten(own_paris: Instance) -> None:
    book = all_there_is(own_paris)
    write(book, 3, text__fr__summary="Un résumé tout neuf.")
    content = saved(book)
    mine = plan_of(own_paris, content)
    [made] = service.import_rows(ground(own_paris), PRACTICES, mine.good, base="0193fa00-0000-7000-8000-000000000000")
    again = plan_of(own_paris, content)
    assert {row.outcome for row in again.rows} == {"same"}, "it says what is here already"
    write(book, 3, text__fr__summary="Encore un autre résumé.")
    late = plan_of(own_paris, saved(book))
    [row] = [row for row in late.rows if row.outcome == "refused"]
    assert "(version 1, maintenant 2)" in row.problems[0].text
    assert _sheet(own_paris, made.id).text["fr"].summary == "Un résumé tout neuf."


def _sheet(instance: Instance, record_id: str) -> PracticeSheet:
    with instance.database.read("paris") as session:
        return writing.sheet_of(session, session.get_one(Record, ("paris", record_id)))


# Whatever a sheet says

_signs = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"), include_characters="\n\t")
_dangerous = st.sampled_from(
    ("=1+1", "+33", "-1", "@SUM(A1)", "'=1", "''", '"', ";=1", "a;b", "\t=1", "_x0041_", "1e5")
)
TEXT = (
    st.one_of(
        _dangerous,
        st.text(_signs, min_size=1, max_size=40),
        st.builds("{}{}".format, _dangerous, st.text(_signs, max_size=10)),
    )
    .map(lambda text: text.strip())
    .filter(bool)
)
LINE = TEXT.map(lambda text: " ".join(text.split())).filter(bool)
LANGUAGES = ("fr", "en")
BY_LANGUAGE = st.dictionaries(st.sampled_from(LANGUAGES), TEXT, max_size=2)
DAY = st.dates(date(1900, 1, 1), date(2099, 1, 1))
PARTIAL = st.one_of(st.none(), DAY.map(str), DAY.map(lambda day: str(day)[:7]), DAY.map(lambda day: str(day)[:4]))


def some(*values: str) -> Any:
    return st.lists(st.sampled_from(values), max_size=3, unique=True).map(tuple)


def sheets(instance: Instance) -> st.SearchStrategy[PracticeSheet]:
    place = ground(instance)
    terms = place.vocabulary
    sectors, sources, provisions = tuple(terms.sectors), tuple(terms.sources), tuple(terms.provisions)
    bodies = tuple(one.key or one.id for one in place.directory)
    texts = st.fixed_dictionaries({}, optional=dict.fromkeys(SheetText.__struct_fields__, TEXT))
    named = st.builds(Partner, organisation=st.sampled_from(bodies), part=BY_LANGUAGE)
    described = st.builds(
        Partner, sector=st.sampled_from(sectors), side=st.sampled_from(CODES["side"]), part=BY_LANGUAGE
    )
    number = st.one_of(
        st.none(), st.integers(-(10**9), 10**9).map(float), st.integers(-9999, 9999).map(lambda n: n / 8)
    )
    figure = st.builds(
        Evidence, value=number, unit=BY_LANGUAGE, period=BY_LANGUAGE, text=BY_LANGUAGE, sources=some(*sources)
    ).filter(lambda one: one != Evidence())
    document = st.builds(
        OwnSource,
        key=st.just("own-1"),
        title=LINE,
        publisher=LINE,
        url=st.sampled_from((None, "https://example.org/?a=1;b=2")),
        kind=st.sampled_from(CODES["kind"]),
        read_on=st.one_of(st.none(), DAY),
    )
    return st.builds(
        PracticeSheet,
        original=st.just("fr"),
        text=texts.map(lambda fr: fr | {"title": fr.get("title", "Titre")}).flatmap(
            lambda fr: texts.map(lambda en: {"fr": SheetText(**fr)} | ({"en": SheetText(**en)} if en else {}))
        ),
        scope=st.one_of(st.none(), st.sampled_from(CODES["scope"])),
        running=st.one_of(st.none(), st.sampled_from(CODES["running"])),
        cost=st.one_of(st.none(), st.sampled_from(CODES["cost"])),
        started=PARTIAL,
        ended=PARTIAL,
        sectors=some(*sectors),
        partners=st.lists(st.one_of(named, described), max_size=4).map(tuple),
        target_groups=some(*CODES["target_groups"]),
        domains=some(*CODES["domains"]),
        convention=some("10", "10.3", "18.1.a", "5").map(_in_order),
        legal_basis=some(*provisions),
        evidence=st.lists(figure, max_size=3).map(tuple),
        own_sources=st.lists(document, max_size=1).map(tuple),
        sources=some(*sources),
        verified=st.booleans(),
        note=BY_LANGUAGE,
    )


def _in_order(references: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in ("5", "10", "10.3", "18.1.a") if one in references)


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_every_sheet_comes_back_as_it_went_out(paris: Instance, format: str) -> None:
    place = ground(paris)
    form = form_of(place, PRACTICES)
    importer = service.importer_for(place, f"a.{format}")
    assert importer is not None

    @settings(max_examples=25, deadline=None, phases=(Phase.generate,))
    @given(st.lists(sheets(paris), min_size=1, max_size=3))
    def go_round(out: list[PracticeSheet]) -> None:
        drafts = [draft_of(form, PRACTICES.values(place, one), _kept(one)) for one in out]
        reading = importer.read(importer.write(form.told, drafts), form.told)
        assert reading.problems == ()
        planner = Planner(place, PRACTICES, form, reading.fields, {})
        back = []
        for draft in reading.drafts:
            answers = {one.field: one for one in draft.answers}
            changed = planner.changes(answers, {})
            values, unread = planner.values(answers, {}, changed)
            assert unread == []
            back.append(PRACTICES.taken(place, values, None, changed))
        assert back == out

    go_round()


def _kept(sheet: PracticeSheet | Organisation) -> Kept:
    return Kept(id="0193fa00-0000-7000-8000-000000000000", version=1, state="draft", stage="writing", said=sheet)


def test_contacts_are_in_no_file_and_stay(own_paris: Instance) -> None:
    book = all_there_is(own_paris, "organisations")
    fields = {cell.value for cell in book.worksheets[0][1]}
    assert not any("contact" in str(field) for field in fields)
    write(book, 3, role__fr="Ce qu’elle fait, redit.")
    [row] = plan_of(own_paris, saved(book), kind="organisations").good
    assert row.given.contacts is None

"""What a file is answered, row by row, before anything of it is kept."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import pytest
from lanzarote import Concern, hookimpl
from lanzarote.importing import service
from lanzarote.importing.cells import form_of
from lanzarote.importing.commands import import_file
from lanzarote.importing.kinds import ORGANISATIONS, PRACTICES
from lanzarote.importing.planning import plan
from lanzarote.practices import writing
from lanzarote.records import records
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record
from lanzarote.records.save_checks import switch
from lanzarote.records.validation import TWO_NUMBERS
from lanzarote.stakeholders import writing as keeping
from lanzarote.types import PracticeSheet
from msgspec.structs import replace
from sqlalchemy import func, select

from tests.core.importing.files import (
    COORDINATOR,
    ENTRY,
    PRACTICE,
    WRITER,
    Row,
    all_there_is,
    columns_of,
    csv_of,
    ground,
    plan_of,
    row_of,
    said,
    saved,
    whole,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

    from lanzarote.importing.kinds import Kind
    from lanzarote.importing.planning import Plan
    from lanzarote.instance import Instance

BASE = "0193fa00-0000-7000-8000-000000000000"
CANARY = "Zéphyrine Canari, 8 ans, née le 3 mai 2016"


def outcomes(plan: Plan) -> list[str]:
    return [row.outcome for row in plan.rows]


def count(instance: Instance, kind: str = "practice") -> int:
    with instance.database.read("paris") as session:
        return session.scalar(select(func.count()).select_from(Record).where(Record.kind == kind)) or 0


# How much


def planned(instance: Instance, *rows: Row, most: int = 0, seconds: float = 60) -> Plan:
    """What becomes of *rows* where there is room for so many records, and so many seconds."""
    place = ground(instance)
    form = form_of(place, PRACTICES)
    content = csv_of(*rows, columns=tuple(name for name in form.cells if name.startswith("partners.")))
    importer = service.importer_for(place, "a.csv")
    assert importer is not None
    reading = importer.read(content, form.told)
    form = replace(form, told=replace(form.told, most=most or form.told.most))
    return plan(place, PRACTICES, form, reading, content, seconds=seconds)


def test_a_file_has_room_for_2000_records_more_than_there_are(paris: Instance) -> None:
    form = form_of(ground(paris), PRACTICES)
    assert form.told.most == len(form.kept) + 2000


def test_a_file_with_more_records_than_there_is_room_for_is_refused_whatever_is_in_them(paris: Instance) -> None:
    refused = planned(paris, PRACTICE, {"id": CANARY}, most=1)
    assert (refused.rows, len(refused.problems)) == ((), 1)
    assert "2000" in refused.problems[0].text


def test_a_file_that_takes_too_long_to_check_is_refused_whole(paris: Instance) -> None:
    refused = planned(paris, PRACTICE, seconds=0)
    assert (refused.rows, said(refused)) == (
        (),
        ["La vérification de ce fichier dure plus de 0 secondes. Importez-le en plusieurs parties."],
    )


def test_a_record_longer_than_any_form_takes_is_refused_unread(paris: Instance) -> None:
    texts = [name for name in form_of(ground(paris), PRACTICES).cells if name.startswith("text.")]
    long = dict.fromkeys(texts[:3], f"{CANARY} " * 1900)
    short, refused = planned(paris, PRACTICE, PRACTICE | long).rows
    assert (short.outcome, refused.outcome, refused.title) == ("new", "refused", "")
    assert [told.text for told in refused.problems] == ["Cette fiche dépasse 200000 caractères. Raccourcissez-la."]


def test_a_day_that_no_calendar_has_is_said_so(paris: Instance) -> None:
    [row] = planned(paris, PRACTICE | {"started": "31/02/2027"}).rows
    assert [told.text for told in row.problems] == ["Ce jour n’existe pas."]


# New ones


def test_looking_keeps_nothing_and_taking_in_begins_drafts_that_nobody_else_reads(own_paris: Instance) -> None:
    before = count(own_paris)
    plan = plan_of(own_paris, whole(own_paris, PRACTICE))
    assert (said(plan), outcomes(plan), count(own_paris)) == ([], ["new"], before)
    [made] = service.import_rows(ground(own_paris), PRACTICES, plan.good, base=BASE)
    with own_paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", made.id))
        assert (record.state, record.stage, record.published_version) == ("draft", "writing", None)
        sheet = writing.sheet_of(session, record)
    assert sheet.text["fr"].title == PRACTICE["text.fr.title"]
    assert (sheet.sectors, sheet.partners[0].side, sheet.scope) == (("courts",), "public", "local")


def test_further_rows_with_the_same_number_are_further_partners(paris: Instance) -> None:
    more = {"number": "7", "partners.sector": "health", "partners.side": "civil-society"}
    [row] = plan_of(paris, whole(paris, PRACTICE | {"number": "7"}, more)).rows
    assert [one.sector for one in row.given.content.partners] == ["courts", "health"]


def test_words_of_any_language_and_keys_are_understood_however_they_are_written(paris: Instance) -> None:
    words = {"scope": "LOCAL ", "running": "Running", "target_groups": "Enfants; Children at risk\nfamilies"}
    [row] = plan_of(paris, whole(paris, PRACTICE | words)).rows
    sheet = row.given.content
    assert (sheet.scope, sheet.running) == ("local", "ongoing")
    assert sheet.target_groups == ("children", "children-at-risk", "families")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_practice_is_in_the_language_of_its_title_whoever_hands_it_in(paris: Instance, lang: str) -> None:
    both = PRACTICE | {
        "text.fr.title": "Autre",
        "text.en.title": "Another",
        "text.en.summary": "Two",
        "original": "anglais",
    }
    plan = plan_of(paris, whole(paris, PRACTICE, both), lang=lang)
    assert [row.given.content.original for row in plan.rows] == ["fr", "en"]


def test_an_organisation_is_taken_in_the_same_way(own_paris: Instance) -> None:
    plan = plan_of(own_paris, whole(own_paris, ENTRY, kind="organisations"), kind="organisations")
    assert (said(plan), outcomes(plan)) == ([], ["new"])
    [made] = service.import_rows(ground(own_paris), ORGANISATIONS, plan.good, base=BASE)
    with own_paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", made.id))
        assert (record.state, keeping.entry_of(session, record).name) == ("draft", {"fr": ENTRY["name.fr"]})


def test_the_same_file_sent_twice_begins_nothing_twice(own_paris: Instance) -> None:
    plan = plan_of(own_paris, whole(own_paris, PRACTICE))
    service.import_rows(ground(own_paris), PRACTICES, plan.good, base=BASE)
    there = count(own_paris)
    with pytest.raises(service.ImportedBefore):
        service.import_rows(ground(own_paris), PRACTICES, plan.good, base=BASE)
    assert count(own_paris) == there
    late = plan_of(own_paris, whole(own_paris, PRACTICE))
    assert outcomes(late) == ["refused"], "there is one with this title by now"


def test_two_rows_with_one_title_are_told(paris: Instance) -> None:
    rows = (PRACTICE | {"number": "a"}, PRACTICE | {"number": "b", "text.fr.title": "une SALLE d'audition partagée"})
    plan = plan_of(paris, whole(paris, *rows))
    assert (outcomes(plan), len(said(plan))) == (["new", "refused"], 1)


# What is wrong is told where it stands


def test_a_sector_that_is_not_there_is_told_with_what_is_most_like_it(paris: Instance) -> None:
    content = whole(paris, PRACTICE | {"sectors": "Educaton nationale"})
    [row] = plan_of(paris, content).rows
    [told] = row.problems
    assert "« Educaton nationale »" in told.text.replace("\u202f", " ")
    assert "« Éducation nationale »" in told.text.replace("\u202f", " ")
    assert (told.place.row, told.column) == (row.place.row, "Secteurs")
    assert told.place.column == columns_of(all_there_is(paris))["sectors"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_number_that_can_be_two_is_told_with_both(paris: Instance, name: str) -> None:
    row = PRACTICE | {"evidence.value": "1.234"}
    content = whole(paris, row) if name == "a.xlsx" else csv_of(row, columns=tuple(columns_of(all_there_is(paris))))
    assert said(plan_of(paris, content, name=name)) == []
    [told] = plan_of(paris, content, name=name, lang="is").rows[0].problems
    assert told.text == paris.translations.translator("is").gettext(TWO_NUMBERS) % {"value": "1234 / 1,234"}


@pytest.mark.parametrize("lang", ["fr", "en", "is", "sl"])
def test_a_cell_that_holds_a_number_is_that_number_in_every_language(own_paris: Instance, lang: str) -> None:
    row = PRACTICE | {"evidence.value": 1.234, "evidence.unit.fr": 1.234}
    plan = plan_of(own_paris, whole(own_paris, row), lang=lang)
    assert said(plan) == []
    [one] = [found.given.content for found in plan.good]
    assert [(figure.value, figure.unit) for figure in one.evidence] == [(1.234, {"fr": "1.234"})]


@pytest.mark.parametrize("lang", ["fr", "en", "is", "sl", "ga"])
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_file_says_the_numbers_that_are_there(own_paris: Instance, name: str, lang: str) -> None:
    plan = plan_of(own_paris, whole(own_paris, PRACTICE | {"evidence.value": 1.234}))
    service.import_rows(ground(own_paris), PRACTICES, plan.good, base=BASE)
    place = ground(own_paris, lang)
    importer = service.importer_for(place, name)
    assert importer is not None
    content = service.file_of(place, PRACTICES, importer, filled=True)
    again = plan_of(own_paris, content, name=name, lang=lang)
    assert (said(again), set(outcomes(again))) == ([], {"same"})


def test_everything_that_is_wrong_in_a_row_is_told_at_once(paris: Instance) -> None:
    """What cannot be understood, and what is understood and does not hold; each once."""
    wrong = {"scope": "partout", "started": "bientôt", "evidence.value": "douze", "convention": "99"}
    plan = plan_of(paris, whole(paris, PRACTICE | wrong))
    columns = ["Articles de la Convention", "Chiffre – Nombre", "Depuis", "Échelle"]
    assert sorted(told.column for told in plan.rows[0].problems) == columns


def test_a_practice_without_a_title_is_refused(paris: Instance) -> None:
    untitled = {name: text for name, text in PRACTICE.items() if name != "text.fr.title"}
    plan = plan_of(paris, whole(paris, untitled))
    assert (outcomes(plan), len(said(plan))) == (["refused"], 1)


def test_what_is_missing_is_told_with_the_column_where_other_rows_have_it(paris: Instance) -> None:
    row = plan_of(paris, whole(paris, PRACTICE, PRACTICE | {"text.fr.title": None})).rows[1]
    [told] = row.problems
    title = columns_of(all_there_is(paris))["text.fr.title"]
    assert (told.column, told.place.row, told.place.column) == ("Titre [fr]", row.place.row, title)


def test_an_article_that_there_is_none_of_is_told_with_its_column(paris: Instance) -> None:
    [row] = plan_of(paris, whole(paris, PRACTICE | {"convention": "10; 99.9"})).rows
    [told] = row.problems
    column = columns_of(all_there_is(paris))["convention"]
    assert ("99.9" in told.text, told.place.row, told.place.column) == (True, row.place.row, column)
    assert "Convention" in told.column


def test_what_can_be_chosen_is_told_as_far_as_it_fits(paris: Instance) -> None:
    wrong = {"scope": "xyzzy", "sectors": "xyzzy"}
    [row] = plan_of(paris, whole(paris, PRACTICE | wrong), lang="en").rows
    cells = form_of(ground(paris, "en"), PRACTICES).cells
    scopes, sectors = ([one.label for one in cells[name].column.told.choices] for name in wrong)
    refused = "“xyzzy” is not among what can be chosen here."
    assert len(scopes) <= 10 < len(sectors)
    assert sorted(told.text for told in row.problems) == [
        f"{refused} Choose from: {'; '.join(scopes)}.",
        f"{refused} Of {len(sectors)} choices, these are the first: {'; '.join(sectors[:10])}.",
    ]


def test_one_row_that_is_refused_holds_up_no_other(own_paris: Instance) -> None:
    plan = plan_of(own_paris, whole(own_paris, PRACTICE, {"text.fr.title": "Une autre", "sectors": "nulle part"}))
    assert outcomes(plan) == ["new", "refused"]
    assert len(service.import_rows(ground(own_paris), PRACTICES, plan.good, base=BASE)) == 1


# Nobody may be recognised


@pytest.mark.parametrize("field", ["text.fr.summary", "text.fr.title", "sectors", "started", "partners.part.fr", "id"])
def test_what_tells_who_a_child_is_is_refused_and_repeated_nowhere(paris: Instance, field: str) -> None:
    plan = plan_of(paris, whole(paris, PRACTICE | {field: CANARY}))
    assert outcomes(plan) == ["refused"]
    assert plan.rows[0].problems
    shown = repr([(row.title, row.problems, row.given) for row in plan.rows])
    assert "Canari" not in shown
    assert "2016" not in shown


def test_a_row_that_is_refused_for_another_reason_shows_no_title_that_tells_who_somebody_is(paris: Instance) -> None:
    unknown = {"id": "0193fa00-0000-7000-8000-00000000abcd", "version": "1"}
    clean, telling = plan_of(
        paris, whole(paris, PRACTICE | unknown, PRACTICE | unknown | {"text.fr.title": CANARY})
    ).rows
    assert (clean.title, telling.title) == (PRACTICE["text.fr.title"], "")


def test_what_reads_like_a_child_asking_for_help_is_not_kept_and_leads_to_help(paris: Instance) -> None:
    told = "J’ai 12 ans et mon beau-père me touche, je ne sais pas à qui le dire."
    plan = plan_of(paris, whole(paris, PRACTICE | {"text.fr.summary": told}))
    assert (outcomes(plan), plan.disclosed) == (["refused"], True)
    assert "beau-père" not in repr(plan.rows)


# Sources of its own


DOCUMENT = {
    "own_sources.key": "own-1",
    "own_sources.title": "Rapport A",
    "own_sources.publisher": "La Maison",
    "own_sources.url": "https://a.example/",
}
CITED = DOCUMENT | {"evidence.value": "12", "evidence.sources": "own-1"}
OTHER = {
    "own_sources__title": "Rapport B",
    "own_sources__publisher": "Autre maison",
    "own_sources__url": "https://b.example/",
    "own_sources__key": None,
}


def taken(instance: Instance, content: bytes, kind: Kind = PRACTICES, base: str = BASE) -> str:
    """The id of the one record that *content* begins or changes."""
    plan = plan_of(instance, content, kind=kind.name)
    assert said(plan) == []
    [made] = service.import_rows(ground(instance), kind, plan.good, base=base)
    return made.id


def test_a_figure_does_not_cite_the_document_that_was_written_over_the_one_it_cites(own_paris: Instance) -> None:
    taken(own_paris, whole(own_paris, PRACTICE | CITED))
    book = all_there_is(own_paris)
    number = row_of(book, own_sources__title="Rapport A")
    write(book, number, **OTHER)
    [row] = [row for row in plan_of(own_paris, saved(book)).rows if row.outcome != "same"]
    [problem] = row.problems
    assert (row.outcome, problem.text) == ("refused", "Le territoire ne connaît pas ceci\u202f: own-1.")
    assert (problem.column, problem.place.row) == ("Chiffre – Où cela se lit", number)


@pytest.mark.parametrize(
    ("kind", "row"), [(PRACTICES, PRACTICE), (ORGANISATIONS, ENTRY)], ids=["practices", "organisations"]
)
def test_a_new_source_has_no_key_that_another_one_had_in_an_earlier_version(
    own_paris: Instance, kind: Kind, row: Row
) -> None:
    one = taken(own_paris, whole(own_paris, row | DOCUMENT, kind=kind.name), kind)
    book = all_there_is(own_paris, kind=kind.name)
    number = row_of(book, id=one)
    write(book, number, **dict.fromkeys((*OTHER, "own_sources__kind"), None))
    taken(own_paris, saved(book), kind)
    write(book, number, version="2", **OTHER)
    [planned] = plan_of(own_paris, saved(book), kind=kind.name).good
    assert [source.key for source in planned.given.content.own_sources] == ["own-2"]


# Rows that name a record


def test_an_identifier_that_is_not_here_changes_nothing(paris: Instance) -> None:
    plan = plan_of(paris, whole(paris, PRACTICE | {"id": "0193fa00-0000-7000-8000-00000000abcd", "version": "1"}))
    assert (outcomes(plan), len(said(plan))) == (["refused"], 1)


def test_two_rows_for_one_record_are_told(own_paris: Instance) -> None:
    book = all_there_is(own_paris)
    at, sheet = columns_of(book), book.worksheets[0]
    first, second = [row for row in range(3, sheet.max_row + 1) if sheet.cell(row, at["id"]).value][:2]
    again = {name: sheet.cell(first, at[name]).value for name in ("id", "version")}
    write(book, second, **again)
    plan = plan_of(own_paris, saved(book))
    assert plan.count("refused") == 1


def test_a_row_without_its_version_overwrites_nothing(own_paris: Instance) -> None:
    book = all_there_is(own_paris)
    write(book, 3, version=None, text__fr__summary="Autre chose.")
    assert plan_of(own_paris, saved(book)).count("refused") == 1


def test_what_was_erased_meanwhile_does_not_come_back(own_paris: Instance) -> None:
    book = all_there_is(own_paris)
    write(book, 3, text__fr__summary="Autre chose.")
    record_id = book.worksheets[0].cell(3, columns_of(book)["id"]).value
    with own_paris.database.write("paris") as session:
        writing.erase(session, session.get_one(Record, ("paris", record_id)), by=COORDINATOR, at=records.now())
    plan = plan_of(own_paris, saved(book))
    assert (plan.count("refused"), plan.count("changed")) == (1, 0)
    assert record_id not in repr(all_there_is(own_paris).worksheets[0][3])


@pytest.mark.parametrize("kind", ["practices", "organisations"])
def test_a_row_of_what_was_erased_is_told_that_it_was(own_paris: Instance, kind: str) -> None:
    book = all_there_is(own_paris, kind=kind)
    write(book, 3, sectors=None)
    record_id = book.worksheets[0].cell(3, columns_of(book)["id"]).value
    with own_paris.database.write("paris") as session:
        writing.erase_wholly(session, session.get_one(Record, ("paris", record_id)), by="cy", at=records.now())
    plan = plan_of(own_paris, saved(book), kind=kind, lang="en")
    told = "It was erased here, and its words are not to be brought back. Take this row out of the file."
    assert said(plan) == [told]
    write(book, 3, id="0193fa00-0000-7000-8000-00000000abcd")
    told = "Nothing here has this identifier. For a new row leave identifier and version empty."
    assert said(plan_of(own_paris, saved(book), kind=kind, lang="en")) == [told]


def test_what_was_withdrawn_can_be_written_on_and_what_is_put_away_is_in_no_file(own_paris: Instance) -> None:
    book = all_there_is(own_paris)
    write(book, 3, text__fr__summary="Autre chose.")
    record_id = book.worksheets[0].cell(3, columns_of(book)["id"]).value
    with own_paris.database.write("paris") as session:
        records.withdraw(session, session.get_one(Record, ("paris", record_id)), by="cy")
    assert plan_of(own_paris, saved(book)).count("changed") == 1
    with own_paris.database.write("paris") as session:
        records.archive(session, session.get_one(Record, ("paris", record_id)), by="cy")
    late = plan_of(own_paris, saved(book))
    assert (late.count("changed"), late.count("refused")) == (0, 1)
    assert len(list(all_there_is(own_paris).worksheets[0].iter_rows())) < len(list(book.worksheets[0].iter_rows()))


def test_nothing_is_kept_of_a_file_when_somebody_writes_meanwhile(own_paris: Instance) -> None:
    book = all_there_is(own_paris)
    write(book, 3, text__fr__summary="Autre chose.")
    row = row_of(book, scope="Locale")
    write(book, row, text__fr__problem="Autre besoin.")
    plan = plan_of(own_paris, saved(book))
    assert plan.count("changed") == 2
    [*_, last] = plan.good
    with own_paris.database.write("paris") as session:
        record = session.get_one(Record, ("paris", last.id))
        records.revise(session, record, records.body_of(session, record, record.version), by="bo")
    with pytest.raises(service.NotImported):
        service.import_rows(ground(own_paris), PRACTICES, plan.good, base=BASE)
    with own_paris.database.read("paris") as session:
        assert session.get_one(Record, ("paris", plan.good[0].id)).version == 1


def test_who_may_not_write_takes_nothing_in(paris: Instance) -> None:
    reviewer = Actor(account_id="bo", grants=(Grant(role="reviewer", region_id="paris"),))
    plan = plan_of(paris, whole(paris, PRACTICE), by=reviewer)
    assert outcomes(plan) == ["refused"]


def test_who_speaks_for_one_organisation_changes_that_one_alone(paris: Instance) -> None:
    one = paris.directory("paris")[0]
    speaker = Actor(account_id="rep", grants=(Grant(role="representative", region_id="paris", stakeholder_id=one.id),))
    book = all_there_is(paris, "organisations", by=speaker)
    rows = list(book.worksheets[0].iter_rows(min_row=3, values_only=True))
    assert [row[columns_of(book)["id"] - 1] for row in rows if row[columns_of(book)["id"] - 1]] == [one.id]
    plan = plan_of(paris, whole(paris, ENTRY, kind="organisations"), kind="organisations", by=speaker)
    assert outcomes(plan) == ["refused"]


# Columns


def test_a_record_is_called_as_here_where_the_file_has_no_title(own_paris: Instance) -> None:
    book = all_there_is(own_paris)
    sheet, at = book.worksheets[0], columns_of(book)
    named = sheet.cell(3, at["text.fr.title"]).value
    row = {name: sheet.cell(3, at[name]).value for name in ("id", "version")} | {"scope": "international"}
    [changed] = plan_of(own_paris, csv_of(row), name="a.csv").good
    assert (changed.title, changed.fields) == (named, ("Échelle",))


def test_a_file_with_some_columns_of_a_group_is_refused_whole(paris: Instance) -> None:
    content = csv_of({"text.fr.title": "Un titre", "partners.sector": "courts"})
    plan = plan_of(paris, content, name="a.csv")
    assert (plan.rows, len(plan.problems)) == ((), 1)


def test_a_file_of_an_unknown_kind_is_told_which_there_are(paris: Instance) -> None:
    [problem] = plan_of(paris, b"x", name="a.docx").problems
    assert ".xlsx" in problem.text


def test_a_contributor_takes_in_what_a_coordinator_does(own_paris: Instance) -> None:
    plan = plan_of(own_paris, whole(own_paris, PRACTICE), by=WRITER)
    [made] = service.import_rows(ground(own_paris, by=WRITER), PRACTICES, plan.good, base=BASE)
    assert made.new


# What packages say


class Watcher:
    """Remarks something that stops nobody, unless it is told to fail."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails

    @hookimpl
    def check_practice(self, new: PracticeSheet) -> tuple[Concern, ...]:
        if self.fails:
            raise RuntimeError(new.scope)
        return (Concern(code="no-swedish", field="scope", text={"en": "Nothing is said in Swedish."}),)


def watched(instance: Instance, watcher: Watcher) -> Instance:
    instance.host.add("watcher", watcher)
    with instance.database.write("paris") as session:
        switch(session, "paris", "watcher", on=True, by="test", at=records.now())
    return instance


def test_what_a_package_remarks_is_shown_and_stops_nothing(
    own_paris: Instance, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance = watched(own_paris, Watcher())
    file = tmp_path / "a.xlsx"
    file.write_bytes(whole(instance, PRACTICE))

    given = {"region": "paris", "kind": "practices", "language": "en", "skip_faulty": False, "dry_run": True}
    code = import_file(instance, Namespace(file=str(file), **given))

    told = capsys.readouterr().out
    assert code == 0
    assert "row 3: new" in told
    assert "Scale: The package “watcher” remarks: Nothing is said in Swedish.\n" in told


def test_a_check_that_fails_says_what_can_be_done_where_the_package_cannot_be_switched_off(own_paris: Instance) -> None:
    instance = watched(own_paris, Watcher(fails=True))
    [told] = said(plan_of(instance, whole(instance, PRACTICE), lang="en"))
    assert told.endswith(
        "A coordinator can go on with a reason, or switch the package off, unless it is the region’s own. The team "
        "that runs the site finds in its log what failed, and can install a version that works."
    )

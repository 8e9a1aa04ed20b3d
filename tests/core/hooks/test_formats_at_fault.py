"""A package that brings a format and is at fault loses its file, and is named; the site, and what is written, stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.compendium import composing
from lanzarote.downloads.service import TRIES
from lanzarote.importing import service
from lanzarote.web import exports

from tests.core.hooks.test_events import make_due
from tests.core.practices.forms import CANARY, TEAM, WHOLE, writer
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from tests.core.hooks.conftest import Making
    from tests.core.practices.forms import Writer

FAULTS = {
    "raises": "raise RuntimeError(repr(given))",
    "ends the program": "raise SystemExit(repr(given))",
    "returns something else": "return repr(given)",
    "returns nothing": "return None",
    "calls itself": "return work(*given)",
    "hangs": "import time; time.sleep(60)",
}
NONSENSE = {
    "drafts that are none": 'return ImportReading(drafts=({"a": 1},))',
    "a text that is none": 'return ImportReading(drafts=(ImportDraft(answers=(ImportAnswer(field="a", text=5),)),))',
    "a place that is none": "return ImportReading(drafts=(ImportDraft(place=None),))",
    "problems that are none": 'return ImportReading(problems=("bad",))',
    "words without a language": 'return ImportReading(problems=(ImportProblem(text="plain"),))',
}
HANDING_IN = f"{TEAM}/import"
COMPENDIUM = "/fr/paris/compendium"


def package(fault: str, what: str) -> str:
    return f"""
    from lanzarote import DocumentExporter, ImportAnswer, ImportDraft, Importer, ImportProblem, ImportReading

    def work(*given):
        {fault}

    {what}
    """


IMPORTER = """@hookimpl
    def importers():
        return [Importer(
            format="odd", label="Odd", media_type="text/odd", extensions=("odd",), write=work, read=work
        )]"""
DOCUMENT = """@hookimpl
    def document_exporters():
        return [DocumentExporter(format="odd", label="Odd", media_type="text/odd", extension="odd", write=work)]"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (exports, service, composing):
        monkeypatch.setattr(room, "LONGEST", 2.0)


def upload_file(ana: Writer, content: bytes) -> Any:
    return ana.client.post(
        HANDING_IN,
        data={"key": ana.key, "step": "look"},
        files={"file": ("a.odd", content)},
        headers=ana._cookie,
        follow_redirects=False,
    )


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_one_that_reads_files_is_named_in_the_log_and_quotes_nothing(
    paris_with: Making, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    paris = paris_with(off=("odd",), apart=True, odd=package(fault, IMPORTER))
    with site_of(paris) as client:
        ana = writer(paris, client, name="Ana Plume")
        answer = upload_file(ana, CANARY.encode())
        assert answer.status_code == 400
        assert "n’a pas pu être lu" in answer.text
        assert client.get("/fr/paris/practices").status_code == 200
    assert "The package lanzarote-odd 1.0 could not read a file of odd: " in caplog.text
    assert CANARY not in answer.text + caplog.text


@pytest.mark.parametrize("fault", NONSENSE.values(), ids=NONSENSE)
def test_one_that_reads_nonsense_is_named_and_stops_nothing(
    paris_with: Making, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    paris = paris_with(off=("odd",), apart=True, odd=package(fault, IMPORTER))
    with site_of(paris) as client:
        answer = upload_file(writer(paris, client, name="Ana Plume"), b"x")
    assert (answer.status_code, "n’a pas pu être lu" in answer.text) == (400, True)
    assert "could not read a file of odd: it returned an ImportReading that is none." in caplog.text


def test_one_that_raises_is_told_with_its_line(paris_with: Making, caplog: pytest.LogCaptureFixture) -> None:
    paris = paris_with(off=("odd",), apart=True, odd=package("raise ValueError(given)", IMPORTER))
    with site_of(paris) as client:
        upload_file(writer(paris, client, name="Ana Plume"), CANARY.encode())
    assert re.search(r"could not read a file of odd: ValueError \(lz_try_odd/__init__.py, line \d+\)\.", caplog.text)


def test_fields_that_nobody_asked_for_are_named_to_whoever_handed_the_file_in(paris_with: Making) -> None:
    fault = 'return ImportReading(drafts=(ImportDraft(answers=(ImportAnswer(field="nofield", text="a"),)),))'
    paris = paris_with(off=("odd",), apart=True, odd=package(fault, IMPORTER))
    with site_of(paris) as client:
        answer = upload_file(writer(paris, client, name="Ana Plume"), b"x")
    assert "lanzarote-odd 1.0" in answer.text
    assert "nofield" in answer.text


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_one_that_writes_files_to_fill_in_is_named_and_quotes_no_draft(
    paris_with: Making, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    paris = paris_with(off=("odd",), apart=True, odd=package(fault, IMPORTER))
    with site_of(paris) as client:
        ana = writer(paris, client, name="Ana Plume")
        ana.open(f"{TEAM}/new").fill(WHOLE | {"text.fr.title": CANARY}).press()
        for kind in ("template", "records"):
            answer = client.get(f"{HANDING_IN}/{kind}?format=odd", headers=ana._cookie)
            assert answer.status_code == 500
            assert CANARY not in answer.text
        assert client.get("/fr/paris/practices").status_code == 200
    assert "The package lanzarote-odd 1.0 could not write this file to fill in as Odd: " in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_one_that_writes_documents_fails_alone_and_the_reader_is_told(
    paris_with: Making, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    paris = paris_with(off=("odd",), apart=True, odd=package(fault, DOCUMENT))
    with site_of(paris) as client:
        paris.worker.stop()
        client.headers["origin"] = "http://lanzarote.test"
        asked = {"title": "Agir", "language": "fr", "format": "odd", "practice": "uaped"}
        there = client.post(COMPENDIUM, data=asked, follow_redirects=False).headers["location"]
        for _ in range(TRIES):
            make_due(paris)
            paris.worker.run_due()
        assert "Votre document n’a pas pu être" in client.get(there).text
    assert "The package lanzarote-odd 1.0 could not write this document as Odd: " in caplog.text

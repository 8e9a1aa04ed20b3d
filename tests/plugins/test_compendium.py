"""What somebody reads, or has read aloud, in a compendium; and what no text in it can do."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import lanzarote_compendium
import pytest
from lanzarote.compendium.composing import compose
from lanzarote.compendium.wanted import Wanted
from lanzarote.plugins import Candidate, Host
from lanzarote.practices import service
from lanzarote.procedures import public
from lanzarote.types import Bank, Compendium, Paragraph, Part, Words
from lanzarote_compendium import setting
from lanzarote_compendium.setting import NotSet, set_pages
from lanzarote_compendium.signs import fit, settable
from msgspec import Struct
from msgspec.structs import replace
from pypdf import PdfReader

if TYPE_CHECKING:
    from pathlib import Path

    from lanzarote.instance import Instance

HOSTILE = (
    '#eval("1+1") $x^2$ *bold* _it_ `raw` = Heading @label <label> #read("/etc/passwd") \\ // /* [',
    "x" * 3_000,
    "https://example.org/" + "a/" * 400,
    "بروتوكول التعاون لحماية الأطفال",
    "לא רק מימין לשמאל",
    "\u202egnirts desrever\u202c\u0000\u0007\ud800 end",
    "😀 漢字 \U0010ffff",
    "",
    "a\n\n\nb\tc",
    " " * 40,
)
SCRIPTS = {
    "el": "Προστασία των παιδιών από τη σεξουαλική εκμετάλλευση",
    "uk": "Захист дітей від сексуальної експлуатації: ґрунт, їжак",
    "ka": "ბავშვთა დაცვა სექსუალური ძალადობისგან",
    "hy": "Երեխաների պաշտպանությունը սեռական շահագործումից",
    "ar": "حماية الأطفال من الاستغلال الجنسي",
    "pl": "Ochrona dzieci przed wykorzystywaniem: żółć, źdźbło",
    "tr": "Çocukların cinsel sömürüye karşı korunması, ığüşöç",
    "is": "Vernd barna gegn kynferðislegri misneytingu",
}


def composed(paris: Instance, lang: str = "fr", *, count: int = 3, procedures: int = 1) -> Compendium:
    cards = list(service.all_cards(paris.database, "paris"))[:count]
    some = public.every(paris, "paris")[:procedures]
    wanted = Wanted(
        region="paris",
        language=lang,
        format="pdf",
        title="Agir ensemble",
        practices=tuple(card.id for card in cards),
        procedures=tuple(one.id for one in some),
    )
    return compose(paris, wanted)


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """All that is written in it, in one line."""
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def elements(pdf: bytes) -> list[Any]:
    """What the tags of *pdf* say, in the order of reading."""
    found: list[Any] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(node)
            if "/K" in node:
                walk(node["/K"])

    root: Any = read(pdf).trailer["/Root"]
    walk(root["/StructTreeRoot"])
    return found


@pytest.fixture(scope="module")
def french(paris: Instance) -> tuple[Compendium, bytes]:
    document = composed(paris)
    return document, set_pages(document)


def test_the_package_brings_documents_as_pdf() -> None:
    host = Host([Candidate(name="compendium", module=lanzarote_compendium.__name__)]).ask_all()
    assert [(one.format, one.extension) for one in host.document_exporters] == [("pdf", "pdf")]
    assert [(package.fault, package.hooks) for package in host.packages] == [("", ("document_exporters",))]


def test_the_typesetter_is_not_imported_where_the_site_runs() -> None:
    script = "import sys, lanzarote_compendium as c; list(c.document_exporters()); print('typst' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "False"


def test_it_says_what_it_is_and_in_which_language(french: tuple[Compendium, bytes]) -> None:
    _, pdf = french
    book = read(pdf)
    root: Any = book.trailer["/Root"]
    assert book.metadata is not None
    assert book.metadata.title == "Agir ensemble"
    assert (str(root["/Lang"]), bool(root["/MarkInfo"]["/Marked"])) == ("fr", True)
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])


def test_titles_lead_there_and_stand_in_the_bookmarks(french: tuple[Compendium, bytes]) -> None:
    document, pdf = french
    marks = [one.title for entry in read(pdf).outline for one in (entry if isinstance(entry, list) else [entry])]  # type: ignore[union-attr]
    for chapter in document.chapters:
        assert chapter.title.text in marks
        for record in chapter.records:
            assert record.title.text in marks


def test_headings_lists_tables_and_pictures_are_told_as_such(french: tuple[Compendium, bytes]) -> None:
    _, pdf = french
    told = elements(pdf)
    kinds = {str(one["/S"]) for one in told}
    assert {"/Title", "/H1", "/H2", "/H3", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure", "/Link", "/P"} <= kinds
    assert [one for one in told if one["/S"] == "/Figure" and not str(one.get("/Alt", ""))] == []


def test_every_text_stands_in_it_with_its_marks_and_sources(french: tuple[Compendium, bytes]) -> None:
    document, pdf = french
    written = re.sub(r"[\s-]", "", text_of(pdf))
    lacking = []
    for record in (record for chapter in document.chapters for record in chapter.records):
        lines = [*record.summary, *(part.title for part in record.parts), *(one.title for one in record.sources)]
        lines += [one.read_on for one in record.sources]
        lines += [block.line for part in record.parts for block in part.blocks if isinstance(block, Paragraph)]
        words = [record.title, *record.marks, *(one for line in lines for one in line)]
        words += [bank.missing for bank in record.banks if bank.missing]
        lacking += [one.text for one in words if re.sub(r"[\s-]", "", one.text) not in written]
    assert lacking == []


def test_a_side_that_nobody_names_is_named_as_missing(paris: Instance) -> None:
    every = composed(paris, "en", count=99).chapters[0].records
    banks = [bank for record in every for bank in record.banks if bank.side in ("public", "civil-society")]
    assert len(banks) == 2 * len(every)
    assert all(bool(bank.members) != bool(bank.missing) for bank in banks)
    assert any(bank.missing for bank in banks)


def strings(value: Any) -> list[str]:
    """Every text that *value* holds, as the very object that it is."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Struct):
        return [one for name in value.__struct_fields__ for one in strings(getattr(value, name))]
    if isinstance(value, Mapping):
        return strings([*value, *value.values()])
    return [one for some in value for one in strings(some)] if isinstance(value, list | tuple) else []


@pytest.mark.parametrize("lang", ["fr", "en", "tr"])
def test_every_text_of_a_document_is_a_plain_one_in_any_language(paris: Instance, lang: str) -> None:
    document = composed(paris, lang, count=99, procedures=99)
    assert [one for one in strings(document) if type(one) is not str] == []
    assert set_pages(document).startswith(b"%PDF")


def test_a_chart_marks_the_names_that_are_not_translated(paris: Instance) -> None:
    sectors, articles = composed(paris, "tr", count=99, procedures=0).charts
    assert [{name.lang for name, _ in chart.bars} for chart in (sectors, articles)] == [{"fr"}, {"fr"}]


def test_links_lead_to_the_permanent_addresses(french: tuple[Compendium, bytes]) -> None:
    document, pdf = french
    leads = {
        str(one.get_object()["/A"]["/URI"])
        for page in read(pdf).pages
        for one in page.get("/Annots", ())
        if "/URI" in one.get_object().get("/A", {})
    }
    assert {record.address for chapter in document.chapters for record in chapter.records} <= leads


def test_the_same_is_set_the_same(paris: Instance) -> None:
    document = composed(paris, "en", count=1, procedures=0)
    first, second = (re.sub(rb"/ID\s*\[.*?\]|<xmpMM:.*?>[^<]*<", b"", set_pages(document)) for _ in range(2))
    assert len(first) == len(second)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_is_never_run_and_never_stops_it(french: tuple[Compendium, bytes], text: str) -> None:
    document, _ = french
    [chapter, *_] = document.chapters
    [record, *_] = chapter.records
    words = (Words(text, "ar"), Words(text))
    hostile = replace(
        record,
        title=Words(text or "–"),
        summary=(words, (Words(text),)),
        banks=(Bank("public", Words(text), (), Words(text)), *record.banks),
        parts=(Part((Words(text),), (Paragraph(words), Paragraph((Words(text, "he"),)))), *record.parts),
    )
    small = replace(document, title=text or "–", chapters=(replace(chapter, records=(hostile,)),))
    pdf = set_pages(small)
    written = re.sub(r"\s", "", text_of(pdf))
    if text.startswith("#eval"):
        assert re.sub(r"\s", "", text) in written
    assert read(pdf).pages[0].mediabox.width < 600


@pytest.mark.parametrize(("lang", "text"), SCRIPTS.items())
def test_every_script_is_set_with_letters_and_without_boxes(
    french: tuple[Compendium, bytes], lang: str, text: str
) -> None:
    assert settable(text) == text  # a face has every letter; where none had, PDF/UA would refuse the page
    document, _ = french
    [chapter, *_] = document.chapters
    own = replace(chapter.records[0], title=Words(text, lang), summary=((Words(text, lang),),))
    pdf = set_pages(replace(document, language=lang, title=text, chapters=(replace(chapter, records=(own,)),)))
    pages: list[Any] = list(read(pdf).pages)
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in pages for font in page["/Resources"].get("/Font", {}).values()
    }
    assert any("Compendium" in name for name in fonts)
    assert lang in {str(one.get("/Lang", "")) for one in elements(pdf)} | {str(read(pdf).trailer["/Root"]["/Lang"])}  # type: ignore[index]


def test_a_sign_that_no_face_has_is_named() -> None:
    assert settable("Bravo 😀!") == "Bravo [grinning face]!"
    said = {"text": '\u0007a "quoted": 😀', "href": "https://a/\u0007", "svg": '<svg font-family="X">'}
    assert json.loads(fit(json.dumps(said, separators=(",", ":")))) == {
        "text": 'a "quoted": [grinning face]',
        "href": "https://a/\u0007",
        "svg": '<svg font-family="Compendium Sans, Noto Sans Georgian, Noto Sans Armenian, Noto Naskh Arabic, '
        'Compendium Symbols">',
    }


def test_a_text_that_looks_like_data_stays_a_text() -> None:
    said = {"href": 'https://a/","text":"\u0007', "text": '\\","href":"\u0007', "lines": [["text", ":", "\u0007"]]}
    assert json.loads(fit(json.dumps(said, separators=(",", ":")))) == said | {"text": '\\","href":"'}


def test_a_long_address_may_break_and_is_still_the_same() -> None:
    address = "https://example.org/" + "protection/" * 9
    broken = settable(address)
    assert (broken.replace("\u200b", ""), max(map(len, broken.split("\u200b"))) <= 30) == (address, True)


def test_whoever_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch, french: tuple[Compendium, bytes]) -> None:
    monkeypatch.setattr(setting, "SECONDS", 0.01)
    with pytest.raises(NotSet, match="not set within"):
        set_pages(french[0])


def test_why_the_typesetter_ended_is_told_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, french: tuple[Compendium, bytes]
) -> None:
    why = "memory allocation of 9 bytes failed"
    ends = f"import os\nos.write(2, b'{why}\\nstack backtrace:\\n  0: rust_oom\\n')\nos.abort()\n"
    (tmp_path / "typst.py").write_text(ends, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(NotSet, match=f"{why} .ended by signal 6"):
        set_pages(french[0])
    assert why in caplog.text  # the log of the site, which does not repeat what a package raises
